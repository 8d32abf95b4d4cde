//! Group chats that an app made.

use serde_json::json;

use super::message::content;
use crate::call::{Call, Flow, Outcome, done, ok};
use crate::refuse::{Refusal, refuse};
use crate::state::{Chat, Corp, State};

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "create" => create,
        "get" => get,
        "update" => update,
        "send" => send,
        _ => return None,
    })
}

fn known(corp: &Corp, users: &[String]) -> Result<(), Refusal> {
    match users.iter().find(|u| corp.member(u).is_err()) {
        Some(user) => refuse(86216, format!("there is no member {user}")),
        None => Ok(()),
    }
}

fn own<'c>(corp: &'c mut Corp, call: &Call<'_>) -> Result<&'c mut Chat, Refusal> {
    let id = call.text("chatid");
    match corp.chats.get_mut(&id) {
        None => refuse(86003, format!("there is no chat {id}")),
        Some(chat) if chat.agent != call.who.agent => {
            refuse(86008, format!("agentid {} made it", chat.agent))
        }
        Some(chat) => Ok(chat),
    }
}

/// Names longer than 50 characters are cut.
fn name(call: &Call<'_>) -> String {
    call.text("name").chars().take(50).collect()
}

fn create(state: &mut State, call: &Call<'_>) -> Outcome {
    let fresh = state.ids.text(32);
    let corp = state.corp(call.who)?;
    let id = Some(call.text("chatid")).filter(|id| !id.is_empty()).unwrap_or(fresh);
    if corp.chats.contains_key(&id) {
        return refuse(86215, format!("there is a chat {id}"));
    }
    let users = call.list("userlist");
    known(corp, &users)?;
    let owner = match call.text("owner") {
        owner if owner.is_empty() => users.first().cloned().unwrap_or_default(),
        owner => owner,
    };
    if !users.contains(&owner) {
        return refuse(86207, format!("{owner} is not in userlist"));
    }
    corp.chats.insert(id.clone(), Chat { name: name(call), owner, users, agent: call.who.agent });
    ok(json!({ "chatid": id }))
}

fn get(state: &mut State, call: &Call<'_>) -> Outcome {
    let chat = own(state.corp(call.who)?, call)?;
    ok(json!({
        "chat_info": {
            "chatid": call.text("chatid"), "name": chat.name, "owner": chat.owner, "userlist": chat.users, "chat_type": 0,
        },
    }))
}

fn update(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    let mut chat = own(corp, call)?.clone();
    let (add, gone) = (call.list("add_user_list"), call.list("del_user_list"));
    known(corp, &add)?;
    if let Some(user) = gone.iter().find(|u| !chat.users.contains(u)) {
        return refuse(86216, format!("{user} is not in the chat"));
    }
    chat.users.retain(|u| !gone.contains(u));
    for user in add {
        if !chat.users.contains(&user) {
            chat.users.push(user);
        }
    }
    let owner = call.text("owner");
    if !owner.is_empty() {
        chat.owner = owner;
    }
    if !chat.users.contains(&chat.owner) {
        return refuse(86207, format!("{} is not in the chat", chat.owner));
    }
    if chat.users.len() < 2 {
        return refuse(86006, "fewer than two would be left");
    }
    if !call.text("name").is_empty() {
        chat.name = name(call);
    }
    corp.chats.insert(call.text("chatid"), chat);
    done("ok", json!({}))
}

fn send(state: &mut State, call: &Call<'_>) -> Outcome {
    own(state.corp(call.who)?, call)?;
    content(state, call)?;
    ok(json!({}))
}
