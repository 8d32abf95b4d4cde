//! [`Page`] → its endpoint sections: which method and URL, and which blocks speak of them.

use std::collections::BTreeMap;

use crate::docs::fixups::{Fixup, What, place};
use crate::docs::model::{Block, BlockKind, Page, Section};
use crate::docs::read::text::{clean, find, has, regex};
use crate::docs::section::links::linked;
use crate::docs::section::page_notes;
use crate::ir::Auth;

/// A section and the page that it is on.
pub(crate) type Part<'p> = (&'p Page, Section<'p>);

/// The sections of all pages, by path.
pub(crate) fn by_path<'p>(pages: &'p [Page], fixups: &[Fixup]) -> BTreeMap<String, Vec<Part<'p>>> {
    let mut out: BTreeMap<String, Vec<Part<'p>>> = BTreeMap::new();
    for page in pages {
        let sections = sections(page);
        let alone = sections.len() == 1;
        let mut before = sections.first().map(|s| page_notes::before(page, s, alone)).unwrap_or_default();
        let (more, behind) = page_notes::behind(page, &sections);
        before.permission.extend(more);
        let last = sections.len().saturating_sub(1);
        let mut behind = behind.into_iter().collect::<Vec<_>>();
        for (at, mut section) in sections.into_iter().enumerate() {
            section.shared = before.permission.clone();
            section.preface = before.preface.clone();
            section.left.extend(before.left.take());
            if at == last {
                section.left.append(&mut behind);
            }
            out.entry(section.path.clone()).or_default().push((page, section));
        }
    }
    for fixup in fixups {
        let What::AddsTo { doc_id } = fixup.what else { continue };
        for page in pages.iter().filter(|p| p.doc_id == fixup.doc_id) {
            // If there are several endpoints, nothing says which one is meant.
            if let Some(at) = place(page, fixup.says)
                && sections(page).is_empty()
                && let Some(base) = pages.iter().find(|p| p.doc_id == doc_id)
                && let [of] = sections(base).as_slice()
            {
                out.entry(of.path.clone()).or_default().push((page, addition(page, at, of)));
            }
        }
    }
    out
}

struct Reference {
    at: usize,
    first: usize,
    line: u32,
    path: String,
    query: String,
    post: Option<bool>,
    /// A call by curl, which shows the request's body itself.
    curl: bool,
}

/// The endpoints of a page, in order. Callback pages, browser URLs and SDK functions give none.
pub fn sections(page: &Page) -> Vec<Section<'_>> {
    let refs = references(&page.blocks);
    let mut out = Vec::new();
    let starts: Vec<usize> = (0..refs.len()).map(|i| start(&page.blocks, &refs, i)).collect();
    for (i, r) in refs.iter().enumerate() {
        let end = starts.get(i + 1).copied().unwrap_or(page.blocks.len()).max(r.at + 1);
        let begin = starts[i].min(r.first);
        // A page that shows no more of an endpoint than a call explains it in the parts that follow (`消息类型及数据格式`).
        let closed = refs.len() > 1 && !r.curl;
        let end = if closed { appendix(&page.blocks, begin, r.at + 1, end) } else { end };
        let other = match closed {
            true => other_answer(&page.blocks, begin, r.at + 1, end),
            false => elsewhere(&page.blocks, begin, r.at + 1).filter(|_| !r.curl),
        };
        let own = other.unwrap_or(end);
        let body = &page.blocks[if r.curl { r.at } else { r.at + 1 }..own];
        let intro = &page.blocks[begin..r.first.max(begin)];
        let chapter = chapter(intro);
        let heading = match page.blocks.get(begin + chapter).map(|b| &b.kind) {
            Some(BlockKind::Heading(_, title)) if refs.len() > 1 && !is_generic(title) => title.clone(),
            _ => page.title.clone(),
        };
        let (auth, query) = query(&r.query);
        let shows_body = body
            .iter()
            .any(|b| matches!(&b.kind, BlockKind::Line(t) if has(regex!("请求包体|请求包结构"), t)));
        out.push(Section {
            post: r.post.unwrap_or(shows_body || auth == Auth::Key),
            method_assumed: r.post.is_none(),
            path: r.path.clone(),
            auth,
            query,
            line: r.line,
            shared: vec![],
            preface: vec![],
            left: page_notes::of_chapter(&intro[..chapter]).into_iter().collect(),
            starts: page.blocks.get(begin).map_or(r.line, |b| b.line),
            title: if heading.is_empty() { page.title.clone() } else { heading },
            intro,
            body,
            beside: &page.blocks[own..end],
        });
    }
    out
}

