//! Events of the spec on their way to an application, and its replies.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::{Arc, Mutex};

use axum::Router;
use serde_json::{Value, json};
use wecom::callback::axum::{Callbacks, Received, Reply};
use wecom::callback::{Article, CallbackError, Crypto, Format};
use wecom_sandbox::{PushError, ReplyContent, Sandbox};

type Seen = Arc<Mutex<Vec<(String, Value, bool)>>>;

/// An application that keeps what it gets, and replies to a text by the kind of reply that it names.
async fn application() -> (String, Seen) {
    let seen = Seen::default();
    let kept = Arc::clone(&seen);
    let ids = [Sandbox::CORP_ID, Sandbox::SUITE_ID, "model-1", ""];
    let crypto = Crypto::new(Sandbox::CALLBACK_TOKEN, Sandbox::CALLBACK_AES_KEY, ids).unwrap();
    let routes: Router = Callbacks::new(crypto).at("/callback", move |received: Received| {
        let kept = Arc::clone(&kept);
        async move {
            let (message, notice) = (&received.message, received.message.notice()?);
            let known =
                received.mismatch.is_none() && !format!("{:?}", received.event).starts_with("Unknown");
            let fields = message.json().or_else(|_| message.xml().map(|xml| xml.to_value()))?;
            kept.lock().unwrap().push((notice.kind(), fields, known));
            let reply = match notice.get("Content") {
                Some("text") => message.reply_text("a < b & ]]>")?,
                Some("image") => message.reply_image("m1")?,
                Some("voice") => message.reply_voice("m2")?,
                Some("video") => message.reply_video("m3", "title", "")?,
                Some("news") => {
                    message.reply_news([Article::new("a", "https://a"), Article::new("b", "https://b")])?
                }
                _ if notice.event() == Some("template_card_event") && message.format() == Format::Xml => {
                    message.reply_button("done")?
                }
                _ => return Ok::<_, CallbackError>(Reply::Accepted),
            };
            Ok(reply.into())
        }
    });
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/callback", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (url, seen)
}

/// Every event that is pushed passes the client's checks and is read as its type, with nothing but its name given.
#[tokio::test]
async fn every_event_is_read_as_its_type() {
    let sandbox = Sandbox::start().await.unwrap();
    let (url, seen) = application().await;
    let mut pushed = 0;
    for module in &sandbox.api().events {
        for event in &module.events {
            let name = format!("{}.{}", module.name, event.key);
            match sandbox.push_event(&name).to(&url).await {
                Ok(answer) => {
                    assert_eq!(answer.status, 200, "{name}: {answer:?}");
                    let (kind, fields, known) = seen.lock().unwrap().pop().expect("arrived");
                    // Those that come as JSON are read by a type of their own.
                    assert!(
                        known || module.transport == "json",
                        "{name} arrived as an unknown one: {kind} {fields}"
                    );
                    pushed += 1;
                }
                Err(PushError::UnknownEvent { .. }) => assert_eq!(module.transport, "pulled", "{name}"),
                Err(other) => panic!("{name}: {other}"),
            }
        }
    }
    assert!(pushed > 250, "{pushed} events");
}

