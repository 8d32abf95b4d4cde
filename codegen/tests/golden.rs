//! What a small nasty spec (`tests/spec`: keywords, collisions, recursion, empty answers, every kind of union and scalar) becomes.
//! `UPDATE_GOLDEN=1 cargo test -p wecom-codegen --test golden` writes the expectations anew; read their diff.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use wecom_codegen::source::SourceFile;
use wecom_codegen::{emit, load, names};

fn spec() -> Vec<SourceFile> {
    [
        ("demo/demo.yaml", include_str!("spec/demo/demo.yaml")),
        ("demo/part.yaml", include_str!("spec/demo/part.yaml")),
        ("other/part.yaml", include_str!("spec/other/part.yaml")),
        ("errors.yaml", include_str!("spec/errors.yaml")),
        ("modules.yaml", include_str!("spec/modules.yaml")),
        ("events/demo.yaml", include_str!("spec/events/demo.yaml")),
    ]
    .map(|(path, text)| SourceFile { path: path.into(), text: text.into() })
    .into()
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Files of the golden folder, by the name they would have in the checkout.
fn on_disk(dir: &Path, root: &Path, out: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            on_disk(&path, root, out);
        } else if let Ok(text) = fs::read_to_string(&path) {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            out.insert(name.trim_end_matches(".txt").to_owned(), text);
        }
    }
}

#[test]
fn emitted_files_are_as_expected() {
    let loaded = load(spec());
    assert!(loaded.is_sound(), "{:?}", loaded.diagnostics);
    let emitted = emit::emit(&loaded.api);
    let root = golden();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let _ = fs::remove_dir_all(&root);
        for (path, text) in &emitted {
            // `.txt`, so that no tool takes them for source files of this crate.
            let path = root.join(format!("{path}.txt"));
            fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
            fs::write(&path, text).expect("a file can be written");
        }
    }
    let mut expected = BTreeMap::new();
    on_disk(&root, &root, &mut expected);
    let names = |m: &BTreeMap<String, String>| m.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&emitted), names(&expected), "the set of files");
    for (path, text) in &emitted {
        assert!(
            *text == expected[path],
            "{path} differs; UPDATE_GOLDEN=1 writes it anew:\n{}",
            diff(&expected[path], text)
        );
    }
}

fn diff(old: &str, new: &str) -> String {
    similar::TextDiff::from_lines(old, new).unified_diff().context_radius(2).to_string()
}

/// The same spec gives the same files: no map's order, no clock, no machine shows.
#[test]
fn emission_is_reproducible() {
    let once = emit::emit(&load(spec()).api);
    let mut files = spec();
    files.reverse();
    assert_eq!(once, emit::emit(&load(files).api), "whatever the order in which the files are handed in");
}

/// The resolved API survives its own JSON, which the sandbox reads.
#[test]
fn the_contract_reads_back() {
    let emitted = emit::emit(&load(spec()).api);
    let api: wecom_codegen::ir::Api =
        serde_json::from_str(&emitted[emit::SANDBOX]).expect("api.json reads back");
    assert_eq!(api.endpoints().count(), 11);
    assert_eq!(api.error(-1).map(|e| e.class.as_str()), Some("transient"));
}

/// A call has the setters of its request beside methods of its own, which the generator knows by a list.
#[test]
fn methods_of_calls_are_listed() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wecom/src");
    let mut methods = vec!["into_future".to_owned()];
    for file in ["call.rs", "pages.rs"] {
        let text = fs::read_to_string(source.join(file)).expect("the runtime stands beside the generator");
        for item in syn::parse_file(&text).expect("parses").items {
            let syn::Item::Impl(block) = item else { continue };
            let syn::Type::Path(of) = &*block.self_ty else { continue };
            if block.trait_.is_none() && of.path.segments.last().is_some_and(|s| s.ident == "Call") {
                methods.extend(block.items.iter().filter_map(|item| match item {
                    syn::ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
                    _ => None,
                }));
            }
        }
    }
    methods.retain(|name| names::safe(name) == *name);
    methods.sort();
    let mut listed: Vec<&str> = names::CALL.iter().chain(names::CALL_OF_FILE).copied().collect();
    listed.sort_unstable();
    assert_eq!(methods, listed, "`names::CALL` and `CALL_OF_FILE`");
}
