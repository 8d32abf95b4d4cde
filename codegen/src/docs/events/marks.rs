//! What tells a callback from others: marks in its payload, of XML and of JSON.

use serde_json::Value;

use crate::docs::model::Field;
use crate::schema::XML_DISCRIMINATORS;

/// The marks of a payload with their values, in the order of the format. Dots go down.
pub(crate) type Key = Vec<(String, String)>;

/// What tells an event from others, of a payload.
pub fn discriminators(value: &Value) -> Option<Key> {
    of_xml(value).or_else(|| of_json(value))
}

/// A word of the wire.
fn word(value: &Value, key: &str) -> Option<String> {
    let text = value.get(key)?.as_str()?.trim();
    let wire = |v: &str| v.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./".contains(&b));
    (!text.is_empty() && wire(text)).then(|| text.to_owned())
}

fn of_xml(value: &Value) -> Option<Key> {
    let mut out = Vec::new();
    for key in XML_DISCRIMINATORS {
        match value.get(key).and_then(Value::as_str).map(str::trim) {
            None | Some("") => {}
            Some(_) => out.push(((*key).to_owned(), word(value, key)?)),
        }
    }
    // Only an event has the finer marks.
    out.iter().any(|(k, _)| k == "MsgType" || k == "InfoType").then_some(out)
}

/// The payloads that come as JSON. Requests and answers of endpoints have words of the same names, so each kind is known by more than its mark:
/// commands and events of devices by the object that the mark names, messages to a robot by the robot, notices of the data zone by their time.
fn of_json(value: &Value) -> Option<Key> {
    // An answer, or a program's sample of everything at once.
    if value.get("errcode").is_some() {
        return None;
    }
    let pair = |key: &str, value: String| (key.to_owned(), value);
    if let Some(kind) = word(value, "msg_type").filter(|k| matches!(k.as_str(), "event" | "command")) {
        let mark = format!("{kind}_type");
        let inner = word(value.get(&kind)?, &mark)?;
        return Some(vec![pair("msg_type", kind.clone()), pair(&format!("{kind}.{mark}"), inner)]);
    }
    if value.get("aibotid").is_some() {
        let kind = word(value, "msgtype")?;
        if kind != "event" {
            return Some(vec![pair("msgtype", kind)]);
        }
        // The frame of all events has a placeholder for the mark.
        let inner = word(value.get("event")?, "eventtype").filter(|v| !v.starts_with("eventtype"))?;
        return Some(vec![pair("msgtype", kind), pair("event.eventtype", inner)]);
    }
    value.get("timestamp").filter(|t| t.is_number())?;
    Some(vec![pair("event_type", word(value, "event_type")?)])
}

/// Where the finest mark stands: of one subject's changes, which change it is.
pub(super) fn finest(key: &Key) -> Option<usize> {
    key.iter().position(|(k, _)| k == "ChangeType").or(key.len().checked_sub(1))
}

/// The fields of a payload without its marks.
pub(super) fn without(mut fields: Vec<Field>, key: &Key) -> Vec<Field> {
    for (mark, _) in key {
        remove(&mut fields, mark);
    }
    fields
}

fn remove(fields: &mut Vec<Field>, mark: &str) {
    match mark.split_once('.') {
        None => fields.retain(|f| f.name != mark),
        Some((holder, rest)) => {
            let Some(at) = fields.iter().position(|f| f.name == holder) else { return };
            remove(&mut fields[at].children, rest);
            // An object that held the mark alone says nothing more.
            if fields[at].children.is_empty() {
                fields.remove(at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks() {
        for (payload, want) in [
            (r#"{"MsgType":"event","Event":"a","ChangeType":"b"}"#, "MsgType=event Event=a ChangeType=b"),
            (r#"{"InfoType":"suite_ticket"}"#, "InfoType=suite_ticket"),
            (r#"{"MsgType":"文本"}"#, ""),
            (r#"{"Event":"a"}"#, ""),
            (
                r#"{"msg_type":"command","command":{"command_type":"user_scan"}}"#,
                "msg_type=command command.command_type=user_scan",
            ),
            (r#"{"msg_type":"event","command":{}}"#, ""),
            (r#"{"aibotid":"A","msgtype":"text"}"#, "msgtype=text"),
            (
                r#"{"aibotid":"A","msgtype":"event","event":{"eventtype":"enter_chat"}}"#,
                "msgtype=event event.eventtype=enter_chat",
            ),
            (r#"{"aibotid":"A","msgtype":"event","event":{"eventtype":"eventtype_name"}}"#, ""),
            // A message that an application sends.
            (r#"{"msgtype":"text","text":{}}"#, ""),
            (r#"{"event_type":"hit_keyword","timestamp":1}"#, "event_type=hit_keyword"),
            (r#"{"event_type":"TRANSACTION.SUCCESS","id":"1"}"#, ""),
            (r#"{"event_type":"hit_keyword","timestamp":1,"errcode":0}"#, ""),
        ] {
            let value = serde_json::from_str(payload).expect("json");
            let got = discriminators(&value).unwrap_or_default();
            let got: Vec<String> = got.iter().map(|(k, v)| format!("{k}={v}")).collect();
            assert_eq!(got.join(" "), want, "{payload}");
        }
    }
}
