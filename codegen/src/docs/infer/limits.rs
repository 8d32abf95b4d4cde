//! Limits that a field's text names: characters, bytes, range of a number, elements of a list, alphabet.

use crate::docs::read::text::{find, find_all, has, narrow, regex, replace};

/// Limits of a text: characters, bytes, range of a number, elements of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Length in characters.
    pub chars: Option<String>,
    /// Length in bytes.
    pub bytes: Option<String>,
    /// Range of a number.
    pub range: Option<String>,
    /// Elements.
    pub items: Option<String>,
}

/// Reads the limits of a text and a type cell.
pub fn limits(desc: &str, cell: &str) -> Limits {
    let desc = plain(desc);
    let mut out = Limits::default();
    if let Some(m) = find(regex!(r"\[\s*([0-9]+)\s*[,~-]\s*([0-9]+)\s*\]"), &narrow(cell)) {
        out.chars = length(&m[1], &m[2]);
    }
    // `String(40)`: the most that there may be.
    if let Some(m) =
        find(regex!(r"(?i)^\s*(?:string|varchar|char)\s*[(\[]\s*([0-9]+)\s*[)\]]\s*$"), &narrow(cell))
    {
        out.chars = Some(format!("..{}", m[1]));
    }
    lengths(&desc, &mut out);
    out.items = items(&desc);
    out.range = range_of(&desc);
    out
}

/// A text without what its numbers are written with: code marks, 万, powers, units; and without what limits nothing.
fn plain(desc: &str) -> String {
    let text = replace(regex!("([0-9]+) ?万"), &narrow(desc).replace('`', ""), "${1}0000");
    let text = numerals(&powers(&text));
    // `建议不超过20字节` limits nothing; what follows it may (`建议200个，最多不超过1000个`).
    let text = replace(regex!("建议[^,;。\n]*"), &text, "");
    // `18个汉字或36个英文字母`: two measures, of which neither is the limit.
    let text = replace(
        regex!(
            "[0-9]+\\s*个?(?:汉字|字符|英文|字母|字)[^,。;\n0-9]{0,4}或者?[0-9]+\\s*个?(?:汉字|字符|英文|字母|字)(?:字母|字符)?"
        ),
        &text,
        "",
    );
    let text = replace(regex!("字节或者?(?i:utf-?8)?字符|中文字符"), &text, "字符");
    in_unit(&text)
}

/// `最多三个`, `批次大小最大一百`: the amount in Chinese.
fn numerals(text: &str) -> String {
    let told = regex!(
        "((?:最[多大少]|至[多少]|不(?:能|可)?超过|[仅只](?:能|可以?)?(?:指定|支持)?)[^0-9,。;\\n]{0,6}?)(一百|[两二三四五六七八九十])( ?(?:个[^月]|个$|人|条|张|位|项|名|$|[,。;\\n]))"
    );
    let Some(m) = find(told, text) else { return text.to_owned() };
    let n = match m[2].as_str() {
        "一百" => 100,
        "两" => 2,
        one => 1 + "一二三四五六七八九十".chars().position(|c| one == c.to_string()).unwrap_or_default(),
    };
    // One alone is often under a condition (`type为1时只能有一个`).
    text.replacen(&m[0], &format!("{}{n}{}", m[1], m[3]), 1)
}

/// `10^6^`: a power of ten.
fn powers(text: &str) -> String {
    let mut out = text.to_owned();
    for power in 1..=9 {
        let sign = format!("10^{power}^");
        if out.contains(&sign) {
            out = out.replace(&sign, &10_u64.pow(power).to_string());
        }
    }
    out
}

