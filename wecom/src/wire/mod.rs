//! What generated code stands on: reading and writing records, unions and enumerations.
//!
//! Hidden from the documentation and without promises of stability: applications use the generated types and
//! `serde`, never this module.
//!
//! Generated types carry a table of field names and one `match`, and one function that hands out the fields that are set;
//! everything else — looking fields up, leniency, error paths, writing, `Debug`, comparing — is written once here. That keeps
//! the compile time of thousands of types low.

mod adapt;
mod decode;
mod enums;
mod items;
pub(crate) mod note;
pub(crate) mod path;
mod raw;
mod read;
mod record;
pub(crate) mod table;
#[cfg(test)]
mod tests;
mod union;
mod write;

#[cfg(feature = "callback")]
#[allow(unused_imports)] // without any events
pub(crate) use crate::callback::{event, json_as, json_event, kinds};
pub(crate) use adapt::WriteAs;
pub use adapt::{As, Csv, Digits, Each, Flag, Joined, Pipe, Semi, Text, Token, get_as};
pub use decode::{Failure, decode};
pub(crate) use decode::{excerpt, failure, line, mend, shorten, without_mark};
pub use items::get_items;
pub use read::{Int, Read, get, get_boxed, parse_int, parse_text, skip};
pub(crate) use read::{WHOLE, big_number};
pub use record::{Flat, Record, read_value, same_record, show_record, write_record};
pub use union::{OneOf, Rest, Tag, Takes, Union, parse_union, union, union_by, write_union};
pub use write::{Look, Out, Sink};

// Generated files import from here alone, so that they need not know where the runtime keeps its types.
pub use crate::endpoint::{
    Endpoint, EndpointInfo, Method, Mode, Paged, Payload, Rate, RatePeriod, RateScope, Response, TokenKind,
    feature,
};
pub use crate::error::{ErrorClass, ErrorCode};
pub use crate::pages::after;
pub use crate::value::{Base64, Secret, Timestamp, TimestampMillis, UnknownVariant};
#[doc(no_inline)]
pub use serde::de::MapAccess;

// Without any module's feature there is nothing to apply them to.
#[allow(unused_imports)]
pub(crate) use {
    enums::flags, enums::int_enum, enums::str_enum, record::records, record::whole, table::answer,
    table::endpoint, table::from, table::record, table::setters, union::unions,
};

/// The error of the wire layer.
pub type Error = serde_json::Error;
