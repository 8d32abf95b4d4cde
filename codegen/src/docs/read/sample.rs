//! A lenient reader of JSON samples. The pages' samples have trailing and missing commas, full-width punctuation, `...`, comments.

use serde_json::{Map, Number, Value};

use crate::docs::read::text::{has, narrow, regex};

const DEPTH: usize = 64;

/// The key under which an object says that it was not written out: `{"a": 1, ...}`. No field has such a name.
pub(crate) const CUT: &str = "\u{2026}";

/// Whether a sample does not show all that an object has.
pub(crate) fn is_cut(map: &Map<String, Value>) -> bool {
    map.contains_key(CUT)
}

/// The names that an object shows.
pub(crate) fn names(map: &Map<String, Value>) -> impl Iterator<Item = &String> {
    map.keys().filter(|k| *k != CUT)
}

/// Reads a sample. `None` when it is no JSON object or array even with good will.
pub fn read(text: &str) -> Option<Value> {
    if let Ok(value) = serde_json::from_str::<Value>(text.trim()) {
        return (value.is_object() || value.is_array()).then(|| trimmed(value));
    }
    // `"query": "x", …` without the braces around it.
    let bare = has(regex!(r#"^\s*"[A-Za-z_][A-Za-z0-9_]*"\s*:"#), text);
    let text = if bare { &format!("{{{text}}}") } else { text };
    let chars: Vec<char> = text.chars().collect();
    let start = chars.iter().position(|c| matches!(c, '{' | '[' | '｛' | '［'))?;
    // Words before the object (a URL, `POST …`) are no JSON; many of them make it something else.
    let before: String = chars[..start].iter().collect();
    if before.lines().filter(|l| !l.trim().is_empty() && !l.trim_start().starts_with("//")).count() > 1 {
        return None;
    }
    let mut reader = Reader { chars, at: start };
    let value = reader.value(0)?;
    (value.is_object() || value.is_array()).then_some(value)
}

/// A sample without the marks of what was not written out.
pub(crate) fn unmarked(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.into_iter().filter(|(k, _)| k != CUT).map(|(k, v)| (k, unmarked(v))).collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(unmarked).collect()),
        other => other,
    }
}

/// The bodies of a sample that shows several below each other, with nothing but comments between them: `// 统计 {…} // 列表 {…}`.
pub(crate) fn all(text: &str) -> Vec<Value> {
    let Some(first) = read(text) else { return vec![] };
    let mut out = vec![first];
    let chars: Vec<char> = text.chars().collect();
    let Some(start) = chars.iter().position(|c| *c == '{') else { return out };
    let mut reader = Reader { chars, at: start };
    while reader.value(0).is_some() {
        let rest: String = reader.chars.iter().skip(reader.at).collect();
        let comments = rest.lines().take_while(|l| {
            let line = l.trim();
            line.is_empty() || line.starts_with("//") || line.starts_with('#')
        });
        let skipped: usize = comments.map(|l| l.chars().count() + 1).sum();
        reader.at += skipped;
        if reader.chars.get(reader.at) != Some(&'{') {
            break;
        }
        let at = reader.at;
        let Some(value @ Value::Object(_)) = reader.value(0) else { break };
        out.push(value);
        reader.at = at;
    }
    out
}

/// Keys without blanks around them: `"status "` is a slip of the page.
fn trimmed(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.into_iter().map(|(k, v)| (k.trim().to_owned(), trimmed(v))).collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(trimmed).collect()),
        other => other,
    }
}

