//! Callbacks, verified by an endpoint that decrypts them.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::sync::{Arc, Mutex};

use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt, KeyIvInit};
use axum::Router;
use axum::extract::Query;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::World;
use serde_json::json;
use sha1::{Digest, Sha1};
use wecom_sandbox::{PushError, Sandbox, Suite};

/// Text and receiver of a callback, after its signature is checked.
fn open(query: &[(String, String)], encrypted: &str) -> (String, String) {
    let param = |name: &str| query.iter().find(|(k, _)| k == name).unwrap().1.clone();
    let mut signed =
        [Sandbox::CALLBACK_TOKEN.into(), param("timestamp"), param("nonce"), encrypted.to_owned()];
    signed.sort();
    let signature: String = Sha1::digest(signed.concat()).iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(signature, param("msg_signature"));
    let key = STANDARD.decode(format!("{}=", Sandbox::CALLBACK_AES_KEY)).unwrap();
    let cipher = cbc::Decryptor::<aes::Aes256>::new_from_slices(&key, &key[..16]).unwrap();
    let sealed = STANDARD.decode(encrypted).unwrap();
    assert_eq!(sealed.len() % 32, 0);
    let plain = cipher.decrypt_padded_vec::<NoPadding>(&sealed).unwrap();
    let padding = usize::from(*plain.last().unwrap());
    assert!((1..=32).contains(&padding));
    let plain = &plain[16..plain.len() - padding];
    let len = u32::from_be_bytes(plain[..4].try_into().unwrap()) as usize;
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&plain[4..4 + len]), text(&plain[4 + len..]))
}

fn element(xml: &str, name: &str) -> String {
    let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap();
    let (text, _) = rest.split_once(&format!("</{name}>")).unwrap();
    text.trim_start_matches("<![CDATA[").trim_end_matches("]]>").to_owned()
}

type Seen = Arc<Mutex<Vec<(String, String)>>>;

/// An application: keeps what it gets, answers `success`, or the text of an `echostr`.
async fn application() -> (String, Seen) {
    let seen = Seen::default();
    let kept = seen.clone();
    let handler = move |Query(query): Query<Vec<(String, String)>>, body: String| async move {
        if let Some((_, echo)) = query.iter().find(|(k, _)| k == "echostr") {
            return open(&query, echo).0;
        }
        let opened = open(&query, &element(&body, "Encrypt"));
        assert_eq!(element(&body, "ToUserName"), opened.1);
        kept.lock().unwrap().push(opened);
        "success".to_owned()
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/callback?app=1", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await });
    (url, seen)
}

#[tokio::test]
async fn suite_tickets() {
    let world = World::start().await;
    let (url, seen) = application().await;
    let suite_token = async |ticket: &str, code: i64| {
        let body = json!({ "suite_id": Sandbox::SUITE_ID, "suite_secret": Sandbox::SUITE_SECRET, "suite_ticket": ticket });
        world.call("POST /cgi-bin/service/get_suite_token", body, code, json!({})).await;
    };
    let mut tickets = vec![Sandbox::SUITE_TICKET.to_owned()];
    for _ in 0..2 {
        let pushed = world.sandbox.push_suite_ticket(&url).await.unwrap();
        assert_eq!((pushed.status, pushed.body.as_str()), (200, "success"));
        let (xml, receiver) = seen.lock().unwrap().pop().unwrap();
        assert_eq!(receiver, Sandbox::SUITE_ID);
        assert_eq!(
            (element(&xml, "InfoType").as_str(), element(&xml, "SuiteId").as_str()),
            ("suite_ticket", Sandbox::SUITE_ID)
        );
        tickets.push(element(&xml, "SuiteTicket"));
    }
    suite_token(&tickets[2], 0).await;
    suite_token(&tickets[1], 0).await;
    suite_token(&tickets[0], 40085).await;
}

#[tokio::test]
async fn any_text() {
    let world = World::start().await;
    let (url, seen) = application().await;
    for text in ["", "<xml>中文</xml>", &"长".repeat(1000)] {
        world.sandbox.push_xml(&url, Sandbox::CORP_ID, text).await.unwrap();
        assert_eq!(seen.lock().unwrap().pop().unwrap(), (text.to_owned(), Sandbox::CORP_ID.to_owned()));
    }
    let (text, pushed) = world.sandbox.verify_url(&url, Sandbox::SUITE_ID).await.unwrap();
    assert_eq!(pushed.body, text);
}

#[tokio::test]
async fn failures() {
    let world = World::with(Sandbox::builder().suite(Suite::new("ww1", "s").callback("t", "short"))).await;
    let dead = "http://127.0.0.1:9/";
    let push =
        async |suite: &str, url: &str| world.sandbox.push_suite_ticket_of(suite, url).await.unwrap_err();
    assert_eq!(push("none", dead).await, PushError::UnknownSuite("none".into()));
    assert_eq!(push("ww1", dead).await, PushError::AesKey);
    assert!(matches!(push(Sandbox::SUITE_ID, dead).await, PushError::Http(_)));
    assert!(matches!(push(Sandbox::SUITE_ID, "nonsense").await, PushError::Http(_)));
}
