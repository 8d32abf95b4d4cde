use std::sync::Arc;
use std::time::Duration;

use redis::{Client, ConnectionInfo, IntoConnectionInfo as _, RedisError};

use super::link::Way;
use super::{Inner, Link, Local, RedisStore, Scripts};
use crate::error::Error;
use crate::value::Secret;

/// Settings of a [`RedisStore`].
#[derive(Debug, Clone)]
pub struct RedisStoreBuilder {
    place: Place,
    prefix: String,
    lease: Duration,
    timeout: Duration,
    retry_every: Duration,
    strict: bool,
    #[cfg(feature = "redis-tls")]
    root_certificate: Option<Vec<u8>>,
}

/// Where Redis is.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Single(Secret),
    #[cfg(feature = "redis-cluster")]
    Cluster(Vec<Secret>),
    #[cfg(feature = "redis-sentinel")]
    Sentinel {
        name: String,
        sentinels: Vec<Secret>,
        user: String,
        password: Secret,
        database: i64,
    },
}

impl RedisStoreBuilder {
    pub(super) fn new(place: Place) -> Self {
        Self {
            place,
            prefix: "wecom".to_owned(),
            lease: Duration::from_secs(10),
            timeout: Duration::from_secs(1),
            retry_every: Duration::from_secs(1),
            strict: false,
            #[cfg(feature = "redis-tls")]
            root_certificate: None,
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

    /// Name and password of the servers that sentinels lead to; those in the sentinels' addresses are the sentinels' own. No effect
    /// without sentinels. An empty name is Redis's default one.
    #[cfg(feature = "redis-sentinel")]
    #[must_use]
    pub fn credentials(mut self, user_name: impl Into<String>, pass: impl Into<Secret>) -> Self {
        if let Place::Sentinel { user, password, .. } = &mut self.place {
            (*user, *password) = (user_name.into(), pass.into());
        }
        self
    }

    /// The number of the database on the servers that sentinels lead to; 0 unless set. No effect without sentinels.
    #[cfg(feature = "redis-sentinel")]
    #[must_use]
    pub fn database(mut self, number: i64) -> Self {
        if let Place::Sentinel { database, .. } = &mut self.place {
            *database = number;
        }
        self
    }

    /// The certificate, in PEM, of the authority that vouches for Redis's own (`rediss://`), in place of those that the system
    /// trusts.
    #[cfg(feature = "redis-tls")]
    #[must_use]
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificate = Some(pem.into());
        self
    }

    /// The store. Nothing is connected yet.
    ///
    /// # Errors
    /// [`Error::Config`] when an address cannot be used: also when it asks for TLS (`rediss://`), and the feature `redis-tls` is not
    /// enabled.
    pub fn build(self) -> Result<RedisStore, Error> {
        let (way, infos) = self.way()?;
        let address = infos.iter().map(|info| info.addr().to_string()).collect::<Vec<_>>().join(", ");
        let mut passwords: Vec<Secret> =
            infos.iter().filter_map(|info| info.redis_settings().password().map(Secret::from)).collect();
        #[cfg(feature = "redis-sentinel")]
        if let Place::Sentinel { password, .. } = &self.place {
            passwords.push(password.clone());
        }
        passwords.retain(|password| !password.is_empty());
        Ok(RedisStore(Arc::new(Inner {
            link: Link::new(way, address, passwords, self.timeout, self.retry_every),
            prefix: self.prefix,
            lease: self.lease,
            strict: self.strict,
            local: Local::default(),
            scripts: Scripts::new(),
        })))
    }

    /// How to connect, and the addresses that were given.
    fn way(&self) -> Result<(Way, Vec<ConnectionInfo>), Error> {
        match &self.place {
            Place::Single(url) => {
                let info = info(url)?;
                #[cfg(feature = "redis-tls")]
                let client = match self.certificates() {
                    Some(certificates) if is_tls(&info) => Client::build_with_tls(info.clone(), certificates),
                    _ => Client::open(info.clone()),
                };
                #[cfg(not(feature = "redis-tls"))]
                let client = Client::open(info.clone());
                Ok((Way::Single(Box::new(client.map_err(|error| unusable(&error))?)), vec![info]))
            }
            #[cfg(feature = "redis-cluster")]
            Place::Cluster(urls) => {
                let infos = infos(urls)?;
                let builder = redis::cluster::ClusterClient::builder(infos.clone())
                    .connection_timeout(self.timeout)
                    .response_timeout(self.timeout);
                #[cfg(feature = "redis-tls")]
                let builder = match self.certificates() {
                    Some(certificates) if infos.iter().any(is_tls) => builder.certs(certificates),
                    _ => builder,
                };
                let client = builder.build().map_err(|error| unusable(&error))?;
                Ok((Way::Cluster(Box::new(client)), infos))
            }
            #[cfg(feature = "redis-sentinel")]
            Place::Sentinel { name, sentinels, user, password, database } => {
                use redis::sentinel::{SentinelClientBuilder, SentinelServerType};

                let infos = infos(sentinels)?;
                let addresses: Vec<_> = infos.iter().map(|info| info.addr().clone()).collect();
                let builder = SentinelClientBuilder::new(addresses, name, SentinelServerType::Master);
                let mut builder =
                    builder.map_err(|error| unusable(&error))?.set_client_to_redis_db(*database);
                if !user.is_empty() {
                    builder = builder.set_client_to_redis_username(user);
                }
                if !password.is_empty() {
                    builder = builder.set_client_to_redis_password(password.expose());
                }
                // The sentinels of one primary are set up alike.
                if let Some(sentinel) = infos.first() {
                    if let Some(user) = sentinel.redis_settings().username() {
                        builder = builder.set_client_to_sentinel_username(user);
                    }
                    if let Some(password) = sentinel.redis_settings().password() {
                        builder = builder.set_client_to_sentinel_password(password);
                    }
                    if is_tls(sentinel) {
                        builder = builder.set_client_to_redis_tls_mode(redis::TlsMode::Secure);
                        #[cfg(feature = "redis-tls")]
                        if let Some(certificates) = self.certificates() {
                            builder = builder
                                .set_client_to_sentinel_certificates(certificates.clone())
                                .set_client_to_redis_certificates(certificates);
                        }
                    }
                }
                let client = builder.build().map_err(|error| unusable(&error))?;
                Ok((Way::Sentinel(Box::new(tokio::sync::Mutex::new(client))), infos))
            }
        }
    }

    #[cfg(feature = "redis-tls")]
    fn certificates(&self) -> Option<redis::TlsCertificates> {
        let root_cert = self.root_certificate.clone();
        root_cert.map(|root| redis::TlsCertificates { client_tls: None, root_cert: Some(root) })
    }
}

fn info(url: &Secret) -> Result<ConnectionInfo, Error> {
    if !cfg!(feature = "redis-tls") && url.expose().starts_with("rediss:") {
        return Err(Error::config("rediss:// asks for TLS: enable the feature `redis-tls` of wecom-client"));
    }
    let info = url.expose().into_connection_info().map_err(|error| unusable(&error))?;
    #[cfg(feature = "redis-tls")]
    if is_tls(&info) {
        settle_cryptography();
    }
    Ok(info)
}

/// The client of Redis takes the process's provider of cryptography, and rustls panics when there is none and the program is built with
/// several. What the program installed stays; our own is what the feature `rustls` brings.
#[cfg(feature = "redis-tls")]
fn settle_cryptography() {
    use rustls::crypto::{CryptoProvider, aws_lc_rs};

    if CryptoProvider::get_default().is_none() {
        // An error says that somebody was faster: then there is one.
        let _ = aws_lc_rs::default_provider().install_default();
    }
}

#[cfg(any(feature = "redis-cluster", feature = "redis-sentinel"))]
fn infos(urls: &[Secret]) -> Result<Vec<ConnectionInfo>, Error> {
    if urls.is_empty() {
        return Err(Error::config(
            "no address of Redis was given; one is enough, the others are found by it",
        ));
    }
    urls.iter().map(info).collect()
}

#[cfg(any(feature = "redis-tls", feature = "redis-sentinel"))]
fn is_tls(info: &ConnectionInfo) -> bool {
    matches!(info.addr(), redis::ConnectionAddr::TcpTls { .. })
}

/// The crate's own message may repeat the password.
fn unusable(error: &RedisError) -> Error {
    let why = error.category();
    Error::config(format!("Redis's address must be like redis://:password@host:6379/0: {why}"))
}
