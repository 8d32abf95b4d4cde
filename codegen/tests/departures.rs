//! Departures: what their facts may say, that they say of the spec what it has, and what they explain in samples.

use serde_json::json;
use wecom_codegen::check::{Checker, Side};
use wecom_codegen::departure::{explains, shows_in_samples};
use wecom_codegen::load;
use wecom_codegen::source::SourceFile;

const SPEC: &str = "\
module: demo
title: 演示
types:
  Inner:
    fields:
      rate: {type: f64, range: 1.3..2.25}
      sent: {type: string, only: request}
endpoints:
  /cgi-bin/demo/make:
    title: 做
    method: POST
    auth: access_token
    modes: [internal, provider]
    source: [{page: 1}]
    request:
      one_of: [[userid, openid]]
      fields:
        userid: {type: string, chars: 1..8, doc: 成员。}
        openid: {type: string, also: [open_id], doc: 匿名。}
        kind: {type: i32, required: true, values: {1: {name: One, doc: 甲}, 2: {name: Two, doc: 乙}}}
        n: {type: i64, unit: s, default: 30min, when: kind = 2}
        ids: {type: list<string>, required: kind = 1, doc: 列表。}
    response:
      fields:
        done: {type: bool, required: true}
        box: {type: Inner}
    departures:
";

fn spec(departure: &str) -> wecom_codegen::Loaded {
    load(vec![SourceFile { path: "d/demo.yaml".into(), text: format!("{SPEC}      - {{{departure}}}\n") }])
}

/// The departure, without its reason, has exactly these findings.
#[track_caller]
fn lint(departure: &str, want: &[&str]) {
    let loaded = spec(&format!("{departure}, reason: 实际如此"));
    let found: Vec<&str> = loaded.diagnostics.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(found.len(), want.len(), "{departure}: {found:?}");
    for (found, want) in found.iter().zip(want) {
        assert!(found.contains(want), "{departure}: {found}");
    }
    assert!(loaded.diagnostics.iter().all(|d| !d.help.is_empty() && d.pos.line > 0));
}

#[test]
fn what_fits_has_no_findings() {
    for departure in [
        "at: request.userid, class: table, fact: type, page: i64, here: string",
        "at: \"request.ids[]\", class: table, fact: type, page: i64, here: string",
        "at: request.ids, class: table, fact: required, page: required, here: conditional",
        "at: request.kind, class: sample, fact: required, page: absent, here: required",
        "at: request.userid, class: missing, fact: entry, page: absent, here: listed",
        "at: request.other, class: sample, fact: entry, page: sample, here: absent",
        "at: response.box.sent, class: sample, fact: entry, page: sample, here: absent",
        "at: request.kind=3, class: table, fact: entry, page: table, here: absent",
        "at: request.kind=2, class: missing, fact: entry, page: absent, here: listed",
        "at: request.userid, class: typo, fact: name, page: useridt",
        "at: response.box.rate, class: table, fact: name, page: response.rate",
        "at: request.openid, class: pages_differ, fact: name, page: open_id",
        "at: request.kind, class: sample, fact: value, page: \"3\"",
        "at: request.userid, class: sample, fact: value, page: longer than eight",
        "at: request, class: sample, fact: group, page: userid+openid",
        "at: response.box.rate, class: table, fact: limit, page: 1.3<..<2.25, here: 1.3..2.25",
        "at: request.n, class: missing, fact: unit, page: unsaid, here: s",
        "at: request.n, class: table, fact: default, page: \"60\", here: 30min",
        "at: request.userid, class: table, fact: default, page: x, here: none",
        "at: request.n, class: typo, fact: when, page: type = 2, here: kind = 2",
        "at: request.kind=1, class: pages_differ, fact: label, page: 丙, here: 甲",
        "at: auth, class: typo, fact: auth, page: suite_access_token, here: access_token",
        "at: method, class: typo, fact: method, page: GET, here: POST",
        "at: title, class: pages_differ, fact: title, page: 造, here: 做",
        "at: modes, class: tree, fact: modes, page: internal, here: internal provider",
        "at: request.userid, class: table, fact: words, page: 部门, here: 成员",
        "at: errors, class: table, fact: words, page: 列了别处的错误码, here: 只列本接口的",
    ] {
        lint(departure, &[]);
    }
}

