//! Small pages, each with one habit of writing, and the fields that must come of them.

use crate::docs::extract;
use crate::docs::infer::types::infer;
use crate::docs::merge::{import, reviewed};
use crate::docs::model::{Endpoint, Field};
use crate::docs::read::page;

const HEAD: &str =
    "**请求方式：**POST（**HTTPS**）\n**请求地址：**https://qyapi.weixin.qq.com/cgi-bin/a/b?access_token=X\n";

fn read(body: &str) -> Endpoint {
    let text = format!("---\ntitle: \"标题\"\ndoc_id: 1\ncategory_id: 2\n---\n{body}");
    let pages = [page::read("001-企业内部开发/p.md", &text).expect("a page")];
    extract(&pages).endpoints.into_iter().find(|e| e.path == "/cgi-bin/a/b").expect("the endpoint")
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

/// The request's and the answer's fields of a page after its URL line.
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
    // An answer after a label of the request stays one.
    check(
        "**请求示例：**\n```\n{\"errcode\":0,\"errmsg\":\"ok\",\"x\":1}\n```\n|参数|说明|\n|--|--|\n|errcode|码|\n|x|甲|\n",
        "",
        "x:i64",
    );
}

#[test]
fn an_object_that_only_another_endpoint_of_the_page_shows() {
    let body = "**返回示例**\n```\n{\"errcode\":0,\"name\":\"x\"}\n```\n|参数|说明|\n|--|--|\n|errcode|码|\n|name|名|\n|extra|附加|\n|kind|种类|\n\n\
        ## 修改\n**请求方式：**POST（**HTTPS**）\n**请求地址：**https://qyapi.weixin.qq.com/cgi-bin/a/c?access_token=X\n\
        **请求示例：**\n```\n{\"extra\":{\"ids\":[1]},\"kind\":1}\n```\n|参数|必须|说明|\n|--|--|--|\n|extra|否|附加|\n|extra.ids|否|编号|\n|kind|否|种类|\n";
    // A scalar keeps what its own words say.
    check(body, "", "name:string extra:object{ids:list<i64>} kind:string");
}

#[test]
fn rows_that_leave_a_list_out() {
    let rows = |list: &str| {
        format!(
            "**请求示例：**\n```\n{{\"ext\":{{{list}}}}}\n```\n|参数|说明|是否必填|\n|--|--|--|\n|ext|否|附加|\n\
             |ext.kind|是|种类|\n|ext.text|否|文本|\n|ext.text.value|是|内容|\n{ANSWER}"
        )
    };
    let elements = "{\"kind\":1,\"text\":{\"value\":\"x\"}}";
    check(
        &rows(&format!("\"attrs\":[{elements},{elements}]")),
        "ext:object{attrs:list<object>{kind:i64 text:object{value:string}}}",
        "",
    );
    // Beside another field the list is not all of the object.
    check(
        &rows(&format!("\"attrs\":[{elements}],\"name\":\"x\"")),
        "ext:object{kind:string text:object{value:string} attrs:list<object>{kind:i64 text:object{value:string}} name:string}",
        "",
    );
}

#[test]
fn rows_that_no_sample_knows() {
    // Between fields of one object, also several of them; with two words in common; else of the body.
    check(
        "**返回示例**\n```\n{\"errcode\":0,\"share\":{\"corp_in_auth\":1,\"name\":\"x\"},\"end\":true}\n```\n|参数|类型|说明|\n|--|--|--|\n\
         |share|obj|甲|\n|corp_in_auth|uint32|乙|\n|mid|string|丙|\n|more|string|丁|\n|name|string|戊|\n|corp_in_check|bool|己|\n|end|bool|庚|\n|rest|bool|辛|\n",
        "",
        "share:object{corp_in_auth:u32 mid:string more:string name:string corp_in_check:bool} end:bool rest:bool",
    );
}

#[test]
fn parts_with_a_bold_line_for_a_heading() {
    check(
        "**返回示例**\n```\n{\"errcode\":0,\"props\":[{...}]}\n```\n|参数|类型|说明|\n|--|--|--|\n|props|object[]([Props](#Props))|甲|\n\n\
         **参数详细说明**\n\n**Props**\n元数据\n**示例**\n```\n{\"id\", \"ABC\",\n\"rows\":1}\n```\n**字段说明**\n|字段名|数据类型|描述|\n|--|--|--|\n|id|string|编号|\n|rows|uint32|行|\n",
        "",
        "props:list<object>{id:string rows:u32}",
    );
}

