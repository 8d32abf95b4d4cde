//! What WeCom hands over once, and what is needed to ask for tokens: pushed tickets, permanent codes.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::keeper::Keeper;
use super::store::{StoredToken, TokenKey};
use crate::blemish::clean;
use crate::error::{Error, StoreError};
use crate::value::{Secret, Timestamp};

/// A time that is further from now is none: it is in milliseconds, or of a wrong clock. It would shut out all that come later.
const AHEAD: Duration = Duration::from_secs(3600);

/// So often a race for one entry may be lost.
const RACES: u32 = 50;

/// Where a ticket or a permanent code is kept: in the token store, beside the tokens.
#[derive(Clone)]
pub(crate) struct Kept {
    keeper: Arc<Keeper>,
    key: TokenKey,
}

impl Kept {
    pub(crate) fn new(keeper: &Arc<Keeper>, kind: &'static str, corp: &str, app: String) -> Self {
        Self { keeper: Arc::clone(keeper), key: keeper.key(kind, corp, app) }
    }

    pub(crate) async fn get(&self) -> Result<Option<Secret>, Error> {
        Ok(self.keeper.store().get(&self.key).await?.map(|stored| stored.token))
    }

    pub(crate) async fn given_at(&self) -> Result<Option<Timestamp>, Error> {
        let stored = self.keeper.store().get(&self.key).await?;
        Ok(stored.map(|stored| timestamp(stored.issued_at)))
    }

    /// Pushes can overtake each other: only a newer one replaces what is stored. What is damaged, or of a time that has yet to
    /// come, is replaced by any.
    pub(crate) async fn set(&self, secret: Secret, at: Timestamp) -> Result<bool, Error> {
        clean(self.key.kind, secret.expose())?;
        let issued_at = since_epoch(at);
        let latest = self.keeper.now().saturating_add(AHEAD);
        if issued_at > latest {
            return Err(Error::config(format!(
                "the time of the {} is more than an hour ahead of now: is it in milliseconds?",
                self.key.kind
            )));
        }
        // It is not known to expire; it counts until a newer one comes.
        let never = Duration::from_secs(u32::MAX.into());
        let new = StoredToken { token: secret, issued_at, refresh_at: never, expires_at: never };
        for race in 0..RACES {
            let seen = match self.keeper.store().get(&self.key).await {
                Ok(seen) => seen,
                // It takes the place of what cannot be read, but not of what can.
                Err(damaged) => match self.keeper.store().replace(&self.key, None, &new).await {
                    Ok(true) => {
                        tracing::warn!(kind = self.key.kind, %damaged, "replaced by a new one");
                        return Ok(true);
                    }
                    Ok(false) => continue,
                    Err(_) => return Err(damaged.into()),
                },
            };
            if seen.as_ref().is_some_and(|stored| stored.issued_at > issued_at && stored.issued_at <= latest)
            {
                return Ok(false);
            }
            if self.keeper.store().replace(&self.key, seen.as_ref(), &new).await? {
                return Ok(true);
            }
            sleep(Duration::from_millis(u64::from(race))).await;
        }
        Err(StoreError::new(format!("the {} is changed by others all the time", self.key.kind)).into())
    }

    /// Removes it, unless it was given later than this.
    pub(crate) async fn forget(&self, until: Timestamp) -> Result<bool, Error> {
        for race in 0..RACES {
            match self.keeper.store().get(&self.key).await? {
                Some(stored) if stored.issued_at <= since_epoch(until) => {
                    if self.keeper.store().invalidate(&self.key, &stored.token).await? {
                        return Ok(true);
                    }
                }
                _ => return Ok(false),
            }
            sleep(Duration::from_millis(u64::from(race))).await;
        }
        Err(StoreError::new(format!("the {} is changed by others all the time", self.key.kind)).into())
    }
}

/// The other way round from [`since_epoch`].
pub(crate) fn timestamp(since_epoch: Duration) -> Timestamp {
    Timestamp(i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX))
}

fn since_epoch(at: Timestamp) -> Duration {
    Duration::from_secs(u64::try_from(at.0).unwrap_or(0))
}
