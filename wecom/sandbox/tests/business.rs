//! Licences of a provider, and mail.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::time::{Duration, SystemTime};

use common::World;
use serde_json::{Value, json};
use wecom_sandbox::{Auth, Sandbox};

const DAY: i64 = 24 * 3600;
const CORP: &str = Sandbox::AUTH_CORP_ID;

/// With the token of the default provider.
async fn provider() -> World {
    let mut world = World::start().await;
    renew(&mut world);
    world
}

fn renew(world: &mut World) {
    let token = world.sandbox.token(Auth::ProviderAccessToken, Sandbox::PROVIDER_CORP_ID, 0);
    world.auth = format!("provider_access_token={token}");
}

fn path(name: &str) -> String {
    format!("POST /cgi-bin/license/{name}")
}

fn order(base: i64, external: i64, months: i64) -> Value {
    json!({
        "corpid": CORP, "buyer_userid": "boss", "account_count": { "base_count": base, "external_contact_count": external },
        "account_duration": { "months": months },
    })
}

/// Orders, pays and gives the codes.
async fn bought(world: &World, order: Value) -> Vec<String> {
    let made = world.call(&path("create_new_order"), order, 0, json!({})).await;
    let id = json!({ "order_id": made["order_id"] });
    let pay = json!({ "order_id": made["order_id"], "payer_userid": "boss" });
    world.call(&path("submit_pay_job"), pay, 0, json!({})).await;
    let list = world.call(&path("list_order_account"), id, 0, json!({})).await;
    list["account_list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["active_code"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn orders() {
    let world = provider().await;
    let made = world.call(&path("create_new_order"), order(2, 1, 2), 0, json!({})).await;
    let id = json!({ "order_id": made["order_id"] });
    let mine = json!({ "order_id": made["order_id"], "corpid": CORP });
    let shown = json!({ "order": {
        "order_id": made["order_id"], "order_type": 1, "order_status": 0, "corpid": CORP,
        "account_count": { "base_count": 2, "external_contact_count": 1 }, "account_duration": { "months": 2 },
    } });
    let seen = world.call(&path("get_order"), id.clone(), 0, shown).await;
    assert_eq!(seen["order"].get("pay_time"), None);
    world
        .call(&path("list_order_account"), id.clone(), 0, json!({ "account_list": [], "has_more": 0 }))
        .await;
    let pay = json!({ "order_id": made["order_id"], "payer_userid": "boss" });
    let job = world.call(&path("submit_pay_job"), pay.clone(), 0, json!({})).await;
    world.call(&path("pay_job_result"), json!({ "jobid": job["jobid"] }), 0, json!({ "status": 1 })).await;
    let seen = world.call(&path("get_order"), id.clone(), 0, json!({ "order": { "order_status": 1 } })).await;
    assert!(seen["order"]["pay_time"].as_i64() >= seen["order"]["create_time"].as_i64());
    let page = json!({ "order_id": made["order_id"], "limit": 2 });
    let first = world.call(&path("list_order_account"), page, 0, json!({ "has_more": 1 })).await;
    let rest = json!({ "order_id": made["order_id"], "limit": 2, "cursor": first["next_cursor"] });
    let rest =
        world.call(&path("list_order_account"), rest, 0, json!({ "has_more": 0, "next_cursor": "" })).await;
    let kinds = |page: &Value| {
        page["account_list"].as_array().unwrap().iter().map(|a| a["type"].clone()).collect::<Vec<_>>()
    };
    assert_eq!((kinds(&first), kinds(&rest)), (vec![json!(1), json!(1)], vec![json!(2)]));

    let other = world.call(&path("create_new_order"), order(1, 0, 1), 0, json!({})).await;
    let cancel = json!({ "order_id": other["order_id"], "corpid": CORP });
    let wrong = json!({ "order_id": other["order_id"], "corpid": Sandbox::CORP_ID });
    let now =
        i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()).unwrap();
    let within = |start: i64, end: i64| json!({ "corpid": CORP, "start_time": start, "end_time": end });
    for (name, body, code) in [
        ("create_new_order", order(0, 0, 1), 40058),
        ("create_new_order", order(1, 0, 61), 40058),
        (
            "create_new_order",
            json!({ "corpid": CORP, "buyer_userid": "b", "account_count": { "base_count": 1 }, "account_duration": { "days": 30 } }),
            40058,
        ),
        (
            "create_new_order",
            json!({ "corpid": "none", "buyer_userid": "b", "account_count": { "base_count": 1 }, "account_duration": { "days": 31 } }),
            701015,
        ),
        ("submit_pay_job", pay, 701084),
        ("pay_job_result", json!({ "jobid": "none" }), 701151),
        ("get_order", json!({ "order_id": "none" }), 701005),
        ("cancel_order", mine, 701169),
        ("cancel_order", wrong, 701086),
        ("cancel_order", cancel.clone(), 0),
        ("cancel_order", cancel, 701169),
        ("list_order", within(now - 32 * DAY, now), 40058),
        ("list_order", json!({ "corpid": CORP, "start_time": now }), 40058),
    ] {
        world.call(&path(name), body, code, json!({})).await;
    }
    let cancelled = json!({ "order_id": other["order_id"] });
    world.call(&path("get_order"), cancelled, 0, json!({ "order": { "order_status": 2 } })).await;
    let all = json!([{ "order_id": made["order_id"], "order_type": 1 }, { "order_id": other["order_id"], "order_type": 1 }]);
    world
        .call(
            &path("list_order"),
            within(now - DAY, now + DAY),
            0,
            json!({ "order_list": all, "has_more": 0 }),
        )
        .await;
    world.call(&path("list_order"), within(now - 2 * DAY, now - DAY), 0, json!({ "order_list": [] })).await;
    world
        .call(&path("list_order"), json!({ "corpid": Sandbox::CORP_ID }), 0, json!({ "order_list": [] }))
        .await;
    let page = world.call(&path("list_order"), json!({ "limit": 1 }), 0, json!({ "has_more": 1 })).await;
    let rest = json!({ "limit": 1, "cursor": page["next_cursor"] });
    world.call(&path("list_order"), rest, 0, json!({ "has_more": 0, "order_list": [all[1]] })).await;
}

