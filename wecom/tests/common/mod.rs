//! A server that says what it is told to, including what no HTTP library would let it say.
#![allow(dead_code, unreachable_pub)] // each test file uses its part

pub mod log;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use wecom::RetryPolicy;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub query: String,
    pub head: String,
    pub body: Vec<u8>,
    /// The how manieth request of this path it is, from 1.
    pub number: usize,
}

impl Request {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }
}

pub enum Reply {
    Json(Value),
    /// Status, further headers (`Name: value\r\n`), body.
    Http(u16, String, Vec<u8>),
    /// Announces more than it sends.
    Truncated(Vec<u8>),
    /// Headers and body, ten bytes fewer than announced; then nothing more, on an open connection.
    Stall(String, Vec<u8>),
    /// Closes the connection without an answer.
    Drop,
    /// Never answers.
    Hang,
}

pub fn json(value: Value) -> Reply {
    Reply::Json(value)
}

pub fn errcode(code: i64, errmsg: &str) -> Reply {
    Reply::Json(serde_json::json!({"errcode": code, "errmsg": errmsg}))
}

type Handler = dyn Fn(&Request) -> Reply + Send + Sync;

pub struct Server {
    pub base: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    pub async fn start(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (handler, seen): (Arc<Handler>, _) = (Arc::new(handler), Arc::clone(&requests));
        let counts = Arc::new(Mutex::new(HashMap::<String, usize>::new()));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (handler, seen, counts) = (Arc::clone(&handler), Arc::clone(&seen), Arc::clone(&counts));
                tokio::spawn(async move {
                    let _ = serve(stream, &*handler, &seen, &counts).await;
                });
            }
        });
        Self { base, requests }
    }

    /// One that gives tokens `token-1`, `token-2`, …, and passes everything else on.
    pub async fn with_tokens(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(move |request| match request.path.as_str() {
            "/cgi-bin/gettoken" => json(serde_json::json!({
                "errcode": 0, "errmsg": "ok", "access_token": format!("token-{}", request.number), "expires_in": 7200
            })),
            _ => handler(request),
        })
        .await
    }

    pub fn requests(&self, path: &str) -> Vec<Request> {
        let all = self.requests.lock().expect("no panic");
        all.iter().filter(|request| request.path == path).cloned().collect()
    }

    /// A client of this server that does not wait long between repetitions.
    pub fn client(&self) -> wecom::ClientBuilder {
        wecom::Client::builder("ww1", "corp-secret-4711").agent(1).base_url(&self.base).retry(quick())
    }
}

/// Tokio's clock as the clock of tokens, for tests that move it.
pub struct Paused(tokio::time::Instant);

impl Default for Paused {
    fn default() -> Self {
        Self(tokio::time::Instant::now())
    }
}

impl wecom::token::Clock for Paused {
    fn now(&self) -> Duration {
        Duration::from_secs(1_700_000_000) + self.0.elapsed()
    }
}

/// Lets time pass for those who wait, not for the connections.
pub async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

pub fn quick() -> RetryPolicy {
    RetryPolicy::new().base_delay(Duration::from_millis(5)).throttled_delay(Duration::from_millis(5))
}

async fn serve(
    mut stream: TcpStream,
    handler: &Handler,
    seen: &Mutex<Vec<Request>>,
    counts: &Mutex<HashMap<String, usize>>,
) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        let head_end = loop {
            if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        let head = String::from_utf8_lossy(&buffer[..head_end]).into_owned();
        let length = head
            .to_ascii_lowercase()
            .lines()
            .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        let end = head_end + length.unwrap_or(0_usize);
        while buffer.len() < end {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        let body = buffer[head_end..end].to_vec();
        buffer.drain(..end);
        let mut line = head.split(' ');
        let (method, target) = (line.next().unwrap_or_default(), line.next().unwrap_or_default());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let number = {
            let mut counts = counts.lock().expect("no panic");
            let count = counts.entry(path.to_owned()).or_default();
            *count += 1;
            *count
        };
        let request = Request {
            method: method.into(),
            path: path.into(),
            query: query.into(),
            head: head.clone(),
            body,
            number,
        };
        seen.lock().expect("no panic").push(request.clone());
        let mut stalls = false;
        let (status, headers, body, announced) = match handler(&request) {
            Reply::Json(value) => {
                let body = value.to_string().into_bytes();
                let len = body.len();
                (200, "Content-Type: application/json\r\n".to_owned(), body, len)
            }
            Reply::Http(status, headers, body) => {
                let len = body.len();
                (status, headers, body, len)
            }
            Reply::Truncated(body) => {
                let len = body.len() + 10;
                (200, "Content-Type: application/json\r\n".to_owned(), body, len)
            }
            Reply::Stall(headers, body) => {
                stalls = true;
                let len = body.len() + 10;
                (200, headers, body, len)
            }
            Reply::Drop => return Ok(()),
            Reply::Hang => return std::future::pending().await,
        };
        let mut out =
            format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {announced}\r\n\r\n").into_bytes();
        let short = announced != body.len();
        out.extend(body);
        stream.write_all(&out).await?;
        if stalls {
            return std::future::pending().await;
        }
        if short {
            return Ok(());
        }
    }
}
