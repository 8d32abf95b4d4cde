//! Every rule of the diff, shown on a small spec and one change of it: the rule, and its classes for Rust and on the wire.

use std::collections::{BTreeMap, BTreeSet};

use wecom_codegen::diff::{Change, Class, Diff, diff, next_version, render, rules};
use wecom_codegen::source::SourceFile;
use wecom_codegen::{ir, load};

use Class::{Major, Minor, None as Nothing, Patch};

#[path = "diff/surface.rs"]
mod surface;

const DEMO: &str = include_str!("diff/demo.yaml");
const OTHER: &str = include_str!("diff/other.yaml");
const EVENTS: &str = include_str!("diff/events.yaml");
const ERRORS: &str = include_str!("diff/errors.yaml");

type Files<'a> = [(&'a str, String); 4];

fn files() -> Files<'static> {
    [
        ("demo/demo.yaml", DEMO.into()),
        ("demo/other.yaml", OTHER.into()),
        ("events/demo.yaml", EVENTS.into()),
        ("errors.yaml", ERRORS.into()),
    ]
}

#[track_caller]
fn api(files: &Files<'_>) -> ir::Api {
    let list = files.iter().map(|(p, t)| SourceFile { path: (*p).into(), text: t.clone() }).collect();
    let loaded = load(list);
    let errors: Vec<String> = loaded
        .diagnostics
        .iter()
        .filter(|d| d.severity == wecom_codegen::source::Severity::Error)
        .map(|d| format!("{}: {} {}", d.pos.line, d.message, d.help))
        .collect();
    assert!(loaded.is_sound(), "{}", errors.join("\n"));
    loaded.api
}

/// The spec with each `from` replaced by its `to`; each must stand there once.
#[track_caller]
fn edited(edits: &[(&str, &str)]) -> ir::Api {
    let mut new = files();
    for (from, to) in edits {
        let hits: usize = new.iter().map(|(_, t)| t.matches(from).count()).sum();
        assert_eq!(hits, 1, "`{from}` stands {hits} times in the spec");
        for (_, text) in &mut new {
            *text = text.replace(from, to);
        }
    }
    api(&new)
}

/// What edits of the spec change.
#[track_caller]
fn changed(edits: &[(&str, &str)]) -> Diff {
    between(&api(&files()), &edited(edits))
}

#[track_caller]
fn between(old: &ir::Api, new: &ir::Api) -> Diff {
    let found = diff(old, new);
    witness(old, new, &found);
    found
}

/// The emitted Rust says the same: something went or changed exactly where the diff says major, and something came only where it says
/// minor at least.
#[track_caller]
fn witness(old: &ir::Api, new: &ir::Api, found: &Diff) {
    let (before, after) = (surface::surface(old), surface::surface(new));
    let lost: Vec<&String> = before.difference(&after).collect();
    let won: Vec<&String> = after.difference(&before).collect();
    let said: Vec<String> = found.changes.iter().map(|c| format!("{} {:?}", c.id(), c.rust)).collect();
    assert_eq!(!lost.is_empty(), found.rust() == Major, "lost {lost:#?}\nwon {won:#?}\nsaid {said:#?}");
    assert!(won.is_empty() || found.rust() >= Minor, "won {won:#?}\nsaid {said:#?}");
}

/// One edit has these changes, texts aside, and no others.
#[track_caller]
fn check(edits: &[(&str, &str)], expected: &[(&str, Class, Class)]) -> Diff {
    same(changed(edits), expected)
}

/// Taking the edit back has these.
#[track_caller]
fn check_back(edits: &[(&str, &str)], expected: &[(&str, Class, Class)]) -> Diff {
    same(between(&edited(edits), &api(&files())), expected)
}

#[track_caller]
fn same(found: Diff, expected: &[(&str, Class, Class)]) -> Diff {
    let got: BTreeSet<(&str, Class, Class)> = found.real().map(|c| (c.rule, c.rust, c.wire)).collect();
    let want: BTreeSet<_> = expected.iter().copied().collect();
    let shown: Vec<String> =
        found.changes.iter().map(|c| format!("{} {:?} {:?}: {}", c.id(), c.rust, c.wire, c.text)).collect();
    assert_eq!(got, want, "\n{}", shown.join("\n"));
    for c in &found.changes {
        assert!(rules::rule(c.rule).is_some(), "no rule {}", c.rule);
        assert!(!c.text.is_empty());
    }
    found
}

#[test]
fn nothing_changed() {
    let old = api(&files());
    assert_eq!(diff(&old, &old), Diff::default());
    // The order of optional fields, values and variants, and the file that something stands in, are no change.
    check(
        &[(
            "        cursor: {type: string}\n        limit: {type: u32, default: 50}",
            "        limit: {type: u32, default: 50}\n        cursor: {type: string}",
        )],
        &[],
    );
    check(
        &[(
            "            0: {name: Low, doc: 低}\n            1: {name: High, doc: 高}",
            "            1: {name: High, doc: 高}\n            0: {name: Low, doc: 低}",
        )],
        &[],
    );
    let mut swapped = files();
    swapped.swap(0, 1);
    assert_eq!(diff(&old, &api(&swapped)), Diff::default());
}

