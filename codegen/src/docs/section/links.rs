//! Links of tables whose target is another part than their text names, or none at all: led to the heading that is meant.

use std::collections::HashMap;

use crate::docs::model::{Block, BlockKind, Page};
use crate::docs::read::text::{clean, find_all, has, regex};
use crate::docs::section::title::{anchor, is_generic};
use crate::schema::distance;

/// The headings of a page: as links name them, and as they are written.
type Headings = Vec<(String, String)>;

/// The pages, with the links of their tables mended. What a link's text names as a heading goes before its target, which is often copied from the row
/// above; a target that is no heading gives way to the heading that is nearest to the text.
pub(crate) fn mended(pages: &[Page]) -> Vec<Page> {
    let headings: HashMap<i64, Headings> = pages.iter().map(|p| (p.doc_id, headings(p))).collect();
    let mut out = pages.to_vec();
    for page in &mut out {
        let own = page.doc_id;
        for block in &mut page.blocks {
            let BlockKind::Table(table) = &mut block.kind else { continue };
            let cells = table.rows.iter_mut().flat_map(|(_, cells)| cells);
            for cell in cells.filter(|c| c.contains("](#")) {
                mend(cell, own, &headings);
            }
        }
    }
    out
}

fn mend(cell: &mut String, own: i64, headings: &HashMap<i64, Headings>) {
    for m in find_all(regex!(r#"\[([^\[\]]+)\]\(#([^)\s"]+)"#), cell) {
        let (page, target) = match m[2].split_once('/') {
            Some((id, target)) => (id.parse().unwrap_or(own), target),
            None => (own, m[2].as_str()),
        };
        // A number is a page as a whole.
        if target.bytes().all(|b| b.is_ascii_digit()) {
            continue;
        }
        let Some(meant) = headings.get(&page).and_then(|known| meant(&m[1], target, known)) else { continue };
        let whole = m[2].strip_suffix(target).unwrap_or_default();
        *cell = cell.replace(&m[0], &format!("[{}](#{whole}{meant}", m[1]));
    }
}

/// The heading that a link means, where it is another one than its target.
fn meant(text: &str, target: &str, known: &Headings) -> Option<String> {
    let (text_anchor, target_anchor) = (anchor(text), anchor(target));
    let is = |a: &str| known.iter().any(|(h, _)| h == a);
    if is(&text_anchor) && !is_generic(text) {
        return Some(text_anchor).filter(|a| *a != target_anchor);
    }
    if is(&target_anchor) {
        return None;
    }
    // `字段类型(type)说明` is the target `type`.
    let named =
        |_: &str, raw: &str| find_all(regex!(r"[(（]([A-Za-z_]+)[)）]"), raw).iter().any(|m| m[1] == target);
    let words = camel(text);
    let has_words = |_: &str, raw: &str| {
        let theirs = camel(raw);
        words.len() > 1 && words.iter().all(|w| theirs.contains(w))
    };
    let near = |known: &str, _: &str| text_anchor.chars().count() > 4 && distance(known, &text_anchor) == 1;
    only(known, named).or_else(|| only(known, has_words)).or_else(|| only(known, near))
}

/// The one heading for which something holds.
fn only(known: &Headings, holds: impl Fn(&str, &str) -> bool) -> Option<String> {
    let mut found = known.iter().filter(|(h, raw)| holds(h, raw)).map(|(h, _)| h);
    let first = found.next()?;
    found.all(|other| other == first).then(|| first.clone())
}

/// `PropertyReference` → `property`, `reference`.
fn camel(text: &str) -> Vec<String> {
    find_all(regex!("[A-Z][a-z0-9]+"), text).into_iter().map(|m| m[0].to_ascii_lowercase()).collect()
}

fn headings(page: &Page) -> Headings {
    let titles = page.blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Heading(_, text) => Some(clean(text)),
        BlockKind::Line(text) if has(regex!(r"^(\*\*|__)[^*_]{2,40}"), text) => Some(clean(text)),
        _ => None,
    });
    titles.filter(|text| !is_generic(text)).map(|text| (anchor(&text), text)).collect()
}

/// Whether something on a page links to a heading.
pub(super) fn linked(blocks: &[Block], title: &str) -> bool {
    let link = format!("#{}", clean(title));
    let text = |b: &Block| match &b.kind {
        BlockKind::Line(text) => text.contains(&link),
        BlockKind::Table(table) => table.rows.iter().flat_map(|r| &r.1).any(|c| c.contains(&link)),
        _ => false,
    };
    blocks.iter().any(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_links_mean() {
        let known: Headings = [
            "AutoNumberFieldProperty",
            "CurrencyFieldProperty",
            "ReferenceFieldProperty",
            "字段类型(type)说明：",
            "主体类型对照表：",
            "参数说明",
        ]
        .iter()
        .map(|h| (anchor(h), (*h).to_owned()))
        .collect();
        for (text, target, want) in [
            ("CurrencyFieldProperty", "autonumberfieldproperty", Some("currencyfieldproperty")),
            ("AutoNumberFieldProperty", "autonumberfieldproperty", None),
            ("PropertyReference", "propertyreference", Some("referencefieldproperty")),
            ("类型", "type", Some("字段类型type")),
            ("主题类型对照表", "organization_type", Some("主体类型对照表")),
            // A text that names nothing leaves the target.
            ("参数说明", "currencyfieldproperty", None),
            ("见此", "nowhere", None),
        ] {
            assert_eq!(meant(text, target, &known).as_deref(), want, "{text} {target}");
        }
    }
}
