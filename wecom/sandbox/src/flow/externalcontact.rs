//! Customers of members.

use serde_json::{Value, json};

use super::school;
use crate::call::{Call, Flow, Outcome, ok};
use crate::flow::page::by_cursor;
use crate::refuse::{Refusal, refuse};
use crate::state::{Corp, Customer, State};

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "list" => list,
        "get" => get,
        "batch/get_by_user" => get_by_user,
        "get_follow_user_list" => follow_users,
        "remark" => remark,
        _ => return school::find(name),
    })
}

/// Members that a call names must be there, whether or not it has a flow.
pub(super) fn members(state: &mut State, call: &Call<'_>) -> Result<(), Refusal> {
    const FIELDS: &[&str] =
        &["userid", "userid_list", "user", "user_list", "handover_userid", "takeover_userid", "sender"];
    let corp = state.corp(call.who)?;
    for field in FIELDS {
        let given = call.get(field);
        let listed =
            given.as_array().map(|all| all.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        let named: Vec<String> = listed.unwrap_or_else(|| vec![call.text(field)]);
        // An object of this name is not a member.
        if given.is_object() {
            continue;
        }
        for id in named.iter().filter(|id| !id.is_empty()) {
            corp.member(id)?;
        }
    }
    Ok(())
}

/// The customer, as the member sees it.
fn follow(customer: &Customer, list: bool) -> Value {
    let mut fields = json!({
        "userid": customer.user, "remark": customer.remark, "description": customer.description,
        "createtime": customer.since, "add_way": 1, "oper_userid": customer.user,
    });
    if !list {
        fields["tags"] = json!([]);
    }
    for (name, value) in &customer.more {
        fields[name] = value.clone();
    }
    fields
}

fn contact(id: &str) -> Value {
    json!({ "external_userid": id, "name": id, "type": 1, "gender": 0 })
}

fn of_member(corp: &Corp, userid: &str) -> Result<Vec<Customer>, Refusal> {
    let member = corp.member(userid)?;
    Ok(corp.customers.iter().filter(|c| c.user == member.userid).cloned().collect())
}

fn list(state: &mut State, call: &Call<'_>) -> Outcome {
    let user = call.text("userid");
    let all = of_member(state.corp(call.who)?, &user)?;
    if all.is_empty() {
        return refuse(84061, format!("{user} has no customers"));
    }
    ok(json!({ "external_userid": all.iter().map(|c| &c.id).collect::<Vec<_>>() }))
}

fn get(state: &mut State, call: &Call<'_>) -> Outcome {
    let id = call.text("external_userid");
    let corp = state.corp(call.who)?;
    let follows: Vec<Value> =
        corp.customers.iter().filter(|c| c.id == id).map(|c| follow(c, false)).collect();
    if follows.is_empty() {
        return refuse(84061, format!("{id} is nobody's customer"));
    }
    let page = by_cursor(call, 500, &follows)?;
    ok(json!({ "external_contact": contact(&id), "follow_user": page.items, "next_cursor": page.cursor() }))
}

fn get_by_user(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    let mut all = Vec::new();
    for user in call.list("userid_list") {
        all.extend(of_member(corp, &user)?);
    }
    let all: Vec<Value> = all
        .iter()
        .map(|c| json!({ "external_contact": contact(&c.id), "follow_info": follow(c, true) }))
        .collect();
    let page = by_cursor(call, if call.int("limit").is_some() { 100 } else { 50 }, &all)?;
    ok(json!({ "external_contact_list": page.items, "next_cursor": page.cursor() }))
}

fn follow_users(state: &mut State, call: &Call<'_>) -> Outcome {
    let users: Vec<&String> = state.corp(call.who)?.members.values().map(|m| &m.userid).collect();
    ok(json!({ "follow_user": users }))
}

fn remark(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    let user = corp.member(&call.text("userid"))?.userid.clone();
    let id = call.text("external_userid");
    let Some(customer) = corp.customers.iter_mut().find(|c| c.id == id && c.user == user) else {
        return refuse(84061, format!("{id} is not a customer of {user}"));
    };
    if call.get("remark").is_string() {
        customer.remark = call.text("remark");
    }
    if call.get("description").is_string() {
        customer.description = call.text("description");
    }
    for (from, to) in [("remark_company", "remark_corp_name"), ("remark_mobiles", "remark_mobiles")] {
        if !call.get(from).is_null() {
            customer.more.insert(to.into(), call.get(from).clone());
        }
    }
    ok(json!({}))
}
