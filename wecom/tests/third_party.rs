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
async fn corps_are_listed_from_the_store() {
    let server = server("").await;
    let transport = transport(&server);
    let suite = |id: &str| Suite::builder(id, "suite-secret").transport(&transport).build().expect("builds");
    let (one, other) = (suite("wx-one"), suite("wx-other"));
    assert!(one.corps().await.expect("lists").is_empty());
    for corp in ["ww-b", "ww-a"] {
        assert!(one.set_permanent_code(corp, "code", Timestamp(100)).await.expect("stores"));
    }
    other.set_permanent_code("ww-c", "code", Timestamp(100)).await.expect("stores");
    one.set_ticket("ticket", Timestamp(100)).await.expect("stores");
    let corps = one.corps().await.expect("lists");
    assert_eq!(corps.iter().map(wecom::Client::corp_id).collect::<Vec<_>>(), ["ww-a", "ww-b"]);
    corps[0].raw(Method::Post, "/cgi-bin/message/send", &[], None).await.expect("sends");
    assert_eq!(server.requests("/cgi-bin/service/get_corp_token")[0].json()["auth_corpid"], "ww-a");
    assert!(one.forget_permanent_code("ww-a", Timestamp(101)).await.expect("forgets"));
    assert_eq!(one.corps().await.expect("lists").len(), 1);
}

/// Of an application that a provider builds for a corp the permanent code is the secret.
#[tokio::test]
async fn a_developed_application_fetches_tokens_as_an_own_one() {
    let server = server("").await;
    let suite =
        Suite::builder("dk-template", "secret").transport(&transport(&server)).build().expect("builds");
    suite.set_permanent_code("ww-corp", "permanent-code", Timestamp(100)).await.expect("stores");
    for corp in [suite.stored_corp("ww-corp"), suite.corp("ww-corp2", "permanent-code")] {
        // The other server of this test answers every path, so what matters is which one is asked.
        let _ = corp.expect("builds").access_token().await;
    }
    let asked: Vec<_> =
        server.requests("/cgi-bin/gettoken").into_iter().map(|request| request.query).collect();
    let of = |corp: &str| format!("corpid={corp}&corpsecret=permanent-code");
    // An answer without a token is asked for again, by the retry policy.
    assert!(asked.contains(&of("ww-corp")) && asked.contains(&of("ww-corp2")), "{asked:?}");
    assert!(server.requests("/cgi-bin/service/get_corp_token").is_empty());
    assert!(server.requests("/cgi-bin/service/get_suite_token").is_empty());
}

#[cfg(feature = "service")]
mod installing {
    use wecom::Secret;
    use wecom::exchange::{Response, stub};
    use wecom::token::{BoxFuture, MemoryStore, StoreError, StoredToken, TokenKey, TokenStore};

    use super::*;

    /// A store that keeps no permanent codes, or nothing at all.
    #[derive(Default)]
    struct Broken {
        inner: MemoryStore,
        at_once: bool,
    }

    impl TokenStore for Broken {
        fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, StoreError>> {
            match self.at_once {
                true => Box::pin(async { Err(StoreError::new("disk full".to_owned())) }),
                false => self.inner.get(key),
            }
        }
        fn replace<'a>(
            &'a self,
            key: &'a TokenKey,
            seen: Option<&'a StoredToken>,
            new: &'a StoredToken,
        ) -> BoxFuture<'a, Result<bool, StoreError>> {
            match key.kind {
                "permanent_code" => Box::pin(async { Err(StoreError::new("disk full".to_owned())) }),
                _ => self.inner.replace(key, seen, new),
            }
        }
        fn invalidate<'a>(
            &'a self,
            key: &'a TokenKey,
            failed: &'a Secret,
        ) -> BoxFuture<'a, Result<bool, StoreError>> {
            self.inner.invalidate(key, failed)
        }
    }

    fn answers() -> wecom::exchange::Stub {
        stub(|request| match request.endpoint() {
            "/cgi-bin/service/v2/get_permanent_code" if request.json()["auth_code"] == "good" => {
                Response::json(json!({
                    "permanent_code": "Hush7Hush-code", "state": "s1",
                    "auth_corp_info": {"corpid": "ww-corp", "corp_name": "某公司"},
                }))
            }
            "/cgi-bin/service/v2/get_permanent_code" => Response::refusal(40078, "invalid auth_code"),
            _ => Response::json(json!({})),
        })
    }

    #[tokio::test]
    async fn a_code_is_fetched_and_kept() {
        let stub = answers();
        let suite = Suite::builder("wx-suite", "secret").exchange(stub.clone()).build().expect("builds");
        suite.set_ticket("ticket", Timestamp(100)).await.expect("stores");
        assert_eq!(suite.install("bad").await.expect_err("refused").code(), Some(40078));
        assert!(suite.corps().await.expect("lists").is_empty());
        let installed = suite.install("good").await.expect("installs");
        assert_eq!((installed.corp_id.as_str(), installed.corp_name.as_str()), ("ww-corp", "某公司"));
        assert_eq!(installed.state.as_deref(), Some("s1"));
        assert!(installed.not_stored.is_none());
        assert!(!format!("{installed:?}").contains("Hush7Hush"), "{installed:?}");
        let kept = suite.permanent_code("ww-corp").await.expect("reads");
        assert_eq!(kept, Some(Secret::from("Hush7Hush-code")));
        installed.corp.raw(Method::Post, "/cgi-bin/message/send", &[], None).await.expect("sends");
        assert_eq!(suite.corps().await.expect("lists").len(), 1);
    }

    /// An earlier code may have been stored by a machine whose clock is ahead: what was fetched now is the newer one all the same.
    #[tokio::test]
    async fn a_clock_that_is_ahead_does_not_keep_an_old_code() {
        let stub = answers();
        let suite = Suite::builder("wx-suite", "secret").exchange(stub.clone()).build().expect("builds");
        suite.set_ticket("ticket", Timestamp(100)).await.expect("stores");
        let ahead = Timestamp(Timestamp::now().0 + 120);
        assert!(suite.set_permanent_code("ww-corp", "old-code", ahead).await.expect("stores"));
        let installed = suite.install("good").await.expect("installs");
        assert!(installed.not_stored.is_none(), "{installed:?}");
        let kept = suite.permanent_code("ww-corp").await.expect("reads");
        assert_eq!(kept, Some(Secret::from("Hush7Hush-code")));
        installed.corp.raw(Method::Post, "/cgi-bin/message/send", &[], None).await.expect("sends");
    }

    /// The code cannot be fetched again: it must not get lost with the store.
    #[tokio::test]
    async fn a_broken_store_does_not_lose_the_code() {
        let stub = answers();
        let suite = |store| Suite::builder("wx", "secret").exchange(stub.clone()).store(store).build();
        let suite_ok = suite(Broken::default()).expect("builds");
        suite_ok.set_ticket("ticket", Timestamp(100)).await.expect("stores");
        let installed = suite_ok.install("good").await.expect("installs");
        assert!(matches!(&installed.not_stored, Some(Error::Store(_))), "{installed:?}");
        assert_eq!(installed.permanent_code, Secret::from("Hush7Hush-code"));
        installed
            .corp
            .raw(Method::Post, "/cgi-bin/message/send", &[], None)
            .await
            .expect("works all the same");
        // One that does not even read is found out before the auth code is spent.
        let asked = stub.requests().len();
        let down = suite(Broken { at_once: true, ..Broken::default() }).expect("builds");
        assert!(matches!(down.install("good").await, Err(Error::Store(_))));
        assert_eq!(stub.requests().len(), asked);
    }
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
