//! Raw tables and samples of one side → a tree of fields.
//!
//! The samples give the skeleton; rows are laid upon it. A dotted row may be relative to a root that the page does not name, and
//! children are often listed as peers of their parents: then only the sample knows where they belong.

use std::collections::HashSet;

use serde_json::Value;

use crate::docs::fields::place_rows::{lay, mark, titled};
use crate::docs::fields::recursive::{again, empty_lists, likened};
use crate::docs::fields::tree::{all, bare, each, ensure, get, get_mut, seed, sort, words};
use crate::docs::fields::twins::twins;
use crate::docs::fields::{one_of, place_rows, several};
use crate::docs::infer::types;
use crate::docs::model::{Assumption, Field, ParamTable, Row, Sample, Side, Title, is_code};
use crate::docs::read::sample;
use crate::docs::read::text::{has, regex};
use crate::docs::rules;
use crate::docs::section::read_table;

/// Builds the tree of one side of a section. Tables of a type that is described elsewhere come from `library`.
pub fn build(side: &Side, library: &[&ParamTable], notes: &mut Vec<Assumption>) -> Vec<Field> {
    let whole = place_rows::whole(side);
    let side = whole.as_ref().unwrap_or(side);
    let mut tree = Building { side, root: vec![], order: 0, notes };
    let later = tree.seed_samples();
    let (body, parts) = tables(side);
    // Tables that name fields of the body first, then samples of parts, then the tables that only those place.
    let (first, second): (Vec<&ParamTable>, Vec<&ParamTable>) =
        body.into_iter().partition(|t| base(&tree.root, t).is_empty());
    first.into_iter().for_each(|table| tree.body(table));
    later.into_iter().for_each(|sample| graft(&mut tree.root, sample, tree.notes));
    second.into_iter().for_each(|table| tree.inner(table));
    let done = tree.parts(&parts, library);
    tree.left(&parts, &done);
    let Building { mut root, notes, .. } = tree;
    twins(&mut root, "", notes);
    same_as(&mut root);
    one_of::nodes(&mut root, notes);
    one_of::contents(&mut root);
    again(&mut root, notes);
    empty_lists(&mut root, notes);
    several::below(&mut root, notes);
    unshown(&mut root);
    widths(&mut root);
    // A sample whose every field has come by a table shows nothing that is missed.
    let misses = |line: u32| {
        let mut shown = side.samples.iter().filter(|s| s.line == line).filter_map(|s| s.value.as_object());
        let first = shown.next();
        let mut keys = first.into_iter().chain(shown).flat_map(sample::names);
        // A sample of the other side does not count for this side.
        first.is_none() || keys.any(|k| all(&root, std::slice::from_ref(k)).is_empty())
    };
    notes.retain(|n| n.rule != &rules::SAMPLE_WITHOUT_PLACE || misses(n.line));
    sort(&mut root);
    root
}

/// Fields that no sample has, though samples show the object that should hold them: they lacked there each time.
fn unshown(list: &mut [Field]) {
    let counts = |f: &&Field| f.shown.count > 0 && !is_code(&f.name);
    let parents = list.iter().filter(counts).map(|f| f.shown.parents).max();
    for field in list {
        if let Some(parents) = parents.filter(|_| (field.shown.parents, field.shown.count) == (0, 0)) {
            field.shown.parents = parents;
        }
        unshown(&mut field.children);
    }
}

/// `tag_list|uint32` whose sample is `{"list": [2, 5]}`: the cell thinks of the numbers inside, which have no row of their own.
fn widths(list: &mut [Field]) {
    for field in list {
        widths(&mut field.children);
        let told = matches!(types::cell(&field.row.ty).0, Some("u32" | "i32" | "i64" | "u64"));
        if let [inner] = field.children.as_mut_slice()
            && told
            && !inner.row.exists
            && inner.shown.lists > 0
            && inner.shown.kinds.int
            && inner.children.is_empty()
        {
            inner.row.ty.clone_from(&field.row.ty);
        }
    }
}

