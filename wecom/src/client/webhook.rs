use std::sync::Arc;

use reqwest::Url;

use super::{Beneath, sender, transport_settings};
use crate::blemish::clean;
use crate::error::Error;
use crate::token::Identity;
use crate::transport::Handle;
use crate::value::Secret;

/// A group's robot: calls that carry the `key` of its address. Cheap to clone.
///
/// The key is all that is needed to write into the group: keep it like a password. A robot may send 20 messages a minute,
/// <https://developer.work.weixin.qq.com/document/path/91770>.
///
/// What a robot says is made of types of the module `webhook`, which are not those of `message`:
///
/// ```no_run
/// # #[cfg(feature = "webhook")]
/// # async fn example() -> Result<(), wecom::Error> {
/// use wecom::{Webhook, webhook::Text};
///
/// let robot = Webhook::new("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…")?;
/// robot.api().send(Text::new("Lunch is here.").mentioned_list(["@all"])).await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Webhook(Arc<Inner>);

struct Inner {
    handle: Handle,
}

sender!(Webhook, Key);

impl Webhook {
    /// A robot of the real server with the usual settings, from its key or from its whole address
    /// (`https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…`).
    ///
    /// # Errors
    /// [`Error::Config`] when there is no key or TLS cannot be set up.
    pub fn new(key: impl Into<Secret>) -> Result<Self, Error> {
        Self::builder(key).build()
    }

    /// Settings to begin with, from the robot's key or its whole address.
    #[must_use]
    pub fn builder(key: impl Into<Secret>) -> WebhookBuilder {
        WebhookBuilder { key: key.into(), beneath: Beneath::default() }
    }
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").finish_non_exhaustive()
    }
}

/// Settings of a [`Webhook`].
pub struct WebhookBuilder {
    key: Secret,
    beneath: Beneath,
}

impl WebhookBuilder {
    /// The robot. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Config`] when there is no key, or a setting cannot be used.
    pub fn build(self) -> Result<Webhook, Error> {
        let text = self.key.expose();
        clean("key", text)?;
        let key = match text.contains("://") {
            true => {
                let url = Url::parse(text).map_err(|_| Error::config("the robot's address is no URL"))?;
                let key =
                    url.query_pairs().find(|(name, _)| name == "key").map(|(_, key)| Secret::from(&*key));
                key.ok_or_else(|| Error::config("the robot's address has no `key=`"))?
            }
            false => self.key.clone(),
        };
        clean("key", key.expose())?;
        let handle = Handle::new(self.beneath.build()?, Identity::Key(key));
        Ok(Webhook(Arc::new(Inner { handle })))
    }
}

transport_settings!(WebhookBuilder shows);
