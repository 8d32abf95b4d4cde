//! The API as OpenAPI, for whoever builds on that: 3.1, or 3.0 for tools that read no newer.
//!
//! What OpenAPI has no word for stands in extensions: `x-error-codes` (the catalogue), `x-errors` (codes worth handling),
//! `x-left-out` (paths of endpoints with forms, where those are left out), `x-modes`, `x-rate-limits`, `x-paging`, `x-repeatable`, `x-permission`, `x-source`; on schemas `x-enum-varnames`,
//! `x-enum-descriptions`, `x-open` (other values may come), `x-required-when`, `x-wire` (the spec's word for the type), `x-groups` (of which fields some must be there,
//! where a schema cannot say it). Events are `webhooks` of 3.1.

mod asyncapi;
mod example;
mod schema;
mod shared;
mod webhooks;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::ir::{
    Api, Auth, Endpoint, ErrorCode, Mode, Module, Place, RequestBody, ResponseBody, Status, Ty, TypeId,
    TypeKind,
};
use crate::lower::graph::{edges, reach};
use schema::Schemas;
use shared::{codes, license, official_page, text};

pub use asyncapi::asyncapi;

/// Versions of OpenAPI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// 3.0.3
    V30,
    /// 3.1.0
    V31,
}

/// What to export.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// Of OpenAPI.
    pub version: Version,
    /// This module alone, with the types of others that it needs.
    pub module: Option<&'a str>,
    /// Version of the API description: the crate's.
    pub api_version: &'a str,
    /// With endpoints whose request is a form with a file. Some tools refuse a document that has any.
    pub forms: bool,
}

/// The document. An unknown module gives one without paths.
pub fn openapi(api: &Api, options: &Options<'_>) -> Value {
    let schemas = Schemas { api, v31: options.version == Version::V31, draft7: false };
    let mut operations = Operations::default();
    let wanted = |name: &str| {
        options.module.is_none_or(|m| crate::names::is_within(name, &crate::names::rust_module(m)))
    };
    for module in api.modules.iter().filter(|m| wanted(&m.name) && !m.parts.is_empty()) {
        operations.add(&schemas, module, options.forms);
    }
    let Operations { paths, auths, mut roots, mut tags, left_out } = operations;
    // Events stand in no module of endpoints; 3.0 has no word for what is called by the server.
    let events = options.module.is_none() && schemas.v31;
    let hooks = if events { webhooks::all(&schemas, &mut roots, &mut tags) } else { Map::new() };
    let mut components: Map<String, Value> = Map::new();
    components.insert("Result".into(), result());
    for id in reach(api, &roots) {
        schemas.define(id, &mut components);
    }
    let mut document = json!({
        "openapi": if schemas.v31 { "3.1.0" } else { "3.0.3" },
        "info": {
            "title": "企业微信服务端 API",
            "version": options.api_version,
            "description": "每个 JSON 应答都有 `errcode` 与 `errmsg`，`errcode` 为 0 表示成功；错误码见 `x-error-codes`。",
            "license": license(schemas.v31),
        },
        "servers": [{"url": "https://qyapi.weixin.qq.com"}],
        "security": [],
        "tags": tags,
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": security(&auths)},
        "x-error-codes": error_codes(api),
    });
    if !hooks.is_empty() {
        document["webhooks"] = Value::Object(hooks);
    }
    if !left_out.is_empty() {
        document["x-left-out"] = json!(left_out);
    }
    document
}

/// What the endpoints of the wanted modules come to.
#[derive(Default)]
struct Operations<'a> {
    paths: Map<String, Value>,
    auths: BTreeSet<Auth>,
    /// Types that the operations refer to.
    roots: Vec<TypeId>,
    tags: Vec<Value>,
    /// Paths of endpoints with forms, where those are not wanted.
    left_out: Vec<&'a str>,
}

