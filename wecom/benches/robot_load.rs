//! A robot under load: members write in many chats, each message is answered by a stream of 50 pieces, and the connection is cut
//! again and again. The sandbox runs here, the robot in a process of its own, whose memory is read as it goes.
//!
//! ```sh
//! cargo bench -p wecom-client --features robot --bench robot_load -- 5000
//! ```

use std::collections::HashMap;
use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::stream;
use wecom::Limits;
use wecom::robot::{Delivered, Received, Robot, RobotError};
use wecom_sandbox::Sandbox;

type Failure = Box<dyn Error + Send + Sync>;

/// Pieces of an answer.
const PIECES: usize = 50;
/// Messages that wait for their answer at a time.
const OPEN: usize = 200;
/// Cuts of the connection.
const CUTS: usize = 50;
/// Messages in a chat: no more than a minute's limit.
const EACH: usize = 25;
/// The last word.
const END: &str = "end";
/// So much, in KiB, may the robot's memory grow from the first quarter to the end.
const FLAT: u64 = 8 * 1024;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    // `cargo bench` adds `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match &arguments[..] {
        [] => drive(5000).await,
        [word, url] if word == "robot" => robot(url).await,
        [messages] => drive(messages.parse().map_err(|_| "usage: robot_load [MESSAGES]")?).await,
        _ => Err("usage: robot_load [MESSAGES]".into()),
    }
}

/// The robot: answers, counts how that ended, and says so at the end.
async fn robot(url: &str) -> Result<(), Failure> {
    let (robot, mut incoming) = Robot::builder(Sandbox::BOT_ID, Sandbox::BOT_SECRET)
        .url(url)
        .backoff(Duration::from_millis(5), Duration::from_millis(50))
        .limits(Limits::refuse())
        .connect()?;
    robot.connected().await?;
    println!("connected");
    // Finished, failed with an error of the connection or a limit, anything else.
    let counts: Arc<[AtomicU64; 3]> = Arc::default();
    let mut tasks = tokio::task::JoinSet::new();
    while let Some(message) = incoming.next().await {
        if message.text().as_deref() == Some(END) {
            break;
        }
        let counts = Arc::clone(&counts);
        tasks.spawn(async move {
            let kind = match answer(&message).await {
                Ok(Delivered::Finished) => 0,
                Err(
                    RobotError::NotSent { .. }
                    | RobotError::Unacknowledged { .. }
                    | RobotError::Limited { .. },
                ) => 1,
                _ => 2,
            };
            counts[kind].fetch_add(1, Ordering::Relaxed);
        });
        // What has ended is let go as it goes: the list itself must not grow.
        while tasks.try_join_next().is_some() {}
    }
    while tasks.join_next().await.is_some() {}
    let [finished, failed, wrong] = [0, 1, 2].map(|kind| counts[kind].load(Ordering::Relaxed));
    println!("{finished} {failed} {wrong} {}", robot.dropped());
    Ok(())
}

async fn answer(message: &Received) -> Result<Delivered, RobotError> {
    let pieces = stream::unfold(0, |n| async move {
        tokio::task::yield_now().await;
        (n < PIECES).then(|| (format!("{n} "), n + 1))
    });
    message.stream().write_all(pieces).await
}

/// What the server has seen of a reply.
#[derive(Default)]
struct Seen {
    content: String,
    finished: bool,
}

/// The robot's process; ends with this one.
struct Process(Child);

