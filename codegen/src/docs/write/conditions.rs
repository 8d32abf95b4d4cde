//! Conditions in words → the format's: `type为1时` is `type = 1` where the object has such a field and the field such a value.

use crate::docs::infer::words;
use crate::docs::model::Field;
use crate::docs::read::text::{find, find_all, has, narrow, regex};
use crate::docs::write::node::{self, entries, list, plain, remove, set, text};
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
pub(super) fn groups(fields: &[Field], written: &mut Node, out: &mut Node) {
    let empty = regex!("(?:不能|不可|不得)(?:全部)?(?:同时|全|都)为空");
    let least =
        regex!("至少(?:要|应该?|需要?|必须)?(?:传|填|指定|设置|选择?)?(?:入|写)?(?:一个|一项|其一|一种)");
    let one = regex!("二选一|二者(?:选|填|传)其?一|(?:必填|填|传|选)其一|只能(?:选|填|传)(?:其一|一个)");
    let mut found: Vec<(&str, Vec<String>)> = Vec::new();
    for field in fields {
        for sentence in narrow(&field.row.desc).split(['。', '\n', ';']) {
            let rule = if has(empty, sentence) || has(least, sentence) {
                "any_of"
            } else if has(one, sentence) {
                "one_of"
            } else {
                continue;
            };
            let names = named(field, sentence, fields);
            let known = |n: &String| written.get(n).is_some();
            let taken = found.iter().any(|(_, old)| old.iter().any(|n| names.contains(n)));
            if names.len() < 2 || !names.iter().all(known) || taken {
                continue;
            }
            let must = |n: &&String| written.get(n.as_str()).is_some_and(|e| e.get("required").is_some());
            if names.iter().any(|n| must(&n)) {
                // Each is marked as required, and the text says that one of them will do.
                if has(empty, sentence) || !names.iter().all(|n| must(&n)) {
                    continue;
                }
                for name in &names {
                    if let Some(entry) = node::get_mut(written, name) {
                        remove(entry, "required");
                    }
                }
            }
            found.push((rule, names));
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

/// The fields that a sentence names, in their order, with the field itself where it speaks of it and others.
fn named(field: &Field, sentence: &str, fields: &[Field]) -> Vec<String> {
    let words = find_all(regex!("[A-Za-z_][A-Za-z0-9_]+"), sentence).into_iter().map(|m| m[0].clone());
    let mut names: Vec<String> = words.filter(|n| fields.iter().any(|f| f.name == *n)).collect();
    if !names.contains(&field.name) && has(regex!("^[^A-Za-z]{0,6}(?:与|和)"), sentence) {
        names.insert(0, field.name.clone());
    }
    names.sort_by_key(|n| fields.iter().position(|f| f.name == *n));
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::model::FieldRow;
    use crate::docs::write::node::map;

    fn field(name: &str, desc: &str) -> Field {
        let row = FieldRow { desc: desc.into(), ..FieldRow::default() };
        Field { name: name.into(), row, ..Field::default() }
    }

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
            conditions(&mut fields);
            let (key, value) = want.split_once(": ").expect("key: value");
            let value = value.contains(' ').then_some(value);
            let got = fields.get("x").and_then(|x| x.get(key)).and_then(Node::text);
            assert_eq!(got, value, "{words}");
        }
    }

    #[test]
    fn fields_of_which_one_must_be_there() {
        for (desc, required, want) in [
            ("userid、mobile不能同时为空", "", "any_of userid mobile"),
            ("userid与mobile二选一", "", "one_of userid mobile"),
            ("userid与mobile至少应该传一项", "true", "any_of userid mobile"),
            ("userid、mobile不能同时为空", "true", ""),
            ("与email不能同时为空", "", ""),
        ] {
            let key = if required.is_empty() { "" } else { "required" };
            let mut fields =
                written(&[("userid", "string", key, required), ("mobile", "string", key, required)]);
            let mut out = map();
            groups(&[field("userid", desc), field("mobile", "")], &mut fields, &mut out);
            let got = entries(&out).iter().map(|(k, v)| {
                let names: Vec<&str> = match &v.kind {
                    Kind::Seq(lists) => lists
                        .iter()
                        .flat_map(|l| match &l.kind {
                            Kind::Seq(names) => names.iter().filter_map(Node::text).collect(),
                            _ => vec![],
                        })
                        .collect(),
                    _ => vec![],
                };
                format!("{} {}", k.text().unwrap_or_default(), names.join(" "))
            });
            assert_eq!(got.collect::<Vec<_>>().join("; "), want, "{desc}");
            if !want.is_empty() {
                assert!(fields.get("userid").is_some_and(|f| f.get("required").is_none()), "{desc}");
            }
        }
    }
}
