//! `changelog`: the entry of `CHANGELOG.md`, and whether it is there.
//!
//! `CHANGELOG.md` itself says what was released: a section with a date was, and its commit has the tag `v<version>`; a section marked
//! `– unreleased` was not. So a clone without tags still knows whether it lacks one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use clap::Args;
use wecom_codegen::diff::{self, Class, Version, next_version, render};
use wecom_codegen::ir::Api;

use super::source;
use crate::{Outcome, files};

/// What marks a section that was not released.
const UNRELEASED: &str = "– unreleased";

/// Before the first release nobody has anything to change: then the section of that version says how large the API is.
///
/// Exits 0, or 1 when --check finds something, or 2 when a side cannot be read.
#[derive(Args)]
pub struct Changelog {
    /// The last release: a revision, a tag or a folder [default: the tag of the newest section of CHANGELOG.md with a date]
    base: Option<String>,
    /// The newer side
    #[arg(default_value = ".")]
    head: String,
    /// Print nothing but what is missing: the version that the changes ask for, and their lines in CHANGELOG.md
    #[arg(long, conflicts_with = "write")]
    check: bool,
    /// Put what is missing into CHANGELOG.md
    #[arg(long)]
    write: bool,
}

/// `changelog --check` as a step of `ci`.
pub(crate) fn run_check() -> Outcome {
    let args = Changelog { base: None, head: ".".into(), check: true, write: false };
    changelog(&args).unwrap_or_else(|message| {
        println!("{message}");
        Outcome::Found
    })
}

pub fn changelog(args: &Changelog) -> Result<Outcome, String> {
    let path = files::root().join("CHANGELOG.md");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let new = source::read(&args.head)?;
    let base = match (&args.base, released(&text)) {
        (Some(base), _) => base.clone(),
        (None, Some(version)) => {
            let tag = format!("v{version}");
            source::tagged(&tag)
                .map_err(|why| format!("CHANGELOG.md says that {version} was released, but {why}"))?;
            tag
        }
        (None, None) => return first(args, &path, &text, &new.loaded.api, new.version),
    };
    let old = source::read(&base)?;
    for warning in old.warnings.iter().chain(&new.warnings) {
        eprintln!("warning: {warning}");
    }
    let found = diff::diff(&old.loaded.api, &new.loaded.api);
    let (Some(before), now) = (old.version, new.version) else {
        return Err(format!("`{base}` has no Cargo.toml with a version"));
    };
    let needed = next_version(before, found.rust());
    // A version that was raised further already is the one that will be released.
    let version = now.filter(|v| *v >= needed).unwrap_or(needed);
    let allowed = BTreeMap::new();
    let report = render::Report {
        base: &old.name,
        head: &new.name,
        diff: &found,
        version: old.version,
        warnings: &[],
        docs: false,
        allowed: &allowed,
    };
    let entry = render::changelog(&report, &version.to_string());
    if args.write {
        let (text, lines) = insert(&text, &entry, &version.to_string());
        files::write(&path, &text)?;
        println!("CHANGELOG.md: {lines} lines added to {version}");
        return Ok(Outcome::Well);
    }
    if !args.check {
        files::print(&entry)?;
        return Ok(Outcome::Well);
    }
    // Texts and behaviour come out with the next release, whenever that is.
    if found.rust().max(found.wire()) < Class::Minor {
        println!("nothing that a changelog must tell since {base}");
        return Ok(Outcome::Well);
    }
    let mut well = true;
    if now.is_none_or(|v| v < needed) {
        println!(
            "version: {} must be {needed} or higher ({} since {base}, {before})",
            now.map_or("the version".into(), |v| v.to_string()),
            found.rust().word(),
        );
        println!("mend: version = \"{needed}\" in [workspace.package] of Cargo.toml");
        well = false;
    }
    let has = section(&text, &version.to_string());
    let missing: Vec<&str> =
        entry.lines().filter(|l| l.starts_with("- ") && !has.lines().any(|t| t.trim() == *l)).collect();
    if !missing.is_empty() {
        println!("CHANGELOG.md lacks {} lines in its section of {version}:", missing.len());
        missing.iter().take(20).for_each(|l| println!("  {l}"));
        if missing.len() > 20 {
            println!("  … {} more", missing.len() - 20);
        }
        println!(
            "mend: cargo xtask changelog --write{}",
            args.base.as_ref().map_or(String::new(), |b| format!(" {b}"))
        );
        well = false;
    }
    if well {
        println!("version and CHANGELOG.md tell what changed since {base}");
    }
    Ok(if well { Outcome::Well } else { Outcome::Found })
}

