//! `agree`: the diff's class for Rust callers against what `cargo-semver-checks` says of the two crates.
//!
//! Each single change of the spec is generated into a slim copy of the client, with the touched modules alone as features; rustdoc
//! writes its JSON, and the tool compares it with the unchanged crate's, both ways. Nothing that the tool finds may be called less by
//! the diff; where the diff says more, the reason stands in `agree/reasons.rs`.

mod reasons;
mod table;
mod workspace;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use clap::Args;
use wecom_codegen::diff::mutate;
use wecom_codegen::diff::{Class, diff};
use wecom_codegen::ir::Api;
use wecom_codegen::source::SourceFile;
use wecom_codegen::{emit, load};

use crate::{Outcome, files};
use workspace::Workspace;

/// What installs the tool.
const INSTALL: &str = "cargo install cargo-semver-checks --locked";
/// Places of a mutation that are taken, at most.
const PLACES: usize = 2;
/// Places in the smallest files that a mutation begins among.
const FIRST: usize = 40;
/// Places of a mutation that are tried, at most.
const LOADED: usize = 20;
/// How often each rule is to be met.
const TWICE: usize = 2;

/// Slow: rustdoc runs once a change. Exits 1 when the tool finds more than the diff says, or the diff more without a listed reason,
/// or 2 when the tool is not there.
#[derive(Args)]
pub struct Agree {
    /// Path of cargo-semver-checks, if it is not on the PATH
    #[arg(long, value_name = "FILE", default_value = "cargo-semver-checks")]
    tool: PathBuf,
    /// Only changes whose name contains this word; the table is not written
    #[arg(long, value_name = "WORD")]
    only: Option<String>,
    /// List the changes, and run nothing
    #[arg(long, conflicts_with = "prepare")]
    list: bool,
    /// Write rustdoc's files and stop; a later run uses them
    #[arg(long)]
    prepare: bool,
    /// File to write the table to
    #[arg(long, value_name = "FILE", default_value = "codegen/tests/semver_checks.md")]
    out: PathBuf,
}

/// One change of the spec, chosen.
struct Case {
    name: &'static str,
    place: String,
    api: Api,
}

/// One comparison of two crates.
struct Row {
    name: String,
    place: String,
    rules: BTreeSet<&'static str>,
    ours: Class,
    theirs: Class,
    lints: Vec<String>,
    verdict: Verdict,
}

