//! Typed client for WeCom (企业微信), generated from a published description of its server API.

#![warn(missing_docs)]

mod answer;
#[rustfmt::skip] // generated
mod api;
mod call;
#[cfg(feature = "callback")]
pub mod callback;
mod client;
#[cfg(feature = "describe")]
pub mod describe;
mod endpoint;
mod error;
pub mod exchange;
mod file;
pub mod jobs;
#[cfg(feature = "jssdk")]
pub mod jssdk;
mod limit;
#[cfg(feature = "links")]
pub mod links;
mod pages;
mod retry;
#[cfg(feature = "robot")]
pub mod robot;
pub mod token;
mod transport;
mod value;
#[doc(hidden)]
pub mod wire;

#[allow(unused_imports, unreachable_pub)] // without any module's feature
pub use api::*;
pub use call::{Call, CallFuture, Full};
#[cfg(feature = "service")]
pub use client::Installed;
pub use client::{
    Client, ClientBuilder, Device, Model, ModelBuilder, Provider, ProviderBuilder, Raw, Suite, SuiteBuilder,
    Webhook, WebhookBuilder,
};
pub use endpoint::{Endpoint, Info, Method, Mode, Paged, Payload, Per, Rate, Response, Scope, TokenKind, endpoints};
pub use error::{
    ApiError, DecodeError, Entry, Error, ErrorClass, HttpError, Result, TokenError, TransportError,
    TransportKind, lookup,
};
pub use file::{Download, MediaFile};
pub use limit::{LimitError, Limits};
pub use pages::{Items, Pages};
pub use retry::RetryPolicy;
pub use token::TokenStore;
pub use transport::{Stats, Transport, TransportBuilder};
pub use value::{Base64, Millis, Secret, Timestamp, UnknownVariant};
