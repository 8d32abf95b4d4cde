//! The fields of what is new, as a list with places.

use super::change::Part;
use super::wire::word;
use crate::ir::{Api, Enum, Field, Ty, TypeId, TypeKind};

/// The fields of a type and of all that it holds, each with its place below `at`. A type within itself is not unfolded again.
pub(super) fn of(api: &Api, id: TypeId, at: &str) -> Vec<Part> {
    let mut list = List { api, within: Vec::new(), out: Vec::new() };
    list.inside(id, at);
    list.out
}

/// A field and what it holds.
pub(super) fn field(api: &Api, f: &Field, at: &str) -> Vec<Part> {
    let mut list = List { api, within: Vec::new(), out: Vec::new() };
    list.field(f, at);
    list.out
}

struct List<'a> {
    api: &'a Api,
    /// The types around this place.
    within: Vec<TypeId>,
    out: Vec<Part>,
}

impl List<'_> {
    fn inside(&mut self, id: TypeId, at: &str) {
        if self.within.contains(&id) {
            return;
        }
        self.within.push(id);
        match &self.api.ty(id).kind {
            TypeKind::Struct(s) => {
                s.fields.iter().for_each(|f| self.field(f, &below(at, &f.wire)));
                s.unions.iter().for_each(|u| self.inside(u.ty, at));
            }
            TypeKind::Union(u) => {
                for v in &u.variants {
                    // A payload without a key stands beside the tag: which variant it belongs to is said in front of it.
                    let label = v.tags.first().or(v.key.as_ref()).unwrap_or(&v.rust);
                    let place = match &v.key {
                        Some(key) => below(at, key),
                        None => format!("{at}({label})"),
                    };
                    self.out.push(Part {
                        path: place.clone(),
                        kind: format!("variant {label}"),
                        required: false,
                        text: v.doc.join(" "),
                    });
                    if let Some(Ty::Ref(id)) = v.ty.as_ref().map(Ty::leaf) {
                        self.inside(*id, &place);
                    }
                }
            }
            TypeKind::Enum(_) => {}
        }
        self.within.pop();
    }

    fn field(&mut self, f: &Field, at: &str) {
        self.out.push(Part {
            path: at.to_owned(),
            kind: kind(self.api, &f.ty),
            required: f.required,
            text: f.doc.join(" "),
        });
        if let Ty::Ref(id) = f.ty.leaf() {
            self.inside(*id, &format!("{at}{}", super::walk::depth(&f.ty)));
        }
    }
}

fn below(at: &str, step: &str) -> String {
    if at.is_empty() { step.to_owned() } else { format!("{at}.{step}") }
}

/// The type in words: what it is made of rather than its name, which says nothing to who does not write Rust.
pub(super) fn kind(api: &Api, ty: &Ty) -> String {
    match ty {
        Ty::Prim(_) => word(api, ty),
        Ty::List(t) => format!("list<{}>", kind(api, t)),
        Ty::Joined(by, t) => format!("{}<{}>", by.word(), kind(api, t)),
        Ty::Map(t) => format!("map<{}>", kind(api, t)),
        Ty::Text(t) => format!("text<{}>", kind(api, t)),
        Ty::Ref(id) => match &api.ty(*id).kind {
            TypeKind::Struct(_) => "object".into(),
            TypeKind::Union(_) => "union".into(),
            TypeKind::Enum(e) => values(e),
        },
    }
}

/// `u32: 1, 2, 4 and 9 more`
fn values(e: &Enum) -> String {
    const SHOWN: usize = 12;
    let list: Vec<&str> = e.values.iter().take(SHOWN).map(|v| v.wire.as_str()).collect();
    let more = match e.values.len().saturating_sub(SHOWN) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    format!("{}: {}{more}", e.repr.word(), list.join(", "))
}
