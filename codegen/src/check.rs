//! JSON values and query strings against the resolved API: what is unknown, missing, of another type or beyond a limit.
//! Sample conformance and the sandbox share this. Nothing here panics on any value, and nesting is bounded.

mod conditions;
mod scalar;
mod walk;

use serde::Serialize;
use serde_json::Value;

use crate::ir::{Api, Place, TypeId, TypeKind};
use walk::{At, Rules, Walk};

/// Tells whether a text matches a regular expression; the caller brings the engine.
pub type Matcher = fn(pattern: &str, text: &str) -> bool;

/// Who wrote the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A client: what it writes must be exact.
    Sent,
    /// A server: `""` may stand for nothing, and `errcode` and `errmsg` stand at the root.
    Received,
}

/// How a field of a value compares with the spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As written in the spec.
    Agree,
    /// Another scalar of the same meaning, such as `"1"` for 1.
    Coerced,
    /// Not in the spec.
    Unknown,
    /// In the spec, but not so.
    Wrong,
}

/// A field that was met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// `msg_list[2].text.content`
    pub path: String,
    /// `msg_list[].text.content`
    pub plain: String,
    /// Comparison of the field itself; the fields inside have their own.
    pub verdict: Verdict,
}

/// All fields of a value and all that was found about them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Fields in the spec's order, unknown ones last.
    pub fields: Vec<Seen>,
    /// Differences.
    pub findings: Vec<Finding>,
}

/// A difference from the spec.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `msg_list[2].text.content`
    pub path: String,
    /// `msg_list[].text.content`
    pub plain: String,
    /// What kind.
    #[serde(flatten)]
    pub kind: Kind,
    /// In words, with the path.
    pub text: String,
}

impl Finding {
    /// A server refuses a request for it. Unknown fields, equivalent scalars and texts that are cut pass.
    pub fn refuses(&self) -> bool {
        !matches!(self.kind, Kind::UnknownField | Kind::Coerced { .. } | Kind::Limit { cut: true, .. })
    }
}

/// Kinds of differences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// Not in the spec.
    UnknownField,
    /// Required and not there.
    MissingRequired,
    /// Another JSON type.
    WrongType {
        /// The spec's.
        expected: String,
        /// The value's.
        found: &'static str,
    },
    /// Another JSON type of the same meaning.
    Coerced {
        /// The spec's.
        expected: String,
        /// The value's.
        found: &'static str,
    },
    /// Beyond a limit.
    Limit {
        /// What is limited.
        measure: Measure,
        /// The limit.
        limit: String,
        /// The value's measure.
        found: String,
        /// Too much is cut by the server, not refused.
        cut: bool,
    },
    /// A text that is not a date, base64, JSON.
    Format {
        /// What it should be.
        expected: &'static str,
    },
    /// A text that the spec's regular expression does not match.
    Pattern {
        /// The expression.
        pattern: String,
    },
    /// A union's tag has no such value.
    UnknownVariant {
        /// The value.
        value: String,
    },
    /// An enumeration has no such value.
    UnknownEnumValue {
        /// The value.
        value: String,
    },
    /// More than one of a group.
    TooMany {
        /// The group.
        of: String,
    },
    /// No multiple of the spec's step.
    Step {
        /// The step.
        step: i64,
    },
    /// Nested too deep to look at.
    TooDeep,
}

/// What a limit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Characters.
    Chars,
    /// Bytes, of the content where it is base64.
    Bytes,
    /// A number's value.
    Range,
    /// Elements.
    Items,
}

/// Differences of a JSON body.
pub fn body(api: &Api, ty: TypeId, value: &Value, side: Side) -> Vec<Finding> {
    Checker::new(api, side).report(ty, value).findings
}

/// Checks values of one side.
#[derive(Debug, Clone, Copy)]
pub struct Checker<'a> {
    api: &'a Api,
    side: Side,
    matcher: Option<Matcher>,
    merged: bool,
}

impl<'a> Checker<'a> {
    /// Without patterns.
    pub fn new(api: &'a Api, side: Side) -> Self {
        Checker { api, side, matcher: None, merged: false }
    }

    /// Checks patterns too.
    #[must_use]
    pub fn patterns(mut self, matcher: Matcher) -> Self {
        self.matcher = Some(matcher);
        self
    }

    /// Takes a value that shows several variants of a union at once, as documentation samples do.
    #[must_use]
    pub fn merged(mut self) -> Self {
        self.merged = true;
        self
    }

    /// All fields of a JSON body and what differs.
    pub fn report(&self, ty: TypeId, value: &Value) -> Report {
        let mut walk = self.walk(false);
        walk.object(ty, value, &At::default(), 0);
        // An answer may lack what the caller may not see; only what is sent must be complete.
        if self.side == Side::Sent {
            let mut conditions = conditions::Conditions::new(self.api);
            conditions.object(ty, value, &At::default(), 0);
            walk.report.findings.extend(conditions.findings);
        }
        walk.report
    }

    /// The parameters of a URL, shown as a JSON object: what samples of a GET hold.
    pub fn query(&self, ty: TypeId, value: &Value) -> Report {
        let mut walk = self.walk(true);
        let fields = match self.api.types.get(ty.0 as usize).map(|t| &t.kind) {
            Some(TypeKind::Struct(s)) => s.fields.as_slice(),
            _ => &[],
        };
        let mine = || fields.iter().filter(|f| f.place == Place::Query);
        let none = serde_json::Map::new();
        let map = value.as_object().unwrap_or(&none);
        for field in mine() {
            let at = At::default().field(&field.wire);
            match map.get(&field.wire) {
                Some(value) => walk.member(&field.ty, &Rules::of(field), value, &at, 0),
                None if field.required => walk.missing(&at),
                None => {}
            }
        }
        for key in map.keys().filter(|k| !mine().any(|f| f.wire == **k)) {
            walk.unknown(&At::default().field(key));
        }
        walk.report
    }

    /// Parameters that travel as texts: a query string, or the fields of a form. Names in `other` are somebody else's.
    pub fn pairs(
        &self,
        ty: TypeId,
        place: Place,
        pairs: &[(String, String)],
        other: &[&str],
    ) -> Vec<Finding> {
        let mut walk = self.walk(true);
        let none = Vec::new();
        let fields = match self.api.types.get(ty.0 as usize).map(|t| &t.kind) {
            Some(TypeKind::Struct(s)) => &s.fields,
            _ => &none,
        };
        let mine = || fields.iter().filter(|f| f.place == place);
        for field in mine() {
            let at = At::default().field(&field.wire);
            match pairs.iter().find(|(k, v)| *k == field.wire && !v.is_empty()) {
                Some((_, v)) => {
                    walk.value(&field.ty, &Rules::of(field), &Value::String(v.clone()), &at, 0);
                }
                None if field.required => walk.missing(&at),
                None => {}
            }
        }
        for (key, _) in pairs {
            if !other.contains(&key.as_str()) && !mine().any(|f| f.wire == *key) {
                walk.unknown(&At::default().field(key));
            }
        }
        walk.report.findings
    }

    fn walk(&self, text: bool) -> Walk<'a> {
        Walk {
            api: self.api,
            side: self.side,
            matcher: self.matcher,
            text,
            merged: self.merged,
            report: Report::default(),
        }
    }
}
