//! Pass 1: the text of a page → its blocks, and the readers that later passes use on parts of it.

pub(crate) mod digest;
pub(crate) mod header;
pub mod page;
pub mod sample;
pub mod text;
