//! JS-SDK: the signatures that a page needs before WeCom lets it call client functions (feature `jssdk`).
//!
//! A page registers with two functions that ask its server for a signature of the page's URL: `getConfigSignature` in the
//! name of the corp ([`JsSdk::config`]) and `getAgentConfigSignature` in the name of the application
//! ([`JsSdk::agent_config`]). The tickets that go into them may be fetched 100 times an hour by an application; they are
//! kept in the client's token store, renewed before they expire, and fetched once however many pages ask.
//!
//! ```no_run
//! # async fn example(client: wecom::Client, page: &str) -> Result<(), wecom::Error> {
//! let sdk = wecom::jssdk::JsSdk::new(&client)?;
//! let signature = sdk.config(page).await?;
//! // {"timestamp": 1700000000, "nonceStr": "…", "signature": "…"}: what getConfigSignature is to return.
//! let json = serde_json::to_string(&signature);
//! # Ok(()) }
//! ```
//!
//! <https://developer.work.weixin.qq.com/document/path/90506>

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::Value;
use sha1::{Digest as _, Sha1};

use crate::blemish::blemish;
use crate::client::Client;
use crate::endpoint::{Method, TokenKind};
use crate::error::{DecodeError, Error};
use crate::token::{BoxFuture, Identity, NewToken, Source, TokenKey, Tokens, lifetime};
use crate::value::{Secret, Timestamp, hex};
use crate::wire;

/// Signs pages in the name of a [`Client`]'s corp and application. Cheap to clone.
#[derive(Clone)]
pub struct JsSdk {
    client: Client,
    corp: Arc<Tokens>,
    app: Arc<Tokens>,
}

impl JsSdk {
    /// For a corp's own application, or, with a client of [`Suite::corp`](crate::Suite::corp), for a third-party one.
    /// Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Config`] when the client has no token of its own to ask with.
    pub fn new(client: &Client) -> Result<Self, Error> {
        let Identity::Token(tokens) = &client.handle().identity else {
            return Err(Error::config("this client has no token"));
        };
        let tickets = |ticket: Ticket| {
            // Both by application: what one application may fetch does not hang on another one's.
            let key = TokenKey { kind: ticket.name(), ..tokens.key().clone() };
            let source = TicketSource { client: client.clone(), ticket };
            Tokens::with_key(
                TokenKind::AccessToken,
                key,
                source,
                client.transport().keeper(),
                tokens.store().clone(),
            )
        };
        Ok(Self { client: client.clone(), corp: tickets(Ticket::Corp), app: tickets(Ticket::App) })
    }

    /// The signature for `getConfigSignature` (formerly `wx.config`) of a page. `url` is the page's whole URL as the
    /// browser shows it; what follows `#` is left out.
    ///
    /// # Errors
    /// [`Error::Config`] when the URL is not one of a page; whatever keeps the ticket from being had.
    pub async fn config(&self, url: &str) -> Result<Signature, Error> {
        self.sign(&self.corp, Ticket::Corp, url).await
    }

    /// The signature for `getAgentConfigSignature` (formerly `wx.agentConfig`) of a page.
    ///
    /// # Errors
    /// As [`config`](Self::config).
    pub async fn agent_config(&self, url: &str) -> Result<Signature, Error> {
        self.sign(&self.app, Ticket::App, url).await
    }

    async fn sign(&self, tickets: &Arc<Tokens>, ticket: Ticket, url: &str) -> Result<Signature, Error> {
        if let Some(what) = blemish(url) {
            return Err(Error::config(format!("the URL to sign {what}")));
        }
        if !url.starts_with("https://") && !url.starts_with("http://") {
            return Err(Error::config("the URL to sign must be the page's whole one, with https://"));
        }
        let mut nonce = [0; 8];
        getrandom::fill(&mut nonce)
            .map_err(|error| Error::config(format!("no randomness for the signature: {error}")))?;
        let ticket = tickets.get(None).await.map_err(|error| ticket.told(error))?;
        let nonce_str = hex(&nonce);
        let now = self.client.transport().keeper().now().as_secs();
        let timestamp = Timestamp(i64::try_from(now).unwrap_or(i64::MAX));
        let signature = signature(&ticket, &nonce_str, timestamp, url);
        Ok(Signature { timestamp, nonce_str, signature })
    }
}

impl fmt::Debug for JsSdk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsSdk").field("client", &self.client).finish_non_exhaustive()
    }
}

/// What the page is given. Serialises to the object that the page's function returns: `timestamp`, `nonceStr`, `signature`.
/// The ticket cannot be found out from it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signature {
    /// When it was made, in seconds since 1970.
    pub timestamp: Timestamp,
    /// A random text.
    pub nonce_str: String,
    /// 40 hexadecimal digits.
    pub signature: String,
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;

        let mut fields = to.serialize_struct("Signature", 3)?;
        fields.serialize_field("timestamp", &self.timestamp)?;
        fields.serialize_field("nonceStr", &self.nonce_str)?;
        fields.serialize_field("signature", &self.signature)?;
        fields.end()
    }
}

/// The signature alone, for a ticket from elsewhere. What follows `#` in the URL is left out.
#[must_use]
pub fn signature(ticket: &Secret, nonce_str: &str, timestamp: Timestamp, url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    let mut hash = Sha1::new();
    hash.update("jsapi_ticket=");
    hash.update(ticket.expose());
    hash.update(format!("&noncestr={nonce_str}&timestamp={timestamp}&url={url}"));
    hex(&hash.finalize())
}

/// Whose ticket.
#[derive(Clone, Copy)]
enum Ticket {
    Corp,
    App,
}

impl Ticket {
    /// In the store.
    fn name(self) -> &'static str {
        match self {
            Self::Corp => "jsapi_ticket",
            Self::App => "agent_config_ticket",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Corp => "/cgi-bin/get_jsapi_ticket",
            Self::App => "/cgi-bin/ticket/get",
        }
    }

    fn query(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Corp => &[],
            Self::App => &[("type", "agent_config")],
        }
    }

    /// A ticket that is refused is not a token that is.
    fn told(self, error: Error) -> Error {
        match error {
            Error::Token(error) if error.reason().endpoint() == Some(self.path()) => error.reason().clone(),
            other => other,
        }
    }
}

struct TicketSource {
    client: Client,
    ticket: Ticket,
}

impl Source for TicketSource {
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>> {
        Box::pin(async {
            let path = self.ticket.path();
            let full = self.client.raw(Method::Get, path, self.ticket.query(), None).full().await?;
            let answer = full.value;
            let ticket = answer.get("ticket").and_then(Value::as_str).unwrap_or_default();
            let seconds = answer.get("expires_in").and_then(|value| match value {
                Value::String(text) => text.parse().ok(),
                number => number.as_u64(),
            });
            if ticket.is_empty() {
                let message = "there is no ticket in it: is the base URL that of WeCom?".to_owned();
                let failure =
                    wire::Failure { path: String::new(), message, excerpt: wire::excerpt(&full.body) };
                return Err(Error::Decode(DecodeError::new(path.into(), failure, full.body, &[])));
            }
            Ok(NewToken { token: ticket.into(), expires_in: lifetime(path, seconds) })
        })
    }

    fn basis(&self) -> BoxFuture<'_, Option<Secret>> {
        // The application is the client's own; what it asks with is another token.
        Box::pin(async { Some(Secret::new(self.ticket.name())) })
    }
}
