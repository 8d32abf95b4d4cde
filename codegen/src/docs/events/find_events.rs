//! Pages → callback events, by their XML samples and the tables after these.

use std::collections::{BTreeMap, BTreeSet};

use crate::docs::complete::lacks_by_kind;
use crate::docs::events::marks::{Key, discriminators, finest, without};
use crate::docs::events::wrappers::unwrapped;
use crate::docs::events::xml::documents;
use crate::docs::fields::build_tree;
use crate::docs::gather::shared_types::SharedTypes;
use crate::docs::infer::{presence, values, words};
use crate::docs::model::{
    Assumption, Block, BlockKind, Event, Field, Marks, Page, ParamTable, Sample, Side, Source, Table, Title,
};
use crate::docs::read::digest::Digest;
use crate::docs::read::page::mode;
use crate::docs::read::sample;
use crate::docs::read::text::{clean, find_all, has, narrow, regex};
use crate::docs::rules;
use crate::docs::section::{page_notes, read_table, title};
use crate::schema::distance;

/// An event while its pages are read.
struct Found {
    event: Event,
    side: Side,
    /// By `doc_id` and file.
    digests: BTreeMap<(i64, String), Digest>,
}

/// All events of the pages, each once.
pub(crate) fn find_events(pages: &[Page], types: &SharedTypes) -> Vec<Event> {
    let mut found: BTreeMap<Key, Found> = BTreeMap::new();
    // What is answered looks like what is received.
    for page in pages.iter().filter(|p| !is_reply(&p.title)) {
        let mut reader = Reader {
            page,
            title: page.title.clone(),
            last: vec![],
            near: Title::default(),
            said: vec![],
            tabled: None,
            announced: None,
            before: Some(vec![]),
            lead: vec![],
            permission: vec![],
            found: &mut found,
        };
        page.blocks.iter().for_each(|block| reader.block(block));
        reader.behind();
    }
    let keys: BTreeSet<Key> = found.keys().cloned().collect();
    let mut out: Vec<Event> = Vec::new();
    for found in found.into_values() {
        let more = found.further(&keys);
        let mistaken = found.mistaken();
        let mut event = found.finish(types);
        if let Some((mut told, slip)) = mistaken {
            let line = event.pages.first().map_or(0, |p| p.line);
            let value = |key: &Key| finest(key).map_or(String::new(), |at| key[at].1.clone());
            let listed: Vec<String> = told.iter().map(value).collect();
            let own = value(&event.matches);
            let what = format!("the sample has `{own}`, but the table lists `{}`", listed.join("`, `"));
            event.notes.push(Assumption { rule: &rules::EVENT_MARK, line, what });
            // Which of the two spellings comes, nobody can tell: both are expected.
            told.extend(slip.then(|| event.matches.clone()));
            let new = told.into_iter().filter(|k| *k == event.matches || !keys.contains(k));
            out.extend(new.map(|matches| Event { matches, ..event.clone() }).collect::<Vec<_>>());
            continue;
        }
        // Two samples may have the same table after them.
        let more: Vec<Event> = more
            .into_iter()
            .filter(|key| !out.iter().any(|e| e.matches == *key))
            .map(|key| event.as_well(key))
            .collect();
        out.push(event);
        out.extend(more);
    }
    out
}

impl Event {
    /// The same event under another value of its finest mark.
    fn as_well(&self, matches: Key) -> Event {
        let value = |key: &Key| finest(key).map_or(String::new(), |at| key[at].1.clone());
        let what = format!(
            "`{}` was given the fields of `{}`, whose table lists it",
            value(&matches),
            value(&self.matches)
        );
        let line = self.pages.first().map_or(0, |p| p.line);
        let mut notes = self.notes.clone();
        notes.push(Assumption { rule: &rules::EVENT_VALUES, line, what });
        Event { matches, notes, ..self.clone() }
    }
}

/// Where on a page the reader stands.
struct Reader<'r> {
    page: &'r Page,
    /// The nearest heading.
    title: String,
    /// The events of the last sample, which the tables after it describe.
    last: Vec<Key>,
    /// What the nearest title names.
    near: Title,
    /// Sentences since the last heading or event.
    said: Vec<String>,
    /// How many of them stood there when the table of the last event ended.
    tabled: Option<usize>,
    /// A line that ends in a colon, until it is known what it announces.
    announced: Option<String>,
    /// Sentences before the first event, as long as none was found.
    before: Option<Vec<String>>,
    /// The same once one was found, as they may speak of any.
    lead: Vec<String>,
    /// Which applications receive the events of the page.
    permission: Vec<String>,
    found: &'r mut BTreeMap<Key, Found>,
}

