//! What can go wrong, and what to do about it.

mod api;
#[cfg(feature = "callback")]
mod callback;
mod catalogue;
mod code;
mod exchange;
mod failures;
mod job;
mod limit;
mod store;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use api::ApiError;
#[cfg(feature = "callback")]
pub use callback::CallbackError;
pub use code::{ErrorClass, ErrorCode};
pub use exchange::ExchangeError;
pub use failures::{ConfigError, DecodeError, HttpError, TokenError, TransportError, TransportKind};

pub use job::JobError;
pub use limit::LimitError;
pub use store::StoreError;

use crate::endpoint::TokenKind;

/// A call's outcome.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that a call can fail with. Cheap to clone; no variant shows a token or a secret in `Display`, `Debug`
/// or its sources.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server refused: `errcode` is not 0.
    #[error(transparent)]
    Api(ApiError),
    /// The answer arrived, but is not what the spec says. The call itself may well have succeeded.
    #[error(transparent)]
    Decode(DecodeError),
    /// Not an answer of the API: an HTTP status, a proxy's page, a login form.
    #[error(transparent)]
    Http(HttpError),
    /// The network: no connection, a timeout, a connection lost half way.
    #[error(transparent)]
    Transport(TransportError),
    /// No token for the call could be had; the reason is inside.
    #[error(transparent)]
    Token(TokenError),
    /// The token store does not work.
    #[error("token store: {0}")]
    Store(StoreError),
    /// Not sent, because a documented limit of calls is used up; see [`Limits`](crate::Limits).
    #[error(transparent)]
    Limited(LimitError),
    /// The pages of a list lead nowhere.
    #[error("{endpoint}: {message}")]
    Pages {
        /// The path of the call.
        endpoint: Arc<str>,
        /// What is wrong with them.
        message: Arc<str>,
    },
    /// A job that was waited for failed, or took too long; see [`jobs`](crate::jobs).
    #[error(transparent)]
    Job(JobError),
    /// The client is not set up for what was asked.
    #[error("configuration: {0}")]
    Config(ConfigError),
    /// The request could not be written as JSON.
    #[error("{endpoint}: the request cannot be written: {message}")]
    Encode {
        /// The path of the call.
        endpoint: Arc<str>,
        /// What is wrong with it.
        message: Arc<str>,
    },
    /// A file could not be read or written.
    #[error("{context}: {cause}")]
    Io {
        /// What was being done, with the file's name.
        context: Arc<str>,
        /// The system's error. Part of the text, so it is no source as well.
        cause: Arc<std::io::Error>,
    },
    /// A callback could not be verified, decrypted or read.
    #[cfg(feature = "callback")]
    #[error(transparent)]
    Callback(CallbackError),
}

impl Error {
    #[cold]
    pub(crate) fn config(message: impl Into<Arc<str>>) -> Self {
        Self::Config(ConfigError::new(message))
    }

    #[cfg(any(not(target_family = "wasm"), feature = "file-store"))]
    pub(crate) fn io(context: impl Into<Arc<str>>, cause: std::io::Error) -> Self {
        Self::Io { context: context.into(), cause: Arc::new(cause) }
    }

    #[cold]
    pub(crate) fn outside_tokio() -> Self {
        Self::config("calls must be awaited within a tokio runtime that has I/O and time enabled")
    }

    pub(crate) fn token_held(kind: TokenKind, reason: Self, left: Duration) -> Self {
        Self::Token(TokenError::held(kind, reason, left))
    }

    pub(crate) fn token_too_soon(kind: TokenKind) -> Self {
        Self::Token(TokenError::too_soon(kind))
    }

