//! Page text → [`Page`]: front matter, headings, lines, tables, code, in page order, crawl damage mended.
//!
//! A Markdown parser is no help here: a third of the tables have a separator of one cell, cells lack or run over, headings have no
//! blank after `#`, and code fences do not always close. The blocks are read line by line.

use crate::docs::model::{Block, BlockKind, Page, Table};
use crate::docs::read::text::clean;
use crate::docs::read::{header, text};
use crate::ir::Mode;

/// Reads a page of a crawl: front matter, then Markdown.
pub fn read(file: &str, text: &str) -> Result<Page, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    let mut page = Page { file: file.to_owned(), ..Page::default() };
    let mut skipped = 0;
    let mut rest = text.as_str();
    if let Some(body) = text.strip_prefix("---\n") {
        let (front, after) =
            body.split_once("\n---\n").ok_or("the front matter does not end: no second `---` line")?;
        for line in front.lines() {
            let Some((key, value)) = line.split_once(':') else { continue };
            let value = value.trim().trim_matches('"');
            match key.trim() {
                "title" => page.title = text::unescape(value),
                "doc_id" => {
                    page.doc_id = value.parse().map_err(|_| format!("`doc_id: {value}` is not a number"))?
                }
                "category_id" => {
                    page.category_id =
                        value.parse().map_err(|_| format!("`category_id: {value}` is not a number"))?;
                }
                _ => {}
            }
        }
        skipped = front.lines().count() as u32 + 2;
        rest = after;
    }
    if page.doc_id == 0 {
        return Err("no `doc_id` in the front matter: is this a page of the documentation?".into());
    }
    let (lines, updated) = lines(rest, skipped);
    page.updated = updated;
    page.blocks = blocks(&lines);
    Ok(page)
}

/// The lines with their numbers, mended: comments removed, `![` back where the crawl tore it off its line.
fn lines(text: &str, skipped: u32) -> (Vec<(u32, String)>, Option<String>) {
    let mut out: Vec<(u32, String)> = Vec::new();
    let mut updated = None;
    let mut hidden = false;
    for (index, raw) in text.lines().enumerate() {
        let number = skipped + index as u32 + 1;
        let mut line = String::new();
        let mut rest = raw;
        // What HTML comments hide is not published.
        loop {
            if hidden {
                let Some((_, after)) = rest.split_once("-->") else { break };
                hidden = false;
                rest = after;
            } else if let Some((before, after)) = rest.split_once("<!--") {
                line.push_str(before);
                hidden = true;
                rest = after;
            } else {
                line.push_str(rest);
                break;
            }
        }
        if let Some(date) = line.trim().strip_prefix("最后更新：") {
            updated = Some(date.trim().replace('/', "-"));
            continue;
        }
        // The crawl wrote `‹newline›- ![` for every `![`, in the middle of XML and of table rows.
        if line.starts_with("- ![")
            && let Some((_, last)) = out.last_mut()
            && !last.trim().is_empty()
            && !last.trim_start().starts_with("```")
        {
            last.push_str(&line[2..]);
            continue;
        }
        out.push((number, line.replace(['\u{a0}', '\u{200b}'], " ")));
    }
    (out, updated)
}

fn blocks(lines: &[(u32, String)]) -> Vec<Block> {
    let fences = lines.iter().filter(|(_, l)| l.trim_start().starts_with("```")).count();
    let mut out: Vec<Block> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let (line, text) = (lines[at].0, lines[at].1.trim());
        at += 1;
        let kind = if text.starts_with("```") && !text[3..].contains("```") {
            let mut code: Vec<&str> = Vec::new();
            while let Some((_, inner)) = lines.get(at) {
                let t = inner.trim();
                if let Some(label) = t.strip_prefix("```") {
                    // A fence with a label opens: the one before was never closed.
                    let opens = label.trim().starts_with(|c: char| c.is_ascii_alphabetic());
                    if !opens {
                        at += 1;
                    }
                    break;
                }
                // With an odd number of fences one is missing: what cannot be code ends it.
                if fences % 2 == 1 && ends_code(t) {
                    break;
                }
                code.push(inner);
                at += 1;
            }
            BlockKind::Code(code.join("\n"))
        } else if text.is_empty() || text == "[TOC]" {
            continue;
        } else if let Some((level, title)) = heading(text) {
            BlockKind::Heading(level, title)
        } else if text.contains('|') && lines.get(at).is_some_and(|(_, l)| is_separator(l)) {
            at += 1;
            let mut table = Table { header: cells(text), rows: vec![] };
            rows(lines, &mut at, &mut table);
            BlockKind::Table(table)
        } else if let Some(mut table) =
            glued(line, text).or_else(|| unruled(text, lines.get(at).map(|l| l.1.as_str())))
        {
            rows(lines, &mut at, &mut table);
            BlockKind::Table(table)
        } else {
            BlockKind::Line(text.to_owned())
        };
        out.push(Block { line, kind });
    }
    out
}

/// The rows from a line on.
fn rows(lines: &[(u32, String)], at: &mut usize, table: &mut Table) {
    while let Some((number, row)) = lines.get(*at) {
        let t = row.trim();
        let next = lines.get(*at + 1).is_some_and(|(_, l)| is_separator(l));
        if !t.contains('|') || t.starts_with("```") || next && t.matches('|').count() > 1 && !is_separator(t)
        {
            break;
        }
        // Inside a table a row of single dashes is data (`| - | - |`).
        if !(is_separator(t) && t.contains("--")) {
            table.rows.push((*number, cells(t)));
        }
        *at += 1;
    }
}

