//! Renames are recognised by likeness: position, type, text. What is said of them is said as a guess.

use crate::ir::{Api, Field, Struct};

use super::wire::word;

/// Pairs of fields, by index, that are probably the same field under another name. `old` and `new` are the fields without a namesake.
pub(super) fn fields(
    old_api: &Api,
    old: &Struct,
    old_left: &[usize],
    new_api: &Api,
    new: &Struct,
    new_left: &[usize],
) -> Vec<(usize, usize)> {
    let mut scored: Vec<(u32, usize, usize)> = Vec::new();
    for &a in old_left {
        for &b in new_left {
            let score = likeness(old_api, old, a, new_api, new, b);
            if score >= 50 {
                scored.push((score, a, b));
            }
        }
    }
    scored.sort_by_key(|(score, a, b)| (std::cmp::Reverse(*score), *a, *b));
    let mut out: Vec<(usize, usize)> = Vec::new();
    for (_, a, b) in scored {
        if !out.iter().any(|(x, y)| *x == a || *y == b) {
            out.push((a, b));
        }
    }
    out
}

/// From 0 to 100. A type of another shape is never the same field.
fn likeness(old_api: &Api, old: &Struct, a: usize, new_api: &Api, new: &Struct, b: usize) -> u32 {
    let (Some(x), Some(y)) = (old.fields.get(a), new.fields.get(b)) else { return 0 };
    let same_type = word(old_api, &x.ty) == word(new_api, &y.ty);
    let inline = std::mem::discriminant(&x.ty) == std::mem::discriminant(&y.ty)
        && matches!((x.ty.leaf(), y.ty.leaf()), (crate::ir::Ty::Ref(_), crate::ir::Ty::Ref(_)));
    if !(same_type || inline) || x.place != y.place {
        return 0;
    }
    let text = match (text(x), text(y)) {
        (p, q) if p.is_empty() && q.is_empty() => 0.4,
        (p, q) => ratio(&p, &q),
    };
    let name = ratio(&plain(&x.wire), &plain(&y.wire));
    let beside = |s: &Struct, i: usize, step: isize| {
        i.checked_add_signed(step).and_then(|i| s.fields.get(i)).map(|f| f.wire.clone())
    };
    let neighbours = [-1, 1].iter().filter(|d| beside(old, a, **d) == beside(new, b, **d)).count() as u32;
    // Equal types and places say little alone: most fields are strings, and one takes the place of another often.
    u32::from(same_type) * 10 + neighbours * 10 + (text * 45.0) as u32 + (name * 25.0) as u32
}

fn text(f: &Field) -> String {
    f.doc.join("\n")
}

fn plain(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '-'], "")
}

/// Share of characters that two texts have in common, from 0 to 1.
pub(super) fn ratio(a: &str, b: &str) -> f32 {
    if a == b {
        return 1.0;
    }
    similar::TextDiff::from_chars(a, b).ratio()
}
