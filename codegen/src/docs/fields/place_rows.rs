//! Rows of a table upon a tree of fields: where each stands, and which variant it belongs to.

use std::collections::HashSet;

use crate::docs::fields::misspelt::mended;
use crate::docs::fields::tree::{all, bare, each, ensure, get, seed};
use crate::docs::infer::values::values;
use crate::docs::infer::words::constants;
use crate::docs::model::{Assumption, Field, FieldRow, ParamTable, Row, Side, Title, is_code};
use crate::docs::read::text::{find, has, regex};
use crate::docs::rules;
use crate::docs::section::read_table;

/// A table of a part. Where the part shows a sample of its own, that alone tells where the rows stand: the parts before it have
/// fields of the same names.
pub(crate) fn titled(
    list: &mut Vec<Field>,
    table: &ParamTable,
    side: &Side,
    order: &mut usize,
    notes: &mut Vec<Assumption>,
) {
    let mut own = Vec::new();
    let shown = side.samples.iter().filter(|s| table.title.variant.is_some() && s.title == table.title);
    let name = table.title.names.last().map_or("", String::as_str);
    shown.flat_map(|s| bare(&s.value, name)).for_each(|value| seed(&mut own, value));
    if own.is_empty() {
        let used = lay(list, table, order, notes);
        let firsts: Vec<&String> = used.iter().filter_map(|p| p.first()).collect();
        mark(list, &table.title, &firsts);
        return;
    }
    lay(&mut own, table, order, notes);
    let firsts: Vec<String> = own.iter().map(|f| f.name.clone()).collect();
    tell(list, own);
    mark(list, &table.title, &firsts.iter().collect::<Vec<_>>());
}

/// A part's sample may show the inside of the object that its table describes: rows `date`, `└ type`, `└ zone` beside
/// `{"type": …, "zone": …}`. The side with such samples put into their objects; `None` where there are none.
pub(crate) fn whole(side: &Side) -> Option<Side> {
    let mut out: Option<Side> = None;
    for (index, sample) in side.samples.iter().enumerate().filter(|(_, s)| s.title.variant.is_some()) {
        let Some(map) = sample.value.as_object() else { continue };
        let Some(table) = side.tables.iter().find(|t| t.title == sample.title) else { continue };
        let paths: Vec<read_table::Path> =
            table.rows.iter().filter_map(|r| read_table::path(&r.name)).collect();
        let tops: Vec<&read_table::Path> = paths.iter().filter(|p| p.0 == 0).collect();
        let [(_, top)] = tops.as_slice() else { continue };
        let inner = |k: &String| paths.iter().any(|(depth, p)| *depth == 1 && p.len() == 1 && p[0].0 == *k);
        if top.len() == 1 && !map.is_empty() && map.keys().all(inner) {
            let value = serde_json::json!({ &top[0].0: sample.value });
            out.get_or_insert_with(|| side.clone()).samples[index].value = value;
        }
    }
    out
}

/// Copies what rows say about the fields of one tree into another tree of the same samples.
fn tell(into: &mut Vec<Field>, from: Vec<Field>) {
    for mut field in from {
        match into.iter_mut().find(|f| f.name == field.name) {
            Some(there) => {
                let children = std::mem::take(&mut field.children);
                if field.row.exists && !there.row.exists {
                    there.row = field.row;
                }
                tell(&mut there.children, children);
            }
            None => into.push(field),
        }
    }
}

/// Fields that a part titled by a tag's value (`control参数为Text`) describes are that variant's.
pub(crate) fn mark(list: &mut [Field], title: &Title, names: &[&String]) {
    let Some((tag, values)) = &title.variant else { return };
    let tag = tag.rsplit('.').next().unwrap_or(tag);
    for field in list.iter_mut().filter(|f| names.contains(&&f.name)) {
        for value in values {
            note_variant(field, tag, value);
        }
    }
}

fn note_variant(field: &mut Field, tag: &str, value: &str) {
    if !field.marks.variants.iter().any(|(t, v)| t == tag && v == value) {
        field.marks.variants.push((tag.to_owned(), value.to_owned()));
    }
}

