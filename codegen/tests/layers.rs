//! Who may import whom: the importer's passes (`src/docs`) and the client's layers (`wecom/src`, as ARCHITECTURE.md draws them). Each file
//! imports from its own pass or layer and from those before it. No file of the generator and no module of the drawing imports itself through others.

mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use imports::{Arrows, Module, Sources};

/// The importer's passes, first to last, with what they share beneath them. Each is a folder or a file of `src/docs`.
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
    "uncovered",
    "write",
    "merge",
];

/// Layers from the ground up; each lists the modules that are in it. A module is in the layer that lists the longest beginning of its path.
type Layers = Vec<Vec<String>>;

fn passes() -> Layers {
    PASSES.iter().map(|pass| vec![(*pass).to_owned()]).collect()
}

/// The layers of the client from the drawing: the block below this line of ARCHITECTURE.md, whose lines are layers, the uppermost first.
fn drawn() -> Layers {
    let text = fs::read_to_string(root().join("../ARCHITECTURE.md")).expect("the drawing");
    let (_, below) =
        text.split_once("may use what stands below it, never what stands above:\n").expect("a drawing");
    let block = below.split("```").nth(1).expect("a block").trim_start_matches("text");
    let modules = |line: &str| {
        line.split("  ").next().unwrap_or_default().split(' ').map(|m| m.replace('/', "::")).collect()
    };
    let mut layers: Layers = block.lines().filter(|line| !line.is_empty()).map(modules).collect();
    layers.reverse();
    layers
}

fn layer(layers: &Layers, module: &str) -> Option<usize> {
    let place = place(layers, module)?;
    layers.iter().position(|layer| layer.iter().any(|m| m == place))
}

/// The module of the order that a file is in.
fn place<'m>(layers: &Layers, module: &'m str) -> Option<&'m str> {
    let mut at = module;
    while !layers.iter().flatten().any(|m| m == at) {
        at = at.rsplit_once("::")?.0;
    }
    Some(at)
}

/// The arrows between modules of the order, of those between files.
fn between_modules(arrows: &Arrows, layers: &Layers) -> Arrows {
    let mut out = Arrows::new();
    for (from, to) in arrows {
        let Some(from) = place(layers, from) else { continue };
        let to = to.iter().filter_map(|to| place(layers, to)).filter(|to| *to != from).map(str::to_owned);
        out.entry(from.to_owned()).or_default().extend(to);
    }
    out
}

