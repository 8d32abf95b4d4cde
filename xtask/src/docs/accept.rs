//! `docs accept`: records that a person has compared entries with their pages; remaining differences are accepted.

use std::path::PathBuf;

use clap::Args;
use wecom_codegen::docs::extract;
use wecom_codegen::docs::merge::accept::accept;
use wecom_codegen::docs::merge::pick::Pick;
use wecom_codegen::docs::merge::reviewed::Why;
use wecom_codegen::docs::merge::tell;

use super::{crawl, reviewed};
use crate::{Outcome, files};

#[derive(Args)]
pub struct Accept {
    /// Folder of the pages, as `docs pull` writes it
    #[arg(long, value_name = "DIR")]
    docs: PathBuf,
    /// The spec folder
    #[arg(long, value_name = "DIR")]
    spec: Option<PathBuf>,
    /// Only what this page describes: its number in the URL, or its doc_id
    #[arg(long, value_name = "ID")]
    page: Vec<i64>,
    /// Only this entry, by the name that `docs status` prints; if it is new or gone, the spec is meant to differ from the pages in that
    #[arg(long, value_name = "PATH")]
    path: Vec<String>,
    /// All entries except drafts
    #[arg(long, conflicts_with_all = ["page", "path"])]
    all: bool,
    /// Reason for the differences that have none yet: reader (the tool reads the page differently from a person), finer (the spec says the same more
    /// precisely), elsewhere (another page says so), sample (only a sample shows it), page (the page is wrong, and a departure says how), kept (no
    /// longer on the page, but callers still meet it)
    #[arg(long, value_name = "WORD", value_parser = ["reader", "finer", "elsewhere", "sample", "page", "kept"])]
    why: Option<String>,
    /// Write nothing: list the differences that would be accepted, with their reasons
    #[arg(long)]
    list: bool,
}

pub(crate) fn run(args: &Accept) -> Result<Outcome, String> {
    if !args.all && args.page.is_empty() && args.path.is_empty() {
        return Err("name what was compared with its pages: --path, --page, or --all".into());
    }
    let dir = args.spec.clone().unwrap_or_else(|| files::root().join("spec"));
    let crawl = crawl::read(&args.docs)?;
    let pages = extract(&crawl.pages);
    let before = reviewed::read(&dir)?;
    let existing = files::spec_files(&dir)?;
    let pick = Pick { pages: args.page.clone(), entries: args.path.clone() };
    let names = pick.names(&pages);
    let picked = |key: &str| args.all || names(key);
    let named = |key: &str| args.path.iter().any(|p| p == key);
    let done = accept(&existing, &pages, &before, &picked, &named, args.why.as_deref().and_then(Why::of));
    if !done.failed.is_empty() {
        let lines: Vec<String> = done.failed.iter().map(|(f, why)| format!("{f}: {why}")).collect();
        return Err(format!("nothing was written:\n{}", lines.join("\n")));
    }
    // Drafts are listed, and skipped.
    let drafts: Vec<String> = done
        .drafts
        .iter()
        .map(|d| format!("draft   {} ({}): {}", d.subject, d.file, d.places.join(", ")))
        .collect();
    if args.list {
        for (subject, change, why) in &done.stand {
            let why = why.map_or("no reason yet", Why::word);
            say!("accept  {subject}: {} ({why})", tell::sentence(change));
        }
        drafts.iter().for_each(|d| say!("{d}"));
        say!(
            "{} entries and {} differences would be accepted, {} of these without a reason; {} drafts would be skipped; nothing was written",
            done.entries.len(),
            done.stand.len(),
            done.stand.iter().filter(|s| s.2.is_none()).count(),
            drafts.len()
        );
        return Ok(Outcome::Well);
    }
    if !done.unexplained.is_empty() {
        return Err(format!(
            "nothing was written: these differences have no reason yet; give one with --why WORD, if they differ in reason then one --path at a time:\n{}",
            done.unexplained.join("\n")
        ));
    }
    if done.entries.is_empty() && !drafts.is_empty() {
        return Err(format!(
            "nothing was accepted: these drafts still have the page's text; restate it in your own words and remove `draft`:\n{}",
            drafts.join("\n")
        ));
    }
    if done.entries.is_empty() {
        return Err("no entry matches, apart from drafts; `cargo xtask docs status` lists the names; entries that are new or gone are accepted by --path only".into());
    }
    for file in &done.files {
        files::write(&dir.join(&file.path), &file.text)?;
    }
    if done.reviewed != before {
        files::write(&dir.join(wecom_codegen::docs::merge::reviewed::FILE), &done.reviewed.text())?;
    }
    drafts.iter().for_each(|d| say!("{d}"));
    let stand: usize = done.entries.iter().map(|e| e.1).sum();
    say!(
        "{} entries accepted, with {stand} differences{}, {} files written",
        done.entries.len(),
        if drafts.is_empty() { String::new() } else { format!(", {} drafts skipped", drafts.len()) },
        done.files.len() + usize::from(done.reviewed != before)
    );
    Ok(Outcome::Well)
}
