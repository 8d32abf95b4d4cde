//! Values of examples: what a reader knows a field of this name by.

use crate::ir::{Field, Prim};

/// Text by the end of a field's wire name, without `_` and in small letters; the first that fits.
const TEXTS: &[(&str, &str)] = &[
    // People.
    ("externaluserid", "wmABCDEF0123456789"),
    ("externaluserids", "wmABCDEF0123456789"),
    ("externaluseridlist", "wmABCDEF0123456789"),
    ("studentuserid", "student-1"),
    ("parentuserid", "parent-1"),
    ("takeoveruserid", "lisi"),
    ("newowner", "lisi"),
    ("openuserid", "woABCDEF0123456789"),
    ("openuseridlist", "woABCDEF0123456789"),
    ("tmpexternaluseridlist", "wpABCDEF0123456789"),
    ("newuserid", "zhangsan2"),
    ("userid", "zhangsan"),
    ("userids", "zhangsan"),
    ("useridlist", "zhangsan"),
    ("userlist", "zhangsan"),
    ("touser", "zhangsan"),
    ("booker", "zhangsan"),
    ("adminlist", "zhangsan"),
    ("gridadmin", "zhangsan"),
    ("unionid", "oABCDEF0123456789"),
    ("tmpopenid", "tmp-openid-1"),
    ("tmpopenidlist", "tmp-openid-1"),
    ("openid", "oABCDEF0123456789"),
    ("mobiles", "13800000000"),
    ("mobile", "13800000000"),
    ("mobilephone", "13800000000"),
    ("phone", "13800000000"),
    ("phonenumber", "13800000000"),
    ("email", "zhangsan@example.com"),
    ("mail", "zhangsan@example.com"),
    ("idcardnumber", "11010119900101001X"),
    ("idcardname", "张三"),
    // Corps, applications and groups.
    ("corpid", "ww0123456789abcdef"),
    ("corpids", "ww0123456789abcdef"),
    ("suiteid", "ww-suite-id"),
    ("appid", "wx0123456789abcdef"),
    ("mchid", "1900000000"),
    ("openkfid", "wkABCDEF0123456789"),
    ("openkfidlist", "wkABCDEF0123456789"),
    ("opengid", "wrABCDEF0123456789"),
    ("chatid", "wrABCDEF0123456789"),
    ("chatidlist", "wrABCDEF0123456789"),
    ("tagid", "etABCDEF0123456789"),
    ("devicesn", "SN0123456789"),
    ("devicesnlist", "SN0123456789"),
    ("macaddr", "00:1A:2B:3C:4D:5E"),
    // What stands on a screen.
    ("tagname", "重要客户"),
    ("groupname", "项目群"),
    ("filename", "周报.docx"),
    ("spacename", "项目资料"),
    ("docname", "周报"),
    ("merchantname", "示例商户"),
    ("merchantshortname", "示例商户"),
    ("content", "请查收快递"),
    ("text", "请查收快递"),
    ("title", "项目周会"),
    ("subject", "项目周会"),
    ("summary", "项目周会"),
    ("theme", "项目周会"),
    ("desc", "每周一次"),
    ("description", "每周一次"),
    ("queryword", "周报"),
    ("keyword", "周报"),
    ("wordlist", "报价"),
    ("replacename", "客服"),
    ("invoicenote", "已开票"),
    // The rest of what has a form.
    ("url", "https://example.com/page"),
    ("domain", "example.com"),
    ("ip", "192.0.2.1"),
    ("md5", "d41d8cd98f00b204e9800998ecf8427e"),
    ("sha", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("color", "#008AC4"),
    ("currency", "CNY"),
    ("state", "channel-1"),
    ("range", "A1:C10"),
    ("authcode", "auth-code"),
    ("userticket", "user-ticket"),
    ("encodingaeskey", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"),
    ("nonce", "n0nce"),
    ("noncestr", "n0nce"),
    ("sig", "signature"),
    ("mediaid", "media-id-of-upload"),
    ("mediaidlist", "media-id-of-upload"),
    ("cursor", ""),
];

/// Numbers by the end of a field's wire name.
const NUMBERS: &[(&str, i64)] = &[
    ("agentid", 1_000_002),
    ("departmentid", 2),
    ("department", 2),
    ("parentid", 1),
    ("limit", 100),
    ("size", 1024),
    ("pagesize", 100),
    ("capacity", 10),
    ("duration", 3600),
    ("days", 7),
    ("price", 100),
    ("amount", 100),
    ("fee", 100),
    ("yearmonth", 202_601),
    ("cursor", 0),
    ("offset", 0),
    ("start", 0),
    ("index", 0),
];

/// 2026-01-01 in China, a Thursday.
const DAY: i64 = 1_767_196_800;
const OF_A_DAY: i64 = 86_400;

/// The letters of a wire name, without breaks and in small.
fn letters(wire: &str) -> String {
    wire.chars().filter(|c| *c != '_' && *c != '-').map(|c| c.to_ascii_lowercase()).collect()
}

fn by_end<T: Copy>(table: &[(&str, T)], wire: &str) -> Option<T> {
    let name = letters(wire);
    let exact = table.iter().find(|(end, _)| name == *end);
    exact.or_else(|| table.iter().find(|(end, _)| name.ends_with(end))).map(|(_, value)| *value)
}

/// A string for a field, as Rust text without quotes.
pub(super) fn text(f: &Field) -> String {
    if let Some(given) = f.example.as_ref().or_else(|| f.limits.choices.first()) {
        return given.clone();
    }
    let fits = |text: &str| {
        let (chars, bytes) = (text.chars().count() as i64, text.len() as i64);
        f.limits.chars.holds(chars) && f.limits.bytes.holds(bytes)
    };
    let known = by_end(TEXTS, &f.wire).map(str::to_owned);
    let own = || named(f).or_else(|| identified(&f.wire));
    known.filter(|t| fits(t)).or_else(|| own().filter(|t| fits(t))).unwrap_or_else(|| f.wire.to_uppercase())
}

/// A thing that is called by its field's own words: 会议室名称.
fn named(f: &Field) -> Option<String> {
    let name = letters(&f.wire);
    let free = ["name", "title", "desc", "topic", "option", "detail", "note", "remark", "reason"];
    if !free.iter().any(|end| name.ends_with(end)) {
        return None;
    }
    let line = f.doc.first()?;
    let end = line.find(|c: char| !('\u{4e00}'..='\u{9fff}').contains(&c)).unwrap_or(line.len());
    let word = &line[..end];
    (2..=12).contains(&word.chars().count()).then(|| word.to_owned())
}

/// An id that another call gave: `order_id` → `order-1`.
fn identified(wire: &str) -> Option<String> {
    let snake = heck::ToSnakeCase::to_snake_case(wire);
    let snake = snake.trim_end_matches("_list").trim_end_matches('s');
    let stem = ["_id", "id", "_no", "_code", "_key"].iter().find_map(|end| snake.strip_suffix(end))?;
    let stem = stem.trim_end_matches('_').replace('_', "-");
    (!stem.is_empty()).then(|| format!("{stem}-1"))
}

/// A whole number for a field that its limits allow.
pub(super) fn number(f: &Field, p: Prim) -> String {
    let given = f.example.as_ref().or_else(|| f.limits.choices.first()).or(f.default.as_ref());
    if let Some(given) = given.filter(|e| e.parse::<i64>().is_ok()) {
        return grouped(given);
    }
    let known = by_end(NUMBERS, &f.wire).filter(|n| f.limits.range.holds(*n));
    let (least, most) = (f.limits.range.min, f.limits.range.max);
    let own = match (least, most) {
        (Some(min), _) if min > 1 => min,
        (_, Some(max)) if max < 1 => max,
        _ => 1,
    };
    let (lowest, _) = p.integers().unwrap_or((i128::from(i64::MIN), 0));
    grouped(&known.unwrap_or(own).max(i64::try_from(lowest).unwrap_or(0)).to_string())
}

/// `1767196800` → `1_767_196_800`: what nobody reads at a glance.
fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
    if digits.len() < 8 {
        return format!("{sign}{digits}");
    }
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('_');
        }
        out.push(c);
    }
    sign.to_owned() + &out
}

