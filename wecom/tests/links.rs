//! URLs for browsers and signatures for pages, by the examples of the official pages.

mod common;

use common::{Server, errcode, json};
use serde_json::json;
use wecom::jssdk::{self, JsSdk};
use wecom::links::{Authorize, Install, Language, Login, Register};
use wecom::{Error, Secret, Timestamp};

const BACK: &str = "http://api.3dept.com/cgi-bin/query?action=get";
const BACK_ESCAPED: &str = "http%3A%2F%2Fapi.3dept.com%2Fcgi-bin%2Fquery%3Faction%3Dget";

#[test]
fn links_of_the_official_pages() {
    let authorize = "https://open.weixin.qq.com/connect/oauth2/authorize?appid=";
    let login = "https://login.work.weixin.qq.com/wwlogin/sso/login?login_type=";
    let install = "https://open.work.weixin.qq.com/3rdapp/install?suite_id=";
    for (made, expected) in [
        (
            Authorize::corp("wxCorpId", BACK).url(),
            format!(
                "{authorize}wxCorpId&redirect_uri={BACK_ESCAPED}&response_type=code&scope=snsapi_base#wechat_redirect"
            ),
        ),
        (
            Authorize::corp("wxCorpId", BACK).agent(1_000_002).private_info().state("a1").url(),
            format!(
                "{authorize}wxCorpId&redirect_uri={BACK_ESCAPED}&response_type=code&scope=snsapi_privateinfo&state=a1\
                 &agentid=1000002#wechat_redirect"
            ),
        ),
        (
            Authorize::suite("ww-suite", BACK).private_info().url(),
            format!(
                "{authorize}ww-suite&redirect_uri={BACK_ESCAPED}&response_type=code&scope=snsapi_privateinfo#wechat_redirect"
            ),
        ),
        (
            Login::corp("WWCorpId", 1_000_000, "http://work.weixin.qq.com").state("WWLogin").url(),
            format!(
                "{login}CorpApp&appid=WWCorpId&agentid=1000000&redirect_uri=http%3A%2F%2Fwork.weixin.qq.com&state=WWLogin"
            ),
        ),
        (
            Login::provider("SuiteID", "http://work.weixin.qq.com")
                .state("a1")
                .language(Language::English)
                .url(),
            format!(
                "{login}ServiceApp&appid=SuiteID&redirect_uri=http%3A%2F%2Fwork.weixin.qq.com&state=a1&lang=en"
            ),
        ),
        (
            Install::new("ww-suite", "pre_1-Code", "https://a.example/回来").state("xx").url(),
            format!(
                "{install}ww-suite&pre_auth_code=pre_1-Code&redirect_uri=https%3A%2F%2Fa.example%2F%E5%9B%9E%E6%9D%A5&state=xx"
            ),
        ),
        (
            Register::new("code+1").url(),
            "https://open.work.weixin.qq.com/3rdservice/wework/register?register_code=code%2B1".to_owned(),
        ),
    ] {
        assert_eq!(made.expect("a link"), expected);
    }
}

#[test]
fn links_that_would_not_work_are_refused() {
    for (made, expected) in [
        (Authorize::corp("", BACK).url(), "appid is empty"),
        (Authorize::corp("ww1", "app.example.com/back").url(), "redirect_uri"),
        (Authorize::corp("ww1", "javascript:alert(1)").url(), "neither https nor http"),
        (Authorize::corp("ww1", BACK).private_info().url(), "add `.agent("),
        (Authorize::suite("ww1", BACK).agent(1).url(), "leave `.agent("),
        (Authorize::corp("ww1", BACK).state("a-b").url(), "letters and digits"),
        (Authorize::corp("ww1", BACK).state("a".repeat(129)).url(), "128 at most"),
        (Login::corp(" ", 1, BACK).url(), "appid is empty"),
        (Login::corp("ww1", 1, BACK).state("a b").url(), "letters and digits"),
        (Authorize::corp("ww1 ", BACK).url(), "appid ends in a blank or a line end"),
        (
            Authorize::corp("ww1", "https://a.example/\n").url(),
            "redirect_uri must be a page's whole URL: it ends in a blank",
        ),
        (Authorize::corp("ww1", "https://a.example/a b").url(), "has a blank or a line end in it"),
        (Install::new("\tww1", "code", BACK).url(), "suite_id begins with a blank"),
        (Install::new("ww1", "code\n", BACK).url(), "pre_auth_code ends in a blank"),
        (Register::new("co\u{a0}de").url(), "register_code has a blank"),
        (Install::new("ww1", "", BACK).url(), "pre_auth_code is empty"),
        (Install::new("ww1", "code", BACK).state("&").url(), "letters and digits"),
        (Register::new("").url(), "register_code is empty"),
    ] {
        let error = made.expect_err(expected);
        assert!(matches!(error, Error::Config(_)) && error.to_string().contains(expected), "{error}");
    }
    let shown = format!("{:?} {:?}", Install::new("ww1", "hush-hush", BACK), Register::new("hush-hush"));
    assert!(!shown.contains("hush"), "{shown}");
}

