//! What an answer holds and its type does not: noted while it is read, when somebody asks. Nobody does as a rule; then a
//! record costs two looks at a flag.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

/// Of each kind. An answer that is all strange must not fill the memory with its keys.
const MOST: usize = 64;

/// What was noted of a document.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Noted {
    /// Paths that the type does not know.
    pub(crate) unknown: Vec<String>,
    /// Numbers that their fields cannot hold, as `path = number`.
    pub(crate) misfits: Vec<String>,
}

#[derive(Default)]
struct Notes {
    /// The fields that are being read, from the outside in: one for each open record.
    path: Vec<String>,
    unknown: BTreeSet<String>,
    misfits: BTreeSet<String>,
}

thread_local! {
    static IS_ON: Cell<bool> = const { Cell::new(false) };
    static NOTES: RefCell<Option<Notes>> = const { RefCell::new(None) };
}

/// Begins to note on this thread.
pub(crate) fn start() {
    IS_ON.set(true);
    NOTES.set(Some(Notes::default()));
}

/// The document is read once more, from its beginning.
#[cold]
pub(super) fn again() {
    with(|notes| *notes = Notes::default());
}

/// Ends it.
pub(crate) fn stop() -> Noted {
    IS_ON.set(false);
    let notes = NOTES.take().unwrap_or_default();
    Noted { unknown: notes.unknown.into_iter().collect(), misfits: notes.misfits.into_iter().collect() }
}

#[cold]
fn with(change: impl FnOnce(&mut Notes)) {
    NOTES.with_borrow_mut(|notes| notes.as_mut().map(change));
}

/// A record begins. Whether anybody asks, so that it need not be looked up for each of its keys.
#[inline]
pub(super) fn open() -> bool {
    let is_on = IS_ON.get();
    if is_on {
        with(|notes| notes.path.push(String::new()));
    }
    is_on
}

/// It ends.
#[inline]
pub(super) fn close() {
    if IS_ON.get() {
        with(|notes| drop(notes.path.pop()));
    }
}

/// This field of the record is read now.
#[inline]
pub(super) fn at(field: &str) {
    if IS_ON.get() {
        with(|notes| {
            if let Some(last) = notes.path.last_mut() {
                field.clone_into(last);
            }
        });
    }
}

fn place(path: &[String], key: &str) -> String {
    let path = path.iter().map(String::as_str).chain([key]).filter(|segment| !segment.is_empty());
    path.collect::<Vec<_>>().join(".")
}

/// The record has no such field.
#[inline]
pub(super) fn unknown(key: &str) {
    if IS_ON.get() {
        with(|notes| {
            // Every answer has these, and no type.
            let is_head = notes.path.len() == 1 && matches!(key, "errcode" | "errmsg");
            if !is_head && notes.unknown.len() < MOST {
                let (_, outside) =
                    notes.path.split_last().map_or((None, &[][..]), |(last, rest)| (Some(last), rest));
                notes.unknown.insert(place(outside, key));
            }
        });
    }
}

/// The field that is being read cannot hold this number.
#[cold]
pub(super) fn misfit(number: i128) {
    if IS_ON.get() {
        with(|notes| {
            if notes.misfits.len() < MOST {
                let place = place(&notes.path, "");
                notes.misfits.insert(format!("{place} = {number}"));
            }
        });
    }
}
