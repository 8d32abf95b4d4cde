use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;

use super::ExchangeError;

/// A body: nothing, bytes, or a stream of them. It is a [`Stream`] in any case. `Debug` shows its length alone.
#[derive(Default)]
pub struct Body(Content);

#[derive(Default)]
enum Content {
    #[default]
    Empty,
    Bytes(Bytes),
    Stream {
        len: Option<u64>,
        /// Never locked: it makes a body `Sync`, so that a request can be borrowed across an await.
        pieces: Mutex<Pin<Box<dyn Source + Send>>>,
    },
}

/// A stream whose errors become ours as they come: no adapter, no second box.
trait Source {
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, ExchangeError>>>;
}

impl<S, E> Source for S
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<ExchangeError>,
{
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, ExchangeError>>> {
        self.poll_next(cx).map(|next| next.map(|piece| piece.map_err(Into::into)))
    }
}

impl Body {
    /// Nothing.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// A stream of pieces; `len` where it is known how many bytes they have together.
    pub fn from_stream<S, E>(len: Option<u64>, pieces: S) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Into<ExchangeError>,
    {
        Self(Content::Stream { len, pieces: Mutex::new(Box::pin(pieces)) })
    }

    /// Whether there is no body.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self.0, Content::Empty)
    }

    /// How many bytes it has, where that is known.
    #[must_use]
    pub fn len(&self) -> Option<u64> {
        match &self.0 {
            Content::Empty => Some(0),
            Content::Bytes(bytes) => Some(bytes.len() as u64),
            Content::Stream { len, .. } => *len,
        }
    }

    /// The bytes, unless they come as a stream: then [`read`](Self::read) it.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&Bytes> {
        static NONE: Bytes = Bytes::new();
        match &self.0 {
            Content::Empty => Some(&NONE),
            Content::Bytes(bytes) => Some(bytes),
            Content::Stream { .. } => None,
        }
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// When the source fails or the connection breaks.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, ExchangeError> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await.transpose()
    }

    /// All of it in memory.
    ///
    /// # Errors
    /// When the source fails or the connection breaks.
    pub async fn read(mut self) -> Result<Bytes, ExchangeError> {
        if let Content::Bytes(bytes) = &self.0 {
            return Ok(bytes.clone());
        }
        let mut all = BytesMut::new();
        while let Some(piece) = self.chunk().await? {
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    }
}

impl Stream for Body {
    type Item = Result<Bytes, ExchangeError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match &mut self.0 {
            Content::Empty => Poll::Ready(None),
            Content::Bytes(bytes) => {
                let bytes = std::mem::take(bytes);
                self.0 = Content::Empty;
                Poll::Ready(Some(Ok(bytes)))
            }
            Content::Stream { pieces, .. } => {
                pieces.get_mut().unwrap_or_else(PoisonError::into_inner).as_mut().poll(cx)
            }
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.len() {
            Some(len) => write!(f, "Body({len} bytes)"),
            None => f.write_str("Body(of unknown length)"),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Content::Bytes(bytes))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

impl From<()> for Body {
    fn from((): ()) -> Self {
        Self::empty()
    }
}
