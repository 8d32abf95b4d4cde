//! Keeping to the documented limits of calls before the server has to say so.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Turn, OwnedMutexGuard};
use tokio::time::{Instant, sleep, timeout_at};

use crate::endpoint::{Rate, RatePeriod, RateScope, Target};
use crate::error::{Error, LimitError};
use crate::token::Identity;
use crate::value::Secret;

/// Keeps calls within the limits that Tencent documents, instead of finding out by being locked out: for 60 seconds when
/// the limit is by the minute, 60 minutes by the hour, a day by the day, 30 days by the month
/// (<https://developer.work.weixin.qq.com/document/path/90312>). Off unless handed to
/// [`TransportBuilder::limits`](crate::TransportBuilder::limits).
///
/// Counted are, for every endpoint apart, the limits of its [`EndpointInfo::rate`](crate::EndpointInfo::rate) by corp, application,
/// provider, suite and robot, and the basic ones of that page: 10,000 calls a minute and 150,000 an hour for each
/// corp, 20,000 a minute and 600,000 an hour from one address (calls that send messages are not counted in those).
/// Every request counts, repetitions too. In no span of a limit's length are there more requests than it allows.
///
/// Not counted is what cannot be seen from a call: limits by recipient (member, group, external contact), by the number
/// of people that a message reaches, and calls of other processes; for those see [`shared_by`](Self::shared_by). Counts
/// begin anew with the process.
///
/// ```
/// # use std::time::Duration;
/// # fn main() -> Result<(), wecom::Error> {
/// use wecom::{Client, Limits, Transport};
///
/// let transport = Transport::builder().limits(Limits::wait(Duration::from_secs(90))).build()?;
/// let client = Client::builder("ww1", "secret").transport(&transport).build()?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    wait: Duration,
    shared_by: u32,
}

impl Limits {
    /// A call beyond a limit fails at once with [`Error::Limited`].
    #[must_use]
    pub const fn refuse() -> Self {
        Self { wait: Duration::ZERO, shared_by: 1 }
    }

    /// A call beyond a limit waits for its turn, first come, first served, and fails with [`Error::Limited`] if that
    /// would take longer than this. The wait counts towards [`Call::timeout`](crate::Call::timeout).
    #[must_use]
    pub const fn wait(at_most: Duration) -> Self {
        Self { wait: at_most, shared_by: 1 }
    }

    /// How long one may wait, and how many share.
    #[cfg(feature = "robot")]
    pub(crate) const fn parts(&self) -> (Duration, u32) {
        (self.wait, self.shared_by)
    }

    /// So many processes share the limits: each keeps to its part, at least one call.
    #[must_use]
    pub const fn shared_by(mut self, processes: u32) -> Self {
        self.shared_by = if processes == 0 { 1 } else { processes };
        self
    }
}

/// <https://developer.work.weixin.qq.com/document/path/90312>, 基础频率.
const BASIC: [Rate; 4] = [
    Rate { calls: 10_000, per: RatePeriod::Minute, scope: RateScope::Corp },
    Rate { calls: 150_000, per: RatePeriod::Hour, scope: RateScope::Corp },
    Rate { calls: 20_000, per: RatePeriod::Minute, scope: RateScope::Ip },
    Rate { calls: 600_000, per: RatePeriod::Hour, scope: RateScope::Ip },
];

/// 发消息频率不计入基础频率, the same page.
const NOT_BASIC: [&str; 2] = ["/cgi-bin/message/send", "/cgi-bin/appchat/send"];

/// A window is counted in so many parts: the memory of a counter, and how exactly it knows when there is room again.
const PARTS: u32 = 60;

/// Above so many counters those that count nothing any more are thrown away.
const SWEEP_FROM: usize = 1024;

/// For whom one counter counts.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Subject {
    Robot(Secret),
    App(String, String),
    Corp(String),
    All,
}

impl Subject {
    /// `None` when a call does not show whom it concerns.
    fn of(scope: RateScope, who: &Identity) -> Option<Self> {
        let key = match who {
            Identity::Token(tokens) => Some(tokens.key()),
            Identity::Key(_) | Identity::Anonymous => None,
        };
        match (scope, key, who) {
            (RateScope::Ip | RateScope::Api, ..) => Some(Self::All),
            (RateScope::Robot, _, Identity::Key(key)) => Some(Self::Robot(key.clone())),
            (RateScope::Corp, Some(key), _) if !key.corp.is_empty() => Some(Self::Corp(key.corp.clone())),
            (RateScope::Corp | RateScope::App, Some(key), _) => {
                Some(Self::App(key.corp.clone(), key.app.clone()))
            }
            // All corps of a suite together: the application without the corp.
            (RateScope::Provider | RateScope::Suite, Some(key), _) => {
                Some(Self::App(String::new(), key.app.clone()))
            }
            _ => None,
        }
    }

