//! The route: answers in time, whatever the handler does.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::axum::Router;
use ::axum::extract::Request;
use ::axum::http::{StatusCode, Uri};
use ::axum::response::{IntoResponse, Response};
use ::axum::routing::{MethodRouter, get};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::extract::{self, Received, Refused};
use crate::callback::{Crypto, PassiveReply};

/// WeCom waits five seconds; one of them is left to the network.
const LATEST: Duration = Duration::from_secs(4);
/// Callbacks whose handlers run at the same time.
const IN_FLIGHT: usize = 1024;

/// What a handler wants answered.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reply {
    /// Nothing but that it has arrived: an empty answer, or `success` for third-party notices, which ask for it.
    #[default]
    Accepted,
    /// A passive reply: its XML or JSON, which is encrypted and signed on the way out. Not every callback takes one, see
    /// <https://developer.work.weixin.qq.com/document/path/90241>; [`Message::reply_text`](crate::callback::Message::reply_text)
    /// and its kin know, and write it.
    Passive(String),
}

impl From<PassiveReply> for Reply {
    fn from(reply: PassiveReply) -> Self {
        Self::Passive(reply.as_ref().to_owned())
    }
}

/// Shows no content.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("Accepted"),
            Self::Passive(text) => {
                f.debug_struct("Passive").field("len", &text.len()).finish_non_exhaustive()
            }
        }
    }
}

/// What a handler may return: nothing, a [`Reply`], a [`PassiveReply`], or a `Result` of one.
pub trait IntoReply: Send {
    /// The reply, or what went wrong, in words for the log. An error is answered with HTTP 500 if there still is time. Do
    /// not count on a repetition: WeCom repeats, up to three times, only what failed to connect or was not answered in time.
    ///
    /// # Errors
    /// What went wrong.
    fn into_reply(self) -> Result<Reply, String>;
}

impl IntoReply for () {
    fn into_reply(self) -> Result<Reply, String> {
        Ok(Reply::Accepted)
    }
}

impl IntoReply for Reply {
    fn into_reply(self) -> Result<Reply, String> {
        Ok(self)
    }
}

impl IntoReply for PassiveReply {
    fn into_reply(self) -> Result<Reply, String> {
        Ok(self.into())
    }
}

impl<R: IntoReply, E: fmt::Display + Send> IntoReply for Result<R, E> {
    fn into_reply(self) -> Result<Reply, String> {
        self.map_err(|error| error.to_string())?.into_reply()
    }
}

/// The handlers that are running. Cheap to clone; ask it to [`finish`](Self::finish) before the program ends.
#[derive(Clone)]
pub struct Work {
    places: Arc<Semaphore>,
    limit: u32,
}

impl Work {
    /// With places for this many handlers at the same time, one at least. A callback that finds none is answered with
    /// HTTP 503.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        let limit = u32::try_from(limit.clamp(1, Semaphore::MAX_PERMITS)).unwrap_or(u32::MAX);
        Self { places: Arc::new(Semaphore::new(limit as usize)), limit }
    }

    fn begin(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }

    /// How many handlers are running.
    #[must_use]
    pub fn running(&self) -> usize {
        (self.limit as usize).saturating_sub(self.places.available_permits())
    }

    /// Waits until no handler is running any more. Stop the server first: callbacks that arrive meanwhile are answered
    /// with HTTP 503.
    pub async fn finish(&self) {
        // Closed by nobody, so it cannot fail.
        drop(self.places.acquire_many(self.limit).await);
    }
}

impl Default for Work {
    /// With 1024 places.
    fn default() -> Self {
        Self::new(IN_FLIGHT)
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Work").field("running", &self.running()).field("limit", &self.limit).finish()
    }
}

/// The callbacks of one address as a route.
#[derive(Debug, Clone)]
pub struct Callbacks {
    crypto: Crypto,
    within: Duration,
    work: Work,
}

impl Callbacks {
    /// With what checks and decrypts them. The size of a body is limited by [`Crypto::body_limit`].
    #[must_use]
    pub fn new(crypto: Crypto) -> Self {
        Self { crypto, within: LATEST, work: Work::default() }
    }

    /// How long an answer waits for the handler, from the request's arrival; then [`Reply::Accepted`] is answered, and the
    /// handler goes on. Four seconds unless set, and never more. Zero: answers at once, never with a passive reply.
    #[must_use]
    pub fn answer_within(mut self, limit: Duration) -> Self {
        self.within = limit.min(LATEST);
        self
    }

