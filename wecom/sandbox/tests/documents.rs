//! Documents, smart tables, the drive.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::World;
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use wecom_sandbox::Sandbox;

/// One object with the fields of two.
fn with(base: &Value, more: Value) -> Value {
    let mut whole = base.clone();
    for (key, value) in more.as_object().unwrap() {
        whole[key] = value.clone();
    }
    whole
}

/// One field of each object of a list.
fn each(list: &Value, field: &str) -> Vec<Value> {
    list.as_array().unwrap().iter().map(|v| v[field].clone()).collect()
}

#[tokio::test]
async fn documents() {
    let mut world = World::app().await;
    let (create, info) = ("POST /cgi-bin/wedoc/create_doc", "POST /cgi-bin/wedoc/get_doc_base_info");
    let named = |name: &str, kind: i64| json!({ "doc_type": kind, "doc_name": name });
    let made = world.call(create, named("纪要", 3), 0, json!({})).await;
    let id = json!({ "docid": made["docid"] });
    let seen = world.call(info, id.clone(), 0, json!({})).await;
    let shown = json!({ "docid": made["docid"], "doc_name": "纪要", "doc_type": 3 });
    assert!(common::covers(&seen["doc_base_info"], &shown), "{seen}");
    let rename = "POST /cgi-bin/wedoc/rename_doc";
    world.call(rename, with(&id, json!({ "new_name": "周报" })), 0, json!({})).await;
    let seen = world.call(info, id.clone(), 0, json!({})).await;
    assert_eq!(seen["doc_base_info"]["doc_name"], "周报");
    let share = "POST /cgi-bin/wedoc/doc_share";
    world.call(share, id.clone(), 0, json!({ "share_url": made["url"] })).await;
    let long = world.call(create, named(&"长".repeat(300), 3), 0, json!({})).await;
    let seen = world.call(info, json!({ "docid": long["docid"] }), 0, json!({})).await;
    assert_eq!(seen["doc_base_info"]["doc_name"], "长".repeat(255), "long names are cut");

    for (what, body, code) in [
        (create, named("x", 7), 640054),
        (create, with(&named("x", 3), json!({ "admin_users": ["nobody"] })), 60111),
        (create, with(&named("x", 3), json!({ "spaceid": "none", "fatherid": "none" })), 640001),
        (info, json!({ "docid": "none" }), 40058),
        ("POST /cgi-bin/wedoc/del_doc", json!({}), 40058),
        ("POST /cgi-bin/wedoc/smartsheet/get_sheet", id.clone(), 640054),
        ("POST /cgi-bin/wedoc/del_doc", id.clone(), 0),
        (info, id, 40058),
    ] {
        world.call(what, body, code, json!({})).await;
    }
    world.sign_in(Sandbox::OTHER_SECRET).await;
    world.call(info, json!({ "docid": long["docid"] }), 48002, json!({})).await;
}

/// A smart table with an empty sheet: `docid` and `sheet_id`.
async fn smart_table(world: &World) -> Value {
    let body = json!({ "doc_type": 10, "doc_name": "任务" });
    let doc = world.call("POST /cgi-bin/wedoc/create_doc", body, 0, json!({})).await;
    let body = json!({ "docid": doc["docid"], "properties": { "title": "子表", "index": 0 } });
    let sheet = world.call("POST /cgi-bin/wedoc/smartsheet/add_sheet", body, 0, json!({})).await;
    json!({ "docid": doc["docid"], "sheet_id": sheet["properties"]["sheet_id"] })
}

