//! Values made from the spec: plausible, within the limits, paging at its end.

use serde_json::{Map, Number, Value, json};
use wecom_codegen::check::{Checker, Kind, Side};
use wecom_codegen::ir::{
    Api, Endpoint, Enum, Field, Limits, Paging, Place, Prim, Struct, Ty, TypeId, TypeKind, Union,
};

/// Nesting beyond this stays empty.
const DEPTH: usize = 12;

/// Makes values of one API.
#[derive(Clone, Copy)]
pub(crate) struct Maker<'a> {
    api: &'a Api,
    now: i64,
}

impl<'a> Maker<'a> {
    pub(crate) fn new(api: &'a Api, now: i64) -> Self {
        Maker { api, now }
    }

    fn kind(&self, id: TypeId) -> Option<&'a TypeKind> {
        self.api.types.get(id.0 as usize).map(|t| &t.kind)
    }

    /// The required fields of one place.
    pub(crate) fn required(&self, id: TypeId, place: Place) -> Map<String, Value> {
        let mut map = Map::new();
        self.layer(id, place, &mut map, 0);
        map
    }

    /// What a client sends at least: the required fields, those that are required as the others stand, and one of each
    /// group of which one must be there.
    pub(crate) fn sent(&self, id: TypeId) -> Map<String, Value> {
        let mut body = Value::Object(self.required(id, Place::Body));
        // Each turn may show what a field that came in requires.
        for _ in 0..DEPTH {
            let found = Checker::new(self.api, Side::Sent).report(id, &body).findings;
            let missing: Vec<_> = found.into_iter().filter(|f| f.kind == Kind::MissingRequired).collect();
            if missing.is_empty() {
                break;
            }
            missing.iter().for_each(|f| self.add(&Ty::Ref(id), &mut body, &f.path));
        }
        crate::call::object(body)
    }

    /// Adds the field at `a.b[0].c` to a value of the type.
    fn add(&self, ty: &Ty, value: &mut Value, path: &str) {
        let (head, rest) = path.split_once('.').unwrap_or((path, ""));
        let (name, index) = head.split_once('[').unwrap_or((head, ""));
        let (Ty::Ref(id), Value::Object(map)) = (ty, &mut *value) else { return };
        let Some((ty, limits)) = self.member(*id, name, 0) else { return };
        if rest.is_empty() && index.is_empty() {
            map.insert(name.to_owned(), self.something(&ty, &limits, name));
            // Of a group, what stands beside it comes with it.
            let Some(TypeKind::Struct(s)) = self.kind(*id) else { return };
            let whole = s.choices.iter().filter_map(|c| c.alternatives.first());
            for other in whole.filter(|a| a.first().is_some_and(|n| n == name)).flat_map(|a| a.iter().skip(1))
            {
                if let Some((ty, limits)) = self.member(*id, other, 0) {
                    map.entry(other.clone()).or_insert_with(|| self.something(&ty, &limits, other));
                }
            }
            return;
        }
        let (mut ty, mut inner) = (ty, map.get_mut(name));
        for index in index.split('[').filter(|i| !i.is_empty()) {
            let at: usize = index.trim_end_matches(']').parse().unwrap_or(0);
            inner = inner.and_then(|v| v.get_mut(at));
            ty = match ty {
                Ty::List(of) => *of,
                other => other,
            };
        }
        if let Some(inner) = inner {
            self.add(&ty, inner, rest);
        }
    }

    /// A member of an object: a field, or what a union brings.
    fn member(&self, id: TypeId, name: &str, depth: usize) -> Option<(Ty, Limits)> {
        if depth > DEPTH {
            return None;
        }
        match self.kind(id)? {
            TypeKind::Struct(s) => match s.fields.iter().find(|f| f.wire == name) {
                Some(field) => Some((field.ty.clone(), field.limits.clone())),
                None => s.unions.iter().find_map(|u| self.member(u.ty, name, depth + 1)),
            },
            TypeKind::Union(u) => u.variants.iter().find_map(|v| match (&v.key, &v.ty) {
                (Some(key), Some(ty)) if key == name => Some((ty.clone(), Limits::default())),
                (None, Some(Ty::Ref(id))) => self.member(*id, name, depth + 1),
                _ => None,
            }),
            TypeKind::Enum(_) => None,
        }
    }

    /// A value that counts as being there: an object that requires nothing has its first field.
    fn something(&self, ty: &Ty, limits: &Limits, name: &str) -> Value {
        let mut value = self.value(ty, limits, name, 1);
        if let (Ty::Ref(id), Value::Object(map)) = (ty, &mut value)
            && map.is_empty()
            && let Some(TypeKind::Struct(s)) = self.kind(*id)
            && let Some(first) = s.fields.first()
        {
            map.insert(first.wire.clone(), self.field(first, 1));
        }
        value
    }

    /// An answer of an endpoint that has no state: what the request said is said again, the rest is made.
    pub(crate) fn answer(
        &self,
        endpoint: &Endpoint,
        query: &[(String, String)],
        body: &Value,
    ) -> Map<String, Value> {
        let Some(id) = endpoint.response else { return Map::new() };
        let mut map = self.required(id, Place::Body);
        for (key, value) in &mut map {
            let asked = body.get(key).filter(|v| v.is_string() || v.is_number()).cloned();
            let asked = asked.or_else(|| Some(json!(query.iter().find(|(k, _)| k == key)?.1)));
            if let Some(asked) =
                asked.filter(|a| (a.is_string(), a.is_number()) == (value.is_string(), value.is_number()))
            {
                *value = asked;
            }
        }
        if let Some(paging) = &endpoint.paging {
            last_page(&mut map, paging);
        }
        map
    }

    /// Leaves out what the type does not know and makes what it requires, in the object and those inside.
    pub(crate) fn shape(&self, id: TypeId, map: &mut Map<String, Value>) {
        self.shape_at(id, map, 0);
    }

    fn shape_at(&self, id: TypeId, map: &mut Map<String, Value>, depth: usize) {
        let Some(TypeKind::Struct(s)) = self.kind(id) else { return };
        if depth > DEPTH {
            return;
        }
        if s.unions.is_empty() {
            map.retain(|key, _| s.fields.iter().any(|f| f.wire == *key));
        }
        for field in &s.fields {
            match map.get_mut(&field.wire) {
                None | Some(Value::Null) if field.required => {
                    map.insert(field.wire.clone(), self.field(field, depth));
                }
                None => {}
                Some(value) => self.shape_value(&field.ty, value, depth + 1),
            }
        }
    }

    fn shape_value(&self, ty: &Ty, value: &mut Value, depth: usize) {
        match (ty, value) {
            (Ty::Ref(id), Value::Object(map)) => self.shape_at(*id, map, depth),
            (Ty::List(inner), Value::Array(items)) => {
                items.iter_mut().for_each(|v| self.shape_value(inner, v, depth))
            }
            _ => {}
        }
    }

    fn layer(&self, id: TypeId, place: Place, map: &mut Map<String, Value>, depth: usize) {
        match self.kind(id) {
            Some(TypeKind::Struct(s)) => self.object(s, place, map, depth),
            Some(TypeKind::Union(u)) => self.union(u, map, depth),
            _ => {}
        }
    }

    fn object(&self, s: &Struct, place: Place, map: &mut Map<String, Value>, depth: usize) {
        if depth > DEPTH {
            return;
        }
        for field in s.fields.iter().filter(|f| f.required && f.place == place) {
            map.insert(field.wire.clone(), self.field(field, depth));
        }
        if place == Place::Query {
            return;
        }
        for held in &s.unions {
            match self.kind(held.ty) {
                // The tag in the sibling object is that of the enumeration's first value, as the variant is the first.
                Some(TypeKind::Union(u)) if u.outer => {
                    let tag = self.outer(s, &held.by, map);
                    let variant =
                        u.variants.iter().find(|v| tag.as_ref().is_some_and(|t| v.tags.contains(t)));
                    if let Some(v) = variant.or(u.variants.first()) {
                        self.variant(v, map, depth);
                    }
                }
                Some(TypeKind::Union(u)) => self.union(u, map, depth),
                _ => {}
            }
        }
    }

    fn outer(&self, s: &Struct, by: &[String], map: &Map<String, Value>) -> Option<String> {
        let field = s.fields.iter().find(|f| Some(&f.rust) == by.first())?;
        match map.get(&field.wire)? {
            Value::Object(inner) => inner.values().next().map(crate::call::text),
            scalar => Some(crate::call::text(scalar)),
        }
    }

    fn union(&self, u: &Union, map: &mut Map<String, Value>, depth: usize) {
        let Some(first) = u.variants.first() else { return };
        if let (Some(tag), Some(value)) = (&u.tag, first.tags.first()) {
            let value = match value.parse::<i64>() {
                Ok(n) if u.numeric => json!(n),
                _ => json!(value),
            };
            map.insert(tag.clone(), value);
        }
        self.variant(first, map, depth);
    }

    fn variant(&self, variant: &wecom_codegen::ir::Variant, map: &mut Map<String, Value>, depth: usize) {
        match (&variant.key, &variant.ty) {
            (Some(key), Some(ty)) => {
                map.insert(key.clone(), self.value(ty, &Limits::default(), key, depth + 1));
            }
            (None, Some(Ty::Ref(id))) => self.layer(*id, Place::Body, map, depth + 1),
            _ => {}
        }
    }

    fn field(&self, field: &Field, depth: usize) -> Value {
        if let Some(value) = field.example.as_ref().and_then(|example| self.read(&field.ty, example)) {
            return value;
        }
        self.value(&field.ty, &field.limits, &field.wire, depth + 1)
    }

    /// An example of the spec as a value of the type.
    fn read(&self, ty: &Ty, example: &str) -> Option<Value> {
        match ty {
            Ty::Prim(p) if p.is_text() => Some(json!(example)),
            Ty::Joined(_, _) => Some(json!(example)),
            Ty::Ref(id) => match self.kind(*id)? {
                TypeKind::Enum(e) if e.repr.is_text() => Some(json!(example)),
                _ => serde_json::from_str(example).ok(),
            },
            _ => serde_json::from_str(example).ok(),
        }
    }

    fn value(&self, ty: &Ty, limits: &Limits, name: &str, depth: usize) -> Value {
        if depth > DEPTH {
            return match ty {
                Ty::List(_) => json!([]),
                Ty::Prim(_) | Ty::Joined(_, _) | Ty::Text(_) => self.leaf(ty, limits, name),
                Ty::Ref(id) => match self.kind(*id) {
                    Some(TypeKind::Enum(e)) => first(e),
                    _ => json!({}),
                },
                _ => json!({}),
            };
        }
        let count = usize::try_from(limits.items.min.unwrap_or(1).max(1)).unwrap_or(1);
        match ty {
            Ty::List(inner) => {
                (0..count).map(|i| self.element(inner, limits, name, i, depth)).collect::<Vec<_>>().into()
            }
            Ty::Map(inner) => {
                let entry = |i| (format!("key{i}"), self.element(inner, limits, name, i, depth));
                Value::Object((0..count).map(entry).collect())
            }
            Ty::Text(inner) => {
                Value::String(self.value(inner, &Limits::default(), name, depth + 1).to_string())
            }
            Ty::Ref(id) => match self.kind(*id) {
                Some(TypeKind::Enum(e)) => first(e),
                _ => {
                    let mut map = Map::new();
                    self.layer(*id, Place::Body, &mut map, depth);
                    Value::Object(map)
                }
            },
            _ => self.leaf(ty, limits, name),
        }
    }

    fn element(&self, ty: &Ty, limits: &Limits, name: &str, i: usize, depth: usize) -> Value {
        let value = self.value(ty, limits.each.as_deref().unwrap_or(&Limits::default()), name, depth + 1);
        match value {
            // Elements of a list of texts differ.
            Value::String(s) if i > 0 && matches!(ty, Ty::Prim(Prim::String)) => json!(format!("{s}{i}")),
            other => other,
        }
    }

    fn leaf(&self, ty: &Ty, limits: &Limits, name: &str) -> Value {
        let Ty::Prim(prim) = ty else {
            return match ty {
                Ty::Joined(_, inner) => match self.value(inner, &Limits::default(), name, DEPTH + 1) {
                    Value::String(s) => json!(s),
                    other => json!(other.to_string()),
                },
                _ => json!(""),
            };
        };
        let now = self.now;
        let (low, high) = (limits.range.min, limits.range.max);
        let number = 1.max(low.unwrap_or(1)).min(high.unwrap_or(i64::MAX));
        // The least that is a multiple of the step.
        let step = limits.step.unwrap_or(1).max(1);
        let number = number.saturating_add(step - 1).div_euclid(step).saturating_mul(step);
        if let Some(choice) = limits.choices.first() {
            let parsed = choice.parse::<i64>().ok().filter(|_| !prim.is_text());
            return parsed.map_or_else(|| json!(choice), |n| json!(n));
        }
        match prim {
            Prim::String | Prim::Secret => json!(fit(&word(name), limits)),
            Prim::I64 if name == "agentid" => json!(crate::Sandbox::AGENT_ID),
            Prim::I32 | Prim::I64 | Prim::U32 | Prim::U64 => json!(number),
            Prim::F64 => Number::from_f64(number as f64).map_or(json!(number), Value::Number),
            Prim::Bool => json!(false),
            Prim::Flag => json!(0),
            Prim::Digits => json!(number.to_string()),
            Prim::Unix => json!(now),
            Prim::UnixText => json!(now.to_string()),
            Prim::Millis => json!(now * 1000),
            Prim::MillisText => json!((now * 1000).to_string()),
            Prim::Date => json!("2025-01-02"),
            Prim::Date8 => json!("20250102"),
            Prim::Datetime => json!("2025-01-02 03:04:05"),
            Prim::Rfc3339 => json!("2025-01-02T03:04:05+08:00"),
            Prim::Base64 => {
                // "AAAA" holds three bytes.
                json!(
                    "AAAA".repeat(
                        usize::try_from(limits.bytes.min.unwrap_or(1)).unwrap_or(1).div_ceil(3).max(1)
                    )
                )
            }
            Prim::Json => json!({}),
        }
    }
}

