//! Documents; the content of smart tables.

mod cell;
mod document;
mod field;
mod record;
mod sheet;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::call::{Call, Flow};
use crate::refuse::{Refusal, refuse};
use crate::state::State;

pub(super) fn find(name: &str) -> Option<Flow> {
    match name.strip_prefix("smartsheet/") {
        Some(name) => sheet::find(name).or_else(|| field::find(name)).or_else(|| record::find(name)),
        None => document::find(name),
    }
}

/// A corp's documents by docid.
#[derive(Debug, Default)]
pub(crate) struct Documents(BTreeMap<String, Document>);

/// Kinds of documents.
const SMARTSHEET: i64 = 10;

#[derive(Debug)]
struct Document {
    agent: i64,
    name: String,
    kind: i64,
    created: i64,
    modified: i64,
    /// Of a smart table.
    sheets: Vec<Sheet>,
}

#[derive(Debug)]
struct Sheet {
    id: String,
    title: String,
    /// Each as `get_fields` gives it.
    fields: Vec<Map<String, Value>>,
    /// Each as `get_views` gives it.
    views: Vec<Map<String, Value>>,
    records: Vec<Record>,
    /// Records that there ever were: automatic numbers go on.
    count: u64,
}

#[derive(Debug, Clone)]
struct Record {
    id: String,
    created: i64,
    updated: i64,
    /// Cells by field_id.
    values: BTreeMap<String, Value>,
}

/// A document of the caller's app.
fn document<'s>(state: &'s mut State, call: &Call<'_>) -> Result<&'s mut Document, Refusal> {
    let id = call.text("docid");
    match state.corp(call.who)?.documents.0.get_mut(&id) {
        None => refuse(40058, format!("there is no docid {id}")),
        Some(d) if d.agent != call.who.agent => {
            refuse(48002, format!("agentid {} made the document", d.agent))
        }
        Some(d) => Ok(d),
    }
}

/// A smart table of the caller's app.
fn smart<'s>(state: &'s mut State, call: &Call<'_>) -> Result<&'s mut Document, Refusal> {
    match document(state, call)? {
        d if d.kind != SMARTSHEET => refuse(640054, "the document is not a smart table"),
        d => Ok(d),
    }
}

/// The sheet that the call names; the document counts as modified where that is said.
fn sheet<'s>(state: &'s mut State, call: &Call<'_>, modified: bool) -> Result<&'s mut Sheet, Refusal> {
    let now = state.now();
    let id = call.text("sheet_id");
    let document = smart(state, call)?;
    if modified {
        document.modified = now;
    }
    match document.sheets.iter_mut().find(|s| s.id == id) {
        Some(sheet) => Ok(sheet),
        None => refuse(2543303, format!("there is no sheet {id}")),
    }
}

impl Sheet {
    fn new(id: String, title: String) -> Self {
        Sheet { id, title, fields: Vec::new(), views: Vec::new(), records: Vec::new(), count: 0 }
    }

    /// The field of a title or an id.
    fn field(&self, key: &str, by_id: bool) -> Result<&Map<String, Value>, Refusal> {
        let name = if by_id { "field_id" } else { "field_title" };
        match self.fields.iter().find(|f| f.get(name).and_then(Value::as_str) == Some(key)) {
            Some(field) => Ok(field),
            None if by_id => refuse(40058, format!("there is no field_id {key}")),
            None => refuse(2022030, format!("no field has the title {key}")),
        }
    }
}

/// A text of an object.
fn named<'m>(map: &'m Map<String, Value>, name: &str) -> &'m str {
    map.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Whether the keys of values are ids of fields; titles by default.
fn by_id(call: &Call<'_>) -> bool {
    call.text("key_type") == "CELL_VALUE_KEY_TYPE_FIELD_ID"
}
