//! Fields that only some endpoints have: a type with such fields that several endpoints share becomes one type for each set of them, so that
//! no endpoint's type has a field that the endpoint lacks.
//!
//! Endpoints that no field names keep the type. The others' is called after the first of them by path, `GetSchedule` of `Schedule` and
//! `oa/schedule/get`; where the module has that name, `ScheduleOfGet`. What holds such a type is split along with it.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{edges, reach};
use super::sides;
use crate::ir::{Api, Only, TypeId, TypeKind};

/// The fields, by type and place, that an endpoint sees beyond what all see.
type Sight = BTreeSet<(TypeId, usize)>;

/// A type by what is seen of it, and the type that is made for that.
type Versions = BTreeMap<(TypeId, Sight), TypeId>;

/// Splits what `only: [path]` parts.
pub(super) fn split(api: &mut Api) {
    let parted: BTreeSet<TypeId> = ids(api).filter(|id| is_parted(&api.ty(*id).kind)).collect();
    if parted.is_empty() {
        return;
    }
    let holders = holders(api, &parted);
    // The endpoints of each sight of a type: path and Rust name.
    let mut sights: BTreeMap<TypeId, BTreeMap<Sight, Vec<(String, String)>>> = BTreeMap::new();
    for (_, e) in api.endpoints() {
        let roots: Vec<TypeId> = [Some(e.request), e.response].into_iter().flatten().collect();
        for id in reach(api, &roots).intersection(&holders) {
            let users = sights.entry(*id).or_default().entry(sight(api, *id, &e.path, &parted)).or_default();
            users.push((e.path.clone(), e.rust.clone()));
        }
    }
    // Events and commands are no endpoints: they see what all see.
    let events = api.events.iter().flat_map(|m| &m.events).flat_map(|e| [Some(e.ty), e.reply_type]);
    let commands = api.commands.iter().flat_map(|c| [c.request, c.response]);
    let others: Vec<TypeId> = events.chain(commands).flatten().collect();
    for id in reach(api, &others).intersection(&holders) {
        sights.entry(*id).or_default().entry(Sight::new()).or_default();
    }
    let below: BTreeMap<TypeId, BTreeSet<TypeId>> =
        holders.iter().map(|id| (*id, reach(api, &[*id]))).collect();
    let kinds: BTreeMap<TypeId, TypeKind> =
        holders.iter().map(|id| (*id, api.ty(*id).kind.clone())).collect();
    let versions = versions(api, sights);
    for ((id, sight), own) in &versions {
        let mut kind = kinds[id].clone();
        sides::retain(&mut kind, |index, f| {
            !matches!(f.only, Some(Only::Paths(_))) || sight.contains(&(*id, index))
        });
        if let TypeKind::Struct(s) = &mut kind {
            // What is left is no field of some.
            s.fields
                .iter_mut()
                .filter(|f| matches!(f.only, Some(Only::Paths(_))))
                .for_each(|f| f.only = None);
        }
        sides::redirect(&mut kind, &|to| {
            let inner: Option<Sight> = below
                .get(&to)
                .map(|reach| sight.iter().filter(|(t, _)| reach.contains(t)).copied().collect());
            inner.and_then(|inner| versions.get(&(to, inner)).copied()).unwrap_or(to)
        });
        api.types[own.0 as usize].kind = kind;
    }
    // Each stands behind the type that it is a version of, in the same file.
    let mut made: BTreeMap<TypeId, Vec<TypeId>> = BTreeMap::new();
    for ((id, _), own) in versions.iter().filter(|((id, _), own)| id != *own) {
        made.entry(*id).or_default().push(*own);
    }
    let place = |list: &mut Vec<TypeId>| {
        let with = |id: &TypeId| [vec![*id], made.get(id).cloned().unwrap_or_default()].concat();
        *list = list.iter().flat_map(with).collect();
    };
    api.modules.iter_mut().flat_map(|m| &mut m.parts).for_each(|p| place(&mut p.types));
    api.events.iter_mut().for_each(|m| place(&mut m.types));
}

fn ids(api: &Api) -> impl Iterator<Item = TypeId> + use<> {
    (0..api.types.len() as u32).map(TypeId)
}

fn is_parted(kind: &TypeKind) -> bool {
    matches!(kind, TypeKind::Struct(s) if s.fields.iter().any(|f| matches!(f.only, Some(Only::Paths(_)))))
}

/// The parted types and all that hold one.
fn holders(api: &Api, parted: &BTreeSet<TypeId>) -> BTreeSet<TypeId> {
    let mut out = parted.clone();
    loop {
        let holds = |id: &TypeId| edges(&api.ty(*id).kind).iter().any(|(to, _)| out.contains(to));
        let more: Vec<TypeId> = ids(api).filter(|id| !out.contains(id) && holds(id)).collect();
        if more.is_empty() {
            return out;
        }
        out.extend(more);
    }
}

/// What an endpoint sees of a type and of all that it holds.
fn sight(api: &Api, id: TypeId, path: &str, parted: &BTreeSet<TypeId>) -> Sight {
    let mut out = Sight::new();
    for part in reach(api, &[id]).intersection(parted) {
        let TypeKind::Struct(s) = &api.ty(*part).kind else { continue };
        for (index, f) in s.fields.iter().enumerate() {
            if matches!(&f.only, Some(Only::Paths(paths)) if paths.iter().any(|p| p == path)) {
                out.insert((*part, index));
            }
        }
    }
    out
}

/// One type for each sight: the type itself for those who see what all see, and where all see the same.
fn versions(api: &mut Api, sights: BTreeMap<TypeId, BTreeMap<Sight, Vec<(String, String)>>>) -> Versions {
    let mut out = Versions::new();
    for (id, list) in sights {
        let alone = list.len() == 1;
        let mut unclaimed = !list.contains_key(&Sight::new());
        let mut list: Vec<(Sight, Vec<(String, String)>)> = list.into_iter().collect();
        list.iter_mut().for_each(|(_, users)| users.sort());
        list.sort_by(|(_, a), (_, b)| a.cmp(b));
        let base = api.ty(id).clone();
        for (sight, users) in list {
            if alone || sight.is_empty() {
                out.insert((id, sight), id);
                continue;
            }
            let first = users.first().map_or("", |(_, rust)| rust.as_str());
            let name = name(api, &base.module, &base.rust, first);
            // Where nobody keeps the type, the first of its versions takes its place.
            let own = if std::mem::take(&mut unclaimed) { id } else { TypeId(api.types.len() as u32) };
            if own != id {
                api.types.push(base.clone());
            }
            api.types[own.0 as usize].rust = name;
            out.insert((id, sight), own);
        }
    }
    out
}

/// `GetSchedule`; `ScheduleOfGet` where the module has that.
fn name(api: &Api, module: &str, rust: &str, endpoint: &str) -> String {
    let taken = |n: &String| api.types.iter().any(|t| t.module == module && t.rust == *n);
    let names = [format!("{endpoint}{rust}"), format!("{rust}Of{endpoint}")];
    let free = names.iter().find(|n| !taken(n)).cloned();
    free.unwrap_or_else(|| {
        (2..).map(|i| format!("{rust}Of{endpoint}{i}")).find(|n| !taken(n)).unwrap_or_default()
    })
}
