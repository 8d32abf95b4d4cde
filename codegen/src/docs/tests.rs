//! From a page of our own making to the spec and back: merging, departures, status.

use crate::docs::extract;
use crate::docs::merge::accept::accept;
use crate::docs::merge::compare::CODES;
use crate::docs::merge::import::import;
use crate::docs::merge::reviewed::{Reviewed, Why};
use crate::docs::merge::status;
use crate::docs::merge::status::{State, status};
use crate::docs::merge::tell;
use crate::docs::model::Extracted;
use crate::docs::read::page;
use crate::source::{Severity, SourceFile};

mod readings;

const BASE: &str = "**请求方式：**POST（**HTTPS**）\n**请求地址：**https://qyapi.weixin.qq.com/cgi-bin/a/b?access_token=X\n\
    **请求包体：**\n```\n{\"name\":\"x\",\"kind\":1}\n```\n**参数说明：**\n|参数|必须|说明|\n|--|--|--|\n\
    |access_token|是|凭证|\n|name|是|名称，不超过32个字符|\n|kind|否|类型，1-甲 2-乙|\n\
    **返回结果：**\n```\n{\"errcode\":0,\"errmsg\":\"ok\",\"list\":[{\"id\":\"1\"}]}\n```\n|参数|说明|\n|--|--|\n|list.id|编号|\n";

fn pages(body: &str) -> Extracted {
    let text = format!("---\ntitle: \"标题\"\ndoc_id: 1\ncategory_id: 2\n---\n最后更新：2025/01/02\n{body}");
    extract(&[page::read("001-企业内部开发/p.md", &text).expect("a page")])
}

fn fresh(body: &str) -> Vec<SourceFile> {
    import(&[], &pages(body), &Reviewed::default()).files
}

/// The spec after a page was imported and edited by `edit`.
fn edited(edit: impl Fn(&str) -> String) -> Vec<SourceFile> {
    let lines = |f: &SourceFile| crate::format::blocks(f).expect("readable");
    fresh(BASE).into_iter().map(|f| SourceFile { text: edit(&lines(&f)), ..f }).collect()
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
    let again = import(&files, &pages(BASE), &Reviewed::default());
    assert!(again.files.is_empty() && again.open.is_empty(), "{again:?}");
    assert!(status(&files, &pages(BASE), &Reviewed::default()).expect("readable").is_empty());
}

#[test]
fn a_changed_page_adds_and_keeps_what_people_wrote() {
    let files = edited(|t| {
        t.replace("doc: 名称，不超过32个字符", "doc: 我们的话。").replace("    draft: true\n", "")
    });
    let changed =
        BASE.replace("|kind|否|类型，1-甲 2-乙|", "|kind|否|类型，1-甲 2-乙 3-丙|\n|extra|否|另一个|");
    let list = status(&files, &pages(&changed), &Reviewed::default()).expect("readable");
    let [entry] = list.as_slice() else { panic!("one entry: {list:?}") };
    assert_eq!(entry.state, State::Changed);
    let kinds: Vec<(&str, &str)> = entry.changes.iter().map(|c| (c.kind, c.at.as_str())).collect();
    assert_eq!(kinds, [("field-added", "request.extra"), ("value-added", "request.kind")]);
    let done = import(&files, &pages(&changed), &Reviewed::default());
    let text = &done.files[0].text;
    assert!(text.contains("doc: 我们的话。") && text.contains("extra:"), "{text}");
    assert_eq!(text.matches("draft: true").count(), 2, "the new field and that with the new value:\n{text}");
    assert!(text.contains("3: {name: V3, doc: 丙}") && done.open.is_empty(), "{:?}\n{text}", done.open);
    let told: Vec<String> = done.done.iter().map(|(p, c)| format!("{p} {} {}", c.at, c.page)).collect();
    assert_eq!(told, ["/cgi-bin/a/b request.extra string", "/cgi-bin/a/b request.kind 3 (丙)"]);
    assert_eq!(done.places.get("/cgi-bin/a/b"), Some(&files[0].path));
    let again = import(&done.files, &pages(&changed), &Reviewed::default());
    assert!(again.files.is_empty(), "{again:?}");
}