/// Nothing was released yet: the section of the version to come says how large the API is.
fn first(
    args: &Changelog,
    path: &Path,
    text: &str,
    api: &Api,
    version: Option<Version>,
) -> Result<Outcome, String> {
    let version = version.ok_or("Cargo.toml has no version")?.to_string();
    let heading = format!("## {version} {UNRELEASED}");
    let sizes = [
        ("endpoints", api.endpoints().count()),
        ("callback events", api.events.iter().map(|m| m.events.len()).sum()),
        ("error codes", api.errors.len()),
    ];
    let said = section(text, &version);
    let wrong: Vec<String> = sizes
        .iter()
        .filter(|(what, n)| number_of(said, what).is_none_or(|(_, found)| found != thousands(*n)))
        .map(|(what, n)| match number_of(said, what) {
            Some((_, found)) => format!("it says {found} {what}, there are {}", thousands(*n)),
            None => format!("it does not say that there are {} {what}", thousands(*n)),
        })
        .collect();
    if args.check {
        if wrong.is_empty() {
            println!("nothing was released yet, and CHANGELOG.md tells what {version} will hold");
            return Ok(Outcome::Well);
        }
        println!("CHANGELOG.md, section `{heading}`, does not tell what {version} will hold:");
        wrong.iter().for_each(|l| println!("  {l}"));
        println!("mend: cargo xtask changelog --write");
        return Ok(Outcome::Found);
    }
    let mut own = if said.is_empty() { format!("{heading}\n\n") } else { said.to_owned() };
    for (what, n) in sizes {
        match number_of(&own, what) {
            Some((at, found)) => own.replace_range(at..at + found.len(), &thousands(n)),
            None => own = format!("{}\n- {} {what}\n", own.trim_end(), thousands(n)),
        }
    }
    if !args.write {
        files::print(&own)?;
        return Ok(Outcome::Well);
    }
    let whole = if said.is_empty() { at_top(text, &own) } else { text.replacen(said, &own, 1) };
    files::write(path, &whole)?;
    println!("CHANGELOG.md: {} figures of {version} mended", wrong.len());
    Ok(Outcome::Well)
}

/// The version of the newest section with a date.
fn released(text: &str) -> Option<Version> {
    let headings = text.lines().filter_map(|l| l.strip_prefix("## "));
    headings.filter(|h| !h.contains("unreleased")).find_map(|h| h.split_whitespace().next()?.parse().ok())
}

/// The section of a version with its heading; empty when there is none.
fn section<'t>(text: &'t str, version: &str) -> &'t str {
    let mut at = 0;
    let mut start = None;
    for line in text.split_inclusive('\n') {
        let heading = line.strip_prefix("## ");
        match start {
            Some(from) if heading.is_some() => return &text[from..at],
            None if heading.and_then(|h| h.split_whitespace().next()) == Some(version) => start = Some(at),
            _ => {}
        }
        at += line.len();
    }
    start.map_or("", |from| &text[from..])
}

/// The first number before a word, and where it stands.
fn number_of<'t>(text: &'t str, what: &str) -> Option<(usize, &'t str)> {
    text.match_indices(what).find_map(|(at, _)| {
        let before = text[..at].trim_end();
        let from = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == ',').len();
        (from < before.len() && before.len() < at).then(|| (from, &before[from..]))
    })
}

