//! Meetings. They begin and end by the clock, whether or not anybody comes.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::call::{Call, Flow, Outcome, int, object, ok, text};
use crate::flow::page::by_cursor;
use crate::refuse::{Refusal, refuse};
use crate::state::{Corp, State};

/// Who can be invited by a call that makes or changes a meeting.
const INVITEES: usize = 300;
const HOSTS: usize = 10;
/// Begin and end that `get_user_meetingid` takes lie within it.
const SPAN: i64 = 180 * 24 * 3600;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "create" => create,
        "get_info" => get_info,
        "update" => update,
        "cancel" => cancel,
        "get_user_meetingid" => of_user,
        "set_invitees" => set_invitees,
        "get_invitees" => get_invitees,
        "set_guests" => set_guests,
        "get_guests" => get_guests,
        _ => return None,
    })
}

/// Meetings of a corp by id.
#[derive(Debug, Default)]
pub(crate) struct Meetings(BTreeMap<String, Meeting>);

#[derive(Debug, Clone)]
struct Meeting {
    agent: i64,
    code: String,
    /// As created and updated.
    fields: Map<String, Value>,
    start: i64,
    seconds: i64,
    cancelled: bool,
}

impl Meeting {
    /// 1 to begin, 2 going on, 4 cancelled, 5 over.
    fn status(&self, now: i64) -> i64 {
        match () {
            () if self.cancelled => 4,
            () if now < self.start => 1,
            () if now < self.start.saturating_add(self.seconds) => 2,
            () => 5,
        }
    }

    fn invitees(&self) -> Vec<String> {
        people(self.fields.get("invitees"))
    }

    fn has(&self, userid: &str) -> bool {
        let admin = self.fields.get("admin_userid").map(text).unwrap_or_default();
        let hosts = people(self.fields.get("settings").and_then(|s| s.get("hosts")));
        admin == userid || self.invitees().iter().chain(&hosts).any(|id| id == userid)
    }
}

fn people(value: Option<&Value>) -> Vec<String> {
    value.and_then(|v| v["userid"].as_array()).into_iter().flatten().map(text).collect()
}

/// The meeting that the call names by id or code, if the caller's app made it.
fn own<'c>(corp: &'c mut Corp, call: &Call<'_>) -> Result<(String, &'c mut Meeting), Refusal> {
    let (id, code) = (call.text("meetingid"), call.text("meeting_code"));
    let named =
        |(known, m): &(&String, &mut Meeting)| if id.is_empty() { m.code == code } else { **known == id };
    let Some((id, meeting)) = corp.meetings.0.iter_mut().find(named) else {
        return match id.is_empty() {
            true => refuse(730004, format!("no meeting has the code {code}")),
            false => refuse(90602, format!("there is no meeting {id}")),
        };
    };
    if meeting.agent != call.who.agent {
        return refuse(730005, format!("agentid {} made it", meeting.agent));
    }
    if !call.text("sub_meetingid").is_empty() {
        return refuse(730003, "the meeting has no sub-meetings");
    }
    Ok((id.clone(), meeting))
}

/// The same, if it has not begun.
fn pending<'c>(
    corp: &'c mut Corp,
    call: &Call<'_>,
    now: i64,
    begun: i64,
) -> Result<&'c mut Meeting, Refusal> {
    let (_, meeting) = own(corp, call)?;
    match meeting.status(now) {
        1 => Ok(meeting),
        4 => refuse(400041, "the meeting is cancelled"),
        _ => refuse(begun, "the meeting has begun"),
    }
}

