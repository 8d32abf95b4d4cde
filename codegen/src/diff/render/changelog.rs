//! For `CHANGELOG.md`.

use super::{Report, place};
use crate::diff::change::{Change, Class};

/// A heading, and which changes stand below it.
type Group = (&'static str, fn(&Change) -> bool);

/// What callers must do first, then what they can.
const GROUPS: [Group; 5] = [
    ("Breaking for Rust callers", |c| c.rust == Class::Major),
    ("Breaking on the wire", |c| c.rust != Class::Major && c.wire == Class::Major),
    ("Added", |c| c.class() == Class::Minor && is_new(c) && !is_code(c)),
    ("Changed", |c| c.class() < Class::Major && !(c.class() == Class::Minor && is_new(c)) && !is_code(c)),
    // Many, and of little weight each.
    ("Error codes", |c| c.class() < Class::Major && is_code(c)),
];

fn is_new(c: &Change) -> bool {
    c.rule.ends_with("-added")
}

/// A code of the catalogue.
fn is_code(c: &Change) -> bool {
    c.module.is_empty()
}

/// The entry of `CHANGELOG.md`. A release puts its date in place of `– unreleased`.
pub fn changelog(report: &Report<'_>, version: &str) -> String {
    let mut out = format!("## {version} – unreleased\n");
    for (title, belongs) in GROUPS {
        let list: Vec<&Change> = report.diff.real().filter(|c| belongs(c)).collect();
        if list.is_empty() {
            continue;
        }
        out.push_str(&format!("\n### {title}\n"));
        for c in list {
            let place = if place(c).is_empty() { String::new() } else { format!(" {}", code(place(c))) };
            let guess = if c.guess { " (a guess)" } else { "" };
            out.push_str(&format!("- {}{place}: {}{guess}\n", code(c.subject()), one_line(&c.text)));
        }
    }
    match report.diff.docs() {
        0 => {}
        1 => out.push_str("\n1 text changed.\n"),
        n => out.push_str(&format!("\n{n} texts changed.\n")),
    }
    if report.diff.changes.is_empty() {
        out.push_str("\nThe API is unchanged.\n");
    }
    out
}

/// White space of any kind as single blanks.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A code span, also in a cell of a table.
pub(super) fn code(text: &str) -> String {
    format!("`{}`", one_line(text).replace('`', "'").replace('|', "\\|"))
}
