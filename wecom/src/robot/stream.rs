//! A reply that grows.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_core::Stream;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};

use super::error::{BUSY, code};
use super::frame::{fresh_id, quoted};
use super::{Chat, RobotError, Shared, fits, markdown};

/// The longest id of a feedback, in bytes.
pub(super) const FEEDBACK: usize = 256;

const CMD: &str = "aibot_respond_msg";

/// A stream ends this long after its first frame, whatever is sent.
const LIFE: Duration = Duration::from_secs(600);

/// How many acknowledgements in a row may fail to come on a connection that is there.
const PATIENCE: u32 = 2;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Ending {
    Open,
    Finish,
    Cancel,
}

/// What is to be shown.
struct Content {
    text: String,
    ending: Ending,
    /// Goes along with the first frame.
    feedback: Option<String>,
}

/// How a stream came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivered {
    /// As a stream, to its end.
    Finished,
    /// The stream had expired: what was still missing came as a message of its own.
    Pushed,
    /// Nothing was sent: it was cancelled before its first piece was, or was empty.
    Nothing,
}

/// A reply that grows, as a language model writes it.
///
/// Pieces are taken at once and never wait: while a frame is not acknowledged they are gathered, and the next frame holds them
/// all. The content is sent again when it rests for long ([`keep_alive`](super::RobotBuilder::keep_alive)). A connection that is
/// lost does not end it: what is there is sent on the next one. When the server takes no more updates (846608), the rest is pushed as
/// a message. A server that is busy is asked again a few times. Dropping it ends the stream as [`cancel`](Self::cancel) does.
#[must_use]
pub struct StreamHandle {
    content: watch::Sender<Content>,
    failed: Arc<OnceLock<RobotError>>,
    task: Option<JoinHandle<Result<Delivered, RobotError>>>,
}

impl StreamHandle {
    pub(super) fn begin(shared: Arc<Shared>, req_id: String, chat: Chat) -> Self {
        let (content, seen) =
            watch::channel(Content { text: String::new(), ending: Ending::Open, feedback: None });
        let failed = Arc::new(OnceLock::new());
        let slot = Arc::clone(&failed);
        let task = tokio::spawn(async move {
            let writer = Writer { shared, req_id, chat, id: fresh_id("stream").into(), seen };
            let outcome = writer.run().await;
            if let Err(error) = &outcome {
                let _ = slot.set(error.clone());
            }
            outcome
        });
        Self { content, failed, task: Some(task) }
    }

    /// Lets users say whether they like it: `feedback_event` names this id. Only before the first piece.
    ///
    /// # Errors
    /// [`RobotError::Invalid`] when it has more than 256 bytes.
    pub fn feedback(&mut self, id: impl Into<String>) -> Result<(), RobotError> {
        let (id, most) = (id.into(), FEEDBACK);
        if id.len() > most {
            return Err(RobotError::invalid("feedback.id", format!("{} bytes, more than {most}", id.len())));
        }
        // Nobody need wake up for it: nothing is sent before there is a piece.
        self.content.send_if_modified(|content| {
            content.feedback = Some(id);
            false
        });
        Ok(())
    }

    /// Adds a piece.
    ///
    /// # Errors
    /// [`RobotError::Invalid`] when the content would have more than 20,480 bytes; then it is as before. Otherwise why the stream
    /// has failed.
    pub fn push(&mut self, piece: &str) -> Result<(), RobotError> {
        self.change(|text| text.len() + piece.len(), |text| text.push_str(piece))
    }

