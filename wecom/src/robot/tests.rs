//! The robot against a server that does as it is told, over a pipe and on paused time.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::DuplexStream;
use tokio::sync::{Mutex, mpsc};
use tokio::time::{Instant, sleep};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::error::code;
use super::frame::Frame;
use super::*;
use crate::token::{BoxFuture, Lease, LeaseGuard, StoreError, StoredToken};

/// Connections as they are asked for.
struct Server(mpsc::UnboundedReceiver<DuplexStream>);

struct Pipe(mpsc::UnboundedSender<DuplexStream>);

impl Dial for Pipe {
    fn dial(&self) -> BoxFuture<'_, Result<Box<dyn Socket>, RobotError>> {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let sent = self.0.send(theirs).map_err(|_| RobotError::Connect("nobody listens".into()));
        Box::pin(async move { sent.map(|()| Box::new(ours) as Box<dyn Socket>) })
    }
}

impl Server {
    fn new() -> (Self, RobotBuilder) {
        let (send, receive) = mpsc::unbounded_channel();
        (Self(receive), Robot::builder("bot", "hush-hush").dial(Pipe(send)))
    }

    async fn accept(&mut self) -> Line {
        let socket = self.0.recv().await.expect("a connection");
        Line(WebSocketStream::from_raw_socket(socket, Role::Server, None).await)
    }

    /// Accepts, and takes the subscription.
    async fn subscribed(&mut self) -> Line {
        let mut line = self.accept().await;
        let frame = line.frame().await;
        assert_eq!(frame["cmd"], "aibot_subscribe");
        assert_eq!(frame["body"], json!({"bot_id": "bot", "secret": "hush-hush"}));
        line.ack(&frame).await;
        line
    }
}

/// One connection, from the server's side.
struct Line(WebSocketStream<DuplexStream>);

impl Line {
    /// The next frame but heartbeats, which are answered.
    async fn frame(&mut self) -> Value {
        loop {
            let frame = self.any().await.expect("a frame");
            match frame["cmd"] == "ping" {
                true => self.ack(&frame).await,
                false => return frame,
            }
        }
    }

    /// The next frame; `None` when the other side has gone.
    async fn any(&mut self) -> Option<Value> {
        match self.0.next().await {
            Some(Ok(Message::Text(text))) => Some(serde_json::from_str(&text).expect("JSON")),
            _ => None,
        }
    }

    async fn ack(&mut self, frame: &Value) {
        self.answer(frame, 0, Value::Null).await;
    }

    async fn answer(&mut self, frame: &Value, code: i64, body: Value) {
        let mut answer = json!({"headers": frame["headers"], "errcode": code, "errmsg": "words"});
        if !body.is_null() {
            answer["body"] = body;
        }
        self.send(&answer).await;
    }

    async fn send(&mut self, frame: &Value) {
        let _ = self.0.send(Message::text(frame.to_string())).await;
    }

    /// A user writes.
    async fn message(&mut self, req_id: &str, text: &str) {
        let body = json!({"msgid": req_id, "aibotid": "bot", "chattype": "single", "from": {"userid": "ann"},
            "msgtype": "text", "text": {"content": text}});
        self.send(&json!({"cmd": "aibot_msg_callback", "headers": {"req_id": req_id}, "body": body})).await;
    }

    async fn event(&mut self, kind: &str) {
        let body = json!({"msgid": kind, "aibotid": "bot", "from": {"userid": "ann"}, "msgtype": "event",
            "event": {"eventtype": kind}});
        self.send(&json!({"cmd": "aibot_event_callback", "headers": {"req_id": kind}, "body": body})).await;
    }

    /// Whether nothing comes for a while.
    async fn is_quiet(&mut self) -> bool {
        tokio::time::timeout(Duration::from_millis(100), self.0.next()).await.is_err()
    }
}

fn content(frame: &Value) -> (&str, bool) {
    let stream = &frame["body"]["stream"];
    (stream["content"].as_str().expect("a text"), stream["finish"].as_bool().expect("a flag"))
}

/// A robot with one message that waits for its reply.
async fn asked(server: &mut Server, builder: RobotBuilder) -> (Robot, Incoming, Line, Received) {
    let (robot, mut incoming) = builder.connect().expect("settings");
    let mut line = server.subscribed().await;
    line.message("r1", "hello").await;
    let message = incoming.next().await.expect("a message");
    (robot, incoming, line, message)
}

