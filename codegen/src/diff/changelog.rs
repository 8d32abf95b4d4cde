//! `CHANGELOG.md` as text: what was released, what a section lacks, and the text with what it lacks.
//!
//! The file itself says what was released: a section with a date was, and its commit has the tag `v<version>`; a section marked
//! `– unreleased` was not. So a clone without tags still knows whether it lacks one.

use std::collections::BTreeMap;

use super::change::{Class, Diff};
use super::render::{self, Report};
use super::version::{Version, next_version};
use crate::ir::Api;

/// What marks a section that was not released.
const UNRELEASED: &str = "– unreleased";

/// How many missing lines are named.
const SHOWN: usize = 20;

/// What a check came to, in lines for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Nothing is missing.
    pub well: bool,
    /// What is wrong, and how to correct it.
    pub lines: Vec<String>,
}

impl Verdict {
    fn well(line: String) -> Verdict {
        Verdict { well: true, lines: vec![line] }
    }
}

/// The version of the newest section with a date.
pub fn released(text: &str) -> Option<Version> {
    let headings = text.lines().filter_map(|l| l.strip_prefix("## "));
    headings.filter(|h| !h.contains("unreleased")).find_map(|h| h.split_whitespace().next()?.parse().ok())
}

/// What changed since a release.
pub struct Since<'a> {
    /// The release, as the user named it.
    pub base: &'a str,
    /// The newer side.
    pub head: &'a str,
    /// The version of the release.
    pub before: Version,
    /// The version on the newer side.
    pub now: Option<Version>,
    /// What changed.
    pub diff: &'a Diff,
}

impl Since<'_> {
    /// The least version that the changes ask for.
    fn needed(&self) -> Version {
        next_version(self.before, self.diff.rust())
    }

    /// The version that will be released: one that was raised further already is it.
    pub fn version(&self) -> Version {
        let needed = self.needed();
        self.now.filter(|v| *v >= needed).unwrap_or(needed)
    }

    /// The section of the version.
    pub fn entry(&self) -> String {
        let report = Report {
            base: self.base,
            head: self.head,
            diff: self.diff,
            version: Some(self.before),
            warnings: &[],
            docs: false,
            allowed: &BTreeMap::new(),
        };
        render::changelog(&report, &self.version().to_string())
    }

    /// The changelog with what it lacks, and how many lines these are.
    pub fn write(&self, text: &str) -> (String, usize) {
        insert(text, &self.entry(), &self.version().to_string())
    }

    /// Whether version and changelog tell what changed; `fix` is the command that writes what is missing.
    pub fn check(&self, text: &str, fix: &str) -> Verdict {
        let base = self.base;
        // Texts and behaviour come out with the next release, whenever that is.
        if self.diff.rust().max(self.diff.wire()) < Class::Minor {
            return Verdict::well(format!("no changes since {base} that belong in CHANGELOG.md"));
        }
        let (needed, version) = (self.needed(), self.version());
        let mut lines = Vec::new();
        if self.now.is_none_or(|v| v < needed) {
            lines.push(format!(
                "version: {} must be {needed} or higher ({} since {base}, {})",
                self.now.map_or("the version".into(), |v| v.to_string()),
                self.diff.rust().word(),
                self.before
            ));
            lines.push(format!("set version = \"{needed}\" in [workspace.package] of Cargo.toml"));
        }
        let has = section(text, &version.to_string());
        let entry = self.entry();
        let missing: Vec<&str> =
            entry.lines().filter(|l| l.starts_with("- ") && !has.lines().any(|t| t.trim() == *l)).collect();
        if !missing.is_empty() {
            let plural = if missing.len() == 1 { "" } else { "s" };
            lines.push(format!(
                "CHANGELOG.md lacks {} line{plural} in its section of {version}:",
                missing.len()
            ));
            lines.extend(missing.iter().take(SHOWN).map(|l| format!("  {l}")));
            if missing.len() > SHOWN {
                lines.push(format!("  … {} more", missing.len() - SHOWN));
            }
            lines.push(format!("run `{fix}` to fix it"));
        }
        match lines.is_empty() {
            true => Verdict::well(format!("version and CHANGELOG.md match the changes since {base}")),
            false => Verdict { well: false, lines },
        }
    }
}

/// Before the first release nobody has anything to change: the section of the version to come says how large the API is.
pub struct First<'a> {
    /// The API.
    pub api: &'a Api,
    /// The version to come.
    pub version: Version,
}

impl First<'_> {
    fn heading(&self) -> String {
        format!("## {} {UNRELEASED}", self.version)
    }

    fn sizes(&self) -> [(&'static str, usize); 3] {
        [
            ("endpoints", self.api.endpoints().count()),
            ("callback events", self.api.events.iter().map(|m| m.events.len()).sum()),
            ("error codes", self.api.errors.len()),
        ]
    }

    /// The figures that the section lacks or has wrong, in words.
    fn wrong(&self, said: &str) -> Vec<String> {
        self.sizes()
            .iter()
            .filter_map(|(what, n)| {
                let n = thousands(*n);
                match number_of(said, what) {
                    Some((_, found)) if found == n => None,
                    Some((_, found)) => Some(format!("it says {found} {what}, but there are {n}")),
                    None => Some(format!("it does not say that there are {n} {what}")),
                }
            })
            .collect()
    }

    /// Whether the section has the right figures; `fix` is the command that writes them.
    pub fn check(&self, text: &str, fix: &str) -> Verdict {
        let version = self.version;
        let wrong = self.wrong(section(text, &version.to_string()));
        if wrong.is_empty() {
            return Verdict::well(format!(
                "nothing has been released yet, and CHANGELOG.md states what {version} contains"
            ));
        }
        let head =
            format!("CHANGELOG.md, section `{}`, does not state what {version} contains:", self.heading());
        let lines = std::iter::once(head)
            .chain(wrong.iter().map(|l| format!("  {l}")))
            .chain([format!("run `{fix}` to fix it")])
            .collect();
        Verdict { well: false, lines }
    }

    /// The section with the right figures.
    pub fn entry(&self, text: &str) -> String {
        let said = section(text, &self.version.to_string());
        let mut own = if said.is_empty() { format!("{}\n\n", self.heading()) } else { said.to_owned() };
        for (what, n) in self.sizes() {
            match number_of(&own, what) {
                Some((at, found)) => own.replace_range(at..at + found.len(), &thousands(n)),
                None => own = format!("{}\n- {} {what}\n", own.trim_end(), thousands(n)),
            }
        }
        own
    }

    /// The changelog with that section, and how many figures were corrected.
    pub fn write(&self, text: &str) -> (String, usize) {
        let said = section(text, &self.version.to_string());
        let own = self.entry(text);
        let whole = if said.is_empty() { at_top(text, &own) } else { text.replacen(said, &own, 1) };
        (whole, self.wrong(said).len())
    }
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