/// A table in which a tag is constant describes one variant: its rows beside the tag are that variant's, or common to several.
fn mark_constants(root: &mut Vec<Field>, table: &ParamTable, used: &HashSet<Vec<String>>) {
    for row in &table.rows {
        let fixed = constants(&row.desc);
        let (Some((_, segments)), [value]) = (read_table::path(&row.name), fixed.as_slice()) else {
            continue;
        };
        let names: Vec<String> = segments.into_iter().map(|s| s.0).collect();
        let Some(path) = used.iter().filter(|p| p.ends_with(&names)).min_by_key(|p| p.len()) else {
            continue;
        };
        let (parent, tag) = (&path[..path.len() - 1], &path[path.len() - 1]);
        // An object that only its fields' rows name (`button_selection.title`) is the variant's as well.
        for other in used.iter().filter(|p| p.len() >= path.len() && p.starts_with(parent)) {
            note_variant(ensure(root, &other[..path.len()]), tag, value);
        }
    }
}

/// Lays the rows of a table upon a tree. Returns where they came to stand.
pub(crate) fn lay(
    root: &mut Vec<Field>,
    table: &ParamTable,
    order: &mut usize,
    notes: &mut Vec<Assumption>,
) -> HashSet<Vec<String>> {
    let parsed: Vec<Option<read_table::Path>> =
        table.rows.iter().map(|r| read_table::path(&r.name)).collect();
    let mut used: HashSet<Vec<String>> = HashSet::new();
    let home = home(root, &parsed);
    let mut last: Vec<String> = Vec::new();
    let mut stack: Vec<Vec<String>> = Vec::new();
    let variant = constant_object(root, table).or_else(|| titled_object(root, &table.title));
    for (index, (row, parsed)) in table.rows.iter().zip(&parsed).enumerate() {
        // `文本类型的字段属性为空`: there is nothing to set.
        if has(regex!("类型的?(?:字段)?属性为空$"), &row.desc) {
            continue;
        }
        // `attachments[].*`: what is in the elements is described elsewhere.
        if let Some(parent) = row.name.strip_suffix(".*")
            && let Some((_, segments)) = read_table::path(parent)
        {
            let names: Vec<String> = segments.into_iter().map(|s| s.0).collect();
            let path = resolve(root, &names, &HashSet::new(), &last, None);
            ensure(root, &path).row.links.extend(row.links.iter().cloned());
            continue;
        }
        // `value_xxxxx` stands for names that are listed elsewhere.
        if has(regex!("_x{3,}$"), &row.name) {
            notes.push(unreadable(row));
            continue;
        }
        let many: Vec<read_table::Path> = match parsed {
            Some(p) => vec![p.clone()],
            // `a/b` or `a、b`: one row for several fields.
            None => {
                let parts: Vec<_> = row.name.split(['/', '、', ',', '，']).map(read_table::path).collect();
                match parts.iter().all(Option::is_some) && parts.len() > 1 {
                    true => parts.into_iter().flatten().collect(),
                    false => {
                        if row.name.is_ascii() || has(regex!("[a-z]_[a-z]"), &row.name) {
                            notes.push(unreadable(row));
                        }
                        continue;
                    }
                }
            }
        };
        for (depth, segments) in many {
            let names: Vec<String> =
                segments.iter().map(|s| cased(root, &s.0, table).unwrap_or_else(|| s.0.clone())).collect();
            let path = if depth > 0 && stack.len() >= depth {
                stack[depth - 1].iter().cloned().chain(names.clone()).collect()
            } else {
                let next = parsed_next(&table.rows, index, root, &used);
                match (inside(root, &variant, &names, &used), &home) {
                    (Some(path), _) => path,
                    (None, Some(home)) if names.len() == 1 && all(root, &names).is_empty() => {
                        home.iter().cloned().chain(names.clone()).collect()
                    }
                    (None, _) => placed(root, &names, &used, &last, next, (table, row), notes),
                }
            };
            stack.truncate(depth);
            stack.push(path.clone());
            // Marks of arrays belong to the last segments, whatever root the path got.
            for (i, (_, marked)) in segments.iter().rev().enumerate() {
                if *marked && path.len() > i {
                    let field = ensure(root, &path[..path.len() - i]);
                    field.shown.lists = field.shown.lists.max(1);
                }
            }
            let field = ensure(root, &path);
            fill(field, row, order);
            used.insert(path.clone());
            last = path;
        }
    }
    mark_constants(root, table, &used);
    used
}

