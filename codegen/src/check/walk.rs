//! Objects, lists and unions.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::finding::{Kind, Measure, Side, Verdict};
use super::walker::{At, Rules, Walk, length};
use crate::ir::{Limits, Place, Struct, Ty, TypeId, TypeKind, Union, Variant};

/// Nesting beyond this is not followed.
const DEPTH: usize = 64;

impl<'a> Walk<'a> {
    /// An object of a struct or a union: its layers first, then what none of them knows.
    pub(super) fn object(&mut self, id: TypeId, value: &Value, at: &At, depth: usize) -> Verdict {
        let Value::Object(map) = value else { return self.wrong(at, "object", value) };
        if depth > DEPTH {
            self.find(at, Kind::TooDeep, "nested too deeply to be checked".into());
            return Verdict::Wrong;
        }
        let mut known = BTreeSet::new();
        self.layer(id, map, at, depth, &mut known);
        for key in map.keys() {
            let answer = depth == 0 && self.side == Side::Received && (key == "errcode" || key == "errmsg");
            if !known.contains(key.as_str()) && !answer {
                self.unknown(&at.field(key));
            }
        }
        Verdict::Agree
    }

    /// Several types may share one object: a struct, its unions, their variants' fields beside the tag.
    fn layer(
        &mut self,
        id: TypeId,
        map: &Map<String, Value>,
        at: &At,
        depth: usize,
        known: &mut BTreeSet<&'a str>,
    ) {
        // A flat variant may hold a union whose variant holds it again.
        if depth > DEPTH {
            return;
        }
        match self.api.types.get(id.0 as usize).map(|t| &t.kind) {
            Some(TypeKind::Struct(s)) => {
                for field in s.fields.iter().filter(|f| f.place == Place::Body) {
                    known.insert(&field.wire);
                    known.extend(field.also.iter().map(String::as_str));
                    let here = at.field(&field.wire);
                    let other = || field.also.iter().find_map(|name| map.get(name));
                    match map.get(&field.wire).or_else(other) {
                        None | Some(Value::Null) if field.required => self.missing(&here),
                        None => {}
                        Some(Value::Null) => self.see(&here, Verdict::Agree),
                        Some(value) => self.member(&field.ty, &Rules::of(field), value, &here, depth),
                    }
                }
                for union in &s.unions {
                    if let Some(TypeKind::Union(u)) = self.api.types.get(union.ty.0 as usize).map(|t| &t.kind)
                    {
                        let tag =
                            if u.outer { self.outer_tag(s, &union.by, u, map) } else { own_tag(u, map) };
                        self.union(u, tag, map, at, depth, known);
                    }
                }
            }
            Some(TypeKind::Union(u)) => self.union(u, own_tag(u, map), map, at, depth, known),
            _ => {}
        }
    }

    pub(super) fn member(&mut self, ty: &Ty, rules: &Rules, value: &Value, at: &At, depth: usize) {
        let slot = self.report.fields.len();
        self.see(at, Verdict::Agree);
        let verdict = self.value(ty, rules, value, at, depth + 1);
        if let Some(seen) = self.report.fields.get_mut(slot) {
            seen.verdict = verdict;
        }
    }

    fn union(
        &mut self,
        u: &'a Union,
        tag: Option<&Value>,
        map: &Map<String, Value>,
        at: &At,
        depth: usize,
        known: &mut BTreeSet<&'a str>,
    ) {
        let keys = || u.variants.iter().filter_map(|v| v.key.as_deref());
        let Some(name) = &u.tag else {
            known.extend(keys());
            let present: Vec<&Variant> = u.variants.iter().filter(|v| held(map, v)).collect();
            for variant in &present {
                self.payload(variant, map, at, depth, known);
            }
            if present.is_empty() && self.side == Side::Sent {
                let names: Vec<&str> = keys().collect();
                let text = format!("one of {} is required", names.join(", "));
                self.find(at, Kind::MissingRequired, text);
            }
            return;
        };
        if !u.outer {
            known.insert(name);
        }
        let here = at.field(name);
        let Some(value) = tag else {
            // The outer tag is a field of its own, whose absence is told there.
            known.extend(keys());
            if !u.outer {
                self.missing(&here);
            }
            return;
        };
        let written = match value {
            Value::String(s) => s.clone(),
            other => other.to_string(),
        };
        let variant = u.variants.iter().find(|v| v.tags.contains(&written));
        if !u.outer {
            let verdict = match variant {
                None => Verdict::Wrong,
                Some(_) if value.is_number() == u.numeric || self.text => Verdict::Agree,
                Some(_) => self.coerced(&here, if u.numeric { "number" } else { "string" }, value),
            };
            self.see(&here, verdict);
        }
        match variant {
            Some(variant) if self.merged && self.together(u, variant, map, at, depth, known) => {}
            Some(variant) => {
                self.payload(variant, map, at, depth, known);
                if self.merged {
                    self.others(u, variant, map, at, depth, known);
                }
            }
            None => {
                known.extend(keys());
                let text = format!("{written} is not a variant");
                self.find(&here, Kind::UnknownVariant { value: written }, text);
            }
        }
    }

