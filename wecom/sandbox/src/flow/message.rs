//! Messages of apps.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::call::{Call, Flow, Outcome, ok, text};
use crate::refuse::{Refusal, refuse};
use crate::state::{Corp, Message, State};

/// Seconds in which a message can be recalled.
const RECALL_SECONDS: i64 = 24 * 3600;
/// Seconds in which a response_code is good.
const RESPONSE_SECONDS: i64 = 72 * 3600;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "send" => send,
        "recall" => recall,
        "update_template_card" => update_template_card,
        "update_taskcard" => update_taskcard,
        "get_statistics" => get_statistics,
        _ => return None,
    })
}

/// Whom a message goes to, and who is unknown.
struct Recipients {
    to: BTreeSet<String>,
    users: Vec<String>,
    parties: Vec<String>,
    tags: Vec<String>,
}

fn recipients(corp: &Corp, call: &Call<'_>) -> Result<Recipients, Refusal> {
    let (users, parties, tags) = (call.list("touser"), call.list("toparty"), call.list("totag"));
    if users == ["@all"] {
        let to = corp.members.keys().cloned().collect();
        return Ok(Recipients { to, users: Vec::new(), parties: Vec::new(), tags: Vec::new() });
    }
    let asked = users.len() + parties.len() + tags.len();
    if asked == 0 {
        return refuse(82001, "touser, toparty and totag are empty");
    }
    let mut to = BTreeSet::new();
    let member = |id: &String| {
        let id = id.to_lowercase();
        corp.members.contains_key(&id).then_some(id)
    };
    to.extend(users.iter().filter_map(member));
    let within = |ids: &[u32]| {
        let inside = move |m: &crate::state::Member| m.departments().iter().any(|d| ids.contains(d));
        corp.members.iter().filter(|(_, m)| inside(m)).map(|(id, _)| id.clone()).collect::<Vec<_>>()
    };
    let party = |id: &String| id.parse().ok().filter(|id: &u32| corp.departments.contains_key(id));
    for id in parties.iter().filter_map(party) {
        to.extend(within(&corp.below(id)));
    }
    let tag = |id: &String| id.parse().ok().and_then(|id: i64| corp.tags.get(&id));
    for tag in tags.iter().filter_map(tag) {
        to.extend(tag.users.iter().map(|u| u.to_lowercase()));
        for id in &tag.parties {
            to.extend(within(&corp.below(*id)));
        }
    }
    let users: Vec<String> = users.into_iter().filter(|id| member(id).is_none()).collect();
    let parties: Vec<String> = parties.into_iter().filter(|id| party(id).is_none()).collect();
    let tags: Vec<String> = tags.into_iter().filter(|id| tag(id).is_none()).collect();
    if users.len() + parties.len() + tags.len() == asked {
        return refuse(81013, "none of the recipients is known");
    }
    Ok(Recipients { to, users, parties, tags })
}

/// Contents that types do not tell: files that are there, texts that are not empty.
pub(super) fn content(state: &State, call: &Call<'_>) -> Result<(), Refusal> {
    let kind = call.text("msgtype");
    let payload = call.get(&kind);
    if kind == "text" && text(&payload["content"]).is_empty() {
        return refuse(44004, "text.content is empty");
    }
    if kind == "news" && call.int("safe") == Some(1) {
        return refuse(40074, "news takes no safe");
    }
    let owner = &call.who.corp;
    if let Some(id) = payload.get("media_id") {
        let media = state.file(owner, &text(id))?;
        if media.kind != kind {
            return refuse(40007, format!("the media_id is of a {}, {kind} is needed", media.kind));
        }
    }
    let articles = payload["articles"].as_array();
    for article in articles.into_iter().flatten().chain([payload]) {
        if let Some(id) = article.get("thumb_media_id") {
            state.file(owner, &text(id))?;
        }
    }
    Ok(())
}

