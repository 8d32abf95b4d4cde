//! One field under two names: the table has it in one spelling, the samples in another.

use crate::docs::fields::adopt::{Ways, adopt, told};
use crate::docs::model::{Assumption, Field, Kinds, is_code};
use crate::docs::read::text::{has, regex};
use crate::docs::rules;
use crate::schema::distance;

/// Joins a field that only rows describe with one beside it that only samples show, where both are alike. The sample's name stands: somebody ran it.
/// `at`: the path to the fields, with a dot at its end.
pub(crate) fn twins(fields: &mut Vec<Field>, at: &str, notes: &mut Vec<Assumption>) {
    fields.iter_mut().for_each(|f| twins(&mut f.children, &format!("{at}{}.", f.name), notes));
    misspelt(fields, at, notes);
    deeper(fields, at, notes);
    outside(fields, at, notes);
    shortened(fields, at, notes);
    lone_list(fields, at, notes);
    let described: Vec<usize> = (0..fields.len()).filter(|i| is_described(&fields[*i])).collect();
    let shown: Vec<usize> =
        (0..fields.len()).filter(|i| is_shown(&fields[*i]) || is_hollow(&fields[*i])).collect();
    if described.is_empty() || shown.is_empty() {
        return;
    }
    let alike = |d: usize, s: usize| {
        let (d, s) = (&fields[d], &fields[s]);
        match is_shown(s) {
            true => spelt_alike(d, s) || holds_alike(d, s),
            false => lists(d, s),
        }
    };
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for d in &described {
        let mut mine = shown.iter().filter(|s| alike(*d, **s));
        if let (Some(s), None) = (mine.next(), mine.next())
            && described.iter().filter(|d| alike(**d, *s)).count() == 1
        {
            pairs.push((*d, *s));
        }
    }
    for (d, s) in &pairs {
        let hollow = is_hollow(&fields[*s]);
        taken_for_one(fields, (*d, *s), at, notes);
        // What came into the object may have its twin there.
        let within = format!("{at}{}.", fields[*s].name);
        twins(&mut fields[*s].children, &within, notes);
        if hollow {
            prefixed(&mut fields[*s].children);
        }
    }
    let mut place = 0;
    fields.retain(|_| {
        place += 1;
        !pairs.iter().any(|(d, _)| *d == place - 1)
    });
}

/// Gives a field of the samples what the table says under another name.
fn taken_for_one(
    fields: &mut [Field],
    (described, shown): (usize, usize),
    at: &str,
    notes: &mut Vec<Assumption>,
) {
    let from = fields[described].clone();
    let what = format!(
        "`{at}{}` of the table and `{at}{}` of the samples were taken for one field",
        from.name, fields[shown].name
    );
    notes.push(Assumption { rule: &rules::TWIN_NAMES, line: from.row.line, what });
    fields[shown].marks.in_table = Some(from.name.clone());
    join(&mut fields[shown], from);
}

/// The place of the only field that is so.
fn only(fields: &[Field], is: impl Fn(&Field) -> bool) -> Option<usize> {
    let mut found = (0..fields.len()).filter(|i| is(&fields[*i]));
    found.next().filter(|_| found.next().is_none())
}

/// Rows describe it, or what is in it, and no sample has it.
fn is_described(field: &Field) -> bool {
    told(field) && field.shown.count == 0 && field.shown.kinds == Kinds::default()
}

/// Samples show it, and no row describes it or anything in it.
fn is_shown(field: &Field) -> bool {
    !told(field) && field.shown.count > 0
}

/// A row describes it, and none what samples show in it.
fn is_hollow(field: &Field) -> bool {
    field.row.exists
        && field.shown.count > 0
        && !field.children.is_empty()
        && !field.children.iter().any(told)
}

/// `contact_info`, which nothing but the names of rows in it has, and the list `contact_info_list` beside it.
fn lists(d: &Field, s: &Field) -> bool {
    let of = |ending: &str| s.name.strip_suffix(ending) == Some(&d.name);
    !d.row.exists && (of("_list") || of("list") || of("s") || of("es"))
}

/// What is left of such an object: the only field without a sample, and the only one without a row, which differ by a word in front.
fn prefixed(fields: &mut Vec<Field>) {
    if let (Some(d), Some(s)) = (only(fields, is_described), only(fields, is_shown))
        && fields[d].name.ends_with(&format!("_{}", fields[s].name))
    {
        let from = fields[d].clone();
        join(&mut fields[s], from);
        fields.remove(d);
    }
}

