//! Files of a length that a person still reads: a spec file with many endpoints becomes several Rust files.

use crate::ir::{Api, Endpoint, Module, Part, TypeId, TypeKind};

/// Lines that a file may have, by the estimate of [`weight`]: which is rather too high, so that the real count stays below 1,500.
const MOST: usize = 1400;

/// The module with its long parts cut: `user` into `user`, `user_2`, `user_3`. An endpoint is never torn apart from its types;
/// those that are its neighbours in the spec stay its neighbours.
pub(super) fn module(api: &Api, module: &Module) -> Module {
    let mut stems: Vec<String> = module.parts.iter().map(|p| p.stem.clone()).collect();
    let parts = module.parts.iter().flat_map(|part| cut(api, part, &mut stems)).collect();
    Module { parts, ..module.clone() }
}

fn cut(api: &Api, part: &Part, stems: &mut Vec<String>) -> Vec<Part> {
    let begin = |stem: String| Part { stem, endpoints: Vec::new(), types: Vec::new(), ..part.clone() };
    let mut out = vec![begin(part.stem.clone())];
    let mut full = 0;
    // The answer that has to follow a request in the same file.
    let mut due: Option<TypeId> = None;
    for id in &part.types {
        let endpoint = part.endpoints.iter().find(|e| e.request == *id);
        let weight = weight(api, *id, endpoint);
        if full > 0 && full + weight > MOST && due.is_none() {
            let mut next = begin(next_stem(&part.stem, stems));
            next.doc.clear();
            out.push(next);
            full = 0;
        }
        full += weight;
        due = match endpoint {
            Some(e) => e.response.filter(|r| part.types.contains(r)),
            None => due.filter(|d| d != id),
        };
        if let Some(last) = out.last_mut() {
            last.types.push(*id);
            last.endpoints.extend(endpoint.cloned());
        }
    }
    // An endpoint whose request is a type of another file stays with the first.
    let placed: Vec<TypeId> = part.types.clone();
    out[0].endpoints.extend(part.endpoints.iter().filter(|e| !placed.contains(&e.request)).cloned());
    out
}

fn next_stem(stem: &str, stems: &mut Vec<String>) -> String {
    let mut n = 2;
    loop {
        let name = format!("{stem}_{n}");
        if !stems.contains(&name) {
            stems.push(name.clone());
            return name;
        }
        n += 1;
    }
}

/// About how many lines a type takes in the longer of its two files: text and setters in one, tables in the other.
fn weight(api: &Api, id: TypeId, endpoint: Option<&Endpoint>) -> usize {
    let t = api.ty(id);
    let (types, tables) = match &t.kind {
        TypeKind::Struct(s) => {
            let texts: usize = s.fields.iter().map(|f| 2 + f.doc.len()).sum();
            let setters = s.fields.iter().filter(|f| t.sent && !f.required).count();
            (12 + t.doc.len() + texts + 8 * setters, 20 + 3 * s.fields.len())
        }
        TypeKind::Enum(e) => {
            (8 + e.values.iter().map(|v| 1 + v.doc.len().max(1)).sum::<usize>(), 2 + e.values.len())
        }
        TypeKind::Union(u) => {
            (8 + u.variants.iter().map(|v| 1 + v.doc.len().max(1)).sum::<usize>(), 16 + 14 * u.variants.len())
        }
    };
    let about = endpoint.map_or((0, 0), |e| (16 + e.doc.len() + e.permission.len() + e.errors.len(), 32));
    (types + about.0).max(tables + about.1)
}
