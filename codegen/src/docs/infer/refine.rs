//! A scalar as the wire has it → what it means: a time, a switch, a secret, base64, a date.
//!
//! Words win over samples here: a page's sample is often made up (`"send_time": 166666666`), its text says what the number is.

use regex_lite::Regex;
use serde_json::Value;

use crate::docs::model::Field;
use crate::docs::read::text::{find, has, regex, replace};
use crate::docs::rules::{self, Rule};

/// What words and samples make of a scalar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refined {
    /// The scalar.
    pub(super) base: &'static str,
    /// Values joined by `|` in one string.
    pub(super) pipe: bool,
    /// Values joined by `,` in one string.
    pub(super) csv: bool,
    /// Why it is no more than a guess.
    pub(super) guess: Option<&'static Rule>,
}

/// What a scalar means, within so many arrays.
pub(super) fn refine(field: &Field, desc: &str, base: &'static str, lists: u8) -> Refined {
    let plain = Refined { base, pipe: false, csv: false, guess: None };
    match base {
        "string" => words(field, desc, lists).unwrap_or(plain),
        // `西区为负数`, `取值范围：-12 ~ +12`: whatever the type cell says of signs.
        "u32" | "u64" if has(regex!("范围[^。\\n]{0,4}-[0-9]|(?:^|[^非])负数"), desc) => {
            Refined { base: if base == "u32" { "i32" } else { "i64" }, ..plain }
        }
        "i64" | "u32" | "i32" | "u64" => number(field, desc, lists).unwrap_or_else(|| match base {
            "i64" if is_word(field, desc) => Refined { base: "u32", ..plain },
            _ => plain,
        }),
        _ => plain,
    }
}

/// `有效的值范围是[0, 2^32)`: the range is that of a type, and what samples show is in it.
fn is_word(field: &Field, desc: &str) -> bool {
    let told = regex!(
        r"(?:^|[^0-9.-])0\s*(?:,|~|-|到|至|\.\.)\s*(?:2\^32\^?(?:\s*-\s*1|\s*\))|4294967295(?:$|[^0-9]))"
    );
    has(told, desc) && field.shown.values.iter().all(|v| v.as_i64().is_none_or(|n| u32::try_from(n).is_ok()))
}

fn sure(base: &'static str) -> Option<Refined> {
    Some(Refined { base, pipe: false, csv: false, guess: None })
}

/// What a string means.
fn words(field: &Field, desc: &str, lists: u8) -> Option<Refined> {
    if is_secret(&field.name, desc) {
        return sure("secret");
    }
    if lists == 0
        && let Some(found) = piped(field, desc).or_else(|| commas(field, desc))
    {
        return Some(found);
    }
    if is_base64(field, desc) {
        return sure("base64");
    }
    if let Some(found) = time_text(field, desc).or_else(|| date(field, desc)) {
        return Some(found);
    }
    // `"price": "100"`, `商品价格，以分为单位`: an amount in a string.
    let digits = |t: &str| t.parse::<u64>().is_ok() || t.eq_ignore_ascii_case(&field.name);
    if shown(field).all(digits) && has(regex!("以分为单位|单位[为是:]?分(?:$|[^钟])"), desc) {
        return sure("digits");
    }
    // `自定义的JSON字符串`: the text holds JSON, whose shape the page leaves to others.
    if has(regex!("(?i)json ?(格式的?)?(字符串|string)|输入json"), desc) && shown(field).all(is_json)
    {
        return sure("text<json>");
    }
    // `"data": "{\"id\":{\"type\":\"text\"}}"`, in each sample.
    if shown(field).next().is_some() && shown(field).all(is_structure) {
        return sure("text<json>");
    }
    None
}

fn shown(field: &Field) -> impl Iterator<Item = &str> {
    field.shown.values.iter().filter_map(Value::as_str)
}

/// JSON in a string, or a word in its place.
fn is_json(text: &str) -> bool {
    let text = text.trim();
    text.starts_with(['{', '[']) || has(regex!("^[A-Za-z_]*$"), text)
}

/// An object or a list in a string, with something in it.
fn is_structure(text: &str) -> bool {
    match serde_json::from_str(text) {
        Ok(Value::Object(keys)) => !keys.is_empty(),
        Ok(Value::Array(items)) => items.iter().any(Value::is_object),
        _ => false,
    }
}

