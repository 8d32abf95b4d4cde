//! What is taken by what, and streams on paused time.

use serde_json::{Value, json};
use tokio::time::{advance, sleep};

use super::*;
use crate::aibot::{
    Button, ButtonInteraction, CardAction, CardActionType, CardReply, Feedback, MainTitle, PassiveStream,
    StreamAndCard, StreamImage, TextNotice, WelcomeText,
};
use crate::callback::{Crypto, Format, Query};

const KEY: &str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n....";

fn crypto() -> Crypto {
    Crypto::new("token", KEY, [""]).expect("valid")
}

/// A callback as it comes over the wire, opened.
fn received(streams: &Streams, body: &Value) -> Received {
    let crypto = crypto();
    let encrypt = crypto.encrypt(&body.to_string(), "").expect("randomness");
    let query = Query {
        msg_signature: crypto.signature("1", "n", &encrypt),
        timestamp: "1".into(),
        nonce: "n".into(),
        echostr: None,
    };
    let message = crypto.open(&query, json!({"encrypt": encrypt}).to_string().as_bytes()).expect("opens");
    assert_eq!(message.format(), Format::Json);
    streams.open(message).expect("JSON")
}

fn body(msgtype: &str, more: Value) -> Value {
    let mut body = json!({"msgid": "m", "aibotid": "b", "create_time": 1, "chattype": "single", "from": {"userid": "ann"},
        "response_url": "https://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code=hush", "msgtype": msgtype});
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    body
}

fn text() -> Value {
    body("text", json!({"text": {"content": "hello"}}))
}

fn refresh(id: &str) -> Value {
    body("stream", json!({"stream": {"id": id}}))
}

fn event(kind: &str) -> Value {
    let click = json!({"card_type": "button_interaction", "event_key": "k", "task_id": "t1"});
    let feedback = json!({"id": "f", "type": 1});
    body(
        "event",
        json!({"event": {"eventtype": kind, "template_card_event": click, "feedback_event": feedback}}),
    )
}

fn notice() -> TemplateCard {
    TemplateCard::new(TextNotice::new(CardAction::new(CardActionType::Url).url("https://example.com")))
}

fn buttons(task_id: &str) -> TemplateCard {
    TemplateCard::new(ButtonInteraction::new(MainTitle::new().title("?"), [Button::new("OK", "ok")], task_id))
}

fn stream(id: &str) -> PassiveStream {
    PassiveStream::new().id(id).content("x")
}

#[test]
fn each_message_takes_what_it_takes() {
    let long = "x".repeat(20_481);
    let image = || picture(PNG).expect("a picture");
    let welcome = || Reply::from(WelcomeReply::from("hi"));
    let update = |id: &str| Reply::from(CardUpdate::from(buttons(id)));
    let feedback = |len: usize| Feedback::new().id("f".repeat(len));
    for (what, reply, expected) in [
        (text(), Reply::markdown("hi"), ""),
        (text(), stream("s").into(), ""),
        (text(), PassiveStream::new().content("x").into(), "the first reply needs one"),
        (text(), stream("").into(), "the first reply needs one"),
        (text(), stream("s").content(&*long).into(), "20481 bytes, more than 20480"),
        (text(), stream("s").feedback(feedback(257)).into(), "feedback.id: 257 bytes"),
        (text(), stream("s").feedback(feedback(256)).into(), ""),
        (text(), stream("s").msg_item([image()]).into(), "pictures go with the end"),
        (text(), stream("s").finish(true).msg_item([image()]).into(), ""),
        (text(), stream("s").finish(true).msg_item(vec![image(); 11]).into(), "11 pictures, more than 10"),
        (
            text(),
            stream("s").finish(true).msg_item([StreamImage::new(&b"GIF89a"[..], "")]).into(),
            "neither PNG nor JPG",
        ),
        (text(), notice().into(), ""),
        (text(), notice().feedback(feedback(300)).into(), "feedback.id: 300 bytes"),
        (text(), StreamAndCard::new(stream("s")).template_card(notice()).into(), ""),
        (text(), StreamAndCard::new(PassiveStream::new()).into(), "the first reply needs one"),
        (text(), welcome(), "only enter_chat"),
        (text(), update("t1"), "only a click on a card"),
        (refresh("s"), stream("s").into(), ""),
        (refresh("s"), PassiveStream::new().finish(true).into(), ""),
        (refresh("s"), stream("other").into(), "not that of the stream that is refreshed"),
        (refresh("s"), StreamAndCard::new(stream("s")).template_card(notice()).into(), ""),
        (refresh("s"), CardReply::new(notice()).into(), "a refresh takes a stream"),
        (event("enter_chat"), welcome(), ""),
        (event("enter_chat"), WelcomeReply::from(WelcomeText::new("hi")).into(), ""),
        (event("enter_chat"), WelcomeReply::from(notice()).into(), ""),
        (event("enter_chat"), Reply::markdown("hi"), "takes a welcome"),
        (event("template_card_event"), update("t1"), ""),
        (event("template_card_event"), update("t2"), "it must be that of the card that was clicked"),
        (event("template_card_event"), CardUpdate::from(notice()).into(), "it must be that of the card"),
        (event("template_card_event"), Reply::markdown("hi"), "go to its response_url"),
        (event("feedback_event"), Reply::markdown("hi"), "takes none"),
        (event("feedback_event"), update("t1"), "takes none"),
        // Newer than the spec: the server knows.
        (event("one_of_tomorrow"), update("t1"), ""),
        (body("one_of_tomorrow", json!({})), Reply::markdown("hi"), ""),
    ] {
        let received = received(&Streams::default(), &what);
        let seen = received.reply(reply.clone()).err().map(|error| error.to_string()).unwrap_or_default();
        let fits = if expected.is_empty() { seen.is_empty() } else { seen.contains(expected) };
        assert!(fits, "{what}\n{reply:?}\n{seen:?}, not {expected:?}");
    }
    assert!(picture(vec![0xff; 5]).is_err());
    let huge = [PNG, &vec![0; 10 * 1024 * 1024]].concat();
    assert!(picture(huge).expect_err("too large").to_string().contains("more than 10485760"));
    assert_eq!(picture(PNG).expect("a picture").md5, "c4e36cb2c0deb0ad92d44b5e41484db5");
}

