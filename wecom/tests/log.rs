//! What calls leave in the log, and errors on one line. One at a time: what one subscriber wants, all are asked.

mod common;

use common::{Reply, Server, log};
use serde_json::{Value, json};
use wecom::{Client, Error, Method};

const PATH: &str = "/cgi-bin/x";

/// A server that answers everything but token requests with this.
async fn answering(body: String) -> (Server, Client) {
    let server = Server::with_tokens(move |_| {
        Reply::Http(200, "Content-Type: application/json\r\n".into(), body.clone().into())
    })
    .await;
    let client = server.client().build().expect("builds");
    (server, client)
}

async fn raw(client: &Client) -> Result<Value, Error> {
    client.raw(Method::Post, PATH, &[], Some(json!({}))).await
}

/// What a call leaves in the log and in errors: one line, not the whole body.
#[tokio::test]
async fn errors_are_one_short_line_and_logs_hold_no_body() {
    let _alone = log::alone().await;
    let log = log::Lines::default();
    let guard = tracing::subscriber::set_default(log.clone());
    let errmsg = format!("no\r\n2026-01-01 ERROR forged\u{1b}[31m\u{202e} {}", "x".repeat(5_000_000));
    let (server, client) = answering(json!({"errcode": 60111, "errmsg": errmsg}).to_string()).await;
    let error = raw(&client).await.expect_err("refused");
    for text in [error.to_string(), format!("{error:?}")] {
        assert!(
            text.len() < 2000 && !text.contains(['\n', '\r', '\u{1b}', '\u{202e}']),
            "{} bytes",
            text.len()
        );
        assert!(text.contains("ERROR forged"), "{text}");
    }
    assert!(error.api().expect("a refusal").errmsg().len() > 5_000_000);
    drop(server);
    let server = Server::with_tokens(|request| match request.number {
        1 => Reply::Http(502, "Content-Type: text/plain\r\n".into(), "张三 13800138000".into()),
        _ => Reply::Http(200, String::new(), br#"{"errcode":"13800138000x","name":"13800138000"}"#.to_vec()),
    })
    .await;
    let client = server.client().build().expect("builds");
    let error = client.raw(Method::Get, PATH, &[], None).await.expect_err("cannot be read");
    assert!(error.to_string().contains("13800138000"), "{error}");
    drop(guard);
    let text = log.lines().join("\n");
    assert!(!text.contains("13800138000") && !text.contains("xxxxxxxxxx".repeat(100).as_str()), "{text}");
    assert!(text.lines().all(|line| !line.contains(['\r', '\u{1b}'])), "{text}");
}

/// Under a filter that lets INFO through a failed call leaves a line that says which and why.
#[tokio::test]
async fn a_failed_call_leaves_a_line() {
    let _alone = log::alone().await;
    let log = log::Lines::at(tracing::Level::INFO);
    let guard = tracing::subscriber::set_default(log.clone());
    let (_server, client) = answering(r#"{"errcode":60111,"errmsg":"no such member"}"#.to_owned()).await;
    raw(&client).await.expect_err("refused");
    drop(guard);
    let lines = log.lines();
    let line = lines.iter().find(|line| line.contains("failed")).unwrap_or_else(|| panic!("{lines:?}"));
    assert!(line.contains(PATH) && line.contains("60111") && line.contains("no such member"), "{line}");
}

/// What stands in the query of a raw path is as secret as what is given beside it.
#[tokio::test]
async fn a_query_in_the_path_is_a_query() {
    let _alone = log::alone().await;
    let log = log::Lines::default();
    let guard = tracing::subscriber::set_default(log.clone());
    let (server, client) = answering(r#"{"errcode":40029,"errmsg":"invalid code"}"#.to_owned()).await;
    let call = client.raw(
        Method::Get,
        "/cgi-bin/auth/getuserinfo?code=Hush%20Hush&x=%E4%BD%A0",
        &[("y", "1")],
        None,
    );
    let shown = format!("{call:?}");
    let error = call.await.expect_err("refused");
    drop(guard);
    let text = format!("{shown} {error} {error:?} {}", log.lines().join(" "));
    assert!(!text.contains("Hush"), "{text}");
    let sent = &server.requests("/cgi-bin/auth/getuserinfo")[0];
    assert_eq!(sent.query, "access_token=token-1&code=Hush+Hush&x=%E4%BD%A0&y=1");
}

/// What answers have besides the fields of their types.
#[cfg(feature = "user")]
#[tokio::test]
async fn unknown_fields_are_told_once_for_an_endpoint() {
    let _alone = log::alone().await;
    let (_server, client) = answering(
        r#"{"errcode":0,"userid":"a","brand_new":"hush","order":[5000000000],"extattr":{"odd":{}}}"#
            .to_owned(),
    )
    .await;
    // Once for an endpoint, by name and without values, and only to those who listen.
    let log = log::Lines::default();
    let guard = tracing::subscriber::set_default(log.clone());
    for _ in 0..3 {
        client.user().get("a").await.expect("reads");
    }
    drop(guard);
    let lines: Vec<_> = log.lines().into_iter().filter(|line| line.contains("does not know")).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("INFO") && lines[0].contains("/cgi-bin/user/get"), "{lines:?}");
    assert!(lines[0].contains("brand_new, extattr.odd"), "{lines:?}");
    assert!(lines[0].contains("out_of_range=\"order\"") && !lines[0].contains("hush"), "{lines:?}");
}
