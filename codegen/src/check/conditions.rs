//! What depends on more than one field: fields that are required under a condition, groups of which one or some must be there.
//! A name is looked for in the object of its field, then in the objects around; what cannot be told decides nothing.

use serde_json::{Map, Value};

use super::finding::{Finding, Kind};
use super::walker::At;
use crate::condition::{Condition, Op};
use crate::ir::{Api, Choice, ChoiceRule, Field, Place, Struct, Ty, TypeId, TypeKind, Union, Variant};

const DEPTH: usize = 48;

/// Walks a value once more, with the objects around at hand.
pub(super) struct Conditions<'a, 'v> {
    pub(super) api: &'a Api,
    pub(super) findings: Vec<Finding>,
    around: Vec<(TypeId, &'v Map<String, Value>)>,
}

impl<'a, 'v> Conditions<'a, 'v> {
    pub(super) fn new(api: &'a Api) -> Self {
        Conditions { api, findings: vec![], around: vec![] }
    }

    fn kind(&self, id: TypeId) -> Option<&'a TypeKind> {
        self.api.types.get(id.0 as usize).map(|t| &t.kind)
    }

    /// An object of a type.
    pub(super) fn object(&mut self, id: TypeId, value: &'v Value, at: &At, depth: usize) {
        let Value::Object(map) = value else { return };
        if depth > DEPTH {
            return;
        }
        self.around.push((id, map));
        self.layer(id, map, at, depth);
        self.around.pop();
    }

    fn layer(&mut self, id: TypeId, map: &'v Map<String, Value>, at: &At, depth: usize) {
        if depth > DEPTH {
            return;
        }
        match self.kind(id) {
            Some(TypeKind::Struct(s)) => {
                for f in s.fields.iter().filter(|f| f.place == Place::Body) {
                    self.field(f, map, at, depth);
                }
                s.choices.iter().for_each(|c| self.choice(c, s, map, at));
                for held in &s.unions {
                    if let Some(TypeKind::Union(u)) = self.kind(held.ty) {
                        self.union(u, map, at, depth);
                    }
                }
            }
            Some(TypeKind::Union(u)) => self.union(u, map, at, depth),
            _ => {}
        }
    }

    fn field(&mut self, f: &'a Field, map: &'v Map<String, Value>, at: &At, depth: usize) {
        let value = map.get(&f.wire);
        if let Some(condition) = &f.required_when
            && !value.is_some_and(is_set)
            && self.holds(condition) == Some(true)
        {
            let here = at.field(&f.wire);
            let text = format!("{}: required when {condition}, but missing", here.path);
            self.findings.push(Finding {
                path: here.path,
                plain: here.plain,
                kind: Kind::MissingRequired,
                text,
            });
        }
        if let Some(value) = value {
            self.value(&f.ty, value, &at.field(&f.wire), depth);
        }
    }

    fn value(&mut self, ty: &Ty, value: &'v Value, at: &At, depth: usize) {
        if depth > DEPTH {
            return;
        }
        match (ty, value) {
            (Ty::Ref(id), _) => self.object(*id, value, at, depth + 1),
            (Ty::List(inner), Value::Array(items)) => {
                items.iter().enumerate().for_each(|(i, v)| self.value(inner, v, &at.index(i), depth + 1));
            }
            (Ty::Map(inner), Value::Object(map)) => {
                map.iter().for_each(|(k, v)| self.value(inner, v, &at.key(k), depth + 1));
            }
            _ => {}
        }
    }

    fn union(&mut self, u: &'a Union, map: &'v Map<String, Value>, at: &At, depth: usize) {
        // A tag in a sibling object is read by the walk; here the present key is enough.
        let tag = u.tag.as_ref().filter(|_| !u.outer).and_then(|t| map.get(t)).map(written);
        let chosen = |v: &&Variant| match (&tag, &v.key) {
            (Some(tag), _) => v.tags.contains(tag),
            (None, Some(key)) => map.contains_key(key),
            (None, None) => false,
        };
        for v in u.variants.iter().filter(chosen) {
            match (&v.key, &v.ty) {
                (Some(key), Some(ty)) => {
                    if let Some(value) = map.get(key) {
                        self.value(ty, value, &at.field(key), depth + 1);
                    }
                }
                (None, Some(Ty::Ref(id))) => self.layer(*id, map, at, depth + 1),
                _ => {}
            }
        }
    }

    fn choice(&mut self, c: &Choice, s: &Struct, map: &Map<String, Value>, at: &At) {
        // What stands in the URL is seen elsewhere.
        let in_url = |n: &String| s.fields.iter().any(|f| f.wire == *n && f.place == Place::Query);
        if c.alternatives.iter().flatten().any(in_url) {
            return;
        }
        let there = |name: &String| down(map, name).is_some_and(is_set);
        let held = c.alternatives.iter().filter(|a| a.iter().all(there)).count();
        let fits = match c.rule {
            ChoiceRule::AnyOf => held >= 1,
            ChoiceRule::OneOf => held == 1,
            ChoiceRule::AtMostOne => held <= 1,
        };
        if fits {
            return;
        }
        let names: Vec<String> = c.alternatives.iter().map(|a| a.join("+")).collect();
        let wanted = match c.rule {
            ChoiceRule::AnyOf => "at least one",
            ChoiceRule::OneOf => "exactly one",
            ChoiceRule::AtMostOne => "at most one",
        };
        let names = names.join(", ");
        let text = format!("{wanted} of {names} must be there, found {held}");
        let text = if at.path.is_empty() { text } else { format!("{}: {text}", at.path) };
        let kind = if held == 0 { Kind::MissingRequired } else { Kind::TooMany { of: names } };
        // The first of them stands for all where a code is looked up.
        let here = c.alternatives.iter().flatten().next().map_or_else(At::default, |n| at.field(n));
        self.findings.push(Finding { path: here.path, plain: here.plain, kind, text });
    }

