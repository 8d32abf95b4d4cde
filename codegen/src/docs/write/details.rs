//! What a field's text says beside its meaning → its entry: enumeration, default, limits, alphabet, that it is given up.

use crate::docs::infer::defaults::{self, Kind};
use crate::docs::infer::types::{Inferred, infer};
use crate::docs::infer::{files, labels, limits as read, units, values, words};
use crate::docs::model::Field;
use crate::docs::read::text::{find, has, narrow, prose, regex, replace};
use crate::docs::write::node::{self, map, plain, set, text};
use crate::names;
use crate::yaml::{Kind as Yaml, Node};

/// Enumeration, default and limits, where they fit the type.
pub(super) fn details(f: &Field, t: &Inferred, sent: bool, out: &mut Node) {
    let mut listed = enumeration(f, t, out);
    if sent && listed.is_empty() && out.get("choices").is_none() {
        listed = choices(f, t, out);
    }
    if !sent && listed.is_empty() {
        listed = constant(f, t, out);
    }
    if listed.is_empty() && out.get("choices").is_none() {
        listed = among(f, t, out);
    }
    let free = listed.is_empty() && out.get("choices").is_none();
    if !f.marks.lent {
        limits(f, t, free, sent, out);
        wrapped(f, t, out);
        by_element(f, t, out);
    }
    default(f, t, &listed, out);
    fractions(f, t, out);
    // Amounts of time keep their unit where only some of them may be given.
    measures(f, t, out.get("values").is_none(), out);
    if sent
        && matches!(t.base, "string" | "base64")
        && let Some(rule) = files::file(&f.name, &f.row.desc)
    {
        set(out, "file", file(rule));
    }
    if given_up(&f.row.desc) {
        set(out, "deprecated", plain("true"));
    }
    if let Some(version) = units::since(&f.row.desc) {
        set(out, "since", text(version));
    }
}

/// The files that a field may refer to.
pub(super) fn file(rule: files::Rule) -> Node {
    let mut node = map();
    if !rule.types.is_empty() {
        set(&mut node, "types", node::list(rule.types.into_iter().map(text).collect()));
    }
    if let Some(bytes) = rule.bytes {
        set(&mut node, "bytes", text(bytes));
    }
    node
}

/// Values without names of their own: `目前支持100、200`, `固定为authorization_code`.
fn choices(f: &Field, t: &Inferred, out: &mut Node) -> Vec<(String, String)> {
    if t.map || f.name.ends_with("time") {
        return vec![];
    }
    let told = match t.base {
        "string" if !t.joined() => values::fixed(&f.row.desc).into_iter().collect(),
        _ if is_whole(t) => values::choices(&f.row.desc),
        _ => vec![],
    };
    // What a sample contradicts is an example.
    let shown = f.shown.values.iter().all(|s| {
        let s = s.as_str().map_or_else(|| s.to_string(), str::to_owned);
        told.contains(&s) || t.base == "string" && s.to_uppercase() == s
    });
    if told.is_empty() || !shown {
        return vec![];
    }
    let text_of = |v: &String| if t.base == "string" { text(v) } else { plain(v) };
    set(out, "choices", node::list(told.iter().map(text_of).collect()));
    told.into_iter().map(|v| (v, String::new())).collect()
}

/// Words that have no names in Rust: `网络类型：有线、无线、未知`.
fn among(f: &Field, t: &Inferred, out: &mut Node) -> Vec<(String, String)> {
    let shown: Option<Vec<String>> = f.shown.values.iter().map(|v| v.as_str().map(str::to_owned)).collect();
    let Some(shown) = shown.filter(|_| t.base == "string" && t.lists == 0 && !t.joined() && !t.map) else {
        return vec![];
    };
    let words = values::among(&f.row.desc, &shown);
    if !words.is_empty() {
        set(out, "choices", node::list(words.iter().map(text).collect()));
    }
    words.into_iter().map(|w| (w, String::new())).collect()
}

