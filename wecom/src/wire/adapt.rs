//! Adapters: types whose wire form is not the one of their Rust type.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::path;
use super::read::{Element, Int, MapVisitor, Read, list, nothing};

/// A wire form of `T` other than its own.
pub trait As<T> {
    /// Reads one value, as `Read::parse` does.
    fn parse<'de, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error>;
    /// Writes one value.
    fn write<S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error>;
}

/// A boolean as 0 or 1.
#[derive(Debug)]
pub enum Flag {}
/// An integer as a string of digits.
#[derive(Debug)]
pub enum Digits {}
/// A list as `a|b|c` in one string.
#[derive(Debug)]
pub enum Joined<const BY: char> {}
/// `a|b`
pub type Pipe = Joined<'|'>;
/// `a,b`
pub type Csv = Joined<','>;
/// `a;b`
pub type Semi = Joined<';'>;
/// JSON inside a string.
#[derive(Debug)]
pub enum Text {}
/// A list or map of which each element has the form `A`.
#[derive(Debug)]
pub struct Each<A>(PhantomData<A>);

pub(super) struct SeedAs<A, T>(PhantomData<fn() -> (A, T)>);

impl<A, T> SeedAs<A, T> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, A: As<T>, T> DeserializeSeed<'de> for SeedAs<A, T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Option<T>, D::Error> {
        A::parse(from)
    }
}

/// A value that serialises in the form `A`.
pub(crate) struct WriteAs<'a, A, T>(pub(crate) &'a T, PhantomData<fn() -> A>);

impl<'a, A, T> WriteAs<'a, A, T> {
    pub(crate) fn new(value: &'a T) -> Self {
        Self(value, PhantomData)
    }
}

impl<A: As<T>, T> Serialize for WriteAs<'_, A, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        A::write(self.0, to)
    }
}

impl<A, T: fmt::Debug> fmt::Debug for WriteAs<'_, A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Reads the value of the current key, in the form `A`, into a field.
pub fn get_as<'de, A, T, M>(map: &mut M, slot: &mut T) -> Result<(), M::Error>
where
    A: As<T>,
    M: MapAccess<'de>,
{
    if let Some(value) = map.next_value_seed(SeedAs::<A, T>::new())? {
        *slot = value;
    }
    Ok(())
}

/// Beside each `As<T>` an `As<Option<T>>`.
macro_rules! optional {
    ($adapter:ty, $t:ty $(, $($g:tt)+)?) => {
        impl $(<$($g)+>)? As<Option<$t>> for $adapter {
            fn parse<'de, D_: Deserializer<'de>>(from: D_) -> Result<Option<Option<$t>>, D_::Error> {
                <Self as As<$t>>::parse(from).map(Some)
            }
            fn write<S_: Serializer>(value: &Option<$t>, to: S_) -> Result<S_::Ok, S_::Error> {
                match value {
                    Some(value) => <Self as As<$t>>::write(value, to),
                    None => to.serialize_none(),
                }
            }
        }
    };
}

impl As<bool> for Flag {
    fn parse<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
        bool::parse(from)
    }
    fn write<S: Serializer>(value: &bool, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u8((*value).into())
    }
}
optional!(Flag, bool);

impl<T: Int> As<T> for Digits {
    fn parse<'de, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
        T::parse(from)
    }
    fn write<S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&value.to_i128())
    }
}
optional!(Digits, T, T: Int);

/// What can stand between the separators of a joined list.
pub trait Token: Sized {
    /// Reads one element; `None` when it is not one.
    fn from_token(text: &str) -> Option<Self>;
    /// Appends the element.
    fn push_token(&self, out: &mut String);
}