#[test]
fn endpoints() {
    check(
        &[("  /cgi-bin/demo/ping:", "  /cgi-bin/demo/pong:")],
        &[("endpoint-moved", Major, Major), ("endpoint-renamed", Major, Nothing)],
    );
    let gone = "  /cgi-bin/demo/ping:\n    title: 空\n    method: POST\n    auth: none\n    modes: [internal, provider]\n    source:\n      - {page: 4}\n    request:\n      body: empty_json\n";
    check(&[(gone, "")], &[("endpoint-removed", Major, Major)]);
    check_back(&[(gone, "")], &[("endpoint-added", Minor, Minor)]);
    check(&[("    title: 空\n", "    title: 空\n    name: PinG\n")], &[("endpoint-renamed", Major, Nothing)]);
    check(&[("    auth: none\n", "    auth: suite_access_token\n")], &[("auth-changed", Major, Major)]);
    check(&[("modes: [internal, provider]", "modes: [internal]")], &[("modes-removed", Patch, Major)]);
    check(
        &[("modes: [internal, provider]", "modes: [internal, provider, third_party]")],
        &[("modes-added", Patch, Minor)],
    );
    check(
        &[("      - {page: 4}\n", "      - {page: 4}\n    status: retired\n")],
        &[("endpoint-retired", Minor, Minor)],
    );
    check(&[("    status: retired\n", "")], &[("endpoint-status", Patch, Patch)]);
    check(&[("calls: 30", "calls: 20")], &[("rate-tightened", Patch, Major)]);
    check(&[("calls: 30", "calls: 40")], &[("rate-loosened", Patch, Minor)]);
    check(
        &[(
            "      - {calls: 30, per: minute, scope: member}",
            "      - {calls: 30, per: minute, scope: member}\n      - {calls: 9, per: day, scope: corp}",
        )],
        &[("rate-tightened", Patch, Major)],
    );
    check(&[("      body: empty_json\n", "      body: none\n")], &[("body-changed", Patch, Major)]);
    check(&[("    repeat: true\n", "")], &[("repeat-changed", Patch, Patch)]);
    check(&[("      1: 缺\n", "      1: 缺\n      2: \"\"\n")], &[("endpoint-error-added", Patch, Minor)]);
    check(&[("    errors:\n      1: 缺\n", "")], &[("endpoint-error-removed", Patch, Patch)]);
    check(
        &[("    paging:\n      ask: cursor\n      answer: next_cursor\n      items: ids\n", "")],
        &[("paging-removed", Major, Major)],
    );
    check_back(
        &[("    paging:\n      ask: cursor\n      answer: next_cursor\n      items: ids\n", "")],
        &[("paging-added", Minor, Minor)],
    );
    let file =
        ("      body: multipart\n      file: {part: media, bytes: 6..100}\n", "      body: empty_json\n");
    check(&[file], &[("file-removed", Major, Major), ("body-changed", Patch, Major)]);
    check_back(&[file], &[("file-added", Major, Major), ("body-changed", Patch, Major)]);
    check(
        &[("      items: ids\n", "      items: ids\n      limit: limit\n")],
        &[("paging-changed", Patch, Major)],
    );
    check(&[("part: media", "part: file")], &[("file-renamed", Major, Major)]);
    check(&[("bytes: 6..100", "bytes: 6..90")], &[("limit-tightened", Patch, Major)]);
    check(&[("    response:\n      body: bytes\n", "")], &[("answer-changed", Major, Major)]);
    let query = "    method: GET\n    auth: access_token\n    modes: [internal]\n    source:\n      - {page: 1}\n    query:";
    let body = "    method: POST\n    auth: access_token\n    modes: [internal]\n    source:\n      - {page: 1}\n    repeat: true\n    request:";
    check(&[(query, body)], &[("method-changed", Patch, Major), ("field-moved", Patch, Major)]);
}

