//! The rules about conditions, groups, units, sides, grants and words, each shown on a small spec that breaks it.

use wecom_codegen::load;
use wecom_codegen::source::{Rendered, SourceFile};

const GRANTS: &str = "customer_app: 自建应用须配置到“客户联系 可调用接口的应用”中。\nvisible_member: 成员须在应用可见范围内。\n";

/// A module file: keys of the endpoint, the request's groups and fields, the answer's fields, types.
#[derive(Default, Clone, Copy)]
struct Spec<'a> {
    keys: &'a str,
    groups: &'a str,
    request: &'a str,
    response: &'a str,
    types: &'a str,
    doc: &'a str,
}

impl Spec<'_> {
    fn text(&self) -> String {
        let indent = |text: &str, by: usize| -> String {
            text.lines().map(|l| format!("{}{l}\n", " ".repeat(by))).collect()
        };
        let mut out = format!("module: demo\ntitle: 演示\n{}", self.doc);
        out.push_str(
            "endpoints:\n  /cgi-bin/demo/make:\n    title: 做\n    method: POST\n    auth: access_token\n",
        );
        out.push_str("    modes: [internal, provider]\n    source: [{page: 1}]\n");
        out.push_str(&indent(self.keys, 4));
        out.push_str("    request:\n");
        out.push_str(&indent(self.groups, 6));
        out.push_str("      fields:\n        type: {type: i32, values: {1: {name: One, doc: 甲}, 2: {name: Two, doc: 乙}}}\n");
        out.push_str("        id: {type: string}\n        on: {type: flag}\n        n: {type: i64}\n        list: {type: list<string>}\n");
        out.push_str("        box: {type: object, fields: {kind: {type: string}}}\n");
        out.push_str(&indent(self.request, 8));
        out.push_str("    response:\n      fields:\n        done: {type: bool, required: true}\n");
        out.push_str(&indent(self.response, 8));
        if !self.types.is_empty() {
            out.push_str("types:\n");
            out.push_str(&indent(self.types, 2));
        }
        out
    }
}

/// The spec has exactly the findings whose rule, place and words are given: the caret stands before `under`.
#[track_caller]
fn check(spec: Spec<'_>, want: &[(&str, &str, &str, &str)]) {
    let files = [("d/demo.yaml", spec.text()), ("grants.yaml", GRANTS.into())];
    let files = files.map(|(p, text)| SourceFile { path: p.into(), text });
    let loaded = load(files.to_vec());
    let shown: Vec<String> = loaded
        .diagnostics
        .iter()
        .map(|d| Rendered { diagnostic: d, files: &loaded.spec.files, prefix: "" }.to_string())
        .collect();
    assert_eq!(loaded.diagnostics.len(), want.len(), "{}", shown.join("\n"));
    for ((d, shown), (rule, under, message, help)) in loaded.diagnostics.iter().zip(&shown).zip(want) {
        assert_eq!(d.rule, *rule, "{shown}");
        assert!(d.message.contains(message), "message: {shown}");
        assert!(d.help.contains(help) && !d.help.is_empty(), "help: {shown}");
        let text = &loaded.spec.files[d.pos.file as usize].text;
        let line = text.lines().nth(d.pos.line as usize - 1).unwrap_or_default();
        let rest: String = line.chars().skip(d.pos.col as usize - 1).collect();
        assert!(rest.starts_with(under), "the caret stands before `{rest}`, not `{under}`:\n{shown}");
    }
}

#[track_caller]
fn request(field: &str, rule: &str, under: &str, message: &str, help: &str) {
    check(Spec { request: field, ..Spec::default() }, &[(rule, under, message, help)]);
}

#[track_caller]
fn sound(spec: Spec<'_>) {
    check(spec, &[]);
}

