//! How the socket is opened: an upgrade of the HTTP client's connection, so that TLS, proxies and certificates are the client's.

use reqwest::header::{CONNECTION, HeaderValue, UPGRADE};
use sha1::{Digest as _, Sha1};
use tokio::io::{AsyncRead, AsyncWrite};

use super::RobotError;
use crate::token::BoxFuture;
use crate::value::Base64;

/// A connection on which WebSocket frames can be spoken at once.
pub trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Socket for T {}

/// Opens connections. The usual one asks the server over HTTPS; another is for gateways of one's own, and for tests.
pub trait Dial: Send + Sync + 'static {
    /// Connects and shakes hands.
    fn dial(&self) -> BoxFuture<'_, Result<Box<dyn Socket>, RobotError>>;
}

/// <https://datatracker.ietf.org/doc/html/rfc6455#section-1.3>
const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The usual way.
pub(super) struct Http {
    pub(super) http: reqwest::Client,
    /// `https://…` or, for tests, `http://…`.
    pub(super) url: String,
}

impl Dial for Http {
    fn dial(&self) -> BoxFuture<'_, Result<Box<dyn Socket>, RobotError>> {
        Box::pin(async move {
            let failed = |what: String| RobotError::Connect(what.into());
            let mut random = [0u8; 16];
            getrandom::fill(&mut random).map_err(|error| failed(format!("no randomness: {error}")))?;
            let key = Base64(random.to_vec()).encode();
            let request = self
                .http
                .get(&self.url)
                .version(reqwest::Version::HTTP_11)
                .header(CONNECTION, HeaderValue::from_static("Upgrade"))
                .header(UPGRADE, HeaderValue::from_static("websocket"))
                .header("sec-websocket-version", "13")
                .header("sec-websocket-key", &key);
            let answer = request.send().await.map_err(|error| failed(reason(error)))?;
            if answer.status() != reqwest::StatusCode::SWITCHING_PROTOCOLS {
                return Err(failed(format!("the server answered {}, not 101", answer.status())));
            }
            let expected = Base64(Sha1::digest([key.as_bytes(), GUID.as_bytes()].concat()).to_vec()).encode();
            let accepted = answer.headers().get("sec-websocket-accept").and_then(|v| v.to_str().ok());
            if accepted != Some(expected.as_str()) {
                return Err(failed("what answered does not speak WebSocket".to_owned()));
            }
            let socket = answer.upgrade().await.map_err(|error| failed(reason(error)))?;
            Ok(Box::new(socket) as Box<dyn Socket>)
        })
    }
}

/// The error with its causes, without the address.
pub(super) fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    crate::scrub::text(&text)
}
