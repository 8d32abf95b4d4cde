//! Pass 6: fields that one page leaves out and another page has, values that one direction leaves out and the other lists.

pub(crate) mod from_linked_page;
pub(crate) mod from_other_side;
pub(crate) mod from_sibling;
