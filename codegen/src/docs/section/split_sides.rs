//! A section's blocks → raw tables and samples of the request and of the answer.

use serde_json::Value;

use crate::docs::model::{Block, BlockKind, ParamTable, Sample, Section, Sides, Title};
use crate::docs::read::sample;
use crate::docs::read::text::{clean, find, has, regex};
use crate::docs::section::read_table::{codes, rows};
use crate::docs::section::title::{anchor, chain, is_generic, is_label, is_permission, root_path, title};

/// Sorts the blocks of a section.
pub fn sides(section: &Section<'_>) -> Sides {
    let mut out = Sides::default();
    let mut answer = false;
    // A label that names the request, with no sample behind it yet.
    let mut asked = false;
    let mut near = Title::default();
    let mut context = Title::default();
    let mut permission = false;
    let mut said = String::new();
    let mut root: (u8, Vec<String>) = (7, vec![]);
    let mut headings: Vec<(u8, String)> = Vec::new();
    let all = section.intro.iter().map(|b| (b, true)).chain(section.body.iter().map(|b| (b, false)));
    for (block, intro) in all {
        match &block.kind {
            BlockKind::Heading(_, text) | BlockKind::Line(text) => {
                let raw = text;
                let text = clean(text);
                if let BlockKind::Heading(level, _) = &block.kind {
                    said.clear();
                    let path = root_path(&text);
                    if !path.is_empty() {
                        root = (*level, path);
                    } else if *level <= root.0 {
                        root = (7, vec![]);
                    }
                    headings.retain(|(l, _)| l < level);
                    headings.push((*level, anchor(&text)));
                }
                let is_heading = matches!(block.kind, BlockKind::Heading(..));
                upload_words(&text, &mut out);
                if permission && !is_heading && !is_label(raw) {
                    out.permission.push(text.clone());
                }
                if intro && !is_heading {
                    // `**权限说明：**` may stand before the method line.
                    if is_label(raw) {
                        permission = is_permission(&text);
                    }
                    continue;
                }
                // A heading is one however long (`附15 …控件（control参数为…，且value参数为…）`).
                let short = is_heading || text.chars().count() <= 60;
                if short && (is_heading || is_label(raw) || !title(&text).is_plain()) {
                    permission = is_permission(&text);
                    if has(regex!("返回|回包|响应|应答|[Rr]esponse"), &text)
                        && !has(regex!("请求(示例|包体)"), &text)
                    {
                        (answer, asked) = (true, false);
                    } else if has(
                        regex!("请求(包体|包|参数|示例|体|数据|实例|说明)|入参|传入参数|输入参数"),
                        &text,
                    ) {
                        (answer, asked) = (false, has(regex!("请求"), &text));
                    }
                    near = title(&text);
                    // A bold name alone on its line is the heading of a part, as links name it; the next part ends it.
                    if !is_heading && !is_generic(&text) {
                        headings.retain(|(l, _)| *l < 7);
                        if near.names.len() == 1 {
                            headings.push((7, anchor(&text)));
                        }
                    } else if has(regex!("请求|返回|响应|权限"), &text) {
                        headings.retain(|(l, _)| *l < 7);
                    }
                    if !near.is_plain() {
                        said.clear();
                        context = near.clone();
                    } else if is_heading || !is_generic(&text) {
                        context = Title::default();
                    }
                } else {
                    if !intro && said.len() < 2000 {
                        said.push_str(&text);
                        said.push('\n');
                    }
                    // A sentence that introduces a table (`text 包含以下信息：`).
                    let named = title(&text);
                    if !named.is_plain() && has(regex!("[:：]$"), &text) {
                        near = named;
                    } else if !permission && !has(regex!("https?://qyapi|请求方式|^[-*:： ]*$|^:::"), &text)
                    {
                        out.remarks.push(text.trim_start_matches(['>', ' ']).to_owned());
                    }
                }
            }
            BlockKind::Code(text) if !intro => {
                let direction = (answer, std::mem::take(&mut asked));
                code(
                    block,
                    text,
                    section,
                    direction,
                    (if near.is_plain() { &context } else { &near }, &root.1, &chain(&headings)),
                    &mut out,
                )
            }
            BlockKind::Table(table) => {
                if permission && has(regex!("应用类型|权限"), &table.header.join(" ")) {
                    out.permission
                        .extend(table.rows.iter().map(|(_, c)| clean(&c.join("：")).replace('\n', " ")));
                }
                if intro {
                    continue;
                }
                codes(table, &mut out.codes);
                let Some(rows) = rows(table) else { continue };
                let has_code = rows.iter().any(|r| matches!(r.name.as_str(), "errcode" | "errmsg"));
                let has_token = rows.iter().any(|r| r.name.ends_with("access_token") && r.required.is_some());
                // `errcode` beside the token, with a column for its presence: what a device reports.
                let reports = has_code && has_token && !answer && rows.iter().all(|r| r.required.is_some());
                let to_answer = !reports && ((answer || has_code) && !has_token || has_code && section.post);
                answer = to_answer || answer && !has_token;
                let mut title =
                    if near.is_plain() && context.variant.is_some() { context.clone() } else { near.clone() };
                title.root = root.1.clone();
                title.headings = chain(&headings);
                let side = if to_answer { &mut out.response } else { &mut out.request };
                let said = std::mem::take(&mut said);
                side.tables.push(ParamTable { line: block.line, title, rows, samples: vec![], said });
                near = Title::default();
            }
            _ => {}
        }
    }
    out
}

