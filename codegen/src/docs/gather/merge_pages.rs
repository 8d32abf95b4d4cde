//! Pass 4: the sections of one path, on however many pages → what they say together.

use std::cmp::Reverse;
use std::collections::HashSet;

use serde_json::Value;

use crate::docs::gather::appendices;
use crate::docs::gather::enumerations::ValueTable;
use crate::docs::gather::shared_types::SharedTypes;
use crate::docs::model::{Assumption, BlockKind, Endpoint, Page, ParamTable, Section, Side, Sides, Source};
use crate::docs::read::digest::Digest;
use crate::docs::read::page::mode;
use crate::docs::read::sample::{self, CUT};
use crate::docs::read::text::{clean, has, regex, replace};
use crate::docs::rules;
use crate::docs::section::find_endpoints::{Part, chapter, is_fixed};
use crate::docs::section::{page_notes, read_table, split_sides, title};
use crate::ir::{Auth, Mode};

/// What the pages of one path say, before fields are made of it.
pub(crate) struct Gathered<'t> {
    /// All but its fields.
    pub(crate) endpoint: Endpoint,
    /// Tables and samples of all pages.
    pub(crate) sides: Sides,
    /// The fields of the request's body that each page lists or shows.
    pub(crate) bodies: Vec<HashSet<String>>,
    /// For each page: the trees that it is in, and all names of its request and of its answer.
    pub(crate) told: Vec<(Vec<Mode>, [HashSet<String>; 2])>,
    /// Types that the pages refer to.
    pub(crate) types: Vec<&'t ParamTable>,
    /// Enumerations that the pages refer to.
    pub(crate) values: Vec<&'t ValueTable>,
}

/// Puts the sections of one path together. `None` where there is none.
pub(crate) fn merge_pages<'t>(mut parts: Vec<Part<'_>>, types: &'t SharedTypes) -> Option<Gathered<'t>> {
    // The main page says most: the largest body counts; of equals that of the earlier tree, then the newer. A guide that comes to the endpoint in
    // passing is none.
    parts.sort_by_key(|(p, s)| {
        (in_passing(p, s), Reverse(rows(s)), mode(&p.file), Reverse(p.updated.clone()), p.file.clone())
    });
    let (_, main) = parts.first()?;
    let mut out = Gathered {
        endpoint: head(main),
        sides: Sides::default(),
        bodies: vec![],
        told: vec![],
        types: vec![],
        values: vec![],
    };
    let mut seen: Vec<(i64, u32)> = Vec::new();
    for (page, section) in &parts {
        source(&mut out.endpoint, page, section);
        // A page that is in several trees counts once.
        if !seen.contains(&(page.doc_id, section.line)) {
            seen.push((page.doc_id, section.line));
            digest(&mut out.endpoint, page, section);
            let names = content(&mut out, page, section, types);
            let same = parts.iter().filter(|(p, _)| p.doc_id == page.doc_id);
            let modes: Vec<Mode> = same.filter_map(|(p, _)| mode(&p.file)).collect();
            out.endpoint.told.push((page.doc_id, names.clone()));
            out.told.push((modes, names));
        }
    }
    method(&mut out.endpoint, &parts);
    let Gathered { endpoint: e, sides: all, .. } = &mut out;
    e.modes.sort();
    e.has_body = !all.request.samples.is_empty() || all.request.tables.iter().any(|t| !t.rows.is_empty());
    e.upload = all.upload.take().filter(|_| e.post);
    e.bytes = all.bytes;
    e.codes = std::mem::take(&mut all.codes);
    e.permission = permission(std::mem::take(&mut all.permission), &mut e.doc);
    appendices::settle(all);
    Some(out)
}

/// Whether a page comes to its only endpoint after several other parts: what such a page is about is told by its title.
fn in_passing(page: &Page, section: &Section<'_>) -> bool {
    let before = page.blocks.iter().take_while(|b| b.line < section.line);
    let headings = before.filter(|b| matches!(b.kind, BlockKind::Heading(..))).count();
    section.title == page.title && headings > 4
}

/// How many rows the tables of a section have.
fn rows(section: &Section<'_>) -> usize {
    let rows = section.body.iter().map(|b| match &b.kind {
        BlockKind::Table(t) => t.rows.len(),
        _ => 0,
    });
    rows.sum()
}

