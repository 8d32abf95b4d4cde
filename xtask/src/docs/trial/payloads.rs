//! Figure 4: sample payloads of events, read as the importer reads those of the pages.

use std::fs;
use std::path::Path;

use serde_json::Value;
use wecom_codegen::docs::events::marks::discriminators;
use wecom_codegen::docs::events::xml::documents;
use wecom_codegen::docs::model::{Event, Field};

/// Prints how many payloads are readable, of a known event, and how many of their fields that event has.
pub(super) fn run(events: &[Event], dir: &Path, list: bool) -> Result<(), String> {
    let files = fs::read_dir(dir)
        .map_err(|e| format!("cannot read the folder {}: {e}; name it with --samples", dir.display()))?;
    let mut files: Vec<_> = files.flatten().map(|f| f.path()).collect();
    files.sort();
    let (mut all, mut read, mut known, mut fields) = (0, 0, 0, (0, 0));
    let mut missed = Vec::new();
    for file in files {
        all += 1;
        let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let text = fs::read_to_string(&file).map_err(|e| format!("cannot read {}: {e}", file.display()))?;
        let text = text.trim_start_matches('\u{feff}');
        let value = match name.ends_with(".json") {
            true => serde_json::from_str(text).ok(),
            false => documents(text).into_iter().next(),
        };
        let Some((value, key)) = value.and_then(|v| discriminators(&v).map(|k| (v, k))) else {
            missed.push(format!("{name}: cannot be read, or names no event"));
            continue;
        };
        read += 1;
        let Some(event) = events
            .iter()
            .find(|e| e.matches.len() == key.len() && key.iter().all(|pair| e.matches.contains(pair)))
        else {
            let key: Vec<String> = key.iter().map(|(k, v)| format!("{k}={v}")).collect();
            missed.push(format!("{name}: no page describes this event ({})", key.join(" ")));
            continue;
        };
        known += 1;
        walk(&event.fields, &value, &name, &mut fields, &mut missed);
    }
    say!(
        "event payloads: {all}, {read} readable, {known} of events that the pages describe; {} of {} fields known ({:.1} %)",
        fields.1,
        fields.0,
        100.0 * fields.1 as f64 / fields.0.max(1) as f64
    );
    let shown = if list { missed.len() } else { 12 };
    missed.iter().take(shown).for_each(|m| say!("    {m}"));
    if missed.len() > shown {
        say!("    … {} more; `--list` names them", missed.len() - shown);
    }
    Ok(())
}

fn walk(tree: &[Field], value: &Value, at: &str, count: &mut (usize, usize), missed: &mut Vec<String>) {
    let Value::Object(map) = value else { return };
    for (key, value) in map {
        if matches!(key.as_str(), "MsgType" | "Event" | "ChangeType" | "InfoType") {
            continue;
        }
        count.0 += 1;
        let at = format!("{at} {key}");
        let Some(field) = tree.iter().find(|f| f.name == *key) else {
            missed.push(format!("{at}: unknown"));
            continue;
        };
        count.1 += 1;
        match value {
            Value::Array(list) => list.iter().for_each(|v| walk(&field.children, v, &at, count, missed)),
            other => walk(&field.children, other, &at, count, missed),
        }
    }
}
