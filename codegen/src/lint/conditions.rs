//! Conditions and groups of fields: what they name is there, and the values that they compare with can occur.

use std::collections::{HashMap, HashSet};

use super::entry::{doc_text, duplicates};
use super::scope::{self, Defs, Found, Scope};
use crate::condition::Condition;
use crate::model::*;
use crate::source::{At, Pos, Report};

/// All conditions and groups of a spec.
pub(super) fn check(spec: &Spec, report: &mut Report) {
    let defs = scope::defs(spec);
    let holders = holders(spec, &defs);
    for part in &spec.parts {
        let module = part.module.value.as_str();
        for e in &part.endpoints {
            let mut roots = Vec::new();
            roots.extend(e.query.as_ref().map(|b| ("query", &b.object)));
            roots.extend(e.request.as_ref().map(|b| ("request", &b.object)));
            for (asked, body) in [(true, &e.query), (true, &e.request), (false, &e.response)] {
                let Some(b) = body else { continue };
                // In a request, what stands in the URL and in the body are siblings.
                let around = if asked { roots.iter().map(|(_, o)| *o).collect() } else { vec![] };
                let roots = if asked { vec![] } else { roots.clone() };
                object(&b.object, &Scope { defs: &defs, module, around, roots }, report);
            }
        }
        for c in &part.commands {
            let request = match &c.request {
                CommandBody::Object(o) => Some(o),
                _ => None,
            };
            let roots: Vec<(&str, &Object)> = request.map(|o| ("request", o)).into_iter().collect();
            if let Some(o) = request {
                object(o, &Scope { defs: &defs, module, around: vec![], roots: vec![] }, report);
            }
            if let Some(o) = &c.response {
                object(o, &Scope { defs: &defs, module, around: vec![], roots }, report);
            }
        }
        types(&part.types, module, &defs, &holders, report);
    }
    for file in &spec.events {
        let module = file.module.value.as_str();
        for e in &file.events {
            object(&e.object, &Scope { defs: &defs, module, around: vec![], roots: vec![] }, report);
        }
        types(&file.types, module, &defs, &holders, report);
    }
}

/// The objects that hold a type, by the place of its name: a condition in it may name their fields.
type Holders<'m> = HashMap<Pos, Vec<&'m Object>>;

fn holders<'m>(spec: &'m Spec, defs: &Defs<'m>) -> Holders<'m> {
    fn note<'m>(o: &'m Object, module: &str, defs: &Defs<'m>, out: &mut Holders<'m>) {
        let mut add = |ty: &TypeExpr| {
            if let Some((_, def)) = scope::named(defs, module, ty) {
                out.entry(def.name.pos).or_default().push(o);
            }
        };
        for f in &o.fields {
            add(&f.ty.value);
        }
        for u in &o.unions {
            u.ty.iter().for_each(|t| add(&t.value));
            u.variants.iter().filter_map(|v| v.ty.as_ref()).for_each(|t| add(&t.value));
        }
        for inner in o.fields.iter().filter_map(|f| f.object.as_ref()) {
            note(inner, module, defs, out);
        }
        for inner in o.unions.iter().flat_map(|u| &u.variants).filter_map(|v| v.object.as_ref()) {
            note(inner, module, defs, out);
        }
    }
    let mut out = HashMap::new();
    let kinds = |types: &'m [TypeDef]| {
        types.iter().filter_map(|t| match &t.kind {
            TypeKind::Object(o) => Some(o),
            TypeKind::Enum { .. } => None,
        })
    };
    for part in &spec.parts {
        let module = part.module.value.as_str();
        for e in &part.endpoints {
            for b in [&e.query, &e.request, &e.response].into_iter().flatten() {
                note(&b.object, module, defs, &mut out);
            }
        }
        kinds(&part.types).for_each(|o| note(o, module, defs, &mut out));
    }
    for file in &spec.events {
        let module = file.module.value.as_str();
        file.events.iter().for_each(|e| note(&e.object, module, defs, &mut out));
        kinds(&file.types).for_each(|o| note(o, module, defs, &mut out));
    }
    out
}

fn types<'m>(
    list: &'m [TypeDef],
    module: &'m str,
    defs: &Defs<'m>,
    holders: &Holders<'m>,
    report: &mut Report,
) {
    for t in list {
        if let TypeKind::Object(o) = &t.kind {
            // Nothing tells which holder is meant, so any that has the name will do.
            let around = holders.get(&t.name.pos).cloned().unwrap_or_default();
            object(o, &Scope { defs, module, around, roots: vec![] }, report);
        }
    }
}

