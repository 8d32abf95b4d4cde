//! The axum routes over real HTTP, with the sandbox in WeCom's place.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::FromRef;
use axum::response::Response;
use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use wecom::callback::Crypto;
use wecom::callback::axum::{Callbacks, Received, Refused, Reply, Verified, Work};
use wecom::events::Event;
use wecom::events::app::AppEvent;
use wecom::events::third_party::ThirdPartyEvent;
use wecom::{Suite, Transport};
use wecom_sandbox::Sandbox;

const TEXT: &str = "<xml><ToUserName><![CDATA[ww5a4db0c000000001]]></ToUserName><FromUserName><![CDATA[zhangsan]]></FromUserName>\
    <CreateTime>1348831860</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content>\
    <MsgId>1234567890123456</MsgId><AgentID>1000002</AgentID></xml>";

fn crypto(receive_ids: &[&str]) -> Crypto {
    let ids = receive_ids.iter().copied();
    Crypto::new(Sandbox::CALLBACK_TOKEN, Sandbox::CALLBACK_AES_KEY, ids).expect("valid")
}

/// Serves until the test ends. Gives the address of `/callback`.
async fn serve(app: Router) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}/callback")
}

#[tokio::test]
async fn a_ticket_arrives_and_makes_calls_possible() {
    let sandbox = Sandbox::start().await.expect("starts");
    let transport = Transport::builder().base_url(sandbox.base_url()).build().expect("builds");
    let suite = Suite::builder(Sandbox::SUITE_ID, Sandbox::SUITE_SECRET)
        .transport(&transport)
        .build()
        .expect("builds");
    let own = suite.clone();
    let url =
        serve(Callbacks::new(crypto(&[Sandbox::SUITE_ID])).at("/callback", move |received: Received| {
            let suite = own.clone();
            async move {
                if let Event::ThirdParty(ThirdPartyEvent::SuiteTicket(ticket)) = received.event {
                    suite.set_ticket(ticket.suite_ticket, ticket.time_stamp).await?;
                }
                Ok::<_, wecom::Error>(())
            }
        }))
        .await;
    assert!(suite.ticket_pushed_at().await.expect("reads").is_none());
    let pushed = sandbox.push_suite_ticket(&url).await.expect("answers");
    assert_eq!((pushed.status, pushed.body.as_str()), (200, "success"));
    assert!(suite.ticket_pushed_at().await.expect("reads").is_some());
    let corp = suite.corp(Sandbox::AUTH_CORP_ID, Sandbox::PERMANENT_CODE).expect("builds");
    corp.access_token().await.expect("a token from the pushed ticket");
    // The address is proven by GET; a receive id that is not accepted is not.
    let (text, proof) = sandbox.verify_url(&url, Sandbox::SUITE_ID).await.expect("answers");
    assert_eq!((proof.status, proof.body), (200, text));
    let (_, proof) = sandbox.verify_url(&url, Sandbox::CORP_ID).await.expect("answers");
    assert_eq!((proof.status, proof.body.as_str()), (403, ""));
}

