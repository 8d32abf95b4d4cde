//! URLs to send a browser to (feature `links`): signing in within WeCom, signing in by QR code, installing a third-party
//! application, registering a corp.
//!
//! ```
//! # fn main() -> Result<(), wecom::Error> {
//! use wecom::links::{Authorize, Install, Login, Register};
//!
//! // A page opened within WeCom that wants to know who opened it.
//! let url = Authorize::corp("ww0123456789abcdef", "https://app.example.com/back").agent(1000002).state("a1").url()?;
//! assert!(url.ends_with("&response_type=code&scope=snsapi_base&state=a1&agentid=1000002#wechat_redirect"));
//!
//! // A web page's "sign in with WeCom".
//! let url = Login::corp("ww0123456789abcdef", 1000002, "https://app.example.com/back").state("a1").url()?;
//!
//! // Third-party applications.
//! let url = Authorize::suite("ww-suite", "https://app.example.com/back").url()?;
//! let url = Login::provider("ww-login-suite", "https://app.example.com/back").url()?;
//! let url = Install::new("ww-suite", "pre-auth-code", "https://app.example.com/installed").state("a1").url()?;
//! let url = Register::new("register-code").url()?;
//! # Ok(()) }
//! ```
//!
//! All come back to the redirection's URL with `code` (or `auth_code`) and `state`: check that `state` is one that was
//! given out to this very browser, or others can sign people in as themselves.

use std::fmt::{self, Write as _};

use reqwest::Url;

use crate::blemish::{blemish, clean};
use crate::error::Error;
use crate::value::Secret;

/// The longest `state` that comes back whole, in bytes.
const STATE: usize = 128;

/// 网页授权: a page opened within WeCom learns who opened it. The code that comes back is good for five minutes and one use.
///
/// Corps: <https://developer.work.weixin.qq.com/document/path/91022>; third-party applications:
/// <https://developer.work.weixin.qq.com/document/path/91120>.
#[derive(Debug, Clone)]
#[must_use = "the link is made by `url`"]
pub struct Authorize {
    id: String,
    redirect: String,
    suite: bool,
    agent: Option<i64>,
    private: bool,
    state: String,
}

impl Authorize {
    /// For a corp's own application, one that a provider builds for it (代开发), or the school contacts (家校沟通). The
    /// host of `redirect_uri` must be a trusted one of the application.
    pub fn corp(corp_id: impl Into<String>, redirect_uri: impl Into<String>) -> Self {
        let (id, redirect) = (corp_id.into(), redirect_uri.into());
        Self { id, redirect, suite: false, agent: None, private: false, state: String::new() }
    }

    /// For a third-party application: one link for all corps.
    pub fn suite(suite_id: impl Into<String>, redirect_uri: impl Into<String>) -> Self {
        Self { suite: true, ..Self::corp(suite_id, redirect_uri) }
    }

    /// The application's id. Always of use in a corp's link: it also activates the interface licence of third-party and
    /// provider-built applications. Not part of a suite's link.
    pub fn agent(mut self, agent: i64) -> Self {
        self.agent = Some(agent);
        self
    }

    /// Asks the member for details too: picture, QR code and the like (`snsapi_privateinfo`). Needs
    /// [`agent`](Self::agent) in a corp's link, and the member must be in the application's visible range.
    pub fn private_info(mut self) -> Self {
        self.private = true;
        self
    }

    /// Comes back unchanged. Letters and digits, 128 at most.
    pub fn state(mut self, state: impl Into<String>) -> Self {
        self.state = state.into();
        self
    }

    /// The link.
    ///
    /// # Errors
    /// [`Error::Config`] when the id is empty, `redirect_uri` is no URL of a page, `state` cannot be sent, or details are
    /// asked for without [`agent`](Self::agent), which WeCom would silently not give.
    pub fn url(&self) -> Result<String, Error> {
        if self.private && !self.suite && self.agent.is_none() {
            return Err(Error::config("private_info needs the application's id: add `.agent(…)`"));
        }
        if self.suite && self.agent.is_some() {
            return Err(Error::config("a suite's link has no application id: leave `.agent(…)` out"));
        }
        let scope = if self.private { "snsapi_privateinfo" } else { "snsapi_base" };
        let mut link = Link::new("https://open.weixin.qq.com/connect/oauth2/authorize");
        link.id("appid", &self.id)?.redirect(&self.redirect)?;
        link.add("response_type", "code").add("scope", scope).plain_state(&self.state)?;
        if let Some(agent) = self.agent {
            link.add("agentid", &agent.to_string());
        }
        Ok(link.0 + "#wechat_redirect")
    }
}

/// The language of a sign-in page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// `zh`
    Chinese,
    /// `en`
    English,
}

/// 企业微信Web登录: a web page's visitor signs in with a QR code, or with the desktop client at a click.
///
/// <https://developer.work.weixin.qq.com/document/path/98152>
#[derive(Debug, Clone)]
#[must_use = "the link is made by `url`"]
pub struct Login {
    id: String,
    agent: Option<i64>,
    redirect: String,
    state: String,
    language: Option<Language>,
}

impl Login {
    /// For members of one corp, through its own application or one that a provider builds for it. The host of
    /// `redirect_uri` must be set as a trusted one of the application.
    pub fn corp(corp_id: impl Into<String>, agent: i64, redirect_uri: impl Into<String>) -> Self {
        Self { agent: Some(agent), ..Self::provider(corp_id, redirect_uri) }
    }

