//! An answer before it is decoded.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use bytes::Bytes;
use memchr::memmem::Finder;
use serde::de::{
    Deserialize as _, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Unexpected, Visitor,
};
use serde_json::Value;

use crate::error::{DecodeError, Error};
use crate::value::Secret;
use crate::wire::{self, Failure, Read, Record};

/// A successful answer.
#[doc(hidden)]
#[derive(Debug)]
pub struct Answer {
    pub(crate) endpoint: Cow<'static, str>,
    pub(crate) errmsg: Cow<'static, str>,
    /// Whether it said `errcode`. Some endpoints do not, and are told from what is no answer by their own fields.
    pub(crate) told: bool,
    pub(crate) body: Bytes,
    /// The token that it was asked for with, which no error about it may show,
    pub(crate) token: Option<Secret>,
    /// nor what else is secret of the request.
    pub(crate) secrets: Vec<Secret>,
    /// For endpoints that answer with a file.
    pub(crate) file: Option<Box<crate::file::Download>>,
}

impl Answer {
    /// Reads the body. The only part of a call that is generic.
    pub(crate) fn decode<T: Read>(self) -> Result<T, Error> {
        wire::decode(&self.body).map_err(|failure| self.unreadable(failure))
    }

    fn unreadable(self, failure: Failure) -> Error {
        let secrets = self.held();
        Error::Decode(DecodeError::new(self.endpoint, failure, self.body, &secrets))
    }

    /// All that no error about it may show.
    pub(crate) fn held(&self) -> Vec<Secret> {
        self.token.iter().chain(&self.secrets).cloned().collect()
    }

    /// As one of the generated types.
    pub(crate) fn record<T: Record>(self) -> Result<T, Error> {
        // What a union adds to the fields cannot be told from what does not belong here.
        let fields = if T::OPEN { None } else { Some(T::FIELDS) };
        self.answers(fields)?.decode()
    }

    /// As free JSON.
    pub(crate) fn value(self) -> Result<Value, Error> {
        self.answers(None)?.decode()
    }

    /// As nothing but success.
    pub(crate) fn success(self) -> Result<(), Error> {
        // The head may have been all that was read of it.
        self.answers(Some(&[]))?.decode::<Anything>().map(drop)
    }

    /// Without `errcode`, most of what came must be fields of the type (`None`: anything): else it is the answer of something
    /// between here and the API.
    fn answers(self, fields: Option<&'static [&'static str]>) -> Result<Self, Error> {
        if self.told {
            return Ok(self);
        }
        let keys = keys(&self.body);
        let is_known = |(key, is_null): &(String, bool)| {
            !is_null && fields.is_none_or(|fields| fields.contains(&key.as_str()))
        };
        let known = keys.iter().filter(|key| is_known(key)).count();
        if known * 2 > keys.len() {
            return Ok(self);
        }
        let message = "neither errcode nor what this endpoint answers with is there".to_owned();
        let excerpt = wire::excerpt(&self.body);
        Err(self.unreadable(Failure { path: String::new(), message, excerpt }))
    }
}

/// What is read and not kept.
#[derive(Default)]
struct Anything;

impl Read for Anything {
    fn parse<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
        IgnoredAny::deserialize(from).map(|_| Some(Self))
    }
}

/// The keys of an object, and whether `null` stands there.
pub(crate) fn keys(body: &[u8]) -> Vec<(String, bool)> {
    struct Keys;
    impl<'de> Visitor<'de> for Keys {
        type Value = Vec<(String, bool)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
            let mut keys = Vec::new();
            while let Some(key) = map.next_key()? {
                keys.push((key, map.next_value::<Option<IgnoredAny>>()?.is_none()));
            }
            Ok(keys)
        }
    }
    let read = |bytes: &[u8]| serde_json::Deserializer::from_slice(bytes).deserialize_map(Keys).ok();
    let bytes = wire::without_mark(body);
    read(bytes).or_else(|| read(&wire::mend(bytes)?)).unwrap_or_default()
}

/// `errcode` and `errmsg` of an answer.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Head {
    pub(crate) errcode: Option<i64>,
    pub(crate) errmsg: Option<Cow<'static, str>>,
}

impl Head {
    /// The code of a refusal.
    pub(crate) fn refusal(&self) -> Option<i64> {
        self.errcode.filter(|code| *code != 0)
    }
}

/// Reads the head of an answer, to the end: a refusal may stand behind everything else. What [`wire::decode`] mends in the body
/// is mended here too, or a refusal that can be read would be missed. An answer that breaks off still refuses when its code has
/// arrived.
pub(crate) fn head(body: &[u8]) -> Result<Head, Failure> {
    let bytes = wire::without_mark(body);
    let (outcome, head) = scan(bytes);
    let Err(error) = outcome else { return Ok(head) };
    if head.refusal().is_some() {
        return Ok(head);
    }
    if error.is_syntax()
        && let Some(mended) = wire::mend(bytes)
    {
        let (outcome, head) = scan(&mended);
        return match outcome {
            Err(error) if head.refusal().is_none() => Err(wire::failure(&mended, &error)),
            _ => Ok(head),
        };
    }
    Err(wire::failure(bytes, &error))
}

