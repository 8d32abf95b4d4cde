//! Pages → callback events: XML samples with their tables of fields.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::docs::events::xml::documents;
use crate::docs::fields::build_tree;
use crate::docs::model::{BlockKind, Event, Field, Page, ParamTable, Sample, Side, Source, Title};
use crate::docs::read::digest::Digest;
use crate::docs::read::page;
use crate::docs::read::page::mode;
use crate::docs::read::text::{clean, has, regex};
use crate::docs::section::{read_table, title};

const DISCRIMINATORS: &[&str] = &["MsgType", "Event", "ChangeType", "InfoType"];

/// An event while its pages are read.
struct Found {
    event: Event,
    side: Side,
    /// By `doc_id` and file.
    digests: BTreeMap<(i64, String), Digest>,
}

fn place(page: &Page) -> (i64, String) {
    (page.doc_id, page.file.clone())
}

/// All XML events of the pages, each once.
pub fn events(pages: &[Page]) -> Vec<Event> {
    let mut found: BTreeMap<Vec<(String, String)>, Found> = BTreeMap::new();
    for page in pages {
        let mut title = page.title.clone();
        let mut last: Vec<Vec<(String, String)>> = Vec::new();
        let (mut near, mut said) = (Title::default(), Vec::new());
        for block in &page.blocks {
            match &block.kind {
                BlockKind::Heading(_, t) => {
                    (title, last, near) = (clean(t), vec![], Title::default());
                    said.clear();
                }
                BlockKind::Line(t) => {
                    let named = title::title(t);
                    if !named.is_plain() {
                        near = named;
                    }
                    let words = clean(t.trim_start_matches(['>', ' ']));
                    // A line that only announces the sample says nothing of the event.
                    if !words.is_empty()
                        && !words.starts_with(":::")
                        && !words.ends_with(['：', ':'])
                        && said.len() < 12
                    {
                        said.push(words);
                    }
                }
                BlockKind::Code(code) => {
                    let mut here = Vec::new();
                    for value in documents(code) {
                        let Some(key) = discriminators(&value) else { continue };
                        let source = Source {
                            page: page.category_id,
                            doc_id: page.doc_id,
                            updated: page.updated.clone(),
                            file: page.file.clone(),
                            line: block.line,
                        };
                        let fresh = || {
                            let title = if is_title(&title) { title.clone() } else { page.title.clone() };
                            let event = Event {
                                matches: key.clone(),
                                title,
                                modes: vec![],
                                pages: vec![],
                                doc: std::mem::take(&mut said),
                                fields: vec![],
                                digests: vec![],
                                notes: vec![],
                            };
                            Found { event, side: Side::default(), digests: BTreeMap::new() }
                        };
                        let Found { event, side, digests } = found.entry(key.clone()).or_insert_with(fresh);
                        digests.entry(place(page)).or_default().text(&value.to_string());
                        event.modes.extend(mode(&page.file).filter(|m| !event.modes.contains(m)));
                        if !event.pages.iter().any(|p| p.doc_id == source.doc_id) {
                            event.pages.push(source);
                        }
                        side.samples.push(Sample { line: block.line, value, title: Title::default() });
                        here.push(key);
                    }
                    if !here.is_empty() {
                        last = here;
                    }
                }
                BlockKind::Table(table) => {
                    let Some(rows) = read_table::rows(table) else { continue };
                    for key in &last {
                        if let Some(Found { side, digests, .. }) = found.get_mut(key) {
                            digests.entry(place(page)).or_default().block(block);
                            let title = Title { headings: vec![], ..near.clone() };
                            side.tables.push(ParamTable {
                                line: block.line,
                                title,
                                rows: rows.clone(),
                                samples: vec![],
                                said: String::new(),
                            });
                        }
                    }
                    near = Title::default();
                }
            }
        }
    }
    found
        .into_values()
        .map(|Found { mut event, side, digests }| {
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
        })
        .collect()
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

    #[test]
    fn a_sample_and_its_table() {
        let body = "## 新增成员\n```\n<xml><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[change_contact]]></Event>\
                    <ChangeType>create_user</ChangeType><Id>7</Id><A><B>x</B><B>y</B></A></xml>\n```\n|参数|说明|\n|--|--|\n|Id|编号|\n|C|别名|";
        let page = page::read(
            "001-企业内部开发/p.md",
            &format!("---\ntitle: T\ndoc_id: 1\ncategory_id: 2\n---\n{body}"),
        )
        .expect("page");
        let list = events(&[page]);
        let [event] = list.as_slice() else { panic!("one event: {list:?}") };
        assert_eq!(event.key(), "change_contact.create_user");
        assert_eq!(event.title, "新增成员");
        let names: Vec<&str> = event.fields.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["Id", "C", "A"]);
        assert_eq!(event.fields[2].children[0].lists, 1);
    }

    #[test]
    fn slips_of_a_sample() {
        for (text, want) in [
            ("</xml>\n<InfoType>a</InfoType></xml>", "{\"InfoType\":\"a\"}"),
            ("<xml><A><![CDATA[x]]></A\n <S>1</S></xml>", "{\"A\":\"x\",\"S\":1}"),
            ("<xml><A>1</A></xml>", "{\"A\":1}"),
            ("<xml><A><1></A><B>2</B></xml>", "{\"A\":1,\"B\":2}"),
        ] {
            let got: Vec<String> = documents(text).iter().map(Value::to_string).collect();
            assert_eq!(got, [want], "{text}");
        }
    }

    #[test]
    fn broken_xml_ends() {
        for text in ["<xml><A><B></A>", "<xml><", "<xml><![CDATA[", "<xml></xml><xml>", "<xml><A/></B>"] {
            documents(text);
        }
    }
}
