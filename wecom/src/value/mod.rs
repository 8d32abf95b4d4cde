//! Values that the generated types share.

mod base64;
mod secret;
mod time;
mod unknown;

pub use self::base64::Base64;
pub use secret::Secret;
pub use time::{Timestamp, TimestampMillis};
pub use unknown::UnknownVariant;
