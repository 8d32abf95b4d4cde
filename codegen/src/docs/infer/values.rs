//! The values that a field's text lists, with their labels.

use crate::docs::infer::value_forms;
use crate::docs::read::text::{find, find_all, has, narrow, regex, replace};

/// Stand for the marks that part values while they are inside brackets: `1-甲（乙，丙）` is one value.
const HIDDEN: &[(char, char)] =
    &[(',', '\u{e000}'), (';', '\u{e001}'), ('。', '\u{e002}'), ('例', '\u{e003}'), ('、', '\u{e004}')];

/// The values that a text lists, with their labels: `0-x`, `0：x`, `0表示x`, `1. x`, `` `text`：x ``.
pub fn values(desc: &str, numeric: bool) -> Vec<(String, String)> {
    let desc = unbroken(&narrow(desc).replace('—', "-"));
    let desc = without_asides(&desc);
    let bits = if numeric { value_forms::bits(&desc) } else { vec![] };
    let mut out = match numeric {
        true if bits.len() > 1 => bits,
        true => numbers(&desc),
        false => words(&desc),
    };
    if numeric && value_forms::counts(&desc, &out) {
        return vec![];
    }
    for (_, label) in &mut out {
        *label = label
            .chars()
            .map(|c| {
                HIDDEN
                    .iter()
                    .find(|(_, h)| *h == c)
                    .map_or(c, |(shown, _)| if *shown == ',' { '，' } else { *shown })
            })
            .collect();
    }
    out
}

/// Whether one value alone is an enumeration: the text says that there is no other for now, or names the kinds.
pub(crate) fn is_only(desc: &str) -> bool {
    has(
        regex!(
            r"(?:目前|暂时?)(?:只|仅)|选项包括|枚举值|目前支持的[^。]{0,12}有\s*[:：]|(?:类型|种类)\s*[:：]?\s*[0-9]+\s*[-：:]|固定(?:为|填)?\s*[0-9]"
        ),
        &narrow(desc),
    )
}

/// Whether a text names what kind something is, with one value of it: `接口类型，1-会话内容`.
pub(crate) fn is_kind(desc: &str) -> bool {
    has(
        regex!(
            r"^[\x{4e00}-\x{9fff}]{0,8}(?:类型|种类|场景)\s*[,:。]\s*[0-9]{1,3}\s*[-:]\s*[\x{4e00}-\x{9fff}]"
        ),
        &narrow(desc),
    )
}

/// The one value of a text that is nothing but a kind's name and that value.
pub(crate) fn kind_alone(desc: &str) -> Option<(String, String)> {
    value_forms::alone(&narrow(desc), unit()).map(|(value, label)| (value, trimmed(&label)))
}

/// Whether a text tells what one constant stands for: `` `DELETED_BY_ADMIN` 表示由管理员删除``.
pub(crate) fn is_marked(desc: &str) -> bool {
    has(regex!("`{1,3}[A-Z]+(?:_[A-Z]+)+`{1,3}\\s*(?:表示|代表)"), &narrow(desc))
}

/// The only word that a text allows: `此处固定为authorization_code`, `默认为RSA，仅支持RSA`, `仅支持输出文件为pdf格式`.
pub(crate) fn fixed(desc: &str) -> Option<String> {
    let text = narrow(desc);
    let told = regex!(
        r#"(?:固定(?:为|填|传)|目前有|[仅只]支持(?:普通文件)?|[仅只]支持[^A-Za-z0-9,;。\n()]{0,10}为)\s*:?\s*["'`]{0,3}([A-Za-z][A-Za-z0-9_]*)["'`]{0,3}\s*(?:$|[,;。\n)])"#
    );
    // A media id is of a file in a format; what is of a format by `为` is the format.
    let format = regex!(
        r#"[仅只]支持[^A-Za-z0-9,;。\n()]{0,10}为\s*["'`]{0,3}([A-Za-z][A-Za-z0-9_]*)["'`]{0,3}\s*格式\s*(?:$|[,;。\n)])"#
    );
    // `目前只支持人民币：CNY。`
    let named = regex!("目前[仅只]支持[\u{4e00}-\u{9fff}]{2,6}\\s*:\\s*([A-Z]{3,})\\s*(?:$|[,;。\n)])");
    let found = find(told, &text).or_else(|| find(format, &text)).or_else(|| find(named, &text));
    found.map(|m| m[1].clone())
}

