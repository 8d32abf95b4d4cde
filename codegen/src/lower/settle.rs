//! What needs the whole graph of types: who is sent, who is received, where a box is due, which module uses which.

use std::collections::BTreeSet;

use super::graph::edges;
use super::{sides, versions};
use crate::ir::{Api, Ty, TypeId, TypeKind};

/// Decides all that.
pub(super) fn settle(api: &mut Api) {
    versions::split(api);
    spread(api);
    sides::split(api);
    presence(api);
    boxes(api);
    uses(api);
}

/// A part of a request is sent, a part of an answer is received.
fn spread(api: &mut Api) {
    let mut open: Vec<TypeId> = (0..api.types.len() as u32).map(TypeId).collect();
    while let Some(id) = open.pop() {
        let (sent, received) = (api.ty(id).sent, api.ty(id).received);
        for (to, _) in edges(&api.ty(id).kind) {
            let t = &mut api.types[to.0 as usize];
            if (sent && !t.sent) || (received && !t.received) {
                t.sent |= sent;
                t.received |= received;
                open.push(to);
            }
        }
    }
}

/// In answers an absent list is an empty one; in requests the two differ.
fn presence(api: &mut Api) {
    for t in &mut api.types {
        let sent = t.sent;
        if let TypeKind::Struct(s) = &mut t.kind {
            for f in &mut s.fields {
                f.option = !f.required && (sent || !f.ty.is_many());
            }
        }
    }
}

/// A type that contains itself by value gets a box where it does, and so does a union within a union: it is as large as its largest variant,
/// and every other variant of the outer one would be, too.
fn boxes(api: &mut Api) {
    let reach = |api: &Api, from: TypeId, to: TypeId| {
        let mut seen = BTreeSet::new();
        let mut open = vec![from];
        while let Some(id) = open.pop() {
            if id == to {
                return true;
            }
            if seen.insert(id) {
                open.extend(edges(&api.ty(id).kind).into_iter().filter(|e| e.1).map(|e| e.0));
            }
        }
        false
    };
    for index in 0..api.types.len() {
        let id = TypeId(index as u32);
        let direct = |api: &Api, ty: &Ty| match ty {
            Ty::Ref(to) => reach(api, *to, id),
            _ => false,
        };
        let mut kind = api.types[index].kind.clone();
        match &mut kind {
            TypeKind::Struct(s) => {
                s.fields.iter_mut().for_each(|f| f.boxed = direct(api, &f.ty));
                s.unions.iter_mut().for_each(|u| u.boxed = reach(api, u.ty, id));
            }
            TypeKind::Union(u) => {
                let within =
                    |ty: &Ty| matches!(ty, Ty::Ref(to) if matches!(api.ty(*to).kind, TypeKind::Union(_)));
                for v in &mut u.variants {
                    v.boxed = v.ty.as_ref().is_some_and(|ty| direct(api, ty) || within(ty));
                }
            }
            TypeKind::Enum(_) => {}
        }
        api.types[index].kind = kind;
    }
}

/// A module whose types refer to those of another feature's modules needs that feature.
fn uses(api: &mut Api) {
    let mut all: Vec<BTreeSet<String>> = Vec::new();
    for module in &api.modules {
        let mut used = BTreeSet::new();
        for id in module.parts.iter().flat_map(|p| &p.types) {
            for (to, _) in edges(&api.ty(*id).kind) {
                let other = crate::ir::feature(&api.ty(to).module);
                if other != module.feature() {
                    used.insert(other.to_owned());
                }
            }
        }
        all.push(used);
    }
    for (module, used) in api.modules.iter_mut().zip(all) {
        module.uses = used.into_iter().collect();
    }
}

/// Chains of types that contain themselves by value with every link required: no value of them could be written.
pub fn endless(api: &Api) -> Vec<Vec<TypeId>> {
    let next = |id: TypeId| -> Vec<TypeId> {
        match &api.ty(id).kind {
            TypeKind::Struct(s) => s
                .fields
                .iter()
                .filter(|f| f.required)
                .filter_map(|f| match f.ty {
                    Ty::Ref(to) => Some(to),
                    _ => None,
                })
                .collect(),
            _ => vec![],
        }
    };
    let mut found = Vec::new();
    let mut done = BTreeSet::new();
    for index in 0..api.types.len() as u32 {
        let mut path: Vec<TypeId> = Vec::new();
        let mut open = vec![(TypeId(index), 0usize)];
        while let Some((id, depth)) = open.pop() {
            path.truncate(depth);
            if let Some(at) = path.iter().position(|p| *p == id) {
                let mut chain: Vec<TypeId> = path[at..].to_vec();
                chain.sort();
                if !found.contains(&chain) {
                    found.push(chain);
                }
                continue;
            }
            if !done.insert(id) {
                continue;
            }
            path.push(id);
            open.extend(next(id).into_iter().map(|n| (n, depth + 1)));
        }
    }
    found
}