/// The endpoint as its main page begins it.
fn head(main: &Section<'_>) -> Endpoint {
    Endpoint {
        path: main.path.clone(),
        post: main.post,
        auth: main.auth,
        title: clean(&main.title),
        modes: vec![],
        pages: vec![],
        query: vec![],
        request: vec![],
        response: vec![],
        has_body: false,
        upload: None,
        bytes: false,
        codes: vec![],
        warned: vec![],
        doc: doc(main),
        permission: vec![],
        digests: vec![],
        told: vec![],
        one_of: vec![],
        notes: vec![],
    }
}

/// What the place and the URL of a section add: tree, page, query, kind of token.
fn source(e: &mut Endpoint, page: &Page, section: &Section<'_>) {
    e.modes.extend(mode(&page.file).filter(|m| !e.modes.contains(m)));
    if !e.pages.iter().any(|p| p.page == page.category_id) {
        e.pages.push(Source {
            page: page.category_id,
            doc_id: page.doc_id,
            updated: page.updated.clone(),
            file: page.file.clone(),
            line: section.line,
        });
    }
    for (name, value) in &section.query {
        match e.query.iter_mut().find(|(n, _)| n == name) {
            None => e.query.push((name.clone(), value.clone())),
            // `type=wx_card` on one page, `type=agent_config` on another: a function each.
            Some((_, known)) if is_fixed(value) && known.split('、').all(|k| is_fixed(k) && k != value) => {
                known.push('、');
                known.push_str(value);
            }
            Some(_) => {}
        }
    }
    if e.auth == Auth::None {
        e.auth = section.auth;
    }
}

/// The digest of a section, joined with that of an earlier one: a page may list a path twice.
fn digest(e: &mut Endpoint, page: &Page, section: &Section<'_>) {
    let mut digest = Digest::default();
    let blocks = section.intro.iter().chain(section.body).chain(section.beside);
    blocks.for_each(|b| digest.block(b));
    match e.digests.iter_mut().find(|(d, _)| *d == page.doc_id) {
        Some((_, whole)) => {
            digest.text(whole);
            *whole = digest.hex();
        }
        None => e.digests.push((page.doc_id, digest.hex())),
    }
}

