//! One task fetches, however many ask.

use std::collections::HashMap;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::floor::{self, Basis, Failure, Shared};
use super::keeper::Keeper;
use super::source::Source;
use super::store::{Lease, StoredToken, TokenKey, TokenStore};
use crate::blemish::clean;
use crate::endpoint::TokenKind;
use crate::error::{DecodeError, Error};
use crate::value::Secret;
use crate::wire;

type Outcome = Result<Secret, Error>;

/// How long a failed early renewal is left alone, while the old token still works.
const HOLD_OFF: Duration = Duration::from_secs(10);

/// How often a fetch shows that its runtime is running, and waiters look.
const BEAT: Duration = Duration::from_secs(1);

/// A fetch that has not shown so for this long is on a runtime that nobody runs any more.
const STUCK: Duration = Duration::from_secs(5);

/// So often "another process has fetched" may turn out to bring nothing, before this one fetches for itself.
const FRUITLESS: u32 = 8;

/// The fetches under way, one a token at most.
#[derive(Default)]
pub(super) struct Flights(Mutex<HashMap<TokenKey, Weak<Flight>>>);

impl Flights {
    /// The flight for a key: the same one for all clients of a transport that share an application.
    fn of(&self, key: &TokenKey) -> Arc<Flight> {
        let mut map = locked(&self.0);
        if let Some(flight) = map.get(key).and_then(Weak::upgrade) {
            return flight;
        }
        map.retain(|_, flight| flight.strong_count() > 0);
        let flight = Arc::<Flight>::default();
        map.insert(key.clone(), Arc::downgrade(&flight));
        flight
    }
}

#[derive(Default)]
struct Flight {
    under_way: Mutex<Option<UnderWay>>,
    not_before: Mutex<Option<Instant>>,
    failure: Mutex<Option<Failure>>,
    memory: Mutex<Memory>,
    /// What was read last. Changed under the lock of `memory`, which must be empty: what the store lacks is not read from it.
    read: RwLock<Option<Read>>,
    /// The token that a call has worked with.
    worked: Mutex<Option<Secret>>,
    /// Counted up after each change of `read` and `worked`.
    changes: AtomicU64,
}

/// A token as it was read, and the store's version before.
#[derive(Clone)]
struct Read {
    version: u64,
    stored: StoredToken,
}

/// A token that was at hand, kept by who asked for it: it is good as long as [`Tokens::still`] says so.
pub(crate) struct Known {
    changes: u64,
    read: Read,
    has_worked: bool,
}

impl Known {
    pub(crate) fn token(&self) -> &Secret {
        &self.read.stored.token
    }

    pub(crate) fn has_worked(&self) -> bool {
        self.has_worked
    }
}

impl Flight {
    /// Remembers what the store does not know.
    fn remember(&self, change: impl FnOnce(&mut Memory)) {
        let mut memory = locked(&self.memory);
        self.set(None);
        change(&mut memory);
    }

    fn set(&self, read: Option<Read>) {
        *self.read.write().unwrap_or_else(PoisonError::into_inner) = read;
        self.changes.fetch_add(1, Ordering::Release);
    }

    /// The token that counts, given what the store has and which version it was of.
    fn counts(&self, stored: Option<StoredToken>, version: Option<u64>) -> Option<StoredToken> {
        let memory = locked(&self.memory);
        if let (Some(version), Some(stored)) = (version, &stored)
            && memory.is_empty()
        {
            self.set(Some(Read { version, stored: stored.clone() }));
        }
        memory.beside(stored)
    }
}

/// A fetch under way.
#[derive(Clone)]
struct UnderWay {
    number: u64,
    landing: watch::Receiver<Option<Outcome>>,
    beat: Arc<Mutex<Instant>>,
}

/// What the store does not know, because it could not be written.
#[derive(Default)]
struct Memory {
    unsaved: Option<StoredToken>,
    refused: Option<Secret>,
}

impl Memory {
    fn is_empty(&self) -> bool {
        self.unsaved.is_none() && self.refused.is_none()
    }

    /// The token that counts, given what the store has.
    fn beside(&self, stored: Option<StoredToken>) -> Option<StoredToken> {
        let stored = stored.filter(|stored| Some(&stored.token) != self.refused.as_ref());
        match (&self.unsaved, stored) {
            (Some(unsaved), Some(stored)) if stored.issued_at >= unsaved.issued_at => Some(stored),
            (Some(unsaved), _) => Some(unsaved.clone()),
            (None, stored) => stored,
        }
    }
}

/// A poisoned lock is taken all the same: nothing under these locks can be left half done.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The tokens of one application.
pub(crate) struct Tokens {
    kind: TokenKind,
    key: TokenKey,
    source: Box<dyn Source>,
    keeper: Arc<Keeper>,
    store: Arc<dyn TokenStore>,
    flight: Arc<Flight>,
    number: u64,
}