/// Characters and bytes.
fn lengths(desc: &str, out: &mut Limits) {
    const UNIT: usize = 3;
    let set = |unit: &str, limit: Option<String>, out: &mut Limits| {
        let bytes = unit == "字节" || unit.starts_with("byte");
        *(if bytes { &mut out.bytes } else { &mut out.chars }) = limit;
    };
    if let Some(m) = find(
        regex!(
            r"([0-9]+)\s*(?:~|-|到|至)\s*([0-9]+)\s*[个位]?(?i:\s*UTF-?8)?\s*(字节|字符|汉字|文字|字)(?:$|[^段])"
        ),
        desc,
    ) {
        set(&m[UNIT], length(&m[1], &m[2]), out);
        return;
    }
    // `由1-32位的纯数字、“-”、“+”组成`
    if let Some(m) = find(regex!(r"由\s*([0-9]{1,3})\s*[-~]\s*([0-9]{1,3})\s*位[^。\n]{1,40}组成"), desc)
    {
        out.chars = length(&m[1], &m[2]);
        return;
    }
    // `最多64个字(128个字节)`: the limit in both measures.
    if let Some(m) = find(regex!(r"最多(?:支持传入)?\s*([0-9]+)\s*个?字\(([0-9]+)\s*个?字节\)"), desc)
    {
        (out.chars, out.bytes) = (Some(format!("..{}", m[1])), Some(format!("..{}", m[2])));
        return;
    }
    if let Some(m) = find(regex!(r"(?:不(?:能)?超过|最[大多])\s*([0-9]+)\s*([KM])\s*个?字节"), desc)
    {
        out.bytes = Some(format!("..{}{}B", m[1], m[2]));
        return;
    }
    let top = find(
        regex!(
            r"(?:不(?:能|可|得|要)?超过|最多(?:为|支持|可?填|可?传入?|支持传入|可?输入)?|最大(?:长度|支持)?(?:为|是)?|最长(?:为|是|支持|不超过)?|超过|上限(?:为|是)?|长度限[制定](?:为|在)?|限[制定]?(?:为|在)?|不(?:能)?(?:多|大|长|高)于|不能大于|长度为?)\s*:?\s*([0-9]+)\s*个?(?i:UTF-?8(?:编码)?(?:的)?)?\s*(字节|字符|汉字|文字|字|bytes?)(?:$|[^段])"
        ),
        desc,
    )
    .or_else(|| find(regex!(r"([0-9]+)\s*个?(?i:UTF-?8)?\s*(字节|字符|汉字|文字|字)(?:以内|之内|内)"), desc))
    // `字节长度不超过40`: the measure stands before the amount.
    .or_else(|| {
        let m = find(regex!(r"(字节|字符)(?:数|长度|个数)?(?:不(?:能|可|得)?(?:超过|大于)|最[大多长](?:为|是)?|上限(?:为|是)?)\s*([0-9]+)个?(?:$|[,。;)\n])"), desc)?;
        Some(vec![m[0].clone(), m[2].clone(), m[1].clone()])
    });
    let bottom = find(
        regex!(
            r"(?:不(?:能)?(?:少|小|低|短)于|大于等于|至少(?:为)?|最少(?:为)?)\s*([0-9]+)\s*个?(?i:UTF-?8)?\s*(字节|字符|汉字|字)"
        ),
        desc,
    );
    // `主菜单不能超过16字节，子菜单不能超过40字节`: of two limits the wider one refuses nothing that is right.
    let top = top.map(|mut m| {
        let more = find_all(regex!(r"不(?:能|可|得)?超过\s*([0-9]+)\s*个?(字节|字符|字)"), desc);
        let wider = more.iter().filter(|o| o[2] == m[2]).filter_map(|o| o[1].parse::<u64>().ok()).max();
        if let Some(n) = wider.filter(|n| m[1].parse().is_ok_and(|own: u64| own < *n)) {
            m[1] = n.to_string();
        }
        m
    });
    match (top, bottom) {
        (Some(top), Some(low)) if low[2] == top[2] => set(&top[2], length(&low[1], &top[1]), out),
        (Some(top), _) => set(&top[2], Some(format!("..{}", top[1])), out),
        (None, Some(low)) => set(&low[2], Some(format!("{}..", low[1])), out),
        (None, None) => {}
    }
    // `不能为空，最大字符个数不超过40`
    if has(regex!(r"(?:^|[。,;\n])\s*不(?:能|可)为空"), desc) {
        for limit in [&mut out.chars, &mut out.bytes].into_iter().flatten().filter(|l| l.starts_with("..")) {
            limit.insert(0, '1');
        }
    }
    if let Some(m) =
        find(regex!(r"长度(?:固定)?(?:必须)?(?:固定)?为\s*([0-9]+)(?:$|[^0-9~\-]*(?:$|[,。;\n]))"), desc)
        && has(regex!("(^|[^表组])长度(固定|必须)"), desc)
    {
        (out.chars, out.bytes) = (Some(m[1].clone()), None);
    }
}

