//! Faults, life and death of the sandbox, calls at the same time.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::time::Duration;

use common::World;
use serde_json::{Value, json};
use wecom_sandbox::{App, Corp, Fault, Sandbox, Seed};

const USER: &str = "GET /cgi-bin/user/get?userid=zhangsan";
const TAGS: &str = "GET /cgi-bin/tag/list";

async fn code(world: &World, what: &str) -> i64 {
    let (_, path) = what.split_once(' ').unwrap();
    let text = world.http.get(world.url(path)).send().await.unwrap().text().await.unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["errcode"].as_i64().unwrap()
}

#[tokio::test]
async fn when_they_strike() {
    let world = World::app().await;
    let codes = async |n: usize, what: &str| {
        let mut out = Vec::new();
        for _ in 0..n {
            out.push(code(&world, what).await);
        }
        out
    };
    world.sandbox.fault(Fault::Errcode(-1));
    assert_eq!(codes(2, USER).await, [-1, 0]);
    world.sandbox.fault(Fault::Errcode(45009)).on("/cgi-bin/user/get").times(2);
    assert_eq!(codes(1, TAGS).await, [0]);
    assert_eq!(codes(3, USER).await, [45009, 45009, 0]);
    world.sandbox.fault(Fault::Errcode(-1)).after(2).times(1);
    assert_eq!(codes(4, USER).await, [0, 0, -1, 0]);
    let fault = world.sandbox.fault(Fault::Errcode(-1)).always();
    assert_eq!(codes(2, USER).await, [-1, -1]);
    fault.remove();
    let fault = world.sandbox.fault(Fault::Errcode(-1)).probability(0.5, 7);
    let first = codes(20, USER).await;
    let struck = first.iter().filter(|c| **c == -1).count();
    assert!((3..18).contains(&struck), "{first:?}");
    fault.remove();
    world.sandbox.fault(Fault::Errcode(-1)).probability(0.5, 7);
    assert_eq!(codes(20, USER).await, first, "the same seed, the same calls");
    assert!(world.sandbox.requests().iter().any(|r| r.faults == [Fault::Errcode(-1)]));
}

#[tokio::test]
async fn each_kind() {
    let mut world = World::app().await;
    let get = async |world: &World| world.http.get(world.url("/cgi-bin/tag/list")).send().await;

    world.sandbox.fault(Fault::Status(502));
    assert_eq!(get(&world).await.unwrap().status(), 502);
    world.sandbox.fault(Fault::NotJson);
    assert!(get(&world).await.unwrap().text().await.unwrap().starts_with("<html>"));
    world.sandbox.fault(Fault::Drop);
    assert!(get(&world).await.unwrap_err().is_request());
    assert_eq!(world.sandbox.requests().last().unwrap().status, 0);
    world.sandbox.fault(Fault::Truncate);
    let mut response = get(&world).await.unwrap();
    let head = response.chunk().await.unwrap().unwrap();
    assert!(head.starts_with(b"{\"errcode\":0"), "{head:?}");
    assert!(response.chunk().await.is_err());
    world.sandbox.fault(Fault::Delay(Duration::from_millis(30)));
    let before = std::time::Instant::now();
    assert_eq!(code(&world, TAGS).await, 0);
    assert!(before.elapsed() >= Duration::from_millis(30));
    world.sandbox.fault(Fault::ExpireTokens);
    assert_eq!(code(&world, TAGS).await, 42001);
    world.sign_in(Sandbox::SECRET).await;
    assert_eq!(code(&world, TAGS).await, 0);
    // Nothing is done in an errcode's place.
    world.sandbox.fault(Fault::Errcode(-1));
    let create = "POST /cgi-bin/tag/create";
    world.call(create, json!({ "tagname": "a" }), -1, json!({})).await;
    world.call(create, json!({ "tagname": "a" }), 0, json!({ "tagid": 1 })).await;
}

