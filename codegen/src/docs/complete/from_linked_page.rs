//! Fields whose text refers to another page: `可以参考[创建审批模板](#43910)一节 template_content 参数说明`. What that page says about the
//! field is said of this one.

use std::collections::{BTreeMap, HashSet};

use crate::docs::fields::adopt::{Ways, adopt, holds, told};
use crate::docs::fields::build_tree;
use crate::docs::fields::tree::{all, each, get, get_mut, sort};
use crate::docs::fixups::{Fixup, What};
use crate::docs::infer::types;
use crate::docs::model::{Assumption, BlockKind, Endpoint, Field, Page, ParamTable, Sample, Side, Title};
use crate::docs::read::sample;
use crate::docs::rules;
use crate::docs::section::read_table;

/// Trees of a page that fields refer to.
#[derive(Default)]
struct Shown {
    /// Path of the endpoint, whether it is its answer, its fields.
    sides: Vec<(String, bool, Vec<Field>)>,
    /// The fields of a page that describes no endpoint.
    page: Vec<Field>,
}

/// Gives fields without fields of their own those of the page that their text refers to.
pub(crate) fn complete(endpoints: &mut [Endpoint], pages: &[Page], fixups: &[Fixup]) {
    fixups.iter().for_each(|fixup| fix(endpoints, fixup));
    // What is referred to may refer further.
    for _ in 0..2 {
        let shown = shown(endpoints, pages);
        let mut changed = false;
        for e in endpoints.iter_mut() {
            let file = e.pages.first().map_or(String::new(), |p| p.file.clone());
            for answer in [false, true] {
                let path = e.path.clone();
                let root = if answer { &mut e.response } else { &mut e.request };
                let mut found: Vec<(Vec<String>, i64, bool, Vec<Field>)> = Vec::new();
                each(root, &mut vec![], &mut |at, field| {
                    if !refers(field) {
                        return;
                    }
                    let model = field.row.pages.iter().find_map(|id| {
                        let (same, list) = shown.get(id)?.model(&path, answer, at, field)?;
                        Some((*id, same, list))
                    });
                    found.extend(model.map(|(id, same, list)| (at.to_vec(), id, same, list)));
                });
                let mut notes = Vec::new();
                for (at, id, same, model) in found {
                    let Some(field) = get_mut(root, &at) else { continue };
                    field.marks.merged = true;
                    let shown = field.shown.count > 0;
                    adopt(
                        &mut field.children,
                        &model,
                        &Ways { line: field.row.line, answer, same, shown, depth: 0 },
                    );
                    sort(&mut field.children);
                    let what = format!("`{}` was given the fields that page {id} describes", at.join("."));
                    notes.push((
                        file.clone(),
                        Assumption { rule: &rules::FIELDS_OF_PAGE, line: field.row.line, what },
                    ));
                }
                changed |= !notes.is_empty();
                e.notes.extend(notes);
            }
        }
        if !changed {
            break;
        }
    }
}

/// An object without rows of its own whose text names a page.
fn refers(field: &Field) -> bool {
    let scalar = field.shown.kinds.scalar();
    field.row.exists
        && !field.row.pages.is_empty()
        && !scalar
        && !field.marks.merged
        && matches!(types::cell(&field.row.ty).0, None | Some("object"))
        && (field.marks.in_full || !field.children.iter().any(told))
}

/// What a fix-up says that a field or an answer holds.
fn fix(endpoints: &mut [Endpoint], fixup: &Fixup) {
    let described = |e: &Endpoint| e.pages.iter().any(|p| p.doc_id == fixup.doc_id);
    match fixup.what {
        What::AddsTo { .. } => {}
        What::AnswersWith { path, of } => {
            let Some(model) = endpoints.iter().find(|e| e.path == of).map(set) else { return };
            let mut due = endpoints.iter_mut().filter(|e| e.path == path && e.response.is_empty());
            if let Some(e) = due.find(|e| described(e)) {
                answer(e, of, &model);
            }
        }
        What::LikePage { field, doc_id } => {
            let at: Vec<String> = field.split('.').map(str::to_owned).collect();
            for e in endpoints.iter_mut().filter(|e| described(e)) {
                if let Some(field) = get_mut(&mut e.request, &at) {
                    field.marks.in_full = true;
                    if !field.row.pages.contains(&doc_id) {
                        field.row.pages.push(doc_id);
                    }
                }
            }
        }
    }
}

/// What an endpoint sets: what a sample of its request shows. Without tokens and the query.
fn set(e: &Endpoint) -> Vec<Field> {
    let shown = e.request.iter().filter(|f| f.shown.count > 0 && !e.query.iter().any(|(q, _)| *q == f.name));
    shown.cloned().collect()
}

/// Gives an endpoint the answer that another one's request shows.
fn answer(e: &mut Endpoint, of: &str, model: &[Field]) {
    let (file, line) = e.pages.first().map_or((String::new(), 0), |p| (p.file.clone(), p.line));
    adopt(&mut e.response, model, &Ways { line, answer: true, same: false, shown: false, depth: 0 });
    sort(&mut e.response);
    let what = format!("the answer was given the fields of `{of}`");
    e.notes.push((file, Assumption { rule: &rules::FIELDS_OF_PAGE, line, what }));
}

