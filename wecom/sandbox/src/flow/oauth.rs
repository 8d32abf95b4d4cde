//! Who visits: OAuth codes and member tickets.

use serde_json::{Value, json};

use crate::call::{Call, Flow, Outcome, ok};
use crate::refuse::refuse;
use crate::state::State;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "getuserinfo" => get_user_info,
        "getuserdetail" => get_user_detail,
        _ => return None,
    })
}

fn get_user_info(state: &mut State, call: &Call<'_>) -> Outcome {
    let ticket = state.ids.text(64);
    let corp = state.corp(call.who)?;
    let Some(userid) = corp.codes.remove(&call.text("code")) else {
        return refuse(40029, "no code like this is open");
    };
    if corp.member(&userid).is_err() {
        return ok(json!({ "openid": userid, "OpenId": userid }));
    }
    corp.member_tickets.insert(ticket.clone(), userid.clone());
    ok(json!({ "userid": userid, "UserId": userid, "user_ticket": ticket, "DeviceId": "" }))
}

fn get_user_detail(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    let Some(userid) = corp.member_tickets.get(&call.text("user_ticket")) else {
        return refuse(84015, "no user_ticket like this was given out");
    };
    let member = corp.member(userid)?;
    let mut fields = member.fields.clone();
    fields.insert("userid".into(), json!(member.userid));
    ok(Value::Object(fields))
}
