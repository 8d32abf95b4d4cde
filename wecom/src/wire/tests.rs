//! A hand-written piece of what the generator emits, and what reading and writing it must do.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::decode;
use crate::value::{Base64, Secret, Timestamp, TimestampMillis, UnknownVariant};
use crate::wire::{self, Digits, Each, Flag, MapAccess, Out, Pipe, Record, Rest, Sink, Text, Union};

#[derive(Clone, Default)]
struct Send {
    touser: Option<Vec<String>>,
    agentid: i64,
    safe: Option<bool>,
    created: Option<Timestamp>,
    content: SendContent,
}

#[derive(Debug, Clone, PartialEq)]
enum SendContent {
    Text(SendText),
    Card(Card),
    Click,
    Unknown(UnknownVariant),
}

#[derive(Clone, Default)]
struct SendText {
    content: String,
}

#[derive(Clone, Default)]
struct Card {
    card_type: CardType,
    buttons: Option<Vec<Button>>,
}

#[derive(Clone, Default)]
struct Button {
    style: Style,
    key: String,
}

#[derive(Debug, Clone)]
enum CardType {
    TextNotice,
    NewsNotice,
    Unknown(Box<str>),
}

#[derive(Debug, Clone, Copy)]
enum Style {
    Plain,
    Blue,
    Unknown(i64),
}

wire::str_enum! { CardType { TextNotice = "text_notice", NewsNotice = "news_notice" } }
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Bits(i64);
wire::flags! { Bits }
wire::int_enum! { Style { Plain = 0, Blue = 1 } }

impl Record for Send {
    const NAME: &'static str = "message::Send";
    const FIELDS: &'static [&'static str] = &["touser", "agentid", "safe", "created"];
    const OPEN: bool = true;

    fn read<'de, M: MapAccess<'de>>(&mut self, field: usize, map: &mut M) -> Result<(), M::Error> {
        match field {
            0 => wire::get_as::<Pipe, _, _>(map, &mut self.touser),
            1 => wire::get(map, &mut self.agentid),
            2 => wire::get_as::<Flag, _, _>(map, &mut self.safe),
            3 => wire::get(map, &mut self.created),
            _ => wire::skip(map),
        }
    }

    fn rest(&mut self, rest: &mut Rest) -> Result<(), wire::Error> {
        wire::union(rest, &mut self.content)
    }

    fn write<'v, S: Sink<'v>>(&'v self, out: &mut Out<'_, 'v, S>) {
        out.opt_as::<Pipe, _>("touser", &self.touser);
        out.put("agentid", &self.agentid);
        out.opt_as::<Flag, _>("safe", &self.safe);
        out.opt("created", &self.created);
        out.union(&self.content);
    }
}

impl Union for SendContent {
    fn take(rest: &mut Rest) -> Result<Self, wire::Error> {
        match rest.tag("msgtype").as_str() {
            "text" => rest.sibling("text").map(Self::Text),
            "card" => rest.flat().map(Self::Card),
            "click" => Ok(Self::Click),
            _ => Ok(Self::Unknown(rest.unknown())),
        }
    }

    fn write<'v, S: Sink<'v>>(&'v self, out: &mut Out<'_, 'v, S>) {
        match self {
            Self::Text(v) => {
                out.put("msgtype", &"text");
                out.put("text", v);
            }
            Self::Card(v) => {
                out.put("msgtype", &"card");
                out.flat(v);
            }
            Self::Click => out.put("msgtype", &"click"),
            Self::Unknown(v) => out.unknown(v),
        }
    }
}

macro_rules! plain_record {
    (@ $map:ident, $slot:expr) => { wire::get($map, $slot) };
    (@ $map:ident, $slot:expr, $get:ident) => { wire::$get($map, $slot) };
    ($name:ident { $($index:literal $field:ident $put:ident $($get:ident)?),* }) => {
        impl Record for $name {
            const NAME: &'static str = stringify!($name);
            const FIELDS: &'static [&'static str] = &[$(stringify!($field)),*];
            fn read<'de, M: MapAccess<'de>>(&mut self, field: usize, map: &mut M) -> Result<(), M::Error> {
                match field {
                    $($index => plain_record!(@ map, &mut self.$field $(, $get)?),)*
                    _ => wire::skip(map),
                }
            }
            fn write<'v, S: Sink<'v>>(&'v self, out: &mut Out<'_, 'v, S>) {
                $(out.$put(stringify!($field), &self.$field);)*
            }
        }
    };
}
plain_record!(SendText { 0 content put });
plain_record!(Card { 0 card_type put, 1 buttons opt });
plain_record!(Button { 0 style put, 1 key put });

