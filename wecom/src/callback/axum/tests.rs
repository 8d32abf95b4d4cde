//! The answer's time, on paused time. Everything else is tested over HTTP, in `tests/axum.rs`.

use std::time::Duration;

use ::axum::body::{Body, to_bytes};
use ::axum::extract::Request;
use ::axum::http::StatusCode;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::*;
use crate::callback::{Crypto, Format};

fn crypto() -> Crypto {
    Crypto::new("token", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", ["suite"]).expect("valid")
}

fn request(body: Option<Body>) -> Request {
    let crypto = crypto();
    let text =
        "<xml><InfoType>suite_ticket</InfoType><SuiteId>suite</SuiteId><SuiteTicket>t</SuiteTicket></xml>";
    let encrypt = crypto.encrypt(text, "suite").expect("randomness");
    let signature = crypto.signature("1", "n", &encrypt);
    let sealed = crypto.sealed(Format::Xml, &encrypt, 1, "n");
    Request::post(format!("/?msg_signature={signature}&timestamp=1&nonce=n"))
        .body(body.unwrap_or_else(|| Body::from(sealed)))
        .expect("a request")
}

/// A handler that takes as long as it likes: the answer comes after four seconds, and the handler comes to its end.
#[tokio::test(start_paused = true)]
async fn the_answer_does_not_wait_for_a_slow_handler() {
    for (within, expected) in [(Duration::from_secs(60), 4), (Duration::from_secs(2), 2), (Duration::ZERO, 0)]
    {
        let (work, began) = (Work::new(1), Instant::now());
        let callbacks = Callbacks::new(crypto()).answer_within(within).work(&work);
        let (tell, told) = oneshot::channel();
        let handler = |_: Received| async move {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            let _ = tell.send(());
        };
        let answer = callbacks.serve(handler, request(None)).await;
        assert_eq!((answer.status(), began.elapsed().as_secs()), (StatusCode::OK, expected));
        let body = to_bytes(answer.into_body(), 100).await.expect("a body");
        assert_eq!(&body[..], b"success");
        // Its place is taken meanwhile.
        let turned_away = callbacks.serve(|_| async {}, request(None)).await;
        assert_eq!((turned_away.status(), work.running()), (StatusCode::SERVICE_UNAVAILABLE, 1));
        work.finish().await;
        assert_eq!((told.await, work.running(), began.elapsed().as_secs()), (Ok(()), 0, 3600));
    }
}

/// A body that does not come is not waited for either.
#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_given_up() {
    struct Never;
    impl futures_core::Stream for Never {
        type Item = Result<bytes::Bytes, std::io::Error>;

        fn poll_next(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Self::Item>> {
            std::task::Poll::Pending
        }
    }
    let began = Instant::now();
    let answer = Callbacks::new(crypto()).serve(|_| async {}, request(Some(Body::from_stream(Never)))).await;
    assert_eq!((answer.status(), began.elapsed().as_secs()), (StatusCode::REQUEST_TIMEOUT, 4));
}
