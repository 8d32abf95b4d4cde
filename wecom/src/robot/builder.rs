use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use super::dial::Http;
use super::limit::Limiter;
use super::{Dial, Incoming, Robot, RobotError, Settings, Shared, Standing, supervise};
use crate::limit::Limits;
use crate::token::{TokenKey, TokenStore};
use crate::value::Secret;

/// Where the real server is. The HTTP client upgrades the connection, so it is not `wss`.
const OFFICIAL: &str = "https://openws.work.weixin.qq.com";

/// Settings of a [`Robot`].
#[must_use]
pub struct RobotBuilder {
    id: String,
    secret: Secret,
    url: String,
    dial: Option<Arc<dyn Dial>>,
    http: Option<reqwest::Client>,
    proxy: Option<String>,
    connect_timeout: Duration,
    ack_timeout: Duration,
    heartbeat: Duration,
    backoff: [Duration; 2],
    attempts: Option<u32>,
    reopen: bool,
    dedup: usize,
    keep_alive: Duration,
    backlog: usize,
    max_file: usize,
    limits: Limits,
    store: Option<Arc<dyn TokenStore>>,
}

impl RobotBuilder {
    pub(super) fn new(id: String, secret: Secret) -> Self {
        Self {
            id,
            secret,
            url: OFFICIAL.to_owned(),
            dial: None,
            http: None,
            proxy: None,
            connect_timeout: Duration::from_secs(10),
            ack_timeout: Duration::from_secs(5),
            heartbeat: Duration::from_secs(30),
            backoff: [Duration::from_secs(1), Duration::from_secs(30)],
            attempts: None,
            reopen: false,
            dedup: 0,
            keep_alive: Duration::from_secs(30),
            backlog: 4096,
            max_file: 101 * 1024 * 1024,
            limits: Limits::wait(Duration::from_secs(60)),
            store: None,
        }
    }

