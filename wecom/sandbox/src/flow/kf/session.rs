//! Messages and sessions.

use serde_json::{Value, json};

use super::{
    ASSISTANT, Code, ENDED, Entry, LOG_SECONDS, QUEUING, SERVICER, SESSION_SECONDS, Servicer, Session,
    UNHANDLED, managed, position,
};
use crate::call::{Call, Flow, Outcome, ok, text};
use crate::flow::message::content;
use crate::refuse::{Refusal, refuse};
use crate::state::{Corp, State};

/// Messages after each of the customer's.
const ANSWERS: usize = 5;
/// Items of a menu that can be clicked.
const CLICKS: usize = 10;
/// Seconds that the code for a closing message is good.
const CLOSING_SECONDS: i64 = 20;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "sync_msg" => sync_msg,
        "send_msg" => send_msg,
        "send_msg_on_event" => send_msg_on_event,
        "service_state/get" => get,
        "service_state/trans" => trans,
        "customer/batchget" => customers,
        _ => return None,
    })
}

/// Reads what came since the cursor, which counts what was read before.
fn sync_msg(state: &mut State, call: &Call<'_>) -> Outcome {
    let now = state.now();
    let token = call.text("token");
    let tokens = &state.corp(call.who)?.kf.tokens;
    if !token.is_empty() && tokens.get(&token).is_none_or(|end| *end <= now) {
        return refuse(95007, "no callback of the last ten minutes carried this token");
    }
    let account = managed(state, call)?;
    let cursor = call.text("cursor");
    let from = match cursor.strip_prefix("kf").and_then(|n| n.parse::<usize>().ok()) {
        Some(from) if from <= account.log.len() => from,
        None if cursor.is_empty() => 0,
        _ => return refuse(40058, format!("no cursor {cursor} was given out")),
    };
    let limit = call.int("limit").and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0).unwrap_or(1000);
    let readable = |e: &&(usize, &Entry)| e.1.at + LOG_SECONDS > now;
    let rest: Vec<(usize, &Entry)> = account.log.iter().enumerate().skip(from).collect();
    let page: Vec<_> = rest.iter().filter(readable).take(limit).collect();
    // What is too old is passed over.
    let next = page.last().map_or(account.log.len(), |(at, _)| at + 1);
    let more = account.log.iter().skip(next).any(|e| e.at + LOG_SECONDS > now);
    let list: Vec<&Value> = page.iter().map(|(_, e)| &e.fields).collect();
    ok(json!({ "next_cursor": format!("kf{next}"), "has_more": i64::from(more), "msg_list": list }))
}

/// The id of a message: its own, or one that is made.
fn msgid(state: &mut State, call: &Call<'_>) -> String {
    Some(call.text("msgid")).filter(|id| !id.is_empty()).unwrap_or_else(|| state.ids.text(32))
}

fn menu(call: &Call<'_>) -> Result<(), Refusal> {
    let list = call.get("msgmenu")["list"].as_array();
    let clicks = list.into_iter().flatten().filter(|i| text(&i["type"]) != "text").count();
    match clicks > CLICKS {
        true => refuse(95008, format!("{clicks} items can be clicked, {CLICKS} at most")),
        false => Ok(()),
    }
}

fn send_msg(state: &mut State, call: &Call<'_>) -> Outcome {
    let now = state.now();
    let id = msgid(state, call);
    managed(state, call)?;
    content(state, call)?;
    menu(call)?;
    let account = managed(state, call)?;
    let user = call.text("touser");
    let Some(session) = account.sessions.get_mut(&user).filter(|s| s.wrote.is_some()) else {
        return refuse(95002, format!("{user} wrote nothing to this account"));
    };
    if session.wrote.is_some_and(|wrote| wrote + SESSION_SECONDS <= now) {
        return refuse(95002, format!("{user} wrote more than 48 hours ago"));
    }
    let current = session.state(now);
    if current != UNHANDLED && current != ASSISTANT {
        return refuse(95018, format!("the session's state is {current}, 0 or 1 is needed"));
    }
    if session.sent >= ANSWERS {
        return refuse(95001, format!("{ANSWERS} messages went out since {user} wrote"));
    }
    if account.sent.contains(&id) {
        return refuse(95033, format!("a message has the msgid {id}"));
    }
    session.sent += 1;
    account.sent.insert(id.clone());
    ok(json!({ "msgid": id }))
}

