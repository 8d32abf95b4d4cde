//! How generated events are told apart and read.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{CallbackError, Notice};
use crate::scrub;
use crate::wire::{Read, decode};

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

/// An event of JSON, and the words at these paths that tell which it is; empty where absent.
#[allow(dead_code)] // without any events
pub(crate) fn json_event<const N: usize>(
    json: &str,
    paths: [&str; N],
) -> Result<(Value, [String; N]), CallbackError> {
    let root: Value = read(json)?;
    let words = paths.map(|path| {
        let found = path.split('.').try_fold(&root, |at, step| at.get(step));
        found.and_then(Value::as_str).map(|word| word.trim().to_owned()).unwrap_or_default()
    });
    Ok((root, words))
}

/// The event as its type; not inlined for the same reason.
#[allow(dead_code)] // without any events
#[inline(never)]
pub(crate) fn json_as<T: Read>(json: &str) -> Result<Box<T>, CallbackError> {
    read(json).map(Box::new)
}

fn read<T: Read>(json: &str) -> Result<T, CallbackError> {
    decode(json.as_bytes()).map_err(|failure| {
        let message = scrub::without_value(&failure.message);
        match failure.path.as_str() {
            "" => CallbackError::Message(message),
            path => CallbackError::Message(format!("{path}: {message}")),
        }
    })
}
