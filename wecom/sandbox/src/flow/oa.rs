//! Office: calendars, schedules, approvals.

mod approval;
mod calendar;
mod repeat;
mod schedule;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::call::{Call, Flow};
use crate::refuse::{Refusal, refuse};
use crate::state::Corp;

pub(super) fn find(name: &str) -> Option<Flow> {
    calendar::find(name).or_else(|| schedule::find(name)).or_else(|| approval::find(name))
}

/// Calendars, schedules and approvals of a corp.
#[derive(Debug, Default)]
pub(crate) struct Oa {
    calendars: BTreeMap<String, Calendar>,
    /// In the order of their creation.
    schedules: Vec<Schedule>,
    /// By the app that has it.
    default_calendars: BTreeMap<i64, String>,
    /// Templates that came by a call, with what it said.
    templates: BTreeMap<String, Map<String, Value>>,
    approvals: BTreeMap<String, Value>,
}

impl Oa {
    /// With the templates that are there before the first call.
    pub(crate) fn new(templates: &[String]) -> Self {
        let named = |id: &String| {
            let name = json!({ "template_name": [{ "text": id, "lang": "zh_CN" }], "template_content": { "controls": [] } });
            (id.clone(), name.as_object().cloned().unwrap_or_default())
        };
        Oa { templates: templates.iter().map(named).collect(), ..Oa::default() }
    }
}

#[derive(Debug, Clone)]
struct Calendar {
    agent: i64,
    /// As `calendar/get` gives it.
    fields: Map<String, Value>,
    deleted: bool,
}

#[derive(Debug, Clone)]
struct Schedule {
    id: String,
    agent: i64,
    cal_id: String,
    /// As created and updated.
    fields: Map<String, Value>,
    cancelled: bool,
    /// Starts that were changed or cancelled alone.
    excluded: BTreeSet<i64>,
}

impl Oa {
    /// A calendar of the caller's app.
    fn calendar(&mut self, call: &Call<'_>, id: &str) -> Result<&mut Calendar, Refusal> {
        match self.calendars.get_mut(id) {
            None => refuse(90457, format!("there is no calendar {id}")),
            Some(c) if c.agent != call.who.agent => refuse(90466, format!("agentid {} made it", c.agent)),
            Some(c) if c.deleted => refuse(90459, format!("the calendar {id} is deleted")),
            Some(c) => Ok(c),
        }
    }

    /// Whether the caller's app has such a calendar.
    pub(crate) fn owns(&mut self, call: &Call<'_>, id: &str) -> bool {
        self.calendar(call, id).is_ok()
    }

    /// A schedule of the caller's app, also a cancelled one.
    fn schedule(&mut self, call: &Call<'_>, id: &str) -> Result<&mut Schedule, Refusal> {
        match self.schedules.iter_mut().find(|s| s.id == id) {
            None => refuse(90461, format!("there is no schedule {id}")),
            Some(s) if s.agent != call.who.agent => refuse(90466, format!("agentid {} made it", s.agent)),
            Some(s) => Ok(s),
        }
    }
}

/// Whether all of the first are among the second.
fn within(admins: &Value, people: &Value) -> Result<(), String> {
    let people: Vec<&Value> = people.as_array().into_iter().flatten().map(|p| &p["userid"]).collect();
    match admins.as_array().into_iter().flatten().find(|a| !people.contains(a)) {
        Some(admin) => Err(format!("the admin {admin} is not among them")),
        None => Ok(()),
    }
}

/// Members that are not there.
fn unknown<'v>(corp: &Corp, people: &'v Value) -> Vec<&'v str> {
    let all = people.as_array().into_iter().flatten().filter_map(|p| p["userid"].as_str());
    all.filter(|id| corp.member(id).is_err()).collect()
}