/// Arrows to a later layer, and files in none.
fn against_the_order(arrows: &Arrows, layers: &Layers) -> Vec<String> {
    let mut out = Vec::new();
    for (from, to) in arrows.iter().filter(|(from, _)| !from.is_empty()) {
        let Some(own) = layer(layers, from) else {
            out.push(format!("`{from}` has no place in the order: add it where it stands"));
            continue;
        };
        for to in to.iter().filter(|to| layer(layers, to).is_none_or(|other| other > own)) {
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

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn hold(arrows: &Arrows, layers: &Layers, at_least: usize) {
    assert!(
        arrows.values().map(BTreeSet::len).sum::<usize>() > at_least,
        "the arrows were not found: {arrows:?}"
    );
    let found = against_the_order(arrows, layers);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn hold_without_circles(arrows: &Arrows) {
    let found = circles(arrows);
    assert!(found.is_empty(), "these import each other in a circle: {}", found.join(", "));
}

#[test]
fn no_pass_of_the_importer_imports_a_later_one_and_no_file_itself() {
    let sources = Sources::below(&root().join("src/docs"), "crate::docs");
    let arrows = sources.arrows();
    hold(&arrows, &passes(), 100);
    hold_without_circles(&arrows);
}

#[test]
fn no_files_of_the_generator_import_each_other_in_a_circle() {
    let arrows = Sources::below(&root().join("src"), "crate").arrows();
    assert!(arrows.values().map(BTreeSet::len).sum::<usize>() > 400, "the arrows were not found: {arrows:?}");
    hold_without_circles(&arrows);
}

#[test]
fn the_client_is_as_it_is_drawn() {
    let layers = drawn();
    let named: Vec<&String> = layers.iter().flatten().collect();
    let mut texts = imports::texts(&root().join("../wecom/src"));
    // `include!` of the crate's root.
    let exports = texts.remove("api::exports").expect("the generated list of modules");
    texts.entry(String::new()).or_default().push_str(&exports);
    // Generated code: all of it is `api`, but what is drawn apart.
    texts.retain(|module, _| !module.starts_with("api::") || named.contains(&module));
    let sources = Sources::of(texts, "crate");
    for module in named {
        assert!(sources.has(module), "the drawing has `{module}`, which is no file or folder of wecom/src");
    }
    let arrows = sources.arrows();
    hold(&arrows, &layers, 150);
    hold_without_circles(&between_modules(&arrows, &layers));
}

#[test]
fn what_breaks_the_order_is_found() {
    let check = |list: &[(&str, &str)], order: &[&str], circle: &[&str]| {
        let files: BTreeMap<Module, String> =
            list.iter().map(|(m, text)| ((*m).to_owned(), (*text).to_owned())).collect();
        let arrows = Sources::of(files, "crate::docs").arrows();
        assert_eq!(against_the_order(&arrows, &passes()), order, "{list:?}");
        assert_eq!(circles(&arrows), circle, "{list:?}");
    };
    let root = ("", "mod model; mod read; mod merge;");
    let model = ("model", "pub struct Page;");
    let merge = ("merge::import", "pub struct Imported; pub fn import() {} pub fn apply() {}");
    check(
        &[root, model, ("read::page", "use crate::docs::model::{Page, self}; fn f() { model::g() }")],
        &[],
        &[],
    );
    // By `use`, by `super`, in a body, through a name of a module, within a macro.
    for late in [
        "use crate::docs::{model::Page, merge::import::{import, apply}};",
        "use super::super::merge::import::import;",
        "fn f() { crate::docs::merge::import::import() }",
        "fn f() -> super::super::merge::import::Imported { g() }",
        "use crate::docs::merge; fn f() { merge::import::import() }",
        "use crate::docs::merge as m; fn f() { println!(\"{:?}\", m::import::import()) }",
        "fn f() { use crate::docs::merge::import::apply; apply() }",
        "impl crate::docs::merge::import::Imported {}",
        "mod within { use super::super::super::merge::import::{apply as a, import}; }",
        "mod within { fn f() { super::super::super::merge::import::import() } }",
    ] {
        let later = ["`read::page` imports `merge::import`, which comes later"];
        check(&[root, model, ("merge", "mod import;"), merge, ("read::page", late)], &later, &[]);
    }
    // A name that is handed on leads to where it is from; handing on is no import.
    let on =
        ("merge", "mod import; pub use import::import; pub(crate) use crate::docs::read::page as paper;");
    let through = "use crate::docs::merge; fn f() { merge::import() }";
    let later = ["`read::page` imports `merge::import`, which comes later"];
    check(&[root, on, merge, ("read::page", through)], &later, &[]);
    let back = ("write::x", "use crate::docs::merge::paper::Text;");
    check(&[root, on, merge, ("read::page", "pub struct Text;"), back], &[], &[]);
    // What tests import is theirs, and what a macro writes is of who calls it.
    for free in [
        "#[cfg(test)] mod tests { use crate::docs::merge::import; }",
        "#[cfg(test)] use crate::docs::merge::import; #[cfg(test)] fn f() { import::import() }",
        "macro_rules! m { () => { $crate::docs::merge::import::import() } }",
        "/// See [`import`](crate::docs::merge::import).\nfn f() {}",
    ] {
        check(&[root, merge, ("read::page", free)], &[], &[]);
    }
    let apart = [
        ("read::page", "#[cfg(test)] mod tests;"),
        ("read::page::tests", "use crate::docs::merge::import::import;"),
    ];
    check(&[&[root, merge], &apart[..]].concat(), &[], &[]);
    // The run over all passes is no pass; a folder that nobody placed.
    let whole = ["`read::page` imports ``, which comes later"];
    check(&[root, ("read::page", "use crate::docs::extract;")], &whole, &[]);
    let lost = ["`more::x` has no place in the order: add it where it stands"];
    check(&[root, ("more::x", "")], &lost, &[]);
    let ring = [
        ("read::a", "use crate::docs::read::b::x;"),
        ("read::b", "use super::c::x;"),
        ("read::c", "use super::a::x;"),
        ("read::d", "use super::a::x;"),
    ];
    check(&ring.iter().chain([&root]).copied().collect::<Vec<_>>(), &[], &["read::a", "read::b", "read::c"]);
}

#[test]
fn the_longest_name_places_a_file() {
    let layers =
        [vec!["token::kind"], vec!["token", "file"]].map(|l| l.into_iter().map(str::to_owned).collect());
    let layers = layers.to_vec();
    for (module, expected) in [
        ("token::kind", Some(0)),
        ("token::store", Some(1)),
        ("token", Some(1)),
        ("file", Some(1)),
        ("kind", None),
    ] {
        assert_eq!(layer(&layers, module), expected, "{module}");
    }
    let arrows = |list: &[(&str, &str)]| -> Arrows {
        list.iter().map(|(from, to)| ((*from).to_owned(), BTreeSet::from([(*to).to_owned()]))).collect()
    };
    // Within a module files may need each other; two modules may not.
    let own = between_modules(&arrows(&[("token", "token::store"), ("token::store", "token")]), &layers);
    assert_eq!(circles(&own), Vec::<&str>::new());
    let two = between_modules(&arrows(&[("token::store", "file::part"), ("file", "token::x")]), &layers);
    assert_eq!(circles(&two), ["file", "token"]);
}