/// The tables of the body, and those of its parts: one whose title names nothing describes the body.
fn tables(side: &Side) -> (Vec<&ParamTable>, Vec<&ParamTable>) {
    let links: HashSet<&str> =
        side.tables.iter().flat_map(|t| &t.rows).flat_map(|r| &r.links).map(String::as_str).collect();
    let parts: Vec<&[String]> = side.tables.iter().filter_map(|t| numbered(&t.title)).collect();
    let is_main = |t: &&ParamTable| {
        // One part of many of an appendix is not the body.
        let part = numbered(&t.title).is_some_and(|a| parts.iter().filter(|p| **p == a).count() > 3);
        // `电话号码类型字段结构`: a type's, which a value refers to.
        let of_type = has(regex!("类型的?(?:字段)?结构(?:说明)?[:：]?$"), t.said.trim());
        t.title.is_plain()
            && !part
            && !of_type
            && !t.title.headings.iter().any(|h| links.contains(h.as_str()))
    };
    let (main, mut sub): (Vec<&ParamTable>, Vec<&ParamTable>) = side.tables.iter().partition(is_main);
    // Of titled tables alone the first is the body's; one of a type never is.
    let body = match sub.iter().position(|t| !t.title.is_type) {
        Some(first) if main.is_empty() => vec![sub.remove(first)],
        _ => main,
    };
    (body, sub)
}

/// Which table has been laid where, by its place among all: tables of several pages may have the same line.
type Done = HashSet<(usize, Vec<String>)>;

/// A tree while it is built.
struct Building<'b> {
    side: &'b Side,
    root: Vec<Field>,
    /// Rows so far.
    order: usize,
    notes: &'b mut Vec<Assumption>,
}

/// An answer that tells of a failure alone: it says nothing of what an answer has.
fn is_refusal(map: &serde_json::Map<String, Value>) -> bool {
    map.get("errcode").and_then(Value::as_i64).is_some_and(|code| code != 0)
        && map.keys().all(|key| is_code(key))
}

/// `"result": [{…}]` beside a whole answer shows what is in `result`, and not that an answer may lack the rest.
fn seed_part(root: &mut Vec<Field>, part: &Value) {
    let before: Vec<u32> = root.iter().map(|f| f.shown.parents).collect();
    seed(root, part);
    for (field, parents) in root.iter_mut().zip(before) {
        if part.get(&field.name).is_none() {
            field.shown.parents = parents;
        }
    }
}

