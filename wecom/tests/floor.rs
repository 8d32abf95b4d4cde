//! Token requests have a floor under their interval: whatever fails, and however many ask, the server is not asked for each call.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use common::{Paused, Reply, Server, errcode, json, pass};
use serde_json::json;
use tokio::time::{Instant, timeout};
use wecom::token::{
    BoxFuture, Lease, MemoryStore, NewToken, StoreError, StoredToken, TokenKey, TokenSource, TokenStore,
};
use wecom::{Client, Error, Method, Secret, Suite, Timestamp, Transport};

const GET: &str = "/cgi-bin/user/get";
const GETTOKEN: &str = "/cgi-bin/gettoken";

fn ok() -> Reply {
    json(json!({"errcode": 0, "errmsg": "ok"}))
}

async fn call(client: &Client) -> Result<serde_json::Value, Error> {
    client.raw(Method::Get, GET, &[], None).await
}

/// So many calls of which so many fail, with so many token requests.
#[track_caller]
fn few(server: &Server, calls: usize, most: usize) {
    let asked = server.requests(GETTOKEN).len();
    assert!(asked <= most, "{calls} calls, {asked} token requests");
}

#[tokio::test]
async fn what_gettoken_refuses_is_not_asked_for_at_every_call() {
    for (code, most) in [(40001, 1), (40013, 1), (45009, 1), (60020, 1), (-1, 8)] {
        let server = Server::start(move |_| errcode(code, "no")).await;
        let client = server.client().build().expect("builds");
        for _ in 0..50 {
            let error = call(&client).await.expect_err("refused");
            assert_eq!(error.code(), Some(code), "{error:?}");
        }
        few(&server, 50, most);
    }
}

/// What came with a token that no request can carry was a request, too.
#[tokio::test]
async fn a_token_that_cannot_be_sent_is_not_fetched_for_every_call() {
    let server = Server::start(|request| match request.path.as_str() {
        GETTOKEN => json(json!({"errcode": 0, "access_token": "t-1\n", "expires_in": 7200})),
        _ => ok(),
    })
    .await;
    let client = server.client().build().expect("builds");
    for _ in 0..50 {
        let error = call(&client).await.expect_err("no token");
        assert!(matches!(error, Error::Token(_)) && error.to_string().contains("line end"), "{error:?}");
        assert!(!format!("{error:?}").contains("t-1"), "{error:?}");
    }
    few(&server, 50, 8);
}

#[tokio::test]
async fn a_wrong_secret_is_tried_again_ever_more_seldom_and_a_right_one_at_once() {
    let server = Server::start(|request| match request.path.as_str() {
        GETTOKEN if request.query.contains("right") => {
            json(json!({"access_token": "t-1", "expires_in": 7200}))
        }
        GETTOKEN => errcode(40001, "invalid credential"),
        _ => ok(),
    })
    .await;
    let transport =
        Transport::builder().base_url(&server.base).clock(Paused::default()).build().expect("builds");
    let of =
        |secret: &str| Client::builder("ww1", secret).agent(1).transport(&transport).build().expect("builds");
    let client = of("wrong");
    let asked = || server.requests(GETTOKEN).len();
    for (wait, expected) in [(0, 1), (14, 1), (2, 2), (16, 2), (15, 3), (59, 3), (2, 4)] {
        pass(Duration::from_secs(wait)).await;
        let error = call(&client).await.expect_err("refused");
        assert_eq!((asked(), error.is_credential()), (expected, true), "after {wait} s more: {error}");
    }
    let Err(Error::Token(held)) = call(&client).await else { panic!("it is held") };
    assert!(held.retry_after().is_some_and(|left| left > Duration::from_secs(100)), "{held}");
    assert!(held.to_string().contains("not asked again for"), "{held}");
    // The failure is the secret's, not the application's.
    call(&of("right")).await.expect("works");
}

