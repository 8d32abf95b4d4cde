//! What two places have to have in common to be of one type.

use crate::yaml::{Kind, Node};

/// What has to be the same: names, types, values, and what lies inside; `strict` adds what is required and what is limited.
pub(super) fn shape(node: &Node, strict: bool) -> String {
    let mut out = String::new();
    add_shape(node, strict, false, &mut out);
    out
}

pub(super) fn add_shape(node: &Node, strict: bool, inner: bool, out: &mut String) {
    // Texts, and what belongs to the place and not to its type.
    const APART: &[&str] = &["doc", "draft", "name", "deprecated", "since", "variant", "key"];
    const OUTER: &[&str] =
        &["type", "items", "default", "when", "each", "required", "required_words", "rust", "range", "also"];
    const LIMITS: &[&str] = &[
        "default",
        "chars",
        "bytes",
        "range",
        "items",
        "each",
        "cut",
        "pattern",
        "when",
        "required",
        "required_words",
        "any_of",
        "one_of",
    ];
    let values = node.get("values").is_some();
    match &node.kind {
        Kind::Scalar { text, .. } => out.push_str(text),
        Kind::Seq(list) => list.iter().for_each(|n| {
            add_shape(n, strict, true, out);
            out.push(',');
        }),
        Kind::Map(list) => {
            let mut rows: Vec<(&str, &Node)> =
                list.iter().filter_map(|(k, v)| Some((k.text()?, v))).collect();
            if rows.iter().any(|(_, v)| matches!(v.kind, Kind::Map(_))) {
                rows.sort_by_key(|r| r.0);
            }
            out.push('{');
            for (key, value) in rows {
                // Below `fields` and `variants` keys are names.
                let named = matches!(value.kind, Kind::Map(_))
                    && !matches!(key, "fields" | "union" | "variants" | "values" | "each");
                if !named {
                    if APART.contains(&key) || !inner && OUTER.contains(&key) && !(key == "type" && values) {
                        continue;
                    }
                    if !strict && LIMITS.contains(&key) {
                        continue;
                    }
                }
                out.push_str(key);
                out.push(':');
                match (key, &value.kind) {
                    ("values", Kind::Map(values)) => values.iter().for_each(|(k, v)| value_shape(k, v, out)),
                    ("type", Kind::Scalar { text, .. }) if !inner => out.push_str(leaf(text)),
                    ("fields" | "variants" | "union", _) => add_shape(value, strict, true, out),
                    _ => add_shape(value, strict, true, out),
                }
                out.push(';');
            }
            out.push('}');
        }
    }
}

/// A value by its name, or by its label where it has none but the number.
pub(super) fn value_shape(key: &Node, value: &Node, out: &mut String) {
    let key = key.text().unwrap_or_default();
    let by_number = format!("V{}", key.replace('-', "Minus"));
    let name = value.get("name").and_then(Node::text);
    let label = value.get("doc").and_then(Node::text).unwrap_or_default();
    let label: String = label.chars().filter(|c| c.is_alphanumeric()).collect();
    out.push_str(key);
    out.push('=');
    match name {
        Some(name) if name != by_number => out.push_str(name),
        Some(_) => out.push_str(&label),
        None => {}
    }
    out.push(',');
}

/// The scalar inside of a type expression.
pub(super) fn leaf(ty: &str) -> &str {
    ty.rsplit('<').next().unwrap_or(ty).trim_end_matches('>')
}
