//! Robots (智能机器人) over the long connection: no public address, no encryption of messages.
//!
//! The robot connects itself (<https://developer.work.weixin.qq.com/document/path/101463>), stays connected, hands out what users
//! write, and sends replies in order, each when the one before is acknowledged.
//!
//! ```no_run
//! # async fn answer(question: &str) -> Vec<String> { vec![question.to_owned()] }
//! # async fn run() -> Result<(), wecom::robot::RobotError> {
//! let (robot, mut incoming) = wecom::robot::Robot::builder("BOTID", "SECRET").connect()?;
//! while let Some(message) = incoming.next().await {
//!     let Some(text) = message.text() else { continue };
//!     let mut stream = message.stream();
//!     for piece in answer(&text).await {
//!         stream.push(&piece)?;
//!     }
//!     stream.finish().await?;
//! }
//! println!("{}", incoming.reason());
//! # drop(robot);
//! # Ok(()) }
//! ```
//!
//! What each mode can do; a robot is in one of them:
//!
//! | | URL mode ([`callback::robot`](crate::callback::robot)) | long connection (here) |
//! |---|---|---|
//! | needs | an address that WeCom reaches | nothing |
//! | messages and events | the same types, encrypted | the same types, plain |
//! | greeting by text or card | as the answer to `enter_chat` | [`welcome`](Received::welcome), within 5 seconds |
//! | another card for one that was clicked | as the answer to the click | [`update_card`](Received::update_card), within 5 seconds |
//! | reply | one passive reply; later one by `response_url`, within the hour | any number within 24 hours |
//! | stream | asked for again and again, up to 6 minutes | updates are sent, up to 10 minutes |
//! | pictures in a stream, stream and card together | yes | no |
//! | push without a message | no | yes, where somebody has written before |
//! | files | received | received and sent |
//! | several processes | any number, a stream in the one that began it | one is active, see [`RobotBuilder::standby`] |
//!
//! What WeCom allows: 30 messages a minute and 1,000 an hour for each chat, replies and pushes together, and as many uploads for the
//! robot. They are kept by waiting; updates of a stream that exists are not counted, since they are no new messages.

mod builder;
mod dial;
mod error;
mod frame;
mod limit;
mod media;
mod received;
mod session;
mod stream;
mod supervise;
#[cfg(test)]
mod tests;
#[cfg(not(wecom_imported))]
mod typed;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{mpsc, oneshot, watch};

pub use builder::RobotBuilder;
pub use dial::{Dial, Socket};
pub use error::RobotError;
pub use media::{FileKind, decrypt};
pub use received::{Incoming, Received};
pub use stream::{Delivered, StreamHandle};

use crate::token::{TokenKey, TokenStore};
use crate::value::Secret;
use frame::fresh_id;
use session::{Answer, Ask, Order};

/// A frame of the client: what is sent as its `body`, and what its acknowledgement holds. Implemented by the types of the module
/// [`aibot`](crate::aibot).
pub trait Command: Serialize {
    /// `cmd`.
    const CMD: &'static str;
    /// `body` of the acknowledgement; `()` if it has none.
    type Answer: DeserializeOwned;
}

/// What a robot is set up with.
struct Settings {
    id: String,
    secret: Secret,
    dial: Arc<dyn Dial>,
    http: reqwest::Client,
    connect_timeout: Duration,
    ack_timeout: Duration,
    heartbeat: Duration,
    backoff: [Duration; 2],
    attempts: Option<u32>,
    reopen: bool,
    dedup: usize,
    keep_alive: Duration,
    max_file: usize,
    store: Option<(Arc<dyn TokenStore>, TokenKey)>,
}

/// The state of a robot's connection.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Standing {
    /// Another process is active.
    Standby,
    /// On its way to a connection.
    Connecting,
    /// Subscribed; for so many times by now.
    Connected(u64),
    /// At its end, and why.
    Stopped(RobotError),
}

