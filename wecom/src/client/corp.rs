use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::fetch_token::{Ask, fetch};
use super::{Beneath, digest, sender, transport_settings};
use crate::blemish::clean;
use crate::endpoint::TokenKind;
use crate::error::Error;
use crate::token::{BoxFuture, Identity, MemoryStore, NewToken, Source, TokenSource, Tokens, constant};
use crate::transport::{Handle, Transport};
use crate::value::Secret;

/// A corp's application: calls that carry an `access_token`. Cheap to clone.
///
/// Made from corp id and secret, from a [`Suite`](crate::Suite) for a corp that has authorised it, or from tokens that come
/// from elsewhere. The secret decides what it may do: each application has its own, and contacts and customers
/// have theirs.
///
/// ```no_run
/// # async fn example() -> Result<(), wecom::Error> {
/// # use wecom::Method;
/// let client = wecom::Client::builder("ww0123456789abcdef", "secret").agent(1000002).build()?;
/// let answer = client.raw(Method::Get, "/cgi-bin/department/list", &[], None).await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Client(pub(super) Arc<Corp>);

pub(super) struct Corp {
    pub(super) handle: Handle,
    corp_id: String,
    agent: Option<i64>,
}

sender!(Client, AccessToken);

impl Client {
    /// A client of the real server with the usual settings.
    ///
    /// # Errors
    /// [`Error::Config`] when an argument is empty or TLS cannot be set up.
    pub fn new(corp_id: impl Into<String>, secret: impl Into<Secret>) -> Result<Self, Error> {
        Self::builder(corp_id, secret).build()
    }

    /// Settings to begin with, from the corp's id and an application's secret. The same for an application that a
    /// provider builds for the corp (代开发): there the permanent code is the secret.
    #[must_use]
    pub fn builder(corp_id: impl Into<String>, secret: impl Into<Secret>) -> ClientBuilder {
        ClientBuilder::new(corp_id.into(), Origin::Secret(secret.into()))
    }

    /// Settings to begin with, for tokens that come from elsewhere: a service of one's own, or, with a
    /// [`Secret`], one fixed token. With [`agent`](ClientBuilder::agent) they are kept in the token store under the application's
    /// name, and shared with the clients that name it too; without, and when they are fixed, the client keeps them to itself.
    #[must_use]
    pub fn builder_with_tokens(corp_id: impl Into<String>, source: impl TokenSource) -> ClientBuilder {
        ClientBuilder::new(corp_id.into(), Origin::Source(Box::new(source)))
    }

    pub(super) fn from_tokens(handle: Handle, corp_id: String, agent: Option<i64>) -> Self {
        Self(Arc::new(Corp { handle: handle.of_agent(agent), corp_id, agent }))
    }

    #[cfg(feature = "jssdk")]
    pub(crate) fn handle(&self) -> &Handle {
        &self.0.handle
    }

    /// The corp's id.
    #[must_use]
    pub fn corp_id(&self) -> &str {
        &self.0.corp_id
    }

    /// The application's id, when it was given.
    #[must_use]
    pub fn agent_id(&self) -> Option<i64> {
        self.0.agent
    }

    /// The present token, fetched if need be: for calls that are made without this crate.
    ///
    /// # Errors
    /// [`Error::Token`] when no token can be obtained.
    pub async fn access_token(&self) -> Result<Secret, Error> {
        self.0.handle.current_token().await
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("corp_id", &self.0.corp_id)
            .field("agent", &self.0.agent)
            .finish_non_exhaustive()
    }
}

enum Origin {
    Secret(Secret),
    Source(Box<dyn TokenSource>),
}

/// Settings of a [`Client`].
pub struct ClientBuilder {
    corp_id: String,
    origin: Origin,
    agent: Option<i64>,
    beneath: Beneath,
}

impl ClientBuilder {
    fn new(corp_id: String, origin: Origin) -> Self {
        Self { corp_id, origin, agent: None, beneath: Beneath::default() }
    }

    /// The application's id (`agentid`). It names the application in the token store, and is the `agentid` of messages that do
    /// not say another one.
    #[must_use]
    pub fn agent(mut self, agent: i64) -> Self {
        self.agent = Some(agent);
        self
    }

    /// The client. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Config`] when corp id or secret are empty, or a setting cannot be used.
    pub fn build(self) -> Result<Client, Error> {
        clean("corp id", &self.corp_id)?;
        let transport = self.beneath.build()?;
        let agent = self.agent.map(|agent| format!("agent:{agent}"));
        let kind = TokenKind::AccessToken;
        let tokens = match self.origin {
            Origin::Secret(secret) => {
                clean("secret", secret.expose())?;
                let app = agent.unwrap_or_else(|| digest(&secret));
                let via = Handle::new(transport.clone(), Identity::Anonymous);
                let source = CorpSource { via, corp_id: self.corp_id.clone(), secret };
                Tokens::new(kind, &self.corp_id, app, source, transport.keeper())
            }
            Origin::Source(source) => {
                if let Some(token) = source.fixed() {
                    clean("token", token.expose())?;
                }
                let fixed = source.fixed().is_some();
                let source = External { source, transport: transport.clone() };
                match agent {
                    Some(app) if !fixed => Tokens::new(kind, &self.corp_id, app, source, transport.keeper()),
                    // Nobody else may be given it, not even the next run of the same program.
                    _ => {
                        let key = transport.keeper().key(kind.parameter(), &self.corp_id, unnamed());
                        let store = Arc::new(MemoryStore::new());
                        Tokens::with_key(kind, key, source, transport.keeper(), store)
                    }
                }
            }
        };
        Ok(Client::from_tokens(Handle::new(transport, Identity::Token(tokens)), self.corp_id, self.agent))
    }
}

transport_settings!(ClientBuilder shows corp_id);

/// A name that no other client of this process has.
fn unnamed() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("external:{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A source of the program's own; counted like the others.
struct External {
    source: Box<dyn TokenSource>,
    transport: Transport,
}

impl Source for External {
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>> {
        self.transport.count_token_fetch();
        Box::pin(async {
            let mut new = self.source.fetch().await?;
            // Without a life it would be fetched for every call.
            new.expires_in = new.expires_in.max(Duration::from_secs(1));
            Ok(new)
        })
    }

    fn basis(&self) -> BoxFuture<'_, Option<Secret>> {
        Box::pin(async { None })
    }
}

/// <https://developer.work.weixin.qq.com/document/path/91039>
struct CorpSource {
    via: Handle,
    corp_id: String,
    secret: Secret,
}

impl Source for CorpSource {
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>> {
        Box::pin(async {
            let query = [("corpid", self.corp_id.as_str()), ("corpsecret", self.secret.expose())];
            fetch::<()>(
                &self.via,
                TokenKind::AccessToken,
                "/cgi-bin/gettoken",
                Ask::Query(&query),
                &[&self.secret],
            )
            .await
        })
    }

    fn basis(&self) -> BoxFuture<'_, Option<Secret>> {
        constant(&self.secret)
    }
}
