//! Pass 5: raw tables and samples of one direction → a tree of fields.

pub(crate) mod adopt;
pub(crate) mod both_sides;
pub mod build_tree;
mod misspelt;
pub(crate) mod one_of;
pub(crate) mod place_rows;
pub(crate) mod recursive;
mod several;
pub(crate) mod spelling;
pub(crate) mod tree;
mod twins;
