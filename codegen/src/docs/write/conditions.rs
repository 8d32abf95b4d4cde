//! Conditions in words → the format's: `type为1时` is `type = 1` where the object has such a field and the field such a value.

use crate::docs::infer::words;
use crate::docs::read::text::{find, find_all, narrow, regex};
use crate::docs::write::node::{entries, remove, set, text};
use crate::yaml::{Kind, Node};

/// Gives the fields of an object the conditions that their texts state of each other.
/// In an answer a condition tells when a field comes; nobody is held to it.
pub(super) fn conditions(fields: &mut Node, answer: bool) {
    let whole = fields.clone();
    let Kind::Map(list) = &mut fields.kind else { return };
    for (name, entry) in list {
        let own = name.text().unwrap_or_default();
        let told = entry.get("required_words").and_then(Node::text).and_then(|w| formal(w, own, &whole));
        if let Some(condition) = told {
            remove(entry, "required_words");
            set(entry, if answer { "when" } else { "required" }, text(condition));
        }
        if answer {
            remove(entry, "required_words");
        }
        let required = entry.get("required").is_some()
            || entry.get("when").is_some()
            || entry.get("required_words").is_some();
        let doc = entry.get("doc").and_then(Node::text).unwrap_or_default();
        if !required && let Some(condition) = words::effective(doc).and_then(|w| formal(&w, own, &whole)) {
            set(entry, "when", text(condition));
        }
    }
}

/// A condition of words, if it compares one field beside `own` with values that the field can have, or asks for another field.
fn formal(words: &str, own: &str, fields: &Node) -> Option<String> {
    let words = narrow(words).replace('`', "");
    let words = words.trim();
    if let Some(other) = asked(words, own) {
        return fields.get(&other).map(|_| format!("set({other})"));
    }
    if let Some(condition) = by_label(words, own, fields) {
        return Some(condition);
    }
    let m = find(
        regex!(
            r#"^(?:说明:|注:)?(?:仅?当|若|如果|在)?\s*(?:设置)?['"]?([A-Za-z_][A-Za-z0-9_.]*)['"]?\s*(?:字段|参数)?(?:的?取?值)?\s*(?:为|是|=+|等于)\s*((?:['"]?[A-Za-z0-9_]+['"]?\s*(?:、|或者?|,|/|和)?\s*)+)(?:时|的话)?(?:必填|必须)?$"#
        ),
        words,
    )?;
    let (name, field) = field(&m[1], own, fields)?;
    let values: Vec<String> =
        find_all(regex!("[A-Za-z0-9_]+"), &m[2]).into_iter().map(|v| v[0].clone()).collect();
    let values: Vec<String> = values.iter().map(|v| value(v, field)).collect::<Option<_>>()?;
    (!values.is_empty()).then(|| is_any(&name, &values))
}

/// `type = 1`, `type in [1, 3]`.
fn is_any(name: &str, values: &[String]) -> String {
    match values {
        [one] => format!("{name} = {one}"),
        more => format!("{name} in [{}]", more.join(", ")),
    }
}

/// A field by its dotted name: below one that stands beside `own`, or, as `card_action.type` is told inside of `card_action`, beside it.
fn field<'n>(dotted: &str, own: &str, fields: &'n Node) -> Option<(String, &'n Node)> {
    let mut steps = dotted.split('.');
    let first = steps.next().filter(|n| *n != own).and_then(|n| fields.get(n));
    if let Some(found) = first.and_then(|f| steps.try_fold(f, |at, step| at.get("fields")?.get(step))) {
        return Some((dotted.to_owned(), found));
    }
    let last = dotted.rsplit('.').next().filter(|n| *n != own)?;
    fields.get(last).map(|found| (last.to_owned(), found))
}

