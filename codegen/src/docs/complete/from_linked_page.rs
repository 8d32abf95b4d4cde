//! Fields whose text refers to another page: `可以参考[创建审批模板](#43910)一节 template_content 参数说明`. What that page says of the
//! field is said of this one.

use std::collections::BTreeMap;

use crate::docs::fields::adopt::{Ways, adopt, holds, told};
use crate::docs::fields::build_tree;
use crate::docs::fields::tree::{all, each, get, get_mut, sort};
use crate::docs::infer::types;
use crate::docs::model::{Assumption, BlockKind, Endpoint, Field, Page, ParamTable, Sample, Side, Title};
use crate::docs::read::page::group;
use crate::docs::read::sample;
use crate::docs::read::text::{find, regex};
use crate::docs::section::{read_table, title};

/// Trees of a page that fields refer to.
#[derive(Default)]
struct Shown {
    /// Path of the endpoint, whether it is its answer, its fields.
    sides: Vec<(String, bool, Vec<Field>)>,
    /// The fields of a page that describes no endpoint.
    page: Vec<Field>,
}

/// Gives fields without fields of their own those of the page that their text refers to.
pub(crate) fn complete(endpoints: &mut [Endpoint], pages: &[Page]) {
    titled(endpoints);
    answers(endpoints);
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
                    let model = field.pages.iter().find_map(|id| {
                        let (same, list) = shown.get(id)?.model(&path, answer, at, field)?;
                        Some((*id, same, list))
                    });
                    found.extend(model.map(|(id, same, list)| (at.to_vec(), id, same, list)));
                });
                let mut notes = Vec::new();
                for (at, id, same, model) in found {
                    let Some(field) = get_mut(root, &at) else { continue };
                    field.merged = true;
                    let shown = field.held.1 > 0;
                    adopt(
                        &mut field.children,
                        &model,
                        &Ways { line: field.line, answer, same, shown, depth: 0 },
                    );
                    sort(&mut field.children);
                    let what = format!("`{}` takes the fields that page {id} gives it", at.join("."));
                    notes.push((file.clone(), Assumption { kind: "fields-of-page", line: field.line, what }));
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
    let scalar = field.kinds.scalar();
    field.told
        && !field.pages.is_empty()
        && !scalar
        && !field.merged
        && matches!(types::cell(&field.ty).0, None | Some("object"))
        && (same(&field.desc).is_some() || !field.children.iter().any(told))
}

/// `数据结构同“获取审批申请详情”接口返回值中同名参数“apply_data”`: the endpoint whose field this one is like in full.
fn same(desc: &str) -> Option<String> {
    let found = find(
        regex!("(?:结构|定义|字段|格式|内容)[^，。；]{0,4}同\\s*[“「\"]([^”」\"]{3,30})[”」\"]\\s*接口"),
        desc,
    )?;
    Some(title::anchor(&found[1]))
}

/// Gives fields whose text names an endpoint by its title the page of that endpoint, if one alone has the title in its group.
fn titled(endpoints: &mut [Endpoint]) {
    // An endpoint may have several pages; the first says most.
    let titles: Vec<(String, String, i64)> = endpoints
        .iter()
        .filter_map(|e| Some((e, e.pages.first()?.doc_id)))
        .flat_map(|(e, id)| e.pages.iter().map(move |p| (title::anchor(&e.title), group(&p.file), id)))
        .collect();
    for e in endpoints.iter_mut() {
        let groups: Vec<String> = e.pages.iter().map(|p| group(&p.file)).collect();
        for root in [&mut e.request, &mut e.response] {
            let mut found: Vec<(Vec<String>, i64)> = Vec::new();
            each(root, &mut vec![], &mut |at, field| {
                let Some(title) = same(&field.desc) else { return };
                let mut ids: Vec<i64> = titles
                    .iter()
                    .filter(|(t, g, _)| *t == title && groups.contains(g))
                    .map(|t| t.2)
                    .collect();
                ids.sort_unstable();
                ids.dedup();
                if let [id] = ids.as_slice() {
                    found.push((at.to_vec(), *id));
                }
            });
            for (at, id) in found {
                if let Some(field) = get_mut(root, &at).filter(|f| !f.pages.contains(&id)) {
                    field.pages.push(id);
                }
            }
        }
    }
}

/// Gives endpoints that describe no answer of their own what the endpoint holds that their text names: `返回结果请参考菜单创建接口` on
/// the page `获取菜单`, beside `创建菜单`.
fn answers(endpoints: &mut [Endpoint]) {
    // The words of a title come in any order.
    let letters = |t: &str| {
        let mut out: Vec<char> = title::anchor(t).chars().collect();
        out.sort_unstable();
        out
    };
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (n, e) in endpoints.iter().enumerate() {
        let Some(title) = e.like.as_ref().filter(|_| e.response.is_empty()) else { continue };
        let near =
            |o: &Endpoint| o.pages.iter().any(|p| e.pages.iter().any(|q| group(&p.file) == group(&q.file)));
        let mut meant =
            endpoints.iter().enumerate().filter(|(_, o)| letters(&o.title) == letters(title) && near(o));
        found.extend(meant.next().filter(|_| meant.next().is_none()).map(|(o, _)| (n, o)));
    }
    for (n, o) in found {
        // What a sample of the request shows is what was set; tokens and the query are none of it.
        let other = &endpoints[o];
        let shown =
            other.request.iter().filter(|f| f.held.1 > 0 && !other.query.iter().any(|(q, _)| *q == f.name));
        let model: Vec<Field> = shown.cloned().collect();
        let what = format!("the answer takes the fields of `{}`", other.path);
        let e = &mut endpoints[n];
        let line = e.pages.first().map_or(0, |p| p.line);
        adopt(&mut e.response, &model, &Ways { line, answer: true, same: false, shown: false, depth: 0 });
        sort(&mut e.response);
        let file = e.pages.first().map_or(String::new(), |p| p.file.clone());
        e.notes.push((file, Assumption { kind: "fields-of-page", line, what }));
    }
}

/// The trees of all pages that fields refer to.
fn shown(endpoints: &[Endpoint], pages: &[Page]) -> BTreeMap<i64, Shown> {
    let mut out: BTreeMap<i64, Shown> = BTreeMap::new();
    for e in endpoints {
        for root in [&e.request, &e.response] {
            each(root, &mut vec![], &mut |_, field| {
                if refers(field) {
                    field.pages.iter().for_each(|id| _ = out.entry(*id).or_default());
                }
            });
        }
    }
    for e in endpoints {
        for source in &e.pages {
            if let Some(shown) = out.get_mut(&source.doc_id)
                && !shown.sides.iter().any(|s| s.0 == e.path)
            {
                shown.sides.push((e.path.clone(), false, e.request.clone()));
                shown.sides.push((e.path.clone(), true, e.response.clone()));
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
            f.children.iter().any(told)
                && (same(&field.desc).is_some() || holds(&f.children, &field.children))
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
        let found = all(&self.page, name);
        if let Some(f) = found.iter().filter_map(|p| get(&self.page, p)).find(|f| fits(f)) {
            return Some((false, f.children.clone()));
        }
        // The page is about this object: what its sample shows is all that it holds. A row of another place has another root.
        let whole = !field.children.is_empty()
            && self.page.iter().all(|f| f.held.1 > 0)
            && holds(&self.page, &field.children);
        whole.then(|| (false, self.page.clone()))
    }
}

#[cfg(test)]
pub(crate) mod tests;
