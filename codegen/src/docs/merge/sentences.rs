//! Two states of a page → the sentences that are new, gone or different. Structure is compared elsewhere; what a text says besides, only a
//! person can judge, who need not search for it.

use std::collections::{BTreeMap, VecDeque};

use similar::TextDiff;

use crate::docs::model::{Block, BlockKind, Page};
use crate::docs::read::text::clean;

/// More pairs than this are not tried: a page written anew has no sentence that is merely different.
const MOST_PAIRS: usize = 20_000;

/// What happened to a sentence, a row of a table, or a line of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sentence {
    /// Only the newer page has it.
    New(String),
    /// Only the older page has it.
    Gone(String),
    /// Both have it, in other words.
    Different {
        /// The older words.
        was: String,
        /// The newer words.
        now: String,
    },
}

/// A page whose sentences changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Its number in the URL.
    pub page: i64,
    /// The newer title.
    pub title: String,
    /// In the order of the newer page, what is gone at the end.
    pub sentences: Vec<Sentence>,
}

/// The pages of these numbers whose sentences changed. A page that is new, or gone, is none of them; of copies in several trees that changed
/// alike the first one stands for all.
pub fn changed(before: &[Page], now: &[Page], numbers: &[i64]) -> Vec<Changed> {
    let mut out: Vec<(i64, Changed)> = Vec::new();
    for page in now.iter().filter(|p| numbers.contains(&p.category_id)) {
        let same = |p: &&Page| p.category_id == page.category_id && p.doc_id == page.doc_id;
        let moved = |p: &&Page| p.doc_id == page.doc_id;
        let Some(old) = before.iter().find(same).or_else(|| before.iter().find(moved)) else { continue };
        let sentences = compare(&units(old), &units(page));
        if !sentences.is_empty()
            && !out.iter().any(|(doc, c)| *doc == page.doc_id && c.sentences == sentences)
        {
            let (number, title) = (page.category_id, page.title.clone());
            out.push((page.doc_id, Changed { page: number, title, sentences }));
        }
    }
    out.into_iter().map(|c| c.1).collect()
}

/// A sentence as it reads, what of it counts, and what it is about, where it is a row.
struct Unit {
    text: String,
    counts: String,
    about: Option<String>,
}

impl Unit {
    /// `None` where nothing is said: brackets, dashes.
    fn new(text: &str, about: Option<String>) -> Option<Unit> {
        // White space and marks do not count, as in the digest.
        let mark = |c: &char| {
            c.is_whitespace() || matches!(c, '*' | '_' | '`' | '#' | '|' | '-' | '\\' | '\u{200b}')
        };
        let counts: String = text.chars().filter(|c| !mark(c)).collect();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        counts.contains(char::is_alphanumeric).then_some(Unit { text, counts, about })
    }
}

fn units(page: &Page) -> Vec<Unit> {
    let title = Unit::new(&page.title, None);
    title.into_iter().chain(page.blocks.iter().flat_map(of_block)).collect()
}

fn of_block(block: &Block) -> Vec<Unit> {
    match &block.kind {
        BlockKind::Heading(_, text) | BlockKind::Line(text) => {
            let text = clean(text);
            let ends = |c: char| matches!(c, '。' | '；' | '！' | '？' | '\n');
            text.split_inclusive(ends).filter_map(|s| Unit::new(s, None)).collect()
        }
        BlockKind::Code(text) => text.lines().filter_map(|l| Unit::new(l, None)).collect(),
        BlockKind::Table(table) => {
            let rows = table.rows.iter().map(|r| r.1.as_slice());
            let all = std::iter::once(table.header.as_slice()).chain(rows);
            all.filter_map(|row| {
                let cells: Vec<String> = row.iter().map(|c| clean(c)).collect();
                Unit::new(&cells.join(" | "), cells.first().filter(|c| !c.is_empty()).cloned())
            })
            .collect()
        }
    }
}