/// Processes that share a store do not try a wrong secret one after the other; a program that is started again and again neither.
#[cfg(feature = "file-store")]
#[tokio::test]
async fn a_refusal_is_shared_by_processes_and_outlives_them() {
    let folder = std::env::temp_dir().join(format!("wecom-floor-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let server = Server::start(|_| errcode(40001, "invalid credential, hint: [1]")).await;
    for secret in ["wrong-secret-1", "wrong-secret-1", "wrong-secret-1", "wrong-secret-2"] {
        let store = wecom::token::FileStore::open(&folder).expect("opens");
        let client = Client::builder("ww1", secret)
            .agent(1)
            .base_url(&server.base)
            .store(store)
            .retry(common::quick());
        let error = call(&client.build().expect("builds")).await.expect_err("refused");
        assert!(error.is_credential() && error.to_string().contains("hint: [1]"), "{error}");
    }
    let text: String = std::fs::read_dir(&folder)
        .expect("reads")
        .map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("reads"))
        .collect();
    let _ = std::fs::remove_dir_all(&folder);
    assert_eq!(server.requests(GETTOKEN).len(), 2);
    assert!(!text.contains("wrong-secret"), "{text}");
}

#[tokio::test]
async fn a_token_that_is_refused_over_and_over_is_not_fetched_for_every_call() {
    let server = Server::with_tokens(|_| errcode(40014, "invalid access_token")).await;
    let client = server.client().clock(Paused::default()).build().expect("builds");
    for _ in 0..50 {
        let error = call(&client).await.expect_err("refused");
        assert_eq!((error.code(), error.endpoint()), (Some(40014), Some(GET)), "{error:?}");
    }
    few(&server, 50, 3);
    pass(Duration::from_secs(31)).await;
    for _ in 0..50 {
        call(&client).await.expect_err("refused");
    }
    few(&server, 100, 5);
}

/// One that has worked may end at any time, and is replaced each time.
#[tokio::test]
async fn tokens_that_work_for_a_while_are_replaced_each_time() {
    let server = Server::with_tokens(|request| match request.number % 2 {
        1 => ok(),
        _ => errcode(42001, "expired"),
    })
    .await;
    let client = server.client().build().expect("builds");
    for _ in 0..10 {
        call(&client).await.expect("works");
    }
    assert_eq!(server.requests(GETTOKEN).len(), 10);
}

#[tokio::test]
async fn a_missing_lifetime_is_a_short_one() {
    for lifetime in [json!(null), json!(0), json!("0"), json!(""), json!(1), json!(u64::MAX)] {
        let answer =
            json!({"errcode": 0, "errmsg": "ok", "access_token": "tok-123456", "expires_in": lifetime});
        let server = Server::start(move |request| match request.path.as_str() {
            GETTOKEN => json(answer.clone()),
            _ => ok(),
        })
        .await;
        let client = server.client().build().expect("builds");
        for _ in 0..20 {
            call(&client).await.expect("works");
        }
        few(&server, 20, 1);
    }
}

/// A store that does not do one thing.
struct Without(MemoryStore, &'static str);

impl Without {
    fn no<T>(&self, what: &str) -> Result<(), Result<T, StoreError>> {
        if self.1.contains(what) { Err(Err(StoreError::new(format!("cannot {what}")))) } else { Ok(()) }
    }
}

impl TokenStore for Without {
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, StoreError>> {
        self.0.get(key)
    }
    fn replace<'a>(
        &'a self,
        key: &'a TokenKey,
        seen: Option<&'a StoredToken>,
        new: &'a StoredToken,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        match self.no("write") {
            Ok(()) => self.0.replace(key, seen, new),
            Err(failed) => Box::pin(async { failed }),
        }
    }
    fn invalidate<'a>(
        &'a self,
        key: &'a TokenKey,
        failed: &'a Secret,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        match self.no("remove") {
            Ok(()) => self.0.invalidate(key, failed),
            Err(failed) => Box::pin(async { failed }),
        }
    }
    fn lease<'a>(
        &'a self,
        _: &'a TokenKey,
        _: Option<&'a Secret>,
    ) -> BoxFuture<'a, Result<Lease, StoreError>> {
        match self.no::<Lease>("lock") {
            // "Somebody has fetched", although nobody has.
            Ok(()) if self.1.contains("lie") => Box::pin(async { Ok(Lease::Changed) }),
            Ok(()) => Box::pin(async { Ok(Lease::Held(Box::new(Free))) }),
            Err(failed) => Box::pin(async { failed }),
        }
    }
}

struct Free;

impl wecom::token::LeaseGuard for Free {
    fn release(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }
}

