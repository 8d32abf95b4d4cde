//! What the text of one field says of others beside it: `该条件下x必填`, `当传入x时忽略y`, `必须同时带上x`.

use crate::docs::read::text::{find, find_all, has, narrow, regex, replace};
use crate::docs::write::formal::{asks_for, denied, formal, is_any, joined, parts};
use crate::docs::write::scope::Scope;

/// What is said of a field.
pub(super) struct Told {
    /// Its name, as the format has it.
    pub(super) name: String,
    /// Whether it must be there under the condition, rather than have a place at all.
    pub(super) required: bool,
    /// The condition.
    pub(super) when: String,
    /// The sentence.
    pub(super) words: String,
}

/// What the text of the field `own` says of its siblings in a request.
pub(super) fn told(doc: &str, own: &str, scope: Scope<'_>) -> Vec<Told> {
    let doc = narrow(doc).replace('`', "");
    let mut out = Vec::new();
    for line in doc.split(['。', ';', '\n']) {
        let segments = segments(line, own, scope);
        if segments.is_empty() {
            if let Some((when, rest)) = condition(line, own, scope) {
                statements(&rest, own, &when, line, scope, &mut out);
            } else if let Some(m) = find(beside(), line).filter(|_| !scope.is_always(own)) {
                // `必须同时带上x`: wherever this one is.
                named(&m[1], own, &format!("set({own})"), true, line, scope, &mut out);
            }
        }
        for (value, text) in segments {
            statements(&text, own, &format!("{own} = {value}"), &text, scope, &mut out);
        }
    }
    out
}

/// `当状态为转码完成才会返回录制文件列表`: what the text of the field `own` says of when others of an answer come.
pub(super) fn comes(doc: &str, own: &str, scope: Scope<'_>) -> Vec<Told> {
    let told = regex!(
        "^(?:仅?当|若|如果|只有)([^,。;]{2,30}?)(?:时|的话)?,?(?:才会?|才能?|则|会)*返回([^,。;]{2,60})$"
    );
    let doc = narrow(doc).replace('`', "");
    let mut out = Vec::new();
    for line in doc.split(['。', ';', '\n']).map(str::trim) {
        // `1-已绑定，绑定情况下才会返回下述参数`
        for (value, text) in segments(line, own, scope) {
            if has(regex!("才会?返回(?:下述|以下|如下|下列)(?:参数|字段)"), &text) {
                named("以下字段", own, &format!("{own} = {value}"), false, &text, scope, &mut out);
            }
        }
        let Some(m) = find(told, line) else { continue };
        // Of itself the text says it with its own words.
        let Some(when) = formal(&m[1], "", scope).filter(|_| !has(regex!("空|[0-9]|该|此|本"), &m[2]))
        else {
            continue;
        };
        for noun in parts(&m[2]) {
            let name = scope.spelled(noun, own).or_else(|| scope.headed(noun.trim_start_matches("是否")));
            if let Some(name) = name.filter(|n| n != own && !asks_for(&when, n)) {
                out.push(Told { name, required: false, when: when.clone(), words: line.to_owned() });
            }
        }
    }
    out
}

fn beside() -> &'static Option<regex_lite::Regex> {
    regex!(
        "(?:必须|需要?|须|也要)(?:同时|一并)(?:带上?|指定|传入?|填写?|填入|设置|提供)\\s*([A-Za-z_][A-Za-z0-9_]*)(?:\\s*(?:字段|参数))?\\s*(?:$|[,)(])"
    )
}

/// The parts of a sentence that each speak of one value of the field: `1-按设备，该条件下x必填`.
fn segments(line: &str, own: &str, scope: Scope<'_>) -> Vec<(String, String)> {
    let Some(named) = scope.find(own, "") else { return vec![] };
    let sign = regex!("(?:^|[\\s,;(])([0-9]{1,3}|[a-z_]{2,20})\\s*[-:]\\s*[^0-9\\s]");
    let mut starts: Vec<(usize, String)> = Vec::new();
    for m in find_all(sign, line) {
        let from = starts.last().map_or(0, |(at, _)| at + 1);
        let Some(at) = line.get(from..).and_then(|l| l.find(&m[0])).map(|at| at + from) else { continue };
        if named.lists(&m[1]) {
            starts.push((at, m[1].clone()));
        }
    }
    let ends: Vec<usize> = starts.iter().skip(1).map(|(at, _)| *at).chain([line.len()]).collect();
    let of = |((at, value), end): ((usize, String), usize)| Some((value, line.get(at..end)?.to_owned()));
    starts.into_iter().zip(ends).filter_map(of).collect()
}

