//! What pages describe apart from endpoints: types and enumerations that cells refer to, on the same page or another.

use std::collections::BTreeMap;

use crate::docs::gather::enumerations::ValueTable;
use crate::docs::model::{Block, BlockKind, Page, ParamTable, Sides, Table, Title};
use crate::docs::read::sample;
use crate::docs::read::text::clean;
use crate::docs::section::{read_table, title, value_table};

/// What pages describe apart from endpoints, by `doc_id`: cells may refer to another page.
#[derive(Default)]
pub(crate) struct SharedTypes(BTreeMap<i64, Shelf>);

/// Types and enumerations of a page.
#[derive(Default)]
struct Shelf {
    tables: Vec<ParamTable>,
    values: Vec<ValueTable>,
}

impl SharedTypes {
    pub(crate) fn new(pages: &[Page]) -> SharedTypes {
        let mut out = SharedTypes::default();
        for page in pages {
            out.0.entry(page.doc_id).or_insert_with(|| Reader::read(page));
        }
        out
    }

    /// Tables of this page outside the section, and of pages it links to, that describe types by name; enumerations of all these pages.
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
        self.among(page.doc_id, &wanted, &own)
    }

    /// Tables of a page, but for those of an event of it, that describe types by name.
    pub(crate) fn beside(&self, page: i64, own: &[u32]) -> Vec<&ParamTable> {
        self.among(page, &[page], own).0
    }

    fn among(&self, page: i64, wanted: &[i64], own: &[u32]) -> (Vec<&ParamTable>, Vec<&ValueTable>) {
        let (mut tables, mut values) = (Vec::new(), Vec::new());
        for id in wanted {
            let Some(shelf) = self.0.get(id) else { continue };
            tables.extend(shelf.tables.iter().filter(|t| *id != page || !own.contains(&t.line)));
            values.extend(&shelf.values);
        }
        (tables, values)
    }
}

/// Where on a page the reader stands.
#[derive(Default)]
struct Reader {
    shelf: Shelf,
    page: i64,
    /// What the nearest title names.
    title: Title,
    /// The headings above, with their levels.
    headings: Vec<(u8, String)>,
    /// Sentences since the last title.
    said: String,
}

impl Reader {
    fn read(page: &Page) -> Shelf {
        let mut reader = Reader { page: page.doc_id, ..Reader::default() };
        let mut at = 0;
        while let Some(block) = page.blocks.get(at) {
            match value_table::listed(&page.blocks[at..]) {
                Some((values, count)) => {
                    reader.listed(values, &page.blocks[at.saturating_sub(1)..at + count]);
                    at += count;
                }
                None => {
                    reader.block(block);
                    at += 1;
                }
            }
        }
        // A page about nothing but one enumeration is its heading.
        if let [values] = reader.shelf.values.as_mut_slice()
            && values.headings.is_empty()
        {
            values.headings.push(title::anchor(&page.title));
        }
        reader.shelf
    }

    fn block(&mut self, block: &Block) {
        match &block.kind {
            BlockKind::Heading(level, text) => {
                self.title = title::title(text);
                self.said.clear();
                self.headings.retain(|(l, _)| l < level);
                self.headings.push((*level, title::anchor(text)));
            }
            BlockKind::Line(text) => self.line(text),
            BlockKind::Table(table) => self.table(block.line, table),
            BlockKind::Code(text) => {
                // What a type's sample cuts short is a part of its own, which some things have and others lack.
                let value = sample::read(text)
                    .map(sample::unmarked)
                    .filter(|v| v.is_object() && !self.headings.is_empty());
                if let Some(value) = value {
                    let title = self.placed(Title::default());
                    let (rows, said) = (vec![], String::new());
                    self.shelf.tables.push(ParamTable {
                        line: block.line,
                        title,
                        rows,
                        samples: vec![value],
                        said,
                    });
                }
            }
        }
    }

    fn line(&mut self, text: &str) {
        let named = title::title(text);
        if !named.is_plain() {
            self.title = named;
            self.said.clear();
        }
        if self.said.len() < 2000 {
            self.said.push_str(text);
            self.said.push('\n');
        }
        // Some parts have a bold line for a heading; `字段说明` is part of the one before.
        let bold = text.starts_with("**") && text.chars().count() < 30;
        if bold && !title::is_generic(&clean(text)) {
            self.headings.retain(|(l, _)| *l < 7);
            self.headings.push((7, title::anchor(text)));
        }
    }

    fn table(&mut self, line: u32, table: &Table) {
        if let Some(values) = value_table::values(table) {
            let headings = title::chain(&self.headings);
            self.shelf.values.push(ValueTable { page: self.page, headings, values, lines: vec![] });
        } else if (self.title.names.len() == 1 || !self.headings.is_empty())
            && let Some(rows) = read_table::rows(table)
        {
            let named = std::mem::take(&mut self.title);
            let (title, said) = (self.placed(named), std::mem::take(&mut self.said));
            self.shelf.tables.push(ParamTable { line, title, rows, samples: vec![], said });
        }
    }

    /// Values that lines list, with the line that leads to them.
    fn listed(&mut self, values: value_table::Values, blocks: &[Block]) {
        let lines = blocks.iter().filter_map(|b| match &b.kind {
            BlockKind::Line(text) => Some(clean(text)),
            _ => None,
        });
        let lines: Vec<String> = lines.collect();
        let leads = lines.len() > values.len() && lines[0].ends_with([':', '：']);
        let skipped = lines.len() - values.len() - usize::from(leads);
        let headings = title::chain(&self.headings);
        let lines = lines[skipped..].to_vec();
        self.shelf.values.push(ValueTable { page: self.page, headings, values, lines });
    }

    /// A title with the headings above it.
    fn placed(&self, title: Title) -> Title {
        Title { headings: title::chain(&self.headings), ..title }
    }
}
