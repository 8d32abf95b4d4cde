//! From small pages of our own making to the unions of the spec.

use crate::docs::extract;
use crate::docs::merge::import;
use crate::docs::merge::reviewed::Reviewed;
use crate::docs::read::page;
use crate::source::Severity;

/// What an endpoint's page becomes: every one of `want` must be in the imported file, none of `without`, and it must be sound.
/// Blanks at the beginning of lines do not count.
#[track_caller]
fn check(body: &str, want: &[&str], without: &[&str]) {
    let text = format!("---\ntitle: \"标题\"\ndoc_id: 1\ncategory_id: 2\n---\n最后更新：2025/01/02\n{body}");
    let pages = extract(&[page::read("001-企业内部开发/p.md", &text).expect("a page")]);
    let files = import::import(&[], &pages, &Reviewed::default()).files;
    let flat = |t: &str| t.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    let all = flat(&files.iter().filter_map(crate::format::blocks).collect::<Vec<_>>().join("\n"));
    for part in want {
        assert!(all.contains(&flat(part)), "{part}\nis missing:\n{all}");
    }
    for part in without {
        assert!(!all.contains(&flat(part)), "{part}\nis too much:\n{all}");
    }
    let loaded = crate::load(files);
    let errors: Vec<_> = loaded.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}\n{all}");
}

/// The head of a page, with the sample of a request or (`GET`) without.
fn head(sample: &str) -> String {
    format!(
        "**请求方式：**POST（**HTTPS**）\n**请求地址：**https://qyapi.weixin.qq.com/cgi-bin/a/b?access_token=X\n\
        **请求包体：**\n```\n{sample}\n```\n**参数说明：**\n"
    )
}

const OK: &str = "**返回结果：**\n```\n{\"errcode\":0,\"errmsg\":\"ok\"}\n```\n";

#[test]
fn a_sentence_says_that_one_field_is_there() {
    let body = format!(
        "{}|参数|类型|必须|说明|\n|--|--|--|--|\n|cell|object([Cell](#Cell))|是|单元格|\n{OK}\
        ## 说明\n### Cell\n单元格的内容，一个Cell中只能填一个字段\n```\n{{\"text\":\"x\",\"link\":{{}}}}\n```\n\
        |字段|类型|说明|\n|--|--|--|\n|text|string|文字|\n|link|object([Link](#Link))|链接|\n\
        ### Link\n|字段|类型|说明|\n|--|--|--|\n|url|string|地址|\n",
        head("{\"cell\":{}}")
    );
    check(
        &body,
        &["union:\nvariants:\ntext: {type: string, doc: 文字}\nlink:\ndoc: 链接\nfields:\nurl:"],
        &["tag:"],
    );
    check(&body.replace("一个Cell中只能填一个字段", "不能为空"), &["fields:\ntext:"], &["union:"]);
}

#[test]
fn kinds_of_content_in_an_answer_may_lack() {
    let body = "**请求方式：**GET（**HTTPS**）\n**请求地址：**https://qyapi.weixin.qq.com/cgi-bin/a/b?access_token=X\n\
        **返回结果：**\n```\n{\"errcode\":0,\"errmsg\":\"ok\",\"id\":\"1\",\"text\":{\"content\":\"x\"},\
        \"image\":{\"url\":\"u\"},\"link\":{\"url\":\"u\"}}\n```\n|参数|说明|\n|--|--|\n|id|编号|\n\
        |text.content|文字|\n|image.url|图片|\n|link.url|链接|\n";
    check(
        body,
        &[
            "id:\ntype: string\nrequired: true",
            "text:\ntype: object\nfields:",
            "link:\ntype: object\nfields:",
        ],
        &[],
    );
}

#[test]
fn a_value_spelt_otherwise_does_not_hide_what_the_others_share() {
    let body = format!(
        "{}|参数|类型|必须|说明|\n|--|--|--|--|\n|kind_type|string|是|`VEW_UNKNOWN`：未知<br>`VIEW_TYPE_GRID`：表格<br>`VIEW_TYPE_DAY`：日历|\n\
        |property_grid|object|否|表格属性|\n|property_grid.a|string|否|甲|\n|property_day|object|否|日历属性|\n\
        |property_day.b|string|否|乙|\n{OK}",
        head("{\"kind_type\":\"VIEW_TYPE_GRID\"}")
    );
    check(&body, &["tag: kind_type", "VIEW_TYPE_GRID:\nkey: property_grid\ndoc: 表格属性"], &[]);
}

