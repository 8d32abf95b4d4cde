//! The table of comparisons, as committed.

use std::collections::BTreeMap;

use wecom_codegen::diff::{Class, rules};

use super::{Row, Verdict};

/// A row for the terminal.
pub(super) fn line(row: &Row) -> String {
    let verdict = match &row.verdict {
        Verdict::Agree => "agree".to_owned(),
        Verdict::Reason(_) => "differ, listed".to_owned(),
        Verdict::Wrong(why) => format!("WRONG: {why}"),
    };
    let theirs = if row.lints.is_empty() { theirs(row.theirs).to_owned() } else { row.lints.join(" ") };
    format!("{} ({}): {} | {theirs} | {verdict}", row.name, row.place, row.ours.word())
}

fn theirs(c: Class) -> &'static str {
    if c == Class::None { "nothing" } else { c.word() }
}

/// What came out, in figures.
pub(super) fn summary(rows: &[Row]) -> String {
    let count = |f: fn(&&Row) -> bool| rows.iter().filter(f).count();
    let agree = count(|r| matches!(r.verdict, Verdict::Agree));
    let differ = count(|r| matches!(r.verdict, Verdict::Reason(_)));
    let wrong = count(|r| matches!(r.verdict, Verdict::Wrong(_)));
    let low = count(|r| r.theirs.max(Class::Patch) > r.ours.max(Class::Patch));
    let places: std::collections::BTreeSet<_> =
        rows.iter().map(|r| (r.name.trim_start_matches("back: "), &r.place)).collect();
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    rows.iter().flat_map(|r| &r.rules).for_each(|r| *met.entry(r).or_default() += 1);
    let few: Vec<&str> = rules::RULES
        .iter()
        .map(|r| r.code)
        .filter(|c| met.get(c).is_none_or(|n| *n < super::TWICE))
        .collect();
    format!(
        "{} changes, {} comparisons: {agree} agree, {differ} differ for a listed reason, {wrong} unexplained; \
         the diff says less than the tool {low} times. {} of {} rules met twice or more{}.",
        places.len(),
        rows.len(),
        rules::RULES.len() - few.len(),
        rules::RULES.len(),
        if few.is_empty() { String::new() } else { format!("; less often: {}", few.join(", ")) }
    )
}

/// The file.
pub(super) fn table(rows: &[Row], version: &str) -> String {
    let mut out = format!(
        "# The diff and `cargo-semver-checks`\n\n\
         Written by `cargo xtask agree`, which makes single changes of the spec, regenerates the client, and compares the class that \
         `cargo xtask diff` gives for Rust callers with what {version} finds in the two crates. `back:` is the same change undone.\n\n\
         {}\n\n## Where they differ\n\n| times | the diff | the tool | why |\n|---|---|---|---|\n",
        summary(rows)
    );
    let mut why: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for row in rows {
        match &row.verdict {
            Verdict::Agree => {}
            Verdict::Reason(list) => {
                for reason in list.iter().collect::<std::collections::BTreeSet<_>>() {
                    *why.entry((reason, row.ours.word(), theirs(row.theirs))).or_default() += 1;
                }
            }
            Verdict::Wrong(reason) => {
                *why.entry((reason, row.ours.word(), theirs(row.theirs))).or_default() += 1
            }
        }
    }
    for ((reason, ours, theirs), n) in why {
        out.push_str(&format!("| {n} | {ours} | {theirs} | {reason} |\n"));
    }
    out.push_str(
        "\n## All\n\n| change | place | rules | the diff | the tool | |\n|---|---|---|---|---|---|\n",
    );
    for r in rows {
        let verdict = match &r.verdict {
            Verdict::Agree => "agree".to_owned(),
            Verdict::Reason(_) => "differ".to_owned(),
            Verdict::Wrong(why) => format!("**{why}**"),
        };
        let lints = if r.lints.is_empty() { String::new() } else { format!(": {}", r.lints.join(", ")) };
        let codes: Vec<&str> = r.rules.iter().copied().collect();
        out.push_str(&format!(
            "| {} | {} | {} | {} | {}{lints} | {verdict} |\n",
            r.name,
            r.place,
            codes.join(", "),
            r.ours.word(),
            theirs(r.theirs)
        ));
    }
    out
}
