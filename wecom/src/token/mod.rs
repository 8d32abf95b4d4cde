//! Tokens: where they come from, where they are kept, and how they are renewed.

mod clock;
mod flight;
pub mod kind;
mod memory;
mod source;
mod store;
#[cfg(test)]
mod tests;
mod ticket;

pub use clock::{Clock, SystemClock};
pub(crate) use flight::{Flights, Tokens};
pub use memory::MemoryStore;
pub(crate) use source::{Ask, fetch};
pub use source::{NewToken, TokenSource};
pub use store::{BoxFuture, Lease, LeaseGuard, StoreError, StoredToken, TokenKey, TokenStore};
pub(crate) use ticket::Ticket;
