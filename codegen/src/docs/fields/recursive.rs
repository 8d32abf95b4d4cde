//! Objects that hold what an object around them holds: a table's rows of controls, a menu's menus, a department's departments.

use crate::docs::fields::adopt::{Ways, adopt, told};
use crate::docs::fields::tree::{all, each, get, get_mut};
use crate::docs::model::{Assumption, Field, Kinds};
use crate::docs::read::text::{find, has, regex};
use crate::docs::rules;

/// Marks objects without rows of their own that show the fields of an object around them. What they alone show goes there.
pub(crate) fn again(root: &mut [Field], notes: &mut Vec<Assumption>) {
    let mut found: Vec<(Vec<String>, usize)> = Vec::new();
    each(root, &mut vec![], &mut |at, field| {
        // What is inside of one that was found goes with it.
        let inside = found.iter().any(|(p, _)| at.starts_with(p));
        if field.marks.recursive == 0
            && !inside
            && let Some(up) = level(root, at, field)
        {
            found.push((at.to_vec(), up));
        }
    });
    for (at, up) in found {
        let Some(field) = get_mut(root, &at) else { continue };
        let inner = std::mem::take(&mut field.children);
        (field.marks.recursive, field.marks.merged) = (up, true);
        let line = field.row.line;
        let outer = &at[..at.len() - up];
        if let Some(model) = get_mut(root, outer) {
            adopt(
                &mut model.children,
                &inner,
                &Ways { line, answer: false, same: true, shown: false, depth: 0 },
            );
        }
        let what = format!("`{}` has the same fields as `{}`", at.join("."), outer.join("."));
        notes.push(Assumption { rule: &rules::LIKE_THE_OUTER, line, what });
    }
}

/// A list that the samples show empty and no row describes has the elements of the one of its name in the object beside:
/// `spe_offdays.checkintime` those of `spe_workdays.checkintime`.
pub(crate) fn empty_lists(root: &mut [Field], notes: &mut Vec<Assumption>) {
    let mut found: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    each(root, &mut vec![], &mut |at, field| {
        let bare =
            !field.row.exists && field.shown.lists > 0 && !field.shown.leaves && field.children.is_empty();
        let Some(outer) = at.len().checked_sub(2).filter(|_| bare && field.shown.kinds == Kinds::default())
        else {
            return;
        };
        let mut beside: Vec<Vec<String>> = all(root, std::slice::from_ref(&field.name));
        beside.retain(|p| {
            p.len() == at.len()
                && p[..outer] == at[..outer]
                && get(root, p).is_some_and(|f| {
                    f.shown.kinds.object && f.shown.lists == field.shown.lists && !f.children.is_empty()
                })
        });
        // Of two that differ, none is meant.
        let names = |p: &[String]| -> Vec<String> {
            get(root, p).map_or(vec![], |f| f.children.iter().map(|c| c.name.clone()).collect())
        };
        if let Some((one, rest)) = beside.split_first()
            && rest.iter().all(|p| names(p) == names(one))
        {
            found.push((at.to_vec(), one.clone()));
        }
    });
    for (at, from) in found {
        let Some(model) = get(root, &from).cloned() else { continue };
        let Some(field) = get_mut(root, &at) else { continue };
        (field.children, field.shown.kinds, field.shown.leaves) = (model.children, model.shown.kinds, true);
        let what = format!(
            "`{}` is empty in the sample; it is assumed to have the same elements as `{}`",
            at.join("."),
            from.join(".")
        );
        notes.push(Assumption { rule: &rules::LIKE_THE_ONE_BESIDE, line: model.row.line, what });
    }
}

/// The name that a text likens its field to: `定义同a.b`, `参见a`, `与a相同`, `与a一样`. `须同时带上a` likens nothing.
pub(crate) fn likened(desc: &str) -> Option<String> {
    let m = find(
        regex!(
            r"(?:同(?:[^时意步样A-Za-z，。；][^A-Za-z，。；]{0,7})?|(?:一致|参考|参见|详?见)[^A-Za-z，。；]{0,8})([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)|与\s*[`“]?([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)[^，。；]{0,6}(?:相同|一致|一样)"
        ),
        desc,
    )?;
    Some(if m[1].is_empty() { m[2].clone() } else { m[1].clone() })
}

/// How many levels up the object stands whose fields one shows.
fn level(root: &[Field], at: &[String], field: &Field) -> Option<usize> {
    let k = field.shown.kinds;
    if !k.object || k.string || k.int || k.bool || field.children.iter().any(told) {
        return None;
    }
    let outer = |up: &usize| get(root, &at[..at.len() - up]);
    let in_outer = |o: &Field, c: &Field| o.children.iter().any(|f| f.name == c.name && fits(f, c));
    // `内部结构同controls`: the text names the object.
    if let Some(name) = likened(&field.row.desc) {
        let named = |up: &usize| {
            at[at.len() - 1 - up] == name
                && outer(up).is_some_and(|o| field.children.iter().all(|c| in_outer(o, c)))
        };
        if let Some(up) = (1..at.len()).find(named) {
            return Some(up);
        }
    }
    if field.children.len() < 2 {
        return None;
    }
    // `子控件的数据结构同一般控件`
    let said = has(
        regex!(
            "[同一与][^，。；]{0,12}(一般|上级|外层|父|一致|相同)|(结构|定义|接口|属性|字段)[^，。；]{0,4}同"
        ),
        &field.row.desc,
    );
    (1..at.len()).find(|up| {
        outer(up).is_some_and(|o| {
            let has = |c: &Field| o.children.iter().find(|f| f.name == c.name && fits(f, c));
            let named = field.children.iter().filter(|c| has(c).is_some_and(|f| f.row.exists)).count();
            // Three fields of the same names and kinds are no chance.
            field.children.iter().all(|c| has(c).is_some()) && named >= if said { 2 } else { 3 }
        })
    })
}

/// Whether two fields can be the same: objects with objects, scalars with scalars.
fn fits(a: &Field, b: &Field) -> bool {
    !(a.shown.kinds.scalar() && b.shown.kinds.object || b.shown.kinds.scalar() && a.shown.kinds.object)
        && (a.shown.lists == b.shown.lists || a.shown.lists == 0 || b.shown.lists == 0)
}

#[cfg(test)]
mod tests;
