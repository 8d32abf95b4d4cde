//! Keeps a robot connected: standby, connecting, subscribing, working, and again.

use std::collections::{HashSet, VecDeque};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;

use super::error::is_the_robots_own;
use super::session::{Ask, End, Pushed, Session};
use super::{Received, RobotError, Settings, Shared, Standing};
use crate::token::LeaseGuard;

/// How often credentials are tried before the robot stops: a secret that was just reset may take a moment.
const CREDENTIALS: u32 = 3;

/// How an attempt ended.
enum Round {
    /// It was subscribed, and came to an end; whether anything was acknowledged on it.
    Ended(End, bool),
    /// It never came to that.
    Failed(RobotError),
    /// The server refused BotID and Secret.
    Refused(i64, String),
}

/// What follows an attempt.
#[derive(Debug)]
enum Next {
    /// Another one.
    AtOnce,
    /// Another one after a wait, which grows with this number.
    Later(u32),
    /// The same, but the lease is given back before.
    Standby(u32),
    /// Nothing more.
    Stop(RobotError),
}

/// What went wrong in a row.
#[derive(Default)]
struct Tally {
    /// After how many failures it stops.
    attempts: Option<u32>,
    /// Whether it comes back after it was pushed out.
    reopen: bool,
    /// Attempts without a subscription.
    failures: u32,
    /// How often the server has refused BotID and Secret.
    refusals: u32,
    /// The last subscription was renewed at once.
    renewed: bool,
}

impl Tally {
    fn judge(&mut self, round: Round) -> Next {
        match round {
            Round::Ended(end, worked) => {
                // It was subscribed: what had failed before is over.
                (self.failures, self.refusals) = (0, 0);
                let renewed = std::mem::take(&mut self.renewed) && !worked;
                self.ended(end, renewed)
            }
            Round::Failed(error) => {
                self.failures = self.failures.saturating_add(1);
                tracing::warn!(%error, failures = self.failures, "the robot could not connect");
                if self.attempts.is_some_and(|most| self.failures >= most) {
                    return Next::Stop(error);
                }
                Next::Later(self.failures)
            }
            Round::Refused(code, message) => {
                self.refusals += 1;
                self.failures = self.failures.saturating_add(1);
                if self.refusals >= CREDENTIALS {
                    let message = crate::scrub::text(&message).into();
                    return Next::Stop(RobotError::Credentials { code, message });
                }
                Next::Later(self.failures)
            }
        }
    }

    fn ended(&mut self, end: End, renewed: bool) -> Next {
        match end {
            End::Stopped => Next::Stop(RobotError::Stopped),
            End::PushedOut if !self.reopen => Next::Stop(RobotError::PushedOut),
            // Whoever pushed us out is at work: we are the standby now, and wait longer than a network failure would.
            End::PushedOut => Next::Standby(4),
            End::NoLease => Next::Standby(1),
            // The subscription was good until now; where the server says so of each new one, it is asked more slowly.
            End::NotSubscribed if !renewed => {
                self.renewed = true;
                Next::AtOnce
            }
            End::NotSubscribed => {
                self.renewed = true;
                Next::Later(1)
            }
            End::Lost(reason) => {
                tracing::warn!(reason, "the robot's connection was lost");
                Next::Later(1)
            }
        }
    }
}

pub(super) async fn supervise(
    settings: Arc<Settings>,
    shared: Arc<Shared>,
    mut orders: mpsc::UnboundedReceiver<Ask>,
    incoming: mpsc::Sender<Received>,
) {
    let mut seen = Seen::new(settings.dedup);
    let mut tally = Tally { attempts: settings.attempts, reopen: settings.reopen, ..Tally::default() };
    // Counted apart: a store that does not answer says nothing of the server.
    let mut unheld = 0u32;
    let mut lease: Option<Box<dyn LeaseGuard>> = None;
    let end = loop {
        if lease.is_none()
            && let Some(store) = &settings.store
        {
            shared.standing.send_replace(Standing::Standby);
            let asked = store.0.hold(&store.1);
            match apart(&mut orders, "this process is on standby", asked).await {
                None => break RobotError::Stopped,
                Some(Ok(held)) => (lease, unheld) = (Some(held), 0),
                Some(Err(error)) => {
                    tracing::warn!(%error, "no lease for the robot's connection");
                    unheld = unheld.saturating_add(1);
                    if pause(&settings, unheld, &mut orders).await {
                        break RobotError::Stopped;
                    }
                    continue;
                }
            }
        }
        shared.standing.send_replace(Standing::Connecting);
        let round = round(&settings, &shared, &mut orders, &incoming, &mut seen, lease.as_deref()).await;
        let lost = matches!(round, Round::Ended(End::NoLease, _));
        let failures = match tally.judge(round) {
            Next::Stop(error) => break error,
            Next::AtOnce => continue,
            Next::Later(failures) => failures,
            Next::Standby(failures) => {
                if lost {
                    lost_lease(&mut lease).await;
                } else {
                    give_back(&mut lease).await;
                }
                failures
            }
        };
        match while_held(lease.as_deref(), pause(&settings, failures, &mut orders)).await {
            Some(true) => break RobotError::Stopped,
            Some(false) => {}
            None => lost_lease(&mut lease).await,
        }
    };
    give_back(&mut lease).await;
    tracing::debug!(reason = %end, "the robot has ended");
    // In this order: who learns of an order's refusal finds the reason.
    shared.standing.send_replace(Standing::Stopped(end.clone()));
    orders.close();
    while let Ok(ask) = orders.try_recv() {
        if let Some(order) = ask {
            order.refuse(&end);
        }
    }
}