impl Standing {
    /// The next connection; the count goes on whatever lay between.
    fn connected(_: &Self) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        Self::Connected(COUNT.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// The states of a robot's connection as they come, see [`Robot::standings`]. Does not keep the connection.
#[derive(Debug)]
pub struct Standings {
    seen: watch::Receiver<Standing>,
    ended: bool,
}

impl Standings {
    /// The next one. States that followed each other quickly may be passed over, the last one never; `None` after
    /// [`Standing::Stopped`].
    pub async fn next(&mut self) -> Option<Standing> {
        if self.ended || self.seen.changed().await.is_err() {
            return None;
        }
        let standing = self.seen.borrow_and_update().clone();
        self.ended = matches!(standing, Standing::Stopped(_));
        Some(standing)
    }
}

/// What handles share.
struct Shared {
    settings: Arc<Settings>,
    orders: mpsc::WeakUnboundedSender<Ask>,
    standing: watch::Sender<Standing>,
    limiter: limit::Limiter,
    uploads: limit::Limiter,
    dropped: AtomicU64,
}

/// A connected robot: pushes, uploads, downloads. Cheap to clone. When the last clone and [`Incoming`] are gone, so is the connection.
#[derive(Clone)]
pub struct Robot {
    shared: Arc<Shared>,
    orders: mpsc::UnboundedSender<Ask>,
}

impl Robot {
    /// Settings to begin with: BotID, and the Secret of the long connection, which is not that of URL mode.
    pub fn builder(bot_id: impl Into<String>, secret: impl Into<Secret>) -> RobotBuilder {
        RobotBuilder::new(bot_id.into(), secret.into())
    }

    /// The current state.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.shared.standing.borrow().clone()
    }

    /// The current state, and then each change of it: for a health check, or to say that the robot is away.
    ///
    /// ```no_run
    /// # async fn run(robot: wecom::robot::Robot) {
    /// let mut standings = robot.standings();
    /// while let Some(standing) = standings.next().await {
    ///     println!("{standing:?}");
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn standings(&self) -> Standings {
        let mut seen = self.shared.standing.subscribe();
        seen.mark_changed();
        Standings { seen, ended: false }
    }

    /// Waits until it is subscribed.
    ///
    /// # Errors
    /// Why it has stopped before.
    pub async fn connected(&self) -> Result<(), RobotError> {
        self.shared.connected_after(0).await.map(|_| ())
    }

    /// Messages that were dropped because the program did not take them, see [`RobotBuilder::backlog`].
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.shared.dropped.load(Ordering::Relaxed)
    }

    /// Sends any command with a `req_id` of its own, and waits for its acknowledgement.
    ///
    /// # Errors
    /// [`RobotError`]; [`may_have_been_delivered`](RobotError::may_have_been_delivered) says what that means for the receiver.
    pub async fn send<C: Command>(&self, command: &C) -> Result<C::Answer, RobotError> {
        let body = written(C::CMD, command)?;
        let answer = self.shared.send(C::CMD, fresh_id(C::CMD), Some(body)).await?;
        read_answer(C::CMD, answer)
    }

    /// Pushes a markdown text of at most 20,480 bytes into a chat: a userid, or the `chatid` of a group. Somebody must have
    /// written to the robot there before.
    ///
    /// # Errors
    /// [`RobotError`]; [`may_have_been_delivered`](RobotError::may_have_been_delivered) says what that means for the receiver.
    pub async fn push_markdown(&self, chat: &Chat, content: &str) -> Result<(), RobotError> {
        self.shared.push(chat, "markdown", &markdown(content)?).await
    }

    /// Pushes a file that was uploaded with [`upload`](Self::upload).
    ///
    /// # Errors
    /// [`RobotError`]; [`may_have_been_delivered`](RobotError::may_have_been_delivered) says what that means for the receiver.
    pub async fn push_file(&self, chat: &Chat, kind: FileKind, media_id: &str) -> Result<(), RobotError> {
        self.shared.push(chat, kind.word(), &media_body(media_id)).await
    }

    /// Uploads a file in pieces, and gives its `media_id`, valid for three days.
    ///
    /// # Errors
    /// [`RobotError::Invalid`] before anything is sent when the file breaks a limit, else [`RobotError`].
    pub async fn upload(&self, kind: FileKind, name: &str, content: &[u8]) -> Result<String, RobotError> {
        media::upload(&self.shared, kind, name, content).await
    }

    /// Downloads a file of a message, and decrypts it. The address is good for five minutes.
    ///
    /// # Errors
    /// [`RobotError::Download`] and [`RobotError::File`]; an error of the server never becomes a file.
    pub async fn download(&self, url: &str, key: &Secret) -> Result<Vec<u8>, RobotError> {
        media::download(&self.shared.settings, url, key).await
    }

    /// Stops it: what waits fails, the connection is closed, [`Incoming`] ends.
    pub fn stop(&self) {
        let _ = self.orders.send(None);
    }
}

