//! A WeCom (企业微信) server for tests, made from the same spec as the client.
//!
//! It listens on the loopback interface, answers every path of the spec, and checks what the real server checks: method,
//! token, body, required fields, types and limits, each with the code the real server gives. What flows need is kept:
//! tokens, departments, members, tags, files, messages, group chats, workbench data, authorisations of third-party apps;
//! customer service (accounts, sessions, messages both ways), calendars and schedules, approvals, meetings, documents and
//! smart tables, the drive, licence orders and accounts, mail of apps and mail groups, customers of members.
//! Everything else is answered with values made from the spec.
//!
//! What comes from outside comes from the test: [`Sandbox::kf_enter`] and [`Sandbox::kf_message`] are a customer,
//! [`Sandbox::receive_mail`] is a mail, [`Sandbox::oauth_code`] a visitor, [`Sandbox::advance`] is time that passes.
//! [`Sandbox::push_event`] is any event or message of the spec on its way to an address of yours, and [`Pushed::reply`] what was
//! replied, decrypted.
//! [`Sandbox::say`] is a member who writes to a robot on its long connection ([`Sandbox::socket_url`]), [`Sandbox::ask_robot`] one who
//! writes to a robot with an address, and the server that fetches its stream.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use wecom_sandbox::{Fault, Sandbox};
//!
//! let sandbox = Sandbox::start().await?;
//! // Point the client under test at it, with the seeded ids.
//! let url = format!(
//!     "{}/cgi-bin/gettoken?corpid={}&corpsecret={}",
//!     sandbox.base_url(),
//!     Sandbox::CORP_ID,
//!     Sandbox::SECRET,
//! );
//! sandbox.fault(Fault::Errcode(-1)).on("/cgi-bin/gettoken").times(1);
//! assert!(reqwest::get(&url).await?.text().await?.contains("system busy"));
//! assert!(reqwest::get(&url).await?.text().await?.contains("access_token"));
//!
//! assert_eq!(sandbox.requests()[0].errcode, Some(-1));
//! assert_eq!(sandbox.requests()[1].param("corpsecret"), Some("***"));
//! sandbox.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Retries in tests
//!
//! A client with its usual settings repeats what is worth repeating, and waits before it does: after an injected `-1` three times
//! within a second and a half, after too many calls at once (45033) within 3.5 to 7 seconds, after `45009` not at all, since its
//! lock-out lasts a minute. A test of such an answer need not wait: give the client a policy of its own.
//!
//! ```ignore
//! use wecom::RetryPolicy;
//!
//! let once = RetryPolicy::never(); // to see the error itself
//! let quick = RetryPolicy::new().base_delay(Duration::from_millis(1)).throttled_delay(Duration::from_millis(1));
//! let client = Client::builder(Sandbox::CORP_ID, Sandbox::SECRET).base_url(sandbox.base_url()).retry(quick).build()?;
//! ```
//!
//! A fault meets one call unless [`times`](FaultHandle::times) says otherwise, and lets the repetition pass. [`Sandbox::requests_to`]
//! tells how often was asked. Paused time (`tokio::time::pause`) does not go with a sandbox: its sockets are real, and time that
//! jumps runs out.
//!
//! # Over HTTP
//!
//! | call | does |
//! |---|---|
//! | `POST /sandbox/faults` | asks for a fault: `{"fault": "errcode", "value": -1, "path": "/cgi-bin/message/send", "times": 1}`. `fault` is `errcode` (`value`: the code), `status` (the status), `delay` (milliseconds), `truncate`, `not_json`, `drop` or `expire_tokens`; without `path` any call; `times: null` every call; `after` lets calls pass first; `probability` with `seed` |
//! | `GET /sandbox/requests` | the calls so far |
//! | `POST /sandbox/reset` | state, faults and calls as at the start |
//! | `GET /sandbox/images/{id}` | an image of `/cgi-bin/media/uploadimg` |
//! | `GET /sandbox/files/{id}` | a file of `/cgi-bin/wedrive/file_download`, to the one who brings its cookie |
//!
//! # What it does not do
//!
//! Conditions in words (`required` only when …) are not checked unless a flow needs them. Visible scopes of apps, rate
//! limits, IP lists and duplicate checks of messages are not kept. Batch jobs finish at once without reading their file.
//! Meetings begin and end by the clock and have no sub-meetings; licence orders are paid at once and cost what the sandbox
//! says; approvals stay where they were handed in; documents other than smart tables have no content.
//! Where the documentation names no code for a refusal, it is 40058.