    /// Variants under one key, of which a sample shows the fields of several in one object: the tag's own first, then each that knows
    /// something of the rest. False where variants have keys of their own.
    fn together(
        &mut self,
        u: &'a Union,
        chosen: &Variant,
        map: &Map<String, Value>,
        at: &At,
        depth: usize,
        known: &mut BTreeSet<&'a str>,
    ) -> bool {
        let Some(key) = chosen.key.as_deref() else { return false };
        let Some(Value::Object(inner)) = map.get(key) else { return false };
        let mut same: Vec<&'a Variant> =
            u.variants.iter().filter(|v| v.key.as_deref() == Some(key)).collect();
        if same.len() < 2 {
            return false;
        }
        same.sort_by_key(|v| v.rust != chosen.rust);
        known.extend(same.iter().filter_map(|v| v.key.as_deref()));
        let here = at.field(key);
        self.see(&here, Verdict::Agree);
        let mut seen = BTreeSet::new();
        for (i, variant) in same.iter().enumerate() {
            let Some(Ty::Ref(id)) = variant.ty else { continue };
            let rest: Map<String, Value> = inner
                .iter()
                .filter(|(k, _)| !seen.contains(k.as_str()))
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect();
            if i == 0 || self.holds(id, &rest) {
                self.layer(id, &rest, &here, depth + 1, &mut seen);
            }
        }
        for key in inner.keys().filter(|k| !seen.contains(k.as_str())) {
            self.unknown(&here.field(key));
        }
        true
    }

    /// The type has a field that is there.
    fn holds(&self, id: TypeId, map: &Map<String, Value>) -> bool {
        match self.api.types.get(id.0 as usize).map(|t| &t.kind) {
            Some(TypeKind::Struct(s)) => s.fields.iter().any(|f| map.contains_key(&f.wire)),
            _ => false,
        }
    }

    /// Variants that stand in a sample beside the one its tag names.
    fn others(
        &mut self,
        u: &'a Union,
        chosen: &Variant,
        map: &Map<String, Value>,
        at: &At,
        depth: usize,
        known: &mut BTreeSet<&'a str>,
    ) {
        for variant in u.variants.iter().filter(|v| v.rust != chosen.rust) {
            let rest: Map<String, Value> = map
                .iter()
                .filter(|(k, _)| !known.contains(k.as_str()))
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect();
            match &variant.key {
                Some(key) if rest.contains_key(key) => self.payload(variant, &rest, at, depth, known),
                None if !rest.is_empty() => self.payload(variant, &rest, at, depth, known),
                _ => {}
            }
        }
    }

    fn payload(
        &mut self,
        variant: &'a Variant,
        map: &Map<String, Value>,
        at: &At,
        depth: usize,
        known: &mut BTreeSet<&'a str>,
    ) {
        match (&variant.key, &variant.ty) {
            (Some(key), Some(ty)) => {
                known.insert(key);
                let here = at.field(key);
                match map.get(key) {
                    None | Some(Value::Null) => self.missing(&here),
                    Some(value) => self.member(ty, &Rules::default(), value, &here, depth),
                }
            }
            (None, Some(Ty::Ref(id))) => self.layer(*id, map, at, depth + 1, known),
            (Some(key), None) => {
                known.insert(key);
            }
            _ => {}
        }
    }

