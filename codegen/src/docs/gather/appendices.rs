//! Parts that follow the answer and belong to the request.

use std::collections::HashSet;

use crate::docs::model::{ParamTable, Side, Sides, Title};
use crate::docs::section::read_table;

/// Appendices after the answer whose heading names a path of the request belong to the request.
pub(crate) fn settle(all: &mut Sides) {
    let holds = |side: &Side, path: &[String]| {
        side.samples.iter().any(|s| s.title.root.is_empty() && leads(&s.value, path))
    };
    let (mut tables, mut samples) = (Vec::new(), Vec::new());
    let to_request = |root: &[String], all: &Sides| {
        !root.is_empty() && holds(&all.request, root) && !holds(&all.response, root)
    };
    let names = |side: &Side| -> HashSet<String> {
        let rows = side.tables.iter().filter(|t| headless(t).is_none()).flat_map(|t| &t.rows);
        rows.filter_map(|r| read_table::path(&r.name)).flat_map(|p| p.1).map(|s| s.0).collect()
    };
    let (asked, answered) = (names(&all.request), names(&all.response));
    let theirs = types(&all.request, &all.response);
    for table in std::mem::take(&mut all.response.tables) {
        // `question_extend_setting.…` of the request, described after the answer.
        let dotted = headless(&table).is_some_and(|n| asked.contains(&n) && !answered.contains(&n));
        if dotted || theirs.contains(&table.line) || to_request(&table.title.root, all) {
            all.request.tables.push(table)
        } else {
            tables.push(table)
        }
    }
    for sample in all.response.samples.clone() {
        if theirs.contains(&sample.line) || to_request(&sample.title.root, all) {
            all.request.samples.push(sample)
        } else {
            samples.push(sample)
        }
    }
    all.response.tables = tables;
    all.response.samples = samples;
}

/// Types that follow the answer and that only the request refers to, directly or by way of other types: the lines of their
/// tables and samples (`## 参数详细说明` with a part for each object).
pub(crate) fn types(request: &Side, response: &Side) -> HashSet<u32> {
    let linked: HashSet<&String> =
        [request, response].iter().flat_map(|s| &s.tables).flat_map(links).collect();
    let part = |title: &Title| title.headings.last().filter(|h| linked.contains(h)).cloned();
    let reach = |roots: Vec<&ParamTable>| -> HashSet<String> {
        let mut found: HashSet<String> = roots.into_iter().flat_map(links).cloned().collect();
        loop {
            let inner = response.tables.iter().filter(|t| part(&t.title).is_some_and(|p| found.contains(&p)));
            let more: HashSet<String> =
                inner.flat_map(links).filter(|l| !found.contains(*l)).cloned().collect();
            if more.is_empty() {
                return found;
            }
            found.extend(more);
        }
    };
    let asked = reach(request.tables.iter().collect());
    let answered = reach(response.tables.iter().filter(|t| part(&t.title).is_none()).collect());
    let theirs = |title: &Title| part(title).is_some_and(|p| asked.contains(&p) && !answered.contains(&p));
    let tables = response.tables.iter().filter(|t| theirs(&t.title)).map(|t| t.line);
    tables.chain(response.samples.iter().filter(|s| theirs(&s.title)).map(|s| s.line)).collect()
}

pub(crate) fn links(table: &ParamTable) -> impl Iterator<Item = &String> {
    table.rows.iter().flat_map(|r| &r.links)
}

/// The object that every row of a table begins with, where none describes the object itself from the body on.
pub(crate) fn headless(table: &ParamTable) -> Option<String> {
    let mut paths =
        table.rows.iter().map(|r| read_table::path(&r.name).filter(|p| p.0 == 0 && p.1.len() > 1));
    let first = paths.next()??.1[0].0.clone();
    paths.all(|p| p.is_some_and(|p| p.1[0].0 == first)).then_some(first)
}

/// Whether a sample holds a path, arrays passed over, beginning at any depth.
pub(crate) fn leads(value: &serde_json::Value, path: &[String]) -> bool {
    fn from(value: &serde_json::Value, path: &[String]) -> bool {
        match (value, path) {
            (_, []) => true,
            (serde_json::Value::Array(list), _) => list.iter().any(|v| from(v, path)),
            (serde_json::Value::Object(map), [first, rest @ ..]) => {
                map.get(first).is_some_and(|v| from(v, rest))
            }
            _ => false,
        }
    }
    from(value, path)
        || match value {
            serde_json::Value::Array(list) => list.iter().any(|v| leads(v, path)),
            serde_json::Value::Object(map) => map.values().any(|v| leads(v, path)),
            _ => false,
        }
}
