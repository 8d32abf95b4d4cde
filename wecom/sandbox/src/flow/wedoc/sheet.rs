//! Sheets of smart tables, and their views.

use serde_json::{Map, Value, json};

use super::{Sheet, named, sheet, smart};
use crate::call::{Call, Flow, Outcome, object, ok, text};
use crate::flow::page::by_offset;
use crate::refuse::refuse;
use crate::state::State;

/// Views of one sheet.
const VIEWS: usize = 200;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "add_sheet" => add,
        "get_sheet" => get,
        "update_sheet" => update,
        "delete_sheet" => delete,
        "add_view" => add_view,
        "get_views" => get_views,
        "update_view" => update_view,
        "delete_views" => delete_views,
        _ => return None,
    })
}

/// An empty one, at the place that is asked for, else the last.
fn add(state: &mut State, call: &Call<'_>) -> Outcome {
    let id = state.ids.text(6);
    let properties = call.get("properties");
    let document = smart(state, call)?;
    let len = document.sheets.len();
    let asked = properties["index"].as_i64().and_then(|i| usize::try_from(i).ok());
    let index = asked.unwrap_or(len).min(len);
    let title = match text(&properties["title"]) {
        title if title.is_empty() => format!("智能表{}", len + 1),
        title => title,
    };
    document.sheets.insert(index, Sheet::new(id.clone(), title.clone()));
    ok(json!({ "properties": { "sheet_id": id, "title": title, "index": index } }))
}

fn get(state: &mut State, call: &Call<'_>) -> Outcome {
    let one = call.text("sheet_id");
    if !one.is_empty() {
        sheet(state, call, false)?;
    }
    let all = smart(state, call)?.sheets.iter().filter(|s| one.is_empty() || s.id == one);
    let shown =
        |s: &Sheet| json!({ "sheet_id": s.id, "title": s.title, "is_visible": true, "type": "smartsheet" });
    ok(json!({ "sheet_list": all.map(shown).collect::<Vec<_>>() }))
}

fn update(state: &mut State, call: &Call<'_>) -> Outcome {
    let properties = call.get("properties");
    let (id, title) = (text(&properties["sheet_id"]), text(&properties["title"]));
    let Some(sheet) = smart(state, call)?.sheets.iter_mut().find(|s| s.id == id) else {
        return refuse(2543303, format!("there is no sheet {id}"));
    };
    if !title.is_empty() {
        sheet.title = title;
    }
    ok(json!({}))
}

fn delete(state: &mut State, call: &Call<'_>) -> Outcome {
    let id = sheet(state, call, true)?.id.clone();
    smart(state, call)?.sheets.retain(|s| s.id != id);
    ok(json!({}))
}

fn add_view(state: &mut State, call: &Call<'_>) -> Outcome {
    let id = state.ids.text(6);
    let sheet = sheet(state, call, true)?;
    if sheet.views.len() >= VIEWS {
        return refuse(2022029, format!("the sheet has {VIEWS} views"));
    }
    let kind = call.text("view_type");
    let property = match kind.as_str() {
        "VIEW_TYPE_GANTT" => call.get("property_gantt"),
        "VIEW_TYPE_CALENDAR" => call.get("property_calendar"),
        _ => &Value::Null,
    };
    for name in ["start_date_field_id", "end_date_field_id"] {
        let id = text(&property[name]);
        if !id.is_empty() && named(sheet.field(&id, true)?, "field_type") != "FIELD_TYPE_DATE_TIME" {
            return refuse(2022032, format!("{name} is not a field of dates"));
        }
    }
    let view = object(json!({ "view_id": id, "view_title": call.text("view_title"), "view_type": kind }));
    sheet.views.push(view.clone());
    ok(json!({ "view": view }))
}

fn get_views(state: &mut State, call: &Call<'_>) -> Outcome {
    let asked = call.list("view_ids");
    let wanted =
        |v: &&Map<String, Value>| asked.is_empty() || asked.iter().any(|id| id == named(v, "view_id"));
    let all: Vec<_> = sheet(state, call, false)?.views.iter().filter(wanted).cloned().collect();
    let page = by_offset(call, "offset", 1000, &all);
    ok(json!({ "total": all.len(), "has_more": page.more, "next": page.next, "views": page.items }))
}

fn update_view(state: &mut State, call: &Call<'_>) -> Outcome {
    let id = call.text("view_id");
    let sheet = sheet(state, call, true)?;
    let Some(view) = sheet.views.iter_mut().find(|v| named(v, "view_id") == id) else {
        return refuse(2022005, format!("there is no view {id}"));
    };
    for name in ["view_title", "property"] {
        if !call.get(name).is_null() {
            view.insert(name.into(), call.get(name).clone());
        }
    }
    ok(json!({ "view": view }))
}

fn delete_views(state: &mut State, call: &Call<'_>) -> Outcome {
    let gone = call.list("view_ids");
    let sheet = sheet(state, call, true)?;
    if let Some(id) = gone.iter().find(|id| !sheet.views.iter().any(|v| named(v, "view_id") == **id)) {
        return refuse(2022005, format!("there is no view {id}"));
    }
    sheet.views.retain(|v| !gone.iter().any(|id| id == named(v, "view_id")));
    ok(json!({}))
}
