use std::time::Duration;

use serde::Serialize;

use super::store::BoxFuture;
use crate::answer::Answer;
use crate::endpoint::{Method, Payload, Target, TokenKind};
use crate::error::Error;
use crate::transport::{Handle, Options};
use crate::value::Secret;
use crate::wire::{self, MapAccess, Out, Record, Sink};

/// A token as its issuer gave it.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// The token.
    pub token: Secret,
    /// How long it works from now on; 7200 seconds as a rule.
    pub expires_in: Duration,
}

/// Where tokens come from: for programs that get them from a service of their own instead of from WeCom.
///
/// Called by one task at a time, only when a token is missing, expires soon, or was refused as expired.
pub trait TokenSource: Send + Sync + 'static {
    /// Fetches a token.
    ///
    /// # Errors
    /// Whatever keeps it from being had; every call that waits for it fails with the same error, and the next one tries anew.
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>>;
}

/// One token that never changes: for tests and one-off programs.
impl TokenSource for Secret {
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>> {
        let token = NewToken { token: self.clone(), expires_in: Duration::from_secs(7200) };
        Box::pin(async { Ok(token) })
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
    expires_in: u32,
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

/// Sends a token request. Busy answers are repeated as for any call; asking twice is harmless.
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
    let answer: Answer = via.execute(&target, &payload, &Options::for_token(secrets)).await?;
    let issued: Issued = answer.record()?;
    let expires_in = Duration::from_secs(issued.expires_in.into());
    let token = match wanted {
        TokenKind::SuiteAccessToken => issued.suite,
        TokenKind::ProviderAccessToken => issued.provider,
        TokenKind::DeviceAccessToken => issued.device,
        TokenKind::ModelAccessToken => issued.model,
        TokenKind::AccessToken | TokenKind::Key | TokenKind::NoToken => issued.access,
    };
    if token.is_empty() {
        return Err(Error::config(format!(
            "{path} answered without a {wanted}: is the base URL that of WeCom?"
        )));
    }
    Ok(NewToken { token, expires_in })
}
