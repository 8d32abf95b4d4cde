//! WeCom's API spec and what is made of it.
//!
//! The way of the data: files → [`yaml`] nodes → [`model`] → [`lint`] → [`ir`] → emitted files. Each arrow is one function over data;
//! nothing here reads or writes files, prints, or ends the process.

pub mod check;
pub mod condition;
pub mod ir;

#[cfg(feature = "tools")]
pub mod departure;
#[cfg(feature = "tools")]
pub mod diff;
#[cfg(feature = "tools")]
pub mod docs;
#[cfg(feature = "tools")]
pub mod emit;
#[cfg(feature = "tools")]
pub mod format;
#[cfg(feature = "tools")]
pub mod lint;
#[cfg(feature = "tools")]
pub mod lower;
#[cfg(feature = "tools")]
pub mod migrate;
#[cfg(feature = "tools")]
pub mod model;
#[cfg(feature = "tools")]
pub mod names;
#[cfg(feature = "tools")]
pub mod openapi;
#[cfg(feature = "tools")]
pub mod quantity;
#[cfg(feature = "tools")]
pub mod read;
#[cfg(feature = "tools")]
pub mod schema;
#[cfg(feature = "tools")]
pub mod source;
#[cfg(feature = "tools")]
pub mod yaml;

#[cfg(feature = "tools")]
pub use tools::{Loaded, load};

#[cfg(feature = "tools")]
mod tools {
    use crate::{ir, lint, lower, model, read, source};

    /// A spec after loading: the model, the resolved API, and everything that was found on the way.
    pub struct Loaded {
        /// As written.
        pub spec: model::Spec,
        /// Resolved. Complete only when nothing in `diagnostics` is an error.
        pub api: ir::Api,
        /// All findings, in file order.
        pub diagnostics: Vec<source::Diagnostic>,
    }

    impl Loaded {
        /// Whether nothing stands in the way of generation.
        pub fn is_sound(&self) -> bool {
            self.diagnostics.iter().all(|d| d.severity != source::Severity::Error)
        }
    }

    /// Reads, checks and resolves a spec.
    pub fn load(mut files: Vec<source::SourceFile>) -> Loaded {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut report = source::Report::default();
        let spec = read::read(files, &mut report);
        lint::lint(&spec, &mut report);
        let api = lower::lower(&spec, &mut report);
        if !report.has_errors() {
            lint::lint_api(&spec, &api, &mut report);
        }
        Loaded { spec, api, diagnostics: report.sorted() }
    }
}
