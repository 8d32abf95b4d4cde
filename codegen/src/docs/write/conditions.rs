//! Conditions in words → the format's: `type为1时` is `type = 1` where the object, or the one around it, has such a field and the field such a
//! value.

use crate::docs::infer::phrases::phrases;
use crate::docs::read::text::{find, find_all, narrow, regex, replace};
use crate::docs::write::node::{get_mut, remove, set, text};
use crate::docs::write::scope::Scope;
use crate::yaml::{Kind, Node};

/// Where a walk stands, and the fields that it no longer takes for always there.
#[derive(Default)]
struct Walk {
    at: Vec<String>,
    freed: Vec<String>,
}

/// Gives the fields of an endpoint the conditions that their texts state of others. The fields of the answer that were taken to be always there
/// come back.
pub(super) fn of_endpoint(entry: &mut Node) -> Vec<String> {
    let mut walk = Walk::default();
    let whole = entry.clone();
    let asked: Vec<(&'static str, &Node)> =
        ["query", "request"].into_iter().filter_map(|side| Some((side, whole.get(side)?))).collect();
    for (side, other) in [("query", "request"), ("request", "query"), ("response", "")] {
        if let (Some(out), Some(own)) = (get_mut(entry, side), whole.get(side)) {
            let answer = side == "response";
            // What stands in the URL and in the body are siblings.
            let (outer, asked) = if answer { (None, asked.as_slice()) } else { (whole.get(other), &[][..]) };
            object(out, own, Scope { own, outer, asked, fixed: None }, answer, &mut walk);
        }
    }
    let doc = whole.get("doc").and_then(Node::text).unwrap_or_default();
    if let Some(fields) = get_mut(entry, "request").and_then(|r| get_mut(r, "fields")) {
        ignored(fields, doc);
    }
    walk.freed
}

/// `如果填写了x参数，则y会被忽略`: what a sentence beside the tables says of fields of the body.
fn ignored(fields: &mut Node, doc: &str) {
    let told = regex!(
        "(?:如果|若|当)(?:填写?|传入?|指定|设置)了?\\s*([A-Za-z_][A-Za-z0-9_]*)\\s*(?:参数|字段)?(?:时|的话)?,?则?([^。;\\n]{1,60}?)(?:参数|字段)?(?:将|会)*被忽略"
    );
    for m in find_all(told, &narrow(doc).replace('`', "")) {
        if fields.get(&m[1]).is_none() {
            continue;
        }
        for name in find_all(regex!("[A-Za-z_][A-Za-z0-9_]*"), &m[2]) {
            let free = |f: &&mut Node| {
                ["when", "required_words"].iter().all(|k| f.get(k).is_none())
                    && f.get("required").and_then(Node::text) != Some("true")
            };
            if let Some(field) = get_mut(fields, &name[0]).filter(|_| name[0] != m[1]).filter(free) {
                set(field, "when", text(format!("unset({})", m[1])));
            }
        }
    }
}

/// Gives the fields of something that is received, or of a type of its own, the conditions that their texts state of others.
pub(super) fn of_object(out: &mut Node, answer: bool) -> Vec<String> {
    let own = out.clone();
    let mut walk = Walk::default();
    object(out, &own, Scope { own: &own, outer: None, asked: &[], fixed: None }, answer, &mut walk);
    walk.freed
}

/// `whole`: the object as it was.
fn object(out: &mut Node, whole: &Node, scope: Scope<'_>, answer: bool, walk: &mut Walk) {
    let mut together: Vec<(String, String)> = Vec::new();
    let mut apart: Vec<(String, String)> = Vec::new();
    if let (Some(Kind::Map(fields)), Some(known)) =
        (get_mut(out, "fields").map(|n| &mut n.kind), whole.get("fields"))
    {
        for (name, entry) in fields {
            let own = name.text().unwrap_or_default();
            let Some(inner) = known.get(own) else { continue };
            walk.at.push(own.to_owned());
            let was = entry.get("required").is_some();
            field(entry, own, scope, answer);
            if answer && was && entry.get("required").is_none() {
                walk.freed.push(walk.at.join("."));
            }
            let doc = entry.get("doc").and_then(Node::text).unwrap_or_default();
            if let Some(other) = along(doc).filter(|o| o != own && !answer) {
                together.push((other, own.to_owned()));
            }
            apart.extend(if answer { None } else { forbids(doc, own, scope) }.into_iter().flatten());
            object(entry, inner, scope.within(inner, None), answer, walk);
            walk.at.pop();
        }
    }
    for (other, when) in apart {
        let entry = get_mut(out, "fields").and_then(|f| get_mut(f, &other));
        if let Some(entry) = entry.filter(|e| ["required", "when"].iter().all(|k| e.get(k).is_none())) {
            set(entry, "when", text(when));
        }
    }
    for (other, own) in together {
        let entry = get_mut(out, "fields").and_then(|f| get_mut(f, &other));
        if let Some(entry) =
            entry.filter(|e| e.get("required").is_none() && e.get("required_words").is_none())
        {
            set(entry, "required", text(format!("set({own})")));
        }
    }
    let (Some(union), Some(known)) = (get_mut(out, "union"), whole.get("union")) else { return };
    let tag = known.get("tag").and_then(Node::text);
    let variants = get_mut(union, "variants").map(|n| &mut n.kind);
    let (Some(Kind::Map(variants)), Some(known)) = (variants, known.get("variants")) else { return };
    for (name, variant) in variants {
        if let Some(inner) = known.get(name.text().unwrap_or_default()) {
            object(variant, inner, scope.within(inner, tag), answer, walk);
        }
    }
}

/// In an answer a condition tells when a field comes; nobody is held to it.
fn field(entry: &mut Node, own: &str, scope: Scope<'_>, answer: bool) {
    let told = entry.get("required_words").and_then(Node::text).and_then(|w| formal(w, own, scope));
    if let Some(condition) = told {
        remove(entry, "required_words");
        set(entry, if answer { "when" } else { "required" }, text(condition));
    }
    if answer {
        remove(entry, "required_words");
    }
    let settled = ["when", "required_words"].iter().any(|key| entry.get(key).is_some());
    let required = entry.get("required").and_then(Node::text).unwrap_or_default();
    if settled || !answer && required == "true" {
        return;
    }
    let doc = entry.get("doc").and_then(Node::text).unwrap_or_default();
    let told = phrases(doc, answer);
    let positive = told.iter().filter(|p| !p.denied).filter_map(|p| needed(&p.words, own, scope));
    let negative = told.iter().filter(|p| p.denied);
    let negative = negative.filter_map(|p| denied(&formal(&p.words, own, scope)?, scope));
    let condition = match (joined(positive.collect()), joined(negative.collect())) {
        (Some(yes), Some(no)) if !yes.contains(" or ") && !no.contains(" or ") => {
            Some(format!("{yes} and {no}"))
        }
        (yes, no) => yes.or(no),
    };
    if let Some(condition) = condition.filter(|c| c != required) {
        if answer {
            remove(entry, "required");
        }
        set(entry, "when", text(condition));
    }
}

/// Several sentences of one text: values of the same name are alternatives, of other conditions the first counts.
fn joined(all: Vec<String>) -> Option<String> {
    let values = |c: &String| {
        let m = find(regex!("^([A-Za-z0-9_.]+) (?:= ([^ ]+)|in \\[([^\\]]+)\\])$"), c)?;
        let list = if m[2].is_empty() { &m[3] } else { &m[2] };
        Some((m[1].clone(), list.split(", ").map(str::to_owned).collect::<Vec<_>>()))
    };
    let first = all.first()?;
    let Some((name, mut out)) = values(first) else { return Some(first.clone()) };
    for (_, more) in all.iter().skip(1).filter_map(values).filter(|(n, _)| *n == name) {
        out.extend(more.into_iter().filter(|v| !out.contains(v)).collect::<Vec<_>>());
    }
    Some(is_any(&name, &out))
}

/// What must hold for words to hold: of `a且b` what can be said of one of them.
fn needed(words: &str, own: &str, scope: Scope<'_>) -> Option<String> {
    formal(words, own, scope).or_else(|| {
        let parts = words.split('且').filter(|_| words.contains('且'));
        let known: Vec<String> =
            parts.filter_map(|p| formal(p.trim_matches([' ', ',', '并', '而']), own, scope)).collect();
        (!known.is_empty() && known.iter().all(|c| !c.contains(" or "))).then(|| known.join(" and "))
    })
}

/// `当值为0、1时，不得传入x，y`: the fields that have no place beside some values of this one, and when they have.
fn forbids(doc: &str, own: &str, scope: Scope<'_>) -> Option<Vec<(String, String)>> {
    let told = regex!(
        "(?:^|[,;。(])(?:当|若|如果)?(?:取?值|该字段|此字段|该参数)?(?:为|是)([0-9A-Za-z_、,/或和]+)时,?(?:则)?(?:不得|不可以?|不能|不允许|禁止)(?:传入?|填写?|指定|设置)\\s*([A-Za-z_][A-Za-z0-9_]*(?:\\s*[,、和及与]\\s*[A-Za-z_][A-Za-z0-9_]*)*)"
    );
    let m = find(told, &narrow(doc).replace('`', ""))?;
    let named = scope.find(own, "")?;
    let values: Vec<String> = parts(&m[1]).iter().map(|v| named.value(v)).collect::<Option<_>>()?;
    let when = match (scope.rest(own, &values), values.as_slice()) {
        (Some(rest), _) => format!("{own} = {rest}"),
        (None, [one]) => format!("{own} != {one}"),
        (None, more) => format!("not {}", is_any(own, more)),
    };
    let names = find_all(regex!("[A-Za-z_][A-Za-z0-9_]*"), &m[2]).into_iter().map(|n| n[0].clone());
    Some(names.filter(|n| n != own).map(|n| (n, when.clone())).collect())
}

/// `修改该字段时必须同时指定x`: the field that this one needs beside it.
fn along(doc: &str) -> Option<String> {
    let told = regex!(
        "(?:修改|指定|设置|填写?|传入?)(?:该|此|本)(?:字段|参数)时?,?(?:必须|需要?|须)(?:同时|一并)(?:指定|传入?|填写?|设置|修改)\\s*([A-Za-z_][A-Za-z0-9_]*)"
    );
    find(told, &narrow(doc).replace('`', "")).map(|m| m[1].clone())
}

/// The opposite of a condition of one name.
fn denied(condition: &str, scope: Scope<'_>) -> Option<String> {
    if condition.contains(" and ") || condition.contains(" or ") {
        return None;
    }
    if let Some(rest) = condition.strip_prefix("unset(") {
        return Some(format!("set({rest}"));
    }
    if let Some(rest) = condition.strip_prefix("set(") {
        return Some(format!("unset({rest}"));
    }
    match condition.split_once(" = ") {
        Some((name, value)) => Some(match scope.other_value(name, value) {
            Some(other) => format!("{name} = {other}"),
            None => format!("{name} != {value}"),
        }),
        None => condition.contains(" in [").then(|| format!("not {condition}")),
    }
}

/// A condition of words, if all that it names is there and can have the values that it names.
fn formal(words: &str, own: &str, scope: Scope<'_>) -> Option<String> {
    let words = narrow(words).replace('`', "");
    let words =
        replace(regex!("^\\s*(?:[0-9]+[、.]\\s*)?(?:说明:|注:)?(?:仅?当|若|如果|在|仅限?)?\\s*"), &words, "");
    let words = replace(regex!("(?:时|的话)?(?:必填|必须)?\\s*$"), &words, "");
    let words = words.trim();
    if let Some(one) = atom(words, own, scope) {
        return Some(one);
    }
    for (sign, word) in [("且", " and "), ("或", " or ")] {
        let parts: Vec<&str> = words
            .split(sign)
            .map(|p| p.trim_matches([' ', ',', '并', '者']))
            .filter(|p| !p.is_empty())
            .collect();
        if parts.len() > 1
            && let Some(all) = parts.iter().map(|p| atom(p, own, scope)).collect::<Option<Vec<_>>>()
        {
            return Some(all.join(word));
        }
    }
    None
}

/// A condition of one name.
fn atom(words: &str, own: &str, scope: Scope<'_>) -> Option<String> {
    presence(words, own, scope)
        .or_else(|| compared(words, own, scope))
        .or_else(|| of_values(words, own, scope))
        .or_else(|| by_label(words, own, scope))
}

/// `填写了x`, `使用x的方式导入`, `x与y必须同时指定`, `x不存在或者为空`: whether another field is there.
fn presence(words: &str, own: &str, scope: Scope<'_>) -> Option<String> {
    const NAME: usize = 1;
    let both = regex!("^([A-Za-z_][A-Za-z0-9_]*)与([A-Za-z_][A-Za-z0-9_]*)必须同时指定$");
    let known = |name: &str| scope.find(name, own).filter(|n| n.name.rsplit('.').next() != Some(own));
    if let Some(m) = find(both, words) {
        let other = [&m[1], &m[2]].into_iter().find(|n| *n != own)?;
        return (m[1] == own || m[2] == own)
            .then(|| known(other))
            .flatten()
            .map(|n| format!("set({})", n.name));
    }
    let unset = regex!(
        "^([A-Za-z_][A-Za-z0-9_.]*)(?:字段|参数)?\\s*(?:不存在或者?为空|为空或者?不存在|为空或者?不填|不填或者?为空|为空|不填|不传|不存在|未填写?|未设置)$"
    );
    let none = regex!("^(?:未|没有|不)(?:填写?|传入?|设置|指定)\\s*([A-Za-z_][A-Za-z0-9_.]*)(?:字段|参数)?$");
    if let Some(m) = find(unset, words).or_else(|| find(none, words)) {
        return known(&m[NAME]).map(|n| format!("unset({})", n.name));
    }
    let set = regex!(
        "^(?:请求中)?(?:填写?了?|设置了?|指定了?|使用了?|有?传入?了?)\\s*([A-Za-z_][A-Za-z0-9_.]*(?:[/或、][A-Za-z_][A-Za-z0-9_.]*)*)\\s*(?:字段|参数|的方式导入|进行查询|作为查询参数|查询)?$"
    );
    let behind = regex!("^([A-Za-z_][A-Za-z0-9_.]*)(?:字段|参数)?(?:填写|不为空|非空|存在|有值|有设置)$");
    let m = find(set, words).or_else(|| find(behind, words))?;
    let names = m[NAME].split(['/', '或', '、']);
    let names = names.map(|n| scope.find_asked(n).or_else(|| known(n)).map(|n| format!("set({})", n.name)));
    Some(names.collect::<Option<Vec<_>>>()?.join(" or "))
}

/// `type为1、3`, `扣款方式为代付(pay_mode=1)`, `n>0`, `check开启`: a field and its values.
fn compared(words: &str, own: &str, scope: Scope<'_>) -> Option<String> {
    const WORDS: &str = r#"^['"]?([A-Za-z_][A-Za-z0-9_.]*)['"]?\s*(?:字段|参数|类型)?(?:的?取?值)?\s*(不为|不是|不等于|!=|为|是|=+|等于|设置为|>|处于)\s*:?\s*(.+)$"#;
    let inside = regex!("^[^A-Za-z()]+\\(([A-Za-z_][A-Za-z0-9_.]*)\\s*(=)+\\s*([^()]+)\\)$");
    let switched = regex!("^([A-Za-z_][A-Za-z0-9_.]*)\\s*(?:参数)?(?:被|设置为?)?(?:开启|打开)$");
    let known = |name: &str| scope.find(name, own).filter(|n| n.name.rsplit('.').next() != Some(own));
    if let Some(m) = find(switched, words) {
        let named = known(&m[1])?;
        return named.value("开启").map(|v| format!("{} = {v}", named.name));
    }
    // `将会话变更为state为2`: what stands before the name.
    let lead = regex!("^[^A-Za-z0-9()不非除未且时或和,]{2,16}([A-Za-z_][A-Za-z0-9_]*[为是= ].+)$");
    let m = find(inside, words).or_else(|| find(regex!(WORDS), words)).or_else(|| {
        let rest = find(lead, words)?;
        find(regex!(WORDS), &rest[1])
    })?;
    let named = known(&m[1])?;
    if m[2] == ">" {
        let number = m[3].trim().parse::<u32>().ok().filter(|_| named.is_number())?;
        return Some(format!("{} > {number}", named.name));
    }
    let values: Vec<String> =
        parts(&m[3]).iter().map(|v| meant(v, &|v| named.value(v))).collect::<Option<_>>()?;
    match (m[2].starts_with(['不', '!']), values.as_slice()) {
        (_, []) => None,
        (true, [one]) => Some(format!("{} != {one}", named.name)),
        (true, _) => None,
        (false, values) => Some(is_any(&named.name, values)),
    }
}

/// `1`, `1请假`, `"文本"`: what a list of values names.
fn meant(word: &str, value: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let numbered = || find(regex!("^([0-9]+)\\s*[-:(]?\\s*[^0-9A-Za-z]+$"), word).and_then(|m| value(&m[1]));
    value(word).or_else(numbered)
}

/// The values of a list in words.
fn parts(words: &str) -> Vec<&str> {
    let sign = |c: char| c.is_whitespace() || "\"'[]「」『』【】".contains(c);
    let cut = words.split(['、', ',', '/', '|', '或', '和', '及']);
    cut.map(|v| v.trim_start_matches(['者', '以']).trim_matches(sign)).filter(|v| !v.is_empty()).collect()
}

/// `type = 1`, `type in [1, 3]`.
fn is_any(name: &str, values: &[String]) -> String {
    match values {
        [one] => format!("{name} = {one}"),
        more => format!("{name} in [{}]", more.join(", ")),
    }
}

/// `view类型`: a value of the one field that has it.
fn of_values(words: &str, own: &str, scope: Scope<'_>) -> Option<String> {
    let m = find(regex!("^([a-z][a-z0-9_]*)类型$"), words)?;
    scope.of_value(&m[1], own).map(|name| format!("{name} = {}", m[1]))
}

/// `业务类型是"行业解决方案"`, `指定为自定义重复`, `外部嘉宾`: the label of a value, with or without what its field is called.
fn by_label(words: &str, own: &str, scope: Scope<'_>) -> Option<String> {
    let words = words.trim_start_matches('对');
    let told =
        regex!("^([\u{4e00}-\u{9fff}/]{2,10}?)(?:指定)?(?:为|是|处于|选择了?|设置为)\\s*([^=]{1,40})$");
    let done = regex!("^([\u{4e00}-\u{9fff}]{2,8}?)((?:已|未)[\u{4e00}-\u{9fff}]{2,6})$");
    if let Some(m) = find(told, words).or_else(|| find(done, words)) {
        let labels = parts(&m[2]);
        let long = labels.iter().all(|l| l.chars().count() > 1);
        let found = scope.labelled(&m[1], &labels, own);
        let found = found.or_else(|| if long { scope.labelled("", &labels, own) } else { None });
        if let Some((name, values)) = found {
            return Some(is_any(&name, &values));
        }
    }
    let on = find(regex!("^(.{2,16}?)(?:参数|开关)?(?:被|为|设置为)?(?:开启|打开)$"), words);
    let state = replace(regex!("^(?:指定|设置|处于|选择)?[了为是]?"), words, "");
    let state = replace(regex!("的(?:企业|用户|客户|记录|成员|外部联系人)$"), &state, "");
    let switch = scope.switch(&state, own).or_else(|| scope.switch(&on.as_ref()?[1], own));
    if let Some((name, is)) = switch {
        return Some(format!("{name} = {is}"));
    }
    if state.chars().count() < 2 || state.is_ascii() {
        return None;
    }
    let (name, values) = scope.labelled("", &parts(&state), own)?;
    Some(is_any(&name, &values))
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
            let fields = written(&[("kind", ty, "", ""), ("x", "string", key, words)]);
            let mut object = map();
            set(&mut object, "fields", fields);
            of_object(&mut object, false);
            let fields = object.get("fields").expect("fields");
            let (key, value) = want.split_once(": ").expect("key: value");
            let value = value.contains(' ').then_some(value);
            let got = fields.get("x").and_then(|x| x.get(key)).and_then(Node::text);
            assert_eq!(got, value, "{words}");
        }
    }

    #[test]
    fn sentences_that_forbid_others() {
        let mut request = map();
        let rows = [
            ("kind", "i64", "doc", "类别。当值为0、1时，不得传入users，parties。"),
            ("users", "list<string>", "doc", "成员"),
            ("parties", "list<i64>", "doc", "部门"),
            ("id", "string", "doc", "编号"),
            ("name", "string", "doc", "名称"),
        ];
        set(&mut request, "fields", written(&rows));
        let mut entry = map();
        set(&mut entry, "doc", text("如果填写了`id`参数，则`name`和`order`参数会被忽略。"));
        set(&mut entry, "request", request);
        assert!(of_endpoint(&mut entry).is_empty());
        let fields = entry.get("request").and_then(|r| r.get("fields")).expect("fields");
        let when =
            |f: &str| fields.get(f).and_then(|f| f.get("when")).and_then(Node::text).map(str::to_owned);
        assert_eq!(when("users").as_deref(), Some("not kind in [0, 1]"));
        assert_eq!(when("parties"), when("users"));
        assert_eq!(when("name").as_deref(), Some("unset(id)"));
        assert_eq!(when("id"), None);
    }

    #[test]
    fn names_around_and_of_the_request() {
        let mut holder = map();
        set(&mut holder, "type", plain("object"));
        set(&mut holder, "fields", written(&[("y", "string", "doc", "仅在kind为2时有效。")]));
        let mut fields = written(&[
            ("kind", "i64", "", ""),
            ("is_public", "bool", "doc", "是否为公共日历"),
            ("x", "string", "doc", "范围。仅当是公共日历时有效"),
            ("z", "string", "doc", "名称。仅need=1时返回"),
        ]);
        set(&mut fields, "o", holder);
        let (mut request, mut response, mut entry) = (map(), map(), map());
        set(&mut request, "fields", written(&[("need", "flag", "", "")]));
        set(&mut response, "fields", fields);
        set(&mut entry, "request", request);
        set(&mut entry, "response", response);
        of_endpoint(&mut entry);
        let fields = entry.get("response").and_then(|r| r.get("fields")).expect("fields");
        let when = |f: Option<&Node>| f.and_then(|f| f.get("when")).and_then(Node::text).map(str::to_owned);
        assert_eq!(when(fields.get("x")).as_deref(), Some("is_public = true"));
        assert_eq!(when(fields.get("z")).as_deref(), Some("request.need = true"));
        let inner = fields.get("o").and_then(|o| o.get("fields")).and_then(|f| f.get("y"));
        assert_eq!(when(inner).as_deref(), Some("kind = 2"));
    }
}
