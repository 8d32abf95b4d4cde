//! What the file behind a media_id, a URL or base64 must be, by the field's text.

use crate::docs::infer::limits::file_bytes;
use crate::docs::read::text::{find, find_all, has, narrow, regex};

/// Kinds of files and their size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    /// Endings, in lower case.
    pub(crate) types: Vec<String>,
    /// As the format writes it.
    pub(crate) bytes: Option<String>,
}

/// `支持JPG、PNG格式`, `只支持后缀名为xls/xlsx、doc的文件`. The name must be one of what refers to a file.
pub(crate) fn file(name: &str, desc: &str) -> Option<Rule> {
    if !has(regex!("(?i)media_?id|url$|pic|image|video|base64|file"), name) {
        return None;
    }
    let text = narrow(desc).replace(['`', '\\'], "/");
    let bytes =
        file_bytes(std::iter::once(desc)).filter(|_| !has(regex!("所有|总大小|加正文|分块|Range"), &text));
    let formats = find(
        regex!(
            r"(?i)支持\s*(?:不超过 ?[0-9]+ ?[KMG]B?(?:大小)?的|后缀名?为|图片|文件|Word)*\s*\(?((?:jpe?g|png|gif|bmp|mp4|amr|docx?|xlsx?|csv|txt|pdf)[^。;\n]*)"
        ),
        &text,
    );
    // Its size alone.
    let Some(told) = formats else { return bytes.map(|b| Rule { types: vec![], bytes: Some(b) }) };
    let list =
        regex!(r"(?i)(?:^|[^a-z])(jpe?g|png|gif|bmp|mp4|amr|docx?|xlsx?|pptx?|csv|txt|pdf)(?:$|[^a-z])");
    // Each match takes the mark before it: two marks between neighbours.
    let words = told[1].split(|c: char| !c.is_ascii_alphanumeric()).collect::<Vec<_>>().join("  ");
    let mut types: Vec<String> = Vec::new();
    for m in find_all(list, &words) {
        let word = match m[1].to_lowercase().as_str() {
            "jpeg" if !told[1].to_lowercase().contains("jpg") => "jpg".to_owned(),
            word => word.to_owned(),
        };
        if !types.contains(&word) {
            types.push(word);
        }
    }
    let whole = has(regex!("格式|文件|后缀"), &text) || types.len() > 1;
    if whole && !types.is_empty() {
        return Some(Rule { types, bytes });
    }
    bytes.map(|b| Rule { types: vec![], bytes: Some(b) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_texts_name() {
        for (name, desc, want) in [
            ("picurl", "图片链接，支持JPG、PNG格式，较好的效果为大图1068*455", "jpg png"),
            ("cover_url", "封面，图片仅支持 PNG 和 JPEG 格式，文件需控制在 5 MB 以内", "png jpg ..5MB"),
            ("picture", "暖场图片，支持 png/jpg 格式，大小不超过 5M。", "png jpg ..5MB"),
            ("media_id", "凭证。支持图片(jpg\\png\\bmp)、pdf。注意：类型为file", "jpg png bmp pdf"),
            ("media_id_list", "列表，只支持后缀名为xls/xlsx、doc、txt的文件", "xls xlsx doc txt"),
            ("media_id", "媒体文件，不支持视频", ""),
            ("media_id", "视频，大小不超过10M，时长不超过30s", "..10MB"),
            ("media_id", "分块下载，分块大小不超过20M", ""),
            ("name", "支持JPG格式", ""),
        ] {
            let got = file(name, desc)
                .map_or(String::new(), |r| r.types.into_iter().chain(r.bytes).collect::<Vec<_>>().join(" "));
            assert_eq!(got, want, "{desc}");
        }
    }
}
