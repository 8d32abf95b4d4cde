//! The walk over both APIs: pairs of types that stand at the same place, each compared once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use super::change::{Change, Class, Part};
use super::wire::rust_prim;
use crate::ir::{Api, Ty, TypeId, TypeKind};

/// Where the walk stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Spot {
    pub(super) module: String,
    pub(super) endpoint: String,
    pub(super) item: String,
    pub(super) path: String,
    /// What of it is looked at, where one rule looks at several: `chars`.
    pub(super) what: String,
    /// No Rust is made of it: events that are no XML.
    pub(super) wire_only: bool,
}

impl Spot {
    /// One step further in.
    pub(super) fn at(&self, step: &str) -> Spot {
        let path = if self.path.is_empty() { step.to_owned() } else { format!("{}.{step}", self.path) };
        Spot { path, ..self.clone() }
    }

    /// One of several that a rule looks at here.
    pub(super) fn of(&self, what: &str) -> Spot {
        let what = if self.what.is_empty() { what.to_owned() } else { format!("{}.{what}", self.what) };
        Spot { what, ..self.clone() }
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
pub(super) type Names<'a> = HashMap<(&'a str, &'a str), TypeId>;

/// Both APIs, what was found, and what is left to compare.
pub(super) struct Walk<'a> {
    pub(super) old: &'a Api,
    pub(super) new: &'a Api,
    pub(super) out: Vec<Change>,
    pub(super) queue: VecDeque<(TypeId, TypeId, Spot)>,
    pub(super) seen: HashSet<(TypeId, TypeId)>,
    pub(super) old_names: Names<'a>,
    pub(super) new_names: Names<'a>,
    /// Old types that go by another name now.
    pub(super) renamed: BTreeMap<TypeId, TypeId>,
    /// New types that are one of these.
    pub(super) named: BTreeSet<TypeId>,
    /// Roots of endpoints and events whose change of name says all.
    pub(super) quiet: BTreeSet<TypeId>,
    /// Old types whose holder's removal was noted, with all that they hold.
    pub(super) gone: Vec<TypeId>,
    /// New types whose holder's arrival was noted.
    pub(super) come: Vec<TypeId>,
    /// Index into `out` → new type that the change is in.
    pub(super) within: Vec<Option<TypeId>>,
    pub(super) here: Option<TypeId>,
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
            named: BTreeSet::new(),
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
            what: at.what.clone(),
            old: n.old.to_owned(),
            new: n.new.to_owned(),
            text: n.text,
            guess,
            shared: vec![],
            parts: vec![],
        });
        self.within.push(self.here);
    }

    /// What came with the change that was noted last.
    pub(super) fn unfold(&mut self, parts: Vec<Part>) {
        if let Some(last) = self.out.last_mut() {
            last.parts = parts;
        }
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
        // `text of `note``: which field it is of, the place says.
        let about = what.split('`').next().unwrap_or(what).trim();
        let at = &at.of(about.strip_suffix(" of").unwrap_or(about));
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
        if old_gone && new_come && !self.named.contains(&new) {
            self.renamed.insert(old, new);
            self.named.insert(new);
            return true;
        }
        false
    }

    /// Whether two resolved types are the same Rust type.
    pub(super) fn same_rust(&mut self, old: &Ty, new: &Ty) -> bool {
        match (old, new) {
            (Ty::Prim(a), Ty::Prim(b)) => rust_prim(*a) == rust_prim(*b),
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
pub(super) fn depth(ty: &Ty) -> String {
    match ty {
        Ty::List(t) | Ty::Joined(_, t) => format!("[]{}", depth(t)),
        Ty::Map(t) => format!("{{}}{}", depth(t)),
        Ty::Text(t) => depth(t),
        _ => String::new(),
    }
}
