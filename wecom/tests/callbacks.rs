//! Callbacks as senders, gateways and strangers make them, and the replies to them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use wecom::callback::{Article, CallbackError, Crypto, Format, Message, Node, PassiveReply, Query};
use wecom::events::Event;
use wecom::token::Clock;

const KEY: &str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";
const CORP: &str = "ww0123456789abcdef";

fn crypto() -> Crypto {
    Crypto::new("tok", KEY, [CORP, "suite-1", ""]).expect("valid")
}

fn query(crypto: &Crypto, encrypt: &str) -> Query {
    let msg_signature = crypto.signature("1700000000", "n", encrypt);
    Query { msg_signature, timestamp: "1700000000".into(), nonce: "n".into(), echostr: None }
}

/// The whole way of a callback with this plaintext.
fn open_as(crypto: &Crypto, format: Format, text: &str, receive_id: &str) -> Result<Message, CallbackError> {
    let encrypt = crypto.encrypt(text, receive_id).expect("randomness");
    let body = crypto.sealed(format, &encrypt, 1_700_000_000, "n");
    crypto.open(&query(crypto, &encrypt), body.as_bytes())
}

fn open(text: &str) -> Message {
    open_as(&crypto(), Format::Xml, text, CORP).expect("opens")
}

/// `App Click`: the group and the type.
fn name(text: &str) -> String {
    let shown = format!("{:?}", Event::read(&open(text).notice().expect("reads")).expect("an event"));
    shown.split('(').take(2).collect::<Vec<_>>().join(" ")
}

/// Errors go into logs, and what people wrote does not.
#[test]
fn an_error_does_not_repeat_the_message() {
    for (text, place) in [
        ("<xml><MsgType>text</MsgType><CreateTime>call 13800000000</CreateTime></xml>", "CreateTime"),
        (
            "<xml><MsgType>event</MsgType><Event>location</Event><CreateTime>1</CreateTime><Latitude>13800000000 call</Latitude></xml>",
            "Latitude",
        ),
        (r#"{"msgtype":"text","create_time":"call 13800000000"}"#, ""),
    ] {
        let notice = open(text).notice().expect("reads");
        let error = match Event::read(&notice) {
            Err(error) => error.to_string(),
            Ok(_) => open(text).json().map_or_else(|error| error.to_string(), |_| String::new()),
        };
        assert!(error.contains(place) && !error.contains("13800000000"), "{text}: {error}");
    }
    let node = open("<xml><Phone>call 13800000000</Phone></xml>").xml().expect("XML");
    #[derive(Debug, serde::Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Own {
        #[allow(dead_code)]
        phone: u64,
    }
    let error = node.read::<Own>().expect_err("no number").to_string();
    assert!(error.contains("string, expected u64") && !error.contains("13800000000"), "{error}");
}

/// A corp that authorises after the service was started.
#[test]
fn receive_ids_can_be_judged_when_they_come() {
    let plain = "<xml><MsgType>event</MsgType><Event>change_app_admin</Event></xml>";
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let any = Crypto::any("tok", KEY).expect("valid");
    let judged = Crypto::accepting("tok", KEY, move |id| {
        seen.lock().expect("no panic").push(id.to_owned());
        id == "wpCORPxxxx"
    });
    let judged = judged.expect("valid");
    for (receive_id, of_any, of_judge) in [
        ("wpCORPxxxx", true, true),
        ("wx-suite-id", true, false),
        ("", true, false),
        ("no id <", false, false),
    ] {
        for (crypto, expected) in [(&any, of_any), (&judged, of_judge)] {
            let opened = open_as(crypto, Format::Xml, plain, receive_id);
            match opened {
                Ok(message) => assert!(expected && message.receive_id() == receive_id, "{receive_id}"),
                Err(error) => {
                    assert!(
                        !expected && matches!(error, CallbackError::ReceiveId { .. }),
                        "{receive_id}: {error}"
                    );
                }
            }
        }
    }
    // It is not asked about what has a wrong signature.
    let count = asked.lock().expect("no panic").len();
    let other = Crypto::any("other-token", KEY).expect("valid");
    let encrypt = other.encrypt(plain, "wpCORPxxxx").expect("randomness");
    let body = other.sealed(Format::Xml, &encrypt, 1, "n");
    assert_eq!(judged.open(&query(&other, &encrypt), body.as_bytes()).err(), Some(CallbackError::Signature));
    assert_eq!(asked.lock().expect("no panic").len(), count);
    assert!(!format!("{judged:?} {any:?}").contains("tok"), "{judged:?}");
}

