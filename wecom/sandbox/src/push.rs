//! Callbacks to an application's HTTP endpoint, encrypted and signed as WeCom sends them.

use std::fmt;

use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use sha1::{Digest, Sha1};

use crate::Sandbox;
use crate::ids::Ids;

/// Keys have two bits that mean nothing, and some that are in use have them set.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// What an application answered to a callback.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pushed {
    /// HTTP status.
    pub status: u16,
    /// Body; `success` or empty for most callbacks. [`reply`](Self::reply) decrypts a passive reply.
    pub body: String,
    /// What a reply is encrypted and signed with.
    pub(crate) keys: Option<Keys>,
}

/// The secrets of an address, and for whom its callback was.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) token: String,
    pub(crate) aes_key: String,
    pub(crate) receive_id: String,
}

/// Shows no secret.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("receive_id", &self.receive_id).finish_non_exhaustive()
    }
}

/// A callback that could not be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PushError {
    /// The sandbox has no such third-party app.
    UnknownSuite(String),
    /// An EncodingAESKey that is not 43 characters of base64.
    AesKey,
    /// No answer.
    Http(String),
    /// An answer that is neither a reply that the server would take nor none.
    Reply(String),
    /// The spec has no such event.
    UnknownEvent {
        /// What was asked for.
        name: String,
        /// What may be meant.
        near: String,
    },
    /// The event has no such field.
    UnknownField {
        /// The event.
        event: String,
        /// What was set.
        field: String,
    },
}

impl fmt::Display for PushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PushError::UnknownSuite(id) => {
                write!(f, "the sandbox has no suite {id}: add it with Builder::suite")
            }
            PushError::AesKey => write!(f, "EncodingAESKey must be 43 characters of base64"),
            PushError::Http(text) => write!(f, "the callback was not answered: {text}"),
            PushError::Reply(text) => write!(f, "what was answered is no reply: {text}"),
            PushError::UnknownEvent { name, near } => write!(f, "no event {name} is pushed: {near}"),
            PushError::UnknownField { event, field } => {
                write!(
                    f,
                    "the event {event} has no field {field}; fields are named as on the wire, in its letters"
                )
            }
        }
    }
}

impl std::error::Error for PushError {}

