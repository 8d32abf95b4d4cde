//! Example bodies: the required fields, and of answers the others, too; the spec's own examples where it has some.

use serde_json::{Map, Value, json};

use super::schema::{scalar, typed};
use crate::ir::{Api, Field, Place, Prim, Struct, Ty, TypeId, TypeKind};

/// Beyond this nesting only what is required is there, and beyond twice of it nothing: types may contain themselves.
const DEPTH: usize = 6;

/// The least that a request must have.
pub(super) fn request(api: &Api, id: TypeId) -> Value {
    object(api, id, true, 0)
}

/// All that an answer may have.
pub(super) fn response(api: &Api, id: TypeId) -> Value {
    let mut out = json!({"errcode": 0, "errmsg": "ok"});
    if let (Some(out), Value::Object(rest)) = (out.as_object_mut(), object(api, id, false, 0)) {
        out.extend(rest);
    }
    out
}

fn object(api: &Api, id: TypeId, least: bool, depth: usize) -> Value {
    match &api.ty(id).kind {
        TypeKind::Struct(s) => structure(api, s, least, depth),
        TypeKind::Enum(e) => match e.values.first() {
            Some(v) => scalar(e.repr, &v.wire),
            None => prim(e.repr, ""),
        },
        TypeKind::Union(u) => match u.variants.first() {
            Some(_) => Value::Object(union(api, id, least, depth, None)),
            None => json!({}),
        },
    }
}

fn structure(api: &Api, s: &Struct, least: bool, depth: usize) -> Value {
    let mut map = Map::new();
    for f in s.fields.iter().filter(|f| f.place == Place::Body) {
        if f.required || (!least && depth < DEPTH) {
            map.insert(f.wire.clone(), field(api, f, least, depth));
        }
    }
    for u in &s.unions {
        // A tag in a sibling decides: the example has what that sibling says.
        let outer = (!u.by.is_empty()).then(|| tag(&map, api, s, &u.by));
        map.extend(union(api, u.ty, least, depth, outer));
    }
    Value::Object(map)
}

/// The value at the Rust fields that lead to a tag.
fn tag(map: &Map<String, Value>, api: &Api, s: &Struct, by: &[String]) -> String {
    let (mut here, mut value) = (Some(s), Value::Object(map.clone()));
    for step in by {
        let Some(f) = here.and_then(|s| s.fields.iter().find(|f| f.rust == *step)) else {
            return String::new();
        };
        value = value[&f.wire].clone();
        here = match &f.ty {
            Ty::Ref(id) => match &api.ty(*id).kind {
                TypeKind::Struct(s) => Some(s),
                _ => None,
            },
            _ => None,
        };
    }
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn union(api: &Api, id: TypeId, least: bool, depth: usize, outer: Option<String>) -> Map<String, Value> {
    let mut map = Map::new();
    let TypeKind::Union(u) = &api.ty(id).kind else { return map };
    let chosen = match &outer {
        Some(tag) => u.variants.iter().find(|v| v.tags.contains(tag)),
        None => u.variants.first(),
    };
    let Some(v) = chosen else { return map };
    if let (Some(tag), false, Some(first)) = (&u.tag, u.outer, v.tags.first()) {
        let value = if u.numeric { scalar(Prim::I64, first) } else { json!(first) };
        map.insert(tag.clone(), value);
    }
    if let Some(ty) = &v.ty {
        let value = if depth < DEPTH * 2 { of(api, ty, &v.rust, least, depth + 1) } else { json!({}) };
        match (&v.key, value) {
            (Some(key), value) => {
                map.insert(key.clone(), value);
            }
            (None, Value::Object(inner)) => map.extend(inner),
            (None, _) => {}
        }
    }
    map
}

fn field(api: &Api, f: &Field, least: bool, depth: usize) -> Value {
    let said = f.example.as_ref().or(f.default.as_ref()).and_then(|v| typed(api, &f.ty, v));
    let value = said.unwrap_or_else(|| of(api, &f.ty, &f.wire, least, depth));
    // Made-up values keep to the limits that are easy to keep.
    match (&value, &f.ty) {
        (Value::Array(list), Ty::List(_)) if list.len() == 1 => {
            let count = f.limits.items.min.and_then(|m| usize::try_from(m).ok()).unwrap_or(1).clamp(1, 10);
            json!(vec![&list[0]; count])
        }
        (Value::Number(n), Ty::Prim(_)) if n.as_i64().is_some_and(|n| !f.limits.range.holds(n)) => {
            f.limits.range.min.or(f.limits.range.max).map_or(value, Value::from)
        }
        (Value::String(text), Ty::Prim(Prim::String | Prim::Secret)) if f.example.is_none() => {
            let most = f.limits.chars.max.and_then(|m| usize::try_from(m).ok()).unwrap_or(usize::MAX);
            json!(text.chars().take(most).collect::<String>())
        }
        _ => value,
    }
}

fn of(api: &Api, ty: &Ty, name: &str, least: bool, depth: usize) -> Value {
    match ty {
        Ty::Prim(p) => prim(*p, name),
        Ty::List(_) | Ty::Map(_) | Ty::Ref(_) if depth >= DEPTH * 2 => match ty {
            Ty::List(_) => json!([]),
            _ => json!({}),
        },
        Ty::List(_) if least && depth >= DEPTH => json!([]),
        Ty::List(t) => json!([of(api, t, name, least, depth + 1)]),
        Ty::Map(t) => json!({"key": of(api, t, name, least, depth + 1)}),
        Ty::Joined(by, t) => match of(api, t, name, least, depth + 1) {
            Value::String(text) => json!(format!("{text}1{}{text}2", by.char())),
            value => json!(format!("{value}{}{value}", by.char())),
        },
        Ty::Text(t) => json!(of(api, t, name, least, depth + 1).to_string()),
        Ty::Ref(id) => object(api, *id, least, depth + 1),
    }
}

fn prim(p: Prim, name: &str) -> Value {
    match p {
        Prim::I32 | Prim::I64 | Prim::U32 | Prim::U64 => json!(1),
        Prim::F64 => json!(1.5),
        Prim::Bool => json!(true),
        Prim::Flag => json!(1),
        Prim::Digits => json!("1"),
        Prim::Unix => json!(1_700_000_000),
        Prim::UnixText => json!("1700000000"),
        Prim::Millis => json!(1_700_000_000_000_i64),
        Prim::MillisText => json!("1700000000000"),
        Prim::Date => json!("2026-01-31"),
        Prim::Date8 => json!("20260131"),
        Prim::Datetime => json!("2026-01-31 08:09:10"),
        Prim::Rfc3339 => json!("2026-01-31T08:09:10+08:00"),
        Prim::Base64 => json!("5L2g5aW9"),
        Prim::Json => json!({}),
        Prim::String => json!(name.to_uppercase()),
        Prim::Secret => json!("SECRET"),
    }
}
