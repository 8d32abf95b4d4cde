//! Objects with known fields.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::ser::{SerializeMap as _, Serializer};

use super::raw::RawSeed;
use super::read::object;
use super::write::{same, show};
use super::{Error, Look, Out, Read, Rest, Sink, note, path};

/// An object with known fields: a table of names, and one `match` for each direction.
pub trait Record: Default {
    /// `module::Type`, for messages.
    const NAME: &'static str;
    /// Wire names, in the order of the spec.
    const FIELDS: &'static [&'static str];
    /// Other spellings, with the place in `FIELDS` of the field that they mean. They are read, never written.
    const ALSO: &'static [(&'static str, usize)] = &[];
    /// Whether keys that are not in `FIELDS` are kept for [`rest`](Self::rest).
    const OPEN: bool = false;

    /// Reads the value of the current key into the field with this index.
    fn read<'de, M: MapAccess<'de>>(&mut self, field: usize, map: &mut M) -> Result<(), M::Error>;

    /// Takes what `FIELDS` does not name: the tag and the payload of a union.
    fn rest(&mut self, _rest: &mut Rest<'_>) -> Result<(), Error> {
        Ok(())
    }

    /// Writes the fields that are set.
    fn write<'v, S: Sink<'v>>(&'v self, out: &mut Out<'_, 'v, S>);

    /// Shows what is set of the value but is not in its object: URL parameters beside a body, a file.
    fn beside<'v, S: Look<'v>>(&'v self, _out: &mut Out<'_, 'v, S>) {}
}

/// What can stand flat beside other fields: a record, or a union.
pub trait Flat: Sized {
    /// Takes what belongs to it.
    fn take_flat(rest: &mut Rest<'_>) -> Result<Self, Error>;
    /// Writes its fields beside the others.
    fn write_flat<'v, S: Sink<'v>>(&'v self, out: &mut Out<'_, 'v, S>);
}

enum Key<'de> {
    Known(usize),
    Other(Cow<'de, str>),
    Ignored,
}

/// Looks a key up, from the field after the last one on: answers mostly keep the documented order.
struct KeySeed {
    fields: &'static [&'static str],
    also: &'static [(&'static str, usize)],
    next: usize,
    open: bool,
    noted: bool,
    /// Whether case is passed over where no field fits otherwise: the elements of XML come as they like.
    loose: bool,
}

impl KeySeed {
    fn place(&self, key: &str) -> Option<usize> {
        // What follows comes before what was passed: answers leave fields out more often than they reorder them.
        let (passed, ahead) = self.fields.split_at(self.next.min(self.fields.len()));
        let found = ahead.iter().position(|field| *field == key).map(|index| index + passed.len());
        let found = found.or_else(|| passed.iter().position(|field| *field == key));
        let also = || self.also.iter().find(|(other, _)| *other == key).map(|(_, index)| *index);
        let nearly = || self.fields.iter().position(|field| self.loose && field.eq_ignore_ascii_case(key));
        found.or_else(also).or_else(nearly)
    }

    fn key<'de>(&self, key: &str, kept: impl FnOnce() -> Cow<'de, str>) -> Key<'de> {
        match self.place(key) {
            Some(index) => {
                if self.noted {
                    note::at(self.fields[index]);
                }
                Key::Known(index)
            }
            None if self.open => Key::Other(kept()),
            None => {
                note::unknown(key);
                Key::Ignored
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Key<'de>;

    fn deserialize<D: Deserializer<'de>>(mut self, from: D) -> Result<Key<'de>, D::Error> {
        self.loose = !from.is_human_readable();
        from.deserialize_identifier(self)
    }
}

impl<'de> Visitor<'de> for KeySeed {
    type Value = Key<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }
    fn visit_borrowed_str<E: serde::de::Error>(self, key: &'de str) -> Result<Key<'de>, E> {
        Ok(self.key(key, || Cow::Borrowed(key)))
    }
    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<Key<'de>, E> {
        Ok(self.key(key, || Cow::Owned(key.to_owned())))
    }
}

/// Reads a record where it will stay: a large one is not carried from function to function. `false` is nothing.
struct RecordVisitor<'a, T>(&'a mut T);

impl<'de, T: Record> Visitor<'de> for RecordVisitor<'_, T> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object ({})", T::NAME)
    }
    object!(false);
    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<bool, M::Error> {
        let value = self.0;
        *value = T::default();
        let mut rest = Rest::default();
        let mut next = 0;
        let noted = note::open();
        while let Some(key) = map.next_key_seed(KeySeed {
            fields: T::FIELDS,
            also: T::ALSO,
            next,
            open: T::OPEN,
            noted,
            loose: false,
        })? {
            match key {
                Key::Known(index) => {
                    next = index + 1;
                    if let Err(error) = value.read(index, &mut map) {
                        return Err(path::key(T::FIELDS[index], error));
                    }
                }
                Key::Other(key) => rest.insert(key, map.next_value_seed(RawSeed)?),
                Key::Ignored => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        if T::OPEN {
            value.rest(&mut rest).and_then(|()| rest.end()).map_err(M::Error::custom)?;
        }
        if noted {
            note::close();
        }
        Ok(true)
    }
}

impl<T: Record> Read for T {
    fn parse<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
        let mut value = T::default();
        Ok(T::parse_into(from, &mut value)?.then_some(value))
    }
    fn parse_into<'de, D: Deserializer<'de>>(from: D, slot: &mut Self) -> Result<bool, D::Error> {
        from.deserialize_any(RecordVisitor(slot))
    }
}

/// `Deserialize::deserialize` of anything readable.
pub fn read_value<'de, T: Read, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    let mut value = T::default();
    T::parse_into(from, &mut value)?;
    Ok(value)
}

/// `Serialize::serialize` of a record.
pub fn write_record<T: Record, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(None)?;
    let mut out = Out::new(&mut map);
    value.write(&mut out);
    out.end()?;
    map.end()
}

impl<T: Record> Flat for T {
    fn take_flat(rest: &mut Rest<'_>) -> Result<Self, Error> {
        rest.record()
    }
    fn write_flat<'v, S: Sink<'v>>(&'v self, out: &mut Out<'_, 'v, S>) {
        Record::write(self, out);
    }
}

/// `Debug::fmt` of a record: what is set, by its name on the wire.
pub fn show_record<T: Record>(value: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    show(f, T::NAME, |out| {
        value.write(out);
        value.beside(out);
    })
}

/// `PartialEq::eq` of records: what one writes the other writes, too.
pub fn same_record<T: Record>(one: &T, other: &T) -> bool {
    same(
        |out| {
            one.write(out);
            one.beside(out);
        },
        |out| {
            other.write(out);
            other.beside(out);
        },
    )
}

macro_rules! records {
    ($($name:ident),* $(,)?) => {$(
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                $crate::wire::write_record(self, to)
            }
        }
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::wire::read_value(from)
            }
        }
    )*};
}
pub(crate) use records;

/// What can be made from the table of records that has all their fields.
#[allow(unused_macros)] // without any module's feature
macro_rules! whole {
    ($($name:ident),* $(,)?) => {$(
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::wire::show_record(self, f)
            }
        }
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                $crate::wire::same_record(self, other)
            }
        }
    )*};
}
#[allow(unused_imports)]
pub(crate) use whole;
