//! Accounts and who receives.

use serde_json::{Value, json};

use super::{Account, Servicer, any, managed, position};
use crate::call::{Call, Flow, Outcome, ok};
use crate::flow::page::by_offset;
use crate::refuse::{Refusal, refuse};
use crate::state::{Corp, State};

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "account/add" => add,
        "account/del" => del,
        "account/update" => update,
        "account/list" => list,
        "add_contact_way" => add_contact_way,
        "servicer/add" => servicer_add,
        "servicer/del" => servicer_del,
        "servicer/list" => servicer_list,
        _ => return None,
    })
}

fn add(state: &mut State, call: &Call<'_>) -> Outcome {
    let (name, media_id) = (call.text("name"), call.text("media_id"));
    if name.is_empty() {
        return refuse(95006, "the name is empty");
    }
    state.file(&call.who.corp, &media_id)?;
    let id = format!("wk{}", state.ids.text(30));
    let account = Account {
        id: id.clone(),
        name,
        media_id,
        agent: call.who.agent,
        servicers: Vec::new(),
        sessions: Default::default(),
        log: Vec::new(),
        sent: Default::default(),
    };
    state.corp(call.who)?.kf.accounts.push(account);
    ok(json!({ "open_kfid": id }))
}

fn del(state: &mut State, call: &Call<'_>) -> Outcome {
    managed(state, call)?;
    let corp = state.corp(call.who)?;
    let at = position(corp, call)?;
    corp.kf.accounts.remove(at);
    ok(json!({}))
}

fn update(state: &mut State, call: &Call<'_>) -> Outcome {
    let media_id = call.text("media_id");
    if !media_id.is_empty() {
        state.file(&call.who.corp, &media_id)?;
    }
    let account = managed(state, call)?;
    for (kept, new) in [(&mut account.name, call.text("name")), (&mut account.media_id, media_id)] {
        if !new.is_empty() {
            *kept = new;
        }
    }
    ok(json!({}))
}

fn list(state: &mut State, call: &Call<'_>) -> Outcome {
    let agent = call.who.agent;
    let shown = |a: &Account| {
        json!({
            "open_kfid": a.id, "name": a.name, "avatar": format!("https://example.com/kf/{}.png", a.media_id),
            "manage_privilege": a.agent == agent,
        })
    };
    let all: Vec<Value> = state.corp(call.who)?.kf.accounts.iter().map(shown).collect();
    ok(json!({ "account_list": by_offset(call, "offset", 100, &all).items }))
}

/// The link differs by scene.
fn add_contact_way(state: &mut State, call: &Call<'_>) -> Outcome {
    let account = any(state, call)?;
    let mut url = format!("https://work.weixin.qq.com/kfid/{}", account.id);
    let scene = call.text("scene");
    if !scene.is_empty() {
        url.push_str(&format!("?enc_scene={scene}"));
    }
    ok(json!({ "url": url }))
}

/// Who is named, each with the code that stands against it.
fn named(corp: &Corp, call: &Call<'_>) -> Result<Vec<(Servicer, i64)>, Refusal> {
    let users = call.list("userid_list").into_iter().map(|id| match corp.member(&id) {
        Ok(member) => (Servicer::Member(member.userid.clone()), 0),
        Err(refusal) => (Servicer::Member(id), refusal.code),
    });
    let parties = call.ints("department_id_list").into_iter().filter_map(|id| u32::try_from(id).ok());
    let parties = parties.map(|id| {
        let code = if corp.departments.contains_key(&id) { 0 } else { 60003 };
        (Servicer::Department(id), code)
    });
    let all: Vec<_> = users.chain(parties).collect();
    if all.is_empty() {
        return refuse(40058, "userid_list and department_id_list are empty");
    }
    Ok(all)
}

fn results(call: &Call<'_>, all: &[(Servicer, i64)]) -> Outcome {
    let meaning = |code: i64| match code {
        0 => "success".to_owned(),
        code => call.api.error(code).map_or_else(String::new, |e| e.meaning.clone()),
    };
    let result = |(who, code): &(Servicer, i64)| match who {
        Servicer::Member(id) => json!({ "userid": id, "errcode": code, "errmsg": meaning(*code) }),
        Servicer::Department(id) => json!({ "department_id": id, "errcode": code, "errmsg": meaning(*code) }),
    };
    ok(json!({ "result_list": all.iter().map(result).collect::<Vec<_>>() }))
}

fn servicer_add(state: &mut State, call: &Call<'_>) -> Outcome {
    let all = named(state.corp(call.who)?, call)?;
    let account = managed(state, call)?;
    for (who, code) in &all {
        if *code == 0 && !account.servicers.contains(who) {
            account.servicers.push(who.clone());
        }
    }
    results(call, &all)
}

fn servicer_del(state: &mut State, call: &Call<'_>) -> Outcome {
    let mut all = named(state.corp(call.who)?, call)?;
    let account = managed(state, call)?;
    for (who, code) in &mut all {
        *code = if account.servicers.contains(who) { 0 } else { 95014 };
        account.servicers.retain(|s| s != who);
    }
    results(call, &all)
}

fn servicer_list(state: &mut State, call: &Call<'_>) -> Outcome {
    let account = any(state, call)?;
    let shown = |s: &Servicer| match s {
        Servicer::Member(id) => json!({ "userid": id, "status": 0 }),
        Servicer::Department(id) => json!({ "department_id": id }),
    };
    ok(json!({ "servicer_list": account.servicers.iter().map(shown).collect::<Vec<_>>() }))
}
