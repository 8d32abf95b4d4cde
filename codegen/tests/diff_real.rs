//! Single changes all over the real spec: what the diff says for Rust callers against the surface of the emitted code.
//!
//! Slow, so not part of the usual run: `cargo test --release -p wecom-codegen --test diff_real -- --ignored --nocapture`

#[path = "diff/surface.rs"]
mod surface;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use wecom_codegen::diff::{Class, diff, mutate, rules};
use wecom_codegen::load;
use wecom_codegen::source::SourceFile;

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
    let files = mutate::lines(spec());
    let old = load(files.clone());
    assert!(old.is_sound());
    let before = surface::surface(&old.api);
    let (mut met, mut tried, mut wrong) = (BTreeMap::<&str, usize>::new(), 0, Vec::new());
    for mutation in mutate::mutations() {
        let name = mutation.name;
        let places = mutation.places(&files);
        // Spread over the whole spec; what no longer lints is passed over for its neighbour.
        let step = (places.len() / EACH).max(1);
        let mut done = 0;
        for start in (0..places.len()).step_by(step) {
            for edit in places.iter().skip(start).take(step.min(8)) {
                let loaded = load(edit.apply(&files));
                if !loaded.is_sound() {
                    continue;
                }
                let after = surface::surface(&loaded.api);
                for (old, new, a, b, way) in [
                    (&old.api, &loaded.api, &before, &after, "to"),
                    (&loaded.api, &old.api, &after, &before, "from"),
                ] {
                    let found = diff(old, new);
                    let lost: Vec<&String> = a.difference(b).collect();
                    let won = b.difference(a).count();
                    for c in found.real() {
                        *met.entry(c.rule).or_default() += 1;
                    }
                    let said = found.rust();
                    if lost.is_empty() == (said == Class::Major) || (won > 0 && said < Class::Minor) {
                        let list: Vec<String> =
                            found.changes.iter().map(|c| format!("{} {:?}", c.id(), c.rust)).collect();
                        let place = edit.place(&files);
                        wrong.push(format!("{way} {name}, {place}: lost {lost:?}, won {won}, said {list:?}"));
                    }
                    tried += 1;
                }
                done += 1;
                break;
            }
        }
        println!("{name}: {done} tried, {} places", places.len());
    }
    let few: Vec<&str> = rules::RULES
        .iter()
        .map(|r| r.code)
        .filter(|c| *c != "doc-changed" && met.get(c).is_none_or(|n| *n < 2))
        .collect();
    println!("{tried} comparisons, {} disagree\nrules met: {met:?}\nless than twice: {few:?}", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(few.is_empty(), "{few:?}");
}
