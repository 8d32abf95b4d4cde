//! The files of a spec as trees of nodes.

use crate::docs::model::Event;
use crate::docs::write::node;
use crate::docs::write::node::{entries, get_mut, set};
use crate::source::{Report, SourceFile};
use crate::yaml;
use crate::yaml::{Kind, Node};

pub(crate) struct Tree {
    pub(crate) path: String,
    pub(crate) head: String,
    pub(crate) root: Node,
    pub(crate) old: Option<String>,
}

/// The files as trees, or those that cannot be read: without one of them nobody can tell what the spec has.
pub(crate) fn trees(existing: &[SourceFile]) -> Result<Vec<Tree>, Vec<(String, String)>> {
    let (mut trees, mut failed) = (Vec::new(), Vec::new());
    for file in existing {
        let mut report = Report::default();
        match yaml::parse(file, 0, &mut report).filter(|_| report.diagnostics.is_empty()) {
            Some(root) => {
                let head =
                    file.text.lines().take_while(|l| l.starts_with('#')).map(|l| format!("{l}\n")).collect();
                trees.push(Tree { path: file.path.clone(), head, root, old: Some(file.text.clone()) });
            }
            None => {
                let why = report
                    .diagnostics
                    .first()
                    .map_or(String::new(), |d| format!("line {}: {}", d.pos.line, d.message));
                failed.push((file.path.clone(), why));
            }
        }
    }
    if failed.is_empty() { Ok(trees) } else { Err(failed) }
}

/// Digest and date of the pages; pages that are new to the entry.
pub(crate) fn merge_sources(old: &mut Node, new: &Node) {
    let Some(rows) = new.get("source") else { return };
    let Kind::Seq(rows) = &rows.kind else { return };
    let Some(list) = get_mut(old, "source") else {
        set(old, "source", node::list(rows.clone()));
        return;
    };
    let Kind::Seq(have) = &mut list.kind else { return };
    for row in rows {
        let id = row.get("doc_id").and_then(Node::text);
        let page = row.get("page").and_then(Node::text);
        match have.iter_mut().find(|h| {
            h.get("doc_id").and_then(Node::text).is_some_and(|d| Some(d) == id)
                || h.get("page").and_then(Node::text) == page
        }) {
            Some(row_there) => {
                for key in ["doc_id", "updated", "digest"] {
                    if let Some(value) = row.get(key) {
                        set(row_there, key, value.clone());
                    }
                }
            }
            None => have.push(row.clone()),
        }
    }
}

pub(crate) fn module_of(tree: &Tree) -> &str {
    tree.root.get("module").and_then(Node::text).unwrap_or_default()
}

/// Whether an entry of the spec is this event.
pub(crate) fn is(event: &Event, entry: &Node) -> bool {
    let pairs = entry.get("match").map(entries).unwrap_or_default();
    pairs.len() == event.matches.len()
        && event
            .matches
            .iter()
            .all(|(k, v)| pairs.iter().any(|(a, b)| a.text() == Some(k) && b.text() == Some(v)))
}
