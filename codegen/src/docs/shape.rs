//! Raw tables and samples of one side → a tree of fields.
//!
//! The samples give the skeleton; rows are laid upon it. A dotted row may be relative to a root that the page does not name, and
//! children are often listed as peers of their parents: then only the sample knows where they belong.

use std::collections::HashSet;

use serde_json::Value;

use super::sides::{self, ParamTable, Row, Side, Title};
use super::text::{find, has, narrow, regex};
pub(crate) use super::tree::seed;
use super::tree::{all, each, ensure, get, get_mut, sort};

/// JSON types that a field was seen with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kinds {
    /// An object.
    pub object: bool,
    /// A string.
    pub string: bool,
    /// A whole number.
    pub int: bool,
    /// A number with a fraction.
    pub float: bool,
    /// true, false.
    pub bool: bool,
}

/// A field as page and samples describe it.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// Wire name.
    pub name: String,
    /// Its row's line, or 0.
    pub line: u32,
    /// Place among the rows; fields of samples alone come last.
    pub order: usize,
    /// Described by a row.
    pub told: bool,
    /// Type cell.
    pub ty: String,
    /// Presence cell.
    pub required: Option<String>,
    /// Text.
    pub desc: String,
    /// Names that the row links to.
    pub links: Vec<String>,
    /// Types in samples.
    pub kinds: Kinds,
    /// Nested arrays around the value in samples, or by marks in the name.
    pub lists: u8,
    /// Seen without an array as well.
    pub single: bool,
    /// An element was seen inside the arrays.
    pub leaves: bool,
    /// Some scalar values of the samples.
    pub seen: Vec<Value>,
    /// Fields of the object.
    pub children: Vec<Field>,
    /// The object contains one like an ancestor: that ancestor's name.
    pub again: bool,
    /// Fields of an object that the text refers to were added.
    pub merged: bool,
    /// Values that a linked table lists, with their labels.
    pub values: Vec<(String, String)>,
    /// Tag and value of the variants whose table or titled part describes the field.
    pub of: Vec<(String, String)>,
    /// Small numbers that stood beside it in samples, by their field.
    pub beside: Vec<(String, i64)>,
    /// How many sample objects held it alone.
    pub alone: u32,
    /// How many samples or elements held the parent, and how many this.
    pub held: (u32, u32),
}

/// Something that was decided without the page saying so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assumption {
    /// Kind, stable.
    pub kind: &'static str,
    /// Line of the page.
    pub line: u32,
    /// What was assumed.
    pub what: String,
}

