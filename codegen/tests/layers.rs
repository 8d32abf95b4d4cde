//! The importer's files (`src/docs`) are passes in an order: each imports from its own and from those before it, and none in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use quote::ToTokens;

/// The passes, first to last, with what they share beneath them. Each is a folder or a file of `src/docs`.
const PASSES: &[&str] = &[
    "rules",
    "model",
    "fixups",
    "read",
    "section",
    "gather",
    "infer",
    "fields",
    "complete",
    "events",
    "error_codes",
    "write",
    "merge",
];

/// A file by its module path below `docs`: `read::page`.
type Module = String;

/// Who imports whom.
type Arrows = BTreeMap<Module, BTreeSet<Module>>;

/// The files below a folder, tests left out, by module path.
fn files(dir: &Path, at: &str, out: &mut BTreeMap<Module, String>) {
    let mut entries: Vec<_> = fs::read_dir(dir).expect("a folder").flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let name = match (stem.as_str(), at) {
            ("mod", _) => at.to_owned(),
            (_, "") => stem.clone(),
            _ => format!("{at}::{stem}"),
        };
        if path.is_dir() {
            files(&path, &name, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.insert(name, fs::read_to_string(&path).expect("text"));
        }
    }
}

/// The paths that a file names, written out from `docs` on: `read::text::clean`. What is there for tests alone is left out, and so are
/// the names of modules that only tests have.
fn named(module: &str, text: &str, tests: &mut BTreeSet<Module>) -> Vec<String> {
    let file = syn::parse_file(text).unwrap_or_else(|e| panic!("{module}: {e}"));
    let mut out = Vec::new();
    for item in file.items {
        if is_test(&item) {
            if let syn::Item::Mod(m) = &item {
                tests.insert(join(module, &m.ident.to_string()));
            }
            continue;
        }
        match &item {
            syn::Item::Use(u) => leaves(&u.tree, String::new(), &mut out),
            item => {
                let text = item.to_token_stream().to_string().replace(' ', "");
                for start in ["crate::docs::", "super::"] {
                    let whole =
                        |i: &usize| !text[..*i].ends_with(|c: char| c.is_alphanumeric() || "_:".contains(c));
                    out.extend(text.match_indices(start).map(|m| m.0).filter(whole).map(|i| {
                        let rest = &text[i..];
                        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
                        rest[..end.unwrap_or(rest.len())].trim_end_matches(':').to_owned()
                    }));
                }
            }
        }
    }
    out.iter().filter_map(|path| written_out(module, path)).collect()
}

fn is_test(item: &syn::Item) -> bool {
    let attrs = match item {
        syn::Item::Mod(m) => &m.attrs,
        syn::Item::Use(u) => &u.attrs,
        syn::Item::Fn(f) => &f.attrs,
        _ => return false,
    };
    attrs.iter().any(|a| a.to_token_stream().to_string().replace(' ', "") == "#[cfg(test)]")
}

fn leaves(tree: &syn::UseTree, at: String, out: &mut Vec<String>) {
    match tree {
        syn::UseTree::Path(p) => leaves(&p.tree, join(&at, &p.ident.to_string()), out),
        syn::UseTree::Name(n) => out.push(join(&at, &n.ident.to_string())),
        syn::UseTree::Rename(r) => out.push(join(&at, &r.ident.to_string())),
        syn::UseTree::Glob(_) => out.push(at),
        syn::UseTree::Group(g) => g.items.iter().for_each(|t| leaves(t, at.clone(), out)),
    }
}

fn join(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}::{name}") }
}

/// A path from `docs` on; `None` for one that leads elsewhere.
fn written_out(module: &str, path: &str) -> Option<String> {
    if let Some(rest) = path.strip_prefix("crate::docs::") {
        return Some(rest.trim_end_matches("::self").to_owned());
    }
    let mut here: Vec<&str> = module.split("::").collect();
    let mut rest = path;
    if !rest.starts_with("super::") {
        return None;
    }
    while let Some(after) = rest.strip_prefix("super::") {
        here.pop()?;
        rest = after;
    }
    Some(join(&here.join("::"), rest))
}

/// The arrows between files: each named path leads to the file whose module path is its longest beginning.
fn arrows(files: &BTreeMap<Module, String>) -> Arrows {
    let mut tests = BTreeSet::new();
    let named: Vec<(&Module, Vec<String>)> =
        files.iter().map(|(module, text)| (module, named(module, text, &mut tests))).collect();
    let is_test = |module: &str| tests.iter().any(|t| module == t || module.starts_with(&format!("{t}::")));
    let mut out = Arrows::new();
    for (module, paths) in named.into_iter().filter(|(m, _)| !is_test(m)) {
        let to = out.entry(module.clone()).or_default();
        for path in paths {
            let mut at = path.as_str();
            while !files.contains_key(at) {
                // What stands in `docs/mod.rs` itself is the run over all passes.
                at = at.rsplit_once("::").map_or("", |p| p.0);
            }
            if at != module {
                to.insert(at.to_owned());
            }
        }
    }
    out
}

