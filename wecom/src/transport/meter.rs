//! Counters and the histogram of calls, for the recorder of the program; nothing without the feature `metrics`.

use tokio::time::Instant;

use crate::error::Error;

#[cfg(feature = "metrics")]
pub(super) fn call(endpoint: &str, error: Option<&Error>, started: Instant) {
    let outcome = error.map_or("ok".into(), Error::type_name);
    let endpoint = endpoint.to_owned();
    metrics::counter!("wecom_calls_total", "endpoint" => endpoint.clone(), "outcome" => outcome).increment(1);
    metrics::histogram!("wecom_call_duration_seconds", "endpoint" => endpoint).record(started.elapsed());
}

#[cfg(feature = "metrics")]
pub(super) fn request(endpoint: &str) {
    metrics::counter!("wecom_requests_total", "endpoint" => endpoint.to_owned()).increment(1);
}

#[cfg(feature = "metrics")]
pub(super) fn retry(endpoint: &str) {
    metrics::counter!("wecom_retries_total", "endpoint" => endpoint.to_owned()).increment(1);
}

#[cfg(feature = "metrics")]
pub(super) fn replay(endpoint: &str) {
    metrics::counter!("wecom_token_replays_total", "endpoint" => endpoint.to_owned()).increment(1);
}

#[cfg(feature = "metrics")]
pub(super) fn token_fetch() {
    metrics::counter!("wecom_token_fetches_total").increment(1);
}

#[cfg(not(feature = "metrics"))]
mod silent {
    use super::{Error, Instant};

    pub(in super::super) fn call(_: &str, _: Option<&Error>, _: Instant) {}
    pub(in super::super) fn request(_: &str) {}
    pub(in super::super) fn retry(_: &str) {}
    pub(in super::super) fn replay(_: &str) {}
    pub(in super::super) fn token_fetch() {}
}

#[cfg(not(feature = "metrics"))]
pub(super) use silent::{call, replay, request, retry, token_fetch};
