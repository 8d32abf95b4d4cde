use std::sync::Arc;
use std::time::Duration;

use super::clock::Clock;
use super::flight::Flights;
use super::store::{TokenKey, TokenStore};

/// What all tokens of a transport share: where they are kept, the clock by which they expire, and the fetches under way.
pub(crate) struct Keeper {
    /// Without a trailing slash.
    base: String,
    store: Arc<dyn TokenStore>,
    clock: Arc<dyn Clock>,
    flights: Flights,
}

impl Keeper {
    pub(crate) fn new(base: String, store: Arc<dyn TokenStore>, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { base, store, clock, flights: Flights::default() })
    }

    /// The base URL: a test server's tokens are not those of the real one.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn store(&self) -> &Arc<dyn TokenStore> {
        &self.store
    }

    pub(crate) fn now(&self) -> Duration {
        self.clock.now()
    }

    pub(super) fn flights(&self) -> &Flights {
        &self.flights
    }

    pub(crate) fn key(&self, kind: &'static str, corp: &str, app: String) -> TokenKey {
        TokenKey { kind, base: self.base.clone(), corp: corp.to_owned(), app }
    }
}
