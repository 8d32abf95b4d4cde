//! What is passed from pass to pass: data alone.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use crate::docs::rules::Rule;
use crate::ir::{Auth, Mode};

/// A page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// Where it was read.
    pub file: String,
    /// Title.
    pub title: String,
    /// Identity of the content.
    pub doc_id: i64,
    /// Number in the URL: the place in the tree.
    pub category_id: i64,
    /// `yyyy-mm-dd`.
    pub updated: Option<String>,
    /// Content in order.
    pub blocks: Vec<Block>,
}

/// A part of a page and the line where it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Line in the file, from 1.
    pub line: u32,
    /// What it is.
    pub kind: BlockKind,
}

/// The kinds of blocks.
#[derive(Debug, Clone, PartialEq)]
pub enum BlockKind {
    /// `## title`, the text with its marks.
    Heading(u8, String),
    /// A line of text with its marks.
    Line(String),
    /// A table.
    Table(Table),
    /// A code sample.
    Code(String),
}

/// A table; cells keep their marks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// Header cells.
    pub header: Vec<String>,
    /// Rows and their lines.
    pub rows: Vec<(u32, Vec<String>)>,
}

/// A part of a page that describes one endpoint.
#[derive(Debug, Clone)]
pub struct Section<'p> {
    /// POST rather than GET.
    pub post: bool,
    /// The page names no method: POST was assumed where a body is shown, GET elsewhere.
    pub method_assumed: bool,
    /// `/cgi-bin/user/get`
    pub path: String,
    /// Token kind.
    pub auth: Auth,
    /// Query besides the token, names and values as in the URL.
    pub query: Vec<(String, String)>,
    /// Line of the URL.
    pub line: u32,
    /// Title of the section, or of the page.
    pub title: String,
    /// Permissions that the page names before its first endpoint.
    pub shared: Vec<String>,
    /// What it says there that holds for each of its endpoints.
    pub preface: Vec<String>,
    /// Other text before the first endpoint (kept with that one) and after the last one.
    pub left: Vec<Assumption>,
    /// Line of its first block.
    pub starts: u32,
    /// Blocks before the method line: what it does.
    pub intro: &'p [Block],
    /// Blocks after the URL.
    pub body: &'p [Block],
    /// Blocks behind these that tell of something else, with headings of their own: what the client does with the answer.
    pub beside: &'p [Block],
}

/// The tables and samples of one direction of a section.
#[derive(Debug, Clone, Default)]
pub struct Side {
    /// Parameter tables in order.
    pub tables: Vec<ParamTable>,
    /// Samples that could be read.
    pub samples: Vec<Sample>,
}

/// A readable sample.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Line where its fence opens.
    pub line: u32,
    /// What it holds.
    pub value: Value,
    /// What it is of, if its title says so.
    pub title: Title,
}

/// A table of parameters.
#[derive(Debug, Clone)]
pub struct ParamTable {
    /// Its line.
    pub line: u32,
    /// What it describes.
    pub title: Title,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Samples of the same part.
    pub samples: Vec<Value>,
    /// The sentences before it, from its heading on.
    pub said: String,
}

/// What the title of a table or sample names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Title {
    /// Fields, types or paths.
    pub names: Vec<String>,
    /// `control参数为Table`: the tag and its values.
    pub variant: Option<(String, Vec<String>)>,
    /// It is a heading that is the name of a type and nothing else: what stands below describes that type, and never the body.
    pub is_type: bool,
    /// Path of the object that the titles above name: `附录：各控件apply_data/contents/value参数介绍`.
    pub root: Vec<String>,
    /// The headings above, outermost first, as links name them.
    pub headings: Vec<String>,
}

impl Title {
    /// Whether it names no part, so that the table describes the body.
    pub fn is_plain(&self) -> bool {
        self.names.is_empty() && self.variant.is_none() && self.root.is_empty()
    }
}

