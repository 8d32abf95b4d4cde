//! Types: objects, enumerations, unions.

use super::change::Class;
use super::parts;
use super::role::Role;
use super::walk::{Note, Spot, Walk};
use super::wire::{Relation, relation, rust_word, word};
use crate::ir::{Api, Enum, Struct, Ty, TypeId, TypeKind, Union, UnionField, Value, Variant};

use Class::{Major, Minor, None as Nothing, Patch};

impl Walk<'_> {
    /// Compares two types that stand at the same place.
    pub(super) fn kind(&mut self, old: TypeId, new: TypeId, at: &Spot) {
        let (o, n) = (self.old.ty(old), self.new.ty(new));
        self.doc(at, "text of the type", &o.doc.join("\n"), &n.doc.join("\n"));
        let role = Role::of(o);
        if Walk::is_struct(self.old, old) && Walk::is_struct(self.new, new) && o.sent != n.sent {
            let (rule, rust, text) = match n.sent {
                true => (
                    "constructor-added",
                    Minor,
                    "now part of a request: it has a constructor and setters".to_owned(),
                ),
                false => (
                    "constructor-removed",
                    Major,
                    "no longer part of a request: it has no constructor".to_owned(),
                ),
            };
            self.note(at, Note { rule, rust, wire: Nothing, old: "", new: "", text });
        }
        match (&o.kind, &n.kind) {
            (TypeKind::Struct(a), TypeKind::Struct(b)) => {
                self.fields(a, b, role, at);
                self.unions(a, b, role, at);
            }
            (TypeKind::Enum(a), TypeKind::Enum(b)) => self.enumeration(a, b, role, at),
            (TypeKind::Union(a), TypeKind::Union(b)) => self.union(a, b, role, at),
            (a, b) => {
                let word = |k: &TypeKind| match k {
                    TypeKind::Struct(_) => "object",
                    TypeKind::Enum(_) => "enumeration",
                    TypeKind::Union(_) => "union",
                };
                let text = format!("the type is now of the kind {}, no longer {}", word(b), word(a));
                let n = Note {
                    rule: "type-kind-changed",
                    rust: Major,
                    wire: Major,
                    old: word(a),
                    new: word(b),
                    text,
                };
                self.note(at, n);
            }
        }
    }

    fn unions(&mut self, old: &Struct, new: &Struct, role: Role, at: &Spot) {
        let tag = |api: &Api, id: TypeId| match &api.ty(id).kind {
            TypeKind::Union(u) => u.tag.clone(),
            _ => None,
        };
        let (before, after) = (self.old, self.new);
        let mut known = Pairs::of(&old.unions, &new.unions, |a, b| a.rust == b.rust);
        // A union whose Rust field has another name is known by its tag, or by being the only one left.
        let renamed = known.again(|a, b, only| {
            let of = tag(before, a.ty);
            tag(after, b.ty) == of && (of.is_some() || only)
        });
        for (a, b) in renamed {
            let text = format!("the Rust field of the union is called `{}`, no longer `{}`", b.rust, a.rust);
            let rule = "union-field-renamed";
            self.note(at, Note { rule, rust: Major, wire: Nothing, old: &a.rust, new: &b.rust, text });
        }
        for u in known.lost {
            self.gone.push(u.ty);
            let name = Walk::path(self.old, u.ty);
            let text = format!("the union `{}` is gone", u.rust);
            let n = Note { rule: "union-removed", rust: Major, wire: Major, old: &name, new: "", text };
            self.note(&at.at(&u.rust), n);
        }
        for u in known.left {
            self.come.push(u.ty);
            let name = Walk::path(self.new, u.ty);
            let class = role.sending();
            let text = match role.sent {
                true => format!("requests must choose a variant of the new union `{}`", u.rust),
                false => format!("the union `{}` is new", u.rust),
            };
            let n = Note { rule: "union-added", rust: class, wire: class, old: "", new: &name, text };
            self.note(&at.at(&u.rust), n);
            self.unfold(parts::of(self.new, u.ty, &at.path));
        }
        for (a, b) in known.pairs {
            self.union_field(a, b, at);
            self.pair(a.ty, b.ty, at.clone());
        }
    }

    /// The field that holds a union: its Rust type, and where the tag stands.
    fn union_field(&mut self, a: &UnionField, b: &UnionField, at: &Spot) {
        let (p, q) = (word(self.old, &Ty::Ref(a.ty)), word(self.new, &Ty::Ref(b.ty)));
        if !self.same_item(a.ty, b.ty) || a.boxed != b.boxed {
            let text = format!("the Rust type of the union `{}` changed", b.rust);
            let n = Note { rule: "field-retyped", rust: Major, wire: Nothing, old: &p, new: &q, text };
            self.note(&at.at(&b.rust), n);
            self.gone.push(a.ty);
            self.come.push(b.ty);
        }
        if a.by != b.by {
            let (p, q) = (a.by.join("."), b.by.join("."));
            let text = format!("the tag of the union `{}` is at `{q}`, no longer at `{p}`", b.rust);
            let n = Note { rule: "union-tag-changed", rust: Patch, wire: Major, old: &p, new: &q, text };
            self.note(&at.at(&b.rust), n);
        }
    }

    fn enumeration(&mut self, old: &Enum, new: &Enum, role: Role, at: &Spot) {
        if old.repr != new.repr || old.flags != new.flags {
            let show = |e: &Enum| format!("{}{}", e.repr.word(), if e.flags { ", bits" } else { "" });
            // Integers of all widths are one kind of enumeration in Rust.
            let int = |e: &Enum| e.repr.integers().is_some();
            let rust = if old.flags != new.flags || int(old) != int(new) { Major } else { Patch };
            let wire = if old.repr.is_text() != new.repr.is_text() { Major } else { Minor };
            let text = format!("the values are {}, no longer {}", show(new), show(old));
            self.note(at, Note { rule: "repr-changed", rust, wire, old: &show(old), new: &show(new), text });
        }
        let mut known = Pairs::of(&old.values, &new.values, |v, w| v.wire == w.wire);
        for (v, w) in known.again(|v, w, _| v.rust == w.rust) {
            let text = format!("`{}` is `{}` on the wire, no longer `{}`", w.rust, w.wire, v.wire);
            let rule = "value-wire-changed";
            let n = Note { rule, rust: Patch, wire: Major, old: &v.wire, new: &w.wire, text };
            self.note(&at.at(&w.wire), n);
        }
        for v in known.lost {
            let text = format!("the value `{}` is gone", v.wire);
            let wire = role.sending();
            let n = Note { rule: "value-removed", rust: Major, wire, old: &v.wire, new: "", text };
            self.note(&at.at(&v.wire), n);
        }
        for w in known.left {
            let text = format!("new value `{}`{}", w.wire, first_line(&w.doc));
            let n = Note { rule: "value-added", rust: Minor, wire: Minor, old: "", new: &w.wire, text };
            self.note(&at.at(&w.wire), n);
        }
        for (v, w) in known.pairs {
            // Bits are constants without an attribute.
            let deprecating = if new.flags { Patch } else { Minor };
            self.value(v, w, deprecating, &at.at(&w.wire));
        }
    }

    fn value(&mut self, v: &Value, w: &Value, deprecating: Class, at: &Spot) {
        if v.rust != w.rust {
            let text =
                format!("the value `{}` is called `{}` in Rust, no longer `{}`", w.wire, w.rust, v.rust);
            let rule = "value-rust-name";
            self.note(at, Note { rule, rust: Major, wire: Nothing, old: &v.rust, new: &w.rust, text });
        }
        self.deprecation(
            "value-deprecated",
            &format!("the value `{}`", w.wire),
            &v.deprecated,
            &w.deprecated,
            deprecating,
            at,
        );
        self.doc(at, &format!("text of `{}`", w.wire), &v.doc.join("\n"), &w.doc.join("\n"));
    }

    fn union(&mut self, old: &Union, new: &Union, role: Role, at: &Spot) {
        if (&old.tag, old.numeric, old.outer) != (&new.tag, new.numeric, new.outer) {
            let show = |u: &Union| match &u.tag {
                None => "the present key".to_owned(),
                Some(t) => format!(
                    "`{t}`{}{}",
                    if u.numeric { ", a number" } else { "" },
                    if u.outer { ", in a sibling" } else { "" }
                ),
            };
            let text = format!("{} tells the variants apart, no longer {}", show(new), show(old));
            self.note(
                at,
                Note {
                    rule: "union-tag-changed",
                    rust: Patch,
                    wire: Major,
                    old: &show(old),
                    new: &show(new),
                    text,
                },
            );
        }
        let mut known = Pairs::of(&old.variants, &new.variants, |v, w| label(v) == label(w));
        known.again(|v, w, _| v.rust == w.rust || w.tags.iter().any(|t| v.tags.contains(t)));
        for v in known.lost {
            if let Some(Ty::Ref(id)) = v.ty.as_ref().map(Ty::leaf) {
                self.gone.push(*id);
            }
            let name = label(v);
            let text = format!("the variant `{name}` is gone");
            let wire = role.sending();
            let n = Note { rule: "variant-removed", rust: Major, wire, old: &name, new: "", text };
            self.note(&at.at(&name), n);
        }
        for w in known.left {
            let content = w.ty.as_ref().map(Ty::leaf);
            if let Some(Ty::Ref(id)) = content {
                self.come.push(*id);
            }
            let name = label(w);
            let text = format!("new variant `{name}`{}", first_line(&w.doc));
            let n = Note { rule: "variant-added", rust: Minor, wire: Minor, old: "", new: &name, text };
            self.note(&at.at(&name), n);
            if let Some(Ty::Ref(id)) = content {
                self.unfold(parts::of(self.new, *id, &at.at(&name).path));
            }
        }
        for (v, w) in known.pairs {
            self.variant(v, w, role, &at.at(&label(w)));
        }
        self.conversions(old, new, at);
        if role.sent {
            self.contents(old, new, at);
        }
    }

    fn variant(&mut self, v: &Variant, w: &Variant, role: Role, at: &Spot) {
        if v.rust != w.rust {
            let text = format!("the variant is called `{}` in Rust, no longer `{}`", w.rust, v.rust);
            self.note(
                at,
                Note {
                    rule: "variant-rust-name",
                    rust: Major,
                    wire: Nothing,
                    old: &v.rust,
                    new: &w.rust,
                    text,
                },
            );
        }
        let moved = v.ty.is_some() && w.ty.is_some() && v.key != w.key;
        let lost = v.tags.iter().any(|t| !w.tags.contains(t));
        let written = v.tags.first() != w.tags.first() && role.sent;
        if moved || v.tags != w.tags {
            let show = |x: &Variant| match (&x.key, x.tags.is_empty()) {
                (Some(key), true) => format!("key {key}"),
                (Some(key), false) => format!("{} under {key}", x.tags.join(", ")),
                (None, _) => x.tags.join(", "),
            };
            let wire = if moved || lost || written { Major } else { Minor };
            let text = format!("the variant `{}` is {} on the wire, no longer {}", w.rust, show(w), show(v));
            self.note(
                at,
                Note { rule: "variant-wire-changed", rust: Patch, wire, old: &show(v), new: &show(w), text },
            );
        }
        match (&v.ty, &w.ty) {
            (None, None) => {}
            (Some(a), Some(b)) => {
                let same = self.same_rust(a, b) && v.boxed == w.boxed;
                let relation = relation(self.old, a, self.new, b);
                if !same || relation != Relation::Same {
                    let (p, q) = (word(self.old, a), word(self.new, b));
                    let wire = if relation == Relation::Same { Nothing } else { Major };
                    let text = format!("the variant `{}` holds {q}, no longer {p}", w.rust);
                    let rust = if same { Patch } else { Major };
                    self.note(
                        at,
                        Note { rule: "variant-payload-changed", rust, wire, old: &p, new: &q, text },
                    );
                    for (ty, list) in [(a, &mut self.gone), (b, &mut self.come)] {
                        if let Ty::Ref(id) = ty.leaf() {
                            list.push(*id);
                        }
                    }
                }
                self.inside(a, b, at);
            }
            (a, b) => {
                let p = a.as_ref().map_or("nothing".into(), |a| word(self.old, a));
                let q = b.as_ref().map_or("nothing".into(), |b| word(self.new, b));
                let text = format!("the variant `{}` holds {q}, no longer {p}", w.rust);
                self.note(
                    at,
                    Note {
                        rule: "variant-payload-changed",
                        rust: Major,
                        wire: Major,
                        old: &p,
                        new: &q,
                        text,
                    },
                );
            }
        }
        self.deprecation(
            "variant-deprecated",
            &format!("the variant `{}`", w.rust),
            &v.deprecated,
            &w.deprecated,
            Patch,
            at,
        );
        self.doc(at, &format!("text of the variant `{}`", w.rust), &v.doc.join("\n"), &w.doc.join("\n"));
    }

    /// `From<payload>` stands only where one variant alone holds the payload: a second one takes it away.
    fn conversions(&mut self, old: &Union, new: &Union, at: &Spot) {
        let single = |u: &Union, v: &Variant| {
            matches!(v.ty, Some(Ty::Ref(_))) && u.variants.iter().filter(|o| o.ty == v.ty).count() == 1
        };
        for v in &old.variants {
            let Some(w) = new.variants.iter().find(|w| w.rust == v.rust) else { continue };
            let (Some(a), Some(b)) = (&v.ty, &w.ty) else { continue };
            if single(old, v) && !single(new, w) && self.same_rust(a, b) {
                let q = rust_word(self.new, b);
                let text = format!("`From<{q}>` is gone: more than one variant holds it");
                self.note(
                    &at.at(&w.rust),
                    Note { rule: "conversion-removed", rust: Major, wire: Nothing, old: &q, new: "", text },
                );
            }
        }
    }

    /// Constructors of variants that share a payload take the first of what it may have, where it must have nothing.
    fn contents(&mut self, old: &Union, new: &Union, at: &Spot) {
        for v in &old.variants {
            let Some(w) = new.variants.iter().find(|w| w.rust == v.rust) else { continue };
            let contents = (content(self.old, old, v), content(self.new, new, w));
            if let (Some(before), Some(after)) = contents
                && before != after
            {
                let text = format!("the constructor of the variant takes `{after}`, no longer `{before}`");
                let (rule, rust, wire) = ("constructor-reordered", Major, Nothing);
                self.note(&at.at(&w.rust), Note { rule, rust, wire, old: before, new: after, text });
            }
        }
    }
}

