//! Every rule of the spec, shown on a small spec that breaks it: the rule's name, where it points, and what it says.

use wecom_codegen::load;
use wecom_codegen::source::{Rendered, SourceFile};

/// A sound module file with room for more: fields of the request, of the answer, keys of the endpoint, types.
fn module(request: &str, response: &str, keys: &str, types: &str) -> String {
    let indent = |text: &str, by: usize| -> String {
        text.lines().map(|l| format!("{}{l}\n", " ".repeat(by))).collect()
    };
    let mut out = String::from(
        "module: demo\ntitle: 演示\nendpoints:\n  /cgi-bin/demo/make:\n    title: 做\n    method: POST\n    auth: access_token\n    modes: [internal]\n    source:\n      - {page: 1}\n",
    );
    out.push_str(&indent(keys, 4));
    out.push_str("    request:\n      fields:\n        id:\n          type: string\n");
    out.push_str(&indent(request, 8));
    if !response.is_empty() {
        out.push_str("    response:\n      fields:\n");
        out.push_str(&indent(response, 8));
    }
    if !types.is_empty() {
        out.push_str("types:\n");
        out.push_str(&indent(types, 2));
    }
    out
}

fn findings(files: &[(&str, &str)]) -> (Vec<wecom_codegen::source::Diagnostic>, Vec<SourceFile>) {
    let files = files.iter().map(|(p, t)| SourceFile { path: (*p).into(), text: (*t).into() }).collect();
    let loaded = load(files);
    (loaded.diagnostics, loaded.spec.files)
}

/// The spec has exactly one finding: this rule, whose caret stands under `under`, with these words in message and help.
#[track_caller]
fn check_files(files: &[(&str, &str)], rule: &str, under: &str, message: &str, help: &str) {
    let (found, sources) = findings(files);
    let shown: Vec<String> =
        found.iter().map(|d| Rendered { diagnostic: d, files: &sources, prefix: "" }.to_string()).collect();
    assert_eq!(found.len(), 1, "one finding wanted:\n{}", shown.join("\n"));
    let d = &found[0];
    assert_eq!(d.rule, rule, "{}", shown[0]);
    assert!(d.message.contains(message), "message: {}", d.message);
    assert!(d.help.contains(help), "help: {}", d.help);
    assert!(!d.help.is_empty(), "every finding proposes something: {}", d.message);
    let line = sources[d.pos.file as usize].text.lines().nth(d.pos.line as usize - 1).unwrap_or_default();
    let rest: String = line.chars().skip(d.pos.col as usize - 1).collect();
    assert!(rest.starts_with(under), "the caret stands before `{rest}`, not `{under}`:\n{}", shown[0]);
}

#[track_caller]
fn check(text: &str, rule: &str, under: &str, message: &str, help: &str) {
    check_files(&[("d/demo.yaml", text)], rule, under, message, help);
}

#[track_caller]
fn field(field: &str, rule: &str, under: &str, message: &str, help: &str) {
    check(&module(field, "", "", ""), rule, under, message, help);
}

#[test]
fn the_template_is_sound() {
    let (found, _) = findings(&[("d/demo.yaml", &module("", "", "", ""))]);
    assert_eq!(found, vec![]);
}

#[test]
fn yaml_itself() {
    check("module: [\n", "yaml", "", "not YAML", "fix the YAML");
    check("", "empty-file", "", "holds nothing", "module:");
    check("module: demo\ntitle: t\n---\nmodule: x\n", "one-document", "", "second YAML document", "---");
    check("module: demo\ntitle: &a t\n", "yaml-alias", "", "anchors", "write the value out");
    check("module: demo\ntitle: !x t\n", "yaml-tag", "", "tags", "quote the text");
    check("module: demo\ntitle: t\ntitle: u\n", "duplicate-key", "title", "second time", "merge the two");
    let deep = format!("module: demo\ntitle: t\ndoc: {}{}\n", "[".repeat(80), "]".repeat(80));
    check(&deep, "too-deep", "[", "nested deeper", "types");
    check("- a\n", "wrong-kind", "- a", "is a list, not a mapping", "module, title");
    check("module: demo\ntitle: t\n? [a]\n: b\n", "key", "[a]", "a key must be a word", "plain text");
}