    /// What `error.type` of a span or a metric says: of few values, and without anything of a request or an answer but its code.
    pub(crate) fn type_name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self.root() {
            Self::Api(error) => return Cow::Owned(error.code().to_string()),
            Self::Http(error) => return Cow::Owned(error.status().to_string()),
            Self::Decode(_) => "decode",
            Self::Transport(error) => match error.kind() {
                TransportKind::Connect => "connect",
                TransportKind::Timeout => "timeout",
                TransportKind::Broken => "broken",
                TransportKind::Body => "body",
                TransportKind::TooLarge => "too_large",
                TransportKind::Request => "request",
            },
            Self::Store(_) => "token_store",
            Self::Limited(_) => "limited",
            Self::Config(_) => "config",
            Self::Encode { .. } => "encode",
            Self::Io { .. } => "io",
            _ => "other",
        })
    }

    /// The same for a log: nothing of an answer's body is in it but `errmsg`.
    pub(crate) fn brief(&self) -> Brief<'_> {
        Brief(self)
    }

    pub(crate) fn token(kind: TokenKind, reason: Error) -> Self {
        match reason {
            nested @ Self::Token(_) => nested,
            reason => Self::Token(TokenError::new(kind, reason)),
        }
    }

    /// What to tell when the answer of an attempt before this one was lost: the outcome stays unknown. `earlier` is that
    /// attempt's error, where it matters whether the call was carried out.
    pub(crate) fn after_lost(self, earlier: Option<Self>) -> Self {
        match self {
            Self::Api(error) => Self::Api(error.after_lost()),
            Self::Http(error) => Self::Http(error.after_lost()),
            Self::Transport(error) => Self::Transport(error.sent(true)),
            lost @ Self::Decode(_) => lost,
            // Not about the call itself, as no further token: what befell the call says more.
            other => earlier.unwrap_or(other),
        }
    }

    /// The server's refusal, of the call or of the token request before it.
    #[must_use]
    pub fn api(&self) -> Option<&ApiError> {
        match self.root() {
            Self::Api(error) => Some(error),
            _ => None,
        }
    }

    /// `errcode`, when the server gave one.
    #[must_use]
    pub fn code(&self) -> Option<i64> {
        self.api().map(ApiError::code)
    }

    /// The kind of refusal, when the server refused.
    #[must_use]
    pub fn class(&self) -> Option<ErrorClass> {
        self.api().map(ApiError::class)
    }

    /// The path of the call that failed, as far as there is one. For a [`Token`](Self::Token) error that is the token request.
    #[must_use]
    pub fn endpoint(&self) -> Option<&str> {
        match self.root() {
            Self::Api(error) => Some(error.endpoint()),
            Self::Decode(error) => Some(error.endpoint()),
            Self::Http(error) => Some(error.endpoint()),
            Self::Transport(error) => Some(error.endpoint()),
            Self::Limited(error) => Some(error.endpoint()),
            Self::Job(error) => Some(error.endpoint()),
            Self::Encode { endpoint, .. } | Self::Pages { endpoint, .. } => Some(endpoint),
            _ => None,
        }
    }

    /// Through the token request to the reason.
    fn root(&self) -> &Self {
        match self {
            Self::Token(error) => error.reason().root(),
            other => other,
        }
    }

    fn is(&self, class: ErrorClass) -> bool {
        self.class() == Some(class)
    }

    /// The token was refused as expired, again after it had been replaced. Look for a second program that fetches tokens
    /// for the same application, or for an application that was reset.
    #[must_use]
    pub fn is_token_expired(&self) -> bool {
        self.is(ErrorClass::TokenExpired)
    }

    /// Too many calls, and still so after the retries, or refused by one's own [`Limits`](crate::Limits): slow down.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.is(ErrorClass::Throttled)
            || matches!(self.root(), Self::Limited(_))
            || matches!(self.root(), Self::Http(error) if error.status() == 429)
    }

    /// The application, the member or the address may not do this: correct the permissions in the admin console.
    #[must_use]
    pub fn is_permission(&self) -> bool {
        self.is(ErrorClass::Permission)
    }

    /// What the call names does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.is(ErrorClass::NotFound)
    }

    /// It exists already, or is in a state that forbids the call.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.is(ErrorClass::Conflict)
    }

    /// A parameter is missing or wrong: a mistake of the program.
    #[must_use]
    pub fn is_parameter(&self) -> bool {
        self.is(ErrorClass::Parameter) || matches!(self, Self::Encode { .. })
    }

    /// A limit of numbers is used up.
    #[must_use]
    pub fn is_quota(&self) -> bool {
        self.is(ErrorClass::Quota)
    }

    /// A secret, ticket, permanent code or signature is wrong: repeating does not help.
    #[must_use]
    pub fn is_credential(&self) -> bool {
        self.is(ErrorClass::Credential)
    }

    /// The same call may succeed later: a busy server, a gateway's error, a network failure. Whether the call was carried
    /// out all the same is another question: [`is_answer_lost`](Self::is_answer_lost).
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self.root() {
            Self::Api(error) => matches!(error.class(), ErrorClass::Transient | ErrorClass::Throttled),
            Self::Http(error) => error.status() >= 500 || error.status() == 429,
            Self::Transport(error) => error.is_transient(),
            Self::Store(_) | Self::Limited(_) => true,
            _ => false,
        }
    }

    /// A limit of time ran out, of connecting or of the whole call.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.root(), Self::Transport(error) if error.kind() == TransportKind::Timeout)
    }

    /// The outcome is unknown: the call may have been carried out although it failed here, as its answer, or that of an
    /// earlier attempt, did not arrive or could not be read; so it is after every HTTP status of 500 and more, and
    /// after a page in place of an answer, since what stands between may have lost that. A message sent by it may have been delivered. When this is `false` it was not carried out, as far
    /// as is known: of `-1` (the server is busy) Tencent only says that it may be repeated, not that nothing was done.
    #[must_use]
    #[doc(alias = "is_outcome_unknown")]
    pub fn is_answer_lost(&self) -> bool {
        match self {
            Self::Decode(_) => true,
            Self::Api(error) => error.is_after_lost(),
            // Whatever answered in the API's place may have done so behind it.
            Self::Http(error) => error.is_after_lost() || matches!(error.status(), 200..=299 | 500..),
            Self::Transport(error) => error.is_answer_lost(),
            _ => false,
        }
    }
}

/// An error as it is logged.
pub(crate) struct Brief<'a>(&'a Error);

impl fmt::Display for Brief<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Error::Decode(error) => error.brief(f),
            Error::Http(error) => error.brief(f),
            Error::Token(error) => error.brief(f),
            other => other.fmt(f),
        }
    }
}

#[cfg(feature = "callback")]
impl From<CallbackError> for Error {
    fn from(error: CallbackError) -> Self {
        Self::Callback(error)
    }
}

impl From<JobError> for Error {
    fn from(error: JobError) -> Self {
        Self::Job(error)
    }
}
