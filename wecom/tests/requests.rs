//! What requests are made of: setters on their calls, contents of unions, and how they show themselves.
#![cfg(all(feature = "message", feature = "media", feature = "menu"))]

use serde_json::json;
use wecom::media::{MediaType, Upload};
use wecom::menu::{Button, Create, MenuAction, MenuKey, SubButton};
use wecom::message::{Send, SendContent, TemplateCard, Text, TextNotice};
use wecom::{Client, MediaFile, OneOf};

fn client() -> Client {
    Client::builder("ww1", "s").build().expect("builds")
}

#[test]
fn a_call_has_the_setters_of_its_request() {
    let call = client().message().send(Text::new("x")).agentid(7).touser(["a", "b"]).debug(true);
    let request = Send::new(Text::new("x")).agentid(7).touser(["a", "b"]).debug(true);
    assert_eq!(*call.request(), request);
    // What a setter of the call sets is set for good, also between others.
    let call = call.with(|request| request.touser(["c"])).toparty([1]);
    assert_eq!(*call.request(), request.touser(["c"]).toparty([1]));
}

fn notice() -> TextNotice {
    TextNotice::default().sub_title_text("t")
}

/// The union and what it is made of are the same value on the wire.
fn check<U: serde::Serialize + PartialEq + std::fmt::Debug>(made: impl OneOf<U>, whole: U) {
    let made = made.into_union();
    assert_eq!(made, whole);
    let json = serde_json::to_value(&made).expect("writes");
    assert_eq!(json, serde_json::to_value(&whole).expect("writes"));
}

#[test]
fn a_union_is_made_of_its_contents() {
    check(Text::new("x"), SendContent::Text(Text::new("x")));
    // Of the contents of a union within.
    let card = TemplateCard::TextNotice(notice());
    check(notice(), SendContent::TemplateCard(Box::new(card.clone())));
    check(card.clone(), SendContent::TemplateCard(Box::new(card.clone())));
    // Of itself.
    check(SendContent::from(card.clone()), SendContent::TemplateCard(Box::new(card)));
    let sent = serde_json::to_value(Send::new(notice())).expect("writes");
    assert_eq!(
        (&sent["msgtype"], &sent["template_card"]["card_type"]),
        (&json!("template_card"), &json!("text_notice"))
    );
}

/// Where variants hold the same type, each has a function.
#[test]
fn variants_of_one_type_are_told_by_name() {
    check(MenuAction::click("k"), MenuAction::Click(MenuKey::new("k")));
    check(MenuAction::location_select("k"), MenuAction::LocationSelect(MenuKey::new("k")));
    let button = serde_json::to_value(SubButton::new("n", MenuAction::pic_weixin("k"))).expect("writes");
    assert_eq!(button, json!({"name": "n", "type": "pic_weixin", "key": "k"}));
}

/// What travels beside the object of a request is shown and compared with it.
#[test]
fn what_stands_beside_the_object_is_seen() {
    let upload = |name: &str| Upload::new(MediaType::Image, MediaFile::from_bytes(name, "x"));
    let shown = format!("{:?}", upload("a.png"));
    assert!(shown.starts_with("Upload { type: Image, media: MediaFile { name: \"a.png\""), "{shown}");
    assert_eq!(upload("a.png"), upload("a.png"));
    assert_ne!(upload("a.png"), upload("b.png"));

    let menu = |agentid| Create::new(agentid, [Button::new("n")]);
    let shown = format!("{:?}", menu(7));
    assert!(shown.ends_with("], agentid: 7 }"), "{shown}");
    assert_ne!(menu(7), menu(8));

    // A parameter that is not set does not show.
    let message = Send::new(Text::new("x"));
    assert!(!format!("{message:?}").contains("debug"), "{message:?}");
    assert!(format!("{:?}", message.clone().debug(true)).contains("debug: true"));
    assert_ne!(message.clone(), message.debug(true));
}
