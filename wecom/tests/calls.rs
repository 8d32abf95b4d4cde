//! Calls against a server that misbehaves.

mod common;

use std::time::Duration;

use common::{Reply, Request, Server, errcode, json, quick};
use serde_json::{Value, json};
use wecom::{Client, Error, ErrorClass, Method, RetryPolicy, Stats, TransportKind};

const SEND: &str = "/cgi-bin/message/send";
const GET: &str = "/cgi-bin/user/get";

async fn send(client: &Client) -> Result<Value, Error> {
    client.raw(Method::Post, SEND, &[], Some(json!({"agentid": 1}))).await
}

async fn get(client: &Client) -> Result<Value, Error> {
    client.raw(Method::Get, GET, &[("userid", "张 三&")], None).await
}

fn ok() -> Reply {
    json(json!({"errcode": 0, "errmsg": "ok", "msgid": "m1"}))
}

#[track_caller]
fn counted(client: &Client, calls: u64, requests: u64, token_fetches: u64, retries: u64, replays: u64) {
    let stats = client.stats();
    let Stats { calls: c, requests: r, token_fetches: t, retries: n, replays: p, .. } = stats;
    assert_eq!((c, r, t, n, p), (calls, requests, token_fetches, retries, replays), "{stats:?}");
}

#[tokio::test]
async fn a_token_is_fetched_once_and_carried() {
    let server = Server::with_tokens(|_| ok()).await;
    let client = server.client().header("x-gateway", "gw").build().expect("builds");
    assert_eq!(send(&client).await.expect("sends")["msgid"], "m1");
    get(&client).await.expect("gets");
    let token = &server.requests("/cgi-bin/gettoken")[0];
    assert_eq!(
        (token.method.as_str(), token.query.as_str()),
        ("GET", "corpid=ww1&corpsecret=corp-secret-4711")
    );
    let sent = &server.requests(SEND)[0];
    assert_eq!((sent.method.as_str(), sent.query.as_str()), ("POST", "access_token=token-1"));
    assert_eq!(sent.json(), json!({"agentid": 1}));
    assert!(
        sent.head.contains("x-gateway: gw\r\n") && sent.head.contains("content-type: application/json\r\n")
    );
    assert_eq!(server.requests(GET)[0].query, "access_token=token-1&userid=%E5%BC%A0+%E4%B8%89%26");
    counted(&client, 2, 3, 1, 0, 0);
}

#[tokio::test]
async fn an_expired_token_is_replaced_once() {
    for code in [40014, 42001] {
        let server = Server::with_tokens(move |request| match request.query.contains("token-1") {
            true => errcode(code, "expired"),
            false => ok(),
        })
        .await;
        let client = server.client().build().expect("builds");
        send(&client).await.expect("the second token works");
        counted(&client, 1, 4, 2, 0, 1);
    }
    // Refused again with the new one: something else is wrong.
    let server = Server::with_tokens(|_| errcode(42001, "expired, hint: [1], from ip: 1.2.3.4")).await;
    let client = server.client().build().expect("builds");
    let error = send(&client).await.expect_err("fails");
    assert!(error.is_token_expired() && !error.is_transient(), "{error}");
    assert!(error.to_string().contains("hint: [1], from ip: 1.2.3.4"), "{error}");
    counted(&client, 1, 4, 2, 0, 1);
}

#[tokio::test]
async fn a_wrong_secret_is_never_retried() {
    let server = Server::start(|_| errcode(40001, "invalid credential")).await;
    let client = server.client().build().expect("builds");
    let error = send(&client).await.expect_err("fails");
    assert!(matches!(&error, Error::Token(_)) && error.is_credential(), "{error:?}");
    assert_eq!((error.code(), error.endpoint()), (Some(40001), Some("/cgi-bin/gettoken")));
    counted(&client, 1, 1, 1, 0, 0);
}

