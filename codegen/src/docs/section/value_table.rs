//! Tables and lists of an enumeration's values: they describe no fields.

use crate::docs::model::{Block, BlockKind, Table};
use crate::docs::read::text::{clean, find, has, regex};

/// Values with what they mean.
pub(crate) type Values = Vec<(String, String)>;

/// `枚举值|描述`: words or numbers with what they mean.
pub(crate) fn values(table: &Table) -> Option<Values> {
    if let Some(values) = plain(table) {
        return Some(values);
    }
    let (first, second) = head(table)?;
    let told =
        has(regex!("^(描述|说明|含义|备注|(?:功能)?名称)$"), &second) && !has(regex!("参数|字段名"), &first);
    let quoted = table.rows.iter().all(|(_, cells)| cells.first().is_some_and(|c| is_quoted(&clean(c))));
    let pairs = pairs(table);
    let stated = has(regex!("^(字符串|枚举值|可选值|取值)$"), &first);
    let words = quoted || stated || pairs.iter().all(|(value, _)| is_word(value));
    (told && words && pairs.len() > 1).then_some(pairs)
}

/// The values of a table whose rows cannot be fields, whatever its header: no field's name is a number.
pub(crate) fn plain(table: &Table) -> Option<Values> {
    let (_, second) = head(table)?;
    let pairs = pairs(table);
    if pairs.len() < 2 {
        return None;
    }
    let states = second.starts_with("对应") && pairs.iter().all(|(value, _)| is_capital(value));
    if states || pairs.iter().all(|(value, _)| is_number(value)) {
        return Some(pairs);
    }
    // `标准年级名称|参数值`.
    let turned = has(regex!("^(?:参数|枚举)?值$"), &second) && pairs.iter().all(|(_, v)| is_number(v));
    turned.then(|| pairs.into_iter().map(|(label, value)| (value, label)).collect())
}

/// The first two columns, where they can hold values: error codes, numbered lists and the like do not.
fn head(table: &Table) -> Option<(String, String)> {
    let [first, second, ..] = table.header.as_slice() else { return None };
    let (first, second) = (clean(first), clean(second));
    (!has(regex!("(?i)码|err|api|序号|返回值|组件"), &first)).then_some((first, second))
}

/// The values and labels in the order of the page: two columns, or such columns repeated (`参数|对应状态|参数|对应状态`).
fn pairs(table: &Table) -> Values {
    let header: Vec<String> = table.header.iter().map(|h| clean(h)).collect();
    let width = match header.as_slice() {
        [a, b, c, d] if a == c && b == d => 4,
        _ => 2,
    };
    let mut columns: Vec<Values> = vec![vec![]; width / 2];
    for (_, cells) in &table.rows {
        for (nth, column) in columns.iter_mut().enumerate() {
            let cell = |i: usize| cells.get(nth * 2 + i).map_or(String::new(), |c| clean(c));
            // `ALIGN_TOP|1|对齐顶部` below a header of two: the label stands behind the number.
            let longer = header.len() == 2 && cells.len() == 3 && is_number(&cell(1));
            let label = if longer { cell(2) } else { cell(1) };
            let value = unquoted(&cell(0));
            // The last row of columns that are side by side may be half full.
            if !(value.is_empty() && nth > 0) {
                column.push((value, label.replace('\n', " ")));
            }
        }
    }
    columns.concat()
}

/// Lines that list values: `1 - 绑定手机`. Fewer are a list of steps or notes.
const LISTED: usize = 8;

/// The values that lines from a place on list, and how many lines they are.
pub(crate) fn listed(blocks: &[Block]) -> Option<(Values, usize)> {
    let value = |block: &Block| match &block.kind {
        BlockKind::Line(text) => find(regex!(r"^>?\s*(-?[0-9]{1,6})\s*[-—:：]\s*(\S.*)$"), &clean(text)),
        _ => None,
    };
    let values: Values =
        blocks.iter().map_while(value).map(|m| (m[1].clone(), m[2].trim().to_owned())).collect();
    let count = values.len();
    (count >= LISTED).then_some((values, count))
}

/// A value without the quotes around it; those within are its own (`"m"月"d"日""`, `m"月"d"日"`).
fn unquoted(cell: &str) -> String {
    let cell = cell.trim();
    let inner = cell.strip_prefix('"').and_then(|c| c.strip_suffix('"'));
    match inner {
        Some(inner) if inner.contains('"') => inner.to_owned(),
        None if cell.matches('"').count() > 1 => cell.to_owned(),
        _ => cell.trim_matches(['"', '`', '“', '”', ' ']).to_owned(),
    }
}

fn is_number(text: &str) -> bool {
    has(regex!("^-?[0-9]{1,9}$"), text)
}

fn is_capital(text: &str) -> bool {
    has(regex!("^[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)*$"), text)
}

fn is_word(text: &str) -> bool {
    has(regex!("^(-?[0-9]{1,9}|[A-Za-z][A-Za-z0-9_]*)$"), text)
}

fn is_quoted(text: &str) -> bool {
    has(regex!("^(?:[\"“`][^\"“”`]{1,60}[\"”`]|\"[^`“”]{1,60}\")$"), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_values() {
        for (header, rows, want) in [
            ("枚举值|描述", "A_B|甲;C|乙", "A_B=甲 C=乙"),
            ("参数|结果", "1|成功;2|失败", "1=成功 2=失败"),
            (
                "参数|对应状态|参数|对应状态",
                "CHECKING|校验中|FINISH|完成;AUDITING|审核中||",
                "CHECKING=校验中 AUDITING=审核中 FINISH=完成",
            ),
            ("年级名称|参数值", "一年级|31;二年级|32", "31=一年级 32=二年级"),
            ("格式|说明", "\"yyyy年m月d日\"|甲;\"m/d\"|乙", "yyyy年m月d日=甲 m/d=乙"),
            ("字符串|描述", "m\"月\"d\"日\"|甲;m/d\"|乙", "m\"月\"d\"日\"=甲 m/d=乙"),
            ("字符串|描述", "\"m\"月\"d\"日\"\"|甲;\"m/d\"|乙", "m\"月\"d\"日\"=甲 m/d=乙"),
            // Fields, codes, a list of calls.
            ("参数|说明", "a|甲;b|乙", ""),
            ("错误码|说明", "1|甲;2|乙", ""),
            ("序号|接口", "1|甲;2|乙", ""),
            ("格式|说明", "yyyy/m|甲;d|乙", ""),
        ] {
            let cells = |t: &str| t.split('|').map(str::to_owned).collect::<Vec<_>>();
            let rows = rows.split(';').map(|r| (1, cells(r))).collect();
            let got = values(&Table { header: cells(header), rows }).unwrap_or_default();
            let got: Vec<String> = got.iter().map(|(v, l)| format!("{v}={l}")).collect();
            assert_eq!(got.join(" "), want, "{header}");
        }
    }

    #[test]
    fn lists_of_values() {
        let blocks = |lines: &[String]| -> Vec<Block> {
            lines.iter().map(|l| Block { line: 1, kind: BlockKind::Line(l.clone()) }).collect()
        };
        let many: Vec<String> = (1..=9).map(|n| format!("{n} - 类型{n}")).chain(["完".into()]).collect();
        let (values, count) = listed(&blocks(&many)).expect("values");
        assert_eq!((values[8].clone(), count), (("9".into(), "类型9".into()), 9));
        assert!(listed(&blocks(&many[..4])).is_none());
    }
}