fn send_msg_on_event(state: &mut State, call: &Call<'_>) -> Outcome {
    let now = state.now();
    let id = msgid(state, call);
    let (given, agent) = (call.text("code"), call.who.agent);
    let corp = state.corp(call.who)?;
    let Some(code) = corp.kf.codes.get(&given).cloned() else {
        return refuse(40058, "no unused code like this was given out");
    };
    if code.end <= now {
        return refuse(40058, "this code is no longer valid");
    }
    let kind = call.text("msgtype");
    if kind == "msgmenu" && !code.menu {
        return refuse(40008, "this code is good for a text only");
    }
    let Some(account) = corp.kf.accounts.iter_mut().find(|a| a.id == code.account) else {
        return refuse(95004, "the account is no more");
    };
    if account.agent != agent {
        return refuse(48007, format!("agentid {} manages the account", account.agent));
    }
    let current = account.sessions.get(&code.customer).map_or(ENDED, |s| s.state(now));
    if code.state.is_some_and(|due| due != current) {
        return refuse(95018, format!("the session's state is {current} by now"));
    }
    if !account.sent.insert(id.clone()) {
        return refuse(95033, format!("a message has the msgid {id}"));
    }
    corp.kf.codes.remove(&given);
    ok(json!({ "msgid": id }))
}

/// The session of the customer that the call names; one that nobody knows is no customer.
fn session<'c>(corp: &'c mut Corp, call: &Call<'_>) -> Result<&'c mut Session, Refusal> {
    let at = position(corp, call)?;
    let user = call.text("external_userid");
    match corp.kf.accounts[at].sessions.get_mut(&user) {
        Some(session) => Ok(session),
        None => refuse(40096, format!("{user} never came to this account")),
    }
}

fn get(state: &mut State, call: &Call<'_>) -> Outcome {
    let now = state.now();
    managed(state, call)?;
    let session = session(state.corp(call.who)?, call)?;
    match session.state(now) {
        SERVICER => ok(json!({ "service_state": SERVICER, "servicer_userid": session.servicer })),
        current => ok(json!({ "service_state": current })),
    }
}

fn trans(state: &mut State, call: &Call<'_>) -> Outcome {
    let (now, fresh) = (state.now(), state.ids.text(43));
    let (due, user) = (call.int("service_state").unwrap_or(ENDED), call.text("servicer_userid"));
    let servicers = managed(state, call)?.servicers.clone();
    let corp = state.corp(call.who)?;
    let from = session(corp, call)?.state(now);
    let allowed: &[i64] = match from {
        UNHANDLED | ASSISTANT => &[QUEUING, SERVICER],
        QUEUING => &[SERVICER],
        SERVICER => &[SERVICER, ENDED],
        _ => &[],
    };
    if !allowed.contains(&due) {
        return refuse(95016, format!("from {from} it cannot go to {due}"));
    }
    let mut servicer = String::new();
    if due == SERVICER {
        if user.is_empty() {
            return refuse(40058, "service_state 3 needs servicer_userid");
        }
        let member = corp.member(&user)?;
        let receives = |s: &Servicer| match s {
            Servicer::Member(id) => *id == member.userid,
            Servicer::Department(id) => member.departments().iter().any(|d| corp.below(*id).contains(d)),
        };
        if !servicers.iter().any(receives) {
            return refuse(95014, format!("{user} does not receive for this account"));
        }
        servicer = member.userid.clone();
    }
    let session = session(corp, call)?;
    session.state = due;
    session.servicer = servicer;
    let mut fields = json!({});
    // Passing from one servicer to the next gives none.
    if from != due {
        let seconds = if due == ENDED { CLOSING_SECONDS } else { SESSION_SECONDS };
        let code = Code {
            account: call.text("open_kfid"),
            customer: call.text("external_userid"),
            state: Some(due),
            menu: due == ENDED,
            end: now + seconds,
        };
        corp.kf.codes.insert(fresh.clone(), code);
        fields = json!({ "msg_code": fresh });
    }
    ok(fields)
}

/// Those who entered or wrote within 48 hours.
fn customers(state: &mut State, call: &Call<'_>) -> Outcome {
    let now = state.now();
    let context = call.flag("need_enter_session_context");
    let accounts = &state.corp(call.who)?.kf.accounts;
    let (mut found, mut bad) = (Vec::new(), Vec::new());
    for id in call.list("external_userid_list") {
        let sessions = accounts.iter().filter_map(|a| a.sessions.get(&id));
        let recent = sessions.filter(|s| s.seen + SESSION_SECONDS > now).max_by_key(|s| s.seen);
        match recent {
            None => bad.push(id),
            Some(session) => {
                let mut customer = json!({ "external_userid": id, "nickname": id, "avatar": "https://example.com/avatar.png", "gender": 0 });
                if context {
                    customer["enter_session_context"] = json!({ "scene": session.scene });
                }
                found.push(customer);
            }
        }
    }
    ok(json!({ "customer_list": found, "invalid_external_userid": bad }))
}