#[tokio::test]
async fn busy_answers_are_repeated_even_for_sends() {
    for code in [-1, 45033] {
        let server =
            Server::with_tokens(move |request| if request.number < 3 { errcode(code, "") } else { ok() })
                .await;
        let client = server.client().build().expect("builds");
        send(&client).await.expect("the third works");
        counted(&client, 1, 4, 1, 2, 0);
    }
    let server = Server::with_tokens(|_| errcode(-1, "system busy")).await;
    let client = server.client().build().expect("builds");
    let error = send(&client).await.expect_err("stays busy");
    assert!(error.is_transient() && error.class() == Some(ErrorClass::Transient));
    counted(&client, 1, 5, 1, 3, 0);
    for (client, call_says) in [
        (server.client().retry(RetryPolicy::never()).build().expect("builds"), None),
        (server.client().build().expect("builds"), Some(false)),
        (server.client().retry(quick().budget(0)).build().expect("builds"), None),
    ] {
        let call = client.raw(Method::Post, SEND, &[], None);
        let call = if let Some(repeat) = call_says { call.repeat(repeat) } else { call };
        assert_eq!(call.await.expect_err("fails").code(), Some(-1));
        counted(&client, 1, 2, 1, 0, 0);
    }
}

#[tokio::test]
async fn a_lost_answer_is_repeated_only_where_harmless() {
    fn faulty(fault: fn() -> Reply) -> impl Fn(&Request) -> Reply {
        move |request| if request.number == 1 { fault() } else { ok() }
    }
    type Fault = (fn() -> Reply, fn(&Error) -> bool);
    let faults: [Fault; 3] = [
        (|| Reply::Drop, |error| matches!(error, Error::Transport(e) if e.kind() == TransportKind::Broken)),
        (
            || Reply::Truncated(b"{\"errcode\":0".to_vec()),
            |error| matches!(error, Error::Transport(e) if e.kind() == TransportKind::Body),
        ),
        (
            || Reply::Http(502, String::new(), Vec::new()),
            |error| matches!(error, Error::Http(e) if e.status() == 502),
        ),
    ];
    for (fault, expected) in faults {
        let server = Server::with_tokens(faulty(fault)).await;
        let client = server.client().build().expect("builds");
        let error = send(&client).await.expect_err("is not repeated");
        assert!(expected(&error) && error.is_answer_lost() && error.is_transient(), "{error:?}");
        counted(&client, 1, 2, 1, 0, 0);
        get(&client).await.expect("is repeated");
        counted(&client, 2, 4, 1, 1, 0);
        // The caller knows better.
        let server = Server::with_tokens(faulty(fault)).await;
        let client = server.client().build().expect("builds");
        client.raw(Method::Post, SEND, &[], None).repeat(true).await.expect("is repeated");
        counted(&client, 1, 3, 1, 1, 0);
    }
}

#[tokio::test]
async fn no_connection_is_always_repeated() {
    // A port that was free a moment ago.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let client = Client::builder_with_tokens("ww1", wecom::Secret::new("t0ken-9"))
        .base_url(base)
        .retry(quick())
        .build();
    let client = client.expect("builds");
    let error = send(&client).await.expect_err("fails");
    assert!(matches!(&error, Error::Transport(e) if e.kind() == TransportKind::Connect), "{error:?}");
    assert!(error.is_transient() && !error.is_answer_lost() && !error.is_timeout());
    counted(&client, 1, 4, 1, 3, 0);
}

