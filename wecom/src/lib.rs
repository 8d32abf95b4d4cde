//! Typed client for WeCom (企业微信), generated from a published description of its server API.

#![warn(missing_docs)]

mod answer;
#[rustfmt::skip] // generated
mod api;
mod call;
#[cfg(feature = "callback")]
pub mod callback;
mod client;
mod endpoint;
mod error;
mod file;
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

// The modules, each by name behind its feature, so that rustc says which feature a missing one needs.
include!("api/exports.rs");

pub use call::{Call, CallFuture, Full};
pub use client::{
    Client, ClientBuilder, Device, Model, ModelBuilder, Provider, ProviderBuilder, Raw, Suite, SuiteBuilder,
    Webhook, WebhookBuilder,
};
pub use endpoint::{Endpoint, Info, Method, Paged, Payload, Per, Rate, Response, Scope, TokenKind};
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
#[doc(inline)]
pub use wire::{OneOf, Takes};
