//! Records what a person has compared with its pages.

use std::collections::BTreeMap;

use crate::docs::merge::compare::{CODES, Change};
use crate::docs::merge::flatten::Types;
use crate::docs::merge::reviewed::{Reviewed, Row, Why, row};
use crate::docs::merge::status::{Entry, State};
use crate::docs::merge::tree::{Tree, merge_sources, trees};
use crate::docs::merge::{compare, flatten, status, tree};
use crate::docs::model::{Codes, Endpoint, Event, Extracted};
use crate::docs::write::node::entries;
use crate::docs::write::{endpoint, event, node};
use crate::source::SourceFile;
use crate::yaml::{Kind, Node};

/// Records that the entries for which `picked` holds were compared with their pages as these are now. Of those that `named` names, it is recorded
/// too that the spec leaves them out on purpose, or has them on purpose though the pages lack them. Departures that no longer apply stay
/// open, for a person to remove. Drafts are not accepted, as their text is still that of the page. `why` is the reason of differences that are accepted for the first time.
pub fn accept(
    existing: &[SourceFile],
    pages: &Extracted,
    reviewed: &Reviewed,
    picked: &dyn Fn(&str) -> bool,
    named: &dyn Fn(&str) -> bool,
    why: Option<Why>,
) -> Accepted {
    let mut out = Accepted::default();
    let trees = match trees(existing) {
        Ok(trees) => trees,
        Err(failed) => return Accepted { failed, ..out },
    };
    let types = flatten::types(trees.iter().map(|t| &t.root));
    let mut run = Accepting {
        trees,
        types,
        picked,
        kept: BTreeMap::new(),
        entries: vec![],
        stand: vec![],
        drafts: vec![],
    };
    for r in reviewed.rows() {
        run.kept.entry(r[0].clone()).or_default().push(r.clone());
    }
    pages.endpoints.iter().for_each(|e| run.endpoint(e));
    pages.events.iter().for_each(|e| run.event(e));
    if picked(CODES) {
        run.codes(&pages.codes, reviewed);
    }
    let list = status::status(existing, pages, &Reviewed::default()).unwrap_or_default();
    let lone = |e: &&Entry| matches!(e.state, State::New | State::Gone) && named(&e.key);
    list.iter().filter(lone).for_each(|e| run.lone(e));
    for row in run.kept.into_values().flatten() {
        let why = if row[1] == "digest" { Some(Why::Seen) } else { why };
        match reviewed.why(&row).or(why) {
            Some(why) => out.reviewed.add(row, why),
            None => out.unexplained.push(format!("{} {} {}", row[0], row[1], row[2])),
        }
    }
    out.entries = run.entries;
    out.drafts = run.drafts;
    out.stand = run
        .stand
        .into_iter()
        .map(|(subject, change)| {
            let why = reviewed.why(&row(&subject, change.kind, &change.at, &change.page)).or(why);
            (subject, change, why)
        })
        .collect();
    for t in &run.trees {
        match node::file(&t.path, &t.head, &t.root) {
            Some(file) if t.old.as_deref() != Some(file.text.as_str()) => out.files.push(file),
            Some(_) => {}
            None => out.failed.push((t.path.clone(), "the file could not be written as YAML".into())),
        }
    }
    out
}

/// The files and the accepted differences while entries are accepted.
struct Accepting<'a> {
    trees: Vec<Tree>,
    types: Types,
    picked: &'a dyn Fn(&str) -> bool,
    /// Accepted differences, by subject.
    kept: BTreeMap<String, Vec<Row>>,
    entries: Vec<(String, usize)>,
    stand: Vec<(String, Change)>,
    drafts: Vec<Draft>,
}

