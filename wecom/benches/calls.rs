//! `client.message().send(…)` against the same call written by hand: bare reqwest, with serde's derives. The server is a process of its own
//! that reads requests and answers with fixed bytes.
//!
//! ```sh
//! cargo bench -p wecom-client --features message --bench calls -- ROUNDS
//! ```
//!
//! `--alone ours CALLS` (or `hand`) makes so many calls one after the other on one thread and ends, for profilers: what two numbers of
//! calls take, less what the start takes, is what a call takes. `--alone ours CALLS 64` has so many in flight, on two threads.

use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use wecom::Client;
use wecom::message::Text;

mod turns;

type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// Of an attempt, as the client has it.
const LIMIT: Duration = Duration::from_secs(30);
const AGENT: i64 = 1000002;
const USER: &str = "zhangsan";
const CONTENT: &str = "The build has passed, and the report lies in the usual place.";
const TOKEN_ANSWER: &str =
    r#"{"errcode":0,"errmsg":"ok","access_token":"hMZ0-ZdQPDvxRtlQsZ5gAKlX9xC-rNz5pR7wA","expires_in":7200}"#;
const ANSWER: &str = r#"{"errcode":0,"errmsg":"ok","invaliduser":"","invalidparty":"","invalidtag":"","unlicenseduser":"","msgid":"Hb9sQGrQ3rIzqx"}"#;

// ---- The server

/// Answers until it is ended; prints its address first.
fn serve() -> Outcome {
    Builder::new_current_thread().enable_io().build()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        loop {
            let (mut connection, _) = listener.accept().await?;
            connection.set_nodelay(true)?;
            tokio::spawn(async move {
                let mut got = Vec::with_capacity(16 * 1024);
                while connection.read_buf(&mut got).await.is_ok_and(|read| read > 0) {
                    while let Some((len, answer)) = request(&got) {
                        got.drain(..len);
                        if connection.write_all(answer.as_bytes()).await.is_err() {
                            return;
                        }
                    }
                }
            });
        }
    })
}

/// The length of the first request in what came, once it is whole, and its answer.
fn request(got: &[u8]) -> Option<(usize, String)> {
    let head = got.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&got[..head]).unwrap_or_default();
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let whole = head + length.unwrap_or(0);
    let body = if text.starts_with("GET /cgi-bin/gettoken") { TOKEN_ANSWER } else { ANSWER };
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    (got.len() >= whole).then_some((whole, answer))
}

/// The server's process, ended with this one.
struct Server {
    process: Child,
    base: String,
}