fn send(state: &mut State, call: &Call<'_>) -> Outcome {
    let (id, code, now) = (state.ids.text(43), state.ids.text(32), state.now());
    // Notices of mini programs say it by their appid.
    let agent = match call.int("agentid") {
        Some(agent) => agent,
        None if call.text("msgtype") == "miniprogram_notice" => call.who.agent,
        None => return refuse(41011, "no agentid in the body"),
    };
    state.corp(call.who)?.own_app(call.who, agent)?;
    let found = recipients(state.corp(call.who)?, call)?;
    content(state, call)?;
    let card = call.get("template_card");
    let updatable = ["button_interaction", "vote_interaction", "multiple_interaction"];
    let usable = updatable.contains(&text(&card["card_type"]).as_str()) || card.get("action_menu").is_some();
    let task = [card, call.get("interactive_taskcard")].into_iter().map(|c| text(&c["task_id"]));
    let message = Message {
        agent,
        at: now,
        to: found.to,
        task_id: task.into_iter().find(|t| !t.is_empty()).unwrap_or_default(),
        response_code: usable.then(|| code.clone()),
        recalled: false,
    };
    state.corp(call.who)?.messages.insert(id.clone(), message);
    let mut fields = Map::new();
    for (name, list) in
        [("invaliduser", found.users), ("invalidparty", found.parties), ("invalidtag", found.tags)]
    {
        if !list.is_empty() {
            fields.insert(name.into(), json!(list.join("|")));
        }
    }
    fields.insert("msgid".into(), json!(id));
    if usable {
        fields.insert("response_code".into(), json!(code));
    }
    ok(Value::Object(fields))
}

fn recall(state: &mut State, call: &Call<'_>) -> Outcome {
    let now = state.now();
    let Some(message) = state.corp(call.who)?.messages.get_mut(&call.text("msgid")) else {
        return refuse(40058, "no message has this msgid");
    };
    if message.agent != call.who.agent {
        return refuse(40058, format!("agentid {} sent it", message.agent));
    }
    if message.at + RECALL_SECONDS <= now {
        return refuse(42052, "it is more than 24 hours old");
    }
    message.recalled = true;
    ok(json!({}))
}

fn update_template_card(state: &mut State, call: &Call<'_>) -> Outcome {
    let now = state.now();
    let corp = state.corp(call.who)?;
    corp.own_app(call.who, call.int("agentid").unwrap_or(0))?;
    let code = call.text("response_code");
    let users = call.list("userids");
    let nobody = users.is_empty() && call.list("partyids").is_empty() && call.list("tagids").is_empty();
    if nobody && !call.flag("atall") {
        return refuse(82101, "userids, partyids and tagids are empty, and atall is not 1");
    }
    let usable = |m: &&mut Message| m.response_code.as_deref() == Some(&code) && !code.is_empty();
    let Some(message) = corp.messages.values_mut().find(usable) else {
        return refuse(60140, "no response_code like this is unused");
    };
    if message.at + RESPONSE_SECONDS <= now {
        return refuse(60140, "it is more than 72 hours old");
    }
    if message.agent != call.who.agent {
        return refuse(42015, format!("agentid {} sent it", message.agent));
    }
    message.response_code = None;
    let bad: Vec<String> =
        users.iter().map(|u| u.to_lowercase()).filter(|u| !message.to.contains(u)).collect();
    ok(json!({ "invaliduser": bad }))
}

fn update_taskcard(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    corp.own_app(call.who, call.int("agentid").unwrap_or(0))?;
    let task = call.text("task_id");
    let Some(message) = corp.messages.values().find(|m| m.task_id == task && !task.is_empty()) else {
        return refuse(42016, format!("no message has the task_id {task}"));
    };
    if message.agent != call.who.agent {
        return refuse(42015, format!("agentid {} sent it", message.agent));
    }
    let bad: Vec<String> =
        call.list("userids").into_iter().filter(|u| !message.to.contains(&u.to_lowercase())).collect();
    ok(json!({ "invaliduser": bad }))
}

fn get_statistics(state: &mut State, call: &Call<'_>) -> Outcome {
    let corp = state.corp(call.who)?;
    let count = |agent: i64| corp.messages.values().filter(|m| m.agent == agent && !m.recalled).count();
    // Nothing was sent before the sandbox started.
    let list: Vec<Value> = match call.int("time_type") {
        Some(1) => Vec::new(),
        _ => {
            let apps = corp.apps.iter().map(|(id, app)| (id, &app.fields["name"], count(*id)));
            let apps = apps.filter(|(_, _, n)| *n > 0);
            apps.map(|(id, name, n)| json!({ "agentid": id, "app_name": name, "count": n })).collect()
        }
    };
    ok(json!({ "statistics": list }))
}