#[test]
fn keys_and_words() {
    check(
        "module: demo\ntitel: t\ntitle: t\n",
        "unknown-key",
        "titel",
        "no key `titel`",
        "did you mean `title`?",
    );
    check("title: t\n", "missing-key", "title", "lacks `module`", "add `module: …`");
    check("module: demo\ntitle: ''\n", "empty-text", "''", "`title`", "give it a text");
    check(
        &module("", "", "repeat: maybe", ""),
        "wrong-kind",
        "maybe",
        "neither true nor false",
        "repeat: true",
    );
    let auth = module("", "", "", "").replace("auth: access_token", "auth: acess_token");
    check(&auth, "unknown-word", "acess_token", "cannot be `acess_token`", "did you mean `access_token`?");
    let mode = module("", "", "", "").replace("[internal]", "[internal, internal]");
    check(&mode, "duplicate-word", "internal]", "names Internal twice", "keep one");
    let mode = module("", "", "", "").replace("    modes: [internal]\n", "");
    check(&mode, "modes", "/cgi-bin/demo/make", "`modes` is missing", "add `modes:");
    let source = module("", "", "", "").replace("    source:\n      - {page: 1}\n", "");
    check(&source, "source", "/cgi-bin/demo/make", "without an official page", "status: retired");
    let date = module("", "", "", "").replace("{page: 1}", "{page: 1, updated: 2025/01/02}");
    check(&date, "date", "2025/01/02", "is not a date", "yyyy-mm-dd");
    let rate = module("", "", "rate:\n  - {calls: 0, per: minute, scope: corp}", "");
    check(&rate, "impossible-limit", "0", "0 calls", "how many");
}

#[test]
fn paths() {
    let other = module("", "", "", "").replace("/cgi-bin/demo/make", "/cgi-bin/other/make");
    check(&other, "path-module", "/cgi-bin/other/make", "belongs to module `other`", "module: other");
    let deep = "module: demo.part\ntitle: t\nendpoints:\n";
    let entry = |path: &str| {
        format!(
            "  {path}:\n    title: x\n    method: GET\n    auth: none\n    modes: [internal]\n    source:\n      - {{page: 2}}\n"
        )
    };
    let above = format!("{deep}{}", entry("/cgi-bin/demo/make"));
    check(&above, "path-module", "/cgi-bin/demo/make", "`demo`, not `demo.part`", "module: demo");
    let beside = format!("{deep}{}", entry("/cgi-bin/demo/parts/make"));
    check(
        &beside,
        "path-module",
        "/cgi-bin/demo/parts/make",
        "belongs to module `demo.parts`",
        "module: demo.parts",
    );
    let within = format!("{deep}{}", entry("/cgi-bin/demo/part/more/make"));
    assert_eq!(findings(&[("d/a.yaml", &within)]).0, [], "an endpoint of a module within");
    let named = format!(
        "{deep}{}",
        entry("/cgi-bin/demo/part/getinfo").replace("    title", "    name: PartGetInfo\n    title")
    );
    check(&named, "name-override", "PartGetInfo", "another name than the rule's `Getinfo`", "word breaks");
    let meet = format!(
        "module: demo\ntitle: t\nendpoints:\n{}{}",
        entry("/cgi-bin/demo/my-part"),
        entry("/cgi-bin/demo/my_part/c")
    );
    check(
        &meet,
        "name-collision",
        "/cgi-bin/demo/my-part",
        "and module `demo.my_part` both give the method `my_part`",
        "a `name`",
    );
    let bad = module("", "", "", "").replace("/cgi-bin/demo/make", "/demo/make");
    check(&bad, "path", "/demo/make", "is not a path of the API", "/cgi-bin/module/function");
    check_files(
        &[
            ("d/a.yaml", &module("", "", "", "")),
            (
                "d/b.yaml",
                "module: demo\ntitle: t\nendpoints:\n  /cgi-bin/demo/make:\n    title: x\n    name: MAKE\n    method: GET\n    auth: none\n    modes: [internal]\n    source:\n      - {page: 2}\n",
            ),
        ],
        "duplicate-path",
        "/cgi-bin/demo/make",
        "is described twice; the other is d/a.yaml:4",
        "keep one",
    );
    check_files(
        &[("a/x.yaml", "module: demo\ntitle: t\n"), ("b/x.yaml", "module: demo\ntitle: t\n")],
        "file-name",
        "module",
        "are called `x.yaml`: the other is a/x.yaml",
        "rename one",
    );
    let get = module("", "", "", "").replace("method: POST", "method: GET");
    check(&get, "get-with-body", "GET", "a GET has no `request`", "`query`");
}

