//! When a call is repeated, and after how long.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// How often and how fast failed calls are repeated.
///
/// Repeated are: answers whose code the catalogue calls throttled, which say that the server did not carry the call out, or
/// transient (`-1`, the server is busy); failures to connect; and, only for calls that may be repeated without harm, lost answers,
/// a bare HTTP 503 among them: proxies give it too when the answer was lost behind them. A message whose answer was lost is not
/// sent again unless [`Call::repeat`](crate::Call::repeat) says so.
///
/// Of `-1` no page says that nothing was done; the catalogue asks to repeat it, three times at most, and so it is also repeated for
/// messages. Where a message must not come twice, `enable_duplicate_check` makes the server look after that, and
/// `Call::repeat(false)` forbids every repetition.
///
/// `45009` (a limit of calls is used up) locks out for a minute at the least: it is repeated after a minute if
/// [`max_delay`](Self::max_delay) allows so long a wait, else not at all. The same goes for what the server asks for with
/// `Retry-After`. A token request is repeated after any answer that cannot be read, but never after `45009`.
#[derive(Debug, Clone, PartialEq)]
pub struct RetryPolicy {
    max_retries: u32,
    base: Duration,
    throttled: Duration,
    max: Duration,
    spare: u32,
}

impl RetryPolicy {
    /// Three repetitions, after 0.2, 0.4 and 0.8 seconds (throttled: 1, 2 and 4 seconds), each made shorter by up to a
    /// half at random. Tencent asks for three repetitions at most.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            max_retries: 3,
            base: Duration::from_millis(200),
            throttled: Duration::from_secs(1),
            max: Duration::from_secs(10),
            spare: 100,
        }
    }

    /// No repetitions. An expired token is still replaced once.
    #[must_use]
    pub const fn never() -> Self {
        Self { max_retries: 0, ..Self::new() }
    }

    /// At most so many repetitions of one call.
    #[must_use]
    pub const fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }

    /// The wait before the first repetition; it doubles each time.
    #[must_use]
    pub const fn base_delay(mut self, delay: Duration) -> Self {
        self.base = delay;
        self
    }

    /// The same after an answer that says there were too many calls.
    #[must_use]
    pub const fn throttled_delay(mut self, delay: Duration) -> Self {
        self.throttled = delay;
        self
    }

    /// No wait is longer than this; 10 seconds unless set. Where the server asks for more, the call is not repeated.
    #[must_use]
    pub const fn max_delay(mut self, delay: Duration) -> Self {
        self.max = delay;
        self
    }

    /// Over all calls of a transport: repetitions beyond these must be earned by calls, five for one repetition. Keeps
    /// a server that is down from getting several times its usual load. 100 unless set.
    #[must_use]
    pub const fn budget(mut self, spare: u32) -> Self {
        self.spare = spare;
        self
    }

    pub(crate) fn allows(&self, retries: u32) -> bool {
        retries < self.max_retries
    }

    /// All waits of one call together, at the most.
    pub(crate) fn longest(&self) -> Duration {
        let base = self.base.max(self.throttled);
        // Who allows for waiting out a lock-out shall have the time for it.
        let wait = |retry: u32| match self.max >= Duration::from_secs(60) {
            true => self.max,
            false => base.saturating_mul(2_u32.saturating_pow(retry)).min(self.max),
        };
        (0..self.max_retries.min(64)).map(wait).fold(Duration::ZERO, Duration::saturating_add)
    }

    /// The wait before repetition number `retries` (from 0); `asked` is the least that the server asks for. `None`: that is longer
    /// than any wait may be.
    pub(crate) fn delay(&self, retries: u32, throttled: bool, asked: Option<Duration>) -> Option<Duration> {
        let asked = asked.unwrap_or_default();
        if asked > self.max {
            return None;
        }
        let base = if throttled { self.throttled } else { self.base };
        let full = base.saturating_mul(2_u32.saturating_pow(retries)).min(self.max);
        let jitter = f64::from(getrandom::u32().unwrap_or(0)) / f64::from(u32::MAX);
        Some(full.mul_f64(0.5 + jitter / 2.0).max(asked))
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// What is left of the budget, in fifths of a repetition.
#[derive(Debug)]
pub(crate) struct Budget {
    left: AtomicI64,
    most: i64,
}

impl Budget {
    const COST: i64 = 5;

    pub(crate) fn new(policy: &RetryPolicy) -> Self {
        let most = i64::from(policy.spare) * Self::COST;
        Self { left: AtomicI64::new(most), most }
    }

    pub(crate) fn earn(&self) {
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            (left < self.most).then_some(left + 1)
        });
    }

    pub(crate) fn spend(&self) -> bool {
        let step = |left: i64| (left >= Self::COST).then_some(left - Self::COST);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_limit() {
        let policy = RetryPolicy::new().max_delay(Duration::from_secs(3));
        for (retries, throttled, asked, least, most) in [
            (0, false, None, 100, 200),
            (1, false, None, 200, 400),
            (2, false, None, 400, 800),
            (0, true, None, 500, 1000),
            (40, false, None, 1500, 3000),
            (0, false, Some(2), 2000, 2000),
        ] {
            let delay =
                policy.delay(retries, throttled, asked.map(Duration::from_secs)).expect("a wait").as_millis();
            assert!((least..=most).contains(&delay), "{retries} {throttled} {asked:?}: {delay}");
        }
        assert_eq!(policy.delay(0, false, Some(Duration::from_secs(4))), None);
        // Not all at the same time: 32 random numbers of 32 bits are not the same by chance.
        let delays: std::collections::HashSet<_> = (0..32).map(|_| policy.delay(0, false, None)).collect();
        assert!(delays.len() > 1);
    }

    #[test]
    fn the_budget_runs_out_and_is_earned_back() {
        let budget = Budget::new(&RetryPolicy::new().budget(2));
        assert!(budget.spend() && budget.spend() && !budget.spend());
        for _ in 0..5 {
            budget.earn();
        }
        assert!(budget.spend() && !budget.spend());
    }
}
