//! Tags.

use serde_json::{Map, Value, json};

use crate::call::{Call, Flow, Outcome, done, ok};
use crate::refuse::{Refusal, refuse};
use crate::state::{Corp, State, Tag};

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "create" => create,
        "update" => update,
        "delete" => delete,
        "get" => get,
        "list" => list,
        "addtagusers" => add,
        "deltagusers" => remove,
        _ => return None,
    })
}

fn create(state: &mut State, call: &Call<'_>) -> Outcome {
    let agent = call.who.agent;
    let corp = state.corp(call.who)?;
    let next = corp.tags.keys().max().map_or(1, |id| id.saturating_add(1));
    let id = call.int("tagid").unwrap_or(next);
    if corp.tags.contains_key(&id) {
        return refuse(40068, format!("there is a tag {id}"));
    }
    let name = free(corp, call, id)?;
    corp.tags.insert(id, Tag { name, agent, ..Tag::default() });
    done("created", json!({ "tagid": id }))
}

fn free(corp: &Corp, call: &Call<'_>, own: i64) -> Result<String, Refusal> {
    let name = call.text("tagname");
    match corp.tags.iter().find(|(id, tag)| **id != own && tag.name == name) {
        Some((id, _)) => refuse(40071, format!("tag {id} has this name")),
        None => Ok(name),
    }
}

fn known<'c>(corp: &'c mut Corp, call: &Call<'_>) -> Result<&'c mut Tag, Refusal> {
    let id = call.int("tagid").unwrap_or(-1);
    match corp.tags.get_mut(&id) {
        Some(tag) => Ok(tag),
        None => refuse(40068, format!("there is no tag {id}")),
    }
}

/// The tag, if the caller's app made it.
fn own<'c>(corp: &'c mut Corp, call: &Call<'_>) -> Result<&'c mut Tag, Refusal> {
    let tag = known(corp, call)?;
    if tag.agent == call.who.agent {
        Ok(tag)
    } else {
        refuse(81011, format!("agentid {} made it", tag.agent))
    }
}

fn update(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    own(corp, call)?;
    let name = free(corp, call, call.int("tagid").unwrap_or(-1))?;
    own(corp, call)?.name = name;
    done("updated", json!({}))
}

fn delete(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    own(corp, call)?;
    corp.tags.remove(&call.int("tagid").unwrap_or(-1));
    done("deleted", json!({}))
}

fn get(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    let tag = known(corp, call)?.clone();
    let user = |id: &String| {
        let name = corp.member(id).map_or("", |m| m.text("name"));
        json!({ "userid": id, "name": name })
    };
    let users: Vec<Value> = tag.users.iter().map(user).collect();
    ok(json!({ "tagname": tag.name, "userlist": users, "partylist": tag.parties }))
}

fn list(state: &mut State, call: &Call<'_>) -> Outcome {
    let tags = &state.corp(call.who)?.tags;
    let list: Vec<Value> = tags.iter().map(|(id, tag)| json!({ "tagid": id, "tagname": tag.name })).collect();
    ok(json!({ "taglist": list }))
}

/// What was asked for, parted in good and bad.
struct Asked {
    users: Vec<String>,
    parties: Vec<u32>,
    bad: Map<String, Value>,
}

/// Fails with `code` when all are bad.
fn asked(
    corp: &Corp,
    call: &Call<'_>,
    code: i64,
    good: impl Fn(&str) -> Option<String>,
) -> Result<Asked, Refusal> {
    let (list, parties) = (call.list("userlist"), call.ints("partylist"));
    if list.is_empty() && parties.is_empty() {
        return refuse(40035, "neither userlist nor partylist");
    }
    let users: Vec<String> = list.iter().filter_map(|id| good(id)).collect();
    let wrong: Vec<&str> = list.iter().filter(|id| good(id).is_none()).map(String::as_str).collect();
    let there = |id: &i64| u32::try_from(*id).ok().filter(|id| corp.departments.contains_key(id));
    let good_parties: Vec<u32> = parties.iter().filter_map(there).collect();
    let wrong_parties: Vec<i64> = parties.iter().copied().filter(|id| there(id).is_none()).collect();
    if users.is_empty() && good_parties.is_empty() {
        return refuse(code, "all users and departments are unknown");
    }
    let mut bad = Map::new();
    if !wrong.is_empty() {
        bad.insert("invalidlist".into(), json!(wrong.join("|")));
    }
    if !wrong_parties.is_empty() {
        bad.insert("invalidparty".into(), json!(wrong_parties));
    }
    Ok(Asked { users, parties: good_parties, bad })
}

fn add(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    own(corp, call)?;
    let found = asked(corp, call, 40070, |id| corp.member(id).ok().map(|m| m.userid.clone()))?;
    let tag = own(corp, call)?;
    for user in found.users {
        if !tag.users.contains(&user) {
            tag.users.push(user);
        }
    }
    for party in found.parties {
        if !tag.parties.contains(&party) {
            tag.parties.push(party);
        }
    }
    ok(Value::Object(found.bad))
}

fn remove(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    let users = own(corp, call)?.users.clone();
    let found = asked(corp, call, 40031, |id| users.iter().find(|u| u.eq_ignore_ascii_case(id)).cloned())?;
    let tag = own(corp, call)?;
    tag.users.retain(|u| !found.users.contains(u));
    tag.parties.retain(|p| !found.parties.contains(p));
    ok(Value::Object(found.bad))
}
