//! Fields that are described in one place, merged into those of another.

use crate::docs::infer::words;
use crate::docs::infer::words::Presence;
use crate::docs::model::{Field, Kinds};

/// How fields are copied into another tree.
pub(crate) struct Ways {
    /// Line of the row that refers to them.
    pub(crate) line: u32,
    /// They come into an answer.
    pub(crate) answer: bool,
    /// They come from the same direction, whose presence says something here.
    pub(crate) same: bool,
    /// Samples show the object that they come into.
    pub(crate) shown: bool,
    /// How deep in the copied object: what an object holds again may stand around the copy.
    pub(crate) depth: usize,
}

impl Ways {
    /// Whether what is told of sent fields comes to fields that are received.
    fn lend(&self) -> bool {
        self.answer && !self.same
    }
}

/// What the cell of a field that is sent says of one that is received: that it may lack, or comes under the condition under which it is sent.
fn received(field: &Field) -> Option<String> {
    let cell = field.row.required.clone()?;
    match words::presence(&cell) {
        Presence::Yes => None,
        Presence::No => Some("否".into()),
        Presence::When(_) => Some(cell),
    }
}

/// Merges fields that are described elsewhere into those that are shown here: what is said here stands.
pub(crate) fn adopt(into: &mut Vec<Field>, from: &[Field], ways: &Ways) {
    for f in from {
        match into.iter_mut().find(|m| m.name == f.name) {
            Some(mine) => {
                if !mine.row.exists && f.row.exists {
                    (mine.row.exists, mine.row.order, mine.row.line) = (true, f.row.order, ways.line);
                    (mine.row.ty, mine.row.desc, mine.row.links) =
                        (f.row.ty.clone(), f.row.desc.clone(), f.row.links.clone());
                    (mine.marks.values, mine.marks.variants) =
                        (f.marks.values.clone(), f.marks.variants.clone());
                    mine.marks.lent = ways.lend();
                    // An answer may lack what a request may leave out; its own samples know better.
                    let shown = mine.shown.count > 0 && mine.shown.count == mine.shown.parents;
                    if ways.lend() && shown {
                        mine.marks.always = Some(true);
                    }
                    mine.row.required = match ways.same {
                        true => f.row.required.clone(),
                        false => received(f).filter(|_| ways.answer && !shown),
                    };
                }
                // Nothing shows here what it is: there it may be shown.
                if mine.row.ty.is_empty()
                    && mine.shown.kinds == Kinds::default()
                    && mine.shown.lists == 0
                    && mine.children.is_empty()
                {
                    (mine.row.ty, mine.shown.kinds, mine.shown.values) =
                        (f.row.ty.clone(), f.shown.kinds, f.shown.values.clone());
                    (mine.shown.lists, mine.shown.single, mine.shown.leaves) =
                        (f.shown.lists, f.shown.single, f.shown.leaves);
                }
                if !mine.shown.kinds.scalar() {
                    let shown = mine.shown.count > 0;
                    adopt(&mut mine.children, &f.children, &Ways { shown, depth: ways.depth + 1, ..*ways });
                }
            }
            None => {
                let mut new = f.clone();
                settle(&mut new, ways);
                into.push(new);
            }
        }
    }
}

/// A field that came from elsewhere: it counts as described by the row that refers to it, and as optional where the samples do not show it.
pub(crate) fn settle(field: &mut Field, ways: &Ways) {
    field.row.line = ways.line;
    if field.marks.recursive > ways.depth + 1 {
        field.marks.recursive = usize::MAX;
    }
    let cell = received(field).filter(|_| ways.lend());
    // An object that no sample shows has, when it comes, what had to be sent.
    let must = ways.lend() && !ways.shown && field.row.required.is_some() && cell.is_none();
    if !ways.same {
        field.row.required = None;
    }
    if must {
        field.marks.always = Some(true);
    } else if ways.answer && (ways.shown || !ways.same) {
        field.row.required = cell.or_else(|| Some("否".into()));
    }
    field.marks.lent |= ways.lend();
    let inner = Ways { shown: false, depth: ways.depth + 1, ..*ways };
    field.children.iter_mut().for_each(|c| settle(c, &inner));
}

/// Whether a list has all fields that samples show of another.
pub(crate) fn holds(list: &[Field], shown: &[Field]) -> bool {
    shown.iter().all(|s| list.iter().any(|f| f.name == s.name))
}

/// Whether a row describes the field or something in it.
pub(crate) fn told(field: &Field) -> bool {
    field.row.exists || field.children.iter().any(told)
}
