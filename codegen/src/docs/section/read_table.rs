//! Tables of parameters: which column is which, the rows without marks, the wire paths of their names.

use crate::docs::model::{Row, Table};
use crate::docs::read::header::role;
use crate::docs::read::text::{clean, find, find_all, has, narrow, regex, replace};
use crate::docs::section::title::anchor;
use crate::docs::section::value_table;

/// Whether no row has a cell for the last column, and none says anything of presence in the column `required`: the header has a column too
/// many, and the texts are under it.
fn one_too_many(table: &Table, required: usize) -> bool {
    let last = table.header.len() - 1;
    let short = |cells: &[String]| cells.get(last).is_none_or(|c| c.trim().is_empty());
    let told = |cells: &[String]| {
        let cell = cells.get(required).map_or(String::new(), |c| clean(c));
        cell.chars().count() < 3 || has(regex!("^(是|否)|必填|必须|选填|可选"), &cell)
    };
    table.rows.len() > 1
        && table.rows.iter().all(|(_, cells)| short(cells))
        && !table
            .rows
            .iter()
            .any(|(_, cells)| cells.get(required).is_some_and(|c| !c.trim().is_empty()) && told(cells))
}

/// What each column holds. Where the first has a word of its own for a header (`自动编号规则|类型||说明`), or no column has any, names of fields and
/// words of types in the cells tell it.
fn roles(table: &Table) -> Vec<Option<usize>> {
    let mut roles: Vec<Option<usize>> = table.header.iter().map(|h| role(h)).collect();
    let blank = table.header.iter().all(|h| clean(h).is_empty());
    let last = table.rows.iter().map(|row| row.1.len()).max().unwrap_or(0);
    // `| |` over rows of three cells.
    if blank && roles.len() < last {
        roles.resize(last, None);
    }
    let cell = |row: &(u32, Vec<String>), i: usize| row.1.get(i).map_or(String::new(), |c| clean(c));
    let named = table.rows.iter().all(|row| has(regex!("^[a-z][a-z0-9_.]*$"), &cell(row, 0)));
    let typed = table.rows.iter().all(|row| {
        has(regex!(r"(?i)^(?:u?int(?:32|64)?|string|bool|double|float|object|obj)"), &cell(row, 1))
    });
    if table.rows.is_empty() || !named || !typed || roles.len() < 2 || roles[0].is_some() {
        return roles;
    }
    if roles[1] == Some(2) || blank {
        (roles[0], roles[1]) = (Some(1), Some(2));
    }
    if blank {
        roles.iter_mut().skip(2).for_each(|r| *r = Some(4));
    }
    // `类型||说明` over rows of three cells: the empty column is none.
    if roles.len() == last + 1 && table.header.get(2).is_some_and(|h| clean(h).is_empty()) {
        roles.remove(2);
    }
    roles
}

/// The rows of a table of parameters; `None` for other tables.
pub(crate) fn rows(table: &Table) -> Option<Vec<Row>> {
    if value_table::plain(table).is_some() {
        return None;
    }
    let roles = roles(table);
    let column = |r: usize| roles.iter().position(|x| *x == Some(r));
    // `参数名|变量|…`: the wire name is in the second column.
    let name = column(0).or_else(|| column(1))?;
    let (ty, mut required, mut desc) = (column(2), column(3), column(4));
    if let Some(at) = required.filter(|at| one_too_many(table, *at) && desc == Some(at + 1)) {
        (required, desc) = (None, Some(at));
    }
    if ty.is_none() && required.is_none() && desc.is_none() {
        return None;
    }
    // `适用的规则类型`: of which kinds a field is, which belongs to its text.
    let kinds = table.header.iter().position(|h| clean(h).starts_with("适用"));
    let mut out = Vec::new();
    for (line, cells) in &table.rows {
        let cells = joined(cells, roles.len());
        let raw = |c: Option<usize>| c.and_then(|c| cells.get(c)).cloned().unwrap_or_default();
        let mut row = Row {
            line: *line,
            name: clean(&raw(Some(name))).replace('\n', ""),
            // `string[Type](#type)`: the link is a word of its own.
            ty: clean(&replace(regex!(r"([a-z])(\[[A-Za-z]+\]\()"), &raw(ty), "$1 $2")).replace('\n', " "),
            required: required.map(|c| clean(&raw(Some(c))).replace('\n', " ")),
            desc: clean(&raw(desc)),
            of_kinds: String::new(),
            links: vec![],
            pages: vec![],
        };
        // `type(后续将废弃)`: the cell of the name has a remark that the text lacks.
        if let Some(m) = find(regex!("[(（]([^()（）]*(?:废弃|弃用)[^()（）]*)[)）]"), &row.name)
            && !row.desc.contains(&m[1])
        {
            row.desc = if row.desc.is_empty() { m[1].clone() } else { format!("{}。{}", m[1], row.desc) };
        }
        moved(&mut row);
        let of = clean(&raw(kinds)).replace('\n', " ");
        if let Some(header) = kinds.and_then(|k| table.header.get(k)).filter(|_| !of.is_empty()) {
            row.of_kinds = format!("{}：{of}", clean(header));
        }
        // 是/否 in the type column: the cells of this row are shifted or swapped.
        if matches!(row.ty.as_str(), "是" | "否") {
            let moved = row.required.take().unwrap_or_default();
            row.required = Some(std::mem::replace(&mut row.ty, moved));
        }
        // The same in the column of texts, where the header has the two in the other order.
        if matches!(row.desc.as_str(), "是" | "否")
            && let Some(required) = &mut row.required
            && !matches!(required.as_str(), "" | "是" | "否")
        {
            std::mem::swap(required, &mut row.desc);
        }
        // `字段属于可重复的组(参考[…](#x))时`, `格式[…](#x)或固定字符`: what a condition or a choice speaks of is not what the field holds.
        let mut told = raw(desc);
        if told.contains("](#") {
            let aside = regex!(r"[(（](?:参考|参见|参照|见)?\s*\[[^\[\]]*\]\([^()]*\)[)）]时");
            told = replace(aside, &told, "时");
            told = replace(regex!(r"\[([^\[\]]*)\]\(#[^()]*\)\s*或"), &told, "$1或");
        }
        let texts = format!("{} {told} {}", raw(ty), row.desc);
        refer(&mut row, &texts);
        let bare: String = row.name.chars().filter(|c| !"-—=.…".contains(*c)).collect();
        if !bare.trim().is_empty() {
            out.push(row);
        }
    }
    (!out.is_empty()).then_some(out)
}

