//! The limiter: on paused time, with the figures of the documentation.

mod common;

use std::time::Duration;

use common::{Server, errcode, json};
use serde_json::json;
use tokio::time::{Instant, advance};
use wecom::token::{BoxFuture, NewToken, TokenSource, kind};
use wecom::{
    Client, ConfigError, Endpoint, EndpointInfo, Error, Limits, Method, Payload, Rate, RatePeriod, RateScope,
    RetryPolicy, Secret, TokenKind, Transport, Webhook,
};

macro_rules! endpoint {
    ($name:ident, $auth:ident, $path:literal, [$($rate:expr),*]) => {
        #[derive(Debug, Clone)]
        struct $name;
        impl Endpoint for $name {
            type Auth = kind::$auth;
            type Response = ();
            const INFO: &'static EndpointInfo =
                &EndpointInfo::new(Method::Post, $path, TokenKind::$auth).rate(&[$($rate),*]);
            fn encode(&self) -> Result<Payload, wecom::wire::Error> {
                Ok(Payload::empty_json())
            }
        }
    };
}

const fn rate(calls: u32, per: RatePeriod, scope: RateScope) -> Rate {
    Rate::new(calls, per, scope)
}

endpoint!(
    PerCorp,
    AccessToken,
    "/cgi-bin/a",
    [rate(6, RatePeriod::Minute, RateScope::Corp), rate(9, RatePeriod::Hour, RateScope::Corp)]
);
endpoint!(PerApp, AccessToken, "/cgi-bin/b", [rate(2, RatePeriod::Minute, RateScope::App)]);
endpoint!(PerMember, AccessToken, "/cgi-bin/c", [rate(1, RatePeriod::Day, RateScope::Member)]);
endpoint!(PerRobot, Key, "/cgi-bin/d", [rate(2, RatePeriod::Minute, RateScope::Robot)]);
endpoint!(PerAddress, AccessToken, "/cgi-bin/e", [rate(3, RatePeriod::Second, RateScope::Ip)]);
endpoint!(ByTheMonth, AccessToken, "/cgi-bin/f", [rate(1, RatePeriod::Month, RateScope::Corp)]);

async fn server() -> Server {
    Server::start(|request| match request.query.contains("busy") {
        true => errcode(45009, "too many"),
        false => json(json!({"errcode": 0, "errmsg": "ok"})),
    })
    .await
}

fn transport(server: &Server, limits: Option<Limits>) -> Transport {
    let builder = Transport::builder().base_url(&server.base).retry(RetryPolicy::never());
    limits.into_iter().fold(builder, |builder, limits| builder.limits(limits)).build().expect("builds")
}

fn client(transport: &Transport, corp: &str, agent: i64) -> Client {
    Client::builder_with_tokens(corp, Secret::new("t"))
        .agent(agent)
        .transport(transport)
        .build()
        .expect("builds")
}

/// How many of `calls` get through at once.
async fn passing<R: Endpoint<Auth = kind::AccessToken>>(client: &Client, request: R, calls: usize) -> usize {
    let mut passed = 0;
    for _ in 0..calls {
        match client.send(request.clone()).await {
            Ok(_) => passed += 1,
            Err(error) => assert!(matches!(error, Error::Limited(_)), "{error:?}"),
        }
    }
    passed
}

#[tokio::test]
async fn counted_for_whom_the_documentation_says() {
    let server = server().await;
    // Off by default.
    assert_eq!(passing(&client(&transport(&server, None), "ww1", 1), PerCorp, 8).await, 8);
    let transport = transport(&server, Some(Limits::refuse()));
    let of = |corp, agent| client(&transport, corp, agent);
    assert_eq!(passing(&of("ww1", 1), PerCorp, 8).await, 6);
    assert_eq!(passing(&of("ww1", 2), PerCorp, 8).await, 0, "another app of the same corp");
    assert_eq!(passing(&of("ww2", 1), PerCorp, 8).await, 6, "another corp");
    assert_eq!(passing(&of("ww1", 1), PerApp, 8).await, 2, "another endpoint");
    assert_eq!(passing(&of("ww1", 2), PerApp, 8).await, 2);
    assert_eq!(passing(&of("ww1", 1), PerMember, 8).await, 8, "members cannot be seen");
    assert_eq!(passing(&of("ww1", 1), PerAddress, 2).await, 2);
    assert_eq!(passing(&of("ww2", 1), PerAddress, 2).await, 1);
    for (key, expected) in [("hush-1", 2), ("hush-2", 2)] {
        let robot = Webhook::builder(key).transport(&transport).build().expect("builds");
        let mut passed = 0;
        for _ in 0..4 {
            match robot.send(PerRobot).await {
                Ok(()) => passed += 1,
                Err(error) => assert!(!format!("{error} {error:?}").contains("hush"), "{error}"),
            }
        }
        assert_eq!(passed, expected, "{key}");
    }
    // Two processes share: half for each, at least one.
    let shared = self::transport(&server, Some(Limits::refuse().shared_by(2)));
    assert_eq!(passing(&client(&shared, "ww1", 1), PerCorp, 8).await, 3);
    assert_eq!(passing(&client(&shared, "ww1", 1), ByTheMonth, 8).await, 1);
}

