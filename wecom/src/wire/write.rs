//! Writing the fields of an object.

use serde::ser::{Serialize, SerializeMap};

use super::adapt::WriteAs;
use super::{As, Flat, Union};
use crate::value::UnknownVariant;

/// The object being written.
#[derive(Debug)]
pub struct Out<'a, M>(&'a mut M);

impl<'a, M: SerializeMap> Out<'a, M> {
    pub(super) fn new(map: &'a mut M) -> Self {
        Self(map)
    }

    /// A field that is always written.
    pub fn put<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), M::Error> {
        self.0.serialize_entry(key, value)
    }

    /// A field that is written when it is set.
    pub fn opt<T: Serialize>(&mut self, key: &'static str, value: &Option<T>) -> Result<(), M::Error> {
        match value {
            Some(value) => self.0.serialize_entry(key, value),
            None => Ok(()),
        }
    }

    /// `put` in the form `A`.
    pub fn put_as<A: As<T>, T>(&mut self, key: &'static str, value: &T) -> Result<(), M::Error> {
        self.0.serialize_entry(key, &WriteAs::<A, T>::new(value))
    }

    /// `opt` in the form `A`.
    pub fn opt_as<A: As<T>, T>(&mut self, key: &'static str, value: &Option<T>) -> Result<(), M::Error> {
        match value {
            Some(value) => self.put_as::<A, T>(key, value),
            None => Ok(()),
        }
    }

    /// Tag and payload of a union beside the other fields.
    pub fn union<U: Union>(&mut self, value: &U) -> Result<(), M::Error> {
        value.write(self)
    }

    /// A payload whose fields stand beside the tag.
    pub fn flat<T: Flat>(&mut self, value: &T) -> Result<(), M::Error> {
        value.write_flat(self)
    }

    /// What was kept of a variant that is not known.
    pub fn unknown(&mut self, value: &UnknownVariant) -> Result<(), M::Error> {
        value.fields().iter().try_for_each(|(key, value)| self.0.serialize_entry(key, value))
    }
}
