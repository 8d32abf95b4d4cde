//! Rules about fields, enumerations and unions.

use std::collections::HashSet;

use super::entry::{doc_text, draft};
use super::keys;
use crate::ir::{Auth, Prim};
use crate::model::*;
use crate::names;
use crate::source::{At, Pos, Report};

/// All rules over an object and what it holds.
pub(super) fn object(o: &Object, report: &mut Report) {
    o.fields.iter().for_each(|f| field(f, report));
    let flat = o.unions.iter().filter(|u| u.payload == Payload::Flat).count();
    if flat > 1 {
        let help =
            "an unknown variant could not tell which fields are its own; make the others optional fields";
        report.error("union", o.pos, "two flat unions in one object", help);
    }
    for u in &o.unions {
        union(u, o, report);
    }
}

/// All rules over one field.
pub(super) fn field(f: &Field, report: &mut Report) {
    draft(f.draft, &f.wire.value, report);
    doc_text(&f.doc, report);
    doc_text(&f.required_words, report);
    if let Some(name) = &f.rust
        && !names::is_field_name(&name.value)
    {
        let message = format!("`{}` cannot name a Rust field", name.value);
        let help =
            names::field_name(&name.value).map_or("snake_case, ASCII".into(), |n| format!("write `{n}`"));
        report.error("bad-name", name.pos, message, help);
    }
    if let Some(name) = &f.name {
        if !names::is_type_name(&name.value) {
            let message = format!("`{}` cannot name a Rust type", name.value);
            let help =
                names::type_name(&name.value).map_or("PascalCase, ASCII".into(), |n| format!("write `{n}`"));
            report.error("bad-name", name.pos, message, help);
        }
        if f.object.is_none() && f.values.is_none() {
            let message = format!("`name` on `{}`, which has no inline type", f.wire.value);
            report.error("name-override", name.pos, message, "remove it; the field's own name is `rust`");
        }
    }
    secret(f, report);
    inline(f, report);
    limits(f, report);
    if let Some(values) = &f.values {
        enumeration(&f.ty, f.flags, values, f.wire.pos, report);
    } else if f.flags {
        let help = "list the bits under `values`";
        report.error("enumeration", f.wire.pos, "`flags` without `values`", help);
    }
    keys::field(f, report);
    default(f, report);
    if let Some(o) = &f.object {
        object(o, report);
    }
}

/// Names that carry what must not be shown.
fn secret(f: &Field, report: &mut Report) {
    let name = f.wire.value.to_ascii_lowercase();
    if crate::schema::SECRETS.contains(&name.as_str()) && f.ty.value == TypeExpr::Prim(Prim::String) {
        let message = format!("`{}` would be printed by `Debug`", f.wire.value);
        report.error("secret", f.ty.pos, message, "write `type: secret`");
    }
}

fn inline(f: &Field, report: &mut Report) {
    let is_object = *f.ty.leaf() == TypeExpr::Object;
    match &f.object {
        None if is_object => {
            let message = format!("`{}` is an object without fields", f.wire.value);
            let help = "add `fields:`; a free object is `json`, one with dynamic keys `map<…>`";
            report.error("empty-object", f.ty.pos, message, help);
        }
        Some(_) if !is_object => {
            let message = format!("`{}` has fields, but its type is `{}`", f.wire.value, f.ty.value);
            report.error(
                "fields-on-type",
                f.ty.pos,
                message,
                "write `object`, `list<object>` or `map<object>`",
            );
        }
        Some(o) if o.fields.is_empty() && o.unions.is_empty() => {
            let message = format!("`{}` is an object without fields", f.wire.value);
            report.error("empty-object", o.pos, message, "add them, or write `type: json`");
        }
        _ => {}
    }
    pipe(&f.ty, report);
}

fn pipe(ty: &At<TypeExpr>, report: &mut Report) {
    let mut t = &ty.value;
    loop {
        match t {
            TypeExpr::Pipe(inner) | TypeExpr::Csv(inner) | TypeExpr::Semi(inner) => {
                let scalar = matches!(**inner, TypeExpr::Prim(p) if p != Prim::Json && p != Prim::F64 && p != Prim::Bool)
                    || matches!(**inner, TypeExpr::Named { .. });
                if !scalar {
                    let message = format!("the elements of `{t}` cannot be joined in one text");
                    report.error("type", ty.pos, message, "strings, integers and enumerations can");
                }
                return;
            }
            TypeExpr::List(inner) | TypeExpr::Map(inner) | TypeExpr::Text(inner) => t = inner,
            _ => return,
        }
    }
}

