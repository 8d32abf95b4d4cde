//! Tencent's pages → the spec, one function a stage:
//!
//! page text → [`page::Page`] → [`find::Section`]s → [`sides::Sides`] (raw tables and samples) → [`shape::Field`] trees → [`infer`]red
//! types → YAML nodes. Nothing here reads files, prints, or panics on what a page holds.

pub mod compare;
pub mod errors;
pub mod events;
pub mod extract;
pub mod find;
pub mod import;
pub mod infer;
mod naming;
pub(crate) mod node;
pub mod page;
pub mod paging;
pub mod sample;
pub mod shape;
pub mod sides;
pub mod spec;
pub mod status;
pub mod text;
pub(crate) mod tree;
pub mod union;
pub mod words;

#[cfg(test)]
mod tests;
