//! What a check finds, in types that callers match on.

use serde::Serialize;

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