wire::records! { Send, SendText, Card, Button, Scalars, Forms, Profile }
wire::whole! { Send, SendText, Card, Button, Scalars, Forms, Profile }
wire::unions! { SendContent }

/// One field for each type of the spec that has its own wire form.
#[derive(Clone, Default)]
struct Scalars {
    i: i32,
    u: Option<u64>,
    f: Option<f64>,
    b: Option<bool>,
    s: Option<String>,
    list: Option<Vec<i64>>,
    secret: Option<Secret>,
    json: Option<Value>,
    base64: Option<Base64>,
    map: Option<BTreeMap<String, i64>>,
    boxed: Option<Box<Scalars>>,
}
plain_record!(Scalars {
    0 i put, 1 u opt, 2 f opt, 3 b opt, 4 s opt, 5 list opt, 6 secret opt, 7 json opt, 8 base64 opt, 9 map opt, 10 boxed opt get_boxed
});

#[derive(Clone, Default)]
struct Forms {
    flag: bool,
    digits: Option<i64>,
    unix_text: Option<Timestamp>,
    millis_text: Option<TimestampMillis>,
    flags: Option<Vec<bool>>,
    text: Option<SendText>,
    kinds: Option<Vec<CardType>>,
    parties: Vec<u32>,
    by_name: Option<BTreeMap<String, bool>>,
}

impl Record for Forms {
    const NAME: &'static str = "test::Forms";
    const FIELDS: &'static [&'static str] =
        &["flag", "digits", "unix_text", "millis_text", "flags", "text", "kinds", "parties", "by_name"];

    fn read<'de, M: MapAccess<'de>>(&mut self, field: usize, map: &mut M) -> Result<(), M::Error> {
        match field {
            0 => wire::get_as::<Flag, _, _>(map, &mut self.flag),
            1 => wire::get_as::<Digits, _, _>(map, &mut self.digits),
            2 => wire::get_as::<Digits, _, _>(map, &mut self.unix_text),
            3 => wire::get_as::<Digits, _, _>(map, &mut self.millis_text),
            4 => wire::get_as::<Each<Flag>, _, _>(map, &mut self.flags),
            5 => wire::get_as::<Text, _, _>(map, &mut self.text),
            6 => wire::get_as::<Pipe, _, _>(map, &mut self.kinds),
            7 => wire::get_as::<Pipe, _, _>(map, &mut self.parties),
            8 => wire::get_as::<Each<Flag>, _, _>(map, &mut self.by_name),
            _ => wire::skip(map),
        }
    }

    fn write<'v, S: Sink<'v>>(&'v self, out: &mut Out<'_, 'v, S>) {
        out.put_as::<Flag, _>("flag", &self.flag);
        out.opt_as::<Digits, _>("digits", &self.digits);
        out.opt_as::<Digits, _>("unix_text", &self.unix_text);
        out.opt_as::<Digits, _>("millis_text", &self.millis_text);
        out.opt_as::<Each<Flag>, _>("flags", &self.flags);
        out.opt_as::<Text, _>("text", &self.text);
        out.opt_as::<Pipe, _>("kinds", &self.kinds);
        out.put_as::<Pipe, _>("parties", &self.parties);
        out.opt_as::<Each<Flag>, _>("by_name", &self.by_name);
    }
}

/// A tag in another object of the parent.
#[derive(Clone, Default)]
struct Profile {
    button: Button,
    config: SendContentBy,
}

#[derive(Debug, Clone, PartialEq)]
enum SendContentBy {
    Blue(SendText),
    Days(Vec<String>),
    Unknown(UnknownVariant),
}
wire::unions! { SendContentBy }

impl Union for SendContentBy {
    fn take(rest: &mut Rest) -> Result<Self, wire::Error> {
        match rest.outer().as_str() {
            "1" => rest.sibling("config").map(Self::Blue),
            "2" => rest.sibling_as::<Pipe, _>("days").map(Self::Days),
            _ => Ok(Self::Unknown(rest.unknown())),
        }
    }
    fn write<'v, S: Sink<'v>>(&'v self, out: &mut Out<'_, 'v, S>) {
        match self {
            Self::Blue(v) => out.put("config", v),
            Self::Days(v) => out.put_as::<Pipe, _>("days", v),
            Self::Unknown(v) => out.unknown(v),
        }
    }
}

