//! A robot against the sandbox, over real sockets.

mod common;

use std::collections::HashMap;
use std::time::Duration;

use common::log;
use serde_json::json;
use wecom::Limits;
use wecom::aibot::{MarkdownText, Push};
use wecom::events::robot::RobotEvent;
use wecom::robot::{Chat, Delivered, FileKind, Incoming, Received, Robot, RobotBuilder, RobotError};
use wecom_sandbox::{Sandbox, SocketFault, SocketFrame};

fn builder(sandbox: &Sandbox) -> RobotBuilder {
    Robot::builder(Sandbox::BOT_ID, Sandbox::BOT_SECRET)
        .url(sandbox.socket_url())
        .backoff(Duration::from_millis(1), Duration::from_millis(5))
        .limits(Limits::refuse())
}

async fn connected(sandbox: &Sandbox) -> (Robot, Incoming) {
    let (robot, incoming) = builder(sandbox).connect().expect("settings");
    robot.connected().await.expect("subscribed");
    (robot, incoming)
}

async fn said(sandbox: &Sandbox, incoming: &mut Incoming, user: &str, text: &str) -> Received {
    sandbox.say(user, text).expect("connected");
    incoming.next().await.expect("a message")
}

/// The content of each stream as it was shown at the last, and whether it is finished.
fn shown(frames: &[SocketFrame]) -> HashMap<String, (String, bool)> {
    let mut out = HashMap::new();
    for frame in frames.iter().filter(|f| f.cmd == "aibot_respond_msg") {
        let stream = &frame.body["stream"];
        let content = stream["content"].as_str().unwrap_or_default().to_owned();
        out.insert(frame.req_id.clone(), (content, stream["finish"] == true));
    }
    out
}

#[tokio::test]
async fn a_conversation() {
    let sandbox = Sandbox::start().await.expect("sandbox");
    let (robot, mut incoming) = connected(&sandbox).await;
    let message = said(&sandbox, &mut incoming, "ann", "hello").await;
    assert!(matches!(message.event(), Ok(RobotEvent::TextMessage(t)) if t.text.content == "hello"));
    message.reply_markdown("**hi**").await.expect("a reply");
    let stream = message.stream();
    let pieces = futures_util::stream::iter(["a", "b", "c"]);
    assert_eq!(stream.write_all(pieces).await.expect("a stream"), Delivered::Finished);
    robot.push(message.chat(), Push::Markdown(MarkdownText::new("later"))).await.expect("a push");
    let id = robot.upload(FileKind::Image, "a.png", &vec![1; 700_000]).await.expect("an upload");
    message.reply_file(FileKind::Image, &id).await.expect("a picture");
    sandbox.push_message(json!({"create_time": 1, "from": {"userid": "ann"}, "msgtype": "event", "event": {"eventtype": "enter_chat"}}));
    let event = incoming.next().await.expect("an event");
    assert!(matches!(event.event(), Ok(RobotEvent::EnterChat(e)) if e.from_.userid == "ann"));
    event.welcome("welcome").await.expect("a greeting");
    let frames = sandbox.socket_frames();
    assert!(frames.iter().all(|f| f.errcode == Some(0)), "{frames:#?}");
    assert_eq!(frames[0].body, json!({"bot_id": Sandbox::BOT_ID, "secret": "***"}));
    assert_eq!(frames.iter().filter(|f| f.cmd == "aibot_upload_media_chunk").count(), 2);
    assert_eq!(shown(&frames[2..4]).values().next(), Some(&("abc".to_owned(), true)));
    robot.stop();
    assert!(incoming.next().await.is_none());
    sandbox.shutdown().await;
}

#[tokio::test]
async fn wrong_credentials_and_servers_that_speak_no_websocket() {
    let sandbox = Sandbox::start().await.expect("sandbox");
    let (robot, _incoming) = Robot::builder(Sandbox::BOT_ID, "another-secret")
        .url(sandbox.socket_url())
        .backoff(Duration::from_millis(1), Duration::from_millis(2))
        .connect()
        .expect("settings");
    let error = robot.connected().await.expect_err("refused");
    assert!(matches!(error, RobotError::Credentials { code: 40_001, .. }), "{error}");
    assert!(!format!("{error:?} {robot:?}").contains("another-secret"));
    let (robot, _incoming) =
        Robot::builder("b", "s").url(sandbox.base_url()).attempts(1).connect().expect("settings");
    let error = robot.connected().await.expect_err("no such path");
    assert!(matches!(&error, RobotError::Connect(why) if why.contains("not 101")), "{error}");
}