#[tokio::test]
async fn sheets_and_fields() {
    let world = World::app().await;
    let at = smart_table(&world).await;
    let doc = json!({ "docid": at["docid"] });
    let path = |name: &str| format!("POST /cgi-bin/wedoc/smartsheet/{name}");
    let sheets = async || {
        let seen = world.call(&path("get_sheet"), doc.clone(), 0, json!({})).await;
        each(&seen["sheet_list"], "title")
    };
    assert_eq!(sheets().await, ["子表", "智能表1"]);
    let one = world.call(&path("get_sheet"), at.clone(), 0, json!({})).await;
    let shown =
        json!([{ "sheet_id": at["sheet_id"], "title": "子表", "is_visible": true, "type": "smartsheet" }]);
    assert_eq!(one["sheet_list"], shown);
    let change =
        json!({ "docid": at["docid"], "properties": { "sheet_id": at["sheet_id"], "title": "新名" } });
    world.call(&path("update_sheet"), change, 0, json!({})).await;
    assert_eq!(sheets().await[0], "新名");

    world.call(&path("get_fields"), at.clone(), 0, json!({ "total": 0, "fields": [] })).await;
    let fields = json!([
        { "field_title": "名称", "field_type": "FIELD_TYPE_TEXT" },
        { "field_title": "工时", "field_type": "FIELD_TYPE_NUMBER", "property_number": { "decimal_places": 1 } },
        { "field_title": "截止", "field_type": "FIELD_TYPE_DATE_TIME", "property_date_time": { "format": "yyyy-mm-dd" } },
    ]);
    let added = world.call(&path("add_fields"), with(&at, json!({ "fields": fields })), 0, json!({})).await;
    let (name, hours, due) =
        (&added["fields"][0]["field_id"], &added["fields"][1]["field_id"], &added["fields"][2]["field_id"]);
    let page = world
        .call(&path("get_fields"), with(&at, json!({ "offset": 1, "limit": 1 })), 0, json!({ "total": 3 }))
        .await;
    assert_eq!(each(&page["fields"], "field_title"), ["工时"]);
    assert_eq!(page["fields"][0]["property_number"]["decimal_places"], 1);
    let titles = with(&at, json!({ "field_titles": ["名称"] }));
    world.call(&path("get_fields"), titles, 0, json!({ "total": 1 })).await;
    let update = |more: Value| {
        with(
            &at,
            json!({ "fields": [with(&json!({ "field_id": hours, "field_type": "FIELD_TYPE_NUMBER" }), more)] }),
        )
    };
    let changed =
        world.call(&path("update_fields"), update(json!({ "field_title": "小时" })), 0, json!({})).await;
    let shown = json!({ "field_title": "小时", "property_number": { "decimal_places": 1 } });
    assert!(common::covers(&changed["fields"][0], &shown), "{changed}");

    let gantt = |field: &Value| {
        with(
            &at,
            json!({
                "view_title": "排期", "view_type": "VIEW_TYPE_GANTT",
                "property_gantt": { "start_date_field_id": field, "end_date_field_id": due },
            }),
        )
    };
    let view = world.call(&path("add_view"), gantt(due), 0, json!({})).await;
    let view = &view["view"]["view_id"];
    let change = with(&at, json!({ "view_id": view, "view_title": "计划" }));
    world.call(&path("update_view"), change, 0, json!({})).await;
    let seen = world.call(&path("get_views"), at.clone(), 0, json!({ "total": 1, "has_more": false })).await;
    assert_eq!(each(&seen["views"], "view_title"), ["计划"]);

    for (name, body, code) in [
        ("add_view", gantt(name), 2022032),
        ("update_view", with(&at, json!({ "view_id": "none", "view_title": "x" })), 2022005),
        ("delete_views", with(&at, json!({ "view_ids": [view] })), 0),
        ("delete_views", with(&at, json!({ "view_ids": [view] })), 2022005),
        (
            "add_fields",
            with(&at, json!({ "fields": [{ "field_title": "名称", "field_type": "FIELD_TYPE_TEXT" }] })),
            2022030,
        ),
        ("update_fields", update(json!({ "field_title": "小时" })), 2022030),
        ("update_fields", update(json!({ "field_title": "x", "field_type": "FIELD_TYPE_TEXT" })), 2022010),
        ("delete_fields", with(&at, json!({ "field_ids": [name] })), 0),
        ("delete_fields", with(&at, json!({ "field_ids": [name] })), 40058),
        ("delete_sheet", at.clone(), 0),
        ("delete_sheet", at.clone(), 2543303),
        ("get_fields", at.clone(), 2543303),
        ("get_sheet", json!({ "docid": "none" }), 40058),
    ] {
        world.call(&path(name), body, code, json!({})).await;
    }
    assert_eq!(sheets().await, ["智能表1"]);
}