impl Reader<'_> {
    fn block(&mut self, block: &Block) {
        match &block.kind {
            BlockKind::Heading(_, text) => {
                self.behind();
                (self.title, self.last, self.near) = (clean(text), vec![], Title::default());
                self.announced = None;
                if let Some(before) = &mut self.before {
                    before.append(&mut self.said);
                }
                self.said.clear();
            }
            BlockKind::Line(text) => self.line(text),
            BlockKind::Code(code) => self.samples(block.line, code),
            BlockKind::Table(table) => self.table(block, table),
        }
    }

    /// What stands behind the table of an event speaks of it.
    fn behind(&mut self) {
        let Some(from) = self.tabled.take() else { return };
        let said = self.said.split_off(from.min(self.said.len())).into_iter().chain(self.announced.take());
        let said: Vec<String> = said.collect();
        for key in &self.last {
            let Some(Found { event, .. }) = self.found.get_mut(key) else { continue };
            for sentence in &said {
                if !event.doc.contains(sentence) {
                    event.doc.push(sentence.clone());
                }
            }
        }
    }

    fn line(&mut self, text: &str) {
        // The answer is described after the event.
        if text.len() < 90 && has(regex!("回包|返回(结果|参数|包)"), text) && title::is_label(text) {
            self.last.clear();
        }
        let named = title::title(text);
        if !named.is_plain() {
            self.near = named;
        }
        let words = clean(text.trim_start_matches(['>', ' ']));
        let furniture =
            regex!("^(?:请求方式|请求地址)\\s*[:：]|^.{0,6}示例$|^\\[[^\\]]+\\]:|https?://127\\.0\\.0\\.1");
        if words.is_empty()
            || has(furniture, &words)
            || words.starts_with(":::")
            || title::is_generic(&words)
            || title::is_rule(&words)
        {
            return;
        }
        // A line that announces a sample or a table says nothing of the event; one that announces a list does.
        let announced = self.announced.take().into_iter();
        if words.ends_with(['：', ':']) {
            self.announced = Some(words.clone());
            self.said.extend(announced);
        } else {
            self.said.extend(announced.chain([words]));
        }
        self.said.truncate(20);
    }

    fn samples(&mut self, line: u32, code: &str) {
        // What a further sample shows is explained behind it.
        self.behind();
        let mut here = Vec::new();
        let values = match code.trim_start().starts_with('{') {
            true => sample::read(code).into_iter().collect(),
            false => documents(code),
        };
        // An answer: the tables after it no longer describe the event.
        if values.iter().any(|v| v.get("errcode").is_some()) {
            self.last.clear();
        }
        for value in values {
            let Some(key) = discriminators(&value) else { continue };
            let page = self.page;
            self.announced = None;
            if !self.found.contains_key(&key) {
                let title = if is_title(&self.title) { &self.title } else { &page.title };
                let new = Found::new(key.clone(), title.clone(), std::mem::take(&mut self.said));
                self.found.insert(key.clone(), new);
            }
            let before = self.before.take().filter(|before| !before.is_empty());
            self.lead.extend(before.iter().flatten().cloned());
            let Some(Found { event, side, digests }) = self.found.get_mut(&key) else { continue };
            digests.entry(place(page)).or_default().text(&value.to_string());
            event.modes.extend(mode(&page.file).filter(|m| !event.modes.contains(m)));
            for line in &self.permission {
                if !event.permission.contains(line) {
                    event.permission.push(line.clone());
                }
            }
            if !event.pages.iter().any(|p| p.doc_id == page.doc_id) {
                event.pages.push(Source {
                    page: page.category_id,
                    doc_id: page.doc_id,
                    updated: page.updated.clone(),
                    file: page.file.clone(),
                    line,
                });
            }
            event
                .lead
                .extend(self.lead.iter().filter(|l| !event.lead.contains(l)).cloned().collect::<Vec<_>>());
            event.notes.extend(before.map(|before| Assumption {
                rule: &rules::TEXT_BEFORE,
                line,
                what: format!("before the first event the page says: {}", page_notes::told(&before)),
            }));
            side.samples.push(Sample { line, value, title: Title::default() });
            here.push(key);
        }
        if !here.is_empty() {
            self.last = here;
        }
    }

    fn table(&mut self, block: &Block, table: &Table) {
        self.announced = None;
        // Who may receive the events of the page, by kind of application.
        if self.before.is_some() && table.header.iter().any(|h| has(regex!("权限|应用类型|事件开关"), h))
        {
            self.permission =
                table.rows.iter().filter_map(|(_, cells)| receiver(&table.header, cells)).collect();
        }
        let Some(rows) = read_table::rows(table) else { return };
        let near = std::mem::take(&mut self.near);
        for key in &self.last {
            let Some(Found { side, digests, .. }) = self.found.get_mut(key) else { continue };
            digests.entry(place(self.page)).or_default().block(block);
            let title = Title { headings: vec![], ..near.clone() };
            let (line, rows) = (block.line, rows.clone());
            side.tables.push(ParamTable { line, title, rows, samples: vec![], said: String::new() });
        }
        self.tabled = (!self.last.is_empty()).then_some(self.said.len());
    }
}

