//! What is replied, and to what.

use md5::{Digest as _, Md5};

use crate::aibot::{
    Card, CardReply, CardUpdate, Feedback, PassiveReply as ToMessage, PassiveStream, StreamAndCard,
    StreamImage, StreamItem, StreamReply, TemplateCard, WelcomeReply,
};
use crate::callback::{CallbackError, PassiveReply};
use crate::events::robot::RobotEvent;
use crate::value::hex;

/// The largest content of a text, in bytes.
pub(super) const TEXT: usize = 20_480;
/// The longest id of a feedback, in bytes.
const FEEDBACK: usize = 256;
/// Pictures at the end of a stream.
const PICTURES: usize = 10;
const PICTURE: usize = 10 * 1024 * 1024;

/// A passive reply of a robot in URL mode. Made from the types of [`aibot`](crate::aibot) by `into()`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Reply {
    /// To a message, or to the refresh of a stream: a stream, a card, or both.
    Message(ToMessage),
    /// To `enter_chat`: a text or a card.
    Welcome(WelcomeReply),
    /// To a click on a card: another one in its place.
    Update(CardUpdate),
}

impl Reply {
    /// A markdown text: a stream that ends at once.
    pub fn markdown(content: impl Into<String>) -> Self {
        PassiveStream::new().id(super::stream::fresh_id()).finish(true).content(content).into()
    }

    /// Whether what came takes it.
    pub(super) fn check(&self, event: &RobotEvent) -> Result<(), CallbackError> {
        match (self, event) {
            (_, RobotEvent::FeedbackEvent(_) | RobotEvent::DisconnectedEvent(_)) => {
                refused("this event takes none: answer with an empty body")
            }
            (Self::Welcome(_), RobotEvent::EnterChat(_)) => Ok(()),
            (Self::Update(update), RobotEvent::TemplateCardEvent(click)) => {
                feedback(update.template_card.feedback.as_ref())?;
                check_update(update, &click.event.template_card_event.task_id).or_else(refused)
            }
            // What came may be newer than the spec: the server knows what it takes.
            (Self::Message(reply), RobotEvent::Unknown(_)) => message(reply),
            (Self::Welcome(_) | Self::Update(_), RobotEvent::Unknown(_)) => Ok(()),
            (Self::Welcome(_), _) => refused("only enter_chat takes a welcome"),
            (Self::Update(_), _) => refused("only a click on a card takes an update of the card"),
            (Self::Message(_), RobotEvent::EnterChat(_)) => {
                refused("enter_chat takes a welcome: a text or a card")
            }
            (Self::Message(_), RobotEvent::TemplateCardEvent(_)) => {
                refused("a click on a card takes an update of the card; other replies go to its response_url")
            }
            (Self::Message(ToMessage::TemplateCard(_)), RobotEvent::StreamRefresh(_)) => {
                refused("a refresh takes a stream, with a card at the most")
            }
            (Self::Message(reply), RobotEvent::StreamRefresh(refresh)) => {
                let other = stream(reply).and_then(|s| s.id.as_ref()).filter(|id| **id != refresh.stream.id);
                if other.is_some() {
                    return refused("stream.id: it is not that of the stream that is refreshed");
                }
                message(reply)
            }
            (Self::Message(reply), _) => {
                if stream(reply).is_some_and(|s| s.id.as_deref().is_none_or(str::is_empty)) {
                    return refused("stream.id: the first reply needs one, by which the rest is fetched");
                }
                message(reply)
            }
        }
    }

    pub(super) fn write(&self) -> Result<PassiveReply, CallbackError> {
        let json = match self {
            Self::Message(reply) => serde_json::to_string(reply),
            Self::Welcome(reply) => serde_json::to_string(reply),
            Self::Update(reply) => serde_json::to_string(reply),
        };
        json.map(PassiveReply::from_text).map_err(|error| CallbackError::Reply(error.to_string()))
    }
}

fn refused<T>(why: impl Into<String>) -> Result<T, CallbackError> {
    Err(CallbackError::Reply(why.into()))
}

fn stream(reply: &ToMessage) -> Option<&PassiveStream> {
    match reply {
        ToMessage::Stream(reply) => Some(&reply.stream),
        ToMessage::StreamWithTemplateCard(reply) => Some(&reply.stream),
        _ => None,
    }
}

