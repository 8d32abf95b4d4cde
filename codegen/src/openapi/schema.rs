//! Schemas of types.

use serde_json::{Map, Value, json};

use crate::ir::{
    Api, Choice, ChoiceRule, Enum, Field, Limit, Place, Prim, Struct, Ty, Type, TypeId, TypeKind, Union,
    Variant,
};

/// Makes schemas of an API's types.
pub(super) struct Schemas<'a> {
    pub(super) api: &'a Api,
    /// Words of newer JSON Schema.
    pub(super) v31: bool,
    /// For AsyncAPI: what stands beside a reference is not read, and there are no mapped discriminators.
    pub(super) draft7: bool,
}

impl Schemas<'_> {
    /// `message.Send`
    pub(super) fn name(&self, id: TypeId) -> String {
        let t = self.api.ty(id);
        format!("{}.{}", t.module.replace("::", "."), t.rust)
    }

    pub(super) fn reference(&self, id: TypeId) -> Value {
        json!({"$ref": format!("#/components/schemas/{}", self.name(id))})
    }

    /// Puts a type among the components; a union's variants stand beside it.
    pub(super) fn define(&self, id: TypeId, out: &mut Map<String, Value>) {
        let t = self.api.ty(id);
        let name = self.name(id);
        let mut schema = match &t.kind {
            TypeKind::Struct(s) => self.structure(s, t.sent),
            TypeKind::Enum(e) => self.enumeration(e),
            TypeKind::Union(u) => self.union(&name, u, t.received, out),
        };
        if !t.doc.is_empty() {
            schema["description"] = json!(t.doc.join("\n"));
        }
        out.insert(name, schema);
    }

    /// An object of body fields; with its unions beside it, all of them at once. Groups bind who sends.
    fn structure(&self, s: &Struct, sent: bool) -> Value {
        let mut object = self.object(s.fields.iter().filter(|f| f.place == Place::Body));
        if sent {
            self.groups(s, &mut object);
        }
        if s.unions.is_empty() {
            return object;
        }
        let unions = s.unions.iter().map(|u| self.reference(u.ty));
        json!({"allOf": std::iter::once(object).chain(unions).collect::<Vec<_>>()})
    }

    /// Of which fields some must be there, or at most one may: in the words of JSON Schema for 3.1. Generators of 3.0 take `oneOf` beside
    /// properties for a type of its own, so there it is an extension.
    fn groups(&self, s: &Struct, object: &mut Value) {
        let in_url = |c: &Choice| c.alternatives.iter().flatten().any(|n| is_in_url(s, n));
        let groups: Vec<&Choice> = s.choices.iter().filter(|c| !in_url(c)).collect();
        if groups.is_empty() {
            return;
        }
        if !self.v31 {
            object["x-groups"] = json!(groups);
            return;
        }
        match groups.as_slice() {
            [one] => {
                if let (Some(object), Value::Object(group)) = (object.as_object_mut(), group(one)) {
                    object.extend(group);
                }
            }
            several => object["allOf"] = several.iter().map(|c| group(c)).collect(),
        }
    }

    pub(super) fn object<'f>(&self, fields: impl Iterator<Item = &'f Field>) -> Value {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for f in fields {
            properties.insert(f.wire.clone(), self.field(f));
            if f.required {
                required.push(f.wire.clone());
            }
        }
        let mut out = json!({"type": "object", "properties": properties});
        if !required.is_empty() {
            out["required"] = json!(required);
        }
        out
    }

    /// A field with its limits and texts.
    pub(super) fn field(&self, f: &Field) -> Value {
        let mut schema = self.ty(&f.ty);
        let mut extra = Map::new();
        let text = f.doc.join("\n");
        if !text.is_empty() {
            extra.insert("description".into(), json!(text));
        }
        if f.deprecated.is_some() {
            extra.insert("deprecated".into(), json!(true));
        }
        let when = f.when.as_ref().map(|c| c.to_string());
        let words = [
            ("x-required-when", Some(f.condition()).filter(|w| !w.is_empty())),
            ("x-effective-when", when),
            ("x-since", f.since.clone()),
            ("x-unit", f.unit.clone()),
            ("x-ttl", f.ttl.clone()),
        ];
        for (key, value) in words {
            if let Some(value) = value {
                extra.insert(key.into(), json!(value));
            }
        }
        if f.id_trans {
            extra.insert("x-id-trans".into(), json!(true));
        }
        if !f.shapes.is_empty() {
            let shapes: Vec<Value> = f.shapes.iter().map(|t| self.ty(t)).collect();
            extra.insert("x-shapes".into(), json!(shapes));
        }
        if !f.also.is_empty() {
            extra.insert("x-also".into(), json!(f.also));
        }
        if let Some(file) = &f.file {
            extra.insert("x-file".into(), json!(file));
        }
        if !f.by_mode.is_empty() {
            let modes: Map<String, Value> = f
                .by_mode
                .iter()
                .map(|(m, t)| (json!(m).as_str().unwrap_or_default().into(), json!(t)))
                .collect();
            extra.insert("x-by-mode".into(), json!(modes));
        }
        for (key, value) in [("default", &f.default), ("example", &f.example)] {
            if let Some(value) = value.as_ref().and_then(|v| typed(self.api, &f.ty, v)) {
                // A page may name a default that lies outside of its own bounds (between 1.3 and 2.25, 1.3 if absent).
                let outside = value.as_f64().zip(f.limits.reals).is_some_and(|(n, reals)| !reals.holds(n));
                let (key, value) = match key {
                    "example" if self.v31 => ("examples", json!([value])),
                    "default" if outside => ("x-default", value),
                    _ => (key, value),
                };
                extra.insert(key.into(), value);
            }
        }
        self.limits(f, &mut extra);
        if let (Some(item), true) = (&f.xml_item, self.v31) {
            extra.insert("xml".into(), json!({"wrapped": true}));
            schema["items"]["xml"] = json!({"name": item});
        }
        if extra.is_empty() {
            return schema;
        }
        // Beside a reference 3.0 and AsyncAPI read nothing.
        if schema.get("$ref").is_some() && (!self.v31 || self.draft7) {
            schema = json!({"allOf": [schema]});
        }
        if let Some(object) = schema.as_object_mut() {
            object.extend(extra);
        }
        schema
    }

    fn limits(&self, f: &Field, out: &mut Map<String, Value>) {
        let l = &f.limits;
        let mut put = |limit: Limit, min: &str, max: &str| {
            if let Some(n) = limit.min {
                out.insert(min.into(), json!(n));
            }
            if let Some(n) = limit.max {
                out.insert(max.into(), json!(n));
            }
        };
        let text = matches!(f.ty, Ty::Prim(p) if p.is_text() && p != Prim::Base64)
            || matches!(f.ty, Ty::Joined(_, _));
        // What is cut is not refused: no limit of the schema.
        if text && !l.cut {
            put(l.chars, "minLength", "maxLength");
        }
        if matches!(f.ty, Ty::Prim(p) if !p.is_text()) {
            put(l.range, "minimum", "maximum");
        }
        match f.ty {
            Ty::List(_) => put(l.items, "minItems", "maxItems"),
            Ty::Map(_) => put(l.items, "minProperties", "maxProperties"),
            _ => put(l.items, "x-min-items", "x-max-items"),
        }
        if let Some(step) = l.step {
            out.insert("multipleOf".into(), json!(step));
        }
        if let Some(r) = l.reals {
            self.reals(r, out);
        }
        // The choices of a list are those of its elements.
        if !l.choices.is_empty() && f.ty.is_many() {
            let each = l.each.as_deref().cloned().unwrap_or_default();
            self.each(f, &crate::ir::Limits { choices: l.choices.clone(), ..each }, out);
        } else if let Some(each) = &l.each {
            self.each(f, each, out);
        }
        if !l.choices.is_empty() && !f.ty.is_many() {
            let list: Vec<Value> = l.choices.iter().filter_map(|c| typed(self.api, &f.ty, c)).collect();
            out.insert("enum".into(), json!(list));
        }
        if let Some(pattern) = l.pattern.as_ref().filter(|_| text) {
            out.insert("pattern".into(), json!(pattern));
        }
        if !l.bytes.is_empty() {
            out.insert("x-bytes".into(), json!(l.bytes));
        }
        if l.cut {
            out.insert("x-cut".into(), json!(l));
        }
    }

    /// Ends that are outside: a number of their own in 3.1, a switch in 3.0.
    fn reals(&self, r: crate::ir::Reals, out: &mut Map<String, Value>) {
        for (end, open, key, exclusive) in
            [(r.min, r.above, "minimum", "exclusiveMinimum"), (r.max, r.below, "maximum", "exclusiveMaximum")]
        {
            let Some(n) = end else { continue };
            match (open, self.v31) {
                (true, true) => drop(out.insert(exclusive.into(), json!(n))),
                (true, false) => {
                    out.insert(key.into(), json!(n));
                    out.insert(exclusive.into(), json!(true));
                }
                (false, _) => drop(out.insert(key.into(), json!(n))),
            }
        }
    }

    /// Limits of the elements stand in the schema of the elements.
    fn each(&self, f: &Field, each: &crate::ir::Limits, out: &mut Map<String, Value>) {
        let (inner, key) = match &f.ty {
            Ty::List(inner) => (inner, "items"),
            Ty::Map(inner) => (inner, "additionalProperties"),
            // No schema looks into a joined text.
            _ => return drop(out.insert("x-each".into(), json!(each))),
        };
        let element = Field { ty: (**inner).clone(), limits: each.clone(), ..bare(f) };
        out.insert(key.into(), self.field(&element));
    }

    /// A resolved type.
    pub(super) fn ty(&self, ty: &Ty) -> Value {
        match ty {
            Ty::Prim(p) => self.prim(*p),
            Ty::List(t) => json!({"type": "array", "items": self.ty(t)}),
            Ty::Map(t) => json!({"type": "object", "additionalProperties": self.ty(t)}),
            Ty::Joined(by, _) => json!({"type": "string", "x-wire": by.word()}),
            Ty::Text(t) if self.v31 => {
                json!({"type": "string", "contentMediaType": "application/json", "contentSchema": self.ty(t), "x-wire": "text"})
            }
            Ty::Text(_) => json!({"type": "string", "x-wire": "text"}),
            Ty::Ref(id) => self.reference(*id),
        }
    }

    fn prim(&self, p: Prim) -> Value {
        let integer = |format: &str| json!({"type": "integer", "format": format});
        let wire = |mut schema: Value| {
            schema["x-wire"] = json!(p.word());
            schema
        };
        match p {
            Prim::String => json!({"type": "string"}),
            Prim::Secret => json!({"type": "string", "format": "password"}),
            Prim::I32 => integer("int32"),
            Prim::I64 => integer("int64"),
            Prim::U32 => {
                json!({"type": "integer", "format": "int64", "minimum": 0, "maximum": u32::MAX, "x-wire": "u32"})
            }
            Prim::U64 => json!({"type": "integer", "minimum": 0, "x-wire": "u64"}),
            Prim::F64 => json!({"type": "number", "format": "double"}),
            Prim::Bool => json!({"type": "boolean"}),
            Prim::Flag => wire(json!({"type": "integer", "format": "int32", "enum": [0, 1]})),
            Prim::Unix | Prim::Millis => wire(integer("int64")),
            Prim::Digits | Prim::UnixText | Prim::MillisText => {
                wire(json!({"type": "string", "pattern": "^-?[0-9]*$"}))
            }
            Prim::Date => json!({"type": "string", "format": "date"}),
            Prim::Date8 => wire(json!({"type": "string", "pattern": "^[0-9]{8}$"})),
            Prim::Datetime => wire(json!({"type": "string"})),
            Prim::Rfc3339 => json!({"type": "string", "format": "date-time"}),
            Prim::Base64 if self.v31 => json!({"type": "string", "contentEncoding": "base64"}),
            Prim::Base64 => json!({"type": "string", "format": "byte"}),
            Prim::Json => json!({"description": "任意 JSON"}),
        }
    }

    /// Known values as names and texts; other values may come, so none is refused.
    fn enumeration(&self, e: &Enum) -> Value {
        let mut schema = self.prim(e.repr);
        let values: Vec<Value> = e.values.iter().map(|v| scalar(e.repr, &v.wire)).collect();
        let names: Vec<&str> = e.values.iter().map(|v| v.rust.as_str()).collect();
        let texts: Vec<String> = e.values.iter().map(|v| v.doc.join(" ")).collect();
        let list: Vec<String> = e
            .values
            .iter()
            .map(|v| format!("- `{}` {}", v.wire, v.doc.join(" ")).trim_end().to_owned())
            .collect();
        let about = json!({"x-open": true, "x-enum-varnames": names, "x-enum-descriptions": texts, "description": list.join("\n")});
        let known = if e.flags || !self.v31 {
            // Bits are sums of values. 3.0 has no union of a closed list and its scalar that generators take well.
            schema["x-extensible-enum"] = json!(values);
            if e.flags {
                schema["x-flags"] = json!(true);
            }
            schema
        } else {
            let mut closed = schema.clone();
            closed["enum"] = json!(values);
            json!({"anyOf": [closed, schema]})
        };
        let mut known = known;
        if let (Some(known), Value::Object(about)) = (known.as_object_mut(), about) {
            known.extend(about);
        }
        known
    }

    fn union(&self, name: &str, u: &Union, received: bool, out: &mut Map<String, Value>) -> Value {
        let mut list = Vec::new();
        let mut mapping = Map::new();
        for v in &u.variants {
            let own = self.variant_name(name, v);
            let reference = format!("#/components/schemas/{own}");
            for tag in &v.tags {
                mapping.insert(tag.clone(), json!(reference));
            }
            out.insert(own, self.variant(u, v));
            list.push(json!({"$ref": reference}));
        }
        let tag = u.tag.as_ref().filter(|_| !u.outer);
        // A server may send what is not known yet; a client should not. 3.0 goes without: generators stumble over `not`.
        if let (true, true, Some(tag)) = (received, self.v31, tag) {
            let own = format!("{name}.Unknown");
            let tags: Vec<Value> =
                u.variants.iter().flat_map(|v| v.tags.iter().map(|t| self.tag(u, t))).collect();
            out.insert(
                own.clone(),
                json!({"type": "object", "description": "未收录的变体", "properties": {tag: {"not": {"enum": tags}}}}),
            );
            list.push(json!({"$ref": format!("#/components/schemas/{own}")}));
        }
        // Without a tag the present key tells, and a newer server may leave all of them out.
        let word = if tag.is_some() { "oneOf" } else { "anyOf" };
        let mut schema = json!({word: list, "x-open": true});
        // Tags of numbers are no names of schemas to most tools.
        if let Some(tag) = tag.filter(|_| !u.numeric && !self.draft7) {
            schema["discriminator"] = json!({"propertyName": tag, "mapping": mapping});
        }
        schema
    }

    /// Generators leave out the points: `health.Answerer.Family` would have the name of `health.AnswererFamily`.
    fn variant_name(&self, union: &str, v: &Variant) -> String {
        let joined = format!("{union}{}", v.rust);
        let (module, rust) = joined.rsplit_once('.').unwrap_or(("", &joined));
        let is_taken = |t: &Type| t.rust == rust && t.module.replace("::", ".") == module;
        let more = if self.api.types.iter().any(is_taken) { "Variant" } else { "" };
        format!("{union}.{}{more}", v.rust)
    }

    fn tag(&self, u: &Union, tag: &str) -> Value {
        match (u.numeric, tag.parse::<i64>()) {
            (true, Ok(n)) => json!(n),
            _ => json!(tag),
        }
    }

    fn variant(&self, u: &Union, v: &Variant) -> Value {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        if let Some(tag) = u.tag.as_ref().filter(|_| !u.outer) {
            let values: Vec<Value> = v.tags.iter().map(|t| self.tag(u, t)).collect();
            let kind = if u.numeric { "integer" } else { "string" };
            properties.insert(tag.clone(), json!({"type": kind, "enum": values}));
            required.push(tag.clone());
        }
        if let (Some(key), Some(ty)) = (&v.key, &v.ty) {
            properties.insert(key.clone(), self.ty(ty));
            required.push(key.clone());
        }
        let mut object = json!({"type": "object", "properties": properties});
        if !required.is_empty() {
            object["required"] = json!(required);
        }
        // Fields of a flat variant stand beside the tag.
        let mut schema = match (&v.key, &v.ty) {
            (None, Some(ty)) => json!({"allOf": [object, self.ty(ty)]}),
            _ => object,
        };
        if !v.doc.is_empty() {
            schema["description"] = json!(v.doc.join("\n"));
        }
        if v.deprecated.is_some() {
            schema["deprecated"] = json!(true);
        }
        schema
    }
}

