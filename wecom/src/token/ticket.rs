//! Tickets: pushed to the callback address, and needed to ask for a token.

use std::time::Duration;

use super::store::{StoredToken, TokenKey};
use crate::error::Error;
use crate::transport::Transport;
use crate::value::{Secret, Timestamp};

/// Where an application's ticket is kept: in the token store, beside its tokens.
#[derive(Clone)]
pub(crate) struct Ticket(pub(crate) TokenKey);

impl Ticket {
    pub(crate) async fn get(&self, transport: &Transport) -> Result<Option<Secret>, Error> {
        Ok(transport.store().get(&self.0).await?.map(|stored| stored.token))
    }

    pub(crate) async fn pushed_at(&self, transport: &Transport) -> Result<Option<Timestamp>, Error> {
        let stored = transport.store().get(&self.0).await?;
        Ok(stored.map(|stored| Timestamp(i64::try_from(stored.issued_at.as_secs()).unwrap_or(i64::MAX))))
    }

    /// Pushes can overtake each other: only a newer ticket replaces the stored one.
    pub(crate) async fn set(
        &self,
        transport: &Transport,
        ticket: Secret,
        at: Timestamp,
    ) -> Result<bool, Error> {
        if ticket.is_empty() {
            return Err(Error::config("the ticket is empty"));
        }
        let issued_at = Duration::from_secs(u64::try_from(at.0).unwrap_or(0));
        // A ticket is not known to expire; it counts until a newer one comes.
        let never = Duration::from_secs(u32::MAX.into());
        let new = StoredToken { token: ticket, issued_at, refresh_at: never, expires_at: never };
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
}