impl Tokens {
    pub(crate) fn new(
        kind: TokenKind,
        corp: &str,
        app: String,
        source: impl Source,
        keeper: &Arc<Keeper>,
    ) -> Arc<Self> {
        let (key, store) = (keeper.key(kind.parameter(), corp, app), keeper.store().clone());
        Self::with_key(kind, key, source, keeper, store)
    }

    /// The same for what is not a token, but is kept and renewed like one, or is kept elsewhere.
    pub(crate) fn with_key(
        kind: TokenKind,
        key: TokenKey,
        source: impl Source,
        keeper: &Arc<Keeper>,
        store: Arc<dyn TokenStore>,
    ) -> Arc<Self> {
        let (flight, keeper) = (keeper.flights().of(&key), Arc::clone(keeper));
        Arc::new(Self { kind, key, source: Box::new(source), keeper, store, flight, number: number() })
    }

    pub(crate) fn kind(&self) -> TokenKind {
        self.kind
    }

    pub(crate) fn key(&self) -> &TokenKey {
        &self.key
    }

    #[cfg(feature = "jssdk")]
    pub(crate) fn store(&self) -> &Arc<dyn TokenStore> {
        &self.store
    }

    /// Another one for each client.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    fn now(&self) -> Duration {
        self.keeper.now()
    }

    fn shared(&self) -> Shared<'_> {
        Shared { store: &*self.store, key: &self.key, now: self.now() }
    }

    async fn basis(&self) -> Basis {
        match self.source.basis().await {
            Some(secret) => Basis::of(&secret),
            None => Basis::own(self.number),
        }
    }

    /// A token that works for a while yet, if it is known without asking the store. Nothing is waited for, and nothing written.
    pub(crate) fn at_hand(&self) -> Option<Secret> {
        let read = self.flight.read.read().unwrap_or_else(PoisonError::into_inner);
        read.as_ref().filter(|read| self.is_good(read)).map(|read| read.stored.token.clone())
    }

    /// The same, to be kept: a copy of its own, so that clones of it are no matter between threads.
    pub(crate) fn known(&self) -> Option<Known> {
        let changes = self.flight.changes.load(Ordering::Acquire);
        let read = self.flight.read.read().unwrap_or_else(PoisonError::into_inner).clone();
        let mut read = read.filter(|read| self.is_good(read))?;
        let has_worked = locked(&self.flight.worked).as_ref() == Some(&read.stored.token);
        read.stored.token = Secret::new(read.stored.token.expose());
        Some(Known { changes, read, has_worked })
    }

    /// Whether a token that was at hand still is.
    pub(crate) fn still(&self, known: &Known) -> bool {
        known.changes == self.flight.changes.load(Ordering::Acquire) && self.is_good(&known.read)
    }

    fn is_good(&self, read: &Read) -> bool {
        let is_same = || self.store.version() == Some(read.version);
        let works = |now| read.stored.is_usable(now) && read.stored.is_fresh(now);
        is_same() && works(self.now())
    }

    /// A token that works. `failed` is one that the server has just refused as expired.
    pub(crate) async fn get(self: &Arc<Self>, failed: Option<&Secret>) -> Outcome {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(Error::outside_tokio());
        }
        if failed.is_none()
            && let Some(token) = self.at_hand()
        {
            return Ok(token);
        }
        let version = self.store.version();
        let stored = self.flight.counts(self.store.get(&self.key).await?, version);
        let now = self.now();
        let mut stored = stored.filter(|stored| stored.is_usable(now));
        if let Some(failed) = failed
            && stored.as_ref().is_some_and(|stored| stored.token == *failed)
        {
            // One that has worked is old, whatever its age; one that never did is no better than the one before it.
            let has_worked = locked(&self.flight.worked).as_ref() == Some(failed);
            if !has_worked && self.shared().is_renewed(&self.basis().await).await {
                return Err(Error::token_too_soon(self.kind));
            }
            self.discard(failed).await;
            stored = None;
        }
        if let Some(stored) = stored {
            if !stored.is_fresh(now) && self.may_renew() {
                // Renewed in the background: nobody waits for it, and if it fails the old token still works.
                drop(self.join(None, None));
            }
            return Ok(stored.token);
        }
        if let Some(error) = self.held().await {
            return Err(error);
        }
        let mut flight = self.join(failed, None);
        let mut gone = 0;
        loop {
            if let Some(outcome) = &*flight.landing.borrow_and_update() {
                return outcome.clone().map_err(|error| Error::token(self.kind, error));
            }
            match timeout(BEAT, flight.landing.changed()).await {
                Ok(Ok(())) => {}
                // The runtime that was fetching is gone; it can only have been another one than ours.
                Ok(Err(_)) if gone < 3 => {
                    gone += 1;
                    flight = self.join(failed, Some(flight.number));
                }
                Ok(Err(_)) => return Err(Error::token(self.kind, Error::outside_tokio())),
                Err(_) if locked(&flight.beat).elapsed() > STUCK => {
                    tracing::warn!(token = self.key.kind, app = %self.key.app, "a fetch makes no progress; fetching again");
                    flight = self.join(failed, Some(flight.number));
                }
                Err(_) => {}
            }
        }
    }

    /// A call has worked with this token.
    pub(crate) fn worked(&self, token: &Secret) {
        let mut worked = locked(&self.flight.worked);
        if worked.as_ref() != Some(token) {
            *worked = Some(token.clone());
            self.flight.changes.fetch_add(1, Ordering::Release);
        }
    }

    /// Throws a token away, if it still is that one: a late refusal of an old token must not throw away the new one.
    async fn discard(&self, failed: &Secret) -> bool {
        let mut memory = false;
        {
            let mut kept = locked(&self.flight.memory);
            if kept.unsaved.as_ref().is_some_and(|unsaved| unsaved.token == *failed) {
                kept.unsaved = None;
                memory = true;
            }
        }
        match self.store.invalidate(&self.key, failed).await {
            Ok(done) => done || memory,
            Err(error) => {
                tracing::warn!(token = self.key.kind, app = %self.key.app, %error, "a refused token stays in the store");
                self.flight.remember(|memory| memory.refused = Some(failed.clone()));
                true
            }
        }
    }

    /// Throws the present token and the last failure away: the next call fetches.
    pub(crate) async fn forget(&self) -> Result<bool, Error> {
        *locked(&self.flight.failure) = None;
        self.shared().granted().await;
        let stored = self.store.get(&self.key).await?;
        let stored = locked(&self.flight.memory).beside(stored);
        match stored {
            Some(stored) => Ok(self.discard(&stored.token).await),
            None => Ok(false),
        }
    }

    fn may_renew(&self) -> bool {
        locked(&self.flight.not_before).is_none_or(|instant| Instant::now() >= instant)
    }

    /// The error of a fetch that failed a moment ago: asking again would only fail again. Not if it would be with something
    /// else: another secret, a new ticket.
    async fn held(&self) -> Option<Error> {
        let failure = locked(&self.flight.failure).clone()?;
        let left = failure.until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())?;
        (self.basis().await == failure.basis).then(|| Error::token_held(self.kind, failure.error, left))
    }

    /// Joins the fetch under way, or starts one. It runs as a task of its own, so that whoever asked first can give up
    /// without failing the others. `instead_of` is one that stands still.
    fn join(self: &Arc<Self>, stale: Option<&Secret>, instead_of: Option<u64>) -> UnderWay {
        let mut under_way = locked(&self.flight.under_way);
        if let Some(flight) = &*under_way
            && Some(flight.number) != instead_of
            && flight.landing.has_changed().is_ok()
        {
            return flight.clone();
        }
        let (land, landing) = watch::channel(None);
        let beat = Arc::new(Mutex::new(Instant::now()));
        let flight = UnderWay { number: number(), landing, beat };
        *under_way = Some(flight.clone());
        let (this, stale, UnderWay { number, beat, .. }) = (Arc::clone(self), stale.cloned(), flight.clone());
        // What stands still may hold the right to fetch.
        let alone = instead_of.is_some();
        tokio::spawn(async move {
            let mut work = pin!(unwound(this.renew(stale.as_ref(), alone)));
            let outcome = loop {
                *locked(&beat) = Instant::now();
                if let Ok(outcome) = timeout(BEAT, work.as_mut()).await {
                    break outcome;
                }
            };
            let hold = this.note(&outcome).await;
            *locked(&this.flight.not_before) = outcome.is_err().then(|| Instant::now() + hold.max(HOLD_OFF));
            // First the way is cleared, then the waiters are told: who comes in between finds the new token stored.
            let mut under_way = locked(&this.flight.under_way);
            if under_way.as_ref().is_some_and(|flight| flight.number == number) {
                *under_way = None;
            }
            drop(under_way);
            let _ = land.send(Some(outcome));
        });
        flight
    }

    /// Remembers how a fetch ended; for how long nobody asks again.
    async fn note(&self, outcome: &Outcome) -> Duration {
        let Err(error) = outcome else {
            *locked(&self.flight.failure) = None;
            return Duration::ZERO;
        };
        let error = match error {
            // Another process's, with its own time.
            Error::Token(held) if held.retry_after().is_some() => {
                return held.retry_after().unwrap_or_default();
            }
            error => error.clone(),
        };
        let is_own = self.source.basis().await.is_some();
        let basis = self.basis().await;
        let before = locked(&self.flight.failure).clone().filter(|failure| failure.basis == basis);
        let before = before.map_or(0, |failure| failure.streak.saturating_add(1));
        let streak = before.max(self.shared().streak(&basis).await);
        let hold = floor::hold(&error, is_own, streak);
        let failure = Failure { error, basis, streak, until: Instant::now() + hold };
        self.shared().refused(&failure, hold).await;
        *locked(&self.flight.failure) = Some(failure);
        hold
    }

    /// Fetches and stores a token, unless somebody else has.
    async fn renew(&self, stale: Option<&Secret>, alone: bool) -> Outcome {
        let mut fruitless = 0;
        loop {
            let seen = self.store.get(&self.key).await?;
            let token = seen.as_ref().map(|stored| stored.token.clone());
            if let Some(stored) = self.acceptable(seen, stale) {
                return Ok(stored.token);
            }
            if alone || fruitless >= FRUITLESS {
                return self.fetch(stale).await;
            }
            match self.store.lease(&self.key, token.as_ref()).await {
                Ok(Lease::Held(lease)) => {
                    let outcome = self.fetch(stale).await;
                    lease.release().await;
                    return outcome;
                }
                // What it fetched may be of no use here: by another clock, or half written.
                Ok(Lease::Changed) => {
                    if fruitless > 0 {
                        sleep(Duration::from_millis(10 << fruitless.min(6))).await;
                    }
                    fruitless += 1;
                }
                Err(error) => {
                    tracing::warn!(token = self.key.kind, app = %self.key.app, %error, "fetching without a lock");
                    return self.fetch(stale).await;
                }
            }
        }
    }

    /// A stored token that makes fetching needless.
    fn acceptable(&self, stored: Option<StoredToken>, stale: Option<&Secret>) -> Option<StoredToken> {
        let stored = locked(&self.flight.memory).beside(stored);
        stored.filter(|stored| Some(&stored.token) != stale && stored.is_fresh(self.now()))
    }

    /// Under the lease: another process may have stored a token while we waited for it.
    async fn fetch(&self, stale: Option<&Secret>) -> Outcome {
        let seen = self.store.get(&self.key).await?;
        if let Some(stored) = self.acceptable(seen.clone(), stale) {
            return Ok(stored.token);
        }
        let basis = self.basis().await;
        if let Some(failure) = self.shared().refusal(&basis).await {
            let left = failure.until.saturating_duration_since(Instant::now());
            let held = Error::token_held(self.kind, failure.error.clone(), left);
            *locked(&self.flight.failure) = Some(failure);
            return Err(held);
        }
        if stale.is_some() {
            let had_worked = locked(&self.flight.worked).as_ref() == stale;
            self.shared().renewed(&basis, had_worked).await;
        }
        tracing::debug!(token = self.key.kind, app = %self.key.app, "fetching a token");
        let new = self.source.fetch().await.inspect_err(|error| {
            let error = error.brief();
            tracing::warn!(token = self.key.kind, app = %self.key.app, %error, "no token");
        })?;
        if let Err(error) = clean("token", new.token.expose()) {
            return Err(self.unusable(error).await);
        }
        let new = StoredToken::new(new.token, self.now(), new.expires_in);
        self.shared().granted().await;
        match self.store.replace(&self.key, seen.as_ref(), &new).await {
            Ok(true) => *locked(&self.flight.memory) = Memory::default(),
            // Without a lease two processes may fetch at once. The server gives both the same token, or the later one
            // counts; a wrong guess costs one more round, as any expired token does.
            Ok(false) => {
                tracing::debug!(token = self.key.kind, "another process has stored a token meanwhile");
            }
            // A good token in hand is not thrown away because it cannot be kept.
            Err(error) => {
                tracing::warn!(token = self.key.kind, app = %self.key.app, %error, "the token is kept in memory alone");
                self.flight.remember(|memory| memory.unsaved = Some(new.clone()));
            }
        }
        Ok(new.token)
    }

    /// A token that no request can carry came in an answer: unlike a wrong setting it was not found out without a request.
    async fn unusable(&self, error: Error) -> Error {
        if self.source.basis().await.is_none() {
            return error;
        }
        let failure = wire::Failure {
            path: self.key.kind.to_owned(),
            message: error.to_string(),
            excerpt: String::new(),
        };
        Error::Decode(DecodeError::new(self.key.kind.into(), failure, Bytes::new(), &[]))
    }
}

/// A panic of a source is an error for those who wait.
async fn unwound(work: impl Future<Output = Outcome>) -> Outcome {
    let mut work = pin!(work);
    poll_fn(|context| {
        let poll = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
        poll.unwrap_or_else(|_| Poll::Ready(Err(Error::config("the source of tokens panicked"))))
    })
    .await
}
