//! Names of types: those of the pages, those of fields, short ones.

use std::collections::BTreeSet;

use crate::docs::merge::share::place::{Place, Side, for_each_new, is_place};
use crate::docs::merge::tree::Tree;
use crate::docs::write::node::{get_mut, plain, remove, set};
use crate::names;
use crate::yaml::{Kind, Node};

/// Longer names than this are shortened to the last two fields.
const LONG: usize = 40;

/// Words that name no kind of thing by themselves.
const VAGUE: &[&str] = &[
    "type", "status", "state", "level", "mode", "result", "value", "info", "data", "list", "item", "items",
    "content", "detail", "kind", "object", "node", "config", "option", "options", "params", "param",
    "fields", "rule", "rules", "range", "action", "body",
];

/// A name for a group: the one that the pages give, the field's, the field's with the object around it.
pub(super) fn name(group: &[&Place<'_>], taken: &BTreeSet<String>) -> Option<String> {
    let mut wanted: Vec<String> = Vec::new();
    let given = most(group.iter().filter_map(|p| p.node.get("name").and_then(Node::text).map(str::to_owned)));
    // `LayoutPageRequest` of both sides is a `LayoutPage`.
    let both = group.iter().any(|p| p.side == Side::Asked) && group.iter().any(|p| p.side == Side::Answered);
    let short = |n: &String| n.strip_suffix("Request").or(n.strip_suffix("Response")).map(str::to_owned);
    wanted.extend(given.as_ref().filter(|_| both).and_then(short));
    wanted.extend(given);
    let own = most(group.iter().filter_map(|p| p.way.last().cloned()))?;
    let around = |n: usize| {
        most(group.iter().filter(|p| p.way.len() > n).map(|p| p.way[p.way.len() - 1 - n].clone()))
            .unwrap_or_default()
    };
    let is_vague = VAGUE.contains(&own.to_ascii_lowercase().as_str()) || own.len() < 3;
    let joined = |parts: &[&str]| {
        let parts: Vec<String> = parts.iter().filter(|p| !p.is_empty()).map(|p| singular(p)).collect();
        names::type_name(&parts.join("_"))
    };
    if !is_vague {
        wanted.extend(joined(&[&own]));
    }
    wanted.extend(joined(&[&around(1), &own]));
    wanted.extend(joined(&[&around(2), &around(1), &own]));
    let base = wanted.first()?.clone();
    wanted
        .into_iter()
        .chain((2..1000).map(|n| format!("{base}{n}")))
        .find(|n| names::is_type_name(n) && !taken.contains(n))
}

/// The text that comes most often; the first of equals.
fn most(list: impl Iterator<Item = String>) -> Option<String> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for text in list {
        match counts.iter_mut().find(|c| c.0 == text) {
            Some(c) => c.1 += 1,
            None => counts.push((text, 1)),
        }
    }
    let top = counts.iter().map(|c| c.1).max()?;
    counts.into_iter().find(|c| c.1 == top).map(|c| c.0)
}

/// One of many: `layout_list` and `layouts` hold a `layout`.
fn singular(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let cut = |n: usize| name[..name.len() - n].to_owned();
    match lower.as_str() {
        n if n.len() > 5 && n.ends_with("_list") => singular(&cut(5)),
        n if n.len() > 6 && n.ends_with("_infos") => cut(1),
        n if n.len() > 4 && n.ends_with("ies") => cut(3) + "y",
        n if n.len() > 3
            && n.ends_with('s')
            && !n.ends_with("ss")
            && !n.ends_with("us")
            && !n.ends_with("is") =>
        {
            cut(1)
        }
        _ => name.to_owned(),
    }
}

/// Names of inline types: those of the pages where no other has them, and short ones where the rule's would be long.
pub(super) fn name_the_rest(tree: &mut Tree, added: &BTreeSet<String>, taken: &mut BTreeSet<String>) {
    for_each_new(tree, added, |kind, key, entry| {
        let own = names::type_name(key.rsplit('/').next().unwrap_or(key)).unwrap_or_default();
        if kind == "events" {
            rename(entry, &own, "", taken);
        }
        for (word, end) in [("request", ""), ("response", "Response")] {
            if let Some(body) = get_mut(entry, word) {
                rename(body, &format!("{own}{end}"), "", taken);
            }
        }
    });
}

fn rename(holder: &mut Node, outer: &str, field: &str, taken: &mut BTreeSet<String>) {
    if let Some(Kind::Map(fields)) = get_mut(holder, "fields").map(|n| &mut n.kind) {
        for (name, node) in fields {
            let name = name.text().unwrap_or_default().to_owned();
            renamed(node, outer, field, &name, taken);
        }
    }
    let Some(union) = get_mut(holder, "union") else { return };
    let Some(Kind::Map(variants)) = get_mut(union, "variants").map(|n| &mut n.kind) else { return };
    for (name, node) in variants {
        let name = name.text().unwrap_or_default().to_owned();
        renamed(node, outer, field, &name, taken);
    }
}

fn renamed(node: &mut Node, outer: &str, around: &str, name: &str, taken: &mut BTreeSet<String>) {
    if !is_place(node) {
        return rename(node, outer, name, taken);
    }
    let by_rule = format!("{outer}{}", names::type_name(name).unwrap_or_default());
    let given = node.get("name").and_then(Node::text).map(str::to_owned);
    if given.is_some_and(|name| !taken.insert(name)) {
        remove(node, "name");
    }
    if node.get("name").is_none() && by_rule.len() > LONG && !around.is_empty() {
        let short = names::type_name(&format!("{}_{}", singular(around), singular(name)));
        if let Some(short) =
            short.filter(|s| s.len() < by_rule.len() && names::is_type_name(s) && taken.insert(s.clone()))
        {
            set(node, "name", plain(short));
        }
    }
    let own = node.get("name").and_then(Node::text).map_or(by_rule, str::to_owned);
    rename(node, &own, name, taken);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_many() {
        for (name, want) in [
            ("layout_list", "layout"),
            ("users", "user"),
            ("categories", "category"),
            ("user_infos", "user_info"),
            ("address", "address"),
            ("status", "status"),
            ("ids", "ids"),
        ] {
            assert_eq!(singular(name), want);
        }
    }
}
