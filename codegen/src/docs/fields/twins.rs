//! One field under two names: the table has it in one spelling, the samples in another.

use crate::docs::fields::adopt::{Ways, adopt, told};
use crate::docs::model::{Assumption, Field, Kinds};
use crate::docs::rules;
use crate::schema::distance;

/// Joins a field that only rows describe with one beside it that only samples show, where both are alike. The sample's name stands: somebody ran it.
pub(crate) fn twins(fields: &mut Vec<Field>, notes: &mut Vec<Assumption>) {
    fields.iter_mut().for_each(|f| twins(&mut f.children, notes));
    let described: Vec<usize> = (0..fields.len()).filter(|i| is_described(&fields[*i])).collect();
    let shown: Vec<usize> = (0..fields.len()).filter(|i| is_shown(&fields[*i])).collect();
    if described.is_empty() || shown.is_empty() {
        return;
    }
    let alike = |d: usize, s: usize| {
        let (d, s) = (&fields[d], &fields[s]);
        spelt_alike(d, s) || holds_alike(d, s)
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
        let from = fields[*d].clone();
        let what = format!(
            "`{}` of the table and `{}` of the samples were taken for one field",
            from.name, fields[*s].name
        );
        notes.push(Assumption { rule: &rules::TWIN_NAMES, line: from.row.line, what });
        join(&mut fields[*s], from);
        // What came into the object may have its twin there.
        twins(&mut fields[*s].children, notes);
    }
    let mut at = 0;
    fields.retain(|_| {
        at += 1;
        !pairs.iter().any(|(d, _)| *d == at - 1)
    });
}

/// Rows describe it, or what is in it, and no sample has it.
fn is_described(field: &Field) -> bool {
    told(field) && field.shown.count == 0 && field.shown.kinds == Kinds::default()
}

/// Samples show it, and no row describes it or anything in it.
fn is_shown(field: &Field) -> bool {
    !told(field) && field.shown.count > 0
}

/// `CheckinDataList` and `CheckInDataList`, `cursort` and `cursor`. A prefix more is another field.
fn spelt_alike(d: &Field, s: &Field) -> bool {
    let bare = |n: &str| n.chars().filter(|c| *c != '_').collect::<String>().to_ascii_lowercase();
    let (a, b) = (bare(&d.name), bare(&s.name));
    let short = a.len().min(b.len());
    let kin = d.children.is_empty() || s.shown.kinds.object;
    kin && (a == b
        || short >= 6
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
    (into.row, into.marks.values) = (from.row, from.marks.values);
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
        twins(&mut fields, &mut notes);
        let text = |f: &Field| format!("{}{}", f.name, if told(f) { "" } else { "?" });
        let got: Vec<String> = fields.iter().map(text).collect();
        assert_eq!(got.join(" "), want, "{rows:?} {sample}");
    }

    #[test]
    fn spellings() {
        check(&["cursort"], r#"{"cursor":"x"}"#, "cursor");
        check(&["CheckinDataList"], r#"{"CheckInDataList":[{"a":1}]}"#, "CheckInDataList");
        check(&["info.a", "info.b"], r#"{"records":[{"a":1,"b":2}]}"#, "records");
        // Two fields, two names.
        check(&["need_password"], r#"{"password":"x"}"#, "password? need_password");
        check(&["report_to"], r#"{"report_type":1}"#, "report_type? report_to");
        check(&["size"], r#"{"side":1}"#, "side? size");
        // A row of its own.
        check(&["cursor", "cursort"], r#"{"cursor":"x"}"#, "cursor cursort");
    }
}
