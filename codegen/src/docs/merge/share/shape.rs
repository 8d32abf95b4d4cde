//! What two places have to have in common to be of one type.

use crate::docs::write::node::entries;
use crate::yaml::{Kind, Node};

/// Texts and names, which no type depends on.
const APART: &[&str] = &["doc", "draft", "name", "deprecated", "since", "variant"];

/// The object or enumeration that a place holds, as a text: names, types, values, what is required and what is limited, and what lies inside.
pub(super) fn shape(place: &Node) -> String {
    let mut out = String::new();
    if place.get("values").is_some() {
        out.push_str(leaf(place.get("type").and_then(Node::text).unwrap_or("string")));
        out.push_str(if place.get("flags").is_some() { " bits" } else { "" });
    }
    object(place, &mut out);
    out
}

/// The scalar inside of a type expression.
pub(super) fn leaf(ty: &str) -> &str {
    ty.rsplit('<').next().unwrap_or(ty).trim_end_matches('>')
}

/// Values, fields and union of an entry.
fn object(node: &Node, out: &mut String) {
    for (key, value) in node.get("values").map(entries).unwrap_or_default() {
        value_of(key, value, out);
    }
    for key in ["any_of", "one_of", "at_most_one"] {
        if let Some(groups) = node.get(key) {
            out.push_str(key);
            raw(groups, out);
        }
    }
    named(node.get("fields"), out);
    if let Some(union) = node.get("union") {
        for key in ["field", "tag", "tag_type", "payload"] {
            out.push('|');
            out.push_str(union.get(key).and_then(Node::text).unwrap_or_default());
        }
        named(union.get("variants"), out);
    }
}

/// Fields or variants, by name: their order says nothing.
fn named(list: Option<&Node>, out: &mut String) {
    let mut rows: Vec<&(Node, Node)> = list.map(entries).unwrap_or_default().iter().collect();
    rows.sort_by_key(|(name, _)| name.text());
    out.push('{');
    for (name, entry) in rows {
        out.push_str(name.text().unwrap_or_default());
        out.push(':');
        for (key, value) in entries(entry) {
            let key = key.text().unwrap_or_default();
            let inside = matches!(key, "values" | "fields" | "union" | "any_of" | "one_of" | "at_most_one");
            if !inside && !APART.contains(&key) {
                out.push_str(key);
                out.push('=');
                raw(value, out);
                out.push(' ');
            }
        }
        object(entry, out);
        out.push(';');
    }
    out.push('}');
}

fn raw(node: &Node, out: &mut String) {
    match &node.kind {
        Kind::Scalar { text, .. } => out.push_str(text),
        Kind::Seq(list) => list.iter().for_each(|n| {
            raw(n, out);
            out.push(',');
        }),
        Kind::Map(list) => list.iter().for_each(|(key, value)| {
            raw(key, out);
            out.push('=');
            raw(value, out);
            out.push(',');
        }),
    }
}

/// A value by its name, or by its label where it has none but the number.
fn value_of(key: &Node, value: &Node, out: &mut String) {
    let key = key.text().unwrap_or_default();
    let by_number = format!("V{}", key.replace('-', "Minus"));
    out.push_str(key);
    out.push('=');
    match value.get("name").and_then(Node::text) {
        Some(name) if name != by_number => out.push_str(name),
        Some(_) => {
            let label = value.get("doc").and_then(Node::text).unwrap_or_default();
            out.extend(label.chars().filter(|c| c.is_alphanumeric()));
        }
        None => {}
    }
    out.push(',');
}
