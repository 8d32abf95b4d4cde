//! Of two spellings of one name, the one that other endpoints use.

use std::collections::{HashMap, HashSet};

use crate::docs::fields::tree::each;
use crate::docs::model::{Assumption, Endpoint, Field};
use crate::docs::rules;
use crate::schema::distance;

/// So many other endpoints with a name tell that it is no slip.
const KNOWN: usize = 3;

/// Gives a field the spelling of its table where the samples' spelling stands nowhere else, and the table's in several other endpoints.
pub(crate) fn settle(endpoints: &mut [Endpoint]) {
    let mut uses: HashMap<String, usize> = HashMap::new();
    for endpoint in &*endpoints {
        names(endpoint).into_iter().for_each(|name| *uses.entry(name).or_default() += 1);
    }
    let known = |name: &str| uses.get(name).copied().unwrap_or(0);
    for endpoint in endpoints {
        let mut renamed: Vec<(String, String)> = Vec::new();
        for side in [&mut endpoint.request, &mut endpoint.response] {
            rename(side, &known, &mut renamed);
        }
        for (from, to) in renamed {
            let is_told = |n: &&mut Assumption| {
                // Paths stand before the names: `a.to` of the table and `a.from` of the samples.
                let named: Vec<&str> = n.what.split('`').skip(1).step_by(2).collect();
                let ends = |path: &str, name: &str| path.rsplit('.').next() == Some(name);
                n.rule == &rules::TWIN_NAMES
                    && n.what.contains(" of the table and ")
                    && matches!(named[..], [a, b, ..] if ends(a, &to) && ends(b, &from))
            };
            let notes = endpoint.notes.iter_mut().map(|(_, note)| note);
            for note in notes.filter(is_told) {
                note.what.push_str("; the table's spelling is that of other endpoints");
            }
        }
    }
}

/// The names of all fields, but those that are in doubt.
fn names(endpoint: &Endpoint) -> HashSet<String> {
    let mut out = HashSet::new();
    for side in [&endpoint.request, &endpoint.response] {
        each(side, &mut vec![], &mut |_, field| {
            if field.marks.in_table.is_none() {
                out.insert(field.name.clone());
            }
        });
    }
    out
}

fn rename(fields: &mut [Field], known: &dyn Fn(&str) -> usize, renamed: &mut Vec<(String, String)>) {
    for at in 0..fields.len() {
        let to = fields[at].marks.in_table.clone();
        let to = to.filter(|to| is_slip(&fields[at].name, to));
        let to = to.filter(|to| known(&fields[at].name) == 0 && known(to) >= KNOWN);
        if let Some(to) = to.filter(|to| fields.iter().all(|f| f.name != *to)) {
            renamed.push((fields[at].name.clone(), to.clone()));
            fields[at].name = to;
        }
        rename(&mut fields[at].children, known, renamed);
    }
}

/// Letters that lack, are too many or are others; a plural is another name.
fn is_slip(slip: &str, right: &str) -> bool {
    let plural = |one: &str, many: &str| many.strip_suffix('s') == Some(one);
    distance(slip, right) <= 2 && !plural(slip, right) && !plural(right, slip)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_others() {
        for (sample, table, others, want) in [
            ("cursort", "cursor", &[("cursor", 3)][..], "cursor"),
            // Nobody else has it, or others have both.
            ("verison", "version", &[("version", 1)][..], "verison"),
            ("blod", "bold", &[("bold", 3), ("blod", 1)][..], "blod"),
            ("condition", "conditions", &[("conditions", 3)][..], "condition"),
            ("record_meetings", "record_list", &[("record_list", 3)][..], "record_meetings"),
        ] {
            let mut field = Field { name: sample.into(), ..Field::default() };
            field.marks.in_table = Some(table.into());
            let known = |name: &str| others.iter().find(|(n, _)| *n == name).map_or(0, |(_, count)| *count);
            let mut fields = [field];
            rename(&mut fields, &known, &mut vec![]);
            assert_eq!(fields[0].name, want, "{sample} {table}");
        }
    }
}
