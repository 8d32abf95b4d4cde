//! The connection, made anew when it is lost.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
#[cfg(feature = "redis-cluster")]
use redis::cluster::ClusterClient;
#[cfg(feature = "redis-cluster")]
use redis::cluster_async::ClusterConnection;
#[cfg(feature = "redis-sentinel")]
use redis::sentinel::SentinelClient;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ErrorKind, FromRedisValue, RedisError, RedisResult, ScriptInvocation,
    ServerErrorKind,
};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout};

use crate::token::store::StoreError;
use crate::value::Secret;

/// Where connections come from.
pub(super) enum Way {
    Single(Box<Client>),
    #[cfg(feature = "redis-cluster")]
    Cluster(Box<ClusterClient>),
    /// Asks the sentinels each time who is the primary now.
    #[cfg(feature = "redis-sentinel")]
    Sentinel(Box<Mutex<SentinelClient>>),
}

/// A connection; clones share it.
#[derive(Clone)]
enum Connection {
    Single(MultiplexedConnection),
    /// Follows moved slots and new primaries by itself.
    #[cfg(feature = "redis-cluster")]
    Cluster(ClusterConnection),
}

/// What is asked of Redis.
pub(super) enum Ask<'a> {
    Script(&'a ScriptInvocation<'a>),
    Command(&'a Cmd),
}

impl Ask<'_> {
    async fn of<T: FromRedisValue>(&self, connection: &mut Connection) -> RedisResult<T> {
        match (self, connection) {
            (Self::Script(script), Connection::Single(connection)) => script.invoke_async(connection).await,
            (Self::Command(command), Connection::Single(connection)) => command.query_async(connection).await,
            #[cfg(feature = "redis-cluster")]
            (Self::Script(script), Connection::Cluster(connection)) => script.invoke_async(connection).await,
            #[cfg(feature = "redis-cluster")]
            (Self::Command(command), Connection::Cluster(connection)) => {
                command.query_async(connection).await
            }
        }
    }
}

pub(super) struct Link {
    way: Way,
    /// Without user and password.
    pub(super) address: String,
    /// Of connecting, and of an answer.
    timeout: Duration,
    /// After a failure so long nobody tries.
    retry_every: Duration,
    state: Mutex<State>,
    is_down: AtomicBool,
    /// What no message may show.
    passwords: Vec<Secret>,
}

#[derive(Default)]
struct State {
    connection: Option<(u64, Connection)>,
    made: u64,
    failed: Option<(Instant, StoreError)>,
}

impl Link {
    pub(super) fn new(
        way: Way,
        address: String,
        passwords: Vec<Secret>,
        timeout: Duration,
        retry_every: Duration,
    ) -> Self {
        let (state, is_down) = (Mutex::default(), AtomicBool::new(false));
        Self { way, address, timeout, retry_every, state, is_down, passwords }
    }

    /// Whether keys are spread over several servers.
    pub(super) fn is_spread(&self) -> bool {
        #[cfg(feature = "redis-cluster")]
        if matches!(self.way, Way::Cluster(_)) {
            return true;
        }
        false
    }

    /// Runs a script.
    pub(super) async fn run<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, StoreError> {
        self.ask(Ask::Script(script)).await
    }

    /// Asks, once more on a new connection if the one at hand turns out to be dead, or to lead to what is no primary any more.
    pub(super) async fn ask<T: FromRedisValue>(&self, what: Ask<'_>) -> Result<T, StoreError> {
        let mut first = true;
        loop {
            let (number, mut connection) = self.connection().await?;
            let reason = match timeout(self.timeout, what.of(&mut connection)).await {
                Ok(Ok(value)) => {
                    if self.is_down.swap(false, Ordering::Relaxed) {
                        tracing::info!(address = %self.address, "Redis works again");
                    }
                    return Ok(value);
                }
                Ok(Err(error)) => {
                    let is_stale = error.is_connection_dropped() || is_demoted(&error);
                    if first && is_stale {
                        first = false;
                        self.forget(number, None).await;
                        continue;
                    }
                    let reason = self.says(&error);
                    // It answers: what is wrong with one key is no reason to give up the others.
                    if !(is_stale || is_gone(&error)) {
                        return Err(StoreError::new(format!("Redis at {} refuses: {reason}", self.address)));
                    }
                    reason
                }
                Err(_) => format!("no answer within {:?}", self.timeout),
            };
            let error = self.down(&reason);
            self.forget(number, Some(error.clone())).await;
            return Err(error);
        }
    }

