//! Tests.

use super::*;

use crate::docs::extract;
use crate::docs::model::{Row, Sample};
use crate::docs::read::page;
use crate::docs::section::title;

/// Rows (`name` or `name:type`) laid upon a sample; the result as paths.
fn check(sample: &str, tables: &[(&str, &[&str])], want: &str) {
    let mut side = Side::default();
    if let Ok(value) = serde_json::from_str(sample) {
        side.samples.push(Sample { line: 1, value, title: Title::default() });
    }
    for (line, (title, names)) in tables.iter().enumerate() {
        let row = |(at, n): (usize, &&str)| {
            let (name, ty) = n.split_once('|').unwrap_or((n, ""));
            Row { line: at as u32, name: name.into(), ty: ty.into(), ..Row::default() }
        };
        let rows = names.iter().enumerate().map(row).collect();
        let title = if title.is_empty() { Title::default() } else { title::title(title) };
        side.tables.push(ParamTable { line: line as u32, title, rows, samples: vec![], said: String::new() });
    }
    let mut got = Vec::new();
    let tree = build(&side, &[], &mut vec![]);
    each(&tree, &mut vec![], &mut |path, field| {
        if field.row.exists {
            got.push(path.join("."));
        }
    });
    assert_eq!(got.join(" "), want, "{sample} {tables:?}");
}

#[test]
fn nesting_in_its_styles() {
    // Dotted; relative to a root that is not said; children listed as peers; by marks; by brackets.
    check("{\"a\":{\"b\":1}}", &[("", &["a", "a.b"])], "a a.b");
    check("{\"r\":{\"a\":{\"b\":1}}}", &[("", &["a.b"])], "r.a.b");
    check(
        "{\"info\":[{\"userid\":\"x\",\"n\":1}],\"t\":1}",
        &[("", &["info", "userid", "n", "t"])],
        "info info.userid info.n t",
    );
    check("", &[("", &["a", "└ b", "└ └ c", "d"])], "a a.b a.b.c d");
    check("{\"list\":[{\"x\":1}]}", &[("", &["list[].x"])], "list.x");
    // A first word that is spelt otherwise than in the sample.
    check("{\"device_list\":[{\"code\":1}]}", &[("", &["device.code"])], "device_list.code");
    // Names that each of two lists has, of which one's sample lacks one.
    check(
        "{\"adds\":[{\"kind\":1,\"id\":\"x\"}],\"dels\":[{\"kind\":1,\"id\":\"x\",\"open\":\"x\"}]}",
        &[("", &["adds", "kind", "open", "id", "dels", "kind", "open", "id"])],
        "adds adds.kind adds.open adds.id dels dels.kind dels.open dels.id",
    );
    // What the samples show a level deeper.
    check(
        "{\"p\":{\"list\":[{\"image\":{\"id\":1}}],\"n\":1}}",
        &[("", &["p", "p.image.id"])],
        "p p.list.image.id",
    );
    // A field that no sample shows, between two of one object.
    check("{\"o\":{\"a\":1,\"c\":1}}", &[("", &["o", "a", "b", "c"])], "o o.a o.b o.c");
}

#[test]
fn tables_of_parts() {
    check("{\"a\":{}}", &[("", &["a|object(Field)"]), ("Field", &["x", "y"])], "a a.x a.y");
    check("{\"text\":{\"c\":1}}", &[("", &["text"]), ("text 说明", &["c"])], "text text.c");
    // A type that contains itself ends.
    check("", &[("", &["a|object(Node)"]), ("Node", &["kids|Node[]"])], "a a.kids");
}

#[test]
fn a_part_of_a_series_stands_where_the_others_do() {
    let body = "**请求方式：**POST\n**请求地址：**https://qyapi.weixin.qq.com/cgi-bin/x/get?access_token=X\n**返回结果：**\n```\n\
        {\"errcode\":0,\"config\":{\"date\":{\"type\":\"day\"}}}\n```\n|参数|说明|\n|-|\n|errcode|返回码|\n|config|配置，见附录|\n### 附录\n";
    let part = |n: u32, title: &str, field: &str| {
        format!(
            "#### 附{n}：{title}\n```\n{{\"{field}\":{{\"type\":\"a\"}}}}\n```\n|参数|说明|\n|-|\n|{field}|内容|\n|└ type|类型|\n"
        )
    };
    let read = |parts: &[String]| -> String {
        let text = format!("---\ntitle: T\ndoc_id: 1\ncategory_id: 2\n---\n{body}{}", parts.concat());
        let pages = [page::read("p.md", &text).expect("a page")];
        let all = extract(&pages);
        let mut got = Vec::new();
        each(&all.endpoints[0].response, &mut vec![], &mut |path, _| got.push(path.join(".")));
        got.join(" ")
    };
    let named = |n, title: &str, field| part(n, &format!("{title} config说明"), field);
    let three = [named(1, "Date控件", "date"), named(2, "File控件", "file"), named(3, "Tips控件", "tips")];
    let want = "errcode config config.date config.date.type config.file config.file.type config.tips config.tips.type";
    assert_eq!(read(&three), want);
    // The title does not name the object; the series does. One part alone is no series.
    let last = part(4, "Leave控件说明", "leave");
    assert_eq!(
        read(&[three.to_vec(), vec![last.clone()]].concat()),
        format!("{want} config.leave config.leave.type")
    );
    assert_eq!(read(&[last]), "errcode config config.date config.date.type leave leave.type");
}

#[test]
fn texts_that_liken_a_field_to_another() {
    for (desc, want) in [
        ("定义同a.b", Some("a.b")),
        ("同 schedule", Some("schedule")),
        ("同一schedule", Some("schedule")),
        ("字段含义与pass_rule_list相同", Some("pass_rule_list")),
        ("参见`layout`的说明", Some("layout")),
        ("新建会议时须同时带上schedule", None),
        ("同步到calendar", None),
        ("会议", None),
    ] {
        assert_eq!(likened(desc).as_deref(), want, "{desc}");
    }
}

#[test]
fn a_cell_that_thinks_of_the_numbers_of_a_list_inside() {
    let types = |sample: &str, name: &str, ty: &str| {
        let mut side = Side::default();
        side.samples.extend(serde_json::from_str(sample).ok().map(|value| Sample {
            line: 1,
            value,
            title: Title::default(),
        }));
        let row = Row { name: name.into(), ty: ty.into(), ..Row::default() };
        side.tables.push(ParamTable {
            line: 2,
            title: Title::default(),
            rows: vec![row],
            samples: vec![],
            said: String::new(),
        });
        let mut got = Vec::new();
        let tree = build(&side, &[], &mut vec![]);
        each(&tree, &mut vec![], &mut |path, field| {
            got.push(format!("{}:{}", path.join("."), types::infer(field).text()));
        });
        got.join(" ")
    };
    for (sample, ty, want) in [
        ("{\"tags\":{\"list\":[2,5]}}", "uint32", "tags:object tags.list:list<u32>"),
        ("{\"tags\":{\"list\":[2,5]}}", "uint64[]", "tags:object tags.list:list<u64>"),
        ("{\"tags\":{\"list\":[2,5]}}", "object", "tags:object tags.list:list<i64>"),
        ("{\"tags\":{\"list\":[\"x\"]}}", "uint32", "tags:object tags.list:list<string>"),
        ("{\"tags\":{\"list\":[2],\"n\":1}}", "uint32", "tags:object tags.list:list<i64> tags.n:i64"),
    ] {
        assert_eq!(types(sample, "tags", ty), want, "{sample} {ty}");
    }
}
