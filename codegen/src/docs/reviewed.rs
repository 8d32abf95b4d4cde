//! What people looked at: the differences between pages and spec that stand, so that `status` shows only what is new.
//!
//! An entry's `source` holds the digest of its page as last reviewed. Where the digest differs, the page is compared with the entry anew, and what
//! was accepted before (our reading of a sentence, a slip of the reader) must not drown what the page's change brought. `spec/reviewed.tsv`
//! keeps it, one difference a line; `cargo xtask docs accept` writes it.

use std::collections::{BTreeMap, BTreeSet};

use crate::docs::compare::Change;
use crate::docs::import::{Tree, merge_sources, trees};
use crate::docs::model::Extracted;
use crate::docs::write::node::entries;
use crate::docs::write::{endpoint, event, node};
use crate::docs::{compare, events, status};
use crate::source::SourceFile;
use crate::yaml::{Kind, Node};

/// Name of the file in the spec folder.
pub const FILE: &str = "reviewed.tsv";

const HEAD: &str = "# Differences between the official pages and the spec that a person looked at; written by `cargo xtask docs accept`.\n\
                    # subject\tkind\twhere\twhat the page says\n";

/// The accepted differences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reviewed(BTreeSet<[String; 4]>);

impl Reviewed {
    /// Reads the file's text; a line of another shape is an error with its number.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut out = BTreeSet::new();
        for (index, line) in text.lines().enumerate() {
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
            let row = <[String; 4]>::try_from(cells).map_err(|cells| {
                format!(
                    "{FILE}:{}: {} cells, 4 expected; `cargo xtask docs accept` writes it anew",
                    index + 1,
                    cells.len()
                )
            })?;
            out.insert(row);
        }
        Ok(Reviewed(out))
    }

    /// The file's text.
    pub fn text(&self) -> String {
        self.0.iter().fold(HEAD.to_owned(), |text, row| text + &row.join("\t") + "\n")
    }

    /// Whether a difference was accepted.
    pub(crate) fn holds(&self, subject: &str, change: &Change) -> bool {
        self.0.contains(&row(subject, change.kind, &change.at, &change.page))
    }

    /// Whether somebody decided that an entry which only the pages have (`new`), or only the spec (`gone`), stays so.
    pub(crate) fn decided(&self, subject: &str, word: &str) -> bool {
        self.0.contains(&row(subject, "entry", word, ""))
    }

    /// Whether an error-code page stands as it was when last looked at.
    pub(crate) fn same_codes(&self, digest: &(i64, String)) -> bool {
        self.0.contains(&row(status::CODES, "digest", &digest.0.to_string(), &digest.1))
    }

    /// Whether error codes were ever looked at.
    pub(crate) fn knows_codes(&self) -> bool {
        self.0.iter().any(|r| r[0] == status::CODES)
    }
}

fn row(subject: &str, kind: &str, at: &str, page: &str) -> [String; 4] {
    let cell = |s: &str| s.replace(['\t', '\n', '\r'], " ");
    [cell(subject), cell(kind), cell(at), cell(page)]
}

/// What accepting did.
#[derive(Debug, Default)]
pub struct Accepted {
    /// Spec files whose digests changed.
    pub files: Vec<SourceFile>,
    /// The list of accepted differences.
    pub reviewed: Reviewed,
    /// Entries that were accepted: subject, number of differences that stand.
    pub entries: Vec<(String, usize)>,
    /// Files that could not be read or written.
    pub failed: Vec<(String, String)>,
}