/// `1,625`
fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// Before the first section.
fn at_top(text: &str, section: &str) -> String {
    let text = if text.is_empty() { "# Changelog\n" } else { text };
    let at = if text.starts_with("## ") { 0 } else { text.find("\n## ").map_or(text.len(), |n| n + 1) };
    let gap = if text[..at].ends_with("\n\n") || at == 0 { "" } else { "\n" };
    let tail = if at < text.len() { "\n" } else { "" };
    format!("{}{gap}{}\n{tail}{}", &text[..at], section.trim_end(), &text[at..])
}

/// The text with the lines of an entry that it lacks, each under its heading in the section of the version; and their number.
fn insert(text: &str, entry: &str, version: &str) -> (String, usize) {
    let old = section(text, version);
    if old.is_empty() {
        return (at_top(text, entry), entry.lines().filter(|l| l.starts_with("- ")).count());
    }
    let mut lines: Vec<&str> = old.trim_end().lines().collect();
    let (mut group, mut added) = ("", 0);
    for line in entry.lines() {
        if line.starts_with("### ") {
            group = line;
        }
        if !line.starts_with("- ") || lines.iter().any(|l| l.trim() == line) {
            continue;
        }
        let from = lines.iter().position(|l| *l == group).unwrap_or_else(|| {
            lines.extend(["", group]);
            lines.len() - 1
        });
        let length = lines[from + 1..].iter().take_while(|l| !l.starts_with("### ")).count();
        let length =
            lines[from + 1..from + 1 + length].iter().rposition(|l| !l.is_empty()).map_or(0, |n| n + 1);
        lines.insert(from + 1 + length, line);
        added += 1;
    }
    let tail = if text.ends_with(old) { "\n" } else { "\n\n" };
    (text.replacen(old, &(lines.join("\n") + tail), 1), added)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Changelog\n\nWords.\n\n## 0.2.0 – unreleased\n\nBy hand.\n\n### Added\n- `a`: one\n\n## 0.1.0 (2026-12-01)\n\n- 1,625 error codes\n";

    #[test]
    fn sections() {
        assert_eq!(released(TEXT).map(|v| v.to_string()), Some("0.1.0".into()));
        assert_eq!(released("# Changelog\n\n## 0.1.0 – unreleased\n"), None);
        assert!(section(TEXT, "0.2.0").ends_with("one\n\n") && section(TEXT, "0.1.0").ends_with("codes\n"));
        assert_eq!(section(TEXT, "0.3.0"), "");
        assert_eq!(number_of(TEXT, "error codes").map(|f| f.1), Some("1,625"));
        assert_eq!(number_of("many endpoints", "endpoints"), None);
        assert_eq!(
            (thousands(86), thousands(1625), thousands(1_000_000)),
            ("86".into(), "1,625".into(), "1,000,000".into())
        );
    }

    #[test]
    fn lines_go_under_their_heading() {
        let entry = "## 0.2.0 – unreleased\n\n### Breaking for Rust callers\n- `x`: gone\n\n### Added\n- `a`: one\n- `b`: two\n";
        let (text, added) = insert(TEXT, entry, "0.2.0");
        assert_eq!(added, 2);
        assert!(text.contains("By hand.\n\n### Added\n- `a`: one\n- `b`: two\n\n### Breaking for Rust callers\n- `x`: gone\n\n## 0.1.0"), "{text}");
        assert_eq!(insert(&text, entry, "0.2.0"), (text.clone(), 0));
        let (text, added) = insert("# Changelog\n\n## 0.1.0 (2026-12-01)\n", entry, "0.2.0");
        assert!(
            added == 3 && text.starts_with("# Changelog\n\n## 0.2.0 – unreleased\n\n### Breaking"),
            "{text}"
        );
        assert!(text.ends_with("two\n\n## 0.1.0 (2026-12-01)\n"), "{text}");
        assert_eq!(insert("", entry, "0.2.0").0, format!("# Changelog\n\n{entry}"));
    }
}