impl Record for Profile {
    const NAME: &'static str = "test::Profile";
    const FIELDS: &'static [&'static str] = &["button"];
    const OPEN: bool = true;

    fn read<'de, M: MapAccess<'de>>(&mut self, field: usize, map: &mut M) -> Result<(), M::Error> {
        match field {
            0 => wire::get(map, &mut self.button),
            _ => wire::skip(map),
        }
    }
    fn rest(&mut self, rest: &mut Rest) -> Result<(), wire::Error> {
        wire::union_by(rest, self.button.style, &mut self.config)
    }
    fn write<'v, S: Sink<'v>>(&'v self, out: &mut Out<'_, 'v, S>) {
        out.put("button", &self.button);
        out.union(&self.config);
    }
}

/// What `input` is once it was read and written, by our decoder and by serde's ways.
#[track_caller]
fn check<T: wire::Read + DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(
    input: &str,
    expected: Value,
) {
    let value: T = decode(input.as_bytes()).unwrap_or_else(|failure| panic!("{input}: {failure:?}"));
    assert_eq!(serde_json::to_value(&value).expect("writes"), expected, "{input}");
    assert_eq!(value, serde_json::from_str(input).expect("from_str"), "{input}");
    assert_eq!(
        value,
        serde_json::from_str::<Value>(input).and_then(serde_json::from_value).expect("from_value")
    );
}