#[tokio::test]
async fn records() {
    let world = World::app().await;
    let at = smart_table(&world).await;
    let path = |name: &str| format!("POST /cgi-bin/wedoc/smartsheet/{name}");
    let kinds = [
        ("名称", "TEXT"),
        ("工时", "NUMBER"),
        ("完成", "CHECKBOX"),
        ("截止", "DATE_TIME"),
        ("负责人", "USER"),
        ("状态", "SINGLE_SELECT"),
        ("编号", "AUTONUMBER"),
        ("创建", "CREATED_TIME"),
        ("电话", "PHONE_NUMBER"),
    ];
    let property = |kind: &str| match kind {
        "NUMBER" => json!({ "property_number": {} }),
        "DATE_TIME" => json!({ "property_date_time": {} }),
        "SINGLE_SELECT" => {
            json!({ "property_single_select": { "options": [{ "text": "待办", "style": 1 }] } })
        }
        "AUTONUMBER" => json!({ "property_auto_number": { "type": "NUMBER_TYPE_INCR" } }),
        "CREATED_TIME" => json!({ "property_created_time": {} }),
        "USER" => json!({ "property_user": {} }),
        "CHECKBOX" => json!({ "property_checkbox": {} }),
        _ => json!({}),
    };
    let fields: Vec<Value> = kinds
        .iter()
        .map(|(title, kind)| {
            with(&json!({ "field_title": title, "field_type": format!("FIELD_TYPE_{kind}") }), property(kind))
        })
        .collect();
    let fields = world.call(&path("add_fields"), with(&at, json!({ "fields": fields })), 0, json!({})).await;
    let id = |i: usize| fields["fields"][i]["field_id"].clone();

    let text = |text: &str| json!([{ "type": "text", "text": text }]);
    let record = |name: &str, hours: i64, done: bool, state: &str| {
        json!({ "values": {
            "名称": text(name), "工时": hours, "完成": done, "截止": "1661925600000", "负责人": [{ "user_id": "zhangsan" }],
            "状态": [{ "text": state, "style": 2 }], "电话": "13800000000",
        } })
    };
    let rows = json!([
        record("设计", 8, true, "完成"),
        record("开发", 40, false, "待办"),
        record("测试", 16, false, "待办")
    ]);
    let added = world.call(&path("add_records"), with(&at, json!({ "records": rows })), 0, json!({})).await;
    let ids = each(&added["records"], "record_id");
    assert_eq!(added["records"][0]["values"]["名称"], text("设计"));
    assert_eq!(added["records"][1]["values"]["状态"][0]["id"], "1", "the option that has the text");
    assert_eq!(added["records"][0]["values"]["状态"][0]["id"], "2", "a new option");

    let get = async |more: Value| {
        let seen = world.call(&path("get_records"), with(&at, more), 0, json!({})).await;
        (each(&seen["records"], "record_id"), seen)
    };
    let (all, seen) = get(json!({})).await;
    assert_eq!((&all, &seen["total"], &seen["has_more"]), (&ids, &json!(3), &json!(false)));
    let values = &seen["records"][1]["values"];
    assert_eq!((&values["工时"], &values["编号"][0]["text"]), (&json!(40), &json!("2")));
    assert_eq!(values["创建"], seen["records"][1]["create_time"]);
    let (first, seen) = get(json!({ "limit": 2 })).await;
    assert_eq!((&first[..], &seen["has_more"], &seen["next"]), (&ids[..2], &json!(true), &json!(2)));
    let (rest, seen) = get(json!({ "limit": 2, "offset": 2 })).await;
    assert_eq!((&rest[..], &seen["has_more"]), (&ids[2..], &json!(false)));
    let (some, seen) = get(json!({
        "record_ids": [ids[2]], "key_type": "CELL_VALUE_KEY_TYPE_FIELD_ID", "field_ids": [id(1)],
    }))
    .await;
    assert_eq!(some, ids[2..]);
    let mut only = json!({});
    only[id(1).as_str().unwrap()] = json!(16);
    assert_eq!(seen["records"][0]["values"], only);
    let sort = |title: &str, desc: bool| json!({ "sort": [{ "field_title": title, "desc": desc }] });
    assert_eq!(get(sort("工时", true)).await.0, [&ids[1], &ids[2], &ids[0]].map(Clone::clone));
    assert_eq!(get(sort("工时", false)).await.0, [&ids[0], &ids[2], &ids[1]].map(Clone::clone));

    let condition = |i: usize, operator: &str, more: Value| {
        let kind = format!("FIELD_TYPE_{}", kinds[i].1);
        with(
            &json!({ "field_id": id(i), "field_type": kind, "operator": format!("OPERATOR_{operator}") }),
            more,
        )
    };
    let filter = |any: bool, conditions: Vec<Value>| {
        let conjunction = if any { "CONJUNCTION_OR" } else { "CONJUNCTION_AND" };
        json!({ "filter_spec": { "conjunction": conjunction, "conditions": conditions } })
    };
    let number = |operator: &str, n: i64| condition(1, operator, json!({ "number_value": { "value": n } }));
    let word = |operator: &str, s: &str| condition(0, operator, json!({ "string_value": { "value": [s] } }));
    let done = |value: bool| condition(2, "IS", json!({ "bool_value": { "value": value } }));
    for (any, conditions, due) in [
        (false, vec![number("IS_GREATER", 8)], vec![1, 2]),
        (false, vec![number("IS_GREATER_OR_EQUAL", 8), number("IS_LESS", 40)], vec![0, 2]),
        (true, vec![number("IS", 8), number("IS", 40)], vec![0, 1]),
        (false, vec![word("IS", "开发")], vec![1]),
        (false, vec![word("CONTAINS", "试")], vec![2]),
        (false, vec![word("DOES_NOT_CONTAIN", "试"), done(false)], vec![1]),
        (false, vec![done(true)], vec![0]),
        (false, vec![condition(5, "IS", json!({ "string_value": { "value": ["1"] } }))], vec![1, 2]),
        (
            false,
            vec![condition(4, "CONTAINS", json!({ "user_value": { "value": ["zhangsan"] } }))],
            vec![0, 1, 2],
        ),
        (false, vec![condition(0, "IS_EMPTY", json!({}))], vec![]),
        (
            false,
            vec![condition(
                3,
                "IS_LESS",
                json!({ "date_time_value": { "type": "DATE_TIME_TYPE_DETAIL_DATE", "value": ["1661961600000"] } }),
            )],
            vec![0, 1, 2],
        ),
    ] {
        let due: Vec<Value> = due.into_iter().map(|i: usize| ids[i].clone()).collect();
        assert_eq!(get(filter(any, conditions.clone())).await.0, due, "{conditions:?}");
    }

    let change = json!({ "records": [{ "record_id": ids[0], "values": { "工时": 9 } }] });
    let changed = world.call(&path("update_records"), with(&at, change), 0, json!({})).await;
    assert_eq!(changed["records"], json!([{ "record_id": ids[0], "values": { "工时": 9 } }]));
    let (_, seen) = get(json!({ "record_ids": [ids[0]] })).await;
    let values = &seen["records"][0]["values"];
    assert_eq!((&values["工时"], &values["名称"]), (&json!(9), &text("设计")));

    let row = |values: Value| with(&at, json!({ "records": [{ "values": values }] }));
    for (name, body, code) in [
        ("add_records", row(json!({ "没有": 1 })), 2022030),
        ("add_records", row(json!({ "名称": "x" })), 40058),
        ("add_records", row(json!({ "工时": "x" })), 40058),
        ("add_records", row(json!({ "完成": 1 })), 40058),
        ("add_records", row(json!({ "截止": "明天" })), 2022034),
        ("add_records", row(json!({ "状态": "待办" })), 2022020),
        ("add_records", row(json!({ "创建": "1661925600000" })), 40058),
        ("add_records", row(json!({ "电话": 1 })), 40058),
        ("update_records", with(&at, json!({ "records": [{ "record_id": "none", "values": {} }] })), 2022003),
        ("get_records", with(&at, json!({ "record_ids": ["none"] })), 2022003),
        ("get_records", with(&at, json!({ "offset": 4 })), 2022023),
        ("get_records", with(&at, with(&sort("工时", true), filter(false, vec![]))), 40058),
        ("get_records", with(&at, sort("没有", true)), 2022030),
        ("get_records", with(&at, filter(false, vec![number("CONTAINS", 1)])), 2022033),
        ("delete_records", with(&at, json!({ "record_ids": [ids[0], "none"] })), 2022003),
        ("delete_records", with(&at, json!({ "record_ids": [ids[0], ids[2]] })), 0),
        ("delete_records", with(&at, json!({ "record_ids": [ids[0]] })), 2022003),
    ] {
        world.call(&path(name), body, code, json!({})).await;
    }
    assert_eq!(get(json!({})).await.0, ids[1..2]);
}

