//! What a field's text says besides its meaning: enumeration, default, limits, presence.

use crate::docs::read::text::{find, has, narrow, regex, replace};

/// The values that a text lists, with their labels: `0-x`, `0：x`, `0表示x`, `1. x`, `` `text`：x ``.
pub fn values(desc: &str, numeric: bool) -> Vec<(String, String)> {
    let desc = narrow(desc);
    let desc = unbroken(&desc);
    // `默认为single，表示发送给客户，group表示…`: the default's meaning is told in passing.
    let desc = replace(regex!(r"默认(?:值)?为?\s*([A-Za-z0-9_]+)\s*,\s*(表示|代表)"), &desc, "\n$1$2");
    // `a-甲、b-乙`: the mark that parts words parts values too, where one follows.
    let desc = replace(
        regex!(r#"、\s*(['"`]?(?:-?[0-9]{1,5}|[A-Za-z][A-Za-z0-9_]{1,40})['"`]?\s*(?:-|:|=|表示|代表))"#),
        &desc,
        "\n$1",
    );
    // One value a line: behind punctuation, and where a blank stands before the next value.
    let desc = replace(regex!(r"[,;。\n]"), &desc, "\n");
    let desc =
        replace(regex!(r#"[ \t)]+(['"`]?-?[0-9]{1,5}['"`]?\s*(?:-|:|=|表示|代表|为))"#), &desc, "\n$1");
    let number = regex!(
        r#"(?:^|[^0-9A-Za-z_.~\-])['"`]?(-?[0-9]{1,5})['"`]?\s*(?:-+|:|=|表示|代表|、|\.|为)\s*([^0-9\s].*)$"#
    );
    let word = regex!(
        r#"(?:^|[^0-9A-Za-z_./])['"`]?([A-Za-z][A-Za-z0-9_]{1,40})['"`]?\s*(?:-+|:|=|表示|代表)\s*([\x{4e00}-\x{9fff}].*)$"#
    );
    let found: Vec<Vec<String>> =
        desc.lines().filter_map(|l| find(if numeric { number } else { word }, l)).collect();
    let mut out: Vec<(String, String)> = Vec::new();
    for m in found {
        let label = m[2].trim().trim_matches(['"', '`', '\'']).to_owned();
        // The same number twice: the text is a list of notes and no enumeration.
        if out.iter().any(|(v, _)| *v == m[1]) {
            continue;
        }
        out.push((m[1].clone(), label));
    }
    if numeric && !out.is_empty() && out.iter().all(|(v, _)| v.len() > 1 && v.starts_with('0')) {
        return vec![];
    }
    match out.len() {
        0 | 1 if numeric => counted(&desc),
        0 | 1 => slashed(&desc),
        _ => out,
    }
}

/// `1 审批人 2 抄送人`, `1审批中；2已通过`: no mark between number and label. Only numbers that count up from 0 or 1, each before a word
/// that is no unit, are an enumeration.
fn counted(lines: &str) -> Vec<(String, String)> {
    let lines = replace(regex!(r"[ \t]([0-9]{1,2}) *([\x{4e00}-\x{9fff}])"), lines, "\n$1$2");
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
        if m[1] != due
            || has(
                regex!(
                    "^(个|条|人|名|位|项|天|次|小时|分|秒|年|月|日|周|字|元|倍|级|种|张|台|万|到|至|或|和)"
                ),
                &m[2],
            )
        {
            return vec![];
        }
        out.push((due, m[2].trim().to_owned()));
    }
    if out.len() < 2 { vec![] } else { out }
}

/// `可选 low / normal / high`: words alone, which are their own labels.
fn slashed(lines: &str) -> Vec<(String, String)> {
    let listed = regex!(
        r#"(?:可选值?|取值|枚举值?)(?:范围)?(?:为|是|有)?\s*:?\s*((?:['"`]?[a-z][a-z0-9_]{1,30}['"`]?\s*/\s*)+['"`]?[a-z][a-z0-9_]{1,30}['"`]?)(?:$|[^A-Za-z0-9_./])"#
    );
    let Some(m) = lines.lines().find_map(|l| find(listed, l)) else { return vec![] };
    let words = m[1].split('/').map(|w| w.trim().trim_matches(['\'', '"', '`']).to_owned());
    words.map(|w| (w, String::new())).collect()
}

/// Text whose parentheses hold no separators: `1-甲(乙，丙)` is one value.
fn unbroken(text: &str) -> String {
    let mut depth = 0_i32;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' | '\n' => depth = (depth - 1).max(0),
            _ => {}
        }
        out.push(if depth > 0 && matches!(c, ',' | ';') { '、' } else { c });
    }
    // A parenthesis that never closes is no parenthesis.
    if depth > 0 { text.to_owned() } else { out }
}