#[test]
fn scalars_are_read_leniently_and_written_exactly() {
    for (input, expected) in [
        (r#"{"i":1}"#, json!({"i": 1})),
        (r#"{"i":"1"}"#, json!({"i": 1})),
        (r#"{"i":" -7 "}"#, json!({"i": -7})),
        (r#"{"i":2.0}"#, json!({"i": 2})),
        (r#"{"i":true}"#, json!({"i": 1})),
        (
            r#"{"i":null,"u":null,"f":null,"b":null,"s":null,"list":null,"secret":null,"json":null}"#,
            json!({"i": 0}),
        ),
        (r#"{"i":"","u":"","f":"","b":"","list":"","map":"","boxed":""}"#, json!({"i": 0})),
        (r#"{}"#, json!({"i": 0})),
        ("null", json!({"i": 0})),
        ("[]", json!({"i": 0})),
        (r#""""#, json!({"i": 0})),
        (r#"{"u":18446744073709551615}"#, json!({"i": 0, "u": 18446744073709551615_u64})),
        (r#"{"u":"9007199254740993"}"#, json!({"i": 0, "u": 9007199254740993_u64})),
        (r#"{"f":"113.5"}"#, json!({"i": 0, "f": 113.5})),
        (r#"{"f":3}"#, json!({"i": 0, "f": 3.0})),
        (r#"{"b":1}"#, json!({"i": 0, "b": true})),
        (r#"{"b":"0"}"#, json!({"i": 0, "b": false})),
        (r#"{"b":"true"}"#, json!({"i": 0, "b": true})),
        (r#"{"s":1}"#, json!({"i": 0, "s": "1"})),
        (r#"{"s":""}"#, json!({"i": 0, "s": ""})),
        (r#"{"s":true}"#, json!({"i": 0, "s": "true"})),
        (r#"{"list":{}}"#, json!({"i": 0, "list": []})),
        (r#"{"list":[]}"#, json!({"i": 0, "list": []})),
        (r#"{"list":["1",2,null]}"#, json!({"i": 0, "list": [1, 2, 0]})),
        (r#"{"map":[]}"#, json!({"i": 0, "map": {}})),
        (r#"{"map":{"a":"1"}}"#, json!({"i": 0, "map": {"a": 1}})),
        (r#"{"secret":"x"}"#, json!({"i": 0, "secret": "x"})),
        (r#"{"json":{"a":[1]}}"#, json!({"i": 0, "json": {"a": [1]}})),
        (r#"{"base64":"aGVsbG8"}"#, json!({"i": 0, "base64": "aGVsbG8="})),
        (r#"{"boxed":{"i":2}}"#, json!({"i": 0, "boxed": {"i": 2}})),
        (r#"{"brand_new":{"x":[1]},"i":3}"#, json!({"i": 3})),
    ] {
        check::<Scalars>(input, expected);
    }
}

#[test]
fn other_wire_forms() {
    for (input, expected) in [
        (r#"{}"#, json!({"flag": 0, "parties": ""})),
        (r#"{"flag":true,"parties":"1|2"}"#, json!({"flag": 1, "parties": "1|2"})),
        (r#"{"flag":"1","parties":[1,"2"]}"#, json!({"flag": 1, "parties": "1|2"})),
        (r#"{"parties":7}"#, json!({"flag": 0, "parties": "7"})),
        (r#"{"digits":"12","parties":"|1|"}"#, json!({"flag": 0, "digits": "12", "parties": "1"})),
        (
            r#"{"digits":"","unix_text":1500000000}"#,
            json!({"flag": 0, "unix_text": "1500000000", "parties": ""}),
        ),
        (
            r#"{"millis_text":"1500000000123"}"#,
            json!({"flag": 0, "millis_text": "1500000000123", "parties": ""}),
        ),
        (r#"{"flags":[0,"1",true]}"#, json!({"flag": 0, "flags": [0, 1, 1], "parties": ""})),
        (
            r#"{"text":"{\"content\":\"你好\"}"}"#,
            json!({"flag": 0, "text": "{\"content\":\"你好\"}", "parties": ""}),
        ),
        (r#"{"text":""}"#, json!({"flag": 0, "parties": ""})),
        (r#"{"kinds":"text_notice|odd"}"#, json!({"flag": 0, "kinds": "text_notice|odd", "parties": ""})),
        (r#"{"kinds":""}"#, json!({"flag": 0, "kinds": "", "parties": ""})),
        (r#"{"by_name":{"a":1}}"#, json!({"flag": 0, "by_name": {"a": 1}, "parties": ""})),
    ] {
        check::<Forms>(input, expected);
    }
}

#[test]
fn unions_and_enumerations_keep_what_they_do_not_know() {
    for input in [
        json!({"touser": "a|b", "agentid": 1, "msgtype": "text", "text": {"content": "hi"}}),
        json!({"agentid": 1, "safe": 1, "created": 5, "msgtype": "click"}),
        json!({"agentid": 1, "msgtype": "card", "card_type": "text_notice", "buttons": [{"style": 1, "key": "k"}]}),
        json!({"agentid": 1, "msgtype": "card", "card_type": "holographic", "buttons": [{"style": 99, "key": "k"}]}),
        json!({"agentid": 1, "msgtype": "brand_new", "brand_new": {"deep": [1, {"x": null}]}, "beside": "kept"}),
        json!({"agentid": 1, "msgtype": 3, "odd": 1}),
        json!({"agentid": 1}),
    ] {
        check::<Send>(&input.to_string(), input);
    }
    // Standing alone, and with the tag elsewhere.
    check::<SendContent>(
        r#"{"msgtype":"text","text":{"content":"x"}}"#,
        json!({"msgtype": "text", "text": {"content": "x"}}),
    );
    check::<SendContent>(r#"{"msgtype":"text"}"#, json!({"msgtype": "text", "text": {"content": ""}}));
    for input in [
        json!({"button": {"style": 1, "key": "k"}, "config": {"content": "x"}}),
        json!({"button": {"style": 2, "key": "k"}, "days": "mon|tue"}),
        json!({"button": {"style": 5, "key": "k"}, "config": {"whatever": true}}),
    ] {
        check::<Profile>(&input.to_string(), input);
    }
    check::<Bits>("\"5\"", json!(5));
    assert_eq!(Bits(5).value(), 5);
    assert!((Bits(1) | Bits(4)).contains(Bits(4)) && !Bits(1).contains(Bits(4)));
    assert_eq!(SendContent::default(), SendContent::Unknown(UnknownVariant::default()));
    assert_eq!((CardType::default(), Style::default()), (CardType::Unknown("".into()), Style::Plain));
    assert_eq!(
        (CardType::NewsNotice.to_string(), Style::Unknown(7).to_string()),
        ("news_notice".into(), "7".into())
    );
}

#[test]
fn failures_say_where_and_what() {
    #[track_caller]
    fn fails<T: wire::Read + std::fmt::Debug>(input: &str, path: &str, message: &str, excerpt: &str) {
        let failure = decode::<T>(input.as_bytes()).expect_err(input);
        assert_eq!((failure.path.as_str(), failure.excerpt.as_str()), (path, excerpt), "{failure:?}");
        assert!(failure.message.contains(message), "{failure:?}");
    }
    fails::<Scalars>(r#"{"i":"x"}"#, "i", "invalid value: string \"x\", expected an integer", "\"x\"");
    fails::<Scalars>(
        r#"{"i":18446744073709551615}"#,
        "i",
        "expected an integer from -2147483648",
        "18446744073709551615",
    );
    fails::<Scalars>(
        r#"{"boxed":{"boxed":{"list":[1,{"a":1}]}}}"#,
        "boxed.boxed.list[1]",
        "map",
        "{\"a\":1}",
    );
    fails::<Scalars>(r#"{"map":{"k":[]}}"#, "map.k", "sequence", "[]");
    fails::<Scalars>(r#"{"s":["x"]}"#, "s", "expected a string", "[\"x\"]");
    fails::<Scalars>(r#"{"boxed":"text"}"#, "boxed", "expected an object (Scalars)", "\"text\"");
    fails::<Send>(
        r#"{"msgtype":"card","buttons":[{"style":1},{"style":"blue"}]}"#,
        "buttons[1].style",
        "expected an integer",
        "\"blue\"",
    );
    fails::<Send>(
        r#"{"msgtype":"text","text":{"content":{"a":1}}}"#,
        "text.content",
        "a string",
        "{\"a\":1}",
    );
    fails::<Forms>(r#"{"text":"{\"content\":[1]}"}"#, "text.content", "a string", r#""{\"content\":[1]}""#);
    fails::<Forms>(r#"{"parties":"1|x"}"#, "parties[1]", "\"x\"", "\"1|x\"");
    fails::<Scalars>(r#"{"i":1,"#, "", "EOF", r#"{"i":1,"#);
    // Neither message nor excerpt shows what must not be shown.
    fails::<Scalars>(r#"{"secret":["hush"]}"#, "secret", "not what a secret", "\"***\"");
    fails::<Scalars>(
        r#"{"boxed":[{"access_token":"hush"}]}"#,
        "boxed",
        "sequence",
        r#"[{"access_token":"***"}]"#,
    );
    fails::<Scalars>(r#"{"access_token":"hush","#, "", "EOF", r#"{"access_token":"***","#);
    // A failure leaves nothing behind for the next.
    fails::<Scalars>(r#"{"f":"x"}"#, "f", "a number", "\"x\"");
}

#[test]
fn broken_text_is_mended() {
    let expected = "a\u{1}b\nc";
    let value: SendText = decode(b"{\"content\":\"a\x01b\nc\"}").expect("control characters");
    assert_eq!(value.content, expected);
    let value: SendText = decode(b"\xef\xbb\xbf{\"content\":\"ab\xe5\x9b\"}").expect("cut character");
    assert_eq!(value.content, "ab\u{fffd}");
}

/// What is set shows by its name on the wire, and nothing else; secrets stay hidden.
#[test]
fn debug_shows_what_is_set() {
    let send = Send {
        touser: Some(vec!["lisi".into()]),
        content: SendContent::Text(SendText { content: "早上好".into() }),
        ..Send::default()
    };
    let shown =
        r#"Send { touser: ["lisi"], agentid: 0, msgtype: "text", text: SendText { content: "早上好" } }"#;
    assert_eq!(format!("{send:?}"), shown);
    let scalars = Scalars { secret: Some("hush".into()), ..Scalars::default() };
    assert!(!format!("{scalars:#?}").contains("hush"));
}

/// Records are equal when they write the same; a field more, less or other makes a difference.
#[test]
fn equality_is_of_what_is_written() {
    let text =
        |t: &str| Send { content: SendContent::Text(SendText { content: t.into() }), ..Send::default() };
    let card = Send { content: SendContent::Card(Card::default()), ..Send::default() };
    let safe = |v| Send { safe: v, ..text("a") };
    let check = |one: &Send, other: &Send, want: bool| {
        assert_eq!(one == other, want, "{one:?} and {other:?}");
        assert_eq!(other == one, want, "{other:?} and {one:?}");
    };
    check(&text("a"), &text("a"), true);
    check(&text("a"), &text("b"), false);
    check(&text("a"), &card, false);
    check(&safe(Some(true)), &safe(Some(true)), true);
    check(&safe(Some(true)), &safe(Some(false)), false);
    check(&safe(Some(false)), &safe(None), false);
    let deep =
        |i| Scalars { boxed: Some(Box::new(Scalars { i, ..Scalars::default() })), ..Scalars::default() };
    assert!(deep(1) == deep(1) && deep(1) != deep(2) && deep(0) != Scalars::default());
    let odd = Scalars { f: Some(f64::NAN), ..Scalars::default() };
    assert!(odd != odd.clone(), "as for any float");
}

/// Another spelling is read as the field, at any depth and beside a union, and never written.
#[test]
fn other_spellings_are_read() {
    #[derive(Clone, Default)]
    struct Seen {
        user_id: String,
        count: Option<i64>,
    }
    wire::record! { Seen "demo::Seen" {
        0 "user_id" put user_id or "userid" or "open_userid",
        1 "count" opt count,
    } }
    let read = |text: &str| serde_json::from_str::<Seen>(text).expect("a record");
    for text in
        [r#"{"user_id":"a","count":1}"#, r#"{"userid":"a","count":1}"#, r#"{"count":1,"open_userid":"a"}"#]
    {
        let seen = read(text);
        assert_eq!((seen.user_id.as_str(), seen.count), ("a", Some(1)), "{text}");
        assert_eq!(serde_json::to_string(&seen).expect("JSON"), r#"{"user_id":"a","count":1}"#);
    }
    assert_eq!(read(r#"{"USERID":"a"}"#).user_id, "", "JSON has its case");
    let Err(failure) = wire::decode::<Seen>(br#"{"userid":{}}"#) else { panic!("no text") };
    assert_eq!(failure.path, "user_id", "the error names the field");
}

/// Texts of unions are bounded as all else is: neither a long way down nor a long list is a fault of its own.
#[test]
fn texts_of_unions_nest_no_deeper_than_others() {
    let nested =
        |depth: usize| format!(r#"{{"msgtype":"x","x":{}1{}}}"#, "[".repeat(depth), "]".repeat(depth));
    assert!(decode::<Send>(nested(120).as_bytes()).is_ok());
    for depth in [128, 100_000] {
        let failure = decode::<Send>(nested(depth).as_bytes()).expect_err("too deep");
        assert!(failure.message.contains("recursion limit exceeded"), "{failure:?}");
    }
    let wide = format!(r#"{{"msgtype":"x","x":[{}1],"s":"{}"}}"#, "[1],".repeat(500), "[{".repeat(500));
    assert!(decode::<Send>(wide.as_bytes()).is_ok());
}

/// A union reads the same from text, from a reader and from a value; where text is at hand, its keys are not copied.
#[test]
fn unions_read_from_all_formats() {
    let json = r#"{"agentid":1,"msg\u0074ype":"c\u0061rd","card_type":"text_notice","buttons":[{"style":1,"key":"k"}],"agentid":2}"#;
    let expected = Send {
        agentid: 2,
        content: SendContent::Card(Card {
            card_type: CardType::TextNotice,
            buttons: Some(vec![Button { style: Style::Blue, key: "k".into() }]),
        }),
        ..Send::default()
    };
    assert_eq!(decode::<Send>(json.as_bytes()).expect("reads"), expected);
    assert_eq!(serde_json::from_reader::<_, Send>(json.as_bytes()).expect("reads"), expected);
    let value: Value = serde_json::from_str(json).expect("JSON");
    assert_eq!(serde_json::from_value::<Send>(value).expect("reads"), expected);
    // Of two of one name the last one counts.
    let twice = r#"{"msgtype":"text","text":{"content":"a"},"text":{"content":"b"}}"#;
    let text = SendContent::Text(SendText { content: "b".into() });
    assert_eq!(decode::<SendContent>(twice.as_bytes()).expect("reads"), text);
}

/// Halves of surrogate pairs in what a union keeps are mended as all texts are.
#[test]
fn broken_text_of_unions_is_mended() {
    for (json, expected) in [
        (
            &br#"{"msgtype":"text","text":{"content":"a\ud83d"}}"#[..],
            json!({"msgtype": "text", "text": {"content": "a\u{fffd}"}}),
        ),
        (br#"{"msgtype":"odd\ud83d","x":1}"#, json!({"msgtype": "odd\u{fffd}", "x": 1})),
        (br#"{"msgtype":"odd","x":"\udc00"}"#, json!({"msgtype": "odd", "x": "\u{fffd}"})),
        (b"{\"msgtype\":\"odd\",\"x\":\"\xff\x01\"}", json!({"msgtype": "odd", "x": "\u{fffd}\u{1}"})),
    ] {
        let value: SendContent = decode(json).unwrap_or_else(|failure| panic!("{failure:?}"));
        assert_eq!(serde_json::to_value(&value).expect("writes"), expected);
    }
}