/// Takes out of a text what a row has more than the header (`string|名称`, `是|名称`), and the type that a text begins with (`类型：uint32[]。`).
fn moved(row: &mut Row) {
    if row.required.is_none()
        && let Some(m) = find(regex!("^(是|否)[|]"), &row.desc)
        // What its text makes a condition is none for its cell.
        && !has(regex!("时(?:必填|必传|填写)"), &row.desc)
    {
        (row.required, row.desc) = (Some(m[1].clone()), row.desc[m[0].len()..].to_owned());
    }
    let first = row.desc.lines().next().unwrap_or_default();
    let cell = regex!(
        r"^(?:(?:string|bool|u?int(?:32|64)|object|obj)(?:\[\])?[|]|类型[:：]\s*(?:string|bool|u?int(?:32|64)|object|obj)(?:\[\])?[。，；]|un?it(?:32|64)[:：])"
    );
    if row.ty.is_empty()
        && let Some(m) = find(cell, first)
    {
        let word = m[0].trim_start_matches("类型").trim_matches([':', '：', '|', '。', '，', '；', ' ']);
        (row.ty, row.desc) = (word.to_owned(), row.desc[m[0].len()..].trim_start().to_owned());
    }
}

/// The cells of a row under this many headers. A row has more where a text contains a bar.
fn joined(cells: &[String], headers: usize) -> Vec<String> {
    let mut cells = cells.to_vec();
    if cells.len() > headers && headers > 0 {
        let mut rest = cells.split_off(headers);
        rest.truncate(rest.iter().rposition(|c| !c.is_empty()).map_or(0, |last| last + 1));
        if let Some(last) = cells.last_mut() {
            for more in rest {
                last.push('|');
                last.push_str(&more);
            }
        }
    }
    cells
}

