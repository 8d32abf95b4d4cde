//! Renewal on paused time, with a source that counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::{Instant, advance, sleep};

use super::*;
use crate::endpoint::TokenKind;
use crate::error::Error;
use crate::value::{Secret, Timestamp};

const LIFE: Duration = Duration::from_secs(7200);

/// Tokio's clock, which stands still unless it is moved.
struct Paused(Instant);

impl Clock for Paused {
    fn now(&self) -> Duration {
        Duration::from_secs(1_700_000_000) + self.0.elapsed()
    }
}

#[derive(Clone, Default)]
struct Counting {
    fetches: Arc<AtomicU32>,
    fail: Arc<AtomicU32>,
}

impl Source for Counting {
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>> {
        Box::pin(async {
            sleep(Duration::from_millis(50)).await;
            let number = self.fetches.fetch_add(1, Ordering::SeqCst) + 1;
            let left = self.fail.load(Ordering::SeqCst);
            if left > 0 {
                self.fail.store(left - 1, Ordering::SeqCst);
                return Err(Error::config(format!("fetch {number} fails")));
            }
            Ok(NewToken { token: Secret::new(format!("token-{number}")), expires_in: LIFE })
        })
    }

    fn basis(&self) -> BoxFuture<'_, Option<Secret>> {
        Box::pin(async { None })
    }
}

impl Counting {
    fn count(&self) -> u32 {
        self.fetches.load(Ordering::SeqCst)
    }
}

fn keeper(clock: impl Clock) -> Arc<Keeper> {
    Keeper::new(String::new(), Arc::new(MemoryStore::new()), Arc::new(clock))
}

fn tokens() -> (Counting, Arc<Tokens>) {
    let source = Counting::default();
    let keeper = keeper(Paused(Instant::now()));
    let tokens = Tokens::new(TokenKind::AccessToken, "ww1", "agent:1".to_owned(), source.clone(), &keeper);
    (source, tokens)
}

/// A thousand tasks ask at once; all get the same.
async fn crowd(tokens: &Arc<Tokens>, failed: Option<&Secret>) -> Result<String, String> {
    let tasks: Vec<_> = (0..1000)
        .map(|_| {
            let (tokens, failed) = (Arc::clone(tokens), failed.cloned());
            tokio::spawn(async move { tokens.get(failed.as_ref()).await })
        })
        .collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        let outcome = task.await.expect("no panic");
        outcomes.push(outcome.map(|token| token.expose().to_owned()).map_err(|error| error.to_string()));
    }
    outcomes.dedup();
    assert_eq!(outcomes.len(), 1, "{outcomes:?}");
    outcomes.remove(0)
}