mod call;
mod event;
mod fault;
mod flow;
mod handle;
mod ids;
mod made;
mod md5;
mod push;
mod record;
mod refuse;
mod reply;
mod robot;
mod seed;
mod server;
mod socket;
mod state;
mod xml;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use wecom_codegen::ir::{Place, RequestBody};

pub use event::EventPush;
pub use fault::{Fault, FaultHandle};
pub use flow::KfCallback;
pub use push::{PushError, Pushed};
pub use record::{Body, Part, Recorded};
pub use reply::{Reply, ReplyArticle, ReplyContent};
pub use robot::RobotPushed;
pub use seed::{App, Corp, Installed, Provider, Seed, Suite};
pub use socket::{SocketFault, SocketFrame};
pub use wecom_codegen::check::{Finding, Kind};
pub use wecom_codegen::ir::{Api, Auth};

use server::{Log, Server};
use state::Caller;

/// The API that the sandbox was built with.
const API: &str = include_str!("api.json");

/// A running sandbox. Dropping it stops it.
pub struct Sandbox {
    server: Arc<Server>,
    addr: SocketAddr,
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<()>>,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("addr", &self.addr).finish_non_exhaustive()
    }
}

/// What a sandbox is to be like.
#[derive(Default)]
pub struct Builder {
    api: Option<Api>,
    seed: Seed,
    port: u16,
    log: Option<Log>,
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("seed", &self.seed).field("port", &self.port).finish_non_exhaustive()
    }
}

impl Builder {
    /// Another API than the one built in.
    #[must_use]
    pub fn api(mut self, api: Api) -> Self {
        self.api = Some(api);
        self
    }

    /// The port; a free one by default.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Other corps, apps and people than the default ones.
    #[must_use]
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// One more corp.
    #[must_use]
    pub fn corp(mut self, corp: Corp) -> Self {
        self.seed.corps.push(corp);
        self
    }

    /// One more third-party app.
    #[must_use]
    pub fn suite(mut self, suite: Suite) -> Self {
        self.seed.suites.push(suite);
        self
    }

    /// One more group robot.
    #[must_use]
    pub fn robot(mut self, key: impl Into<String>) -> Self {
        self.seed.robots.push(key.into());
        self
    }

    /// Lifetime of tokens in seconds; 7200 by default.
    #[must_use]
    pub fn token_seconds(mut self, seconds: i64) -> Self {
        self.seed.token_seconds = seconds;
        self
    }

