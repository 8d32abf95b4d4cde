//! What the pages of one path say → the fields of its request and of its answer.

use std::collections::HashSet;

use crate::docs::fields::build_tree;
use crate::docs::gather::merge_pages::Gathered;
use crate::docs::gather::shared_types::attach;
use crate::docs::model::{Assumption, Endpoint, Field, ParamTable, Side};
use crate::docs::rules;

/// Builds both trees.
pub(crate) fn both_sides(gathered: Gathered<'_>) -> Endpoint {
    let Gathered { endpoint: mut e, sides, bodies, types, values } = gathered;
    let mut assumed = Vec::new();
    // A type that both sides use stands after the answer, once.
    let titled = |side: &Side| -> Vec<ParamTable> {
        side.tables.iter().filter(|t| !t.title.is_plain() || !t.title.headings.is_empty()).cloned().collect()
    };
    let (asked, answered) = (titled(&sides.request), titled(&sides.response));
    let library: Vec<&ParamTable> = types.iter().copied().chain(&answered).collect();
    e.request = build_tree::build(&sides.request, &library, &mut assumed);
    let library: Vec<&ParamTable> = types.iter().copied().chain(&asked).collect();
    e.response = build_tree::build(&sides.response, &library, &mut assumed);
    // What the answer's titles name must be asked for.
    for field in &mut e.response {
        field.when.take_if(|(tag, _)| !e.request.iter().any(|f| f.name == *tag));
    }
    assumed.extend(pages_apart(&mut e.request, &bodies));
    attach(&mut e.request, &values);
    attach(&mut e.response, &values);
    let file = e.pages.first().map_or(String::new(), |p| p.file.clone());
    e.notes.extend(assumed.into_iter().map(|a| (file.clone(), a)));
    e
}

/// Several pages of one path (mail, mail with a schedule, mail with a meeting): what one requires and another neither lists nor
/// shows is not required of every request.
fn pages_apart(request: &mut [Field], bodies: &[HashSet<String>]) -> Vec<Assumption> {
    let bodies: Vec<_> = bodies.iter().filter(|b| !b.is_empty()).collect();
    let mut out = Vec::new();
    for field in request.iter_mut().filter(|f| f.required.as_deref() == Some("是")) {
        if bodies.iter().any(|b| !b.contains(&field.name)) && bodies.iter().any(|b| b.contains(&field.name)) {
            field.required = None;
            let what = format!(
                "`{}` is required on one page and unknown to another; taken for optional",
                field.name
            );
            out.push(Assumption { rule: &rules::REQUIRED_ON_ONE_PAGE, line: field.line, what });
        }
    }
    out
}
