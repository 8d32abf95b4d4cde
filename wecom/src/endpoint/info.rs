//! What is documented about an endpoint, as plain values.

use std::borrow::Cow;
use std::fmt;

/// An HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// GET: parameters in the URL.
    Get,
    /// POST: a body, mostly JSON.
    Post,
}

impl Method {
    /// `GET` or `POST`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// A kind of token, as a value. The types of [`token::kind`](crate::token::kind) are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenKind {
    /// `access_token` of a corp's application.
    AccessToken,
    /// `suite_access_token` of a third-party application.
    SuiteAccessToken,
    /// `provider_access_token` of a service provider.
    ProviderAccessToken,
    /// `device_access_token` of a piece of hardware.
    DeviceAccessToken,
    /// `model_access_token` of a hardware model.
    ModelAccessToken,
    /// `key` of a group robot.
    Key,
    /// None.
    NoToken,
}

impl TokenKind {
    /// The URL parameter that carries it; empty for none.
    #[must_use]
    pub const fn parameter(self) -> &'static str {
        match self {
            Self::AccessToken => "access_token",
            Self::SuiteAccessToken => "suite_access_token",
            Self::ProviderAccessToken => "provider_access_token",
            Self::DeviceAccessToken => "device_access_token",
            Self::ModelAccessToken => "model_access_token",
            Self::Key => "key",
            Self::NoToken => "",
        }
    }
}

impl fmt::Display for TokenKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.parameter())
    }
}

/// What the documentation says about an endpoint.
///
/// ```
/// use wecom::{EndpointInfo, Method, Rate, RatePeriod, RateScope, TokenKind};
///
/// const INFO: EndpointInfo = EndpointInfo::new(Method::Post, "/cgi-bin/new/thing", TokenKind::AccessToken)
///     .repeat(true)
///     .rate(&[Rate::new(100, RatePeriod::Minute, RateScope::App)]);
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct EndpointInfo {
    /// `/cgi-bin/message/send`; a fixed query where one path serves several functions.
    pub path: &'static str,
    /// GET or POST.
    pub method: Method,
    /// The token that it needs.
    pub auth: TokenKind,
    /// Its Chinese title.
    pub title: &'static str,
    /// The number in the page's address, `https://developer.work.weixin.qq.com/document/path/<page>`; 0 for none.
    pub page: u32,
    /// Whether repeating a call whose answer was lost is harmless.
    pub repeat: bool,
    /// Documented limits of calls.
    pub rate: &'static [Rate],
    /// Who may call it.
    pub modes: &'static [Mode],
    /// The feature of this crate that has it.
    pub feature: &'static str,
}

/// The feature of a generated module: the segment after `wecom::api`.
#[doc(hidden)]
#[must_use]
pub const fn feature(module: &'static str) -> &'static str {
    let (mut text, mut passed) = (module, 0);
    while passed < 2 {
        match colons(text) {
            Some(at) => text = text.split_at(at + 2).1,
            None => return text,
        }
        passed += 1;
    }
    match colons(text) {
        Some(at) => text.split_at(at).0,
        None => text,
    }
}

/// Where the first `::` is.
const fn colons(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at + 1 < bytes.len() {
        if bytes[at] == b':' && bytes[at + 1] == b':' {
            return Some(at);
        }
        at += 1;
    }
    None
}

#[cfg(test)]
#[test]
fn features_of_modules() {
    for (module, expected) in [
        ("wecom::api::department::tables", "department"),
        ("wecom::api::wedoc::smartsheet::tables", "wedoc"),
        ("wecom::api::media", "media"),
        ("elsewhere", "elsewhere"),
    ] {
        assert_eq!(feature(module), expected, "{module}");
    }
}

/// Who may call an endpoint: the ways in which an application comes to a corp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// 企业内部开发: the corp's own application.
    Internal,
    /// 第三方应用开发: an application of a provider, for all corps that install it.
    ThirdParty,
    /// 服务商代开发: an application that a provider builds for one corp.
    Provider,
    /// 智慧硬件开发: a device.
    Hardware,
}

impl EndpointInfo {
    /// An endpoint that this crate does not have: without title and page, its calls not repeated when the answer was lost, and
    /// without limits of calls.
    #[must_use]
    pub const fn new(method: Method, path: &'static str, auth: TokenKind) -> Self {
        Self { path, method, auth, title: "", page: 0, repeat: false, rate: &[], modes: &[], feature: "" }
    }

    /// Its Chinese title, and the number in its page's address.
    #[must_use]
    pub const fn page(mut self, page: u32, title: &'static str) -> Self {
        self.page = page;
        self.title = title;
        self
    }

    /// Whether repeating a call whose answer was lost is harmless.
    #[must_use]
    pub const fn repeat(mut self, repeat: bool) -> Self {
        self.repeat = repeat;
        self
    }

    /// Limits of calls, for [`Limits`](crate::Limits) to keep.
    #[must_use]
    pub const fn rate(mut self, rate: &'static [Rate]) -> Self {
        self.rate = rate;
        self
    }
}

/// A documented limit of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rate {
    /// So many calls,
    pub calls: u32,
    /// in this time,
    pub per: RatePeriod,
    /// counted for each of these.
    pub scope: RateScope,
}

impl Rate {
    /// So many calls in this time, for each of these.
    #[must_use]
    pub const fn new(calls: u32, per: RatePeriod, scope: RateScope) -> Self {
        Self { calls, per, scope }
    }
}

/// The time over which calls are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say all")]
#[non_exhaustive]
pub enum RatePeriod {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
}

/// For whom calls are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say all")]
#[non_exhaustive]
pub enum RateScope {
    Corp,
    App,
    Member,
    Ip,
    Provider,
    Suite,
    ExternalUser,
    Group,
    Robot,
    AgentMember,
    Api,
}

/// The part of [`EndpointInfo`] that sending needs.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub struct Target {
    pub path: Cow<'static, str>,
    pub method: Method,
    pub auth: TokenKind,
    pub repeat: bool,
    pub rate: &'static [Rate],
}
