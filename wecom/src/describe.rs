//! The description of what may be sent, at run time: for programs that are handed a path and JSON, and check them before they call.
//!
//! It is the same that the sandbox checks with, and finds the same mistakes in the same words.
//!
//! ```
//! use serde_json::json;
//!
//! let error = wecom::describe::check("/cgi-bin/department/create", &json!({"name": "研发部"})).unwrap_err();
//! assert_eq!(error.mistakes()[0].path, "parentid");
//! ```
//!
//! [`Client::checked`](crate::Client::checked) and its kin make a call of it:
//!
//! ```no_run
//! # async fn example(client: wecom::Client) -> Result<(), wecom::Error> {
//! let member = client.checked("/cgi-bin/user/get", &serde_json::json!({"userid": "zhangsan"}))?.await?;
//! # Ok(()) }
//! ```
//!
//! All endpoints are described, whichever features are enabled: [`endpoints`](crate::endpoints) has those of the enabled ones.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use serde_json::{Map, Value};
use wecom_codegen::check::{Checker, Side};
use wecom_codegen::ir::{self, Api, Place, RequestBody, TypeKind};

use crate::endpoint::{Method, Rate, RatePeriod, RateScope, TokenKind};
use crate::error::Error;
use crate::raw::RawRequest;
use crate::token::kind::Kind;

/// Something that the server would refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mistake {
    /// Where: `text.content`; empty for the call as a whole.
    pub path: String,
    /// What is wrong there, with the path.
    pub text: String,
}

/// A call does not fit the description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckError {
    endpoint: String,
    mistakes: Vec<Mistake>,
}

impl CheckError {
    fn whole(endpoint: &str, text: String) -> Self {
        Self { endpoint: endpoint.to_owned(), mistakes: vec![Mistake { path: String::new(), text }] }
    }

    /// The path of the call.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// All that is wrong, at least one.
    #[must_use]
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    fn text(&self) -> String {
        self.mistakes.iter().map(|mistake| mistake.text.as_str()).collect::<Vec<_>>().join("; ")
    }
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.endpoint, self.text())
    }
}

impl std::error::Error for CheckError {}

impl From<CheckError> for Error {
    fn from(error: CheckError) -> Self {
        Self::Encode { endpoint: error.endpoint.as_str().into(), message: error.text().into() }
    }
}

/// Compares the parameters of a call with the description: one object with those of the URL and those of the body.
/// Where one path serves several functions, its fixed query may be in the path or among the parameters.
///
/// Fields that the description does not have pass, as they do with the server.
///
/// # Errors
/// All that the server would refuse; that there is no such path; that the call takes a file, which JSON cannot hold.
pub fn check(path: &str, parameters: &Value) -> Result<(), CheckError> {
    prepare(path, parameters).map(drop)
}

/// A call that fits.
struct Prepared {
    described: &'static Described,
    query: Vec<(String, String)>,
    body: Option<Value>,
}

/// An endpoint of the description.
struct Described {
    endpoint: &'static ir::Endpoint,
    rate: Vec<Rate>,
}

struct Description {
    api: &'static Api,
    by_path: HashMap<&'static str, Vec<Described>>,
}

static DESCRIPTION: LazyLock<Description> = LazyLock::new(|| {
    static API: LazyLock<Api> = LazyLock::new(|| {
        // A test reads it; a crate whose data cannot be read describes nothing.
        serde_json::from_str(include_str!("api/description.json")).unwrap_or_default()
    });
    let mut by_path: HashMap<&'static str, Vec<Described>> = HashMap::new();
    for (_, endpoint) in API.endpoints() {
        let rate = endpoint.rate.iter().filter_map(rate).collect();
        by_path.entry(&endpoint.path).or_default().push(Described { endpoint, rate });
    }
    Description { api: &API, by_path }
});

fn rate(rate: &ir::Rate) -> Option<Rate> {
    let per = match rate.per.as_str() {
        "second" => RatePeriod::Second,
        "minute" => RatePeriod::Minute,
        "hour" => RatePeriod::Hour,
        "day" => RatePeriod::Day,
        "week" => RatePeriod::Week,
        "month" => RatePeriod::Month,
        _ => return None,
    };
    let scope = match rate.scope.as_str() {
        "corp" => RateScope::Corp,
        "app" => RateScope::App,
        "member" => RateScope::Member,
        "ip" => RateScope::Ip,
        "provider" => RateScope::Provider,
        "suite" => RateScope::Suite,
        "external_user" => RateScope::ExternalUser,
        "group" => RateScope::Group,
        "robot" => RateScope::Robot,
        "agent_member" => RateScope::AgentMember,
        "api" => RateScope::Api,
        _ => return None,
    };
    Some(Rate { calls: u32::try_from(rate.calls).ok()?, per, scope })
}

fn kind(auth: ir::Auth) -> TokenKind {
    match auth {
        ir::Auth::AccessToken => TokenKind::AccessToken,
        ir::Auth::SuiteAccessToken => TokenKind::SuiteAccessToken,
        ir::Auth::ProviderAccessToken => TokenKind::ProviderAccessToken,
        ir::Auth::DeviceAccessToken => TokenKind::DeviceAccessToken,
        ir::Auth::ModelAccessToken => TokenKind::ModelAccessToken,
        ir::Auth::Key => TokenKind::Key,
        ir::Auth::None => TokenKind::NoToken,
    }
}

