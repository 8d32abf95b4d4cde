//! Tokens in Redis, shared by many machines.

mod builder;
mod link;
mod local;

use std::sync::Arc;
use std::time::Duration;

use ::redis::Script;
use builder::Place;
pub use builder::RedisStoreBuilder;
use link::{Ask, Link, pause};
use local::Local;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::codec;
use super::store::{BoxFuture, Lease, LeaseGuard, NoLock, StoreError, StoredToken, TokenKey, TokenStore};
use crate::value::Secret;

/// Keeps tokens in Redis (7, or any server that speaks its protocol, scripts included), for many machines.
///
/// One process fetches a token while the others watch the stored value, not only the lock: they go on as soon as it
/// is there. The holder prolongs its lock while it lives; when it is killed the lock ends within the
/// [lease](RedisStoreBuilder::lease) of 10 seconds, and another one fetches. Keys in Redis are
/// `<prefix>:{<kind>|<base URL>|<corp>|<app>}` and the same with `:lock`; none holds a secret. The values are tokens in
/// plain text: keep strangers out of that Redis.
///
/// # When Redis is down
///
/// Building the store connects to nothing, and connections are made anew when they are needed: nothing has to be
/// restarted when Redis comes, goes or comes back. While it is down, calls go on: a process uses the tokens that it has
/// seen last, fetches new ones on its own, and stores them when Redis is back. Processes may then fetch the same
/// token at once, and if Redis comes back empty so may the first one that asks: that costs requests, no more. What cannot be fetched again is not treated so lightly: tickets and permanent codes are
/// read from memory if they have been seen, but storing one fails with [`Error::Store`](crate::Error::Store), so that a
/// callback's handler can let the push be repeated. With [`strict`](RedisStoreBuilder::strict) every call fails while
/// Redis is down. An attempt to reach it takes a second at the most, and is made once a second, not for every call.
///
/// # Clusters, sentinels, TLS
///
/// [`cluster`](Self::cluster) (feature `redis-cluster`) follows moved slots and new primaries; a token and its lock are in one slot.
/// [`sentinels`](Self::sentinels) (feature `redis-sentinel`) asks who is the primary whenever a connection is made, and makes one when
/// the current server is gone or has become a replica. In both, what was written in the last moment before a fail-over may be lost:
/// tokens are fetched again then. `rediss://` speaks TLS (feature `redis-tls`).
///
/// ```no_run
/// # fn main() -> Result<(), wecom::Error> {
/// let store = wecom::token::RedisStore::builder("redis://:password@redis.internal:6379/0").build()?;
/// let client = wecom::Client::builder("ww1", "secret").store(store).build()?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct RedisStore(Arc<Inner>);

struct Inner {
    link: Link,
    prefix: String,
    lease: Duration,
    strict: bool,
    local: Local,
    scripts: Scripts,
}

/// A token stays this long after it has expired: it is compared with.
const AFTER: Duration = Duration::from_secs(3600);

/// No value is kept for longer; Redis counts in milliseconds of 63 bits.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 86_400);

/// How often a waiter looks at the value and the lock; by up to a half more at random.
const LOOK: Duration = Duration::from_millis(50);

/// How long a waiter leaves fetching to another process that is alive but does not come to an end.
const LEASE_PATIENCE: Duration = Duration::from_secs(90);

struct Scripts {
    get: Script,
    is_there: Script,
    replace: Script,
    invalidate: Script,
    lease: Script,
    prolong: Script,
    release: Script,
}

