//! No secret in any error, `Debug` or log: every flow is run with marked secrets, and all output is searched for the mark.

mod common;

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use common::{Reply, Server, quick};
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use wecom::token::{BoxFuture, MemoryStore, StoreError, StoredToken, TokenKey, TokenStore};
use wecom::{
    Client, Error, HardwareModel, Method, Provider, RetryPolicy, Secret, Suite, Timestamp, Transport, Webhook,
};

const MARK: &str = "Hush7Hush";

/// Collects every span and event as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = writeln!(self.0.lock().expect("lock"), "{field}={value:?}");
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("wecom")
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Where tokens are kept: its keys are searched, too.
struct Keys(MemoryStore, Arc<Mutex<String>>);

impl Keys {
    fn note(&self, key: &TokenKey) {
        let _ = writeln!(self.1.lock().expect("lock"), "{key} {key:?}");
    }
}

impl TokenStore for Keys {
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, StoreError>> {
        self.note(key);
        self.0.get(key)
    }
    fn replace<'a>(
        &'a self,
        key: &'a TokenKey,
        seen: Option<&'a StoredToken>,
        new: &'a StoredToken,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        self.note(key);
        self.0.replace(key, seen, new)
    }
    fn invalidate<'a>(
        &'a self,
        key: &'a TokenKey,
        failed: &'a Secret,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        self.note(key);
        self.0.invalidate(key, failed)
    }
}

/// An error in every form in which it can be shown, its sources included.
fn shown(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let _ = write!(text, " {cause} {cause:?}");
        source = cause.source();
    }
    text
}

/// What a type of ours does not know, and a request as it goes out, may hold secrets too.
#[test]
fn nor_does_what_is_unknown() {
    let content =
        json!({"msgtype": "new", "new": {"aeskey": MARK, "list": [{"access_token": MARK}], "text": "shown"}});
    let unknown = wecom::UnknownVariant::from_value(content).expect("an object");
    let payload = wecom::Payload::json(&json!({"auth_code": MARK})).expect("writes");
    let payload = payload.query("code", &MARK).expect("a text");
    let all = format!("{unknown:?} {unknown:#?} {payload:?} {payload:#?}");
    assert!(!all.contains(MARK) && all.contains("shown") && all.contains("code"), "{all}");
}

/// What goes wrong with a call; the token request before it works when `number` says so.
fn fault(number: usize, query: &str, body: &str) -> Reply {
    let echo = format!("{query} {body} {MARK}");
    match number {
        0 => Reply::Json(json!({"errcode": 40001, "errmsg": format!("bad: {echo}"), "access_token": MARK})),
        1 => Reply::Http(502, "Content-Type: text/html\r\n".into(), format!("<title>{echo}</title>").into()),
        2 => Reply::Http(200, format!("Content-Type: text/{MARK}\r\n"), echo.into()),
        3 => Reply::Http(
            200,
            String::new(),
            format!("{{\"access_token\":\"{MARK}\",\"suite_ticket\":\"{MARK}").into(),
        ),
        4 => Reply::Json(
            json!({"access_token": [MARK], "suite_access_token": [MARK], "provider_access_token": [MARK], "device_access_token": [MARK], "model_access_token": [MARK]}),
        ),
        5 => Reply::Drop,
        6 => Reply::Truncated(MARK.into()),
        7 => Reply::Json(json!({"errcode": 42001, "errmsg": format!("expired {MARK}")})),
        _ => Reply::Json(json!({"errcode": -1, "errmsg": format!("busy {MARK}")})),
    }
}