impl Server {
    fn start() -> Outcome<Self> {
        let mut process =
            Command::new(std::env::current_exe()?).arg("--serve").stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        BufReader::new(process.stdout.take().ok_or("no output")?).read_line(&mut address)?;
        Ok(Self { process, base: format!("http://{}", address.trim()) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

// ---- By hand

#[derive(Serialize)]
struct Message<'a> {
    touser: &'a str,
    msgtype: &'a str,
    agentid: i64,
    text: Content<'a>,
}

#[derive(Serialize)]
struct Content<'a> {
    content: &'a str,
}

#[derive(Deserialize)]
struct Sent {
    errcode: i64,
    errmsg: String,
    #[serde(default)]
    invaliduser: String,
    #[serde(default)]
    invalidparty: String,
    #[serde(default)]
    invalidtag: String,
    #[serde(default)]
    unlicenseduser: String,
    #[serde(default)]
    msgid: String,
    #[serde(default)]
    response_code: String,
}

#[derive(Clone)]
struct ByHand {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl ByHand {
    async fn send(&self) -> Outcome {
        let text = Content { content: CONTENT };
        let message = Message { touser: USER, msgtype: "text", agentid: AGENT, text };
        let answer = self
            .http
            .post(format!("{}/cgi-bin/message/send?access_token={}", self.base, self.token))
            .header("content-type", "application/json")
            .body(serde_json::to_vec(&message)?)
            .send()
            .await?
            .error_for_status()?
            .bytes()
            .await?;
        let sent: Sent = serde_json::from_slice(&answer)?;
        if sent.errcode != 0 {
            return Err(sent.errmsg.into());
        }
        let Sent { invaliduser, invalidparty, invalidtag, unlicenseduser, msgid, response_code, .. } = sent;
        drop((invaliduser, invalidparty, invalidtag, unlicenseduser, response_code));
        if msgid.is_empty() { Err("no msgid".into()) } else { Ok(()) }
    }
}

// ---- With the client

async fn send(client: &Client) -> Outcome {
    let sent = client.message().send(Text::new(CONTENT)).touser([USER]).agentid(AGENT).await?;
    if sent.msgid.is_empty() { Err("no msgid".into()) } else { Ok(()) }
}

/// So many calls, so many of them at a time.
async fn run<C, F>(calls: usize, in_flight: usize, caller: &C, call: fn(C) -> F) -> Outcome
where
    C: Clone + Send + Sync + 'static,
    F: Future<Output = Outcome> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for _ in 0..in_flight {
        let (caller, share) = (caller.clone(), calls.div_ceil(in_flight));
        tasks.spawn(async move {
            for _ in 0..share {
                call(caller.clone()).await?;
            }
            Outcome::Ok(())
        });
    }
    tasks.join_all().await.into_iter().collect()
}

/// Allocations and bytes of one call, all of its tasks on this thread.
fn allocated(calls: usize, runtime: &Runtime, work: impl Future<Output = Outcome>) -> (f64, f64) {
    let mut outcome = Ok(());
    let info = allocation_counter::measure(|| outcome = runtime.block_on(work));
    outcome.expect("the calls succeed");
    (info.count_total as f64 / calls as f64, info.bytes_total as f64 / calls as f64)
}

/// The yardstick; `limit` is for each request, kept by reqwest.
fn by_hand(server: &Server, limit: Option<Duration>) -> Outcome<ByHand> {
    let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let http = limit.into_iter().fold(http, reqwest::ClientBuilder::timeout).build()?;
    Ok(ByHand { http, base: server.base.clone(), token: "hMZ0-ZdQPDvxRtlQsZ5gAKlX9xC-rNz5pR7wA".to_owned() })
}

fn with_client(server: &Server) -> Outcome<Client> {
    Ok(Client::builder("ww0123456789abcdef", "secret").base_url(&*server.base).build()?)
}

async fn ours(client: Client) -> Outcome {
    send(&client).await
}

async fn theirs(by_hand: ByHand) -> Outcome {
    by_hand.send().await
}

/// One client alone, for profilers: one call after the other on one thread, or more of them at a time on two.
fn alone(who: &str, calls: usize, in_flight: usize) -> Outcome {
    let server = Server::start()?;
    let runtime = match in_flight {
        1 => Builder::new_current_thread().enable_all().build()?,
        _ => Builder::new_multi_thread().worker_threads(2).enable_all().build()?,
    };
    match who {
        "ours" => runtime.block_on(run(calls, in_flight, &with_client(&server)?, ours)),
        "hand" => runtime.block_on(run(calls, in_flight, &by_hand(&server, None)?, theirs)),
        _ => Err(format!("{who:?} is neither `ours` nor `hand`").into()),
    }
}

/// Allocations of a call and their bytes.
fn allocations(server: &Server) -> Outcome {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let (client, hand) = (with_client(server)?, by_hand(server, None)?);
    runtime.block_on(async {
        run(100, 1, &client, ours).await?;
        run(100, 1, &hand, theirs).await
    })?;
    let calls = 1000;
    let mine = allocated(calls, &runtime, run(calls, 1, &client, ours));
    let other = allocated(calls, &runtime, run(calls, 1, &hand, theirs));
    turns::figure("calls.allocations", "count", &[(mine.0, other.0)]);
    turns::figure("calls.allocated", "bytes", &[(mine.1, other.1)]);
    Ok(())
}

/// Keeps a process, or with `0` this thread, to one processor: where two threads run one after the other, it is chance whether they share
/// one, and that decides more than all else.
#[cfg(target_os = "linux")]
fn keep_to(processor: usize, process: u32) -> Outcome {
    use nix::sched::{CpuSet, sched_setaffinity};
    use nix::unistd::Pid;

    let mut only = CpuSet::new();
    only.set(processor)?;
    Ok(sched_setaffinity(Pid::from_raw(process.try_into()?), &only)?)
}

#[cfg(not(target_os = "linux"))]
fn keep_to(_: usize, _: u32) -> Outcome {
    Ok(())
}

/// One call after the other, client and server each on a processor of its own.
fn one_by_one(rounds: usize) -> Outcome {
    let server = Server::start()?;
    let beside = std::thread::available_parallelism()?.get().saturating_sub(1).min(1);
    keep_to(beside, server.process.id())?;
    keep_to(0, 0)?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    against(&runtime, &server, rounds, 1, 2000)
}

/// Client and yardsticks by turns.
fn against(runtime: &Runtime, server: &Server, rounds: usize, in_flight: usize, calls: usize) -> Outcome {
    let client = with_client(server)?;
    // A timer that is pending costs in the kernel, too: beside nothing at all, what one would do by hand as well.
    let yardsticks = [("calls", by_hand(server, None)?), ("calls.limited", by_hand(server, Some(LIMIT))?)];
    for (name, hand) in &yardsticks {
        turns::by_turns(
            &format!("{name}.{in_flight}"),
            rounds,
            calls,
            |calls| runtime.block_on(run(calls, in_flight, &client, ours)).expect("the calls succeed"),
            |calls| runtime.block_on(run(calls, in_flight, hand, theirs)).expect("the calls succeed"),
        );
    }
    Ok(())
}

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let rounds = match arguments[..] {
        ["--serve"] => return serve(),
        ["--alone", who, calls] => return alone(who, calls.parse()?, 1),
        ["--alone", who, calls, in_flight] => return alone(who, calls.parse()?, in_flight.parse()?),
        [rounds] => rounds.parse().map_err(|_| format!("usage: calls [ROUNDS], not {rounds:?}"))?,
        _ => 21,
    };
    let server = Server::start()?;
    allocations(&server)?;
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    against(&runtime, &server, rounds, 64, 8000)?;
    // Last, as it ties this thread down.
    one_by_one(rounds)
}