/// A departure is no change while the page is as it says, and over when the page says what the spec says.
#[track_caller]
fn departs(departure: &str, edit: impl Fn(String) -> String, page: &str, round: &str) {
    let entry = format!("    departures:\n      - {{{departure}, reason: 实际如此}}\n");
    let files = edited(|t| format!("{}{entry}", edit(t.to_owned()).replace("digest: ", "digest: f")));
    let list = status(&files, &pages(page), &Reviewed::default()).expect("readable");
    assert!(list[0].changes.is_empty(), "a departure is no change: {list:?}\n{}", files[0].text);
    let done = import(&files, &pages(round), &Reviewed::default());
    let kinds: Vec<&str> = done.open.iter().map(|(_, c)| c.kind).collect();
    assert_eq!(kinds, ["departure-over"], "{:?}", done.open);
}

#[test]
fn a_departure_stands_until_the_page_comes_round() {
    let name = "          type: string\n          required: true\n          chars: ..32";
    let round = BASE.replace("\"name\":\"x\"", "\"name\":1").replace("名称，不超过32个字符", "编号");
    departs(
        "at: request.name, class: table, fact: type, page: string, here: i64",
        |t| t.replacen(name, "          type: i64\n          required: true", 1),
        BASE,
        &round,
    );
    departs(
        "at: request.name, class: table, fact: required, page: required, here: optional",
        |t| t.replacen(name, "          type: string\n          chars: ..32", 1),
        BASE,
        &BASE.replace("|name|是|", "|name|否|"),
    );
    let more = "        extra:\n          type: string\n    response:";
    departs(
        "at: request.extra, class: missing, fact: entry, page: absent, here: listed",
        |t| t.replacen("    response:", more, 1),
        BASE,
        &BASE.replace("|kind|否|", "|extra|否|附加|\n|kind|否|"),
    );
    let misspelt = BASE.replace("\"name\"", "\"nmae\"").replace("|name|", "|nmae|");
    departs("at: request.name, class: typo, fact: name, page: nmae", |t| t, &misspelt, BASE);
    let bare = BASE.replace(",\"kind\":1", "").replace("|kind|否|类型，1-甲 2-乙|\n", "");
    let without = |t: String| {
        let at = t.find("        kind:\n").expect("the field");
        let end = at + t[at..].find("    response:").expect("the answer");
        format!("{}{}", &t[..at], &t[end..])
    };
    departs("at: request.kind, class: table, fact: entry, page: table, here: absent", without, BASE, &bare);
}

#[test]
fn what_differs_is_listed_until_it_is_accepted_and_then_only_what_is_new() {
    let none = Reviewed::default();
    // Our reading: a number, though the page shows a text.
    let ours = edited(|t| {
        t.replace(
            "type: string\n          required: true\n          chars: ..32",
            "type: i64\n          required: true",
        )
        .replace("    draft: true\n", "")
        .replace("digest: ", "digest: f")
    });
    let kinds = |list: &[status::Entry]| -> Vec<String> {
        list.iter().flat_map(|e| &e.changes).map(|c| format!("{} {}", c.kind, c.at)).collect()
    };
    let list = status(&ours, &pages(BASE), &none).expect("readable");
    assert_eq!(kinds(&list), ["retyped request.name"]);
    let done = import(&ours, &pages(BASE), &none);
    assert!(done.files.is_empty() && done.open.len() == 1, "nothing to add, one to decide: {done:?}");

    let done = accept(&ours, &pages(BASE), &none, &|k| k == "/cgi-bin/a/b", &|_| false, None);
    assert_eq!(done.unexplained, ["/cgi-bin/a/b retyped request.name"], "a new difference needs a reason");
    let done = accept(&ours, &pages(BASE), &none, &|k| k == "/cgi-bin/a/b", &|_| false, Some(Why::Finer));
    assert!(done.unexplained.is_empty() && done.reviewed.text().ends_with("\tstring\tfiner\n"));
    assert_eq!(done.entries, [("/cgi-bin/a/b".to_owned(), 1)]);
    let files = done.files;
    assert!(status(&files, &pages(BASE), &done.reviewed).expect("readable").is_empty());
    let read = Reviewed::read(&done.reviewed.text()).expect("what was written is read");
    assert_eq!(read, done.reviewed);

    let changed = BASE.replace("|list.id|编号|", "|list.id|编号|\n|total|总数|");
    let list = status(&files, &pages(&changed), &read).expect("readable");
    assert_eq!(kinds(&list), ["field-added response.total"], "the accepted difference is no news");
    let done = import(&files, &pages(&changed), &read);
    assert!(done.open.is_empty() && done.files[0].text.contains("total:"), "{done:?}");
    let list = status(&done.files, &pages(&changed), &read).expect("readable");
    assert_eq!((list.len(), kinds(&list).len()), (1, 0), "the page's sentences wait for a reader: {list:?}");
    let drafts = accept(&done.files, &pages(&changed), &read, &|_| true, &|_| false, None);
    assert!(drafts.entries.iter().all(|e| e.0 == CODES), "a draft is not accepted: {drafts:?}");
}

