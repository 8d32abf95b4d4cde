//! `docs status`: the spec against the pages.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use wecom_codegen::docs::extract;
use wecom_codegen::docs::merge::compare::Change;
use wecom_codegen::docs::merge::sentences::{Changed, Sentence, changed};
use wecom_codegen::docs::merge::status::{Entry, State, status};
use wecom_codegen::docs::merge::tell;
use wecom_codegen::docs::model::Extracted;

use super::{crawl, reviewed};
use crate::{Outcome, files};

#[derive(Args)]
pub struct Status {
    /// Folder of the pages, as `docs pull` writes it
    #[arg(long, value_name = "DIR")]
    docs: PathBuf,
    /// Folder with an earlier state of the pages: shows which sentences of a changed page are new, gone or different
    #[arg(long, value_name = "DIR")]
    before: Option<PathBuf>,
    /// The spec folder
    #[arg(long, value_name = "DIR")]
    spec: Option<PathBuf>,
    /// text, or json: a list of {subject, state, key, title, pages, changes}, with --before `sentences` too
    #[arg(long, value_parser = ["text", "json"], default_value = "text")]
    format: String,
}

pub(crate) fn run(args: &Status) -> Result<Outcome, String> {
    let dir = args.spec.clone().unwrap_or_else(|| files::root().join("spec"));
    let crawl = crawl::read(&args.docs)?;
    let before = args.before.as_deref().map(crawl::read).transpose()?;
    let sentences = |numbers: &[i64]| -> Option<Vec<Changed>> {
        before.as_ref().map(|b| changed(&b.pages, &crawl.pages, numbers))
    };
    let pages = extract(&crawl.pages);
    let list = status(&files::spec_files(&dir)?, &pages, &reviewed::read(&dir)?).map_err(|failed| {
        let lines: Vec<String> = failed.iter().map(|(f, why)| format!("{f}: {why}")).collect();
        format!("the spec cannot be read (`cargo xtask lint` shows where):\n{}", lines.join("\n"))
    })?;
    if args.format == "json" {
        print_json(&list, &sentences)?;
    } else {
        for (file, why) in &crawl.failed {
            say!("cannot be read  {file}: {why}");
        }
        for (what, why) in &pages.stale {
            say!("{what}: {why}");
        }
        print_entries(&list, &sentences);
        print_rest(&list, &pages, crawl.pages.len());
    }
    let open = list.iter().any(|e| e.state != State::Elsewhere);
    Ok(if !open && crawl.failed.is_empty() && pages.stale.is_empty() {
        Outcome::Well
    } else {
        Outcome::Found
    })
}

/// The sentences of an entry's pages that changed; `None` without the earlier pages.
type Sentences<'a> = &'a dyn Fn(&[i64]) -> Option<Vec<Changed>>;

fn print_json(list: &[Entry], sentences: Sentences<'_>) -> Result<(), String> {
    let row = |e: &Entry| {
        let change = |c: &Change| json!({"kind": c.kind, "at": c.at, "page": c.page, "spec": c.here});
        let changes: Vec<_> = e.changes.iter().map(change).collect();
        let mut row = json!({"subject": e.subject.word(), "state": e.state.word(), "key": e.key, "title": e.title, "pages": e.pages, "changes": changes});
        if let Some(list) = sentences(&e.pages) {
            row["sentences"] = list.iter().flat_map(as_json).collect();
        }
        row
    };
    let rows: Vec<_> = list.iter().map(row).collect();
    say!("{}", serde_json::to_string_pretty(&rows).map_err(|e| e.to_string())?);
    Ok(())
}

/// Each entry that awaits review, with what differs.
fn print_entries(list: &[Entry], sentences: Sentences<'_>) {
    // One page may describe many entries: its sentences are printed once.
    let mut printed = BTreeMap::new();
    for e in list.iter().filter(|e| e.state != State::Elsewhere) {
        let page = e.pages.first().map_or(String::from("-"), i64::to_string);
        say!("{:<11} {:>7}  {}  {}", e.state.word(), page, e.key, e.title);
        for c in &e.changes {
            say!("{:21}{}", "", tell::sentence(c));
        }
        let found = sentences(&e.pages);
        for page in found.iter().flatten() {
            match printed.get(&page.page) {
                Some(key) => say!("{:21}sentences of page {}: see {key}", "", page.page),
                None => {
                    tell(page);
                    printed.insert(page.page, e.key.clone());
                }
            }
        }
        if matches!(e.state, State::Changed) {
            match (&found, e.changes.is_empty()) {
                (None, true) => {
                    say!(
                        "{:21}fields and values are unchanged: compare the sentences (--before shows them)",
                        ""
                    )
                }
                (None, false) => say!("{:21}sentences may have changed too (--before shows them)", ""),
                (Some(list), _) if list.is_empty() => say!(
                    "{:21}the folder of --before has the same sentences: the page changed earlier, or is new there",
                    ""
                ),
                _ => {}
            }
        }
    }
}

/// Pages from which nothing is imported, and the counts.
fn print_rest(list: &[Entry], pages: &Extracted, read: usize) {
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for page in &pages.uncovered {
        reasons.entry(page.reason).or_default().push(format!("{} {}", page.page, page.title));
    }
    for (reason, pages) in reasons {
        say!("not imported, {reason}: {}", pages.join(", "));
    }
    let count = |s: State| list.iter().filter(|e| e.state == s).count();
    say!(
        "{} endpoints, {} events, {} error codes on {read} pages: {} new, {} gone, {} changed, {} unreviewed",
        pages.endpoints.len(),
        pages.events.len(),
        pages.codes.list.len(),
        count(State::New),
        count(State::Gone),
        count(State::Changed),
        count(State::Unreviewed)
    );
    if count(State::Elsewhere) > 0 {
        say!(
            "{} entries of the spec are described on pages that are not in this folder",
            count(State::Elsewhere)
        );
    }
}

/// The sentences of a page, for people.
fn tell(page: &Changed) {
    say!("{:21}sentences of page {} ({}):", "", page.page, page.title);
    for sentence in &page.sentences {
        match sentence {
            Sentence::New(now) => say!("{:23}new        {now}", ""),
            Sentence::Gone(was) => say!("{:23}gone       {was}", ""),
            Sentence::Different { was, now } => {
                say!("{:23}different  {was}", "");
                say!("{:23}      now  {now}", "");
            }
        }
    }
}

fn as_json(page: &Changed) -> Vec<Value> {
    let number = page.page;
    let row = |s: &Sentence| match s {
        Sentence::New(now) => json!({"page": number, "state": "new", "now": now}),
        Sentence::Gone(was) => json!({"page": number, "state": "gone", "was": was}),
        Sentence::Different { was, now } => {
            json!({"page": number, "state": "different", "was": was, "now": now})
        }
    };
    page.sentences.iter().map(row).collect()
}
