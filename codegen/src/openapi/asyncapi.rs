//! The long connection of robots as AsyncAPI 3.0: commands as operations of who connects, their acknowledgements as replies, pushed
//! messages and events as what it receives.
//!
//! What AsyncAPI has no word for stands in the extensions of the OpenAPI export: `x-errors`, `x-modes`, `x-rate-limits`,
//! `x-repeatable`, `x-source`, and those of schemas.

use serde_json::{Map, Value, json};

use super::example;
use super::schema::Schemas;
use super::shared::{codes, license, official_page, text, told};
use crate::ir::{Api, Command, Event, Mode, Status, TypeId};
use crate::lower::graph::reach;

/// Where robots connect.
const HOST: &str = "openws.work.weixin.qq.com";
/// The one channel.
const CHANNEL: &str = "connection";

/// The document; `version` is that of the API description, the crate's. Without commands it has no operations.
pub fn asyncapi(api: &Api, version: &str) -> Value {
    let schemas = Schemas { api, v31: true, draft7: true };
    let (mut messages, mut operations) = (Map::new(), Map::new());
    let mut roots: Vec<TypeId> = Vec::new();
    for c in &api.commands {
        roots.extend(c.request);
        roots.extend(c.response);
        roots.extend(pushed(api, c).map(|e| e.ty));
        messages.insert(c.key.clone(), message(&schemas, c));
        if !c.pushed {
            messages.insert(acknowledged(c), acknowledgement(&schemas, c));
        }
        operations.insert(c.key.clone(), operation(api, c));
    }
    let mut components: Map<String, Value> = Map::new();
    for id in reach(api, &roots) {
        schemas.define(id, &mut components);
    }
    components.insert("Headers".into(), headers());
    let channel: Map<String, Value> = messages
        .keys()
        .map(|key| (key.clone(), json!({"$ref": format!("#/components/messages/{key}")})))
        .collect();
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "企业微信智能机器人长连接",
            "version": version,
            "description": about(api),
            "license": license(false),
        },
        "defaultContentType": "application/json",
        "servers": {"production": {"host": HOST, "protocol": "wss", "description": "机器人主动连接"}},
        "channels": {CHANNEL: {
            "address": "/",
            "title": "长连接",
            "servers": [{"$ref": "#/servers/production"}],
            "messages": channel,
            "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
        }},
        "operations": operations,
        "components": {"messages": messages, "schemas": components},
    })
}

/// The texts of the files that have commands.
fn about(api: &Api) -> String {
    let parts = api.modules.iter().flat_map(|m| &m.parts);
    let with: Vec<String> =
        parts.filter(|p| p.doc.iter().any(|line| line.contains(HOST))).map(|p| p.doc.join("\n")).collect();
    with.join("\n\n")
}

/// `aibot_send_msg.ack`
fn acknowledged(c: &Command) -> String {
    format!("{}.ack", c.key)
}

fn headers() -> Value {
    json!({
        "type": "object",
        "required": ["req_id"],
        "properties": {"req_id": {"type": "string", "description": "请求的唯一标志；回应与对回调的回复原样带回"}},
    })
}

/// Events that come with a command: those of its module that stand on one of its pages. Where several commands bring those of one
/// module, the name tells: `aibot_event_callback` brings what is told by `msgtype=event`, `aibot_msg_callback` what no other does.
fn pushed<'a>(api: &'a Api, c: &'a Command) -> impl Iterator<Item = &'a Event> {
    let module = api.events.iter().find(|m| c.events.as_ref() == Some(&m.name));
    let all = module.map_or(&[][..], |m| &m.events);
    let named = |c: &Command, e: &Event| c.key.split('_').any(|word| e.matches.values().any(|v| v == word));
    let is_named = all.iter().any(|e| named(c, e));
    all.iter().filter(move |e| {
        let on_its_page = e.source.iter().any(|s| c.source.iter().any(|own| own.page == s.page));
        let others = || api.commands.iter().any(|other| other.events == c.events && named(other, e));
        on_its_page && if is_named { named(c, e) } else { !others() }
    })
}

