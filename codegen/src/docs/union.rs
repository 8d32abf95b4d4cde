//! Recognising objects whose shape depends on a tag.

use super::infer::{cell, infer};
use super::shape::{Field, constants};
use super::words;

/// A tag and the siblings that it chooses between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Union {
    /// The tag's field.
    pub tag: String,
    /// Values that have an object of the same name beside the tag.
    pub variants: Vec<String>,
    /// Values without an object.
    pub bare: Vec<String>,
}

/// The values that a string field was seen or said to have.
pub fn tag_values(field: &Field) -> Vec<String> {
    let mut out: Vec<String> = constants(&field.desc);
    out.extend(words::values(&field.desc, false).into_iter().map(|v| v.0));
    out.extend(field.seen.iter().filter_map(|v| v.as_str()).map(str::to_owned));
    // A sentence that only lists the words: `"keydata"、 "image"`.
    for word in super::text::find_all(
        super::text::regex!(r#"["'`“]([a-z][a-z0-9_]{1,30})["'`”]"#),
        &super::text::narrow(&field.desc),
    ) {
        out.push(word[1].clone());
    }
    let mut seen = std::collections::HashSet::new();
    out.retain(|v| seen.insert(v.clone()) && v.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
    out
}

/// The union of an object: a string tag whose values name siblings that are objects.
pub fn union(object: &[Field]) -> Option<Union> {
    let mut best: Option<Union> = None;
    for field in object {
        if field.lists > 0
            || !field.children.is_empty()
            || field.kinds.int
            || matches!(cell(&field.ty).0, Some("object" | "bool"))
        {
            continue;
        }
        let values = tag_values(field);
        let payload = |v: &String| {
            object.iter().any(|f| {
                f.name == *v && f.name != field.name && {
                    let t = infer(f);
                    t.lists == 0 && t.base == "object" && !t.map
                }
            })
        };
        let (variants, bare): (Vec<String>, Vec<String>) = values.into_iter().partition(payload);
        let named = ["msgtype", "type", "card_type", "event_type", "control", "media_type"]
            .contains(&field.name.as_str());
        let told = !constants(&field.desc).is_empty()
            || field.seen.iter().any(|v| v.as_str().is_some_and(|t| variants.iter().any(|x| x == t)));
        let enough = variants.len() >= 2 || variants.len() == 1 && named && told;
        if enough && best.as_ref().is_none_or(|b| variants.len() > b.variants.len()) {
            best = Some(Union { tag: field.name.clone(), variants, bare });
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::shape;

    #[test]
    fn a_tag_names_its_siblings() {
        let mut fields = Vec::new();
        for text in [
            "{\"to\":\"x\",\"msgtype\":\"text\",\"text\":{\"a\":1}}",
            "{\"msgtype\":\"image\",\"image\":{\"b\":1}}",
        ] {
            shape::seed(&mut fields, &serde_json::from_str(text).expect("json"));
        }
        let want =
            Union { tag: "msgtype".into(), variants: vec!["text".into(), "image".into()], bare: vec![] };
        assert_eq!(union(&fields), Some(want));
        fields.retain(|f| f.name != "msgtype");
        assert_eq!(union(&fields), None, "two objects without a tag are two optional fields");
    }
}
