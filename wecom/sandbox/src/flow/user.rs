//! Members.

use serde_json::{Map, Value, json};

use crate::call::{Call, Flow, Outcome, done, int, ok};
use crate::refuse::{Refusal, refuse};
use crate::state::{Corp, Department, Member, State};

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "create" => create,
        "update" => update,
        "get" => get,
        "delete" => delete,
        "batchdelete" => batch_delete,
        "simplelist" | "list" => list,
        "list_id" => list_id,
        "convert_to_openid" => convert_to_openid,
        "convert_to_userid" => convert_to_userid,
        "getuserid" => by_mobile,
        "get_userid_by_email" => by_email,
        "authsucc" => authsucc,
        _ => return None,
    })
}

/// The caller's corp, if the caller may edit its contacts.
pub(super) fn editable<'s>(state: &'s mut State, call: &Call<'_>) -> Result<&'s mut Corp, Refusal> {
    let corp = state.corp(call.who)?;
    match corp.apps.get(&call.who.agent) {
        Some(app) if !app.edits_contacts => refuse(48002, "this app may only read the contacts"),
        _ => Ok(corp),
    }
}

fn create(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = editable(state, call)?;
    let userid = call.text("userid");
    if corp.member(&userid).is_ok() {
        return refuse(60102, format!("there is a member {userid}"));
    }
    if call.text("mobile").is_empty() && call.text("email").is_empty() {
        return refuse(60129, "neither mobile nor email");
    }
    unique(corp, call, "")?;
    let mut fields = call.body.as_object().cloned().unwrap_or_default();
    let departments: Vec<u32> = match call.ints("department").as_slice() {
        [] => vec![1],
        ids => ids.iter().filter_map(|id| u32::try_from(*id).ok()).map(|id| id.max(1)).collect(),
    };
    leaders(call, departments.len())?;
    let made = missing_departments(corp, &departments);
    fields.insert("department".into(), json!(departments));
    fields.entry("order").or_insert_with(|| json!(vec![0; departments.len()]));
    fields.entry("main_department").or_insert_with(|| json!(departments.first()));
    corp.put(&userid, fields);
    let list: Vec<Value> = made.iter().map(|id| json!({ "id": id, "name": id.to_string() })).collect();
    let created = if list.is_empty() {
        json!({})
    } else {
        json!({ "created_department_list": { "department_info": list } })
    };
    done("created", created)
}

fn update(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = editable(state, call)?;
    let member = corp.member(&call.text("userid"))?.clone();
    unique(corp, call, &member.userid)?;
    let mut fields = member.fields.clone();
    for (key, value) in call.body.as_object().into_iter().flatten() {
        if key != "userid" && key != "new_userid" {
            fields.insert(key.clone(), value.clone());
        }
    }
    if let Some(ids) = call.get("department").as_array() {
        leaders(call, ids.len())?;
        let ids: Vec<u32> = call.ints("department").iter().filter_map(|id| u32::try_from(*id).ok()).collect();
        missing_departments(corp, &ids);
    }
    let renamed = call.text("new_userid");
    let userid = if renamed.is_empty() { member.userid.clone() } else { renamed };
    if !userid.eq_ignore_ascii_case(&member.userid) {
        if corp.member(&userid).is_ok() {
            return refuse(60102, format!("there is a member {userid}"));
        }
        corp.members.remove(&member.userid.to_lowercase());
        for tag in corp.tags.values_mut() {
            for user in tag.users.iter_mut().filter(|u| u.eq_ignore_ascii_case(&member.userid)) {
                user.clone_from(&userid);
            }
        }
    }
    fields.insert("userid".into(), json!(userid));
    corp.put(&userid, fields);
    done("updated", json!({}))
}

/// mobile, email and biz_mail are of one member only.
fn unique(corp: &Corp, call: &Call<'_>, own: &str) -> Result<(), Refusal> {
    for (field, code) in [("mobile", 60104), ("email", 60106), ("biz_mail", 60145)] {
        let value = call.text(field);
        let taken = |m: &&Member| m.text(field) == value && !m.userid.eq_ignore_ascii_case(own);
        if let Some(other) = corp.members.values().find(taken).filter(|_| !value.is_empty()) {
            return refuse(code, format!("{field} is that of {}", other.userid));
        }
    }
    Ok(())
}

fn leaders(call: &Call<'_>, departments: usize) -> Result<(), Refusal> {
    match call.get("is_leader_in_dept").as_array() {
        Some(list) if list.len() != departments => {
            refuse(60132, format!("{} in is_leader_in_dept, {departments} in department", list.len()))
        }
        _ => Ok(()),
    }
}