#[test]
fn names() {
    check(
        &module("", "", "name: Other", ""),
        "name-override",
        "Other",
        "another name than the rule's `Make`",
        "case and word breaks",
    );
    check(&module("", "", "name: make", ""), "bad-name", "make", "cannot name a Rust type", "Make");
    check("module: type\ntitle: t\n", "bad-name", "type", "cannot name a Rust module", "`type_`");
    field(
        "a:\n  type: object\n  name: bad\n  fields:\n    b:\n      type: string",
        "bad-name",
        "bad",
        "cannot name a Rust type",
        "`Bad`",
    );
    let variant = module("", "", "", "")
        + "      union:\n        field: content\n        tag: kind\n        variants:\n          a:\n            name: bad-name\n            fields:\n              b:\n                type: string\n";
    check(&variant, "bad-name", "bad-name", "cannot name a Rust type", "`BadName`");
    field("a:\n  type: string\n  rust: fn", "bad-name", "fn", "cannot name a Rust field", "`fn_`");
    check(
        "module: demo.Part\ntitle: t\n",
        "bad-name",
        "demo.Part",
        "cannot name a Rust module",
        "`demo.part`",
    );
    check(
        "module: wire.demo\ntitle: t\n",
        "reserved-name",
        "wire.demo",
        "`wire` has the name of a module or cargo feature of the client's own",
        "another name",
    );
    check("module: full\ntitle: t\n", "reserved-name", "full", "`full` has the name", "another name");
    field("中文:\n  type: string", "bad-name", "中文", "no Rust name can be made", "rust:");
    field(
        "userId:\n  type: string\nuser_id:\n  type: string",
        "name-collision",
        "user_id",
        "both become `user_id`",
        "`rust` name",
    );
    field(
        "a:\n  type: object\n  name: Option\n  fields:\n    b:\n      type: string",
        "reserved-name",
        "Option",
        "a name of the runtime",
        "another `name`",
    );
    field(
        "a:\n  type: object\n  name: Secret\n  fields:\n    b:\n      type: string",
        "reserved-name",
        "Secret",
        "a name of the runtime",
        "another `name`",
    );
    let twice = "a:\n  type: object\n  name: Part\n  fields:\n    b:\n      type: string\nc:\n  type: object\n  name: Part\n  fields:\n    b:\n      type: string";
    field(
        twice,
        "name-collision",
        "Part",
        "two types of module `demo` are called `Part`",
        "share one under `types`",
    );
    field(
        "a:\n  type: i32\n  values:\n    1: {doc: x}",
        "value-name",
        "1",
        "needs a Rust name",
        "name: Word",
    );
    field(
        "a:\n  type: string\n  values:\n    a_b: {}\n    aB: {}",
        "name-collision",
        "aB",
        "are both called `AB`",
        "another `name`",
    );
    field("a:\n  type: string\n  name: A", "name-override", "A", "which has no inline type", "`rust`");
}

#[test]
fn types() {
    field("a:\n  type: int", "type", "int", "`int` is not a type", "write `i64`");
    field("a:\n  type: string[]", "type", "string[]", "is not a type", "`list<string>`");
    field("a:\n  type: list<string", "type", "list<string", "is not a type", "`list<string>`");
    field("a:\n  type: lst<string>", "type", "lst<string>", "is not a type", "`list`");
    field(
        "a:\n  type: Thing",
        "dangling-reference",
        "Thing",
        "there is no type `Thing`",
        "define it under `types`",
    );
    check(
        &module("a:\n  type: Thng", "", "", "Thing:\n  fields:\n    b:\n      type: Thing"),
        "dangling-reference",
        "Thng",
        "no type `Thng`",
        "did you mean `Thing`?",
    );
    check(
        &module("", "", "", "Thing:\n  fields:\n    b:\n      type: string"),
        "unused-type",
        "Thing",
        "nothing refers to",
        "remove it",
    );
    check(
        &module(
            "a:\n  type: One",
            "",
            "",
            "One:\n  fields:\n    two:\n      type: Two\n      required: true\nTwo:\n  fields:\n    one:\n      type: One\n      required: true",
        ),
        "circular-type",
        "One",
        "One → Two require each other in a circle",
        "optional",
    );
    check(
        &module("a:\n  type: Thing", "", "", "Thing:\n  doc: x"),
        "empty-object",
        "Thing",
        "holds nothing",
        "`fields:`",
    );
    field("a:\n  type: object", "empty-object", "object", "an object without fields", "`json`");
    field(
        "a:\n  type: string\n  fields:\n    b:\n      type: string",
        "fields-on-type",
        "string",
        "its type is `string`",
        "list<object>",
    );
    field("a:\n  type: pipe<f64>", "type", "pipe<f64>", "cannot be joined", "strings, integers");
    field("access_token:\n  type: string", "secret", "string", "would be printed by `Debug`", "type: secret");
}

