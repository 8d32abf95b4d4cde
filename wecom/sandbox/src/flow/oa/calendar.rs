//! Calendars.

use serde_json::{Map, Value, json};

use super::{Calendar, unknown, within};
use crate::call::{Call, Flow, Outcome, object, ok};
use crate::refuse::{Refusal, refuse};
use crate::state::{Corp, State};

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "calendar/add" => add,
        "calendar/get" => get,
        "calendar/update" => update,
        "calendar/del" => del,
        _ => return None,
    })
}

fn yes(value: &Value) -> bool {
    value == &json!(1) || value == &json!(true)
}

/// The calendar as it is kept, without the members that are not there, and the answer about those.
fn checked(
    corp: &Corp,
    call: &Call<'_>,
    mut fields: Map<String, Value>,
) -> Result<(Map<String, Value>, Value), Refusal> {
    let shares = fields.get("shares").cloned().unwrap_or(json!([]));
    let admins = fields.get("admins").cloned().unwrap_or_default();
    if let Err(missed) = within(&admins, &shares) {
        return refuse(90492, missed);
    }
    let bad = unknown(corp, &shares);
    let meaning = call.api.error(60111).map_or("", |e| e.meaning.as_str());
    let failed: Vec<Value> =
        bad.iter().map(|id| json!({ "errcode": 60111, "errmsg": meaning, "userid": id })).collect();
    let kept = shares.as_array().into_iter().flatten();
    let kept: Vec<Value> =
        kept.filter(|s| s["userid"].as_str().is_none_or(|id| !bad.contains(&id))).cloned().collect();
    fields.insert("shares".into(), json!(kept));
    let answer = if failed.is_empty() { json!({}) } else { json!({ "fail_result": { "shares": failed } }) };
    Ok((fields, answer))
}

fn add(state: &mut State, call: &Call<'_>) -> Outcome {
    let id = format!("wc{}", state.ids.text(30));
    let corp = state.corp(call.who)?;
    let mut fields = object(call.get("calendar").clone());
    let corp_wide = fields.get("is_corp_calendar").is_some_and(yes);
    // A calendar of the whole corp is a public one.
    let public = corp_wide || fields.get("is_public").is_some_and(yes);
    if public && !fields.contains_key("public_range") {
        return refuse(90483, "a public calendar needs public_range");
    }
    let default = fields.remove("set_as_default").as_ref().is_some_and(yes);
    if default && corp_wide {
        return refuse(40058, "a calendar of the whole corp cannot be the default one");
    }
    let (mut fields, mut answer) = checked(corp, call, fields)?;
    fields.insert("cal_id".into(), json!(id));
    fields.insert("is_public".into(), json!(i64::from(public)));
    fields.insert("is_corp_calendar".into(), json!(i64::from(corp_wide)));
    if default {
        corp.oa.default_calendars.insert(call.who.agent, id.clone());
    }
    corp.oa.calendars.insert(id.clone(), Calendar { agent: call.who.agent, fields, deleted: false });
    answer["cal_id"] = json!(id);
    ok(answer)
}

fn get(state: &mut State, call: &Call<'_>) -> Outcome {
    let oa = &mut state.corp(call.who)?.oa;
    let ids = call.list("cal_id_list");
    if ids.is_empty() {
        return refuse(90458, "cal_id_list is empty");
    }
    let mut list = Vec::new();
    for id in ids {
        list.push(oa.calendar(call, &id)?.fields.clone());
    }
    ok(json!({ "calendar_list": list }))
}

/// All is replaced but what cannot change after creation.
fn update(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    let given = object(call.get("calendar").clone());
    let id = given.get("cal_id").map(crate::call::text).unwrap_or_default();
    let old = corp.oa.calendar(call, &id)?.fields.clone();
    let (mut fields, answer) = checked(corp, call, given)?;
    let mut kept = vec!["cal_id", "is_public", "is_corp_calendar"];
    if call.flag("skip_public_range") {
        kept.push("public_range");
    }
    for key in kept {
        match old.get(key) {
            Some(value) => fields.insert(key.into(), value.clone()),
            None => fields.remove(key),
        };
    }
    corp.oa.calendar(call, &id)?.fields = fields;
    ok(answer)
}

fn del(state: &mut State, call: &Call<'_>) -> Outcome {
    let oa = &mut state.corp(call.who)?.oa;
    let id = call.text("cal_id");
    oa.calendar(call, &id)?.deleted = true;
    oa.default_calendars.retain(|_, default| *default != id);
    ok(json!({}))
}
