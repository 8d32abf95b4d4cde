use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;

use crate::answer::Answer;
use crate::endpoint::Response;
use crate::error::Error;
use crate::value::Secret;
use crate::wire;

/// What kind of refusal an error code is; decides what the runtime does about it.
///
/// From the table of global error codes, <https://developer.work.weixin.qq.com/document/path/90313>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// Not an error.
    Ok,
    /// The server is busy: the same call may succeed later. Repeated by the runtime.
    Transient,
    /// Too many calls: slow down. Repeated by the runtime, later.
    Throttled,
    /// The token expired or was replaced: the runtime fetches a new one and repeats the call once.
    TokenExpired,
    /// A secret, ticket, signature or authorisation is wrong. Never repeated.
    Credential,
    /// The caller may not do this.
    Permission,
    /// A parameter is missing or wrong.
    Parameter,
    /// What the call names does not exist.
    NotFound,
    /// It exists already, or is in a state that forbids the call.
    Conflict,
    /// A limit of numbers is used up.
    Quota,
    /// Retired, not opened, or not for this kind of corp.
    Unsupported,
    /// Refused for what it says.
    Content,
    /// Something must be paid first.
    Payment,
    /// None of these, or a code that the catalogue does not have.
    Other,
}

/// One line of the catalogue of error codes, <https://developer.work.weixin.qq.com/document/path/90313>.
///
/// ```
/// let code = wecom::ErrorCode::lookup(40014).expect("is in the catalogue");
/// assert_eq!(code.class, wecom::ErrorClass::TokenExpired);
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct ErrorCode {
    /// `errcode`.
    pub code: i32,
    /// What kind of refusal it is.
    pub class: ErrorClass,
    /// What it means, in Chinese; may be empty.
    pub meaning: &'static str,
    /// What a caller can do, in Chinese; may be empty.
    pub advice: &'static str,
}

impl ErrorCode {
    /// The catalogue's line for a code.
    #[must_use]
    pub fn lookup(code: i64) -> Option<&'static Self> {
        let all = Self::all();
        let index = all.binary_search_by_key(&code, |entry| entry.code.into()).ok()?;
        Some(&all[index])
    }

    /// The whole catalogue, by code.
    #[must_use]
    pub fn all() -> &'static [Self] {
        crate::api::errors::CATALOGUE
    }
}

/// Characters of `errmsg` that are shown. A hint and an address stand within the first few hundred.
const SHOWN: usize = 500;

/// The server refused a call: `errcode` is not 0.
#[derive(Clone)]
pub struct ApiError(Box<Inner>);

#[derive(Clone)]
struct Inner {
    endpoint: Cow<'static, str>,
    code: i64,
    errmsg: String,
    entry: Option<&'static ErrorCode>,
    body: Bytes,
    /// What no error about the body may show.
    secrets: Vec<Secret>,
    /// Whether an earlier attempt's answer was lost.
    after_lost: bool,
}

impl ApiError {
    pub(crate) fn new(endpoint: Cow<'static, str>, code: i64, errmsg: String, body: Bytes) -> Self {
        Self(Box::new(Inner {
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

    /// The whole answer, as the type that the call gives where it succeeds. Some calls do a part of what they are asked, refuse all the same, and list
    /// what failed: `school/user/batch_*` in `result_list`.
    ///
    /// What the answer does not have is empty, so ask for it where the endpoint documents that a refusal has it.
    ///
    /// ```
    /// # #[cfg(feature = "school")]
    /// # async fn f(client: wecom::Client) -> Result<(), wecom::Error> {
    /// use wecom::school::user::BatchDeleteParentResponse;
    ///
    /// match client.school().user().batch_delete_parent(["p1", "p2"]).await {
    ///     Err(wecom::Error::Api(refusal)) => {
    ///         for failed in refusal.answer::<BatchDeleteParentResponse>()?.result_list {
    ///             println!("{:?}", failed);
    ///         }
    ///     }
    ///     done => drop(done?),
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// When the body does not fit the type, with the place.
    pub fn answer<T: Response>(&self) -> Result<T, Error> {
        T::from_answer(Answer {
            endpoint: self.0.endpoint.clone(),
            errmsg: self.0.errmsg.clone(),
            told: true,
            body: self.0.body.clone(),
            secrets: self.0.secrets.clone(),
            file: None,
        })
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
