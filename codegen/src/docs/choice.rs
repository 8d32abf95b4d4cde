//! Objects that hold one, or some, of several fields, though no tag says which.

use super::infer::infer;
use super::shape::Field;
use super::text::{has, narrow, regex};

/// `一个CellValue中只能选填一个字段`, `Object中能同时填一个字段`: one of the fields that the table behind the sentence lists is there.
pub(super) fn one_only(said: &str) -> bool {
    has(
        regex!(r"[能可][^,。;\n]{0,6}(?:填写?|选|传|有|设置)(?:一个|1 ?个|一种|其一)(?:字段|参数|$)"),
        &narrow(said),
    )
}

/// What a message, a greeting or a post can hold. The pages use these words for nothing else where three of them stand together.
const CONTENTS: &[&str] =
    &["text", "image", "link", "miniprogram", "file", "video", "voice", "location", "markdown", "news"];

/// Marks the kinds of content that one object lists without a tag: the sample of such a page shows all of them at once, and no
/// object of the wire has them all (`text、image、link和miniprogram四者不能同时为空`).
pub(super) fn contents(fields: &mut [Field]) {
    let kind = |f: &Field| CONTENTS.contains(&f.name.as_str()) && infer(f).base == "object";
    if fields.iter().filter(|f| kind(f)).count() > 2 {
        fields.iter_mut().filter(|f| kind(f)).for_each(|f| f.content = true);
    }
    fields.iter_mut().for_each(|f| contents(&mut f.children));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::shape::seed;

    #[test]
    fn one_field_only() {
        for (said, want) in [
            ("单元格的内容，一个CellValue中只能选填一个字段", true),
            ("每个UpdateRequest的Object中能同时填一个字段，填入多个的只会有一个生效", true),
            ("列表不能为空，最多填写一个字段的名称", false),
            ("至少要有一个成员", false),
        ] {
            assert_eq!(one_only(said), want, "{said}");
        }
    }

    #[test]
    fn kinds_of_content() {
        for (sample, want) in [
            (r#"{"name":"x","text":{"a":1},"image":[{"b":1}],"link":{"c":1}}"#, "text image link"),
            // Two may well belong together; a text that is a string is no kind of content.
            (r#"{"image":{"b":1},"link":{"c":1}}"#, ""),
            (r#"{"text":"x","image":{"b":1},"link":{"c":1}}"#, ""),
        ] {
            let mut fields = Vec::new();
            seed(&mut fields, &serde_json::from_str(sample).expect("json"));
            contents(&mut fields);
            let got: Vec<&str> = fields.iter().filter(|f| f.content).map(|f| f.name.as_str()).collect();
            assert_eq!(got.join(" "), want, "{sample}");
        }
    }
}