/// Elements of a list.
fn items(desc: &str) -> Option<String> {
    // `部门覆盖总人数最多500个` counts what the elements hold.
    let desc = &replace(regex!("[^,;。\n]*(?:总人数|合计)[^,;。\n]*"), desc, "");
    if let Some(m) = find(
        regex!(
            r"(?:个数(?:应)?(?:为|在|:)?|支持|数量(?:为|:)?)\s*:?\s*([0-9]+)\s*(?:~|-|到|至)\s*([0-9]+)\s*(?:个|条|项|人|名|位|张|$|[,。;\n])"
        ),
        desc,
    ) {
        return range(&m[1], &m[2]);
    }
    if let Some(m) = find(regex!(r"个数(?:需要?|应)?大于0且?不(?:可|能)?超过\s*([0-9]+)"), desc)
    {
        return range("1", &m[1]);
    }
    if let Some(m) = find(regex!(r"(?:列表|数组)(?:的)?长度(?:必须|固定)为\s*([0-9]+)"), desc) {
        return Some(m[1].clone());
    }
    let top = find(
        regex!(
            r"(?:不(?:能|可|得|要)?超过|[最做至]多[^0-9,，。;；、(（]{0,10}|最大(?:支持|限制|可填写?|支持传入|支持合并)?(?:为|是)?|上限(?:为|是)?|限制(?:为)?|不(?:能)?(?:多|大)于|支持添加)\s*:?\s*([0-9]+)\s*(?:个|条|项|人|名|位|张|篇)(?:$|[^字文]|文[^字])"
        ),
        desc,
    )
    .or_else(|| find(regex!(r"[仅只](?:支持|能|可以?|允许)?(?:指定|传入?|填写?|选择?|添加|设置)?\s*([0-9]+)\s*(?:个|人|条|项|名|位|张)(?:$|[,。;)\n])"), desc))
    .or_else(|| {
        find(regex!(r"(?:个数|数量|列表长度|数组长度|请求长度|批次大小)[^0-9,。;\n]{0,4}(?:不(?:能|可|得)?(?:超过|大于)|最大(?:为)?|上限为?|最多为?)\s*([0-9]+)(?:$|[^0-9])"), desc)
    });
    let low = find(regex!(r"(?:至少|最少|不少于)[^0-9,。;\n]{0,6}([0-9]+)\s*(?:个|条|项|人|名|位|张)"), desc);
    match (top, low) {
        (Some(top), Some(low)) => range(&low[1], &top[1]),
        (Some(top), None) => Some(format!("..{}", top[1])),
        (None, _) if has(regex!("不能为空数组"), desc) => Some("1..".into()),
        (None, _) => None,
    }
}

