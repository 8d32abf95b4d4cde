//! What entries of all kinds have: sources, status, rates, errors, departures.

use std::num::IntErrorKind;

use super::entries::Entries;
use crate::ir::Status;
use crate::model::*;
use crate::schema;
use crate::source::{At, Pos, Report};
use crate::yaml::Node;

pub(super) fn at(node: &Node) -> At<String> {
    At::new(node.text().unwrap_or_default().to_owned(), node.pos)
}

/// `code: text` lines.
pub(super) fn error_texts(e: &mut Entries<'_, '_>) -> Vec<(At<i64>, At<String>)> {
    let mut errors = Vec::new();
    for (key, text) in e.map("errors") {
        let (Some(code), Some(words)) = (code(key, e.report), words(key, text, e.report)) else { continue };
        errors.push((code, At::new(words.value.trim().to_owned(), words.pos)));
    }
    errors
}

/// An error code, as the answers have it: a whole number of 32 bits.
pub(super) fn code(key: &Node, report: &mut Report) -> Option<At<i64>> {
    let text = key.text().unwrap_or_default();
    match text.parse::<i32>() {
        Ok(n) => Some(At::new(n.into(), key.pos)),
        Err(e) => {
            let message = format!("`{text}` is not an error code");
            let help = match e.kind() {
                IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => {
                    format!("codes lie between {} and {}: correct the number", i32::MIN, i32::MAX)
                }
                _ => "write the number: `60111: …`".into(),
            };
            report.error("error-code", key.pos, message, help);
            None
        }
    }
}

/// The text of a line `key: text`; it may be empty.
pub(super) fn words(key: &Node, value: &Node, report: &mut Report) -> Option<At<String>> {
    let Some(text) = value.text() else {
        let key = key.text().unwrap_or_default();
        let message = format!("`{key}` is {}, not a text", value.word());
        report.error("wrong-kind", value.pos, message, format!("write `{key}: …` on one line"));
        return None;
    };
    Some(At::new(text.to_owned(), value.pos))
}

/// `draft: true`, and where.
pub(super) fn draft(e: &mut Entries<'_, '_>) -> Option<Pos> {
    let pos = e.get("draft")?.pos;
    e.boolean("draft").filter(|d| *d).map(|_| pos)
}

pub(super) fn status(e: &mut Entries<'_, '_>) -> Status {
    let known = [("current", Status::Current), ("retired", Status::Retired), ("seen_live", Status::SeenLive)];
    e.word("status", &known).map_or(Status::Current, |s| s.value)
}

pub(super) fn sources(e: &mut Entries<'_, '_>) -> Vec<Source> {
    let mut out = Vec::new();
    for node in e.list("source") {
        let Some(mut s) = Entries::new(node, "a source", schema::SOURCE, e.report) else { continue };
        if s.get("page").is_none() {
            s.need("page");
            continue;
        }
        let Some(page) = s.integer("page") else { continue };
        let doc_id = s.integer("doc_id").map(|d| d.value);
        out.push(Source { page, doc_id, updated: s.text("updated"), digest: s.string("digest") });
    }
    out
}

pub(super) fn rates(e: &mut Entries<'_, '_>) -> Vec<Rate> {
    let mut out = Vec::new();
    for node in e.list("rate") {
        let Some(mut r) = Entries::new(node, "a rate", schema::RATE, e.report) else { continue };
        for key in ["calls", "per", "scope"] {
            if r.get(key).is_none() {
                r.need(key);
            }
        }
        let calls = r.integer("calls");
        let pairs = |words: &[&'static str]| words.iter().map(|w| (*w, *w)).collect::<Vec<_>>();
        let per = r.word("per", &pairs(schema::PERIODS));
        let scope = r.word("scope", &pairs(schema::SCOPES));
        let modes = r.modes();
        let doc = r.text("doc");
        if let (Some(calls), Some(per), Some(scope)) = (calls, per, scope) {
            out.push(Rate { calls, per: per.to_string(), scope: scope.to_string(), modes, doc });
        }
    }
    out
}

pub(super) fn departures(e: &mut Entries<'_, '_>) -> Vec<Departure> {
    let mut out = Vec::new();
    for node in e.list("departures") {
        let Some(mut d) = Entries::new(node, "a departure", schema::DEPARTURE, e.report) else { continue };
        let known: Vec<(&str, &str)> = schema::DEPARTURES.iter().map(|c| (*c, *c)).collect();
        let class = d.word("class", &known).map(|c| At::new(c.value.to_owned(), c.pos));
        let fact = d.word("fact", Fact::ALL);
        let (at, page, here, reason) = (d.need("at"), d.need("page"), d.text("here"), d.need("reason"));
        if let (Some(at), Some(page), Some(reason)) = (at, page, reason) {
            out.push(Departure { at, class, fact, page, here, reason });
        }
    }
    out
}
