//! Types: named ones are declared first, inline ones get their names on the way down.

use std::collections::HashMap;

use super::texts::lines;
use crate::ir::{self, Separator, Ty, TypeId};
use crate::model::*;
use crate::names;
use crate::source::{At, Pos, Report};

/// The arena of types while it grows.
pub(super) struct Types<'r> {
    pub(super) report: &'r mut Report,
    /// Frames of long connections so far.
    pub(super) commands: Vec<ir::Command>,
    /// Shared sentences about permission, by name.
    pub(super) grants: &'r HashMap<String, String>,
    list: Vec<Option<ir::Type>>,
    /// Rust name → type and where it was first given.
    taken: HashMap<(String, String), (TypeId, Pos)>,
    /// Names under `types`.
    named: HashMap<(String, String), TypeId>,
    /// Types of the part in hand, in the order of need.
    part: Vec<TypeId>,
    /// The module of the file in hand: where names without a module are looked up.
    scope: String,
    roots: Vec<(TypeId, bool)>,
    /// Types that stand where a union must.
    held: Vec<(TypeId, Pos)>,
}

/// The struct under construction: where its inline types get their names from.
#[derive(Clone, Copy)]
pub(super) struct Owner<'a> {
    pub(super) module: &'a str,
    pub(super) rust: &'a str,
}

impl<'r> Types<'r> {
    pub(super) fn new(report: &'r mut Report, grants: &'r HashMap<String, String>) -> Self {
        Types {
            report,
            commands: vec![],
            grants,
            list: vec![],
            taken: HashMap::new(),
            named: HashMap::new(),
            part: vec![],
            scope: String::new(),
            roots: vec![],
            held: vec![],
        }
    }

    /// Gives ids to the named types of a module, so that references may point ahead.
    pub(super) fn declare(&mut self, module: &str, defs: &[TypeDef]) {
        for def in defs {
            let id = self.allocate(module, &def.name.value, def.name.pos);
            self.named.insert((module.to_owned(), def.name.value.clone()), id);
        }
    }

    pub(super) fn begin(&mut self, scope: &str) {
        self.part.clear();
        self.scope = scope.to_owned();
    }

    pub(super) fn end(&mut self) -> Vec<TypeId> {
        std::mem::take(&mut self.part)
    }

    /// The module of a type.
    pub(super) fn module(&self, id: TypeId) -> Option<&str> {
        self.list[id.0 as usize].as_ref().map(|t| t.module.as_str())
    }

    /// Marks a type as a request (`sent`) or an answer.
    pub(super) fn root(&mut self, id: TypeId, sent: bool) {
        self.roots.push((id, sent));
    }

    pub(super) fn finish(self) -> Vec<ir::Type> {
        let mut list: Vec<ir::Type> =
            self.list.into_iter().map(|t| t.unwrap_or_else(|| blank("?", "Missing"))).collect();
        for (id, pos) in self.held {
            if !matches!(list[id.0 as usize].kind, ir::TypeKind::Union(_)) {
                let message = format!("`{}` is not a union", list[id.0 as usize].rust);
                self.report.error("union", pos, message, "name a type whose only content is a `union`");
            }
        }
        for (id, sent) in self.roots {
            let t = &mut list[id.0 as usize];
            t.sent |= sent;
            t.received |= !sent;
        }
        list
    }

    /// A named type that is all of what is sent; what else stands there is reported.
    pub(super) fn sent(&mut self, expr: &At<TypeExpr>) -> Option<TypeId> {
        if !matches!(expr.value, TypeExpr::Named { .. }) {
            let message = format!("`{}` is not a named type", expr.value);
            self.report.error("type", expr.pos, message, "name an object or a union of `types`");
            return None;
        }
        match self.expr(&expr.value, expr.pos, None)? {
            Ty::Ref(id) => {
                self.root(id, true);
                Some(id)
            }
            _ => None,
        }
    }

    /// Gives a struct its text.
    pub(super) fn describe(&mut self, id: TypeId, doc: Vec<String>) {
        if let Some(Some(ty)) = self.list.get_mut(id.0 as usize) {
            ty.doc = doc;
        }
    }

    /// Keeps a name for an item that is no type of the spec.
    pub(super) fn reserve(&mut self, module: &str, rust: &str, pos: Pos) {
        self.taken.entry((module.to_owned(), rust.to_owned())).or_insert((TypeId(u32::MAX), pos));
    }

