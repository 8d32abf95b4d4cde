//! Verifying, decrypting and reading what WeCom pushes: against the cipher alone over the same bytes, and against a program in Python
//! (`callbacks.py`, which needs its package `cryptography`; left out where that is not there).
//!
//! ```sh
//! cargo bench -p wecom-client --features callback --bench callbacks -- ROUNDS
//! ```

use std::error::Error;
use std::hint::black_box;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Instant;

use aes::Aes256;
use cbc::Decryptor;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt as _, KeyIvInit as _};
use wecom::Base64;
use wecom::callback::{Crypto, Format, Query};
use wecom::events::{Event, app::AppEvent};

mod turns;

const TOKEN: &str = "QDG6eK";
const KEY: &str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";
const CORP: &str = "wx5823bf96d3bd56c7";
const NONCE: &str = "1372623149";
const TIMESTAMP: u64 = 1_409_659_813;

/// A callback as it arrives, and what is in it.
struct Pushed {
    crypto: Crypto,
    query: Query,
    body: String,
    encrypt: String,
    content: String,
}

impl Pushed {
    /// A text message of so many characters.
    fn new(characters: usize) -> Result<Self, Box<dyn Error>> {
        let crypto = Crypto::new(TOKEN, KEY, [CORP])?;
        let content: String =
            "周一的例会改到下午三点。The report is attached. ".chars().cycle().take(characters).collect();
        let content = content.trim().to_owned();
        let text = format!(
            "<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><FromUserName><![CDATA[zhangsan]]></FromUserName>\
             <CreateTime>{TIMESTAMP}</CreateTime><MsgType><![CDATA[text]]></MsgType>\
             <Content><![CDATA[{content}]]></Content><MsgId>4561255354251345929</MsgId><AgentID>218</AgentID></xml>"
        );
        let encrypt = crypto.encrypt(&text, CORP)?;
        let signature = crypto.signature(&TIMESTAMP.to_string(), NONCE, &encrypt);
        let query = Query::parse(&format!("msg_signature={signature}&timestamp={TIMESTAMP}&nonce={NONCE}"))?;
        let body = format!(
            "<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><AgentID><![CDATA[218]]></AgentID>\
             <Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>"
        );
        debug_assert_eq!(crypto.open(&query, body.as_bytes())?.format(), Format::Xml);
        Ok(Self { crypto, query, body, encrypt, content })
    }

    /// All of it, down to the event's type.
    fn read(&self) {
        let message = self.crypto.open(&self.query, black_box(self.body.as_bytes())).expect("is accepted");
        match Event::read(&message.notice().expect("is XML")).expect("is an event") {
            Event::App(AppEvent::MessageText(text)) => assert_eq!(text.content.len(), self.content.len()),
            other => panic!("not a text: {other:?}"),
        }
    }

    /// The cipher alone.
    fn decrypt(&self, key: &[u8; 32], sealed: &[u8]) {
        let mut data = black_box(sealed).to_vec();
        let iv: [u8; 16] = std::array::from_fn(|at| key[at]);
        Decryptor::<Aes256>::new(key.into(), &iv.into())
            .decrypt_padded::<NoPadding>(&mut data)
            .expect("whole blocks");
        black_box(data);
    }

    /// Microseconds a message of the program in Python, over so many; `None` where it cannot run.
    fn in_python(&self, messages: usize) -> Result<Option<f64>, Box<dyn Error>> {
        let program = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/callbacks.py");
        let arguments = [TOKEN, KEY, CORP, &TIMESTAMP.to_string(), NONCE, &messages.to_string()];
        let signature = self.crypto.signature(&TIMESTAMP.to_string(), NONCE, &self.encrypt);
        let mut process = Command::new("python3")
            .arg(program)
            .args(arguments)
            .arg(signature)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        if let Some(mut input) = process.stdin.take() {
            // It may have ended already: then its outcome says so.
            let _ = input.write_all(self.body.as_bytes());
        }
        let output = process.wait_with_output()?;
        match output.status.success() {
            true => Ok(Some(String::from_utf8(output.stdout)?.trim().parse()?)),
            false => Ok(None),
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let rounds = match std::env::args().skip(1).find(|argument| argument != "--bench") {
        Some(text) => text.parse().map_err(|_| format!("usage: callbacks [ROUNDS], not {text:?}"))?,
        None => 21,
    };
    let key: [u8; 32] = Base64::decode(&format!("{KEY}=")).expect("base64").0.try_into().expect("32 bytes");
    for (name, characters, messages) in [("text", 40, 5000), ("64kb", 44_000, 200)] {
        let pushed = Pushed::new(characters)?;
        let sealed = Base64::decode(&pushed.encrypt).expect("base64").0;
        turns::by_turns(
            &format!("callbacks.{name}.aes"),
            rounds,
            messages,
            |messages| (0..messages).for_each(|_| pushed.read()),
            |messages| (0..messages).for_each(|_| pushed.decrypt(&key, &sealed)),
        );
        let mut all = Vec::new();
        for _ in 0..rounds {
            let Some(theirs) = pushed.in_python(messages)? else {
                println!(
                    "callbacks.{name}.python is left out: python3 or its package `cryptography` is not there"
                );
                break;
            };
            let began = Instant::now();
            (0..messages).for_each(|_| pushed.read());
            all.push((began.elapsed().as_secs_f64() * 1e6 / messages as f64, theirs));
        }
        if !all.is_empty() {
            turns::figure(&format!("callbacks.{name}.python"), "us", &all);
        }
    }
    Ok(())
}
