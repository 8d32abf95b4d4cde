//! Tokens as text, for stores outside the process.

use std::time::Duration;

use super::store::{StoredToken, TokenKey};

/// Names of the fields in a file; the scripts of Redis spell out the same ones.
#[cfg(feature = "file-store")]
pub(super) const FIELDS: [&str; 4] = ["token", "issued_at", "refresh_at", "expires_at"];

/// Seconds with nine decimals: read back it is the same time, so that comparing works.
fn write_time(time: Duration) -> String {
    format!("{}.{:09}", time.as_secs(), time.subsec_nanos())
}

fn read_time(text: &str) -> Option<Duration> {
    let (seconds, nanos) = text.split_once('.')?;
    let is_whole =
        nanos.len() == 9 && [seconds, nanos].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    is_whole.then_some(())?;
    Some(Duration::new(seconds.parse().ok()?, nanos.parse().ok()?))
}

/// The fields of a token: itself, then when it was issued, is to be renewed, expires.
pub(super) fn write(stored: &StoredToken) -> [String; 4] {
    let StoredToken { token, issued_at, refresh_at, expires_at } = stored;
    [token.expose().to_owned(), write_time(*issued_at), write_time(*refresh_at), write_time(*expires_at)]
}

/// A token from its fields; `None` when one is missing or no time.
pub(super) fn read([token, issued, refresh, expires]: [Option<&str>; 4]) -> Option<StoredToken> {
    Some(StoredToken {
        token: token?.into(),
        issued_at: read_time(issued?)?,
        refresh_at: read_time(refresh?)?,
        expires_at: read_time(expires?)?,
    })
}

/// Whether it can be fetched again. What cannot (tickets, permanent codes) must not be given up lightly.
pub(super) fn is_renewable(key: &TokenKey) -> bool {
    !matches!(key.kind, "suite_ticket" | "model_ticket" | "permanent_code")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_exactly() {
        for time in [Duration::ZERO, Duration::new(1_700_000_000, 1), Duration::new(u64::MAX, 999_999_999)] {
            let stored =
                StoredToken { token: "a|\"b\n".into(), issued_at: time, refresh_at: time, expires_at: time };
            let fields = write(&stored);
            assert_eq!(read(fields.each_ref().map(|field| Some(field.as_str()))), Some(stored));
        }
        for wrong in ["", "1", "1.", "1.0", "x.000000000", "-1.000000000", "1.+00000000", "1.9999999999"] {
            assert_eq!(
                read([Some("t"), Some(wrong), Some("1.000000000"), Some("1.000000000")]),
                None,
                "{wrong}"
            );
        }
        assert_eq!(read([None; 4]), None);
    }
}