fn fill(field: &mut Field, row: &Row, order: &mut usize) {
    *order += 1;
    if field.row.exists {
        // Common fields are repeated in every variant's table: the first text stays, the fuller type wins.
        if field.row.ty.is_empty() {
            field.row.ty = row.ty.clone();
        }
        if field.row.desc.is_empty() {
            field.row.desc = row.desc.clone();
        } else if !row.desc.is_empty()
            && !field.row.desc.contains(&row.desc)
            && field.row.desc.contains("固定为")
            && row.desc.contains("固定为")
        {
            field.row.desc.push('\n');
            field.row.desc.push_str(&row.desc);
        } else if lists_more(&row.desc, &field.row.desc) {
            field.row.desc = row.desc.clone();
        }
        for link in &row.links {
            if !field.row.links.contains(link) {
                field.row.links.push(link.clone());
            }
        }
        return;
    }
    field.row = FieldRow {
        exists: true,
        line: row.line,
        order: *order,
        ty: row.ty.clone(),
        required: row.required.clone(),
        desc: row.desc.clone(),
        of_kinds: row.of_kinds.clone(),
        links: row.links.clone(),
        pages: row.pages.clone(),
    };
}

/// `0-可分享，1-不可分享，2-仅限企业内；注意仅x类型支持2` of one kind, where the row of another lists 0 and 1: the field that they have in common has all.
fn lists_more(new: &str, old: &str) -> bool {
    let numbers = |text: &str| -> Vec<String> { values(text, true).into_iter().map(|v| v.0).collect() };
    // `x卡片中该字段取值范围为[1,2]`: each kind has its own.
    let old_is_whole = old.contains("取值范围");
    let (old, new) = (numbers(old), numbers(new));
    !old_is_whole && old.len() > 1 && new.len() > old.len() && old.iter().all(|n| new.contains(n))
}

/// The object of the variant that a table describes: its tag is constant, and a sibling has the tag's value for a name.
fn constant_object(root: &[Field], table: &ParamTable) -> Option<Vec<String>> {
    let [(tag, value)] = table
        .rows
        .iter()
        .filter_map(|r| match (read_table::path(&r.name)?.1.as_slice(), constants(&r.desc).as_slice()) {
            ([(name, _)], [value]) => Some((name.clone(), value.clone())),
            _ => None,
        })
        .collect::<Vec<_>>()
        .try_into()
        .ok()?;
    let found = all(root, &[value]);
    found.into_iter().find(|p| {
        let beside: Vec<String> = p[..p.len() - 1].iter().cloned().chain([tag.clone()]).collect();
        get(root, &beside).is_some() && get(root, p).is_some_and(|f| !f.children.is_empty())
    })
}

/// The object that a sample under the same title (`control参数为Location`) showed, where it is the only one of that variant.
fn titled_object(list: &[Field], title: &Title) -> Option<Vec<String>> {
    let (tag, values) = title.variant.as_ref()?;
    let tag = tag.rsplit('.').next().unwrap_or(tag);
    let mine = |f: &&Field| f.marks.variants.iter().any(|(t, v)| t == tag && values.contains(v));
    match list.iter().filter(mine).collect::<Vec<_>>().as_slice() {
        [one] if !one.children.is_empty() => Some(vec![one.name.clone()]),
        _ => None,
    }
}

/// The place of a row inside a variant's object: the other variants' objects have fields of the same names, and what the body
/// itself holds takes precedence.
fn inside(
    root: &[Field],
    variant: &Option<Vec<String>>,
    names: &[String],
    used: &HashSet<Vec<String>>,
) -> Option<Vec<String>> {
    let within = variant.as_ref()?;
    let parent = &within[..within.len() - 1];
    let whole: Vec<String> = parent.iter().chain(names).cloned().collect();
    if get(root, names).is_some() || get(root, &whole).is_some() {
        return None;
    }
    let found = all(&get(root, within)?.children, names).into_iter();
    found.map(|p| within.iter().cloned().chain(p).collect()).find(|p| !used.contains(p))
}

/// The one object of the body whose fields a table lists flat, without naming the object: every row that the samples know is in it, so
/// the others do too. Not where a row may page or report, as such rows are beside the object.
fn home(root: &[Field], parsed: &[Option<read_table::Path>]) -> Option<Vec<String>> {
    let mut holder: Option<&Field> = None;
    let mut known = 0;
    for path in parsed {
        let (depth, segments) = path.as_ref()?;
        let (name, _) = segments.first()?;
        if *depth > 0 || has(regex!("cursor|more|total|count|^is_|^next|token"), name) {
            return None;
        }
        if is_code(name) {
            continue;
        }
        if root.iter().any(|f| f.name == *name) {
            return None;
        }
        let holders: Vec<&Field> =
            root.iter().filter(|f| !all(&f.children, std::slice::from_ref(name)).is_empty()).collect();
        match (holders.as_slice(), holder) {
            ([], _) => {}
            ([one], None) if one.shown.lists == 0 && !one.row.exists => {
                holder = Some(one);
                known += 1;
            }
            ([one], Some(there)) if one.name == there.name => known += 1,
            _ => return None,
        }
    }
    holder.filter(|_| known > 2).map(|f| vec![f.name.clone()])
}

