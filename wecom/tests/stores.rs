//! Stores: memory, and files shared by real processes that are killed at bad moments.
#![cfg(feature = "file-store")]

mod common;
mod contract;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use common::{Reply, Server, errcode, json, quick};
use contract::{Process, keeps_the_contract, key, part, say, token};
use serde_json::json;
use wecom::token::{FileStore, Lease, MemoryStore, StoredToken, TokenStore};
use wecom::{Client, Error, Method, Suite, Timestamp, Transport};

/// A folder of this test alone, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("wecom-stores-{}-{number}", std::process::id())))
    }

    fn store(&self) -> FileStore {
        FileStore::open(&self.0).expect("opens")
    }

    fn files(&self, ending: &str) -> Vec<PathBuf> {
        let all = std::fs::read_dir(&self.0).expect("a folder").map(|entry| entry.expect("an entry").path());
        all.filter(|path| path.extension().is_some_and(|found| found == ending)).collect()
    }

    /// The one file with this ending.
    fn file(&self, ending: &str) -> PathBuf {
        let [file] = &self.files(ending)[..] else { panic!("not one .{ending}: {:?}", self.files(ending)) };
        file.clone()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A token that shows when it is torn: its number, over and over, for 64 KiB.
fn numbered(number: u64) -> StoredToken {
    token(&format!("{number:08}").repeat(8192))
}

fn number_of(stored: Option<&StoredToken>) -> u64 {
    let Some(stored) = stored else { return 0 };
    let text = stored.token.expose();
    let (first, _) = text.split_at(8);
    assert_eq!(text, first.repeat(8192), "a torn token");
    first.parse().expect("a number")
}

#[tokio::test]
async fn memory_and_files_keep_the_contract() {
    keeps_the_contract(&MemoryStore::new()).await;
    let folder = Folder::new();
    keeps_the_contract(&folder.store()).await;
    // A second store on the same folder sees what the first one kept, and a name of a key leads nowhere else.
    let again = folder.store().get(&key("suite_ticket", "agent:2/../{}|*")).await.expect("works");
    assert_eq!(again, Some(token("a")));
    assert_eq!((folder.files("json").len(), folder.files("tmp").len()), (3, 0));
}

/// The part of a second process; without one there is nothing to test here.
#[tokio::test]
async fn second_process() {
    let Some(part) = part() else { return };
    let (verb, folder) = part.split_once(' ').expect("a verb and a folder");
    let store = FileStore::open(folder).expect("opens");
    let key = key("access_token", "agent:1");
    match verb {
        // Counts up for ever, and says each step after it was made.
        "count" => loop {
            count(&store).await;
            say("counted");
        },
        "count-30" => {
            for _ in 0..30 {
                count(&store).await;
                say("counted");
            }
        }
        "lease" => {
            let lease = store.lease(&key, None).await.expect("works");
            assert!(matches!(lease, Lease::Held(_)));
            say("held");
            std::future::pending::<()>().await;
        }
        "lock" => {
            let path = Path::new(folder).join(std::env::var("WECOM_TEST_LOCK").expect("a name"));
            let file = std::fs::OpenOptions::new().write(true).open(path).expect("opens");
            file.lock().expect("locks");
            say("held");
            std::future::pending::<()>().await;
        }
        other => panic!("what is {other}?"),
    }
}

/// Adds one to the stored number, however many races are lost before.
async fn count(store: &FileStore) {
    let key = key("access_token", "agent:1");
    loop {
        let seen = store.get(&key).await.expect("works");
        let next = numbered(number_of(seen.as_ref()) + 1);
        if store.replace(&key, seen.as_ref(), &next).await.expect("works") {
            return;
        }
    }
}

#[tokio::test]
async fn two_processes_lose_no_change() {
    let folder = Folder::new();
    let part = format!("count-30 {}", folder.0.display());
    let mut others = [(); 2].map(|()| Process::start("second_process", &part));
    let store = folder.store();
    for _ in 0..30 {
        count(&store).await;
    }
    for other in &mut others {
        assert_eq!(other.wait().len(), 30);
    }
    let stored = store.get(&key("access_token", "agent:1")).await.expect("works");
    assert_eq!(number_of(stored.as_ref()), 90);
}

#[tokio::test]
async fn killed_processes_leave_no_torn_file_and_no_lock() {
    let folder = Folder::new();
    let store = folder.store();
    let key = key("access_token", "agent:1");
    let part = format!("count {}", folder.0.display());
    let mut said = 0;
    let rounds = 15;
    for round in 0..rounds {
        let mut others = [(); 2].map(|()| Process::start("second_process", &part));
        // Until both are at work; then killed wherever they are, a little later in each round.
        for other in &mut others {
            assert_eq!(other.says().as_deref(), Some("counted"));
            said += 1;
        }
        for _ in 0..round {
            number_of(store.get(&key).await.expect("works").as_ref());
        }
        for other in &mut others {
            said += other.kill().len();
        }
        count(&store).await;
        said += 1;
        let number = number_of(store.get(&key).await.expect("works").as_ref());
        // A process may have died after its last change and before it said so.
        let most = said + 2 * (round + 1);
        assert!((said..=most).contains(&usize::try_from(number).expect("fits")), "{said} {number} {most}");
    }
    println!("{} processes killed; {said} changes said, none lost", 2 * rounds);
}

/// On paused time, which stands still while a file is at work: the waiter has tried again and again when it moves on.
#[tokio::test(start_paused = true)]
async fn what_a_killed_process_leaves_is_in_nobodys_way() {
    let folder = Folder::new();
    let store = folder.store();
    let key = key("access_token", "agent:1");
    assert!(store.replace(&key, None, &token("a")).await.expect("works"));
    // Killed in the middle of writing: half a temporary file, readable by all.
    let half = folder.file("json").with_extension("tmp");
    std::fs::write(&half, "{\"token\":\"ha").expect("writes");
    assert_eq!(store.get(&key).await.expect("works"), Some(token("a")));
    // Killed while it held the lock that changes are made under.
    let lock = folder.file("lock");
    let name = lock.file_name().expect("a name").to_str().expect("ASCII").to_owned();
    let part = format!("lock {}", folder.0.display());
    let mut holder = Process::start_with("second_process", &part, &[("WECOM_TEST_LOCK", &name)]);
    assert_eq!(holder.says().as_deref(), Some("held"));
    let (a, b) = (token("a"), token("b"));
    let mut change = store.replace(&key, Some(&a), &b);
    tokio::select! {
        biased;
        _ = &mut change => panic!("changed without the lock"),
        () = tokio::time::sleep(Duration::from_millis(100)) => {}
    }
    drop(change);
    // A process that hangs with the lock is not waited for for ever.
    let error = store.replace(&key, Some(&a), &b).await.expect_err("is locked");
    assert!(
        error.message().contains(&name)
            && error.message().contains("has been locked by another process for too long"),
        "{error}"
    );
    let change = store.replace(&key, Some(&a), &b);
    holder.kill();
    assert!(change.await.expect("works"));
    assert_eq!(store.get(&key).await.expect("works"), Some(b));
    assert!(folder.files("tmp").is_empty());
}

/// On paused time, which stands still while a file is at work: the waiter has tried again and again when it moves on.
#[tokio::test(start_paused = true)]
async fn who_waits_for_a_dead_process_gets_the_right_to_fetch_at_once() {
    let folder = Folder::new();
    let store = folder.store();
    let key = key("access_token", "agent:1");
    let mut holder = Process::start("second_process", &format!("lease {}", folder.0.display()));
    assert_eq!(holder.says().as_deref(), Some("held"));
    let mut waiting = store.lease(&key, None);
    tokio::select! {
        biased;
        lease = &mut waiting => panic!("{lease:?} although another process has it"),
        () = tokio::time::sleep(Duration::from_millis(100)) => {}
    }
    holder.kill();
    let Lease::Held(lease) = waiting.await.expect("works") else { panic!("nobody stored a token") };
    // Who watches the value need not wait for the lock.
    let waiting = store.lease(&key, None);
    assert!(store.replace(&key, None, &token("a")).await.expect("works"));
    assert!(matches!(waiting.await.expect("works"), Lease::Changed));
    lease.release().await;
    let stale = token("a").token;
    assert!(matches!(store.lease(&key, Some(&stale)).await.expect("works"), Lease::Held(_)));
    // Dropping it is as good as releasing it.
    assert!(matches!(store.lease(&key, Some(&stale)).await.expect("works"), Lease::Held(_)));
}

#[tokio::test]
async fn many_clients_on_one_folder_fetch_once() {
    let folder = Folder::new();
    let server = Server::with_tokens(|request| match request.query.contains("token-1") {
        // The first one expires under them.
        true if request.number > 100 => errcode(42001, "expired"),
        _ => json(json!({"errcode": 0, "errmsg": "ok"})),
    })
    .await;
    // As two processes would: each with a transport and a store of its own.
    let clients: Vec<_> =
        (0..2).map(|_| server.client().store(folder.store()).build().expect("builds")).collect();
    let calls: Vec<_> = (0..200)
        .map(|number| clients[number % 2].raw(Method::Post, "/cgi-bin/x", &[], None))
        .map(|call| tokio::spawn(async move { call.await }))
        .collect();
    for call in calls {
        call.await.expect("no panic").expect("works");
    }
    let fetched = server.requests("/cgi-bin/gettoken").len();
    assert_eq!(fetched, 2, "one at the start, one after the expiry");
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let store = folder.store();
    let key = key("access_token", "agent:1");
    let mode = |path: &Path| std::fs::metadata(path).expect("is there").permissions().mode() & 0o777;
    assert!(store.replace(&key, None, &token("a")).await.expect("works"));
    // Opened up by somebody: closed again with the next token.
    let path = folder.file("json");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("sets");
    assert!(store.replace(&key, Some(&token("a")), &token("b")).await.expect("works"));
    assert_eq!((mode(&folder.0), mode(&path), mode(&folder.file("lock"))), (0o700, 0o600, 0o600));
    let text = std::fs::read_to_string(&path).expect("reads");
    assert!(text.contains(&format!("\"for\":\"{key}\"")), "{text}");
}

/// What others could put there would be sent as a token.
#[cfg(unix)]
#[test]
fn a_folder_that_others_can_write_in_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    for (mode, opens) in [(0o700, true), (0o755, true), (0o777, false), (0o775, false), (0o1777, false)] {
        let folder = Folder::new();
        std::fs::create_dir_all(&folder.0).expect("a folder");
        std::fs::set_permissions(&folder.0, std::fs::Permissions::from_mode(mode)).expect("sets");
        let opened = FileStore::open(&folder.0);
        assert_eq!(opened.is_ok(), opens, "{mode:o}: {opened:?}");
        assert!(opens || opened.is_err_and(|error| error.to_string().contains("chmod go-w")), "{mode:o}");
    }
}