/// Where the endpoint's own part begins in what stands before it: behind the other parts of a chapter (`2.1 升级前后对比`, `2.2 接口变化`), of which
/// it is the last. At the start, where there are no such parts.
pub(crate) fn chapter(intro: &[Block]) -> usize {
    let part = |(_, b): &(usize, &Block)| match &b.kind {
        BlockKind::Heading(_, title) => {
            !is_generic(title) && !has(regex!("请求|返回|响应|参数|权限|示例|错误码|说明|限制|注意"), title)
        }
        _ => false,
    };
    let parts: Vec<usize> = intro.iter().enumerate().filter(part).map(|(at, _)| at).collect();
    match parts.as_slice() {
        [0, _, .., last] => *last,
        _ => 0,
    }
}

/// What a page says from a block on, as a part of the endpoint of another.
pub(super) fn addition<'p>(page: &'p Page, at: usize, of: &Section<'_>) -> Section<'p> {
    Section {
        post: of.post,
        method_assumed: false,
        path: of.path.clone(),
        auth: of.auth,
        query: vec![],
        line: page.blocks[at].line,
        title: page.title.clone(),
        shared: vec![],
        preface: vec![],
        left: vec![],
        starts: page.blocks[at].line,
        intro: &page.blocks[at..=at],
        body: &page.blocks[at + 1..],
        beside: &[],
    }
}

/// Where the part ends that a heading of the section's own level closes: what follows belongs to the page as a whole. A part whose
/// title names the answer or the request still belongs to the endpoint.
fn appendix(blocks: &[Block], begin: usize, from: usize, end: usize) -> usize {
    let Some(BlockKind::Heading(own, _)) = blocks.get(begin).map(|b| &b.kind) else { return end };
    let closes = |b: &Block| match &b.kind {
        BlockKind::Heading(level, title) => {
            let own_part = has(regex!("请求|返回|响应|参数|权限|示例|错误码"), title);
            level <= own && !is_generic(title) && (!own_part || has(regex!("鉴权|返回范围"), title))
        }
        _ => false,
    };
    (from..end).find(|i| closes(&blocks[*i])).unwrap_or(end)
}

/// Where an appendix shows the answer of another endpoint (`附录：获取详情，返回state参数`).
fn other_answer(blocks: &[Block], begin: usize, from: usize, end: usize) -> Option<usize> {
    let Some(BlockKind::Heading(own, _)) = blocks.get(begin).map(|b| &b.kind) else { return None };
    let other = |b: &Block| match &b.kind {
        BlockKind::Heading(level, title) => {
            level <= own && has(regex!("^附录?[0-9]*[:：].*(?:获取|查询|读取).*返回"), title)
        }
        _ => false,
    };
    (from..end).find(|i| other(&blocks[*i]))
}

/// Where the only endpoint of a page ends, as parts beside its own tell of something else: what the client does with the answer. Such a part has a
/// table and no JSON, its heading stands beside that of the endpoint, names no part of a body, and nothing links to it.
fn elsewhere(blocks: &[Block], begin: usize, from: usize) -> Option<usize> {
    let Some(BlockKind::Heading(own, title)) = blocks.get(begin).map(|b| &b.kind) else { return None };
    let json = |b: &Block| matches!(&b.kind, BlockKind::Code(c) if c.trim_start().starts_with('{'));
    let answered = |i: usize| blocks[from..i].iter().any(|b| json(b) && has_code(b));
    let of_body = regex!(
        "请求|返回|响应|参数|权限|示例|错误码|附|说明|结构|类型|字段|枚举|格式|内容|列表|定义|消息|[a-z]_[a-z]"
    );
    let apart = |i: usize| {
        let BlockKind::Heading(level, title) = &blocks[i].kind else { return false };
        let next = |b: &Block| matches!(&b.kind, BlockKind::Heading(l, _) if l <= level);
        let ends = (i + 1..blocks.len()).find(|n| next(&blocks[*n])).unwrap_or(blocks.len());
        let part = &blocks[i + 1..ends];
        level <= own
            && !has(of_body, title)
            && answered(i)
            && part.iter().any(|b| matches!(b.kind, BlockKind::Table(_)))
            && !part.iter().any(json)
            && !linked(blocks, title)
    };
    if is_generic(title) {
        return None;
    }
    // Up to the page's end: a part that describes the body may stand behind others.
    let headings = (from..blocks.len())
        .rev()
        .filter(|i| matches!(&blocks[*i].kind, BlockKind::Heading(l, _) if l <= own));
    headings.take_while(|i| apart(*i)).last()
}

