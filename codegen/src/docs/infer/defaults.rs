//! What the server takes when a field is absent, by the field's text.

use crate::docs::infer::limits::in_unit;
use crate::docs::read::text::{find, has, narrow, regex, replace};

/// What kind of value a default has to be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `true` and `false`.
    Bool,
    /// 0 and 1.
    Flag,
    /// Any other.
    Other,
}

/// The default of a field with these values. A remark at one of several values makes that value the default: `0：实名，默认值`, `默认为单排`.
pub(crate) fn default(desc: &str, kind: Kind, listed: &[(String, String)]) -> Option<String> {
    let text = in_unit(&narrow(desc).replace('`', ""));
    if !has(regex!("默认|缺省|不填|不传|未填|初始值"), &text) {
        return None;
    }
    let words: Vec<(String, String)> = match kind {
        Kind::Bool => said(&text, &["true", "false"]),
        Kind::Flag => said(&text, &["1", "0"]),
        Kind::Other => vec![],
    };
    let listed = if listed.is_empty() { &words } else { listed };
    if elsewhere(&text) {
        return None;
    }
    let found =
        at_value(&text, listed).or_else(|| literal(&text)).filter(|d| kind == Kind::Other || is_of(d, kind));
    found.or_else(|| by_label(&text, listed, kind)).or_else(|| switched(&text, kind))
}

/// `企业未购买过，默认新购`: a default of some callers, not of the field.
fn elsewhere(text: &str) -> bool {
    let case = regex!("(?:^|[。;\n])[^,。;\n]*(?:未|若|如果)([^,。;\n]*),\\s*则?默认");
    find(case, text).is_some_and(|m| !has(regex!("(?:填|传|设|指定|返回|选|不|空)"), &m[1]))
}

/// `默认为“详情”`: a default in its own words.
pub(crate) fn quoted(desc: &str) -> Option<String> {
    let m = find(regex!("(?:默认|缺省)(?:值|显示)?(?:为|是)?\\s*[“\"「]([^”\"」,，。]{1,16})[”\"」]"), desc)?;
    Some(m[1].clone())
}

/// The default that a text states as a number or word.
pub(crate) fn stated(desc: &str) -> Option<String> {
    literal(&in_unit(&narrow(desc)))
}

fn is_of(word: &str, kind: Kind) -> bool {
    match kind {
        Kind::Bool => matches!(word, "true" | "false"),
        Kind::Flag => matches!(word, "0" | "1"),
        Kind::Other => true,
    }
}

/// What lines such as `true：允许` say about the two values of a switch.
fn said(text: &str, values: &[&str]) -> Vec<(String, String)> {
    let line = |value: &str| -> Option<(String, String)> {
        let part = text.split(['\n', ';', '。', ',']).find(|p| {
            p.trim_start().strip_prefix(value).is_some_and(|r| r.trim_start().starts_with([':', '-', '=']))
        })?;
        let label =
            part.trim_start().trim_start_matches(value).trim_start().trim_start_matches([':', '-', '=', ' ']);
        Some((value.to_owned(), label.to_owned()))
    };
    values.iter().filter_map(|v| line(v)).collect()
}