/// The endpoint of a path; of several that share it, the one whose fixed query is there.
fn find(path: &str, parameters: &Map<String, Value>) -> Result<&'static Described, CheckError> {
    let Some(of_path) = DESCRIPTION.by_path.get(path) else {
        let name = path.rsplit('/').next().unwrap_or_default();
        let mut alike: Vec<&str> = DESCRIPTION
            .by_path
            .keys()
            .copied()
            .filter(|known| !name.is_empty() && known.rsplit('/').next() == Some(name))
            .collect();
        alike.sort_unstable();
        alike.truncate(5);
        let hint = match alike.is_empty() {
            true => "call it with `raw`, which checks nothing".to_owned(),
            false => format!("did you mean {}?", alike.join(", ")),
        };
        return Err(CheckError::whole(path, format!("the description has no such path; {hint}")));
    };
    let has = |(name, value): &(String, String)| parameters.get(name).and_then(plain).as_ref() == Some(value);
    let fitting = of_path.iter().filter(|described| described.endpoint.fixed.iter().all(has));
    fitting.max_by_key(|described| described.endpoint.fixed.len()).ok_or_else(|| {
        let wanted = of_path.iter().map(|described| {
            let pairs = described.endpoint.fixed.iter().map(|(name, value)| format!("{name}={value}"));
            pairs.collect::<Vec<_>>().join("&")
        });
        let wanted = wanted.collect::<Vec<_>>().join(", or ");
        CheckError::whole(path, format!("the parameters must have {wanted}"))
    })
}

fn prepare(path: &str, parameters: &Value) -> Result<Prepared, CheckError> {
    let (path, inside) = path.split_once('?').unwrap_or((path, ""));
    let mut parameters = match parameters {
        Value::Null => Map::new(),
        Value::Object(fields) => fields.clone(),
        _ => return Err(CheckError::whole(path, "the parameters must be a JSON object".to_owned())),
    };
    for (name, value) in crate::raw::parameters(inside) {
        parameters.insert(name, value.into());
    }
    let described = find(path, &parameters)?;
    let endpoint = described.endpoint;
    if endpoint.body == RequestBody::Multipart {
        let text = "it does not take JSON: use the generated request".to_owned();
        return Err(CheckError::whole(path, text));
    }
    let fields = match DESCRIPTION.api.types.get(endpoint.request.0 as usize).map(|t| &t.kind) {
        Some(TypeKind::Struct(s)) => s.fields.as_slice(),
        _ => &[],
    };
    let all_in_url = !endpoint.post || endpoint.body == RequestBody::Query;
    let mut mistakes = Vec::new();
    let (mut query, mut body) = (Vec::new(), Map::new());
    for (name, value) in parameters {
        let in_url = all_in_url
            || endpoint.fixed.iter().any(|(fixed, _)| *fixed == name)
            || fields.iter().any(|field| field.wire == name && field.place == Place::Query);
        match plain(&value) {
            _ if !in_url => drop(body.insert(name, value)),
            Some(text) => query.push((name, text)),
            // Not set.
            None if value.is_null() => {}
            None => {
                let text = format!("{name}: a parameter of the URL must be a text, a number or a boolean");
                mistakes.push(Mistake { path: name, text });
            }
        }
    }
    let checker = Checker::new(DESCRIPTION.api, Side::Sent).patterns(matches);
    let fixed: Vec<&str> = endpoint.fixed.iter().map(|(name, _)| name.as_str()).collect();
    let mut findings = checker.pairs(endpoint.request, Place::Query, &query, &fixed);
    let body = match endpoint.body {
        RequestBody::Json | RequestBody::EmptyJson => {
            let body = Value::Object(body);
            findings.extend(checker.report(endpoint.request, &body).findings);
            Some(body)
        }
        _ => None,
    };
    let refused = findings.into_iter().filter(wecom_codegen::check::Finding::refuses);
    mistakes.extend(refused.map(|finding| Mistake { path: finding.path, text: finding.text }));
    match mistakes.is_empty() {
        true => Ok(Prepared { described, query, body }),
        false => Err(CheckError { endpoint: path.to_owned(), mistakes }),
    }
}

/// A value as the text of a parameter.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    // A pattern that this engine cannot read is the description's mistake, not the caller's.
    regex_lite::Regex::new(pattern).map_or(true, |regex| regex.is_match(text))
}

/// The request of a call by path.
pub(crate) fn request<A: Kind>(path: &str, parameters: &Value) -> Result<RawRequest<A>, CheckError> {
    let Prepared { described, query, body } = prepare(path, parameters)?;
    let endpoint = described.endpoint;
    let needed = kind(endpoint.auth);
    if needed != A::KIND && needed != TokenKind::NoToken {
        let text = format!("it needs a {needed}, and this client has a {}", A::KIND);
        return Err(CheckError::whole(&endpoint.path, text));
    }
    let method = if endpoint.post { Method::Post } else { Method::Get };
    let query: Vec<(&str, &str)> =
        query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Ok(RawRequest::new(method, endpoint.path.clone(), &query, body)
        .described(endpoint.repeat, &described.rate))
}

#[cfg(test)]
#[test]
fn the_description_can_be_read() {
    serde_json::from_str::<Api>(include_str!("api/description.json")).expect("the data of this crate");
    for (_, endpoint) in DESCRIPTION.api.endpoints() {
        for documented in &endpoint.rate {
            assert!(rate(documented).is_some(), "{}: {documented:?}", endpoint.path);
        }
    }
}
