//! One connection: what is sent, what is waited for, what came.
//!
//! Frames of one `req_id` form a lane: the next is written when the one before is acknowledged or given up.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::value::RawValue;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::dial::Socket;
use super::error::code;
use super::frame::{self, Frame, fresh_id};
use super::{RobotError, Settings};
use crate::limit::after;
use crate::value::Secret;

/// The largest frame that is taken: far above any message, far below what would hurt.
const LARGEST: usize = 4 * 1024 * 1024;

/// How long closing may take; the socket is dropped afterwards.
const CLOSING: Duration = Duration::from_secs(2);

/// How long is looked for what had arrived before a connection was lost.
const DRAINING: Duration = Duration::from_millis(200);

/// How many messages are kept that come before the subscription is acknowledged.
const EARLY: usize = 1024;

/// What the task of the connection is asked; `None`: to stop.
pub(super) type Ask = Option<Order>;

/// `body` of an acknowledgement.
pub(super) type Answer = Option<Box<RawValue>>;

/// A frame that somebody wants sent.
pub(super) struct Order {
    pub(super) cmd: &'static str,
    pub(super) req_id: String,
    pub(super) body: Option<String>,
    /// The id of the stream whose content it replaces.
    pub(super) stream: Option<Arc<str>>,
    /// Where the outcome goes; nobody listens any more when it is closed.
    pub(super) outcome: oneshot::Sender<Result<Answer, RobotError>>,
}

impl Order {
    /// Fails it, as it was never written.
    pub(super) fn refuse(self, error: &RobotError) {
        let reason = error.to_string();
        let _ = self.outcome.send(Err(RobotError::not_sent(self.cmd, &reason)));
    }
}

/// What the server pushed.
#[derive(Debug)]
pub(super) struct Pushed {
    pub(super) cmd: String,
    pub(super) req_id: String,
    pub(super) body: Box<RawValue>,
}

/// Why a connection ended.
#[derive(Debug)]
pub(super) enum End {
    /// Lost, or half-alive.
    Lost(String),
    /// The server says that there is no subscription.
    NotSubscribed,
    /// Another connection took its place.
    PushedOut,
    /// This process may not be the active one any more.
    NoLease,
    /// The program wants no more.
    Stopped,
}

/// An acknowledgement that is waited for.
struct Waiting {
    cmd: &'static str,
    number: u64,
    stream: Option<Arc<str>>,
    outcome: oneshot::Sender<Result<Answer, RobotError>>,
}

#[derive(Default)]
struct Lane {
    queue: VecDeque<Order>,
    waiting: Option<Waiting>,
    /// Acknowledgements that may still come for frames that were given up, with their streams: answers come in order, so the first
    /// ones are theirs.
    late: VecDeque<Option<Arc<str>>>,
}

impl Lane {
    fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.waiting.is_none() && self.late.is_empty()
    }

    /// Who an answer is for; `None` for a frame that was given up.
    ///
    /// A frame of a stream replaces the one before: whichever of them was taken, the stream has got on. Were the answer kept for
    /// the other one, a single acknowledgement that never comes would make each later frame time out.
    fn answered(&mut self, code: i64) -> Option<Waiting> {
        let Some(late) = self.late.pop_front() else { return self.waiting.take() };
        let waits = self.waiting.as_ref().and_then(|waiting| waiting.stream.as_ref());
        if waits.is_none() || (code != 0 && waits != late.as_ref()) {
            return None;
        }
        let waiting = self.waiting.take()?;
        // One answer is still out.
        self.late.push_back(waiting.stream.clone());
        Some(waiting)
    }
}

pub(super) struct Session {
    socket: WebSocketStream<Box<dyn Socket>>,
    settings: std::sync::Arc<Settings>,
    lanes: HashMap<String, Lane>,
    /// When acknowledgements are given up, soonest first.
    deadlines: VecDeque<(Instant, u64, String)>,
    sent: u64,
    /// The heartbeat that is not answered, and how many in a row.
    ping: Option<String>,
    missed: u32,
    /// What was pushed before the subscription was acknowledged.
    early: VecDeque<Pushed>,
    /// Whether anything was acknowledged since the subscription.
    worked: bool,
}

impl Session {
    pub(super) async fn new(socket: Box<dyn Socket>, settings: std::sync::Arc<Settings>) -> Self {
        let config = WebSocketConfig::default()
            .max_message_size(Some(LARGEST))
            .max_frame_size(Some(LARGEST))
            .max_write_buffer_size(2 * LARGEST);
        let socket = WebSocketStream::from_raw_socket(socket, Role::Client, Some(config)).await;
        Self {
            socket,
            settings,
            lanes: HashMap::new(),
            deadlines: VecDeque::new(),
            sent: 0,
            ping: None,
            missed: 0,
            early: VecDeque::new(),
            worked: false,
        }
    }

