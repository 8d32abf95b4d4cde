//! One call: checks in the server's order, then its flow or an answer made from the spec.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, header};
use serde_json::{Map, Value, json};
use wecom_codegen::check::{Checker, Finding, Side};
use wecom_codegen::ir::{Api, Auth, Endpoint, Place, RequestBody, ResponseBody};

use crate::call::{Call, Outcome, Reply, Upload};
use crate::made::Maker;
use crate::record::Body;
use crate::refuse::{Refusal, of_findings, refuse};
use crate::state::{Caller, Media, State};

/// Query parameters that any call may carry.
const EVERYWHERE: &[&str] = &["debug"];

/// Names and values.
type Pairs = Vec<(String, String)>;

/// A call as it came.
pub(crate) struct Incoming {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Pairs,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
    /// The parts of a form; the error's text if it cannot be read.
    pub(crate) form: Option<Result<Vec<Upload>, String>>,
}

/// An answer and what there is to record about it.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, Vec<u8>)>,
    pub(crate) bytes: Bytes,
    pub(crate) errcode: Option<i64>,
    pub(crate) errmsg: String,
    pub(crate) findings: Vec<Finding>,
}

/// The endpoint of a path; of several that share it, the one whose fixed query was sent.
pub(crate) fn endpoint<'a>(api: &'a Api, path: &str, query: &[(String, String)]) -> Option<&'a Endpoint> {
    let sent = |e: &&Endpoint| e.fixed.iter().all(|pair| query.contains(pair));
    api.endpoints().map(|(_, e)| e).filter(|e| e.path == path).filter(sent).max_by_key(|e| e.fixed.len())
}

/// The body as it is recorded.
pub(crate) fn body_of(call: &Incoming) -> Body {
    match &call.form {
        Some(Ok(parts)) => {
            let part = |u: &Upload| crate::record::Part {
                name: u.part.clone(),
                file_name: u.name.clone(),
                content_type: u.content_type.clone(),
                len: u.bytes.len(),
            };
            Body::Parts(parts.iter().map(part).collect())
        }
        _ if call.bytes.is_empty() => Body::None,
        _ => match serde_json::from_slice(&call.bytes) {
            Ok(value) => Body::Json(value),
            Err(_) => Body::Text(String::from_utf8_lossy(&call.bytes).into_owned()),
        },
    }
}

/// Answers a call.
pub(crate) fn handle(api: &Api, state: &mut State, base: &str, call: &Incoming) -> Answered {
    let Some(endpoint) = endpoint(api, &call.path, &call.query) else { return unknown_path(api, &call.path) };
    let mut findings = Vec::new();
    let outcome = carry_out(api, state, base, call, endpoint, &mut findings);
    let mut answered = match outcome {
        Ok(Reply::Json { errmsg, bare, mut fields }) => {
            if let Some(id) = endpoint.response {
                Maker::new(api, state.now()).shape(id, &mut fields);
            }
            let mut all = Map::new();
            if !bare {
                all.insert("errcode".into(), json!(0));
                all.insert("errmsg".into(), json!(errmsg));
            }
            all.extend(fields);
            json_answer(0, errmsg, Value::Object(all))
        }
        Ok(Reply::File(media)) => file(api, state, &media, call),
        Err(refusal) => refused(api, state, &refusal),
    };
    answered.findings = findings;
    answered
}

/// The answer of a refusal.
pub(crate) fn refused(api: &Api, state: &mut State, refusal: &Refusal) -> Answered {
    let hint = format!("{}{:09}", state.now(), state.ids.count());
    let errmsg = refusal.errmsg(api, &hint);
    json_answer(refusal.code, &errmsg, json!({ "errcode": refusal.code, "errmsg": errmsg }))
}