#[test]
fn indentation_is_no_content_and_case_is_passed_over() {
    let text = "<xml>\n  <MsgType>\n    <![CDATA[text]]>\n  </MsgType>\n  <FromUserName>\n    <![CDATA[lisi]]>\n  </FromUserName>\n\
        <ToUserName>ww</ToUserName>  <CreateTime>1</CreateTime><Content>\n    <![CDATA[ on my\n way ]]>\n  </Content>\n\
        <MsgId>1</MsgId><AgentID> 218 </AgentID>\n</xml>";
    let notice = open(text).notice().expect("reads");
    assert_eq!((notice.kind().as_str(), notice.from_user()), ("text", Some("lisi")));
    assert_eq!((notice.get("Content"), notice.agent_id()), (Some(" on my\n way "), Some(218)));
    let event = |event: &str, more: &str| {
        format!(
            "<xml><ToUserName>ww</ToUserName><FromUserName>u</FromUserName><CreateTime>1</CreateTime>\
             <MsgType>event</MsgType><Event>{event}</Event>{more}<AgentID>1</AgentID></xml>"
        )
    };
    let key = "<EventKey>k</EventKey>";
    let place = "<Latitude>1.5</Latitude><Longitude>2.5</Longitude><Precision>3</Precision>";
    for (word, more) in [("click", key), ("LOCATION", place), ("enter_agent", key)] {
        let expected = name(&event(word, more));
        assert!(!expected.starts_with("Unknown"), "{expected}");
        for word in [word.to_uppercase(), word.to_lowercase()] {
            assert_eq!(name(&event(&word, more)), expected);
        }
    }
    // Elements, too, and those of unions and of lists that are wrapped.
    let member = |text: &str| Event::read(&open(text).notice().expect("reads")).expect("an event");
    let plain = "<xml><ToUserName>ww</ToUserName><FromUserName>sys</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType>\
        <Event>change_contact</Event><ChangeType>create_user</ChangeType><UserID>z</UserID><ExtAttr><Item><Name>a</Name>\
        <Type>0</Type><Text><Value>v</Value></Text></Item></ExtAttr></xml>";
    let shown = |text: &str| format!("{:?}", member(text));
    for (from, to) in [("UserID", "UserId"), ("ExtAttr", "Extattr"), ("Item>", "item>"), ("Type>0", "type>0")]
    {
        let to = if from == "Type>0" {
            plain.replace("<Type>0</Type>", "<type>0</type>")
        } else {
            plain.replace(from, to)
        };
        assert_eq!(shown(&to), shown(plain), "{from}");
    }
    assert!(shown(plain).contains("\"v\"") && shown(plain).contains("\"z\""), "{}", shown(plain));
}

/// A ciphertext whose text was cut in the middle of a character.
#[test]
fn a_text_that_is_cut_is_not_lost() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/callbacks.json");
    let vectors: Value =
        serde_json::from_str(&std::fs::read_to_string(folder).expect("reads")).expect("JSON");
    let cut = vectors["callbacks"].as_array().expect("a list").iter();
    let cut = cut.filter(|vector| vector["name"] == "half a character").collect::<Vec<_>>();
    let [vector] = cut[..] else { panic!("one such vector") };
    let text = |name: &str| vector[name].as_str().expect("a text").to_owned();
    let crypto = Crypto::new(text("token"), &text("key"), [text("receive_id")]).expect("valid");
    let query = Query {
        msg_signature: text("msg_signature"),
        timestamp: text("timestamp"),
        nonce: text("nonce"),
        echostr: None,
    };
    let body = text("body").replace("{ENCRYPT}", &text("encrypt"));
    assert_eq!(crypto.open(&query, body.as_bytes()).expect("opens").text(), "\u{fffd}");
}

#[test]
fn the_address_check_echoes_echoes_alone() {
    let crypto = crypto();
    for (text, expected) in [
        ("1616140317555161061", true),
        ("aB-_.+/=", true),
        ("", false),
        ("<xml><SuiteTicket>t</SuiteTicket></xml>", false),
        ("{\"a\":1}", false),
        ("two words", false),
        ("line\n", false),
        ("你好", false),
        (&"1".repeat(129), false),
    ] {
        let echo = crypto.encrypt(text, CORP).expect("randomness");
        let query = Query { echostr: Some(echo.clone()), ..query(&crypto, &echo) };
        let answered = crypto.verify_url(&query);
        assert_eq!(answered, if expected { Ok(text.to_owned()) } else { Err(CallbackError::Echo) });
    }
}

struct At(u64);

impl Clock for At {
    fn now(&self) -> Duration {
        Duration::from_secs(self.0)
    }
}

