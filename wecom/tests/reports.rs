//! Inputs of public bug reports, where they are at hand: each is read as the report asked for.

mod common;
#[path = "common/material.rs"]
mod material;

use common::{Reply, Server, json};
use serde_json::json;
use wecom::{Client, Error, Method};

/// `None`, said aloud, where the folder is not.
fn report(name: &str) -> Option<Vec<u8>> {
    let path = material::material("reports").join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(_) => {
            println!("skipped: {} is not there", path.display());
            None
        }
    }
}

async fn answering(body: Vec<u8>) -> (Server, Client) {
    let server = Server::with_tokens(move |_| {
        Reply::Http(200, "Content-Type: application/json\r\n".into(), body.clone())
    })
    .await;
    let client = server.client().build().expect("builds");
    (server, client)
}

#[cfg(feature = "user")]
#[tokio::test]
async fn answers() {
    if let Some(body) = report("K1a-user-get-control-char-then-errcode.json") {
        let (_server, client) = answering(body).await;
        assert!(client.user().get("a\u{1}b").await.expect_err("refused").is_not_found());
    }
    if let Some(body) = report("K2a-user-list-gateway.json") {
        let (_server, client) = answering(body).await;
        let error = client.user().list(1).await.expect_err("no answer");
        assert!(matches!(&error, Error::Decode(_)) && error.to_string().contains("please log in"), "{error}");
    }
    if let Some(body) = report("K11-user-get-lone-surrogate.json") {
        let (_server, client) = answering(body).await;
        assert_eq!(client.user().get("a").await.expect("reads").name.as_deref(), Some("abc\u{fffd}"));
    }
    if let Some(body) = report("K17-gettoken-without-expires-in.json") {
        let server = Server::start(move |request| match request.path.as_str() {
            "/cgi-bin/gettoken" => Reply::Http(200, String::new(), body.clone()),
            _ => json(json!({"errcode": 0})),
        })
        .await;
        let client = server.client().build().expect("builds");
        for _ in 0..10 {
            client.raw(Method::Get, "/cgi-bin/x", &[], None).await.expect("works");
        }
        assert_eq!(server.requests("/cgi-bin/gettoken").len(), 1);
    }
}

#[cfg(feature = "media")]
#[tokio::test]
async fn a_refusal_under_the_type_of_a_file() {
    let Some(whole) = report("K3a-media-get-octet-stream.http") else { return };
    let text = String::from_utf8(whole).expect("UTF-8").replace("\r\n", "\n");
    let (head, body) = text.split_once("\n\n").expect("a head and a body");
    let headers: String = head.lines().skip(1).map(|line| format!("{line}\r\n")).collect();
    let body = body.trim_end().as_bytes().to_vec();
    let server = Server::with_tokens(move |_| Reply::Http(200, headers.clone(), body.clone())).await;
    let error = server.client().build().expect("builds").media().get("m").await.expect_err("no file");
    assert_eq!(error.code(), Some(40007), "{error:?}");
}

/// A whole answer of which single numbers lie outside of what was documented.
#[cfg(feature = "checkin")]
#[tokio::test]
async fn one_number_does_not_cost_the_answer() {
    let Some(body) = report("K9-getcorpcheckinoption.json") else { return };
    let sent: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    let (_server, client) = answering(body).await;
    let full = client.checkin().get_corp_checkin_option().full().await.expect("reads");
    let read = serde_json::to_value(&full.value).expect("JSON");
    let (read, sent) = (&read["group"][0], &sent["group"][0]);
    for field in ["groupid", "allow_apply_bk_cnt", "allow_apply_bk_day_limit", "loc_infos", "create_time"] {
        assert_eq!(read[field], sent[field], "{field}");
    }
    assert!(full.out_of_range().is_empty(), "{:?}", full.out_of_range());
}

#[cfg(feature = "callback")]
#[test]
fn callbacks() {
    use wecom::callback::{Crypto, Format, Query};
    use wecom::events::Event;

    const KEY: &str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";
    const CORP: &str = "ww0123456789abcdef";
    let crypto = Crypto::any("tok", KEY).expect("valid");
    let open = |text: &str, receive_id: &str| {
        let sealed = crypto.encrypt(text, receive_id).expect("randomness");
        let signature = crypto.signature("1", "n", &sealed);
        let query =
            Query::parse(&format!("msg_signature={signature}&timestamp=1&nonce=n")).expect("complete");
        crypto.open(&query, crypto.sealed(Format::Xml, &sealed, 1, "n").as_bytes()).expect("opens")
    };
    for (name, field, expected) in [
        ("K5-text-cut-in-emoji.xml", "Content", "abc\u{fffd}"),
        ("K6-pretty-message.xml", "Content", "on my way"),
    ] {
        let Some(text) = report(name) else { continue };
        let notice = open(&String::from_utf8_lossy(&text), CORP).notice().expect("reads");
        assert_eq!(notice.get(field), Some(expected), "{name}");
        assert!(!matches!(Event::read(&notice).expect("an event"), Event::Unknown(_)), "{name}");
    }
    if let Some(text) = report("K7-click-in-capitals.xml") {
        let notice = open(&String::from_utf8_lossy(&text), CORP).notice().expect("reads");
        let event = Event::read(&notice).expect("an event");
        assert!(!matches!(event, Event::Unknown(_)) && format!("{event:?}").contains("Click"), "{event:?}");
    }
    // Of a corp that authorised after the service was started (K4).
    let text = "<xml><ToUserName>wpCORPxxxx</ToUserName><FromUserName>sys</FromUserName><CreateTime>1</CreateTime>\
        <MsgType>event</MsgType><Event>change_app_admin</Event><AgentID>1</AgentID></xml>";
    assert_eq!(open(text, "wpCORPxxxx").receive_id(), "wpCORPxxxx");
}

/// What was written as code (K10, K13, K16).
#[test]
fn settings() {
    for (error, expected) in [
        (Client::builder("ww1", "secret\n").build().err(), "the secret ends in a blank or a line end"),
        (
            Client::builder("ww1", "s").base_url("https://qyapi.weixin.qq.com/cgi-bin/").build().err(),
            "leave out /cgi-bin",
        ),
        #[cfg(feature = "links")]
        (
            wecom::links::Authorize::corp("ww1", "https://a.example/\n").agent(1).url().err(),
            "redirect_uri must be a page's whole URL: it ends in a blank",
        ),
    ] {
        let error = error.expect("refused");
        assert!(matches!(&error, Error::Config(_)) && error.to_string().contains(expected), "{error}");
    }
}
