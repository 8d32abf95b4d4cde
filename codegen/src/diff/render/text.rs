//! For a terminal.

use std::collections::BTreeMap;

use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use super::{Report, Row, digest, groups, is_arrival, module_title, number, place, rows, shared};
use crate::diff::change::{Change, Class};
use crate::diff::rules;

/// More listed changes than this are folded: of the breaking ones so many are shown, of each module so many others.
const FOLD: usize = 80;
const BREAKING: usize = 100;
const OTHERS: usize = 20;

/// Columns before the text of a change.
const INDENT: usize = 17;

/// How the report is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Look {
    /// With colours.
    pub colour: bool,
    /// Nothing is folded: all changes, and the fields of what is new.
    pub all: bool,
    /// Lines are broken to this width; a report that goes into a file or another program has none.
    pub width: Option<usize>,
}

impl Look {
    fn put(self, code: &str, text: &str) -> String {
        if self.colour && !text.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    fn dim(self, text: &str) -> String {
        self.put("2", text)
    }

    fn class(self, c: Class) -> String {
        let code = match c {
            Class::Major => "1;31",
            Class::Minor => "32",
            _ => "2",
        };
        self.put(code, &format!("{:5}", c.word()))
    }

    /// One paragraph: its first line begins with `first`, the others are indented.
    fn wrap(self, first: &str, indent: usize, text: &str) -> String {
        let Some(width) = self.width else { return format!("{first}{text}\n") };
        let blank = " ".repeat(indent);
        let options = Options::new(width.max(indent + 24))
            .initial_indent(first)
            .subsequent_indent(&blank)
            // Paths stay whole where they fit.
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation)
            .wrap_algorithm(WrapAlgorithm::FirstFit);
        textwrap::fill(text, options) + "\n"
    }

    /// A paragraph under a change.
    fn under(self, code: &str, text: &str) -> String {
        let text = self.wrap(&" ".repeat(INDENT), INDENT, text);
        text.lines().map(|l| self.put(code, l) + "\n").collect()
    }
}

/// The report as lines: what breaks callers first, then the rest by module.
pub fn text(report: &Report<'_>, look: Look) -> String {
    let mut out = String::new();
    for warning in report.warnings {
        out.push_str(&look.wrap(&look.put("33", "warning: "), 4, warning));
    }
    let head = format!("API {} → {}: {}", report.base, report.head, report.numbers());
    out.push_str(&look.wrap("", 2, &head));
    if report.diff.changes.is_empty() {
        return out;
    }
    out.push_str(&look.wrap("", 2, &format!("{}; {}", report.classes(), report.bump())));
    if !report.balance().is_empty() {
        out.push_str(&look.wrap("", 2, &report.balance()));
    }
    let total = report.listed().count();
    let fold = !look.all && total > FOLD;
    let breaking: Vec<&Change> =
        report.modules(|c| c.class() == Class::Major).into_iter().flat_map(|(_, list)| list).collect();
    if !breaking.is_empty() {
        let title = format!("Breaking ({})", breaking.len());
        let most = if fold { BREAKING } else { usize::MAX };
        section(&mut out, &look.put("1;31", &title), &breaking, most, report, look);
    }
    for (module, list) in report.modules(|c| c.class() < Class::Major) {
        let title = format!("{} ({})", look.put("1", module_title(module)), digest(&list));
        section(&mut out, &title, &list, if fold { OTHERS } else { usize::MAX }, report, look);
    }
    if total > 0 {
        out.push_str("\nThe two words before a change: its class for Rust callers, and on the wire.\n");
        out.push_str("What a code means and what to do: cargo xtask diff --explain CODE\n");
    }
    if !report.docs && report.diff.docs() > 0 {
        out.push_str("--docs lists changed texts.\n");
    }
    if !look.all && report.listed().any(|c| !c.parts.is_empty()) {
        out.push_str("--all lists the fields of new endpoints and types.\n");
    }
    out
}