impl Scripts {
    fn new() -> Self {
        Self {
            get: script("return value(KEYS[1])"),
            is_there: Script::new("return redis.call('EXISTS', KEYS[1])"),
            replace: script(
                "local now = value(KEYS[1])
                 for i = 1, 4 do if (now[i] or '') ~= ARGV[i] then return 0 end end
                 redis.call('DEL', KEYS[1])
                 redis.call('HSET', KEYS[1], 'token', ARGV[5], 'issued_at', ARGV[6], 'refresh_at', ARGV[7], 'expires_at', ARGV[8])
                 if ARGV[9] == '0' then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[9]) end
                 return 1",
            ),
            invalidate: script(
                "if value(KEYS[1])[1] ~= ARGV[1] then return 0 end
                 return redis.call('DEL', KEYS[1])",
            ),
            lease: script(
                "local token = value(KEYS[1])[1]
                 if token and token ~= ARGV[1] then return 'changed' end
                 if redis.call('PTTL', KEYS[2]) == -1 then redis.call('DEL', KEYS[2]) end
                 if redis.call('SET', KEYS[2], ARGV[2], 'NX', 'PX', ARGV[3]) then return 'held' end
                 return 'wait'",
            ),
            prolong: Script::new(
                "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
                 return redis.call('PEXPIRE', KEYS[1], ARGV[2])",
            ),
            release: Script::new(
                "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
                 return redis.call('DEL', KEYS[1])",
            ),
        }
    }
}

/// A script that knows what a value is, as [`codec::read`] does: whoever reads half of one must see the same as who replaces it, or
/// waits for it to change.
fn script(text: &str) -> Script {
    Script::new(&format!(
        "local function value(key)
             local kind = redis.call('TYPE', key)
             if (kind.ok or kind) ~= 'hash' then return {{false, false, false, false}} end
             local now = redis.call('HMGET', key, 'token', 'issued_at', 'refresh_at', 'expires_at')
             for i = 2, 4 do
                 if not now[1] or not now[i] or not string.find(now[i], '^%d+%.%d%d%d%d%d%d%d%d%d$') then
                     return {{false, false, false, false}}
                 end
             end
             return now
         end
         {text}"
    ))
}

/// A text that a pattern shall fit as it is.
fn literal(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        if matches!(c, '*' | '?' | '[' | ']' | '\\' | '^') {
            out.push('\\');
        }
        out.push(c);
        out
    })
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}

impl RedisStore {
    /// Settings to begin with, from Redis's address: `redis://[user][:password@]host[:port][/db]`.
    #[must_use]
    pub fn builder(url: impl Into<Secret>) -> RedisStoreBuilder {
        RedisStoreBuilder::new(Place::Single(url.into()))
    }

    /// The same for a Redis Cluster, from the addresses of some of its nodes; the others are found by them. Name and password stand in
    /// each address.
    #[cfg(feature = "redis-cluster")]
    #[must_use]
    pub fn cluster<U: Into<Secret>>(urls: impl IntoIterator<Item = U>) -> RedisStoreBuilder {
        RedisStoreBuilder::new(Place::Cluster(urls.into_iter().map(Into::into).collect()))
    }

    /// The same for the primary that sentinels know by this name, from the sentinels' addresses. Those of `rediss://` lead to servers
    /// that speak TLS, too. The servers' own password is set by [`credentials`](RedisStoreBuilder::credentials).
    ///
    /// ```no_run
    /// # fn main() -> Result<(), wecom::Error> {
    /// use wecom::token::RedisStore;
    ///
    /// let store = RedisStore::sentinels("mymaster", ["redis://10.0.0.1:26379", "redis://10.0.0.2:26379"])
    ///     .credentials("", "password")
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    #[cfg(feature = "redis-sentinel")]
    #[must_use]
    pub fn sentinels<U: Into<Secret>>(
        name: impl Into<String>,
        urls: impl IntoIterator<Item = U>,
    ) -> RedisStoreBuilder {
        RedisStoreBuilder::new(Place::Sentinel {
            name: name.into(),
            sentinels: urls.into_iter().map(Into::into).collect(),
            user: String::new(),
            password: Secret::default(),
            database: 0,
        })
    }
}

impl std::fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisStore")
            .field("address", &self.0.link.address)
            .field("prefix", &self.0.prefix)
            .finish_non_exhaustive()
    }
}

