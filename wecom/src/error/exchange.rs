use std::fmt;

use super::TransportKind;
use crate::scrub;
use crate::wire;

/// There is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeError {
    kind: TransportKind,
    sent: bool,
    message: String,
}

impl ExchangeError {
    /// At which point it failed, and why. After [`Connect`](TransportKind::Connect) and [`Request`](TransportKind::Request) the call
    /// was certainly not carried out, and is repeated; after the others only where that is harmless.
    #[must_use]
    pub fn new(kind: TransportKind, message: impl AsRef<str>) -> Self {
        let sent = !matches!(kind, TransportKind::Connect | TransportKind::Request);
        Self { kind, sent, message: wire::line(&scrub::text(message.as_ref()), 500) }
    }

    /// The same of a request that certainly did not reach the server.
    #[must_use]
    pub fn not_sent(mut self) -> Self {
        self.sent = false;
        self
    }

    /// At which point it failed.
    #[must_use]
    pub fn kind(&self) -> TransportKind {
        self.kind
    }

    /// Whether the request may have reached the server.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        self.sent
    }

    /// Why, on one line, secrets masked.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for ExchangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ExchangeError {}

impl From<std::io::Error> for ExchangeError {
    fn from(error: std::io::Error) -> Self {
        Self::new(TransportKind::Body, error.to_string())
    }
}
