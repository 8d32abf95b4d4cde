//! The exchange of one HTTP request for its answer: the layer below a transport, which can be replaced or wrapped.
//!
//! Usually it is a [`reqwest::Client`]. Everything above it stays as it is: tokens, repetitions, limits, errors. An exchange sees one
//! attempt, with its token in the URL.
//!
//! - Another HTTP client, or one that goes through a queue: implement [`Exchange`], and hand it to
//!   [`exchange`](crate::TransportBuilder::exchange).
//! - Headers, a log of one's own, recordings: wrap what is there, with [`wrap`](crate::TransportBuilder::wrap).
//! - Unit tests without a server: [`stub`].
//!
//! ```
//! # fn main() -> Result<(), wecom::Error> {
//! use std::sync::Arc;
//!
//! use wecom::exchange::{Exchange, ExchangeError, Request, Response};
//! use wecom::token::BoxFuture;
//!
//! /// Tells how long each attempt took.
//! struct Timed(Arc<dyn Exchange>);
//!
//! impl Exchange for Timed {
//!     fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, ExchangeError>> {
//!         Box::pin(async move {
//!             let (endpoint, started) = (request.endpoint().to_owned(), std::time::Instant::now());
//!             let outcome = self.0.exchange(request).await;
//!             println!("{endpoint}: {:?}", started.elapsed());
//!             outcome
//!         })
//!     }
//! }
//!
//! let client = wecom::Client::builder("ww1", "secret").wrap(Timed).build()?;
//! # Ok(()) }
//! ```

mod body;
#[cfg(not(target_family = "wasm"))]
mod http;
mod stub;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

pub use body::Body;
pub use reqwest::Url;
pub use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
pub use stub::{Reply, Stub, stub};

use crate::endpoint::Method;
pub use crate::error::ExchangeError;
use crate::error::TransportKind;
use crate::token::BoxFuture;

/// Exchanges one HTTP request for its answer.
///
/// Redirections must not be followed: what redirects is a login page, and the token is in the URL. Limits of time need not be kept,
/// the transport drops what takes too long. The answer's body may come as a stream.
pub trait Exchange: Send + Sync + 'static {
    /// Sends the request and gives the answer, as soon as its head is there. Any HTTP status is an answer.
    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, ExchangeError>>;
}

impl<E: Exchange + ?Sized> Exchange for Arc<E> {
    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, ExchangeError>> {
        (**self).exchange(request)
    }
}

/// Puts something around an exchange. Closures are one, and so are the names of tuple structs.
pub trait Layer: Send + Sync + 'static {
    /// The exchange that is used in place of this one.
    fn wrap(&self, inner: Arc<dyn Exchange>) -> Arc<dyn Exchange>;
}

impl<F, E> Layer for F
where
    F: Fn(Arc<dyn Exchange>) -> E + Send + Sync + 'static,
    E: Exchange,
{
    fn wrap(&self, inner: Arc<dyn Exchange>) -> Arc<dyn Exchange> {
        Arc::new(self(inner))
    }
}

/// An HTTP request. `Debug` shows neither its query nor the values of its headers, nor its body.
pub struct Request {
    method: Method,
    endpoint: Cow<'static, str>,
    url: Url,
    headers: HeaderMap,
    body: Body,
    for_token: bool,
    /// Set while it is certain that nothing of the body has been sent. Only who knows sets it.
    unsent: Arc<AtomicBool>,
}