#[test]
fn what_is_right_has_no_findings() {
    sound(Spec {
        keys: "grants: [customer_app, visible_member]\npermission: 另见说明。\nrate:\n  - {calls: 3, per: day, scope: corp, modes: [provider]}",
        groups: "any_of: [[id, list]]\none_of: [[n, \"on+box\"]]\nat_most_one: [[box.kind, id]]",
        request: concat!(
            "a: {type: string, required: type = 1, when: \"on = true and not (n > 3 or unset(list))\"}\n",
            "b: {type: i64, unit: s, range: ..14d, default: 30min, step: 60}\n",
            "c: {type: i32, choices: [100, 200], default: 200}\n",
            "d: {type: csv<string>, chars: ..100, items: ..5, each: {chars: 1..8}}\n",
            "e: {type: string, id_trans: true, ttl: 72h, by_mode: {provider: 须管理员授权}}\n",
            "f: {type: string, file: {types: [jpg, png], bytes: ..10MB, pixels: 1068x455, seconds: ..60}}\n",
            "g: {type: f64, range: 1.3<..<2.25}\n",
            "h: {type: list<object>, fields: {in: {type: string, required: type = 2}, out: {type: string, required: box.kind = x}}}\n",
            "k: {type: Share}\nm: {type: semi<u32>}",
        ),
        response: "back: {type: string, when: \"request.type in [1, 2]\"}\nshare: {type: Share}",
        types: "Share:\n  fields:\n    x: {type: string, only: request}\n    y: {type: string, only: [/cgi-bin/demo/make], when: set(x)}",
        ..Spec::default()
    });
}

#[test]
fn required_is_true_or_a_condition() {
    for word in ["yes", "True", "1", "on", "是"] {
        request(
            &format!("a: {{type: string, required: {word}}}"),
            "required",
            word,
            "neither `true` nor",
            "required: true",
        );
    }
    request("a: {type: string, required: no}", "required", "no}", "neither `true` nor", "remove it");
    request(
        "a: {type: string, required: type 为 1 时}",
        "condition",
        "为 1",
        "expected a comparison",
        "required_words",
    );
    request("a: {type: string, when: \"type == 1\"}", "condition", "== 1", "cannot stand in", "write `=`");
    let both = "a: {type: string, required: true, required_words: 总是}";
    request(both, "required", "总是", "always, and under a condition", "keep one");
    let both = "a: {type: string, required: type = 1, required_words: 总是}";
    request(both, "required", "type = 1", "both a condition", "keep the condition");
}

#[test]
fn conditions_name_fields_and_their_values() {
    for (condition, message, help) in [
        ("typ = 1", "names `typ`, which is not a field", "did you mean `type`?"),
        ("type = 3", "has no value `3`", "did you mean"),
        ("type in [1, 7]", "has no value `7`", "did you mean"),
        ("type = x", "is a i32 and never `x`", "a number"),
        ("on = 1", "is a flag and never `1`", "`true` or `false`"),
        ("list = a", "equals no single value", "set(list)"),
        ("box = a", "equals no single value", "set(box)"),
        ("id > 3", "has no order", "`=`, `!=`"),
        ("set(box.king)", "names `box.king`", ""),
        ("set(a)", "looks at `a` itself", "the field that decides"),
        ("set(request.id)", "names `request.id`", ""),
    ] {
        let field = format!("a: {{type: string, required: \"{condition}\"}}");
        request(&field, "condition", "\"", message, help);
    }
    let answer = "a: {type: string, when: \"request.typ = 1\"}";
    check(
        Spec { response: answer, ..Spec::default() },
        &[("condition", "\"request", "names `request.typ`", "")],
    );
}

#[test]
fn groups_name_fields_of_their_object() {
    for (groups, under, message, help) in [
        ("any_of: [[id, lst]]", "lst", "names `lst`", "did you mean `list`?"),
        ("one_of: [[id]]", "[id]", "nothing to choose", "two alternatives"),
        ("at_most_one: [[id, id]]", "id]]", "names `id` twice", "keep one"),
    ] {
        check(Spec { groups, ..Spec::default() }, &[("choice", under, message, help)]);
    }
    let spec = Spec {
        groups: "any_of: [[id, must]]",
        request: "must: {type: string, required: true}",
        ..Spec::default()
    };
    check(spec, &[("choice", "must", "required anyway", "drop")]);
    check(
        Spec { groups: "any_of: [id]", ..Spec::default() },
        &[("wrong-kind", "id", "not lists of fields", "any_of: [[a, b]]")],
    );
}

