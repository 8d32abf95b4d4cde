//! When a call is made again, after how long, and what is said of it if not.

mod common;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use common::{Reply, Server, errcode, json, pass, quick};
use serde_json::json;
use tokio::time::{Instant, timeout};
use wecom::message::Text;
use wecom::{Client, Error, Limits, Method, RetryPolicy, Secret, TransportKind};

const SEND: &str = "/cgi-bin/message/send";
const GET: &str = "/cgi-bin/user/get";

fn ok() -> Reply {
    json(json!({"errcode": 0, "errmsg": "ok"}))
}

async fn send(client: &Client) -> Result<(), Error> {
    client.message().send(Text::new("x")).touser(["a"]).await.map(drop)
}

async fn get(client: &Client) -> Result<(), Error> {
    client.raw(Method::Get, GET, &[], None).await.map(drop)
}

/// Proxies answer 503 also when the answer was lost behind them.
#[tokio::test]
async fn a_bare_503_is_a_lost_answer() {
    for status in [500, 502, 503, 504] {
        let server = Server::with_tokens(move |request| match request.number {
            1 => {
                Reply::Http(status, "Content-Type: text/plain\r\n".into(), b"upstream connect error".to_vec())
            }
            _ => ok(),
        })
        .await;
        let client = server.client().build().expect("builds");
        let error = send(&client).await.expect_err("is not repeated");
        assert!(error.is_answer_lost() && error.is_transient(), "{status}: {error:?}");
        assert_eq!(server.requests(SEND).len(), 1, "{status}");
        get(&client).await.expect("harmless");
        assert_eq!(server.requests(GET).len(), 2, "{status}");
    }
    // What the API says in such an answer counts, and what was turned away at the door was not carried out.
    for (reply, code) in [
        (Reply::Http(503, String::new(), br#"{"errcode":-1,"errmsg":"busy"}"#.to_vec()), Some(-1)),
        (Reply::Http(429, String::new(), b"slow down".to_vec()), None),
    ] {
        let reply = std::sync::Mutex::new(Some(reply));
        let server =
            Server::with_tokens(move |_| reply.lock().expect("no panic").take().unwrap_or_else(ok)).await;
        send(&server.client().build().expect("builds"))
            .await
            .unwrap_or_else(|error| panic!("{code:?}: {error}"));
        assert_eq!(server.requests(SEND).len(), 2);
    }
}

/// A lock-out lasts a minute at the least: knocking at it within seconds cannot work, and prolongs it.
#[tokio::test]
async fn a_lock_out_is_not_knocked_at_within_its_minute() {
    let server =
        Server::with_tokens(
            |request| if request.number == 1 { errcode(45009, "api freq out of limit") } else { ok() },
        )
        .await;
    let client = server.client().build().expect("builds");
    let error = get(&client).await.expect_err("would be too soon");
    assert!(error.is_throttled() && !error.is_answer_lost(), "{error:?}");
    assert_eq!(server.requests(GET).len(), 1);
    // Who has the time waits it out.
    let server =
        Server::with_tokens(
            |request| if request.number == 1 { errcode(45009, "api freq out of limit") } else { ok() },
        )
        .await;
    let client = server.client().retry(quick().max_delay(Duration::from_secs(90))).build().expect("builds");
    client.access_token().await.expect("a token");
    let call = tokio::spawn(async move { get(&client).await });
    while server.requests(GET).is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    pass(Duration::from_secs(58)).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(server.requests(GET).len(), 1);
    pass(Duration::from_secs(3)).await;
    call.await.expect("no panic").expect("works after the minute");
    // Too many at the same time is another thing: that is over at once.
    let server =
        Server::with_tokens(|request| if request.number < 3 { errcode(45033, "") } else { ok() }).await;
    send(&server.client().build().expect("builds")).await.expect("works");
}

/// `Retry-After` as HTTP writes a time.
fn date(in_seconds: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs() + in_seconds;
    let (mut year, mut days) = (1970, now / 86_400);
    let len = |year: u64| {
        if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) {
            366
        } else {
            365
        }
    };
    while days >= len(year) {
        days -= len(year);
        year += 1;
    }
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let lens = [31, len(year) - 337, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while days >= lens[month] {
        days -= lens[month];
        month += 1;
    }
    let (hour, minute, second) = (now / 3600 % 24, now / 60 % 60, now % 60);
    format!("Mon, {:02} {} {year} {hour:02}:{minute:02}:{second:02} GMT", days + 1, months[month])
}

#[tokio::test]
async fn what_the_server_asks_for_is_kept_or_the_call_given_up() {
    type Asked = fn() -> String;
    let cases: [(Asked, u64, bool); 7] = [
        (|| "1".to_owned(), 1000, true),
        (|| date(2), 900, true),
        (|| "nonsense".to_owned(), 0, true),
        (|| date(0), 0, true),
        (|| "60".to_owned(), 0, false),
        (|| date(3600), 0, false),
        (|| "99999999999999".to_owned(), 0, false),
    ];
    for (asked, least, works) in cases {
        let asked = asked();
        let header = format!("Retry-After: {asked}\r\n");
        let server = Server::with_tokens(move |request| match request.number {
            1 => Reply::Http(429, header.clone(), b"slow down".to_vec()),
            _ => ok(),
        })
        .await;
        let client = server.client().build().expect("builds");
        let began = Instant::now();
        let outcome = get(&client).await;
        assert_eq!(outcome.is_ok(), works, "{asked}: {outcome:?}");
        assert!(began.elapsed() >= Duration::from_millis(least), "{asked}: {:?}", began.elapsed());
        if let Err(error) = outcome {
            let Error::Http(http) = &error else { panic!("{error:?}") };
            assert!(
                http.retry_after().is_some_and(|after| after > Duration::from_secs(50)),
                "{asked}: {error:?}"
            );
            assert!(began.elapsed() < Duration::from_secs(1) && error.is_throttled(), "{asked}: {error:?}");
        }
    }
}

/// Not connected when the time is up: nothing was sent, and nothing else is said.
#[tokio::test]
async fn a_time_that_runs_out_before_there_is_a_connection() {
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("binds");
    let listener = socket.listen(1).expect("listens");
    let at = listener.local_addr().expect("an address");
    // Its queue is full: who connects now waits.
    let mut full = Vec::new();
    while let Ok(Ok(stream)) = timeout(Duration::from_millis(200), tokio::net::TcpStream::connect(at)).await {
        full.push(stream);
    }
    let client = |limit: Duration| {
        Client::builder_with_tokens("ww1", Secret::new("fixed-token-1"))
            .base_url(format!("http://{at}"))
            .timeout(limit)
            .retry(RetryPolicy::never())
            .build()
            .expect("builds")
    };
    // Within an attempt, and within the call as a whole.
    let attempt = send(&client(Duration::from_millis(300))).await.expect_err("no connection");
    let patient = client(Duration::from_secs(60));
    let call = patient.message().send(Text::new("x")).timeout(Duration::from_millis(300)).await;
    for error in [attempt, call.expect_err("no connection")] {
        assert!(error.is_timeout() && !error.is_answer_lost(), "{error:?}");
    }
    drop(full);
    // Once it is sent, it may be carried out.
    let server = Server::with_tokens(|_| Reply::Hang).await;
    let hanging = server.client().timeout(Duration::from_millis(200)).retry(RetryPolicy::never());
    let hanging = hanging.build().expect("builds");
    let error = send(&hanging).await.expect_err("hangs");
    assert!(matches!(&error, Error::Transport(e) if e.kind() == TransportKind::Timeout), "{error:?}");
    assert!(error.is_answer_lost(), "{error:?}");
}

/// Nothing that can be set for ever makes a sum overflow.
#[tokio::test]
async fn what_is_set_for_ever_is_no_panic() {
    let server = Server::with_tokens(|_| ok()).await;
    let ever = Duration::MAX;
    let policy = RetryPolicy::new().base_delay(ever).throttled_delay(ever).max_delay(ever);
    for builder in [
        server.client().limits(Limits::wait(ever)),
        server.client().timeout(ever).connect_timeout(ever),
        server.client().call_timeout(ever),
        server.client().retry(policy).limits(Limits::wait(ever)),
    ] {
        let client = builder.build().expect("builds");
        get(&client).await.expect("works");
        client.raw(Method::Get, GET, &[], None).timeout(ever).await.expect("works");
    }
}

/// Polled where there is no runtime: an error that says so.
#[test]
fn outside_tokio_it_is_an_error() {
    let client =
        Client::builder_with_tokens("ww1", Secret::new("fixed-token-1")).base_url("http://127.0.0.1:9");
    let client = client.build().expect("builds");
    let mut call = std::pin::pin!(client.raw(Method::Get, GET, &[], None).into_future());
    let mut token = std::pin::pin!(client.access_token());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    use std::future::IntoFuture as _;
    let std::task::Poll::Ready(Err(error)) = call.as_mut().poll(&mut context) else { panic!("it ends") };
    assert!(
        matches!(&error, Error::Config(_)) && error.to_string().contains("within a tokio runtime"),
        "{error}"
    );
    let std::task::Poll::Ready(Err(error)) = token.as_mut().poll(&mut context) else { panic!("it ends") };
    assert!(error.to_string().contains("within a tokio runtime"), "{error}");
}