/// Of a table of permissions the row of one kind of application: `自建应用：配置到可调用接口的应用（接收事件开关：变更回调）`.
fn receiver(header: &[String], cells: &[String]) -> Option<String> {
    let cells: Vec<String> = cells.iter().map(|c| clean(c).replace('\n', "、")).collect();
    let (first, rest) = cells.split_first()?;
    let mut told = first.clone();
    for (n, cell) in rest.iter().enumerate().filter(|(_, c)| !c.is_empty() && *c != "无") {
        match (n, header.get(n + 1).map(|h| clean(h))) {
            (0, _) | (_, None) => told = format!("{told}：{cell}"),
            (_, Some(column)) => told = format!("{told}（{column}：{cell}）"),
        }
    }
    (told != *first).then_some(told)
}

fn place(page: &Page) -> (i64, String) {
    (page.doc_id, page.file.clone())
}

impl Found {
    fn new(matches: Key, title: String, doc: Vec<String>) -> Self {
        let event = Event {
            matches,
            title,
            modes: vec![],
            pages: vec![],
            doc,
            lead: vec![],
            permission: vec![],
            fields: vec![],
            digests: vec![],
            notes: vec![],
        };
        Found { event, side: Side::default(), digests: BTreeMap::new() }
    }

    /// The finest mark and its value.
    fn finest(&self) -> Option<&(String, String)> {
        self.event.matches.get(finest(&self.event.matches)?)
    }

    /// The values that the row of the finest mark lists.
    fn listed(&self) -> BTreeSet<String> {
        let Some((mark, _)) = self.finest() else { return BTreeSet::new() };
        let mark = mark.rsplit('.').next().unwrap_or(mark);
        let rows = self.side.tables.iter().flat_map(|t| &t.rows);
        let listed = rows.filter(|r| r.name == mark).flat_map(|r| {
            let quoted = find_all(regex!("`([a-z][a-z0-9_]*)`"), &r.desc);
            // `subscribe(关注)、unsubscribe(取消关注)`, `该字段值为…_room`.
            let glossed = find_all(regex!(r"([a-z][a-z0-9_]{3,})\([\x{4e00}-\x{9fff}]"), &narrow(&r.desc));
            let valued = find_all(regex!("值为([a-z][a-z0-9_]{3,})"), &r.desc);
            let told = values::values(&r.desc, false).into_iter().map(|v| v.0);
            let found = quoted.into_iter().chain(glossed).chain(valued).map(|m| m[1].clone());
            told.chain(found).chain(words::constants(&r.desc)).collect::<Vec<_>>()
        });
        listed.collect()
    }

    /// Keys that differ from this one in the finest mark alone.
    fn others(&self, values: impl IntoIterator<Item = String>) -> Vec<Key> {
        let Some(at) = finest(&self.event.matches) else { return vec![] };
        let key = |value: String| {
            let mut key = self.event.matches.clone();
            key[at].1 = value;
            key
        };
        values.into_iter().map(key).collect()
    }

