//! Pass 6: fields that one page leaves out and another page has, values that one direction leaves out and the other lists, presence that the
//! requests beside tell.

pub(crate) mod from_linked_page;
pub(crate) mod from_other_side;
pub(crate) mod from_sibling;
pub(crate) mod lacks_by_kind;
pub(crate) mod like_request;
pub(crate) mod of_other_call;
pub(crate) mod presence;

/// The path of what stands in an object of this path; that of the body is empty.
fn path(around: &str, name: &str) -> String {
    if around.is_empty() { name.to_owned() } else { format!("{around}.{name}") }
}

/// The object of a path, in a note; `whole` is the body in words.
fn object(around: &str, whole: &str) -> String {
    if around.is_empty() { whole.to_owned() } else { format!("`{around}`") }
}