#[test]
fn what_does_not_fit_is_said() {
    let cases: &[(&str, &[&str])] = &[
        ("at: request.userid, fact: type, page: i64, here: string", &["has no `class`"]),
        ("at: request.userid, class: table, page: i64, here: string", &["has no `fact`"]),
        (
            "at: request.userid, class: table, fact: kind, page: a, here: b",
            &["has no `fact`", "cannot be `kind`"],
        ),
        (
            "at: request.userid, class: table, fact: type, page: string, here: i64",
            &["`here` says `i64`, the spec `string`"],
        ),
        (
            "at: request.userid, class: table, fact: type, page: 数字, here: string",
            &["not a type expression"],
        ),
        ("at: request.userid, class: table, fact: type, page: i64", &["without `here`"]),
        ("at: request.userid, class: table, fact: type, page: string, here: string", &["both say"]),
        ("at: request.nothing, class: table, fact: type, page: i64, here: string", &["leads to no field"]),
        ("at: body.userid, class: table, fact: type, page: i64, here: string", &["leads nowhere"]),
        (
            "at: request.kind, class: table, fact: required, page: optional, here: conditional",
            &["the spec `required`"],
        ),
        (
            "at: request.kind, class: table, fact: required, page: 否, here: required",
            &["does not say whether"],
        ),
        ("at: request.other, class: missing, fact: entry, page: absent, here: listed", &["leads to nothing"]),
        ("at: request.userid, class: table, fact: entry, page: table, here: absent", &["the spec has"]),
        ("at: request.kind=1, class: table, fact: entry, page: table, here: absent", &["the spec has"]),
        ("at: request.other, class: sample, fact: entry, page: there, here: absent", &["no page can show"]),
        ("at: request.userid, class: typo, fact: name, page: useridt, here: userid", &["says already"]),
        (
            "at: request.userid, class: typo, fact: name, page: openid",
            &["the spec has `request.openid` itself"],
        ),
        ("at: request.kind, class: sample, fact: value, page: \"2\"", &["refuses `2`"]),
        ("at: request, class: sample, fact: group, page: userid+kind", &["no group"]),
        ("at: request.n, class: table, fact: default, page: \"60\", here: \"1800\"", &["the spec `30min`"]),
        ("at: request.kind, class: pages_differ, fact: label, page: 丙, here: 甲", &["names no value"]),
        ("at: request.kind=1, class: pages_differ, fact: label, page: 丙, here: 乙", &["the spec `甲`"]),
        (
            "at: request.userid, class: typo, fact: auth, page: key, here: access_token",
            &["speaks of the whole entry"],
        ),
        ("at: auth, class: typo, fact: auth, page: access_token, here: key", &["the spec `access_token`"]),
        ("at: errors, class: table, fact: words, page: 多", &["without `here`"]),
    ];
    for (departure, want) in cases {
        lint(departure, want);
    }
    let twice = "at: request.userid, class: table, fact: type, page: i64, here: string, reason: 甲";
    let loaded = spec(&format!("{twice}}}\n      - {{{twice}"));
    assert!(loaded.diagnostics.len() == 1 && loaded.diagnostics[0].message.contains("on line"));
    let loaded = spec("at: request.userid, class: table, fact: type, page: i64, here: string, reason: 同上");
    assert!(loaded.diagnostics[0].message.contains("points at another entry"));
}

/// What of a sample's findings a departure explains, and whether it says of itself that a sample shows it.
#[track_caller]
fn explained(departure: &str, side: &str, sample: serde_json::Value, want: &[&str], shown: bool) {
    let loaded = spec(&format!("{departure}, reason: 实际如此"));
    assert!(loaded.is_sound(), "{departure}: {:?}", loaded.diagnostics);
    let departure = &loaded.spec.parts[0].endpoints[0].departures[0];
    let (_, endpoint) = loaded.api.endpoints().next().expect("one");
    let ty = if side == "request" { Some(endpoint.request) } else { endpoint.response };
    let report = Checker::new(&loaded.api, Side::Sent).merged().report(ty.expect("a body"), &sample);
    let found: Vec<&str> =
        report.findings.iter().filter(|f| explains(departure, side, f)).map(|f| f.plain.as_str()).collect();
    assert_eq!(found, want, "{:?}", report.findings);
    assert_eq!(shows_in_samples(departure), shown);
}

