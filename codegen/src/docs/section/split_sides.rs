//! Pass 3: a section's blocks → raw tables and samples of the request and of the answer.

use serde_json::Value;

use crate::docs::model::{Block, BlockKind, ParamTable, Sample, Section, Side, Sides, Table, Title, is_code};
use crate::docs::read::sample;
use crate::docs::read::text::{clean, find, has, regex};
use crate::docs::section::read_table;
use crate::docs::section::title::{
    anchor, chain, is_generic, is_label, is_permission, is_rule, is_type, permission_behind,
    reads_as_sentence, root_path, title, unboxed,
};

/// Sorts the blocks of a section.
pub fn sides(section: &Section<'_>) -> Sides {
    let mut reader = Reader::new(section.post);
    section.intro.iter().for_each(|block| reader.block(block, true));
    section.body.iter().for_each(|block| reader.block(block, false));
    reader.unproven();
    reader.out
}

/// The level of a bold line that stands for a heading: below all headings.
const BOLD: u8 = 7;

/// Where in a section the reader stands.
struct Reader {
    /// The endpoint takes a body.
    post: bool,
    out: Sides,
    /// What comes belongs to the answer.
    answer: bool,
    /// A label that names the request, with no sample after it yet.
    asked: bool,
    /// What the nearest title names.
    near: Title,
    /// What the nearest title names that names something, until a heading ends it.
    context: Title,
    /// The type that the heading above names, where it names nothing else.
    of_type: Option<Title>,
    /// A line that looks like a title, until a table or sample shows that it is one.
    maybe: Option<String>,
    /// The following lines say who may call.
    permission: bool,
    /// Sentences since the last title.
    said: String,
    /// The path that a heading names for all below it, and that heading's level.
    root: (u8, Vec<String>),
    /// The headings above, with their levels.
    headings: Vec<(u8, String)>,
    /// The level of a heading behind the answer that begins something else, whose tables are none of the endpoint's: `### 签名算法`.
    aside: Option<u8>,
}

impl Reader {
    fn new(post: bool) -> Self {
        Reader {
            post,
            out: Sides::default(),
            answer: false,
            asked: false,
            near: Title::default(),
            context: Title::default(),
            of_type: None,
            maybe: None,
            permission: false,
            said: String::new(),
            root: (BOLD, vec![]),
            headings: vec![],
            aside: None,
        }
    }

    /// `intro`: before the method line.
    fn block(&mut self, block: &Block, intro: bool) {
        match &block.kind {
            BlockKind::Heading(level, text) => self.text(text, Some(*level), intro),
            BlockKind::Line(text) if is_glued(text) => self.out.glued.push(block.line),
            BlockKind::Line(text) => self.text(text, None, intro),
            BlockKind::Code(text) if !intro => self.code(block.line, text),
            BlockKind::Code(_) => {}
            BlockKind::Table(table) => self.table(block.line, table, intro),
        }
    }

    /// A heading, which has a level, or a line.
    fn text(&mut self, raw: &str, level: Option<u8>, intro: bool) {
        let text = clean(raw);
        let text = unboxed(&text).to_owned();
        if text.is_empty() {
            return;
        }
        if let Some(level) = level {
            self.heading(level, &text);
        } else if let Some(told) = permission_behind(&text) {
            self.out.permission.push(told);
            return;
        }
        upload_words(&text, &mut self.out);
        if level.is_none() && is_rule(&text) {
            return;
        }
        let label = is_label(raw);
        if self.permission && level.is_none() && !label {
            self.out.permission.push(text.trim_start_matches(['>', ' ']).to_owned());
        }
        if intro && level.is_none() {
            // `**权限说明：**` may stand before the method line.
            if label {
                self.permission = is_permission(&text);
            }
            return;
        }
        // A heading is one however long (`附15 …控件（control参数为…，且value参数为…）`).
        let short = level.is_some() || text.chars().count() <= 60;
        if !is_generic(&text) {
            self.unproven();
        }
        if short && (level.is_some() || label) {
            self.label(&text, level.is_some());
        } else if short && !reads_as_sentence(&text) && !title(&text).is_plain() {
            self.label(&text, false);
            self.maybe = Some(text);
        } else {
            self.sentence(&text);
        }
    }

    /// A title that nothing followed was a sentence.
    fn unproven(&mut self) {
        if let Some(text) = self.maybe.take() {
            self.remark(&text);
        }
    }

    fn heading(&mut self, level: u8, text: &str) {
        self.said.clear();
        let path = root_path(text);
        if !path.is_empty() {
            self.root = (level, path);
        } else if level <= self.root.0 {
            self.root = (BOLD, vec![]);
        }
        self.headings.retain(|(l, _)| *l < level);
        self.headings.push((level, anchor(text)));
        self.aside.take_if(|l| level <= *l);
        if self.answer && has(regex!("签名(?:算法|方法)$"), text) {
            self.aside.get_or_insert(level);
        }
    }

