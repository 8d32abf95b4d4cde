//! The walk over a value: where it is, what is demanded there, and how a finding is noted. Which fields there are is `walk.rs`, which
//! scalars fit is `scalar.rs`.

use serde_json::Value;

use super::finding::{Finding, Kind, Matcher, Measure, Report, Seen, Side, Verdict};
use crate::ir::{Api, Field, Limit, Limits};

/// A place in the value.
#[derive(Debug, Default)]
pub(super) struct At {
    pub(super) path: String,
    pub(super) plain: String,
}

impl At {
    pub(super) fn field(&self, name: &str) -> At {
        let join = |base: &str| if base.is_empty() { name.to_owned() } else { format!("{base}.{name}") };
        At { path: join(&self.path), plain: join(&self.plain) }
    }

    pub(super) fn index(&self, i: usize) -> At {
        At { path: format!("{}[{i}]", self.path), plain: format!("{}[]", self.plain) }
    }

    pub(super) fn key(&self, key: &str) -> At {
        At { path: format!("{}.{key}", self.path), plain: format!("{}.*", self.plain) }
    }
}

/// What a field demands of its value beyond the type.
#[derive(Debug, Clone, Default)]
pub(super) struct Rules {
    pub(super) limits: Limits,
    pub(super) cut: bool,
}

impl Rules {
    pub(super) fn of(field: &Field) -> Rules {
        Rules { limits: field.limits.clone(), cut: field.limits.cut }
    }

    pub(super) fn element(&self) -> Rules {
        Rules { limits: self.limits.each.as_deref().cloned().unwrap_or_default(), cut: self.cut }
    }
}

/// A walk and what it has met so far.
pub(super) struct Walk<'a> {
    pub(super) api: &'a Api,
    pub(super) side: Side,
    pub(super) matcher: Option<Matcher>,
    /// Scalars are written as texts here.
    pub(super) text: bool,
    /// One sample may hold several variants at once.
    pub(super) merged: bool,
    pub(super) report: Report,
}

impl Walk<'_> {
    pub(super) fn find(&mut self, at: &At, kind: Kind, text: String) {
        let text = if at.path.is_empty() { text } else { format!("{}: {text}", at.path) };
        self.report.findings.push(Finding { path: at.path.clone(), plain: at.plain.clone(), kind, text });
    }

    pub(super) fn see(&mut self, at: &At, verdict: Verdict) {
        self.report.fields.push(Seen { path: at.path.clone(), plain: at.plain.clone(), verdict });
    }

    pub(super) fn missing(&mut self, at: &At) {
        self.find(at, Kind::MissingRequired, "required, but missing".into());
    }

    pub(super) fn unknown(&mut self, at: &At) {
        self.find(at, Kind::UnknownField, "not in the spec".into());
        self.see(at, Verdict::Unknown);
    }

    pub(super) fn wrong(&mut self, at: &At, expected: &str, value: &Value) -> Verdict {
        let found = json_type(value);
        let text = format!("{expected} expected, found {found}");
        self.find(at, Kind::WrongType { expected: expected.into(), found }, text);
        Verdict::Wrong
    }

    pub(super) fn coerced(&mut self, at: &At, expected: &str, value: &Value) -> Verdict {
        let found = json_type(value);
        self.find(
            at,
            Kind::Coerced { expected: expected.into(), found },
            format!("{found} in place of {expected}"),
        );
        Verdict::Coerced
    }

    pub(super) fn format(&mut self, at: &At, expected: &'static str) -> Verdict {
        self.find(at, Kind::Format { expected }, format!("{expected} expected"));
        Verdict::Wrong
    }

    pub(super) fn limit(&mut self, at: &At, rules: &Rules, measure: Measure, n: i64) -> Verdict {
        let limits = &rules.limits;
        let (limit, unit) = match measure {
            Measure::Chars => (limits.chars, " characters"),
            Measure::Bytes => (limits.bytes, " bytes"),
            Measure::Range => (limits.range, ""),
            Measure::Items => (limits.items, " elements"),
        };
        if limit.holds(n) {
            Verdict::Agree
        } else {
            self.beyond(at, measure, limit, n.to_string(), unit, rules.cut)
        }
    }

    pub(super) fn beyond(
        &mut self,
        at: &At,
        measure: Measure,
        limit: Limit,
        found: String,
        unit: &str,
        cut: bool,
    ) -> Verdict {
        let text = format!("{found}{unit}, the limit is {limit}");
        self.find(at, Kind::Limit { measure, limit: limit.to_string(), found, cut }, text);
        Verdict::Wrong
    }
}

/// What JSON calls a value, integers told from other numbers.
pub(super) fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(n) if n.is_f64() => "float",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

pub(super) fn length(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
