//! From a page of our own making to the spec and back: merging, departures, status.

use super::import::import;
use super::status::{State, status};
use super::{extract, page};
use crate::source::{Severity, SourceFile};

const BASE: &str = "**请求方式：**POST（**HTTPS**）\n**请求地址：**https://qyapi.weixin.qq.com/cgi-bin/a/b?access_token=X\n\
    **请求包体：**\n```\n{\"name\":\"x\",\"kind\":1}\n```\n**参数说明：**\n|参数|必须|说明|\n|--|--|--|\n\
    |access_token|是|凭证|\n|name|是|名称，不超过32个字符|\n|kind|否|类型，1-甲 2-乙|\n\
    **返回结果：**\n```\n{\"errcode\":0,\"errmsg\":\"ok\",\"list\":[{\"id\":\"1\"}]}\n```\n|参数|说明|\n|--|--|\n|list.id|编号|\n";

fn endpoints(body: &str) -> Vec<extract::Endpoint> {
    let text = format!("---\ntitle: \"标题\"\ndoc_id: 1\ncategory_id: 2\n---\n最后更新：2025/01/02\n{body}");
    extract::endpoints(&[page::read("001-企业内部开发/p.md", &text).expect("a page")])
}

fn fresh(body: &str) -> Vec<SourceFile> {
    import(&[], &endpoints(body), &[], &[]).files
}

/// The spec after a page was imported and edited by `edit`.
fn edited(edit: impl Fn(&str) -> String) -> Vec<SourceFile> {
    fresh(BASE).into_iter().map(|f| SourceFile { text: edit(&f.text), ..f }).collect()
}

#[test]
fn a_fresh_import_is_sound_and_idempotent() {
    let files = fresh(BASE);
    let text = &files[0].text;
    for line in
        ["draft: true", "type: list<object>", "chars: ..32", "1: {name: V1, doc: 甲}", "updated: 2025-01-02"]
    {
        assert!(text.contains(line), "{line} is missing:\n{text}");
    }
    assert!(!text.contains("access_token:") && !text.contains("errcode"), "{text}");
    let loaded = crate::load(files.clone());
    let errors: Vec<_> = loaded.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}\n{text}");
    assert!(loaded.diagnostics.iter().any(|d| d.rule == "draft"));
    let again = import(&files, &endpoints(BASE), &[], &[]);
    assert!(again.files.is_empty() && again.open.is_empty(), "{again:?}");
    assert!(status(&files, &endpoints(BASE)).expect("readable").is_empty());
}

#[test]
fn a_changed_page_adds_and_keeps_what_people_wrote() {
    let files = edited(|t| {
        t.replace("doc: 名称，不超过32个字符", "doc: 我们的话。").replace("    draft: true\n", "")
    });
    let changed =
        BASE.replace("|kind|否|类型，1-甲 2-乙|", "|kind|否|类型，1-甲 2-乙 3-丙|\n|extra|否|另一个|");
    let list = status(&files, &endpoints(&changed)).expect("readable");
    let [entry] = list.as_slice() else { panic!("one entry: {list:?}") };
    assert_eq!(entry.state, State::Changed);
    let kinds: Vec<(&str, &str)> = entry.changes.iter().map(|c| (c.kind, c.at.as_str())).collect();
    assert_eq!(kinds, [("field-added", "request.extra"), ("value-added", "request.kind")]);
    let done = import(&files, &endpoints(&changed), &[], &[]);
    let text = &done.files[0].text;
    assert!(text.contains("doc: 我们的话。") && text.contains("extra:"), "{text}");
    assert_eq!(text.matches("draft: true").count(), 1, "the new field alone is a draft:\n{text}");
    assert_eq!(done.open.len(), 1, "the new value is for a person: {:?}", done.open);
    let again = import(&done.files, &endpoints(&changed), &[], &[]);
    assert!(again.files.is_empty(), "{again:?}");
}

#[test]
fn a_departure_stands_until_the_page_comes_round() {
    let depart = |t: &str| {
        let departure =
            "    departures:\n      - {at: request.name, page: string, here: i64, reason: 实际为数字}\n";
        let t = t.replacen(
            "          type: string\n          required: true\n          chars: ..32",
            "          type: i64\n          required: true",
            1,
        );
        format!("{}{departure}", t.replace("digest: ", "digest: f"))
    };
    let files = edited(depart);
    let list = status(&files, &endpoints(BASE)).expect("readable");
    assert!(list[0].changes.is_empty(), "a departure is no change: {list:?}\n{}", files[0].text);
    let round = BASE.replace("\"name\":\"x\"", "\"name\":1").replace("名称，不超过32个字符", "编号");
    let done = import(&files, &endpoints(&round), &[], &[]);
    let kinds: Vec<&str> = done.open.iter().map(|(_, c)| c.kind).collect();
    assert_eq!(kinds, ["departure-over"], "{:?}", done.open);
}

#[test]
fn form_and_place_of_a_page_are_no_change() {
    let files = fresh(BASE);
    for same in [BASE.replace("|name|是|", "| name | **是** |"), BASE.replace("\n|参数", "\n\n\n|参数")]
    {
        assert!(status(&files, &endpoints(&same)).expect("readable").is_empty(), "{same}");
    }
    let list = status(&files, &endpoints(&BASE.replace("名称，", "名字，"))).expect("readable");
    assert!(list[0].state == State::Changed && list[0].changes.is_empty(), "text only: {list:?}");
}

#[test]
fn new_and_gone() {
    let files = fresh(BASE);
    let list = status(&files, &endpoints(&BASE.replace("a/b", "a/c"))).expect("readable");
    let states: Vec<(State, &str)> = list.iter().map(|e| (e.state, e.path.as_str())).collect();
    assert_eq!(states, [(State::New, "/cgi-bin/a/c"), (State::Gone, "/cgi-bin/a/b")]);
}

#[test]
fn unions_paging_uploads_and_downloads() {
    let head = |path: &str| {
        format!(
            "**请求方式：**POST\n**请求地址：**https://qyapi.weixin.qq.com/cgi-bin/{path}?access_token=X\n"
        )
    };
    for (body, want) in [
        (
            format!(
                "{}```\n{{\"to\":\"a\",\"msgtype\":\"text\",\"text\":{{\"c\":1}}}}\n```\n```\n{{\"msgtype\":\"image\",\"image\":{{\"m\":1}}}}\n```",
                head("m/s")
            ),
            "tag: msgtype",
        ),
        (
            format!(
                "{}```\n{{\"cursor\":\"\",\"limit\":1}}\n```\n**返回结果**\n```\n{{\"errcode\":0,\"list\":[1],\"next_cursor\":\"\"}}\n```",
                head("m/l")
            ),
            "answer: next_cursor",
        ),
        (
            format!("{}```\nContent-Disposition: form-data; name=\"media\";filename=\"a\"\n```", head("m/u")),
            "part: media",
        ),
        (
            format!("{}**返回说明**\n```\n HTTP/1.1 200 OK\n Content-Type: image/jpeg\n```", head("m/d")),
            "body: bytes",
        ),
    ] {
        let files = fresh(&body);
        assert!(files[0].text.contains(want), "{want} is missing:\n{}", files[0].text);
        let errors: Vec<_> =
            crate::load(files).diagnostics.into_iter().filter(|d| d.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}