#[tokio::test]
async fn two_of_one_robot_push_each_other_out_once() {
    let sandbox = Sandbox::start().await.expect("sandbox");
    let (_old, mut gone) = connected(&sandbox).await;
    let (new, _incoming) = connected(&sandbox).await;
    assert!(gone.next().await.is_none());
    assert!(matches!(gone.reason(), RobotError::PushedOut));
    new.push_markdown(&Chat::Group("g".into()), "still here").await.expect("a push");
}

#[tokio::test]
async fn faults() {
    let sandbox = Sandbox::start().await.expect("sandbox");
    let (_robot, mut incoming) = connected(&sandbox).await;
    let message = said(&sandbox, &mut incoming, "ann", "1").await;
    sandbox.socket_fault(SocketFault::DropAfter, Some("aibot_respond_msg"));
    let error = message.reply_markdown("x").await.expect_err("lost");
    assert!(error.may_have_been_delivered(), "{error}");
    // A stream goes on over the next connection; one that has expired is pushed.
    let mut stream = message.stream();
    stream.push("over two connections").expect("open");
    assert_eq!(stream.finish().await.expect("finished"), Delivered::Finished);
    for passing in [SocketFault::Refuse(846_609), SocketFault::Refuse(-1), SocketFault::Drop] {
        sandbox.socket_fault(passing, Some("aibot_respond_msg"));
        let mut stream = message.stream();
        stream.push("after a while").expect("open");
        assert_eq!(stream.finish().await.expect("finished"), Delivered::Finished, "{passing:?}");
    }
    sandbox.socket_fault(SocketFault::Refuse(846_608), Some("aibot_respond_msg"));
    let mut stream = message.stream();
    stream.push("too late").expect("open");
    assert_eq!(stream.finish().await.expect("pushed"), Delivered::Pushed);
    let frames = sandbox.socket_frames();
    let last = frames.last().expect("frames");
    assert_eq!(
        (last.cmd.as_str(), &last.body["markdown"]["content"]),
        ("aibot_send_msg", &json!("too late"))
    );
}

/// Marked secrets, and what people write, in errors, `Debug` outputs and log lines of whatever goes wrong.
#[tokio::test]
async fn secrets_and_messages_are_shown_nowhere() {
    let _alone = log::alone().await;
    let lines = log::Lines::default();
    let guard = tracing::subscriber::set_default(lines.clone());
    let sandbox = Sandbox::start().await.expect("sandbox");
    let mut shown = Vec::new();

    let (wrong, mut ended) = Robot::builder(Sandbox::BOT_ID, "HUSH-secret")
        .url(sandbox.socket_url())
        .backoff(Duration::from_millis(1), Duration::from_millis(2))
        .connect()
        .expect("settings");
    let error = wrong.connected().await.expect_err("refused");
    assert!(ended.next().await.is_none());
    shown.push(format!("{error} {error:?} {wrong:?} {ended:?} {:?}", ended.reason()));

    let (robot, mut incoming) = connected(&sandbox).await;
    sandbox.push_message(json!({
        "chattype": "single", "from": {"userid": "ann"}, "response_url": "https://x/?response_code=HUSH-code",
        "msgtype": "image", "image": {"url": "https://127.0.0.1:1/file", "aeskey": "HUSH-key"},
    }));
    let message = incoming.next().await.expect("a message");
    let event = message.event().expect("a picture");
    assert!(
        matches!(&event, RobotEvent::ImageMessage(i) if i.image.aeskey.is_some() && i.response_url.is_some())
    );
    shown.push(format!("{message:?} {event:?} {robot:?} {incoming:?}"));
    let error =
        robot.download("http://127.0.0.1:1/f?sign=HUSH-sign", &"HUSH-key".into()).await.expect_err("nobody");
    shown.push(format!("{error} {error:?}"));

    for fault in
        [SocketFault::Refuse(40_058), SocketFault::Refuse(846_609), SocketFault::Drop, SocketFault::DropAfter]
    {
        robot.connected().await.expect("it comes back");
        sandbox.socket_fault(fault, Some("aibot_respond_msg"));
        let error = message.reply_markdown("HUSH words").await.expect_err("a fault");
        shown.push(format!("{error} {error:?}"));
    }
    robot.connected().await.expect("it comes back");
    sandbox.socket_fault(SocketFault::Refuse(40_058), Some("aibot_respond_msg"));
    let mut stream = message.stream();
    stream.push("HUSH words").expect("open");
    shown.push(format!("{stream:?}"));
    shown.push(format!("{:?}", stream.finish().await.expect_err("refused")));
    let error =
        robot.push_markdown(&Chat::Single("ann".into()), &"HUSH".repeat(6000)).await.expect_err("too long");
    shown.push(format!("{error} {error:?}"));
    drop(guard);

    let logged = lines.lines();
    assert!(logged.iter().any(|line| line.contains("connection was lost")), "it is heard: {logged:#?}");
    for line in shown.iter().chain(&logged) {
        assert!(!line.contains("HUSH") && !line.contains(Sandbox::BOT_SECRET), "{line}");
    }
}

