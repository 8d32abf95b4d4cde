//! `docs import`: merges pages into the spec.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use wecom_codegen::docs::merge::change::Imported;
use wecom_codegen::docs::merge::compare;
use wecom_codegen::docs::merge::import::import;
use wecom_codegen::docs::model::{Codes, Endpoint, Event, Source};
use wecom_codegen::docs::{error_codes, extract};

use super::{crawl, reviewed};
use crate::{Outcome, files};

/// More assumptions than this are counted by kind only.
const MOST_NOTES: usize = 200;

#[derive(Args)]
pub struct Import {
    /// Folder of the pages, as `docs pull` writes it
    #[arg(long, value_name = "DIR")]
    docs: PathBuf,
    /// Only the endpoints of this page: its number in the URL, or its doc_id
    #[arg(long, value_name = "ID")]
    page: Vec<i64>,
    /// Only this endpoint, event or `errors.yaml`, as `docs status` names it
    #[arg(long, value_name = "PATH")]
    path: Vec<String>,
    /// The spec folder to merge into
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// List every assumption, however many there are, also about fields that were there before
    #[arg(long)]
    notes: bool,
}

pub(crate) fn run(args: &Import) -> Result<Outcome, String> {
    let dir = args.into.clone().unwrap_or_else(|| files::root().join("spec"));
    let crawl = crawl::read(&args.docs)?;
    for (file, why) in &crawl.failed {
        println!("not readable: {file}: {why}");
    }
    let mut pages = extract(&crawl.pages);
    let whole = args.path.is_empty();
    let named = |key: &str| whole || args.path.iter().any(|p| p == key);
    let picked =
        |p: &Source| args.page.is_empty() || args.page.contains(&p.page) || args.page.contains(&p.doc_id);
    // `event contact.change_contact.create_user` of a file is `change_contact.create_user` of its pages.
    let event = |e: &Event| {
        let key = e.key();
        whole
            || args.path.iter().filter_map(|p| p.strip_prefix("event ")).any(|p| {
                let p = p.strip_suffix(" (InfoType)").unwrap_or(p);
                p == key || p.split_once('.').is_some_and(|(_, rest)| rest == key)
            })
    };
    pages.events.retain(|e| event(e) && e.pages.iter().any(picked));
    // A key of the spec may say more than the path: `/cgi-bin/ticket/get?type=wx_card`.
    let path = |e: &Endpoint| whole || args.path.iter().any(|p| p.split('?').next() == Some(&e.path));
    pages.endpoints.retain(|e| path(e) && e.pages.iter().any(picked));
    if !named(compare::CODES) {
        pages.codes = Codes::default();
    } else if !args.page.is_empty() {
        let mut own = crawl.pages;
        own.retain(|p| args.page.contains(&p.category_id) || args.page.contains(&p.doc_id));
        pages.codes = error_codes::codes(&own, &pages.endpoints);
    }
    if pages.endpoints.is_empty() && pages.events.is_empty() && pages.codes.list.is_empty() {
        return Err("no page describes such an endpoint, event or error code; `cargo xtask docs status` lists what the pages have".into());
    }
    let existing = if dir.is_dir() { files::spec_files(&dir).unwrap_or_default() } else { vec![] };
    let done = import(&existing, &pages, &reviewed::read(&dir)?);
    // All or nothing a file: each is written beside and renamed.
    for file in &done.files {
        files::write(&dir.join(&file.path), &file.text)?;
    }
    told(&done);
    for (path, c) in &done.open {
        println!("decide  {path}: {}", super::sentence(c));
    }
    // Of an entry that was there, only what was assumed about what it got is news.
    let got = |path: &String, what: &str| {
        let mut fields = done.done.iter().filter(|(p, _)| p == path).map(|(_, c)| c.at.rsplit('.').next());
        fields.any(|name| name.is_some_and(|n| what.contains(&format!("`{}`", n.trim_end_matches("[]")))))
    };
    let touched: Vec<_> = done
        .notes
        .iter()
        .filter(|(p, _, a)| {
            done.added.contains(p) || done.merged.contains(p) && (args.notes || got(p, &a.what))
        })
        .collect();
    if args.notes || touched.len() <= MOST_NOTES {
        for (path, file, a) in &touched {
            println!("assumed {path}: {} ({file}:{}, {})", a.what, a.line, a.rule.code);
        }
    } else {
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        touched.iter().for_each(|(_, _, a)| *kinds.entry(a.rule.code).or_default() += 1);
        for (kind, count) in kinds {
            println!("assumed {count:6} × {kind}");
        }
        println!("`--notes` lists each with file and line, `cargo xtask docs rules` says what they mean");
    }
    for (what, why) in &done.failed {
        println!("failed  {what}: {why}");
    }
    println!(
        "{} entries added, {} merged, {} to decide, {} files written",
        done.added.len(),
        done.merged.len(),
        done.open.len(),
        done.files.len()
    );
    if !done.added.is_empty() || !done.merged.is_empty() {
        println!("next: restate what `cargo xtask lint` lists as draft");
    }
    if !done.merged.is_empty() || !done.open.is_empty() {
        println!(
            "then: read the pages of what was there before, as sentences may have changed too, and say so with `cargo xtask docs accept`"
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
        println!("{file}");
        for path in paths {
            let word = if done.added.iter().any(|a| a == path) { "added" } else { "merged" };
            println!("  {word:<7} {path}");
            for (_, change) in done.done.iter().filter(|(p, _)| p == path) {
                println!("          {}", super::sentence(change));
            }
        }
    }
}
