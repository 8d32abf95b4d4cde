//! Tokens: where they come from, where they are kept, and how they are renewed.

mod clock;
#[cfg(any(feature = "file-store", feature = "redis"))]
mod codec;
#[cfg(feature = "file-store")]
mod file;
mod flight;
mod floor;
mod identity;
mod keeper;
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
pub(crate) use flight::{Known, Tokens};
pub(crate) use identity::Identity;
pub(crate) use keeper::Keeper;
pub(crate) use kept::Kept;
#[cfg(all(feature = "service", not(wecom_imported)))]
pub(crate) use kept::timestamp;
pub use memory::MemoryStore;
#[cfg(feature = "redis")]
pub use redis::{RedisStore, RedisStoreBuilder};
pub use source::{NewToken, TokenSource};
pub(crate) use source::{Source, constant, lifetime, with_kept};
pub use store::{BoxFuture, Lease, LeaseGuard, StoredToken, TokenKey, TokenStore};

pub use crate::error::StoreError;
