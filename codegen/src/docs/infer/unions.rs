//! Recognising objects whose shape depends on a tag.
//!
//! The pages say it in several ways, tried here in order of trust: the variant's object is under a key named like the tag's
//! value; titled parts (`control参数为Text`) fill one key; values and keys share a word (`FIELD_TYPE_URL`, `property_url`); each
//! variant has a table of its own in which the tag is constant; a presence cell names the value; a text says `type为1时`; samples show one object a value; labels and
//! texts meet one to one; a list's elements hold one key each.

use crate::docs::infer::types::infer;
use crate::docs::infer::words::constants;
use crate::docs::infer::{defaults, types, values};
use crate::docs::model::Field;
use crate::docs::read::text::{find, find_all, has, narrow, regex};
use crate::docs::rules::{self, Rule};

/// A union of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Union {
    /// Path of the tag from the object; empty where the present key tells.
    pub tag: Vec<String>,
    /// The tag is a number.
    pub numeric: bool,
    /// Where the payload stands.
    pub payload: Payload,
    /// The variants.
    pub variants: Vec<Variant>,
    /// What showed it; `None` where the page says it plainly, by values that are names of fields.
    pub rule: Option<&'static Rule>,
}

/// Where the payloads stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// Each under a key of its own beside the tag.
    Sibling,
    /// Their fields beside the tag.
    Flat,
    /// Their fields inside this one object.
    Under(String),
}

/// A variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// Tag values; the key itself where there is no tag.
    pub values: Vec<String>,
    /// What the page calls it.
    pub label: String,
    /// Its fields: one sibling, or those beside the tag or inside the payload's object.
    pub keys: Vec<String>,
}

impl Union {
    /// Whether the union stands for a field of the object, which is then not listed.
    pub fn takes(&self, name: &str) -> bool {
        self.tag.len() == 1 && self.tag[0] == name
            || match &self.payload {
                Payload::Under(key) => key == name,
                _ => self.variants.iter().any(|v| v.keys.iter().any(|k| k == name)),
            }
    }
}

/// A field that could be a tag, and its values with their labels.
struct Tag<'f> {
    path: Vec<String>,
    field: &'f Field,
    numeric: bool,
    values: Vec<(String, String)>,
}

/// The values that a string field was seen or said to have.
pub fn tag_values(field: &Field) -> Vec<String> {
    let mut out: Vec<String> = constants(&field.row.desc);
    out.extend(field.marks.values.iter().map(|v| v.0.clone()));
    out.extend(values::values(&field.row.desc, false).into_iter().map(|v| v.0));
    // A sample of the common frame has a placeholder for the tag: `"msgtype": "MSG_TYPE"`.
    let shown = field.shown.values.iter().filter_map(|v| v.as_str()).filter(|v| bare(v) != bare(&field.name));
    out.extend(shown.map(str::to_owned));
    // A sentence that only lists the words: `"keydata"、 "image"`.
    for word in find_all(regex!(r#"["'`“]([a-z][a-z0-9_]{1,30})["'`”]"#), &narrow(&field.row.desc)) {
        out.push(word[1].clone());
    }
    let mut seen = std::collections::HashSet::new();
    out.retain(|v| seen.insert(v.clone()) && v.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
    out
}

/// The union of an object, if the page shows one. `element`: the object is an element of a list.
pub fn union(object: &[Field], element: bool) -> Option<Union> {
    // A tag and what it chooses: two fields at least.
    if object.len() < 2 {
        return None;
    }
    let tags = tags(object);
    named(object, &tags)
        .or_else(|| parts(object, &tags))
        .or_else(|| common_word(object, &tags))
        .or_else(|| by_table(object, &tags))
        .or_else(|| by_cells(object, &tags))
        .or_else(|| by_wording(object, &tags))
        .or_else(|| by_samples(object, &tags))
        .or_else(|| by_labels(object, &tags))
        .or_else(|| by_key(object, element))
}

/// Scalars of the object, and of the objects in it, that have words or numbers for values.
fn tags(object: &[Field]) -> Vec<Tag<'_>> {
    let mut out = Vec::new();
    let mut add = |path: Vec<String>, field| out.extend(tag(path, field));
    for field in object {
        add(vec![field.name.clone()], field);
        if field.shown.lists == 0 {
            for inner in &field.children {
                add(vec![field.name.clone(), inner.name.clone()], inner);
            }
        }
    }
    out
}

fn tag(path: Vec<String>, field: &Field) -> Option<Tag<'_>> {
    let t = infer(field);
    if t.lists > 0 || t.map || t.joined() || !field.children.is_empty() {
        return None;
    }
    let numeric = match t.base {
        "i64" | "u32" | "i32" | "u64" => true,
        "string" if !field.shown.kinds.int => false,
        _ => return None,
    };
    let labelled = || {
        let own = values::values(&field.row.desc, numeric);
        if field.marks.values.is_empty() { own } else { field.marks.values.clone() }
    };
    let values = if numeric {
        let mut out: Vec<(String, String)> =
            labelled().into_iter().filter(|(v, _)| v.parse::<u32>().is_ok()).collect();
        for n in field.shown.values.iter().filter_map(|v| v.as_u64()) {
            if !out.iter().any(|(v, _)| *v == n.to_string()) {
                out.push((n.to_string(), String::new()));
            }
        }
        out
    } else {
        let labels = labelled();
        let label = |v: &String| labels.iter().find(|l| l.0 == *v).map_or(String::new(), |l| l.1.clone());
        tag_values(field).into_iter().map(|v| (v.clone(), label(&v))).collect()
    };
    (!values.is_empty()).then_some(Tag { path, field, numeric, values })
}