/// `当type为1时必填`: the condition under which a text requires the field.
pub fn condition(desc: &str) -> Option<String> {
    let desc = narrow(desc);
    let m = find(
        regex!(
            "(?:^|[,;。(\\n])\\s*(?:当|若|在|如果)?([^,;。()\\n]{2,30}时)[,为]{0,2}(?:必填|必须填|必选|不能为空)"
        ),
        &desc,
    )?;
    Some(m[1].trim().to_owned())
}

/// Whether what is longer than the limit is cut.
pub fn cut(desc: &str) -> bool {
    has(regex!("超过[^。；]{0,20}(截断|截取)|会被截断"), desc)
}

/// What the server takes when the field is absent.
pub fn default(desc: &str) -> Option<String> {
    let desc = in_unit(&narrow(desc));
    let m = find(
        regex!(
            r#"默认(?:值|取值)?\s*(?:为|是|:|=)?\s*['"`]?(-?[0-9]+(?:\.[0-9]+)?|true|false|[A-Za-z][A-Za-z0-9_]*)['"`]?(?:$|[^0-9A-Za-z_.%])"#
        ),
        &desc,
    )?;
    let rest = desc.split_once(&m[0]).map_or("", |(_, r)| r);
    // `默认10M`, `默认为30天` have a unit that the number alone would lose; the text keeps it.
    if has(
        regex!("^[天年月小分个]"),
        &format!(
            "{}{rest}",
            m[0].chars().last().filter(|c| !c.is_ascii()).map(String::from).unwrap_or_default()
        ),
    ) && !has(regex!("^个"), rest)
    {
        return None;
    }
    Some(m[1].clone())
}

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
    let (desc, cell) = (replace(regex!("([0-9]+) ?万"), &narrow(desc), "${1}0000"), narrow(cell));
    let mut out = Limits::default();
    // `建议不超过20字节` limits nothing; what stands behind it may (`建议200个，最多不超过1000个`).
    let desc = in_unit(&replace(regex!("建议[^,;。\n]*"), &desc, ""));
    if let Some(m) = find(regex!(r"\[\s*([0-9]+)\s*[,~-]\s*([0-9]+)\s*\]"), &cell) {
        out.chars = range(&m[1], &m[2]);
    }
    if let Some(m) =
        find(regex!(r"([0-9]+)\s*(?:~|-|到|至)\s*([0-9]+)\s*个?(?i:UTF-?8)?(字节|字符|汉字|字)"), &desc)
    {
        let slot = if m[3] == "字节" { &mut out.bytes } else { &mut out.chars };
        *slot = range(&m[1], &m[2]);
    } else if let Some(m) = find(
        regex!(
            r"(?:不(?:能|可|得)?超过|最多(?:为|支持)?|最大(?:长度|支持)?(?:为|是)?|最长(?:为|是|支持|不超过)?|超过|上限(?:为|是)?|长度限制(?:为|在)?|限制(?:为|在)?|不(?:能)?(?:多|大|长|高)于|不能大于)\s*:?\s*([0-9]+)\s*个?(?i:UTF-?8(?:编码)?(?:的)?)?\s*(字节|字符|汉字|字|bytes?)"
        ),
        &desc,
    ) {
        let slot = if m[2] == "字节" || m[2].starts_with("byte") { &mut out.bytes } else { &mut out.chars };
        *slot = Some(format!("..{}", m[1]));
    }
    if let Some(m) = find(
        regex!(
            r"(?:不(?:能|可)?超过|最多[^0-9,，。;；、(（]{0,10}|最大(?:支持|可填写?)?(?:为|是)?|上限(?:为|是)?|不(?:能)?(?:多|大)于)\s*:?\s*([0-9]+)\s*(?:个|条|项|人|名|位)(?:$|[^字])"
        ),
        &desc,
    ) {
        out.items = Some(format!("..{}", m[1]));
    }
    if let Some(m) = find(
        regex!(
            r"(?:最大(?:值|不超过)?(?:为|是|:)?|不(?:能)?超过|最高不超过|最多(?:为)?|上限(?:为|是)?)\s*([0-9]+)(?:$|[^0-9.%个条人字项天年月小分秒次MKGmkgB/\-倍位元])"
        ),
        &desc,
    ) {
        out.range = Some(format!("..{}", m[1]));
    }
    if let Some(m) = find(
        regex!(r"大于\s*(等于)?\s*([0-9]+)\s*[,且并和]*\s*小于\s*(等于)?\s*([0-9]+)(?:$|[^0-9.])"),
        &desc,
    ) && let (Ok(low), Ok(high)) = (m[2].parse::<i64>(), m[4].parse::<i64>())
    {
        let (low, high) = (low + i64::from(m[1].is_empty()), high - i64::from(m[3].is_empty()));
        out.range = range(&low.to_string(), &high.to_string());
    }
    if let Some(m) = find(
        regex!(
            r"(?:取值)?范围(?:为|是|:)?\s*[\[(]?\s*([+-]?[0-9]+)\s*(?:~|,|-|到|至)\s*([+-]?[0-9]+)\s*(?:[^0-9^\s]|$)"
        ),
        &desc,
    ) {
        // `90 ~ -90` is the same range as the other way round.
        out.range = range(&m[1], &m[2]).or_else(|| range(&m[2], &m[1]));
    }
    out
}

