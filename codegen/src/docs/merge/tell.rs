//! Differences between pages and spec, in sentences.

use crate::docs::merge::compare::Change;

/// A difference that is there.
pub fn sentence(c: &Change) -> String {
    match c.kind {
        "field-added" => format!("{}: new on the page ({})", c.at, c.page),
        "field-removed" => format!("{}: no longer on the page", c.at),
        "required" => format!("{}: {} on the page, {} in the spec", c.at, c.page, c.here),
        "value-added" => format!("{}: new value {}", c.at, c.page),
        "mode-added" => format!("modes: {} is new on the pages", c.page),
        "code-gone" => format!("{}: no page lists it any more ({})", c.at, c.here),
        "code-back" => format!("{}: retired in the spec, but a page lists it again ({})", c.at, c.page),
        "code-added" => format!("{}: new on the page ({})", c.at, c.page),
        "departure-over" => {
            format!("{}: the page says {} now; its entry under `departures` can go", c.at, c.page)
        }
        _ => format!("{}: the page says {}, the spec {}", c.at, c.page, c.here),
    }
}

/// A difference that an import took over.
pub fn merged(c: &Change) -> String {
    match c.kind {
        "limit" => format!("{}: {} now, it was {}", c.at, c.page, c.here),
        "code-gone" => format!("{}: retired, as no page lists it any more ({})", c.at, c.here),
        "code-back" => format!("{}: no longer retired, as a page lists it again ({})", c.at, c.page),
        _ => sentence(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_over_is_no_difference_any_more() {
        let change = |kind, at: &str, page: &str, here: &str| Change {
            kind,
            at: at.into(),
            page: page.into(),
            here: here.into(),
        };
        for (change, differs, took) in [
            (
                change("limit", "request.name chars", "..64", "1..32"),
                "request.name chars: the page says ..64, the spec 1..32",
                "request.name chars: ..64 now, it was 1..32",
            ),
            (
                change("code-gone", "7", "", "甲"),
                "7: no page lists it any more (甲)",
                "7: retired, as no page lists it any more (甲)",
            ),
            (
                change("code-back", "7", "甲", "retired"),
                "7: retired in the spec, but a page lists it again (甲)",
                "7: no longer retired, as a page lists it again (甲)",
            ),
            (
                change("field-added", "request.a", "string", ""),
                "request.a: new on the page (string)",
                "request.a: new on the page (string)",
            ),
        ] {
            assert_eq!((sentence(&change).as_str(), merged(&change).as_str()), (differs, took));
        }
    }
}