impl<'b> Building<'b> {
    /// The samples of the body. Those of parts come back.
    fn seed_samples(&mut self) -> Vec<&'b Sample> {
        let mut later = Vec::new();
        for sample in &self.side.samples {
            let Value::Object(map) = &sample.value else { continue };
            if self.side.samples.len() > 1 && is_refusal(map) {
                continue;
            }
            let known = sample.title.root.is_empty()
                && !sample.title.is_type
                && (self.root.is_empty() && sample.title.is_plain()
                    || map.keys().any(|k| self.root.iter().any(|f| f.name == *k)));
            if !known {
                later.push(sample);
            } else if map.len() == 1 && self.root.iter().any(|f| is_code(&f.name)) {
                seed_part(&mut self.root, &sample.value);
            } else {
                seed(&mut self.root, &sample.value);
            }
        }
        later
    }

    /// A table of the body.
    fn body(&mut self, table: &ParamTable) {
        let used = lay(&mut self.root, table, &mut self.order, self.notes);
        // A tag that the side has not itself is one of the other side; fields of every answer (errcode) depend on no tag.
        let variant = table.title.variant.as_ref();
        let Some((tag, values)) = variant.filter(|v| all(&self.root, std::slice::from_ref(&v.0)).is_empty())
        else {
            return;
        };
        for path in used.iter().filter(|p| p.len() == 1 && !is_code(&p[0])) {
            ensure(&mut self.root, path).marks.when = Some((tag.clone(), values.clone()));
        }
    }

    /// A table that lists the fields of an object of the body.
    fn inner(&mut self, table: &ParamTable) {
        let at = base(&self.root, table);
        match get_mut(&mut self.root, &at) {
            Some(field) => lay(&mut field.children, table, &mut self.order, self.notes),
            None => lay(&mut self.root, table, &mut self.order, self.notes),
        };
    }

    /// The tables of parts, in as many rounds as they describe parts of each other.
    fn parts(&mut self, own: &[&ParamTable], library: &[&ParamTable]) -> Done {
        let mut done = Done::new();
        for _ in 0..6 {
            let mut changed = false;
            for (nth, table) in own.iter().chain(library).enumerate() {
                let mine = own.iter().any(|t| std::ptr::eq(*t, *table));
                for at in targets(&self.root, &table.title, mine) {
                    if done.insert((nth, at.clone())) {
                        // The same table on the way down: a type that contains itself.
                        let around = (1..at.len()).rev().find(|n| done.contains(&(nth, at[..*n].to_vec())));
                        match around {
                            Some(n) => self.holds_itself(&at, at.len() - n),
                            None => changed |= self.part(table, &at),
                        }
                    }
                }
            }
            if !changed {
                break;
            }
        }
        done
    }

    /// Marks an object that holds what the object `up` levels above it holds.
    fn holds_itself(&mut self, at: &[String], up: usize) {
        // A scalar whose text refers to the part around it does not contain that part.
        if let Some(field) = get_mut(&mut self.root, at)
            && matches!(types::cell(&field.row.ty).0, None | Some("object"))
        {
            field.marks.recursive = up;
        }
    }

    /// The table of a part, laid upon the object that it describes. False where there is none.
    fn part(&mut self, table: &ParamTable, at: &[String]) -> bool {
        let Some(field) = get_mut(&mut self.root, at) else { return false };
        // `{"alignment": "LEFT"}` in the part of `alignment`'s values shows one of them.
        let of_value = |inner: &Value| {
            let only = inner.as_object().filter(|m| m.len() == 1).and_then(|m| m.get(&field.name));
            only.is_some_and(|v| v.is_string() || v.is_number())
        };
        let shown = table.samples.iter().flat_map(|sample| bare(sample, &field.name));
        for inner in shown.filter(|inner| !of_value(inner)).collect::<Vec<_>>() {
            if field.children.is_empty() || shares(&field.children, inner) || table.rows.is_empty() {
                seed(&mut field.children, inner);
            }
        }
        // Rows that name the object from the root on (`Extra.IdList` in the table of `Extra.IdList`) stand where they say.
        let from_root = |r: &Row| {
            read_table::path(&r.name).is_none_or(|(_, p)| p.iter().map(|s| &s.0).take(at.len()).eq(at))
        };
        if at.len() > 1
            && table.rows.iter().any(|r| read_table::path(&r.name).is_some())
            && table.rows.iter().all(from_root)
        {
            lay(&mut self.root, table, &mut self.order, self.notes);
            return true;
        }
        let mut rows = unwrap(&table.rows, &field.name);
        // A table whose first row is the object itself, which its samples do not have in it.
        if rows.len() > 2
            && rows[0].name == field.name
            && field.children.iter().all(|c| c.name != field.name)
            && rows[1..].iter().filter(|r| field.children.iter().any(|c| c.name == r.name)).count() > 1
        {
            let own = rows.remove(0);
            if !field.row.desc.contains(&own.desc) {
                field.row.desc = format!("{}。{}", own.desc, field.row.desc);
            }
        }
        let wrapped = ParamTable { rows, ..table.clone() };
        titled(&mut field.children, &wrapped, self.side, &mut self.order, self.notes);
        if !table.title.names.is_empty() {
            one_of::outside(&mut field.children, &table.title, &table.rows);
        }
        if one_of::one_only(&table.said) {
            field.children.iter_mut().for_each(|c| c.marks.choice = true);
        }
        true
    }

    /// The tables of parts that no field claims: where the other parts of their series stand, else loose.
    fn left(&mut self, own: &[&ParamTable], done: &Done) {
        for (nth, table) in own.iter().copied().enumerate() {
            if done.iter().any(|(n, _)| *n == nth) {
                continue;
            }
            let Some(field) = series(own, done, table).and_then(|at| get_mut(&mut self.root, &at)) else {
                loose(&mut self.root, table, &mut self.order, self.notes);
                continue;
            };
            for sample in self.side.samples.iter().filter(|s| s.title.headings == table.title.headings) {
                self.notes.retain(|n| n.line != sample.line || n.rule != &rules::SAMPLE_WITHOUT_PLACE);
                seed(&mut field.children, &sample.value);
            }
            lay(&mut field.children, table, &mut self.order, self.notes);
            let what = format!(
                "`{}` was given the fields of the table `{}`, as the other appendices describe that object too",
                field.name,
                table.title.headings.last().map_or("", String::as_str)
            );
            self.notes.push(Assumption { rule: &rules::PART_OF_A_SERIES, line: table.line, what });
        }
    }
}

/// The headings around a part of a numbered series: `附5 …`.
fn numbered(title: &Title) -> Option<&[String]> {
    let (last, around) = title.headings.split_last()?;
    has(regex!("^附录?[0-9]"), last).then_some(around)
}

