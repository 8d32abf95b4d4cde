//! What headings, labels and titles of tables say.

use crate::docs::model::Title;
use crate::docs::read::text::{clean, find, find_all, has, narrow, regex, replace};

/// What a title names: `text 说明`, `Field`, `附10 明细控件（control参数为Table）`.
pub(crate) fn title(text: &str) -> Title {
    let text = narrow(&clean(text));
    let text = text.trim().trim_end_matches(':').trim();
    if let Some(m) = find(
        regex!(
            r"([A-Za-z_.]+)\s*(?:参数|字段)?(?:的?值)?(?:为|=|是)\s*[`'\x22]?([A-Za-z0-9_]+(?:\s*(?:或者?|/|、|,|和)\s*[A-Za-z0-9_]+)*)"
        ),
        text,
    ) && !has(regex!("^(GET|POST)"), text)
    {
        let values = find_all(regex!("[A-Za-z0-9_]+"), &m[2]).into_iter().map(|v| v[0].clone()).collect();
        // `result结构：type为sync_user、replace_user时`: what is described, and under which value.
        let names = find(regex!(r"^([A-Za-z_]+)(?:结构|字段|参数)\s*:"), text).map(|n| vec![n[1].clone()]);
        return Title {
            names: names.unwrap_or_default(),
            variant: Some((m[1].clone(), values)),
            ..Title::default()
        };
    }
    let whole = has(regex!(r"^(object|Object|struct)?[ .0-9]*[`(]?[A-Za-z_][A-Za-z0-9_.\[\]]*[`)]?$"), text);
    let told = has(
        regex!(
            r"(?i)[A-Za-z_][A-Za-z0-9_.\[\]]*[`)]?\s*(参数|对象|字段|结构体?|数据|元素|类型|内容|列表|数组|节点)*(内部)?的?(参数|对象|字段|结构体?|数据|类型|属性)*(说明|结构|定义|描述|详情|包含|字段|参数|列表|取值|信息|格式|如下)|(字段|结构|参数|对象|类型)\s*[A-Za-z_]"
        ),
        text,
    );
    if !(whole || told) {
        return Title::default();
    }
    const COMMON: &[&str] = &[
        "object",
        "json",
        "json结构",
        "http",
        "url",
        "post",
        "get",
        "api",
        "id",
        "html",
        "xml",
        "type",
        "access_token",
    ];
    let mut names: Vec<String> = Vec::new();
    for m in find_all(regex!(r"[A-Za-z_][A-Za-z0-9_.\[\]]*"), text) {
        let name = m[0].replace("[]", "").trim_matches('.').to_owned();
        if !COMMON.contains(&name.to_ascii_lowercase().as_str()) && !names.contains(&name) {
            names.push(name);
        }
    }
    names.truncate(3);
    Title { names, ..Title::default() }
}

/// A heading as links write it: without blanks, case and marks.
pub(crate) fn anchor(text: &str) -> String {
    let text = replace(
        regex!(r"^\s*(?:\d+(?:\.\d+)*[.、\s]\s*|[（(]?[一二三四五六七八九十]+[）)、.]\s*)"),
        &narrow(&clean(text)),
        "",
    );
    let text: String = text.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect();
    // `“webview数据型”` refers to `webview型`: words for “description” come and go.
    let short = replace(regex!("数据|结构体?|说明|定义|描述"), &text, "");
    if short.chars().count() > 1 { short } else { text }.to_lowercase()
}

/// `各控件apply_data/contents/value参数介绍`: the path in a heading.
pub(crate) fn root_path(text: &str) -> Vec<String> {
    match find(regex!(r"([a-z_]+(?:[/.][a-z_]+)+)"), text) {
        Some(m) => m[1].split(['/', '.']).map(str::to_owned).collect(),
        None => match find(regex!("附录.*?各[^A-Za-z]*([a-z_]+)"), text) {
            Some(m) => vec![m[1].clone()],
            None => vec![],
        },
    }
}

pub(crate) fn chain(headings: &[(u8, String)]) -> Vec<String> {
    headings.iter().map(|h| h.1.clone()).collect()
}

/// Whether a heading or label introduces who may call.
pub(crate) fn is_permission(text: &str) -> bool {
    has(regex!("权限说明|权限要求"), text)
}

/// A heading after the endpoints that introduces who may call any of them.
pub(super) fn is_permission_of_all(text: &str) -> bool {
    is_permission(text) || has(regex!("鉴权|权限|返回范围"), text)
}

/// `CellTextValue`: a heading that names a type and says no more.
pub(crate) fn is_type(text: &str) -> bool {
    has(regex!("^[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*$"), text.trim())
}

/// Whether a line is a sentence, however much of it looks like a title: a bullet, a line that ends like one, or that has a comma in its second half.
pub(crate) fn reads_as_sentence(text: &str) -> bool {
    let text = text.trim_start_matches(['>', ' ']).trim_end();
    let half: String = text.chars().skip(text.chars().count() / 2).collect();
    text.starts_with(['•', '·'])
        || ["* ", "- "].iter().any(|bullet| text.starts_with(bullet)) && !text.ends_with([':', '：'])
        || text.ends_with(['。', '；', ';'])
        || half.contains(['，', '、'])
}

/// A line of marks alone, which parts others.
pub(crate) fn is_rule(text: &str) -> bool {
    text.chars().all(|c| "-—*_=>.:： ".contains(c))
}