/// `1-企业邮箱（默认）`, `0：实名，默认值`, `0(默认) 灰色`, `0或不填代表…`: the mark stands with one of the values.
fn at_value(text: &str, listed: &[(String, String)]) -> Option<String> {
    if let Some(m) = find(regex!(r"(?:^|[^0-9])([0-9]{1,4})\s*(?:\(默认\)|或者?(?:不填|不传|为空))"), text)
        .or_else(|| {
            find(regex!(r"(?:不填|不传)[^,。;0-9]{0,6}或者?(?:填|传)?\s*([0-9]{1,4})(?:$|[^0-9])"), text)
        })
    {
        return Some(m[1].clone());
    }
    let mut hits = listed.iter().filter(|(value, label)| {
        let starts = |l: &str| {
            let rest = l.trim_start().trim_start_matches(['"', '\'']).strip_prefix(value.as_str());
            rest.is_some_and(|r| r.trim_start().starts_with([':', '-', '=', '表', '代', '"']))
        };
        // The first may stand behind the field's own words: `处理方式，0-视为异常，默认值；1-…`.
        let line = text.split(['\n', ';', '。']).find_map(|l| match l.split_once(',') {
            _ if starts(l) => Some(l),
            Some((head, rest)) if starts(rest) && !head.contains(|c: char| c.is_ascii_digit()) => Some(rest),
            _ => None,
        });
        // Behind the value on its line, in its brackets, or at the label's own beginning; not of another value (`默认为2`).
        let marked = regex!(
            r"(?:\(默认(?:值)?\)|[,(]?\s*默认(?:值|配置|开启|允许)?\s*\)?\s*$|^[^0-9]{1,20}[:\-=]?\s*默认)"
        );
        line.is_some_and(|l| {
            let own = l.split_once(value.as_str()).map_or("", |(_, r)| r);
            has(marked, own) && !has(regex!("默认[^,]{0,6}(?:[0-9]|true|false)"), own)
        }) || has(regex!(r"\(默认(?:值)?\)$"), label)
    });
    let first = hits.next()?.0.clone();
    hits.next().is_none().then_some(first)
}

/// `默认值500`, `默认为false`, `初始值为 0`.
fn literal(text: &str) -> Option<String> {
    let text = powers_of(text);
    // `默认为北京时间东八区`: a time zone by its name.
    if has(regex!("默认[^,。;\\n]{0,8}东八区"), &text) {
        return Some("8".into());
    }
    let m = find(
        regex!(
            r#"(?:默认(?:值|取值)?(?:和最大值)?(?:都|会)?(?:最多获取|从|为添加[^0-9,。;]{0,6}后|添加)?|初始值)\s*(?:为|是|:|=)?\s*(?:传)?['"]?(-?[0-9]+(?:\.[0-9]+)?|true|false|True|False|TRUE|FALSE|[A-Za-z][A-Za-z0-9_]*)['"]?(?:$|[^0-9A-Za-z_.%^])"#
        ),
        &text,
    )?;
    let rest = text.split_once(&m[0]).map_or("", |(_, r)| r);
    let next = m[0].chars().last().filter(|c| !c.is_ascii()).map(String::from).unwrap_or_default();
    // `默认10M`, `默认为30天` have a unit that the number alone would lose; the text keeps it.
    if has(regex!("^\\s*(?:[天年月小分周]|MB|M|KB|px)"), &format!("{next}{rest}")) {
        return None;
    }
    let word = &m[1];
    Some(if word.eq_ignore_ascii_case("true") || word.eq_ignore_ascii_case("false") {
        word.to_lowercase()
    } else {
        word.clone()
    })
}

/// `10^6^`.
fn powers_of(text: &str) -> String {
    (1..=9).fold(text.to_owned(), |t, n| match t.contains("^") {
        true => t.replace(&format!("10^{n}^"), &10_u64.pow(n).to_string()),
        false => t,
    })
}

