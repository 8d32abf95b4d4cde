//! One attempt: a request out, an answer in.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use reqwest::Url;
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
    HeaderMap, HeaderValue,
};
use tokio::time::Instant;

use super::Transport;
use super::after::retry_after;
use super::execute::{Handle, Options, Until};
use crate::answer::{Answer, Head, head, head_before_body};
use crate::endpoint::{self, Method, Payload, Target};
use crate::error::{ApiError, DecodeError, Error, HttpError, TransportError, TransportKind};
use crate::exchange::{Body, ExchangeError, Request, Response};
use crate::file::{ByteStream, Download, Multipart, disposition_name};
use crate::scrub;
use crate::token::BoxFuture;
use crate::value::Secret;
use crate::wire;

/// An attempt that failed, and how long the server asks to wait.
pub(super) struct Failed {
    pub(super) error: Error,
    pub(super) retry_after: Option<Duration>,
    /// Whether no time is left for another attempt.
    pub(super) is_last: bool,
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self { error, retry_after: None, is_last: false }
    }
}

impl Failed {
    fn at_last(error: Error) -> Self {
        Self { error, retry_after: None, is_last: true }
    }
}

/// A request that is under way.
struct Begun<'a> {
    sent: BoxFuture<'a, Result<Response, ExchangeError>>,
    unsent: Arc<AtomicBool>,
    limit: Duration,
    deadline: Option<Instant>,
}

/// One attempt of a call.
pub(super) struct Attempt<'a> {
    pub(super) via: &'a Handle,
    pub(super) target: &'a Target,
    pub(super) payload: &'a Payload,
    pub(super) options: &'a Options,
    pub(super) token: Option<&'a Secret>,
    pub(super) span: &'a tracing::Span,
}