/// Parts of a page, one a variant: a sample and a table that lists the variant's own fields beside the tag.
const PARTS: &str = "```\n{\"msgtype\":\"text\",\"text\":{\"content\":\"x\"}}\n```\n|参数|必须|说明|\n|--|--|--|\n\
    |msgtype|是|消息类型，此时固定为text|\n|content|是|文字|\n\n## 图文\n```\n{\"msgtype\":\"news\",\"news\":{\"content\":\"x\",\"url\":\"u\"}}\n```\n\
    |参数|必须|说明|\n|--|--|--|\n|msgtype|是|消息类型，此时固定为news|\n|content|是|图文|\n|url|否|地址|\n\n";

#[test]
fn rows_of_a_variants_table_stand_in_its_object() {
    let body = format!("{}## 文字\n{PARTS}{OK}", head("{\"msgtype\":\"text\",\"text\":{\"content\":\"x\"}}"));
    check(
        &body,
        &[
            "text:\nfields:\ncontent:\ntype: string\nrequired: true\ndoc: 文字\nnews:\nfields:\ncontent:\ntype: string\nrequired: true\ndoc: 图文\nurl:",
        ],
        &["union:\nfield:"],
    );
}

#[test]
fn a_call_by_curl_is_explained_by_the_parts_behind_it() {
    const URL: &str = "https://qyapi.weixin.qq.com/cgi-bin";
    let body = format!(
        "## 开始\n例子：\n```\ncurl '{URL}/a/b?key=1' \\\n -H 'Content-Type: application/json' \\\n -d '\n\
        {{\"msgtype\":\"text\",\"text\":{{\"content\":\"x\",\"more\":1}}}}'\n```\n## 文字\n{PARTS}## 上传\n**请求方式：**POST\n\
        **请求地址：**{URL}/a/upload?key=KEY\n**参数说明：**\n|参数|必须|说明|\n|--|--|--|\n|key|是|凭证|\n|kind|是|种类|\n{OK}"
    );
    check(
        &body,
        &[
            "tag: msgtype\nvariants:\ntext:\nfields:\ncontent:\ntype: string\nrequired: true\ndoc: 文字\nmore:",
            "news:\nfields:",
        ],
        &["body: none\nresponse"],
    );
}

#[test]
fn types_of_the_request_behind_the_answer_are_no_fields_of_it() {
    let body = format!(
        "## 编辑\n{}|参数|类型|必须|说明|\n|--|--|--|--|\n|list|object[]|是|操作，详见[Change](#Change)|\n{OK}\
        |参数|说明|\n|--|--|\n|errcode|返回码|\n\n## 参数详细说明\n### Change\n```\n{{\"add\":{{}},\"remove\":{{}}}}\n```\n\
        |字段|类型|说明|\n|--|--|--|\n|add|object([Add](#Add))|加|\n|remove|object([Add](#Add))|减|\n|move|object([Add](#Add))|移|\n\
        ### Add\n|字段|类型|说明|\n|--|--|--|\n|name|string|名|\n",
        head("{\"list\":[{\"add\":{\"name\":\"x\"}}]}")
    );
    check(&body, &["union:\nvariants:\nadd:\ndoc: 加\nfields:\nname:", "move:"], &["response:", "tag:"]);
    // The answer's own types stay there.
    let both = body.replace("|errcode|返回码|", "|errcode|返回码|\n|done|类型见[Add](#Add)|");
    check(&both, &["response:\nfields:\ndone:"], &["response:\nfields:\nadd:"]);
}

#[test]
fn a_title_says_by_the_requests_field_when_the_answer_has_a_field() {
    let body = format!(
        "{}|参数|必须|说明|\n|--|--|--|\n|result_type|否|返回方式。1：图片，2：地址|\n**返回结果：**\nresult_type为2时返回地址\n\
        ```\n{{\"errcode\":0,\"errmsg\":\"ok\",\"qrcode\":\"x\"}}\n```\n**参数说明：**\n|参数|说明|\n|--|--|\n|errcode|返回码|\n|qrcode|地址|\n",
        head("{\"result_type\":1}")
    );
    check(&body, &["qrcode:\ntype: string\nwhen: request.result_type = 2"], &[]);
    // Nothing of the request is called so.
    check(
        &body.replace("|result_type|", "|style|").replace("\"result_type\"", "\"style\""),
        &["qrcode:\ntype: string\nrequired: true"],
        &["为 2 时"],
    );
}