#[test]
fn fields() {
    check(&[("        note: {type: string, doc: 备注}\n", "")], &[("field-removed", Major, Major)]);
    check(
        &[(
            "        note: {type: string, doc: 备注}\n",
            "        note: {type: string, doc: 备注}\n        extra: {type: i64}\n",
        )],
        &[("field-added", Minor, Minor)],
    );
    check(
        &[(
            "        note: {type: string, doc: 备注}\n",
            "        note: {type: string, doc: 备注}\n        extra: {type: i64, required: true}\n",
        )],
        &[("required-field-added", Major, Major)],
    );
    check(
        &[(
            "        total: {type: i32, required: true}\n",
            "        total: {type: i32, required: true}\n        extra: {type: i64, required: true}\n",
        )],
        &[("field-added", Minor, Minor)],
    );
    let renamed = check(
        &[("        note: {type: string, doc: 备注}", "        remark: {type: string, doc: 备注}")],
        &[("field-renamed", Major, Major)],
    );
    assert!(renamed.changes.iter().any(|c| c.guess && c.text.contains("is now called")));
    // Another type at the same place is another field.
    check(
        &[("        note: {type: string, doc: 备注}", "        weight: {type: f64, doc: 公斤数}")],
        &[("field-removed", Major, Major), ("field-added", Minor, Minor)],
    );
    check(
        &[("        note: {type: string, doc: 备注}", "        note: {type: string, doc: 备注, rust: memo}")],
        &[("field-rust-name", Major, Nothing)],
    );
    check(
        &[(
            "        note: {type: string, doc: 备注}",
            "        note: {type: string, doc: 备注, required: true}",
        )],
        &[("field-required", Major, Major)],
    );
    check(
        &[(
            "        note: {type: string, doc: 备注}",
            "        note: {type: string, doc: 备注, required_words: 有时}",
        )],
        &[("field-condition", Patch, Major)],
    );
    check(
        &[(
            "        note: {type: string, doc: 备注}",
            "        note: {type: string, doc: 备注, deprecated: 用 level}",
        )],
        &[("field-deprecated", Patch, Minor)],
    );
    check(
        &[("        note: {type: string, doc: 备注}", "        note: {type: i64, doc: 备注}")],
        &[("field-retyped", Major, Major)],
    );
    check(
        &[("        note: {type: string, doc: 备注}", "        note: {type: secret, doc: 备注}")],
        &[("field-retyped", Major, Nothing)],
    );
    check(
        &[("        note: {type: string, doc: 备注}", "        note: {type: date, doc: 备注}")],
        &[("field-retyped", Patch, Major)],
    );
    check(
        &[("total: {type: i32, required: true}", "total: {type: i64, required: true}")],
        &[("field-retyped", Major, Major)],
    );
    check(
        &[("total: {type: i32, required: true}", "total: {type: i32}")],
        &[("field-optional", Major, Major)],
    );
    // A list of an answer is empty when absent: Rust has no option either way.
    check(
        &[("ids: {type: list<string>, required: true}", "ids: {type: list<string>}")],
        &[("field-optional", Patch, Major)],
    );
    check(
        &[("name: {type: string, required: true, chars: ..64}", "name: {type: string, chars: ..64}")],
        &[("field-optional", Major, Minor)],
    );
    check(&[("chars: ..64", "chars: ..32")], &[("limit-tightened", Patch, Major)]);
    check(&[("chars: ..64", "chars: ..128")], &[("limit-loosened", Patch, Minor)]);
    check(&[("chars: ..64", "chars: 0..64")], &[]);
    check(&[("chars: ..64", "pattern: ^a$, chars: ..64")], &[("limit-tightened", Patch, Major)]);
    check(&[("doc: 备注}", "doc: 备注, required: level = 1}")], &[("field-condition", Patch, Major)]);
    check(&[("doc: 备注}", "doc: 备注, when: level = 1}")], &[("field-effect", Patch, Major)]);
    check(&[("default: 50", "default: 50, unit: s")], &[("unit-changed", Patch, Patch)]);
    let also = ("doc: 备注}", "doc: 备注, also: [other_note]}");
    check(&[also], &[("field-spellings", Patch, Minor)]);
    let mut with = files();
    with.iter_mut().for_each(|(_, text)| *text = text.replace(also.0, also.1));
    let gone: Vec<_> = diff(&api(&with), &api(&files())).real().map(|c| (c.rule, c.wire)).collect();
    assert_eq!(gone, [("field-spellings", Major)]);
    check(&[("default: 50", "default: 50, step: 10")], &[("limit-tightened", Patch, Major)]);
    check(&[("default: 50", "default: 50, choices: [50, 100]")], &[("limit-tightened", Patch, Major)]);
    check(
        &[(
            "ids: {type: list<string>, required: true}",
            "ids: {type: list<string>, required: true, each: {chars: ..9}}",
        )],
        &[("limit-tightened", Patch, Minor)],
    );
    check(
        &[(
            "      fields:\n        cursor:",
            "      any_of: [[cursor, limit]]\n      fields:\n        cursor:",
        )],
        &[("group-added", Patch, Major)],
    );
    check_back(
        &[(
            "      fields:\n        cursor:",
            "      any_of: [[cursor, limit]]\n      fields:\n        cursor:",
        )],
        &[("group-removed", Patch, Minor)],
    );
    check(&[("default: 50", "default: 100")], &[("default-changed", Patch, Major)]);
    check(&[(", default: 50", "")], &[("default-changed", Patch, Patch)]);
    check(
        &[(
            "        name: {type: string, required: true, chars: ..64}\n        owner: {type: string, required: true}",
            "        owner: {type: string, required: true}\n        name: {type: string, required: true, chars: ..64}",
        )],
        &[("constructor-reordered", Major, Nothing)],
    );
}

/// They take the first of what the payload may have: what comes behind it changes nothing for them.
#[test]
fn constructors_of_shared_payloads() {
    let shared = |fields: &str| {
        let variants =
            "click: {doc: 无内容}\n          remark: {type: Words}\n          motto: {type: Words}";
        let types = format!("types:\n  Words:\n    fields:\n{fields}  Tail:");
        edited(&[("click: {doc: 无内容}", variants), ("types:\n  Tail:", &types)])
    };
    let (text, size) = ("      text: {type: string}\n", "      size: {type: i64}\n");
    let (one, behind, before) =
        (shared(text), shared(&[text, size].concat()), shared(&[size, text].concat()));
    let added = ("field-added", Minor, Minor);
    let another = ("constructor-reordered", Major, Nothing);
    same(between(&one, &behind), &[added]);
    same(between(&behind, &before), &[another]);
    same(between(&one, &before), &[added, another]);
}