impl Attempt<'_> {
    fn transport(&self) -> &Transport {
        &self.via.transport
    }

    /// What no error may show: the token, and what else of the request is secret by its name.
    fn secrets(&self) -> Vec<Secret> {
        self.token.cloned().into_iter().chain(self.own_secrets()).collect()
    }

    /// The same without the token.
    fn own_secrets(&self) -> Vec<Secret> {
        let query = self.payload.query.iter().filter(|(name, _)| scrub::is_sensitive(name));
        let query = query.map(|(_, value)| Secret::from(value.as_str()));
        self.options.secrets.iter().cloned().chain(query).collect()
    }

    #[cold]
    fn broken(&self, error: &ExchangeError) -> Error {
        let endpoint = self.target.path.clone();
        Error::Transport(TransportError::of_exchange(endpoint, error, &self.secrets()))
    }

    #[cold]
    fn failed(&self, kind: TransportKind, message: impl Into<String>) -> Error {
        Error::Transport(TransportError::new(self.target.path.clone(), kind, message))
    }

    /// Makes it, in its own time, and no longer than until the call has to be done. `url` is the endpoint's with the token, if it has been
    /// made. What is sent is made before the future is, which would keep all its parts beside it.
    pub(super) fn run(
        &self,
        url: Option<Url>,
        until: &Until,
    ) -> impl Future<Output = Result<Answer, Failed>> + Send {
        let begun = match &self.payload.body {
            endpoint::Body::Form(_) => None,
            _ => Some(self.begin(url, None, until)),
        };
        async move {
            let begun = match begun {
                Some(begun) => begun?,
                None => Box::pin(self.open(until)).await?,
            };
            let Begun { sent, unsent, limit, deadline } = begun;
            let mut exchange = pin!(async {
                let mut response = sent.await.map_err(|error| self.broken(&error))?;
                self.receive(&mut response).await
            });
            let Some(deadline) = deadline else { return exchange.await };
            match tokio::time::timeout_at(deadline, exchange.as_mut()).await {
                Ok(outcome) => outcome,
                // Whether something may have been carried out is known even when the call is given up half way.
                Err(_) => {
                    let is_sent = !unsent.load(Ordering::Relaxed);
                    Err(self.late(is_sent, deadline, limit, until))
                }
            }
        }
    }

    /// The time is over.
    #[cold]
    fn late(&self, is_sent: bool, deadline: Instant, limit: Duration, until: &Until) -> Failed {
        if until.deadline == Some(deadline) {
            return Failed::at_last(Error::Transport(until.over(self.target).sent(is_sent)));
        }
        let message = format!("no answer within {limit:?}");
        let error = TransportError::new(self.target.path.clone(), TransportKind::Timeout, message);
        Error::Transport(error.sent(is_sent)).into()
    }

    /// An upload goes out, once its file is open.
    async fn open(&self, until: &Until) -> Result<Begun<'_>, Failed> {
        let form = match &self.payload.body {
            endpoint::Body::Form(form) => {
                let open = until.within(self.target, Multipart::open(form)).await;
                Some(open.map_err(Failed::at_last)?.map_err(|error| {
                    self.failed(TransportKind::Request, format!("the upload cannot be read: {error}"))
                })?)
            }
            _ => None,
        };
        self.begin(None, form, until)
    }

    /// The request goes out.
    fn begin(&self, url: Option<Url>, form: Option<Multipart>, until: &Until) -> Result<Begun<'_>, Failed> {
        let (request, limit) = self.request(url, form)?;
        self.transport().count_request(&self.target.path);
        let unsent = request.unsent();
        // Of two limits the one that is over first; beyond what the clock can express is for ever.
        let own = Instant::now().checked_add(limit);
        let deadline = match (own, until.deadline) {
            (Some(own), Some(whole)) => Some(own.min(whole)),
            (own, whole) => own.or(whole),
        };
        Ok(Begun { sent: self.transport().0.exchange.exchange(request), unsent, limit, deadline })
    }

    /// The request, and how long it may take.
    fn request(&self, url: Option<Url>, form: Option<Multipart>) -> Result<(Request, Duration), Error> {
        let inner = &self.transport().0;
        let url = self.url(url)?;
        let mut limit = inner.timeout;
        // With room for what HTTP clients add.
        let own = self.options.headers.as_deref();
        let mut headers = HeaderMap::with_capacity(6 + inner.headers.len() + own.map_or(0, HeaderMap::len));
        for given in std::iter::once(&inner.headers).chain(own) {
            if !given.is_empty() {
                headers.extend(given.clone());
            }
        }
        if self.options.stream {
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        }
        let body = match (&self.payload.body, form) {
            (_, Some(multipart)) => {
                limit = limit.saturating_add(Duration::from_secs(multipart.len / (32 * 1024)));
                upload(multipart, &mut headers)
            }
            (endpoint::Body::Json(bytes), None) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                bytes.clone().into()
            }
            (endpoint::Body::None | endpoint::Body::Form(_), None) => {
                // Some gateways refuse a POST that does not say how long it is.
                if self.target.method == Method::Post {
                    headers.insert(CONTENT_LENGTH, 0.into());
                }
                Body::empty()
            }
        };
        let (endpoint, for_token) = (self.target.path.clone(), self.options.is_for_token());
        Ok((Request::of_endpoint(self.target.method, endpoint, url, headers, body, for_token), limit))
    }

    fn url(&self, made: Option<Url>) -> Result<Url, Error> {
        let query = self.payload.query.iter().map(|(name, value)| (&**name, value.as_str()));
        match made {
            Some(mut url) => {
                if !self.payload.query.is_empty() {
                    url.query_pairs_mut().extend_pairs(query);
                }
                Ok(url)
            }
            None => {
                let token = self.token.map(|token| (self.target.auth.parameter(), token.expose()));
                self.transport().url(&self.target.path, token.into_iter().chain(query))
            }
        }
    }

    async fn receive(&self, response: &mut Response) -> Result<Answer, Failed> {
        let status = response.status();
        let mut body = response.take_body();
        let headers = response.headers();
        if !self.span.is_disabled() {
            self.span.record("http.response.status_code", status);
        }
        if self.options.stream && matches!(status, 200 | 206) {
            return self.file_or_error(status, headers, body).await.map_err(|error| refused(error, headers));
        }
        let body = self.collect(&mut body).await?;
        match self.check(status, headers, &body) {
            Ok(head) => Ok(self.answer(head, body, None)),
            Err(error) => Err(refused(error, headers)),
        }
    }

    #[inline(never)]
    fn file_or_error<'a>(
        &'a self,
        status: u16,
        headers: &'a HeaderMap,
        body: Body,
    ) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(self.download(status, headers, body))
    }

    fn answer(&self, head: Head, body: Bytes, file: Option<Box<Download>>) -> Answer {
        let endpoint = self.target.path.clone();
        let (told, errmsg) = (head.errcode.is_some(), head.errmsg.unwrap_or_default());
        // The token comes last, from who has it.
        Answer { endpoint, errmsg, told, body, token: None, secrets: self.own_secrets(), file }
    }

    #[cold]
    fn http(&self, status: u16, content_type: &str, body: &[u8]) -> Error {
        let endpoint = self.target.path.clone();
        Error::Http(HttpError::new(endpoint, status, content_type, body, &self.secrets()))
    }

    #[cold]
    fn unreadable(&self, failure: wire::Failure, body: &Bytes) -> Error {
        let endpoint = self.target.path.clone();
        Error::Decode(DecodeError::new(endpoint, failure, body.clone(), &self.secrets()))
    }

    #[cold]
    fn refusal(&self, code: i64, head: Head, body: Bytes) -> Error {
        let secrets = self.secrets();
        let errmsg = scrub::known(&head.errmsg.unwrap_or_default(), secrets.iter().map(Secret::expose));
        // Errors are kept for longer than the buffer of a connection should be, of which this may be a piece.
        let body = Bytes::copy_from_slice(&body);
        Error::Api(ApiError::new(self.target.path.clone(), code, errmsg, body).without(secrets))
    }

    /// The error that an answer is, or its head.
    fn check(&self, status: u16, headers: &HeaderMap, body: &Bytes) -> Result<Head, Error> {
        let is_success = (200..300).contains(&status);
        // A token's answer that is broken is asked for again, so that has to be known here.
        let read = if self.options.is_for_token() { head } else { head_before_body };
        match read(body) {
            Ok(head) if is_success && head.refusal().is_none() => Ok(head),
            outcome => Err(self.no_answer(status, headers, body, outcome)),
        }
    }

    /// Why it is none.
    #[cold]
    fn no_answer(
        &self,
        status: u16,
        headers: &HeaderMap,
        body: &Bytes,
        head: Result<Head, wire::Failure>,
    ) -> Error {
        match head {
            Ok(head) => match head.refusal() {
                Some(code) => self.refusal(code, head, body.clone()),
                None => self.http(status, &text(headers, CONTENT_TYPE.as_str()), body),
            },
            Err(failure) if (200..300).contains(&status) && (body.is_empty() || looks_like_json(body)) => {
                self.unreadable(failure, body)
            }
            Err(_) => self.http(status, &text(headers, CONTENT_TYPE.as_str()), body),
        }
    }

    /// The body in memory, up to the limit.
    async fn collect(&self, from: &mut Body) -> Result<Bytes, Error> {
        let limit = self.transport().0.max_answer;
        let too_large = || self.failed(TransportKind::TooLarge, format!("more than {limit} bytes"));
        let expected = from.len().map(|len| usize::try_from(len).unwrap_or(usize::MAX));
        if expected.is_some_and(|len| len > limit) {
            return Err(too_large());
        }
        if let Some(whole) = from.as_bytes() {
            return Ok(whole.clone());
        }
        // Mostly it comes in one piece, and is taken as it is.
        let first = match from.chunk().await {
            Ok(Some(first)) if Some(first.len()) == expected => return Ok(first),
            Ok(Some(first)) => first,
            Ok(None) => return Ok(Bytes::new()),
            Err(error) => return Err(self.broken_body(&error)),
        };
        Box::pin(async move {
            let mut body = BytesMut::with_capacity(expected.unwrap_or(0).min(1024 * 1024));
            let mut piece = first;
            loop {
                if body.len() + piece.len() > limit {
                    return Err(too_large());
                }
                body.extend_from_slice(&piece);
                match from.chunk().await.map_err(|error| self.broken_body(&error))? {
                    Some(next) => piece = next,
                    None => return Ok(body.freeze()),
                }
            }
        })
        .await
    }

    #[cold]
    fn broken_body(&self, error: &ExchangeError) -> Error {
        match self.broken(error) {
            Error::Transport(error) if error.kind() != TransportKind::Timeout => {
                self.failed(TransportKind::Body, error.message())
            }
            other => other,
        }
    }

    /// A file, or the error that came in its place. Headers do not tell them apart: errors come as pictures, too. The first bytes
    /// do.
    async fn download(&self, status: u16, headers: &HeaderMap, mut from: Body) -> Result<Answer, Error> {
        let content_type = text(headers, CONTENT_TYPE.as_str());
        // Compressed, an error looks like a file, and a file is saved as something else than what it is.
        if let Some(coding) = headers.get(CONTENT_ENCODING)
            && !coding.as_bytes().eq_ignore_ascii_case(b"identity")
        {
            let coding = wire::line(&String::from_utf8_lossy(coding.as_bytes()), 40);
            let message = format!("the file comes compressed ({coding}), which was not asked for");
            return Err(self.failed(TransportKind::Body, message));
        }
        let len = from.len();
        let mut first = BytesMut::new();
        let mut is_whole = false;
        while first.len() < LOOKED_AT && Looks::like(&first) != Looks::LikeAFile {
            match from.chunk().await.map_err(|error| self.broken_body(&error))? {
                Some(piece) => first.extend_from_slice(&piece),
                None => {
                    is_whole = true;
                    break;
                }
            }
        }
        let first = first.freeze();
        let name = headers.get(CONTENT_DISPOSITION).and_then(|value| disposition_name(value.as_bytes()));
        match Looks::like(&first) {
            Looks::LikeJson => self.check_json(&first, is_whole, name.as_deref())?,
            Looks::LikeHtml if name.as_deref().is_none_or(|name| is_binary(name, &content_type)) => {
                return Err(self.http(status, &content_type, &first));
            }
            Looks::Empty if name.is_none() => {
                let message = "there is no file in the answer".to_owned();
                let failure = wire::Failure { path: String::new(), message, excerpt: String::new() };
                return Err(self.unreadable(failure, &first));
            }
            _ if name.is_none() && content_type.contains("html") => {
                return Err(self.http(status, &content_type, &first));
            }
            _ => {}
        }
        let (endpoint, secrets) = (self.target.path.clone(), self.secrets());
        let inner = if is_whole { Body::empty() } else { from };
        let first = Some(first).filter(|first| !first.is_empty());
        let idle = self.transport().0.timeout;
        let body = Pieces { first, inner, endpoint, secrets, idle, deadline: None };
        let file = self.file(headers, name, content_type, len, Box::pin(body));
        Ok(self.answer(Head::default(), Bytes::new(), Some(Box::new(file))))
    }

    /// The refusal that stands in place of a file. Members send JSON files, too: what is called one is one, and so is what has no
    /// error code.
    fn check_json(&self, first: &Bytes, is_whole: bool, name: Option<&str>) -> Result<(), Error> {
        if name.is_some_and(|name| name.to_ascii_lowercase().ends_with(".json")) {
            return Ok(());
        }
        match head(first) {
            Ok(head) => match head.refusal() {
                Some(code) if head.errmsg.is_some() || name.is_none() => {
                    Err(self.refusal(code, head, first.clone()))
                }
                None if head.errcode.is_some() && head.errmsg.is_some() && name.is_none() => {
                    let message = "there is no file in the answer".to_owned();
                    let failure =
                        wire::Failure { path: String::new(), message, excerpt: wire::excerpt(first) };
                    Err(self.unreadable(failure, first))
                }
                _ => Ok(()),
            },
            Err(failure) if is_whole && failure.path == "errcode" && name.is_none() => {
                Err(self.unreadable(failure, first))
            }
            Err(_) => Ok(()),
        }
    }

    fn file(
        &self,
        headers: &HeaderMap,
        file_name: Option<String>,
        content_type: String,
        len: Option<u64>,
        body: ByteStream<Error>,
    ) -> Download {
        Download {
            endpoint: self.target.path.clone(),
            file_name,
            content_type,
            content_range: Some(text(headers, CONTENT_RANGE.as_str())).filter(|range| !range.is_empty()),
            len,
            limit: self.transport().0.max_answer,
            body,
        }
    }
}

