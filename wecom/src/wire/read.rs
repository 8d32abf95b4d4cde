//! Lenient reading of scalars, lists and maps.
//!
//! The server is loose with types: `"1"` for 1, 1 for `"1"`, 0/1 for a boolean, `""` for an absent number, `{}` for an
//! empty list. What cannot be mistaken for something else is taken; everything else is an error.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
};

use super::{note, path};

/// The key under which serde_json hands out numbers when some crate of the build turned `arbitrary_precision` on.
const BIG_NUMBER: &str = "$serde_json::private::Number";

/// A type that can be read leniently. `None` is what the wire says for "nothing": `null`, `""` for a number.
pub trait Read: Sized + Default {
    /// Reads one value.
    fn parse<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error>;

    /// Reads one value into its place, in the stead of what was there. `false`: it was nothing, and the place is as it was.
    fn parse_into<'de, D: Deserializer<'de>>(from: D, slot: &mut Self) -> Result<bool, D::Error> {
        let value = Self::parse(from)?;
        let is_there = value.is_some();
        if let Some(value) = value {
            *slot = value;
        }
        Ok(is_there)
    }
}

/// `Read` as serde wants it.
pub(super) struct Seed<T>(PhantomData<fn() -> T>);

impl<T> Seed<T> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Read> DeserializeSeed<'de> for Seed<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Option<T>, D::Error> {
        T::parse(from)
    }
}

/// `Read::parse_into` as serde wants it.
struct Slot<'a, T>(&'a mut T);

impl<'de, T: Read> DeserializeSeed<'de> for Slot<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        T::parse_into(from, self.0).map(drop)
    }
}

/// Reads the value of the current key into a field; nothing leaves the field as it is.
pub fn get<'de, T: Read, M: MapAccess<'de>>(map: &mut M, slot: &mut T) -> Result<(), M::Error> {
    map.next_value_seed(Slot(slot))
}

/// Passes over the value of the current key.
pub fn skip<'de, M: MapAccess<'de>>(map: &mut M) -> Result<(), M::Error> {
    map.next_value::<IgnoredAny>().map(drop)
}

impl<T: Read> Read for Option<T> {
    fn parse<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
        T::parse(from).map(Some)
    }
    fn parse_into<'de, D: Deserializer<'de>>(from: D, slot: &mut Self) -> Result<bool, D::Error> {
        if !T::parse_into(from, slot.insert(T::default()))? {
            *slot = None;
        }
        Ok(true)
    }
}

/// `get` for a field in a box. A box is none that can be read by itself: the compiler would have to allow for boxed records of
/// other crates, and every record would need an `impl Read` of its own.
pub fn get_boxed<'de, T: Read, M: MapAccess<'de>>(
    map: &mut M,
    slot: &mut Option<Box<T>>,
) -> Result<(), M::Error> {
    if let Some(value) = map.next_value_seed(Seed::<T>::new())? {
        *slot = Some(Box::new(value));
    }
    Ok(())
}

/// A number in the digits of a string, or under serde_json's key for numbers of any size.
pub(crate) fn big_number<'de, M: MapAccess<'de>>(
    mut map: M,
    visitor: &dyn serde::de::Expected,
) -> Result<String, M::Error> {
    match map.next_key::<String>()? {
        Some(key) if key == BIG_NUMBER => map.next_value(),
        _ => Err(M::Error::invalid_type(Unexpected::Map, visitor)),
    }
}

macro_rules! nothing {
    () => {
        $crate::wire::read::nothing!(None);
    };
    ($nothing:expr) => {
        fn visit_unit<E: ::serde::de::Error>(self) -> Result<Self::Value, E> {
            Ok($nothing)
        }
        fn visit_none<E: ::serde::de::Error>(self) -> Result<Self::Value, E> {
            Ok($nothing)
        }
        fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
            from.deserialize_any(self)
        }
    };
}
pub(super) use nothing;