    fn allocate(&mut self, module: &str, rust: &str, pos: Pos) -> TypeId {
        let id = TypeId(self.list.len() as u32);
        self.list.push(None);
        let key = (module.to_owned(), rust.to_owned());
        // The one place every type's name passes; lint has spoken of most already.
        let said = |d: &crate::source::Diagnostic| d.pos == pos && d.rule == "bad-name";
        if !names::is_type_name(rust) && !self.report.diagnostics.iter().any(said) {
            let help = names::type_name(rust).map_or("PascalCase, ASCII".into(), |n| format!("write `{n}`"));
            let message = format!("`{rust}` cannot name a Rust type");
            self.report.name_error("bad-name", pos, (module, rust), message, help);
        }
        if names::RESERVED.contains(&rust) {
            let message = format!("`{rust}` is a name of the runtime");
            self.report.name_error("reserved-name", pos, (module, rust), message, "give it another `name`");
        }
        if let Some((_, first)) = self.taken.get(&key) {
            self.report.name_error(
                "name-collision",
                pos,
                (module, rust),
                format!(
                    "two types of module `{}` are called `{rust}`; the other begins at {}",
                    names::dotted(module),
                    place(first)
                ),
                "give one of them a `name`, or share one under `types`",
            );
        } else {
            self.taken.insert(key, (id, pos));
        }
        id
    }

    fn put(&mut self, id: TypeId, module: &str, rust: &str, doc: Vec<String>, kind: ir::TypeKind) {
        self.part.push(id);
        self.list[id.0 as usize] = Some(ir::Type {
            module: module.to_owned(),
            rust: rust.to_owned(),
            doc,
            sent: false,
            received: false,
            kind,
        });
    }

    /// A struct whose parts are made by `build`; it stands before the types that it needs.
    pub(super) fn add_struct(
        &mut self,
        module: &str,
        rust: &str,
        pos: Pos,
        build: impl FnOnce(&mut Self, Owner<'_>) -> ir::Struct,
    ) -> TypeId {
        let id = self.allocate(module, rust, pos);
        let at = self.part.len();
        let made = build(self, Owner { module, rust });
        self.put(id, module, rust, vec![], ir::TypeKind::Struct(made));
        let last = self.part.pop();
        self.part.splice(at..at, last);
        id
    }

    /// Fills in a type of `types`.
    pub(super) fn define(&mut self, module: &str, def: &TypeDef) {
        let Some(&id) = self.named.get(&(module.to_owned(), def.name.value.clone())) else { return };
        if self.list[id.0 as usize].is_some() {
            return;
        }
        let rust = def.name.value.as_str();
        let at = self.part.len();
        let kind = match &def.kind {
            TypeKind::Enum { ty, flags, values } => self.enumeration(ty, *flags, values),
            TypeKind::Object(object) => self.object(Owner { module, rust }, object),
        };
        self.put(id, module, rust, lines(&def.doc), kind);
        let last = self.part.pop();
        self.part.splice(at..at, last);
    }

    /// An object with fields is a struct; one of a union alone is that union.
    fn object(&mut self, owner: Owner<'_>, object: &Object) -> ir::TypeKind {
        if let ([], [union]) = (object.fields.as_slice(), object.unions.as_slice())
            && union.field.is_none()
        {
            return ir::TypeKind::Union(self.union(owner, union, false));
        }
        let fields = self.fields(owner, &object.fields, ir::Place::Body);
        let unions = self.union_fields(owner, &object.unions, &fields);
        ir::TypeKind::Struct(ir::Struct { fields, unions, file: false, choices: choices(&[object]) })
    }

    fn inline(&mut self, module: &str, rust: &str, pos: Pos, doc: Vec<String>, object: &Object) -> TypeId {
        let id = self.allocate(module, rust, pos);
        let at = self.part.len();
        let kind = self.object(Owner { module, rust }, object);
        self.put(id, module, rust, doc, kind);
        let last = self.part.pop();
        self.part.splice(at..at, last);
        id
    }

    pub(super) fn fields<'f>(
        &mut self,
        owner: Owner<'_>,
        fields: impl IntoIterator<Item = &'f Field>,
        place: ir::Place,
    ) -> Vec<ir::Field> {
        let mut out: Vec<ir::Field> = Vec::new();
        for f in fields {
            let Some(field) = self.field(owner, f, place) else { continue };
            if let Some(twin) = out.iter().find(|o| o.rust == field.rust) {
                let message = format!(
                    "fields `{}` and `{}` of `{}` both become `{}`",
                    twin.wire, field.wire, owner.rust, field.rust
                );
                self.report.error("name-collision", f.wire.pos, message, "give one of them a `rust` name");
            }
            out.push(field);
        }
        out
    }

