//! Suites, providers, robots and hardware: who fetches which token how.

mod common;

use common::{Reply, Request, Server, errcode, json, quick};
use serde_json::json;
use wecom::{Error, HardwareModel, Method, Provider, Suite, Timestamp, Transport, Webhook};

fn issue(name: &str, request: &Request) -> Reply {
    json(json!({name: format!("{name}-{}", request.number), "expires_in": 7200}))
}

async fn server(refused: &'static str) -> Server {
    Server::start(move |request| match request.path.as_str() {
        "/cgi-bin/service/get_suite_token" => issue("suite_access_token", request),
        "/cgi-bin/service/get_provider_token" => issue("provider_access_token", request),
        "/cgi-bin/openhw/get_model_token" => issue("model_access_token", request),
        _ if !refused.is_empty() && request.query.contains(refused) => errcode(42009, "expired"),
        "/cgi-bin/service/get_corp_token" => issue("access_token", request),
        "/cgi-bin/openhw/get_device_token" => issue("device_access_token", request),
        _ => json(json!({"errcode": 0, "errmsg": "ok"})),
    })
    .await
}

fn transport(server: &Server) -> Transport {
    Transport::builder().base_url(&server.base).retry(quick()).build().expect("builds")
}

#[tokio::test]
async fn a_suite_needs_a_ticket_and_gives_corps_their_clients() {
    let server = server("suite_access_token-1").await;
    let suite =
        Suite::builder("wx-suite", "suite-secret").transport(&transport(&server)).build().expect("builds");
    let corp = suite.corp("ww-corp", "permanent-code").expect("builds");
    let call = || corp.raw(Method::Post, "/cgi-bin/message/send", &[], None);
    let error = call().await.expect_err("no ticket yet");
    assert!(
        matches!(&error, Error::Token(_)) && error.to_string().contains("no suite_ticket yet for wx-suite"),
        "{error}"
    );
    assert!(suite.set_ticket("ticket-1", Timestamp(100)).await.expect("stores"));
    assert_eq!(suite.ticket_pushed_at().await.expect("reads"), Some(Timestamp(100)));
    // The suite token expires half way: it is replaced beneath the corp's token.
    call().await.expect("sends");
    let suites = server.requests("/cgi-bin/service/get_suite_token");
    assert_eq!(suites.len(), 2);
    assert_eq!(
        suites[0].json(),
        json!({"suite_id": "wx-suite", "suite_secret": "suite-secret", "suite_ticket": "ticket-1"})
    );
    let corps = server.requests("/cgi-bin/service/get_corp_token");
    assert_eq!(corps.len(), 2);
    assert_eq!(corps[1].query, "suite_access_token=suite_access_token-2");
    assert_eq!(corps[1].json(), json!({"auth_corpid": "ww-corp", "permanent_code": "permanent-code"}));
    assert_eq!(server.requests("/cgi-bin/message/send")[0].query, "access_token=access_token-2");
    suite.raw(Method::Get, "/cgi-bin/service/get_pre_auth_code", &[], None).await.expect("gets");
    assert_eq!(
        server.requests("/cgi-bin/service/get_pre_auth_code")[0].query,
        "suite_access_token=suite_access_token-2"
    );
    let stats = suite.stats();
    assert_eq!((stats.calls, stats.token_fetches, stats.replays), (3, 3, 1), "{stats:?}");
}

#[tokio::test]
async fn providers_hardware_and_robots() {
    let server = server("").await;
    let transport = transport(&server);
    let provider =
        Provider::builder("ww-provider", "provider-secret").transport(&transport).build().expect("builds");
    provider.raw(Method::Post, "/cgi-bin/service/x", &[], None).await.expect("sends");
    assert_eq!(
        server.requests("/cgi-bin/service/get_provider_token")[0].json(),
        json!({"corpid": "ww-provider", "provider_secret": "provider-secret"})
    );
    assert_eq!(
        server.requests("/cgi-bin/service/x")[0].query,
        "provider_access_token=provider_access_token-1"
    );

    let model = HardwareModel::builder("m1", "model-secret").transport(&transport).build().expect("builds");
    let device = model.device("SN1", "device-secret").expect("builds");
    let call = || device.raw(Method::Post, "/cgi-bin/openhw/x", &[], None);
    assert!(call().await.expect_err("no ticket yet").to_string().contains("no model_ticket yet for m1"));
    assert_eq!(model.ticket_pushed_at().await.expect("reads"), None);
    assert!(model.set_ticket("ticket", Timestamp(100)).await.expect("stores"));
    assert!(!model.set_ticket("late", Timestamp(99)).await.expect("works"), "an older one replaced it");
    assert_eq!(model.ticket_pushed_at().await.expect("reads"), Some(Timestamp(100)));
    call().await.expect("sends");
    assert_eq!(
        server.requests("/cgi-bin/openhw/get_model_token")[0].json(),
        json!({"model_id": "m1", "model_secret": "model-secret", "model_ticket": "ticket"})
    );
    let request = &server.requests("/cgi-bin/openhw/get_device_token")[0];
    assert_eq!(request.query, "model_access_token=model_access_token-1");
    assert_eq!(request.json(), json!({"device_sn": "SN1", "device_secret": "device-secret"}));
    assert_eq!(server.requests("/cgi-bin/openhw/x")[0].query, "device_access_token=device_access_token-1");

    for key in ["693a-91f6", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a-91f6"] {
        let robot = Webhook::builder(key).transport(&transport).build().expect("builds");
        robot
            .raw(Method::Post, "/cgi-bin/webhook/send", &[], Some(json!({"msgtype": "text"})))
            .await
            .expect("sends");
    }
    let sent = server.requests("/cgi-bin/webhook/send");
    assert!(sent.len() == 2 && sent.iter().all(|request| request.query == "key=693a-91f6"));
    assert!(Webhook::builder("https://qyapi.weixin.qq.com/cgi-bin/webhook/send").build().is_err());
}
