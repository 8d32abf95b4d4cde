//! One attempt: a request out, an answer in.

use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use reqwest::header::{
    CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderMap, RETRY_AFTER,
};

use super::Transport;
use super::execute::{Handle, Options};
use crate::answer::{Answer, head};
use crate::endpoint::{Body, Method, Payload, Target};
use crate::error::{ApiError, DecodeError, Error, HttpError, TransportError, TransportKind, scrub};
use crate::file::{ByteStream, Download, Multipart, disposition_name};
use crate::value::Secret;
use crate::wire;

/// An attempt that failed, and how long the server asks to wait.
pub(super) struct Failed {
    pub(super) error: Error,
    pub(super) retry_after: Option<Duration>,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self { error, retry_after: None }
    }
}

/// One attempt of a call.
pub(super) struct Attempt<'a> {
    pub(super) via: &'a Handle,
    pub(super) target: &'a Target,
    pub(super) payload: &'a Payload,
    pub(super) options: &'a Options,
    pub(super) token: Option<&'a Secret>,
    pub(super) stream: bool,
}

impl Attempt<'_> {
    fn transport(&self) -> &Transport {
        &self.via.transport
    }

    /// What no error may show: the token, and what else of the request is secret by its name.
    fn secrets(&self) -> Vec<Secret> {
        let query = self.payload.query.iter().filter(|(name, _)| scrub::is_sensitive(name));
        let query = query.map(|(_, value)| Secret::from(value.as_str()));
        self.token.cloned().into_iter().chain(self.options.secrets.iter().cloned()).chain(query).collect()
    }

    fn broken(&self, error: reqwest::Error) -> Error {
        let endpoint = self.target.path.clone();
        Error::Transport(TransportError::from_reqwest(endpoint, error, &self.secrets()))
    }

    fn failed(&self, kind: TransportKind, message: impl Into<String>) -> Error {
        Error::Transport(TransportError::new(self.target.path.clone(), kind, message))
    }

    pub(super) async fn run(&self) -> Result<Answer, Failed> {
        let inner = &self.transport().0;
        let (request, limit) = self.request().await?;
        inner.counters.requests.fetch_add(1, Ordering::Relaxed);
        let exchange = async {
            let response = inner.http.execute(request).await.map_err(|error| self.broken(error))?;
            self.receive(response).await
        };
        match tokio::time::timeout(limit, exchange).await {
            Ok(outcome) => outcome,
            Err(_) => Err(self.failed(TransportKind::Timeout, format!("no answer within {limit:?}")).into()),
        }
    }

    /// The request, and how long it may take.
    async fn request(&self) -> Result<(reqwest::Request, Duration), Error> {
        let inner = &self.transport().0;
        let parameter = self.target.auth.parameter();
        let token = self.token.map(|token| (parameter, token.expose()));
        let query = self.payload.query.iter().map(|(name, value)| (&**name, value.as_str()));
        let url = self.transport().url(&self.target.path, token.into_iter().chain(query))?;
        let method = match self.target.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let mut limit = inner.timeout;
        let mut request = reqwest::Request::new(method, url);
        let headers = request.headers_mut();
        headers.extend(inner.headers.clone());
        headers.extend(self.options.headers.clone());
        match &self.payload.body {
            Body::None => {
                // Some gateways refuse a POST that does not say how long it is.
                if self.target.method == Method::Post {
                    headers.insert(CONTENT_LENGTH, 0.into());
                }
            }
            Body::Json(bytes) => {
                headers.insert(CONTENT_TYPE, reqwest::header::HeaderValue::from_static("application/json"));
                *request.body_mut() = Some(bytes.clone().into());
            }
            Body::Form(form) => {
                let multipart = Multipart::open(form).await.map_err(|error| {
                    self.failed(TransportKind::Request, format!("the upload cannot be read: {error}"))
                })?;
                headers.insert(CONTENT_LENGTH, multipart.len.into());
                if let Ok(value) = multipart.content_type.try_into() {
                    headers.insert(CONTENT_TYPE, value);
                }
                limit = limit.saturating_add(Duration::from_secs(multipart.len / (32 * 1024)));
                *request.body_mut() = Some(reqwest::Body::wrap_stream(multipart.body));
            }
        }
        Ok((request, limit))
    }

    async fn receive(&self, response: reqwest::Response) -> Result<Answer, Failed> {
        let status = response.status().as_u16();
        let retry_after = retry_after(response.headers());
        let content_type = text(response.headers(), CONTENT_TYPE.as_str());
        if self.stream && matches!(status, 200 | 206) && is_file(response.headers(), &content_type) {
            let download = self.download(response, content_type);
            return Ok(self.answer(String::new(), Bytes::new(), Some(download)));
        }
        let headers = response.headers().clone();
        let body = self.collect(response).await?;
        let checked = self.check(status, &content_type, &body);
        match checked {
            // A file that looked as if it might be an error: JSON without an error code.
            Ok(_) if self.stream => {
                let len = Some(body.len() as u64);
                let download = self.file(&headers, content_type, len, Box::pin(Whole(Some(body))));
                Ok(self.answer(String::new(), Bytes::new(), Some(download)))
            }
            Ok(errmsg) => Ok(self.answer(errmsg, body, None)),
            Err(Error::Http(_))
                if self.stream && matches!(status, 200 | 206) && !content_type.contains("html") =>
            {
                let len = Some(body.len() as u64);
                let download = self.file(&headers, content_type, len, Box::pin(Whole(Some(body))));
                Ok(self.answer(String::new(), Bytes::new(), Some(download)))
            }
            Err(error) => Err(Failed { error, retry_after }),
        }
    }

    fn answer(&self, errmsg: String, body: Bytes, file: Option<Download>) -> Answer {
        Answer { endpoint: self.target.path.clone(), errmsg, body, secrets: self.secrets(), file }
    }

    /// The error that an answer is, or its `errmsg`.
    fn check(&self, status: u16, content_type: &str, body: &Bytes) -> Result<String, Error> {
        let endpoint = self.target.path.clone();
        let http = || HttpError::new(endpoint.clone(), status, content_type, body, &self.secrets());
        match head(body) {
            Some(head) if head.errcode.unwrap_or(0) != 0 => {
                let errmsg = scrub::known(&head.errmsg.unwrap_or_default(), &self.secrets());
                Err(Error::Api(ApiError::new(endpoint, head.errcode.unwrap_or(0), errmsg, body.clone())))
            }
            _ if !(200..300).contains(&status) => Err(Error::Http(http())),
            Some(head) => Ok(head.errmsg.unwrap_or_default()),
            None if body.is_empty() => Ok(String::new()),
            None if self.stream || !looks_like_json(body) => Err(Error::Http(http())),
            None => match wire::decode::<serde_json::Value>(body) {
                // Valid JSON, but no object: the endpoint's own type says what is wrong with that.
                Ok(_) => Ok(String::new()),
                Err(failure) => {
                    Err(Error::Decode(DecodeError::new(endpoint, failure, body.clone(), &self.secrets())))
                }
            },
        }
    }

    /// The body in memory, up to the limit.
    async fn collect(&self, mut response: reqwest::Response) -> Result<Bytes, Error> {
        let limit = self.transport().0.max_answer;
        let too_large = || self.failed(TransportKind::TooLarge, format!("more than {limit} bytes"));
        let expected = usize::try_from(response.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
        if expected > limit {
            return Err(too_large());
        }
        let mut body = BytesMut::with_capacity(expected.min(1024 * 1024));
        while let Some(piece) = response.chunk().await.map_err(|error| self.broken_body(error))? {
            if body.len() + piece.len() > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&piece);
        }
        Ok(body.freeze())
    }

    fn broken_body(&self, error: reqwest::Error) -> Error {
        match self.broken(error) {
            Error::Transport(error) if error.kind() != TransportKind::Timeout => {
                self.failed(TransportKind::Body, error.message())
            }
            other => other,
        }
    }

    fn download(&self, response: reqwest::Response, content_type: String) -> Download {
        let headers = response.headers().clone();
        let len = response.content_length();
        let (endpoint, secrets) = (self.target.path.clone(), self.secrets());
        let idle = self.transport().0.timeout;
        let body =
            Pieces { inner: Box::pin(response.bytes_stream()), endpoint, secrets, idle, deadline: None };
        self.file(&headers, content_type, len, Box::pin(body))
    }

    fn file(
        &self,
        headers: &HeaderMap,
        content_type: String,
        len: Option<u64>,
        body: ByteStream<Error>,
    ) -> Download {
        Download {
            endpoint: self.target.path.clone(),
            file_name: headers.get(CONTENT_DISPOSITION).and_then(|value| disposition_name(value.as_bytes())),
            content_type,
            content_range: Some(text(headers, CONTENT_RANGE.as_str())).filter(|range| !range.is_empty()),
            len,
            limit: self.transport().0.max_answer,
            body,
        }
    }
}

