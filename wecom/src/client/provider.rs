use std::sync::Arc;

use serde_json::json;

use super::fetch_token::{Ask, fetch};
use super::{Beneath, digest, sender, transport_settings};
use crate::blemish::clean;
use crate::endpoint::TokenKind;
use crate::error::Error;
use crate::token::{BoxFuture, Identity, NewToken, Source, Tokens, constant};
use crate::transport::Handle;
use crate::value::Secret;

/// A service provider: calls that carry a `provider_access_token`. Cheap to clone.
#[derive(Clone)]
pub struct Provider(Arc<Inner>);

struct Inner {
    handle: Handle,
    corp_id: String,
}

sender!(Provider, ProviderAccessToken);

impl Provider {
    /// Settings to begin with, from the provider's own corp id and `provider_secret`.
    #[must_use]
    pub fn builder(corp_id: impl Into<String>, provider_secret: impl Into<Secret>) -> ProviderBuilder {
        ProviderBuilder {
            corp_id: corp_id.into(),
            secret: provider_secret.into(),
            beneath: Beneath::default(),
        }
    }

    /// The provider's corp id.
    #[must_use]
    pub fn corp_id(&self) -> &str {
        &self.0.corp_id
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").field("corp_id", &self.0.corp_id).finish_non_exhaustive()
    }
}

/// Settings of a [`Provider`].
pub struct ProviderBuilder {
    corp_id: String,
    secret: Secret,
    beneath: Beneath,
}

impl ProviderBuilder {
    /// The provider. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Config`] when corp id or secret are empty, or a setting cannot be used.
    pub fn build(self) -> Result<Provider, Error> {
        clean("corp id", &self.corp_id)?;
        clean("provider secret", self.secret.expose())?;
        let transport = self.beneath.build()?;
        let app = digest(&self.secret);
        let via = Handle::new(transport.clone(), Identity::Anonymous);
        let source = ProviderSource { via, corp_id: self.corp_id.clone(), secret: self.secret };
        let tokens =
            Tokens::new(TokenKind::ProviderAccessToken, &self.corp_id, app, source, transport.keeper());
        let handle = Handle::new(transport, Identity::Token(tokens));
        Ok(Provider(Arc::new(Inner { handle, corp_id: self.corp_id })))
    }
}

transport_settings!(ProviderBuilder shows corp_id);

/// <https://developer.work.weixin.qq.com/document/path/91200>
struct ProviderSource {
    via: Handle,
    corp_id: String,
    secret: Secret,
}

impl Source for ProviderSource {
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>> {
        Box::pin(async {
            let body = json!({"corpid": self.corp_id, "provider_secret": self.secret});
            let path = "/cgi-bin/service/get_provider_token";
            fetch(&self.via, TokenKind::ProviderAccessToken, path, Ask::Json(&body), &[&self.secret]).await
        })
    }

    fn basis(&self) -> BoxFuture<'_, Option<Secret>> {
        constant(&self.secret)
    }
}
