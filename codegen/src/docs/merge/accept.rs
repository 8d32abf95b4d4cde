//! What a person has compared with its pages is recorded.

use std::collections::BTreeMap;

use crate::docs::merge::compare::{CODES, Change};
use crate::docs::merge::reviewed::{Reviewed, Row, Why, row};
use crate::docs::merge::tree::{Tree, merge_sources, trees};
use crate::docs::merge::{compare, status, tree};
use crate::docs::model::Extracted;
use crate::docs::write::node::entries;
use crate::docs::write::{endpoint, event, node};
use crate::source::SourceFile;
use crate::yaml::{Kind, Node};

/// Records that the entries for which `picked` holds were compared with their pages as these are now. Of those that `named` names, it is recorded
/// too that the spec leaves them out on purpose, or has them on purpose though the pages lack them. Departures that are over stay open: they
/// are for a person to remove. Drafts are not accepted: their text is still the page's. `why` is the reason of what stands for the first time.
pub fn accept(
    existing: &[SourceFile],
    pages: &Extracted,
    reviewed: &Reviewed,
    picked: &dyn Fn(&str) -> bool,
    named: &dyn Fn(&str) -> bool,
    why: Option<Why>,
) -> Accepted {
    let mut out = Accepted::default();
    let mut trees = trees(existing, &mut out.failed);
    let types = compare::types(trees.iter().map(|t| &t.root));
    let mut kept: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for r in reviewed.rows() {
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
            let changes = compare::beside_key(&key, compare::changes(&entry, &new, &module, &types));
            take(key, changes, &mut out);
        }
    }
    for e in &pages.events {
        let new = event::entry(e, &mut vec![]);
        for (tree, key) in keys(&trees, "events", |_, n| tree::is(e, n)) {
            let subject = compare::event_subject(&trees[tree].root, &key);
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
    if picked(CODES) {
        let changes = compare::code_changes(&trees, &pages.codes);
        take(CODES.into(), changes, &mut out);
        let digests =
            pages.codes.digests.iter().map(|(doc, digest)| row(CODES, "digest", &doc.to_string(), digest));
        kept.entry(CODES.into()).or_default().extend(digests);
    }
    let list = status::status(existing, pages, &Reviewed::default()).unwrap_or_default();
    let lone =
        |e: &&status::Entry| matches!(e.state, status::State::New | status::State::Gone) && named(&e.key);
    for e in list.iter().filter(lone) {
        kept.entry(e.key.clone()).or_default().push(row(&e.key, "entry", e.state.word(), ""));
        out.entries.push((e.key.clone(), 1));
    }
    for row in kept.into_values().flatten() {
        let why = if row[1] == "digest" { Some(Why::Seen) } else { why };
        match reviewed.why(&row).or(why) {
            Some(why) => out.reviewed.add(row, why),
            None => out.unexplained.push(format!("{} {} {}", row[0], row[1], row[2])),
        }
    }
    for t in &trees {
        match node::file(&t.path, &t.head, &t.root) {
            Some(file) if t.old.as_deref() != Some(file.text.as_str()) => out.files.push(file),
            Some(_) => {}
            None => out.failed.push((t.path.clone(), "the file could not be written as YAML".into())),
        }
    }
    out
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
    /// Differences that stand for the first time and have no reason: subject, kind, where.
    pub unexplained: Vec<String>,
    /// Files that could not be read or written.
    pub failed: Vec<(String, String)>,
}

/// Places of the entries that fit.
pub(crate) fn keys(trees: &[Tree], list: &str, fits: impl Fn(&str, &Node) -> bool) -> Vec<(usize, String)> {
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

pub(crate) fn at_mut<'t>(trees: &'t mut [Tree], tree: usize, list: &str, key: &str) -> Option<&'t mut Node> {
    let root = &mut trees.get_mut(tree)?.root;
    node::get_mut(node::get_mut(root, list)?, key)
}

pub(crate) fn module(root: &Node) -> String {
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
