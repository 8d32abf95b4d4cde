//! Calls under load and faults, against the sandbox: do they all end in success or in the right error, with one token
//! request an expiry?
//!
//! ```sh
//! cargo bench -p wecom-client --features message,user --bench load -- 10000
//! ```

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use wecom::message::Text;
use wecom::{Client, RetryPolicy, Stats, TransportKind};
use wecom_sandbox::{Fault, Recorded, Sandbox};

/// How much.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) calls: usize,
    pub(crate) in_flight: usize,
    /// Share of requests that a fault strikes, all kinds together, expiry of tokens apart.
    pub(crate) faults: f64,
}

/// Longer than an attempt may take.
const SLOW: Duration = Duration::from_secs(4);
const TIMEOUT: Duration = Duration::from_secs(3);
/// So much, in KiB, may resident memory grow for each call in flight, whatever the number of calls.
const EACH: u64 = 1024;
/// So much, in KiB, may it grow in the second half, which is long enough to tell from this many calls on.
const FLAT: u64 = 16 * 1024;
const LONG: usize = 10_000;
/// A delay is decided first: it must not hide a token's expiry from the records.
const FAULTS: [Fault; 8] = [
    Fault::Delay(SLOW),
    Fault::ExpireTokens,
    Fault::Errcode(-1),
    Fault::Errcode(45009),
    Fault::Drop,
    Fault::Truncate,
    Fault::Status(502),
    Fault::NotJson,
];

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Report {
    took: Duration,
    stats: Stats,
    /// Times that a fault let all tokens expire.
    expiries: u64,
    /// How calls ended.
    ends: BTreeMap<String, u64>,
    token_errors: u64,
    /// Resident memory in KiB: at the start, and at each tenth.
    memory: Vec<u64>,
    pub(crate) wrong: Vec<String>,
}

/// What the server saw of a call that can be told from all others.
#[derive(Default, Clone)]
struct Seen {
    carried_out: u64,
    last: Option<Fault>,
    errcode: Option<i64>,
}

#[derive(Default)]
struct Server {
    expiries: AtomicU64,
    calls: Mutex<HashMap<String, Seen>>,
}

impl Server {
    fn saw(&self, request: &Recorded) {
        if request.faults.contains(&Fault::ExpireTokens) {
            self.expiries.fetch_add(1, Ordering::Relaxed);
        }
        let text = request.json().pointer("/text/content").and_then(|value| value.as_str());
        let Some(mark) = text.or_else(|| request.param("userid")) else { return };
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = calls.entry(mark.to_owned()).or_default();
        seen.carried_out += u64::from(request.errcode == Some(0));
        let broken = |fault: &&Fault| !matches!(fault, Fault::Delay(_) | Fault::ExpireTokens);
        (seen.last, seen.errcode) = (request.faults.iter().find(broken).copied(), request.errcode);
    }

    fn of(&self, mark: &str) -> Seen {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.remove(mark).unwrap_or_default()
    }
}

/// Whether an error is what the last thing that befell the call must give; or why not.
fn judge(error: &wecom::Error, seen: &Seen) -> Result<&'static str, String> {
    use wecom::Error as E;

    let kind = match error {
        E::Token(_) => return Ok("no token"),
        E::Transport(error) => Some(error.kind()),
        _ => None,
    };
    // A request that is given up is no longer answered, and so is not in the sandbox's records.
    if kind == Some(TransportKind::Timeout) {
        return Ok("timed out");
    }
    match (seen.last, error) {
        (Some(Fault::Errcode(-1)), E::Api(api)) if api.code() == -1 && error.is_transient() => Ok("busy"),
        (Some(Fault::Errcode(45009)), E::Api(api)) if api.code() == 45009 && error.is_throttled() => {
            Ok("throttled")
        }
        (Some(Fault::Status(502)), E::Http(http)) if http.status() == 502 => Ok("HTTP 502"),
        (Some(Fault::NotJson), E::Http(http)) if http.status() == 200 => Ok("HTML"),
        (Some(Fault::Drop), E::Transport(_)) if kind == Some(TransportKind::Broken) => Ok("dropped"),
        (Some(Fault::Truncate), E::Transport(_)) if kind == Some(TransportKind::Body) => Ok("truncated"),
        (None, E::Api(api)) if error.is_token_expired() && seen.errcode == Some(api.code()) => {
            Ok("expired again")
        }
        (last, _) => Err(format!("the server's last was {last:?} {:?}, the error: {error}", seen.errcode)),
    }
}

