//! Building YAML nodes and writing them, so that a merged file goes through the one formatter.

use crate::format::format;
use crate::ir::Mode;
use crate::source::{Pos, SourceFile};
use crate::yaml::{Kind, Node};

/// The word of a mode in the spec.
pub(crate) fn mode_word(mode: Mode) -> &'static str {
    Mode::ALL.iter().find(|m| m.1 == mode).map_or("internal", |m| m.0)
}

/// A plain scalar: a word, a number, true.
pub(crate) fn plain(text: impl Into<String>) -> Node {
    Node { pos: Pos::default(), kind: Kind::Scalar { text: text.into(), plain: true } }
}

/// A text, quoted where YAML would read something else.
pub(crate) fn text(text: impl Into<String>) -> Node {
    Node { pos: Pos::default(), kind: Kind::Scalar { text: text.into(), plain: false } }
}

/// An empty mapping.
pub(crate) fn map() -> Node {
    Node { pos: Pos::default(), kind: Kind::Map(vec![]) }
}

/// A list.
pub(crate) fn list(items: Vec<Node>) -> Node {
    Node { pos: Pos::default(), kind: Kind::Seq(items) }
}

/// Sets a key of a mapping, in place if it is there.
pub(crate) fn set(node: &mut Node, key: &str, value: Node) {
    if let Kind::Map(entries) = &mut node.kind {
        match entries.iter_mut().find(|(k, _)| k.text() == Some(key)) {
            Some((_, old)) => *old = value,
            None => entries.push((plain(key), value)),
        }
    }
}

/// Removes a key of a mapping.
pub(crate) fn remove(node: &mut Node, key: &str) -> Option<Node> {
    let Kind::Map(entries) = &mut node.kind else { return None };
    let at = entries.iter().position(|(k, _)| k.text() == Some(key))?;
    Some(entries.remove(at).1)
}

/// The value of a key, to change it.
pub(crate) fn get_mut<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    let Kind::Map(entries) = &mut node.kind else { return None };
    entries.iter_mut().find(|(k, _)| k.text() == Some(key)).map(|(_, v)| v)
}

/// The value of a key; an empty mapping is added if the key is missing.
pub(crate) fn entry<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    if node.get(key).is_none() {
        set(node, key, map());
    }
    get_mut(node, key)
}

/// The entries of a mapping.
pub(crate) fn entries(node: &Node) -> &[(Node, Node)] {
    match &node.kind {
        Kind::Map(entries) => entries,
        _ => &[],
    }
}

/// The name under which the fields of a union's variant stand on the wire, where it is not beside the tag.
pub(crate) fn step<'n>(union: &'n Node, value: &'n Node, variant: &'n Node) -> Option<&'n str> {
    match union.get("payload").and_then(Node::text) {
        Some("flat") => None,
        Some(name) if name != "sibling" => Some(name),
        _ => variant.get("key").and_then(Node::text).or_else(|| value.text()),
    }
}

/// Whether a mapping holds nothing.
pub(crate) fn is_empty(node: &Node) -> bool {
    matches!(&node.kind, Kind::Map(e) if e.is_empty())
}

/// A file in canonical form; `head` holds its leading comments. `None` when the formatter cannot read it back.
pub(crate) fn file(path: &str, head: &str, node: &Node) -> Option<SourceFile> {
    let mut out = String::from(head);
    write(node, &mut out);
    out.push('\n');
    let file = SourceFile { path: path.to_owned(), text: out };
    let text = format(&file)?;
    Some(SourceFile { text, ..file })
}

/// Flow style, one entry a line: what the formatter reads.
fn write(node: &Node, out: &mut String) {
    match &node.kind {
        Kind::Scalar { text, plain: true } if is_safe(text) => out.push_str(text),
        Kind::Scalar { text, .. } => out.push_str(&crate::format::quoted(text)),
        Kind::Seq(items) => {
            out.push('[');
            for item in items {
                write(item, out);
                out.push_str(",\n");
            }
            out.push(']');
        }
        Kind::Map(entries) => {
            out.push('{');
            for (key, value) in entries {
                // Numbers stay plain keys, as people write them.
                write(key, out);
                out.push_str(": ");
                write(value, out);
                out.push_str(",\n");
            }
            out.push('}');
        }
    }
}

/// Words, numbers and limits that stay what they are inside flow style.
fn is_safe(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_alphanumeric() || "_.+-/".contains(c))
        && text.starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '.')
        && text != "-"
        && !text.starts_with("---")
        && !text.starts_with("...")
}
