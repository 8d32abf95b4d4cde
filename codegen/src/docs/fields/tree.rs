//! The tree of fields: seeding it from samples, finding and making places in it.

use serde_json::Value;

use crate::docs::model::{Field, Shown};
use crate::docs::read::sample::{CUT, is_cut, names};

/// Rows in the page's order, fields that only samples show after them.
pub(crate) fn sort(list: &mut [Field]) {
    list.iter_mut().for_each(|f| sort(&mut f.children));
    // An object that only dotted rows imply stands where its first row does.
    let place = |f: &Field| match f.row.exists {
        true => f.row.order,
        false => f.children.iter().filter(|c| c.row.exists).map(|c| c.row.order).min().unwrap_or(usize::MAX),
    };
    list.sort_by_key(place);
}

/// The objects that a part's sample shows: it may be there under its own name, and as a list.
pub(crate) fn bare<'v>(sample: &'v Value, name: &str) -> Vec<&'v Value> {
    match sample.get(name) {
        Some(one @ Value::Object(_)) => vec![one],
        Some(Value::Array(list)) if list.iter().all(Value::is_object) => list.iter().collect(),
        _ => vec![sample],
    }
}

/// Merges a sample object into the tree.
pub(crate) fn seed(list: &mut Vec<Field>, value: &Value) {
    let Value::Object(map) = value else { return };
    // A type's skeleton (`{"insert": {}, "delete": {}}`) names the fields and shows no object that has them.
    let hollow = |v: &Value| v.as_object().is_some_and(|m| names(m).next().is_none());
    if map.len() > 1 && map.iter().filter(|(k, _)| *k != CUT).all(|(_, v)| hollow(v)) {
        for key in names(map) {
            ensure(list, std::slice::from_ref(key)).shown.kinds.object = true;
        }
        return;
    }
    // What was not written out may be there all the same.
    let cut = is_cut(map);
    for field in list.iter_mut().filter(|f| !cut || map.contains_key(&f.name)) {
        field.shown.parents += 1;
    }
    // A field that appears late lacked in all objects before it.
    let parents = list.iter().map(|f| f.shown.parents).max().unwrap_or(1);
    let small: Vec<(&String, i64)> =
        map.iter().filter_map(|(k, v)| Some((k, v.as_i64().filter(|n| (0..100).contains(n))?))).collect();
    // Words that may decide what is beside them.
    let kind = |k: &str| k.to_ascii_lowercase().ends_with("type");
    let kinds: Vec<(&String, &str)> =
        map.iter().filter_map(|(k, v)| Some((k, v.as_str().filter(|v| kind(k) && word(v))?))).collect();
    for (key, value) in map.iter().filter(|(k, _)| *k != CUT) {
        let index = match list.iter().position(|f| f.name == *key) {
            Some(i) => i,
            None => {
                let shown = Shown { parents, ..Shown::default() };
                list.push(Field { name: key.clone(), shown, ..Field::default() });
                list.len() - 1
            }
        };
        list[index].shown.count += 1;
        list[index].shown.alone += u32::from(map.len() == 1);
        for (tag, n) in small.iter().filter(|_| value.is_object()) {
            let pair = ((*tag).clone(), *n);
            if !list[index].shown.numbers_beside.contains(&pair) {
                list[index].shown.numbers_beside.push(pair);
            }
        }
        for (tag, v) in kinds.iter().filter(|(tag, _)| *tag != key) {
            let pair = ((*tag).clone(), (*v).to_owned());
            if list[index].shown.words_beside.len() < 40 && !list[index].shown.words_beside.contains(&pair) {
                list[index].shown.words_beside.push(pair);
            }
        }
        note(&mut list[index], value, 0);
    }
}

fn note(field: &mut Field, value: &Value, lists: u8) {
    match value {
        Value::Array(items) => {
            if field.shown.lists == 0 {
                field.shown.lists = lists + 1;
            }
            for item in items {
                note(field, item, lists + 1);
            }
            return;
        }
        Value::Object(map) => {
            field.shown.kinds.object = true;
            seed(&mut field.children, own_names(&field.name, map).as_ref().unwrap_or(value));
        }
        Value::String(_) => field.shown.kinds.string = true,
        Value::Number(n) if n.is_f64() => field.shown.kinds.float = true,
        Value::Number(_) => field.shown.kinds.int = true,
        Value::Bool(_) => field.shown.kinds.bool = true,
        Value::Null => return,
    }
    if lists == 0 {
        field.shown.single = true;
    } else if !field.shown.leaves || lists < field.shown.lists {
        // Samples with a bracket too many show the same field deeper elsewhere: the shallowest counts.
        field.shown.lists = lists;
        field.shown.leaves = true;
    }
    // Words are kept all, as each may be the mark of a variant; of anything else a dozen tells the type.
    let most = if value.as_str().is_some_and(word) { 80 } else { 12 };
    if !value.is_object() && field.shown.values.len() < most && !field.shown.values.contains(value) {
        field.shown.values.push(value.clone());
    }
}

/// A word such as tags have for values.
fn word(text: &str) -> bool {
    text.len() < 40 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// A sample that repeats the object's name before a dot in its keys (`"group": {"group.type": 0}`), without it.
fn own_names(name: &str, map: &serde_json::Map<String, Value>) -> Option<Value> {
    let prefix = format!("{name}.");
    map.keys().any(|k| k.starts_with(&prefix)).then(|| {
        let bare = |k: &String| k.strip_prefix(&prefix).unwrap_or(k).to_owned();
        Value::Object(map.iter().map(|(k, v)| (bare(k), v.clone())).collect())
    })
}

/// All paths of the tree that end so, in order of depth then place.
pub(crate) fn all(root: &[Field], names: &[String]) -> Vec<Vec<String>> {
    let mut out = Vec::new();
    each(root, &mut vec![], &mut |path, _| {
        if path.ends_with(names) {
            out.push(path.to_vec());
        }
    });
    out.sort_by_key(Vec::len);
    out
}

/// Every field with its path.
pub(crate) fn each(list: &[Field], path: &mut Vec<String>, visit: &mut dyn FnMut(&[String], &Field)) {
    for field in list {
        path.push(field.name.clone());
        visit(path, field);
        if path.len() < 24 {
            each(&field.children, path, visit);
        }
        path.pop();
    }
}

/// A field by its path.
pub(crate) fn get<'f>(root: &'f [Field], path: &[String]) -> Option<&'f Field> {
    let (first, rest) = path.split_first()?;
    let field = root.iter().find(|f| f.name == *first)?;
    if rest.is_empty() { Some(field) } else { get(&field.children, rest) }
}

pub(crate) fn get_mut<'f>(root: &'f mut [Field], path: &[String]) -> Option<&'f mut Field> {
    let (first, rest) = path.split_first()?;
    let field = root.iter_mut().find(|f| f.name == *first)?;
    if rest.is_empty() { Some(field) } else { get_mut(&mut field.children, rest) }
}

pub(crate) fn ensure<'f>(root: &'f mut Vec<Field>, path: &[String]) -> &'f mut Field {
    let name = path.first().cloned().unwrap_or_default();
    let index = root.iter().position(|f| f.name == name).unwrap_or_else(|| {
        root.push(Field { name, ..Field::default() });
        root.len() - 1
    });
    match path.len() {
        0 | 1 => &mut root[index],
        _ => ensure(&mut root[index].children, &path[1..]),
    }
}

/// The ASCII words of a text.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|w| !w.is_empty())
}
