//! The spec's entry of an endpoint against the one that its pages give.

use std::collections::BTreeMap;

use super::extract::Endpoint;
use super::node::entries;
use crate::yaml::{Kind, Node};

/// A difference between page and spec.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// `field-added`, `field-removed`, `retyped`, `required`, `value-added`, `code-added`, `method`, `auth`, `departure-over`, `text`.
    pub kind: &'static str,
    /// Where: side and path of the field.
    pub at: String,
    /// What the page says.
    pub page: String,
    /// What the spec says.
    pub here: String,
}

/// Named types by module and name.
pub type Types = BTreeMap<(String, String), Node>;

/// The named types of all module files.
pub fn types<'n>(roots: impl Iterator<Item = &'n Node>) -> Types {
    let mut out = Types::new();
    for root in roots {
        let module = root.get("module").and_then(Node::text).unwrap_or_default();
        for (name, node) in root.get("types").map(entries).unwrap_or_default() {
            if let Some(name) = name.text() {
                out.insert((module.to_owned(), name.to_owned()), node.clone());
            }
        }
    }
    out
}

/// Whether the spec has reviewed all pages of an endpoint as they are now.
pub fn reviewed(e: &Endpoint, entry: &Node) -> bool {
    let Some(Kind::Seq(rows)) = entry.get("source").map(|s| &s.kind) else { return false };
    !e.digests.is_empty()
        && e.digests.iter().all(|(doc, digest)| {
            rows.iter().any(|r| {
                r.get("doc_id").and_then(Node::text) == Some(doc.to_string().as_str())
                    && r.get("digest").and_then(Node::text) == Some(digest.as_str())
            })
        })
}

/// What the page's entry has that ours has not, and the other way round. Departures are no differences.
pub fn changes(old: &Node, new: &Node, module: &str, types: &Types) -> Vec<Change> {
    let mut out = Vec::new();
    let departures: Vec<(String, String, String)> = match old.get("departures").map(|d| &d.kind) {
        Some(Kind::Seq(rows)) => rows
            .iter()
            .map(|r| {
                let get = |k: &str| r.get(k).and_then(Node::text).unwrap_or_default().to_owned();
                (plain_path(&get("at")), get("page"), get("here"))
            })
            .collect(),
        _ => vec![],
    };
    for key in ["method", "auth"] {
        let (a, b) = (word(old, key), word(new, key));
        if a != b && !departures.iter().any(|d| d.0 == key) {
            out.push(Change { kind: key_word(key), at: key.into(), page: b, here: a });
        }
    }
    for side in ["query", "request", "response"] {
        sides(old, new, side, module, types, &departures, &mut out);
    }
    let have = old.get("errors").map(entries).unwrap_or_default();
    for (code, meaning) in new.get("errors").map(entries).unwrap_or_default() {
        if !have.iter().any(|(c, _)| c.text() == code.text()) {
            let at = format!("errors.{}", code.text().unwrap_or_default());
            if !departures.iter().any(|d| d.0 == at || d.0 == "errors") {
                out.push(Change {
                    kind: "code-added",
                    at,
                    page: meaning.text().unwrap_or_default().into(),
                    here: String::new(),
                });
            }
        }
    }
    out.sort();
    out
}

fn key_word(key: &str) -> &'static str {
    if key == "method" { "method" } else { "auth" }
}

fn word(node: &Node, key: &str) -> String {
    node.get(key).and_then(Node::text).unwrap_or_default().to_owned()
}

fn plain_path(at: &str) -> String {
    at.replace("[]", "")
}