/// Many chats, streams of many pieces, and a connection that is cut again and again: each message is answered once and whole.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_load_every_message_is_answered_once_and_whole() {
    let number =
        |name: &str, usual: usize| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual);
    let (messages, cuts) = (number("ROBOT_MESSAGES", 200), number("ROBOT_CUTS", 5));
    let sandbox = Sandbox::start().await.expect("sandbox");
    let (robot, mut incoming) = connected(&sandbox).await;
    let started = std::time::Instant::now();
    let mut tasks = Vec::new();
    for n in 0..messages {
        if cuts > 0 && n % (messages / cuts).max(1) == messages / cuts / 2 {
            sandbox.cut();
        }
        // While nobody is connected, nobody is written to.
        let req_id = loop {
            robot.connected().await.expect("it comes back");
            match sandbox.say(&format!("user{}", n % 200), &n.to_string()) {
                Some(req_id) => break req_id,
                None => tokio::task::yield_now().await,
            }
        };
        let message = match tokio::time::timeout(Duration::from_secs(5), incoming.next()).await {
            Ok(message) => message.expect("running"),
            // The connection was cut before it went out.
            Err(_) => continue,
        };
        tasks.push(tokio::spawn(async move {
            let pieces = (0..50).map(|piece| format!("{piece} ")).collect::<Vec<_>>();
            let pieces = futures_util::stream::unfold(pieces.into_iter(), |mut left| async move {
                tokio::task::yield_now().await;
                left.next().map(|piece| (piece, left))
            });
            (req_id, message.stream().write_all(pieces).await)
        }));
    }
    let whole: String = (0..50).map(|piece| format!("{piece} ")).collect();
    let (mut finished, mut failed) = (0, 0);
    let mut done = HashMap::new();
    for task in tasks {
        let (req_id, outcome) = task.await.expect("no panic");
        match outcome {
            Ok(Delivered::Finished) => finished += 1,
            Ok(other) => panic!("{other:?}"),
            Err(
                RobotError::NotSent { .. } | RobotError::Unacknowledged { .. } | RobotError::Limited { .. },
            ) => failed += 1,
            Err(error) => panic!("{error}"),
        }
        done.insert(req_id, outcome.is_ok());
    }
    let frames = sandbox.socket_frames();
    let last = shown(&frames);
    for (req_id, good) in &done {
        let seen = last.get(req_id);
        assert!(!good || seen == Some(&(whole.clone(), true)), "{req_id}: {seen:?}");
    }
    // In order: what is shown of a stream only grows, and nothing follows its end.
    let mut by: HashMap<&str, &str> = HashMap::new();
    for frame in frames.iter().filter(|f| f.cmd == "aibot_respond_msg" && f.errcode == Some(0)) {
        let content = frame.body["stream"]["content"].as_str().unwrap_or_default();
        let before = by.insert(&frame.req_id, content).unwrap_or_default();
        assert!(content.starts_with(before), "{}: {before:?}, then {content:?}", frame.req_id);
    }
    println!(
        "{messages} messages, {cuts} cuts: {finished} finished, {failed} failed with a typed error, {} frames in {:?}",
        frames.len(),
        started.elapsed()
    );
    assert!(finished * 10 >= done.len() * 9, "{finished} of {}", done.len());
}