    fn field(&mut self, owner: Owner<'_>, f: &Field, place: ir::Place) -> Option<ir::Field> {
        let rust = match &f.rust {
            Some(name) => name.value.clone(),
            None => match names::field_name(&f.wire.value) {
                Some(name) => name,
                None => {
                    let message = format!("no Rust name can be made of field `{}`", f.wire.value);
                    self.report.error("bad-name", f.wire.pos, message, "give it one: `rust: …`");
                    return None;
                }
            },
        };
        let ty = self.ty(owner, f)?;
        let (required, required_when) = match &f.required {
            Required::Yes => (true, None),
            Required::No => (false, None),
            Required::When(c) => (false, Some(c.clone())),
        };
        let shapes = f.shapes.iter().filter_map(|t| self.expr(&t.value, t.pos, None)).collect();
        Some(ir::Field {
            wire: f.wire.value.clone(),
            rust,
            ty,
            required,
            required_words: f.required_words.as_ref().map_or(String::new(), |w| w.value.clone()),
            required_when,
            when: f.when.as_ref().map(|w| w.value.clone()),
            option: !required,
            boxed: false,
            place,
            doc: lines(&f.doc),
            deprecated: f.deprecated.clone(),
            since: f.since.clone(),
            modes: f.modes.iter().map(|m| m.value).collect(),
            default: f.default.as_ref().map(|d| d.value.clone()),
            example: f.example.as_ref().map(|d| d.value.clone()),
            by_mode: f.by_mode.iter().map(|(m, t)| (m.value, t.value.clone())).collect(),
            only: f.only.as_ref().map(|o| only(&o.value)),
            unit: f.unit.as_ref().map(|u| u.value.word.to_owned()),
            written: ir::Written {
                range: f.written.range.clone(),
                bytes: f.written.bytes.clone(),
                default: f.written.default.clone(),
            },
            shapes,
            id_trans: f.id_trans,
            ttl: f.ttl.as_ref().map(|t| t.value.0.clone()),
            file: f.file.as_ref().map(file_rule),
            also: f.also.iter().map(|a| a.value.clone()).collect(),
            limits: limits(f),
            xml_item: f.xml_item.as_ref().map(|x| x.value.clone()),
        })
    }

    fn ty(&mut self, owner: Owner<'_>, f: &Field) -> Option<Ty> {
        let name = |types: &mut Self| match &f.name {
            Some(name) => Some((name.value.clone(), name.pos)),
            None => match names::type_name(&f.wire.value) {
                Some(n) => Some((format!("{}{n}", owner.rust), f.wire.pos)),
                None => {
                    let message =
                        format!("no Rust name can be made of the inline type of `{}`", f.wire.value);
                    let name = (owner.module, "");
                    types.report.name_error("bad-name", f.wire.pos, name, message, "give it one: `name: …`");
                    None
                }
            },
        };
        let leaf = if let Some(values) = &f.values {
            let (rust, pos) = name(self)?;
            let id = self.allocate(owner.module, &rust, pos);
            let ty = At::new(f.ty.leaf().clone(), f.ty.pos);
            let kind = self.enumeration(&ty, f.flags, values);
            self.put(id, owner.module, &rust, vec![], kind);
            Some(Ty::Ref(id))
        } else if *f.ty.leaf() == TypeExpr::Object {
            let (rust, pos) = name(self)?;
            let object = f.object.as_ref()?;
            // An object of a union alone is that union: its own words come before the field's, which may speak of a whole list.
            let doc = match object.unions.as_slice() {
                [u] if object.fields.is_empty() && u.doc.is_some() => lines(&u.doc),
                _ => first_sentence(&f.doc),
            };
            Some(Ty::Ref(self.inline(owner.module, &rust, pos, doc, object)))
        } else {
            None
        };
        self.expr(&f.ty.value, f.ty.pos, leaf)
    }