impl Inner {
    /// The braces keep a token and its lock together where keys are spread.
    fn name(&self, key: &TokenKey) -> String {
        format!("{}:{{{key}}}", self.prefix)
    }

    async fn read(&self, key: &TokenKey) -> Result<Option<StoredToken>, StoreError> {
        let mut call = self.scripts.get.prepare_invoke();
        call.key(self.name(key));
        let fields: [Option<String>; 4] = self.link.run(&call).await?;
        if fields[0].is_none() {
            return match codec::is_renewable(key) || !self.is_there(key).await? {
                true => Ok(None),
                // Something stands where a ticket should. A new one takes its place, but its lack is no ordinary one.
                false => Err(StoreError::new(format!("the value of {} in Redis is damaged", self.name(key)))),
            };
        }
        Ok(codec::read(fields.each_ref().map(Option::as_deref)))
    }

    async fn is_there(&self, key: &TokenKey) -> Result<bool, StoreError> {
        let mut call = self.scripts.is_there.prepare_invoke();
        call.key(self.name(key));
        self.link.run(&call).await
    }

    async fn write(
        &self,
        key: &TokenKey,
        seen: Option<&StoredToken>,
        new: &StoredToken,
    ) -> Result<bool, StoreError> {
        let mut call = self.scripts.replace.prepare_invoke();
        call.key(self.name(key));
        for field in seen.map(codec::write).unwrap_or_default().into_iter().chain(codec::write(new)) {
            call.arg(field);
        }
        let keep = match codec::is_renewable(key) {
            true => millis(new.expires_at.saturating_sub(new.issued_at).saturating_add(AFTER).min(LONGEST)),
            false => 0,
        };
        call.arg(keep);
        self.link.run(&call).await
    }

    async fn remove(&self, key: &TokenKey, failed: &Secret) -> Result<bool, StoreError> {
        let mut call = self.scripts.invalidate.prepare_invoke();
        call.key(self.name(key)).arg(failed.expose());
        self.link.run(&call).await
    }

    /// The names of the keys that a pattern of Redis's fits, on all servers.
    async fn names(&self, pattern: &str) -> Result<Vec<String>, StoreError> {
        if self.link.is_spread() {
            // A scan goes over one server alone; this is asked of all primaries, and put together.
            let mut keys = ::redis::cmd("KEYS");
            return self.link.ask(Ask::Command(keys.arg(pattern))).await;
        }
        let (mut cursor, mut names) = (0_u64, Vec::new());
        loop {
            let mut scan = ::redis::cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(pattern).arg("COUNT").arg(1000);
            let (next, found): (u64, Vec<String>) = self.link.ask(Ask::Command(&scan)).await?;
            names.extend(found);
            if next == 0 {
                return Ok(names);
            }
            cursor = next;
        }
    }

    /// Whether a failure is bridged from memory.
    fn bridges(&self, key: &TokenKey) -> bool {
        !self.strict && codec::is_renewable(key)
    }

    /// Redis's value, unless a newer one was fetched while it was down: then that one, which is stored now.
    async fn reconcile(
        &self,
        key: &TokenKey,
        theirs: Option<StoredToken>,
    ) -> Result<Option<StoredToken>, StoreError> {
        let Some(ours) = self.local.unsaved(key) else {
            self.local.saved(key, theirs.as_ref());
            return Ok(theirs);
        };
        let is_newer = theirs.as_ref().is_none_or(|theirs| theirs.issued_at < ours.issued_at);
        if is_newer && self.write(key, theirs.as_ref(), &ours).await? {
            self.local.saved(key, Some(&ours));
            return Ok(Some(ours));
        }
        let theirs = if is_newer { self.read(key).await? } else { theirs };
        self.local.saved(key, theirs.as_ref());
        Ok(theirs)
    }
}