    /// Where handlers are counted: to wait for them at the end, or to have several addresses share one limit.
    #[must_use]
    pub fn work(mut self, work: &Work) -> Self {
        self.work = work.clone();
        self
    }

    /// A router with this one path. The handler runs as a task of its own: it goes on when the answer is due, or when the
    /// connection ends.
    pub fn at<S, H, F>(self, path: &str, handler: H) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
        H: Fn(Received) -> F + Clone + Send + Sync + 'static,
        F: Future<Output: IntoReply + 'static> + Send + 'static,
    {
        Router::new().route(path, self.route(handler))
    }

    /// A router with this one path for a robot in URL mode. Refreshes of streams that
    /// [`Streams`](crate::callback::robot::Streams) knows are answered by it; the handler is given messages, events, and refreshes of streams that it does not know.
    ///
    /// ```
    /// use wecom::callback::axum::{Callbacks, Reply};
    /// use wecom::callback::robot::{Received, Streams};
    /// use wecom::callback::{CallbackError, Crypto};
    ///
    /// # fn example(crypto: Crypto) -> axum::Router {
    /// Callbacks::new(crypto).robot("/robot", &Streams::default(), |received: Received| async move {
    ///     let Some(question) = received.text().map(str::to_owned) else { return Ok(Reply::Accepted) };
    ///     let mut stream = received.stream();
    ///     let reply = received.reply(stream.due())?;
    ///     tokio::spawn(async move {
    ///         stream.push(&format!("您问的是：{question}"))?;
    ///         Ok::<_, CallbackError>(stream.finish().await)
    ///     });
    ///     Ok::<_, CallbackError>(reply.into())
    /// })
    /// # }
    /// ```
    #[cfg(all(feature = "aibot", not(wecom_imported)))]
    pub fn robot<S, H, F>(
        self,
        path: &str,
        streams: &crate::callback::robot::Streams,
        handler: H,
    ) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
        H: Fn(crate::callback::robot::Received) -> F + Clone + Send + Sync + 'static,
        F: Future<Output: IntoReply + 'static> + Send + 'static,
    {
        let streams = streams.clone();
        self.at(path, move |received: Received| {
            let (streams, handler) = (streams.clone(), handler.clone());
            async move {
                let received = streams.open(received.message).map_err(|error| error.to_string())?;
                match received.refreshed() {
                    Some(reply) => reply.into_reply(),
                    None => handler(received).await.into_reply(),
                }
            }
        })
    }

    /// The same without a path, for a router of one's own.
    pub fn route<S, H, F>(self, handler: H) -> MethodRouter<S, Infallible>
    where
        S: Clone + Send + Sync + 'static,
        H: Fn(Received) -> F + Clone + Send + Sync + 'static,
        F: Future<Output: IntoReply + 'static> + Send + 'static,
    {
        let crypto = self.crypto.clone();
        let prove = move |uri: Uri| {
            let crypto = crypto.clone();
            async move { extract::verify(&crypto, uri.query()) }
        };
        let take = move |request: Request| {
            let (this, handler) = (self.clone(), handler.clone());
            async move { this.serve(handler, request).await }
        };
        get(prove).post(take)
    }

    pub(super) async fn serve<H, F>(&self, handler: H, request: Request) -> Response
    where
        H: FnOnce(Received) -> F + Send + 'static,
        F: Future<Output: IntoReply + 'static> + Send + 'static,
    {
        let began = Instant::now();
        let received = match timeout_at(began + LATEST, extract::receive(&self.crypto, request)).await {
            Ok(Ok(received)) => received,
            Ok(Err(refused)) => return refused.into_response(),
            Err(_) => return Refused::late().into_response(),
        };
        let Some(place) = self.work.begin() else {
            tracing::error!(work = ?self.work, "a callback was turned away: too many handlers are running");
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        };
        let (message, accepted) = (received.message.clone(), received.accepted);
        let task = tokio::spawn(async move {
            let _place = place;
            let reply = handler(received).await.into_reply();
            // Here and not where the answer is made: nobody may be waiting for it any more.
            reply.inspect_err(|error| tracing::error!(%error, "the handler of a callback failed"))
        });
        match timeout_at(began + self.within, task).await {
            Err(_) | Ok(Ok(Ok(Reply::Accepted))) => accepted.into_response(),
            Ok(Ok(Ok(Reply::Passive(text)))) => extract::passive(&self.crypto, &message, &text)
                .unwrap_or_else(|error| {
                    tracing::error!(%error, "a passive reply could not be made");
                    StatusCode::INTERNAL_SERVER_ERROR.into_response()
                }),
            Ok(Ok(Err(_)) | Err(_)) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}
