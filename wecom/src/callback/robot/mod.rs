//! Robots (智能机器人) in URL mode: typed messages and events, and typed replies to them. With the features `callback` and `aibot`.
//!
//! WeCom pushes what users write to an address of yours, and the answer is the reply
//! (<https://developer.work.weixin.qq.com/document/path/101031>). A reply that grows is asked for again and again: [`Streams`] keeps
//! what is there by then, and answers. The same without an address is [`robot`](crate::robot), the long connection.
//!
//! ```
//! use wecom::callback::{CallbackError, Crypto, Query};
//! use wecom::callback::robot::Streams;
//!
//! # async fn answer(question: String) -> Vec<String> { vec![question] }
//! // POST. A corp's own robot has no receive id: `Crypto::new(token, key, [""])`.
//! fn receive(crypto: &Crypto, streams: &Streams, query: &str, body: &[u8]) -> Result<String, CallbackError> {
//!     let received = streams.open(crypto.open(&Query::parse(query)?, body)?)?;
//!     if let Some(reply) = received.refreshed() {
//!         return crypto.reply(&received.message, reply?);
//!     }
//!     let Some(question) = received.text().map(str::to_owned) else { return Ok(String::new()) };
//!     let mut stream = received.stream();
//!     let reply = received.reply(stream.due())?;
//!     tokio::spawn(async move {
//!         for piece in answer(question).await {
//!             stream.push(&piece)?;
//!         }
//!         Ok::<_, CallbackError>(stream.finish().await)
//!     });
//!     crypto.reply(&received.message, reply)
//! }
//! ```
//!
//! What has to wait longer than a stream lives goes to the `response_url` of the message, see [`respond`].

mod reply;
mod stream;
#[cfg(test)]
mod tests;

use std::fmt;

pub use reply::{Reply, picture};
#[cfg(feature = "robot")]
pub(crate) use reply::{check_update, for_click};
pub use stream::{Shown, StreamWriter, Streams};

use super::{CallbackError, Message, PassiveReply};
use crate::aibot::{CardUpdate, Response, ResponseContent, TemplateCard, WelcomeReply};
use crate::call::Call;
use crate::error::Error;
use crate::events::robot::RobotEvent;
use crate::token::Identity;
use crate::transport::{Handle, Transport};
use crate::value::Secret;

/// A message or an event of a robot, and the way to reply to it.
#[non_exhaustive]
pub struct Received {
    /// What came. Of what the crate does not know, or whose fields are not what the spec says, it is [`RobotEvent::Unknown`].
    pub event: RobotEvent,
    /// Why a known one could not be read as its type.
    pub mismatch: Option<CallbackError>,
    /// The decrypted callback.
    pub message: Message,
    streams: Streams,
}

/// The value of an expression for whichever kind of message it is.
macro_rules! of_messages {
    ($event:expr, $it:ident => $value:expr, else $other:expr) => {
        match $event {
            RobotEvent::FileMessage($it) => $value,
            RobotEvent::ImageMessage($it) => $value,
            RobotEvent::MixedMessage($it) => $value,
            RobotEvent::TextMessage($it) => $value,
            RobotEvent::VideoMessage($it) => $value,
            RobotEvent::VoiceMessage($it) => $value,
            _ => $other,
        }
    };
}

impl Received {
    fn read(message: Message, streams: Streams) -> Result<Self, CallbackError> {
        let (event, mismatch) = match RobotEvent::read(message.text()) {
            Ok(event) => (event, None),
            // No JSON at all is refused; what is not as the spec has it arrives as it is.
            Err(error) => (RobotEvent::Unknown(message.json()?), Some(error)),
        };
        Ok(Self { event, mismatch, message, streams })
    }

