//! How generated events are told apart and read.

use serde::de::DeserializeOwned;

use crate::callback::{CallbackError, Notice};

/// `MsgType`, `Event`, `ChangeType`, `InfoType`; empty where absent.
#[allow(dead_code)] // without any events
pub(crate) fn kinds(notice: &Notice) -> (&str, &str, &str, &str) {
    notice.words()
}

/// Reads one event. Not inlined: the stack of a reader of all events would hold every one of them.
#[allow(dead_code)] // without any events
#[inline(never)]
pub(crate) fn event<T: DeserializeOwned>(notice: &Notice) -> Result<Box<T>, CallbackError> {
    notice.root().read().map(Box::new)
}