#[tokio::test]
async fn accounts() {
    let mut world = provider().await;
    let codes = bought(&world, order(3, 1, 1)).await;
    let bind = |code: &str, user: &str| json!({ "active_code": code, "corpid": CORP, "userid": user });
    let info = |code: &str| json!({ "active_code": code, "corpid": CORP });
    let unbound = json!({ "active_info": { "active_code": codes[0], "type": 1, "status": 1 } });
    let seen = world.call(&path("get_active_info_by_code"), info(&codes[0]), 0, unbound).await;
    assert_eq!(seen["active_info"].get("userid"), None);
    world.call(&path("active_account"), bind(&codes[0], "zhangsan"), 0, json!({})).await;
    let bound = json!({ "active_info": { "status": 2, "userid": "zhangsan" } });
    let seen = world.call(&path("get_active_info_by_code"), info(&codes[0]), 0, bound).await;
    let span = seen["active_info"]["expire_time"].as_i64().unwrap()
        - seen["active_info"]["active_time"].as_i64().unwrap();
    assert_eq!(span, 31 * DAY);
    for (name, body, code) in [
        ("active_account", bind(&codes[0], "lisi"), 701003),
        ("active_account", bind(&codes[1], "nobody"), 701019),
        ("active_account", bind("none", "lisi"), 701021),
        ("active_account", bind(&codes[1], "zhangsan"), 701082),
        ("active_account_by_type", json!({ "type": 1, "corpid": CORP, "userid": "zhangsan" }), 701011),
        ("active_account_by_type", json!({ "type": 2, "corpid": CORP, "userid": "zhangsan" }), 0),
        ("active_account_by_type", json!({ "type": 2, "corpid": CORP, "userid": "lisi" }), 701072),
        ("get_active_info_by_code", info("none"), 701021),
        ("get_active_info_by_user", json!({ "corpid": CORP, "userid": "nobody" }), 701019),
    ] {
        world.call(&path(name), body, code, json!({})).await;
    }
    let both = world
        .call(
            &path("get_active_info_by_user"),
            json!({ "corpid": CORP, "userid": "zhangsan" }),
            0,
            json!({ "active_status": 1 }),
        )
        .await;
    assert_eq!(both["active_info_list"].as_array().unwrap().len(), 2);
    world
        .call(
            &path("get_active_info_by_user"),
            json!({ "corpid": CORP, "userid": "lisi" }),
            0,
            json!({ "active_status": 0, "active_info_list": [] }),
        )
        .await;

    // 11 days on, 20 are left: the new code takes the old one's place and days.
    world.sandbox.advance(Duration::from_secs(u64::try_from(11 * DAY).unwrap()));
    renew(&mut world);
    world.call(&path("active_account"), bind(&codes[1], "zhangsan"), 0, json!({})).await;
    let old = json!({ "active_info": { "status": 5, "merge_info": { "to_active_code": codes[1] } } });
    world.call(&path("get_active_info_by_code"), info(&codes[0]), 0, old).await;
    let new = json!({ "active_info": { "status": 2, "merge_info": { "from_active_code": codes[0] } } });
    let seen = world.call(&path("get_active_info_by_code"), info(&codes[1]), 0, new).await;
    let span = seen["active_info"]["expire_time"].as_i64().unwrap()
        - seen["active_info"]["active_time"].as_i64().unwrap();
    assert!((51 * DAY - 60..=51 * DAY).contains(&span), "{span}");

    let list = json!({ "corpid": CORP, "active_list": [
        { "active_code": codes[2], "userid": "lisi" }, { "active_code": "none", "userid": "lisi" },
    ] });
    let done = world.call(&path("batch_active_account"), list, 0, json!({})).await;
    let errcodes: Vec<_> =
        done["active_result"].as_array().unwrap().iter().map(|r| r["errcode"].clone()).collect();
    assert_eq!(errcodes, [0, 701021]);
    let ask = json!({ "corpid": CORP, "active_code_list": [codes[2], "none"] });
    let seen = world
        .call(&path("batch_get_active_info_by_code"), ask, 0, json!({ "invalid_active_code_list": ["none"] }))
        .await;
    assert_eq!(seen["active_info_list"][0]["userid"], "lisi");
    let seen = world
        .call(&path("list_actived_account"), json!({ "corpid": CORP }), 0, json!({ "has_more": 0 }))
        .await;
    let users: Vec<_> =
        seen["account_list"].as_array().unwrap().iter().map(|a| a["userid"].clone()).collect();
    assert_eq!(users, ["zhangsan", "lisi", "zhangsan"]);

    let job = json!({ "corpid": CORP, "account_list": [{ "userid": "lisi", "type": 1 }, { "userid": "lisi", "type": 2 }, { "userid": "nobody", "type": 1 }] });
    let job = world.call(&path("create_renew_order_job"), job, 0, json!({})).await;
    let errcodes: Vec<_> =
        job["invalid_account_list"].as_array().unwrap().iter().map(|r| r["errcode"].clone()).collect();
    assert_eq!(errcodes, [701004, 701019]);
    let submit =
        json!({ "jobid": job["jobid"], "buyer_userid": "boss", "account_duration": { "months": 1 } });
    let renewal = world.call(&path("submit_order_job"), submit.clone(), 0, json!({})).await;
    world.call(&path("submit_order_job"), submit, 701126, json!({})).await;
    let id = json!({ "order_id": renewal["order_id"] });
    let shown = json!({ "order": { "order_type": 2, "order_status": 0, "account_count": { "base_count": 1, "external_contact_count": 0 } } });
    world.call(&path("get_order"), id.clone(), 0, shown).await;
    world
        .call(
            &path("list_order_account"),
            id,
            0,
            json!({ "account_list": [{ "userid": "lisi", "type": 1 }] }),
        )
        .await;
    let expires = async |user: &str| {
        let seen = world.call(&path("list_actived_account"), json!({ "corpid": CORP }), 0, json!({})).await;
        let all = seen["account_list"].as_array().unwrap();
        all.iter().find(|a| a["userid"] == user && a["type"] == 1).unwrap()["expire_time"].as_i64().unwrap()
    };
    let before = expires("lisi").await;
    let pay = json!({ "order_id": renewal["order_id"], "payer_userid": "boss" });
    world.call(&path("submit_pay_job"), pay, 0, json!({})).await;
    assert_eq!(expires("lisi").await, before + 31 * DAY);
    world.sandbox.advance(Duration::from_secs(u64::try_from(63 * DAY).unwrap()));
    renew(&mut world);
    world
        .call(&path("get_active_info_by_code"), info(&codes[2]), 0, json!({ "active_info": { "status": 3 } }))
        .await;
}