fn limits(f: &Field, report: &mut Report) {
    let many = f.ty.value.is_many();
    let leaf = match f.ty.leaf() {
        TypeExpr::Prim(p) => Some(*p),
        _ => None,
    };
    for (key, limit) in [("chars", &f.chars), ("bytes", &f.bytes), ("range", &f.range), ("items", &f.items)] {
        let Some(limit) = limit else { continue };
        let fits = match key {
            "items" => many,
            "range" => leaf.is_some_and(|p| p.integers().is_some() || p == Prim::F64),
            _ => {
                leaf.is_none_or(|p| p.is_text()) && !matches!(f.ty.value, TypeExpr::Map(_))
                    || matches!(f.ty.value, TypeExpr::Text(_))
            }
        };
        if !fits {
            let message = format!("`{key}` cannot limit `{}`", f.ty.value);
            let help = "`chars` and `bytes` limit strings, `range` numbers, `items` lists";
            report.error("limit-on-type", limit.pos, message, help);
        }
        if let (Some(min), Some(max)) = (limit.min, limit.max)
            && min > max
        {
            let message = format!("nothing lies between {min} and {max}");
            report.error("impossible-limit", limit.pos, message, format!("write `{max}..{min}`"));
        }
        if key != "range" && (limit.min.is_some_and(|m| m < 0) || limit.max.is_some_and(|m| m < 0)) {
            report.error("impossible-limit", limit.pos, "a length below 0", "lengths begin at 0");
        }
        if key == "range"
            && let Some((low, high)) = leaf.and_then(Prim::integers)
            && (limit.min.is_some_and(|m| m < low || m > high)
                || limit.max.is_some_and(|m| m > high || m < low))
        {
            let message = format!("`{}` cannot hold this range", f.ty.leaf());
            report.error("impossible-limit", limit.pos, message, format!("it holds {low}..{high}"));
        }
    }
}

/// A default must be a value of its type.
fn default(f: &Field, report: &mut Report) {
    let Some(d) = &f.default else { return };
    let TypeExpr::Prim(p) = f.ty.value else { return };
    let fits = match p {
        Prim::Bool => matches!(d.value.as_str(), "true" | "false"),
        Prim::Flag => matches!(d.value.as_str(), "0" | "1"),
        Prim::F64 => d.value.parse::<f64>().is_ok(),
        p if p.integers().is_some() => d
            .value
            .parse::<i128>()
            .is_ok_and(|n| p.integers().is_some_and(|(low, high)| (low..=high).contains(&n))),
        _ => true,
    };
    if !fits {
        let message = format!("the default `{}` is not a valid {}", d.value, p.word());
        let help = match p {
            Prim::Flag => "a flag is 0 or 1",
            Prim::Bool => "true or false",
            _ => "write the value as it stands on the wire",
        };
        report.error("default", d.pos, message, help);
    }
    if fits
        && let Some(values) = &f.values
        && !d.value.is_empty()
        && !f.flags
        && !values.iter().any(|v| v.value.value == d.value)
    {
        let message = format!("the default `{}` is not among the values", d.value);
        let known: Vec<&str> = values.iter().map(|v| v.value.value.as_str()).collect();
        report.error("default", d.pos, message, crate::schema::propose(&d.value, &known));
    }
    if f.required == Required::Yes {
        let message = format!("`{}` is required and has a default", f.wire.value);
        report.warn("default", d.pos, message, "if the server has a default, the field is optional");
    }
}