/// What stands for an object that is not there.
macro_rules! object {
    ($nothing:expr) => {
        $crate::wire::read::nothing!($nothing);
        fn visit_str<E: ::serde::de::Error>(self, v: &str) -> Result<Self::Value, E> {
            match v {
                "" => Ok($nothing),
                _ => Err(E::invalid_type(::serde::de::Unexpected::Str(v), &self)),
            }
        }
        // `[]` is what some servers write for an empty object.
        fn visit_seq<A: ::serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            match seq.next_element::<::serde::de::IgnoredAny>()? {
                None => Ok($nothing),
                Some(_) => Err(A::Error::invalid_type(::serde::de::Unexpected::Seq, &self)),
            }
        }
    };
}
pub(super) use object;

/// From here on not every integer has a float of its own: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// From here on a float that stands for an integer may have lost digits: 2^51. JSON's floats are read to within a few units of
/// the last place, which must not make one integer of another.
pub(crate) const WHOLE: f64 = 2_251_799_813_685_248.0;

/// A type that is written as an integer.
pub trait Int: Copy + Read {
    /// What a reader of an error message is told was expected.
    const EXPECTED: &'static str;
    /// Whether numbers of 64 bits that do not fit read as nothing. One field in which the server goes beyond what is
    /// documented must not cost the whole answer, and no other number may stand in its place.
    const NARROW: bool = false;
    /// `None` when the number is out of range.
    fn from_i128(value: i128) -> Option<Self>;
    /// The number.
    fn to_i128(self) -> i128;
}

macro_rules! ints {
    ($($t:ty => $name:literal, narrow: $narrow:literal);*) => {$(
        impl Read for $t {
            fn parse<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
                parse_int(from)
            }
        }
        impl Int for $t {
            const EXPECTED: &'static str = $name;
            const NARROW: bool = $narrow;
            fn from_i128(value: i128) -> Option<Self> {
                value.try_into().ok()
            }
            fn to_i128(self) -> i128 {
                self.into()
            }
        }
    )*};
}
ints! {
    i32 => "an integer from -2147483648 to 2147483647", narrow: true;
    i64 => "an integer of 64 bits", narrow: false;
    u32 => "an integer from 0 to 4294967295", narrow: true;
    u64 => "an integer of 64 bits, not negative", narrow: false
}

struct IntVisitor;

impl<'de> Visitor<'de> for IntVisitor {
    type Value = Option<i128>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }
    nothing!();
    fn visit_bool<E: Error>(self, v: bool) -> Result<Option<i128>, E> {
        Ok(Some(v.into()))
    }
    fn visit_i64<E: Error>(self, v: i64) -> Result<Option<i128>, E> {
        Ok(Some(v.into()))
    }
    fn visit_u64<E: Error>(self, v: u64) -> Result<Option<i128>, E> {
        Ok(Some(v.into()))
    }
    fn visit_i128<E: Error>(self, v: i128) -> Result<Option<i128>, E> {
        Ok(Some(v))
    }
    fn visit_f64<E: Error>(self, v: f64) -> Result<Option<i128>, E> {
        if v.fract() == 0.0 && v.abs() < WHOLE {
            Ok(Some(v as i128))
        } else {
            Err(E::invalid_value(Unexpected::Float(v), &self))
        }
    }
    fn visit_str<E: Error>(self, v: &str) -> Result<Option<i128>, E> {
        let text = v.trim();
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| E::invalid_value(Unexpected::Str(v), &self))
    }
    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Option<i128>, M::Error> {
        let text = big_number(map, &self)?;
        match text.parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => self.visit_f64(text.parse().unwrap_or(f64::NAN)),
        }
    }
}

/// `Read::parse` of what is written as an integer.
pub fn parse_int<'de, T: Int, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    let Some(number) = from.deserialize_any(IntVisitor)? else { return Ok(None) };
    match T::from_i128(number) {
        Some(value) => Ok(Some(value)),
        None if T::NARROW && (i64::MIN.into()..=i64::MAX.into()).contains(&number) => {
            note::misfit(number);
            Ok(None)
        }
        None => Err(D::Error::invalid_value(Unexpected::Other(&number.to_string()), &T::EXPECTED)),
    }
}

