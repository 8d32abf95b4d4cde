//! What a small nasty spec (`tests/spec`: keywords, collisions, recursion, empty answers, every kind of union and scalar) becomes.
//! `UPDATE_GOLDEN=1 cargo test -p wecom-codegen --test golden` writes the expectations anew; read their diff.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use wecom_codegen::source::SourceFile;
use wecom_codegen::{emit, load};

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

/// The forms that `bench` compares differ in how types read and write themselves, and in nothing else that a caller sees.
#[test]
fn all_forms_hold_the_same_types() {
    let api = load(spec()).api;
    let tables = emit::library(&api, emit::Form::Tables);
    for form in emit::Form::ALL {
        let files = emit::library(&api, *form);
        for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".rs")) {
            let parsed = syn::parse_file(text).unwrap_or_else(|e| panic!("{path} as {}: {e}", form.word()));
            assert!(!text.contains("compile_error"), "{path} as {}", form.word());
            if let Some(other) =
                tables.get(path).filter(|_| !path.ends_with("/mod.rs") && !path.ends_with("tables.rs"))
            {
                let other = syn::parse_file(other).expect("parses");
                assert_eq!(names(&parsed), names(&other), "{path} as {}", form.word());
            }
        }
        let derived =
            files.values().flat_map(|t| t.lines()).filter(|l| l.contains("derive(serde::Serialize")).count();
        assert_eq!(derived > 0, *form != emit::Form::Tables, "{}", form.word());
    }
}

/// What a file declares, with the fields and variants.
fn names(file: &syn::File) -> Vec<String> {
    let mut out = Vec::new();
    for item in &file.items {
        match item {
            syn::Item::Struct(s) => out.extend(s.fields.iter().map(|f| format!("{}.{:?}", s.ident, f.ident))),
            syn::Item::Enum(e) => out.extend(e.variants.iter().map(|v| format!("{}::{}", e.ident, v.ident))),
            _ => {}
        }
    }
    out
}
