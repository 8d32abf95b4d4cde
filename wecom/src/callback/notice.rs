use std::fmt;

use super::Node;
use crate::value::{Secret, Timestamp};

/// A decrypted callback, with the fields that most callbacks have. Everything else is in [`root`](Self::root).
///
/// The same event reads `MsgType=event` in a corp's own application and `InfoType` in a third-party one. Names are
/// looked up without regard to case, since JSON callbacks write them small.
#[derive(Clone, PartialEq)]
pub struct Notice {
    root: Node,
    words: [String; 4],
}

/// Events that the protocol does not write in small letters. Of messages, `location` is a type of its own.
const CAPITALS: [&str; 1] = ["LOCATION"];

impl Notice {
    pub(super) fn new(root: Node) -> Self {
        let mut notice = Self { root, words: Default::default() };
        let mut words = [notice.msg_type(), notice.event(), notice.change_type(), notice.info_type()]
            .map(|word| word.unwrap_or_default().to_ascii_lowercase());
        if let Some(capitals) = CAPITALS.into_iter().find(|word| word.eq_ignore_ascii_case(&words[1])) {
            words[1] = capitals.to_owned();
        }
        notice.words = words;
        notice
    }

    /// `MsgType`, `Event`, `ChangeType`, `InfoType` as the spec writes them, whatever the sender's letters; empty where absent.
    #[allow(dead_code)] // without any events
    pub(crate) fn words(&self) -> (&str, &str, &str, &str) {
        let [msg_type, event, change_type, info_type] = &self.words;
        (msg_type, event, change_type, info_type)
    }

    /// All elements.
    #[must_use]
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The text of an element, by its path: `ApprovalInfo.ThirdNo`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&str> {
        self.root.get(path)
    }

    /// A word of the protocol. Blanks around it, which official samples have, do not make another event of it.
    fn word(&self, path: &str) -> Option<&str> {
        self.get(path).map(str::trim)
    }

    /// `ToUserName`: the corp's id in messages.
    #[must_use]
    pub fn to_user(&self) -> Option<&str> {
        self.get("ToUserName")
    }

    /// `FromUserName`: the member who did it, or `sys`; of a robot's JSON `from.userid`.
    #[must_use]
    pub fn from_user(&self) -> Option<&str> {
        self.get("FromUserName").or_else(|| self.get("from.userid"))
    }

    /// When it happened: `CreateTime` or `TimeStamp`; of a robot's JSON `create_time`.
    #[must_use]
    pub fn created(&self) -> Option<Timestamp> {
        let text = ["CreateTime", "TimeStamp", "create_time"].into_iter().find_map(|name| self.get(name))?;
        text.parse().ok().map(Timestamp)
    }

    /// `MsgType`: `text`, `image`, …, `event`.
    #[must_use]
    pub fn msg_type(&self) -> Option<&str> {
        self.word("MsgType")
    }

    /// `Event`, of messages of type `event`; of a robot's JSON `event.eventtype`.
    #[must_use]
    pub fn event(&self) -> Option<&str> {
        let mut words = ["Event", "event.eventtype"].into_iter().filter_map(|path| self.word(path));
        words.find(|text| !text.is_empty())
    }

    /// `InfoType`, of third-party events.
    #[must_use]
    pub fn info_type(&self) -> Option<&str> {
        self.word("InfoType")
    }

    /// `ChangeType`, which distinguishes events of one name.
    #[must_use]
    pub fn change_type(&self) -> Option<&str> {
        self.word("ChangeType")
    }

    /// `EventKey`: what was clicked.
    #[must_use]
    pub fn event_key(&self) -> Option<&str> {
        self.get("EventKey")
    }

    /// `AgentID`: the application.
    #[must_use]
    pub fn agent_id(&self) -> Option<i64> {
        self.get("AgentID")?.parse().ok()
    }

    /// `SuiteId`: the third-party application.
    #[must_use]
    pub fn suite_id(&self) -> Option<&str> {
        self.get("SuiteId")
    }

    /// `AuthCorpId`: the corp that a third-party event is about.
    #[must_use]
    pub fn auth_corp_id(&self) -> Option<&str> {
        self.get("AuthCorpId")
    }

    /// The ticket of a `suite_ticket` event, for [`Suite::set_ticket`](crate::Suite::set_ticket).
    #[must_use]
    pub fn suite_ticket(&self) -> Option<Secret> {
        self.get("SuiteTicket").map(Secret::from)
    }

    /// What it is, in one word: `text`, `event.change_contact.create_user`, `suite_ticket`.
    #[must_use]
    pub fn kind(&self) -> String {
        let parts = [self.msg_type().or(self.info_type()), self.event(), self.change_type()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(".")
    }
}

impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notice")
            .field("kind", &self.kind())
            .field("from_user", &self.from_user())
            .finish_non_exhaustive()
    }
}
