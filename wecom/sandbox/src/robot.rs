//! Robots in URL mode: encrypted JSON to the robot's address, and its encrypted replies, held against the spec.

use std::time::Duration;

use serde_json::{Value, json};
use wecom_codegen::check::{Checker, Side};
use wecom_codegen::ir::{Api, Event};

use crate::Sandbox;
use crate::push::{PushError, answer, decrypt, sign, target};

/// The server asks for a stream for so long.
const STREAM: Duration = Duration::from_secs(360);

/// What a robot's address answered.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RobotPushed {
    /// HTTP status.
    pub status: u16,
    /// The reply, decrypted; none for an empty answer.
    pub reply: Option<Value>,
    /// What speaks against the reply: the real server would not show it.
    pub wrong: Vec<String>,
    /// `response_url` of what was pushed; empty for what has none.
    pub response_url: String,
}

impl RobotPushed {
    /// The content of a stream.
    pub fn content(&self) -> Option<&str> {
        self.reply.as_ref()?["stream"]["content"].as_str()
    }

    /// Whether it is a stream that goes on.
    pub fn is_open(&self) -> bool {
        self.reply.as_ref().is_some_and(|r| r["stream"].is_object() && r["stream"]["finish"] != true)
    }
}

impl Sandbox {
    /// A member writes a text to the robot, whose address is asked for the stream it replies with until that ends, every so often.
    /// Gives all answers; the first is that to the text.
    ///
    /// # Errors
    /// As [`push_robot`](Self::push_robot).
    pub async fn ask_robot(
        &self,
        url: &str,
        userid: &str,
        text: &str,
        every: Duration,
    ) -> Result<Vec<RobotPushed>, PushError> {
        let message = json!({"chattype": "single", "from": {"userid": userid}, "msgtype": "text", "text": {"content": text}});
        let mut all = vec![self.push_robot(url, message).await?];
        let id = all[0].reply.as_ref().map(|r| r["stream"]["id"].clone()).unwrap_or_default();
        let began = tokio::time::Instant::now();
        while all.last().is_some_and(RobotPushed::is_open) && began.elapsed() < STREAM {
            tokio::time::sleep(every).await;
            let refresh = json!({"chattype": "single", "from": {"userid": userid}, "msgtype": "stream", "stream": {"id": id}});
            all.push(self.push_robot(url, refresh).await?);
        }
        Ok(all)
    }

    /// Pushes a message or an event to a robot's address, encrypted with [`CALLBACK_TOKEN`](Self::CALLBACK_TOKEN) and
    /// [`CALLBACK_AES_KEY`](Self::CALLBACK_AES_KEY), and holds the reply against the spec. `msgid`, `aibotid` and `response_url` are
    /// added.
    ///
    /// # Errors
    /// [`PushError::Http`] for no answer, [`PushError::Reply`] for one that is not encrypted and signed as it must be.
    pub async fn push_robot(&self, url: &str, mut body: Value) -> Result<RobotPushed, PushError> {
        let event = find(&self.server.api, &body);
        let mut response_url = String::new();
        {
            let mut state = self.server.state();
            body["msgid"] = json!(state.ids.text(16));
            body["aibotid"] = json!(Sandbox::BOT_ID);
            if has_response_url(&body) {
                let (code, now) = (state.ids.text(32), state.now());
                response_url = format!("{}/cgi-bin/aibot/response?response_code={code}", self.server.base);
                body["response_url"] = json!(response_url);
                state.response_codes.insert(code, now);
            }
        }
        let sealed = self.seal("", &body.to_string())?;
        let envelope = json!({"encrypt": sealed.encrypted}).to_string();
        let request = reqwest::Client::new().post(target(url, &sealed.query)?);
        let answered = answer(request.header("content-type", "application/json").body(envelope)).await?;
        let mut out = RobotPushed { status: answered.status, reply: None, wrong: Vec::new(), response_url };
        if answered.status == 200 && !answered.body.is_empty() {
            let [_, _, (_, nonce)] = &sealed.query;
            let reply = opened(&answered.body, nonce).map_err(|why| PushError::Reply(why.to_owned()))?;
            out.wrong = wrong(&self.server.api, event, &body, &reply);
            out.reply = Some(reply);
        }
        Ok(out)
    }
}

/// Messages and clicks on cards have one.
fn has_response_url(body: &Value) -> bool {
    match body["msgtype"].as_str() {
        Some("event") => body["event"]["eventtype"] == "template_card_event",
        Some("stream") | None => false,
        Some(_) => true,
    }
}

/// What the spec has it as.
fn find<'a>(api: &'a Api, body: &Value) -> Option<&'a Event> {
    let robot = api.events.iter().find(|module| module.name == "robot")?;
    robot.events.iter().find(|event| {
        event.matches.iter().all(|(path, value)| {
            path.split('.').try_fold(body, |at, step| at.get(step)).is_some_and(|found| found == value)
        })
    })
}

/// The reply in the answer: signed, with the callback's nonce, and for nobody in particular.
fn opened(body: &str, nonce: &str) -> Result<Value, &'static str> {
    let envelope: Value = serde_json::from_str(body).map_err(|_| "not JSON")?;
    let text = |key: &str| envelope[key].as_str().unwrap_or_default();
    let timestamp = envelope["timestamp"].as_i64().ok_or("timestamp: no number")?;
    if text("nonce") != nonce {
        return Err("nonce: not that of the callback");
    }
    let signature = sign(Sandbox::CALLBACK_TOKEN, &timestamp.to_string(), nonce, text("encrypt"));
    if text("msgsignature") != signature {
        return Err("msgsignature: wrong");
    }
    let (plain, receiver) =
        decrypt(Sandbox::CALLBACK_AES_KEY, text("encrypt")).ok_or("encrypt: not by this key")?;
    if !receiver.is_empty() {
        return Err("it is for a receive id, and a corp's own robot has none");
    }
    serde_json::from_str(&plain).map_err(|_| "the plaintext is no JSON")
}

/// What speaks against a reply.
fn wrong(api: &Api, event: Option<&Event>, body: &Value, reply: &Value) -> Vec<String> {
    let Some(event) = event else { return Vec::new() };
    let Some(ty) = event.reply_type else { return vec![format!("{} takes no reply", event.key)] };
    let found = Checker::new(api, Side::Sent).report(ty, reply).findings;
    let mut out: Vec<String> = found.iter().filter(|f| f.refuses()).map(|f| f.text.clone()).collect();
    let stream = &reply["stream"];
    let id = stream["id"].as_str().unwrap_or_default();
    if stream.is_object() {
        if body["msgtype"] != "stream" && id.is_empty() {
            out.push("stream.id: the first reply needs one".to_owned());
        }
        if body["msgtype"] == "stream" && !id.is_empty() && body["stream"]["id"] != id {
            out.push("stream.id: not that of the stream which is refreshed".to_owned());
        }
        if stream["msg_item"].is_array() && stream["finish"] != true {
            out.push("stream.msg_item: pictures go with the end".to_owned());
        }
    } else if body["msgtype"] == "stream" {
        out.push("a refresh takes a stream".to_owned());
    }
    let clicked = &body["event"]["template_card_event"]["task_id"];
    if event.key == "template_card_event" && reply["template_card"]["task_id"] != *clicked {
        out.push("template_card.task_id: not that of the card that was clicked".to_owned());
    }
    out
}