#[tokio::test(start_paused = true)]
async fn a_message_and_its_reply() {
    let (mut server, builder) = Server::new();
    let (robot, mut incoming, mut line, message) = asked(&mut server, builder).await;
    assert_eq!((message.msgid(), message.msgtype(), message.user()), ("r1", "text", "ann"));
    assert_eq!(message.text().as_deref(), Some("hello"));
    assert_eq!(message.chat(), &Chat::Single("ann".to_owned()));
    let reply = message.reply_markdown("*hi*");
    let serve = async {
        let frame = line.frame().await;
        line.ack(&frame).await;
        frame
    };
    let (sent, frame) = tokio::join!(reply, serve);
    sent.expect("acknowledged");
    assert_eq!(frame["headers"]["req_id"], "r1");
    assert_eq!(frame["body"], json!({"msgtype": "markdown", "markdown": {"content": "*hi*"}}));
    line.event("enter_chat").await;
    let event = incoming.next().await.expect("an event");
    assert_eq!(event.event_type(), Some("enter_chat"));
    assert!(matches!(message.welcome("x").await, Err(RobotError::Invalid { .. })), "no such event");
    let serve = async {
        let frame = line.frame().await;
        line.answer(&frame, 40_058, Value::Null).await;
        frame
    };
    let (sent, frame) = tokio::join!(event.welcome("welcome"), serve);
    assert_eq!(frame["body"]["text"]["content"], "welcome");
    let error = sent.expect_err("refused");
    assert_eq!((error.code(), error.may_have_been_delivered()), (Some(40_058), false));
    for shown in [format!("{robot:?} {incoming:?} {message:?}"), error.to_string(), format!("{error:?}")] {
        assert!(!shown.contains("hush"), "{shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn replies_of_one_message_go_in_order_and_those_of_others_do_not_wait() {
    let (mut server, builder) = Server::new();
    let (_robot, mut incoming, mut line, first) = asked(&mut server, builder).await;
    line.message("r2", "other").await;
    let other = incoming.next().await.expect("a message");
    let replies = tokio::spawn({
        let first = first.clone();
        async move {
            tokio::join!(first.reply_markdown("1"), first.reply_markdown("2"), first.reply_markdown("3"))
        }
    });
    let held = line.frame().await;
    assert_eq!(held["body"]["markdown"]["content"], "1");
    assert!(line.is_quiet().await, "the second waits for the first");
    let beside = tokio::spawn(async move { other.reply_markdown("x").await });
    let frame = line.frame().await;
    assert_eq!(frame["headers"]["req_id"], "r2");
    line.ack(&frame).await;
    beside.await.expect("no panic").expect("acknowledged");
    line.ack(&held).await;
    for expected in ["2", "3"] {
        let frame = line.frame().await;
        assert_eq!(frame["body"]["markdown"]["content"], expected);
        line.ack(&frame).await;
    }
    let (a, b, c) = replies.await.expect("no panic");
    a.and(b).and(c).expect("acknowledged");
}

#[tokio::test(start_paused = true)]
async fn a_late_acknowledgement_is_not_taken_for_the_next_one() {
    let (mut server, builder) = Server::new();
    let (_robot, _incoming, mut line, message) = asked(&mut server, builder).await;
    let slow = tokio::spawn({
        let message = message.clone();
        async move { message.reply_markdown("1").await }
    });
    let first = line.frame().await;
    let error = slow.await.expect("no panic").expect_err("no acknowledgement");
    assert!(error.may_have_been_delivered() && error.is_transient(), "{error}");
    let next = tokio::spawn(async move { message.reply_markdown("2").await });
    let second = line.frame().await;
    line.ack(&first).await;
    assert!(line.is_quiet().await);
    assert!(!next.is_finished(), "the first one's acknowledgement");
    line.answer(&second, 45_009, Value::Null).await;
    assert_eq!(next.await.expect("no panic").expect_err("refused").code(), Some(45_009));
}

#[tokio::test(start_paused = true)]
async fn a_stream_gathers_pieces_while_an_acknowledgement_is_open() {
    let (mut server, builder) = Server::new();
    let (_robot, _incoming, mut line, message) = asked(&mut server, builder).await;
    let mut stream = message.stream();
    stream.push("a").expect("open");
    let first = line.frame().await;
    assert_eq!(content(&first), ("a", false));
    for piece in ["b", "c", "d"] {
        stream.push(piece).expect("open");
        assert!(line.is_quiet().await);
    }
    line.ack(&first).await;
    let second = line.frame().await;
    assert_eq!(content(&second), ("abcd", false));
    assert_eq!(first["body"]["stream"]["id"], second["body"]["stream"]["id"]);
    line.ack(&second).await;
    // It rests: the content is sent again, so that it is not taken for abandoned.
    let kept = line.frame().await;
    assert_eq!(content(&kept), ("abcd", false));
    line.ack(&kept).await;
    let long = "x".repeat(20_477);
    assert!(matches!(stream.push(&long), Err(RobotError::Invalid { .. })));
    assert_eq!(stream.content(), "abcd", "as before");
    let end = tokio::spawn(stream.finish());
    let last = line.frame().await;
    assert_eq!(content(&last), ("abcd", true));
    line.ack(&last).await;
    assert_eq!(end.await.expect("no panic").expect("finished"), Delivered::Finished);
    assert!(line.is_quiet().await);
}

#[tokio::test(start_paused = true)]
async fn an_expired_stream_is_pushed_with_its_rest() {
    let (mut server, builder) = Server::new();
    let (_robot, _incoming, mut line, message) = asked(&mut server, builder).await;
    let mut stream = message.stream();
    stream.push("shown ").expect("open");
    let frame = line.frame().await;
    line.ack(&frame).await;
    stream.push("rest").expect("open");
    let frame = line.frame().await;
    line.answer(&frame, code::EXPIRED, Value::Null).await;
    assert!(line.is_quiet().await, "what is missing is known at the end");
    stream.push(" and more").expect("open");
    let end = tokio::spawn(stream.finish());
    let push = line.frame().await;
    assert_eq!(push["cmd"], "aibot_send_msg");
    let body = json!({"chatid": "ann", "chat_type": 1, "msgtype": "markdown", "markdown": {"content": "rest and more"}});
    assert_eq!(push["body"], body);
    line.ack(&push).await;
    assert_eq!(end.await.expect("no panic").expect("pushed"), Delivered::Pushed);
}

#[tokio::test(start_paused = true)]
async fn a_stream_outlives_its_connection() {
    let (mut server, builder) = Server::new();
    let (_robot, _incoming, mut line, message) = asked(&mut server, builder).await;
    let mut stream = message.stream();
    stream.push("one").expect("open");
    let first = line.frame().await;
    drop(line);
    stream.push(" two").expect("open");
    let mut line = server.subscribed().await;
    let again = line.frame().await;
    assert_eq!((content(&again), &again["headers"]), (("one two", false), &first["headers"]));
    assert_eq!(again["body"]["stream"]["id"], first["body"]["stream"]["id"]);
    line.ack(&again).await;
    let end = tokio::spawn(stream.finish());
    let last = line.frame().await;
    assert_eq!(content(&last), ("one two", true));
    // The end may have been taken: when it is refused as expired, nothing is pushed a second time.
    drop(line);
    let mut line = server.subscribed().await;
    let last = line.frame().await;
    line.answer(&last, code::EXPIRED, Value::Null).await;
    let error = end.await.expect("no panic").expect_err("unknown");
    assert!(error.may_have_been_delivered(), "{error}");
    assert!(line.is_quiet().await);
}

/// What the server does with a frame of a stream.
#[derive(Debug, Clone, Copy)]
enum Treat {
    Ack,
    Silence,
    Refuse(i64),
    /// The subscription is lost, and with it the connection.
    Unsubscribe,
}

#[tokio::test(start_paused = true)]
async fn a_stream_gets_over_what_passes() {
    use Treat::{Ack, Refuse, Silence, Unsubscribe};
    // For each frame: what is done with it; after the last but one the stream is finished.
    let rows: [(&str, &[Treat]); 7] = [
        ("an acknowledgement that never comes", &[Silence, Ack, Ack, Ack, Ack]),
        ("the second one", &[Ack, Silence, Ack, Ack, Ack]),
        ("two that do not follow each other", &[Silence, Ack, Silence, Ack, Ack]),
        ("a lost subscription", &[Ack, Unsubscribe, Ack, Ack]),
        ("at once", &[Unsubscribe, Unsubscribe, Ack, Ack]),
        ("a busy server", &[Refuse(-1), Refuse(-1), Ack, Refuse(45_009), Ack, Ack]),
        ("while it ends", &[Ack, Unsubscribe, Refuse(-1), Ack]),
    ];
    for (what, treats) in rows {
        let (mut server, builder) = Server::new();
        let (_robot, _incoming, mut line, message) = asked(&mut server, builder).await;
        let mut stream = Some(message.stream());
        let (mut end, mut whole) = (None, String::new());
        for (n, treat) in treats.iter().enumerate() {
            if let Some(mut open) = stream.take() {
                if n + 1 == treats.len() || (what == "while it ends" && n == 1) {
                    end = Some(tokio::spawn(open.finish()));
                } else {
                    open.push("x").expect(what);
                    whole.push('x');
                    stream = Some(open);
                }
            }
            let frame = line.frame().await;
            assert_eq!(content(&frame), (whole.as_str(), end.is_some()), "{what}, frame {n}");
            match treat {
                Ack => line.ack(&frame).await,
                Silence => {}
                Refuse(code) => line.answer(&frame, *code, Value::Null).await,
                Unsubscribe => {
                    line.answer(&frame, code::NOT_SUBSCRIBED, Value::Null).await;
                    line = server.subscribed().await;
                }
            }
            // Until the stream knows; then the next piece is a frame of its own.
            if matches!(treat, Ack) {
                assert!(line.is_quiet().await, "{what}, after frame {n}");
            }
        }
        let end = end.expect("finished").await.expect("no panic");
        assert_eq!(end.expect(what), Delivered::Finished, "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stays_busy_ends_a_stream() {
    let (mut server, builder) = Server::new();
    let (_robot, _incoming, mut line, message) = asked(&mut server, builder).await;
    let mut stream = message.stream();
    stream.push("x").expect("open");
    let end = tokio::spawn(stream.finish());
    for _ in 0..=super::error::BUSY {
        let frame = line.frame().await;
        line.answer(&frame, -1, Value::Null).await;
    }
    assert_eq!(end.await.expect("no panic").expect_err("busy").code(), Some(-1));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_heard_although_an_acknowledgement_did_not_come() {
    let (mut server, builder) = Server::new();
    let (_robot, _incoming, mut line, message) = asked(&mut server, builder).await;
    let mut stream = message.stream();
    stream.push("x").expect("open");
    let _silent = line.frame().await;
    let again = line.frame().await;
    line.answer(&again, code::EXPIRED, Value::Null).await;
    let end = tokio::spawn(stream.finish());
    let push = line.frame().await;
    assert_eq!((&push["cmd"], &push["body"]["markdown"]["content"]), (&json!("aibot_send_msg"), &json!("x")));
    line.ack(&push).await;
    assert_eq!(end.await.expect("no panic").expect("pushed"), Delivered::Pushed);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_stream_keeps_what_was_written_and_sends_nothing_else() {
    let (mut server, builder) = Server::new();
    let (_robot, _incoming, mut line, message) = asked(&mut server, builder).await;
    let mut stream = message.stream();
    stream.push("written").expect("open");
    let _lost = line.frame().await;
    stream.push(", never sent").expect("open");
    drop(line);
    let end = tokio::spawn(stream.cancel());
    let mut line = server.subscribed().await;
    let last = line.frame().await;
    assert_eq!(content(&last), ("written", true));
    line.ack(&last).await;
    assert_eq!(end.await.expect("no panic").expect("finished"), Delivered::Finished);
}

#[tokio::test(start_paused = true)]
async fn streams_fail_visibly_and_can_be_cancelled() {
    let (mut server, builder) = Server::new();
    let (_robot, _incoming, mut line, message) = asked(&mut server, builder).await;
    let nothing = message.stream();
    assert_eq!(nothing.cancel().await.expect("nothing to do"), Delivered::Nothing);
    let mut failing = message.stream();
    failing.push("half").expect("open");
    let frame = line.frame().await;
    line.ack(&frame).await;
    let end = tokio::spawn(failing.fail("it broke"));
    let frame = line.frame().await;
    assert_eq!(content(&frame), ("half\n\nit broke", true));
    line.ack(&frame).await;
    end.await.expect("no panic").expect("finished");
    // Dropped: ends with what was shown.
    let mut dropped = message.stream();
    dropped.push("shown").expect("open");
    let frame = line.frame().await;
    dropped.push(" never sent").expect("open");
    drop(dropped);
    line.ack(&frame).await;
    let frame = line.frame().await;
    assert_eq!(content(&frame), ("shown", true));
    line.answer(&frame, 40_058, Value::Null).await;
    // Refused for good: who goes on writing hears why.
    let mut refused = message.stream();
    refused.push("x").expect("open");
    let frame = line.frame().await;
    line.answer(&frame, 40_058, Value::Null).await;
    sleep(Duration::from_millis(1)).await;
    assert_eq!(refused.push("y").expect_err("refused").code(), Some(40_058));
}

#[tokio::test(start_paused = true)]
async fn what_waits_when_the_connection_is_lost_fails_and_says_what_that_means() {
    let (mut server, builder) = Server::new();
    let (robot, _incoming, mut line, message) = asked(&mut server, builder).await;
    let replies = tokio::spawn(async move {
        tokio::join!(message.reply_markdown("written"), message.reply_markdown("waiting"))
    });
    let _written = line.frame().await;
    drop(line);
    let (written, waiting) = replies.await.expect("no panic");
    let (written, waiting) = (written.expect_err("lost"), waiting.expect_err("lost"));
    assert!(written.may_have_been_delivered(), "{written}");
    assert!(!waiting.may_have_been_delivered(), "{waiting}");
    // While there is no connection nothing is taken.
    let error = robot.push_markdown(&Chat::Group("g".into()), "x").await.expect_err("not connected");
    assert!(matches!(error, RobotError::NotSent { .. }), "{error}");
    let mut line = server.subscribed().await;
    robot.connected().await.expect("again");
    let push = tokio::spawn(async move { robot.push_markdown(&Chat::Group("g".into()), "x").await });
    let frame = line.frame().await;
    assert_eq!(frame["body"]["chat_type"], 2);
    line.ack(&frame).await;
    push.await.expect("no panic").expect("acknowledged");
}

#[tokio::test(start_paused = true)]
async fn two_heartbeats_without_answer_end_a_half_alive_connection() {
    let (mut server, builder) = Server::new();
    let (_robot, _incoming) = builder.connect().expect("settings");
    let mut line = server.subscribed().await;
    let started = Instant::now();
    let first = line.any().await.expect("a heartbeat");
    assert_eq!((&first["cmd"], started.elapsed().as_secs()), (&json!("ping"), 30));
    line.ack(&first).await;
    for _ in 0..2 {
        assert_eq!(line.any().await.expect("a heartbeat")["cmd"], "ping");
    }
    assert_eq!(line.any().await, None, "closed");
    assert_eq!(started.elapsed().as_secs(), 120);
    server.subscribed().await;
}

#[tokio::test(start_paused = true)]
async fn after_being_pushed_out_it_closes_and_stays_away_unless_asked() {
    let (mut server, builder) = Server::new();
    let (robot, mut incoming) = builder.connect().expect("settings");
    let mut line = server.subscribed().await;
    line.event("disconnected_event").await;
    assert_eq!(line.any().await, None, "closed from this side");
    assert!(incoming.next().await.is_none());
    assert!(matches!(incoming.reason(), RobotError::PushedOut));
    assert!(matches!(robot.connected().await, Err(RobotError::PushedOut)));
    sleep(Duration::from_secs(3600)).await;
    assert!(server.0.try_recv().is_err(), "no further connection");

    let (mut server, builder) = Server::new();
    let (_robot, _incoming) = builder.reopen(true).connect().expect("settings");
    let mut line = server.subscribed().await;
    let started = Instant::now();
    line.event("disconnected_event").await;
    let _line = server.subscribed().await;
    assert!(started.elapsed() >= Duration::from_secs(4), "longer than after a failure");
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_stop_soon_and_busy_servers_do_not() {
    let (mut server, builder) = Server::new();
    let (robot, mut incoming) = builder.connect().expect("settings");
    for code in [-1, 40_001, 45_009, 999_999, 999_999, 999_999, 999_999, 40_001, 40_001] {
        let mut line = server.accept().await;
        let frame = line.any().await.expect("a subscription");
        line.answer(&frame, code, Value::Null).await;
    }
    assert!(incoming.next().await.is_none());
    let reason = incoming.reason();
    assert!(matches!(reason, RobotError::Credentials { code: 40_001, .. }), "{reason}");
    assert!(matches!(
        robot.push_markdown(&Chat::Single("a".into()), "x").await,
        Err(RobotError::NotSent { .. })
    ));
}

#[tokio::test(start_paused = true)]
async fn attempts_end_where_they_are_limited_and_grow_further_apart() {
    let (send, mut server) = mpsc::unbounded_channel();
    let builder = Robot::builder("bot", "hush-hush").dial(Pipe(send)).attempts(5);
    let (robot, _incoming) = builder.connect().expect("settings");
    let started = Instant::now();
    let mut at = Vec::new();
    for _ in 0..5 {
        drop(server.recv().await.expect("an attempt"));
        at.push(started.elapsed());
    }
    assert!(matches!(robot.connected().await, Err(RobotError::Connect(_))));
    for (n, pair) in at.windows(2).enumerate() {
        let (gap, most) = (pair[1] - pair[0], Duration::from_secs(1 << n));
        assert!(gap >= most / 2 && gap <= most + Duration::from_millis(10), "{n}: {gap:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_subscription_is_renewed_at_once() {
    let (mut server, builder) = Server::new();
    let (_robot, _incoming, mut line, message) = asked(&mut server, builder).await;
    let reply = tokio::spawn(async move { message.reply_markdown("1").await });
    let frame = line.frame().await;
    let started = Instant::now();
    line.answer(&frame, code::NOT_SUBSCRIBED, Value::Null).await;
    assert_eq!(reply.await.expect("no panic").expect_err("refused").code(), Some(code::NOT_SUBSCRIBED));
    let _line = server.subscribed().await;
    assert!(started.elapsed() < Duration::from_millis(500));
}

#[tokio::test(start_paused = true)]
async fn each_loss_of_a_connection_is_the_first_one() {
    let (mut server, builder) = Server::new();
    let (_robot, _incoming) = builder.attempts(3).connect().expect("settings");
    for _ in 0..6 {
        drop(server.subscribed().await);
        let started = Instant::now();
        // Two attempts that fail do not add up with those before the subscription.
        for _ in 0..2 {
            drop(server.accept().await);
        }
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    }
    server.subscribed().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_pushed_before_the_subscription_is_acknowledged_is_kept() {
    let (mut server, builder) = Server::new();
    let (_robot, mut incoming) = builder.connect().expect("settings");
    let mut line = server.accept().await;
    let frame = line.frame().await;
    line.message("r1", "early").await;
    line.message("r2", "early too").await;
    line.ack(&frame).await;
    line.message("r3", "in time").await;
    for expected in ["r1", "r2", "r3"] {
        assert_eq!(incoming.next().await.expect("a message").msgid(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_that_found_no_room_is_taken_when_it_is_repeated() {
    let (mut server, builder) = Server::new();
    let (robot, mut incoming) = builder.dedup(10).backlog(1).connect().expect("settings");
    let mut line = server.subscribed().await;
    line.message("a", "x").await;
    line.message("b", "no room").await;
    assert!(line.is_quiet().await);
    assert_eq!((incoming.next().await.expect("the first").msgid(), robot.dropped()), ("a", 1));
    line.message("a", "known").await;
    line.message("b", "again").await;
    assert_eq!(incoming.next().await.expect("the repetition").msgid(), "b");
}

#[tokio::test(start_paused = true)]
async fn times_may_be_as_long_as_one_likes() {
    let (mut server, builder) = Server::new();
    let most = Duration::MAX;
    let builder = builder.heartbeat(most).ack_timeout(most).connect_timeout(most).keep_alive(most);
    let builder = builder.backoff(Duration::ZERO, most).limits(crate::Limits::wait(most));
    let (_robot, _incoming, mut line, message) = asked(&mut server, builder).await;
    let mut stream = message.stream();
    stream.push("a").expect("open");
    let frame = line.frame().await;
    line.ack(&frame).await;
    let end = tokio::spawn(stream.finish());
    let frame = line.frame().await;
    line.ack(&frame).await;
    end.await.expect("no panic").expect("finished");
}

#[test]
fn outside_a_runtime_it_says_so() {
    let error = Robot::builder("b", "s").connect().expect_err("no runtime");
    assert!(matches!(&error, RobotError::Connect(why) if why.contains("Tokio")), "{error}");
}

#[tokio::test(start_paused = true)]
async fn changes_of_its_state_can_be_waited_for() {
    let (mut server, builder) = Server::new();
    let (robot, _incoming) = builder.connect().expect("settings");
    let mut standings = robot.standings();
    let mut seen = Vec::new();
    assert!(matches!(standings.next().await, Some(Standing::Connecting)));
    let line = server.subscribed().await;
    while !matches!(seen.last(), Some(Standing::Connected(_))) {
        seen.extend(standings.next().await);
    }
    drop(line);
    assert!(matches!(standings.next().await, Some(Standing::Connecting)));
    robot.stop();
    while let Some(standing) = standings.next().await {
        seen.push(standing);
    }
    assert!(matches!(seen.last(), Some(Standing::Stopped(RobotError::Stopped))), "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn repetitions_are_passed_over_only_if_asked() {
    for (last, expected) in [(0, vec!["a", "a", "b"]), (10, vec!["a", "b"])] {
        let (mut server, builder) = Server::new();
        let (robot, mut incoming) = builder.dedup(last).connect().expect("settings");
        let mut line = server.subscribed().await;
        for id in ["a", "a", "b"] {
            line.message(id, "x").await;
        }
        line.event("disconnected_event").await;
        let mut seen = Vec::new();
        while let Some(message) = incoming.next().await {
            seen.push(message.msgid().to_owned());
        }
        assert_eq!(seen, expected);
        assert_eq!(robot.dropped(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_program_that_takes_nothing_costs_messages_not_memory() {
    let (mut server, builder) = Server::new();
    let (robot, mut incoming) = builder.backlog(3).connect().expect("settings");
    let mut line = server.subscribed().await;
    for n in 0..5 {
        line.message(&n.to_string(), "x").await;
    }
    line.event("disconnected_event").await;
    assert!(robot.shared.standing.subscribe().wait_for(|s| matches!(s, Standing::Stopped(_))).await.is_ok());
    assert_eq!(robot.dropped(), 2);
    assert_eq!(incoming.next().await.expect("the first").msgid(), "0");
}

#[tokio::test(start_paused = true)]
async fn files_go_up_in_pieces_and_a_lost_piece_is_sent_again() {
    let (mut server, builder) = Server::new();
    let (robot, _incoming) = builder.connect().expect("settings");
    let mut line = server.subscribed().await;
    let file: Vec<u8> = (0..1_200_000u32).map(|n| n as u8).collect();
    let upload = tokio::spawn({
        let file = file.clone();
        async move { robot.upload(FileKind::File, "报告.pdf", &file).await }
    });
    let init = line.frame().await;
    let size = file.len();
    assert_eq!(init["body"]["total_chunks"], 3);
    assert_eq!((&init["body"]["filename"], &init["body"]["total_size"]), (&json!("报告.pdf"), &json!(size)));
    assert_eq!(init["body"]["md5"].as_str().map(str::len), Some(32));
    line.answer(&init, 0, json!({"upload_id": "u"})).await;
    let lost = line.frame().await;
    assert_eq!(lost["body"]["chunk_index"], 0);
    drop(line);
    let mut line = server.subscribed().await;
    let unsubscribed = line.frame().await;
    line.answer(&unsubscribed, code::NOT_SUBSCRIBED, Value::Null).await;
    let mut line = server.subscribed().await;
    for _ in 0..3 {
        let busy = line.frame().await;
        line.answer(&busy, -1, Value::Null).await;
    }
    let mut got = Vec::new();
    for index in 0..3 {
        let frame = line.frame().await;
        assert_eq!(
            (&frame["body"]["upload_id"], &frame["body"]["chunk_index"]),
            (&json!("u"), &json!(index))
        );
        got.extend(
            crate::Base64::decode(frame["body"]["base64_data"].as_str().expect("text")).expect("base64").0,
        );
        line.ack(&frame).await;
    }
    assert!(got == file);
    let finish = line.frame().await;
    line.answer(&finish, 0, json!({"type": "file", "media_id": "m", "created_at": "1380000000"})).await;
    assert_eq!(upload.await.expect("no panic").expect("uploaded"), "m");
}

#[tokio::test(start_paused = true)]
async fn messages_and_replies_have_the_types_of_the_spec() {
    use crate::aibot::{CardUpdate, MarkdownText, Push, Reply};
    use crate::events::robot::RobotEvent;

    let (mut server, builder) = Server::new();
    let (robot, mut incoming, mut line, message) = asked(&mut server, builder).await;
    let Ok(RobotEvent::TextMessage(text)) = message.event() else { panic!("a text") };
    assert_eq!((text.text.content.as_str(), text.from_.userid.as_str()), ("hello", "ann"));
    line.event("one_of_tomorrow").await;
    let event = incoming.next().await.expect("an event");
    assert!(matches!(event.event(), Ok(RobotEvent::Unknown(_))));
    let (reply, push) = (Reply::Markdown(MarkdownText::new("hi")), Push::Markdown(MarkdownText::new("hi")));
    let group = Chat::Group("g".into());
    let (sent, body) =
        tokio::join!(async { tokio::join!(message.respond(&reply), robot.push(&group, push)) }, async {
            let mut bodies = Vec::new();
            for _ in 0..2 {
                let frame = line.frame().await;
                line.ack(&frame).await;
                bodies.push(frame["body"].to_string());
            }
            bodies.sort();
            bodies
        });
    sent.0.and(sent.1).expect("acknowledged");
    let pushed = json!({"chatid": "g", "chat_type": 2, "msgtype": "markdown", "markdown": {"content": "hi"}});
    let reply = json!({"msgtype": "markdown", "markdown": {"content": "hi"}});
    let read = |text: &String| serde_json::from_str::<Value>(text).expect("JSON");
    assert_eq!(body.iter().map(read).collect::<Vec<_>>(), [pushed, reply]);
    assert_eq!(
        (<Reply as Command>::CMD, <CardUpdate as Command>::CMD),
        ("aibot_respond_msg", "aibot_respond_update_msg")
    );
}

#[tokio::test(start_paused = true)]
async fn whatever_the_reply_takes_is_sent_and_what_it_does_not_take_is_not() {
    use crate::aibot::{
        Button, ButtonInteraction, Feedback, MainTitle, MarkdownText, MediaRef, Push, Reply, Stream,
        TemplateCard, VideoRef,
    };

    let (mut server, builder) = Server::new();
    let (robot, mut incoming, mut line, message) = asked(&mut server, builder).await;
    let card =
        || TemplateCard::new(ButtonInteraction::new(MainTitle::new(), [Button::new("OK", "ok")], "t0"));
    line.event("enter_chat").await;
    let entered = incoming.next().await.expect("an event");
    let click = json!({"msgid": "c", "aibotid": "bot", "create_time": 1, "chattype": "single", "from": {"userid": "ann"},
        "msgtype": "event", "event": {"eventtype": "template_card_event",
        "template_card_event": {"card_type": "button_interaction", "event_key": "ok", "task_id": "t1"}}});
    line.send(&json!({"cmd": "aibot_event_callback", "headers": {"req_id": "click"}, "body": click})).await;
    let clicked = incoming.next().await.expect("an event");
    let serve = tokio::spawn(async move {
        let mut seen = Vec::new();
        loop {
            let Some(frame) = line.any().await else { return seen };
            line.ack(&frame).await;
            if frame["cmd"] != "ping" {
                seen.push((frame["cmd"].as_str().expect("a text").to_owned(), frame["body"].clone()));
            }
        }
    });
    let video = VideoRef::new("m").title("t").description("d");
    for reply in [
        Reply::from(card()),
        Reply::from(MarkdownText::new("x").feedback(Feedback::new().id("f"))),
        Reply::File(MediaRef::new("m")),
        Reply::Video(video.clone()),
        Reply::from(Stream::new("s").content("x").finish(true)),
    ] {
        message.reply(reply).await.expect("acknowledged");
    }
    entered.welcome(card()).await.expect("acknowledged");
    clicked.update_card(card()).await.expect("acknowledged");
    robot.push(message.chat(), Push::Video(video)).await.expect("acknowledged");
    let long = || "x".repeat(20_481);
    let id = "f".repeat(257);
    for (what, outcome) in [
        ("markdown.content", message.reply(MarkdownText::new(long())).await),
        ("stream.content", message.reply(Stream::new("s").content(long())).await),
        ("feedback.id", message.reply(card().feedback(Feedback::new().id(&*id))).await),
        ("feedback.id", message.stream().feedback(&*id)),
        ("feedback.id", clicked.update_card(card().feedback(Feedback::new().id(&*id))).await),
        ("markdown.content", robot.push(message.chat(), MarkdownText::new(long())).await),
        ("aibot_respond_msg", entered.reply(card()).await),
        ("aibot_respond_welcome_msg", clicked.welcome(card()).await),
        ("aibot_respond_update_msg", entered.update_card(card()).await),
    ] {
        let error = outcome.expect_err(what);
        assert!(
            matches!(&error, RobotError::Invalid { what: field, .. } if **field == *what),
            "{what}: {error}"
        );
    }
    robot.stop();
    let seen = serve.await.expect("no panic");
    let kinds: Vec<_> = seen
        .iter()
        .map(|(cmd, body)| {
            format!("{} {}", cmd.trim_start_matches("aibot_"), body["msgtype"].as_str().unwrap_or("-"))
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "respond_msg template_card",
            "respond_msg markdown",
            "respond_msg file",
            "respond_msg video",
            "respond_msg stream",
            "respond_welcome_msg template_card",
            "respond_update_msg -",
            "send_msg video",
        ]
    );
    assert_eq!(seen[1].1["markdown"]["feedback"]["id"], "f");
    assert_eq!(seen[3].1["video"], json!({"media_id": "m", "title": "t", "description": "d"}));
    assert_eq!(seen[6].1["template_card"]["task_id"], "t1", "that of the card that was clicked");
}

#[tokio::test(start_paused = true)]
async fn the_id_of_a_feedback_goes_along_until_the_stream_is_there() {
    let (mut server, builder) = Server::new();
    let (_robot, _incoming, mut line, message) = asked(&mut server, builder).await;
    let mut stream = message.stream();
    stream.feedback("liked?").expect("short");
    assert!(line.is_quiet().await, "no frame of its own");
    stream.push("a").expect("open");
    drop(line.frame().await);
    drop(line);
    let mut line = server.subscribed().await;
    let again = line.frame().await;
    assert_eq!(again["body"]["stream"]["feedback"], json!({"id": "liked?"}));
    line.ack(&again).await;
    stream.push("b").expect("open");
    let next = line.frame().await;
    assert_eq!((content(&next), &next["body"]["stream"]["feedback"]), (("ab", false), &Value::Null));
}

/// One lock for all processes, which can be taken away from the one that holds it.
#[derive(Clone, Default)]
struct Shelf {
    lock: Arc<Mutex<()>>,
    taken_away: Arc<watch::Sender<()>>,
}

struct Taken {
    _lock: tokio::sync::OwnedMutexGuard<()>,
    taken_away: watch::Receiver<()>,
}

impl LeaseGuard for Taken {
    fn release(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }

    fn lost(&self) -> BoxFuture<'_, ()> {
        let mut taken_away = self.taken_away.clone();
        Box::pin(async move { drop(taken_away.changed().await) })
    }
}

impl TokenStore for Shelf {
    fn get<'a>(&'a self, _: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, StoreError>> {
        Box::pin(async { Ok(None) })
    }
    fn replace<'a>(
        &'a self,
        _: &'a TokenKey,
        _: Option<&'a StoredToken>,
        _: &'a StoredToken,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async { Ok(false) })
    }
    fn invalidate<'a>(&'a self, _: &'a TokenKey, _: &'a Secret) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async { Ok(false) })
    }
    fn lease<'a>(
        &'a self,
        _: &'a TokenKey,
        _: Option<&'a Secret>,
    ) -> BoxFuture<'a, Result<Lease, StoreError>> {
        Box::pin(async { Ok(Lease::Changed) })
    }
    fn hold<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Box<dyn LeaseGuard>, StoreError>> {
        assert_eq!((key.kind, key.app.as_str()), ("robot_connection", "bot"));
        Box::pin(async move {
            let _lock = Arc::clone(&self.lock).lock_owned().await;
            Ok(Box::new(Taken { _lock, taken_away: self.taken_away.subscribe() }) as Box<dyn LeaseGuard>)
        })
    }
}

#[tokio::test(start_paused = true)]
async fn of_two_processes_one_is_active_and_the_other_takes_over() {
    let (mut server, builder) = Server::new();
    let shelf = Shelf::default();
    let (active, mut ended) = builder.standby(shelf.clone()).connect().expect("settings");
    let mut line = server.subscribed().await;
    active.connected().await.expect("active");
    let (mut other, builder) = Server::new();
    let (standby, _incoming) = builder.standby(shelf).connect().expect("settings");
    sleep(Duration::from_secs(600)).await;
    assert!(matches!(standby.standing(), Standing::Standby));
    assert!(other.0.try_recv().is_err(), "it does not connect");
    active.stop();
    assert!(ended.next().await.is_none());
    while line.any().await.is_some() {}
    let _line = other.subscribed().await;
    standby.connected().await.expect("took over");
}

/// When a lease is taken away.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Moment {
    Waiting,
    Dialling,
    Dialled,
    Subscribing,
}

/// Dialling at which the lease is lost, before it is done or at the moment when it is.
struct Losing(Moment, Shelf, Pipe);

impl Dial for Losing {
    fn dial(&self) -> BoxFuture<'_, Result<Box<dyn Socket>, RobotError>> {
        if self.0 == Moment::Dialling {
            return Box::pin(std::future::pending());
        }
        Box::pin(async {
            let socket = self.2.dial().await;
            self.1.taken_away.send_replace(());
            socket
        })
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_loses_the_lease_before_it_is_connected_does_not_push_out_the_next() {
    let hour = Duration::from_secs(3600);
    for moment in [Moment::Waiting, Moment::Dialling, Moment::Dialled, Moment::Subscribing] {
        let (shelf, (mut server, builder)) = (Shelf::default(), Server::new());
        let builder = builder.backoff(hour, hour).connect_timeout(hour).ack_timeout(hour);
        let builder = match moment {
            Moment::Waiting | Moment::Subscribing => builder,
            Moment::Dialling | Moment::Dialled => {
                let (send, receive) = mpsc::unbounded_channel();
                server = Server(receive);
                builder.dial(Losing(moment, shelf.clone(), Pipe(send)))
            }
        };
        let (first, _incoming) = builder.standby(shelf.clone()).connect().expect("settings");
        let mut line = None;
        match moment {
            Moment::Waiting => drop(server.subscribed().await),
            Moment::Subscribing => {
                let line = line.insert(server.accept().await);
                assert_eq!(line.frame().await["cmd"], "aibot_subscribe");
            }
            Moment::Dialled => line = Some(server.accept().await),
            Moment::Dialling => {}
        }
        let (mut other, builder) = Server::new();
        let builder = builder.heartbeat(24 * hour).standby(shelf.clone());
        let (second, mut went_on) = builder.connect().expect("settings");
        if moment != Moment::Dialled {
            // Until each of them waits for what does not come.
            sleep(Duration::from_secs(60)).await;
            shelf.taken_away.send_replace(());
        }
        let mut next = other.subscribed().await;
        second.connected().await.expect("took over");
        sleep(4 * hour).await;
        assert!(matches!(first.standing(), Standing::Standby), "{moment:?}: {:?}", first.standing());
        assert!(server.0.try_recv().is_err(), "{moment:?}: it does not connect");
        if let Some(mut line) = line {
            assert_eq!(line.any().await, None, "{moment:?}: it does not subscribe");
        }
        next.message("r1", "hello").await;
        assert_eq!(went_on.next().await.expect("still connected").msgid(), "r1");
    }
}

/// The other side says something and is gone; writing fails before what it said is read.
#[tokio::test(start_paused = true)]
async fn what_had_arrived_before_the_connection_was_lost_counts() {
    let ann = Chat::Single("ann".into());
    // Which of reading and writing comes first is a matter of chance.
    for _ in 0..10 {
        let (mut server, builder) = Server::new();
        let (robot, mut incoming, mut line, message) = asked(&mut server, builder).await;
        let acknowledged = tokio::spawn(async move { message.reply_markdown("1").await });
        let frame = line.frame().await;
        line.ack(&frame).await;
        line.message("r2", "the last words").await;
        let push = robot.shared.push(&ann, "markdown", "{}");
        let (pushed, ()) = tokio::join!(push, async { drop(line) });
        assert!(
            matches!(pushed, Err(RobotError::Unacknowledged { .. } | RobotError::NotSent { .. })),
            "{pushed:?}"
        );
        acknowledged.await.expect("no panic").expect("its acknowledgement had arrived");
        assert_eq!(incoming.next().await.expect("a message").msgid(), "r2");

        let mut line = server.subscribed().await;
        line.event("disconnected_event").await;
        let push = robot.shared.push(&ann, "markdown", "{}");
        let (pushed, ()) = tokio::join!(push, async { drop(line) });
        assert!(pushed.is_err());
        assert!(incoming.next().await.is_none());
        assert!(matches!(incoming.reason(), RobotError::PushedOut), "not lost: {}", incoming.reason());
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_left_closes_the_connection() {
    let (mut server, builder) = Server::new();
    let (robot, incoming) = builder.connect().expect("settings");
    let mut line = server.subscribed().await;
    drop(incoming);
    line.message("r1", "nobody listens").await;
    assert!(line.is_quiet().await, "a program that only pushes stays connected");
    drop(robot);
    assert_eq!(line.any().await, None);
}

#[test]
fn settings_that_cannot_be_are_refused() {
    for (id, secret) in [("", "s"), ("b", ""), ("b c", "s"), ("b", "s\n")] {
        let error = Robot::builder(id, secret).connect().expect_err("refused");
        assert!(matches!(error, RobotError::Invalid { .. }), "{error}");
    }
}

/// Frames with bytes changed, cut and doubled: read or refused, never more.
#[test]
fn mutated_frames_do_no_harm() {
    let wanted = std::env::var("ROBOT_FRAMES").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000u32);
    let seeds = [
        r#"{"cmd":"aibot_msg_callback","headers":{"req_id":"r"},"body":{"msgid":"m","aibotid":"b","chatid":"c","chattype":"group","from":{"userid":"u"},"msgtype":"mixed","mixed":{"msg_item":[{"msgtype":"text","text":{"content":"@x 你好"}},{"msgtype":"image","image":{"url":"u","aeskey":"k"}}]}}}"#,
        r#"{"cmd":"aibot_event_callback","headers":{"req_id":"r"},"body":{"msgid":"m","create_time":1700000000,"from":{"userid":"u"},"msgtype":"event","event":{"eventtype":"template_card_event","template_card_event":{"card_type":"x","task_id":"t"}}}}"#,
        r#"{"cmd":"aibot_event_callback","headers":{"req_id":"r"},"body":{"msgid":"m","aibotid":"b","create_time":1700000000,"chattype":"single","from":{"userid":"u"},"msgtype":"event","event":{"eventtype":"template_card_event","template_card_event":{"card_type":"vote_interaction","event_key":"k","task_id":"t","selected_items":{"selected_item":[{"question_key":"q","option_ids":{"option_id":["1","2"]}}]}}}}}"#,
        r#"{"cmd":"aibot_msg_callback","headers":{"req_id":"r"},"body":{"msgid":"m","aibotid":"b","chattype":"single","from":{"userid":"u"},"response_url":"https://x/?response_code=c","msgtype":"text","text":{"content":"hi"},"quote":{"msgtype":"file","file":{"url":"u","aeskey":"k"}}}}"#,
        r#"{"headers":{"req_id":"r"},"errcode":0,"errmsg":"ok","body":{"upload_id":"u"}}"#,
        r#"{"headers":{"req_id":"r"},"errcode":0,"errmsg":"ok","body":{"type":"file","media_id":"m","created_at":"1380000000"}}"#,
    ];
    let (orders, _asked) = mpsc::unbounded_channel();
    let shared = Arc::new(Shared {
        settings: Arc::new(Settings {
            id: String::new(),
            secret: Secret::from(""),
            dial: Arc::new(Pipe(mpsc::unbounded_channel().0)),
            http: reqwest::Client::new(),
            connect_timeout: Duration::ZERO,
            ack_timeout: Duration::ZERO,
            heartbeat: Duration::ZERO,
            backoff: [Duration::ZERO; 2],
            attempts: None,
            reopen: false,
            dedup: 0,
            keep_alive: Duration::ZERO,
            max_file: 0,
            store: None,
        }),
        orders: orders.downgrade(),
        standing: watch::Sender::new(Standing::Connecting),
        limiter: limit::Limiter::new(Duration::ZERO, 1),
        uploads: limit::Limiter::new(Duration::ZERO, 1),
        dropped: AtomicU64::new(0),
    });
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % below.max(1) as u64) as usize
    };
    let (mut pushed, mut typed, mut answers) = (0, 0, 0);
    let before = resident();
    for n in 0..wanted {
        let mut bytes = seeds[n as usize % seeds.len()].as_bytes().to_vec();
        for _ in 0..=next(3) {
            let at = next(bytes.len());
            match next(4) {
                0 => bytes[at] = next(256) as u8,
                1 => drop(bytes.drain(at..(at + next(9)).min(bytes.len()))),
                2 => bytes.insert(at, b"{}[]\",:0-\\"[next(10)]),
                _ => {
                    let piece = bytes[at..(at + next(40)).min(bytes.len())].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        match frame::read(&text) {
            Ok(Frame::Pushed { cmd, req_id, body }) => {
                pushed += 1;
                let received = Received::new(session::Pushed { cmd, req_id, body }, &shared);
                let _ = (received.text(), received.event_type(), format!("{received:?}"));
                if let Ok(event) = received.event() {
                    typed += 1;
                    let _ = format!("{event:?}");
                }
            }
            Ok(Frame::Answer { body, .. }) => {
                answers += 1;
                let _: Result<crate::aibot::UploadMediaInitResponse, _> = read_answer("c", body.clone());
                let _: Result<crate::aibot::UploadMediaFinishResponse, _> = read_answer("c", body.clone());
                let _: Result<Value, _> = read_answer("c", body);
            }
            Err(_) => {}
        }
    }
    assert!(pushed > wanted / 20 && answers > wanted / 20, "{pushed} and {answers} of {wanted} were frames");
    assert!(typed > wanted / 20, "{typed} of {wanted} were read as their types");
    if let (Some(before), Some(after)) = (before, resident()) {
        println!(
            "{wanted} frames: {pushed} pushed, {typed} of them typed, {answers} answers; {before} KiB, then {after}"
        );
        // Few frames say nothing, and other tests run beside them.
        let grown = wanted >= 500_000 && after > before + 32 * 1024;
        assert!(!grown, "{before} KiB, then {after}: what is read is not let go");
    }
}

/// Resident memory in KiB, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
