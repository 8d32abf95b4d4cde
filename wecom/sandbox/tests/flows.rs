//! Calls that build on one another.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::time::Duration;

use common::World;
use serde_json::{Value, json};
use wecom_sandbox::{Auth, Sandbox};

/// Calls in a row: what, body, errcode, part of the answer.
type Step<'a> = (&'a str, Value, i64, Value);

async fn run(world: &World, steps: &[Step<'_>]) {
    for (what, body, code, part) in steps {
        world.call(what, body.clone(), *code, part.clone()).await;
    }
}

const NONE: Value = Value::Null;

fn any() -> Value {
    json!({})
}

#[tokio::test]
async fn departments_and_members() {
    let world = World::app().await;
    let user = json!({
        "userid": "WangWu", "name": "王五", "mobile": "13800000005", "email": "wangwu@example.com", "biz_mail": "ww@corp.com",
        "department": [2, 9], "gender": "1", "enable": 1, "avatar_mediaid": "x", "to_invite": false,
    });
    run(
        &world,
        &[
            ("POST /cgi-bin/department/create", json!({ "name": "平台组", "parentid": 2 }), 0, json!({ "id": 3, "errmsg": "created" })),
            ("POST /cgi-bin/department/create", json!({ "name": "平台组", "parentid": 1, "id": 8, "order": 5 }), 0, json!({ "id": 8 })),
            ("GET /cgi-bin/department/get?id=3", NONE, 0, json!({ "department": { "name": "平台组", "parentid": 2 } })),
            ("POST /cgi-bin/department/update", json!({ "id": 3, "name": "架构组", "parentid": 8 }), 0, any()),
            ("POST /cgi-bin/department/update", json!({ "id": 8, "parentid": 3 }), 60010, any()),
            ("GET /cgi-bin/department/simplelist?id=8", NONE, 0, json!({ "department_id": [{ "id": 8, "parentid": 1, "order": 5 }, { "id": 3, "parentid": 8, "order": 100_000_000 }] })),
            ("GET /cgi-bin/department/delete?id=8", NONE, 60006, any()),
            ("POST /cgi-bin/user/create", user.clone(), 0, json!({ "errmsg": "created", "created_department_list": { "department_info": [{ "name": "9", "id": 9 }] } })),
            ("POST /cgi-bin/user/create", user, 60102, any()),
            ("POST /cgi-bin/user/create", json!({ "userid": "x", "name": "x", "mobile": "13800000005" }), 60104, any()),
            ("POST /cgi-bin/user/create", json!({ "userid": "x", "name": "x", "email": "wangwu@example.com" }), 60106, any()),
            ("GET /cgi-bin/department/delete?id=9", NONE, 60005, any()),
            ("GET /cgi-bin/user/get?userid=wangwu", NONE, 0, json!({ "userid": "WangWu", "status": 4, "department": [2, 9], "order": [0, 0], "gender": "1" })),
            ("GET /cgi-bin/user/simplelist?department_id=9", NONE, 0, json!({ "userlist": [{ "userid": "WangWu", "name": "王五", "department": [2, 9] }] })),
            ("POST /cgi-bin/user/getuserid", json!({ "mobile": "13800000005" }), 0, json!({ "userid": "WangWu" })),
            ("POST /cgi-bin/user/get_userid_by_email", json!({ "email": "ww@corp.com" }), 0, json!({ "userid": "WangWu" })),
            ("POST /cgi-bin/user/get_userid_by_email", json!({ "email": "wangwu@example.com" }), 46004, any()),
            ("POST /cgi-bin/user/get_userid_by_email", json!({ "email": "wangwu@example.com", "email_type": 2 }), 0, any()),
            ("POST /cgi-bin/user/update", json!({ "userid": "wangwu", "name": "王小五", "new_userid": "wang5" }), 0, json!({ "errmsg": "updated" })),
            ("GET /cgi-bin/user/get?userid=wangwu", NONE, 60111, any()),
            ("GET /cgi-bin/user/get?userid=WANG5", NONE, 0, json!({ "name": "王小五", "mobile": "13800000005" })),
            ("POST /cgi-bin/user/convert_to_openid", json!({ "userid": "wang5" }), 0, json!({ "openid": "openid_ww5a4db0c000000001_wang5" })),
            ("POST /cgi-bin/user/convert_to_userid", json!({ "openid": "openid_ww5a4db0c000000001_wang5" }), 0, json!({ "userid": "wang5" })),
            ("POST /cgi-bin/user/convert_to_userid", json!({ "openid": "none" }), 40073, any()),
            ("POST /cgi-bin/batch/userid_to_openuserid", json!({ "userid_list": ["wang5", "none"] }), 0, json!({ "invalid_userid_list": ["none"] })),
            ("POST /cgi-bin/batch/invite", json!({ "user": ["wang5", "none"], "party": [1, 77] }), 0, json!({ "invaliduser": ["none"], "invalidparty": [77] })),
            ("POST /cgi-bin/batch/invite", json!({}), 82001, any()),
            ("POST /cgi-bin/user/batchdelete", json!({ "useridlist": ["wang5", "none"] }), 60111, any()),
            ("GET /cgi-bin/user/delete?userid=wang5", NONE, 0, json!({ "errmsg": "deleted" })),
            ("GET /cgi-bin/user/delete?userid=wang5", NONE, 60111, any()),
            ("GET /cgi-bin/department/delete?id=9", NONE, 0, any()),
        ],
    )
    .await;
}

#[tokio::test]
async fn members_by_page() {
    let world = World::app().await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let mut body = json!({ "limit": 1 });
        if !cursor.is_empty() {
            body["cursor"] = json!(cursor);
        }
        let page = world.call("POST /cgi-bin/user/list_id", body, 0, any()).await;
        seen.extend(page["dept_user"].as_array().unwrap().clone());
        match page["next_cursor"].as_str().unwrap() {
            "" => break,
            next => cursor = next.to_owned(),
        }
    }
    assert_eq!(
        seen,
        [json!({ "userid": "lisi", "department": 1 }), json!({ "userid": "zhangsan", "department": 1 })]
    );
}

