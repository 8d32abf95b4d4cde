//! The spec against the pages: what is new, gone, or changed since it was last reviewed.

use std::collections::BTreeMap;

use super::compare::{self, Change};
use super::extract::Endpoint;
use super::import::{Tree, trees};
use super::node::entries;
use super::spec;
use crate::names;
use crate::source::SourceFile;
use crate::yaml::{Kind, Node};

/// How an endpoint of spec or pages stands.
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
}

impl State {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            State::New => "new",
            State::Gone => "gone",
            State::Changed => "changed",
            State::Unreviewed => "unreviewed",
        }
    }
}

/// An endpoint that awaits review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// How it stands.
    pub state: State,
    /// Path, or the spec's key.
    pub path: String,
    /// Title.
    pub title: String,
    /// Numbers of the pages.
    pub pages: Vec<i64>,
    /// What changed; empty when only the text did.
    pub changes: Vec<Change>,
}

/// Everything that awaits review, by state and path.
pub fn status(existing: &[SourceFile], endpoints: &[Endpoint]) -> Result<Vec<Entry>, Vec<(String, String)>> {
    let mut failed = Vec::new();
    let trees = trees(existing, &mut failed);
    if !failed.is_empty() {
        return Err(failed);
    }
    let types = compare::types(trees.iter().map(|t| &t.root));
    let mut keys: BTreeMap<String, Vec<(String, String, &Node)>> = BTreeMap::new();
    for (key, module, node) in all(&trees) {
        let path = key.split('?').next().unwrap_or_default().to_owned();
        keys.entry(path).or_default().push((key, module, node));
    }
    let mut out = Vec::new();
    for e in endpoints {
        let pages: Vec<i64> = e.pages.iter().map(|p| p.page).collect();
        let Some(list) = keys.remove(&e.path) else {
            out.push(Entry {
                state: State::New,
                path: e.path.clone(),
                title: e.title.clone(),
                pages,
                changes: vec![],
            });
            continue;
        };
        for (key, module, node) in list {
            if compare::reviewed(e, node) {
                continue;
            }
            let new = spec::entry(e, &mut vec![]);
            let changes = compare::changes(node, &new, &module, &types);
            let state = if has_digest(node) { State::Changed } else { State::Unreviewed };
            out.push(Entry { state, path: key, title: e.title.clone(), pages: pages.clone(), changes });
        }
    }
    for (path, list) in keys {
        for (key, _, node) in list {
            let word = node.get("status").and_then(Node::text).unwrap_or("current");
            if word == "current" && names::of_path(&path).is_some() {
                let title = node.get("title").and_then(Node::text).unwrap_or_default().to_owned();
                out.push(Entry { state: State::Gone, path: key, title, pages: vec![], changes: vec![] });
            }
        }
    }
    out.sort_by(|a, b| (a.state, &a.path).cmp(&(b.state, &b.path)));
    Ok(out)
}

fn all(trees: &[Tree]) -> impl Iterator<Item = (String, String, &Node)> {
    trees.iter().flat_map(|t| {
        let module = t.root.get("module").and_then(Node::text).unwrap_or_default().to_owned();
        let list = t.root.get("endpoints").map(entries).unwrap_or_default();
        list.iter().filter_map(move |(k, n)| k.text().map(|k| (k.to_owned(), module.clone(), n)))
    })
}

fn has_digest(node: &Node) -> bool {
    matches!(node.get("source").map(|s| &s.kind), Some(Kind::Seq(rows)) if rows.iter().any(|r| r.get("digest").is_some()))
}
