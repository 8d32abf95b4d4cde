//! Rules of what entries of all kinds have: texts, sources, rates, error codes.

use std::collections::{HashMap, HashSet};

use crate::model::{Rate, Source};
use crate::source::{At, Pos, Report};

/// Imported text is the page's own until a person restates it.
pub(crate) fn draft(pos: Option<Pos>, what: &str, report: &mut Report) {
    if let Some(pos) = pos {
        let help = "restate it in our words, check types and `required`, then remove `draft`";
        report.warn("draft", pos, format!("{what} still has the text of the page"), help);
    }
}

pub(super) fn sources(list: &[Source], report: &mut Report) {
    for s in list {
        if let Some(updated) = &s.updated
            && !is_date(&updated.value)
        {
            let message = format!("`{}` is not a date", updated.value);
            report.error("date", updated.pos, message, "write yyyy-mm-dd");
        }
        if s.page.value <= 0 {
            report.error(
                "source",
                s.page.pos,
                "no page has this number",
                "write the number at the end of the page's URL",
            );
        }
    }
    duplicates("source", list.iter().map(|s| (s.page.value.to_string(), s.page.pos)), report);
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [y, m, d] = parts.as_slice() else { return false };
    let number = |t: &str, n: usize| (t.len() == n).then(|| t.parse::<u32>().ok()).flatten();
    number(y, 4).is_some()
        && number(m, 2).is_some_and(|m| (1..=12).contains(&m))
        && number(d, 2).is_some_and(|d| (1..=31).contains(&d))
}

pub(super) fn duplicates(what: &str, words: impl Iterator<Item = (String, Pos)>, report: &mut Report) {
    let mut seen = HashSet::new();
    for (word, pos) in words {
        if !seen.insert(word.clone()) {
            report.error("duplicate-word", pos, format!("`{what}` names {word} twice"), "keep one");
        }
    }
}

/// Codes that endpoints and commands name, and their texts.
pub(super) fn error_codes(list: &[(At<i64>, At<String>)], codes: &HashMap<i64, bool>, report: &mut Report) {
    for (code, text) in list {
        if !codes.is_empty() && !codes.contains_key(&code.value) {
            let message = format!("error code {} is not in errors.yaml", code.value);
            report.error("unknown-error", code.pos, message, "add it there with meaning and class");
        }
        if codes.get(&code.value) == Some(&true) {
            let message =
                format!("error code {} is retired in errors.yaml and worth handling here", code.value);
            report.error("retired-error", code.pos, message, "take it out here, or `status` away there");
        }
        doc_text(&Some(text.clone()), report);
    }
}

pub(super) fn rates(list: &[Rate], report: &mut Report) {
    for rate in list {
        if rate.calls.value <= 0 {
            report.error(
                "impossible-limit",
                rate.calls.pos,
                "a rate of 0 calls",
                "write how many are allowed",
            );
        }
    }
}

pub(super) fn texts(list: &[&Option<At<String>>], report: &mut Report) {
    list.iter().for_each(|t| doc_text(t, report));
}

/// What doc text may not hold: it is Markdown in rustdoc, not the page's HTML.
pub(crate) fn doc_text(text: &Option<At<String>>, report: &mut Report) {
    let Some(t) = text else { return };
    const FURNITURE: &[(&str, &str)] = &[
        ("<br", "begin a new line"),
        ("<font", "say it in words"),
        ("</", "remove the HTML"),
        ("!!#", "remove the page's colour mark"),
        ("&#", "write the character itself"),
        ("](#", "name the endpoint by its path in backticks"),
        ("work.weixin.qq.com/document", "name the endpoint by its path; `source` links the page"),
        ("请求示例", "leave out what belongs to the page's layout"),
        ("参数说明：", "leave out what belongs to the page's layout"),
    ];
    // What stands in a code span is quoted, not used.
    let prose: String = t.value.split('`').step_by(2).collect::<Vec<_>>().join("`");
    for (mark, help) in FURNITURE {
        if prose.contains(mark) {
            report.error("doc-text", t.pos, format!("the text holds `{mark}`"), *help);
        }
    }
    if t.value.lines().any(|l| l.starts_with('#')) {
        report.error("doc-text", t.pos, "the text holds a heading", "plain paragraphs and lists only");
    }
    if t.value.matches('`').count() % 2 == 1 && !t.value.contains("```") {
        report.error("doc-text", t.pos, "a backtick is not closed", "close it, or remove it");
    }
}
