//! The same object or enumeration in several new entries of a file → one type of the file, under the name that the pages give it.
//!
//! What a page says of presence, conditions and limits stays as it says it: places share a type only where these are the same. Another page's would be
//! a guess, and one that nobody who reads the entry is told of.

mod naming;
mod place;
mod shape;

use std::collections::{BTreeMap, BTreeSet};

use crate::docs::merge::share::naming::{name, name_the_rest};
use crate::docs::merge::share::place::{Place, Side, Walk, for_each_new, is_place, subject};
use crate::docs::merge::share::shape::{leaf, shape};
use crate::docs::merge::tree::Tree;
use crate::docs::model::Assumption;
use crate::docs::rules;
use crate::docs::write::node::{self, entries, get_mut, map, plain, remove, set};
use crate::names;
use crate::yaml::{Kind, Node};

/// Folds what the new entries of each file have in common. `added`: the entries that this import made.
pub(crate) fn share(
    trees: &mut [Tree],
    added: &BTreeSet<String>,
    notes: &mut Vec<(String, String, Assumption)>,
) {
    for tree in trees {
        let mut taken = taken(tree);
        // What folds inside comes first, so that what holds it is the same by its name.
        for _ in 0..32 {
            let folded = Folds::of(tree, added, &mut taken);
            if folded.0.is_empty() {
                break;
            }
            for fold in folded.0.values() {
                let what = format!("{} are equal; they share the type `{}`", some(&fold.places), fold.name);
                let note = Assumption { rule: &rules::SHARED_TYPE, line: 0, what };
                notes.push((fold.subject.clone(), tree.path.clone(), note));
            }
            folded.put(tree, added);
        }
        name_the_rest(tree, added, &mut taken);
    }
}

/// The first places, and how many there are.
fn some(places: &[String]) -> String {
    match places {
        [a, b, c, rest @ ..] if !rest.is_empty() => format!("{a}, {b}, {c} and {} more", rest.len()),
        all => all.join(", "),
    }
}

/// Type names that a file's entries have anyway.
fn taken(tree: &Tree) -> BTreeSet<String> {
    let mut out: BTreeSet<String> = names::RESERVED.iter().map(|n| (*n).to_owned()).collect();
    let types = tree.root.get("types").map(entries).unwrap_or_default();
    out.extend(types.iter().filter_map(|(k, _)| k.text().map(str::to_owned)));
    for (path, _) in tree.root.get("endpoints").map(entries).unwrap_or_default() {
        let path = path.text().unwrap_or_default();
        if let Some(name) = names::whole_name(path) {
            out.insert(name);
        }
        if let Some(name) = path.rsplit('/').next().and_then(names::type_name) {
            out.insert(format!("{name}Response"));
            out.insert(name);
        }
    }
    out
}

/// What becomes of the places of one shape.
struct Fold {
    name: String,
    ty: Node,
    places: Vec<String>,
    /// The first of the entries that hold it.
    subject: String,
}

/// Folds by the shape that a place has to have.
struct Folds(BTreeMap<String, Fold>);

impl Folds {
    /// The innermost shapes that are in two places or more.
    fn of(tree: &Tree, added: &BTreeSet<String>, taken: &mut BTreeSet<String>) -> Folds {
        let mut places = Vec::new();
        for (key, kind, entry) in new_entries(tree, added) {
            let own = key.rsplit('/').next().unwrap_or(key).to_owned();
            for (word, side) in [("request", Side::Asked), ("response", Side::Answered), ("", Side::Answered)]
            {
                let body =
                    if word.is_empty() { Some(entry).filter(|_| kind == "events") } else { entry.get(word) };
                let Some(body) = body else { continue };
                let paged = paged(entry);
                let paged = if word == "response" { paged } else { vec![] };
                let subject = subject(kind, key);
                let at = format!("{subject} {word}");
                let mut walk = Walk { side, subject, paged, out: &mut places };
                walk.holder(body, &at, std::slice::from_ref(&own));
            }
        }
        let mut groups: Vec<Vec<&Place<'_>>> = groups(&places);
        groups.retain(|g| worth(g));
        let Some(lowest) = groups.iter().map(|g| g[0].height).min() else { return Folds(BTreeMap::new()) };
        groups.retain(|g| g[0].height == lowest);
        // Who has the most places has the first choice of names.
        groups.sort_by_key(|g| std::cmp::Reverse(g.len()));
        let mut out = BTreeMap::new();
        for group in groups {
            let Some(name) = name(&group, taken) else { continue };
            taken.insert(name.clone());
            let ty = merged(&group);
            let subject = group[0].subject.clone();
            let places = group.iter().map(|p| p.at.clone()).collect();
            out.insert(group[0].shape.clone(), Fold { name, ty, places, subject });
        }
        Folds(out)
    }

    /// Replaces the places by their types, which the file gets.
    fn put(self, tree: &mut Tree, added: &BTreeSet<String>) {
        let mut used = BTreeMap::new();
        for_each_new(tree, added, |kind, _, entry| {
            let paged = paged(entry);
            if kind == "events" {
                self.replace(entry, &[], &mut used);
            }
            for word in ["request", "response"] {
                if let Some(body) = get_mut(entry, word) {
                    let paged: &[String] = if word == "response" { &paged } else { &[] };
                    self.replace(body, paged, &mut used);
                }
            }
        });
        if used.is_empty() {
            return;
        }
        if let Some(types) = node::entry(&mut tree.root, "types") {
            for (name, ty) in used {
                set(types, &name, ty);
            }
        }
    }

