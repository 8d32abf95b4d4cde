//! Every endpoint of the built-in spec.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::collections::BTreeSet;

use common::World;
use serde_json::{Value, json};
use wecom_codegen::check::{Checker, Side};
use wecom_codegen::ir::{Place, RequestBody, ResponseBody};
use wecom_sandbox::{Auth, Sandbox};

/// Codes that a call made from the spec must not get: its shape is right, though it may name things that are not there.
const SHAPE: &[i64] = &[404, 41001, 40014, 43001, 43002, 47001, 40008, 41009, 41011];

#[tokio::test]
async fn sample_calls_are_taken() {
    let mut world = World::start().await;
    let endpoints: Vec<_> = world.sandbox.api().endpoints().map(|(_, e)| e.clone()).collect();
    assert!(!endpoints.is_empty());
    let mut made = BTreeSet::new();
    for e in &endpoints {
        world.sandbox.reset();
        let fixed: Vec<&str> = e.fixed.iter().map(|(k, _)| k.as_str()).collect();
        let query: Vec<String> = e.fixed.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let sample = world.sandbox.sample(&format!("{}?{}", e.path, query.join("&"))).unwrap();
        let checker = Checker::new(world.sandbox.api(), Side::Sent);
        if e.body == RequestBody::Json {
            let findings = checker.report(e.request, &sample.body).findings;
            assert!(findings.is_empty(), "{}: {findings:?}", e.path);
        }
        let found = checker.pairs(e.request, Place::Query, &sample.query, &fixed);
        assert!(found.is_empty(), "{}: {found:?}", e.path);

        let (owner, agent) = match e.auth {
            Auth::SuiteAccessToken => (Sandbox::SUITE_ID, 0),
            _ => (Sandbox::CORP_ID, Sandbox::AGENT_ID),
        };
        world.auth = match e.auth {
            Auth::None => String::new(),
            Auth::Key => format!("key={}", Sandbox::WEBHOOK_KEY),
            kind => format!("{}={}", kind.word(), world.sandbox.token(kind, owner, agent)),
        };
        let url = world.url(&e.path);
        let mut request = if e.post { world.http.post(url) } else { world.http.get(url) };
        request = request.query(&sample.query);
        request = match (e.body, &e.file) {
            (RequestBody::Multipart, Some(file)) => {
                let part = reqwest::multipart::Part::bytes(b"0123456789".to_vec()).file_name("图.png");
                request.multipart(reqwest::multipart::Form::new().part(file.part.clone(), part))
            }
            _ if e.post => request.body(sample.body.to_string()),
            _ => request,
        };
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{}", e.path);
        let text = response.text().await.unwrap();
        for recorded in world.sandbox.requests() {
            assert!(recorded.findings.is_empty(), "{}", recorded.line());
        }
        let Ok(answer) = serde_json::from_str::<Value>(&text) else {
            assert_ne!(e.answer, ResponseBody::Json, "{} {text}", e.path);
            continue;
        };
        match answer.get("errcode").and_then(Value::as_i64).unwrap_or(0) {
            0 => {
                made.insert(e.path.clone());
                world.conforms(&e.path, &answer);
            }
            code => assert!(!SHAPE.contains(&code), "{} {}: {text}", e.path, sample.body),
        }
    }
    // Many need something that is there only after another call; the rest succeeds.
    assert!(made.len() * 3 > endpoints.len(), "{made:?}");
}

/// The value with one node replaced, for every node and every odd value.
fn spoiled(value: &Value) -> Vec<Value> {
    let odd = [
        json!(null),
        json!(true),
        json!(-1),
        json!(u64::MAX),
        json!(1.5),
        json!(1e300),
        json!(""),
        json!("|"),
        json!("中|-1|{"),
        json!([]),
        json!([[null]]),
        json!({}),
        json!({ "type": {}, "": [] }),
    ];
    let mut out = odd.to_vec();
    let keys: Vec<String> = match value {
        Value::Object(map) => map.keys().map(|k| format!("/{k}")).collect(),
        Value::Array(items) => (0..items.len()).map(|i| format!("/{i}")).collect(),
        _ => Vec::new(),
    };
    for key in keys {
        let Some(inner) = value.pointer(&key) else { continue };
        for replaced in spoiled(inner) {
            let mut whole = value.clone();
            *whole.pointer_mut(&key).unwrap() = replaced;
            out.push(whole);
        }
    }
    out
}

/// Calls that have state, with odd values: each is answered.
#[tokio::test]
async fn no_call_panics() {
    const FLOWS: &[&str] = &[
        "kf",
        "oa/calendar",
        "oa/schedule",
        "oa/applyevent",
        "meeting",
        "wedoc",
        "wedrive",
        "license",
        "exmail",
        "externalcontact",
        "message",
    ];
    let mut world = World::start().await;
    let endpoints: Vec<_> = world.sandbox.api().endpoints().map(|(_, e)| e.clone()).collect();
    let flows =
        endpoints.iter().filter(|e| FLOWS.iter().any(|f| e.path.starts_with(&format!("/cgi-bin/{f}"))));
    let mut count = 0;
    for e in flows.filter(|e| e.body == RequestBody::Json && e.auth != Auth::Key) {
        world.sandbox.clear();
        world.auth =
            format!("{}={}", e.auth.word(), world.sandbox.token(e.auth, Sandbox::CORP_ID, Sandbox::AGENT_ID));
        let sample = world.sandbox.sample(&e.path).unwrap().body;
        // Some thirty of them, from all of the body.
        let odd = spoiled(&sample);
        let step = odd.len().div_ceil(30);
        for value in odd.into_iter().step_by(step) {
            world.send(&format!("POST {}", e.path), &value).await;
            count += 1;
        }
    }
    assert!(count > 1000, "{count}");
}

#[tokio::test]
async fn no_value_panics() {
    let world = World::start().await;
    let api = world.sandbox.api();
    let mut count = 0;
    for (_, e) in api.endpoints() {
        let sample = world.sandbox.sample(&e.path).unwrap().body;
        for value in spoiled(&sample) {
            for side in [Side::Sent, Side::Received] {
                for ty in [Some(e.request), e.response].into_iter().flatten() {
                    Checker::new(api, side).report(ty, &value);
                    Checker::new(api, side).merged().report(ty, &value);
                    count += 1;
                }
            }
        }
    }
    assert!(count > 1000, "{count}");
}