#[tokio::test]
async fn visitors() {
    let world = World::app().await;
    let code = world.sandbox.oauth_code(Sandbox::CORP_ID, "zhangsan");
    let path = format!("GET /cgi-bin/auth/getuserinfo?code={code}");
    let who = world.call(&path, NONE, 0, json!({ "userid": "zhangsan" })).await;
    world.call(&path, NONE, 40029, any()).await;
    let ticket = json!({ "user_ticket": who["user_ticket"] });
    world.call("POST /cgi-bin/auth/getuserdetail", ticket, 0, json!({ "userid": "zhangsan" })).await;
    let code = world.sandbox.oauth_code(Sandbox::CORP_ID, "stranger");
    let path = format!("GET /cgi-bin/auth/getuserinfo?code={code}");
    world.call(&path, NONE, 0, json!({ "openid": "stranger" })).await;
}

#[tokio::test]
async fn tags() {
    let mut world = World::app().await;
    run(
        &world,
        &[
            ("POST /cgi-bin/tag/create", json!({ "tagname": "值班" }), 0, json!({ "tagid": 1 })),
            ("POST /cgi-bin/tag/create", json!({ "tagname": "值班" }), 40071, any()),
            ("POST /cgi-bin/tag/addtagusers", json!({ "tagid": 1, "userlist": ["zhangsan", "none"], "partylist": [2, 77] }), 0, json!({ "invalidlist": "none", "invalidparty": [77] })),
            ("POST /cgi-bin/tag/addtagusers", json!({ "tagid": 1, "userlist": ["none"] }), 40070, any()),
            ("POST /cgi-bin/tag/addtagusers", json!({ "tagid": 1, "userlist": "zhangsan" }), 40035, any()),
            ("POST /cgi-bin/tag/addtagusers", json!({ "tagid": 1 }), 40035, any()),
            ("GET /cgi-bin/tag/get?tagid=1", NONE, 0, json!({ "tagname": "值班", "userlist": [{ "userid": "zhangsan", "name": "张三" }], "partylist": [2] })),
            ("POST /cgi-bin/message/send", json!({ "totag": "1", "msgtype": "text", "agentid": Sandbox::AGENT_ID, "text": { "content": "x" } }), 0, any()),
            ("POST /cgi-bin/tag/deltagusers", json!({ "tagid": 1, "userlist": ["lisi"] }), 40031, any()),
            ("POST /cgi-bin/tag/deltagusers", json!({ "tagid": 1, "userlist": ["zhangsan"] }), 0, any()),
            ("POST /cgi-bin/tag/update", json!({ "tagid": 1, "tagname": "轮值" }), 0, any()),
            ("GET /cgi-bin/tag/list", NONE, 0, json!({ "taglist": [{ "tagid": 1, "tagname": "轮值" }] })),
        ],
    )
    .await;
    world.sign_in(Sandbox::OTHER_SECRET).await;
    world.call("GET /cgi-bin/tag/delete?tagid=1", NONE, 81011, any()).await;
    world.sign_in(Sandbox::SECRET).await;
    world.call("GET /cgi-bin/tag/delete?tagid=1", NONE, 0, any()).await;
    world.call("GET /cgi-bin/tag/get?tagid=1", NONE, 40068, any()).await;
}