    /// The first frame. `Err(Ok(..))` is the server's refusal, `Err(Err(..))` a lost connection.
    pub(super) async fn subscribe(
        &mut self,
        id: &str,
        secret: &Secret,
    ) -> Result<(), Result<(i64, String), String>> {
        let body =
            format!("{{\"bot_id\":{},\"secret\":{}}}", frame::quoted(id), frame::quoted(secret.expose()));
        let wanted = fresh_id("aibot_subscribe");
        let text = frame::write("aibot_subscribe", &wanted, Some(&body));
        let patience = self.settings.ack_timeout;
        let exchange = async {
            self.write(text).await?;
            loop {
                match self.read().await? {
                    Some(Frame::Answer { req_id, code, message, .. }) if req_id == wanted => {
                        return Ok((code, message));
                    }
                    Some(Frame::Pushed { cmd, req_id, body }) => self.keep(Pushed { cmd, req_id, body }),
                    _ => {}
                }
            }
        };
        match timeout(patience, exchange).await {
            Ok(Ok((0, _))) => Ok(()),
            Ok(Ok(refusal)) => Err(Ok(refusal)),
            Ok(Err(why)) => Err(Err(why)),
            Err(_) => Err(Err("no answer to the subscription".to_owned())),
        }
    }

    /// Keeps what came before it is known whether the subscription is good.
    fn keep(&mut self, pushed: Pushed) {
        if self.early.len() < EARLY {
            self.early.push_back(pushed);
        } else {
            tracing::warn!("too much came before the subscription was acknowledged: a message was dropped");
        }
    }

    /// Whether anything was acknowledged since the subscription.
    pub(super) fn has_worked(&self) -> bool {
        self.worked
    }

