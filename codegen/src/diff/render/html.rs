//! For a browser: one file that asks for nothing else.

use std::collections::{BTreeMap, BTreeSet};

use maud::{DOCTYPE, Markup, PreEscaped, html as markup};

use super::{Report, module_title, shared};
use crate::diff::{Change, Class, rules};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Nothing is fetched, and no script runs but the page's own.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/// The report as a page.
pub fn html(report: &Report<'_>) -> String {
    let modules = report.modules();
    let page = markup! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                link rel="icon" href="data:,";
                title { "API changes: " (report.base) " → " (report.head) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "API changes: " code { (report.base) } " → " code { (report.head) } }
                p.dim { (capital(&report.bump())) }
                @for warning in report.warnings { p.warn { (inline(warning)) } }
                (sums(report))
                @if modules.is_empty() {
                    p { "No changes." }
                } @else {
                    (bar(&modules))
                    (changes(&modules, report))
                    (legend(report))
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        }
    };
    page.into_string()
}

fn sums(report: &Report<'_>) -> Markup {
    let cell = |value: &str, label: &str, class: &str| markup! { li { b class=(class) { (value) } (label) } };
    let diff = &report.diff;
    let hint = if report.docs { "changed texts" } else { "changed texts (not listed)" };
    markup! {
        ul.sums {
            (cell(diff.rust().word(), "for Rust callers", diff.rust().word()))
            (cell(diff.wire().word(), "on the wire", diff.wire().word()))
            @for class in [Class::Major, Class::Minor, Class::Patch] {
                @let count = report.count(class);
                (cell(&count.to_string(), class.word(), if count > 0 { class.word() } else { "" }))
            }
            (cell(&diff.docs().to_string(), hint, ""))
        }
    }
}

fn bar(modules: &[(&str, Vec<&Change>)]) -> Markup {
    let mut names: Vec<&str> = modules.iter().map(|(m, _)| *m).collect();
    names.sort();
    markup! {
        form.bar onsubmit="return false" {
            input #text type="search" placeholder="Filter by text" aria-label="Filter by text";
            select #side aria-label="Side" {
                option value="" { "Rust or wire" }
                option value="rust" { "Rust" }
                option value="wire" { "wire" }
            }
            select #class aria-label="Class" {
                option value="" { "all classes" }
                @for class in ["major", "minor", "patch"] { option { (class) } }
            }
            select #module aria-label="Module" {
                option value="" { "all modules" }
                @for name in names { option value=(module_value(name)) { (module_title(name)) } }
            }
            button #fold type="button" { "Open all" }
            span #shown role="status" {}
        }
    }
}

/// The catalogue has no module name, and an empty value means all.
fn module_value(name: &str) -> &str {
    if name.is_empty() { "-" } else { name }
}

/// The changes by module.
fn changes(modules: &[(&str, Vec<&Change>)], report: &Report<'_>) -> Markup {
    // Ids are links: two changes of one name get a number.
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    let mut id = |c: &Change| {
        let n = ids.entry(c.id()).or_default();
        *n += 1;
        if *n == 1 { c.id() } else { format!("{}:{n}", c.id()) }
    };
    let total = report.listed().count();
    markup! {
        @for (index, (name, list)) in modules.iter().enumerate() {
            @let major = list.iter().filter(|c| c.class() == Class::Major).count();
            details.module open[is_open(total, index, major)] {
                summary {
                    (module_title(name)) " " span.dim { (list.len()) " changes" }
                    @if major > 0 { " " span.tag.major { (major) " major" } }
                }
                @for c in list { (article(c, &id(c), report)) }
            }
        }
    }
}

/// Of many changes the breaks are open, of very many the gravest module: the rest is a list of modules to choose from.
fn is_open(total: usize, index: usize, major: usize) -> bool {
    match total {
        0..=60 => true,
        61..=300 => major > 0,
        _ => index == 0,
    }
}

fn article(c: &Change, id: &str, report: &Report<'_>) -> Markup {
    let class = c.class().word();
    let (rust, wire, module) = (c.rust.word(), c.wire.word(), module_value(&c.module));
    let more = shared(c);
    markup! {
        article id=(id) class=(class) data-class=(class) data-rust=(rust) data-wire=(wire) data-module=(module) {
            p {
                code { (c.subject()) }
                @if !c.path.is_empty() { " " code.dim { (c.path) } }
                a.anchor href={ "#" (fragment(id)) } aria-label="Link to this change" { "#" }
            }
            p { (inline(&c.text)) @if c.guess { " " span.tag { "a guess" } } }
            p {
                span class={ "tag " (rust) } { "Rust: " (rust) }
                span class={ "tag " (wire) } { "wire: " (wire) }
                a.mono.dim href={ "#rule-" (c.rule) } { (c.rule) }
            }
            @if !c.item.is_empty() && c.item != c.subject() { p.dim { "Rust: " code { (c.item) } } }
            @if !more.is_empty() { p.dim { (more) } }
            @if !(c.old.is_empty() && c.new.is_empty()) {
                div.sides {
                    pre.o aria-label="before" { (c.old) }
                    pre.n aria-label="after" { (c.new) }
                }
            }
            @if let Some(reason) = report.allowed.get(&c.id()) { p.dim { "allowed: " (reason) } }
        }
    }
}

/// The rules that occur, each with what a caller does.
fn legend(report: &Report<'_>) -> Markup {
    let codes: BTreeSet<&str> = report.listed().map(|c| c.rule).collect();
    markup! {
        h2 { "What the codes mean" }
        @for rule in codes.iter().filter_map(|c| rules::rule(c)) {
            div.code id={ "rule-" (rule.code) } {
                p {
                    code { (rule.code) } " " (inline(rule.title)) ". " (inline(rule.explanation))
                    br;
                    span.dim { "Example: " (inline(rule.example)) ". To do: " (inline(rule.advice)) }
                }
            }
        }
    }
}

/// Text whose code spans are shown as such.
fn inline(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len() - 1;
    markup! {
        @for (i, part) in parts.iter().enumerate() {
            @if i % 2 == 0 { (part) } @else if i == last { "`" (part) } @else { code { (part) } }
        }
    }
}

/// An id as a fragment of a URL.
fn fragment(id: &str) -> String {
    let mut out = String::new();
    for byte in id.bytes() {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b':'
            | b'/'
            | b'?'
            | b'=' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect())
}
