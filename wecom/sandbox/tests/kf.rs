//! Customer service, from an account to the end of a session.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::time::Duration;

use common::World;
use serde_json::{Value, json};
use wecom_sandbox::Sandbox;

const CUSTOMER: &str = "wmCustomer";
const HOURS: u64 = 3600;

/// An account of the default app, with zhangsan to receive.
async fn account(world: &World) -> String {
    let avatar = world.upload("/cgi-bin/media/upload?type=image").await;
    let body = json!({ "name": "售前咨询", "media_id": avatar["media_id"] });
    let added = world.call("POST /cgi-bin/kf/account/add", body, 0, json!({})).await;
    let id = added["open_kfid"].as_str().unwrap().to_owned();
    let body = json!({ "open_kfid": id, "userid_list": ["zhangsan"] });
    world.call("POST /cgi-bin/kf/servicer/add", body, 0, json!({})).await;
    id
}

fn text(content: &str) -> Value {
    json!({ "msgtype": "text", "text": { "content": content } })
}

#[tokio::test]
async fn accounts_and_servicers() {
    let mut world = World::app().await;
    let id = account(&world).await;
    let avatar = world.upload("/cgi-bin/media/upload?type=image").await;
    for name in ["二", "三"] {
        let body = json!({ "name": name, "media_id": avatar["media_id"] });
        world.call("POST /cgi-bin/kf/account/add", body, 0, json!({})).await;
    }
    let list = "POST /cgi-bin/kf/account/list";
    let names = async |body: Value| {
        let answer = world.call(list, body, 0, json!({})).await;
        answer["account_list"].as_array().unwrap().iter().map(|a| a["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(json!({})).await, ["售前咨询", "二", "三"]);
    assert_eq!(names(json!({ "offset": 1, "limit": 1 })).await, ["二"]);
    assert_eq!(names(json!({ "offset": 3, "limit": 100 })).await, [""; 0]);
    world
        .call("POST /cgi-bin/kf/account/update", json!({ "open_kfid": id, "name": "售后" }), 0, json!({}))
        .await;
    assert_eq!(names(json!({ "limit": 1 })).await, ["售后"]);

    let way = "POST /cgi-bin/kf/add_contact_way";
    let plain = world.call(way, json!({ "open_kfid": id }), 0, json!({})).await;
    let scene = world.call(way, json!({ "open_kfid": id, "scene": "A1" }), 0, json!({})).await;
    let again = world.call(way, json!({ "open_kfid": id, "scene": "A1" }), 0, json!({})).await;
    assert!(plain["url"].as_str().unwrap().starts_with("https://work.weixin.qq.com/kfid/"));
    assert!(plain["url"] != scene["url"] && scene["url"] == again["url"]);

    let body = json!({ "open_kfid": id, "userid_list": ["lisi", "nobody"], "department_id_list": [2, 77] });
    let answer = world.call("POST /cgi-bin/kf/servicer/add", body, 0, json!({})).await;
    let codes: Vec<_> =
        answer["result_list"].as_array().unwrap().iter().map(|r| r["errcode"].clone()).collect();
    assert_eq!(codes, [0, 60111, 0, 60003]);
    let shown = json!([
        { "userid": "zhangsan", "status": 0 }, { "userid": "lisi", "status": 0 }, { "department_id": 2 },
    ]);
    let path = format!("GET /cgi-bin/kf/servicer/list?open_kfid={id}");
    world.call(&path, json!(null), 0, json!({ "servicer_list": shown })).await;
    let body = json!({ "open_kfid": id, "userid_list": ["zhangsan", "nobody"], "department_id_list": [2] });
    let answer = world.call("POST /cgi-bin/kf/servicer/del", body, 0, json!({})).await;
    assert_eq!(answer["result_list"][1]["errcode"], 95014);
    world.call(&path, json!(null), 0, json!({ "servicer_list": [{ "userid": "lisi", "status": 0 }] })).await;

    world.sign_in(Sandbox::OTHER_SECRET).await;
    let first = world.call(list, json!({ "limit": 1 }), 0, json!({})).await;
    assert_eq!(first["account_list"][0]["manage_privilege"], false);
    world.call(way, json!({ "open_kfid": id }), 0, json!({})).await;
    world.call("POST /cgi-bin/kf/account/del", json!({ "open_kfid": id }), 48007, json!({})).await;
    world.sign_in(Sandbox::SECRET).await;
    world.call("POST /cgi-bin/kf/account/del", json!({ "open_kfid": id }), 0, json!({})).await;
    for (what, body, code) in [
        ("POST /cgi-bin/kf/account/del", json!({ "open_kfid": id }), 95004),
        ("POST /cgi-bin/kf/account/del", json!({}), 95000),
        ("POST /cgi-bin/kf/account/add", json!({ "name": "", "media_id": avatar["media_id"] }), 95006),
        (
            "POST /cgi-bin/kf/account/add",
            json!({ "name": "长".repeat(17), "media_id": avatar["media_id"] }),
            95006,
        ),
        ("POST /cgi-bin/kf/account/add", json!({ "name": "四", "media_id": "none" }), 40007),
        ("POST /cgi-bin/kf/servicer/add", json!({ "open_kfid": id, "userid_list": ["lisi"] }), 95004),
    ] {
        world.call(what, body, code, json!({})).await;
    }
}

#[tokio::test]
async fn messages_come_by_cursor() {
    let world = World::app().await;
    let id = account(&world).await;
    let sync = "POST /cgi-bin/kf/sync_msg";
    let nothing = json!({ "msg_list": [], "has_more": 0 });
    world.call(sync, json!({ "open_kfid": id }), 0, nothing).await;
    assert_eq!(world.sandbox.kf_message("none", CUSTOMER, text("x")), None);

    let first = world.sandbox.kf_message(&id, CUSTOMER, text("在吗")).unwrap();
    assert!(first.xml().contains(&first.token) && first.xml().contains("kf_msg_or_event"));
    for word in ["二", "三"] {
        world.sandbox.kf_message(&id, CUSTOMER, text(word)).unwrap();
    }
    let body = json!({ "open_kfid": id, "token": first.token, "limit": 2 });
    let page = world.call(sync, body, 0, json!({ "has_more": 1 })).await;
    let message = json!({
        "msgid": first.msgid, "open_kfid": id, "external_userid": CUSTOMER, "send_time": first.create_time, "origin": 3,
        "msgtype": "text", "text": { "content": "在吗" },
    });
    assert!(common::covers(&page["msg_list"][0], &message), "{page}");
    let body = json!({ "open_kfid": id, "cursor": page["next_cursor"] });
    let page = world.call(sync, body, 0, json!({ "has_more": 0 })).await;
    assert_eq!(page["msg_list"].as_array().unwrap().len(), 1);
    let cursor = json!({ "open_kfid": id, "cursor": page["next_cursor"] });
    world.call(sync, cursor.clone(), 0, json!({ "msg_list": [], "next_cursor": page["next_cursor"] })).await;
    world.sandbox.kf_message(&id, CUSTOMER, text("四")).unwrap();
    let page = world.call(sync, cursor, 0, json!({ "has_more": 0 })).await;
    assert_eq!(page["msg_list"][0]["text"]["content"], "四");

    let token = json!({ "open_kfid": id, "token": first.token });
    world.call(sync, json!({ "open_kfid": id, "token": "invented" }), 95007, json!({})).await;
    world.call(sync, json!({ "open_kfid": id, "cursor": "invented" }), 40058, json!({})).await;
    world.sandbox.advance(Duration::from_secs(600));
    world.call(sync, token, 95007, json!({})).await;
    let mut world = world;
    world.sandbox.advance(Duration::from_secs(72 * HOURS));
    world.sign_in(Sandbox::SECRET).await;
    world.call(sync, json!({ "open_kfid": id }), 0, json!({ "msg_list": [], "has_more": 0 })).await;
}

#[tokio::test]
async fn answers_have_limits() {
    let mut world = World::app().await;
    let id = account(&world).await;
    let send = "POST /cgi-bin/kf/send_msg";
    let to = |mut message: Value| {
        message["touser"] = json!(CUSTOMER);
        message["open_kfid"] = json!(id);
        message
    };
    world.call(send, to(text("您好")), 95002, json!({})).await;
    world.sandbox.kf_message(&id, CUSTOMER, text("在吗")).unwrap();
    let mut named = to(text("您好"));
    named["msgid"] = json!("my-id");
    world.call(send, named.clone(), 0, json!({ "msgid": "my-id" })).await;
    world.call(send, named, 95033, json!({})).await;
    let image = world.upload("/cgi-bin/media/upload?type=image").await;
    let image = |kind: &str| {
        let mut message = json!({ "msgtype": kind });
        message[kind] = json!({ "media_id": image["media_id"] });
        to(message)
    };
    world.call(send, image("image"), 0, json!({})).await;
    world.call(send, image("video"), 40007, json!({})).await;
    let menu = |n: usize| {
        let item = |i| json!({ "type": "click", "click": { "id": format!("{i}"), "content": "选" } });
        let mut list: Vec<Value> = (0..n).map(item).collect();
        list.push(json!({ "type": "text", "text": { "content": "或" } }));
        to(json!({ "msgtype": "msgmenu", "msgmenu": { "head_content": "请选", "list": list } }))
    };
    world.call(send, menu(10), 0, json!({})).await;
    world.call(send, menu(11), 95008, json!({})).await;
    for code in [0, 0, 95001] {
        world.call(send, to(text("还有")), code, json!({})).await;
    }
    world.sandbox.kf_message(&id, CUSTOMER, text("好")).unwrap();
    world.call(send, to(text("再会")), 0, json!({})).await;
    let seen = world.call("POST /cgi-bin/kf/sync_msg", json!({ "open_kfid": id }), 0, json!({})).await;
    assert_eq!(seen["msg_list"].as_array().unwrap().len(), 2, "what was sent is not read");
    world.sandbox.advance(Duration::from_secs(48 * HOURS));
    world.sign_in(Sandbox::SECRET).await;
    world.call(send, to(text("还在吗")), 95002, json!({})).await;
}

#[tokio::test]
async fn a_session_from_entering_to_its_end() {
    let mut world = World::app().await;
    let id = account(&world).await;
    let (get, trans) = ("POST /cgi-bin/kf/service_state/get", "POST /cgi-bin/kf/service_state/trans");
    let (send, on_event) = ("POST /cgi-bin/kf/send_msg", "POST /cgi-bin/kf/send_msg_on_event");
    let session = json!({ "open_kfid": id, "external_userid": CUSTOMER });
    let to = |state: i64, servicer: &str| {
        let mut body = session.clone();
        body["service_state"] = json!(state);
        if !servicer.is_empty() {
            body["servicer_userid"] = json!(servicer);
        }
        body
    };
    let with = |code: &Value, mut message: Value| {
        message["code"] = code.clone();
        message
    };
    let menu = json!({ "msgtype": "msgmenu", "msgmenu": { "list": [{ "type": "click", "click": { "id": "1", "content": "满意" } }] } });
    world.call(get, session.clone(), 40096, json!({})).await;

    world.sandbox.kf_enter(&id, CUSTOMER, "A1").unwrap();
    world.call(get, session.clone(), 0, json!({ "service_state": 4 })).await;
    world.call(trans, to(2, ""), 95016, json!({})).await;
    let log = world.call("POST /cgi-bin/kf/sync_msg", json!({ "open_kfid": id }), 0, json!({})).await;
    let event = &log["msg_list"][0]["event"];
    assert_eq!((&event["event_type"], &event["scene"]), (&json!("enter_session"), &json!("A1")));
    let welcome = event["welcome_code"].clone();
    world.call(on_event, with(&welcome, menu.clone()), 0, json!({})).await;
    world.call(on_event, with(&welcome, text("欢迎")), 40058, json!({})).await;
    world.sandbox.kf_enter(&id, CUSTOMER, "A1").unwrap();
    let log = world.call("POST /cgi-bin/kf/sync_msg", json!({ "open_kfid": id }), 0, json!({})).await;
    assert_eq!(log["msg_list"][1]["event"].get("welcome_code"), None, "one welcome in 48 hours");

    world.sandbox.kf_message(&id, CUSTOMER, text("在吗")).unwrap();
    world.call(get, session.clone(), 0, json!({ "service_state": 0 })).await;
    world.call(trans, to(4, ""), 95016, json!({})).await;
    let queued = world.call(trans, to(2, ""), 0, json!({})).await;
    world.call(on_event, with(&queued["msg_code"], menu.clone()), 40008, json!({})).await;
    world.call(on_event, with(&queued["msg_code"], text("排队中")), 0, json!({})).await;
    let mut message = text("您好");
    message["touser"] = json!(CUSTOMER);
    message["open_kfid"] = json!(id);
    world.call(send, message, 95018, json!({})).await;
    world.call(trans, to(3, ""), 40058, json!({})).await;
    world.call(trans, to(3, "lisi"), 95014, json!({})).await;
    let accepted = world.call(trans, to(3, "zhangsan"), 0, json!({})).await;
    world.call(get, session.clone(), 0, json!({ "service_state": 3, "servicer_userid": "zhangsan" })).await;
    let body = json!({ "open_kfid": id, "userid_list": ["lisi"] });
    world.call("POST /cgi-bin/kf/servicer/add", body, 0, json!({})).await;
    let passed = world.call(trans, to(3, "lisi"), 0, json!({})).await;
    assert_eq!(passed.get("msg_code"), None);
    world.call(get, session.clone(), 0, json!({ "servicer_userid": "lisi" })).await;
    world.sandbox.kf_message(&id, CUSTOMER, text("好")).unwrap();
    world.call(get, session.clone(), 0, json!({ "service_state": 3 })).await;
    let ended = world.call(trans, to(4, ""), 0, json!({})).await;
    world.call(get, session.clone(), 0, json!({ "service_state": 4 })).await;
    // The session is no longer in the state that the code was for.
    world.call(on_event, with(&accepted["msg_code"], text("稍等")), 95018, json!({})).await;
    world.sandbox.advance(Duration::from_secs(20));
    world.call(on_event, with(&ended["msg_code"], menu), 40058, json!({})).await;

    world.sandbox.kf_message(&id, CUSTOMER, text("又来了")).unwrap();
    world.call(get, session.clone(), 0, json!({ "service_state": 0 })).await;
    let batch = "POST /cgi-bin/kf/customer/batchget";
    let body = json!({ "external_userid_list": [CUSTOMER, "none"], "need_enter_session_context": 1 });
    let found = world.call(batch, body.clone(), 0, json!({ "invalid_external_userid": ["none"] })).await;
    assert_eq!(found["customer_list"][0]["enter_session_context"]["scene"], "A1");
    world.sandbox.advance(Duration::from_secs(48 * HOURS));
    world.sign_in(Sandbox::SECRET).await;
    world.call(get, session, 0, json!({ "service_state": 4 })).await;
    world.call(batch, body, 0, json!({ "customer_list": [] })).await;
}
