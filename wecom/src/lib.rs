//! Typed client for WeCom (企业微信), generated from a published description of its server API.

#![warn(missing_docs, missing_debug_implementations)]

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
pub use call::{Call, CallFuture, FullAnswer};
#[cfg(feature = "service")]
pub use client::Installed;
pub use client::{
    Client, ClientBuilder, HardwareDevice, HardwareModel, HardwareModelBuilder, Provider, ProviderBuilder,
    RawRequest, Suite, SuiteBuilder, Webhook, WebhookBuilder,
};
pub use endpoint::{
    Endpoint, EndpointInfo, Method, Mode, Paged, Payload, Rate, RatePeriod, RateScope, Response, TokenKind,
    endpoints,
};
pub use error::{
    ApiError, ConfigError, DecodeError, Error, ErrorClass, ErrorCode, HttpError, Result, TokenError,
    TransportError, TransportKind,
};
pub use file::{Download, MediaFile};
pub use limit::{LimitError, Limits};
pub use pages::{Items, Pages};
pub use retry::RetryPolicy;
pub use token::TokenStore;
pub use transport::{Stats, Transport, TransportBuilder};
pub use value::{Base64, Secret, Timestamp, TimestampMillis, UnknownVariant};