struct FloatVisitor;

impl<'de> Visitor<'de> for FloatVisitor {
    type Value = Option<f64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }
    nothing!();
    fn visit_i64<E: Error>(self, v: i64) -> Result<Option<f64>, E> {
        match (v as f64).abs() < EXACT {
            true => Ok(Some(v as f64)),
            false => Err(E::invalid_value(Unexpected::Signed(v), &self)),
        }
    }
    fn visit_u64<E: Error>(self, v: u64) -> Result<Option<f64>, E> {
        match (v as f64) < EXACT {
            true => Ok(Some(v as f64)),
            false => Err(E::invalid_value(Unexpected::Unsigned(v), &self)),
        }
    }
    fn visit_f64<E: Error>(self, v: f64) -> Result<Option<f64>, E> {
        Ok(Some(v))
    }
    fn visit_str<E: Error>(self, v: &str) -> Result<Option<f64>, E> {
        let text = v.trim();
        if text.is_empty() {
            return Ok(None);
        }
        // Rust takes `inf` and `nan` for numbers, and what is too large for infinite.
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        number.map(Some).ok_or_else(|| E::invalid_value(Unexpected::Str(v), &self))
    }
    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Option<f64>, M::Error> {
        let text = big_number(map, &self)?;
        self.visit_str(&text)
    }
}

impl Read for f64 {
    fn parse<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
        from.deserialize_any(FloatVisitor)
    }
}

struct BoolVisitor;

impl<'de> Visitor<'de> for BoolVisitor {
    type Value = Option<bool>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false, 0 or 1")
    }
    nothing!();
    fn visit_bool<E: Error>(self, v: bool) -> Result<Option<bool>, E> {
        Ok(Some(v))
    }
    fn visit_i64<E: Error>(self, v: i64) -> Result<Option<bool>, E> {
        Ok(Some(v != 0))
    }
    fn visit_u64<E: Error>(self, v: u64) -> Result<Option<bool>, E> {
        Ok(Some(v != 0))
    }
    fn visit_str<E: Error>(self, v: &str) -> Result<Option<bool>, E> {
        match v.trim() {
            "" => Ok(None),
            "0" | "false" | "False" => Ok(Some(false)),
            "1" | "true" | "True" => Ok(Some(true)),
            _ => Err(E::invalid_value(Unexpected::Str(v), &self)),
        }
    }
    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Option<bool>, M::Error> {
        let text = big_number(map, &self)?;
        Ok(Some(text != "0"))
    }
}

impl Read for bool {
    fn parse<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
        from.deserialize_any(BoolVisitor)
    }
}

struct TextVisitor<T>(PhantomData<fn() -> T>);

impl<'de, T: From<String> + for<'a> From<&'a str>> Visitor<'de> for TextVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }
    nothing!();
    fn visit_bool<E: Error>(self, v: bool) -> Result<Option<T>, E> {
        self.visit_string(v.to_string())
    }
    fn visit_i64<E: Error>(self, v: i64) -> Result<Option<T>, E> {
        self.visit_string(v.to_string())
    }
    fn visit_u64<E: Error>(self, v: u64) -> Result<Option<T>, E> {
        self.visit_string(v.to_string())
    }
    fn visit_f64<E: Error>(self, v: f64) -> Result<Option<T>, E> {
        // An id that was written as a number of many digits would be another one.
        match v.abs() < WHOLE {
            true => self.visit_string(v.to_string()),
            false => Err(E::invalid_value(Unexpected::Float(v), &self)),
        }
    }
    fn visit_str<E: Error>(self, v: &str) -> Result<Option<T>, E> {
        Ok(Some(T::from(v)))
    }
    fn visit_string<E: Error>(self, v: String) -> Result<Option<T>, E> {
        Ok(Some(T::from(v)))
    }
    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Option<T>, M::Error> {
        big_number(map, &self).map(|text| Some(T::from(text)))
    }
}

