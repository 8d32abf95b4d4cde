//! Orders and their payment.

use serde_json::{Value, json};

use super::{
    BASE, CANCELLED, Code, DAY, EXTERNAL, Order, PAID, PENDING, Payment, What, authorised, order, own,
};
use crate::call::{Call, Flow, Outcome, int, ok};
use crate::flow::page::by_cursor;
use crate::refuse::refuse;
use crate::state::State;

/// Days that can be bought.
const DAYS: std::ops::RangeInclusive<i64> = 31..=1860;
/// `list_order` looks at so many days.
const SPAN: i64 = 31 * DAY;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "create_new_order" => create,
        "get_order" => get,
        "list_order" => list,
        "list_order_account" => accounts,
        "cancel_order" => cancel,
        "submit_pay_job" => pay,
        "pay_job_result" => pay_result,
        _ => return None,
    })
}

/// Months have 31 days.
pub(super) fn days(duration: &Value) -> i64 {
    let number = |name: &str| int(&duration[name]).unwrap_or(0);
    number("months").saturating_mul(31).saturating_add(number("days"))
}

fn create(state: &mut State, call: &Call<'_>) -> Outcome {
    let (now, id) = (state.now(), format!("OI{:018}", state.ids.count()));
    let corp = call.text("corpid");
    authorised(state, &corp)?;
    let count = |name: &str| int(&call.get("account_count")[name]).unwrap_or(0);
    let (base, external) = (count("base_count"), count("external_contact_count"));
    if base < 0 || external < 0 || base.saturating_add(external) == 0 {
        return refuse(40058, "account_count counts nothing");
    }
    let duration = call.get("account_duration").clone();
    if !DAYS.contains(&days(&duration)) {
        return refuse(40058, format!("{} days, {DAYS:?} can be bought", days(&duration)));
    }
    let order = Order {
        id: id.clone(),
        corp,
        status: PENDING,
        created: now,
        paid: 0,
        what: What::New { base, external },
        duration,
    };
    own(state, call).orders.push(order);
    ok(json!({ "order_id": id }))
}

fn kind(order: &Order) -> i64 {
    match order.what {
        What::New { .. } => 1,
        What::Renewal(_) => 2,
    }
}

/// Prices are the sandbox's own: one fen for an account of members and a day, two for one of customers.
fn price(order: &Order) -> i64 {
    let (base, external) = order.counts();
    (base + 2 * external).saturating_mul(days(&order.duration))
}

fn get(state: &mut State, call: &Call<'_>) -> Outcome {
    let order = order(state, call, &call.text("order_id"))?;
    let (base, external) = order.counts();
    let mut fields = json!({
        "order_id": order.id, "order_type": kind(order), "order_status": order.status, "corpid": order.corp,
        "price": price(order), "account_count": { "base_count": base, "external_contact_count": external },
        "account_duration": order.duration, "create_time": order.created,
    });
    if order.status == PAID {
        fields["pay_time"] = json!(order.paid);
    }
    ok(json!({ "order": fields }))
}

fn list(state: &mut State, call: &Call<'_>) -> Outcome {
    let (corp, start, end) = (call.text("corpid"), call.int("start_time"), call.int("end_time"));
    match (start, end) {
        (None, None) => {}
        (Some(start), Some(end)) if (0..=SPAN).contains(&end.saturating_sub(start)) => {}
        (Some(_), Some(_)) => return refuse(40058, "start_time and end_time are more than 31 days apart"),
        _ => return refuse(40058, "start_time and end_time come together"),
    }
    let due = |o: &&Order| {
        (corp.is_empty() || o.corp == corp)
            && start.is_none_or(|t| o.created >= t)
            && end.is_none_or(|t| o.created <= t)
    };
    let all: Vec<Value> = own(state, call)
        .orders
        .iter()
        .filter(due)
        .map(|o| json!({ "order_id": o.id, "order_type": kind(o) }))
        .collect();
    let page = by_cursor(call, if call.int("limit").is_some() { 1000 } else { 500 }, &all)?;
    ok(json!({ "order_list": page.items, "has_more": i64::from(page.more), "next_cursor": page.cursor() }))
}

/// Codes there are once it is paid for.
fn accounts(state: &mut State, call: &Call<'_>) -> Outcome {
    let id = call.text("order_id");
    let order = order(state, call, &id)?.clone();
    let all: Vec<Value> = match &order.what {
        What::New { .. } => {
            let codes = own(state, call).codes.iter().filter(|c| c.order == id);
            codes.map(|c| json!({ "active_code": c.code, "type": c.kind })).collect()
        }
        What::Renewal(all) => {
            all.iter().map(|(user, kind)| json!({ "userid": user, "type": kind })).collect()
        }
    };
    let page = by_cursor(call, if call.int("limit").is_some() { 1000 } else { 500 }, &all)?;
    ok(json!({ "account_list": page.items, "has_more": i64::from(page.more), "next_cursor": page.cursor() }))
}

fn cancel(state: &mut State, call: &Call<'_>) -> Outcome {
    let (id, corp) = (call.text("order_id"), call.text("corpid"));
    let order = order(state, call, &id)?;
    if order.corp != corp {
        return refuse(701086, format!("the order is of {}", order.corp));
    }
    if order.status != PENDING {
        return refuse(701169, format!("the order's status is {}", order.status));
    }
    order.status = CANCELLED;
    ok(json!({}))
}

/// The balance is never short: the order is paid at once.
fn pay(state: &mut State, call: &Call<'_>) -> Outcome {
    let (now, job, id) = (state.now(), state.ids.text(32), call.text("order_id"));
    let found = order(state, call, &id)?;
    if found.status != PENDING {
        return refuse(701084, format!("the order's status is {}", found.status));
    }
    (found.status, found.paid) = (PAID, now);
    let order = found.clone();
    let seconds = days(&order.duration).saturating_mul(DAY);
    match &order.what {
        What::New { base, external } => {
            for (kind, count) in [(BASE, *base), (EXTERNAL, *external)] {
                for _ in 0..count {
                    let code = Code {
                        code: format!("LA{}", state.ids.text(24)),
                        order: id.clone(),
                        corp: order.corp.clone(),
                        kind,
                        created: now,
                        seconds,
                        user: None,
                        active: 0,
                        expires: 0,
                        merged_to: None,
                        merged_from: None,
                    };
                    own(state, call).codes.push(code);
                }
            }
        }
        What::Renewal(all) => {
            let end = int(&order.duration["new_expire_time"]);
            let codes = &mut own(state, call).codes;
            for (user, kind) in all {
                if let Some(code) = codes.iter_mut().find(|c| c.binds(&order.corp, user, *kind)) {
                    code.expires = end.unwrap_or_else(|| code.expires.max(now).saturating_add(seconds));
                }
            }
        }
    }
    own(state, call).payments.insert(job.clone(), Payment { order: id });
    ok(json!({ "jobid": job }))
}

fn pay_result(state: &mut State, call: &Call<'_>) -> Outcome {
    let job = call.text("jobid");
    let Some(payment) = own(state, call).payments.get(&job) else {
        return refuse(701151, format!("there is no payment {job}"));
    };
    let id = payment.order.clone();
    order(state, call, &id)?;
    ok(json!({ "status": 1 }))
}
