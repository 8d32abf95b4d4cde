//! For a terminal.

use super::{Report, module_title, shared};
use crate::diff::{Change, Class, rules};

/// More changes than this are folded module by module: of each, this many major ones and so many others.
const FOLD: usize = 80;
const KEPT: (usize, usize) = (40, 8);

struct Paint(bool);

impl Paint {
    fn put(&self, code: &str, text: &str) -> String {
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn class(&self, c: Class) -> String {
        let code = match c {
            Class::Major => "1;31",
            Class::Minor => "32",
            _ => "2",
        };
        self.put(code, &format!("{:5}", c.word()))
    }
}

/// The report as lines; `all` folds nothing.
pub fn text(report: &Report<'_>, colour: bool, all: bool) -> String {
    let paint = Paint(colour);
    let mut out = String::new();
    for warning in report.warnings {
        out.push_str(&format!("{} {warning}\n", paint.put("33", "warning:")));
    }
    out.push_str(&format!("API {} → {}: {}\n", report.base, report.head, report.numbers()));
    if report.diff.changes.is_empty() {
        return out;
    }
    out.push_str(&format!("{}; {}\n", report.classes(), report.bump()));
    let total: usize = report.listed().count();
    for (module, list) in report.modules() {
        out.push_str(&format!(
            "\n{}\n",
            paint.put("1", &format!("{} ({})", module_title(module), list.len()))
        ));
        let major = list.iter().filter(|c| c.class() == Class::Major).count();
        let most = if all || total <= FOLD {
            list.len()
        } else {
            major.min(KEPT.0) + KEPT.1.min(list.len() - major)
        };
        let mut subject = "";
        for c in list.iter().take(most) {
            if c.subject() != subject {
                subject = c.subject();
                out.push_str(&format!("  {}\n", paint.put("4", subject)));
            }
            out.push_str(&line(c, report, &paint));
        }
        if list.len() > most {
            out.push_str(&format!("  … {} more, none graver (--all lists them)\n", list.len() - most));
        }
    }
    out.push_str("\nrust  wire   cargo xtask diff --explain CODE tells what a code means and what to do\n");
    if !report.docs && report.diff.docs() > 0 {
        out.push_str("changed texts: --docs\n");
    }
    out
}

fn line(c: &Change, report: &Report<'_>, paint: &Paint) -> String {
    let place = if c.path.is_empty() { String::new() } else { format!(" [{}]", c.path) };
    let guess = if c.guess { " (a guess)" } else { "" };
    let mut out = format!(
        "    {} {}  {}{guess}{} {}\n",
        paint.class(c.rust),
        paint.class(c.wire),
        c.text,
        paint.put("2", &place),
        paint.put("2", c.rule),
    );
    if c.is_doc() {
        for (sign, code, text) in [('-', "31", &c.old), ('+', "32", &c.new)] {
            for l in text.lines() {
                out.push_str(&format!("                   {}\n", paint.put(code, &format!("{sign} {l}"))));
            }
        }
    }
    let more = shared(c);
    if !more.is_empty() {
        out.push_str(&format!("                 {}\n", paint.put("2", &more)));
    }
    if let Some(reason) = report.allowed.get(&c.id()) {
        out.push_str(&format!("                 allowed: {reason}\n"));
    }
    out
}

/// What `--explain` says of a code.
pub fn explain(rule: &rules::Rule) -> String {
    format!(
        "{}: {}\n\n  {}\n\n  example   {}\n  to do     {}\n",
        rule.code, rule.title, rule.explanation, rule.example, rule.advice
    )
}
