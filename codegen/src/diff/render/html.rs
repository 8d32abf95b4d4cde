//! For a browser: one file that asks for nothing else.

use std::collections::{BTreeMap, BTreeSet};

use maud::{DOCTYPE, Markup, PreEscaped, html as markup};

use super::{Report, Row, digest, groups, module_title, number, place, rows, shared};
use crate::diff::change::{Change, Class};
use crate::diff::rules;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Nothing is fetched, and no script runs but the page's own.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/// The report as a page.
pub fn html(report: &Report<'_>) -> String {
    let mut modules = report.modules(|_| true);
    // The gravest first; the sort keeps the order of names.
    modules.sort_by_key(|(_, list)| std::cmp::Reverse(majors(list).min(1)));
    let ids = ids(&modules);
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
                p.verdict { (capital(&report.bump())) "." }
                @if !report.balance().is_empty() { p.dim { (report.balance()) } }
                @for warning in report.warnings { p.warn { (inline(warning)) } }
                (sums(report))
                @if modules.is_empty() {
                    p { @if report.diff.changes.is_empty() { "No changes." } @else { "Only texts changed; --docs lists them." } }
                } @else {
                    (breaking(&modules, &ids))
                    (bar(&modules))
                    (changes(&modules, &ids, report))
                    (legend(report))
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        }
    };
    page.into_string()
}

/// How many of these break callers.
fn majors(list: &[&Change]) -> usize {
    list.iter().filter(|c| c.class() == Class::Major).count()
}

/// Ids by the place of a change in the list of all: they are links, so two changes of one name get a number.
type Ids = BTreeMap<usize, String>;

fn ids(modules: &[(&str, Vec<&Change>)]) -> Ids {
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut out = Ids::new();
    for c in modules.iter().flat_map(|(_, list)| list) {
        let n = taken.entry(c.id()).or_default();
        *n += 1;
        let id = if *n == 1 { c.id() } else { format!("{}:{n}", c.id()) };
        out.insert(address(c), id);
    }
    out
}

/// Changes are told apart by where they are kept: equal ones may stand twice.
fn address(c: &Change) -> usize {
    std::ptr::from_ref(c).addr()
}

fn id<'i>(ids: &'i Ids, c: &Change) -> &'i str {
    ids.get(&address(c)).map_or("", String::as_str)
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
                @if count > 0 { (cell(&count.to_string(), &format!("{} changes", class.word()), class.word())) }
            }
            @if diff.docs() > 0 { (cell(&diff.docs().to_string(), hint, "")) }
        }
    }
}

/// What breaks callers, as links.
fn breaking<'c>(modules: &[(&str, Vec<&'c Change>)], ids: &Ids) -> Markup {
    const SHOWN: usize = 50;
    let of = |list: &[&'c Change]| {
        rows(&list.iter().copied().filter(|c| c.class() == Class::Major).collect::<Vec<_>>())
    };
    let list: Vec<Row<'_>> = modules.iter().flat_map(|(_, list)| of(list)).collect();
    let count: usize = list.iter().map(Row::len).sum();
    markup! {
        @if count > 0 {
            details.first open[list.len() <= SHOWN] {
                summary { "What breaks callers " span.tag.major { (count) } }
                ul {
                    @for row in list.iter().take(SHOWN) {
                        li {
                            a href={ "#" (fragment(id(ids, row.change))) } { (row.subject()) }
                            " " (inline(&row.change.text))
                            " " span.dim { (sides_of(row.change)) }
                        }
                    }
                    @if list.len() > SHOWN { li.dim { "… " (list.len() - SHOWN) " more below" } }
                }
            }
        }
    }
}

