//! Pages → callback events, by their XML samples and the tables behind these.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::docs::events::xml::documents;
use crate::docs::fields::build_tree;
use crate::docs::infer::values;
use crate::docs::model::{
    Assumption, Block, BlockKind, Event, Field, Page, ParamTable, Sample, Side, Source, Table, Title,
};
use crate::docs::read::digest::Digest;
use crate::docs::read::page::mode;
use crate::docs::read::text::{clean, find_all, has, regex};
use crate::docs::rules;
use crate::docs::section::{read_table, title};

const DISCRIMINATORS: &[&str] = &["MsgType", "Event", "ChangeType", "InfoType"];

/// What tells an event from others: the discriminators that its sample shows.
type Key = Vec<(String, String)>;

/// An event while its pages are read.
struct Found {
    event: Event,
    side: Side,
    /// By `doc_id` and file.
    digests: BTreeMap<(i64, String), Digest>,
}

/// All XML events of the pages, each once.
pub fn find_events(pages: &[Page]) -> Vec<Event> {
    let mut found: BTreeMap<Key, Found> = BTreeMap::new();
    for page in pages {
        let mut reader = Reader {
            page,
            title: page.title.clone(),
            last: vec![],
            near: Title::default(),
            said: vec![],
            found: &mut found,
        };
        page.blocks.iter().for_each(|block| reader.block(block));
    }
    let keys: BTreeSet<Key> = found.keys().cloned().collect();
    let mut out: Vec<Event> = Vec::new();
    for found in found.into_values() {
        let more = found.further(&keys);
        let event = found.finish();
        // Two samples may have the same table behind them.
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
        let value = |key: &Key| key.last().map_or(String::new(), |(_, v)| v.clone());
        let what = format!(
            "`{}` was taken over from `{}`, whose table lists it",
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
    /// The events of the last sample, which the tables behind it describe.
    last: Vec<Key>,
    /// What the nearest title names.
    near: Title,
    /// Sentences since the last heading or event.
    said: Vec<String>,
    found: &'r mut BTreeMap<Key, Found>,
}

impl Reader<'_> {
    fn block(&mut self, block: &Block) {
        match &block.kind {
            BlockKind::Heading(_, text) => {
                (self.title, self.last, self.near) = (clean(text), vec![], Title::default());
                self.said.clear();
            }
            BlockKind::Line(text) => self.line(text),
            BlockKind::Code(code) => self.samples(block.line, code),
            BlockKind::Table(table) => self.table(block, table),
        }
    }

    fn line(&mut self, text: &str) {
        let named = title::title(text);
        if !named.is_plain() {
            self.near = named;
        }
        let words = clean(text.trim_start_matches(['>', ' ']));
        // A line that only announces the sample says nothing of the event.
        if !words.is_empty()
            && !words.starts_with(":::")
            && !words.ends_with(['：', ':'])
            && self.said.len() < 12
        {
            self.said.push(words);
        }
    }

    fn samples(&mut self, line: u32, code: &str) {
        let mut here = Vec::new();
        for value in documents(code) {
            let Some(key) = discriminators(&value) else { continue };
            let page = self.page;
            if !self.found.contains_key(&key) {
                let title = if is_title(&self.title) { &self.title } else { &page.title };
                let new = Found::new(key.clone(), title.clone(), std::mem::take(&mut self.said));
                self.found.insert(key.clone(), new);
            }
            let Some(Found { event, side, digests }) = self.found.get_mut(&key) else { continue };
            digests.entry(place(page)).or_default().text(&value.to_string());
            event.modes.extend(mode(&page.file).filter(|m| !event.modes.contains(m)));
            if !event.pages.iter().any(|p| p.doc_id == page.doc_id) {
                event.pages.push(Source {
                    page: page.category_id,
                    doc_id: page.doc_id,
                    updated: page.updated.clone(),
                    file: page.file.clone(),
                    line,
                });
            }
            side.samples.push(Sample { line, value, title: Title::default() });
            here.push(key);
        }
        if !here.is_empty() {
            self.last = here;
        }
    }

    fn table(&mut self, block: &Block, table: &Table) {
        let Some(rows) = read_table::rows(table) else { return };
        let near = std::mem::take(&mut self.near);
        for key in &self.last {
            let Some(Found { side, digests, .. }) = self.found.get_mut(key) else { continue };
            digests.entry(place(self.page)).or_default().block(block);
            let title = Title { headings: vec![], ..near.clone() };
            let (line, rows) = (block.line, rows.clone());
            side.tables.push(ParamTable { line, title, rows, samples: vec![], said: String::new() });
        }
    }
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
            fields: vec![],
            digests: vec![],
            notes: vec![],
        };
        Found { event, side: Side::default(), digests: BTreeMap::new() }
    }

    /// Keys that differ from this one in the finest mark alone, as the mark's row lists them, and that no sample has.
    fn further(&self, known: &BTreeSet<Key>) -> Vec<Key> {
        let Some(((mark, own), outer)) = self.event.matches.split_last() else { return vec![] };
        // A sample of a message or of the one Event that a page is about stands for itself.
        if mark != "ChangeType" {
            return vec![];
        }
        let rows = self.side.tables.iter().flat_map(|t| &t.rows);
        let listed = rows.filter(|r| r.name == *mark).flat_map(|r| {
            let quoted = find_all(regex!("`([a-z][a-z0-9_]*)`"), &r.desc).into_iter().map(|m| m[1].clone());
            let told = values::values(&r.desc, false).into_iter().map(|v| v.0);
            quoted.chain(told).collect::<Vec<_>>()
        });
        let values: BTreeSet<String> = listed.collect();
        if !values.contains(own) {
            return vec![];
        }
        let key = |value: &String| -> Key {
            outer.iter().cloned().chain([(mark.clone(), value.clone())]).collect()
        };
        values.iter().map(key).filter(|key| !known.contains(key)).collect()
    }

    fn finish(self) -> Event {
        let Found { mut event, side, digests } = self;
        // A page that stands in several trees counts once.
        for ((doc, _), digest) in digests {
            if !event.digests.iter().any(|(d, _)| *d == doc) {
                event.digests.push((doc, digest.hex()));
            }
        }
        let fields = build_tree::build(&side, &[], &mut event.notes);
        event.fields = fields
            .into_iter()
            // An event has no other side whose fields a title could name.
            .map(|f| Field { when: None, ..f })
            .filter(|f| !DISCRIMINATORS.contains(&f.name.as_str()) && f.name != "xml")
            .collect();
        event.modes.sort();
        event
    }
}

