use std::sync::Arc;

use serde_json::json;

use super::fetch_token::{Ask, fetch};
use super::{Beneath, Client, sender, transport_settings};
use crate::blemish::clean;
use crate::endpoint::TokenKind;
use crate::error::Error;
#[cfg(all(feature = "service", not(wecom_imported)))]
use crate::error::StoreError;
#[cfg(all(feature = "service", not(wecom_imported)))]
use crate::token::timestamp;
use crate::token::{BoxFuture, Identity, Kept, NewToken, Source, Tokens, constant, with_kept};
use crate::transport::Handle;
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
    ticket: Kept,
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
        self.0.ticket.set(ticket.into(), pushed_at).await
    }

    /// When the stored ticket was pushed; `None` if nothing was pushed yet. One older than half an hour means that pushes do not arrive.
    ///
    /// # Errors
    /// [`Error::Store`] when the store does not work.
    pub async fn ticket_pushed_at(&self) -> Result<Option<Timestamp>, Error> {
        self.0.ticket.given_at().await
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
        clean("corp id", &corp_id)?;
        clean("permanent code", permanent_code.expose())?;
        Ok(self.client_of(corp_id, Code::Given(permanent_code)))
    }

    /// The client of a corp whose permanent code is in the store: [`set_permanent_code`](Self::set_permanent_code). The
    /// code is looked up whenever a token is needed, so the client goes on working with a new code, from whichever
    /// process that came. Nothing is sent or read yet; calls fail with [`Error::Token`] while there is no code.
    ///
    /// ```no_run
    /// # async fn example(suite: wecom::Suite, code: wecom::Secret) -> Result<(), wecom::Error> {
    /// suite.set_permanent_code("ww-corp", code, wecom::Timestamp::now()).await?;
    /// let corp = suite.stored_corp("ww-corp")?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Config`] when the corp id is empty.
    pub fn stored_corp(&self, corp_id: impl Into<String>) -> Result<Client, Error> {
        let corp_id = corp_id.into();
        let code = Code::Kept(self.code_of(&corp_id)?);
        Ok(self.client_of(corp_id, code))
    }

    /// Keeps a corp's permanent code in the token store, beside the tickets. `given_at` is the time of the authorisation
    /// (the `TimeStamp` of the event that it came after): a code older than the stored one does not replace it, `false`.
    /// It cannot be fetched again, and the memory store forgets it with the process: use a store that lasts, or keep
    /// the code elsewhere as well. <https://developer.work.weixin.qq.com/document/path/90603>
    ///
    /// # Errors
    /// [`Error::Config`] when an argument is empty, [`Error::Store`] when the store does not work.
    pub async fn set_permanent_code(
        &self,
        corp_id: &str,
        permanent_code: impl Into<Secret>,
        given_at: Timestamp,
    ) -> Result<bool, Error> {
        self.code_of(corp_id)?.set(permanent_code.into(), given_at).await
    }

    /// A corp's stored permanent code; `None` if none is stored.
    ///
    /// # Errors
    /// [`Error::Config`] when the corp id is empty, [`Error::Store`] when the store does not work.
    pub async fn permanent_code(&self, corp_id: &str) -> Result<Option<Secret>, Error> {
        self.code_of(corp_id)?.get().await
    }

    /// Forgets a corp's permanent code and token after it has cancelled the authorisation (`cancel_auth`). A code that was
    /// given after `cancelled_at` stays: the corp has authorised anew. `false` when there was nothing to forget.
    ///
    /// # Errors
    /// [`Error::Config`] when the corp id is empty, [`Error::Store`] when the store does not work.
    pub async fn forget_permanent_code(&self, corp_id: &str, cancelled_at: Timestamp) -> Result<bool, Error> {
        let keeper = self.0.handle.transport.keeper();
        let forgotten = self.code_of(corp_id)?.forget(cancelled_at).await?;
        let key = keeper.key(TokenKind::AccessToken.parameter(), corp_id, self.app());
        if forgotten && let Some(stored) = keeper.store().get(&key).await? {
            keeper.store().invalidate(&key, &stored.token).await?;
        }
        Ok(forgotten)
    }

    /// Takes an installation to its end: fetches the corp's permanent code for the `AuthCode` that WeCom pushed (`create_auth`,
    /// `reset_permanent_code`) or that an installation's page came back with, and keeps it in the token store.
    ///
    /// The code is good for one request, and what it gives cannot be asked for again. So the store is tried before; should it fail
    /// after, the code is in [`Installed::permanent_code`] all the same.
    ///
    /// ```no_run
    /// # async fn example(suite: wecom::Suite, auth_code: wecom::Secret) -> Result<(), wecom::Error> {
    /// let installed = suite.install(auth_code).await?;
    /// println!("installed by {}", installed.corp_name);
    /// installed.corp.raw(wecom::Method::Get, "/cgi-bin/agent/list", &[], None).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # 代开发
    /// An application that a provider builds for one corp (its template's id begins with `dk`) is installed in the same way. Its
    /// permanent code is the secret of an ordinary application then: the corp's client fetches its tokens with it as the corp
    /// itself would, and needs the suite no more. The example `developed_app` shows it from the push to the first call.
    ///
    /// # Errors
    /// As any call; [`Error::Store`] when the store does not work at the beginning.
    #[cfg(all(feature = "service", not(wecom_imported)))]
    pub async fn install(&self, auth_code: impl Into<Secret>) -> Result<Installed, Error> {
        self.ticket_pushed_at().await?;
        let given_at = self.now();
        let answer = self.send(crate::service::v2::GetPermanentCode::new(auth_code)).await?;
        let (corp_id, code) = (&answer.auth_corp_info.corpid, &answer.permanent_code);
        let not_stored = self.keep_fetched(corp_id, code, given_at).await.err();
        let corp = match &not_stored {
            None => self.stored_corp(corp_id)?,
            Some(error) => {
                tracing::warn!(error = %error.brief(), corp = corp_id, "the permanent code could not be stored");
                self.corp(corp_id, code)?
            }
        };
        Ok(Installed {
            corp,
            corp_id: answer.auth_corp_info.corpid,
            corp_name: answer.auth_corp_info.corp_name,
            permanent_code: answer.permanent_code,
            installed_by: answer.auth_user_info,
            state: answer.state,
            not_stored,
        })
    }

    /// Keeps a code that has just been fetched: what is stored was given before it, unless it came during the request.
    #[cfg(all(feature = "service", not(wecom_imported)))]
    async fn keep_fetched(&self, corp_id: &str, code: &Secret, asked_at: Timestamp) -> Result<(), Error> {
        let kept = self.code_of(corp_id)?;
        if kept.set(code.clone(), asked_at).await? {
            return Ok(());
        }
        // Stored with a time that has yet to come: by a machine whose clock is ahead of ours. That says nothing of the order.
        let stored_at = kept.given_at().await?.filter(|at| at.0 > self.now().0);
        if let Some(stored_at) = stored_at
            && kept.set(code.clone(), stored_at).await?
        {
            return Ok(());
        }
        Err(StoreError::new(format!("another permanent code of {corp_id} was stored during the request"))
            .into())
    }

    #[cfg(all(feature = "service", not(wecom_imported)))]
    fn now(&self) -> Timestamp {
        timestamp(self.0.handle.transport.keeper().now())
    }

    /// The clients of all corps whose permanent code is in the store, by corp id.
    ///
    /// # Errors
    /// [`Error::Store`] when the store does not work, or cannot list what it keeps.
    pub async fn corps(&self) -> Result<Vec<Client>, Error> {
        let keeper = self.0.handle.transport.keeper();
        let key = keeper.key("permanent_code", "", self.app());
        let mut corps = keeper.store().corps(&key).await?;
        corps.sort_unstable();
        corps.dedup();
        corps.into_iter().map(|corp_id| self.stored_corp(corp_id)).collect()
    }

    /// The application's name in the store.
    fn app(&self) -> String {
        format!("suite:{}", self.0.suite_id)
    }

    fn code_of(&self, corp_id: &str) -> Result<Kept, Error> {
        clean("corp id", corp_id)?;
        Ok(Kept::new(self.0.handle.transport.keeper(), "permanent_code", corp_id, self.app()))
    }

    fn client_of(&self, corp_id: String, code: Code) -> Client {
        let handle = &self.0.handle;
        let developed = self.0.suite_id.starts_with(DEVELOPED);
        let source = AuthorisedSource { via: handle.clone(), corp_id: corp_id.clone(), code, developed };
        let transport = handle.transport.clone();
        let tokens = Tokens::new(TokenKind::AccessToken, &corp_id, self.app(), source, transport.keeper());
        Client::from_tokens(Handle::new(transport, Identity::Token(tokens)), corp_id, None)
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
        clean("suite id", &self.suite_id)?;
        clean("suite secret", self.secret.expose())?;
        let transport = self.beneath.build()?;
        let app = format!("suite:{}", self.suite_id);
        let ticket = Kept::new(transport.keeper(), "suite_ticket", "", app.clone());
        let source = SuiteSource {
            via: Handle::new(transport.clone(), Identity::Anonymous),
            suite_id: self.suite_id.clone(),
            secret: self.secret,
            ticket: ticket.clone(),
        };
        let tokens = Tokens::new(TokenKind::SuiteAccessToken, "", app, source, transport.keeper());
        let handle = Handle::new(transport, Identity::Token(tokens));
        Ok(Suite(Arc::new(Inner { handle, suite_id: self.suite_id, ticket })))
    }
}

