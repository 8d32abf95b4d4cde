//! `docs import`: merges pages into the spec.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use wecom_codegen::docs::extract;
use wecom_codegen::docs::merge::change::Imported;
use wecom_codegen::docs::merge::import::import;
use wecom_codegen::docs::merge::pick::Pick;
use wecom_codegen::docs::merge::tell;

use super::{crawl, reviewed};
use crate::{Outcome, files};

/// More assumptions than this are only counted, by rule.
const MOST_NOTES: usize = 200;

#[derive(Args)]
pub struct Import {
    /// Folder of the pages, as `docs pull` writes it
    #[arg(long, value_name = "DIR")]
    docs: PathBuf,
    /// Only the endpoints of this page: its number in the URL, or its doc_id
    #[arg(long, value_name = "ID")]
    page: Vec<i64>,
    /// Only this endpoint, event or `errors.yaml`, by the name that `docs status` prints
    #[arg(long, value_name = "PATH")]
    path: Vec<String>,
    /// The spec folder to merge into
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// List every assumption, even if there are many, and those about fields that the spec already had
    #[arg(long)]
    notes: bool,
}

pub(crate) fn run(args: &Import) -> Result<Outcome, String> {
    let dir = args.into.clone().unwrap_or_else(|| files::root().join("spec"));
    let crawl = crawl::read(&args.docs)?;
    for (file, why) in &crawl.failed {
        say!("cannot be read: {file}: {why}");
    }
    let mut pages = extract(&crawl.pages);
    Pick { pages: args.page.clone(), entries: args.path.clone() }.keep(&crawl.pages, &mut pages);
    if pages.endpoints.is_empty() && pages.events.is_empty() && pages.codes.list.is_empty() {
        return Err("no page describes such an endpoint, event or error code; `cargo xtask docs status` lists what the pages describe".into());
    }
    let existing = files::spec_files_so_far(&dir)?;
    let done = import(&existing, &pages, &reviewed::read(&dir)?);
    // What such a file holds is unknown: its entries would count as new, and be written over it.
    if !done.unread.is_empty() {
        let lines: Vec<String> = done.unread.iter().map(|(f, why)| format!("{f}: {why}")).collect();
        return Err(format!(
            "nothing was written: the spec cannot be read (`cargo xtask lint` shows where):\n{}",
            lines.join("\n")
        ));
    }
    // Each file is written under another name first, then renamed: it is written whole or not at all.
    for file in &done.files {
        files::write(&dir.join(&file.path), &file.text)?;
    }
    told(&done);
    for (path, c) in &done.open {
        say!("decide  {path}: {}", tell::sentence(c));
    }
    let touched = done.news(args.notes);
    if args.notes || touched.len() <= MOST_NOTES {
        for (path, file, a) in &touched {
            say!("assumed {path}: {} ({file}:{}, {})", a.what, a.line, a.rule.code);
        }
    } else {
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        touched.iter().for_each(|(_, _, a)| *kinds.entry(a.rule.code).or_default() += 1);
        for (kind, count) in kinds {
            say!("assumed {count:6} × {kind}");
        }
        say!("`--notes` lists each with file and line; `cargo xtask docs rules` explains the rules");
    }
    for (what, why) in &done.failed {
        say!("failed  {what}: {why}");
    }
    say!(
        "{} entries added, {} merged, {} to decide, {} files written",
        done.added.len(),
        done.merged.len(),
        done.open.len(),
        done.files.len()
    );
    if !done.added.is_empty() || !done.merged.is_empty() {
        say!("next: restate the drafts that `cargo xtask lint` lists in your own words");
    }
    if !done.merged.is_empty() || !done.open.is_empty() {
        say!(
            "then: read the pages of the entries that existed before, as their sentences may have changed too, and record it with `cargo xtask docs accept`"
        );
    }
    Ok(if done.failed.is_empty() && crawl.failed.is_empty() { Outcome::Well } else { Outcome::Found })
}

/// What was added and merged, file by file.
fn told(done: &Imported) {
    let mut files: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for path in done.added.iter().chain(&done.merged) {
        let file = done.places.get(path).map_or("", String::as_str);
        files.entry(file).or_default().push(path);
    }
    for (file, paths) in files {
        say!("{file}{}", if done.new_files.contains(file) { " (new file)" } else { "" });
        for path in paths {
            let word = if done.added.iter().any(|a| a == path) { "added" } else { "merged" };
            say!("  {word:<7} {path}");
            for (_, change) in done.done.iter().filter(|(p, _)| p == path) {
                say!("          {}", tell::merged(change));
            }
        }
    }
}