fn json_answer(code: i64, errmsg: &str, body: Value) -> Answered {
    // The server repeats both in headers, so that a download's error can be told from a file.
    let headers = vec![
        ("content-type", b"application/json; charset=UTF-8".to_vec()),
        ("error-code", code.to_string().into_bytes()),
        ("error-msg", errmsg.split(", hint").next().unwrap_or_default().as_bytes().to_vec()),
    ];
    Answered {
        status: 200,
        headers,
        bytes: body.to_string().into(),
        errcode: Some(code),
        errmsg: errmsg.into(),
        findings: Vec::new(),
    }
}

fn unknown_path(api: &Api, path: &str) -> Answered {
    let near = |e: &&Endpoint| strsim::normalized_damerau_levenshtein(&e.path, path);
    let all = api.endpoints().map(|(_, e)| e);
    let nearest = all.max_by(|a, b| near(a).total_cmp(&near(b))).map_or("none", |e| e.path.as_str());
    let text = format!("no such path: {path}; the nearest in the spec is {nearest}");
    let mut answered = json_answer(404, &text, json!({ "errcode": 404, "errmsg": text }));
    answered.status = 404;
    answered
}

fn carry_out(
    api: &Api,
    state: &mut State,
    base: &str,
    call: &Incoming,
    endpoint: &Endpoint,
    findings: &mut Vec<Finding>,
) -> Outcome {
    let path = endpoint.path.as_str();
    match (endpoint.post, &call.method) {
        (true, m) if m != Method::POST => return refuse(43002, format!("POST is needed, this is {m}")),
        (false, m) if m != Method::GET => return refuse(43001, format!("GET is needed, this is {m}")),
        _ => {}
    }
    let word = endpoint.auth.word();
    let given = call.query.iter().find(|(k, _)| k == word).map(|(_, v)| v.as_str());
    let who = match endpoint.auth {
        Auth::None => Caller::nobody(),
        auth => state.caller(auth, given)?,
    };
    let checker = Checker::new(api, Side::Sent).patterns(matches);
    let mut other = vec![word];
    other.extend(EVERYWHERE);
    other.extend(endpoint.fixed.iter().map(|(k, _)| k.as_str()));
    findings.extend(checker.pairs(endpoint.request, Place::Query, &call.query, &other));
    if let Some(refusal) = of_findings(api, endpoint, findings) {
        return Err(refusal);
    }
    let mut upload = None;
    let body = match endpoint.body {
        RequestBody::Json | RequestBody::EmptyJson => {
            let Ok(body) = serde_json::from_slice::<Value>(&call.bytes) else {
                return refuse(47001, "the body is not JSON");
            };
            findings.extend(checker.report(endpoint.request, &body).findings);
            body
        }
        RequestBody::Multipart => {
            let (file, fields) = form(call, endpoint)?;
            findings.extend(checker.pairs(endpoint.request, Place::Body, &fields, &[]));
            upload = file;
            Value::Object(fields.into_iter().map(|(k, v)| (k, Value::String(v))).collect())
        }
        RequestBody::Query | RequestBody::None => Value::Null,
    };
    if let Some(refusal) = of_findings(api, endpoint, findings) {
        return Err(refusal);
    }
    let call = Call {
        api,
        endpoint,
        who: &who,
        query: &call.query,
        body: &body,
        upload: upload.as_ref(),
        range: call.headers.get(header::RANGE).and_then(|v| v.to_str().ok()),
        base,
    };
    match crate::flow::find(path) {
        Some(flow) => flow(state, &call),
        None => {
            crate::flow::known(state, &call)?;
            made(state, &call)
        }
    }
}

pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    // A pattern that this engine cannot read is the spec's lint's business.
    regex_lite::Regex::new(pattern).map_or(true, |r| r.is_match(text))
}

