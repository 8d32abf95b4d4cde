//! Which types a type refers to, and which are reached from it.

use std::collections::BTreeSet;

use crate::ir::{Api, Ty, TypeId, TypeKind};

/// The types that a type holds, and whether each is held by value.
pub(crate) fn edges(kind: &TypeKind) -> Vec<(TypeId, bool)> {
    fn of(ty: &Ty, direct: bool, out: &mut Vec<(TypeId, bool)>) {
        match ty {
            Ty::Ref(id) => out.push((*id, direct)),
            Ty::List(t) | Ty::Joined(_, t) | Ty::Map(t) => of(t, false, out),
            Ty::Text(t) => of(t, direct, out),
            Ty::Prim(_) => {}
        }
    }
    let mut out = Vec::new();
    match kind {
        TypeKind::Struct(s) => {
            s.fields.iter().for_each(|f| of(&f.ty, true, &mut out));
            s.fields.iter().flat_map(|f| &f.shapes).for_each(|t| of(t, false, &mut out));
            s.unions.iter().for_each(|u| out.push((u.ty, true)));
        }
        TypeKind::Union(u) => {
            u.variants.iter().filter_map(|v| v.ty.as_ref()).for_each(|t| of(t, true, &mut out))
        }
        TypeKind::Enum(_) => {}
    }
    out
}

/// The types given and all that they need, each once, in the order of the API.
pub(crate) fn reach(api: &Api, roots: &[TypeId]) -> BTreeSet<TypeId> {
    let mut seen = BTreeSet::new();
    let mut open = roots.to_vec();
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            open.extend(edges(&api.ty(id).kind).into_iter().map(|e| e.0));
        }
    }
    seen
}
