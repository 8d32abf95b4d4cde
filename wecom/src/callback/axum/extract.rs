//! What a handler is given.

use std::fmt;
use std::future::poll_fn;
use std::pin::pin;

use ::axum::body::Body;
use ::axum::extract::{FromRef, FromRequest, FromRequestParts, Request};
use ::axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use ::axum::http::request::Parts;
use ::axum::http::{HeaderMap, StatusCode};
use ::axum::response::{IntoResponse, Response};
use futures_core::Stream as _;

use super::Reply;
use crate::callback::{CallbackError, Crypto, Format, Message, Query};
use crate::events::Event;

/// A callback that passed all checks, with its event. An extractor for POST.
#[non_exhaustive]
pub struct Received {
    /// What happened. An event that the crate does not know, or whose fields are not what the spec says, is
    /// [`Event::Unknown`] with everything that came.
    pub event: Event,
    /// Why a known event could not be read as its type; it then arrives as [`Event::Unknown`], because WeCom would only
    /// push the same again.
    pub mismatch: Option<CallbackError>,
    /// The decrypted message: its text, and for whom it was meant.
    pub message: Message,
    /// The answer that says no more than that it has arrived.
    pub(super) accepted: &'static str,
    crypto: Crypto,
}

impl Received {
    fn open(crypto: &Crypto, query: &Query, body: &[u8]) -> Result<Self, CallbackError> {
        let message = crypto.open(query, body)?;
        let notice = message.notice()?;
        // Third-party notices must be answered with this word; for messages an empty answer says that there is no reply.
        let accepted = if notice.info_type().is_some() { "success" } else { "" };
        let (event, mismatch) = match Event::read(&notice) {
            Ok(event) => (event, None),
            Err(error) => {
                tracing::warn!(kind = %notice.kind(), %error, "a known event is not as the spec has it");
                (Event::Unknown(notice), Some(error))
            }
        };
        Ok(Self { event, mismatch, message, accepted, crypto: crypto.clone() })
    }

    /// The answer for the server, for handlers that are not run by [`Callbacks`](super::Callbacks): HTTP 200, a passive
    /// reply encrypted and signed.
    ///
    /// # Errors
    /// [`CallbackError::Random`] when the system has no randomness.
    pub fn answer(&self, reply: &Reply) -> Result<Response, CallbackError> {
        match reply {
            Reply::Accepted => Ok(self.accepted.into_response()),
            Reply::Passive(text) => passive(&self.crypto, &self.message, text),
        }
    }
}

/// Shows no content: messages are people's own.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("mismatch", &self.mismatch)
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

pub(super) fn passive(crypto: &Crypto, message: &Message, text: &str) -> Result<Response, CallbackError> {
    let kind = match message.format() {
        Format::Xml => "application/xml; charset=utf-8",
        Format::Json => "application/json",
    };
    Ok(([(CONTENT_TYPE, kind)], crypto.reply(message, text)?).into_response())
}

impl<S> FromRequest<S> for Received
where
    S: Send + Sync,
    Crypto: FromRef<S>,
{
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        receive(&Crypto::from_ref(state), request).await
    }
}

pub(super) async fn receive(crypto: &Crypto, request: Request) -> Result<Received, Refused> {
    let (parts, body) = request.into_parts();
    let query = Query::parse(parts.uri.query().unwrap_or_default())?;
    // Before a stranger's body is taken in.
    Crypto::check_form(&query)?;
    let body = read(&parts.headers, body, crypto.limit()).await?;
    Ok(Received::open(crypto, &query, &body)?)
}

/// Stops at the limit: what a stranger sends is not kept beyond it, and nothing is kept that was announced as larger.
async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Vec<u8>, Refused> {
    let too_large = |len| Refused(Why::Callback(CallbackError::TooLarge { len, limit }));
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let announced = usize::try_from(announced.unwrap_or(0)).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(too_large(announced));
    }
    let mut stream = pin!(body.into_data_stream());
    let mut bytes = Vec::new();
    while let Some(piece) = poll_fn(|cx| stream.as_mut().poll_next(cx)).await {
        let piece = piece.map_err(|_| Refused(Why::Broken))?;
        if bytes.len() + piece.len() > limit {
            return Err(too_large(bytes.len() + piece.len()));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// The proof that an address holds token and key, made when it is entered in the console. An extractor for GET, and the
/// answer to it: the text as it is, which WeCom wants within a second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified(
    /// The decrypted `echostr`.
    pub String,
);

impl<S> FromRequestParts<S> for Verified
where
    S: Send + Sync,
    Crypto: FromRef<S>,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        verify(&Crypto::from_ref(state), parts.uri.query())
    }
}

pub(super) fn verify(crypto: &Crypto, query: Option<&str>) -> Result<Verified, Refused> {
    Ok(Verified(crypto.verify_url(&Query::parse(query.unwrap_or_default())?)?))
}

impl IntoResponse for Verified {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// A callback that was not accepted. Its answer has a status and no body: a stranger learns nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(Why);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Why {
    Callback(CallbackError),
    /// The connection ended within the body.
    Broken,
    Late,
}

impl Refused {
    pub(super) fn late() -> Self {
        Self(Why::Late)
    }

    /// Which check failed; `None` when the request did not arrive whole.
    #[must_use]
    pub fn error(&self) -> Option<&CallbackError> {
        match &self.0 {
            Why::Callback(error) => Some(error),
            Why::Broken | Why::Late => None,
        }
    }

    /// 400 for what is no callback, 403 for one that fails a check, 408 and 413 for a body that comes too slowly or is too
    /// large.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match &self.0 {
            Why::Callback(CallbackError::TooLarge { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
            Why::Callback(
                CallbackError::Parameter(_) | CallbackError::Envelope(_) | CallbackError::Message(_),
            )
            | Why::Broken => StatusCode::BAD_REQUEST,
            // One status for all that comes after the signature's check, so that it tells them not apart.
            Why::Callback(_) => StatusCode::FORBIDDEN,
            Why::Late => StatusCode::REQUEST_TIMEOUT,
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Why::Callback(error) => error.fmt(f),
            Why::Broken => f.write_str("the connection ended before the callback's body did"),
            Why::Late => f.write_str("the callback's body did not arrive in time"),
        }
    }
}

impl std::error::Error for Refused {}

impl From<CallbackError> for Refused {
    fn from(error: CallbackError) -> Self {
        Self(Why::Callback(error))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        tracing::warn!(error = %self, "a callback was refused");
        self.status().into_response()
    }
}
