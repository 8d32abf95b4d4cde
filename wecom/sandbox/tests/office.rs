//! Calendars, schedules, approvals, meetings, customers.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::time::{Duration, SystemTime};

use common::World;
use serde_json::{Value, json};
use wecom_sandbox::Sandbox;

/// 2022-08-31 14:00 in Beijing, a Wednesday.
const START: i64 = 1_661_925_600;
const DAY: i64 = 24 * 3600;

#[tokio::test]
async fn calendars() {
    let mut world = World::app().await;
    let calendar = |more: Value| {
        let mut calendar = json!({ "summary": "项目", "color": "#FF3030" });
        for (key, value) in more.as_object().unwrap() {
            calendar[key] = value.clone();
        }
        json!({ "calendar": calendar })
    };
    let (add, get) = ("POST /cgi-bin/oa/calendar/add", "POST /cgi-bin/oa/calendar/get");
    let (update, del) = ("POST /cgi-bin/oa/calendar/update", "POST /cgi-bin/oa/calendar/del");
    let people = json!([{ "userid": "zhangsan", "permission": 1 }, { "userid": "nobody" }]);
    let body = calendar(json!({ "shares": people, "admins": ["zhangsan"], "description": "旧" }));
    let added = world.call(add, body, 0, json!({})).await;
    assert_eq!(added["fail_result"]["shares"][0]["userid"], "nobody");
    assert_eq!(added["fail_result"]["shares"][0]["errcode"], 60111);
    let id = &added["cal_id"];
    let ids = json!({ "cal_id_list": [id] });
    let seen = world.call(get, ids.clone(), 0, json!({})).await;
    let shown = json!({
        "cal_id": id, "summary": "项目", "color": "#FF3030", "description": "旧", "is_public": 0, "is_corp_calendar": 0,
        "admins": ["zhangsan"], "shares": [{ "userid": "zhangsan", "permission": 1 }],
    });
    assert!(common::covers(&seen["calendar_list"][0], &shown), "{seen}");
    world.call(update, calendar(json!({ "cal_id": id, "summary": "新名" })), 0, json!({})).await;
    let seen = world.call(get, ids.clone(), 0, json!({})).await;
    assert_eq!(seen["calendar_list"][0]["summary"], "新名");
    assert_eq!(seen["calendar_list"][0].get("description"), None, "an update replaces all");

    let range = json!({ "userids": ["lisi"], "partyids": [1] });
    let public =
        world.call(add, calendar(json!({ "is_public": 1, "public_range": range })), 0, json!({})).await;
    let public = &public["cal_id"];
    let range_of = async || {
        let seen = world.call(get, json!({ "cal_id_list": [public] }), 0, json!({})).await;
        assert_eq!(seen["calendar_list"][0]["is_public"], 1, "it cannot change");
        seen["calendar_list"][0].get("public_range").cloned()
    };
    let mut kept = calendar(json!({ "cal_id": public }));
    kept["skip_public_range"] = json!(1);
    world.call(update, kept, 0, json!({})).await;
    assert_eq!(range_of().await, Some(range));
    world.call(update, calendar(json!({ "cal_id": public, "public_range": {} })), 0, json!({})).await;
    assert_eq!(range_of().await, Some(json!({})));

    for (what, body, code) in [
        (add, calendar(json!({ "color": "red" })), 90473),
        (add, calendar(json!({ "admins": ["lisi"], "shares": [{ "userid": "zhangsan" }] })), 90492),
        (add, calendar(json!({ "is_public": 1 })), 90483),
        (get, json!({ "cal_id_list": [] }), 90458),
        (get, json!({ "cal_id_list": ["none"] }), 90457),
        (update, calendar(json!({ "cal_id": "none" })), 90457),
        (del, json!({ "cal_id": id }), 0),
        (del, json!({ "cal_id": id }), 90459),
        (get, ids, 90459),
    ] {
        world.call(what, body, code, json!({})).await;
    }
    let public = json!({ "cal_id_list": [public] });
    world.sign_in(Sandbox::OTHER_SECRET).await;
    world.call(get, public, 90466, json!({})).await;
}

