//! The words of the texts: one word for one thing, and no talk about the page that a text comes from. What imports leave as a draft
//! is the page's own and is let pass until somebody restates it.

use std::collections::HashSet;

use super::glossary::{WORDS, Word};
use super::texts::{Kind, Text};
use crate::source::{At, Pos, Report, SourceFile};

/// Where a finding in a text points: at the word itself.
pub(super) struct Places<'s> {
    files: Vec<Vec<&'s str>>,
}

impl<'s> Places<'s> {
    pub(super) fn of(files: &'s [SourceFile]) -> Self {
        Places { files: files.iter().map(|f| f.text.lines().collect()).collect() }
    }

    /// The place of the nth `word` at or behind a position; the position itself where the text is written otherwise.
    fn find(&self, from: Pos, word: &str, nth: usize) -> Pos {
        let Some(lines) = self.files.get(from.file as usize) else { return from };
        let first = from.line.saturating_sub(1) as usize;
        let mut left = nth;
        for (i, line) in lines.iter().enumerate().skip(first).take(60) {
            let skip = if i == first { from.col.saturating_sub(1) as usize } else { 0 };
            let start = line.char_indices().nth(skip).map_or(line.len(), |(at, _)| at);
            for (at, _) in line[start..].match_indices(word) {
                if left == 0 {
                    let col = line[..start + at].chars().count() as u32 + 1;
                    return Pos { file: from.file, line: i as u32 + 1, col };
                }
                left -= 1;
            }
        }
        from
    }
}

/// Looks at the words of one text.
pub(super) fn words(text: &Text<'_>, places: &Places<'_>, report: &mut Report) {
    if text.drafted {
        return;
    }
    let whole = text.value;
    for word in WORDS {
        if text.kind == Kind::Label && !word.labels {
            continue;
        }
        for (nth, (at, _)) in whole.match_indices(word.word).enumerate() {
            if is_quoted(whole, at) || !stands_alone(whole, at, word.word) || is_part(whole, at, word) {
                continue;
            }
            let pos = places.find(text.pos, word.word, nth);
            report.error("word", pos, format!("the text says “{}”", word.word), word.say);
        }
    }
}

/// Inside a code span, where wire names keep their letters, or inside quotes, where titles and labels do.
fn is_quoted(text: &str, at: usize) -> bool {
    let before = &text[..at];
    let open = |a: char, b: char| before.matches(a).count() > before.matches(b).count();
    before.matches('`').count() % 2 == 1 || open('“', '”') || open('「', '」')
}

/// A Latin word is no part of a longer one, nor is a clock's time of one.
fn stands_alone(text: &str, at: usize, word: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'));
    !word.is_ascii() || edge(text[..at].chars().next_back()) && edge(text[at + word.len()..].chars().next())
}

/// Whether one of the phrases that are right stands around it.
fn is_part(text: &str, at: usize, word: &Word) -> bool {
    word.but.iter().any(|phrase| {
        phrase.match_indices(word.word).any(|(inside, _)| {
            at.checked_sub(inside)
                .and_then(|from| text.get(from..))
                .is_some_and(|rest| rest.starts_with(phrase))
        })
    })
}

/// Paths in backticks lead to endpoints.
pub(super) fn paths(text: &Text<'_>, known: &HashSet<&str>, places: &Places<'_>, report: &mut Report) {
    if text.drafted {
        return;
    }
    for span in text.value.split('`').skip(1).step_by(2) {
        let path = span.split(['?', ' ']).next().unwrap_or(span);
        if path.starts_with("/cgi-bin/") && !known.contains(path) {
            let near = crate::schema::nearest(path, known.iter().copied());
            let help = near.map_or("correct the path, or describe the endpoint".into(), |n| {
                format!("did you mean `{n}`?")
            });
            let pos = places.find(text.pos, path, 0);
            report.warn("unknown-path", pos, format!("no endpoint has the path `{path}`"), help);
        }
    }
}

/// A file's text is about concepts: what limits a call stands at the endpoint or the field.
pub(super) fn limits(doc: &Option<At<String>>, places: &Places<'_>, report: &mut Report) {
    let Some(doc) = doc else { return };
    const MARKS: &[&str] =
        &["不超过", "不可超过", "不能超过", "最多", "上限", "至多", "不得多于", "不少于", "至少"];
    for mark in MARKS {
        for (nth, (at, _)) in doc.value.match_indices(mark).enumerate() {
            let behind = doc.value[at + mark.len()..].chars().take(6).collect::<String>();
            if behind.contains(|c: char| c.is_ascii_digit()) {
                let pos = places.find(doc.pos, mark, nth);
                report.error(
                    "file-limit",
                    pos,
                    format!("a file's text sets a limit: “{mark}{behind}…”"),
                    "say it at the endpoint or the field that it binds",
                );
            }
        }
    }
}