#[test]
fn what_one_page_requires_and_another_does_not_know_is_optional() {
    let page = |extra: &str, sample: &str| {
        format!("{}|参数|必须|说明|\n|--|--|--|\n|name|是|名称|\n{extra}{OK}\n", head(sample))
    };
    let body = format!(
        "## 邮件\n{}## 日程邮件\n{}",
        page("", "{\"name\":\"x\"}"),
        page("|schedule|是|日程|\n", "{\"name\":\"x\",\"schedule\":\"y\"}")
    );
    check(&body, &["name:\ntype: string\nrequired: true", "schedule:\ntype: string\ndoc: 日程"], &[]);
}

#[test]
fn parts_by_a_tags_value_describe_one_key_each() {
    let part = |n: u8, value: &str, sample: &str, rows: &str| {
        format!(
            "#### 附{n} 一个控件，标题很长也还是标题，不会被当作一句话而并入前一个控件（control参数为{value}，且value参数为那一个）\n```\n{sample}\n```\n|参数|说明|\n|--|--|\n{rows}\n"
        )
    };
    let body = format!(
        "## 提交\n{}|参数|必须|说明|\n|--|--|--|\n|list|是|控件|\n|list.control|是|控件：Text-文本；Date-日期；Place-位置；Link-关联|\n\
        |list.value|是|内容|\n{OK}## 附录：各控件list/value参数介绍\n{}{}{}{}",
        head("{\"list\":[{\"control\":\"Text\",\"value\":{\"text\":\"x\"}}]}"),
        part(1, "Text", "{\"text\":\"x\"}", "|text|文字|"),
        // The sample shows the inside of `date`.
        part(2, "Date", "{\"type\":\"day\",\"stamp\":\"1\"}", "|date|日期|\n|└ type|种类|\n|└ stamp|时刻|"),
        part(
            3,
            "Link",
            "{\"link\":[{\"no\":\"1\",\"title\":\"x\"}]}",
            "|link|单|\n|└ no|单号|\n|└ title|单名|"
        ),
        part(4, "Place", "{\"place\":{\"title\":\"x\",\"time\":1}}", "|title|地点|\n|time|时间|"),
    );
    check(
        &body,
        &[
            "tag: control\npayload: value",
            "Date:\ndoc: 日期\nfields:\ndate:\ntype: object\ndoc: 日期\nfields:\ntype:\ntype: string\ndoc: 种类\nstamp:",
            "Place:\ndoc: 位置\nfields:\nplace:\ntype: object\nfields:\ntitle:\ntype: string\ndoc: 地点",
            "title:\ntype: string\ndoc: 单名",
        ],
        &[
            "fields:\nlink:\ntype: list<object>\ndoc: 单\nfields:\nno:\ntype: string\ndoc: 单号\ntitle:\ntype: string\ndoc: 地点",
        ],
    );
}

#[test]
fn a_field_around_a_list_tells_the_kind_of_its_elements() {
    let part = |values: &str, own: &str| {
        format!(
            "**result结构：type为{values}时：**\n```\n\"result\":[{{\"{own}\":\"x\",\"errcode\":0,\"errmsg\":\"ok\"}}]\n```\n\
            |参数|说明|\n|--|--|\n|{own}|编号|\n|errcode|结果|\n|errmsg|错误|\n\n"
        )
    };
    let body = format!(
        "**请求方式：**GET（**HTTPS**）\n**请求地址：**https://qyapi.weixin.qq.com/cgi-bin/a/b?access_token=X\n\
        **返回结果：**\n```\n{{\"errcode\":0,\"errmsg\":\"ok\",\"type\":\"user\",\"result\":[{{}},{{}}]}}\n```\n|参数|说明|\n|--|--|\n\
        |errcode|返回码|\n|type|类型|\n|result|结果，格式见下|\n\n{}{}",
        part("user、all", "userid"),
        part("party", "partyid")
    );
    check(
        &body,
        &[
            "result:\ntype: list<object>",
            "userid:\ntype: string\nwhen: type in [user, all]",
            "when: type = party",
        ],
        &["fields:\nuserid:\ntype: string\nrequired: true"],
    );
}
