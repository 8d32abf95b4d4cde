//! Refusals: which code the server gives for what, and how its text reads.
//!
//! Codes are those of the global table of error codes (doc_id 10649) and of the endpoints' pages. Three are in neither, but
//! the server gives them: 43001 and 43002 (method), 47001 (a body that is not JSON).

use wecom_codegen::check::{Finding, Kind};
use wecom_codegen::ir::{Api, Auth, Endpoint};

/// A call that is not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: i64,
    /// What was missed, for the reader of a test's log; the real server does not say it.
    pub(crate) missed: String,
}

/// A refusal with what was missed.
pub(crate) fn refuse<T>(code: i64, missed: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { code, missed: missed.into() })
}

impl Refusal {
    /// `errmsg` as the server writes it, and what was missed behind it.
    pub(crate) fn errmsg(&self, api: &Api, hint: &str) -> String {
        let code = self.code;
        let meaning = match PLAIN.iter().find(|(c, _)| *c == code) {
            Some((_, text)) => *text,
            None => api.error(code).map_or("error", |e| e.meaning.as_str()),
        };
        let missed =
            if self.missed.is_empty() { String::new() } else { format!(" (sandbox: {})", self.missed) };
        format!(
            "{meaning}, hint: [{hint}], from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e={code}{missed}"
        )
    }
}

/// Codes of a token that is missing, unknown or expired.
pub(crate) struct TokenCodes {
    pub(crate) missing: i64,
    pub(crate) unknown: i64,
    pub(crate) expired: i64,
}

/// Codes by the kind of token that was due.
pub(crate) fn token_codes(auth: Auth) -> TokenCodes {
    let (missing, unknown, expired) = match auth {
        Auth::SuiteAccessToken => (41022, 40082, 42009),
        Auth::DeviceAccessToken => (40106, 40106, 42021),
        Auth::ModelAccessToken => (710403, 710400, 710401),
        Auth::Key => (93000, 93000, 93000),
        // The table has no codes of its own for provider_access_token; 40014 names it among its causes.
        Auth::AccessToken | Auth::ProviderAccessToken | Auth::None => (41001, 40014, 42001),
    };
    TokenCodes { missing, unknown, expired }
}

/// The refusal for what a check found, if the server would refuse for it.
pub(crate) fn of_findings(api: &Api, endpoint: &Endpoint, findings: &[Finding]) -> Option<Refusal> {
    let finding = findings.iter().find(|f| f.refuses())?;
    Some(Refusal { code: code_of(api, endpoint, finding), missed: finding.text.clone() })
}

/// The code that the endpoint lists for a parameter that lacks, by the parameter's name in its meaning.
fn listed(api: &Api, endpoint: &Endpoint, finding: &Finding) -> Option<i64> {
    let field = finding.plain.rsplit('.').next().filter(|f| f.len() > 2)?;
    let lacks =
        |meaning: &str| ["缺少", "为空", "未填", "missing", "empty"].iter().any(|w| meaning.contains(w));
    let mut own = endpoint.errors.iter().filter_map(|(code, _)| api.error(*code));
    own.find(|e| e.meaning.contains(field) && lacks(&e.meaning)).map(|e| e.code)
}