#[test]
fn a_departure_explains_what_is_of_its_fact_at_its_own_path() {
    let sample = || json!({"userid": 7, "kind": "3", "other": {"deep": 1}, "ids": "a", "useridt": "x"});
    let sent = |departure: &str, want: &[&str], shown| explained(departure, "request", sample(), want, shown);
    sent("at: request.ids, class: sample, fact: type, page: string, here: list<string>", &["ids"], true);
    sent("at: request.ids, class: table, fact: type, page: string, here: list<string>", &["ids"], false);
    sent("at: request.other, class: sample, fact: entry, page: sample, here: absent", &["other"], true);
    sent("at: request.other.deep, class: sample, fact: entry, page: sample, here: absent", &[], true);
    sent("at: request.kind=3, class: sample, fact: entry, page: sample, here: absent", &["kind"], true);
    sent("at: request.kind=4, class: sample, fact: entry, page: sample, here: absent", &[], true);
    sent("at: request.userid, class: sample, fact: name, page: useridt", &["useridt"], true);
    sent("at: request.userid, class: table, fact: words, page: 部门, here: 成员", &[], false);
    let both = json!({"userid": "a", "openid": "b", "kind": 2});
    let group = "at: request, class: sample, fact: group, page: userid+openid";
    explained(group, "request", both, &["userid"], true);
    let lacking = "at: response.done, class: sample, fact: required, page: absent, here: required";
    explained(lacking, "response", json!({}), &["done"], true);
    let value = "at: request.kind, class: sample, fact: value, page: \"3\"";
    explained(value, "request", json!({"userid": "a", "kind": 3}), &["kind"], true);
}

/// The line of `reviewed.tsv` has exactly these findings, and its column is that of `under`.
#[track_caller]
fn reviewed(line: &str, want: Option<(&str, &str)>) {
    let loaded = spec("at: request.userid, class: typo, fact: name, page: useridt, reason: 误拼");
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let text = format!("# head\n{}\n", cells.join("\t"));
    let found = wecom_codegen::lint::reviewed(&loaded.spec, &text);
    let Some((under, message)) = want else { return assert!(found.is_empty(), "{line}: {found:?}") };
    let [d] = found.as_slice() else { panic!("one finding: {line}: {found:?}") };
    assert!(d.message.contains(message) && !d.help.is_empty(), "{d:?}");
    assert_eq!((d.rule, d.pos.line, d.pos.file as usize), ("reviewed", 2, loaded.spec.files.len()));
    let rest: String = text.lines().nth(1).unwrap_or_default().chars().skip(d.pos.col as usize - 1).collect();
    assert!(rest.starts_with(under), "the column is that of `{rest}`, not `{under}`");
}

#[test]
fn accepted_differences_are_about_what_is_there() {
    let path = "/cgi-bin/demo/make";
    for line in [
        "retyped | request.ids | string | finer",
        "limit | request.ids items | ..64 | finer",
        "field-added | request.nothing | string | reader",
        "field-removed | response.box.rate | | elsewhere",
        "mode-added | modes | hardware | elsewhere",
    ] {
        reviewed(&format!("{path} | {line}"), None);
    }
    reviewed("event demo.gone | entry | new | | reader", None);
    reviewed("errors.yaml | digest | 1 | abc | seen", None);
    let refused = |line: &str, under: &str, message: &str| {
        reviewed(&format!("{path} | {line}"), Some((under, message)));
    };
    refused("retyped | request.ids | string", path, "4 cells");
    refused("changed | request.ids | string | finer", "changed", "not a kind");
    refused("retyped | request.ids | string | so", "so", "not a reason");
    refused("retyped | request.ids | string | seen", "seen", "goes with `digest`");
    refused("retyped | request.phantom | string | finer", "request.phantom", "leads to no field");
    refused("field-added | request.ids | string | reader", "request.ids", "the spec has");
    refused("field-added | request.useridt | string | reader", "request.useridt", "the departure at");
    refused("retyped | request.userid | i64 | page", "request.userid", "the departure at");
    refused("mode-added | modes | provider | elsewhere", "provider", "has provider");
    refused("entry | new | | reader", path, "the spec has");
    refused("entry | other | | reader", "other", "`other` says nothing");
    reviewed(
        "/cgi-bin/demo/gone | retyped | request.a | string | finer",
        Some(("/cgi-bin/demo/gone", "has no")),
    );
    reviewed("event demo.gone | entry | gone | | kept", Some(("event", "has no")));
    reviewed("errors.yaml | code-gone | 7 | | kept", Some(("7", "no error code")));
}
