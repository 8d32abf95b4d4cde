//! Callbacks that an independent implementation made (`vectors/make.py`: wechatpy and pycryptodome) are read, and what no
//! honest sender sends is refused by the right check. That our replies equal wechatpy's is a unit test of `callback`.

use serde_json::Value;
use wecom::callback::{CallbackError, Crypto, Format, Query};

fn vectors() -> Vec<Value> {
    let vectors: Value = serde_json::from_str(include_str!("vectors/callbacks.json")).expect("JSON");
    vectors["callbacks"].as_array().expect("a list").clone()
}

fn text<'a>(vector: &'a Value, field: &str) -> &'a str {
    vector[field].as_str().unwrap_or_else(|| panic!("{} has no {field}", vector["name"]))
}

/// Which check failed, in the words of the vectors.
fn check(error: &CallbackError) -> &'static str {
    match error {
        CallbackError::Signature => "signature",
        CallbackError::Envelope(_) => "envelope",
        CallbackError::Ciphertext(_) => "ciphertext",
        CallbackError::Plaintext(_) => "plaintext",
        CallbackError::ReceiveId { .. } => "receive_id",
        CallbackError::Message(_) => "message",
        _ => "another",
    }
}

fn body(vector: &Value) -> String {
    text(vector, "body").replace("{ENCRYPT}", text(vector, "encrypt"))
}

fn set_up(vector: &Value) -> (Crypto, Query) {
    let accepts = vector["accepts"].as_array().expect("a list").iter().filter_map(Value::as_str);
    let crypto = Crypto::new(text(vector, "token"), text(vector, "key"), accepts).expect("valid");
    let query = Query {
        msg_signature: text(vector, "msg_signature").into(),
        timestamp: text(vector, "timestamp").into(),
        nonce: text(vector, "nonce").into(),
        echostr: Some(text(vector, "encrypt").into()),
    };
    (crypto, query)
}

#[test]
fn what_others_encrypt_opens() {
    let mut opened = 0;
    for vector in vectors().iter().filter(|vector| vector["error"].is_null()) {
        let name = text(vector, "name");
        let (crypto, query) = set_up(vector);
        let body = body(vector);
        let message = crypto.open(&query, body.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            (message.text(), message.receive_id()),
            (text(vector, "text"), text(vector, "receive_id")),
            "{name}"
        );
        assert_eq!(message.format() == Format::Json, body.starts_with('{'), "{name}");
        // The same as the proof of an address: a message is none.
        let is_echo =
            !message.text().is_empty() && message.text().bytes().all(|byte| byte.is_ascii_alphanumeric());
        let proof = crypto.verify_url(&query);
        assert_eq!(proof.ok().as_deref(), Some(message.text()).filter(|_| is_echo), "{name}");
        // With only the other ids accepted it is refused, whatever its own is.
        let strict = Crypto::new(text(vector, "token"), text(vector, "key"), ["ww-none"]).expect("valid");
        assert_eq!(
            strict.open(&query, body.as_bytes()).as_ref().map_err(check).err(),
            Some("receive_id"),
            "{name}"
        );
        if message.text().starts_with(['<', '{']) {
            message.notice().unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        opened += 1;
    }
    assert_eq!(opened, 33);
}

#[test]
fn what_no_honest_sender_sends_is_refused_by_the_right_check() {
    let mut refused = 0;
    for vector in vectors().iter().filter(|vector| !vector["error"].is_null()) {
        let name = text(vector, "name");
        let (crypto, query) = set_up(vector);
        let opened = crypto.open(&query, body(vector).as_bytes());
        let error = opened.and_then(|message| message.notice()).expect_err(name);
        assert_eq!(check(&error), text(vector, "error"), "{name}: {error}");
        for shown in [error.to_string(), format!("{error:?}")] {
            for hidden in ["secret words", text(vector, "token"), text(vector, "key"), "root:"] {
                assert!(!shown.contains(hidden), "{name}: {shown}");
            }
        }
        refused += 1;
    }
    assert_eq!(refused, 44);
}
