//! Pages of our own making, and what becomes of them with a fix-up.

use super::*;
use crate::docs::extract_with;
use crate::docs::infer::types::infer;
use crate::docs::model::Field;
use crate::docs::read::page;

const ANSWER: &str = "**返回结果：**\n```\n{\"errcode\":0}\n```\n|参数|说明|\n|--|--|\n|errcode|码|\n";

fn post(path: &str, rest: &str) -> String {
    format!(
        "**请求方式：**POST\n**请求地址：**https://qyapi.weixin.qq.com/cgi-bin/{path}?access_token=X\n{rest}\n"
    )
}

fn read(pages: &[(i64, String)]) -> Vec<Page> {
    let one = |(id, body): &(i64, String)| {
        let text = format!("---\ntitle: \"标题{id}\"\ndoc_id: {id}\ncategory_id: {id}\n---\n{body}");
        page::read(&format!("001-企业内部开发/{id}.md"), &text).expect("a page")
    };
    pages.iter().map(one).collect()
}

fn fixup(doc_id: i64, says: &'static str, what: What) -> Fixup {
    Fixup {
        doc_id,
        says,
        what,
        reason: "a test",
        link: "https://developer.work.weixin.qq.com/document/path/1",
    }
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

/// The fields of an endpoint's request, or of its answer (`<` before the path), with the fix-up and without any.
fn check(pages: &[(i64, String)], fixup: &Fixup, path: &str, with: &str, without: &str) {
    let pages = read(pages);
    for (fixups, want) in [(std::slice::from_ref(fixup), with), (&[][..], without)] {
        let all = extract_with(&pages, fixups);
        assert!(all.stale.is_empty(), "{:?}", all.stale);
        let (answer, path) = (path.starts_with('<'), path.trim_start_matches('<'));
        let e = all.endpoints.iter().find(|e| e.path == path).expect("the endpoint");
        let mut fields = if answer { e.response.clone() } else { e.request.clone() };
        fields.retain(|f| !matches!(f.name.as_str(), "errcode" | "access_token"));
        assert_eq!(outline(&fields), want, "{fixups:?}");
    }
}

#[test]
fn a_page_adds_to_the_endpoint_of_another() {
    let base = "**请求示例：**\n```\n{\"to\":\"x\",\"id\":1}\n```\n|参数|必须|说明|\n|--|--|--|\n|to|是|甲|\n|id|是|乙|\n";
    let more = "这里多一种内容。\n\n**请求示例：**\n```\n{\"to\":\"x\",\"extra\":{\"a\":1}}\n```\n|参数|必须|说明|\n|--|--|--|\n|extra|否|附加|\n|extra.a|是|丙|\n";
    let pages = [(7, post("a/b", &format!("{base}{ANSWER}"))), (8, more.to_owned())];
    let fixup = fixup(8, "多一种内容", What::AddsTo { doc_id: 7 });
    check(&pages, &fixup, "/cgi-bin/a/b", "to:string id:i64 extra:object{a:i64}", "to:string id:i64");
    let list = extract_with(&read(&pages), std::slice::from_ref(&fixup)).endpoints;
    assert_eq!((list.len(), list[0].title.as_str()), (1, "标题7"));
    // Where a page has two endpoints, neither is meant.
    let two = format!("## 甲\n{}\n## 乙\n{}", post("a/b", base), post("a/c", base));
    let pages = [(7, two), (8, more.to_owned())];
    check(&pages, &fixup, "/cgi-bin/a/b", "to:string id:i64", "to:string id:i64");
}

#[test]
fn an_answer_is_what_another_endpoint_sets() {
    let create = "**请求包体：**\n```\n{\"button\":[{\"name\":\"a\",\"key\":\"b\"}]}\n```\n|参数|是否必须|说明|\n|-|\n|access_token|是|凭证|\n|button|是|菜单|\n|name|是|名字|\n|key|否|键|\n";
    let pages = [(1, post("menu/create", create)), (2, post("menu/get", "**返回结果：**\n\n与创建时相同\n"))];
    let what = What::AnswersWith { path: "/cgi-bin/menu/get", of: "/cgi-bin/menu/create" };
    let fixup = fixup(2, "与创建时相同", what);
    check(&pages, &fixup, "</cgi-bin/menu/get", "button:list<object>{name:string key:string}", "");
}

#[test]
fn a_field_is_like_its_namesake_on_another_page() {
    let detail = "**返回结果：**\n```\n{\"errcode\":0,\"data\":{\"a\":1,\"list\":[{\"b\":\"x\"}]}}\n```\n|参数|说明|\n|-|\n|data|数据|\n|data.a|甲|\n|data.list|列表|\n|data.list.b|乙|";
    let apply = "|参数|是否必须|说明|\n|-|\n|data|是|与详情里的一样|\n|data.a|是|甲，必填|\n";
    let pages = [(1, post("x/get", detail)), (2, post("x/apply", apply))];
    let fixup = fixup(2, "与详情里的一样", What::LikePage { field: "data", doc_id: 1 });
    let whole = "data:object{a:i64 list:list<object>{b:string}}";
    check(&pages, &fixup, "/cgi-bin/x/apply", whole, "data:object{a:string}");
}

#[test]
fn a_fix_up_whose_words_are_gone_is_named() {
    let fixup = fixup(2, "与创建时相同", What::LikePage { field: "data", doc_id: 1 });
    let stale = |pages: &[(i64, String)]| extract_with(&read(pages), std::slice::from_ref(&fixup)).stale;
    let [(page, why)] = &stale(&[(2, "另说".to_owned())])[..] else { panic!("one is stale") };
    assert_eq!(page, "fix-up of page 2");
    assert!(why.contains("`与创建时相同`") && why.contains("path/1") && why.contains("fixups.rs"), "{why}");
    // In a cell it stands too; a page that was not read says nothing.
    assert!(stale(&[(2, "|参数|说明|\n|--|--|\n|data|与创建时相同|\n".to_owned())]).is_empty());
    assert!(stale(&[(3, "另说".to_owned())]).is_empty());
}

#[test]
fn each_fix_up_says_why_and_where() {
    for f in FIXUPS {
        assert!(f.says.chars().count() >= 4, "{f:?}: words that stand on every page tell nothing");
        assert!(!f.reason.is_empty(), "{f:?}");
        assert!(f.link.starts_with("https://developer.work.weixin.qq.com/document/path/"), "{f:?}");
    }
}