#[tokio::test]
async fn over_http() {
    let world = World::app().await;
    let post = async |path: &str, body: Value| {
        let url = format!("{}{path}", world.sandbox.base_url());
        let response = world.http.post(url).body(body.to_string()).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    for (body, status) in [
        (json!({ "fault": "errcode", "value": -1, "path": "/cgi-bin/tag/list", "times": 2 }), 200),
        (json!({ "fault": "delay", "value": 1 }), 200),
        (json!({ "fault": "drop", "path": "/none", "probability": 0.5, "seed": 3, "times": null }), 200),
        (json!({ "fault": "nonsense" }), 400),
    ] {
        let answer = post("/sandbox/faults", body.clone()).await;
        assert_eq!(answer.0, status, "{body}: {}", answer.1);
    }
    assert_eq!([code(&world, TAGS).await, code(&world, TAGS).await, code(&world, TAGS).await], [-1, -1, 0]);
    let url = format!("{}/sandbox/requests", world.sandbox.base_url());
    let calls: Value =
        serde_json::from_str(&world.http.get(url).send().await.unwrap().text().await.unwrap()).unwrap();
    let codes: Vec<_> =
        calls["requests"].as_array().unwrap().iter().map(|r| r["errcode"].as_i64().unwrap()).collect();
    assert_eq!(codes, [0, -1, -1, 0]);
    assert_eq!(post("/sandbox/reset", Value::Null).await.0, 200);
    assert_eq!(world.sandbox.requests(), []);
    assert_eq!(code(&world, TAGS).await, 40014, "the token went with the state");
}

#[tokio::test]
async fn at_the_same_time() {
    let world = World::app().await;
    let url = world.url("/cgi-bin/tag/create");
    let calls = (0..50).map(|i| {
        let body = json!({ "tagname": format!("t{i}") }).to_string();
        let request = world.http.post(&url).body(body);
        tokio::spawn(async move {
            let text = request.send().await.unwrap().text().await.unwrap();
            serde_json::from_str::<Value>(&text).unwrap()["tagid"].as_i64().unwrap()
        })
    });
    let mut ids = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        ids.push(call.await.unwrap());
    }
    ids.sort_unstable();
    assert_eq!(ids, (1..=50).collect::<Vec<_>>());
    let numbers: Vec<u64> = world.sandbox.requests().iter().map(|r| r.number).collect();
    assert_eq!(numbers, (1..=51).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_same_every_time() {
    let (one, two) = (World::app().await, World::app().await);
    assert_eq!(one.auth, two.auth);
    let seed = Seed { number: 2, ..Seed::default() };
    let mut other = World::with(Sandbox::builder().seed(seed)).await;
    other.sign_in(Sandbox::SECRET).await;
    assert_ne!(one.auth, other.auth);
}

#[tokio::test]
async fn to_ones_own_taste() {
    let corp = Corp::new("wwmine", "我的").app(App::new(7, "应用", "mine")).member("m", "某");
    let log = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let lines = log.clone();
    let builder =
        Sandbox::builder().corp(corp).token_seconds(60).log(move |r| lines.lock().unwrap().push(r.line()));
    let world = World::with(builder).await;
    let path = "GET /cgi-bin/gettoken?corpid=wwmine&corpsecret=mine";
    world.call(path, Value::Null, 0, json!({ "expires_in": 60 })).await;
    assert_eq!(*log.lock().unwrap(), ["GET /cgi-bin/gettoken?corpid=wwmine&corpsecret=*** -> 0 ok"]);
}

#[tokio::test]
async fn it_ends() {
    let world = World::start().await;
    let delay = world.sandbox.fault(Fault::Delay(Duration::from_secs(3600)));
    let url = world.url("/cgi-bin/gettoken");
    let late = tokio::spawn(reqwest::get(url.clone()));
    while delay.left() != Some(0) {
        tokio::task::yield_now().await;
    }
    let client = world.http.clone();
    world.sandbox.shutdown().await;
    // A late answer comes at once rather than never.
    assert_eq!(late.await.unwrap().unwrap().status(), 200);
    assert!(client.get(&url).send().await.is_err());

    let world = World::start().await;
    let url = world.url("/cgi-bin/gettoken");
    drop(world.sandbox);
    while client.get(&url).send().await.is_ok() {
        tokio::task::yield_now().await;
    }
}