#[test]
fn limits_and_defaults() {
    field("a:\n  type: string\n  chars: 1-64", "limit", "1-64", "is not a limit", "`1..64`");
    field(
        "a:\n  type: string\n  chars: 64..1",
        "impossible-limit",
        "64..1",
        "nothing lies between 64 and 1",
        "write `1..64`",
    );
    field("a:\n  type: string\n  chars: -1..3", "impossible-limit", "-1..3", "below 0", "begin at 0");
    field(
        "a:\n  type: i32\n  range: ..3000000000",
        "impossible-limit",
        "..3000000000",
        "cannot hold",
        "-2147483648..2147483647",
    );
    field(
        "a:\n  type: i64\n  chars: ..3",
        "limit-on-type",
        "..3",
        "`chars` cannot limit `i64`",
        "`range` numbers",
    );
    field(
        "a:\n  type: string\n  items: ..3",
        "limit-on-type",
        "..3",
        "`items` cannot limit `string`",
        "`items` lists",
    );
    for (pattern, message, help) in [
        ("^a", "only a part fits", "write `^a$`"),
        ("'a\\$'", "only a part fits", "write `^a\\$$`"),
        ("'[0-9]*$'", "only a part fits", "write `^[0-9]*$`"),
        ("^a|b$", "only a part fits", "before all alternatives"),
        ("'^[a$'", "is not a regular expression", "regex-lite"),
    ] {
        field(&format!("a:\n  type: string\n  pattern: {pattern}"), "pattern", pattern, message, help);
        let each = format!("a:\n  type: list<string>\n  each: {{pattern: {pattern}}}");
        field(&each, "pattern", pattern, message, help);
    }
    field("a:\n  type: flag\n  default: true", "default", "true", "is not a valid flag", "0 or 1");
    field("a:\n  type: u32\n  default: -1", "default", "-1", "is not a valid u32", "on the wire");
    field(
        "a:\n  type: string\n  default: c\n  values:\n    a: {}\n    b: {}",
        "default",
        "c",
        "not among the values",
        "",
    );
    field(
        "a:\n  type: string\n  required: true\n  default: c",
        "default",
        "c",
        "required and has a default",
        "optional",
    );
}

#[test]
fn enumerations() {
    field(
        "a:\n  type: bool\n  values:\n    true: {name: Yes}",
        "enumeration",
        "bool",
        "`bool` with `values`",
        "strings and integers",
    );
    field(
        "a:\n  type: flag\n  values:\n    0: {name: Off}",
        "enumeration",
        "flag",
        "`flag` with `values`",
        "say in `doc`",
    );
    field(
        "a:\n  type: i32\n  values:\n    x: {name: X}",
        "enumeration",
        "x",
        "`x` is not a valid i32",
        "whole number",
    );
    field(
        "a:\n  type: i32\n  values:\n    1: {name: A}\n    01: {name: B}",
        "enumeration",
        "01",
        "stands twice",
        "keep one",
    );
    field(
        "a:\n  type: string\n  flags: true",
        "enumeration",
        "a",
        "`flags` without `values`",
        "list the bits",
    );
}

#[test]
fn unions() {
    let with = |union: &str| {
        let union: String = union.lines().map(|l| format!("        {l}\n")).collect();
        module("", "", "", "") + "      union:\n" + &union
    };
    check(
        &with("field: content\ntag: id\nvariants:\n  a: {}"),
        "union-tag",
        "id",
        "is also a field",
        "remove the field",
    );
    check(&with("tag: kind\nvariants:\n  a: {}"), "union", "tag", "needs a `field`", "field: content");
    check(
        &with("field: content\ntag: kind\nvariants: {}"),
        "union",
        "field",
        "without variants",
        "list them",
    );
    check(&with("field: content\nvariants:\n  a: {}"), "union", "a", "neither tag nor content", "`fields`");
    check(
        &with("field: content\ntag: kind\ntag_type: i32\nvariants:\n  a: {variant: A}"),
        "union",
        "a",
        "is not a number",
        "tag_type",
    );
    check(
        &with("field: content\ntag: kind\nvariants:\n  id: {type: string}"),
        "union",
        "id",
        "which is also a field",
        "remove the field",
    );
    check(
        &with("field: content\ntag: kind\npayload: flat\nvariants:\n  a: {type: string}"),
        "union",
        "string",
        "cannot stand beside the tag",
        "an object",
    );
    check(
        &with("field: id\ntag: kind\nvariants:\n  a: {}"),
        "name-collision",
        "id",
        "is taken",
        "another `field`",
    );
    check(
        &with("field: content\ntag: property.kind\nvariants:\n  a: {}"),
        "union-tag",
        "property.kind",
        "leads nowhere",
        "list the tag",
    );
    check(
        &with("field: content\ntag: kind\nvariants:\n  a: {}\n  b: {also: [a]}"),
        "union",
        "a",
        "stands twice",
        "keep one",
    );
}