impl Request {
    /// A request without headers and body; the transport makes its own ones.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        let endpoint = Cow::Owned(url.path().to_owned());
        let (headers, body, unsent) = (HeaderMap::new(), Body::empty(), Arc::default());
        Self { method, endpoint, url, headers, body, for_token: false, unsent }
    }

    /// The same with a body.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn of_endpoint(
        method: Method,
        endpoint: Cow<'static, str>,
        url: Url,
        headers: HeaderMap,
        body: Body,
        for_token: bool,
    ) -> Self {
        Self { method, endpoint, url, headers, body, for_token, unsent: Arc::default() }
    }

    pub(crate) fn unsent(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.unsent)
    }

    /// GET or POST.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// The path of the API, `/cgi-bin/message/send`, without a base URL's own path and without the query: the one part of the URL that
    /// may be shown.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Whether it asks for a token.
    #[must_use]
    pub fn is_for_token(&self) -> bool {
        self.for_token
    }

    /// The whole URL. The token is in it: it must not be shown.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// A parameter of the URL.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        self.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The headers. How long the body is, [`Body::len`] says: HTTP clients send that themselves.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The headers, to be changed.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.headers
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The body as JSON; `null` when it is a stream, or no JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        self.body.as_bytes().and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default()
    }

    /// Its parts, for who sends it.
    #[must_use]
    pub fn into_parts(self) -> (Method, Url, HeaderMap, Body) {
        (self.method, self.url, self.headers, self.body)
    }

    /// The request with its body read into memory, so that it can be looked at.
    ///
    /// # Errors
    /// When the body's source fails.
    pub async fn read(mut self) -> Result<Self, ExchangeError> {
        self.body = std::mem::take(&mut self.body).read().await?.into();
        Ok(self)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("endpoint", &self.endpoint)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

/// An HTTP answer. `Debug` shows neither the values of its headers nor its body.
pub struct Response {
    status: u16,
    headers: HeaderMap,
    body: Body,
}

impl Response {
    /// An answer without headers.
    #[must_use]
    pub fn new(status: u16, body: impl Into<Body>) -> Self {
        Self { status, headers: HeaderMap::new(), body: body.into() }
    }

    /// An answer of the API, HTTP status 200. `errcode` and `errmsg` of a success are added if they are not there.
    #[must_use]
    pub fn json(mut value: Value) -> Self {
        if let Value::Object(fields) = &mut value
            && !fields.contains_key("errcode")
        {
            fields.insert("errcode".to_owned(), 0.into());
            fields.entry("errmsg").or_insert_with(|| "ok".into());
        }
        let mut new = Self::new(200, value.to_string().into_bytes());
        let json = HeaderValue::from_static("application/json; charset=UTF-8");
        new.headers.insert(reqwest::header::CONTENT_TYPE, json);
        new
    }

    /// A refusal of the API.
    #[must_use]
    pub fn refusal(errcode: i64, errmsg: &str) -> Self {
        Self::json(json!({"errcode": errcode, "errmsg": errmsg}))
    }

    /// A file, as endpoints that answer with one send it.
    #[must_use]
    pub fn file(name: &str, content: impl Into<Body>) -> Self {
        let mut new = Self::new(200, content);
        let quoted = name.replace(['"', '\r', '\n', '\\'], "_");
        if let Ok(value) = HeaderValue::from_bytes(format!("attachment; filename=\"{quoted}\"").as_bytes()) {
            new.headers.insert(reqwest::header::CONTENT_DISPOSITION, value);
        }
        new
    }

    /// With one more header.
    ///
    /// # Errors
    /// When name or value is not allowed in a header.
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self, ExchangeError> {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(value)) => {
                self.headers.append(name, value);
                Ok(self)
            }
            _ => Err(ExchangeError::new(TransportKind::Request, format!("no header: {name:?}"))),
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The headers, to be changed.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.headers
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The body, of which nothing is left.
    pub(crate) fn take_body(&mut self) -> Body {
        std::mem::take(&mut self.body)
    }

    /// Its parts: status, headers, body.
    #[must_use]
    pub fn into_parts(self) -> (u16, HeaderMap, Body) {
        (self.status, self.headers, self.body)
    }

    /// The answer with its body read into memory, so that it can be looked at. Files may be large: they are better left as they are.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn read(mut self) -> Result<Self, ExchangeError> {
        self.body = std::mem::take(&mut self.body).read().await?.into();
        Ok(self)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body", &self.body)
            .finish()
    }
}