fn has_code(block: &Block) -> bool {
    matches!(&block.kind, BlockKind::Code(text) if text.contains("errcode"))
}

fn is_generic(title: &str) -> bool {
    has(regex!("^(接口定义|请求|概述|接口说明|请求方式|调用方式|请求参数|请求说明|接口)$"), title)
}

const URL: &str =
    r"https?://qyapi\.weixin\.qq\.com(/cgi-bin/[A-Za-z0-9_/\-]*[A-Za-z0-9_])/?(?:\?([^\s（(）)'<>，。]*))?";

fn references(blocks: &[Block]) -> Vec<Reference> {
    let mut out: Vec<Reference> = Vec::new();
    let mut labelled: Option<usize> = None;
    for (at, block) in blocks.iter().enumerate() {
        let (text, code) = match &block.kind {
            BlockKind::Line(t) => (clean(t).replace("\\_", "_"), false),
            BlockKind::Code(t) => (t.replace("&amp;", "&").replace("\\_", "_"), true),
            _ => {
                labelled = None;
                continue;
            }
        };
        let label = regex!(r"(请求地址|请求 ?[Uu][Rr][Ll]|接口地址|请求链接|调用地址|请求路径)\s*[:：]?");
        let url = find(regex!(URL), &text);
        let here = !code && has(label, &text);
        let Some(url) = url else {
            // The label and the URL may be on two lines, or the URL in a code fence.
            if here && !has(regex!(r"https?://"), &text) {
                labelled = Some(at);
            } else if code {
                labelled = None;
            }
            continue;
        };
        let before = labelled.take().filter(|l| at - l <= 2);
        let method = find(regex!(r"^\s*(GET|POST)\b"), &text);
        let bare = !code && method.is_some() || code && text.trim().lines().count() == 1 && method.is_some();
        // A call by curl is the only place that names some URLs; it counts when the page labels that path nowhere.
        let curl = code && text.trim_start().starts_with("curl") && text.contains("-d");
        if !(here || before.is_some() || bare || curl) {
            continue;
        }
        if curl && !here && before.is_none() && out.iter().any(|r| r.path == url[1]) {
            continue;
        }
        let (post, first) = match method {
            Some(m) if bare => (Some(m[1] == "POST"), before.unwrap_or(at)),
            _ if curl => (Some(true), at),
            _ => method_near(blocks, at, before.unwrap_or(at)),
        };
        out.push(Reference {
            at,
            first,
            line: block.line,
            path: url[1].clone(),
            query: url[2].clone(),
            post,
            curl: curl && !here && before.is_none(),
        });
    }
    let named: Vec<String> = out.iter().map(|r| r.path.clone()).collect();
    let curls = |r: &Reference| matches!(blocks[r.at].kind, BlockKind::Code(ref t) if t.trim_start().starts_with("curl"));
    out.retain(|r| !curls(r) || named.iter().filter(|n| **n == r.path).count() == 1);
    out
}

/// The method: up to four blocks before the URL, or up to two after it.
fn method_near(blocks: &[Block], at: usize, label: usize) -> (Option<bool>, usize) {
    let method = |i: usize| -> Option<bool> {
        let BlockKind::Line(t) = &blocks.get(i)?.kind else { return None };
        let text = clean(t);
        if !has(regex!("请求方式|请求方法|请求类型|Method"), &text) {
            return None;
        }
        let found = find(regex!(r"(?i)(GET|POST)"), &text)?;
        Some(found[1].eq_ignore_ascii_case("post"))
    };
    for i in (label.saturating_sub(4)..=at).rev() {
        if let Some(post) = method(i) {
            return (Some(post), i.min(label));
        }
        if i < label && matches!(blocks[i].kind, BlockKind::Table(_) | BlockKind::Heading(..)) {
            break;
        }
    }
    for i in at + 1..(at + 3).min(blocks.len()) {
        if let Some(post) = method(i) {
            return (Some(post), label);
        }
    }
    (None, label)
}

