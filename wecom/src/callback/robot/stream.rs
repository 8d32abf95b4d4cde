//! Replies that grow: what is there when the server asks.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_core::Stream;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::Received;
use super::reply::{Reply, fits};
use crate::aibot::{Feedback, PassiveStream, StreamAndCard, StreamImage, TemplateCard};
use crate::callback::{CallbackError, Message};
use crate::value::hex;

/// The server asks for so long after the user's message, and shows nothing that comes later.
const LIFE: Duration = Duration::from_secs(360);
/// A stream whose end was fetched is kept for so long: the answer may have been lost on its way, and is then asked for again.
const AFTER: Duration = Duration::from_secs(30);
/// From so many streams on, those that are over are looked for.
const SWEEP_FROM: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Ending {
    Open,
    Finish,
    Cancel,
}

struct State {
    text: String,
    ending: Ending,
    pictures: Vec<StreamImage>,
    card: Option<TemplateCard>,
    feedback: Option<String>,
    /// What was fetched last; nothing was as long as it is none.
    shown: Option<String>,
    /// When its end was fetched.
    ended: Option<Instant>,
}

struct Entry {
    id: String,
    born: Instant,
    state: watch::Sender<State>,
}

impl Entry {
    /// What is due now.
    fn due(&self) -> Reply {
        let mut stream = PassiveStream::new().id(&self.id);
        let mut card = None;
        self.state.send_modify(|state| {
            let end = state.ending != Ending::Open;
            if state.ending == Ending::Cancel {
                state.text = state.shown.clone().unwrap_or_default();
            }
            if let (None, Some(id)) = (&state.shown, state.feedback.take()) {
                stream.feedback = Some(Feedback::new().id(id));
            }
            // Once for a message, whatever becomes of it.
            card = state.card.take();
            stream.finish = Some(end);
            stream.content = Some(state.text.clone());
            if end && !state.pictures.is_empty() {
                stream.msg_item = Some(state.pictures.iter().cloned().map(Into::into).collect());
            }
            state.shown = Some(state.text.clone());
            if end {
                state.ended.get_or_insert_with(Instant::now);
            }
        });
        match card {
            Some(card) => StreamAndCard::new(stream).template_card(card).into(),
            None => stream.into(),
        }
    }

    fn is_over(&self, now: Instant) -> bool {
        let ended = self.state.borrow().ended;
        now.duration_since(self.born) > LIFE || ended.is_some_and(|at| now.duration_since(at) > AFTER)
    }
}

/// The replies that grow of a robot in URL mode, by their ids. Cheap to clone; one for each address.
///
/// They live in this process: where several serve one address, a refresh may reach another one, which does not know it. Its
/// [`answer`](Self::answer) is none then; an empty answer lets the server ask again.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<Open>>);

#[derive(Default)]
struct Open {
    by: HashMap<String, Arc<Entry>>,
    sweep_at: usize,
}

impl Streams {
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A decrypted callback as a message or an event with its way to reply.
    ///
    /// # Errors
    /// [`CallbackError::Message`] when it is not JSON.
    pub fn open(&self, message: Message) -> Result<Received, CallbackError> {
        Received::read(message, self.clone())
    }

    /// Begins one. Its first [`due`](StreamWriter::due) is the reply to the user's message.
    pub fn begin(&self) -> StreamWriter {
        let state = State {
            text: String::new(),
            ending: Ending::Open,
            pictures: Vec::new(),
            card: None,
            feedback: None,
            shown: None,
            ended: None,
        };
        let entry =
            Arc::new(Entry { id: fresh_id(), born: Instant::now(), state: watch::Sender::new(state) });
        let mut open = self.lock();
        if open.by.len() >= open.sweep_at.max(SWEEP_FROM) {
            let now = Instant::now();
            open.by.retain(|_, entry| !entry.is_over(now));
            open.sweep_at = open.by.len() * 2;
        }
        open.by.insert(entry.id.clone(), Arc::clone(&entry));
        StreamWriter(entry)
    }

    /// What is due of the stream with this id, which a refresh names; none for an id that is not known here.
    #[must_use]
    pub fn answer(&self, id: &str) -> Option<Reply> {
        let entry = self.lock().by.get(id).cloned()?;
        Some(entry.due())
    }

    /// How many are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().by.len()
    }

    /// Whether none is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Debug for Streams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streams").field("len", &self.len()).finish_non_exhaustive()
    }
}

