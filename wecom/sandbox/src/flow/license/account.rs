//! Accounts: activation and what there is to know.

use serde_json::{Value, json};

use super::{Code, DAY, members, own};
use crate::call::{Call, Flow, Outcome, ok, text};
use crate::flow::page::by_cursor;
use crate::refuse::{Refusal, refuse};
use crate::state::State;

/// A new code takes the place of one that has no more days left.
const LEFT: i64 = 20 * DAY;
/// Days that codes of one member reach at most.
const REACH: i64 = 5 * 366 * DAY;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "active_account" => activate,
        "active_account_by_type" => activate_by_type,
        "batch_active_account" => activate_all,
        "get_active_info_by_code" => by_code,
        "batch_get_active_info_by_code" => by_codes,
        "get_active_info_by_user" => by_user,
        "list_actived_account" => list,
        _ => return None,
    })
}

/// Binds a code to a member; the member's old code of that type goes into it.
fn bind(state: &mut State, call: &Call<'_>, code: &str, user: &str) -> Result<(), Refusal> {
    let (now, corp) = (state.now(), call.text("corpid"));
    let known = members(state, &corp).contains(user);
    let codes = &mut own(state, call).codes;
    let Some(at) = codes.iter().position(|c| c.code == code && c.corp == corp) else {
        return refuse(701021, format!("{corp} has no active_code {code}"));
    };
    let kind = codes[at].kind;
    if codes[at].user.is_some() {
        return refuse(701003, "the active_code is bound");
    }
    if !known {
        return refuse(701019, format!("{corp} has no member {user}"));
    }
    let mut left = 0;
    if let Some(old) = codes.iter_mut().find(|c| c.binds(&corp, user, kind)) {
        left = (old.expires - now).max(0);
        if left > LEFT {
            return refuse(701082, format!("{user} has a code that is good for more than 20 days"));
        }
        old.merged_to = Some(code.to_owned());
        old.expires = old.expires.min(now);
        let from = old.code.clone();
        codes[at].merged_from = Some(from);
    }
    let new = &mut codes[at];
    (new.user, new.active, new.expires) = (Some(user.to_owned()), now, now + new.seconds + left);
    Ok(())
}

/// That what a code would reach is not too far: five years.
fn reach(state: &mut State, call: &Call<'_>, code: &str, user: &str) -> Result<(), Refusal> {
    let (now, corp) = (state.now(), call.text("corpid"));
    let codes = &own(state, call).codes;
    let Some(new) = codes.iter().find(|c| c.code == code) else { return Ok(()) };
    let old = codes.iter().find(|c| c.binds(&corp, user, new.kind)).map_or(0, |c| (c.expires - now).max(0));
    match old <= LEFT && old + new.seconds > REACH {
        true => refuse(701030, "both codes together reach beyond five years"),
        false => Ok(()),
    }
}

fn activate(state: &mut State, call: &Call<'_>) -> Outcome {
    let (code, user) = (call.text("active_code"), call.text("userid"));
    reach(state, call, &code, &user)?;
    bind(state, call, &code, &user)?;
    ok(json!({}))
}

/// Of codes that are free, the first one that was bought.
fn activate_by_type(state: &mut State, call: &Call<'_>) -> Outcome {
    let (now, corp, user) = (state.now(), call.text("corpid"), call.text("userid"));
    let kind = call.int("type").unwrap_or(0);
    let codes = &own(state, call).codes;
    if codes.iter().any(|c| c.binds(&corp, &user, kind) && c.expires > now) {
        return refuse(701011, format!("{user} has an account of this type"));
    }
    let free = |c: &&Code| c.corp == corp && c.kind == kind && c.user.is_none();
    let Some(code) = codes.iter().filter(free).min_by_key(|c| c.created).map(|c| c.code.clone()) else {
        return refuse(701072, format!("{corp} has no code of this type left"));
    };
    bind(state, call, &code, &user)?;
    ok(json!({}))
}

fn activate_all(state: &mut State, call: &Call<'_>) -> Outcome {
    let mut results = Vec::new();
    for one in call.get("active_list").as_array().into_iter().flatten() {
        let (code, user) = (text(&one["active_code"]), text(&one["userid"]));
        let done = reach(state, call, &code, &user).and_then(|()| bind(state, call, &code, &user));
        let errcode = done.err().map_or(0, |refusal| refusal.code);
        results.push(json!({ "active_code": code, "userid": user, "errcode": errcode }));
    }
    ok(json!({ "active_result": results }))
}

fn by_code(state: &mut State, call: &Call<'_>) -> Outcome {
    let (now, corp, code) = (state.now(), call.text("corpid"), call.text("active_code"));
    match own(state, call).codes.iter().find(|c| c.code == code && c.corp == corp) {
        Some(found) => ok(json!({ "active_info": found.shown(now) })),
        None => refuse(701021, format!("{corp} has no active_code {code}")),
    }
}

fn by_codes(state: &mut State, call: &Call<'_>) -> Outcome {
    let (now, corp) = (state.now(), call.text("corpid"));
    let (mut found, mut bad) = (Vec::new(), Vec::new());
    for code in call.list("active_code_list") {
        match own(state, call).codes.iter().find(|c| c.code == code && c.corp == corp) {
            Some(c) => found.push(c.shown(now)),
            None => bad.push(code),
        }
    }
    ok(json!({ "active_info_list": found, "invalid_active_code_list": bad }))
}

/// Codes that went into others are not the member's any more.
fn by_user(state: &mut State, call: &Call<'_>) -> Outcome {
    let (now, corp, user) = (state.now(), call.text("corpid"), call.text("userid"));
    if !members(state, &corp).contains(&user) {
        return refuse(701019, format!("{corp} has no member {user}"));
    }
    let codes = own(state, call).codes.iter();
    let of: Vec<&Code> = codes
        .filter(|c| c.merged_to.is_none() && c.corp == corp && c.user.as_deref() == Some(&user))
        .collect();
    let list: Vec<Value> = of.iter().map(|c| c.shown(now)).collect();
    let active = of.iter().any(|c| c.expires > now);
    ok(json!({ "active_status": i64::from(active), "active_info_list": list }))
}

fn list(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = call.text("corpid");
    let codes = own(state, call).codes.iter().filter(|c| c.corp == corp && c.merged_to.is_none());
    let shown = |c: &Code| {
        Some(
            json!({ "userid": c.user.as_ref()?, "type": c.kind, "expire_time": c.expires, "active_time": c.active }),
        )
    };
    let all: Vec<Value> = codes.filter_map(shown).collect();
    let page = by_cursor(call, if call.int("limit").is_some() { 1000 } else { 500 }, &all)?;
    ok(json!({ "account_list": page.items, "has_more": i64::from(page.more), "next_cursor": page.cursor() }))
}
