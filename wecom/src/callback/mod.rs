//! Callbacks: what WeCom pushes to an address of yours.
//!
//! Everything is signed and encrypted with the token and the key of the admin console, as
//! <https://developer.work.weixin.qq.com/document/path/90968> has it. Application callbacks and third-party events come as
//! XML, those of robots and hardware as JSON; [`Crypto::open`] takes both. Robots have types and replies of their own, in
//! [`robot`].
//!
//! ```
//! use wecom::callback::{Crypto, Query};
//!
//! # fn main() -> Result<(), wecom::callback::CallbackError> {
//! let crypto = Crypto::new("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", ["wx5823bf96d3bd56c7"])?;
//!
//! // GET, once, when the address is entered in the console: answer with the text as it is.
//! # fn on_get(crypto: &Crypto, query: &str) -> Result<String, wecom::callback::CallbackError> {
//! let echo = crypto.verify_url(&Query::parse(query)?)?;
//! # Ok(echo) }
//!
//! // POST: answer within five seconds, with nothing or with a reply, and do the work elsewhere.
//! # fn on_post(crypto: &Crypto, query: &str, body: &[u8]) -> Result<String, wecom::callback::CallbackError> {
//! let message = crypto.open(&Query::parse(query)?, body)?;
//! let notice = message.notice()?;
//! let reply = match notice.event() {
//!     Some("enter_agent") => crypto.reply(&message, message.reply_text("你好")?)?,
//!     _ => String::new(),
//! };
//! # Ok(reply) }
//! # Ok(()) }
//! ```

#[cfg(feature = "axum")]
pub mod axum;
mod crypto;
mod envelope;
mod events;
mod message;
mod notice;
mod read;
mod reply;
#[cfg(all(feature = "aibot", not(wecom_imported)))]
pub mod robot;
#[cfg(test)]
mod tests;
mod xml;

pub use crate::error::CallbackError;
#[cfg(feature = "robot")]
pub(crate) use crypto::open_file;
pub use crypto::{Crypto, Decrypted};
pub use envelope::{Format, Query};
#[allow(unused_imports)] // without any events
pub(crate) use events::{event, json_as, json_event, kinds};
pub use message::Message;
pub use notice::Notice;
pub use reply::{Article, PassiveReply};
pub use xml::Node;
