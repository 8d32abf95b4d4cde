//! Departments.

use serde_json::{Value, json};

use super::user::editable;
use crate::call::{Call, Flow, Outcome, done, ok};
use crate::refuse::{Refusal, refuse};
use crate::state::{Corp, Department, State};

/// Levels below the root.
const LEVELS: usize = 15;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "create" => create,
        "update" => update,
        "delete" => delete,
        "get" => get,
        "list" => list,
        "simplelist" => simple_list,
        _ => return None,
    })
}

/// A name is used once below a parent.
fn free(corp: &Corp, own: u32, parent: u32, name: &str) -> Result<(), Refusal> {
    let same = |(id, d): &(&u32, &Department)| **id != own && d.parent == parent && d.name == name;
    match corp.departments.iter().find(same) {
        Some((id, _)) => refuse(60008, format!("department {id} below {parent} has this name")),
        None => Ok(()),
    }
}

fn depth(corp: &Corp, id: u32) -> usize {
    let up = |id: &u32| corp.departments.get(id).map(|d| d.parent);
    std::iter::successors(Some(id), up).take(LEVELS + 2).count()
}

fn create(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = editable(state, call)?;
    let parent = call.id("parentid").unwrap_or(0);
    if !corp.departments.contains_key(&parent) {
        return refuse(60004, format!("there is no department {parent}"));
    }
    if depth(corp, parent) > LEVELS {
        return refuse(81002, format!("{parent} is at level {LEVELS}"));
    }
    let next = corp.departments.keys().max().map_or(2, |id| id.saturating_add(1));
    let id = call.id("id").unwrap_or(next);
    if corp.departments.contains_key(&id) {
        return refuse(60008, format!("there is a department {id}"));
    }
    let name = call.text("name");
    free(corp, id, parent, &name)?;
    let order = call.id("order").unwrap_or(100_000_000);
    corp.departments.insert(id, Department { name, name_en: call.text("name_en"), parent, order });
    done("created", json!({ "id": id }))
}

fn known(corp: &Corp, id: Option<u32>) -> Result<u32, Refusal> {
    match id.filter(|id| corp.departments.contains_key(id)) {
        Some(id) => Ok(id),
        None => refuse(60003, format!("there is no department {}", id.unwrap_or(0))),
    }
}

fn update(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = editable(state, call)?;
    let id = known(corp, call.id("id"))?;
    let mut department = corp.departments[&id].clone();
    if let Some(parent) = call.id("parentid").filter(|p| *p != department.parent) {
        if !corp.departments.contains_key(&parent) {
            return refuse(60004, format!("there is no department {parent}"));
        }
        if corp.below(id).contains(&parent) {
            return refuse(60010, format!("{parent} is {id} or below it"));
        }
        department.parent = parent;
    }
    if call.get("name").is_string() {
        department.name = call.text("name");
    }
    free(corp, id, department.parent, &department.name)?;
    if call.get("name_en").is_string() {
        department.name_en = call.text("name_en");
    }
    department.order = call.id("order").unwrap_or(department.order);
    corp.departments.insert(id, department);
    done("updated", json!({}))
}

fn delete(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = editable(state, call)?;
    let id = known(corp, call.id("id"))?;
    if id == 1 {
        return refuse(60007, "the root stays");
    }
    if corp.departments.values().any(|d| d.parent == id) {
        return refuse(60006, "there are departments below it");
    }
    if corp.members.values().any(|m| m.departments().contains(&id)) {
        return refuse(60005, "there are members in it");
    }
    corp.departments.remove(&id);
    done("deleted", json!({}))
}

fn shown(corp: &Corp, id: u32) -> Value {
    let d = &corp.departments[&id];
    let mut out = json!({
        "id": id, "name": d.name, "department_leader": [], "parentid": d.parent, "order": d.order,
    });
    if !d.name_en.is_empty() {
        out["name_en"] = json!(d.name_en);
    }
    out
}

fn get(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    let id = known(corp, call.id("id"))?;
    ok(json!({ "department": shown(corp, id) }))
}

/// The department asked for and those below, or all.
fn asked(corp: &Corp, call: &Call<'_>) -> Result<Vec<Value>, Refusal> {
    let root = match call.text("id").as_str() {
        "" => 1,
        _ => known(corp, call.id("id"))?,
    };
    Ok(corp.below(root).into_iter().map(|id| shown(corp, id)).collect())
}

fn list(state: &mut State, call: &Call<'_>) -> Outcome {
    let list = asked(state.corp(call.who)?, call)?;
    ok(json!({ "department": list }))
}

fn simple_list(state: &mut State, call: &Call<'_>) -> Outcome {
    let list = asked(state.corp(call.who)?, call)?;
    ok(json!({ "department_id": list }))
}
