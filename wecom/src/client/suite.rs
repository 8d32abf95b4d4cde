use std::sync::Arc;

use serde_json::json;

use super::{Beneath, Client, required, sender, transport_settings};
use crate::endpoint::TokenKind;
use crate::error::Error;
use crate::token::{Ask, BoxFuture, NewToken, Ticket, TokenSource, Tokens, fetch};
use crate::transport::{Handle, Identity};
use crate::value::{Secret, Timestamp};

/// A third-party application (or a template for applications built for corps): calls that carry a
/// `suite_access_token`, and the clients of the corps that authorised it. Cheap to clone.
///
/// Its token is made from a ticket that WeCom pushes to the callback address every ten minutes: hand each one to
/// [`set_ticket`](Self::set_ticket). Tickets are kept in the token store, so that a shared store gives them to every process.
#[derive(Clone)]
pub struct Suite(Arc<Inner>);

struct Inner {
    handle: Handle,
    suite_id: String,
    ticket: Ticket,
}

sender!(Suite, SuiteAccessToken);

impl Suite {
    /// Settings to begin with, from the application's `suite_id` and `suite_secret`.
    #[must_use]
    pub fn builder(suite_id: impl Into<String>, suite_secret: impl Into<Secret>) -> SuiteBuilder {
        SuiteBuilder { suite_id: suite_id.into(), secret: suite_secret.into(), beneath: Beneath::default() }
    }

    /// The application's `suite_id`.
    #[must_use]
    pub fn suite_id(&self) -> &str {
        &self.0.suite_id
    }

    /// Takes the `SuiteTicket` of a pushed event and the event's `TimeStamp`. One that is older than the stored ticket does
    /// not replace it: `false`. A ticket is kept until a newer one comes.
    ///
    /// # Errors
    /// [`Error::Store`] when the store does not work.
    pub async fn set_ticket(&self, ticket: impl Into<Secret>, pushed_at: Timestamp) -> Result<bool, Error> {
        self.0.ticket.set(&self.0.handle.transport, ticket.into(), pushed_at).await
    }

    /// When the stored ticket was pushed; `None` when there is none. One older than half an hour means that pushes do not arrive.
    ///
    /// # Errors
    /// [`Error::Store`] when the store does not work.
    pub async fn ticket_pushed_at(&self) -> Result<Option<Timestamp>, Error> {
        self.0.ticket.pushed_at(&self.0.handle.transport).await
    }

    /// The client of a corp that has authorised the application, from the corp's id and the permanent code that the
    /// authorisation gave. Nothing is sent yet. It shares the suite's connections and store.
    ///
    /// # Errors
    /// [`Error::Config`] when an argument is empty.
    pub fn corp(
        &self,
        corp_id: impl Into<String>,
        permanent_code: impl Into<Secret>,
    ) -> Result<Client, Error> {
        let (corp_id, permanent_code) = (corp_id.into(), permanent_code.into());
        required("corp id", &corp_id)?;
        required("permanent code", permanent_code.expose())?;
        let Inner { handle, suite_id, .. } = &*self.0;
        let source = AuthorisedSource { via: handle.clone(), corp_id: corp_id.clone(), permanent_code };
        let app = format!("suite:{suite_id}");
        let tokens = Tokens::new(TokenKind::AccessToken, &corp_id, app, source, handle.transport.clone());
        Ok(Client::from_tokens(Handle::new(handle.transport.clone(), Identity::Token(tokens)), corp_id, None))
    }
}

impl std::fmt::Debug for Suite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Suite").field("suite_id", &self.0.suite_id).finish_non_exhaustive()
    }
}

/// Settings of a [`Suite`].
pub struct SuiteBuilder {
    suite_id: String,
    secret: Secret,
    beneath: Beneath,
}

impl SuiteBuilder {
    /// The suite. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Config`] when suite id or secret are empty, or a setting cannot be used.
    pub fn build(self) -> Result<Suite, Error> {
        required("suite id", &self.suite_id)?;
        required("suite secret", self.secret.expose())?;
        let transport = self.beneath.build()?;
        let app = format!("suite:{}", self.suite_id);
        let ticket = Ticket(transport.key("suite_ticket", "", app.clone()));
        let source = SuiteSource {
            via: Handle::new(transport.clone(), Identity::Anonymous),
            suite_id: self.suite_id.clone(),
            secret: self.secret,
            ticket: ticket.clone(),
        };
        let tokens = Tokens::new(TokenKind::SuiteAccessToken, "", app, source, transport.clone());
        let handle = Handle::new(transport, Identity::Token(tokens));
        Ok(Suite(Arc::new(Inner { handle, suite_id: self.suite_id, ticket })))
    }
}

transport_settings!(SuiteBuilder);

/// <https://developer.work.weixin.qq.com/document/path/90600>
struct SuiteSource {
    via: Handle,
    suite_id: String,
    secret: Secret,
    ticket: Ticket,
}

impl TokenSource for SuiteSource {
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>> {
        Box::pin(async {
            let Some(ticket) = self.ticket.get(&self.via.transport).await? else {
                return Err(Error::config(format!(
                    "no suite_ticket yet for {}: WeCom pushes one to the callback address every ten minutes; hand it to \
                     Suite::set_ticket, or ask for one in the provider console",
                    self.suite_id
                )));
            };
            let body =
                json!({"suite_id": self.suite_id, "suite_secret": self.secret, "suite_ticket": ticket});
            let path = "/cgi-bin/service/get_suite_token";
            let secrets = [&self.secret, &ticket];
            fetch(&self.via, TokenKind::SuiteAccessToken, path, Ask::Json(&body), &secrets).await
        })
    }
}

/// <https://developer.work.weixin.qq.com/document/path/90605>
struct AuthorisedSource {
    via: Handle,
    corp_id: String,
    permanent_code: Secret,
}

impl TokenSource for AuthorisedSource {
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>> {
        Box::pin(async {
            let body = json!({"auth_corpid": self.corp_id, "permanent_code": self.permanent_code});
            let path = "/cgi-bin/service/get_corp_token";
            fetch(&self.via, TokenKind::AccessToken, path, Ask::Json(&body), &[&self.permanent_code]).await
        })
    }
}