#[tokio::test]
async fn mail_of_apps() {
    let mut world = World::app().await;
    let path = |name: &str| format!("POST /cgi-bin/exmail/app/{name}");
    let own =
        world.call(&path("get_email_alias"), json!(null), 0, json!({ "alias_list": [] })).await["email"]
            .clone();
    world.call(&path("update_email_alias"), json!({ "new_email": "bot@corp.example" }), 0, json!({})).await;
    world
        .call(
            &path("get_email_alias"),
            json!(null),
            0,
            json!({ "email": "bot@corp.example", "alias_list": [own] }),
        )
        .await;

    let letter = |to: Value, more: Value| {
        let mut body = json!({ "to": to, "subject": "周报", "content": "<p>见附件</p>" });
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        body
    };
    let schedule = |more: Value| {
        let mut schedule = json!({ "start_time": 2_000_000_000, "end_time": 2_000_003_600 });
        for (key, value) in more.as_object().unwrap() {
            schedule[key] = value.clone();
        }
        schedule
    };
    let users = json!({ "userids": ["zhangsan"] });
    for (body, code) in [
        (
            letter(
                users.clone(),
                json!({ "attachment_list": [{ "file_name": "a.txt", "content": "MDEyMw==" }] }),
            ),
            0,
        ),
        (letter(json!({}), json!({})), 40058),
        (letter(json!({ "userids": ["nobody"] }), json!({})), 60111),
        (letter(users.clone(), json!({ "cc": { "userids": ["nobody"] } })), 60111),
        (letter(json!({ "emails": ["nonsense"] }), json!({})), 40058),
        (letter(users.clone(), json!({ "schedule": schedule(json!({ "schedule_admins": users })) })), 0),
        (
            letter(
                users.clone(),
                json!({ "schedule": schedule(json!({ "schedule_admins": { "userids": ["lisi"] } })) }),
            ),
            90715,
        ),
        (letter(users.clone(), json!({ "schedule": schedule(json!({ "method": "cancel" })) })), 40058),
        (letter(users.clone(), json!({ "schedule": schedule(json!({ "end_time": 1 })) })), 40058),
        (letter(users.clone(), json!({ "meeting": { "meeting_admins": users } })), 40058),
        (
            letter(
                users.clone(),
                json!({ "schedule": schedule(json!({})), "meeting": { "meeting_admins": users } }),
            ),
            0,
        ),
        (
            letter(
                users.clone(),
                json!({ "schedule": schedule(json!({})), "meeting": { "meeting_admins": { "userids": ["lisi"] } } }),
            ),
            400039,
        ),
        (letter(json!({ "emails": [own, "someone@example.com"] }), json!({})), 0),
    ] {
        world.call(&path("compose_send"), body, code, json!({})).await;
    }
    let answer =
        world.sandbox.receive_mail(Sandbox::CORP_ID, Sandbox::AGENT_ID, "Subject: hi\r\n\r\nhello").unwrap();
    assert_eq!(world.sandbox.receive_mail(Sandbox::CORP_ID, 77, ""), None);
    let times = |more: Value| {
        let mut body = json!({ "begin_time": 0, "end_time": 4_000_000_000_u32 });
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        body
    };
    let page =
        world.call(&path("get_mail_list"), times(json!({ "limit": 1 })), 0, json!({ "has_more": 1 })).await;
    let sent = world.call(&path("read_mail"), page["mail_list"][0].clone(), 0, json!({})).await;
    let eml = sent["mail_data"].as_str().unwrap();
    assert!(
        eml.starts_with("From: <bot@corp.example>\r\n") && eml.contains("PHA+6KeB6ZmE5Lu2PC9wPg=="),
        "{eml}"
    );
    let rest = times(json!({ "cursor": page["next_cursor"] }));
    world
        .call(&path("get_mail_list"), rest, 0, json!({ "has_more": 0, "mail_list": [{ "mail_id": answer }] }))
        .await;
    world
        .call(
            &path("read_mail"),
            json!({ "mail_id": answer }),
            0,
            json!({ "mail_data": "Subject: hi\r\n\r\nhello" }),
        )
        .await;
    world.call(&path("get_mail_list"), times(json!({ "end_time": 1 })), 0, json!({ "mail_list": [] })).await;
    world.call(&path("get_mail_list"), json!({ "begin_time": 2, "end_time": 1 }), 40058, json!({})).await;
    world.call(&path("read_mail"), json!({ "mail_id": "none" }), 40058, json!({})).await;
    world.call(&path("update_email_alias"), json!({ "new_email": "nonsense" }), 680047, json!({})).await;
    world.sign_in(Sandbox::OTHER_SECRET).await;
    world.call(&path("update_email_alias"), json!({ "new_email": own }), 680048, json!({})).await;
    world.call(&path("get_mail_list"), times(json!({})), 0, json!({ "mail_list": [] })).await;
}

