//! Tencent's pages → the spec, one function a stage:
//!
//! page text → [`page::Page`] → [`find::Section`]s → [`sides::Sides`] (raw tables and samples) → [`shape::Field`] trees → [`infer`]red
//! types → YAML nodes. Nothing here reads files, prints, or panics on what a page holds.

mod again;
mod apart;
mod choice;
pub mod compare;
mod elsewhere;
pub mod errors;
pub mod events;
pub mod extract;
pub mod fields;
pub mod find;
pub mod import;
pub mod infer;
pub(crate) mod labels;
mod lay;
mod library;
mod naming;
pub(crate) mod node;
pub mod page;
pub mod paging;
pub mod rates;
pub mod reviewed;
pub mod sample;
pub mod shape;
mod siblings;
pub mod sides;
pub mod spec;
pub mod status;
mod table;
pub mod text;
pub(crate) mod tree;
pub mod union;
pub mod words;

use std::collections::BTreeSet;

/// What the pages of a crawl say of the API.
#[derive(Debug, Default)]
pub struct Extracted {
    /// Endpoints, by path.
    pub endpoints: Vec<extract::Endpoint>,
    /// XML events.
    pub events: Vec<events::Event>,
    /// Error codes.
    pub codes: errors::Codes,
    /// Numbers of all pages that were read, in the URL and by content.
    pub numbers: BTreeSet<i64>,
}

impl Extracted {
    /// Reads all pages.
    pub fn of(pages: &[page::Page]) -> Self {
        // Two passes over some 2,600 pages that know nothing of each other.
        std::thread::scope(|scope| {
            let events = scope.spawn(|| events::events(pages));
            let endpoints = extract::endpoints(pages);
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
