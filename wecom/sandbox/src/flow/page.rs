//! Parts of lists.

use crate::call::Call;
use crate::refuse::{Refusal, refuse};

/// A part of a list.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    /// Where the next part starts.
    pub(super) next: usize,
    pub(super) more: bool,
}

impl<T> Page<T> {
    /// `next_cursor`: empty at the end.
    pub(super) fn cursor(&self) -> String {
        if self.more { self.next.to_string() } else { String::new() }
    }
}

/// The part from `offset` on that has `limit` items; without a limit, or with 0, it has `most`.
pub(super) fn by_offset<T: Clone>(call: &Call<'_>, offset: &str, most: usize, all: &[T]) -> Page<T> {
    let size = |name: &str| call.int(name).and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    part(size(offset), size("limit"), most, all)
}

/// The part that `cursor` names, a number this sandbox gave out; empty is the start.
pub(super) fn by_cursor<T: Clone>(call: &Call<'_>, most: usize, all: &[T]) -> Result<Page<T>, Refusal> {
    let cursor = call.text("cursor");
    let from = match cursor.parse() {
        Ok(from) if from <= all.len() => from,
        _ if cursor.is_empty() => 0,
        _ => return refuse(40058, format!("no cursor {cursor} was given out")),
    };
    let limit = call.int("limit").and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    Ok(part(from, limit, most, all))
}

fn part<T: Clone>(from: usize, limit: usize, most: usize, all: &[T]) -> Page<T> {
    let count = if limit == 0 { most } else { limit.min(most) };
    let items: Vec<T> = all.iter().skip(from).take(count).cloned().collect();
    let next = from.saturating_add(items.len());
    Page { next, more: next < all.len() && !items.is_empty(), items }
}
