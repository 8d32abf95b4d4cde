//! Records of smart tables.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::cell::{checked, fits, order};
use super::{Record, Sheet, by_id, named, sheet};
use crate::call::{Call, Flow, Outcome, ok, text};
use crate::flow::page::by_offset;
use crate::refuse::{Refusal, refuse};
use crate::state::State;

/// Records of one sheet.
const RECORDS: usize = 100_000;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "add_records" => add,
        "get_records" => get,
        "update_records" => update,
        "delete_records" => delete,
        _ => return None,
    })
}

/// The cells of one record in a call, by field_id; choices may get new options.
fn cells(sheet: &mut Sheet, values: &Value, by_id: bool) -> Result<BTreeMap<String, Value>, Refusal> {
    let mut cells = BTreeMap::new();
    for (key, value) in values.as_object().into_iter().flatten() {
        let id = named(sheet.field(key, by_id)?, "field_id").to_owned();
        if let Some(field) = sheet.fields.iter_mut().find(|f| named(f, "field_id") == id) {
            cells.insert(id, checked(field, value)?);
        }
    }
    Ok(cells)
}

/// Cells under the titles or ids of their fields.
fn keyed<'c>(sheet: &Sheet, cells: impl Iterator<Item = (&'c String, &'c Value)>, by_id: bool) -> Value {
    let key = |id: &String| match sheet.field(id, true) {
        Ok(field) if !by_id => named(field, "field_title").to_owned(),
        _ => id.clone(),
    };
    Value::Object(cells.map(|(id, value)| (key(id), value.clone())).collect())
}

/// All or none are added.
fn add(state: &mut State, call: &Call<'_>) -> Outcome {
    let (now, by_id) = (state.now() * 1000, by_id(call));
    let given = call.get("records").as_array().cloned().unwrap_or_default();
    let ids: Vec<String> = given.iter().map(|_| format!("r{}", state.ids.text(5))).collect();
    let sheet = sheet(state, call, true)?;
    if sheet.records.len() + given.len() > RECORDS {
        return refuse(2022029, format!("a sheet has {RECORDS} records at most"));
    }
    let fields = sheet.fields.clone();
    let all: Result<Vec<_>, _> = given.iter().map(|r| cells(sheet, &r["values"], by_id)).collect();
    let all = match all {
        Ok(all) => all,
        Err(refusal) => {
            sheet.fields = fields;
            return Err(refusal);
        }
    };
    let mut added = Vec::new();
    for (mut values, id) in all.into_iter().zip(ids) {
        added.push(json!({ "record_id": id, "values": keyed(sheet, values.iter(), by_id) }));
        sheet.count += 1;
        for field in sheet.fields.iter().filter(|f| named(f, "field_type") == "FIELD_TYPE_AUTONUMBER") {
            let number = sheet.count.to_string();
            values.insert(named(field, "field_id").to_owned(), json!([{ "seq": number, "text": number }]));
        }
        sheet.records.push(Record { id, created: now, updated: now, values });
    }
    ok(json!({ "records": added }))
}

fn update(state: &mut State, call: &Call<'_>) -> Outcome {
    let (now, by_id) = (state.now() * 1000, by_id(call));
    let given = call.get("records").as_array().cloned().unwrap_or_default();
    let sheet = sheet(state, call, true)?;
    let (fields, mut records) = (sheet.fields.clone(), sheet.records.clone());
    let mut updated = Vec::new();
    for change in &given {
        let id = text(&change["record_id"]);
        let Some(record) = records.iter_mut().find(|r| r.id == id) else {
            sheet.fields = fields;
            return refuse(2022003, format!("there is no record {id}"));
        };
        match cells(sheet, &change["values"], by_id) {
            Ok(values) => {
                updated.push(json!({ "record_id": id, "values": keyed(sheet, values.iter(), by_id) }));
                record.values.extend(values);
                record.updated = now;
            }
            Err(refusal) => {
                sheet.fields = fields;
                return Err(refusal);
            }
        }
    }
    sheet.records = records;
    ok(json!({ "records": updated }))
}

fn delete(state: &mut State, call: &Call<'_>) -> Outcome {
    let gone = call.list("record_ids");
    let sheet = sheet(state, call, true)?;
    if let Some(id) = gone.iter().find(|id| !sheet.records.iter().any(|r| r.id == **id)) {
        return refuse(2022003, format!("there is no record {id}"));
    }
    sheet.records.retain(|r| !gone.contains(&r.id));
    ok(json!({}))
}