/// A value of the spec, which is text, as the JSON that the type has.
pub(super) fn typed(api: &Api, ty: &Ty, text: &str) -> Option<Value> {
    match ty {
        Ty::Prim(p) => Some(scalar(*p, text)),
        Ty::Ref(id) => match &api.ty(*id).kind {
            TypeKind::Enum(e) => Some(scalar(e.repr, text)),
            _ => None,
        },
        Ty::Joined(_, _) | Ty::Text(_) => Some(json!(text)),
        Ty::List(_) | Ty::Map(_) => None,
    }
}

/// A scalar written in the spec as text.
pub(super) fn scalar(p: Prim, text: &str) -> Value {
    let number =
        || text.parse::<i64>().ok().map(Value::from).or_else(|| text.parse::<u64>().ok().map(Value::from));
    match p {
        p if p.is_text() => json!(text),
        Prim::Bool => json!(matches!(text, "true" | "1")),
        Prim::Flag => json!(i32::from(matches!(text, "true" | "1"))),
        Prim::F64 => text.parse::<f64>().map_or(json!(text), |n| json!(n)),
        Prim::Json => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        _ => number().unwrap_or_else(|| json!(text)),
    }
}

/// A name of the struct that travels in the URL.
pub(super) fn is_in_url(s: &Struct, name: &str) -> bool {
    s.fields.iter().any(|f| f.wire == name && f.place == Place::Query)
}