impl TokenStore for RedisStore {
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, StoreError>> {
        let inner = &*self.0;
        Box::pin(async move {
            let outcome = match inner.read(key).await {
                Ok(theirs) => inner.reconcile(key, theirs).await,
                Err(error) => Err(error),
            };
            outcome.or_else(|error| match inner.local.get(key) {
                Some(stored) if !inner.strict => Ok(Some(stored)),
                None if inner.bridges(key) => Ok(None),
                _ => Err(error),
            })
        })
    }

    fn replace<'a>(
        &'a self,
        key: &'a TokenKey,
        seen: Option<&'a StoredToken>,
        new: &'a StoredToken,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        let inner = &*self.0;
        Box::pin(async move {
            match inner.write(key, seen, new).await {
                Ok(done) => {
                    if done {
                        inner.local.saved(key, Some(new));
                    }
                    Ok(done)
                }
                Err(_) if inner.bridges(key) => Ok(inner.local.replace(key, seen, new)),
                Err(error) => Err(error),
            }
        })
    }

    fn invalidate<'a>(
        &'a self,
        key: &'a TokenKey,
        failed: &'a Secret,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        let inner = &*self.0;
        Box::pin(async move {
            match inner.remove(key, failed).await {
                Ok(done) => Ok(inner.local.invalidate(key, failed) || done),
                Err(_) if inner.bridges(key) => Ok(inner.local.invalidate(key, failed)),
                Err(error) => Err(error),
            }
        })
    }

    fn corps<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        let inner = &*self.0;
        Box::pin(async move {
            let TokenKey { kind, base, app, .. } = key;
            let pattern = format!(
                "{}:{{{}|{}|*|{}}}",
                literal(&inner.prefix),
                literal(kind),
                literal(base),
                literal(app)
            );
            let names = inner.names(&pattern).await?;
            let corp = |name: &str| {
                let written = name.strip_prefix(&format!("{}:{{", inner.prefix))?.strip_suffix('}')?;
                key.corp_in(written).map(str::to_owned)
            };
            let mut corps: Vec<String> = names.iter().filter_map(|name| corp(name)).collect();
            // A scan may find a key twice.
            corps.sort_unstable();
            corps.dedup();
            Ok(corps)
        })
    }

    fn lease<'a>(
        &'a self,
        key: &'a TokenKey,
        stale: Option<&'a Secret>,
    ) -> BoxFuture<'a, Result<Lease, StoreError>> {
        let inner = &*self.0;
        Box::pin(async move {
            let nonce = format!("{:032x}", u128::from(random()) << 64 | u128::from(random()));
            let lock = format!("{}:lock", inner.name(key));
            let mut call = inner.scripts.lease.prepare_invoke();
            call.key(inner.name(key)).key(&lock);
            call.arg(stale.map_or("", Secret::expose)).arg(&nonce).arg(millis(inner.lease));
            let started = Instant::now();
            loop {
                match inner.link.run::<String>(&call).await {
                    Ok(state) if state == "changed" => return Ok(Lease::Changed),
                    Ok(state) if state == "held" => break,
                    Ok(_) if started.elapsed() > LEASE_PATIENCE => {
                        tracing::warn!(app = %key.app, "another process has held the lock for fetching too long");
                        return Ok(Lease::Held(Box::new(NoLock)));
                    }
                    Ok(_) => pause(LOOK).await,
                    // Nobody can be asked: this process fetches for itself.
                    Err(_) if inner.bridges(key) => return Ok(Lease::Held(Box::new(NoLock))),
                    Err(error) => return Err(error),
                }
            }
            let prolonging = tokio::spawn(prolong(self.clone(), lock.clone(), nonce.clone()));
            Ok(Lease::Held(Box::new(Held { store: self.clone(), lock, nonce, prolonging })))
        })
    }

    /// Unlike a token, which each process can fetch for itself while Redis is down, this is held by nobody then.
    fn hold<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Box<dyn LeaseGuard>, StoreError>> {
        let inner = &*self.0;
        Box::pin(async move {
            let nonce = format!("{:032x}", u128::from(random()) << 64 | u128::from(random()));
            let lock = format!("{}:lock", inner.name(key));
            let mut call = inner.scripts.lease.prepare_invoke();
            call.key(inner.name(key)).key(&lock).arg("").arg(&nonce).arg(millis(inner.lease));
            // It runs from when it was asked for: the answer may have been long on its way.
            let mut asked = Instant::now();
            while inner.link.run::<String>(&call).await? != "held" {
                pause(inner.lease / 8).await;
                asked = Instant::now();
            }
            let (say, good) = watch::channel(Some(asked));
            let prolonging = tokio::spawn(watch_over(self.clone(), lock.clone(), nonce.clone(), say));
            let held = Held { store: self.clone(), lock, nonce, prolonging };
            Ok(Box::new(Active { held, good, lease: inner.lease }) as Box<dyn LeaseGuard>)
        })
    }
}

