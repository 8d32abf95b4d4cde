//! Spaces and who may use them.

use serde_json::{Map, Value, json};

use super::Space;
use crate::call::{Call, Flow, Outcome, int, object, ok, text};
use crate::refuse::{Refusal, refuse};
use crate::state::{Corp, State};

/// Admins of one space.
const ADMINS: usize = 3;
const ADMIN: i64 = 7;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "space_create" => create,
        "space_info" => info,
        "space_rename" => rename,
        "space_dismiss" => dismiss,
        "space_acl_add" => acl_add,
        "space_acl_del" => acl_del,
        "space_setting" => setting,
        "space_share" => share,
        _ => return None,
    })
}

/// Members and departments of a call: they are there, and few enough are admins.
fn people(
    corp: &Corp,
    call: &Call<'_>,
    before: &[Map<String, Value>],
) -> Result<Vec<Map<String, Value>>, Refusal> {
    let given = call.get("auth_info").as_array().into_iter().flatten();
    let given: Vec<_> = given.cloned().map(object).collect();
    for who in &given {
        let admin = who.get("auth").and_then(int) == Some(ADMIN);
        match who.get("type").and_then(int) {
            Some(2) => {
                let id = who.get("departmentid").and_then(int).and_then(|id| u32::try_from(id).ok());
                if id.is_none_or(|id| !corp.departments.contains_key(&id)) {
                    return refuse(640013, "departmentid is of no department");
                }
                if admin {
                    return refuse(640020, "a department cannot be an admin");
                }
            }
            _ => {
                let id = who.get("userid").map(text).unwrap_or_default();
                if corp.member(&id).is_err() {
                    return refuse(640012, format!("there is no member {id}"));
                }
            }
        }
    }
    let admins = before.iter().chain(&given).filter(|w| w.get("auth").and_then(int) == Some(ADMIN)).count();
    if admins > ADMINS {
        return refuse(640053, format!("{admins} admins, {ADMINS} at most"));
    }
    Ok(given)
}

fn create(state: &mut State, call: &Call<'_>) -> Outcome {
    let (id, agent) = (format!("s.{}", state.ids.text(24)), call.who.agent);
    let corp = state.corp(call.who)?;
    if call.text("space_name").is_empty() {
        return refuse(640025, "space_name is empty");
    }
    let members = people(corp, call, &[])?;
    let space = Space {
        agent,
        name: call.text("space_name"),
        kind: call.int("space_sub_type").unwrap_or(0),
        members,
    };
    corp.drive.spaces.insert(id.clone(), space);
    ok(json!({ "spaceid": id }))
}

fn own<'s>(state: &'s mut State, call: &Call<'_>) -> Result<&'s mut Space, Refusal> {
    state.corp(call.who)?.drive.space(call, &call.text("spaceid"))
}

fn info(state: &mut State, call: &Call<'_>) -> Outcome {
    let space = own(state, call)?;
    let shown = |m: &Map<String, Value>| {
        let mut m = m.clone();
        m.entry("auth").or_insert(json!(1));
        m
    };
    let members: Vec<_> = space.members.iter().map(shown).collect();
    ok(json!({
        "space_info": {
            "spaceid": call.text("spaceid"), "space_name": space.name, "space_sub_type": space.kind,
            "auth_list": { "auth_info": members, "quit_userid": [] },
        },
    }))
}

fn rename(state: &mut State, call: &Call<'_>) -> Outcome {
    if call.text("space_name").is_empty() {
        return refuse(640025, "space_name is empty");
    }
    own(state, call)?.name = call.text("space_name");
    ok(json!({}))
}

/// Its files go with it.
fn dismiss(state: &mut State, call: &Call<'_>) -> Outcome {
    let id = call.text("spaceid");
    own(state, call)?;
    let drive = &mut state.corp(call.who)?.drive;
    drive.spaces.remove(&id);
    let gone: Vec<String> =
        drive.files.iter().filter(|(_, f)| f.space == id).map(|(id, _)| id.clone()).collect();
    for id in gone {
        drive.files.remove(&id);
        drive.deleted.insert(id);
    }
    ok(json!({}))
}

fn same(a: &Map<String, Value>, b: &Map<String, Value>) -> bool {
    ["type", "userid", "departmentid"].iter().all(|name| a.get(*name) == b.get(*name))
}

fn acl_add(state: &mut State, call: &Call<'_>) -> Outcome {
    let before = own(state, call)?.members.clone();
    let given = people(state.corp(call.who)?, call, &before)?;
    let space = own(state, call)?;
    for who in given {
        space.members.retain(|m| !same(m, &who));
        space.members.push(who);
    }
    ok(json!({}))
}

fn acl_del(state: &mut State, call: &Call<'_>) -> Outcome {
    let gone: Vec<_> = call.get("auth_info").as_array().into_iter().flatten().cloned().map(object).collect();
    own(state, call)?.members.retain(|m| !gone.iter().any(|g| same(m, g)));
    ok(json!({}))
}

/// No answer shows the settings.
fn setting(state: &mut State, call: &Call<'_>) -> Outcome {
    own(state, call)?;
    ok(json!({}))
}

fn share(state: &mut State, call: &Call<'_>) -> Outcome {
    own(state, call)?;
    ok(json!({ "space_share_url": format!("https://drive.weixin.qq.com/s?k={}", call.text("spaceid")) }))
}