fn object<'m>(o: &'m Object, outer: &Scope<'m, '_>, report: &mut Report) {
    let scope = outer.within(o);
    for f in &o.fields {
        if let Required::When(c) = &f.required {
            condition(c, f, f.required_pos, &scope, report);
            if f.required_words.is_some() {
                let message = format!("`{}` has both a condition and `required_words`", f.wire.value);
                let help = "keep the condition, and say the rest in `doc`";
                report.error("required", f.required_pos, message, help);
            }
        }
        if f.required == Required::Yes
            && let Some(words) = &f.required_words
        {
            let message = format!("`{}` is required always, and under a condition", f.wire.value);
            report.error("required", words.pos, message, "keep one of them");
        }
        if let Some(c) = &f.when {
            condition(c, f, c.pos, &scope, report);
        }
        if let Some(inner) = &f.object {
            object(inner, &scope, report);
        }
    }
    for u in &o.unions {
        for v in &u.variants {
            if let Some(inner) = &v.object {
                object(inner, &scope, report);
            }
        }
    }
    o.choices.iter().for_each(|c| choice(c, o, &scope, report));
}

fn condition(c: &Condition, field: &Field, pos: Pos, scope: &Scope<'_, '_>, report: &mut Report) {
    let mut atoms = Vec::new();
    c.atoms(&mut |a| atoms.push(a));
    for atom in atoms {
        let Some(name) = atom.name() else { continue };
        if name == field.wire.value {
            let message = format!("the condition of `{name}` looks at `{name}` itself");
            report.error("condition", pos, message, "name the field that decides");
            continue;
        }
        match scope.find(name) {
            None => {
                let message = format!(
                    "the condition of `{}` names `{name}`, which is not a field here",
                    field.wire.value
                );
                let help = match crate::schema::nearest(name, scope.names()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "a sibling, `a.b` inside one, or a field of an object around; in an answer `request.x`".into(),
                };
                report.error("condition", pos, message, help);
            }
            Some(found) => values(atom, found, pos, scope, report),
        }
    }
}

/// Whether an atom can hold and can fail.
fn values(atom: &Condition, found: Found<'_>, pos: Pos, scope: &Scope<'_, '_>, report: &mut Report) {
    let (name, values, orders): (&str, &[String], bool) = match atom {
        Condition::Compare { name, op, value } => (name, std::slice::from_ref(value), op.orders()),
        Condition::In { name, values } => (name, values, false),
        _ => return,
    };
    let mut refuse = |message: String, help: String| report.error("condition", pos, message, help);
    let (kind, known) = match found {
        Found::Anything => return,
        Found::Payload(_) => {
            return refuse(
                format!("`{name}` is an object, which equals no value"),
                format!("write `set({name})`"),
            );
        }
        Found::Tag(u) => {
            let tags = u.variants.iter().flat_map(|v| std::iter::once(&v.tag).chain(&v.also));
            (Some(u.tag_type.unwrap_or(Prim::String)), tags.map(|t| t.value.clone()).collect())
        }
        Found::Field(f) => {
            if f.ty.value.is_many() || *f.ty.leaf() == TypeExpr::Object {
                return refuse(
                    format!("`{name}` is `{}`, which equals no single value", f.ty.value),
                    format!("write `set({name})` or `unset({name})`"),
                );
            }
            let own = f.values.as_ref();
            match (f.ty.leaf(), scope::named(scope.defs, scope.module, &f.ty.value).map(|(_, t)| &t.kind)) {
                (_, Some(TypeKind::Enum { ty, values, .. })) => (prim(&ty.value), words(Some(values))),
                (TypeExpr::Prim(p), _) => (Some(*p), words(own.filter(|_| !f.flags))),
                _ => {
                    return refuse(
                        format!("`{name}` is an object, which equals no value"),
                        format!("write `set({name})`"),
                    );
                }
            }
        }
    };
    for value in values {
        let fits = match kind {
            Some(Prim::Bool | Prim::Flag) => matches!(value.as_str(), "true" | "false"),
            Some(p) if p.integers().is_some() => value.parse::<i128>().is_ok(),
            Some(Prim::F64) => value.parse::<f64>().is_ok(),
            _ => true,
        };
        if !fits {
            let word = kind.map_or("", Prim::word);
            let help = match kind {
                Some(Prim::Bool | Prim::Flag) => "compare with `true` or `false`",
                _ => "compare with a number",
            };
            refuse(format!("`{name}` is a {word} and never `{value}`"), help.into());
        } else if !known.is_empty() && !orders && !known.contains(value) {
            let words: Vec<&str> = known.iter().map(String::as_str).collect();
            refuse(format!("`{name}` has no value `{value}`"), crate::schema::propose(value, &words));
        }
    }
    let sized = kind.is_some_and(|p| p.integers().is_some() || p == Prim::F64);
    if orders && !sized {
        refuse(format!("`{name}` has no order"), "compare with `=`, `!=` or `in`".into());
    }
}

fn prim(ty: &TypeExpr) -> Option<Prim> {
    match ty.leaf() {
        TypeExpr::Prim(p) => Some(*p),
        _ => None,
    }
}

