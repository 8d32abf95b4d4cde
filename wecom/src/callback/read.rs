//! XML elements as serde reads them.

use std::collections::HashMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::Node;

/// What is wrong with an element.
#[derive(Debug)]
pub(super) struct ReadError(pub(super) String);

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ReadError {}

impl Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// One element.
#[derive(Clone, Copy)]
pub(super) struct Element<'a>(pub(super) &'a Node);

/// All elements of one name in a parent.
struct Same<'a>(Vec<&'a Node>);

impl Element<'_> {
    fn text(&self) -> Option<&str> {
        self.0.children().is_empty().then(|| self.0.text())
    }
}

impl Same<'_> {
    fn text(&self) -> Option<&str> {
        match &self.0[..] {
            [one] if one.children().is_empty() => Some(one.text()),
            _ => None,
        }
    }
}

/// For types with serde's own reading, which takes no text for a number. The generated ones ask for anything.
macro_rules! parsed {
    ($($method:ident $visit:ident),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
            match self.text().and_then(|text| text.parse().ok()) {
                Some(value) => visitor.$visit(value),
                None => self.deserialize_any(visitor),
            }
        }
    )*};
}

/// Scalars are read from their text, so one method serves for all of them; a list asks for itself by name.
macro_rules! forward {
    () => {
        fn is_human_readable(&self) -> bool {
            false
        }
        fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
            visitor.visit_some(self)
        }
        fn deserialize_newtype_struct<V: Visitor<'de>>(
            self,
            _: &'static str,
            visitor: V,
        ) -> Result<V::Value, ReadError> {
            visitor.visit_newtype_struct(self)
        }
        serde::forward_to_deserialize_any! {
            i128 u128 char str string bytes byte_buf unit unit_struct tuple tuple_struct map struct enum identifier
            ignored_any
        }
        parsed! {
            deserialize_bool visit_bool, deserialize_f32 visit_f32, deserialize_f64 visit_f64,
            deserialize_i8 visit_i8, deserialize_i16 visit_i16, deserialize_i32 visit_i32, deserialize_i64 visit_i64,
            deserialize_u8 visit_u8, deserialize_u16 visit_u16, deserialize_u32 visit_u32, deserialize_u64 visit_u64
        }
    };
}

impl<'de> Deserializer<'de> for Element<'_> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if self.0.children().is_empty() {
            visitor.visit_str(self.0.text())
        } else {
            visitor.visit_map(Fields::new(self.0))
        }
    }
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        Same(vec![self.0]).deserialize_seq(visitor)
    }
    forward!();
}

impl<'de> Deserializer<'de> for Same<'_> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match &self.0[..] {
            [one] => Element(one).deserialize_any(visitor),
            _ => self.deserialize_seq(visitor),
        }
    }
    fn deserialize_seq<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, ReadError> {
        // `<List></List>` is an empty list, not one with an empty element.
        if let [one] = &self.0[..]
            && one.children().is_empty()
            && one.text().is_empty()
        {
            self.0.clear();
        }
        visitor.visit_seq(Elements(self.0.into_iter()))
    }
    forward!();
}

/// The name of an element: records pass over its case, since it is not human readable.
struct Name<'a>(&'a str);

impl<'de> Deserializer<'de> for Name<'_> {
    type Error = ReadError;

    fn is_human_readable(&self) -> bool {
        false
    }
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_str(self.0)
    }
    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Elements<'a>(std::vec::IntoIter<&'a Node>);

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        self.0.next().map(|node| seed.deserialize(Element(node))).transpose()
    }
}

/// The elements of a parent, those of one name together.
struct Fields<'a> {
    left: std::vec::IntoIter<(&'a str, Vec<&'a Node>)>,
    value: Option<Vec<&'a Node>>,
}

impl<'a> Fields<'a> {
    fn new(parent: &'a Node) -> Self {
        let mut fields: Vec<(&str, Vec<&Node>)> = Vec::new();
        let mut places = HashMap::new();
        for child in parent.children() {
            let place = *places.entry(child.name()).or_insert(fields.len());
            match fields.get_mut(place) {
                Some((_, same)) => same.push(child),
                None => fields.push((child.name(), vec![child])),
            }
        }
        Self { left: fields.into_iter(), value: None }
    }
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        let Some((name, same)) = self.left.next() else { return Ok(None) };
        self.value = Some(same);
        seed.deserialize(Name(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ReadError> {
        match self.value.take() {
            Some(same) => seed.deserialize(Same(same)),
            None => Err(ReadError("a value was asked for before its name".to_owned())),
        }
    }
}