/// A ticket that cannot be read does not keep a new one out.
#[tokio::test]
async fn a_new_ticket_takes_the_place_of_a_damaged_one() {
    let server = Server::start(|_| json(json!({"errcode": 0}))).await;
    let folder = Folder::new();
    let suite = suite(&server, &folder);
    let now = Timestamp::now();
    assert!(suite.set_ticket("ticket-1", now).await.expect("stores"));
    std::fs::write(folder.file("json"), "{\"token\":").expect("writes");
    assert!(suite.ticket_pushed_at().await.is_err());
    assert!(suite.set_ticket("ticket-0", Timestamp(now.0 - 5)).await.expect("stores"));
    assert_eq!(suite.ticket_pushed_at().await.expect("reads"), Some(Timestamp(now.0 - 5)));
    // One that was stored with a time that has yet to come counts for less than any.
    let text = std::fs::read_to_string(folder.file("json")).expect("reads");
    let ahead = text.replace(&format!("{}.", now.0 - 5), &format!("{}.", now.0 * 1000));
    std::fs::write(folder.file("json"), ahead).expect("writes");
    assert!(suite.set_ticket("ticket-2", now).await.expect("stores"));
    assert_eq!(suite.ticket_pushed_at().await.expect("reads"), Some(now));
}

#[tokio::test]
async fn a_damaged_file_costs_a_token_but_no_ticket() {
    let folder = Folder::new();
    let store = folder.store();
    for (kind, expected) in [("access_token", true), ("suite_ticket", false), ("permanent_code", false)] {
        let key = key(kind, "agent:1");
        assert!(store.replace(&key, None, &token("hush-7")).await.expect("works"));
        let path = folder.files("json").into_iter().find(|path| path.to_string_lossy().contains(kind));
        let path = path.expect("is there");
        for damage in ["", "{\"token\":\"hush-7", "[]", "{\"token\":\"hush-7\",\"issued_at\":\"1\"}"] {
            std::fs::write(&path, damage).expect("writes");
            match store.get(&key).await {
                Ok(found) => assert!(expected && found.is_none(), "{kind}: {damage}"),
                Err(error) => {
                    let text = format!("{error} {error:?}");
                    assert!(!expected && text.contains("is damaged; restore it or delete it"), "{text}");
                    assert!(text.contains(&*path.to_string_lossy()) && !text.contains("hush-7"), "{text}");
                }
            }
        }
        // A new one takes its place, whatever it was.
        assert!(store.replace(&key, None, &token("new")).await.expect("works"), "{kind}");
        assert_eq!(store.get(&key).await.expect("works"), Some(token("new")), "{kind}");
    }
    let file = &folder.files("json")[0];
    let error = FileStore::open(file).expect_err("no folder");
    assert!(matches!(error, Error::Io { .. }), "{error}");
}

