//! Tencent's pages → the spec, one function a stage:
//!
//! page text → [`Page`] → [`Section`]s → [`Sides`] (raw tables and samples) → [`Field`] trees → [`infer`]red
//! types → YAML nodes. Nothing here reads files, prints, or panics on what a page holds.

use crate::docs::gather::merge_pages;
use crate::docs::model::{Extracted, Page};

pub mod compare;
pub(crate) mod complete;
pub mod errors;
pub mod events;
pub mod fields;
pub mod gather;
pub mod import;
pub mod infer;
pub mod model;
mod naming;
pub mod read;
pub mod reviewed;
pub mod section;
pub mod status;
pub mod write;

impl Extracted {
    /// Reads all pages.
    pub fn of(pages: &[Page]) -> Self {
        // Two passes over some 2,600 pages that know nothing of each other.
        std::thread::scope(|scope| {
            let events = scope.spawn(|| events::events(pages));
            let endpoints = merge_pages::endpoints(pages);
            let codes = errors::codes(pages, &endpoints);
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
