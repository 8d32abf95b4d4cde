//! The HTTP side that all clients share.

mod after;
mod builder;
mod execute;
mod meter;
mod ready;
mod send;
mod shards;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use builder::TransportBuilder;
#[cfg(all(feature = "robot", not(target_family = "wasm")))]
pub(crate) use builder::http as http_client;
pub(crate) use builder::settings;
pub(crate) use execute::{Handle, Options};
use ready::Ready;
use reqwest::Url;
use shards::Shards;

use crate::endpoint::Payload;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::limit::Limiter;
use crate::retry::{Budget, RetryPolicy};
use crate::token::Keeper;
use crate::wire;
use crate::wire::note::Noted;

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
/// repetitions included). Beside them stand OpenTelemetry's own names: `otel.kind` (`client`), `http.request.method`,
/// `server.address`, `server.port`, `http.response.status_code` (of the last attempt) and, when the call fails, `error.type`: the
/// errcode, the HTTP status, or a word such as `timeout`, `connect` and `decode`. In it, repetitions are events of level WARN, and a failed call leaves one of level INFO with `endpoint`
/// and `errcode`; everything else is DEBUG. Fields of answers that this version does not know are reported once for each
/// endpoint, at level INFO, see [`FullAnswer::unknown_fields`](crate::FullAnswer::unknown_fields). A token request is a
/// span of its own, since many calls may wait for it. No token, secret or body is ever in them; of an answer, `errmsg` at the most,
/// on one line.
///
/// # Figures
/// [`stats`](Self::stats) has them for this transport. With the feature `metrics` they also go to the recorder that the program has
/// installed (crate [`metrics`](https://docs.rs/metrics)): the counters `wecom_calls_total` (labels `endpoint` and `outcome`, which is
/// `ok` or the `error.type` above), `wecom_requests_total`, `wecom_retries_total`, `wecom_token_replays_total` (label `endpoint`) and
/// `wecom_token_fetches_total`, and the histogram `wecom_call_duration_seconds` (label `endpoint`). Token requests are no calls there.
#[derive(Clone)]
pub struct Transport(Arc<Inner>);

struct Inner {
    exchange: Arc<dyn Exchange>,
    /// The base URL. Its path ends in a slash only where it is nothing else.
    base: Url,
    /// The base's host and port, for spans.
    server: (String, Option<u16>),
    headers: reqwest::header::HeaderMap,
    timeout: Duration,
    call_timeout: Option<Duration>,
    /// How long a call may take unless that is set: attempts and waits.
    usual_limit: Duration,
    max_answer: usize,
    retry: RetryPolicy,
    budget: Budget,
    limiter: Option<Limiter>,
    keeper: Arc<Keeper>,
    own: Shards<Own>,
    /// Endpoints whose unknown fields have been told.
    told: Mutex<HashSet<Cow<'static, str>>>,
}

/// What each group of threads has for itself.
#[derive(Default)]
struct Own {
    counters: Counters,
    ready: Mutex<Ready>,
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
        let sum = |counter: fn(&Counters) -> &AtomicU64| {
            self.0.own.iter().map(|own| counter(&own.counters).load(Ordering::Relaxed)).sum()
        };
        Stats {
            calls: sum(|counters| &counters.calls),
            requests: sum(|counters| &counters.requests),
            token_fetches: sum(|counters| &counters.token_fetches),
            retries: sum(|counters| &counters.retries),
            replays: sum(|counters| &counters.replays),
        }
    }

    fn counters(&self) -> &Counters {
        &self.0.own.own().counters
    }

    /// The base URL.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.0.keeper.base()
    }

    /// Where the tokens of its clients are kept.
    pub(crate) fn keeper(&self) -> &Arc<Keeper> {
        &self.0.keeper
    }

    /// How long to wait before something harmless is tried again; `None`: it is not.
    pub(crate) fn before_repeating(&self, retries: u32) -> Option<Duration> {
        let retry = &self.0.retry;
        retry.allows(retries).then(|| retry.delay(retries, false, None)).flatten()
    }

    /// How long a call may take as a whole: its own setting, or two attempts with all waits. An upload is limited by its attempts
    /// alone, since they may take as long as its size asks for.
    pub(crate) fn call_limit(&self, payload: &Payload) -> Option<Duration> {
        self.0.call_timeout.or_else(|| (!payload.is_upload()).then_some(self.0.usual_limit))
    }

    /// Whether somebody listens who has not yet been told what this endpoint's answers have besides their fields.
    pub(crate) fn reports_unknown(&self, endpoint: &str) -> bool {
        tracing::enabled!(tracing::Level::INFO)
            && !self.0.told.lock().unwrap_or_else(PoisonError::into_inner).contains(endpoint)
    }

    pub(crate) fn report_unknown(&self, endpoint: Cow<'static, str>, noted: &Noted) {
        if noted.unknown.is_empty() && noted.misfits.is_empty() {
            return;
        }
        let fields = wire::line(&noted.unknown.join(", "), 1000);
        // The places alone: the numbers are the answer's.
        let places = noted.misfits.iter().filter_map(|misfit| misfit.split(" = ").next());
        let out_of_range = wire::line(&places.collect::<Vec<_>>().join(", "), 1000);
        tracing::info!(%endpoint, fields, out_of_range, "the answer has what this version does not know; please report it");
        self.0.told.lock().unwrap_or_else(PoisonError::into_inner).insert(endpoint);
    }

    pub(crate) fn count_token_fetch(&self) {
        self.counters().token_fetches.fetch_add(1, Ordering::Relaxed);
        meter::token_fetch();
    }

    fn count_call(&self) {
        self.counters().calls.fetch_add(1, Ordering::Relaxed);
    }

    fn count_request(&self, endpoint: &str) {
        self.counters().requests.fetch_add(1, Ordering::Relaxed);
        meter::request(endpoint);
    }

    fn count_retry(&self, endpoint: &str) {
        self.counters().retries.fetch_add(1, Ordering::Relaxed);
        meter::retry(endpoint);
    }

    fn count_replay(&self, endpoint: &str) {
        self.counters().replays.fetch_add(1, Ordering::Relaxed);
        meter::replay(endpoint);
    }

    /// The one place where URLs are made.
    fn url<'a>(&self, path: &str, query: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Url, Error> {
        // Without the slash the path could become part of the host.
        if !path.starts_with('/') {
            return Err(Error::config("a path must begin with `/`"));
        }
        let (path, fixed) = path.split_once('?').map_or((path, None), |(path, fixed)| (path, Some(fixed)));
        // What was parsed once is not parsed again: host and port cost more than all else.
        let mut url = self.0.base.clone();
        match self.0.base.path() {
            "/" => url.set_path(path),
            before => url.set_path(&[before, path].concat()),
        }
        url.set_query(fixed);
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
            .field("base_url", &self.base_url())
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}