/// Records that the entries for which `picked` holds were compared with their pages as these are now. Of those that `named` names, it is recorded
/// too that the spec leaves them out on purpose, or has them on purpose though the pages lack them. Departures that are over stay open: they
/// are for a person to remove. Drafts are not accepted: their text is still the page's.
pub fn accept(
    existing: &[SourceFile],
    pages: &Extracted,
    reviewed: &Reviewed,
    picked: &dyn Fn(&str) -> bool,
    named: &dyn Fn(&str) -> bool,
) -> Accepted {
    let mut out = Accepted::default();
    let mut trees = trees(existing, &mut out.failed);
    let types = compare::types(trees.iter().map(|t| &t.root));
    let mut kept: BTreeMap<String, Vec<[String; 4]>> = BTreeMap::new();
    for r in &reviewed.0 {
        kept.entry(r[0].clone()).or_default().push(r.clone());
    }
    let mut take = |subject: String, changes: Vec<Change>, out: &mut Accepted| {
        let rows: Vec<_> = changes
            .iter()
            .filter(|c| c.kind != "departure-over")
            .map(|c| row(&subject, c.kind, &c.at, &c.page))
            .collect();
        out.entries.push((subject.clone(), rows.len()));
        kept.insert(subject, rows);
    };
    for e in &pages.endpoints {
        let new = endpoint::entry(e, &mut vec![]);
        for (tree, key) in keys(&trees, "endpoints", |k, _| k.split('?').next() == Some(&e.path)) {
            let Some(entry) =
                at_mut(&mut trees, tree, "endpoints", &key).filter(|n| picked(&key) && !is_draft(n))
            else {
                continue;
            };
            merge_sources(entry, &new);
            let entry = entry.clone();
            let module = module(&trees[tree].root);
            take(key, compare::changes(&entry, &new, &module, &types), &mut out);
        }
    }
    for e in &pages.events {
        let new = event::entry(e, &mut vec![]);
        for (tree, key) in keys(&trees, "events", |_, n| events::is(e, n)) {
            let subject = status::event_subject(&trees[tree].root, &key);
            let Some(entry) =
                at_mut(&mut trees, tree, "events", &key).filter(|n| picked(&subject) && !is_draft(n))
            else {
                continue;
            };
            merge_sources(entry, &new);
            let entry = entry.clone();
            take(subject, compare::event_changes(&trees[tree].root, &entry, &new, &types), &mut out);
        }
    }
    if picked(status::CODES) {
        let changes = status::code_changes(&trees, &pages.codes);
        take(status::CODES.into(), changes, &mut out);
        let digests = pages
            .codes
            .digests
            .iter()
            .map(|(doc, digest)| row(status::CODES, "digest", &doc.to_string(), digest));
        kept.entry(status::CODES.into()).or_default().extend(digests);
    }
    let list = status::status(existing, pages, &Reviewed::default()).unwrap_or_default();
    let lone =
        |e: &&status::Entry| matches!(e.state, status::State::New | status::State::Gone) && named(&e.key);
    for e in list.iter().filter(lone) {
        kept.entry(e.key.clone()).or_default().push(row(&e.key, "entry", e.state.word(), ""));
        out.entries.push((e.key.clone(), 1));
    }
    out.reviewed = Reviewed(kept.into_values().flatten().collect());
    for t in &trees {
        match node::file(&t.path, &t.head, &t.root) {
            Some(file) if t.old.as_deref() != Some(file.text.as_str()) => out.files.push(file),
            Some(_) => {}
            None => out.failed.push((t.path.clone(), "the file could not be written as YAML".into())),
        }
    }
    out
}

/// Places of the entries that fit.
fn keys(trees: &[Tree], list: &str, fits: impl Fn(&str, &Node) -> bool) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    for (index, tree) in trees.iter().enumerate() {
        for (key, node) in tree.root.get(list).map(entries).unwrap_or_default() {
            if let Some(key) = key.text().filter(|k| fits(k, node)) {
                out.push((index, key.to_owned()));
            }
        }
    }
    out
}

fn at_mut<'t>(trees: &'t mut [Tree], tree: usize, list: &str, key: &str) -> Option<&'t mut Node> {
    let root = &mut trees.get_mut(tree)?.root;
    node::get_mut(node::get_mut(root, list)?, key)
}

fn module(root: &Node) -> String {
    root.get("module").and_then(Node::text).unwrap_or_default().to_owned()
}

/// Whether an entry, or anything in it, still has the page's text.
pub(crate) fn is_draft(node: &Node) -> bool {
    match &node.kind {
        Kind::Map(list) => {
            list.iter().any(|(k, v)| k.text() == Some("draft") && v.text() == Some("true") || is_draft(v))
        }
        Kind::Seq(list) => list.iter().any(is_draft),
        Kind::Scalar { .. } => false,
    }
}