#[test]
fn types() {
    let spare = ("types:\n  Tail:", "types:\n  Spare:\n    fields:\n      a: {type: string}\n  Tail:");
    check(&[spare], &[("type-added", Minor, Nothing)]);
    check_back(&[spare], &[("type-removed", Major, Nothing)]);
    let union = "      union:\n        name: Content\n        field: content\n        tag: msgtype\n        variants:\n          text: {type: Text}\n          click: {doc: 无内容}\n";
    let text = "  Text:\n    fields:\n      content: {type: string, required: true}\n";
    check(&[(union, ""), (text, "")], &[("union-removed", Major, Major)]);
    check_back(&[(union, ""), (text, "")], &[("union-added", Major, Major)]);
    check(
        &[("click: {doc: 无内容}", "click: {doc: 无内容, deprecated: 用 text}")],
        &[("variant-deprecated", Patch, Minor)],
    );
    check(
        &[(
            "  Tail:\n    fields:\n      more: {type: string}\n      parts: {type: list<string>}\n",
            "  Tail:\n    type: string\n    values:\n      a: {name: A}\n",
        )],
        &[("field-retyped", Patch, Major), ("type-kind-changed", Major, Major)],
    );
    check(
        &[(
            "            1: {name: High, doc: 高}",
            "            1: {name: High, doc: 高}\n            2: {name: Top}",
        )],
        &[("value-added", Minor, Minor)],
    );
    check(&[("\n            1: {name: High, doc: 高}", "")], &[("value-removed", Major, Major)]);
    check(
        &[("1: {name: High, doc: 高}", "1: {name: Tall, doc: 高}")],
        &[("value-rust-name", Major, Nothing)],
    );
    check(
        &[("1: {name: High, doc: 高}", "7: {name: High, doc: 高}")],
        &[("value-wire-changed", Patch, Major)],
    );
    check(
        &[("1: {name: High, doc: 高}", "1: {name: High, doc: 高, deprecated: 用 0}")],
        &[("value-deprecated", Minor, Minor)],
    );
    check(&[("name: Level", "name: Grade")], &[("type-renamed", Major, Nothing)]);
    check(
        &[(
            "      type: i32\n          values:\n            0: {name: Low",
            "      type: i64\n          values:\n            0: {name: Low",
        )],
        &[("repr-changed", Patch, Minor)],
    );
    check(
        &[(
            "          text: {type: Text}",
            "          text: {type: Text}\n          image: {fields: {id: {type: string}}}",
        )],
        &[("variant-added", Minor, Minor)],
    );
    check(&[("          click: {doc: 无内容}\n", "")], &[("variant-removed", Major, Major)]);
    check(
        &[("click: {doc: 无内容}", "click: {doc: 无内容, variant: Tap}")],
        &[("variant-rust-name", Major, Nothing)],
    );
    check(
        &[("click: {doc: 无内容}", "click: {doc: 无内容, also: [tap]}")],
        &[("variant-wire-changed", Patch, Minor)],
    );
    check(
        &[("click: {doc: 无内容}", "click: {type: Text}")],
        &[("variant-payload-changed", Major, Major), ("conversion-removed", Major, Nothing)],
    );
    check(&[("tag: msgtype", "tag: kind")], &[("union-tag-changed", Patch, Major)]);
    check(&[("field: content\n", "field: body\n")], &[("union-field-renamed", Major, Nothing)]);
    // A shared type says whom else it concerns.
    let shared = check(
        &[("      more: {type: string}\n", "      more: {type: i64}\n")],
        &[("field-retyped", Major, Major)],
    );
    assert!(shared.changes.iter().any(|c| c.shared.len() == 2), "{:?}", shared.changes);
    check(
        &[
            ("        tail: {type: Tail}\n", "        tail: {type: Tail}\n        last: {type: Last}\n"),
            ("types:\n  Tail:", "types:\n  Last:\n    fields:\n      a: {type: string}\n  Tail:"),
        ],
        &[("field-added", Minor, Minor)],
    );
    // An answer's type that a request takes up gets a constructor, and its lists become options.
    check(
        &[(
            "        note: {type: string, doc: 备注}\n",
            "        note: {type: string, doc: 备注}\n        give: {type: Tail}\n",
        )],
        &[
            ("field-added", Minor, Minor),
            ("constructor-added", Minor, Nothing),
            ("field-option", Major, Nothing),
        ],
    );
    // And back: the field that was an `Option` for the request's sake is none.
    check_back(
        &[(
            "        note: {type: string, doc: 备注}\n",
            "        note: {type: string, doc: 备注}\n        give: {type: Tail}\n",
        )],
        &[
            ("field-removed", Major, Major),
            ("constructor-removed", Major, Nothing),
            ("field-option", Major, Nothing),
        ],
    );
}

#[test]
fn events_errors_modules() {
    check(
        &[("    match: {MsgType: event, Event: one}", "    match: {MsgType: event, Event: eins}")],
        &[("event-match-changed", Patch, Major)],
    );
    check(&[("    reply: none\n", "    reply: message\n")], &[("event-reply-changed", Patch, Major)]);
    check(&[("    title: 一\n", "    title: 一\n    name: First\n")], &[("event-renamed", Major, Nothing)]);
    let two = "      Count: {type: i64}\n  two:\n    title: 二\n    match: {MsgType: event, Event: two}\n    modes: [internal]\n    source:\n      - {page: 9}\n    reply: none\n    fields:\n      Item: {type: list<string>, xml_item: Item}\n";
    let second = ("      Count: {type: i64}\n", two);
    let added = check(&[second], &[("event-added", Minor, Minor)]);
    assert!(
        added.changes[0].parts.iter().any(|p| p.path == "event.Item" && p.kind == "list<string>"),
        "{added:?}"
    );
    check_back(&[second], &[("event-removed", Major, Major)]);
    let other = two.replace("xml_item: Item", "xml_item: ListItem");
    same(between(&edited(&[second]), &edited(&[(second.0, &other)])), &[("xml-item-changed", Patch, Major)]);
    // Both files of events are read by the same rules; the wire does not know them.
    let mut moved = files();
    moved[2].1 = moved[2].1.replace("module: demo", "module: elsewhere");
    let found = diff(&api(&files()), &api(&moved));
    assert!(
        found.real().all(|c| (c.rule, c.rust, c.wire) == ("event-moved", Major, Nothing))
            && found.real().count() > 0,
        "{found:?}"
    );
    check(&[("transport: xml", "transport: json")], &[("event-transport-changed", Major, Major)]);
    check(&[("      Count: {type: i64}\n", "")], &[("field-removed", Major, Major)]);
    check(
        &[("1:\n  meaning: 缺\n  class: parameter\n", "1:\n  meaning: 缺\n  class: transient\n")],
        &[("error-class-changed", Patch, Minor)],
    );
    check(&[("2:\n  meaning: 忙\n  class: transient\n", "")], &[("error-removed", Patch, Minor)]);
    let retired = "2:\n  meaning: 忙\n  class: transient\n  status: retired\n";
    check(&[("2:\n  meaning: 忙\n  class: transient\n", retired)], &[("error-retired", Patch, Nothing)]);
    check_back(&[("2:\n  meaning: 忙\n  class: transient\n", retired)], &[("error-current", Patch, Nothing)]);
    check(
        &[("2:\n  meaning: 忙\n", "3:\n  meaning: 新\n  class: other\n2:\n  meaning: 忙\n")],
        &[("error-added", Patch, Minor)],
    );
    let (old, mut new) = (api(&files()), api(&files()));
    new.modules.clear();
    let found = diff(&old, &new);
    assert!(found.changes.iter().any(|c| c.rule == "module-removed" && c.rust == Major));
    let back = diff(&new, &old);
    assert!(back.changes.iter().any(|c| c.rule == "module-added" && c.rust == Minor));
    assert_eq!(back.rust(), Minor);
    let mut linked = api(&files());
    linked.modules[0].uses.push("media".into());
    same(diff(&linked, &old), &[("feature-link-removed", Major, Nothing)]);
}

