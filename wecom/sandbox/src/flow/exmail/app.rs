//! Mail of apps.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Letter, is_address, mailbox};
use crate::call::{Call, Flow, Outcome, int, ok, text};
use crate::flow::page::by_cursor;
use crate::refuse::{Refusal, refuse};
use crate::state::{Corp, State};

/// Bytes of a mail with its attachments.
const LARGEST: usize = 50 << 20;
/// Addresses beside the main one.
const ALIASES: usize = 5;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "app/compose_send" => send,
        "app/get_mail_list" => list,
        "app/read_mail" => read,
        "app/get_email_alias" => addresses,
        "app/update_email_alias" => change_address,
        _ => return None,
    })
}

/// Addresses and members of `to`, `cc` and `bcc`.
fn recipients(corp: &Corp, call: &Call<'_>) -> Result<(Vec<String>, Vec<String>), Refusal> {
    let of = |field: &str, name: &str| {
        let list = call.get(field)[name].as_array();
        list.into_iter().flatten().map(text).collect::<Vec<String>>()
    };
    let all = |name: &str| ["to", "cc", "bcc"].iter().flat_map(|field| of(field, name)).collect::<Vec<_>>();
    if of("to", "emails").is_empty() && of("to", "userids").is_empty() {
        return refuse(40058, "to names nobody");
    }
    let (emails, users) = (all("emails"), all("userids"));
    for user in &users {
        corp.member(user)?;
    }
    match emails.iter().find(|e| !is_address(e)) {
        Some(email) => refuse(40058, format!("{email} is not an address")),
        None => Ok((emails, users)),
    }
}

/// What goes with a schedule or a meeting.
fn invitation(call: &Call<'_>, users: &[String]) -> Result<(), Refusal> {
    let (schedule, meeting) = (call.get("schedule"), call.get("meeting"));
    if schedule.is_null() {
        return match meeting.is_null() {
            true => Ok(()),
            false => refuse(40058, "a meeting needs schedule"),
        };
    }
    if text(&schedule["method"]) == "cancel" && text(&schedule["schedule_id"]).is_empty() {
        return refuse(40058, "schedule_id is needed where a schedule is cancelled");
    }
    if int(&schedule["end_time"]) < int(&schedule["start_time"]) {
        return refuse(40058, "end_time is before start_time");
    }
    for (admins, code) in [(&schedule["schedule_admins"], 90715), (&meeting["meeting_admins"], 400039)] {
        let admins = admins["userids"].as_array().into_iter().flatten().map(text);
        if let Some(id) = admins.into_iter().find(|id| !users.contains(id)) {
            return refuse(code, format!("{id} gets none of it"));
        }
    }
    Ok(())
}

/// Goes at once to those mailboxes of apps that are in the sandbox.
fn send(state: &mut State, call: &Call<'_>) -> Outcome {
    let (now, agent) = (state.now(), call.who.agent);
    let corp = state.corp(call.who)?;
    let (emails, users) = recipients(corp, call)?;
    invitation(call, &users)?;
    let attached = call.get("attachment_list").as_array().into_iter().flatten();
    let attached: usize = attached.map(|a| text(&a["content"]).len() / 4 * 3).sum();
    if attached + call.text("content").len() > LARGEST {
        return refuse(45001, format!("more than {LARGEST} bytes"));
    }
    let from = mailbox(corp, agent).email.clone();
    let kind = if call.text("content_type") == "text" { "plain" } else { "html" };
    let eml = format!(
        "From: <{from}>\r\nTo: {}\r\nSubject: =?utf-8?B?{}?=\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        emails.iter().map(|e| format!("<{e}>")).collect::<Vec<_>>().join(", "),
        STANDARD.encode(call.text("subject")),
        STANDARD.encode(call.text("content")),
    );
    let agents: Vec<i64> = corp.apps.keys().copied().collect();
    for agent in agents {
        let id = state.ids.text(32);
        let own = mailbox(state.corp(call.who)?, agent);
        if emails.iter().any(|e| own.has(e)) {
            own.inbox.push(Letter { id, at: now, eml: eml.clone() });
        }
    }
    ok(json!({}))
}

fn list(state: &mut State, call: &Call<'_>) -> Outcome {
    let (begin, end) = (call.int("begin_time").unwrap_or(0), call.int("end_time").unwrap_or(0));
    if end < begin {
        return refuse(40058, "end_time is before begin_time");
    }
    let own = mailbox(state.corp(call.who)?, call.who.agent);
    let due = own.inbox.iter().filter(|l| (begin..=end).contains(&l.at));
    let all: Vec<Value> = due.map(|l| json!({ "mail_id": l.id })).collect();
    let page = by_cursor(call, if call.int("limit").is_some() { 1000 } else { 100 }, &all)?;
    ok(json!({ "mail_list": page.items, "has_more": i64::from(page.more), "next_cursor": page.cursor() }))
}

fn read(state: &mut State, call: &Call<'_>) -> Outcome {
    let id = call.text("mail_id");
    let own = mailbox(state.corp(call.who)?, call.who.agent);
    match own.inbox.iter().find(|l| l.id == id) {
        Some(letter) => ok(json!({ "mail_data": letter.eml })),
        None => refuse(40058, format!("the app got no mail {id}")),
    }
}

fn addresses(state: &mut State, call: &Call<'_>) -> Outcome {
    let own = mailbox(state.corp(call.who)?, call.who.agent);
    ok(json!({ "email": own.email, "alias_list": own.aliases }))
}

/// The old address stays an alias.
fn change_address(state: &mut State, call: &Call<'_>) -> Outcome {
    let new = call.text("new_email");
    if !is_address(&new) {
        return refuse(680047, format!("{new} is not an address"));
    }
    let agent = call.who.agent;
    let corp = state.corp(call.who)?;
    let taken = corp.mail.boxes.iter().any(|(id, b)| *id != agent && b.has(&new));
    if taken
        || corp.members.values().any(|m| m.text("biz_mail") == new)
        || corp.mail.groups.contains_key(&new)
    {
        return refuse(680048, format!("{new} is taken"));
    }
    let own = mailbox(corp, agent);
    if own.email != new {
        let old = std::mem::replace(&mut own.email, new.clone());
        own.aliases.retain(|a| *a != new);
        own.aliases.push(old);
        let many = own.aliases.len().saturating_sub(ALIASES);
        own.aliases.drain(..many);
    }
    ok(json!({}))
}