/// A slip of one element: it has `sud_idx` where all others have `sub_idx`, which a row describes.
fn misspelt(fields: &mut Vec<Field>, at: &str, notes: &mut Vec<Assumption>) {
    let slip = |s: &Field| {
        let right = |d: &Field| {
            let apart = d.shown.count + s.shown.count <= d.shown.parents;
            let needed = d.row.required.as_deref() == Some("是") && d.shown.kinds == s.shown.kinds;
            d.row.exists
                && d.shown.count > 0
                && apart
                && (spelt_alike(d, s) || needed && abridged(&d.name, &s.name))
        };
        fields.iter().find(|d| is_shown(s) && s.children.is_empty() && right(d))
    };
    let slips: Vec<(String, String, u32)> =
        fields.iter().filter_map(|s| slip(s).map(|d| (s.name.clone(), d.name.clone(), d.row.line))).collect();
    for (slip, right, line) in slips {
        let count = fields.iter().find(|f| f.name == slip).map_or(0, |f| f.shown.count);
        fields.retain(|f| f.name != slip);
        fields.iter_mut().filter(|f| f.name == right).for_each(|f| f.shown.count += count);
        let what = format!("`{at}{slip}` of a sample was taken for `{right}`, which the element lacks");
        notes.push(Assumption { rule: &rules::TWIN_NAMES, line, what });
    }
}

/// An object that the rows have beside another one, and the samples within it: it stands where the rows have it.
fn deeper(fields: &mut [Field], at: &str, notes: &mut Vec<Assumption>) {
    for own in 0..fields.len() {
        if !is_described(&fields[own]) || fields[own].children.is_empty() {
            continue;
        }
        let within = |list: &[Field], holder: usize| {
            // What a tag chooses stands beside its tag, and rows leave out a list that is all of an object.
            let object = &list[holder];
            if !object.row.exists || object.shown.lists > 0 {
                return None;
            }
            let tagged =
                list[holder].children.iter().any(|c| c.shown.values.iter().any(|v| *v == list[own].name));
            if tagged {
                return None;
            }
            let child = list[holder].children.iter().position(|c| {
                let same = c.children.iter().filter(|o| list[own].children.iter().any(|d| d.name == o.name));
                c.name == list[own].name && is_shown(c) && !c.children.is_empty() && same.count() > 0
            });
            child.map(|child| (holder, child))
        };
        let found = (0..fields.len()).filter(|holder| *holder != own).find_map(|h| within(fields, h));
        let Some((holder, child)) = found else { continue };
        let mut shown = fields[holder].children.remove(child);
        let from = std::mem::take(&mut fields[own]);
        let what = format!(
            "`{at}{}` was taken out of `{at}{}`, where the sample has it",
            from.name, fields[holder].name
        );
        notes.push(Assumption { rule: &rules::TWIN_NAMES, line: from.row.line, what });
        join(&mut shown, from);
        fields[own] = shown;
    }
}

/// A field that the rows have in the elements of a list, and the samples beside the list alone: it stands where the samples have it.
fn outside(fields: &mut [Field], at: &str, notes: &mut Vec<Assumption>) {
    for object in fields.iter_mut() {
        let names: Vec<String> = object
            .children
            .iter()
            .filter(|c| is_shown(c) && c.children.is_empty())
            .map(|c| c.name.clone())
            .collect();
        for name in names {
            let holds = |list: &Field| {
                list.shown.lists > 0
                    && list.children.iter().any(|c| c.shown.count > 0)
                    && list
                        .children
                        .iter()
                        .any(|c| c.name == name && c.children.is_empty() && is_described(c))
            };
            let Some(list) = object.children.iter().position(holds) else { continue };
            let Some(own) = object.children[list].children.iter().position(|c| c.name == name) else {
                continue;
            };
            let from = object.children[list].children.remove(own);
            let what = format!(
                "`{at}{}.{name}` stands beside `{}`, as in the sample, and not in its elements, as in the table",
                object.name, object.children[list].name
            );
            notes.push(Assumption { rule: &rules::BESIDE_THE_LIST, line: from.row.line, what });
            if let Some(shown) = object.children.iter_mut().find(|c| c.name == name) {
                join(shown, from);
            }
        }
    }
}

/// `SN` of the rows and `device_sn` of the sample, where all else of the object has both a row and a sample.
fn shortened(fields: &mut Vec<Field>, at: &str, notes: &mut Vec<Assumption>) {
    let own = |f: &Field| !is_code(&f.name);
    let plain = |f: &Field| own(f) && f.children.is_empty();
    let described = only(fields, |f| plain(f) && is_described(f));
    let (Some(d), Some(s)) = (described, only(fields, |f| plain(f) && is_shown(f))) else { return };
    let rest = (0..fields.len()).filter(|i| own(&fields[*i]) && *i != d && *i != s);
    let known = rest.clone().filter(|i| fields[*i].row.exists && fields[*i].shown.count > 0).count();
    let short = fields[d].name.to_ascii_lowercase();
    if known < 4 || known != rest.count() || !fields[s].name.ends_with(&format!("_{short}")) {
        return;
    }
    taken_for_one(fields, (d, s), at, notes);
    fields.remove(d);
}

/// `node_apv_status` and `node_status`: a word in the middle lacks.
fn abridged(whole: &str, short: &str) -> bool {
    let (whole, short): (Vec<&str>, Vec<&str>) = (whole.split('_').collect(), short.split('_').collect());
    short.len() > 1
        && whole.len() == short.len() + 1
        && whole.first() == short.first()
        && whole.last() == short.last()
        && short.iter().all(|w| whole.contains(w))
}

