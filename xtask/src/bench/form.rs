//! The forms that are compared.

use std::collections::BTreeMap;

use wecom_codegen::{emit, ir};

use super::derive;

/// How types read and write themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Tables over the shared visitors of `wecom::wire`: what the client is made of.
    Tables,
    /// `serde_derive` as it is: an absent field is the default, everything else must have its documented type.
    Derive,
    /// `serde_derive` that reads as leniently as the tables, by `deserialize_with` on every field.
    Lenient,
}

impl Form {
    /// All, in the order of the tables of `BENCH.md`.
    pub(crate) const ALL: &'static [Form] = &[Form::Tables, Form::Derive, Form::Lenient];

    /// Its word in tables and folder names.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Form::Tables => "tables",
            Form::Derive => "derive",
            Form::Lenient => "derive-lenient",
        }
    }

    /// The client's generated files in this form.
    pub(crate) fn library(self, api: &ir::Api) -> Result<BTreeMap<String, String>, String> {
        let files = emit::library(api);
        match self {
            Form::Tables => Ok(files),
            Form::Derive => derive::rewrite(api, files, false),
            Form::Lenient => derive::rewrite(api, files, true),
        }
    }
}