/// A frame with a `cmd`.
fn message(schemas: &Schemas<'_>, c: &Command) -> Value {
    let mut payload = json!({
        "type": "object",
        "required": ["cmd", "headers"],
        "properties": {
            "cmd": {"type": "string", "const": c.key},
            "headers": {"$ref": "#/components/schemas/Headers"},
        },
    });
    let mut sample = json!({"cmd": c.key, "headers": {"req_id": "REQ_ID"}});
    let body = match c.request {
        Some(id) => Some((schemas.reference(id), example::request(schemas.api, id))),
        None => {
            let all: Vec<&Event> = pushed(schemas.api, c).collect();
            let bodies: Vec<Value> = all.iter().map(|e| event(schemas, e)).collect();
            all.first().map(|e| (json!({"anyOf": bodies}), event_example(schemas.api, e)))
        }
    };
    // A frame that has nothing to say has no body, as `ping`.
    if let Some((schema, value)) = body.filter(|(_, value)| c.pushed || value != &json!({})) {
        payload["properties"]["body"] = schema;
        payload["required"] = json!(["cmd", "headers", "body"]);
        sample["body"] = value;
    }
    let mut out = json!({
        "name": c.key,
        "title": c.title,
        "correlationId": {"location": "$message.payload#/headers/req_id"},
        "payload": payload,
        "examples": [{"payload": sample}],
    });
    if !c.doc.is_empty() {
        out["description"] = json!(c.doc.join("\n"));
    }
    out
}

/// An event's body: what tells it from others, and its fields.
fn event(schemas: &Schemas<'_>, e: &Event) -> Value {
    json!({"title": e.title, "allOf": [told(e), schemas.reference(e.ty)]})
}

fn event_example(api: &Api, e: &Event) -> Value {
    let mut out = example::request(api, e.ty);
    for (path, value) in &e.matches {
        let at = path.split('.').fold(&mut out, |at, step| &mut at[step]);
        *at = json!(value);
    }
    out
}

/// The frame that answers a command.
fn acknowledgement(schemas: &Schemas<'_>, c: &Command) -> Value {
    let mut payload = json!({
        "type": "object",
        "required": ["headers", "errcode", "errmsg"],
        "properties": {
            "headers": {"$ref": "#/components/schemas/Headers"},
            "errcode": {"type": "integer", "format": "int32", "description": "错误码，0 为成功"},
            "errmsg": {"type": "string", "description": "错误说明，不宜用于判断"},
        },
    });
    let mut sample = json!({"headers": {"req_id": "REQ_ID"}, "errcode": 0, "errmsg": "ok"});
    if let Some(id) = c.response {
        payload["properties"]["body"] = schemas.reference(id);
        sample["body"] = example::request(schemas.api, id);
    }
    json!({
        "name": acknowledged(c),
        "title": format!("{}的回应", c.title),
        "correlationId": {"location": "$message.payload#/headers/req_id"},
        "payload": payload,
        "examples": [{"payload": sample}],
    })
}

/// What is done with the frame, from the side of the robot.
fn operation(api: &Api, c: &Command) -> Value {
    let message = |key: &str| json!([{"$ref": format!("#/channels/{CHANNEL}/messages/{key}")}]);
    let channel = json!({"$ref": format!("#/channels/{CHANNEL}")});
    let mut op = json!({
        "action": if c.pushed { "receive" } else { "send" },
        "title": c.title,
        "channel": channel,
        "messages": message(&c.key),
    });
    if !c.pushed {
        op["reply"] = json!({"channel": channel, "messages": message(&acknowledged(c))});
        op["x-repeatable"] = json!(c.repeat);
    }
    let mut doc = text(&c.doc, &c.permission);
    if c.status == Status::Retired {
        doc.push("已停用。".into());
    }
    if !doc.is_empty() {
        op["description"] = json!(doc.join("\n").trim());
    }
    if let Some(page) = official_page(&c.source) {
        op["externalDocs"] = page;
        op["x-source"] = json!(c.source);
    }
    let modes: Vec<&str> = Mode::ALL.iter().filter(|m| c.modes.contains(&m.1)).map(|m| m.0).collect();
    op["x-modes"] = json!(modes);
    if !c.rate.is_empty() {
        op["x-rate-limits"] = json!(c.rate);
    }
    if !c.errors.is_empty() {
        op["x-errors"] = codes(api, &c.errors);
    }
    op
}