#[test]
fn bodies_and_paging() {
    let none = module("", "", "", "").replace("    request:\n", "    request:\n      body: none\n");
    check(&none, "body-kind", "none", "has fields", "remove `body`");
    let file = module("", "", "", "").replace("    request:\n", "    request:\n      file: {part: media}\n");
    check(&file, "multipart", "media", "not multipart", "body: multipart");
    let form = module("", "", "", "").replace("    request:\n", "    request:\n      body: multipart\n");
    check(&form, "multipart", "body", "without a file", "file: {part: media}");
    check(
        &module("", "errcode:\n  type: i64", "", ""),
        "implied-field",
        "errcode",
        "every answer has it",
        "remove it",
    );
    check(
        &module("", "", "query:\n  fields:\n    access_token:\n      type: secret", ""),
        "implied-field",
        "access_token",
        "`auth` says it",
        "remove it",
    );
    check(
        &module("", "", "query:\n  fields:\n    id:\n      type: string", ""),
        "name-collision",
        "id",
        "in `query` and in `request`",
        "keep the one",
    );
    let paging = "paging:\n  ask: cursor\n  answer: next\n  items: list";
    let answer = "next:\n  type: string\nlist:\n  type: list<string>";
    check(&module("", answer, paging, ""), "paging", "cursor", "`paging.ask` names `cursor`", "id");
    check(
        &module("cursor:\n  type: string", "next:\n  type: string\nlist:\n  type: string", paging, ""),
        "paging",
        "list",
        "is not a list",
        "list that is paged",
    );
    let numbered = "paging:\n  ask: cursor\n  items: list\n  style: offset";
    for (asked, answer, paging, at, message, help) in [
        ("cursor:\n  type: string", answer, numbered, "cursor", "names a `string`", "counts the elements"),
        ("cursor:\n  type: flag", answer, paging, "cursor", "names a `flag`", "string or an integer"),
        (
            "cursor:\n  type: string",
            "next:\n  type: string\nmore:\n  type: string\nlist:\n  type: list<string>",
            &*format!("{paging}\n  more: more"),
            "more",
            "`paging.more` names a `string`",
            "bool, flag or an integer",
        ),
    ] {
        check(&module(asked, answer, paging, ""), "paging", at, message, help);
    }
}

#[test]
fn texts_departures_and_codes() {
    field(
        "a:\n  type: string\n  draft: true",
        "draft",
        "true",
        "still has the text of the page",
        "restate it in our words",
    );
    field(
        "a:\n  type: i32\n  values:\n    1: {name: V1}\n    2: {name: Member}\n    -3: {name: VMinus3}\n    4: {name: V2}",
        "value-name",
        "V1",
        "values 1, -3 have no name but the number",
        "as its label does",
    );
    check(&module("", "", "doc: 一<br>二", ""), "doc-text", "一<br>二", "`<br`", "new line");
    check(&module("", "", "doc: 见 `a", ""), "doc-text", "见 `a", "backtick", "close it");
    check(&module("", "", "doc: |-\n  # 标题", ""), "doc-text", "", "heading", "plain paragraphs");
    let departure = "departures:\n  - {at: request.nothing, class: table, fact: type, page: i64, here: string, reason: c}";
    check(
        &module("", "", departure, ""),
        "departure",
        "request.nothing",
        "leads to no field",
        "here: absent",
    );
    check(&module("", "", "errors:\n  x: y", ""), "error-code", "x", "is not an error code", "60111");
    check_files(
        &[
            ("d/demo.yaml", &module("", "", "errors:\n  7: y", "")),
            ("errors.yaml", "0:\n  meaning: 成功\n  class: ok\n"),
        ],
        "unknown-error",
        "7",
        "is not in errors.yaml",
        "meaning and class",
    );
    check_files(
        &[
            ("d/demo.yaml", &module("", "", "errors:\n  7: y", "")),
            ("errors.yaml", "7:\n  meaning: 旧\n  class: other\n  status: retired\n"),
        ],
        "retired-error",
        "7",
        "is retired in errors.yaml",
        "`status` away",
    );
    check_files(
        &[("errors.yaml", "7:\n  meaning: 旧\n  class: other\n  status: gone\n")],
        "unknown-word",
        "gone",
        "cannot be `gone`",
        "retired",
    );
    check_files(
        &[("errors.yaml", "0:\n  meaning: 成功\n  class: okay\n")],
        "unknown-word",
        "okay",
        "cannot be `okay`",
        "ok",
    );
}

#[test]
fn events() {
    let file = |common: &str, event: &str| {
        format!(
            "module: demo\ntitle: t\ntransport: xml\n{common}events:\n  a:\n    title: t\n    modes: [internal]\n{event}"
        )
    };
    check_files(
        &[("events/x.yaml", &file("", "    match: {Evnt: b}\n"))],
        "unknown-key",
        "Evnt",
        "cannot tell events apart",
        "`Event`",
    );
    check_files(
        &[("events/x.yaml", &file("common: [all]\n", "    match: {Event: b}\n"))],
        "event-group",
        "all",
        "no group `all`",
        "one of",
    );
    let number = "module: 1x\ntitle: t\ntransport: xml\n";
    check_files(&[("events/x.yaml", number)], "bad-name", "1x", "cannot name a Rust module", "n1x");
    let other = "module: demo\ntitle: t\ntransport: xml\n";
    check_files(
        &[("events/a.yaml", other), ("events/b.yaml", other)],
        "file-name",
        "demo",
        "the other is events/a.yaml",
        "merge",
    );
    let twice = file("", "    match: {Event: b}\n  c:\n    title: t\n    match: {Event: b}\n");
    check_files(&[("events/x.yaml", &twice)], "event-match", "c", "same `match`", "one more field");
}

