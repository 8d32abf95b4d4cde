//! The long connection of robots: `/sandbox/socket` speaks the commands of the spec, over WebSocket.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::State as Shared;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use wecom_codegen::check::{Checker, Side};

use crate::Sandbox;
use crate::server::Server;

/// How long the other side may take to close a connection that is over.
const LEAVING: Duration = Duration::from_secs(1);

/// Something that goes wrong with a frame of the robot, or with its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SocketFault {
    /// The command is carried out, and never acknowledged.
    Silent,
    /// The acknowledgement comes late.
    Slow(Duration),
    /// The command is refused with this code: 846608 for a stream that has expired, 846609 for a lost subscription.
    Refuse(i32),
    /// The connection ends, and the command is not carried out.
    Drop,
    /// The command is carried out, and the connection ends without an acknowledgement.
    DropAfter,
    /// From now on the connection stays open and answers nothing.
    Deaf,
}

/// A frame that the robot sent.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SocketFrame {
    /// `cmd`.
    pub cmd: String,
    /// `req_id`.
    pub req_id: String,
    /// `body`, without secrets; null for none.
    pub body: Value,
    /// What was answered; none where nothing was.
    pub errcode: Option<i64>,
    /// The number of the connection, from 1.
    pub connection: u64,
}

#[derive(Default)]
struct State {
    connections: u64,
    /// The connection that is subscribed, and the way to it.
    live: Option<(u64, mpsc::UnboundedSender<Message>)>,
    frames: Vec<SocketFrame>,
    faults: VecDeque<(SocketFault, Option<String>)>,
    /// Ids of callbacks, which replies may name.
    asked: HashSet<String>,
    /// Streams that are over.
    finished: HashSet<String>,
    /// Pieces of uploads.
    uploads: HashMap<String, (Value, HashSet<u64>)>,
    numbers: u64,
}

/// What all connections of robots share.
#[derive(Default)]
pub(crate) struct Sockets(Mutex<State>);

impl Sockets {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn reset(&self) {
        *self.lock() = State::default();
    }
}

/// What a frame leads to.
enum Step {
    Answer(Value),
    Nothing,
    Close,
}

pub(crate) async fn socket(Shared(server): Shared<Arc<Server>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| serve(server, socket))
}

async fn serve(server: Arc<Server>, mut socket: WebSocket) {
    let (out, mut waiting) = mpsc::unbounded_channel();
    let number = {
        let mut state = server.sockets.lock();
        state.connections += 1;
        state.connections
    };
    let (mut subscribed, mut deaf) = (false, false);
    let mut stop = server.stop.clone();
    loop {
        let text = tokio::select! {
            came = socket.recv() => match came {
                Some(Ok(Message::Text(text))) => text,
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => continue,
            },
            due = waiting.recv() => match due {
                Some(message) => {
                    let last = matches!(message, Message::Close(_));
                    if socket.send(message).await.is_err() {
                        break;
                    }
                    if last {
                        leave(&mut socket).await;
                        break;
                    }
                    continue;
                }
                None => break,
            },
            () = async { drop(stop.wait_for(|stop| *stop).await) } => break,
        };
        if deaf {
            continue;
        }
        let frame: Value = serde_json::from_str(&text).unwrap_or_default();
        let fault = strike(&server, &frame);
        let step = take(&server, number, &mut subscribed, &frame, fault, &out);
        match (step, fault) {
            (Step::Close, _) => break,
            (_, Some(SocketFault::Deaf)) => deaf = true,
            (Step::Answer(answer), Some(SocketFault::Slow(time))) => {
                let out = out.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(time).await;
                    let _ = out.send(Message::text(answer.to_string()));
                });
            }
            (Step::Answer(answer), _) => {
                if socket.send(Message::text(answer.to_string())).await.is_err() {
                    break;
                }
            }
            (Step::Nothing, _) => {}
        }
    }
    let mut state = server.sockets.lock();
    if state.live.as_ref().is_some_and(|(live, _)| *live == number) {
        state.live = None;
    }
}

/// Lets what was written arrive: closing over unread frames would throw away what is still on its way.
async fn leave(socket: &mut WebSocket) {
    let rest = async { while let Some(Ok(_)) = socket.recv().await {} };
    let _ = tokio::time::timeout(LEAVING, rest).await;
}