transport_settings!(SuiteBuilder shows suite_id);

/// <https://developer.work.weixin.qq.com/document/path/90600>
struct SuiteSource {
    via: Handle,
    suite_id: String,
    secret: Secret,
    ticket: Kept,
}

impl Source for SuiteSource {
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>> {
        Box::pin(async {
            let Some(ticket) = self.ticket.get().await? else {
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

    fn basis(&self) -> BoxFuture<'_, Option<Secret>> {
        with_kept(&self.secret, &self.ticket)
    }
}

/// An installation that has come to its end.
#[cfg(all(feature = "service", not(wecom_imported)))]
#[derive(Debug)]
#[non_exhaustive]
#[must_use]
pub struct Installed {
    /// The corp's client.
    pub corp: Client,
    /// The corp's id.
    pub corp_id: String,
    /// The corp's short name.
    pub corp_name: String,
    /// What the corp's tokens are made from; stored, unless [`not_stored`](Self::not_stored) says otherwise.
    pub permanent_code: Secret,
    /// The administrator who installed it, when the server says so.
    pub installed_by: Option<crate::service::AuthUserInfo>,
    /// What the installation's address carried along.
    pub state: Option<String>,
    /// Why the permanent code is not in the store: keep it elsewhere, it cannot be fetched again.
    pub not_stored: Option<Error>,
}

/// What the ids of templates for applications begin with that a provider builds for a corp.
/// <https://developer.work.weixin.qq.com/document/path/94758>
const DEVELOPED: &str = "dk";

/// <https://developer.work.weixin.qq.com/document/path/90605>
struct AuthorisedSource {
    via: Handle,
    corp_id: String,
    code: Code,
    /// The permanent code is the application's secret.
    developed: bool,
}

enum Code {
    Given(Secret),
    Kept(Kept),
}

impl Source for AuthorisedSource {
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>> {
        Box::pin(async {
            let code = match &self.code {
                Code::Given(code) => code.clone(),
                Code::Kept(kept) => kept.get().await?.ok_or_else(|| {
                    Error::config(format!(
                        "no permanent_code of {} is stored; hand the one that its authorisation gave to \
                         Suite::set_permanent_code",
                        self.corp_id
                    ))
                })?,
            };
            if self.developed {
                let via = Handle::new(self.via.transport.clone(), Identity::Anonymous);
                let query = [("corpid", self.corp_id.as_str()), ("corpsecret", code.expose())];
                let path = "/cgi-bin/gettoken";
                return fetch::<()>(&via, TokenKind::AccessToken, path, Ask::Query(&query), &[&code]).await;
            }
            let body = json!({"auth_corpid": self.corp_id, "permanent_code": code});
            let path = "/cgi-bin/service/get_corp_token";
            fetch(&self.via, TokenKind::AccessToken, path, Ask::Json(&body), &[&code]).await
        })
    }

    fn basis(&self) -> BoxFuture<'_, Option<Secret>> {
        match &self.code {
            Code::Given(code) => constant(code),
            Code::Kept(kept) => Box::pin(async { Some(kept.get().await.ok().flatten().unwrap_or_default()) }),
        }
    }
}