#[test]
fn a_part_in_backquotes() {
    let e = read(&format!(
        "## 范围结构体说明\n|字段名|类型|说明|\n|--|--|--|\n|user|Object|甲|\n|user.id_list|String数组|乙|\n## 新增\n{HEAD}\
         **请求包体：**\n```\n{{\"range\":{{}}}}\n```\n**参数说明：**\n|参数|是否必须|说明|\n|--|--|--|\n|range|是|说明参考`范围结构体说明`|\n{ANSWER}"
    ));
    assert_eq!(outline(&e.request), "range:object{user:object{id_list:list<string>}}");
}

#[test]
fn permission_told_once_for_a_page() {
    let part = |n: u8, own: &str| {
        format!(
            "## 接口{n}\n{}**请求包体：**\n```\n{{\"x\":1}}\n```\n{own}{ANSWER}",
            HEAD.replace("a/b", &format!("a/b{n}"))
        )
    };
    let page = format!(
        "[TOC]\n总述一句。\n## 权限说明\n调用的应用需要满足如下的权限：\n|应用类型|权限要求|\n|--|--|\n|自建应用|可调用|\n::: tip 提示\n{}{}",
        part(1, ""),
        part(2, "**权限说明：**\n- 只可删除自己的规则\n- 超过1000个返回错误码81017。其他\n")
    );
    let text = format!("---\ntitle: T\ndoc_id: 1\ncategory_id: 2\n---\n{page}");
    let pages = [page::read("001-企业内部开发/p.md", &text).expect("a page")];
    let shared = ["调用的应用需要满足如下的权限：", "自建应用：可调用"];
    let list = extract(&pages).endpoints;
    let notes: Vec<(&str, &str)> = list
        .iter()
        .flat_map(|e| {
            e.notes
                .iter()
                .filter(|n| n.1.rule.code == "text-before")
                .map(|n| (e.path.as_str(), n.1.what.as_str()))
        })
        .collect();
    assert_eq!(notes, [("/cgi-bin/a/b1", "before the first endpoint the page says: 总述一句。")]);
    let got: Vec<Vec<String>> = list.into_iter().map(|e| e.permission).collect();
    assert_eq!(got[0], shared);
    assert_eq!(got[1][..2], shared);
    assert_eq!(got[1][2], "只可删除自己的规则");
}

#[test]
fn sentences_that_look_like_something_else() {
    let part = |n: u8, own: &str| {
        format!(
            "## 接口{n}\n{own}{}**请求包体：**\n```\n{{\"x\":1}}\n```\n{ANSWER}",
            HEAD.replace("a/b", &format!("a/b{n}"))
        )
    };
    let lines: String = (1..=70).map(|n| format!("第{n}句。\n\n")).collect();
    let page = format!(
        "应用须具有“样例”权限。\n每企业调用频率不可超过10次/分钟。\n总述一句。\n{}{}",
        part(1, "__权限说明__：（需管理员授权）\n"),
        part(2, "*注：* 不再支持通过系统应用secret调用接口\n")
            + "::: warning 该接口仅供查询。\n**注意，删除后不可恢复。**\n"
            + &lines
    );
    let text = format!("---\ntitle: T\ndoc_id: 1\ncategory_id: 2\n---\n{page}");
    let pages = [page::read("001-企业内部开发/p.md", &text).expect("a page")];
    let [one, two] = &extract(&pages).endpoints[..] else { panic!("two endpoints") };
    // Told before the first endpoint, for both: who may call, and how often.
    for e in [one, two] {
        assert!(e.permission.contains(&"应用须具有“样例”权限。".to_owned()), "{:?}", e.permission);
        assert!(e.doc.contains(&"每企业调用频率不可超过10次/分钟。".to_owned()), "{:?}", e.doc);
    }
    assert!(one.permission.contains(&"需管理员授权".to_owned()), "{:?}", one.permission);
    assert!(
        two.permission.contains(&"注：不再支持通过系统应用secret调用接口".to_owned()),
        "{:?}",
        two.permission
    );
    for line in ["该接口仅供查询。", "注意，删除后不可恢复。", "第1句。", "第70句。"]
    {
        assert!(two.doc.contains(&line.to_owned()), "{line} is lost: {:?}", two.doc);
    }
}

#[test]
fn codes_in_sentences() {
    let e = read(&format!(
        "{HEAD}**请求包体：**\n```\n{{\"x\":1}}\n```\n|参数|必须|说明|\n|--|--|--|\n|x|是|甲。1. 注意：超过1000人时会报错 81017。错误码见文末|\n\n> 无效时返回错误码：`701008`\n{ANSWER}"
    ));
    let want = [(701008, "无效时返回错误码：`701008`"), (81017, "超过1000人时会报错 81017")];
    assert_eq!(e.codes, want.map(|(c, t)| (c, t.to_owned())));
}

