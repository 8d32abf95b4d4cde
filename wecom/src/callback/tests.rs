//! The example of <https://developer.work.weixin.qq.com/document/path/90968>, our own round trips, and what strangers send.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use super::*;
use crate::token::Clock;
use crate::value::Timestamp;

const TOKEN: &str = "QDG6eK";
const KEY: &str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";
const CORP: &str = "wx5823bf96d3bd56c7";
const OFFICIAL: &str = "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==";
const QUERY: &str =
    "msg_signature=477715d11cdb4164915debcba66cb864d751f3e6&timestamp=1409659813&nonce=1372623149";

fn crypto() -> Crypto {
    Crypto::new(TOKEN, KEY, [CORP, "suite-1"]).expect("valid")
}

fn query() -> Query {
    Query::parse(QUERY).expect("complete")
}

/// A ciphertext of ours with a right signature.
fn signed(crypto: &Crypto, encrypt: &str) -> Query {
    let (timestamp, nonce) = ("1409659813".to_owned(), "n-1".to_owned());
    Query { msg_signature: crypto.signature(&timestamp, &nonce, encrypt), timestamp, nonce, echostr: None }
}

#[test]
fn the_official_example() {
    let body = format!(
        "<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><Encrypt><![CDATA[{OFFICIAL}]]></Encrypt><AgentID><![CDATA[218]]></AgentID></xml>"
    );
    let message = crypto().open(&query(), body.as_bytes()).expect("opens");
    assert_eq!((message.receive_id(), message.to(), message.agent_id()), (CORP, CORP, "218"));
    let notice = message.notice().expect("XML");
    assert_eq!(
        (notice.kind().as_str(), notice.from_user(), notice.get("Content")),
        ("text", Some("mycreate"), Some("hello"))
    );
    assert_eq!((notice.created(), notice.agent_id()), (Some(Timestamp(1_409_659_813)), Some(218)));
    // The same ciphertext in the place of an echo: whoever has seen it is not told what it says.
    let query = Query::parse(&format!("{QUERY}&echostr={}", OFFICIAL.replace('+', "%2B"))).expect("complete");
    assert_eq!(crypto().verify_url(&query), Err(CallbackError::Echo));
    // An echo, with its pluses escaped or not.
    let echo = crypto().encrypt_with([7; 16], "1616140317555161061", CORP);
    assert!(echo.contains('+'), "{echo}");
    let signature = crypto().signature("1", "n", &echo);
    for escaped in [echo.replace('+', "%2B").replace('=', "%3D").replace('/', "%2f"), echo] {
        let query = format!("?msg_signature={signature}&timestamp=1&nonce=n&echostr={escaped}&other=1");
        let query = Query::parse(&query).expect("complete");
        assert_eq!(crypto().verify_url(&query).expect("opens"), "1616140317555161061");
    }
}

