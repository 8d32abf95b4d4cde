//! What is covered, as tables: a line for each cargo feature, for the crate's first page and for the READMEs.

use super::docs;
use crate::ir;

/// The file that the crate's documentation includes.
pub(super) const PAGE: &str = "wecom/src/api/modules.md";

/// In which language a table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// For `README.md`.
    English,
    /// For `README.zh-CN.md`.
    Chinese,
}

/// The pages outside the generated folders that hold a table between `BEGIN` and `END`.
pub const PAGES: &[(&str, Language)] =
    &[("README.md", Language::English), ("README.zh-CN.md", Language::Chinese)];

const BEGIN: &str = "<!-- modules: written by `cargo xtask codegen` from spec/modules.yaml -->";
const END: &str = "<!-- end of modules -->";

/// A line of the table.
struct Row<'a> {
    feature: &'a str,
    title: String,
    english: &'a str,
    endpoints: usize,
    events: usize,
}

fn rows(api: &ir::Api) -> Vec<Row<'_>> {
    let first = api.modules.iter().filter(|m| m.parent().is_none());
    first
        .map(|module| {
            let feature = module.feature();
            let line = api.feature(feature);
            let named = |name: &str| line.is_some_and(|l| l.events.iter().any(|e| e == name));
            Row {
                feature,
                title: line.map(|l| docs::safe(&l.title)).unwrap_or_default(),
                english: line.map_or("", |l| l.english.as_str()),
                endpoints: api.endpoints().filter(|(m, _)| m.feature() == feature).count(),
                events: api.events.iter().filter(|m| named(&m.name)).map(|m| m.events.len()).sum(),
            }
        })
        .collect()
}

/// ```text
/// | feature | what it is | endpoints | events |
/// |---|---|--:|--:|
/// | `user` | members and their ids | 20 | 7 |
/// | 53 features | | 838 | 282 |
/// ```
fn lines(rows: &[Row<'_>], head: [&str; 5], what: impl Fn(&Row<'_>) -> [String; 2]) -> String {
    let [feature, about, endpoints, events, all] = head;
    let mut out = format!("| {feature} | {about} | {endpoints} | {events} |\n|---|---|--:|--:|\n");
    let count = |n: usize| if n == 0 { String::new() } else { format!(" {n}") };
    for row in rows {
        let [name, words] = what(row);
        out.push_str(&format!("| {name} | {words} | {} |{} |\n", row.endpoints, count(row.events)));
    }
    let sum = |of: fn(&Row<'_>) -> usize| rows.iter().map(of).sum::<usize>();
    out.push_str(&format!(
        "| {} {all} | | {} |{} |\n",
        rows.len(),
        sum(|r| r.endpoints),
        count(sum(|r| r.events))
    ));
    out
}

/// The table of the crate's first page, with links to the modules. Its figures are one column, so that a telephone shows it whole; the
/// names are no code, since rustdoc breaks code anywhere to make a column narrow.
///
/// ```text
/// | module | what it is | calls, events |
/// |---|---|--:|
/// | [user](./user/index.html) | 成员管理 · members and their ids | 20, 7 |
/// | 53 features | | 838, 282 |
/// ```
pub(super) fn page(api: &ir::Api) -> String {
    let rows = rows(api);
    let figures = |endpoints: usize, events: usize| match events {
        0 => endpoints.to_string(),
        _ => format!("{endpoints}, {events}"),
    };
    let mut out = "| module | what it is | calls, events |\n|---|---|--:|\n".to_owned();
    for row in &rows {
        let words: Vec<&str> = [&*row.title, row.english].into_iter().filter(|w| !w.is_empty()).collect();
        out.push_str(&format!(
            "| [{0}](./{0}/index.html) | {1} | {2} |\n",
            row.feature,
            words.join(" · "),
            figures(row.endpoints, row.events)
        ));
    }
    let (endpoints, events) = rows.iter().fold((0, 0), |(a, b), row| (a + row.endpoints, b + row.events));
    out.push_str(&format!("| {} features | | {} |\n", rows.len(), figures(endpoints, events)));
    out
}

/// The table of a README.
pub fn table(api: &ir::Api, language: Language) -> String {
    let rows = rows(api);
    let name = |row: &Row<'_>| format!("`{}`", row.feature);
    match language {
        Language::English => {
            let head = ["feature", "what it is for", "endpoints", "events", "features"];
            lines(&rows, head, |row| [name(row), row.english.to_owned()])
        }
        Language::Chinese => {
            let head = ["feature", "内容", "接口", "事件", "个 feature"];
            lines(&rows, head, |row| [name(row), row.title.clone()])
        }
    }
}

/// The page with the table between its marks. What stands around them is people's own.
///
/// # Errors
/// When the page does not have both marks once, in their order.
pub fn merge_table(page: &str, table: &str) -> Result<String, String> {
    let once = |mark: &str| page.matches(mark).count() == 1;
    match (page.find(BEGIN), page.find(END)) {
        (Some(begin), Some(end)) if once(BEGIN) && once(END) && begin < end => {
            Ok(format!("{}{BEGIN}\n\n{table}\n{}", &page[..begin], &page[end..]))
        }
        _ => Err(format!(
            "write the lines `{BEGIN}` and `{END}` once each, where the table of modules belongs"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_alone_is_replaced() {
        let page = format!("before\n\n{BEGIN}\n\n| old |\n\n{END}\n\nafter\n");
        let new = merge_table(&page, "| new |\n").expect("has marks");
        assert_eq!(new, format!("before\n\n{BEGIN}\n\n| new |\n\n{END}\n\nafter\n"));
        assert_eq!(merge_table(&new, "| new |\n").expect("has marks"), new, "a second run changes nothing");
        for wrong in ["nothing".to_owned(), format!("{END}\n{BEGIN}\n"), format!("{page}{END}\n")] {
            let error = merge_table(&wrong, "").expect_err("lacks a mark");
            assert!(error.contains(BEGIN) && error.contains(END), "{error}");
        }
    }
}
