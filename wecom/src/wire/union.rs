//! Objects whose shape depends on a tag, on a number, or on which key is there.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{SerializeMap as _, Serializer};
use serde_json::Map;

use super::raw::{KeySeed, Raw, RawObject, RawSeed};
use super::read::object;
use super::{As, Error, Flat, Out, Read, Record, Sink, note, path};
use crate::value::UnknownVariant;

/// An object that is one of several variants.
pub trait Union: Default {
    /// Takes the variant out of the keys of its object.
    fn take(rest: &mut Rest<'_>) -> Result<Self, Error>;
    /// Writes tag and payload.
    fn write<'v, S: Sink<'v>>(&'v self, out: &mut Out<'_, 'v, S>);
}

/// A union that needs a box, as its type contains itself.
impl<U: Union> Union for Box<U> {
    fn take(rest: &mut Rest<'_>) -> Result<Self, Error> {
        U::take(rest).map(Box::new)
    }
    fn write<'v, S: Sink<'v>>(&'v self, out: &mut Out<'_, 'v, S>) {
        (**self).write(out);
    }
}

/// What a union can be made of: itself, and each content that only one of its variants holds, also where that is a union in turn.
///
/// Requests take `impl OneOf<SendContent>` where they need a union:
///
/// ```
/// # #[cfg(feature = "message")]
/// # async fn example(client: wecom::Client) -> Result<(), wecom::Error> {
/// use wecom::message::{SendContent, Text, TextNotice};
/// # fn notice() -> TextNotice { TextNotice::default() }
///
/// client.message().send(Text::new("你好")).await?;
/// // A card is the content of a template card, which is the content of a message.
/// client.message().send(notice()).await?;
/// client.message().send(SendContent::Text(Text::new("你好"))).await?;
/// # Ok(()) }
/// ```
///
/// Nothing else is one:
///
/// ```compile_fail,E0277
/// # #[cfg(not(feature = "message"))]
/// # compile_error!("what follows needs the feature");
/// fn content() -> impl wecom::OneOf<wecom::message::SendContent> {
///     "你好"
/// }
/// ```
///
/// It is there for all that a union [takes](Takes).
pub trait OneOf<U> {
    /// The union.
    fn into_union(self) -> U;
}

impl<C, U: Takes<C>> OneOf<U> for C {
    fn into_union(self) -> U {
        U::made_of(self)
    }
}

/// A union that a content makes. Who implements it for contents of their own can pass these as [`OneOf`] the union.
// Implemented by the union, as rustc then lists the contents of this union, not those of all, where one does not fit.
#[diagnostic::on_unimplemented(
    message = "`{C}` is no content of `{Self}`",
    label = "not what a variant of `{Self}` holds",
    note = "pass what one variant holds, or the variant itself, `{Self}::…(…)`; where several hold the same type, `{Self}` has a \
            function for each"
)]
pub trait Takes<C> {
    /// The union that holds the content.
    fn made_of(content: C) -> Self;
}

/// The keys of an object that its record does not name, with their values as JSON.
#[derive(Debug, Default)]
pub struct Rest<'de> {
    /// As they came: of two of one name the last one counts.
    keys: Vec<(Cow<'de, str>, Raw<'de>)>,
    /// The tag that was last asked for: it belongs to the variant, or, when that is unknown, to what is kept of it.
    tag: Option<(Cow<'de, str>, Raw<'de>)>,
    outer: String,
    /// The first text that could not be read where nothing can be said of it.
    failed: Option<Error>,
}

/// What a tag says.
#[derive(Debug)]
pub struct Tag<'de>(Cow<'de, str>);