/// A kind tells the shape; a state (`status`, `result`) is a value that changes.
fn is_kind(name: &str) -> bool {
    has(regex!("(?i)(type|kind|mode|scene|control|category|system|form)$"), name)
}

fn is_object(field: &Field) -> bool {
    let t = infer(field);
    t.lists == 0 && t.base == "object" && !t.map
}

fn is_objects(field: &Field) -> bool {
    let t = infer(field);
    t.base == "object" && !t.map
}

/// Letters and digits alone, in lower case: `FIELD_TYPE_WWGROUP` and `ww_group` share `wwgroup`.
fn bare(word: &str) -> String {
    word.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// Whether a field has the name of a value, or of a list of it: `vacation_list` of `Vacation`.
fn is_called(name: &str, value: &str) -> bool {
    let (name, value) = (bare(name), bare(value));
    name.strip_prefix(value.as_str()).is_some_and(|rest| matches!(rest, "" | "list"))
}

/// The variants of all values of a tag: `keys` of each, none for the others.
fn variants(tag: &Tag<'_>, keys: impl Fn(&str) -> Vec<String>) -> Vec<Variant> {
    let mut out: Vec<Variant> = Vec::new();
    for (value, label) in &tag.values {
        let keys = keys(value);
        // Two values of one content are one variant.
        match out.iter_mut().find(|v| !keys.is_empty() && v.keys == keys) {
            Some(twin) => {
                twin.values.push(value.clone());
                if !label.is_empty() && !twin.label.is_empty() {
                    twin.label = format!("{}、{label}", twin.label);
                }
            }
            None => out.push(Variant { values: vec![value.clone()], label: label.clone(), keys }),
        }
    }
    out
}

/// A string tag whose values name siblings that are objects.
fn named(object: &[Field], tags: &[Tag<'_>]) -> Option<Union> {
    let mut best: Option<(usize, Union)> = None;
    for tag in tags.iter().filter(|t| !t.numeric && t.path.len() == 1) {
        let payload = |v: &str| object.iter().any(|f| f.name == v && f.name != tag.path[0] && is_object(f));
        let keyed = tag.values.iter().filter(|(v, _)| payload(v)).count();
        let known = ["msgtype", "type", "card_type", "event_type", "control", "media_type"]
            .contains(&tag.path[0].as_str());
        let told = !constants(&tag.field.row.desc).is_empty()
            || tag.field.shown.values.iter().any(|v| v.as_str().is_some_and(payload));
        let enough = keyed >= 2 || keyed == 1 && known && told;
        if enough && best.as_ref().is_none_or(|(n, _)| keyed > *n) {
            let variants = variants(tag, |v| if payload(v) { vec![v.to_owned()] } else { vec![] });
            best = Some((keyed, made(tag, Payload::Sibling, variants, None)));
        }
    }
    best.map(|b| b.1)
}

fn made(tag: &Tag<'_>, payload: Payload, variants: Vec<Variant>, rule: Option<&'static Rule>) -> Union {
    Union { tag: tag.path.clone(), numeric: tag.numeric, payload, variants, rule }
}

/// `control` decides what is in `value`: parts titled by the tag's value, or keys named like it (`Date`, `config.date`).
fn parts(object: &[Field], tags: &[Tag<'_>]) -> Option<Union> {
    for tag in tags.iter().filter(|t| !t.numeric) {
        for holder in object.iter().filter(|f| is_object(f) && f.name != tag.path[0]) {
            let of = |child: &Field, value: &str| {
                child.marks.variants.iter().any(|(t, v)| Some(t) == tag.path.last() && v == value)
                    || is_called(&child.name, value)
            };
            let held = |child: &Field| {
                tag.values.iter().any(|(v, _)| of(child, v))
                    || child.marks.variants.iter().any(|(t, _)| Some(t) == tag.path.last())
            };
            // An empty list that no row explains is a form's leftover (`"tips": []`) and belongs to no variant.
            let empty = |c: &Field| {
                !c.row.exists && c.shown.lists > 0 && c.shown.values.is_empty() && c.children.is_empty()
            };
            if holder.children.iter().filter(|c| held(c)).count() < 3
                || !holder.children.iter().all(|c| held(c) || empty(c))
            {
                continue;
            }
            // Titles may name values that the tag's own text left out.
            let mut full = Tag { path: tag.path.clone(), values: tag.values.clone(), ..*tag };
            let marked = holder.children.iter().flat_map(|c| &c.marks.variants);
            for (_, value) in marked.filter(|(t, _)| Some(t) == tag.path.last()) {
                if !full.values.iter().any(|(v, _)| v == value) {
                    full.values.push((value.clone(), String::new()));
                }
            }
            let keys = |v: &str| -> Vec<String> {
                holder.children.iter().filter(|c| of(c, v)).map(|c| c.name.clone()).collect()
            };
            return Some(made(
                tag,
                Payload::Under(holder.name.clone()),
                variants(&full, keys),
                Some(&rules::UNION_PARTS),
            ));
        }
    }
    None
}

/// Values and siblings that differ only in what each has in front: `FIELD_TYPE_NUMBER`, `property_number`.
fn common_word(object: &[Field], tags: &[Tag<'_>]) -> Option<Union> {
    for tag in tags.iter().filter(|t| !t.numeric && t.path.len() == 1 && t.values.len() > 1) {
        let values: Vec<&str> = tag.values.iter().map(|(v, _)| v.as_str()).collect();
        let cut = prefix(&values);
        let short = |v: &str| bare(v.strip_prefix(cut).unwrap_or(v));
        // Siblings of one family: `property_…`.
        let mut families: Vec<&str> =
            object.iter().filter_map(|f| f.name.split_once('_').map(|p| p.0)).collect();
        families.sort_unstable();
        families.dedup();
        for family in families {
            let members: Vec<(&Field, String)> = object
                .iter()
                .filter(|f| {
                    f.name != tag.path[0] && (is_object(f) || f.row.exists && f.row.ty.contains("object"))
                })
                .filter_map(|f| Some((f, bare(f.name.strip_prefix(family)?.strip_prefix('_')?))))
                .collect();
            let matched = members.iter().filter(|(_, m)| values.iter().any(|v| short(v) == *m)).count();
            if matched < 2 || matched * 2 < members.len() {
                continue;
            }
            let keys = |v: &str| -> Vec<String> {
                members.iter().filter(|(_, m)| *m == short(v)).map(|(f, _)| f.name.clone()).collect()
            };
            return Some(made(tag, Payload::Sibling, variants(tag, keys), Some(&rules::UNION_COMMON_WORD)));
        }
    }
    None
}

/// What the values have in front, up to an underscore: at least two of three begin so. One that is spelt otherwise
/// (`VEW_UNKNOWN` among `VIEW_TYPE_GRID`, `VIEW_TYPE_GANTT`) does not hide it.
fn prefix<'v>(values: &[&'v str]) -> &'v str {
    let count = |p: &str| values.iter().filter(|v| v.starts_with(p)).count();
    let ends = values.iter().flat_map(|v| v.match_indices('_').map(|(i, _)| &v[..=i]));
    let shared = ends.filter(|p| count(p) * 3 >= values.len() * 2);
    shared.max_by_key(|p| (count(p) == values.len(), p.len())).unwrap_or("")
}

/// Each variant has its own table, in which the tag is constant: what all tables list is common, the rest is the variants'.
fn by_table(object: &[Field], tags: &[Tag<'_>]) -> Option<Union> {
    for tag in tags.iter().filter(|t| t.path.len() == 1) {
        let told = tag.field.marks.variants.iter().filter(|(t, _)| *t == tag.path[0]);
        let told: Vec<&str> = told.map(|(_, v)| v.as_str()).collect();
        if told.len() < 2 {
            continue;
        }
        let of = |f: &Field, v: &str| f.marks.variants.iter().any(|(t, x)| *t == tag.path[0] && x == v);
        let own = |f: &Field| f.name != tag.path[0] && told.iter().any(|v| of(f, v));
        let common = |f: &Field| told.iter().all(|v| of(f, v));
        if !object.iter().any(|f| own(f) && !common(f)) {
            continue;
        }
        let keys = |v: &str| -> Vec<String> {
            object.iter().filter(|f| own(f) && !common(f) && of(f, v)).map(|f| f.name.clone()).collect()
        };
        return Some(made(tag, Payload::Flat, variants(tag, keys), Some(&rules::UNION_BY_TABLE)));
    }
    None
}

/// `type为1时返回`, `仅在type=2时有效`: the values of a tag in a field's text, and whether the field is theirs alone.
fn conditions(field: &Field) -> Vec<(String, Vec<String>, bool)> {
    let text = narrow(&format!("{}\n{}", field.row.required.as_deref().unwrap_or_default(), field.row.desc));
    // The clause with the tag says it: in `type为1时必填，且只能有一个` the other one speaks of the number.
    let alone =
        |clause: &str| has(regex!("仅|只|才|时,?(不为空|返回|填写?|传|存在|有效|有值|会有|使用)"), clause);
    let found = find_all(
        regex!(
            r#"([^,。;\n]*?)([A-Za-z_][A-Za-z0-9_.]*)['"`]*\s*(?:字段|参数)?(?:的?取?值)?\s*(?:为|=+|是|等于|指定为)\s*((?:['"`\s]*[A-Za-z0-9_]+['"`\s]*(?:\([^()]*\))?(?:或者?|、|,|/|和)?)+)((?:[^,。;\n]|时,)*)"#
        ),
        &text,
    );
    found
        .into_iter()
        .map(|m| {
            let tag = m[2].rsplit('.').next().unwrap_or_default().to_owned();
            let values = find_all(regex!("[A-Za-z0-9_]+"), &m[3]).into_iter().map(|v| v[0].clone()).collect();
            (tag, values, alone(&m[0]))
        })
        .collect()
}

/// Texts that name the tag's value.
fn by_wording(object: &[Field], tags: &[Tag<'_>]) -> Option<Union> {
    // A tag that may be absent, as it has a default, cannot choose a variant.
    let kind = |t: &&Tag<'_>| t.path.len() == 1 && is_kind(&t.path[0]) && t.values.len() > 1;
    let always = |t: &&Tag<'_>| defaults::stated(&t.field.row.desc).is_none();
    let kinds: Vec<&Tag<'_>> = tags.iter().filter(kind).filter(always).collect();
    if kinds.is_empty() {
        return None;
    }
    let said: Vec<Vec<(String, Vec<String>, bool)>> = object.iter().map(conditions).collect();
    for tag in kinds {
        let known = |v: &String| tag.values.iter().any(|(x, _)| x == v);
        let mut own: Vec<(&Field, Vec<String>)> = Vec::new();
        for (field, conditions) in object.iter().zip(&said).filter(|(f, _)| f.name != tag.path[0]) {
            let values: Vec<String> = conditions
                .iter()
                // An object belongs to the value that requires it; a scalar that is only required may be there elsewhere.
                .filter(|(t, _, alone)| *t == tag.path[0] && (*alone || is_objects(field)))
                .flat_map(|(_, v, _)| v.iter().filter(|v| known(v)).cloned())
                .collect();
            if !values.is_empty() && values.len() < tag.values.len() {
                own.push((field, values));
            }
        }
        if own.is_empty() {
            continue;
        }
        let keys = |v: &str| -> Vec<String> {
            let mine = own.iter().filter(|(_, values)| values.iter().any(|x| x == v));
            mine.map(|(f, _)| f.name.clone()).collect()
        };
        let variants = variants(tag, keys);
        // If each value has one object, that is under its own key; anything else is beside the tag.
        let single = variants.iter().all(|v| v.keys.len() < 2) && own.iter().all(|(f, _)| is_object(f));
        let several = variants.iter().filter(|v| !v.keys.is_empty()).count() > 1;
        if single && several {
            return Some(made(tag, Payload::Sibling, variants, Some(&rules::UNION_BY_WORDING)));
        }
        if nothing_else(object, tag, &variants) {
            return Some(made(tag, Payload::Flat, variants, Some(&rules::UNION_BY_WORDING)));
        }
    }
    None
}

/// Whether an object is a choice and no more: the tag, and fields of its own for each value. Where a scalar more or less depends on the tag
/// and the rest does not, an optional field is what a caller expects.
fn nothing_else(object: &[Field], tag: &Tag<'_>, variants: &[Variant]) -> bool {
    let taken = |f: &Field| variants.iter().any(|v| v.keys.contains(&f.name));
    variants.iter().all(|v| !v.keys.is_empty()) && object.iter().all(|f| f.name == tag.path[0] || taken(f))
}

/// Presence cells that name the tag's values: `view类型必须`, `click等点击类型必须`. Where `等` leaves the list open, the samples tell
/// what else has the field. An object without the tag would have no variant, so that the tag must be everywhere.
fn by_cells(object: &[Field], tags: &[Tag<'_>]) -> Option<Union> {
    let everywhere = |f: &Field| {
        f.shown.parents == f.shown.count
            && f.shown.count > 0
            && (f.row.required.as_deref() == Some("是") || f.marks.always == Some(true))
    };
    for tag in tags.iter().filter(|t| !t.numeric && t.path.len() == 1 && everywhere(t.field)) {
        let mut own: Vec<(&Field, Vec<String>)> = Vec::new();
        for field in object.iter().filter(|f| f.name != tag.path[0]) {
            let cell = narrow(field.row.required.as_deref().unwrap_or_default());
            let Some(m) = find(
                regex!(r"^\s*['`]?([A-Za-z_][A-Za-z0-9_]*)['`]?(等[^,。]{0,6})?类型时?(?:必须|必填|必选)"),
                &cell,
            ) else {
                continue;
            };
            let mut values = vec![m[1].clone()];
            if !m[2].is_empty() {
                let seen = field.shown.words_beside.iter().filter(|(t, v)| *t == tag.path[0] && *v != m[1]);
                values.extend(seen.map(|(_, v)| v.clone()));
            }
            if tag.values.iter().any(|(v, _)| *v == m[1]) {
                own.push((field, values));
            }
        }
        if own.len() < 2 {
            continue;
        }
        let keys = |v: &str| -> Vec<String> {
            let mine = own.iter().filter(|(_, values)| values.iter().any(|x| x == v));
            mine.map(|(f, _)| f.name.clone()).collect()
        };
        return Some(made(tag, Payload::Flat, variants(tag, keys), Some(&rules::UNION_BY_CELLS)));
    }
    None
}

/// Samples in which each object is beside one number alone.
fn by_samples(object: &[Field], tags: &[Tag<'_>]) -> Option<Union> {
    for tag in tags.iter().filter(|t| t.numeric && t.path.len() == 1 && is_kind(&t.path[0])) {
        let mut own: Vec<(&Field, String)> = Vec::new();
        for field in object.iter().filter(|f| is_object(f)) {
            let beside = field.shown.numbers_beside.iter().filter(|(t, _)| *t == tag.path[0]);
            let mut beside: Vec<i64> = beside.map(|(_, v)| *v).collect();
            beside.dedup();
            if let [one] = beside.as_slice() {
                own.push((field, one.to_string()));
            }
        }
        let distinct = own.iter().enumerate().all(|(i, (_, v))| !own[..i].iter().any(|(_, w)| w == v));
        if own.len() < 2 || !distinct {
            continue;
        }
        let keys = |v: &str| -> Vec<String> {
            own.iter().filter(|(_, x)| x == v).map(|(f, _)| f.name.clone()).collect()
        };
        return Some(made(tag, Payload::Sibling, variants(tag, keys), Some(&rules::UNION_BY_SAMPLES)));
    }
    None
}

/// `1-成员 2-部门` beside `管理成员id` and `管理部门id`: each label in one text, each text with one label.
fn by_labels(object: &[Field], tags: &[Tag<'_>]) -> Option<Union> {
    for tag in tags.iter().filter(|t| t.path.len() == 1 && is_kind(&t.path[0]) && t.values.len() > 1) {
        let label = |l: &str| l.trim_end_matches(['。', '；', ';']).to_owned();
        if tag.values.iter().any(|(_, l)| label(l).chars().count() < 2) {
            continue;
        }
        let texts: Vec<&Field> =
            object.iter().filter(|f| f.name != tag.path[0] && !f.row.desc.is_empty()).collect();
        let of =
            |v: &str| -> Vec<&Field> { texts.iter().copied().filter(|f| f.row.desc.contains(v)).collect() };
        let found: Vec<(String, Vec<&Field>)> =
            tag.values.iter().map(|(v, l)| (v.clone(), of(&label(l)))).collect();
        let one_each = found.iter().all(|(_, f)| f.len() == 1);
        let apart = found.iter().enumerate().all(|(i, (_, f))| {
            found[..i].iter().all(|(_, g)| f.first().map(|x| &x.name) != g.first().map(|x| &x.name))
        });
        // What every element has is common, whatever it is called.
        let optional = found.iter().flat_map(|(_, f)| f).all(|f| f.row.required.as_deref() != Some("是"));
        if !(one_each && apart && optional) {
            continue;
        }
        let keys = |v: &str| -> Vec<String> {
            found.iter().filter(|(x, _)| x == v).flat_map(|(_, f)| f).map(|f| f.name.clone()).collect()
        };
        let variants = variants(tag, keys);
        if nothing_else(object, tag, &variants) {
            return Some(made(tag, Payload::Flat, variants, Some(&rules::UNION_BY_LABELS)));
        }
    }
    None
}

/// Elements that hold one key each, an object, or objects of which the page says so: the present key tells.
fn by_key(object: &[Field], element: bool) -> Option<Union> {
    let said = object.iter().all(|f| f.marks.choice);
    if !said && !element {
        return None;
    }
    let shown = object.iter().filter(|f| f.shown.count > 0).count();
    // A type cell says object also where the type's own table was not found.
    let holds =
        |f: &Field| is_object(f) || f.shown.lists == 0 && types::cell(&f.row.ty) == (Some("object"), false);
    let alone = object.iter().all(|f| holds(f) && f.shown.alone == f.shown.count)
        && object.iter().all(|f| !matches!(f.row.required.as_deref(), Some("是" | "必填" | "必须")));
    if !said && (object.len() < 3 || shown < 1 || !alone) {
        return None;
    }
    let variants = object.iter().map(|f| Variant {
        values: vec![f.name.clone()],
        label: String::new(),
        keys: vec![f.name.clone()],
    });
    let variants = variants.collect();
    Some(Union {
        tag: vec![],
        numeric: false,
        payload: Payload::Sibling,
        variants,
        rule: Some(&rules::UNION_BY_KEY),
    })
}

#[cfg(test)]
mod pages;
#[cfg(test)]
mod tests;