    /// Another server than `wss://openws.work.weixin.qq.com`: a gateway of one's own, or a test server.
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = url.into();
        self
    }

    /// A [`reqwest::Client`] (reqwest 0.13) made elsewhere, for connecting and for downloads. Then the proxy is that client's own.
    pub fn http(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// A proxy, `http://user:password@host:port` (or `https`, `socks5`, `socks5h`). Unless it is set, the environment's applies.
    pub fn proxy(mut self, proxy: impl Into<String>) -> Self {
        self.proxy = Some(proxy.into());
        self
    }

    /// Another way of connecting.
    pub fn dial(mut self, dial: impl Dial) -> Self {
        self.dial = Some(Arc::new(dial));
        self
    }

    /// How long connecting may take. 10 seconds unless set.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long an acknowledgement may take. 5 seconds unless set.
    pub fn ack_timeout(mut self, timeout: Duration) -> Self {
        self.ack_timeout = timeout;
        self
    }

    /// How often a heartbeat is sent; two that are not answered end the connection. 30 seconds unless set, a second at the least.
    pub fn heartbeat(mut self, every: Duration) -> Self {
        self.heartbeat = every.max(Duration::from_secs(1));
        self
    }

    /// How long to wait before the first new attempt, doubled up to the second time, with jitter. 1 and 30 seconds unless set.
    pub fn backoff(mut self, first: Duration, most: Duration) -> Self {
        self.backoff = [first, most.max(first)];
        self
    }

    /// Stops after so many attempts in a row that led to no subscription. Without end unless set.
    pub fn attempts(mut self, most: u32) -> Self {
        self.attempts = Some(most.max(1));
        self
    }

    /// Connects anew after another connection of the same robot has pushed this one out. Off unless set: where both do so, they push
    /// each other out for ever. With [`standby`](Self::standby) it waits for the lease.
    pub fn reopen(mut self, reopen: bool) -> Self {
        self.reopen = reopen;
        self
    }

    /// Passes over messages whose `msgid` is among the last so many. Off unless set.
    pub fn dedup(mut self, last: usize) -> Self {
        self.dedup = last;
        self
    }

    /// How long a stream may rest before its content is sent again, so that it does not count as abandoned. 30 seconds unless set.
    pub fn keep_alive(mut self, every: Duration) -> Self {
        self.keep_alive = every.max(Duration::from_secs(1));
        self
    }

    /// How many messages wait for a program that does not take them; further ones are dropped and counted. 4,096 unless set.
    pub fn backlog(mut self, messages: usize) -> Self {
        self.backlog = messages.max(1);
        self
    }

    /// The largest file that is downloaded into memory, in bytes. 101 MiB unless set; users send up to 100 MB.
    pub fn max_file(mut self, bytes: usize) -> Self {
        self.max_file = bytes;
        self
    }

    /// How the limits of messages and uploads are kept: by waiting up to a minute unless set.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Of several processes one is active: the others wait for the lease in this store, and take over when the active one stops or
    /// dies. All must use the same store: a [`FileStore`](crate::token::FileStore) on one machine, a
    /// [`RedisStore`](crate::token::RedisStore) among several.
    pub fn standby(mut self, store: impl TokenStore) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// The robot, and what it gets. It connects in a task of the runtime that this is called in, for as long as one of the two lives;
    /// [`Robot::connected`] waits for it.
    ///
    /// # Errors
    /// [`RobotError::Invalid`] when BotID or Secret are empty, [`RobotError::Connect`] when the address or the proxy cannot be used, or
    /// outside a Tokio runtime.
    pub fn connect(self) -> Result<(Robot, Incoming), RobotError> {
        for (what, text) in [("bot_id", self.id.as_str()), ("secret", self.secret.expose())] {
            if text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
                return Err(RobotError::invalid(what, "is empty, or has a blank or a line end"));
            }
        }
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| {
            RobotError::Connect(
                "outside a Tokio runtime: call it in an async function that Tokio runs".into(),
            )
        })?;
        let url = match self.url.split_once("://") {
            Some(("wss", rest)) => format!("https://{rest}"),
            Some(("ws", rest)) => format!("http://{rest}"),
            _ => self.url,
        };
        let failed = |error: crate::Error| RobotError::Connect(error.to_string().into());
        let http = match self.http {
            Some(http) => http,
            None => crate::transport::http_client(&url, self.proxy.as_deref(), self.connect_timeout)
                .map_err(failed)?,
        };
        reqwest::Url::parse(&url)
            .map_err(|error| RobotError::Connect(format!("the address: {error}").into()))?;
        let key = TokenKey {
            kind: "robot_connection",
            base: url.clone(),
            corp: String::new(),
            app: self.id.clone(),
        };
        let dial = self.dial.unwrap_or_else(|| Arc::new(Http { http: http.clone(), url }));
        let settings = Arc::new(Settings {
            id: self.id,
            secret: self.secret,
            dial,
            http,
            connect_timeout: self.connect_timeout,
            ack_timeout: self.ack_timeout,
            heartbeat: self.heartbeat,
            backoff: self.backoff,
            attempts: self.attempts,
            reopen: self.reopen,
            dedup: self.dedup,
            keep_alive: self.keep_alive,
            max_file: self.max_file,
            store: self.store.map(|store| (store, key)),
        });
        let (orders, asked) = mpsc::unbounded_channel();
        let (deliver, incoming) = mpsc::channel(self.backlog);
        let (patience, among) = self.limits.parts();
        let shared = Arc::new(Shared {
            settings: Arc::clone(&settings),
            orders: orders.downgrade(),
            standing: watch::Sender::new(Standing::Connecting),
            limiter: Limiter::new(patience, among),
            uploads: Limiter::new(patience, among),
            dropped: AtomicU64::new(0),
        });
        runtime.spawn(supervise::supervise(settings, Arc::clone(&shared), asked, deliver));
        let incoming = Incoming::new(incoming, Arc::clone(&shared), orders.clone());
        Ok((Robot { shared, orders }, incoming))
    }
}

impl fmt::Debug for RobotBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RobotBuilder").field("id", &self.id).field("url", &self.url).finish_non_exhaustive()
    }
}
