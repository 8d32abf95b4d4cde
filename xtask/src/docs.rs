//! `docs`: from the official pages to the spec.

mod crawl;
mod trial;

use clap::Subcommand;

use crate::Outcome;

#[derive(Subcommand)]
pub(crate) enum Docs {
    /// Import a whole crawl into an empty folder and print how much of it was understood
    Trial(trial::Trial),
}

pub(crate) fn docs(command: &Docs) -> Result<Outcome, String> {
    match command {
        Docs::Trial(args) => trial::trial(args),
    }
}
