//! Exchanges: own ones, wrapped ones, stubs; and that none of them is told or tells more than it should.

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{Server, errcode, json, quick};
use serde_json::json;
use wecom::exchange::{
    Body, Exchange, ExchangeError, HeaderValue, Reply, Request, Response, Stub, Url, stub,
};
use wecom::token::BoxFuture;
use wecom::{Client, Error, Method, TransportKind};

const PATH: &str = "/cgi-bin/x";

fn of(exchange: impl Exchange) -> Client {
    Client::builder("ww1", "corp-secret-4711").exchange(exchange).retry(quick()).build().expect("builds")
}

async fn post(client: &Client) -> Result<serde_json::Value, Error> {
    client.raw(Method::Post, PATH, &[("auth_code", "code-4711")], Some(json!({"a": 1}))).await
}

#[tokio::test]
async fn a_stub_is_asked_what_a_server_would_be() {
    let stub = stub(|request| json!({"seen": request.query("auth_code")}));
    let client = of(stub.clone());
    assert_eq!(post(&client).await.expect("answers")["seen"], "code-4711");
    let asked = stub.requests();
    assert_eq!(asked.len(), 1, "the token request is the stub's own");
    assert_eq!((asked[0].method(), asked[0].endpoint()), (Method::Post, PATH));
    assert_eq!(asked[0].query("access_token").as_deref(), Some("stub-access-token"));
    assert_eq!(asked[0].json(), json!({"a": 1}));
    assert_eq!(asked[0].body().len(), Some(7), "HTTP clients make the header of it");
    assert_eq!(asked[0].url().host_str(), Some("qyapi.weixin.qq.com"));
}

#[tokio::test]
async fn a_stub_can_be_asked_for_tokens() {
    let stub = stub(|request| match request.is_for_token() {
        true => json!({"access_token": "mine", "expires_in": 7200}),
        false => json!({"token": request.query("access_token")}),
    })
    .with_token_requests();
    let client = of(stub.clone());
    assert_eq!(post(&client).await.expect("answers")["token"], "mine");
    let asked: Vec<_> = stub.requests().iter().map(|request| request.endpoint().to_owned()).collect();
    assert_eq!(asked, ["/cgi-bin/gettoken", PATH]);
}

/// What an exchange says becomes the call's error, and decides whether it is made again.
#[tokio::test]
async fn failures_are_told_and_repeated_by_their_kind() {
    let new = ExchangeError::new;
    for (failure, attempts, lost) in [
        (new(TransportKind::Connect, "no route"), 4, false),
        (new(TransportKind::Request, "no such header"), 1, false),
        (new(TransportKind::Broken, "reset"), 1, true),
        (new(TransportKind::Broken, "reset").not_sent(), 4, false),
        (new(TransportKind::Timeout, "slow"), 1, true),
    ] {
        let said = failure.clone();
        let stub = stub(move |_| said.clone());
        let error = post(&of(stub.clone())).await.expect_err("fails");
        let Error::Transport(told) = &error else { panic!("{error:?}") };
        assert_eq!((told.kind(), told.message()), (failure.kind(), failure.message()));
        assert_eq!(error.is_answer_lost(), lost, "{failure:?}");
        assert_eq!(stub.requests().len(), attempts, "{failure:?}");
    }
}

/// Counts what passes, and marks it.
struct Layer {
    inner: Arc<dyn Exchange>,
    name: &'static str,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Exchange for Layer {
    fn exchange(&self, mut request: Request) -> BoxFuture<'_, Result<Response, ExchangeError>> {
        Box::pin(async move {
            request.headers_mut().append("x-layers", HeaderValue::from_static(self.name));
            self.seen.lock().expect("no panic").push(format!("{} {}", self.name, request.endpoint()));
            self.inner.exchange(request).await
        })
    }
}

#[tokio::test]
async fn layers_stand_around_the_http_client() {
    let server = Server::with_tokens(|request| match request.number {
        1 => errcode(-1, "busy"),
        _ => json(json!({"errcode": 0})),
    })
    .await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let layer = |name| {
        let seen = Arc::clone(&seen);
        move |inner| Layer { inner, name, seen: Arc::clone(&seen) }
    };
    let client = server.client().wrap(layer("inner")).wrap(layer("outer")).build().expect("builds");
    post(&client).await.expect("is repeated");
    let requests = server.requests(PATH);
    assert_eq!(requests.len(), 2);
    let layers: Vec<_> =
        requests[1].head.lines().filter(|line| line.to_ascii_lowercase().starts_with("x-layers")).collect();
    assert_eq!(layers.len(), 2, "{layers:?}");
    assert!(layers[0].ends_with("outer") && layers[1].ends_with("inner"), "{layers:?}");
    let expected =
        ["/cgi-bin/gettoken", PATH, PATH].map(|path| [format!("outer {path}"), format!("inner {path}")]);
    assert_eq!(*seen.lock().expect("no panic"), expected.concat());
}

