//! An answer before it is decoded.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use crate::error::{DecodeError, Error};
use crate::value::Secret;
use crate::wire::{self, Read};

/// A successful answer.
#[doc(hidden)]
#[derive(Debug)]
pub struct Answer {
    pub(crate) endpoint: Cow<'static, str>,
    pub(crate) errmsg: String,
    pub(crate) body: Bytes,
    /// What no error about it may show.
    pub(crate) secrets: Vec<Secret>,
    /// For endpoints that answer with a file.
    pub(crate) file: Option<crate::file::Download>,
}

impl Answer {
    /// Reads the body. The only part of a call that is generic.
    pub(crate) fn decode<T: Read>(self) -> Result<T, Error> {
        // Some calls answer success with an empty body.
        if self.body.is_empty() {
            return Ok(T::default());
        }
        wire::decode(&self.body).map_err(|failure| {
            Error::Decode(DecodeError::new(self.endpoint, failure, self.body, &self.secrets))
        })
    }
}

/// `errcode` and `errmsg` of an answer.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Head {
    pub(crate) errcode: Option<i64>,
    pub(crate) errmsg: Option<String>,
}

/// Reads the head of an answer; `None` when the body is no JSON object. Stops as soon as it knows both: they
/// mostly stand first, and the rest is read again by whoever decodes it.
pub(crate) fn head(body: &[u8]) -> Option<Head> {
    let mut head = Head::default();
    let mut from = serde_json::Deserializer::from_slice(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body));
    let whole = from.deserialize_map(HeadVisitor(&mut head)).is_ok();
    wire::path::clear();
    (whole || head.errcode.is_some()).then_some(head)
}

struct HeadVisitor<'a>(&'a mut Head);

impl<'de> Visitor<'de> for HeadVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match &*key {
                "errcode" => wire::get(&mut map, &mut self.0.errcode)?,
                "errmsg" => wire::get(&mut map, &mut self.0.errmsg)?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
            if self.0.errcode.is_some() && self.0.errmsg.is_some() {
                return Err(M::Error::custom("enough"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads() {
        let head_of =
            |errcode, errmsg: Option<&str>| Some(Head { errcode, errmsg: errmsg.map(str::to_owned) });
        for (body, expected) in [
            (r#"{"errcode":0,"errmsg":"ok","x":1}"#, head_of(Some(0), Some("ok"))),
            (r#"{"x":{"errcode":7},"errmsg":"no","errcode":"-1"}"#, head_of(Some(-1), Some("no"))),
            (r#"{"errcode":40001}"#, head_of(Some(40001), None)),
            ("\u{feff}{\"errcode\":0}", head_of(Some(0), None)),
            (r#"{"provider_access_token":"x"}"#, head_of(None, None)),
            // Cut off, but what matters arrived.
            (
                r#"{"errcode":60111,"errmsg":"userid not found","user"#,
                head_of(Some(60111), Some("userid not found")),
            ),
            (r#"{"errcode":45009,"err"#, head_of(Some(45009), None)),
            (r#"{"errco"#, None),
            ("<html></html>", None),
            ("[]", None),
            ("", None),
        ] {
            assert_eq!(head(body.as_bytes()), expected, "{body}");
        }
    }
}
