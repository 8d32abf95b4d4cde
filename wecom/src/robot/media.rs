//! Files: up in pieces, down encrypted.

use md5::{Digest as _, Md5};
use secrecy::zeroize::Zeroizing;
use serde_json::Value;

use super::dial::reason;
use super::error::{BUSY, code};
use super::frame::{fresh_id, quoted};
use super::session::Answer;
use super::{RobotError, Settings, Shared};
use crate::callback::{CallbackError, open_file};
use crate::value::{Base64, Secret, hex};

/// The largest piece, before base64.
const PIECE: usize = 512 * 1024;
/// The smallest file.
const LEAST: usize = 5;
/// The longest name, in bytes.
const NAME: usize = 256;
const MB: usize = 1024 * 1024;

/// What a file is sent as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileKind {
    /// Any file up to 20 MB.
    File,
    /// A png, jpg or gif up to 10 MB.
    Image,
    /// An amr up to 2 MB.
    Voice,
    /// An mp4 up to 10 MB.
    Video,
}

impl FileKind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Image => "image",
            Self::Voice => "voice",
            Self::Video => "video",
        }
    }

    /// The largest size, and the endings of its names.
    fn limits(self) -> (usize, &'static [&'static str]) {
        match self {
            Self::File => (20 * MB, &[]),
            Self::Image => (10 * MB, &["png", "jpg", "jpeg", "gif"]),
            Self::Voice => (2 * MB, &["amr"]),
            Self::Video => (10 * MB, &["mp4"]),
        }
    }

    fn check(self, name: &str, len: usize) -> Result<(), RobotError> {
        let (most, endings) = self.limits();
        if name.is_empty() || name.len() > NAME {
            return Err(RobotError::invalid("filename", format!("{} bytes, not 1 to {NAME}", name.len())));
        }
        if !(LEAST..=most).contains(&len) {
            let problem = format!("{len} bytes, not {LEAST} to {most}");
            return Err(RobotError::invalid(self.word(), problem));
        }
        let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        if !endings.is_empty() && !endings.contains(&ending.as_str()) {
            return Err(RobotError::invalid(self.word(), format!("must be {}", endings.join(", "))));
        }
        Ok(())
    }
}

pub(super) async fn upload(
    shared: &Shared,
    kind: FileKind,
    name: &str,
    content: &[u8],
) -> Result<String, RobotError> {
    kind.check(name, content.len())?;
    shared.uploads.pass("aibot_upload_media_init", "robot", "").await?;
    let digest = hex(&Md5::digest(content));
    let body = format!(
        "{{\"type\":\"{}\",\"filename\":{},\"total_size\":{},\"total_chunks\":{},\"md5\":\"{digest}\"}}",
        kind.word(),
        quoted(name),
        content.len(),
        content.len().div_ceil(PIECE),
    );
    let id = step(shared, "aibot_upload_media_init", "upload_id", body).await?;
    for (index, piece) in content.chunks(PIECE).enumerate() {
        let data = Base64(piece.to_vec()).encode();
        let body =
            format!("{{\"upload_id\":{},\"chunk_index\":{index},\"base64_data\":\"{data}\"}}", quoted(&id));
        // A piece that comes twice is passed over by the server, and the upload outlives the connection.
        repeat(shared, "aibot_upload_media_chunk", body).await?;
    }
    step(shared, "aibot_upload_media_finish", "media_id", format!("{{\"upload_id\":{}}}", quoted(&id))).await
}

/// A command whose answer has an id.
async fn step(shared: &Shared, cmd: &'static str, field: &str, body: String) -> Result<String, RobotError> {
    let answer = shared.send(cmd, fresh_id(cmd), Some(body)).await?;
    let value: Value = answer.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
    match value.get(field).and_then(Value::as_str) {
        Some(id) if !id.is_empty() => Ok(id.to_owned()),
        _ => Err(RobotError::Decode { command: cmd.into(), message: format!("it has no {field}").into() }),
    }
}

/// Sends what may be sent twice, over a new connection if need be, three times at the most; a busy server is asked again later.
async fn repeat(shared: &Shared, cmd: &'static str, body: String) -> Result<Answer, RobotError> {
    let mut left = 2;
    let mut busy = 0;
    loop {
        let connection = shared.connection();
        match shared.send(cmd, fresh_id(cmd), Some(body.clone())).await {
            Err(error @ (RobotError::NotSent { .. } | RobotError::Unacknowledged { .. })) if left > 0 => {
                left -= 1;
                if connection == 0 || shared.connection() != connection {
                    shared.connected_after(connection).await.map_err(|_| error)?;
                }
            }
            // This connection is done with: the next one has a subscription.
            Err(error) if error.code() == Some(code::NOT_SUBSCRIBED) && left > 0 => {
                left -= 1;
                shared.connected_after(connection).await.map_err(|_| error)?;
            }
            Err(error) if error.is_busy() && busy < BUSY => {
                busy += 1;
                shared.back_off(busy).await;
            }
            outcome => return outcome,
        }
    }
}