fn section(out: &mut String, title: &str, list: &[&Change], most: usize, report: &Report<'_>, look: Look) {
    out.push_str(&format!("\n{title}\n"));
    let rows = rows(list);
    let mut shown = 0;
    // A fold that hides hardly anything is none.
    let most = if rows.len() <= most.saturating_add(most / 4) { usize::MAX } else { most };
    let mut left: Vec<&Change> = Vec::new();
    for group in groups(rows) {
        let (seen, folded) = group.split_at(group.len().min(most - shown));
        shown += seen.len();
        left.extend(folded.iter().flat_map(Row::all));
        subject_lines(out, seen, report, look);
    }
    if !left.is_empty() {
        let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
        left.iter().for_each(|c| *codes.entry(c.rule).or_default() += 1);
        let codes: Vec<String> = codes.iter().map(|(code, n)| format!("{n} {code}")).collect();
        let text = format!("… {} more (--all lists them): {}", left.len(), codes.join(", "));
        out.push_str(&look.wrap("    ", 6, &text));
    }
}

/// All of one endpoint: in one line where that says it, else under its name.
fn subject_lines(out: &mut String, group: &[Row<'_>], report: &Report<'_>, look: Look) {
    let Some(first) = group.first() else { return };
    let subject = first.subject();
    let short = group.len() == 1 && first.change.path.is_empty() && first.like.is_empty();
    if !short {
        out.push_str(&format!("  {}\n", look.put("4", &subject)));
    }
    for (i, row) in group.iter().enumerate() {
        let next = group.get(i + 1).map(|r| r.change);
        let name = if short { subject.as_str() } else { "" };
        lines(out, name, row, next, report, look);
    }
}

fn lines(
    out: &mut String,
    name: &str,
    row: &Row<'_>,
    next: Option<&Change>,
    report: &Report<'_>,
    look: Look,
) {
    let c = row.change;
    let mut text = c.text.clone();
    if !name.is_empty() {
        text = format!("{}: {text}", look.put("4", name));
    }
    if c.guess {
        text.push_str(" (a guess)");
    }
    if !look.all && c.parts.len() > 1 {
        text.push_str(&format!(" ({})", number(c.parts.len(), "field")));
    }
    if !place(c).is_empty() {
        text.push_str(&format!(" {}", look.dim(&format!("[{}]", place(c)))));
    }
    // "new endpoint" needs no code to be looked up.
    if !is_arrival(c) {
        text.push_str(&format!(" {}", look.dim(c.rule)));
    }
    let first = format!("    {} {}  ", look.class(c.rust), look.class(c.wire));
    out.push_str(&look.wrap(&first, INDENT, &text));
    if let Some(list) = row.endpoints() {
        out.push_str(&look.under("", &list));
    }
    if c.is_doc() {
        for (sign, code, text) in [('-', "31", &c.old), ('+', "32", &c.new)] {
            text.lines().for_each(|l| out.push_str(&look.under(code, &format!("{sign} {l}"))));
        }
    }
    // Said once for neighbours of which it is the same.
    let more = shared(c);
    if !more.is_empty() && next.is_none_or(|n| n.shared != c.shared) {
        out.push_str(&look.under("2", &more));
    }
    if look.all && c.parts.len() > 1 {
        for p in &c.parts {
            let need = if p.required { ", required" } else { "" };
            let tail = if p.text.is_empty() { String::new() } else { format!(": {}", p.text) };
            out.push_str(&look.under("", &format!("{} {}{need}{tail}", p.path, p.kind)));
        }
    }
    if c.class() == Class::Major
        && next.is_none_or(|n| n.rule != c.rule)
        && let Some(rule) = rules::rule(c.rule)
    {
        out.push_str(&look.under("36", &format!("to do: {}", rule.advice)));
    }
    for c in row.all() {
        if let Some(reason) = report.allowed.get(&c.id()) {
            out.push_str(&look.under("", &format!("allowed: {reason}")));
        }
    }
}

/// What `--explain` says of a code.
pub fn explain(rule: &rules::Rule) -> String {
    format!(
        "{}: {}\n\n  {}\n\n  example   {}\n  to do     {}\n",
        rule.code, rule.title, rule.explanation, rule.example, rule.advice
    )
}