/// Where a section begins: at its heading, if one stands between it and the section before.
fn start(blocks: &[Block], refs: &[Reference], i: usize) -> usize {
    let first = refs[i].first;
    let low = if i == 0 { 0 } else { refs[i - 1].at + 1 };
    let mut best: Option<(u8, usize)> = None;
    for at in (low..first).rev() {
        match &blocks[at].kind {
            BlockKind::Heading(level, _) if best.is_none_or(|(l, _)| *level < l) => best = Some((*level, at)),
            BlockKind::Table(_) | BlockKind::Code(_) if best.is_some() => break,
            _ => {}
        }
    }
    match best {
        Some((_, at)) => at,
        None if i == 0 => 0,
        None => first.max(low),
    }
}

fn query(text: &str) -> (Auth, Vec<(String, String)>) {
    let mut auth = Auth::None;
    let mut out = Vec::new();
    for pair in text.trim_end_matches('&').split('&').filter(|p| !p.is_empty()) {
        let pair = pair.trim_start_matches("amp;");
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        // The name tells the kind of token; the placeholder after it is often copied from elsewhere.
        match Auth::ALL.iter().find(|(w, a)| *w == name && *a != Auth::None) {
            Some((_, a)) => auth = *a,
            None if name == "debug" => {}
            None if !name.is_empty() && !out.iter().any(|(n, _): &(String, String)| n == name) => {
                out.push((name.to_owned(), value.to_owned()));
            }
            None => {}
        }
    }
    (auth, out)
}

/// Whether a query's value is fixed: a word of the wire and no placeholder (`TYPE`, `xxx`).
pub(crate) fn is_fixed(value: &str) -> bool {
    !value.is_empty()
        && value.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !value.contains("xxx")
        && value.len() < 24
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::read::page;

    fn check(body: &str, want: &[&str]) {
        let page =
            page::read("p", &format!("---\ntitle: T\ndoc_id: 1\ncategory_id: 2\n---\n{body}")).expect("page");
        let got: Vec<String> = sections(&page)
            .iter()
            .map(|s| {
                format!(
                    "{} {} {:?} {:?} {}",
                    if s.post { "POST" } else { "GET" },
                    s.path,
                    s.auth,
                    s.query,
                    s.title
                )
            })
            .collect();
        assert_eq!(got, want, "{body}");
    }

    #[test]
    fn references_in_their_spellings() {
        const B: &str = "https://qyapi.weixin.qq.com/cgi-bin/a/b";
        check(
            &format!("**请求方式：**POST（**HTTPS**）\n**请求地址：**{B}?access_token=X"),
            &["POST /cgi-bin/a/b AccessToken [] T"],
        );
        check(
            &format!(
                "**请求方式**: **POST(HTTP)**\n\n__请求地址:__ {B}?suite\\_access\\_token=X&amp;type=TYPE（[x](#1)）"
            ),
            &["POST /cgi-bin/a/b SuiteAccessToken [(\"type\", \"TYPE\")] T"],
        );
        check(&format!("> **请求方式：GET**\n> **请求URL：** {B}"), &["GET /cgi-bin/a/b None [] T"]);
        check(
            &format!("**接口地址**\n```\n{B}?access_token=X&js_code=C\n```"),
            &["GET /cgi-bin/a/b AccessToken [(\"js_code\", \"C\")] T"],
        );
        check(&format!("```\ncurl '{B}?key=1' -d '{{}}'\n```"), &["POST /cgi-bin/a/b Key [] T"]);
        // Callback pages and URLs in the text.
        check("**请求方式：**POST\n**请求地址：**http://127.0.0.1/x", &[]);
        check(&format!("旧地址 {B} 已下线"), &[]);
        check(
            &format!(
                "## 一\n**请求方式：**GET\n**请求地址：**{B}1?access_token=X\n## 二\n**请求方式：**POST\n**请求地址：**{B}2?access_token=X"
            ),
            &["GET /cgi-bin/a/b1 AccessToken [] 一", "POST /cgi-bin/a/b2 AccessToken [] 二"],
        );
    }
}