#[test]
fn accept_says_which_drafts_it_passes_by_and_what_stands() {
    let changed = BASE.replace("|kind|否|类型，1-甲 2-乙|", "|kind|否|类型，1-甲 2-乙|\n|extra|否|另一个|");
    let ours = edited(|t| t.replace("    draft: true\n", ""));
    let done = import(&ours, &pages(&changed), &Reviewed::default());
    let accept = |files: &[SourceFile], body: &str| {
        accept(files, &pages(body), &Reviewed::default(), &|k| k != CODES, &|_| false, Some(Why::Finer))
    };
    let passed = accept(&done.files, &changed);
    assert!(passed.entries.is_empty() && passed.stand.is_empty(), "{passed:?}");
    let [draft] = passed.drafts.as_slice() else { panic!("one draft: {passed:?}") };
    assert_eq!((draft.subject.as_str(), &draft.file), ("/cgi-bin/a/b", &ours[0].path));
    assert_eq!(draft.places, ["request.extra"]);
    let whole = accept(&fresh(BASE), BASE);
    assert_eq!(whole.drafts[0].places, ["the entry"]);
    let stands = accept(&ours, &BASE.replace("不超过32个", "不超过64个"));
    let [(subject, change, why)] = stands.stand.as_slice() else { panic!("one difference: {stands:?}") };
    assert_eq!(
        (subject.as_str(), change.at.as_str(), *why),
        ("/cgi-bin/a/b", "request.name chars", Some(Why::Finer))
    );
}

#[test]
fn a_limit_that_changes_is_told() {
    let files = fresh(BASE);
    let list = status(&files, &pages(&BASE.replace("不超过32个", "不超过64个")), &Reviewed::default())
        .expect("readable");
    let [change] = list[0].changes.as_slice() else { panic!("one change: {list:?}") };
    assert_eq!((change.kind, change.at.as_str()), ("limit", "request.name chars"));
    assert_eq!((change.page.as_str(), change.here.as_str()), ("..64", "..32"));
}

/// What an import of a changed page tells as merged, and a part of the file that comes of it.
#[track_caller]
fn merges(files: &[SourceFile], page: &str, told: &[&str], text: &str) {
    let done = import(files, &pages(page), &Reviewed::default());
    let got: Vec<String> = done.done.iter().map(|(_, c)| tell::merged(c)).collect();
    assert_eq!(got, told, "{:?}", done.open);
    let file = crate::format::blocks(&done.files[0]).expect("readable");
    assert!(file.contains(text), "{file}");
    let again = import(&done.files, &pages(page), &Reviewed::default());
    assert!(again.files.is_empty() && again.done.is_empty(), "a second import changes nothing: {again:?}");
}

#[test]
fn limits_defaults_and_values_of_a_changed_page_are_merged() {
    let files = fresh(BASE);
    let longer = BASE.replace("不超过32个", "不超过64个");
    merges(&files, &longer, &["request.name chars: ..64 now, it was ..32"], "          chars: ..64\n");
    // The page says nothing of the lower end: ours stays, and is no difference.
    let finer = edited(|t| t.replace("chars: ..32", "chars: \"1..32\""));
    merges(&finer, &longer, &["request.name chars: ..64 now, it was 1..32"], "          chars: \"1..64\"\n");
    let list = status(&finer, &pages(&BASE.replace("名称，", "名字，")), &Reviewed::default());
    assert!(list.expect("readable")[0].changes.is_empty());
    let other = BASE.replace("类型，1-甲 2-乙", "类型，1-甲 2-乙，默认为2");
    let base = fresh(&BASE.replace("类型，1-甲 2-乙", "类型，1-甲 2-乙，默认为1"));
    merges(&base, &other, &["request.kind default: 2 now, it was 1"], "          default: 2\n");
    merges(
        &files,
        &BASE.replace("2-乙", "2-乙 3-丙"),
        &["request.kind: new value 3 (丙)"],
        "3: {name: V3, doc: 丙}",
    );
}

