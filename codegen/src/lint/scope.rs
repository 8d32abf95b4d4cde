//! What a name in a condition or a group means: a sibling, something inside one, or of an object around.

use std::collections::HashMap;

use crate::model::*;

/// What a name leads to.
#[derive(Clone, Copy)]
pub(super) enum Found<'m> {
    Field(&'m Field),
    /// The tag of a union.
    Tag(&'m Union),
    /// The object under a variant's key, and its type where it has a name.
    Payload(Option<&'m TypeExpr>),
    /// Inside a type that is not described: nothing can be said.
    Anything,
}

/// Types by module and name.
pub(super) type Defs<'m> = HashMap<(&'m str, &'m str), (&'m str, &'m TypeDef)>;

/// All named types of a spec.
pub(super) fn defs(spec: &Spec) -> Defs<'_> {
    let mut out = HashMap::new();
    for part in &spec.parts {
        let module = part.module.value.as_str();
        out.extend(part.types.iter().map(|t| ((module, t.name.value.as_str()), (module, t))));
    }
    for file in &spec.events {
        let module = file.module.value.as_str();
        out.extend(file.types.iter().map(|t| ((module, t.name.value.as_str()), (module, t))));
    }
    out
}

/// The type that an expression ends in, and its module.
pub(super) fn named<'m>(defs: &Defs<'m>, module: &str, ty: &TypeExpr) -> Option<(&'m str, &'m TypeDef)> {
    match ty.leaf() {
        TypeExpr::Named { module: other, name } => {
            defs.get(&(other.as_deref().unwrap_or(module), name.as_str())).copied()
        }
        _ => None,
    }
}

/// The objects around a place, the nearest last, and the bodies that an answer's conditions may name.
#[derive(Clone)]
pub(super) struct Scope<'m, 'd> {
    pub(super) defs: &'d Defs<'m>,
    pub(super) module: &'m str,
    pub(super) around: Vec<&'m Object>,
    pub(super) roots: Vec<(&'static str, &'m Object)>,
}

impl<'m> Scope<'m, '_> {
    pub(super) fn within(&self, object: &'m Object) -> Self {
        let mut out = self.clone();
        out.around.push(object);
        out
    }

    /// Looks a name up, from the nearest object outward.
    pub(super) fn find(&self, name: &str) -> Option<Found<'m>> {
        let outward = self.around.iter().rev().find_map(|o| self.inside(o, name, 0));
        outward.or_else(|| {
            let (root, rest) = name.split_once('.')?;
            let (_, object) = self.roots.iter().find(|(r, _)| *r == root)?;
            self.inside(object, rest, 0)
        })
    }

    /// A name in one object, without looking around.
    pub(super) fn inside(&self, object: &'m Object, name: &str, depth: usize) -> Option<Found<'m>> {
        let mut out = Vec::new();
        self.all(object, name, depth, &mut out);
        out.first().copied()
    }

    /// All that a name leads to in one object: variants of a union may each have a field of that name.
    pub(super) fn all(&self, object: &'m Object, name: &str, depth: usize, out: &mut Vec<Found<'m>>) {
        if depth > 12 {
            return;
        }
        let (first, rest) = name.split_once('.').unwrap_or((name, ""));
        for f in object.fields.iter().filter(|f| f.wire.value == first) {
            match rest {
                "" => out.push(Found::Field(f)),
                rest => self.below(f.object.as_ref(), &f.ty.value, rest, depth, out),
            }
        }
        object.unions.iter().for_each(|u| self.in_union(u, name, depth, out));
    }

    fn in_union(&self, union: &'m Union, name: &str, depth: usize, out: &mut Vec<Found<'m>>) {
        let (first, rest) = name.split_once('.').unwrap_or((name, ""));
        if let Some(ty) = &union.ty {
            return self.below(None, &ty.value, name, depth, out);
        }
        if union.tag.as_ref().is_some_and(|t| t.value == name) {
            out.push(Found::Tag(union));
        }
        for v in &union.variants {
            let key = v.key.as_ref().or(match &union.payload {
                Payload::Sibling => Some(&v.tag),
                _ => None,
            });
            let key = key.map(|k| k.value.as_str()).or(match &union.payload {
                Payload::Key(k) => Some(k.as_str()),
                _ => None,
            });
            let ty = v.ty.as_ref().map(|t| &t.value);
            match key {
                Some(key) if key == first && (ty.is_some() || v.object.is_some()) => match rest {
                    "" => out.push(Found::Payload(ty)),
                    rest => self.below(v.object.as_ref(), ty.unwrap_or(&TypeExpr::Object), rest, depth, out),
                },
                None => self.below(v.object.as_ref(), ty.unwrap_or(&TypeExpr::Object), name, depth, out),
                _ => {}
            }
        }
    }

    fn below(
        &self,
        object: Option<&'m Object>,
        ty: &TypeExpr,
        rest: &str,
        depth: usize,
        out: &mut Vec<Found<'m>>,
    ) {
        match (object, ty.leaf()) {
            (Some(o), _) => self.all(o, rest, depth + 1, out),
            (None, TypeExpr::Named { .. }) => {
                let Some((module, def)) = named(self.defs, self.module, ty) else { return };
                // What it holds is named from its own module.
                let there = Scope { module, ..self.clone() };
                if let TypeKind::Object(o) = &def.kind {
                    there.all(o, rest, depth + 1, out);
                }
            }
            (None, TypeExpr::Prim(Prim::Json)) => out.push(Found::Anything),
            _ => {}
        }
    }

    /// Names that may be meant, for proposals.
    pub(super) fn names(&self) -> Vec<&'m str> {
        let mut out = Vec::new();
        for o in self.around.iter().rev() {
            out.extend(o.fields.iter().map(|f| f.wire.value.as_str()));
            out.extend(o.unions.iter().filter_map(|u| u.tag.as_ref()).map(|t| t.value.as_str()));
        }
        out
    }
}
