//! Values against a small spec that holds one of everything.

#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};
use wecom_codegen::check::{Checker, Side, Verdict, body};
use wecom_codegen::ir::{Api, Place, TypeId};

fn field(wire: &str, ty: Value, more: Value) -> Value {
    let mut f =
        json!({ "wire": wire, "rust": wire, "ty": ty, "required": false, "option": true, "place": "body" });
    f.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    f
}

fn plain(wire: &str, prim: &str) -> Value {
    field(wire, json!({ "prim": prim }), json!({}))
}

fn ty(kind: Value) -> Value {
    json!({ "module": "m", "rust": "T", "sent": true, "received": true, "kind": kind })
}

fn variant(tag: Value, key: Value, of: Value) -> Value {
    json!({ "tags": tag, "rust": format!("V{tag}"), "key": key, "ty": of })
}

fn api() -> Api {
    let list = |inner: Value| json!({ "list": inner });
    let prim = |p: &str| json!({ "prim": p });
    let text = json!({ "struct": { "fields": [field("content", prim("string"), json!({ "required": true, "limits": { "bytes": { "max": 4 } } }))] } });
    let root = json!({ "struct": {
        "fields": [
            field("id", prim("i64"), json!({ "required": true, "limits": { "range": { "min": 1, "max": 9 } } })),
            plain("name", "secret"), plain("small", "u32"), plain("ratio", "f64"), plain("on", "bool"),
            plain("flag", "flag"), plain("digits", "digits"), plain("at", "unix"), plain("day", "date"),
            plain("any", "json"),
            field("bytes", prim("base64"), json!({ "limits": { "bytes": { "max": 3 } } })),
            field("code", prim("string"), json!({ "limits": { "pattern": "^[a-z]+$" } })),
            field("cut", prim("string"), json!({ "limits": { "chars": { "max": 2 }, "cut": true } })),
            field("users", list(prim("string")), json!({ "limits": { "items": { "max": 2 }, "each": { "chars": { "max": 3 } } } })),
            field("joined", json!({ "joined": ["pipe", prim("u32")] }), json!({ "limits": { "items": { "max": 2 } } })),
            field("map", json!({ "map": { "ref": 1 } }), json!({})),
            field("inner", json!({ "text": { "ref": 1 } }), json!({})),
            field("kind", json!({ "ref": 2 }), json!({})),
            field("bits", json!({ "ref": 3 }), json!({})),
            field("tree", list(json!({ "ref": 0 })), json!({})),
            field("sibling", json!({ "ref": 4 }), json!({})),
            field("flat", json!({ "ref": 5 }), json!({})),
            field("present", json!({ "ref": 6 }), json!({})),
            field("outer", json!({ "ref": 8 }), json!({})),
            field("q", prim("u32"), json!({ "place": "query", "required": true })),
            field("mode", json!({ "ref": 2 }), json!({ "place": "query" })),
        ],
    } });
    let union = |tag: Value, numeric: bool, outer: bool, variants: Value| json!({ "union": { "tag": tag, "numeric": numeric, "outer": outer, "variants": variants } });
    let of = |n: u32| json!({ "ref": n });
    let types = json!([
        ty(root),
        ty(text),
        ty(
            json!({ "enum": { "repr": "string", "values": [{ "wire": "a", "rust": "A" }, { "wire": "b", "rust": "B" }] } })
        ),
        ty(
            json!({ "enum": { "repr": "u32", "flags": true, "values": [{ "wire": "1", "rust": "A" }, { "wire": "4", "rust": "B" }] } })
        ),
        ty(union(
            json!("type"),
            false,
            false,
            json!([
                variant(json!(["text"]), json!("text"), of(1)),
                variant(json!(["none"]), Value::Null, Value::Null)
            ])
        )),
        ty(union(json!("n"), true, false, json!([variant(json!(["1", "2"]), Value::Null, of(1))]))),
        ty(union(
            Value::Null,
            false,
            false,
            json!([variant(json!([]), json!("text"), of(1)), variant(json!([]), json!("id"), prim("i64"))])
        )),
        ty(json!({ "struct": { "fields": [plain("control", "string")] } })),
        ty(json!({ "struct": {
            "fields": [field("property", of(7), json!({}))],
            "unions": [{ "rust": "value", "ty": 9, "by": ["property", "control"] }],
        } })),
        ty(union(json!("control"), false, true, json!([variant(json!(["Text"]), json!("value"), of(1))]))),
    ]);
    serde_json::from_value(json!({ "modules": [], "events": [], "types": types, "errors": [] })).unwrap()
}

