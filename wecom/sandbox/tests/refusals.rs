//! What is refused, and with which code.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::time::Duration;

use common::World;
use serde_json::{Value, json};
use wecom_sandbox::{Auth, Body, Kind, Sandbox};

fn text(more: Value) -> Value {
    let mut body = json!({ "touser": "zhangsan", "msgtype": "text", "agentid": Sandbox::AGENT_ID, "text": { "content": "x" } });
    for (k, v) in more.as_object().unwrap() {
        body[k] = v.clone();
    }
    body
}

#[tokio::test]
async fn by_code() {
    let world = World::app().await;
    let many = |n: usize| (0..n).map(|i| format!("u{i}")).collect::<Vec<_>>();
    let user = |more: Value| {
        let mut body = json!({ "userid": "new", "name": "新人", "mobile": "13900000000", "department": [1] });
        for (k, v) in more.as_object().unwrap() {
            body[k] = v.clone();
        }
        body
    };
    let send = "POST /cgi-bin/message/send";
    let create = "POST /cgi-bin/user/create";
    let card = |card: Value| text(json!({ "msgtype": "template_card", "template_card": card }));
    let with = |mut base: Value, more: Value| {
        for (k, v) in more.as_object().unwrap() {
            match v {
                Value::Null => drop(base.as_object_mut().unwrap().remove(k)),
                v => base[k] = v.clone(),
            }
        }
        base
    };
    let title = json!({ "title": "标题" });
    let action = json!({ "type": 1, "url": "https://example.com" });
    let notice =
        |more| with(json!({ "card_type": "text_notice", "main_title": title, "card_action": action }), more);
    let button = json!([{ "text": "好", "key": "ok" }]);
    let buttons = |more| {
        let card = json!({ "card_type": "button_interaction", "main_title": title, "task_id": "t-1", "button_list": button });
        with(card, more)
    };
    let cases = [
        ("GET /cgi-bin/message/send", json!(null), 43002),
        ("POST /cgi-bin/user/get?userid=zhangsan", json!({}), 43001),
        ("GET /cgi-bin/user/get", json!(null), 41009),
        ("GET /cgi-bin/user/get?userid=nobody", json!(null), 60111),
        ("GET /cgi-bin/user/list?department_id=x", json!(null), 40058),
        ("GET /cgi-bin/user/list?department_id=77", json!(null), 60003),
        ("POST /cgi-bin/message/send", json!(null), 47001),
        (send, json!([]), 40058),
        (send, text(json!({ "msgtype": "nothing" })), 40008),
        (send, json!({ "touser": "zhangsan", "agentid": 1, "text": { "content": "x" } }), 40008),
        (send, text(json!({ "text": { "content": "" } })), 44004),
        (send, text(json!({ "text": {} })), 44004),
        (send, text(json!({ "agentid": "x" })), 40056),
        (send, json!({ "touser": "zhangsan", "msgtype": "text", "text": { "content": "x" } }), 41011),
        (send, text(json!({ "agentid": 77 })), 40056),
        (send, text(json!({ "agentid": Sandbox::OTHER_AGENT_ID })), 301002),
        (send, text(json!({ "touser": ["zhangsan"] })), 40058),
        (send, text(json!({ "touser": many(1001).join("|") })), 40032),
        (send, text(json!({ "toparty": many(101).join("|").replace('u', "") })), 82002),
        (send, text(json!({ "totag": many(101).join("|").replace('u', "") })), 82003),
        (send, text(json!({ "touser": "" })), 82001),
        (send, text(json!({ "touser": "nobody|none", "toparty": "77", "totag": "77" })), 81013),
        (send, text(json!({ "safe": 9 })), 40058),
        (send, text(json!({ "msgtype": "image", "image": { "media_id": "none" } })), 40007),
        (send, text(json!({ "msgtype": "image", "image": {} })), 41006),
        (send, text(json!({ "msgtype": "news", "news": { "articles": [] } })), 45008),
        (send, card(json!({ "card_type": "nothing" })), 42031),
        (send, card(json!({})), 42031),
        (send, card(notice(json!({}))), 0),
        (send, card(notice(json!({ "card_action": null }))), 42045),
        (send, card(notice(json!({ "card_action": { "type": 1 } }))), 42028),
        (send, card(notice(json!({ "card_action": { "type": 2 } }))), 42030),
        (send, card(notice(json!({ "horizontal_content_list": [{ "value": "x" }] }))), 42027),
        (send, card(notice(json!({ "horizontal_content_list": [{ "keyname": "x", "type": 1 }] }))), 42028),
        (send, card(notice(json!({ "horizontal_content_list": [{ "keyname": "x", "type": 2 }] }))), 42029),
        (send, card(notice(json!({ "horizontal_content_list": [{ "keyname": "x", "type": 3 }] }))), 42050),
        (send, card(notice(json!({ "horizontal_content_list": vec![json!({ "keyname": "x" }); 7] }))), 42035),
        (send, card(notice(json!({ "jump_list": [{ "title": "x", "type": 1 }] }))), 42028),
        (send, card(notice(json!({ "jump_list": [{ "type": 0 }] }))), 42033),
        (send, card(buttons(json!({}))), 0),
        (send, card(buttons(json!({ "task_id": null }))), 42014),
        (send, card(buttons(json!({ "task_id": "有" }))), 42014),
        (send, card(buttons(json!({ "button_list": null }))), 40058),
        (send, card(buttons(json!({ "button_list": [{ "key": "k" }] }))), 42038),
        (send, card(buttons(json!({ "button_list": [{ "text": "t" }] }))), 42039),
        (create, user(json!({ "userid": "" })), 40058),
        (create, user(json!({ "userid": "a".repeat(65) })), 40058),
        (create, user(json!({ "userid": "有" })), 40003),
        (create, user(json!({ "userid": "ZhangSan" })), 60102),
        (create, user(json!({ "name": "" })), 60112),
        (create, user(json!({ "mobile": "" })), 60129),
        (create, user(json!({ "department": "1" })), 41019),
        (create, user(json!({ "department": many(101).iter().map(|_| 1).collect::<Vec<_>>() })), 60110),
        (create, user(json!({ "is_leader_in_dept": [1, 0] })), 60132),
        (create, json!({ "name": "x" }), 41009),
        ("POST /cgi-bin/user/batchdelete", json!({ "useridlist": many(201) }), 40032),
        ("POST /cgi-bin/user/batchdelete", json!({ "useridlist": ["nobody"] }), 60111),
        ("POST /cgi-bin/user/getuserid", json!({ "mobile": "13000000000" }), 46004),
        ("GET /cgi-bin/auth/getuserinfo?code=none", json!(null), 40029),
        ("POST /cgi-bin/auth/getuserdetail", json!({ "user_ticket": "none" }), 84015),
        ("POST /cgi-bin/department/create", json!({ "name": "a", "parentid": 77 }), 60004),
        ("POST /cgi-bin/department/create", json!({ "name": "a" }), 60004),
        ("POST /cgi-bin/department/create", json!({ "name": "a:b", "parentid": 1 }), 60009),
        ("POST /cgi-bin/department/create", json!({ "name": "研发部", "parentid": 1 }), 60008),
        ("POST /cgi-bin/department/update", json!({ "id": 2, "parentid": 2 }), 60010),
        ("GET /cgi-bin/department/delete?id=1", json!(null), 60007),
        ("GET /cgi-bin/department/delete?id=77", json!(null), 60003),
        ("GET /cgi-bin/tag/get?tagid=77", json!(null), 40068),
        ("GET /cgi-bin/tag/get", json!(null), 41017),
        ("POST /cgi-bin/tag/create", json!({ "tagname": "" }), 40072),
        ("POST /cgi-bin/tag/create", json!({}), 41018),
        ("POST /cgi-bin/appchat/create", json!({ "userlist": ["zhangsan"] }), 86006),
        ("POST /cgi-bin/appchat/create", json!({ "userlist": ["zhangsan", "nobody"] }), 86216),
        ("GET /cgi-bin/appchat/get?chatid=none", json!(null), 86003),
        ("POST /cgi-bin/message/recall", json!({ "msgid": "none" }), 40058),
        ("GET /cgi-bin/media/get?media_id=none", json!(null), 40007),
        ("GET /cgi-bin/media/get", json!(null), 41006),
        ("POST /cgi-bin/media/upload?type=file", json!(null), 44001),
        ("POST /cgi-bin/media/upload?type=song", json!(null), 40005),
        ("GET /cgi-bin/batch/getresult?jobid=none", json!(null), 40088),
        ("POST /cgi-bin/agent/set", json!({ "agentid": Sandbox::AGENT_ID, "description": "x" }), 45004),
        (
            "POST /cgi-bin/agent/set_workbench_data",
            json!({ "agentid": Sandbox::AGENT_ID, "userid": "zhangsan", "type": "keydata", "keydata": { "items": [{ "data": "1" }] } }),
            94008,
        ),
    ];
    for (what, body, code) in cases {
        world.call(what, body, code, json!({})).await;
    }
}