/// People, calendar and reminders as a call that makes or changes a meeting must have them.
fn checked(corp: &mut Corp, call: &Call<'_>, admin: &str) -> Result<(), Refusal> {
    let (invitees, settings) = (people(Some(call.get("invitees"))), call.get("settings"));
    let hosts = people(settings.get("hosts"));
    let unknown = invitees.iter().chain(&hosts).map(String::as_str).chain([admin]);
    if let Some(id) = unknown.into_iter().find(|id| corp.member(id).is_err()) {
        return refuse(400021, format!("there is no member {id}"));
    }
    if invitees.len() > INVITEES {
        return refuse(400020, format!("{} invitees, {INVITEES} at most", invitees.len()));
    }
    if hosts.len() > HOSTS {
        return refuse(400027, format!("{} hosts, {HOSTS} at most", hosts.len()));
    }
    let ringing = people(settings.get("ring_users"));
    if let Some(id) = ringing.iter().find(|id| *id != admin && !invitees.contains(id)) {
        return refuse(400037, format!("{id} is not invited"));
    }
    let calendar = call.text("cal_id");
    if !calendar.is_empty() && !corp.oa.owns(call, &calendar) {
        return refuse(400036, format!("the app has no calendar {calendar}"));
    }
    Ok(())
}

fn create(state: &mut State, call: &Call<'_>) -> Outcome {
    let (now, id) = (state.now(), state.ids.text(32));
    let code = format!("{:09}", 100_000_000 + state.ids.count());
    let corp = state.corp(call.who)?;
    let admin = call.text("admin_userid");
    checked(corp, call, &admin)?;
    let start = call.int("meeting_start").unwrap_or(now + 60);
    if start <= now {
        return refuse(400222, "meeting_start is not after now");
    }
    let mut fields = object(call.body.clone());
    // The one who runs it takes part.
    let mut invitees = people(Some(call.get("invitees")));
    if !invitees.contains(&admin) {
        invitees.push(admin);
    }
    fields.insert("invitees".into(), json!({ "userid": invitees }));
    let meeting = Meeting {
        agent: call.who.agent,
        code: code.clone(),
        fields,
        start,
        seconds: call.int("meeting_duration").unwrap_or(3600),
        cancelled: false,
    };
    corp.meetings.0.insert(id.clone(), meeting);
    ok(json!({ "meetingid": id, "meeting_code": code, "meeting_link": link(&code) }))
}

fn link(code: &str) -> String {
    format!("https://work.weixin.qq.com/meeting/{code}")
}

fn get_info(state: &mut State, call: &Call<'_>) -> Outcome {
    let now = state.now();
    let corp = state.corp(call.who)?;
    let (_, meeting) = own(corp, call)?;
    let mut fields = meeting.fields.clone();
    let nobody = |id: &String| {
        json!({
            "userid": id, "status": 2, "first_join_time": 0, "last_quit_time": 0, "total_join_count": 0, "cumulative_time": 0,
        })
    };
    let members: Vec<Value> = meeting.invitees().iter().map(nobody).collect();
    let repeats =
        fields.get("reminders").is_some_and(|r| r["is_repeat"] == json!(1) || r["is_repeat"] == json!(true));
    for (name, value) in [
        ("meeting_start", json!(meeting.start)),
        ("meeting_duration", json!(meeting.seconds)),
        ("status", json!(meeting.status(now))),
        ("meeting_type", json!(i64::from(repeats))),
        ("agentid", json!(meeting.agent)),
        ("meeting_code", json!(meeting.code)),
        ("meeting_link", json!(link(&meeting.code))),
        ("attendees", json!({ "member": members, "tmp_external_user": [] })),
    ] {
        fields.insert(name.into(), value);
    }
    for (name, value) in [
        ("description", json!("")),
        ("location", json!("")),
        ("settings", json!({})),
        ("reminders", json!({})),
    ] {
        fields.entry(name).or_insert(value);
    }
    let admin = corp.member(&fields.get("admin_userid").map(text).unwrap_or_default());
    let department = admin.ok().and_then(|m| m.departments().first().copied()).unwrap_or(1);
    fields.insert("main_department".into(), json!(department));
    ok(Value::Object(fields))
}

