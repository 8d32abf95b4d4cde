//! Calls for many members at once. Jobs finish at once; the files they name are not read.

use serde_json::{Map, Value, json};

use super::user::editable;
use crate::call::{Call, Flow, Outcome, ok};
use crate::refuse::refuse;
use crate::state::State;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "syncuser" => sync_user,
        "replaceuser" => replace_user,
        "replaceparty" => replace_party,
        "getresult" => get_result,
        "invite" => invite,
        "userid_to_openuserid" => to_open,
        "openuserid_to_userid" => from_open,
        _ => return None,
    })
}

fn start(state: &mut State, call: &Call<'_>, kind: &str) -> Outcome {
    editable(state, call)?;
    if state.file(&call.who.corp, &call.text("media_id"))?.bytes.is_empty() {
        return refuse(40092, "the file is empty");
    }
    let job = state.ids.text(32);
    state.corp(call.who)?.jobs.insert(job.clone(), kind.to_owned());
    ok(json!({ "jobid": job }))
}

fn sync_user(state: &mut State, call: &Call<'_>) -> Outcome {
    start(state, call, "sync_user")
}

fn replace_user(state: &mut State, call: &Call<'_>) -> Outcome {
    start(state, call, "replace_user")
}

fn replace_party(state: &mut State, call: &Call<'_>) -> Outcome {
    start(state, call, "replace_party")
}

fn get_result(state: &mut State, call: &Call<'_>) -> Outcome {
    match state.corp(call.who)?.jobs.get(&call.text("jobid")) {
        Some(kind) => ok(
            json!({ "status": 3, "type": kind, "total": 0, "percentage": 100, "remaintime": 0, "result": [] }),
        ),
        None => refuse(40088, "no jobid like this was given out"),
    }
}

fn invite(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    let (users, parties, tags) = (call.list("user"), call.ints("party"), call.ints("tag"));
    if users.is_empty() && parties.is_empty() && tags.is_empty() {
        return refuse(82001, "user, party and tag are empty");
    }
    let users: Vec<String> = users.into_iter().filter(|id| corp.member(id).is_err()).collect();
    let there = |id: &i64| u32::try_from(*id).is_ok_and(|id| corp.departments.contains_key(&id));
    let parties: Vec<i64> = parties.into_iter().filter(|id| !there(id)).collect();
    let tags: Vec<i64> = tags.into_iter().filter(|id| !corp.tags.contains_key(id)).collect();
    let mut bad = Map::new();
    for (name, list) in
        [("invaliduser", json!(users)), ("invalidparty", json!(parties)), ("invalidtag", json!(tags))]
    {
        if list.as_array().is_some_and(|l| !l.is_empty()) {
            bad.insert(name.into(), list);
        }
    }
    ok(Value::Object(bad))
}

fn to_open(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    let (mut pairs, mut bad) = (Vec::new(), Vec::new());
    for id in call.list("userid_list") {
        match corp.member(&id).map(|m| m.userid.clone()) {
            Ok(userid) => {
                let open = format!("wo_{}_{userid}", corp.id);
                pairs.push(json!({ "userid": userid, "open_userid": open }));
                corp.openids.insert(open, userid);
            }
            Err(_) => bad.push(id),
        }
    }
    ok(json!({ "open_userid_list": pairs, "invalid_userid_list": bad }))
}

fn from_open(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    let (mut pairs, mut bad) = (Vec::new(), Vec::new());
    for open in call.list("open_userid_list") {
        match corp.openids.get(&open) {
            Some(userid) => pairs.push(json!({ "userid": userid, "open_userid": open })),
            None => bad.push(open),
        }
    }
    ok(json!({ "userid_list": pairs, "invalid_open_userid_list": bad }))
}