/// How a stream came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shown {
    /// The server has fetched all of it.
    Whole,
    /// It asked no more: six minutes have gone by, or the user has left.
    Part {
        /// What it has not fetched, for [`respond`](super::respond); the whole text where that was replaced meanwhile.
        rest: String,
    },
}

/// Writes a reply that grows. Nothing here waits but [`finish`](Self::finish). Dropping it ends the stream with what was fetched by
/// then.
#[must_use]
pub struct StreamWriter(Arc<Entry>);

impl StreamWriter {
    /// The id that refreshes name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// What is due now: the reply to the user's message, and to a refresh that is answered by hand.
    #[must_use]
    pub fn due(&self) -> Reply {
        self.0.due()
    }

    /// Adds a piece.
    ///
    /// # Errors
    /// [`CallbackError::Reply`] when the content would have more than 20,480 bytes; then it is as before.
    pub fn push(&mut self, piece: &str) -> Result<(), CallbackError> {
        fits(self.0.state.borrow().text.len() + piece.len())?;
        self.0.state.send_modify(|state| state.text.push_str(piece));
        Ok(())
    }

    /// Replaces the content.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn set(&mut self, text: &str) -> Result<(), CallbackError> {
        fits(text.len())?;
        self.0.state.send_modify(|state| text.clone_into(&mut state.text));
        Ok(())
    }

    /// Users can say whether they like it: `feedback_event` names this id, of 256 bytes at the most. Only before the first
    /// [`due`](Self::due).
    pub fn feedback(&mut self, id: impl Into<String>) {
        self.0.state.send_modify(|state| state.feedback = Some(id.into()));
    }

    /// A card beside the stream, with the next reply. A message has one at the most.
    pub fn card(&mut self, card: TemplateCard) {
        self.0.state.send_modify(|state| state.card = Some(card));
    }

    /// A picture below the text, shown when the stream ends; ten at the most. Made by [`picture`](super::picture).
    pub fn picture(&mut self, picture: StreamImage) {
        self.0.state.send_modify(|state| state.pictures.push(picture));
    }

    /// The content so far.
    #[must_use]
    pub fn content(&self) -> String {
        self.0.state.borrow().text.clone()
    }

    /// Adds what a stream of pieces gives, and finishes with it.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub async fn write_all<S>(mut self, pieces: S) -> Result<Shown, CallbackError>
    where
        S: Stream<Item: AsRef<str>>,
    {
        let mut pieces = std::pin::pin!(pieces);
        while let Some(piece) = std::future::poll_fn(|cx| pieces.as_mut().poll_next(cx)).await {
            self.push(piece.as_ref())?;
        }
        Ok(self.finish().await)
    }

    /// Ends it, and waits until the server has fetched the end, or asks no more.
    pub async fn finish(self) -> Shown {
        self.0.state.send_modify(|state| state.ending = Ending::Finish);
        let mut state = self.0.state.subscribe();
        let fetched = timeout_at(self.0.born + LIFE, state.wait_for(|state| state.ended.is_some())).await;
        if matches!(fetched, Ok(Ok(_))) {
            return Shown::Whole;
        }
        let state = self.0.state.borrow();
        let shown = state.shown.as_deref().unwrap_or_default();
        Shown::Part { rest: state.text.strip_prefix(shown).unwrap_or(&state.text).to_owned() }
    }

    /// Ends it and shows what went wrong, after the content so far.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub async fn fail(mut self, notice: &str) -> Result<Shown, CallbackError> {
        let gap = if self.0.state.borrow().text.is_empty() { "" } else { "\n\n" };
        self.push(&format!("{gap}{notice}"))?;
        Ok(self.finish().await)
    }
}

impl Drop for StreamWriter {
    fn drop(&mut self) {
        self.0.state.send_if_modified(|state| {
            let open = state.ending == Ending::Open;
            if open {
                state.ending = Ending::Cancel;
            }
            open
        });
    }
}

impl fmt::Debug for StreamWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamWriter").field("len", &self.0.state.borrow().text.len()).finish_non_exhaustive()
    }
}

/// An id that no other stream has: 16 random bytes; where the system has none, the time and a count.
pub(super) fn fresh_id() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut bytes = [0u8; 16];
    if getrandom::fill(&mut bytes).is_err() {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        bytes[..8].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        bytes[8..].copy_from_slice(&now.as_secs().to_be_bytes());
    }
    format!("stream_{}", hex(&bytes))
}