/// A row of a parameter table, without marks.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Its line.
    pub line: u32,
    /// Name cell.
    pub name: String,
    /// Type cell.
    pub ty: String,
    /// Presence cell; `None` where the table has no such column.
    pub required: Option<String>,
    /// Text.
    pub desc: String,
    /// What a column of its own says of the kinds that have it: `适用的规则类型：固定时间上下班`.
    pub of_kinds: String,
    /// Names that the type and text cells link to.
    pub links: Vec<String>,
    /// Pages that the texts refer to for what the field holds, by `doc_id`.
    pub pages: Vec<i64>,
}

/// All that a section says.
#[derive(Debug, Clone, Default)]
pub struct Sides {
    /// Request: body and query.
    pub request: Side,
    /// Answer.
    pub response: Side,
    /// `form-data` parts that a sample shows, or the text names.
    pub upload: Option<String>,
    /// The answer is the file itself.
    pub bytes: bool,
    /// Local error codes.
    pub codes: Vec<(i64, String)>,
    /// Text of `权限说明`.
    pub permission: Vec<String>,
    /// Samples that are no JSON, by line.
    pub unreadable: Vec<u32>,
    /// Lines that were a table.
    pub glued: Vec<u32>,
    /// Tables of which type each kind of something has: their line and the header's words.
    pub kinds: Vec<(u32, String)>,
    /// Sentences between and after the tables: conditions and limits that no row repeats.
    pub remarks: Vec<String>,
}

/// JSON types that a field was seen with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kinds {
    /// An object.
    pub object: bool,
    /// A string.
    pub string: bool,
    /// A whole number.
    pub int: bool,
    /// A number with a fraction.
    pub float: bool,
    /// true, false.
    pub bool: bool,
}

impl Kinds {
    /// Whether samples show a string, a number or a boolean.
    pub(crate) fn scalar(self) -> bool {
        self.string || self.int || self.float || self.bool
    }
}

/// Whether a name is of the two fields that every answer has.
pub(crate) fn is_code(name: &str) -> bool {
    matches!(name, "errcode" | "errmsg")
}

/// A field as page and samples describe it.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// Wire name.
    pub name: String,
    /// What the page's tables say.
    pub row: FieldRow,
    /// What the page's samples show.
    pub shown: Shown,
    /// What one pass found out for those after it.
    pub marks: Marks,
    /// Fields of the object.
    pub children: Vec<Field>,
}

/// What the tables of a page say about a field.
#[derive(Debug, Clone, Default)]
pub struct FieldRow {
    /// A row describes the field.
    pub exists: bool,
    /// The row's line, or 0.
    pub line: u32,
    /// Place among the rows; fields that only samples show come last.
    pub order: usize,
    /// Type cell.
    pub ty: String,
    /// Presence cell.
    pub required: Option<String>,
    /// Text.
    pub desc: String,
    /// What a column of its own says of the kinds that have it.
    pub of_kinds: String,
    /// Names that the row links to.
    pub links: Vec<String>,
    /// Pages that the row refers to for what the field holds, by `doc_id`.
    pub pages: Vec<i64>,
}

/// What the samples of a page show of a field.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// JSON types.
    pub kinds: Kinds,
    /// Nested arrays around the value, in samples or by marks in the name.
    pub lists: u8,
    /// It was shown without an array as well.
    pub single: bool,
    /// An element was shown inside the arrays.
    pub leaves: bool,
    /// Some of the scalar values.
    pub values: Vec<Value>,
    /// Small numbers that were beside it, by their field.
    pub numbers_beside: Vec<(String, i64)>,
    /// Words that were beside it, by their field: `type` and `click`.
    pub words_beside: Vec<(String, String)>,
    /// How many objects held it.
    pub count: u32,
    /// How many objects could have held it: those of its parent.
    pub parents: u32,
    /// How many objects held nothing else.
    pub alone: u32,
}

