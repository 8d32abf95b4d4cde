//! Objects: fields, unions, groups, and the types that files define.

use super::entries::Entries;
use super::entry::{at, draft};
use super::limits;
use crate::model::*;
use crate::quantity;
use crate::schema;
use crate::source::{At, Report};
use crate::yaml::{Kind, Node};

pub(super) fn type_defs(e: &mut Entries<'_, '_>) -> Vec<TypeDef> {
    let mut types = Vec::new();
    for (key, value) in e.map("types") {
        types.extend(type_def(key, value, e.report));
    }
    types
}

/// `fields`, `union`, `unions` of an entry.
pub(super) fn object(e: &mut Entries<'_, '_>) -> Object {
    let mut out = Object { pos: e.pos(), ..Object::default() };
    for (key, value) in e.map("fields") {
        out.fields.extend(field(key, value, e.report));
    }
    if let Some(node) = e.get("union") {
        out.unions.extend(union(node, e.report));
    }
    for node in e.list("unions") {
        out.unions.extend(union(node, e.report));
    }
    for (word, rule) in ChoiceRule::ALL {
        for group in e.list(word) {
            out.choices.extend(choice(*rule, group, e.report));
        }
    }
    out
}

/// `[touser, toparty, "a+b"]` of `any_of` and its like.
fn choice(rule: ChoiceRule, node: &Node, report: &mut Report) -> Option<Choice> {
    let Kind::Seq(list) = &node.kind else {
        let message = format!("`{}` holds {}, not lists of fields", rule.word(), node.word());
        report.error("wrong-kind", node.pos, message, format!("write `{}: [[a, b]]`", rule.word()));
        return None;
    };
    let names = |n: &Node| -> Vec<At<String>> {
        n.text().unwrap_or_default().split('+').map(|t| At::new(t.trim().to_owned(), n.pos)).collect()
    };
    Some(Choice { rule, pos: node.pos, alternatives: list.iter().map(names).collect() })
}

fn has_object(e: &Entries<'_, '_>) -> bool {
    ["fields", "union", "unions"].iter().any(|k| e.get(k).is_some())
}

pub(super) fn field(key: &Node, node: &Node, report: &mut Report) -> Option<Field> {
    let mut e =
        Entries::new(node, format!("field `{}`", key.text().unwrap_or_default()), schema::FIELD, report)?;
    let ty = if e.get("type").is_some() { e.types("type") } else { e.need("type").and(None) };
    let required_pos = e.get("required").map_or(node.pos, |n| n.pos);
    let required = required(&mut e);
    let ty = ty?;
    let unit = limits::unit(&mut e);
    let base = unit.as_ref().map(|u| u.value);
    let byte = quantity::find("byte");
    let (range, reals) = limits::range(&mut e, &ty.value, base);
    let written = Written {
        range: limits::written(&e, "range"),
        bytes: limits::written(&e, "bytes"),
        default: base.and_then(|_| limits::written(&e, "default")),
    };
    Some(Field {
        wire: at(key),
        required,
        required_pos,
        required_words: e.text("required_words"),
        when: e.condition("when"),
        only: only(&mut e),
        default: limits::default(&mut e, base),
        chars: limits::whole(&mut e, "chars", None),
        bytes: limits::whole(&mut e, "bytes", byte),
        range,
        reals,
        step: limits::step(&mut e, base),
        choices: e.words("choices"),
        items: limits::whole(&mut e, "items", None),
        shapes: e.type_list("shapes"),
        each: limits::each(&mut e, &ty.value, base),
        written,
        unit,
        cut: e.boolean("cut").unwrap_or(false),
        pattern: e.text("pattern"),
        flags: e.boolean("flags").unwrap_or(false),
        values: e.get("values").is_some().then(|| values(&mut e)),
        id_trans: e.boolean("id_trans").unwrap_or(false),
        ttl: limits::ttl(&mut e),
        file: limits::file(&mut e),
        doc: e.text("doc"),
        name: e.text("name"),
        rust: e.text("rust"),
        deprecated: e.deprecated(),
        since: e.string("since"),
        modes: e.modes(),
        by_mode: e.by_mode(),
        example: e.text("example"),
        xml_item: e.text("xml_item"),
        also: e.words("also"),
        object: has_object(&e).then(|| object(&mut e)),
        draft: draft(&mut e),
        ty,
    })
}

/// `true`, or a condition. Words that other languages take for true are neither.
fn required(e: &mut Entries<'_, '_>) -> Required {
    let Some(node) = e.get("required") else { return Required::No };
    match node.text() {
        Some("true") => Required::Yes,
        Some("false") => Required::No,
        Some(text) if is_switch(text) => {
            let message = format!("`required` is `{text}`, which is neither `true` nor a condition");
            let no = matches!(text.to_ascii_lowercase().as_str(), "no" | "n" | "off" | "0" | "false" | "否");
            let help = if no {
                "remove it: without `required` a field is optional"
            } else {
                "write `required: true`"
            };
            e.report.error("required", node.pos, message, help);
            Required::No
        }
        _ => e.condition("required").map_or(Required::No, |c| Required::When(c.value)),
    }
}

