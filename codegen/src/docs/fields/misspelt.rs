//! Dotted rows that name an object otherwise than the page does everywhere else: `students.parent.id` among the rows of `students.parents`.

use std::collections::HashSet;

use crate::docs::fields::tree::get;
use crate::docs::model::{Field, ParamTable};
use crate::schema::distance;

/// What a dotted row names, with one segment replaced by that of an object which is there. `None` where the row may mean an object of its own,
/// and where several objects fit.
pub(crate) fn mended(
    root: &[Field],
    names: &[String],
    used: &HashSet<Vec<String>>,
    last: &[String],
    table: &ParamTable,
) -> Option<Vec<String>> {
    // The first segment that nothing else names. Behind it must come another: an object without its last field is a new field.
    let at = (0..names.len().checked_sub(1)?).find(|i| get(root, &names[..=*i]).is_none())?;
    let (before, wrong, behind) = (&names[..at], &names[at], &names[at + 1..]);
    let own = names[..=at].join(".");
    let above = format!("{own}.");
    let rows = || table.rows.iter().map(|r| r.name.trim());
    // An object of its own has a row, or more than one row within, or stands in the place of what no row describes.
    if rows().any(|r| r.trim_end_matches("[]") == own) {
        return None;
    }
    let beside = match before.is_empty() {
        true => root,
        false => &get(root, before)?.children,
    };
    let whole = |c: &Field| [before, std::slice::from_ref(&c.name), behind].concat();
    let fits = |c: &&Field| {
        if c.children.is_empty() || used.contains(&whole(c)) {
            return false;
        }
        let shown = get(&c.children, behind).is_some_and(|f| f.shown.count > 0);
        // Something further down is known to the object, and the row before this one stands there too.
        let (_, around) = behind.split_last().unwrap_or((wrong, &[]));
        let place = [before, std::slice::from_ref(&c.name), around].concat();
        let near = last.starts_with(&place) && last.len() == place.len() + 1;
        shown
            && (alike(wrong, &c.name)
                || rows().filter(|r| r.starts_with(&above)).count() <= 4 && headed(wrong, &c.name))
            // It is the only row of that object, and the sample has its field where the row before it stands.
            || shown && near && rows().filter(|r| r.starts_with(&above)).count() == 1
            || near && (alike(wrong, &c.name) || !around.is_empty() && get(&c.children, around).is_some())
    };
    let mut found = beside.iter().filter(fits);
    let first = found.next().filter(|_| found.next().is_none())?;
    Some(whole(first))
}

/// `parent` and `parents`, `infoes` and `infos`: a letter or two, the first being the same.
fn alike(a: &str, b: &str) -> bool {
    let most = if a.len().min(b.len()) < 8 { 1 } else { 2 };
    a.len().min(b.len()) >= 5 && a.chars().next() == b.chars().next() && distance(a, b) <= most
}

/// `order_info` and `order_list`: the same word before the last.
fn headed(a: &str, b: &str) -> bool {
    matches!((a.rsplit_once('_'), b.rsplit_once('_')), (Some((a, _)), Some((b, _))) if a == b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docs::fields::tree::seed;
    use crate::docs::model::{Row, Title};

    fn check(sample: &str, last: &str, row: &str, want: Option<&str>) {
        let mut root = Vec::new();
        seed(&mut root, &serde_json::from_str(sample).expect("json"));
        let path = |text: &str| -> Vec<String> { text.split('.').map(str::to_owned).collect() };
        let rows = vec![Row { name: row.into(), ..Row::default() }];
        let table =
            ParamTable { line: 1, title: Title::default(), rows, samples: vec![], said: String::new() };
        let got = mended(&root, &path(row), &HashSet::new(), &path(last), &table);
        assert_eq!(got.map(|p| p.join(".")).as_deref(), want, "{row} after {last}");
    }

    #[test]
    fn objects_by_another_name() {
        let school = r#"{"students":[{"parents":[{"id":"x","sees":1}],"name":"x"}]}"#;
        check(school, "students.parents.id", "students.parent.sees", Some("students.parents.sees"));
        check(school, "students.parents.id", "students.parent.new", Some("students.parents.new"));
        let orders = r#"{"order_list":[{"id":"x","urls":[],"steps":[{"urls":[]}]}]}"#;
        check(orders, "order_list.id", "order_info.urls", Some("order_list.urls"));
        check(orders, "order_list.id", "order_info.steps.urls", Some("order_list.steps.urls"));
        let rules = r#"{"rule_list":[{"privs":[{"field":{"rules":[{"id":"x"}]}}]}]}"#;
        let id = "rule_list.privs.field.rules.id";
        check(rules, id, "priv_list.privs.field.rules.kind", Some("rule_list.privs.field.rules.kind"));
        // The only row of an object that nothing else names.
        let range = r#"{"range":[{"kind":1,"userid":"x"},{"kind":2,"partyid":1}]}"#;
        check(range, "range.userid", "item.partyid", Some("range.partyid"));
        check(range, "range.userid", "item.tagid", None);
        // Objects of their own.
        check(orders, "order_list.id", "order_info.size", None);
        check(orders, "order_list.id", "order_list.price", None);
        check(school, "students.name", "students.teacher.id", None);
    }
}