impl Accepting<'_> {
    fn endpoint(&mut self, e: &Endpoint) {
        let new = endpoint::entry(e, &mut vec![]);
        for (tree, key) in keys(&self.trees, "endpoints", |k, _| k.split('?').next() == Some(&e.path)) {
            let Some(entry) = self.seen(tree, "endpoints", &key, &key, &new) else { continue };
            let changes = compare::changes(&entry, &new, &module(&self.trees[tree].root), &self.types);
            let changes = compare::beside_key(&key, changes);
            self.keep(key, &changes);
        }
    }

    fn event(&mut self, e: &Event) {
        let new = event::entry(e, &mut vec![]);
        for (tree, key) in keys(&self.trees, "events", |_, n| tree::is(e, n)) {
            let subject = compare::event_subject(&self.trees[tree].root, &key);
            let Some(entry) = self.seen(tree, "events", &key, &subject, &new) else { continue };
            let changes = compare::event_changes(&self.trees[tree].root, &entry, &new, &self.types);
            self.keep(subject, &changes);
        }
    }

    fn codes(&mut self, codes: &Codes, reviewed: &Reviewed) {
        let mut changes = compare::code_changes(&self.trees, codes);
        // What pages that were not read would say stays as it was decided.
        let whole = reviewed.all_read(codes);
        changes.retain(|c| whole || c.kind != "code-gone" || reviewed.holds(CODES, c));
        self.keep(CODES.into(), &changes);
        let digests =
            codes.digests.iter().map(|(doc, digest)| row(CODES, "digest", &doc.to_string(), digest));
        let digests: Vec<Row> = digests.collect();
        let unread = reviewed.rows().filter(|r| r[0] == CODES && r[1] == "digest");
        let unread = unread.filter(|r| !digests.iter().any(|d| d[2] == r[2])).cloned();
        self.kept.entry(CODES.into()).or_default().extend(unread.chain(digests.iter().cloned()));
    }

    /// An entry that only the pages have, or only the spec.
    fn lone(&mut self, e: &Entry) {
        self.kept.entry(e.key.clone()).or_default().push(row(&e.key, "entry", e.state.word(), ""));
        self.entries.push((e.key.clone(), 1));
    }

    /// Gives an entry the digests of its pages as they are now. `None` where it is not picked, or a draft.
    fn seen(&mut self, tree: usize, list: &str, key: &str, subject: &str, new: &Node) -> Option<Node> {
        if !(self.picked)(subject) {
            return None;
        }
        let file = self.trees.get(tree)?.path.clone();
        let entry = at_mut(&mut self.trees, tree, list, key)?;
        let mut places = Vec::new();
        drafts(entry, "", &mut places);
        if !places.is_empty() {
            self.drafts.push(Draft { subject: subject.to_owned(), file, places });
            return None;
        }
        merge_sources(entry, new);
        Some(entry.clone())
    }

    /// Accepts the differences of an entry, apart from departures that no longer apply.
    fn keep(&mut self, subject: String, changes: &[Change]) {
        let stand = changes.iter().filter(|c| c.kind != "departure-over");
        let rows: Vec<Row> = stand.map(|c| row(&subject, c.kind, &c.at, &c.page)).collect();
        self.entries.push((subject.clone(), rows.len()));
        let stand = changes.iter().filter(|c| c.kind != "departure-over");
        self.stand.extend(stand.map(|c| (subject.clone(), c.clone())));
        self.kept.insert(subject, rows);
    }
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
    /// The accepted differences: subject, what differs, why (`None`: accepted for the first time, without a reason).
    pub stand: Vec<(String, Change, Option<Why>)>,
    /// Entries that were skipped, as they still have text of the page.
    pub drafts: Vec<Draft>,
    /// Differences that are accepted for the first time and have no reason: subject, kind, where.
    pub unexplained: Vec<String>,
    /// Files that could not be read or written.
    pub failed: Vec<(String, String)>,
}

/// An entry that is not accepted yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its name in lists.
    pub subject: String,
    /// Its file.
    pub file: String,
    /// What of it is marked so; `the entry` for all of it.
    pub places: Vec<String>,
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

/// What of an entry still has the page's text: itself, or fields, variants, values.
fn drafts(node: &Node, at: &str, out: &mut Vec<String>) {
    match &node.kind {
        Kind::Map(list) => {
            if list.iter().any(|(k, v)| k.text() == Some("draft") && v.text() == Some("true")) {
                out.push(if at.is_empty() { "the entry".to_owned() } else { at.to_owned() });
            }
            for (key, value) in list {
                let key = key.text().unwrap_or_default();
                // These hold what has a name, and are no part of it.
                let at = match key {
                    "fields" | "union" | "variants" | "values" => at.to_owned(),
                    _ if at.is_empty() => key.to_owned(),
                    _ => format!("{at}.{key}"),
                };
                drafts(value, &at, out);
            }
        }
        Kind::Seq(list) => list.iter().for_each(|n| drafts(n, at, out)),
        Kind::Scalar { .. } => {}
    }
}