#[test]
fn replies_open_again() {
    let crypto = crypto();
    for (format, receive_id, text) in [
        (Format::Xml, CORP, "<xml><Content><![CDATA[你好]]></Content></xml>"),
        (Format::Json, "suite-1", r#"{"msgtype":"text"}"#),
        (Format::Xml, CORP, ""),
        (Format::Xml, CORP, "x"),
    ] {
        let encrypt = crypto.encrypt(text, receive_id).expect("randomness");
        let body = crypto.sealed(format, &encrypt, 1_409_659_813, "n-1");
        let query = signed(&crypto, &encrypt);
        let message = crypto.open(&query, body.as_bytes()).expect("opens");
        assert_eq!((message.text(), message.receive_id(), message.format()), (text, receive_id, format));
        let reply = crypto.reply(&message, "answer").expect("randomness");
        let root = match format {
            Format::Xml => Node::parse(&reply).expect("XML"),
            Format::Json => Node::from_json(&serde_json::from_str(&reply).expect("JSON")),
        };
        let get = |name| root.get(name).expect("there");
        let opened = crypto
            .decrypt(get("MsgSignature"), get("TimeStamp"), get("Nonce"), get("Encrypt"))
            .expect("opens");
        assert_eq!(
            (opened.text.as_str(), opened.receive_id.as_str(), get("Nonce")),
            ("answer", receive_id, "n-1")
        );
    }
    // A robot of a corp has no receive id.
    let robot = Crypto::new(TOKEN, KEY, [""]).expect("valid");
    let encrypt = robot.encrypt("{}", "").expect("randomness");
    assert_eq!(
        robot
            .open(&signed(&robot, &encrypt), json!({"encrypt": encrypt}).to_string().as_bytes())
            .expect("opens")
            .text(),
        "{}"
    );
    // Fixed randomness: the same bytes each time, a multiple of 32 of them.
    assert_eq!(crypto.encrypt_with([7; 16], "abc", CORP), crypto.encrypt_with([7; 16], "abc", CORP));
    assert_eq!(
        crate::Base64::decode(&crypto.encrypt_with([7; 16], &"x".repeat(32 - 20), ""))
            .expect("base64")
            .0
            .len(),
        64
    );
}

/// The envelopes and plaintexts of robots (<https://developer.work.weixin.qq.com/document/path/101033>), of hardware
/// (<https://developer.work.weixin.qq.com/document/path/96062>) and of a third-party application's two addresses.
#[test]
fn every_kind_of_callback_is_opened_read_and_answered() {
    let robot = r#"{"msgid":"m1","create_time":1700000000,"aibotid":"b1","chattype":"single","from":{"userid":"zhangsan"},
        "msgtype":"event","event":{"eventtype":"enter_chat"}}"#;
    let device = r#"{"event_type":"device_online","device_sn":"SN1","timestamp":1700000001}"#;
    let text = r#"{"msgid":"m2","from":{"userid":"lisi"},"msgtype":"text","text":{"content":"你好"}}"#;
    let ticket = "<xml><SuiteId>suite-1</SuiteId><InfoType>suite_ticket</InfoType><TimeStamp>1700000002</TimeStamp>\
        <SuiteTicket>t</SuiteTicket></xml>";
    let message = "<xml><ToUserName>ww-corp</ToUserName><FromUserName>wangwu</FromUserName><CreateTime>1700000003</CreateTime>\
        <MsgType>text</MsgType><Content>x</Content><AgentID>7</AgentID></xml>";
    // One address that takes them all.
    let crypto =
        Crypto::new(TOKEN, KEY, ["", "ww-provider", "model-1", "suite-1", "ww-corp"]).expect("valid");
    for (receive_id, to, format, plain, kind, from, created) in [
        ("", "", Format::Json, robot, "event.enter_chat", Some("zhangsan"), Some(1_700_000_000)),
        ("", "", Format::Json, text, "text", Some("lisi"), None),
        ("ww-provider", "ww-provider", Format::Json, device, "", None, Some(1_700_000_001)),
        ("model-1", "model-1", Format::Json, device, "", None, Some(1_700_000_001)),
        ("suite-1", "suite-1", Format::Xml, ticket, "suite_ticket", None, Some(1_700_000_002)),
        ("ww-corp", "ww-corp", Format::Xml, message, "text", Some("wangwu"), Some(1_700_000_003)),
    ] {
        let encrypt = crypto.encrypt(plain, receive_id).expect("randomness");
        let body = match (format, to) {
            (Format::Xml, _) => {
                format!("<xml><ToUserName>{to}</ToUserName><Encrypt>{encrypt}</Encrypt></xml>")
            }
            (Format::Json, "") => json!({"encrypt": encrypt}).to_string(),
            (Format::Json, _) => json!({"tousername": to, "encrypt": encrypt}).to_string(),
        };
        let mut query = signed(&crypto, &encrypt);
        let opened = crypto.open(&query, body.as_bytes()).expect("opens");
        assert_eq!((opened.format(), opened.receive_id(), opened.to()), (format, receive_id, to));
        let notice = opened.notice().expect("reads");
        let seen = (notice.kind(), notice.from_user(), notice.created());
        assert_eq!(seen, (kind.to_owned(), from, created.map(Timestamp)), "{plain}");
        // The same address proves itself with this receive id.
        let echo = crypto.encrypt("1616140317555161061", receive_id).expect("randomness");
        query = Query { echostr: Some(echo.clone()), ..signed(&crypto, &echo) };
        assert_eq!(crypto.verify_url(&query).expect("opens"), "1616140317555161061");
        // The reply is sealed for who sent it, in its own way of writing the time.
        let reply = crypto.reply(&opened, "answer").expect("randomness");
        let (root, is_text) = match format {
            Format::Xml => (Node::parse(&reply).expect("XML"), true),
            Format::Json => {
                let reply: serde_json::Value = serde_json::from_str(&reply).expect("JSON");
                (Node::from_json(&reply), reply["timestamp"].is_string())
            }
        };
        assert_eq!(is_text, format == Format::Xml || !to.is_empty(), "{reply}");
        let get = |name| root.get(name).expect("there");
        let answer = crypto.decrypt(get("MsgSignature"), get("TimeStamp"), get("Nonce"), get("Encrypt"));
        let answer = answer.expect("opens");
        assert_eq!((&*answer.text, &*answer.receive_id, get("Nonce")), ("answer", receive_id, "n-1"));
    }
}

