//! Pages → callback events, which have no endpoint: XML samples with their tables.

pub mod find_events;
pub mod xml;
