use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::{Inner, OFFICIAL, Shards, Transport};
use crate::blemish::blemish;
#[cfg(not(target_family = "wasm"))]
use crate::blemish::clean;
use crate::error::Error;
use crate::exchange::{Exchange, Layer};
use crate::limit::{Limiter, Limits};
use crate::retry::{Budget, RetryPolicy};
use crate::token::{Clock, Keeper, MemoryStore, SystemClock, TokenStore};

/// Settings of a [`Transport`]. The builders of the clients have the same ones.
#[derive(Clone)]
pub struct TransportBuilder {
    base: String,
    exchange: Option<Arc<dyn Exchange>>,
    layers: Vec<Arc<dyn Layer>>,
    proxy: Option<String>,
    connect_timeout: Duration,
    timeout: Duration,
    call_timeout: Option<Duration>,
    max_answer: usize,
    headers: Vec<(String, String)>,
    retry: RetryPolicy,
    limits: Option<Limits>,
    store: Option<Arc<dyn TokenStore>>,
    clock: Arc<dyn Clock>,
}

/// Shows no secret: of the proxy nothing, of addresses the host, of headers the names.
impl fmt::Debug for TransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = Url::parse(&self.base).ok();
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("TransportBuilder")
            .field("host", &url.as_ref().and_then(Url::host_str))
            .field("own_exchange", &self.exchange.is_some())
            .field("layers", &self.layers.len())
            .field("own_proxy", &self.proxy.is_some())
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .field("call_timeout", &self.call_timeout)
            .field("max_answer", &self.max_answer)
            .field("headers", &headers)
            .field("retry", &self.retry)
            .field("limits", &self.limits)
            .field("own_store", &self.store.is_some())
            .finish_non_exhaustive()
    }
}

impl Default for TransportBuilder {
    fn default() -> Self {
        Self {
            base: OFFICIAL.to_owned(),
            exchange: None,
            layers: Vec::new(),
            proxy: None,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            call_timeout: None,
            max_answer: 64 * 1024 * 1024,
            headers: Vec::new(),
            retry: RetryPolicy::new(),
            limits: None,
            store: None,
            clock: Arc::new(SystemClock),
        }
    }
}