struct Reader {
    chars: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(*c as u32 - 0xfee0).unwrap_or(*c),
            '“' | '”' => '"',
            c => *c,
        })
    }

    fn ahead(&self, n: usize) -> Option<char> {
        self.chars.get(self.at + n).copied()
    }

    /// Blanks, comments, dots. Whether there were dots.
    fn skip(&mut self) -> bool {
        let mut dots = false;
        while let Some(c) = self.peek() {
            if c.is_whitespace() || c == '\u{feff}' {
                self.at += 1;
            } else if c == '…' {
                dots = true;
                self.at += 1;
            } else if c == '/' && self.ahead(1) == Some('/') || c == '#' {
                while self.peek().is_some_and(|c| c != '\n') {
                    self.at += 1;
                }
            } else if c == '/' && self.ahead(1) == Some('*') {
                self.at += 2;
                while self.at < self.chars.len() && !(self.peek() == Some('*') && self.ahead(1) == Some('/'))
                {
                    self.at += 1;
                }
                self.at += 2;
            } else if c == '.' && self.ahead(1) == Some('.') {
                dots = true;
                while self.peek() == Some('.') {
                    self.at += 1;
                }
            } else {
                break;
            }
        }
        dots
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEPTH {
            return None;
        }
        self.skip();
        match self.peek()? {
            '{' => self.object(depth),
            '[' => self.array(depth),
            '"' => self.string().map(Value::String),
            _ => self.word(),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut map = Map::new();
        loop {
            if self.skip() {
                map.insert(CUT.to_owned(), Value::Null);
            }
            match self.peek() {
                None => break,
                Some('}') => {
                    self.at += 1;
                    break;
                }
                // The brace that should have closed this object lacks: the array around it goes on.
                Some(']') => break,
                Some(',' | ';') => self.at += 1,
                Some('"') => {
                    let key = self.string()?;
                    self.skip();
                    if self.peek() == Some(':') {
                        self.at += 1;
                        self.skip();
                        let value = match self.peek() {
                            Some(',' | '}') => Value::Null,
                            _ => self.value(depth + 1)?,
                        };
                        merge(&mut map, narrow(key.trim()), value);
                    } else if matches!(self.peek(), Some('{' | '[')) {
                        // `"key" {`: the colon lacks.
                        let value = self.value(depth + 1)?;
                        merge(&mut map, narrow(key.trim()), value);
                    } else if self.peek() == Some(',') && self.lone_text() {
                        // `"key", "value",`: a comma in place of the colon.
                        self.at += 1;
                        let value = self.value(depth + 1)?;
                        merge(&mut map, narrow(key.trim()), value);
                    }
                }
                Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                    let mut key = String::new();
                    while let Some(c) = self.peek().filter(|c| c.is_ascii_alphanumeric() || *c == '_') {
                        key.push(c);
                        self.at += 1;
                    }
                    self.skip();
                    if self.peek() != Some(':') {
                        return None;
                    }
                    self.at += 1;
                    let value = self.value(depth + 1)?;
                    merge(&mut map, key, value);
                }
                // Chinese words between entries (“此处省略”), stray marks.
                Some(c) if !c.is_ascii() || "()'*".contains(c) => self.at += 1,
                Some(_) => return None,
            }
        }
        Some(Value::Object(map))
    }

    /// Whether the comma here is followed by a string that is not a key.
    fn lone_text(&mut self) -> bool {
        let start = self.at;
        self.at += 1;
        self.skip();
        let text = self.peek() == Some('"') && self.string().is_some();
        self.skip();
        let lone = text && self.peek() != Some(':');
        self.at = start;
        lone
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut list = Vec::new();
        loop {
            self.skip();
            match self.peek() {
                None => break,
                Some(']') => {
                    self.at += 1;
                    break;
                }
                Some('}') => break,
                Some(',') => self.at += 1,
                Some(_) => list.push(self.value(depth + 1)?),
            }
        }
        Some(Value::Array(list))
    }

    /// A string; a line break ends one whose quote lacks only when the next line begins like an entry.
    fn string(&mut self) -> Option<String> {
        self.at += 1;
        let mut out = String::new();
        while let Some(c) = self.chars.get(self.at).copied() {
            self.at += 1;
            match c {
                '"' | '“' | '”' => return Some(out),
                '\\' => {
                    let next = self.chars.get(self.at).copied()?;
                    self.at += 1;
                    match next {
                        'n' => out.push('\n'),
                        't' => out.push('\t'),
                        'r' => out.push('\r'),
                        'u' => {
                            let hex: String = self.chars.iter().skip(self.at).take(4).collect();
                            self.at += 4;
                            out.push(
                                u32::from_str_radix(&hex, 16)
                                    .ok()
                                    .and_then(char::from_u32)
                                    .unwrap_or('\u{fffd}'),
                            );
                        }
                        c => out.push(c),
                    }
                }
                '\n' => {
                    let rest: String = self.chars.iter().skip(self.at).take(200).collect();
                    if rest.trim_start().starts_with(['"', '}', ']']) {
                        return Some(out.trim_end().trim_end_matches(',').to_owned());
                    }
                    out.push('\n');
                }
                c => out.push(c),
            }
        }
        None
    }

    /// Numbers, true, false, null; bare words in place of a value (`CORPID`) are null.
    fn word(&mut self) -> Option<Value> {
        let mut text = String::new();
        while let Some(c) = self.peek() {
            if ",}]\n{[\"".contains(c) || (c == '/' && matches!(self.ahead(1), Some('/' | '*'))) {
                break;
            }
            text.push(c);
            self.at += 1;
        }
        let text = text.trim();
        Some(match text {
            "" => return None,
            "true" | "True" | "TRUE" => Value::Bool(true),
            "false" | "False" | "FALSE" => Value::Bool(false),
            "null" | "NULL" | "nil" => Value::Null,
            t => match t.parse::<i64>() {
                Ok(n) => Value::Number(n.into()),
                Err(_) => match (t.parse::<u64>(), t.parse::<f64>()) {
                    (Ok(n), _) => Value::Number(n.into()),
                    (_, Ok(f)) => Number::from_f64(f).map_or(Value::Null, Value::Number),
                    // A sum (`60*60`) or a list of choices (`0/1`) stands for a number.
                    _ if t.chars().all(|c| c.is_ascii_digit() || " */|+-.".contains(c)) => {
                        Value::Number(0.into())
                    }
                    // A word without quotes (`FILE_SIZE`, `xxx`) is no value: the field is there, its type is not shown.
                    _ => Value::Null,
                },
            },
        })
    }
}

