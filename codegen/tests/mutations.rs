//! No spec, however broken, makes the loader, the formatter or the emitter panic. The seed is fixed, so that a run says the same of the
//! same code; `PROPTEST_RNG_SEED=random` (or a number) takes another.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use wecom_codegen::source::{Rendered, SourceFile};
use wecom_codegen::{emit, format, load};

fn spec() -> Vec<SourceFile> {
    [
        ("demo/demo.yaml", include_str!("spec/demo/demo.yaml")),
        ("errors.yaml", include_str!("spec/errors.yaml")),
        ("events/demo.yaml", include_str!("spec/events/demo.yaml")),
    ]
    .map(|(path, text)| SourceFile { path: path.into(), text: text.into() })
    .into()
}

/// One edit, of the kinds that people and faulty tools make.
#[derive(Debug, Clone)]
enum Edit {
    Drop(usize),
    Repeat(usize),
    Swap(usize, usize),
    Indent(usize, usize),
    Value(usize, String),
    Key(usize, String),
    Insert(usize, String),
    Cut(usize),
}

fn word() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "string",
        "object",
        "list<object>",
        "pipe<Node>",
        "map<list<Node>>",
        "Node",
        "demo.Node",
        "OneOf",
        "true",
        "1..",
        "..-1",
        "99999999999999999999",
        "{}",
        "[]",
        "[a, {b: c}]",
        "&x y",
        "*x",
        "!!int 3",
        "|",
        ">-",
        "\"",
        "'",
        "{",
        "]",
        "~",
        "",
        "- a",
        "? b",
        "%",
        "@",
        "类型",
        "\u{feff}",
        "\t",
        "fields",
        "union",
        "variants",
        "type",
        "values",
        "items",
        "property.control",
        "request.a[].b",
        "list<list<list<list<list<list<list<list<list<a>>>>>>>>>",
        "/cgi-bin/a",
        "/cgi-bin/demo/get",
        "Option",
        "self",
        "0",
        "-1",
        "1e9",
        "1.5..2",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => "\\PC{0,12}"]
}

fn edit() -> impl Strategy<Value = Edit> {
    let line = || 0usize..400;
    prop_oneof![
        line().prop_map(Edit::Drop),
        line().prop_map(Edit::Repeat),
        (line(), line()).prop_map(|(a, b)| Edit::Swap(a, b)),
        (line(), 0usize..12).prop_map(|(a, n)| Edit::Indent(a, n)),
        (line(), word()).prop_map(|(a, w)| Edit::Value(a, w)),
        (line(), word()).prop_map(|(a, w)| Edit::Key(a, w)),
        (line(), word()).prop_map(|(a, w)| Edit::Insert(a, w)),
        (0usize..6000).prop_map(Edit::Cut),
    ]
}

fn apply(text: &str, edits: &[Edit]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for e in edits {
        if lines.is_empty() {
            break;
        }
        let n = lines.len();
        match e {
            Edit::Drop(i) => drop(lines.remove(i % n)),
            Edit::Repeat(i) => lines.insert(i % n, lines[i % n].clone()),
            Edit::Swap(a, b) => lines.swap(a % n, b % n),
            Edit::Indent(i, by) => lines[i % n] = format!("{}{}", " ".repeat(*by), lines[i % n].trim_start()),
            Edit::Value(i, w) => {
                if let Some((key, _)) = lines[i % n].clone().split_once(':') {
                    lines[i % n] = format!("{key}: {w}");
                }
            }
            Edit::Key(i, w) => {
                if let Some((key, value)) = lines[i % n].clone().split_once(':') {
                    let pad = key.len() - key.trim_start().len();
                    lines[i % n] = format!("{}{w}:{value}", &key[..pad]);
                }
            }
            Edit::Insert(i, w) => lines.insert(i % n, w.clone()),
            Edit::Cut(at) => {
                let mut text = lines.join("\n");
                let at = (0..=at % (text.len() + 1)).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
                text.truncate(at);
                lines = text.lines().map(str::to_owned).collect();
            }
        }
    }
    lines.join("\n") + "\n"
}

fn seed() -> RngSeed {
    match std::env::var("PROPTEST_RNG_SEED").ok().as_deref() {
        Some("random") => RngSeed::Random,
        Some(text) => RngSeed::Fixed(text.parse().expect("PROPTEST_RNG_SEED is a number, or `random`")),
        None => RngSeed::Fixed(2026),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, rng_seed: seed(), ..ProptestConfig::default() })]

    #[test]
    fn no_mutation_panics(file in 0usize..3, edits in prop::collection::vec(edit(), 1..6)) {
        let mut files = spec();
        files[file].text = apply(&files[file].text, &edits);
        let formatted = format::format(&files[file]);
        if let Some(text) = formatted {
            // What the formatter writes it reads again, unchanged.
            let again = SourceFile { path: files[file].path.clone(), text: text.clone() };
            prop_assert_eq!(format::format(&again), Some(text));
        }
        let loaded = load(files);
        for diagnostic in &loaded.diagnostics {
            let text = Rendered { diagnostic, files: &loaded.spec.files, prefix: "" }.to_string();
            prop_assert!(!diagnostic.message.is_empty() && text.contains(diagnostic.rule));
        }
        if loaded.is_sound() {
            let files = emit::emit(&loaded.api);
            prop_assert!(files.values().all(|text| !text.contains("compile_error")), "a sound spec gives sound code");
        }
    }
}

#[test]
fn the_unmutated_spec_is_sound() {
    let loaded = load(spec());
    let shown: Vec<String> = loaded
        .diagnostics
        .iter()
        .map(|diagnostic| Rendered { diagnostic, files: &loaded.spec.files, prefix: "" }.to_string())
        .collect();
    assert!(shown.is_empty(), "{}", shown.join("\n"));
    for file in spec() {
        assert_eq!(format::format(&file).as_deref(), Some(file.text.as_str()), "{} is canonical", file.path);
    }
}