/// The only list that a table has and no sample shows, and the only list of objects that the samples have and no row names: a required one must be
/// in the sample, and `out_no_list` lists each `out_no`.
fn lone_list(fields: &mut Vec<Field>, at: &str, notes: &mut Vec<Assumption>) {
    let listed = |f: &Field| {
        let words = f.name.ends_with("list") || has(regex!("数组|列表"), &f.row.desc);
        is_described(f) && f.row.exists && f.children.is_empty() && (words || f.row.ty.contains("[]"))
    };
    let shown = |f: &Field| {
        !f.row.exists && f.shown.lists > 0 && f.shown.kinds.object && f.shown.count == f.shown.parents
    };
    let (Some(d), Some(s)) = (only(fields, listed), only(fields, shown)) else { return };
    let required = fields[d].row.required.as_deref() == Some("是");
    let named = fields[s].children.iter().any(|c| c.name.len() > 1 && fields[d].name.starts_with(&c.name));
    if !required && !named {
        return;
    }
    taken_for_one(fields, (d, s), at, notes);
    fields.remove(d);
}

/// `CheckinDataList` and `CheckInDataList`, `cursort` and `cursor`. A prefix more is another field.
fn spelt_alike(d: &Field, s: &Field) -> bool {
    let bare = |n: &str| n.chars().filter(|c| *c != '_').collect::<String>().to_ascii_lowercase();
    let (a, b) = (bare(&d.name), bare(&s.name));
    let short = a.len().min(b.len());
    let kin = d.children.is_empty() || s.shown.kinds.object;
    kin && (a == b
        || short >= 6 - usize::from(a.len() != b.len())
            && distance(&a, &b) <= if short < 8 { 1 } else { 2 }
            && a.chars().next() == b.chars().next())
}

/// Objects with the same fields: two at least, and half of what is shown.
fn holds_alike(d: &Field, s: &Field) -> bool {
    let same = s.children.iter().filter(|c| d.children.iter().any(|o| o.name == c.name)).count();
    same >= 2 && same * 2 >= s.children.len()
}

fn join(into: &mut Field, from: Field) {
    let ways = Ways { line: from.row.line, answer: false, same: true, shown: true, depth: 0 };
    if from.row.exists {
        (into.row, into.marks.values) = (from.row, from.marks.values);
    }
    into.shown.lists = into.shown.lists.max(if into.shown.single { 0 } else { from.shown.lists });
    adopt(&mut into.children, &from.children, &ways);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::fields::tree::{ensure, seed};

    /// `rows` as dotted names beside what a sample shows.
    fn check(rows: &[&str], sample: &str, want: &str) {
        let mut fields = Vec::new();
        seed(&mut fields, &serde_json::from_str(sample).expect("json"));
        for row in rows {
            let path: Vec<String> = row.split('.').map(str::to_owned).collect();
            let field = ensure(&mut fields, &path);
            (field.row.exists, field.row.desc) = (true, format!("{row} 说明"));
        }
        let mut notes = Vec::new();
        twins(&mut fields, "", &mut notes);
        let text = |f: &Field| format!("{}{}", f.name, if told(f) { "" } else { "?" });
        let got: Vec<String> = fields.iter().map(text).collect();
        assert_eq!(got.join(" "), want, "{rows:?} {sample}");
    }

    #[test]
    fn a_word_that_lacks() {
        assert!(abridged("node_apv_status", "node_status"));
        assert!(!abridged("node_status", "node_type") && !abridged("node_status", "status"));
    }

    #[test]
    fn spellings() {
        check(&["cursort"], r#"{"cursor":"x"}"#, "cursor");
        check(&["CheckinDataList"], r#"{"CheckInDataList":[{"a":1}]}"#, "CheckInDataList");
        check(&["cusor"], r#"{"cursor":"x"}"#, "cursor");
        // A list by another ending, a slip in one element, an object one level too deep.
        check(&["info_list", "info.a"], r#"{"info_list":[{"a":1,"b":2}]}"#, "info_list");
        check(&["list.sub_idx"], r#"{"list":[{"sub_idx":1},{"sud_idx":2}]}"#, "list");
        check(&["q", "a", "a.x"], r#"{"q":{"t":1,"a":{"x":1}}}"#, "q a");
        check(&["info.a", "info.b"], r#"{"records":[{"a":1,"b":2}]}"#, "records");
        check(
            &["a", "b", "c", "e", "SN"],
            r#"{"device_sn":"x","a":1,"b":1,"c":1,"e":1}"#,
            "device_sn a b c e",
        );
        check(&["no_list"], r#"{"bills":[{"no":"x"},{"no":"y"}]}"#, "bills");
        check(&["tag_list"], r#"{"bills":[{"no":"x"}]}"#, "bills? tag_list");
        check(&["o", "o.list.x", "o.list.y"], r#"{"o":{"list":[{"x":1}],"y":true}}"#, "o");
        // Two fields, two names.
        check(&["need_password"], r#"{"password":"x"}"#, "password? need_password");
        check(&["report_to"], r#"{"report_type":1}"#, "report_type? report_to");
        check(&["size"], r#"{"side":1}"#, "side? size");
        // A row of its own.
        check(&["cursor", "cursort"], r#"{"cursor":"x"}"#, "cursor cursort");
    }
}