/// A good token is used even if it cannot be kept; a refused one is not used again even if it cannot be removed.
#[tokio::test]
async fn a_store_that_does_not_work_costs_no_token_a_call() {
    for fault in ["write", "lock", "write, lock", "write, remove, lock", "lie"] {
        let server =
            Server::with_tokens(|request| match request.query.contains("token-1") && request.number > 10 {
                true => errcode(42001, "expired"),
                false => ok(),
            })
            .await;
        let client = server.client().store(Without(MemoryStore::new(), fault)).build().expect("builds");
        for number in 0..20 {
            call(&client).await.unwrap_or_else(|error| panic!("{fault}: call {number}: {error}"));
        }
        assert_eq!(server.requests(GETTOKEN).len(), 2, "{fault}");
    }
}

/// Where tokens come from in these tests.
struct From<F>(Arc<AtomicUsize>, F);

impl<F: Fn() -> Duration + Send + Sync + 'static> TokenSource for From<F> {
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>> {
        let number = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        let expires_in = (self.1)();
        Box::pin(async move { Ok(NewToken::new(format!("token-of-{number}"), expires_in)) })
    }
}

#[tokio::test]
async fn a_source_that_panics_or_lives_for_ever_is_asked_once() {
    std::panic::set_hook(Box::new(|_| {}));
    type Life = fn() -> Duration;
    let cases: [(&str, Life, bool); 4] = [
        ("panics", || panic!("a bug in the source"), false),
        ("for ever", || Duration::MAX, true),
        ("no time at all", || Duration::ZERO, true),
        ("two hours", || Duration::from_secs(7200), true),
    ];
    for (name, life, works) in cases {
        let server = Server::start(|_| ok()).await;
        let count = Arc::new(AtomicUsize::new(0));
        let client =
            Client::builder_with_tokens("ww1", From(Arc::clone(&count), life)).base_url(&server.base);
        let client = client.build().expect("builds");
        for _ in 0..5 {
            let ended = timeout(Duration::from_secs(2), call(&client)).await;
            assert_eq!(ended.expect("ends").is_ok(), works, "{name}");
        }
        assert_eq!(count.load(Ordering::SeqCst), 1, "{name}");
    }
    let _ = std::panic::take_hook();
}

/// A fetch whose runtime is not run any more is not waited for by those of another one.
#[test]
fn a_fetch_that_stands_still_is_taken_over() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (main, left) = (runtime(), runtime());
    main.block_on(async {
        let server = Server::with_tokens(|_| ok()).await;
        let client = server.client().build().expect("builds");
        let other = client.clone();
        // The other runtime begins to fetch, and is then left alone.
        std::thread::spawn(move || {
            left.block_on(async {
                let _ = timeout(Duration::from_millis(1), call(&other)).await;
            });
            std::mem::forget(left);
        })
        .join()
        .expect("no panic");
        let began = Instant::now();
        timeout(Duration::from_secs(20), call(&client)).await.expect("ends").expect("works");
        assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    });
}

/// A call has an end although nobody set one, and although the server never says anything.
#[tokio::test]
async fn a_call_as_a_whole_has_a_limit() {
    let server = Server::with_tokens(|_| Reply::Hang).await;
    let client = server.client().timeout(Duration::from_millis(200)).build().expect("builds");
    let began = Instant::now();
    let error = call(&client).await.expect_err("hangs");
    // Four attempts would take 800 ms.
    assert!(
        error.is_timeout() && began.elapsed() < Duration::from_millis(700),
        "{error} {:?}",
        began.elapsed()
    );
    let client = server.client().call_timeout(Duration::from_millis(100)).build().expect("builds");
    let error = call(&client).await.expect_err("hangs");
    assert!(error.is_timeout() && error.to_string().contains("not done within 100ms"), "{error}");
}

