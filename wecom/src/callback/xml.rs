//! XML as a tree. Attributes, comments and processing instructions are passed over; a document type is refused, and
//! with it every entity but the five of XML.

use std::fmt;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::CallbackError;
use super::read::Element;
use crate::scrub;
use crate::wire::path;

/// No callback nests deeper; a bound for the stack.
const MAX_DEPTH: usize = 64;

/// An XML element: either text, or further elements.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Node {
    name: String,
    text: String,
    children: Vec<Node>,
}

impl Node {
    /// Reads a document.
    ///
    /// # Errors
    /// What is wrong with it, without showing any of it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}').trim());
        let mut open: Vec<Open> = Vec::new();
        let mut root = None;
        loop {
            let at = reader.buffer_position();
            let wrong = |what: &str| format!("at byte {at}: {what}");
            match reader.read_event().map_err(|_| wrong("not well-formed XML"))? {
                Event::Start(tag) => {
                    if open.len() >= MAX_DEPTH {
                        return Err(wrong("elements nest too deep"));
                    }
                    open.push(Open::new(tag.name().0));
                }
                Event::Empty(tag) => close(Open::new(tag.name().0), &mut open, &mut root).map_err(wrong)?,
                Event::End(_) => {
                    let done = open.pop().ok_or_else(|| wrong("an element ends that was not begun"))?;
                    close(done, &mut open, &mut root).map_err(wrong)?;
                }
                Event::Text(piece) => text_in(&mut open, &piece.xml10_content()).map_err(wrong)?,
                Event::CData(piece) => {
                    let element = open.last_mut().ok_or_else(|| wrong("text outside any element"))?;
                    // Indentation before a section is not part of it.
                    if !element.cdata && element.node.text.trim().is_empty() {
                        element.node.text.clear();
                    }
                    element.cdata = true;
                    element.node.text.push_str(&piece.xml10_content());
                }
                Event::GeneralRef(entity) => {
                    let character =
                        entity.resolve_char_ref().map_err(|_| wrong("an impossible character"))?;
                    match (character, resolve_predefined_entity(&entity)) {
                        (Some(character), _) => {
                            text_in(&mut open, character.encode_utf8(&mut [0; 4])).map_err(wrong)?
                        }
                        (None, Some(text)) => text_in(&mut open, text).map_err(wrong)?,
                        (None, None) => return Err(wrong("an entity that XML does not have")),
                    }
                }
                Event::DocType(_) => return Err(wrong("a document type, which no callback has")),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        if !open.is_empty() {
            return Err("an element does not end".to_owned());
        }
        root.ok_or_else(|| "no element at all".to_owned())
    }

    /// The same shape from JSON: objects as elements, lists as repeated elements, scalars as text.
    #[must_use]
    pub fn from_json(value: &Value) -> Self {
        let mut root = Self { name: "json".to_owned(), ..Self::default() };
        root.fill(value);
        root
    }

    fn fill(&mut self, value: &Value) {
        match value {
            Value::Null => {}
            Value::String(text) => self.text.clone_from(text),
            Value::Bool(_) | Value::Number(_) => self.text = value.to_string(),
            Value::Array(list) => list.iter().for_each(|element| self.push("item", element)),
            Value::Object(map) => {
                for (name, value) in map {
                    match value {
                        Value::Array(list) => list.iter().for_each(|element| self.push(name, element)),
                        _ => self.push(name, value),
                    }
                }
            }
        }
    }

    fn push(&mut self, name: &str, value: &Value) {
        let mut child = Self { name: name.to_owned(), ..Self::default() };
        child.fill(value);
        self.children.push(child);
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its text; empty when it has further elements.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The elements in it, in order.
    #[must_use]
    pub fn children(&self) -> &[Node] {
        &self.children
    }

    /// The elements of this name in it, case aside.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |child| child.name.eq_ignore_ascii_case(name))
    }

    /// The first element at a path of names with dots between them, case aside.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&Node> {
        path.split('.').try_fold(self, |node, name| {
            node.children.iter().find(|child| child.name.eq_ignore_ascii_case(name))
        })
    }

    /// The text of the first element at a path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&str> {
        self.find(path).map(Node::text)
    }

    /// As free JSON: text as strings, repeated elements as lists.
    #[must_use]
    pub fn to_value(&self) -> Value {
        if self.children.is_empty() {
            return Value::String(self.text.clone());
        }
        let mut map = Map::new();
        for child in &self.children {
            let value = child.to_value();
            match map.get_mut(&child.name) {
                None => drop(map.insert(child.name.clone(), value)),
                Some(Value::Array(list)) => list.push(value),
                Some(first) => *first = Value::Array(vec![first.take(), value]),
            }
        }
        Value::Object(map)
    }

    /// As a type of one's own, or a generated one. A list takes repeated elements, one included.
    ///
    /// # Errors
    /// [`CallbackError::Message`] with the place and what is wrong there.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, CallbackError> {
        path::clear();
        T::deserialize(Element(self)).map_err(|error| {
            let place = path::render(&path::take());
            let separator = if place.is_empty() { "" } else { ": " };
            CallbackError::Message(format!("{place}{separator}{}", scrub::without_value(&error.0)))
        })
    }
}

/// Shows texts, except what is secret by its name.
impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if self.children.is_empty() {
            return if scrub::is_sensitive(&self.name) {
                f.write_str(": ***")
            } else {
                write!(f, ": {:?}", self.text)
            };
        }
        f.write_str(" ")?;
        f.debug_list().entries(&self.children).finish()
    }
}

/// An element that has not ended yet.
struct Open {
    node: Node,
    cdata: bool,
}

impl Open {
    fn new(name: &str) -> Self {
        Self { node: Node { name: name.to_owned(), ..Node::default() }, cdata: false }
    }
}

fn text_in(open: &mut [Open], piece: &str) -> Result<(), &'static str> {
    match open.last_mut() {
        // Indentation around a section is not part of it.
        Some(element) if element.cdata && piece.trim().is_empty() => {}
        Some(element) => element.node.text.push_str(piece),
        None if piece.trim().is_empty() => {}
        None => return Err("text outside any element"),
    }
    Ok(())
}

fn close(done: Open, open: &mut [Open], root: &mut Option<Node>) -> Result<(), &'static str> {
    let Open { mut node, cdata } = done;
    if !node.children.is_empty() {
        node.text.clear();
    } else if !cdata {
        let trimmed = node.text.trim();
        if trimmed.len() < node.text.len() {
            node.text = trimmed.to_owned();
        }
    }
    match open.last_mut() {
        Some(parent) => parent.node.children.push(node),
        None if root.is_none() => *root = Some(node),
        None => return Err("a second document"),
    }
    Ok(())
}