impl Token for String {
    fn from_token(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
    fn push_token(&self, out: &mut String) {
        out.push_str(self);
    }
}

impl<T: Int> Token for T {
    fn from_token(text: &str) -> Option<Self> {
        text.trim().parse().ok().and_then(T::from_i128)
    }
    fn push_token(&self, out: &mut String) {
        out.push_str(&self.to_i128().to_string());
    }
}

/// 0 and 1.
impl Token for bool {
    fn from_token(text: &str) -> Option<Self> {
        match text.trim() {
            "0" | "false" => Some(false),
            "1" | "true" => Some(true),
            _ => None,
        }
    }
    fn push_token(&self, out: &mut String) {
        out.push(if *self { '1' } else { '0' });
    }
}

struct JoinedVisitor<const BY: char, T>(PhantomData<fn() -> T>);

impl<const BY: char, T: Token> JoinedVisitor<BY, T> {
    fn push<E: serde::de::Error>(&self, list: &mut Vec<T>, text: &str) -> Result<(), E> {
        match T::from_token(text) {
            Some(value) => list.push(value),
            None => return Err(path::index(list.len(), E::invalid_value(Unexpected::Str(text), self))),
        }
        Ok(())
    }
}

impl<'de, const BY: char, T: Token> Visitor<'de> for JoinedVisitor<BY, T> {
    type Value = Option<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list joined by {BY}")
    }
    nothing!();
    fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<Self::Value, E> {
        let mut list = Vec::new();
        // As most of them are.
        if v.is_empty() {
            return Ok(Some(list));
        }
        for part in v.split(BY).filter(|part| !part.is_empty()) {
            self.push(&mut list, part)?;
        }
        Ok(Some(list))
    }
    fn visit_i64<E: serde::de::Error>(self, v: i64) -> Result<Self::Value, E> {
        self.visit_str(&v.to_string())
    }
    fn visit_u64<E: serde::de::Error>(self, v: u64) -> Result<Self::Value, E> {
        self.visit_str(&v.to_string())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        loop {
            match seq.next_element_seed(super::read::Seed::<String>::new()) {
                Ok(Some(part)) => self.push(&mut list, &part.unwrap_or_default())?,
                Ok(None) => return Ok(Some(list)),
                Err(error) => return Err(path::index(list.len(), error)),
            }
        }
    }
    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        match map.next_key::<serde::de::IgnoredAny>()? {
            None => Ok(Some(Vec::new())),
            Some(_) => Err(M::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}

impl<const BY: char, T: Token> As<Vec<T>> for Joined<BY> {
    fn parse<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<T>>, D::Error> {
        from.deserialize_any(JoinedVisitor::<BY, T>(PhantomData))
    }
    fn write<S: Serializer>(value: &Vec<T>, to: S) -> Result<S::Ok, S::Error> {
        let mut text = String::new();
        for (index, element) in value.iter().enumerate() {
            if index > 0 {
                text.push(BY);
            }
            let start = text.len();
            element.push_token(&mut text);
            // It would be two elements, and the second one somebody else.
            if text[start..].contains(BY) {
                let message = format!("element {index} of a list joined by {BY} has a {BY} in it");
                return Err(serde::ser::Error::custom(message));
            }
        }
        to.serialize_str(&text)
    }
}
optional!(Joined<BY>, Vec<T>, const BY: char, T: Token);

impl<T: Read + Serialize> As<T> for Text {
    fn parse<'de, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
        let Some(text) = String::parse(from)?.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
        T::parse(&mut serde_json::Deserializer::from_slice(text.as_bytes())).map_err(D::Error::custom)
    }
    fn write<S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
        let text = serde_json::to_string(value).map_err(serde::ser::Error::custom)?;
        if text == "null" { to.serialize_none() } else { to.serialize_str(&text) }
    }
}

impl<A: As<T>, T: Default> Element<T> for Each<A> {
    fn push<'de, D: Deserializer<'de>>(from: D, list: &mut Vec<T>) -> Result<(), D::Error> {
        list.push(A::parse(from)?.unwrap_or_default());
        Ok(())
    }
}

impl<A: As<T>, T: Default> As<Vec<T>> for Each<A> {
    fn parse<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<T>>, D::Error> {
        list::<Self, _, _>(from)
    }
    fn write<S: Serializer>(value: &Vec<T>, to: S) -> Result<S::Ok, S::Error> {
        let mut seq = to.serialize_seq(Some(value.len()))?;
        for element in value {
            seq.serialize_element(&WriteAs::<A, T>::new(element))?;
        }
        seq.end()
    }
}
optional!(Each<A>, Vec<T>, A: As<T>, T: Default);

impl<A: As<T>, T: Default> As<BTreeMap<String, T>> for Each<A> {
    fn parse<'de, D: Deserializer<'de>>(from: D) -> Result<Option<BTreeMap<String, T>>, D::Error> {
        from.deserialize_any(MapVisitor(SeedAs::<A, T>::new, PhantomData))
    }
    fn write<S: Serializer>(value: &BTreeMap<String, T>, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(value.len()))?;
        for (key, element) in value {
            map.serialize_entry(key, &WriteAs::<A, T>::new(element))?;
        }
        map.end()
    }
}
optional!(Each<A>, BTreeMap<String, T>, A: As<T>, T: Default);

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a JSON string in the form `A` and writes it again.
    fn check<A: As<Vec<T>>, T: fmt::Debug + PartialEq>(json: &str, list: &[T]) {
        let read = A::parse(&mut serde_json::Deserializer::from_str(json)).expect("readable").expect("there");
        assert_eq!(read, list);
        let mut out = Vec::new();
        A::write(&read, &mut serde_json::Serializer::new(&mut out)).expect("writable");
        assert_eq!(String::from_utf8(out).expect("text"), json);
    }

    #[test]
    fn joined_lists_have_their_own_separator() {
        check::<Pipe, String>(r#""a,b|c""#, &["a,b".to_owned(), "c".to_owned()]);
        check::<Csv, u32>(r#""1,22,333""#, &[1, 22, 333]);
        check::<Csv, bool>(r#""1,0""#, &[true, false]);
        check::<Semi, String>(r#""a;b""#, &["a".to_owned(), "b".to_owned()]);
    }

    #[test]
    fn a_separator_within_an_element_is_refused() {
        let text = vec!["a,b".to_owned()];
        let error = Csv::write(&text, &mut serde_json::Serializer::new(Vec::new())).expect_err("refused");
        assert_eq!(error.to_string(), "element 0 of a list joined by , has a , in it");
        assert!(<Csv as As<Vec<bool>>>::parse(&mut serde_json::Deserializer::from_str(r#""1,2""#)).is_err());
    }
}
