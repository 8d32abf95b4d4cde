//! Schedules.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::repeat::Rule;
use super::{Calendar, Oa, Schedule, unknown, within};
use crate::call::{Call, Flow, Outcome, int, object, ok, text};
use crate::flow::page::by_offset;
use crate::refuse::{Refusal, refuse};
use crate::state::{Corp, State};

/// Attendees of one schedule.
const ATTENDEES: usize = 1000;
const DAY: i64 = 24 * 3600;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "schedule/add" => add,
        "schedule/get" => get,
        "schedule/get_by_calendar" => get_by_calendar,
        "schedule/update" => update,
        "schedule/del" => del,
        "schedule/add_attendees" => add_attendees,
        "schedule/del_attendees" => del_attendees,
        _ => return None,
    })
}

fn checked(corp: &Corp, fields: &Map<String, Value>) -> Result<(), Refusal> {
    let time = |name: &str| fields.get(name).and_then(int).unwrap_or(0);
    if time("end_time") < time("start_time") {
        return refuse(40058, "end_time is before start_time");
    }
    let people = fields.get("attendees").cloned().unwrap_or_default();
    if let Some(id) = unknown(corp, &people).first() {
        return refuse(60111, format!("there is no member {id}"));
    }
    let admins = fields.get("admins").cloned().unwrap_or_default();
    within(&admins, &people).or_else(|missed| refuse(90715, missed))
}

/// The calendar of schedules that name none.
fn default_calendar(corp: &mut Corp, agent: i64, fresh: String) -> String {
    if let Some(id) = corp.oa.default_calendars.get(&agent) {
        return id.clone();
    }
    let name = corp.apps.get(&agent).and_then(|a| a.fields.get("name")).map(text).unwrap_or_default();
    let fields = json!({ "cal_id": fresh, "summary": name, "color": "#0000FF", "is_public": 0, "is_corp_calendar": 0 });
    let calendar = Calendar { agent, fields: object(fields), deleted: false };
    corp.oa.calendars.insert(fresh.clone(), calendar);
    corp.oa.default_calendars.insert(agent, fresh.clone());
    fresh
}

fn add(state: &mut State, call: &Call<'_>) -> Outcome {
    let (id, fresh) = (state.ids.text(32), format!("wc{}", state.ids.text(30)));
    let corp = state.corp(call.who)?;
    let mut fields = object(call.get("schedule").clone());
    checked(corp, &fields)?;
    let cal_id = match fields.remove("cal_id").as_ref().map(text).filter(|id| !id.is_empty()) {
        Some(id) => corp.oa.calendar(call, &id).map(|_| id)?,
        None => default_calendar(corp, call.who.agent, fresh),
    };
    fields.entry("summary").or_insert(json!("新建事件"));
    corp.oa.schedules.push(Schedule {
        id: id.clone(),
        agent: call.who.agent,
        cal_id,
        fields,
        cancelled: false,
        excluded: BTreeSet::new(),
    });
    ok(json!({ "schedule_id": id }))
}

fn flag(value: Option<&Value>) -> i64 {
    i64::from(value.is_some_and(|v| *v == json!(1) || *v == json!(true)))
}

/// A schedule as answers show it.
fn shown(schedule: &Schedule, number: usize) -> Value {
    let mut fields = schedule.fields.clone();
    fields.insert("schedule_id".into(), json!(schedule.id));
    fields.insert("cal_id".into(), json!(schedule.cal_id));
    fields.insert("sequence".into(), json!(number));
    fields.insert("status".into(), json!(i64::from(schedule.cancelled)));
    fields.insert("is_whole_day".into(), json!(flag(fields.get("is_whole_day"))));
    for person in fields.get_mut("attendees").and_then(Value::as_array_mut).into_iter().flatten() {
        person["response_status"] = json!(0);
    }
    if let Some(reminders) = fields.get_mut("reminders").filter(|r| r.is_object()) {
        for name in ["is_remind", "is_repeat"] {
            reminders[name] = json!(flag(reminders.get(name)));
        }
        if !schedule.excluded.is_empty() {
            let list: Vec<Value> = schedule.excluded.iter().map(|t| json!({ "start_time": t })).collect();
            reminders["exclude_time_list"] = json!(list);
        }
    }
    Value::Object(fields)
}

/// Cancelled ones too.
fn get(state: &mut State, call: &Call<'_>) -> Outcome {
    let oa = &mut state.corp(call.who)?.oa;
    let ids = call.list("schedule_id_list");
    if ids.is_empty() {
        return refuse(90462, "schedule_id_list is empty");
    }
    let mut list = Vec::new();
    for id in ids {
        list.push(shown(oa.schedule(call, &id)?, 0));
    }
    ok(json!({ "schedule_list": list }))
}

fn get_by_calendar(state: &mut State, call: &Call<'_>) -> Outcome {
    let oa = &mut state.corp(call.who)?.oa;
    let id = call.text("cal_id");
    oa.calendar(call, &id)?;
    let all = oa.schedules.iter().filter(|s| s.cal_id == id);
    let all: Vec<Value> = all.enumerate().map(|(i, s)| shown(s, i + 1)).collect();
    let limit = call.int("limit").and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0).unwrap_or(500);
    ok(json!({ "schedule_list": by_offset(call, "offset", limit, &all).items }))
}

