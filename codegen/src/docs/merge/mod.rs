//! Pass 8: entries ↔ the files of the spec: what is new is added, what differs is said, what was read is recorded.

pub mod accept;
pub mod change;
pub mod compare;
pub(crate) mod errors;
pub(crate) mod events;
pub mod flatten;
pub mod import;
pub mod pick;
pub(crate) mod resolve_names;
pub mod reviewed;
pub mod sentences;
pub(crate) mod share;
pub mod status;
pub mod tell;
pub(crate) mod tree;