fn first(e: &Enum) -> Value {
    let wire = e.values.first().map_or("", |v| v.wire.as_str());
    if e.repr.is_text() { json!(wire) } else { json!(wire.parse::<i64>().unwrap_or(0)) }
}

/// Texts for patterns: one of them suits where the field's name does not.
const SHAPES: &[&str] = &[
    "123456",
    "1",
    "a",
    "#FF0000",
    "13800000000",
    "00:11:22:33:44:55",
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ",
];

/// A text that suits the field's name.
fn word(name: &str) -> String {
    let lower = name.to_lowercase();
    let has = |part: &str| lower.contains(part);
    match () {
        () if has("url") => format!("https://example.com/{lower}"),
        () if has("mobile") => "13800000000".into(),
        () if has("mail") => "zhangsan@example.com".into(),
        () if lower == "userid" || lower.ends_with("user_id") => crate::Sandbox::USER_ID.into(),
        () if lower.contains("corpid") || lower.contains("corp_id") => crate::Sandbox::CORP_ID.into(),
        () => name.to_owned(),
    }
}

fn fit(text: &str, limits: &Limits) -> String {
    let most = [limits.chars.max, limits.bytes.max].into_iter().flatten().min();
    let least = [limits.chars.min, limits.bytes.min].into_iter().flatten().max();
    let size = |n: i64| usize::try_from(n).unwrap_or(0);
    if let Some(pattern) = &limits.pattern {
        let whole = format!("^(?:{pattern})$");
        let suits = |text: &&str| {
            text.len() >= least.map_or(0, size)
                && most.is_none_or(|m| text.len() <= size(m))
                && crate::handle::matches(&whole, text)
        };
        if let Some(found) = [text].into_iter().chain(SHAPES.iter().copied()).find(suits) {
            return found.to_owned();
        }
    }
    let mut out: String = text.chars().take(most.map_or(usize::MAX, size)).collect();
    // An endless minimum would be a mistake of the spec, not a reason to fill the memory.
    while out.len() < least.map_or(0, size).min(4096) {
        out.push('x');
    }
    out
}

fn last_page(map: &mut Map<String, Value>, paging: &Paging) {
    let mut set = |name: &Option<String>, end: bool| {
        let Some(value) = name.as_ref().and_then(|n| map.get_mut(n)) else { return };
        *value = match value {
            Value::Bool(_) => json!(end),
            Value::String(_) => json!(""),
            _ => json!(i64::from(end)),
        };
    };
    set(&paging.more, false);
    set(&paging.end, true);
    set(&paging.answer, false);
}
