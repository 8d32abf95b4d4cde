//! What is wrong with an id, a secret or a key as it was given.

use crate::error::Error;

/// What is wrong with an id, a secret, a token or a key. Blanks and line ends come from files and forms; the server would
/// refuse them, with words that do not say why.
pub(crate) fn blemish(value: &str) -> Option<&'static str> {
    let is_blank = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{feff}' | '\u{200b}');
    if value.trim().is_empty() {
        Some("is empty")
    } else if value.ends_with(is_blank) {
        Some("ends in a blank or a line end")
    } else if value.starts_with(is_blank) {
        Some("begins with a blank or a line end")
    } else if value.contains(is_blank) {
        Some("has a blank or a line end in it")
    } else {
        None
    }
}

/// The same as an error.
pub(crate) fn clean(name: &str, value: &str) -> Result<(), Error> {
    match blemish(value) {
        Some(what) => Err(Error::config(format!("the {name} {what}"))),
        None => Ok(()),
    }
}
