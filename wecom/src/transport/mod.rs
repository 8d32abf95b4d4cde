//! The HTTP side that all clients share.

mod builder;
mod execute;
mod send;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub use builder::TransportBuilder;
pub(crate) use builder::settings;
pub(crate) use execute::{Handle, Identity, Options};
use reqwest::Url;

use crate::error::Error;
use crate::limit::Limiter;
use crate::retry::{Budget, RetryPolicy};
use crate::token::{Clock, Flights, TokenKey, TokenStore};

/// Where the real server is.
pub(crate) const OFFICIAL: &str = "https://qyapi.weixin.qq.com";

/// Connections, base URL, limits of time, retries and the token store: what several clients can share. Cheap to clone.
///
/// ```
/// # fn main() -> Result<(), wecom::Error> {
/// let transport = wecom::Transport::builder().timeout(std::time::Duration::from_secs(10)).build()?;
/// let hr = wecom::Client::builder("ww1", "secret-hr").agent(1000002).transport(&transport).build()?;
/// let it = wecom::Client::builder("ww1", "secret-it").agent(1000003).transport(&transport).build()?;
/// # Ok(()) }
/// ```
///
/// # Log
/// Each call is a [`tracing`](https://docs.rs/tracing) span `wecom.call` of level DEBUG with the fields `endpoint` (the path,
/// without its query), `errcode` (0 for success; absent when the server gave none), `attempts` and `duration_ms` (waits and
/// repetitions included). In it, repetitions are events of level WARN, everything else is DEBUG. A token request is a
/// span of its own, since many calls may wait for it. No token, secret or body is ever in them.
#[derive(Clone)]
pub struct Transport(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    /// Without a trailing slash.
    base: String,
    headers: reqwest::header::HeaderMap,
    timeout: Duration,
    max_answer: usize,
    retry: RetryPolicy,
    budget: Budget,
    limiter: Option<Limiter>,
    store: Arc<dyn TokenStore>,
    clock: Arc<dyn Clock>,
    flights: Flights,
    counters: Counters,
}

#[derive(Default)]
struct Counters {
    calls: AtomicU64,
    requests: AtomicU64,
    token_fetches: AtomicU64,
    retries: AtomicU64,
    replays: AtomicU64,
}

/// What a transport has done since it was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Calls that were made, token requests not counted.
    pub calls: u64,
    /// HTTP requests that were sent, for whatever reason.
    pub requests: u64,
    /// Tokens that were asked for.
    pub token_fetches: u64,
    /// Repetitions after busy answers and network failures.
    pub retries: u64,
    /// Calls that were sent again with a new token.
    pub replays: u64,
}

impl Transport {
    /// Settings to begin with: the real server, 10 seconds to connect, 30 seconds for an answer, no answer above 64 MiB.
    #[must_use]
    pub fn builder() -> TransportBuilder {
        TransportBuilder::default()
    }

    /// What has been done so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let Counters { calls, requests, token_fetches, retries, replays } = &self.0.counters;
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Stats {
            calls: read(calls),
            requests: read(requests),
            token_fetches: read(token_fetches),
            retries: read(retries),
            replays: read(replays),
        }
    }

    /// The base URL.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.0.base
    }

    pub(crate) fn store(&self) -> &dyn TokenStore {
        &*self.0.store
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    pub(crate) fn flights(&self) -> &Flights {
        &self.0.flights
    }

    pub(crate) fn key(&self, kind: &'static str, corp: &str, app: String) -> TokenKey {
        TokenKey { kind, base: self.0.base.clone(), corp: corp.to_owned(), app }
    }

    pub(crate) fn count_token_fetch(&self) {
        self.0.counters.token_fetches.fetch_add(1, Ordering::Relaxed);
    }

    /// The one place where URLs are made.
    fn url<'a>(&self, path: &str, query: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Url, Error> {
        // Without the slash the path could become part of the host.
        if !path.starts_with('/') {
            return Err(Error::config(format!("a path must begin with `/`: {path}")));
        }
        let mut url = Url::parse(&format!("{}{path}", self.0.base))
            .map_err(|error| Error::config(format!("{path} is no path: {error}")))?;
        let mut query = query.peekable();
        if query.peek().is_some() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transport")
            .field("base_url", &self.0.base)
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}