#[test]
fn texts_are_counted_not_listed() {
    let found = check(&[("doc: 备注", "doc: 说明文字")], &[]);
    assert_eq!((found.docs(), found.rust(), found.wire()), (1, Patch, Nothing));
    assert_eq!((found.changes[0].old.as_str(), found.changes[0].new.as_str()), ("备注", "说明文字"));
}

#[test]
fn commands() {
    let spec = |commands: &str| {
        let text = format!(
            "module: demo\ntitle: t\ncommands:\n{commands}types:\n  A:\n    fields:\n      a: {{type: string, required: true}}\n  B:\n    fields:\n      b: {{type: A}}\n"
        );
        let files = vec![SourceFile { path: "d/demo.yaml".into(), text }];
        let loaded = load(files);
        let errors: Vec<&str> = loaded
            .diagnostics
            .iter()
            .filter(|d| d.rule != "unused-type")
            .map(|d| d.message.as_str())
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
        loaded.api
    };
    let one = |body: &str| {
        format!("  demo_send:\n    title: t\n    modes: [internal]\n    source:\n      - {{page: 1}}\n{body}")
    };
    let found = |old: &str, new: &str| -> Vec<(&str, Class, Class)> {
        diff(&spec(old), &spec(new)).real().map(|c| (c.rule, c.rust, c.wire)).collect()
    };
    let a = one("    request: {type: A}\n");
    let two = a.clone() + &one("").replace("demo_send", "demo_more");
    assert_eq!(found(&a, &a), []);
    assert_eq!(found(&a, &two), [("command-added", Minor, Minor)]);
    assert_eq!(found(&two, &a), [("command-removed", Major, Major)]);
    let b = found(&a, &one("    request: {type: B}\n"));
    assert!(b.contains(&("command-changed", Major, Nothing)), "{b:?}");
    // What changes within a body is found where it stands.
    let field = |ty: &str| one(&format!("    request:\n      fields:\n        x: {{type: {ty}}}\n"));
    let within = diff(&spec(&field("string")), &spec(&field("i64")));
    assert!(within.real().all(|c| c.endpoint == "demo_send" && c.path.ends_with('x')), "{within:?}");
    assert_eq!(within.rust(), Major);
}

/// Rules that are shown without a class of their own beside them.
const NAMED: &[&str] = &["event-moved", "module-added", "module-removed", "doc-changed"];

#[test]
fn rules_are_complete() {
    let mut seen = BTreeSet::new();
    for r in rules::RULES.iter() {
        assert!(seen.insert(r.code), "{} stands twice", r.code);
        assert!(![r.title, r.explanation, r.example, r.advice].contains(&""), "{}", r.code);
        // Each is shown by an edit in this file.
        assert!(
            include_str!("diff.rs").contains(&format!("(\"{}\"", r.code)) || NAMED.contains(&r.code),
            "{}",
            r.code
        );
    }
}

#[test]
fn versions() {
    let next = |v: &str, c| next_version(v.parse().expect("a version"), c).to_string();
    assert_eq!(next("0.1.2", Major), "0.2.0");
    assert_eq!(next("0.1.2", Minor), "0.1.3");
    assert_eq!(next("1.2.3", Major), "2.0.0");
    assert_eq!(next("1.2.3", Minor), "1.3.0");
    assert_eq!(next("1.2.3", Patch), "1.2.4");
    assert_eq!(next("1.2.3", Nothing), "1.2.3");
    assert!("1.2".parse::<wecom_codegen::diff::Version>().is_err());
}

/// Hostile names and thousands of changes: what a report must bear.
fn big() -> Diff {
    let one = changed(&[("        note: {type: string, doc: 备注}\n", "")]).changes.remove(0);
    let changes = (0..5000).map(|i| {
        let mut c = one.clone();
        c.module = format!("m{}", i % 90);
        c.text = format!("`a|b` <img src=x onerror=alert(1)> </script> {}", "长".repeat(60));
        c.old = "<b>\"&".into();
        c.path = format!("request.\"><x{i}");
        c
    });
    Diff { changes: changes.collect() }
}

fn report<'a>(diff: &'a Diff, allowed: &'a BTreeMap<String, String>) -> render::Report<'a> {
    render::Report {
        base: "v1 <&>",
        head: ".",
        diff,
        version: "0.1.0".parse().ok(),
        warnings: &[],
        docs: true,
        allowed,
    }
}

#[test]
fn reports_are_bounded_and_escaped() {
    let (found, none) = (big(), BTreeMap::new());
    let r = report(&found, &none);
    let markdown = render::markdown(&r);
    assert!(markdown.chars().count() <= render::LIMIT, "{}", markdown.chars().count());
    assert_eq!(markdown.matches("<details").count(), 90);
    assert!(!markdown.contains("<img"), "tags are escaped");
    let page = render::html(&r);
    assert!(!page.contains("<img") && page.matches("</script>").count() == 1, "tags are escaped");
    assert!(!page.contains("http://") && !page.contains("https://"), "the page asks for nothing");
    assert!(render::text(&r, render::Look::default()).lines().count() < 6000);
    assert!(!render::text(&r, render::Look { all: true, ..Default::default() }).contains('\u{1b}'));
    assert_eq!(render::json(&r)["changes"].as_array().map(Vec::len), Some(5000));
}