/// The lock of what one process does at a time, and whether it still is.
struct Active {
    held: Held,
    /// When the lock was last asked for with success; `None` once it is lost.
    good: watch::Receiver<Option<Instant>>,
    lease: Duration,
}

impl LeaseGuard for Active {
    fn release(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::new(self.held).release()
    }

    fn lost(&self) -> BoxFuture<'_, ()> {
        let mut good = self.good.clone();
        Box::pin(async move {
            loop {
                let Some(since) = *good.borrow_and_update() else { return };
                // Also by the clock: a process that stood still may look here before the task that watches over the lock.
                let left = self.lease.saturating_sub(since.elapsed());
                if left.is_zero() {
                    return;
                }
                match tokio::time::timeout(left, good.changed()).await {
                    Ok(Ok(())) => {}
                    // Its end is as good as its word.
                    Ok(Err(_)) | Err(_) => return,
                }
            }
        })
    }
}

/// Keeps the lock, and says when it cannot: before another process can have it, also when Redis does not answer.
async fn watch_over(store: RedisStore, lock: String, nonce: String, say: watch::Sender<Option<Instant>>) {
    let lease = store.0.lease;
    let good = || say.borrow().map_or(lease, |since| since.elapsed());
    loop {
        tokio::time::sleep(lease / 4).await;
        let asked = Instant::now();
        let mut call = store.0.scripts.prolong.prepare_invoke();
        call.key(&lock).arg(&nonce).arg(millis(lease));
        match tokio::time::timeout(lease / 4, store.0.link.run::<bool>(&call)).await {
            Ok(Ok(true)) => {
                say.send_replace(Some(asked));
            }
            Ok(Ok(false)) => break,
            Ok(Err(_)) | Err(_) if good() >= lease / 2 => break,
            Ok(Err(_)) | Err(_) => {}
        }
    }
    say.send_replace(None);
}

fn random() -> u64 {
    getrandom::u64().unwrap_or(0)
}

/// Keeps the lock while its holder lives. A lock that was lost meanwhile stays lost: it belongs to somebody else.
async fn prolong(store: RedisStore, lock: String, nonce: String) {
    loop {
        tokio::time::sleep(store.0.lease / 3).await;
        let mut call = store.0.scripts.prolong.prepare_invoke();
        call.key(&lock).arg(&nonce).arg(millis(store.0.lease));
        if store.0.link.run(&call).await == Ok(false) {
            return;
        }
    }
}

/// The lock. When it is dropped without being released it expires.
struct Held {
    store: RedisStore,
    lock: String,
    nonce: String,
    prolonging: JoinHandle<()>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.prolonging.abort();
    }
}

impl LeaseGuard for Held {
    fn release(self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            self.prolonging.abort();
            let mut call = self.store.0.scripts.release.prepare_invoke();
            call.key(&self.lock).arg(&self.nonce);
            if let Err(error) = self.store.0.link.run::<bool>(&call).await {
                tracing::debug!(%error, "the lock could not be released; it ends by itself");
            }
        })
    }
}
