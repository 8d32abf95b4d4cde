//! Marks in the pages' text: what to strip, what a cell says without them.

use regex_lite::Regex;

/// A regex that is part of the program, so correct: a mistake in it shows in every test.
macro_rules! regex {
    ($text:expr) => {{
        static R: std::sync::LazyLock<Option<regex_lite::Regex>> =
            std::sync::LazyLock::new(|| regex_lite::Regex::new($text).ok());
        &*R
    }};
}
pub(crate) use regex;

/// First match of a pattern, with its groups as texts.
pub(crate) fn find(r: &Option<Regex>, text: &str) -> Option<Vec<String>> {
    let found = r.as_ref()?.captures(text)?;
    Some((0..found.len()).map(|i| found.get(i).map_or(String::new(), |m| m.as_str().to_owned())).collect())
}

/// All matches of a pattern, with their groups.
pub(crate) fn find_all(r: &Option<Regex>, text: &str) -> Vec<Vec<String>> {
    let Some(r) = r else { return vec![] };
    r.captures_iter(text)
        .map(|c| (0..c.len()).map(|i| c.get(i).map_or(String::new(), |m| m.as_str().to_owned())).collect())
        .collect()
}

/// Whether a pattern matches.
pub(crate) fn has(r: &Option<Regex>, text: &str) -> bool {
    r.as_ref().is_some_and(|r| r.is_match(text))
}

/// Replaces a pattern.
pub(crate) fn replace(r: &Option<Regex>, text: &str, by: &str) -> String {
    r.as_ref().map_or(text.to_owned(), |r| r.replace_all(text, by).into_owned())
}

/// HTML entities and backslash escapes.
pub fn unescape(text: &str) -> String {
    let mut out = text.to_owned();
    if !out.contains(['&', '\\']) {
        return out;
    }
    for (from, to) in [
        ("&nbsp;", " "),
        ("&#160;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#124;", "|"),
        ("&amp;", "&"),
        ("\\_", "_"),
        ("\\*", "*"),
        ("\\[", "["),
        ("\\]", "]"),
        ("\\<", "<"),
        ("\\>", ">"),
        ("\\`", "`"),
        ("\\#", "#"),
    ] {
        if out.contains(from) {
            out = out.replace(from, to);
        }
    }
    out
}

/// Text without Markdown and HTML marks: bold, colours, links (their text stays), tags. `<br>` becomes a line break.
pub fn clean(text: &str) -> String {
    // Most cells have no marks at all: they need no pattern.
    if !text.contains(['<', '[', '!', '*', '_', '&', '\\']) {
        return text
            .lines()
            .map(|l| l.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
            .join("\n")
            .trim()
            .to_owned();
    }
    // A pattern costs much more than a look for what it must begin with.
    let swap = |r: &Option<Regex>, sign: &str, text: String, by: &str| match text.contains(sign) {
        true => replace(r, &text, by),
        false => text,
    };
    let text = swap(regex!(r"(?i)<\s*/?\s*br\s*/?\s*>"), "<", text.to_owned(), "\n");
    if !text.contains(['[', '!', '*', '<']) && !text.contains("__") {
        let lines: Vec<String> =
            unescape(&text).lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        return lines.join("\n").trim().to_owned();
    }
    let text = swap(regex!(r"!\[[^\]]*\]\([^)]*\)"), "![", text, "");
    let text = swap(regex!(r"\[([^\[\]]*)\]\([^()]*(?:\([^()]*\)[^()]*)*\)"), "](", text, "$1");
    let text = swap(regex!(r"!!#[0-9A-Fa-f]{3,6} ?"), "!!#", text, "");
    let text = text.replace("!!", "").replace("**", "").replace("__", "\u{1}");
    let text = swap(
        regex!(
            r"</?(?i:font|b|span|strong|em|i|u|p|div|a|center|small|s|del|code|img|li|ul|ol|h\d)(?:\s[^<>]*)?/?>"
        ),
        "<",
        text,
        "",
    );
    // `__` marks bold only around words; inside a name it is part of it.
    let text = swap(regex!("(^|[^A-Za-z0-9])\u{1}"), "\u{1}", text, "$1");
    let text = swap(regex!("\u{1}($|[^A-Za-z0-9])"), "\u{1}", text, "$1").replace('\u{1}', "__");
    let lines: Vec<String> =
        unescape(&text).lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    lines.join("\n").trim().to_owned()
}

/// Full-width letters, digits and punctuation as ASCII: names and keys of the wire are ASCII.
pub fn narrow(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            '“' | '”' => '"',
            c => c,
        })
        .collect()
}

/// The page's text without what lint refuses in any text: HTML, headings, links into the site, open code spans.
pub(crate) fn prose(text: &str) -> String {
    let text = replace(regex!(r"</?[A-Za-z!][^<>]*>?"), text, "");
    let text = replace(regex!(r"https?://(?:developer\.)?(?:open\.)?work\.weixin\.qq\.com/\S*"), &text, "");
    let mut text = text
        .replace("</", "")
        .replace("](#", "] (")
        .replace("&#", "& #")
        .replace("!!#", "")
        .replace("work.weixin.qq.com/document", "");
    // What remains of links without their target: `（accesstoken如何获取？）`, `查看详情`.
    text = replace(regex!(r"[(（]\s*(?i:access_?token)?\s*如何获取[?？]?\s*[)）]|查看详情"), &text, "");
    for furniture in ["请求示例", "参数说明：", "参数说明:"] {
        text = text.replace(furniture, "");
    }
    if text.matches('`').count() % 2 == 1 {
        text = text.replace('`', "");
    }
    // `[tool]: /api/doc#1`, and a part that is still to be written.
    let idle = regex!(r"^\[[^\]]*\]:\s|^(?:errcode)?说明[:：]?\s*待补充。?$|^待补充。?$");
    let lines: Vec<String> = text
        .lines()
        .filter(|l| !has(idle, l.trim()))
        .map(|l| l.trim().trim_start_matches('#').trim_matches(|c: char| c.is_control()).trim().to_owned())
        .filter(|l| !l.is_empty() && !l.starts_with("```"))
        .collect();
    let out = lines.join("\n");
    if out.matches('`').count() % 2 == 1 { out.replace('`', "") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks() {
        for (from, want) in [
            ("**请求方式：**POST（**HTTPS**）", "请求方式：POST（HTTPS）"),
            ("!!#ff0000 红!!字", "红字"),
            ("见[文档](#10115 \"t\")。", "见文档。"),
            ("a<br/>b</br>c", "a\nb\nc"),
            ("__请求地址:__ x", "请求地址: x"),
            ("my__name", "my__name"),
            ("<font color=red>POST</font>", "POST"),
            ("access\\_token&amp;x", "access_token&x"),
        ] {
            assert_eq!(clean(from), want);
        }
        assert_eq!(narrow("｛“a”：1｝"), "{\"a\":1}");
    }

    #[test]
    fn what_no_text_of_the_spec_may_have() {
        for (from, want) in [
            ("<b>成员</b>的<!--x-->名称", "成员的名称"),
            ("见https://developer.work.weixin.qq.com/document/path/1 一节", "见 一节"),
            ("凭证（access_token如何获取？），查看详情", "凭证，"),
            ("## 标题\n\n```\n正文", "标题\n正文"),
            ("形如 `a` 或 `b", "形如 a 或 b"),
            ("参数说明：名称", "名称"),
            ("名称\n[tool]: /api/doc#10127 \"工具\"\nerrcode说明 待补充", "名称"),
        ] {
            assert_eq!(prose(from), want, "{from}");
        }
    }
}
