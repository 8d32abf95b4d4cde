//! What calls leave with a recorder.
#![cfg(feature = "metrics")]

mod common;

use std::collections::BTreeMap;

use common::{Server, errcode, json};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use serde_json::json;
use wecom::Method;

#[tokio::test]
async fn calls_are_counted_and_measured() {
    let server = Server::with_tokens(|request| match request.path.as_str() {
        "/cgi-bin/busy" if request.number < 3 => errcode(-1, "busy"),
        "/cgi-bin/expired" if request.number == 1 => errcode(42001, "expired"),
        "/cgi-bin/refused" => errcode(60111, "no such member"),
        _ => json(json!({"errcode": 0})),
    })
    .await;
    let client = server.client().build().expect("builds");
    let recorder = DebuggingRecorder::new();
    let snapshots = recorder.snapshotter();
    // This test's runtime has one thread: everything is recorded on it.
    let guard = metrics::set_default_local_recorder(&recorder);
    for path in ["busy", "expired", "refused", "fine", "fine"] {
        let _ = client.raw(Method::Post, format!("/cgi-bin/{path}"), &[], None).await;
    }
    drop(guard);
    let (mut counters, mut spans) = (BTreeMap::new(), BTreeMap::new());
    for (key, _, _, value) in snapshots.snapshot().into_vec() {
        let (_, key) = key.into_parts();
        let labels: Vec<_> =
            key.labels().map(|label| label.value().trim_start_matches("/cgi-bin/")).collect();
        let name = format!("{} {}", key.name(), labels.join(" "));
        match value {
            DebugValue::Counter(count) => drop(counters.insert(name.trim().to_owned(), count)),
            DebugValue::Histogram(values) => drop(spans.insert(name, values)),
            DebugValue::Gauge(_) => panic!("{name}"),
        }
    }
    let counters: Vec<_> = counters.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(
        counters,
        [
            ("wecom_calls_total busy ok", 1),
            ("wecom_calls_total expired ok", 1),
            ("wecom_calls_total fine ok", 2),
            ("wecom_calls_total refused 60111", 1),
            ("wecom_requests_total busy", 3),
            ("wecom_requests_total expired", 2),
            ("wecom_requests_total fine", 2),
            ("wecom_requests_total gettoken", 2),
            ("wecom_requests_total refused", 1),
            ("wecom_retries_total busy", 2),
            ("wecom_token_fetches_total", 2),
            ("wecom_token_replays_total expired", 1),
        ]
    );
    let measured: Vec<_> = spans.iter().map(|(name, values)| (name.as_str(), values.len())).collect();
    let name = |path: &str| format!("wecom_call_duration_seconds {path}");
    let expected =
        [("busy", 1), ("expired", 1), ("fine", 2), ("refused", 1)].map(|(path, n)| (name(path), n));
    assert_eq!(measured, expected.each_ref().map(|(name, n)| (name.as_str(), *n)));
    assert!(spans.values().flatten().all(|seconds| seconds.into_inner() > 0.0));
}