fn update(state: &mut State, call: &Call<'_>) -> Outcome {
    let now = state.now();
    let corp = state.corp(call.who)?;
    let meeting = pending(corp, call, now, 400221)?;
    let admin = meeting.fields.get("admin_userid").map(text).unwrap_or_default();
    checked(corp, call, &admin)?;
    let (start, seconds) = (int(call.get("meeting_start")), int(call.get("meeting_duration")));
    if start.is_some() != seconds.is_some() {
        let code = if start.is_none() { 400034 } else { 400035 };
        return refuse(code, "meeting_start and meeting_duration come together");
    }
    if start.is_some_and(|start| start <= now) {
        return refuse(400222, "meeting_start is not after now");
    }
    let meeting = pending(corp, call, now, 400221)?;
    meeting.start = start.unwrap_or(meeting.start);
    meeting.seconds = seconds.unwrap_or(meeting.seconds);
    for (key, value) in call.body.as_object().into_iter().flatten() {
        if key != "meetingid" {
            meeting.fields.insert(key.clone(), value.clone());
        }
    }
    let mut invitees = meeting.invitees();
    if !invitees.contains(&admin) {
        invitees.push(admin);
        meeting.fields.insert("invitees".into(), json!({ "userid": invitees }));
    }
    ok(json!({}))
}

fn cancel(state: &mut State, call: &Call<'_>) -> Outcome {
    let now = state.now();
    pending(state.corp(call.who)?, call, now, 400224)?.cancelled = true;
    ok(json!({}))
}

/// Meetings of a member that begin within the times; those that have not begun, from `begin_time` on.
fn of_user(state: &mut State, call: &Call<'_>) -> Outcome {
    let now = state.now();
    let corp = state.corp(call.who)?;
    let user = corp.member(&call.text("userid"))?.userid.clone();
    let (begin, end) = (call.int("begin_time").unwrap_or(now), call.int("end_time").unwrap_or(now));
    if end.saturating_sub(begin) > SPAN {
        return refuse(40058, "begin_time and end_time are more than 180 days apart");
    }
    let due = |m: &Meeting| m.start >= begin && (m.start > now || m.start <= end);
    let agent = call.who.agent;
    let all =
        corp.meetings.0.iter().filter(|(_, m)| m.agent == agent && !m.cancelled && m.has(&user) && due(m));
    let mut all: Vec<(i64, &String)> = all.map(|(id, m)| (m.start, id)).collect();
    all.sort();
    let ids: Vec<&String> = all.into_iter().map(|(_, id)| id).collect();
    let page = by_cursor(call, 100, &ids)?;
    ok(json!({ "meetingid_list": page.items, "next_cursor": page.cursor() }))
}

fn set_invitees(state: &mut State, call: &Call<'_>) -> Outcome {
    let now = state.now();
    let corp = state.corp(call.who)?;
    let list = call.get("invitees").as_array();
    let named: Vec<String> = list.into_iter().flatten().map(|i| text(&i["userid"])).collect();
    if let Some(id) = named.iter().find(|id| corp.member(id).is_err()) {
        return refuse(400021, format!("there is no member {id}"));
    }
    let meeting = pending(corp, call, now, 400221)?;
    let admin = meeting.fields.get("admin_userid").map(text).unwrap_or_default();
    if !named.contains(&admin) {
        return refuse(400039, format!("{admin} runs the meeting and is not invited"));
    }
    meeting.fields.insert("invitees".into(), json!({ "userid": named }));
    ok(json!({}))
}

fn get_invitees(state: &mut State, call: &Call<'_>) -> Outcome {
    let (_, meeting) = own(state.corp(call.who)?, call)?;
    let all: Vec<Value> = meeting.invitees().iter().map(|id| json!({ "userid": id })).collect();
    let page = by_cursor(call, 1000, &all)?;
    ok(json!({ "invitees": page.items, "has_more": page.more, "next_cursor": page.cursor() }))
}

fn set_guests(state: &mut State, call: &Call<'_>) -> Outcome {
    let now = state.now();
    let meeting = pending(state.corp(call.who)?, call, now, 400221)?;
    meeting.fields.insert("guests".into(), call.get("guests").clone());
    ok(json!({}))
}

fn get_guests(state: &mut State, call: &Call<'_>) -> Outcome {
    let (id, meeting) = own(state.corp(call.who)?, call)?;
    ok(json!({
        "meetingid": id, "meeting_code": meeting.code, "title": meeting.fields.get("title"),
        "guests": meeting.fields.get("guests").cloned().unwrap_or(json!([])),
    }))
}
