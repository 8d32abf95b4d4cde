//! The Redis store against a real `redis-server`, which is killed, stopped and started again.
//! Without the program (Debian: `apt-get install redis-server`) these tests say so and pass.
#![cfg(all(feature = "redis", unix))]

mod common;
mod contract;

use std::future::Future;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::{Reply, Server, errcode, json};
use contract::{Process, keeps_the_contract, key, part, say, token};
use serde_json::json;
use wecom::token::{Lease, RedisStore, RedisStoreBuilder, TokenKey, TokenStore};
use wecom::{Client, Error, Method, Suite, Timestamp, Transport};

const PASSWORD: &str = "Hush7Hush";

/// A `redis-server` on a port of its own, killed at the end of the test.
struct Redis {
    port: u16,
    folder: PathBuf,
    child: Option<Child>,
}

impl Redis {
    /// `None`, said aloud, where there is no such program.
    fn new() -> Option<Self> {
        let found = Command::new("redis-server").arg("--version").stdout(Stdio::null()).status();
        if found.is_err() {
            // Not by a macro: the harness swallows what those print.
            let _ = std::io::stderr().write_all(
                b"skipped: there is no redis-server here (Debian: apt-get install redis-server)\n",
            );
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let folder = std::env::temp_dir().join(format!("wecom-redis-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Some(Self { port, folder, child: None })
    }

    fn started() -> Option<Self> {
        let mut redis = Self::new()?;
        redis.start();
        Some(redis)
    }

    /// Returns when it takes connections.
    fn start(&mut self) {
        let mut child = Command::new("redis-server")
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1", "--save", ""])
            .args(["--requirepass", PASSWORD, "--dir"])
            .arg(&self.folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let ready = lines.any(|line| line.is_ok_and(|line| line.contains("Ready to accept connections")));
        assert!(ready, "redis-server does not start");
        // It stops when nobody reads what it prints.
        std::thread::spawn(move || lines.for_each(drop));
        self.child = Some(child);
    }

    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// `STOP`: alive, connected, and silent. `CONT`: goes on.
    fn signal(&self, signal: &str) {
        let id = self.child.as_ref().expect("runs").id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().expect("kills").success());
    }

    /// How often it has carried out a command, those of scripts included.
    fn count(&self, command: &str) -> u64 {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("connects");
        write!(stream, "AUTH {PASSWORD}\r\nINFO commandstats\r\nQUIT\r\n").expect("writes");
        let mut told = String::new();
        stream.read_to_string(&mut told).expect("reads");
        let calls = told.split(&format!("cmdstat_{command}:calls=")).nth(1).unwrap_or("0,");
        calls.split(',').next().unwrap_or_default().parse().expect("a number")
    }

    /// Has it carry out commands, one a line.
    fn tell(&self, commands: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("connects");
        write!(stream, "AUTH {PASSWORD}\r\n{commands}\r\nQUIT\r\n").expect("writes");
        let mut told = String::new();
        stream.read_to_string(&mut told).expect("reads");
        assert!(!told.contains("-ERR") && !told.contains("-WRONGTYPE"), "{commands}: {told}");
        told
    }

    fn url(&self) -> String {
        format!("redis://:{PASSWORD}@127.0.0.1:{}", self.port)
    }

    fn builder(&self) -> RedisStoreBuilder {
        RedisStore::builder(self.url()).retry_every(Duration::from_millis(20))
    }

    fn store(&self) -> RedisStore {
        self.builder().build().expect("builds")
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Asks until it is so. The limit only ends a test that has failed.
async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let asking = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), asking).await.unwrap_or_else(|_| panic!("never: {what}"));
}

async fn call(client: &Client) -> Result<(), Error> {
    client.raw(Method::Post, "/cgi-bin/x", &[], None).await.map(drop)
}

/// The token that a client works with.
async fn present(client: &Client) -> String {
    client.access_token().await.expect("a token").expose().to_owned()
}

async fn issuer() -> Server {
    Server::with_tokens(|_| json(json!({"errcode": 0, "errmsg": "ok"}))).await
}

#[tokio::test]
async fn it_keeps_the_contract() {
    let Some(redis) = Redis::started() else { return };
    keeps_the_contract(&redis.store()).await;
    // Another prefix is another store; the same one is the same.
    let key = key("suite_ticket", "agent:2/../{}|*");
    let other = redis.builder().prefix("other").build().expect("builds");
    assert_eq!(other.get(&key).await.expect("works"), None);
    assert_eq!(redis.store().get(&key).await.expect("works"), Some(token("a")));
}

#[tokio::test]
async fn two_machines_fetch_once() {
    let Some(redis) = Redis::started() else { return };
    let server = Server::with_tokens(|request| match request.query.contains("token-1") {
        true if request.number > 100 => errcode(42001, "expired"),
        _ => json(json!({"errcode": 0, "errmsg": "ok"})),
    })
    .await;
    let clients: Vec<_> =
        (0..2).map(|_| server.client().store(redis.store()).build().expect("builds")).collect();
    let calls: Vec<_> = (0..400)
        .map(|number| clients[number % 2].clone())
        .map(|client| tokio::spawn(async move { call(&client).await }))
        .collect();
    for call in calls {
        call.await.expect("no panic").expect("works");
    }
    assert_eq!(server.requests("/cgi-bin/gettoken").len(), 2, "one at the start, one after the expiry");
}

#[tokio::test]
async fn waiters_watch_the_value_and_a_living_holder_keeps_its_lock() {
    let Some(redis) = Redis::started() else { return };
    let key = key("access_token", "agent:1");
    let lease = Duration::from_secs(2);
    let (a, b) = (redis.builder().lease(lease), redis.builder().lease(lease));
    let (a, b) = (a.build().expect("builds"), b.build().expect("builds"));
    let Lease::Held(held) = a.lease(&key, None).await.expect("works") else { panic!("free") };
    // Longer than the lease: it is prolonged.
    let waiting = tokio::time::timeout(lease * 3 / 2, b.lease(&key, None)).await;
    assert!(waiting.is_err(), "{waiting:?} although the holder lives");
    // The value is there while the lock is still held: nobody waits for the lock.
    assert!(a.replace(&key, None, &token("a")).await.expect("works"));
    assert!(matches!(b.lease(&key, None).await.expect("works"), Lease::Changed));
    held.release().await;
    let stale = token("a").token;
    assert!(matches!(b.lease(&key, Some(&stale)).await.expect("works"), Lease::Held(_)));
}

/// What stands where a token should is no token, to the scripts as to who reads; one bad key keeps none of the others from being
/// shared, and is mended by the next token.
#[tokio::test]
async fn a_strange_value_is_replaced_and_the_others_stay_shared() {
    let Some(redis) = Redis::started() else { return };
    let server = issuer().await;
    let name = format!("wecom:{{access_token|{}|ww1|agent:1}}", server.base);
    for (number, strange) in [
        format!("SET {name} text"),
        format!("HSET {name} token half"),
        format!("HSET {name} token half issued_at 1 refresh_at 2 expires_at 3"),
        format!("RPUSH {name} a b"),
        // A lock that nobody's death ends.
        format!("SET {name}:lock somebody"),
    ]
    .into_iter()
    .enumerate()
    {
        redis.tell(&format!("DEL {name} {name}:lock\r\n{strange}"));
        let (one, other) = (redis.store(), redis.store());
        let before = server.requests("/cgi-bin/gettoken").len();
        let clients =
            [&one, &other].map(|store| server.client().store(store.clone()).build().expect("builds"));
        let working = tokio::time::timeout(Duration::from_secs(5), call(&clients[0])).await;
        working.expect("ends").unwrap_or_else(|error| panic!("{strange}: {error}"));
        call(&clients[1]).await.expect("works");
        assert_eq!(server.requests("/cgi-bin/gettoken").len() - before, 1, "{number}: {strange}");
        assert!(redis.tell(&format!("TYPE {name}")).contains("hash"), "{strange}");
    }
    // A ticket of a strange kind is an error until a new one comes.
    let ticket = "wecom:{suite_ticket|https://qyapi.weixin.qq.com||suite:s}";
    redis.tell(&format!("SET {ticket} text"));
    let suite = wecom::Suite::builder("s", "x").store(redis.store()).build().expect("builds");
    let error = suite.ticket_pushed_at().await.expect_err("damaged");
    assert!(matches!(&error, Error::Store(why) if why.message().contains("damaged")), "{error}");
    assert!(suite.set_ticket("ticket-1", wecom::Timestamp(5)).await.expect("stores"));
    assert_eq!(suite.ticket_pushed_at().await.expect("reads"), Some(wecom::Timestamp(5)));
}

/// The part of a second process; without one there is nothing to test here.
#[tokio::test]
async fn second_process() {
    let Some(part) = part() else { return };
    let (redis, server) = part.split_once(' ').expect("two addresses");
    let store = RedisStore::builder(redis).lease(Duration::from_millis(500)).build().expect("builds");
    let client = Client::builder("ww1", "corp-secret-4711").agent(1).base_url(server).store(store);
    say("begins");
    let _ = call(&client.build().expect("builds")).await;
}

#[tokio::test]
async fn kill_9_of_the_holder_while_it_fetches() {
    let Some(redis) = Redis::started() else { return };
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let server = Server::start(move |request| match (request.path.as_str(), request.number) {
        ("/cgi-bin/gettoken", 1) => {
            tell.send(()).expect("is heard");
            Reply::Hang
        }
        ("/cgi-bin/gettoken", _) => json(json!({"errcode": 0, "access_token": "t", "expires_in": 7200})),
        _ => json(json!({"errcode": 0, "errmsg": "ok"})),
    })
    .await;
    let mut other = Process::start("second_process", &format!("{} {}", redis.url(), server.base));
    assert_eq!(other.says().as_deref(), Some("begins"));
    told.recv().await.expect("it asks for a token");
    let client = server.client().store(redis.store()).build().expect("builds");
    let before = redis.count("set");
    let waiting = tokio::spawn(async move { call(&client).await });
    until("it has asked for the lock twice", || async { redis.count("set") >= before + 2 }).await;
    assert_eq!(server.requests("/cgi-bin/gettoken").len(), 1, "it did not wait for the holder");
    other.kill();
    let killed = std::time::Instant::now();
    waiting.await.expect("no panic").expect("works");
    println!("lock of 500 ms: the waiter went on {:?} after the kill", killed.elapsed());
    assert_eq!(server.requests("/cgi-bin/gettoken").len(), 2);
}

#[tokio::test]
async fn down_at_the_start_and_back_without_a_restart() {
    let Some(mut redis) = Redis::new() else { return };
    let server = issuer().await;
    let client = |store: RedisStore| server.client().store(store).build().expect("builds");
    let (one, two) = (client(redis.store()), client(redis.store()));
    // Each fetches for itself, once.
    for _ in 0..3 {
        call(&one).await.expect("works");
        call(&two).await.expect("works");
    }
    assert_eq!(server.requests("/cgi-bin/gettoken").len(), 2);
    // Strict: a clear error, with the address but not the password.
    let strict = client(redis.builder().strict().build().expect("builds"));
    let error = call(&strict).await.expect_err("is down");
    let text = format!("{error} {error:?} {strict:?} {:?} {:?}", redis.builder(), redis.store());
    assert!(matches!(error, Error::Store(_)) && error.is_transient(), "{text}");
    let expected = format!("token store: Redis at 127.0.0.1:{} does not work: ", redis.port);
    assert!(text.starts_with(&expected) && !text.contains(PASSWORD), "{text}");
    // It comes up: what was fetched meanwhile is stored, and everybody uses the same.
    redis.start();
    until("the strict one works", || async { call(&strict).await.is_ok() }).await;
    until("all have the same token", || async {
        present(&one).await == present(&two).await && present(&two).await == present(&strict).await
    })
    .await;
    assert!(server.requests("/cgi-bin/gettoken").len() <= 3);
}

#[tokio::test]
async fn killed_in_the_middle() {
    let Some(mut redis) = Redis::started() else { return };
    let server = Server::with_tokens(|request| match request.query.contains("token-1") {
        true if request.number > 2 => errcode(42001, "expired"),
        _ => json(json!({"errcode": 0, "errmsg": "ok"})),
    })
    .await;
    let client = |store: RedisStore| server.client().store(store).build().expect("builds");
    let (one, two) = (client(redis.store()), client(redis.store()));
    call(&one).await.expect("works");
    assert_eq!(present(&two).await, "token-1", "it is shared");
    redis.kill();
    call(&one).await.expect("goes on with what it has");
    assert_eq!(server.requests("/cgi-bin/gettoken").len(), 1);
    // It expires while Redis is down: fetched, kept, stored when Redis is back.
    call(&one).await.expect("goes on with a new one");
    assert_eq!(present(&one).await, "token-2");
    redis.start();
    // It came back empty; the process that has the token stores it with its next call.
    let (third, key) =
        (redis.store(), TokenKey { base: server.base.clone(), ..key("access_token", "agent:1") });
    until("the new one is stored", || async {
        call(&one).await.expect("works");
        third.get(&key).await.expect("works").is_some_and(|stored| stored.token == "token-2".into())
    })
    .await;
    assert_eq!((present(&one).await, present(&two).await), ("token-2".into(), "token-2".into()));
    assert_eq!(server.requests("/cgi-bin/gettoken").len(), 2);
}

#[tokio::test]
async fn silent_but_connected() {
    let Some(redis) = Redis::started() else { return };
    let server = issuer().await;
    let store = redis.builder().timeout(Duration::from_millis(200)).build().expect("builds");
    let client = server.client().store(store).build().expect("builds");
    call(&client).await.expect("works");
    redis.signal("STOP");
    // No call hangs, and the token at hand is used.
    tokio::time::timeout(Duration::from_secs(10), call(&client)).await.expect("in time").expect("works");
    assert_eq!(server.requests("/cgi-bin/gettoken").len(), 1);
    redis.signal("CONT");
    let other = server.client().store(redis.store()).build().expect("builds");
    assert_eq!(present(&other).await, "token-1");
    call(&client).await.expect("works");
}

#[tokio::test]
async fn what_cannot_be_fetched_again_is_not_kept_in_memory_alone() {
    let Some(mut redis) = Redis::started() else { return };
    let transport = Transport::builder().store(redis.store()).build().expect("builds");
    let suite = Suite::builder("wx-suite", "suite-secret").transport(&transport).build().expect("builds");
    assert!(suite.set_ticket("ticket-1", Timestamp(100)).await.expect("stores"));
    assert!(suite.set_permanent_code("ww-corp", "code-1", Timestamp(100)).await.expect("stores"));
    assert!(suite.permanent_code("ww-corp").await.expect("reads").is_some());
    redis.kill();
    // Reading what was seen goes on; what was not seen, and storing, say that the store does not work.
    assert_eq!(suite.permanent_code("ww-corp").await.expect("reads").expect("a code").expose(), "code-1");
    assert_eq!(suite.ticket_pushed_at().await.expect("reads"), Some(Timestamp(100)));
    for error in [
        suite.permanent_code("ww-other").await.err(),
        suite.set_permanent_code("ww-corp", "code-2", Timestamp(200)).await.err(),
        suite.forget_permanent_code("ww-corp", Timestamp(200)).await.err(),
        suite.set_ticket("ticket-2", Timestamp(200)).await.err(),
    ] {
        assert!(matches!(error, Some(Error::Store(_))), "{error:?}");
    }
    redis.start();
    until("storing works", || async { suite.set_ticket("ticket-3", Timestamp(300)).await.is_ok() }).await;
}

#[test]
fn addresses_that_cannot_be_used_are_refused_without_repeating_them() {
    let mut urls = vec!["Hush7Hush", "http://:Hush7Hush@x", "redis://:Hush7Hush@x:port"];
    if !cfg!(feature = "redis-tls") {
        urls.push("rediss://:Hush7Hush@x");
    }
    for url in urls {
        let error = RedisStore::builder(url).build().expect_err(url);
        let text = format!("{error} {error:?}");
        assert!(matches!(error, Error::Config(_)) && !text.contains(PASSWORD), "{text}");
    }
}

/// What one of several machines does at a time: the second waits and takes over; who cannot ask Redis any more knows in time.
#[tokio::test]
async fn one_holds_and_the_next_takes_over() {
    let Some(mut redis) = Redis::started() else { return };
    let key = key("robot_connection", "bot");
    let store = || redis.builder().lease(Duration::from_secs(2)).build().expect("builds");
    let (first, second) = (store(), store());
    let held = first.hold(&key).await.expect("works");
    let waiting = tokio::spawn({
        let key = key.clone();
        async move { second.hold(&key).await }
    });
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(!waiting.is_finished(), "a living holder keeps it beyond its length");
    held.release().await;
    let held = waiting.await.expect("no panic").expect("works");
    redis.kill();
    tokio::time::timeout(Duration::from_secs(30), held.lost()).await.expect("it is told");
    assert!(first.hold(&key).await.is_err(), "nobody holds it while Redis is down");
}