/// Adds the headings and pages that a row's texts refer to.
fn refer(row: &mut Row, texts: &str) {
    for m in find_all(
        // “规则说明”, `规则说明`: a heading in quotes.
        regex!(r#"\(#([^)\s"]+)|(?:见|参考|参照)[^“”"「」【】`]{0,6}[“"「【`]([^”"」】`]{2,30})[”"」】`]"#),
        if ["(#", "见", "参"].iter().any(|sign| texts.contains(sign)) { texts } else { "" },
    ) {
        let target = if m[1].is_empty() { &m[2] } else { m[1].rsplit('/').next().unwrap_or_default() };
        // A bare number is a page without a heading.
        if !target.bytes().all(|b| b.is_ascii_digit()) {
            row.links.push(anchor(target));
        }
    }
    // `详见[对外属性](#13450)`: what the field holds is on another page.
    for m in find_all(
        regex!(r"(?:见|参考|参照|同|一致)[^\[\]，。；]{0,8}\[[^\[\]]*\]\(#(\d+)[)\s/\x22]"),
        // Most rows link nowhere, and a look costs less than a pattern.
        if texts.contains("](#") { texts } else { "" },
    ) {
        row.pages.extend(m[1].parse::<i64>().ok().filter(|id| !row.pages.contains(id)));
    }
}

/// Whether a table says which type each kind of something has (`字段类型|单元格值类型`): its rows are no fields.
pub(crate) fn is_kinds(table: &Table) -> bool {
    table.header.first().is_some_and(|first| role(first) == Some(2)) && table.header.len() > 1
}

/// Whether a table lists error codes.
pub(crate) fn is_codes(table: &Table) -> bool {
    let first = table.header.first().map_or(String::new(), |first| clean(first));
    has(regex!("^(错误码|返回码|errcode|error ?code)$"), &first)
}

/// `错误码|说明`.
pub(crate) fn codes(table: &Table, out: &mut Vec<(i64, String)>) {
    if !is_codes(table) {
        return;
    }
    for (_, cells) in &table.rows {
        if let Some(code) = cells.first().and_then(|c| clean(c).parse::<i64>().ok())
            && code != 0
            && !out.iter().any(|(c, _)| *c == code)
        {
            out.push((code, cells.get(1).map(|c| clean(c).replace('\n', " ")).unwrap_or_default()));
        }
    }
}

/// Depth by marks, and segments with whether they are marked as arrays.
pub(crate) type Path = (usize, Vec<(String, bool)>);

/// The wire path of a name cell: depth by `└`, segments, and which of them are marked as arrays.
pub(crate) fn path(cell: &str) -> Option<Path> {
    let text = narrow(cell);
    let depth = text
        .chars()
        .take_while(|c| !c.is_ascii_alphanumeric() && *c != '_')
        .filter(|c| matches!(c, '└' | '├' | '∟' | '┗' | '+'))
        .count();
    let text = replace(regex!(r"\([^()]*\)|\([^)]*$"), &text, "");
    let text: String = text
        .chars()
        .filter(|c| !matches!(c, '└' | '├' | '∟' | '┗' | '`' | '"' | '\'' | '*' | '─' | ' ' | '\t'))
        .collect();
    let text = text.replace("->", ".").replace([':', '：'], ".").replace("..", ".");
    let text = text.trim_matches(['.', '-', '+', '>', ',', ';']);
    let mut out = Vec::new();
    for part in text.split('.') {
        let bare = replace(regex!(r"\[[A-Za-z0-9]*\]|\{[A-Za-z0-9]*\}"), part, "");
        if bare.is_empty() || !bare.chars().all(|c| c.is_ascii_alphanumeric() || "_@$-".contains(c)) {
            // `a/b`, `a、b`, a Chinese word: no single field.
            return None;
        }
        out.push((bare.clone(), bare != part));
    }
    (!out.is_empty()).then_some((depth, out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (cell, depth, want) in [
            ("a.b.c", 0, "a b c"),
            ("`list[].x`", 0, "list[] x"),
            ("└ └ x", 2, "x"),
            ("type(后续将废弃)", 0, "type"),
            ("channels. sub_type", 0, "channels sub_type"),
            ("printer_job_list：errcode", 0, "printer_job_list errcode"),
            ("btn:key", 0, "btn key"),
            ("字段", 0, ""),
        ] {
            let got = path(cell).map(|(d, p)| {
                let p: Vec<String> =
                    p.iter().map(|(n, l)| format!("{n}{}", if *l { "[]" } else { "" })).collect();
                (d, p.join(" "))
            });
            let want = (!want.is_empty()).then(|| (depth, want.to_owned()));
            assert_eq!(got, want, "{cell}");
        }
    }

    #[test]
    fn layouts() {
        for (header, row, want) in [
            ("参数|必须|说明", "a|是|x", "a,,是,x"),
            ("参数|类型|必填|描述", "a|string|否|x", "a,string,否,x"),
            ("参数名|变量|类型[长度限制]|必填|描述", "名|a|string[1,32]|是|x", "a,string[1,32],是,x"),
            ("参数|类型|是否必须|说明", "a|是|string|x", "a,string,是,x"),
            ("参数|说明|是否必填", "a|是|x", "a,,是,x"),
            ("参数|说明|是否必填", "a|x|是", "a,,是,x"),
            ("参数|说明", "a|用|分隔", "a,,-,用|分隔"),
            ("参数|是否必填|适用的类型|说明", "a|是|甲、乙|x", "a,,是,x,适用的类型：甲、乙"),
            // A word of its own over the names, no words at all, a link that touches the type.
            ("编号规则|类型||说明", "a|string|x", "a,string,-,x"),
            ("| | ", "a|object|x", "a,object,-,x"),
            ("参数|类型|说明", "a|string[Kind](#kind)|x", "a,string Kind,-,x"),
        ] {
            let cells = |t: &str| t.split('|').map(str::to_owned).collect::<Vec<_>>();
            let table = Table { header: cells(header), rows: vec![(1, cells(row))] };
            let rows = rows(&table).expect("a table of parameters");
            let r = &rows[0];
            let comma = if r.of_kinds.is_empty() { "" } else { "," };
            let required = r.required.as_deref().unwrap_or("-");
            let got = format!("{},{},{required},{}{comma}{}", r.name, r.ty, r.desc, r.of_kinds);
            assert_eq!(got, want);
        }
    }
}