/// The one kind that is received: `此时固定为customer`, which samples show too.
fn constant(f: &Field, t: &Inferred, out: &mut Node) -> Vec<(String, String)> {
    let told = values::fixed(&f.row.desc).filter(|_| {
        t.base == "string" && t.lists == 0 && !t.joined() && f.name.to_lowercase().ends_with("type")
    });
    let shown = |word: &String| {
        !f.shown.values.is_empty() && f.shown.values.iter().all(|v| v.as_str() == Some(word.as_str()))
    };
    let Some(word) = told.filter(shown) else { return vec![] };
    let mut values = map();
    set(&mut values, &word, map());
    set(out, "values", values);
    vec![(word, String::new())]
}

/// Whether a field is given up: the text says it of the field itself.
fn given_up(desc: &str) -> bool {
    // `2：只读（已废弃）`: one of the values.
    let desc = &replace(regex!("[0-9]\\s*[:：][^0-9\n]{0,20}[（(]已?经?(?:废弃|弃用)"), desc, "");
    has(
        regex!(
            "(?:^|[，。；,;（(\\n])\\s*(?:该|此|本)?(?:字段|参数|接口)?(?:已经?|后续(?:版本)?(?:将|会|将会)?|即将)(?:被|会)?(?:废弃|弃用)|(?:^|[，。；,;\\n])旧字段，[^，。；\\n]{0,20}(?:无法|不能)使用|开始将?不再(?:回调|返回|推送)(?:该|此)(?:字段|参数)|不(?:再)?推荐使用(?:该|此)(?:字段|参数)"
        ),
        desc,
    )
}

fn is_whole(t: &Inferred) -> bool {
    matches!(t.base, "i64" | "u32" | "i32" | "u64")
}

/// More values are a catalogue that the page happens to print.
const MOST: usize = 250;

/// The values that text or table list, with their labels, where they are an enumeration of the field's type. They come back.
fn enumeration(f: &Field, t: &Inferred, out: &mut Node) -> Vec<(String, String)> {
    let (whole, words_of) = (is_whole(t), t.base == "string");
    if !(whole || words_of) || t.map || f.name.ends_with("time") {
        return vec![];
    }
    let mut told = values::values(&f.row.desc, whole);
    // Digits in a string: `"gender": "1"`, `1表示男性，2表示女性`.
    let digits = |s: &serde_json::Value| s.as_str().is_some_and(|s| s.parse::<u32>().is_ok());
    if words_of && told.is_empty() && !f.shown.values.is_empty() && f.shown.values.iter().all(digits) {
        told = values::values(&f.row.desc, true);
    }
    // A list of its own is whole where the text refers to no other.
    let own = told.len() > 1 && !has(regex!("见|参考|参照|定义|以此类推|等"), &f.row.desc);
    let values = if told.len() < f.marks.values.len() && !own { f.marks.values.clone() } else { told };
    let fits = |v: &str| {
        whole && v.parse::<i64>().is_ok_and(|n| n >= 0 || !matches!(t.base, "u32" | "u64")) || words_of
    };
    let shown = f.shown.values.iter().all(|s| {
        let s = s.as_str().map_or_else(|| s.to_string(), str::to_owned);
        values.iter().any(|(v, _)| *v == s) || (words_of && s.contains(['|', 'x', 'X', '_']))
    });
    let numbered = whole || values.iter().all(|(v, _)| v.parse::<u32>().is_ok());
    let named: Vec<Option<String>> = if numbered {
        labels::numbered(&values).into_iter().map(Some).collect()
    } else {
        values.iter().map(|(v, _)| names::variant_name(v)).collect()
    };
    let unique = named.iter().enumerate().all(|(i, n)| n.is_some() && !named[..i].contains(n));
    // One value alone, which is what samples show or is marked as such.
    let single = values.len() == 1
        && (values::is_only(&f.row.desc)
            || shown && values::kind_alone(&f.row.desc).is_some()
            || !f.shown.values.is_empty() && shown && values::is_kind(&f.row.desc)
            || words_of && values::is_marked(&f.row.desc));
    let some = (2..=MOST).contains(&values.len()) || single;
    if !(some && values.iter().all(|(v, _)| fits(v)) && (shown || whole || single)) {
        return vec![];
    }
    if !unique {
        // A table of values that have no name in Rust, such as `yyyy/m/d`.
        if words_of && shown && !t.joined() && values == f.marks.values {
            set(out, "choices", node::list(values.iter().map(|(v, _)| text(v)).collect()));
        }
        return vec![];
    }
    // Amounts of time need no names.
    if whole && has(regex!("(?:secs?|seconds|mins?|minutes|diffs?)$"), &f.name) {
        if has(regex!("[仅只]支持"), &f.row.desc) {
            set(out, "choices", node::list(values.iter().map(|(v, _)| plain(v)).collect()));
        }
        return values;
    }
    let mut node = map();
    for ((value, label), name) in values.iter().zip(named) {
        let mut entry = map();
        if numbered {
            set(&mut entry, "name", plain(name.unwrap_or_default()));
        }
        let label = prose(label).replace('\n', " ").replace('`', "");
        if !label.is_empty() {
            set(&mut entry, "doc", text(label));
        }
        // Digits of a string stay a string.
        let key = if words_of { text(value) } else { plain(value) };
        if let Yaml::Map(entries) = &mut node.kind {
            entries.push((key, entry));
        }
    }
    // Each value a bit of its own, and more than two: they are added up.
    let bits: Vec<u64> = values.iter().filter_map(|(v, _)| v.parse().ok()).collect();
    if whole && bits.len() > 3 && bits.len() == values.len() && bits.iter().all(|b| b.is_power_of_two()) {
        set(out, "flags", plain("true"));
    }
    set(out, "values", node);
    values
}