impl<'a> Operations<'a> {
    fn add(&mut self, schemas: &Schemas<'a>, module: &'a Module, forms: bool) {
        let titles = module.parts.iter().map(|p| p.title.clone());
        let docs = module.parts.iter().filter(|p| !p.doc.is_empty()).map(|p| p.doc.join("\n"));
        self.tags.push(json!({
            "name": crate::names::dotted(&module.name),
            "description": titles.chain(docs).collect::<Vec<_>>().join("\n\n"),
        }));
        for e in module.parts.iter().flat_map(|p| &p.endpoints) {
            if e.body == RequestBody::Multipart && !forms {
                self.left_out.push(&e.path);
                continue;
            }
            self.auths.insert(e.auth);
            self.roots(schemas.api, e);
            let item = self.paths.entry(e.path.clone()).or_insert_with(|| json!({}));
            let method = if e.post { "post" } else { "get" };
            let made = operation(schemas, &module.name, e);
            // Functions of one path differ by a fixed parameter: OpenAPI has one operation for them all.
            item[method] = match item.get(method) {
                Some(before) => merge(before, &made),
                None => made,
            };
        }
    }

    /// Parameters and parts of forms stand in the operation; only what they refer to is a schema.
    fn roots(&mut self, api: &Api, e: &Endpoint) {
        match e.body {
            RequestBody::Json => self.roots.push(e.request),
            _ => self.roots.extend(edges(&api.ty(e.request).kind).into_iter().map(|x| x.0)),
        }
        if let TypeKind::Struct(s) = &api.ty(e.request).kind {
            let query = s.fields.iter().filter(|f| f.place == Place::Query);
            self.roots.extend(query.filter_map(|f| match f.ty.leaf() {
                Ty::Ref(id) => Some(*id),
                _ => None,
            }));
        }
        self.roots.extend(e.response.filter(|id| !is_empty(api, *id)));
    }
}

fn security(auths: &BTreeSet<Auth>) -> Map<String, Value> {
    let scheme =
        |a: Auth| json!({"type": "apiKey", "in": "query", "name": a.word(), "description": token(a)});
    auths.iter().filter(|a| **a != Auth::None).map(|a| (a.word().to_owned(), scheme(*a))).collect()
}

/// The catalogue of error codes.
fn error_codes(api: &Api) -> Vec<Value> {
    let row = |e: &ErrorCode| {
        let mut row = json!({"code": e.code, "meaning": e.meaning, "class": e.class, "advice": e.advice});
        if e.retired {
            row["retired"] = json!(true);
        }
        row
    };
    api.errors.iter().map(row).collect()
}

fn token(auth: Auth) -> &'static str {
    match auth {
        Auth::AccessToken => "应用的 access_token",
        Auth::SuiteAccessToken => "第三方应用的 suite_access_token",
        Auth::ProviderAccessToken => "服务商的 provider_access_token",
        Auth::DeviceAccessToken => "设备的 device_access_token",
        Auth::ModelAccessToken => "设备型号的 model_access_token",
        Auth::Key => "群机器人的 key",
        Auth::None => "",
    }
}

/// What every JSON answer has.
fn result() -> Value {
    json!({
        "type": "object",
        "description": "每个 JSON 应答的结果。",
        "required": ["errcode", "errmsg"],
        "properties": {
            "errcode": {"type": "integer", "format": "int32", "description": "错误码，0 为成功"},
            "errmsg": {"type": "string", "description": "错误说明，不宜用于判断"},
        },
    })
}

/// An answer of `errcode` and `errmsg` alone.
fn is_empty(api: &Api, id: TypeId) -> bool {
    matches!(&api.ty(id).kind, TypeKind::Struct(s) if s.fields.is_empty() && s.unions.is_empty())
}

