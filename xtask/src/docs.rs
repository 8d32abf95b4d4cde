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