/// A cell, also of the fields that the server writes.
fn cell(field: &Map<String, Value>, record: &Record, agent: i64) -> Option<Value> {
    let app = || json!([{ "id_type": 3, "agentid": agent }]);
    match named(field, "field_type") {
        "FIELD_TYPE_CREATED_TIME" => Some(json!(record.created.to_string())),
        "FIELD_TYPE_MODIFIED_TIME" => Some(json!(record.updated.to_string())),
        "FIELD_TYPE_CREATED_USER" | "FIELD_TYPE_MODIFIED_USER" => Some(app()),
        _ => record.values.get(named(field, "field_id")).cloned(),
    }
}

fn get(state: &mut State, call: &Call<'_>) -> Outcome {
    let (by_id, agent) = (by_id(call), call.who.agent);
    let name =
        state.corp(call.who)?.own_app(call.who, agent)?.fields.get("name").cloned().unwrap_or_default();
    let sheet: &Sheet = sheet(state, call, false)?;
    let (sort, filter) = (call.get("sort"), call.get("filter_spec"));
    if sort.is_array() && filter.is_object() {
        return refuse(40058, "sort and filter_spec exclude each other");
    }
    let ids = call.list("record_ids");
    if let Some(id) = ids.iter().find(|id| !sheet.records.iter().any(|r| r.id == **id)) {
        return refuse(2022003, format!("there is no record {id}"));
    }
    let mut found: Vec<&Record> = Vec::new();
    for record in sheet.records.iter().filter(|r| ids.is_empty() || ids.contains(&r.id)) {
        if passes(sheet, filter, record, agent)? {
            found.push(record);
        }
    }
    // The last key first: sorting keeps the order of what is equal.
    for key in sort.as_array().into_iter().flatten().rev() {
        let field = sheet.field(&text(&key["field_title"]), false)?;
        let down = key["desc"] == json!(true);
        found.sort_by(|a, b| {
            let order = order(cell(field, a, agent).as_ref(), cell(field, b, agent).as_ref());
            if down { order.reverse() } else { order }
        });
    }
    let columns = columns(sheet, call, by_id)?;
    let shown = |r: &&Record| {
        let cells: BTreeMap<String, Value> = columns
            .iter()
            .filter_map(|f| Some((named(f, "field_id").to_owned(), cell(f, r, agent)?)))
            .collect();
        json!({
            "record_id": r.id, "create_time": r.created.to_string(), "update_time": r.updated.to_string(),
            "values": keyed(sheet, cells.iter(), by_id), "creator_name": name, "updater_name": name,
        })
    };
    let all: Vec<Value> = found.iter().map(shown).collect();
    if call.int("offset").and_then(|n| usize::try_from(n).ok()).unwrap_or(0) > all.len() {
        return refuse(2022023, format!("offset is beyond {} records", all.len()));
    }
    let page = by_offset(call, "offset", 1000, &all);
    ok(json!({ "total": all.len(), "has_more": page.more, "next": page.next, "records": page.items }))
}

/// The fields that are asked for.
fn columns<'s>(
    sheet: &'s Sheet,
    call: &Call<'_>,
    by_id: bool,
) -> Result<Vec<&'s Map<String, Value>>, Refusal> {
    let asked = call.list(if by_id { "field_ids" } else { "field_titles" });
    if asked.is_empty() {
        return Ok(sheet.fields.iter().collect());
    }
    asked.iter().map(|key| sheet.field(key, by_id)).collect()
}

fn passes(sheet: &Sheet, filter: &Value, record: &Record, agent: i64) -> Result<bool, Refusal> {
    let conditions = filter["conditions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let any = text(&filter["conjunction"]) == "CONJUNCTION_OR";
    let mut passed = conditions.is_empty() || !any;
    for condition in conditions {
        let field = sheet.field(&text(&condition["field_id"]), true)?;
        if named(field, "field_type") != text(&condition["field_type"]) {
            return refuse(2022033, format!("the field is a {}", named(field, "field_type")));
        }
        let fits = fits(condition, cell(field, record, agent).as_ref())?;
        passed = if any { passed || fits } else { passed && fits };
    }
    Ok(passed)
}
