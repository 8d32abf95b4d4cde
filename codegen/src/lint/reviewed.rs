//! `reviewed.tsv`: each line says of page and spec what can be so, and why it stands.

use std::collections::HashMap;

use super::departures::{Entry, entries};
use super::scope::{self, Defs};
use crate::departure::{named, place};
use crate::docs::merge::reviewed::Why;
use crate::model::Spec;
use crate::source::{Diagnostic, Pos, Severity};

/// Kinds of differences at a field that both sides have, and at one that only the spec has.
const AT_FIELDS: &[&str] = &["retyped", "required", "limit", "value-added", "field-removed"];
/// All kinds.
const KINDS: &[&str] = &[
    "field-added",
    "field-removed",
    "retyped",
    "required",
    "limit",
    "value-added",
    "mode-added",
    "code-added",
    "code-gone",
    "digest",
    "entry",
];
/// The subject of differences in error codes.
const CODES: &str = "errors.yaml";

/// All findings in the text of `reviewed.tsv`; their file is the one behind the spec's own.
pub fn reviewed(spec: &Spec, text: &str) -> Vec<Diagnostic> {
    let defs = scope::defs(spec);
    let entries: HashMap<String, Entry<'_>> = entries(spec).into_iter().map(|e| (e.key.clone(), e)).collect();
    let mut out = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.starts_with('#') || line.is_empty() {
            continue;
        }
        let cells: Vec<&str> = line.split('\t').collect();
        let column = |cell: usize| {
            let before: usize = cells.iter().take(cell).map(|c| c.chars().count() + 1).sum();
            u32::try_from(before).unwrap_or_default() + 1
        };
        if let Some((cell, message, help)) = row(&cells, &entries, &defs, spec) {
            let line = u32::try_from(index).unwrap_or_default() + 1;
            let file = u32::try_from(spec.files.len()).unwrap_or_default();
            out.push(Diagnostic {
                rule: "reviewed",
                severity: Severity::Error,
                pos: Pos { file, line, col: column(cell) },
                message,
                help,
                name: None,
            });
        }
    }
    out
}

type Mistake = Option<(usize, String, String)>;

fn row(cells: &[&str], entries: &HashMap<String, Entry<'_>>, defs: &Defs<'_>, spec: &Spec) -> Mistake {
    let [subject, kind, at, page, why] = cells else {
        let message = format!(
            "{} cells, 5 expected: subject, kind, where, what the page says, why it stands",
            cells.len()
        );
        return Some((
            0,
            message,
            "cells are separated by tabs; `cargo xtask docs accept` writes the file".into(),
        ));
    };
    if !KINDS.contains(kind) {
        let message = format!("`{kind}` is not a kind of difference");
        return Some((1, message, crate::schema::propose(kind, KINDS)));
    }
    let words: Vec<&str> = Why::ALL.iter().map(|(w, _)| *w).collect();
    if Why::of(why).is_none() {
        let message = format!("`{why}` is not a reason why a difference may stand");
        return Some((4, message, format!("one of: {}", words.join(", "))));
    }
    if (*why == "seen") != (*kind == "digest") {
        return Some((4, "`seen` goes with `digest` alone".into(), format!("one of: {}", words.join(", "))));
    }
    let gone =
        |cell, message| Some((cell, message, "remove the line: nothing differs there any more".to_owned()));
    if *subject == CODES {
        let listed = spec.errors.iter().any(|c| c.code.value.to_string() == *at);
        return match *kind {
            "code-gone" if !listed => gone(2, format!("the spec has no error code {at}")),
            "code-added" if listed => gone(2, format!("the spec has error code {at}")),
            _ => None,
        };
    }
    let entry = entries.get(*subject);
    if *kind == "entry" {
        return match (*at, entry.is_some()) {
            ("new", true) => gone(0, format!("the spec has `{subject}`")),
            ("gone", false) => gone(0, format!("the spec has no `{subject}`")),
            ("new" | "gone", _) => None,
            _ => Some((2, format!("`{at}` says nothing of an entry"), "write `new` or `gone`".into())),
        };
    }
    let Some(entry) = entry else { return gone(0, format!("the spec has no `{subject}`")) };
    // `limit` names the key behind the path.
    let path = at.split(' ').next().unwrap_or(at);
    let path = path.strip_prefix("event.").unwrap_or(path);
    let found = entry.find(defs, path).unwrap_or_default();
    let covered = entry.departures.iter().find(|d| {
        let own = place(&d.at.value).path.replace("[]", "");
        own == path
            || d.fact.as_ref().is_some_and(|f| f.value == crate::model::Fact::Name)
                && named(d).replace("[]", "") == path
    });
    if let Some(d) = covered {
        let message = format!("the departure at `{}` says it already", d.at.value);
        return Some((2, message, "remove the line".into()));
    }
    match *kind {
        kind if AT_FIELDS.contains(&kind) && found.is_empty() => {
            gone(2, format!("`{at}` leads to no field of `{subject}`"))
        }
        "field-added" if !found.is_empty() => gone(2, format!("the spec has `{at}`")),
        "mode-added" if entry.has_mode(page) => gone(3, format!("`modes` of `{subject}` has {page}")),
        _ => None,
    }
}
