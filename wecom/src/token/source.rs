use std::time::Duration;

use super::kept::Kept;
use super::store::BoxFuture;
use crate::error::Error;
use crate::value::Secret;

/// A token as its issuer gave it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NewToken {
    /// The token.
    pub token: Secret,
    /// How long it works from now on; 7200 seconds as a rule.
    pub expires_in: Duration,
}

impl NewToken {
    /// A token that works for so long from now on.
    pub fn new(token: impl Into<Secret>, expires_in: Duration) -> Self {
        Self { token: token.into(), expires_in }
    }
}

/// Where tokens come from: for programs that get them from a service of their own instead of from WeCom.
///
/// Called by one task at a time, only when a token is missing, expires soon, or was refused as expired; for a token
/// that never worked after 2 seconds, then 4, up to 30. A source that panics fails those who wait.
pub trait TokenSource: Send + Sync + 'static {
    /// Fetches a token.
    ///
    /// # Errors
    /// Whatever keeps it from being had; every call that waits for it fails with the same error, and so do those of the next
    /// second, or of the next minutes where the server refused.
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>>;

    /// The token, where it is always the same one: it is not kept anywhere.
    #[doc(hidden)]
    fn fixed(&self) -> Option<&Secret> {
        None
    }
}

/// Where the client's own tokens come from.
pub(crate) trait Source: Send + Sync + 'static {
    /// Fetches a token.
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>>;
    /// What it is asked for with, all secrets in one: a failure is held against that alone. `None` when that is not known.
    fn basis(&self) -> BoxFuture<'_, Option<Secret>>;
}

/// A basis that does not change.
pub(crate) fn constant(secret: &Secret) -> BoxFuture<'_, Option<Secret>> {
    Box::pin(async { Some(secret.clone()) })
}

/// A basis that has a part which is handed over from time to time.
pub(crate) fn with_kept<'a>(secret: &'a Secret, kept: &'a Kept) -> BoxFuture<'a, Option<Secret>> {
    Box::pin(async {
        let part = kept.get().await.ok().flatten().unwrap_or_default();
        Some(Secret::new(format!("{}|{}", secret.expose(), part.expose())))
    })
}

/// How long a token lives by what the answer says, in seconds.
pub(crate) fn lifetime(path: &str, seconds: Option<u64>) -> Duration {
    // A token of no life would be fetched for every call.
    const LEAST: u64 = 30;
    const ASSUMED: u64 = 300;
    match seconds {
        None | Some(0) => {
            tracing::warn!(endpoint = path, "no expires_in; five minutes are assumed");
            Duration::from_secs(ASSUMED)
        }
        Some(seconds) => Duration::from_secs(seconds.max(LEAST)),
    }
}

/// One token that never changes: for tests and one-off programs.
impl TokenSource for Secret {
    fn fetch(&self) -> BoxFuture<'_, Result<NewToken, Error>> {
        let token = NewToken { token: self.clone(), expires_in: Duration::from_secs(7200) };
        Box::pin(async { Ok(token) })
    }

    fn fixed(&self) -> Option<&Secret> {
        Some(self)
    }
}
