//! `modules.yaml` says what each cargo feature is: one line for each, and none for what is not there.

use wecom_codegen::load;
use wecom_codegen::source::{Severity, SourceFile};

const PART: &str = "module: demo\ntitle: 演示\nendpoints:\n  /cgi-bin/demo/make:\n    title: 做\n    method: POST\n    auth: access_token\n    modes: [internal]\n    source:\n      - {page: 1}\n    request:\n      fields:\n        id: {type: string}\n";
const EVENTS: &str = "module: change\ntitle: 变更\ntransport: xml\nevents:\n  made:\n    title: 已做\n    match: {MsgType: event, Event: made}\n    modes: [internal]\n    source:\n      - {page: 1}\n    fields:\n      Id: {type: string}\n";

/// The findings of a spec with this `modules.yaml`: the rule, the text under the caret, message and help in one.
fn findings(modules: &str) -> Vec<(&'static str, String, String)> {
    let file = |path: &str, text: &str| SourceFile { path: path.into(), text: text.into() };
    let files =
        vec![file("demo/demo.yaml", PART), file("events/change.yaml", EVENTS), file("modules.yaml", modules)];
    let loaded = load(files);
    let place = |pos: wecom_codegen::source::Pos| {
        let text = &loaded.spec.files[pos.file as usize].text;
        let line = text.lines().nth(pos.line as usize - 1).unwrap_or_default();
        let from: String = line.chars().skip(pos.col as usize - 1).collect();
        from.split([' ', ',', ':', '}', ']']).next().unwrap_or_default().to_owned()
    };
    loaded
        .diagnostics
        .iter()
        .map(|d| {
            assert_eq!(d.severity, Severity::Error);
            (d.rule, place(d.pos), format!("{}; {}", d.message, d.help))
        })
        .collect()
}

#[test]
fn a_line_for_each_feature() {
    let sound = "demo: {title: 演示, english: things to show, events: [change]}\n";
    assert_eq!(findings(sound), []);
    for (modules, rule, under, words) in [
        (
            sound.replace("demo:", "demos:"),
            "feature",
            "demo",
            "does not say what the feature `demo` is; add `demo:",
        ),
        (
            sound.to_owned() + "demi: {title: 无, english: nothing}\n",
            "feature",
            "demi",
            "did you mean `demo`?",
        ),
        (
            sound.to_owned() + "x: {title: 无, english: nothing}\n",
            "feature",
            "x",
            "no path begins with `x`; remove",
        ),
        (sound.replace("things to show", "things."), "feature", "things.", "not a line of English"),
        (sound.replace("things to show", "物"), "feature", "物", "not a line of English"),
        (sound.replace("[change]", "[chang]"), "feature", "chang", "did you mean `change`?"),
        (
            sound.replace(", events: [change]", ""),
            "feature",
            "change",
            "names no feature that the events of `change`",
        ),
        (sound.replace("[change]", "[change, change]"), "feature", "change", "go with `demo` already"),
        (sound.replace("title: 演示, ", ""), "missing-key", "{title", "lacks `title`"),
        (sound.replace("events", "event"), "unknown-key", "event", "events"),
        ("- demo\n".to_owned(), "wrong-kind", "-", "is not a mapping"),
    ] {
        let found = findings(&modules);
        let due = found.iter().any(|(r, place, text)| {
            *r == rule && (place == under || rule != "feature") && text.contains(words)
        });
        assert!(due, "{modules}: {found:#?}");
    }
}
