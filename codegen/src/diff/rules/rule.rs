//! What a rule is.

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

pub(super) const fn r(
    code: &'static str,
    title: &'static str,
    explanation: &'static str,
    example: &'static str,
    advice: &'static str,
) -> Rule {
    Rule { code, title, explanation, example, advice }
}
