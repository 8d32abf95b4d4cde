//! The spec against the pages: what is new, gone, or changed since it was last reviewed.

use std::collections::BTreeMap;

use crate::docs::merge::compare::{CODES, Change, code_changes, event_subject};
use crate::docs::merge::flatten::Types;
use crate::docs::merge::reviewed::Reviewed;
use crate::docs::merge::tree::{Tree, trees};
use crate::docs::merge::{compare, flatten, tree};
use crate::docs::model::{Codes, Extracted};
use crate::docs::write::node::entries;
use crate::docs::write::{endpoint, event};
use crate::names;
use crate::source::SourceFile;
use crate::yaml::{Kind, Node};

/// How an entry of spec or pages stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// On a page, not in the spec.
    New,
    /// In the spec as current, on no page.
    Gone,
    /// The page differs from what was reviewed.
    Changed,
    /// In the spec without a digest: never compared with a page by tool.
    Unreviewed,
    /// In the spec, from pages that are not among these: newer ones, or of another tree. Nothing awaits review.
    Elsewhere,
}

impl State {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            State::New => "new",
            State::Gone => "gone",
            State::Changed => "changed",
            State::Unreviewed => "unreviewed",
            State::Elsewhere => "elsewhere",
        }
    }
}

/// What an entry of the list is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// An endpoint.
    Endpoint,
    /// A callback event.
    Event,
    /// The error codes.
    Codes,
}

impl Subject {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Subject::Endpoint => "endpoint",
            Subject::Event => "event",
            Subject::Codes => "codes",
        }
    }
}

/// Something that awaits review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub subject: Subject,
    /// How it stands.
    pub state: State,
    /// The spec's key: a path, `event contact.change_contact.create_user`, `errors.yaml`.
    pub key: String,
    /// Title.
    pub title: String,
    /// Numbers of the pages.
    pub pages: Vec<i64>,
    /// What changed; empty when only the text did.
    pub changes: Vec<Change>,
}

/// Everything that awaits review, by subject, state and key; then entries whose pages are not among these.
pub fn status(
    existing: &[SourceFile],
    pages: &Extracted,
    reviewed: &Reviewed,
) -> Result<Vec<Entry>, Vec<(String, String)>> {
    let trees = trees(existing)?;
    let types = flatten::types(trees.iter().map(|t| &t.root));
    let mut out = Vec::new();
    endpoints(&trees, pages, reviewed, &types, &mut out);
    of_events(&trees, pages, reviewed, &types, &mut out);
    codes(&trees, &pages.codes, reviewed, &mut out);
    out.retain(|e| !reviewed.decided(&e.key, e.state.word()));
    out.sort_by(|a, b| (a.subject, a.state, &a.key).cmp(&(b.subject, b.state, &b.key)));
    Ok(out)
}

fn endpoints(trees: &[Tree], pages: &Extracted, reviewed: &Reviewed, types: &Types, out: &mut Vec<Entry>) {
    let mut keys: BTreeMap<String, Vec<(String, &Tree, &Node)>> = BTreeMap::new();
    for (key, tree, node) in all(trees, "endpoints") {
        keys.entry(key.split('?').next().unwrap_or_default().to_owned()).or_default().push((key, tree, node));
    }
    let subject = Subject::Endpoint;
    for e in &pages.endpoints {
        let numbers: Vec<i64> = e.pages.iter().map(|p| p.page).collect();
        let Some(list) = keys.remove(&e.path) else {
            let (key, title) = (e.path.clone(), e.title.clone());
            out.push(Entry { subject, state: State::New, key, title, pages: numbers, changes: vec![] });
            continue;
        };
        for (key, tree, node) in list.into_iter().filter(|(.., n)| !compare::reviewed(&e.digests, n)) {
            let module = tree.root.get("module").and_then(Node::text).unwrap_or_default();
            let changes = compare::changes(node, &endpoint::entry(e, &mut vec![]), module, types);
            let mut changes = compare::beside_key(&key, changes);
            changes.retain(|c| !reviewed.holds(&key, c));
            out.push(Entry {
                subject,
                state: state(node),
                key,
                title: e.title.clone(),
                pages: numbers.clone(),
                changes,
            });
        }
    }
    for (key, _, node) in keys.into_iter().filter(|(p, _)| names::is_path(p)).flat_map(|(_, l)| l) {
        gone(subject, key, node, pages, out);
    }
}