/// The body of an upload, with its headers.
#[inline(never)]
fn upload(multipart: Multipart, headers: &mut HeaderMap) -> Body {
    headers.insert(CONTENT_LENGTH, multipart.len.into());
    if let Ok(value) = multipart.content_type.try_into() {
        headers.insert(CONTENT_TYPE, value);
    }
    Body::from_stream(Some(multipart.len), multipart.body)
}

/// An answer that is an error, with how long the server asks to wait.
#[cold]
fn refused(error: Error, headers: &HeaderMap) -> Failed {
    let retry_after = retry_after(headers);
    let error = match error {
        Error::Http(error) => Error::Http(error.asks_to_wait(retry_after)),
        other => other,
    };
    Failed { error, retry_after, is_last: false }
}

/// So many bytes of a file are looked at before it is handed over. Errors are shorter.
const LOOKED_AT: usize = 16 * 1024;

/// What the first bytes of a file could be.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Looks {
    /// Nothing that can be told.
    Empty,
    LikeJson,
    LikeHtml,
    LikeAFile,
}

impl Looks {
    fn like(first: &[u8]) -> Self {
        const HTML: [&[u8]; 7] =
            [b"<!doctype html", b"<html", b"<head", b"<title", b"<body", b"<script", b"<meta"];
        let text = wire::without_mark(first).trim_ascii_start();
        match text.first() {
            None => Self::Empty,
            Some(b'{') => Self::LikeJson,
            Some(b'<') => {
                let begins = |tag: &&[u8]| {
                    let len = tag.len().min(text.len());
                    text[..len].eq_ignore_ascii_case(&tag[..len])
                };
                if HTML.iter().any(begins) { Self::LikeHtml } else { Self::LikeAFile }
            }
            Some(_) => Self::LikeAFile,
        }
    }
}

