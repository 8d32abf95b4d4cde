//! Pages of our own making that leave out what the page beside them says.

use crate::docs::complete::from_linked_page::tests::{check, post};

const SET: &str = "**请求包体：**\n```\n{\"id\":1,\"form\":{\"title\":\"a\"}}\n```\n|参数|类型|是否必须|说明|\n|-|\n|id|uint32|是|编号|\n|form|object|是|表单|\n\
    |form.title|string|是|标题|\n|form.note|string|否|备注|\n|form.size|uint32|否|大小|\n";

fn get(object: &str, rows: &str) -> String {
    post(
        "x/get",
        &format!(
            "**返回结果：**\n```\n{{\"errcode\":0,\"form\":{object}}}\n```\n|参数|说明|\n|-|\n|errcode|返回码|\n|form|表单|\n{rows}"
        ),
    )
}

#[test]
fn an_object_without_rows_has_those_of_the_page_beside() {
    let pages = |object: &str, rows: &str| [(1, post("x/set", SET)), (2, get(object, rows))];
    check(
        &pages("{\"title\":\"a\",\"size\":1}", ""),
        "</cgi-bin/x/get",
        "errcode:i64 form:object form.title:string form.note?:string form.size:u32",
        1,
    );
    // One field of three is too little; a field that the other does not have; rows of its own.
    let plain = |inner: &str| format!("errcode:i64 form:object {inner}");
    check(
        &pages("{\"title\":\"a\",\"other\":1}", ""),
        "</cgi-bin/x/get",
        &plain("form.title:string form.other:i64"),
        0,
    );
    check(
        &pages("{\"title\":\"a\",\"size\":1}", "|form.size|大小|"),
        "</cgi-bin/x/get",
        &plain("form.size:i64 form.title:string"),
        0,
    );
}

#[test]
fn one_shown_field_of_many_is_too_little() {
    let set = SET.to_owned() + "|form.more|string|否|更多|\n";
    let pages = [(1, post("x/set", &set)), (2, get("{\"title\":\"a\"}", ""))];
    check(&pages, "</cgi-bin/x/get", "errcode:i64 form:object form.title:string", 0);
}

#[test]
fn a_body_without_rows_has_those_of_the_other_endpoint_of_its_page() {
    let set = "**请求包体：**\n```\n{\"agentid\":1,\"kind\":\"image\",\"image\":{\"url\":\"a\"},\"keep\":true}\n```\n|参数|是否必须|说明|\n|-|\n\
        |agentid|是|应用id|\n|kind|是|类型，支持 \"image\"、 \"card\"|\n|image|否|图片|\n|image.url|是|链接|\n|card|否|卡片|\n|card.title|是|标题|\n|keep|否|保留|\n";
    let get = "**请求包体：**\n```\n{\"agentid\":1}\n```\n|参数|是否必须|说明|\n|-|\n|agentid|是|应用id|\n\
        **返回结果：**\n```\n{\"errcode\":0,\"kind\":\"image\",\"image\":{\"url\":\"a\"},\"keep\":true}\n```\n";
    let page = format!("## 设置\n{}\n## 获取\n{}", post("x/set", set), post("x/get", get));
    // The variant that the sample does not show comes with its tag; what belongs to the question does not.
    check(
        &[(1, page)],
        "</cgi-bin/x/get",
        "kind:string image:object image.url:string card?:object card.title:string keep:bool errcode:i64",
        1,
    );
}