/// All rules over an enumeration.
pub(super) fn enumeration(ty: &At<TypeExpr>, flags: bool, values: &[Value], pos: Pos, report: &mut Report) {
    let repr = match ty.leaf() {
        TypeExpr::Prim(p)
            if *p == Prim::String || matches!(p, Prim::I32 | Prim::I64 | Prim::U32 | Prim::U64) =>
        {
            *p
        }
        other => {
            let help = match other {
                TypeExpr::Prim(Prim::Digits) => "write `string` and quote the values",
                TypeExpr::Prim(Prim::Flag) => "a switch needs no values: say in `doc` what 0 and 1 do",
                _ => "only strings and integers have values",
            };
            report.error("enumeration", ty.pos, format!("`{other}` with `values`"), help);
            return;
        }
    };
    if values.is_empty() {
        report.error("enumeration", pos, "an enumeration without values", "list them, or remove `values`");
    }
    if flags && repr == Prim::String {
        report.error("enumeration", pos, "`flags` on a string", "`flags` goes with integers");
    }
    nameless(values, report);
    let mut seen = HashSet::new();
    for v in values {
        let key = match repr.integers() {
            None => v.value.value.clone(),
            Some((low, high)) => match v.value.value.parse::<i128>() {
                Ok(n) if (low..=high).contains(&n) => n.to_string(),
                _ => {
                    let message = format!("`{}` is not a valid {}", v.value.value, repr.word());
                    report.error(
                        "enumeration",
                        v.value.pos,
                        message,
                        "write a whole number that it can hold",
                    );
                    continue;
                }
            },
        };
        if !seen.insert(key) {
            report.error(
                "enumeration",
                v.value.pos,
                format!("value {} stands twice", v.value.value),
                "keep one",
            );
        }
    }
}

/// Values that are called `V` and their number, as an import calls those whose label it has no name for.
fn nameless(values: &[Value], report: &mut Report) {
    let by_number = |v: &&Value| {
        let number = format!("V{}", v.value.value.replace('-', "Minus"));
        v.name.as_ref().is_some_and(|n| n.value == number)
    };
    let mut named = values.iter().filter(by_number).peekable();
    let Some(pos) = named.peek().and_then(|v| Some(v.name.as_ref()?.pos)) else { return };
    let list: Vec<&str> = named.map(|v| v.value.value.as_str()).collect();
    let (of, have) = if list.len() == 1 { ("value", "has") } else { ("values", "have") };
    let message = format!("{of} {} {have} no name but the number", list.join(", "));
    report.warn("value-name", pos, message, "say in English what it means, as its label does");
}

fn union(u: &Union, parent: &Object, report: &mut Report) {
    doc_text(&u.doc, report);
    if let Some(ty) = &u.ty {
        let own = u.name.is_some() || u.tag.is_some() || !u.variants.is_empty() || u.doc.is_some();
        if own || !matches!(ty.value, TypeExpr::Named { .. }) {
            let help = "with `type`, only `field` stands beside it: the rest belongs to the named union";
            report.error("union", ty.pos, "a union by reference that also describes itself", help);
        }
    } else if u.variants.is_empty() {
        report.error("union", u.pos, "a union without variants", "list them under `variants`");
    }
    if !parent.fields.is_empty() && u.field.is_none() {
        let help = "add `field: content`, the Rust field that holds the variant";
        report.error("union", u.pos, "a union beside fields needs a `field`", help);
    }
    if let Some(name) = &u.name
        && !names::is_type_name(&name.value)
    {
        let message = format!("`{}` cannot name a Rust type", name.value);
        report.error("bad-name", name.pos, message, "PascalCase, ASCII");
    }
    if let Some(field) = &u.field
        && !names::is_field_name(&names::safe(&field.value))
    {
        let message = format!("`{}` cannot name a Rust field", field.value);
        report.error("bad-name", field.pos, message, "snake_case, ASCII");
    }
    let keys: HashSet<&str> = parent.fields.iter().map(|f| f.wire.value.as_str()).collect();
    match &u.tag {
        Some(tag) if !tag.value.contains('.') && keys.contains(tag.value.as_str()) => {
            let message = format!("the tag `{}` is also a field", tag.value);
            report.error(
                "union-tag",
                tag.pos,
                message,
                "remove the field: the union reads and writes its tag",
            );
        }
        None if u.payload != Payload::Sibling && u.ty.is_none() => {
            report.error(
                "union-tag",
                u.pos,
                "without a tag, nothing tells the variant",
                "add `tag:`, or drop `payload`",
            );
        }
        _ => {}
    }
    let mut tags = HashSet::new();
    for v in &u.variants {
        for t in std::iter::once(&v.tag).chain(&v.also) {
            if !tags.insert(t.value.as_str()) {
                report.error("union", t.pos, format!("tag value `{}` stands twice", t.value), "keep one");
            }
            tag_fits(u.tag_type, t, report);
        }
        variant(v, u, &keys, report);
    }
}

