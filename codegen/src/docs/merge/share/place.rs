//! The places of new entries that hold an inline object or an enumeration.

use std::collections::BTreeSet;

use crate::docs::merge::share::shape::{leaf, shape};
use crate::docs::merge::tree::Tree;
use crate::docs::write::node::{entries, get_mut};
use crate::yaml::{Kind, Node};

/// Which side an object is on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Side {
    Asked,
    Answered,
}

/// A place that holds an inline object or an enumeration.
pub(super) struct Place<'n> {
    pub(super) node: &'n Node,
    pub(super) side: Side,
    /// The entry, as the import names it.
    pub(super) subject: String,
    /// `/cgi-bin/x/y request.a.b`
    pub(super) at: String,
    /// Names of the fields that lead to it, the outermost first; the entry's own name at the head.
    pub(super) way: Vec<String>,
    pub(super) shape: String,
    pub(super) height: usize,
}

/// Whether a field or variant holds an inline object, or an enumeration.
pub(super) fn is_place(node: &Node) -> bool {
    let object = node.get("fields").is_some() || node.get("union").is_some();
    let inline = node.get("type").and_then(Node::text).is_none_or(|t| leaf(t) == "object");
    object && inline || node.get("values").is_some()
}

pub(super) struct Walk<'n, 'o> {
    pub(super) side: Side,
    pub(super) subject: String,
    pub(super) paged: Vec<String>,
    pub(super) out: &'o mut Vec<Place<'n>>,
}

impl<'n> Walk<'n, '_> {
    pub(super) fn holder(&mut self, node: &'n Node, at: &str, way: &[String]) {
        for (name, field) in node.get("fields").map(entries).unwrap_or_default() {
            let name = name.text().unwrap_or_default();
            if way.len() > 1 || !self.paged.iter().any(|p| p == name) {
                self.one(field, at, name, way);
            }
        }
        let Some(union) = node.get("union") else { return };
        let sibling = union.get("payload").is_none();
        for (name, variant) in union.get("variants").map(entries).unwrap_or_default() {
            let name = name.text().unwrap_or_default();
            if sibling {
                self.one(variant, at, name, way);
            } else {
                self.holder(variant, at, way);
            }
        }
    }

    pub(super) fn one(&mut self, node: &'n Node, at: &str, name: &str, way: &[String]) {
        let at = format!("{at}{}{name}", if at.ends_with(' ') { "" } else { "." });
        let way: Vec<String> = way.iter().cloned().chain([name.to_owned()]).collect();
        if is_place(node) {
            let (side, height) = (self.side, height(node));
            let place = Place {
                node,
                side,
                subject: self.subject.clone(),
                at: at.clone(),
                way: way.clone(),
                shape: shape(node),
                height,
            };
            self.out.push(place);
        }
        self.holder(node, &at, &way);
    }
}

/// How many objects lie in each other below an object.
pub(super) fn height(node: &Node) -> usize {
    let below = |n: &Node| if is_place(n) || n.get("fields").is_some() { 1 + height(n) } else { 0 };
    let fields = node.get("fields").map(entries).unwrap_or_default().iter();
    let variants = node.get("union").and_then(|u| u.get("variants")).map(entries).unwrap_or_default().iter();
    fields.chain(variants).map(|(_, n)| below(n)).max().unwrap_or(0)
}

/// Each entry that this import added: its kind, its key, itself.
pub(super) fn for_each_new(
    tree: &mut Tree,
    added: &BTreeSet<String>,
    mut each: impl FnMut(&str, &str, &mut Node),
) {
    for kind in ["endpoints", "events"] {
        let Some(Kind::Map(list)) = get_mut(&mut tree.root, kind).map(|n| &mut n.kind) else { continue };
        for (key, entry) in list {
            let key = key.text().unwrap_or_default();
            if added.contains(&subject(kind, key)) {
                each(kind, key, entry);
            }
        }
    }
}

/// How an entry is called among those that an import added.
pub(super) fn subject(kind: &str, key: &str) -> String {
    if kind == "events" { format!("event {key}") } else { key.to_owned() }
}