    /// A type expression; `leaf` replaces its inside where that was inline.
    fn expr(&mut self, expr: &TypeExpr, pos: Pos, leaf: Option<Ty>) -> Option<Ty> {
        Some(match expr {
            TypeExpr::List(t) => Ty::List(Box::new(self.expr(t, pos, leaf)?)),
            TypeExpr::Pipe(t) => Ty::Joined(Separator::Pipe, Box::new(self.expr(t, pos, leaf)?)),
            TypeExpr::Csv(t) => Ty::Joined(Separator::Csv, Box::new(self.expr(t, pos, leaf)?)),
            TypeExpr::Semi(t) => Ty::Joined(Separator::Semi, Box::new(self.expr(t, pos, leaf)?)),
            TypeExpr::Map(t) => Ty::Map(Box::new(self.expr(t, pos, leaf)?)),
            TypeExpr::Text(t) => Ty::Text(Box::new(self.expr(t, pos, leaf)?)),
            _ if leaf.is_some() => leaf?,
            TypeExpr::Prim(p) => Ty::Prim(*p),
            TypeExpr::Object => return None,
            TypeExpr::Named { module: other, name } => {
                let module = other.as_ref().map_or_else(|| self.scope.clone(), |m| names::rust_module(m));
                match self.named.get(&(module.clone(), name.clone())) {
                    Some(id) => Ty::Ref(*id),
                    None => {
                        let known: Vec<String> = self
                            .named
                            .keys()
                            .map(|(m, n)| match *m == self.scope {
                                true => n.clone(),
                                false => format!("{}.{n}", names::dotted(m)),
                            })
                            .collect();
                        let module = names::dotted(&module);
                        let shown = if other.is_some() { format!("{module}.{name}") } else { name.clone() };
                        let near = || crate::schema::nearest(&shown, known.iter().map(String::as_str));
                        let elsewhere = known.iter().find(|k| k.ends_with(&format!(".{name}")));
                        let help = match elsewhere.map(String::as_str).or_else(near) {
                            Some(k) => format!("did you mean `{k}`?"),
                            None => format!("define it under `types` of module `{module}`"),
                        };
                        self.report.error(
                            "dangling-reference",
                            pos,
                            format!("there is no type `{shown}`"),
                            help,
                        );
                        return None;
                    }
                }
            }
        })
    }

    fn enumeration(&mut self, ty: &At<TypeExpr>, flags: bool, values: &[Value]) -> ir::TypeKind {
        let repr = match ty.leaf() {
            TypeExpr::Prim(p) => *p,
            _ => ir::Prim::String,
        };
        let mut out: Vec<ir::Value> = Vec::new();
        for v in values {
            let by_rule = if repr.integers().is_some() { None } else { names::variant_name(&v.value.value) };
            let Some(rust) = v.name.as_ref().map(|n| n.value.clone()).or(by_rule) else {
                let message = format!("value `{}` needs a Rust name", v.value.value);
                self.report.error("value-name", v.value.pos, message, "write `name: Word` in it");
                continue;
            };
            let pos = v.name.as_ref().map_or(v.value.pos, |n| n.pos);
            if !names::is_type_name(rust.trim_end_matches('_')) || (v.name.is_some() && rust == "Unknown") {
                let message = format!("`{rust}` cannot name a value");
                self.report.error(
                    "bad-name",
                    pos,
                    message,
                    "PascalCase, ASCII, and not `Unknown`, which is the generator's",
                );
            }
            if let Some(twin) = out.iter().find(|o| o.rust == rust) {
                let message =
                    format!("values `{}` and `{}` are both called `{rust}`", twin.wire, v.value.value);
                self.report.error("name-collision", pos, message, "give one of them another `name`");
            }
            out.push(ir::Value {
                wire: v.value.value.clone(),
                rust,
                doc: v.doc.iter().flat_map(|d| d.value.lines().map(str::to_owned)).collect(),
                deprecated: v.deprecated.clone(),
            });
        }
        ir::TypeKind::Enum(ir::Enum { repr, flags, values: out })
    }

