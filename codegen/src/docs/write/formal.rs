//! Words → a condition of the format, if all that they name is there and can have the values that they name.

use crate::docs::read::text::{find, narrow, regex, replace};
use crate::docs::write::scope::Scope;

/// Several sentences of one text: values of the same name are alternatives, conditions of several names hold together.
pub(super) fn joined(all: Vec<String>) -> Option<String> {
    let values = |c: &String| {
        let m = find(regex!("^([A-Za-z0-9_.]+) (?:= ([^ ]+)|in \\[([^\\]]+)\\])$"), c)?;
        let list = if m[2].is_empty() { &m[3] } else { &m[2] };
        Some((m[1].clone(), list.split(", ").map(str::to_owned).collect::<Vec<_>>()))
    };
    let mut named: Vec<(String, Vec<String>)> = Vec::new();
    let mut others: Vec<String> = Vec::new();
    for one in all {
        match values(&one) {
            Some((name, list)) => match named.iter_mut().find(|(n, _)| *n == name) {
                Some((_, out)) => {
                    out.extend(list.into_iter().filter(|v| !out.contains(v)).collect::<Vec<_>>())
                }
                None => named.push((name, list)),
            },
            None if others.contains(&one) => {}
            None => others.push(one),
        }
    }
    let mut parts: Vec<String> = named.iter().map(|(name, list)| is_any(name, list)).collect();
    parts.extend(others);
    // What leaves a choice cannot be joined without parentheses.
    if parts.len() > 1 {
        parts.retain(|p| !p.contains(" or "));
    }
    (!parts.is_empty()).then(|| parts.join(" and "))
}

/// Whether a condition looks at a name.
pub(super) fn asks_for(condition: &str, name: &str) -> bool {
    condition.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).any(|word| word == name)
}

/// What must hold for words to hold: of `a且b` what can be said of one of them.
pub(super) fn needed(words: &str, own: &str, scope: Scope<'_>) -> Option<String> {
    formal(words, own, scope).or_else(|| {
        let parts = words.split('且').filter(|_| words.contains('且'));
        let known: Vec<String> =
            parts.filter_map(|p| formal(p.trim_matches([' ', ',', '并', '而']), own, scope)).collect();
        (!known.is_empty() && known.iter().all(|c| !c.contains(" or "))).then(|| known.join(" and "))
    })
}