#[test]
fn replies_are_written_as_the_pages_have_them() {
    let streams = Streams::default();
    let written = |what: &Value, reply: &dyn Fn(&Received) -> Result<PassiveReply, CallbackError>| -> Value {
        let reply = reply(&received(&streams, what)).expect("taken");
        serde_json::from_str(reply.as_ref()).expect("JSON")
    };
    let reply = written(&text(), &|r| r.reply_markdown("**hi**"));
    let id = reply["stream"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        reply,
        json!({"msgtype": "stream", "stream": {"id": id, "finish": true, "content": "**hi**"}})
    );
    let reply = written(&event("enter_chat"), &|r| r.welcome("hi"));
    assert_eq!(reply, json!({"msgtype": "text", "text": {"content": "hi"}}));
    let reply = written(&event("enter_chat"), &|r| r.welcome(notice()));
    let card = json!({"card_type": "text_notice", "card_action": {"type": 1, "url": "https://example.com"}});
    assert_eq!(reply, json!({"msgtype": "template_card", "template_card": card}));
    // The id of the card that was clicked is put in.
    let reply = written(&event("template_card_event"), &|r| r.update_card(buttons("another")));
    assert_eq!(reply["response_type"], "update_template_card");
    assert_eq!((&reply["template_card"]["task_id"], reply.get("msgtype")), (&json!("t1"), None));
    for card in [notice(), buttons("")] {
        let update = written(&event("template_card_event"), &|r| r.update_card(card.clone()));
        assert_eq!(update["template_card"]["task_id"], "t1");
    }
}

#[test]
fn what_comes_is_at_hand_and_shows_nothing_in_debug() {
    let streams = Streams::default();
    let message = received(&streams, &text());
    assert_eq!((message.text(), message.user()), (Some("hello"), Some("ann")));
    assert!(message.response_url().expect("one").expose().ends_with("response_code=hush"));
    assert!(message.refreshed().is_none() && message.mismatch.is_none());
    let click = received(&streams, &event("template_card_event"));
    assert_eq!((click.text(), click.user(), click.response_url().is_some()), (None, Some("ann"), true));
    assert!(received(&streams, &event("enter_chat")).response_url().is_none());
    // Not as the spec has it: it arrives all the same.
    let odd = received(&streams, &body("text", json!({"text": "no object"})));
    assert!(matches!(odd.event, RobotEvent::Unknown(_)) && odd.mismatch.is_some());
    let shown = format!("{message:?} {odd:?} {streams:?} {:?}", message.stream());
    assert!(!shown.contains("hello") && !shown.contains("hush") && !shown.contains("ann"), "{shown}");
}

fn due(reply: Option<Reply>) -> (String, bool) {
    let reply = reply.expect("known").write().expect("written");
    let reply: Value = serde_json::from_str(reply.as_ref()).expect("JSON");
    let stream = &reply["stream"];
    (stream["content"].as_str().expect("a text").to_owned(), stream["finish"].as_bool().expect("a flag"))
}

