//! Changes of the pages, carried into an entry of the spec.

use std::collections::{BTreeMap, BTreeSet};

use crate::docs::merge::compare::Change;
use crate::docs::merge::reviewed::Reviewed;
use crate::docs::model::Assumption;
use crate::docs::write::node;
use crate::docs::write::node::{get_mut, plain, set, text};
use crate::ir::Mode;
use crate::source::SourceFile;
use crate::yaml::{Kind, Node};

/// What an import did.
#[derive(Debug, Default)]
pub struct Imported {
    /// Files to write: changed or new.
    pub files: Vec<SourceFile>,
    /// Those of them that were not there.
    pub new_files: BTreeSet<String>,
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
    /// Files of the spec that could not be read, and why; then nothing was merged.
    pub unread: Vec<(String, String)>,
    /// Entries that could not be merged, and why.
    pub failed: Vec<(String, String)>,
}

impl Imported {
    /// The assumptions that somebody has to read: those about entries that are new, about what others got, and what their pages say beside the fields
    /// unless these were read as they are. `all` gives also those about fields that were there before.
    pub fn news(&self, all: bool) -> Vec<&(String, String, Assumption)> {
        // Of an entry that was there, only what was assumed about what it got is news.
        let got = |path: &String, what: &str| {
            self.done.iter().filter(|(p, _)| p == path).any(|(_, c)| {
                let at = c.at.split(' ').next().unwrap_or_default().replace("[]", "");
                let at = at.split_once('.').map_or("", |(_, field)| field);
                let name = at.rsplit('.').next().unwrap_or_default();
                !at.is_empty() && [at, name].iter().any(|n| what.contains(&format!("`{n}`")))
            })
        };
        let touched = |(path, _, a): &&(String, String, Assumption)| {
            let merged = self.merged.contains(path);
            self.added.contains(path) || a.rule.is_of_page() || merged && (all || got(path, &a.what))
        };
        self.notes.iter().filter(touched).collect()
    }
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
            "limit" => set_limit(old, &change),
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
    let field = path.iter().chain([&last]).try_fold(from?, |n, step| child(n, step))?;
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

/// The object that holds the field at a path, and the field's name. An event's fields are in the entry itself.
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
    let from = from.and_then(|from| path.iter().try_fold(from, |n, step| child(n, step)));
    let Some(field) = from.and_then(|n| child(n, last)) else { return false };
    // A field alone: what chooses between variants is more than that.
    if field.get("type").is_none() {
        return false;
    }
    let into = if side == "event" { Some(old) } else { node::entry(old, side) };
    let Some(into) = into.and_then(|into| path.iter().try_fold(into, |n, step| child_mut(n, step))) else {
        return false;
    };
    // What a named type holds is for a person: others may use it.
    if !path.is_empty() && is_shared(into) {
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

/// Adds a value to an enumeration that is at the field itself; the field becomes a draft, as the label is the page's.
pub(crate) fn add_value(old: &mut Node, new: &Node, at: &str, value: &str) -> bool {
    let Some((side, path, last)) = steps(at) else { return false };
    let from = if side == "event" { Some(new) } else { new.get(side) };
    let from = from.and_then(|from| path.iter().chain([&last]).try_fold(from, |n, step| child(n, step)));
    let Some(entry) = from.and_then(|n| n.get("values")?.get(value)).cloned() else { return false };
    let into = if side == "event" { Some(old) } else { get_mut(old, side) };
    let Some(into) = into.and_then(|n| path.iter().chain([&last]).try_fold(n, |n, step| child_mut(n, step)))
    else {
        return false;
    };
    let Some(values) = get_mut(into, "values") else { return false };
    set(values, value, entry);
    set(into, "draft", plain("true"));
    true
}

/// Whether a field's type stands elsewhere and may have other users.
fn is_shared(field: &Node) -> bool {
    field.get("type").and_then(Node::text).is_some_and(|t| t.contains(|c: char| c.is_ascii_uppercase()))
}

/// Sets a limit or a default that a field has to what the page says now; an end that the page leaves open stays as it is. The field becomes a draft,
/// as its text may say the same.
fn set_limit(old: &mut Node, change: &Change) -> bool {
    let Some((at, key)) = change.at.rsplit_once(' ') else { return false };
    let Some((side, path, last)) = steps(at) else { return false };
    let into = if side == "event" { Some(old) } else { get_mut(old, side) };
    let Some(field) = into.and_then(|n| path.iter().chain([&last]).try_fold(n, |n, step| child_mut(n, step)))
    else {
        return false;
    };
    let whole = match (change.page.split_once(".."), change.here.split_once("..")) {
        (Some((low, high)), Some((from, to))) => {
            let end =
                |page: &str, here: &str| if page.is_empty() { here.to_owned() } else { page.to_owned() };
            format!("{}..{}", end(low, from), end(high, to))
        }
        _ => change.page.clone(),
    };
    let holder = if field.get(key).is_some() { Some(&mut *field) } else { get_mut(field, "each") };
    let Some(holder) = holder.filter(|h| h.get(key).is_some()) else { return false };
    set(holder, key, if key == "default" { plain(whole) } else { text(whole) });
    set(field, "draft", plain("true"));
    true
}

/// The unions of an object.
fn unions(node: &Node) -> Vec<&Node> {
    let more = match node.get("unions").map(|u| &u.kind) {
        Some(Kind::Seq(list)) => list.as_slice(),
        _ => &[],
    };
    node.get("union").into_iter().chain(more).collect()
}

/// The variant of a union that is under a key.
fn variant<'n>(union: &'n Node, step: &str) -> Option<&'n str> {
    let sibling = union.get("payload").and_then(Node::text).is_none_or(|p| p == "sibling");
    let fits = |name: &str, v: &Node| v.get("key").and_then(Node::text).unwrap_or(name) == step;
    let list = union.get("variants").map(node::entries).unwrap_or_default();
    let found = list.iter().filter_map(|(k, v)| Some((k.text()?, v))).find(|(name, v)| fits(name, v));
    found.filter(|_| sibling).map(|(name, _)| name)
}

/// What is under a name in an object: a field, or a variant of one of its unions.
fn child<'n>(node: &'n Node, step: &str) -> Option<&'n Node> {
    if let Some(field) = node.get("fields").and_then(|f| f.get(step)) {
        return Some(field);
    }
    unions(node).into_iter().find_map(|u| u.get("variants")?.get(variant(u, step)?))
}

fn child_mut<'n>(node: &'n mut Node, step: &str) -> Option<&'n mut Node> {
    if node.get("fields").is_some_and(|f| f.get(step).is_some()) {
        return get_mut(get_mut(node, "fields")?, step);
    }
    let (nth, name) = unions(node)
        .into_iter()
        .enumerate()
        .find_map(|(nth, u)| Some((nth, variant(u, step)?.to_owned())))?;
    let single = usize::from(node.get("union").is_some());
    let union = if nth < single {
        get_mut(node, "union")?
    } else {
        match &mut get_mut(node, "unions")?.kind {
            Kind::Seq(list) => list.get_mut(nth - single)?,
            _ => return None,
        }
    };
    get_mut(get_mut(union, "variants")?, &name)
}

/// Adds a kind of development, in the order of the format.
pub(crate) fn add_mode(old: &mut Node, mode: &str) -> bool {
    let Some(Kind::Seq(list)) = get_mut(old, "modes").map(|n| &mut n.kind) else { return false };
    let rank = |n: &Node| Mode::ALL.iter().position(|m| Some(m.0) == n.text());
    list.push(plain(mode));
    list.sort_by_key(rank);
    true
}