    /// Replaces the content.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn set(&mut self, text: &str) -> Result<(), RobotError> {
        fits("stream.content", text)?;
        self.change(|_| 0, |old| text.clone_into(old))
    }

    /// Adds what a stream of pieces gives, and finishes with it.
    ///
    /// # Errors
    /// As [`finish`](Self::finish).
    pub async fn write_all<S>(mut self, pieces: S) -> Result<Delivered, RobotError>
    where
        S: Stream<Item: AsRef<str>>,
    {
        let mut pieces = std::pin::pin!(pieces);
        while let Some(piece) = std::future::poll_fn(|cx| pieces.as_mut().poll_next(cx)).await {
            self.push(piece.as_ref())?;
        }
        self.finish().await
    }

    /// The content so far.
    #[must_use]
    pub fn content(&self) -> String {
        self.content.borrow().text.clone()
    }

    /// Ends it, and waits until the server has acknowledged that.
    ///
    /// # Errors
    /// Why it failed; [`may_have_been_delivered`](RobotError::may_have_been_delivered) says what that means for the receiver.
    pub async fn finish(mut self) -> Result<Delivered, RobotError> {
        self.end(Ending::Finish).await
    }

    /// Ends it and shows what went wrong, after the content so far.
    ///
    /// # Errors
    /// As [`finish`](Self::finish).
    pub async fn fail(mut self, notice: &str) -> Result<Delivered, RobotError> {
        let gap = if self.content.borrow().text.is_empty() { "" } else { "\n\n" };
        self.push(&format!("{gap}{notice}"))?;
        self.end(Ending::Finish).await
    }

    /// Ends it with what was sent so far; what was never sent is not sent any more.
    ///
    /// # Errors
    /// As [`finish`](Self::finish).
    pub async fn cancel(mut self) -> Result<Delivered, RobotError> {
        self.end(Ending::Cancel).await
    }

    fn change(
        &mut self,
        len: impl FnOnce(&str) -> usize,
        change: impl FnOnce(&mut String),
    ) -> Result<(), RobotError> {
        if let Some(error) = self.failed.get() {
            return Err(error.clone());
        }
        let len = len(&self.content.borrow().text);
        if len > super::TEXT {
            let problem = format!("{len} bytes, more than {}", super::TEXT);
            return Err(RobotError::invalid("stream.content", problem));
        }
        self.content.send_modify(|content| change(&mut content.text));
        Ok(())
    }

    async fn end(&mut self, ending: Ending) -> Result<Delivered, RobotError> {
        self.content.send_modify(|content| content.ending = ending);
        let Some(task) = self.task.take() else { return Ok(Delivered::Nothing) };
        task.await.unwrap_or_else(|_| Err(RobotError::unacknowledged(CMD, "the stream's task is gone")))
    }
}

impl Drop for StreamHandle {
    fn drop(&mut self) {
        if self.task.is_some() {
            self.content.send_if_modified(|content| {
                let open = content.ending == Ending::Open;
                if open {
                    content.ending = Ending::Cancel;
                }
                open
            });
        }
    }
}

impl fmt::Debug for StreamHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamHandle")
            .field("len", &self.content.borrow().text.len())
            .field("failed", &self.failed.get())
            .finish_non_exhaustive()
    }
}

/// The task that sends.
struct Writer {
    shared: Arc<Shared>,
    req_id: String,
    chat: Chat,
    id: Arc<str>,
    seen: watch::Receiver<Content>,
}

/// How far a stream has come.
#[derive(Default)]
struct Progress {
    /// What the server has shown for certain; none as long as there is no message.
    shown: Option<String>,
    /// What it shows, or may show, as its acknowledgement did not come.
    written: Option<String>,
    /// When its first frame was sent.
    born: Option<Instant>,
    /// Its end may have arrived.
    end_is_out: bool,
    /// Acknowledgements that did not come, and refusals of a busy server, in a row.
    silent: u32,
    busy: u32,
}

impl Progress {
    /// What is to be sent; none when there is nothing to show.
    fn text(&self, text: String, ending: Ending) -> Option<String> {
        let text = match ending {
            // What was never sent stays unsent.
            Ending::Cancel => self.written.clone()?,
            Ending::Open | Ending::Finish => text,
        };
        (!text.is_empty() || self.written.is_some()).then_some(text)
    }
}

