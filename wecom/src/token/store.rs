use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

pub(super) use crate::error::StoreError;
use crate::value::Secret;

/// A future of a trait method.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Whose token it is. Holds no secret, so it may be shown and used as a key in a shared store.
///
/// All fields together are the key. Should one be added, every store has to look at it: that will be a major version.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenKey {
    /// `access_token`, `suite_access_token`, …, or `suite_ticket`, `model_ticket`, `permanent_code`.
    pub kind: &'static str,
    /// The base URL: a test server's tokens are not those of the real one.
    pub base: String,
    /// The corp's id; empty for a suite or a provider.
    pub corp: String,
    /// The application: `agent:1000002`, `suite:wx…`, or a digest of the secret when it is not known.
    pub app: String,
}

impl TokenKey {
    /// The corp in a key as it is written, if it is one like this of whichever corp.
    #[cfg(any(feature = "file-store", feature = "redis"))]
    pub(super) fn corp_in<'a>(&self, written: &'a str) -> Option<&'a str> {
        let Self { kind, base, app, .. } = self;
        written.strip_prefix(&format!("{kind}|{base}|"))?.strip_suffix(&format!("|{app}"))
    }
}

impl fmt::Display for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}|{}|{}", self.kind, self.base, self.corp, self.app)
    }
}

/// A token and its times, all since 1970-01-01 00:00 UTC.
///
/// A store keeps every field. Should one be added, every store has to learn it: that will be a major version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredToken {
    /// The token.
    pub token: Secret,
    /// When it was issued.
    pub issued_at: Duration,
    /// From when on a new one should be fetched, although this one still works.
    pub refresh_at: Duration,
    /// From when on it does not work any more.
    pub expires_at: Duration,
}

impl StoredToken {
    /// Within the last part of its life a token is renewed in the background; the random share keeps many machines
    /// from doing so in the same second.
    pub(crate) fn new(token: Secret, now: Duration, lifetime: Duration) -> Self {
        const EARLIEST: Duration = Duration::from_secs(300);
        // What never expires is looked after all the same, and no sum overflows.
        const LONGEST: Duration = Duration::from_secs(10 * 365 * 86_400);
        let lifetime = lifetime.min(LONGEST);
        let margin = (lifetime / 10).min(EARLIEST);
        let jitter = f64::from(getrandom::u32().unwrap_or(0)) / f64::from(u32::MAX);
        let early = margin.mul_f64(0.5 + jitter / 2.0);
        Self {
            token,
            issued_at: now,
            refresh_at: now.saturating_add(lifetime.saturating_sub(early)),
            expires_at: now.saturating_add(lifetime),
        }
    }

    /// Works, and need not be renewed yet.
    pub(crate) fn is_fresh(&self, now: Duration) -> bool {
        now < self.refresh_at
    }

    /// Will still work when a request with it arrives.
    pub(crate) fn is_usable(&self, now: Duration) -> bool {
        let lifetime = self.expires_at.saturating_sub(self.issued_at);
        now.saturating_add((lifetime / 20).min(Duration::from_secs(5))) < self.expires_at
    }
}

/// Where tokens are kept between calls, and shared between tasks, processes or machines.
///
/// A store is not asked to be clever: expiry, early renewal and the rule that one task fetches for all live in the
/// client. What it must get right is that [`replace`](Self::replace) and [`invalidate`](Self::invalidate) compare and
/// change in one step.
pub trait TokenStore: Send + Sync + 'static {
    /// The token, expired ones included.
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, StoreError>>;

    /// A number that is another one after each change of anything in the store, and read without waiting. While it stays the same, a
    /// token that was read is not asked for again. `None`, unless a store says otherwise: others may change what it keeps.
    fn version(&self) -> Option<u64> {
        None
    }

    /// Replaces `seen` (`None`: nothing) by `new`; `false` when there is something else by now.
    fn replace<'a>(
        &'a self,
        key: &'a TokenKey,
        seen: Option<&'a StoredToken>,
        new: &'a StoredToken,
    ) -> BoxFuture<'a, Result<bool, StoreError>>;

    /// Removes the token if it still is the one that failed; `false` when it is not.
    fn invalidate<'a>(
        &'a self,
        key: &'a TokenKey,
        failed: &'a Secret,
    ) -> BoxFuture<'a, Result<bool, StoreError>>;

    /// The corps for which something of this kind, base URL and application is kept; the key's own corp does not matter. For
    /// [`Suite::corps`](crate::Suite::corps).
    ///
    /// A store that does not say otherwise cannot tell.
    fn corps<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        let _ = key;
        Box::pin(async {
            Err(StoreError::new(
                "this token store cannot list what it keeps: it lacks `TokenStore::corps`".to_owned(),
            ))
        })
    }

    /// Waits until this process may fetch, or until another one has stored a token other than `stale`.
    ///
    /// A store within one process needs none: the client lets only one task fetch. A store shared by several takes
    /// a lock here; who waits for it must watch the stored token too, so as not to sleep out a dead process's lock.
    fn lease<'a>(
        &'a self,
        key: &'a TokenKey,
        stale: Option<&'a Secret>,
    ) -> BoxFuture<'a, Result<Lease, StoreError>> {
        let _ = (key, stale);
        Box::pin(async { Ok(Lease::Held(Box::new(NoLock))) })
    }

    /// Waits, as long as it takes, until this process is the only one that holds what the key names; for what one of several
    /// processes does at a time, as the connection of a robot.
    ///
    /// A store within one process has nothing to wait for.
    fn hold<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Box<dyn LeaseGuard>, StoreError>> {
        let _ = key;
        Box::pin(async { Ok(Box::new(NoLock) as Box<dyn LeaseGuard>) })
    }
}

/// What waiting for the right to fetch ended with.
#[non_exhaustive]
pub enum Lease {
    /// Fetch, then release.
    Held(Box<dyn LeaseGuard>),
    /// Somebody else has fetched: look again.
    Changed,
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Held(_) => "Held",
            Self::Changed => "Changed",
        })
    }
}

/// The right to fetch. Dropping it without releasing must free it after a while.
pub trait LeaseGuard: Send + Sync {
    /// Lets the next one fetch.
    fn release(self: Box<Self>) -> BoxFuture<'static, ()>;

    /// Comes to an end when the lock is lost although it was not released: its store is gone, or has given it to another. Never
    /// for one that the system keeps.
    fn lost(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }
}

/// The right to fetch where nothing has to be locked.
pub(super) struct NoLock;

impl LeaseGuard for NoLock {
    fn release(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }
}
