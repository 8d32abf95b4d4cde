//! The files that are one table: `format.yaml`, `grants.yaml`, `modules.yaml`, `errors.yaml`.

use super::entries::Entries;
use super::entry::{at, code};
use crate::model::{ErrorCode, Feature, Grant};
use crate::schema;
use crate::source::{At, Report};
use crate::yaml::{Kind, Node};

/// Whether the spec is of the format that this reads; what is no number counts as it, and is reported.
pub(super) fn format(node: &Node, report: &mut Report) -> bool {
    let Some(mut e) = Entries::new(node, schema::FORMAT_FILE, schema::FORMAT_KEYS, report) else {
        return true;
    };
    if e.get("format").is_none() {
        let help = format!("write `format: {}`", schema::FORMAT);
        e.report.error("missing-key", node.pos, "format.yaml lacks `format`", help);
    }
    let Some(found) = e.integer("format") else { return true };
    if found.value == schema::FORMAT {
        return true;
    }
    let age = if found.value < schema::FORMAT { "older" } else { "newer" };
    let message = format!(
        "the spec is of format {}, {age} than format {}, which this reads",
        found.value,
        schema::FORMAT
    );
    let help = match found.value {
        1 => "`cargo xtask fmt --migrate` writes it anew in this format",
        _ => "use the tools of a revision that has the same spec/format.yaml",
    };
    report.error("format-version", found.pos, message, help);
    false
}

/// `name: text` lines of sentences about permission.
pub(super) fn grants(node: &Node, report: &mut Report) -> Vec<Grant> {
    let Kind::Map(entries) = &node.kind else {
        let message = format!("{} is not a mapping", schema::GRANTS_FILE);
        report.error("wrong-kind", node.pos, message, "write `name: text` lines");
        return vec![];
    };
    let mut out = Vec::new();
    for (key, value) in entries {
        match value.text().filter(|t| !t.trim().is_empty()) {
            Some(text) => {
                out.push(Grant { name: at(key), text: At::new(text.trim_end().to_owned(), value.pos) })
            }
            None => {
                let message = format!("`{}` says nothing", key.text().unwrap_or_default());
                report.error("empty-text", value.pos, message, "give it a text, or remove it");
            }
        }
    }
    out
}

/// `feature: {title, english, events}` lines.
pub(super) fn features(node: &Node, report: &mut Report) -> Vec<Feature> {
    let Kind::Map(entries) = &node.kind else {
        let message = format!("{} is not a mapping", schema::MODULES_FILE);
        report.error("wrong-kind", node.pos, message, "write `feature: {title: …, english: …}` lines");
        return vec![];
    };
    let mut out = Vec::new();
    for (key, value) in entries {
        let name = at(key);
        let what = format!("feature {}", name.value);
        let Some(mut e) = Entries::new(value, what, schema::FEATURE, report) else { continue };
        let (title, english, events) = (e.need("title"), e.need("english"), e.words("events"));
        if let (Some(title), Some(english)) = (title, english) {
            out.push(Feature { name, title, english, events });
        }
    }
    out
}

pub(super) fn errors(node: &Node, report: &mut Report) -> Vec<ErrorCode> {
    let mut out = Vec::new();
    let Kind::Map(entries) = &node.kind else {
        report.error(
            "wrong-kind",
            node.pos,
            "errors.yaml is not a mapping",
            "write `40014:` with `meaning`, `class`",
        );
        return out;
    };
    for (key, value) in entries {
        let Some(code) = code(key, report) else { continue };
        out.extend(error(code, value, report));
    }
    out
}

fn error(code: At<i64>, node: &Node, report: &mut Report) -> Option<ErrorCode> {
    let mut e = Entries::new(node, format!("error {}", code.value), schema::ERROR, report)?;
    let (meaning, advice) = (e.need("meaning"), e.text("advice"));
    e.need("class");
    let known: Vec<(&str, &str)> = schema::CLASSES.iter().map(|c| (*c, *c)).collect();
    let class = e.word("class", &known).map(|c| At::new(c.value.to_owned(), c.pos));
    let status = e.word("status", &[("current", false), ("retired", true)]);
    let retired = status.is_some_and(|s| s.value);
    Some(ErrorCode { code, meaning: meaning?, class: class?, retired, advice })
}
