//! What an error says: its kind, whether the call may have been carried out, what to do. And what one call can be given.

mod common;
mod contract;

use std::collections::BTreeMap;
use std::time::Duration;

use common::{Reply, Request, Server, errcode, json, quick};
use contract::{Process, part, say};
use serde_json::{Value, json};
use wecom::{Client, Error, ErrorClass, ErrorCode, Method, RetryPolicy};

const SEND: &str = "/cgi-bin/message/send";

async fn send(client: &Client, repeat: bool) -> Error {
    client.raw(Method::Post, SEND, &[], None).repeat(repeat).await.expect_err("fails")
}

/// A lost answer is remembered through all that follows in the same call.
#[tokio::test]
async fn an_outcome_that_is_unknown_stays_so() {
    type Answer = fn(&Request) -> Reply;
    type Is = fn(&Error) -> bool;
    let cases: [(&str, Answer, bool, Is); 6] = [
        ("busy all the time", |_| errcode(-1, ""), false, Error::is_transient),
        ("refused", |_| errcode(60111, ""), false, Error::is_not_found),
        (
            "lost, then busy",
            |request| if request.number == 1 { Reply::Drop } else { errcode(-1, "") },
            true,
            Error::is_transient,
        ),
        (
            "lost, then refused",
            |request| if request.number == 1 { Reply::Drop } else { errcode(60102, "") },
            true,
            Error::is_conflict,
        ),
        (
            "lost, then a page",
            |request| match request.number {
                1 => Reply::Drop,
                _ => Reply::Http(403, String::new(), b"no".to_vec()),
            },
            true,
            |error| matches!(error, Error::Http(_)),
        ),
        (
            "busy, then lost for good",
            |request| if request.number == 1 { errcode(-1, "") } else { Reply::Drop },
            true,
            |error| matches!(error, Error::Transport(_)),
        ),
    ];
    for (name, answer, unknown, is) in cases {
        let server = Server::with_tokens(answer).await;
        let error = send(&server.client().build().expect("builds"), true).await;
        assert!(is(&error), "{name}: {error:?}");
        assert_eq!(error.is_answer_lost(), unknown, "{name}: {error:?}");
    }
    // What befell the call says more than what befell the token afterwards, unless it does no harm if it is made again.
    let lost_then_no_token: Answer = |request| match (request.path.as_str(), request.number) {
        ("/cgi-bin/gettoken", 1) => json(json!({"access_token": "token-1", "expires_in": 7200})),
        ("/cgi-bin/gettoken", _) => errcode(40001, ""),
        (_, 1) => Reply::Drop,
        _ => errcode(42001, ""),
    };
    let server = Server::start(lost_then_no_token).await;
    let error = send(&server.client().build().expect("builds"), true).await;
    assert!(matches!(&error, Error::Transport(_)) && error.is_answer_lost(), "{error:?}");
    let server = Server::start(lost_then_no_token).await;
    let client = server.client().build().expect("builds");
    let error = client.raw(Method::Get, SEND, &[], None).await.expect_err("fails");
    assert!(matches!(&error, Error::Token(_)) && error.is_credential(), "{error:?}");
}

/// A call that is given up before anything was sent was not carried out; one that waits for its answer may have been.
#[tokio::test]
async fn a_limit_of_time_says_whether_something_was_sent() {
    for (hangs, unknown) in [("/cgi-bin/gettoken", false), (SEND, true)] {
        let server = Server::start(move |request| match request.path.as_str() {
            path if path == hangs => Reply::Hang,
            _ => json(json!({"access_token": "token-1", "expires_in": 7200})),
        })
        .await;
        let client = server.client().build().expect("builds");
        let call = client.raw(Method::Post, SEND, &[], None).timeout(Duration::from_millis(200));
        let error = call.await.expect_err("hangs");
        assert!(error.is_timeout(), "{error:?}");
        assert_eq!((error.is_answer_lost(), error.endpoint()), (unknown, Some(SEND)), "{hangs}");
    }
    // A wait between two attempts is neither.
    let server = Server::with_tokens(|_| errcode(-1, "busy")).await;
    let patient =
        RetryPolicy::new().base_delay(Duration::from_secs(3600)).max_delay(Duration::from_secs(3600));
    let client = server.client().retry(patient).build().expect("builds");
    let call = client.raw(Method::Post, SEND, &[], None).timeout(Duration::from_millis(500));
    let error = call.await.expect_err("waits");
    assert!(error.is_timeout() && !error.is_answer_lost(), "{error:?}");
}

#[tokio::test]
async fn a_redirection_does_not_get_the_token() {
    let server = Server::with_tokens(|request| match request.path.as_str() {
        SEND => Reply::Http(302, "Location: /login\r\n".into(), Vec::new()),
        _ => json(json!({"errcode": 0})),
    })
    .await;
    let error = send(&server.client().build().expect("builds"), true).await;
    assert!(matches!(&error, Error::Http(http) if http.status() == 302), "{error:?}");
    assert!(server.requests("/login").is_empty());
}

#[tokio::test]
async fn connecting_has_a_limit_of_its_own() {
    // Takes connections, and never answers the beginning of TLS.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("https://{}", listener.local_addr().expect("an address"));
    let client = Client::builder_with_tokens("ww1", wecom::Secret::new("t0ken-9")).base_url(base);
    let client = client.connect_timeout(Duration::from_millis(100)).retry(RetryPolicy::never());
    let client = client.timeout(Duration::from_secs(3600)).build().expect("builds");
    let error = send(&client, true).await;
    assert!(error.is_timeout() && error.is_transient() && !error.is_answer_lost(), "{error:?}");
}