fn operation(schemas: &Schemas<'_>, module: &str, e: &Endpoint) -> Value {
    let mut op = Map::new();
    op.insert("operationId".into(), json!(format!("{}_{}", module.replace("::", "_"), e.call)));
    op.insert("tags".into(), json!([crate::names::dotted(module)]));
    op.insert("summary".into(), json!(e.title));
    let text = text(&e.doc, &e.permission);
    if !text.is_empty() {
        op.insert("description".into(), json!(text.join("\n").trim()));
    }
    if let Some(page) = official_page(&e.source) {
        op.insert("externalDocs".into(), page);
    }
    if e.status == Status::Retired {
        op.insert("deprecated".into(), json!(true));
    }
    if e.auth != Auth::None {
        op.insert("security".into(), json!([{e.auth.word(): []}]));
    }
    let parameters = parameters(schemas, e);
    if !parameters.is_empty() {
        op.insert("parameters".into(), json!(parameters));
    }
    if let Some(body) = request(schemas, e) {
        op.insert("requestBody".into(), body);
    }
    op.insert("responses".into(), json!({"200": response(schemas, e)}));
    extensions(schemas.api, e, &mut op);
    Value::Object(op)
}

/// What OpenAPI has no word for.
fn extensions(api: &Api, e: &Endpoint, op: &mut Map<String, Value>) {
    let modes: Vec<&str> = Mode::ALL.iter().filter(|m| e.modes.contains(&m.1)).map(|m| m.0).collect();
    op.insert("x-modes".into(), json!(modes));
    op.insert("x-repeatable".into(), json!(e.repeat));
    if !e.source.is_empty() {
        op.insert("x-source".into(), json!(e.source));
    }
    if !e.rate.is_empty() {
        op.insert("x-rate-limits".into(), json!(e.rate));
    }
    if let TypeKind::Struct(s) = &api.ty(e.request).kind {
        // Of what travels in the URL no schema can say it.
        let in_url = |n: &String| !e.post || schema::is_in_url(s, n);
        let groups: Vec<_> =
            s.choices.iter().filter(|c| c.alternatives.iter().flatten().any(in_url)).collect();
        if !groups.is_empty() {
            op.insert("x-groups".into(), json!(groups));
        }
    }
    if let Some(paging) = &e.paging {
        op.insert("x-paging".into(), json!(paging));
    }
    if !e.errors.is_empty() {
        op.insert("x-errors".into(), codes(api, &e.errors));
    }
}

fn parameters(schemas: &Schemas<'_>, e: &Endpoint) -> Vec<Value> {
    let mut out: Vec<Value> = e
        .fixed
        .iter()
        .map(|(name, value)| {
            json!({"name": name, "in": "query", "required": true, "schema": {"type": "string", "enum": [value]}})
        })
        .collect();
    let TypeKind::Struct(s) = &schemas.api.ty(e.request).kind else { return out };
    let in_url = |place: Place| !e.post || place == Place::Query;
    for f in s.fields.iter().filter(|f| in_url(f.place)) {
        let mut p =
            json!({"name": f.wire, "in": "query", "required": f.required, "schema": schemas.field(f)});
        if let Some(doc) = p["schema"].as_object_mut().and_then(|s| s.remove("description")) {
            p["description"] = doc;
        }
        if f.deprecated.is_some() {
            p["deprecated"] = json!(true);
        }
        // An array in the URL is one parameter with commas, as far as the pages show any.
        if matches!(f.ty, Ty::List(_)) {
            p["explode"] = json!(false);
            p["style"] = json!("form");
        }
        out.push(p);
    }
    out
}

fn request(schemas: &Schemas<'_>, e: &Endpoint) -> Option<Value> {
    let (kind, schema) = match e.body {
        RequestBody::Query | RequestBody::None => return None,
        RequestBody::EmptyJson => ("application/json", json!({"type": "object", "maxProperties": 0})),
        RequestBody::Json => ("application/json", schemas.reference(e.request)),
        RequestBody::Multipart => ("multipart/form-data", multipart(schemas, e)),
    };
    let mut media = json!({"schema": schema});
    match e.body {
        RequestBody::Json => media["example"] = example::request(schemas.api, e.request),
        RequestBody::EmptyJson => media["example"] = json!({}),
        _ => {}
    }
    Some(json!({"required": true, "content": {kind: media}}))
}