#[tokio::test]
async fn long_texts_are_cut_or_refused() {
    let mut world = World::app().await;
    let long = json!({ "content": "长".repeat(700) });
    world.call("POST /cgi-bin/message/send", text(json!({ "text": long })), 0, json!({})).await;
    let calls = world.sandbox.requests_to("/cgi-bin/message/send");
    assert_eq!(calls[0].findings[0].text, "text.content: 2100 bytes, the limit is ..2048");
    world.auth = format!("key={}", Sandbox::WEBHOOK_KEY);
    let body = json!({ "msgtype": "text", "text": long });
    world.call("POST /cgi-bin/webhook/send", body, 45002, json!({})).await;
}

#[tokio::test]
async fn tokens() {
    let mut world = World::start().await;
    let (corp, secret) = (Sandbox::CORP_ID, Sandbox::SECRET);
    let get = |corp: &str, secret: &str| format!("GET /cgi-bin/gettoken?corpid={corp}&corpsecret={secret}");
    for (path, code) in [
        (get(corp, "wrong"), 40001),
        (get("wrong", secret), 40013),
        (get("", secret), 41002),
        (get(corp, ""), 41004),
        ("GET /cgi-bin/user/get?userid=zhangsan".into(), 41001),
    ] {
        world.call(&path, json!(null), code, json!({})).await;
    }
    let first = world.call(&get(corp, secret), json!(null), 0, json!({ "expires_in": 7200 })).await;
    let again = world.call(&get(corp, secret), json!(null), 0, json!({})).await;
    assert_eq!(first["access_token"], again["access_token"], "the same token while it is good");

    let user = "GET /cgi-bin/user/get?userid=zhangsan";
    world.auth = format!("access_token={}", first["access_token"].as_str().unwrap());
    world.call(user, json!(null), 0, json!({ "name": "张三" })).await;
    world.sandbox.advance(Duration::from_secs(7200));
    world.call(user, json!(null), 42001, json!({})).await;
    let fresh = std::mem::take(&mut world.auth);
    let next = world.call(&get(corp, secret), json!(null), 0, json!({ "expires_in": 7200 })).await;
    assert_ne!(fresh, format!("access_token={}", next["access_token"].as_str().unwrap()));

    world.auth = "access_token=invented".into();
    world.call(user, json!(null), 40014, json!({})).await;
    let suite = world.sandbox.token(Auth::SuiteAccessToken, Sandbox::SUITE_ID, 0);
    world.auth = format!("access_token={suite}");
    let answer = world.call(user, json!(null), 40014, json!({})).await;
    let errmsg = answer["errmsg"].as_str().unwrap();
    assert!(errmsg.starts_with("invalid access_token, hint: ["), "{errmsg}");
    assert!(
        errmsg.contains(
            "from ip: 127.0.0.1, more info at https://open.work.weixin.qq.com/devtool/query?e=40014"
        )
    );
    assert!(errmsg.contains("access_token is needed here, this is a suite_access_token"), "{errmsg}");
}

