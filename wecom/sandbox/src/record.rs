//! What was asked and answered, for tests to look at.

use serde::Serialize;
use serde_json::Value;
use wecom_codegen::check::Finding;
use wecom_codegen::ir::{Api, Auth, Endpoint, Prim, Ty, TypeKind};

use crate::Fault;

/// A call that came in.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Recorded {
    /// 1, 2, 3 …
    pub number: u64,
    /// `GET`, `POST`
    pub method: String,
    /// `/cgi-bin/message/send`
    pub path: String,
    /// Query, secrets replaced by `***`.
    pub query: Vec<(String, String)>,
    /// The token or key as sent. Left out when written as JSON.
    #[serde(skip)]
    pub token: Option<String>,
    /// Body.
    pub body: Body,
    /// HTTP status of the answer; 0 if the connection was dropped.
    pub status: u16,
    /// errcode of the answer; none if it was no JSON. An answer without errcode counts as 0.
    pub errcode: Option<i64>,
    /// errmsg of the answer.
    pub errmsg: String,
    /// What differs from the spec in the request, also what is not refused: unknown fields, numbers as texts.
    pub findings: Vec<Finding>,
    /// Faults that struck.
    pub faults: Vec<Fault>,
}

/// Body of a call.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// None.
    None,
    /// JSON.
    Json(Value),
    /// Parts of a form.
    Parts(Vec<Part>),
    /// Something else, as text.
    Text(String),
}

/// Part of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Part {
    /// Form field.
    pub name: String,
    /// File name, as the server read it.
    pub file_name: Option<String>,
    /// Content type.
    pub content_type: String,
    /// Size in bytes.
    pub len: usize,
}

impl Recorded {
    /// The JSON body; null if there was none.
    pub fn json(&self) -> &Value {
        match &self.body {
            Body::Json(value) => value,
            _ => &Value::Null,
        }
    }

    /// A query parameter; secrets are `***`.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str())
    }

    /// One line for a log.
    pub fn line(&self) -> String {
        let query: Vec<String> = self.query.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let mut line = format!("{} {}", self.method, self.path);
        if !query.is_empty() {
            line += &format!("?{}", query.join("&"));
        }
        line += &match self.errcode {
            Some(code) => format!(" -> {code} {}", self.errmsg.split(", hint").next().unwrap_or_default()),
            None if self.status == 0 => " -> connection dropped".into(),
            None => format!(" -> HTTP {}", self.status),
        };
        if !self.faults.is_empty() {
            line += &format!(" [fault {:?}]", self.faults);
        }
        for finding in &self.findings {
            line += &format!(" [{}]", finding.text);
        }
        line
    }
}

/// The query with secrets replaced, and the token apart.
pub(crate) fn redact(
    api: &Api,
    endpoint: Option<&Endpoint>,
    query: &[(String, String)],
) -> (Vec<(String, String)>, Option<String>) {
    let tokens: Vec<&str> = Auth::ALL.iter().map(|(word, _)| *word).collect();
    let fields = endpoint.and_then(|e| match &api.types.get(e.request.0 as usize)?.kind {
        TypeKind::Struct(s) => Some(&s.fields),
        _ => None,
    });
    let secret = |name: &str| {
        let typed = |f: &wecom_codegen::ir::Field| f.wire == name && *f.ty.leaf() == Ty::Prim(Prim::Secret);
        tokens.contains(&name) || fields.is_some_and(|fields| fields.iter().any(typed))
    };
    let hidden = |(k, v): &(String, String)| (k.clone(), if secret(k) { "***".into() } else { v.clone() });
    let token = query.iter().find(|(k, _)| tokens.contains(&k.as_str())).map(|(_, v)| v.clone());
    (query.iter().map(hidden).collect(), token)
}
