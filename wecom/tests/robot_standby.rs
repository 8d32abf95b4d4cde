//! One robot, two processes: the active one is killed, or stands still, and the other takes over.
#![cfg(unix)]

mod contract;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use contract::{Process, part, say};
use tokio::task::block_in_place;
use wecom::Limits;
use wecom::robot::Robot;
use wecom::token::FileStore;
use wecom_sandbox::{Sandbox, SocketFrame};

/// What the other processes run: a robot that answers each message with its own name.
#[tokio::test]
async fn second_process() {
    let Some(part) = part() else { return };
    let [name, url, store] = part.splitn(3, ' ').collect::<Vec<_>>()[..] else { panic!("{part}") };
    let builder = Robot::builder(Sandbox::BOT_ID, Sandbox::BOT_SECRET)
        .url(url)
        .backoff(Duration::from_millis(20), Duration::from_millis(100))
        .limits(Limits::refuse());
    let builder = match store {
        #[cfg(feature = "redis")]
        store if store.starts_with("redis://") => {
            let store = wecom::token::RedisStore::builder(store).lease(LEASE).build().expect("an address");
            builder.standby(store)
        }
        folder => builder.standby(FileStore::open(folder).expect("a folder")),
    };
    let (robot, mut incoming) = builder.connect().expect("settings");
    say("waits");
    let name = name.to_owned();
    let connected = robot.clone();
    tokio::spawn(async move {
        connected.connected().await.expect("subscribed");
        say("active");
    });
    while let Some(message) = incoming.next().await {
        let name = name.clone();
        tokio::spawn(async move {
            let text = message.text().unwrap_or_default();
            // Two frames for each, so that a kill finds some half done.
            let mut stream = message.stream();
            let _ = stream.push(&format!("{name}:"));
            tokio::time::sleep(Duration::from_millis(2)).await;
            let _ = stream.push(&text);
            let _ = stream.finish().await;
        });
    }
    say(&format!("ended: {}", incoming.reason()));
}

/// As short as the store takes it.
#[cfg(feature = "redis")]
const LEASE: Duration = Duration::from_secs(2);

fn start(name: &str, sandbox: &Sandbox, store: &str) -> Process {
    let mut process = Process::start("second_process", &format!("{name} {} {store}", sandbox.socket_url()));
    assert_eq!(block_in_place(|| process.says()).as_deref(), Some("waits"));
    process
}

fn says(process: &mut Process) -> Option<String> {
    block_in_place(|| process.says())
}