fn pass(module: &str) -> Option<usize> {
    let first = module.split("::").next().unwrap_or(module);
    PASSES.iter().position(|p| *p == first)
}

/// Arrows to a later pass, and files in no pass.
fn against_the_order(arrows: &Arrows) -> Vec<String> {
    let mut out = Vec::new();
    for (from, to) in arrows.iter().filter(|(from, _)| !from.is_empty()) {
        let Some(own) = pass(from) else {
            out.push(format!("`{from}` belongs to no pass: add it to PASSES where it stands in the order"));
            continue;
        };
        for to in to.iter().filter(|to| pass(to).is_none_or(|p| p > own)) {
            out.push(format!("`{from}` imports `{to}`, which comes later"));
        }
    }
    out
}

/// The files that can be reached from themselves.
fn circles(arrows: &Arrows) -> Vec<&str> {
    let in_circle = |start: &&str| {
        let mut todo: Vec<&str> = arrows[*start].iter().map(String::as_str).collect();
        let mut seen = BTreeSet::new();
        while let Some(at) = todo.pop() {
            if at == *start {
                return true;
            }
            if seen.insert(at) {
                todo.extend(arrows.get(at).into_iter().flatten().map(String::as_str));
            }
        }
        false
    };
    arrows.keys().map(String::as_str).filter(in_circle).collect()
}

fn docs() -> BTreeMap<Module, String> {
    let mut out = BTreeMap::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/docs"), "", &mut out);
    out
}

#[test]
fn no_pass_imports_a_later_one_and_no_file_itself() {
    let files = docs();
    let arrows = arrows(&files);
    assert!(arrows.values().map(BTreeSet::len).sum::<usize>() > 100, "the arrows were not found: {arrows:?}");
    let found = against_the_order(&arrows);
    assert!(found.is_empty(), "{}", found.join("\n"));
    let found = circles(&arrows);
    assert!(found.is_empty(), "these import each other in a circle: {}", found.join(", "));
}

#[test]
fn what_breaks_the_order_is_found() {
    let check = |list: &[(&str, &str)], order: &[&str], circle: &[&str]| {
        let files: BTreeMap<Module, String> =
            list.iter().map(|(m, text)| ((*m).to_owned(), (*text).to_owned())).collect();
        let arrows = arrows(&files);
        assert_eq!(against_the_order(&arrows), order, "{list:?}");
        assert_eq!(circles(&arrows), circle, "{list:?}");
    };
    let root = ("", "mod model; mod read;");
    let model = ("model", "pub struct Page;");
    check(&[root, model, ("read::page", "use crate::docs::model::{Page, self};")], &[], &[]);
    // By `use`, by `super`, in a body.
    for late in [
        "use crate::docs::{model::Page, merge::import::{import, apply}};",
        "use super::super::merge::import::import;",
        "fn f() { crate::docs::merge::import::import() }",
        "fn f() -> super::super::merge::import::Imported { g() }",
    ] {
        let later = ["`read::page` imports `merge::import`, which comes later"];
        check(&[root, model, ("merge::import", ""), ("read::page", late)], &later, &[]);
    }
    // What tests import is theirs.
    let tests = "#[cfg(test)] mod tests { use crate::docs::merge::import::import; }";
    check(&[root, ("merge::import", ""), ("read::page", tests)], &[], &[]);
    let apart =
        [("read::page", "#[cfg(test)] mod tests;"), ("read::page::tests", "use crate::docs::merge::import;")];
    check(&[&[root, ("merge::import", "")], &apart[..]].concat(), &[], &[]);
    // The run over all passes is no pass; a folder that nobody placed.
    let whole = ["`read::page` imports ``, which comes later"];
    check(&[root, ("read::page", "use crate::docs::extract;")], &whole, &[]);
    let lost = ["`more::x` belongs to no pass: add it to PASSES where it stands in the order"];
    check(&[root, ("more::x", "")], &lost, &[]);
    let ring = [
        ("read::a", "use crate::docs::read::b::x;"),
        ("read::b", "use super::c::x;"),
        ("read::c", "use super::a::x;"),
        ("read::d", "use super::a::x;"),
    ];
    check(
        &ring.map(|r| r).iter().chain([&root]).copied().collect::<Vec<_>>(),
        &[],
        &["read::a", "read::b", "read::c"],
    );
}