/// What one pass finds out about a field and leaves for passes after it, which neither tables nor samples state as such.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// It holds what an object around it holds: how many levels up that object stands, 0 where it does not.
    /// Set by `fields` (`build_tree`, `recursive`, `one_of`; `adopt` where a copy cuts it off), read by `complete`, `infer` and `write`.
    pub recursive: usize,
    /// It has been given the fields of a type, page or sibling that its text refers to: no pass does it again.
    /// Set and read by `fields` (`build_tree`, `recursive`) and `complete` (`from_linked_page`, `from_sibling`).
    pub merged: bool,
    /// It holds in full what the pages it refers to give it. Set and read by `complete` (`from_linked_page`).
    pub in_full: bool,
    /// Values that another table lists, with their labels. Set by `gather` (`enumerations`), `fields` (`both_sides`) and `complete`
    /// (`from_other_side`), read by `complete`, `infer` and `write`.
    pub values: Vec<(String, String)>,
    /// Tag and value of the variants whose table, or part under a title, describes it. Set by `fields` (`place_rows`), read by `infer` (`unions`).
    pub variants: Vec<(String, String)>,
    /// A title above its table (`result_type为2时`) names the field of the other side, and its values, under which it is there.
    /// Set by `fields` (`build_tree`, `one_of`), which removes it where the request has no such field (`both_sides`); read by `write`.
    pub when: Option<(String, Vec<String>)>,
    /// It is there under all values that `when` could name. Set by `fields` (`one_of`), read by `write`.
    pub common: bool,
    /// The page says that only one of its object's fields is there. Set by `fields` (`build_tree`), read by `infer` (`unions`).
    pub choice: bool,
    /// It is one of several kinds of content, of which the page does not say which are there. Set by `fields` (`one_of`), read by `write`.
    pub content: bool,
    /// Trees of the pages that have it, where others of its endpoint do not. Set by `fields` (`both_sides`), read by `write`.
    pub modes: Vec<Mode>,
    /// How a table spells its name, where the name is that of the samples. Set by `fields` (`twins`), read by `fields` (`spelling`).
    pub in_table: Option<String>,
    /// XML: it is a list inside a wrapper, whose elements have this name. Set by `events`, read by `write`.
    pub xml_item: Option<String>,
    /// It is received, and its text that of a field that is sent: what limits that one says nothing of this. Set by `fields` (`adopt`), read by
    /// `write`.
    pub lent: bool,
    /// Whether an answer always has it, where what stands around it tells, and a request the field of a union's variant. Set by `complete`
    /// (`presence`) and `write` (`fields`), read by `infer` (`presence`).
    pub always: Option<bool>,
}

/// Something that was decided without the page saying so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assumption {
    /// By which rule.
    pub rule: &'static Rule,
    /// Line of the page.
    pub line: u32,
    /// What was assumed.
    pub what: String,
}

/// An endpoint as its pages describe it.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// `/cgi-bin/user/get`
    pub path: String,
    /// POST rather than GET.
    pub post: bool,
    /// Token kind.
    pub auth: Auth,
    /// Title.
    pub title: String,
    /// Page trees.
    pub modes: Vec<Mode>,
    /// Pages, the main one first.
    pub pages: Vec<Source>,
    /// Query in the URL besides the token.
    pub query: Vec<(String, String)>,
    /// Fields of the request.
    pub request: Vec<Field>,
    /// Fields of the answer.
    pub response: Vec<Field>,
    /// A sample or table of the request's body was seen.
    pub has_body: bool,
    /// The request is multipart; the form field of the file, empty where the page does not name it.
    pub upload: Option<String>,
    /// The answer is a file.
    pub bytes: bool,
    /// Local error codes.
    pub codes: Vec<(i64, String)>,
    /// What the error codes say that it refers to in a list of its page.
    pub warned: Vec<String>,
    /// What it does: the text before the method line.
    pub doc: Vec<String>,
    /// Who may call.
    pub permission: Vec<String>,
    /// Digest of the content by `doc_id`: whitespace, marks and the place in the tree do not count.
    pub digests: Vec<(i64, String)>,
    /// For each page, by `doc_id`, all names of its request and of its answer; none of a page that tells only what is added.
    pub told: Vec<(i64, [HashSet<String>; 2])>,
    /// Fields of the request of which exactly one is there.
    pub one_of: Vec<String>,
    /// What was assumed, with the index of the page in `pages`.
    pub notes: Vec<(String, Assumption)>,
}