/// The signature does not tell the timestamp from the nonce; the time within the message cannot be exchanged.
#[test]
fn the_replay_window_looks_at_the_message_itself() {
    let (old, now) = ("1409735669", 1_795_999_990);
    let strict = crypto().replay_window(Duration::from_secs(300)).clock(At(now));
    let open = |plain: &str, timestamp: &str, nonce: &str| {
        let encrypt = strict.encrypt(plain, CORP).expect("randomness");
        let msg_signature = strict.signature(old, "1795999999", &encrypt);
        let query = Query { msg_signature, timestamp: timestamp.into(), nonce: nonce.into(), echostr: None };
        strict.open(&query, format!("<xml><Encrypt>{encrypt}</Encrypt></xml>").as_bytes())
    };
    let of = |element: &str, time: &str| format!("<xml><{element}>{time}</{element}></xml>");
    for (plain, timestamp, nonce, fresh) in [
        (of("CreateTime", old), old, "1795999999", false),
        (of("CreateTime", old), "1795999999", old, false),
        (of("TimeStamp", old), "1795999999", old, false),
        (of("CreateTime", "1795999700"), "1795999999", old, true),
        (of("Other", "1"), "1795999999", old, true),
    ] {
        let opened = open(&plain, timestamp, nonce);
        assert_eq!(opened.is_ok(), fresh, "{plain} {timestamp}: {opened:?}");
        assert!(fresh || matches!(opened, Err(CallbackError::Stale { .. })), "{opened:?}");
    }
}

#[test]
fn what_cannot_be_a_signature_is_refused_before_anything_is_read() {
    let crypto = crypto();
    let encrypt = crypto.encrypt("<xml/>", CORP).expect("randomness");
    let right = crypto.signature("1700000000", "n", &encrypt);
    let body = crypto.sealed(Format::Xml, &encrypt, 1, "n");
    for (signature, expected) in [
        (right.clone(), true),
        (right.to_uppercase(), true),
        (format!(" {right} "), true),
        (String::new(), false),
        (right[..39].to_owned(), false),
        (format!("{right}0"), false),
        ("g".repeat(40), false),
    ] {
        let query = Query { msg_signature: signature.clone(), ..query(&crypto, &encrypt) };
        assert_eq!(crypto.open(&query, body.as_bytes()).is_ok(), expected, "{signature:?}");
        // Not even what is no envelope is looked at.
        let outcome = crypto.open(&query, b"<not an envelope");
        assert_eq!(outcome.err() == Some(CallbackError::Signature), !expected, "{signature:?}");
    }
}

const TEXT: &str = "<xml><ToUserName>ww-corp</ToUserName><FromUserName>zhang]]>san</FromUserName><CreateTime>1</CreateTime>\
    <MsgType>text</MsgType><Content>x</Content><MsgId>1</MsgId><AgentID>1</AgentID></xml>";

fn event(event: &str) -> String {
    TEXT.replace("<MsgType>text</MsgType>", &format!("<MsgType>event</MsgType><Event>{event}</Event>"))
}

/// A reply as who gets it reads it.
fn read(message: &Message, reply: &PassiveReply) -> Value {
    let sealed = crypto().reply(message, reply).expect("randomness");
    let root = Node::parse(&sealed).expect("XML");
    let get = |name: &str| root.get(name).expect("is there");
    let opened = crypto().decrypt(get("MsgSignature"), get("TimeStamp"), get("Nonce"), get("Encrypt"));
    let mut value = Node::parse(&opened.expect("opens").text).expect("XML").to_value();
    let created = value["CreateTime"].take();
    assert!(created.as_str().is_some_and(|text| text.parse::<i64>().is_ok_and(|time| time > 1_700_000_000)));
    value.as_object_mut().expect("an object").remove("CreateTime");
    value
}