/// Words that a text lists, of which samples show some: `网络类型：有线、无线、未知` and `"无线"`. Two at least, and no examples.
pub(crate) fn among(desc: &str, shown: &[String]) -> Vec<String> {
    let text = narrow(desc);
    if shown.is_empty() || has(regex!("例如|比如|等等|等(?:$|[,。;])|格式|分隔|分号|逗号"), &text)
    {
        return vec![];
    }
    for part in text.split(['。', ';', '\n']) {
        let Some((_, list)) = part.split_once(':') else { continue };
        let words: Vec<String> =
            list.split(['、', ',']).map(|w| w.trim().trim_matches(['`', '"', '\'']).to_owned()).collect();
        let plain =
            words.iter().all(|w| (1..=12).contains(&w.chars().count()) && !w.contains([':', '=', '(', ' ']));
        if words.len() > 1 && plain && shown.iter().all(|s| words.contains(s)) {
            return words;
        }
    }
    vec![]
}

/// The only numbers that a text allows: `目前支持100、200、300`, `只能传1或者2`, `固定为1`.
pub(crate) fn choices(desc: &str) -> Vec<String> {
    let text = narrow(desc).replace('`', "");
    let told = regex!(
        r"(?:(?:目前|[仅只])(?:支持|能[传填取])|[仅只]能[传填取]|固定(?:为|填|传))\s*:?\s*([0-9]{1,6}(?:\s*(?:、|,|或者?|和|/)\s*[0-9]{1,6})*)\s*(?:$|[,;。\n)])"
    );
    let Some(m) = find(told, &text) else { return vec![] };
    find_all(regex!("[0-9]+"), &m[1]).into_iter().map(|n| n[0].clone()).collect()
}

/// Text whose brackets hold no marks that part values.
fn unbroken(text: &str) -> String {
    let mut depth = 0_i32;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' | '\n' => depth = (depth - 1).max(0),
            _ => {}
        }
        let hidden = HIDDEN.iter().find(|(shown, _)| *shown == c && depth > 0);
        out.push(hidden.map_or(c, |h| h.1));
    }
    // A bracket that never closes is no bracket.
    if depth > 0 { text.to_owned() } else { out }
}

/// Text without what lists no values: examples, notes with numbers of their own, what holds when nothing is given.
fn without_asides(desc: &str) -> String {
    let mut text = desc.to_owned();
    if has(regex!("例如|比如|注意"), &text) {
        // `例如：` on a line of its own: all that follows are examples.
        text = replace(regex!(r"(?s)(?:例如|比如)[,:]?\s*\n.*"), &text, "\n");
        text = replace(regex!(r"(?:例如|比如)[^。\n]*"), &text, "");
        text = replace(regex!(r"(?s)注意(?:事项)?\s*:\s*\n?\s*(?:1\s*[.、]|.{12,}).*"), &text, "\n");
    }
    // `默认为single，表示发送给客户，group表示…`: the meaning of the default is given in passing.
    text = replace(regex!(r"默认(?:值)?为?\s*([A-Za-z0-9_]+)\s*,\s*(表示|代表)"), &text, "\n$1$2");
    // `0或不填代表x`, `0(默认) x`, `填0则为x`.
    text = replace(
        regex!(r"(^|[^0-9])([0-9]{1,4})\s*(?:\(默认\)|或者?(?:不填|不传|为空))\s*"),
        &text,
        "$1\n$2 ",
    );
    replace(regex!(r"填\s*([0-9]{1,4})\s*则?(?:为|表示)"), &text, "\n$1表示")
}

