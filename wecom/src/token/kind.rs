//! Which kind of token a call needs, as types: sending a provider's call with a corp's client does not compile.
//!
//! ```compile_fail
//! # use wecom::{Client, Endpoint, token::kind};
//! fn wrong<R: Endpoint<Auth = kind::ProviderAccessToken>>(client: &Client, request: R) {
//!     let _ = client.send(request); // error: this call cannot be sent by a `Client`
//! }
//! ```
//!
//! ```
//! # use wecom::{Endpoint, Provider, token::kind};
//! fn right<R: Endpoint<Auth = kind::ProviderAccessToken>>(provider: &Provider, request: R) {
//!     let _ = provider.send(request);
//! }
//! ```

use crate::endpoint::TokenKind;

mod sealed {
    pub trait Sealed {}
}

/// A kind of token.
pub trait Kind: sealed::Sealed + Send + Sync + 'static {
    /// The same as a value.
    const KIND: TokenKind;
}

/// `Self` is a kind of token that the client `C` has. Implemented beside each client.
#[diagnostic::on_unimplemented(
    message = "this call cannot be sent by a `{C}`: it needs `{Self}`",
    note = "access tokens: `Client`; suite: `Suite`; provider: `Provider`; webhook key: `Webhook`; hardware: `HardwareDevice`, `HardwareModel`"
)]
pub trait SentBy<C>: Kind {}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;
        impl sealed::Sealed for $name {}
        impl Kind for $name {
            const KIND: TokenKind = TokenKind::$name;
        }
    )*};
}

kinds! {
    /// A corp's application: `access_token`.
    AccessToken;
    /// A third-party application as such: `suite_access_token`.
    SuiteAccessToken;
    /// A service provider: `provider_access_token`.
    ProviderAccessToken;
    /// A piece of hardware bound to a corp: `device_access_token`.
    DeviceAccessToken;
    /// A model of hardware: `model_access_token`.
    ModelAccessToken;
    /// A group robot: `key`.
    Key;
    /// No token at all: any client can send it.
    NoToken;
}
