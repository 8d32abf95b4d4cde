//! What a number counts, how long a value is good, and whether a text holds ids that are translated, by the field's words.

use crate::docs::infer::limits::in_unit;
use crate::docs::read::text::{find, find_all, has, narrow, regex};

/// The format's words for units, by the pages'.
const UNITS: &[(&str, &str)] = &[
    ("毫秒", "ms"),
    ("ms", "ms"),
    ("秒", "s"),
    ("s", "s"),
    ("分钟", "min"),
    ("小时", "h"),
    ("天", "d"),
    ("字节", "byte"),
    ("b", "byte"),
    ("kb", "KB"),
    ("mb", "MB"),
    ("分", "fen"),
    ("元", "yuan"),
    ("米", "m"),
    ("像素", "px"),
    ("px", "px"),
    ("年", "year"),
    ("月", "month"),
    ("%", "percent"),
];

/// The unit of a number: `单位为分`, `以秒为单位`, `（毫秒）`, `距离0点的秒数`.
pub(crate) fn unit(name: &str, desc: &str) -> Option<&'static str> {
    let text = narrow(desc).replace('`', "").to_ascii_lowercase();
    let word = |w: &str| UNITS.iter().find(|(word, _)| *word == w).map(|(_, unit)| *unit);
    let stated = find(
        regex!(
            r"单位(?:为|是|:)?\s*:?\s*\(?(毫秒|秒|分钟|分|小时|天|年|月|字节|元|米|像素|px|ms|s|bytes?|kb|mb|b|%)(?:$|[^a-z钟])"
        ),
        &text,
    )
    .or_else(|| find(regex!("以(毫秒|秒|分钟|分|小时|天|字节|元|米)为单位"), &text))
    .or_else(|| find(regex!(r"\((?:精确到)?(毫秒|秒|分钟|小时|天|字节|米)\)"), &text))
    // `单个文件大小限制MB`, `默认1800s`: the amount shows the unit.
    .or_else(|| find(regex!(r"限制(kb|mb)(?:$|[^a-z])"), &text))
    .or_else(|| find(regex!(r"默认(?:值|为)?\s*[0-9]+(s|ms)(?:$|[^a-z])"), &text))
    .or_else(|| find(regex!(r"[xn]{1,2}(秒)[后内可]"), &text));
    // A moment is no amount: `起始时间（单位秒）`.
    if has(regex!("^[^,。;(]{0,10}(?:起始|终止|开始|结束)时间\\(单位"), &text) {
        return None;
    }
    // `时长秒数，单位为天的除以86400`: what the field's first words say.
    if has(regex!("^[^,。;]{0,10}时长秒数|单位为天的?(?:直接)?除以86400"), &text) {
        return Some("s");
    }
    if let Some(m) = stated {
        return word(m[1].trim_end_matches("ytes").trim_end_matches("yte"));
    }
    if has(regex!("百分比|占比"), &text) && has(regex!("(?:^|_)percent(?:age)?$|^progress$"), name)
        // `调休比例，百分比。`
        || has(regex!("比例,百分比(?:$|[,;。\\n])"), &text)
    {
        return Some("percent");
    }
    if matches!(name, "hours" | "timezone") && text.contains("小时数") {
        return Some("h");
    }
    if name == "months" && text.contains("月数") {
        return Some("month");
    }
    if has(regex!("零?0?(?:点|时|:00)?的?(?:秒数|时间差)|[0零]点的秒|多少秒|秒数表示"), &text)
        || has(regex!("(?:_secs?|^expires_in)$"), name)
        // `与日程开始时间（start_time）的差值`
        || has(regex!("^[^,。;]{0,8}时间与[^,。;]{0,24}时间[^,。;]{0,16}的差值"), &text)
    {
        return Some("s");
    }
    if has(regex!("多少分钟|分钟数"), &text) || name.ends_with("_mins") {
        return Some("min");
    }
    let day = regex!("(?:^|_)days$");
    (has(day, name) && has(regex!("天数|时长"), &text)).then_some("d")
}