fn multipart(schemas: &Schemas<'_>, e: &Endpoint) -> Value {
    let mut object = match &schemas.api.ty(e.request).kind {
        TypeKind::Struct(s) => schemas.object(s.fields.iter().filter(|f| f.place == Place::Body)),
        _ => json!({"type": "object", "properties": {}}),
    };
    let Some(file) = &e.file else { return object };
    let mut part = match schemas.v31 {
        true => json!({"type": "string", "contentMediaType": "application/octet-stream"}),
        false => json!({"type": "string", "format": "binary"}),
    };
    let mut doc = file.doc.clone();
    if !file.bytes.is_empty() {
        doc.push(format!("字节数：{}", file.bytes));
        part["x-bytes"] = json!(file.bytes);
    }
    if !doc.is_empty() {
        part["description"] = json!(doc.join("\n"));
    }
    object["properties"][&file.part] = part;
    let mut required: Vec<Value> = object["required"].as_array().cloned().unwrap_or_default();
    required.push(json!(file.part));
    object["required"] = json!(required);
    object
}

fn response(schemas: &Schemas<'_>, e: &Endpoint) -> Value {
    let result = json!({"$ref": "#/components/schemas/Result"});
    let binary = match schemas.v31 {
        true => json!({}),
        false => json!({"schema": {"type": "string", "format": "binary"}}),
    };
    let content = match (e.answer, e.response) {
        (ResponseBody::Json, Some(id)) => {
            let schema = if is_empty(schemas.api, id) {
                result
            } else {
                json!({"allOf": [result, schemas.reference(id)]})
            };
            json!({"application/json": {"schema": schema, "example": example::response(schemas.api, id)}})
        }
        (ResponseBody::Json, None) => json!({"application/json": {"schema": result}}),
        // Failures come as JSON in place of the bytes.
        (ResponseBody::Bytes, _) => {
            json!({"application/octet-stream": binary, "application/json": {"schema": result}})
        }
        (ResponseBody::None, _) => return json!({"description": "无内容"}),
    };
    json!({"description": "`errcode` 为 0 表示成功", "content": content})
}

/// Two functions of one path as one operation: parameters of both, none required that one lacks; either answer.
fn merge(a: &Value, b: &Value) -> Value {
    let mut out = a.clone();
    for key in ["summary", "description"] {
        let texts: Vec<&str> = [a, b].iter().filter_map(|v| v[key].as_str()).collect();
        if !texts.is_empty() {
            out[key] = json!(texts.join(if key == "summary" { " / " } else { "\n\n" }));
        }
    }
    let list = |v: &Value| v["parameters"].as_array().cloned().unwrap_or_default();
    let (left, right) = (list(a), list(b));
    let mut merged: Vec<Value> = Vec::new();
    for p in &left {
        let mut p = p.clone();
        match right.iter().find(|q| q["name"] == p["name"]) {
            Some(q) if p["schema"]["enum"].is_array() && q["schema"]["enum"].is_array() => {
                let mut values = p["schema"]["enum"].as_array().cloned().unwrap_or_default();
                for v in q["schema"]["enum"].as_array().into_iter().flatten() {
                    if !values.contains(v) {
                        values.push(v.clone());
                    }
                }
                p["schema"]["enum"] = json!(values);
            }
            Some(_) => {}
            None => p["required"] = json!(false),
        }
        merged.push(p);
    }
    for q in right.iter().filter(|q| !left.iter().any(|p| p["name"] == q["name"])) {
        let mut q = q.clone();
        q["required"] = json!(false);
        merged.push(q);
    }
    if !merged.is_empty() {
        out["parameters"] = json!(merged);
    }
    for (pointer, holder) in [("requestBody", false), ("responses", true)] {
        let at = |v: &Value| {
            let v = if holder { v[pointer]["200"].clone() } else { v[pointer].clone() };
            v["content"]["application/json"]["schema"].clone()
        };
        let (x, y) = (at(a), at(b));
        if !x.is_null() && !y.is_null() && x != y {
            let place = if holder { &mut out[pointer]["200"] } else { &mut out[pointer] };
            place["content"]["application/json"]["schema"] = json!({"anyOf": [x, y]});
        }
    }
    out
}
