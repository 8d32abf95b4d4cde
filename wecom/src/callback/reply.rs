//! Passive replies: the message that goes back in the answer to a callback.

use std::fmt::{self, Write as _};

use serde::Serialize;
use serde_json::{Value, json};

use super::{CallbackError, Format, Message, Notice};
use crate::value::Timestamp;

/// A reply, to be encrypted by [`Crypto::reply`](super::Crypto::reply). Made by [`Message`]'s methods.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a reply is sent when it is the callback's answer"]
pub struct PassiveReply(String);

impl PassiveReply {
    /// One that is written by hand: the XML or JSON.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl AsRef<str> for PassiveReply {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// Shows no content.
impl fmt::Debug for PassiveReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PassiveReply").field("len", &self.0.len()).finish_non_exhaustive()
    }
}

/// One entry of a reply of [news](Message::reply_news).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Article {
    /// 128 bytes; what is longer is cut.
    pub title: String,
    /// 512 bytes; what is longer is cut.
    pub description: String,
    /// Where a click leads.
    pub url: String,
    /// A picture, JPG or PNG: 640×320 looks well, small ones 80×80.
    pub pic_url: String,
}

impl Article {
    /// With a title and where a click leads.
    #[must_use]
    pub fn new(title: impl Into<String>, url: impl Into<String>) -> Self {
        Self { title: title.into(), url: url.into(), ..Self::default() }
    }

    /// A text below the title.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// A picture's address.
    #[must_use]
    pub fn picture(mut self, pic_url: impl Into<String>) -> Self {
        self.pic_url = pic_url.into();
        self
    }
}

/// The events that take a message as their answer, <https://developer.work.weixin.qq.com/document/path/90241>.
const ANSWERED: [&str; 8] = [
    "subscribe",
    "enter_agent",
    "location",
    "click",
    "view",
    "view_miniprogram",
    "scancode_waitmsg",
    "template_card_menu_event",
];

/// The event that takes an update of the card as its answer.
const CARD: &str = "template_card_event";

/// <https://developer.work.weixin.qq.com/document/path/90241>. Each of these is an error with the reason where the message takes
/// no such reply: third-party notices and most events take none, a click on a template card takes an update of the card alone.
impl Message {
    /// A text, 2048 bytes at most: what is longer is cut. For a robot only in answer to `enter_chat`.
    ///
    /// # Errors
    /// [`CallbackError::Reply`] when the message takes no such reply, [`CallbackError::Message`] when it cannot be read.
    pub fn reply_text(&self, content: impl AsRef<str>) -> Result<PassiveReply, CallbackError> {
        if self.format() == Format::Json {
            let reply = json!({"msgtype": "text", "text": {"content": content.as_ref()}});
            return match self.notice()?.event() {
                Some("enter_chat") => Ok(PassiveReply(reply.to_string())),
                _ => Err(refused(
                    "of a robot, only enter_chat takes a text; callback::robot writes its other replies",
                )),
            };
        }
        self.reply("text", |xml| xml.text("Content", content.as_ref()))
    }

    /// A picture, by the `media_id` of an upload.
    ///
    /// # Errors
    /// As [`reply_text`](Self::reply_text).
    pub fn reply_image(&self, media_id: impl AsRef<str>) -> Result<PassiveReply, CallbackError> {
        self.reply("image", |xml| xml.within("Image", |xml| xml.text("MediaId", media_id.as_ref())))
    }

    /// A voice message, by the `media_id` of an upload.
    ///
    /// # Errors
    /// As [`reply_text`](Self::reply_text).
    pub fn reply_voice(&self, media_id: impl AsRef<str>) -> Result<PassiveReply, CallbackError> {
        self.reply("voice", |xml| xml.within("Voice", |xml| xml.text("MediaId", media_id.as_ref())))
    }

    /// A video, by the `media_id` of an upload. Of the title 128 bytes are shown, of the description 512; both may be empty.
    ///
    /// # Errors
    /// As [`reply_text`](Self::reply_text).
    pub fn reply_video(
        &self,
        media_id: impl AsRef<str>,
        title: impl AsRef<str>,
        description: impl AsRef<str>,
    ) -> Result<PassiveReply, CallbackError> {
        self.reply("video", |xml| {
            xml.within("Video", |xml| {
                xml.text("MediaId", media_id.as_ref());
                xml.text("Title", title.as_ref());
                xml.text("Description", description.as_ref());
            });
        })
    }

    /// News with pictures.
    ///
    /// # Errors
    /// As [`reply_text`](Self::reply_text); without any article.
    pub fn reply_news(
        &self,
        articles: impl IntoIterator<Item = Article>,
    ) -> Result<PassiveReply, CallbackError> {
        let articles: Vec<_> = articles.into_iter().collect();
        if articles.is_empty() {
            return Err(refused("news need an article at the least"));
        }
        self.reply("news", |xml| {
            xml.plain("ArticleCount", articles.len());
            xml.within("Articles", |xml| {
                for article in &articles {
                    xml.within("item", |xml| {
                        xml.text("Title", &article.title);
                        xml.text("Description", &article.description);
                        xml.text("PicUrl", &article.pic_url);
                        xml.text("Url", &article.url);
                    });
                }
            });
        })
    }