/// A page that describes an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Number in the URL.
    pub page: i64,
    /// Identity of the content.
    pub doc_id: i64,
    /// `yyyy-mm-dd`.
    pub updated: Option<String>,
    /// File of the crawl.
    pub file: String,
    /// Line of the URL.
    pub line: u32,
}

/// An event as the pages describe it.
#[derive(Debug, Clone)]
pub struct Event {
    /// What tells it from others, in the order of the format.
    pub matches: Vec<(String, String)>,
    /// Title.
    pub title: String,
    /// Page trees.
    pub modes: Vec<Mode>,
    /// Pages.
    pub pages: Vec<Source>,
    /// What the page says before the sample.
    pub doc: Vec<String>,
    /// What its pages say before the first event of several.
    pub lead: Vec<String>,
    /// Which applications receive it.
    pub permission: Vec<String>,
    /// Fields besides the discriminators.
    pub fields: Vec<Field>,
    /// Digest by `doc_id` of its samples and tables.
    pub digests: Vec<(i64, String)>,
    /// What was assumed.
    pub notes: Vec<Assumption>,
}

impl Event {
    /// Whether it comes as JSON rather than XML.
    pub fn is_json(&self) -> bool {
        self.matches.iter().any(|(k, _)| !crate::schema::XML_DISCRIMINATORS.contains(&k.as_str()))
    }

    /// Whether it comes to a suite, not to one application.
    pub fn is_suite(&self) -> bool {
        self.matches.iter().any(|(k, _)| k == "InfoType")
    }

    /// `change_contact.create_user`, `message.text`; of JSON the finest mark.
    pub fn key(&self) -> String {
        if self.is_json() {
            return self.matches.last().map_or(String::new(), |(_, v)| v.clone());
        }
        let get = |k: &str| self.matches.iter().find(|(m, _)| m == k).map(|(_, v)| v.as_str());
        let main = get("InfoType").or_else(|| get("Event")).map(str::to_owned);
        let main = main.unwrap_or_else(|| format!("message.{}", get("MsgType").unwrap_or("unknown")));
        match get("ChangeType") {
            Some(change) => format!("{main}.{change}"),
            None => main,
        }
    }
}

/// An error code as a page has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The code.
    pub code: i64,
    /// What it means.
    pub meaning: String,
    /// File and line of the page.
    pub place: (String, u32),
}

/// The codes of the pages, and the state of the pages that list them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codes {
    /// By number.
    pub list: Vec<Code>,
    /// Digest by `doc_id` of the pages whose subject are error codes.
    pub digests: Vec<(i64, String)>,
    /// Their numbers in the URL.
    pub pages: Vec<i64>,
}

/// A page that describes something, from which nothing is imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncovered {
    /// Number in the URL.
    pub page: i64,
    /// Its title.
    pub title: String,
    /// Why.
    pub reason: &'static str,
}

/// All that was read from the pages of a crawl.
#[derive(Debug, Default)]
pub struct Extracted {
    /// Endpoints, by path.
    pub endpoints: Vec<Endpoint>,
    /// Callback events.
    pub events: Vec<Event>,
    /// Error codes.
    pub codes: Codes,
    /// What is on pages of protocols that the spec has no place for.
    pub uncovered: Vec<Uncovered>,
    /// Fix-ups whose page no longer has the words that they rest on: page, and what to do.
    pub stale: Vec<(String, String)>,
    /// Numbers of all pages that were read, in the URL and by content.
    pub numbers: BTreeSet<i64>,
}
