//! Reports: for a terminal, a pull request, a machine, a browser.

mod changelog;
mod html;
mod json;
mod markdown;
mod text;

use std::collections::BTreeMap;

use super::change::{Change, Class, Diff};
use super::version::{Version, next_version};

pub use changelog::changelog;
pub use html::html;
pub use json::{SCHEMA, SCHEMA_VERSION, json};
pub use markdown::{LIMIT, markdown};
pub use text::{Look, explain, text};

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

    /// Modules with those of their listed changes that are wanted: by name, but the catalogue of error codes, long and of
    /// little weight, last.
    fn modules(&self, wanted: impl Fn(&Change) -> bool) -> Vec<(&str, Vec<&Change>)> {
        let mut by: BTreeMap<(bool, &str), Vec<&Change>> = BTreeMap::new();
        for c in self.listed().filter(|c| wanted(c)) {
            by.entry((c.module.is_empty(), c.module.as_str())).or_default().push(c);
        }
        by.into_iter().map(|((_, name), list)| (name, list)).collect()
    }

    /// How many changes have this class on the side where it is graver.
    fn count(&self, class: Class) -> usize {
        self.diff.real().filter(|c| c.class() == class).count()
    }

    /// `Rust: major · wire: minor`
    fn classes(&self) -> String {
        format!("Rust: {} · wire: {}", self.diff.rust().word(), self.diff.wire().word())
    }

    /// Which version the whole asks for.
    fn bump(&self) -> String {
        let class = self.diff.rust();
        // Before 1.0 the second number tells a breaking version, and the third any other.
        let word = match (class, self.version) {
            (Class::None, _) => return "no new version of the crate is needed".into(),
            (Class::Major, Some(v)) if v.major == 0 => "breaking",
            (_, Some(v)) if v.major == 0 => "compatible",
            (class, _) => class.word(),
        };
        let numbers = self.version.map_or(String::new(), |v| format!(": {v} → {}", next_version(v, class)));
        format!("requires a {word} version{numbers}")
    }

    /// `3 major, 2 minor, 1 patch; 14 texts changed`
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
        let docs = match self.diff.docs() {
            0 => String::new(),
            n => format!("; {} changed", number(n, "text")),
        };
        parts.join(", ") + &docs
    }

    /// `New: 39 endpoints, 10 events. Gone: 1 endpoint.`; empty where nothing came and nothing went.
    fn balance(&self) -> String {
        let list = |end: &str| {
            let all: Vec<&Change> = self.diff.real().collect();
            counts(&all, end)
        };
        [("New", list("-added")), ("Gone", list("-removed")), ("Moved", list("-moved"))]
            .into_iter()
            .filter(|(_, list)| !list.is_empty())
            .map(|(word, list)| format!("{word}: {list}."))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// What may come and go as a whole: the rule's first word, and the word of reports.
const THINGS: [(&str, &str); 5] = [
    ("module", "module"),
    ("endpoint", "endpoint"),
    ("event", "event"),
    ("command", "command"),
    ("error", "error code"),
];

/// What the changes of these rules are about: `39 endpoints, 10 events`.
fn counts(list: &[&Change], end: &str) -> String {
    let count = |thing: &str| list.iter().filter(|c| c.rule.strip_suffix(end) == Some(thing)).count();
    THINGS
        .iter()
        .map(|(rule, word)| (count(rule), word))
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| number(n, word))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Something as a whole is new.
fn is_arrival(c: &Change) -> bool {
    c.rule.strip_suffix("-added").is_some_and(|thing| THINGS.iter().any(|(rule, _)| *rule == thing))
}

/// What a module's changes are, in a few words: `new: 17 endpoints; 3 other changes`.
fn digest(list: &[&Change]) -> String {
    let new = counts(list, "-added");
    let rest = list.iter().filter(|c| !is_arrival(c)).count();
    match (new.is_empty(), rest) {
        (true, n) => number(n, "change"),
        (false, 0) => format!("new: {new}"),
        (false, n) => format!("new: {new}; {}", number(n, "other change")),
    }
}

/// `1 text`, `2 texts`
fn number(n: usize, word: &str) -> String {
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

/// The name of a module in reports.
fn module_title(name: &str) -> &str {
    if name.is_empty() { "error codes" } else { name }
}

/// A change, and the others of its module that say the same of other endpoints.
struct Row<'a> {
    change: &'a Change,
    like: Vec<&'a Change>,
}

impl<'a> Row<'a> {
    fn len(&self) -> usize {
        1 + self.like.len()
    }

    fn all(&self) -> impl Iterator<Item = &'a Change> {
        std::iter::once(self.change).chain(self.like.iter().copied())
    }

    /// What it is about; of several endpoints their number, as the list stands beside it.
    fn subject(&self) -> String {
        match self.like.is_empty() {
            true => self.change.subject().to_owned(),
            false => number(self.len(), "endpoint"),
        }
    }

    /// The endpoints, where they are several.
    fn endpoints(&self) -> Option<String> {
        let names = || self.all().map(Change::subject).collect::<Vec<_>>().join(", ");
        (!self.like.is_empty()).then(names)
    }
}

/// Rows of a list, each at the place of its first change.
fn rows<'a>(list: &[&'a Change]) -> Vec<Row<'a>> {
    let mut out: Vec<Row<'a>> = Vec::new();
    let mut index: BTreeMap<([&str; 5], Class, Class), usize> = BTreeMap::new();
    for c in list {
        let key = ([c.rule, &c.path, &c.text, &c.old, &c.new], c.rust, c.wire);
        let single = c.endpoint.is_empty() || c.guess || !c.shared.is_empty() || !c.parts.is_empty();
        match index.get(&key) {
            Some(at) if !single => out[*at].like.push(c),
            _ => {
                if !single {
                    index.insert(key, out.len());
                }
                out.push(Row { change: c, like: vec![] });
            }
        }
    }
    // All of an endpoint stands together, where its gravest change stands.
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    for (i, row) in out.iter().enumerate() {
        first.entry(row.subject()).or_insert(i);
    }
    // A new module is said before what is in it.
    let is_module = |row: &Row<'_>| row.change.endpoint.is_empty() && row.change.item.is_empty();
    out.sort_by_key(|row| (!is_module(row), first.get(&row.subject()).copied()));
    out
}

/// How many others share the changed type.
fn shared(c: &Change) -> String {
    match c.shared.iter().filter(|s| **s != c.endpoint).count() {
        0 => String::new(),
        n if c.endpoint.is_empty() => format!("part of {n} endpoints and events"),
        _ => format!("also part of {}", some(&c.shared, &c.endpoint)),
    }
}

fn some(list: &[String], but: &str) -> String {
    const SHOWN: usize = 3;
    let mut names: Vec<&str> = list.iter().map(String::as_str).filter(|s| *s != but).collect();
    let more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    let tail = if more > 0 { format!(" and {}", number(more, "other")) } else { String::new() };
    names.join(", ") + &tail
}

/// The place of a change, without its last step where the text names that.
fn place(c: &Change) -> &str {
    match c.path.rsplit_once('.') {
        Some((holder, last)) if c.text.contains(&format!("`{last}`")) => holder,
        _ => &c.path,
    }
}

/// Rows that follow each other and are about the same.
fn groups(rows: Vec<Row<'_>>) -> Vec<Vec<Row<'_>>> {
    let mut out: Vec<Vec<Row<'_>>> = Vec::new();
    for row in rows {
        match out.last_mut() {
            Some(group) if group[0].subject() == row.subject() && row.like.is_empty() => group.push(row),
            _ => out.push(vec![row]),
        }
    }
    out
}
