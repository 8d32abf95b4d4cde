//! A call as the flows see it, and what they answer.

use serde_json::{Map, Value};
use wecom_codegen::ir::{Api, Endpoint};

use crate::refuse::Refusal;
use crate::state::{Caller, Media, State};

/// A call that passed the checks.
pub(crate) struct Call<'a> {
    pub(crate) api: &'a Api,
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) who: &'a Caller,
    pub(crate) query: &'a [(String, String)],
    /// The body, or the fields of a form.
    pub(crate) body: &'a Value,
    pub(crate) upload: Option<&'a Upload>,
    pub(crate) range: Option<&'a str>,
    /// The sandbox's own URL.
    pub(crate) base: &'a str,
}

/// A file that was sent.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    pub(crate) part: String,
    pub(crate) name: Option<String>,
    pub(crate) content_type: String,
    pub(crate) bytes: axum::body::Bytes,
}

/// What a flow gives.
pub(crate) type Outcome = Result<Reply, Refusal>;

/// A flow: what is done with a call that has state.
pub(crate) type Flow = fn(&mut State, &Call<'_>) -> Outcome;

/// An answer.
#[derive(Debug)]
pub(crate) enum Reply {
    /// JSON, with `errcode` and `errmsg` before it.
    Json {
        /// `ok` or the server's own word.
        errmsg: &'static str,
        /// Without `errcode` and `errmsg`, as some old calls answer.
        bare: bool,
        fields: Map<String, Value>,
    },
    /// Bytes.
    File(Media),
}

/// An answer of errcode 0.
pub(crate) fn ok(fields: Value) -> Outcome {
    done("ok", fields)
}

/// An answer of errcode 0 with another errmsg than `ok`.
pub(crate) fn done(errmsg: &'static str, fields: Value) -> Outcome {
    Ok(Reply::Json { errmsg, bare: false, fields: object(fields) })
}

/// An answer without errcode.
pub(crate) fn bare(fields: Value) -> Outcome {
    Ok(Reply::Json { errmsg: "", bare: true, fields: object(fields) })
}

/// The object's fields, or none.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// A scalar as text.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// A number, also one in a text.
pub(crate) fn int(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

impl Call<'_> {
    /// A field of the body, or null.
    pub(crate) fn get(&self, field: &str) -> &Value {
        self.body.get(field).unwrap_or(&Value::Null)
    }

    /// A field of the body or the query as text; empty if absent.
    pub(crate) fn text(&self, field: &str) -> String {
        match self.query.iter().find(|(k, _)| k == field) {
            Some((_, v)) => v.clone(),
            None => text(self.get(field)),
        }
    }

    /// A field of the body or the query as number.
    pub(crate) fn int(&self, field: &str) -> Option<i64> {
        self.text(field).parse().ok()
    }

    /// A field of the body or the query as id of a department.
    pub(crate) fn id(&self, field: &str) -> Option<u32> {
        self.int(field).and_then(|n| u32::try_from(n).ok())
    }

    /// 1 or true.
    pub(crate) fn flag(&self, field: &str) -> bool {
        matches!(self.text(field).as_str(), "1" | "true")
    }

    /// An array of texts or numbers, or a text joined by `|`; empty if absent.
    pub(crate) fn list(&self, field: &str) -> Vec<String> {
        match self.get(field) {
            Value::Array(items) => items.iter().map(text).collect(),
            other => {
                text(other).split('|').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
            }
        }
    }

    /// The same as numbers.
    pub(crate) fn ints(&self, field: &str) -> Vec<i64> {
        self.list(field).iter().filter_map(|s| s.parse().ok()).collect()
    }
}
