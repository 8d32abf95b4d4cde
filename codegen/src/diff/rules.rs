//! The rules: a stable code for each kind of change, and what to say of it.

mod endpoints;
mod fields;
mod rest;
mod rule;
mod types;

use std::sync::LazyLock;

pub use rule::Rule;

/// The rule of a code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|r| r.code == code)
}

/// All rules.
pub static RULES: LazyLock<Vec<Rule>> =
    LazyLock::new(|| [endpoints::ALL, fields::ALL, types::ALL, rest::ALL].concat());