/// The fault that strikes this frame.
fn strike(server: &Server, frame: &Value) -> Option<SocketFault> {
    let mut state = server.sockets.lock();
    let cmd = frame["cmd"].as_str().unwrap_or_default();
    let at = state.faults.iter().position(|(_, on)| on.as_deref().is_none_or(|on| on == cmd))?;
    state.faults.remove(at).map(|(fault, _)| fault)
}

fn take(
    server: &Server,
    number: u64,
    subscribed: &mut bool,
    frame: &Value,
    fault: Option<SocketFault>,
    out: &mpsc::UnboundedSender<Message>,
) -> Step {
    if fault == Some(SocketFault::Drop) {
        return Step::Close;
    }
    let cmd = frame["cmd"].as_str().unwrap_or_default();
    let req_id = frame["headers"]["req_id"].as_str().unwrap_or_default();
    let mut state = server.sockets.lock();
    let outcome = match fault {
        Some(SocketFault::Refuse(code)) => Err((i64::from(code), "a fault that was asked for".to_owned())),
        _ => judge(server, &mut state, *subscribed, cmd, req_id, &frame["body"]),
    };
    if cmd == "aibot_subscribe" && outcome.is_ok() {
        *subscribed = true;
        // One connection of a robot: the new one pushes the old one out.
        if let Some((old, line)) = state.live.replace((number, out.clone()))
            && old != number
        {
            state.numbers += 1;
            let event = event(state.numbers, "disconnected_event");
            let _ = line.send(Message::text(event.to_string()));
            let _ = line.send(Message::Close(None));
        }
    }
    let (code, message, body) = match outcome {
        Ok(body) => (0, "ok".to_owned(), body),
        Err((code, message)) => (code, message, Value::Null),
    };
    let silent = matches!(fault, Some(SocketFault::Silent | SocketFault::Deaf | SocketFault::DropAfter));
    let mut shown = frame["body"].clone();
    if let Some(secret) = shown.get_mut("secret") {
        *secret = json!("***");
    }
    state.frames.push(SocketFrame {
        cmd: cmd.to_owned(),
        req_id: req_id.to_owned(),
        body: shown,
        errcode: (!silent).then_some(code),
        connection: number,
    });
    match fault {
        Some(SocketFault::DropAfter) => Step::Close,
        _ if silent => Step::Nothing,
        _ => {
            let mut answer = json!({"headers": {"req_id": req_id}, "errcode": code, "errmsg": message});
            if !body.is_null() {
                answer["body"] = body;
            }
            Step::Answer(answer)
        }
    }
}

type Outcome = Result<Value, (i64, String)>;

/// Checks a command against the spec, and carries it out.
fn judge(
    server: &Server,
    state: &mut State,
    subscribed: bool,
    cmd: &str,
    req_id: &str,
    body: &Value,
) -> Outcome {
    let refuse = |code: i64, message: &str| Err((code, message.to_owned()));
    let known = server.api.commands.iter().find(|c| c.key == cmd && !c.pushed);
    let Some(known) = known else { return refuse(40_058, "no such command") };
    if req_id.is_empty() {
        return refuse(40_058, "no req_id");
    }
    if !subscribed && !matches!(cmd, "aibot_subscribe" | "ping") {
        return refuse(846_609, "not subscribed");
    }
    if let Some(ty) = known.request.filter(|_| cmd != "ping") {
        let found = Checker::new(&server.api, Side::Sent).report(ty, body).findings;
        if let Some(wrong) = found.iter().find(|f| f.refuses()) {
            return Err((40_058, wrong.text.clone()));
        }
    }
    match cmd {
        "aibot_subscribe" => {
            let same = body["bot_id"] == Sandbox::BOT_ID && body["secret"] == Sandbox::BOT_SECRET;
            if !same {
                return refuse(40_001, "invalid secret");
            }
        }
        "aibot_respond_msg" | "aibot_respond_welcome_msg" | "aibot_respond_update_msg" => {
            if !state.asked.contains(req_id) {
                return refuse(846_605, "invalid req_id");
            }
            if let Some(id) = body["stream"]["id"].as_str() {
                if state.finished.contains(id) {
                    return refuse(846_608, "stream message update expired");
                }
                if body["stream"]["finish"] == true {
                    state.finished.insert(id.to_owned());
                }
            }
        }
        "aibot_upload_media_init" => {
            state.numbers += 1;
            let id = format!("upload{}", state.numbers);
            state.uploads.insert(id.clone(), (body.clone(), HashSet::new()));
            return Ok(json!({"upload_id": id}));
        }
        "aibot_upload_media_chunk" => {
            let id = body["upload_id"].as_str().unwrap_or_default();
            let Some((_, pieces)) = state.uploads.get_mut(id) else {
                return refuse(40_058, "no such upload");
            };
            pieces.extend(body["chunk_index"].as_u64());
        }
        "aibot_upload_media_finish" => {
            let id = body["upload_id"].as_str().unwrap_or_default();
            let Some((init, pieces)) = state.uploads.remove(id) else {
                return refuse(40_058, "no such upload");
            };
            if init["total_chunks"].as_u64() != Some(pieces.len() as u64) {
                return refuse(40_058, "pieces are missing");
            }
            return Ok(
                json!({"type": init["type"], "media_id": format!("media-{id}"), "created_at": 1_700_000_000}),
            );
        }
        _ => {}
    }
    Ok(Value::Null)
}