#[tokio::test(start_paused = true)]
async fn a_refresh_gets_what_is_there_and_the_end_is_waited_for() {
    let streams = Streams::default();
    let message = received(&streams, &text());
    let mut stream = message.stream();
    let id = stream.id().to_owned();
    stream.feedback("f1");
    stream.card(notice());
    let first = message.reply(stream.due()).expect("taken");
    let first: Value = serde_json::from_str(first.as_ref()).expect("JSON");
    assert_eq!(first["msgtype"], "stream_with_template_card");
    assert_eq!(first["stream"], json!({"id": id, "finish": false, "content": "", "feedback": {"id": "f1"}}));
    for piece in ["a", "b"] {
        stream.push(piece).expect("room");
    }
    assert_eq!(due(streams.answer(&id)), ("ab".to_owned(), false));
    assert!(matches!(stream.push(&"x".repeat(20_479)), Err(CallbackError::Reply(_))));
    assert_eq!(stream.content(), "ab", "as before");
    stream.set("abc").expect("room");
    stream.picture(picture(PNG).expect("a picture"));
    let end = tokio::spawn(stream.finish());
    sleep(std::time::Duration::from_secs(1)).await;
    assert!(!end.is_finished(), "the server has not fetched it");
    let answer = received(&streams, &refresh(&id)).refreshed().expect("a refresh").expect("taken");
    let answer: Value = serde_json::from_str(answer.as_ref()).expect("JSON");
    assert_eq!(
        (&answer["msgtype"], &answer["stream"]["finish"]),
        (&json!("stream"), &json!(true)),
        "one card"
    );
    assert_eq!((&answer["stream"]["content"], answer["stream"]["feedback"].is_null()), (&json!("abc"), true));
    assert_eq!(answer["stream"]["msg_item"][0]["msgtype"], "image");
    assert_eq!(end.await.expect("no panic"), Shown::Whole);
    // Its answer may have been lost: the same again.
    assert_eq!(due(streams.answer(&id)), ("abc".to_owned(), true));
    assert!(received(&streams, &refresh("of another process")).refreshed().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_asked_for_no_more_says_what_is_missing() {
    let streams = Streams::default();
    for (shown, then, expected) in [("one ", "two", "two"), ("one ", "", ""), ("", "all of it", "all of it")]
    {
        let mut stream = streams.begin();
        let id = stream.id().to_owned();
        stream.push(shown).expect("room");
        let _first = streams.answer(&id);
        stream.push(then).expect("room");
        let began = tokio::time::Instant::now();
        assert_eq!(stream.finish().await, Shown::Part { rest: expected.to_owned() });
        assert_eq!(began.elapsed().as_secs(), 360);
    }
    let mut replaced = streams.begin();
    replaced.push("draft").expect("room");
    let _first = replaced.due();
    replaced.set("the answer").expect("room");
    assert_eq!(replaced.finish().await, Shown::Part { rest: "the answer".to_owned() });
}

#[tokio::test(start_paused = true)]
async fn streams_fail_visibly_end_when_dropped_and_are_not_kept_for_ever() {
    let streams = Streams::default();
    let mut failing = streams.begin();
    let id = failing.id().to_owned();
    failing.push("half").expect("room");
    let end = tokio::spawn(failing.fail("it broke"));
    tokio::task::yield_now().await;
    assert_eq!(due(streams.answer(&id)), ("half\n\nit broke".to_owned(), true));
    assert_eq!(end.await.expect("no panic").expect("room"), Shown::Whole);
    let mut dropped = streams.begin();
    let id = dropped.id().to_owned();
    dropped.push("shown").expect("room");
    assert_eq!(due(streams.answer(&id)), ("shown".to_owned(), false));
    dropped.push(" never fetched").expect("room");
    drop(dropped);
    assert_eq!(due(streams.answer(&id)), ("shown".to_owned(), true));
    // 10,000 that nobody asks for, over some hours.
    for _ in 0..10_000 {
        let mut stream = streams.begin();
        stream.push("x").expect("room");
        advance(std::time::Duration::from_secs(2)).await;
    }
    assert!(streams.len() < 500, "{}", streams.len());
    // One that is still written is never thrown away.
    let stream = streams.begin();
    for _ in 0..1000 {
        drop(streams.begin());
    }
    assert!(streams.answer(stream.id()).is_some());
}

/// In URL mode the key of a file is that of the callbacks.
#[test]
fn files_open_with_the_key_of_the_callbacks() {
    use cbc::cipher::block_padding::NoPadding;
    use cbc::cipher::{BlockModeEncrypt as _, KeyIvInit as _};

    let key = crate::Base64::decode(&format!("{KEY}=")).expect("base64").0;
    let sealed = |plain: &[u8]| {
        let mut data = plain.to_vec();
        let padding = 32 - data.len() % 32;
        data.resize(data.len() + padding, padding as u8);
        let len = data.len();
        let cipher = cbc::Encryptor::<aes::Aes256>::new_from_slices(&key, &key[..16]).expect("32 bytes");
        cipher.encrypt_padded::<NoPadding>(&mut data, len).expect("whole blocks");
        data
    };
    for len in [0, 1, 15, 16, 31, 32, 33, 100] {
        let plain: Vec<u8> = (0..len).collect();
        assert_eq!(crypto().open_file(sealed(&plain)).expect("sound"), plain);
    }
    let page = b"<Error><Code>AccessDenied</Code></Error>".to_vec();
    for none in [Vec::new(), page, vec![0; 64], sealed(b"text")[..16].to_vec()] {
        assert!(crypto().open_file(none).is_err(), "never a file");
    }
}
