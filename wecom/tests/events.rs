//! The documentation's sample events, where they are at hand, are read as their types.

#[path = "common/material.rs"]
mod material;

use std::fs;

use wecom::callback::{Crypto, Query};
use wecom::events::Event;

const KEY: &str = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C";

/// Samples that show a word where the wire has a number: file and field.
const PLACEHOLDERS: &[(&str, &str)] = &[("ChangeExternalTagEvent.Shuffle", "StrategyId")];

/// The whole way that a callback takes: encrypted, opened, read.
fn read(crypto: &Crypto, text: &str) -> Result<Event, wecom::callback::CallbackError> {
    let encrypt = crypto.encrypt(text, "ww1")?;
    let msg_signature = crypto.signature("1700000000", "n", &encrypt);
    let query =
        Query { msg_signature, timestamp: "1700000000".into(), nonce: "n".into(), ..Query::default() };
    let body = format!("<xml><Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>");
    Event::read(&crypto.open(&query, body.as_bytes())?.notice()?)
}

/// `ThirdParty SuiteTicket`: the group and the type, without what is in them.
fn name(event: &Event) -> String {
    let text = format!("{event:?}");
    text.split('(').take(2).collect::<Vec<_>>().join(" ")
}

#[test]
fn samples_of_the_documentation() {
    let crypto = Crypto::new("token", KEY, ["ww1"]).expect("valid");
    let samples = material::material("samples/events");
    let Ok(folder) = fs::read_dir(&samples) else {
        println!("skipped: {} is not there", samples.display());
        return;
    };
    let mut files: Vec<_> = folder.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "xml"));
    files.sort();
    let (mut typed, mut unknown, mut wrong, mut shown) = (0, Vec::new(), Vec::new(), Vec::new());
    for path in &files {
        let file = path.file_stem().unwrap_or_default().to_string_lossy();
        let text = fs::read_to_string(path).expect("a sample");
        match read(&crypto, &text) {
            Ok(Event::Unknown(notice)) => unknown.push(format!("{file} ({})", notice.kind())),
            Ok(event) => {
                println!("{file}: {}", name(&event));
                typed += 1;
            }
            Err(error)
                if PLACEHOLDERS.iter().any(|(f, field)| file == *f && error.to_string().contains(field)) =>
            {
                shown.push(file.into_owned());
            }
            Err(error) => wrong.push(format!("{file}: {error}")),
        }
    }
    assert_eq!(shown.len(), PLACEHOLDERS.len(), "the list of placeholders holds one that reads: {shown:?}");
    println!("{} samples: {typed} typed, {} unknown: {}", files.len(), unknown.len(), unknown.join(", "));
    assert!(!files.is_empty() && wrong.is_empty(), "known events that cannot be read:\n{}", wrong.join("\n"));
    // Blanks stand around its `InfoType` in the documentation.
    assert!(!unknown.iter().any(|file| file.starts_with("SuiteTicketEvent")), "{unknown:?}");
    assert!(typed > 0, "not a single sample is known: are the events of the spec still generated?");
}

/// What the spec does not have is kept whole.
#[test]
fn an_unknown_event_keeps_everything() {
    let crypto = Crypto::new("token", KEY, ["ww1"]).expect("valid");
    let text =
        "<xml><InfoType>brand_new</InfoType><Deep><A>1</A><A>2</A></Deep><Text><![CDATA[<b>]]></Text></xml>";
    let Event::Unknown(notice) = read(&crypto, text).expect("reads") else { panic!("it is not known") };
    assert_eq!(
        notice.root().to_value(),
        serde_json::json!({"InfoType": "brand_new", "Deep": {"A": ["1", "2"]}, "Text": "<b>"})
    );
}