    /// Another text on the button of the card that was clicked, which cannot be clicked any more, for who clicked it. For cards with
    /// buttons, votes and choices.
    ///
    /// # Errors
    /// As [`reply_text`](Self::reply_text); when no template card was clicked.
    pub fn reply_button(&self, replace_name: impl AsRef<str>) -> Result<PassiveReply, CallbackError> {
        self.reply("update_button", |xml| {
            xml.within("Button", |xml| xml.text("ReplaceName", replace_name.as_ref()));
        })
    }

    /// Another card in the place of the one that was clicked, for who clicked it: a template card as it is sent, with its `card_type`.
    ///
    /// # Errors
    /// As [`reply_text`](Self::reply_text); when no template card was clicked, or this is none.
    pub fn reply_card(&self, card: &impl Serialize) -> Result<PassiveReply, CallbackError> {
        let card = serde_json::to_value(card).map_err(|error| refused(&format!("no card: {error}")))?;
        if !card.get("card_type").is_some_and(Value::is_string) {
            return Err(refused("no card: it has no card_type"));
        }
        self.reply("update_template_card", |xml| xml.value("TemplateCard", &card))
    }

    fn reply(&self, msg_type: &str, content: impl FnOnce(&mut Xml)) -> Result<PassiveReply, CallbackError> {
        if self.format() == Format::Json {
            return Err(refused(
                "robots and hardware take JSON: callback::robot writes that of robots, PassiveReply::from_text takes any",
            ));
        }
        let notice = self.notice()?;
        takes(&notice, msg_type.starts_with("update_"))?;
        let (Some(from), Some(to)) = (notice.from_user(), notice.to_user()) else {
            return Err(refused("it does not say from whom and to whom it is"));
        };
        let mut xml = Xml(String::new());
        xml.within("xml", |xml| {
            xml.text("ToUserName", from);
            xml.text("FromUserName", to);
            xml.plain("CreateTime", Timestamp::now());
            xml.text("MsgType", msg_type);
            content(xml);
        });
        Ok(PassiveReply(xml.0))
    }
}

fn refused(why: &str) -> CallbackError {
    CallbackError::Reply(why.to_owned())
}

/// Whether a message takes a reply, or an update of a card.
fn takes(notice: &Notice, update: bool) -> Result<(), CallbackError> {
    let (msg_type, event, _, info_type) = notice.words();
    if !info_type.is_empty() {
        return Err(refused(&format!("a notice of {info_type} takes none: answer `success`")));
    }
    let is_event = msg_type == "event";
    let event = event.to_ascii_lowercase();
    match update {
        true if event == CARD => Ok(()),
        true => Err(refused("only a click on a template card takes an update of the card")),
        false if !is_event && !msg_type.is_empty() => Ok(()),
        false if ANSWERED.contains(&event.as_str()) => Ok(()),
        false => Err(refused(&format!("the event {event:?} takes none"))),
    }
}

/// XML that grows.
struct Xml(String);

impl Xml {
    fn within(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        let _ = write!(self.0, "<{name}>");
        content(self);
        let _ = write!(self.0, "</{name}>");
    }

    fn plain(&mut self, name: &str, value: impl fmt::Display) {
        let _ = write!(self.0, "<{name}>{value}</{name}>");
    }

    /// A section ends at the first `]]>`, whoever wrote it. What no XML may hold is replaced.
    fn text(&mut self, name: &str, text: &str) {
        let allowed = |c: char| {
            let refused = c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r') && c != '\u{7f}'
                || matches!(c, '\u{fffe}' | '\u{ffff}');
            if refused { '\u{fffd}' } else { c }
        };
        let text: String = text.chars().map(allowed).collect();
        let text = text.replace("]]>", "]]]]><![CDATA[>");
        let _ = write!(self.0, "<{name}><![CDATA[{text}]]></{name}>");
    }

    /// A card's JSON: the elements are named like the keys, with capitals, and lists are repeated elements.
    fn value(&mut self, name: &str, value: &Value) {
        match value {
            Value::Null => {}
            Value::String(text) => self.text(name, text),
            Value::Bool(_) | Value::Number(_) => self.plain(name, value),
            Value::Array(list) => list.iter().for_each(|element| self.value(name, element)),
            Value::Object(fields) => self.within(name, |xml| {
                for (key, value) in fields {
                    xml.value(&capitals(key), value);
                }
            }),
        }
    }
}

/// `icon_url` → `IconUrl`. Some keys are words that JSON writes together.
fn capitals(key: &str) -> String {
    match key {
        "keyname" => "KeyName".to_owned(),
        "userid" => "UserId".to_owned(),
        "appid" => "AppId".to_owned(),
        "pagepath" => "PagePath".to_owned(),
        "checkbox" => "CheckBox".to_owned(),
        _ => key
            .split('_')
            .flat_map(|word| {
                let mut letters = word.chars();
                let first = letters.next().map(|letter| letter.to_ascii_uppercase());
                first.into_iter().chain(letters)
            })
            .collect(),
    }
}
