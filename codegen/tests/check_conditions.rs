//! What depends on several fields, and limits that are no simple range: what a request with it is refused for, what rustdoc says.

use serde_json::{Value, json};
use wecom_codegen::check::{Checker, Kind, Side};
use wecom_codegen::source::SourceFile;
use wecom_codegen::{emit, ir, load};

const SPEC: &str = "\
module: demo
title: 演示
endpoints:
  /cgi-bin/demo/make:
    title: 做
    method: POST
    auth: access_token
    modes: [internal, provider]
    source: [{page: 1}]
    grants: [visible_member]
    permission: 须认证。
    query:
      fields: {debug_on: {type: flag}}
    request:
      any_of: [[touser, toparty]]
      one_of: [[a, b+c]]
      at_most_one: [[x, y]]
      fields:
        touser: {type: string}
        toparty: {type: list<string>, each: {chars: ..3}}
        a: {type: string}
        b: {type: string}
        c: {type: string}
        x: {type: string}
        y: {type: string}
        type: {type: i32, default: 1, values: {1: {name: One, doc: 甲}, 2: {name: Two, doc: 乙}}}
        when_two: {type: string, required: type = 2, when: \"type in [1, 2]\"}
        when_debug: {type: string, required: debug_on = true}
        size: {type: i64, unit: s, range: ..14d, step: 60, default: 30min}
        pick: {type: i32, choices: [100, 200]}
        ratio: {type: f64, range: 1.3<..<2.25}
        names: {type: pipe<string>, chars: ..8, each: {chars: ..3}}
        list:
          type: list<object>
          fields:
            kind: {type: string}
            text: {type: string, required: kind = text and not unset(touser)}
            outer: {type: string, required: type = 2}
        media: {type: string, file: {types: [jpg], bytes: ..2MB}, ttl: 3d, id_trans: true, by_mode: {provider: 须授权}}
";

fn api() -> ir::Api {
    let files = [("d/demo.yaml", SPEC), ("grants.yaml", "visible_member: 成员须在应用可见范围内。\n")];
    let files = files.map(|(path, text)| SourceFile { path: path.into(), text: text.into() });
    let loaded = load(files.to_vec());
    assert!(loaded.diagnostics.is_empty(), "{:#?}", loaded.diagnostics);
    loaded.api
}

/// A sound request but for these fields; `null` takes one away. What it is refused for, by path and kind.
#[track_caller]
fn check(change: Value, want: &[(&str, &str)]) {
    let api = api();
    let mut body = json!({"touser": "u", "a": "a"});
    let map = body.as_object_mut().expect("an object");
    for (key, value) in change.as_object().expect("an object") {
        map.insert(key.clone(), value.clone());
    }
    map.retain(|_, v| !v.is_null());
    let request = api.endpoints().next().expect("one").1.request;
    let found = Checker::new(&api, Side::Sent).report(request, &body).findings;
    let got: Vec<(&str, &str)> = found
        .iter()
        .map(|f| {
            let word = match &f.kind {
                Kind::MissingRequired => "missing",
                Kind::TooMany { .. } => "many",
                Kind::Step { .. } => "step",
                Kind::Limit { .. } => "limit",
                Kind::UnknownEnumValue { .. } => "value",
                _ => "other",
            };
            assert!(f.refuses());
            (f.path.as_str(), word)
        })
        .collect();
    assert_eq!(got, want, "{body}: {found:#?}");
    // Answers may lack what their reader may not see.
    if want.iter().any(|w| w.1 == "missing") {
        let found = Checker::new(&api, Side::Received).report(request, &body).findings;
        assert!(found.iter().all(|f| f.kind != Kind::MissingRequired), "{found:#?}");
    }
}

#[test]
fn conditions_and_groups_are_held() {
    check(json!({}), &[]);
    check(json!({"type": 2}), &[("when_two", "missing")]);
    check(json!({"type": 2, "when_two": "x"}), &[]);
    check(json!({"type": 2, "when_two": ""}), &[("when_two", "missing")]);
    check(json!({"touser": null}), &[("touser", "missing")]);
    check(json!({"touser": "", "toparty": []}), &[("touser", "missing")]);
    check(json!({"touser": null, "toparty": ["p"]}), &[]);
    check(json!({"a": null}), &[("a", "missing")]);
    check(json!({"a": null, "b": "b"}), &[("a", "missing")]);
    check(json!({"a": null, "b": "b", "c": "c"}), &[]);
    check(json!({"b": "b", "c": "c"}), &[("a", "many")]);
    check(json!({"x": "x", "y": "y"}), &[("x", "many")]);
    check(json!({"list": [{"kind": "text"}, {"kind": "image"}]}), &[("list[0].text", "missing")]);
    check(json!({"list": [{"kind": "text"}], "touser": null, "toparty": ["p"]}), &[]);
    check(json!({"type": 2, "when_two": "x", "list": [{}]}), &[("list[0].outer", "missing")]);
}

#[test]
fn steps_choices_fractions_and_elements_are_held() {
    check(json!({"size": 120, "pick": 100, "ratio": 2.0, "names": "abc|de"}), &[]);
    check(json!({"size": 90}), &[("size", "step")]);
    check(json!({"size": 1_209_660}), &[("size", "limit")]);
    check(json!({"pick": 150}), &[("pick", "value")]);
    check(json!({"ratio": 1.3}), &[("ratio", "limit")]);
    check(json!({"ratio": 2.25}), &[("ratio", "limit")]);
    check(json!({"names": "abcd|e"}), &[("names[0]", "limit")]);
    check(json!({"names": "abc|def|g"}), &[("names", "limit")]);
    check(json!({"toparty": ["abcd"]}), &[("toparty[0]", "limit")]);
}

#[test]
fn rustdoc_says_them_in_chinese() {
    let api = api();
    let text: String = emit::emit(&api).values().cloned().collect();
    for line in [
        "`touser`、`toparty` 至少填一项。",
        "`a`、`b`与`c` 须填且只填一项。",
        "`x`、`y` 至多填一项。",
        "`type` 为 2时必填；仅`type` 为 1、2时有效。",
        "`kind` 为 text且`touser` 已填时必填。",
        "单位秒；取值不超过 1209600 秒（不超过 14 天）；须为 60 的整数倍；默认 `1800`（30 分钟）。",
        "可取 `100`、`200`。",
        "取值大于 1.3、小于 2.25。",
        "长度不超过 8 字符；每项长度不超过 3 字符。",
        "文件：jpg，不超过 2097152 字节；支持 id 转译；有效期 3 天；服务商代开发：须授权。",
        "- 成员须在应用可见范围内。",
    ] {
        assert!(
            text.contains(line),
            "{line}\n{}",
            text.lines().filter(|l| l.contains("///")).collect::<Vec<_>>().join("\n")
        );
    }
}

#[test]
fn a_type_whose_sides_differ_becomes_two() {
    let spec = "\
module: demo
title: 演示
endpoints:
  /cgi-bin/demo/make:
    title: 做
    method: POST
    auth: access_token
    modes: [internal]
    source: [{page: 1}]
    request: {fields: {box: {type: Box2}, same: {type: Same}}}
    response: {fields: {list: {type: list<Box2>}, same: {type: Same}}}
types:
  Box2: {fields: {inner: {type: Inner}, note: {type: string}}}
  Inner:
    at_most_one: [[sent, both], [both, other]]
    fields:
      must: {type: string, required: true, only: request}
      sent: {type: string, only: request}
      answered: {type: string, required: true, only: response}
      both: {type: string}
      other: {type: string}
      here: {type: string, required: true, only: [/cgi-bin/demo/make]}
  Same: {fields: {a: {type: string}}}
";
    let files = vec![SourceFile { path: "d/demo.yaml".into(), text: spec.into() }];
    let loaded = load(files);
    assert!(loaded.is_sound(), "{:#?}", loaded.diagnostics);
    let api = &loaded.api;
    let fields = |name: &str| -> Vec<String> {
        let found = api.types.iter().find(|t| t.rust == name);
        match found.map(|t| (&t.kind, t.sent, t.received)) {
            Some((ir::TypeKind::Struct(s), sent, received)) => {
                let side = [(sent, "sent"), (received, "received")]
                    .iter()
                    .filter(|s| s.0)
                    .map(|s| s.1)
                    .collect::<Vec<_>>();
                let ty = |f: &ir::Field| match f.ty.leaf() {
                    ir::Ty::Ref(id) => format!("{}: {}", f.wire, api.ty(*id).rust),
                    _ => f.wire.clone(),
                };
                std::iter::once(side.join("+")).chain(s.fields.iter().map(ty)).collect()
            }
            _ => vec![],
        }
    };
    assert_eq!(fields("Make"), ["sent", "box: Box2", "same: Same"]);
    assert_eq!(fields("MakeResponse"), ["received", "list: Box2Response", "same: Same"]);
    assert_eq!(fields("Box2"), ["sent", "inner: Inner", "note"]);
    assert_eq!(fields("Box2Response"), ["received", "inner: InnerResponse", "note"]);
    assert_eq!(fields("Inner"), ["sent", "must", "sent", "both", "other", "here"]);
    assert_eq!(fields("InnerResponse"), ["received", "answered", "both", "other", "here"]);
    assert_eq!(fields("Same"), ["sent+received", "a"]);
    let inner = |name: &str| match api.types.iter().find(|t| t.rust == name).map(|t| &t.kind) {
        Some(ir::TypeKind::Struct(s)) => {
            (s.choices.len(), s.fields.iter().find(|f| f.wire == "here").map(|f| f.required))
        }
        _ => (0, None),
    };
    // The group that named a field of the other side is gone; what one endpoint alone has is required there.
    assert_eq!(inner("Inner"), (2, Some(true)));
    assert_eq!(inner("InnerResponse"), (1, Some(true)));
    let places: Vec<&str> =
        api.modules[0].parts[0].types.iter().map(|id| api.ty(*id).rust.as_str()).collect();
    let at = |n: &str| places.iter().position(|p| *p == n);
    assert_eq!(at("Box2Response"), at("Box2").map(|i| i + 1), "{places:?}");
}
