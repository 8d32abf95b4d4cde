//! Where in a document reading failed.
//!
//! Nothing is recorded while all goes well: the segments are pushed while an error travels outwards, innermost
//! first, and taken by whoever reports it.

use std::cell::RefCell;
use std::fmt::Write as _;

/// More than any document of the API nests; bounds what failures nobody asks about can leave behind.
const MAX_SEGMENTS: usize = 64;

#[derive(Debug, Clone)]
pub(crate) enum Segment {
    Key(String),
    Index(usize),
}

thread_local! {
    static SEGMENTS: RefCell<Vec<Segment>> = const { RefCell::new(Vec::new()) };
}

fn push(segment: Segment) {
    SEGMENTS.with_borrow_mut(|segments| {
        if segments.len() < MAX_SEGMENTS {
            segments.push(segment);
        }
    });
}

/// Notes that `error` came out of the field `key`.
#[cold]
pub(crate) fn key<E>(key: &str, error: E) -> E {
    push(Segment::Key(key.to_owned()));
    error
}

/// Notes that `error` came out of the list element `index`.
#[cold]
pub(crate) fn index<E>(index: usize, error: E) -> E {
    push(Segment::Index(index));
    error
}

pub(crate) fn clear() {
    SEGMENTS.with_borrow_mut(Vec::clear);
}

/// The segments from the outside in, and none left for the next failure.
pub(crate) fn take() -> Vec<Segment> {
    let mut segments = SEGMENTS.with_borrow_mut(std::mem::take);
    segments.reverse();
    segments
}

/// `userlist[3].extattr.attrs[0].type`; the empty string for the document itself.
pub(crate) fn render(segments: &[Segment]) -> String {
    let mut text = String::new();
    for segment in segments {
        match segment {
            Segment::Key(key) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(key);
            }
            Segment::Index(index) => {
                let _ = write!(text, "[{index}]");
            }
        }
    }
    text
}

/// The value that stands at a path, or the last one on the way: what lies inside a string has no value of its own.
pub(crate) fn find<'a>(root: &'a serde_json::Value, segments: &[Segment]) -> &'a serde_json::Value {
    let mut value = root;
    for segment in segments {
        let next = match segment {
            Segment::Key(key) => value.get(key.as_str()),
            Segment::Index(index) => value.get(*index),
        };
        match next {
            Some(next) => value = next,
            None => break,
        }
    }
    value
}