/// A tag that is a number is one that `tag_type` holds.
fn tag_fits(ty: Option<Prim>, tag: &At<String>, report: &mut Report) {
    let Some((ty, (low, high))) = ty.and_then(|p| Some((p, p.integers()?))) else { return };
    match tag.value.parse::<i128>() {
        Ok(n) if (low..=high).contains(&n) => {}
        Ok(_) => {
            let message = format!("tag value `{}` is not a valid {}", tag.value, ty.word());
            report.error("union", tag.pos, message, format!("it holds {low}..{high}: correct one of them"));
        }
        Err(_) => {
            let message = format!("tag value `{}` is not a number", tag.value);
            report.error("union", tag.pos, message, "drop `tag_type`, or write digits");
        }
    }
}

/// A variant: where it stands, and what it holds.
fn variant(v: &Variant, u: &Union, keys: &HashSet<&str>, report: &mut Report) {
    doc_text(&v.doc, report);
    let key = match (&v.key, &u.payload) {
        (Some(k), _) => Some(k.value.as_str()),
        (None, Payload::Sibling) => Some(v.tag.value.as_str()),
        (None, Payload::Key(k)) => Some(k.as_str()),
        (None, Payload::Flat) => None,
    };
    let payload = v.object.is_some() || v.ty.is_some();
    if let Some(key) = key.filter(|k| payload && keys.contains(k)) {
        let message = format!("variant `{}` stands under `{key}`, which is also a field", v.tag.value);
        report.error("union", v.tag.pos, message, "remove the field");
    }
    if u.tag.is_none() && !payload {
        let message = format!("variant `{}` has neither tag nor content", v.tag.value);
        report.error("union", v.tag.pos, message, "give it a `type` or `fields`");
    }
    if let (Some(ty), Some(_)) = (&v.ty, &v.object)
        && *ty.leaf() != TypeExpr::Object
    {
        let message = format!("variant `{}` has both a type and fields", v.tag.value);
        report.error("union", ty.pos, message, "keep one of them");
    }
    if u.payload == Payload::Flat
        && v.key.is_none()
        && let Some(ty) = &v.ty
        && !matches!(ty.value, TypeExpr::Named { .. } | TypeExpr::Object)
    {
        let message = format!("`{}` cannot stand beside the tag", ty.value);
        report.error("union", ty.pos, message, "a flat variant is an object");
    }
    if let Some(o) = &v.object {
        object(o, report);
    }
}

/// Tokens come by `auth`, errcode and errmsg with every answer.
pub(super) fn known_tokens(e: &Endpoint, report: &mut Report) {
    let named = |b: &Option<Body>, names: &[&str]| -> Vec<(String, Pos)> {
        let fields = b.iter().flat_map(|b| &b.object.fields);
        fields
            .filter(|f| names.contains(&f.wire.value.as_str()))
            .map(|f| (f.wire.value.clone(), f.wire.pos))
            .collect()
    };
    let tokens: Vec<&str> =
        Auth::ALL.iter().filter(|(_, a)| *a == e.auth.value && *a != Auth::None).map(|(w, _)| *w).collect();
    for (name, pos) in named(&e.query, &tokens) {
        let message = format!("`{name}` is listed, though `auth` says it");
        report.error("implied-field", pos, message, "remove it");
    }
    for (name, pos) in named(&e.response, &["errcode", "errmsg"]) {
        let message = format!("`{name}` is listed, though every answer has it");
        report.error("implied-field", pos, message, "remove it");
    }
}

/// A field by its wire path, `a.b`, through inline objects.
pub(super) fn find<'o>(object: &'o Object, path: &str) -> Option<&'o Field> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let f = object.fields.iter().find(|f| f.wire.value == first)?;
    match (&f.object, rest) {
        (_, "") => Some(f),
        (Some(o), rest) => find(o, rest),
        (None, _) => None,
    }
}

/// Every type expression of an object, however deep.
pub(super) fn each_type(o: &Object, visit: &mut dyn FnMut(&TypeExpr)) {
    for f in &o.fields {
        visit(&f.ty.value);
        f.shapes.iter().for_each(|t| visit(&t.value));
        if let Some(inner) = &f.object {
            each_type(inner, visit);
        }
    }
    o.unions.iter().filter_map(|u| u.ty.as_ref()).for_each(|t| visit(&t.value));
    for v in o.unions.iter().flat_map(|u| &u.variants) {
        if let Some(ty) = &v.ty {
            visit(&ty.value);
        }
        if let Some(inner) = &v.object {
            each_type(inner, visit);
        }
    }
}