#[test]
fn a_further_page_that_says_otherwise() {
    let page = |id: u8, words: &str, right: &str, rows: &str| {
        let text = format!(
            "---\ntitle: T\ndoc_id: {id}\ncategory_id: {id}\n---\n{words}\n{HEAD}|参数|必须|说明|\n|--|--|--|\n|x|是|甲|\n{rows}\n**权限说明：**\n- {right}\n{ANSWER}"
        );
        page::read("001-企业内部开发/p.md", &text).expect("a page")
    };
    let pages = [page(1, "企业可获取。", "甲可用", "|y|是|乙|\n"), page(2, "服务商可获取。", "乙可用", "")];
    let [e] = &extract(&pages).endpoints[..] else { panic!("one endpoint") };
    let notes: Vec<&str> =
        e.notes.iter().filter(|n| n.1.rule.code == "other-page").map(|n| n.1.what.as_str()).collect();
    assert_eq!(
        notes,
        ["another page says about it: 服务商可获取。", "another page names another permission: - 乙可用"]
    );
    assert_eq!(e.permission, ["甲可用"]);
    // The same words under another number are no difference.
    let pages = [page(1, "企业可获取。", "甲可用", "|y|是|乙|\n"), page(2, "企业可获取。", "甲可用", "")];
    assert!(extract(&pages).endpoints[0].notes.iter().all(|n| n.1.rule.code != "other-page"));
}

#[test]
fn slips_in_names() {
    // The object's own name before a dot; one key that is a word of the wire.
    check(
        "**返回示例**\n```\n{\"errcode\":0,\"group\":{\"id\":1,\"group.kind\":0},\"users\":[{\"userid\":\"x\"}]}\n```\n|参数|说明|\n|--|--|\n|group.id|编号|\n",
        "",
        "group:object{id:i64 kind:i64} users:list<object>{userid:string}",
    );
}

#[test]
fn a_range_counts_the_elements_of_a_list() {
    let row = "|ids|是|成员列表，取值范围：1 ~ 100|\n";
    let text = format!(
        "---\ntitle: T\ndoc_id: 1\ncategory_id: 2\n---\n{HEAD}**请求包体：**\n```\n{{\"ids\":[\"x\"]}}\n```\n|参数|必须|说明|\n|--|--|--|\n{row}{ANSWER}"
    );
    let pages = extract(&[page::read("001-企业内部开发/p.md", &text).expect("a page")]);
    let done = import::import(&[], &pages, &reviewed::Reviewed::default());
    assert!(done.files[0].text.contains("items: \"1..100\""), "{}", done.files[0].text);
}

#[test]
fn a_table_of_one_object() {
    let sample = "**返回示例**\n```\n{\"errcode\":0,\"rule\":{\"id\":\"x\",\"name\":\"x\",\"kind\":1}}\n```\n|参数|说明|\n|--|--|\n|errcode|码|\n|id|编号|\n|name|名|\n|kind|类|\n";
    check(
        &format!("{sample}|remark|备注|\n"),
        "",
        "rule:object{id:string name:string kind:i64 remark:string}",
    );
    // Paging fields are beside the object.
    check(
        &format!("{sample}|next_cursor|游标|\n"),
        "",
        "rule:object{id:string name:string kind:i64} next_cursor:string",
    );
}

/// What the client does with the answer, in parts beside that of the page's only endpoint; a part about the body is read.
#[test]
fn parts_beside_the_only_endpoint() {
    let table = "|参数|必须|说明|\n|--|--|--|\n|path|是|路径|\n";
    for (heading, want) in [("在小程序里打开", "proof:string"), ("返回说明", "proof:string path:string")]
    {
        let e = read(&format!(
            "## 获取凭证\n{HEAD}**返回结果：**\n```\n{{\"errcode\":0,\"errmsg\":\"ok\",\"proof\":\"x\"}}\n```\n\
             |参数|说明|\n|--|--|\n|proof|凭证|\n## {heading}\n{table}"
        ));
        let mut all = e.response;
        all.extend(e.request);
        all.retain(|f| !f.name.starts_with("err"));
        assert_eq!(outline(&all), want, "{heading}");
    }
}

#[test]
fn rows_in_other_capitals_and_rows_of_a_placeholder() {
    let sample =
        "**返回结果：**\n```\n{\"errcode\":0,\"errmsg\":\"ok\",\"list\":[{\"UserId\":\"x\"}]}\n```\n";
    check(
        &format!("{sample}|参数|说明|\n|--|--|\n|errcode|码|\n|list|列表|\n|UserID|成员|\n|value_xxxx|值|\n"),
        "",
        "list:list<object>{UserId:string}",
    );
}
