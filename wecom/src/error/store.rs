use std::sync::Arc;

/// The store does not work; why, in words that show no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StoreError(Arc<str>);

impl StoreError {
    /// For a store of one's own. The words reach logs: no token, no password.
    pub fn new(message: impl Into<Arc<str>>) -> Self {
        Self(message.into())
    }

    /// What went wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0
    }
}

impl From<StoreError> for super::Error {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