#[tokio::test]
async fn nothing_shows_a_secret() {
    let log = Log::default();
    let guard = tracing::subscriber::set_default(log.clone());
    let mut all = String::new();
    let mut failures = 0;
    let keys = Arc::new(Mutex::new(String::new()));
    for token_works in [true, false] {
        for number in 0..9 {
            let server = Server::start(move |request| {
                let for_token = request.path.contains("token");
                if for_token && token_works {
                    let mut body = json!({"expires_in": 7200});
                    for name in [
                        "access_token",
                        "suite_access_token",
                        "provider_access_token",
                        "device_access_token",
                        "model_access_token",
                    ] {
                        body[name] = format!("{MARK}-token").into();
                    }
                    return Reply::Json(body);
                }
                fault(number, &request.query, &request.text())
            })
            .await;
            let transport = Transport::builder()
                .base_url(&server.base)
                .header("x-gateway-key", MARK)
                .store(Keys(MemoryStore::new(), Arc::clone(&keys)))
                .retry(quick().max_retries(1))
                .build()
                .expect("builds");
            let client = Client::builder("ww1", MARK).transport(&transport).build().expect("builds");
            let suite = Suite::builder("s1", MARK).transport(&transport).build().expect("builds");
            suite.set_ticket(MARK, Timestamp(1)).await.expect("stores");
            let corp = suite.corp("ww2", MARK).expect("builds");
            let provider = Provider::builder("ww3", MARK).transport(&transport).build().expect("builds");
            let robot = Webhook::builder(MARK).transport(&transport).build().expect("builds");
            let model = HardwareModel::builder("m1", MARK).transport(&transport).build().expect("builds");
            model.set_ticket(MARK, Timestamp(1)).await.expect("stores");
            let device = model.device("SN1", MARK).expect("builds");
            let _ = write!(
                all,
                "{client:?} {suite:?} {corp:?} {provider:?} {robot:?} {model:?} {device:?} {transport:?}"
            );
            let path = "/cgi-bin/x";
            let query = [("code", MARK)];
            let body = Some(json!({"userpassword": MARK}));
            macro_rules! run {
                ($($client:ident),*) => {$({
                    let call = $client.raw(Method::Post, path, &query, body.clone());
                    let _ = write!(all, "{call:?}");
                    if let Err(error) = call.await {
                        failures += 1;
                        all += &shown(&error);
                    }
                })*};
            }
            run!(client, suite, corp, provider, robot, model, device);
        }
    }
    // Settings show none either, before anything is built.
    let transport = Transport::builder()
        .base_url(format!("https://user:{MARK}@gateway.test/{MARK}"))
        .proxy(format!("http://user:{MARK}@proxy.test:3128"))
        .header("x-gateway-key", MARK);
    let builder = Client::builder("ww1", MARK).base_url(format!("https://h.test?key={MARK}")).proxy(MARK);
    let (suite, provider) = (Suite::builder("s1", MARK), Provider::builder("ww3", MARK));
    let (model, robot) = (HardwareModel::builder("m1", MARK), Webhook::builder(MARK).header("x", MARK));
    let settings = format!("{transport:?} {builder:?} {suite:?} {provider:?} {model:?} {robot:?}");
    for told in ["gateway.test", "h.test", "x-gateway-key", "ww1", "s1", "ww3", "m1", "WebhookBuilder"] {
        assert!(settings.contains(told), "{told} in {settings}");
    }
    all += &settings;
    // No server at all.
    let client = Client::builder("ww1", MARK)
        .base_url("http://127.0.0.1:9")
        .retry(RetryPolicy::never())
        .build()
        .expect("builds");
    all += &shown(&client.raw(Method::Get, "/cgi-bin/x", &[], None).await.expect_err("refused"));
    drop(guard);
    let log = log.0.lock().expect("lock");
    assert!(failures > 80, "{failures} flows failed");
    assert!(
        log.contains("endpoint=/cgi-bin/x") && log.contains("errcode=40001") && log.contains("duration_ms="),
        "{log}"
    );
    let keys = keys.lock().expect("lock");
    for kind in ["access_token|", "suite_access_token|", "suite_ticket|", "device_access_token|", "|sha256:"]
    {
        assert!(keys.contains(kind), "no key of {kind}");
    }
    for (name, text) in [("errors and Debug", &all), ("log", &*log), ("keys of the store", &*keys)] {
        if let Some(at) = text.find(MARK) {
            let start = text.floor_char_boundary(at.saturating_sub(300));
            panic!("a secret in {name}: …{}", &text[start..at + MARK.len()]);
        }
    }
}
