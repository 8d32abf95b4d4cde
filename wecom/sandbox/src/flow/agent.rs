//! Apps and their place on the workbench.

use serde_json::{Map, Value, json};

use crate::call::{Call, Flow, Outcome, ok, text};
use crate::refuse::{Refusal, refuse};
use crate::state::State;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "get" => get,
        "list" => list,
        "set" => set,
        "set_workbench_template" => set_template,
        "get_workbench_template" => get_template,
        "set_workbench_data" => set_data,
        "batch_set_workbench_data" => batch_set_data,
        "get_workbench_data" => get_data,
        _ => return None,
    })
}

fn agent(call: &Call<'_>) -> i64 {
    call.int("agentid").unwrap_or(0)
}

fn get(state: &mut State, call: &Call<'_>) -> Outcome {
    let app = state.corp(call.who)?.own_app(call.who, agent(call))?;
    ok(Value::Object(app.fields.clone()))
}

fn list(state: &mut State, call: &Call<'_>) -> Outcome {
    let app = state.corp(call.who)?.own_app(call.who, call.who.agent)?;
    ok(json!({ "agentlist": [app.fields] }))
}

fn set(state: &mut State, call: &Call<'_>) -> Outcome {
    let logo = call.text("logo_mediaid");
    if !logo.is_empty() {
        state.file(&call.who.corp, &logo)?;
    }
    let app = state.corp(call.who)?.own_app(call.who, agent(call))?;
    for (key, value) in call.body.as_object().into_iter().flatten() {
        if key != "agentid" && key != "logo_mediaid" {
            app.fields.insert(key.clone(), value.clone());
        }
    }
    ok(json!({}))
}

fn without(body: &Value, keys: &[&str]) -> Map<String, Value> {
    let mut map = body.as_object().cloned().unwrap_or_default();
    map.retain(|key, _| !keys.contains(&key.as_str()));
    map
}

fn set_template(state: &mut State, call: &Call<'_>) -> Outcome {
    let app = state.corp(call.who)?.own_app(call.who, agent(call))?;
    if call.flag("replace_user_data") {
        app.data.clear();
    }
    app.template = Some(without(call.body, &["agentid"]));
    ok(json!({}))
}

fn get_template(state: &mut State, call: &Call<'_>) -> Outcome {
    let app = state.corp(call.who)?.own_app(call.who, agent(call))?;
    let normal = || Map::from_iter([("type".to_owned(), json!("normal"))]);
    ok(Value::Object(app.template.clone().unwrap_or_else(normal)))
}

/// Sets data of members, once the app has a template of that kind.
fn put(state: &mut State, call: &Call<'_>, users: &[String], data: &Value) -> Result<(), Refusal> {
    let corp = state.corp(call.who)?;
    for user in users {
        corp.member(user)?;
    }
    let app = corp.own_app(call.who, agent(call))?;
    let template = app.template.as_ref().map(|t| text(&t["type"])).unwrap_or_default();
    if template.is_empty() || template == "normal" {
        return refuse(94008, "the app has no template: set_workbench_template comes first");
    }
    if text(&data["type"]) != template {
        return refuse(40058, format!("the app's template is {template}"));
    }
    for user in users {
        app.data.insert(user.to_lowercase(), data.clone());
    }
    Ok(())
}

fn set_data(state: &mut State, call: &Call<'_>) -> Outcome {
    let data = Value::Object(without(call.body, &["agentid", "userid"]));
    put(state, call, &[call.text("userid")], &data)?;
    ok(json!({}))
}

fn batch_set_data(state: &mut State, call: &Call<'_>) -> Outcome {
    put(state, call, &call.list("userid_list"), call.get("data"))?;
    ok(json!({}))
}

/// The member's data, else the template's own.
fn get_data(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    let user = corp.member(&call.text("userid"))?.userid.to_lowercase();
    let app = corp.own_app(call.who, agent(call))?;
    let mut common = app.template.clone().unwrap_or_default();
    common.remove("replace_user_data");
    match app.data.get(&user) {
        Some(data) => ok(json!({ "data": data })),
        None if common.len() > 1 => ok(json!({ "data": common })),
        None => refuse(94008, "neither the member nor the template has data"),
    }
}
