//! The usual exchange: reqwest's client.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream as _;
use http_body::{Frame, SizeHint};

use super::{Body, Exchange, ExchangeError, Request, Response};
use crate::endpoint::Method;
use crate::error::TransportKind;
use crate::token::BoxFuture;

impl Exchange for reqwest::Client {
    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, ExchangeError>> {
        Box::pin(async move {
            let mut response = self.execute(outgoing(request)).await?;
            let (status, headers) = (response.status().as_u16(), std::mem::take(response.headers_mut()));
            let len = response.content_length();
            let body = Body::from_stream(len, response.bytes_stream());
            Ok(Response { status, headers, body })
        })
    }
}

fn outgoing(request: Request) -> reqwest::Request {
    let unsent = request.unsent();
    let Request { method, url, headers, body, .. } = request;
    let method = match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
    };
    let mut out = reqwest::Request::new(method, url);
    *out.headers_mut() = headers;
    // Without a body nothing tells when it is sent; what has none is mostly harmless to repeat.
    if !body.is_empty() {
        unsent.store(true, Ordering::Relaxed);
        *out.body_mut() = Some(reqwest::Body::wrap(Watched { unsent, body }));
    }
    out
}

/// A body that tells when it is asked for: then there is a connection, and the head is on its way.
struct Watched {
    unsent: Arc<AtomicBool>,
    body: Body,
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = ExchangeError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ExchangeError>>> {
        self.unsent.store(false, Ordering::Relaxed);
        Pin::new(&mut self.body).poll_next(cx).map(|next| next.map(|piece| piece.map(Frame::data)))
    }

    /// Then nobody asks once more only to be told so.
    fn is_end_stream(&self) -> bool {
        self.body.is_empty()
    }

    /// Streams are as long as their header says.
    fn size_hint(&self) -> SizeHint {
        self.body.as_bytes().map_or_else(SizeHint::default, |bytes| SizeHint::with_exact(bytes.len() as u64))
    }
}

/// reqwest's error carries the URL, and with it the token; its causes are flattened into one text instead of kept.
impl From<reqwest::Error> for ExchangeError {
    #[cold]
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let kind = if error.is_connect() {
            TransportKind::Connect
        } else if error.is_timeout() {
            TransportKind::Timeout
        } else if error.is_builder() {
            TransportKind::Request
        } else if error.is_body() || error.is_decode() {
            TransportKind::Body
        } else {
            TransportKind::Broken
        };
        let mut message = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            let text = cause.to_string();
            if !message.contains(&text) {
                message.push_str(": ");
                message.push_str(&text);
            }
            source = cause.source();
        }
        if message.contains("scheme is not http") && !cfg!(any(feature = "rustls", feature = "native-tls")) {
            message.push_str("; for https enable the feature `rustls` or `native-tls` of wecom-client");
        }
        // A limit of time that ran out before there was a connection: nothing was sent.
        match error.is_connect() && error.is_timeout() {
            true => Self::new(TransportKind::Timeout, message).not_sent(),
            false => Self::new(kind, message),
        }
    }
}
