//! Limits of calls in the text: `每企业不可超过1000次/小时`, `每天最多调用1000次`.

use crate::docs::read::text::{find_all, has, regex};

/// A limit of calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub calls: u64,
    /// In which time: a word of the format.
    pub per: &'static str,
    /// Counted for whom: a word of the format.
    pub scope: &'static str,
}

const UNITS: &[(&str, &str)] = &[
    ("秒钟", "second"),
    ("秒", "second"),
    ("分钟", "minute"),
    ("分", "minute"),
    ("min", "minute"),
    ("小时", "hour"),
    ("天", "day"),
    ("日", "day"),
    ("周", "week"),
    ("个月", "month"),
    ("月", "month"),
];

/// Whom a limit counts for: the narrower is looked for first.
fn scope(text: &str) -> &'static str {
    let words = [
        (regex!("(应用|机器人).{0,6}(同一个?|每个?)?(成员|用户)|(成员|用户).{0,4}应用"), "agent_member"),
        (regex!("客户|外部联系人"), "external_user"),
        (regex!("成员|用户"), "member"),
        (regex!("(?i)ip"), "ip"),
        (regex!("机器人"), "robot"),
        (regex!("服务商"), "provider"),
        (regex!("企业"), "corp"),
        (regex!("应用"), "app"),
    ];
    words.iter().find(|(words, _)| has(words, text)).map_or("api", |s| s.1)
}

/// A sentence without limits on a single object (`单笔订单1次/分钟`), as these are not limits of the endpoint.
fn of_all(text: &str) -> String {
    let one = regex!(
        "(?i)debug|单[笔个张条]?(订单|设备|任务)|每[个笔张条]?(订单|设备|任务|sn)|同一[个笔台]?(订单|设备|任务|sn)|每[个台]?设备"
    );
    let at = one.as_ref().and_then(|r| r.find(text)).map_or(text.len(), |m| m.start());
    text[..at].to_owned()
}

/// `一小时内，一个企业最多可获取400次，且单个应用不能超过100次`: one time for several.
fn within(text: &str, out: &mut Vec<Rate>) {
    let Some(time) = find_all(regex!("[一1]个?(小时|分钟|天|秒)内(.*)$"), text).into_iter().next()
    else {
        return;
    };
    let each =
        regex!("([^，,、0-9]{2,8}?)(?:最多|不可超过|不能超过|不超过|不得超过)[^0-9，,]{0,6}([0-9]+)次");
    for m in find_all(each, &time[2]) {
        let per = UNITS.iter().find(|u| u.0 == time[1]).map(|u| u.1);
        if let (Ok(calls), Some(per)) = (m[2].parse::<u64>(), per) {
            let rate = Rate { calls, per, scope: scope(&m[1]) };
            if calls > 0 && !out.iter().any(|r| r.per == per && r.scope == rate.scope) {
                out.push(rate);
            }
        }
    }
}

/// The limits that lines of text state. Numbers without a word of limiting (`每2周重复一次`) are none.
pub fn rates<'l>(lines: impl IntoIterator<Item = &'l str>) -> Vec<Rate> {
    let mut out: Vec<Rate> = Vec::new();
    for sentence in lines.into_iter().flat_map(|l| l.split(['。', '；', ';', '\n'])) {
        let text: String = sentence.chars().filter(|c| !matches!(c, '*' | '`' | ' ' | '_')).collect();
        let text = of_all(&text);
        if !has(regex!("频率|限制|超过|最多|上限|只允许|最大"), &text) {
            continue;
        }
        within(&text, &mut out);
        let slashed = regex!("([0-9]+)(万|千)?(?:次|条)/(秒钟|秒|分钟|min|分|小时|天|日|周|个月|月)");
        // `每天最多调用1000次`, `每分钟不能超过5次`: the word of limiting stands between.
        let spoken = regex!(
            "(?:每个?自?然?|(?:^|[^0-9])[1一]个?)(秒钟|秒|分钟|小时|天|日|周|个月|月)[^，,0-9]{0,8}(?:最多|不可超过|不能超过|不超过|不得超过|上限)[^0-9，,]{0,6}([0-9]+)(万|千)?次"
        );
        let slashed =
            find_all(slashed, &text).into_iter().map(|g| (g[1].clone(), g[2].clone(), g[3].clone()));
        let spoken = find_all(spoken, &text).into_iter().map(|g| (g[2].clone(), g[3].clone(), g[1].clone()));
        let pace = regex!("([0-9]+)()(?i:qps)");
        let pace = find_all(pace, &text).into_iter().map(|g| (g[1].clone(), g[2].clone(), "秒".to_owned()));
        for (number, factor, unit) in slashed.chain(spoken).chain(pace) {
            let factor = match factor.as_str() {
                "万" => 10_000,
                "千" => 1_000,
                _ => 1,
            };
            let calls = number.parse::<u64>().ok().and_then(|n| n.checked_mul(factor)).filter(|n| *n > 0);
            let per = UNITS.iter().find(|u| u.0 == unit).map(|u| u.1);
            if let (Some(calls), Some(per)) = (calls, per) {
                let rate = Rate { calls, per, scope: scope(&text) };
                if !out.iter().any(|r| r.per == per && r.scope == rate.scope) {
                    out.push(rate);
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_in_sentences() {
        for (text, want) in [
            ("接口调用频率限制为60次/分钟。", &[(60, "minute", "api")][..]),
            ("> **调用频率不可超过 600 次/分**", &[(600, "minute", "api")]),
            ("每企业变更群的次数不可超过1000次/小时。", &[(1000, "hour", "corp")]),
            (
                "每应用对同一个成员不可超过30次/分钟，1000次/小时",
                &[(30, "minute", "agent_member"), (1000, "hour", "agent_member")],
            ),
            ("- 企业只允许创建10次/min。", &[(10, "minute", "corp")]),
            (
                "按上游企业维度，限制为：10万次/小时、48万次/天",
                &[(100_000, "hour", "corp"), (480_000, "day", "corp")],
            ),
            ("每天最多调用1000次", &[(1000, "day", "api")]),
            ("每企业每天会话导出次数不可超过1千次", &[(1000, "day", "corp")]),
            ("每个用户每个应用接口限制10次/分钟", &[(10, "minute", "agent_member")]),
            ("每个机器人发送的消息不能超过20次/分钟", &[(20, "minute", "robot")]),
            ("每个ip调用不可超过2万次/分钟", &[(20_000, "minute", "ip")]),
            ("单个应用 1分钟最多调用5次", &[(5, "minute", "app")]),
            ("11分钟最多5次", &[]),
            (
                "一小时内，一个企业最多可获取400次，且单个应用不能超过100次",
                &[(400, "hour", "corp"), (100, "hour", "app")],
            ),
            // What holds for one thing is no limit of the endpoint.
            (
                "请求频率限制：150qps，即每秒钟请求次数不超过150次，单笔订单请求频率限制：1qpm，即单笔订单每分钟不超过1次",
                &[(150, "second", "api")],
            ),
            ("debug模式有使用频率限制，同一个api每分钟不能超过5次", &[]),
            ("每个消息推送发送的消息不能超过20条/分钟", &[(20, "minute", "api")]),
            ("每个设备sn调用频率不超过1次/分钟", &[]),
            ("每2周重复一次", &[]),
            ("每月最多补卡次数，默认-1表示不限制", &[]),
            ("每天自动下发一次，最多持续3个工作日", &[]),
        ] {
            let got: Vec<_> = rates([text]).into_iter().map(|r| (r.calls, r.per, r.scope)).collect();
            assert_eq!(got, want, "{text}");
        }
    }
}
