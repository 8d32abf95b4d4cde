//! Fields that are only sent or only answered: a type with such fields that stands in requests and in answers becomes two, each
//! without what the other side alone has.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::edges;
use crate::ir::{Api, Field, Only, Struct, Ty, TypeId, TypeKind};

/// Splits types whose sides differ. Who is sent and who is received is known by now.
pub(super) fn split(api: &mut Api) {
    let mixed = mixed(api);
    let mut twins: BTreeMap<TypeId, TypeId> = BTreeMap::new();
    for id in mixed {
        let mut twin = api.ty(id).clone();
        twin.rust = free(api, &twin.module, &twin.rust);
        (twin.sent, twin.received) = (false, true);
        twins.insert(id, TypeId(api.types.len() as u32));
        api.types.push(twin);
        api.types[id.0 as usize].received = false;
    }
    for t in &mut api.types {
        match (t.sent, t.received) {
            (true, false) => keep(&mut t.kind, |o| o != &Only::Response),
            (false, true) => {
                keep(&mut t.kind, |o| o != &Only::Request);
                redirect(&mut t.kind, &|id| twins.get(&id).copied().unwrap_or(id));
            }
            _ => {}
        }
    }
    // Each stands behind its twin, in the same file.
    let place = |list: &mut Vec<TypeId>| {
        *list = list.iter().flat_map(|id| [Some(*id), twins.get(id).copied()]).flatten().collect();
    };
    api.modules.iter_mut().flat_map(|m| &mut m.parts).for_each(|p| place(&mut p.types));
    api.events.iter_mut().for_each(|m| place(&mut m.types));
}

/// Types of both sides that have a field of one side, or hold a type that has.
fn mixed(api: &Api) -> BTreeSet<TypeId> {
    let sided = |o: &Option<Only>| matches!(o, Some(Only::Request | Only::Response));
    let own =
        |kind: &TypeKind| matches!(kind, TypeKind::Struct(s) if s.fields.iter().any(|f| sided(&f.only)));
    let both = |id: &TypeId| api.ty(*id).sent && api.ty(*id).received;
    let all = || (0..api.types.len() as u32).map(TypeId);
    let mut out: BTreeSet<TypeId> = all().filter(|id| both(id) && own(&api.ty(*id).kind)).collect();
    loop {
        let more: Vec<TypeId> = all()
            .filter(|id| !out.contains(id) && both(id))
            .filter(|id| edges(&api.ty(*id).kind).iter().any(|(to, _)| out.contains(to)))
            .collect();
        if more.is_empty() {
            return out;
        }
        out.extend(more);
    }
}

/// A name that no type of the module has: `NameResponse`, as answers are called.
fn free(api: &Api, module: &str, rust: &str) -> String {
    let taken = |n: &String| api.types.iter().any(|t| t.module == module && t.rust == *n);
    let names = ["Response", "Answer", "Answered"].map(|end| format!("{rust}{end}"));
    let first = names.iter().find(|n| !taken(n)).cloned();
    first.unwrap_or_else(|| (2..).map(|i| format!("{rust}Answer{i}")).find(|n| !taken(n)).unwrap_or_default())
}

/// Keeps the fields of one side, and the groups that they make.
fn keep(kind: &mut TypeKind, stays: impl Fn(&Only) -> bool) {
    retain(kind, |_, f| f.only.as_ref().is_none_or(&stays));
}

/// Keeps some fields, and the groups that they make.
pub(super) fn retain(kind: &mut TypeKind, stays: impl Fn(usize, &Field) -> bool) {
    let TypeKind::Struct(Struct { fields, choices, .. }) = kind else { return };
    let gone: Vec<String> =
        fields.iter().enumerate().filter(|(i, f)| !stays(*i, f)).map(|(_, f)| f.wire.clone()).collect();
    if gone.is_empty() {
        return;
    }
    fields.retain(|f| !gone.contains(&f.wire));
    for c in choices.iter_mut() {
        c.alternatives.retain(|a| !a.iter().any(|n| gone.iter().any(|g| n.split('.').next() == Some(g))));
    }
    choices.retain(|c| c.alternatives.len() > 1);
}

/// Lets a type refer to others in the place of those that it referred to.
pub(super) fn redirect(kind: &mut TypeKind, to: &dyn Fn(TypeId) -> TypeId) {
    fn ty(t: &mut Ty, to: &dyn Fn(TypeId) -> TypeId) {
        match t {
            Ty::Ref(id) => *id = to(*id),
            Ty::List(t) | Ty::Joined(_, t) | Ty::Map(t) | Ty::Text(t) => ty(t, to),
            Ty::Prim(_) => {}
        }
    }
    match kind {
        TypeKind::Struct(s) => {
            s.fields.iter_mut().for_each(|f| ty(&mut f.ty, to));
            s.fields.iter_mut().flat_map(|f| &mut f.shapes).for_each(|t| ty(t, to));
            s.unions.iter_mut().for_each(|u| u.ty = to(u.ty));
        }
        TypeKind::Union(u) => u.variants.iter_mut().filter_map(|v| v.ty.as_mut()).for_each(|t| ty(t, to)),
        TypeKind::Enum(_) => {}
    }
}