/// Writes the settings once for the transport's builder, and once more for each builder that passes them on.
macro_rules! settings {
    (each $apply:ident) => {
        $crate::transport::settings! { $apply
            /// Another server than `https://qyapi.weixin.qq.com`: a gateway of one's own, or a test server. May have a path.
            fn base_url(base_url: impl Into<String>);
            /// An HTTP client made elsewhere. Then the settings of proxy and connect timeout are that client's own;
            /// one that follows redirections may hand the token to another host.
            #[cfg(not(target_family = "wasm"))]
            fn http(http: reqwest::Client);
            /// Another way to exchange a request for its answer, in place of an HTTP client: see [`exchange`](crate::exchange).
            fn exchange(exchange: impl $crate::exchange::Exchange);
            /// Puts something around each exchange: a closure that is given what is beneath. The one that is set last is the outermost.
            fn wrap(layer: impl $crate::exchange::Layer);
            /// A proxy, `http://user:password@host:port` (or `https`, `socks5`, `socks5h`). Unless it is set, the
            /// environment's (`HTTPS_PROXY` and its kin) applies; a fixed address for
            /// [trusted IPs](https://developer.work.weixin.qq.com/document/path/90313) is what one is mostly for.
            fn proxy(proxy: impl Into<String>);
            /// How long connecting may take. 10 seconds unless set.
            fn connect_timeout(timeout: std::time::Duration);
            /// How long one attempt may take from sending to the last byte of the answer; for downloads up to their
            /// first byte and between two pieces, for uploads in addition to one second a 32 KiB. 30 seconds unless set.
            fn timeout(timeout: std::time::Duration);
            /// How long a call may take as a whole, waiting for a token and repetitions included. Unless set, twice the time
            /// of an attempt and the longest waits that the retry policy and the limits of calls allow: 67 seconds with the
            /// usual settings. Uploads then have no limit but that of each attempt.
            fn call_timeout(timeout: std::time::Duration);
            /// The largest answer that is taken into memory, in bytes. 64 MiB unless set.
            fn max_answer(bytes: usize);
            /// A header that every request carries.
            fn header(name: impl Into<String>, value: impl Into<String>);
            /// When calls are repeated.
            fn retry(policy: $crate::RetryPolicy);
            /// Keeps calls within the documented limits, waiting or refusing. Off unless set.
            fn limits(limits: $crate::Limits);
            /// Where tokens are kept; in memory unless set.
            fn store(store: impl $crate::token::TokenStore);
            /// The clock by which tokens expire; for tests.
            fn clock(clock: impl $crate::token::Clock);
        }
    };
    ($apply:ident $($(#[$doc:meta])* fn $name:ident($($arg:ident: $t:ty),*);)*) => {
        $($(#[$doc])*
        #[must_use]
        pub fn $name(self, $($arg: $t),*) -> Self {
            self.$apply(|transport| transport.$name($($arg),*))
        })*
    };
}
pub(crate) use settings;

impl TransportBuilder {
    /// Another server than `https://qyapi.weixin.qq.com`: a gateway of one's own, or a test server. May have a path.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base = base_url.into();
        self
    }

    /// A [`reqwest::Client`] (reqwest 0.13) made elsewhere. Then the settings of proxy and connect timeout are that client's own;
    /// one that follows redirections may hand the token to another host: `redirect(Policy::none())`.
    #[cfg(not(target_family = "wasm"))]
    #[must_use]
    pub fn http(self, http: reqwest::Client) -> Self {
        self.exchange(http)
    }

    /// Another way to exchange a request for its answer, in place of an HTTP client: see [`exchange`](crate::exchange).
    #[must_use]
    pub fn exchange(mut self, exchange: impl Exchange) -> Self {
        self.exchange = Some(Arc::new(exchange));
        self
    }

    /// Puts something around each exchange: a closure that is given what is beneath. The one that is set last is the outermost.
    #[must_use]
    pub fn wrap(mut self, layer: impl Layer) -> Self {
        self.layers.push(Arc::new(layer));
        self
    }

    /// A proxy, `http://user:password@host:port` (or `https`, `socks5`, `socks5h`). Unless it is set, the environment's
    /// (`HTTPS_PROXY` and its kin) applies.
    #[must_use]
    pub fn proxy(mut self, proxy: impl Into<String>) -> Self {
        self.proxy = Some(proxy.into());
        self
    }

    /// How long connecting may take. 10 seconds unless set.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long one attempt may take from sending to the last byte of the answer; for downloads up to their first byte
    /// and between two pieces, for uploads in addition to one second a 32 KiB. 30 seconds unless set.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long a call may take as a whole, waiting for a token and repetitions included. Unless set, twice the time of an attempt
    /// and the longest waits that the retry policy and the limits of calls allow: 67 seconds with the usual settings. Uploads then
    /// have no limit but that of each attempt.
    #[must_use]
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = Some(timeout);
        self
    }

    /// The largest answer that is taken into memory, in bytes. 64 MiB unless set.
    #[must_use]
    pub fn max_answer(mut self, bytes: usize) -> Self {
        self.max_answer = bytes;
        self
    }

    /// A header that every request carries.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// When calls are repeated.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Keeps calls within the documented limits, waiting or refusing. Off unless set.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Where tokens are kept; in memory unless set.
    #[must_use]
    pub fn store(mut self, store: impl TokenStore) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// The clock by which tokens expire; for tests.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The transport.
    ///
    /// # Errors
    /// [`Error::Config`] when the base URL, the proxy or a header cannot be used, or TLS cannot be set up.
    pub fn build(self) -> Result<Transport, Error> {
        let base = base(&self.base)?;
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let parsed =
                HeaderName::try_from(name.as_str()).ok().zip(HeaderValue::try_from(value.as_str()).ok());
            // The value may be a gateway's key: it is not repeated.
            let (name, mut value) =
                parsed.ok_or_else(|| Error::config(format!("the header {name:?} cannot be sent")))?;
            value.set_sensitive(true);
            headers.append(name, value);
        }
        let exchange = match self.exchange {
            Some(_) if self.proxy.is_some() => {
                return Err(Error::config(
                    "a proxy has no effect on an HTTP client made elsewhere: set it there",
                ));
            }
            Some(exchange) => exchange,
            // Before an attempt's own time is up: what is not connected by then has certainly not been sent.
            #[cfg(not(target_family = "wasm"))]
            None => {
                let connect = self.connect_timeout.min(self.timeout.mul_f64(0.95));
                Arc::new(http(&base, self.proxy.as_deref(), connect)?)
            }
            #[cfg(target_family = "wasm")]
            None => {
                return Err(Error::config(
                    "there is no HTTP client for this target: hand one over with `exchange`",
                ));
            }
        };
        let exchange = self.layers.iter().fold(exchange, |inner, layer| layer.wrap(inner));
        let budget = Budget::new(&self.retry);
        let limiter = self.limits.map(Limiter::new);
        let waits =
            limiter.as_ref().map_or(Duration::ZERO, Limiter::longest).saturating_add(self.retry.longest());
        let url = Url::parse(&base).map_err(|error| Error::config(format!("the base URL: {error}")))?;
        let server = server(&base);
        let store = self.store.unwrap_or_else(|| Arc::new(MemoryStore::new()));
        Ok(Transport(Arc::new(Inner {
            exchange,
            base: url,
            server,
            headers,
            timeout: self.timeout,
            call_timeout: self.call_timeout,
            usual_limit: self.timeout.saturating_mul(2).saturating_add(waits),
            max_answer: self.max_answer,
            retry: self.retry,
            budget,
            limiter,
            keeper: Keeper::new(base, store, self.clock),
            own: Shards::default(),
            told: Mutex::default(),
        })))
    }
}

