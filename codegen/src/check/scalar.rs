//! Scalars and enumerations.

use serde_json::Value;

use super::finding::{Kind, Measure, Side, Verdict};
use super::walker::{At, Rules, Walk, length};
use crate::ir::{Enum, Limit, Prim};

impl Walk<'_> {
    pub(super) fn enumeration(&mut self, e: &Enum, rules: &Rules, value: &Value, at: &At) -> Verdict {
        let verdict = self.scalar(e.repr, rules, value, at);
        let written = match value {
            Value::String(s) => s.clone(),
            other => other.to_string(),
        };
        if verdict == Verdict::Wrong || (written.is_empty() && self.side == Side::Received) {
            return verdict;
        }
        let held = if e.flags {
            let all = e.values.iter().filter_map(|v| v.wire.parse::<i128>().ok()).fold(0, |a, b| a | b);
            written.parse::<i128>().is_ok_and(|n| n & !all == 0)
        } else {
            e.values.iter().any(|v| v.wire == written)
        };
        if held {
            return verdict;
        }
        let text = format!("{written} is not one of the values");
        self.find(at, Kind::UnknownEnumValue { value: written }, text);
        Verdict::Wrong
    }

    pub(super) fn string(&mut self, rules: &Rules, s: &str, at: &At) -> Verdict {
        let chars = self.limit(at, rules, Measure::Chars, length(s.chars().count()));
        let bytes = self.limit(at, rules, Measure::Bytes, length(s.len()));
        let pattern = match (&rules.limits.pattern, self.matcher) {
            (Some(pattern), Some(matches)) if !matches(pattern, s) => {
                self.find(
                    at,
                    Kind::Pattern { pattern: pattern.clone() },
                    format!("does not match {pattern}"),
                );
                Verdict::Wrong
            }
            _ => Verdict::Agree,
        };
        chars.max(bytes).max(pattern).max(self.chosen(rules, s, at))
    }

    /// Values that have no names are a closed set.
    fn chosen(&mut self, rules: &Rules, written: &str, at: &At) -> Verdict {
        let choices = &rules.limits.choices;
        if choices.is_empty()
            || choices.iter().any(|c| c == written)
            || written.is_empty() && self.side == Side::Received
        {
            return Verdict::Agree;
        }
        let text = format!("{written} is not one of {}", choices.join(", "));
        self.find(at, Kind::UnknownEnumValue { value: written.into() }, text);
        Verdict::Wrong
    }

    pub(super) fn scalar(&mut self, prim: Prim, rules: &Rules, value: &Value, at: &At) -> Verdict {
        use Prim::*;
        match (prim, value) {
            (Json, _) => Verdict::Agree,
            (String | Secret, Value::String(s)) => self.string(rules, s, at),
            (String | Secret, Value::Number(n)) => {
                self.coerced(at, "string", value).max(self.string(rules, &n.to_string(), at))
            }
            (String | Secret | Base64, _) if !value.is_string() => self.wrong(at, "string", value),
            // An empty text stands for nothing in answers.
            (_, Value::String(s)) if s.is_empty() && self.side == Side::Received => {
                if prim.is_text() {
                    Verdict::Agree
                } else {
                    self.coerced(at, prim.word(), value)
                }
            }
            (Base64, Value::String(s)) => match decoded_len(s) {
                Some(n) => self.limit(at, rules, Measure::Bytes, length(n)),
                None => self.format(at, "base64"),
            },
            (Date | Date8 | Datetime | Rfc3339, Value::String(s)) => {
                let (shape, name) = match prim {
                    Date => ("dddd-dd-dd", "yyyy-mm-dd"),
                    Date8 => ("dddddddd", "yyyymmdd"),
                    Datetime => ("dddd-dd-dd dd:dd:dd", "yyyy-mm-dd hh:mm:ss"),
                    _ => ("dddd-dd-ddTdd:dd:dd*", "RFC 3339"),
                };
                if shaped(s, shape) { Verdict::Agree } else { self.format(at, name) }
            }
            (Date8, Value::Number(_)) => self.coerced(at, "yyyymmdd", value),
            (Date | Date8 | Datetime | Rfc3339, _) => self.wrong(at, "string", value),
            (Bool, _) => self.switch(value.is_boolean(), "bool", value, at),
            (Flag, _) => self.switch(value.is_number(), "0 or 1", value, at),
            (F64, _) => self.float(rules, value, at),
            _ => self.integer(prim, rules, value, at),
        }
    }

    fn switch(&mut self, native: bool, expected: &str, value: &Value, at: &At) -> Verdict {
        let meant = match value {
            Value::Bool(_) => true,
            Value::Number(n) => matches!(n.as_u64(), Some(0 | 1)),
            Value::String(s) => matches!(s.as_str(), "0" | "1" | "true" | "false"),
            _ => false,
        };
        match (meant, native) {
            (true, true) => Verdict::Agree,
            (true, false) if self.text && value.is_string() => Verdict::Agree,
            (true, false) => self.coerced(at, expected, value),
            (false, true) => {
                let limit = Limit { min: Some(0), max: Some(1) };
                self.beyond(at, Measure::Range, limit, value.to_string(), "", false)
            }
            (false, false) => self.wrong(at, expected, value),
        }
    }

    fn float(&mut self, rules: &Rules, value: &Value, at: &At) -> Verdict {
        let (number, verdict) = match value {
            Value::Number(n) => (n.as_f64(), Verdict::Agree),
            Value::String(s) => match s.parse::<f64>() {
                Ok(n) if self.text => (Some(n), Verdict::Agree),
                Ok(n) => (Some(n), self.coerced(at, "number", value)),
                Err(_) => (None, self.wrong(at, "number", value)),
            },
            _ => (None, self.wrong(at, "number", value)),
        };
        let range = rules.limits.range;
        match number {
            // Ends are whole numbers here: the upper one holds for all that begins with it.
            Some(n)
                if range.min.is_some_and(|m| n < m as f64)
                    || range.max.is_some_and(|m| n >= m as f64 + 1.0) =>
            {
                self.beyond(at, Measure::Range, range, n.to_string(), "", rules.cut)
            }
            Some(n) if rules.limits.reals.is_some_and(|r| !r.holds(n)) => {
                let limit = rules.limits.reals.map_or(String::new(), |r| r.to_string());
                let text = format!("{n}, the limit is {limit}");
                let kind =
                    Kind::Limit { measure: Measure::Range, limit, found: n.to_string(), cut: rules.cut };
                self.find(at, kind, text);
                Verdict::Wrong
            }
            Some(n) => verdict.max(self.chosen(rules, &n.to_string(), at)),
            None => verdict,
        }
    }

    fn integer(&mut self, prim: Prim, rules: &Rules, value: &Value, at: &At) -> Verdict {
        let (expected, text) =
            if prim.is_text() { ("string of digits", true) } else { ("integer", self.text) };
        let number = match value {
            Value::Number(n) => {
                let whole = n.as_f64().filter(|f| f.fract() == 0.0 && f.abs() < 1e18).map(|f| f as i128);
                n.as_i64().map(i128::from).or_else(|| n.as_u64().map(i128::from)).or(whole)
            }
            Value::String(s) => s.parse::<i128>().ok(),
            _ => None,
        };
        // An integer in a text may be "" for none.
        if prim.is_text() && value.as_str() == Some("") {
            return Verdict::Agree;
        }
        let Some(number) = number else { return self.wrong(at, expected, value) };
        let native = if text { value.is_string() } else { value.is_i64() || value.is_u64() };
        let verdict = if native { Verdict::Agree } else { self.coerced(at, expected, value) };
        let (low, high) = prim.integers().unwrap_or((i128::MIN, i128::MAX));
        if number < low || number > high {
            let limit =
                Limit { min: i64::try_from(low).ok(), max: Some(i64::try_from(high).unwrap_or(i64::MAX)) };
            return self.beyond(at, Measure::Range, limit, number.to_string(), "", false);
        }
        let clamped = i64::try_from(number).unwrap_or(i64::MAX);
        let stepped = match rules.limits.step {
            Some(step) if step > 0 && number % i128::from(step) != 0 => {
                self.find(at, Kind::Step { step }, format!("{number} is not a multiple of {step}"));
                Verdict::Wrong
            }
            _ => Verdict::Agree,
        };
        let chosen = self.chosen(rules, &number.to_string(), at);
        verdict.max(self.limit(at, rules, Measure::Range, clamped)).max(stepped).max(chosen)
    }
}

/// `d` is a digit, `*` the rest, anything else itself.
fn shaped(s: &str, shape: &str) -> bool {
    let mut chars = s.chars();
    for want in shape.chars() {
        match (want, chars.next()) {
            ('*', _) => return true,
            ('d', Some(c)) if c.is_ascii_digit() => {}
            (_, Some(c)) if want == c => {}
            _ => return false,
        }
    }
    chars.next().is_none()
}

/// Length of what a base64 text holds, if it is one.
fn decoded_len(s: &str) -> Option<usize> {
    let body = s.trim_end_matches('=');
    let padding = s.len() - body.len();
    let clean = body.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_'));
    (clean && padding <= 2 && body.len() % 4 != 1).then_some(body.len() * 3 / 4)
}