    /// Keys that the mark's row lists beside this one, and that no sample has.
    fn further(&self, known: &BTreeSet<Key>) -> Vec<Key> {
        let Some((mark, own)) = self.finest() else { return vec![] };
        let values = self.listed();
        // A message stands for itself.
        if mark.eq_ignore_ascii_case("msgtype") || !values.contains(own) {
            return vec![];
        }
        self.others(values).into_iter().filter(|key| !known.contains(key)).collect()
    }

    /// What the mark's row says instead of the sample: for a placeholder (`xxx_file`), or a slip in the only word of the row (true).
    fn mistaken(&self) -> Option<(Vec<Key>, bool)> {
        let (mark, own) = self.finest()?;
        let values = self.listed();
        if values.is_empty() || values.contains(own) || mark.eq_ignore_ascii_case("msgtype") {
            return None;
        }
        let slip = values.len() == 1 && values.iter().all(|v| distance(own, v) <= 2);
        (slip || own.contains("xxx")).then(|| (self.others(values), slip))
    }

    fn finish(self, types: &SharedTypes) -> Event {
        let Found { mut event, side, digests } = self;
        // A page that is in several trees counts once.
        for ((doc, _), digest) in digests {
            if !event.digests.iter().any(|(d, _)| *d == doc) {
                event.digests.push((doc, digest.hex()));
            }
        }
        // `可参考 图文混排 结构体说明`: what the page describes beside its events.
        let own: Vec<u32> =
            side.tables.iter().map(|t| t.line).chain(side.samples.iter().map(|s| s.line)).collect();
        let beside: Vec<_> = event.pages.iter().flat_map(|p| types.beside(p.doc_id, &own)).collect();
        let fields = build_tree::build(&side, &beside, &mut event.notes);
        event.fields = fields
            .into_iter()
            // An event has no other side whose fields a title could name.
            .map(|f| Field { marks: Marks { when: None, ..f.marks }, ..f })
            .filter(|f| f.name != "xml")
            .collect();
        event.fields = without(event.fields, &event.matches);
        if event.is_suite() {
            stamped(&mut event);
        }
        if !event.is_json() {
            one_case(&mut event.fields);
            event.fields.iter_mut().for_each(numeric);
            event.fields = event.fields.into_iter().map(unwrapped).collect();
            event.fields.iter_mut().for_each(emptied);
        }
        presence::lacking(&mut event.fields, &event.doc);
        presence::restricted(&mut event.fields, &event.doc);
        lacks_by_kind::free(&mut event.fields, &mut vec![], &mut event.notes);
        apart(&mut event);
        event.modes.sort();
        event
    }
}

/// An element that a sample shows empty may lack all that another one shows in it.
fn emptied(field: &mut Field) {
    let empty = |v: &serde_json::Value| v.as_str() == Some("");
    let object = field.shown.kinds.object && field.shown.lists == 0 && field.marks.xml_item.is_none();
    if object && field.shown.values.iter().any(empty) {
        for c in field.children.iter_mut().filter(|c| c.shown.count == c.shown.parents) {
            c.shown.parents += 1;
        }
    }
    field.children.iter_mut().for_each(emptied);
}

/// Pages of one event that show different fields: it comes as either of them says.
fn apart(event: &mut Event) {
    let mut docs: Vec<i64> = event.pages.iter().map(|p| p.doc_id).collect();
    docs.sort_unstable();
    docs.dedup();
    let found: Vec<&Field> =
        event.fields.iter().filter(|f| docs.len() > 1 && presence::is_apart(f)).collect();
    let Some(line) = found.first().map(|f| f.row.line) else { return };
    let names: Vec<String> = found.iter().map(|f| format!("`{}`", f.name)).collect();
    let what = format!("not all samples of its pages show {}; taken for optional", names.join(", "));
    event.notes.push(Assumption { rule: &rules::REQUIRED_ON_ONE_PAGE, line, what });
}

/// A suite's events have `TimeStamp`, which some tables call `CreateTime` as those of an application do.
fn stamped(event: &mut Event) {
    let told = |f: &Field| f.name == "CreateTime" && f.row.exists && f.shown.count == 0;
    let shown = event.fields.iter().any(|f| f.name == "TimeStamp" && !f.row.exists && f.shown.count > 0);
    let Some(at) = event.fields.iter().position(told).filter(|_| shown) else { return };
    let row = event.fields.remove(at).row;
    let line = row.line;
    if let Some(stamp) = event.fields.iter_mut().find(|f| f.name == "TimeStamp") {
        stamp.row = row;
    }
    let what = "`CreateTime` of the table was taken for `TimeStamp` of the samples".to_owned();
    event.notes.push(Assumption { rule: &rules::TWIN_NAMES, line, what });
}

