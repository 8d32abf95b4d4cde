//! Small pages, each with one habit of writing, and the fields that must come of them.

use crate::docs::extract::{Endpoint, endpoints};
use crate::docs::infer::infer;
use crate::docs::page;
use crate::docs::shape::Field;

const HEAD: &str =
    "**请求方式：**POST（**HTTPS**）\n**请求地址：**https://qyapi.weixin.qq.com/cgi-bin/a/b?access_token=X\n";

fn read(body: &str) -> Endpoint {
    let text = format!("---\ntitle: \"标题\"\ndoc_id: 1\ncategory_id: 2\n---\n{body}");
    let pages = [page::read("001-企业内部开发/p.md", &text).expect("a page")];
    endpoints(&pages).into_iter().find(|e| e.path == "/cgi-bin/a/b").expect("the endpoint")
}

/// `a:string b:object{c:i64}`
fn outline(fields: &[Field]) -> String {
    let one = |f: &Field| {
        let inner =
            if f.children.is_empty() { String::new() } else { format!("{{{}}}", outline(&f.children)) };
        format!("{}:{}{inner}", f.name, infer(f).text())
    };
    fields.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// The request's and the answer's fields of a page behind its URL line.
fn check(body: &str, request: &str, response: &str) {
    let mut e = read(&format!("{HEAD}{body}"));
    e.request.retain(|f| f.name != "access_token");
    e.response.retain(|f| f.name != "errcode" && f.name != "errmsg");
    assert_eq!((outline(&e.request).as_str(), outline(&e.response).as_str()), (request, response), "{body}");
}

const ANSWER: &str = "**返回结果：**\n```\n{\"errcode\":0,\"errmsg\":\"ok\"}\n```\n**参数说明：**\n|参数|说明|\n|--|--|\n|errcode|码|\n|errmsg|文|\n";

#[test]
fn a_device_reports_its_errors() {
    check(
        &format!(
            "**请求包体：**\n```\n{{\"oper_id\":\"x\",\"errcode\":1,\"errmsg\":\"设备离线\"}}\n```\n**参数说明：**\n\
             |参数|是否必须|类型|描述|\n|--|--|--|--|\n|access_token|是|string|凭证|\n|oper_id|是|string|编号|\n\
             |errcode|是|uint32|结果|\n|errmsg|否|string|描述|\n{ANSWER}"
        ),
        "oper_id:string errcode:u32 errmsg:string",
        "",
    );
    // An answer behind a label of the request stays one.
    check(
        "**请求示例：**\n```\n{\"errcode\":0,\"errmsg\":\"ok\",\"x\":1}\n```\n|参数|说明|\n|--|--|\n|errcode|码|\n|x|甲|\n",
        "",
        "x:i64",
    );
}