/// `Read::parse` of what is written as a text.
pub fn parse_text<'de, T, D>(from: D) -> Result<Option<T>, D::Error>
where
    T: From<String> + for<'a> From<&'a str>,
    D: Deserializer<'de>,
{
    from.deserialize_any(TextVisitor(PhantomData))
}

impl Read for String {
    fn parse<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
        parse_text(from)
    }
}

impl Read for serde_json::Value {
    fn parse<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
        Ok(Some(Self::deserialize(from)?).filter(|value| !value.is_null()))
    }
}

/// How the elements of a list are read.
pub(super) trait Element<T> {
    /// Reads one more.
    fn push<'de, D: Deserializer<'de>>(from: D, list: &mut Vec<T>) -> Result<(), D::Error>;
}

/// As the type itself is.
pub(super) enum Own {}

impl<T: Read> Element<T> for Own {
    fn push<'de, D: Deserializer<'de>>(from: D, list: &mut Vec<T>) -> Result<(), D::Error> {
        list.push(T::default());
        match list.last_mut() {
            Some(last) => T::parse_into(from, last).map(drop),
            None => Ok(()),
        }
    }
}

struct Push<'a, T, F>(&'a mut Vec<T>, PhantomData<fn() -> F>);

impl<'de, T, F: Element<T>> DeserializeSeed<'de> for Push<'_, T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        F::push(from, self.0)
    }
}

struct ListVisitor<T, F>(PhantomData<fn() -> (T, F)>);

impl<'de, T, F: Element<T>> Visitor<'de> for ListVisitor<T, F> {
    type Value = Option<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    nothing!();
    fn visit_str<E: Error>(self, v: &str) -> Result<Self::Value, E> {
        if v.is_empty() { Ok(None) } else { Err(E::invalid_type(Unexpected::Str(v), &self)) }
    }
    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        match map.next_key::<IgnoredAny>()? {
            None => Ok(Some(Vec::new())),
            Some(_) => Err(M::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        // A size hint is the sender's word: it is not trusted with memory.
        let mut list = Vec::with_capacity(seq.size_hint().unwrap_or(0).min(64));
        loop {
            let place = list.len();
            match seq.next_element_seed(Push::<T, F>(&mut list, PhantomData)) {
                Ok(Some(())) => {}
                Ok(None) => return Ok(Some(list)),
                Err(error) => return Err(path::index(place, error)),
            }
        }
    }
}

/// Reads a list. Formats that cannot tell a list of one from its element (XML) say so by not being human readable.
pub(super) fn list<'de, F: Element<T>, T, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<T>>, D::Error> {
    let visitor = ListVisitor::<T, F>(PhantomData);
    if from.is_human_readable() { from.deserialize_any(visitor) } else { from.deserialize_seq(visitor) }
}

impl<T: Read> Read for Vec<T> {
    fn parse<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
        list::<Own, _, _>(from)
    }
}

/// Visits an object with dynamic keys.
pub(super) struct MapVisitor<T, F>(pub(super) F, pub(super) PhantomData<fn() -> T>);

impl<'de, T: Default, S: DeserializeSeed<'de, Value = Option<T>>, F: Fn() -> S> Visitor<'de>
    for MapVisitor<T, F>
{
    type Value = Option<BTreeMap<String, T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    nothing!();
    fn visit_str<E: Error>(self, v: &str) -> Result<Self::Value, E> {
        if v.is_empty() { Ok(None) } else { Err(E::invalid_type(Unexpected::Str(v), &self)) }
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        match seq.next_element::<IgnoredAny>()? {
            None => Ok(Some(BTreeMap::new())),
            Some(_) => Err(A::Error::invalid_type(Unexpected::Seq, &self)),
        }
    }
    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut out = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            match map.next_value_seed((self.0)()) {
                Ok(value) => drop(out.insert(key, value.unwrap_or_default())),
                Err(error) => return Err(path::key(&key, error)),
            }
        }
        Ok(Some(out))
    }
}

impl<T: Read> Read for BTreeMap<String, T> {
    fn parse<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
        from.deserialize_any(MapVisitor(Seed::<T>::new, PhantomData))
    }
}