    /// Unions beside a struct's fields become enums of their own, held by one field each.
    pub(super) fn union_fields(
        &mut self,
        owner: Owner<'_>,
        unions: &[Union],
        fields: &[ir::Field],
    ) -> Vec<ir::UnionField> {
        let mut out: Vec<ir::UnionField> = Vec::new();
        for u in unions {
            let field = u.field.as_ref().map_or("content", |f| f.value.as_str());
            let rust = names::safe(field);
            if fields.iter().any(|f| f.rust == rust) || out.iter().any(|o| o.rust == rust) {
                let message = format!("the union's field `{rust}` is taken by another of `{}`", owner.rust);
                let pos = u.field.as_ref().map_or(u.pos, |f| f.pos);
                self.report.error("name-collision", pos, message, "give the union another `field`");
            }
            if let Some(ty) = &u.ty {
                if let Some(Ty::Ref(id)) = self.expr(&ty.value, ty.pos, None) {
                    out.push(ir::UnionField { rust, ty: id, by: vec![], boxed: false });
                    self.held.push((id, ty.pos));
                }
                continue;
            }
            let (name, pos) = match &u.name {
                Some(name) => (name.value.clone(), name.pos),
                None => match names::type_name(field) {
                    Some(n) => (format!("{}{n}", owner.rust), u.pos),
                    None => continue,
                },
            };
            let by = match u.tag.as_ref().and_then(|t| t.value.rsplit_once('.')) {
                Some(_) => self.tag_path(u, fields),
                None => vec![],
            };
            let id = self.allocate(owner.module, &name, pos);
            let at = self.part.len();
            let made = self.union(Owner { module: owner.module, rust: &name }, u, !by.is_empty());
            self.put(id, owner.module, &name, lines(&u.doc), ir::TypeKind::Union(made));
            let last = self.part.pop();
            self.part.splice(at..at, last);
            out.push(ir::UnionField { rust, ty: id, by, boxed: false });
        }
        out
    }

    /// `property.control` → the Rust fields that lead there.
    fn tag_path(&mut self, u: &Union, fields: &[ir::Field]) -> Vec<String> {
        let Some(tag) = &u.tag else { return vec![] };
        let mut out = Vec::new();
        let mut here: Vec<(String, String, Ty)> =
            fields.iter().map(|f| (f.wire.clone(), f.rust.clone(), f.ty.clone())).collect();
        for step in tag.value.split('.') {
            let Some((_, rust, ty)) = here.iter().find(|(w, _, _)| w == step).cloned() else {
                let message = format!("the tag `{}` leads nowhere: there is no field `{step}`", tag.value);
                self.report.error(
                    "union-tag",
                    tag.pos,
                    message,
                    "list the tag among the fields of its object",
                );
                return vec![];
            };
            out.push(rust);
            here = match ty {
                Ty::Ref(id) => match self.list[id.0 as usize].as_ref().map(|t| &t.kind) {
                    Some(ir::TypeKind::Struct(s)) => {
                        s.fields.iter().map(|f| (f.wire.clone(), f.rust.clone(), f.ty.clone())).collect()
                    }
                    _ => vec![],
                },
                _ => vec![],
            };
        }
        out
    }

    fn union(&mut self, owner: Owner<'_>, u: &Union, outer: bool) -> ir::Union {
        let mut variants: Vec<ir::Variant> = Vec::new();
        for v in &u.variants {
            let by_rule = if u.tag_type.is_some() { None } else { names::variant_name(&v.tag.value) };
            let Some(rust) = v.variant.as_ref().map(|n| n.value.clone()).or(by_rule) else {
                let message = format!("variant `{}` needs a Rust name", v.tag.value);
                self.report.error("value-name", v.tag.pos, message, "write `variant: Word` in it");
                continue;
            };
            if let Some(twin) = variants.iter().find(|o| o.rust == rust) {
                let message = format!("two variants are called `{}`", twin.rust);
                self.report.error("name-collision", v.tag.pos, message, "give one of them a `variant` name");
            }
            if v.variant.is_some() && (!names::is_type_name(&rust) || rust == "Unknown") {
                let message = format!("`{rust}` cannot name a variant");
                self.report.error("bad-name", v.tag.pos, message, "PascalCase, ASCII, and not `Unknown`");
            }
            let ty = match (&v.ty, &v.object) {
                (Some(expr), None) => self.expr(&expr.value, expr.pos, None),
                (leaf, Some(object)) => {
                    let name =
                        v.name.as_ref().map_or_else(|| format!("{}{rust}", owner.rust), |n| n.value.clone());
                    let pos = v.name.as_ref().map_or(v.tag.pos, |n| n.pos);
                    let id = self.inline(owner.module, &name, pos, lines(&v.doc), object);
                    match leaf {
                        Some(expr) => self.expr(&expr.value, expr.pos, Some(Ty::Ref(id))),
                        None => Some(Ty::Ref(id)),
                    }
                }
                (None, None) => None,
            };
            let key = v.key.as_ref().map(|k| k.value.clone()).or_else(|| match &u.payload {
                _ if u.tag.is_none() => Some(v.tag.value.clone()),
                Payload::Sibling => Some(v.tag.value.clone()),
                Payload::Flat => None,
                Payload::Key(key) => Some(key.clone()),
            });
            let mut tags = Vec::new();
            if u.tag.is_some() {
                tags.push(v.tag.value.clone());
                tags.extend(v.also.iter().map(|a| a.value.clone()));
            }
            variants.push(ir::Variant {
                tags,
                rust,
                key: key.filter(|_| ty.is_some()),
                ty,
                boxed: false,
                doc: lines(&v.doc),
                deprecated: v.deprecated.clone(),
            });
        }
        let tag = u.tag.as_ref().map(|t| t.value.rsplit('.').next().unwrap_or(&t.value).to_owned());
        ir::Union { tag, numeric: u.tag_type.is_some(), outer, variants }
    }
}