/// The range of a number.
fn range_of(desc: &str) -> Option<String> {
    if let Some(m) = find(
        regex!(
            r"(?:取值)?范围(?:为|是|:)?\s*[\[(]?\s*([+-]?[0-9]+)\s*(?:~|,|-|到|至)\s*([+-]?[0-9]+)\s*(?:[^0-9^\s]|$)"
        ),
        desc,
    ) {
        // `90 ~ -90` is the same range as the other way round.
        if let Some(r) = range(&m[1], &m[2]).or_else(|| range(&m[2], &m[1])) {
            return Some(r);
        }
    }
    // `不可小于-1或等于0或大于28`
    if let Some(m) =
        find(regex!(r"不(?:可|能)小于\s*(-?[0-9]+)(?:或等于\s*[0-9]+)?或大于\s*([0-9]+)(?:$|[^0-9.])"), desc)
    {
        return range(&m[1], &m[2]);
    }
    if let Some(m) = find(regex!(r"取值在\s*([0-9]+)\s*[-~到至]\s*([0-9]+)\s*之间"), desc) {
        return range(&m[1], &m[2]);
    }
    // `如该参数大于100则按100处理`
    if let Some(m) =
        find(regex!(r"[大多]于\s*([0-9]+)\s*[则时],?按\s*([0-9]+)\s*处理"), desc).filter(|m| m[1] == m[2])
    {
        return Some(format!("..{}", m[1]));
    }
    if let Some(m) =
        find(regex!(r"大于\s*(等于)?\s*([0-9]+)\s*[,且并和]*\s*小于\s*(等于)?\s*([0-9]+)(?:$|[^0-9.])"), desc)
        && let (Ok(low), Ok(high)) = (m[2].parse::<i64>(), m[4].parse::<i64>())
    {
        let (low, high) = (low + i64::from(m[1].is_empty()), high - i64::from(m[3].is_empty()));
        return range(&low.to_string(), &high.to_string());
    }
    if let Some(m) = find(regex!(r"第几[天日个][^0-9(]{0,4}\(\s*([0-9]+)\s*[-~]\s*([0-9]+)\s*\)"), desc)
    {
        return range(&m[1], &m[2]);
    }
    // Beyond such a limit nothing is refused: the server takes another value.
    let seconds = has(regex!("单位(?:为|是|:)?\\s*秒|秒数"), desc);
    // `范围:00:00-次日23:59`: a time of day, in seconds.
    if let Some(m) =
        find(regex!(r"范围\s*:?\s*00:00\s*[-~到至]\s*(次日)?([0-9]{2}):([0-9]{2})(?:$|[^0-9])"), desc)
        && let (Ok(hours), Ok(minutes)) = (m[2].parse::<u32>(), m[3].parse::<u32>())
    {
        let hours = if m[1].is_empty() { hours } else { hours + 24 };
        return seconds.then(|| format!("..{}", hours * 3600 + minutes * 60));
    }
    // `距离0点的秒数，且小于24小时`
    if let Some(m) = find(regex!(r"(?:且|必须|应|需要?)小于\s*([0-9]+)\s*小时"), desc).filter(|_| seconds)
    {
        return Some(format!("..{}", m[1].parse::<u32>().ok()?.checked_mul(3600)?.checked_sub(1)?));
    }
    let kept = has(regex!("超过(?:最大值|上限)?[^,。;]{0,6}[取按用]默认"), desc);
    let top = find(
        regex!(
            r"(?:最大(?:值|不超过|可填写|支持)?(?:都)?(?:为|是|:)?|不(?:能|可|得)?超过|不(?:能|可)大于|最高不超过|最多(?:设置)?(?:为)?|上限值?(?:为|是)?)\s*([0-9]+)\s*(?:$|[^0-9.%个条人场字项天年月小分秒次MKGmkgB/:\-倍位元张\s])"
        ),
        desc,
    )
    .filter(|_| !kept)
    // `最小300秒，最大86399秒`: the unit is the field's.
    .or_else(|| find(regex!(r"最大\s*([0-9]+)\s*秒"), desc).filter(|_| has(regex!("单位(?:为|是|:)?\\s*秒"), desc)));
    let low = find(
        regex!(r"(?:最小(?:值)?(?:为|是|:)?|从|不(?:能)?(?:小|少)于)\s*([0-9]+)\s*(?:开始|秒|$|[,。;)\n])"),
        desc,
    )
    .map(|m| m[1].clone())
    .filter(|n| n != "0");
    let above = find(regex!(r"(?:必须|并且|需要?)大于(?:等于)?\s*([0-9]+)(?:$|[^0-9.年/-])"), desc)
        .and_then(|m| m[1].parse::<i64>().ok().map(|n| (n + i64::from(!m[0].contains("等于"))).to_string()));
    match (low.or(above), top) {
        (Some(low), Some(top)) => range(&low, &top[1]),
        (None, Some(top)) => Some(format!("..{}", top[1])),
        (Some(low), None) => Some(format!("{low}..")),
        (None, None) => None,
    }
}

