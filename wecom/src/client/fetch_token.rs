//! The requests for tokens: calls themselves, made by the sources of the clients.

use serde::Serialize;

use crate::answer::Answer;
use crate::endpoint::{Method, Payload, Target, TokenKind};
use crate::error::{DecodeError, Error};
use crate::token::{NewToken, lifetime};
use crate::transport::{Handle, Options};
use crate::value::Secret;
use crate::wire::{self, MapAccess, Out, Record, Sink};

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
pub(super) enum Ask<'a, T> {
    Query(&'a [(&'static str, &'a str)]),
    Json(&'a T),
}

/// Sends a token request. Busy answers are repeated as for any call, and those that cannot be read: asking twice is harmless. Too
/// many requests are not.
pub(super) async fn fetch<T: Serialize>(
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
    let (body, held) = (answer.body.clone(), answer.held());
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