fn words(values: Option<&Vec<Value>>) -> Vec<String> {
    values.map_or(vec![], |list| list.iter().map(|v| v.value.value.clone()).collect())
}

/// A group of fields of which some must be there.
fn choice<'m>(c: &Choice, o: &'m Object, scope: &Scope<'m, '_>, report: &mut Report) {
    let word = c.rule.word();
    if c.alternatives.len() < 2 {
        let help = "name two alternatives or more; a single field that must be there is `required: true`";
        report.error("choice", c.pos, format!("`{word}` with nothing to choose from"), help);
    }
    let mut seen = HashSet::new();
    for name in c.alternatives.iter().flatten() {
        if c.rule != ChoiceRule::AnyOf
            && c.alternatives.iter().all(|a| a.len() == 1)
            && !seen.insert(name.value.as_str())
        {
            report.error("choice", name.pos, format!("`{word}` names `{}` twice", name.value), "keep one");
        }
        match scope.inside(o, &name.value, 0) {
            None => {
                let message = format!("`{word}` names `{}`, which is not a field here", name.value);
                let known: Vec<&str> = o.fields.iter().map(|f| f.wire.value.as_str()).collect();
                report.error("choice", name.pos, message, crate::schema::propose(&name.value, &known));
            }
            Some(Found::Field(f)) if f.required == Required::Yes && !name.value.contains('.') => {
                let message = format!("`{word}` names `{}`, which is required anyway", name.value);
                report.error(
                    "choice",
                    name.pos,
                    message,
                    "drop `required` from the field, or the field from the group",
                );
            }
            Some(_) => {}
        }
    }
}

/// Conditions that only words say.
pub fn in_words(spec: &Spec) -> usize {
    fn count(o: &Object) -> usize {
        let fields: usize = o
            .fields
            .iter()
            .map(|f| usize::from(f.required_words.is_some()) + f.object.as_ref().map_or(0, count))
            .sum();
        let inner = o.unions.iter().flat_map(|u| &u.variants).filter_map(|v| v.object.as_ref());
        fields + inner.map(count).sum::<usize>()
    }
    let bodies = spec.parts.iter().flat_map(|p| &p.endpoints);
    let bodies =
        bodies.flat_map(|e| [&e.query, &e.request, &e.response].into_iter().flatten()).map(|b| &b.object);
    let events = spec.events.iter().flat_map(|f| &f.events).map(|e| &e.object);
    let defs = spec.parts.iter().flat_map(|p| &p.types).chain(spec.events.iter().flat_map(|f| &f.types));
    let defs = defs.filter_map(|t| match &t.kind {
        TypeKind::Object(o) => Some(o),
        TypeKind::Enum { .. } => None,
    });
    bodies.chain(events).chain(defs).map(count).sum()
}

/// Sentences about permission: names that are there, and no copies of them in free text.
pub(super) fn grants(spec: &Spec, report: &mut Report) {
    let known: Vec<&str> = spec.grants.iter().flatten().map(|g| g.name.value.as_str()).collect();
    for g in spec.grants.iter().flatten() {
        let sound = g.name.value.starts_with(|c: char| c.is_ascii_lowercase())
            && g.name.value.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !sound {
            let message = format!("`{}` cannot name a sentence", g.name.value);
            report.error("bad-name", g.name.pos, message, "lower case, ASCII: `customer_app`");
        }
        doc_text(&Some(g.text.clone()), report);
    }
    let endpoints = spec.parts.iter().flat_map(|p| &p.endpoints).map(|e| (&e.grants, &e.permission));
    let events = spec.events.iter().flat_map(|f| &f.events).map(|e| (&e.grants, &e.permission));
    for (names, permission) in endpoints.chain(events) {
        for name in names.iter() {
            if !known.contains(&name.value.as_str()) {
                let message = format!("{} has no sentence `{}`", crate::schema::GRANTS_FILE, name.value);
                let help = match crate::schema::nearest(&name.value, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("add it to {}, or say it in `permission`", crate::schema::GRANTS_FILE),
                };
                report.error("grant", name.pos, message, help);
            }
        }
        duplicates("grants", names.iter().map(|n| (n.value.clone(), n.pos)), report);
        copies(permission, spec, report);
    }
}

fn copies(permission: &Option<At<String>>, spec: &Spec, report: &mut Report) {
    let Some(text) = permission else { return };
    for g in spec.grants.iter().flatten() {
        let sentence = g.text.value.trim_end_matches('。');
        let found = text.value.match_indices(sentence).any(|(at, _)| {
            let begins = text.value[..at].chars().next_back().is_none_or(|c| "。；\n ".contains(c));
            let behind = text.value[at + sentence.len()..].chars().next();
            begins && behind.is_none_or(|c| "。；\n".contains(c))
        });
        if found {
            let message = format!("the text says what the sentence `{}` says", g.name.value);
            report.error("grant", text.pos, message, format!("name it: `grants: [{}]`", g.name.value));
        }
    }
}
