//! Writing the fields of an object; showing and comparing them goes the same way.

use std::any::Any;
use std::fmt::{self, Debug};

use serde::ser::{Serialize, SerializeMap};

use super::adapt::WriteAs;
use super::{As, Flat, Union};
use crate::value::UnknownVariant;

/// What takes the fields of an object that lives for `'v`: a serializer, the formatter of `Debug`, or a comparison.
pub trait Sink<'v> {
    /// Why it cannot take more.
    type Error;
    /// Takes a field.
    fn entry<T: Serialize + Debug + PartialEq + 'static>(
        &mut self,
        key: &'v str,
        value: &'v T,
    ) -> Result<(), Self::Error>;
    /// Takes a field that is written in the form `A`.
    fn entry_as<A: As<T>, T: Debug + PartialEq + 'static>(
        &mut self,
        key: &'v str,
        value: &'v T,
    ) -> Result<(), Self::Error>;
}

/// A sink that shows or compares values, so that they need no form on the wire.
pub trait Look<'v>: Sink<'v> {
    /// Takes a value that the object does not hold.
    fn see<T: Debug + PartialEq + 'static>(&mut self, key: &'v str, value: &'v T) -> Result<(), Self::Error>;
}

impl<'v, M: SerializeMap> Sink<'v> for M {
    type Error = M::Error;

    fn entry<T: Serialize>(&mut self, key: &'v str, value: &'v T) -> Result<(), Self::Error> {
        self.serialize_entry(key, value)
    }
    fn entry_as<A: As<T>, T>(&mut self, key: &'v str, value: &'v T) -> Result<(), Self::Error> {
        self.serialize_entry(key, &WriteAs::<A, T>::new(value))
    }
}

/// The sink of `Debug`: what is not set does not show.
pub(super) struct Shown<'a, 'b>(fmt::DebugStruct<'a, 'b>);

impl<'v> Sink<'v> for Shown<'_, '_> {
    type Error = fmt::Error;

    fn entry<T: Debug + PartialEq + 'static>(&mut self, key: &'v str, value: &'v T) -> fmt::Result {
        self.see(key, value)
    }
    fn entry_as<A: As<T>, T: Debug + PartialEq + 'static>(
        &mut self,
        key: &'v str,
        value: &'v T,
    ) -> fmt::Result {
        self.see(key, value)
    }
}

impl<'v> Look<'v> for Shown<'_, '_> {
    fn see<T: Debug>(&mut self, key: &'v str, value: &'v T) -> fmt::Result {
        self.0.field(key, value);
        Ok(())
    }
}

/// `Debug::fmt` of an object: its name, without the module, and what `fields` writes.
pub(super) fn show<'v>(
    f: &mut fmt::Formatter<'_>,
    name: &'static str,
    fields: impl FnOnce(&mut Out<'_, 'v, Shown<'_, '_>>),
) -> fmt::Result {
    let name = name.rsplit("::").next().unwrap_or(name);
    let mut sink = Shown(f.debug_struct(name));
    fields(&mut Out { sink: &mut sink, done: Ok(()) });
    sink.0.finish()
}

/// The fields of an object, to compare those of another one with.
#[derive(Default)]
pub(super) struct Parts<'v>(Vec<(&'v str, &'v dyn Any)>);

impl<'v> Sink<'v> for Parts<'v> {
    type Error = ();

    fn entry<T: Debug + PartialEq + 'static>(&mut self, key: &'v str, value: &'v T) -> Result<(), ()> {
        self.see(key, value)
    }
    fn entry_as<A: As<T>, T: Debug + PartialEq + 'static>(
        &mut self,
        key: &'v str,
        value: &'v T,
    ) -> Result<(), ()> {
        self.see(key, value)
    }
}

impl<'v> Look<'v> for Parts<'v> {
    fn see<T: 'static>(&mut self, key: &'v str, value: &'v T) -> Result<(), ()> {
        self.0.push((key, value));
        Ok(())
    }
}

/// Ends with the first field that differs.
pub(super) struct Against<'v>(std::vec::IntoIter<(&'v str, &'v dyn Any)>);

impl<'v> Sink<'v> for Against<'v> {
    type Error = ();

    fn entry<T: Debug + PartialEq + 'static>(&mut self, key: &'v str, value: &'v T) -> Result<(), ()> {
        self.see(key, value)
    }
    fn entry_as<A: As<T>, T: Debug + PartialEq + 'static>(
        &mut self,
        key: &'v str,
        value: &'v T,
    ) -> Result<(), ()> {
        self.see(key, value)
    }
}