/// The alphabet of a string, as a pattern: `只能由数字和字母组成`, `4-6位纯数字`, `正则表达式：[0-9a-z]*`.
pub(crate) fn pattern(desc: &str) -> Option<String> {
    let text = narrow(desc);
    if let Some(m) = find(
        regex!("不能(?:包括|包含|含有?|有)(?:以下|特殊)?(?:字符|符号)?\\s*:?\\s*([\\\\/:*?\"<>|]{4,})"),
        &text,
    ) {
        return Some(excluded(&m[1]));
    }
    if has(regex!("RGB颜色编码(?:的)?(?:16|十六)进制"), &text) && text.contains('#') {
        return Some("^#[0-9A-Fa-f]{6}$".to_owned());
    }
    if let Some(m) = find(
        regex!(
            "由(?:[0-9]{1,2}-[0-9]{1,2}位的?)?纯?数字((?:[、或和与]{1,2}[“\"'][^“”\"'A-Za-z]{1,2}[”\"'])+)组成"
        ),
        &text,
    ) {
        let marks: Vec<char> =
            m[1].chars().filter(|c| c.is_ascii_punctuation() && !"\"'".contains(*c)).collect();
        return Some(format!("^[{}]*$", set_of("0-9", &marks)));
    }
    if !has(regex!("只能|仅支持|只支持|只允许|可以填写|仅可|由|正则|位|选取"), &text) {
        return None;
    }
    if let Some(m) =
        find(regex!(r"正则表达式\)?\s*:?\s*\^?(\[[^\s，,。;]*?)\$?(?:$|[\s，,。;\x{4e00}-\x{9fff}])"), &text)
    {
        let whole = m[1].matches('[').count() == m[1].matches(']').count();
        return whole.then(|| format!("^{}$", m[1]));
    }
    if let Some(m) =
        find(regex!(r"([0-9]{1,2})\s*[-~]\s*([0-9]{1,2})\s*位(?:的)?纯?数字(?:组成)?(?:$|[,。;)\s])"), &text)
    {
        return Some(format!("^[0-9]{{{},{}}}$", m[1], m[2]));
    }
    if let Some(m) =
        find(regex!(r"(?:仅支持|仅为|只支持|必须为|固定为)\s*([0-9]{1,2})\s*位(?:的)?纯?数字"), &text)
    {
        return Some(format!("^[0-9]{{{}}}$", m[1]));
    }
    if let Some(m) = find(regex!(r"从\s*([^。;\n从]*?)\s*(?:共\s*[0-9]+\s*个)?(?:字符)?中选取"), &text)
    {
        return class(&m[1]);
    }
    let m = find(
        regex!(
            r#"(?:由半角的?|只能(?:由|是|输入|为|包含)?|仅支持|只支持|只允许(?:字符)?|可以填写)\s*([^。;\n]*)"#
        ),
        &text,
    )?;
    class(&m[1])
}

/// A class of characters from words such as `数字、字母和“_-@.”四种字符组成，且第一个字符必须是数字或字母`.
fn class(words: &str) -> Option<String> {
    let end = words.find("组成").unwrap_or(words.len());
    let (list, rest) = words.split_at(end);
    let list = replace(regex!(r"(?:,|且|并)?\s*(?:且)?在同一.*$|,\s*(?:同一|长度|不|最).*$"), list, "");
    let digits = has(regex!("数字|0-9"), &list);
    let letters = has(regex!("字母|a-z"), &list);
    // Letters and digits must both be named: `数字` alone is often an incomplete description of an id.
    if !(digits && letters)
        || has(regex!("中文|汉字|等|超过|大写字母"), &list.replace("大小写字母", "").replace("小写字母", ""))
    {
        return None;
    }
    let mut bare = replace(regex!("0-9|a-z|A-Z"), &list, "");
    for (word, mark) in [("下划线", "_"), ("中划线", "-"), ("连字符", "-"), ("星号", "*")] {
        bare = bare.replace(word, mark);
    }
    let marks: Vec<char> =
        bare.chars().filter(|c| c.is_ascii_punctuation() && !"\"'`,()".contains(*c)).collect();
    let all = set_of("0-9A-Za-z", &marks);
    let first = has(regex!("第一个字符必须是(?:数字或字母|字母或数字)"), rest);
    Some(if first { format!("^[0-9A-Za-z][{all}]*$") } else { format!("^[{all}]*$") })
}

/// The inside of a class: what it begins with, then marks in the order of the text, the dash last, as it would span a range elsewhere.
fn set_of(first: &str, marks: &[char]) -> String {
    let mut all = first.to_owned();
    for (i, c) in marks.iter().enumerate() {
        if *c == '-' || marks[..i].contains(c) {
            continue;
        }
        if matches!(c, ']' | '[' | '\\' | '^') {
            all.push('\\');
        }
        all.push(*c);
    }
    if marks.contains(&'-') {
        all.push('-');
    }
    all
}