    /// Whether a condition holds; `None` where that cannot be told.
    fn holds(&self, c: &Condition) -> Option<bool> {
        match c {
            Condition::Not(inner) => self.holds(inner).map(|b| !b),
            Condition::All(list) => {
                let all: Vec<Option<bool>> = list.iter().map(|c| self.holds(c)).collect();
                if all.contains(&Some(false)) {
                    Some(false)
                } else {
                    all.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
                }
            }
            Condition::Any(list) => {
                let all: Vec<Option<bool>> = list.iter().map(|c| self.holds(c)).collect();
                if all.contains(&Some(true)) {
                    Some(true)
                } else {
                    all.into_iter().collect::<Option<Vec<_>>>().map(|_| false)
                }
            }
            Condition::Set(name) => self.look(name).map(|v| v.is_some_and(|v| set_text(&v))),
            Condition::Unset(name) => self.look(name).map(|v| !v.is_some_and(|v| set_text(&v))),
            Condition::In { name, values } => {
                Some(self.look(name)?.is_some_and(|v| values.iter().any(|w| same(&v, w))))
            }
            Condition::Compare { name, op, value } => {
                let found = self.look(name)?;
                match op {
                    Op::Is => Some(found.is_some_and(|v| same(&v, value))),
                    Op::Not => Some(!found.is_some_and(|v| same(&v, value))),
                    _ => {
                        let Some(found) = found else { return Some(false) };
                        let (a, b) = (found.parse::<f64>().ok()?, value.parse::<f64>().ok()?);
                        Some(match op {
                            Op::Above => a > b,
                            Op::AtLeast => a >= b,
                            Op::Below => a < b,
                            _ => a <= b,
                        })
                    }
                }
            }
        }
    }

    /// The value of a name as a text: its default where it is absent and has one; the outer `None` where nothing can be said.
    fn look(&self, name: &str) -> Option<Option<String>> {
        for (id, map) in self.around.iter().rev() {
            let first = name.split('.').next().unwrap_or(name);
            match self.declared(*id, first, 0) {
                None => {}
                Some(Some(f)) if f.place == Place::Query => return None,
                Some(field) => {
                    let found = down(map, name).filter(|v| !v.is_null()).map(written);
                    let default = field.filter(|_| first == name).and_then(|f| f.default.clone());
                    return Some(found.or(default));
                }
            }
        }
        None
    }

    /// Whether a type has a member of this name, and its field where it is one.
    fn declared(&self, id: TypeId, name: &str, depth: usize) -> Option<Option<&'a Field>> {
        if depth > 8 {
            return None;
        }
        match self.kind(id)? {
            TypeKind::Struct(s) => match s.fields.iter().find(|f| f.wire == name) {
                Some(f) => Some(Some(f)),
                None => s.unions.iter().find_map(|u| self.declared(u.ty, name, depth + 1)),
            },
            TypeKind::Union(u) => {
                if u.tag.as_deref() == Some(name) || u.variants.iter().any(|v| v.key.as_deref() == Some(name))
                {
                    return Some(None);
                }
                u.variants.iter().filter(|v| v.key.is_none()).find_map(|v| match &v.ty {
                    Some(Ty::Ref(id)) => self.declared(*id, name, depth + 1),
                    _ => None,
                })
            }
            TypeKind::Enum(_) => None,
        }
    }
}

/// `a.b` from an object down.
fn down<'v>(map: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    let (first, rest) = name.split_once('.').unwrap_or((name, ""));
    let value = map.get(first)?;
    match (rest, value) {
        ("", _) => Some(value),
        (rest, Value::Object(inner)) => down(inner, rest),
        _ => None,
    }
}

/// There, and not empty.
fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(s) => !s.is_empty(),
        Value::Array(a) => !a.is_empty(),
        Value::Object(o) => !o.is_empty(),
        _ => true,
    }
}

fn written(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        Value::Array(a) if a.is_empty() => String::new(),
        Value::Object(o) if o.is_empty() => String::new(),
        other => other.to_string(),
    }
}

fn set_text(text: &str) -> bool {
    !text.is_empty()
}

/// `true` and 1 are one value of a switch, 1 and 1.0 one number.
fn same(found: &str, wanted: &str) -> bool {
    let number = |a: &str| a.parse::<f64>().ok();
    found == wanted
        || matches!((found, wanted), ("1", "true") | ("0", "false"))
        || number(found).is_some_and(|a| number(wanted) == Some(a))
}