/// Builds the trees of both sides of a section. Tables of a type that is described elsewhere come from `library`.
pub fn build(side: &Side, library: &[&ParamTable], notes: &mut Vec<Assumption>) -> Vec<Field> {
    let mut root: Vec<Field> = Vec::new();
    let mut later = Vec::new();
    for sample in &side.samples {
        let Value::Object(map) = &sample.value else { continue };
        let known = sample.title.root.is_empty()
            && (root.is_empty() && sample.title.is_plain()
                || map.keys().any(|k| root.iter().any(|f| f.name == *k)));
        if known { seed(&mut root, &sample.value) } else { later.push(sample) }
    }
    // A table whose title names nothing describes the body; the others describe a part of it.
    let links: HashSet<&str> =
        side.tables.iter().flat_map(|t| &t.rows).flat_map(|r| &r.links).map(String::as_str).collect();
    let is_main =
        |t: &ParamTable| t.title.is_plain() && !t.title.headings.iter().any(|h| links.contains(h.as_str()));
    let (main, mut sub): (Vec<&ParamTable>, Vec<&ParamTable>) = side.tables.iter().partition(|t| is_main(t));
    let mut order = 0;
    let body: Vec<&ParamTable> = if main.is_empty() && !sub.is_empty() { vec![sub.remove(0)] } else { main };
    // Tables that name fields of the body first, then samples of parts, then the tables that only those place.
    let (first, second): (Vec<&ParamTable>, Vec<&ParamTable>) =
        body.into_iter().partition(|t| base(&root, t).is_empty());
    for table in first {
        lay(&mut root, table, &mut order, notes);
    }
    for sample in later {
        graft(&mut root, sample, notes);
    }
    for table in second {
        let at = base(&root, table);
        match get_mut(&mut root, &at) {
            Some(field) => lay(&mut field.children, table, &mut order, notes),
            None => lay(&mut root, table, &mut order, notes),
        };
    }
    // Tables may describe parts of each other, in any order.
    let mut done: HashSet<(u32, Vec<String>)> = HashSet::new();
    let own: Vec<&ParamTable> = sub;
    for round in 0..6 {
        let mut changed = false;
        for table in own.iter().chain(library) {
            for at in targets(&root, &table.title, own.iter().any(|t| std::ptr::eq(*t, *table))) {
                if !done.insert((table.line, at.clone())) {
                    continue;
                }
                // The same table on the way down: a type that contains itself.
                let again = (1..at.len()).any(|n| done.contains(&(table.line, at[..n].to_vec())));
                if let Some(field) = get_mut(&mut root, &at) {
                    if again {
                        field.again = true;
                        continue;
                    }
                    for sample in &table.samples {
                        // The sample of a part may show it under its own name.
                        let inner = sample.get(&field.name).filter(|v| v.is_object()).unwrap_or(sample);
                        if field.children.is_empty()
                            || shares(&field.children, inner)
                            || table.rows.is_empty()
                        {
                            seed(&mut field.children, inner);
                        }
                    }
                    let wrapped = ParamTable { rows: unwrap(&table.rows, &field.name), ..(*table).clone() };
                    titled(&mut field.children, &wrapped, side, &mut order, notes);
                    changed = true;
                }
            }
        }
        if !changed || round == 5 {
            break;
        }
    }
    for table in own {
        if !done.iter().any(|(line, _)| *line == table.line) {
            loose(&mut root, table, &mut order, notes);
        }
    }
    same_as(&mut root);
    sort(&mut root);
    root
}

/// `定义同a.b`: an object without fields of its own takes those of the object that its text names.
fn same_as(root: &mut [Field]) {
    for _ in 0..3 {
        let mut copies: Vec<(Vec<String>, Vec<Field>)> = Vec::new();
        each(root, &mut vec![], &mut |path, field| {
            let k = field.kinds;
            // A full description only refers to others; one that says `同` lacks what stands there.
            let partial = !field.children.is_empty()
                && !has(regex!("[同一][于致]?[^，。；]{0,10}[A-Za-z]"), &field.desc);
            if partial || k.string || k.int || k.bool || field.desc.is_empty() || field.merged {
                return;
            }
            let Some(m) = find(
                regex!(
                    r"(?:同|一致|参考|参见|详?见)[^A-Za-z，。；]{0,8}([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)|与\s*[`“]?([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*)[^，。；]{0,6}(?:相同|一致)"
                ),
                &field.desc,
            ) else {
                return;
            };
            let name = if m[1].is_empty() { &m[2] } else { &m[1] };
            let dotted: Vec<String> = name.split('.').map(str::to_owned).collect();
            if path.ends_with(&dotted) {
                return;
            }
            let found = all(root, &dotted).into_iter().find(|p| !path.starts_with(p) && !p.starts_with(path));
            if let Some(model) = found.and_then(|p| get(root, &p))
                && !model.children.is_empty()
            {
                copies.push((path.to_vec(), model.children.clone()));
            }
        });
        if copies.is_empty() {
            return;
        }
        for (path, children) in copies {
            if let Some(field) = get_mut(root, &path) {
                field.merged = true;
                for child in children {
                    if !field.children.iter().any(|c| c.name == child.name) {
                        field.children.push(child);
                    }
                }
            }
        }
    }
}

fn shares(list: &[Field], value: &Value) -> bool {
    value.as_object().is_some_and(|m| m.keys().any(|k| list.iter().any(|f| f.name == *k)))
}

/// Rows that repeat the name of the object they describe (`keydata.items`), without it.
fn unwrap(rows: &[Row], name: &str) -> Vec<Row> {
    let prefix = format!("{name}.");
    let all = rows
        .iter()
        .all(|r| r.name == name || r.name.starts_with(&prefix) || r.name.starts_with(&format!("{name}[]")));
    let mut out = rows.to_vec();
    if all {
        out.retain(|r| r.name != name);
        for row in &mut out {
            row.name = row.name[name.len()..].trim_start_matches("[]").trim_start_matches('.').to_owned();
        }
    }
    out
}

