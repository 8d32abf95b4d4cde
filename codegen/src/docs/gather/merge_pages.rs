//! All pages → endpoints: the sections of every page that describe one path, merged, with their field trees.

use std::collections::{BTreeMap, HashSet};

use crate::docs::complete::{from_linked_page, from_sibling};
use crate::docs::fields::build_tree;
use crate::docs::gather::appendices::settle;
use crate::docs::gather::shared_types;
use crate::docs::gather::shared_types::{Library, ValueTable};
use crate::docs::model::{
    Assumption, BlockKind, Endpoint, Field, Page, ParamTable, Section, Side, Sides, Source,
};
use crate::docs::read::digest::Digest;
use crate::docs::read::page::mode;
use crate::docs::read::text::{clean, find, regex};
use crate::docs::section::{find_endpoints, page_notes, read_table, split_sides, title};
use crate::ir::Auth;

/// All endpoints of the pages, by path.
pub fn endpoints(pages: &[Page]) -> Vec<Endpoint> {
    let mut parts: BTreeMap<String, Vec<(&Page, Section<'_>)>> = BTreeMap::new();
    for page in pages {
        let sections = find_endpoints::sections(page);
        let (shared, mut left) = sections.first().map(|s| page_notes::before(page, s)).unwrap_or_default();
        for mut section in sections {
            section.shared = shared.clone();
            section.left = left.take();
            parts.entry(section.path.clone()).or_default().push((page, section));
        }
    }
    for page in pages {
        // Of several endpoints it is not told which one is meant.
        if let Some((doc, at)) = find_endpoints::adds_to(page)
            && find_endpoints::sections(page).is_empty()
            && let Some(base) = pages.iter().find(|p| p.doc_id == doc)
            && let [of] = find_endpoints::sections(base).as_slice()
        {
            parts.entry(of.path.clone()).or_default().push((page, find_endpoints::addition(page, at, of)));
        }
    }
    let library = Library::new(pages);
    let mut out: Vec<Endpoint> =
        parts.into_iter().map(|(path, list)| endpoint(path, list, &library)).collect();
    from_linked_page::complete(&mut out, pages);
    from_sibling::complete(&mut out);
    out
}

fn endpoint(path: String, mut list: Vec<(&Page, Section<'_>)>, library: &Library) -> Endpoint {
    // The main page says most: the largest body counts; of equals that of the earlier tree, then the newer.
    list.sort_by_key(|(p, s)| {
        let weight: usize = s
            .body
            .iter()
            .map(|b| match &b.kind {
                BlockKind::Table(t) => t.rows.len(),
                _ => 0,
            })
            .sum();
        (std::cmp::Reverse(weight), mode(&p.file), std::cmp::Reverse(p.updated.clone()), p.file.clone())
    });
    let mut seen_docs: Vec<(i64, u32)> = Vec::new();
    let mut all = Sides::default();
    let mut out: Option<Endpoint> = None;
    let mut notes = Vec::new();
    let mut bodies = Vec::new();
    let (mut foreign, mut lists): (Vec<&ParamTable>, Vec<&ValueTable>) = (vec![], vec![]);
    for (page, section) in &list {
        let source = Source {
            page: page.category_id,
            doc_id: page.doc_id,
            updated: page.updated.clone(),
            file: page.file.clone(),
            line: section.line,
        };
        let e = out.get_or_insert_with(|| Endpoint {
            path: path.clone(),
            post: section.post,
            auth: section.auth,
            title: clean(&section.title),
            modes: vec![],
            pages: vec![],
            query: vec![],
            request: vec![],
            response: vec![],
            has_body: false,
            upload: None,
            bytes: false,
            codes: vec![],
            doc: doc(section),
            permission: vec![],
            digests: vec![],
            like: like(section),
            notes: vec![],
        });
        e.modes.extend(mode(&page.file).filter(|m| !e.modes.contains(m)));
        if !e.pages.iter().any(|p| p.page == source.page) {
            e.pages.push(source);
        }
        for (name, value) in &section.query {
            if !e.query.iter().any(|(n, _)| n == name) {
                e.query.push((name.clone(), value.clone()));
            }
        }
        if e.auth == Auth::None {
            e.auth = section.auth;
        }
        if seen_docs.contains(&(page.doc_id, section.line)) {
            continue;
        }
        seen_docs.push((page.doc_id, section.line));
        let mut digest = Digest::default();
        section.intro.iter().chain(section.body).for_each(|b| digest.block(b));
        match e.digests.iter_mut().find(|(d, _)| *d == page.doc_id) {
            // A page may list a path twice.
            Some((_, whole)) => {
                digest.text(whole);
                *whole = digest.hex();
            }
            None => e.digests.push((page.doc_id, digest.hex())),
        }
        let mut one = split_sides::sides(section);
        one.permission = page_notes::join(section.shared.clone(), one.permission);
        notes.extend(section.left.iter().map(|a| (page.file.clone(), a.clone())));
        page_notes::codes(section, &one, &mut all.codes);
        if e.pages.first().is_some_and(|p| p.doc_id != page.doc_id) {
            let said = page_notes::differs(e, &all.permission, section, &one);
            notes.extend(said.into_iter().map(|a| (page.file.clone(), a)));
        }
        for line in &one.unreadable {
            let note = Assumption {
                kind: "sample-unreadable",
                line: *line,
                what: "a sample is no JSON and was left out".into(),
            };
            notes.push((page.file.clone(), note));
        }
        bodies.push(names(&one.request));
        let (tables, values) = library.refers(page, &one);
        foreign.extend(tables);
        lists.extend(values);
        all.request.tables.extend(one.request.tables);
        all.request.samples.extend(one.request.samples);
        all.response.tables.extend(one.response.tables);
        all.response.samples.extend(one.response.samples);
        all.upload = all.upload.or(one.upload);
        all.bytes |= one.bytes;
        for remark in one.remarks {
            if e.doc.len() < 60 && !e.doc.contains(&remark) {
                e.doc.push(remark);
            }
        }
        for code in one.codes {
            if !all.codes.iter().any(|c| c.0 == code.0) {
                all.codes.push(code);
            }
        }
        if all.permission.is_empty() {
            all.permission = one.permission;
        }
    }
    let mut e = match out {
        Some(e) => e,
        None => unreachable_endpoint(path),
    };
    // A page that names the method decides over one that leaves it to the reader.
    if let Some((_, s)) = list.iter().find(|(_, s)| !s.method_assumed) {
        e.post = s.post;
    } else if let Some((page, s)) = list.first() {
        let what = format!("no method is named; {} was assumed", if s.post { "POST" } else { "GET" });
        notes.push((page.file.clone(), Assumption { kind: "method", line: s.line, what }));
    }
    e.modes.sort();
    let mut assumed = Vec::new();
    e.has_body = !all.request.samples.is_empty() || all.request.tables.iter().any(|t| !t.rows.is_empty());
    settle(&mut all);
    // A type that both sides use stands after the answer, once.
    let with = |side: &'_ Side| -> Vec<ParamTable> {
        side.tables.iter().filter(|t| !t.title.is_plain() || !t.title.headings.is_empty()).cloned().collect()
    };
    let (asked, answered) = (with(&all.request), with(&all.response));
    let library: Vec<&ParamTable> = foreign.iter().copied().chain(&answered).collect();
    e.request = build_tree::build(&all.request, &library, &mut assumed);
    let library: Vec<&ParamTable> = foreign.iter().copied().chain(&asked).collect();
    e.response = build_tree::build(&all.response, &library, &mut assumed);
    // What the answer's titles name must be asked for.
    for field in &mut e.response {
        field.when.take_if(|(tag, _)| !e.request.iter().any(|f| f.name == *tag));
    }
    assumed.extend(pages_apart(&mut e.request, &bodies));
    shared_types::attach(&mut e.request, &lists);
    shared_types::attach(&mut e.response, &lists);
    let file = e.pages.first().map_or(String::new(), |p| p.file.clone());
    notes.extend(assumed.into_iter().map(|a| (file.clone(), a)));
    e.upload = all.upload.filter(|_| e.post);
    e.bytes = all.bytes;
    e.codes = all.codes;
    e.permission = all.permission;
    e.notes = notes;
    e
}

/// The fields of a body that a page's request lists or shows.
fn names(side: &Side) -> HashSet<String> {
    let rows = side.tables.iter().filter(|t| t.title.is_plain()).flat_map(|t| &t.rows);
    let told =
        rows.filter_map(|r| read_table::path(&r.name)).filter_map(|p| p.1.first().map(|s| s.0.clone()));
    let shown = side.samples.iter().filter_map(|s| s.value.as_object()).flat_map(|m| m.keys().cloned());
    let mut out: HashSet<String> = told.chain(shown).collect();
    out.retain(|n| !n.ends_with("access_token"));
    out
}

/// Several pages of one path (mail, mail with a schedule, mail with a meeting): what one requires and another neither lists nor
/// shows is not required of every request.
fn pages_apart(request: &mut [Field], bodies: &[HashSet<String>]) -> Vec<Assumption> {
    let bodies: Vec<_> = bodies.iter().filter(|b| !b.is_empty()).collect();
    let mut out = Vec::new();
    for field in request.iter_mut().filter(|f| f.required.as_deref() == Some("是")) {
        if bodies.iter().any(|b| !b.contains(&field.name)) && bodies.iter().any(|b| b.contains(&field.name)) {
            field.required = None;
            let what = format!(
                "`{}` is required on one page and unknown to another; taken for optional",
                field.name
            );
            out.push(Assumption { kind: "required-on-one-page", line: field.line, what });
        }
    }
    out
}

/// Never needed: a path is only listed with a section. Kept total so that nothing here can panic.
fn unreachable_endpoint(path: String) -> Endpoint {
    Endpoint {
        path,
        post: false,
        auth: Auth::None,
        title: String::new(),
        modes: vec![],
        pages: vec![],
        query: vec![],
        request: vec![],
        response: vec![],
        has_body: false,
        upload: None,
        bytes: false,
        codes: vec![],
        doc: vec![],
        permission: vec![],
        digests: vec![],
        like: None,
        notes: vec![],
    }
}

/// `返回结果请参考菜单创建接口`: the title of the endpoint that describes the answer.
fn like(section: &Section<'_>) -> Option<String> {
    section.body.iter().find_map(|b| {
        let BlockKind::Line(text) = &b.kind else { return None };
        let found = find(
            regex!("返回(?:结果|参数|数据|内容)[^，。；:：]{0,4}(?:参考|参见|同于?|见)[“「\"]?([^，。；“”「」\"]{2,20}?)[”」\"]?接口"),
            &clean(text),
        )?;
        Some(found[1].clone())
    })
}

fn doc(section: &Section<'_>) -> Vec<String> {
    // Who may call has a place of its own.
    let mut permission = false;
    let lines = section.intro.iter().filter_map(|b| match &b.kind {
        BlockKind::Heading(_, t) => {
            permission = title::is_permission(t);
            None
        }
        BlockKind::Line(t) => {
            if title::is_label(t) {
                permission = title::is_permission(t);
            }
            (!permission).then(|| clean(t.trim_start_matches(['>', ' '])))
        }
        _ => None,
    });
    lines.filter(|t| !t.is_empty() && !t.starts_with(":::")).take(12).collect()
}