impl<'v> Look<'v> for Against<'v> {
    fn see<T: PartialEq + 'static>(&mut self, key: &'v str, value: &'v T) -> Result<(), ()> {
        match self.0.next() {
            Some((other, part)) if other == key && part.downcast_ref() == Some(value) => Ok(()),
            _ => Err(()),
        }
    }
}

/// `PartialEq::eq` of objects: they write the same fields.
pub(super) fn same<'v>(
    one: impl FnOnce(&mut Out<'_, 'v, Parts<'v>>),
    other: impl FnOnce(&mut Out<'_, 'v, Against<'v>>),
) -> bool {
    let mut parts = Parts::default();
    one(&mut Out { sink: &mut parts, done: Ok(()) });
    let mut sink = Against(parts.0.into_iter());
    let mut out = Out { sink: &mut sink, done: Ok(()) };
    other(&mut out);
    out.done.is_ok() && sink.0.len() == 0
}

/// The object being written. What fails is kept until the end, and nothing is written after it: generated code then has no `?`
/// for each field, which is a good part of what its types would cost to compile.
#[derive(Debug)]
pub struct Out<'a, 'v, S: Sink<'v>> {
    sink: &'a mut S,
    done: Result<(), S::Error>,
}

impl<'a, 'v, S: Sink<'v>> Out<'a, 'v, S> {
    pub(super) fn new(sink: &'a mut S) -> Self {
        Self { sink, done: Ok(()) }
    }

    pub(super) fn end(self) -> Result<(), S::Error> {
        self.done
    }

    /// A field that is always written.
    pub fn put<T: Serialize + Debug + PartialEq + 'static>(&mut self, key: &'static str, value: &'v T) {
        if self.done.is_ok() {
            self.done = self.sink.entry(key, value);
        }
    }

    /// A field that is written when it is set.
    pub fn opt<T: Serialize + Debug + PartialEq + 'static>(
        &mut self,
        key: &'static str,
        value: &'v Option<T>,
    ) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    /// `put` in the form `A`.
    pub fn put_as<A: As<T>, T: Debug + PartialEq + 'static>(&mut self, key: &'static str, value: &'v T) {
        if self.done.is_ok() {
            self.done = self.sink.entry_as::<A, T>(key, value);
        }
    }

    /// `opt` in the form `A`.
    pub fn opt_as<A: As<T>, T: Debug + PartialEq + 'static>(
        &mut self,
        key: &'static str,
        value: &'v Option<T>,
    ) {
        if let Some(value) = value {
            self.put_as::<A, T>(key, value);
        }
    }

    /// A list that XML wraps.
    pub fn put_items<T: Serialize + Debug + PartialEq + 'static>(&mut self, key: &'static str, value: &'v T) {
        self.put(key, value);
    }

    /// The same, unless it is not set.
    pub fn opt_items<T: Serialize + Debug + PartialEq + 'static>(
        &mut self,
        key: &'static str,
        value: &'v Option<T>,
    ) {
        self.opt(key, value);
    }

    /// A field that needs a box, as its type contains itself.
    pub fn put_boxed<T: Serialize + Debug + PartialEq + 'static>(&mut self, key: &'static str, value: &'v T) {
        self.put(key, value);
    }

    /// The same, unless it is not set.
    pub fn opt_boxed<T: Serialize + Debug + PartialEq + 'static>(
        &mut self,
        key: &'static str,
        value: &'v Option<T>,
    ) {
        self.opt(key, value);
    }

    /// A value that the object does not hold.
    pub fn see<T: Debug + PartialEq + 'static>(&mut self, key: &'static str, value: &'v T)
    where
        S: Look<'v>,
    {
        if self.done.is_ok() {
            self.done = self.sink.see(key, value);
        }
    }

    /// Tag and payload of a union beside the other fields.
    pub fn union<U: Union>(&mut self, value: &'v U) {
        value.write(self);
    }

    /// A payload whose fields stand beside the tag.
    pub fn flat<T: Flat>(&mut self, value: &'v T) {
        value.write_flat(self);
    }

    /// What was kept of a variant that is not known.
    pub fn unknown(&mut self, value: &'v UnknownVariant) {
        for (key, value) in value.fields() {
            if self.done.is_ok() {
                self.done = self.sink.entry(key, value);
            }
        }
    }
}