/// The lines of a text, one value each: after punctuation, and where a blank or a bracket stands before the next value. A part without a value
/// belongs to the label before it where another value follows.
fn lines(desc: &str) -> Vec<String> {
    // `a-甲、b-乙`: the mark that parts words parts values too, where one follows.
    let desc = replace(
        regex!(
            r#"、\s*(['"`]{0,3}(?:-?[0-9]{1,6}|[A-Za-z][A-Za-z0-9_]{1,40})['"`]{0,3}\s*(?:-|:|=|表示|代表))"#
        ),
        desc,
        ";$1",
    );
    let desc = replace(
        regex!(r#"([ \t)])[ \t]*(['"`]?-?[0-9]{1,6}['"`]?\s*(?:-|:|=|表示|代表|为|、|\.[^0-9]))"#),
        &desc,
        "$1;$2",
    );
    // `halfday:按天 hour:按小时`
    let desc = replace(
        regex!(r"([\x{4e00}-\x{9fff})])[ \t]+([a-z][a-z_]{1,30} ?[:=-] ?[\x{4e00}-\x{9fff}])"),
        &desc,
        "$1;$2",
    );
    let mut out = Vec::new();
    for sentence in desc.split(['\n', '。', ';']) {
        let parts: Vec<&str> = sentence.split(',').collect();
        let last = parts.iter().rposition(|p| starts_value(p)).unwrap_or(0);
        for (i, part) in parts.iter().enumerate() {
            match out.last_mut() {
                Some(before) if i > 0 && i < last && !starts_value(part) && !is_aside(part) => {
                    *before = format!("{before}\u{e000}{part}");
                }
                _ => out.push((*part).to_owned()),
            }
        }
    }
    out
}

fn starts_value(part: &str) -> bool {
    has(
        regex!(
            r#"^[^0-9A-Za-z]{0,6}(?:-?[0-9]{1,6}|[A-Za-z][A-Za-z0-9_]*)['"`]{0,3}\s*(?:-|:|=|表示|代表|、|\.|为|[\x{4e00}-\x{9fff}])"#
        ),
        part,
    )
}

/// Words after a comma that say nothing about the value before it.
fn is_aside(part: &str) -> bool {
    has(regex!("^ *(?:默认|缺省|不填|不传|若|如果|当|其中|仅|该|此|目前|最多|注意)"), part)
}

/// What ends a label: the rest of the cell, which speaks of the field.
fn trimmed(label: &str) -> String {
    let label = replace(regex!(r"\s+(?:不填|不传|若不|默认值?为|默认[0-9]).*$"), label, "");
    // `未激活 已激活代表已激活企业微信`: a sentence about another label follows.
    let label =
        replace(regex!(r"\s+[\x{4e00}-\x{9fff}]{2,6}(?:代表|是指|指的是)[\x{4e00}-\x{9fff}].*$"), &label, "");
    let label = replace(regex!(r"(?:以此类推|…+|\.{3,}).*$"), &label, "");
    label.trim().trim_matches(['"', '`', '\'', '、']).trim().to_owned()
}

fn numbers(desc: &str) -> Vec<(String, String)> {
    let marked = regex!(
        r#"(?:^|[^0-9A-Za-z_.~\-])['"`]?(-?[0-9]{1,6})['"`]?\s*(?:-+|:|=|表示|代表|、|\.|为)\s*([^0-9\s].*)$"#
    );
    // `300：5分钟前提醒`, `3：1+N`: the label may begin with a digit, where the mark is none that numbers have between them.
    let digits = regex!(
        r#"^\s*['"`]?(-?[0-9]{1,6})['"`]?\s*(?::|=|表示|代表|\s-\s)\s*([0-9]+ ?[A-Za-z+\x{4e00}-\x{9fff}].*)$"#
    );
    let lines = lines(desc);
    let mut out: Vec<(String, String)> = Vec::new();
    let mut at: Vec<usize> = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        // `recv_scope为0表示…`: another field's value.
        if has(regex!(r"[a-z]_[a-z]+\s*(?:为|是|=)\s*[0-9]"), line) {
            continue;
        }
        let Some(m) = find(digits, line).or_else(|| find(marked, line)) else { continue };
        // The same number twice: the text is a list of notes and no enumeration.
        if out.iter().any(|(v, _)| *v == m[1]) {
            continue;
        }
        out.push((m[1].clone(), trimmed(&m[2])));
        at.push(i);
    }
    between(&lines, &at, &mut out);
    if !out.is_empty() && out.iter().all(|(v, _)| v.len() > 1 && v.starts_with('0')) || is_notes(desc) {
        return vec![];
    }
    if out.len() > 1 {
        return out;
    }
    let forms = [
        parted(desc),
        counted(&lines),
        value_forms::row(desc, unit()),
        value_forms::behind_number_labels(desc),
        kind_alone(desc).into_iter().collect(),
        out.into_iter().filter(|_| is_only(desc) || is_kind(desc)).collect(),
    ];
    forms.into_iter().find(|form| !form.is_empty()).unwrap_or_default()
}