    /// A heading or a label: which direction comes, and what it names.
    fn label(&mut self, text: &str, heading: bool) {
        self.permission = is_permission(text);
        let asked = !self.answer;
        if has(regex!("返回|回包|响应|应答|[Rr]esponse"), text) && !has(regex!("请求(示例|包体)"), text)
        {
            (self.answer, self.asked) = (true, false);
        } else if has(regex!("请求(包体|包|参数|示例|体|数据|实例|说明)|入参|传入参数|输入参数"), text)
        {
            (self.answer, self.asked) = (false, has(regex!("请求"), text));
        }
        self.near = title(text);
        if heading {
            self.near.is_type = is_type(text);
            self.of_type = Some(self.near.clone()).filter(|near| near.is_type);
        } else if has(regex!("请求|返回|回包|响应|应答"), text) {
            self.of_type = None;
        }
        // A bold name alone on its line is the heading of a part, as links name it; the next part ends it.
        if !heading && !is_generic(text) {
            self.headings.retain(|(l, _)| *l < BOLD);
            if self.near.names.len() == 1 {
                self.headings.push((BOLD, anchor(text)));
            }
        } else if has(regex!("请求|返回|响应|权限"), text) {
            // A part of the request under a bold name says nothing of the answer.
            let bold = self.headings.iter().any(|(l, _)| *l == BOLD);
            if bold && asked && self.answer && self.context.variant.is_none() {
                self.context = Title::default();
            }
            self.headings.retain(|(l, _)| *l < BOLD);
        }
        if !self.near.is_plain() {
            self.said.clear();
            self.context = self.near.clone();
        } else if heading || !is_generic(text) {
            self.context = Title::default();
        }
    }

    fn sentence(&mut self, text: &str) {
        if self.said.len() < 2000 {
            self.said.push_str(text);
            self.said.push('\n');
        }
        // A sentence that introduces a table (`text 包含以下信息：`).
        let named = title(text);
        if !named.is_plain() && has(regex!("[:：]$"), text) {
            self.near = named;
        } else {
            self.remark(text);
        }
    }

    fn remark(&mut self, text: &str) {
        if !self.permission && !has(regex!("https?://qyapi|请求方式|^:::"), text) && !is_glued(text) {
            self.out.remarks.push(text.trim_start_matches(['>', ' ']).to_owned());
        }
    }

    fn table(&mut self, line: u32, table: &Table, intro: bool) {
        if self.permission && has(regex!("应用类型|权限"), &table.header.join(" ")) {
            let rows = table.rows.iter().map(|(_, c)| clean(&c.join("：")).replace('\n', " "));
            self.out.permission.extend(rows);
        }
        self.maybe = None;
        if intro || self.aside.is_some() {
            return;
        }
        self.codes(table);
        let Some(rows) = read_table::rows(table) else {
            if read_table::is_kinds(table) {
                let words: Vec<String> = table.header.iter().map(|cell| clean(cell)).collect();
                self.out.kinds.push((line, words.join(", ")));
            }
            return;
        };
        let has_code = rows.iter().any(|r| is_code(&r.name));
        let has_token = rows.iter().any(|r| r.name.ends_with("access_token") && r.required.is_some());
        // `errcode` beside the token, with a column for its presence: what a device reports.
        let reports = has_code && has_token && !self.answer && rows.iter().all(|r| r.required.is_some());
        let to_answer = !reports && ((self.answer || has_code) && !has_token || has_code && self.post);
        self.answer = to_answer || self.answer && !has_token;
        let near = std::mem::take(&mut self.near);
        let named = match &self.of_type {
            _ if !near.is_plain() => near,
            _ if self.context.variant.is_some() => self.context.clone(),
            Some(of_type) => of_type.clone(),
            None => near,
        };
        let title = self.placed(named);
        let said = std::mem::take(&mut self.said);
        self.side(to_answer).tables.push(ParamTable { line, title, rows, samples: vec![], said });
    }

    /// A table of codes: those of the answer, or, where the request itself reports a code, the values of that field.
    fn codes(&mut self, table: &Table) {
        let rows = self.out.request.tables.iter_mut().flat_map(|t| &mut t.rows);
        let own = rows.filter(|r| r.name == "errcode").last().filter(|_| !self.answer);
        let Some(row) = own else { return read_table::codes(table, &mut self.out.codes) };
        let mut listed = Vec::new();
        read_table::codes(table, &mut listed);
        for (code, meaning) in listed {
            row.desc = format!("{}\n{code}-{meaning}", row.desc);
        }
    }

    fn code(&mut self, line: u32, text: &str) {
        let asked = std::mem::take(&mut self.asked);
        self.maybe = None;
        if transfer(text, &mut self.out) {
            return;
        }
        if let Some(words) = prose(text) {
            return match self.permission {
                true => self.out.permission.push(words),
                false => self.out.remarks.push(words),
            };
        }
        let Some(text) = body(text) else { return };
        let values = sample::all(text);
        if values.is_empty() && text.contains('{') {
            self.out.unreadable.push(line);
        }
        for value in values {
            self.sample(line, value, asked);
        }
    }