impl Tag<'_> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Rest<'de> {
    /// All keys of an object.
    fn of<M: MapAccess<'de>>(mut map: M) -> Result<Self, M::Error> {
        let mut rest = Self::default();
        while let Some(key) = map.next_key_seed(KeySeed)? {
            rest.insert(key, map.next_value_seed(RawSeed)?);
        }
        Ok(rest)
    }

    pub(super) fn insert(&mut self, key: Cow<'de, str>, value: Raw<'de>) {
        self.keys.push((key, value));
    }

    /// Notes what nobody took.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        self.keys.iter().for_each(|(key, _)| note::unknown(key));
        self.failed.take().map_or(Ok(()), Err)
    }

    fn fail<T>(&mut self, outcome: Result<T, Error>) -> Option<T> {
        outcome.map_err(|error| self.failed.get_or_insert(error)).ok()
    }

    /// Takes the value of a key. Where the exact one is not there, case aside: the elements of XML come as they like, and in JSON
    /// no two keys of one object differ by case alone.
    fn remove(&mut self, key: &str) -> Option<(Cow<'de, str>, Raw<'de>)> {
        let exactly = self.keys.iter().rposition(|(other, _)| other == key);
        let at =
            exactly.or_else(|| self.keys.iter().rposition(|(other, _)| other.eq_ignore_ascii_case(key)))?;
        let found = self.keys.remove(at);
        self.keys.retain(|(other, _)| *other != found.0);
        Some(found)
    }

    /// The text of a tag; numbers as they are written, `""` when it is absent.
    pub fn tag(&mut self, key: &str) -> Tag<'de> {
        self.tag = self.remove(key);
        let word = self.tag.as_ref().map(|(_, value)| value.word());
        Tag(word.and_then(|word| self.fail(word)).unwrap_or_default())
    }

    /// The tag that stands in another object of the parent.
    pub fn outer(&mut self) -> String {
        self.tag = None;
        std::mem::take(&mut self.outer)
    }

    /// Whether a key is there with a value.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        let found = self.keys.iter().rfind(|(other, _)| other == key);
        found.is_some_and(|(_, value)| !value.is_null())
    }

    /// Takes the payload under a key; an absent one is the default.
    pub fn sibling<T: Read>(&mut self, key: &str) -> Result<T, Error> {
        let mut payload = T::default();
        note::at(key);
        if let Some((_, value)) = self.remove(key) {
            value.read(|from| T::parse_into(from, &mut payload)).map_err(|error| path::key(key, error))?;
        }
        Ok(payload)
    }

    /// `sibling` in the form `A`.
    pub fn sibling_as<A: As<T>, T: Default>(&mut self, key: &str) -> Result<T, Error> {
        note::at(key);
        match self.remove(key) {
            None => Ok(T::default()),
            Some((_, value)) => value
                .read(|from| A::parse(from))
                .map(Option::unwrap_or_default)
                .map_err(|error| path::key(key, error)),
        }
    }

    /// Takes a payload whose fields stand beside the tag.
    pub fn flat<T: Flat>(&mut self) -> Result<T, Error> {
        T::take_flat(self)
    }

    /// Takes everything there is, for a variant that is not known.
    pub fn unknown(&mut self) -> UnknownVariant {
        let mut keys = std::mem::take(&mut self.keys);
        keys.extend(self.tag.take());
        let values = keys.into_iter().map(|(key, value)| {
            let value = self.fail(value.value()).unwrap_or_default();
            (key.into_owned(), value)
        });
        UnknownVariant::from(values.collect::<Map<_, _>>())
    }

    /// Reads a record from those keys that are its own.
    pub(super) fn record<T: Record>(&mut self) -> Result<T, Error> {
        let is_own =
            |key: &str| T::OPEN || T::FIELDS.contains(&key) || T::ALSO.iter().any(|(other, _)| *other == key);
        let own: Vec<_> = self.keys.extract_if(.., |(key, _)| is_own(key)).collect();
        T::parse(RawObject::new(&own)).map(Option::unwrap_or_default)
    }
}

/// Reads a union that stands beside a record's fields.
pub fn union<U: Union>(rest: &mut Rest<'_>, slot: &mut U) -> Result<(), Error> {
    *slot = U::take(rest)?;
    Ok(())
}

/// The same for a union whose tag is a field of another object.
pub fn union_by<U: Union>(rest: &mut Rest<'_>, tag: impl ToString, slot: &mut U) -> Result<(), Error> {
    rest.outer = tag.to_string();
    union(rest, slot)
}

/// `Read::parse` of a union that stands alone.
pub fn parse_union<'de, U: Union, D: Deserializer<'de>>(from: D) -> Result<Option<U>, D::Error> {
    struct UnionVisitor<U>(PhantomData<fn() -> U>);

    impl<'de, U: Union> Visitor<'de> for UnionVisitor<U> {
        type Value = Option<U>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        object!(None);
        fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Option<U>, M::Error> {
            let mut rest = Rest::of(map)?;
            note::open();
            let value = U::take(&mut rest).and_then(|value| rest.end().map(|()| value));
            let value = value.map_err(M::Error::custom)?;
            note::close();
            Ok(Some(value))
        }
    }

    from.deserialize_any(UnionVisitor(PhantomData))
}

/// `Serialize::serialize` of a union that stands alone.
pub fn write_union<U: Union, S: Serializer>(value: &U, to: S) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(None)?;
    let mut out = Out::new(&mut map);
    value.write(&mut out);
    out.end()?;
    map.end()
}

#[allow(unused_macros)] // without any module's feature
macro_rules! unions {
    ($($name:ident),* $(,)?) => {$(
        impl $crate::wire::Read for $name {
            fn parse<'de, D: ::serde::Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
                $crate::wire::parse_union(from)
            }
        }
        impl $crate::wire::Flat for $name {
            fn take_flat(rest: &mut $crate::wire::Rest<'_>) -> Result<Self, $crate::wire::Error> {
                $crate::wire::Union::take(rest)
            }
            fn write_flat<'v, S: $crate::wire::Sink<'v>>(&'v self, out: &mut $crate::wire::Out<'_, 'v, S>) {
                $crate::wire::Union::write(self, out);
            }
        }
        impl Default for $name {
            fn default() -> Self {
                Self::Unknown(Default::default())
            }
        }
        impl $crate::Takes<$name> for $name {
            fn made_of(content: $name) -> Self {
                content
            }
        }
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                $crate::wire::write_union(self, to)
            }
        }
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::wire::read_value(from)
            }
        }
    )*};
}
#[allow(unused_imports)]
pub(crate) use unions;
