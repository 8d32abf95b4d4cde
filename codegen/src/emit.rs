//! Resolved API → files. Nothing is decided here: names, types and presence come from [`crate::ir`].

mod commands;
mod coverage;
mod description;
mod docs;
mod endpoints;
mod events;
mod example;
mod handle;
mod manifest;
mod paging;
mod print;
mod samples;
mod scope;
mod tables;
mod types;
mod values;
mod wire;

use std::collections::BTreeMap;

use crate::ir;
use print::banner;
use scope::Scope;

pub use coverage::{PAGES, merge_table, table};
pub use manifest::{Features, merge_features};
pub use print::{ROOT, SANDBOX, TESTS};
pub use wire::adapter;

/// What is emitted: path below the checkout's root → text. The folders [`ROOT`] and [`TESTS`] and the file [`SANDBOX`] hold nothing else.
pub fn emit(api: &ir::Api) -> BTreeMap<String, String> {
    let mut files = library(api);
    files.extend(samples::tests(api));
    files.insert(SANDBOX.to_owned(), tables::contract(api));
    files
}

/// The files of [`ROOT`] alone.
pub fn library(api: &ir::Api) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let owners = types::owners(api);
    for module in &api.modules {
        module_files(api, module, &owners, &mut files);
    }
    events::files(api, &owners, &mut files);
    commands::files(api, &mut files);
    files.insert(format!("{ROOT}/endpoints.rs"), endpoints::file(api));
    files.insert(format!("{ROOT}/mod.rs"), handle::root(api));
    files.insert(format!("{ROOT}/exports.rs"), handle::exports(api));
    files.insert(format!("{ROOT}/errors.rs"), tables::errors(api));
    files.insert(coverage::PAGE.to_owned(), coverage::page(api));
    files.insert(format!("{ROOT}/description.json"), description::file(api));
    files
}

/// A module of one part is one file, `wedoc/smartsheet.rs`; of several, each has its own below it, `user/member.rs`. The tables stand
/// beside the types that they are of: `wedoc/smartsheet/tables.rs`.
fn module_files(
    api: &ir::Api,
    module: &ir::Module,
    owners: &types::Owners<'_>,
    files: &mut BTreeMap<String, String>,
) {
    let base = format!("{ROOT}/{}", module.name.replace("::", "/"));
    let mut specs: Vec<String> = module.parts.iter().map(|p| format!("spec/{}", p.spec)).collect();
    specs.dedup();
    let from = if specs.is_empty() { "spec/".to_owned() } else { specs.join(", ") };
    let scope = |part: &'_ ir::Part| Scope { api, module: &module.name, types: part.types.clone() };
    let uses = match module.parts.as_slice() {
        [part] => types::imports(&scope(part), &part.endpoints),
        parts => {
            let all = parts.iter().flat_map(|p| &p.endpoints);
            types::imports_of_calls(&Scope { api, module: &module.name, types: vec![] }, all)
        }
    };
    let mut text = banner(&from) + &handle::module(api, module, &uses);
    match module.parts.as_slice() {
        [part] => {
            text.push_str(&types::part(&scope(part), owners, part));
            files.insert(format!("{base}/tables.rs"), banner(&from) + &wire::part(&scope(part), part));
        }
        parts => {
            for part in parts {
                let (spec, base) = (format!("spec/{}", part.spec), format!("{base}/{}", part.stem));
                let uses = types::imports(&scope(part), &part.endpoints);
                let gap = if uses.is_empty() { "" } else { "\n" };
                let text =
                    [&banner(&spec), "mod tables;\n\n", &uses, gap, &types::part(&scope(part), owners, part)];
                files.insert(format!("{base}.rs"), text.concat());
                files.insert(format!("{base}/tables.rs"), banner(&spec) + &wire::part(&scope(part), part));
            }
        }
    }
    files.insert(format!("{base}.rs"), text);
}