/// Elements whose names differ by case alone (`ItemUserId` on one page, `ItemUserid` on another) are one element, under the name in capitals, or that has a row,
/// or that more samples show: XML is read without regard to case.
fn one_case(fields: &mut Vec<Field>) {
    let mut at = 0;
    while at < fields.len() {
        let name = fields[at].name.clone();
        let twin = (at + 1..fields.len()).find(|i| fields[*i].name.eq_ignore_ascii_case(&name));
        let Some(twin) = twin else {
            one_case(&mut fields[at].children);
            at += 1;
            continue;
        };
        let mut less = fields.remove(twin);
        let weight = |f: &Field| (f.name.starts_with(char::is_uppercase), f.row.exists, f.shown.count);
        if weight(&less) > weight(&fields[at]) {
            std::mem::swap(&mut less, &mut fields[at]);
        }
        let field = &mut fields[at];
        if !field.row.exists {
            field.row = less.row;
        }
        field.shown.count += less.shown.count;
        field.shown.parents = field.shown.parents.max(less.shown.parents);
        field.children.append(&mut less.children);
    }
}

/// XML has no types: what is digits on each page is a number, in CDATA or not.
fn numeric(field: &mut Field) {
    field.children.iter_mut().for_each(numeric);
    // The number of a telephone is a name.
    let phone =
        |v: &serde_json::Value| v.as_i64().is_some_and(|n| (10_000_000_000..20_000_000_000).contains(&n));
    let values = &mut field.shown.values;
    if field.shown.kinds.int && !values.is_empty() && values.iter().all(phone) {
        (field.shown.kinds.int, field.shown.kinds.string) = (false, true);
        values.iter_mut().for_each(|v| *v = v.to_string().into());
        return;
    }
    // Longer ones are names. One sample alone shows text, unless the row lists numbers.
    let told = || {
        has(regex!(r"(?:^|[^0-9A-Za-z.])[0-9]{1,2}\s*[-:=]\s*[\x{4e00}-\x{9fff}]"), &narrow(&field.row.desc))
    };
    // A position and a count are numbers, though they stand in CDATA.
    let counts = || {
        let label = narrow(&field.row.desc);
        has(regex!("^[XY]坐标|^[经纬]度|^精度|^[^,。;:(]{2,16}[^位号指参分]数(?:$|[,。;(])"), &label)
    };
    let digits = |v: &serde_json::Value| v.as_str().is_none_or(|s| s.len() < 10 && s.parse::<i64>().is_ok());
    let words = |v: &serde_json::Value| matches!(v.as_str(), Some("true" | "false"));
    if field.shown.kinds.string && !values.is_empty() && values.iter().all(words) {
        (field.shown.kinds.string, field.shown.kinds.bool) = (false, true);
        values.clear();
        return;
    }
    if field.shown.kinds.string && !values.is_empty() && values.iter().all(digits) && counts() {
        field.shown.kinds.int = true;
    }
    if field.shown.kinds.string
        && (field.shown.kinds.int || !field.shown.values.is_empty() && told())
        && field.shown.values.iter().all(digits)
    {
        field.shown.kinds.string = false;
        field.shown.values.retain(serde_json::Value::is_number);
    }
}

/// Pages about what is sent back.
pub(crate) fn is_reply(title: &str) -> bool {
    has(regex!("被动回复"), title)
}