    /// The tag in a sibling object, by the Rust fields that lead to it.
    fn outer_tag<'v>(
        &self,
        owner: &Struct,
        by: &[String],
        u: &Union,
        map: &'v Map<String, Value>,
    ) -> Option<&'v Value> {
        let mut fields = Some(&owner.fields);
        let mut map = map;
        for step in by {
            let field = fields?.iter().find(|f| f.rust == *step)?;
            let value = map.get(&field.wire)?;
            match value {
                Value::Object(inner) => map = inner,
                scalar => return Some(scalar),
            }
            fields = match &field.ty {
                Ty::Ref(id) => match self.api.types.get(id.0 as usize).map(|t| &t.kind) {
                    Some(TypeKind::Struct(s)) => Some(&s.fields),
                    _ => None,
                },
                _ => None,
            };
        }
        map.get(u.tag.as_deref()?.rsplit('.').next()?)
    }

    pub(super) fn value(&mut self, ty: &Ty, rules: &Rules, value: &Value, at: &At, depth: usize) -> Verdict {
        if depth > DEPTH && !matches!(ty, Ty::Prim(_)) {
            self.find(at, Kind::TooDeep, "nested too deeply to be checked".into());
            return Verdict::Wrong;
        }
        match (ty, value) {
            (Ty::Prim(prim), _) => self.scalar(*prim, rules, value, at),
            (Ty::List(inner), Value::Array(items)) => {
                let mut worst = self.limit(at, rules, Measure::Items, length(items.len()));
                let element = rules.element();
                for (i, item) in items.iter().enumerate() {
                    worst = worst.max(self.value(inner, &element, item, &at.index(i), depth + 1));
                }
                worst
            }
            (Ty::List(_), _) => self.wrong(at, "array", value),
            (Ty::Joined(by, inner), Value::String(joined)) => {
                let items: Vec<&str> = joined.split(by.char()).filter(|s| !s.is_empty()).collect();
                let whole = Rules { limits: Limits { each: None, ..rules.limits.clone() }, cut: rules.cut };
                let mut worst = self.string(&whole, joined, at);
                worst = worst.max(self.limit(at, rules, Measure::Items, length(items.len())));
                let element = rules.element();
                let text = std::mem::replace(&mut self.text, true);
                for (i, item) in items.iter().enumerate() {
                    let item = Value::String((*item).into());
                    worst = worst.max(self.value(inner, &element, &item, &at.index(i), depth + 1));
                }
                self.text = text;
                worst
            }
            (Ty::Joined(by, _), Value::Number(_)) => {
                self.coerced(at, &format!("text joined by {}", by.char()), value)
            }
            (Ty::Joined(by, _), _) => self.wrong(at, &format!("text joined by {}", by.char()), value),
            (Ty::Map(inner), Value::Object(map)) => {
                let mut worst = self.limit(at, rules, Measure::Items, length(map.len()));
                let element = rules.element();
                for (key, item) in map {
                    worst = worst.max(self.value(inner, &element, item, &at.key(key), depth + 1));
                }
                worst
            }
            (Ty::Map(_), _) => self.wrong(at, "object", value),
            (Ty::Text(inner), Value::String(s)) => {
                let outer = self.string(rules, s, at);
                match serde_json::from_str::<Value>(s) {
                    Ok(parsed) => {
                        let text = std::mem::replace(&mut self.text, false);
                        let verdict = self.value(inner, &Rules::default(), &parsed, at, depth + 1);
                        self.text = text;
                        outer.max(verdict)
                    }
                    Err(_) if s.is_empty() && self.side == Side::Received => outer,
                    Err(_) => self.format(at, "JSON in a string"),
                }
            }
            (Ty::Text(_), _) => self.wrong(at, "JSON in a string", value),
            (Ty::Ref(id), _) => match self.api.types.get(id.0 as usize).map(|t| &t.kind) {
                Some(TypeKind::Enum(e)) => self.enumeration(e, rules, value, at),
                Some(_) => self.object(*id, value, at, depth),
                None => Verdict::Agree,
            },
        }
    }
}

fn own_tag<'v>(u: &Union, map: &'v Map<String, Value>) -> Option<&'v Value> {
    map.get(u.tag.as_deref()?).filter(|v| !v.is_null())
}

fn held(map: &Map<String, Value>, variant: &Variant) -> bool {
    variant.key.as_deref().and_then(|k| map.get(k)).is_some_and(|v| !v.is_null())
}
