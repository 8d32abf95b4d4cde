//! The connection, made anew when it is lost.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, FromRedisValue, RedisError, ScriptInvocation};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout};

use crate::token::store::StoreError;

pub(super) struct Link {
    client: Client,
    /// Without user and password.
    pub(super) address: String,
    /// Of connecting, and of an answer.
    timeout: Duration,
    /// After a failure so long nobody tries.
    retry_every: Duration,
    state: Mutex<State>,
    is_down: AtomicBool,
    /// What no message may show.
    password: Option<String>,
}

#[derive(Default)]
struct State {
    connection: Option<(u64, MultiplexedConnection)>,
    made: u64,
    failed: Option<(Instant, StoreError)>,
}

impl Link {
    pub(super) fn new(client: Client, timeout: Duration, retry_every: Duration) -> Self {
        let info = client.get_connection_info();
        let address = info.addr().to_string();
        let password = info.redis_settings().password().map(str::to_owned);
        let (state, is_down) = (Mutex::default(), AtomicBool::new(false));
        Self { client, address, timeout, retry_every, state, is_down, password }
    }

    /// Runs a script: repeated once on a new connection if the one at hand turns out to be dead.
    pub(super) async fn run<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, StoreError> {
        let mut first = true;
        loop {
            let (number, mut connection) = self.connection().await?;
            let reason = match timeout(self.timeout, script.invoke_async(&mut connection)).await {
                Ok(Ok(value)) => {
                    if self.is_down.swap(false, Ordering::Relaxed) {
                        tracing::info!(address = %self.address, "Redis works again");
                    }
                    return Ok(value);
                }
                Ok(Err(error)) => {
                    let is_stale = error.is_connection_dropped();
                    if first && is_stale {
                        first = false;
                        self.forget(number, None).await;
                        continue;
                    }
                    let reason = self.says(&error);
                    // It answers: what is wrong with one key is no reason to give up the others.
                    if !(is_stale
                        || error.is_io_error()
                        || error.is_timeout()
                        || error.is_connection_refusal())
                    {
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
    async fn connection(&self) -> Result<(u64, MultiplexedConnection), StoreError> {
        let mut state = self.state.lock().await;
        if let Some((number, connection)) = &state.connection {
            return Ok((*number, connection.clone()));
        }
        if let Some((at, error)) = &state.failed
            && at.elapsed() < self.retry_every
        {
            return Err(error.clone());
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.timeout))
            .set_response_timeout(Some(self.timeout));
        let connecting = self.client.get_multiplexed_async_connection_with_config(&config);
        let reason = match timeout(self.timeout, connecting).await {
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
        let text = error.to_string();
        match self.password.as_deref() {
            Some(password) if !password.is_empty() => text.replace(password, "***"),
            _ => text,
        }
    }
}

/// Sleeps so long, and up to a half more: those who wait for the same do not all come at once.
pub(super) async fn pause(time: Duration) {
    let jitter = f64::from(getrandom::u32().unwrap_or(0)) / f64::from(u32::MAX);
    sleep(time.mul_f64(1.0 + jitter / 2.0)).await;
}