async fn give_back(lease: &mut Option<Box<dyn LeaseGuard>>) {
    if let Some(lease) = lease.take() {
        lease.release().await;
    }
}

async fn lost_lease(lease: &mut Option<Box<dyn LeaseGuard>>) {
    tracing::warn!("the lease of the robot's connection was lost: another process may take over");
    give_back(lease).await;
}

/// The work; `None` when the lease is lost before it is done. Whoever has lost it must not subscribe any more: that would push out
/// the process that has it now.
async fn while_held<T>(lease: Option<&dyn LeaseGuard>, work: impl Future<Output = T>) -> Option<T> {
    let Some(lease) = lease else { return Some(work.await) };
    tokio::select! {
        // The lease is asked each time before the work goes on.
        biased;
        () = lease.lost() => None,
        done = work => Some(done),
    }
}

/// One connection from beginning to end.
async fn round(
    settings: &Arc<Settings>,
    shared: &Arc<Shared>,
    orders: &mut mpsc::UnboundedReceiver<Ask>,
    incoming: &mpsc::Sender<Received>,
    seen: &mut Seen,
    lease: Option<&dyn LeaseGuard>,
) -> Round {
    let connecting = apart(orders, "the robot is not connected", connect(settings, lease));
    let (subscribed, mut session) = match while_held(lease, connecting).await {
        None | Some(Some(Ok(None))) => return Round::Ended(End::NoLease, false),
        Some(None) => return Round::Ended(End::Stopped, false),
        Some(Some(Err(error))) => return Round::Failed(error),
        Some(Some(Ok(Some(made)))) => made,
    };
    match subscribed {
        Ok(()) => {}
        Err(Ok((code, message))) if is_the_robots_own(code) => return Round::Refused(code, message),
        // Whatever else is wrong may be over in a while.
        Err(Ok((code, message))) => {
            return Round::Failed(RobotError::refused("aibot_subscribe", code, &message));
        }
        Err(Err(reason)) => return Round::Failed(RobotError::Connect(reason.into())),
    }
    tracing::info!("the robot is connected");
    shared.standing.send_modify(|standing| *standing = Standing::connected(standing));
    let mut deliver = |pushed: Pushed| deliver(pushed, shared, incoming, seen);
    let end = while_held(lease, session.run(orders, &mut deliver)).await.unwrap_or(End::NoLease);
    // Before what waits fails: whoever then waits for the next connection must not take this one for it.
    shared.standing.send_replace(Standing::Connecting);
    // Also after `disconnected_event`: the server may leave the socket open.
    session.end(&end);
    let worked = session.has_worked();
    session.close().await;
    Round::Ended(end, worked)
}

/// What the server said to a subscription, and the connection it was made on.
type Subscribed = (Result<(), Result<(i64, String), String>>, Session);

/// Dials and subscribes; `None` when the lease was lost meanwhile.
async fn connect(
    settings: &Arc<Settings>,
    lease: Option<&dyn LeaseGuard>,
) -> Result<Option<Subscribed>, RobotError> {
    let socket = timeout(settings.connect_timeout, settings.dial.dial()).await;
    let socket = socket.map_err(|_| {
        RobotError::Connect(format!("no connection within {:?}", settings.connect_timeout).into())
    })??;
    let mut session = Session::new(socket, Arc::clone(settings)).await;
    // Asked once more, since dialling may have been what took so long.
    if while_held(lease, std::future::ready(())).await.is_none() {
        return Ok(None);
    }
    Ok(Some((session.subscribe(&settings.id, &settings.secret).await, session)))
}

/// Gives what was pushed to the program. Never waits: a program that waits for its own replies would wait for ever.
fn deliver(
    pushed: Pushed,
    shared: &Arc<Shared>,
    incoming: &mpsc::Sender<Received>,
    seen: &mut Seen,
) -> Option<End> {
    let received = Received::new(pushed, shared);
    if received.event_type() == Some("disconnected_event") {
        return Some(End::PushedOut);
    }
    if seen.knows(received.msgid()) {
        tracing::debug!("a message that had come before was ignored");
        return None;
    }
    match incoming.try_reserve() {
        Ok(place) => {
            seen.note(received.msgid());
            place.send(received);
        }
        // Not noted: its repetition may find room.
        Err(mpsc::error::TrySendError::Full(())) => {
            shared.dropped.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            tracing::warn!("the program does not take its messages: one was dropped");
        }
        // The program only sends.
        Err(mpsc::error::TrySendError::Closed(())) => {}
    }
    None
}