/// Amounts in the unit of the field, where the text names it: `以秒为单位，默认7天`, `单位为分，不超过5万元`.
fn in_unit(desc: &str) -> String {
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

fn range(low: &str, high: &str) -> Option<String> {
    let (a, b) = (low.parse::<i64>().ok()?, high.parse::<i64>().ok()?);
    (a <= b).then(|| format!("{a}..{b}"))
}

/// Presence of a row's cell: always, never, or a condition in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// Always.
    Yes,
    /// May lack.
    No,
    /// Under a condition.
    When(String),
}

/// Reads a presence cell.
pub fn presence(cell: &str) -> Presence {
    let cell = narrow(cell);
    let cell = cell.trim();
    let bare = cell.trim_start_matches(['是', '否', ',', ' ', '(', ';']).trim_end_matches([')', ' ']);
    match cell {
        "是" | "必填" | "必须" | "Y" | "y" | "yes" | "true" | "True" | "必选" | "Yes" => Presence::Yes,
        "" | "否" | "是或否" | "是/否" | "选填" | "非必填" | "可选" | "N" | "n" | "no" | "false"
        | "False" | "不必" | "-" | "非必须" => Presence::No,
        _ if cell.starts_with('否') => Presence::No,
        _ if has(regex!("^是$"), cell) => Presence::Yes,
        _ if bare.is_empty() => Presence::No,
        _ => Presence::When(bare.to_owned()),
    }
}

/// Whether an answer's text says that the field may lack.
pub fn may_lack(desc: &str) -> bool {
    has(
        regex!(
            "仅[^。]{0,30}(返回|可获取|才有|有效|存在|支持)|才(会)?返回|(不|未|没有)返回|不再返回|可能(为空|不存在|没有)|若[^。]{0,20}返回|如果[^。]{0,30}返回|[时当][^。]{0,12}返回|有值|可选|授权[^。]{0,12}(获取|返回)|同时出现|共存|记录(才)?返回|后有效|不可获取|时存在|时有"
        ),
        desc,
    )
}

