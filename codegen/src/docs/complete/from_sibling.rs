//! Objects whose fields the page leaves out, where the page beside it has them: the `get` beside the `add`.

use std::collections::BTreeMap;

use crate::docs::fields::adopt::{Ways, adopt, holds, told};
use crate::docs::fields::tree::{each, get, get_mut, sort};
use crate::docs::infer::{types, unions};
use crate::docs::model::{Assumption, Endpoint, Field, Kinds, is_code};
use crate::docs::read::page::group;
use crate::docs::rules;

/// A described object: endpoint and its pages, whether it is in the answer, where (nowhere: the body), its fields.
struct Model {
    path: String,
    docs: Vec<i64>,
    line: u32,
    answer: bool,
    at: Vec<String>,
    fields: Vec<Field>,
    /// The object itself, without its fields; nothing of a body.
    shape: Option<Field>,
    /// The names in the object around it.
    beside: Vec<String>,
}

/// Gives objects without rows those of the object of the same name on a page of the same group.
pub(crate) fn complete(endpoints: &mut [Endpoint]) {
    unshown(endpoints);
    let models = models(endpoints);
    for e in endpoints.iter_mut() {
        let groups = groups(e);
        let near: Vec<&Model> =
            groups.iter().filter_map(|g| models.get(g)).flatten().filter(|m| m.path != e.path).collect();
        let mut notes = Vec::new();
        let mut note = |line, what| notes.push(Assumption { rule: &rules::FIELDS_OF_SIBLING, line, what });
        for answer in [false, true] {
            let docs: Vec<i64> = e.pages.iter().map(|p| p.doc_id).collect();
            let root = if answer { &mut e.response } else { &mut e.request };
            if let Some((model, fields)) = body(root, &docs, &near) {
                let ways =
                    Ways { line: model.line, answer, same: model.answer == answer, shown: true, depth: 0 };
                adopt(root, &fields, &ways);
                sort(root);
                note(model.line, format!("the body was given the fields of the body of `{}`", model.path));
            }
            let mut found: Vec<(Vec<String>, &Model)> = Vec::new();
            each(root, &mut vec![], &mut |at, field| {
                // The outermost object takes what is in it with it.
                let shapeless =
                    field.row.exists && unseen(field) && !at[..at.len() - 1].contains(&field.name);
                if (bare(field) || shapeless) && !found.iter().any(|(p, _)| at.starts_with(p)) {
                    let beside = if shapeless { beside(root, at) } else { vec![] };
                    let fits = |m: &&&Model| match shapeless {
                        true => m.is_kin(at, &beside),
                        false => m.fits(answer, at, field),
                    };
                    let best = near.iter().filter(fits).max_by_key(|m| (m.answer == answer, m.at == at));
                    found.extend(best.map(|m| (at.to_vec(), *m)));
                }
            });
            for (at, model) in found {
                let Some(field) = get_mut(root, &at) else { continue };
                let ways = Ways {
                    line: field.row.line,
                    answer,
                    same: model.answer == answer,
                    shown: true,
                    depth: 0,
                };
                field.marks.merged = true;
                if let Some(shape) = model.shape.as_ref().filter(|_| unseen(field)) {
                    (field.shown.kinds, field.row.ty) = (shape.shown.kinds, shape.row.ty.clone());
                    (field.shown.lists, field.shown.single, field.shown.leaves) =
                        (shape.shown.lists, shape.shown.single, shape.shown.leaves);
                    field.shown.kinds.object = true;
                }
                adopt(&mut field.children, &model.fields, &ways);
                sort(&mut field.children);
                let (at, from) = (at.join("."), model.at.join("."));
                note(ways.line, format!("`{at}` was given the fields of `{from}` of `{}`", model.path));
            }
        }
        let file = e.pages.first().map_or(String::new(), |p| p.file.clone());
        e.notes.extend(notes.into_iter().map(|n| (file.clone(), n)));
    }
}

/// Gives fields of which neither cell nor sample shows a type the objects that all fields of their name on the same page are. Scalars
/// are not taken over: what wording says of a field itself is right more often.
fn unshown(endpoints: &mut [Endpoint]) {
    // By page and name: the field, its endpoint; `None` where types differ.
    let mut shown: BTreeMap<(i64, String), Option<(Field, String)>> = BTreeMap::new();
    for e in endpoints.iter() {
        for root in [&e.request, &e.response] {
            each(root, &mut vec![], &mut |_, field| {
                if unseen(field) || types::infer(field).guess.is_some() {
                    return;
                }
                for page in &e.pages {
                    let known = shown
                        .entry((page.doc_id, field.name.clone()))
                        .or_insert_with(|| Some((field.clone(), e.path.clone())));
                    let alike = |f: &Field| {
                        f.shown.kinds == field.shown.kinds
                            && f.shown.lists == field.shown.lists
                            && f.row.ty == field.row.ty
                    };
                    if known.as_ref().is_some_and(|k| !alike(&k.0)) {
                        *known = None;
                    }
                }
            });
        }
    }
    for e in endpoints.iter_mut() {
        let mut notes = Vec::new();
        for (answer, root) in [(false, &mut e.request), (true, &mut e.response)] {
            let mut found: Vec<(Vec<String>, &(Field, String))> = Vec::new();
            each(root, &mut vec![], &mut |at, field| {
                // What an object holds under its own name is not the object again.
                if field.row.exists && unseen(field) && !at[..at.len() - 1].contains(&field.name) {
                    let mut like = e.pages.iter().map(|p| shown.get(&(p.doc_id, field.name.clone())));
                    let like = like.find_map(|l| l?.as_ref()).filter(|(f, _)| !f.children.is_empty());
                    found.extend(like.map(|l| (at.to_vec(), l)));
                }
            });
            for (at, (like, path)) in found {
                let Some(field) = get_mut(root, &at) else { continue };
                (field.shown.kinds, field.row.ty) = (like.shown.kinds, like.row.ty.clone());
                (field.shown.lists, field.shown.single, field.shown.leaves) =
                    (like.shown.lists, like.shown.single, like.shown.leaves);
                let ways = Ways { line: field.row.line, answer, same: false, shown: false, depth: 0 };
                adopt(&mut field.children, &like.children, &ways);
                let what = format!("`{}` was given the fields that it has in `{path}`", at.join("."));
                notes.push(Assumption { rule: &rules::FIELDS_OF_SIBLING, line: field.row.line, what });
            }
        }
        let file = e.pages.first().map_or(String::new(), |p| p.file.clone());
        e.notes.extend(notes.into_iter().map(|n| (file.clone(), n)));
    }
}