#[tokio::test]
async fn spaces_and_files() {
    let mut world = World::app().await;
    let path = |name: &str| format!("POST /cgi-bin/wedrive/{name}");
    let people =
        json!([{ "type": 1, "userid": "zhangsan", "auth": 7 }, { "type": 2, "departmentid": 2, "auth": 1 }]);
    let body = json!({ "space_name": "资料", "auth_info": people, "space_sub_type": 0 });
    let space = world.call(&path("space_create"), body, 0, json!({})).await["spaceid"].clone();
    let own = json!({ "spaceid": space });
    world.call(&path("space_rename"), with(&own, json!({ "space_name": "新资料" })), 0, json!({})).await;
    let member = json!({ "type": 1, "userid": "lisi", "auth": 1 });
    world.call(&path("space_acl_add"), with(&own, json!({ "auth_info": [member] })), 0, json!({})).await;
    let gone = json!({ "auth_info": [{ "type": 2, "departmentid": 2 }] });
    world.call(&path("space_acl_del"), with(&own, gone), 0, json!({})).await;
    let seen = world.call(&path("space_info"), own.clone(), 0, json!({})).await;
    let shown = json!({ "spaceid": space, "space_name": "新资料", "space_sub_type": 0, "auth_list": { "auth_info": [people[0], member] } });
    assert!(common::covers(&seen["space_info"], &shown), "{seen}");

    let root = with(&own, json!({ "fatherid": space }));
    let file = |name: &str, bytes: &[u8]| json!({ "file_name": name, "file_base64_content": STANDARD.encode(bytes) });
    let folder = with(&root, json!({ "file_type": 1, "file_name": "合同" }));
    let folder = world.call(&path("file_create"), folder, 0, json!({})).await["fileid"].clone();
    let inner = with(&own, json!({ "fatherid": folder }));
    let up = async |at: &Value, name: &str, bytes: &[u8]| {
        world.call(&path("file_upload"), with(at, file(name, bytes)), 0, json!({})).await["fileid"].clone()
    };
    let a = up(&root, "a.txt", b"0123456789").await;
    let b = up(&root, "b.txt", b"01234").await;
    let again = up(&root, "a.txt", b"x").await;
    let one = json!({ "fileid": a });
    let seen = world.call(&path("file_info"), one.clone(), 0, json!({})).await;
    let shown = json!({
        "fileid": a, "file_name": "a.txt", "spaceid": space, "fatherid": space, "file_size": 10, "file_type": 2, "file_status": 1,
        "sha": "87acec17cd9dcd20a716cc2cf67417b71c8a7016", "md5": "781e5e245d69b566979b86e28d23f2c7",
    });
    assert!(common::covers(&seen["file_info"], &shown), "{seen}");
    let list = async |at: &Value, sort: i64, start: i64, limit: i64| {
        let body = with(at, json!({ "sort_type": sort, "start": start, "limit": limit }));
        let seen = world.call(&path("file_list"), body, 0, json!({})).await;
        (each(&seen["file_list"]["item"], "file_name"), seen["has_more"].clone(), seen["next_start"].clone())
    };
    let (first, more, next) = list(&root, 1, 0, 3).await;
    assert_eq!(
        (first, more, next),
        (["a(1).txt", "a.txt", "b.txt"].map(|s| json!(s)).to_vec(), json!(true), json!(3))
    );
    assert_eq!(list(&root, 1, 3, 3).await, (vec![json!("合同")], json!(false), json!(4)));
    assert_eq!(list(&root, 4, 0, 1).await.0, ["a.txt"], "the largest first");

    let link = world.call(&path("file_download"), one.clone(), 0, json!({})).await;
    let url = link["download_url"].as_str().unwrap();
    let cookie =
        format!("{}={}", link["cookie_name"].as_str().unwrap(), link["cookie_value"].as_str().unwrap());
    assert_eq!(world.http.get(url).send().await.unwrap().status(), 403);
    let response = world.http.get(url).header("cookie", &cookie).send().await.unwrap();
    assert_eq!(response.headers()["content-disposition"], "attachment; filename=\"a.txt\"");
    assert_eq!(response.text().await.unwrap(), "0123456789");

    let renamed = with(&one, json!({ "new_name": "c.txt" }));
    let seen = world.call(&path("file_rename"), renamed, 0, json!({})).await;
    assert_eq!(seen["file"]["file_name"], "c.txt");
    let target = json!({ "fatherid": folder, "fileid": [a, b] });
    let seen = world.call(&path("file_move"), target, 0, json!({})).await;
    assert_eq!(each(&seen["file_list"]["item"], "fatherid"), [&folder, &folder].map(Clone::clone));
    assert_eq!(list(&inner, 1, 0, 10).await.0, ["b.txt", "c.txt"]);
    let new_b = up(&root, "b.txt", b"new").await;
    let replace = json!({ "fatherid": folder, "fileid": [new_b], "replace": true });
    world.call(&path("file_move"), replace, 0, json!({})).await;
    assert_eq!(list(&inner, 1, 0, 10).await.0, ["b.txt", "c.txt"]);
    world.call(&path("file_share"), one.clone(), 0, json!({})).await;

    let admins: Vec<Value> = (0..3).map(|_| json!({ "type": 1, "userid": "lisi", "auth": 7 })).collect();
    for (name, body, code) in [
        (
            "space_create",
            json!({ "space_name": "x", "auth_info": [{ "type": 1, "userid": "nobody", "auth": 1 }] }),
            640012,
        ),
        (
            "space_create",
            json!({ "space_name": "x", "auth_info": [{ "type": 2, "departmentid": 77, "auth": 1 }] }),
            640013,
        ),
        (
            "space_create",
            json!({ "space_name": "x", "auth_info": [{ "type": 2, "departmentid": 2, "auth": 7 }] }),
            640020,
        ),
        ("space_create", json!({ "space_name": "" }), 640025),
        ("space_acl_add", with(&own, json!({ "auth_info": admins })), 640053),
        ("space_info", json!({ "spaceid": "none" }), 640001),
        ("space_info", json!({}), 640026),
        ("file_upload", with(&own, with(&file("x", b"x"), json!({ "fatherid": "none" }))), 640021),
        ("file_upload", with(&root, json!({ "file_name": "x", "file_base64_content": "*" })), 640022),
        ("file_upload", with(&root, file("a/b", b"x")), 640009),
        ("file_move", json!({ "fatherid": folder, "fileid": [folder] }), 640021),
        ("file_download", json!({ "fileid": folder }), 640029),
        ("file_info", json!({ "fileid": "none" }), 640002),
        ("file_delete", json!({ "fileid": [b] }), 640003),
        ("file_delete", json!({ "fileid": [folder, again] }), 0),
        ("file_info", one.clone(), 640003),
    ] {
        world.call(&path(name), body, code, json!({})).await;
    }
    assert_eq!(list(&root, 1, 0, 10).await.0, [""; 0]);
    assert_eq!(
        world.http.get(url).header("cookie", &cookie).send().await.unwrap().status(),
        403,
        "it is deleted"
    );

    let doc = json!({ "doc_type": 3, "doc_name": "纪要", "spaceid": space, "fatherid": space });
    world.call("POST /cgi-bin/wedoc/create_doc", doc, 0, json!({})).await;
    world.sign_in(Sandbox::OTHER_SECRET).await;
    world.call(&path("space_info"), own.clone(), 640008, json!({})).await;
    world.sign_in(Sandbox::SECRET).await;
    world.call(&path("space_dismiss"), own.clone(), 0, json!({})).await;
    world.call(&path("space_info"), own, 640001, json!({})).await;
}