#[tokio::test]
async fn a_handlers_result_is_the_answer() {
    let sandbox = Sandbox::start().await.expect("starts");
    let crypto = crypto(&[Sandbox::CORP_ID]);
    let url = serve(Callbacks::new(crypto.clone()).at("/callback", |received: Received| async move {
        let Event::App(AppEvent::MessageText(text)) = &received.event else {
            return match &received.event {
                Event::Unknown(notice) if notice.event() == Some("panic") => panic!("a handler that panics"),
                Event::Unknown(notice) if notice.event() == Some("fail") => Err("did not work"),
                Event::Unknown(notice) if received.mismatch.is_some() => Ok(Reply::Passive(notice.kind())),
                _ => Ok(Reply::Accepted),
            };
        };
        Ok(Reply::Passive(format!("<xml><Content><![CDATA[{}]]></Content></xml>", text.content)))
    }))
    .await;
    let opened = |body: &str| {
        let take = |name: &str| {
            let after = body.split(&format!("<{name}>")).nth(1).expect("an element");
            let text = after.split("</").next().expect("its text");
            text.trim_start_matches("<![CDATA[").trim_end_matches("]]>").to_owned()
        };
        let opened =
            crypto.decrypt(&take("MsgSignature"), &take("TimeStamp"), &take("Nonce"), &take("Encrypt"));
        opened.expect("signed and encrypted").text
    };
    let event = |name: &str| format!("<xml><MsgType>event</MsgType><Event>{name}</Event></xml>");
    let push = async |text: &str| sandbox.push_xml(&url, Sandbox::CORP_ID, text).await.expect("answers");
    let passive = push(TEXT).await;
    assert_eq!(opened(&passive.body), "<xml><Content><![CDATA[你好]]></Content></xml>");
    // A known event that is not as the spec has it arrives all the same.
    let mismatch = push(&TEXT.replace("1234567890123456", "no number")).await;
    assert_eq!((mismatch.status, opened(&mismatch.body).as_str()), (200, "text"));
    for (text, expected) in [
        (event("never_heard_of"), (200, "")),
        ("<xml><InfoType>never_heard_of</InfoType></xml>".to_owned(), (200, "success")),
        (event("fail"), (500, "")),
        (event("panic"), (500, "")),
        ("neither XML nor JSON".to_owned(), (400, "")),
        // The service lives on.
        (event("enter_agent"), (200, "")),
    ] {
        let pushed = push(&text).await;
        assert_eq!((pushed.status, pushed.body.as_str()), expected, "{text}");
    }
}

#[tokio::test]
async fn the_work_goes_on_after_the_answer() {
    let sandbox = Sandbox::start().await.expect("starts");
    let (go, work) = (Arc::new(Notify::new()), Work::new(1));
    let (tell, mut told) = mpsc::unbounded_channel();
    let held = Arc::clone(&go);
    let callbacks = Callbacks::new(crypto(&[Sandbox::CORP_ID])).answer_within(Duration::ZERO).work(&work);
    let url = serve(callbacks.at("/callback", move |received: Received| {
        let (go, tell) = (Arc::clone(&held), tell.clone());
        async move {
            go.notified().await;
            let _ = tell.send(received.message.receive_id().to_owned());
        }
    }))
    .await;
    // Answered while the handler stands still; a second one finds no place.
    let pushed = sandbox.push_xml(&url, Sandbox::CORP_ID, TEXT).await.expect("answers");
    assert_eq!((pushed.status, pushed.body.as_str(), work.running()), (200, "", 1));
    let pushed = sandbox.push_xml(&url, Sandbox::CORP_ID, TEXT).await.expect("answers");
    assert_eq!(pushed.status, 503);
    assert!(told.try_recv().is_err());
    go.notify_one();
    work.finish().await;
    assert_eq!((told.recv().await.as_deref(), work.running()), (Some(Sandbox::CORP_ID), 0));
}

