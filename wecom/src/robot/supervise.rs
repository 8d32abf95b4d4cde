//! Keeps a robot connected: standby, connecting, subscribing, working, and again.

use std::collections::{HashSet, VecDeque};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::timeout;

use super::error::is_busy;
use super::session::{Ask, End, Pushed, Session};
use super::{Received, RobotError, Settings, Shared, Standing};
use crate::token::LeaseGuard;

/// How often credentials are tried before the robot stops: a secret that was just reset may take a moment.
const CREDENTIALS: u32 = 3;

/// How an attempt ended.
enum Round {
    /// It was subscribed, and came to an end.
    Ended(End),
    /// It never came to that.
    Failed(RobotError),
    /// The server refused BotID and Secret.
    Refused(i64, String),
}

pub(super) async fn supervise(
    settings: Arc<Settings>,
    shared: Arc<Shared>,
    mut orders: mpsc::UnboundedReceiver<Ask>,
    incoming: mpsc::Sender<Received>,
) {
    let mut seen = Seen::new(settings.dedup);
    let (mut failures, mut refusals) = (0u32, 0u32);
    let mut lease: Option<Box<dyn LeaseGuard>> = None;
    let end = loop {
        if lease.is_none()
            && let Some(store) = &settings.store
        {
            shared.standing.send_replace(Standing::Standby);
            let asked = store.0.hold(&store.1);
            match apart(&mut orders, "this process is on standby", asked).await {
                None => break RobotError::Stopped,
                Some(Ok(held)) => lease = Some(held),
                Some(Err(error)) => {
                    tracing::warn!(%error, "no lease for the robot's connection");
                    failures = failures.saturating_add(1);
                    if pause(&settings, failures, &mut orders).await {
                        break RobotError::Stopped;
                    }
                    continue;
                }
            }
        }
        shared.standing.send_replace(Standing::Connecting);
        match round(&settings, &shared, &mut orders, &incoming, &mut seen, lease.as_deref()).await {
            Round::Ended(End::Stopped) => break RobotError::Stopped,
            Round::Ended(End::PushedOut) => {
                if !settings.reopen {
                    break RobotError::PushedOut;
                }
                // Whoever pushed us out is at work: we are the standby now, and wait longer than a network failure would.
                give_back(&mut lease).await;
                (failures, refusals) = (failures.max(4), 0);
            }
            Round::Ended(End::NoLease) => {
                lost_lease(&mut lease).await;
                (failures, refusals) = (1, 0);
            }
            // The connection is another one in any case; the subscription was good until now.
            Round::Ended(End::NotSubscribed) if failures == 0 => {
                failures = 1;
                continue;
            }
            Round::Ended(end) => {
                if let End::Lost(reason) = &end {
                    tracing::warn!(reason, "the robot's connection was lost");
                }
                (failures, refusals) = (failures.max(1), 0);
            }
            Round::Failed(error) => {
                tracing::warn!(%error, failures, "the robot could not connect");
                failures = failures.saturating_add(1);
                if settings.attempts.is_some_and(|most| failures >= most) {
                    break error;
                }
            }
            Round::Refused(code, message) => {
                refusals += 1;
                failures = failures.saturating_add(1);
                if refusals >= CREDENTIALS {
                    let message = crate::scrub::text(&message).into();
                    break RobotError::Credentials { code, message };
                }
            }
        }
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
        None | Some(Some(Ok(None))) => return Round::Ended(End::NoLease),
        Some(None) => return Round::Ended(End::Stopped),
        Some(Some(Err(error))) => return Round::Failed(error),
        Some(Some(Ok(Some(made)))) => made,
    };
    match subscribed {
        Ok(()) => {}
        Err(Ok((code, message))) if is_busy(code) => {
            return Round::Failed(RobotError::refused("aibot_subscribe", code, &message));
        }
        Err(Ok((code, message))) => return Round::Refused(code, message),
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
    session.close().await;
    Round::Ended(end)
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
    if !seen.is_new(received.msgid()) {
        tracing::debug!("a message that had come before was ignored");
        return None;
    }
    // Closed: the program only sends.
    if let Err(mpsc::error::TrySendError::Full(_)) = incoming.try_send(received) {
        shared.dropped.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        tracing::warn!("the program does not take its messages: one was dropped");
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
fn backoff([first, most]: [Duration; 2], failures: u32, random: u32) -> Duration {
    let doubled =
        first.saturating_mul(1u32.checked_shl(failures.saturating_sub(1).min(31)).unwrap_or(u32::MAX));
    let whole = doubled.min(most);
    whole / 2 + (whole / 2).mul_f64(f64::from(random) / f64::from(u32::MAX))
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

    fn is_new(&mut self, id: &str) -> bool {
        if self.most == 0 || id.is_empty() {
            return true;
        }
        if !self.ids.insert(id.to_owned()) {
            return false;
        }
        self.order.push_back(id.to_owned());
        if self.order.len() > self.most
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
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
    }

    #[test]
    fn repetitions_are_known_among_the_last_ones() {
        let mut seen = Seen::new(2);
        let news: Vec<bool> = ["a", "b", "a", "c", "a", "", ""].map(|id| seen.is_new(id)).into();
        assert_eq!(news, [true, true, false, true, true, true, true]);
        let mut off = Seen::new(0);
        assert!(off.is_new("a") && off.is_new("a"));
    }
}