    /// The connection at hand, or a new one. Those who ask while one is made wait for its outcome and share it.
    async fn connection(&self) -> Result<(u64, Connection), StoreError> {
        let mut state = self.state.lock().await;
        if let Some((number, connection)) = &state.connection {
            return Ok((*number, connection.clone()));
        }
        if let Some((at, error)) = &state.failed
            && at.elapsed() < self.retry_every
        {
            return Err(error.clone());
        }
        let reason = match timeout(self.timeout, self.connect()).await {
            Ok(Ok(connection)) => {
                state.made += 1;
                state.failed = None;
                state.connection = Some((state.made, connection.clone()));
                return Ok((state.made, connection));
            }
            Ok(Err(error)) => self.says(&error),
            Err(_) => format!("no connection within {:?}", self.timeout),
        };
        let error = self.down(&reason);
        state.failed = Some((Instant::now(), error.clone()));
        Err(error)
    }

    async fn connect(&self) -> RedisResult<Connection> {
        let config = || {
            AsyncConnectionConfig::new()
                .set_connection_timeout(Some(self.timeout))
                .set_response_timeout(Some(self.timeout))
        };
        match &self.way {
            Way::Single(client) => {
                client.get_multiplexed_async_connection_with_config(&config()).await.map(Connection::Single)
            }
            #[cfg(feature = "redis-cluster")]
            Way::Cluster(client) => client.get_async_connection().await.map(Connection::Cluster),
            #[cfg(feature = "redis-sentinel")]
            Way::Sentinel(client) => {
                let mut client = client.lock().await;
                client.get_async_connection_with_config(&config()).await.map(Connection::Single)
            }
        }
    }

    /// Gives up a connection, unless another task has replaced it already.
    async fn forget(&self, number: u64, error: Option<StoreError>) {
        let mut state = self.state.lock().await;
        if state.connection.as_ref().is_some_and(|(at_hand, _)| *at_hand == number) {
            state.connection = None;
            state.failed = error.map(|error| (Instant::now(), error));
        }
    }

    /// Says so once, not for every call.
    fn down(&self, reason: &str) -> StoreError {
        let error = StoreError::new(format!("Redis at {} does not work: {reason}", self.address));
        if !self.is_down.swap(true, Ordering::Relaxed) {
            tracing::warn!(%error, "tokens are not shared until it does");
        }
        error
    }

    fn says(&self, error: &RedisError) -> String {
        let passwords = self.passwords.iter().map(Secret::expose).filter(|password| !password.is_empty());
        passwords.fold(error.to_string(), |text, password| text.replace(password, "***"))
    }
}

/// The server was the primary and is none any more, or is about to become one: somebody else is.
fn is_demoted(error: &RedisError) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Server(
            ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown | ServerErrorKind::BusyLoading
        )
    )
}

/// Nobody answers, or a part of a cluster is missing.
fn is_gone(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_timeout()
        || error.is_connection_refusal()
        || error.is_cluster_error()
        || matches!(
            error.kind(),
            ErrorKind::ClusterConnectionNotFound
                | ErrorKind::MasterNameNotFoundBySentinel
                | ErrorKind::Server(ServerErrorKind::ClusterDown)
        )
}

/// Sleeps so long, and up to a half more: those who wait for the same do not all come at once.
pub(super) async fn pause(time: Duration) {
    let jitter = f64::from(getrandom::u32().unwrap_or(0)) / f64::from(u32::MAX);
    sleep(time.mul_f64(1.0 + jitter / 2.0)).await;
}
