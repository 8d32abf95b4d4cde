//! The rules: a stable code for each kind of change, and what to say of it.

mod endpoints;
mod fields;
mod rest;
mod types;

use std::sync::LazyLock;

/// A kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Rule {
    /// Stable name.
    pub code: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// What it means for callers.
    pub explanation: &'static str,
    /// A change of the spec that is one.
    pub example: &'static str,
    /// What a caller has to do.
    pub advice: &'static str,
}

/// The rule of a code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|r| r.code == code)
}

const fn r(
    code: &'static str,
    title: &'static str,
    explanation: &'static str,
    example: &'static str,
    advice: &'static str,
) -> Rule {
    Rule { code, title, explanation, example, advice }
}

/// All rules.
pub static RULES: LazyLock<Vec<Rule>> =
    LazyLock::new(|| [endpoints::ALL, fields::ALL, types::ALL, rest::ALL].concat());
