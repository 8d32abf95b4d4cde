//! Recognising paged endpoints by the names of their fields.

use crate::docs::infer::types::infer;
use crate::docs::model::Field;

/// Fields that page an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paging {
    /// Request field of the position.
    pub ask: String,
    /// Answer field with the next position.
    pub answer: Option<String>,
    /// The list that is paged.
    pub items: String,
    /// Answer field: there is more.
    pub more: Option<String>,
    /// Answer field: this is the end.
    pub end: Option<String>,
    /// Request field of the page size.
    pub limit: Option<String>,
    /// Offset rather than cursor.
    pub offset: bool,
}

/// Pairs of position fields, in order of trust.
const PAIRS: &[(&str, &str)] = &[
    ("cursor", "next_cursor"),
    ("next_cursor", "next_cursor"),
    ("next_key", "next_key"),
    ("new_cursor", "new_next_cursor"),
    ("start", "next_start"),
    ("next_spnum", "next_spnum"),
    ("new_cursor", "new_cursor"),
    ("next_openid", "next_openid"),
    // The place of the first element that did not come: a cursor, whatever it counts.
    ("offset", "next"),
    // One name for both: the answer's is the next request's.
    ("cursor", "cursor"),
];
const OFFSETS: &[&str] = &["offset", "start", "index", "page"];
const LIMITS: &[&str] = &["limit", "size", "page_size", "length", "pagesize", "num", "count"];
const MORE: &[&str] = &["has_more", "has_next", "hasmore"];
const END: &[&str] = &["is_last", "ending", "is_end", "is_finish", "endflag"];

/// Whether an answer's field of this name tells that there is more, or that this is the end.
pub(crate) fn is_flag(name: &str) -> bool {
    MORE.contains(&name) || END.contains(&name)
}

/// The paging of an endpoint, if its fields show one and one list is paged.
pub fn paging(request: &[Field], response: &[Field]) -> Option<Paging> {
    let has = |list: &[Field], name: &str| list.iter().any(|f| f.name == name && f.children.is_empty());
    let pick = |list: &[Field], names: &[&str]| names.iter().find(|n| has(list, n)).map(|n| (*n).to_owned());
    let items = items(response)?;
    let mut out = Paging {
        limit: pick(request, LIMITS),
        more: pick(response, MORE),
        end: pick(response, END),
        items,
        ..Paging::default()
    };
    if let Some((ask, answer)) = PAIRS.iter().find(|(a, b)| has(request, a) && has(response, b)) {
        (out.ask, out.answer) = ((*ask).to_owned(), Some((*answer).to_owned()));
        return Some(out);
    }
    let ask = pick(request, OFFSETS)?;
    // An offset without a page size pages nothing.
    out.limit.as_ref()?;
    (out.ask, out.offset) = (ask, true);
    Some(out)
}

/// The list that is paged: the one at the top of the answer, or in its only object; of several the first of objects.
fn items(response: &[Field]) -> Option<String> {
    let lists: Vec<&Field> = response.iter().filter(|f| infer(f).lists > 0).collect();
    let first = |list: &[&Field]| -> Option<String> {
        let objects = list.iter().find(|f| infer(f).base == "object");
        objects.or(list.first()).map(|f| f.name.clone())
    };
    if !lists.is_empty() {
        return first(&lists);
    }
    let objects: Vec<&Field> = response
        .iter()
        .filter(|f| {
            let t = infer(f);
            t.base == "object" && t.lists == 0 && !t.map
        })
        .collect();
    let [holder] = objects.as_slice() else { return None };
    let inner: Vec<&Field> = holder.children.iter().filter(|c| infer(c).lists > 0).collect();
    first(&inner).map(|name| format!("{}.{name}", holder.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::fields::tree;

    #[test]
    fn pages() {
        for (ask, answer, want) in [
            (
                "{\"cursor\":\"\",\"limit\":1}",
                "{\"next_cursor\":\"\",\"list\":[1],\"has_more\":true}",
                Some(("cursor", Some("next_cursor"), false)),
            ),
            ("{\"offset\":0,\"limit\":1}", "{\"list\":[1]}", Some(("offset", None, true))),
            // Two lists in the only object: the first of objects; the answer's position has the request's name.
            (
                "{\"cursor\":1}",
                "{\"cursor\":1,\"has_more\":true,\"info\":{\"a\":[{\"x\":1}],\"b\":[{\"y\":1}]}}",
                Some(("cursor", Some("cursor"), false)),
            ),
            (
                "{\"offset\":0,\"limit\":1}",
                "{\"list\":[1],\"has_more\":true,\"next\":1}",
                Some(("offset", Some("next"), false)),
            ),
            ("{\"offset\":0}", "{\"list\":[1]}", None),
            ("{\"limit\":1}", "{\"list\":[1]}", None),
        ] {
            let (mut a, mut b) = (vec![], vec![]);
            tree::seed(&mut a, &serde_json::from_str(ask).expect("json"));
            tree::seed(&mut b, &serde_json::from_str(answer).expect("json"));
            let got = paging(&a, &b);
            assert_eq!(
                got.as_ref().map(|p| (p.ask.as_str(), p.answer.as_deref(), p.offset)),
                want,
                "{ask} {answer}"
            );
        }
    }
}