/// The version from which on something works: `仅客户端2.7.0及以上版本生效`.
pub(crate) fn since(desc: &str) -> Option<String> {
    let m = find(
        regex!(
            "仅(?:支持)?(客户端|企业微信) ?([0-9]+(?:\\.[0-9]+)+) ?及以[上后](?:的)?版本(?:可)?(?:生效|支持|有效)?(?:$|[。;,\\n])"
        ),
        &narrow(desc),
    )?;
    Some(format!("{} {}", m[1], m[2]))
}

/// What a number must be a multiple of: `需要是60的倍数`; of seconds also `整分钟`, `需要是5分钟的倍数`.
pub(crate) fn step(name: &str, desc: &str) -> Option<String> {
    let seconds = unit(name, desc) == Some("s");
    let text = in_unit(&narrow(desc));
    let told = find_all(
        regex!(r"(?:需要?|必须|应|须|只能)(?:是|为)?\s*((?:0\.)?[0-9]+)\s*(分钟|小时|秒)?的?(?:整数?)?倍"),
        &text,
    );
    let [m] = told.as_slice() else {
        // `按小时时必须为360整倍数，按天时必须为8640整倍数`: neither holds always.
        return (told.is_empty() && seconds && has(regex!("整分钟"), &text)).then(|| "60".to_owned());
    };
    let factor = match m[2].as_str() {
        "" => 1,
        "秒" if seconds => 1,
        "分钟" if seconds => 60,
        "小时" if seconds => 3600,
        _ => return None,
    };
    // `0.1小时`.
    let tenths = m[1].strip_prefix("0.").filter(|d| d.len() == 1);
    let step = match tenths {
        Some(digit) => digit.parse::<u32>().ok()? * factor / 10,
        None => m[1].parse::<u32>().ok()?.checked_mul(factor)?,
    };
    (step > 1).then(|| step.to_string())
}

/// How long a value is good: `5分钟内有效`, `有效期为20秒`, `3天后过期`.
pub(crate) fn ttl(desc: &str) -> Option<String> {
    let text = narrow(desc).replace('`', "");
    let m = find(
        regex!(
            r"(?:有效期|有效时间)(?:为|是|:)?\s*([0-9]+|[一两二三四五六七八九十]+)\s*个?(秒|s|分钟|min|小时|天)(?:$|[^a-z])"
        ),
        &text,
    )
    // `有效时间，这里固定5min`
    .or_else(|| find(regex!(r"(?:有效期|有效时间)[^0-9。;]{0,6}固定(?:为|是)?\s*([0-9]+)\s*(秒|s|分钟|min|小时|天)(?:$|[^a-z])"), &text))
    .or_else(|| {
        find(
            regex!(
                r"([0-9]+|[一两二三四五六七八九十]+)\s*个?(秒|s|分钟|min|小时|天)(?:之?内|后)?(?:有效|过期|失效|未被使用自动过期|可以重复使用|调用)"
            ),
            &text,
        )
    })?;
    let n = match m[1].as_str() {
        "两" => 2,
        digits if digits.starts_with(|c: char| c.is_ascii_digit()) => digits.parse::<u32>().ok()?,
        // A whole numeral: `十五` is none of these.
        chinese => {
            1 + u32::try_from("一二三四五六七八九十".chars().position(|c| chinese == c.to_string())?).ok()?
        }
    };
    let unit = match m[2].as_str() {
        "秒" | "s" => "s",
        "分钟" | "min" => "min",
        "小时" => "h",
        _ => "d",
    };
    (n > 0).then(|| format!("{n}{unit}"))
}

