//! `multipart/form-data` as this server reads it.
//!
//! reqwest's own form cannot be used: it percent-encodes the file name by default, which members then see, and has no
//! place for `filelength`, which <https://developer.work.weixin.qq.com/document/path/91054> asks for.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;

use super::{ByteStream, MediaFile};

/// A multipart form with one file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Form {
    pub(crate) part: &'static str,
    pub(crate) file: MediaFile,
    pub(crate) fields: Vec<(&'static str, String)>,
}

/// A form ready to be sent.
pub(crate) struct Multipart {
    pub(crate) content_type: String,
    pub(crate) len: u64,
    pub(crate) body: Parts,
}

impl Multipart {
    pub(crate) async fn open(form: &Form) -> io::Result<Self> {
        let (file_len, file) = form.file.open().await?;
        let boundary = boundary();
        let mut head = String::new();
        for (name, value) in &form.fields {
            let name = quote(name);
            let _ = write!(
                head,
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
        }
        let (part, file_name) = (quote(form.part), quote(form.file.name()));
        let _ = write!(
            head,
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"{file_name}\"; filelength={file_len}\r\n\
             Content-Type: {}\r\n\r\n",
            form.file.content_type().replace(['\r', '\n'], " ")
        );
        let tail = format!("\r\n--{boundary}--\r\n");
        Ok(Self {
            content_type: format!("multipart/form-data; boundary={boundary}"),
            len: head.len() as u64 + file_len + tail.len() as u64,
            body: Parts {
                head: VecDeque::from([Bytes::from(head)]),
                file: Some(file),
                tail: Some(Bytes::from(tail)),
                sent: 0,
                file_len,
                report: form.file.progress(),
            },
        })
    }
}

/// A name inside quotes. Only what would end the quotes or the line is touched; everything else goes as UTF-8.
fn quote(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\r' | '\n' => out.push(' '),
            _ => out.push(c),
        }
    }
    out
}

fn boundary() -> String {
    let random = [getrandom::u64().unwrap_or(0x5eed), getrandom::u64().unwrap_or(0xf00d)];
    format!("----wecom{:016x}{:016x}", random[0], random[1])
}

/// The pieces of a form, one after the other.
pub(crate) struct Parts {
    head: VecDeque<Bytes>,
    file: Option<ByteStream<io::Error>>,
    tail: Option<Bytes>,
    sent: u64,
    file_len: u64,
    report: Option<std::sync::Arc<dyn Fn(u64, u64) + Send + Sync>>,
}

impl Stream for Parts {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if let Some(piece) = this.head.pop_front() {
            return Poll::Ready(Some(Ok(piece)));
        }
        if let Some(file) = &mut this.file {
            match file.as_mut().poll_next(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(piece))) => {
                    this.sent += piece.len() as u64;
                    if let Some(report) = &this.report {
                        report(this.sent, this.file_len);
                    }
                    // More than was announced would be read by the server as the next request.
                    if this.sent > this.file_len {
                        return Poll::Ready(Some(Err(io::Error::other(
                            "the upload gave more bytes than announced",
                        ))));
                    }
                    return Poll::Ready(Some(Ok(piece)));
                }
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(None) => this.file = None,
            }
            if this.sent < this.file_len {
                return Poll::Ready(Some(Err(io::Error::other(
                    "the upload gave fewer bytes than announced",
                ))));
            }
        }
        Poll::Ready(this.tail.take().map(Ok))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::MediaFile;

    async fn text(form: &Form) -> (u64, String) {
        let mut multipart = Multipart::open(form).await.expect("opens");
        let mut out = Vec::new();
        while let Some(piece) = std::future::poll_fn(|cx| Pin::new(&mut multipart.body).poll_next(cx)).await {
            out.extend_from_slice(&piece.expect("reads"));
        }
        let boundary = multipart.content_type.rsplit('=').next().expect("boundary").to_owned();
        (multipart.len, String::from_utf8(out).expect("UTF-8").replace(&boundary, "B"))
    }

    #[tokio::test]
    async fn names_go_unescaped_and_lengths_are_exact() {
        for (name, header) in [
            ("图片.png", "filename=\"图片.png\""),
            ("a \"b\"\\c.txt", r#"filename="a \"b\"\\c.txt""#),
            ("x\r\nEvil: 1.txt", "filename=\"x  Evil: 1.txt\""),
        ] {
            let form = Form {
                part: "media",
                file: MediaFile::from_bytes(name, &b"mytext"[..]),
                fields: vec![("name", "值".to_owned())],
            };
            let (len, body) = text(&form).await;
            let boundary = "----wecom".len() + 32;
            assert_eq!(len as usize, body.len() + 3 * (boundary - 1), "{name}");
            assert!(
                body.contains(&format!("form-data; name=\"media\"; {header}; filelength=6\r\n")),
                "{body}"
            );
            assert!(
                body.starts_with("--B\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n值\r\n--B\r\n"),
                "{body}"
            );
            assert!(body.ends_with("\r\n\r\nmytext\r\n--B--\r\n"), "{body}");
        }
    }

    #[tokio::test]
    async fn a_content_type_goes_as_it_is_but_on_one_line() {
        for (given, header) in [
            ("text/plain; charset=\"utf-8\"", "Content-Type: text/plain; charset=\"utf-8\"\r\n\r\n"),
            ("image/png\r\nEvil: 1", "Content-Type: image/png  Evil: 1\r\n\r\n"),
        ] {
            let file = MediaFile::from_bytes("a", &b"x"[..]).with_content_type(given);
            let (_, body) = text(&Form { part: "media", file, fields: Vec::new() }).await;
            assert!(body.contains(header), "{body}");
        }
    }

    #[tokio::test]
    async fn a_source_that_lies_about_its_length_is_an_error() {
        let pieces = || std::io::Cursor::new(b"12345678".to_vec());
        for (announced, word) in [(9, "fewer"), (7, "more")] {
            let file =
                MediaFile::from_stream("x", announced, move || tokio_util::io::ReaderStream::new(pieces()));
            let mut multipart =
                Multipart::open(&Form { part: "media", file, fields: Vec::new() }).await.expect("opens");
            let error = loop {
                match std::future::poll_fn(|cx| Pin::new(&mut multipart.body).poll_next(cx)).await {
                    Some(Ok(_)) => {}
                    Some(Err(error)) => break error,
                    None => panic!("no error for {announced}"),
                }
            };
            assert!(error.to_string().contains(word), "{error}");
        }
    }
}