#[allow(clippy::too_many_arguments, reason = "one comparison, its context and its result")]
fn sides(
    old: &Node,
    new: &Node,
    side: &str,
    module: &str,
    types: &Types,
    departures: &[(String, String, String)],
    out: &mut Vec<Change>,
) {
    let (mut ours, mut theirs) = (BTreeMap::new(), BTreeMap::new());
    if let Some(body) = new.get(side) {
        flatten(body, side, module, types, 0, &mut theirs);
    }
    if let Some(body) = old.get(side) {
        flatten(body, side, module, types, 0, &mut ours);
    }
    for (at, flat) in &theirs {
        let departure = departures.iter().find(|d| d.0 == *at);
        let Some(own) = ours.get(at) else {
            let inside = departures.iter().any(|d| at.starts_with(&format!("{}.", d.0)));
            // Below a free value, or below another field that is new, there is nothing to add.
            let parent = at.rsplit_once('.').map_or("", |p| p.0);
            let covered = ours.get(parent).is_some_and(|p| p.class == "any")
                || parent.contains('.') && !ours.contains_key(parent);
            if departure.is_none() && !inside && !covered {
                out.push(Change {
                    kind: "field-added",
                    at: at.clone(),
                    page: flat.ty.clone(),
                    here: String::new(),
                });
            }
            continue;
        };
        if let Some((_, page, here)) = departure {
            if flat.ty == *here || flat.class == class(here) && flat.class != class(page) {
                out.push(Change {
                    kind: "departure-over",
                    at: at.clone(),
                    page: flat.ty.clone(),
                    here: own.ty.clone(),
                });
            }
            continue;
        }
        if flat.class != own.class && flat.class != "any" && own.class != "any" {
            out.push(Change { kind: "retyped", at: at.clone(), page: flat.ty.clone(), here: own.ty.clone() });
        }
        if side != "response"
            && flat.required != own.required
            && flat.required.is_some()
            && own.required.is_some()
        {
            let says = |r: Option<bool>| if r == Some(true) { "required" } else { "optional" }.to_owned();
            out.push(Change {
                kind: "required",
                at: at.clone(),
                page: says(flat.required),
                here: says(own.required),
            });
        }
        if !own.values.is_empty() {
            for value in flat.values.iter().filter(|v| !own.values.contains(v)) {
                out.push(Change {
                    kind: "value-added",
                    at: at.clone(),
                    page: value.clone(),
                    here: String::new(),
                });
            }
        }
    }
    for (at, own) in &ours {
        let departed = departures.iter().any(|d| d.0 == *at || at.starts_with(&format!("{}.", d.0)));
        let parent = at.rsplit_once('.').map_or("", |p| p.0);
        let covered = theirs.get(parent).is_none_or(|p| p.class == "any") && parent.contains('.');
        if !theirs.contains_key(at) && !departed && !covered {
            out.push(Change {
                kind: "field-removed",
                at: at.clone(),
                page: String::new(),
                here: own.ty.clone(),
            });
        }
    }
}

/// A field without its place in the tree.
#[derive(Debug, Clone)]
struct Flat {
    ty: String,
    class: &'static str,
    required: Option<bool>,
    values: Vec<String>,
}

/// What a type is on the wire, arrays aside: the finer types are our reading of the text and no change of the page.
fn class(ty: &str) -> &'static str {
    let inner = ty.trim_start_matches("list<").trim_end_matches('>');
    let list = ty.starts_with("list<");
    let base = match inner {
        "json" => return "any",
        t if t.starts_with("map<") || t.starts_with("text<") => return "any",
        "string" | "secret" | "digits" | "unix_text" | "millis_text" | "date" | "date8" | "datetime"
        | "rfc3339" | "base64" => 0,
        t if t.starts_with("pipe") => 0,
        "i32" | "i64" | "u32" | "u64" | "flag" | "unix" | "millis" => 1,
        "f64" => 1,
        "bool" => 3,
        _ => 4,
    };
    match (base, list) {
        (0, false) => "string",
        (0, true) => "strings",
        (1, false) => "number",
        (1, true) => "numbers",
        (3, false) => "bool",
        (3, true) => "bools",
        (_, false) => "object",
        (_, true) => "objects",
    }
}

