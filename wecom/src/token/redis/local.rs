//! What this process has seen last, for when Redis does not answer.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::token::store::{StoredToken, TokenKey};
use crate::value::Secret;

#[derive(Default)]
pub(super) struct Local(Mutex<HashMap<TokenKey, Seen>>);

struct Seen {
    stored: StoredToken,
    /// Whether Redis has it.
    saved: bool,
}

impl Local {
    fn lock(&self) -> MutexGuard<'_, HashMap<TokenKey, Seen>> {
        // No step under the lock leaves the map half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn get(&self, key: &TokenKey) -> Option<StoredToken> {
        self.lock().get(key).map(|seen| seen.stored.clone())
    }

    /// What Redis does not have yet.
    pub(super) fn unsaved(&self, key: &TokenKey) -> Option<StoredToken> {
        self.lock().get(key).filter(|seen| !seen.saved).map(|seen| seen.stored.clone())
    }

    /// Redis has this.
    pub(super) fn saved(&self, key: &TokenKey, stored: Option<&StoredToken>) {
        let mut map = self.lock();
        match stored {
            Some(stored) => match map.get_mut(key) {
                // Mostly it is what is known already: nothing is copied then.
                Some(seen) if seen.stored == *stored => seen.saved = true,
                _ => drop(map.insert(key.clone(), Seen { stored: stored.clone(), saved: true })),
            },
            None => drop(map.remove(key)),
        }
    }

    /// Compares and changes as the store itself would.
    pub(super) fn replace(&self, key: &TokenKey, seen: Option<&StoredToken>, new: &StoredToken) -> bool {
        let mut map = self.lock();
        if map.get(key).map(|seen| &seen.stored) != seen {
            return false;
        }
        map.insert(key.clone(), Seen { stored: new.clone(), saved: false });
        true
    }

    pub(super) fn invalidate(&self, key: &TokenKey, failed: &Secret) -> bool {
        let mut map = self.lock();
        let same = map.get(key).is_some_and(|seen| seen.stored.token == *failed);
        if same {
            map.remove(key);
        }
        same
    }
}
