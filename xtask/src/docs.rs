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
    /// Fetch the official pages; continues after an interruption, and skips unchanged pages
    Pull(pull::Pull),
    /// Serve a folder of pages on a local port, as the documentation site would
    Serve(site::Serve),
    /// List endpoints, events and error codes that are new, gone or changed on the pages since they were reviewed
    Status(status::Status),
    /// Merge pages into the spec; what people wrote there is kept
    Import(import::Import),
    /// Record that entries were compared with their pages, and that remaining differences are accepted
    Accept(accept::Accept),
    /// Explain the rules by which import decides what a page does not say
    Rules(rules::Rules),
    /// Import a whole crawl into a temporary folder and measure how much of it was understood
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
