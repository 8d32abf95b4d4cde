//! Writing the fields of an object.

use serde::ser::{Serialize, SerializeMap};

use super::adapt::WriteAs;
use super::{As, Flat, Union};
use crate::value::UnknownVariant;

/// The object being written. What fails is kept until the end, and nothing is written after it: generated code then has no `?`
/// for each field, which is a good part of what its types would cost to compile.
#[derive(Debug)]
pub struct Out<'a, M: SerializeMap> {
    map: &'a mut M,
    done: Result<(), M::Error>,
}

impl<'a, M: SerializeMap> Out<'a, M> {
    pub(super) fn new(map: &'a mut M) -> Self {
        Self { map, done: Ok(()) }
    }

    pub(super) fn end(self) -> Result<(), M::Error> {
        self.done
    }

    /// A field that is always written.
    pub fn put<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) {
        if self.done.is_ok() {
            self.done = self.map.serialize_entry(key, value);
        }
    }

    /// A field that is written when it is set.
    pub fn opt<T: Serialize>(&mut self, key: &'static str, value: &Option<T>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    /// `put` in the form `A`.
    pub fn put_as<A: As<T>, T>(&mut self, key: &'static str, value: &T) {
        self.put(key, &WriteAs::<A, T>::new(value));
    }

    /// `opt` in the form `A`.
    pub fn opt_as<A: As<T>, T>(&mut self, key: &'static str, value: &Option<T>) {
        if let Some(value) = value {
            self.put_as::<A, T>(key, value);
        }
    }

    /// Tag and payload of a union beside the other fields.
    pub fn union<U: Union>(&mut self, value: &U) {
        value.write(self);
    }

    /// A payload whose fields stand beside the tag.
    pub fn flat<T: Flat>(&mut self, value: &T) {
        value.write_flat(self);
    }

    /// What was kept of a variant that is not known.
    pub fn unknown(&mut self, value: &UnknownVariant) {
        for (key, value) in value.fields() {
            if self.done.is_ok() {
                self.done = self.map.serialize_entry(key, value);
            }
        }
    }
}
