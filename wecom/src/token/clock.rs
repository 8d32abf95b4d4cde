use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The time of day, by which tokens expire. Waiting always goes by tokio's clock, which tests can pause.
pub trait Clock: Send + Sync + 'static {
    /// Time since 1970-01-01 00:00 UTC.
    fn now(&self) -> Duration;
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}
