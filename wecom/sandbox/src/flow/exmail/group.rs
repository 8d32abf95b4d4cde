//! Groups.

use serde_json::{Map, Value, json};

use super::is_address;
use crate::call::{Call, Flow, Outcome, int, object, ok, text};
use crate::refuse::{Refusal, refuse};
use crate::state::{Corp, Member, State};

/// Who belongs to a group.
const MEMBERS: [&str; 4] = ["email_list", "group_list", "department_list", "tag_list"];
/// Who may use it, where that is said one by one.
const ALLOWED: [&str; 3] = ["allow_emaillist", "allow_departmentlist", "allow_taglist"];
const CUSTOM: i64 = 3;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "group/create" => create,
        "group/update" => update,
        "group/get" => get,
        "group/delete" => delete,
        "group/search" => search,
        _ => return None,
    })
}

fn list<'m>(fields: &'m Map<String, Value>, name: &str) -> &'m [Value] {
    fields.get(name).and_then(|l| l["list"].as_array()).map(Vec::as_slice).unwrap_or_default()
}

/// The group as it would be.
fn checked(corp: &Corp, id: &str, fields: &Map<String, Value>) -> Result<(), Refusal> {
    let name = fields.get("groupname").map(text).unwrap_or_default();
    let same = |(other, g): (&String, &Map<String, Value>)| {
        other != id && g.get("groupname").map(text) == Some(name.clone())
    };
    if name.is_empty() || corp.mail.groups.iter().any(same) {
        return refuse(680002, format!("the name {name:?} is empty or taken"));
    }
    if MEMBERS.iter().all(|m| list(fields, m).is_empty()) {
        return refuse(680008, "the group has no members");
    }
    for (name, code) in [("email_list", 680003), ("allow_emaillist", 680007)] {
        let known = |mail: &str| corp.members.values().any(|m: &Member| m.text("biz_mail") == mail);
        if let Some(mail) = list(fields, name).iter().map(text).find(|mail| !known(mail)) {
            return refuse(code, format!("{mail} is nobody's biz_mail"));
        }
    }
    if let Some(group) =
        list(fields, "group_list").iter().map(text).find(|g| g == id || !corp.mail.groups.contains_key(g))
    {
        return refuse(680004, format!("{group} is no other group"));
    }
    for name in ["department_list", "allow_departmentlist"] {
        let unknown = |v: &&Value| {
            int(v).and_then(|n| u32::try_from(n).ok()).is_none_or(|n| !corp.departments.contains_key(&n))
        };
        if let Some(id) = list(fields, name).iter().find(unknown) {
            return refuse(60003, format!("there is no department {id}"));
        }
    }
    for name in ["tag_list", "allow_taglist"] {
        if let Some(id) =
            list(fields, name).iter().find(|v| int(v).is_none_or(|n| !corp.tags.contains_key(&n)))
        {
            return refuse(40068, format!("there is no tag {id}"));
        }
    }
    let custom = fields.get("allow_type").and_then(int) == Some(CUSTOM);
    let named = ALLOWED.iter().any(|name| !list(fields, name).is_empty());
    if custom != named {
        return refuse(680006, "allow_type 3 and the lists of those who are allowed come together");
    }
    Ok(())
}

fn create(state: &mut State, call: &Call<'_>) -> Outcome {
    let id = call.text("groupid");
    if !is_address(&id) {
        return refuse(680001, format!("{id} is not an address"));
    }
    let corp = state.corp(call.who)?;
    let of_member = corp.members.values().any(|m| m.text("biz_mail") == id);
    if corp.mail.groups.contains_key(&id) || of_member {
        return refuse(680010, format!("{id} is taken"));
    }
    let mut fields = object(call.body.clone());
    fields.entry("allow_type").or_insert(json!(0));
    checked(corp, &id, &fields)?;
    corp.mail.groups.insert(id, fields);
    ok(json!({}))
}

fn existing<'c>(corp: &'c Corp, id: &str) -> Result<&'c Map<String, Value>, Refusal> {
    match corp.mail.groups.get(id) {
        Some(group) => Ok(group),
        None => refuse(680012, format!("there is no group {id}")),
    }
}

/// What is not named stays.
fn update(state: &mut State, call: &Call<'_>) -> Outcome {
    let id = call.text("groupid");
    let corp = state.corp(call.who)?;
    let mut fields = existing(corp, &id)?.clone();
    let given = object(call.body.clone());
    if given.get("allow_type").and_then(int).is_some_and(|kind| kind != CUSTOM) {
        ALLOWED.iter().for_each(|name| drop(fields.remove(*name)));
    }
    fields.extend(given);
    checked(corp, &id, &fields)?;
    corp.mail.groups.insert(id, fields);
    ok(json!({}))
}

fn get(state: &mut State, call: &Call<'_>) -> Outcome {
    let group = existing(state.corp(call.who)?, &call.text("groupid"))?;
    ok(Value::Object(group.clone()))
}

fn delete(state: &mut State, call: &Call<'_>) -> Outcome {
    let id = call.text("groupid");
    let corp = state.corp(call.who)?;
    existing(corp, &id)?;
    corp.mail.groups.remove(&id);
    ok(json!({}))
}

fn search(state: &mut State, call: &Call<'_>) -> Outcome {
    let (fuzzy, word) = (call.flag("fuzzy"), call.text("groupid"));
    let groups = state.corp(call.who)?.mail.groups.iter().filter(|(id, _)| !fuzzy || id.contains(&word));
    let all: Vec<Value> =
        groups.map(|(id, g)| json!({ "groupid": id, "groupname": g.get("groupname") })).collect();
    ok(json!({ "count": all.len(), "groups": all }))
}