/// Whether a file of this name or type cannot be an HTML page. Others can: spreadsheets are exported as such.
fn is_binary(name: &str, content_type: &str) -> bool {
    const ENDINGS: [&str; 14] = [
        "jpg", "jpeg", "png", "gif", "bmp", "webp", "amr", "mp3", "mp4", "mov", "pdf", "zip", "docx", "xlsx",
    ];
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    ["image/", "audio/", "voice/", "video/"].iter().any(|kind| content_type.starts_with(kind))
        || ENDINGS.contains(&ending.as_str())
}

fn looks_like_json(body: &[u8]) -> bool {
    matches!(body.trim_ascii_start().first(), Some(b'{' | b'['))
}

fn text(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).unwrap_or_default()
}

/// A response's body, with errors of our kind and a limit of time between two pieces.
struct Pieces {
    /// What has been looked at.
    first: Option<Bytes>,
    inner: Body,
    endpoint: std::borrow::Cow<'static, str>,
    secrets: Vec<Secret>,
    idle: Duration,
    deadline: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl Stream for Pieces {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if let Some(first) = this.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        let error = match Pin::new(&mut this.inner).poll_next(cx) {
            Poll::Ready(Some(Ok(piece))) => {
                this.deadline = None;
                return Poll::Ready(Some(Ok(piece)));
            }
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Ready(Some(Err(error))) => {
                let error = TransportError::of_exchange(this.endpoint.clone(), &error, &this.secrets);
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