/// A file with one command, and the module of events that commands of the server name.
#[track_caller]
fn command(command: &str, rule: &str, under: &str, message: &str, help: &str) {
    let text = format!("module: demo\ntitle: 演示\ncommands:\n  demo_send:\n{command}");
    let events = "module: robot\ntitle: 回调\ntransport: json\nevents:\n  a:\n    title: t\n    match: {msgtype: a}\n    modes: [internal]\n    source:\n      - {page: 1}\n";
    check_files(&[("d/demo.yaml", &text), ("events/robot.yaml", events)], rule, under, message, help);
}

#[test]
fn commands() {
    let sound = "    title: t\n    modes: [internal]\n    source:\n      - {page: 1}\n";
    let with = |rest: &str| format!("{sound}{rest}");
    command(
        "    title: t\n    source:\n      - {page: 1}\n",
        "modes",
        "demo_send",
        "`modes` is missing",
        "modes: [internal]",
    );
    command(
        "    title: t\n    modes: [internal]\n",
        "source",
        "demo_send",
        "without an official page",
        "add `source",
    );
    command(&with("    method: POST\n"), "unknown-key", "method", "no key `method`", "");
    command(&with("    from: peer\n"), "unknown-word", "peer", "cannot be `peer`", "client, server");
    command(&with("    from: server\n"), "command", "demo_send", "without `events`", "events: robot");
    command(
        &with("    events: robot\n"),
        "command",
        "demo_send",
        "of the client with `events`",
        "from: server",
    );
    command(
        &with("    from: server\n    events: robt\n"),
        "command",
        "robt",
        "no module of events `robt`",
        "did you mean `robot`?",
    );
    command(
        &with("    from: server\n    events: robot\n    request: {fields: {a: {type: string}}}\n"),
        "command",
        "demo_send",
        "has `request` or `response`",
        "events",
    );
    command(
        &with("    name: Post\n"),
        "name-override",
        "Post",
        "another name than the rule's",
        "case and word breaks",
    );
    command(
        &with("    request: {type: Nowhere}\n"),
        "dangling-reference",
        "Nowhere",
        "no type `Nowhere`",
        "types",
    );
    command(
        &with("    request: {type: string}\n"),
        "type",
        "string",
        "not a named type",
        "an object or a union",
    );
    command(
        &with("    request: {fields: {a: {type: int}}}\n"),
        "type",
        "int",
        "`int` is not a type",
        "write `i64`",
    );
    command(
        &with(
            "    departures:\n      - {at: request.b, class: table, fact: type, page: i64, here: string, reason: z}\n    request: {fields: {a: {type: string}}}\n",
        ),
        "departure",
        "request.b",
        "leads to no field",
        "here: absent",
    );
    let twice = format!("module: demo\ntitle: t\ncommands:\n  a:\n{sound}");
    check_files(
        &[("d/a.yaml", &twice), ("d/b.yaml", &twice.replace("demo", "other"))],
        "duplicate-command",
        "a:",
        "described twice",
        "keep one",
    );
}

/// JSON tells its events by other keys than XML, and what tells them is no field.
#[test]
fn discriminators_of_json() {
    let file = |transport: &str, event: &str| {
        format!(
            "module: x\ntitle: t\ntransport: {transport}\nevents:\n  a:\n    title: t\n    modes: [internal]\n    source:\n      - {{page: 1}}\n{event}"
        )
    };
    let json = file("json", "    match: {msgtype: event, event.eventtype: a}\n");
    assert_eq!(findings(&[("events/x.yaml", &json)]).0, vec![]);
    let xml = file("xml", "    match: {MsgType: event, event.eventtype: a}\n");
    check_files(
        &[("events/x.yaml", &xml)],
        "event-match",
        "event.eventtype",
        "cannot tell XML events apart",
        "ChangeType",
    );
    let listed = file(
        "json",
        "    match: {msgtype: event, event.eventtype: a}\n    fields:\n      event: {type: object, fields: {eventtype: {type: string}}}\n",
    );
    check_files(
        &[("events/x.yaml", &listed)],
        "event-match",
        "eventtype",
        "listed as a field",
        "remove the field",
    );
    let reply = file("json", "    match: {msgtype: a}\n    reply: other.Nowhere\n");
    check_files(
        &[("events/x.yaml", &reply)],
        "dangling-reference",
        "other.Nowhere",
        "no type `other.Nowhere`",
        "",
    );
    let reply = file("json", "    match: {msgtype: a}\n    reply: massage\n");
    check_files(&[("events/x.yaml", &reply)], "unknown-word", "massage", "cannot be `massage`", "message");
}