impl Process {
    /// Resident memory in KiB, where the system tells.
    fn resident(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn drive(messages: usize) -> Result<(), Failure> {
    let sandbox = Sandbox::start().await?;
    let mut child = Command::new(std::env::current_exe()?)
        .args(["robot", &sandbox.socket_url()])
        .stdout(Stdio::piped())
        .spawn()?;
    let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
    let process = Process(child);
    lines.next().ok_or("the robot did not connect")??;

    let began = Instant::now();
    let (chats, mut memory, mut frames) = ((messages / EACH).max(200), Vec::new(), 0usize);
    let mut open: HashMap<String, Seen> = HashMap::new();
    let (mut whole, mut given_up, mut wrong) = (0usize, 0usize, Vec::new());
    let mut progress = Instant::now();
    for n in 0..messages {
        if n % (messages / 10).max(1) == 0 {
            memory.extend(process.resident());
        }
        if n % (messages / CUTS).max(1) == messages / CUTS / 2 {
            sandbox.cut();
        }
        while open.len() >= OPEN {
            match take(&sandbox, &mut open, &mut frames, &mut wrong) {
                0 if progress.elapsed() > Duration::from_secs(20) => {
                    given_up += open.len();
                    open.clear();
                }
                0 => tokio::time::sleep(Duration::from_millis(1)).await,
                done => (whole, progress) = (whole + done, Instant::now()),
            }
        }
        // While nobody is connected, nobody is written to.
        let req_id = loop {
            match sandbox.say(&format!("user{}", n % chats), &n.to_string()) {
                Some(req_id) => break req_id,
                None => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        };
        open.insert(req_id, Seen::default());
    }
    let last = Instant::now();
    while !open.is_empty() && last.elapsed() < Duration::from_secs(20) {
        whole += take(&sandbox, &mut open, &mut frames, &mut wrong);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    given_up += open.len();
    memory.extend(process.resident());
    while sandbox.say("last", END).is_none() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let said = tokio::task::spawn_blocking(move || lines.next()).await?.ok_or("the robot said nothing")??;
    println!(
        "{messages} messages in {chats} chats, {CUTS} cuts, {frames} frames in {:.1} s: {whole} whole, {given_up} without an end",
        began.elapsed().as_secs_f64()
    );
    println!("the robot's own count (finished, failed with a typed error, otherwise, dropped): {said}");
    println!("its resident memory in KiB, at each tenth: {memory:?}");
    if let ([_, _, _, quarter, .., end], true) = (&memory[..], messages >= 5000)
        && *end > quarter + FLAT
    {
        wrong.push(format!("memory grows: {quarter} KiB, then {end} KiB"));
    }
    let counts: Vec<usize> = said.split_whitespace().filter_map(|n| n.parse().ok()).collect();
    // One whose end was not acknowledged may be whole all the same.
    let ended = counts.first().zip(counts.get(1)).map_or(0, |(finished, failed)| finished + failed);
    if counts.get(2..) != Some(&[0, 0])
        || ended != messages
        || counts[0] > whole
        || whole + given_up != messages
    {
        wrong.push("not every message was answered once, or failed with a typed error".to_owned());
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(wrong.join("\n").into()),
    }
}

/// Looks at what came since: contents only grow, nothing follows an end, ends are whole. How many ended.
fn take(
    sandbox: &Sandbox,
    open: &mut HashMap<String, Seen>,
    frames: &mut usize,
    wrong: &mut Vec<String>,
) -> usize {
    let mut ended = 0;
    for frame in sandbox.take_socket_frames() {
        *frames += 1;
        let counts = frame.cmd == "aibot_respond_msg" && frame.errcode == Some(0);
        let Some(seen) = open.get_mut(&frame.req_id).filter(|_| counts) else { continue };
        let stream = &frame.body["stream"];
        let content = stream["content"].as_str().unwrap_or_default();
        if seen.finished || !content.starts_with(&seen.content) {
            wrong.push(format!("{}: {:?}, then {content:?}", frame.req_id, seen.content));
        }
        content.clone_into(&mut seen.content);
        if stream["finish"] == true {
            seen.finished = true;
            if content.split_whitespace().count() != PIECES {
                wrong.push(format!("{}: ends as {content:?}", frame.req_id));
            }
        }
    }
    open.retain(|_, seen| {
        ended += usize::from(seen.finished);
        !seen.finished
    });
    ended
}