#[test]
fn a_new_field_within_a_variant_is_merged() {
    let ours = edited(|t| {
        let at = t.find("        kind:").expect("the field");
        let end = t[at..].find("    response:").expect("what follows") + at;
        format!(
            "{}      union:\n        field: content\n        tag: kind\n        variants:\n          text:\n            doc: 文字\n            \
             fields:\n              content: {{type: string, required: true, doc: 正文}}\n{}",
            &t[..at],
            &t[end..]
        )
    });
    let page = BASE
        .replace("\"kind\":1", "\"kind\":\"text\",\"text\":{\"content\":\"x\",\"users\":[\"a\"]}")
        .replace(
            "|kind|否|类型，1-甲 2-乙|\n",
            "|kind|否|类型|\n|text.content|是|正文|\n|text.users|否|提到的人|\n",
        );
    merges(&ours, &page, &["request.text.users: new on the page (list<string>)"], "              users:\n");
}

#[test]
fn a_new_endpoint_lands_where_its_subject_is() {
    let files = fresh(BASE);
    let named = |title: &str| {
        let text = format!(
            "---\ntitle: \"{title}\"\ndoc_id: 7\ncategory_id: 8\n---\n{}",
            BASE.replace("a/b", "a/convert")
        );
        let pages = extract(&[page::read("001-企业内部开发/q.md", &text).expect("a page")]);
        let done = import(&files, &pages, &Reviewed::default());
        let place = done.places["/cgi-bin/a/convert"].clone();
        (done.new_files.contains(&place), place)
    };
    assert_eq!(named("更新标题"), (false, "a/a.yaml".to_owned()));
    assert_eq!(named("转换成员"), (true, "a/convert.yaml".to_owned()));
}

#[test]
fn what_a_page_says_beside_its_fields_is_told_until_it_was_read() {
    // What stands before the one endpoint of a page is taken over.
    let other = BASE.replace("a/b", "a/c");
    let intro = |text: &str| format!("{text}\n## 甲\n{BASE}\n## 乙\n{other}");
    let files = fresh(&intro(""));
    let told = |page: &str, files: &[SourceFile], all: bool| -> Vec<String> {
        let done = import(files, &pages(page), &Reviewed::default());
        done.news(all).into_iter().map(|(_, _, a)| format!("{}: {}", a.rule.code, a.what)).collect()
    };
    let said = intro("只对部分企业开放。").replace("名称，", "名字，");
    // Nothing was merged, and the sentence is told all the same.
    assert_eq!(
        told(&said, &files, false),
        ["text-before: before the first endpoint the page says: 只对部分企业开放。"]
    );
    let picked = |_: &str| true;
    let ours: Vec<SourceFile> = files
        .iter()
        .map(|f| SourceFile {
            text: crate::format::blocks(f).expect("readable").replace("draft: true", "notes: 无"),
            ..f.clone()
        })
        .collect();
    let read = accept(&ours, &pages(&said), &Reviewed::default(), &picked, &|_| false, None);
    assert!(!read.entries.is_empty());
    let read = if read.files.is_empty() { ours } else { read.files };
    assert_eq!(told(&said, &read, false), [""; 0]);
    // What was assumed about a field is news with the field; about those that were there, where it is asked for.
    let more = BASE.replace("|kind|否", "|open|否|是否开放|\n|kind|否");
    assert_eq!(told(&more, &fresh(BASE), false), ["type-by-wording: `open` was imported as `bool`"]);
    let wider = more.replace("|name|是", "|is_old|否|是否旧的|\n|name|是");
    assert_eq!(told(&wider, &fresh(&more), false).len(), 1);
    assert_eq!(told(&wider, &fresh(&more), true).len(), 2);
}