fn matches(pattern: &str, text: &str) -> bool {
    pattern == "^[a-z]+$" && !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase())
}

/// Field beside `id` and its value; what is found as `path kind`.
#[test]
fn sent() {
    let deep = (0..100).fold(json!({ "id": 1 }), |inner, _| json!({ "id": 1, "tree": [inner] }));
    let cases = [
        ("name", json!("x"), vec![]),
        ("name", json!(5), vec!["name coerced"]),
        ("name", json!({}), vec!["name wrong_type"]),
        ("name", Value::Null, vec![]),
        ("other", json!(1), vec!["other unknown_field"]),
        ("errcode", json!(0), vec!["errcode unknown_field"]),
        ("small", json!(-1), vec!["small limit"]),
        ("small", json!("7"), vec!["small coerced"]),
        ("small", json!(7.0), vec!["small coerced"]),
        ("small", json!(7.5), vec!["small wrong_type"]),
        ("small", json!(true), vec!["small wrong_type"]),
        ("ratio", json!(1), vec![]),
        ("ratio", json!("1.5"), vec!["ratio coerced"]),
        ("on", json!(true), vec![]),
        ("on", json!(1), vec!["on coerced"]),
        ("on", json!(2), vec!["on wrong_type"]),
        ("flag", json!(1), vec![]),
        ("flag", json!(true), vec!["flag coerced"]),
        ("flag", json!(2), vec!["flag limit"]),
        ("digits", json!("12"), vec![]),
        ("digits", json!(""), vec![]),
        ("digits", json!(12), vec!["digits coerced"]),
        ("digits", json!("x"), vec!["digits wrong_type"]),
        ("at", json!(1_700_000_000), vec![]),
        ("day", json!("2025-01-02"), vec![]),
        ("day", json!("2025/01/02"), vec!["day format"]),
        ("any", json!([{ "x": [1] }]), vec![]),
        ("bytes", json!("AAAA"), vec![]),
        ("bytes", json!("AAAAAAAA"), vec!["bytes limit"]),
        ("bytes", json!("A?"), vec!["bytes format"]),
        ("code", json!("abc"), vec![]),
        ("code", json!("ABC"), vec!["code pattern"]),
        ("cut", json!("中文字"), vec!["cut limit"]),
        ("users", json!(["a", "b"]), vec![]),
        ("users", json!(["a", "b", "c"]), vec!["users limit"]),
        ("users", json!(["abcd"]), vec!["users[0] limit"]),
        ("users", json!("a|b"), vec!["users wrong_type"]),
        ("joined", json!("1|2"), vec![]),
        ("joined", json!("1|2|3"), vec!["joined limit"]),
        ("joined", json!("1|x"), vec!["joined[1] wrong_type"]),
        ("joined", json!(1), vec!["joined coerced"]),
        ("joined", json!([1]), vec!["joined wrong_type"]),
        ("map", json!({ "k": { "content": "x" } }), vec![]),
        ("map", json!({ "k": {} }), vec!["map.k.content missing_required"]),
        ("inner", json!("{\"content\":\"x\"}"), vec![]),
        ("inner", json!("{\"content\":1}"), vec!["inner.content coerced"]),
        ("inner", json!("{"), vec!["inner format"]),
        ("inner", json!({}), vec!["inner wrong_type"]),
        ("kind", json!("b"), vec![]),
        ("kind", json!("c"), vec!["kind unknown_enum_value"]),
        ("bits", json!(5), vec![]),
        ("bits", json!(2), vec!["bits unknown_enum_value"]),
        (
            "tree",
            json!([{ "id": 1 }, { "name": 1 }]),
            vec!["tree[1].id missing_required", "tree[1].name coerced"],
        ),
        ("tree", json!([deep]), vec!["* too_deep"]),
        ("sibling", json!({ "type": "text", "text": { "content": "x" } }), vec![]),
        (
            "sibling",
            json!({ "type": "text", "text": { "content": "xxxxx" } }),
            vec!["sibling.text.content limit"],
        ),
        ("sibling", json!({ "type": "text" }), vec!["sibling.text missing_required"]),
        ("sibling", json!({ "type": "none" }), vec![]),
        ("sibling", json!({ "type": "none", "id": 1 }), vec!["sibling.id unknown_field"]),
        (
            "sibling",
            json!({ "type": "new", "new": {} }),
            vec!["sibling.type unknown_variant", "sibling.new unknown_field"],
        ),
        ("sibling", json!({ "text": {} }), vec!["sibling.type missing_required"]),
        ("flat", json!({ "n": 2, "content": "x" }), vec![]),
        ("flat", json!({ "n": "2", "content": "x" }), vec!["flat.n coerced"]),
        (
            "flat",
            json!({ "n": 2, "conten": "x" }),
            vec!["flat.content missing_required", "flat.conten unknown_field"],
        ),
        ("present", json!({ "id": 1 }), vec![]),
        ("present", json!({}), vec!["present missing_required"]),
        ("present", json!({ "text": { "content": 1 } }), vec!["present.text.content coerced"]),
        ("outer", json!({ "property": { "control": "Text" }, "value": { "content": "x" } }), vec![]),
        (
            "outer",
            json!({ "property": { "control": "Text" }, "value": {} }),
            vec!["outer.value.content missing_required"],
        ),
        (
            "outer",
            json!({ "property": { "control": "New" }, "value": {} }),
            vec!["outer.control unknown_variant"],
        ),
        ("outer", json!({}), vec![]),
        ("outer", json!(1), vec!["outer wrong_type"]),
    ];
    let api = api();
    for (name, value, expected) in cases {
        let whole = json!({ "id": 1, name: value });
        let report = Checker::new(&api, Side::Sent).patterns(matches).report(TypeId(0), &whole);
        let kind = |f: &wecom_codegen::check::Finding| {
            let kind = serde_json::to_value(&f.kind).unwrap()["kind"].as_str().unwrap().to_owned();
            let path = if kind == "too_deep" { "*" } else { &f.path };
            format!("{path} {kind}")
        };
        let found: Vec<String> = report.findings.iter().map(kind).collect();
        assert_eq!(found, expected, "{whole}");
    }
}

