//! Orders that renew the accounts of members.

use serde_json::{Value, json};

use super::{DAY, Order, PENDING, Renewal, What, authorised, members, own};
use crate::call::{Call, Flow, Outcome, int, ok, text};
use crate::refuse::refuse;
use crate::state::State;

/// Days from now on that a renewal reaches at most.
const REACH: i64 = 1860;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "create_renew_order_job" => create,
        "submit_order_job" => submit,
        _ => return None,
    })
}

/// Those who have no account of the type are told, the others gathered.
fn create(state: &mut State, call: &Call<'_>) -> Outcome {
    let (fresh, corp) = (state.ids.text(32), call.text("corpid"));
    authorised(state, &corp)?;
    let known = members(state, &corp);
    let licenses = own(state, call);
    let job = Some(call.text("jobid")).filter(|id| !id.is_empty());
    match job.as_ref().map(|id| licenses.renewals.get(id)) {
        Some(None) => return refuse(770006, "no jobid like this was given out"),
        Some(Some(r)) if r.ordered => return refuse(701126, "the job is ordered already"),
        Some(Some(r)) if r.corp != corp => return refuse(770006, format!("the job is of {}", r.corp)),
        _ => {}
    }
    let job = job.unwrap_or(fresh);
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for account in call.get("account_list").as_array().into_iter().flatten() {
        let (user, kind) = (text(&account["userid"]), int(&account["type"]).unwrap_or(0));
        let code = match () {
            () if !known.contains(&user) => 701019,
            () if !licenses.codes.iter().any(|c| c.binds(&corp, &user, kind)) => 701004,
            () => {
                good.push((user, kind));
                continue;
            }
        };
        let meaning = call.api.error(code).map_or("", |e| e.meaning.as_str());
        bad.push(json!({ "errcode": code, "errmsg": meaning, "userid": user, "type": kind }));
    }
    let renewal =
        licenses.renewals.entry(job.clone()).or_insert_with(|| Renewal { corp, ..Renewal::default() });
    for account in good {
        if !renewal.accounts.contains(&account) {
            renewal.accounts.push(account);
        }
    }
    ok(json!({ "jobid": job, "invalid_account_list": bad }))
}

fn submit(state: &mut State, call: &Call<'_>) -> Outcome {
    let (now, id) = (state.now(), format!("OI{:018}", state.ids.count()));
    let duration = call.get("account_duration").clone();
    let end = int(&duration["new_expire_time"]);
    match (int(&duration["months"]), end) {
        (Some(months), None) if months > 0 => {}
        (None, Some(end)) if end > now && end <= now + REACH * DAY => {}
        (None, Some(_)) => return refuse(600019, "new_expire_time is not after today, or too far away"),
        _ => return refuse(701090, "either months or new_expire_time is needed"),
    }
    let licenses = own(state, call);
    let Some(renewal) = licenses.renewals.get_mut(&call.text("jobid")) else {
        return refuse(770006, "no jobid like this was given out");
    };
    if renewal.ordered {
        return refuse(701126, "the job is ordered already");
    }
    if renewal.accounts.is_empty() {
        return refuse(701025, "the job names no account");
    }
    renewal.ordered = true;
    let order = Order {
        id: id.clone(),
        corp: renewal.corp.clone(),
        status: PENDING,
        created: now,
        paid: 0,
        what: What::Renewal(renewal.accounts.clone()),
        duration: shown(&duration),
    };
    licenses.orders.push(order);
    ok(json!({ "order_id": id }))
}

/// The duration as `get_order` gives it.
fn shown(duration: &Value) -> Value {
    match int(&duration["months"]) {
        Some(months) => json!({ "months": months }),
        None => json!({ "new_expire_time": duration["new_expire_time"] }),
    }
}
