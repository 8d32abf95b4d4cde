//! Pass 6: fields that one page leaves out and another page has, values that one direction leaves out and the other lists, presence that the
//! requests beside tell.

pub(crate) mod from_linked_page;
pub(crate) mod from_other_side;
pub(crate) mod from_sibling;
pub(crate) mod lacks_by_kind;
pub(crate) mod like_request;
pub(crate) mod of_other_call;
pub(crate) mod presence;