/// `填写了x时`, `使用x的方式导入时`, `x与y必须同时指定`: the field that must be there.
fn asked(words: &str, own: &str) -> Option<String> {
    const NAME: usize = 1;
    let set = regex!(
        r"^(?:若|如果|当)?(?:填写?了?|设置了?|指定了?|使用了?|传入?了?)\s*([A-Za-z_][A-Za-z0-9_]*)\s*(?:字段|参数|的方式导入)?(?:时|的话)$"
    );
    let both = regex!(r"^([A-Za-z_][A-Za-z0-9_]*)与([A-Za-z_][A-Za-z0-9_]*)必须同时指定$");
    let other = match find(both, words) {
        Some(m) if m[1] == own => m[2].clone(),
        Some(m) if m[2] == own => m[1].clone(),
        Some(_) => return None,
        None => {
            let behind = regex!(r"^([A-Za-z_][A-Za-z0-9_]*)(?:填写|不为空)时$");
            find(set, words).or_else(|| find(behind, words))?[NAME].clone()
        }
    };
    (other != own).then_some(other)
}

/// `业务类型是"行业解决方案"时`: the label of a value of the one field beside that is called so.
fn by_label(words: &str, own: &str, fields: &Node) -> Option<String> {
    let m = find(regex!("^([\u{4e00}-\u{9fff}]{2,10})(?:为|是)\\s*\"?([^\"0-9A-Za-z]{2,24})\"?时$"), words)?;
    let labels: Vec<&str> = m[2].split(['、', '/', '或']).map(str::trim).collect();
    let mut found = entries(fields).iter().filter_map(|(name, entry)| {
        let (name, doc) = (name.text()?, entry.get("doc").and_then(Node::text)?);
        if name == own || !doc.contains(&m[1]) {
            return None;
        }
        let listed = entries(entry.get("values")?);
        let of = |label: &&str| {
            let hit = |v: &Node| v.get("doc").and_then(Node::text) == Some(*label);
            listed.iter().find(|(_, v)| hit(v)).and_then(|(k, _)| k.text()).map(str::to_owned)
        };
        let values: Vec<String> = labels.iter().map(of).collect::<Option<_>>()?;
        Some(is_any(name, &values))
    });
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// A value as a condition writes it, if the field can have it.
fn value(word: &str, field: &Node) -> Option<String> {
    let listed: Vec<&str> =
        field.get("values").map(entries).unwrap_or_default().iter().filter_map(|(k, _)| k.text()).collect();
    if !listed.is_empty() {
        return listed.contains(&word).then(|| word.to_owned());
    }
    match field.get("type").and_then(Node::text)? {
        "bool" | "flag" => match word {
            "true" | "1" => Some("true".into()),
            "false" | "0" => Some("false".into()),
            _ => None,
        },
        "i32" | "i64" | "u32" | "u64" => word.parse::<i64>().is_ok().then(|| word.to_owned()),
        "string" => word.starts_with(|c: char| c.is_ascii_alphabetic()).then(|| word.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::write::node::{map, plain};

    /// Fields as they are written: name, type, key and text.
    fn written(rows: &[(&str, &str, &str, &str)]) -> Node {
        let mut out = map();
        for (name, ty, key, words) in rows {
            let mut entry = map();
            set(&mut entry, "type", plain(*ty));
            if !key.is_empty() {
                set(&mut entry, key, text(*words));
            }
            set(&mut out, name, entry);
        }
        out
    }

    #[test]
    fn words_become_conditions_where_field_and_value_are_there() {
        for (ty, key, words, want) in [
            ("i64", "required_words", "type为1时", "required: kind"),
            ("i64", "required_words", "kind为1时", "required: kind = 1"),
            ("i64", "required_words", "kind为1、3时必填", "required: kind in [1, 3]"),
            ("bool", "required_words", "kind 为 true 时", "required: kind = true"),
            ("flag", "required_words", "当kind=0时", "required: kind = false"),
            (
                "string",
                "required_words",
                "kind为sync_user或replace_user时",
                "required: kind in [sync_user, replace_user]",
            ),
            ("bool", "required_words", "kind为2时", "required: kind"),
            ("i64", "doc", "仅在kind为2时有效。", "when: kind = 2"),
            ("i64", "doc", "长期有效。", "when: kind"),
        ] {
            let mut fields = written(&[("kind", ty, "", ""), ("x", "string", key, words)]);
            conditions(&mut fields, false);
            let (key, value) = want.split_once(": ").expect("key: value");
            let value = value.contains(' ').then_some(value);
            let got = fields.get("x").and_then(|x| x.get(key)).and_then(Node::text);
            assert_eq!(got, value, "{words}");
        }
    }
}