/// The example of <https://developer.work.weixin.qq.com/document/path/90506>.
#[test]
fn the_official_signature() {
    let ticket = Secret::from(
        "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
    );
    for url in ["http://mp.weixin.qq.com?params=value", "http://mp.weixin.qq.com?params=value#top"] {
        let signature = jssdk::signature(&ticket, "Wm3WZYTPz0wzccnW", Timestamp(1_414_587_457), url);
        assert_eq!(signature, "0f9de62fce790f9a083d5c99e95740ceb90c27ed");
    }
}

#[tokio::test]
async fn tickets_are_fetched_once_and_kept_apart() {
    let server = Server::with_tokens(|request| {
        let ticket =
            format!("hush-{}-{}", request.path.rsplit('/').next().unwrap_or_default(), request.number);
        json(json!({"errcode": 0, "errmsg": "ok", "ticket": ticket, "expires_in": 7200}))
    })
    .await;
    let client = server.client().build().expect("builds");
    let sdk = JsSdk::new(&client).expect("has tokens");
    let page = "https://app.example.com/page?a=1#part";
    let pages: Vec<_> = (0..50)
        .map(|_| {
            let sdk = sdk.clone();
            tokio::spawn(async move { (sdk.config(page).await, sdk.agent_config(page).await) })
        })
        .collect();
    for page_of in pages {
        let (corp, app) = page_of.await.expect("no panic");
        for (signature, ticket) in [(corp, "hush-get_jsapi_ticket-1"), (app, "hush-get-1")] {
            let made = signature.expect("signs");
            let again = jssdk::signature(&ticket.into(), &made.nonce_str, made.timestamp, page);
            assert_eq!(made.signature, again);
            let json = serde_json::to_value(&made).expect("JSON");
            assert_eq!(
                json,
                json!({"timestamp": made.timestamp.0, "nonceStr": made.nonce_str, "signature": made.signature})
            );
        }
    }
    let (corp, app) = (server.requests("/cgi-bin/get_jsapi_ticket"), server.requests("/cgi-bin/ticket/get"));
    assert_eq!((corp.len(), app.len(), server.requests("/cgi-bin/gettoken").len()), (1, 1, 1));
    assert_eq!(corp[0].query, "access_token=token-1");
    assert_eq!(app[0].query, "access_token=token-1&type=agent_config");
    // Another handle of the same application finds them in the store.
    JsSdk::new(&client).expect("has tokens").config(page).await.expect("signs");
    assert_eq!(server.requests("/cgi-bin/get_jsapi_ticket").len(), 1);
    assert!(!format!("{sdk:?}").contains("hush"));
}

#[tokio::test]
async fn a_refused_ticket_says_so_and_is_not_asked_for_at_every_page() {
    let server = Server::with_tokens(|request| match (request.path.as_str(), request.number) {
        ("/cgi-bin/get_jsapi_ticket", 1) => errcode(48002, "api forbidden"),
        ("/cgi-bin/ticket/get", _) => json(json!({"errcode": 0, "errmsg": "ok"})),
        _ => json(json!({"errcode": 0, "ticket": "hush", "expires_in": "7200"})),
    })
    .await;
    let client = server.client().clock(common::Paused::default()).build().expect("builds");
    let sdk = JsSdk::new(&client).expect("has tokens");
    let error = sdk.config("https://a.example").await.expect_err("forbidden");
    assert!(matches!(&error, Error::Api(api) if api.code() == 48002), "{error:?}");
    let error = sdk.config("https://a.example").await.expect_err("a moment ago");
    assert!(matches!(&error, Error::Api(api) if api.code() == 48002), "{error:?}");
    assert_eq!(server.requests("/cgi-bin/get_jsapi_ticket").len(), 1);
    common::pass(std::time::Duration::from_secs(16)).await;
    sdk.config("https://a.example").await.expect("signs");
    let error = sdk.agent_config("https://a.example").await.expect_err("no ticket");
    assert!(
        error
            .to_string()
            .contains("/cgi-bin/ticket/get: the answer cannot be read: there is no ticket in it"),
        "{error}"
    );
    let error = sdk.config("a.example").await.expect_err("no URL");
    assert!(matches!(error, Error::Config(_)), "{error}");
}