/// Whom a change breaks.
fn sides_of(c: &Change) -> &'static str {
    match (c.rust, c.wire) {
        (Class::Major, Class::Major) => "(Rust and wire)",
        (Class::Major, _) => "(Rust)",
        _ => "(wire)",
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
fn changes(modules: &[(&str, Vec<&Change>)], ids: &Ids, report: &Report<'_>) -> Markup {
    let total = report.listed().count();
    markup! {
        @for (index, (name, list)) in modules.iter().enumerate() {
            @let major = majors(list);
            details.module open[is_open(total, index, major)] {
                summary {
                    (module_title(name)) " " span.dim { (digest(list)) }
                    @if major > 0 { " " span.tag.major { (major) " major" } }
                }
                @for group in groups(rows(list)) { (section(&group, ids, report)) }
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

/// The rows of one endpoint under its name.
fn section(group: &[Row<'_>], ids: &Ids, report: &Report<'_>) -> Markup {
    let Some(first) = group.first() else { return Markup::default() };
    markup! {
        section {
            h3 {
                @if first.like.is_empty() { code { (first.subject()) } } @else { (first.subject()) }
                @if first.like.is_empty() && !first.change.item.is_empty() && first.change.item != first.subject() {
                    " " code.dim { (first.change.item) }
                }
            }
            @for (i, row) in group.iter().enumerate() {
                // Said once for neighbours of which it is the same.
                @let last = group.get(i + 1).is_none_or(|next| next.change.shared != row.change.shared);
                (article(row, last, ids, report))
            }
        }
    }
}

fn article(row: &Row<'_>, last: bool, ids: &Ids, report: &Report<'_>) -> Markup {
    let c = row.change;
    let class = c.class().word();
    let (rust, wire, module) = (c.rust.word(), c.wire.word(), module_value(&c.module));
    let more = if last { shared(c) } else { String::new() };
    let advice = (c.class() == Class::Major).then(|| rules::rule(c.rule)).flatten();
    markup! {
        article id=(id(ids, c)) class=(class) data-class=(class) data-rust=(rust) data-wire=(wire) data-module=(module) data-count=(row.len()) {
            p {
                (inline(&c.text)) @if c.guess { " " span.tag { "a guess" } }
                @if !place(c).is_empty() { " " code.dim { (place(c)) } }
                a.anchor href={ "#" (fragment(id(ids, c))) } aria-label="Link to this change" { "#" }
            }
            @if !row.like.is_empty() {
                // Each is a target of links; the first is the article itself.
                p.many { @for c in row.all() { code id=[(id(ids, c) != id(ids, row.change)).then(|| id(ids, c))] { (c.subject()) } " " } }
            }
            @if let Some(rule) = advice { p { b { "To do: " } (inline(rule.advice)) } }
            p {
                span class={ "tag " (rust) } { "Rust: " (rust) }
                span class={ "tag " (wire) } { "wire: " (wire) }
                a.mono.dim href={ "#rule-" (c.rule) } { (c.rule) }
            }
            @if !more.is_empty() { p.dim { (more) } }
            // Of all else the text says both sides.
            @if c.is_doc() {
                div.sides {
                    @if !c.old.is_empty() { pre.o aria-label="before" { (c.old) } }
                    @if !c.new.is_empty() { pre.n aria-label="after" { (c.new) } }
                }
            }
            (parts(c))
            @for c in row.all() {
                @if let Some(reason) = report.allowed.get(&c.id()) { p.dim { "allowed: " (reason) } }
            }
        }
    }
}

/// The fields of what is new.
fn parts(c: &Change) -> Markup {
    let list = markup! {
        ul.parts {
            @for p in &c.parts {
                li {
                    code { (p.path) } " " span.kind { (p.kind) @if p.required { ", required" } }
                    @if !p.text.is_empty() { " " span.dim { (inline(&p.text)) } }
                }
            }
        }
    };
    markup! {
        @match c.parts.len() {
            0 => {}
            // The text of the change names the field and its type.
            1 => { @for p in c.parts.iter().filter(|p| !p.text.is_empty()) { p.dim { (inline(&p.text)) } } }
            n => details.parts { summary { (number(n, "field")) } (list) },
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
