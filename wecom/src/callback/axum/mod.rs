//! Callbacks as [axum](https://docs.rs/axum) routes (feature `axum`).
//!
//! [`Callbacks`] makes a route of a handler: it proves the address (GET), verifies, decrypts and reads what is pushed
//! (POST), runs the handler as a task, and answers before WeCom gives up after five seconds, whether the handler is done
//! or not.
//!
//! ```
//! use wecom::callback::Crypto;
//! use wecom::callback::axum::{Callbacks, Received, Reply};
//! use wecom::events::Event;
//! use wecom::events::third_party::ThirdPartyEvent;
//! # use wecom::Suite;
//!
//! # fn example(suite: Suite) -> Result<axum::Router, wecom::Error> {
//! let crypto = Crypto::new("token", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", ["wx-suite"])?;
//! let app: axum::Router = Callbacks::new(crypto).at("/callback", move |received: Received| {
//!     let suite = suite.clone();
//!     async move {
//!         match received.event {
//!             Event::ThirdParty(ThirdPartyEvent::SuiteTicket(ticket)) => {
//!                 suite.set_ticket(ticket.suite_ticket, ticket.time_stamp).await?;
//!             }
//!             // What the crate does not know yet arrives too, with all its fields.
//!             Event::Unknown(notice) => println!("{}", notice.kind()),
//!             _ => {}
//!         }
//!         Ok::<_, wecom::Error>(Reply::Accepted)
//!     }
//! });
//! # Ok(app) }
//! ```
//!
//! Handlers of one's own take [`Received`] and [`Verified`] as extractors; the state must give a
//! [`Crypto`](super::Crypto).
//!
//! Rules of the server: <https://developer.work.weixin.qq.com/document/path/90930>.

mod extract;
mod serve;
#[cfg(test)]
mod tests;

pub use extract::{Received, Refused, Verified};
pub use serve::{Callbacks, IntoReply, Reply, Work};