/// Where a part of a numbered series belongs whose title does not say it: where all the other parts belong. `附5：…config说明`, `附6：…说明`.
fn series(own: &[&ParamTable], done: &Done, table: &ParamTable) -> Option<Vec<String>> {
    let around = numbered(&table.title).filter(|_| table.title.variant.is_none())?;
    let others = own.iter().enumerate().filter(|(_, t)| numbered(&t.title) == Some(around));
    // A part may describe several places; the outermost is that of its title.
    let places: Vec<&Vec<String>> = others
        .filter_map(|(n, _)| {
            done.iter().filter(|d| d.0 == n).map(|d| &d.1).min_by_key(|p| (p.len(), p.concat()))
        })
        .collect();
    // `config.date`, `config.selector`: what all describe is `config`.
    let (first, rest) = places.split_first()?;
    let common = rest
        .iter()
        .fold(first.len(), |n, p| first.iter().zip(p.iter()).take(n).take_while(|(a, b)| a == b).count());
    let near = common > 0 && places.iter().all(|p| p.len() <= common + 1);
    (rest.len() >= 2 && near).then(|| first[..common].to_vec())
}

/// `定义同a.b`: an object without fields of its own takes those of the object that its text names. `同a里的定义` of what `a` has under the same name
/// likens it to that.
fn same_as(root: &mut [Field]) {
    for _ in 0..3 {
        let mut copies: Vec<(Vec<String>, Vec<Field>)> = Vec::new();
        let mut twins: Vec<(Vec<String>, Field)> = Vec::new();
        each(root, &mut vec![], &mut |path, field| {
            let k = field.shown.kinds;
            // `同a，但只包含…`: the sample shows which.
            let fewer = k.object && has(regex!("[只仅]包[含括]"), &field.row.desc);
            // A full description only refers to others; one that says `同` lacks what is there.
            let partial = !field.children.is_empty()
                && !has(regex!("[同一][于致]?[^，。；]{0,10}[A-Za-z]"), &field.row.desc);
            if partial || k.string || k.int || k.bool || field.row.desc.is_empty() || field.marks.merged {
                return;
            }
            let Some(name) = likened(&field.row.desc) else { return };
            let dotted: Vec<String> = name.split('.').map(str::to_owned).collect();
            if path.ends_with(&dotted) {
                return;
            }
            let found = all(root, &dotted).into_iter().find(|p| !path.starts_with(p) && !p.starts_with(path));
            if let Some(model) = found.and_then(|p| get(root, &p))
                && !model.children.is_empty()
            {
                if let Some(twin) = model.children.iter().find(|c| c.name == field.name) {
                    twins.push((path.to_vec(), twin.clone()));
                    return;
                }
                let mut from = model.children.clone();
                from.retain(|f| !fewer || field.children.iter().any(|c| c.name == f.name));
                // `与a一样可指定b/c两个权限`: the text says which.
                let said = |f: &Field| words(&field.row.desc).any(|w| w == f.name);
                if from.iter().filter(|f| said(f)).count() > 1 {
                    from.retain(said);
                    from.iter_mut().for_each(|f| f.row.required = None);
                }
                copies.push((path.to_vec(), from));
            }
        });
        if copies.is_empty() && twins.is_empty() {
            return;
        }
        for (path, twin) in twins {
            if let Some(field) = get_mut(root, &path) {
                field.marks.merged = true;
                field.marks.values = twin.marks.values;
                field.row.desc = format!("{}。{}", twin.row.desc, field.row.desc);
                if field.row.ty.is_empty() {
                    field.row.ty = twin.row.ty;
                }
                (field.shown.kinds, field.shown.lists) = (twin.shown.kinds, twin.shown.lists);
                alike(&mut field.children, twin.children);
            }
        }
        for (path, children) in copies {
            if let Some(field) = get_mut(root, &path) {
                field.marks.merged = true;
                alike(&mut field.children, children);
            }
        }
    }
}

