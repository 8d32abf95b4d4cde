//! Passes 2 and 3: a page → the parts that describe one endpoint each → raw tables and samples of request and answer.

pub mod find_endpoints;
pub(crate) mod links;
pub(crate) mod page_notes;
pub(crate) mod read_table;
pub mod split_sides;
pub(crate) mod title;
pub(crate) mod value_table;