/// Sends bytes as they are and gives the status.
async fn raw(url: &str, request: &str) -> String {
    let address = url.trim_start_matches("http://").trim_end_matches("/callback");
    let mut stream = TcpStream::connect(address).await.expect("connects");
    stream.write_all(request.as_bytes()).await.expect("writes");
    let mut answer = Vec::new();
    while !answer.windows(4).any(|window| window == b"\r\n\r\n") {
        if stream.read_buf(&mut answer).await.expect("reads") == 0 {
            break;
        }
    }
    String::from_utf8_lossy(&answer).split(' ').nth(1).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn what_strangers_send_is_refused() {
    let crypto = crypto(&[Sandbox::CORP_ID]).body_limit(2048);
    let (tell, mut told) = mpsc::unbounded_channel();
    let url = serve(Callbacks::new(crypto.clone()).at("/callback", move |received: Received| {
        let _ = tell.send(received);
        async {}
    }))
    .await;
    let post = |query: &str, headers: &str, body: &str| {
        format!("POST /callback{query} HTTP/1.1\r\nHost: h\r\n{headers}\r\n{body}")
    };
    let with = |query: &str, body: &str| post(query, &format!("Content-Length: {}\r\n", body.len()), body);
    let zeros = "0".repeat(40);
    let query = format!("?msg_signature={zeros}&timestamp=1&nonce=n");
    let query = query.as_str();
    let no_hash = "?msg_signature=0&timestamp=1&nonce=n";
    let envelope = "<xml><Encrypt>aGVsbG8=</Encrypt></xml>";
    let chunk = format!("{:x}\r\n{}\r\n0\r\n\r\n", 2049, "x".repeat(2049));
    for (what, request, expected) in [
        ("no parameters", with("", envelope), "400"),
        ("no envelope", with(query, "hello"), "400"),
        ("a wrong signature", with(query, envelope), "403"),
        // Nothing of a body is taken in for what cannot be right.
        ("no signature at all", post(no_hash, "Content-Length: 999999999999\r\n", ""), "403"),
        ("announced as too large", post(query, "Content-Length: 999999999999\r\n", ""), "413"),
        ("too large for a number", post(query, "Content-Length: 99999999999999999999999\r\n", ""), "400"),
        ("too large in pieces", post(query, "Transfer-Encoding: chunked\r\n", &chunk), "413"),
        (
            "a proof without echostr",
            "GET /callback?msg_signature=0&timestamp=1&nonce=n HTTP/1.1\r\nHost: h\r\n\r\n".into(),
            "400",
        ),
        ("another method", "PUT /callback HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n".into(), "405"),
    ] {
        assert_eq!(raw(&url, &request).await, expected, "{what}");
    }
    assert!(told.try_recv().is_err(), "a refused callback reached the handler");
    // The limit is not off by one: a callback of just that many bytes is taken.
    let encrypt = crypto.encrypt(TEXT, Sandbox::CORP_ID).expect("randomness");
    let body = format!("<xml><Encrypt>{encrypt}</Encrypt></xml>");
    let body = format!("{body}{}", " ".repeat(2048 - body.len()));
    let signature = crypto.signature("1", "n", &encrypt);
    let request = with(&format!("?msg_signature={signature}&timestamp=1&nonce=n"), &body);
    assert_eq!(raw(&url, &request).await, "200");
    let received = told.recv().await.expect("arrives");
    assert!(matches!(&received.event, Event::App(AppEvent::MessageText(_))), "{received:?}");
    assert!(!format!("{received:?}").contains("你好"));
}

/// Extractors in handlers of one's own, with a state of one's own.
#[derive(Clone)]
struct Service {
    crypto: Crypto,
    seen: mpsc::UnboundedSender<String>,
}

impl FromRef<Service> for Crypto {
    fn from_ref(service: &Service) -> Self {
        service.crypto.clone()
    }
}

#[tokio::test]
async fn extractors_serve_handlers_of_ones_own() {
    async fn take(
        axum::extract::State(service): axum::extract::State<Service>,
        received: Result<Received, Refused>,
    ) -> Response {
        use axum::response::IntoResponse as _;
        match received {
            Ok(received) => {
                let _ = service.seen.send(received.message.notice().expect("XML").kind());
                received.answer(&Reply::Passive("<xml/>".into())).expect("randomness")
            }
            Err(refused) => {
                let _ = service.seen.send(refused.to_string());
                refused.into_response()
            }
        }
    }
    let sandbox = Sandbox::start().await.expect("starts");
    let (seen, mut told) = mpsc::unbounded_channel();
    let service = Service { crypto: crypto(&[Sandbox::CORP_ID]), seen };
    let app = Router::new().route("/callback", get(async |verified: Verified| verified).post(take));
    let url = serve(app.with_state(service)).await;
    let (text, proof) = sandbox.verify_url(&url, Sandbox::CORP_ID).await.expect("answers");
    assert_eq!((proof.status, proof.body), (200, text));
    let pushed = sandbox.push_xml(&url, Sandbox::CORP_ID, TEXT).await.expect("answers");
    assert!(pushed.status == 200 && pushed.body.starts_with("<xml><Encrypt>"), "{pushed:?}");
    assert_eq!(told.recv().await.as_deref(), Some("text"));
    let pushed = sandbox.push_xml(&url, "ww-other", TEXT).await.expect("answers");
    assert_eq!((pushed.status, pushed.body.as_str()), (403, ""));
    assert!(told.recv().await.is_some_and(|text| text.contains("is for \"ww-other\"")));
}
