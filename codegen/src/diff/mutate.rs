//! Single changes of a spec's text, to hold the diff against other views of the same change: the emitted code, or what
//! `cargo-semver-checks` says of two crates (`cargo xtask agree`).
//!
//! A mutation finds the places of a spec where it applies. Not every place gives a sound spec: who uses one loads the result first.

mod edit;
mod endpoints;
mod fields;
mod types;

use crate::format;
use crate::source::SourceFile;

pub use edit::{Edit, Mutation};

/// The files in the form that mutations work on: a line for each key of a field.
pub fn lines(files: Vec<SourceFile>) -> Vec<SourceFile> {
    let one = |f: SourceFile| match format::blocks(&f) {
        Some(text) => SourceFile { text, ..f },
        None => f,
    };
    files.into_iter().map(one).collect()
}

/// All kinds of changes. Most change something; the reverse direction of a comparison adds what they take away.
pub fn mutations() -> impl Iterator<Item = &'static Mutation> {
    [endpoints::ALL, fields::ALL, types::ALL].into_iter().flatten()
}
