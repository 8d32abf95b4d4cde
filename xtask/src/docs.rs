//! `docs`: from the official pages to the spec.

mod accept;
mod crawl;
mod import;
mod pull;
mod reviewed;
mod rules;
mod site;
mod status;
mod trial;

use clap::Subcommand;
use wecom_codegen::docs::merge::compare::Change;

use crate::Outcome;

#[derive(Subcommand)]
pub enum Docs {
    /// Fetch the official pages; resumes, and leaves alone what has not changed
    Pull(pull::Pull),
    /// Play the documentation site from a folder of pages, on a port of this machine
    Serve(site::Serve),
    /// What the pages have that the spec has not reviewed: new, gone and changed endpoints, events, error codes
    Status(status::Status),
    /// Merge pages into the spec; what people wrote there stays
    Import(import::Import),
    /// Record that entries were compared with their pages: what still differs stands
    Accept(accept::Accept),
    /// The rules by which import decides what a page does not say
    Rules(rules::Rules),
    /// Import a whole crawl into a temporary folder and print how much of it was understood
    Trial(trial::Trial),
}

pub fn docs(command: &Docs) -> Result<Outcome, String> {
    match command {
        Docs::Pull(args) => pull::run(args),
        Docs::Serve(args) => site::run(args),
        Docs::Status(args) => status::run(args),
        Docs::Import(args) => import::run(args),
        Docs::Accept(args) => accept::run(args),
        Docs::Rules(args) => rules::run(args),
        Docs::Trial(args) => trial::run(args),
    }
}

/// A change for people.
fn sentence(c: &Change) -> String {
    match c.kind {
        "field-added" => format!("{}: new on the page ({})", c.at, c.page),
        "field-removed" => format!("{}: no longer on the page", c.at),
        "retyped" => format!("{}: the page says {}, the spec {}", c.at, c.page, c.here),
        "required" => format!("{}: {} on the page, {} in the spec", c.at, c.page, c.here),
        "value-added" => format!("{}: new value {}", c.at, c.page),
        "mode-added" => format!("modes: {} is new on the pages", c.page),
        "code-gone" => format!("{}: on no page any more ({})", c.at, c.here),
        "code-added" => format!("{}: new on the page ({})", c.at, c.page),
        "departure-over" => {
            format!("{}: the page says {} now; its entry under `departures` can go", c.at, c.page)
        }
        _ => format!("{}: the page says {}, the spec {}", c.at, c.page, c.here),
    }
}