/// `yes`, `True`, `1`, `是` and their like.
fn is_switch(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "true", "false", "yes", "no", "y", "n", "on", "off", "1", "0", "是", "否", "必填", "required",
        "optional",
    ];
    WORDS.contains(&text.trim().to_ascii_lowercase().as_str())
}

fn only(e: &mut Entries<'_, '_>) -> Option<At<Only>> {
    let node = e.get("only")?;
    if matches!(node.kind, Kind::Seq(_)) {
        return Some(At::new(Only::Paths(e.words("only")), node.pos));
    }
    let text = e.text("only")?;
    let side = match text.value.as_str() {
        "request" => Only::Request,
        "response" => Only::Response,
        other => {
            let message = format!("`only` cannot be `{other}`");
            let help = "write `request`, `response`, or a list of paths: `[/cgi-bin/user/get]`";
            e.report.error("unknown-word", text.pos, message, help);
            return None;
        }
    };
    Some(At::new(side, text.pos))
}

fn values(e: &mut Entries<'_, '_>) -> Vec<Value> {
    let mut out = Vec::new();
    for (key, node) in e.map("values") {
        let what = format!("value `{}`", key.text().unwrap_or_default());
        let Some(mut v) = Entries::new(node, what, schema::VALUE, e.report) else { continue };
        out.push(Value {
            value: at(key),
            name: v.text("name"),
            doc: v.text("doc"),
            deprecated: v.deprecated(),
            since: v.string("since"),
        });
    }
    out
}

fn union(node: &Node, report: &mut Report) -> Option<Union> {
    let mut e = Entries::new(node, "a union", schema::UNION, report)?;
    if e.get("variants").is_none() && e.get("type").is_none() {
        e.need("variants");
    }
    let payload = match e.string("payload").as_deref() {
        None | Some("sibling") => Payload::Sibling,
        Some("flat") => Payload::Flat,
        Some(key) => Payload::Key(key.to_owned()),
    };
    let numbers = [Prim::I32, Prim::I64, Prim::U32].map(|p| (p.word(), Some(p)));
    let kinds: Vec<(&str, Option<Prim>)> = numbers.into_iter().chain([("string", None)]).collect();
    let tag_type = e.word("tag_type", &kinds).and_then(|k| k.value);
    let mut variants = Vec::new();
    for (key, value) in e.map("variants") {
        variants.extend(variant(key, value, e.report));
    }
    Some(Union {
        pos: node.pos,
        ty: e.types("type"),
        name: e.text("name"),
        field: e.text("field"),
        tag: e.text("tag"),
        tag_type,
        payload,
        doc: e.text("doc"),
        variants,
    })
}

fn variant(key: &Node, node: &Node, report: &mut Report) -> Option<Variant> {
    let mut e =
        Entries::new(node, format!("variant `{}`", key.text().unwrap_or_default()), schema::VARIANT, report)?;
    Some(Variant {
        tag: at(key),
        variant: e.text("variant"),
        ty: e.types("type"),
        object: has_object(&e).then(|| object(&mut e)),
        name: e.text("name"),
        key: e.text("key"),
        also: e.words("also"),
        doc: e.text("doc"),
        deprecated: e.deprecated(),
        since: e.string("since"),
    })
}

fn type_def(key: &Node, node: &Node, report: &mut Report) -> Option<TypeDef> {
    let name = at(key);
    let mut e = Entries::new(node, format!("type `{}`", name.value), schema::TYPE, report)?;
    let doc = e.text("doc");
    let kind = if e.get("values").is_some() {
        for key in ["fields", "union", "unions"].into_iter().chain(ChoiceRule::ALL.iter().map(|(w, _)| *w)) {
            if let Some(other) = e.get(key) {
                let message = format!("type `{}` has `values` and `{key}`", name.value);
                e.report.error("type", other.pos, message, "keep one: an enumeration has no fields");
            }
        }
        if e.get("type").is_none() {
            e.need("type");
        }
        let ty = e.types("type")?;
        TypeKind::Enum { ty, flags: e.boolean("flags").unwrap_or(false), values: values(&mut e) }
    } else {
        if e.get("type").is_some_and(|t| t.text() != Some("object")) {
            let message = format!("type `{}` has a `type` but no `values`", name.value);
            e.report.error(
                "type",
                e.pos(),
                message,
                "add `values:` for an enumeration, or `fields:` for an object",
            );
        }
        TypeKind::Object(object(&mut e))
    };
    Some(TypeDef { name, doc, kind })
}