/// All but some marks.
fn excluded(marks: &str) -> String {
    let marks: Vec<char> = marks.chars().collect();
    format!("^[^{}]*$", set_of("", &marks))
}

/// How large a file may be, as the format writes it: `5B ~ 2MB`, `不超过10M`. `None` where texts name several sizes.
pub(crate) fn file_bytes<'l>(lines: impl Iterator<Item = &'l str>) -> Option<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |limit: String| {
        if !found.contains(&limit) {
            found.push(limit);
        }
    };
    let size = |n: &str, unit: &str| match unit.to_ascii_uppercase().trim_end_matches('B') {
        "" => n.to_owned(),
        unit => format!("{n}{unit}B"),
    };
    let bytes = |n: &str, unit: &str| -> Option<u64> {
        let power = ["", "K", "M", "G"].iter().position(|u| *u == unit.trim_end_matches('B'))?;
        n.parse::<u64>().ok()?.checked_mul(1024_u64.checked_pow(u32::try_from(power).ok()?)?)
    };
    for line in lines {
        let text = narrow(line);
        let both =
            regex!(r"([0-9]+)\s*([KMG]?B|[KMG])\s*(?:~|-|到|至)\s*([0-9]+)\s*([KMG]?B|[KMG])(?:$|[^A-Za-z])");
        let top = regex!(
            r"(?:不(?:能|可|得)?(?:超过|大于)|最大(?:为|是|支持)?|上限(?:为|是)?|大小(?:限制)?(?:在|为)?|限制(?:为|在)?|小于|控制在)\s*([0-9]+)\s*([KMG]B?|[kmg]b?)(?:$|[^A-Za-z])"
        );
        if let Some(m) = find(both, &text) {
            if let (Some(low), Some(high)) = (bytes(&m[1], &m[2]), bytes(&m[3], &m[4])) {
                add(format!("{low}..{high}"));
            }
        } else if let Some(m) = find(top, &text) {
            add(format!("..{}", size(&m[1], &m[2])));
        }
    }
    if found.len() == 1 { found.pop() } else { None }
}

/// Amounts in the unit of the field, where the text names it: `以秒为单位，默认7天`, `单位为分，不超过5万元`.
pub(crate) fn in_unit(desc: &str) -> String {
    let seconds = has(regex!("以秒为单位|单位(?:为|是|:)?\\s*秒|[0-9] ?s(?:$|[^A-Za-z0-9])"), desc);
    let cents = has(regex!("单位(?:为|是|:)?\\s*分(?:$|[^钟])|以分为单位"), desc);
    let factors: &[(&str, i64)] = match (seconds, cents) {
        (true, _) => &[("s", 1), ("秒", 1), ("分钟", 60), ("小时", 3600), ("天", 86400)],
        (_, true) => &[("元", 100)],
        _ => return desc.to_owned(),
    };
    let mut out = String::new();
    let mut rest = desc;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let digits = rest[at..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |n| at + n);
        let tail = &rest[digits..];
        let hit = factors.iter().find(|(unit, _)| {
            tail.trim_start()
                .strip_prefix(unit)
                .is_some_and(|t| !t.starts_with(|c: char| c.is_ascii_alphanumeric()))
        });
        let amount = rest[at..digits].parse::<i64>().ok();
        let plain = !rest[..at].ends_with(|c: char| c.is_ascii_alphabetic() || c == '.' || c == '_');
        match (hit, amount.and_then(|n| n.checked_mul(hit.map_or(1, |h| h.1)))) {
            (Some((unit, _)), Some(n)) if plain => {
                out.push_str(&rest[..at]);
                out.push_str(&n.to_string());
                rest = &tail.trim_start()[unit.len()..];
            }
            _ => {
                out.push_str(&rest[..digits]);
                rest = tail;
            }
        }
    }
    out + rest
}

/// A length: its lower bound of 0 says nothing.
fn length(low: &str, high: &str) -> Option<String> {
    let both = range(low, high)?;
    Some(both.strip_prefix('0').filter(|r| r.starts_with("..")).map_or(both.clone(), str::to_owned))
}