/// A table that lost the line breaks after its header, and maybe further ones: `参数 | 说明 || id | 编号 |`. Two bars part its rows; where each
/// part has as many cells as the header, they cannot be an empty cell.
fn glued(line: u32, text: &str) -> Option<Table> {
    let (head, rest) = text.split_once("||")?;
    let header = cells(head);
    let rows: Vec<(u32, Vec<String>)> =
        rest.split("||").filter(|part| !part.trim().is_empty()).map(|part| (line, cells(part))).collect();
    let whole = !rows.is_empty() && rows.iter().all(|(_, cells)| cells.len() == header.len());
    (is_header(&header) && whole && !text.contains("\\|")).then_some(Table { header, rows })
}

/// A table without the line of dashes below its header.
fn unruled(text: &str, next: Option<&str>) -> Option<Table> {
    let header = cells(text);
    let follows = next.is_some_and(|row| row.contains('|') && cells(row).len() == header.len());
    (text.contains('|') && follows && is_header(&header)).then_some(Table { header, rows: vec![] })
}

/// Whether all cells are words of a header.
fn is_header(cells: &[String]) -> bool {
    cells.len() > 1 && cells.iter().all(|cell| header::role(cell).is_some())
}

fn ends_code(line: &str) -> bool {
    is_separator(line) || line.starts_with("**") || heading(line).is_some_and(|(level, _)| level > 1)
}

/// `##title`, with or without a blank.
fn heading(line: &str) -> Option<(u8, String)> {
    let level = line.chars().take_while(|c| *c == '#').count();
    let title = clean(line[level..].trim().trim_end_matches('#'));
    ((1..=6).contains(&level) && !title.is_empty()).then_some((level as u8, title))
}

/// `|---|:--|`, also of one cell only.
fn is_separator(line: &str) -> bool {
    let line = line.trim();
    line.contains('-')
        && line.contains('|')
        && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t' | '：'))
}

/// The cells of a row. The first and last `|` may be absent; `\|` is text.
pub(crate) fn cells(row: &str) -> Vec<String> {
    let row = row.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let mut out = vec![String::new()];
    let mut escaped = false;
    for c in row.chars() {
        match c {
            '|' if !escaped => out.push(String::new()),
            _ => {
                if let Some(last) = out.last_mut() {
                    if escaped && c == '|' {
                        last.pop();
                    }
                    last.push(c);
                }
            }
        }
        escaped = c == '\\' && !escaped;
    }
    if out.len() > 1 && out.last().is_some_and(|c| c.trim().is_empty()) {
        out.pop();
    }
    out.into_iter().map(|c| c.trim().to_owned()).collect()
}

/// The tree that a page's file is in.
pub fn mode(file: &str) -> Option<Mode> {
    let tree = file.split('/').next().unwrap_or_default();
    Mode::ALL.iter().find(|m| tree.ends_with(m.2)).map(|m| m.1)
}

/// The folder of a page: pages that lie together are of one subject.
pub(crate) fn group(file: &str) -> String {
    file.rsplit_once('/').map_or("", |f| f.0).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, want: &str) {
        let text = format!("---\ntitle: \"T\"\ndoc_id: 7\ncategory_id: 9\n---\n{body}");
        let page = read("p.md", &text).expect("a page");
        let got: Vec<String> = page
            .blocks
            .iter()
            .map(|b| match &b.kind {
                BlockKind::Heading(n, t) => format!("h{n} {t}"),
                BlockKind::Line(t) => format!("l {t}"),
                BlockKind::Code(t) => format!("c {t}"),
                BlockKind::Table(t) => {
                    let rows: Vec<String> = t.rows.iter().map(|r| r.1.join(",")).collect();
                    format!("t {} / {}", t.header.join(","), rows.join(" / "))
                }
            })
            .collect();
        assert_eq!(got.join("\n"), want, "{body}");
    }

    #[test]
    fn pages() {
        for (body, want) in [
            ("##Foo ##\n text", "h2 Foo\nl text"),
            // A separator of one cell, a row without its last bar, an escaped bar, an empty cell.
            ("|a|b|\n|:--|\n|x|1\n|y|p\\|q|\n|z||\n\nend", "t a,b / x,1 / y,p|q / z,\nl end"),
            // The crawl's damage in XML and in a table.
            ("```\n<A><\n- ![CDATA[x]]></A>\n```", "c <A><![CDATA[x]]></A>"),
            ("|a|b|\n|--|--|\n|x|see \n- ![](u) more|\n|y|2|", "t a,b / x,see ![](u) more / y,2"),
            // A header that its first row is glued to, all rows in one line, no line of dashes; an empty cell where a row would begin.
            ("参数 | 说明 || a | x |\n| b | y |\nend", "t 参数,说明 / a,x / b,y\nl end"),
            ("| 参数 | 说明 || a | x || b | y |", "t 参数,说明 / a,x / b,y"),
            ("| 参数 | 说明 |\n| a | x |", "t 参数,说明 / a,x"),
            ("| 参数 | 类型 | 说明 || a | x |", "l | 参数 | 类型 | 说明 || a | x |"),
            // Comments hide rows and whole parts.
            ("|a|\n|--|\n|x|\n<!--|y|\n|z|-->\nafter", "t a / x\nl after"),
            // A fence that is never closed.
            ("```json\n{}\n**标题**\n|a|\n|--|\n|x|", "c {}\nl **标题**\nt a / x"),
            ("```\n1\n```json\n2\n```", "c 1\nc 2"),
        ] {
            check(body, want);
        }
    }

    #[test]
    fn what_is_no_page_says_so() {
        assert!(read("p.md", "---\ntitle: T\n").is_err());
        assert!(read("p.md", "# no front matter").is_err());
    }
}