fn is_title(text: &str) -> bool {
    !has(
        regex!(
            r"^(?:[0-9]+(?:\.[0-9]+)*[.、\s]*)?(概述|请求|示例|格式|参数说明|事件格式|消息格式|接口说明)$"
        ),
        text,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::read::page;

    fn found_on(page: Page) -> Vec<Event> {
        let pages = [page];
        find_events(&pages, &SharedTypes::new(&pages))
    }

    #[test]
    fn numbers_and_times_of_xml() {
        let sample = |stamp: &str, n: &str| {
            format!("```\n<xml><InfoType>x</InfoType><{stamp}>1403610513</{stamp}><N>{n}</N></xml>\n```\n")
        };
        let body = format!(
            "{}{}|参数|说明|\n|--|--|\n|CreateTime|时间|\n|N|个数|",
            sample("TimeStamp", "<![CDATA[1]]>"),
            sample("TimeStamp", "2")
        );
        let head = "---\ntitle: T\ndoc_id: 1\ncategory_id: 2\n---\n";
        let page = page::read("001-企业内部开发/p.md", &format!("{head}{body}")).expect("page");
        let list = found_on(page);
        let [event] = list.as_slice() else { panic!("one event: {list:?}") };
        let fields: Vec<(&str, &str, bool)> = event
            .fields
            .iter()
            .map(|f| (f.name.as_str(), f.row.desc.as_str(), f.shown.kinds.string))
            .collect();
        assert_eq!(fields, [("N", "个数", false), ("TimeStamp", "时间", false)]);
        assert_eq!(event.notes.len(), 1, "{:?}", event.notes);
    }

    #[test]
    fn a_sample_and_its_table() {
        let body = "|应用类型|权限要求|事件开关|\n|--|--|--|\n|自建应用|配置到甲中|[乙](#1)|\n|代开发应用|暂不支持|无|\n## 新增成员\n```\n<xml><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[change_contact]]></Event>\
                    <ChangeType>create_user</ChangeType><Id>7</Id><A><B>x</B><B>y</B></A></xml>\n```\n|参数|说明|\n|--|--|\n|Id|编号|\n|C|别名|\n**说明：**\n只推送给管理员。\n## 其他\n与此无关";
        let page = page::read(
            "001-企业内部开发/p.md",
            &format!("---\ntitle: T\ndoc_id: 1\ncategory_id: 2\n---\n{body}"),
        )
        .expect("page");
        let list = found_on(page);
        let [event] = list.as_slice() else { panic!("one event: {list:?}") };
        assert_eq!(event.key(), "change_contact.create_user");
        assert_eq!(event.title, "新增成员");
        let names: Vec<&str> = event.fields.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["Id", "C", "A"]);
        assert_eq!(event.doc, ["只推送给管理员。"]);
        assert_eq!(event.permission, ["自建应用：配置到甲中（事件开关：乙）", "代开发应用：暂不支持"]);
        assert_eq!((event.fields[2].shown.lists, event.fields[2].marks.xml_item.as_deref()), (1, Some("B")));
    }

    #[test]
    fn names_that_differ_by_case_and_lists_by_name() {
        let body = "## 状态\n```\n<xml><MsgType>event</MsgType><Event>a</Event><ItemUserid>x</ItemUserid><Kind><![CDATA[2]]></Kind>\
                    <Mobile>13812345678</Mobile><UserList><Id>1</Id><Name>x</Name></UserList></xml>\n```\n\
                    ```\n<xml><MsgType>event</MsgType><Event>a</Event><ItemUserId>x</ItemUserId></xml>\n```\n\
                    |参数|说明|\n|--|--|\n|ItemUserId|成员|\n|Kind|种类。2-内部，3-外部|\n|Mobile|手机|\n|UserList|成员列表|";
        let page = page::read("p.md", &format!("---\ntitle: T\ndoc_id: 1\ncategory_id: 2\n---\n{body}"))
            .expect("page");
        let list = found_on(page);
        let [event] = list.as_slice() else { panic!("one event: {list:?}") };
        let fields: Vec<(&str, bool, u8)> =
            event.fields.iter().map(|f| (f.name.as_str(), f.shown.kinds.string, f.shown.lists)).collect();
        assert_eq!(
            fields,
            [("ItemUserId", true, 0), ("Kind", false, 0), ("Mobile", true, 0), ("UserList", false, 1)]
        );
    }

    #[test]
    fn the_value_that_a_table_gives_in_words() {
        let body = "## 新增房间\n```\n<xml><MsgType>event</MsgType><Event>change_room</Event><ChangeType>xxx_room</ChangeType></xml>\n```\n\
                    |参数|说明|\n|--|--|\n|ChangeType|该字段值为create_room|";
        let page = page::read("p.md", &format!("---\ntitle: T\ndoc_id: 1\ncategory_id: 2\n---\n{body}"))
            .expect("page");
        let keys: Vec<String> = found_on(page).iter().map(Event::key).collect();
        assert_eq!(keys, ["change_room.create_room"]);
    }
}
