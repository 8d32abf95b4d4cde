//! What a name in a condition or a group means: a sibling, something inside one, or of an object around.

use std::collections::HashMap;

use crate::model::*;

/// What a name leads to.
#[derive(Clone, Copy)]
pub(super) enum Found<'m> {
    Field(&'m Field),
    /// The tag of a union.
    Tag(&'m Union),
    /// The object under a variant's key.
    Payload,
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
        if depth > 12 {
            return None;
        }
        let (first, rest) = name.split_once('.').unwrap_or((name, ""));
        for f in &object.fields {
            if f.wire.value == first {
                return match rest {
                    "" => Some(Found::Field(f)),
                    rest => self.below(f.object.as_ref(), &f.ty.value, rest, depth),
                };
            }
        }
        object.unions.iter().find_map(|u| self.in_union(u, name, depth))
    }

    fn in_union(&self, union: &'m Union, name: &str, depth: usize) -> Option<Found<'m>> {
        let (first, rest) = name.split_once('.').unwrap_or((name, ""));
        if let Some(ty) = &union.ty {
            return self.below(None, &ty.value, name, depth);
        }
        if union.tag.as_ref().is_some_and(|t| t.value == name) {
            return Some(Found::Tag(union));
        }
        union.variants.iter().find_map(|v| {
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
                    "" => Some(Found::Payload),
                    rest => self.below(v.object.as_ref(), ty.unwrap_or(&TypeExpr::Object), rest, depth),
                },
                None => self.below(v.object.as_ref(), ty.unwrap_or(&TypeExpr::Object), name, depth),
                _ => None,
            }
        })
    }

    fn below(
        &self,
        object: Option<&'m Object>,
        ty: &TypeExpr,
        rest: &str,
        depth: usize,
    ) -> Option<Found<'m>> {
        match (object, ty.leaf()) {
            (Some(o), _) => self.inside(o, rest, depth + 1),
            (None, TypeExpr::Named { .. }) => {
                let (module, def) = named(self.defs, self.module, ty)?;
                // What it holds is named from its own module.
                let there = Scope { module, ..self.clone() };
                match &def.kind {
                    TypeKind::Object(o) => there.inside(o, rest, depth + 1),
                    TypeKind::Enum { .. } => None,
                }
            }
            (None, TypeExpr::Prim(Prim::Json)) => Some(Found::Anything),
            _ => None,
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
