//! What every token store must do, and a second process to do it with.
#![allow(dead_code, unreachable_pub)] // each test file uses its part

use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use wecom::token::{StoredToken, TokenKey, TokenStore};

pub fn key(kind: &'static str, app: &str) -> TokenKey {
    TokenKey { kind, base: "https://qyapi.weixin.qq.com".into(), corp: "ww1".into(), app: app.into() }
}

/// With times that are no whole seconds: they must survive.
pub fn token(text: &str) -> StoredToken {
    let at = Duration::new(1_700_000_000, 123_456_789);
    let life = Duration::from_secs(7200);
    StoredToken { token: text.into(), issued_at: at, refresh_at: at + life / 2, expires_at: at + life }
}

/// Compares before it changes, keeps keys apart, gives back what it was given.
pub async fn keeps_the_contract(store: &dyn TokenStore) {
    for kind in ["access_token", "suite_ticket", "permanent_code"] {
        let (one, other) = (key(kind, "agent:1"), key(kind, "agent:2/../{}|*"));
        let (a, b) = (token("a"), token("b \"\\ 令牌"));
        let moved = StoredToken { expires_at: a.expires_at + Duration::from_nanos(1), ..a.clone() };
        let get = async |key| store.get(key).await.expect("works");
        assert_eq!(get(&one).await, None);
        for (seen, new, expected) in [
            (Some(&a), &b, false),
            (None, &a, true),
            (None, &b, false),
            (Some(&moved), &b, false),
            (Some(&a), &b, true),
            (Some(&a), &a, false),
        ] {
            let done = store.replace(&one, seen, new).await.expect("works");
            assert_eq!(done, expected, "{kind}: {seen:?} → {new:?}");
        }
        assert_eq!((get(&one).await, get(&other).await), (Some(b.clone()), None));
        assert!(store.replace(&other, None, &a).await.expect("works"));
        assert!(!store.invalidate(&one, &a.token).await.expect("works"));
        assert!(store.invalidate(&one, &b.token).await.expect("works"));
        assert!(!store.invalidate(&one, &b.token).await.expect("works"));
        assert_eq!((get(&one).await, get(&other).await), (None, Some(a.clone())));
        // Which corps there are of an application.
        let corps = async |key| store.corps(key).await.expect("lists");
        assert_eq!((corps(&one).await, corps(&other).await), (vec![], vec!["ww1".to_owned()]));
        let elsewhere = TokenKey { corp: "ww|2*".into(), ..other.clone() };
        let test_server = TokenKey { base: "http://127.0.0.1:1".into(), ..other.clone() };
        for key in [&elsewhere, &test_server] {
            assert!(store.replace(key, None, &a).await.expect("works"));
        }
        let mut both = corps(&other).await;
        both.sort();
        assert_eq!(both, ["ww1", "ww|2*"]);
        assert_eq!(corps(&test_server).await, ["ww1"]);
        for key in [&elsewhere, &test_server] {
            assert!(store.invalidate(key, &a.token).await.expect("works"));
        }
        assert_eq!(corps(&other).await, ["ww1"]);
    }
}

/// This test program once more, as a process of its own that runs one test and is told its part by the environment.
pub struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

pub const PART: &str = "WECOM_TEST_PART";

impl Process {
    /// `test` does its part, and nothing at all when [`part`] is `None`.
    pub fn start(test: &str, part: &str) -> Self {
        Self::start_with(test, part, &[])
    }

    /// The same with more in its environment.
    pub fn start_with(test: &str, part: &str, environment: &[(&str, &str)]) -> Self {
        let program = std::env::current_exe().expect("this program's path");
        let mut child = Command::new(program)
            .args(["--exact", test, "--nocapture", "--test-threads=1"])
            .env(PART, part)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        Self { child, lines }
    }

    /// What it says next; `None` when it has ended. The test harness's own lines are passed over.
    pub fn says(&mut self) -> Option<String> {
        loop {
            let line = self.lines.next()?.ok()?;
            // The harness writes the test's name first, without ending the line.
            if let Some((_, said)) = line.split_once("> ") {
                return Some(said.to_owned());
            }
        }
    }

    /// Kills it as `kill -9` does, in the middle of whatever it is at; what it had said by then.
    pub fn kill(&mut self) -> Vec<String> {
        self.child.kill().expect("kills");
        self.child.wait().expect("ends");
        std::iter::from_fn(|| self.says()).collect()
    }

    /// `STOP`: alive, and at a standstill. `CONT`: goes on.
    #[cfg(unix)]
    pub fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().expect("kills").success());
    }

    /// Waits until it ends by itself.
    pub fn wait(&mut self) -> Vec<String> {
        let said = std::iter::from_fn(|| self.says()).collect();
        assert!(self.child.wait().expect("ends").success());
        said
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What this process is told to do when it was started by another one.
pub fn part() -> Option<String> {
    std::env::var(PART).ok()
}

/// Tells the process that started this one.
pub fn say(what: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    // One write, so that killing cannot leave half a line.
    let _ = out.write_all(format!("> {what}\n").as_bytes());
    let _ = out.flush();
}
