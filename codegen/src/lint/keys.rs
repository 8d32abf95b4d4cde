//! Rules about the keys of a field that say more than its type: units, steps, choices, elements, sides, modes.

use std::collections::HashSet;

use super::entry::{doc_text, duplicates};
use super::patterns::pattern;
use crate::ir::Mode;
use crate::model::*;
use crate::source::{At, Pos, Report};

/// The keys of one field by themselves.
pub(super) fn field(f: &Field, report: &mut Report) {
    let leaf = match f.ty.leaf() {
        TypeExpr::Prim(p) => Some(*p),
        _ => None,
    };
    let whole = leaf.is_some_and(|p| p.integers().is_some());
    let named = matches!(f.ty.leaf(), TypeExpr::Named { .. });
    let textual = leaf.is_some_and(|p| p.is_text());
    let refuse = |key: &str, pos: Pos, help: &str, report: &mut Report| {
        let message = format!("`{key}` does not go with `{}`", f.ty.value);
        report.error("key-on-type", pos, message, help);
    };
    if let Some(unit) = &f.unit
        && !(whole || leaf == Some(Prim::F64) || named)
    {
        refuse("unit", unit.pos, "a unit belongs to a number", report);
    }
    if let Some(unit) = &f.unit
        && matches!(leaf, Some(Prim::Unix | Prim::UnixText | Prim::Millis | Prim::MillisText))
    {
        refuse("unit", unit.pos, "the type of a point in time says its unit", report);
    }
    if let Some(step) = &f.step {
        if !whole {
            refuse("step", step.pos, "a step belongs to a whole number", report);
        }
        let outside = |n: Option<i128>| n.is_some_and(|n| n % step.value != 0);
        if let Some(range) = &f.range
            && (outside(range.min.filter(|_| whole)) || outside(range.max.filter(|_| whole)))
            && f.default.is_none()
        {
            let message = format!("an end of the range is not a multiple of {}", step.value);
            report.warn(
                "step",
                step.pos,
                message,
                "correct one of them, or say in `doc` from where the steps count",
            );
        }
    }
    choices(f, leaf, report);
    elements(f, report);
    let of_elements = f.each.as_ref().and_then(|each| each.pattern.as_ref());
    f.pattern.iter().chain(of_elements).for_each(|p| pattern(p, report));
    if f.id_trans && !(textual || named) {
        refuse("id_trans", f.wire.pos, "only texts hold ids that are translated", report);
    }
    if let Some(first) = f.shapes.first() {
        if *f.ty.leaf() != TypeExpr::Prim(Prim::Json) {
            refuse("shapes", first.pos, "free JSON has shapes: `json`, `list<json>`, `map<json>`", report);
        }
        for t in f.shapes.iter().filter(|t| *t.leaf() == TypeExpr::Object) {
            let help = "give the object a name under `types`";
            report.error("shapes", t.pos, "a shape without a name", help);
        }
    }
    if let Some(file) = &f.file {
        let text = matches!(leaf, Some(Prim::String | Prim::Base64 | Prim::Secret));
        if !text {
            refuse("file", file.pos, "a file stands behind a media_id, a URL or in base64", report);
        }
        if file.types.is_empty() && file.pixels.is_none() && file.seconds.is_none() && file.bytes.is_none() {
            report.error("file", file.pos, "`file` is empty", "add `types`, `bytes`, `pixels` or `seconds`");
        }
        for t in &file.types {
            if t.value.is_empty() || !t.value.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()) {
                let message = format!("`{}` is not a file type", t.value);
                report.error("file", t.pos, message, "write extensions in lower case: `[jpg, png]`");
            }
        }
    }
    if let Some(reals) = &f.reals
        && let (Some(min), Some(max)) = (reals.min, reals.max)
        && min >= max
    {
        let message = format!("nothing lies between {min} and {max}");
        report.error("impossible-limit", reals.pos, message, format!("write `{max}..{min}`"));
    }
    duplicates("by_mode", f.by_mode.iter().map(|(m, _)| (format!("{:?}", m.value), m.pos)), report);
    f.by_mode.iter().for_each(|(_, t)| doc_text(&Some(t.clone()), report));
    duplicates("also", f.also.iter().map(|a| (a.value.clone(), a.pos)), report);
}

