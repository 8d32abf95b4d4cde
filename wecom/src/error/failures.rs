//! The failures that are not the API's own refusals.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::{Error, ExchangeError};
use crate::endpoint::TokenKind;
use crate::scrub;
use crate::value::Secret;
use crate::wire;

/// The answer is not what the spec says.
#[derive(Clone)]
pub struct DecodeError(Arc<Decode>);

struct Decode {
    endpoint: Cow<'static, str>,
    failure: wire::Failure,
    body: Bytes,
}

impl DecodeError {
    pub(crate) fn new(
        endpoint: Cow<'static, str>,
        mut failure: wire::Failure,
        body: Bytes,
        secrets: &[Secret],
    ) -> Self {
        for text in [&mut failure.message, &mut failure.excerpt] {
            *text = wire::line(&scrub::known(text, secrets.iter().map(Secret::expose)), 500);
        }
        Self(Arc::new(Decode { endpoint, failure, body }))
    }

    /// The path of the call, without query.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.0.endpoint
    }

    /// Where in the answer: `userlist[3].extattr.attrs[0].type`. Empty for the answer as a whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.failure.path
    }

    /// What was expected and what was found.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.failure.message
    }

    /// The value in question, shortened, with secrets masked.
    #[must_use]
    pub fn excerpt(&self) -> &str {
        &self.0.failure.excerpt
    }

    /// The whole answer. May hold personal data and tokens: think before logging it.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("endpoint", &self.0.endpoint)
            .field("path", &self.0.failure.path)
            .field("message", &self.0.failure.message)
            .field("excerpt", &self.0.failure.excerpt)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wire::Failure { message, excerpt, .. } = &self.0.failure;
        self.brief(f)?;
        write!(f, ": {message}")?;
        if excerpt.is_empty() { Ok(()) } else { write!(f, "; the text there: {excerpt}") }
    }
}

impl DecodeError {
    /// Without anything of the body: what was found there is a piece of it.
    pub(super) fn brief(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: the answer cannot be read", self.0.endpoint)?;
        let path = &self.0.failure.path;
        if path.is_empty() { Ok(()) } else { write!(f, " at {path}") }
    }
}

impl std::error::Error for DecodeError {}

/// Something between here and the API answered in its place, or the API answered with a bare HTTP status.
#[derive(Debug, Clone)]
pub struct HttpError(Box<Http>);

#[derive(Debug, Clone)]
struct Http {
    endpoint: Cow<'static, str>,
    status: u16,
    content_type: String,
    excerpt: String,
    /// Whether an earlier attempt's answer was lost.
    after_lost: bool,
    retry_after: Option<Duration>,
}

impl HttpError {
    pub(crate) fn new(
        endpoint: Cow<'static, str>,
        status: u16,
        content_type: &str,
        body: &[u8],
        secrets: &[Secret],
    ) -> Self {
        let text = String::from_utf8_lossy(&body[..body.len().min(16 * 1024)]);
        let text = title(&text).unwrap_or(&text).split_whitespace().collect::<Vec<_>>().join(" ");
        let excerpt = wire::shorten(&scrub::known(&text, secrets.iter().map(Secret::expose)));
        let content_type = wire::shorten(&scrub::known(content_type, secrets.iter().map(Secret::expose)));
        Self(Box::new(Http { endpoint, status, content_type, excerpt, after_lost: false, retry_after: None }))
    }

    pub(crate) fn asks_to_wait(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    /// How long the server asks to wait (`Retry-After`), when it does.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    pub(crate) fn after_lost(mut self) -> Self {
        self.0.after_lost = true;
        self
    }

    pub(crate) fn is_after_lost(&self) -> bool {
        self.0.after_lost
    }

    /// The path of the call, without query.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.0.endpoint
    }

    /// The HTTP status. 200 when a page came in place of an answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// The content type of what came.
    #[must_use]
    pub fn content_type(&self) -> &str {
        &self.0.content_type
    }

    /// A page's title, or the beginning of what came.
    #[must_use]
    pub fn excerpt(&self) -> &str {
        &self.0.excerpt
    }
}

/// The title of an HTML page.
fn title(page: &str) -> Option<&str> {
    // ASCII lower case keeps byte positions.
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    Some(&page[start..end])
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.brief(f)?;
        let excerpt = &self.0.excerpt;
        if excerpt.is_empty() { Ok(()) } else { write!(f, ": {excerpt}") }
    }
}

