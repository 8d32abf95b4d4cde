//! Changes of the pages, carried into an entry of the spec.

use std::collections::BTreeMap;

use crate::docs::merge::compare::Change;
use crate::docs::merge::reviewed::Reviewed;
use crate::docs::model::Assumption;
use crate::docs::write::node;
use crate::docs::write::node::{get_mut, plain, set};
use crate::ir::Mode;
use crate::source::SourceFile;
use crate::yaml::{Kind, Node};

/// What an import did.
#[derive(Debug, Default)]
pub struct Imported {
    /// Files to write: changed or new.
    pub files: Vec<SourceFile>,
    /// Paths that are new.
    pub added: Vec<String>,
    /// Paths that were there and got something.
    pub merged: Vec<String>,
    /// What those got, by path.
    pub done: Vec<(String, Change)>,
    /// The file of each path that is new or got something.
    pub places: BTreeMap<String, String>,
    /// Differences that a person must decide, by path.
    pub open: Vec<(String, Change)>,
    /// What was assumed: path, file of the page, assumption.
    pub notes: Vec<(String, String, Assumption)>,
    /// Files or entries that could not be read.
    pub failed: Vec<(String, String)>,
}

/// Adds to an entry what the pages have and it lacks. The digest stays the old one, so that `status` goes on to list the entry: what changed in
/// a sentence no tool sees, and only a person who has read the page can say that it was reviewed (`accept`).
pub(crate) fn apply(
    (key, file): (&str, &str),
    old: &mut Node,
    new: &Node,
    changes: Vec<Change>,
    reviewed: &Reviewed,
    out: &mut Imported,
) {
    let before = old.clone();
    for change in changes.into_iter().filter(|c| !reviewed.holds(key, c)) {
        let done = match change.kind {
            "field-added" => add(old, new, &change.at),
            "value-added" => add_value(old, new, &change.at, &change.page),
            "mode-added" => add_mode(old, &change.page),
            "code-added" => {
                let code = change.at.trim_start_matches("errors.");
                match (new.get("errors").and_then(|n| n.get(code)).cloned(), node::entry(old, "errors")) {
                    (Some(meaning), Some(list)) => {
                        set(list, code, meaning);
                        true
                    }
                    _ => false,
                }
            }
            _ => false,
        };
        if done {
            let page = told(new, &change).unwrap_or(change.page);
            out.done.push((key.to_owned(), Change { page, ..change }));
        } else {
            out.open.push((key.to_owned(), change));
        }
    }
    if *old != before {
        out.merged.push(key.to_owned());
        out.places.insert(key.to_owned(), file.to_owned());
    }
}

/// What was taken over of the page, in a line: a field's type, presence, limits, default and values; a value's label.
fn told(new: &Node, change: &Change) -> Option<String> {
    let (side, path, last) = steps(&change.at)?;
    let from = if side == "event" { Some(new) } else { new.get(side) };
    let field =
        path.iter().chain([&last]).try_fold(from, |n, step| Some(n?.get("fields")?.get(step))).flatten()?;
    let words = |n: &Node, key: &str| n.get(key).and_then(Node::text).map(str::to_owned);
    match change.kind {
        "field-added" => {
            let mut out = words(field, "type")?;
            if words(field, "required").as_deref() == Some("true") {
                out += ", required";
            }
            for key in ["required_words", "chars", "bytes", "range", "items", "default"] {
                out += &words(field, key).map_or(String::new(), |w| format!(", {key} {w}"));
            }
            let values = field.get("values").map(node::entries).unwrap_or_default();
            let values: Vec<&str> = values.iter().filter_map(|(v, _)| v.text()).collect();
            if !values.is_empty() {
                out += &format!(", values {}", values.join(" "));
            }
            Some(out)
        }
        "value-added" => {
            let label = words(field.get("values")?.get(&change.page)?, "doc")?;
            Some(format!("{} ({label})", change.page))
        }
        _ => None,
    }
}

/// The object that holds the field at a path, and the field's name. An event's fields stand in the entry itself.
pub(crate) fn steps(at: &str) -> Option<(&str, Vec<&str>, &str)> {
    let mut steps: Vec<&str> = at.split('.').map(|s| s.trim_end_matches("[]")).collect();
    let last = steps.pop()?;
    let side = if steps.is_empty() { return None } else { steps.remove(0) };
    Some((side, steps, last))
}

/// Copies a field of the page's entry into ours, marked as a draft. False where our entry has another shape there.
pub(crate) fn add(old: &mut Node, new: &Node, at: &str) -> bool {
    let Some((side, path, last)) = steps(at) else { return false };
    let from = if side == "event" { Some(new) } else { new.get(side) };
    let from = path.iter().try_fold(from, |n, step| Some(n?.get("fields")?.get(step))).flatten();
    let Some(field) = from.and_then(|n| n.get("fields")?.get(last)) else { return false };
    let into = if side == "event" { Some(old) } else { node::entry(old, side) };
    let into = path.iter().fold(into, |n, step| get_mut(get_mut(n?, "fields")?, step));
    let Some(into) = into else { return false };
    // What a named type holds is for a person: others may use it.
    let shared = |n: &Node| {
        n.get("type").and_then(Node::text).is_some_and(|t| t.contains(|c: char| c.is_ascii_uppercase()))
    };
    if !path.is_empty() && shared(into) {
        return false;
    }
    let mut field = field.clone();
    set(&mut field, "draft", plain("true"));
    if into.get("body").and_then(Node::text).is_some_and(|b| b == "none" || b == "empty_json") {
        node::remove(into, "body");
    }
    let Some(fields) = node::entry(into, "fields") else { return false };
    set(fields, last, field);
    true
}

/// Adds a value to an enumeration that stands at the field itself; the field becomes a draft, as the label is the page's.
pub(crate) fn add_value(old: &mut Node, new: &Node, at: &str, value: &str) -> bool {
    let Some((side, path, last)) = steps(at) else { return false };
    let from = if side == "event" { Some(new) } else { new.get(side) };
    let from =
        path.iter().chain([&last]).try_fold(from, |n, step| Some(n?.get("fields")?.get(step))).flatten();
    let Some(entry) = from.and_then(|n| n.get("values")?.get(value)).cloned() else { return false };
    let into = if side == "event" { Some(old) } else { get_mut(old, side) };
    let Some(into) = path.iter().chain([&last]).fold(into, |n, step| get_mut(get_mut(n?, "fields")?, step))
    else {
        return false;
    };
    let Some(values) = get_mut(into, "values") else { return false };
    set(values, value, entry);
    set(into, "draft", plain("true"));
    true
}

/// Adds a kind of development, in the order of the format.
pub(crate) fn add_mode(old: &mut Node, mode: &str) -> bool {
    let Some(Kind::Seq(list)) = get_mut(old, "modes").map(|n| &mut n.kind) else { return false };
    let rank = |n: &Node| Mode::ALL.iter().position(|m| Some(m.0) == n.text());
    list.push(plain(mode));
    list.sort_by_key(rank);
    true
}