/// What came with a new endpoint, and what a reader of a terminal sees of it.
#[test]
fn what_is_new_stands_once_and_unfolds() {
    let ping = "  /cgi-bin/demo/ping:";
    let new = "  /cgi-bin/demo/pick:\n    title: 选\n    method: POST\n    auth: none\n    modes: [internal]\n    source:\n      - {page: 8}\n    request:\n      fields:\n        who: {type: string, required: true, doc: 谁。}\n        more:\n          type: object\n          name: PickMore\n          fields:\n            a: {type: string}\n            b: {type: list<string>}\n  /cgi-bin/demo/ping:";
    let (found, none) = (changed(&[(ping, new)]), BTreeMap::new());
    let at = |c: &Change| c.rule == "endpoint-added";
    let change = found.changes.iter().find(|c| at(c)).expect("the endpoint");
    let paths: Vec<&str> = change.parts.iter().map(|p| p.path.as_str()).collect();
    assert_eq!(paths, ["request.who", "request.more", "request.more.a", "request.more.b"]);
    assert_eq!((change.parts[0].required, change.parts[0].text.as_str()), (true, "谁。"));
    let r = report(&found, &none);
    let folded = render::text(&r, render::Look::default());
    let open = render::text(&r, render::Look { all: true, ..render::Look::default() });
    assert!(folded.contains("(4 fields)") && !folded.contains("request.who"), "{folded}");
    assert!(open.contains("request.who string, required: 谁。"), "{open}");
    let page = render::html(&r);
    assert!(page.contains("<summary>4 fields</summary>") && page.contains("request.more.b"), "{page}");
    assert!(render::markdown(&r).contains("<summary>4 fields</summary>`request.who` string, required: 谁。"));
    assert_eq!(render::json(&r)["changes"][0]["parts"].as_array().map(Vec::len), Some(4));
    // The path is said once, wherever a person reads.
    for text in [&folded, &render::changelog(&r, "0.1.1"), &render::markdown(&r)] {
        assert_eq!(text.matches("/cgi-bin/demo/pick").count(), 1, "{text}");
    }
    assert!(!page.contains("<pre"), "a side that is empty takes no space");
}

/// Lines keep to the terminal's width; Chinese characters take two columns.
#[test]
fn text_keeps_to_the_width() {
    let long = "长".repeat(100);
    let doc = format!("{{type: string, doc: {long}}}");
    let (found, none) = (
        changed(&[
            ("{type: string, doc: 备注}", &doc),
            ("calls: 30", "calls: 20"),
            ("name: Level", "name: Grade"),
        ]),
        BTreeMap::new(),
    );
    let columns = |line: &str| {
        line.chars()
            .map(|c| if c.is_ascii() || c == '…' || c == '→' || c == '·' { 1 } else { 2 })
            .sum::<usize>()
    };
    for width in [80, 120] {
        let text =
            render::text(&report(&found, &none), render::Look { width: Some(width), ..Default::default() });
        for line in text.lines() {
            assert!(columns(line) <= width, "{} columns: {line}", columns(line));
        }
        assert_eq!(text.matches('长').count(), 100);
    }
    // A pipe gets whole lines.
    assert!(render::text(&report(&found, &none), render::Look::default()).contains(&long));
}

/// The same change of many endpoints is one row; the id of each stays a target of links.
#[test]
fn the_same_change_of_many_is_one_row() {
    let mut found = changed(&[("modes: [internal, provider]", "modes: [internal]")]);
    let one = found.changes.remove(0);
    found.changes.extend((0..7).map(|i| Change { endpoint: format!("/cgi-bin/demo/p{i}"), ..one.clone() }));
    let none = BTreeMap::new();
    let r = report(&found, &none);
    // The page says it twice: in the list of what breaks, and where that leads.
    let page = render::html(&r);
    for (text, times) in
        [(&render::text(&r, render::Look::default()), 1), (&render::markdown(&r), 1), (&page, 2)]
    {
        assert_eq!(text.matches("7 endpoints").count(), times, "{text}");
        assert_eq!(text.matches(one.text.as_str()).count(), times, "{text}");
    }
    assert_eq!(page.matches("id=\"modes-removed:").count(), 7);
    assert_eq!(render::json(&r)["changes"].as_array().map(Vec::len), Some(7));
}

/// Which version is asked for, in words, before and after 1.0.
#[test]
fn bumps() {
    let none = BTreeMap::new();
    let asks = |edit: (&str, &str), version: &str, expected: &str| {
        let found = changed(&[edit]);
        let r = render::Report { version: version.parse().ok(), ..report(&found, &none) };
        let text = render::text(&r, render::Look::default());
        assert!(text.contains(expected), "no `{expected}` in\n{text}");
    };
    let (breaks, adds) = (
        ("        note: {type: string, doc: 备注}\n", ""),
        ("        note:", "        more: {type: string}\n        note:"),
    );
    asks(breaks, "0.1.0", "requires a breaking version: 0.1.0 → 0.2.0");
    asks(adds, "0.1.0", "requires a compatible version: 0.1.0 → 0.1.1");
    asks(breaks, "1.2.3", "requires a major version: 1.2.3 → 2.0.0");
    asks(adds, "1.2.3", "requires a minor version: 1.2.3 → 1.3.0");
}