/// What an inline type is: the first sentence of its field's text. The rest is about the field.
fn first_sentence(doc: &Option<At<String>>) -> Vec<String> {
    let first = doc.as_ref().and_then(|d| d.value.lines().next().map(str::to_owned));
    first
        .map(|l| {
            vec![format!(
                "{}。",
                l.split('。').next().unwrap_or_default().trim_end_matches(['：', '；', '，'])
            )]
        })
        .unwrap_or_default()
}

fn blank(module: &str, rust: &str) -> ir::Type {
    ir::Type {
        module: module.into(),
        rust: rust.into(),
        doc: vec![],
        sent: false,
        received: false,
        kind: ir::TypeKind::Struct(ir::Struct::default()),
    }
}

fn place(pos: &Pos) -> String {
    format!("line {}", pos.line)
}

fn only(only: &Only) -> ir::Only {
    match only {
        Only::Request => ir::Only::Request,
        Only::Response => ir::Only::Response,
        Only::Paths(list) => ir::Only::Paths(list.iter().map(|p| p.value.clone()).collect()),
    }
}

fn file_rule(f: &FileRule) -> ir::FileRule {
    ir::FileRule {
        types: f.types.iter().map(|t| t.value.clone()).collect(),
        pixels: f.pixels.as_ref().map(|p| p.value.clone()),
        seconds: limit(&f.seconds),
        bytes: limit(&f.bytes),
    }
}

fn limits(f: &Field) -> ir::Limits {
    let real = |r: &Option<At<Reals>>| {
        r.as_ref().map(|r| ir::Reals { min: r.min, max: r.max, above: r.above, below: r.below })
    };
    let text = |t: &Option<At<String>>| t.as_ref().map(|t| t.value.clone());
    ir::Limits {
        chars: limit(&f.chars),
        bytes: limit(&f.bytes),
        range: limit(&f.range),
        items: limit(&f.items),
        cut: f.cut,
        pattern: text(&f.pattern),
        reals: real(&f.reals),
        step: f.step.as_ref().and_then(|s| i64::try_from(s.value).ok()),
        choices: f.choices.iter().map(|c| c.value.clone()).collect(),
        each: f.each.as_ref().map(|e| {
            Box::new(ir::Limits {
                chars: limit(&e.chars),
                bytes: limit(&e.bytes),
                range: limit(&e.range),
                reals: real(&e.reals),
                pattern: text(&e.pattern),
                cut: f.cut,
                ..ir::Limits::default()
            })
        }),
    }
}

/// The groups of the objects that make one struct.
pub(super) fn choices(objects: &[&Object]) -> Vec<ir::Choice> {
    let names = |list: &Vec<At<String>>| list.iter().map(|n| n.value.clone()).collect();
    let all = objects.iter().flat_map(|o| &o.choices);
    all.map(|c| ir::Choice { rule: c.rule, alternatives: c.alternatives.iter().map(names).collect() })
        .collect()
}

/// A limit; the reader lets none pass that `i64` does not hold.
pub(super) fn limit(limit: &Option<At<Limit>>) -> ir::Limit {
    let cut = |n: i128| n.clamp(i64::MIN as i128, i64::MAX as i128) as i64;
    limit.as_ref().map_or(ir::Limit::default(), |l| ir::Limit { min: l.min.map(cut), max: l.max.map(cut) })
}