/// `anyOf: [{required: [a]}, {required: [b, c]}]`. At most one: no two at once.
fn group(c: &Choice) -> Value {
    let all: Vec<Value> = c.alternatives.iter().map(|a| there(a)).collect();
    match c.rule {
        ChoiceRule::AnyOf => json!({"anyOf": all}),
        ChoiceRule::OneOf => json!({"oneOf": all}),
        ChoiceRule::AtMostOne => {
            let rest = |i: usize| all.iter().skip(i + 1);
            let pairs: Vec<Value> = all
                .iter()
                .enumerate()
                .flat_map(|(i, a)| rest(i).map(move |b| json!({"allOf": [a, b]})))
                .collect();
            match pairs.as_slice() {
                [pair] => json!({"not": pair}),
                _ => json!({"not": {"anyOf": pairs}}),
            }
        }
    }
}

/// All of these fields are there; `a.b` is `b` within `a`.
fn there(names: &[String]) -> Value {
    let mut required: Vec<&str> = Vec::new();
    let mut within: Map<String, Value> = Map::new();
    for name in names {
        let (first, rest) = name.split_once('.').map_or((name.as_str(), None), |(a, b)| (a, Some(b)));
        if !required.contains(&first) {
            required.push(first);
        }
        within.insert(first.into(), rest.map_or(json!({}), |rest| there(&[rest.to_owned()])));
    }
    match within.values().all(|v| *v == json!({})) {
        true => json!({"required": required}),
        false => json!({"required": required, "properties": within}),
    }
}

/// A field with nothing to say beside type and limits.
fn bare(f: &Field) -> Field {
    Field {
        wire: f.wire.clone(),
        rust: f.rust.clone(),
        ty: f.ty.clone(),
        required: false,
        required_words: String::new(),
        required_when: None,
        when: None,
        option: false,
        boxed: false,
        place: f.place,
        doc: vec![],
        deprecated: None,
        since: None,
        modes: vec![],
        by_mode: vec![],
        only: None,
        unit: None,
        written: crate::ir::Written::default(),
        shapes: vec![],
        id_trans: false,
        ttl: None,
        file: None,
        also: vec![],
        default: None,
        example: None,
        limits: crate::ir::Limits::default(),
        xml_item: None,
    }
}