#[tokio::test(start_paused = true)]
async fn a_thousand_tasks_fetch_once() {
    let (source, tokens) = tokens();
    assert_eq!(crowd(&tokens, None).await.as_deref(), Ok("token-1"));
    assert_eq!(crowd(&tokens, None).await.as_deref(), Ok("token-1"));
    assert_eq!(source.count(), 1);
    // It expires under them.
    advance(LIFE).await;
    assert_eq!(crowd(&tokens, None).await.as_deref(), Ok("token-2"));
    // The server refuses it before its time.
    assert_eq!(crowd(&tokens, Some(&"token-2".into())).await.as_deref(), Ok("token-3"));
    assert_eq!(source.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_late_refusal_of_an_old_token_keeps_the_new_one() {
    let (source, tokens) = tokens();
    for (failed, expected) in [
        (None, "token-1"),
        (Some("token-1"), "token-2"),
        (Some("token-1"), "token-2"),
        (Some("token-0"), "token-2"),
    ] {
        let token = tokens.get(failed.map(Secret::from).as_ref()).await.expect("a token");
        assert_eq!(token.expose(), expected, "after the refusal of {failed:?}");
    }
    assert_eq!(source.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failure_fails_all_that_wait_and_is_not_repeated_at_once() {
    let (source, tokens) = tokens();
    source.fail.store(1, Ordering::SeqCst);
    let error = crowd(&tokens, None).await.expect_err("fails");
    assert_eq!(error, "no access_token: configuration: fetch 1 fails");
    sleep(Duration::from_millis(500)).await;
    let error = crowd(&tokens, None).await.expect_err("fails");
    assert_eq!(error, "no access_token: configuration: fetch 1 fails (not asked again for 1 s)");
    assert_eq!(source.count(), 1);
    sleep(Duration::from_millis(500)).await;
    assert_eq!(crowd(&tokens, None).await.as_deref(), Ok("token-2"));
    assert_eq!(source.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn renewed_in_the_background_before_it_expires() {
    let (source, tokens) = tokens();
    tokens.get(None).await.expect("a token");
    // Between 150 and 300 seconds before the end.
    advance(LIFE - Duration::from_secs(301)).await;
    tokens.get(None).await.expect("a token");
    sleep(Duration::from_secs(1)).await;
    assert_eq!(source.count(), 1);
    advance(Duration::from_secs(150)).await;
    // Nobody waits: the old one still works.
    source.fail.store(1, Ordering::SeqCst);
    let before = Instant::now();
    assert_eq!(tokens.get(None).await.expect("a token").expose(), "token-1");
    assert_eq!(before.elapsed(), Duration::ZERO);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(source.count(), 2);
    // A failed renewal is not tried again at every call.
    tokens.get(None).await.expect("a token");
    sleep(Duration::from_secs(1)).await;
    assert_eq!(source.count(), 2);
    sleep(Duration::from_secs(10)).await;
    assert_eq!(tokens.get(None).await.expect("a token").expose(), "token-1");
    sleep(Duration::from_secs(1)).await;
    assert_eq!((tokens.get(None).await.expect("a token").expose(), source.count()), ("token-3", 3));
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_does_not_fail_the_others() {
    let (source, tokens) = tokens();
    let first = tokio::spawn({
        let tokens = Arc::clone(&tokens);
        async move { tokens.get(None).await }
    });
    sleep(Duration::from_millis(10)).await;
    let second = tokio::spawn({
        let tokens = Arc::clone(&tokens);
        async move { tokens.get(None).await }
    });
    sleep(Duration::from_millis(10)).await;
    first.abort();
    assert_eq!(second.await.expect("no panic").expect("a token").expose(), "token-1");
    assert_eq!(source.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn two_clients_of_one_application_share_a_fetch() {
    let (source, tokens) = tokens();
    let keeper = keeper(Paused(Instant::now()));
    let twin =
        |app: &str| Tokens::new(TokenKind::AccessToken, "ww1", app.to_owned(), source.clone(), &keeper);
    let (a, b, other) = (twin("agent:1"), twin("agent:1"), twin("agent:2"));
    let (a, b) = tokio::join!(a.get(None), b.get(None));
    assert_eq!(a.expect("a token"), b.expect("a token"));
    assert_eq!(source.count(), 1);
    // Another application and another transport have their own.
    other.get(None).await.expect("a token");
    tokens.get(None).await.expect("a token");
    assert_eq!(source.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn only_a_newer_ticket_replaces_the_stored_one() {
    let ticket = Kept::new(&keeper(SystemClock), "suite_ticket", "", "suite:1".to_owned());
    assert_eq!(ticket.get().await.expect("works"), None);
    for (text, at, taken, expected) in [
        ("a", 100, true, "a"),
        ("b", 200, true, "b"),
        ("late", 150, false, "b"),
        ("same-second", 200, true, "same-second"),
    ] {
        assert_eq!(ticket.set(text.into(), Timestamp(at)).await.expect("works"), taken, "{text}");
        assert_eq!(ticket.get().await.expect("works"), Some(expected.into()));
    }
    assert_eq!(ticket.given_at().await.expect("works"), Some(Timestamp(200)));
    assert!(ticket.set("".into(), Timestamp(300)).await.is_err());
}

#[tokio::test]
async fn the_memory_store_compares_before_it_changes() {
    let store = MemoryStore::new();
    let key =
        TokenKey { kind: "access_token", base: String::new(), corp: "ww1".into(), app: "agent:1".into() };
    let token = |name: &str| StoredToken::new(name.into(), Duration::ZERO, LIFE);
    let (a, b) = (token("a"), token("b"));
    assert!(!store.replace(&key, Some(&a), &b).await.expect("works"));
    assert!(store.replace(&key, None, &a).await.expect("works"));
    assert!(!store.replace(&key, None, &b).await.expect("works"));
    assert!(store.replace(&key, Some(&a), &b).await.expect("works"));
    assert!(!store.invalidate(&key, &a.token).await.expect("works"));
    assert!(store.invalidate(&key, &b.token).await.expect("works"));
    assert_eq!(store.get(&key).await.expect("works"), None);
}

#[test]
fn renewal_times_spread_within_the_last_tenth() {
    for lifetime in [0, 1, 60, 3000, 7200] {
        let lifetime = Duration::from_secs(lifetime);
        let stored = StoredToken::new("x".into(), LIFE, lifetime);
        let early = stored.expires_at - stored.refresh_at;
        let most = (lifetime / 10).min(Duration::from_secs(300));
        assert!(early >= most / 2 && early <= most, "{lifetime:?}: {early:?}");
        assert_eq!(stored.expires_at, LIFE + lifetime);
    }
    // Not all at the same time: 32 random numbers of 32 bits are not the same by chance.
    let at = |_| StoredToken::new("x".into(), LIFE, LIFE).refresh_at;
    assert!((0..32).map(at).collect::<std::collections::HashSet<_>>().len() > 1);
}
