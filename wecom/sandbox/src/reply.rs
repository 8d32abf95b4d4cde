//! What an application replies to a callback: encrypted XML, read as WeCom does.

use serde_json::Value;

use crate::push::{Keys, PushError, Pushed, decrypt, sign};
use crate::xml;

/// A passive reply, decrypted.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Reply {
    /// `ToUserName`: the member who gets it.
    pub to: String,
    /// `FromUserName`: the corp.
    pub from: String,
    /// What is shown.
    pub content: ReplyContent,
    /// The plaintext, XML or JSON.
    pub text: String,
}

/// What a reply shows.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ReplyContent {
    /// A text.
    Text(String),
    /// A picture, by its `media_id`.
    Image(String),
    /// A voice message, by its `media_id`.
    Voice(String),
    /// A video.
    Video {
        /// Of an upload.
        media_id: String,
        /// May be empty.
        title: String,
        /// May be empty.
        description: String,
    },
    /// News.
    News(Vec<ReplyArticle>),
    /// Another text on the button of the card that was clicked.
    UpdateButton(String),
    /// Another card in the place of the one that was clicked, as its elements stand.
    UpdateCard(Value),
    /// Something else, as its elements or its JSON stand.
    Other(Value),
}

/// One entry of news.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReplyArticle {
    /// Title.
    pub title: String,
    /// Text below.
    pub description: String,
    /// Where a click leads.
    pub url: String,
    /// A picture's address.
    pub pic_url: String,
}

impl Pushed {
    /// The reply, decrypted; none when there is none: an empty answer, or `success`.
    ///
    /// # Errors
    /// [`PushError::Reply`] when the answer is no reply that WeCom would take: neither envelope nor empty, a wrong signature, another
    /// key, another receiver.
    pub fn reply(&self) -> Result<Option<Reply>, PushError> {
        let body = self.body.trim();
        if body.is_empty() || body == "success" {
            return Ok(None);
        }
        let Some(keys) = &self.keys else { return Err(wrong("it was not pushed encrypted")) };
        opened(body, keys).map(Some).map_err(wrong)
    }
}

fn wrong(why: &str) -> PushError {
    PushError::Reply(why.to_owned())
}

fn opened(body: &str, keys: &Keys) -> Result<Reply, &'static str> {
    let (envelope, names) = match body.starts_with('{') {
        true => (serde_json::from_str(body).ok(), ["encrypt", "msgsignature", "timestamp", "nonce"]),
        false => (xml::read(body), ["Encrypt", "MsgSignature", "TimeStamp", "Nonce"]),
    };
    let envelope: Value = envelope.ok_or("neither XML nor JSON")?;
    let [encrypted, signature, timestamp, nonce] = names.map(|name| match &envelope[name] {
        Value::Null => String::new(),
        value => crate::call::text(value),
    });
    if encrypted.is_empty() {
        return Err("the envelope has no Encrypt");
    }
    if sign(&keys.token, &timestamp, &nonce, &encrypted) != signature {
        return Err("MsgSignature: wrong");
    }
    let (text, receiver) =
        decrypt(&keys.aes_key, &encrypted).ok_or("Encrypt: not by the key of this address")?;
    if receiver != keys.receive_id {
        return Err("it is encrypted for another receive id than the callback");
    }
    let value = match text.trim_start().starts_with('{') {
        true => serde_json::from_str(&text).map_err(|_| "the plaintext is no JSON")?,
        false => xml::read(&text).ok_or("the plaintext is no XML")?,
    };
    let word = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    Ok(Reply { to: word("ToUserName"), from: word("FromUserName"), content: content(&value), text })
}

fn content(value: &Value) -> ReplyContent {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match value["MsgType"].as_str().unwrap_or_default() {
        "text" => ReplyContent::Text(text(&value["Content"])),
        "image" => ReplyContent::Image(text(&value["Image"]["MediaId"])),
        "voice" => ReplyContent::Voice(text(&value["Voice"]["MediaId"])),
        "video" => {
            let video = &value["Video"];
            ReplyContent::Video {
                media_id: text(&video["MediaId"]),
                title: text(&video["Title"]),
                description: text(&video["Description"]),
            }
        }
        "news" => {
            let items = &value["Articles"]["item"];
            let items = items.as_array().map_or(std::slice::from_ref(items), Vec::as_slice);
            let article = |item: &Value| ReplyArticle {
                title: text(&item["Title"]),
                description: text(&item["Description"]),
                url: text(&item["Url"]),
                pic_url: text(&item["PicUrl"]),
            };
            ReplyContent::News(items.iter().filter(|item| item.is_object()).map(article).collect())
        }
        "update_button" => ReplyContent::UpdateButton(text(&value["Button"]["ReplaceName"])),
        "update_template_card" => ReplyContent::UpdateCard(value["TemplateCard"].clone()),
        _ => ReplyContent::Other(value.clone()),
    }
}