/// What a section says: tables, samples, sentences, codes, and what differs from the pages before it. The names of its request and of its answer
/// come back.
fn content<'t>(
    out: &mut Gathered<'t>,
    page: &Page,
    section: &Section<'_>,
    types: &'t SharedTypes,
) -> [HashSet<String>; 2] {
    let Gathered { endpoint: e, sides: all, .. } = out;
    let mut one = split_sides::sides(section);
    one.permission = page_notes::join(section.shared.clone(), one.permission);
    let mut notes: Vec<Assumption> = section.left.clone();
    page_notes::codes(section, &one, &mut all.codes);
    for told in page_notes::warned(page, section) {
        if !e.warned.contains(&told) {
            e.warned.push(told);
        }
    }
    for line in &section.preface {
        if !e.doc.contains(line) {
            e.doc.push(line.clone());
        }
    }
    if e.pages.first().is_some_and(|p| p.doc_id != page.doc_id) {
        notes.extend(page_notes::differs(e, &all.permission, section, &one));
    }
    notes.extend(one.unreadable.iter().map(|line| Assumption {
        rule: &rules::SAMPLE_UNREADABLE,
        line: *line,
        what: "a sample is not JSON and was ignored".into(),
    }));
    notes.extend(one.glued.iter().map(|line| Assumption {
        rule: &rules::TABLE_UNREADABLE,
        line: *line,
        what: "a table has lost its line breaks and was ignored".into(),
    }));
    notes.extend(one.kinds.iter().map(|(line, header)| Assumption {
        rule: &rules::TABLE_OF_KINDS,
        line: *line,
        what: format!("a table that lists kinds of values was ignored; its columns: {header}"),
    }));
    e.notes.extend(notes.into_iter().map(|n| (page.file.clone(), n)));
    out.bodies.push(names(&one.request));
    // `为同一接口，这里仅对额外返回的字段进行说明`: what such a page lacks, its applications have nevertheless.
    let added = section.intro.iter().chain(section.body).any(|b| match &b.kind {
        BlockKind::Line(text) => has(regex!("仅(?:对|说明|列出|介绍)额外(?:返回)?的?(?:字段|参数)"), text),
        _ => false,
    });
    let said = match added {
        true => [HashSet::new(), HashSet::new()],
        false => [all_names(&one.request), all_names(&one.response)],
    };
    let (tables, values) = types.of(page, &one);
    out.types.extend(tables);
    out.values.extend(values);
    all.request.tables.extend(one.request.tables);
    all.request.samples.extend(one.request.samples);
    all.response.tables.extend(one.response.tables);
    all.response.samples.extend(one.response.samples);
    all.upload = all.upload.take().or(one.upload);
    all.bytes |= one.bytes;
    for remark in one.remarks {
        if !e.doc.contains(&remark) {
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
    said
}

/// The names of all fields of a side, at whatever depth.
fn all_names(side: &Side) -> HashSet<String> {
    fn of_value(value: &Value, out: &mut HashSet<String>) {
        match value {
            Value::Object(map) => map.iter().filter(|(key, _)| *key != CUT).for_each(|(key, value)| {
                out.insert(key.clone());
                of_value(value, out);
            }),
            Value::Array(list) => list.iter().for_each(|value| of_value(value, out)),
            _ => {}
        }
    }
    let mut out = HashSet::new();
    let rows = side.tables.iter().flat_map(|t| &t.rows);
    out.extend(rows.filter_map(|r| read_table::path(&r.name)).flat_map(|p| p.1).map(|s| s.0));
    side.samples.iter().for_each(|s| of_value(&s.value, &mut out));
    side.tables.iter().flat_map(|t| &t.samples).for_each(|v| of_value(v, &mut out));
    out
}

/// Who may call: the lines under such a title, and those of the text that say it, without the marks of lists.
fn permission(told: Vec<String>, doc: &mut Vec<String>) -> Vec<String> {
    let bare = |line: &str| {
        let line = replace(regex!(r"^([>\s-]*)\*([^*\s][^*]*)\*\s*"), line, "$1$2");
        line.trim_start_matches(['>', '-', '*', '•', '·', ' ']).trim().to_owned()
    };
    let (grants, rest): (Vec<String>, Vec<String>) = doc.drain(..).partition(|l| title::is_grant(&bare(l)));
    *doc = rest;
    let mut out: Vec<String> = Vec::new();
    for line in told.iter().chain(&grants).map(|l| bare(l)) {
        if !line.is_empty() && !out.contains(&line) {
            out.push(line);
        }
    }
    out
}

/// A page that names the method decides over one that leaves it to the reader.
fn method(e: &mut Endpoint, parts: &[Part<'_>]) {
    if let Some((_, s)) = parts.iter().find(|(_, s)| !s.method_assumed) {
        e.post = s.post;
    } else if let Some((page, s)) = parts.first() {
        let what = format!("no method is given; {} was assumed", if s.post { "POST" } else { "GET" });
        e.notes.push((page.file.clone(), Assumption { rule: &rules::METHOD, line: s.line, what }));
    }
}

/// The fields of a body that a page's request lists or shows.
fn names(side: &Side) -> HashSet<String> {
    let rows = side.tables.iter().filter(|t| t.title.is_plain()).flat_map(|t| &t.rows);
    let told =
        rows.filter_map(|r| read_table::path(&r.name)).filter_map(|p| p.1.first().map(|s| s.0.clone()));
    let shown = side.samples.iter().filter_map(|s| s.value.as_object()).flat_map(sample::names).cloned();
    let mut out: HashSet<String> = told.chain(shown).collect();
    out.retain(|n| !n.ends_with("access_token"));
    out
}

/// What it does: the sentences before the method line.
fn doc(section: &Section<'_>) -> Vec<String> {
    // Who may call has a place of its own.
    let mut permission = false;
    let lines = section.intro[chapter(section.intro)..].iter().filter_map(|b| match &b.kind {
        BlockKind::Heading(_, t) => {
            permission = title::is_permission(t);
            None
        }
        BlockKind::Line(t) => {
            if title::is_label(t) {
                permission = title::is_permission(t);
            }
            let told = title::unboxed(&clean(t.trim_start_matches(['>', ' ']))).to_owned();
            (!permission && title::permission_behind(&told).is_none()).then_some(told)
        }
        _ => None,
    });
    lines.filter(|t| !t.is_empty()).collect()
}
