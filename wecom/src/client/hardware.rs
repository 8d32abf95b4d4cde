use std::sync::Arc;

use serde_json::json;

use super::fetch_token::{Ask, fetch};
use super::{Beneath, sender, transport_settings};
use crate::blemish::clean;
use crate::endpoint::TokenKind;
use crate::error::Error;
use crate::token::{BoxFuture, Identity, Kept, NewToken, Source, Tokens, constant, with_kept};
use crate::transport::Handle;
use crate::value::{Secret, Timestamp};

/// A model of hardware: calls that carry a `model_access_token`. Cheap to clone.
///
/// Its token is made from a ticket that is pushed to the model's callback address every ten minutes and works for thirty: hand each
/// one to [`set_ticket`](Self::set_ticket).
#[derive(Clone)]
pub struct HardwareModel(Arc<Inner>);

struct Inner {
    handle: Handle,
    model_id: String,
    ticket: Kept,
}

sender!(HardwareModel, ModelAccessToken);

impl HardwareModel {
    /// Settings to begin with, from the model's id and secret.
    #[must_use]
    pub fn builder(model_id: impl Into<String>, model_secret: impl Into<Secret>) -> HardwareModelBuilder {
        HardwareModelBuilder {
            model_id: model_id.into(),
            secret: model_secret.into(),
            beneath: Beneath::default(),
        }
    }

    /// The model's id.
    #[must_use]
    pub fn model_id(&self) -> &str {
        &self.0.model_id
    }

    /// Takes a pushed `model_ticket` and the time of the push. An older one than the stored does not replace it: `false`.
    ///
    /// # Errors
    /// [`Error::Store`] when the store does not work.
    pub async fn set_ticket(&self, ticket: impl Into<Secret>, pushed_at: Timestamp) -> Result<bool, Error> {
        self.0.ticket.set(ticket.into(), pushed_at).await
    }

    /// When the stored ticket was pushed; `None` if nothing was pushed yet. One older than half an hour does not work any more: pushes do
    /// not arrive.
    ///
    /// # Errors
    /// [`Error::Store`] when the store does not work.
    pub async fn ticket_pushed_at(&self) -> Result<Option<Timestamp>, Error> {
        self.0.ticket.given_at().await
    }

    /// A piece of hardware that a corp has bound, from its serial number and the secret that binding it gave.
    ///
    /// # Errors
    /// [`Error::Config`] when an argument is empty.
    pub fn device(
        &self,
        device_sn: impl Into<String>,
        device_secret: impl Into<Secret>,
    ) -> Result<HardwareDevice, Error> {
        let (device_sn, secret) = (device_sn.into(), device_secret.into());
        clean("serial number", &device_sn)?;
        clean("device secret", secret.expose())?;
        let transport = &self.0.handle.transport;
        let app = format!("model:{}:{device_sn}", self.0.model_id);
        let source = DeviceSource { via: self.0.handle.clone(), device_sn: device_sn.clone(), secret };
        let tokens = Tokens::new(TokenKind::DeviceAccessToken, "", app, source, transport.keeper());
        Ok(HardwareDevice(Arc::new(Bound {
            handle: Handle::new(transport.clone(), Identity::Token(tokens)),
            device_sn,
        })))
    }
}

impl std::fmt::Debug for HardwareModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HardwareModel").field("model_id", &self.0.model_id).finish_non_exhaustive()
    }
}

/// A piece of hardware bound to a corp: calls that carry a `device_access_token`. Made by [`HardwareModel::device`]. Cheap to clone.
#[derive(Clone)]
pub struct HardwareDevice(Arc<Bound>);

struct Bound {
    handle: Handle,
    device_sn: String,
}

sender!(HardwareDevice, DeviceAccessToken);

impl HardwareDevice {
    /// Its serial number.
    #[must_use]
    pub fn device_sn(&self) -> &str {
        &self.0.device_sn
    }
}

impl std::fmt::Debug for HardwareDevice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HardwareDevice").field("device_sn", &self.0.device_sn).finish_non_exhaustive()
    }
}

/// Settings of a [`HardwareModel`].
pub struct HardwareModelBuilder {
    model_id: String,
    secret: Secret,
    beneath: Beneath,
}

impl HardwareModelBuilder {
    /// The model. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Config`] when id or secret are empty, or a setting cannot be used.
    pub fn build(self) -> Result<HardwareModel, Error> {
        clean("model id", &self.model_id)?;
        clean("model secret", self.secret.expose())?;
        let transport = self.beneath.build()?;
        let app = format!("model:{}", self.model_id);
        let ticket = Kept::new(transport.keeper(), "model_ticket", "", app.clone());
        let source = ModelSource {
            via: Handle::new(transport.clone(), Identity::Anonymous),
            model_id: self.model_id.clone(),
            secret: self.secret,
            ticket: ticket.clone(),
        };
        let tokens = Tokens::new(TokenKind::ModelAccessToken, "", app, source, transport.keeper());
        let handle = Handle::new(transport, Identity::Token(tokens));
        Ok(HardwareModel(Arc::new(Inner { handle, model_id: self.model_id, ticket })))
    }
}

transport_settings!(HardwareModelBuilder shows model_id);

/// <https://developer.work.weixin.qq.com/document/path/95992>
struct ModelSource {
    via: Handle,
    model_id: String,
    secret: Secret,
    ticket: Kept,
}

impl Source for ModelSource {
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>> {
        Box::pin(async {
            let Some(ticket) = self.ticket.get().await? else {
                return Err(Error::config(format!(
                    "no model_ticket yet for {}: one is pushed to the model's callback address every ten minutes; hand it to \
                     HardwareModel::set_ticket",
                    self.model_id
                )));
            };
            let body =
                json!({"model_id": self.model_id, "model_secret": self.secret, "model_ticket": ticket});
            let path = "/cgi-bin/openhw/get_model_token";
            let secrets = [&self.secret, &ticket];
            fetch(&self.via, TokenKind::ModelAccessToken, path, Ask::Json(&body), &secrets).await
        })
    }

    fn basis(&self) -> BoxFuture<'_, Option<Secret>> {
        with_kept(&self.secret, &self.ticket)
    }
}

/// <https://developer.work.weixin.qq.com/document/path/96022>
struct DeviceSource {
    via: Handle,
    device_sn: String,
    secret: Secret,
}

impl Source for DeviceSource {
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>> {
        Box::pin(async {
            let body = json!({"device_sn": self.device_sn, "device_secret": self.secret});
            let path = "/cgi-bin/openhw/get_device_token";
            fetch(&self.via, TokenKind::DeviceAccessToken, path, Ask::Json(&body), &[&self.secret]).await
        })
    }

    fn basis(&self) -> BoxFuture<'_, Option<Secret>> {
        constant(&self.secret)
    }
}
