//! The page of global error codes, and the codes that single pages list → `errors.yaml`.

use std::collections::BTreeMap;

use crate::docs::model::{BlockKind, Code, Codes, Endpoint, Page};
use crate::docs::read::digest::Digest;
use crate::docs::read::text::{clean, has, prose, regex};

/// A page with more codes than this is one about error codes; others list those of their endpoints.
const MANY: usize = 100;

/// The codes of all tables headed `错误码`, the fullest page first, then those that endpoints list.
pub fn codes(pages: &[Page], endpoints: &[Endpoint]) -> Codes {
    let mut out: BTreeMap<i64, Code> = BTreeMap::new();
    let mut global: Vec<(&Page, Vec<Code>)> = Vec::new();
    for page in pages {
        let mut list = Vec::new();
        for block in &page.blocks {
            let BlockKind::Table(table) = &block.kind else { continue };
            let Some(first) = table.header.first() else { continue };
            if !has(regex!("^(全局)?(错误码|返回码|errcode)$"), &clean(first)) {
                continue;
            }
            for (line, cells) in &table.rows {
                let code = cells.first().and_then(|c| clean(c).parse::<i64>().ok());
                let meaning = cells.get(1).map(|c| prose(&clean(c)).replace('\n', " ")).unwrap_or_default();
                if let Some(code) = code
                    && !meaning.is_empty()
                {
                    list.push(Code { code, meaning, place: (page.file.clone(), *line) });
                }
            }
        }
        if !list.is_empty() {
            global.push((page, list));
        }
    }
    global.sort_by_key(|(p, l)| (std::cmp::Reverse(l.len()), p.file.clone()));
    let (mut digests, mut numbers) = (Vec::<(i64, String)>::new(), Vec::new());
    for (page, list) in global.iter().filter(|(_, l)| l.len() > MANY) {
        let mut digest = Digest::default();
        for code in list {
            digest.text(&code.code.to_string());
            digest.text(&code.meaning);
        }
        if !numbers.contains(&page.category_id) {
            numbers.push(page.category_id);
        }
        if !digests.iter().any(|(d, _)| *d == page.doc_id) {
            digests.push((page.doc_id, digest.hex()));
        }
    }
    for code in global.into_iter().flat_map(|(_, l)| l) {
        out.entry(code.code).or_insert(code);
    }
    for e in endpoints {
        for (code, meaning) in &e.codes {
            let place = e.pages.first().map_or((String::new(), 0), |p| (p.file.clone(), p.line));
            let meaning = prose(meaning).replace('\n', " ");
            if !meaning.is_empty() {
                out.entry(*code).or_insert(Code { code: *code, meaning, place });
            }
        }
    }
    Codes { list: out.into_values().collect(), digests, pages: numbers }
}

/// The class that a code's wording suggests. Order matters: the more telling words come first.
pub fn class(code: i64, meaning: &str) -> &'static str {
    const WORDS: &[(&str, &str)] = &[
        (
            "throttled",
            "(?i)频率|频繁|过快|并发|freq|rate limit|too many request|次数.{0,4}(限制|上限)|请求数",
        ),
        (
            "token_expired",
            "(?i)access_?token.{0,12}(过期|失效|不合法|无效|expired|invalid)|(无效|不合法|过期|invalid|expired).{0,12}access_?token",
        ),
        (
            "credential",
            "(?i)secret|凭证|签名|signature|ticket|permanent_code|auth_?code|corpid.{0,6}(不合法|无效)|解密|ip不在白名单|not allow.* ip|可信ip",
        ),
        ("payment", "支付|余额|扣款|退款|红包|付款|订单|账单|商户"),
        (
            "transient",
            "(?i)系统(繁忙|错误|内部)|system (busy|error)|稍后|重试|timeout|超时|服务.{0,4}(异常|不可用)|internal",
        ),
        ("content", "(?i)敏感|违规|涉嫌|非法内容|spam|安全风险"),
        ("unsupported", "(?i)不支持|已废弃|已下线|未开(通|启)|not support|deprecated|没有开启|不再支持|暂不"),
        (
            "quota",
            "(?i)上限|达到.{0,6}限制|超(过|出).{0,10}(数量|个数|总数|限额|配额|最大)|数量超|too many|quota|exceed.*(limit|max)|容量|空间不足",
        ),
        (
            "permission",
            "(?i)权限|无权|未授权|没有授权|不允许|不可见|可见范围|no (privilege|permission)|forbid|not allow|unauthorized|禁止|白名单",
        ),
        ("not_found", "(?i)不存在|找不到|未找到|not (exist|found)|不在|已删除|已解散|没有找到"),
        ("conflict", "(?i)已(经)?存在|重复|already|冲突|duplicate|exist|已被|状态|正在|已结束|已取消"),
        (
            "parameter",
            "(?i)不合法|无效|参数|缺少|为空|格式|长度|过长|过大|invalid|missing|too long|empty|illegal|错误|非法|不能|超过",
        ),
    ];
    if code == 0 {
        return "ok";
    }
    if code == -1 {
        return "transient";
    }
    static PATTERNS: std::sync::LazyLock<Vec<(&str, Option<regex_lite::Regex>)>> =
        std::sync::LazyLock::new(|| {
            WORDS.iter().map(|(class, words)| (*class, regex_lite::Regex::new(words).ok())).collect()
        });
    PATTERNS.iter().find(|(_, words)| has(words, meaning)).map_or("other", |(class, _)| class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes() {
        for (code, meaning, want) in [
            (0, "请求成功", "ok"),
            (-1, "系统繁忙", "transient"),
            (40014, "不合法的access_token", "token_expired"),
            (45009, "接口调用超过限制频率", "throttled"),
            (60111, "成员userid不存在", "not_found"),
            (60011, "无权限操作", "permission"),
            (40001, "不合法的secret参数", "credential"),
            (1, "某事", "other"),
        ] {
            assert_eq!(class(code, meaning), want, "{meaning}");
        }
    }
}