fn of_events(trees: &[Tree], pages: &Extracted, reviewed: &Reviewed, types: &Types, out: &mut Vec<Entry>) {
    let subject = Subject::Event;
    let mut left: Vec<(String, &Tree, &Node)> = all(trees, "events").collect();
    for e in &pages.events {
        let numbers: Vec<i64> = e.pages.iter().map(|p| p.page).collect();
        let (here, rest): (Vec<_>, Vec<_>) = left.into_iter().partition(|(.., node)| tree::is(e, node));
        left = rest;
        if here.is_empty() {
            // The same event comes as MsgType for internal apps, as InfoType for third-party ones.
            let suite = e.matches.iter().any(|(k, _)| k == "InfoType");
            let key = format!("event {}{}", e.key(), if suite { " (InfoType)" } else { "" });
            out.push(Entry {
                subject,
                state: State::New,
                key,
                title: e.title.clone(),
                pages: numbers,
                changes: vec![],
            });
            continue;
        }
        for (key, tree, node) in here.into_iter().filter(|(.., n)| !compare::reviewed(&e.digests, n)) {
            let key = event_subject(&tree.root, &key);
            let mut changes = compare::event_changes(&tree.root, node, &event::entry(e, &mut vec![]), types);
            changes.retain(|c| !reviewed.holds(&key, c));
            out.push(Entry {
                subject,
                state: state(node),
                key,
                title: e.title.clone(),
                pages: numbers.clone(),
                changes,
            });
        }
    }
    let xml = |t: &Tree| t.root.get("transport").and_then(Node::text).is_none_or(|t| t == "xml");
    for (key, tree, node) in left.into_iter().filter(|(_, t, _)| xml(t)) {
        gone(subject, event_subject(&tree.root, &key), node, pages, out);
    }
}

/// The one entry of the error codes: those that only the pages or only the spec have, and pages whose words changed.
fn codes(trees: &[Tree], codes: &Codes, reviewed: &Reviewed, out: &mut Vec<Entry>) {
    if codes.list.is_empty() {
        return;
    }
    let mut changes = code_changes(trees, codes);
    // Pages that were not read say nothing of what is gone.
    let whole = reviewed.all_read(codes);
    changes.retain(|c| !reviewed.holds(CODES, c) && (whole || c.kind != "code-gone"));
    let same = codes.digests.iter().all(|d| reviewed.same_codes(d));
    if changes.is_empty() && same {
        return;
    }
    let state = if reviewed.knows_codes() { State::Changed } else { State::Unreviewed };
    let pages = codes.pages.clone();
    out.push(Entry {
        subject: Subject::Codes,
        state,
        key: CODES.into(),
        title: "全局错误码".into(),
        pages,
        changes,
    });
}

fn state(node: &Node) -> State {
    if has_digest(node) { State::Changed } else { State::Unreviewed }
}

fn gone(subject: Subject, key: String, node: &Node, pages: &Extracted, out: &mut Vec<Entry>) {
    let word = |k: &str| node.get(k).and_then(Node::text);
    if word("status").unwrap_or("current") != "current" {
        return;
    }
    let sources = match node.get("source").map(|s| &s.kind) {
        Some(Kind::Seq(rows)) => rows.as_slice(),
        _ => &[],
    };
    let number =
        |row: &Node, key: &str| row.get(key).and_then(Node::text).and_then(|t| t.parse::<i64>().ok());
    let numbers: Vec<i64> = sources.iter().filter_map(|row| number(row, "page")).collect();
    // A page without the entry says that it is gone; pages that were not read say nothing.
    let read = sources.iter().any(|row| {
        ["page", "doc_id"].into_iter().any(|k| number(row, k).is_some_and(|n| pages.numbers.contains(&n)))
    });
    let state = if read || sources.is_empty() { State::Gone } else { State::Elsewhere };
    let title = word("title").unwrap_or_default().to_owned();
    out.push(Entry { subject, state, key, title, pages: numbers, changes: vec![] });
}

fn all<'t>(trees: &'t [Tree], list: &'t str) -> impl Iterator<Item = (String, &'t Tree, &'t Node)> {
    trees.iter().flat_map(move |t| {
        let list = t.root.get(list).map(entries).unwrap_or_default();
        list.iter().filter_map(move |(k, n)| k.text().map(|k| (k.to_owned(), t, n)))
    })
}

fn has_digest(node: &Node) -> bool {
    matches!(node.get("source").map(|s| &s.kind), Some(Kind::Seq(rows)) if rows.iter().any(|r| r.get("digest").is_some()))
}