/// What the server takes when the field is absent.
fn default(f: &Field, t: &Inferred, listed: &[(String, String)], out: &mut Node) {
    if out.get("required").and_then(Node::text) == Some("true") {
        return;
    }
    let kind = match t.base {
        "bool" => Kind::Bool,
        "flag" => Kind::Flag,
        _ => Kind::Other,
    };
    let told = defaults::default(&f.row.desc, kind, listed);
    // The unit stands in the text, the default in the cell.
    let cell = || {
        let cell = f.row.required.as_deref()?;
        defaults::default(&format!("{cell}。{}", f.row.desc), kind, listed)
    };
    if let Some(words) = defaults::quoted(&f.row.desc).filter(|_| t.base == "string" && listed.is_empty())
        && t.lists == 0
        && !t.joined()
    {
        set(out, "default", text(words));
        return;
    }
    let Some(d) = told.or_else(cell) else { return };
    // `不填或填0表示一直重复`: of a time that stands for none, and is no moment that the server takes.
    if t.base == "unix" && !f.row.desc.contains("默认") {
        return;
    }
    // `默认从0开始`: of a string of digits.
    let digits = |v: &serde_json::Value| v.as_str().is_some_and(|s| s.parse::<u64>().is_ok());
    if t.base == "string" && listed.is_empty() && t.lists == 0 && !t.joined() && d.parse::<u32>().is_ok() {
        if f.shown.values.iter().all(digits) {
            set(out, "default", text(d));
        }
        return;
    }
    // No bit is set.
    let none = d == "0" && out.get("flags").is_some();
    let among = none || listed.is_empty() || listed.iter().any(|(v, _)| *v == d);
    if fits(&d, t, listed) && among {
        set(out, "default", plain(d));
    }
}