fn card() -> Value {
    json!({
        "touser": "zhangsan|lisi|none", "msgtype": "template_card", "agentid": Sandbox::AGENT_ID,
        "template_card": {
            "card_type": "button_interaction", "main_title": { "title": "审批" }, "task_id": "t1",
            "button_list": [{ "text": "同意", "style": 1, "key": "yes" }],
        },
    })
}

#[tokio::test]
async fn messages() {
    let mut world = World::app().await;
    let send = "POST /cgi-bin/message/send";
    let text = |to: &str| json!({ "touser": to, "toparty": "2", "msgtype": "text", "agentid": Sandbox::AGENT_ID, "text": { "content": "你好" } });
    let sent = world.call(send, text("ZhangSan|none"), 0, json!({ "invaliduser": "none" })).await;
    assert_eq!(sent.get("response_code"), None);
    world.call("POST /cgi-bin/message/send?debug=1", text("@all"), 0, any()).await;
    let mut broken = card();
    broken["template_card"]["button_list"][0] = json!({ "key": "x" });
    world.call(send, broken, 42038, any()).await;
    let card = world.call(send, card(), 0, json!({ "invaliduser": "none" })).await;
    let update = |code: &Value| {
        json!({
            "userids": ["ZhangSan", "none"], "agentid": Sandbox::AGENT_ID, "response_code": code,
            "button": { "replace_name": "已同意" },
        })
    };
    let path = "POST /cgi-bin/message/update_template_card";
    world.call(path, update(&json!("none")), 60140, any()).await;
    let mut nobody = update(&card["response_code"]);
    nobody.as_object_mut().unwrap().remove("userids");
    world.call(path, nobody, 82101, any()).await;
    world.call(path, update(&card["response_code"]), 0, json!({ "invaliduser": ["none"] })).await;
    world.call(path, update(&card["response_code"]), 60140, any()).await;
    world
        .call(
            "POST /cgi-bin/message/get_statistics",
            json!({ "time_type": 0 }),
            0,
            json!({ "statistics": [{ "agentid": Sandbox::AGENT_ID, "app_name": "沙箱应用", "count": 3 }] }),
        )
        .await;
    world
        .call(
            "POST /cgi-bin/message/get_statistics",
            json!({ "time_type": 1 }),
            0,
            json!({ "statistics": [] }),
        )
        .await;

    let recall = json!({ "msgid": sent["msgid"] });
    world.sign_in(Sandbox::OTHER_SECRET).await;
    world.call("POST /cgi-bin/message/recall", recall.clone(), 40058, any()).await;
    world.sign_in(Sandbox::SECRET).await;
    world.call("POST /cgi-bin/message/recall", recall, 0, any()).await;
    world.sandbox.advance(Duration::from_secs(25 * 3600));
    world.sign_in(Sandbox::SECRET).await;
    world.call("POST /cgi-bin/message/recall", json!({ "msgid": card["msgid"] }), 42052, any()).await;
}

#[tokio::test]
async fn task_cards() {
    let world = World::app().await;
    let card = json!({
        "touser": "zhangsan", "msgtype": "interactive_taskcard", "agentid": Sandbox::AGENT_ID,
        "interactive_taskcard": { "title": "t", "description": "d", "task_id": "task1", "btn": [{ "key": "k", "name": "n" }] },
    });
    let update = |task: &str| json!({ "userids": ["zhangsan", "lisi"], "agentid": Sandbox::AGENT_ID, "task_id": task, "clicked_key": "k" });
    run(
        &world,
        &[
            ("POST /cgi-bin/message/send", card, 0, any()),
            ("POST /cgi-bin/message/update_taskcard", update("none"), 42016, any()),
            ("POST /cgi-bin/message/update_taskcard", update("task1"), 0, json!({ "invaliduser": ["lisi"] })),
        ],
    )
    .await;
}

