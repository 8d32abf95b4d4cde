//! For a pull request.

use super::changelog::{code, one_line};
use super::{Report, Row, digest, module_title, number, rows, shared};
use crate::diff::change::{Change, Class};
use crate::diff::rules;

/// The most characters that a comment on GitHub holds.
pub const LIMIT: usize = 65_536;

/// Up to so many breaking changes stand in one table, and up to so many others are open.
const OPEN: usize = 40;

/// A table under a title, or folded below it.
struct Block<'a> {
    title: String,
    folded: bool,
    open: bool,
    rows: Vec<Row<'a>>,
}

/// The report as a comment: what breaks callers, then the rest by module. What does not fit is counted, module by module.
pub fn markdown(report: &Report<'_>) -> String {
    let mut head = format!("## API changes: {} → {}\n\n", code(report.base), code(report.head));
    head.push_str(&format!("**{}.** {}; {}.\n", report.numbers(), report.classes(), report.bump()));
    if !report.balance().is_empty() {
        head.push_str(&format!("\n{}\n", report.balance()));
    }
    for (i, warning) in report.warnings.iter().enumerate() {
        match i {
            0..10 => head.push_str(&format!("\n> ⚠️ {}\n", cell(warning))),
            10 => head.push_str(&format!("\n> … {} more\n", report.warnings.len() - 10)),
            _ => {}
        }
    }
    let blocks = blocks(report);
    // Every block gets its lines, so the room for changes is what these leave; what the changes leave is for fields of what is new.
    let reserve: usize = blocks.iter().map(|b| b.title.chars().count() + 200).sum();
    let mut room = LIMIT.saturating_sub(head.chars().count() + reserve + 200);
    let lines: Vec<Vec<(String, String)>> =
        blocks.iter().map(|b| b.rows.iter().map(|r| (row(r, report), fields(r.change))).collect()).collect();
    let plain: usize = lines.iter().flatten().map(|(row, _)| row.chars().count() + END.len()).sum();
    let mut spare = room.saturating_sub(plain);
    let mut out = head;
    for (block, lines) in blocks.iter().zip(&lines) {
        let mut text = String::new();
        let mut left: usize = block.rows.iter().map(Row::len).sum();
        for (row, (line, fields)) in block.rows.iter().zip(lines) {
            let size = line.chars().count() + END.len();
            if size > room {
                break;
            }
            room -= size;
            left -= row.len();
            let more = fields.chars().count();
            text.push_str(line);
            if more <= spare {
                spare -= more;
                text.push_str(fields);
            }
            text.push_str(END);
        }
        let open = if block.open { " open" } else { "" };
        match block.folded {
            true => out.push_str(&format!("\n<details{open}><summary>{}</summary>\n\n", block.title)),
            false => out.push_str(&format!("\n{}\n\n", block.title)),
        }
        if !text.is_empty() {
            out.push_str("| Rust | wire | where | what |\n|---|---|---|---|\n");
            out.push_str(&text);
        }
        if left > 0 {
            out.push_str(&format!("\n… {left} more: `cargo xtask diff --all`\n"));
        }
        if block.folded {
            out.push_str("\n</details>\n");
        }
    }
    // Names of extraordinary length could still be too much.
    if out.chars().count() > LIMIT {
        out = out.chars().take(LIMIT - 1).chain(['…']).collect();
    }
    out
}

fn blocks<'a>(report: &'a Report<'_>) -> Vec<Block<'a>> {
    let mut out = Vec::new();
    let breaking = report.modules(|c| c.class() == Class::Major);
    let count: usize = breaking.iter().map(|(_, list)| list.len()).sum();
    if count > OPEN {
        for (i, (module, list)) in breaking.into_iter().enumerate() {
            let title = format!(
                "<b>{}</b>: {} that break callers",
                escape(module_title(module)),
                number(list.len(), "change")
            );
            out.push(Block { title, folded: true, open: i == 0, rows: rows(&list) });
        }
    } else if count > 0 {
        let list: Vec<&Change> = breaking.into_iter().flat_map(|(_, list)| list).collect();
        out.push(Block {
            title: "### What breaks callers".into(),
            folded: false,
            open: true,
            rows: rows(&list),
        });
    }
    let others = report.modules(|c| c.class() < Class::Major);
    let count: usize = others.iter().map(|(_, list)| list.len()).sum();
    for (module, list) in others {
        let title = format!("<b>{}</b>: {}", escape(module_title(module)), digest(&list));
        out.push(Block { title, folded: true, open: count <= OPEN, rows: rows(&list) });
    }
    out
}

/// What ends a row.
const END: &str = " |\n";

/// A row without its end, where the fields of what is new may follow.
fn row(row: &Row<'_>, report: &Report<'_>) -> String {
    let c = row.change;
    let mark = |class: Class| match class {
        Class::Major => "**major**",
        other => other.word(),
    };
    let place = if c.path.is_empty() { String::new() } else { format!("<br>{}", code(&c.path)) };
    let subject = match row.endpoints() {
        None => code(c.subject()),
        Some(list) => format!("{}: {}", row.subject(), cell(&list)),
    };
    let mut what = cell(&c.text);
    if c.guess {
        what.push_str(" *(a guess)*");
    }
    what.push_str(&format!(" <sub>{}</sub>", c.rule));
    let more = shared(c);
    if !more.is_empty() {
        what.push_str(&format!("<br>{}", cell(&more)));
    }
    if c.is_doc() {
        for (sign, side) in [('−', &c.old), ('+', &c.new)].iter().filter(|(_, side)| !side.is_empty()) {
            what.push_str(&format!("<br>{sign} {}", cell(side)));
        }
    }
    if c.class() == Class::Major
        && let Some(rule) = rules::rule(c.rule)
    {
        what.push_str(&format!("<br>**To do:** {}", cell(rule.advice)));
    }
    for c in row.all() {
        if let Some(reason) = report.allowed.get(&c.id()) {
            what.push_str(&format!("<br>allowed: {}", cell(reason)));
        }
    }
    format!("| {} | {} | {subject}{place} | {what}", mark(c.rust), mark(c.wire))
}

/// The fields of what is new, folded.
fn fields(c: &Change) -> String {
    if c.parts.len() < 2 {
        return String::new();
    }
    let list: Vec<String> = c
        .parts
        .iter()
        .map(|p| {
            let need = if p.required { ", required" } else { "" };
            let text = if p.text.is_empty() { String::new() } else { format!(": {}", cell(&p.text)) };
            format!("{} {}{need}{text}", code(&p.path), cell(&p.kind))
        })
        .collect();
    let title = number(list.len(), "field");
    format!("<details><summary>{title}</summary>{}</details>", list.join("<br>"))
}

/// Text in a cell of a table: one line, nothing that ends the cell or begins a tag. Long texts are cut.
fn cell(text: &str) -> String {
    let line = one_line(text);
    let mut short: String = line.chars().take(400).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    // Code spans show tags as they are; outside of them they must be escaped.
    let parts: Vec<String> = short
        .split('`')
        .enumerate()
        .map(|(i, p)| if i % 2 == 0 { escape(p) } else { p.to_owned() })
        .collect();
    parts.join("`").replace('|', "\\|")
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