enum Verdict {
    Agree,
    /// The diff says more, and why that is right.
    Reason(Vec<&'static str>),
    /// The tool says more, or the diff does without a reason.
    Wrong(String),
}

pub fn agree(args: &Agree) -> Result<Outcome, String> {
    let root = files::root();
    let spec = mutate::lines(files::spec_files(&root.join("spec"))?);
    let base = load(spec.clone());
    if !base.is_sound() {
        return Err("the spec has errors: `cargo xtask lint` lists them".into());
    }
    let version = if args.list || args.prepare { String::new() } else { tool_version(&args.tool)? };
    let cases = choose(&spec, &base.api, args.only.as_deref());
    if let (Some(word), true) = (&args.only, cases.is_empty()) {
        return Err(format!("no change's name contains `{word}`; `cargo xtask agree --list` lists them"));
    }
    say!("{} changes of the spec, each compared both ways", cases.len());
    if args.list {
        cases.iter().for_each(|c| say!("{} ({})", c.name, c.place));
        return Ok(Outcome::Well);
    }
    let start = Instant::now();
    let at = Workspace::new(&root, &base.api)?;
    let mut rows = Vec::new();
    for (n, case) in cases.iter().enumerate() {
        let (old, new) = at.rustdoc(&case.api)?;
        if args.prepare {
            say!("{:3}/{} {} ({})", n + 1, cases.len(), case.name, case.place);
            continue;
        }
        for (way, from, to) in [("", &base.api, &case.api), ("back: ", &case.api, &base.api)] {
            let (theirs, lints) = match (&old, &new) {
                // The same code, texts of the spec's own aside.
                (None, _) | (_, None) => (Class::None, vec![]),
                (Some(a), Some(b)) if way.is_empty() => ask(&args.tool, a, b)?,
                (Some(a), Some(b)) => ask(&args.tool, b, a)?,
            };
            let row = judge(format!("{way}{}", case.name), &case.place, from, to, theirs, lints);
            say!("{:3}/{} {}", n + 1, cases.len(), table::line(&row));
            rows.push(row);
        }
    }
    if args.prepare {
        return Ok(Outcome::Well);
    }
    let text = table::table(&rows, &version);
    let summary = table::summary(&rows);
    say!("\n{summary}\n{:.0} s", start.elapsed().as_secs_f32());
    if args.only.is_none() {
        files::write(&root.join(&args.out), &text)?;
        say!("wrote {}", args.out.display());
    }
    let wrong = rows.iter().any(|r| matches!(r.verdict, Verdict::Wrong(_)));
    Ok(if wrong { Outcome::Found } else { Outcome::Well })
}

/// Of each mutation the first sound place, and further ones while it meets a rule that was not met often enough.
fn choose(spec: &[SourceFile], base: &Api, only: Option<&str>) -> Vec<Case> {
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    let mut out = Vec::new();
    for (n, mutation) in
        mutate::mutations().enumerate().filter(|(_, m)| only.is_none_or(|word| m.name.contains(word)))
    {
        // Small files first, since rustdoc takes as long as a module is large; not always the same, to go about the spec.
        let mut places = mutation.places(spec);
        places.sort_by_key(|edit| edit.size(spec));
        let among = places.len().min(FIRST);
        places[..among].rotate_left(n * 7 % among.max(1));
        let (mut wanted, mut done) = (true, 0);
        for edit in places.iter().take(LOADED) {
            if !wanted || done == PLACES {
                break;
            }
            // What does not lint is passed over.
            let loaded = load(edit.apply(spec));
            if !loaded.is_sound() {
                continue;
            }
            let (to, from) = (diff(base, &loaded.api), diff(&loaded.api, base));
            let rules: BTreeSet<&str> = to.changes.iter().chain(&from.changes).map(|c| c.rule).collect();
            let few =
                |met: &BTreeMap<&str, usize>| rules.iter().any(|r| met.get(r).is_none_or(|n| *n < TWICE));
            if done > 0 && !few(&met) {
                continue;
            }
            rules.iter().for_each(|r| *met.entry(r).or_default() += 1);
            wanted = few(&met);
            done += 1;
            out.push(Case { name: mutation.name, place: edit.place(spec), api: loaded.api });
        }
    }
    out
}

/// What the diff says beside what the tool says.
fn judge(name: String, place: &str, from: &Api, to: &Api, theirs: Class, lints: Vec<String>) -> Row {
    let found = diff(from, to);
    let ours = found.rust();
    let rules: BTreeSet<&str> = found.changes.iter().map(|c| c.rule).collect();
    // The tool has no word between nothing and minor.
    let level = |c: Class| c.max(Class::Patch);
    let verdict = if level(theirs) > level(ours) {
        match reasons::more(&rules, &lints) {
            Some(reason) => Verdict::Reason(vec![reason]),
            None => Verdict::Wrong(format!("the tool says {}", theirs.word())),
        }
    } else if level(theirs) == level(ours) {
        Verdict::Agree
    } else {
        let top: BTreeSet<&str> =
            found.changes.iter().filter(|c| level(c.rust) == level(ours)).map(|c| c.rule).collect();
        let own = |r: &&str| !reasons::follows(r, &top);
        let unknown: Vec<&str> =
            top.iter().copied().filter(own).filter(|r| reasons::less(r).is_none()).collect();
        if unknown.is_empty() {
            Verdict::Reason(top.iter().filter(|r| own(r)).filter_map(|r| reasons::less(r)).collect())
        } else {
            Verdict::Wrong(format!("no reason is listed for {}", unknown.join(", ")))
        }
    };
    Row { name, place: place.to_owned(), rules, ours, theirs, lints, verdict }
}

fn tool_version(tool: &Path) -> Result<String, String> {
    let out = Command::new(tool).args(["semver-checks", "--version"]).output();
    match out {
        Ok(out) if out.status.success() => Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned()),
        _ => Err(format!("cannot run {}; install it by `{INSTALL}`, or name it with --tool", tool.display())),
    }
}

