//! The walk over both APIs: pairs of types that stand at the same place, each compared once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use super::{Change, Class};
use crate::ir::{Api, Module, Ty, TypeId, TypeKind};
use crate::lower::graph::{edges, reach};

/// Where the walk stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Spot {
    pub(super) module: String,
    pub(super) endpoint: String,
    pub(super) item: String,
    pub(super) path: String,
    /// No Rust is made of it: events that are no XML.
    pub(super) wire_only: bool,
}

impl Spot {
    /// One step further in.
    pub(super) fn at(&self, step: &str) -> Spot {
        let path = if self.path.is_empty() { step.to_owned() } else { format!("{}.{step}", self.path) };
        Spot { path, ..self.clone() }
    }
}

/// A change without its place.
pub(super) struct Note<'n> {
    pub(super) rule: &'static str,
    pub(super) rust: Class,
    pub(super) wire: Class,
    pub(super) old: &'n str,
    pub(super) new: &'n str,
    pub(super) text: String,
}

/// Types by module and Rust name.
type Names<'a> = HashMap<(&'a str, &'a str), TypeId>;

/// Both APIs, what was found, and what is left to compare.
pub(super) struct Walk<'a> {
    pub(super) old: &'a Api,
    pub(super) new: &'a Api,
    pub(super) out: Vec<Change>,
    queue: VecDeque<(TypeId, TypeId, Spot)>,
    seen: HashSet<(TypeId, TypeId)>,
    old_names: Names<'a>,
    new_names: Names<'a>,
    /// Old types that go by another name now.
    renamed: BTreeMap<TypeId, TypeId>,
    /// Roots of endpoints and events whose change of name says all.
    pub(super) quiet: BTreeSet<TypeId>,
    /// Old types whose holder's removal was noted, with all that they hold.
    pub(super) gone: Vec<TypeId>,
    /// New types whose holder's arrival was noted.
    pub(super) come: Vec<TypeId>,
    /// Index into `out` → new type that the change is in.
    within: Vec<Option<TypeId>>,
    here: Option<TypeId>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(old: &'a Api, new: &'a Api) -> Self {
        fn names(api: &Api) -> Names<'_> {
            api.types
                .iter()
                .enumerate()
                .map(|(i, t)| ((t.module.as_str(), t.rust.as_str()), TypeId(i as u32)))
                .collect()
        }
        Walk {
            old,
            new,
            out: vec![],
            queue: VecDeque::new(),
            seen: HashSet::new(),
            old_names: names(old),
            new_names: names(new),
            renamed: BTreeMap::new(),
            quiet: BTreeSet::new(),
            gone: vec![],
            come: vec![],
            within: vec![],
            here: None,
        }
    }

    pub(super) fn note(&mut self, at: &Spot, n: Note<'_>) {
        self.put(at, n, false);
    }

    pub(super) fn put(&mut self, at: &Spot, n: Note<'_>, guess: bool) {
        let rust = if at.wire_only { Class::None } else { n.rust };
        self.out.push(Change {
            rule: n.rule,
            rust,
            wire: n.wire,
            module: at.module.clone(),
            endpoint: at.endpoint.clone(),
            item: at.item.clone(),
            path: at.path.clone(),
            old: n.old.to_owned(),
            new: n.new.to_owned(),
            text: n.text,
            guess,
            shared: vec![],
        });
        self.within.push(self.here);
    }

    /// Texts: noted when they differ, line ends aside.
    pub(super) fn doc(&mut self, at: &Spot, what: &str, old: &str, new: &str) {
        if old == new {
            return;
        }
        let text = match (old.is_empty(), new.is_empty()) {
            (true, _) => format!("{what} written"),
            (_, true) => format!("{what} removed"),
            _ => format!("{what} reworded"),
        };
        self.note(at, Note { rule: "doc-changed", rust: Class::Patch, wire: Class::None, old, new, text });
    }

    /// Types at the same place: to be compared.
    pub(super) fn pair(&mut self, old: TypeId, new: TypeId, at: Spot) {
        self.queue.push_back((old, new, at));
    }

    pub(super) fn path(api: &Api, id: TypeId) -> String {
        let t = api.ty(id);
        format!("{}::{}", t.module, t.rust)
    }

    /// Whether two types are the same Rust item, under its name or a new one.
    pub(super) fn same_item(&mut self, old: TypeId, new: TypeId) -> bool {
        let (o, n) = (self.old.ty(old), self.new.ty(new));
        if (&o.module, &o.rust) == (&n.module, &n.rust) {
            return true;
        }
        if let Some(to) = self.renamed.get(&old) {
            return *to == new;
        }
        let old_gone = !self.new_names.contains_key(&(o.module.as_str(), o.rust.as_str()));
        let new_come = !self.old_names.contains_key(&(n.module.as_str(), n.rust.as_str()));
        if old_gone && new_come && !self.renamed.values().any(|to| *to == new) {
            self.renamed.insert(old, new);
            return true;
        }
        false
    }

    /// Whether two resolved types are the same Rust type.
    pub(super) fn same_rust(&mut self, old: &Ty, new: &Ty) -> bool {
        match (old, new) {
            (Ty::Prim(a), Ty::Prim(b)) => super::wire::rust_prim(*a) == super::wire::rust_prim(*b),
            (Ty::List(a) | Ty::Joined(_, a), Ty::List(b) | Ty::Joined(_, b)) | (Ty::Map(a), Ty::Map(b)) => {
                self.same_rust(a, b)
            }
            (Ty::Text(a), b) => self.same_rust(a, b),
            (a, Ty::Text(b)) => self.same_rust(a, b),
            (Ty::Ref(a), Ty::Ref(b)) => self.same_item(*a, *b),
            _ => false,
        }
    }

    /// Queues the types inside two resolved types of the same shape.
    pub(super) fn inside(&mut self, old: &Ty, new: &Ty, at: &Spot) {
        if let (Ty::Ref(a), Ty::Ref(b)) = (old.leaf(), new.leaf()) {
            let mut at = at.clone();
            at.path.push_str(&depth(new));
            self.pair(*a, *b, at);
        }
    }

    /// Compares all types: those at the same places first, then those of the same name that stand at no common place.
    pub(super) fn types(&mut self) {
        self.drain();
        let rest: Vec<(TypeId, TypeId)> =
            self.old_names.iter().filter_map(|(k, old)| Some((*old, *self.new_names.get(k)?))).collect();
        let mut rest: Vec<_> = rest.into_iter().filter(|p| !self.seen.contains(p)).collect();
        rest.sort();
        for (old, new) in rest {
            let module = self.new.ty(new).module.clone();
            let wire_only = !emitted(self.new, &module);
            self.pair(old, new, Spot { module, wire_only, ..Spot::default() });
            self.drain();
        }
        self.here = None;
        self.names();
    }

    fn drain(&mut self) {
        while let Some((old, new, at)) = self.queue.pop_front() {
            if !self.seen.insert((old, new)) {
                continue;
            }
            self.here = Some(new);
            let mut at = at;
            at.module = self.new.ty(new).module.clone();
            at.item = Walk::path(self.new, new);
            self.kind(old, new, &at);
        }
    }

    /// Rust items that are gone, new, or go by another name.
    fn names(&mut self) {
        let (gone, come) = (reach(self.old, &self.gone), reach(self.new, &self.come));
        let spot = |api: &Api, id: TypeId| {
            let t = api.ty(id);
            Spot {
                module: t.module.clone(),
                item: Walk::path(api, id),
                wire_only: !emitted(api, &t.module),
                ..Spot::default()
            }
        };
        for (old, new) in self.renamed.clone() {
            if self.quiet.contains(&old) {
                continue;
            }
            let (a, b) = (Walk::path(self.old, old), Walk::path(self.new, new));
            let text = format!("the type `{a}` is called `{b}` now");
            let at = spot(self.new, new);
            self.note(
                &at,
                Note { rule: "type-renamed", rust: Class::Major, wire: Class::None, old: &a, new: &b, text },
            );
        }
        let mut lost: Vec<TypeId> = self
            .old_names
            .iter()
            .filter(|(k, id)| {
                !self.new_names.contains_key(*k) && !self.renamed.contains_key(id) && !gone.contains(id)
            })
            .map(|(_, id)| *id)
            .collect();
        lost.sort();
        for id in lost {
            let a = Walk::path(self.old, id);
            let text = format!("the type `{a}` is gone");
            let at = spot(self.old, id);
            self.note(
                &at,
                Note { rule: "type-removed", rust: Class::Major, wire: Class::None, old: &a, new: "", text },
            );
        }
        let targets: BTreeSet<TypeId> = self.renamed.values().copied().collect();
        let mut found: Vec<TypeId> = self
            .new_names
            .iter()
            .filter(|(k, id)| !self.old_names.contains_key(*k) && !targets.contains(id) && !come.contains(id))
            .map(|(_, id)| *id)
            .collect();
        found.sort();
        for id in found {
            let b = Walk::path(self.new, id);
            let text = format!("the type `{b}` is new");
            let at = spot(self.new, id);
            self.note(
                &at,
                Note { rule: "type-added", rust: Class::Minor, wire: Class::None, old: "", new: &b, text },
            );
        }
    }

    /// The changes, with the endpoints that share a changed type.
    pub(super) fn finish(mut self) -> Vec<Change> {
        let wanted: BTreeSet<TypeId> = self.within.iter().flatten().copied().collect();
        let mut users: BTreeMap<TypeId, Vec<String>> = BTreeMap::new();
        let mut roots: Vec<(String, Vec<TypeId>)> = Vec::new();
        for (_, e) in self.new.endpoints() {
            roots.push((super::endpoints::key(e), std::iter::once(e.request).chain(e.response).collect()));
        }
        for e in self.new.events.iter().flat_map(|m| &m.events) {
            roots.push((e.key.clone(), vec![e.ty]));
        }
        for (name, mut open) in roots {
            let mut seen = BTreeSet::new();
            while let Some(id) = open.pop() {
                if seen.insert(id) {
                    open.extend(edges(&self.new.ty(id).kind).into_iter().map(|e| e.0));
                }
            }
            for id in seen.intersection(&wanted) {
                users.entry(*id).or_default().push(name.clone());
            }
        }
        for (change, within) in self.out.iter_mut().zip(&self.within) {
            if let Some(list) = within.and_then(|id| users.get(&id))
                && list.len() > 1
            {
                change.shared = list.clone();
            }
        }
        self.out
    }

    /// Modules are features of the crate.
    pub(super) fn modules(&mut self) {
        let find = |list: &'a [Module], name: &str| list.iter().find(|m| m.name == name);
        for m in &self.old.modules {
            let at = Spot { module: m.name.clone(), ..Spot::default() };
            let Some(new) = find(&self.new.modules, &m.name) else {
                let text = format!("the module and feature `{}` are gone", m.name);
                let n = Note {
                    rule: "module-removed",
                    rust: Class::Major,
                    wire: Class::None,
                    old: &m.name,
                    new: "",
                    text,
                };
                self.note(&at, n);
                continue;
            };
            for used in m.uses.iter().filter(|u| !new.uses.contains(u)) {
                let text = format!("the feature `{}` no longer enables `{used}`", m.name);
                let n = Note {
                    rule: "feature-link-removed",
                    rust: Class::Major,
                    wire: Class::None,
                    old: used,
                    new: "",
                    text,
                };
                self.note(&at, n);
            }
        }
        for m in &self.new.modules {
            if find(&self.old.modules, &m.name).is_none() {
                let at = Spot { module: m.name.clone(), ..Spot::default() };
                let text = format!("the module and feature `{}` are new", m.name);
                let n = Note {
                    rule: "module-added",
                    rust: Class::Minor,
                    wire: Class::None,
                    old: "",
                    new: &m.name,
                    text,
                };
                self.note(&at, n);
            }
        }
    }

    pub(super) fn is_struct(api: &Api, id: TypeId) -> bool {
        matches!(api.ty(id).kind, TypeKind::Struct(_))
    }
}

/// Whether Rust is made of a module.
pub(super) fn emitted(api: &Api, module: &str) -> bool {
    match module.strip_prefix("events::") {
        Some(name) => api.events.iter().any(|m| m.name == name),
        None => true,
    }
}

/// `[]` for each list on the way in, `{}` for each map.
fn depth(ty: &Ty) -> String {
    match ty {
        Ty::List(t) | Ty::Joined(_, t) => format!("[]{}", depth(t)),
        Ty::Map(t) => format!("{{}}{}", depth(t)),
        Ty::Text(t) => depth(t),
        _ => String::new(),
    }
}
