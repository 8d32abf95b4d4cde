use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aes::Aes256;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use cbc::{Decryptor, Encryptor};
use secrecy::zeroize::Zeroizing;
use sha1::{Digest as _, Sha1};
use subtle::ConstantTimeEq as _;

use super::envelope::{self, Envelope, Format, Query};
use super::{CallbackError, Message};
use crate::blemish::blemish;
use crate::token::{Clock, SystemClock};
use crate::value::{Base64, Secret, hex};

/// Random bytes before the message.
const RANDOM: usize = 16;
/// Random bytes and length of the message.
const HEAD: usize = RANDOM + 4;
/// Padding fills blocks of this many bytes, twice the cipher's own.
const BLOCK: usize = 32;
const CIPHER_BLOCK: usize = 16;

/// Checks, decrypts and encrypts the callbacks of one address. Cheap to clone.
#[derive(Clone)]
pub struct Crypto(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    token: Secret,
    key: Zeroizing<[u8; 32]>,
    accepted: Accepted,
    window: Option<Duration>,
    limit: usize,
    clock: Arc<dyn Clock>,
}

/// The receive ids that an address takes.
#[derive(Clone)]
enum Accepted {
    These(Vec<String>),
    Any,
    By(Arc<dyn Fn(&str) -> bool + Send + Sync>),
}

impl Accepted {
    fn takes(&self, receive_id: &[u8]) -> bool {
        match self {
            Self::These(ids) => ids.iter().any(|id| id.as_bytes() == receive_id),
            // An id at the least: after a wrong length it would be a piece of the message.
            Self::Any => is_id(receive_id),
            Self::By(judge) => std::str::from_utf8(receive_id).is_ok_and(|id| is_id(receive_id) && judge(id)),
        }
    }
}

/// A plaintext whose every check succeeded.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decrypted {
    /// The message.
    pub text: String,
    /// For whom it was meant; one of the accepted ids.
    pub receive_id: String,
}

impl fmt::Debug for Decrypted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decrypted")
            .field("len", &self.text.len())
            .field("receive_id", &self.receive_id)
            .finish_non_exhaustive()
    }
}

