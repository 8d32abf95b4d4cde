//! Mutated callbacks: whatever is sent, nothing panics, nothing grows without bound, no entity is expanded.
//!
//! `WECOM_MUTATIONS=1000000` sets how many, instead of 20,000; `WECOM_MUTATIONS_SEED` begins elsewhere.

use std::time::Instant;

use wecom::callback::{CallbackError, Crypto, Query};
use wecom::events::Event;

const TOKEN: &str = "QDG6eK";
const KEY: &str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";
const CORP: &str = "ww1";

/// Plaintexts to begin with: each shape that the reader tells apart.
const PLAIN: [&str; 6] = [
    "<xml><ToUserName><![CDATA[ww1]]></ToUserName><FromUserName>u</FromUserName><CreateTime>1348831860</CreateTime>\
     <MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好 <b>]]></Content><MsgId>12</MsgId><AgentID>1</AgentID></xml>",
    "<xml><InfoType>suite_ticket</InfoType><SuiteId>s</SuiteId><SuiteTicket>t</SuiteTicket><TimeStamp>5</TimeStamp></xml>",
    "<xml><ToUserName>ww1</ToUserName><FromUserName>sys</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType>\
     <Event>change_contact</Event><ChangeType>create_user</ChangeType><UserID>z</UserID><Department>1,2</Department>\
     <IsLeaderInDept>1,0</IsLeaderInDept><Gender>1</Gender><Status>1</Status><ExtAttr><Item><Name>a</Name><Type>0</Type>\
     <Text><Value>v</Value></Text></Item><Item><Name>b</Name><Type>1</Type><Web><Title>t</Title><Url>u</Url></Web></Item>\
     </ExtAttr></xml>",
    "<xml><MsgType>event</MsgType><Event>open_approval_change</Event><ApprovalInfo><ThirdNo>1</ThirdNo><ApprovalNodes>\
     <ApprovalNode><NodeStatus>1</NodeStatus><Items><Item><ItemName>n</ItemName></Item></Items></ApprovalNode>\
     </ApprovalNodes></ApprovalInfo></xml>",
    "<?xml version=\"1.0\"?><xml a=\"1\"><!-- c --><MsgType>event</MsgType><Event>location</Event><Latitude>23.1</Latitude>\
     <Longitude>&#49;&amp;</Longitude><Precision/></xml>",
    "{\"msgtype\":\"event\",\"event\":{\"eventtype\":\"x\"},\"list\":[1,true,null,{\"a\":\"\\u4f60\"}],\"n\":1.5e300}",
];

/// Pieces that parsers stumble over.
const NASTY: [&str; 26] = [
    "<",
    ">",
    "&",
    ";",
    "]]>",
    "<![CDATA[",
    "<!--",
    "-->",
    "<?",
    "&#x110000;",
    "&#0;",
    "&amp;",
    "&lt;",
    "&a;",
    "<!DOCTYPE x [<!ENTITY a \"aaaa\">]>",
    "</xml>",
    "<xml>",
    "\"",
    "{",
    "[",
    "\\u0000",
    "\0",
    "\u{feff}",
    "18446744073709551616",
    "-1",
    "1e999",
];

/// xorshift64*: the same sequence from the same seed everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).unwrap_or(0) % limit.max(1)
    }

    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        // Mostly one: what is quite broken ends at the first check.
        let often = if self.below(3) == 0 { 1 + self.below(4) } else { 1 };
        for _ in 0..often {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(24)).min(bytes.len());
            match self.below(8) {
                0 => bytes.truncate(at),
                1 => drop(bytes.drain(at..end)),
                2 => drop(bytes.splice(at..at, NASTY[self.below(NASTY.len())].bytes())),
                3 => {
                    let again = bytes[at..end].repeat(self.below(4));
                    drop(bytes.splice(at..at, again));
                }
                4 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                5 if at < bytes.len() => bytes[at] = self.below(256) as u8,
                // Well-formed as before, but not what the field should hold.
                6 if bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) => {
                    bytes[at] = b"x0-9"[self.below(4)]
                }
                _ => {
                    bytes.rotate_left(at);
                }
            }
        }
    }
}

struct Fuzz {
    crypto: Crypto,
    random: Random,
    opened: usize,
    read: usize,
}

impl Fuzz {
    fn new(seed: u64) -> Self {
        let crypto = Crypto::new(TOKEN, KEY, [CORP]).expect("valid").body_limit(64 * 1024);
        Self { crypto, random: Random(seed | 1), opened: 0, read: 0 }
    }

