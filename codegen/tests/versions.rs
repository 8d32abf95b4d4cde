//! Fields of some endpoints alone: each set of fields is a type of its own, named by one rule.

use wecom_codegen::ir::{Api, Ty, TypeKind};
use wecom_codegen::load;
use wecom_codegen::source::SourceFile;

/// Endpoints `add`, `get`, `list`, `set` of one module; each sends `box: {type: Holder}`, `Holder` holds `Item`.
fn api(item: &str, more: &str) -> Api {
    let mut text = String::from("module: demo\ntitle: 演示\nendpoints:\n");
    for path in ["add", "get", "list", "set"] {
        text.push_str(&format!(
            "  /cgi-bin/demo/{path}:\n    title: 甲\n    method: POST\n    auth: access_token\n    modes: [internal]\n    \
             source: [{{page: 1}}]\n    request:\n      fields:\n        box: {{type: Holder, required: true}}\n"
        ));
    }
    text.push_str("types:\n  Holder:\n    fields:\n      items: {type: list<Item>}\n  Item:\n    fields:\n");
    text.push_str("      id: {type: string, required: true}\n");
    item.lines().for_each(|l| text.push_str(&format!("      {l}\n")));
    text.push_str(more);
    let loaded = load(vec![SourceFile { path: "d/demo.yaml".into(), text: text.clone() }]);
    assert!(loaded.is_sound(), "{:?}\n{text}", loaded.diagnostics);
    loaded.api
}

/// What each endpoint sends: the type of the box, of its items, and the items' fields.
fn seen(api: &Api) -> Vec<String> {
    let target = |kind: &TypeKind, wire: &str| {
        let TypeKind::Struct(s) = kind else { panic!("a struct") };
        let field = s.fields.iter().find(|f| f.wire == wire).expect("the field");
        match &field.ty {
            Ty::Ref(id) => *id,
            Ty::List(t) => match **t {
                Ty::Ref(id) => id,
                _ => panic!("a type"),
            },
            _ => panic!("a type"),
        }
    };
    let mut out = Vec::new();
    for (_, e) in api.endpoints() {
        let held = api.ty(target(&api.ty(e.request).kind, "box"));
        let item = api.ty(target(&held.kind, "items"));
        let TypeKind::Struct(s) = &item.kind else { panic!("a struct") };
        let fields: Vec<String> = s
            .fields
            .iter()
            .map(|f| {
                assert!(f.only.is_none(), "nothing is left to say: {f:?}");
                format!("{}{}", f.wire, if f.required { "" } else { "?" })
            })
            .collect();
        out.push(format!("{}: {} {} {}", e.call, held.rust, item.rust, fields.join(" ")));
    }
    out
}

#[track_caller]
fn check(item: &str, want: [&str; 4]) {
    assert_eq!(seen(&api(item, "")), want);
}

#[test]
fn endpoints_with_the_same_fields_share_a_type() {
    check(
        "a: {type: string, required: true, only: [/cgi-bin/demo/get, /cgi-bin/demo/list]}",
        [
            "add: Holder Item id",
            "get: GetHolder GetItem id a",
            "list: GetHolder GetItem id a",
            "set: Holder Item id",
        ],
    );
    check(
        "a: {type: string, only: [/cgi-bin/demo/get]}\nb: {type: string, only: [/cgi-bin/demo/get, /cgi-bin/demo/set]}",
        [
            "add: Holder Item id",
            "get: GetHolder GetItem id a? b?",
            "list: Holder Item id",
            "set: SetHolder SetItem id b?",
        ],
    );
}

#[test]
fn where_all_have_the_same_there_is_one_type() {
    let all = "[/cgi-bin/demo/add, /cgi-bin/demo/get, /cgi-bin/demo/list, /cgi-bin/demo/set]";
    check(
        &format!("a: {{type: string, only: {all}}}"),
        [
            "add: Holder Item id a?",
            "get: Holder Item id a?",
            "list: Holder Item id a?",
            "set: Holder Item id a?",
        ],
    );
}

#[test]
fn where_nobody_keeps_the_type_it_is_gone() {
    let api = api(
        "a: {type: string, only: [/cgi-bin/demo/add, /cgi-bin/demo/list]}\nb: {type: string, only: [/cgi-bin/demo/get, /cgi-bin/demo/set]}",
        "",
    );
    assert_eq!(
        seen(&api),
        [
            "add: AddHolder AddItem id a?",
            "get: GetHolder GetItem id b?",
            "list: AddHolder AddItem id a?",
            "set: GetHolder GetItem id b?",
        ]
    );
    let mut names: Vec<&str> = api
        .modules
        .iter()
        .flat_map(|m| &m.parts)
        .flat_map(|p| &p.types)
        .map(|id| api.ty(*id).rust.as_str())
        .collect();
    names.sort_unstable();
    let mut once = names.clone();
    once.dedup();
    assert_eq!(names, once, "each type stands once in its file");
    assert!(!names.contains(&"Item") && !names.contains(&"Holder"), "{names:?}");
}

#[test]
fn a_taken_name_gives_another() {
    let api = api(
        "a: {type: string, only: [/cgi-bin/demo/get]}\nnext: {type: GetItem}",
        "  GetItem:\n    fields:\n      x: {type: string}\n",
    );
    assert_eq!(seen(&api)[1], "get: GetHolder ItemOfGet id a? next?");
}

#[test]
fn groups_lose_what_is_not_there() {
    let api = api("a: {type: string, only: [/cgi-bin/demo/get]}\nb: {type: string}", "");
    let all: Vec<usize> = api
        .types
        .iter()
        .filter(|t| t.rust.ends_with("Item"))
        .map(|t| match &t.kind {
            TypeKind::Struct(s) => s.fields.len(),
            _ => 0,
        })
        .collect();
    assert_eq!(all, [2, 3]);
}