#[test]
fn each_check_says_that_it_failed() {
    let crypto = crypto();
    #[track_caller]
    fn fails(crypto: &Crypto, query: &Query, body: &str, expected: &str) {
        let error = crypto.open(query, body.as_bytes()).expect_err(expected);
        assert!(error.to_string().contains(expected), "{error}");
        let shown = format!("{error:?} {error}");
        assert!(!shown.contains("secret words") && !shown.contains(KEY) && !shown.contains(TOKEN), "{shown}");
    }
    let envelope = |encrypt: &str| json!({"encrypt": encrypt}).to_string();
    let with = |encrypt: &str| (signed(&crypto, encrypt), envelope(encrypt));
    let good = crypto.encrypt("secret words", CORP).expect("randomness");
    fails(&crypto, &query(), &envelope(&good), "signature is wrong");
    fails(&crypto, &Query::default(), &envelope(&good), "signature is wrong");
    let (query, body) = with("!!! not base64 !!!");
    fails(&crypto, &query, &body, "not base64");
    let (query, body) = with("aGVsbG8=");
    fails(&crypto, &query, &body, "not whole blocks");
    let (query, body) = with(&good[..64]);
    fails(&crypto, &query, &body, "the callback's plaintext has no valid");
    let other =
        Crypto::new(TOKEN, &KEY.replace('q', "p"), [CORP]).expect("valid").encrypt("secret words", CORP);
    let (query, body) = with(&other.expect("randomness"));
    fails(&crypto, &query, &body, "EncodingAESKey");
    let (query, body) = with(&crypto.encrypt("secret words", "ww-other").expect("randomness"));
    fails(&crypto, &query, &body, "is for \"ww-other\"");
    let (query, body) = with(&good);
    let (tail_query, tail) = (&query, &body);
    fails(&crypto.clone().body_limit(10), tail_query, tail, "more than 10");
    for body in [
        "",
        "<xml>",
        "{",
        "nonsense",
        "<xml></xml>",
        "{\"encrypt\":[]}",
        "<!DOCTYPE x [<!ENTITY a \"b\">]><xml/>",
        "<xml><Encrypt>&a;</Encrypt></xml>",
    ] {
        fails(&crypto, tail_query, body, "envelope cannot be read");
    }
    struct Fixed;
    impl Clock for Fixed {
        fn now(&self) -> Duration {
            Duration::from_secs(1_409_660_413)
        }
    }
    let strict = crypto.clone().clock(Fixed).replay_window(Duration::from_secs(300));
    fails(&strict, tail_query, tail, "600 seconds from now");
    assert!(strict.replay_window(Duration::from_secs(600)).open(tail_query, tail.as_bytes()).is_ok());
    for (text, missing) in [
        ("", "msg_signature"),
        ("msg_signature=1&nonce=2", "timestamp"),
        ("msg_signature=1&timestamp=1", "nonce"),
    ] {
        assert_eq!(Query::parse(text), Err(CallbackError::Parameter(missing)));
    }
    assert_eq!(crypto.verify_url(&self::query()), Err(CallbackError::Parameter("echostr")));
}

