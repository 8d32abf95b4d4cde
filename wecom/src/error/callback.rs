/// Why a callback was not accepted: which check failed. Never shows a plaintext or a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// Token, key or receive ids given to [`Crypto::new`](crate::callback::Crypto::new) cannot be right.
    #[error("callback configuration: {0}")]
    Config(&'static str),
    /// A parameter is missing in the URL.
    #[error("the callback's URL has no {0}")]
    Parameter(&'static str),
    /// The body is larger than the limit.
    #[error("the callback's body has {len} bytes, more than {limit}")]
    TooLarge {
        /// Its length.
        len: usize,
        /// The limit, see [`Crypto::body_limit`](crate::callback::Crypto::body_limit).
        limit: usize,
    },
    /// The body is neither the XML nor the JSON envelope.
    #[error("the callback's envelope cannot be read: {0}")]
    Envelope(String),
    /// The signature is malformed, or not that of token, timestamp, nonce and ciphertext: it was made with another token, or not by WeCom.
    #[error("the callback's signature is wrong: is the token that of this address?")]
    Signature,
    /// The timestamp is too far from now; only with [`Crypto::replay_window`](crate::callback::Crypto::replay_window).
    #[error("the callback's timestamp {timestamp} is {off} seconds from now")]
    Stale {
        /// Seconds since 1970 from the URL.
        timestamp: i64,
        /// Distance from the present in seconds.
        off: u64,
    },
    /// The ciphertext is not base64, or not whole blocks.
    #[error("the callback's ciphertext is {0}")]
    Ciphertext(&'static str),
    /// What was decrypted has no valid padding, length or encoding: another key.
    #[error("the callback's plaintext has {0}: is the EncodingAESKey that of this address?")]
    Plaintext(&'static str),
    /// It was meant for another receiver.
    #[error("the callback is for {seen:?}, which is none of the accepted receive ids")]
    ReceiveId {
        /// The receive id that came: a corp id, suite id or model id. Not repeated when it cannot be one.
        seen: String,
    },
    /// The decrypted message is not what was asked for.
    #[error("the callback's message cannot be read: {0}")]
    Message(String),
    /// The `echostr` of an address check is no echo: somebody tries to have a message decrypted.
    #[error("the callback's echostr holds no echo")]
    Echo,
    /// The message takes no such reply.
    #[error("no passive reply: {0}")]
    Reply(String),
    /// The system has no randomness to encrypt a reply with.
    #[error("no randomness for the reply: {0}")]
    Random(String),
}
