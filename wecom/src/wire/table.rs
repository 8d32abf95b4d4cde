//! The tables of generated code: a row a field, read and written from one list.
//!
//! ```ignore
//! wire::record! { Text "message::Text" {
//!     0 "content" put content,
//!     1 "touser" opt_as<wire::Pipe> touser,
//!     ..content
//! } }
//! ```
//!
//! A row has the place in the table, the name on the wire, the way (a function of [`read`] and a method of [`Out`](super::Out) of the same name), and the
//! field; behind it the name of an XML list's elements (`in "Item"`) and other spellings (`or "ItemUserid"`). `..content` is a union beside the fields;
//! `} beside { "media" put media }` is what the object does not hold: URL parameters beside a body, and a file.

#![allow(unused_macros, unused_imports)] // without any module's feature

/// The ways to read a field; their namesakes of [`Out`](super::Out) write it.
#[allow(unused_imports, dead_code)] // without events, without a type that contains itself
pub(crate) mod read {
    use serde::de::MapAccess;

    use super::super::Read;
    pub(crate) use super::super::get_boxed as opt_boxed;
    pub(crate) use super::super::items::{get_items as opt_items, get_items as put_items};
    pub(crate) use super::super::skip;
    pub(crate) use super::super::{get as put, get as opt, get_as as put_as, get_as as opt_as};

    /// A field that needs a box, as its type contains itself.
    pub(crate) fn put_boxed<'de, T: Read, M: MapAccess<'de>>(
        map: &mut M,
        slot: &mut Box<T>,
    ) -> Result<(), M::Error> {
        super::super::get(map, &mut **slot)
    }
}

/// The ways to show a field that stands beside its object.
#[allow(dead_code)] // without an upload
pub(crate) mod beside {
    use std::fmt::Debug;

    use super::super::{Look, Out};

    pub(crate) fn put<'v, S: Look<'v>, T: Debug + PartialEq + 'static>(
        out: &mut Out<'_, 'v, S>,
        key: &'static str,
        value: &'v T,
    ) {
        out.see(key, value);
    }

    pub(crate) fn opt<'v, S: Look<'v>, T: Debug + PartialEq + 'static>(
        out: &mut Out<'_, 'v, S>,
        key: &'static str,
        value: &'v Option<T>,
    ) {
        if let Some(value) = value {
            out.see(key, value);
        }
    }
}

/// `impl Record` from rows, with what it brings.
macro_rules! record {
    ($name:ident $full:literal {
        $($at:literal $wire:literal $way:ident $(<$form:ty>)? $field:ident $(in $item:literal)? $(or $also:literal)*,)*
        $(..$union:ident $(by $tag:expr)?),*
    } $(beside { $($other:literal $seen:ident $held:ident),* })?) => {
        impl $crate::wire::Record for $name {
            const NAME: &'static str = $full;
            const FIELDS: &'static [&'static str] = &[$($wire),*];
            $crate::wire::table::also! { $($($also $at)*)* }
            $crate::wire::table::open! { $($union)* }
            fn read<'de, M: $crate::wire::MapAccess<'de>>(
                &mut self,
                field: usize,
                map: &mut M,
            ) -> ::core::result::Result<(), M::Error> {
                match field {
                    $($at => $crate::wire::table::read::$way$(::<$form, _, _>)?(map, $($item,)? &mut self.$field),)*
                    _ => $crate::wire::table::read::skip(map),
                }
            }
            fn write<'v, S: $crate::wire::Sink<'v>>(&'v self, out: &mut $crate::wire::Out<'_, 'v, S>) {
                $(out.$way$(::<$form, _>)?($wire, &self.$field);)*
                $(out.union(&self.$union);)*
                let _ = out;
            }
            $(fn beside<'v, S: $crate::wire::Look<'v>>(&'v self, out: &mut $crate::wire::Out<'_, 'v, S>) {
                $($crate::wire::table::beside::$seen(out, $other, &self.$held);)*
            })?
            $crate::wire::table::rest! { $($union $(by $tag)?),* }
        }
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, to: S) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::wire::write_record(self, to)
            }
        }
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> ::core::result::Result<Self, D::Error> {
                $crate::wire::read_value(from)
            }
        }
        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::wire::show_record(self, f)
            }
        }
        impl ::core::cmp::PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                $crate::wire::same_record(self, other)
            }
        }
    };
}

/// Other spellings of fields.
macro_rules! also {
    () => {};
    ($($other:literal $at:literal)+) => {
        const ALSO: &'static [(&'static str, usize)] = &[$(($other, $at)),+];
    };
}
pub(crate) use also;

/// Whether there is a union beside the fields.
macro_rules! open {
    () => {};
    ($($union:ident)+) => {
        const OPEN: bool = true;
    };
}
pub(crate) use open;