#[test]
fn received_is_read_leniently() {
    let api = api();
    let answer = json!({ "errcode": 0, "errmsg": "ok", "id": "", "kind": "", "day": "" });
    let refusing: Vec<_> =
        body(&api, TypeId(0), &answer, Side::Received).into_iter().filter(|f| f.refuses()).collect();
    assert_eq!(refusing, []);
    for odd in [json!(null), json!(1), json!([]), json!("x")] {
        assert_eq!(body(&api, TypeId(0), &odd, Side::Received).len(), 1, "{odd}");
    }
    assert_eq!(body(&api, TypeId(99), &json!({}), Side::Received), []);
}

#[test]
fn verdicts_of_all_fields() {
    let api = api();
    let value = json!({ "id": "1", "name": "x", "users": [1], "sibling": { "type": "text", "text": {} }, "new": 1, "on": [] });
    let report = Checker::new(&api, Side::Received).report(TypeId(0), &value);
    let seen: Vec<(&str, Verdict)> = report.fields.iter().map(|s| (s.plain.as_str(), s.verdict)).collect();
    let expected = [
        ("id", Verdict::Coerced),
        ("name", Verdict::Agree),
        ("on", Verdict::Wrong),
        ("users", Verdict::Coerced),
        ("sibling", Verdict::Agree),
        ("sibling.type", Verdict::Agree),
        ("sibling.text", Verdict::Agree),
        ("new", Verdict::Unknown),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn pairs_are_texts() {
    let api = api();
    let check = |pairs: &[(&str, &str)]| {
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let found = Checker::new(&api, Side::Sent).pairs(TypeId(0), Place::Query, &pairs, &["access_token"]);
        found.into_iter().map(|f| f.text).collect::<Vec<_>>()
    };
    assert_eq!(check(&[("q", "1"), ("mode", "a"), ("access_token", "x")]), [""; 0]);
    assert_eq!(check(&[("q", "")]), ["q: required, but missing"]);
    assert_eq!(check(&[("q", "x"), ("z", "")]), ["q: integer expected, found string", "z: not in the spec"]);
    assert_eq!(check(&[("q", "1"), ("mode", "c")]), ["mode: c is not one of the values"]);
}