    fn replace(&self, holder: &mut Node, paged: &[String], used: &mut BTreeMap<String, Node>) {
        if let Some(Kind::Map(fields)) = get_mut(holder, "fields").map(|n| &mut n.kind) {
            for (name, field) in fields {
                if !paged.iter().any(|p| name.text() == Some(p)) {
                    self.one(field, used);
                }
            }
        }
        let Some(union) = get_mut(holder, "union") else { return };
        let sibling = union.get("payload").is_none();
        let Some(Kind::Map(variants)) = get_mut(union, "variants").map(|n| &mut n.kind) else { return };
        for (_, variant) in variants {
            if sibling { self.one(variant, used) } else { self.replace(variant, &[], used) }
        }
    }

    fn one(&self, place: &mut Node, used: &mut BTreeMap<String, Node>) {
        let found = is_place(place).then(|| self.0.get(&shape(place))).flatten();
        let Some(fold) = found else { return self.replace(place, &[], used) };
        let ty = place.get("type").and_then(Node::text).unwrap_or("object");
        let base = if place.get("values").is_some() { leaf(ty) } else { "object" };
        let ty = ty.replace(base, &fold.name);
        for key in ["fields", "union", "any_of", "one_of", "at_most_one", "name", "values", "flags"] {
            remove(place, key);
        }
        set(place, "type", plain(ty));
        used.insert(fold.name.clone(), fold.ty.clone());
    }
}

fn new_entries<'t>(tree: &'t Tree, added: &BTreeSet<String>) -> Vec<(&'t str, &'static str, &'t Node)> {
    let mut out = Vec::new();
    for kind in ["endpoints", "events"] {
        for (key, entry) in tree.root.get(kind).map(entries).unwrap_or_default() {
            if let Some(key) = key.text().filter(|k| added.contains(&subject(kind, k))) {
                out.push((key, kind, entry));
            }
        }
    }
    out
}

/// Fields that paging reads: they stay flags and numbers.
fn paged(entry: &Node) -> Vec<String> {
    let paging = entry.get("paging").map(entries).unwrap_or_default();
    paging.iter().filter_map(|(_, v)| v.text().map(str::to_owned)).collect()
}

/// Places of one type.
fn groups<'p, 'n>(places: &'p [Place<'n>]) -> Vec<Vec<&'p Place<'n>>> {
    let mut by_shape: BTreeMap<&str, Vec<&Place<'_>>> = BTreeMap::new();
    for place in places {
        by_shape.entry(&place.shape).or_default().push(place);
    }
    by_shape.into_values().collect()
}

/// Two places or more, of an object that is more than a pair met by chance.
fn worth(group: &[&Place<'_>]) -> bool {
    if group.len() < 2 {
        return false;
    }
    let node = group[0].node;
    if let Some(values) = node.get("values") {
        return entries(values).len() > 1;
    }
    let count = |n: &Node| {
        let variants = n.get("union").and_then(|u| u.get("variants")).map(|v| entries(v).len()).unwrap_or(0);
        n.get("fields").map(|f| entries(f).len()).unwrap_or(0) + variants
    };
    let texts = |n: &Node| -> Vec<String> {
        let fields = n.get("fields").map(entries).unwrap_or_default();
        let bare = |t: &str| t.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        fields.iter().map(|(_, f)| f.get("doc").and_then(Node::text).map(bare).unwrap_or_default()).collect()
    };
    match count(node) {
        0 | 1 => false,
        2 => group.iter().all(|p| texts(p.node) == texts(node)),
        _ => true,
    }
}

/// The type of a group: the first request's, or the first answer's.
fn merged(group: &[&Place<'_>]) -> Node {
    let base = group.iter().find(|p| p.side == Side::Asked).unwrap_or(&group[0]);
    let mut all = base.node.clone();
    for place in group {
        join(&mut all, place.node);
    }
    let mut out = map();
    if all.get("values").is_some() {
        let ty = all.get("type").and_then(Node::text).map(leaf).unwrap_or("string").to_owned();
        set(&mut out, "type", plain(ty));
    }
    for key in ["flags", "values", "any_of", "one_of", "at_most_one", "fields", "union"] {
        if let Some(node) = remove(&mut all, key) {
            set(&mut out, key, node);
        }
    }
    drafts(&mut out);
    out
}

/// Missing texts come from the others.
fn join(into: &mut Node, from: &Node) {
    if let (Some(Kind::Map(mine)), Some(theirs)) =
        (get_mut(into, "fields").map(|n| &mut n.kind), from.get("fields"))
    {
        for (name, field) in mine {
            let Some(other) = theirs.get(name.text().unwrap_or_default()) else { continue };
            if field.get("doc").is_none()
                && let Some(doc) = other.get("doc")
            {
                set(field, "doc", doc.clone());
            }
            join(field, other);
        }
    }
    let variants = |n: &Node| n.get("union").and_then(|u| u.get("variants")).cloned();
    let Some(theirs) = variants(from) else { return };
    let mine = get_mut(into, "union").and_then(|u| get_mut(u, "variants"));
    if let Some(Kind::Map(mine)) = mine.map(|n| &mut n.kind) {
        for (name, variant) in mine {
            if let Some(other) = theirs.get(name.text().unwrap_or_default()) {
                join(variant, other);
            }
        }
    }
}

/// Marks the fields of a type as drafts: it stands apart from its entry, whose mark they would escape.
fn drafts(ty: &mut Node) {
    let mark = |holder: &mut Node| {
        if let Some(Kind::Map(fields)) = get_mut(holder, "fields").map(|n| &mut n.kind) {
            fields.iter_mut().for_each(|(_, field)| set(field, "draft", plain("true")));
        }
    };
    mark(ty);
    let variants = get_mut(ty, "union").and_then(|u| get_mut(u, "variants"));
    if let Some(Kind::Map(variants)) = variants.map(|n| &mut n.kind) {
        variants.iter_mut().for_each(|(_, variant)| mark(variant));
    }
}

#[cfg(test)]
mod tests;