/// Whether nothing shows what a field is.
fn unseen(field: &Field) -> bool {
    field.shown.kinds == Kinds::default()
        && field.row.ty.is_empty()
        && field.shown.lists == 0
        && field.children.is_empty()
        && field.marks.values.is_empty()
        && field.marks.recursive == 0
}

impl Model {
    /// Whether a field that nothing shows is this object: the objects around both are alike, three of four names of either being in both.
    fn is_kin(&self, at: &[String], beside: &[String]) -> bool {
        let same = beside.iter().filter(|n| self.beside.contains(n)).count();
        let (few, many) = (beside.len().min(self.beside.len()), beside.len().max(self.beside.len()));
        self.shape.is_some()
            && self.at.last() == at.last()
            && same >= 3
            && (same * 4 >= many * 3 || same == few && same * 2 >= many)
    }

    /// Whether it is what a field without rows shows: of the same name, in an object of the same name, with all that the samples show.
    fn fits(&self, answer: bool, at: &[String], field: &Field) -> bool {
        if self.at.is_empty() || self.at.last() != at.last() {
            return false;
        }
        let parent = |p: &[String]| p.len().checked_sub(2).and_then(|n| p.get(n)).cloned();
        let shown = field.children.len();
        let more = self.fields.len().saturating_sub(shown);
        // A list of one number of each bill is not the list of bills.
        let alike = match shown {
            0 => self.answer == answer && self.at == at,
            1 => more == 0 || more <= 2 && self.answer == answer,
            _ => true,
        };
        alike
            && (self.at.len() == 1 || parent(&self.at) == parent(at))
            && holds(&self.fields, &field.children)
    }
}

/// The body of another endpoint of the page that has all that the samples of this body show, where no row describes this body: the `get`
/// beside the `set`. What the samples do not show is left out, but for the variants that a field chooses which they show.
fn body<'m>(root: &[Field], docs: &[i64], near: &[&'m Model]) -> Option<(&'m Model, Vec<Field>)> {
    let shown: Vec<Field> = root.iter().filter(|f| !is_code(&f.name)).cloned().collect();
    if shown.len() < 2 || shown.iter().any(told) {
        return None;
    }
    let fits =
        |m: &&&Model| m.at.is_empty() && m.docs.iter().any(|d| docs.contains(d)) && holds(&m.fields, &shown);
    let model = near.iter().find(fits)?;
    let has = |name: &str| shown.iter().any(|f| f.name == *name);
    let chosen = unions::union(&model.fields, false).filter(|u| u.tag.len() == 1 && has(&u.tag[0]));
    let fields = model.fields.iter();
    let fields = fields.filter(|f| has(&f.name) || chosen.as_ref().is_some_and(|u| u.takes(&f.name)));
    Some((model, fields.cloned().collect()))
}

/// The names in the object that holds a field.
fn beside(root: &[Field], at: &[String]) -> Vec<String> {
    let holder = &at[..at.len().saturating_sub(1)];
    let list = if holder.is_empty() { root } else { get(root, holder).map_or(&[][..], |f| &f.children) };
    list.iter().map(|f| f.name.clone()).collect()
}

/// An object none of whose fields a row describes.
fn bare(field: &Field) -> bool {
    let scalar = field.shown.kinds.scalar();
    !scalar
        && !field.marks.merged
        && (field.shown.kinds.object || types::cell(&field.row.ty).0 == Some("object"))
        && !field.children.iter().any(told)
}

/// The folders of an endpoint's pages.
fn groups(e: &Endpoint) -> Vec<String> {
    let mut out: Vec<String> = e.pages.iter().map(|p| group(&p.file)).collect();
    out.sort();
    out.dedup();
    out
}

fn models(endpoints: &[Endpoint]) -> BTreeMap<String, Vec<Model>> {
    let mut out: BTreeMap<String, Vec<Model>> = BTreeMap::new();
    for e in endpoints {
        for group in groups(e) {
            let models = out.entry(group).or_default();
            for (answer, root) in [(false, &e.request), (true, &e.response)] {
                let mut add = |at: &[String], line: u32, fields: &[Field], shape: Option<&Field>| {
                    if fields.iter().any(told) {
                        let docs = e.pages.iter().map(|p| p.doc_id).collect();
                        let shape = shape.map(|f| Field { children: vec![], ..f.clone() });
                        let beside = if at.is_empty() { vec![] } else { beside(root, at) };
                        let (at, fields) = (at.to_vec(), fields.to_vec());
                        models.push(Model {
                            path: e.path.clone(),
                            docs,
                            line,
                            answer,
                            at,
                            fields,
                            shape,
                            beside,
                        });
                    }
                };
                add(&[], e.pages.first().map_or(0, |p| p.line), root, None);
                each(root, &mut vec![], &mut |at, field| {
                    add(at, field.row.line, &field.children, Some(field))
                });
            }
        }
    }
    out
}

#[cfg(test)]
mod tests;