/// `0: 甲, 1乙, 2:丙`: a mark that one value lacks and its neighbours have.
fn between(lines: &[String], at: &[usize], out: &mut Vec<(String, String)>) {
    let mut more = Vec::new();
    for (n, pair) in at.windows(2).enumerate() {
        let number = |i: usize| out.get(i).and_then(|v| v.0.parse::<i64>().ok());
        let (Some(low), Some(high)) = (number(n), number(n + 1)) else { continue };
        if high != low + 2 {
            continue;
        }
        let due = format!("{}", low + 1);
        for line in &lines[pair[0] + 1..pair[1]] {
            if let Some(m) = find(regex!(r"^\s*([0-9]{1,5})\s*([\x{4e00}-\x{9fff}].*)$"), line)
                && m[1] == due
            {
                more.push((n + 1, (due.clone(), trimmed(&m[2]))));
                break;
            }
        }
    }
    for (place, value) in more.into_iter().rev() {
        out.insert(place, value);
    }
}

/// `1. 每个企业最多可创建20个…`: numbered sentences are no values.
fn is_notes(desc: &str) -> bool {
    // `证件类型1、可选择任一证件类型。`: the first may stand behind the field's name.
    let numbered = desc.lines().filter(|l| has(regex!(r"^[^0-9,;。:]{0,12}[0-9]{1,2}\s*[.、]\s*[^0-9]"), l));
    let (told, all) = numbered.fold((0, 0), |(told, all), line| {
        // What stands behind `;` speaks of the field.
        let line = line.split([';', '；']).next().unwrap_or_default();
        let sentence = line.contains([',', '，']) || line.ends_with('。') || line.chars().count() > 30;
        (told + usize::from(sentence), all + 1)
    });
    all > 1 && told * 2 >= all
}

/// `0 每日；1 每周；5 每年`: a blank between number and label, and each part begins with a number. What parts them so clearly may leave numbers out.
fn parted(desc: &str) -> Vec<(String, String)> {
    let tail = desc.split_once(':').map_or(desc, |(_, tail)| tail);
    let tail = tail.split('。').next().unwrap_or_default();
    let mut out: Vec<(String, String)> = Vec::new();
    for part in tail.split(';').map(str::trim).filter(|p| !p.is_empty()) {
        let Some(m) = find(regex!(r"^([0-9]{1,3}) +([\x{4e00}-\x{9fff}][^0-9]*)$"), part) else {
            return vec![];
        };
        let rises = |last: &(String, String)| last.0.parse::<u32>().ok() < m[1].parse().ok();
        if has(unit(), &m[2]) || !out.last().is_none_or(rises) {
            return vec![];
        }
        out.push((m[1].clone(), trimmed(&m[2])));
    }
    if out.len() < 2 { vec![] } else { out }
}

/// What counts things, and names none.
fn unit() -> &'static Option<regex_lite::Regex> {
    regex!(
        "^(个|条|人(?:$|[^脸员像类体])|名|位|项|天|次(?:$|[^月日])|小时|分|秒|年(?:$|[^假])|月|日|周|字|元|倍|级|种|张|台|万|到|至|或|和)"
    )
}

/// `1 审批人 2 抄送人`, `1审批中；2已通过`: no mark between number and label. Only numbers that count up from 0 or 1, each before a word
/// that is no unit, are an enumeration.
fn counted(lines: &[String]) -> Vec<(String, String)> {
    let lines = replace(regex!(r"[ \t]([0-9]{1,2}) *([\x{4e00}-\x{9fff}])"), &lines.join("\n"), "\n$1$2");
    let mut out: Vec<(String, String)> = Vec::new();
    for line in lines.lines() {
        let Some(m) =
            find(regex!(r"^(?:[^0-9]*[:：])?\s*([0-9]{1,2}) *([\x{4e00}-\x{9fff}][^0-9]*)$"), line.trim())
        else {
            continue;
        };
        let due = match out.last() {
            Some((last, _)) => last.parse::<u32>().map_or(String::new(), |n| (n + 1).to_string()),
            None if m[1] == "0" || m[1] == "1" => m[1].clone(),
            None => continue,
        };
        if m[1] != due || has(unit(), &m[2]) {
            return vec![];
        }
        out.push((due, trimmed(&m[2])));
    }
    if out.len() < 2 { vec![] } else { out }
}

