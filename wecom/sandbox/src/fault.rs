//! Faults that are asked for: errcodes, HTTP statuses, delays, broken answers.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Something that goes wrong in place of, or beside, an answer.
///
/// Every fault but [`Delay`](Fault::Delay), [`Truncate`](Fault::Truncate) and [`ExpireTokens`](Fault::ExpireTokens) comes
/// before the call is carried out: state does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", content = "value", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fault {
    /// An answer with this errcode.
    Errcode(i32),
    /// An HTTP status without JSON.
    Status(u16),
    /// The answer comes late; in JSON a number of milliseconds.
    #[serde(with = "millis")]
    Delay(Duration),
    /// The call is carried out, and the connection ends in the middle of its answer.
    Truncate,
    /// HTTP 200 with a page of HTML.
    NotJson,
    /// The connection ends without an answer.
    Drop,
    /// All tokens expire, then the call is looked at.
    ExpireTokens,
}

mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(d: &Duration, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_u64(u64::try_from(d.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Duration, D::Error> {
        u64::deserialize(d).map(Duration::from_millis)
    }
}

/// A fault and when it strikes; the body of `POST /sandbox/faults`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Plan {
    #[serde(flatten)]
    pub(crate) fault: Fault,
    /// Only calls of this path.
    #[serde(default)]
    pub(crate) path: Option<String>,
    /// How many calls it strikes; all if none.
    #[serde(default = "once")]
    pub(crate) times: Option<u64>,
    /// How many matching calls it lets pass first.
    #[serde(default)]
    pub(crate) after: u64,
    /// Chance that it strikes a matching call.
    #[serde(default)]
    pub(crate) probability: Option<f64>,
    /// Seed of the chance.
    #[serde(default)]
    pub(crate) seed: u64,
}

fn once() -> Option<u64> {
    Some(1)
}

impl Plan {
    pub(crate) fn new(fault: Fault) -> Self {
        Plan { fault, path: None, times: once(), after: 0, probability: None, seed: 0 }
    }

    /// Whether it strikes this call; counts.
    fn strikes(&mut self, path: &str) -> bool {
        if self.path.as_ref().is_some_and(|p| p != path) || self.times == Some(0) {
            return false;
        }
        if self.after > 0 {
            self.after -= 1;
            return false;
        }
        if let Some(probability) = self.probability {
            let chance = (crate::ids::next(&mut self.seed) >> 11) as f64 / (1u64 << 53) as f64;
            if chance >= probability {
                return false;
            }
        }
        if let Some(left) = &mut self.times {
            *left -= 1;
        }
        true
    }
}

/// All faults that were asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults(Arc<Mutex<Vec<(u64, Plan)>>>);

impl Faults {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(u64, Plan)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, plan: Plan) -> FaultHandle {
        let mut plans = self.lock();
        let id = plans.last().map_or(1, |(id, _)| id + 1);
        plans.push((id, plan));
        FaultHandle { faults: self.clone(), id }
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// The faults that strike a call: delays and expiries of tokens together with one other.
    pub(crate) fn strike(&self, path: &str) -> Vec<Fault> {
        let mut out: Vec<Fault> = Vec::new();
        let extra = |f: Fault| matches!(f, Fault::Delay(_) | Fault::ExpireTokens);
        for (_, plan) in self.lock().iter_mut() {
            let taken = !extra(plan.fault) && out.iter().any(|f| !extra(*f));
            if !taken && plan.strikes(path) {
                out.push(plan.fault);
            }
        }
        out
    }
}

/// Says when a fault strikes. It is in force from the start, for the next call of any path.
#[derive(Debug)]
pub struct FaultHandle {
    faults: Faults,
    id: u64,
}

impl FaultHandle {
    fn edit(self, change: impl FnOnce(&mut Plan)) -> Self {
        if let Some((_, plan)) = self.faults.lock().iter_mut().find(|(id, _)| *id == self.id) {
            change(plan);
        }
        self
    }

    /// Only calls of this path.
    pub fn on(self, path: impl Into<String>) -> Self {
        let path = path.into();
        self.edit(|p| p.path = Some(path))
    }

    /// The next `n` matching calls.
    pub fn times(self, n: u64) -> Self {
        self.edit(|p| p.times = Some(n))
    }

    /// Every matching call, until [`remove`](Self::remove).
    pub fn always(self) -> Self {
        self.edit(|p| p.times = None)
    }

    /// Lets `n` matching calls pass first.
    pub fn after(self, n: u64) -> Self {
        self.edit(|p| p.after = n)
    }

    /// Every matching call with this probability, from 0 to 1; the same seed gives the same calls.
    pub fn probability(self, probability: f64, seed: u64) -> Self {
        self.edit(|p| (p.times, p.probability, p.seed) = (None, Some(probability), seed))
    }

    /// How many calls it will still strike; none if there is no end. 0 once it is removed.
    pub fn left(&self) -> Option<u64> {
        self.faults.lock().iter().find(|(id, _)| *id == self.id).map_or(Some(0), |(_, plan)| plan.times)
    }

    /// Strikes no more.
    pub fn remove(self) {
        self.faults.lock().retain(|(id, _)| *id != self.id);
    }
}
