//! Conditions in words → the format's: `type为1时` is `type = 1` where the object has such a field and the field such a value.

use crate::docs::infer::words;
use crate::docs::model::Field;
use crate::docs::read::text::{find, find_all, has, narrow, regex};
use crate::docs::write::node::{entries, list, plain, remove, set, text};
use crate::yaml::{Kind, Node};

/// Gives the fields of an object the conditions that their texts state of each other.
pub(super) fn conditions(fields: &mut Node) {
    let whole = fields.clone();
    let Kind::Map(list) = &mut fields.kind else { return };
    for (name, entry) in list {
        let own = name.text().unwrap_or_default();
        let told = entry.get("required_words").and_then(Node::text).and_then(|w| formal(w, own, &whole));
        if let Some(condition) = told {
            remove(entry, "required_words");
            set(entry, "required", text(condition));
        }
        let required = entry.get("required").is_some() || entry.get("required_words").is_some();
        let doc = entry.get("doc").and_then(Node::text).unwrap_or_default();
        if !required && let Some(condition) = words::effective(doc).and_then(|w| formal(&w, own, &whole)) {
            set(entry, "when", text(condition));
        }
    }
}

/// A condition of words, if it compares one field beside `own` with values that the field can have.
fn formal(words: &str, own: &str, fields: &Node) -> Option<String> {
    let m = find(
        regex!(
            r#"^(?:仅?当|若|如果|在)?\s*(?:设置)?[`'"]?([A-Za-z_][A-Za-z0-9_.]*)[`'"]?\s*(?:字段|参数)?(?:的?取?值)?\s*(?:为|是|=+|等于)\s*((?:[`'"]?[A-Za-z0-9_]+[`'"]?\s*(?:、|或者?|,|/|和)?\s*)+)时?(?:必填|必须)?$"#
        ),
        narrow(words).trim(),
    )?;
    // `card_action.type` is told inside of `card_action`.
    let name = m[1].rsplit('.').next()?;
    let field = fields.get(name).filter(|_| name != own)?;
    let values: Vec<String> =
        find_all(regex!("[A-Za-z0-9_]+"), &m[2]).into_iter().map(|v| v[0].clone()).collect();
    let values: Vec<String> = values.iter().map(|v| value(v, field)).collect::<Option<_>>()?;
    match values.as_slice() {
        [] => None,
        [one] => Some(format!("{name} = {one}")),
        more => Some(format!("{name} in [{}]", more.join(", "))),
    }
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

/// `userid和mobile不能同时为空`, `a与b二选一`: which fields of an object need or exclude each other.
pub(super) fn groups(fields: &[Field], written: &Node, out: &mut Node) {
    let mut found: Vec<(&str, Vec<String>)> = Vec::new();
    for field in fields {
        for sentence in narrow(&field.desc).split(['。', '\n', ';']) {
            let rule = match () {
                () if has(
                    regex!(
                        "(不能|不可|不得)(全部)?(同时|全|都)为空|至少(要|应该?|需要?|必须)?(传|填|指定|设置|选择?)?(一个|一项|其一|一种)"
                    ),
                    sentence,
                ) =>
                {
                    "any_of"
                }
                () if has(regex!("二选一|(必填|填|传|选)其一|只能(选|填|传)(其一|一个)"), sentence) => {
                    "one_of"
                }
                () => continue,
            };
            let named =
                find_all(regex!("[A-Za-z_][A-Za-z0-9_]+"), sentence).into_iter().map(|m| m[0].clone());
            let mut names: Vec<String> = named.filter(|n| fields.iter().any(|f| f.name == *n)).collect();
            if !names.contains(&field.name) && has(regex!("^[^A-Za-z]{0,6}(与|和)"), sentence) {
                names.insert(0, field.name.clone());
            }
            names.sort_by_key(|n| fields.iter().position(|f| f.name == *n));
            names.dedup();
            let optional = |n: &String| written.get(n).is_some_and(|e| e.get("required").is_none());
            if names.len() > 1
                && names.iter().all(optional)
                && !found.iter().any(|(_, old)| old.iter().any(|n| names.contains(n)))
            {
                found.push((rule, names));
            }
        }
    }
    for rule in ["any_of", "one_of"] {
        let lists: Vec<Node> = found
            .iter()
            .filter(|(r, _)| *r == rule)
            .map(|(_, n)| list(n.iter().map(plain).collect()))
            .collect();
        if !lists.is_empty() {
            set(out, rule, list(lists));
        }
    }
}
