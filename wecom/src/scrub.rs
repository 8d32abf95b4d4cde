//! Removing secrets from text that people will read.

use serde_json::Value;

const MASK: &str = "***";

/// Whether a field or parameter of this name carries something that must not be shown.
pub(crate) fn is_sensitive(name: &str) -> bool {
    const WHOLE: [&str; 8] = [
        "key",
        "code",
        "auth_code",
        "permanent_code",
        "pre_auth_code",
        "session_key",
        "response_code",
        "response_url",
    ];
    const PART: [&str; 6] = ["token", "secret", "ticket", "password", "aeskey", "aes_key"];
    let name = name.to_ascii_lowercase();
    WHOLE.contains(&name.as_str()) || PART.iter().any(|part| name.contains(part))
}

/// `access_token=…` and `"access_token": "…"` become `access_token=***` and `"access_token": "***"`.
pub(crate) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut left = text;
    while let Some(start) = left.find(is_word) {
        let word_end = left[start..].find(|c| !is_word(c)).map_or(left.len(), |end| start + end);
        let (word, after) = (&left[start..word_end], &left[word_end..]);
        out.push_str(&left[..word_end]);
        left = after;
        if !is_sensitive(word) {
            continue;
        }
        let Some(separator) = separator(after) else { continue };
        let value = &after[separator..];
        let end = value.find(|c: char| c.is_whitespace() || "\"'\\&<>()".contains(c)).unwrap_or(value.len());
        out.push_str(&after[..separator]);
        if end > 0 {
            out.push_str(MASK);
        }
        left = &value[end..];
    }
    out.push_str(left);
    out
}

/// A failure to read a value, without the value: serde quotes what it found, which may be all of a text that somebody wrote.
#[cfg(any(feature = "callback", test))]
pub(crate) fn without_value(message: &str) -> String {
    let quotes =
        ["invalid type: ", "invalid value: ", "unknown variant "].iter().any(|b| message.starts_with(b));
    match message.rsplit_once(", expected ").filter(|_| quotes) {
        Some((found, expected)) => {
            let found = found.split(['`', '"']).next().unwrap_or_default().trim_end();
            format!("{found}, expected {expected}")
        }
        None => text(message),
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// How many bytes lie between a name and its value: `=`, or `": "` with any escaping.
fn separator(after: &str) -> Option<usize> {
    if after.starts_with('=') {
        return Some(1);
    }
    let rest = after.trim_start_matches(['\\', '"', '\'', ' ']).strip_prefix(':')?;
    let rest = rest.trim_start();
    let value = rest.trim_start_matches(['\\', '"', '\'']);
    // Without quotes it is a number, a list or prose, not a secret.
    (value.len() < rest.len()).then(|| after.len() - value.len())
}

/// The same for a value; `secret` when all of it is.
pub(crate) fn value(value: &Value, secret: bool) -> Value {
    match value {
        Value::Null => Value::Null,
        _ if secret => Value::String(MASK.to_owned()),
        Value::Array(list) => list.iter().map(|element| self::value(element, false)).collect(),
        Value::Object(map) => {
            map.iter().map(|(key, element)| (key.clone(), self::value(element, is_sensitive(key)))).collect()
        }
        Value::String(string) => Value::String(text(string)),
        other => other.clone(),
    }
}

/// Removes these very secrets, and what looks like one by its name.
pub(crate) fn known<'a>(input: &str, secrets: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = text(input);
    // Short ones would tear holes into ordinary words.
    for secret in secrets.into_iter().filter(|secret| secret.len() >= 6) {
        if out.contains(secret) {
            out = out.replace(secret, MASK);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_not_told() {
        for (input, expected) in [
            (r#"invalid type: string "a, expected b", expected u64"#, "invalid type: string, expected u64"),
            ("invalid value: integer `13800000000`, expected i32", "invalid value: integer, expected i32"),
            (
                "invalid type: map, expected a list at line 1 column 5",
                "invalid type: map, expected a list at line 1 column 5",
            ),
            ("unknown variant `13800000000`, expected `a` or `b`", "unknown variant, expected `a` or `b`"),
            ("missing field `token`", "missing field `token`"),
            ("", ""),
        ] {
            assert_eq!(without_value(input), expected, "{input}");
        }
    }

    #[test]
    fn masks_by_name() {
        for (input, expected) in [
            ("", ""),
            ("no secrets here: 访问", "no secrets here: 访问"),
            ("https://h/x?access_token=AbC-1_2&type=image", "https://h/x?access_token=***&type=image"),
            ("https://h/x?key=693a-91 failed", "https://h/x?key=*** failed"),
            ("gettoken?corpid=ww1&corpsecret=s3", "gettoken?corpid=ww1&corpsecret=***"),
            (r#"{"access_token":"abc","expires_in":7200}"#, r#"{"access_token":"***","expires_in":7200}"#),
            (r#"{"suite_ticket" : "abc"}"#, r#"{"suite_ticket" : "***"}"#),
            (r#"{\"access_token\":\"abc\"}"#, r#"{\"access_token\":\"***\"}"#),
            (r#"{"access_token":"abc"#, r#"{"access_token":"***"#),
            ("invalid access_token: see the docs", "invalid access_token: see the docs"),
            ("errcode=40014", "errcode=40014"),
        ] {
            assert_eq!(text(input), expected, "{input}");
        }
    }

    #[test]
    fn masks_what_is_known() {
        assert_eq!(known("token QxyZ-0987 was refused", ["QxyZ-0987"]), "token *** was refused");
    }
}
