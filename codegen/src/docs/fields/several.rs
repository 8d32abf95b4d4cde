//! Rows that stand below several objects, and describe each of them.

use crate::docs::infer::types;
use crate::docs::model::{Assumption, Field};
use crate::docs::rules;

/// Rows `member_list`, `file_member_list`, `co_auth_list` and below them `type`, `userid`, which the sample shows in one of the three: the others have
/// nothing else that could describe them. That the rows do not follow their object tells that they are not its alone.
pub(crate) fn below(list: &mut [Field], notes: &mut Vec<Assumption>) {
    for field in list.iter_mut() {
        below(&mut field.children, notes);
    }
    let found: Vec<(usize, Vec<usize>)> =
        (0..list.len()).filter_map(|at| Some((at, others(list, at)?))).collect();
    for (at, others) in found {
        let model = list[at].clone();
        for other in others {
            let field = &mut list[other];
            (field.children, field.shown.kinds) = (model.children.clone(), model.shown.kinds);
            (field.shown.lists, field.shown.leaves) = (model.shown.lists, model.shown.leaves);
            let what = format!(
                "`{}` was given the fields of `{}`, whose rows stand below both",
                field.name, model.name
            );
            notes.push(Assumption { rule: &rules::BELOW_SEVERAL, line: field.row.line, what });
        }
    }
}

/// The objects without fields whose rows stand with that of the object at a place above its fields' rows, one of them at least between.
fn others(list: &[Field], at: usize) -> Option<Vec<usize>> {
    let own = list[at].row.line;
    let first = list[at].children.iter().map(|c| c.row.line).filter(|l| *l > own).min()?;
    let open = |line: u32| list.iter().position(|f| f.row.line == line && is_open(f));
    let between: Vec<usize> = (own + 1..first.min(own + FAR)).map(open).collect::<Option<_>>()?;
    let near = own > 0 && first > own + 1 && first < own + FAR && is_object(&list[at]);
    let above = (1..FAR).map_while(|up| open(own.checked_sub(up)?));
    near.then(|| between.into_iter().chain(above).collect())
}

/// So many objects in a row share no fields.
const FAR: u32 = 6;

fn is_object(field: &Field) -> bool {
    field.row.exists && types::cell(&field.row.ty).0 == Some("object")
}

/// Whether nothing tells what an object holds.
fn is_open(field: &Field) -> bool {
    is_object(field)
        && field.children.is_empty()
        && field.shown.count == 0
        && !field.marks.merged
        && field.marks.recursive == 0
        && field.row.pages.is_empty()
        && field.row.links.is_empty()
}
