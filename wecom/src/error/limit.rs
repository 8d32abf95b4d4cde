use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::endpoint::Rate;

/// A call was not made because it would have exceeded a documented limit.
#[derive(Debug, Clone)]
pub struct LimitError(Arc<Exceeded>);

#[derive(Debug)]
struct Exceeded {
    endpoint: Cow<'static, str>,
    rate: Rate,
    retry_after: Duration,
}

impl LimitError {
    pub(crate) fn new(endpoint: Cow<'static, str>, rate: Rate, retry_after: Duration) -> Self {
        Self(Arc::new(Exceeded { endpoint, rate, retry_after }))
    }

    /// The path of the call.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.0.endpoint
    }

    /// The limit, as documented.
    #[must_use]
    pub fn rate(&self) -> Rate {
        self.0.rate
    }

    /// How long to wait at the least until there is room.
    #[must_use]
    pub fn retry_after(&self) -> Duration {
        self.0.retry_after
    }
}

impl fmt::Display for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Exceeded { endpoint, rate: Rate { calls, per, scope }, retry_after } = &*self.0;
        let (per, scope) = (format!("{per:?}").to_lowercase(), format!("{scope:?}").to_lowercase());
        write!(f, "{endpoint}: not sent, {calls} calls a {per} for each {scope} are used up; ")?;
        write!(f, "try again in {:.1} s", retry_after.as_secs_f64())
    }
}

impl std::error::Error for LimitError {}
