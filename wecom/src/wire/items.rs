//! Lists that XML wraps in an element of their own: `<ItemList><Item>…</Item><Item>…</Item></ItemList>`.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::read::{Read, Seed, nothing};

/// Reads the value of the current key, a list whose elements are called `item`, into a field.
pub fn get_items<'de, T, M>(map: &mut M, item: &'static str, slot: &mut T) -> Result<(), M::Error>
where
    T: Read,
    M: MapAccess<'de>,
{
    if let Some(value) = map.next_value_seed(Wrapped { item, of: PhantomData })? {
        *slot = value;
    }
    Ok(())
}

struct Wrapped<T> {
    item: &'static str,
    of: PhantomData<fn() -> T>,
}

impl<'de, T: Read> DeserializeSeed<'de> for Wrapped<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Option<T>, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de, T: Read> Visitor<'de> for Wrapped<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of {}", self.item)
    }
    nothing!();
    fn visit_str<E: Error>(self, v: &str) -> Result<Self::Value, E> {
        // An element without content: an empty list.
        if v.trim().is_empty() {
            Ok(None)
        } else {
            Err(E::invalid_type(serde::de::Unexpected::Str(v), &self))
        }
    }
    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<String>()? {
            if key.eq_ignore_ascii_case(self.item) {
                found = map.next_value_seed(Seed::<T>::new())?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
    /// What was written as JSON has no wrapper.
    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        T::parse(SeqAccessDeserializer::new(seq))
    }
}