#[tokio::test]
async fn files_in_blocks() {
    let world = World::app().await;
    let path = |name: &str| format!("POST /cgi-bin/wedrive/{name}");
    let space =
        world.call(&path("space_create"), json!({ "space_name": "资料" }), 0, json!({})).await["spaceid"]
            .clone();
    let bytes: Vec<u8> = (0..(2 << 20) + 10).map(|i: usize| (i % 251) as u8).collect();
    let sha: String = Sha1::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
    let init = |sha: Value| json!({ "spaceid": space, "fatherid": space, "file_name": "大.bin", "size": bytes.len(), "block_sha": sha });
    world.call(&path("file_upload_init"), init(json!([sha])), 640039, json!({})).await;
    let begun = world
        .call(&path("file_upload_init"), init(json!(["0", sha])), 0, json!({ "hit_exist": false }))
        .await;
    let key = json!({ "upload_key": begun["upload_key"] });
    let part = |index: usize, bytes: &[u8]| {
        with(&key, json!({ "index": index, "file_base64_content": STANDARD.encode(bytes) }))
    };
    let (one, two) = bytes.split_at(2 << 20);
    for (name, body, code) in [
        ("file_upload_part", part(2, two), 0),
        ("file_upload_part", part(3, two), 640027),
        ("file_upload_part", part(1, two), 640048),
        ("file_upload_finish", key.clone(), 640048),
        ("file_upload_part", part(1, one), 0),
    ] {
        world.call(&path(name), body, code, json!({})).await;
    }
    let done = world.call(&path("file_upload_finish"), key.clone(), 0, json!({})).await;
    let seen = world.call(&path("file_info"), json!({ "fileid": done["fileid"] }), 0, json!({})).await;
    assert_eq!(
        (&seen["file_info"]["sha"], &seen["file_info"]["file_size"]),
        (&json!(sha), &json!(bytes.len()))
    );
    world.call(&path("file_upload_finish"), key, 640048, json!({})).await;
    let hit =
        world.call(&path("file_upload_init"), init(json!(["0", sha])), 0, json!({ "hit_exist": true })).await;
    let seen = world.call(&path("file_info"), json!({ "fileid": hit["fileid"] }), 0, json!({})).await;
    assert_eq!(seen["file_info"]["file_name"], "大(1).bin");

    let link = world.call(&path("file_download"), json!({ "fileid": hit["fileid"] }), 0, json!({})).await;
    let cookie =
        format!("{}={}", link["cookie_name"].as_str().unwrap(), link["cookie_value"].as_str().unwrap());
    let get = || world.http.get(link["download_url"].as_str().unwrap()).header("cookie", &cookie).send();
    assert_eq!(get().await.unwrap().bytes().await.unwrap(), bytes);
    world.sandbox.advance(Duration::from_secs(2 * 3600));
    assert_eq!(get().await.unwrap().status(), 403, "a link is good for two hours");
}