/// Names of what nobody may see: credentials, and what stands for one once.
fn is_secret(name: &str, desc: &str) -> bool {
    let name: String = name.chars().filter(|c| *c != '_').collect::<String>().to_ascii_lowercase();
    if crate::schema::SECRETS.iter().any(|s| s.replace('_', "") == name) {
        return true;
    }
    has(
        regex!(
            "(accesstoken|debugtoken|secret|secretkey|ticket|ticketlist|password|pwd|aeskey|hostkey|sessionkey|uploadkey|chatkey|oncekey|cookievalue|welcomecode|responsecode|authcode|tfacode|jscode|launchcode|msgcode)$|^token$"
        ),
        &name,
    ) && !has(regex!("^encrypted"), &name)
        // An OAuth code is good once; a code of something is none.
        || name == "code" && has(regex!("(?i)授权|登录|code|凭证"), desc)
}

/// Values joined by a stroke.
fn piped(field: &Field, desc: &str) -> Option<Refined> {
    let told =
        has(regex!(r#"[用以]?\s*['"`‘]?\|['"`’]?\s*(分隔|分割|隔开|连接|拼接)|竖线(分隔|分割)"#), desc);
    let joined = regex!(r"^[A-Za-z0-9_@.\-]+(\|[A-Za-z0-9_@.\-]+)+$");
    if !told && !shown(field).any(|t| has(joined, t)) {
        return None;
    }
    let mut out = Refined { base: "string", pipe: true, csv: false, guess: None };
    // `"PartyID1|PartyID2"` in place of `"1|2"`: parties and tags have numbers.
    let named = regex!("(?i)^(party|tag)id[0-9]*$");
    let mut parts = shown(field).flat_map(|t| t.split('|')).map(str::trim).peekable();
    if parts.peek().is_some() {
        let parts: Vec<&str> = parts.collect();
        if parts.iter().any(|p| has(named, p))
            && parts.iter().all(|p| has(named, p) || p.parse::<u32>().is_ok())
        {
            (out.base, out.guess) = ("i64", Some(&rules::NUMBER_BY_NAME));
        }
    }
    Some(out)
}

/// Values joined by commas. What is shown must fit: a sentence has commas too.
fn commas(field: &Field, desc: &str) -> Option<Refined> {
    let told = has(regex!("逗号(分隔|分割|隔开|连接|拼接)|[用以]['\"`“]?,['\"`”]?(分隔|分割|隔开)"), desc);
    // Two numbers are shown where there is more than one.
    let joined = regex!("^[A-Za-z0-9_@.-]+(,[A-Za-z0-9_@.-]+)+$");
    let many = shown(field).any(|t| has(joined, t))
        && has(regex!("列表|部门|成员|最多 ?(?:[2-9]|[1-9][0-9]+) ?个"), desc);
    if !(told || many) || !shown(field).all(|t| has(regex!("^[A-Za-z0-9_@.,-]*$"), t)) {
        return None;
    }
    let mut parts = shown(field).flat_map(|t| t.split(',')).map(str::trim).peekable();
    let whole = parts.peek().is_some() && parts.all(|p| p.parse::<u32>().is_ok());
    // `0-否，1-是`: a switch for each element of another list.
    let switches =
        shown(field).flat_map(|t| t.split(',')).all(|p| matches!(p.trim(), "0" | "1")) && opposites(desc);
    let base = if !whole {
        "string"
    } else if switches {
        "flag"
    } else {
        "i64"
    };
    Some(Refined { base, pipe: false, csv: true, guess: None })
}

/// Bytes in base64, by name or text. What a sample shows must fit.
fn is_base64(field: &Field, desc: &str) -> bool {
    let told = has(regex!("(?i)base64"), &field.name)
        || has(regex!("(?i)base64 ?(编码|之后|处理|\\)|。|$)|(内容|为|是|经过?) ?base64"), desc);
    // What is encrypted first has a text that tells how to take it apart.
    told && !has(regex!("(?i)解密|解码|urlencode|md5|前的|data:image"), desc)
        && shown(field).all(|t| has(regex!("^[A-Za-z0-9+/=_ ]*$"), t))
}

/// A time as digits in a string.
fn time_text(field: &Field, desc: &str) -> Option<Refined> {
    let digits = |n: usize| {
        let mut seen = shown(field).peekable();
        seen.peek().is_some() && seen.all(|t| t.len() == n && t.bytes().all(|b| b.is_ascii_digit()))
    };
    let said = has(regex!("(?i)时间戳|unix"), desc) && !apart(desc);
    if digits(13) && (said || is_time(&field.name) || has(regex!("毫秒|日期"), desc)) {
        return sure("millis_text");
    }
    if digits(10) && (said || is_time(&field.name) && has(regex!("时间"), desc)) {
        return sure("unix_text");
    }
    // No sample looks like a date.
    let number = shown(field).all(|t| t.bytes().all(|b| b.is_ascii_digit()) || !t.contains(['-', ':', '/']));
    if !said || !number || has(regex!("(?i)yyyy|格式"), desc) || !is_time(&field.name) {
        return None;
    }
    let base = if has(regex!("毫秒"), desc) { "millis_text" } else { "unix_text" };
    Some(Refined { base, pipe: false, csv: false, guess: Some(&rules::TIME_BY_WORDING) })
}

/// A day, or a moment as people write it.
fn date(field: &Field, desc: &str) -> Option<Refined> {
    let every = |form: &Option<Regex>| {
        let mut seen = shown(field).peekable();
        seen.peek().is_some() && seen.all(|t| has(form, t))
    };
    // Beside a date such a field takes another word.
    if has(regex!("长期|或者?传|空字符串表示|例外"), desc) {
        return None;
    }
    let none = shown(field).all(|t| !t.bytes().any(|b| b.is_ascii_digit()));
    if has(regex!("(?i)rfc ?3339"), desc) {
        return sure("rfc3339");
    }
    let day = has(regex!("(?i)yyyy-mm-dd"), desc)
        && !has(regex!("(?i)yyyy-mm-dd[^。,;]{0,4}(hh|t)|yyyy-mm-dd 形?式?时"), desc);
    if every(regex!("^[12][0-9]{3}-[01][0-9]-[0-3][0-9]$")) || none && day {
        return sure("date");
    }
    if every(regex!("^[12][0-9]{3}-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-5][0-9]$"))
        || none && has(regex!("(?i)yyyy-mm-dd hh:mm:ss"), desc)
    {
        return sure("datetime");
    }
    let eight = regex!("^20[0-9]{2}[01][0-9][0-3][0-9]$");
    let said = has(regex!("日期"), desc) && (has(regex!("(?i)yyyymmdd|格式如?:? ?20[0-9]{6}"), desc));
    if said && (every(eight) || none) || every(eight) && has(regex!("日期"), desc) {
        return sure("date8");
    }
    None
}

/// Names of points in time. `watch_time`, `remind_time` and the like are spans as often.
fn is_time(name: &str) -> bool {
    has(regex!("(?i)(time|timestamp|_at)$"), name)
}

/// Words that speak of a span or of a place within the day, no point in time.
fn apart(desc: &str) -> bool {
    has(
        regex!(
            "非时间戳|时长|差值|相对|间隔|耗时|偏移|距|时间段|提前|之前多少|多久|秒数|分钟数|天数|一天内|当天的?(第|秒)|0 ?点(到|至|起|开始的?秒)"
        ),
        desc,
    )
}

/// What a whole number means.
fn number(field: &Field, desc: &str, lists: u8) -> Option<Refined> {
    if field.shown.kinds.float {
        return None;
    }
    if has(regex!("浮点|^[经纬]度|^[XY]坐标"), desc) {
        return sure("f64");
    }
    let name = field.name.to_ascii_lowercase();
    let stamps: Vec<i64> = field.shown.values.iter().filter_map(Value::as_i64).filter(|n| *n > 0).collect();
    let point = |n: &i64| (900_000_000..5_000_000_000).contains(n);
    let millis = |n: &i64| *n > 1_000_000_000_000;
    let said = has(regex!("(?i)时间戳|unix|utc ?秒"), desc) && !apart(desc);
    let guess = Some(&rules::TIME_BY_WORDING);
    if !stamps.is_empty()
        && stamps.iter().all(millis)
        && (said || is_time(&name) || has(regex!("毫秒"), desc))
    {
        return sure("millis");
    }
    if !stamps.is_empty() && stamps.iter().all(point) && !has(regex!("毫秒|天数"), desc) {
        // Ten digits under a name of time are seconds, also where the text does not say so.
        if said || has(regex!("(time|timestamp|_at|date|until)$"), &name) {
            return sure("unix");
        }
    }
    if said && (is_time(&name) || has(regex!("date|until|expire|finish"), &name)) {
        // The sample is a placeholder: a number that is no point in time.
        let base = if has(regex!("毫秒"), desc) { "millis" } else { "unix" };
        return Some(Refined { base, pipe: false, csv: false, guess });
    }
    // Nine digits are more than any span or time of day has: `"start_time": 166666666`.
    let long = |n: &i64| (100_000_000..5_000_000_000).contains(n);
    if has(regex!("(?:start|begin|end)_?time$"), &name)
        && !stamps.is_empty()
        && stamps.iter().all(long)
        && !apart(desc)
        && !has(regex!("毫秒"), desc)
    {
        return Some(Refined { base: "unix", pipe: false, csv: false, guess });
    }
    if is_time(&name) && done(&name, desc) {
        let base = if has(regex!("毫秒"), desc) { "millis" } else { "unix" };
        return Some(Refined { base, pipe: false, csv: false, guess });
    }
    // Lists of switches: one for each element of another list.
    if (field.shown.kinds.int || field.shown.values.is_empty())
        && is_switch(field, desc)
        && (lists == 0 || has(regex!("^is_"), &name))
    {
        return sure("flag");
    }
    None
}

/// When something was done or is over is a point in time, whatever number the sample has; where something begins may be a time of
/// day.
fn done(name: &str, desc: &str) -> bool {
    has(
        regex!(
            "(创建|支付|交易|付款|退款|生效|到期|过期|失效|处理|操作|提交|打卡|修改|更新|审批|加入|离开|退出|发送|完成|激活|申请|添加|下单)(的?时间|时刻)|有效期的?(起始|开始|截止|结束)时间"
        ),
        desc,
    ) && !apart(desc)
        && !has(
            regex!("(?i)格式|字符串|yyyy|[时分]间?(范围|长|限制)|当[日天]|分钟|小时|[0-9]:[0-9]{2}"),
            desc,
        )
        || matches!(name, "createtime" | "create_time" | "timestamp") && desc.is_empty()
}

/// A plain 0/1 switch: `是否…。0-否，1-是`, `0：未激活，1：已激活`.
fn is_switch(field: &Field, desc: &str) -> bool {
    let binary = field.shown.values.iter().all(|v| matches!(v.as_i64(), Some(0 | 1)));
    // A slip in the sample of what is called a switch.
    let is_named = field.name.ends_with("_switch") && opposites(desc);
    if !(binary || is_named) {
        return false;
    }
    // Notes may stand behind the values, numbered as they are.
    let desc = desc.split("注意").next().unwrap_or_default();
    // `scope为2表示…`: another field's values.
    let desc = &replace(regex!("[a-z]+_[a-z]+\\s*(?:为|是|=)\\s*[0-9]+"), desc, "");
    let head = desc.split(['\n']).next().unwrap_or_default();
    let asked = has(regex!("是否|开关|标识"), desc);
    let more = has(regex!(r"(^|[^0-9])[2-9]\s*[-:=.表代]"), desc);
    if more || find(regex!(r"(?:^|[^0-9])\d{2,}\s*[-:=表代]"), desc).is_some() {
        return false;
    }
    // `1开启模糊搜索，0获取全部`.
    if has(regex!("^1(?:开启|启用|打开)[^0-9]*[,;]\\s*0[^0-9.]"), desc) {
        return true;
    }
    let zero = has(regex!(r"(^|[^0-9.])0"), desc);
    let one = has(regex!(r"(^|[^0-9.])1"), desc);
    if asked && zero && one {
        return true;
    }
    // `是否…` or `is_…` alone, and nothing but 0 and 1 is shown.
    let named = has(regex!("^(is|has)_"), &field.name) && !(zero && one);
    if (named || has(regex!("^是否|是否[^,。;]{2,20}$"), head)) && !field.shown.values.is_empty() {
        return true;
    }
    // A state has a third value tomorrow, but what is on or off: `0：关闭，1：打开`, `0：未激活，1：已激活`.
    let on = regex!(
        r"(?:^|[^0-9.])1\s*[-:=.]?\s*(?:表示|代表|为)?\s*已?(?:开启|打开|启用|激活|开放)[\x{4e00}-\x{9fff}]{0,4}\s*(?:$|[,;。、\n])"
    );
    let state = has(regex!("(?i)(status|state|detect)$"), &field.name);
    zero && one && opposites(desc) && (!state || has(on, desc))
}

/// `0：未激活，1：已激活`: what 0 says is the denial of what 1 says.
fn opposites(desc: &str) -> bool {
    let of = |n: char| {
        let pattern = match n {
            '0' => regex!(r"(?:^|[^0-9.])0\s*[-:=.]?\s*(?:表示|代表|为)?\s*([\x{4e00}-\x{9fff}]+)"),
            _ => regex!(r"(?:^|[^0-9.])1\s*[-:=.]?\s*(?:表示|代表|为)?\s*([\x{4e00}-\x{9fff}]+)"),
        };
        find(pattern, desc).map(|m| m[1].clone())
    };
    let (Some(no), Some(yes)) = (of('0'), of('1')) else { return false };
    // `字段生效`, `字段无效`: what both begin with says nothing.
    let common: usize =
        no.chars().zip(yes.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (no, yes) = (&no[common..], yes[common..].replace('了', ""));
    const PAIRS: &[(&str, &str)] = &[
        ("否", "是"),
        ("关闭", "打开"),
        ("关闭", "开启"),
        ("禁用", "启用"),
        ("取消", ""),
        ("隐藏", "显示"),
        ("无", "有"),
        ("无效", "生效"),
    ];
    let denied = ["未", "不", "非", "没有", "没", "取消"].iter().find_map(|d| no.strip_prefix(d));
    let yes = yes.trim_start_matches('已');
    denied.is_some_and(|d| !d.is_empty() && (d == yes || yes.starts_with(d) || d.starts_with(yes)))
        || PAIRS.iter().any(|(n, y)| no.starts_with(n) && yes.starts_with(y) && !y.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::read::text::narrow;
    use serde_json::json;

    fn check(name: &str, base: &'static str, desc: &str, seen: Value, want: &str) {
        let mut field = Field { name: name.into(), ..Field::default() };
        field.row.desc = desc.into();
        if !seen.is_null() {
            field.shown.kinds.int = seen.is_i64();
            field.shown.kinds.string = seen.is_string();
            field.shown.values = vec![seen];
        }
        let got = refine(&field, &narrow(desc), base, 0);
        let got = format!("{}{}", got.base, if got.guess.is_some() { "?" } else { "" });
        assert_eq!(got, want, "{name} {desc} {:?}", field.shown.values);
    }

    #[test]
    fn times_of_numbers() {
        for (name, desc, seen, want) in [
            ("send_time", "消息发送时间对应的unix时间戳", json!(166_666_666), "unix?"),
            ("pay_time", "支付时间", json!(1_605_000_000), "unix"),
            ("create_time", "创建时间", json!(1), "unix?"),
            ("record_time", "UNIX 时间戳（单位毫秒）", json!(123), "millis?"),
            ("join_time", "加入时间（单位：毫秒）", Value::Null, "millis?"),
            ("start_time", "距离会议开始的时长，时间戳", json!(5), "i64"),
            ("watch_time", "观看时长", json!(40), "i64"),
            ("begin_time", "上班时间", json!(32_400), "i64"),
            ("remind_time", "提醒时间，单位分钟", json!(15), "i64"),
            ("end_time", "结束时间，范围不能超过14天", json!(166_666_667), "unix?"),
            ("begin_time", "任务起始时间", json!(123), "i64"),
        ] {
            check(name, "i64", desc, seen, want);
        }
    }

    #[test]
    fn switches() {
        for (desc, seen, want) in [
            ("是否保密。0-否，1-是", Value::Null, "flag"),
            ("账号激活状态。0：未激活、1：已激活", json!(1), "flag"),
            ("自动激活。0：关闭，1：打开", Value::Null, "flag"),
            ("是否需要消息详情，默认为否", json!(1), "flag"),
            ("是否需要消息详情，默认为否", Value::Null, "i64"),
            ("身份。0：企业，1：个人", json!(1), "i64"),
            ("状态。0：未开始，1：已开始，2：已结束", json!(1), "i64"),
            ("是否保密。0-否，1-是", json!(7), "i64"),
            ("1开启模糊搜索，0获取全部公共邮箱", Value::Null, "flag"),
            ("1表示字段生效，0表示字段无效。to_scope为1表示学生，to_scope为2表示家长", json!(1), "flag"),
        ] {
            check("f", "i64", desc, seen, want);
        }
        check("status", "i64", "0：未发表，1：已发表", json!(1), "i64");
        check("status", "i64", "账号激活状态。0：未激活、1：已激活", json!(1), "flag");
        check("auto_status", "i64", "0：关闭，1：打开", json!(1), "flag");
        check(
            "license_status",
            "i64",
            "0：未开启license检查（甲） 1：已开启license检查（乙）",
            json!(1),
            "i64",
        );
        check("upgrade_switch", "i64", "开启或关闭。0：表示关闭，1：表示开启", json!(2), "flag");
        for (desc, seen, want) in [
            ("次序值。有效的值范围是[0, 2^32)", json!(1), "u32"),
            ("次序值，取值范围[0, 2^32-1]", Value::Null, "u32"),
            ("次序值，0~4294967295", json!(4_294_967_295_i64), "u32"),
            // As Markdown has the bracket.
            ("次序值，范围是\\[0, 2^32)", json!(1), "u32"),
            ("次序值，取值范围[0, 2^32)", json!(4_294_967_296_i64), "i64"),
            ("次序值，取值范围[-10, 2^32)", json!(1), "i64"),
            ("次序值，取值范围[0, 2^31)", json!(1), "i64"),
        ] {
            check("order", "i64", desc, seen, want);
        }
        check("timezone", "u32", "时区，东区为正数，西区为负数", json!(8), "i32");
    }

    #[test]
    fn strings() {
        for (name, desc, seen, want) in [
            ("device_secret", "设备的密钥", Value::Null, "secret"),
            ("Token", "调用接口的凭证", Value::Null, "secret"),
            ("code", "通过成员授权获取到的code", Value::Null, "secret"),
            ("code", "编号", Value::Null, "string"),
            ("encrypted_ticket", "加密后的票据", Value::Null, "string"),
            ("content", "文件内容（base64编码）", json!("aGVsbG8="), "base64"),
            ("content", "base64编码后的标题", json!("标题"), "string"),
            ("key", "加密后再base64编码，解密方法见文末", Value::Null, "string"),
            ("start_time", "会议开始时间戳（单位秒）", json!("160000000"), "unix_text?"),
            ("end_time", "更新时间", json!("1715846245084"), "millis_text"),
            ("date", "日期", json!("2020-03-27"), "date"),
            ("date", "日期，格式yyyy-MM-dd", Value::Null, "date"),
            ("end", "格式yyyy-MM-dd，或“长期”", json!("2020-03-27"), "string"),
            ("time", "格式yyyy-MM-dd hh:mm:ss", Value::Null, "datetime"),
            ("day", "生效日期，格式如：20221212", Value::Null, "date8"),
            ("day", "生效日期", json!("20221212"), "date8"),
            ("day", "生效编号", json!("20221212"), "string"),
            ("t", "遵循rfc3339标准", Value::Null, "rfc3339"),
            ("data", "自定义的JSON字符串", json!("{}"), "text<json>"),
            ("data", "审批的数据", json!("{\"a\":{\"b\":1}}"), "text<json>"),
            ("data", "审批的数据", json!("[1]"), "string"),
            ("price", "商品价格，以分为单位", json!("100"), "digits"),
            ("price", "商品价格，以分为单位", json!("面议"), "string"),
            ("to", "用‘|’分隔", json!("PartyID1|2"), "i64?"),
            ("Department", "部门列表", json!("1,2,3"), "i64"),
            ("Text", "说明，以逗号分隔", json!("甲, 乙"), "string"),
        ] {
            check(name, "string", desc, seen, want);
        }
    }
}
