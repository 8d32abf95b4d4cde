//! Files going up and coming down.

mod download;
mod multipart;
mod upload;

pub use download::Download;
pub(crate) use download::disposition_name;
#[cfg(feature = "callback")]
pub(crate) use download::percent_decode;
pub(crate) use multipart::{Form, Multipart};
pub use upload::MediaFile;

use std::pin::Pin;

use bytes::Bytes;
use futures_core::Stream;

/// A file's content in pieces.
pub(crate) type ByteStream<E> = Pin<Box<dyn Stream<Item = Result<Bytes, E>> + Send>>;
