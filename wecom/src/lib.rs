//! Typed client for the server API of WeCom (企业微信, WeChat Work), generated from a published description of it.
//!
//! The package is `wecom-client`, the library `wecom`; calls are made within a tokio runtime. Every endpoint is a method, what it requires
//! are arguments, what it allows are setters; a search for a path (`/cgi-bin/message/send`) or a Chinese title (发送应用消息) finds it.
//!
//! ```no_run
//! # #[cfg(feature = "message")] mod example {
//! use wecom::{Client, message::Text};
//! # async fn run() -> Result<(), wecom::Error> {
//! // From the admin console: 我的企业 › 企业 ID;
//! // 应用管理 › the app › Secret and AgentId.
//! let client = Client::builder("ww0123456789abcdef", "the app's secret");
//! let client = client.agent(1000002).build()?;
//! let sent = client.message().send(Text::new("你好")).touser(["zhangsan"]).await?;
//! println!("sent as {}; not known: {:?}", sent.msgid, sent.invaliduser);
//! # Ok(()) }
//! # }
//! ```
//!
//! A [`Client`] is cheap to clone and made once: it keeps connections and the token, which is fetched when it is needed, renewed before it
//! expires, and fetched once however many tasks ask. Who else calls: [`Suite`] (third-party apps), [`Provider`], [`Webhook`] (group robots),
//! [`HardwareModel`] and [`HardwareDevice`]. The kind of token is part of a call's type: the wrong client does not compile.
//!
//! # Errors
//! [`Error`] has a predicate for what a program decides on; its text names code, meaning, advice and endpoint, never a secret.
//!
//! ```
//! # #[cfg(feature = "user")]
//! # async fn run(client: wecom::Client) {
//! match client.user().get("nobody").await {
//!     Ok(member) => println!("{}", member.userid),
//!     Err(error) if error.is_not_found() => println!("no such member"),
//!     Err(error) if error.is_answer_lost() => println!("maybe done: {error}"),
//!     Err(error) => println!("{error}"),
//! }
//! # }
//! ```
//!
//! # Retries and limits
//! Busy answers are repeated with backoff ([`RetryPolicy`]); what sends or creates is not repeated when its answer was lost, unless
//! [`Call::repeat`] says so. A call takes 67 seconds at the most unless [`Call::timeout`] or the builder says otherwise. [`Limits`] keep to the
//! documented limits of calls. Wrong secrets are not tried again and again.
//!
//! # Pages
//! Lists that come in pages are streams: [`Call::pages`] page by page, [`Call::items`] element by element.
//! ```no_run
//! # #[cfg(feature = "user")]
//! # async fn run(client: wecom::Client) -> Result<(), wecom::Error> {
//! let mut members = client.user().list_id().items();
//! while let Some(member) = members.next().await {
//!     println!("{:?}", member?.userid);
//! }
//! # Ok(()) }
//! ```
//!
//! # Files
//! Uploads take a [`MediaFile`] from bytes, a path or a stream; downloads are a [`Download`], which is saved or read by chunks.
//!
//! ```no_run
//! # #[cfg(feature = "media")]
//! # async fn run(client: wecom::Client) -> Result<(), wecom::Error> {
//! use wecom::{MediaFile, media::MediaType};
//! let report = MediaFile::from_path("report.pdf");
//! let uploaded = client.media().upload(MediaType::File, report).await?;
//! client.media().get(uploaded.media_id).await?.save("copy.pdf").await?;
//! # Ok(()) }
//! ```
//!
//! # Tokens for several machines
//! Processes of one machine share tokens in a folder (`token::FileStore`, feature `file-store`), machines in a Redis (`token::RedisStore`,
//! feature `redis`): `.store(…)` on any builder. A store of your own is a [`TokenStore`]; tokens that a service of yours hands out are a
//! [`TokenSource`](token::TokenSource), for [`Client::builder_with_tokens`].
//!
//! # Callbacks
//! What WeCom pushes is verified, decrypted and read as an event's type by the module `callback` (feature `callback`); with the feature `axum`
//! that is a route. An event that this version does not know keeps all that came. Robots that connect by themselves are in `robot`.
//!
//! # Testing
//! [`wecom-sandbox`](https://docs.rs/wecom-sandbox) is a server that behaves as WeCom's does, as far as that is documented: give its
//! `base_url()` to a builder; it injects faults and pushes events. Unit tests need no server: [`exchange::stub`] answers with a closure. For
//! tests of errors set [`RetryPolicy::never`] or short delays, since a busy answer is otherwise waited for.
//!
//! # Extending
//! What exchanges an HTTP request for its answer can be replaced or wrapped: [`exchange`]. [`endpoints`] lists all endpoints with their limits
//! and modes; `client.checked(path, &json)` (feature `describe`) makes a call by path after it has checked it. Jobs are waited for with
//! `poll_until_done()`: [`jobs`]. Spans carry OpenTelemetry's names, and the feature `metrics` counts: [`Transport`].
//!
//! # Modules
//! Each module of the API is a cargo feature, named like the first segment of its paths, and nests as paths do:
//! `/cgi-bin/wedoc/smartsheet/add_records` is `client.wedoc().smartsheet().add_records(…)`, its request `wedoc::smartsheet::AddRecords`.
//! "No method named `wedoc` found for struct `Client`" means that the feature `wedoc` is off.
//! Names are those of the paths, not of the menus: `wecom::auth` is who signs in and two-factor verification (二次验证), `wecom::oa` holds
//! approvals and calendars, `wecom::corp` an older interface for approval data. Types are used with their module in front
//! (`message::Send`): a glob import such as `use wecom::message::*` hides `std::marker::Send` in that file.
//!
//! `default` is `message`, `media` and `rustls`; `full` is everything but the other two ways of TLS. Beside the modules:
//! `callback`, `axum`, `robot`, `file-store`, `redis` (with `redis-cluster`, `redis-sentinel`, `redis-tls`), `jssdk` (signatures for web pages),
//! `links` (URLs of OAuth, login and installation), `describe`, `metrics`, `socks` (proxies of that kind). TLS is `rustls`,
//! `rustls-no-provider` (the program installs rustls's cryptography) or `native-tls` (the system's library); none is needed with a
//! `reqwest::Client` of your own. On `wasm32-unknown-unknown` all but calls works: tokio has neither clock nor sockets there.
//!
#![doc = include_str!("api/modules.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(missing_docs, missing_debug_implementations)]

