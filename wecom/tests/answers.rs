//! What is an answer, and what only looks like one: refusals, gateways, files, numbers that do not fit.

mod common;

use common::{Reply, Server, json};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use wecom::message::{SendResponse, Text};
use wecom::{Client, Error, Method};

const PATH: &str = "/cgi-bin/x";

/// A server that answers everything but token requests with this.
async fn answering(body: impl Into<Vec<u8>>) -> (Server, Client) {
    let body = body.into();
    let server = Server::with_tokens(move |_| {
        Reply::Http(200, "Content-Type: application/json\r\n".into(), body.clone())
    })
    .await;
    let client = server.client().build().expect("builds");
    (server, client)
}

async fn raw(client: &Client) -> Result<Value, Error> {
    client.raw(Method::Post, PATH, &[], Some(json!({}))).await
}

/// The same answer to a call that takes free JSON, to one with a type, and to one that wants no more than success.
async fn outcomes(body: &[u8]) -> [(&'static str, Result<String, Error>); 3] {
    let (_server, client) = answering(body).await;
    let sent = client.message().send(Text::new("x")).touser(["a"]).await;
    let recalled = client.message().recall("m1").await;
    [
        ("raw", raw(&client).await.map(|value| value.to_string())),
        ("typed", sent.map(|sent| format!("{sent:?}"))),
        ("nothing", recalled.map(|done| format!("{done:?}"))),
    ]
}

#[tokio::test]
async fn a_refusal_is_one_wherever_it_stands_and_whatever_is_broken_before_it() {
    let cases: [(&[u8], i64); 12] = [
        (b"{\"errmsg\":\"user \x01 not found\",\"errcode\":60111}", 60111),
        (b"{\"roomname\":\"a\tb\",\"errcode\":301059,\"errmsg\":\"no\"}", 301_059),
        (b"{\"userid\":\"a\nb\",\"errcode\":60011}", 60011),
        (b"{\"errmsg\":\"bad \xff\xfe\",\"errcode\":45009}", 45009),
        (b"{\"name\":\"\xe4\xbd\",\"errcode\":60111}", 60111),
        (br#"{"name":"abc\ud83d","errcode":60111}"#, 60111),
        (br#"{"errmsg":"abc\udc00","errcode":60111}"#, 60111),
        (br#"{"data":{"errcode":0},"errcode":"60111"}"#, 60111),
        (br#"{"errmsg":["not","text"],"errcode":60111}"#, 60111),
        (br#"{"errcode":0,"errmsg":"ok","errcode":60111}"#, 60111),
        (br#"{"errcode":60111.0}"#, 60111),
        (b"{\"errcode\":60111,\"errmsg\":\"cut off in the mid", 60111),
    ];
    for (body, code) in cases {
        for (name, outcome) in outcomes(body).await {
            let error = outcome.expect_err("a refusal");
            let shown = String::from_utf8_lossy(body);
            assert_eq!(
                (error.code(), error.is_answer_lost()),
                (Some(code), false),
                "{name}: {shown}: {error:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_head_that_cannot_be_read_is_no_success() {
    for code in [
        r#""E40001""#,
        "40001.5",
        "99999999999999999999",
        "{\"code\":1}",
        "[1]",
        "1e30",
        "false",
        "null",
        "\"\"",
    ] {
        for (name, outcome) in outcomes(format!("{{\"errcode\":{code},\"errmsg\":\"no\"}}").as_bytes()).await
        {
            let error = outcome.expect_err(code);
            let Error::Decode(decode) = &error else { panic!("{name}: {code}: {error:?}") };
            assert_eq!((decode.path(), error.is_answer_lost()), ("errcode", true), "{name}: {code}");
        }
    }
}

/// An expired token is one behind a control character, too.
#[tokio::test]
async fn an_expired_token_is_replaced_whatever_is_broken_before_its_code() {
    let server = Server::with_tokens(|request| match request.query.contains("token-1") {
        true => Reply::Http(200, String::new(), b"{\"errmsg\":\"\x02\",\"errcode\":42001}".to_vec()),
        false => json(json!({"errcode": 0})),
    })
    .await;
    raw(&server.client().build().expect("builds")).await.expect("the second token works");
    assert_eq!(server.requests("/cgi-bin/gettoken").len(), 2);
}

#[tokio::test]
async fn no_answer_is_not_taken_for_one() {
    let gateway = r#"{"code":401,"message":"please log in","data":null}"#;
    for (body, raw_too) in [("{}", true), ("[]", true), ("", true), ("null", true), (gateway, false)] {
        for (name, outcome) in outcomes(body.as_bytes()).await {
            match outcome {
                Ok(value) => assert!(name == "raw" && !raw_too, "{name}: {body:?} is {value}"),
                Err(error) => {
                    assert!(error.is_answer_lost(), "{name}: {body:?}: {error:?}");
                    assert!(
                        !body.contains("please") || error.to_string().contains("please log in"),
                        "{error}"
                    );
                }
            }
        }
    }
}

/// Endpoints whose answers have no `errcode` have their own fields.
#[cfg(feature = "user")]
#[tokio::test]
async fn without_errcode_the_fields_of_the_type_make_an_answer() {
    let (_server, client) = answering(r#"{"userid":"a","name":"b"}"#).await;
    assert_eq!(client.user().get("a").await.expect("an answer").name.as_deref(), Some("b"));
    for body in [r#"{"code":401,"message":"no","data":[]}"#, "{}", r#"{"userid":null}"#] {
        let (_server, client) = answering(body).await;
        let error = client.user().get("a").await.expect_err(body);
        assert!(matches!(error, Error::Decode(_)), "{body}: {error:?}");
        // A stream of pages does not end as if all had been received.
        let mut pages = Box::pin(client.user().list_id().pages());
        assert!(matches!(pages.next().await, Some(Err(Error::Decode(_)))), "{body}");
        assert!(pages.next().await.is_none(), "{body}");
    }
    let (_server, client) = answering(r#"{"errcode":0,"errmsg":"ok"}"#).await;
    assert!(client.user().list_id().items().collect_all().await.expect("an empty list").is_empty());
}

#[tokio::test]
async fn a_value_that_addresses_others_is_not_sent() {
    let (server, client) = answering(r#"{"errcode":0}"#).await;
    let message = |ids: &[&str]| {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        client.message().send(Text::new("x")).touser(ids)
    };
    for ids in [&["x|boss"][..], &["a", "b|"], &["|"]] {
        let error = message(ids).await.expect_err("two people");
        assert!(
            matches!(&error, Error::Encode { .. }) && error.to_string().contains("has a | in it"),
            "{error}"
        );
    }
    message(&["a", "b"]).await.expect("sends");
    let sent = server.requests("/cgi-bin/message/send");
    assert_eq!((sent.len(), sent[0].json()["touser"].as_str()), (1, Some("a|b")));
}

/// The application that the client is for is the one that sends, unless another one is named.
#[tokio::test]
async fn messages_are_of_the_clients_own_application() {
    let (server, client) = answering(r#"{"errcode":0}"#).await;
    let message = || client.message().send(Text::new("x")).touser(["a"]);
    message().await.expect("sends");
    message().agentid(7).await.expect("sends");
    let unnamed = Client::builder("ww1", "s").base_url(&server.base).build().expect("builds");
    unnamed.message().send(Text::new("x")).await.expect("sends");
    let sent: Vec<_> =
        server.requests("/cgi-bin/message/send").iter().map(|sent| sent.json()["agentid"].clone()).collect();
    assert_eq!(sent, [json!(1), json!(7), Value::Null]);
}

#[cfg(feature = "user")]
#[tokio::test]
async fn what_the_type_does_not_know_is_told() {
    let body = json!({
        "errcode": 0, "errmsg": "ok", "userid": "a", "brand_new": 1, "department": [1],
        "extattr": {"attrs": [{"type": 0, "name": "n", "text": {"value": "v", "fresh": 1}, "newer": 2}], "odd": {}},
    });
    let (_server, client) = answering(body.to_string()).await;
    let full = client.user().get("a").full().await.expect("reads");
    assert_eq!(
        full.unknown_fields(),
        ["brand_new", "extattr.attrs.newer", "extattr.attrs.text.fresh", "extattr.odd"]
    );
    assert!(full.out_of_range().is_empty());
}

/// Nor does it become strange by what people wrote into a name.
#[cfg(feature = "user")]
#[tokio::test]
async fn a_mended_answer_is_told_about_once() {
    let body = "{\"errcode\":0,\"errmsg\":\"ok\",\"userid\":\"a\",\"extattr\":{\"attrs\":[{\"type\":0,\"name\":\"n\x01\",\"newer\":2}]},\"order\":[-1]}";
    let (_server, client) = answering(body).await;
    let full = client.user().get("a").full().await.expect("reads");
    assert_eq!(full.unknown_fields(), ["extattr.attrs.newer"]);
    assert_eq!(full.out_of_range(), ["order = -1"]);
}

/// Numbers that a field cannot hold do not cost the answer, and do not become others.
#[cfg(feature = "user")]
#[tokio::test]
async fn a_number_that_does_not_fit_is_not_there() {
    let body = r#"{"errcode":0,"userid":"a","gender":1,"order":[-1,7,5000000000],"enable":5000000000,"status":-7000000000}"#;
    let (_server, client) = answering(body).await;
    let full = client.user().get("a").full().await.expect("reads");
    assert_eq!(full.value.order, [0, 7, 0]);
    assert!(full.out_of_range().iter().any(|field| field == "order = -1"), "{:?}", full.out_of_range());
    assert!(
        full.out_of_range().iter().any(|field| field == "order = 5000000000"),
        "{:?}",
        full.out_of_range()
    );
    // Beyond 64 bits nothing is known of it.
    let (_server, client) = answering(r#"{"errcode":0,"userid":"a","order":[18446744073709551616]}"#).await;
    assert!(matches!(client.user().get("a").await, Err(Error::Decode(_))));
}

/// A float or a text that stands for an integer it cannot hold is an error, not another integer.
#[test]
fn no_number_becomes_another() {
    fn fails<T: wecom::wire::Read + std::fmt::Debug>(text: &str) {
        let read = wecom::wire::decode::<Vec<T>>(text.as_bytes());
        assert!(read.is_err(), "{text} is read as {read:?}");
    }
    fails::<i64>("[9007199254740993.0]");
    fails::<i64>("[1e19]");
    fails::<u64>(r#"["18446744073709551616"]"#);
    fails::<u64>("[18446744073709551616]");
    fails::<u64>("[-1]");
    fails::<String>("[12345678901234567890123]");
    fails::<f64>("[9007199254740993]");
    fails::<f64>(r#"["inf"]"#);
    fails::<f64>(r#"["1e999"]"#);
    assert_eq!(
        wecom::wire::decode::<Vec<i64>>(b"[100000000000001.0, \"7\", 8.0]").expect("reads"),
        [100_000_000_000_001, 7, 8]
    );
    assert_eq!(
        wecom::wire::decode::<Vec<String>>(b"[18446744073709551615, 1.5]").expect("reads"),
        ["18446744073709551615", "1.5"]
    );
}

/// The causes of an error, as anyhow prints them: each once.
#[tokio::test]
async fn a_cause_is_told_once() {
    let server = Server::start(|_| common::errcode(40013, "invalid corpid")).await;
    let error = raw(&server.client().build().expect("builds")).await.expect_err("refused");
    let mut chain = vec![error.to_string()];
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        chain.push(cause.to_string());
        source = cause.source();
    }
    let chain = chain.join(": ");
    assert_eq!(chain.matches("invalid corpid").count(), 1, "{chain}");
}

/// What a refusal lists beside its code is not lost, and what cannot be read names its place without showing a secret.
#[tokio::test]
async fn a_refusal_still_has_its_answer() {
    let refused = async |body: &str| {
        let (_server, client) = answering(body).await;
        let sent = client.message().send(Text::new("x")).touser(["a"]).await;
        match sent {
            Err(Error::Api(refusal)) => refusal,
            other => panic!("a refusal: {other:?}"),
        }
    };
    let refusal = refused(r#"{"errcode":60205,"errmsg":"partly","invaliduser":"a|b","msgid":"m1"}"#).await;
    let answer: SendResponse = refusal.answer().expect("reads");
    assert_eq!((refusal.code(), answer.msgid.as_str()), (60_205, "m1"));
    assert_eq!(answer.invaliduser, ["a", "b"]);

    let refusal = refused(r#"{"errcode":60205,"errmsg":"no","msgid":{"of":"token-1"}}"#).await;
    let error = refusal.answer::<SendResponse>().expect_err("no text");
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("msgid") && !shown.contains("token-1"), "{shown}");
}
