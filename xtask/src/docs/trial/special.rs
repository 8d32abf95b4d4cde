//! Figure 4: unions, uploads, downloads and paged endpoints, against the lists of them.

use std::collections::BTreeMap;

use wecom_codegen::docs::infer::paging::paging;
use wecom_codegen::docs::model::{Endpoint, Event};

use super::unions;

/// Prints how many rows of a list were recognised, and which were not.
pub(super) fn print(what: &str, rows: usize, good: usize, missed: &[String]) {
    say!("{what}: {good} of {rows} ({:.1} %)", 100.0 * good as f64 / rows.max(1) as f64);
    for place in missed {
        say!("    {place}");
    }
}

/// Reads a table by its name.
type Facts<'f> = &'f dyn Fn(&str) -> Result<Vec<Vec<String>>, String>;

pub(super) fn run(endpoints: &[Endpoint], facts: Facts<'_>, list: bool) -> Result<(), String> {
    let by_path: BTreeMap<&str, &Endpoint> = endpoints.iter().map(|e| (e.path.as_str(), e)).collect();
    unions::run(&by_path, &facts("unions.tsv")?, list);
    let (mut rows, mut good, mut missed) = (0, 0, vec![]);
    for row in facts("uploads.tsv")?
        .iter()
        .filter(|r| r.get(4).is_some_and(|f| !f.contains("JSON") && !f.contains("json")))
    {
        rows += 1;
        match by_path.get(row[1].as_str()) {
            Some(e) if e.upload.is_some() => good += 1,
            _ => missed.push(row[1].clone()),
        }
    }
    let also: Vec<&str> = endpoints.iter().filter(|e| e.upload.is_some()).map(|e| e.path.as_str()).collect();
    print(&format!("multipart uploads ({} recognised in all)", also.len()), rows, good, &missed);
    (rows, good, missed) = (0, 0, vec![]);
    for row in facts("downloads.tsv")?.iter().filter(|r| r.get(2).is_some_and(|k| k.starts_with("binary"))) {
        rows += 1;
        match by_path.get(row[1].as_str()) {
            Some(e) if e.bytes => good += 1,
            _ => missed.push(row[1].clone()),
        }
    }
    print("downloads", rows, good, &missed);
    (rows, good, missed) = (0, 0, vec![]);
    for row in facts("pagination.tsv")? {
        let Some(path) = row.get(2) else { continue };
        rows += 1;
        let found = by_path.get(path.as_str()).and_then(|e| paging(&e.request, &e.response));
        if found.is_some() { good += 1 } else { missed.push(format!("{path} {}", row[0])) }
    }
    print("paged endpoints", rows, good, &missed);
    Ok(())
}

/// The XML events of the list; JSON ones (robots, hardware, pulled messages) are written by hand.
pub(super) fn events(found: &[Event], rows: &[Vec<String>]) {
    let (mut all, mut good, mut missed) = (0, 0, vec![]);
    for row in rows.iter().filter(|r| r.first().is_some_and(|t| t.starts_with("xml"))) {
        let [_, kind, value, event, change, ..] = row.as_slice() else { continue };
        all += 1;
        let mut want: Vec<(&str, &str)> = vec![(kind, value), ("Event", event), ("ChangeType", change)];
        want.retain(|(_, v)| !v.is_empty());
        let same = |e: &Event| {
            want.iter().all(|(k, v)| e.matches.iter().any(|(a, b)| a == k && b == v))
                && e.matches.len() == want.len()
        };
        if found.iter().any(same) {
            good += 1
        } else {
            missed.push(format!("{kind} {value} {event} {change}"))
        }
    }
    print(&format!("XML events ({} found in all)", found.len()), all, good, &missed);
}