/// The limits of a reply to a message.
fn message(reply: &ToMessage) -> Result<(), CallbackError> {
    let card = match reply {
        ToMessage::TemplateCard(reply) => Some(&reply.template_card),
        ToMessage::StreamWithTemplateCard(reply) => reply.template_card.as_ref(),
        _ => None,
    };
    feedback(card.and_then(|card| card.feedback.as_ref()))?;
    let Some(stream) = stream(reply) else { return Ok(()) };
    feedback(stream.feedback.as_ref())?;
    fits(stream.content.as_deref().unwrap_or_default().len())?;
    let items = stream.msg_item.as_deref().unwrap_or_default();
    if !items.is_empty() && stream.finish != Some(true) {
        return refused("stream.msg_item: pictures go with the end of a stream, `finish` true");
    }
    if items.len() > PICTURES {
        return refused(format!("stream.msg_item: {} pictures, more than {PICTURES}", items.len()));
    }
    for item in items {
        if let StreamItem::Image(image) = item {
            is_picture(&image.base64.0)?;
        }
    }
    Ok(())
}

pub(super) fn fits(len: usize) -> Result<(), CallbackError> {
    match len {
        len if len > TEXT => refused(format!("stream.content: {len} bytes, more than {TEXT}")),
        _ => Ok(()),
    }
}

fn feedback(feedback: Option<&Feedback>) -> Result<(), CallbackError> {
    match feedback.and_then(|f| f.id.as_ref()).map_or(0, String::len) {
        len if len > FEEDBACK => refused(format!("feedback.id: {len} bytes, more than {FEEDBACK}")),
        _ => Ok(()),
    }
}

fn is_picture(content: &[u8]) -> Result<(), CallbackError> {
    if content.len() > PICTURE {
        return refused(format!("image: {} bytes, more than {PICTURE}", content.len()));
    }
    if !content.starts_with(b"\x89PNG\r\n\x1a\n") && !content.starts_with(b"\xff\xd8\xff") {
        return refused("image: neither PNG nor JPG");
    }
    Ok(())
}

/// A picture for the end of a stream, JPG or PNG of at most 10 MB, with its MD5.
///
/// # Errors
/// [`CallbackError::Reply`] when it is too large, or another kind of file.
pub fn picture(content: impl Into<Vec<u8>>) -> Result<StreamImage, CallbackError> {
    let content = content.into();
    is_picture(&content)?;
    let digest = hex(&Md5::digest(&content));
    Ok(StreamImage::new(content, digest))
}

/// Gives a card the id of the one that was clicked, which an update must have.
pub(crate) fn for_click(update: &mut CardUpdate, clicked: &str) {
    let clicked = clicked.to_owned();
    match &mut update.template_card.card {
        Card::TextNotice(card) => card.task_id = Some(clicked),
        Card::NewsNotice(card) => card.task_id = Some(clicked),
        Card::ButtonInteraction(card) => card.task_id = clicked,
        Card::VoteInteraction(card) => card.task_id = clicked,
        Card::MultipleInteraction(card) => card.task_id = Some(clicked),
        Card::Unknown(_) => {}
    }
}

/// Why a card cannot be put in the place of the one that was clicked.
pub(crate) fn check_update(update: &CardUpdate, clicked: &str) -> Result<(), String> {
    let task_id = match &update.template_card.card {
        Card::TextNotice(card) => card.task_id.as_deref(),
        Card::NewsNotice(card) => card.task_id.as_deref(),
        Card::ButtonInteraction(card) => Some(&*card.task_id),
        Card::VoteInteraction(card) => Some(&*card.task_id),
        Card::MultipleInteraction(card) => card.task_id.as_deref(),
        Card::Unknown(card) => card.fields().get("task_id").and_then(|id| id.as_str()),
    };
    match task_id {
        Some(id) if id == clicked => Ok(()),
        _ => Err("template_card.task_id: it must be that of the card that was clicked".to_owned()),
    }
}

impl From<ToMessage> for Reply {
    fn from(reply: ToMessage) -> Self {
        Self::Message(reply)
    }
}

impl From<PassiveStream> for Reply {
    fn from(stream: PassiveStream) -> Self {
        Self::Message(StreamReply::new(stream).into())
    }
}

impl From<StreamReply> for Reply {
    fn from(reply: StreamReply) -> Self {
        Self::Message(reply.into())
    }
}

impl From<CardReply> for Reply {
    fn from(reply: CardReply) -> Self {
        Self::Message(reply.into())
    }
}

impl From<StreamAndCard> for Reply {
    fn from(reply: StreamAndCard) -> Self {
        Self::Message(reply.into())
    }
}

/// A card as the reply to a message; see [`WelcomeReply`] and [`CardUpdate`] for the others.
impl From<TemplateCard> for Reply {
    fn from(card: TemplateCard) -> Self {
        Self::Message(CardReply::new(card).into())
    }
}

impl From<WelcomeReply> for Reply {
    fn from(reply: WelcomeReply) -> Self {
        Self::Welcome(reply)
    }
}

impl From<CardUpdate> for Reply {
    fn from(update: CardUpdate) -> Self {
        Self::Update(update)
    }
}
