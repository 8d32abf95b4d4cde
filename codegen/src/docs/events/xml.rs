//! The XML of samples, as JSON.

use serde_json::{Map, Value};

/// The XML documents of a sample, as JSON: elements with children are objects, repeated ones lists, CDATA strings.
pub fn documents(code: &str) -> Vec<Value> {
    let mut out = Vec::new();
    // A sample that begins with the end tag has a stroke too many: `</xml>` … `</xml>`.
    let trimmed = code.trim_start();
    let mended = trimmed.strip_prefix("</xml>").filter(|t| t.contains("</xml>") && !t.contains("<xml>"));
    let mended = mended.map(|t| format!("<xml>{t}"));
    let mut rest = mended.as_deref().unwrap_or(code);
    while let Some(at) = rest.find("<xml>") {
        rest = &rest[at + 5..];
        let end = rest.find("</xml>").unwrap_or(rest.len());
        let mut reader = Xml { rest: &rest[..end] };
        out.push(Value::Object(reader.children(0, "xml").0));
        rest = &rest[end..];
    }
    out
}

/// `23.134521`; versions, and words such as `nan` that parse as a float, do not count.
fn fraction(text: &str) -> Option<serde_json::Number> {
    let (whole, part) = text.split_once('.')?;
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    (digits(whole.trim_start_matches('-')) && digits(part))
        .then(|| serde_json::Number::from_f64(text.parse().ok()?))
        .flatten()
}

pub(crate) struct Xml<'x> {
    rest: &'x str,
}

impl Xml<'_> {
    /// The elements up to the end tag, and the text between them with whether it was CDATA.
    fn children(&mut self, depth: usize, name: &str) -> (Map<String, Value>, String, bool) {
        let (mut map, mut text, mut quoted) = (Map::new(), String::new(), false);
        while let Some(at) = self.rest.find('<') {
            text.push_str(self.rest[..at].trim());
            self.rest = &self.rest[at..];
            if let Some(inner) = self.rest.strip_prefix("<![CDATA[") {
                let closed = inner.find("]]>").unwrap_or(inner.len());
                // The mark that ends the section may be absent: `]]</ChangeType>`.
                let torn = inner.find("]]</").filter(|at| *at < closed);
                let end = torn.unwrap_or(closed);
                text.push_str(&inner[..end]);
                quoted = true;
                self.rest = inner.get(end + if torn.is_some() { 2 } else { 3 }..).unwrap_or("");
            } else if let Some(inner) = self.rest.strip_prefix("</") {
                // The mark that ends the tag may be absent: `</ChangeType` before the next element.
                let end = inner.find(['>', '<']).unwrap_or(inner.len());
                let tag = inner[..end].trim();
                // An end tag of an outer element: this one was never closed.
                if tag == name || depth == 0 {
                    self.rest = inner[end..].strip_prefix('>').unwrap_or(&inner[end..]);
                }
                if depth > 0 {
                    break;
                }
            } else {
                // An element with a text that is closed nowhere ends before the next one.
                let closed = || self.rest.contains(&format!("</{name}"));
                if depth > 0 && quoted && !text.trim().is_empty() && map.is_empty() && !closed() {
                    break;
                }
                let inner = &self.rest[1..];
                let end = inner.find('>').unwrap_or(inner.len());
                let tag = inner[..end]
                    .split_whitespace()
                    .next()
                    .unwrap_or_default()
                    .trim_end_matches('/')
                    .to_owned();
                let empty = inner[..end].ends_with('/');
                self.rest = inner.get(end + 1..).unwrap_or("");
                // `<FinishType><1></FinishType>`: a value in brackets.
                if !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_digit()) {
                    text.push_str(&tag);
                    continue;
                }
                if tag.is_empty() || !tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                    continue;
                }
                let value = if empty || depth > 24 {
                    Value::String(String::new())
                } else {
                    let (inner, text, quoted) = self.children(depth + 1, &tag);
                    let number = |t: &str| -> Option<serde_json::Number> {
                        t.parse::<i64>().ok().map(Into::into).or_else(|| fraction(t))
                    };
                    match number(text.trim()) {
                        _ if !inner.is_empty() => Value::Object(inner),
                        Some(n) if !quoted => Value::Number(n),
                        _ => Value::String(text),
                    }
                };
                match map.get_mut(&tag) {
                    Some(Value::Array(list)) => list.push(value),
                    Some(one) => {
                        let first = one.take();
                        *one = Value::Array(vec![first, value]);
                    }
                    None => {
                        map.insert(tag, value);
                    }
                }
            }
        }
        (map, text, quoted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_a_sample() {
        for (text, want) in [
            ("</xml>\n<InfoType>a</InfoType></xml>", "{\"InfoType\":\"a\"}"),
            ("<xml><A><![CDATA[x]]></A\n <S>1</S></xml>", "{\"A\":\"x\",\"S\":1}"),
            ("<xml><A>1</A></xml>", "{\"A\":1}"),
            ("<xml><A><1></A><B>2</B></xml>", "{\"A\":1,\"B\":2}"),
            ("<xml><A><![CDATA[x]]</A><B><![CDATA[y]]></B></xml>", "{\"A\":\"x\",\"B\":\"y\"}"),
            ("<xml><A><![CDATA[x]]><B>2</B><C>3</C></xml>", "{\"A\":\"x\",\"B\":2,\"C\":3}"),
            ("<xml><A>-23.5</A><B>1.2.3</B></xml>", "{\"A\":-23.5,\"B\":\"1.2.3\"}"),
        ] {
            let got: Vec<String> = documents(text).iter().map(Value::to_string).collect();
            assert_eq!(got, [want], "{text}");
        }
    }

    #[test]
    fn broken_xml_ends() {
        for text in ["<xml><A><B></A>", "<xml><", "<xml><![CDATA[", "<xml></xml><xml>", "<xml><A/></B>"] {
            documents(text);
        }
    }
}
