//! Pages of our own making that refer to each other.

use super::*;

use crate::docs::extract;
use crate::docs::infer::types::infer;
use crate::docs::read::page;

/// The fields of an endpoint's request, or of its answer (`<` before the path), as paths with types, and what was noted of them.
pub(in crate::docs) fn check(pages: &[(i64, String)], path: &str, want: &str, noted: usize) {
    let pages: Vec<_> = pages
        .iter()
        .map(|(id, body)| {
            let text = format!("---\ntitle: \"标题{id}\"\ndoc_id: {id}\ncategory_id: {id}\n---\n{body}");
            page::read(&format!("001-企业内部开发/{id}.md"), &text).expect("a page")
        })
        .collect();
    let all = extract(&pages);
    let (answer, path) = (path.starts_with('<'), path.trim_start_matches('<'));
    let e = all.endpoints.iter().find(|e| e.path == path).expect("the endpoint");
    let mut got = Vec::new();
    each(if answer { &e.response } else { &e.request }, &mut vec![], &mut |at, f| {
        let optional = if f.row.required.as_deref() == Some("否") { "?" } else { "" };
        got.push(format!("{}{optional}:{}", at.join("."), infer(f).text()));
    });
    assert_eq!(got.join(" "), want, "{:?}", e.notes);
    let notes = e.notes.iter().filter(|n| n.1.rule.code.starts_with("fields-of")).count();
    assert_eq!(notes, noted, "{:?}", e.notes);
}

pub(in crate::docs) fn post(path: &str, rest: &str) -> String {
    format!(
        "**请求方式：**POST\n**请求地址：**https://qyapi.weixin.qq.com/cgi-bin/{path}?access_token=X\n{rest}\n"
    )
}

const CREATE: &str = "|参数|类型|是否必须|说明|\n|-|\n|form|object|是|表单|\n|form.title|string|是|标题|\n|form.size|uint32|否|大小|\n";

#[test]
fn a_field_that_refers_to_a_page_has_the_fields_of_that_page() {
    let create = (1, post("x/create", CREATE));
    let update =
        |row: &str| (2, post("x/update", &format!("|参数|是否必须|说明|\n|-|\n|id|是|编号|\n{row}\n")));
    let want = "id:string form:object form.title:string form.size?:u32";
    for row in [
        "|form|是|可以参考[创建表单](#1)一节 form 参数说明|",
        "|form|是|表单，字段详情见[创建表单](#1)|",
        "|form|是|同[创建表单](#1/请求参数)|",
    ] {
        check(&[create.clone(), update(row)], "/cgi-bin/x/update", want, 1);
    }
    // A scalar whose text names a page; an object that the page does not know.
    check(
        &[create.clone(), update("|other|是|获取方法参见[创建表单](#1)|")],
        "/cgi-bin/x/update",
        "id:string other:string",
        0,
    );
    // What has rows of its own is described.
    check(
        &[create, update("|form|是|参考[创建表单](#1)|\n|form.a|是|甲|")],
        "/cgi-bin/x/update",
        "id:string form:object form.a:string",
        0,
    );
}

#[test]
fn in_an_answer_what_no_sample_shows_may_lack() {
    let get = post(
        "x/get",
        "**返回结果：**\n```\n{\"errcode\":0,\"form\":{\"title\":\"a\"}}\n```\n|参数|说明|\n|-|\n|form|表单，见[创建表单](#1)|",
    );
    check(
        &[(1, post("x/create", CREATE)), (2, get)],
        "</cgi-bin/x/get",
        "form:object form.title:string form.size?:u32 errcode:i64",
        1,
    );
}

#[test]
fn a_page_may_describe_an_object_and_no_endpoint() {
    let get = |object: &str| {
        let body = format!(
            "**返回结果：**\n```\n{{\"errcode\":0,\"profile\":{object}}}\n```\n|参数|说明|\n|-|\n|profile|对外属性，字段详情见[对外属性](#9)|"
        );
        (2, post("x/get", &body))
    };
    let page = |rows: &str| {
        (
            9,
            format!(
                "**字段内容:**\n```\n\"profile\": {{\"label\": \"a\", \"level\": 1}}\n```\n|参数|说明|\n|-|\n{rows}"
            ),
        )
    };
    check(
        &[get("{\"label\":\"b\"}"), page("|label|名称|\n|level|级别|")],
        "</cgi-bin/x/get",
        "profile:object profile.label:string profile.level?:i64 errcode:i64",
        1,
    );
    // Rows of another root, and an object that is not that of the page.
    let plain = "profile:object profile.label:string errcode:i64";
    check(&[get("{\"label\":\"b\"}"), page("|attr|属性|\n|attr.x|甲|")], "</cgi-bin/x/get", plain, 0);
    let plain = "profile:object profile.other:string errcode:i64";
    check(&[get("{\"other\":\"b\"}"), page("|label|名称|\n|level|级别|")], "</cgi-bin/x/get", plain, 0);
}
