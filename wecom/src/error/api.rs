use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;

use super::code::{ErrorClass, ErrorCode};
use crate::value::Secret;
use crate::wire;

/// Characters of `errmsg` that are shown. A hint and an address are within the first few hundred.
const SHOWN: usize = 500;

/// The server refused a call: `errcode` is not 0.
#[derive(Clone)]
pub struct ApiError(Box<Refusal>);

#[derive(Clone)]
pub(crate) struct Refusal {
    pub(crate) endpoint: Cow<'static, str>,
    code: i64,
    pub(crate) errmsg: String,
    entry: Option<&'static ErrorCode>,
    pub(crate) body: Bytes,
    /// What no error about the body may show.
    pub(crate) secrets: Vec<Secret>,
    /// Whether an earlier attempt's answer was lost.
    after_lost: bool,
}

impl ApiError {
    pub(crate) fn new(endpoint: Cow<'static, str>, code: i64, errmsg: String, body: Bytes) -> Self {
        Self(Box::new(Refusal {
            endpoint,
            code,
            errmsg,
            entry: ErrorCode::lookup(code),
            body,
            secrets: vec![],
            after_lost: false,
        }))
    }

    pub(crate) fn without(mut self, secrets: Vec<Secret>) -> Self {
        self.0.secrets = secrets;
        self
    }

    pub(crate) fn parts(&self) -> &Refusal {
        &self.0
    }

    pub(crate) fn after_lost(mut self) -> Self {
        self.0.after_lost = true;
        self
    }

    pub(crate) fn is_after_lost(&self) -> bool {
        self.0.after_lost
    }

    /// The path of the call, without query.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.0.endpoint
    }

    /// `errcode`, see <https://developer.work.weixin.qq.com/document/path/90313>.
    #[must_use]
    pub fn code(&self) -> i64 {
        self.0.code
    }

    /// `errmsg`. Often ends in `hint: […], from ip: …`, which Tencent's support asks for. For people, not for programs:
    /// its wording changes. As it came, however long and of however many lines; `Display` shows one line of it.
    #[must_use]
    pub fn errmsg(&self) -> &str {
        &self.0.errmsg
    }

    /// What the catalogue says the code means, in Chinese; empty when it does not say.
    #[must_use]
    pub fn meaning(&self) -> &'static str {
        self.0.entry.map_or("", |entry| entry.meaning)
    }

    /// What the catalogue says a caller can do, in Chinese; empty when it does not say.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        self.0.entry.map_or("", |entry| entry.advice)
    }

    /// The kind of refusal.
    #[must_use]
    pub fn class(&self) -> ErrorClass {
        self.0.entry.map_or(ErrorClass::Other, |entry| entry.class)
    }

    /// The whole answer. Some refusals carry details beside the code. May hold personal data: think before logging it.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("endpoint", &self.0.endpoint)
            .field("code", &self.0.code)
            .field("errmsg", &wire::line(&self.0.errmsg, SHOWN))
            .field("class", &self.class())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: errcode {}", self.0.endpoint, self.0.code)?;
        if !self.meaning().is_empty() {
            write!(f, " ({})", self.meaning())?;
        }
        if !self.0.errmsg.is_empty() {
            write!(f, ": {}", wire::line(&self.0.errmsg, SHOWN))?;
        }
        if !self.advice().is_empty() {
            write!(f, "; {}", self.advice())?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}