/// The object whose children a table lists, where none of its rows stands in the body: `[]` for the body.
fn base(root: &[Field], table: &ParamTable) -> Vec<String> {
    let names: Vec<String> = table
        .rows
        .iter()
        .filter_map(|r| sides::path(&r.name))
        .filter(|p| p.0 == 0)
        .map(|(_, p)| p[0].0.clone())
        .collect();
    if root.is_empty()
        || names
            .iter()
            .any(|n| n == "errcode" || n.ends_with("access_token") || root.iter().any(|f| f.name == *n))
    {
        return vec![];
    }
    let mut best: (usize, Vec<String>) = (0, vec![]);
    each(root, &mut vec![], &mut |path, field| {
        let known = names.iter().filter(|n| field.children.iter().any(|c| c.name == **n)).count();
        if known > best.0 {
            best = (known, path.to_vec());
        }
    });
    best.1
}

/// A titled table that no field claims: of the body, if it repeats fields of it; else it cannot be placed.
fn loose(root: &mut Vec<Field>, table: &ParamTable, order: &mut usize, notes: &mut Vec<Assumption>) {
    let names: Vec<String> =
        table.rows.iter().filter_map(|r| sides::path(&r.name)).map(|(_, p)| p[0].0.clone()).collect();
    let known = names.iter().filter(|n| !all(root, &[(*n).clone()]).is_empty()).count();
    if known * 2 >= names.len() && known > 0 {
        lay(root, table, order, notes);
    } else {
        let what = format!("table `{}` belongs to no field and was left out", table.title.names.join(" "));
        notes.push(Assumption { kind: "table-without-place", line: table.line, what });
    }
}

/// A sample of a part: laid upon the field that its title names, or whose children it repeats.
fn graft(root: &mut Vec<Field>, sample: &sides::Sample, notes: &mut Vec<Assumption>) {
    let Value::Object(map) = &sample.value else { return };
    if root.is_empty() {
        return seed(root, &sample.value);
    }
    if map.keys().any(|k| root.iter().any(|f| f.name == *k)) {
        return seed(root, &sample.value);
    }
    // The titles above name the object: what they say goes before any likeness (`attendance` stands in `vacation` too).
    if let Some(path) =
        all(root, &sample.title.root).into_iter().next().filter(|_| !sample.title.root.is_empty())
        && let Some(field) = get_mut(root, &path)
    {
        seed(&mut field.children, &sample.value);
        let keys: Vec<&String> = map.keys().collect();
        return mark(&mut field.children, &sample.title, &keys);
    }
    if map.len() == 1
        && let Some((key, value)) = map.iter().next()
        && let [only] = all(root, std::slice::from_ref(key)).as_slice()
        && let Some(parent) = get_mut(root, &only[..only.len() - 1])
    {
        return seed(&mut parent.children, &serde_json::json!({ key: value }));
    }
    if let Some(path) = targets(root, &sample.title, true)
        .into_iter()
        .next()
        .filter(|_| !sample.title.is_plain() || !sample.title.headings.is_empty())
        && let Some(field) = get_mut(root, &path)
    {
        let inner = map.get(&field.name).filter(|v| v.is_object()).unwrap_or(&sample.value).clone();
        return seed(&mut field.children, &inner);
    }
    let tag =
        map.iter().find(|(_, v)| v.as_str().is_some_and(|t| map.contains_key(t))).map(|(k, _)| k.clone());
    let mut best: Option<(usize, Vec<String>)> = None;
    each(root, &mut vec![], &mut |path, field| {
        if best.is_none() && tag.as_ref().is_some_and(|t| field.children.iter().any(|c| c.name == *t)) {
            best = Some((1, path.to_vec()));
        }
        let shared = map.keys().filter(|k| field.children.iter().any(|c| c.name == **k)).count();
        if shared * 2 > map.len().min(field.children.len()) && best.as_ref().is_none_or(|(n, _)| shared > *n)
        {
            best = Some((shared, path.to_vec()));
        }
    });
    match best.and_then(|(_, path)| get_mut(root, &path)) {
        Some(field) => seed(&mut field.children, &sample.value),
        None => notes.push(Assumption {
            kind: "sample-without-place",
            line: sample.line,
            what: "a sample shares no field with the body and was left out".into(),
        }),
    }
}