    /// Works until the connection ends; what waits then is for [`end`](Self::end) to fail.
    pub(super) async fn run(
        &mut self,
        orders: &mut mpsc::UnboundedReceiver<Ask>,
        pushed: &mut (dyn FnMut(Pushed) -> Option<End> + Send),
    ) -> End {
        while let Some(early) = self.early.pop_front() {
            if let Some(end) = pushed(early) {
                return end;
            }
        }
        let every = self.settings.heartbeat;
        let mut beat = interval_at(after(every), every);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let deadline = self.deadlines.front().map(|(at, ..)| *at);
            let step = tokio::select! {
                frame = self.read() => match frame {
                    Ok(Some(frame)) => self.take(frame, pushed).await,
                    Ok(None) => Ok(()),
                    Err(why) => Err(End::Lost(why)),
                },
                () = async { sleep_until(deadline.unwrap_or_else(Instant::now)).await }, if deadline.is_some() => {
                    self.give_up().await
                }
                _ = beat.tick() => self.beat().await,
                order = orders.recv() => match order.flatten() {
                    Some(order) => self.order(order).await,
                    None => Err(End::Stopped),
                },
            };
            match step {
                Ok(()) => {}
                Err(lost @ End::Lost(_)) => return self.drain(pushed).await.unwrap_or(lost),
                Err(end) => return end,
            }
        }
    }

    /// Takes in what had arrived before the connection was lost. Writing fails as soon as the other side is gone, whatever it has
    /// said before: messages, acknowledgements, or that this connection was pushed out, which is an end of its own.
    async fn drain(&mut self, pushed: &mut (dyn FnMut(Pushed) -> Option<End> + Send)) -> Option<End> {
        let rest = async {
            while let Ok(frame) = self.read().await {
                if let Some(Err(end)) = frame.map(|frame| self.settle(frame, pushed)) {
                    return Some(end);
                }
            }
            None
        };
        timeout(DRAINING, rest).await.ok().flatten()
    }

    /// Takes leave, as far as the other side does.
    pub(super) async fn close(mut self) {
        let _ = timeout(CLOSING, self.socket.close(None)).await;
    }

    async fn write(&mut self, text: String) -> Result<(), String> {
        // A peer that does not read must not hold everything up.
        match timeout(self.settings.ack_timeout, self.socket.send(Message::text(text))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(kind(&error)),
            Err(_) => Err("the server does not read what is sent".to_owned()),
        }
    }

    /// The next frame; `None` for what is none of ours.
    async fn read(&mut self) -> Result<Option<Frame>, String> {
        match self.socket.next().await {
            Some(Ok(Message::Text(text))) => match frame::read(&text) {
                Ok(frame) => Ok(Some(frame)),
                Err(why) => {
                    tracing::warn!(bytes = text.len(), why, "a frame that cannot be read was ignored");
                    Ok(None)
                }
            },
            // Pings are answered by the socket itself.
            Some(Ok(Message::Close(_))) | None => Err("the server closed the connection".to_owned()),
            Some(Ok(_)) => Ok(None),
            Some(Err(error)) => Err(kind(&error)),
        }
    }

    async fn take(
        &mut self,
        frame: Frame,
        pushed: &mut (dyn FnMut(Pushed) -> Option<End> + Send),
    ) -> Result<(), End> {
        match self.settle(frame, pushed)? {
            Some(req_id) => self.next_of(req_id).await,
            None => Ok(()),
        }
    }

    /// What a frame settles; the lane whose turn it is then.
    fn settle(
        &mut self,
        frame: Frame,
        pushed: &mut (dyn FnMut(Pushed) -> Option<End> + Send),
    ) -> Result<Option<String>, End> {
        match frame {
            Frame::Pushed { cmd, req_id, body } => pushed(Pushed { cmd, req_id, body }).map_or(Ok(None), Err),
            Frame::Answer { req_id, code, message, body } => {
                self.worked |= code == 0;
                if self.ping.as_ref() == Some(&req_id) {
                    (self.ping, self.missed) = (None, 0);
                    return if code == code::NOT_SUBSCRIBED { Err(End::NotSubscribed) } else { Ok(None) };
                }
                let Some(lane) = self.lanes.get_mut(&req_id) else { return Ok(None) };
                if let Some(waiting) = lane.answered(code) {
                    let outcome = match code {
                        0 => Ok(body),
                        _ => Err(RobotError::refused(waiting.cmd, code, &message)),
                    };
                    let _ = waiting.outcome.send(outcome);
                    if code == code::NOT_SUBSCRIBED {
                        return Err(End::NotSubscribed);
                    }
                }
                Ok(Some(req_id))
            }
        }
    }

    async fn order(&mut self, order: Order) -> Result<(), End> {
        let req_id = order.req_id.clone();
        self.lanes.entry(req_id.clone()).or_default().queue.push_back(order);
        self.next_of(req_id).await
    }

    /// Writes the next frame of a lane, if it is its turn.
    async fn next_of(&mut self, req_id: String) -> Result<(), End> {
        let Some(lane) = self.lanes.get_mut(&req_id) else { return Ok(()) };
        if lane.waiting.is_some() {
            return Ok(());
        }
        // Who gave up before the turn came has sent nothing.
        while lane.queue.front().is_some_and(|order| order.outcome.is_closed()) {
            lane.queue.pop_front();
        }
        let Some(order) = lane.queue.pop_front() else {
            if lane.is_idle() {
                self.lanes.remove(&req_id);
            }
            return Ok(());
        };
        self.sent += 1;
        let text = frame::write(order.cmd, &order.req_id, order.body.as_deref());
        let Order { cmd, stream, outcome, .. } = order;
        lane.waiting = Some(Waiting { cmd, number: self.sent, stream, outcome });
        self.deadlines.push_back((after(self.settings.ack_timeout), self.sent, req_id));
        self.write(text).await.map_err(End::Lost)
    }

    /// The soonest deadline has come.
    async fn give_up(&mut self) -> Result<(), End> {
        let Some((_, number, req_id)) = self.deadlines.pop_front() else { return Ok(()) };
        let Some(lane) = self.lanes.get_mut(&req_id) else { return Ok(()) };
        match lane.waiting.take() {
            Some(waiting) if waiting.number == number => {
                lane.late.push_back(waiting.stream.clone());
                let why = format!("none came within {:?}", self.settings.ack_timeout);
                let _ = waiting.outcome.send(Err(RobotError::unacknowledged(waiting.cmd, &why)));
                self.next_of(req_id).await
            }
            // Acknowledged long ago.
            other => {
                lane.waiting = other;
                Ok(())
            }
        }
    }

    async fn beat(&mut self) -> Result<(), End> {
        if self.ping.is_some() {
            self.missed += 1;
            if self.missed >= 2 {
                return Err(End::Lost("two heartbeats were not answered".to_owned()));
            }
        }
        let id = fresh_id("ping");
        let text = frame::write("ping", &id, None);
        self.ping = Some(id);
        self.write(text).await.map_err(End::Lost)
    }

    /// Fails what waits.
    pub(super) fn end(&mut self, end: &End) {
        let why = match end {
            End::Lost(why) => format!("the connection was lost: {why}"),
            End::NotSubscribed => "the subscription was lost".to_owned(),
            End::PushedOut => "another connection of this robot has replaced this one".to_owned(),
            End::NoLease => "this process is not the active one any more".to_owned(),
            End::Stopped => "the robot was stopped".to_owned(),
        };
        for (_, lane) in self.lanes.drain() {
            if let Some(waiting) = lane.waiting {
                let _ = waiting.outcome.send(Err(RobotError::unacknowledged(waiting.cmd, &why)));
            }
            for order in lane.queue {
                let _ = order.outcome.send(Err(RobotError::not_sent(order.cmd, &why)));
            }
        }
        self.deadlines.clear();
    }
}

/// What befell the socket, without content.
fn kind(error: &tokio_tungstenite::tungstenite::Error) -> String {
    use tokio_tungstenite::tungstenite::Error;
    match error {
        Error::ConnectionClosed | Error::AlreadyClosed => "the connection is closed".to_owned(),
        Error::Io(error) => error.kind().to_string(),
        Error::Capacity(_) => "a frame is too large".to_owned(),
        Error::Protocol(error) => format!("not WebSocket: {error}"),
        Error::Utf8(_) => "a text is not UTF-8".to_owned(),
        _ => "the socket failed".to_owned(),
    }
}
