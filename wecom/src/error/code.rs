//! Error codes and their classes: values alone.

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
    /// It is no longer in the official list. It keeps its meaning and class, as servers may still answer it.
    pub retired: bool,
}