/// A callback's parameters and body.
pub(crate) struct Sealed {
    pub(crate) query: [(&'static str, String); 3],
    pub(crate) encrypted: String,
}

fn seal(token: &str, aes_key: &str, receive_id: &str, text: &str, now: i64, ids: &mut Ids) -> Option<Sealed> {
    let encrypted = encrypt(aes_key, receive_id, text, ids)?;
    let (timestamp, nonce) = (now.to_string(), ids.text(10));
    let signature = sign(token, &timestamp, &nonce, &encrypted);
    let query = [("msg_signature", signature), ("timestamp", timestamp), ("nonce", nonce)];
    Some(Sealed { query, encrypted })
}

/// The signature of a ciphertext.
pub(crate) fn sign(token: &str, timestamp: &str, nonce: &str, encrypted: &str) -> String {
    let mut signed = [token, timestamp, nonce, encrypted];
    signed.sort_unstable();
    Sha1::digest(signed.concat()).iter().map(|b| format!("{b:02x}")).collect()
}

/// Text and receiver of a ciphertext; none for what was not encrypted with this key.
pub(crate) fn decrypt(aes_key: &str, encrypted: &str) -> Option<(String, String)> {
    let key = BASE64.decode(format!("{aes_key}=")).ok().filter(|k| k.len() == 32)?;
    let sealed = BASE64.decode(encrypted).ok()?;
    let cipher = cbc::Decryptor::<aes::Aes256>::new_from_slices(&key, &key[..16]).ok()?;
    let plain = cipher.decrypt_padded_vec::<NoPadding>(&sealed).ok()?;
    let padding = usize::from(*plain.last()?);
    let plain = plain.get(..plain.len().checked_sub(padding)?).filter(|_| (1..=32).contains(&padding))?;
    let len = u32::from_be_bytes(plain.get(16..20)?.try_into().ok()?);
    let (text, receiver) = plain.get(20..)?.split_at_checked(usize::try_from(len).ok()?)?;
    Some((String::from_utf8(text.to_vec()).ok()?, String::from_utf8(receiver.to_vec()).ok()?))
}

/// 16 random bytes, the length, the text, the receiver; padded to blocks of 32.
fn encrypt(aes_key: &str, receive_id: &str, text: &str, ids: &mut Ids) -> Option<String> {
    let key = BASE64.decode(format!("{aes_key}=")).ok().filter(|k| k.len() == 32)?;
    let mut plain = ids.bytes(16);
    plain.extend(u32::try_from(text.len()).ok()?.to_be_bytes());
    plain.extend(text.as_bytes());
    plain.extend(receive_id.as_bytes());
    let padding = 32 - plain.len() % 32;
    plain.extend(std::iter::repeat_n(u8::try_from(padding).ok()?, padding));
    let cipher = cbc::Encryptor::<aes::Aes256>::new_from_slices(&key, &key[..16]).ok()?;
    Some(BASE64.encode(cipher.encrypt_padded_vec::<NoPadding>(&plain)))
}

impl Sandbox {
    /// Pushes a new suite_ticket of the default third-party app to an endpoint; see
    /// [`push_suite_ticket_of`](Self::push_suite_ticket_of).
    pub async fn push_suite_ticket(&self, url: &str) -> Result<Pushed, PushError> {
        self.push_suite_ticket_of(Sandbox::SUITE_ID, url).await
    }

    /// Pushes a new suite_ticket to an endpoint. `get_suite_token` takes it from then on, and the one before.
    pub async fn push_suite_ticket_of(&self, suite_id: &str, url: &str) -> Result<Pushed, PushError> {
        let xml = {
            let mut state = self.server.state();
            let (ticket, now) = (state.ids.text(64), state.now());
            let Some(suite) = state.suites.get_mut(suite_id) else {
                return Err(PushError::UnknownSuite(suite_id.into()));
            };
            suite.tickets.push(ticket.clone());
            let old = suite.tickets.len().saturating_sub(2);
            suite.tickets.drain(..old);
            format!(
                "<xml><SuiteId><![CDATA[{suite_id}]]></SuiteId><InfoType><![CDATA[suite_ticket]]></InfoType>\
                 <TimeStamp>{now}</TimeStamp><SuiteTicket><![CDATA[{ticket}]]></SuiteTicket></xml>"
            )
        };
        self.push_xml(url, suite_id, &xml).await
    }

    /// Pushes any callback. `receive_id` is the corp id or suite id; a suite's own token and key are used, for others
    /// [`CALLBACK_TOKEN`](Self::CALLBACK_TOKEN) and [`CALLBACK_AES_KEY`](Self::CALLBACK_AES_KEY).
    pub async fn push_xml(&self, url: &str, receive_id: &str, xml: &str) -> Result<Pushed, PushError> {
        let sealed = self.seal(receive_id, xml)?;
        let envelope = format!(
            "<xml><ToUserName><![CDATA[{receive_id}]]></ToUserName><Encrypt><![CDATA[{}]]></Encrypt>\
             <AgentID><![CDATA[]]></AgentID></xml>",
            sealed.encrypted
        );
        let request = reqwest::Client::new().post(target(url, &sealed.query)?);
        let pushed = answer(request.header("content-type", "text/xml").body(envelope)).await?;
        Ok(Pushed { keys: Some(self.keys(receive_id)), ..pushed })
    }

    /// Asks an endpoint to prove that it holds token and key, as WeCom does when the URL is entered: it must answer the
    /// text that `echostr` holds. Gives that text and the answer.
    pub async fn verify_url(&self, url: &str, receive_id: &str) -> Result<(String, Pushed), PushError> {
        let text = self.server.state().ids.text(19);
        let sealed = self.seal(receive_id, &text)?;
        let mut url = target(url, &sealed.query)?;
        url.query_pairs_mut().append_pair("echostr", &sealed.encrypted);
        Ok((text, answer(reqwest::Client::new().get(url)).await?))
    }

    pub(crate) fn seal(&self, receive_id: &str, text: &str) -> Result<Sealed, PushError> {
        let Keys { token, aes_key, .. } = self.keys(receive_id);
        let mut state = self.server.state();
        let now = state.now();
        seal(&token, &aes_key, receive_id, text, now, &mut state.ids).ok_or(PushError::AesKey)
    }

    /// What callbacks to a receiver, and replies to them, are encrypted with.
    pub(crate) fn keys(&self, receive_id: &str) -> Keys {
        let state = self.server.state();
        let own = state.suites.get(receive_id).map(|s| &s.seed).filter(|s| !s.callback_aes_key.is_empty());
        let (token, aes_key) = match own {
            Some(suite) => (suite.callback_token.clone(), suite.callback_aes_key.clone()),
            None => (Sandbox::CALLBACK_TOKEN.into(), Sandbox::CALLBACK_AES_KEY.into()),
        };
        Keys { token, aes_key, receive_id: receive_id.to_owned() }
    }
}

pub(crate) fn target(url: &str, query: &[(&str, String)]) -> Result<reqwest::Url, PushError> {
    let mut url = reqwest::Url::parse(url).map_err(|e| PushError::Http(e.to_string()))?;
    url.query_pairs_mut().extend_pairs(query);
    Ok(url)
}

pub(crate) async fn answer(request: reqwest::RequestBuilder) -> Result<Pushed, PushError> {
    let failed = |e: reqwest::Error| PushError::Http(e.without_url().to_string());
    let response = request.send().await.map_err(failed)?;
    let status = response.status().as_u16();
    Ok(Pushed { status, body: response.text().await.map_err(failed)?, keys: None })
}
