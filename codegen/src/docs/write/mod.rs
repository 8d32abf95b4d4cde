//! Pass 7: endpoints and events as their pages describe them → entries of the spec.

mod beside;
pub(crate) mod conditions;
pub(crate) mod details;
mod elsewhere;
pub mod endpoint;
pub(crate) mod event;
pub mod fields;
mod formal;
pub(crate) mod groups;
pub(crate) mod node;
mod remarks;
mod scope;
mod unread;
mod warned;
