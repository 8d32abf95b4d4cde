//! Values that the generated types share.

mod base64;
mod hex;
mod secret;
mod time;
mod unknown;

pub use self::base64::Base64;
pub(crate) use hex::hex;
pub use secret::Secret;
pub use time::{Timestamp, TimestampMillis};
pub use unknown::UnknownVariant;