/// Ten mistakes of ten kinds in three files: ten findings in one run, each with its place and a proposal.
#[test]
fn ten_mistakes_yield_ten_findings() {
    let a = module(
        "one:\n  type: int\ntwo:\n  type: string\n  chars: 9..1\nthree:\n  type: Nowhere\nself_:\n  type: string\nself:\n  type: string\nfive:\n  tipe: string\n  type: string",
        "errcode:\n  type: i64",
        "doc: a<br>b\nname: Else",
        "",
    );
    let b = "module: demo\ntitle: t\nendpoints:\n  /cgi-bin/demo/make:\n    title: x\n    method: GET\n    auth: none\n    modes: [internal]\n    source:\n      - {page: 2}\n";
    let c = "module: [\n";
    let (found, files) = findings(&[("d/a.yaml", &a), ("d/b.yaml", b), ("d/c.yaml", c)]);
    let rules: Vec<&str> = found.iter().map(|d| d.rule).collect();
    let want = [
        "doc-text",
        "name-override",
        "type",
        "impossible-limit",
        "dangling-reference",
        "name-collision",
        "unknown-key",
        "implied-field",
        "duplicate-path",
        "yaml",
    ];
    for rule in want {
        assert_eq!(rules.iter().filter(|r| **r == rule).count(), 1, "{rule} in {rules:?}");
    }
    assert_eq!(found.len(), 10, "{rules:?}");
    for d in &found {
        assert!(d.pos.line > 0 && d.pos.col > 0 && !d.help.is_empty(), "{d:?}");
        assert!(files.get(d.pos.file as usize).is_some());
    }
}

#[test]
fn the_format_has_a_version() {
    let of = |text: &str| {
        let (found, _) = findings(&[("format.yaml", text), ("d/a.yaml", "module: [\n")]);
        found.iter().map(|d| format!("{} {}", d.rule, d.message)).collect::<Vec<_>>()
    };
    // Another format's text is not read as mistakes of this one.
    assert_eq!(
        of("format: 3\n"),
        ["format-version the spec is of format 3, newer than format 2, which this reads"]
    );
    assert_eq!(
        of("format: 1\n"),
        ["format-version the spec is of format 1, older than format 2, which this reads"]
    );
    for (text, rule) in
        [("formt: 1\n", "unknown-key"), ("format: one\n", "wrong-kind"), ("{}\n", "missing-key")]
    {
        let rules = of(text);
        assert!(
            rules.iter().any(|r| r.starts_with(rule)) && rules.iter().any(|r| r.starts_with("yaml")),
            "{rules:?}"
        );
    }
    assert!(of("format: 2\n").iter().all(|r| r.starts_with("yaml")));
}

/// What cannot be read is said: an entry or a fact that is left out without a word is missed by nobody.
#[test]
fn nothing_is_left_out_without_a_word() {
    let fixed = module("", "", "", "").replace("/cgi-bin/demo/make:", "/cgi-bin/demo/make?type=中文:");
    let named = fixed.replace("    title: 做", "    name: Make\n    title: 做");
    check(&fixed, "bad-name", "/cgi-bin/demo/make?type=中文", "no Rust name can be made", "name: …");
    assert_eq!(findings(&[("d/demo.yaml", &named)]).0, [], "a name of its own is enough");
    let event = |key: &str, matches: &str, more: &str| {
        format!(
            "module: demo\ntitle: t\ntransport: xml\nevents:\n  {key}:\n    title: 一\n{more}    match: {matches}\n    modes: [internal]\n    source: [{{page: 1}}]\n    reply: none\n    fields:\n      Name: {{type: string}}\n"
        )
    };
    let plain = "{MsgType: event, Event: a}";
    let file = |text: &str, rule: &str, under: &str, message: &str| {
        check_files(&[("events/demo.yaml", text)], rule, under, message, "");
    };
    file(&event("中文", plain, ""), "bad-name", "中文", "no Rust name can be made of `中文`");
    file(&event("a", plain, "    name: 中文\n"), "bad-name", "中文", "cannot name a Rust type");
    file(&event("a", "{MsgType: event, Event: [a, b]}", ""), "wrong-kind", "[a, b]", "`Event` is a list");
    field("n:\n  type: i64\n  default: [1]", "wrong-kind", "[1]", "`default` is a list", "one value");
    let errors = module("", "", "errors:\n  60111: [a, b]", "");
    check(&errors, "wrong-kind", "[a, b]", "`60111` is a list, not a text", "60111: …");
    let used = "kind:\n  type: Kind";
    let kind = "Kind:\n  type: string\n  values:\n    a: {doc: 甲}\n";
    for (more, under) in [
        ("  fields:\n    x: {type: string}", "x"),
        ("  any_of: [[a, b]]", "[[a"),
        ("  union: {tag: t, variants: {a: {}}}", "{tag"),
    ] {
        let text = module(used, "", "", &format!("{kind}{more}"));
        check(&text, "type", under, "type `Kind` has `values` and", "an enumeration has no fields");
    }
}

