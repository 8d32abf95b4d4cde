//! The same with the types of the spec.

use super::stream::FEEDBACK;
use super::{Chat, Received, Robot, RobotError, fits};
use crate::aibot::{CardUpdate, Feedback, Push, PushTo, Reply, SendMsg, WelcomeReply};
use crate::callback::robot::{check_update, for_click};
use crate::events::robot::RobotEvent;

impl Received {
    /// The message or event as its type; what the spec does not have yet is [`RobotEvent::Unknown`].
    ///
    /// # Errors
    /// [`RobotError::Decode`], with the place of what is not as the spec has it.
    pub fn event(&self) -> Result<RobotEvent, RobotError> {
        RobotEvent::read(self.json()).map_err(|error| RobotError::Decode {
            command: self.msgtype().into(),
            message: error.to_string().into(),
        })
    }

    /// Replies with anything that the long connection takes: a card, a markdown text, a file, a stream that is written by hand.
    ///
    /// # Errors
    /// [`RobotError::Invalid`] for an event, and when a documented limit is broken; else [`RobotError`], whose
    /// [`may_have_been_delivered`](RobotError::may_have_been_delivered) says what that means for the receiver.
    pub async fn reply(&self, reply: impl Into<Reply>) -> Result<(), RobotError> {
        let reply = reply.into();
        if self.event_type().is_some() {
            let why = "an event takes no reply but a welcome or an update of its card: push instead";
            return Err(RobotError::invalid("aibot_respond_msg", why));
        }
        match &reply {
            Reply::Markdown(text) => {
                fits("markdown.content", &text.content)?;
                feedback(text.feedback.as_ref())?;
            }
            Reply::Stream(stream) => {
                fits("stream.content", stream.content.as_deref().unwrap_or_default())?;
                feedback(stream.feedback.as_ref())?;
            }
            Reply::TemplateCard(card) => feedback(card.feedback.as_ref())?,
            _ => {}
        }
        self.respond(&reply).await
    }

    /// Greets the user who has entered the chat, by a text or a card, within 5 seconds of the event `enter_chat`.
    ///
    /// # Errors
    /// [`RobotError::Invalid`] for anything but that event, else [`RobotError`].
    pub async fn welcome(&self, reply: impl Into<WelcomeReply>) -> Result<(), RobotError> {
        if self.event_type() != Some("enter_chat") {
            return Err(RobotError::invalid("aibot_respond_welcome_msg", "only `enter_chat` can be greeted"));
        }
        self.respond(&reply.into()).await
    }

    /// Puts another card in the place of the one that was clicked, with its `task_id`, within 5 seconds of the click.
    ///
    /// # Errors
    /// [`RobotError::Invalid`] for anything but a click on a card, else [`RobotError`].
    pub async fn update_card(&self, update: impl Into<CardUpdate>) -> Result<(), RobotError> {
        const CMD: &str = "aibot_respond_update_msg";
        if self.event_type() != Some("template_card_event") {
            return Err(RobotError::invalid(CMD, "only a click on a card takes an update of it"));
        }
        let mut update = update.into();
        feedback(update.template_card.feedback.as_ref())?;
        // Of a click that the crate cannot read, the card's own id stays.
        if let Ok(RobotEvent::TemplateCardEvent(click)) = self.event() {
            let clicked = &click.event.template_card_event.task_id;
            for_click(&mut update, clicked);
            check_update(&update, clicked).map_err(|why| RobotError::invalid(CMD, why))?;
        }
        self.respond(&update).await
    }
}

impl Robot {
    /// Pushes any message into a chat where somebody has written to the robot before.
    ///
    /// # Errors
    /// [`RobotError`]; [`may_have_been_delivered`](RobotError::may_have_been_delivered) says what that means for the receiver.
    pub async fn push(&self, chat: &Chat, message: impl Into<Push>) -> Result<(), RobotError> {
        let message = message.into();
        if let Push::Markdown(text) = &message {
            fits("markdown.content", &text.content)?;
            feedback(text.feedback.as_ref())?;
        }
        self.shared.limiter.pass("aibot_send_msg", "chat", chat.id()).await?;
        let kind = match chat {
            Chat::Single(_) => PushTo::Single,
            Chat::Group(_) => PushTo::Group,
        };
        self.send(&SendMsg::new(chat.id(), message).chat_type(kind)).await
    }
}

fn feedback(feedback: Option<&Feedback>) -> Result<(), RobotError> {
    match feedback.and_then(|f| f.id.as_ref()).map_or(0, String::len) {
        len if len > FEEDBACK => {
            Err(RobotError::invalid("feedback.id", format!("{len} bytes, more than {FEEDBACK}")))
        }
        _ => Ok(()),
    }
}