/// Adds the fields of the object that another one is likened to, and what their rows say of those that the samples show already.
fn alike(fields: &mut Vec<Field>, model: Vec<Field>) {
    for from in model {
        match fields.iter_mut().find(|f| f.name == from.name) {
            None => fields.push(from),
            Some(own) => {
                if !own.row.exists && (from.children.is_empty() || !own.shown.kinds.scalar()) {
                    (own.row, own.marks.values) = (from.row, from.marks.values);
                }
                if !own.children.is_empty() {
                    alike(&mut own.children, from.children);
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

/// The object whose children a table lists, where none of its rows is in the body: `[]` for the body.
fn base(root: &[Field], table: &ParamTable) -> Vec<String> {
    let names: Vec<String> = table
        .rows
        .iter()
        .filter_map(|r| read_table::path(&r.name))
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
        table.rows.iter().filter_map(|r| read_table::path(&r.name)).map(|(_, p)| p[0].0.clone()).collect();
    let known = names.iter().filter(|n| !all(root, &[(*n).clone()]).is_empty()).count();
    // What describes a type stands where something has that type, and nowhere else.
    if known * 2 >= names.len() && known > 0 && !table.title.is_type {
        lay(root, table, order, notes);
    } else {
        let what = format!("the table `{}` belongs to no field and was ignored", table.title.names.join(" "));
        notes.push(Assumption { rule: &rules::TABLE_WITHOUT_PLACE, line: table.line, what });
    }
}

/// A sample of a part: laid upon the field that its title names, or whose children it repeats.
fn graft(root: &mut Vec<Field>, sample: &Sample, notes: &mut Vec<Assumption>) {
    let Value::Object(map) = &sample.value else { return };
    let is_type = sample.title.is_type;
    if !is_type && (root.is_empty() || map.keys().any(|k| root.iter().any(|f| f.name == *k))) {
        return seed(root, &sample.value);
    }
    // The titles above name the object: what they say goes before any likeness (`attendance` is in `vacation` too).
    if let Some(path) =
        all(root, &sample.title.root).into_iter().next().filter(|_| !sample.title.root.is_empty())
        && let Some(field) = get_mut(root, &path)
    {
        seed(&mut field.children, &sample.value);
        let keys: Vec<&String> = sample::names(map).collect();
        return mark(&mut field.children, &sample.title, &keys);
    }
    if sample::names(map).count() == 1
        && !is_type
        && let Some((key, value)) = map.iter().find(|(k, _)| *k != sample::CUT)
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
    match best.filter(|_| !is_type).and_then(|(_, path)| get_mut(root, &path)) {
        Some(field) => seed(&mut field.children, &sample.value),
        None => notes.push(Assumption {
            rule: &rules::SAMPLE_WITHOUT_PLACE,
            line: sample.line,
            what: "a sample shares no field with the body and was ignored".into(),
        }),
    }
}

/// `TemplateCardEvent` of a title is the type of `template_card_event`.
fn named_like(field: &str, title: &str) -> bool {
    let typed = title.starts_with(|c: char| c.is_ascii_uppercase());
    let bare = |n: &str| n.chars().filter(|c| *c != '_').collect::<String>().to_ascii_lowercase();
    typed && field.contains('_') && bare(field) == bare(title)
}

/// `详见TimeLine`, and a table `Timeline说明`.
fn is_same_type(told: &str, title: &str) -> bool {
    let typed = |n: &str| n.starts_with(|c: char| c.is_ascii_uppercase());
    typed(told) && typed(title) && told.eq_ignore_ascii_case(title)
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
            let scalar = field.shown.kinds.string || field.shown.kinds.int || field.shown.kinds.bool;
            if !scalar && field.row.links.contains(heading) {
                out.push(path.to_vec());
            }
        });
        if !out.is_empty() {
            return out;
        }
    }
    if let Some((tag, _)) = title.variant.as_ref().filter(|_| title.names.is_empty()) {
        // On another page the tag may be that of another object.
        if !own {
            return out;
        }
        // The variant's fields are in the object that holds the tag.
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
        let (mut by_name, mut by_type) = (Vec::new(), Vec::new());
        each(root, &mut vec![], &mut |path, field| {
            let typed = words(&field.row.ty).any(|w| w == name)
                || field.row.links.iter().any(|l| l.eq_ignore_ascii_case(name));
            let told = own
                && has(regex!("详?见|参考|参见|结构|说明"), &field.row.desc)
                && words(&field.row.desc).any(|w| w == name || is_same_type(w, name))
                && field.name != *name;
            let scalar = field.shown.kinds.string || field.shown.kinds.int || field.shown.kinds.bool;
            if (typed || told) && !scalar {
                out.push(path.to_vec());
            } else if own && !scalar && (path.ends_with(&dotted) || field.name.eq_ignore_ascii_case(name)) {
                by_name.push(path.to_vec());
            } else if own && !scalar && named_like(&field.name, name) {
                by_type.push(path.to_vec());
            }
        });
        for found in [by_name, by_type] {
            if out.is_empty() {
                out.extend(found);
            }
        }
    }
    out.sort();
    out.dedup();
    out
}

#[cfg(test)]
mod tests;