#[test]
fn reports_of_nothing() {
    let (found, none) = (Diff::default(), BTreeMap::new());
    let r = report(&found, &none);
    assert!(render::text(&r, render::Look::default()).contains("no changes"));
    assert!(render::markdown(&r).contains("no changes"));
    assert!(render::html(&r).contains("No changes"));
    assert!(render::changelog(&r, "0.1.0").contains("unchanged"));
}

#[test]
fn the_changelog_tells_breaks_first() {
    let found = changed(&[
        ("        note: {type: string, doc: 备注}\n", ""),
        (
            "            1: {name: High, doc: 高}",
            "            1: {name: High, doc: 高}\n            2: {name: Top}",
        ),
        ("calls: 30", "calls: 20"),
        ("bytes: 6..100", "bytes: 6..200"),
        ("2:\n  meaning: 忙\n", "3:\n  meaning: 新\n  class: other\n2:\n  meaning: 忙\n"),
    ]);
    let none = BTreeMap::new();
    let text = render::changelog(&report(&found, &none), "0.2.0");
    let at = |w: &str| text.find(w).unwrap_or_else(|| panic!("no `{w}` in\n{text}"));
    assert!(at("## 0.2.0 – unreleased") < at("### Breaking for Rust callers"));
    assert!(
        at("Breaking for Rust") < at("### Breaking on the wire")
            && at("Breaking on the wire") < at("### Added")
    );
    assert!(at("`note` is gone") < at("### Added"));
    // What is looser is no addition; codes of the catalogue, many and light, stand last.
    assert!(at("### Added") < at("### Changed") && at("### Changed") < at("6..200"), "{text}");
    assert!(at("6..200") < at("### Error codes") && at("### Error codes") < at("`errcode 3`"), "{text}");
}

/// A field that becomes one of some endpoints parts the type: theirs has another name, the others' lacks the field.
#[test]
fn a_type_that_is_parted() {
    let only = ("more: {type: string}", "more: {type: string, only: [/cgi-bin/demo/list]}");
    check(&[only], &[("field-removed", Major, Major), ("field-retyped", Major, Nothing)]);
}

/// Who gets an event is told as text.
#[test]
fn permission_of_an_event() {
    let found = changed(&[("    reply: none", "    permission: 须有权限。\n    reply: none")]);
    let said: Vec<(&str, &str)> = found.changes.iter().map(|c| (c.rule, c.text.as_str())).collect();
    assert!(matches!(said.as_slice(), [("doc-changed", text)] if text.contains("permission")), "{said:?}");
}

/// Two modules, one with a command of each kind.
fn with_commands() -> ir::Api {
    let text = "module: demo\ntitle: t\ncommands:\n  demo_send:\n    title: 发\n    modes: [internal]\n    source: [{page: 1}]\n    request: {type: A}\n    response: {fields: {x: {type: string}}}\ntypes:\n  A:\n    fields:\n      a: {type: string, required: true}\n  B:\n    fields:\n      b: {type: A}\n";
    let mut list = files().to_vec();
    list.push(("demo/commands.yaml", text.into()));
    let list = list.into_iter().map(|(p, text)| SourceFile { path: p.into(), text }).collect();
    load(list).api
}

fn page() -> ir::Source {
    ir::Source { page: 77, doc_id: None, updated: None }
}

fn rate() -> ir::Rate {
    ir::Rate { calls: 3, per: "day".into(), scope: "corp".into(), modes: vec![], doc: String::new() }
}

/// Another struct than the one that stands there.
fn another(api: &ir::Api, than: ir::TypeId) -> ir::TypeId {
    let is_other = |id: &ir::TypeId| *id != than && matches!(api.ty(*id).kind, ir::TypeKind::Struct(_));
    (0..api.types.len() as u32).map(ir::TypeId).find(is_other).expect("a second struct")
}