impl Writer {
    async fn run(mut self) -> Result<Delivered, RobotError> {
        let mut progress = Progress::default();
        let mut counted = false;
        loop {
            let (text, ending) = self.due(progress.shown.as_deref()).await;
            let end = ending != Ending::Open;
            let Some(text) = progress.text(text, ending) else { return Ok(Delivered::Nothing) };
            if !counted {
                self.shared.limiter.pass(CMD, "chat", self.chat.id()).await?;
                counted = true;
                // Pieces that came while it waited go along.
                continue;
            }
            progress.born.get_or_insert_with(Instant::now);
            let connection = self.shared.connection();
            let error = match self.write(&text, end, progress.shown.is_none()).await {
                Ok(()) if end => return Ok(Delivered::Finished),
                Ok(()) => {
                    (progress.shown, progress.written) = (Some(text.clone()), Some(text));
                    (progress.silent, progress.busy) = (0, 0);
                    continue;
                }
                Err(error) => error,
            };
            if error.may_have_been_delivered() {
                progress.end_is_out |= end;
                progress.written = Some(text);
            }
            if matches!(error.code(), Some(code::EXPIRED | code::REQ_ID)) {
                if progress.end_is_out {
                    // It may have been refused because it is finished already.
                    return Err(RobotError::unacknowledged(CMD, "the stream may be finished already"));
                }
                return self.push_rest(progress.shown.unwrap_or_default()).await;
            }
            self.recover(&mut progress, connection, error).await?;
        }
    }

    /// Sends one frame, which replaces the one before.
    async fn write(&self, text: &str, end: bool, is_first: bool) -> Result<(), RobotError> {
        let feedback = match &self.seen.borrow().feedback {
            // The first one may not have arrived: until one is acknowledged each could be it.
            Some(id) if is_first => format!(",\"feedback\":{{\"id\":{}}}", quoted(id)),
            _ => String::new(),
        };
        let body = format!(
            "{{\"msgtype\":\"stream\",\"stream\":{{\"id\":{},\"finish\":{end},\"content\":{}{feedback}}}}}",
            quoted(&self.id),
            quoted(text),
        );
        let stream = Some(Arc::clone(&self.id));
        self.shared.send_of(stream, CMD, self.req_id.clone(), Some(body)).await.map(|_| ())
    }

    /// Waits until the content can be sent again, where that may help: the same once more does no harm.
    async fn recover(
        &self,
        progress: &mut Progress,
        connection: u64,
        error: RobotError,
    ) -> Result<(), RobotError> {
        let unsubscribed = error.code() == Some(code::NOT_SUBSCRIBED);
        if !unsubscribed && error.is_busy() {
            progress.busy += 1;
            if progress.busy > BUSY {
                return Err(error);
            }
            self.shared.back_off(progress.busy).await;
            return Ok(());
        }
        if !error.is_transient() {
            return Err(error);
        }
        if !unsubscribed && connection != 0 && self.shared.connection() == connection {
            progress.silent += 1;
            return if progress.silent >= PATIENCE { Err(error) } else { Ok(()) };
        }
        let deadline = progress.born.unwrap_or_else(Instant::now) + LIFE;
        match timeout_at(deadline, self.shared.connected_after(connection)).await {
            Ok(Ok(_)) => {
                progress.silent = 0;
                Ok(())
            }
            Ok(Err(_)) | Err(_) => Err(error),
        }
    }

    /// Waits for something to send.
    async fn due(&mut self, shown: Option<&str>) -> (String, Ending) {
        loop {
            {
                let content = self.seen.borrow_and_update();
                let is_new = match shown {
                    Some(shown) => content.text != shown,
                    None => !content.text.is_empty(),
                };
                if is_new || content.ending != Ending::Open {
                    return (content.text.clone(), content.ending);
                }
            }
            let rest = self.shared.settings.keep_alive;
            tokio::select! {
                changed = self.seen.changed() => if changed.is_err() {
                    return (self.seen.borrow().text.clone(), Ending::Cancel);
                },
                () = sleep(rest), if shown.is_some() => {
                    let content = self.seen.borrow();
                    return (content.text.clone(), content.ending);
                }
            }
        }
    }

    /// The stream takes no more: waits for the end, and pushes what is missing.
    async fn push_rest(mut self, shown: String) -> Result<Delivered, RobotError> {
        let ended = self.seen.wait_for(|content| content.ending != Ending::Open).await;
        let ended = ended.map(|content| (content.text.clone(), content.ending));
        let Ok((text, ending)) = ended else { return Ok(Delivered::Nothing) };
        let rest = text.strip_prefix(shown.as_str()).unwrap_or(&text);
        if ending == Ending::Cancel || rest.is_empty() {
            return Ok(if shown.is_empty() { Delivered::Nothing } else { Delivered::Finished });
        }
        self.shared.push(&self.chat, "markdown", &markdown(rest)?).await?;
        Ok(Delivered::Pushed)
    }
}