/// The work, while what is ordered meanwhile is refused; `None` when nobody wants the robot any more.
async fn apart<T>(
    orders: &mut mpsc::UnboundedReceiver<Ask>,
    why: &str,
    work: impl Future<Output = T>,
) -> Option<T> {
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return Some(done),
            order = orders.recv() => match order.flatten() {
                Some(order) => {
                    let error = RobotError::not_sent(order.cmd, why);
                    let _ = order.outcome.send(Err(error));
                }
                None => return None,
            },
        }
    }
}

/// Waits before the next attempt; `true` when nobody wants one.
async fn pause(settings: &Settings, failures: u32, orders: &mut mpsc::UnboundedReceiver<Ask>) -> bool {
    let wait = backoff(settings.backoff, failures, getrandom::u32().unwrap_or(u32::MAX / 2));
    apart(orders, "the robot is not connected", tokio::time::sleep(wait)).await.is_none()
}

/// Doubles from the first to the second, and takes a random part of the upper half: many robots that lost one server do not
/// come back in one moment.
pub(super) fn backoff([first, most]: [Duration; 2], failures: u32, random: u32) -> Duration {
    let doubled =
        first.saturating_mul(1u32.checked_shl(failures.saturating_sub(1).min(31)).unwrap_or(u32::MAX));
    let whole = doubled.min(most);
    (whole / 2).saturating_add((whole / 2).mul_f64(f64::from(random) / f64::from(u32::MAX)))
}

/// The ids of the last messages, where repetitions are to be passed over.
struct Seen {
    most: usize,
    order: VecDeque<String>,
    ids: HashSet<String>,
}

impl Seen {
    fn new(most: usize) -> Self {
        Self { most, order: VecDeque::new(), ids: HashSet::new() }
    }

    fn knows(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    fn note(&mut self, id: &str) {
        if self.most == 0 || id.is_empty() || !self.ids.insert(id.to_owned()) {
            return;
        }
        self.order.push_back(id.to_owned());
        if self.order.len() > self.most
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_with_jitter_up_to_its_end() {
        let steps = [Duration::from_secs(1), Duration::from_secs(30)];
        for (failures, low, high) in [(1, 500, 1000), (2, 1000, 2000), (5, 8000, 16_000), (9, 15_000, 30_000)]
        {
            assert_eq!(backoff(steps, failures, 0).as_millis(), low);
            assert_eq!(backoff(steps, failures, u32::MAX).as_millis(), high);
        }
        assert_eq!(backoff(steps, u32::MAX, u32::MAX), steps[1]);
        assert!(backoff([Duration::MAX; 2], u32::MAX, u32::MAX) > Duration::MAX / 4);
    }

    #[test]
    fn what_failed_counts_until_the_next_subscription() {
        let lost = || Round::Ended(End::Lost("gone".to_owned()), false);
        let failed = || Round::Failed(RobotError::Connect("nobody".into()));
        let refused = || Round::Refused(40_001, "invalid".to_owned());
        let unsubscribed = |worked| Round::Ended(End::NotSubscribed, worked);
        let rows: [(&str, Vec<Round>, &str); 9] = [
            ("each loss is the first one", vec![lost(), lost(), lost()], "1 1 1"),
            ("failures add up", vec![failed(), failed(), failed()], "1 2 3"),
            ("and are forgotten", vec![failed(), failed(), lost(), failed()], "1 2 1 1"),
            (
                "attempts are those in a row",
                vec![failed(), failed(), failed(), lost(), failed()],
                "1 2 3 1 1",
            ),
            ("and end", vec![failed(), failed(), failed(), failed()], "1 2 3 stop"),
            (
                "so are refusals",
                vec![refused(), refused(), lost(), refused(), refused(), refused()],
                "1 2 1 1 2 stop",
            ),
            ("renewed at once after a loss", vec![lost(), unsubscribed(false), lost()], "1 0 1"),
            ("and again if it was good", vec![unsubscribed(true), unsubscribed(true)], "0 0"),
            (
                "more slowly if it was not",
                vec![unsubscribed(true), unsubscribed(false), unsubscribed(false)],
                "0 1 1",
            ),
        ];
        for (what, rounds, expected) in rows {
            let mut tally = Tally { attempts: Some(4), ..Tally::default() };
            let next: Vec<String> = rounds
                .into_iter()
                .map(|round| match tally.judge(round) {
                    Next::AtOnce => "0".to_owned(),
                    Next::Later(n) | Next::Standby(n) => n.to_string(),
                    Next::Stop(_) => "stop".to_owned(),
                })
                .collect();
            assert_eq!(next.join(" "), expected, "{what}");
        }
    }

    #[test]
    fn repetitions_are_known_among_the_last_ones() {
        let mut seen = Seen::new(2);
        let news: Vec<bool> = ["a", "b", "a", "c", "a", "", ""]
            .map(|id| {
                let is_new = !seen.knows(id);
                seen.note(id);
                is_new
            })
            .into();
        assert_eq!(news, [true, true, false, true, true, true, true]);
        let mut off = Seen::new(0);
        off.note("a");
        assert!(!off.knows("a"));
    }
}
