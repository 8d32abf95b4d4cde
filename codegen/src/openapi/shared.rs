//! What entries of all kinds say, and the licence: the same words in OpenAPI and AsyncAPI.

use serde_json::{Value, json};

use crate::ir::{Api, Event, Source};

pub(super) fn license(v31: bool) -> Value {
    if v31 { json!({"name": "MIT", "identifier": "MIT"}) } else { json!({"name": "MIT"}) }
}

/// What an entry says of itself, and who may use it, line by line.
pub(super) fn text(doc: &[String], permission: &[String]) -> Vec<String> {
    let mut text = doc.to_vec();
    if !permission.is_empty() {
        text.extend([String::new(), "权限：".into()]);
        text.extend_from_slice(permission);
    }
    text
}

/// The page of an entry, as `externalDocs` has it.
pub(super) fn official_page(source: &[Source]) -> Option<Value> {
    let url = format!("https://developer.work.weixin.qq.com/document/path/{}", source.first()?.page);
    Some(json!({"url": url, "description": "官方文档"}))
}

/// What tells the event from others; dots go down.
pub(super) fn told(e: &Event) -> Value {
    let mut out = json!({"type": "object"});
    for (key, value) in &e.matches {
        let mut at = &mut out;
        for step in key.split('.') {
            at["type"] = json!("object");
            let required = at["required"].as_array().cloned().unwrap_or_default();
            if !required.contains(&json!(step)) {
                at["required"] = required.into_iter().chain([json!(step)]).collect();
            }
            at = &mut at["properties"][step];
        }
        *at = json!({"type": "string", "const": value});
    }
    out
}

/// Codes worth handling, with what the catalogue says.
pub(super) fn codes(api: &Api, errors: &[(i64, String)]) -> Value {
    let code = |(code, text): &(i64, String)| {
        let known = api.error(*code);
        let meaning = if text.is_empty() { known.map_or("", |k| k.meaning.as_str()) } else { text };
        json!({"code": code, "meaning": meaning, "class": known.map(|k| k.class.as_str())})
    };
    errors.iter().map(code).collect()
}
