use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::scrub;
use crate::wire;

/// A job failed, or took too long.
#[derive(Clone)]
pub struct JobError(Arc<Ended>);

struct Ended {
    endpoint: Cow<'static, str>,
    reason: Reason,
}

enum Reason {
    Failed { code: Option<i64>, message: String },
    Unfinished(Duration),
}

impl JobError {
    pub(crate) fn failed(endpoint: Cow<'static, str>, code: Option<i64>, message: &str) -> Self {
        let message = wire::line(&scrub::text(message), 500);
        Self(Arc::new(Ended { endpoint, reason: Reason::Failed { code, message } }))
    }

    pub(crate) fn unfinished(endpoint: Cow<'static, str>, after: Duration) -> Self {
        Self(Arc::new(Ended { endpoint, reason: Reason::Unfinished(after) }))
    }

    /// The path of the call that asked.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.0.endpoint
    }

    /// Whether the job was still running when it was given up: ask again later.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        matches!(self.0.reason, Reason::Unfinished(_))
    }

    /// The job's own error code, where it has one.
    #[must_use]
    pub fn code(&self) -> Option<i64> {
        match self.0.reason {
            Reason::Failed { code, .. } => code,
            Reason::Unfinished(_) => None,
        }
    }

    /// What the server says about the failure; may be empty.
    #[must_use]
    pub fn message(&self) -> &str {
        match &self.0.reason {
            Reason::Failed { message, .. } => message,
            Reason::Unfinished(_) => "",
        }
    }
}

impl fmt::Display for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.0.endpoint)?;
        match &self.0.reason {
            Reason::Unfinished(after) => {
                write!(
                    f,
                    "the job is not done after {:.1} s; it goes on, ask again later",
                    after.as_secs_f64()
                )
            }
            Reason::Failed { code, message } => {
                f.write_str("the job failed")?;
                if let Some(code) = code {
                    write!(f, ", errcode {code}")?;
                }
                if message.is_empty() { Ok(()) } else { write!(f, ": {message}") }
            }
        }
    }
}

impl fmt::Debug for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JobError({self})")
    }
}

impl std::error::Error for JobError {}
