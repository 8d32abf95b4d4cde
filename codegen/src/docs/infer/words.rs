//! What a field's text says besides its meaning: presence and constants.

use crate::docs::read::text::{find, has, narrow, regex};

/// `当type为1时必填`, `state=3时要求必填`: the condition under which a text requires the field.
pub fn condition(desc: &str) -> Option<String> {
    let desc = narrow(desc);
    let m = find(
        regex!(
            "(?:^|[,;。(\\n])\\s*(?:仅?当|若|在|如果)?([^,;。()\\n]{2,30}时)[,为则]{0,2}(?:该字段|此字段|该参数)?(?:要求|需要?|则|才)?(?:必填|必须填|必须指定|必选|必传|不能为空)"
        ),
        &desc,
    )?;
    Some(m[1].trim().to_owned())
}

/// `仅在type为1时有效`: the condition without which the field says nothing.
pub(crate) fn effective(desc: &str) -> Option<String> {
    let desc = narrow(desc);
    let m = find(
        regex!(
            "(?:^|[,;。(\\n\u{4e00}-\u{9fff}])\\s*(?:仅当|仅在|只有当|当|若|在)([^,;。()\\n]{2,30}?时)[,才此]{0,2}(?:该|此)?(?:字段|参数)?(?:才)?(?:有效|生效)"
        ),
        &desc,
    )?;
    Some(m[1].trim().to_owned())
}

/// Whether what is longer than the limit is cut.
pub fn cut(desc: &str) -> bool {
    has(regex!("超过[^。；]{0,20}(截断|截取)|会被截断"), desc)
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
    fn conditions_and_cuts() {
        assert_eq!(condition("成员id，当type为1时必填").as_deref(), Some("type为1时"));
        assert_eq!(condition("提交时间"), None);
        assert_eq!(condition("状态，当state=3时要求必填").as_deref(), Some("state=3时"));
        assert_eq!(effective("该参数仅在is_temp为true时有效，默认7天").as_deref(), Some("is_temp为true时"));
        assert_eq!(effective("长期有效"), None);
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
