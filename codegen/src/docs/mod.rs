//! Tencent's pages → the spec, one function a stage:
//!
//! page text → [`Page`] → [`Section`]s → [`Sides`] (raw tables and samples) → [`Field`] trees → [`infer`]red
//! types → YAML nodes. Nothing here reads files, prints, or panics on what a page holds.

use crate::docs::events::find_events;
use crate::docs::gather::merge_pages;
use crate::docs::model::{Extracted, Page};

pub(crate) mod complete;
pub mod error_codes;
pub mod events;
pub mod fields;
pub mod gather;
pub mod infer;
pub mod merge;
pub mod model;
pub mod read;
pub mod section;
pub mod write;

impl Extracted {
    /// Reads all pages.
    pub fn of(pages: &[Page]) -> Self {
        // Two passes over some 2,600 pages that know nothing of each other.
        std::thread::scope(|scope| {
            let events = scope.spawn(|| find_events::events(pages));
            let endpoints = merge_pages::endpoints(pages);
            let codes = error_codes::codes(pages, &endpoints);
            let events = match events.join() {
                Ok(events) => events,
                Err(panic) => std::panic::resume_unwind(panic),
            };
            let numbers = pages.iter().flat_map(|p| [p.category_id, p.doc_id]).collect();
            Extracted { endpoints, events, codes, numbers }
        })
    }
}

#[cfg(test)]
mod tests;
