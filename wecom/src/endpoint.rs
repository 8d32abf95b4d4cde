//! What ties a request type to its path, token and answer.

use std::borrow::Cow;
use std::fmt;
use std::hash::Hash;

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use crate::answer::Answer;
use crate::error::Error;
use crate::file::MediaFile;
use crate::token::kind;
use crate::wire::Record;
use crate::wire::{self, As};

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

/// All endpoints of the enabled features, by feature; each with its path, title, token, limits and modes.
///
/// ```
/// for endpoint in wecom::endpoints().filter(|endpoint| endpoint.modes.contains(&wecom::Mode::ThirdParty)) {
///     println!("{:?} {}: {}", endpoint.method, endpoint.path, endpoint.title);
/// }
/// ```
pub fn endpoints() -> impl Iterator<Item = &'static EndpointInfo> {
    crate::api::endpoints::ALL.iter().flat_map(|of_feature| of_feature.iter().copied())
}

/// The feature of a generated module: the segment behind `wecom::api`.
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

/// A request: what is sent, where to, and what comes back.
pub trait Endpoint: Clone + Send + Sync + 'static {
    /// The token it needs, a type of [`token::kind`](crate::token::kind): decides which client can send it.
    type Auth: kind::Kind;
    /// What a successful call gives.
    type Response: Response;
    /// Path, method and what else is fixed.
    const INFO: &'static EndpointInfo;

    /// The request as it goes over the wire.
    ///
    /// # Errors
    /// When a field cannot be written as JSON, which no generated type has.
    fn encode(&self) -> Result<Payload, wire::Error>;

    #[doc(hidden)]
    fn target(&self) -> Target {
        let EndpointInfo { path, method, auth, repeat, rate, .. } = *Self::INFO;
        Target { path: Cow::Borrowed(path), method, auth, repeat, rate }
    }
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

/// An endpoint whose answers come in pages: [`Call::pages`](crate::Call::pages) and [`Call::items`](crate::Call::items) make
/// streams of it.
pub trait Paged: Endpoint {
    /// One element of the paged list.
    type Item: Send + 'static;
    /// A position: mostly a text that the server gives, for some endpoints a number.
    type Cursor: Clone + Eq + Hash + Send + Unpin + 'static;

    /// Asks for the page at this position.
    fn set_cursor(&mut self, cursor: Self::Cursor);
    /// The position of the page after this answer to this request; `None` at the end.
    fn next(&self, response: &Self::Response) -> Option<Self::Cursor>;
    /// The elements of a page.
    fn items(response: Self::Response) -> Vec<Self::Item>;
}

/// What a successful call gives: mostly a record read from JSON, for some endpoints a [`Download`](crate::Download).
///
/// Sealed: how an answer is read may change. The answers of this crate have it, and so have [`Value`] and `()`, which an
/// [`Endpoint`] of your own may use.
///
/// ```compile_fail
/// struct Mine;
/// impl wecom::Response for Mine {} // error: a required method takes what has no public name
/// ```
pub trait Response: Sized + Send + 'static {
    /// Whether the body is handed over as it arrives.
    #[doc(hidden)]
    const STREAM: bool = false;

    #[doc(hidden)]
    fn from_answer(answer: Answer) -> Result<Self, Error>;
}

/// The answer as free JSON.
impl Response for Value {
    fn from_answer(answer: Answer) -> Result<Self, Error> {
        answer.value()
    }
}

/// Nothing but success.
impl Response for () {
    fn from_answer(answer: Answer) -> Result<Self, Error> {
        answer.success()
    }
}