#[test]
fn replies_are_typed() {
    let message = open(TEXT);
    let nasty = "a <b> & ]]> \u{1}\u{8} 你好\n";
    let says = |reply: Result<PassiveReply, CallbackError>, expected: Value| {
        let mut whole = json!({"ToUserName": "zhang]]>san", "FromUserName": "ww-corp"});
        whole.as_object_mut().expect("an object").extend(expected.as_object().expect("an object").clone());
        assert_eq!(read(&message, &reply.expect("takes one")), whole);
    };
    says(
        message.reply_text(nasty),
        json!({"MsgType": "text", "Content": "a <b> & ]]> \u{fffd}\u{fffd} 你好\n"}),
    );
    says(message.reply_image("m"), json!({"MsgType": "image", "Image": {"MediaId": "m"}}));
    says(message.reply_voice("m"), json!({"MsgType": "voice", "Voice": {"MediaId": "m"}}));
    says(
        message.reply_video("m", "t", ""),
        json!({"MsgType": "video", "Video": {"MediaId": "m", "Title": "t", "Description": ""}}),
    );
    let articles =
        [Article::new("one", "https://a").description("d").picture("https://p"), Article::new("two", "")];
    says(
        message.reply_news(articles),
        json!({"MsgType": "news", "ArticleCount": "2", "Articles": {"item": [
            {"Title": "one", "Description": "d", "PicUrl": "https://p", "Url": "https://a"},
            {"Title": "two", "Description": "", "PicUrl": "", "Url": ""},
        ]}}),
    );
    let clicked = open(&event("template_card_event"));
    let update = read(&clicked, &clicked.reply_button("done").expect("takes one"));
    assert_eq!(
        (&update["MsgType"], &update["Button"]["ReplaceName"]),
        (&json!("update_button"), &json!("done"))
    );
    let card = json!({
        "card_type": "vote_interaction", "source": {"icon_url": "u", "desc_color": 1}, "main_title": {"title": "t"},
        "horizontal_content_list": [{"keyname": "k", "type": 3, "userid": "u"}, {"keyname": "l", "quote_text": null}],
        "card_action": {"type": 2, "appid": "a", "pagepath": "p"},
        "checkbox": {"question_key": "q", "option_list": [{"id": "1", "is_checked": true}]},
    });
    let update = read(&clicked, &clicked.reply_card(&card).expect("takes one"));
    assert_eq!(update["MsgType"], "update_template_card");
    assert_eq!(
        update["TemplateCard"],
        json!({
            "CardType": "vote_interaction", "Source": {"IconUrl": "u", "DescColor": "1"}, "MainTitle": {"Title": "t"},
            "HorizontalContentList": [{"KeyName": "k", "Type": "3", "UserId": "u"}, {"KeyName": "l"}],
            "CardAction": {"Type": "2", "AppId": "a", "PagePath": "p"},
            "CheckBox": {"QuestionKey": "q", "OptionList": {"Id": "1", "IsChecked": "true"}},
        })
    );
    assert!(!format!("{:?}", message.reply_text("hush")).contains("hush"));
}

/// Where the documentation has no reply, there is none: it says why instead of being dropped without a word.
#[test]
fn a_reply_that_nobody_would_get_is_an_error() {
    for (plain, takes, updates) in [
        (TEXT.to_owned(), true, false),
        (TEXT.replace("text</MsgType>", "image</MsgType>"), true, false),
        (event("enter_agent"), true, false),
        (event("CLICK"), true, false),
        (event("LOCATION"), true, false),
        (event("template_card_menu_event"), true, false),
        (event("template_card_event"), false, true),
        (event("change_contact"), false, false),
        (event("batch_job_result"), false, false),
        ("<xml><InfoType>suite_ticket</InfoType><SuiteId>s</SuiteId></xml>".to_owned(), false, false),
        ("<xml><MsgType>text</MsgType></xml>".to_owned(), false, false),
    ] {
        let message = open(&plain);
        let text = message.reply_text("x");
        assert_eq!(text.is_ok(), takes, "{plain}: {text:?}");
        for reply in [
            message.reply_image("m"),
            message.reply_voice("m"),
            message.reply_video("m", "", ""),
            message.reply_news([Article::new("a", "b")]),
        ] {
            assert_eq!(reply.is_ok(), takes, "{plain}: {reply:?}");
        }
        for reply in [message.reply_button("x"), message.reply_card(&json!({"card_type": "text_notice"}))] {
            assert_eq!(reply.is_ok(), updates, "{plain}: {reply:?}");
            assert!(updates || matches!(reply, Err(CallbackError::Reply(_))), "{plain}: {reply:?}");
        }
    }
    let clicked = open(&event("template_card_event"));
    for wrong in [json!({}), json!("text"), json!({"card_type": 1})] {
        assert!(matches!(clicked.reply_card(&wrong), Err(CallbackError::Reply(_))), "{wrong}");
    }
    assert!(open(TEXT).reply_news([]).is_err());
    // Robots are greeted with a text, and answered in ways of their own otherwise.
    let robot = |event: &str| {
        let text =
            json!({"msgtype": "event", "event": {"eventtype": event}, "from": {"userid": "u"}}).to_string();
        open_as(&crypto(), Format::Json, &text, "").expect("opens")
    };
    let greeting = robot("enter_chat").reply_text("你好").expect("takes one");
    let greeting: Value = serde_json::from_str(greeting.as_ref()).expect("JSON");
    assert_eq!(greeting, json!({"msgtype": "text", "text": {"content": "你好"}}));
    assert!(
        robot("feedback_event").reply_text("x").is_err() && robot("enter_chat").reply_image("m").is_err()
    );
}
