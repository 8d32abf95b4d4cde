//! What WeCom hands over once, and what is needed to ask for tokens: pushed tickets, permanent codes.

use std::time::Duration;

use super::store::{StoredToken, TokenKey};
use crate::error::Error;
use crate::transport::Transport;
use crate::value::{Secret, Timestamp};

/// Where a ticket or a permanent code is kept: in the token store, beside the tokens.
#[derive(Clone)]
pub(crate) struct Kept(pub(crate) TokenKey);

impl Kept {
    pub(crate) async fn get(&self, transport: &Transport) -> Result<Option<Secret>, Error> {
        Ok(transport.store().get(&self.0).await?.map(|stored| stored.token))
    }

    pub(crate) async fn given_at(&self, transport: &Transport) -> Result<Option<Timestamp>, Error> {
        let stored = transport.store().get(&self.0).await?;
        Ok(stored.map(|stored| Timestamp(i64::try_from(stored.issued_at.as_secs()).unwrap_or(i64::MAX))))
    }

    /// Pushes can overtake each other: only a newer one replaces what is stored.
    pub(crate) async fn set(
        &self,
        transport: &Transport,
        secret: Secret,
        at: Timestamp,
    ) -> Result<bool, Error> {
        if secret.is_empty() {
            return Err(Error::config(format!("the {} is empty", self.0.kind)));
        }
        let issued_at = since_epoch(at);
        // It is not known to expire; it counts until a newer one comes.
        let never = Duration::from_secs(u32::MAX.into());
        let new = StoredToken { token: secret, issued_at, refresh_at: never, expires_at: never };
        loop {
            let seen = transport.store().get(&self.0).await?;
            if seen.as_ref().is_some_and(|stored| stored.issued_at > issued_at) {
                return Ok(false);
            }
            if transport.store().replace(&self.0, seen.as_ref(), &new).await? {
                return Ok(true);
            }
        }
    }
    /// Removes it, unless it was given later than this.
    pub(crate) async fn forget(&self, transport: &Transport, until: Timestamp) -> Result<bool, Error> {
        loop {
            match transport.store().get(&self.0).await? {
                Some(stored) if stored.issued_at <= since_epoch(until) => {
                    if transport.store().invalidate(&self.0, &stored.token).await? {
                        return Ok(true);
                    }
                }
                _ => return Ok(false),
            }
        }
    }
}

fn since_epoch(at: Timestamp) -> Duration {
    Duration::from_secs(u64::try_from(at.0).unwrap_or(0))
}