/// A key that stands twice keeps what both say.
fn merge(map: &mut Map<String, Value>, key: String, value: Value) {
    match (map.get_mut(&key), value) {
        (Some(Value::Object(old)), Value::Object(new)) => {
            for (k, v) in new {
                old.entry(k).or_insert(v);
            }
        }
        (Some(_), Value::Null) => {}
        (_, value) => {
            map.insert(key, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lenient() {
        for (text, want) in [
            ("{\"a\":1,}", Some("{\"a\":1}")),
            ("｛“a”：1，\"b\":[1,2,...]｝", Some("{\"a\":1,\"b\":[1,2]}")),
            ("{\"a\":1\n\"b\":2,,\"c\":\"x\"}", Some("{\"a\":1,\"b\":2,\"c\":\"x\"}")),
            ("{ // note\n\"a\": true /* x */ }", Some("{\"a\":true}")),
            ("{\"a\": CORPID, \"b\":0/1}", Some("{\"a\":null,\"b\":0}")),
            ("{\"a\":[{\"b\":1]}", Some("{\"a\":[{\"b\":1}]}")),
            ("{\"a\" {\"b\":1}, \"c\":2}", Some("{\"a\":{\"b\":1},\"c\":2}")),
            ("{\"a\", \"x\",\n\"b\":1}", Some("{\"a\":\"x\",\"b\":1}")),
            ("{\"a\": , \"b\":{}}", Some("{\"a\":null,\"b\":{}}")),
            ("{\"a\":\"x\n\"b\":1}", Some("{\"a\":\"x\",\"b\":1}")),
            ("{\"u\":\"http://a//b\"}", Some("{\"u\":\"http://a//b\"}")),
            ("<xml></xml>", None),
            ("\n \"a\": 1,\n \"b\": {\"c\":2}\n", Some("{\"a\":1,\"b\":{\"c\":2}}")),
            ("void f() {\n}", Some("{}")),
            (
                "{\"a\":{ ... }, \"b\":[{…},...], ...}",
                Some("{\"a\":{\"…\":null},\"b\":[{\"…\":null}],\"…\":null}"),
            ),
            ("", None),
        ] {
            let got = read(text).map(|v| v.to_string());
            assert_eq!(got.as_deref(), want, "{text}");
        }
    }

    #[test]
    fn several_bodies() {
        for (text, want) in [
            ("{\"a\":1}", "{\"a\":1}"),
            ("// x\n{\"a\":1}\n// y = 2\n{\"b\":2}\n\n{\"c\":3}", "{\"a\":1} {\"b\":2} {\"c\":3}"),
            // What goes on is no second body.
            ("{\"a\":{}}\n,\"b\":{}}", "{\"a\":{}}"),
            ("", ""),
        ] {
            let got: Vec<String> = all(text).iter().map(Value::to_string).collect();
            assert_eq!(got.join(" "), want, "{text}");
        }
    }

    #[test]
    fn hostile_samples_end() {
        assert_eq!(read(&"[".repeat(10_000)), None);
        read("{\"a\":\"\\u12");
        read("{\"a\"");
    }
}
