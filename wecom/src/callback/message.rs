use std::fmt;

use serde_json::Value;

use super::{CallbackError, Decrypted, Format, Node, Notice};
use crate::{scrub, wire};

/// A callback that passed all checks, decrypted.
#[derive(Clone)]
pub struct Message {
    pub(super) opened: Decrypted,
    pub(super) format: Format,
    pub(super) to: String,
    pub(super) agent_id: String,
    pub(super) nonce: String,
}

impl Message {
    /// The plaintext, XML or JSON.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.opened.text
    }

    /// For whom it was meant: corp id, suite id, model id, or empty.
    #[must_use]
    pub fn receive_id(&self) -> &str {
        &self.opened.receive_id
    }

    /// How it was wrapped, and how a reply has to be.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// `ToUserName` of the envelope. It is not covered by the signature: do not decide by it.
    #[must_use]
    pub fn to(&self) -> &str {
        &self.to
    }

    /// `AgentID` of the envelope; may be empty. Not covered by the signature either.
    #[must_use]
    pub fn agent_id(&self) -> &str {
        &self.agent_id
    }

    /// The plaintext as a tree of XML elements.
    ///
    /// # Errors
    /// [`CallbackError::Message`] when it is not XML.
    pub fn xml(&self) -> Result<Node, CallbackError> {
        Node::parse(self.text()).map_err(CallbackError::Message)
    }

    /// The plaintext as JSON.
    ///
    /// # Errors
    /// [`CallbackError::Message`] when it is not JSON.
    pub fn json(&self) -> Result<Value, CallbackError> {
        wire::decode(self.text().as_bytes())
            .map_err(|failure| CallbackError::Message(scrub::without_value(&failure.message)))
    }

    /// The plaintext and its common fields, whether it is XML or JSON.
    ///
    /// # Errors
    /// [`CallbackError::Message`] when it is neither.
    pub fn notice(&self) -> Result<Notice, CallbackError> {
        if self.text().trim_start().starts_with('{') {
            return Ok(Notice::new(Node::from_json(&self.json()?)));
        }
        Ok(Notice::new(self.xml()?))
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("len", &self.text().len())
            .field("receive_id", &self.receive_id())
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}
