//! Tokens: where they come from, where they are kept, and how they are renewed.

mod clock;
#[cfg(any(feature = "file-store", feature = "redis"))]
mod codec;
#[cfg(feature = "file-store")]
mod file;
mod flight;
mod floor;
mod kept;
pub mod kind;
mod memory;
#[cfg(feature = "redis")]
mod redis;
mod source;
mod store;
#[cfg(test)]
mod tests;

pub use clock::{Clock, SystemClock};
#[cfg(feature = "file-store")]
pub use file::FileStore;
pub(crate) use flight::{Flights, Tokens};
pub(crate) use kept::Kept;
pub use memory::MemoryStore;
#[cfg(feature = "redis")]
pub use redis::{RedisStore, RedisStoreBuilder};
#[cfg(feature = "jssdk")]
pub(crate) use source::lifetime;
pub(crate) use source::{Ask, Source, constant, fetch, with_kept};
pub use source::{NewToken, TokenSource};
pub use store::{BoxFuture, Lease, LeaseGuard, StoreError, StoredToken, TokenKey, TokenStore};
