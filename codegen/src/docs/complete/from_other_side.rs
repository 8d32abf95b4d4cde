//! Values that one direction of an endpoint lists and the other only names: `"user_type": 1` of an answer, explained in the request's table.

use crate::docs::complete::path;
use crate::docs::infer::types::infer;
use crate::docs::infer::values::values;
use crate::docs::model::{Assumption, Endpoint, Field};
use crate::docs::rules;

/// Words that name another thing in each object.
const VAGUE: &[&str] = &[
    "type", "status", "state", "result", "value", "level", "mode", "action", "kind", "scene", "name", "id",
    "key", "code", "flag",
];

/// A field whose values a text or table lists.
struct Listed {
    name: String,
    around: String,
    desc: String,
    base: &'static str,
    values: Vec<(String, String)>,
}

/// Gives fields the values that the same endpoint lists elsewhere.
pub(crate) fn complete(endpoints: &mut [Endpoint]) {
    for e in endpoints {
        let mut listed = Vec::new();
        collect(&e.request, "", &mut listed);
        collect(&e.response, "", &mut listed);
        if listed.is_empty() {
            continue;
        }
        let mut filled = Vec::new();
        fill(&mut e.request, "", &listed, &mut filled);
        fill(&mut e.response, "", &listed, &mut filled);
        let file = e.pages.first().map_or(String::new(), |p| p.file.clone());
        e.notes.extend(filled.into_iter().map(|(name, line)| {
            let what =
                format!("`{name}` is assumed to have the values that another field of this name lists");
            (file.clone(), Assumption { rule: &rules::VALUES_OF_OTHER_SIDE, line, what })
        }));
    }
}

fn is_whole(base: &str) -> bool {
    matches!(base, "i64" | "i32" | "u32" | "u64")
}

fn own_values(f: &Field, base: &str) -> Vec<(String, String)> {
    if f.marks.values.is_empty() { values(&f.row.desc, is_whole(base)) } else { f.marks.values.clone() }
}

fn collect(fields: &[Field], around: &str, out: &mut Vec<Listed>) {
    for f in fields {
        collect(&f.children, &f.name, out);
        let t = infer(f);
        if !f.children.is_empty() || t.map || !(is_whole(t.base) || t.base == "string") {
            continue;
        }
        let values = own_values(f, t.base);
        if values.len() > 1 {
            out.push(Listed {
                name: f.name.clone(),
                around: around.to_owned(),
                desc: f.row.desc.clone(),
                base: t.base,
                values,
            });
        }
    }
}

fn fill(fields: &mut [Field], at: &str, listed: &[Listed], filled: &mut Vec<(String, u32)>) {
    let around = at.rsplit('.').next().unwrap_or_default();
    for f in fields {
        fill(&mut f.children, &path(at, &f.name), listed, filled);
        // Numbers in the text are values of its own, or a limit.
        if !f.children.is_empty()
            || !f.marks.values.is_empty()
            || f.row.desc.contains(|c: char| c.is_ascii_digit())
        {
            continue;
        }
        let t = infer(f);
        if t.map || t.lists > 0 && t.base == "string" || !own_values(f, t.base).is_empty() {
            continue;
        }
        let same = |l: &&Listed| {
            l.name == f.name
                && (l.base == t.base || is_whole(l.base) && is_whole(t.base))
                && (!VAGUE.contains(&f.name.as_str())
                    || bare(&l.around) == bare(around)
                    || alike(&l.desc, &f.row.desc))
        };
        let mut found = listed.iter().filter(same);
        let Some(first) = found.next() else { continue };
        let keys = |l: &Listed| l.values.iter().map(|v| v.0.clone()).collect::<Vec<_>>();
        let shown = f.shown.values.iter().all(|s| {
            let s = s.as_str().map_or_else(|| s.to_string(), str::to_owned);
            first.values.iter().any(|(v, _)| *v == s)
        });
        if shown && found.all(|l| keys(l) == keys(first)) {
            f.marks.values = first.values.clone();
            filled.push((path(at, &f.name), f.row.line));
        }
    }
}

/// A name without what tells one from many.
fn bare(name: &str) -> &str {
    name.trim_end_matches("_list").trim_end_matches("_info").trim_end_matches('s')
}

/// Whether two texts begin with the same words.
fn alike(a: &str, b: &str) -> bool {
    let head = |t: &str| t.chars().filter(|c| c.is_alphanumeric()).take(4).collect::<String>();
    !a.is_empty() && !b.is_empty() && head(a) == head(b) && head(a).chars().count() > 3
}