impl HttpError {
    /// Without anything of the body.
    pub(super) fn brief(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Http { endpoint, status, content_type, .. } = &*self.0;
        write!(f, "{endpoint}: HTTP {status}")?;
        match status {
            300..=399 => f.write_str(", a redirect instead of an answer"),
            407 => f.write_str(", the proxy asks for credentials"),
            _ if content_type.contains("html") => f.write_str(", an HTML page instead of an answer"),
            200..=299 => f.write_str(", but not JSON"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for HttpError {}

/// The client is not set up for what was asked; in words that show no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError(Arc<str>);

impl ConfigError {
    /// For your own [`TokenSource`](crate::token::TokenSource), when something that it needs is missing.
    pub fn new(message: impl Into<Arc<str>>) -> Self {
        Self(message.into())
    }

    /// What is wrong, and how to correct it.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

/// At which point the network failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportKind {
    /// No connection: name not found, refused, TLS, proxy. Nothing was sent.
    Connect,
    /// A limit of time ran out.
    Timeout,
    /// The connection broke while sending or waiting for the answer.
    Broken,
    /// The connection broke within the answer's body.
    Body,
    /// The answer is larger than the limit that was set.
    TooLarge,
    /// The request could not be built: a header, an address, the source of an upload.
    Request,
}

/// The network failed.
#[derive(Debug, Clone)]
pub struct TransportError(Box<Transport>);

#[derive(Debug, Clone)]
struct Transport {
    endpoint: Cow<'static, str>,
    kind: TransportKind,
    /// Whether the request can have reached the server.
    sent: bool,
    message: String,
}

impl TransportError {
    pub(crate) fn new(endpoint: Cow<'static, str>, kind: TransportKind, message: impl Into<String>) -> Self {
        let sent = !matches!(kind, TransportKind::Connect | TransportKind::Request);
        Self(Box::new(Transport { endpoint, kind, sent, message: message.into() }))
    }

    /// Whether the request can have reached the server, where that is known better.
    pub(crate) fn sent(mut self, sent: bool) -> Self {
        self.0.sent = sent;
        self
    }

    /// What an exchange says, without the secrets that the call knows.
    pub(crate) fn of_exchange(
        endpoint: Cow<'static, str>,
        error: &ExchangeError,
        secrets: &[Secret],
    ) -> Self {
        Self::new(endpoint, error.kind(), scrub::known(error.message(), secrets.iter().map(Secret::expose)))
            .sent(error.is_sent())
    }

    /// The path of the call, without query.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.0.endpoint
    }

    /// At which point it failed.
    #[must_use]
    pub fn kind(&self) -> TransportKind {
        self.0.kind
    }

    /// What the network said.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Whether the server may have carried the request out.
    #[must_use]
    pub fn is_answer_lost(&self) -> bool {
        self.0.sent
    }

    /// Whether trying again can help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        !matches!(self.0.kind, TransportKind::TooLarge | TransportKind::Request)
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.0.kind {
            TransportKind::Connect => "no connection",
            TransportKind::Timeout => "timed out",
            TransportKind::Broken => "the connection broke",
            TransportKind::Body => "the answer broke off",
            TransportKind::TooLarge => "the answer is too large",
            TransportKind::Request => "the request cannot be sent",
        };
        write!(f, "{}: {what}: {}", self.0.endpoint, self.0.message)
    }
}

impl std::error::Error for TransportError {}

/// No token for the call could be had.
#[derive(Debug, Clone)]
pub struct TokenError(Arc<Token>);

#[derive(Debug, Clone)]
struct Token {
    kind: TokenKind,
    reason: Error,
    held: Option<Duration>,
    too_soon: bool,
}

impl TokenError {
    pub(crate) fn new(kind: TokenKind, reason: Error) -> Self {
        Self(Arc::new(Token { kind, reason, held: None, too_soon: false }))
    }

    pub(crate) fn held(kind: TokenKind, reason: Error, held: Duration) -> Self {
        Self(Arc::new(Token { kind, reason, held: Some(held), too_soon: false }))
    }

    pub(crate) fn too_soon(kind: TokenKind) -> Self {
        let reason = Error::config("the token was refused, and it was fetched anew a moment ago");
        Self(Arc::new(Token { kind, reason, held: None, too_soon: true }))
    }

    pub(crate) fn is_too_soon(&self) -> bool {
        self.0.too_soon
    }

    /// Which token.
    #[must_use]
    pub fn kind(&self) -> TokenKind {
        self.0.kind
    }

    /// Why not.
    #[must_use]
    pub fn reason(&self) -> &Error {
        &self.0.reason
    }

    /// Set when nothing was asked for now, because it failed a short while ago: how much longer that counts. Wrong secrets have the
    /// address locked out for an hour, so they are not tried at every call.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.held
    }

    pub(super) fn brief(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no {}: {}", self.0.kind, self.0.reason.brief())?;
        self.wait(f)
    }

    fn wait(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.held {
            Some(held) => write!(f, " (not asked again for {:.0} s)", held.as_secs_f64().ceil()),
            None => Ok(()),
        }
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no {}: {}", self.0.kind, self.0.reason)?;
        self.wait(f)
    }
}

/// The reason is part of the text, and no source beside it: who prints the chain of sources would print it twice.
impl std::error::Error for TokenError {}
