//! Every generated type reads and writes what the wire has.
#![cfg(feature = "full")]
#![allow(deprecated)] // Retired endpoints are still answered, so still tested.

#[rustfmt::skip]
mod generated;
#[path = "common/material.rs"]
mod material;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// JSON → type → JSON gives the same value. Nothing is lost, unknown values and variants neither.
#[track_caller]
pub(crate) fn check<T: Serialize + DeserializeOwned>(json: &str) {
    let name = std::any::type_name::<T>();
    let before: Value = serde_json::from_str(json).expect("the table holds JSON");
    let read: T = match serde_json::from_str(json) {
        Ok(read) => read,
        Err(error) => panic!("{name} does not read {json}: {error}"),
    };
    let after = serde_json::to_value(&read).expect("a type that was read can be written");
    assert_eq!(after, before, "{name}");
}

/// Samples that show a word where the wire has another thing, or that err: the spec says so as a departure.
const PLACEHOLDERS: &[(&str, &str)] = &[
    ("/cgi-bin/checkin/addcheckinuserface", "request"),
    ("/cgi-bin/exmail/app/compose_send", "request"),
    ("/cgi-bin/school/agent/get_allow_scope", "response"),
    ("/cgi-bin/school/set_upgrade_info", "request"),
    ("/cgi-bin/wedrive/file_upload", "request"),
    ("/cgi-bin/wedrive/file_upload_part", "request"),
];

/// A documentation sample reads, and what is written of it says the same. Samples are looser than the wire (`"1"` for 1, several
/// variants at once), so only what the type writes is compared, and scalars by their text.
#[track_caller]
pub(crate) fn sample<T: Serialize + DeserializeOwned>(path: &str, side: &str) {
    let root = material::material("samples/http");
    if !root.is_dir() {
        // Said once a run is enough: the first endpoint's name is as good as any.
        static SAID: std::sync::Once = std::sync::Once::new();
        SAID.call_once(|| println!("skipped: {} is not there", root.display()));
        return;
    }
    let folder = root.join(path.trim_start_matches('/').replace('/', "."));
    let Ok(files) = std::fs::read_dir(folder) else { return };
    for file in files.filter_map(|f| f.ok().map(|f| f.path())) {
        if !file.file_name().is_some_and(|n| n.to_string_lossy().starts_with(side)) {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("a sample is readable");
        let Ok(before) = serde_json::from_str::<Value>(&text) else { continue };
        let placeholder = PLACEHOLDERS.contains(&(path, side));
        let read: T = match serde_json::from_value(before.clone()) {
            Ok(read) => read,
            Err(_) if placeholder => continue,
            Err(error) => panic!("{path} {side} does not read {}: {error}", file.display()),
        };
        let after = serde_json::to_value(&read).expect("a type that was read can be written");
        let mut lost = Vec::new();
        compare(&before, &after, side, &mut lost);
        if placeholder {
            assert!(!lost.is_empty(), "{path} {side} reads: take it off the list of placeholders");
            continue;
        }
        assert!(lost.is_empty(), "{path}: {}\nwas: {before}\nis: {after}", lost.join("; "));
    }
}

/// What the type wrote agrees with the sample wherever both say something.
fn compare(before: &Value, after: &Value, at: &str, lost: &mut Vec<String>) {
    let text = |v: &Value| match v {
        Value::String(s) => s.clone(),
        Value::Bool(b) => u8::from(*b).to_string(),
        Value::Null => String::new(),
        // 100 and 100.0 are one number.
        Value::Number(n) => n.as_f64().filter(|_| n.is_f64()).map_or(n.to_string(), |n| n.to_string()),
        other => other.to_string(),
    };
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            for (key, value) in new {
                if let Some(old) = old.get(key) {
                    compare(old, value, &format!("{at}.{key}"), lost);
                }
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            if old.len() != new.len() {
                lost.push(format!("{at}: {} elements became {}", old.len(), new.len()));
            }
            for (i, (old, new)) in old.iter().zip(new).enumerate() {
                compare(old, new, &format!("{at}[{i}]"), lost);
            }
        }
        (old, new) => {
            let empty = |v: &Value| {
                matches!(v, Value::Null)
                    || v.as_str() == Some("")
                    || v.as_array().is_some_and(Vec::is_empty)
                    || v.as_object().is_some_and(serde_json::Map::is_empty)
            };
            // `"a | b"` is read as two and written without the blanks.
            let same = text(old).replace(' ', "") == text(new).replace(' ', "");
            if !same && !(empty(old) && (empty(new) || text(new) == "0")) {
                lost.push(format!("{at}: {old} became {new}"));
            }
        }
    }
}