fn event(number: u64, kind: &str) -> Value {
    json!({
        "cmd": "aibot_event_callback",
        "headers": {"req_id": format!("req{number}")},
        "body": {
            "msgid": format!("msg{number}"), "create_time": 1_700_000_000, "aibotid": Sandbox::BOT_ID,
            "msgtype": "event", "event": {"eventtype": kind},
        },
    })
}

impl Sandbox {
    /// BotID of the robot.
    pub const BOT_ID: &'static str = "aibsandbox";
    /// Its Secret of the long connection.
    pub const BOT_SECRET: &'static str = "sandbox-bot-secret";

    /// Where the robot connects: `ws://127.0.0.1:12345/sandbox/socket`.
    pub fn socket_url(&self) -> String {
        format!("{}/sandbox/socket", self.base_url().replacen("http", "ws", 1))
    }

    /// A member writes a text to the robot. The message's `req_id`; none when the robot is not connected.
    pub fn say(&self, userid: &str, text: &str) -> Option<String> {
        self.push_message(json!({"chattype": "single", "from": {"userid": userid}, "msgtype": "text", "text": {"content": text}}))
    }

    /// Any message to the robot; `msgid` and `aibotid` are added. Its `req_id`; none when the robot is not connected.
    pub fn push_message(&self, mut body: Value) -> Option<String> {
        let mut state = self.server.sockets.lock();
        state.numbers += 1;
        let (req_id, msgid) = (format!("req{}", state.numbers), format!("msg{}", state.numbers));
        body["msgid"] = json!(msgid);
        body["aibotid"] = json!(Sandbox::BOT_ID);
        let cmd = if body["msgtype"] == "event" { "aibot_event_callback" } else { "aibot_msg_callback" };
        let frame = json!({"cmd": cmd, "headers": {"req_id": req_id}, "body": body});
        let (_, line) = state.live.as_ref()?;
        line.send(Message::text(frame.to_string())).ok()?;
        state.asked.insert(req_id.clone());
        Some(req_id)
    }

    /// Frames of the robot so far.
    pub fn socket_frames(&self) -> Vec<SocketFrame> {
        self.server.sockets.lock().frames.clone()
    }

    /// The same, and forgets them: for programs that run for long.
    pub fn take_socket_frames(&self) -> Vec<SocketFrame> {
        std::mem::take(&mut self.server.sockets.lock().frames)
    }

    /// A fault for the next frame with this `cmd`, or the next one at all.
    pub fn socket_fault(&self, fault: SocketFault, cmd: Option<&str>) {
        self.server.sockets.lock().faults.push_back((fault, cmd.map(str::to_owned)));
    }

    /// Ends the robot's connection. What was said before arrives; what the robot sends from now on is read by nobody.
    pub fn cut(&self) {
        if let Some((_, line)) = self.server.sockets.lock().live.take() {
            let _ = line.send(Message::Close(None));
        }
    }
}
