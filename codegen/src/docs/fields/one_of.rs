//! Objects that hold one, or some, of several fields, though no tag says which.

use std::collections::HashSet;

use crate::docs::infer::types::infer;
use crate::docs::model::{Assumption, Field, Row, Shown, Title};
use crate::docs::read::text::{has, narrow, regex};
use crate::docs::rules;

/// `一个CellValue中只能选填一个字段`, `Object中能同时填一个字段`: one of the fields that the table after the sentence lists is there.
pub(crate) fn one_only(said: &str) -> bool {
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
pub(crate) fn contents(fields: &mut [Field]) {
    let kind = |f: &Field| CONTENTS.contains(&f.name.as_str()) && infer(f).base == "object";
    if fields.iter().filter(|f| kind(f)).count() > 2 {
        fields.iter_mut().filter(|f| kind(f)).for_each(|f| f.marks.content = true);
    }
    fields.iter_mut().for_each(|f| contents(&mut f.children));
}

/// A list whose elements are like the object that holds it (a menu's buttons and their `sub_button`, which has `sub_button` in turn):
/// its rows describe both, and what is inside the inner list is one of them again.
pub(crate) fn nodes(fields: &mut Vec<Field>, notes: &mut Vec<Assumption>) {
    let name = |f: &Field| f.name.clone();
    let Some(at) = fields.iter().position(|f| {
        let has = |n: &str| f.children.iter().any(|c| c.name == n);
        let others = fields.iter().filter(|o| o.name != f.name);
        f.shown.lists > 0
            && has(&f.name)
            && fields.len() > 2
            && others.clone().all(|o| has(&o.name) && !o.row.exists)
    }) else {
        fields.iter_mut().for_each(|f| nodes(&mut f.children, notes));
        return;
    };
    let inner: Vec<Field> = fields[at].children.clone();
    let list = name(&fields[at]);
    for field in fields.iter_mut().filter(|f| f.name != list) {
        if let Some(like) = inner.iter().find(|c| c.name == field.name) {
            (field.row.exists, field.row.line, field.row.order) =
                (like.row.exists, like.row.line, like.row.order);
            (field.row.ty, field.row.desc, field.row.links) =
                (like.row.ty.clone(), like.row.desc.clone(), like.row.links.clone());
            // A request may have the list instead of what the rows require.
            let whole = field.shown.parents == field.shown.count;
            field.row.required = like.row.required.clone().filter(|r| whole || r != "是");
        }
    }
    let new = inner.iter().filter(|c| c.row.exists && !fields.iter().any(|f| f.name == c.name));
    let new: Vec<Field> = new
        .map(|c| Field { shown: Shown { parents: 1, count: 0, ..c.shown.clone() }, ..c.clone() })
        .collect();
    let what = format!(
        "the elements of `{list}` have the fields of the object around it; its rows were used for both"
    );
    notes.push(Assumption { rule: &rules::NODE, line: fields[at].row.line, what });
    for again in fields[at].children.iter_mut().filter(|c| c.name == list) {
        again.marks.recursive = 1;
        again.children.clear();
    }
    // The values of a tag in the outer object are values of it in the inner ones.
    let outer: Vec<Field> = fields.iter().filter(|f| f.name != list).cloned().collect();
    for field in &mut fields[at].children {
        let Some(like) = outer.iter().find(|o| o.name == field.name) else { continue };
        add_new(&mut field.shown.values, &like.shown.values);
        add_new(&mut field.shown.words_beside, &like.shown.words_beside);
    }
    fields.extend(new);
}

fn add_new<T: Clone + PartialEq>(into: &mut Vec<T>, from: &[T]) {
    let new: Vec<T> = from.iter().filter(|x| !into.contains(x)).cloned().collect();
    into.extend(new);
}

/// Fields of an object whose kind a field around it tells (`result结构：type为replace_party时`): each is there under the values whose
/// tables list it; what the tables of other values list too is not theirs alone.
pub(crate) fn outside(fields: &mut [Field], title: &Title, rows: &[Row]) {
    let Some((tag, values)) = &title.variant else { return };
    if fields.iter().any(|f| f.name == *tag) {
        return;
    }
    for field in fields.iter_mut().filter(|f| rows.iter().any(|r| r.name == f.name)) {
        match &mut field.marks.when {
            Some((_, known)) => {
                known.extend(values.iter().filter(|v| !known.contains(v)).cloned().collect::<Vec<_>>())
            }
            None => field.marks.when = Some((tag.clone(), values.clone())),
        }
    }
    let all: HashSet<String> =
        fields.iter().filter_map(|f| f.marks.when.as_ref()).flat_map(|w| w.1.clone()).collect();
    for field in fields.iter_mut() {
        // Several values, and all of them: common.
        field.marks.common =
            field.marks.when.as_ref().is_some_and(|w| all.len() > values.len() && w.1.len() == all.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::fields::tree::seed;
    use crate::docs::model::FieldRow;

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
    fn elements_like_the_object_that_holds_them() {
        let mut fields = Vec::new();
        let sample = r#"{"type":"a","name":"x","sub":[{"type":"b","name":"y","sub":[]}]}"#;
        seed(&mut fields, &serde_json::from_str(sample).expect("json"));
        let sub = &mut fields.iter_mut().find(|f| f.name == "sub").expect("sub").children;
        sub.push(Field {
            name: "url".into(),
            row: FieldRow { exists: true, required: Some("b类型必须".into()), ..FieldRow::default() },
            ..Field::default()
        });
        sub.iter_mut().filter(|f| f.name == "name").for_each(|f| {
            (f.row.exists, f.row.desc, f.row.required) = (true, "名".into(), Some("是".into()));
        });
        let mut notes = Vec::new();
        nodes(&mut fields, &mut notes);
        let text =
            |f: &Field| format!("{} {} {}", f.name, f.row.desc, f.row.required.as_deref().unwrap_or("-"));
        let got: Vec<String> = fields.iter().map(text).collect();
        assert_eq!(got, ["type  -", "name 名 是", "sub  -", "url  b类型必须"]);
        let inner = fields.iter().find(|f| f.name == "sub").expect("sub").children.iter();
        assert!(
            inner.filter(|f| f.name == "sub").all(|f| f.marks.recursive == 1) && notes.len() == 1,
            "{notes:?}"
        );
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
            let got: Vec<&str> = fields.iter().filter(|f| f.marks.content).map(|f| f.name.as_str()).collect();
            assert_eq!(got.join(" "), want, "{sample}");
        }
    }
}
