use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::{Exchange, ExchangeError, Request, Response};
use crate::token::BoxFuture;

/// An exchange without a network, for unit tests: each request is answered by a closure, and kept so that it can be looked at.
///
/// Requests for tokens are answered by the stub itself and not recorded, unless it is set up otherwise
/// ([`with_token_requests`](Stub::with_token_requests)). Nothing else is taken off the closure: a refusal of a kind that is repeated is
/// repeated, after the waits of the [retry policy](crate::RetryPolicy).
///
/// ```
/// # #[cfg(feature = "message")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), wecom::Error> {
/// use serde_json::json;
/// use wecom::exchange::stub;
/// use wecom::message::Text;
///
/// let stub = stub(|request| match request.endpoint() {
///     "/cgi-bin/message/send" => json!({"msgid": "m1"}),
///     other => panic!("nobody should call {other}"),
/// });
/// let client = wecom::Client::builder("ww1", "secret").agent(1000002).exchange(stub.clone()).build()?;
///
/// let sent = client.message().send(Text::new("你好")).await?;
/// assert_eq!(sent.msgid, "m1");
/// assert_eq!(stub.requests()[0].json()["text"]["content"], "你好");
/// # Ok(()) }
/// # #[cfg(not(feature = "message"))]
/// # fn main() {}
/// ```
pub fn stub<F, R>(answer: F) -> Stub
where
    F: Fn(&Request) -> R + Send + Sync + 'static,
    R: Reply,
{
    let answer = Box::new(move |request: &Request| answer(request).reply());
    Stub { inner: Arc::new(Inner { answer, requests: Mutex::default() }), all: false }
}

/// What [`stub`] makes. Clones share what they have been asked.
#[derive(Clone)]
pub struct Stub {
    inner: Arc<Inner>,
    all: bool,
}

type Closure = dyn Fn(&Request) -> Result<Response, ExchangeError> + Send + Sync;

struct Inner {
    answer: Box<Closure>,
    requests: Mutex<Vec<Arc<Request>>>,
}

impl Stub {
    /// Hands requests for tokens to the closure like all others.
    #[must_use]
    pub fn with_token_requests(mut self) -> Self {
        self.all = true;
        self
    }

    /// What has been asked so far, bodies read into memory; repetitions, too.
    #[must_use]
    pub fn requests(&self) -> Vec<Arc<Request>> {
        self.inner.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Exchange for Stub {
    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, ExchangeError>> {
        Box::pin(async move {
            if request.is_for_token() && !self.all {
                return Ok(Response::json(json!({
                    "access_token": "stub-access-token",
                    "suite_access_token": "stub-suite-access-token",
                    "provider_access_token": "stub-provider-access-token",
                    "device_access_token": "stub-device-access-token",
                    "model_access_token": "stub-model-access-token",
                    "expires_in": 7200,
                })));
            }
            let request = Arc::new(request.read().await?);
            // Kept before it is answered: a closure that panics has been asked, too.
            self.inner.requests.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&request));
            (self.inner.answer)(&request)
        })
    }
}

impl fmt::Debug for Stub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stub").field("requests", &self.requests()).finish_non_exhaustive()
    }
}

/// What a [`stub`]'s closure may answer with.
pub trait Reply {
    /// The answer, or why there is no answer.
    ///
    /// # Errors
    /// As the stub's test wants it.
    fn reply(self) -> Result<Response, ExchangeError>;
}

impl Reply for Response {
    fn reply(self) -> Result<Response, ExchangeError> {
        Ok(self)
    }
}

impl Reply for ExchangeError {
    fn reply(self) -> Result<Response, ExchangeError> {
        Err(self)
    }
}

/// As [`Response::json`].
impl Reply for Value {
    fn reply(self) -> Result<Response, ExchangeError> {
        Ok(Response::json(self))
    }
}

impl<T: Reply> Reply for Result<T, ExchangeError> {
    fn reply(self) -> Result<Response, ExchangeError> {
        self.and_then(Reply::reply)
    }
}
