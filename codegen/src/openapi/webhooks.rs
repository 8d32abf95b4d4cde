//! Callback events as webhooks: what the server posts to an app, decrypted, and what may be answered.

use serde_json::{Map, Value, json};

use super::schema::Schemas;
use super::shared::{official_page, text, told};
use crate::ir::{Event, EventModule, Mode, Status, TypeId};

/// Every event, by module and key.
pub(super) fn all(
    schemas: &Schemas<'_>,
    roots: &mut Vec<TypeId>,
    tags: &mut Vec<Value>,
) -> Map<String, Value> {
    let mut out = Map::new();
    for module in &schemas.api.events {
        let tag = format!("events.{}", module.name);
        let mut text = vec![module.title.clone()];
        text.extend((!module.doc.is_empty()).then(|| module.doc.join("\n")));
        text.push("内容加密后放在 Encrypt 中送达，这里是解密后的内容。".into());
        tags.push(json!({"name": tag, "description": text.join("\n\n")}));
        for e in &module.events {
            roots.push(e.ty);
            roots.extend(e.reply_type);
            out.insert(
                format!("{}.{}", module.name, e.key),
                json!({"post": operation(schemas, module, e, &tag)}),
            );
        }
    }
    out
}

fn operation(schemas: &Schemas<'_>, module: &EventModule, e: &Event, tag: &str) -> Value {
    let mut op = Map::new();
    op.insert("operationId".into(), json!(format!("event_{}_{}", module.name, e.key.replace('.', "_"))));
    op.insert("tags".into(), json!([tag]));
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
    let xml = module.transport == "xml";
    let mut schema = json!({"allOf": [schemas.reference(e.ty), told(e)]});
    if xml {
        schema["xml"] = json!({"name": "xml"});
    }
    let kind = if xml { "application/xml" } else { "application/json" };
    op.insert("requestBody".into(), json!({"required": true, "content": {kind: {"schema": schema}}}));
    op.insert("responses".into(), json!({"200": answer(schemas, e)}));
    let modes: Vec<&str> = Mode::ALL.iter().filter(|m| e.modes.contains(&m.1)).map(|m| m.0).collect();
    op.insert("x-modes".into(), json!(modes));
    if !e.source.is_empty() {
        op.insert("x-source".into(), json!(e.source));
    }
    Value::Object(op)
}

fn answer(schemas: &Schemas<'_>, e: &Event) -> Value {
    let described = |text: &str| json!({"description": text});
    match (e.reply_type, e.reply.as_str()) {
        (Some(ty), _) => json!({
            "description": "收到；可附回复，加密后送回",
            "content": {"application/json": {"schema": schemas.reference(ty)}},
        }),
        (None, "message") => described("空内容，或加密后的被动回复消息"),
        (None, "card") => described("空内容，或加密后的模板卡片更新"),
        (None, "taskcard") => described("空内容，或加密后的任务卡片更新"),
        (None, "text") => described("指定的文本"),
        _ => described("收到，内容为 success 或为空"),
    }
}