#[test]
fn a_code_that_left_its_pages_is_retired_until_it_is_back() {
    let page = |codes: &[(i64, &str)]| {
        let rows: String = codes.iter().map(|(c, m)| format!("|{c}|{m}|-|\n")).collect();
        let rest: String = (1000..1200).map(|c| format!("|{c}|错误{c}|-|\n")).collect();
        pages(&format!("|错误码|错误说明|排查方法|\n|--|--|--|\n{rows}{rest}"))
    };
    let (both, one) = (page(&[(1, "甲"), (2, "乙")]), page(&[(1, "甲")]));
    let files = import(&[], &both, &Reviewed::default()).files;
    let seen = accept(&files, &both, &Reviewed::default(), &|k| k == CODES, &|_| false, None).reviewed;
    let told = |files: &[SourceFile], pages: &Extracted, reviewed: &Reviewed| {
        let done = import(files, pages, reviewed);
        let told: Vec<String> = done.done.iter().map(|(_, c)| tell::merged(c)).collect();
        (told, done.files)
    };
    let (text, left) = told(&files, &one, &seen);
    assert_eq!(text, ["2: retired, as no page lists it any more (乙)"]);
    assert!(
        left[0].text.contains("2:\n  meaning: 乙\n  class: other\n  status: retired\n"),
        "{}",
        left[0].text
    );
    assert!(told(&left, &one, &seen).1.is_empty(), "a second import changes nothing");
    let list = status(&left, &one, &seen).expect("readable");
    assert!(list.iter().all(|e| e.changes.is_empty()), "it is no news any more: {list:?}");
    let list = status(&left, &both, &seen).expect("readable");
    assert_eq!((list[0].changes[0].kind, list[0].changes[0].at.as_str()), ("code-back", "2"));
    let (text, back) = told(&left, &both, &seen);
    assert_eq!(text, ["2: no longer retired, as a page lists it again (乙)"]);
    assert_eq!(back[0].text, files[0].text);
    // Pages that nobody has read before, or that are not all, retire nothing.
    assert!(told(&files, &one, &Reviewed::default()).1.is_empty());
    let mut part = page(&[(1, "甲")]);
    part.codes.digests.clear();
    assert!(told(&files, &part, &seen).1.is_empty());
}

#[test]
fn a_list_of_accepted_differences_that_is_none() {
    let error = Reviewed::read("# head\n/cgi-bin/a/b\tretyped\n").expect_err("two cells");
    assert!(error.contains("reviewed.tsv:2") && error.contains("2 cells"), "{error}");
    let error = Reviewed::read("/cgi-bin/a/b\tretyped\trequest.name\tstring\tso\n").expect_err("no reason");
    assert!(error.contains("reviewed.tsv:1") && error.contains("`so`") && error.contains("finer"), "{error}");
}

const EVENT: &str = "## 成员变更\n成员变化时推送。\n```\n<xml><ToUserName><![CDATA[a]]></ToUserName><MsgType><![CDATA[event]]></MsgType>\
    <Event><![CDATA[change_x]]></Event><Id>7</Id></xml>\n```\n|参数|说明|\n|--|--|\n|ToUserName|企业|\n|Id|编号|\n";

#[test]
fn events_are_reviewed_like_endpoints() {
    let none = Reviewed::default();
    let files = import(&[], &pages(EVENT), &none).files;
    let text = &files[0].text;
    assert!(text.contains("doc: 成员变化时推送。") && text.contains("digest:"), "{text}");
    assert!(status(&files, &pages(EVENT), &none).expect("readable").is_empty());
    // The place in the file is ours: common fields are in a group.
    let grouped = text.replace(
        "events:\n",
        "common: [head]\ngroups:\n  head:\n    ToUserName: {type: string, required: true, doc: 企业}\nevents:\n",
    );
    let at = grouped.rfind("      ToUserName:").expect("the field");
    let end = grouped[at..].find("      Id:").expect("the next") + at;
    let ours = vec![SourceFile {
        path: files[0].path.clone(),
        text: format!("{}{}", &grouped[..at], &grouped[end..]),
    }];
    let changed = EVENT.replace("|Id|编号|", "|Id|编号|\n|Name|名称|");
    let list = status(&ours, &pages(&changed), &none).expect("readable");
    let [entry] = list.as_slice() else { panic!("one entry: {list:?}\n{}", ours[0].text) };
    assert_eq!((entry.state, entry.key.as_str()), (State::Changed, "event imported.change_x"));
    let changes: Vec<_> = entry.changes.iter().map(|c| (c.kind, c.at.as_str())).collect();
    assert_eq!(changes, [("field-added", "event.Name")]);
    let done = import(&ours, &pages(&changed), &none);
    assert!(done.files[0].text.contains("Name:") && done.open.is_empty(), "{done:?}");
    assert!(import(&done.files, &pages(&changed), &none).files.is_empty(), "a second import changes nothing");
    let gone = status(&ours, &pages("## 别的\n"), &none).expect("readable");
    assert_eq!(gone[0].state, State::Gone);
}