    /// Is told every call as it is answered.
    #[must_use]
    pub fn log(mut self, log: impl Fn(&Recorded) + Send + Sync + 'static) -> Self {
        self.log = Some(Box::new(log));
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// When the port is taken, or the built-in API cannot be read.
    pub async fn start(self) -> io::Result<Sandbox> {
        let api = match self.api {
            Some(api) => api,
            None => serde_json::from_str(API).map_err(|e| {
                let text =
                    format!("src/api.json of wecom-sandbox: {e}; `cargo xtask codegen` writes it anew");
                io::Error::new(io::ErrorKind::InvalidData, text)
            })?,
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        let addr = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let server =
            Arc::new(Server::new(api, self.seed, format!("http://{addr}"), stopped.clone(), self.log));
        let router = server::router(server.clone());
        let task = tokio::spawn(async move {
            let mut stopped = stopped;
            let end = async move {
                // The sender's end is as good as its word.
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            // Accepting does not fail; axum retries.
            let _ = axum::serve(listener, router).with_graceful_shutdown(end).await;
        });
        Ok(Sandbox { server, addr, stop, task: Some(task) })
    }
}

/// A call that the spec accepts, made from it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Sample {
    /// POST rather than GET.
    pub post: bool,
    /// Query, without the token.
    pub query: Vec<(String, String)>,
    /// JSON body; null for none.
    pub body: Value,
}

impl Sandbox {
    /// Starts one on a free port with the default seed.
    ///
    /// # Errors
    /// When there is no port, or the built-in API cannot be read.
    pub async fn start() -> io::Result<Sandbox> {
        Builder::default().start().await
    }

    /// A sandbox to one's own taste.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// `http://127.0.0.1:12345`
    pub fn base_url(&self) -> &str {
        &self.server.base
    }

    /// The API it serves.
    pub fn api(&self) -> &Api {
        &self.server.api
    }

    /// All calls so far.
    pub fn requests(&self) -> Vec<Recorded> {
        self.server.records().clone()
    }

    /// Calls of one path so far.
    pub fn requests_to(&self, path: &str) -> Vec<Recorded> {
        self.server.records().iter().filter(|r| r.path == path).cloned().collect()
    }

    /// Forgets the calls so far; state stays.
    pub fn clear(&self) {
        self.server.records().clear();
    }

    /// Forgets the messages that were sent, which otherwise stay to be recalled and counted: for long runs.
    pub fn forget_messages(&self) {
        self.server.state().forget_messages();
    }

    /// State, faults and calls as at the start.
    pub fn reset(&self) {
        self.server.reset();
    }

    /// Asks for a fault: at once, for the next call of any path, unless the handle says otherwise.
    pub fn fault(&self, fault: Fault) -> FaultHandle {
        self.server.faults.add(fault::Plan::new(fault))
    }

    /// All tokens given out so far expire.
    pub fn expire_tokens(&self) {
        self.server.state().expire_tokens();
    }

    /// Sets the sandbox's clock ahead: tokens, files and codes grow older.
    pub fn advance(&self, time: Duration) {
        self.server.state().ahead += i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    }

    /// A token of any kind, as a call would give it out. `owner` is a corp id or suite id; `agent_id` matters for
    /// access_token alone.
    pub fn token(&self, kind: Auth, owner: &str, agent_id: i64) -> String {
        self.server.state().issue(&Caller { kind, corp: owner.into(), agent: agent_id }).0
    }

    /// The code a visitor's browser would bring: good once, for `auth/getuserinfo`. A userid that is no member's stands
    /// for a visitor from outside.
    pub fn oauth_code(&self, corp_id: &str, userid: &str) -> String {
        let mut state = self.server.state();
        let code = state.ids.text(43);
        if let Some(corp) = state.corps.get_mut(corp_id) {
            corp.codes.insert(code.clone(), userid.into());
        }
        code
    }

    /// A call of a path that the spec accepts: required fields only. Of paths that a fixed query tells
    /// apart it may be said: `/cgi-bin/ticket/get?type=agent_config`. None for a path that is not in the spec.
    pub fn sample(&self, path: &str) -> Option<Sample> {
        let (path, fixed) = path.split_once('?').unwrap_or((path, ""));
        let fixed: Vec<(String, String)> =
            fixed.split('&').filter_map(|p| p.split_once('=')).map(|(k, v)| (k.into(), v.into())).collect();
        let endpoint = handle::endpoint(self.api(), path, &fixed).or_else(|| {
            // Where a path is only there with a fixed query, that need not be said.
            self.api().endpoints().map(|(_, e)| e).find(|e| e.path == path)
        })?;
        let now = self.server.state().now();
        let maker = made::Maker::new(self.api(), now);
        let query = maker.required(endpoint.request, Place::Query);
        let mut query: Vec<_> = query.iter().map(|(k, v)| (k.clone(), call::text(v))).collect();
        query.extend(endpoint.fixed.iter().cloned());
        let body = match endpoint.body {
            RequestBody::Json | RequestBody::EmptyJson | RequestBody::Multipart => {
                Value::Object(maker.sent(endpoint.request))
            }
            _ => Value::Null,
        };
        Some(Sample { post: endpoint.post, query, body })
    }

    /// Stops it and waits until its connections are closed.
    pub async fn shutdown(mut self) {
        let _ = self.stop.send(true);
        if let Some(task) = self.task.take() {
            let _ = task.await;
        }
    }

    /// Runs until the process is interrupted with Ctrl-C.
    ///
    /// # Errors
    /// When interrupts cannot be listened for.
    pub async fn until_interrupted(self) -> io::Result<()> {
        tokio::signal::ctrl_c().await?;
        self.shutdown().await;
        Ok(())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}
