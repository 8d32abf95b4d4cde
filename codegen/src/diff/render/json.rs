//! For machines. The form is described by [`SCHEMA`] and changes only with [`SCHEMA_VERSION`].

use serde_json::{Value, json as value};

use super::Report;
use crate::diff::change::Class;
use crate::diff::version::next_version;

/// Version of the form: raised when a key goes or means something else, not when one comes.
pub const SCHEMA_VERSION: u32 = 1;

/// JSON Schema of the report.
pub const SCHEMA: &str = include_str!("report.schema.json");

/// The report as one JSON value.
pub fn json(report: &Report<'_>) -> Value {
    let count = |class: Class| report.diff.real().filter(|c| c.class() == class).count();
    let changes: Vec<Value> = report
        .listed()
        .map(|c| {
            value!({
                "id": c.id(),
                "rule": c.rule,
                "rust": c.rust.word(),
                "wire": c.wire.word(),
                "module": c.module,
                "endpoint": c.endpoint,
                "item": c.item,
                "path": c.path,
                "old": c.old,
                "new": c.new,
                "text": c.text,
                "guess": c.guess,
                "shared": c.shared,
                "parts": c.parts,
                "allowed": report.allowed.get(&c.id()),
            })
        })
        .collect();
    value!({
        "schema": SCHEMA_VERSION,
        "base": report.base,
        "head": report.head,
        "rust": report.diff.rust().word(),
        "wire": report.diff.wire().word(),
        "version": report.version.map(|v| v.to_string()),
        "next_version": report.version.map(|v| next_version(v, report.diff.rust()).to_string()),
        "counts": {
            "major": count(Class::Major),
            "minor": count(Class::Minor),
            "patch": count(Class::Patch),
            "docs": report.diff.docs(),
        },
        "warnings": report.warnings,
        "changes": changes,
    })
}