    fn signed(&self, encrypt: &str) -> Query {
        let msg_signature = self.crypto.signature("1409659813", "n", encrypt);
        Query {
            msg_signature,
            timestamp: "1409659813".into(),
            nonce: "n".into(),
            echostr: Some(encrypt.into()),
        }
    }

    fn open(&mut self, query: &Query, body: &[u8]) {
        let Ok(message) = self.crypto.open(query, body) else { return };
        self.opened += 1;
        let (_, _, Ok(notice)) = (message.xml(), message.json(), message.notice()) else { return };
        let _ = (notice.kind(), notice.created(), notice.agent_id(), notice.suite_ticket());
        let _ = (notice.root().to_value(), format!("{notice:?} {:?}", notice.root()));
        if Event::read(&notice).is_ok() {
            self.read += 1;
        }
    }

    /// One callback, mutated where the number says: a plaintext before it is encrypted, so that everything behind the
    /// checks meets it; a ciphertext with a right signature; or the body, as strangers send it.
    fn step(&mut self, number: usize) {
        let plain = PLAIN[self.random.below(PLAIN.len())];
        match number % 4 {
            0 | 1 => {
                let mut bytes = plain.as_bytes().to_vec();
                self.random.mutate(&mut bytes);
                let encrypt =
                    self.crypto.encrypt(&String::from_utf8_lossy(&bytes), CORP).expect("randomness");
                let query = self.signed(&encrypt);
                self.open(&query, format!("<xml><Encrypt>{encrypt}</Encrypt></xml>").as_bytes());
            }
            2 => {
                let mut bytes = self.crypto.encrypt(plain, CORP).expect("randomness").into_bytes();
                self.random.mutate(&mut bytes);
                let encrypt = String::from_utf8_lossy(&bytes);
                let query = self.signed(&encrypt);
                let _ = self.crypto.verify_url(&query);
                self.open(&query, serde_json::json!({"encrypt": encrypt}).to_string().as_bytes());
            }
            _ => {
                let encrypt = self.crypto.encrypt(plain, CORP).expect("randomness");
                let query = self.signed(&encrypt);
                let json =
                    serde_json::json!({"encrypt": encrypt, "tousername": CORP, "agentid": 1}).to_string();
                let xml = format!(
                    "<xml><ToUserName>ww1</ToUserName><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
                );
                let mut bytes = if self.random.below(2) == 0 { json } else { xml }.into_bytes();
                self.random.mutate(&mut bytes);
                self.open(&query, &bytes);
                let _ = Query::parse(&String::from_utf8_lossy(&bytes));
            }
        }
    }
}

/// The most memory that the process ever held, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib * 1024)
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// One test, so that nothing else in the process takes memory meanwhile.
#[test]
fn mutated_callbacks() {
    hostile_bodies();
    let count = usize::try_from(setting("WECOM_MUTATIONS", 20_000)).unwrap_or(usize::MAX);
    let mut fuzz = Fuzz::new(setting("WECOM_MUTATIONS_SEED", 0x9e37_79b9_7f4a_7c15));
    let (began, before) = (Instant::now(), peak());
    for number in 0..count {
        let seed = fuzz.random.0;
        let told = Told { number, seed };
        fuzz.step(number);
        std::mem::forget(told);
    }
    let grown = peak().zip(before).map_or(0, |(after, before)| after - before);
    println!(
        "{count} mutated callbacks in {:.1} s: {} opened, {} read as events; peak memory grew by {} KiB",
        began.elapsed().as_secs_f64(),
        fuzz.opened,
        fuzz.read,
        grown / 1024
    );
    // The mutations must not all end at the first check.
    assert!(fuzz.opened > count / 3 && fuzz.read > count / 50, "{} opened, {} read", fuzz.opened, fuzz.read);
    assert!(grown < 16 * 1024 * 1024, "peak memory grew by {grown} bytes over {count} small callbacks");
}

/// Says where a panic happened: the same seed gives the same callback.
struct Told {
    number: usize,
    seed: u64,
}

impl Drop for Told {
    fn drop(&mut self) {
        println!("mutation {} panicked; its random state was {:#x}", self.number, self.seed);
    }
}

