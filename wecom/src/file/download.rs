use std::fmt;
#[cfg(not(target_family = "wasm"))]
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
#[cfg(not(target_family = "wasm"))]
use tokio::io::AsyncWriteExt as _;

use super::ByteStream;
use crate::error::{Error, TransportError, TransportKind};

/// A file that the server sends. Nothing of its content has been read yet: take it as a [`Stream`], whole with
/// [`bytes`](Self::bytes), or into a file with [`save`](Self::save).
///
/// An error that the server sends in place of a file never becomes a `Download`.
pub struct Download {
    pub(crate) endpoint: std::borrow::Cow<'static, str>,
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: String,
    pub(crate) content_range: Option<String>,
    pub(crate) len: Option<u64>,
    pub(crate) limit: usize,
    pub(crate) body: ByteStream<Error>,
}

impl Download {
    /// The name the server gives the file, without any folders; `None` when it gives none.
    #[must_use]
    pub fn file_name(&self) -> Option<&str> {
        self.file_name.as_deref()
    }

    /// The content type the server gives; may be empty.
    #[must_use]
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// `Content-Range` of the answer to a request for a part of the file: `bytes 0-1023/4096`.
    #[must_use]
    pub fn content_range(&self) -> Option<&str> {
        self.content_range.as_deref()
    }

    /// How many bytes will come, when the server says so.
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        self.len
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Transport`] when the connection breaks.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        std::future::poll_fn(|cx| self.body.as_mut().poll_next(cx)).await.transpose()
    }

    /// The whole content in memory.
    ///
    /// # Errors
    /// [`Error::Transport`] when the connection breaks, or when there is more than the transport's
    /// [`max_answer`](crate::TransportBuilder::max_answer).
    pub async fn bytes(mut self) -> Result<Bytes, Error> {
        let mut all = BytesMut::new();
        while let Some(piece) = self.chunk().await? {
            if all.len() + piece.len() > self.limit {
                let message = format!("more than {} bytes; use `save` or the stream", self.limit);
                return Err(Error::Transport(TransportError::new(
                    self.endpoint,
                    TransportKind::TooLarge,
                    message,
                )));
            }
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    }

    /// Writes the content to a file, and gives the number of bytes. The file appears under its name only when it is
    /// complete; one that stood there is replaced in one step.
    ///
    /// # Errors
    /// [`Error::Transport`] when the connection breaks, [`Error::Io`] when the file cannot be written. Then, and when the
    /// future is dropped, nothing is left behind.
    #[cfg(not(target_family = "wasm"))]
    pub async fn save(mut self, path: impl AsRef<Path>) -> Result<u64, Error> {
        let path = path.as_ref();
        let part = Part::beside(path);
        let io = |error| Error::io(format!("saving {}", path.display()), error);
        // Made together with what removes it: if nobody waits any more, both are dropped where they are.
        let made = tokio::task::spawn_blocking(move || {
            Ok::<_, std::io::Error>((std::fs::File::create(&part.0)?, part))
        });
        let (file, part) =
            made.await.unwrap_or_else(|error| Err(std::io::Error::other(error))).map_err(io)?;
        let mut file = tokio::fs::File::from_std(file);
        let mut len = 0;
        while let Some(piece) = self.chunk().await? {
            file.write_all(&piece).await.map_err(io)?;
            len += piece.len() as u64;
        }
        file.flush().await.map_err(io)?;
        file.sync_all().await.map_err(io)?;
        drop(file);
        tokio::fs::rename(&part.0, path).await.map_err(io)?;
        Ok(len)
    }
}

/// A file under a passing name, removed unless it was renamed.
#[cfg(not(target_family = "wasm"))]
struct Part(PathBuf);

#[cfg(not(target_family = "wasm"))]
impl Part {
    fn beside(path: &Path) -> Self {
        // Of its own: the target's may be as long as names can be.
        let number = getrandom::u64().unwrap_or_else(|_| std::process::id().into());
        Self(path.with_file_name(format!(".wecom-{number:016x}.part")))
    }
}

#[cfg(not(target_family = "wasm"))]
impl Drop for Part {
    fn drop(&mut self) {
        // After the rename there is nothing under this name.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Stream for Download {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.body.as_mut().poll_next(cx)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("endpoint", &self.endpoint)
            .field("file_name", &self.file_name)
            .field("content_type", &self.content_type)
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

/// The file name of a `Content-Disposition`, raw UTF-8 or RFC 5987, without folders.
pub(crate) fn disposition_name(header: &[u8]) -> Option<String> {
    let header = String::from_utf8_lossy(header);
    let mut plain = None;
    let mut extended = None;
    for parameter in parameters(&header) {
        let Some((name, value)) = parameter.split_once('=') else { continue };
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim());
        match name.as_str() {
            "filename" => plain = Some(unquote(value)),
            "filename*" => extended = unquote(value).splitn(3, '\'').nth(2).map(percent_decode),
            _ => {}
        }
    }
    let name = extended.or(plain)?;
    // Nor does a name to save under have line ends or what moves a terminal's cursor.
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default().replace(char::is_control, "");
    (!matches!(base.as_str(), "" | "." | "..")).then_some(base)
}

/// The pieces between semicolons that are not inside quotes.
fn parameters(header: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, c) in header.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                pieces.push(&header[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&header[start..]);
    pieces
}

fn unquote(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else { return value.to_owned() };
    let mut out = String::new();
    let mut chars = inner.strip_suffix('"').unwrap_or(inner).chars();
    while let Some(c) = chars.next() {
        // Only `\"` and `\\` are escapes: Windows paths come with single backslashes.
        match c {
            '\\' => match chars.clone().next() {
                Some(next @ ('"' | '\\')) => {
                    out.push(next);
                    chars.next();
                }
                _ => out.push(c),
            },
            _ => out.push(c),
        }
    }
    out
}

/// `%E5%9B%BE` to text.
pub(crate) fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        let hex = hex.filter(|hex| hex.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (header, expected) in [
            ("attachment; filename=\"MEDIA_ID.jpg\"", Some("MEDIA_ID.jpg")),
            ("attachment; filename=\"图片;1.png\"", Some("图片;1.png")),
            ("attachment;filename=plain.txt", Some("plain.txt")),
            ("attachment; filename=\"x.png\"; filename*=UTF-8''%E5%9B%BE.png", Some("图.png")),
            (r#"attachment; filename="a\"b.txt""#, Some("a\"b.txt")),
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            (r#"attachment; filename="C:\dir\a.txt""#, Some("a.txt")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=\"%", Some("%")),
            ("attachment", None),
            ("attachment; filename*=\"UTF-8''%E5%9B%BE.png\"", Some("图.png")),
            ("attachment; filename*=UTF-8''100%+5.txt", Some("100%+5.txt")),
            ("attachment; filename*=UTF-8''a%0d%0a%1b%5b31mb%00.txt", Some("a[31mb.txt")),
        ] {
            assert_eq!(disposition_name(header.as_bytes()).as_deref(), expected, "{header}");
        }
    }
}