#[tokio::test]
async fn mail_groups() {
    let world = World::app().await;
    let user =
        json!({ "userid": "wangwu", "name": "王五", "mobile": "13800000005", "biz_mail": "ww@corp.example" });
    world.call("POST /cgi-bin/user/create", user, 0, json!({})).await;
    let path = |name: &str| format!("POST /cgi-bin/exmail/group/{name}");
    let list = |items: Value| json!({ "list": items });
    let group = |id: &str, name: &str, more: Value| {
        let mut body = json!({ "groupid": id, "groupname": name });
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        body
    };
    let (a, b) = ("a@corp.example", "b@corp.example");
    let members =
        json!({ "email_list": list(json!(["ww@corp.example"])), "department_list": list(json!([2])) });
    world.call(&path("create"), group(a, "甲", members.clone()), 0, json!({})).await;
    let get = |id: &str| format!("GET /cgi-bin/exmail/group/get?groupid={id}");
    let shown = json!({ "groupid": a, "groupname": "甲", "allow_type": 0, "email_list": { "list": ["ww@corp.example"] }, "department_list": { "list": [2] } });
    world.call(&get(a), json!(null), 0, shown).await;
    world
        .call(&path("create"), group(b, "乙", json!({ "group_list": list(json!([a])) })), 0, json!({}))
        .await;
    let custom = json!({ "groupid": a, "allow_type": 3, "allow_departmentlist": list(json!([1])), "email_list": list(json!([])) });
    world.call(&path("update"), custom, 0, json!({})).await;
    let shown = json!({ "groupname": "甲", "allow_type": 3, "email_list": { "list": [] }, "department_list": { "list": [2] } });
    world.call(&get(a), json!(null), 0, shown).await;
    world.call(&path("update"), json!({ "groupid": a, "allow_type": 1 }), 0, json!({})).await;
    let seen = world.call(&get(a), json!(null), 0, json!({ "allow_type": 1 })).await;
    assert_eq!(seen.get("allow_departmentlist"), None);
    let search = |query: &str| format!("GET /cgi-bin/exmail/group/search?{query}");
    world.call(&search("fuzzy=0"), json!(null), 0, json!({ "count": 2 })).await;
    let one = json!({ "count": 1, "groups": [{ "groupid": b, "groupname": "乙" }] });
    world.call(&search("fuzzy=1&groupid=b@"), json!(null), 0, one).await;

    for (name, body, code) in [
        ("create", group(a, "丙", members.clone()), 680010),
        ("create", group("ww@corp.example", "丙", members.clone()), 680010),
        ("create", group("nonsense", "丙", members.clone()), 680001),
        ("create", group("c@corp.example", "甲", members), 680002),
        ("create", group("c@corp.example", "丙", json!({ "email_list": list(json!([])) })), 680008),
        (
            "create",
            group("c@corp.example", "丙", json!({ "email_list": list(json!(["x@corp.example"])) })),
            680003,
        ),
        (
            "create",
            group("c@corp.example", "丙", json!({ "group_list": list(json!(["x@corp.example"])) })),
            680004,
        ),
        ("create", group("c@corp.example", "丙", json!({ "department_list": list(json!([77])) })), 60003),
        ("create", group("c@corp.example", "丙", json!({ "tag_list": list(json!([77])) })), 40068),
        (
            "create",
            group("c@corp.example", "丙", json!({ "department_list": list(json!([1])), "allow_type": 3 })),
            680006,
        ),
        ("update", json!({ "groupid": a, "department_list": list(json!([])) }), 680008),
        ("update", json!({ "groupid": "c@corp.example", "groupname": "丙" }), 680012),
        ("delete", json!({ "groupid": b }), 0),
        ("delete", json!({ "groupid": b }), 680012),
    ] {
        world.call(&path(name), body, code, json!({})).await;
    }
    world.call(&get(b), json!(null), 680012, json!({})).await;
}
