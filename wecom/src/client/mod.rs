//! The clients: who calls.

mod corp;
mod fetch_token;
mod hardware;
mod provider;
mod suite;
mod webhook;

pub use corp::{Client, ClientBuilder};
pub use hardware::{HardwareDevice, HardwareModel, HardwareModelBuilder};
pub use provider::{Provider, ProviderBuilder};
#[cfg(all(feature = "service", not(wecom_imported)))]
pub use suite::Installed;
pub use suite::{Suite, SuiteBuilder};
pub use webhook::{Webhook, WebhookBuilder};

use sha2::{Digest as _, Sha256};

use crate::error::Error;
use crate::transport::{Transport, TransportBuilder};
use crate::value::{Secret, hex};

/// What every client can do with its handle.
macro_rules! sender {
    ($client:ident, $kind:ident) => {
        impl $crate::token::kind::SentBy<$client> for $crate::token::kind::$kind {}
        impl $crate::token::kind::SentBy<$client> for $crate::token::kind::NoToken {}

        impl $client {
            /// A call of any endpoint that this client has the token for. The generated methods are short forms of it.
            pub fn send<R: $crate::Endpoint>(&self, request: R) -> $crate::Call<R>
            where
                R::Auth: $crate::token::kind::SentBy<Self>,
            {
                $crate::Call::new(self.0.handle.clone(), request)
            }

            /// A call of an endpoint that this crate does not have: with this client's token, its retries and errors, and the
            /// answer as free JSON. `query` holds the parameters of the URL besides the token.
            pub fn raw(
                &self,
                method: $crate::Method,
                path: impl Into<String>,
                query: &[(&str, &str)],
                json: Option<serde_json::Value>,
            ) -> $crate::Call<$crate::RawRequest<$crate::token::kind::$kind>> {
                $crate::Call::new(
                    self.0.handle.clone(),
                    $crate::RawRequest::new(method, path.into(), query, json),
                )
            }

            /// A call by path and JSON, like [`raw`](Self::raw), but checked against the description of the API first: method, token,
            /// required fields, types and limits. One object holds the parameters of the URL and those of the body. See
            /// [`describe`](crate::describe).
            ///
            /// # Errors
            /// [`Error::Encode`](crate::Error::Encode) with all that the server would refuse.
            #[cfg(feature = "describe")]
            pub fn checked(
                &self,
                path: &str,
                parameters: &serde_json::Value,
            ) -> $crate::Result<$crate::Call<$crate::RawRequest<$crate::token::kind::$kind>>> {
                let request = $crate::describe::request(path, parameters)?;
                Ok($crate::Call::new(self.0.handle.clone(), request))
            }

            /// Throws the present token away, so that the next call fetches another one: after its secret was changed, or where
            /// it got into wrong hands. Whoever shares the token store fetches anew as well. `false` when there was none.
            ///
            /// # Errors
            /// [`Error::Store`](crate::Error::Store) when the token store does not work.
            pub async fn discard_token(&self) -> $crate::Result<bool> {
                self.0.handle.forget_token().await
            }

            /// The connections and settings beneath.
            #[must_use]
            pub fn transport(&self) -> &$crate::Transport {
                &self.0.handle.transport
            }

            /// What the transport has done so far, for all clients that share it.
            #[must_use]
            pub fn stats(&self) -> $crate::Stats {
                self.transport().stats()
            }
        }
    };
}
use sender;

/// A transport made for one client, or one that several share.
#[derive(Debug, Clone)]
enum Beneath {
    Own(Box<TransportBuilder>),
    Shared(Transport),
}

impl Default for Beneath {
    fn default() -> Self {
        Self::Own(Box::default())
    }
}

impl Beneath {
    /// A shared transport is as it is.
    fn set(self, change: impl FnOnce(TransportBuilder) -> TransportBuilder) -> Self {
        match self {
            Self::Own(builder) => Self::Own(Box::new(change(*builder))),
            shared @ Self::Shared(_) => shared,
        }
    }

    fn build(self) -> Result<Transport, Error> {
        match self {
            Self::Own(builder) => builder.build(),
            Self::Shared(transport) => Ok(transport),
        }
    }
}

/// The settings of a transport on a client's builder that has a field `beneath`.
macro_rules! transport_settings {
    ($builder:ident shows $($id:ident)?) => {
        /// Shows no secret.
        impl std::fmt::Debug for $builder {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($builder))
                    $(.field(stringify!($id), &self.$id))?
                    .field("transport", &self.beneath)
                    .finish_non_exhaustive()
            }
        }

        impl $builder {
            /// Uses a transport that other clients use too: one pool of connections, one token store. Settings of the
            /// transport made on this builder have no effect then; make them before, on the transport.
            #[must_use]
            pub fn transport(mut self, transport: &$crate::Transport) -> Self {
                self.beneath = $crate::client::Beneath::Shared(transport.clone());
                self
            }

            fn set(mut self, change: impl FnOnce($crate::TransportBuilder) -> $crate::TransportBuilder) -> Self {
                self.beneath = self.beneath.set(change);
                self
            }

            $crate::transport::settings!(each set);
        }
    };
}
use transport_settings;

/// Names an application by its secret without giving anything of it away.
fn digest(secret: &Secret) -> String {
    let digest = Sha256::digest(secret.expose().as_bytes());
    format!("sha256:{}", hex(&digest[..8]))
}
