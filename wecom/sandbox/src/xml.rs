//! The little XML that callbacks need.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use serde_json::{Map, Value};

/// XML that grows.
#[derive(Default)]
pub(crate) struct Xml(pub(crate) String);

impl Xml {
    pub(crate) fn within(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.0.push_str(&format!("<{name}>"));
        content(self);
        self.0.push_str(&format!("</{name}>"));
    }

    /// A section ends at the first `]]>`, whoever wrote it.
    pub(crate) fn text(&mut self, name: &str, text: &str) {
        let text = text.replace("]]>", "]]]]><![CDATA[>");
        self.within(name, |xml| xml.0.push_str(&format!("<![CDATA[{text}]]>")));
    }
}

/// A document as JSON: elements as fields, texts as strings, elements of one name as a list. None for what is no XML.
pub(crate) fn read(text: &str) -> Option<Value> {
    let mut reader = Reader::from_str(text.trim());
    // Name, text, elements.
    let mut open: Vec<(String, String, Map<String, Value>)> = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => open.push((tag.name().0.to_owned(), String::new(), Map::new())),
            Event::Empty(tag) => {
                let value = Value::String(String::new());
                add(&mut open.last_mut()?.2, tag.name().0.to_owned(), value);
            }
            Event::End(_) => {
                let (name, text, map) = open.pop()?;
                let value = if map.is_empty() { Value::String(text) } else { Value::Object(map) };
                match open.last_mut() {
                    Some(outer) => add(&mut outer.2, name, value),
                    None => return Some(value),
                }
            }
            Event::Text(piece) => {
                let piece = piece.xml10_content();
                if let Some((_, text, _)) = open.last_mut()
                    && !(text.is_empty() && piece.trim().is_empty())
                {
                    text.push_str(&piece);
                }
            }
            Event::CData(piece) => open.last_mut()?.1.push_str(&piece.xml10_content()),
            Event::GeneralRef(entity) => {
                let text = &mut open.last_mut()?.1;
                match entity.resolve_char_ref().ok()? {
                    Some(character) => text.push(character),
                    None => text.push_str(resolve_predefined_entity(&entity)?),
                }
            }
            Event::Eof => return None,
            Event::DocType(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

fn add(map: &mut Map<String, Value>, name: String, value: Value) {
    match map.get_mut(&name) {
        None => drop(map.insert(name, value)),
        Some(Value::Array(list)) => list.push(value),
        Some(first) => *first = Value::Array(vec![first.take(), value]),
    }
}
