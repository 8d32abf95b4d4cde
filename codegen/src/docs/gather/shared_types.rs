//! What pages describe apart from endpoints: types and enumerations that cells refer to, on the same page or another.

use std::collections::BTreeMap;

use crate::docs::model::{BlockKind, Field, Page, ParamTable, Sides, Table, Title};
use crate::docs::read::sample;
use crate::docs::read::text::{clean, has, regex};
use crate::docs::section::{read_table, title};

/// What pages describe apart from endpoints, by `doc_id`: cells may refer to another page.
#[derive(Default)]
pub(crate) struct SharedTypes(BTreeMap<i64, Shelf>);

/// Types and enumerations of a page.
#[derive(Default)]
struct Shelf {
    tables: Vec<ParamTable>,
    values: Vec<ValueTable>,
}

/// A table of an enumeration's values, under the headings by which texts refer to it.
pub(crate) struct ValueTable {
    headings: Vec<String>,
    values: Vec<(String, String)>,
}

impl SharedTypes {
    pub(crate) fn new(pages: &[Page]) -> SharedTypes {
        let mut out = SharedTypes::default();
        for page in pages {
            if out.0.contains_key(&page.doc_id) {
                continue;
            }
            let mut shelf = Shelf::default();
            let (mut title, mut headings) = (Title::default(), Vec::<(u8, String)>::new());
            let mut said = String::new();
            for block in &page.blocks {
                match &block.kind {
                    BlockKind::Heading(level, text) => {
                        title = title::title(text);
                        said.clear();
                        headings.retain(|(l, _)| l < level);
                        headings.push((*level, title::anchor(text)));
                    }
                    BlockKind::Line(text) => {
                        let t = title::title(text);
                        if !t.is_plain() {
                            title = t;
                            said.clear();
                        }
                        if said.len() < 2000 {
                            said.push_str(text);
                            said.push('\n');
                        }
                        // Some parts have a bold line for a heading.
                        if text.starts_with("**") && text.chars().count() < 30 {
                            headings.retain(|(l, _)| *l < 7);
                            headings.push((7, title::anchor(text)));
                        }
                    }
                    BlockKind::Table(table) => {
                        if let Some(values) = values(table) {
                            let headings = headings.iter().map(|h| h.1.clone()).collect();
                            shelf.values.push(ValueTable { headings, values });
                        } else if (title.names.len() == 1 || !headings.is_empty())
                            && let Some(rows) = read_table::rows(table)
                        {
                            let title = Title {
                                headings: headings.iter().map(|h| h.1.clone()).collect(),
                                ..std::mem::take(&mut title)
                            };
                            shelf.tables.push(ParamTable {
                                line: block.line,
                                title,
                                rows,
                                samples: vec![],
                                said: std::mem::take(&mut said),
                            });
                        }
                    }
                    BlockKind::Code(text) => {
                        if !headings.is_empty()
                            && let Some(value) = sample::read(text).filter(|v| v.is_object())
                        {
                            let title = Title {
                                headings: headings.iter().map(|h| h.1.clone()).collect(),
                                ..Title::default()
                            };
                            shelf.tables.push(ParamTable {
                                line: block.line,
                                title,
                                rows: vec![],
                                samples: vec![value],
                                said: String::new(),
                            });
                        }
                    }
                }
            }
            out.0.insert(page.doc_id, shelf);
        }
        out
    }

    /// Tables of this page outside the section, and of pages it links to, that describe types by name.
    pub(crate) fn of(&self, page: &Page, one: &Sides) -> (Vec<&ParamTable>, Vec<&ValueTable>) {
        let mut wanted: Vec<i64> = vec![page.doc_id];
        for block in &page.blocks {
            let BlockKind::Table(table) = &block.kind else { continue };
            for cell in table.rows.iter().flat_map(|r| &r.1) {
                let mut rest = cell.as_str();
                while let Some(at) = rest.find("(#") {
                    rest = &rest[at + 2..];
                    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                    if let Ok(id) = digits.parse()
                        && !wanted.contains(&id)
                    {
                        wanted.push(id);
                    }
                }
            }
        }
        let own: Vec<u32> = one.request.tables.iter().chain(&one.response.tables).map(|t| t.line).collect();
        let (mut tables, mut values) = (Vec::new(), Vec::new());
        for id in wanted {
            let Some(shelf) = self.0.get(&id) else { continue };
            tables.extend(shelf.tables.iter().filter(|t| id != page.doc_id || !own.contains(&t.line)));
            values.extend(&shelf.values);
        }
        (tables, values)
    }
}

/// `枚举值|描述`: words or numbers with what they mean.
fn values(table: &Table) -> Option<Vec<(String, String)>> {
    let [first, second, ..] = table.header.as_slice() else { return None };
    if !has(regex!("^(描述|说明|含义|备注|名称)$"), &clean(second))
        || has(regex!("(?i)码|err|api|参数|字段名|组件"), &clean(first))
        || table.rows.len() < 2
    {
        return None;
    }
    let pair = |(_, cells): &(u32, Vec<String>)| -> Option<(String, String)> {
        let value = clean(cells.first()?).trim_matches(['"', '`', ' ']).to_owned();
        let word = has(regex!("^(-?[0-9]{1,9}|[A-Za-z][A-Za-z0-9_]*)$"), &value);
        word.then(|| (value, clean(cells.get(1).map_or("", String::as_str)).replace('\n', " ")))
    };
    table.rows.iter().map(pair).collect()
}

/// Gives fields the values of the tables that their texts refer to.
pub(crate) fn attach(fields: &mut [Field], tables: &[&ValueTable]) {
    for field in fields {
        if field.children.is_empty() && field.marks.values.is_empty() {
            // The nearest heading: those around it hold many tables.
            let found =
                tables.iter().find(|t| t.headings.last().is_some_and(|h| field.row.links.contains(h)));
            if let Some(table) = found {
                field.marks.values = table.values.clone();
            }
        }
        attach(&mut field.children, tables);
    }
}