impl Crypto {
    /// From the values of the admin console: `Token`, `EncodingAESKey` (43 characters), and the receive ids that this address
    /// accepts. Which one a callback carries depends on its kind:
    ///
    /// | callback | receive id |
    /// |---|---|
    /// | of a corp's own application | corp id |
    /// | events of a third-party application | suite id |
    /// | messages in a third-party application | the authorising corp's id: see [`accepting`](Self::accepting) |
    /// | of a provider's address for hardware | the provider's corp id |
    /// | of a hardware model's address | model id |
    /// | of a corp's robot, or of an application of a person | `""` |
    ///
    /// # Errors
    /// [`CallbackError::Config`] when token, key or an id are empty or have blanks, the key is no key, or there is no receive id
    /// at all.
    pub fn new<I>(
        token: impl Into<Secret>,
        encoding_aes_key: &str,
        receive_ids: I,
    ) -> Result<Self, CallbackError>
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let receive_ids: Vec<String> = receive_ids.into_iter().map(Into::into).collect();
        if receive_ids.is_empty() {
            return Err(CallbackError::Config("no receive id; where there is none, give \"\""));
        }
        if receive_ids.iter().any(|id| !id.is_empty() && blemish(id).is_some()) {
            return Err(CallbackError::Config("a receive id has a blank or a line end"));
        }
        Self::with(token.into(), encoding_aes_key, Accepted::These(receive_ids))
    }

    /// For an address whose receive ids are not known beforehand, and judged afterwards: [`Message::receive_id`] tells whose
    /// callback it is.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn any(token: impl Into<Secret>, encoding_aes_key: &str) -> Result<Self, CallbackError> {
        Self::with(token.into(), encoding_aes_key, Accepted::Any)
    }

    /// For an address whose receive ids come and go, as the corps that authorise a third-party application do: `judge` is asked for
    /// each callback, after its signature was found right.
    ///
    /// ```
    /// # fn main() -> Result<(), wecom::callback::CallbackError> {
    /// # use std::collections::HashSet;
    /// # use std::sync::{Arc, RwLock};
    /// let corps = Arc::new(RwLock::new(HashSet::<String>::new()));
    /// let known = corps.clone();
    /// let crypto = wecom::callback::Crypto::accepting(
    ///     "QDG6eK",
    ///     "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
    ///     move |corp| known.read().is_ok_and(|corps| corps.contains(corp)),
    /// )?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn accepting(
        token: impl Into<Secret>,
        encoding_aes_key: &str,
        judge: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Result<Self, CallbackError> {
        Self::with(token.into(), encoding_aes_key, Accepted::By(Arc::new(judge)))
    }

    fn with(token: Secret, encoding_aes_key: &str, accepted: Accepted) -> Result<Self, CallbackError> {
        match blemish(token.expose()) {
            Some("is empty") => return Err(CallbackError::Config("the token is empty")),
            Some(_) => return Err(CallbackError::Config("the token has a blank or a line end")),
            None => {}
        }
        if blemish(encoding_aes_key).is_some_and(|what| what != "is empty") {
            return Err(CallbackError::Config("the EncodingAESKey has a blank or a line end"));
        }
        if encoding_aes_key.len() != 43 || !encoding_aes_key.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            return Err(CallbackError::Config("the EncodingAESKey must be 43 letters and digits"));
        }
        let bytes = Zeroizing::new(Base64::decode(encoding_aes_key).unwrap_or_default().0);
        let mut key = Zeroizing::new([0; 32]);
        if bytes.len() != key.len() {
            return Err(CallbackError::Config("the EncodingAESKey does not give 32 bytes"));
        }
        key.copy_from_slice(&bytes);
        let clock = Arc::new(SystemClock);
        Ok(Self(Arc::new(Inner { token, key, accepted, window: None, limit: 1024 * 1024, clock })))
    }

    fn change(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// Refuses callbacks whose timestamp is further than this from now, and those of which the time within the message is, where it
    /// has one: only that is certainly signed, since the signature does not separate the URL's parameters. Off unless set:
    /// WeCom repeats what was not answered, with new timestamps for the same message, but a wrong clock would refuse everything.
    #[must_use]
    pub fn replay_window(self, window: Duration) -> Self {
        self.change(|inner| inner.window = Some(window))
    }

    /// The largest body that is looked at, in bytes. 1 MiB unless set.
    #[must_use]
    pub fn body_limit(self, bytes: usize) -> Self {
        self.change(|inner| inner.limit = bytes)
    }

    /// The clock of the replay window; for tests.
    #[must_use]
    pub fn clock(self, clock: impl Clock) -> Self {
        self.change(|inner| inner.clock = Arc::new(clock))
    }

    /// The largest body that [`open`](Self::open) takes: servers should stop reading there.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.0.limit
    }

    /// Checks the GET that comes when an address is entered in the console. The text goes back as it is, within a
    /// second, without quotes or a line's end.
    ///
    /// # Errors
    /// Which check failed.
    pub fn verify_url(&self, query: &Query) -> Result<String, CallbackError> {
        let echo = query.echostr.as_deref().ok_or(CallbackError::Parameter("echostr"))?;
        let text = self.decrypt(&query.msg_signature, &query.timestamp, &query.nonce, echo)?.text;
        // Whoever has seen a message can send its ciphertext here, rightly signed: only what an echo can be goes back.
        let is_echo = |text: &str| {
            (1..=128).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.+/=".contains(&byte))
        };
        if is_echo(&text) { Ok(text) } else { Err(CallbackError::Echo) }
    }

    /// Before anything is read or counted: whether there is a signature that could be right.
    pub(super) fn check_form(query: &Query) -> Result<(), CallbackError> {
        let signature = query.msg_signature.trim();
        let is_hash = signature.len() == 40 && signature.bytes().all(|digit| digit.is_ascii_hexdigit());
        if is_hash { Ok(()) } else { Err(CallbackError::Signature) }
    }

    /// Checks and decrypts a POST, from the parameters of its URL and its body.
    ///
    /// # Errors
    /// Which check failed.
    pub fn open(&self, query: &Query, body: &[u8]) -> Result<Message, CallbackError> {
        if body.len() > self.0.limit {
            return Err(CallbackError::TooLarge { len: body.len(), limit: self.0.limit });
        }
        Self::check_form(query)?;
        let Envelope { format, encrypt, to, agent_id } = envelope::read(body)?;
        let opened = self.decrypt(&query.msg_signature, &query.timestamp, &query.nonce, &encrypt)?;
        let message = Message { opened, format, to, agent_id, nonce: query.nonce.clone() };
        if self.0.window.is_some()
            && let Some(created) = message.notice().ok().and_then(|notice| notice.created())
        {
            self.check_time(&created.to_string())?;
        }
        Ok(message)
    }

    /// Checks and decrypts one ciphertext.
    ///
    /// # Errors
    /// Which check failed.
    pub fn decrypt(
        &self,
        msg_signature: &str,
        timestamp: &str,
        nonce: &str,
        encrypt: &str,
    ) -> Result<Decrypted, CallbackError> {
        // Nothing is decrypted before it is known who sent it.
        let expected = self.signature(timestamp, nonce, encrypt);
        let given = msg_signature.trim().to_ascii_lowercase();
        if !bool::from(expected.as_bytes().ct_eq(given.as_bytes())) {
            return Err(CallbackError::Signature);
        }
        self.check_time(timestamp)?;
        let Base64(mut data) = Base64::decode(encrypt).ok_or(CallbackError::Ciphertext("not base64"))?;
        if data.is_empty() || data.len() % CIPHER_BLOCK != 0 {
            return Err(CallbackError::Ciphertext("not whole blocks"));
        }
        let decryptor = Decryptor::<Aes256>::new((&*self.0.key).into(), &self.iv().into());
        decryptor
            .decrypt_padded::<NoPadding>(&mut data)
            .map_err(|_| CallbackError::Ciphertext("not whole blocks"))?;
        self.unpack(data)
    }

    /// Decrypts a file of a robot's message, as it is downloaded from its `url`: in URL mode its key is that of the
    /// callbacks. The address is good for five minutes; ask it without a `Content-Type`.
    ///
    /// # Errors
    /// [`CallbackError::Ciphertext`] or [`CallbackError::Plaintext`] when it is no such file: an error page never becomes one.
    pub fn open_file(&self, sealed: Vec<u8>) -> Result<Vec<u8>, CallbackError> {
        open_file(&self.0.key, sealed)
    }

    fn iv(&self) -> [u8; CIPHER_BLOCK] {
        let mut iv = [0; CIPHER_BLOCK];
        iv.copy_from_slice(&self.0.key[..CIPHER_BLOCK]);
        iv
    }

    fn check_time(&self, timestamp: &str) -> Result<(), CallbackError> {
        let Some(window) = self.0.window else { return Ok(()) };
        let timestamp: i64 =
            timestamp.trim().parse().map_err(|_| CallbackError::Parameter("timestamp in seconds"))?;
        let now = i64::try_from(self.0.clock.now().as_secs()).unwrap_or(i64::MAX);
        let off = now.abs_diff(timestamp);
        if off > window.as_secs() { Err(CallbackError::Stale { timestamp, off }) } else { Ok(()) }
    }

    /// Random bytes, length, message, receive id, padding.
    fn unpack(&self, mut plain: Vec<u8>) -> Result<Decrypted, CallbackError> {
        let padding = usize::from(*plain.last().ok_or(CallbackError::Plaintext("no padding"))?);
        let valid = (1..=BLOCK).contains(&padding) && padding <= plain.len();
        let content = valid.then(|| plain.split_at(plain.len() - padding));
        let content = content.filter(|(_, tail)| tail.iter().all(|byte| usize::from(*byte) == padding));
        let (content, _) = content.ok_or(CallbackError::Plaintext("no valid padding"))?;
        let too_short = CallbackError::Plaintext("no valid length");
        let length = content.get(RANDOM..HEAD).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
        let length = u32::from_be_bytes(length.ok_or(too_short.clone())?);
        let end = usize::try_from(length).ok().and_then(|length| HEAD.checked_add(length));
        let end = end.filter(|end| *end <= content.len()).ok_or(too_short)?;
        let receive_id = &content[end..];
        if !self.0.accepted.takes(receive_id) {
            return Err(CallbackError::ReceiveId { seen: shown(receive_id) });
        }
        // The key is right, as all before shows: texts reach us cut in the middle of a character.
        let receive_id = String::from_utf8_lossy(receive_id).into_owned();
        // Moved to the front of the memory it is in: no second copy of a large one.
        plain.truncate(end);
        plain.drain(..HEAD);
        let text = String::from_utf8(plain)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        Ok(Decrypted { text, receive_id })
    }

    /// Encrypts a text for a receive id, as it is in an envelope's `Encrypt`.
    ///
    /// # Errors
    /// [`CallbackError::Random`] when the system has no randomness.
    pub fn encrypt(&self, text: &str, receive_id: &str) -> Result<String, CallbackError> {
        let mut random = [0; RANDOM];
        getrandom::fill(&mut random).map_err(|error| CallbackError::Random(error.to_string()))?;
        Ok(self.encrypt_with(random, text, receive_id))
    }

    pub(super) fn encrypt_with(&self, random: [u8; RANDOM], text: &str, receive_id: &str) -> String {
        let mut data = Vec::with_capacity(HEAD + text.len() + receive_id.len() + BLOCK);
        data.extend_from_slice(&random);
        // A text of 4 GiB does not fit into memory twice, but a wrong length must not be written either way.
        data.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
        data.extend_from_slice(text.as_bytes());
        data.extend_from_slice(receive_id.as_bytes());
        let padding = BLOCK - data.len() % BLOCK;
        data.resize(data.len() + padding, padding as u8);
        let len = data.len();
        let encryptor = Encryptor::<Aes256>::new((&*self.0.key).into(), &self.iv().into());
        // Cannot fail: the length is a multiple of the block.
        let _ = encryptor.encrypt_padded::<NoPadding>(&mut data, len);
        Base64(data).encode()
    }

    /// The signature of a ciphertext: SHA-1 over the sorted parts, in lower-case hexadecimal.
    #[must_use]
    pub fn signature(&self, timestamp: &str, nonce: &str, encrypt: &str) -> String {
        let mut parts = [self.0.token.expose(), timestamp, nonce, encrypt];
        parts.sort_unstable();
        let mut hash = Sha1::new();
        parts.iter().for_each(|part| hash.update(part));
        hex(&hash.finalize())
    }

    /// The body of a passive reply: one that [`Message::reply_text`] and its kin made, or a plaintext (XML or JSON) of one's own,
    /// encrypted, signed, and in an envelope of the same kind as the message's. An empty answer says that there is no reply. The time in a JSON envelope is a number
    /// for robots (<https://developer.work.weixin.qq.com/document/path/101033>) and a text for hardware
    /// (<https://developer.work.weixin.qq.com/document/path/96062>), whose callbacks name their receiver.
    ///
    /// # Errors
    /// [`CallbackError::Random`] when the system has no randomness.
    pub fn reply(&self, to: &Message, reply: impl AsRef<str>) -> Result<String, CallbackError> {
        let encrypt = self.encrypt(reply.as_ref(), to.receive_id())?;
        let timestamp = self.0.clock.now().as_secs();
        let signature = self.signature(&timestamp.to_string(), &to.nonce, &encrypt);
        let is_hardware = to.format() == Format::Json && !to.to().is_empty();
        let write = if is_hardware { envelope::write_hardware } else { envelope::write };
        Ok(write(to.format(), &encrypt, &signature, timestamp, &to.nonce))
    }

    /// An envelope around a ciphertext, signed.
    #[must_use]
    pub fn sealed(&self, format: Format, encrypt: &str, timestamp: u64, nonce: &str) -> String {
        let signature = self.signature(&timestamp.to_string(), nonce, encrypt);
        envelope::write(format, encrypt, &signature, timestamp, nonce)
    }
}

