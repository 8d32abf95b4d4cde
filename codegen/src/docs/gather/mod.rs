//! Pass 4: what all pages of one path say, put together.

pub(crate) mod appendices;
pub(crate) mod enumerations;
pub mod merge_pages;
pub(crate) mod shared_types;
