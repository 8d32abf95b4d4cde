//! The HTTP server: reading calls, faults, records, the calls under `/sandbox`.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, Query, Request, State as Shared};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::watch;
use wecom_codegen::ir::Api;

use crate::call::Upload;
use crate::fault::{Fault, Faults, Plan};
use crate::handle::{Answered, Incoming, body_of, endpoint, handle, refused};
use crate::record::{Recorded, redact};
use crate::refuse::Refusal;
use crate::seed::Seed;
use crate::socket::{Sockets, socket};
use crate::state::State;

/// Bodies beyond this are not read.
const LARGEST: usize = 64 << 20;

/// Is told every call.
pub(crate) type Log = Box<dyn Fn(&Recorded) + Send + Sync>;

/// What all connections share.
pub(crate) struct Server {
    pub(crate) api: Api,
    pub(crate) seed: Seed,
    pub(crate) base: String,
    pub(crate) faults: Faults,
    pub(crate) stop: watch::Receiver<bool>,
    pub(crate) log: Option<Log>,
    pub(crate) sockets: Sockets,
    state: Mutex<State>,
    records: Mutex<Vec<Recorded>>,
}

impl Server {
    pub(crate) fn new(
        api: Api,
        seed: Seed,
        base: String,
        stop: watch::Receiver<bool>,
        log: Option<Log>,
    ) -> Self {
        let state = Mutex::new(State::new(&seed));
        Server {
            api,
            seed,
            base,
            faults: Faults::default(),
            stop,
            log,
            sockets: Sockets::default(),
            state,
            records: Mutex::default(),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn records(&self) -> MutexGuard<'_, Vec<Recorded>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As it was at the start.
    pub(crate) fn reset(&self) {
        *self.state() = State::new(&self.seed);
        self.records().clear();
        self.faults.clear();
        self.sockets.reset();
    }
}

/// All routes; whatever is not the sandbox's own is WeCom's.
pub(crate) fn router(server: Arc<Server>) -> Router {
    Router::new()
        .route("/sandbox/requests", get(requests))
        .route("/sandbox/faults", post(faults))
        .route("/sandbox/reset", post(reset))
        .route("/sandbox/images/{id}", get(image))
        .route("/sandbox/files/{id}", get(drive_file))
        .route("/sandbox/socket", get(socket))
        .fallback(call)
        .with_state(server)
}

async fn requests(Shared(server): Shared<Arc<Server>>) -> Json<Value> {
    Json(json!({ "requests": *server.records() }))
}

async fn reset(Shared(server): Shared<Arc<Server>>) -> Json<Value> {
    server.reset();
    Json(json!({ "ok": true }))
}

async fn faults(Shared(server): Shared<Arc<Server>>, body: Bytes) -> (StatusCode, Json<Value>) {
    match serde_json::from_slice::<Plan>(&body) {
        Ok(plan) => {
            server.faults.add(plan);
            (StatusCode::OK, Json(json!({ "ok": true })))
        }
        Err(error) => {
            let wanted = r#"{"fault":"errcode","value":-1,"path":"/cgi-bin/message/send","times":1}"#;
            let text = format!("{error}; expected something like {wanted}");
            (StatusCode::BAD_REQUEST, Json(json!({ "ok": false, "error": text })))
        }
    }
}

async fn drive_file(
    Shared(server): Shared<Arc<Server>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response<Body> {
    let cookie = headers.get(header::COOKIE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let state = server.state();
    let now = state.now();
    let found = state.corps.values().find_map(|corp| corp.drive.download(&id, cookie, now));
    let mut response = Response::new(Body::empty());
    match found {
        None => *response.status_mut() = StatusCode::FORBIDDEN,
        Some((name, bytes)) => {
            let disposition = format!("attachment; filename=\"{}\"", name.replace(['"', '\r', '\n'], "_"));
            if let Ok(value) = HeaderValue::from_bytes(disposition.as_bytes()) {
                response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
            }
            *response.body_mut() = Body::from(bytes);
        }
    }
    response
}

async fn image(Shared(server): Shared<Arc<Server>>, Path(id): Path<String>) -> Response<Body> {
    let found = server.state().images.get(&id).cloned();
    match found {
        Some(media) => {
            let headers = vec![("content-type", media.content_type.into_bytes())];
            response(200, &headers, Body::from(media.bytes))
        }
        None => response(404, &[], Body::empty()),
    }
}

async fn call(Shared(server): Shared<Arc<Server>>, request: Request) -> Response<Body> {
    let Some(call) = read(request).await else { return response(413, &[], Body::empty()) };
    let struck = server.faults.strike(&call.path);
    let mut broken = None;
    for fault in &struck {
        match fault {
            Fault::Delay(time) => {
                let mut stop = server.stop.clone();
                tokio::select! {
                    () = tokio::time::sleep(*time) => {}
                    _ = stop.wait_for(|stop| *stop) => {}
                }
            }
            Fault::ExpireTokens => server.state().expire_tokens(),
            other => broken = Some(*other),
        }
    }
    let answered = {
        let mut state = server.state();
        match broken {
            Some(Fault::Errcode(code)) => {
                let missed = "a fault that was asked for".to_owned();
                refused(&server.api, &mut state, &Refusal { code: i64::from(code), missed })
            }
            Some(Fault::Status(status)) => page(status, "text/plain", ""),
            Some(Fault::NotJson) => page(200, "text/html", "<html><body>502 Bad Gateway</body></html>"),
            Some(Fault::Drop) => page(0, "text/plain", ""),
            _ => handle(&server.api, &mut state, &server.base, &call),
        }
    };
    record(&server, &call, &answered, struck);
    let Answered { status, mut headers, bytes, .. } = answered;
    let gone = || io::Error::new(io::ErrorKind::ConnectionAborted, "a fault that was asked for");
    match broken {
        // An error before the first chunk: the head is never sent.
        Some(Fault::Drop) => response(200, &[], Body::from_stream(stream::iter([Err::<Bytes, _>(gone())]))),
        Some(Fault::Truncate) => {
            headers.push(("content-length", bytes.len().to_string().into_bytes()));
            let half = bytes.slice(..bytes.len() / 2);
            let chunks = stream::unfold(Some(Ok(half)), move |next| async move {
                let chunk: Result<Bytes, io::Error> = next?;
                if chunk.is_err() {
                    // The half before is written out first.
                    tokio::task::yield_now().await;
                    return Some((chunk, None));
                }
                Some((chunk, Some(Err(gone()))))
            });
            response(status, &headers, Body::from_stream(chunks))
        }
        _ => response(status, &headers, Body::from(bytes)),
    }
}

fn page(status: u16, content_type: &str, text: &'static str) -> Answered {
    Answered {
        status,
        headers: vec![("content-type", content_type.as_bytes().to_vec())],
        bytes: Bytes::from_static(text.as_bytes()),
        errcode: None,
        errmsg: String::new(),
        findings: Vec::new(),
    }
}

fn response(status: u16, headers: &[(&'static str, Vec<u8>)], body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}

fn record(server: &Server, call: &Incoming, answered: &Answered, faults: Vec<Fault>) {
    let found = endpoint(&server.api, &call.path, &call.query);
    let (query, token) = redact(&server.api, found, &call.query);
    let mut records = server.records();
    let recorded = Recorded {
        number: records.last().map_or(1, |r| r.number + 1),
        method: call.method.to_string(),
        path: call.path.clone(),
        query,
        token,
        body: body_of(call),
        status: answered.status,
        errcode: answered.errcode,
        errmsg: answered.errmsg.clone(),
        findings: answered.findings.clone(),
        faults,
    };
    if let Some(log) = &server.log {
        log(&recorded);
    }
    records.push(recorded);
}

/// The whole call; none if it is too large.
async fn read(request: Request) -> Option<Incoming> {
    let (head, body) = request.into_parts();
    let bytes = to_bytes(body, LARGEST).await.ok()?;
    let query = Query::<Vec<(String, String)>>::try_from_uri(&head.uri).map(|q| q.0).unwrap_or_default();
    let content_type = head.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let form = match content_type {
        Some(text) if text.starts_with("multipart/form-data") => Some(parts(text, bytes.clone()).await),
        _ => None,
    };
    let path = head.uri.path().to_owned();
    Some(Incoming { method: head.method, path, query, headers: head.headers, bytes, form })
}

async fn parts(content_type: &str, bytes: Bytes) -> Result<Vec<Upload>, String> {
    let boundary = multer::parse_boundary(content_type).map_err(|e| e.to_string())?;
    let mut form = multer::Multipart::new(stream::iter([Ok::<_, io::Error>(bytes)]), boundary);
    let mut out = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|e| e.to_string())? {
        let part = field.name().unwrap_or_default().to_owned();
        let name = field.file_name().map(str::to_owned);
        let content_type =
            field.content_type().map_or("application/octet-stream".into(), ToString::to_string);
        let bytes = field.bytes().await.map_err(|e| e.to_string())?;
        out.push(Upload { part, name, content_type, bytes });
    }
    Ok(out)
}