/// The trees of all pages that fields refer to.
fn shown(endpoints: &[Endpoint], pages: &[Page]) -> BTreeMap<i64, Shown> {
    let mut out: BTreeMap<i64, Shown> = BTreeMap::new();
    for e in endpoints {
        for root in [&e.request, &e.response] {
            each(root, &mut vec![], &mut |_, field| {
                if refers(field) {
                    field.row.pages.iter().for_each(|id| _ = out.entry(*id).or_default());
                }
            });
        }
    }
    for e in endpoints {
        for source in &e.pages {
            if let Some(shown) = out.get_mut(&source.doc_id)
                && !shown.sides.iter().any(|s| s.0 == e.path)
            {
                shown.sides.push((e.path.clone(), false, of_page(e, source.doc_id, false)));
                shown.sides.push((e.path.clone(), true, of_page(e, source.doc_id, true)));
            }
        }
    }
    for (id, shown) in out.iter_mut().filter(|(_, s)| s.sides.is_empty()) {
        if let Some(page) = pages.iter().find(|p| p.doc_id == *id) {
            shown.page = whole(page);
        }
    }
    out
}

/// The fields of an endpoint but for those that only other pages of it have.
fn of_page(e: &Endpoint, doc: i64, answer: bool) -> Vec<Field> {
    fn without(fields: &mut Vec<Field>, only_there: &dyn Fn(&str) -> bool) {
        fields.retain(|f| !only_there(&f.name));
        fields.iter_mut().for_each(|f| without(&mut f.children, only_there));
    }
    let mut fields = if answer { e.response.clone() } else { e.request.clone() };
    let names = |own: bool| {
        let pages = e.told.iter().filter(move |(d, _)| (*d == doc) == own);
        pages.flat_map(|(_, sides)| &sides[usize::from(answer)])
    };
    let (here, there): (HashSet<&String>, HashSet<&String>) = (names(true).collect(), names(false).collect());
    if !here.is_empty() {
        let only_there = |name: &str| !here.iter().any(|n| *n == name) && there.iter().any(|n| *n == name);
        without(&mut fields, &only_there);
    }
    fields
}

/// The fields of a page that describes an object and no endpoint: `成员对外信息`.
fn whole(page: &Page) -> Vec<Field> {
    let mut side = Side::default();
    for block in &page.blocks {
        match &block.kind {
            BlockKind::Table(table) => {
                if let Some(rows) = read_table::rows(table) {
                    let title = Title::default();
                    side.tables.push(ParamTable {
                        line: block.line,
                        title,
                        rows,
                        samples: vec![],
                        said: String::new(),
                    });
                }
            }
            BlockKind::Code(text) => {
                if let Some(value) = sample::read(text).filter(serde_json::Value::is_object) {
                    side.samples.push(Sample { line: block.line, value, title: Title::default() });
                }
            }
            _ => {}
        }
    }
    // Several tables describe several things: which of them is meant, only a title tells, and those the library reads.
    if side.tables.len() != 1 { vec![] } else { build_tree::build(&side, &[], &mut vec![]) }
}

impl Shown {
    /// The fields that the page gives to a field at `at`, and whether they come from the same direction.
    fn model(&self, path: &str, answer: bool, at: &[String], field: &Field) -> Option<(bool, Vec<Field>)> {
        let name = std::slice::from_ref(&field.name);
        let fits = |f: &Field| {
            f.children.iter().any(told) && (field.marks.in_full || holds(&f.children, &field.children))
        };
        for same in [true, false] {
            for (_, _, root) in self.sides.iter().filter(|s| (s.1 == answer) == same && s.0 != path) {
                // `a.b` rather than another `b`, where the page has it at the same place.
                let mut found = all(root, name);
                found.sort_by_key(|p| p.as_slice() != at);
                if let Some(f) = found.iter().filter_map(|p| get(root, p)).find(|f| fits(f)) {
                    return Some((same, f.children.clone()));
                }
            }
        }
        if let Some(list) = self.renamed(path, answer, field) {
            return Some((true, list));
        }
        let found = all(&self.page, name);
        if let Some(f) = found.iter().filter_map(|p| get(&self.page, p)).find(|f| fits(f)) {
            return Some((false, f.children.clone()));
        }
        // The page is about this object: what its sample shows is all that it holds. A row of another place has another root.
        let whole = !field.children.is_empty()
            && self.page.iter().all(|f| f.shown.count > 0)
            && holds(&self.page, &field.children);
        whole.then(|| (false, self.page.clone()))
    }

    /// The one object of the same direction that has nearly all that the samples show of a field of another name: `follow` here, `follow_user`
    /// there. What is not shown is left out.
    fn renamed(&self, path: &str, answer: bool, field: &Field) -> Option<Vec<Field>> {
        let shown = |f: &Field| field.children.iter().any(|c| c.name == f.name);
        let mut found: Vec<Vec<Field>> = Vec::new();
        for (_, _, root) in self.sides.iter().filter(|s| s.1 == answer && s.0 != path) {
            each(root, &mut vec![], &mut |_, f| {
                let same: Vec<Field> = f.children.iter().filter(|c| shown(c)).cloned().collect();
                if same.len() >= 5 && same.len() * 5 >= field.children.len() * 4 && same.iter().all(told) {
                    found.push(same);
                }
            });
        }
        if found.len() == 1 { found.pop() } else { None }
    }
}

#[cfg(test)]
pub(crate) mod tests;