#[tokio::test]
async fn what_is_not_the_api_is_reported_as_what_it_is() {
    fn page(status: u16, body: &'static str) -> impl Fn(&Request) -> Reply {
        move |_| Reply::Http(status, "Content-Type: text/html; charset=utf-8\r\n".into(), body.into())
    }
    for (status, body, expected) in [
        (
            200,
            "<html><head><title>Corp  login</title>",
            "/cgi-bin/message/send: HTTP 200, an HTML page instead of an answer: Corp login",
        ),
        (302, "", "/cgi-bin/message/send: HTTP 302, a redirect instead of an answer"),
        (407, "denied", "/cgi-bin/message/send: HTTP 407, the proxy asks for credentials: denied"),
        (
            404,
            "<TITLE>404 Not Found</TITLE>",
            "/cgi-bin/message/send: HTTP 404, an HTML page instead of an answer: 404 Not Found",
        ),
        (
            403,
            "url https://x/?access_token=token-1",
            "/cgi-bin/message/send: HTTP 403, an HTML page instead of an answer: url https://x/?access_token=***",
        ),
    ] {
        let server = Server::with_tokens(page(status, body)).await;
        let error = send(&server.client().build().expect("builds")).await.expect_err("fails");
        assert_eq!(error.to_string(), expected);
        assert!(matches!(&error, Error::Http(e) if e.status() == status));
    }
    // An error status with the API's own error in it.
    let server = Server::with_tokens(|_| {
        Reply::Http(500, String::new(), br#"{"errcode":60111,"errmsg":"no"}"#.to_vec())
    })
    .await;
    assert!(send(&server.client().build().expect("builds")).await.expect_err("fails").is_not_found());
    // JSON that breaks off although HTTP says that it is complete.
    let server = Server::with_tokens(|_| {
        Reply::Http(200, String::new(), br#"{"errcode":0,"errmsg":"ok","x":"#.to_vec())
    })
    .await;
    let error = send(&server.client().build().expect("builds")).await.expect_err("fails");
    assert!(
        matches!(&error, Error::Decode(e) if e.message().contains("EOF")) && error.is_answer_lost(),
        "{error}"
    );
}

#[tokio::test]
async fn limits_of_time_and_size() {
    let server = Server::with_tokens(|request| match request.path.as_str() {
        SEND => Reply::Hang,
        _ => json(json!({"errcode": 0, "x": "y".repeat(10_000)})),
    })
    .await;
    let client = server
        .client()
        .timeout(Duration::from_millis(100))
        .retry(RetryPolicy::never())
        .build()
        .expect("builds");
    let error = send(&client).await.expect_err("hangs");
    assert!(error.is_timeout() && error.is_answer_lost(), "{error:?}");
    let client = server.client().build().expect("builds");
    let error = client
        .raw(Method::Post, SEND, &[], None)
        .timeout(Duration::from_millis(100))
        .await
        .expect_err("hangs");
    assert!(error.is_timeout(), "{error:?}");
    let client = server.client().max_answer(5_000).build().expect("builds");
    let error = get(&client).await.expect_err("too large");
    assert!(matches!(&error, Error::Transport(e) if e.kind() == TransportKind::TooLarge), "{error:?}");
}

#[tokio::test]
async fn a_base_url_with_a_path_and_a_proxy() {
    let server = Server::start(|request| match request.path.ends_with("/cgi-bin/gettoken") {
        true => json(json!({"errcode": 0, "access_token": "t", "expires_in": 7200})),
        false => ok(),
    })
    .await;
    let client = server.client().base_url(format!("{}/gateway/", server.base)).build().expect("builds");
    send(&client).await.expect("sends");
    assert_eq!(server.requests("/gateway/cgi-bin/message/send").len(), 1);
    let client = Client::builder("ww1", "s")
        .base_url("http://wecom.invalid")
        .proxy(&server.base)
        .build()
        .expect("builds");
    send(&client).await.expect("sends");
    assert_eq!(server.requests("http://wecom.invalid/cgi-bin/message/send").len(), 1);
}

#[test]
fn what_cannot_work_is_said_when_it_is_built() {
    for (builder, expected) in [
        (Client::builder("", "s"), "the corp id is empty"),
        (Client::builder("ww1", " "), "the secret is empty"),
        (Client::builder("ww1", "s").base_url("qyapi.weixin.qq.com"), "the base URL must be like"),
        (Client::builder("ww1", "s").base_url("ftp://x"), "neither http nor https"),
        (Client::builder("ww1", "s").base_url("https://u:hush-7@x"), "use a header instead"),
        (Client::builder("ww1", "s").base_url("https://qyapi.weixin.qq.com/cgi-bin"), "leave out /cgi-bin"),
        (Client::builder("ww1", "s").base_url("https://gw.example/wecom/cgi-bin/"), "leave out /cgi-bin"),
        (Client::builder("ww1", "s").base_url("http://qyapi.weixin.qq.com"), "must not go over plain http"),
        (Client::builder("ww1", "s").base_url("https://qyapi.weixin.qq.com\n"), "it ends in a blank"),
        (Client::builder("ww1", "hush-7\n"), "the secret ends in a blank or a line end"),
        (Client::builder("ww1", " hush-7"), "the secret begins with a blank or a line end"),
        (Client::builder("ww1", "hush 7"), "the secret has a blank or a line end in it"),
        (Client::builder("ww1\r\n", "s"), "the corp id ends in a blank or a line end"),
        (Client::builder("ww\u{200b}1", "s"), "the corp id has a blank"),
        (Client::builder_with_tokens("ww1", wecom::Secret::new("hush-7\n")), "the token ends in a blank"),
        (Client::builder_with_tokens("ww1 ", wecom::Secret::new("t")), "the corp id ends in a blank"),
        (Client::builder("ww1", "s").proxy("http://127.0.0.1:9\n"), "the proxy's URL ends in a blank"),
        (
            Client::builder("ww1", "s").http(reqwest::Client::new()).proxy("http://127.0.0.1:9"),
            "a proxy has no effect on an HTTP client made elsewhere",
        ),
        (Client::builder("ww1", "s").header("bad name", "hush-7"), "the header \"bad name\" cannot be sent"),
        (Client::builder("ww1", "s").proxy("http://u:hush-7@:x"), "the proxy's URL cannot be used"),
    ] {
        let error = builder.build().expect_err(expected);
        let shown = format!("{error} {error:?}");
        assert!(
            matches!(error, Error::Config(_)) && shown.contains(expected) && !shown.contains("hush-7"),
            "{shown}"
        );
    }
}

/// The same for everybody else who takes ids and secrets.
#[tokio::test]
async fn ids_and_secrets_have_no_blanks() {
    use wecom::{HardwareModel, Provider, Suite, Timestamp, Webhook};
    fn refused<T>(made: Result<T, Error>, expected: &str) {
        let error = made.err().unwrap_or_else(|| panic!("not refused: {expected}"));
        let shown = format!("{error} {error:?}");
        assert!(
            matches!(error, Error::Config(_)) && shown.contains(expected) && !shown.contains("hush"),
            "{shown}"
        );
    }
    refused(Suite::builder("s\n", "x").build(), "the suite id ends in a blank");
    refused(Suite::builder("s", "hush\n").build(), "the suite secret ends in a blank");
    refused(Provider::builder("ww1 ", "x").build(), "ends in a blank");
    refused(Provider::builder("ww1", "hush\t").build(), "ends in a blank");
    refused(HardwareModel::builder("m\n", "x").build(), "the model id ends in a blank");
    refused(HardwareModel::builder("m", "hush\n").build(), "the model secret ends in a blank");
    let model = HardwareModel::builder("m", "x").build().expect("builds");
    refused(model.device("SN1\n", "x"), "the serial number ends in a blank");
    refused(model.device("SN1", "hush\n"), "the device secret ends in a blank");
    let suite = Suite::builder("s", "x").build().expect("builds");
    refused(suite.corp("ww1\n", "x"), "the corp id ends in a blank");
    refused(suite.corp("ww1", "hush\n"), "the permanent code ends in a blank");
    refused(suite.stored_corp(" ww1").map(drop), "the corp id begins with a blank");
    refused(suite.set_ticket("hush\n", Timestamp(1)).await, "the suite_ticket ends in a blank");
    refused(
        suite.set_permanent_code("ww1", "hush\n", Timestamp(1)).await,
        "the permanent_code ends in a blank",
    );
    refused(Webhook::new("hush\n"), "the key ends in a blank");
    refused(Webhook::new("https://a.example/send?monkey=hush"), "the robot's address has no `key=`");
    refused(Webhook::new("https://a.example/send?key="), "the key is empty");
}

/// A robot's address is read as an address.
#[tokio::test]
async fn a_robots_key_is_the_parameter_of_that_name() {
    for (given, key) in [
        ("693a-91", "693a-91"),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a-91", "693a-91"),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?monkey=x&key=693a-91&debug=1#top", "693a-91"),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a%2Fb", "a%2Fb"),
        ("no-key=here", "no-key%3Dhere"),
    ] {
        let server = Server::start(|_| ok()).await;
        let robot = wecom::Webhook::builder(given).base_url(&server.base).build().expect("builds");
        robot.raw(Method::Post, "/cgi-bin/webhook/send", &[], None).await.expect("sends");
        assert_eq!(server.requests("/cgi-bin/webhook/send")[0].query, format!("key={key}"), "{given}");
    }
}

#[tokio::test]
async fn a_path_cannot_change_the_host() {
    let server = Server::with_tokens(|_| ok()).await;
    let client = server.client().build().expect("builds");
    let error = client.raw(Method::Get, "@evil.example/x", &[], None).await.expect_err("refused");
    assert!(matches!(error, Error::Config(_)), "{error}");
}

#[tokio::test]
async fn the_whole_answer_is_at_hand() {
    let server =
        Server::with_tokens(|_| json(json!({"errcode": 0, "errmsg": "ok, but", "extra": [1]}))).await;
    let full =
        server.client().build().expect("builds").raw(Method::Get, GET, &[], None).full().await.expect("gets");
    assert_eq!(full.errmsg, "ok, but");
    assert_eq!(serde_json::from_slice::<Value>(&full.body).expect("JSON"), full.value);
}
