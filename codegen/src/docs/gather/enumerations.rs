//! Tables of an enumeration's values, and the fields whose texts refer to them.

use crate::docs::model::{Assumption, Field};
use crate::docs::read::text::{clean, find, find_all, has, regex, replace};
use crate::docs::rules;
use crate::docs::section::title::anchor;
use crate::docs::section::value_table::Values;

/// A table of an enumeration's values.
pub(crate) struct ValueTable {
    /// Its page.
    pub(crate) page: i64,
    /// The headings above, by which texts refer to it.
    pub(crate) headings: Vec<String>,
    pub(crate) values: Values,
    /// The lines that list them, where no table does.
    pub(crate) lines: Vec<String>,
}

/// Gives fields the values of the tables that their texts refer to. The lines that listed them come back: they are told with the field. `at`: the path
/// to the fields, with a dot at its end.
pub(crate) fn attach(
    fields: &mut [Field],
    tables: &[&ValueTable],
    at: &str,
    notes: &mut Vec<Assumption>,
) -> Vec<String> {
    let mut lines = Vec::new();
    for field in fields {
        if field.children.is_empty()
            && field.marks.values.is_empty()
            && let Some((table, told)) = values_of(field, tables)
        {
            if !told {
                let what = format!(
                    "`{at}{}` is assumed to have the values of a table that no text names",
                    field.name
                );
                notes.push(Assumption { rule: &rules::VALUES_BY_SAMPLES, line: field.row.line, what });
            }
            field.marks.values = table.values.clone();
            // `状态：0正常结束`: the row has one that the lines below it leave out.
            let own = regex!("[:：]\\s*([0-9]{1,3})\\s*([\u{4e00}-\u{9fff}]+)$");
            if is_led(&field.name, table)
                && let Some(m) = find(own, &field.row.desc)
                && !table.values.iter().any(|(v, _)| *v == m[1])
            {
                field.marks.values.insert(0, (m[1].clone(), m[2].clone()));
            }
            lines.extend(table.lines.iter().cloned());
        }
        let inner = format!("{at}{}.", field.name);
        lines.extend(attach(&mut field.children, tables, &inner, notes));
    }
    lines
}

/// By a link to the nearest heading: those around it hold many tables. Or to a page that is about these values alone.
fn is_linked(field: &Field, table: &ValueTable) -> bool {
    let Some(heading) = table.headings.last() else { return false };
    field.row.links.contains(heading)
        || table.headings.len() == 1
            && field.row.pages.contains(&table.page)
            && anchor(&field.row.desc).contains(heading.as_str())
}

/// By the line that leads to a list of values: `reason值含义：`.
fn is_led(name: &str, table: &ValueTable) -> bool {
    let lead = regex!("^[> ]*([A-Za-z_]+) ?(?:值|字段)?的?(?:含义|取值|枚举值?)(?:说明)?[:：]$");
    table.lines.first().and_then(|line| find(lead, line)).is_some_and(|m| m[1] == name)
}

/// By samples: `"type": "click"` and `"type": "view"` of a field of a type, where a table lists such words and no text names it.
fn is_shown(field: &Field, table: &ValueTable) -> bool {
    let mut shown: Vec<Option<&str>> = field.shown.values.iter().map(|v| v.as_str()).collect();
    shown.sort_unstable();
    shown.dedup();
    let listed = |word: &Option<&str>| {
        let known = |word: &str| word.len() > 2 && table.values.iter().any(|(v, _)| v == word);
        word.is_some_and(|w| !w.bytes().all(|b| b.is_ascii_digit()) && known(w))
    };
    shown.len() > 1 && shown.iter().all(listed) && has(regex!("类型"), &field.row.desc)
}

/// The table of a field's values, and whether a text tells of it.
fn values_of<'t>(field: &Field, tables: &[&'t ValueTable]) -> Option<(&'t ValueTable, bool)> {
    let find = |is: &dyn Fn(&ValueTable) -> bool| tables.iter().copied().find(|t| is(t));
    // Only a field without a link speaks of others in passing.
    find(&|t| is_linked(field, t))
        .or_else(|| find(&|t| is_named(&field.row.desc, t) || is_led(&field.name, t)))
        .map(|t| (t, true))
        .or_else(|| find(&|t| is_shown(field, t)).map(|t| (t, false)))
}

/// By words: `参考标准年级对照表`, `参考概述中的表格`; `操作行为。详见后面说明` under the heading `操作行为类型说明`.
fn is_named(desc: &str, table: &ValueTable) -> bool {
    let Some(heading) = table.headings.last() else { return false };
    // `可重复的组(参考…列表)时` is a condition.
    let desc = replace(regex!("[(（][^()（）]*[)）]时"), &clean(desc), "时");
    let named = find_all(regex!("(?:见|参考|参照)(?:附录)?[:：]?([^，。；,;（()）\n]{2,30})"), &desc);
    let is = |words: &str| {
        let whole = anchor(words);
        whole.starts_with(heading.as_str())
            && (heading.chars().count() > 2 || has(regex!("中?的?(?:表格?|列表)"), words))
    };
    if named.iter().any(|m| is(&m[1])) {
        return true;
    }
    let below = has(regex!("[见参][考照]?(?:后面|下面|下方|后文|下文)的?(?:说明|列表|表格?)"), &desc);
    let first = desc.split(['，', '。', '；', '：', ',', ';', ':', '\n']).next().unwrap_or_default();
    below && first.chars().count() > 2 && heading.starts_with(&anchor(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_that_words_name() {
        for (desc, heading, want) in [
            ("年级，参考标准年级对照表", "标准年级对照表", true),
            ("当前状态，状态定义参考概述中的表格", "概述", true),
            ("参考概述", "概述", false),
            ("操作行为。详见后面说明", "操作行为类型", true),
            ("操作者。详见后面说明", "操作行为类型", false),
            ("状态。类型见下", "状态", false),
            ("属于可重复的组(参考可重复字段组列表)时，下标", "可重复字段组列表", false),
        ] {
            let values = vec![("1".to_owned(), "甲".to_owned())];
            let table = ValueTable { page: 1, headings: vec![heading.into()], values, lines: vec![] };
            assert_eq!(is_named(desc, &table), want, "{desc}");
        }
    }

    #[test]
    fn lists_below_a_row() {
        let lines = vec!["> reason值含义：".to_owned(), ">1: 甲".to_owned()];
        let values = vec![("1".to_owned(), "甲".to_owned())];
        let table = ValueTable { page: 1, headings: vec![], values, lines };
        let mut field = Field { name: "reason".into(), ..Field::default() };
        field.row.desc = "呼叫结果：0正常结束".into();
        let mut fields = [field, Field { name: "state".into(), ..Field::default() }];
        attach(&mut fields, &[&table], "", &mut vec![]);
        let keys = |f: &Field| f.marks.values.iter().map(|v| v.0.as_str()).collect::<Vec<_>>().join(" ");
        assert_eq!((keys(&fields[0]), keys(&fields[1])), ("0 1".into(), String::new()));
    }
}
