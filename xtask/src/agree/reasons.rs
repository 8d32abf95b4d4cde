//! Why the diff and `cargo-semver-checks` differ, where they do.

use std::collections::BTreeSet;

/// The tool says less than the diff for these rules.
pub(super) struct Reason {
    pub(super) rules: &'static [&'static str],
    pub(super) why: &'static str,
}

pub(super) const LESS: &[Reason] = &[
    Reason {
        rules: &[
            "constructor-added",
            "endpoint-added",
            "event-added",
            "event-transport-changed",
            "field-added",
            "module-added",
            "paging-added",
            "type-added",
            "union-added",
            "value-added",
            "variant-added",
        ],
        why: "the tool looks for breaks: it has no lint for something new",
    },
    Reason {
        rules: &[
            "field-option",
            "field-optional",
            "field-required",
            "field-retyped",
            "repr-changed",
            "type-kind-changed",
        ],
        why: "the tool compares no types of fields, parameters and results",
    },
    Reason { rules: &["variant-payload-changed"], why: "the tool compares no types inside variants" },
    Reason {
        rules: &["answer-changed", "auth-changed", "paging-changed"],
        why: "the tool compares no associated types: the same trait is implemented, with another token kind, answer or element",
    },
    Reason {
        rules: &["paging-removed"],
        why: "the tool has no lint for an implementation of the crate's own trait that is gone",
    },
    Reason {
        rules: &["constructor-reordered", "file-renamed"],
        why: "the tool compares no order and no names of parameters",
    },
    Reason {
        rules: &["conversion-removed"],
        why: "the tool compares no parameters of traits: some `From` is still implemented",
    },
    Reason {
        rules: &["feature-link-removed"],
        why: "both features are on where files of both modules differ: it does not show that one no longer switches on the other",
    },
];

/// Rules that only tell what another one of the same comparison says already: a variant holds another type, the fields that differ are
/// those of the two types, and both types stay.
pub(super) fn follows(rule: &str, of: &BTreeSet<&str>) -> bool {
    of.contains("variant-payload-changed")
        && matches!(rule, "field-removed" | "field-added" | "required-field-added")
}

/// Why the tool says less.
pub(super) fn less(rule: &str) -> Option<&'static str> {
    LESS.iter().find(|r| r.rules.contains(&rule)).map(|r| r.why)
}

/// Why the tool may say more than the diff. There is no such case that would excuse a major change called minor.
pub(super) fn more(_rules: &BTreeSet<&str>, _lints: &[String]) -> Option<&'static str> {
    None
}
