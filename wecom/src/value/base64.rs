use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::wire::{Read, read_value};

/// Writes padding; reads with or without it, and with stray bits in the last character.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Bytes that are sent as a base64 string.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Base64(pub Vec<u8>);

impl Base64 {
    /// The text as it is sent.
    #[must_use]
    pub fn encode(&self) -> String {
        ENGINE.encode(&self.0)
    }

    /// Reads the text of the wire; blanks and line breaks are passed over. `None` when it is not base64.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        // As it mostly comes; a blank is none of the alphabet's characters.
        let decoded = ENGINE.decode(text).or_else(|_| {
            let without: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
            ENGINE.decode(without)
        });
        decoded.ok().map(Self)
    }
}

impl fmt::Debug for Base64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Base64({} bytes)", self.0.len())
    }
}

impl From<Vec<u8>> for Base64 {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Base64 {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl AsRef<[u8]> for Base64 {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Read for Base64 {
    fn parse<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
        match String::parse(from)? {
            None => Ok(None),
            Some(text) => match Self::decode(&text) {
                Some(bytes) => Ok(Some(bytes)),
                None => Err(D::Error::invalid_value(Unexpected::Other("other text"), &"base64")),
            },
        }
    }
}

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.encode())
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        read_value(from)
    }
}

#[cfg(test)]
#[test]
fn blanks_are_passed_over() {
    for (text, expected) in [
        ("YWJj", Some("abc")),
        (" YW\r\nJj\t", Some("abc")),
        ("YWI=", Some("ab")),
        ("YW I", Some("ab")),
        ("", Some("")),
        ("YW*j", None),
        ("YW *j", None),
    ] {
        let decoded = Base64::decode(text).map(|Base64(bytes)| bytes);
        assert_eq!(decoded.as_deref(), expected.map(str::as_bytes), "{text:?}");
    }
}