pub(super) async fn download(settings: &Settings, url: &str, key: &Secret) -> Result<Vec<u8>, RobotError> {
    let failed = |what: String| RobotError::Download(what.into());
    // No Content-Type: the storage's signature covers the headers.
    let request = settings.http.get(url).timeout(std::time::Duration::from_secs(300));
    let mut answer = request.send().await.map_err(|error| failed(reason(error)))?;
    if !answer.status().is_success() {
        return Err(status_error(answer.status()));
    }
    let mut sealed = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(|error| failed(reason(error)))? {
        if sealed.len() + piece.len() > settings.max_file {
            return Err(RobotError::File(format!("more than {} bytes", settings.max_file).into()));
        }
        sealed.extend_from_slice(&piece);
    }
    decrypt(sealed, key)
}

/// What a storage that gives no file says of the next attempt.
fn status_error(status: reqwest::StatusCode) -> RobotError {
    use reqwest::StatusCode;
    let why = format!("HTTP {status}; the address is good for 5 minutes").into();
    let passing = status.is_server_error()
        || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
    if passing { RobotError::Download(why) } else { RobotError::File(why) }
}

/// Decrypts a file of a message: AES-256-CBC, padded to 32 bytes. The key stands beside the address in the long connection; in URL
/// mode it is the EncodingAESKey of the callbacks, see [`Crypto::open_file`](crate::callback::Crypto::open_file).
///
/// # Errors
/// [`RobotError::File`] when it is no such file, or the key is another.
pub fn decrypt(sealed: Vec<u8>, key: &Secret) -> Result<Vec<u8>, RobotError> {
    let wrong = |what: &str| RobotError::File(what.into());
    let key = Zeroizing::new(Base64::decode(key.expose()).unwrap_or_default().0);
    let key = <&[u8; 32]>::try_from(&**key).map_err(|_| wrong("the key does not give 32 bytes"))?;
    open_file(key, sealed).map_err(|error| match error {
        CallbackError::Plaintext(_) => wrong("what was downloaded is not a file encrypted with this key"),
        _ => wrong("what was downloaded is not an encrypted file"),
    })
}

#[cfg(test)]
mod tests {
    use aes::Aes256;
    use cbc::Encryptor;
    use cbc::cipher::block_padding::NoPadding;
    use cbc::cipher::{BlockModeEncrypt, KeyIvInit};

    use super::*;

    /// Padding fills blocks of this many bytes.
    const BLOCK: usize = 32;

    fn sealed(plain: &[u8], key: &[u8; 32]) -> Vec<u8> {
        let mut data = plain.to_vec();
        let padding = BLOCK - data.len() % BLOCK;
        data.resize(data.len() + padding, padding as u8);
        let len = data.len();
        let cipher = Encryptor::<Aes256>::new_from_slices(key, &key[..16]).expect("32 bytes");
        cipher.encrypt_padded::<NoPadding>(&mut data, len).expect("whole blocks");
        data
    }

    #[test]
    fn files_of_every_length_around_a_block() {
        let key = [7u8; 32];
        let secret = Secret::from(Base64(key.to_vec()).encode());
        for len in 0..100 {
            let plain: Vec<u8> = (0..len).map(|n| n as u8).collect();
            assert_eq!(decrypt(sealed(&plain, &key), &secret).expect("sound"), plain, "{len}");
        }
    }

    #[test]
    fn what_is_no_file_never_becomes_one() {
        let key = [7u8; 32];
        let secret = Secret::from(Base64(key.to_vec()).encode());
        let other = Secret::from(Base64(vec![8; 32]).encode());
        let page = b"<Error><Code>AccessDenied</Code></Error>".to_vec();
        let padded: Vec<u8> = page.iter().copied().chain(std::iter::repeat(b' ')).take(64).collect();
        for (what, key) in [
            (Vec::new(), &secret),
            (page, &secret),
            (padded, &secret),
            (sealed(b"text", &key), &other),
            (sealed(b"text", &key), &Secret::from("short")),
            (sealed(b"text", &key)[..16].to_vec(), &secret),
        ] {
            let error = decrypt(what, key).expect_err("no file");
            assert!(matches!(error, RobotError::File(_)) && !error.is_transient(), "{error}");
        }
    }

    #[test]
    fn a_storage_that_is_down_may_be_asked_again_and_one_that_refuses_not() {
        for (status, again) in
            [(403, false), (404, false), (408, true), (429, true), (500, true), (503, true)]
        {
            let status = reqwest::StatusCode::from_u16(status).expect("a status");
            assert_eq!(status_error(status).is_transient(), again, "{status}");
        }
    }

    #[test]
    fn limits_are_named_before_anything_is_sent() {
        for (kind, name, len, expected) in [
            (FileKind::File, "a.pdf", 5, ""),
            (FileKind::File, "a.pdf", 4, "file: 4 bytes, not 5 to 20971520"),
            (FileKind::Image, "a.PNG", 10 * MB, ""),
            (FileKind::Image, "a.bmp", 100, "image: must be png, jpg, jpeg, gif"),
            (FileKind::Voice, "a.amr", 2 * MB + 1, "voice: 2097153 bytes, not 5 to 2097152"),
            (FileKind::Video, "mp4", 100, "video: must be mp4"),
            (FileKind::File, "", 100, "filename: 0 bytes, not 1 to 256"),
        ] {
            let seen = kind.check(name, len).err().map(|e| e.to_string()).unwrap_or_default();
            assert_eq!(seen, expected, "{name}");
        }
    }
}
