//! The unions of `unions.tsv`: which the importer recognised, and how.
//!
//! A row counts as a union where the importer writes one, by the row's tag or by the present key. It counts as optional fields where
//! the shapes came out as one object whose alternatives may lack: a row that names a field as its tag, by that field; a row without
//! a tag, by the alternatives themselves, none of which may be required.

use std::collections::BTreeMap;

use wecom_codegen::docs::infer::types::infer;
use wecom_codegen::docs::infer::unions;
use wecom_codegen::docs::model::{Endpoint, Field};
use wecom_codegen::docs::write::fields;

use super::special::print;

/// How a row was recognised.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    No,
    Fields,
    Union,
}

/// What tells the shapes apart, by a row's column.
#[derive(Debug, PartialEq)]
enum Tell<'r> {
    /// A field: `msgtype`, `property.control`, `value_type (string tag per field)`.
    Tag(&'r str),
    /// Nothing of the body: the present key, who calls, what another endpoint says; `(key present)`, `(who logged in)`, `-`.
    Nothing,
}

fn tell(column: &str) -> Tell<'_> {
    let name = column.split(" (").next().unwrap_or(column);
    match name.split('.').next_back().unwrap_or(name) {
        tag if tag.starts_with(|c: char| c.is_ascii_alphabetic()) => Tell::Tag(tag),
        _ => Tell::Nothing,
    }
}

pub(super) fn run(by_path: &BTreeMap<&str, &Endpoint>, rows: &[Vec<String>], list: bool) {
    let (mut all, mut as_union, mut as_fields) = (0, 0, 0);
    let mut missed = Vec::new();
    for row in rows {
        let [_, _, path, phase, place, column, ..] = row.as_slice() else { continue };
        let values = row.get(6).map_or("", String::as_str);
        let Some(e) = by_path.get(path.as_str()) else { continue };
        all += 1;
        let name = format!("{path} {phase} {place} {column}");
        match recognised(e, [phase, place, column, values]) {
            Found::Union => as_union += 1,
            Found::Fields => {
                as_fields += 1;
                if list {
                    say!("    as optional fields: {name}");
                }
            }
            Found::No => missed.push(name),
        }
    }
    print(
        &format!("unions: {as_union} as unions, {as_fields} as a tag with optional fields; together"),
        all,
        as_union + as_fields,
        &missed,
    );
}

fn recognised(e: &Endpoint, row: [&str; 4]) -> Found {
    // `basic (doc 1) vs advanced (doc 2)`: pages of one path must all be among those that were read.
    let docs = row[3].split("(doc ").skip(1).filter_map(|d| d.split(')').next()?.parse::<i64>().ok());
    if !docs.into_iter().all(|d| e.pages.iter().any(|p| p.doc_id == d)) {
        return Found::No;
    }
    let asked = || side(&e.request, false, row);
    // The tag may stand in the request; then fields of the answer say by which of its values they are there.
    let hangs = |tag: &str| e.response.iter().any(|f| f.marks.when.as_ref().is_some_and(|(t, _)| t == tag));
    let answered = || match (side(&e.response, true, row), tell(row[2])) {
        (Found::No, Tell::Tag(tag)) if hangs(tag) => Found::Fields,
        (found, _) => found,
    };
    match row[0] {
        "req" => asked(),
        "resp" => answered(),
        // `req+resp`: both hold it. `req/resp`: the list does not say which of them does.
        "req+resp" => asked().min(answered()),
        "req/resp" => asked().max(answered()),
        _ => Found::No,
    }
}

fn side(tree: &[Field], answer: bool, [_, place, column, values]: [&str; 4]) -> Found {
    let tell = tell(column);
    // `-`: the list names pages, no fields.
    let names = if column == "-" { vec![] } else { alternatives(values) };
    let of = |object: &[Field], element| match (&tell, unions::union(object, element)) {
        (Tell::Tag(tag), Some(u)) if u.tag.last().is_some_and(|t| t == tag) => Found::Union,
        (Tell::Tag(tag), _) if object.iter().any(|f| f.name == *tag) => Found::Fields,
        (Tell::Nothing, Some(u)) if u.tag.is_empty() && column.contains("key present") => Found::Union,
        (Tell::Nothing, _) if !names.is_empty() && optional(object, &names, answer) => Found::Fields,
        _ => Found::No,
    };
    let best = objects(tree, false).into_iter().map(|(object, element)| of(object, element)).max();
    match best.unwrap_or(Found::No) {
        // The list names no fields of the shapes: their samples show them.
        Found::No if tell == Tell::Nothing && names.is_empty() && place == "body" && shown(tree, answer) => {
            Found::Fields
        }
        found => found,
    }
}

/// The fields that a row without a tag lists: `text + one of image,link`, `member: userid,user_ticket | external: openid`. Empty
/// where it lists none (`member | parent | student`).
fn alternatives(values: &str) -> Vec<&str> {
    let word =
        |w: &&str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b"_0123456789".contains(&b));
    if values.contains("(doc ") {
        // `plain, schedule (doc 1), meeting (doc 2)`: each of these pages has the field that stands before it.
        return values.split(" (doc").filter_map(|p| p.rsplit([' ', ',']).next()).filter(word).collect();
    }
    let listed = |part: &'_ str| part.contains([',', '_']);
    let parts = values.split('|').map(|p| p.rsplit(':').next().unwrap_or(p)).filter(|p| listed(p));
    let words = parts.flat_map(|p| p.split([',', ' ', '+'])).map(|w| w.trim_end_matches(['.', ']', '[']));
    words.filter(word).filter(|w| !matches!(*w, "one" | "of")).collect()
}

/// Whether an object holds the alternatives, and each may lack.
fn optional(object: &[Field], names: &[&str], answer: bool) -> bool {
    let may_lack = |f: &Field| !fields::always(f, answer);
    names.iter().all(|n| object.iter().any(|f| f.name == *n && may_lack(f)))
}

/// Whether samples show several shapes of a body: two fields at least that some have and others lack, none of them required.
fn shown(body: &[Field], answer: bool) -> bool {
    let partly: Vec<&Field> =
        body.iter().filter(|f| f.shown.count > 0 && f.shown.count < f.shown.parents).collect();
    partly.len() > 1 && partly.iter().all(|f| !fields::always(f, answer))
}

/// The body and every object in it, and whether that is an element of a list.
fn objects(tree: &[Field], element: bool) -> Vec<(&[Field], bool)> {
    let mut out = vec![(tree, element)];
    for f in tree {
        if !f.children.is_empty() {
            out.extend(objects(&f.children, infer(f).lists > 0));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells() {
        for (column, want) in [
            ("msgtype", Tell::Tag("msgtype")),
            ("property.control", Tell::Tag("control")),
            ("value_type (string tag per field)", Tell::Tag("value_type")),
            ("(key present)", Tell::Nothing),
            ("(field_type of the column)", Tell::Nothing),
            ("-", Tell::Nothing),
        ] {
            assert_eq!(tell(column), want, "{column}");
        }
    }

    #[test]
    fn what_is_listed() {
        for (values, want) in [
            ("text,image[],link", "text image link"),
            ("text + one of image,file", "text image file"),
            ("member: userid,user_ticket | school: parent_userid...", "userid user_ticket parent_userid"),
            ("member | parent | student", ""),
            ("plain, schedule (doc 1), meeting (doc 2)", "schedule meeting"),
        ] {
            assert_eq!(alternatives(values).join(" "), want, "{values}");
        }
    }
}
