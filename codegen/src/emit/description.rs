//! `api/description.json`: what may be sent, as data, for calls by path that are checked before they go out.

use std::collections::BTreeMap;

use super::tables::{json, strip};
use crate::ir::{self, Ty, TypeId, TypeKind};
use crate::lower::graph::reach;

/// The API without its answers, events, errors and texts: one endpoint or type a line.
pub(super) fn file(api: &ir::Api) -> String {
    let mut api = api.clone();
    strip(&mut api);
    let roots: Vec<TypeId> = api.endpoints().map(|(_, e)| e.request).collect();
    let kept: BTreeMap<TypeId, TypeId> =
        (0..).map(TypeId).zip(reach(&api, &roots)).map(|(new, old)| (old, new)).collect();
    let new = |id: &mut TypeId| {
        if let Some(new) = kept.get(id) {
            *id = *new;
        }
    };
    let endpoints = api.modules.iter().flat_map(|m| m.parts.iter().flat_map(|p| &p.endpoints)).cloned();
    let endpoints: Vec<String> = endpoints
        .map(|mut e| {
            new(&mut e.request);
            (e.response, e.paging) = (None, None);
            e.errors.clear();
            [&mut e.call, &mut e.rust, &mut e.title].into_iter().for_each(String::clear);
            json(&e)
        })
        .collect();
    let types = std::mem::take(&mut api.types).into_iter().zip(0..);
    let types = types.filter(|(_, at)| kept.contains_key(&TypeId(*at))).map(|(mut t, _)| {
        t.module.clear();
        match &mut t.kind {
            TypeKind::Struct(s) => {
                for field in &mut s.fields {
                    // The default stays: conditions on a field that is absent look at it.
                    (field.example, field.ttl, field.since, field.unit) = (None, None, None, None);
                    field.shapes.iter_mut().chain([&mut field.ty]).for_each(|ty| refs(ty, &new));
                }
                s.unions.iter_mut().for_each(|union| new(&mut union.ty));
            }
            TypeKind::Union(u) => {
                u.variants.iter_mut().filter_map(|v| v.ty.as_mut()).for_each(|ty| refs(ty, &new))
            }
            TypeKind::Enum(_) => {}
        }
        json(&t)
    });
    let types: Vec<String> = types.collect();
    // Which module an endpoint is of does not matter here: there is one.
    format!(
        "{{\"modules\":[{{\"name\":\"\",\"uses\":[],\"parts\":[{{\"stem\":\"\",\"spec\":\"\",\"title\":\"\",\"types\":[],\"endpoints\":[\n\
         {}\n]}}]}}],\n\"events\":[],\"errors\":[],\"types\":[\n{}\n]}}\n",
        endpoints.join(",\n"),
        types.join(",\n")
    )
}

fn refs(ty: &mut Ty, new: &impl Fn(&mut TypeId)) {
    match ty {
        Ty::Ref(id) => new(id),
        Ty::List(t) | Ty::Joined(_, t) | Ty::Map(t) | Ty::Text(t) => refs(t, new),
        Ty::Prim(_) => {}
    }
}