/// Length, range, alphabet and number of elements. `free`: no enumeration says which values there are.
fn limits(f: &Field, t: &Inferred, free: bool, sent: bool, out: &mut Node) {
    let whole = is_whole(t);
    let limits = read::limits(&f.row.desc, &f.row.ty);
    // `取值范围：1 ~ 100` of a list of names counts its elements.
    let elements = if t.lists > 0 && !whole { limits.range.clone() } else { None };
    let textual = matches!(t.base, "string" | "secret") && !t.map && free;
    // On a list they are each element's.
    let many = t.lists > 0 || t.joined();
    let long = textual && (limits.chars.is_some() || limits.bytes.is_some());
    if (long || many && limits.items.is_some()) && words::cut(&f.row.desc) {
        set(out, "cut", plain("true"));
    }
    for (key, limit) in [("chars", limits.chars), ("bytes", limits.bytes)] {
        if let Some(l) = limit.filter(|_| textual)
            && let Some(to) = if many { node::entry(out, "each") } else { Some(&mut *out) }
        {
            set(to, key, text(l));
        }
    }
    if textual
        && !many
        && sent
        && let Some(p) = read::pattern(&f.row.desc)
    {
        set(out, "pattern", text(p));
    }
    // `分页大小，最大50条`: a number of things is limited as a list of them is.
    let counts = has(regex!("(?:^|_)(?:limit|size|count|num|number|months)$"), &f.name);
    let size =
        || read::file_bytes(std::iter::once(f.row.desc.as_str())).filter(|_| f.row.desc.contains("文件大小"));
    let range = limits.range.clone().or_else(|| limits.items.clone().filter(|_| counts && whole));
    let range = range.or_else(|| if whole && f.name.ends_with("size") { size() } else { None });
    if (whole || t.base == "f64")
        && t.lists == 0
        && free
        && let Some(l) = range.filter(|l| in_range(l.trim_end_matches(['K', 'M', 'G', 'B']), t.base))
    {
        if l.ends_with('B') {
            set(out, "unit", plain("byte"));
        }
        set(out, "range", text(l));
        if words::taken_as_top(&f.row.desc) {
            set(out, "cut", plain("true"));
        }
    }
    // `取值范围：1 ~ 7` of a list of numbers is each one's.
    if whole
        && many
        && free
        && f.row.desc.contains("取值范围")
        && let Some(l) = limits.range.as_ref().filter(|l| in_range(l, t.base))
        && let Some(each) = node::entry(out, "each")
    {
        set(each, "range", text(l));
    }
    if many && let Some(l) = limits.items.or(elements) {
        set(out, "items", text(l));
    }
}

/// `alias_list: {list: […]}`, whose text speaks of the list inside: how many there may be, and how long each.
fn wrapped(f: &Field, t: &Inferred, out: &mut Node) {
    let [inner] = f.children.as_slice() else { return };
    let list = infer(inner);
    if t.base != "object" || t.lists > 0 || t.map || list.lists != 1 {
        return;
    }
    let Some(entry) = node::get_mut(out, "fields").and_then(|fields| node::get_mut(fields, &inner.name))
    else {
        return;
    };
    let limits = read::limits(&f.row.desc, "");
    if entry.get("items").is_none()
        && let Some(items) = limits.items
    {
        set(entry, "items", text(items));
    }
    if list.base == "string"
        && inner.row.desc.is_empty()
        && entry.get("each").is_none()
        && let Some(bytes) = limits.bytes
        && let Some(each) = node::entry(entry, "each")
    {
        set(each, "bytes", text(bytes));
    }
}

/// `宽高比要小于2.25，大于1.3`: a range of fractions. A bound that is the default is a value of it.
fn fractions(f: &Field, t: &Inferred, out: &mut Node) {
    if t.base != "f64" || t.lists > 0 || out.get("range").is_some() {
        return;
    }
    let desc = narrow(&f.row.desc);
    let top = find(regex!(r"(小于|不超过)(等于)?\s*([0-9]+\.[0-9]+)(?:$|[^0-9.])"), &desc);
    let low = find(regex!(r"(大于|不小于)(等于)?\s*([0-9]+\.[0-9]+)(?:$|[^0-9.])"), &desc);
    let (Some(top), Some(low)) = (top, low) else { return };
    let default = out.get("default").and_then(Node::text);
    let within = |m: &[String]| m[1].starts_with('不') || !m[2].is_empty() || default == Some(m[3].as_str());
    let from = if within(&low) { "" } else { "<" };
    let to = if within(&top) { "" } else { "<" };
    set(out, "range", text(format!("{}{from}..{to}{}", low[3], top[3])));
}

