use std::time::Duration;

use serde::Serialize;

use super::kept::Kept;
use super::store::BoxFuture;
use crate::answer::Answer;
use crate::endpoint::{Method, Payload, Target, TokenKind};
use crate::error::{DecodeError, Error};
use crate::transport::{Handle, Options, Transport};
use crate::value::Secret;
use crate::wire::{self, MapAccess, Out, Record, Sink};

/// A token as its issuer gave it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NewToken {
    /// The token.
    pub token: Secret,
    /// How long it works from now on; 7200 seconds as a rule.
    pub expires_in: Duration,
}

impl NewToken {
    /// A token that works for so long from now on.
    pub fn new(token: impl Into<Secret>, expires_in: Duration) -> Self {
        Self { token: token.into(), expires_in }
    }
}

/// Where tokens come from: for programs that get them from a service of their own instead of from WeCom.
///
/// Called by one task at a time, only when a token is missing, expires soon, or was refused as expired; for a token
/// that never worked after 2 seconds, then 4, up to 30. A source that panics fails those who wait.
pub trait TokenSource: Send + Sync + 'static {
    /// Fetches a token.
    ///
    /// # Errors
    /// Whatever keeps it from being had; every call that waits for it fails with the same error, and so do those of the next
    /// second, or of the next minutes where the server refused.
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>>;

    /// The token, where it is always the same one: it is not kept anywhere.
    #[doc(hidden)]
    fn fixed(&self) -> Option<&Secret> {
        None
    }
}

/// Where the client's own tokens come from.
pub(crate) trait Source: Send + Sync + 'static {
    /// Fetches a token.
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>>;
    /// What it is asked for with, all secrets in one: a failure is held against that alone. `None` when that is not known.
    fn basis(&self) -> BoxFuture<'_, Option<Secret>>;
}

/// A basis that does not change.
pub(crate) fn constant(secret: &Secret) -> BoxFuture<'_, Option<Secret>> {
    Box::pin(async { Some(secret.clone()) })
}

/// A basis that has a part which is handed over from time to time.
pub(crate) fn with_kept<'a>(
    secret: &'a Secret,
    kept: &'a Kept,
    transport: &'a Transport,
) -> BoxFuture<'a, Option<Secret>> {
    Box::pin(async {
        let part = kept.get(transport).await.ok().flatten().unwrap_or_default();
        Some(Secret::new(format!("{}|{}", secret.expose(), part.expose())))
    })
}

/// How long a token lives by what the answer says, in seconds.
pub(crate) fn lifetime(path: &str, seconds: Option<u64>) -> Duration {
    // A token of no life would be fetched for every call.
    const LEAST: u64 = 30;
    const ASSUMED: u64 = 300;
    match seconds {
        None | Some(0) => {
            tracing::warn!(endpoint = path, "no expires_in; five minutes are assumed");
            Duration::from_secs(ASSUMED)
        }
        Some(seconds) => Duration::from_secs(seconds.max(LEAST)),
    }
}

/// One token that never changes: for tests and one-off programs.
impl TokenSource for Secret {
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>> {
        let token = NewToken { token: self.clone(), expires_in: Duration::from_secs(7200) };
        Box::pin(async { Ok(token) })
    }

    fn fixed(&self) -> Option<&Secret> {
        Some(self)
    }
}

/// The answer of any of the token requests: the token under its own name.
#[derive(Debug, Default)]
struct Issued {
    access: Secret,
    suite: Secret,
    provider: Secret,
    device: Secret,
    model: Secret,
    expires_in: Option<u64>,
}

impl Record for Issued {
    const NAME: &'static str = "token";
    const FIELDS: &'static [&'static str] = &[
        "access_token",
        "suite_access_token",
        "provider_access_token",
        "device_access_token",
        "model_access_token",
        "expires_in",
    ];

    fn read<'de, M: MapAccess<'de>>(&mut self, field: usize, map: &mut M) -> Result<(), M::Error> {
        match field {
            0 => wire::get(map, &mut self.access),
            1 => wire::get(map, &mut self.suite),
            2 => wire::get(map, &mut self.provider),
            3 => wire::get(map, &mut self.device),
            4 => wire::get(map, &mut self.model),
            5 => wire::get(map, &mut self.expires_in),
            _ => wire::skip(map),
        }
    }

    fn write<'v, S: Sink<'v>>(&'v self, _: &mut Out<'_, 'v, S>) {}
}

wire::records!(Issued);

/// How a token is asked for.
pub(crate) enum Ask<'a, T> {
    Query(&'a [(&'static str, &'a str)]),
    Json(&'a T),
}

/// Sends a token request. Busy answers are repeated as for any call, and those that cannot be read: asking twice is harmless. Too
/// many requests are not.
pub(crate) async fn fetch<T: Serialize>(
    via: &Handle,
    wanted: TokenKind,
    path: &'static str,
    ask: Ask<'_, T>,
    secrets: &[&Secret],
) -> Result<NewToken, Error> {
    let (method, payload) = match ask {
        Ask::Query(pairs) => {
            let query = pairs.iter().map(|(name, value)| ((*name).into(), (*value).to_owned())).collect();
            (Method::Get, Payload { query, ..Payload::none() })
        }
        Ask::Json(body) => {
            let payload = Payload::json(body).map_err(|error| Error::Encode {
                endpoint: path.into(),
                message: error.to_string().into(),
            })?;
            (Method::Post, payload)
        }
    };
    let target = Target { path: path.into(), method, auth: via.kind(), repeat: true, rate: &[] };
    let mut retries = 0;
    loop {
        let answer: Answer = via.execute(&target, &payload, &Options::for_token(secrets)).await?;
        match (issued(answer, wanted, path), via.transport.before_repeating(retries)) {
            (Err(error), Some(delay)) => {
                tracing::warn!(error = %error.brief(), ?delay, "repeating the call");
                retries += 1;
                tokio::time::sleep(delay).await;
            }
            (outcome, _) => return outcome,
        }
    }
}

/// The token in an answer.
fn issued(answer: Answer, wanted: TokenKind, path: &'static str) -> Result<NewToken, Error> {
    let (body, held) = (answer.body.clone(), answer.secrets.clone());
    let issued: Issued = answer.record()?;
    let token = match wanted {
        TokenKind::SuiteAccessToken => issued.suite,
        TokenKind::ProviderAccessToken => issued.provider,
        TokenKind::DeviceAccessToken => issued.device,
        TokenKind::ModelAccessToken => issued.model,
        TokenKind::AccessToken | TokenKind::Key | TokenKind::NoToken => issued.access,
    };
    if token.is_empty() {
        let message = format!("there is no {wanted} in it: is the base URL that of WeCom?");
        let failure = wire::Failure { path: String::new(), message, excerpt: wire::excerpt(&body) };
        return Err(Error::Decode(DecodeError::new(path.into(), failure, body, &held)));
    }
    Ok(NewToken { token, expires_in: lifetime(path, issued.expires_in) })
}
