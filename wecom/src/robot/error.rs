use std::sync::Arc;
use std::time::Duration;

use crate::error::{ErrorClass, ErrorCode};

/// What can go wrong with a robot's long connection. Cheap to clone; shows no secret.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum RobotError {
    /// The server refused a command.
    #[error("{command}: refused, {code}: {message}")]
    Refused {
        /// `cmd` of the frame.
        command: Arc<str>,
        /// `errcode`.
        code: i64,
        /// `errmsg`, scrubbed.
        message: Arc<str>,
    },
    /// The frame was never written: nothing was delivered.
    #[error("{command}: not sent: {reason}")]
    NotSent {
        /// `cmd` of the frame.
        command: Arc<str>,
        /// Why.
        reason: Arc<str>,
    },
    /// The frame was written, and no acknowledgement came: it may have been delivered.
    #[error("{command}: sent, but not acknowledged: {reason}")]
    Unacknowledged {
        /// `cmd` of the frame.
        command: Arc<str>,
        /// Why none will come.
        reason: Arc<str>,
    },
    /// The acknowledgement is not what the spec says; the command was carried out.
    #[error("{command}: the acknowledgement cannot be read: {message}")]
    Decode {
        /// `cmd` of the frame.
        command: Arc<str>,
        /// What is wrong with it.
        message: Arc<str>,
    },
    /// Not sent: a documented limit of messages is used up.
    #[error(
        "{command}: not sent, {calls} in {per:?} for each {scope} are used up; try again in {retry_after:?}"
    )]
    Limited {
        /// `cmd` of the frame.
        command: Arc<str>,
        /// So many are allowed
        calls: u32,
        /// in this time,
        per: Duration,
        /// for each of these: `chat` or `robot`.
        scope: &'static str,
        /// How long to wait at the least.
        retry_after: Duration,
    },
    /// Not sent: a documented limit of size or form is broken.
    #[error("{what}: {problem}")]
    Invalid {
        /// The field or file.
        what: Arc<str>,
        /// What is wrong, with the limit.
        problem: Arc<str>,
    },
    /// No connection could be made.
    #[error("the robot cannot connect: {0}")]
    Connect(Arc<str>),
    /// The server does not take BotID and Secret. The connection is not tried again.
    #[error("the server refuses the robot's credentials, {code}: {message}")]
    Credentials {
        /// `errcode` of the subscription.
        code: i64,
        /// `errmsg`, scrubbed.
        message: Arc<str>,
    },
    /// Another connection of the same robot has taken the place of this one. It is not taken back unless asked for, since two
    /// processes would push each other out for ever.
    #[error("another connection of this robot has replaced this one")]
    PushedOut,
    /// The robot was stopped by the program.
    #[error("the robot was stopped")]
    Stopped,
    /// A file could not be downloaded; the next attempt may succeed, as long as the address is good.
    #[error("the file cannot be downloaded: {0}")]
    Download(Arc<str>),
    /// A file cannot be had, however often it is tried: its address is good no more, it is too large, or the key is not its own.
    #[error("the file cannot be had: {0}")]
    File(Arc<str>),
    /// The store that decides which process is active does not work.
    #[error("the lease of the robot's connection: {0}")]
    Store(Arc<str>),
}

impl RobotError {
    pub(crate) fn refused(command: &str, code: i64, message: &str) -> Self {
        let message = crate::scrub::text(message).into();
        Self::Refused { command: command.into(), code, message }
    }

    pub(crate) fn not_sent(command: &str, reason: &str) -> Self {
        Self::NotSent { command: command.into(), reason: reason.into() }
    }

    pub(crate) fn unacknowledged(command: &str, reason: &str) -> Self {
        Self::Unacknowledged { command: command.into(), reason: reason.into() }
    }

    pub(crate) fn invalid(what: &str, problem: impl Into<Arc<str>>) -> Self {
        Self::Invalid { what: what.into(), problem: problem.into() }
    }

    /// Whether what was to be sent may have reached its receiver although it failed here.
    #[must_use]
    pub fn may_have_been_delivered(&self) -> bool {
        matches!(self, Self::Unacknowledged { .. } | Self::Decode { .. })
    }

    /// Refused by a server that may take the same in a while.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if is_busy(*code))
    }

    /// `errcode`, when the server gave one.
    #[must_use]
    pub fn code(&self) -> Option<i64> {
        match self {
            Self::Refused { code, .. } | Self::Credentials { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// The same may succeed later: no connection or subscription, no acknowledgement, a limit, a busy server.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::NotSent { .. }
            | Self::Unacknowledged { .. }
            | Self::Limited { .. }
            | Self::Connect(_)
            | Self::Store(_)
            | Self::Download(_) => true,
            Self::Refused { code, .. } => *code == code::NOT_SUBSCRIBED || is_busy(*code),
            _ => false,
        }
    }
}

/// How often in a row a busy server is asked again for what may be sent twice.
pub(super) const BUSY: u32 = 5;

/// Codes that say nothing against the caller.
fn is_busy(code: i64) -> bool {
    ErrorCode::lookup(code).is_some_and(|e| matches!(e.class, ErrorClass::Transient | ErrorClass::Throttled))
}

/// Codes of a subscription for which its BotID and Secret, or what the robot may do, are to blame: the same is refused again.
pub(super) fn is_the_robots_own(code: i64) -> bool {
    use ErrorClass::{Credential, Parameter, Permission};
    ErrorCode::lookup(code).is_some_and(|e| matches!(e.class, Credential | Parameter | Permission))
}

/// The codes of streams and subscriptions.
pub(super) mod code {
    /// The `req_id` of a reply belongs to no callback, or to one that is too old.
    pub(crate) const REQ_ID: i64 = 846_605;
    /// A stream that takes no more updates.
    pub(crate) const EXPIRED: i64 = 846_608;
    /// The connection has no subscription.
    pub(crate) const NOT_SUBSCRIBED: i64 = 846_609;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_robot_is_to_blame_for_counts_as_refused_credentials() {
        for (code, own) in [
            (40_001, true),
            (40_058, true),
            (48_002, true),
            (-1, false),
            (45_009, false),
            (code::NOT_SUBSCRIBED, false),
            (999_999_999, false),
        ] {
            assert_eq!(
                is_the_robots_own(code),
                own,
                "{code}: {:?}",
                ErrorCode::lookup(code).map(|e| e.class)
            );
        }
    }
}
