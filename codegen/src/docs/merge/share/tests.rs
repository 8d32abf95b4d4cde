use super::*;
use crate::source::{Report, SourceFile};
use crate::yaml;

/// The types that come of requests and answers, each with its fields; `!` marks those that are always there.
fn shared(bodies: &[(&str, &str)]) -> String {
    let entry = |(at, (word, fields)): (usize, &(&str, &str))| {
        format!("  /cgi-bin/demo/e{at}: {{{word}: {{fields: {{{fields}}}}}}}\n")
    };
    let text: String = bodies.iter().enumerate().map(entry).collect();
    let file = SourceFile { path: "d/demo.yaml".into(), text: format!("module: demo\nendpoints:\n{text}") };
    let mut report = Report::default();
    let root = yaml::parse(&file, 0, &mut report).expect("YAML");
    let mut trees = [Tree { path: file.path, head: String::new(), root, old: None }];
    let added = (0..bodies.len()).map(|at| format!("/cgi-bin/demo/e{at}")).collect();
    let mut notes = Vec::new();
    share(&mut trees, &added, &mut notes);
    let types = trees[0].root.get("types").map(entries).unwrap_or_default();
    assert_eq!(types.len(), notes.len(), "each shared type is told");
    let field = |(name, f): &(Node, Node)| {
        let always = f.get("required").is_some();
        format!("{}{}", name.text().unwrap_or_default(), if always { "!" } else { "" })
    };
    let all = types.iter().map(|(name, ty)| {
        let names = ty.get("fields").or(ty.get("values")).map(entries).unwrap_or_default();
        let names: Vec<String> = names.iter().map(field).collect();
        format!("{}({})", name.text().unwrap_or_default(), names.join(" "))
    });
    all.collect::<Vec<_>>().join(" ")
}

#[test]
fn what_is_the_same_becomes_one_type() {
    const ABC: &str = "a: {type: string, required: true}, b: {type: i64}, c: {type: bool}";
    const OPEN: &str = "a: {type: string}, b: {type: i64}, c: {type: bool}";
    let object = |name: &str, ty: &str, fields: &str| format!("{name}: {{type: {ty}, fields: {{{fields}}}}}");
    let named =
        |name: &str, fields: &str| format!("{name}: {{type: object, name: Page, fields: {{{fields}}}}}");
    let kind = |name: &str| {
        format!("{name}: {{type: i32, values: {{1: {{name: V1, doc: 甲}}, 2: {{name: V2, doc: 乙}}}}}}")
    };
    for (left, right, want) in [
        // Lists and single objects are of one type, named after the field, or as the page does.
        (
            ("response", object("user", "object", ABC)),
            ("response", object("user_list", "list<object>", ABC)),
            "User(a! b c)",
        ),
        (("response", named("x", ABC)), ("response", object("y", "object", ABC)), "Page(a! b c)"),
        // What has other fields always, or other limits, stays apart.
        (("response", object("user", "object", ABC)), ("response", object("user", "object", OPEN)), ""),
        (
            ("response", object("user", "object", ABC)),
            ("response", object("user", "object", &ABC.replace("i64", "i64, range: ..9"))),
            "",
        ),
        (("request", object("user", "object", ABC)), ("request", object("user", "object", OPEN)), ""),
        (
            ("request", object("user", "object", ABC)),
            ("request", object("user", "object", ABC)),
            "User(a! b c)",
        ),
        // An answer is of a request's type where it has its fields as the request has them.
        (
            ("request", object("user", "object", ABC)),
            ("response", object("user", "object", ABC)),
            "User(a! b c)",
        ),
        (("request", object("user", "object", OPEN)), ("response", object("user", "object", ABC)), ""),
        (("request", object("user", "object", ABC)), ("response", object("user", "object", OPEN)), ""),
        // Another type inside, or too little in common.
        (
            ("response", object("user", "object", ABC)),
            ("response", object("user", "object", &ABC.replace("i64", "string"))),
            "",
        ),
        (
            ("response", object("user", "object", "a: {type: string, doc: 甲}, b: {type: string, doc: 乙}")),
            ("response", object("user", "object", "a: {type: string, doc: 甲}, b: {type: string, doc: 丙}")),
            "",
        ),
        (
            ("response", object("user", "object", "a: {type: string, doc: 甲}, b: {type: string, doc: 乙}")),
            (
                "response",
                object("user", "object", "a: {type: string, doc: 甲}, b: {type: string, doc: 乙。}"),
            ),
            "User(a b)",
        ),
        // Enumerations, on either side; what holds them is the same by their name.
        (("request", kind("user_kind")), ("response", kind("user_kind")), "UserKind(1 2)"),
        (
            ("response", object("user", "object", &format!("{ABC}, {}", kind("user_kind")))),
            ("response", object("user", "object", &format!("{ABC}, {}", kind("user_kind")))),
            "UserKind(1 2) User(a! b c user_kind)",
        ),
    ] {
        let got = shared(&[(left.0, &left.1), (right.0, &right.1)]);
        assert_eq!(got, want, "{} and {}", left.1, right.1);
    }
}