fn range(low: &str, high: &str) -> Option<String> {
    let (a, b) = (low.parse::<i64>().ok()?, high.parse::<i64>().ok()?);
    (a <= b).then(|| format!("{a}..{b}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_ranges_and_elements() {
        for (desc, want) in [
            ("不超过32字节。", "b..32"),
            ("正文，不超过666 K个字节", "b..666KB"),
            ("标题，最多64个字(128个字节)", "c..64b..128"),
            ("哪一天，取值在1-31之间。", "r1..31"),
            ("每页大小，如该参数大于100则按100处理", "r..100"),
            ("长度为1~64个字节", "b1..64"),
            ("菜单的名字。不能为空，不能超过16字节", "b1..16"),
            ("比例，最大为1:30，即最大值为3000", "r..3000"),
            ("最多64个字符", "c..64"),
            ("链接名称,最长为30个字符", "c..30"),
            ("最长40个utf8字符", "c..40"),
            ("座机。由1-32位的纯数字、“-”、“+”组成", "c1..32"),
            ("最多添加50个敏感词，单个限制10个中文字符长度", "c..10i..50"),
            ("总价，单位分。需大于0且不能超过500万", "r1..5000000"),
            ("变更列表。目前最大支持合并1000条", "i..1000"),
            ("最多可一次指定1万个", "i..10000"),
            ("最多支持添加9个附件", "i..9"),
            ("每次最多100个", "i..100"),
            ("最大值1000，默认值500", "r..1000"),
            ("建议不超过20字节", ""),
            ("建议200个，最多不超过1000个", "i..1000"),
            ("必须大于0小于等于86400", "r1..86400"),
            ("休息开始时间，单位：秒\n范围：00:00-次日23:59", "r..172740"),
            ("距离0点的秒数，必须为整分钟，且小于24小时", "r..86399"),
            ("余额，单位为秒，不能大于1000天或24000小时", "r..86400000"),
            ("以秒为单位，最多为14天", "r..1209600"),
            ("单位为分，不超过5万元", "r..5000000"),
            ("最多为14天", ""),
            ("取值范围是[1, 500]", "r1..500"),
            ("时区，取值范围：-12 ~ +12", "r-12..12"),
            ("纬度，范围为90 ~ -90", "r-90..90"),
            // A power of two is no limit of two; one of ten is written so.
            ("32位整型范围是[0, 2^32)", ""),
            ("支持范围[10^4^,10^6^]，默认值为10^6^", "r10000..1000000"),
            // Lengths in further words.
            ("名称（1~255位字符长度）", "c1..255"),
            ("描述。0 ~ 512 字符", "c..512"),
            ("长度10个汉字以内", "c..10"),
            ("256 字节以内", "b..256"),
            ("长度限定200字节", "b..200"),
            ("每项限30个汉字", "c..30"),
            ("菜单内容\n不少于1字节\n不多于128字节", "b1..128"),
            ("要求大于等于2个UTF8字符。", "c2.."),
            ("默认为“详情”， 不超过4个文字", "c..4"),
            ("文件名最多填255个字符, 英文算1个, 汉字算2个", "c..255"),
            ("最多支持500个字节或者utf8字符", "c..500"),
            ("最长支持18个汉字或36个英文字母。", ""),
            ("不多于64个字符或32个汉字", ""),
            ("长度固定为43，从a-z, A-Z, 0-9中选取", "c43"),
            // Elements in further words.
            ("可填充个数：1 ~ 100。超过100个需分批调用。", "i1..100"),
            ("个数应为1~3个", "i1..3"),
            ("一个消息支持1到8条图文", "i1..8"),
            ("至少2人，至多2000人", "i2..2000"),
            ("选项不超过 10 个，最少1个", "i1..10"),
            ("单次最多可以传`100`个用户", "i..100"),
            ("单次操作最大限制100个", "i..100"),
            ("单次请求个数不超过100", "i..100r..100"),
            ("删除的列表，批次大小最大一百", "i..100r..100"),
            ("管理员，仅可指定1人，只支持传userid", "i..1"),
            ("只能指定两个，多的忽略", "i..2"),
            ("时间不超过两个月", ""),
            ("在type为1时必填，且只能有一个", ""),
            ("备注\n字节长度不超过40", "b..40r..40"),
            ("主菜单不能超过16字节，子菜单不能超过40字节", "b..40"),
            ("最大支持传入200个jobid", "i..200"),
            ("该列表长度必须为2", "i2"),
            ("成员列表，不能为空数组", "i1.."),
            ("不能为空数组，至少需要包含一个子项", "i1.."),
            ("最多支持传5张，超过五张取前五张", "i..5"),
            ("csv必须为 UTF-8 编码，不超过20个文件", "i..20"),
            ("回答列表。目前仅支持1个", "i..1"),
            // Ranges in further words.
            ("持续时间（单位秒），最小300秒，最大86399秒", "r300..86399"),
            ("每次拉取的数据量，默认值和最大值都为100", "r..100"),
            ("最多设置为`1000`", "r..1000"),
            ("从1开始，最大50，默认20", "r1..50"),
            ("部门id，指定时必须大于1。", "r2.."),
            ("序号，从1开始。", "r1.."),
            ("每月的第几天（1 - 31）", "r1..31"),
            ("最大值100，默认值50，超过最大值时取默认值", ""),
        ] {
            let l = limits(desc, "");
            let mut got = String::new();
            for (k, v) in [("c", l.chars), ("b", l.bytes), ("i", l.items), ("r", l.range)] {
                if let Some(v) = v {
                    got.push_str(&format!("{k}{v}"));
                }
            }
            assert_eq!(got, want, "{desc}");
        }
        assert_eq!(limits("", "string[1,32]").chars.as_deref(), Some("1..32"));
        assert_eq!(limits("", "String(40)").chars.as_deref(), Some("..40"));
    }

    #[test]
    fn alphabets() {
        for (desc, want) in [
            ("入会密码，仅可输入4-6位纯数字", "^[0-9]{4,6}$"),
            ("密钥，仅支持6位数字。没有填写则分配6位数字", "^[0-9]{6}$"),
            ("字符串取值范围(正则表达式)：[0-9a-zA-Z_-]*", "^[0-9a-zA-Z_-]*$"),
            ("只能由数字和字母组成", "^[0-9A-Za-z]*$"),
            ("只允许字符0-9及字母a-zA-Z。如果不填", "^[0-9A-Za-z]*$"),
            (
                "只能由数字、字母和“_-@.”四种字符组成，且第一个字符必须是数字或字母",
                "^[0-9A-Za-z][0-9A-Za-z_@.-]*$",
            ),
            ("只能是数字、大小写字母_-|*且在同一个商户号下唯一。", "^[0-9A-Za-z_|*-]*$"),
            ("由1-32位的纯数字、“-”、“+”组成", "^[0-9+-]*$"),
            ("长度为1~64个字符，字符不能包括\\:*?\"<>｜", "^[^\\\\:*?\"<>|]*$"),
            ("颜色，RGB颜色编码16进制表示，例如：\"#0000FF\"", "^#[0-9A-Fa-f]{6}$"),
            ("长度固定为43，从a-z, A-Z, 0-9共62个字符中选取，是AESKey的编码", "^[0-9A-Za-z]*$"),
            ("由半角的大小写字母、数字、中划线、下划线中的一种或几种组成。", "^[0-9A-Za-z_-]*$"),
            ("观看密码（4~6位数字），当type=2时必传", "^[0-9]{4,6}$"),
            ("只能由数字组成", ""),
            ("只能由中文、数字和字母组成", ""),
            ("只能填写一次", ""),
        ] {
            assert_eq!(pattern(desc).unwrap_or_default(), want, "{desc}");
        }
    }

    #[test]
    fn files() {
        for (lines, want) in [
            (&["图片文件大小应在 5B ~ 2MB 之间"][..], "5..2097152"),
            (&["文件不超过10M"], "..10MB"),
            (&["图片不超过10M", "视频不超过20M"], ""),
            (&["标题不超过10个字"], ""),
        ] {
            assert_eq!(file_bytes(lines.iter().copied()).unwrap_or_default(), want, "{lines:?}");
        }
    }
}