#[tokio::test]
async fn group_chats() {
    let mut world = World::app().await;
    let chat = json!({ "name": "群", "userlist": ["zhangsan", "lisi"], "chatid": "chat1" });
    let text = json!({ "chatid": "chat1", "msgtype": "text", "text": { "content": "x" } });
    run(
        &world,
        &[
            (
                "POST /cgi-bin/appchat/create",
                json!({ "userlist": ["zhangsan", "lisi"], "owner": "none" }),
                86207,
                any(),
            ),
            ("POST /cgi-bin/appchat/create", chat.clone(), 0, json!({ "chatid": "chat1" })),
            ("POST /cgi-bin/appchat/create", chat, 86215, any()),
            (
                "POST /cgi-bin/appchat/update",
                json!({ "chatid": "chat1", "del_user_list": ["none"] }),
                86216,
                any(),
            ),
            (
                "POST /cgi-bin/appchat/update",
                json!({ "chatid": "chat1", "del_user_list": ["zhangsan"] }),
                86207,
                any(),
            ),
            (
                "POST /cgi-bin/appchat/update",
                json!({ "chatid": "chat1", "name": "新群", "owner": "lisi" }),
                0,
                any(),
            ),
            (
                "GET /cgi-bin/appchat/get?chatid=chat1",
                NONE,
                0,
                json!({ "chat_info": { "name": "新群", "owner": "lisi", "userlist": ["zhangsan", "lisi"] } }),
            ),
            ("POST /cgi-bin/appchat/send", text.clone(), 0, any()),
        ],
    )
    .await;
    world.sign_in(Sandbox::OTHER_SECRET).await;
    world.call("POST /cgi-bin/appchat/send", text, 86008, any()).await;
}

#[tokio::test]
async fn apps_and_workbench() {
    let world = World::app().await;
    let agent = Sandbox::AGENT_ID;
    let data = |user: &str, n: &str| json!({ "agentid": agent, "userid": user, "type": "keydata", "keydata": { "items": [{ "key": "k", "data": n }] } });
    let template =
        json!({ "agentid": agent, "type": "keydata", "keydata": { "items": [{ "key": "k", "data": "0" }] } });
    let shown = |n: &str| json!({ "data": { "type": "keydata", "keydata": { "items": [{ "key": "k", "data": n }] } } });
    let get = |user: &str| json!({ "agentid": agent, "userid": user });
    run(
        &world,
        &[
            ("GET /cgi-bin/agent/get?agentid=1000002", NONE, 0, json!({ "agentid": agent, "name": "沙箱应用" })),
            ("GET /cgi-bin/agent/get?agentid=1000003", NONE, 301002, any()),
            ("POST /cgi-bin/agent/set", json!({ "agentid": agent, "name": "新名", "home_url": "https://example.com" }), 0, any()),
            ("GET /cgi-bin/agent/list", NONE, 0, json!({ "agentlist": [{ "agentid": agent, "name": "新名", "square_logo_url": "https://example.com/logo.png" }] })),
            ("POST /cgi-bin/agent/get_workbench_template", json!({ "agentid": agent }), 0, json!({ "type": "normal" })),
            ("POST /cgi-bin/agent/set_workbench_data", data("zhangsan", "1"), 94008, any()),
            ("POST /cgi-bin/agent/set_workbench_template", template, 0, any()),
            ("POST /cgi-bin/agent/get_workbench_template", json!({ "agentid": agent }), 0, json!({ "type": "keydata" })),
            ("POST /cgi-bin/agent/set_workbench_data", data("none", "1"), 60111, any()),
            ("POST /cgi-bin/agent/set_workbench_data", data("zhangsan", "1"), 0, any()),
            ("POST /cgi-bin/agent/get_workbench_data", get("zhangsan"), 0, shown("1")),
            ("POST /cgi-bin/agent/get_workbench_data", get("lisi"), 0, shown("0")),
            ("POST /cgi-bin/agent/batch_set_workbench_data", json!({ "agentid": agent, "userid_list": ["zhangsan", "lisi"], "data": data("", "2") }), 0, any()),
        ],
    )
    .await;
}

