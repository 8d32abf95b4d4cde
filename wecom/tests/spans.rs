//! What a call leaves in the log: a span with endpoint, errcode, attempts and duration.

mod common;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{Reply, Server, errcode, json};
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use wecom::Method;

/// Every span of this crate, by its number, with what was recorded in it; and events by the span they happened in.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    spans: Vec<Fields>,
    entered: Vec<usize>,
    events: Vec<(Option<usize>, Fields)>,
}

#[derive(Clone, Default, Debug)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

fn index(id: &Id) -> usize {
    usize::try_from(id.into_u64()).expect("small") - 1
}

impl tracing::Subscriber for Spans {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("wecom")
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::default();
        span.record(&mut fields);
        fields.0.insert("span", span.metadata().name().to_owned());
        let spans = &mut self.0.lock().expect("lock").spans;
        spans.push(fields);
        Id::from_u64(spans.len() as u64)
    }
    fn record(&self, id: &Id, values: &Record<'_>) {
        values.record(&mut self.0.lock().expect("lock").spans[index(id)]);
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let mut state = self.0.lock().expect("lock");
        let inside = state.entered.last().copied();
        state.events.push((inside, fields));
    }
    fn enter(&self, id: &Id) {
        self.0.lock().expect("lock").entered.push(index(id));
    }
    fn exit(&self, _: &Id) {
        self.0.lock().expect("lock").entered.pop();
    }
}

#[tokio::test]
async fn each_call_leaves_a_span() {
    let server = Server::with_tokens(|request| match request.path.as_str() {
        "/cgi-bin/fine" => json(json!({"errcode": 0, "errmsg": "ok"})),
        "/cgi-bin/busy-twice" if request.number < 3 => errcode(-1, "busy"),
        "/cgi-bin/busy-twice" => json(json!({"errcode": 0, "errmsg": "ok"})),
        "/cgi-bin/refused" => errcode(60111, "no such member"),
        "/cgi-bin/slow" => Reply::Hang,
        _ => Reply::Drop,
    })
    .await;
    let client = server.client().build().expect("builds");
    let spans = Spans::default();
    let guard = tracing::subscriber::set_default(spans.clone());
    let paths = ["fine", "busy-twice", "refused", "dropped", "slow"].map(|name| format!("/cgi-bin/{name}"));
    for path in &paths {
        let call = client.raw(Method::Post, path, &[], None);
        let call = if path.ends_with("slow") { call.timeout(Duration::from_millis(150)) } else { call };
        let _ = call.await;
    }
    drop(guard);
    let state = spans.0.lock().expect("lock");
    let span_of = |path: &str| {
        let mut found = state.spans.iter().enumerate().filter(|(_, span)| span.0["endpoint"] == path);
        let (index, span) = found.next().unwrap_or_else(|| panic!("no span of {path}"));
        assert!(found.next().is_none(), "more than one span of {path}");
        (index, span)
    };
    // The path is the field's text, not a quoted one.
    for (path, errcode, attempts) in [
        ("/cgi-bin/gettoken", Some("0"), "1"),
        ("/cgi-bin/fine", Some("0"), "1"),
        ("/cgi-bin/busy-twice", Some("0"), "3"),
        ("/cgi-bin/refused", Some("60111"), "1"),
        ("/cgi-bin/dropped", None, "1"),
        ("/cgi-bin/slow", None, "1"),
    ] {
        let (index, Fields(span)) = span_of(path);
        assert_eq!(span["span"], "wecom.call");
        assert_eq!(span.get("errcode").map(String::as_str), errcode, "{path}");
        assert_eq!(span["attempts"], attempts, "{path}");
        let duration: u64 = span["duration_ms"].parse().expect("milliseconds");
        assert!(!path.ends_with("slow") || duration >= 150, "{path}: {duration}");
        // What happens in a call is told inside its span.
        let events: Vec<_> = state.events.iter().filter(|(inside, _)| *inside == Some(index)).collect();
        let told = |message: &str| events.iter().filter(|(_, event)| event.0["message"] == message).count();
        let repeats = attempts.parse::<usize>().expect("a number") - 1;
        assert_eq!(told("repeating the call"), repeats, "{path}");
        let ended = if errcode == Some("0") { "done" } else { "failed" };
        assert_eq!(told(ended), 1, "{path}: {events:?}");
    }
    assert_eq!(state.spans.len(), 6);
    // The names of OpenTelemetry's conventions stand beside.
    let port = server.base.rsplit(':').next().expect("a port");
    for (path, status, error) in [
        ("/cgi-bin/gettoken", Some("200"), None),
        ("/cgi-bin/fine", Some("200"), None),
        ("/cgi-bin/busy-twice", Some("200"), None),
        ("/cgi-bin/refused", Some("200"), Some("60111")),
        ("/cgi-bin/dropped", None, Some("broken")),
        ("/cgi-bin/slow", None, Some("timeout")),
    ] {
        let (_, Fields(span)) = span_of(path);
        let method = if path.ends_with("gettoken") { "GET" } else { "POST" };
        let of = |name: &str| span.get(name).map(|value| value.trim_matches('"'));
        assert_eq!((of("otel.kind"), of("http.request.method")), (Some("client"), Some(method)), "{path}");
        assert_eq!((of("server.address"), of("server.port")), (Some("127.0.0.1"), Some(port)), "{path}");
        assert_eq!((of("http.response.status_code"), of("error.type")), (status, error), "{path}");
    }
}