impl fmt::Debug for Robot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Robot")
            .field("id", &self.shared.settings.id)
            .field("standing", &self.standing())
            .finish_non_exhaustive()
    }
}

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Chat {
    /// A member, by the userid that the robot got.
    Single(String),
    /// A group, by the `chatid` that the robot got.
    Group(String),
}

impl Chat {
    /// Userid or `chatid`.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Single(id) | Self::Group(id) => id,
        }
    }
}

impl Shared {
    /// Sends one frame and waits for the outcome.
    async fn send(
        &self,
        cmd: &'static str,
        req_id: String,
        body: Option<String>,
    ) -> Result<Answer, RobotError> {
        self.send_of(None, cmd, req_id, body).await
    }

    /// The same for a frame of a stream, which replaces the one before.
    async fn send_of(
        &self,
        stream: Option<Arc<str>>,
        cmd: &'static str,
        req_id: String,
        body: Option<String>,
    ) -> Result<Answer, RobotError> {
        let (outcome, wait) = oneshot::channel();
        let order = Order { cmd, req_id, body, stream, outcome };
        let stopped = || RobotError::not_sent(cmd, "the robot has stopped");
        self.orders.upgrade().ok_or_else(stopped)?.send(Some(order)).map_err(|_| stopped())?;
        // The other end answers in every case; if its task was killed, nobody knows.
        wait.await.unwrap_or_else(|_| Err(RobotError::unacknowledged(cmd, "the robot's task is gone")))
    }

    async fn push(&self, chat: &Chat, msgtype: &'static str, content: &str) -> Result<(), RobotError> {
        const CMD: &str = "aibot_send_msg";
        self.limiter.pass(CMD, "chat", chat.id()).await?;
        let kind = match chat {
            Chat::Single(_) => 1,
            Chat::Group(_) => 2,
        };
        let id = frame::quoted(chat.id());
        let body = format!(
            "{{\"chatid\":{id},\"chat_type\":{kind},\"msgtype\":\"{msgtype}\",\"{msgtype}\":{content}}}"
        );
        self.send(CMD, fresh_id(CMD), Some(body)).await.map(|_| ())
    }

    /// Waits for a subscription later than that one.
    async fn connected_after(&self, seen: u64) -> Result<u64, RobotError> {
        let mut standing = self.standing.subscribe();
        let settled = standing
            .wait_for(|s| {
                matches!(s, Standing::Stopped(_)) || matches!(s, Standing::Connected(n) if *n > seen)
            })
            .await;
        match settled.as_deref() {
            Ok(Standing::Connected(n)) => Ok(*n),
            Ok(Standing::Stopped(error)) => Err(error.clone()),
            _ => Err(RobotError::Stopped),
        }
    }

    /// Waits before a busy server is asked again, for the so-manieth time.
    async fn back_off(&self, times: u32) {
        let random = getrandom::u32().unwrap_or(u32::MAX / 2);
        tokio::time::sleep(supervise::backoff(self.settings.backoff, times, random)).await;
    }

    /// The number of the connection at hand; 0 for none.
    fn connection(&self) -> u64 {
        match *self.standing.borrow() {
            Standing::Connected(n) => n,
            _ => 0,
        }
    }
}

fn written<T: Serialize + ?Sized>(cmd: &'static str, body: &T) -> Result<String, RobotError> {
    serde_json::to_string(body).map_err(|error| RobotError::invalid(cmd, error.to_string()))
}

fn read_answer<T: DeserializeOwned>(cmd: &'static str, answer: Answer) -> Result<T, RobotError> {
    let read = match &answer {
        Some(body) => {
            serde_json::from_str(body.get()).or_else(|error| serde_json::from_str("null").map_err(|_| error))
        }
        None => serde_json::from_str("null").or_else(|_| serde_json::from_str("{}")),
    };
    read.map_err(|error: serde_json::Error| RobotError::Decode {
        command: cmd.into(),
        message: crate::scrub::text(&error.to_string()).into(),
    })
}

/// The largest content of a text, in bytes.
const TEXT: usize = 20_480;

fn markdown(content: &str) -> Result<String, RobotError> {
    fits("markdown.content", content)?;
    Ok(format!("{{\"content\":{}}}", frame::quoted(content)))
}

fn media_body(media_id: &str) -> String {
    format!("{{\"media_id\":{}}}", frame::quoted(media_id))
}

fn fits(what: &str, content: &str) -> Result<(), RobotError> {
    match content.len() {
        len if len > TEXT => Err(RobotError::invalid(what, format!("{len} bytes, more than {TEXT}"))),
        _ => Ok(()),
    }
}