#[test]
fn error_codes_are_reviewed_as_one() {
    let page = |codes: &[(i64, &str)]| {
        let rows: String = codes.iter().map(|(c, m)| format!("|{c}|{m}|-|\n")).collect();
        let rest: String = (1000..1200).map(|c| format!("|{c}|错误{c}|-|\n")).collect();
        pages(&format!("|错误码|错误说明|排查方法|\n|--|--|--|\n{rows}{rest}"))
    };
    let (old, new) = (page(&[(1, "甲"), (2, "乙")]), page(&[(1, "甲"), (3, "丙")]));
    let files = import(&[], &old, &Reviewed::default()).files;
    let list = status(&files, &old, &Reviewed::default()).expect("readable");
    assert_eq!((list[0].state, list[0].changes.len()), (State::Unreviewed, 0));
    let seen = accept(&files, &old, &Reviewed::default(), &|k| k == CODES, &|_| false, None).reviewed;
    assert!(status(&files, &old, &seen).expect("readable").is_empty());
    let list = status(&files, &new, &seen).expect("readable");
    let changes: Vec<_> = list[0].changes.iter().map(|c| (c.kind, c.at.as_str())).collect();
    assert_eq!(changes, [("code-added", "3"), ("code-gone", "2")]);
    let reworded = page(&[(1, "甲"), (2, "另说")]);
    let list = status(&files, &reworded, &seen).expect("readable");
    assert!(list[0].state == State::Changed && list[0].changes.is_empty(), "text only: {list:?}");
    // Of a few pages only, none of which lists the codes, no code is gone, and nothing is forgotten.
    let mut part = page(&[(1, "甲"), (2, "乙")]);
    part.codes.digests.clear();
    part.codes.list.truncate(1);
    let list = status(&files, &part, &seen).expect("readable");
    assert!(list.is_empty(), "{list:?}");
    assert_eq!(accept(&files, &part, &seen, &|k| k == CODES, &|_| false, None).reviewed, seen);
}

#[test]
fn form_and_place_of_a_page_are_no_change() {
    let files = fresh(BASE);
    for same in [BASE.replace("|name|是|", "| name | **是** |"), BASE.replace("\n|参数", "\n\n\n|参数")]
    {
        assert!(status(&files, &pages(&same), &Reviewed::default()).expect("readable").is_empty(), "{same}");
    }
    let list =
        status(&files, &pages(&BASE.replace("名称，", "名字，")), &Reviewed::default()).expect("readable");
    assert!(list[0].state == State::Changed && list[0].changes.is_empty(), "text only: {list:?}");
}

#[test]
fn new_and_gone() {
    let files = fresh(BASE);
    let list = status(&files, &pages(&BASE.replace("a/b", "a/c")), &Reviewed::default()).expect("readable");
    let states: Vec<(State, &str)> = list.iter().map(|e| (e.state, e.key.as_str())).collect();
    assert_eq!(states, [(State::New, "/cgi-bin/a/c"), (State::Gone, "/cgi-bin/a/b")]);
    // Somebody decides that both stay so; of others nothing is decided.
    let other = pages(&BASE.replace("a/b", "a/c"));
    let done =
        accept(&files, &other, &Reviewed::default(), &|_| false, &|k| k.ends_with("a/c"), Some(Why::Reader));
    let list = status(&files, &other, &done.reviewed).expect("readable");
    assert!(list.len() == 1 && list[0].state == State::Gone, "{list:?}");
    // Pages that were not read say nothing of an entry.
    let newer = files[0].text.replace("page: ", "page: 9").replace("doc_id: ", "doc_id: 9");
    let newer = [SourceFile { path: files[0].path.clone(), text: newer }];
    let list = status(&newer, &other, &done.reviewed).expect("readable");
    assert!(list.len() == 1 && list[0].state == State::Elsewhere, "{list:?}");
}