fn suite(server: &Server, folder: &Folder) -> Suite {
    let transport = Transport::builder().base_url(&server.base).retry(quick()).store(folder.store());
    let transport = transport.build().expect("builds");
    Suite::builder("wx-suite", "suite-secret").transport(&transport).build().expect("builds")
}

#[tokio::test]
async fn permanent_codes_are_kept_beside_the_tickets() {
    let server = Server::start(|request| match request.path.as_str() {
        "/cgi-bin/service/get_suite_token" => json(json!({"suite_access_token": "s", "expires_in": 7200})),
        "/cgi-bin/service/get_corp_token" => {
            let code = request.json()["permanent_code"].as_str().expect("a code").to_owned();
            json(json!({"access_token": format!("token-of-{code}"), "expires_in": 7200}))
        }
        _ if request.query.contains("code-1") => errcode(42001, "expired"),
        _ => Reply::Json(json!({"errcode": 0, "errmsg": "ok"})),
    })
    .await;
    let folder = Folder::new();
    // One process gets the callbacks, another one makes the calls.
    let (pushed, worker) = (suite(&server, &folder), suite(&server, &folder));
    pushed.set_ticket("ticket-1", Timestamp(100)).await.expect("stores");
    let corp: Client = worker.stored_corp("ww-corp").expect("builds");
    let call = || corp.raw(Method::Post, "/cgi-bin/x", &[], None);
    let error = call().await.expect_err("no code yet");
    assert!(matches!(&error, Error::Token(_)), "{error:?}");
    assert!(error.to_string().contains("no permanent_code of ww-corp is stored"), "{error}");
    for (code, at, taken, expected) in [("code-1", 100, true, "code-1"), ("code-0", 50, false, "code-1")] {
        assert_eq!(pushed.set_permanent_code("ww-corp", code, Timestamp(at)).await.expect("works"), taken);
        let found = worker.permanent_code("ww-corp").await.expect("works").expect("a code");
        assert_eq!(found.expose(), expected);
    }
    assert_eq!(worker.permanent_code("ww-other").await.expect("works"), None);
    call().await.expect_err("that code's token is refused");
    // The corp authorises anew: the worker's client goes on with the new code.
    assert!(pushed.set_permanent_code("ww-corp", "code-2", Timestamp(200)).await.expect("works"));
    call().await.expect("works");
    assert_eq!(server.requests("/cgi-bin/x").last().expect("a call").query, "access_token=token-of-code-2");
    // A cancellation that arrives late concerns an older code.
    assert!(!pushed.forget_permanent_code("ww-corp", Timestamp(150)).await.expect("works"));
    call().await.expect("works");
    assert!(pushed.forget_permanent_code("ww-corp", Timestamp(300)).await.expect("works"));
    assert!(!pushed.forget_permanent_code("ww-corp", Timestamp(300)).await.expect("works"));
    let error = call().await.expect_err("neither code nor token are left");
    assert!(error.to_string().contains("no permanent_code of ww-corp is stored"), "{error}");
    for wrong in [
        worker.stored_corp(" ").err(),
        pushed.set_permanent_code("", "code", Timestamp(1)).await.err(),
        pushed.set_permanent_code("ww-corp", "", Timestamp(1)).await.err(),
    ] {
        assert!(matches!(wrong, Some(Error::Config(_))), "{wrong:?}");
    }
}

/// What one of several processes does at a time: the second waits, however long, and takes over.
#[tokio::test]
async fn one_holds_and_the_next_takes_over() {
    let folder = Folder::new();
    let (first, second, key) = (folder.store(), folder.store(), key("robot_connection", "bot"));
    let held = first.hold(&key).await.expect("works");
    let waiting = tokio::spawn({
        let key = key.clone();
        async move { second.hold(&key).await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    assert!(!waiting.is_finished(), "the first one holds it");
    held.release().await;
    waiting.await.expect("no panic").expect("works");
    // Dropped without being released, as when a process dies, it is free too.
    first.hold(&key).await.expect("works");
}