#[test]
fn units_and_limits_fit_the_field() {
    for (field, rule, under, message, help) in [
        ("a: {type: i64, range: ..14d}", "limit", "..14d", "is not a limit", "add a `unit` of time"),
        ("a: {type: i64, unit: s, range: 7..14d}", "limit", "7..14d", "is not a limit", "after both ends"),
        ("a: {type: i64, unit: sec, range: ..14}", "unknown-word", "sec", "cannot be `sec`", ""),
        ("a: {type: string, unit: s}", "key-on-type", "s}", "does not go with `string`", "a number"),
        ("a: {type: unix, unit: s}", "key-on-type", "s}", "does not go with `unix`", "says its unit"),
        ("a: {type: i64, unit: s, default: 1MB}", "unit", "1MB", "not a default", "not a unit of time"),
        ("a: {type: i64, range: 1.5..2}", "limit", "1.5..2", "is not a limit", "fractions go with `f64`"),
        ("a: {type: f64, range: 2.5..<1.5}", "impossible-limit", "2.5", "nothing lies between", "1.5..2.5"),
        ("a: {type: string, step: 5}", "key-on-type", "5}", "does not go with `string`", "whole number"),
        ("a: {type: i64, step: 0}", "limit", "0}", "is not a step", "above 0"),
        ("a: {type: i32, choices: [1, x]}", "choices", "x]", "`x` is not a valid i32", "on the wire"),
        ("a: {type: i32, range: 1..5, choices: [1, 6]}", "choices", "6]", "excludes 6", "drop the range"),
        ("a: {type: i32, choices: [1, 1]}", "duplicate-word", "1]", "names 1 twice", "keep one"),
        (
            "a: {type: i32, choices: [1], default: 2}",
            "default",
            "2}",
            "not among the choices",
            "did you mean",
        ),
        (
            "a: {type: list<string>, chars: ..5}",
            "limit-on-type",
            "..5",
            "of each element?",
            "each: {chars: …}",
        ),
        ("a: {type: csv<i64>, range: ..5}", "limit-on-type", "..5", "of each element?", "each: {range: …}"),
        (
            "a: {type: string, each: {chars: ..5}}",
            "key-on-type",
            "{chars",
            "has no elements",
            "beside `type`",
        ),
        (
            "a: {type: list<i64>, each: {chars: ..5}}",
            "limit-on-type",
            "..5",
            "no such limit",
            "`range` numbers",
        ),
        ("a: {type: i64, id_trans: true}", "key-on-type", "a: ", "does not go with `i64`", "texts"),
        ("a: {type: string, ttl: 5}", "limit", "5}", "not a duration", "72h"),
        ("a: {type: string, file: {types: [JPG]}}", "file", "JPG", "not a file type", "lower case"),
        ("a: {type: string, file: {pixels: 10}}", "limit", "10}", "not the size of a picture", "1068x455"),
        ("a: {type: csv<json>}", "type", "csv<json>", "joined in one text", "strings"),
        (
            "a: {type: string, by_mode: {third_party: 不返回}}",
            "modes",
            "third_party",
            "not one of the entry's modes",
            "add it",
        ),
        ("a: {type: string, only: request}", "only", "request", "this endpoint alone", "shared types"),
        ("a: {type: string, only: sent}", "unknown-word", "sent", "`only` cannot be", "a list of paths"),
    ] {
        request(field, rule, under, message, help);
    }
    request(
        "a: {type: string, shapes: [f64]}",
        "key-on-type",
        "f64]",
        "does not go with `string`",
        "free JSON",
    );
    request("a: {type: json, shapes: [Nothing]}", "dangling-reference", "Nothing]", "there is no type", "");
    let types = "Share:\n  fields:\n    x: {type: string, only: [/cgi-bin/demo/mak]}";
    let spec = Spec { request: "k: {type: Share}", types, ..Spec::default() };
    check(spec, &[("only", "/cgi-bin/demo/mak]", "no endpoint has the path", "did you mean")]);
}

