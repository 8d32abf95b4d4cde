//! Limits that stand in a list of error codes alone: `groupname不能为空，且最大字符个数不超过40`, `checkindate个数需要大于0且不超过7`.

use crate::docs::infer::limits::{Limits, limits};
use crate::docs::model::Endpoint;
use crate::docs::read::text::{find_all, narrow, regex};
use crate::docs::rules;
use crate::docs::write::fields::Writer;
use crate::docs::write::node::{get_mut, set, text};
use crate::yaml::{Kind, Node};

/// Gives the fields of a request the limits that its error codes tell of them by name, wherever a field of the name stands and has none.
pub(super) fn warned(e: &Endpoint, w: &mut Writer<'_>, out: &mut Node) {
    let Some(request) = get_mut(out, "request") else { return };
    let line = e.pages.first().map_or(0, |p| p.line);
    for sentence in e.warned.iter().flat_map(|s| s.split(['。', '；', '\n'])) {
        for (within, name, told) in statements(sentence) {
            let mut given = Vec::new();
            let wanted = Wanted { within: &within, name: &name, told: &told };
            wanted.give(request, &mut vec![], &mut given);
            for (path, limit) in given {
                let what =
                    format!("`{path}` was given `{limit}`, by the list of error codes: {}", sentence.trim());
                w.note(&rules::LIMIT_IN_TEXT, line, what);
            }
        }
    }
}

/// The fields that a sentence names, each with the object that it names around it and with what it says of them.
fn statements(sentence: &str) -> Vec<(String, String, String)> {
    let sentence = narrow(sentence);
    let named = regex!(
        r"(?:([a-z][A-Za-z_0-9]*)中的?)?([a-z][a-z0-9]*_?[A-Za-z0-9_]*(?:\s*(?:[、/,]|以?及|和|与)\s*[a-z][A-Za-z0-9_]*)*)\s*([^A-Za-z]*)"
    );
    let mut out = Vec::new();
    for m in find_all(named, &sentence) {
        let names =
            m[2].split(['、', '/', ',', '及', '和', '与', '以']).map(str::trim).filter(|n| !n.is_empty());
        out.extend(names.map(|n| (m[1].clone(), n.to_owned(), m[3].clone())));
    }
    out
}

/// A field that something is told of.
struct Wanted<'w> {
    within: &'w str,
    name: &'w str,
    told: &'w str,
}

impl Wanted<'_> {
    /// Sets the limit of each field of the name; its path and the limit go to `given`.
    fn give(&self, holder: &mut Node, at: &mut Vec<String>, given: &mut Vec<(String, String)>) {
        if let Some(Kind::Map(fields)) = get_mut(holder, "fields").map(|n| &mut n.kind) {
            for (name, entry) in fields {
                at.push(name.text().unwrap_or_default().to_owned());
                let around = self.within.is_empty() || at.iter().rev().skip(1).any(|n| n == self.within);
                if at.last().is_some_and(|n| n == self.name)
                    && around
                    && let Some(limit) = self.limit(entry)
                {
                    given.push((at.join("."), limit));
                }
                self.give(entry, at, given);
                at.pop();
            }
        }
        let variants = get_mut(holder, "union").and_then(|u| get_mut(u, "variants"));
        if let Some(Kind::Map(variants)) = variants.map(|n| &mut n.kind) {
            variants.iter_mut().for_each(|(_, variant)| self.give(variant, at, given));
        }
    }

    /// Sets the limit of a field, where it has none and may have one of the kind.
    fn limit(&self, entry: &mut Node) -> Option<String> {
        let of = |key: &str| entry.get(key).and_then(Node::text).unwrap_or_default();
        let read = |told: &str| limits(told, "");
        let Limits { chars, bytes, range, items } = match of("unit") {
            "s" => read(&format!("单位为秒，{}", self.told)),
            _ => read(self.told),
        };
        let (key, limit) = match of("type") {
            ty if ty.starts_with("list<") => ("items", items),
            "string" if bytes.is_some() => ("bytes", bytes),
            "string" => ("chars", chars),
            "i32" | "i64" | "u32" | "u64" => ("range", range),
            _ => return None,
        };
        const ANY: &[&str] = &["values", "choices", "range", "items", "chars", "bytes"];
        let limit = limit.filter(|_| !ANY.iter().any(|k| entry.get(k).is_some()))?;
        set(entry, key, text(&limit));
        Some(format!("{key}: {limit}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sentences_say_of_names() {
        for (sentence, want) in [
            ("groupname不能为空，且最大字符个数不超过40", "groupname c1..40"),
            ("a_time/b_time，设置时需要是5分钟的倍数，且不超过360分钟", "a_time r..21600 b_time r..21600"),
            (
                "late_rule中的a_time、b_time不可超过600分钟，且a_time需要大于b_time",
                "late_rule>a_time r..36000 late_rule>b_time r..36000",
            ),
            ("title及detail不可为空，且字符个数不可超过40", "title c1..40 detail c1..40"),
            ("wifiname均不可为空，且wifiname字符个数不可超过40个", "wifiname c..40"),
            ("固定上下班，打卡时段checkintime的个数需要大于0且不超过4", "checkintime i1..4"),
            ("rule中的items个数需要大于0且不超过5", "rule>items i1..5"),
            ("每月最多补卡次数cnt默认-1不限制，不可小于-1或大于99", "cnt r-1..99"),
            ("截止日期day默认-1不限制，不可小于-1或等于0或大于28", "day r-1..28"),
            ("time_id需要规则内唯一", ""),
        ] {
            let mut got = Vec::new();
            for (within, name, told) in statements(sentence) {
                let Limits { chars, bytes, range, items } = limits(&format!("单位为秒，{told}"), "");
                let around = if within.is_empty() { String::new() } else { format!("{within}>") };
                let kinds = [("c", chars), ("b", bytes), ("i", items), ("r", range)];
                let first = kinds.into_iter().find_map(|(sign, limit)| Some(format!("{sign}{}", limit?)));
                got.extend(first.map(|limit| format!("{around}{name} {limit}")));
            }
            assert_eq!(got.join(" "), want, "{sentence}");
        }
    }
}