/// `此时固定为text`: the constant of a tag.
pub(crate) fn constants(desc: &str) -> Vec<String> {
    let mut out = Vec::new();
    for line in narrow(desc).lines() {
        if let Some(m) = find(regex!(r"固定(?:为|是)?\s*[:：]?\s*[`'\x22“]?([A-Za-z][A-Za-z0-9_]*)"), line)
        {
            out.push(m[1].clone());
        } else if let Some(m) =
            // `按钮交互型卡片填写"button_interaction"`: quoted, as other words follow these verbs too.
            find(
                regex!(r#"(?:填写|类型为|值为)\s*:?\s*["'`]{1,3}([A-Za-z][A-Za-z0-9_]*)["'`]"#),
                line,
            )
        {
            out.push(m[1].clone());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("1-甲（乙，丙），2-丁", true, "1 甲(乙、丙)/2 丁"),
            (
                "默认为single，表示发送给客户，group表示发送给客户群",
                false,
                "single 发送给客户/group 发送给客户群",
            ),
            ("类型，text-文本、number-数字", false, "text 文本/number 数字"),
            ("节点类型 1 审批人 2 抄送人 3办理人", true, "1 审批人/2 抄送人/3 办理人"),
            ("申请单状态：1审批中；2已通过；3已驳回", true, "1 审批中/2 已通过/3 已驳回"),
            ("优先级，可选 low / normal / high，默认 normal", false, "low /normal /high "),
            ("可选值：`add`/`del`。", false, "add /del "),
            ("可选，形如 a/b", false, ""),
            ("最多支持 1 个主管 2 个员工", true, ""),
            ("最长1小时，2天后失效", true, ""),
        ] {
            let got: Vec<String> = values(desc, numeric).iter().map(|(v, l)| format!("{v} {l}")).collect();
            assert_eq!(got.join("/"), want, "{desc}");
        }
    }

    #[test]
    fn limits_and_defaults() {
        for (desc, want) in [
            ("不超过32字节。", "b..32"),
            ("长度为1~64个字节", "b1..64"),
            ("最多64个字符", "c..64"),
            ("链接名称,最长为30个字符", "c..30"),
            ("最长40个utf8字符", "c..40"),
            ("最多可一次指定1万个", "i..10000"),
            ("最多支持添加9个附件", "i..9"),
            ("每次最多100个", "i..100"),
            ("最大值1000，默认值500", "r..1000"),
            ("建议不超过20字节", ""),
            ("建议200个，最多不超过1000个", "i..1000"),
            ("必须大于0小于等于86400", "r1..86400"),
            ("以秒为单位，最多为14天", "r..1209600"),
            ("单位为分，不超过5万元", "r..5000000"),
            ("最多为14天", ""),
            ("取值范围是[1, 500]", "r1..500"),
            ("时区，取值范围：-12 ~ +12", "r-12..12"),
            ("纬度，范围为90 ~ -90", "r-90..90"),
            // A power is no limit of two.
            ("32位整型范围是[0, 2^32)", ""),
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
        for (desc, want) in [
            ("默认值500，超过", Some("500")),
            ("默认为false", Some("false")),
            ("可选 low / normal / high，默认 normal", Some("normal")),
            ("默认不开启", None),
            ("默认30天", None),
            ("默认10M", None),
            ("默认为10个，最多100个", None),
            ("以秒为单位，默认7天，最多为14天", Some("604800")),
            ("时间间隔，默认1800s，最大不超过4小时", Some("1800")),
        ] {
            assert_eq!(default(desc).as_deref(), want, "{desc}");
        }
    }

    #[test]
    fn conditions_and_cuts() {
        assert_eq!(condition("成员id，当type为1时必填").as_deref(), Some("type为1时"));
        assert_eq!(condition("提交时间"), None);
        assert!(cut("不超过30个字符，超过30个字符将被截断") && !cut("不超过30个字符"));
    }

    #[test]
    fn presence_cells() {
        for (cell, want) in [
            ("是", Presence::Yes),
            ("否，默认false", Presence::No),
            ("特定类型必填", Presence::When("特定类型必填".into())),
            ("", Presence::No),
        ] {
            assert_eq!(presence(cell), want, "{cell}");
        }
    }

    #[test]
    fn constants_of_tags() {
        assert_eq!(constants("消息类型，此时固定为：text"), ["text"]);
        assert_eq!(constants("此处固定为`image`"), ["image"]);
        assert!(constants("固定为 0").is_empty());
    }
}