/// Whether the headers alone say that this is a file and not an error in its place.
fn is_file(headers: &HeaderMap, content_type: &str) -> bool {
    let may_be_error = content_type.is_empty()
        || ["json", "text/plain", "html"].iter().any(|word| content_type.contains(word));
    headers.contains_key(CONTENT_DISPOSITION) || !may_be_error
}

fn looks_like_json(body: &[u8]) -> bool {
    matches!(body.trim_ascii_start().first(), Some(b'{' | b'['))
}

fn text(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).unwrap_or_default()
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    text(headers, RETRY_AFTER.as_str()).trim().parse().ok().map(Duration::from_secs)
}

struct Whole(Option<Bytes>);

impl Stream for Whole {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}

/// A response's body, with errors of our kind and a limit of time between two pieces.
struct Pieces {
    inner: ByteStream<reqwest::Error>,
    endpoint: std::borrow::Cow<'static, str>,
    secrets: Vec<Secret>,
    idle: Duration,
    deadline: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl Stream for Pieces {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let error = match this.inner.as_mut().poll_next(cx) {
            Poll::Ready(Some(Ok(piece))) => {
                this.deadline = None;
                return Poll::Ready(Some(Ok(piece)));
            }
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Ready(Some(Err(error))) => {
                let error = TransportError::from_reqwest(this.endpoint.clone(), error, &this.secrets);
                if error.kind() == TransportKind::Timeout {
                    error
                } else {
                    TransportError::new(this.endpoint.clone(), TransportKind::Body, error.message())
                }
            }
            Poll::Pending => {
                let deadline = this.deadline.get_or_insert_with(|| Box::pin(tokio::time::sleep(this.idle)));
                std::task::ready!(deadline.as_mut().poll(cx));
                let message = format!("nothing came for {:?}", this.idle);
                TransportError::new(this.endpoint.clone(), TransportKind::Timeout, message)
            }
        };
        Poll::Ready(Some(Err(Error::Transport(error))))
    }
}