/// Whether a field is the later end of two.
fn is_end(wire: &str) -> bool {
    let name = letters(wire);
    ["end", "endtime", "enddate", "todate", "totime"].iter().any(|end| name.ends_with(end))
}

/// A time or date for a field; the end of a span is a day after its begin.
pub(super) fn moment(f: &Field, p: Prim) -> String {
    let (late, seconds) = (is_end(&f.wire), DAY + if is_end(&f.wire) { OF_A_DAY } else { 0 });
    let day = if late { "02" } else { "01" };
    match p {
        Prim::Millis | Prim::MillisText => grouped(&(seconds * 1000).to_string()),
        Prim::Date => format!("{:?}", format!("2026-01-{day}")),
        Prim::Date8 => format!("{:?}", format!("202601{day}")),
        Prim::Datetime => format!("{:?}", format!("2026-01-{day} 09:00:00")),
        Prim::Rfc3339 => format!("{:?}", format!("2026-01-{day}T09:00:00+08:00")),
        _ => grouped(&seconds.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{Limit, Limits, Place, Ty};

    fn field(wire: &str, p: Prim, doc: &str, limits: Limits) -> Field {
        let json = serde_json::json!({
            "wire": wire, "rust": wire, "ty": Ty::Prim(p), "required": true, "option": false,
            "place": Place::Body, "doc": [doc], "limits": limits,
        });
        serde_json::from_value(json).expect("a field")
    }

    #[test]
    fn values_fit_their_fields() {
        let chars = |min, max| Limits { chars: Limit { min, max }, ..Limits::default() };
        let range = |min, max| Limits { range: Limit { min, max }, ..Limits::default() };
        for (wire, p, doc, limits, want) in [
            ("handover_userid", Prim::String, "", Limits::default(), "zhangsan"),
            ("ExternalUserID", Prim::String, "", Limits::default(), "wmABCDEF0123456789"),
            ("external_userid", Prim::String, "", chars(None, Some(4)), "EXTERNAL_USERID"),
            ("room_name", Prim::String, "会议室名称，不可重复", Limits::default(), "会议室名称"),
            ("order_id", Prim::String, "", Limits::default(), "order-1"),
            ("schedule_id_list", Prim::String, "", Limits::default(), "schedule-1"),
            ("whatever", Prim::String, "", Limits::default(), "WHATEVER"),
            ("agentid", Prim::I64, "", Limits::default(), "1000002"),
            ("limit", Prim::U32, "", range(Some(1), Some(50)), "1"),
            ("limit", Prim::U32, "", range(Some(1), Some(1000)), "100"),
            ("level", Prim::I32, "", range(Some(3), None), "3"),
            ("begin_time", Prim::Unix, "", Limits::default(), "1_767_196_800"),
            ("end_time", Prim::Unix, "", Limits::default(), "1_767_283_200"),
            ("EndTime", Prim::Millis, "", Limits::default(), "1_767_283_200_000"),
            ("date", Prim::Date8, "", Limits::default(), "\"20260101\""),
        ] {
            let f = field(wire, p, doc, limits);
            let got = match p {
                Prim::String => text(&f),
                p if p.integers().is_some() && !matches!(p, Prim::Unix | Prim::Millis) => number(&f, p),
                p => moment(&f, p),
            };
            assert_eq!(got, want, "{wire}");
        }
    }
}
