//! What the server pushes.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tokio::sync::mpsc;

use super::session::{Ask, Pushed};
use super::{Chat, Command, FileKind, RobotError, Shared, Standing, StreamHandle, read_answer, written};
use crate::wire;

/// Messages and events, in the order in which they came. Ends when the robot stops.
pub struct Incoming {
    queue: mpsc::Receiver<Received>,
    shared: Arc<Shared>,
    /// Keeps the connection.
    _orders: mpsc::UnboundedSender<Ask>,
}

impl Incoming {
    pub(super) fn new(
        queue: mpsc::Receiver<Received>,
        shared: Arc<Shared>,
        orders: mpsc::UnboundedSender<Ask>,
    ) -> Self {
        Self { queue, shared, _orders: orders }
    }

    /// The next one; `None` when the robot has stopped.
    pub async fn next(&mut self) -> Option<Received> {
        self.queue.recv().await
    }

    /// Why it stopped.
    #[must_use]
    pub fn reason(&self) -> RobotError {
        match &*self.shared.standing.borrow() {
            Standing::Stopped(error) => error.clone(),
            _ => RobotError::Stopped,
        }
    }
}

impl Stream for Incoming {
    type Item = Received;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Received>> {
        self.queue.poll_recv(cx)
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming").field("waiting", &self.queue.len()).finish_non_exhaustive()
    }
}

/// A message or an event, and the way to reply to it. Replies go in order, each when the one before is acknowledged. Cheap to clone.
#[derive(Clone)]
pub struct Received(Arc<Inner>);

struct Inner {
    cmd: String,
    req_id: String,
    body: Box<RawValue>,
    msgid: String,
    msgtype: String,
    event_type: Option<String>,
    chat: Chat,
    user: String,
    shared: Arc<Shared>,
}

type Map = HashMap<String, Box<RawValue>>;

impl Received {
    pub(super) fn new(pushed: Pushed, shared: &Arc<Shared>) -> Self {
        let Pushed { cmd, req_id, body } = pushed;
        // What is missing or of another form is empty: the whole body can be read as the program likes.
        let map = |raw: Option<&Box<RawValue>>| -> Map {
            raw.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
        };
        let text = |map: &Map, key: &str| -> Option<String> {
            map.get(key).and_then(|raw| serde_json::from_str(raw.get()).ok())
        };
        let fields = map(Some(&body));
        let user = text(&map(fields.get("from")), "userid").unwrap_or_default();
        let chat = match text(&fields, "chatid").filter(|id| !id.is_empty()) {
            Some(id) => Chat::Group(id),
            None => Chat::Single(user.clone()),
        };
        Self(Arc::new(Inner {
            msgid: text(&fields, "msgid").unwrap_or_default(),
            msgtype: text(&fields, "msgtype").unwrap_or_default(),
            event_type: text(&map(fields.get("event")), "eventtype"),
            cmd,
            req_id,
            body,
            chat,
            user,
            shared: Arc::clone(shared),
        }))
    }

    /// The mark by which repetitions are recognised; see [`RobotBuilder::dedup`](super::RobotBuilder::dedup).
    #[must_use]
    pub fn msgid(&self) -> &str {
        &self.0.msgid
    }

    /// `text`, `image`, `mixed`, `voice`, `file`, `video`, or `event`.
    #[must_use]
    pub fn msgtype(&self) -> &str {
        &self.0.msgtype
    }

    /// `enter_chat`, `template_card_event`, `feedback_event`, …; `None` for messages.
    #[must_use]
    pub fn event_type(&self) -> Option<&str> {
        self.0.event_type.as_deref()
    }

    /// Where it was written: the group, or the member.
    #[must_use]
    pub fn chat(&self) -> &Chat {
        &self.0.chat
    }

    /// Who wrote it: a plain userid where the robot's creator is a super administrator, else an encrypted one.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.0.user
    }

    /// What a text says, or what a voice message was understood as.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let body: serde_json::Value = serde_json::from_str(self.json()).ok()?;
        let content = body.get(self.msgtype())?.get("content")?.as_str()?;
        matches!(self.msgtype(), "text" | "voice").then(|| content.to_owned())
    }

    /// The body as it came.
    #[must_use]
    pub fn json(&self) -> &str {
        self.0.body.get()
    }

    /// The body as a type of one's own.
    ///
    /// # Errors
    /// [`RobotError::Decode`], with the place of what is wrong.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, RobotError> {
        serde_json::from_str(self.json()).map_err(|error| RobotError::Decode {
            command: self.0.cmd.as_str().into(),
            message: crate::scrub::text(&wire::shorten(&error.to_string())).into(),
        })
    }

    /// Sends a command that refers to this message.
    ///
    /// # Errors
    /// [`RobotError`]; [`may_have_been_delivered`](RobotError::may_have_been_delivered) says what that means for the receiver.
    pub async fn respond<C: Command>(&self, command: &C) -> Result<C::Answer, RobotError> {
        let body = written(C::CMD, command)?;
        let answer = self.answer(C::CMD, body).await?;
        read_answer(C::CMD, answer)
    }

    /// Replies with a markdown text of at most 20,480 bytes.
    ///
    /// # Errors
    /// [`RobotError`]; [`may_have_been_delivered`](RobotError::may_have_been_delivered) says what that means for the receiver.
    pub async fn reply_markdown(&self, content: &str) -> Result<(), RobotError> {
        self.reply_as("markdown", &super::markdown(content)?).await
    }

    /// Replies with a file that was uploaded with [`Robot::upload`](super::Robot::upload).
    ///
    /// # Errors
    /// [`RobotError`]; [`may_have_been_delivered`](RobotError::may_have_been_delivered) says what that means for the receiver.
    pub async fn reply_file(&self, kind: FileKind, media_id: &str) -> Result<(), RobotError> {
        self.reply_as(kind.word(), &super::media_body(media_id)).await
    }

    /// Begins a reply that grows, as a language model writes it. Nothing is sent before the first piece.
    pub fn stream(&self) -> StreamHandle {
        StreamHandle::begin(Arc::clone(&self.0.shared), self.0.req_id.clone(), self.0.chat.clone())
    }

    async fn reply_as(&self, msgtype: &str, content: &str) -> Result<(), RobotError> {
        let body = format!("{{\"msgtype\":\"{msgtype}\",\"{msgtype}\":{content}}}");
        self.answer("aibot_respond_msg", body).await.map(|_| ())
    }

    async fn answer(&self, cmd: &'static str, body: String) -> Result<super::session::Answer, RobotError> {
        let shared = &self.0.shared;
        if cmd == "aibot_respond_msg" {
            shared.limiter.pass(cmd, "chat", self.0.chat.id()).await?;
        }
        shared.send(cmd, self.0.req_id.clone(), Some(body)).await
    }
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("msgid", &self.0.msgid)
            .field("msgtype", &self.0.msgtype)
            .field("event_type", &self.0.event_type)
            .finish_non_exhaustive()
    }
}