#[tokio::test]
async fn school_notices() {
    let world = World::app().await;
    let notice = |to: Value| {
        let mut body =
            json!({ "agentid": Sandbox::AGENT_ID, "msgtype": "text", "text": { "content": "明日放假" } });
        body.as_object_mut().unwrap().extend(to.as_object().unwrap().clone());
        body
    };
    let path = "POST /cgi-bin/externalcontact/message/send";
    let (parent, student) = (Sandbox::PARENT_USER_ID, Sandbox::STUDENT_USER_ID);
    run(
        &world,
        &[
            (path, notice(json!({ "to_parent_userid": [parent, "p0"], "to_student_userid": ["s0"], "to_party": [1, 7] })), 0, json!({ "invalid_parent_userid": ["p0"], "invalid_student_userid": ["s0"], "invalid_party": [7] })),
            (path, notice(json!({ "to_parent_userid": ["p0"] })), 81013, any()),
            (path, notice(json!({ "recv_scope": 1, "to_parent_userid": ["p0"], "to_student_userid": [student] })), 0, any()),
            (path, notice(json!({ "toall": 1 })), 0, any()),
            (path, notice(json!({})), 82001, any()),
        ],
    )
    .await;
}

#[tokio::test]
async fn third_party_apps() {
    let mut world = World::start().await;
    let suite = world.sandbox.token(Auth::SuiteAccessToken, Sandbox::SUITE_ID, 0);
    world.auth = format!("suite_access_token={suite}");
    let corp = |code: &str| json!({ "auth_corpid": Sandbox::AUTH_CORP_ID, "permanent_code": code });
    let code = world.call("GET /cgi-bin/service/get_pre_auth_code", NONE, 0, any()).await;
    let session = |code: &Value| json!({ "pre_auth_code": code, "session_info": { "auth_type": 1 } });
    run(
        &world,
        &[
            ("POST /cgi-bin/service/set_session_info", session(&json!("none")), 40077, any()),
            ("POST /cgi-bin/service/set_session_info", session(&code["pre_auth_code"]), 0, any()),
            ("POST /cgi-bin/service/get_corp_token", corp("wrong"), 40084, any()),
            ("POST /cgi-bin/service/get_auth_info", corp(Sandbox::PERMANENT_CODE), 0, json!({ "auth_corp_info": { "corpid": Sandbox::AUTH_CORP_ID } })),
            ("POST /cgi-bin/service/v2/get_auth_info", corp(Sandbox::PERMANENT_CODE), 0, json!({ "auth_info": { "agent": [{ "agentid": Sandbox::SUITE_AGENT_ID, "name": "第三方应用" }] } })),
            ("POST /cgi-bin/service/v2/get_permanent_code", json!({ "auth_code": Sandbox::AUTH_CODE }), 0, json!({ "permanent_code": Sandbox::PERMANENT_CODE })),
            ("POST /cgi-bin/service/get_permanent_code", json!({ "auth_code": Sandbox::AUTH_CODE }), 40078, any()),
        ],
    )
    .await;
    let token =
        world.call("POST /cgi-bin/service/get_corp_token", corp(Sandbox::PERMANENT_CODE), 0, any()).await;
    assert_eq!(token.get("errcode"), None);
    world.auth = format!("access_token={}", token["access_token"].as_str().unwrap());
    let text = json!({ "touser": "lisi", "msgtype": "text", "agentid": Sandbox::SUITE_AGENT_ID, "text": { "content": "x" } });
    world.call("POST /cgi-bin/message/send", text, 0, any()).await;

    world.auth.clear();
    let provider = |secret: &str| json!({ "corpid": Sandbox::PROVIDER_CORP_ID, "provider_secret": secret });
    let path = "POST /cgi-bin/service/get_provider_token";
    world.call(path, provider("wrong"), 40001, any()).await;
    world.call(path, provider(Sandbox::PROVIDER_SECRET), 0, json!({ "expires_in": 7200 })).await;
}

#[tokio::test]
async fn robots() {
    let mut world = World::start().await;
    let text = json!({ "msgtype": "text", "text": { "content": "x" } });
    let send = "POST /cgi-bin/webhook/send";
    world.call(send, text.clone(), 93000, any()).await;
    world.auth = "key=wrong".into();
    world.call(send, text.clone(), 93000, any()).await;
    world.auth = format!("key={}", Sandbox::WEBHOOK_KEY);
    run(
        &world,
        &[
            (send, text, 0, json!({ "errmsg": "ok" })),
            (send, json!({ "msgtype": "text", "text": {} }), 44004, any()),
            (send, json!({ "msgtype": "image", "image": { "base64": "AAAA", "md5": "x" } }), 0, any()),
            (send, json!({ "msgtype": "image", "image": { "base64": "?", "md5": "x" } }), 40058, any()),
            (send, json!({ "msgtype": "file", "file": { "media_id": "none" } }), 40007, any()),
        ],
    )
    .await;
}