/// Members write; how many of them reached the robot's connection.
async fn write(sandbox: &Sandbox, sent: &mut BTreeSet<String>, messages: usize) -> usize {
    let before = sent.len();
    for _ in 0..messages {
        let user = format!("user{}", sent.len());
        sent.extend(sandbox.say(&user, "hello"));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    sent.len() - before
}

/// Who finished the reply to each message.
fn finished(frames: &[SocketFrame]) -> BTreeMap<String, Vec<String>> {
    let mut by: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for frame in frames.iter().filter(|f| f.cmd == "aibot_respond_msg" && f.errcode == Some(0)) {
        let stream = &frame.body["stream"];
        if stream["finish"] == true {
            let content = stream["content"].as_str().unwrap_or_default();
            by.entry(frame.req_id.clone()).or_default().push(content.to_owned());
        }
    }
    by
}

/// Messages that this process answered.
fn answered_by(sandbox: &Sandbox, name: &str) -> usize {
    let by = finished(&sandbox.socket_frames());
    by.values().flatten().filter(|answer| answer.starts_with(name)).count()
}

async fn until_answered(sandbox: &Sandbox, name: &str, count: usize) {
    let began = Instant::now();
    while answered_by(sandbox, name) < count {
        assert!(began.elapsed() < Duration::from_secs(60), "messages stay without an answer");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Each message was answered by one process, once, and by the one that had it.
#[track_caller]
fn once(sandbox: &Sandbox, sent: &BTreeSet<String>) {
    let frames = sandbox.socket_frames();
    for (req_id, answers) in finished(&frames) {
        assert!(sent.contains(&req_id) && answers.len() == 1, "{req_id}: {answers:?}");
    }
    let mut by: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
    for frame in frames.iter().filter(|f| f.cmd == "aibot_respond_msg") {
        by.entry(&frame.req_id).or_default().insert(frame.connection);
    }
    assert!(by.values().all(|connections| connections.len() == 1), "answered over two connections: {by:?}");
}

async fn killed(store: &str) {
    let sandbox = Sandbox::start().await.expect("sandbox");
    let mut first = start("first", &sandbox, store);
    assert_eq!(says(&mut first).as_deref(), Some("active"));
    let mut second = start("second", &sandbox, store);
    let mut sent = BTreeSet::new();
    assert_eq!(write(&sandbox, &mut sent, 20).await, 20);
    until_answered(&sandbox, "first:", 20).await;
    // In the middle of its work.
    write(&sandbox, &mut sent, 20).await;
    block_in_place(|| first.kill());
    let began = Instant::now();
    assert_eq!(says(&mut second).as_deref(), Some("active"));
    let gap = began.elapsed();
    assert_eq!(write(&sandbox, &mut sent, 20).await, 20);
    until_answered(&sandbox, "second:", 20).await;
    once(&sandbox, &sent);
    let (by_first, by_second) = (answered_by(&sandbox, "first:"), answered_by(&sandbox, "second:"));
    assert_eq!(by_second, 20, "the standby answers what came to it, and nothing else");
    println!(
        "{by_first} and {by_second} of {} messages answered; without a connection for {gap:?} after kill -9",
        sent.len()
    );
    assert!(gap < Duration::from_secs(30), "{gap:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_active_process_is_killed_with_a_file_as_the_lease() {
    let folder = std::env::temp_dir().join(format!("wecom-standby-{}", std::process::id()));
    killed(&folder.display().to_string()).await;
    let _ = std::fs::remove_dir_all(folder);
}

#[cfg(feature = "redis")]
mod with_redis {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpListener;
    use std::process::{Child, Command, Stdio};

    use super::*;

    struct Redis(Child, u16);

    impl Redis {
        /// `None`, said aloud, where there is no such program.
        fn start() -> Option<Self> {
            let port =
                TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
            let started = Command::new("redis-server")
                .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
                .current_dir(std::env::temp_dir())
                .stdout(Stdio::piped())
                .spawn();
            let Ok(mut child) = started else {
                // Not by a macro: the harness swallows what those print.
                let _ = std::io::stderr().write_all(
                    b"skipped: there is no redis-server here (Debian: apt-get install redis-server)\n",
                );
                return None;
            };
            let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
            let ready = lines.any(|line| line.is_ok_and(|line| line.contains("Ready to accept connections")));
            assert!(ready, "redis-server does not start");
            // It stops when nobody reads what it prints.
            std::thread::spawn(move || lines.for_each(drop));
            Some(Self(child, port))
        }

        fn url(&self) -> String {
            format!("redis://127.0.0.1:{}/0", self.1)
        }
    }

    impl Drop for Redis {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_active_process_is_killed_with_redis_as_the_lease() {
        let Some(redis) = Redis::start() else { return };
        killed(&redis.url()).await;
    }

    /// Whoever stood still for longer than the lease is not the active one any more, and does not take the place back.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_process_that_stood_still_stays_away() {
        let Some(redis) = Redis::start() else { return };
        let sandbox = Sandbox::start().await.expect("sandbox");
        let mut first = start("first", &sandbox, &redis.url());
        assert_eq!(says(&mut first).as_deref(), Some("active"));
        let mut second = start("second", &sandbox, &redis.url());
        first.signal("STOP");
        let began = Instant::now();
        assert_eq!(says(&mut second).as_deref(), Some("active"));
        let gap = began.elapsed();
        first.signal("CONT");
        let mut sent = BTreeSet::new();
        assert_eq!(write(&sandbox, &mut sent, 20).await, 20);
        until_answered(&sandbox, "second:", 20).await;
        once(&sandbox, &sent);
        // It has read by now that it was pushed out, or found that the lease is another's.
        tokio::time::sleep(LEASE).await;
        let subscribed = sandbox.socket_frames().iter().filter(|f| f.cmd == "aibot_subscribe").count();
        assert_eq!(subscribed, 2, "nobody pushed anybody out a second time");
        println!("without an active process for {gap:?} after a standstill");
    }
}
