//! Fields that are described in one place, merged into those of another.

use crate::docs::infer::words;
use crate::docs::infer::words::Presence;
use crate::docs::model::{Field, Kinds};

/// How fields come to stand in another tree.
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

/// Merges fields that are described elsewhere into those that are shown here: what is said here stands.
pub(crate) fn adopt(into: &mut Vec<Field>, from: &[Field], ways: &Ways) {
    for f in from {
        match into.iter_mut().find(|m| m.name == f.name) {
            Some(mine) => {
                if !mine.told && f.told {
                    (mine.told, mine.order, mine.line) = (true, f.order, ways.line);
                    (mine.ty, mine.desc, mine.links) = (f.ty.clone(), f.desc.clone(), f.links.clone());
                    (mine.values, mine.of) = (f.values.clone(), f.of.clone());
                    // What a request may leave out, an answer may lack.
                    let lacks = f.required.as_deref().is_some_and(|r| words::presence(r) != Presence::Yes);
                    mine.required = match ways.same {
                        true => f.required.clone(),
                        false => (ways.answer && lacks).then(|| "否".into()),
                    };
                }
                // Nothing shows here what it is: there it may be shown.
                if mine.ty.is_empty()
                    && mine.kinds == Kinds::default()
                    && mine.lists == 0
                    && mine.children.is_empty()
                {
                    (mine.ty, mine.kinds, mine.seen) = (f.ty.clone(), f.kinds, f.seen.clone());
                    (mine.lists, mine.single, mine.leaves) = (f.lists, f.single, f.leaves);
                }
                if !mine.kinds.scalar() {
                    let shown = mine.held.1 > 0;
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

/// A field that came from elsewhere: it is told by the row that refers to it, and may lack where the samples do not show it.
pub(crate) fn settle(field: &mut Field, ways: &Ways) {
    field.line = ways.line;
    if field.again > ways.depth + 1 {
        field.again = usize::MAX;
    }
    if !ways.same {
        field.required = None;
    }
    if ways.answer && (ways.shown || !ways.same) {
        field.required = Some("否".into());
    }
    let inner = Ways { shown: false, depth: ways.depth + 1, ..*ways };
    field.children.iter_mut().for_each(|c| settle(c, &inner));
}

/// Whether a list has all fields that samples show of another.
pub(crate) fn holds(list: &[Field], shown: &[Field]) -> bool {
    shown.iter().all(|s| list.iter().any(|f| f.name == s.name))
}

/// Whether a row describes the field or something in it.
pub(crate) fn told(field: &Field) -> bool {
    field.told || field.children.iter().any(told)
}
