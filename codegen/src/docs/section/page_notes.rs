//! What a page says apart from its endpoints' own parts: permission told once for all of them, error codes in sentences, words of
//! further pages.

use crate::docs::model::{Assumption, Block, BlockKind, Endpoint, Page, Section, Sides};
use crate::docs::read::text::{clean, find_all, has, narrow, regex, replace};
use crate::docs::rules;
use crate::docs::section::links::linked;
use crate::docs::section::read_table::is_codes;
use crate::docs::section::split_sides::prose;
use crate::docs::section::title::{
    anchor, is_grant, is_label, is_permission, is_permission_of_all, is_rule, is_type, permission_behind,
    unboxed,
};

/// `权限说明` before the first endpoint holds for all that follow: a heading or label of its own, with sentences, bullets or a table. The other
/// sentences there belong to no endpoint; they are noted with the first, for a person to place.
pub(crate) fn before(page: &Page, first: &Section<'_>, alone: bool) -> Before {
    let before = page.blocks.iter().take_while(|b| b.line < first.starts);
    let (mut out, mut preface, mut left) = (Vec::new(), Vec::new(), Vec::new());
    let mut here = false;
    for block in before {
        match &block.kind {
            BlockKind::Heading(_, text) => here = is_permission(text),
            BlockKind::Line(text) => {
                let bare = clean(text);
                if is_label(text) && permission_behind(&bare).is_none() {
                    here = is_permission(&bare);
                    continue;
                }
                let bare = unboxed(bare.trim_start_matches(['>', ' '])).to_owned();
                if bare == "[TOC]" || is_rule(&bare) {
                    continue;
                }
                if here || is_grant(&bare) {
                    out.push(bare);
                } else if let Some(told) = permission_behind(&bare) {
                    out.push(told);
                } else if alone || is_limit(&bare) {
                    preface.push(bare);
                } else {
                    left.push(bare);
                }
            }
            BlockKind::Table(table) if here => {
                out.extend(table.rows.iter().map(|(_, c)| clean(&c.join("：")).replace('\n', " ")));
            }
            BlockKind::Code(code) => {
                let words = prose(code);
                if here { out.extend(words) } else { left.extend(words) }
            }
            // A lead line without its table says nothing.
            BlockKind::Table(table) => {
                let rows: Vec<String> = table.rows.iter().filter_map(|(_, cells)| line(cells)).collect();
                let lines = if rows.len() > LESSON { 0 } else { rows.len() };
                let leads = preface.last().is_some_and(|l| l.ends_with([':', '：', '下', '型']));
                if leads { &mut preface } else { &mut left }.extend(rows.into_iter().take(lines));
            }
        }
    }
    // So much text is a lesson of which the endpoint is a part.
    if preface.len() > LESSON {
        let (limits, rest): (Vec<String>, Vec<String>) = preface.into_iter().partition(|l| is_limit(l));
        preface = limits;
        left.extend(rest);
    }
    let words = told(&left);
    let note = (!words.is_empty()).then(|| Assumption {
        rule: &rules::TEXT_BEFORE,
        line: first.starts,
        what: format!("before the first endpoint the page says: {words}"),
    });
    Before { permission: out, preface, left: note }
}

/// A row as a line: `1：会议（获取会议详情）`.
pub(crate) fn line(cells: &[String]) -> Option<String> {
    let cells = cells.iter().map(|c| clean(c).replace('\n', "、"));
    let cells: Vec<String> = cells.filter(|c| !c.is_empty()).collect();
    match cells.as_slice() {
        [] => None,
        [only] => Some(only.clone()),
        [first, second] => Some(format!("{first}：{second}")),
        [first, second, rest @ ..] => Some(format!("{first}：{second}（{}）", rest.join("，"))),
    }
}

/// More sentences than this before an endpoint are no description of it.
const LESSON: usize = 12;

/// What a page says before its first endpoint.
#[derive(Default)]
pub(crate) struct Before {
    /// Who may call.
    pub(crate) permission: Vec<String>,
    /// What holds for each endpoint: limits of calls; all of it where there is one endpoint.
    pub(crate) preface: Vec<String>,
    /// The rest, which belongs to no endpoint.
    pub(crate) left: Option<Assumption>,
}