/// The condition with which a sentence begins, and the rest of it.
fn condition(line: &str, own: &str, scope: Scope<'_>) -> Option<(String, String)> {
    let behind = |m: &[String]| Some(line.split_once(m[0].as_str())?.1.to_owned());
    let values = regex!(
        "(?:^|[,(:])\\s*(?:若|如果|当|如)?(?:该|此|本)?(?:字段|参数)?(?:取?值)?(?:为|是|=)\\s*\"?([0-9A-Za-z_、,/或和]+?)\"?\\s*(?:时|的话|,)"
    );
    if let Some(m) = find(values, line)
        && let Some(named) = scope.find(own, "")
        && let Some(all) = parts(&m[1]).iter().map(|v| named.value(v)).collect::<Option<Vec<_>>>()
        && !all.is_empty()
    {
        return Some((is_any(own, &all), behind(&m)?));
    }
    let itself = regex!(
        "(?:若|如果|当)?(?:有|要)?(?:传入?|填写?|指定|设置|使用|修改)了?(?:该|此|本)(?:字段|参数)(?:时|的话)?|(?:该|此|本)(?:字段|参数)(?:不为空|非空|有值|存在)(?:时|的话)?"
    );
    if let Some(m) = find(itself, line).filter(|m| !has(regex!("[不未没]$"), before(line, &m[0]))) {
        return Some((format!("set({own})"), behind(&m)?));
    }
    let switched = regex!("(未?)(?:开启|允许|打开|启用)(?:的?时候?|后)");
    if let Some(m) = find(switched, line)
        && scope.find(own, "").is_some_and(|n| n.is_switch())
    {
        return Some((format!("{own} = {}", m[1].is_empty()), behind(&m)?));
    }
    let clause = regex!("(?:若|如果|当|如|在)([^,。;]{3,40}?)(?:时|的话|,|则|会)");
    let m = find(clause, line)?;
    Some((formal(&m[1], "", scope)?, behind(&m)?))
}

fn before<'t>(line: &'t str, hit: &str) -> &'t str {
    line.split_once(hit).map_or("", |(b, _)| b)
}