/// The head of an answer that will be read to its end in any case, so that whatever is broken in it comes to light then. Most
/// answers begin with their head; a pass over all the rest is made only when there may be another code in it.
pub(crate) fn head_before_body(body: &[u8]) -> Result<Head, Failure> {
    front(wire::without_mark(body)).map_or_else(|| head(body), Ok)
}

/// Without these there is no code. Its letters may be written as escapes, too: `\u0065rrcode`.
static CODE: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| ["errcode", "\\u00"].map(Finder::new));

/// The head of a success, when the answer begins with it and nothing behind can be a code.
fn front(bytes: &[u8]) -> Option<Head> {
    // As the server writes it.
    const USUAL: &[u8] = br#"{"errcode":0,"errmsg":"ok""#;
    let mut rest = bytes;
    if let Some(rest) = bytes.strip_prefix(USUAL) {
        return has_no_code(rest).then_some(Head { errcode: Some(0), errmsg: Some(Cow::Borrowed("ok")) });
    }
    for token in ["{", "\"errcode\"", ":", "0", ",", "\"errmsg\"", ":", "\""] {
        rest = rest.trim_ascii_start().strip_prefix(token.as_bytes())?;
    }
    let (message, rest) = rest.split_at(memchr::memchr(b'"', rest)?);
    let message = std::str::from_utf8(message).ok()?;
    if message.contains(|c: char| c == '\\' || c.is_control()) {
        return None;
    }
    if !has_no_code(rest) {
        return None;
    }
    // What nearly all of them say.
    let message = if message == "ok" { Cow::Borrowed("ok") } else { Cow::Owned(message.to_owned()) };
    Some(Head { errcode: Some(0), errmsg: Some(message) })
}

fn has_no_code(rest: &[u8]) -> bool {
    CODE.iter().all(|word| word.find(rest).is_none())
}

fn scan(bytes: &[u8]) -> (Result<(), serde_json::Error>, Head) {
    let mut head = Head::default();
    wire::path::clear();
    let mut from = serde_json::Deserializer::from_slice(bytes);
    let outcome = from.deserialize_map(HeadVisitor(&mut head)).and_then(|()| from.end());
    (outcome, head)
}

struct HeadVisitor<'a>(&'a mut Head);

