use std::fmt;
use std::io;
use std::path::Path;
#[cfg(not(target_family = "wasm"))]
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures_core::Stream;
#[cfg(not(target_family = "wasm"))]
use tokio::io::AsyncReadExt as _;
#[cfg(not(target_family = "wasm"))]
use tokio_util::io::ReaderStream;

use super::ByteStream;

/// A file to upload: its name as members will see it, its content type, and where its bytes come from.
///
/// The name goes over the wire as it is, in UTF-8. The content type is guessed from its ending, as the page on
/// [uploads](https://developer.work.weixin.qq.com/document/path/91054) has it, `application/octet-stream` when that says
/// nothing. Every file must have more than 5 bytes; pictures 10 MB, voice 2 MB (AMR), video 10 MB (MP4), other files 20 MB at most.
///
/// ```
/// let picture = wecom::MediaFile::from_bytes("图片.png", &b"\x89PNG..."[..]);
/// assert_eq!(picture.content_type(), "image/png");
/// ```
#[derive(Clone)]
pub struct MediaFile {
    name: String,
    content_type: Option<String>,
    source: Source,
    progress: Option<Arc<Progress>>,
}

type Progress = dyn Fn(u64, u64) + Send + Sync;
type Factory = dyn Fn() -> ByteStream<io::Error> + Send + Sync;

#[derive(Clone)]
enum Source {
    Bytes(Bytes),
    #[cfg(not(target_family = "wasm"))]
    Path(PathBuf),
    Stream {
        len: u64,
        open: Arc<Factory>,
    },
}

impl MediaFile {
    fn new(name: impl Into<String>, source: Source) -> Self {
        Self { name: name.into(), content_type: None, source, progress: None }
    }

    /// From memory.
    #[must_use]
    pub fn from_bytes(name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        Self::new(name, Source::Bytes(content.into()))
    }

    /// From a file on disk, read while it is sent. It is opened anew for each attempt.
    #[cfg(not(target_family = "wasm"))]
    #[must_use]
    pub fn from_path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self::new(name, Source::Path(path))
    }

    /// From anything that gives `len` bytes in pieces. `open` is called for each attempt.
    #[must_use]
    pub fn from_stream<S>(
        name: impl Into<String>,
        len: u64,
        open: impl Fn() -> S + Send + Sync + 'static,
    ) -> Self
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        Self::new(name, Source::Stream { len, open: Arc::new(move || Box::pin(open())) })
    }

    /// Another name than the one given at first.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Another content type than the guessed one.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// Calls `report(sent, total)`, in bytes of the file, after each piece that was handed to the network. A repeated
    /// attempt begins at 0 again.
    #[must_use]
    pub fn with_progress(mut self, report: impl Fn(u64, u64) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(report));
        self
    }

    /// The file's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file's content type.
    #[must_use]
    pub fn content_type(&self) -> &str {
        match &self.content_type {
            Some(given) => given,
            None => guess(&self.name),
        }
    }

    /// The content and its length. A file that grows while it is read is cut at the length it had.
    pub(crate) async fn open(&self) -> io::Result<(u64, ByteStream<io::Error>)> {
        match &self.source {
            Source::Bytes(bytes) => Ok((bytes.len() as u64, Box::pin(Once(Some(bytes.clone()))))),
            Source::Stream { len, open } => Ok((*len, open())),
            #[cfg(not(target_family = "wasm"))]
            Source::Path(path) => {
                let context =
                    |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
                let file = tokio::fs::File::open(path).await.map_err(context)?;
                let len = file.metadata().await.map_err(context)?.len();
                Ok((len, Box::pin(ReaderStream::with_capacity(file.take(len), 64 * 1024))))
            }
        }
    }

    pub(crate) fn progress(&self) -> Option<Arc<Progress>> {
        self.progress.clone()
    }
}

/// A stream of one piece.
struct Once(Option<Bytes>);

impl Stream for Once {
    type Item = io::Result<Bytes>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.take().map(Ok))
    }
}

fn guess(name: &str) -> &'static str {
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        // As the official table has them, `image/jpg` and `voice/amr` included.
        "jpg" | "jpeg" => "image/jpg",
        "png" => "image/png",
        "bmp" => "image/bmp",
        "amr" => "voice/amr",
        "mp4" => "video/mp4",
        "gif" => "image/gif",
        "csv" => "text/csv",
        "txt" => "text/plain",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}

impl Default for MediaFile {
    fn default() -> Self {
        Self::from_bytes("", Bytes::new())
    }
}

impl fmt::Debug for MediaFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("MediaFile");
        out.field("name", &self.name).field("content_type", &self.content_type());
        match &self.source {
            Source::Bytes(bytes) => out.field("len", &bytes.len()),
            #[cfg(not(target_family = "wasm"))]
            Source::Path(path) => out.field("path", path),
            Source::Stream { len, .. } => out.field("len", len),
        };
        out.finish_non_exhaustive()
    }
}

impl PartialEq for MediaFile {
    /// Streams are equal when they come from the same `open`.
    fn eq(&self, other: &Self) -> bool {
        let source = match (&self.source, &other.source) {
            (Source::Bytes(a), Source::Bytes(b)) => a == b,
            #[cfg(not(target_family = "wasm"))]
            (Source::Path(a), Source::Path(b)) => a == b,
            (Source::Stream { open: a, .. }, Source::Stream { open: b, .. }) => Arc::ptr_eq(a, b),
            _ => false,
        };
        source && self.name == other.name && self.content_type() == other.content_type()
    }
}
