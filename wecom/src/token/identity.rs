use std::sync::Arc;

use super::Tokens;
use crate::value::Secret;

/// What a client shows to the server.
#[derive(Clone)]
pub(crate) enum Identity {
    Anonymous,
    Key(Secret),
    Token(Arc<Tokens>),
}