/// Runs it.
pub(crate) async fn run(load: Load) -> Result<Report, Box<dyn Error>> {
    let server = Arc::new(Server::default());
    let log = Arc::clone(&server);
    let sandbox = Sandbox::builder().log(move |request| log.saw(request)).start().await?;
    for (fault, seed) in FAULTS.into_iter().zip(1..) {
        let share = match fault {
            // It strikes all calls in flight at once: every second call meets one.
            Fault::ExpireTokens if load.faults > 0.0 => 0.5 / load.in_flight as f64,
            _ => load.faults / (FAULTS.len() - 1) as f64,
        };
        match fault {
            // Not at the token request: a lock-out there lasts a minute, in which nobody gets a token.
            Fault::Errcode(45009) => {
                for path in ["/cgi-bin/user/get", "/cgi-bin/message/send"] {
                    drop(sandbox.fault(fault).on(path).probability(share, seed));
                }
            }
            _ => drop(sandbox.fault(fault).probability(share, seed)),
        }
    }
    let client = Client::builder(Sandbox::CORP_ID, Sandbox::SECRET)
        .agent(Sandbox::AGENT_ID)
        .base_url(sandbox.base_url())
        // Without faults nothing may fail, on a slow machine either.
        .timeout(if load.faults > 0.0 { TIMEOUT } else { TIMEOUT * 100 })
        .retry(
            RetryPolicy::new()
                .base_delay(Duration::from_millis(20))
                .throttled_delay(Duration::from_millis(40)),
        )
        .build()?;

    let report = Report { memory: resident().into_iter().collect(), ..Report::default() };
    let report = Arc::new(Mutex::new(report));
    let (next, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (sandbox, began) = (Arc::new(sandbox), Instant::now());
    let mut workers = Vec::new();
    for _ in 0..load.in_flight {
        let (next, done, client) = (Arc::clone(&next), Arc::clone(&done), client.clone());
        let (server, sandbox, report) = (Arc::clone(&server), Arc::clone(&sandbox), Arc::clone(&report));
        workers.push(tokio::spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= load.calls {
                    return;
                }
                let end = one(&client, &server, number).await;
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                let mut report = report.lock().unwrap_or_else(PoisonError::into_inner);
                match end {
                    Ok(end) => {
                        report.token_errors += u64::from(end == "no token");
                        *report.ends.entry(end.to_owned()).or_default() += 1;
                    }
                    Err(why) => report.wrong.push(format!("call {number}: {why}")),
                }
                if done.is_multiple_of((load.calls / 10).max(1)) {
                    // Records and messages are the sandbox's, in the same process: only what the client keeps is of interest.
                    sandbox.clear();
                    sandbox.forget_messages();
                    report.memory.extend(resident());
                }
            }
        }));
    }
    for worker in workers {
        worker.await?;
    }
    let mut report = std::mem::take(&mut *report.lock().unwrap_or_else(PoisonError::into_inner));
    report.took = began.elapsed();
    report.stats = client.stats();
    report.expiries = server.expiries.load(Ordering::Relaxed);
    report.check(load);
    Ok(report)
}