/// Who looks at a body does not take it from who sends it.
#[tokio::test]
async fn a_layer_may_read_bodies() {
    struct Reads(Arc<dyn Exchange>, Arc<Mutex<String>>);
    impl Exchange for Reads {
        fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, ExchangeError>> {
            Box::pin(async move {
                let request = request.read().await?;
                let response = self.0.exchange(request).await?.read().await?;
                let told =
                    response.body().as_bytes().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
                self.1.lock().expect("no panic").push_str(&told.unwrap_or_default());
                Ok(response)
            })
        }
    }
    let server = Server::with_tokens(|request| json(json!({"errcode": 0, "echo": request.json()}))).await;
    let told = Arc::new(Mutex::new(String::new()));
    let client = server.client().wrap({
        let told = Arc::clone(&told);
        move |inner| Reads(inner, Arc::clone(&told))
    });
    let answer = post(&client.build().expect("builds")).await.expect("answers");
    assert_eq!(answer["echo"], json!({"a": 1}));
    assert!(told.lock().expect("no panic").ends_with(r#"{"errcode":0,"echo":{"a":1}}"#));
}

/// Nothing is known of an exchange that does not end: what it was given may have been sent.
#[tokio::test]
async fn an_exchange_that_hangs_may_have_sent() {
    struct Hangs;
    impl Exchange for Hangs {
        fn exchange(&self, _: Request) -> BoxFuture<'_, Result<Response, ExchangeError>> {
            Box::pin(std::future::pending())
        }
    }
    let client = Client::builder_with_tokens("ww1", wecom::Secret::from("token-4711")).exchange(Hangs);
    let client = client.timeout(Duration::from_millis(20)).build().expect("builds");
    let error = post(&client).await.expect_err("ends");
    assert!(error.is_timeout() && error.is_answer_lost(), "{error:?}");
}

/// The token, a header's value and a body are in what an exchange is given, and not in what it prints.
#[tokio::test]
async fn nothing_secret_is_shown() {
    let shown: Arc<Mutex<String>> = Arc::default();
    let note = {
        let shown = Arc::clone(&shown);
        move |text: String| shown.lock().expect("no panic").push_str(&text)
    };
    let stub = stub(move |request| {
        note(format!("{request:?}"));
        let token = request.query("access_token").unwrap_or_default();
        let response = Response::json(json!({"access_token": token})).with_header("set-cookie", &token)?;
        note(format!("{response:?} {:?}", response.body()));
        Err::<Response, _>(ExchangeError::new(
            TransportKind::Broken,
            format!("GET https://host/?access_token={token}&x=1 said {token}"),
        ))
    });
    let client = Client::builder_with_tokens("ww1", wecom::Secret::from("Hush7Hush-token"))
        .header("x-key", "Hush7Hush-header")
        .exchange(stub.clone())
        .build()
        .expect("builds");
    let call =
        client.raw(Method::Post, PATH, &[("code", "Hush7Hush-code")], Some(json!({"a": "Hush7Hush-body"})));
    let error = call.await.expect_err("fails");
    let shown = shown.lock().expect("no panic");
    let all = format!("{shown} {error} {error:?} {stub:?} {client:?} {:?}", client.transport());
    assert!(shown.contains(PATH) && shown.contains("x-key"), "{shown}");
    assert!(!all.contains("Hush7Hush"), "{all}");
}

#[tokio::test]
async fn two_ways_of_sending_are_one_too_many() {
    let builder = Client::builder("ww1", "secret").exchange(stub(|_| json!({})));
    let error = builder.proxy("http://127.0.0.1:1").build().expect_err("a proxy without effect");
    assert!(error.to_string().contains("proxy"), "{error}");
}

#[tokio::test]
async fn parts_of_requests_and_answers() {
    let url = Url::parse("https://host/base/cgi-bin/x?a=1").expect("a URL");
    let request = Request::new(Method::Get, url).with_body("text");
    assert_eq!(request.json(), json!(null));
    let (method, url, headers, body) = request.into_parts();
    assert_eq!((method, url.path(), headers.len()), (Method::Get, "/base/cgi-bin/x", 0));
    assert_eq!((body.len(), body.is_empty()), (Some(4), false));
    assert_eq!(body.read().await.expect("reads"), "text");
    let pieces =
        ["ab", "", "c"].map(|piece| Ok::<_, std::io::Error>(bytes::Bytes::from_static(piece.as_bytes())));
    let stream = Body::from_stream(Some(3), futures_util::stream::iter(pieces));
    assert_eq!((stream.as_bytes(), stream.len()), (None, Some(3)));
    assert_eq!(stream.read().await.expect("reads"), "abc");
    let broken = [Err::<bytes::Bytes, _>(std::io::Error::other("disk"))];
    let error = Body::from_stream(None, futures_util::stream::iter(broken)).read().await.expect_err("fails");
    assert_eq!((error.kind(), error.message()), (TransportKind::Body, "disk"));
    assert!(Response::new(200, ()).with_header("a b", "c").is_err());
    assert_eq!(Response::refusal(40003, "no").reply().expect("an answer").status(), 200);
}

#[cfg(feature = "media")]
#[tokio::test]
async fn files_go_both_ways() {
    use wecom::MediaFile;
    use wecom::media::MediaType;

    let stub: Stub = stub(|request| match request.endpoint() {
        "/cgi-bin/media/upload" => Response::json(json!({"media_id": "m1"})),
        _ => Response::file("图.png", &b"\x89PNG"[..]),
    });
    let client = of(stub.clone());
    let file = MediaFile::from_bytes("图.png", &b"content"[..]);
    assert_eq!(client.media().upload(MediaType::Image, file).await.expect("goes up").media_id, "m1");
    let asked = stub.requests();
    let body = asked[0].body().as_bytes().expect("read into memory");
    assert!(String::from_utf8_lossy(body).contains("filename=\"图.png\"; filelength=7"));
    let file = client.media().get("m1").await.expect("comes down");
    assert_eq!(file.file_name(), Some("图.png"));
    assert_eq!(file.bytes().await.expect("whole"), &b"\x89PNG"[..]);
}