#[tokio::test]
async fn fields_are_what_the_test_says() {
    let sandbox = Sandbox::start().await.unwrap();
    let (url, seen) = application().await;
    let last = || seen.lock().unwrap().pop().expect("arrived");
    let created = sandbox.push_event("change_contact.create_user");
    created
        .set("UserID", "wangwu")
        .set("Name", "王五")
        .set("ExtAttr", json!([{"type": 0, "name": "工号", "text": {"value": "7"}}]))
        .fields(json!({"Department": "1,2", "Mobile": "13800000000"}))
        .to(&url)
        .await
        .unwrap();
    let (kind, fields, known) = last();
    assert!(known && kind == "event.change_contact.create_user", "{kind}");
    for (name, value) in
        [("UserID", "wangwu"), ("Name", "王五"), ("Department", "1,2"), ("ToUserName", Sandbox::CORP_ID)]
    {
        assert_eq!(fields[name], value, "{fields}");
    }
    assert_eq!(fields["ExtAttr"]["Item"]["name"], "工号", "{fields}");
    // The same thing as a notice to a third-party application.
    sandbox.push_event("third_party.change_contact.create_user").to(&url).await.unwrap();
    let (_, fields, _) = last();
    assert_eq!(
        (&fields["InfoType"], &fields["SuiteId"]),
        (&json!("change_contact"), &json!(Sandbox::SUITE_ID))
    );
    // An object, and a field that goes.
    sandbox
        .push_event("scancode_push")
        .set("ScanCodeInfo.ScanResult", "42")
        .set("EventKey", Value::Null)
        .to(&url)
        .await
        .unwrap();
    let (_, fields, _) = last();
    assert_eq!(
        (&fields["ScanCodeInfo"]["ScanResult"], &fields["EventKey"]),
        (&json!("42"), &Value::Null),
        "{fields}"
    );
    for (push, words) in [
        (sandbox.push_event("image"), "did you mean message.image?"),
        (sandbox.push_event("change_contact.create_users"), "did you mean change_contact.create_user?"),
        (sandbox.push_event("enter_agent").set("Nonsense", 1), "enter_agent has no field Nonsense"),
        (sandbox.push_event("scancode_push").set("ScanCodeInfo.Scan", 1), "no field ScanCodeInfo.Scan"),
    ] {
        let error = push.to(&url).await.unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn replies_are_decrypted() {
    let sandbox = Sandbox::start().await.unwrap();
    let (url, _) = application().await;
    let video =
        ReplyContent::Video { media_id: "m3".into(), title: "title".into(), description: String::new() };
    for (content, due) in [
        ("text", ReplyContent::Text("a < b & ]]>".into())),
        ("image", ReplyContent::Image("m1".into())),
        ("voice", ReplyContent::Voice("m2".into())),
        ("video", video),
    ] {
        let pushed = sandbox.push_event("message.text").set("Content", content).to(&url).await.unwrap();
        let reply = pushed.reply().unwrap().unwrap();
        assert_eq!((reply.to.as_str(), reply.from.as_str()), (Sandbox::USER_ID, Sandbox::CORP_ID));
        assert_eq!(reply.content, due);
    }
    let news = sandbox
        .push_event("message.text")
        .set("Content", "news")
        .to(&url)
        .await
        .unwrap()
        .reply()
        .unwrap()
        .unwrap();
    let ReplyContent::News(articles) = news.content else { panic!("{news:?}") };
    assert_eq!(
        articles.iter().map(|a| (&*a.title, &*a.url)).collect::<Vec<_>>(),
        [("a", "https://a"), ("b", "https://b")]
    );
    let card = sandbox.push_event("template_card_event").to(&url).await.unwrap().reply().unwrap().unwrap();
    assert_eq!(card.content, ReplyContent::UpdateButton("done".into()));
    // No reply is none, also to a notice, which is answered by a word.
    for name in ["enter_agent", "suite_ticket"] {
        assert_eq!(sandbox.push_event(name).to(&url).await.unwrap().reply().unwrap(), None, "{name}");
    }
}

/// What the server would not take is no reply.
#[tokio::test]
async fn no_reply_is_told_from_a_wrong_one() {
    let sandbox = Sandbox::start().await.unwrap();
    let crypto = |token: &str, key: &str| Crypto::any(token, key).unwrap();
    let other = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
    let xml = |crypto: &Crypto, receiver: &str| {
        let sealed =
            crypto.encrypt("<xml><MsgType>text</MsgType><Content>x</Content></xml>", receiver).unwrap();
        crypto.sealed(Format::Xml, &sealed, 1_700_000_000, "n")
    };
    let right = crypto(Sandbox::CALLBACK_TOKEN, Sandbox::CALLBACK_AES_KEY);
    for (answer, due) in [
        ("ok".to_owned(), Err("neither XML nor JSON")),
        ("<xml><Content>plain</Content></xml>".to_owned(), Err("has no Encrypt")),
        (xml(&crypto("another", Sandbox::CALLBACK_AES_KEY), Sandbox::CORP_ID), Err("MsgSignature")),
        (xml(&crypto(Sandbox::CALLBACK_TOKEN, other), Sandbox::CORP_ID), Err("not by the key")),
        (xml(&right, "ww-other"), Err("another receive id")),
        (xml(&right, Sandbox::CORP_ID), Ok("x")),
    ] {
        let text = answer.clone();
        let routes = Router::new().fallback(move || async move { text });
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let pushed = sandbox.push_event("message.text").to(&url).await.unwrap();
        match (pushed.reply(), due) {
            (Ok(Some(reply)), Ok(text)) => assert_eq!(reply.content, ReplyContent::Text(text.into())),
            (Err(error), Err(words)) => assert!(error.to_string().contains(words), "{answer}: {error}"),
            (found, _) => panic!("{answer}: {found:?}"),
        }
        assert!(!format!("{pushed:?}").contains(Sandbox::CALLBACK_AES_KEY));
    }
}
