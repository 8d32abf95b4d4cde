//! Lists of XML: an element around others of one name is a list, and its elements are what is in them.

use crate::docs::model::Field;
use crate::docs::read::text::{has, regex};

/// A field and all in it, wrapped lists (`<CorpIds><CorpId>…`) as lists.
pub(super) fn unwrapped(mut field: Field) -> Field {
    // A row `Extra.IdList` that was laid into `IdList` is its own.
    let own = format!(".{}", field.name);
    let (rows, rest): (Vec<Field>, Vec<Field>) =
        std::mem::take(&mut field.children).into_iter().partition(|c| c.name.ends_with(&own));
    if let Some(row) = rows.into_iter().next().filter(|_| !field.row.exists) {
        field.row = row.row;
    }
    field.children = rest.into_iter().map(unwrapped).collect();
    // A sample shows one of what the text says may be several.
    if field.shown.lists == 0
        && has(regex!("(可能|会)有多个[^。]{0,12}节点|多个`?[A-Za-z]+`?节点"), &field.row.desc)
    {
        (field.shown.lists, field.shown.single) = (1, false);
    }
    // So does one whose name and text call it a list, where what is in it are the fields of one.
    let named = field.name.ends_with("List") && has(regex!("列表$"), &field.row.desc);
    if named
        && field.children.len() > 1
        && field.children.iter().all(|c| c.shown.lists == 0 && c.children.is_empty())
    {
        (field.shown.lists, field.shown.single) = (1, false);
    }
    if field.shown.lists > 0 {
        return field;
    }
    let [item] = field.children.as_slice() else { return field };
    // A list of its own in an object of one field has a list's name.
    let repeats = item.shown.lists > 0 && !item.name.ends_with("List");
    if !(repeats || is_item(&field.name, &item.name)) {
        return field;
    }
    let item = item.clone();
    field.marks.xml_item = Some(item.name);
    (field.shown.lists, field.shown.single, field.shown.leaves) = (1, false, true);
    (field.shown.kinds, field.shown.values, field.marks.values) =
        (item.shown.kinds, item.shown.values, item.marks.values);
    field.children = item.children;
    // The type cell of the wrapper says array, that of the item of what.
    field.row.ty = item.row.ty;
    if field.row.desc.is_empty() {
        field.row.desc = item.row.desc;
    }
    field
}

/// Whether a name is that of one of many in another: `Item`, `CorpId` in `CorpIds`, `OpenKfId` in `AuthOpenKfIdList`.
fn is_item(list: &str, item: &str) -> bool {
    let many = list.trim_end_matches("List");
    item.eq_ignore_ascii_case("item")
        || list.len() > item.len()
            && (many.ends_with(item) || many.strip_suffix('s').is_some_and(|m| m.ends_with(item)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::events::xml::documents;
    use crate::docs::fields::tree::seed;

    #[test]
    fn lists() {
        for (xml, want) in [
            ("<A><B>x</B><B>y</B></A>", "A[B]"),
            ("<CorpIds><CorpId>x</CorpId></CorpIds>", "CorpIds[CorpId]"),
            ("<MemChangeList><Item>x</Item></MemChangeList>", "MemChangeList[Item]"),
            ("<Info><IdList><Id>x</Id></IdList><N>1</N></Info>", "Info{IdList[Id] N}"),
            // An object of one field.
            ("<Text><Value>x</Value></Text>", "Text{Value}"),
            (
                "<Process><NodeList><N>1</N></NodeList><NodeList><N>1</N></NodeList></Process>",
                "Process{NodeList{N}}",
            ),
            ("<Attrs><Item><Name>x</Name></Item></Attrs>", "Attrs[Item]{Name}"),
        ] {
            let mut fields = Vec::new();
            documents(&format!("<xml>{xml}</xml>")).iter().for_each(|v| seed(&mut fields, v));
            fn text(f: &Field) -> String {
                let inner: Vec<String> = f.children.iter().map(text).collect();
                let list = f.marks.xml_item.as_ref().map_or(String::new(), |i| format!("[{i}]"));
                match inner.is_empty() {
                    true => format!("{}{list}", f.name),
                    false => format!("{}{list}{{{}}}", f.name, inner.join(" ")),
                }
            }
            let got: Vec<String> = fields.into_iter().map(unwrapped).map(|f| text(&f)).collect();
            assert_eq!(got.join(" "), want, "{xml}");
        }
    }

    #[test]
    fn a_row_that_was_laid_into_its_own_list() {
        let mut fields = Vec::new();
        documents("<xml><Extra><IdList><Id>x</Id><Id>y</Id></IdList></Extra></xml>")
            .iter()
            .for_each(|v| seed(&mut fields, v));
        let mut row = Field { name: "Extra.IdList".into(), ..Field::default() };
        (row.row.exists, row.row.desc) = (true, "编号".into());
        fields[0].children[0].children.insert(0, row);
        let extra = unwrapped(fields.remove(0));
        let [list] = extra.children.as_slice() else { panic!("one field: {extra:?}") };
        assert_eq!((list.row.desc.as_str(), list.marks.xml_item.as_deref()), ("编号", Some("Id")));
    }
}