/// What of two lists belongs together, in the order of the old one; what is only in the old one, and only in the new one.
struct Pairs<'a, T> {
    pairs: Vec<(&'a T, &'a T)>,
    lost: Vec<&'a T>,
    left: Vec<&'a T>,
}

impl<'a, T> Pairs<'a, T> {
    fn of(old: &'a [T], new: &'a [T], same: impl Fn(&T, &T) -> bool) -> Self {
        let mut all = Pairs { pairs: vec![], lost: old.iter().collect(), left: new.iter().collect() };
        all.again(|a, b, _| same(a, b));
        all
    }

    /// Pairs of what is still alone, by another likeness, which hears too whether one alone is left of the new list. They come behind the others.
    fn again(&mut self, same: impl Fn(&T, &T, bool) -> bool) -> Vec<(&'a T, &'a T)> {
        let mut found = Vec::new();
        let left = &mut self.left;
        self.lost.retain(|a| {
            let only = left.len() == 1;
            let at = left.iter().position(|b| same(a, b, only));
            found.extend(at.map(|at| (*a, left.remove(at))));
            at.is_none()
        });
        self.pairs.extend(&found);
        found
    }
}

/// What a variant is called in a report.
fn label(v: &Variant) -> String {
    v.tags.first().or(v.key.as_ref()).cloned().unwrap_or_else(|| v.rust.clone())
}

/// The beginning of a text, behind a name.
fn first_line(doc: &[String]) -> String {
    doc.first().map_or(String::new(), |d| format!(": {d}"))
}

/// The field that a variant's constructor takes, by its Rust name, where the payload must have nothing.
fn content<'a>(api: &'a Api, u: &Union, v: &Variant) -> Option<&'a str> {
    let Some(Ty::Ref(id)) = v.ty else { return None };
    let is_shared = u.variants.iter().filter(|o| o.ty == v.ty).count() > 1;
    match &api.ty(id).kind {
        TypeKind::Struct(s) if is_shared => s.content().map(|f| f.rust.as_str()),
        _ => None,
    }
}
