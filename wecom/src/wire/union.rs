//! Objects whose shape depends on a tag, on a number, or on which key is there.

use serde::de::{Deserialize, Deserializer, Error as _, Unexpected};
use serde::ser::{SerializeMap as _, Serializer};
use serde_json::{Map, Value};

use super::{As, Error, Flat, Out, Read, Sink, note, path};
use crate::value::UnknownVariant;

/// An object that is one of several variants.
pub trait Union: Default {
    /// Takes the variant out of the keys of its object.
    fn take(rest: &mut Rest) -> Result<Self, Error>;
    /// Writes tag and payload.
    fn write<'v, S: Sink<'v>>(&'v self, out: &mut Out<'_, 'v, S>);
}

/// A union that needs a box, as its type contains itself.
impl<U: Union> Union for Box<U> {
    fn take(rest: &mut Rest) -> Result<Self, Error> {
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

/// The keys of an object that its record does not name.
#[derive(Debug, Default)]
pub struct Rest {
    keys: Map<String, Value>,
    /// The tag that was last asked for: it belongs to the variant, or, when that is unknown, to what is kept of it.
    tag: Option<(String, Value)>,
    outer: String,
}

impl Rest {
    pub(super) fn insert(&mut self, key: String, value: Value) {
        self.keys.insert(key, value);
    }

    /// What nobody took.
    pub(super) fn note(&self) {
        self.keys.keys().for_each(|key| note::unknown(key));
    }

    /// Takes the value of a key. Where the exact one is not there, case aside: the elements of XML come as they like, and in JSON
    /// no two keys of one object differ by case alone.
    fn remove(&mut self, key: &str) -> Option<(String, Value)> {
        self.keys.remove_entry(key).or_else(|| {
            let nearly = self.keys.keys().find(|other| other.eq_ignore_ascii_case(key))?.clone();
            self.keys.remove_entry(&nearly)
        })
    }

    /// The text of a tag; numbers in decimal, `""` when it is absent.
    pub fn tag(&mut self, key: &str) -> String {
        self.tag = self.remove(key);
        match &self.tag {
            None | Some((_, Value::Null)) => String::new(),
            Some((_, Value::String(text))) => text.clone(),
            Some((_, other)) => other.to_string(),
        }
    }

    /// The tag that stands in another object of the parent.
    pub fn outer(&mut self) -> String {
        self.tag = None;
        std::mem::take(&mut self.outer)
    }

    /// Whether a key is there with a value.
    pub fn has(&self, key: &str) -> bool {
        self.keys.get(key).is_some_and(|value| !value.is_null())
    }

    /// Takes the payload under a key; an absent one is the default.
    pub fn sibling<T: Read>(&mut self, key: &str) -> Result<T, Error> {
        note::at(key);
        match self.remove(key) {
            None => Ok(T::default()),
            Some((_, value)) => {
                T::parse(value).map(Option::unwrap_or_default).map_err(|error| path::key(key, error))
            }
        }
    }

    /// `sibling` in the form `A`.
    pub fn sibling_as<A: As<T>, T: Default>(&mut self, key: &str) -> Result<T, Error> {
        note::at(key);
        match self.remove(key) {
            None => Ok(T::default()),
            Some((_, value)) => {
                A::parse(value).map(Option::unwrap_or_default).map_err(|error| path::key(key, error))
            }
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
        UnknownVariant::from(keys)
    }

    pub(super) fn take_all(&mut self) -> Map<String, Value> {
        std::mem::take(&mut self.keys)
    }

    pub(super) fn take_fields(&mut self, fields: &[&str]) -> Map<String, Value> {
        fields.iter().filter_map(|field| self.keys.remove_entry(*field)).collect()
    }
}

/// Reads a union that stands beside a record's fields.
pub fn union<U: Union>(rest: &mut Rest, slot: &mut U) -> Result<(), Error> {
    *slot = U::take(rest)?;
    Ok(())
}

/// The same for a union whose tag is a field of another object.
pub fn union_by<U: Union>(rest: &mut Rest, tag: impl ToString, slot: &mut U) -> Result<(), Error> {
    rest.outer = tag.to_string();
    union(rest, slot)
}

/// `Read::parse` of a union that stands alone.
pub fn parse_union<'de, U: Union, D: Deserializer<'de>>(from: D) -> Result<Option<U>, D::Error> {
    match Value::deserialize(from)? {
        Value::Object(keys) => {
            let mut rest = Rest { keys, ..Rest::default() };
            note::open();
            let value = U::take(&mut rest).map_err(D::Error::custom)?;
            rest.note();
            note::close();
            Ok(Some(value))
        }
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        Value::Array(list) if list.is_empty() => Ok(None),
        Value::Array(_) => Err(D::Error::invalid_type(Unexpected::Seq, &"an object")),
        Value::String(text) => Err(D::Error::invalid_type(Unexpected::Str(&text), &"an object")),
        other => Err(D::Error::invalid_type(Unexpected::Other(&other.to_string()), &"an object")),
    }
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
            fn take_flat(rest: &mut $crate::wire::Rest) -> Result<Self, $crate::wire::Error> {
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
