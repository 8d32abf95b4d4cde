//! Frames as they are sent: `{cmd, headers: {req_id}, body}` and `{headers: {req_id}, errcode, errmsg, body}`.

use std::collections::HashMap;

use serde_json::value::RawValue;

use crate::value::hex;

/// What came from the server.
#[derive(Debug)]
pub(crate) enum Frame {
    /// A message or an event: has a `cmd`.
    Pushed { cmd: String, req_id: String, body: Box<RawValue> },
    /// The acknowledgement of one of our frames.
    Answer { req_id: String, code: i64, message: String, body: Option<Box<RawValue>> },
}

type Map = HashMap<String, Box<RawValue>>;

/// Reads a frame; the reason why not holds nothing of its content.
pub(crate) fn read(text: &str) -> Result<Frame, &'static str> {
    let mut map: Map = serde_json::from_str(text).map_err(|_| "not a JSON object")?;
    let headers: Map = match map.get("headers") {
        Some(headers) => serde_json::from_str(headers.get()).map_err(|_| "headers that are not an object")?,
        None => Map::new(),
    };
    let req_id = headers.get("req_id").and_then(|id| word(id)).unwrap_or_default();
    match map.get("cmd").and_then(|cmd| word(cmd)).filter(|cmd| !cmd.is_empty()) {
        Some(cmd) => {
            let body = map.remove("body").ok_or("a command without a body")?;
            Ok(Frame::Pushed { cmd, req_id, body })
        }
        None => {
            let code = map.get("errcode").ok_or("neither a command nor an answer")?;
            let code = word(code).and_then(|c| c.parse().ok()).ok_or("an errcode that is not a number")?;
            let message = map.get("errmsg").and_then(|m| word(m)).unwrap_or_default();
            Ok(Frame::Answer { req_id, code, message, body: map.remove("body") })
        }
    }
}

/// A text or a number.
fn word(raw: &RawValue) -> Option<String> {
    let text = raw.get();
    match text.as_bytes().first()? {
        b'"' => serde_json::from_str(text).ok(),
        b'-' | b'0'..=b'9' => Some(text.to_owned()),
        _ => None,
    }
}

/// A frame to send; `body` is JSON already.
pub(crate) fn write(cmd: &str, req_id: &str, body: Option<&str>) -> String {
    let mut out = String::with_capacity(64 + body.map_or(0, str::len));
    out.push_str("{\"cmd\":");
    out.push_str(&quoted(cmd));
    out.push_str(",\"headers\":{\"req_id\":");
    out.push_str(&quoted(req_id));
    out.push('}');
    if let Some(body) = body {
        out.push_str(",\"body\":");
        out.push_str(body);
    }
    out.push('}');
    out
}

/// A JSON string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// An id that no other frame has: 16 random bytes; where the system has none, a count.
pub(crate) fn fresh_id(kind: &str) -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut bytes = [0u8; 16];
    if getrandom::fill(&mut bytes).is_err() {
        bytes[..8].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    }
    format!("{kind}_{}", hex(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames() {
        let seen = |text: &str| match read(text) {
            Ok(Frame::Pushed { cmd, req_id, body }) => format!("{cmd} {req_id} {body}"),
            Ok(Frame::Answer { req_id, code, message, body }) => {
                format!("{req_id} {code} {message} {}", body.map_or("-".to_owned(), |b| b.to_string()))
            }
            Err(why) => why.to_owned(),
        };
        for (text, expected) in [
            (r#"{"cmd":"c","headers":{"req_id":"r"},"body":{"a":1}}"#, r#"c r {"a":1}"#),
            (r#"{"headers":{"req_id":"r"},"errcode":0,"errmsg":"ok"}"#, "r 0 ok -"),
            (r#"{"headers":{"req_id":7},"errcode":"40014","errmsg":null,"body":{}}"#, "7 40014  {}"),
            (r#"{"cmd":"c","headers":{}}"#, "a command without a body"),
            (r#"{"cmd":"","headers":{}}"#, "neither a command nor an answer"),
            (r#"{"headers":[],"errcode":0}"#, "headers that are not an object"),
            (r#"{"errcode":"x"}"#, "an errcode that is not a number"),
            ("[]", "not a JSON object"),
            ("", "not a JSON object"),
        ] {
            assert_eq!(seen(text), expected, "{text}");
        }
        assert_eq!(write("ping", "a\"b", None), r#"{"cmd":"ping","headers":{"req_id":"a\"b"}}"#);
        assert_eq!(write("x", "r", Some("{}")), r#"{"cmd":"x","headers":{"req_id":"r"},"body":{}}"#);
        assert_ne!(fresh_id("a"), fresh_id("a"));
    }
}
