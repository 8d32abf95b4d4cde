//! 30 messages a minute and 1,000 an hour for each chat, and as many uploads for the robot.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::RobotError;
use crate::limit::after;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const LIMITS: [(u32, Duration); 2] = [(30, MINUTE), (1000, HOUR)];

/// Above so many subjects those that count nothing any more are thrown away.
const SWEEP_FROM: usize = 1024;

/// Exact times of what was sent, by subject.
pub(super) struct Limiter {
    patience: Duration,
    shared_by: u32,
    subjects: Mutex<Subjects>,
}

#[derive(Default)]
struct Subjects {
    by: HashMap<String, VecDeque<Instant>>,
    sweep_at: usize,
}

impl Limiter {
    pub(super) fn new(patience: Duration, shared_by: u32) -> Self {
        Self { patience, shared_by: shared_by.max(1), subjects: Mutex::default() }
    }

    /// Lets one pass, now or after a wait. Whoever gives up has not been counted.
    pub(super) async fn pass(
        &self,
        command: &'static str,
        scope: &'static str,
        subject: &str,
    ) -> Result<(), RobotError> {
        let deadline = after(self.patience);
        loop {
            let Err((calls, per, wait)) = self.try_pass(subject) else { return Ok(()) };
            if Instant::now() + wait > deadline {
                return Err(RobotError::Limited {
                    command: command.into(),
                    calls,
                    per,
                    scope,
                    retry_after: wait,
                });
            }
            tracing::debug!(command, ?wait, "waiting for a limit");
            sleep(wait).await;
        }
    }

    fn try_pass(&self, subject: &str) -> Result<(), (u32, Duration, Duration)> {
        let now = Instant::now();
        let mut subjects = self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        if subjects.by.len() >= subjects.sweep_at.max(SWEEP_FROM) {
            subjects.by.retain(|_, times| times.back().is_some_and(|last| now.duration_since(*last) < HOUR));
            subjects.sweep_at = subjects.by.len() * 2;
        }
        let times = subjects.by.entry(subject.to_owned()).or_default();
        while times.front().is_some_and(|first| now.duration_since(*first) >= HOUR) {
            times.pop_front();
        }
        let mut full = None;
        for (calls, per) in LIMITS {
            let allowed = (calls / self.shared_by).max(1);
            // The one that must be a whole span ago before there is room.
            let Some(at) = times.len().checked_sub(allowed as usize) else { continue };
            let Some(oldest) = times.get(at) else { continue };
            let age = now.duration_since(*oldest);
            if age < per && full.is_none_or(|(_, _, wait)| per - age > wait) {
                full = Some((allowed, per, per - age));
            }
        }
        match full {
            Some(full) => Err(full),
            None => {
                times.push_back(now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn never_more_than_allowed_in_any_span() {
        let limiter = Limiter::new(Duration::ZERO, 1);
        let mut sent: Vec<Instant> = Vec::new();
        for _ in 0..6000 {
            if limiter.pass("c", "chat", "one").await.is_ok() {
                sent.push(Instant::now());
            }
            tokio::time::advance(Duration::from_millis(700)).await;
        }
        for (calls, per) in LIMITS {
            for pair in sent.windows(calls as usize + 1) {
                assert!(pair[calls as usize].duration_since(pair[0]) >= per, "{calls} in {per:?}");
            }
        }
        // All that is allowed is used: an hour's limit and what the second hour gave.
        assert!(sent.len() > 1000, "{}", sent.len());
    }

    #[tokio::test(start_paused = true)]
    async fn waits_within_its_patience_and_tells_the_limit() {
        let limiter = Limiter::new(Duration::from_secs(61), 1);
        let started = Instant::now();
        for _ in 0..31 {
            limiter.pass("c", "chat", "one").await.expect("waits");
        }
        assert_eq!(started.elapsed().as_secs(), 60);
        limiter.pass("c", "chat", "other").await.expect("counted apart");
        let strict = Limiter::new(Duration::ZERO, 3);
        for _ in 0..10 {
            strict.pass("c", "robot", "one").await.expect("its part");
        }
        let error = strict.pass("c", "robot", "one").await.expect_err("used up");
        assert!(
            matches!(error, RobotError::Limited { calls: 10, per: MINUTE, scope: "robot", .. }),
            "{error}"
        );
        assert!(!error.may_have_been_delivered());
    }
}