/// Every field of an endpoint, changed alone, is a change.
#[test]
fn every_field_of_an_endpoint_is_compared() {
    type Edit = (&'static str, fn(&mut ir::Endpoint, ir::TypeId));
    // A new field has to be named here, and gets an edit below.
    let names = |e: &ir::Endpoint| {
        let ir::Endpoint {
            path: _,
            fixed: _,
            title: _,
            rust: _,
            call: _,
            post: _,
            auth: _,
            modes: _,
            source: _,
            status: _,
            repeat: _,
            doc: _,
            permission: _,
            rate: _,
            errors: _,
            body: _,
            request: _,
            file: _,
            answer: _,
            response: _,
            paging: _,
        } = e;
        21
    };
    let edits: &[Edit] = &[
        ("path", |e, _| e.path.push('x')),
        ("fixed", |e, _| e.fixed.push(("a".into(), "b".into()))),
        ("title", |e, _| e.title.push('x')),
        ("rust", |e, _| e.rust.push('x')),
        ("call", |e, _| e.call.push('x')),
        ("post", |e, _| e.post = !e.post),
        ("auth", |e, _| e.auth = ir::Auth::None),
        ("modes", |e, _| e.modes.push(ir::Mode::Provider)),
        ("source", |e, _| e.source.push(page())),
        ("status", |e, _| e.status = ir::Status::Current),
        ("repeat", |e, _| e.repeat = !e.repeat),
        ("doc", |e, _| e.doc.push("x".into())),
        ("permission", |e, _| e.permission.push("x".into())),
        ("rate", |e, _| e.rate.push(rate())),
        ("errors", |e, _| e.errors.push((9, "x".into()))),
        ("body", |e, _| e.body = ir::RequestBody::None),
        ("request", |e, other| e.request = other),
        ("file", |e, _| {
            let bytes = ir::Limit { min: None, max: Some(9) };
            e.file = Some(ir::FilePart { part: "f".into(), rust: "f".into(), bytes, doc: vec![] });
        }),
        ("answer", |e, _| e.answer = ir::ResponseBody::Bytes),
        ("response", |e, other| e.response = Some(other)),
        ("paging", |e, _| e.paging = None),
    ];
    let old = api(&files());
    let list = |api: &ir::Api| api.endpoints().position(|(_, e)| e.path == "/cgi-bin/demo/list");
    let (_, list) = old.endpoints().nth(list(&old).expect("the endpoint")).expect("the endpoint");
    assert_eq!(edits.len(), names(list));
    let (path, other) = (list.path.clone(), another(&old, list.request));
    for (name, edit) in edits {
        let mut new = old.clone();
        let all = new.modules.iter_mut().flat_map(|m| &mut m.parts).flat_map(|p| &mut p.endpoints);
        all.filter(|e| e.path == path).for_each(|e| edit(e, other));
        assert_ne!(diff(&old, &new), Diff::default(), "{name}");
        assert_ne!(diff(&new, &old), Diff::default(), "{name}, back");
    }
}

/// Every field of a command, changed alone, is a change.
#[test]
fn every_field_of_a_command_is_compared() {
    type Edit = (&'static str, fn(&mut ir::Command, ir::TypeId));
    let names = |c: &ir::Command| {
        let ir::Command {
            module: _,
            key: _,
            title: _,
            rust: _,
            pushed: _,
            modes: _,
            source: _,
            status: _,
            repeat: _,
            doc: _,
            permission: _,
            rate: _,
            errors: _,
            events: _,
            request: _,
            response: _,
        } = c;
        16
    };
    let edits: &[Edit] = &[
        ("module", |c, _| c.module.push('x')),
        ("key", |c, _| c.key.push('x')),
        ("title", |c, _| c.title.push('x')),
        ("rust", |c, _| c.rust.push('x')),
        ("pushed", |c, _| c.pushed = true),
        ("modes", |c, _| c.modes.push(ir::Mode::Provider)),
        ("source", |c, _| c.source.push(page())),
        ("status", |c, _| c.status = ir::Status::Retired),
        ("repeat", |c, _| c.repeat = true),
        ("doc", |c, _| c.doc.push("x".into())),
        ("permission", |c, _| c.permission.push("x".into())),
        ("rate", |c, _| c.rate.push(rate())),
        ("errors", |c, _| c.errors.push((9, "x".into()))),
        ("events", |c, _| c.events = Some("demo".into())),
        ("request", |c, other| c.request = Some(other)),
        ("response", |c, _| c.response = None),
    ];
    let old = with_commands();
    let command = &old.commands[0];
    assert_eq!(edits.len(), names(command));
    let other = another(&old, command.request.expect("a body"));
    for (name, edit) in edits {
        let mut new = old.clone();
        edit(&mut new.commands[0], other);
        assert_ne!(diff(&old, &new), Diff::default(), "{name}");
        assert_ne!(diff(&new, &old), Diff::default(), "{name}, back");
    }
    let retired = {
        let mut new = old.clone();
        new.commands[0].status = ir::Status::Retired;
        new.commands[0].rate.push(rate());
        diff(&old, &new)
    };
    let rules: Vec<&str> = retired.real().map(|c| c.rule).collect();
    assert_eq!(rules, ["rate-tightened", "endpoint-retired"]);
}

/// A line of an allow-list excuses one change: no two of a report have one id.
#[test]
fn ids_are_unique() {
    let found = changed(&[
        (
            "name: {type: string, required: true, chars: ..64}",
            "name: {type: string, required: true, chars: ..32, bytes: ..90, pattern: '^a+$'}",
        ),
        (
            "      - {calls: 30, per: minute, scope: member}",
            "      - {calls: 20, per: minute, scope: member}\n      - {calls: 9, per: day, scope: corp}\n      - {calls: 9, per: day, scope: app}\n      - {calls: 8, per: day, scope: app, doc: 其他}",
        ),
        ("    title: 新建", "    title: 新\n    doc: 新文。"),
    ]);
    let ids: Vec<String> = found.changes.iter().map(Change::id).collect();
    let unique: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len(), "{ids:#?}");
    for id in [
        "limit-tightened:/cgi-bin/demo/make:request.name#chars",
        "limit-tightened:/cgi-bin/demo/make:request.name#bytes",
        "limit-tightened:/cgi-bin/demo/make:request.name#pattern",
        "rate-tightened:/cgi-bin/demo/list:demo::List#minute/member",
        "rate-tightened:/cgi-bin/demo/list:demo::List#day/corp",
        "doc-changed:/cgi-bin/demo/make:demo::Make#title",
        "doc-changed:/cgi-bin/demo/make:demo::Make#text",
    ] {
        assert!(ids.iter().any(|i| i == id), "no {id} in {ids:#?}");
    }
}

/// The text of a module, and what free JSON may be.
#[test]
fn texts_of_modules_and_shapes() {
    let said = |found: Diff| found.changes.iter().map(|c| c.text.clone()).collect::<Vec<_>>();
    assert_eq!(
        said(changed(&[("title: 演示\n", "title: 演示\ndoc: 说明。\n")])),
        ["text of the module written"]
    );
    assert_eq!(
        said(changed(&[("title: 演示回调\n", "title: 演示回调\ndoc: 说明。\n")])),
        ["text of the module written"]
    );
    let free = ("        note: {type: string, doc: 备注}", "        note: {type: json, doc: 备注}");
    let shaped = (
        "        note: {type: string, doc: 备注}",
        "        note: {type: json, shapes: [string, Text], doc: 备注}",
    );
    assert_eq!(said(between(&edited(&[free]), &edited(&[shaped]))), ["shapes of `note` written"]);
}