impl<'de> Visitor<'de> for HeadVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key_seed(Name)? {
            match key {
                "errcode" => {
                    let code =
                        map.next_value_seed(Code).map_err(|error| wire::path::key("errcode", error))?;
                    // Were there two, no refusal may be lost.
                    if self.0.refusal().is_none() {
                        self.0.errcode = Some(code);
                    }
                }
                // Whatever it is, it must not keep the code from being read.
                "errmsg" => {
                    self.0.errmsg = Some(match map.next_value::<Value>()? {
                        Value::Null => Cow::Borrowed(""),
                        Value::String(text) => Cow::Owned(text),
                        other => Cow::Owned(other.to_string()),
                    });
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// Reads a key of the head; `""` is any other.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<&'static str, D::Error> {
        from.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name {
    type Value = &'static str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }
    fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<&'static str, E> {
        Ok(["errcode", "errmsg"].into_iter().find(|name| *name == v).unwrap_or_default())
    }
}

/// Reads `errcode`: whatever is no integer is an error, or a refusal would be taken for success.
struct Code;

impl<'de> DeserializeSeed<'de> for Code {
    type Value = i64;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<i64, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Code {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an integer")
    }
    fn visit_i64<E: serde::de::Error>(self, v: i64) -> Result<i64, E> {
        Ok(v)
    }
    fn visit_u64<E: serde::de::Error>(self, v: u64) -> Result<i64, E> {
        i64::try_from(v).map_err(|_| E::invalid_value(Unexpected::Unsigned(v), &self))
    }
    fn visit_f64<E: serde::de::Error>(self, v: f64) -> Result<i64, E> {
        match v.fract() == 0.0 && v.abs() < wire::WHOLE {
            true => Ok(v as i64),
            false => Err(E::invalid_value(Unexpected::Float(v), &self)),
        }
    }
    fn visit_str<E: serde::de::Error>(self, v: &str) -> Result<i64, E> {
        v.trim().parse().map_err(|_| E::invalid_value(Unexpected::Str(v), &self))
    }
    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<i64, M::Error> {
        let text = wire::big_number(map, &self)?;
        text.parse().map_err(|_| M::Error::invalid_value(Unexpected::Other(&text), &self))
    }
}

#[cfg(test)]
mod mutated;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads() {
        let says =
            |errcode, errmsg: Option<&'static str>| Some(Head { errcode, errmsg: errmsg.map(Cow::Borrowed) });
        let cases: [(&[u8], Option<Head>); 26] = [
            (br#"{"errcode":0,"errmsg":"ok","x":1}"#, says(Some(0), Some("ok"))),
            (br#"{"x":{"errcode":7},"errmsg":"no","errcode":"-1"}"#, says(Some(-1), Some("no"))),
            (br#"{"errcode":40001}"#, says(Some(40001), None)),
            (br#"{"errcode":40001.0}"#, says(Some(40001), None)),
            ("\u{feff}{\"errcode\":0}".as_bytes(), says(Some(0), None)),
            (br#"{"provider_access_token":"x"}"#, says(None, None)),
            (br#"{"errmsg":{"why":1},"errcode":7}"#, says(Some(7), Some(r#"{"why":1}"#))),
            // What a body is mended of, its head is mended of.
            (b"{\"errmsg\":\"a\x01b\",\"errcode\":60111}", says(Some(60111), Some("a\u{1}b"))),
            (b"{\"name\":\"a\tb\",\"errcode\":42001}", says(Some(42001), None)),
            (b"{\"errmsg\":\"\xff\",\"errcode\":45009}", says(Some(45009), Some("\u{fffd}"))),
            (br#"{"errmsg":"\ud83d","errcode":45009}"#, says(Some(45009), Some("\u{fffd}"))),
            (br#"{"\udc00":1,"errcode":45009}"#, says(Some(45009), None)),
            (br#"{"errmsg":"\ud83d\ude00 \\ud83d","errcode":0}"#, says(Some(0), Some("\u{1f600} \\ud83d"))),
            // A refusal is not undone.
            (br#"{"errcode":0,"errcode":7,"errmsg":"x"}"#, says(Some(7), Some("x"))),
            (br#"{"errcode":7,"errcode":0}"#, says(Some(7), None)),
            // Cut off, but what matters arrived.
            (
                br#"{"errcode":60111,"errmsg":"userid not found","user"#,
                says(Some(60111), Some("userid not found")),
            ),
            (br#"{"errcode":45009,"err"#, says(Some(45009), None)),
            (br#"{"errcode":0,"err"#, None),
            (br#"{"errco"#, None),
            (b"{\"errcode\":0}<html>", None),
            (b"<html></html>", None),
            (b"[]", None),
            (br#"[{"errcode":40001}]"#, None),
            (b"null", None),
            (b"", None),
            (br#"{"errcode":null}"#, None),
        ];
        for (body, expected) in cases {
            assert_eq!(head(body).ok(), expected, "{}", String::from_utf8_lossy(body));
            // What is read in front is what is read to the end.
            assert_eq!(head_before_body(body).ok(), expected, "{}", String::from_utf8_lossy(body));
        }
    }

    /// Only what cannot be followed by a code is read no further.
    #[test]
    fn heads_in_front() {
        for (body, is_enough) in [
            (r#"{"errcode":0,"errmsg":"ok"}"#, true),
            ("{\n  \"errcode\" : 0,\n  \"errmsg\" : \"ok\",\n  \"list\": [1]}", true),
            (r#"{"errcode":0,"errmsg":"成功","x":"\u4f60"}"#, true),
            (r#"{"errcode":0,"errmsg":"ok","errcode":7}"#, false),
            (r#"{"errcode":0,"errmsg":"ok","\u0065rrcode":7}"#, false),
            (r#"{"errcode":0,"errmsg":"ok","list":[{"errcode":7}]}"#, false),
            (r#"{"errcode":0,"errmsg":"a\"b"}"#, false),
            ("{\"errcode\":0,\"errmsg\":\"a\u{1}b\"}", false),
            (r#"{"errcode":00,"errmsg":"ok"}"#, false),
            (r#"{"errcode":0.0,"errmsg":"ok"}"#, false),
            (r#"{"errcode":40001,"errmsg":"invalid credential"}"#, false),
            (r#"{"errmsg":"ok","errcode":0}"#, false),
        ] {
            assert_eq!(front(body.as_bytes()).is_some(), is_enough, "{body}");
            assert_eq!(head_before_body(body.as_bytes()).ok(), head(body.as_bytes()).ok(), "{body}");
        }
    }

    #[test]
    fn a_code_that_cannot_be_read_is_said_to_be_so() {
        for code in [
            r#""E40001""#,
            "40001.5",
            "99999999999999999999",
            "9223372036854775808",
            r#"{"code":1}"#,
            "[1]",
            r#""40001.0""#,
            "1e30",
            "false",
            "true",
            "null",
            r#""""#,
        ] {
            let failure = head(format!(r#"{{"errcode":{code},"errmsg":"no"}}"#).as_bytes()).expect_err(code);
            assert_eq!(failure.path, "errcode", "{code}: {failure:?}");
            assert!(failure.message.contains("an integer"), "{code}: {failure:?}");
        }
    }
}
