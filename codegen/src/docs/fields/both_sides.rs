//! What the pages of one path say → the fields of its request and of its answer.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::docs::fields::tree::each;
use crate::docs::fields::{adopt, build_tree};
use crate::docs::gather::enumerations::attach;
use crate::docs::gather::merge_pages::Gathered;
use crate::docs::infer::values::values;
use crate::docs::model::{Assumption, Endpoint, Field, ParamTable, Side, is_code};
use crate::docs::rules;
use crate::ir::Mode;

/// Builds both trees.
pub(crate) fn both_sides(gathered: Gathered<'_>) -> Endpoint {
    let Gathered { endpoint: mut e, sides, bodies, told, types, values: listed } = gathered;
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
        field.marks.when.take_if(|(tag, told)| !e.request.iter().any(|f| f.name == *tag && lists(f, told)));
    }
    assumed.extend(pages_apart(&mut e.request, &bodies, &mut e.one_of));
    let mut lines = attach(&mut e.request, &listed, "", &mut assumed);
    lines.extend(attach(&mut e.response, &listed, "", &mut assumed));
    e.doc.retain(|line| !lines.contains(line));
    same_values(&mut e.request, &mut e.response);
    assumed.extend(samples_alone(&e.request, &sides.request, "request"));
    assumed.extend(samples_alone(&e.response, &sides.response, "answer"));
    for (side, root) in [&mut e.request, &mut e.response].into_iter().enumerate() {
        let told: Vec<(&[Mode], &HashSet<String>)> =
            told.iter().map(|(m, n)| (m.as_slice(), &n[side])).collect();
        trees_apart(root, &told, &mut assumed);
    }
    let file = e.pages.first().map_or(String::new(), |p| p.file.clone());
    e.notes.extend(assumed.into_iter().map(|a| (file.clone(), a)));
    e
}

/// Whether a field's text or table names the values that a title gives it: `例如，room_base_id = 10` is no title.
fn lists(field: &Field, told: &[String]) -> bool {
    let desc = &field.row.desc;
    let known: Vec<(String, String)> =
        [values(desc, true), values(desc, false), field.marks.values.clone()].concat();
    told.iter().any(|t| known.iter().any(|(v, _)| v == t))
}

/// A field that links to no table of values has those of its namesake with the same type: pages link once.
fn same_values(request: &mut [Field], response: &mut [Field]) {
    type Values = Vec<(String, String)>;
    // By name and type; `None` where two differ.
    let mut known: BTreeMap<(String, String), Option<Values>> = BTreeMap::new();
    for root in [&*request, &*response] {
        each(root, &mut vec![], &mut |_, f| {
            if f.marks.values.is_empty() {
                return;
            }
            let values = known
                .entry((f.name.clone(), f.row.ty.clone()))
                .or_insert_with(|| Some(f.marks.values.clone()));
            if values.as_ref().is_some_and(|v| *v != f.marks.values) {
                *values = None;
            }
        });
    }
    for root in [request, response] {
        give(root, &known);
    }
    fn give(list: &mut [Field], known: &BTreeMap<(String, String), Option<Values>>) {
        for f in list {
            if f.children.is_empty()
                && f.row.exists
                && f.marks.values.is_empty()
                && let Some(Some(values)) = known.get(&(f.name.clone(), f.row.ty.clone()))
            {
                f.marks.values.clone_from(values);
            }
            give(&mut f.children, known);
        }
    }
}

/// A side that only its samples describe.
fn samples_alone(root: &[Field], side: &Side, word: &str) -> Option<Assumption> {
    let shown: Vec<&str> = root.iter().map(|f| f.name.as_str()).filter(|n| !is_code(n)).collect();
    let sample = side.samples.first()?;
    let told = side.tables.iter().any(|t| t.rows.iter().any(|r| shown.iter().any(|n| r.name.contains(n))));
    let what = format!("no table describes what the samples of the {word} show: {}", shown.join(", "));
    (!shown.is_empty() && !told && !root.iter().any(adopt::told)).then_some(Assumption {
        rule: &rules::SAMPLE_ALONE,
        line: sample.line,
        what,
    })
}

/// A field that only the pages of some trees have is for those applications alone. The outermost object says it for all in it.
fn trees_apart(fields: &mut [Field], told: &[(&[Mode], &HashSet<String>)], notes: &mut Vec<Assumption>) {
    // A page with hardly any fields of this side does not show which of them its applications lack.
    let told: Vec<_> = told.iter().filter(|(_, names)| names.len() > 3).collect();
    if told.len() < 2 {
        return;
    }
    let all: BTreeSet<Mode> = told.iter().flat_map(|(modes, _)| modes.iter().copied()).collect();
    for field in fields.iter_mut() {
        let here = told.iter().filter(|(_, names)| names.contains(&field.name));
        let here: BTreeSet<Mode> = here.flat_map(|(modes, _)| modes.iter().copied()).collect();
        if here.is_empty() || here == all {
            let told: Vec<(&[Mode], &HashSet<String>)> = told.iter().map(|t| **t).collect();
            trees_apart(&mut field.children, &told, notes);
            continue;
        }
        let what = format!("only the pages of some kinds of application have `{}`", field.name);
        notes.push(Assumption { rule: &rules::FIELD_MODES, line: field.row.line, what });
        field.marks.modes = here.into_iter().collect();
    }
}

/// Several pages of one path (mail, mail with a schedule, mail with a meeting): what one requires and another neither lists nor
/// shows is not required of every request. Pages that each require one field and have no other are functions of their own: exactly one of those
/// fields is there.
fn pages_apart(
    request: &mut [Field],
    bodies: &[HashSet<String>],
    one_of: &mut Vec<String>,
) -> Vec<Assumption> {
    let bodies: Vec<_> = bodies.iter().filter(|b| !b.is_empty()).collect();
    let mut out = Vec::new();
    let alone = |f: &&Field| {
        f.row.required.as_deref() == Some("是") && bodies.iter().any(|b| b.len() == 1 && b.contains(&f.name))
    };
    let chosen: Vec<(String, u32)> =
        request.iter().filter(alone).map(|f| (f.name.clone(), f.row.line)).collect();
    let keys: HashSet<&String> = bodies.iter().flat_map(|b| b.iter()).collect();
    if let [(_, line), _, ..] = chosen.as_slice()
        && keys.len() == chosen.len()
        && request.len() == chosen.len()
    {
        *one_of = chosen.iter().map(|c| c.0.clone()).collect();
        let what = format!(
            "each page requires another of {}; exactly one of them was taken to be there",
            one_of.join(", ")
        );
        out.push(Assumption { rule: &rules::ONE_OF_PAGES, line: *line, what });
        request.iter_mut().for_each(|f| f.row.required = None);
        return out;
    }
    for field in request.iter_mut().filter(|f| f.row.required.as_deref() == Some("是")) {
        if bodies.iter().any(|b| !b.contains(&field.name)) && bodies.iter().any(|b| b.contains(&field.name)) {
            field.row.required = None;
            let what = format!(
                "`{}` is required on one page and unknown to another; taken for optional",
                field.name
            );
            out.push(Assumption { rule: &rules::REQUIRED_ON_ONE_PAGE, line: field.row.line, what });
        }
    }
    out
}