/// Numbers that generated code cannot hold.
#[test]
fn numbers_beyond_what_code_holds() {
    let far = "99999999999";
    let errors = module("", "", &format!("errors:\n  {far}: 远"), "");
    check(&errors, "error-code", far, "is not an error code", "between -2147483648 and 2147483647");
    check_files(
        &[("errors.yaml", "99999999999:\n  meaning: 远\n  class: other\n")],
        "error-code",
        far,
        "is not an error code",
        "between",
    );
    let limited = |key: &str, ty: &str| format!("n:\n  type: {ty}\n  {key}");
    for (key, ty, text) in [
        ("range: ..9223372036854775808", "u64", "..9223372036854775808"),
        ("range: ..18446744073709551616", "u64", "..18446744073709551616"),
        ("range: ..18446744073709551615", "i64", "..18446744073709551615"),
        ("chars: ..9223372036854775808", "string", "..9223372036854775808"),
        ("step: 7_000_000_000_000_000_000_000", "i64", "7_000"),
    ] {
        let (rule, found) = ("limit", if key.starts_with("step") { "not a step" } else { "not a limit" });
        field(&limited(key, ty), rule, text, found, "2^63");
    }
    // No value is beyond the largest of its type.
    let (found, _) =
        findings(&[("d/demo.yaml", &module(&limited("range: ..18446744073709551615", "u64"), "", "", ""))]);
    assert_eq!(found, []);
    let tagged = |ty: &str, tag: &str| {
        let union = format!(
            "Pack:\n  union:\n    tag: kind\n    tag_type: {ty}\n    variants:\n      {tag}: {{variant: A, fields: {{x: {{type: string}}}}}}"
        );
        module("box:\n  type: Pack", "", "", &union)
    };
    check(&tagged("u32", "-7"), "union", "-7", "`-7` is not a valid u32", "0..4294967295");
    check(&tagged("i32", "3000000000"), "union", "3000000000", "not a valid i32", "it holds");
    assert_eq!(findings(&[("d/demo.yaml", &tagged("i64", "3000000000"))]).0, []);
}

/// Comments are lost when a command writes the file: they are said, and such a file is not written.
#[test]
fn comments() {
    let head = "# a head\n\n# of two\n";
    let doc = "doc: |-\n  甲 #乙\n  a # b\n";
    let sound = format!("{head}module: demo\ntitle: 'a # b'\n{doc}");
    let sound = SourceFile { path: "d/demo.yaml".into(), text: sound };
    assert_eq!(findings(&[("d/demo.yaml", &sound.text)]).0, []);
    assert!(wecom_codegen::format::format(&sound).is_some());
    for (from, to, under) in [
        ("title: 'a # b'\n", "title: 'a # b' # why\n", "# why"),
        ("title: 'a # b'\n", "title: b # why\n", "# why"),
        ("title: 'a # b'\n", "# why\ntitle: b\n", "# why"),
        ("  a # b\n", "  a # b\n# why\n", "# why"),
        ("doc: |-\n", "doc: |- # why\n", "# why"),
    ] {
        let text = sound.text.replace(from, to);
        check(&text, "comment", under, "is lost when a command writes the file", "`notes`");
        assert_eq!(wecom_codegen::format::format(&SourceFile { text, ..sound.clone() }), None);
    }
}

/// The rules on words and paths hold in commands, too.
#[test]
fn texts_of_commands() {
    let sound = "    title: 发\n    modes: [internal]\n    source: [{page: 1}]\n";
    let path = "`/cgi-bin/demo/nowhere`";
    for (more, words) in [
        (format!("    doc: 见 {path}。\n"), "`/cgi-bin/demo/nowhere`"),
        (format!("    permission: 见 {path}。\n"), "`/cgi-bin/demo/nowhere`"),
        (format!("    rate: [{{calls: 1, per: minute, scope: corp, doc: 见 {path}。}}]\n"), "nowhere"),
        (format!("    request: {{fields: {{a: {{type: string, doc: 见 {path}。}}}}}}\n"), "nowhere"),
        (format!("    response: {{fields: {{a: {{type: string, doc: 见 {path}。}}}}}}\n"), "nowhere"),
    ] {
        command(&format!("{sound}{more}"), "unknown-path", "/cgi-bin/demo/nowhere", words, "describe");
    }
}
