//! Decoding a whole document, with the place of what is wrong in it.

use std::borrow::Cow;

use super::{Read, note, path};
use crate::scrub;

/// Characters of the document that a failure shows.
const EXCERPT: usize = 160;

/// Why and where a document could not be read.
#[derive(Debug)]
pub struct Failure {
    /// `userlist[3].name`; empty for the document itself or where it is not JSON.
    pub path: String,
    /// What was expected and found.
    pub message: String,
    /// What stands there, shortened, without secrets.
    pub excerpt: String,
}

/// Reads a document.
pub fn decode<T: Read>(bytes: &[u8]) -> Result<T, Failure> {
    // Looking at all characters at once is cheaper than at those of each string.
    let text = match simdutf8::basic::from_utf8(without_mark(bytes)) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(without_mark(bytes)),
    };
    path::clear();
    parse(&text).or_else(|error| decode_mended(&text, &error))
}

/// What could not be read as it stands.
#[cold]
fn decode_mended<T: Read>(text: &str, error: &serde_json::Error) -> Result<T, Failure> {
    // Names typed by people reach us with raw control characters, or cut in the middle of a character or a pair of surrogates.
    if let Some(mended) = mend(text.as_bytes()).and_then(|mended| String::from_utf8(mended).ok()) {
        path::clear();
        note::again();
        if let Ok(value) = parse(&mended) {
            return Ok(value);
        }
        path::clear();
        let _ = parse::<T>(text);
    }
    Err(failure(text.as_bytes(), error))
}

/// Without the mark that some editors put at the beginning.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn parse<T: Read>(text: &str) -> Result<T, serde_json::Error> {
    let mut from = serde_json::Deserializer::from_str(text);
    let mut value = T::default();
    T::parse_into(&mut from, &mut value)?;
    from.end()?;
    Ok(value)
}

pub(crate) fn failure(bytes: &[u8], error: &serde_json::Error) -> Failure {
    let segments = path::take();
    let secret =
        segments.iter().any(|segment| matches!(segment, path::Segment::Key(key) if scrub::is_sensitive(key)));
    // serde quotes what it found.
    let message =
        if secret { "not what a secret looks like".to_owned() } else { scrub::text(&error.to_string()) };
    let excerpt = match serde_json::from_slice(bytes) {
        Ok(root) => scrub::value(path::find(&root, &segments), secret).to_string(),
        Err(_) => around(bytes, error.line(), error.column()),
    };
    let path = line(&path::render(&segments), 4 * EXCERPT);
    Failure { path, message: line(&message, 2 * EXCERPT), excerpt: shorten(&excerpt) }
}

/// The text before and after a position.
fn around(bytes: &[u8], line: usize, column: usize) -> String {
    let before: usize =
        bytes.split(|byte| *byte == b'\n').take(line.saturating_sub(1)).map(|line| line.len() + 1).sum();
    let at = (before + column).min(bytes.len());
    let start = at.saturating_sub(EXCERPT / 2);
    let end = (at + EXCERPT / 2).min(bytes.len());
    // The whole text is scrubbed, not the piece: a secret whose key was cut off would not be recognised.
    let text = String::from_utf8_lossy(bytes);
    let clean = scrub::text(&text);
    if clean == text { String::from_utf8_lossy(&bytes[start..end]).into_owned() } else { clean }
}

/// The beginning of a document, without secrets.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    shorten(&scrub::text(&String::from_utf8_lossy(&bytes[..bytes.len().min(16 * 1024)])))
}

/// The beginning of a text that people will read.
pub(crate) fn shorten(text: &str) -> String {
    line(text, EXCERPT)
}

/// One line of at most so many characters. What would end it, move the cursor or turn its direction is escaped: a server must not
/// write lines of its own into a log.
pub(crate) fn line(text: &str, most: usize) -> String {
    let mut out = String::with_capacity(text.len().min(most));
    for (number, c) in text.chars().enumerate() {
        if number == most {
            out.push('…');
            break;
        }
        match c {
            '\u{2028}'
            | '\u{2029}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => {
                out.extend(c.escape_unicode());
            }
            _ if c.is_control() => out.extend(c.escape_default()),
            _ => out.push(c),
        }
    }
    out
}

/// The document with control characters inside strings escaped, and broken UTF-8 and halves of surrogate pairs replaced; `None`
/// when it has none of these.
pub(crate) fn mend(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(bytes);
    let mut changed = matches!(text, std::borrow::Cow::Owned(_));
    let text = text.as_bytes();
    let mut out = Vec::with_capacity(text.len() + 16);
    let (mut inside, mut at) = (false, 0);
    while let Some(&byte) = text.get(at) {
        match byte {
            0..=0x1f if inside => {
                out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
                changed = true;
                at += 1;
            }
            b'\\' if inside => {
                let (len, is_half) = escape(&text[at..]);
                match is_half {
                    true => out.extend_from_slice(b"\\ufffd"),
                    false => out.extend_from_slice(&text[at..at + len]),
                }
                changed |= is_half;
                at += len;
            }
            _ => {
                inside ^= byte == b'"';
                out.push(byte);
                at += 1;
            }
        }
    }
    changed.then_some(out)
}

/// How long the escape at the beginning is, a pair of surrogates counted as one, and whether it is half of such a pair.
fn escape(text: &[u8]) -> (usize, bool) {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix(b"\\u")?;
        let digits = std::str::from_utf8(digits).ok()?;
        digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then_some(())?;
        u16::from_str_radix(digits, 16).ok()
    };
    match unit(0) {
        None => (text.len().min(2), false),
        Some(0xd800..=0xdbff) => match unit(6) {
            Some(0xdc00..=0xdfff) => (12, false),
            _ => (6, true),
        },
        Some(0xdc00..=0xdfff) => (6, true),
        Some(_) => (6, false),
    }
}
