use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::store::{BoxFuture, StoreError, StoredToken, TokenKey, TokenStore};
use crate::value::Secret;

/// Keeps tokens in this process. The default.
#[derive(Debug, Default)]
pub struct MemoryStore {
    map: Mutex<HashMap<TokenKey, StoredToken>>,
    /// Counted up under the lock.
    version: AtomicU64,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TokenKey, StoredToken>> {
        // No step under the lock leaves the map half changed.
        self.map.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) {
        self.version.fetch_add(1, Ordering::Release);
    }
}

impl TokenStore for MemoryStore {
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, StoreError>> {
        Box::pin(async move { Ok(self.lock().get(key).cloned()) })
    }

    fn version(&self) -> Option<u64> {
        Some(self.version.load(Ordering::Acquire))
    }

    fn replace<'a>(
        &'a self,
        key: &'a TokenKey,
        seen: Option<&'a StoredToken>,
        new: &'a StoredToken,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let mut map = self.lock();
            if map.get(key) != seen {
                return Ok(false);
            }
            map.insert(key.clone(), new.clone());
            self.changed();
            Ok(true)
        })
    }

    fn corps<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        let like =
            |other: &TokenKey| other.kind == key.kind && other.base == key.base && other.app == key.app;
        Box::pin(async move {
            Ok(self.lock().keys().filter(|other| like(other)).map(|other| other.corp.clone()).collect())
        })
    }

    fn invalidate<'a>(
        &'a self,
        key: &'a TokenKey,
        failed: &'a Secret,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            let mut map = self.lock();
            let same = map.get(key).is_some_and(|stored| stored.token == *failed);
            if same {
                map.remove(key);
                self.changed();
            }
            Ok(same)
        })
    }
}