/// The largest bodies that are taken, made to cost most: memory stays within a multiple of the body.
fn hostile_bodies() {
    strangers_bodies();
    const LIMIT: usize = 1024 * 1024;
    const BOUND: u64 = 160 * LIMIT as u64;
    let laughs: String = (1..10).fold("<!DOCTYPE x [<!ENTITY a0 \"ha\">".to_owned(), |text, level| {
        text + &format!("<!ENTITY a{level} \"{}\">", format!("&a{};", level - 1).repeat(10))
    });
    let laughs = laughs + "]><xml><MsgType>&a9;</MsgType></xml>";
    let crypto = Crypto::new(TOKEN, KEY, [CORP]).expect("valid").body_limit(LIMIT);
    let half = LIMIT / 2;
    let cases = [
        ("elements", format!("<xml>{}</xml>", "<a/>".repeat(half / 4)), true),
        ("elements of one name with text", format!("<xml>{}</xml>", "<a>1</a>".repeat(half / 8)), true),
        ("character references", format!("<xml><a>{}</a></xml>", "&#65;".repeat(half / 5)), true),
        ("sections", format!("<xml><a>{}</a></xml>", "<![CDATA[]]>".repeat(half / 12)), true),
        ("attributes", format!("<xml {}/>", "a=\"1\" ".repeat(half / 6)), true),
        ("depth", "<a>".repeat(half / 3), false),
        ("depth in JSON", "[".repeat(half), false),
        ("depth of objects", "{\"a\":".repeat(half / 5), false),
        ("a JSON list", format!("{{\"a\":[{}1]}}", "1,".repeat(half / 2)), true),
        ("JSON keys", format!("{{{}\"z\":1}}", "\"a\":1,".repeat(half / 6)), true),
        ("a number", format!("{{\"a\":1{}}}", "0".repeat(half)), false),
        ("an entity for a gigabyte", laughs, false),
        (
            "an entity of a file",
            "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/hostname\">]><xml>&a;</xml>".into(),
            false,
        ),
    ];
    for (name, text, reads) in cases {
        let before = peak();
        let encrypt = crypto.encrypt(&text, CORP).expect("randomness");
        let query = Query {
            msg_signature: crypto.signature("1", "n", &encrypt),
            timestamp: "1".into(),
            nonce: "n".into(),
            echostr: None,
        };
        let body = format!("<xml><Encrypt>{encrypt}</Encrypt></xml>");
        let message = crypto.open(&query, body.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let read = message.notice().and_then(|notice| Event::read(&notice));
        if reads {
            assert!(read.is_ok(), "{name}: {read:?}");
        } else {
            assert!(matches!(read, Err(CallbackError::Message(_))), "{name}: {read:?}");
        }
        let grown = peak().zip(before).map_or(0, |(after, before)| after - before);
        assert!(grown < BOUND, "{name}: {} bytes took {grown}", text.len());
        println!("{name}: {} KiB, peak memory grew by {} KiB", text.len() / 1024, grown / 1024);
    }
    let query =
        Query { msg_signature: "0".repeat(40), timestamp: "1".into(), nonce: "n".into(), echostr: None };
    let error = crypto.open(&query, &vec![b'<'; LIMIT + 1]).expect_err("too large");
    assert!(matches!(error, CallbackError::TooLarge { .. }), "{error}");
}

/// The same outside, where anybody can send it, before any signature is checked: next to nothing is spent on it. First in the
/// process, because the most memory that it ever held is what can be measured.
fn strangers_bodies() {
    const LIMIT: usize = 1024 * 1024;
    let crypto = Crypto::new(TOKEN, KEY, [CORP]).expect("valid").body_limit(LIMIT);
    let query =
        Query { msg_signature: "0".repeat(40), timestamp: "1".into(), nonce: "n".into(), echostr: None };
    for (name, piece, ends) in [
        ("elements", "<a/>", true),
        ("elements with text", "<a>1</a>", true),
        ("depth", "<a>", false),
        ("character references", "&#65;", true),
        ("sections", "<![CDATA[]]>", true),
        ("text", "a", true),
        ("ciphertexts", "<Encrypt>aaaa</Encrypt>", true),
        ("JSON in JSON", "{\"a\":", false),
        ("JSON keys", "\"a\":1,", false),
        ("a JSON list", "[", false),
    ] {
        let (open, close) = if name.contains("JSON") { ("{\"encrypt\":", "}") } else { ("<xml>", "</xml>") };
        let inside = piece.repeat((LIMIT - 40) / piece.len());
        let body = format!("{open}{inside}{}", if ends { close } else { "" });
        let (before, began) = (peak(), Instant::now());
        assert!(crypto.open(&query, body.as_bytes()).is_err(), "{name}");
        let (grown, took) = (peak().zip(before).map_or(0, |(after, before)| after - before), began.elapsed());
        println!("a stranger's {name}: {} KiB, {grown} bytes, {took:?}", body.len() / 1024);
        // A copy of the ciphertext is all that may be made.
        assert!(grown <= 4 * LIMIT as u64, "{name}: {} bytes took {grown}", body.len());
        assert!(took.as_millis() < 250, "{name}: {took:?}");
    }
}