fn flatten(
    node: &Node,
    at: &str,
    module: &str,
    types: &Types,
    depth: usize,
    out: &mut BTreeMap<String, Flat>,
) {
    if depth > 12 {
        return;
    }
    for (name, field) in node.get("fields").map(entries).unwrap_or_default() {
        let here = format!("{at}.{}", name.text().unwrap_or_default());
        one(field, &here, module, types, depth, out);
    }
    let mut unions: Vec<&Node> = node.get("union").into_iter().collect();
    if let Some(Kind::Seq(list)) = node.get("unions").map(|u| &u.kind) {
        unions.extend(list);
    }
    for union in unions {
        flatten_union(union, at, module, types, depth, out);
    }
}

fn flatten_union(
    union: &Node,
    at: &str,
    module: &str,
    types: &Types,
    depth: usize,
    out: &mut BTreeMap<String, Flat>,
) {
    if let Some(tag) = union.get("tag").and_then(Node::text) {
        let number = union.get("tag_type").is_some();
        let flat = Flat {
            ty: if number { "i32" } else { "string" }.into(),
            class: if number { "number" } else { "string" },
            required: None,
            values: vec![],
        };
        out.entry(format!("{at}.{tag}")).or_insert(flat);
    }
    let payload = union.get("payload").and_then(Node::text).unwrap_or("sibling");
    for (name, v) in union.get("variants").map(entries).unwrap_or_default() {
        let name = name.text().unwrap_or_default();
        let key =
            v.get("key").and_then(Node::text).unwrap_or(if payload == "sibling" { name } else { payload });
        if payload == "flat" && v.get("key").is_none() {
            inner(v, v.get("type").and_then(Node::text), at, module, types, depth, out);
            continue;
        }
        let ty = v.get("type").and_then(Node::text);
        if ty.is_none() && v.get("fields").is_none() && v.get("union").is_none() {
            continue;
        }
        let here = format!("{at}.{key}");
        let text = ty.unwrap_or("object").to_owned();
        out.entry(here.clone()).or_insert(Flat {
            class: class(&text),
            ty: text,
            required: None,
            values: vec![],
        });
        inner(v, ty, &here, module, types, depth, out);
    }
}

fn one(
    field: &Node,
    here: &str,
    module: &str,
    types: &Types,
    depth: usize,
    out: &mut BTreeMap<String, Flat>,
) {
    let ty = field.get("type").and_then(Node::text).unwrap_or("string").to_owned();
    let required = match field.get("required").and_then(Node::text) {
        None | Some("false") => Some(false),
        Some("true") => Some(true),
        // A condition in words is neither.
        Some(_) => None,
    };
    let mut values: Vec<String> = field
        .get("values")
        .map(entries)
        .unwrap_or_default()
        .iter()
        .filter_map(|(k, _)| k.text().map(str::to_owned))
        .collect();
    let mut class_of = class(&ty);
    let leaf = ty.trim_start_matches("list<").trim_start_matches("pipe<").trim_end_matches('>').to_owned();
    if let Some((_, def)) = named(&leaf, module, types)
        && let Some(list) = def.get("values")
    {
        values = entries(list).iter().filter_map(|(k, _)| k.text().map(str::to_owned)).collect();
        let scalar = def.get("type").and_then(Node::text).unwrap_or("string");
        class_of = class(&ty.replace(&leaf, scalar));
    }
    out.insert(here.to_owned(), Flat { class: class_of, ty: ty.clone(), required, values });
    inner(field, Some(&ty), here, module, types, depth, out);
}

fn inner(
    node: &Node,
    ty: Option<&str>,
    at: &str,
    module: &str,
    types: &Types,
    depth: usize,
    out: &mut BTreeMap<String, Flat>,
) {
    flatten(node, at, module, types, depth + 1, out);
    let leaf = ty.unwrap_or_default().trim_start_matches("list<").trim_end_matches('>');
    if let Some((module, def)) = named(leaf, module, types) {
        flatten(&def, at, &module, types, depth + 3, out);
    }
}

fn named(leaf: &str, module: &str, types: &Types) -> Option<(String, Node)> {
    if !leaf.contains(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    let (module, name) = leaf.split_once('.').unwrap_or((module, leaf));
    types.get(&(module.to_owned(), name.to_owned())).map(|n| (module.to_owned(), n.clone()))
}
