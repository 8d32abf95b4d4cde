//! Generated tests for generated code: for every type a JSON value with all its fields, exactly as the wire has it, that must survive
//! reading and writing; for every union each variant and an unknown one; for every enumeration an unknown value.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::print;
use crate::ir::{Api, Place, Prim, Ty, TypeId, TypeKind, Union};

/// The files of tables that the crate's `tests/api.rs` runs: one for each module of the first level, one for the events.
pub(super) fn tests(api: &Api) -> BTreeMap<String, String> {
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    for module in api.modules.iter().filter(|m| !m.parts.is_empty()) {
        let file = files.entry(module.feature()).or_insert_with(|| print::banner("spec/") + HEAD);
        let name = module.name.replace("::", "_");
        file.push_str(&format!("\n#[test]\nfn {}() {{\n", crate::names::safe(&name)));
        for id in module.parts.iter().flat_map(|p| &p.types) {
            rows(api, &module.name, *id, file);
        }
        // Multipart requests have no JSON; a file is no JSON either.
        for e in module.parts.iter().flat_map(|p| &p.endpoints) {
            let request = Some(e.request).filter(|_| e.post && e.file.is_none());
            for (id, side) in [(request, "request"), (e.response, "response")] {
                let Some(id) = id else { continue };
                let rust = &api.ty(id).rust;
                file.push_str(&format!(
                    "    sample::<wecom::{}::{rust}>({:?}, {side:?});\n",
                    module.name, e.path
                ));
            }
        }
        file.push_str("}\n");
    }
    let mut events = print::banner("spec/events/") + HEAD;
    for module in &api.events {
        events.push_str(&format!("\n#[test]\nfn {}() {{\n", crate::names::safe(&module.name)));
        for id in &module.types {
            rows(api, &format!("events::{}", module.name), *id, &mut events);
        }
        if module.transport != "xml" {
            told_apart(api, module, &mut events);
        }
        events.push_str("}\n");
    }
    files.insert("events", events);
    let mut root = print::banner("spec/");
    root.push_str(
        "//! What every type reads and writes. `check` reads the JSON as the type, writes it again and compares; `sample` reads a sample body of the\n\
         //! documentation, where they are present.\n\n",
    );
    files.keys().for_each(|name| root.push_str(&format!("mod {name};\n")));
    let path = |name: &str| format!("{}/{name}.rs", print::TESTS);
    let mut out: BTreeMap<String, String> =
        files.iter().map(|(name, text)| (path(name), text.clone())).collect();
    out.insert(path("mod"), root);
    out
}

/// Each event of JSON is known by its words, and one of tomorrow is kept.
fn told_apart(api: &Api, module: &crate::ir::EventModule, out: &mut String) {
    let name = heck::ToUpperCamelCase::to_upper_camel_case(module.name.as_str());
    let rust = format!("wecom::events::{}::{name}Event", module.name);
    let mut line = |json: &Value, variant: &str| {
        out.push_str(&format!(
            "    assert!(matches!({rust}::read({:?}), Ok({rust}::{variant}(_))));\n",
            json.to_string()
        ));
    };
    for e in &module.events {
        let mut value = make(api, &Ty::Ref(e.ty), "", &mut vec![]);
        for (path, word) in &e.matches {
            let mut at = &mut value;
            for step in path.split('.') {
                at = &mut at[step];
            }
            *at = json!(word);
        }
        line(&value, &e.rust);
    }
    line(&json!({"msgtype": "one of tomorrow"}), "Unknown");
}

const HEAD: &str = "#[allow(unused_imports)] // where no endpoint has a body\nuse crate::{check, sample};\n";

fn rows(api: &Api, module: &str, id: TypeId, out: &mut String) {
    for value in values(api, id) {
        let rust = &api.ty(id).rust;
        out.push_str(&format!("    check::<wecom::{module}::{rust}>({:?});\n", value.to_string()));
    }
}

/// The values that show all of a type.
fn values(api: &Api, id: TypeId) -> Vec<Value> {
    match &api.ty(id).kind {
        TypeKind::Struct(s) => {
            // A struct that holds a file is no JSON.
            if s.file { vec![] } else { vec![make(api, &Ty::Ref(id), "", &mut vec![])] }
        }
        TypeKind::Enum(e) if e.flags => vec![json!(5)],
        TypeKind::Enum(e) if e.repr.integers().is_some() => {
            let mut out: Vec<Value> =
                e.values.iter().filter_map(|v| v.wire.parse::<i64>().ok()).map(Value::from).collect();
            out.push(json!(987_654));
            out
        }
        TypeKind::Enum(e) => {
            e.values.iter().map(|v| json!(v.wire)).chain([json!("a value of tomorrow")]).collect()
        }
        TypeKind::Union(u) => {
            let mut out: Vec<Value> = (0..u.variants.len())
                .map(|i| {
                    let mut map = Map::new();
                    variant(api, u, i, &mut map, &mut vec![id]);
                    Value::Object(map)
                })
                .collect();
            if !u.outer {
                let mut map = Map::new();
                if let Some(tag) = &u.tag {
                    map.insert(
                        tag.clone(),
                        if u.numeric { json!(987_654) } else { json!("a variant of tomorrow") },
                    );
                }
                map.insert("a_field_of_tomorrow".into(), json!({"x": [1, "2", null]}));
                out.push(Value::Object(map));
            } else {
                // Without the parent's tag a variant cannot be told.
                out.clear();
            }
            out
        }
    }
}