/// Every class of the catalogue, by the first code that has it.
#[tokio::test]
async fn each_class_has_its_predicate() {
    let mut codes = BTreeMap::new();
    for entry in ErrorCode::all().iter().filter(|entry| entry.class != ErrorClass::Ok) {
        codes.entry(format!("{:?}", entry.class)).or_insert(entry);
    }
    assert!(codes.len() >= 9, "{:?}", codes.keys());
    let server =
        Server::with_tokens(|request| errcode(request.json()["code"].as_i64().expect("a code"), "said"))
            .await;
    let client = server.client().retry(RetryPolicy::never()).build().expect("builds");
    for (class, entry) in codes {
        let call = client.raw(Method::Post, SEND, &[], Some(json!({"code": entry.code})));
        let error = call.await.expect_err("fails");
        let predicates: [(&str, bool); 9] = [
            ("Transient", error.is_transient() && !error.is_throttled()),
            ("Throttled", error.is_throttled()),
            ("TokenExpired", error.is_token_expired()),
            ("Credential", error.is_credential()),
            ("Permission", error.is_permission()),
            ("Parameter", error.is_parameter()),
            ("NotFound", error.is_not_found()),
            ("Conflict", error.is_conflict()),
            ("Quota", error.is_quota()),
        ];
        for (name, holds) in predicates {
            assert_eq!(holds, name == class, "{name} of {class}: {error:?}");
        }
        assert_eq!((error.class(), error.code()), (Some(entry.class), Some(entry.code.into())));
        let text = error.to_string();
        assert!(text.starts_with(&format!("{SEND}: errcode {}", entry.code)), "{text}");
        assert!(
            text.contains(entry.meaning) && text.contains("said") && text.contains(entry.advice),
            "{text}"
        );
    }
}

/// Text where an object is documented: the error names the place, shows it, and has all of the answer.
#[cfg(feature = "user")]
#[tokio::test]
async fn an_answer_of_another_shape_says_where() {
    let body =
        json!({"errcode": 0, "errmsg": "ok", "userid": "u1", "extattr": {"attrs": [{"type": 0}, "oops"]}});
    let answer = body.clone();
    let server = Server::with_tokens(move |_| json(answer.clone())).await;
    let error = server.client().build().expect("builds").user().get("u1").await.expect_err("cannot be read");
    let Error::Decode(decode) = &error else { panic!("{error:?}") };
    assert_eq!((decode.path(), decode.excerpt()), ("extattr.attrs[1]", "\"oops\""), "{error}");
    assert!(
        error.to_string().starts_with("/cgi-bin/user/get: the answer cannot be read at extattr.attrs[1]: ")
    );
    assert_eq!(serde_json::from_slice::<Value>(decode.body()).expect("JSON"), body);
    assert!(error.is_answer_lost());
}

#[tokio::test]
async fn an_http_client_of_ones_own_and_headers_of_one_call() {
    let server = Server::with_tokens(|_| json(json!({"errcode": 0, "errmsg": "ok"}))).await;
    let own = reqwest::Client::builder().user_agent("my-agent").no_proxy().build().expect("builds");
    let client = server.client().http(own).header("x-all", "1").build().expect("builds");
    let call = || client.raw(Method::Post, SEND, &[], None);
    call().header("x-one", "2").await.expect("sends");
    call().await.expect("sends");
    let heads: Vec<String> = server.requests(SEND).iter().map(|request| request.head.clone()).collect();
    for (head, expected) in [(&heads[0], true), (&heads[1], false)] {
        assert!(head.contains("user-agent: my-agent\r\n") && head.contains("x-all: 1\r\n"), "{head}");
        assert_eq!(head.contains("x-one: 2\r\n"), expected, "{head}");
    }
    let error = call().header("bad name", "hush-7").await.expect_err("cannot be sent");
    assert!(matches!(&error, Error::Config(_)) && !format!("{error} {error:?}").contains("hush"), "{error}");
}

/// The part of a process with an environment of its own; without one there is nothing to test here.
#[tokio::test]
async fn second_process() {
    let Some(base) = part() else { return };
    let client =
        Client::builder_with_tokens("ww1", wecom::Secret::new("t0ken-9")).base_url(base).retry(quick());
    let client = client.build().expect("builds");
    let done = client.raw(Method::Post, SEND, &[], None).await;
    say(&done.map_or_else(|error| error.to_string(), |answer| answer["errmsg"].to_string()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_environments_proxy_is_used_but_not_for_this_machine() {
    let server = Server::start(|_| json(json!({"errcode": 0, "errmsg": "proxied"}))).await;
    let through =
        [("HTTP_PROXY", server.base.as_str()), ("http_proxy", server.base.as_str()), ("NO_PROXY", "")];
    let mut other = Process::start_with("second_process", "http://wecom.invalid", &through);
    assert_eq!(other.says().as_deref(), Some("\"proxied\""));
    assert_eq!(server.requests("http://wecom.invalid/cgi-bin/message/send").len(), 1);
    // A proxy that is not there is in nobody's way here.
    let nowhere = [("HTTP_PROXY", "http://wecom.invalid"), ("http_proxy", "http://wecom.invalid")];
    let mut other = Process::start_with("second_process", &server.base, &nowhere);
    assert_eq!(other.says().as_deref(), Some("\"proxied\""));
    assert_eq!(server.requests(SEND).len(), 1);
}