fn choices(f: &Field, leaf: Option<Prim>, report: &mut Report) {
    let Some(first) = f.choices.first() else { return };
    if f.values.is_some() {
        report.error("choices", first.pos, "`choices` beside `values`", "values with names are enough");
    }
    for c in &f.choices {
        let number = c.value.parse::<i128>();
        let fits = match leaf {
            Some(p) if p.integers().is_some() => number
                .as_ref()
                .is_ok_and(|n| p.integers().is_some_and(|(low, high)| (low..=high).contains(n))),
            Some(Prim::F64) => c.value.parse::<f64>().is_ok(),
            Some(Prim::String) => true,
            _ => false,
        };
        if !fits {
            let message = format!("`{}` is not a valid {}", c.value, f.ty.leaf());
            report.error(
                "choices",
                c.pos,
                message,
                "strings and numbers have choices; write each as it stands on the wire",
            );
            return;
        }
        if let (Some(range), Ok(n)) = (&f.range, number)
            && (range.min.is_some_and(|m| n < m) || range.max.is_some_and(|m| n > m))
        {
            report.error(
                "choices",
                c.pos,
                format!("the range excludes {n}"),
                "correct one of them, or drop the range",
            );
        }
    }
    duplicates("choices", f.choices.iter().map(|c| (c.value.clone(), c.pos)), report);
    if let Some(d) = &f.default
        && !d.value.is_empty()
        && !f.choices.iter().any(|c| c.value == d.value)
    {
        let known: Vec<&str> = f.choices.iter().map(|c| c.value.as_str()).collect();
        let message = format!("the default `{}` is not among the choices", d.value);
        report.error("default", d.pos, message, crate::schema::propose(&d.value, &known));
    }
}

/// What limits elements stands under `each`.
fn elements(f: &Field, report: &mut Report) {
    let many = f.ty.value.is_many();
    if let Some(each) = &f.each {
        if !many {
            let message = format!("`each` on `{}`, which has no elements", f.ty.value);
            report.error("key-on-type", each.pos, message, "write the limits beside `type`");
        }
        let leaf = f.ty.leaf();
        let textual =
            matches!(leaf, TypeExpr::Prim(p) if p.is_text()) || matches!(leaf, TypeExpr::Named { .. });
        let number = matches!(leaf, TypeExpr::Prim(p) if p.integers().is_some() || *p == Prim::F64);
        let lengths = [&each.chars, &each.bytes].into_iter().flatten().map(|l| l.pos);
        let lengths = lengths.chain(each.pattern.iter().map(|p| p.pos)).filter(|_| !textual);
        let numbers =
            each.range.iter().map(|r| r.pos).chain(each.reals.iter().map(|r| r.pos)).filter(|_| !number);
        for pos in lengths.chain(numbers) {
            let message = format!("the elements of `{}` have no such limit", f.ty.value);
            report.error(
                "limit-on-type",
                pos,
                message,
                "`chars`, `bytes` and `pattern` limit strings, `range` numbers",
            );
        }
        for limit in [&each.chars, &each.bytes, &each.range].into_iter().flatten() {
            if let (Some(min), Some(max)) = (limit.min, limit.max)
                && min > max
            {
                let message = format!("nothing lies between {min} and {max}");
                report.error("impossible-limit", limit.pos, message, format!("write `{max}..{min}`"));
            }
        }
    }
    if !many {
        return;
    }
    let joined = f.ty.value.joined().is_some();
    let lengths = [("chars", &f.chars), ("bytes", &f.bytes)].into_iter();
    let lengths = lengths.filter_map(|(k, l)| l.as_ref().map(|l| (k, l.pos))).filter(|_| !joined);
    let rest = f.range.iter().map(|l| ("range", l.pos)).chain(f.reals.iter().map(|l| ("range", l.pos)));
    let rest = rest.chain(f.pattern.iter().map(|l| ("pattern", l.pos)));
    for (key, pos) in lengths.chain(rest) {
        let message = format!("`{key}` on `{}`: of each element?", f.ty.value);
        report.error("limit-on-type", pos, message, format!("write `each: {{{key}: …}}`"));
    }
}