    /// Who waits for a wide limit may hold up those of a narrow one, but never the other way round.
    fn breadth(&self) -> u8 {
        match self {
            Self::Robot(_) => 0,
            Self::App(..) => 1,
            Self::Corp(_) => 2,
            Self::All => 3,
        }
    }
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Counted {
    path: Cow<'static, str>,
    per: RatePeriod,
    subject: Subject,
}

type Gate = Arc<Turn<Window>>;

#[derive(Default)]
struct Gates {
    by: HashMap<Counted, Gate>,
    sweep_at: usize,
}

/// The counters of a transport.
pub(crate) struct Limiter {
    limits: Limits,
    origin: Instant,
    gates: Mutex<Gates>,
}

/// Further off than any program runs, where a time may be beyond what the clock can express: whoever sets `Duration::MAX` means never.
const FAR: Duration = Duration::from_secs(30 * 365 * 86_400);

/// The moment after so long.
pub(crate) fn after(time: Duration) -> Instant {
    Instant::now() + time.min(FAR)
}

impl Limiter {
    /// How long a call may wait for its turn.
    pub(crate) fn longest(&self) -> Duration {
        self.limits.wait
    }

    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, origin: Instant::now(), gates: Mutex::default() }
    }

    /// Lets one request pass, now or after a wait. Whoever gives up waiting has not been counted.
    pub(crate) async fn pass(&self, target: &Target, who: &Identity) -> Result<(), Error> {
        let Target { path, rate: rates, .. } = target;
        let deadline = after(self.limits.wait);
        let basic: &[Rate] = if NOT_BASIC.contains(&&**path) { &[] } else { &BASIC };
        let mut wanted: Vec<_> = rates
            .iter()
            .chain(basic)
            .filter_map(|rate| Some((Subject::of(rate.scope, who)?, *rate)))
            .collect();
        // Always in this order, so that no two calls wait for each other.
        wanted.sort_by_key(|(subject, rate)| (subject.breadth(), span(rate.per), rate.calls));
        let mut passed: HashSet<(Subject, RatePeriod)> = HashSet::new();
        let mut held: Vec<OwnedMutexGuard<Window>> = Vec::with_capacity(wanted.len());
        for (subject, rate) in wanted {
            // Of two limits over the same time for the same subject the lower one counts.
            if !passed.insert((subject.clone(), rate.per)) {
                continue;
            }
            let allowed = (rate.calls / self.limits.shared_by).max(1);
            let part = span(rate.per) / PARTS;
            let full = |retry_after| Error::Limited(LimitError::new(path.clone(), rate, retry_after));
            let gate = self.gate(Counted { path: path.clone(), per: rate.per, subject });
            let mut window = if self.limits.wait.is_zero() {
                // Nobody sleeps behind this gate.
                gate.lock_owned().await
            } else {
                timeout_at(deadline, gate.lock_owned()).await.map_err(|_| full(part))?
            };
            while let Some(wait) = window.wait(self.origin.elapsed(), part, allowed) {
                if Instant::now().checked_add(wait).is_none_or(|end| end > deadline) {
                    return Err(full(wait));
                }
                tracing::debug!(endpoint = %path, ?wait, "waiting for a limit");
                sleep(wait).await;
            }
            window.part = part;
            held.push(window);
        }
        let now = self.origin.elapsed();
        held.iter_mut().for_each(|window| window.count(now));
        Ok(())
    }

    fn gate(&self, counted: Counted) -> Gate {
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gate) = gates.by.get(&counted) {
            return Arc::clone(gate);
        }
        if gates.by.len() >= gates.sweep_at.max(SWEEP_FROM) {
            let now = self.origin.elapsed();
            gates.by.retain(|_, gate| gate.try_lock().map_or(true, |mut window| !window.is_idle(now)));
            gates.sweep_at = gates.by.len() * 2;
        }
        Arc::clone(gates.by.entry(counted).or_default())
    }
}

/// The time over which calls are counted; a month has 30 days, as the documentation says.
fn span(per: RatePeriod) -> Duration {
    Duration::from_secs(match per {
        RatePeriod::Second => 1,
        RatePeriod::Minute => 60,
        RatePeriod::Hour => 3600,
        RatePeriod::Day => 86_400,
        RatePeriod::Week => 7 * 86_400,
        RatePeriod::Month => 30 * 86_400,
    })
}

/// The requests of the last span of time, by part of it.
#[derive(Default)]
struct Window {
    part: Duration,
    counts: VecDeque<(u128, u32)>,
    total: u32,
}

impl Window {
    /// How long until there is room; `None` when there is.
    fn wait(&mut self, now: Duration, part: Duration, allowed: u32) -> Option<Duration> {
        self.part = part;
        self.forget(now);
        let mut left = self.total;
        let mut free_at = None;
        for (number, count) in &self.counts {
            if left < allowed {
                break;
            }
            left -= count;
            free_at = Some(self.leaves(*number));
        }
        free_at.map(|at| at.saturating_sub(now))
    }

    fn count(&mut self, now: Duration) {
        let number = self.number(now);
        self.total += 1;
        match self.counts.back_mut() {
            Some((last, count)) if *last == number => *count += 1,
            _ => self.counts.push_back((number, 1)),
        }
    }

    fn is_idle(&mut self, now: Duration) -> bool {
        self.forget(now);
        self.total == 0
    }

    fn number(&self, now: Duration) -> u128 {
        now.as_nanos() / self.part.as_nanos().max(1)
    }

    /// When the last request that this part can hold is a whole span ago.
    fn leaves(&self, number: u128) -> Duration {
        let parts = u32::try_from(number + u128::from(PARTS) + 1).unwrap_or(u32::MAX);
        self.part.saturating_mul(parts)
    }

    fn forget(&mut self, now: Duration) {
        while let Some((number, count)) = self.counts.front().copied()
            && self.leaves(number) <= now
        {
            self.total -= count;
            self.counts.pop_front();
        }
    }
}