/// The opposite of a condition of one name.
pub(super) fn denied(condition: &str, scope: Scope<'_>) -> Option<String> {
    // What is not there is none of the kinds.
    if let Some(m) = find(regex!("^set\\(([A-Za-z0-9_.]+)\\) and ([A-Za-z0-9_.]+) != ([^ ]+)$"), condition)
        && m[1] == m[2]
    {
        return Some(format!("unset({0}) or {0} = {1}", m[1], m[3]));
    }
    if condition.contains(" and ") || condition.contains(" or ") {
        return None;
    }
    if let Some(rest) = condition.strip_prefix("unset(") {
        return Some(format!("set({rest}"));
    }
    if let Some(rest) = condition.strip_prefix("set(") {
        return Some(format!("unset({rest}"));
    }
    if let Some((name, value)) = condition.split_once(" != ") {
        return Some(format!("{name} = {value}"));
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
pub(super) fn formal(words: &str, own: &str, scope: Scope<'_>) -> Option<String> {
    let words = narrow(words).replace('`', "");
    let words =
        replace(regex!("^\\s*(?:[0-9]+[、.]\\s*)?(?:说明:|注:)?(?:仅?当|若|如果|在|仅限?)?\\s*"), &words, "");
    let words = replace(regex!("(?:时|的话)?(?:必填|必须)?\\s*$"), &words, "");
    let words = replace(regex!("^(?:参数|字段)\\s*([A-Za-z_])"), &words, "$1");
    // `任务返回码（非接口返回码）为0`
    let words = replace(regex!("\\((?:非|不是)[^()]*\\)"), &words, "");
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
    // `图片为空`: by what it is.
    let called = regex!("^([\u{4e00}-\u{9fff}][^,A-Za-z]{1,8}(?: ID)?)为空$");
    if let Some(name) =
        find(called, words).and_then(|m| scope.headed(&m[1]).or_else(|| scope.spoken_of(&m[1])))
    {
        return (name != own).then(|| format!("unset({name})"));
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
    let inside = regex!("^[^A-Za-z()]+\\(([A-Za-z_][A-Za-z0-9_.]*)\\s*(=|为|是)+\\s*([^()]+)\\)$");
    let switched = regex!("^([A-Za-z_][A-Za-z0-9_.]*)\\s*(?:参数)?(?:被|设置为?)?(?:开启|打开)$");
    let known = |name: &str| scope.find(name, own).filter(|n| n.name.rsplit('.').next() != Some(own));
    // `x为否或不填`: what is not there is off.
    let off = regex!(
        "^([A-Za-z_][A-Za-z0-9_]*)(?:为|是|=)(?:false|0|否|关闭)(?:或者?|、)(?:不填|不传|为空|未填写?)$"
    );
    if let Some(named) = find(off, words).and_then(|m| known(&m[1])).filter(|n| n.is_switch()) {
        return Some(format!("{} != true", named.name));
    }
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
    if m[2] == "为"
        && let Some(none) = named.nothing(&m[3])
    {
        let set =
            if scope.is_always(&named.name) { String::new() } else { format!("set({}) and ", named.name) };
        return Some(format!("{set}{} != {none}", named.name));
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
    // `SUCCESS(退款成功)`
    let called = || find(regex!("^([A-Za-z0-9_]+)\\s*\\([^()A-Za-z]+\\)$"), word).and_then(|m| value(&m[1]));
    // `具体日期(DETAIL_DATE)`
    let labelled =
        || find(regex!("^[^()A-Za-z0-9]+\\(([A-Z][A-Z0-9_]+)\\)$"), word).and_then(|m| value(&m[1]));
    value(word).or_else(numbered).or_else(called).or_else(labelled)
}

/// The values of a list in words.
pub(super) fn parts(words: &str) -> Vec<&str> {
    let sign = |c: char| c.is_whitespace() || "\"'[]「」『』【】".contains(c);
    let cut = words.split(['、', ',', '/', '|', '或', '和', '及']);
    cut.map(|v| v.trim_start_matches(['者', '以']).trim_matches(sign)).filter(|v| !v.is_empty()).collect()
}

/// `type = 1`, `type in [1, 3]`.
pub(super) fn is_any(name: &str, values: &[String]) -> String {
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
        // A number that has no label.
        let numbers = labels.iter().all(|l| l.parse::<i64>().is_ok());
        if let Some(named) =
            scope.headed(&m[1]).filter(|n| numbers && n != own).and_then(|n| scope.find(&n, own))
        {
            let values = labels.iter().map(|l| named.value(l)).collect::<Option<Vec<_>>>()?;
            return Some(is_any(&named.name, &values));
        }
    }
    // `上传失败`: what the field is of, and the label.
    let short = replace(regex!("的(?:记录|成员)$"), words, "");
    let at = short.char_indices().nth(2).filter(|_| short.chars().count() == 4 && !short.is_ascii());
    if let Some((noun, label)) = at.and_then(|(at, _)| short.split_at_checked(at))
        && let Some((name, values)) = scope.labelled(noun, &[label], own)
    {
        return Some(is_any(&name, &values));
    }
    let on = find(regex!("^(.{2,16}?)(?:参数|开关)?(?:被|为|设置为)?(?:开启|打开)$"), words)
        .or_else(|| find(regex!("^(?:开启|打开|启用)了?(.{2,16})$"), words));
    let state = replace(regex!("^(?:指定|设置|处于|选择)?[了为是]?"), words, "");
    let state = replace(regex!("的(?:企业|用户|客户|记录|成员|外部联系人)$"), &state, "");
    let switch = scope.switch(&state, own).or_else(|| scope.switch(&on.as_ref()?[1], own));
    if let Some((name, is)) = switch {
        return Some(format!("{name} = {is}"));
    }
    if state.chars().count() < 2 || state.is_ascii() {
        return None;
    }
    // `指定休息时间` may be the label.
    let found = scope.labelled("", &parts(&state), own).or_else(|| scope.labelled("", &parts(words), own));
    let (name, values) = found.or_else(|| scope.kindred(&state, own))?;
    Some(is_any(&name, &values))
}