/// One strange answer does not fail all who wait for the token.
#[tokio::test]
async fn a_token_request_is_repeated_after_answers_that_cannot_be_read() {
    type Fault = fn() -> Reply;
    let faults: [(&str, Fault); 5] = [
        ("a page", || Reply::Http(200, "Content-Type: text/html\r\n".into(), b"<html>".to_vec())),
        ("a page of a proxy", || Reply::Http(403, "Content-Type: text/html\r\n".into(), b"<html>".to_vec())),
        ("nothing", || Reply::Http(200, String::new(), Vec::new())),
        ("half of it", || Reply::Http(200, String::new(), br#"{"access_token":"#.to_vec())),
        ("a gateway", || json(json!({"code": 401, "message": "no", "data": null}))),
    ];
    for (name, fault) in faults {
        let server = Server::start(move |request| match (request.path.as_str(), request.number) {
            (GETTOKEN, 1) => fault(),
            (GETTOKEN, _) => json(json!({"access_token": "t-1", "expires_in": 7200})),
            _ => ok(),
        })
        .await;
        let client = server.client().build().expect("builds");
        let tasks: Vec<_> = (0..200)
            .map(|_| {
                tokio::spawn({
                    let client = client.clone();
                    async move { call(&client).await }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic").unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        assert_eq!(server.requests(GETTOKEN).len(), 2, "{name}");
    }
}

/// Tokens of sources without a name are their client's own: nobody else is given them, and nothing of them is kept.
#[tokio::test]
async fn every_client_sends_its_own_token() {
    let server = Server::start(|_| ok()).await;
    let shared = Arc::new(AtomicUsize::new(0));
    let transport = Transport::builder().base_url(&server.base).build().expect("builds");
    let life = || Duration::from_secs(7200);
    let mut clients = Vec::new();
    for builder in [
        Client::builder_with_tokens("ww1", Secret::new("fixed-a")),
        Client::builder_with_tokens("ww1", Secret::new("fixed-b")),
        // A fixed one is the one that was given, named or not.
        Client::builder_with_tokens("ww1", Secret::new("fixed-c")).agent(1),
        Client::builder_with_tokens("ww1", Secret::new("fixed-d")).agent(1),
        Client::builder_with_tokens("ww1", From(Arc::clone(&shared), life)),
        Client::builder_with_tokens("ww1", From(Arc::clone(&shared), life)),
        // These two are the same application: they share.
        Client::builder_with_tokens("ww1", From(Arc::clone(&shared), life)).agent(2),
        Client::builder_with_tokens("ww1", From(Arc::clone(&shared), life)).agent(2),
    ] {
        clients.push(builder.transport(&transport).build().expect("builds"));
    }
    for client in clients.iter().chain(&clients) {
        call(client).await.expect("works");
    }
    let sent: Vec<_> =
        server.requests(GET).into_iter().map(|request| request.query.replace("access_token=", "")).collect();
    let expected =
        ["fixed-a", "fixed-b", "fixed-c", "fixed-d", "token-of-1", "token-of-2", "token-of-3", "token-of-3"];
    assert_eq!(sent[..8], expected);
    assert_eq!(sent[8..], expected);
}

#[tokio::test]
async fn a_token_can_be_thrown_away_from_outside() {
    let server = Server::with_tokens(|_| ok()).await;
    let client = server.client().build().expect("builds");
    assert!(!client.discard_token().await.expect("works"));
    call(&client).await.expect("works");
    assert!(client.discard_token().await.expect("works"));
    call(&client).await.expect("works");
    let sent: Vec<_> = server.requests(GET).into_iter().map(|request| request.query).collect();
    assert_eq!(sent, ["access_token=token-1", "access_token=token-2"]);
    // Also where the store keeps it all the same.
    let server = Server::with_tokens(|_| ok()).await;
    let client = server.client().store(Without(MemoryStore::new(), "remove")).build().expect("builds");
    call(&client).await.expect("works");
    assert!(client.discard_token().await.expect("works"));
    call(&client).await.expect("works");
    assert_eq!(server.requests(GET)[1].query, "access_token=token-2");
}

/// A ticket of a time that has yet to come would shut out all that follow.
#[tokio::test]
async fn tickets_of_impossible_times_are_refused() {
    let suite = Suite::builder("s", "secret").build().expect("builds");
    let now = Timestamp::now().get();
    for (ticket, at, expected) in [
        ("in-milliseconds", now * 1000, None),
        ("tomorrow", now + 86_400, None),
        ("a-wrong-clock", now + 600, Some(true)),
        ("later", now + 601, Some(true)),
        ("earlier", now, Some(false)),
        ("with a blank", now + 602, None),
        ("line-end\n", now + 602, None),
    ] {
        let taken = suite.set_ticket(ticket, Timestamp(at)).await;
        assert_eq!(taken.as_ref().ok(), expected.as_ref(), "{ticket}: {taken:?}");
    }
}
