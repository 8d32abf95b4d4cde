//! A request as it goes over the wire.

use std::borrow::Cow;
use std::fmt;
use std::io::Write as _;

use bytes::Bytes;
use serde::Serialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::file::{Form, MediaFile};
use crate::wire::{self, As, Record};

/// A request as it goes over the wire.
#[derive(Clone, Default, PartialEq)]
pub struct Payload {
    pub(crate) query: Vec<(Cow<'static, str>, String)>,
    pub(crate) body: Body,
}

#[derive(Clone, Default, PartialEq)]
pub(crate) enum Body {
    #[default]
    None,
    Json(Bytes),
    Form(Form),
}

/// Shows names and sizes: values may be secrets that nothing here can recognise.
impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.query.iter().map(|(name, _)| &**name).collect();
        let body = match &self.body {
            Body::None => "none".to_owned(),
            Body::Json(bytes) => format!("JSON of {} bytes", bytes.len()),
            Body::Form(form) => format!("form with the file {:?}", form.part),
        };
        f.debug_struct("Payload").field("query", &names).field("body", &format_args!("{body}")).finish()
    }
}

impl Payload {
    pub(crate) fn is_upload(&self) -> bool {
        matches!(self.body, Body::Form(_))
    }

    /// Gives a JSON object a number under a name that it lacks.
    pub(crate) fn default_number(&mut self, name: &str, number: i64) {
        if let Body::Json(bytes) = &mut self.body
            && let Some(rest) = bytes.strip_prefix(b"{")
            && !has_key(bytes, name)
        {
            let comma = if rest.trim_ascii_start().starts_with(b"}") { "" } else { "," };
            let mut with = Vec::with_capacity(bytes.len() + name.len() + 24);
            // Writing into memory does not fail.
            let _ = write!(with, "{{\"{name}\":{number}{comma}");
            with.extend_from_slice(rest);
            *bytes = with.into();
        }
    }

    /// No body.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The body `{}`.
    #[must_use]
    pub fn empty_json() -> Self {
        Self { body: Body::Json(Bytes::from_static(b"{}")), ..Self::default() }
    }

    /// A JSON body.
    ///
    /// # Errors
    /// When the value cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self, wire::Error> {
        Ok(Self { body: Body::Json(serde_json::to_vec(value)?.into()), ..Self::default() })
    }

    /// All fields of a record as URL parameters; those that are not set are left out.
    ///
    /// # Errors
    /// When a field is neither text, number nor boolean.
    pub fn query_of<T: Record + Serialize>(record: &T) -> Result<Self, wire::Error> {
        let Value::Object(mut fields) = serde_json::to_value(record)? else { return Ok(Self::none()) };
        let mut payload = Self::none();
        for name in T::FIELDS {
            if let Some(text) = fields.remove(*name).map(plain).transpose()?.flatten() {
                payload.query.push((Cow::Borrowed(name), text));
            }
        }
        Ok(payload)
    }

    /// A multipart form with one file.
    #[must_use]
    pub fn file(part: &'static str, file: &MediaFile) -> Self {
        let form = Form { part, file: file.clone(), fields: Vec::new() };
        Self { body: Body::Form(form), ..Self::default() }
    }

    /// Adds a URL parameter, unless it is not set.
    ///
    /// # Errors
    /// When the value is neither text, number nor boolean.
    pub fn query<T: Serialize>(mut self, name: &'static str, value: &T) -> Result<Self, wire::Error> {
        if let Some(text) = plain(serde_json::to_value(value)?)? {
            self.query.push((Cow::Borrowed(name), text));
        }
        Ok(self)
    }

    /// The same in the form `A`.
    ///
    /// # Errors
    /// As for `query`.
    pub fn query_as<A: As<T>, T>(self, name: &'static str, value: &T) -> Result<Self, wire::Error> {
        self.query(name, &wire::WriteAs::<A, T>::new(value))
    }

    /// Adds a field to a form, unless it is not set.
    ///
    /// # Errors
    /// When the value is neither text, number nor boolean, or this is no form.
    pub fn part<T: Serialize>(mut self, name: &'static str, value: &T) -> Result<Self, wire::Error> {
        let Body::Form(form) = &mut self.body else {
            return Err(serde::ser::Error::custom("only a form has parts: begin with `Payload::file`"));
        };
        if let Some(text) = plain(serde_json::to_value(value)?)? {
            form.fields.push((name, text));
        }
        Ok(self)
    }

    /// The same in the form `A`.
    ///
    /// # Errors
    /// As for `part`.
    pub fn part_as<A: As<T>, T>(self, name: &'static str, value: &T) -> Result<Self, wire::Error> {
        self.part(name, &wire::WriteAs::<A, T>::new(value))
    }
}

/// Whether an object has this key.
fn has_key(object: &[u8], name: &str) -> bool {
    /// A key, compared where it stands.
    struct Is<'a>(&'a str);
    impl<'de> DeserializeSeed<'de> for Is<'_> {
        type Value = bool;

        fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
            from.deserialize_str(self)
        }
    }
    impl Visitor<'_> for Is<'_> {
        type Value = bool;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a key")
        }
        fn visit_str<E>(self, key: &str) -> Result<bool, E> {
            Ok(key == self.0)
        }
    }
    struct Keys<'a>(&'a str);
    impl<'de> Visitor<'de> for Keys<'_> {
        type Value = bool;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<bool, M::Error> {
            let mut found = false;
            while let Some(is_it) = map.next_key_seed(Is(self.0))? {
                found |= is_it;
                map.next_value::<IgnoredAny>()?;
            }
            Ok(found)
        }
    }
    serde_json::Deserializer::from_slice(object).deserialize_map(Keys(name)).unwrap_or_default()
}

/// A value as the text of a parameter; `None` when there is none.
fn plain(value: Value) -> Result<Option<String>, wire::Error> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Bool(_) | Value::Number(_) => Ok(Some(value.to_string())),
        Value::Array(_) | Value::Object(_) => {
            Err(serde::ser::Error::custom("a parameter must be text, a number or a boolean"))
        }
    }
}
