//! An entry of the spec → its fields by path, whatever form they have there: in the entry, in named types, in variants of unions.

use std::collections::BTreeMap;

use crate::docs::write::node::entries;
use crate::quantity;
use crate::yaml::{Kind, Node};

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

/// A field without its place in the tree.
#[derive(Debug, Clone)]
pub(crate) struct Flat {
    pub(crate) ty: String,
    pub(crate) class: &'static str,
    pub(crate) required: Option<bool>,
    pub(crate) values: Vec<String>,
    /// Limits and default, as the format writes them.
    pub(crate) limits: Vec<(&'static str, String)>,
    /// Only some of the endpoints that share its type have it: a page without it is not a change.
    pub(crate) partial: bool,
}

/// What a type is on the wire, arrays aside: the finer types are our reading of the text and no change of the page.
pub(crate) fn class(ty: &str) -> &'static str {
    let inner = ty.trim_start_matches("list<").trim_end_matches('>');
    let list = ty.starts_with("list<");
    let base = match inner {
        "json" => return "any",
        t if t.starts_with("map<") || t.starts_with("text<") => return "any",
        "string" | "secret" | "digits" | "unix_text" | "millis_text" | "date" | "date8" | "datetime"
        | "rfc3339" | "base64" => 0,
        t if t.starts_with("pipe") || t.starts_with("csv") => 0,
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

pub(crate) fn flatten(
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
    // A union under `types` that the object holds.
    if let Some(ty) = union.get("type").and_then(Node::text) {
        inner(union, Some(ty), at, module, types, depth, out);
    }
    if let Some(tag) = union.get("tag").and_then(Node::text) {
        let number = union.get("tag_type").is_some();
        let flat = Flat {
            ty: if number { "i32" } else { "string" }.into(),
            class: if number { "number" } else { "string" },
            required: None,
            values: vec![],
            limits: vec![],
            partial: false,
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
            limits: vec![],
            partial: false,
        });
        inner(v, ty, &here, module, types, depth, out);
    }
}

pub(crate) fn one(
    field: &Node,
    here: &str,
    module: &str,
    types: &Types,
    depth: usize,
    out: &mut BTreeMap<String, Flat>,
) {
    // A field of one side does not count for the other.
    let answered = !here.starts_with("request.") && !here.starts_with("query.");
    match field.get("only").and_then(Node::text) {
        Some("request") if answered => return,
        Some("response") if !answered => return,
        _ => {}
    }
    let partial = field.get("only").is_some_and(|o| matches!(o.kind, Kind::Seq(_)));
    let ty = field.get("type").and_then(Node::text).unwrap_or("string").to_owned();
    let required = match field.get("required").and_then(Node::text) {
        // A condition in words is neither.
        None if field.get("required_words").is_some() => None,
        None | Some("false") => Some(false),
        Some("true") => Some(true),
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
    let leaf = ty
        .trim_start_matches("list<")
        .trim_start_matches("pipe<")
        .trim_start_matches("csv<")
        .trim_end_matches('>')
        .to_owned();
    if let Some((_, def)) = named(&leaf, module, types)
        && let Some(list) = def.get("values")
    {
        values = entries(list).iter().filter_map(|(k, _)| k.text().map(str::to_owned)).collect();
        let scalar = def.get("type").and_then(Node::text).unwrap_or("string");
        class_of = class(&ty.replace(&leaf, scalar));
    }
    out.insert(
        here.to_owned(),
        Flat { class: class_of, ty: ty.clone(), required, values, limits: limits(field), partial },
    );
    inner(field, Some(&ty), here, module, types, depth, out);
}

fn limits(field: &Node) -> Vec<(&'static str, String)> {
    let keys = ["default", "chars", "bytes", "range", "items"];
    let each = field.get("each");
    let of = |k: &str| field.get(k).or_else(|| each?.get(k));
    let unit = field.get("unit").and_then(Node::text).and_then(quantity::find);
    keys.iter().filter_map(|k| Some((*k, in_numbers(k, of(k)?.text()?, unit)))).collect()
}

/// A limit without the units that the spec may write in it, as pages are read without: `..14d` of a field in seconds is `..1209600`.
fn in_numbers(key: &str, text: &str, unit: Option<&'static quantity::Unit>) -> String {
    let due = if key == "bytes" { quantity::find("byte") } else { unit };
    let plain = |part: &str| match quantity::read(part, due).ok().and_then(quantity::Decimal::whole) {
        Some(number) => number.to_string(),
        None => part.to_owned(),
    };
    match text.split_once("..") {
        Some((low, high)) => format!("{}..{}", plain(low), plain(high)),
        None => plain(text),
    }
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
    let (module, name) = leaf.rsplit_once('.').unwrap_or((module, leaf));
    types.get(&(module.to_owned(), name.to_owned())).map(|n| (module.to_owned(), n.clone()))
}
