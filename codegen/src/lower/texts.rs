//! Texts, sources and rates, which entries of all kinds have.

use std::collections::HashMap;

use crate::ir;
use crate::model::{Rate, Source};
use crate::source::At;

/// A text as lines, without blanks at their ends.
pub(crate) fn lines(text: &Option<At<String>>) -> Vec<String> {
    text.as_ref().map_or(vec![], |t| t.value.lines().map(|l| l.trim_end().to_owned()).collect())
}

/// The shared sentences that an endpoint names, and its own text.
pub(super) fn permission(
    own: &Option<At<String>>,
    named: &[At<String>],
    grants: &HashMap<String, String>,
) -> Vec<String> {
    let own = lines(own);
    let shared: Vec<&String> = named.iter().filter_map(|g| grants.get(&g.value)).collect();
    let listed = own.first().is_some_and(|l| l.starts_with("- "));
    if let ([one], true) = (shared.as_slice(), own.is_empty()) {
        return one.lines().map(str::to_owned).collect();
    }
    let mut out: Vec<String> = shared.iter().map(|text| format!("- {text}")).collect();
    if !out.is_empty() && !own.is_empty() && !listed {
        out.push(String::new());
    }
    out.extend(own);
    out
}

pub(super) fn rate(r: &Rate) -> ir::Rate {
    ir::Rate {
        calls: r.calls.value,
        per: r.per.clone(),
        scope: r.scope.clone(),
        modes: r.modes.iter().map(|m| m.value).collect(),
        doc: r.doc.as_ref().map_or(String::new(), |d| d.value.clone()),
    }
}

pub(super) fn sources(list: &[Source]) -> Vec<ir::Source> {
    list.iter()
        .map(|s| ir::Source {
            page: s.page.value,
            doc_id: s.doc_id,
            updated: s.updated.as_ref().map(|u| u.value.clone()),
        })
        .collect()
}