    /// For members of any corp, through a provider: the suite id of 登录授权, whose trusted host is that of `redirect_uri`.
    pub fn provider(login_suite_id: impl Into<String>, redirect_uri: impl Into<String>) -> Self {
        let (id, redirect) = (login_suite_id.into(), redirect_uri.into());
        Self { id, agent: None, redirect, state: String::new(), language: None }
    }

    /// Comes back unchanged. Letters and digits, 128 at most.
    pub fn state(mut self, state: impl Into<String>) -> Self {
        self.state = state.into();
        self
    }

    /// The page's language; the browser's unless set.
    pub fn language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// The link.
    ///
    /// # Errors
    /// [`Error::Config`] when the id is empty, `redirect_uri` is no URL of a page, or `state` cannot be sent.
    pub fn url(&self) -> Result<String, Error> {
        let kind = if self.agent.is_some() { "CorpApp" } else { "ServiceApp" };
        let mut link = Link::new("https://login.work.weixin.qq.com/wwlogin/sso/login");
        link.add("login_type", kind).id("appid", &self.id)?;
        if let Some(agent) = self.agent {
            link.add("agentid", &agent.to_string());
        }
        link.redirect(&self.redirect)?.plain_state(&self.state)?;
        match self.language {
            Some(Language::Chinese) => drop(link.add("lang", "zh")),
            Some(Language::English) => drop(link.add("lang", "en")),
            None => {}
        }
        Ok(link.0)
    }
}

/// 从服务商网站发起授权: a corp's administrator installs a third-party application from the provider's site. `auth_code`
/// comes back, good for ten minutes.
///
/// <https://developer.work.weixin.qq.com/document/path/90597>
#[derive(Debug, Clone)]
#[must_use = "the link is made by `url`"]
pub struct Install {
    suite_id: String,
    pre_auth_code: Secret,
    redirect: String,
    state: String,
}

impl Install {
    /// With a fresh code of `/cgi-bin/service/get_pre_auth_code`.
    pub fn new(
        suite_id: impl Into<String>,
        pre_auth_code: impl Into<Secret>,
        redirect_uri: impl Into<String>,
    ) -> Self {
        let (suite_id, pre_auth_code) = (suite_id.into(), pre_auth_code.into());
        Self { suite_id, pre_auth_code, redirect: redirect_uri.into(), state: String::new() }
    }

    /// Comes back unchanged. Letters and digits, 128 at most.
    pub fn state(mut self, state: impl Into<String>) -> Self {
        self.state = state.into();
        self
    }

    /// The link. It holds the code: it is for the administrator's browser alone.
    ///
    /// # Errors
    /// [`Error::Config`] when suite id or code are empty, `redirect_uri` is no URL of a page, or `state` cannot be sent.
    pub fn url(&self) -> Result<String, Error> {
        let mut link = Link::new("https://open.work.weixin.qq.com/3rdapp/install");
        link.id("suite_id", &self.suite_id)?.id("pre_auth_code", self.pre_auth_code.expose())?;
        link.redirect(&self.redirect)?.plain_state(&self.state)?;
        Ok(link.0)
    }
}

/// 推广二维码的注册链接: a corp that is new to WeCom registers, and has the provider's applications installed.
///
/// <https://developer.work.weixin.qq.com/document/path/90578>
#[derive(Debug, Clone)]
#[must_use = "the link is made by `url`"]
pub struct Register {
    register_code: Secret,
}

impl Register {
    /// With a fresh code of `/cgi-bin/service/get_register_code`.
    pub fn new(register_code: impl Into<Secret>) -> Self {
        Self { register_code: register_code.into() }
    }

    /// The link.
    ///
    /// # Errors
    /// [`Error::Config`] when the code is empty.
    pub fn url(&self) -> Result<String, Error> {
        let mut link = Link::new("https://open.work.weixin.qq.com/3rdservice/wework/register");
        link.id("register_code", self.register_code.expose())?;
        Ok(link.0)
    }
}

/// A URL that grows.
struct Link(String);

impl Link {
    fn new(base: &str) -> Self {
        Self(base.to_owned())
    }

    fn add(&mut self, name: &str, value: &str) -> &mut Self {
        self.0.push(if self.0.contains('?') { '&' } else { '?' });
        // A string takes whatever is written to it.
        let _ = write!(self.0, "{name}={}", Escaped(value));
        self
    }

    fn id(&mut self, name: &str, value: &str) -> Result<&mut Self, Error> {
        clean(&format!("link's {name}"), value)?;
        Ok(self.add(name, value))
    }

    fn redirect(&mut self, uri: &str) -> Result<&mut Self, Error> {
        let wrong = |why: &str| Error::config(format!("redirect_uri must be a page's whole URL: {why}"));
        if let Some(what) = blemish(uri) {
            return Err(wrong(&format!("it {what}")));
        }
        let url = Url::parse(uri).map_err(|error| wrong(&error.to_string()))?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(wrong("neither https nor http"));
        }
        // As it was given: the hosts that are trusted are compared with it as text.
        Ok(self.add("redirect_uri", uri))
    }

    fn plain_state(&mut self, state: &str) -> Result<&mut Self, Error> {
        if state.len() > STATE || !state.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(Error::config("state must be letters and digits, 128 at most"));
        }
        Ok(if state.is_empty() { self } else { self.add("state", state) })
    }
}

/// Everything but what RFC 3986 calls unreserved as `%XX`; a blank too, since a `+` would not come back as one.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    f.write_char(char::from(byte))?;
                }
                _ => write!(f, "%{byte:02X}")?,
            }
        }
        Ok(())
    }
}
