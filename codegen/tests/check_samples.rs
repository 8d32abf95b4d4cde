//! What documentation samples may do and requests may not: show the fields of several variants at once.

use serde_json::{Value, json};
use wecom_codegen::check::{Checker, Kind, Side};
use wecom_codegen::source::SourceFile;
use wecom_codegen::{ir, load};

const SPEC: &str = "\
module: demo
title: 演示
endpoints:
  /cgi-bin/demo/make:
    title: 做
    method: POST
    auth: access_token
    modes: [internal]
    source: [{page: 1}]
    request:
      fields:
        under_one: {type: Control}
        own_keys: {type: Message}
types:
  Control:
    doc: 一个控件，值都在 value 之下。
    union:
      tag: control
      payload: value
      variants:
        Text: {doc: 文本, name: TextValue, fields: {text: {type: string}}}
        Number: {doc: 数字, name: NumberValue, fields: {new_number: {type: string}, unit: {type: i64}}}
        Tips: {doc: 说明, name: TipsValue, fields: {new_tips: {type: string, required: true}}}
  Message:
    doc: 一条消息，内容在各自的键之下。
    union:
      tag: msgtype
      variants:
        text: {doc: 文本, name: TextBody, fields: {content: {type: string}}}
        image: {doc: 图片, name: ImageBody, fields: {media_id: {type: string}}}
";

fn api() -> ir::Api {
    let loaded = load(vec![SourceFile { path: "d/demo.yaml".into(), text: SPEC.into() }]);
    assert!(loaded.diagnostics.is_empty(), "{:#?}", loaded.diagnostics);
    loaded.api
}

/// What a sample is found at fault for, and what a request of the same text is.
#[track_caller]
fn check(body: Value, of_sample: &[&str], of_request: &[&str]) {
    let api = api();
    let request = api.endpoints().next().expect("one").1.request;
    let found = |checker: Checker<'_>| -> Vec<String> {
        let findings = checker.report(request, &body).findings;
        let shape =
            findings.into_iter().filter(|f| matches!(f.kind, Kind::UnknownField | Kind::WrongType { .. }));
        shape.map(|f| f.path).collect()
    };
    assert_eq!(found(Checker::new(&api, Side::Sent).merged()), of_sample, "sample {body}");
    assert_eq!(found(Checker::new(&api, Side::Sent)), of_request, "request {body}");
}

#[test]
fn several_variants_in_one_sample() {
    let under = |control: &str, value: Value| json!({"under_one": {"control": control, "value": value}});
    check(under("Text", json!({"text": "a"})), &[], &[]);
    check(
        under("Text", json!({"text": "a", "new_number": "1", "unit": 2})),
        &[],
        &["under_one.value.new_number", "under_one.value.unit"],
    );
    // The first of them may stand last in the sample, and its own fields need not be there.
    check(under("Tips", json!({"new_number": "1"})), &[], &["under_one.value.new_number"]);
    // What no variant knows, and what is of another type, is found in a sample too.
    check(
        under("Text", json!({"text": "a", "stat_field": []})),
        &["under_one.value.stat_field"],
        &["under_one.value.stat_field"],
    );
    check(
        under("Text", json!({"text": "a", "new_tips": [1]})),
        &["under_one.value.new_tips"],
        &["under_one.value.new_tips"],
    );
    check(under("Text", json!("a")), &["under_one.value"], &["under_one.value"]);
    let own = |body: Value| json!({"own_keys": body});
    check(
        own(json!({"msgtype": "text", "text": {"content": "a"}, "image": {"media_id": "m"}})),
        &[],
        &["own_keys.image"],
    );
    check(
        own(json!({"msgtype": "text", "text": {"content": "a", "media_id": "m"}})),
        &["own_keys.text.media_id"],
        &["own_keys.text.media_id"],
    );
}
