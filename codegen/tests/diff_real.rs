//! Single changes all over the real spec: what the diff says for Rust callers against the surface of the emitted code.
//!
//! Slow, so not part of the usual run: `cargo test --release -p wecom-codegen --test diff_real -- --ignored --nocapture`

#[path = "diff/surface.rs"]
mod surface;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use wecom_codegen::diff::{Class, diff};
use wecom_codegen::load;
use wecom_codegen::source::SourceFile;

/// What a mutation makes of a line (none: nothing, it goes), given the line after it; `None` where it does not apply.
type Mutation = fn(&str, &str) -> Option<Option<String>>;

const MUTATIONS: &[(&str, Mutation)] = &[
    ("required is dropped", |l, _| (l.trim() == "required: true").then_some(None)),
    ("required is added", |l, next| {
        (l.trim_start().starts_with("type: ") && !next.trim_start().starts_with("required"))
            .then(|| Some(format!("{l}\n{}required: true", indent(l))))
    }),
    ("string becomes i64", |l, _| swap(l, "type: string", "type: i64")),
    ("string becomes secret", |l, _| swap(l, "type: string", "type: secret")),
    ("string becomes date", |l, _| swap(l, "type: string", "type: date")),
    ("i64 becomes string", |l, _| swap(l, "type: i64", "type: string")),
    ("i64 becomes i32", |l, _| swap(l, "type: i64", "type: i32")),
    ("i32 becomes i64", |l, _| swap(l, "type: i32", "type: i64")),
    ("flag becomes bool", |l, _| swap(l, "type: flag", "type: bool")),
    ("unix becomes millis", |l, _| swap(l, "type: unix", "type: millis")),
    ("a list becomes one", |l, _| swap(l, "type: list<string>", "type: string")),
    ("a pipe becomes a list", |l, _| swap(l, "type: pipe<string>", "type: list<string>")),
    ("a value or variant goes", |l, _| (entry(l) && l.contains(": {")).then_some(None)),
    ("a value is renamed in Rust", |l, _| {
        (entry(l) && l.contains("{name: ")).then(|| Some(l.replacen("{name: ", "{name: X", 1)))
    }),
    ("a type is renamed", |l, _| {
        let name = l.trim().strip_prefix("name: ")?;
        l.starts_with("          ").then(|| Some(l.replace(name, &format!("{name}X"))))
    }),
    ("a field is renamed on the wire", |l, next| {
        let key = l.trim().strip_suffix(':')?;
        (l.starts_with("        ") && next.trim_start().starts_with("type: "))
            .then(|| Some(l.replace(key, &format!("{key}_x"))))
    }),
    ("a field is renamed in Rust", |l, _| {
        l.trim_start().starts_with("type: ").then(|| Some(format!("{l}\n{}rust: renamed_field", indent(l))))
    }),
    ("a limit is tightened", |l, _| swap(l, "chars: ..64", "chars: ..63")),
    ("another token", |l, _| swap(l, "auth: access_token", "auth: suite_access_token")),
    ("another mode", |l, _| swap(l, "modes: [internal]", "modes: [internal, provider]")),
    ("a field comes", |l, next| {
        let at = indent(l);
        let field =
            l.trim().strip_suffix(':').is_some() && at.len() >= 8 && next.trim_start().starts_with("type: ");
        field.then(|| Some(format!("{at}brand_new:\n{at}  type: string\n{l}")))
    }),
    ("a required field comes", |l, next| {
        let at = indent(l);
        let field =
            l.trim().strip_suffix(':').is_some() && at.len() >= 8 && next.trim_start().starts_with("type: ");
        field.then(|| Some(format!("{at}brand_new:\n{at}  type: string\n{at}  required: true\n{l}")))
    }),
    ("a value comes", |l, _| {
        let at = indent(l);
        (entry(l) && l.contains("{name: ")).then(|| Some(format!("{at}77: {{name: BrandNew}}\n{l}")))
    }),
    ("retired", |l, _| (l.trim() == "status: retired").then_some(None)),
];

fn indent(l: &str) -> String {
    " ".repeat(l.len() - l.trim_start().len())
}

fn entry(l: &str) -> bool {
    l.ends_with('}') && l.starts_with("            ")
}

fn swap(l: &str, from: &str, to: &str) -> Option<Option<String>> {
    (l.trim() == from).then(|| Some(l.replace(from, to)))
}

fn spec() -> Vec<SourceFile> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let (mut files, mut open) = (Vec::new(), vec![dir.clone()]);
    while let Some(at) = open.pop() {
        for path in fs::read_dir(&at).expect("a folder").flatten().map(|e| e.path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "yaml") {
                let rel = path.strip_prefix(&dir).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                files.push(SourceFile { path: rel, text: fs::read_to_string(&path).expect("a file") });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

#[test]
#[ignore = "slow"]
fn the_diff_agrees_with_the_emitted_code() {
    const EACH: usize = 5;
    let files = spec();
    let old = load(files.clone());
    assert!(old.is_sound());
    let before = surface::surface(&old.api);
    let (mut rules, mut tried, mut wrong) = (BTreeMap::<&str, usize>::new(), 0, Vec::new());
    for (name, mutate) in MUTATIONS {
        let mut places = Vec::new();
        for (f, file) in files.iter().enumerate().filter(|(_, f)| f.path != "errors.yaml") {
            let lines: Vec<&str> = file.text.lines().collect();
            for (i, l) in lines.iter().enumerate() {
                if let Some(to) = mutate(l, lines.get(i + 1).unwrap_or(&"")) {
                    places.push((f, i, to));
                }
            }
        }
        // Spread over the whole spec; what no longer lints is passed over for its neighbour.
        let step = (places.len() / EACH).max(1);
        let mut done = 0;
        for start in (0..places.len()).step_by(step) {
            for (f, i, to) in places.iter().skip(start).take(step.min(8)) {
                let mut new = files.clone();
                let lines: Vec<&str> = files[*f].text.lines().collect();
                let changed = lines
                    .iter()
                    .enumerate()
                    .filter_map(|(n, l)| if n == *i { to.clone() } else { Some((*l).to_owned()) });
                new[*f].text = changed.map(|l| l + "\n").collect();
                let loaded = load(new);
                if !loaded.is_sound() {
                    continue;
                }
                let found = diff(&old.api, &loaded.api);
                let after = surface::surface(&loaded.api);
                let lost: Vec<&String> = before.difference(&after).collect();
                let won = after.difference(&before).count();
                for c in found.real() {
                    *rules.entry(c.rule).or_default() += 1;
                }
                let said = found.rust();
                if lost.is_empty() == (said == Class::Major) || (won > 0 && said < Class::Minor) {
                    let list: Vec<String> =
                        found.changes.iter().map(|c| format!("{} {:?}", c.id(), c.rust)).collect();
                    wrong.push(format!(
                        "{name}, {}:{}: lost {lost:?}, won {won}, said {list:?}",
                        files[*f].path,
                        i + 1
                    ));
                }
                tried += 1;
                done += 1;
                break;
            }
        }
        println!("{name}: {done} tried, {} places", places.len());
    }
    println!("{tried} mutations, {} disagree\nrules met: {rules:?}", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried >= 60, "{tried}");
}