/// A value of a type; `open` are the types that contain the place.
fn make(api: &Api, ty: &Ty, name: &str, open: &mut Vec<TypeId>) -> Value {
    match ty {
        Ty::Prim(p) => scalar(*p, name),
        Ty::List(t) => json!([make(api, t, name, open)]),
        Ty::Joined(by, t) => {
            let one = make(api, t, name, open);
            let text = one.as_str().map_or_else(|| one.to_string(), str::to_owned);
            json!(format!("{text}{}{text}", by.char()))
        }
        Ty::Map(t) => json!({"key": make(api, t, name, open)}),
        Ty::Text(t) => json!(make(api, t, name, open).to_string()),
        Ty::Ref(id) => match &api.ty(*id).kind {
            TypeKind::Enum(e) if e.flags => json!(3),
            TypeKind::Enum(e) => match (e.values.last(), e.repr.integers()) {
                (Some(v), Some(_)) => v.wire.parse::<i64>().map_or(json!(1), Value::from),
                (Some(v), None) => json!(v.wire),
                (None, _) => json!("x"),
            },
            TypeKind::Struct(s) => {
                let mut map = Map::new();
                open.push(*id);
                let is_get = s.fields.iter().all(|f| f.place == Place::Query);
                for f in s.fields.iter().filter(|f| is_get || f.place == Place::Body) {
                    let again = matches!(f.ty.leaf(), Ty::Ref(to) if open.contains(to));
                    if again && (f.required || !f.option) {
                        map.insert(f.wire.clone(), empty(&f.ty));
                    } else if !again {
                        map.insert(f.wire.clone(), make(api, &f.ty, &f.wire, open));
                    }
                }
                for u in &s.unions {
                    let TypeKind::Union(union) = &api.ty(u.ty).kind else { continue };
                    open.push(u.ty);
                    if u.by.is_empty() {
                        variant(api, union, 0, &mut map, open);
                    } else if let Some(first) = union.variants.first() {
                        // The tag stands in a sibling object: it must name the variant.
                        set_tag(api, s, &u.by, &mut map, first.tags.first().map_or("", String::as_str));
                        variant(api, union, 0, &mut map, open);
                    }
                    open.pop();
                }
                open.pop();
                Value::Object(map)
            }
            TypeKind::Union(u) => {
                let mut map = Map::new();
                open.push(*id);
                variant(api, u, 0, &mut map, open);
                open.pop();
                Value::Object(map)
            }
        },
    }
}

/// The value of a type that contains itself, where that ends.
fn empty(ty: &Ty) -> Value {
    match ty {
        Ty::Text(t) => json!(empty(t).to_string()),
        Ty::Joined(..) => json!(""),
        Ty::List(_) => json!([]),
        _ => json!({}),
    }
}

/// Writes the tag of a union where the parent's field has it.
fn set_tag(api: &Api, s: &crate::ir::Struct, by: &[String], map: &mut Map<String, Value>, tag: &str) {
    let Some((first, rest)) = by.split_first() else { return };
    let Some(field) = s.fields.iter().find(|f| f.rust == *first) else { return };
    if rest.is_empty() {
        map.insert(field.wire.clone(), json!(tag));
    } else if let (Ty::Ref(id), Some(Value::Object(inner))) = (&field.ty, map.get_mut(&field.wire))
        && let TypeKind::Struct(s) = &api.ty(*id).kind
    {
        set_tag(api, s, rest, inner, tag);
    }
}

fn variant(api: &Api, u: &Union, index: usize, map: &mut Map<String, Value>, open: &mut Vec<TypeId>) {
    let Some(v) = u.variants.get(index) else { return };
    if let Some(tag) = u.tag.as_ref().filter(|_| !u.outer) {
        let first = v.tags.first().map_or("", String::as_str);
        map.insert(
            tag.clone(),
            if u.numeric { first.parse::<i64>().map_or(json!(0), Value::from) } else { json!(first) },
        );
    }
    let Some(ty) = &v.ty else { return };
    let again = matches!(ty.leaf(), Ty::Ref(to) if open.contains(to));
    let value = if again { empty(ty) } else { make(api, ty, &v.rust, open) };
    match (&v.key, value) {
        (Some(key), value) => {
            map.insert(key.clone(), value);
        }
        (None, Value::Object(inner)) => map.extend(inner),
        (None, _) => {}
    }
}

fn scalar(p: Prim, name: &str) -> Value {
    match p {
        Prim::I32 => json!(-7),
        Prim::I64 => json!(-9_007_199_254_740_993_i64),
        Prim::U32 => json!(4_294_967_295_u32),
        Prim::U64 => json!(18_446_744_073_709_551_615_u64),
        Prim::F64 => json!(1.5),
        Prim::Bool => json!(true),
        Prim::Flag => json!(1),
        Prim::Digits => json!("42"),
        Prim::Unix => json!(1_700_000_000),
        Prim::UnixText => json!("1700000000"),
        Prim::Millis => json!(1_700_000_000_123_i64),
        Prim::MillisText => json!("1700000000123"),
        Prim::Date => json!("2026-01-31"),
        Prim::Date8 => json!("20260131"),
        Prim::Datetime => json!("2026-01-31 08:09:10"),
        Prim::Rfc3339 => json!("2026-01-31T08:09:10+08:00"),
        Prim::Base64 => json!("5L2g5aW9"),
        Prim::Json => json!({"free": [1, null, "中"]}),
        Prim::String | Prim::Secret => json!(format!("{name} 中文 \"\\/")),
    }
}