/// What the tool says of two rustdoc files: the bump it asks for, and its lints.
fn ask(tool: &Path, old: &Path, new: &Path) -> Result<(Class, Vec<String>), String> {
    let out = Command::new(tool)
        .args(["semver-checks", "--color", "never", "--release-type", "patch", "--baseline-rustdoc"])
        .arg(old)
        .arg("--current-rustdoc")
        .arg(new)
        .output()
        .map_err(|e| format!("cannot run {}: {e}", tool.display()))?;
    let text = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    read(&text).ok_or_else(|| format!("{} gave no verdict:\n{text}", tool.display()))
}

/// The verdict in the tool's words.
fn read(text: &str) -> Option<(Class, Vec<String>)> {
    let class = if text.contains("semver requires new major version") {
        Class::Major
    } else if text.contains("semver requires new minor version") {
        Class::Minor
    } else if text.contains("no semver update required") {
        Class::None
    } else {
        return None;
    };
    let lints = text
        .lines()
        .filter_map(|l| l.strip_prefix("--- failure ")?.split_once(':'))
        .map(|(lint, _)| lint.to_owned())
        .collect();
    Some((class, lints))
}

/// The paths of the client's code that two APIs emit differently.
fn touched(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> BTreeSet<String> {
    let paths = old.keys().chain(new.keys()).filter(|p| p.starts_with(emit::ROOT));
    paths.filter(|p| old.get(*p) != new.get(*p)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_read() {
        let text = "    Checking wecom v0.1.0 -> v0.1.0 (assume patch change)\n\n--- failure struct_missing: pub struct removed or renamed ---\n\n     Summary semver requires new major version: 1 major and 0 minor checks failed\n";
        assert_eq!(read(text), Some((Class::Major, vec!["struct_missing".to_owned()])));
        assert_eq!(read("     Summary no semver update required\n"), Some((Class::None, vec![])));
        assert_eq!(read("error: no such file"), None);
    }

    #[test]
    fn a_class_that_is_too_low_is_wrong() {
        let api =
            |text: &str| load(vec![SourceFile { path: "demo/demo.yaml".into(), text: text.into() }]).api;
        let one = "module: demo\ntitle: 演示\nendpoints:\n  /cgi-bin/demo/make:\n    title: 新建\n    method: POST\n    auth: none\n    modes: [internal]\n    source:\n      - {page: 3}\n    request:\n      fields:\n        a:\n          type: string\n";
        let two = one.to_owned() + "        b:\n          type: string\n";
        let (one, two) = (api(one), api(&two));
        let verdict = |a, b, theirs| judge("x".into(), "y", a, b, theirs, vec![]).verdict;
        assert!(matches!(verdict(&one, &two, Class::Major), Verdict::Wrong(_)), "minor for major");
        assert!(matches!(verdict(&two, &one, Class::Major), Verdict::Agree));
        assert!(matches!(verdict(&one, &two, Class::None), Verdict::Reason(_)), "additions are listed");
        assert!(
            matches!(verdict(&two, &one, Class::None), Verdict::Wrong(_)),
            "a lost field is what the tool sees"
        );
    }

    #[test]
    fn every_rule_of_a_reason_is_one() {
        for rule in reasons::LESS.iter().flat_map(|r| r.rules) {
            assert!(wecom_codegen::diff::rules::rule(rule).is_some(), "{rule}");
        }
    }
}