/// A line without the mark of a coloured box: `::: warning 仅企业可调用` says what follows the box's kind. Empty where it is the mark alone.
pub(crate) fn unboxed(text: &str) -> &str {
    match text.trim_start().strip_prefix(":::") {
        Some(rest) => {
            let rest = rest.trim_start().trim_start_matches(|c: char| c.is_ascii_alphabetic()).trim();
            // `::: tip 提示` has a title.
            if rest.chars().count() > 4 { rest } else { "" }
        }
        None => text,
    }
}

/// `权限说明：须有…` on one line: what follows the label.
pub(crate) fn permission_behind(text: &str) -> Option<String> {
    let m = find(regex!(r"^[>\s*·•-]*(?:权限说明|权限要求|调用权限)\s*[:：]\s*(\S.*)$"), text)?;
    Some(m[1].trim_matches(['（', '）', '(', ')', ' ']).to_owned()).filter(|t| t.chars().count() > 3)
}

/// Whether a sentence says who may call, wherever it stands: `应用须具有…权限`.
pub(crate) fn is_grant(text: &str) -> bool {
    text.chars().count() < 120
        && has(
            regex!(
                "(?:应用|企业|调用者|服务商).{0,16}(?:须|需要?|必须|应当?)(?:具有|有|拥有|配置|申请|开通|授予).{0,40}权限|不再支持通过系统应用secret调用|^(?:仅|只有|仅限)?.{0,20}应用(?:才)?(?:可以?|可)调用|^(?:仅|只).{0,16}(?:可以?)?调用(?:该|本)?接口$"
            ),
            text,
        )
}

/// Whether brackets aside a text has marks inside that only sentences have.
fn is_sentence(text: &str) -> bool {
    let bare = replace(regex!(r"[（(][^（）()]*[）)]"), text, "");
    let bare = bare.trim_matches(|c: char| "*_> :：".contains(c));
    // `并发限制：5`: a number behind a colon is told.
    bare.contains(['，', '；'])
        || has(regex!("[^0-9][:：] ?[0-9]"), bare)
        || bare.trim_end_matches('。').contains('。')
}

/// `**参数说明：**` alone on its line.
pub(crate) fn is_label(raw: &str) -> bool {
    if is_sentence(raw) {
        return false;
    }
    has(regex!(r"^[> ]*(\*\*|__)?[^*_]{2,60}(\*\*|__)?\s*[:：]?\s*(\*\*|__)?$"), raw.trim())
        && (raw.contains("**") || raw.contains("__"))
        || has(
            regex!(
                "^[> ]*(权限说明|参数说明|返回结果|返回参数|请求参数|请求示例|返回示例|请求包体)[^，。]{0,10}[:：]?$"
            ),
            &clean(raw),
        )
}

pub(crate) fn is_generic(text: &str) -> bool {
    has(
        regex!(
            r"^[（(]?(\d+[.、])?(请求|返回|响应|输入|传入)?(参数|字段|包体|结果|示例|数据|包|说明)*(详细)?(说明|示例|列表|结构)?[）)]?[：: ]*$"
        ),
        text,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles() {
        for (text, want) in [
            ("text 说明", "text"),
            ("**Field**", "Field"),
            ("textcard参数说明：", "textcard"),
            ("参数说明", ""),
            ("附10 明细控件（control参数为Table）", "control=Table"),
            ("附1 文本/多行文本控件（control参数为Text或Textarea）", "control=Text/Textarea"),
            ("result结构：type为sync_user、replace_user时", "result type=sync_user/replace_user"),
            ("获取成员详情", ""),
        ] {
            let t = title(text);
            let variant = t.variant.map(|(tag, values)| format!("{tag}={}", values.join("/")));
            let got: Vec<String> = t.names.into_iter().chain(variant).collect();
            assert_eq!(got.join(" "), want, "{text}");
        }
    }

    #[test]
    fn labels_and_sentences() {
        for (raw, want) in [
            ("**参数说明：**", true),
            ("**请求参数（A，B）说明：**", true),
            ("__权限说明__", true),
            ("**注意，被取消的日程不会出现。**", false),
            ("**并发限制：5**", false),
        ] {
            assert_eq!(is_label(raw), want, "{raw}");
        }
        assert_eq!(unboxed("::: warning 仅企业可调用"), "仅企业可调用");
        assert_eq!(unboxed("::: tip 提示"), "");
        assert_eq!(unboxed(":::"), "");
        assert_eq!(unboxed("正文"), "正文");
        assert_eq!(permission_behind("权限说明：（须具有读取权限）").as_deref(), Some("须具有读取权限"));
        assert_eq!(permission_behind("权限说明："), None);
        for (text, want) in [
            ("应用须具有“会议”使用权限", true),
            ("从2023年12月1日0点起，不再支持通过系统应用secret调用接口", true),
            ("仅进行中的会议可以调用该接口", true),
            ("通过该接口发送消息", false),
        ] {
            assert_eq!(is_grant(text), want, "{text}");
        }
    }

    #[test]
    fn titles_that_name_no_part() {
        for (text, want) in [
            ("请求参数说明：", true),
            ("（2.返回示例）", true),
            ("参数详细说明", true),
            ("Props", false),
            ("成员信息", false),
        ] {
            assert_eq!(is_generic(text), want, "{text}");
        }
    }

    #[test]
    fn headings_as_links_name_them() {
        for (text, want) in [
            ("5.2 查询状态", "查询状态"),
            ("（三）“webview数据型”", "webview型"),
            ("Field 结构体说明", "field"),
            ("说明", "说明"),
        ] {
            assert_eq!(anchor(text), want, "{text}");
        }
        assert_eq!(
            root_path("附录：各控件apply_data/contents/value参数介绍"),
            ["apply_data", "contents", "value"]
        );
        assert_eq!(root_path("附录 各类config说明"), ["config"]);
    }
}