    fn sample(&mut self, line: u32, value: Value, asked: bool) {
        let Value::Object(map) = &value else { return };
        if map.is_empty() {
            return;
        }
        // Behind a label of the request `errcode` beside other fields is what a device reports, unless it says that all went well.
        let reported = asked && map.len() > 2 && map.get("errmsg").and_then(Value::as_str) != Some("ok");
        let coded = !reported && (map.contains_key("errcode") || map.contains_key("errmsg"));
        let named = match &self.of_type {
            _ if !self.near.is_plain() => &self.near,
            Some(of_type) if self.context.is_plain() => of_type,
            _ => &self.context,
        };
        let title = self.placed(named.clone());
        let to_answer = coded || self.answer || !self.post;
        self.side(to_answer).samples.push(Sample { line, value, title });
    }

    /// A title with the headings above it.
    fn placed(&self, title: Title) -> Title {
        Title { root: self.root.1.clone(), headings: chain(&self.headings), ..title }
    }

    fn side(&mut self, answer: bool) -> &mut Side {
        if answer { &mut self.out.response } else { &mut self.out.request }
    }
}

/// Whether a line was a table once: bars, and the words of a header.
fn is_glued(text: &str) -> bool {
    let bars = text.matches('|').count();
    bars >= 3 && has(regex!(r"(?:^|\|)\s*(参数|字段|类型|是否必填|必填|必须|说明|描述)\s*\|"), text)
}

/// Sentences that somebody put between fences: no JSON, no XML, no address, no command.
pub(super) fn prose(code: &str) -> Option<String> {
    let words = code.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    if !words
        || code.contains(['{', '}', '<', '=', '"', ';'])
        || code.contains("://")
        || code.trim_start().starts_with("curl")
    {
        return None;
    }
    Some(code.lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join(" "))
}

/// The body that a sample shows: a call by curl has it after `-d`. XML does not count.
fn body(text: &str) -> Option<&str> {
    let start = text.trim_start();
    if start.starts_with('<') {
        return None;
    }
    match start.starts_with("curl") {
        true => text.find('{').map(|at| text[at..].trim_end_matches(|c: char| c != '}')),
        false => Some(text),
    }
}

/// Whether a sample shows how a file is sent or received.
fn transfer(text: &str, out: &mut Sides) -> bool {
    if let Some(part) = find(regex!(r#"(?i)form-data; ?name="?([A-Za-z_]+)"#), text) {
        let given = if part[1] == "fieldNameHere" { String::new() } else { part[1].clone() };
        if out.upload.as_ref().is_none_or(String::is_empty) {
            out.upload = Some(given);
        }
        return true;
    }
    if let Some(part) = find(regex!(r"(?:-F|--form) '?([A-Za-z_]+)=@"), text) {
        out.upload = Some(part[1].clone());
        return true;
    }
    if has(regex!(r"(?im)^\s*HTTP/1\.\d 20[06]"), text)
        && has(regex!("(?i)content-(disposition: ?attachment|type: ?(image|voice|video|audio)/)"), text)
    {
        out.bytes = true;
        return true;
    }
    false
}

/// Sentences that say how a file is sent or received.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// How a file is sent (its form field, empty where none is named) or received.
    #[test]
    fn files() {
        for (text, code, upload, bytes) in [
            ("使用multipart/form-data POST上传文件", false, Some(""), false),
            ("form-data中媒体文件标识名为“media”", false, Some("media"), false),
            ("文件标识名：`file`", false, None, false),
            ("文件标识名为`file`", false, Some("file"), false),
            ("Content-Disposition: form-data; name=\"media\";filename=\"a\"", true, Some("media"), false),
            ("Content-Disposition: form-data; name=\"fieldNameHere\"", true, Some(""), false),
            ("curl -F media=@a.png https://example.com", true, Some("media"), false),
            ("curl --form 'media=@a.png' https://example.com", true, Some("media"), false),
            ("HTTP/1.1 200 OK\nContent-Type: image/jpeg", true, None, true),
            ("HTTP/1.1 200 OK\nContent-Type: application/json", true, None, false),
            ("返回头带 Content-Disposition: attachment", false, None, true),
            ("{\"a\": 1}", true, None, false),
        ] {
            let mut out = Sides::default();
            if code {
                _ = transfer(text, &mut out)
            } else {
                upload_words(text, &mut out)
            }
            assert_eq!((out.upload.as_deref(), out.bytes), (upload, bytes), "{text}");
        }
    }

    #[test]
    fn sentences_in_fences() {
        for (code, want) in [
            ("部门的范围\n  ∩ 应用的范围", Some("部门的范围 ∩ 应用的范围")),
            ("{\"a\": \"甲\"}", None),
            ("<xml>甲</xml>", None),
            ("curl 甲", None),
            ("https://example.com/甲", None),
            ("a + b", None),
        ] {
            assert_eq!(prose(code).as_deref(), want, "{code}");
        }
    }

    #[test]
    fn bodies_of_samples() {
        for (text, want) in [
            ("{\"a\": 1}", Some("{\"a\": 1}")),
            ("<xml></xml>", None),
            ("curl -d '{\"a\": 1}' https://example.com", Some("{\"a\": 1}")),
            ("curl https://example.com", None),
        ] {
            assert_eq!(body(text), want, "{text}");
        }
    }
}