#[tokio::test]
async fn a_refusal_says_what_and_how_long() {
    let server = server().await;
    let client = client(&transport(&server, Some(Limits::refuse())), "ww1", 1);
    assert_eq!(passing(&client, PerCorp, 6).await, 6);
    let error = client.send(PerCorp).await.expect_err("is refused");
    assert!(error.is_throttled() && error.is_transient() && !error.is_answer_lost(), "{error:?}");
    assert_eq!((error.endpoint(), error.code()), (Some("/cgi-bin/a"), None));
    let Error::Limited(limited) = &error else { panic!("{error:?}") };
    assert_eq!(limited.rate(), rate(6, RatePeriod::Minute, RateScope::Corp));
    let wait = limited.retry_after();
    assert!(wait > Duration::from_secs(50) && wait <= Duration::from_secs(61), "{wait:?}");
    let text = "/cgi-bin/a: not sent, 6 calls a minute for each corp are used up; try again in ";
    assert!(error.to_string().starts_with(text), "{error}");
    assert_eq!(client.stats().requests, 6);
}

/// Nothing goes over the network, which knows no paused time: a request that was let out fails for want of a token.
struct Offline(Client);

struct NoTokens;

impl TokenSource for NoTokens {
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>> {
        Box::pin(async { Err(ConfigError::new("none").into()) })
    }
}

impl Offline {
    fn new(limits: Limits) -> Self {
        Self(Client::builder_with_tokens("ww1", NoTokens).agent(1).limits(limits).build().expect("builds"))
    }

    /// Whether a request was let out.
    async fn try_one<R: Endpoint<Auth = kind::AccessToken>>(&self, request: R) -> bool
    where
        R::Response: std::fmt::Debug,
    {
        match self.0.send(request).await.expect_err("there is no token") {
            Error::Limited(_) => false,
            Error::Token(_) => true,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_span_of_time_sees_more_than_allowed() {
    let offline = Offline::new(Limits::wait(Duration::from_secs(100_000)));
    let started = Instant::now();
    let mut out = Vec::new();
    for number in 0..25 {
        // Not all at once: windows must slide, not restart.
        advance(Duration::from_secs(number % 3 * 7)).await;
        assert!(offline.try_one(PerCorp).await);
        out.push(started.elapsed());
    }
    for (calls, span) in [(6, 60), (9, 3600)] {
        for pair in out.windows(calls + 1) {
            let took = pair[calls] - pair[0];
            assert!(took >= Duration::from_secs(span), "{} calls in {took:?}", calls + 1);
        }
    }
    // And not much slower than they allow: two full hours for 25 calls, and a sixtieth more for each.
    assert!(out[24] < Duration::from_secs(2 * 3600 + 400), "{:?}", out[24]);
}

#[tokio::test(start_paused = true)]
async fn waits_as_long_as_asked_and_in_order() {
    let offline = Offline::new(Limits::wait(Duration::from_secs(70)));
    let started = Instant::now();
    assert!(offline.try_one(PerApp).await && offline.try_one(PerApp).await);
    assert_eq!(started.elapsed().as_secs(), 0);
    // The third waits for its turn; those who would have to wait too long are told before.
    let order = std::sync::Mutex::new(Vec::new());
    let one = async |name: &'static str| {
        let passed = offline.try_one(PerApp).await;
        order.lock().expect("lock").push((name, passed, started.elapsed().as_secs()));
    };
    tokio::join!(biased; one("third"), one("fourth"), one("fifth"));
    let mut order = order.into_inner().expect("lock");
    order.sort_unstable();
    assert_eq!(order, [("fifth", false, 61), ("fourth", true, 61), ("third", true, 61)]);
    // The wait counts towards the call's own limit of time; who gave up has not been counted.
    let call = offline.0.send(PerApp).timeout(Duration::from_secs(5));
    assert!(call.await.expect_err("gives up").is_timeout());
    advance(Duration::from_secs(62)).await;
    assert!(offline.try_one(PerApp).await && offline.try_one(PerApp).await);
    // By the month: 30 days.
    assert!(offline.try_one(ByTheMonth).await && !offline.try_one(ByTheMonth).await);
    advance(Duration::from_secs(29 * 86_400)).await;
    assert!(!offline.try_one(ByTheMonth).await);
    advance(Duration::from_secs(86_400 * 3 / 2)).await;
    assert!(offline.try_one(ByTheMonth).await);
}

#[tokio::test(start_paused = true)]
async fn the_basic_limits_count_for_every_endpoint_but_messages() {
    // 10,000 a minute for a corp, shared_by 5,000 processes.
    let offline = Offline::new(Limits::refuse().shared_by(5000));
    for (path, expected) in [("/cgi-bin/x", 2), ("/cgi-bin/y", 2), ("/cgi-bin/message/send", 5)] {
        let mut passed = 0;
        for _ in 0..5 {
            let error = offline.0.raw(Method::Post, path, &[], None).await.expect_err("there is no token");
            passed += usize::from(!matches!(error, Error::Limited(_)));
        }
        assert_eq!(passed, expected, "{path}");
    }
}

#[tokio::test]
async fn repetitions_count() {
    let server = Server::start(|_| errcode(-1, "busy")).await;
    let retry = common::quick().max_retries(5);
    let transport = Transport::builder().base_url(&server.base).retry(retry).limits(Limits::refuse());
    let client = client(&transport.build().expect("builds"), "ww1", 1);
    let error = client.send(PerApp).await.expect_err("fails");
    assert!(matches!(error, Error::Limited(_)), "{error:?}");
    assert_eq!(server.requests("/cgi-bin/b").len(), 2);
}