/// Whether ids in a text are translated into names.
pub(crate) fn translated(desc: &str) -> bool {
    has(regex!("(?i)支持 ?id ?转译"), desc) && !has(regex!("(?i)不支持 ?id ?转译"), desc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_numbers() {
        for (name, desc, want) in [
            ("price", "商品的价格，单位为分；最大不超过5万元", "fen"),
            ("price", "单价，以分为单位", "fen"),
            ("remind", "提前多久，单位分钟", "min"),
            ("flex_time", "弹性时间，单位ms", "ms"),
            ("size", "文件大小（单位字节）。", "byte"),
            ("size", "总数,单位是B", "byte"),
            ("end", "句子结束时间（毫秒）。", "ms"),
            ("distance", "允许打卡范围（米）", "m"),
            ("before", "段后间距，单位是像素（px）", "px"),
            ("work_sec", "上班时间", "s"),
            ("begin", "休息开始时间，表示为距离当天0点的秒数。", "s"),
            ("begin", "最早一组休息结束时间，距离0点的秒。", "s"),
            ("expires_in", "有效期", "s"),
            ("duration", "当日时长秒数，时长单位为天直接除以86400", "s"),
            ("duration", "时长之和，时长单位为天直接除以86400即为天数", "s"),
            ("hours", "小时数。", "h"),
            ("timezone", "时区，即偏离零时区的小时数", "h"),
            ("remind_diffs", "提醒时间与开始时间（start_time）的差值", "s"),
            ("max_size", "单个文件大小限制MB。不填表示无限制", "MB"),
            ("interval", "时间间隔，默认1800s，最大不超过4小时", "s"),
            ("limit", "下班xx秒后不允许打卡", "s"),
            ("begin", "区间开始点，单位为年", "year"),
            ("ratio", "折扣，单位%, 如填75", "percent"),
            ("percentage", "目前运行百分比，完成时为100", "percent"),
            ("ratio", "调休比例，百分比。最大值为3000", "percent"),
            ("months", "购买的月数，每月按31天计算", "month"),
            ("talktime", "通话时长单位（s）", "s"),
            ("start_time", "过滤起始时间（单位秒）", ""),
            ("days", "购买的天数", "d"),
            ("days", "星期几", ""),
            ("count", "最多保留30天", ""),
        ] {
            assert_eq!(unit(name, desc).unwrap_or_default(), want, "{name} {desc}");
        }
    }

    #[test]
    fn versions() {
        let told = since("须与企业配置一致。仅客户端2.7.0及以上版本可生效。");
        assert_eq!(told.as_deref(), Some("客户端 2.7.0"));
        assert_eq!(since("仅支持 3.3.0 及以上版本客户端观看"), None);
    }

    #[test]
    fn steps_of_numbers() {
        for (desc, want) in [
            ("上班时间（距0点秒数，整分钟）", "60"),
            ("允许迟到时间，单位：秒 需要是60的倍数", "60"),
            ("单位：秒 需要为15分钟的倍数且不超过360分钟", "900"),
            ("单位为秒，默认8小时，且必须是0.1小时的倍数", "360"),
            ("单位为秒，按小时时必须为360整倍数，按天时必须为8640整倍数", ""),
            ("下载分片长度只能为16字节的倍数", ""),
            ("整分钟", ""),
        ] {
            assert_eq!(step("x", desc).unwrap_or_default(), want, "{desc}");
        }
    }

    #[test]
    fn how_long_values_are_good() {
        for (desc, want) in [
            ("临时凭证，5分钟内有效，只能消费一次", "5min"),
            ("tfa_code有效期五分钟，且只能使用一次", "5min"),
            ("凭证，有效期为20秒", "20s"),
            ("链接有效期为一个小时", "1h"),
            ("图片id，30天后过期", "30d"),
            ("code只能使用一次，5分钟未被使用自动过期", "5min"),
            ("有效期2个小时", "2h"),
            ("地址30s内有效", "30s"),
            ("链接十天后过期", "10d"),
            ("凭证，有效期十五分钟", ""),
            ("二维码有效时间，这里固定5min 300s", "5min"),
            ("长期有效", ""),
            ("30天内的数据", ""),
        ] {
            assert_eq!(ttl(desc).unwrap_or_default(), want, "{desc}");
        }
    }

    #[test]
    fn texts_whose_ids_are_translated() {
        assert!(translated("标题（支持id转译）") && translated("文件名，支持 ID 转译"));
        assert!(!translated("标题，不支持id转译") && !translated("标题"));
    }
}
