//! Reports: for a terminal, a pull request, a machine, a browser.

mod html;
mod json;
mod markdown;
mod text;

use std::collections::BTreeMap;

use super::{Change, Class, Diff, Version, next_version};

pub use html::html;
pub use json::{SCHEMA, SCHEMA_VERSION, json};
pub use markdown::{LIMIT, changelog, markdown};
pub use text::{explain, text};

/// A report: the changes and where they come from.
pub struct Report<'a> {
    /// Name of the older side, as the user gave it.
    pub base: &'a str,
    /// Name of the newer side.
    pub head: &'a str,
    /// The changes.
    pub diff: &'a Diff,
    /// The crate's version on the older side, if known.
    pub version: Option<Version>,
    /// What does not lint on either side; the diff may lack what stands there.
    pub warnings: &'a [String],
    /// List changed texts, too.
    pub docs: bool,
    /// Changes that an allow-list excuses: their [`Change::id`] and the reason.
    pub allowed: &'a BTreeMap<String, String>,
}

impl Report<'_> {
    /// The changes that are listed.
    fn listed(&self) -> impl Iterator<Item = &Change> {
        self.diff.changes.iter().filter(|c| self.docs || !c.is_doc())
    }

    /// Modules with their listed changes, the gravest module first.
    fn modules(&self) -> Vec<(&str, Vec<&Change>)> {
        let mut by: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
        for c in self.listed() {
            by.entry(c.module.as_str()).or_default().push(c);
        }
        let mut out: Vec<_> = by.into_iter().collect();
        out.sort_by_key(|(name, list)| {
            let grave = list.iter().filter(|c| c.class() == Class::Major).count();
            (std::cmp::Reverse((list.iter().map(|c| c.class()).max(), grave)), *name)
        });
        out
    }

    /// How many listed changes have a class on either side.
    fn count(&self, class: Class) -> usize {
        self.diff.real().filter(|c| c.class() == class).count()
    }

    /// `Rust: major · wire: minor`
    fn classes(&self) -> String {
        format!("Rust: {} · wire: {}", self.diff.rust().word(), self.diff.wire().word())
    }

    /// Which bump the whole asks for.
    fn bump(&self) -> String {
        let class = self.diff.rust();
        match (class, self.version) {
            (Class::None, _) => "no new version of the crate is needed".into(),
            (class, None) => format!("asks for a {} version", class.word()),
            (class, Some(v)) => {
                let zero =
                    if v.major == 0 && class == Class::Major { ", the breaking step before 1.0" } else { "" };
                format!("asks for a {} version: {v} → {}{zero}", class.word(), next_version(v, class))
            }
        }
    }

    /// `3 major, 2 minor, 1 patch; 14 texts`
    fn numbers(&self) -> String {
        let mut parts: Vec<String> = [Class::Major, Class::Minor, Class::Patch]
            .iter()
            .map(|c| (self.count(*c), c.word()))
            .filter(|(n, _)| *n > 0)
            .map(|(n, word)| format!("{n} {word}"))
            .collect();
        if parts.is_empty() {
            parts.push("no changes".into());
        }
        let docs = match (self.diff.docs(), self.docs) {
            (0, _) => String::new(),
            (1, _) => "; 1 text changed".into(),
            (n, _) => format!("; {n} texts changed"),
        };
        parts.join(", ") + &docs
    }
}

/// The name of a module in reports.
fn module_title(name: &str) -> &str {
    if name.is_empty() { "error codes" } else { name }
}

/// How many others share the changed type.
fn shared(c: &Change) -> String {
    match c.shared.iter().filter(|s| **s != c.endpoint).count() {
        0 => String::new(),
        n if c.endpoint.is_empty() => format!("part of {n} endpoints and events"),
        n => format!("also part of {n} more: {}", some(&c.shared, &c.endpoint)),
    }
}

fn some(list: &[String], but: &str) -> String {
    let mut names: Vec<&str> = list.iter().map(String::as_str).filter(|s| *s != but).collect();
    let more = names.len().saturating_sub(3);
    names.truncate(3);
    let tail = if more > 0 { format!(" and {more} others") } else { String::new() };
    names.join(", ") + &tail
}