#[test]
fn permission_is_said_once() {
    let of = |keys, want: (&str, &str, &str, &str)| check(Spec { keys, ..Spec::default() }, &[want]);
    of("grants: [customer_ap]", ("grant", "customer_ap", "has no sentence", "did you mean `customer_app`?"));
    of(
        "grants: [visible_member, visible_member]",
        ("duplicate-word", "visible_member]", "twice", "keep one"),
    );
    of(
        "permission: 须认证。成员须在应用可见范围内。",
        ("grant", "须认证", "says what the sentence `visible_member` says", "grants: [visible_member]"),
    );
    sound(Spec { keys: "permission: 接替成员须在应用可见范围内。", ..Spec::default() });
    of(
        "rate: [{calls: 1, per: day, scope: corp, modes: [third_party]}]",
        ("modes", "third_party", "not one of the entry's modes", "add it"),
    );
    of(
        "rate: [{calls: 1, per: day, scope: corp, modes: [internal, provider]}]",
        ("modes", "internal", "each of the endpoint's modes", "drop `modes`"),
    );
}

#[test]
fn texts_use_our_words() {
    for (text, under, say) in [
        ("取上次答复的游标。", "答复", "返回"),
        ("成员 UserID。", "UserID", "userid"),
        ("见官方页。", "官方页", "departures"),
        ("宜用后者。", "宜", "建议"),
        ("从零点算。", "零点", "0 点"),
    ] {
        request(&format!("a: {{type: string, doc: {text}}}"), "word", under, "the text says", say);
    }
    // Wire names, quoted titles, labels, and words that only look so.
    sound(Spec {
        request: concat!(
            "a: {type: string, doc: \"见 `UserID`，或“部门ID”授权；基础权限，不可取消；12:00:00。\"}\n",
            "b: {type: string, values: {x: {doc: 模版}}}\n",
            "c: {type: string, doc: 小程序页面路径}",
        ),
        ..Spec::default()
    });
    let draft =
        Spec { request: "a: {type: string, draft: true, doc: 官方页的样例}", ..Spec::default() };
    check(draft, &[("draft", "true", "the text of the page", "our words")]);
    let block = "a:\n  type: string\n  doc: |-\n    一。\n    二，取不到。";
    request(block, "word", "取不到", "取不到", "不返回");
    let path = "a: {type: string, doc: 见 `/cgi-bin/demo/mak?x=1`。}";
    request(
        path,
        "unknown-path",
        "/cgi-bin/demo/mak",
        "no endpoint has the path",
        "did you mean `/cgi-bin/demo/make`?",
    );
    let spec = Spec { doc: "doc: 每次最多 100 个。\n", ..Spec::default() };
    check(spec, &[("file-limit", "最多", "sets a limit", "at the endpoint")]);
    let long = "\n".repeat(950);
    check(Spec { doc: &long, ..Spec::default() }, &[("long-file", "module", "lines", "split it by subject")]);
}

#[test]
fn modes_agree_with_the_permission() {
    let of = |keys, want: (&str, &str, &str, &str)| check(Spec { keys, ..Spec::default() }, &[want]);
    of(
        "permission: 代开发应用暂不支持。",
        ("modes-permission", "代开发", "lists 服务商代开发", "remove the mode"),
    );
    of(
        "permission: 第三方应用须有「审批」权限。",
        ("modes-permission", "第三方", "grants 第三方应用开发", "add the mode"),
    );
    sound(Spec {
        keys: "permission: 代开发应用须有「审批」权限；第三方应用暂不支持。", ..Spec::default()
    });
}

#[test]
fn departures_say_what_errs_and_why() {
    let of = |row: &str, want: (&str, &str, &str, &str)| {
        check(Spec { keys: &format!("departures:\n  - {{{row}}}"), ..Spec::default() }, &[want]);
    };
    let at = "at: request.id, fact: words, page: a, here: b";
    of(&format!("{at}, reason: 真"), ("departure", "request.id", "has no `class`", "one of: sample, table"));
    of(
        &format!("{at}, class: table, reason: 同上"),
        ("departure", "同上", "another entry", "the reason itself"),
    );
    of(
        "at: request.id, class: table, fact: words, page: a, here: a, reason: 真",
        ("departure", "a,", "both say `a`", "remove"),
    );
    sound(Spec {
        keys: "departures:\n  - {at: request.box.*, class: sample, fact: entry, page: sample, here: absent, reason: 真}",
        ..Spec::default()
    });
}