fn is_title(text: &str) -> bool {
    !has(
        regex!(
            r"^(?:[0-9]+(?:\.[0-9]+)*[.、\s]*)?(概述|请求|示例|格式|参数说明|事件格式|消息格式|接口说明)$"
        ),
        text,
    )
}

/// What tells an event from others, of a payload.
pub fn discriminators(value: &Value) -> Option<Vec<(String, String)>> {
    let mut out = Vec::new();
    for key in DISCRIMINATORS {
        if let Some(v) = value.get(key).and_then(Value::as_str).map(str::trim).filter(|v| !v.is_empty()) {
            // Only an event has the finer marks.
            out.push(((*key).to_owned(), v.to_owned()));
        }
    }
    let wire = |v: &str| v.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./".contains(&b));
    let named = out.iter().any(|(k, _)| k == "MsgType" || k == "InfoType");
    (named && out.iter().all(|(_, v)| wire(v))).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::read::page;

    #[test]
    fn a_sample_and_its_table() {
        let body = "## 新增成员\n```\n<xml><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[change_contact]]></Event>\
                    <ChangeType>create_user</ChangeType><Id>7</Id><A><B>x</B><B>y</B></A></xml>\n```\n|参数|说明|\n|--|--|\n|Id|编号|\n|C|别名|";
        let page = page::read(
            "001-企业内部开发/p.md",
            &format!("---\ntitle: T\ndoc_id: 1\ncategory_id: 2\n---\n{body}"),
        )
        .expect("page");
        let list = find_events(&[page]);
        let [event] = list.as_slice() else { panic!("one event: {list:?}") };
        assert_eq!(event.key(), "change_contact.create_user");
        assert_eq!(event.title, "新增成员");
        let names: Vec<&str> = event.fields.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["Id", "C", "A"]);
        assert_eq!(event.fields[2].children[0].lists, 1);
    }
}