mod answer;
#[rustfmt::skip] // generated
mod api;
mod blemish;
mod call;
#[cfg(feature = "callback")]
pub mod callback;
mod client;
#[cfg(feature = "describe")]
pub mod describe;
mod endpoint;
mod endpoints;
mod error;
pub mod exchange;
mod file;
#[cfg(not(wecom_imported))]
pub mod jobs;
#[cfg(feature = "jssdk")]
pub mod jssdk;
mod limit;
#[cfg(feature = "links")]
pub mod links;
mod pages;
mod raw;
mod retry;
#[cfg(feature = "robot")]
pub mod robot;
mod scrub;
pub mod token;
mod transport;
mod value;
#[doc(hidden)]
pub mod wire;

// The modules, each by name behind its feature, so that rustc says which feature a missing one needs.
include!("api/exports.rs");

pub use call::{Call, CallFuture, FullAnswer};
#[cfg(all(feature = "service", not(wecom_imported)))]
pub use client::Installed;
pub use client::{
    Client, ClientBuilder, HardwareDevice, HardwareModel, HardwareModelBuilder, Provider, ProviderBuilder,
    Suite, SuiteBuilder, Webhook, WebhookBuilder,
};
pub use endpoint::{
    Endpoint, EndpointInfo, Method, Mode, Paged, Payload, Rate, RatePeriod, RateScope, Response, TokenKind,
};
pub use endpoints::endpoints;
pub use error::{
    ApiError, ConfigError, DecodeError, Error, ErrorClass, ErrorCode, HttpError, LimitError, Result,
    TokenError, TransportError, TransportKind,
};
pub use file::{Download, MediaFile};
pub use limit::Limits;
pub use pages::{Items, Pages};
pub use raw::RawRequest;
pub use retry::RetryPolicy;
pub use token::TokenStore;
pub use transport::{Stats, Transport, TransportBuilder};
pub use value::{Base64, Secret, Timestamp, TimestampMillis, UnknownVariant};
#[doc(inline)]
pub use wire::{OneOf, Takes};
