//! One task fetches, however many ask.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::source::TokenSource;
use super::store::{Lease, StoredToken, TokenKey};
use crate::endpoint::TokenKind;
use crate::error::Error;
use crate::transport::Transport;
use crate::value::Secret;

type Outcome = Result<Secret, Error>;
type Landing = watch::Receiver<Option<Outcome>>;

/// How long a failed early renewal is left alone, while the old token still works.
const HOLD_OFF: Duration = Duration::from_secs(10);

/// The fetches under way, one a token at most.
#[derive(Default)]
pub(crate) struct Flights(Mutex<HashMap<TokenKey, Weak<Flight>>>);

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
    under_way: Mutex<Option<Landing>>,
    not_before: Mutex<Option<Instant>>,
}

/// A poisoned lock is taken all the same: nothing under these locks can be left half done.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The tokens of one application.
pub(crate) struct Tokens {
    kind: TokenKind,
    key: TokenKey,
    source: Box<dyn TokenSource>,
    transport: Transport,
    flight: Arc<Flight>,
}

impl Tokens {
    pub(crate) fn new(
        kind: TokenKind,
        corp: &str,
        app: String,
        source: impl TokenSource,
        transport: Transport,
    ) -> Arc<Self> {
        let key = transport.key(kind.parameter(), corp, app);
        Self::with_key(kind, key, source, transport)
    }

    /// The same for what is not a token, but is kept and renewed like one.
    pub(crate) fn with_key(
        kind: TokenKind,
        key: TokenKey,
        source: impl TokenSource,
        transport: Transport,
    ) -> Arc<Self> {
        let flight = transport.flights().of(&key);
        Arc::new(Self { kind, key, source: Box::new(source), transport, flight })
    }

    pub(crate) fn kind(&self) -> TokenKind {
        self.kind
    }

    pub(crate) fn key(&self) -> &TokenKey {
        &self.key
    }

    fn now(&self) -> Duration {
        self.transport.clock().now()
    }

    /// A token that works. `failed` is one that the server has just refused as expired.
    pub(crate) async fn get(self: &Arc<Self>, failed: Option<&Secret>) -> Outcome {
        if let Some(failed) = failed {
            // Only if it still is that one: a late refusal of an old token must not throw away the new one.
            self.transport.store().invalidate(&self.key, failed).await?;
        }
        let now = self.now();
        if let Some(stored) = self.transport.store().get(&self.key).await?
            && stored.is_usable(now)
        {
            if !stored.is_fresh(now) && self.may_renew() {
                // Renewed in the background: nobody waits for it, and if it fails the old token still works.
                drop(self.join(None));
            }
            return Ok(stored.token);
        }
        let mut landing = self.join(failed.cloned());
        loop {
            if let Some(outcome) = &*landing.borrow_and_update() {
                return outcome.clone().map_err(|error| Error::token(self.kind, error));
            }
            if landing.changed().await.is_err() {
                // The runtime that was fetching is gone; it can only have been another one than ours.
                landing = self.join(failed.cloned());
            }
        }
    }

    fn may_renew(&self) -> bool {
        locked(&self.flight.not_before).is_none_or(|instant| Instant::now() >= instant)
    }

    /// Joins the fetch under way, or starts one. It runs as a task of its own, so that whoever asked first can give up
    /// without failing the others.
    fn join(self: &Arc<Self>, stale: Option<Secret>) -> Landing {
        let mut under_way = locked(&self.flight.under_way);
        if let Some(landing) = &*under_way
            && landing.has_changed().is_ok()
        {
            return landing.clone();
        }
        let (land, landing) = watch::channel(None);
        *under_way = Some(landing.clone());
        let this = Arc::clone(self);
        tokio::spawn(async move {
            let outcome = this.renew(stale.as_ref()).await;
            *locked(&this.flight.not_before) = outcome.is_err().then(|| Instant::now() + HOLD_OFF);
            // First the way is cleared, then the waiters are told: who comes in between finds the new token stored.
            *locked(&this.flight.under_way) = None;
            let _ = land.send(Some(outcome));
        });
        landing
    }

    /// Fetches and stores a token, unless somebody else has.
    async fn renew(&self, stale: Option<&Secret>) -> Outcome {
        let store = self.transport.store();
        loop {
            let seen = store.get(&self.key).await?;
            if let Some(stored) = self.acceptable(seen.as_ref(), stale) {
                return Ok(stored.token.clone());
            }
            let Lease::Held(lease) =
                store.lease(&self.key, seen.as_ref().map(|stored| &stored.token)).await?
            else {
                continue;
            };
            let outcome = self.fetch(stale).await;
            lease.release().await;
            return outcome;
        }
    }

    /// A stored token that makes fetching needless.
    fn acceptable<'a>(
        &self,
        stored: Option<&'a StoredToken>,
        stale: Option<&Secret>,
    ) -> Option<&'a StoredToken> {
        stored.filter(|stored| Some(&stored.token) != stale && stored.is_fresh(self.now()))
    }

    /// Under the lease: another process may have stored a token while we waited for it.
    async fn fetch(&self, stale: Option<&Secret>) -> Outcome {
        let store = self.transport.store();
        let seen = store.get(&self.key).await?;
        if let Some(stored) = self.acceptable(seen.as_ref(), stale) {
            return Ok(stored.token.clone());
        }
        tracing::debug!(token = self.key.kind, app = %self.key.app, "fetching a token");
        let new = self.source.fetch().await.inspect_err(|error| {
            tracing::warn!(token = self.key.kind, app = %self.key.app, %error, "no token");
        })?;
        let new = StoredToken::new(new.token, self.now(), new.expires_in);
        if !store.replace(&self.key, seen.as_ref(), &new).await? {
            // Without a lease two processes may fetch at once. The server gives both the same token, or the later one
            // counts; a wrong guess costs one more round, as any expired token does.
            tracing::debug!(token = self.key.kind, "another process has stored a token meanwhile");
        }
        Ok(new.token)
    }
}