/// What the fields did not take goes to the unions.
macro_rules! rest {
    () => {};
    ($($union:ident $(by $tag:expr)?),+) => {
        fn rest(&mut self, rest: &mut $crate::wire::Rest<'_>) -> ::core::result::Result<(), $crate::wire::Error> {
            $($crate::wire::table::step!(self rest $union $(by $tag)?);)+
            Ok(())
        }
    };
}
pub(crate) use rest;

macro_rules! step {
    ($this:ident $rest:ident $union:ident) => {
        $crate::wire::union($rest, &mut $this.$union)?
    };
    // The tag stands in another object.
    ($this:ident $rest:ident $union:ident by $tag:expr) => {{
        let tag = ($tag)(&*$this);
        $crate::wire::union_by($rest, tag, &mut $this.$union)?
    }};
}
pub(crate) use step;

/// A record that is an answer.
macro_rules! answer {
    ($name:ident $full:literal $rows:tt) => {
        $crate::wire::record! { $name $full $rows }
        impl $crate::endpoint::Response for $name {
            fn from_answer(answer: $crate::answer::Answer) -> ::core::result::Result<Self, $crate::Error> {
                answer.record()
            }
        }
    };
}

/// ```ignore
/// wire::endpoint! { Send -> SendResponse, AccessToken, 90236 "发送应用消息",
///     Post "/cgi-bin/message/send", repeat false, rate [30 Minute AgentMember], modes [Internal ThirdParty]
/// }
/// ```
///
/// A request that is not the JSON of its type alone says how it is encoded: `modes [Internal], |this| wire::Payload::query_of(this)`.
macro_rules! endpoint {
    ($name:ident -> $response:ty, $auth:ident, $page:literal $title:literal,
        $method:ident $path:literal, repeat $repeat:literal, rate $rate:tt, modes $modes:tt
    ) => {
        $crate::wire::endpoint! { $name -> $response, $auth, $page $title,
            $method $path, repeat $repeat, rate $rate, modes $modes,
            |this| $crate::wire::Payload::json(this)
        }
    };
    ($name:ident -> $response:ty, $auth:ident, $page:literal $title:literal,
        $method:ident $path:literal, repeat $repeat:literal, rate [$($calls:literal $per:ident $scope:ident),*],
        modes [$($mode:ident)*],
        |$this:ident| $encode:expr
    ) => {
        impl $crate::wire::Endpoint for $name {
            type Auth = $crate::token::kind::$auth;
            type Response = $response;
            const INFO: &'static $crate::wire::EndpointInfo = &$crate::wire::EndpointInfo {
                path: $path,
                method: $crate::wire::Method::$method,
                auth: <$crate::token::kind::$auth as $crate::token::kind::Kind>::KIND,
                title: $title,
                page: $page,
                repeat: $repeat,
                rate: &[$($crate::wire::Rate {
                    calls: $calls,
                    per: $crate::wire::RatePeriod::$per,
                    scope: $crate::wire::RateScope::$scope,
                }),*],
                modes: &[$($crate::wire::Mode::$mode),*],
                feature: $crate::wire::feature(::core::module_path!()),
            };
            fn encode(&self) -> ::core::result::Result<$crate::wire::Payload, $crate::wire::Error> {
                let $this = self;
                $encode
            }
        }
    };
}

/// The setters of a request, and the same on its call.
///
/// ```text
/// wire::setters! { impl Send {
///     /// 接收成员
///     pub fn touser(mut self, touser: impl IntoIterator<Item = impl Into<String>>) -> Self { … }
/// } }
/// ```
macro_rules! setters {
    (impl $name:ident {$(
        $(#[$doc:meta])*
        pub fn $set:ident(mut $this:ident, $value:ident: $ty:ty $(,)?) -> Self $body:block
    )*}) => {
        impl $name {$(
            $(#[$doc])*
            pub fn $set(mut $this, $value: $ty) -> Self $body
        )*}
        impl $crate::Call<$name> {$(
            $(#[$doc])*
            pub fn $set(mut $this, $value: $ty) -> Self {
                $this.request = $this.request.$set($value);
                $this
            }
        )*}
    };
}

/// `wire::from! { SendContent { Text: Text, Deep: in Box Deep, TemplateCard: TextNotice => TemplateCard::from, } }`: what one place of a union alone
/// takes, and how the variant's payload is made of it where it stands deeper.
macro_rules! from {
    ($name:ident { $($variant:ident: $(in $held:ident)? $payload:ty $(=> $by:expr)?,)* }) => {$(
        impl ::core::convert::From<$payload> for $name {
            fn from(payload: $payload) -> Self {
                Self::$variant($($held::new)?($($by)?(payload)))
            }
        }
        impl $crate::Takes<$payload> for $name {
            fn made_of(content: $payload) -> Self {
                content.into()
            }
        }
    )*};
}

// Without any module's feature there is nothing to apply them to.
#[allow(unused_imports)]
pub(crate) use {answer, endpoint, from, record, setters};