/// `默认为单排`, `不填则通知`, `默认仅提醒主持人`: the words of one label.
fn by_label(text: &str, listed: &[(String, String)], kind: Kind) -> Option<String> {
    let m = find(
        regex!(
            r#"(?:默认(?:情况下)?(?:值|会)?\s*(?:为|是|选择|使用|用)?\s*:?|不[填传]则?(?:默认)?(?:为|是)?)\s*["'「]?([^,。;()\n"'」]{1,20})"#
        ),
        text,
    )?;
    let bare = |t: &str| {
        let t = replace(regex!(r"\(.*$|[,。;].*$"), &narrow(t), "");
        // `默认不开启`, `0：未开启`: the same denial.
        let t = replace(regex!("^未"), &t, "不");
        replace(regex!("[「」\"'\\s后]|模式|类型$|默认.*$"), &t, "")
    };
    let said = bare(&m[1]);
    // `不填充此字段为保持原有状态`.
    if said.is_empty() || said.starts_with('充') {
        return None;
    }
    // `不带外框小尺寸` of `不带外框（小尺寸）`.
    let joined = |l: &str| narrow(l).replace(['(', ')', ' '], "");
    if let Some((value, _)) = listed.iter().find(|(_, l)| joined(l) == joined(m[1].trim())) {
        return Some(value.clone());
    }
    let exact: Vec<&(String, String)> = listed.iter().filter(|(_, l)| bare(l) == said).collect();
    if let [(value, _)] = exact.as_slice() {
        return Some(value.clone());
    }
    let near = |l: &str| {
        let l = bare(l);
        // `默认不开启` is not `开启`.
        if said.starts_with(['不', '未', '非', '无']) != l.starts_with(['不', '未', '非', '无']) {
            return false;
        }
        l.chars().count() > 1
            && (said.starts_with(&l)
                || said.ends_with(&l)
                || (said.chars().count() > 1 && l.starts_with(&said)))
    };
    let hits: Vec<&(String, String)> = listed.iter().filter(|(_, l)| near(l)).collect();
    if let [(value, _)] = hits.as_slice() {
        return Some(value.clone());
    }
    // `默认用标题` of `用字段标题表示`.
    // `默认权限` is a thing of that name.
    let verb = has(regex!("默认(?:情况下)?(?:值|会)?\\s*(?:为|是|选择|使用|用)|不[填传]"), &m[0]);
    let denied = said.starts_with(['不', '未', '非', '无']) || said.chars().count() < 2;
    let denied = denied || !verb || kind != Kind::Other;
    let mut within = listed.iter().filter(|(_, l)| !denied && hits.is_empty() && l.contains(&said));
    let first = within.next()?;
    within.next().is_none().then(|| first.0.clone())
}