fn base(text: &str) -> Result<String, Error> {
    let wrong = |why: &str| Error::config(format!("the base URL must be like {OFFICIAL}: {why}"));
    if let Some(what) = blemish(text) {
        return Err(wrong(&format!("it {what}")));
    }
    let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("neither http nor https"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("it has a query or a fragment"));
    }
    if url.path().trim_end_matches('/').ends_with("/cgi-bin") {
        return Err(wrong("leave out /cgi-bin, which every path begins with"));
    }
    if url.scheme() == "http" && OFFICIAL.strip_prefix("https://") == url.host_str() {
        return Err(wrong("secrets and tokens must not go over plain http"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it has a user name; use a header instead"));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Host and port of a base URL; the port where it is not the scheme's own.
fn server(base: &str) -> (String, Option<u16>) {
    let url = Url::parse(base).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    (host.trim_matches(['[', ']']).to_owned(), url.as_ref().and_then(Url::port))
}

#[cfg(not(target_family = "wasm"))]
fn is_loopback(base: &str) -> bool {
    let (host, _) = server(base);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What a client of our own cannot do as this crate was built; reqwest would panic, or say less.
#[cfg(not(target_family = "wasm"))]
fn lacks(proxy: Option<&str>) -> Option<&'static str> {
    #[cfg(all(feature = "rustls-no-provider", not(feature = "rustls"), not(feature = "native-tls")))]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        return Some(
            "no provider of cryptography is installed: call `install_default()` of one of rustls's providers at the program's start, or \
             enable the feature `rustls` of wecom-client",
        );
    }
    let is_socks = proxy.is_some_and(|proxy| proxy.trim_start().to_ascii_lowercase().starts_with("socks"));
    (is_socks && !cfg!(feature = "socks"))
        .then_some("a SOCKS proxy needs the feature `socks` of wecom-client")
}

#[cfg(not(target_family = "wasm"))]
pub(crate) fn http(
    base: &str,
    proxy: Option<&str>,
    connect_timeout: Duration,
) -> Result<reqwest::Client, Error> {
    if let Some(what) = lacks(proxy) {
        return Err(Error::config(what));
    }
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("wecom-rs/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(connect_timeout)
        // No read timeout: it would count the time of an upload. Attempts and downloads have limits of their own.
        .referer(false)
        // The API never redirects; what does is a login page, and it shall not see the token.
        .redirect(reqwest::redirect::Policy::none());
    if let Some(proxy) = proxy {
        clean("proxy's URL", proxy)?;
        // reqwest's own message may repeat the proxy's password.
        let proxy =
            reqwest::Proxy::all(proxy).map_err(|_| Error::config("the proxy's URL cannot be used"))?;
        builder = builder.proxy(proxy);
    } else if is_loopback(base) {
        // The environment's proxy cannot reach this machine's own address.
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| Error::config(format!("no HTTP client: {}", error.without_url())))
}