/// Departments that are not there are made, as the server does.
fn missing_departments(corp: &mut Corp, ids: &[u32]) -> Vec<u32> {
    let made: Vec<u32> = ids.iter().copied().filter(|id| !corp.departments.contains_key(id)).collect();
    for id in &made {
        let department = Department { name: id.to_string(), name_en: String::new(), parent: 1, order: 0 };
        corp.departments.insert(*id, department);
    }
    made
}

/// A member as answers show it.
fn shown(member: &Member) -> Map<String, Value> {
    let mut fields = member.fields.clone();
    let disabled = fields.remove("enable").as_ref().and_then(int) == Some(0);
    // Created, not yet active; the members of the seed are.
    let active = !fields.contains_key("mobile") && !fields.contains_key("email");
    fields.insert(
        "status".into(),
        json!(if disabled {
            2
        } else if active {
            1
        } else {
            4
        }),
    );
    fields.entry("gender").or_insert_with(|| json!("0"));
    fields
}

fn get(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    ok(Value::Object(shown(corp.member(&call.text("userid"))?)))
}

fn delete(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = editable(state, call)?;
    let userid = corp.member(&call.text("userid"))?.userid.clone();
    remove(corp, &userid);
    done("deleted", json!({}))
}

fn remove(corp: &mut Corp, userid: &str) {
    corp.members.remove(&userid.to_lowercase());
    for tag in corp.tags.values_mut() {
        tag.users.retain(|u| !u.eq_ignore_ascii_case(userid));
    }
}

fn batch_delete(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = editable(state, call)?;
    let list = call.list("useridlist");
    if list.is_empty() {
        return refuse(40031, "useridlist is empty");
    }
    for userid in &list {
        corp.member(userid)?;
    }
    list.iter().for_each(|userid| remove(corp, userid));
    done("deleted", json!({}))
}

fn list(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    let id = call.id("department_id").unwrap_or(0);
    if !corp.departments.contains_key(&id) {
        return refuse(60003, format!("there is no department {id}"));
    }
    // Old, on no page, still answered.
    let ids = if call.flag("fetch_child") { corp.below(id) } else { vec![id] };
    let inside = |m: &&Member| m.departments().iter().any(|d| ids.contains(d));
    let users: Vec<Value> = corp.members.values().filter(inside).map(|m| Value::Object(shown(m))).collect();
    ok(json!({ "userlist": users }))
}

fn list_id(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    let pair = |m: &Member, d: u32| json!({ "userid": m.userid, "department": d });
    let all: Vec<Value> =
        corp.members.values().flat_map(|m| m.departments().into_iter().map(move |d| pair(m, d))).collect();
    let start = match call.text("cursor").as_str() {
        "" => 0,
        cursor => match cursor.strip_prefix("cursor").and_then(|n| n.parse::<usize>().ok()) {
            Some(n) => n,
            None => return refuse(40058, format!("{cursor} is not a cursor")),
        },
    };
    let limit = call.int("limit").and_then(|n| usize::try_from(n).ok()).unwrap_or(10_000);
    let page: Vec<Value> = all.iter().skip(start).take(limit).cloned().collect();
    let end = start + page.len();
    let next = if end < all.len() { format!("cursor{end}") } else { String::new() };
    ok(json!({ "next_cursor": next, "dept_user": page }))
}

fn convert_to_openid(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    let userid = corp.member(&call.text("userid"))?.userid.clone();
    let openid = format!("openid_{}_{userid}", corp.id);
    corp.openids.insert(openid.clone(), userid);
    ok(json!({ "openid": openid }))
}

fn convert_to_userid(state: &mut State, call: &Call<'_>) -> Outcome {
    match state.corp(call.who)?.openids.get(&call.text("openid")) {
        Some(userid) => ok(json!({ "userid": userid })),
        None => refuse(40073, "no openid like this was given out"),
    }
}

fn by_mobile(state: &mut State, call: &Call<'_>) -> Outcome {
    by(state, call, &["mobile"], &call.text("mobile"))
}

fn by_email(state: &mut State, call: &Call<'_>) -> Outcome {
    let fields: &[&str] = if call.int("email_type") == Some(2) { &["email"] } else { &["biz_mail"] };
    by(state, call, fields, &call.text("email"))
}

fn by(state: &mut State, call: &Call<'_>, fields: &[&str], value: &str) -> Outcome {
    let found = |m: &&Member| fields.iter().any(|f| m.text(f) == value) && !value.is_empty();
    match state.corp(call.who)?.members.values().find(found) {
        Some(member) => ok(json!({ "userid": member.userid })),
        None => refuse(46004, format!("no member with {} {value}", fields.join("/"))),
    }
}

fn authsucc(state: &mut State, call: &Call<'_>) -> Outcome {
    state.corp(call.who)?.member(&call.text("userid"))?;
    ok(json!({}))
}
