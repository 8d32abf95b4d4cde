//! Rarer ways in which a text lists values: bits, numbers without a mark, labels in front of their values.

use crate::docs::read::text::{find, find_all, has, regex, replace};

/// `bit 0：周一；bit 1：周二`, `从低到高四个比特位分别表示A、B`: each value is a bit.
pub(super) fn bits(desc: &str) -> Vec<(String, String)> {
    let named = find_all(regex!("(?i)bit ?([0-9]{1,2}) ?: ?([^;,。\\s(]+)"), desc);
    let bit = |n: u32| 1_u64.checked_shl(n).unwrap_or_default().to_string();
    if named.len() > 1 {
        let pairs = named.into_iter().filter_map(|m| Some((bit(m[1].parse().ok()?), m[2].clone())));
        return pairs.collect();
    }
    let Some(m) = find(regex!("[从由]低到高[^,。;]{0,8}位?分别(?:表示|代表|为)([^。;\\n]+)"), desc)
    else {
        return vec![];
    };
    let labels = m[1].split('、').map(str::trim);
    (0..).zip(labels).map(|(n, label)| (bit(n), label.to_owned())).collect()
}

/// `1审批中；2 已通过；10已支付`, `成员类型，0 企业成员，2 家校学生，仅…时生效`: parts in a row that each begin with another number, before a word
/// that `unit` does not count as one of quantity.
pub(super) fn row(desc: &str, unit: &Option<regex_lite::Regex>) -> Vec<(String, String)> {
    let part = regex!("^(?:[^0-9:]*[:])?\\s*([0-9]{1,3})\\s*([\u{4e00}-\u{9fff}][^0-9:]*)$");
    let text = desc.split(['。', '\n']).next().unwrap_or_default();
    // `请假时间单位：0半天；1小时`: what would count is what is named.
    let names_units = has(regex!("^[^0-9]{0,10}单位"), text);
    let mut out: Vec<(String, String)> = Vec::new();
    for piece in text.split([';', ',', '、']).map(str::trim).filter(|p| !p.is_empty()) {
        match find(part, piece) {
            Some(m) if !out.iter().any(|(v, _)| *v == m[1]) && (names_units || !has(unit, &m[2])) => {
                out.push((m[1].clone(), m[2].trim().to_owned()));
            }
            Some(_) => return vec![],
            // What stands in front names the field, what stands behind speaks of it.
            None if !out.is_empty() => break,
            None => {}
        }
    }
    if out.len() < 2 { vec![] } else { out }
}

/// `单选：0，多选：1`: the label stands before its number.
pub(super) fn behind_number_labels(desc: &str) -> Vec<(String, String)> {
    let pair = regex!("(?:^|[,;。\\s])([\u{4e00}-\u{9fff}]{1,8}) ?: ?([0-9]{1,3}) ?(?:,|;|。|$)");
    // Each match takes the mark before it: two marks between neighbours.
    let text = replace(regex!("[,;。]"), desc, "$0$0");
    let out: Vec<(String, String)> =
        find_all(pair, &text).into_iter().map(|m| (m[2].clone(), m[1].clone())).collect();
    if out.len() < 2 { vec![] } else { out }
}

/// `认证号：verified, 注册号：unverified`, `"dashboard" 仪表盘。"external" 说明页`, `open_door 开门，scan_code 扫码`.
pub(super) fn words(desc: &str) -> Vec<(String, String)> {
    let text = replace(regex!("[,;。]"), desc, "$0$0");
    let behind = regex!(
        "(?:^|[,;。\\s])([\u{4e00}-\u{9fff}]{1,8}) ?: ?([a-z][A-Za-z_]+) ?(?:\\([^)]*\\))? ?(?:,|;|。|$)"
    );
    let blank = regex!(
        "(?:^|[,;。\\s])[\"'`]{0,3}([a-z]+(?:_[a-z]+)+|[\"'`][a-z_]+)[\"'`]{0,3} +([\u{4e00}-\u{9fff}][^,;。]*)"
    );
    let behind: Vec<(String, String)> =
        find_all(behind, &text).into_iter().map(|m| (m[2].clone(), m[1].clone())).collect();
    if behind.len() > 1 {
        return behind;
    }
    let blank = find_all(blank, &text).into_iter();
    let blank: Vec<(String, String)> =
        blank.map(|m| (m[1].trim_matches(['"', '\'', '`']).to_owned(), m[2].trim().to_owned())).collect();
    if blank.len() > 1 {
        return blank;
    }
    // `creator指定提单人；department指定提单人所在部门`: what a filter's word filters by.
    let by =
        regex!("(?:^|[,;。\\s])([a-z]+(?:_[a-z]+)*) ?指定([\u{4e00}-\u{9fff}][^,;。\\n]*)(?:$|[,;。\\n])");
    find_all(by, &text).into_iter().map(|m| (m[1].clone(), m[2].trim().to_owned())).collect()
}

/// The one kind that there is: `授权码类型，1 扫描文件`, `关联的动作 1:显示隐藏`, `目前仅支持“会话内容接口”，type为1`.
pub(super) fn alone(text: &str, unit: &Option<regex_lite::Regex>) -> Option<(String, String)> {
    let whole = regex!(
        "^[\u{4e00}-\u{9fff}]{0,10}(?:类型|种类|场景|动作|方式)(?:\\s*[,:]\\s*|\\s+)([0-9]{1,3})(?:\\s*[-:]\\s*|\\s+)([\u{4e00}-\u{9fff}][^0-9,;。\\n]*)$"
    );
    if let Some(m) = find(whole, text.trim()).filter(|m| !has(unit, &m[2])) {
        return Some((m[1].clone(), m[2].clone()));
    }
    let only = regex!(
        "(?:目前|[仅只])支持[\"「『]([^\"「」『』,;。\\n]{2,20})[\"」』]\\s*,\\s*(?:固定|type|值|取值)为\\s*([0-9]{1,3})\\s*(?:$|[,;。\\n])"
    );
    find(only, text).map(|m| (m[2].clone(), m[1].clone()))
}

/// Whether numbers with words count or limit something and name nothing: `默认-1表示不限制，1表示当天，最大不超过180天`.
pub(super) fn counts(desc: &str, found: &[(String, String)]) -> bool {
    let most = found.iter().filter_map(|(v, _)| v.parse::<i64>().ok()).max().unwrap_or(0);
    let top = find(regex!("最大(?:值)?(?:不超过|为)?\\s*([0-9]{1,6})"), desc)
        .and_then(|m| m[1].parse::<i64>().ok());
    top.is_some_and(|top| top > most + 1)
        || has(regex!("以此类推"), desc)
        || found.iter().any(|(_, label)| has(regex!("最[大多](?:支持)? ?[0-9]"), label))
}