/// What only the whole spec can tell: paths that `only` names, and modes against those of the endpoint.
pub(super) fn sides(spec: &Spec, report: &mut Report) {
    let paths: HashSet<&str> =
        spec.parts.iter().flat_map(|p| &p.endpoints).map(|e| e.path.value.as_str()).collect();
    for part in &spec.parts {
        for e in &part.endpoints {
            let modes: Vec<Mode> = e.modes.iter().map(|m| m.value).collect();
            let all = |list: &[At<Mode>]| modes.iter().all(|m| list.iter().any(|x| x.value == *m));
            for r in &e.rate {
                among(&r.modes, &modes, report);
                if !r.modes.is_empty() && all(&r.modes) {
                    let help = "drop `modes`: the limit holds wherever the endpoint does";
                    report.error("modes", r.modes[0].pos, "a limit for each of the endpoint's modes", help);
                }
            }
            for body in [&e.query, &e.request, &e.response].into_iter().flatten() {
                walk(&body.object, &mut |f| {
                    among(&f.modes, &modes, report);
                    for (mode, _) in &f.by_mode {
                        among(std::slice::from_ref(mode), &modes, report);
                    }
                    if let Some(only) = &f.only {
                        let message = format!("`{}` belongs to this endpoint alone", f.wire.value);
                        let help = "`only` is for fields of shared types; remove it";
                        report.error("only", only.pos, message, help);
                    }
                });
            }
        }
        for t in &part.types {
            if let TypeKind::Object(o) = &t.kind {
                walk(o, &mut |f| only(f, &paths, report));
            }
        }
    }
    for file in &spec.events {
        for e in &file.events {
            let modes: Vec<Mode> = e.modes.iter().map(|m| m.value).collect();
            walk(&e.object, &mut |f| among(&f.modes, &modes, report));
        }
    }
}

fn only(f: &Field, paths: &HashSet<&str>, report: &mut Report) {
    let Some(At { value: Only::Paths(list), pos }) = &f.only else { return };
    if list.is_empty() {
        report.error(
            "only",
            *pos,
            "`only` names no path",
            "name the endpoints that have the field, or remove it",
        );
    }
    for path in list {
        let plain = path.value.split('?').next().unwrap_or(&path.value);
        if !paths.contains(plain) {
            let message = format!("no endpoint has the path `{}`", path.value);
            let help = match crate::schema::nearest(plain, paths.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write it as it stands under `endpoints`".into(),
            };
            report.error("only", path.pos, message, help);
        }
    }
    duplicates("only", list.iter().map(|p| (p.value.clone(), p.pos)), report);
}

fn among(list: &[At<Mode>], modes: &[Mode], report: &mut Report) {
    for mode in list.iter().filter(|m| !modes.is_empty() && !modes.contains(&m.value)) {
        let message = format!("{} is not one of the entry's modes", mode.value.title());
        report.error("modes", mode.pos, message, "add it to the entry's `modes`, or remove it here");
    }
}

/// Every field of an object written out, however deep.
fn walk(o: &Object, visit: &mut dyn FnMut(&Field)) {
    for f in &o.fields {
        visit(f);
        if let Some(inner) = &f.object {
            walk(inner, visit);
        }
    }
    for v in o.unions.iter().flat_map(|u| &u.variants) {
        if let Some(inner) = &v.object {
            walk(inner, visit);
        }
    }
}
