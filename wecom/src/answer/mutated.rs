//! Mutated answers: none panics, and no refusal is read as success, by the word of a reader that knows nothing of ours.
//!
//! `WECOM_MUTATIONS=1000000` sets how many, instead of 20,000; `WECOM_MUTATIONS_SEED` begins elsewhere.

use super::*;

/// Answers to begin with.
const ANSWERS: [&str; 9] = [
    r#"{"errcode":0,"errmsg":"ok","userid":"zhangsan","name":"张三","department":[1,2],"order":[1,2]}"#,
    r#"{"errcode":60111,"errmsg":"userid not found, hint: [1], from ip: 203.0.113.9"}"#,
    r#"{"errmsg":"invalid access_token","errcode":40014}"#,
    r#"{"userlist":[{"userid":"a","name":"b","extattr":{"attrs":[]}}],"errcode":-1,"errmsg":"busy"}"#,
    r#"{"errcode":"40001","errmsg":"invalid credential"}"#,
    "{\n  \"errmsg\": \"a\\u4f60\\ud83d\\ude00\\\"\\\\\",\n  \"errcode\": 45009\n}\n",
    r#"{"code":401,"message":"please log in","data":null}"#,
    r#"{"data":{"errcode":0,"errmsg":"ok"},"errmsg":"no","errcode":81013}"#,
    r#"{"provider_access_token":"enLSZ5xxxxxxJRL","expires_in":7200}"#,
];

/// Pieces that readers stumble over.
const NASTY: [&[u8]; 22] = [
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"\x01",
    b"\n",
    b"\xff",
    b"\xe4\xbd",
    b"\\ud83d",
    b"\\u0000",
    b"0",
    b"1e400",
    b"null",
    b"\"errcode\":0,",
    b"\"errcode\":7,",
    b"\xef\xbb\xbf",
    b"-",
    b"\"errcode\":{\"a\":0},",
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
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(24)).min(bytes.len());
            match self.below(8) {
                0 => bytes.truncate(at),
                1 => drop(bytes.drain(at..end)),
                2 | 3 => drop(bytes.splice(at..at, NASTY[self.below(NASTY.len())].iter().copied())),
                4 => {
                    let again = bytes[at..end].repeat(self.below(3));
                    drop(bytes.splice(at..at, again));
                }
                5 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                6 if bytes.get(at).is_some_and(u8::is_ascii_digit) => bytes[at] = b"0719"[self.below(4)],
                _ if at < bytes.len() => bytes[at] = u8::try_from(self.below(256)).unwrap_or(0),
                _ => {}
            }
        }
    }
}

/// The values of `errcode` in the outermost object, as they are written; `None` when there is no such object, or it does not end.
/// Goes through the characters and knows of JSON only where strings begin and end, and what nests.
fn written(bytes: &[u8]) -> Option<Vec<String>> {
    let text = String::from_utf8_lossy(bytes);
    let mut chars = text.trim_start_matches('\u{feff}').trim().chars();
    (chars.next()? == '{').then_some(())?;
    let (mut depth, mut in_string, mut escaped) = (1, false, false);
    let (mut piece, mut key, mut found) = (String::new(), None::<String>, Vec::new());
    for c in chars.by_ref() {
        if in_string {
            piece.push(c);
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match c {
            '"' => in_string = true,
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            ':' if depth == 1 && key.is_none() => {
                key = Some(std::mem::take(&mut piece));
                continue;
            }
            _ => {}
        }
        if depth == 0 || (depth == 1 && c == ',') {
            if key.take().is_some_and(|key| key.trim().trim_matches('"') == "errcode") {
                found.push(piece.trim().to_owned());
            }
            piece.clear();
            if depth == 0 {
                return chars.as_str().trim().is_empty().then_some(found);
            }
            continue;
        }
        piece.push(c);
    }
    None
}

fn is_zero(written: &str) -> bool {
    let inside = written.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(written);
    inside.trim().parse() == Ok(0.0)
}

/// What becomes of an answer with HTTP 200: `true` is success.
fn succeeds(body: &[u8]) -> bool {
    let Ok(head) = head_before_body(body) else { return false };
    if head.refusal().is_some() {
        return false;
    }
    let answer = |body: &[u8]| Answer {
        endpoint: "/cgi-bin/x".into(),
        errmsg: "".into(),
        told: head.errcode.is_some(),
        body: Bytes::copy_from_slice(body),
        token: None,
        secrets: Vec::new(),
        file: None,
    };
    let nothing = answer(body).success().is_ok();
    // Whatever else is in it, it says that nothing was refused.
    assert!(!nothing || head.errcode == Some(0), "{}", String::from_utf8_lossy(body));
    answer(body).value().is_ok()
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn no_refusal_is_read_as_success() {
    let count = setting("WECOM_MUTATIONS", 20_000);
    let mut random = Random(setting("WECOM_MUTATIONS_SEED", 0x9e37_79b9_7f4a_7c15) | 1);
    let (mut successes, mut refusals) = (0, 0);
    for number in 0..count {
        let mut body = ANSWERS[random.below(ANSWERS.len())].as_bytes().to_vec();
        random.mutate(&mut body);
        let shown = || format!("mutation {number}: {:?}", String::from_utf8_lossy(&body));
        if !succeeds(&body) {
            refusals += 1;
            continue;
        }
        successes += 1;
        let Some(codes) = written(&body) else { panic!("no whole object is an answer: {}", shown()) };
        assert!(codes.iter().all(|code| is_zero(code)), "{codes:?} is read as success: {}", shown());
    }
    println!("{count} mutated answers: {successes} successes, {refusals} refusals");
    assert!(successes > count / 50 && refusals > count / 5, "{successes} successes, {refusals} refusals");
}