/// The file and the other fields of a form.
fn form(call: &Incoming, endpoint: &Endpoint) -> Result<(Option<Upload>, Pairs), Refusal> {
    let parts = match &call.form {
        Some(Ok(parts)) => parts,
        Some(Err(text)) => return refuse(44001, format!("the form cannot be read: {text}")),
        None => return refuse(44001, "the body is not multipart/form-data"),
    };
    let wanted = endpoint.file.as_ref();
    let is_file = |p: &&Upload| wanted.is_some_and(|f| f.part == p.part);
    let fields = parts.iter().filter(|p| !is_file(p));
    let fields = fields.map(|p| (p.part.clone(), String::from_utf8_lossy(&p.bytes).into_owned())).collect();
    let Some(wanted) = wanted else { return Ok((None, fields)) };
    match parts.iter().find(is_file) {
        None => refuse(44001, format!("no part named {}", wanted.part)),
        Some(p) if p.name.is_none() => refuse(44001, format!("the part {} has no filename", wanted.part)),
        Some(p) if p.bytes.is_empty() => refuse(44001, "the file is empty"),
        Some(p) => {
            let len = i64::try_from(p.bytes.len()).unwrap_or(i64::MAX);
            if wanted.bytes.holds(len) {
                return Ok((Some(p.clone()), fields));
            }
            let code = if wanted.bytes.min.is_some_and(|min| len < min) { 40006 } else { 45001 };
            refuse(code, format!("{len} bytes, the limit is {}", wanted.bytes))
        }
    }
}

fn made(state: &mut State, call: &Call<'_>) -> Outcome {
    let endpoint = call.endpoint;
    match endpoint.answer {
        ResponseBody::Json => {
            let fields = Maker::new(call.api, state.now()).answer(endpoint, call.query, call.body);
            crate::call::ok(Value::Object(fields))
        }
        ResponseBody::Bytes | ResponseBody::None => {
            let (content_type, text) = match endpoint.answer {
                ResponseBody::None => ("text/plain", ""),
                _ => ("application/octet-stream", "sandbox"),
            };
            let created = state.now();
            Ok(Reply::File(Media {
                kind: "file".into(),
                name: "sandbox.bin".into(),
                content_type: content_type.into(),
                bytes: Bytes::from_static(text.as_bytes()),
                created,
                owner: call.who.corp.clone(),
            }))
        }
    }
}

/// A file, or the part of it that was asked for.
fn file(api: &Api, state: &mut State, media: &Media, call: &Incoming) -> Answered {
    let len = media.bytes.len();
    let asked = call.headers.get(header::RANGE).and_then(|v| v.to_str().ok());
    // The name goes raw, as UTF-8, as the server sends it.
    let disposition = format!("attachment; filename=\"{}\"", media.name.replace(['"', '\r', '\n'], "_"));
    let mut headers = vec![
        ("content-type", media.content_type.clone().into_bytes()),
        ("content-disposition", disposition.into_bytes()),
        ("accept-ranges", b"bytes".to_vec()),
    ];
    let (status, bytes) = match asked.map(|r| range(r, len)) {
        None => (200, media.bytes.clone()),
        Some(Some((start, end))) => {
            headers.push(("content-range", format!("bytes {start}-{end}/{len}").into_bytes()));
            (206, media.bytes.slice(start..=end))
        }
        Some(None) => {
            let missed = format!("Range {} of {len} bytes", asked.unwrap_or_default());
            return refused(api, state, &Refusal { code: 830002, missed });
        }
    };
    Answered { status, headers, bytes, errcode: None, errmsg: String::new(), findings: Vec::new() }
}

/// First and last byte of `bytes=0-9`, `bytes=5-`, `bytes=-5`.
fn range(text: &str, len: usize) -> Option<(usize, usize)> {
    let (start, end) = text.strip_prefix("bytes=")?.split_once('-')?;
    let (start, end) = match (start.parse::<usize>(), end.parse::<usize>()) {
        (Ok(start), Ok(end)) => (start, end.min(len.checked_sub(1)?)),
        (Ok(start), Err(_)) if end.is_empty() => (start, len.checked_sub(1)?),
        (Err(_), Ok(tail)) if start.is_empty() && tail > 0 => (len.saturating_sub(tail), len.checked_sub(1)?),
        _ => return None,
    };
    (start <= end && end < len).then_some((start, end))
}
