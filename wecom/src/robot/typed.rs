//! The same with the types of the spec.

use super::{Chat, Received, Robot, RobotError};
use crate::aibot::{Push, PushTo, SendMsg};
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
}

impl Robot {
    /// Pushes any message into a chat where somebody has written to the robot before.
    ///
    /// # Errors
    /// [`RobotError`]; [`may_have_been_delivered`](RobotError::may_have_been_delivered) says what that means for the receiver.
    pub async fn push(&self, chat: &Chat, message: impl crate::OneOf<Push>) -> Result<(), RobotError> {
        self.shared.limiter.pass("aibot_send_msg", "chat", chat.id()).await?;
        let kind = match chat {
            Chat::Single(_) => PushTo::Single,
            Chat::Group(_) => PushTo::Group,
        };
        self.send(&SendMsg::new(chat.id(), message).chat_type(kind)).await
    }
}
