//! Approvals: templates and applications.

use serde_json::{Map, Value, json};

use crate::call::{Call, Flow, Outcome, ok};
use crate::refuse::{Refusal, refuse};
use crate::state::{Corp, State};

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "approval/create_template" => create_template,
        "approval/update_template" => update_template,
        "gettemplatedetail" => get_template,
        "applyevent" => apply,
        "getapprovaldetail" => detail,
        _ => return None,
    })
}

fn template<'c>(corp: &'c mut Corp, call: &Call<'_>) -> Result<&'c mut Map<String, Value>, Refusal> {
    let id = call.text("template_id");
    match corp.oa.templates.get_mut(&id) {
        Some(template) => Ok(template),
        None => refuse(
            301025,
            format!("there is no template {id}: create_template or Corp::approval_template makes one"),
        ),
    }
}

fn create_template(state: &mut State, call: &Call<'_>) -> Outcome {
    let id = format!("3{}", state.ids.text(43));
    let fields = call.body.as_object().cloned().unwrap_or_default();
    state.corp(call.who)?.oa.templates.insert(id.clone(), fields);
    ok(json!({ "template_id": id }))
}

fn update_template(state: &mut State, call: &Call<'_>) -> Outcome {
    let kept = template(state.corp(call.who)?, call)?;
    for name in ["template_name", "template_content"] {
        if let Some(value) = call.body.get(name) {
            kept.insert(name.into(), value.clone());
        }
    }
    ok(json!({}))
}

fn get_template(state: &mut State, call: &Call<'_>) -> Outcome {
    let kept = template(state.corp(call.who)?, call)?;
    ok(
        json!({ "template_names": kept.get("template_name"), "template_content": kept.get("template_content") }),
    )
}

/// Controls of the template that must have a value.
fn due(template: &Map<String, Value>) -> Vec<String> {
    let controls = template.get("template_content").and_then(|c| c["controls"].as_array());
    let properties = controls.into_iter().flatten().map(|c| &c["property"]);
    let required = properties.filter(|p| p["require"] == json!(1));
    required.map(|p| crate::call::text(&p["id"])).collect()
}

fn apply(state: &mut State, call: &Call<'_>) -> Outcome {
    let now = state.now();
    let number = format!("{now}{:04}", state.ids.count());
    let corp = state.corp(call.who)?;
    let user = call.text("creator_userid");
    let Ok(member) = corp.member(&user).cloned() else {
        return refuse(301055, format!("there is no member {user}"));
    };
    let template = template(corp, call)?.clone();
    let contents = call.get("apply_data")["contents"].as_array().cloned().unwrap_or_default();
    if let Some(id) = due(&template).iter().find(|id| !contents.iter().any(|c| c["id"] == json!(id))) {
        return refuse(301025, format!("the template's control {id} must have a value"));
    }
    let own = !call.flag("use_template_approver");
    if own && call.get("process").is_null() && call.get("approver").is_null() {
        return refuse(301025, "use_template_approver is 0, so process is needed");
    }
    let party = call.id("choose_department").or(member.departments().first().copied()).unwrap_or(1);
    let name = template.get("template_name").map_or(Value::Null, |n| n[0]["text"].clone());
    let info = json!({
        "sp_no": number, "sp_name": name, "sp_status": 1, "template_id": call.text("template_id"), "apply_time": now,
        "applyer": { "userid": member.userid, "partyid": party.to_string() },
        "apply_data": call.get("apply_data"), "sp_record": [], "notifyer": [], "comments": [],
    });
    corp.oa.approvals.insert(number.clone(), info);
    ok(json!({ "sp_no": number }))
}

fn detail(state: &mut State, call: &Call<'_>) -> Outcome {
    let number = call.text("sp_no");
    match state.corp(call.who)?.oa.approvals.get(&number) {
        Some(info) => ok(json!({ "info": info })),
        None => refuse(301025, format!("there is no approval {number}")),
    }
}