fn upload_words(text: &str, out: &mut Sides) {
    if let Some(m) = find(regex!("(?:文件标识名|标识名|form-data中.*?名)为?[“\"'`「]*([A-Za-z_]+)"), text)
    {
        out.upload = Some(m[1].clone());
    }
    if has(regex!("(?i)multipart/form-data"), text) && out.upload.is_none() {
        out.upload = Some(String::new());
    }
    if has(regex!("(?i)content-disposition: ?attachment|content-type: ?(image|voice|video)/"), text) {
        out.bytes = true;
    }
}

fn code(
    block: &Block,
    text: &str,
    section: &Section<'_>,
    (answer, asked): (bool, bool),
    (near, root, headings): (&Title, &[String], &[String]),
    out: &mut Sides,
) {
    if let Some(part) = find(regex!(r#"(?i)form-data; ?name="?([A-Za-z_]+)"#), text) {
        let given = if part[1] == "fieldNameHere" { String::new() } else { part[1].clone() };
        if out.upload.as_ref().is_none_or(String::is_empty) {
            out.upload = Some(given);
        }
        return;
    }
    if let Some(part) = find(regex!(r"(?:-F|--form) '?([A-Za-z_]+)=@"), text) {
        out.upload = Some(part[1].clone());
        return;
    }
    if has(regex!(r"(?im)^\s*HTTP/1\.\d 20[06]"), text)
        && has(regex!("(?i)content-(disposition: ?attachment|type: ?(image|voice|video|audio)/)"), text)
    {
        out.bytes = true;
        return;
    }
    if text.trim_start().starts_with('<') {
        return;
    }
    // A call by curl carries the body behind `-d`.
    let text = match text.trim_start().starts_with("curl") {
        true => match text.find('{') {
            Some(at) => text[at..].trim_end_matches(|c: char| c != '}'),
            None => return,
        },
        false => text,
    };
    let Some(value) = sample::read(text) else {
        if text.contains('{') {
            out.unreadable.push(block.line);
        }
        return;
    };
    let Value::Object(map) = &value else { return };
    if map.is_empty() {
        return;
    }
    // Behind a label of the request `errcode` beside other fields is what a device reports, unless it says that all went well.
    let reported = asked && map.len() > 2 && map.get("errmsg").and_then(Value::as_str) != Some("ok");
    let coded = !reported && (map.contains_key("errcode") || map.contains_key("errmsg"));
    let title = Title { root: root.to_vec(), headings: headings.to_vec(), ..near.clone() };
    let sample = Sample { line: block.line, value, title };
    if coded || answer || !section.post {
        out.response.samples.push(sample);
    } else {
        out.request.samples.push(sample);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles() {
        for (text, want) in [
            ("text 说明", "text"),
            ("**Field**", "Field"),
            ("textcard参数说明：", "textcard"),
            ("参数说明", ""),
            ("附10 明细控件（control参数为Table）", "control=Table"),
            ("附1 文本/多行文本控件（control参数为Text或Textarea）", "control=Text/Textarea"),
            ("获取成员详情", ""),
        ] {
            let t = title(text);
            let got = match t.variant {
                Some((tag, values)) => format!("{tag}={}", values.join("/")),
                None => t.names.join(","),
            };
            assert_eq!(got, want, "{text}");
        }
    }
}