#[tokio::test]
async fn tokens_of_suites() {
    let mut world = World::start().await;
    let path = "POST /cgi-bin/service/get_suite_token";
    let body = |id: &str, secret: &str, ticket: &str| json!({ "suite_id": id, "suite_secret": secret, "suite_ticket": ticket });
    let (id, secret, ticket) = (Sandbox::SUITE_ID, Sandbox::SUITE_SECRET, Sandbox::SUITE_TICKET);
    for (body, code) in [
        (body("wrong", secret, ticket), 40083),
        (body(id, "wrong", ticket), 40080),
        (body(id, secret, "wrong"), 40085),
        (json!({ "suite_id": id, "suite_secret": secret }), 41023),
    ] {
        world.call(path, body, code, json!({})).await;
    }
    let answer = world.call(path, body(id, secret, ticket), 0, json!({ "expires_in": 7200 })).await;
    assert_eq!(answer.get("errcode"), None, "as the old calls answer");

    let code = "GET /cgi-bin/service/get_pre_auth_code";
    world.call(code, json!(null), 41022, json!({})).await;
    world.auth = "suite_access_token=invented".into();
    world.call(code, json!(null), 40082, json!({})).await;
    world.auth = format!("suite_access_token={}", answer["suite_access_token"].as_str().unwrap());
    world.call(code, json!(null), 0, json!({ "expires_in": 1200 })).await;
    world.sandbox.expire_tokens();
    world.call(code, json!(null), 42009, json!({})).await;
}