    /// What a text says, or what a voice message was understood as.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.event {
            RobotEvent::TextMessage(message) => Some(&message.text.content),
            RobotEvent::VoiceMessage(message) => Some(&message.voice.content),
            _ => None,
        }
    }

    /// Who wrote it or did it: a plain userid where the robot's creator is a super administrator, else an encrypted one.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        match &self.event {
            RobotEvent::EnterChat(event) => Some(&event.from_.userid),
            RobotEvent::FeedbackEvent(event) => Some(&event.from_.userid),
            RobotEvent::TemplateCardEvent(event) => Some(&event.from_.userid),
            RobotEvent::StreamRefresh(refresh) => Some(&refresh.from_.userid),
            other => of_messages!(other, message => Some(&message.from_.userid), else None),
        }
    }

    /// Where a later reply goes, once and within the hour, see [`respond`]. Messages and clicks on cards have one.
    #[must_use]
    pub fn response_url(&self) -> Option<&Secret> {
        match &self.event {
            RobotEvent::TemplateCardEvent(event) => event.response_url.as_ref(),
            other => of_messages!(other, message => message.response_url.as_ref(), else None),
        }
    }

    /// The reply to a refresh of a stream that [`Streams`] knows; nothing for everything else.
    #[must_use]
    pub fn refreshed(&self) -> Option<Result<PassiveReply, CallbackError>> {
        match &self.event {
            RobotEvent::StreamRefresh(refresh) => Some(self.reply(self.streams.answer(&refresh.stream.id)?)),
            _ => None,
        }
    }

    /// Begins a reply that grows. [`StreamWriter::due`] is the reply to this message; the rest is fetched by refreshes.
    pub fn stream(&self) -> StreamWriter {
        self.streams.begin()
    }

    /// A typed reply, held against what this message or event takes.
    ///
    /// # Errors
    /// [`CallbackError::Reply`] when it takes no such reply, or a documented limit is broken.
    pub fn reply(&self, reply: impl Into<Reply>) -> Result<PassiveReply, CallbackError> {
        let reply = reply.into();
        reply.check(&self.event)?;
        reply.write()
    }

    /// A markdown text of at most 20,480 bytes, as a stream that ends at once: URL mode has no other reply of text.
    ///
    /// # Errors
    /// As [`reply`](Self::reply).
    pub fn reply_markdown(&self, content: impl Into<String>) -> Result<PassiveReply, CallbackError> {
        self.reply(Reply::markdown(content))
    }

    /// Greets the user who has entered the chat, by a text or a card. Only for `enter_chat`.
    ///
    /// # Errors
    /// As [`reply`](Self::reply).
    pub fn welcome(&self, reply: impl Into<WelcomeReply>) -> Result<PassiveReply, CallbackError> {
        self.reply(reply.into())
    }

    /// Another card in the place of the one that was clicked, with its `task_id`. Only for clicks on cards.
    ///
    /// # Errors
    /// As [`reply`](Self::reply).
    pub fn update_card(&self, update: impl Into<CardUpdate>) -> Result<PassiveReply, CallbackError> {
        let mut update = update.into();
        if let RobotEvent::TemplateCardEvent(click) = &self.event {
            reply::for_click(&mut update, &click.event.template_card_event.task_id);
        }
        self.reply(update)
    }
}

/// Shows no content: messages are people's own.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("mismatch", &self.mismatch)
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

/// Replies later, by the `response_url` of a message or a click: once, and within an hour. The call goes to the transport's server,
/// and needs no token.
///
/// # Errors
/// [`Error::Config`] when it is no such address, else as for any call.
pub async fn respond(
    transport: &Transport,
    response_url: &Secret,
    content: impl Into<ResponseContent>,
) -> Result<(), Error> {
    let wrong =
        || Error::config("the response_url has no `response_code=`: it is none of a robot's callback");
    let url = reqwest::Url::parse(response_url.expose()).map_err(|_| wrong())?;
    let code = url.query_pairs().find(|(name, _)| name == "response_code").ok_or_else(wrong)?.1;
    let content: ResponseContent = content.into();
    let request = Response::new(Secret::from(&*code), content);
    Call::new(Handle::new(transport.clone(), Identity::Anonymous), request).await.map(|_| ())
}

impl From<&str> for WelcomeReply {
    fn from(content: &str) -> Self {
        Self::Text(crate::aibot::WelcomeText::new(content))
    }
}

impl From<String> for WelcomeReply {
    fn from(content: String) -> Self {
        Self::Text(crate::aibot::WelcomeText::new(content))
    }
}

/// For all who see the card.
impl From<TemplateCard> for CardUpdate {
    fn from(card: TemplateCard) -> Self {
        Self::new(crate::aibot::ResponseType::UpdateTemplateCard, card)
    }
}