/// One call: a read that succeeds, one of somebody who does not exist, or a message. Gives how it ended.
async fn one(client: &Client, server: &Server, number: usize) -> Result<&'static str, String> {
    let mark = format!("load-{number}");
    match number % 3 {
        0 => match client.user().get(Sandbox::USER_ID).await {
            Ok(user) if user.userid == Sandbox::USER_ID => Ok("success"),
            Ok(user) => Err(format!("another member was read: {:?}", user.userid)),
            // Many read the same member, so the records do not tell this call apart.
            Err(error) if error.is_not_found() => Err(error.to_string()),
            Err(wecom::Error::Token(_)) => Ok("no token"),
            Err(_) => Ok("read failed"),
        },
        1 => {
            let read = client.user().get(&mark).await;
            let seen = server.of(&mark);
            match read {
                Ok(_) => Err("somebody was read who does not exist".to_owned()),
                Err(error) if error.is_not_found() => Ok("success"),
                Err(error) => judge(&error, &seen),
            }
        }
        _ => {
            let message = client.message().send(Text::new(&*mark));
            let sent = message.agentid(Sandbox::AGENT_ID).touser([Sandbox::USER_ID]).await;
            let seen = server.of(&mark);
            match sent {
                _ if seen.carried_out > 1 => Err(format!("a message was sent {} times", seen.carried_out)),
                Ok(_) if seen.carried_out == 1 => Ok("success"),
                Ok(_) => Err("a message that was not sent was called sent".to_owned()),
                Err(error) if seen.carried_out == 1 && !error.is_answer_lost() => Err(format!(
                    "a message was sent, but the error does not say that it may have been: {error}"
                )),
                Err(error) => judge(&error, &seen),
            }
        }
    }
}

/// Resident memory of this process, sandbox included, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

impl Report {
    /// What must hold of all calls together.
    fn check(&mut self, load: Load) {
        let most = 1 + self.expiries + self.token_errors;
        if self.stats.token_fetches > most {
            let fetches = self.stats.token_fetches;
            self.wrong.push(format!("{fetches} tokens were fetched, more than {most}"));
        }
        let ended = self.ends.values().sum::<u64>() + self.wrong.len() as u64;
        if ended < load.calls as u64 {
            self.wrong.push(format!("only {ended} of {} calls ended", load.calls));
        }
        if let [start, .., last] = self.memory[..] {
            let middle = self.memory[self.memory.len() / 2];
            if last > start + load.in_flight as u64 * EACH {
                self.wrong
                    .push(format!("memory grew from {start} KiB at the start to {last} KiB at the end"));
            }
            if load.calls >= LONG && last > middle + FLAT {
                self.wrong
                    .push(format!("memory grew from {middle} KiB in the middle to {last} KiB at the end"));
            }
        }
    }

    /// Whether no call failed and one token was enough.
    #[allow(dead_code)] // for the test
    pub(crate) fn only_success(&self, load: Load) -> bool {
        self.ends.get("success") == Some(&(load.calls as u64)) && self.stats.token_fetches == 1
    }

    /// Prints the figures.
    pub(crate) fn print(&self, load: Load) {
        let Stats { requests, token_fetches, retries, replays, .. } = self.stats;
        let seconds = self.took.as_secs_f64();
        println!(
            "{} calls, {} in flight, {:.0} % faults: {seconds:.1} s, {:.0} calls a second",
            load.calls,
            load.in_flight,
            load.faults * 100.0,
            load.calls as f64 / seconds
        );
        println!("{requests} HTTP requests, {retries} retries, {replays} sent again with a new token");
        println!(
            "tokens expired {} times, {token_fetches} token requests: one at the start, one an expiry at the most, and {} calls \
             that failed for want of a token",
            self.expiries, self.token_errors
        );
        let ends: Vec<_> = self.ends.iter().map(|(end, count)| format!("{end} {count}")).collect();
        println!("ended: {}", ends.join(", "));
        let memory: Vec<_> = self.memory.iter().map(|kib| format!("{}", kib / 1024)).collect();
        if let [start, .., end] = self.memory[..] {
            let middle = self.memory[self.memory.len() / 2];
            println!(
                "resident memory, sandbox included: {} MiB at the start, {} in the middle, {} at the end; at each tenth {}",
                start / 1024,
                middle / 1024,
                end / 1024,
                memory[1..].join(" ")
            );
        }
        self.wrong.iter().take(20).for_each(|why| println!("WRONG: {why}"));
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // `cargo bench` adds `--bench`.
    let calls = match std::env::args().skip(1).find(|argument| argument != "--bench") {
        Some(text) => text.parse().map_err(|_| format!("usage: load [CALLS], not {text:?}"))?,
        None => 10_000,
    };
    let load = Load { calls, in_flight: 256, faults: 0.1 };
    let report = run(load).await?;
    report.print(load);
    if report.wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("{} calls went wrong", report.wrong.len()).into())
    }
}