/// `默认不开启`, `默认允许`: the way a switch stands.
fn switched(text: &str, kind: Kind) -> Option<String> {
    if kind == Kind::Other {
        return None;
    }
    let m = find(
        regex!(
            "(?:默认(?:值|情况下|会)?\\s*(?:为|是)?|不[填传]则?默认(?:为|是)?)\\s*(不|关闭|否|未|非|降序|允许|开启|打开|支持|需要|是(?:$|[,。;)\\n]))"
        ),
        text,
    )?;
    let off = matches!(m[1].as_str(), "不" | "关闭" | "否" | "未" | "非" | "降序");
    let word = match (kind, off) {
        (Kind::Bool, true) => "false",
        (Kind::Bool, false) => "true",
        (_, true) => "0",
        (_, false) => "1",
    };
    // `是否禁止x。默认允许`, `不需要x（默认需要）`: what is on there is off here.
    (!has(regex!("^(?:是否)?(?:禁止|关闭|隐藏|屏蔽|不|无需)"), text)
        || off && !has(regex!("^不|^无需"), text))
    .then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::infer::values::values;

    #[test]
    fn defaults() {
        use Kind::{Bool, Flag, Other};
        for (desc, kind, want) in [
            ("默认值500，超过", Other, "500"),
            ("默认为false", Bool, "false"),
            ("可选 low / normal / high，默认 normal", Other, "normal"),
            ("默认不开启", Other, ""),
            ("默认30天", Other, ""),
            ("默认10M", Other, ""),
            ("默认为10个，最多100个", Other, "10"),
            ("默认9个，取值范围: [1, 9]", Other, "9"),
            ("以秒为单位，默认7天，最多为14天", Other, "604800"),
            ("时间间隔，默认1800s，最大不超过4小时", Other, "1800"),
            ("偏移量，初始值为 0", Other, "0"),
            ("不填默认最多获取400个记录", Other, "400"),
            ("每次拉取的数据量，默认值和最大值都为100", Other, "100"),
            ("默认值为10^6^", Other, "1000000"),
            ("默认-1表示不限制", Other, "-1"),
            // Switches.
            ("是否允许多选，默认不允许", Bool, "false"),
            ("是否返回，默认不返回", Flag, "0"),
            ("是否需要详情，默认为否", Flag, "0"),
            ("是否开启，若未返回则默认开启", Bool, "true"),
            ("是否禁止转发，默认允许", Bool, ""),
            ("true：允许\nfalse：不允许\n默认允许", Bool, "true"),
            ("true：开启\nfalse：不开启 \n默认不开启", Bool, "false"),
            ("false：关闭视频（默认值）。\ntrue：开启视频", Bool, "false"),
            ("true：所有成员可入会\nfalse：仅企业内部成员可入会\n默认所有成员可入会", Bool, "true"),
            ("true：无需报名。\nfalse：默认配置，需要报名。", Bool, "false"),
            ("默认值为 True", Bool, "true"),
            // At one of the values, or by its label.
            ("1-企业邮箱（默认）；2-个人邮箱", Other, "1"),
            ("0：实名，默认值\n1：匿名", Other, "0"),
            ("1：自动审批，默认自动审批。\n2：手动审批。", Other, "1"),
            ("0-默认删除所有；\n1-仅删除此日程；", Other, "0"),
            ("水印样式，默认为单排。\n0：单排\n1：多排", Other, "0"),
            ("0:单排水印 1:多排水印；默认单排水印", Other, "0"),
            ("1：开启\n0：关闭\n2：超过6人后自动开启静音\n默认超过6人自动开启静音", Other, "2"),
            ("true：开启\nfalse：不开启，默认 true。", Bool, "true"),
            ("true：开启\nfalse：关闭\n默认为不开启", Bool, "false"),
            ("不需要打下班卡（默认需要打卡）", Bool, ""),
            ("提醒方式，1.不提醒 2.仅提醒主持人 3.提醒所有成员。默认仅提醒主持人", Other, "2"),
            ("0：企业 1：个人 2：所有，包括个人以及企业，默认情况下为所有类型", Other, "2"),
            ("0-不通知，1-通知， 不填则通知", Other, "1"),
            ("false:关 true:开 如果不填充此字段为保持原有状态", Bool, ""),
            ("链接的默认权限，1:仅下载 200:自定义权限", Other, ""),
            ("true：开启，主持人允许暂停\nfalse：不允许，主持人不允许暂停\n默认为允许", Bool, "true"),
            ("成员权限（不填则默认为「可查看」）。\n1：可查看\n3：仅查看闲忙状态", Other, "1"),
            ("支持：0(默认) 灰色，1 黑色，2 红色", Other, "0"),
            ("0或不填代表不是链接，1 代表跳转url", Other, "0"),
            ("1：用户 2：部门。 不填该字段或者填0代表同时查询", Other, "0"),
            ("审批状态筛选字段，默认返回全部。审批状态：\n0：全部。\n1：待审批。", Other, "0"),
            ("1、成员名称", Other, ""),
            ("临时会话有效期，以秒为单位，默认为添加好友后24小时，最多为14天", Other, "86400"),
            ("处理方式，0-视为异常，默认值；1-视为正常", Other, "0"),
            ("录制 0：未开启自动录制，1：开启自动本地录制，2：开启自动云录制；默认不开启", Other, "0"),
            ("时区。默认为北京时间东八区", Other, "8"),
            ("是否升序。0-否；1-是。默认降序", Flag, "0"),
            ("类型。0-新购、1-续期。企业未购买过，默认新购。", Other, ""),
            ("当有成员入会时立即开启，默认值为 false 关闭", Bool, "false"),
            ("限定次数。如未填写，则默认为7次", Other, "7"),
            ("自动升级的时间，不传则默认为传0", Other, "0"),
            ("默认为无框小图。0：有框，2：无框（小图），3：无框（大图）", Other, "2"),
            ("1：用字段标题表示\n2：用字段编号表示\n默认用标题", Other, "1"),
            ("1：身份证\n2：护照\n若没有填写，系统默认选择：身份证", Other, "1"),
            ("匹配的字段。1：精确匹配 2：模糊匹配。不填则为模糊匹配", Other, "2"),
            ("开启。0：表示关闭，1：表示开启，不传默认关闭", Flag, "0"),
        ] {
            let listed = if kind == Other {
                values(desc, desc.contains(|c: char| c.is_ascii_digit()))
            } else {
                vec![]
            };
            assert_eq!(default(desc, kind, &listed).unwrap_or_default(), want, "{desc}");
        }
    }
}