/// Where the next row that the samples know will stand, if only one place is possible. Rows they do not know may come before it.
fn parsed_next(
    rows: &[Row],
    index: usize,
    root: &[Field],
    used: &HashSet<Vec<String>>,
) -> Option<Vec<String>> {
    for row in &rows[index + 1..] {
        let (depth, segments) = read_table::path(&row.name)?;
        if depth > 0 || segments.len() != 1 {
            return None;
        }
        let names = vec![segments[0].0.clone()];
        let known = all(root, &names);
        if known.is_empty() {
            continue;
        }
        let found: Vec<&Vec<String>> = known.iter().filter(|p| !used.contains(*p)).collect();
        return (found.len() == 1).then(|| found[0].clone());
    }
    None
}

fn unreadable(row: &Row) -> Assumption {
    let what = format!("`{}` is not a field name; its row was ignored", row.name);
    Assumption { rule: &rules::NAME_UNREADABLE, line: row.line, what }
}

/// The spelling of a name in the samples, where a row has other capitals (`ItemUserid` for `ItemUserId`) and no row has those.
fn cased(root: &[Field], name: &str, table: &ParamTable) -> Option<String> {
    if !name.bytes().any(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let mut found: Option<String> = None;
    let mut known = false;
    each(root, &mut vec![], &mut |_, field| {
        known |= field.name == name;
        if field.shown.count > 0 && field.name.eq_ignore_ascii_case(name) {
            found.get_or_insert_with(|| field.name.clone());
        }
    });
    let has_row = |n: &String| table.rows.iter().any(|r| r.name.split('.').any(|s| s == n));
    found.filter(|n| !known && !has_row(n))
}

/// The path of a row in the tree, and a note where the row had to be read otherwise than it is written.
fn placed(
    root: &[Field],
    names: &[String],
    used: &HashSet<Vec<String>>,
    last: &[String],
    next: Option<Vec<String>>,
    (table, row): (&ParamTable, &Row),
    notes: &mut Vec<Assumption>,
) -> Vec<String> {
    if let Some(path) = repeated(root, names, used, last, (table, row)) {
        return path;
    }
    let path = resolve(root, names, used, last, next);
    if path == names
        && let Some(path) = tied(root, names, last, row)
    {
        return path;
    }
    // An object that only this path names.
    let invented = path.len() > 1 && get(root, &path[..path.len() - 1]).is_none();
    match mended(root, names, used, last, table).filter(|_| invented) {
        Some(other) => {
            let what = format!("the row `{}` was read as `{}`", names.join("."), other.join("."));
            notes.push(Assumption { rule: &rules::MISSPELT_PATH, line: row.line, what });
            other
        }
        None => path,
    }
}

/// `departmentid` with `type为2时填写`, after `userid` of the elements that have a `type`, and the body has none: it stands beside what its text names.
fn tied(root: &[Field], names: &[String], last: &[String], row: &Row) -> Option<Vec<String>> {
    let ([name], [holder @ .., _]) = (names, last) else { return None };
    let beside = find(regex!("([A-Za-z_][A-Za-z0-9_]*)\\s*(?:为|=)\\s*[0-9]"), &row.desc)?[1].to_owned();
    let is = |fields: &[Field], name: &str| fields.iter().any(|f| f.name == name);
    let open = !holder.is_empty() && !is(root, name) && !is(root, &beside);
    let object = get(root, holder).filter(|o| open && is(&o.children, &beside) && !is(&o.children, name))?;
    (object.shown.lists > 0).then(|| holder.iter().cloned().chain(names.iter().cloned()).collect())
}

/// A name that more rows have than there are places for it in the samples: `type`, `userid`, `openid` of a list of additions, and the same again of
/// one of removals, whose sample alone has `openid`. The row stands in the object of the row before it, and leaves the other place to the later one.
fn repeated(
    root: &[Field],
    names: &[String],
    used: &HashSet<Vec<String>>,
    last: &[String],
    (table, row): (&ParamTable, &Row),
) -> Option<Vec<String>> {
    let ([name], [holder @ .., _]) = (names, last) else { return None };
    let open: Vec<Vec<String>> = all(root, names).into_iter().filter(|p| !used.contains(p)).collect();
    let [only] = open.as_slice() else { return None };
    let object = get(root, holder).filter(|o| o.children.iter().all(|c| c.name != *name))?;
    // The object that has the place is like this one, and comes after it.
    let other = get(root, &only[..only.len() - 1])?;
    let same = other.children.iter().filter(|c| object.children.iter().any(|o| o.name == c.name)).count();
    let begun = used.iter().any(|p| p.starts_with(&only[..only.len() - 1]));
    let later = table.rows.iter().filter(|r| r.line > row.line && r.name.trim() == *name).count();
    // All that the other one has besides is here: `user_name` beside `userid`.
    let like = same > 1 || same == 1 && other.children.len() == 2;
    (later == 1 && like && !begun && holder.len() + 1 == only.len())
        .then(|| holder.iter().cloned().chain(names.iter().cloned()).collect())
}

/// The path of a row in the tree.
fn resolve(
    root: &[Field],
    names: &[String],
    used: &HashSet<Vec<String>>,
    last: &[String],
    next: Option<Vec<String>>,
) -> Vec<String> {
    let own = names.to_vec();
    if get(root, names).is_some() && !used.contains(names) {
        return own;
    }
    let found = all(root, names);
    let open: Vec<&Vec<String>> = found.iter().filter(|p| !used.contains(*p)).collect();
    // Nearest first: inside the last row's object, then inside the objects around it.
    for n in (0..=last.len()).rev() {
        if let Some(path) = open.iter().find(|p| p.len() > n && p[..n] == last[..n] && n > 0) {
            return (*path).clone();
        }
    }
    if let Some(first) = open.first() {
        return (*first).clone();
    }
    if let Some(first) = found.first().filter(|_| get(root, names).is_none() && names.len() == 1) {
        return first.clone();
    }
    if names.len() > 1 {
        // The parent is known: the field is new to it.
        for n in (1..names.len()).rev() {
            if let Some(holder) = get(root, &names[..n]) {
                // A list that all of the object is: `extattr.type` is what the samples show as `extattr.attrs[].type`.
                if let [list] = holder.children.as_slice()
                    && list.shown.lists > 0
                    && get(&list.children, &names[n..]).is_some()
                {
                    let inner = [&names[..n], std::slice::from_ref(&list.name), &names[n..]].concat();
                    if !used.contains(&inner) {
                        return inner;
                    }
                }
                // `product.image.media_id` is what the samples show deeper, as `product.attachments[].image.media_id`.
                if let (2.., [deeper]) = (names.len() - n, all(&holder.children, &names[n..]).as_slice()) {
                    let inner: Vec<String> = names[..n].iter().chain(deeper).cloned().collect();
                    if !used.contains(&inner) {
                        return inner;
                    }
                }
                return own;
            }
            let parents = all(root, &names[..n]);
            let near = parents.iter().find(|p| last.starts_with(p)).or(parents.first());
            if let Some(parent) = near {
                return parent.iter().chain(&names[n..]).cloned().collect();
            }
        }
        // The first word is spelt otherwise (`device` for `device_list`), or names the elements of a list.
        let alike = root.iter().find(|f| {
            !f.children.is_empty()
                && (f.name.starts_with(&names[0]) || names[0].starts_with(&f.name))
                && get(&f.children, &names[1..]).is_some()
        });
        if let Some(field) = alike {
            return std::iter::once(field.name.clone()).chain(names[1..].iter().cloned()).collect();
        }
        return own;
    }
    // Unknown to the samples: between two rows of one object it belongs to that object.
    if last.len() > 1
        && let Some(next) = next
        && next.len() == last.len()
        && next[..next.len() - 1] == last[..last.len() - 1]
    {
        return last[..last.len() - 1].iter().cloned().chain(own).collect();
    }
    // Two words shared with fields of that object and with none of the body: `corp_internal_approve` after `corp_internal_auth`.
    if let [holder @ .., _] = last
        && let Some(object) = get(root, holder)
        && let Some(head) = two_words(&names[0])
        && object.children.iter().any(|c| two_words(&c.name) == Some(head))
        && !root.iter().any(|c| two_words(&c.name) == Some(head))
    {
        return holder.iter().cloned().chain(own).collect();
    }
    own
}

/// `corp_internal` of `corp_internal_auth`.
fn two_words(name: &str) -> Option<&str> {
    let (at, _) = name.match_indices('_').nth(1)?;
    Some(&name[..at])
}
