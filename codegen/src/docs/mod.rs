//! Tencent's pages → the spec, pass by pass, each in a folder of its own:
//!
//! | pass | folder | from | to |
//! |---|---|---|---|
//! | 1 | [`read`] | the text of a page | [`Page`]: headings, lines, tables, samples |
//! | 2 | [`section`] | a page | [`Section`](model::Section)s, each about one endpoint |
//! | 3 | [`section`] | a section | [`Sides`](model::Sides): raw tables and samples of request and answer |
//! | 4 | [`gather`] | all sections of one path | one endpoint with the raw tables and samples of all its pages |
//! | 5 | [`fields`] | raw tables and samples | trees of [`Field`](model::Field)s |
//! | 6 | `complete` | fields that a page leaves out | those that another page has |
//! | 7 | [`mod@write`] | an endpoint | its entry of the spec, in YAML nodes |
//! | 8 | [`merge`] | entries | the files of a spec, new or changed |
//!
//! Beneath all of them lie [`model`], data alone, [`rules`], the list of what they assume, and
//! [`fixups`], what single pages are corrected in; beside passes 5 to 7 stands [`infer`], which they ask what the words and samples of a field
//! say. Callbacks ([`events`]) and error codes ([`error_codes`]) have no path and go a shorter way, with the same readers;
//! what is neither is named (`uncovered`). A file imports
//! from its own pass and from those before it, never from a later one; `tests/layers.rs` holds them to it. Nothing here reads files,
//! prints, or panics on what a page holds.

pub(crate) mod complete;
pub mod error_codes;
pub mod events;
pub mod fields;
pub mod fixups;
pub mod gather;
pub mod infer;
pub mod merge;
pub mod model;
pub mod read;
pub mod rules;
pub mod section;
mod uncovered;
pub mod write;

use events::find_events::find_events;
use fields::both_sides::both_sides;
use fixups::{FIXUPS, Fixup};
use gather::merge_pages::merge_pages;
use gather::shared_types::SharedTypes;
use model::{Endpoint, Extracted, Page};
use section::{find_endpoints, links};

/// Reads all pages: passes 2 to 6. The pages come from [`read::page::read`]; what becomes of the result, [`merge`] decides.
pub fn extract(pages: &[Page]) -> Extracted {
    extract_with(pages, FIXUPS)
}

/// The same with other fix-ups.
fn extract_with(pages: &[Page], fixups: &[Fixup]) -> Extracted {
    let pages = &*links::mended(pages);
    // Events and endpoints know nothing of each other.
    let types = SharedTypes::new(pages);
    std::thread::scope(|scope| {
        let events = scope.spawn(|| find_events(pages, &types));
        let sections = find_endpoints::by_path(pages, fixups);
        let gathered = sections.into_values().filter_map(|parts| merge_pages(parts, &types));
        let mut endpoints: Vec<Endpoint> = gathered.map(both_sides).collect();
        fields::spelling::settle(&mut endpoints);
        complete::from_linked_page::complete(&mut endpoints, pages, fixups);
        complete::from_sibling::complete(&mut endpoints);
        complete::from_other_side::complete(&mut endpoints);
        complete::of_other_call::complete(&mut endpoints);
        complete::presence::complete(&mut endpoints);
        let codes = error_codes::codes(pages, &endpoints);
        let events = match events.join() {
            Ok(events) => events,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        let uncovered = uncovered::uncovered(pages, &endpoints, &events);
        let numbers = pages.iter().flat_map(|p| [p.category_id, p.doc_id]).collect();
        Extracted { endpoints, events, codes, uncovered, stale: fixups::stale(fixups, pages), numbers }
    })
}

#[cfg(test)]
mod tests;