/// What follows from a condition for the fields that the text names.
fn statements(text: &str, own: &str, when: &str, words: &str, scope: Scope<'_>, out: &mut Vec<Told>) {
    // Where another case begins, something else holds.
    let text = replace(regex!("(?:或者|否则|,(?:若|如果|当|而)).*$"), text, "");
    let ignored = regex!(
        "忽略(?:输入|传入|填写|传)?的?\\s*([A-Za-z_][A-Za-z0-9_]*(?:\\s*(?:[,、/]|和|与|及|或)\\s*[A-Za-z_][A-Za-z0-9_]*)*|其[他它余]的?(?:字段|参数))\\s*(?:等?(?:字段|参数|内容))?\\s*(?:$|[,)(])"
    );
    let without = regex!(
        "([A-Za-z_][A-Za-z0-9_]*(?:\\s*(?:[,、/]|和|与|及|或)\\s*[A-Za-z_][A-Za-z0-9_]*)*|其[他它余]的?(?:字段|参数))\\s*(?:字段|参数)?(?:则|都|均|将|会|就|被)*(?:无效|忽略|不生效|失效)"
    );
    let forbidden = regex!(
        "(?:不得|不可以?|不能|不允许|禁止|不需要?|无需|不用|不必)(?:再)?(?:传入?|填写?|指定|设置)\\s*([A-Za-z_][A-Za-z0-9_]*(?:\\s*(?:[,、/]|和|与|及|或)\\s*[A-Za-z_][A-Za-z0-9_]*)*|以下(?:字段|参数))"
    );
    for m in [ignored, without, forbidden].into_iter().filter_map(|r| find(r, &text)) {
        if let Some(when) = opposite(when, own, scope) {
            named(&m[1], own, &when, false, words, scope, out);
        }
    }
    let means = regex!(
        "([A-Za-z_][A-Za-z0-9_]*(?:\\s*(?:[,、/]|和|与|及|或)\\s*[A-Za-z_][A-Za-z0-9_]*)*)\\s*(?:字段|参数)?(?:才|会)+(?:有意义|有效|生效)"
    );
    if let Some(m) = find(means, &text) {
        named(&m[1], own, when, false, words, scope, out);
    }
    let needed = regex!(
        "(?:必须|需要?|须|也要)(?:同时|一并|也)?(?:带上?|指定|传入?|填写?|填入|设置|提供)(?:字段|参数)?\\s*([A-Za-z_][A-Za-z0-9_]*(?:\\s*(?:[,、]|和|与|及)\\s*[A-Za-z_][A-Za-z0-9_]*)*)\\s*(?:字段|参数)?\\s*(?:$|[,)(])"
    );
    let must = regex!(
        "([A-Za-z_][A-Za-z0-9_]*(?:\\s*(?:[,、]|和|与|及)\\s*[A-Za-z_][A-Za-z0-9_]*)*)\\s*(?:字段|参数)?(?:则|就|也|均|都|为)*(?:必填|必传|必选|不能为空|(?:必须|需要?|须|要)(?:同时|一并|也)*(?:填写?|传入?|指定|设置)\\s*(?:$|[,)(]))"
    );
    // `type=1时，表示时间段，填写begtime和endtime`
    let filled = regex!(
        "^,?(?:表示[^,]{1,10},)?填写\\s*([A-Za-z_][A-Za-z0-9_]*(?:\\s*(?:[、]|和|与|及)\\s*[A-Za-z_][A-Za-z0-9_]*)*)"
    );
    for m in [needed, must, filled].into_iter().filter_map(|r| find(r, &text)) {
        if !has(regex!("不需|无需|至少|之一|其[中一]"), &text) {
            named(&m[1], own, when, true, words, scope, out);
        }
    }
}

/// Whether a condition is of values of this field.
fn is_of(when: &str, own: &str) -> bool {
    when.strip_prefix(own).is_some_and(|rest| rest.starts_with(" = ") || rest.starts_with(" in "))
}

/// The fields that a list of names means, each with what holds for it.
fn named(
    names: &str,
    own: &str,
    when: &str,
    required: bool,
    words: &str,
    scope: Scope<'_>,
    out: &mut Vec<Told>,
) {
    let all = || scope.siblings().filter(|n| *n != own).map(str::to_owned);
    let found: Vec<String> = match names {
        _ if names.starts_with('其') => all().collect(),
        _ if names.starts_with("以下") => {
            scope.siblings().skip_while(|n| *n != own).skip(1).map(str::to_owned).collect()
        }
        _ => find_all(regex!("[A-Za-z_][A-Za-z0-9_]*"), names)
            .into_iter()
            .filter_map(|n| scope.spelled(&n[0], own))
            .collect(),
    };
    for name in found {
        let words = words.trim_start_matches([',', ' ', '(']).trim().to_owned();
        // A condition may name what it is about.
        if name == own || asks_for(when, &name) {
            continue;
        }
        match out.iter_mut().find(|t| t.name == name && t.required == required) {
            // `为0时填写a`, `为2时填写a和b`.
            Some(old) if required && is_of(&old.when, own) && is_of(when, own) => {
                if let Some(both) = joined(vec![old.when.clone(), when.to_owned()]) {
                    old.when = both;
                }
            }
            Some(_) => {}
            None => out.push(Told { name, required, when: when.to_owned(), words }),
        }
    }
}

/// The opposite of a condition, also of one with several values.
fn opposite(when: &str, own: &str, scope: Scope<'_>) -> Option<String> {
    if let Some(values) = when.strip_prefix(&format!("{own} in [")) {
        let values: Vec<String> = values.trim_end_matches(']').split(", ").map(str::to_owned).collect();
        return Some(match scope.rest(own, &values) {
            Some(rest) => format!("{own} = {rest}"),
            None => format!("not {when}"),
        });
    }
    if let Some(value) = when.strip_prefix(&format!("{own} = "))
        && let Some(rest) = scope.rest(own, &[value.to_owned()])
    {
        return Some(format!("{own} = {rest}"));
    }
    denied(when, scope)
}