#[test]
fn units_are_no_change() {
    let page = BASE.replace("|name|是|名称", "|age|否|秒数，取值范围 1~1209600，默认 604800|\n|name|是|名称");
    let files = fresh(&page);
    let text = &files[0].text;
    let plain = "unit: s, default: 604800, range: \"1..1209600\"";
    assert!(text.contains(plain), "{text}");
    let ours = text.replace(plain, "unit: s, default: 7d, range: 1..14d");
    let ours = [SourceFile { path: files[0].path.clone(), text: ours }];
    let list =
        status(&ours, &pages(&page.replace("名称，", "名字，")), &Reviewed::default()).expect("readable");
    assert!(list.len() == 1 && list[0].changes.is_empty(), "{list:?}");
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
            format!(
                "{}```\n{{\"cursor\":\"\",\"limit\":1}}\n```\n**返回结果**\n```\n{{\"errcode\":0,\"ending\":1,\"list\":[1],\"next_cursor\":\"\"}}\n```\n|参数|说明|\n|--|--|\n|ending|1表示拉取完毕，0表示没有拉取完|\n",
                head("m/e")
            ),
            "type: flag",
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

/// The imported text of a page's first endpoint has these parts, and lints without an error.
fn check(body: &str, want: &[&str], absent: &[&str]) {
    let files = fresh(body);
    let text: String = files.iter().filter_map(crate::format::blocks).collect();
    for part in want {
        assert!(text.contains(part), "{part} is missing:\n{text}");
    }
    for part in absent {
        assert!(!text.contains(part), "{part} is too much:\n{text}");
    }
    let errors: Vec<_> =
        crate::load(files).diagnostics.into_iter().filter(|d| d.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}\n{text}");
}

fn post(path: &str, rest: &str) -> String {
    format!(
        "**请求方式：**POST\n**请求地址：**https://qyapi.weixin.qq.com/cgi-bin/{path}?access_token=X\n{rest}"
    )
}

#[test]
fn values_come_from_the_table_that_a_text_refers_to() {
    let page = post(
        "v/add",
        "|参数|类型|是否必须|说明|\n|-|\n|kind|string|是|类型。见[ViewKind](#viewkind)|\n\n### ViewKind\n|枚举类型|描述|\n|:--|\n\
         |KIND_GRID|表格|\n|KIND_GANTT|甘特图|\n",
    );
    check(&page, &["KIND_GRID: {doc: 表格}", "KIND_GANTT: {doc: 甘特图}"], &[]);
}

#[test]
fn an_answer_that_tells_of_a_failure_shows_nothing_of_answers() {
    let page = |second: &str| {
        post(
            "d/get",
            &format!(
                "|参数|必须|说明|\n|--|--|--|\n|days|否|休息的日子</br>个数不超过30|\n|days.at|是|日期|\n|days.note|否|说明|\n\
                 **返回结果**\n```\n{{\"errcode\":0,\"owner\":\"zs\"}}\n```\n**出错时**\n```\n{second}\n```\n|参数|说明|\n|--|--|\n|owner|所有者|\n"
            ),
        )
    };
    let refusal = "{\"errcode\":40001,\"errmsg\":\"no\"}";
    check(
        &page(refusal),
        &["owner:\n          type: string\n          required: true", "type: list<object>", "items: ..30"],
        &[],
    );
    check(
        &page("{\"errcode\":0,\"errmsg\":\"ok\"}"),
        &["owner:\n          type: string\n          doc"],
        &[],
    );
}

#[test]
fn titled_parts_of_the_request_stand_behind_the_answer() {
    let part = |n: &str, tag: &str, sample: &str, row: &str| {
        format!("#### 附{n} 控件（control参数为{tag}）\n```\n{sample}\n```\n|参数|说明|\n|--|--|\n{row}\n")
    };
    let page = post(
        "a/apply",
        &format!(
            "```\n{{\"data\":{{\"contents\":[{{\"control\":\"Text\",\"id\":\"1\",\"value\":{{\"text\":\"x\"}}}}]}}}}\n```\n\
             |参数|说明|\n|--|--|\n|data.contents.control|控件类型|\n|data.contents.value|控件值，详见附录|\n\
             **返回结果**\n```\n{{\"errcode\":0,\"errmsg\":\"ok\"}}\n```\n### 附录：各控件data/contents/value参数介绍\n{}{}{}",
            part("1", "Text或Textarea", "{\"text\":\"x\"}", "|text|文本|"),
            part(
                "2",
                "Leave",
                "{\"leave\":{\"span\":{\"begin\":1}}}",
                "|leave|请假|\n|└ span|时长|\n|└ └ begin|开始|"
            ),
            part("3", "Span", "{\"span\":{\"begin\":1}}", "|span|时长|\n|└ begin|始于|"),
        ),
    );
    check(
        &page,
        &["tag: control", "payload: value", "also: [Textarea]", "Leave:", "Span:", "doc: 始于"],
        &["response:"],
    );
}

#[test]
fn variants_with_a_table_each_share_what_all_list() {
    let table = |kind: &str, own: &str| {
        format!(
            "|参数|必须|说明|\n|--|--|--|\n|card.kind|是|卡片类型，此时固定为{kind}|\n|card.title|否|标题|\n|card.{own}|否|内容|\n\n"
        )
    };
    let page = post("c/send", &format!("{}{}", table("plain", "body"), table("vote", "choices")));
    check(&page, &["tag: kind", "payload: flat", "plain:", "vote:"], &[]);
    let text: String = fresh(&page).iter().map(|f| f.text.clone()).collect();
    let (common, variants) = text.split_once("variants:").expect("a union");
    assert!(
        common.contains("title:") && variants.contains("choices:") && !variants.contains("title:"),
        "{text}"
    );
}

#[test]
fn what_no_row_says_stays_as_text_to_restate() {
    let page = post(
        "r/add",
        "|参数|必须|说明|\n|--|--|--|\n|text|否|文本，当kind为1时必填|\n\n> text和image不能同时为空\n",
    );
    check(&page, &["text和image不能同时为空", "required_words: kind为1时"], &[]);
}

#[test]
fn a_heading_of_the_same_level_ends_an_endpoint() {
    let page = format!(
        "## 甲\n{}## 乙\n{}## 结束语定义\n|参数|说明|\n|--|--|\n|link|链接|\n",
        post("e/one", "|参数|必须|说明|\n|--|--|--|\n|a|是|甲|\n"),
        post("e/two", "|参数|必须|说明|\n|--|--|--|\n|b|是|乙|\n**返回结果**\n```\n{\"errcode\":0}\n```\n"),
    );
    check(&page, &["/cgi-bin/e/two:"], &["link:"]);
}

#[test]
fn names_of_numbers_and_times() {
    let page = post(
        "n/get",
        "**返回结果**\n```\n{\"errcode\":0,\"type\":1,\"create_time\":1605000000}\n```\n|参数|说明|\n|--|--|\n\
         |type|类型，1-成员 2-部门 3-奇怪的东西|\n|create_time|何时|\n",
    );
    check(
        &page,
        &["1: {name: Member, doc: 成员}", "3: {name: V3, doc: 奇怪的东西}", "type: unix", "repeat: true"],
        &[],
    );
}

#[test]
fn a_spec_that_cannot_be_read_is_left_alone() {
    let (path, none) = (fresh(BASE)[0].path.clone(), Reviewed::default());
    for broken in ["module: a\ntitle: [\n", "module: a\nmodule: b\n", "module: a # why\n"] {
        let ours = [SourceFile { path: path.clone(), text: broken.into() }];
        let done = import(&ours, &pages(BASE), &none);
        assert_eq!(done.unread.len(), 1, "{broken}");
        assert_eq!(done.unread[0].0, path);
        assert!(done.files.is_empty() && done.added.is_empty(), "{broken}");
    }
}
