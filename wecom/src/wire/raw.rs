//! Values that are kept as the JSON they were written as, until it is known what they mean.
//!
//! What a union's keys mean depends on its tag, which may come last. Their text costs one pass over its bytes, where values would
//! have to be built, only to be read again.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{Deserialize as _, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::Error;

/// The name by which serde_json hands out the text of a value. Other formats hand out the value, which is then written as JSON.
const RAW: &str = "$serde_json::private::RawValue";

/// How deep a text may nest. serde_json has the same limit; but it begins anew with each text.
const DEEPEST: usize = 127;

/// A value as JSON. It is well-formed, but strings may hold halves of surrogate pairs.
#[derive(Debug)]
pub(super) struct Raw<'de>(Cow<'de, str>);

impl<'de> Raw<'de> {
    fn of(value: &Value) -> Self {
        Self(Cow::Owned(value.to_string()))
    }

    pub(super) fn is_null(&self) -> bool {
        self.0 == "null"
    }

    /// Reads the value.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&mut serde_json::Deserializer<serde_json::de::StrRead<'_>>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        read_text(&self.0, read)
    }

    /// What a tag says: a text without its quotes, a number as it is written, `""` for `null`.
    pub(super) fn word(&self) -> Result<Cow<'de, str>, Error> {
        if self.is_null() {
            return Ok(Cow::Borrowed(""));
        }
        if !self.0.starts_with('"') {
            return Ok(self.0.clone());
        }
        match &self.0 {
            Cow::Borrowed(text) if !text.contains('\\') => Ok(Cow::Borrowed(&text[1..text.len() - 1])),
            text => serde_json::from_str(text).map(Cow::Owned).map_err(|error| placeless(&error)),
        }
    }

    pub(super) fn value(&self) -> Result<Value, Error> {
        self.read(|from| Value::deserialize(from))
    }
}

fn read_text<'r, T>(
    text: &'r str,
    read: impl FnOnce(&mut serde_json::Deserializer<serde_json::de::StrRead<'r>>) -> Result<T, Error>,
) -> Result<T, Error> {
    if is_too_deep(text) {
        return Err(Error::custom("recursion limit exceeded"));
    }
    read(&mut serde_json::Deserializer::from_str(text)).map_err(|error| placeless(&error))
}

/// The error without its place in the piece of text: whoever hears of it looks at the whole.
#[cold]
fn placeless(error: &Error) -> Error {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    Error::custom(text.strip_suffix(&place).unwrap_or(&text))
}

/// Most texts are too short, or have too few brackets; then nothing is looked at one by one.
fn is_too_deep(text: &str) -> bool {
    let opens = |byte: &&u8| matches!(byte, b'{' | b'[');
    if text.len() <= 2 * DEEPEST || text.as_bytes().iter().filter(opens).count() <= DEEPEST {
        return false;
    }
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return true;
        }
    }
    false
}

/// Reads a value as its text.
pub(super) struct RawSeed;

impl<'de> DeserializeSeed<'de> for RawSeed {
    type Value = Raw<'de>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Raw<'de>, D::Error> {
        from.deserialize_newtype_struct(RAW, RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_newtype_struct<D: Deserializer<'de>>(self, from: D) -> Result<Raw<'de>, D::Error> {
        Value::deserialize(from).map(|value| Raw::of(&value))
    }
    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Raw<'de>, D::Error> {
        self.visit_newtype_struct(from)
    }
    fn visit_unit<E: serde::de::Error>(self) -> Result<Raw<'de>, E> {
        Ok(Raw::of(&Value::Null))
    }
    fn visit_none<E: serde::de::Error>(self) -> Result<Raw<'de>, E> {
        Ok(Raw::of(&Value::Null))
    }
    fn visit_bool<E: serde::de::Error>(self, v: bool) -> Result<Raw<'de>, E> {
        Ok(Raw::of(&v.into()))
    }
    fn visit_i64<E: serde::de::Error>(self, v: i64) -> Result<Raw<'de>, E> {
        Ok(Raw::of(&v.into()))
    }
    fn visit_u64<E: serde::de::Error>(self, v: u64) -> Result<Raw<'de>, E> {
        Ok(Raw::of(&v.into()))
    }
    fn visit_f64<E: serde::de::Error>(self, v: f64) -> Result<Raw<'de>, E> {
        Ok(Raw::of(&v.into()))
    }
    fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<Raw<'de>, E> {
        Ok(Raw::of(&v.into()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = seq.next_element::<Value>()? {
            list.push(element);
        }
        Ok(Raw::of(&list.into()))
    }
    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Raw<'de>, M::Error> {
        let mut keys = Map::new();
        while let Some(key) = map.next_key_seed(KeySeed)? {
            if key == RAW && keys.is_empty() {
                return map.next_value_seed(TextSeed);
            }
            keys.insert(key.into_owned(), map.next_value()?);
        }
        Ok(Raw::of(&keys.into()))
    }
}

/// Reads a text, without a copy where it can be had without.
struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }
    fn visit_borrowed_str<E: serde::de::Error>(self, v: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(v))
    }
    fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(v.to_owned()))
    }
    fn visit_string<E: serde::de::Error>(self, v: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(v))
    }
}

struct TextSeed;

impl<'de> DeserializeSeed<'de> for TextSeed {
    type Value = Raw<'de>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Raw<'de>, D::Error> {
        from.deserialize_str(TextVisitor).map(Raw)
    }
}

/// Reads a key.
pub(super) struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_identifier(TextVisitor)
    }
}

/// Keys with their values as an object to read from.
pub(super) struct RawObject<'r, 'de> {
    keys: std::slice::Iter<'r, (Cow<'de, str>, Raw<'de>)>,
    value: Option<&'r str>,
}

impl<'r, 'de> RawObject<'r, 'de> {
    pub(super) fn new(keys: &'r [(Cow<'de, str>, Raw<'de>)]) -> Self {
        Self { keys: keys.iter(), value: None }
    }
}

impl<'r> Deserializer<'r> for RawObject<'r, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(self)
    }

    serde::forward_to_deserialize_any! {
        <V: Visitor<'r>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'r> MapAccess<'r> for RawObject<'r, '_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'r>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some((key, value)) = self.keys.next() else { return Ok(None) };
        self.value = Some(&value.0);
        seed.deserialize(BorrowedStrDeserializer::new(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'r>>(&mut self, seed: V) -> Result<V::Value, Error> {
        read_text(self.value.take().unwrap_or("null"), |from| seed.deserialize(from))
    }
}