fn compare(old: &[Unit], new: &[Unit]) -> Vec<Sentence> {
    // What is on both pages, wherever, is no change: sentences move.
    let mut there: BTreeMap<&str, usize> = BTreeMap::new();
    for unit in new {
        *there.entry(&unit.counts).or_default() += 1;
    }
    let mut gone: Vec<&Unit> = Vec::new();
    for unit in old {
        match there.get_mut(unit.counts.as_str()) {
            Some(n) if *n > 0 => *n -= 1,
            _ => gone.push(unit),
        }
    }
    // Of what stands more often than before, the later ones are new.
    let mut added: VecDeque<&Unit> = VecDeque::new();
    for unit in new.iter().rev() {
        if let Some(n) = there.get_mut(unit.counts.as_str()).filter(|n| **n > 0) {
            *n -= 1;
            added.push_front(unit);
        }
    }
    let pairs = gone.len() * added.len() <= MOST_PAIRS;
    let mut out = Vec::new();
    for unit in added {
        let alike = |g: &&Unit| if pairs { likeness(g, unit) } else { 0.0 };
        let best = gone.iter().enumerate().map(|(at, g)| (at, alike(g)));
        let best = best.filter(|(_, like)| *like > 0.5).max_by(|a, b| a.1.total_cmp(&b.1));
        match best {
            Some((at, _)) => {
                out.push(Sentence::Different { was: gone.remove(at).text.clone(), now: unit.text.clone() });
            }
            None => out.push(Sentence::New(unit.text.clone())),
        }
    }
    out.extend(gone.into_iter().map(|g| Sentence::Gone(g.text.clone())));
    out
}

/// How alike two sentences are, from 0 to 1. Rows about the same thing are the same row.
fn likeness(a: &Unit, b: &Unit) -> f32 {
    match (&a.about, &b.about) {
        (Some(x), Some(y)) if x == y => return 1.0,
        (Some(_), None) | (None, Some(_)) => return 0.0,
        _ => {}
    }
    let (short, long) = (a.counts.len().min(b.counts.len()), a.counts.len().max(b.counts.len()));
    // A line diff of what differs that much in length cannot be alike.
    if short * 3 < long { 0.0 } else { TextDiff::from_chars(a.counts.as_str(), b.counts.as_str()).ratio() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::read::page;

    fn crawl(body: &str) -> Vec<Page> {
        let text = format!("---\ntitle: \"标题\"\ndoc_id: 1\ncategory_id: 2\n---\n{body}");
        vec![page::read("p.md", &text).expect("a page")]
    }

    #[track_caller]
    fn check(old: &str, new: &str, want: &[&str]) {
        let got: Vec<String> = changed(&crawl(old), &crawl(new), &[2])
            .into_iter()
            .flat_map(|c| c.sentences)
            .map(|s| match s {
                Sentence::New(t) => format!("+{t}"),
                Sentence::Gone(t) => format!("-{t}"),
                Sentence::Different { was, now } => format!("{was} > {now}"),
            })
            .collect();
        assert_eq!(got, want, "{old} > {new}");
    }

    #[test]
    fn what_is_new_gone_and_different() {
        check(
            "每个企业最多3000个标签。其余不变。",
            "每个企业最多5000个标签。其余不变。",
            &["每个企业最多3000个标签。 > 每个企业最多5000个标签。"],
        );
        check("甲乙丙丁。", "甲乙丙丁。\n需要管理员先授权。", &["+需要管理员先授权。"]);
        check("甲乙丙丁。\n需要管理员先授权。", "甲乙丙丁。", &["-需要管理员先授权。"]);
        // A row about the same field is the same row, however much of it changed.
        check(
            "|参数|说明|\n|--|--|\n|name|名称|\n|id|编号|",
            "|参数|说明|\n|--|--|\n|name|标签的全称，不得与已有的重复，最长64个字|\n|id|编号|\n|tag|另一个|",
            &["name | 名称 > name | 标签的全称，不得与已有的重复，最长64个字", "+tag | 另一个"],
        );
        check(
            "```\n{\n  \"a\": 1\n}\n```",
            "```\n{\n  \"a\": 1,\n  \"some_name\": true\n}\n```",
            &["\"a\": 1 > \"a\": 1,", "+\"some_name\": true"],
        );
    }

    #[test]
    fn form_and_order_are_no_change() {
        check("**甲**乙。丙丁。", "丙丁。\n\n甲 乙。", &[]);
        check("|a|b|\n|--|--|\n|x|y|", "| a | b |\n| :-- | :-- |\n| `x` | y |", &[]);
        // Twice where it was once is new.
        check("甲乙丙丁。", "甲乙丙丁。甲乙丙丁。", &["+甲乙丙丁。"]);
    }

    #[test]
    fn pages_that_only_one_side_has_say_nothing() {
        assert!(changed(&[], &crawl("甲。"), &[2]).is_empty());
        assert!(changed(&crawl("甲。"), &crawl("乙。"), &[3]).is_empty());
    }
}
