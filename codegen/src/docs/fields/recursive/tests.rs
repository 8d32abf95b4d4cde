//! Objects in objects.

use crate::docs::complete::from_linked_page::tests::{check, post};
use crate::docs::extract;
use crate::docs::merge::import::import;
use crate::docs::merge::reviewed::Reviewed;
use crate::docs::model::Extracted;
use crate::docs::read::page as docs_page;
use crate::source::{Severity, SourceFile};

fn page(inner: &str, row: &str) -> [(i64, String); 1] {
    let sample = format!(
        "{{\"items\":[{{\"kind\":\"a\",\"id\":\"1\",\"value\":{{\"text\":\"b\",\"rows\":[{inner}]}}}}]}}"
    );
    let rows = format!(
        "|items|是|控件|\n|items.kind|是|类型|\n|items.id|是|编号|\n|items.value|是|值|\n|items.value.text|否|文本|\n|items.value.rows|否|{row}|"
    );
    [(1, post("x/add", &format!("**请求包体：**\n```\n{sample}\n```\n|参数|是否必须|说明|\n|-|\n{rows}\n")))]
}

#[test]
fn an_object_with_the_fields_of_one_around_it_is_that_one() {
    let want = "items:list<object> items.kind:string items.id:string items.value:object items.value.text?:string items.value.rows?:list<json>";
    let like = "{\"kind\":\"a\",\"id\":\"1\",\"value\":{\"text\":\"c\"}}";
    check(&page(like, "子控件"), "/cgi-bin/x/add", want, 0);
    // What only the inner one shows belongs to the outer one too.
    let more = "{\"kind\":\"a\",\"id\":\"1\",\"value\":{\"size\":1}}";
    let with_size = want.to_owned() + " items.value.size:i64";
    check(&page(more, "子控件"), "/cgi-bin/x/add", &with_size, 0);
    // Two fields are enough only where the text says so.
    let two = "{\"kind\":\"a\",\"id\":\"1\"}";
    check(&page(two, "子控件的数据结构同一般控件"), "/cgi-bin/x/add", want, 0);
    let apart =
        want.replace("list<json>", "list<object> items.value.rows.kind:string items.value.rows.id:string");
    check(&page(two, "子控件"), "/cgi-bin/x/add", &apart, 0);
    // One is enough where the text names the object.
    let one = "{\"value\":{\"text\":\"c\"}}";
    check(&page(one, "子控件，内部结构同items"), "/cgi-bin/x/add", want, 0);
    // Another field: another object.
    let other = "{\"kind\":\"a\",\"id\":\"1\",\"value\":{\"text\":\"c\"},\"more\":1}";
    let apart = want.replace("list<json>", "list<object> items.value.rows.kind:string items.value.rows.id:string items.value.rows.value:object items.value.rows.value.text:string items.value.rows.more:i64");
    check(&page(other, "子控件"), "/cgi-bin/x/add", &apart, 0);
}

fn read(body: &str) -> Extracted {
    let text = format!("---\ntitle: \"标题\"\ndoc_id: 1\ncategory_id: 2\n---\n{body}");
    extract(&[docs_page::read("001-企业内部开发/p.md", &text).expect("a page")])
}

fn sound(files: &[SourceFile]) -> String {
    let text: String = files.iter().map(|f| f.text.as_str()).collect();
    let found = crate::load(files.to_vec()).diagnostics;
    let errors: Vec<_> = found.into_iter().filter(|d| d.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}\n{text}");
    text
}

#[test]
fn an_object_that_holds_itself_gets_a_named_type() {
    let inner = "{\"kind\":\"a\",\"id\":\"1\",\"value\":{\"text\":\"c\"}}";
    let [(_, body)] = page(inner, "子控件");
    let done = import(&[], &read(&body), &Reviewed::default());
    let text = sound(&done.files);
    for part in ["type: list<AddItemsNode>", "  AddItemsNode:\n    fields:\n      kind:"] {
        assert!(text.contains(part), "{part} is missing:\n{text}");
    }
    assert_eq!(text.matches("list<AddItemsNode>").count(), 2, "{text}");
    let again = import(&done.files, &read(&body), &Reviewed::default());
    assert!(again.files.is_empty() && again.open.is_empty(), "{again:?}");
    // The type's texts are the page's: drafts, which lint lets pass whatever their words.
    let drafted = import(&[], &read(&body.replace("|编号|", "|模版的ID|")), &Reviewed::default());
    assert!(sound(&drafted.files).contains("模版的ID"), "{drafted:?}");
    // A spec that has the endpoint without the field gets the type with the field.
    let [(_, before)] = page(inner, "子控件");
    let before = before.replace("\"items\"", "\"other\"").replace("|items", "|other");
    let old: Vec<SourceFile> = import(&[], &read(&before), &Reviewed::default()).files;
    let done = import(&old, &read(&body), &Reviewed::default());
    let text = sound(&done.files);
    assert!(text.contains("  AddItemsNode:\n") && text.contains("other:"), "{text}");
}

#[test]
fn an_empty_list_is_like_the_one_beside() {
    let answer = |rows: &str, more: &str| {
        let sample = format!(
            "{{\"errcode\":0,\"work\":{{\"times\":[{{\"from\":1,\"to\":2}}]}},\"off\":{{\"times\":[]}}{more}}}"
        );
        let body = format!(
            "**返回结果：**\n```\n{sample}\n```\n|参数|说明|\n|-|\n|work.times|时段|\n|work.times.from|起|\n|work.times.to|止|\n{rows}"
        );
        [(1, post("x/get", &body))]
    };
    let work = "work:object work.times:list<object> work.times.from:i64 work.times.to:i64";
    let off = "off:object off.times:list<object> off.times.from:i64 off.times.to:i64";
    check(&answer("", ""), "</cgi-bin/x/get", &format!("{work} errcode:i64 {off}"), 0);
    // A row says what it is; two that differ say nothing.
    let told = "off:object off.times:list<string>";
    check(&answer("|off.times|名称|\n", ""), "</cgi-bin/x/get", &format!("{work} {told} errcode:i64"), 0);
    let other = ",\"rest\":{\"times\":[{\"day\":1}]}";
    let rest = "rest:object rest.times:list<object> rest.times.day:i64";
    check(&answer("", other), "</cgi-bin/x/get", &format!("{work} errcode:i64 {told} {rest}"), 0);
}