/// What a call is about: all of a schedule, or a part that begins at a time.
enum Part {
    All,
    This(i64),
    Later(i64),
}

fn part(call: &Call<'_>, schedule: &Schedule) -> Result<Part, Refusal> {
    let mode = call.int("op_mode").unwrap_or(0);
    if mode == 0 {
        return Ok(Part::All);
    }
    let Some(rule) = Rule::of(&schedule.fields) else {
        return refuse(90485, format!("op_mode is {mode}, but the schedule does not repeat"));
    };
    let at = call.int("op_start_time").unwrap_or(0);
    if !rule.starts_at(at) || schedule.excluded.contains(&at) {
        return refuse(90482, format!("{at} is not the start of one of its times"));
    }
    let first = schedule.fields.get("start_time").and_then(int) == Some(at);
    Ok(match mode {
        1 => Part::This(at),
        // From the first one on is all of it.
        _ if first => Part::All,
        _ => Part::Later(at),
    })
}

/// Ends a schedule before a time.
fn end_before(schedule: &mut Schedule, at: i64) {
    if let Some(reminders) = schedule.fields.get_mut("reminders") {
        reminders["repeat_until"] = json!(at.saturating_sub(1));
    }
}

fn existing<'o>(oa: &'o mut Oa, call: &Call<'_>, id: &str) -> Result<&'o mut Schedule, Refusal> {
    match oa.schedule(call, id)? {
        s if s.cancelled => refuse(90460, format!("the schedule {id} is cancelled")),
        s => Ok(s),
    }
}

fn update(state: &mut State, call: &Call<'_>) -> Outcome {
    let fresh = state.ids.text(32);
    let corp = state.corp(call.who)?;
    let mut fields = object(call.get("schedule").clone());
    let id = fields.remove("schedule_id").as_ref().map(text).unwrap_or_default();
    let old = existing(&mut corp.oa, call, &id)?.clone();
    if call.flag("skip_attendees") {
        fields.remove("attendees");
        if let Some(people) = old.fields.get("attendees") {
            fields.insert("attendees".into(), people.clone());
        }
    }
    checked(corp, &fields)?;
    fields.entry("summary").or_insert(json!("新建事件"));
    let part = part(call, &old)?;
    if let (Part::This(_), Some(_)) = (&part, Rule::of(&fields)) {
        return refuse(90484, "one time of a schedule cannot repeat");
    }
    if let Part::This(at) | Part::Later(at) = part {
        let start = fields.get("start_time").and_then(int).unwrap_or(0);
        if start < at.saturating_sub(at.saturating_add(8 * 3600).rem_euclid(DAY)) {
            return refuse(90488, "start_time is before the day of op_start_time");
        }
    }
    let schedule = existing(&mut corp.oa, call, &id)?;
    match part {
        Part::All => {
            schedule.fields = fields;
            return ok(json!({}));
        }
        Part::This(at) => {
            schedule.excluded.insert(at);
        }
        Part::Later(at) => end_before(schedule, at),
    }
    corp.oa.schedules.push(Schedule { id: fresh.clone(), fields, excluded: BTreeSet::new(), ..old });
    ok(json!({ "schedule_id": fresh }))
}

fn del(state: &mut State, call: &Call<'_>) -> Outcome {
    let oa = &mut state.corp(call.who)?.oa;
    let schedule = existing(oa, call, &call.text("schedule_id"))?;
    match part(call, schedule)? {
        Part::All => schedule.cancelled = true,
        Part::This(at) => {
            schedule.excluded.insert(at);
        }
        Part::Later(at) => end_before(schedule, at),
    }
    ok(json!({}))
}

fn add_attendees(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    let new = call.get("attendees");
    if let Some(id) = unknown(corp, new).first() {
        return refuse(60111, format!("there is no member {id}"));
    }
    let schedule = existing(&mut corp.oa, call, &call.text("schedule_id"))?;
    let people = schedule.fields.get("attendees").and_then(Value::as_array);
    let mut people = people.cloned().unwrap_or_default();
    for person in new.as_array().into_iter().flatten() {
        if !people.iter().any(|p| p["userid"] == person["userid"]) {
            people.push(person.clone());
        }
    }
    if people.len() > ATTENDEES {
        return refuse(90464, format!("{} attendees, {ATTENDEES} at most", people.len()));
    }
    schedule.fields.insert("attendees".into(), json!(people));
    ok(json!({}))
}

fn del_attendees(state: &mut State, call: &Call<'_>) -> Outcome {
    let schedule = existing(&mut state.corp(call.who)?.oa, call, &call.text("schedule_id"))?;
    let gone: Vec<&Value> =
        call.get("attendees").as_array().into_iter().flatten().map(|p| &p["userid"]).collect();
    if let Some(people) = schedule.fields.get_mut("attendees").and_then(Value::as_array_mut) {
        people.retain(|p| !gone.contains(&&p["userid"]));
    }
    ok(json!({}))
}
