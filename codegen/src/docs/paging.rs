//! Recognising paged endpoints by the names of their fields.

use super::infer::infer;
use super::shape::Field;

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
];
const OFFSETS: &[&str] = &["offset", "start", "pid", "index", "page"];
const LIMITS: &[&str] = &["limit", "size", "page_size", "length", "pagesize", "num", "count"];
const MORE: &[&str] = &["has_more", "has_next", "hasmore"];
const END: &[&str] = &["is_last", "ending", "is_end", "is_finish"];

/// The paging of an endpoint, if its fields show one and one list is paged.
pub fn paging(request: &[Field], response: &[Field]) -> Option<Paging> {
    let has = |list: &[Field], name: &str| list.iter().any(|f| f.name == name && f.children.is_empty());
    let pick = |list: &[Field], names: &[&str]| names.iter().find(|n| has(list, n)).map(|n| (*n).to_owned());
    let items = items(response)?;
    let mut out = Paging {
        items,
        limit: pick(request, LIMITS),
        more: pick(response, MORE),
        end: pick(response, END),
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

/// The one list of an answer: at its top, or in its only object.
fn items(response: &[Field]) -> Option<String> {
    let lists: Vec<&Field> = response.iter().filter(|f| infer(f).lists > 0).collect();
    let objects: Vec<&&Field> = lists.iter().filter(|f| infer(f).base == "object").collect();
    match (lists.as_slice(), objects.as_slice()) {
        ([one], _) => Some(one.name.clone()),
        (_, [one]) => Some(one.name.clone()),
        ([], _) => {
            let inner: Vec<String> = response
                .iter()
                .filter(|f| infer(f).base == "object" && infer(f).lists == 0 && !infer(f).map)
                .flat_map(|f| {
                    f.children
                        .iter()
                        .filter(|c| infer(c).lists > 0)
                        .map(move |c| format!("{}.{}", f.name, c.name))
                })
                .collect();
            (inner.len() == 1).then(|| inner[0].clone())
        }
        ([first, ..], _) => Some(first.name.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::shape;

    #[test]
    fn pages() {
        for (ask, answer, want) in [
            (
                "{\"cursor\":\"\",\"limit\":1}",
                "{\"next_cursor\":\"\",\"list\":[1],\"has_more\":true}",
                Some(("cursor", Some("next_cursor"), false)),
            ),
            ("{\"offset\":0,\"limit\":1}", "{\"list\":[1]}", Some(("offset", None, true))),
            ("{\"offset\":0}", "{\"list\":[1]}", None),
            ("{\"limit\":1}", "{\"list\":[1]}", None),
        ] {
            let (mut a, mut b) = (vec![], vec![]);
            shape::seed(&mut a, &serde_json::from_str(ask).expect("json"));
            shape::seed(&mut b, &serde_json::from_str(answer).expect("json"));
            let got = paging(&a, &b);
            assert_eq!(
                got.as_ref().map(|p| (p.ask.as_str(), p.answer.as_deref(), p.offset)),
                want,
                "{ask} {answer}"
            );
        }
    }
}
