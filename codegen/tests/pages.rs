//! The importer's rules, each with a page that meets it: `tests/pages/<code>.md` and the spec that comes of it, `<code>.yaml`, headed by
//! what was assumed. `UPDATE_GOLDEN=1 cargo test -p wecom-codegen --test pages` writes the latter anew; read their diff.
//!
//! The pages are of our own making, as short as the rule allows. A file may hold several, each with its front matter, in which `tree` names the
//! tree that the page stands in.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use wecom_codegen::docs::extract;
use wecom_codegen::docs::merge::import::import;
use wecom_codegen::docs::merge::reviewed::Reviewed;
use wecom_codegen::docs::model::Page;
use wecom_codegen::docs::read::page;
use wecom_codegen::docs::rules::RULES;
use wecom_codegen::load;
use wecom_codegen::source::Severity;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages")
}

/// The pages of a file; each begins with its front matter.
fn pages(code: &str) -> Vec<Page> {
    let path = folder().join(format!("{code}.md"));
    let text = fs::read_to_string(&path)
        .unwrap_or_else(|e| panic!("the rule `{code}` needs a page that meets it, {}: {e}", path.display()));
    let mut out = Vec::new();
    for (n, part) in text.split("---\ntitle:").filter(|p| !p.trim().is_empty()).enumerate() {
        let tree = part.lines().find_map(|l| l.strip_prefix("tree: ")).unwrap_or("001-企业内部开发");
        let name = format!("{tree}/001-样例/{n}.md");
        out.push(page::read(&name, &format!("---\ntitle:{part}")).unwrap_or_else(|e| panic!("{code}: {e}")));
    }
    out
}

/// What an import makes of the pages: notes, then files. And the rules that were met.
fn imported(code: &str) -> (String, BTreeSet<&'static str>) {
    let done = import(&[], &extract(&pages(code)), &Reviewed::default());
    assert!(done.failed.is_empty(), "{code}: {:?}", done.failed);
    let found = load(done.files.clone()).diagnostics;
    let errors: Vec<_> = found.into_iter().filter(|d| d.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{code}: the imported spec is not sound: {errors:?}");
    let mut text = String::new();
    for (at, _, note) in &done.notes {
        let _ = writeln!(text, "# {}: {at}, line {}: {}", note.rule.code, note.line, note.what);
    }
    for file in &done.files {
        let _ = write!(text, "# {}\n{}", file.path, file.text);
    }
    (text, done.notes.iter().map(|n| n.2.rule.code).collect())
}

#[test]
fn each_rule_has_a_page_that_meets_it() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut wrong = Vec::new();
    for rule in RULES {
        let (text, met) = imported(rule.code);
        if !met.contains(rule.code) {
            wrong.push(format!("{}.md does not meet its rule; it met {met:?}\n{text}", rule.code));
        }
        let path = folder().join(format!("{}.yaml", rule.code));
        if update {
            fs::write(&path, &text).expect("a file can be written");
        }
        let want = fs::read_to_string(&path).unwrap_or_default();
        if want != text {
            let diff =
                similar::TextDiff::from_lines(&want, &text).unified_diff().context_radius(2).to_string();
            wrong.push(format!("{} differs; UPDATE_GOLDEN=1 writes it anew:\n{diff}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_folder_holds_nothing_else() {
    let codes: BTreeSet<&str> = RULES.iter().map(|r| r.code).collect();
    assert_eq!(codes.len(), RULES.len(), "two rules have one code");
    for entry in fs::read_dir(folder()).expect("the folder").flatten() {
        let path = entry.path();
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        assert!(codes.contains(stem.as_str()), "{} belongs to no rule of the catalogue", path.display());
    }
}

#[test]
fn the_catalogue_says_what_and_why() {
    for rule in RULES {
        let kebab = rule.code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        assert!(kebab, "`{}` is no code: small letters and hyphens", rule.code);
        for (what, text) in [("title", rule.title), ("reason", rule.reason), ("example", rule.example)] {
            assert!(!text.trim().is_empty(), "`{}` has no {what}", rule.code);
        }
        assert!(rule.reason.ends_with('.'), "the reason of `{}` is a sentence", rule.code);
    }
}