fn words(desc: &str) -> Vec<(String, String)> {
    let word = regex!(
        r#"(?:^|[^0-9A-Za-z_./])['"`]{0,3}([A-Za-z][A-Za-z0-9_]{1,40})['"`]{0,3}\s*(?:-+|:|=|表示|代表)\s*((?:[A-Z][A-Z0-9]{0,5} ?)?[\x{4e00}-\x{9fff}].*)$"#
    );
    let mut out: Vec<(String, String)> = Vec::new();
    for m in lines(desc).iter().filter_map(|l| find(word, l)) {
        if !out.iter().any(|(v, _)| *v == m[1]) {
            out.push((m[1].clone(), trimmed(&m[2])));
        }
    }
    if out.len() > 1 || out.len() == 1 && (has(regex!("枚举值"), desc) || is_marked(desc)) {
        return out;
    }
    let forms = distinct(value_forms::words(desc));
    for list in
        [behind_labels(desc), in_brackets(desc), listed(desc), slashed(desc), respectively(desc), forms]
    {
        if list.len() > 1 {
            return list;
        }
    }
    vec![]
}

/// `同意:"Agree"，不同意:"Disagree"`, `创建标签时，此项为`tag``: the label stands before its word.
fn behind_labels(desc: &str) -> Vec<(String, String)> {
    let quoted = regex!(r#"([\x{4e00}-\x{9fff}]{1,12})\s*:\s*["'`]{1,3}([A-Za-z][A-Za-z0-9_]*)["'`]{1,3}"#);
    let told = regex!(
        r#"([\x{4e00}-\x{9fff}]{2,12})时\s*,?\s*(?:此项|该项|该值|此值|此处)为\s*["'`]{1,3}([A-Za-z][A-Za-z0-9_]*)["'`]{1,3}"#
    );
    let pairs = |r| -> Vec<(String, String)> {
        find_all(r, desc).into_iter().map(|m| (m[2].clone(), m[1].clone())).collect()
    };
    let out = pairs(quoted);
    distinct(if out.len() > 1 { out } else { pairs(told) })
}

/// `图片（image）、语音（voice）`, `sync_user(增量更新成员)`, `and(`CONJUNCTION_AND`)`.
fn in_brackets(desc: &str) -> Vec<(String, String)> {
    let after = regex!(
        r#"([\x{4e00}-\x{9fff}]{1,12})\(["'`]{0,3}([a-z][a-z0-9_]+)["'`]{0,3}\)\s*(?:[、,;/和与或\n]|$)"#
    );
    let before = regex!(r"([a-z][a-z0-9]*_[a-z0-9_]+)\(([\x{4e00}-\x{9fff}][^()]*)\)");
    let marked = regex!(r"([A-Za-z]+)\(`([A-Z][A-Z0-9]*_[A-Z0-9_]+)`\)");
    let mut out: Vec<(String, String)> =
        find_all(after, desc).into_iter().map(|m| (m[2].clone(), bare(&m[1]))).collect();
    if out.len() < 2 {
        out = find_all(before, desc).into_iter().map(|m| (m[1].clone(), m[2].clone())).collect();
    }
    if out.len() < 2 {
        out = find_all(marked, desc).into_iter().map(|m| (m[2].clone(), String::new())).collect();
    }
    distinct(out)
}

/// A label without the verb that leads to the first: `分别有图片（image）`.
fn bare(label: &str) -> String {
    replace(regex!("^.*(?:分别|目前)?[有为]"), label, "")
}

/// `有两种选择：single_row与double_row`, `类型有"a", "b"`: words alone, which are their own labels.
fn listed(desc: &str) -> Vec<(String, String)> {
    let list = regex!(
        r#"(?:可选值?|取值|枚举值?|类型有|种选择|分别|的类型,?|内容类型)(?:为|有|是)?\s*:?\s*(["'`]{0,3}[A-Za-z][A-Za-z0-9_]{1,40}["'`]{0,3}(?:\s*(?:,|、|与|和|或者?)\s*["'`]{0,3}[A-Za-z][A-Za-z0-9_]{1,40}["'`]{0,3})+)(?:$|[^A-Za-z0-9_./:=\-])"#
    );
    let Some(m) = desc.lines().find_map(|l| find(list, l)) else { return vec![] };
    let words = find_all(regex!(r"[A-Za-z][A-Za-z0-9_]+"), &m[1]);
    distinct(words.into_iter().map(|w| (w[0].clone(), String::new())).collect())
}

/// `可选 low / normal / high`.
fn slashed(desc: &str) -> Vec<(String, String)> {
    let list = regex!(
        r#"(?:可选值?|取值|枚举值?)(?:范围)?(?:为|是|有)?\s*:?\s*((?:['"`]?[a-z][a-z0-9_]{1,30}['"`]?\s*/\s*)+['"`]?[a-z][a-z0-9_]{1,30}['"`]?)(?:$|[^A-Za-z0-9_./])"#
    );
    let Some(m) = desc.lines().find_map(|l| find(list, l)) else { return vec![] };
    let words = m[1].split('/').map(|w| w.trim().trim_matches(['\'', '"', '`']).to_owned());
    words.map(|w| (w, String::new())).collect()
}

/// `会话类型，single\group，分别表示：单聊\群聊`, `类型，text/image，分别表示：文本和图片`: words, and as many labels.
fn respectively(desc: &str) -> Vec<(String, String)> {
    let told = regex!(
        r"(?:^|[^A-Za-z0-9_])([a-z][a-z_]*(?: ?[/\\、] ?[a-z][a-z_]*)+)\s*,?\s*分别(?:表示|代表|为|是)\s*:?\s*([^,;。\n]+)"
    );
    let Some(m) = find(told, desc) else { return vec![] };
    let marks = |c: char| ['/', '\\', '、'].contains(&c);
    let words: Vec<&str> = m[1].split(marks).map(str::trim).collect();
    let labels: Vec<&str> = m[2].split(|c| marks(c) || c == '和').map(str::trim).collect();
    if words.len() != labels.len() {
        return vec![];
    }
    let pairs =
        words.iter().zip(labels).map(|(w, l)| ((*w).to_owned(), l.trim_end_matches("消息类型").to_owned()));
    distinct(pairs.collect())
}

/// Nothing where a word stands twice: then the text does not list them.
fn distinct(list: Vec<(String, String)>) -> Vec<(String, String)> {
    let twice = list.iter().enumerate().any(|(i, (v, _))| list[..i].iter().any(|(o, _)| o == v));
    if twice { vec![] } else { list }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_among_which_samples_are() {
        for (desc, shown, want) in [
            ("网络类型：有线、WIFI、未知。在会中时返回", "WIFI", "有线 WIFI 未知"),
            ("打卡类型。目前有：上班，下班，外出", "上班", "上班 下班 外出"),
            ("网络类型：有线、WIFI等", "WIFI", ""),
            ("名称：有线、WIFI", "其他", ""),
        ] {
            assert_eq!(among(desc, &[shown.to_owned()]).join(" "), want, "{desc}");
        }
    }

    #[test]
    fn enumerations() {
        for (desc, numeric, want) in [
            ("状态: 1=已激活，2=已禁用，4=未激活", true, "1 已激活/2 已禁用/4 未激活"),
            (
                "类型，1-可信企业设备 2-未知设备 3-可信个人设备",
                true,
                "1 可信企业设备/2 未知设备/3 可信个人设备",
            ),
            ("0表示未定义，1表示男性，2表示女性。", true, "0 未定义/1 男性/2 女性"),
            ("0：企业 1：个人", true, "0 企业/1 个人"),
            ("整型，1表示开始，2表示进行中，3表示完成", true, "1 开始/2 进行中/3 完成"),
            ("选择方式：single-单选；multi-多选", false, "single 单选/multi 多选"),
            ("长度为1~64个字节", true, ""),
            ("1-甲（乙，丙），2-丁", true, "1 甲(乙，丙)/2 丁"),
            (
                "默认为single，表示发送给客户，group表示发送给客户群",
                false,
                "single 发送给客户/group 发送给客户群",
            ),
            ("类型，text-文本、number-数字", false, "text 文本/number 数字"),
            ("会话类型，single\\group，分别表示：单聊\\群聊", false, "single 单聊/group 群聊"),
            ("类型，text/image，分别表示：文本和图片", false, "text 文本/image 图片"),
            ("请假类型：1年假；2事假；3病假", true, "1 年假/2 事假/3 病假"),
            ("节点类型 1 审批人 2 抄送人 3办理人", true, "1 审批人/2 抄送人/3 办理人"),
            ("申请单状态：1审批中；2已通过；3已驳回", true, "1 审批中/2 已通过/3 已驳回"),
            ("优先级，可选 low / normal / high，默认 normal", false, "low /normal /high "),
            ("可选值：`add`/`del`。", false, "add /del "),
            ("可选，形如 a/b", false, ""),
            ("最多支持 1 个主管 2 个员工", true, ""),
            ("最长1小时，2天后失效", true, ""),
            // Labels that begin with a digit, end with a bracket, or hold a comma.
            (
                "目前支持\n0：开始时提醒\n300：5分钟前提醒\n900：15分钟前提醒",
                true,
                "0 开始时提醒/300 5分钟前提醒/900 15分钟前提醒",
            ),
            ("1：等分\n2：全屏\n3：1+N", true, "1 等分/2 全屏/3 1+N"),
            ("1-手机号(大陆地区) 2-固定电话", true, "1 手机号(大陆地区)/2 固定电话"),
            ("0-撤销，不通知成员，1-撤销并通知", true, "0 撤销，不通知成员/1 撤销并通知"),
            ("类型：0：员工 2：学生 不填则默认值为0", true, "0 员工/2 学生"),
            ("0:成员, 1任何人， 2:组内成员", true, "0 成员/1 任何人/2 组内成员"),
            (
                "打卡设备：1、门禁 2、考勤机（人脸、指纹） 3、其他；",
                true,
                "1 门禁/2 考勤机(人脸、指纹)/3 其他",
            ),
            ("0或不填代表不跳转，1 代表跳转url，2 代表跳转小程序", true, "0 不跳转/1 跳转url/2 跳转小程序"),
            ("颜色，目前支持：0(默认) 灰色，1 黑色，2 红色", true, "0 灰色/1 黑色/2 红色"),
            ("填0则为企业互联，填1则表示上下游，默认0", true, "0 企业互联/1 上下游"),
            ("0当月，1次月", true, "0 当月/1 次月"),
            ("前多少秒提醒。例如： 300表示5分钟前。", true, ""),
            ("提前多少秒提醒。例如：\n300：5分钟前\n900：15分钟前", true, ""),
            (
                "是否全员。0-否；1-是。注意：\n1. 每个企业最多可创建20个\n2. 全员也是公共的一种",
                true,
                "0 否/1 是",
            ),
            ("1、原价用于记录整张小票的交易金额，需要大于零。\n2、不相等，则不享受优惠。", true, ""),
            ("空间类型，0:普通（目前只支持0）", true, "0 普通(目前只支持0)"),
            ("第几页，1：首页", true, ""),
            // One kind alone.
            ("授权码类型，1 扫描文件", true, "1 扫描文件"),
            ("关联的动作 1:显示隐藏状态", true, "1 显示隐藏状态"),
            ("接口类型，目前仅支持“某接口”，type为1", true, "1 某接口"),
            ("计费类型，1 元起", true, ""),
            ("请假时间单位：0半天；1小时", true, "0 半天/1 小时"),
            (
                "creator指定提单人；department指定提单人所在部门",
                false,
                "creator 提单人/department 提单人所在部门",
            ),
            ("recv_scope为0表示家长，recv_scope为1表示学生", true, ""),
            ("证件类型1、可选择任一证件类型。\n2、若没有填写，系统默认选择身份证。", true, ""),
            // Bits, rows without marks, labels in front.
            (
                "每周几重复。bit 0: 周一； bit 1: 周二；bit 2: 周三。如`4`表示周三",
                true,
                "1 周一/2 周二/4 周三",
            ),
            (
                "按比特位设置。从低到高四个比特位分别表示缺卡、迟到、早退、其他。为默认值0表示所有",
                true,
                "1 缺卡/2 迟到/4 早退/8 其他",
            ),
            (
                "状态：1审批中；2 已通过；6通过后撤销；10已支付",
                true,
                "1 审批中/2 已通过/6 通过后撤销/10 已支付",
            ),
            ("成员类型，0 企业成员，2 家校学生，oper_id不存在时生效", true, "0 企业成员/2 家校学生"),
            ("1开启模糊搜索，0获取全部", true, "1 开启模糊搜索/0 获取全部"),
            ("生物信息类型，1 指纹，2 人脸，id不存在或者为空时生效", true, "1 指纹/2 人脸"),
            (
                "场景： 1、线下门店； 2、线上店铺；根据场景的不同，以下字段可能变为必填",
                true,
                "1 线下门店/2 线上店铺",
            ),
            ("枚举值：\nSHA1：SHA1值\n示例值：SHA1", false, "SHA1 SHA1值"),
            ("选择题模式，单选：0，多选：1，不填默认0", true, "0 单选/1 多选"),
            ("默认-1表示不限制，1表示当天，2表示当天和昨天，最大不超过180天", true, ""),
            ("1-每天最大支持200场\n2-每月最大支持50场", true, ""),
            ("最多1个主管，2个员工", true, ""),
            ("认证号：verified, 注册号：unverified", false, "verified 认证号/unverified 注册号"),
            (
                "子表类型。\"dashboard\" 仪表盘。\"external\" 说明页",
                false,
                "dashboard 仪表盘/external 说明页",
            ),
            ("类型 open_door 远程开门，scan_code 扫码开门", false, "open_door 远程开门/scan_code 扫码开门"),
            ("时长粒度：halfday:按天 hour:按小时", false, "halfday 按天/hour 按小时"),
            ("设备的类型，```Windows```或```Mac```", false, "Windows /Mac "),
            // Words.
            ("同意:\"Agree\"，不同意:\"Disagree\"", false, "Agree 同意/Disagree 不同意"),
            ("分别有图片（image）、语音（voice）、视频（video）", false, "image 图片/voice 语音/video 视频"),
            (
                "分别有：1. sync_user(更新成员) 2. replace_user(覆盖成员)",
                false,
                "sync_user 更新成员/replace_user 覆盖成员",
            ),
            (
                "创建标签时，此项为```tag```，创建标签组时，此项为```tag_group```",
                false,
                "tag 创建标签/tag_group 创建标签组",
            ),
            ("是and(`CONJUNCTION_AND`)还是or(`CONJUNCTION_OR`)", false, "CONJUNCTION_AND /CONJUNCTION_OR "),
            ("可以有两种选择：single_row与double_row。", false, "single_row /double_row "),
            ("类型有\"text_notice\", \"news_notice\"两种", false, "text_notice /news_notice "),
            ("NATIVE：扫码支付\nMWEB：H5支付", false, "NATIVE 扫码支付/MWEB H5支付"),
            ("可选值参见image和voice的说明", false, ""),
        ] {
            let got: Vec<String> = values(desc, numeric).iter().map(|(v, l)| format!("{v} {l}")).collect();
            assert_eq!(got.join("/"), want, "{desc}");
        }
    }

    #[test]
    fn values_without_names() {
        for (desc, want) in [
            ("距离，目前支持100、200、300", "100 200 300"),
            ("级别，这里只能传1或者2", "1 2"),
            ("类型，目前仅支持“某接口”，固定为1", "1"),
            ("最多支持100个", ""),
            ("目前仅支持1个", ""),
        ] {
            assert_eq!(choices(desc).join(" "), want, "{desc}");
        }
        assert_eq!(fixed("此处固定为authorization_code").as_deref(), Some("authorization_code"));
        assert_eq!(fixed("签名类型，默认为RSA，仅支持RSA。").as_deref(), Some("RSA"));
        assert_eq!(fixed("输出格式，目前只支持导出文件为csv格式").as_deref(), Some("csv"));
        assert_eq!(fixed("目前只支持人民币：CNY。示例值：CNY").as_deref(), Some("CNY"));
        assert_eq!(fixed("素材的编号，仅支持MP4格式"), None);
        assert_eq!(fixed("仅支持PNG 和 JPEG 格式"), None);
    }
}