/// `附件个数不能超过200个` in the text of a field of `附件列表`: how many elements there may be.
fn by_element(f: &Field, t: &Inferred, out: &mut Node) {
    if t.base != "object" || t.lists == 0 || out.get("items").is_some() {
        return;
    }
    let told = regex!(
        "([\u{4e00}-\u{9fff}]{2,4})(?:总?个数|总?数量)(?:最多|不(?:能|可|得|允许)?(?:超过|大于|多于))\\s*([0-9]+)"
    );
    let label = narrow(&f.row.desc);
    let tops = f.children.iter().filter_map(|c| find(told, &narrow(&c.row.desc)));
    // The words before a noun stand before it without a mark.
    let own = |noun: &str| {
        let tails = noun.char_indices().map(|(at, _)| &noun[at..]).filter(|t| t.chars().count() > 1);
        tails.into_iter().any(|tail| label.contains(tail))
    };
    let mut tops: Vec<String> = tops.filter(|m| own(&m[1])).map(|m| m[2].clone()).collect();
    tops.dedup();
    if let [top] = tops.as_slice() {
        set(out, "items", text(format!("..{top}")));
    }
}

/// What a number counts and goes up by, how long a text is good, whether ids in it are translated. `free`: no enumeration says what the number means.
fn measures(f: &Field, t: &Inferred, free: bool, out: &mut Node) {
    if t.map {
        return;
    }
    // `相对于开始前的秒数。目前仅支持 300：5分钟前`: the values are amounts.
    let told = has(regex!("秒数|分钟数"), &f.row.desc) && t.lists > 0;
    if (is_whole(t) || matches!(t.base, "f64" | "digits"))
        && (free || told)
        && !t.joined()
        && let Some(unit) = units::unit(&f.name, &f.row.desc)
    {
        set(out, "unit", plain(unit));
    }
    if is_whole(t)
        && free
        && t.lists == 0
        && !t.joined()
        && let Some(step) = units::step(&f.name, &f.row.desc)
    {
        set(out, "step", plain(step));
    }
    if matches!(t.base, "string" | "secret")
        && !t.joined()
        && let Some(ttl) = units::ttl(&f.row.desc)
    {
        set(out, "ttl", plain(ttl));
    }
    if t.base == "string" && units::translated(&f.row.desc) {
        set(out, "id_trans", plain("true"));
    }
}

/// Whether a default is a value of the type.
fn fits(d: &str, t: &Inferred, listed: &[(String, String)]) -> bool {
    if t.lists > 0 || t.joined() || t.map {
        return false;
    }
    match t.base {
        "bool" => matches!(d, "true" | "false"),
        "flag" => matches!(d, "0" | "1"),
        "f64" => d.parse::<f64>().is_ok(),
        "i64" | "i32" => d.parse::<i32>().is_ok(),
        "u32" | "u64" => d.parse::<u32>().is_ok(),
        // Another number is an amount rather than a moment.
        "unix" => d == "0",
        "string" => listed.iter().any(|(l, _)| l == d),
        _ => false,
    }
}

fn in_range(limit: &str, base: &str) -> bool {
    let top: i128 = match base {
        "i32" => i32::MAX.into(),
        "u32" => u32::MAX.into(),
        _ => i64::MAX.into(),
    };
    limit.split("..").all(|n| {
        n.is_empty() || n.parse::<i128>().is_ok_and(|n| n <= top && (n >= 0 || !base.starts_with('u')))
    })
}