/// A file: AES-256-CBC, its IV the key's first bytes, padded to 32 bytes.
pub(crate) fn open_file(key: &[u8; 32], mut sealed: Vec<u8>) -> Result<Vec<u8>, CallbackError> {
    if sealed.is_empty() || !sealed.len().is_multiple_of(BLOCK) {
        return Err(CallbackError::Ciphertext("no encrypted file"));
    }
    let mut iv = [0; CIPHER_BLOCK];
    iv.copy_from_slice(&key[..CIPHER_BLOCK]);
    let cipher = Decryptor::<Aes256>::new(key.into(), &iv.into());
    cipher
        .decrypt_padded::<NoPadding>(&mut sealed)
        .map_err(|_| CallbackError::Ciphertext("not whole blocks"))?;
    let (len, padding) = (sealed.len(), usize::from(sealed.last().copied().unwrap_or_default()));
    let sound = (1..=BLOCK).contains(&padding)
        && sealed[len - padding..].iter().all(|byte| usize::from(*byte) == padding);
    if !sound {
        return Err(CallbackError::Plaintext("no valid padding"));
    }
    sealed.truncate(len - padding);
    Ok(sealed)
}

/// An id for an error's text. After a wrong length it is a piece of the message, which is not to be shown.
fn shown(receive_id: &[u8]) -> String {
    if is_id(receive_id) {
        String::from_utf8_lossy(receive_id).into_owned()
    } else {
        "what is no id".to_owned()
    }
}

fn is_id(receive_id: &[u8]) -> bool {
    receive_id.len() <= 64
        && receive_id
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'@'))
}

impl fmt::Debug for Crypto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Crypto");
        match &self.0.accepted {
            Accepted::These(ids) => out.field("receive_ids", ids),
            Accepted::Any => out.field("receive_ids", &"any"),
            Accepted::By(_) => out.field("receive_ids", &"as judged"),
        };
        out.finish_non_exhaustive()
    }
}