#[tokio::test]
async fn schedules() {
    let mut world = World::app().await;
    let added = json!({ "calendar": { "summary": "项目", "color": "#FF3030" } });
    let calendar = world.call("POST /cgi-bin/oa/calendar/add", added, 0, json!({})).await;
    let calendar = &calendar["cal_id"];
    let schedule = |more: Value| {
        let mut schedule = json!({ "start_time": START, "end_time": START + 3600 });
        for (key, value) in more.as_object().unwrap() {
            schedule[key] = value.clone();
        }
        json!({ "schedule": schedule })
    };
    let (add, get) = ("POST /cgi-bin/oa/schedule/add", "POST /cgi-bin/oa/schedule/get");
    let (update, del) = ("POST /cgi-bin/oa/schedule/update", "POST /cgi-bin/oa/schedule/del");
    let people = json!([{ "userid": "zhangsan" }]);
    let body = schedule(
        json!({ "cal_id": calendar, "attendees": people, "admins": ["zhangsan"], "location": "会议室" }),
    );
    let added = world.call(add, body, 0, json!({})).await;
    let id = &added["schedule_id"];
    let ids = json!({ "schedule_id_list": [id] });
    let first = async || world.call(get, ids.clone(), 0, json!({})).await["schedule_list"][0].clone();
    let shown = json!({
        "schedule_id": id, "cal_id": calendar, "summary": "新建事件", "status": 0, "start_time": START, "is_whole_day": 0,
        "attendees": [{ "userid": "zhangsan", "response_status": 0 }],
    });
    assert!(common::covers(&first().await, &shown));
    let more = json!({ "schedule_id": id, "attendees": [{ "userid": "lisi" }, { "userid": "zhangsan" }] });
    world.call("POST /cgi-bin/oa/schedule/add_attendees", more, 0, json!({})).await;
    assert_eq!(first().await["attendees"].as_array().unwrap().len(), 2);
    let less = json!({ "schedule_id": id, "attendees": [{ "userid": "zhangsan" }] });
    world.call("POST /cgi-bin/oa/schedule/del_attendees", less, 0, json!({})).await;
    let mut body = schedule(json!({ "schedule_id": id, "summary": "改过" }));
    body["skip_attendees"] = json!(1);
    world.call(update, body, 0, json!({})).await;
    let seen = first().await;
    assert_eq!((&seen["summary"], &seen["attendees"][0]["userid"]), (&json!("改过"), &json!("lisi")));
    assert_eq!(seen.get("location"), None, "an update replaces all");
    world.call(update, schedule(json!({ "schedule_id": id })), 0, json!({})).await;
    assert_eq!(first().await.get("attendees"), None);

    let by_calendar = "POST /cgi-bin/oa/schedule/get_by_calendar";
    for name in ["二", "三"] {
        world.call(add, schedule(json!({ "cal_id": calendar, "summary": name })), 0, json!({})).await;
    }
    world.call(add, schedule(json!({ "summary": "默认日历的" })), 0, json!({})).await;
    world.call(del, json!({ "schedule_id": id }), 0, json!({})).await;
    assert_eq!(first().await["status"], 1, "cancelled ones can be read");
    let page = async |offset: i64| {
        let body = json!({ "cal_id": calendar, "offset": offset, "limit": 2 });
        let page = world.call(by_calendar, body, 0, json!({})).await;
        page["schedule_list"].as_array().unwrap().iter().map(|s| s["summary"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(page(0).await, ["新建事件", "二"]);
    assert_eq!(page(2).await, ["三"]);
    assert_eq!(page(3).await, [""; 0]);

    for (what, body, code) in [
        (del, json!({ "schedule_id": id }), 90460),
        (update, schedule(json!({ "schedule_id": id })), 90460),
        (add, schedule(json!({ "cal_id": "none" })), 90457),
        (add, schedule(json!({ "attendees": [{ "userid": "nobody" }] })), 60111),
        (add, schedule(json!({ "admins": ["lisi"] })), 90715),
        (add, schedule(json!({ "end_time": START - 1 })), 40058),
        (get, json!({ "schedule_id_list": [] }), 90462),
        (get, json!({ "schedule_id_list": ["none"] }), 90461),
        (by_calendar, json!({ "cal_id": "none" }), 90457),
    ] {
        world.call(what, body, code, json!({})).await;
    }
    let ids = ids.clone();
    world.sign_in(Sandbox::OTHER_SECRET).await;
    world.call(get, ids, 90466, json!({})).await;
}

/// The lesson of every Wednesday at 14:00, as in the description of op_mode.
#[tokio::test]
async fn schedules_that_repeat() {
    let world = World::app().await;
    let (add, get) = ("POST /cgi-bin/oa/schedule/add", "POST /cgi-bin/oa/schedule/get");
    let (update, del) = ("POST /cgi-bin/oa/schedule/update", "POST /cgi-bin/oa/schedule/del");
    let weekly = json!({ "is_remind": 1, "remind_time_diffs": [-300], "is_repeat": 1, "repeat_type": 1 });
    let body = json!({ "schedule": { "summary": "体育课", "start_time": START, "end_time": START + 3600, "reminders": weekly } });
    let id = world.call(add, body, 0, json!({})).await["schedule_id"].clone();
    let change = |mode: i64, at: i64, start: i64, reminders: Option<&Value>| {
        let mut schedule =
            json!({ "schedule_id": id, "summary": "改", "start_time": start, "end_time": start + 3600 });
        if let Some(reminders) = reminders {
            schedule["reminders"] = reminders.clone();
        }
        json!({ "op_mode": mode, "op_start_time": at, "schedule": schedule })
    };
    let week = |n: i64| START + 7 * n * DAY;
    let reminders = async |id: &Value| {
        let seen = world.call(get, json!({ "schedule_id_list": [id] }), 0, json!({})).await;
        (seen["schedule_list"][0]["start_time"].clone(), seen["schedule_list"][0]["reminders"].clone())
    };
    for (body, code) in [
        (change(1, week(2) + 60, week(2), None), 90482),
        (change(1, week(2), week(2) - DAY, None), 90488),
        (change(1, week(2), week(2), Some(&weekly)), 90484),
    ] {
        world.call(update, body, code, json!({})).await;
    }
    // 2022-09-14 alone goes to 16:00.
    let moved = world.call(update, change(1, 1_663_135_200, 1_663_142_400, None), 0, json!({})).await;
    assert_eq!(reminders(&moved["schedule_id"]).await.0, 1_663_142_400);
    let (start, rule) = reminders(&id).await;
    assert_eq!(
        (start, &rule["exclude_time_list"]),
        (json!(START), &json!([{ "start_time": 1_663_135_200 }]))
    );
    world.call(update, change(1, 1_663_135_200, 1_663_142_400, None), 90482, json!({})).await;
    world.call(update, change(1, 0, week(3), None), 90482, json!({})).await;

    let later = world.call(update, change(2, week(4), week(4) + 3600, Some(&weekly)), 0, json!({})).await;
    assert_eq!(reminders(&later["schedule_id"]).await.1["is_repeat"], 1);
    assert_eq!(reminders(&id).await.1["repeat_until"], week(4) - 1);
    world.call(update, change(1, week(5), week(5), None), 90482, json!({})).await;
    let all = world.call(update, change(2, START, START + DAY, Some(&weekly)), 0, json!({})).await;
    assert_eq!(all.get("schedule_id"), None, "from the first on is all");
    assert_eq!(reminders(&id).await.0, START + DAY);

    let part =
        |id: &Value, mode: i64, at: i64| json!({ "schedule_id": id, "op_mode": mode, "op_start_time": at });
    world.call(del, part(&moved["schedule_id"], 1, 1_663_142_400), 90485, json!({})).await;
    world.call(del, part(&id, 1, START + 8 * DAY), 0, json!({})).await;
    world.call(del, part(&id, 1, START + 8 * DAY), 90482, json!({})).await;
    world.call(del, part(&id, 2, START + 15 * DAY), 0, json!({})).await;
    assert_eq!(reminders(&id).await.1["repeat_until"], START + 15 * DAY - 1);
}

#[tokio::test]
async fn times_at_the_end_of_time() {
    let world = World::app().await;
    for time in [i64::MAX, i64::MAX - 3600, i64::MIN, -1] {
        let rule = json!({ "is_repeat": 1, "repeat_type": 2, "is_custom_repeat": 1, "repeat_interval": 3, "timezone": 12 });
        let body = json!({ "schedule": { "start_time": time, "end_time": time, "reminders": rule } });
        let Some(id) = world.send("POST /cgi-bin/oa/schedule/add", &body).await["schedule_id"]
            .as_str()
            .map(str::to_owned)
        else {
            continue;
        };
        for mode in [1, 2] {
            let part = json!({ "schedule_id": id, "op_mode": mode, "op_start_time": time });
            let change = json!({ "op_mode": mode, "op_start_time": time, "schedule": { "schedule_id": id, "start_time": time, "end_time": time } });
            world.send("POST /cgi-bin/oa/schedule/update", &change).await;
            world.send("POST /cgi-bin/oa/schedule/del", &part).await;
        }
        let body = json!({ "admin_userid": "zhangsan", "title": "x", "meeting_start": time, "meeting_duration": 86_399 });
        let made = world.send("POST /cgi-bin/meeting/create", &body).await;
        world.send("POST /cgi-bin/meeting/get_info", &json!({ "meetingid": made["meetingid"] })).await;
        let body = json!({ "userid": "zhangsan", "begin_time": i64::MIN, "end_time": time });
        world.send("POST /cgi-bin/meeting/get_user_meetingid", &body).await;
    }
}

#[tokio::test]
async fn approvals() {
    let world = World::app().await;
    let lang = |text: &str| json!([{ "text": text, "lang": "zh_CN" }]);
    let control = json!({
        "property": { "control": "Text", "id": "Text-1", "title": lang("事由"), "placeholder": lang("填写"), "require": 1, "un_print": 0 },
    });
    let body = json!({ "template_name": lang("请款"), "template_content": { "controls": [control] } });
    let template = world.call("POST /cgi-bin/oa/approval/create_template", body, 0, json!({})).await;
    let detail = "POST /cgi-bin/oa/gettemplatedetail";
    let id = json!({ "template_id": template["template_id"] });
    let seen = world.call(detail, id, 0, json!({ "template_names": lang("请款") })).await;
    assert_eq!(seen["template_content"]["controls"][0]["property"]["id"], "Text-1");

    let apply = "POST /cgi-bin/oa/applyevent";
    let value = json!([{ "control": "Text", "id": "Text-1", "value": { "text": "买书" } }]);
    let application = |user: &str, template: &Value, contents: &Value| {
        json!({
            "creator_userid": user, "template_id": template, "use_template_approver": 1,
            "apply_data": { "contents": contents }, "summary_list": [{ "summary_info": lang("买书") }],
        })
    };
    let template = &template["template_id"];
    let mut no_process = application("zhangsan", template, &value);
    no_process["use_template_approver"] = json!(0);
    for (body, code) in [
        (application("zhangsan", &json!("invented"), &value), 301025),
        (application("nobody", template, &value), 301055),
        (application("zhangsan", template, &json!([])), 301025),
        (no_process, 301025),
        (application("zhangsan", &json!(Sandbox::TEMPLATE_ID), &json!([])), 0),
    ] {
        world.call(apply, body, code, json!({})).await;
    }
    let applied = world.call(apply, application("zhangsan", template, &value), 0, json!({})).await;
    let detail = "POST /cgi-bin/oa/getapprovaldetail";
    let seen = world.call(detail, json!({ "sp_no": applied["sp_no"] }), 0, json!({})).await;
    let shown = json!({
        "sp_no": applied["sp_no"], "sp_name": "请款", "sp_status": 1, "template_id": template,
        "applyer": { "userid": "zhangsan", "partyid": "1" },
    });
    assert!(common::covers(&seen["info"], &shown), "{seen}");
    assert_eq!(seen["info"]["apply_data"]["contents"][0]["value"]["text"], "买书");
    world.call(detail, json!({ "sp_no": "none" }), 301025, json!({})).await;
    world
        .call("POST /cgi-bin/oa/gettemplatedetail", json!({ "template_id": "none" }), 301025, json!({}))
        .await;
}

#[tokio::test]
async fn customers_of_members() {
    let world = World::app().await;
    let id = Sandbox::EXTERNAL_USER_ID;
    let get = format!("GET /cgi-bin/externalcontact/get?external_userid={id}");
    let list = |user: &str| format!("GET /cgi-bin/externalcontact/list?userid={user}");
    world.call(&list("zhangsan"), json!(null), 0, json!({ "external_userid": [id] })).await;
    world.call(&list("lisi"), json!(null), 84061, json!({})).await;
    world.call(&list("nobody"), json!(null), 60111, json!({})).await;
    let remark = "POST /cgi-bin/externalcontact/remark";
    let body = json!({ "userid": "zhangsan", "external_userid": id, "remark": "老客户", "remark_mobiles": ["13800000001"] });
    world.call(remark, body, 0, json!({})).await;
    let seen = world.call(&get, json!(null), 0, json!({})).await;
    let shown = json!({ "userid": "zhangsan", "remark": "老客户", "remark_mobiles": ["13800000001"] });
    assert!(common::covers(&seen["follow_user"][0], &shown), "{seen}");
    let batch = "POST /cgi-bin/externalcontact/batch/get_by_user";
    let seen = world.call(batch, json!({ "userid_list": ["zhangsan", "lisi"] }), 0, json!({})).await;
    assert_eq!(seen["external_contact_list"][0]["external_contact"]["external_userid"], id);
    for (what, body, code) in [
        (remark, json!({ "userid": "lisi", "external_userid": id, "remark": "x" }), 84061),
        (remark, json!({ "userid": "nobody", "external_userid": id, "remark": "x" }), 60111),
        (batch, json!({ "userid_list": ["nobody"] }), 60111),
        ("GET /cgi-bin/externalcontact/get?external_userid=none", json!(null), 84061),
        // Answers that are made name members too.
        (
            "POST /cgi-bin/externalcontact/get_user_behavior_data",
            json!({ "userid": ["nobody"], "start_time": START, "end_time": START + DAY }),
            60111,
        ),
        (
            "POST /cgi-bin/externalcontact/transfer_customer",
            json!({ "handover_userid": "zhangsan", "takeover_userid": "nobody", "external_userid": [id] }),
            60111,
        ),
        (
            "POST /cgi-bin/externalcontact/transfer_customer",
            json!({ "handover_userid": "zhangsan", "takeover_userid": "lisi", "external_userid": [id] }),
            0,
        ),
    ] {
        world.call(what, body, code, json!({})).await;
    }
}

fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

#[tokio::test]
async fn meetings() {
    let mut world = World::app().await;
    let start = now() + DAY;
    let (create, info) = ("POST /cgi-bin/meeting/create", "POST /cgi-bin/meeting/get_info");
    let (update, cancel) = ("POST /cgi-bin/meeting/update", "POST /cgi-bin/meeting/cancel");
    let list = "POST /cgi-bin/meeting/get_user_meetingid";
    let meeting = |more: Value| {
        let mut body = json!({ "admin_userid": "zhangsan", "title": "周会", "meeting_start": start, "meeting_duration": 3600 });
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        body
    };
    let body = meeting(json!({ "invitees": { "userid": ["lisi"] }, "settings": { "password": "1234" } }));
    let made = world.call(create, body, 0, json!({})).await;
    let id = json!({ "meetingid": made["meetingid"] });
    let with = |more: Value| {
        let mut body = id.clone();
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        body
    };
    let shown = json!({
        "title": "周会", "admin_userid": "zhangsan", "meeting_start": start, "meeting_duration": 3600, "status": 1,
        "meeting_code": made["meeting_code"], "settings": { "password": "1234" }, "main_department": 1,
    });
    world.call(info, id.clone(), 0, shown.clone()).await;
    let seen = world.call(info, json!({ "meeting_code": made["meeting_code"] }), 0, shown).await;
    let members = seen["attendees"]["member"].as_array().unwrap();
    assert_eq!(members.iter().map(|m| m["userid"].clone()).collect::<Vec<_>>(), ["lisi", "zhangsan"]);

    let changed = with(json!({ "title": "月会", "meeting_start": start + 60, "meeting_duration": 600 }));
    world.call(update, changed, 0, json!({})).await;
    world
        .call(
            info,
            id.clone(),
            0,
            json!({ "title": "月会", "meeting_start": start + 60, "meeting_duration": 600 }),
        )
        .await;
    let invited = "POST /cgi-bin/meeting/get_invitees";
    let set = "POST /cgi-bin/meeting/set_invitees";
    world.call(set, with(json!({ "invitees": [{ "userid": "lisi" }] })), 400039, json!({})).await;
    world.call(set, with(json!({ "invitees": [{ "userid": "zhangsan" }] })), 0, json!({})).await;
    world
        .call(invited, id.clone(), 0, json!({ "invitees": [{ "userid": "zhangsan" }], "has_more": false }))
        .await;
    let guests = json!({ "guests": [{ "area": "86", "phone_number": "13800000001", "guest_name": "客" }] });
    world.call("POST /cgi-bin/meeting/set_guests", with(guests.clone()), 0, json!({})).await;
    world.call("POST /cgi-bin/meeting/get_guests", id.clone(), 0, guests).await;

    let later = world.call(create, meeting(json!({ "meeting_start": start + 2 * DAY })), 0, json!({})).await;
    let of = |user: &str, more: Value| {
        let mut body = json!({ "userid": user, "begin_time": start - DAY, "end_time": start + DAY });
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        body
    };
    // What has not begun is listed though it begins after end_time.
    let both = json!([made["meetingid"], later["meetingid"]]);
    world.call(list, of("zhangsan", json!({})), 0, json!({ "meetingid_list": both })).await;
    let page = world.call(list, of("zhangsan", json!({ "limit": 1, "cursor": "0" })), 0, json!({})).await;
    assert_eq!(page["meetingid_list"], json!([made["meetingid"]]));
    let rest = of("zhangsan", json!({ "limit": 1, "cursor": page["next_cursor"] }));
    world.call(list, rest, 0, json!({ "meetingid_list": [later["meetingid"]], "next_cursor": "" })).await;
    world.call(list, of("lisi", json!({})), 0, json!({ "meetingid_list": [] })).await;

    let calendar = json!({ "calendar": { "summary": "会", "color": "#FF3030" } });
    let calendar = world.call("POST /cgi-bin/oa/calendar/add", calendar, 0, json!({})).await;
    let many: Vec<String> = vec!["lisi".into(); 301];
    for (what, body, code) in [
        (create, meeting(json!({ "cal_id": calendar["cal_id"] })), 0),
        (create, meeting(json!({ "cal_id": "none" })), 400036),
        (create, meeting(json!({ "admin_userid": "nobody" })), 400021),
        (create, meeting(json!({ "invitees": { "userid": ["nobody"] } })), 400021),
        (create, meeting(json!({ "invitees": { "userid": many } })), 400020),
        (create, meeting(json!({ "meeting_start": now() - 60 })), 400222),
        (create, meeting(json!({ "meeting_duration": 60 })), 400035),
        (create, meeting(json!({ "title": "" })), 400042),
        (create, meeting(json!({ "settings": { "password": "12" } })), 400030),
        (
            create,
            meeting(json!({ "settings": { "ring_users": { "userid": ["lisi"] }, "remind_scope": 4 } })),
            400037,
        ),
        (update, with(json!({ "meeting_start": start })), 400035),
        (info, json!({ "meetingid": "none" }), 90602),
        (info, json!({ "meeting_code": "none" }), 730004),
        (cancel, with(json!({ "sub_meetingid": "none" })), 730003),
        (list, of("nobody", json!({})), 60111),
        (list, of("lisi", json!({ "end_time": start + 181 * DAY })), 40058),
        (cancel, id.clone(), 0),
        (cancel, id.clone(), 400041),
        (update, with(json!({ "title": "x" })), 400041),
    ] {
        world.call(what, body, code, json!({})).await;
    }
    world.call(info, id.clone(), 0, json!({ "status": 4 })).await;
    let mut left = world.call(list, of("zhangsan", json!({})), 0, json!({})).await["meetingid_list"].clone();
    assert!(!left.as_array_mut().unwrap().contains(&made["meetingid"]));

    let later = json!({ "meetingid": later["meetingid"] });
    world.sign_in(Sandbox::OTHER_SECRET).await;
    world.call(info, later.clone(), 730005, json!({})).await;
    world.sandbox.advance(Duration::from_secs(u64::try_from(3 * DAY + 60).unwrap()));
    world.sign_in(Sandbox::SECRET).await;
    world.call(info, later.clone(), 0, json!({ "status": 2 })).await;
    world.call(cancel, later.clone(), 400224, json!({})).await;
    world.sandbox.advance(Duration::from_secs(3600));
    world.call(info, later, 0, json!({ "status": 5 })).await;
}
