use std::sync::Arc;
use std::time::Duration;

use redis::Client;

use super::{Inner, Link, Local, RedisStore, Scripts};
use crate::error::Error;
use crate::value::Secret;

/// Settings of a [`RedisStore`].
#[derive(Debug, Clone)]
pub struct RedisStoreBuilder {
    url: Secret,
    prefix: String,
    lease: Duration,
    timeout: Duration,
    retry_every: Duration,
    strict: bool,
}

impl RedisStoreBuilder {
    pub(super) fn new(url: Secret) -> Self {
        Self {
            url,
            prefix: "wecom".to_owned(),
            lease: Duration::from_secs(10),
            timeout: Duration::from_secs(1),
            retry_every: Duration::from_secs(1),
            strict: false,
        }
    }

    /// What the names of the keys begin with; `wecom` unless set.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long a lock outlives the process that held it; 10 seconds unless set, 10 milliseconds at the least, an hour at the most. A living
    /// one prolongs it.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease.clamp(Duration::from_millis(10), Duration::from_secs(3600));
        self
    }

    /// How long connecting, or an answer, may take; 1 second unless set.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How often Redis is tried while it is down; once a second unless set.
    #[must_use]
    pub fn retry_every(mut self, time: Duration) -> Self {
        self.retry_every = time;
        self
    }

    /// Calls fail with [`Error::Store`] while Redis is down, instead of going on with what this process has or can fetch.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// The store. Nothing is connected yet.
    ///
    /// # Errors
    /// [`Error::Config`] when the address cannot be used.
    pub fn build(self) -> Result<RedisStore, Error> {
        // The crate's own message may repeat the password.
        let client = Client::open(self.url.expose()).map_err(|error| {
            let why = error.category();
            Error::config(format!("Redis's address must be like redis://:password@host:6379/0: {why}"))
        })?;
        Ok(RedisStore(Arc::new(Inner {
            link: Link::new(client, self.timeout, self.retry_every),
            prefix: self.prefix,
            lease: self.lease,
            strict: self.strict,
            local: Local::default(),
            scripts: Scripts::new(),
        })))
    }
}
