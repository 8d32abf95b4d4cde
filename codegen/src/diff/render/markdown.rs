//! For a pull request, and for `CHANGELOG.md`.

use super::{Report, module_title, shared};
use crate::diff::{Change, Class};

/// The most characters that a comment on GitHub holds.
pub const LIMIT: usize = 65_536;

/// The report as a comment. What does not fit is counted, module by module, the gravest kept.
pub fn markdown(report: &Report<'_>) -> String {
    let mut head = format!("## API changes: {} → {}\n\n", code(report.base), code(report.head));
    head.push_str(&format!("**{}.** {}; {}.\n", report.numbers(), report.classes(), report.bump()));
    for (i, warning) in report.warnings.iter().enumerate() {
        match i {
            0..10 => head.push_str(&format!("\n> ⚠️ {}\n", cell(warning))),
            10 => head.push_str(&format!("\n> … {} more\n", report.warnings.len() - 10)),
            _ => {}
        }
    }
    let modules = report.modules();
    // Every module gets its line, so the room for changes is what these leave.
    let reserve: usize = modules.iter().map(|(m, _)| m.chars().count() + 160).sum();
    let mut room = LIMIT.saturating_sub(head.chars().count() + reserve + 200);
    let mut out = head;
    for (index, (module, list)) in modules.iter().enumerate() {
        let major = list.iter().filter(|c| c.class() == Class::Major).count();
        let title = format!(
            "<b>{}</b>: {} changes{}",
            escape(module_title(module)),
            list.len(),
            if major > 0 { format!(", {major} major") } else { String::new() }
        );
        let open = if index == 0 || (major > 0 && modules.len() <= 3) { " open" } else { "" };
        let mut rows = String::new();
        let mut left = list.len();
        for c in list {
            let row = row(c, report);
            let size = row.chars().count();
            if size > room {
                break;
            }
            room -= size;
            left -= 1;
            rows.push_str(&row);
        }
        out.push_str(&format!("\n<details{open}><summary>{title}</summary>\n\n"));
        if !rows.is_empty() {
            out.push_str("| Rust | wire | where | what | rule |\n|---|---|---|---|---|\n");
            out.push_str(&rows);
        }
        if left > 0 {
            out.push_str(&format!("\n… {left} more: `cargo xtask diff --all`\n"));
        }
        out.push_str("\n</details>\n");
    }
    // Names of extraordinary length could still be too much.
    if out.chars().count() > LIMIT {
        out = out.chars().take(LIMIT - 1).chain(['…']).collect();
    }
    out
}

fn row(c: &Change, report: &Report<'_>) -> String {
    let mark = |class: Class| match class {
        Class::Major => "**major**",
        other => other.word(),
    };
    let place = if c.path.is_empty() { String::new() } else { format!(" {}", code(&c.path)) };
    let mut what = cell(&c.text);
    if c.guess {
        what.push_str(" *(a guess)*");
    }
    let more = shared(c);
    if !more.is_empty() {
        what.push_str(&format!("<br>{}", cell(&more)));
    }
    if c.is_doc() {
        what.push_str(&format!("<br>− {}<br>+ {}", cell(&c.old), cell(&c.new)));
    }
    if let Some(reason) = report.allowed.get(&c.id()) {
        what.push_str(&format!("<br>allowed: {}", cell(reason)));
    }
    format!("| {} | {} | {}{place} | {what} | {} |\n", mark(c.rust), mark(c.wire), code(c.subject()), c.rule)
}

/// The entry of `CHANGELOG.md`: what callers must do first, then what they can. A release puts its date in place of `– unreleased`.
pub fn changelog(report: &Report<'_>, version: &str) -> String {
    let mut out = format!("## {version} – unreleased\n");
    type Group = (&'static str, fn(&Change) -> bool);
    let groups: [Group; 4] = [
        ("Breaking for Rust callers", |c| c.rust == Class::Major),
        ("Breaking on the wire", |c| c.rust != Class::Major && c.wire == Class::Major),
        ("Added", |c| {
            c.class() == Class::Minor && (c.rule.ends_with("-added") || c.rule.ends_with("-loosened"))
        }),
        ("Changed", |c| {
            c.class() < Class::Major
                && !(c.class() == Class::Minor
                    && (c.rule.ends_with("-added") || c.rule.ends_with("-loosened")))
        }),
    ];
    for (title, belongs) in groups {
        let list: Vec<&Change> = report.diff.real().filter(|c| belongs(c)).collect();
        if list.is_empty() {
            continue;
        }
        out.push_str(&format!("\n### {title}\n"));
        for c in list {
            let place = if c.path.is_empty() { String::new() } else { format!(" {}", code(&c.path)) };
            let guess = if c.guess { " (a guess)" } else { "" };
            out.push_str(&format!("- {}{place}: {}{guess}\n", code(c.subject()), one_line(&c.text)));
        }
    }
    match report.diff.docs() {
        0 => {}
        1 => out.push_str("\n1 text changed.\n"),
        n => out.push_str(&format!("\n{n} texts changed.\n")),
    }
    if report.diff.changes.is_empty() {
        out.push_str("\nThe API is unchanged.\n");
    }
    out
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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

fn code(text: &str) -> String {
    format!("`{}`", one_line(text).replace('`', "'").replace('|', "\\|"))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