/// A table of a part. Where the part shows a sample of its own, that alone tells where the rows stand: the parts before it have
/// fields of the same names.
fn titled(
    list: &mut Vec<Field>,
    table: &ParamTable,
    side: &Side,
    order: &mut usize,
    notes: &mut Vec<Assumption>,
) {
    let mut own = Vec::new();
    let shown = side.samples.iter().filter(|s| table.title.variant.is_some() && s.title == table.title);
    shown.for_each(|s| seed(&mut own, &s.value));
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

/// What rows say of one tree, upon another that holds the same samples.
fn tell(into: &mut Vec<Field>, from: Vec<Field>) {
    for mut field in from {
        match into.iter_mut().find(|f| f.name == field.name) {
            Some(there) => {
                let children = std::mem::take(&mut field.children);
                if field.told && !there.told {
                    there.told = true;
                    (there.order, there.line) = (field.order, field.line);
                    (there.ty, there.required) = (field.ty, field.required);
                    (there.desc, there.links) = (field.desc, field.links);
                }
                tell(&mut there.children, children);
            }
            None => into.push(field),
        }
    }
}

/// Fields that a part titled by a tag's value (`control参数为Text`) describes are that variant's.
fn mark(list: &mut [Field], title: &Title, names: &[&String]) {
    let Some((tag, values)) = &title.variant else { return };
    let tag = tag.rsplit('.').next().unwrap_or(tag);
    for field in list.iter_mut().filter(|f| names.contains(&&f.name)) {
        for value in values {
            note_variant(field, tag, value);
        }
    }
}

fn note_variant(field: &mut Field, tag: &str, value: &str) {
    if !field.of.iter().any(|(t, v)| t == tag && v == value) {
        field.of.push((tag.to_owned(), value.to_owned()));
    }
}

/// A table in which a tag is constant describes one variant: its rows beside the tag are that variant's, or common to several.
fn mark_constants(root: &mut Vec<Field>, table: &ParamTable, used: &HashSet<Vec<String>>) {
    for row in &table.rows {
        let fixed = constants(&row.desc);
        let (Some((_, segments)), [value]) = (sides::path(&row.name), fixed.as_slice()) else { continue };
        let names: Vec<String> = segments.into_iter().map(|s| s.0).collect();
        let Some(path) = used.iter().filter(|p| p.ends_with(&names)).min_by_key(|p| p.len()) else {
            continue;
        };
        let (parent, tag) = (&path[..path.len() - 1], &path[path.len() - 1]);
        for other in used.iter().filter(|p| p.len() == path.len() && p.starts_with(parent)) {
            note_variant(ensure(root, other), tag, value);
        }
    }
}

/// Lays the rows of a table upon a tree. Returns where they came to stand.
fn lay(
    root: &mut Vec<Field>,
    table: &ParamTable,
    order: &mut usize,
    notes: &mut Vec<Assumption>,
) -> HashSet<Vec<String>> {
    let parsed: Vec<Option<sides::Path>> = table.rows.iter().map(|r| sides::path(&r.name)).collect();
    let mut used: HashSet<Vec<String>> = HashSet::new();
    let mut last: Vec<String> = Vec::new();
    let mut stack: Vec<Vec<String>> = Vec::new();
    for (index, (row, parsed)) in table.rows.iter().zip(&parsed).enumerate() {
        // `attachments[].*`: what stands in the elements is told elsewhere.
        if let Some(parent) = row.name.strip_suffix(".*")
            && let Some((_, segments)) = sides::path(parent)
        {
            let names: Vec<String> = segments.into_iter().map(|s| s.0).collect();
            let path = resolve(root, &names, &HashSet::new(), &last, None);
            ensure(root, &path).links.extend(row.links.iter().cloned());
            continue;
        }
        let many: Vec<sides::Path> = match parsed {
            Some(p) => vec![p.clone()],
            // `a/b` or `a、b`: one row for several fields.
            None => {
                let parts: Vec<_> = row.name.split(['/', '、', ',', '，']).map(sides::path).collect();
                match parts.iter().all(Option::is_some) && parts.len() > 1 {
                    true => parts.into_iter().flatten().collect(),
                    false => {
                        if row.name.is_ascii() || has(regex!("[a-z]_[a-z]"), &row.name) {
                            let what = format!("`{}` is no field name; its row was left out", row.name);
                            notes.push(Assumption { kind: "name-unreadable", line: row.line, what });
                        }
                        continue;
                    }
                }
            }
        };
        for (depth, segments) in many {
            let names: Vec<String> = segments.iter().map(|s| s.0.clone()).collect();
            let path = if depth > 0 && stack.len() >= depth {
                stack[depth - 1].iter().cloned().chain(names.clone()).collect()
            } else {
                let next = parsed_next(&table.rows, index, root, &used);
                resolve(root, &names, &used, &last, next)
            };
            stack.truncate(depth);
            stack.push(path.clone());
            // Marks of arrays belong to the last segments, whatever root the path got.
            for (i, (_, marked)) in segments.iter().rev().enumerate() {
                if *marked && path.len() > i {
                    let field = ensure(root, &path[..path.len() - i]);
                    field.lists = field.lists.max(1);
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
    if field.told {
        // Common fields are repeated in every variant's table: the first text stays, the fuller type wins.
        if field.ty.is_empty() {
            field.ty = row.ty.clone();
        }
        if field.desc.is_empty() {
            field.desc = row.desc.clone();
        } else if !row.desc.is_empty()
            && !field.desc.contains(&row.desc)
            && field.desc.contains("固定为")
            && row.desc.contains("固定为")
        {
            field.desc.push('\n');
            field.desc.push_str(&row.desc);
        }
        for link in &row.links {
            if !field.links.contains(link) {
                field.links.push(link.clone());
            }
        }
        return;
    }
    field.told = true;
    field.order = *order;
    field.line = row.line;
    field.ty = row.ty.clone();
    field.required = row.required.clone();
    field.desc = row.desc.clone();
    field.links = row.links.clone();
}

/// Where the next row will stand, if only one place is possible.
fn parsed_next(
    rows: &[Row],
    index: usize,
    root: &[Field],
    used: &HashSet<Vec<String>>,
) -> Option<Vec<String>> {
    let (depth, segments) = rows.get(index + 1).and_then(|r| sides::path(&r.name))?;
    if depth > 0 || segments.len() != 1 {
        return None;
    }
    let names = vec![segments[0].0.clone()];
    let found: Vec<Vec<String>> = all(root, &names).into_iter().filter(|p| !used.contains(p)).collect();
    (found.len() == 1).then(|| found[0].clone())
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
            if get(root, &names[..n]).is_some() {
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
    own
}

/// The fields that a titled table describes.
fn targets(root: &[Field], title: &Title, own: bool) -> Vec<Vec<String>> {
    let mut out: Vec<Vec<String>> = Vec::new();
    if !title.root.is_empty() && own && title.names.is_empty() {
        return all(root, &title.root).into_iter().take(1).collect();
    }
    // The innermost heading that a row links to.
    for heading in title.headings.iter().rev() {
        each(root, &mut vec![], &mut |path, field| {
            let scalar = field.kinds.string || field.kinds.int || field.kinds.bool;
            if !scalar && field.links.contains(heading) {
                out.push(path.to_vec());
            }
        });
        if !out.is_empty() {
            return out;
        }
    }
    if let Some((tag, _)) = &title.variant {
        // The variant's fields stand in the object that holds the tag.
        let tag = tag.rsplit('.').next().unwrap_or(tag);
        each(root, &mut vec![], &mut |path, field| {
            if field.children.iter().any(|c| c.name == tag) {
                out.push(path.to_vec());
            }
        });
        out.truncate(1);
        return out;
    }
    for name in &title.names {
        let dotted: Vec<String> = name.split('.').map(str::to_owned).collect();
        if own && get(root, &dotted).is_some() {
            out.push(dotted);
            continue;
        }
        let mut by_name = Vec::new();
        each(root, &mut vec![], &mut |path, field| {
            let typed = words(&field.ty).any(|w| w == name)
                || field.links.iter().any(|l| l.eq_ignore_ascii_case(name));
            let told = own
                && has(regex!("详?见|参考|参见|结构|说明"), &field.desc)
                && words(&field.desc).any(|w| w == name)
                && field.name != *name;
            let scalar = field.kinds.string || field.kinds.int || field.kinds.bool;
            if (typed || told) && !scalar {
                out.push(path.to_vec());
            } else if own && !scalar && (path.ends_with(&dotted) || field.name.eq_ignore_ascii_case(name)) {
                by_name.push(path.to_vec());
            }
        });
        if out.is_empty() {
            out.extend(by_name);
        }
    }
    out.sort();
    out.dedup();
    out
}

/// The ASCII words of a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|w| !w.is_empty())
}

/// `此时固定为text`: the constant of a tag.
pub(crate) fn constants(desc: &str) -> Vec<String> {
    let mut out = Vec::new();
    for line in narrow(desc).lines() {
        if let Some(m) = find(regex!(r"固定(?:为|是)?\s*[:：]?\s*[`'\x22“]?([A-Za-z][A-Za-z0-9_]*)"), line)
        {
            out.push(m[1].clone());
        } else if let Some(m) =
            // `按钮交互型卡片填写"button_interaction"`: quoted, as other words follow these verbs too.
            find(
                regex!(r#"(?:填写|类型为|值为)\s*:?\s*["'`]{1,3}([A-Za-z][A-Za-z0-9_]*)["'`]"#),
                line,
            )
        {
            out.push(m[1].clone());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::sides::Row;

    /// Rows (`name` or `name:type`) laid upon a sample; the result as paths.
    fn check(sample: &str, tables: &[(&str, &[&str])], want: &str) {
        let mut side = Side::default();
        if let Ok(value) = serde_json::from_str(sample) {
            side.samples.push(sides::Sample { line: 1, value, title: Title::default() });
        }
        for (line, (title, names)) in tables.iter().enumerate() {
            let row = |n: &&str| {
                let (name, ty) = n.split_once('|').unwrap_or((n, ""));
                Row { name: name.into(), ty: ty.into(), desc: String::new(), ..Row::default() }
            };
            let rows = names.iter().map(row).collect();
            let title = if title.is_empty() { Title::default() } else { sides::title(title) };
            side.tables.push(ParamTable { line: line as u32, title, rows, samples: vec![] });
        }
        let mut got = Vec::new();
        let tree = build(&side, &[], &mut vec![]);
        each(&tree, &mut vec![], &mut |path, field| {
            if field.told {
                got.push(path.join("."));
            }
        });
        assert_eq!(got.join(" "), want, "{sample} {tables:?}");
    }

    #[test]
    fn nesting_in_its_styles() {
        // Dotted; relative to a root that is not said; children listed as peers; by marks; by brackets.
        check("{\"a\":{\"b\":1}}", &[("", &["a", "a.b"])], "a a.b");
        check("{\"r\":{\"a\":{\"b\":1}}}", &[("", &["a.b"])], "r.a.b");
        check(
            "{\"info\":[{\"userid\":\"x\",\"n\":1}],\"t\":1}",
            &[("", &["info", "userid", "n", "t"])],
            "info info.userid info.n t",
        );
        check("", &[("", &["a", "└ b", "└ └ c", "d"])], "a a.b a.b.c d");
        check("{\"list\":[{\"x\":1}]}", &[("", &["list[].x"])], "list.x");
        // A first word that is spelt otherwise than in the sample.
        check("{\"device_list\":[{\"code\":1}]}", &[("", &["device.code"])], "device_list.code");
        // A field that no sample shows, between two of one object.
        check("{\"o\":{\"a\":1,\"c\":1}}", &[("", &["o", "a", "b", "c"])], "o o.a o.b o.c");
    }

    #[test]
    fn tables_of_parts() {
        check("{\"a\":{}}", &[("", &["a|object(Field)"]), ("Field", &["x", "y"])], "a a.x a.y");
        check("{\"text\":{\"c\":1}}", &[("", &["text"]), ("text 说明", &["c"])], "text text.c");
        // A type that contains itself ends.
        check("", &[("", &["a|object(Node)"]), ("Node", &["kids|Node[]"])], "a a.kids");
    }

    #[test]
    fn constants_of_tags() {
        assert_eq!(constants("消息类型，此时固定为：text"), ["text"]);
        assert_eq!(constants("此处固定为`image`"), ["image"]);
        assert!(constants("固定为 0").is_empty());
    }
}