/// A request as it goes over the wire.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Payload {
    pub(crate) query: Vec<(Cow<'static, str>, String)>,
    pub(crate) body: Body,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Body {
    #[default]
    None,
    Json(Bytes),
    Form(Form),
}

/// A multipart form with one file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Form {
    pub(crate) part: &'static str,
    pub(crate) file: MediaFile,
    pub(crate) fields: Vec<(&'static str, String)>,
}

impl Payload {
    pub(crate) fn is_upload(&self) -> bool {
        matches!(self.body, Body::Form(_))
    }

    /// Gives a JSON object a number under a name that it lacks.
    pub(crate) fn default_number(&mut self, name: &str, number: i64) {
        if let Body::Json(bytes) = &mut self.body
            && let Some(rest) = bytes.strip_prefix(b"{")
            && !crate::answer::keys(bytes).iter().any(|(key, _)| key == name)
        {
            let comma = if rest.trim_ascii_start().starts_with(b"}") { "" } else { "," };
            let mut with = format!("{{\"{name}\":{number}{comma}").into_bytes();
            with.extend_from_slice(rest);
            *bytes = with.into();
        }
    }

    /// No body.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The body `{}`.
    #[must_use]
    pub fn empty_json() -> Self {
        Self { body: Body::Json(Bytes::from_static(b"{}")), ..Self::default() }
    }

    /// A JSON body.
    ///
    /// # Errors
    /// When the value cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self, wire::Error> {
        Ok(Self { body: Body::Json(serde_json::to_vec(value)?.into()), ..Self::default() })
    }

    /// All fields of a record as URL parameters; those that are not set are left out.
    ///
    /// # Errors
    /// When a field is neither text, number nor boolean.
    pub fn query_of<T: Record + Serialize>(record: &T) -> Result<Self, wire::Error> {
        let Value::Object(mut fields) = serde_json::to_value(record)? else { return Ok(Self::none()) };
        let mut payload = Self::none();
        for name in T::FIELDS {
            if let Some(text) = fields.remove(*name).map(plain).transpose()?.flatten() {
                payload.query.push((Cow::Borrowed(name), text));
            }
        }
        Ok(payload)
    }

    /// A multipart form with one file.
    #[must_use]
    pub fn file(part: &'static str, file: &MediaFile) -> Self {
        let form = Form { part, file: file.clone(), fields: Vec::new() };
        Self { body: Body::Form(form), ..Self::default() }
    }

    /// Adds a URL parameter, unless it is not set.
    ///
    /// # Errors
    /// When the value is neither text, number nor boolean.
    pub fn query<T: Serialize>(mut self, name: &'static str, value: &T) -> Result<Self, wire::Error> {
        if let Some(text) = plain(serde_json::to_value(value)?)? {
            self.query.push((Cow::Borrowed(name), text));
        }
        Ok(self)
    }

    /// The same in the form `A`.
    ///
    /// # Errors
    /// As for `query`.
    pub fn query_as<A: As<T>, T>(self, name: &'static str, value: &T) -> Result<Self, wire::Error> {
        self.query(name, &wire::WriteAs::<A, T>::new(value))
    }

    /// Adds a field to a form, unless it is not set.
    ///
    /// # Errors
    /// When the value is neither text, number nor boolean, or this is no form.
    pub fn part<T: Serialize>(mut self, name: &'static str, value: &T) -> Result<Self, wire::Error> {
        let Body::Form(form) = &mut self.body else {
            return Err(serde::ser::Error::custom("only a form has parts: begin with `Payload::file`"));
        };
        if let Some(text) = plain(serde_json::to_value(value)?)? {
            form.fields.push((name, text));
        }
        Ok(self)
    }

    /// The same in the form `A`.
    ///
    /// # Errors
    /// As for `part`.
    pub fn part_as<A: As<T>, T>(self, name: &'static str, value: &T) -> Result<Self, wire::Error> {
        self.part(name, &wire::WriteAs::<A, T>::new(value))
    }
}

/// A value as the text of a parameter; `None` when there is none.
fn plain(value: Value) -> Result<Option<String>, wire::Error> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Bool(_) | Value::Number(_) => Ok(Some(value.to_string())),
        Value::Array(_) | Value::Object(_) => {
            Err(serde::ser::Error::custom("a parameter must be text, a number or a boolean"))
        }
    }
}