#[tokio::test]
async fn contacts_need_the_right() {
    let mut world = World::start().await;
    world.sign_in(Sandbox::OTHER_SECRET).await;
    world.call("GET /cgi-bin/user/delete?userid=lisi", json!(null), 48002, json!({})).await;
    world.call("GET /cgi-bin/user/get?userid=lisi", json!(null), 0, json!({})).await;
}

#[tokio::test]
async fn unknown_paths_name_the_nearest() {
    let world = World::app().await;
    let response = world.http.get(world.url("/cgi-bin/mesage/send")).send().await.unwrap();
    assert_eq!(response.status(), 404);
    assert!(response.text().await.unwrap().contains("the nearest in the spec is /cgi-bin/message/send"));
}

#[tokio::test]
async fn unknown_fields_are_reported_and_pass() {
    let world = World::app().await;
    let body = text(json!({ "agentid": Sandbox::AGENT_ID.to_string(), "colour": "red" }));
    world.call("POST /cgi-bin/message/send?tone=low", body.clone(), 0, json!({})).await;
    let calls = world.sandbox.requests_to("/cgi-bin/message/send");
    let found: Vec<_> = calls[0].findings.iter().map(|f| (f.path.as_str(), f.refuses())).collect();
    assert_eq!(found, [("tone", false), ("agentid", false), ("colour", false)]);
    assert_eq!(calls[0].findings[2].kind, Kind::UnknownField);
    assert_eq!(calls[0].body, Body::Json(body));
    assert_eq!((calls[0].param("access_token"), calls[0].param("tone")), (Some("***"), Some("low")));
    assert_eq!(format!("access_token={}", calls[0].token.as_ref().unwrap()), world.auth);
    let all = world.http.get(world.url("/sandbox/requests")).send().await.unwrap().text().await.unwrap();
    assert!(!all.contains(calls[0].token.as_ref().unwrap()) && !all.contains(Sandbox::SECRET), "{all}");
    world.sandbox.clear();
    assert_eq!(world.sandbox.requests(), []);
}