fn code_of(api: &Api, endpoint: &Endpoint, finding: &Finding) -> i64 {
    let path = endpoint.path.as_str();
    let what = match finding.kind {
        Kind::MissingRequired => What::Missing,
        Kind::Limit { .. } => What::Limit,
        Kind::Pattern { .. } | Kind::Format { .. } => What::Shape,
        Kind::UnknownVariant { .. } | Kind::UnknownEnumValue { .. } | Kind::Step { .. } => What::Value,
        Kind::TooMany { .. } => What::Value,
        _ => What::Type,
    };
    let field = finding.plain.as_str();
    let fits = |rule: &&(&str, &str, What, i64)| {
        let (prefix, suffix, of, _) = **rule;
        path.starts_with(prefix)
            && (field == suffix || field.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.')))
            && (of == What::Any || of == what)
    };
    match RULES.iter().find(fits) {
        Some(rule) => rule.3,
        None if what == What::Missing => listed(api, endpoint, finding).unwrap_or(40058),
        None => 40058,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Any,
    Missing,
    Limit,
    Shape,
    Value,
    Type,
}

const SEND: &str = "/cgi-bin/message/";

/// Path prefix, end of the field's path, what was found, code. The first that fits; 40058 where none does.
#[rustfmt::skip]
const RULES: &[(&str, &str, What, i64)] = &[
    // Recipients of messages.
    ("/cgi-bin/message/send", "touser", What::Limit, 40032),
    ("/cgi-bin/message/send", "toparty", What::Limit, 82002),
    ("/cgi-bin/message/send", "totag", What::Limit, 82003),
    ("", "msgtype", What::Any, 40008),
    ("", "text.content", What::Missing, 44004),
    ("", "content", What::Limit, 45002),
    ("", "articles", What::Limit, 45008),
    ("", "articles[].author", What::Limit, 45032),
    ("", "textcard.description", What::Missing, 41033),
    ("", "safe", What::Value, 40058),
    // Template cards.
    (SEND, "card_type", What::Any, 42031),
    (SEND, "horizontal_content_list[].keyname", What::Missing, 42027),
    (SEND, "horizontal_content_list[].userid", What::Any, 42050),
    (SEND, "horizontal_content_list", What::Limit, 42035),
    (SEND, "vertical_content_list[].title", What::Missing, 42033),
    (SEND, "vertical_content_list", What::Limit, 42036),
    (SEND, "jump_list[].title", What::Missing, 42033),
    (SEND, "jump_list", What::Limit, 42042),
    (SEND, "option_list[].id", What::Any, 42040),
    (SEND, "option_list[].text", What::Any, 42041),
    (SEND, "option_list", What::Limit, 42037),
    (SEND, "button_list[].text", What::Any, 42038),
    (SEND, "button_list[].key", What::Any, 42039),
    (SEND, "question_key", What::Any, 42043),
    (SEND, "card_image.url", What::Any, 42044),
    (SEND, "card_action", What::Any, 42045),
    (SEND, "submit_button.key", What::Any, 42046),
    (SEND, "submit_button.text", What::Any, 42049),
    (SEND, "select_list", What::Limit, 42047),
    (SEND, "task_id", What::Any, 42014),
    (SEND, "btn[].key", What::Missing, 42019),
    (SEND, "btn[].key", What::Any, 42018),
    (SEND, "btn[].name", What::Missing, 42020),
    ("", "title", What::Missing, 41016),
    // Contacts.
    ("/cgi-bin/user/create", "userid", What::Shape, 40003),
    ("/cgi-bin/user/batchdelete", "useridlist", What::Limit, 40032),
    ("/cgi-bin/user/batchdelete", "useridlist", What::Any, 40031),
    ("/cgi-bin/user/", "name", What::Any, 60112),
    ("/cgi-bin/user/", "mobile", What::Limit, 60103),
    ("/cgi-bin/user/", "email", What::Limit, 60105),
    ("/cgi-bin/user/", "biz_mail", What::Limit, 60143),
    ("/cgi-bin/user/", "department", What::Limit, 60110),
    ("/cgi-bin/user/", "department", What::Missing, 41019),
    ("/cgi-bin/user/", "department", What::Type, 41019),
    ("/cgi-bin/user/", "position", What::Limit, 301012),
    ("/cgi-bin/user/", "telephone", What::Limit, 301013),
    ("/cgi-bin/user/", "telephone", What::Shape, 301013),
    ("/cgi-bin/department/", "name", What::Limit, 60001),
    ("/cgi-bin/department/", "name", What::Shape, 60009),
    ("/cgi-bin/department/", "name_en", What::Shape, 60009),
    ("/cgi-bin/department/", "parentid", What::Missing, 60004),
    ("/cgi-bin/department/", "id", What::Missing, 60003),
    ("/cgi-bin/tag/", "tagname", What::Missing, 41018),
    ("/cgi-bin/tag/", "tagname", What::Limit, 40072),
    ("/cgi-bin/tag/", "tagid", What::Missing, 41017),
    ("/cgi-bin/tag/", "tagid", What::Any, 40068),
    ("/cgi-bin/tag/", "userlist", What::Any, 40035),
    ("/cgi-bin/tag/", "partylist", What::Any, 40035),
    // Group chats.
    ("/cgi-bin/appchat/", "chatid", What::Missing, 86201),
    ("/cgi-bin/appchat/", "chatid", What::Limit, 86205),
    ("/cgi-bin/appchat/", "chatid", What::Any, 86001),
    ("/cgi-bin/appchat/", "userlist", What::Missing, 86204),
    ("/cgi-bin/appchat/", "userlist", What::Limit, 86006),
    ("/cgi-bin/appchat/", "userlist", What::Any, 86007),
    ("/cgi-bin/appchat/", "name", What::Any, 86004),
    ("/cgi-bin/appchat/", "owner", What::Any, 86005),
    // Apps.
    ("/cgi-bin/agent/set", "description", What::Limit, 45004),
    ("/cgi-bin/agent/set", "report_location_flag", What::Any, 40059),
    // Files.
    ("/cgi-bin/media/", "type", What::Value, 40005),
    ("/cgi-bin/webhook/", "type", What::Value, 40005),
    ("/cgi-bin/media/", "media_type", What::Value, 40004),
    // Tokens and authorisations.
    ("", "corpid", What::Missing, 41002),
    ("", "corpsecret", What::Missing, 41004),
    ("", "provider_secret", What::Missing, 41024),
    ("", "suite_id", What::Missing, 41021),
    ("", "suite_secret", What::Missing, 41024),
    ("", "suite_ticket", What::Missing, 41023),
    ("", "permanent_code", What::Missing, 41025),
    ("", "auth_corpid", What::Missing, 84054),
    ("", "auth_code", What::Missing, 41008),
    ("", "auth_code", What::Any, 40078),
    ("", "pre_auth_code", What::Any, 40077),
    ("", "code", What::Any, 40029),
    ("", "user_ticket", What::Missing, 84090),
    // By the field alone.
    ("", "userid", What::Missing, 41009),
    ("", "agentid", What::Missing, 41011),
    ("", "agentid", What::Any, 40056),
    ("", "media_id", What::Missing, 41006),
    ("", "media_id", What::Any, 40007),
    ("", "url", What::Missing, 41010),
    ("", "url", What::Limit, 40039),
    ("", "external_userid", What::Missing, 41035),
];

/// The server's own words, as answers carry them.
#[rustfmt::skip]
const PLAIN: &[(i64, &str)] = &[
    (-1, "system busy"),
    (40001, "invalid credential"),
    (40003, "invalid userid"),
    (40004, "invalid media type"),
    (40005, "invalid type"),
    (40006, "invalid file size"),
    (40007, "invalid media_id"),
    (40008, "invalid message type"),
    (40013, "invalid corpid"),
    (40014, "invalid access_token"),
    (40029, "invalid code"),
    (40031, "invalid userid list"),
    (40032, "invalid userid list size"),
    (40035, "invalid parameter"),
    (40056, "invalid agentid"),
    (40058, "invalid Request Parameter"),
    (40063, "some parameters are empty"),
    (40068, "invalid tagid"),
    (40071, "invalid tag name"),
    (40078, "invalid auth code"),
    (40080, "invalid suite secret"),
    (40082, "invalid suite_token"),
    (40083, "invalid suite id"),
    (40084, "invalid permanent code"),
    (40085, "invalid suite ticket"),
    (41001, "access_token missing"),
    (41002, "corpid missing"),
    (41004, "corpsecret missing"),
    (41006, "media_id missing"),
    (41009, "userid missing"),
    (41011, "agentid missing"),
    (41022, "suite_access_token missing"),
    (42001, "access_token expired"),
    (42009, "suite_access_token expired"),
    (43001, "require GET method"),
    (43002, "require POST method"),
    (44001, "empty media data"),
    (44004, "empty content"),
    (45001, "media size out of limit"),
    (45002, "content size out of limit"),
    (45008, "article count out of limit"),
    (45009, "api freq out of limit"),
    (46004, "user not exist"),
    (47001, "data format error"),
    (48002, "api forbidden"),
    (60003, "department not found"),
    (60004, "parent department not found"),
    (60005, "department contains user"),
    (60006, "department contains sub department"),
    (60007, "can not delete root department"),
    (60008, "department existed"),
    (60011, "no privilege to access/modify contact/party/agent"),
    (60102, "userid existed"),
    (60104, "mobile existed"),
    (60106, "email existed"),
    (60111, "userid not found"),
    (60123, "invalid party id"),
    (81013, "user & party & tag all invalid"),
    (82001, "all of user & party & tag are empty"),
    (86003, "chatid not existed"),
    (93000, "invalid webhook url"),
    (301002, "not allow operate another agent with this accesstoken"),
];
