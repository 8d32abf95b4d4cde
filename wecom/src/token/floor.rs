//! The floor under the interval of token requests: what failed is not asked for again at once, by this process nor by those
//! that share its store, and a token that is refused as soon as it is fetched is not fetched for every call.
//!
//! Wrong secrets lock an address out for an hour after a few tries (<https://developer.work.weixin.qq.com/document/path/90312>).

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::store::{StoredToken, TokenKey, TokenStore};
use crate::error::{ApiError, Error, ErrorClass};
use crate::value::{Secret, hex};

/// How long a token that never worked is not replaced again, after so many that did not either.
fn patience(before: u32) -> Duration {
    Duration::from_secs(2 << before.min(5)).min(Duration::from_secs(30))
}

/// How long those are counted.
const COUNTED: Duration = Duration::from_secs(60);

/// What another process wrote with a wrong clock is not believed for longer.
const LONGEST: Duration = Duration::from_secs(3600);

/// What a token is asked for with, unreadable: a failure counts for this alone.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Basis(String);

impl Basis {
    pub(super) fn of(secret: &Secret) -> Self {
        let digest = Sha256::digest(secret.expose().as_bytes());
        Self(hex(&digest[..16]))
    }

    /// Of a source that says nothing about it: it fails for itself alone.
    pub(super) fn own(number: u64) -> Self {
        Self(format!("own:{number}"))
    }

    fn is_shared(&self) -> bool {
        !self.0.starts_with("own:")
    }
}

/// A fetch that failed.
#[derive(Clone)]
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) basis: Basis,
    pub(super) streak: u32,
    /// Until when nobody asks again.
    pub(super) until: Instant,
}

/// How long nobody asks again after so many failures before this one.
pub(super) fn hold(error: &Error, is_own: bool, streak: u32) -> Duration {
    let seconds =
        |first: u64, most: u64| Duration::from_secs(first.saturating_mul(1 << streak.min(20)).min(most));
    match error {
        // Found out without a request: it is over as soon as it is mended.
        Error::Config(_) if is_own => Duration::ZERO,
        // Nothing was asked for: another token lacked, which has a floor of its own.
        Error::Token(_) => Duration::ZERO,
        Error::Api(api) => match api.class() {
            ErrorClass::Transient => seconds(1, 10),
            // The lock-out lasts a minute at the least.
            ErrorClass::Throttled => seconds(60, 3600),
            _ => seconds(15, 900),
        },
        _ => seconds(1, 10),
    }
}

/// Whether the next process would be refused as well.
fn concerns_all(error: &Error) -> bool {
    matches!(error, Error::Api(api) if api.class() != ErrorClass::Transient)
}

/// What processes tell each other about the requests for one token: entries of the token store beside it, which are no secrets.
pub(super) struct Shared<'a> {
    pub(super) store: &'a dyn TokenStore,
    pub(super) key: &'a TokenKey,
    pub(super) now: Duration,
}

impl Shared<'_> {
    fn entry(&self, kind: &'static str) -> TokenKey {
        TokenKey { kind, app: format!("{}:{}", self.key.kind, self.key.app), ..self.key.clone() }
    }

    /// Puts an entry in the place of whatever stands there. A store that does not work keeps nobody from going on.
    async fn put(&self, kind: &'static str, text: &str, counts: Duration) {
        let key = self.entry(kind);
        let until = self.now.saturating_add(counts);
        let new =
            StoredToken { token: text.into(), issued_at: self.now, refresh_at: until, expires_at: until };
        if let Ok(seen) = self.store.get(&key).await {
            let _ = self.store.replace(&key, seen.as_ref(), &new).await;
        }
    }

    /// An entry that still counts, and for how long.
    async fn get(&self, kind: &'static str) -> Option<(StoredToken, Duration)> {
        let stored = self.store.get(&self.entry(kind)).await.ok()??;
        let left = stored.expires_at.saturating_sub(self.now);
        (!left.is_zero() && left <= LONGEST).then_some((stored, left))
    }

    /// A token is fetched because the one before was refused, which may have worked until then.
    pub(super) async fn renewed(&self, basis: &Basis, had_worked: bool) {
        let before = self.renewals(basis).await.map_or(0, |(before, _)| before.saturating_add(1));
        let before = if had_worked { 0 } else { before };
        self.put("renewed", &format!("{} {before}", basis.0), COUNTED).await;
    }

    /// Whether one was a moment ago, with the same.
    pub(super) async fn is_renewed(&self, basis: &Basis) -> bool {
        self.renewals(basis).await.is_some_and(|(before, age)| age < patience(before))
    }

    /// How many were fetched in vain before the last one, and when that was.
    async fn renewals(&self, basis: &Basis) -> Option<(u32, Duration)> {
        let (stored, _) = self.get("renewed").await?;
        let (of, before) = stored.token.expose().rsplit_once(' ')?;
        let age = self.now.saturating_sub(stored.issued_at);
        (of == basis.0).then_some((before.parse().ok()?, age))
    }

    /// A refusal that concerns all who ask with the same.
    pub(super) async fn refused(&self, failure: &Failure, counts: Duration) {
        let Error::Api(api) = &failure.error else { return };
        if concerns_all(&failure.error) && failure.basis.is_shared() {
            let entry = json!({
                "for": failure.basis.0, "streak": failure.streak, "endpoint": api.endpoint(), "errcode": api.code(),
                "errmsg": api.errmsg(),
            });
            self.put("refused", &entry.to_string(), counts).await;
        }
    }

    /// What another process was refused with.
    pub(super) async fn refusal(&self, basis: &Basis) -> Option<Failure> {
        let (stored, left) = self.get("refused").await?;
        let entry: Value = serde_json::from_str(stored.token.expose()).ok()?;
        let text = |name: &str| entry.get(name)?.as_str().map(str::to_owned);
        (text("for")? == basis.0).then_some(())?;
        let (code, errmsg) = (entry.get("errcode")?.as_i64()?, text("errmsg")?);
        let error = Error::Api(ApiError::new(Cow::Owned(text("endpoint")?), code, errmsg, Bytes::new()));
        let streak = u32::try_from(entry.get("streak")?.as_u64()?).ok()?;
        Some(Failure { error, basis: basis.clone(), streak, until: Instant::now() + left })
    }

    /// How often it was refused before.
    pub(super) async fn streak(&self, basis: &Basis) -> u32 {
        let stored = self.store.get(&self.entry("refused")).await.ok().flatten();
        let entry = stored.and_then(|stored| serde_json::from_str::<Value>(stored.token.expose()).ok());
        let entry = entry.filter(|entry| entry.get("for").and_then(Value::as_str) == Some(&basis.0));
        let streak = entry.and_then(|entry| u32::try_from(entry.get("streak")?.as_u64()?).ok());
        streak.map_or(0, |streak| streak.saturating_add(1))
    }

    /// It works again.
    pub(super) async fn granted(&self) {
        let key = self.entry("refused");
        if let Ok(Some(seen)) = self.store.get(&key).await {
            let _ = self.store.invalidate(&key, &seen.token).await;
        }
    }
}