/// How often something may be called, what callers must observe, or what limits a field by its name (`- pending_id有效期90天`): it applies to every
/// endpoint of the page.
fn is_limit(text: &str) -> bool {
    let named = regex!(
        "^[-*> ]*`?[a-z]+(?:_[a-z]+)+`?的?(?:有效期|有效时间|长度|最[多大长]|不(?:能|可)?超过)[^，。]{0,6}[0-9]"
    );
    has(named, text)
        || has(regex!("频率|次/(?:秒|分|小时|天|月)|并发(?:限制|调用)|^注意?(?:事项)?[:：].{4}"), text)
}

/// What other parts of a chapter say, of which the endpoint is the last part.
pub(crate) fn of_chapter(blocks: &[Block]) -> Option<Assumption> {
    let words: Vec<String> = lines(blocks).filter(|l| !l.is_empty() && !is_rule(l)).collect();
    let line = blocks.first().map_or(0, |b| b.line);
    (!words.is_empty()).then(|| Assumption {
        rule: &rules::TEXT_BEFORE,
        line,
        what: format!("before the endpoint its chapter says: {}", told(&words)),
    })
}

/// What follows the parts of the endpoints: lines about permission, which hold for all, and a note of the other sentences. Under a heading
/// with a table or a sample they belong to what these describe.
pub(crate) fn behind(page: &Page, sections: &[Section<'_>]) -> (Vec<String>, Option<Assumption>) {
    let within = |b: &&Block| {
        sections.iter().any(|s| {
            let ends = s.body.last().map_or(s.line, |last| last.line);
            (s.starts..=ends.max(s.line)).contains(&b.line)
        })
    };
    let first = sections.first().map_or(u32::MAX, |s| s.starts);
    let rest: Vec<&Block> = page.blocks.iter().filter(|b| b.line > first && !within(b)).collect();
    let (mut out, mut left) = (Vec::new(), Vec::new());
    let mut parts: Vec<Vec<&Block>> = Vec::new();
    for block in rest {
        match (&block.kind, parts.last_mut()) {
            (BlockKind::Heading(..), _) | (_, None) => parts.push(vec![block]),
            (_, Some(part)) => part.push(block),
        }
    }
    for part in parts {
        if part.iter().any(|b| {
            matches!(&b.kind, BlockKind::Table(_))
                || matches!(&b.kind, BlockKind::Code(c) if prose(c).is_none())
        }) {
            // What describes something else is named, as its fields are not read.
            if let BlockKind::Heading(_, title) = &part[0].kind
                && part.iter().any(|b| matches!(&b.kind, BlockKind::Table(_)))
                && !is_type(title)
                && !linked(&page.blocks, title)
            {
                left.push((part[0].line, format!("a table under `{}`", clean(title))));
            }
            continue;
        }
        let of_all = matches!(&part[0].kind, BlockKind::Heading(_, text) if is_permission_of_all(text));
        let sentences = part.iter().filter_map(|b| match &b.kind {
            BlockKind::Line(text) => Some(clean(text).trim_start_matches(['>', ' ']).to_owned()),
            BlockKind::Code(code) => prose(code),
            _ => None,
        });
        let sentences = sentences.filter(|s| !is_rule(s) && !s.starts_with(":::") && s != "[TOC]");
        if of_all { out.extend(sentences) } else { left.extend(sentences.map(|s| (part[0].line, s))) }
    }
    let note = left.first().map(|(line, _)| {
        let words: Vec<String> = left.iter().map(|l| l.1.clone()).collect();
        let what = format!("after the last endpoint the page says: {}", told(&words));
        Assumption { rule: &rules::TEXT_BEHIND, line: *line, what }
    });
    (out, note)
}

/// Sentences in a line, whole; only addresses are cut, which nobody reads.
pub(crate) fn told<S: AsRef<str>>(lines: &[S]) -> String {
    let lines: Vec<&str> = lines.iter().map(AsRef::as_ref).collect();
    replace(regex!(r"(https?://[^\s/]+)/[A-Za-z0-9_./?=&%#~+:;,@!-]{12,}"), &lines.join(" / "), "$1/…")
}

/// Adds the lines that are not known yet.
pub(crate) fn join(mut shared: Vec<String>, own: Vec<String>) -> Vec<String> {
    for line in own {
        if !shared.contains(&line) {
            shared.push(line);
        }
    }
    shared
}

/// Codes that sentences name: `否则返回错误码81017`, `报错43009`. What they mean is the sentence.
pub(crate) fn codes(section: &Section<'_>, one: &Sides, out: &mut Vec<(i64, String)>) {
    let rows = one.request.tables.iter().chain(&one.response.tables).flat_map(|t| &t.rows);
    let texts = lines(section.intro)
        .chain(one.remarks.iter().cloned())
        .chain(rows.filter(|r| r.name != "errcode").map(|r| r.desc.clone()));
    for text in texts {
        for sentence in text.split(['。', '\n']) {
            let plain = narrow(sentence);
            for m in find_all(
                regex!(r"(?:错误码|返回码|报错|errcode)\s*(?:为|是|:|=)*\s*`?([1-9][0-9]{4,6})(?:$|[^0-9])"),
                &plain,
            ) {
                let Ok(code) = m[1].parse::<i64>() else { continue };
                if !out.iter().any(|(c, _)| *c == code) {
                    let meaning =
                        replace(regex!(r"^[\s>*-]*(?:[0-9]+[.、]\s*)?(?:注意?\s*[:：]\s*)?"), sentence, "");
                    out.push((code, meaning.trim().to_owned()));
                }
            }
        }
    }
}

/// What the error codes say that a section's text refers to (`附[常见错误信息列表](#错误信息列表)`), in the last column of their table.
pub(crate) fn warned(page: &Page, section: &Section<'_>) -> Vec<String> {
    let mut out = Vec::new();
    let told = section.intro.iter().chain(section.body).filter_map(|b| match &b.kind {
        BlockKind::Line(text) if text.contains("](#") => Some(text),
        _ => None,
    });
    for link in told.flat_map(|text| find_all(regex!(r"\]\(#([^)\s/]+)\)"), text)) {
        let titled = |b: &Block| matches!(&b.kind, BlockKind::Heading(_, t) if anchor(t) == anchor(&link[1]));
        let mut behind = page.blocks.iter().skip_while(|b| !titled(b)).skip(1);
        if let Some(Block { kind: BlockKind::Table(table), .. }) = behind.next()
            && is_codes(table)
            && table.header.len() > 2
        {
            out.extend(table.rows.iter().filter_map(|(_, cells)| cells.last()).map(|c| clean(c)));
        }
    }
    out
}

fn lines(blocks: &[Block]) -> impl Iterator<Item = String> {
    blocks.iter().filter_map(|b| match &b.kind {
        BlockKind::Line(t) => Some(clean(t)),
        _ => None,
    })
}

/// What a further page of an endpoint says otherwise. The entry keeps the main page's words; a person reads the rest.
pub(crate) fn differs(e: &Endpoint, known: &[String], section: &Section<'_>, one: &Sides) -> Vec<Assumption> {
    let mut out = Vec::new();
    let mut note = |what: String| {
        out.push(Assumption { rule: &rules::OTHER_PAGE, line: section.line, what });
    };
    let same = |list: &[String], line: &str| {
        let bare = |t: &str| t.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        list.iter().any(|l| bare(l).contains(&bare(line)))
    };
    let intro: Vec<String> =
        lines(section.intro).map(|l| unboxed(&l).to_owned()).filter(|l| !l.is_empty()).collect();
    let words: Vec<&str> = intro.iter().map(String::as_str).filter(|l| !same(&e.doc, l)).collect();
    if !words.is_empty() {
        note(format!("another page says about it: {}", told(&words)));
    }
    let rights: Vec<&str> = one.permission.iter().map(String::as_str).filter(|l| !same(known, l)).collect();
    if !rights.is_empty() && !known.is_empty() {
        note(format!("another page names another permission: {}", told(&rights)));
    }
    out
}
