//! Callbacks: what WeCom sends to a program.

pub mod find_events;
pub mod marks;
mod wrappers;
pub mod xml;
