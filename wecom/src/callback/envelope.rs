//! What surrounds the ciphertext: the URL's parameters, and an XML or JSON body.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use serde_json::{Value, json};

use super::CallbackError;
use crate::file::percent_decode;
use crate::wire::{self, MapAccess, Out, Record, Sink};

/// The parameters in a callback's URL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The signature.
    pub msg_signature: String,
    /// Seconds since 1970; kept as text because the signature is over the text.
    pub timestamp: String,
    /// A random text.
    pub nonce: String,
    /// Ciphertext of the GET that checks an address.
    pub echostr: Option<String>,
}

impl Query {
    /// Reads the part of the URL after `?`. Other parameters are passed over.
    ///
    /// # Errors
    /// [`CallbackError::Parameter`] when one is missing.
    pub fn parse(query: &str) -> Result<Self, CallbackError> {
        let (mut signature, mut timestamp, mut nonce, mut echostr) = (None, None, None, None);
        for pair in query.trim_start_matches('?').split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let slot = match name {
                "msg_signature" => &mut signature,
                "timestamp" => &mut timestamp,
                "nonce" => &mut nonce,
                "echostr" => &mut echostr,
                _ => continue,
            };
            // A `+` stays one: none of these holds a blank, and base64 has pluses that some gateways do not escape.
            *slot = Some(percent_decode(value));
        }
        Ok(Self {
            msg_signature: signature.ok_or(CallbackError::Parameter("msg_signature"))?,
            timestamp: timestamp.ok_or(CallbackError::Parameter("timestamp"))?,
            nonce: nonce.ok_or(CallbackError::Parameter("nonce"))?,
            echostr,
        })
    }
}

/// How a callback is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// `<xml><Encrypt>…`: applications and third-party events.
    Xml,
    /// `{"encrypt": …}`: robots and hardware.
    Json,
}

#[derive(Debug, PartialEq)]
pub(super) struct Envelope<'a> {
    pub(super) format: Format,
    /// As it stands in the body, where it stands there in one piece.
    pub(super) encrypt: Cow<'a, str>,
    pub(super) to: String,
    pub(super) agent_id: String,
}

/// The JSON envelope.
#[derive(Debug, Default)]
struct Sealed {
    encrypt: String,
    to: String,
    agent_id: String,
}

impl Record for Sealed {
    const NAME: &'static str = "envelope";
    const FIELDS: &'static [&'static str] = &["encrypt", "tousername", "agentid"];

    fn read<'de, M: MapAccess<'de>>(&mut self, field: usize, map: &mut M) -> Result<(), M::Error> {
        match field {
            0 => wire::get(map, &mut self.encrypt),
            1 => wire::get(map, &mut self.to),
            2 => wire::get(map, &mut self.agent_id),
            _ => wire::skip(map),
        }
    }

    fn write<'v, S: Sink<'v>>(&'v self, _: &mut Out<'_, 'v, S>) {}
}

wire::records!(Sealed);

/// Elements and pieces of text that an envelope may have. They cost time, and strangers send them.
const PIECES: usize = 64;

/// Reads the few things that count. A stranger's body costs no more than a look at its beginning, or a copy of its ciphertext:
/// whether it is right is not known yet.
pub(super) fn read(body: &[u8]) -> Result<Envelope<'_>, CallbackError> {
    let text = std::str::from_utf8(body).map_err(|_| CallbackError::Envelope("not UTF-8".to_owned()))?;
    let text = text.trim_start_matches('\u{feff}').trim();
    let envelope = if text.starts_with('{') {
        let sealed: Sealed = serde_json::from_str(text)
            .map_err(|error| CallbackError::Envelope(wire::line(&error.to_string(), 200)))?;
        Envelope {
            format: Format::Json,
            encrypt: sealed.encrypt.into(),
            to: sealed.to,
            agent_id: sealed.agent_id,
        }
    } else {
        xml(text).map_err(|what| CallbackError::Envelope(what.to_owned()))?
    };
    if envelope.encrypt.is_empty() {
        return Err(CallbackError::Envelope("it has no ciphertext".to_owned()));
    }
    Ok(envelope)
}

/// The texts of three elements in the outermost one.
fn xml(text: &str) -> Result<Envelope<'_>, &'static str> {
    const NAMES: [&str; 3] = ["Encrypt", "ToUserName", "AgentID"];
    const NOT_XML: &str = "not well-formed XML";
    let mut reader = Reader::from_str(text);
    let mut found: [Cow<'_, str>; 3] = Default::default();
    let (mut depth, mut slot, mut began) = (0_usize, None, false);
    for _ in 0..PIECES {
        let mut add = |piece, depth: usize, slot: Option<usize>| {
            if let (2, Some(slot)) = (depth, slot) {
                found[slot] += piece;
            }
        };
        match reader.read_event().map_err(|_| NOT_XML)? {
            Event::Start(tag) => {
                if depth == 0 && began {
                    return Err("a second document");
                }
                began = true;
                depth += 1;
                let named = |name: &&str| depth == 2 && name.eq_ignore_ascii_case(tag.name().0);
                slot = NAMES.iter().position(named);
            }
            Event::End(_) => {
                depth = depth.checked_sub(1).ok_or(NOT_XML)?;
                slot = None;
            }
            Event::Text(piece) => add(piece.xml10_content(), depth, slot),
            Event::CData(piece) => add(piece.xml10_content(), depth, slot),
            Event::GeneralRef(entity) => {
                match (entity.resolve_char_ref(), resolve_predefined_entity(&entity)) {
                    (Ok(Some(character)), _) => add(character.to_string().into(), depth, slot),
                    (Ok(None), Some(text)) => add(text.into(), depth, slot),
                    _ => return Err("an entity that XML does not have"),
                }
            }
            Event::DocType(_) => return Err("a document type, which no callback has"),
            Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof if depth == 0 && began => {
                let [encrypt, to, agent_id] = found;
                let (to, agent_id) = (to.trim().to_owned(), agent_id.trim().to_owned());
                return Ok(Envelope { format: Format::Xml, encrypt: trimmed(encrypt), to, agent_id });
            }
            Event::Eof => return Err("it has no end"),
        }
    }
    Err("more than an envelope has")
}

/// Without blanks around it; copied only if it is a copy that has some.
fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

pub(super) fn write(format: Format, encrypt: &str, signature: &str, timestamp: u64, nonce: &str) -> String {
    match format {
        Format::Xml => format!(
            "<xml><Encrypt><![CDATA[{encrypt}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>\
             <TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{}]]></Nonce></xml>",
            cdata(nonce)
        ),
        Format::Json => {
            let reply: Value = json!({"encrypt": encrypt, "msgsignature": signature, "timestamp": timestamp, "nonce": nonce});
            reply.to_string()
        }
    }
}

/// The JSON envelope with the time as a text.
pub(super) fn write_hardware(
    _: Format,
    encrypt: &str,
    signature: &str,
    timestamp: u64,
    nonce: &str,
) -> String {
    let timestamp = timestamp.to_string();
    json!({"encrypt": encrypt, "msgsignature": signature, "timestamp": timestamp, "nonce": nonce}).to_string()
}

/// Text that cannot end the section it stands in.
fn cdata(text: &str) -> Cow<'_, str> {
    if text.contains("]]>") {
        Cow::Owned(text.replace("]]>", "]]]]><![CDATA[>"))
    } else {
        Cow::Borrowed(text)
    }
}
