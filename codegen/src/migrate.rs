//! Specs of format 1 → format 2. Every fact stays; only where it stands changes.

use crate::format;
use crate::schema;
use crate::source::{Diagnostic, Pos, Report, SourceFile};
use crate::yaml::{self, Kind, Node};

/// The format that a spec says it is of, where it says so.
pub fn version(files: &[SourceFile]) -> Option<i64> {
    let file = files.iter().find(|f| f.path == schema::FORMAT_FILE)?;
    yaml::parse(file, 0, &mut Report::default())?.get("format")?.text()?.parse().ok()
}

/// The files in this format, or what stands in the way: what one of them holds twice, or where nobody reads it, would be lost.
pub fn migrate(files: &[SourceFile]) -> Result<Vec<SourceFile>, Vec<Diagnostic>> {
    let mut report = Report::default();
    let list: Vec<_> = files.iter().enumerate().map(|(n, f)| one(f, n as u32, &mut report)).collect();
    if report.diagnostics.is_empty() { Ok(list) } else { Err(report.sorted()) }
}

fn one(file: &SourceFile, index: u32, report: &mut Report) -> SourceFile {
    let root = yaml::parse(file, index, report);
    let text = match root {
        Some(_) if file.path == schema::FORMAT_FILE => Some(format!("format: {}\n", schema::FORMAT)),
        Some(mut root) => {
            entry(&mut root);
            format::written(file, &root)
        }
        None => None,
    };
    SourceFile { path: file.path.clone(), text: text.unwrap_or_else(|| file.text.clone()) }
}

/// Looks for fields in everything below.
fn entry(node: &mut Node) {
    match &mut node.kind {
        Kind::Scalar { .. } => {}
        Kind::Seq(list) => list.iter_mut().for_each(entry),
        Kind::Map(entries) => {
            for (key, value) in entries {
                match key.text() {
                    Some("fields") => fields(value),
                    Some("groups") => {
                        if let Kind::Map(groups) = &mut value.kind {
                            groups.iter_mut().for_each(|(_, group)| fields(group));
                        }
                    }
                    _ => entry(value),
                }
            }
        }
    }
}

fn fields(node: &mut Node) {
    if let Kind::Map(entries) = &mut node.kind {
        entries.iter_mut().for_each(|(_, f)| field(f));
    }
}

/// A condition in words gets a key of its own, and what limits elements says so.
fn field(node: &mut Node) {
    let many = node
        .get("type")
        .and_then(Node::text)
        .is_some_and(|t| ["list<", "pipe<", "map<"].iter().any(|w| t.starts_with(w)));
    if let Kind::Map(entries) = &mut node.kind {
        for (key, value) in entries.iter_mut() {
            if key.text() == Some("required") && !matches!(value.text(), Some("true" | "false")) {
                *key = word("required_words", key.pos);
            }
        }
        let (each, rest): (Vec<_>, Vec<_>) = std::mem::take(entries)
            .into_iter()
            .partition(|(k, _)| many && k.text().is_some_and(|k| schema::EACH.contains(&k)));
        *entries = rest;
        if let Some((first, _)) = each.first() {
            let pos = first.pos;
            entries.push((word("each", pos), Node { pos, kind: Kind::Map(each) }));
        }
    }
    entry(node);
}

fn word(text: &str, pos: Pos) -> Node {
    Node { pos, kind: Kind::Scalar { text: text.into(), plain: true } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_facts_stand_in_their_new_places() {
        let file = |path: &str, text: &str| SourceFile { path: path.into(), text: text.into() };
        let old = "# head\nmodule: m\ntitle: t\nendpoints:\n  /cgi-bin/m/a:\n    request:\n      fields:\n        a:\n          type: list<string>\n          required: b 未填时\n          chars: 1..32\n          items: ..5\n          doc: 甲\n        b:\n          type: string\n          required: true\n          chars: ..8\n          doc: |-\n            一\n            二\n";
        let new = "# head\nmodule: m\ntitle: t\nendpoints:\n  /cgi-bin/m/a:\n    request:\n      fields:\n        a: {type: list<string>, required_words: b 未填时, items: ..5, each: {chars: 1..32}, doc: 甲}\n        b:\n          type: string\n          required: true\n          chars: ..8\n          doc: |-\n            一\n            二\n";
        let files = [file("format.yaml", "format: 1\n"), file("m/a.yaml", old)];
        assert_eq!(version(&files), Some(1));
        let got = migrate(&files).expect("nothing stands in the way");
        assert_eq!(got[0].text, "format: 2\n");
        assert_eq!(got[1].text, new);
        assert_eq!(migrate(&got), Ok(got), "a second run changes nothing");
    }

    #[test]
    fn nothing_is_written_that_would_lose_a_fact() {
        for (text, rule) in [
            ("a: [", "yaml"),
            ("module: m\nmodule: n\n", "duplicate-key"),
            ("module: &m m\ntitle: *m\n", "yaml-alias"),
            ("module: m # n\n", "comment"),
        ] {
            let files = [("format.yaml", "format: 1\n"), ("m/a.yaml", text)];
            let files = files.map(|(path, text)| SourceFile { path: path.into(), text: text.into() });
            let found = migrate(&files).expect_err(text);
            assert_eq!((found[0].rule, found[0].pos.file), (rule, 1), "{text}");
        }
    }
}