#[test]
fn impossible_settings_are_said_at_once() {
    for (token, key, ids, expected) in [
        ("", KEY, vec![CORP], "token is empty"),
        (TOKEN, "", vec![CORP], "43"),
        (TOKEN, &KEY[1..], vec![CORP], "43"),
        (TOKEN, "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2-", vec![CORP], "43"),
        (TOKEN, KEY, vec![], "no receive id"),
        ("QDG6eK\n", KEY, vec![CORP], "the token has a blank"),
        (TOKEN, "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C ", vec![CORP], "the EncodingAESKey has a blank"),
        (TOKEN, KEY, vec![CORP, " suite-1"], "a receive id has a blank"),
    ] {
        let error = Crypto::new(token, key, ids).expect_err(expected);
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn no_ciphertext_and_no_envelope_panics() {
    let crypto = crypto();
    let good = crypto.encrypt_with([3; 16], &"<xml/>".repeat(20), CORP);
    let body = crypto.sealed(Format::Xml, &good, 1, "n");
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap_or(0) % below.max(1)
    };
    for _ in 0..20_000 {
        let mut bytes = body.clone().into_bytes();
        for _ in 0..=random(4) {
            let at = random(bytes.len());
            match random(4) {
                0 => bytes.truncate(at),
                1 => drop(bytes.drain(at..(at + random(20)).min(bytes.len()))),
                2 => bytes.insert(at, b"<>&]![\"{}\0\xff"[random(11)]),
                _ => bytes[at] = u8::try_from(random(256)).unwrap_or(0),
            }
            if bytes.is_empty() {
                break;
            }
        }
        // As a stranger sends it; and with a right signature, so that decryption is reached.
        let _ = crypto.open(&query(), &bytes);
        if let Ok(envelope) = envelope::read(&bytes) {
            let _ = crypto.open(&signed(&crypto, &envelope.encrypt), &bytes);
        }
        if let Ok(node) = Node::parse(&String::from_utf8_lossy(&bytes)) {
            let _ = (node.to_value(), node.read::<BTreeMap<String, Vec<String>>>());
        }
    }
}

#[test]
fn trees() {
    let text = "\u{feff}<?xml version=\"1.0\"?>\n<xml>\n <!-- x --><A><![CDATA[a <b>]]> </A><B> 1 &amp; &#50; </B>\n <C/><D><E>1</E><E>2</E></D>\n <F a=\"1\"></F></xml>\n";
    let root = Node::parse(text).expect("XML");
    assert_eq!(
        root.to_value(),
        json!({"A": "a <b>", "B": "1 & 2", "C": "", "D": {"E": ["1", "2"]}, "F": ""})
    );
    assert_eq!((root.get("d.e"), root.get("D.X"), root.all("E").count()), (Some("1"), None, 0));
    assert_eq!(
        Node::from_json(&json!({"a": {"b": [1, true, {"c": null}]}})).to_value(),
        json!({"a": {"b": ["1", "true", {"c": ""}]}})
    );
    for bad in [
        "",
        "text",
        "<a>",
        "</a>",
        "<a></b>",
        "<a/><b/>",
        "<a>&nbsp;</a>",
        "<a>&#0;</a>",
        "<a",
        &"<a>".repeat(100),
    ] {
        assert!(Node::parse(bad).is_err(), "{bad}");
    }
}

/// What the generator will emit for events is read from elements like any other record.
#[test]
fn elements_are_read_as_records() {
    type Lists = BTreeMap<String, Vec<i64>>;
    let node = Node::parse("<xml><A>1</A><B>2</B><B>3</B><C></C></xml>").expect("XML");
    let lists: Lists = node.read().expect("reads");
    assert_eq!(lists, Lists::from([("A".into(), vec![1]), ("B".into(), vec![2, 3]), ("C".into(), vec![])]));
}

#[test]
fn nothing_secret_in_debug() {
    let crypto = crypto();
    let plain = "<xml><InfoType>suite_ticket</InfoType><SuiteId>s1</SuiteId><SuiteTicket>hush</SuiteTicket><TimeStamp>5</TimeStamp></xml>";
    let encrypt = crypto.encrypt(plain, CORP).expect("randomness");
    let message = crypto
        .open(&signed(&crypto, &encrypt), json!({"encrypt": encrypt}).to_string().as_bytes())
        .expect("opens");
    let notice = message.notice().expect("XML");
    assert_eq!(
        (notice.kind().as_str(), notice.suite_id(), notice.created()),
        ("suite_ticket", Some("s1"), Some(Timestamp(5)))
    );
    assert_eq!(notice.suite_ticket().expect("a ticket").expose(), "hush");
    let shown =
        format!("{crypto:?} {message:?} {notice:?} {:?} {:?}", notice.root(), crypto.decrypt("", "", "", ""));
    assert!(!shown.contains("hush") && !shown.contains(TOKEN) && !shown.contains(KEY), "{shown}");
}

/// wechatpy's answers with the same random bytes: to the last byte what ours are, apart from white space in the envelope.
#[test]
fn our_replies_are_those_of_another_implementation() {
    let vectors: serde_json::Value =
        serde_json::from_str(include_str!("../../tests/vectors/callbacks.json")).expect("JSON");
    for vector in vectors["replies"].as_array().expect("a list") {
        let get = |field: &str| vector[field].as_str().expect("a text");
        let crypto = Crypto::new(get("token"), get("key"), [get("receive_id")]).expect("valid");
        let random = get("random").as_bytes().try_into().expect("16 bytes");
        let encrypt = crypto.encrypt_with(random, get("text"), get("receive_id"));
        let timestamp = get("timestamp").parse().expect("seconds");
        let ours = crypto.sealed(Format::Xml, &encrypt, timestamp, get("nonce"));
        assert_eq!(ours, get("answer").replace('\n', ""), "{}", get("name"));
    }
    for vector in vectors["callbacks"].as_array().expect("a list").iter().filter(|v| v["random"].is_string())
    {
        let get = |field: &str| vector[field].as_str().expect("a text");
        let crypto = Crypto::new(get("token"), get("key"), [get("receive_id")]).expect("valid");
        let random = get("random").as_bytes().try_into().expect("16 bytes");
        let ours = crypto.encrypt_with(random, get("text"), get("receive_id"));
        assert_eq!(ours, get("encrypt"), "{}", get("name"));
    }
}
