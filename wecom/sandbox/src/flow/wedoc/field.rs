//! Fields of smart tables.

use serde_json::{Map, Value, json};

use super::{named, sheet};
use crate::call::{Call, Flow, Outcome, object, ok};
use crate::flow::page::by_offset;
use crate::refuse::refuse;
use crate::state::State;

/// Fields of one sheet.
const FIELDS: usize = 150;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "add_fields" => add,
        "get_fields" => get,
        "update_fields" => update,
        "delete_fields" => delete,
        _ => return None,
    })
}

fn add(state: &mut State, call: &Call<'_>) -> Outcome {
    let given: Vec<_> = call.get("fields").as_array().into_iter().flatten().cloned().map(object).collect();
    let ids: Vec<String> = given.iter().map(|_| format!("f{}", state.ids.text(5))).collect();
    let sheet = sheet(state, call, true)?;
    if sheet.fields.len() + given.len() > FIELDS {
        return refuse(2022029, format!("a sheet has {FIELDS} fields at most"));
    }
    let mut added: Vec<Map<String, Value>> = Vec::new();
    for (mut field, id) in given.into_iter().zip(ids) {
        let title = named(&field, "field_title").to_owned();
        let mut taken = sheet.fields.iter().chain(&added);
        if title.is_empty() || taken.any(|f| named(f, "field_title") == title) {
            return refuse(2022030, format!("the title {title} is empty or taken"));
        }
        options(&mut field);
        field.insert("field_id".into(), json!(id));
        added.push(field);
    }
    sheet.fields.extend(added.iter().cloned());
    ok(json!({ "fields": added }))
}

/// Options of a choice get ids.
fn options(field: &mut Map<String, Value>) {
    for name in ["property_select", "property_single_select"] {
        let list = field.get_mut(name).and_then(|p| p.get_mut("options")).and_then(Value::as_array_mut);
        for (i, option) in list.into_iter().flatten().enumerate() {
            if option.is_object() && option.get("id").is_none() {
                option["id"] = json!((i + 1).to_string());
            }
        }
    }
}

fn get(state: &mut State, call: &Call<'_>) -> Outcome {
    let (ids, titles) = (call.list("field_ids"), call.list("field_titles"));
    let sheet = sheet(state, call, false)?;
    let wanted = |f: &&Map<String, Value>| {
        (ids.is_empty() || ids.iter().any(|id| id == named(f, "field_id")))
            && (titles.is_empty() || titles.iter().any(|t| t == named(f, "field_title")))
    };
    let all: Vec<_> = sheet.fields.iter().filter(wanted).cloned().collect();
    ok(json!({ "total": all.len(), "fields": by_offset(call, "offset", 1000, &all).items }))
}

fn update(state: &mut State, call: &Call<'_>) -> Outcome {
    let given: Vec<_> = call.get("fields").as_array().into_iter().flatten().cloned().map(object).collect();
    let sheet = sheet(state, call, true)?;
    let mut all = sheet.fields.clone();
    let mut updated = Vec::new();
    for mut change in given {
        let id = named(&change, "field_id").to_owned();
        let old = sheet.field(&id, true)?;
        if named(&change, "field_type") != named(old, "field_type") {
            return refuse(
                2022010,
                format!("the field {id} is a {}, which cannot change", named(old, "field_type")),
            );
        }
        let title = change.get("field_title").and_then(Value::as_str).unwrap_or_default().to_owned();
        if !title.is_empty() && all.iter().any(|f| named(f, "field_title") == title) {
            return refuse(2022030, format!("the title {title} is taken"));
        }
        options(&mut change);
        let Some(field) = all.iter_mut().find(|f| named(f, "field_id") == id) else { continue };
        field.extend(change);
        updated.push(field.clone());
    }
    sheet.fields = all;
    ok(json!({ "fields": updated }))
}

/// The cells go with them.
fn delete(state: &mut State, call: &Call<'_>) -> Outcome {
    let gone = call.list("field_ids");
    let sheet = sheet(state, call, true)?;
    for id in &gone {
        sheet.field(id, true)?;
    }
    sheet.fields.retain(|f| !gone.iter().any(|id| id == named(f, "field_id")));
    for record in &mut sheet.records {
        record.values.retain(|id, _| !gone.contains(id));
    }
    ok(json!({}))
}
