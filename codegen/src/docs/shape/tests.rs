//! Tests.

use super::*;
use crate::docs::sides::Row;

/// Rows (`name` or `name:type`) laid upon a sample; the result as paths.
fn check(sample: &str, tables: &[(&str, &[&str])], want: &str) {
    let mut side = Side::default();
    if let Ok(value) = serde_json::from_str(sample) {
        side.samples.push(sides::Sample { line: 1, value, title: Title::default() });
    }
    for (line, (title, names)) in tables.iter().enumerate() {
        let row = |n: &&str| {
            let (name, ty) = n.split_once('|').unwrap_or((n, ""));
            Row { name: name.into(), ty: ty.into(), desc: String::new(), ..Row::default() }
        };
        let rows = names.iter().map(row).collect();
        let title = if title.is_empty() { Title::default() } else { sides::title(title) };
        side.tables.push(ParamTable { line: line as u32, title, rows, samples: vec![], said: String::new() });
    }
    let mut got = Vec::new();
    let tree = build(&side, &[], &mut vec![]);
    each(&tree, &mut vec![], &mut |path, field| {
        if field.told {
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
fn constants_of_tags() {
    assert_eq!(constants("消息类型，此时固定为：text"), ["text"]);
    assert_eq!(constants("此处固定为`image`"), ["image"]);
    assert!(constants("固定为 0").is_empty());
}
