//! `docs trial`: a fresh import of a whole crawl, measured against what is known of it.

mod fields;
mod payloads;
mod special;
mod unions;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use wecom_codegen::docs::extract;
use wecom_codegen::docs::merge::change::Imported;
use wecom_codegen::docs::merge::import::import;
use wecom_codegen::docs::merge::reviewed::Reviewed;
use wecom_codegen::docs::model::{Endpoint, Extracted};
use wecom_codegen::docs::rules::RULES;
use wecom_codegen::source::Severity;

use super::crawl;
use crate::{Outcome, bench, files};

#[derive(Args)]
pub struct Trial {
    /// Folder of the crawl
    #[arg(long, value_name = "DIR")]
    docs: PathBuf,
    /// Folder of the tables to compare with; `facts` of WECOM_MATERIAL when absent
    #[arg(long, value_name = "DIR")]
    facts: Option<PathBuf>,
    /// Folder of the samples to compare with; `samples` of WECOM_MATERIAL when absent
    #[arg(long, value_name = "DIR")]
    samples: Option<PathBuf>,
    /// Folder to write the imported spec into; its text is that of the pages, so keep it out of the repository
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// Skip figure 6: generating and compiling the client of the imported spec, in each form
    #[arg(long)]
    no_compile: bool,
    /// List every difference and every assumption
    #[arg(long)]
    list: bool,
}

pub(crate) fn run(args: &Trial) -> Result<Outcome, String> {
    let material = files::material(None);
    let facts = args.facts.clone().unwrap_or_else(|| material.join("facts"));
    let samples = args.samples.clone().unwrap_or_else(|| material.join("samples"));
    let facts = |name: &str| table(&facts, name);

    let start = Instant::now();
    let crawl = crawl::read(&args.docs)?;
    let pages = extract(&crawl.pages);
    let Extracted { endpoints, events, codes, .. } = &pages;
    let done = import(&[], &pages, &Reviewed::default());
    say!(
        "{} pages, {} unreadable; read and imported in {:.1} s",
        crawl.pages.len(),
        crawl.failed.len(),
        start.elapsed().as_secs_f32()
    );

    say!("\n1. endpoints");
    published(endpoints, &facts("endpoints.tsv")?, &facts("extras.tsv")?);
    say!("\n2. samples");
    fields::samples(endpoints, &samples.join("http"), args.list)?;
    say!("\n3. types, against an independent list");
    fields::types(endpoints, &facts("field-types.tsv")?, args.list);
    say!("\n4. special shapes");
    special::run(endpoints, &facts, args.list)?;
    special::events(events, &facts("events.tsv")?);
    payloads::run(events, &samples.join("events"), args.list)?;
    say!("error codes: {}", codes.list.len());
    say!("\n5. the imported spec");
    let sound = result(&done, args)?;
    let again = import(&done.files, &pages, &Reviewed::default());
    say!("a second import changes {} files", again.files.len());
    if sound && !args.no_compile {
        say!("\n6. the generated client");
        let spec = into(args).join("spec");
        bench::compile::report(&bench::compile::prepare(&spec, &bench::place(), bench::FORMS)?)?;
    }
    Ok(if sound && again.files.is_empty() { Outcome::Well } else { Outcome::Found })
}

/// Figure 1: what is published, by tree.
fn published(endpoints: &[Endpoint], rows: &[Vec<String>], extras: &[Vec<String>]) {
    let method = |post: bool| if post { "POST" } else { "GET" }.to_owned();
    let found: BTreeSet<(String, String)> =
        endpoints.iter().map(|e| (method(e.post), e.path.clone())).collect();
    let mut want: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for row in rows {
        let [verb, path, ..] = row.as_slice() else { continue };
        let trees = row.get(15).map_or("", String::as_str).split(',').map(str::to_owned).collect();
        want.insert((verb.clone(), path.clone()), trees);
    }
    // `POST /cgi-bin/webhook/send?key=`: further ones that are HTTP and on this host.
    for row in extras.iter().filter(|r| r.first().is_some_and(|k| k.starts_with("http ("))) {
        let Some((verb, path)) = row.get(1).and_then(|n| n.split_once(' ')) else { continue };
        let path = path.split('?').next().unwrap_or(path).to_owned();
        want.entry((verb.to_owned(), path)).or_insert_with(|| vec!["extra".into()]);
    }
    let mut trees: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (key, list) in &want {
        for tree in list {
            let count = trees.entry(tree).or_default();
            count.0 += usize::from(found.contains(key));
            count.1 += 1;
        }
    }
    let hit = want.keys().filter(|k| found.contains(*k)).count();
    say!("{hit} of {} published", want.len());
    for (tree, (got, all)) in trees {
        say!("    tree {tree}: {got} of {all}");
    }
    for (verb, path) in want.keys().filter(|k| !found.contains(*k)) {
        say!("    missing {verb} {path}");
    }
    let invented: Vec<_> = found.iter().filter(|f| !want.contains_key(*f)).collect();
    say!("    {} invented", invented.len());
    for (verb, path) in invented {
        say!("    invented {verb} {path}");
    }
}

/// Figure 5: lint of the result, and what was assumed. Whether generation could go on.
fn result(done: &Imported, args: &Trial) -> Result<bool, String> {
    let into = into(args).join("spec");
    match &args.into {
        None => clear(&into)?,
        Some(_) => refuse_others(&into, done)?,
    }
    for file in &done.files {
        files::write(&into.join(&file.path), &file.text)?;
    }
    let start = Instant::now();
    let loaded = wecom_codegen::load(done.files.clone());
    say!(
        "{} files in {}, read and linted in {:.1} s: {} endpoints, {} types, {} error codes",
        done.files.len(),
        into.display(),
        start.elapsed().as_secs_f32(),
        loaded.api.endpoints().count(),
        loaded.api.types.len(),
        loaded.api.errors.len()
    );
    let mut rules: BTreeMap<(bool, &str), Vec<String>> = BTreeMap::new();
    for d in &loaded.diagnostics {
        let file = loaded.spec.files.get(d.pos.file as usize).map_or("", |f| f.path.as_str());
        let place = format!("{file}:{}:{} {}", d.pos.line, d.pos.col, d.message);
        rules.entry((d.severity != Severity::Error, d.rule)).or_default().push(place);
    }
    for ((warning, rule), places) in &rules {
        say!("    {} {rule}: {}", if *warning { "warning" } else { "error" }, places.len());
        let shown = if args.list || !*warning { places.len() } else { 0 };
        places.iter().take(shown).for_each(|p| say!("        {p}"));
    }
    assumed(done, args.list);
    for (what, why) in &done.failed {
        say!("failed {what}: {why}");
    }
    Ok(loaded.is_sound() && done.failed.is_empty())
}

/// What was assumed by each rule, how often and on how many pages; rules that no page meets.
fn assumed(done: &Imported, list: bool) {
    let mut met: BTreeMap<&str, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for (path, file, a) in &done.notes {
        let (count, pages) = met.entry(a.rule.code).or_default();
        *count += 1;
        pages.insert(file);
        if list {
            say!("    assumed {path}: {} ({file}:{}, {})", a.what, a.line, a.rule.code);
        }
    }
    say!("assumptions, by rule:");
    for rule in RULES {
        if let Some((count, pages)) = met.get(rule.code) {
            say!("    {count:5} on {:4} pages  {}", pages.len(), rule.code);
        }
    }
    for rule in RULES.iter().filter(|r| !met.contains_key(r.code)) {
        say!("    no page for the rule {}: {}", rule.code, rule.title);
    }
}

/// Files of an earlier trial would be compiled with those of this one.
fn clear(dir: &Path) -> Result<(), String> {
    match std::fs::remove_dir_all(dir) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("cannot clear {}: {e}; name another folder with --into", dir.display()))
        }
        _ => Ok(()),
    }
}

/// A folder that somebody named may hold what is theirs: it is left alone, and said.
fn refuse_others(dir: &Path, done: &Imported) -> Result<(), String> {
    let there = files::spec_files_so_far(dir)?;
    match there.iter().find(|old| done.files.iter().all(|new| new.path != old.path)) {
        Some(old) => Err(format!(
            "{} is of another spec, and would be compiled with this one; remove it, or name an empty folder with --into",
            dir.join(&old.path).display()
        )),
        None => Ok(()),
    }
}

/// Where the imported spec goes.
fn into(args: &Trial) -> PathBuf {
    args.into.clone().unwrap_or_else(|| std::env::temp_dir().join("wecom-trial"))
}

fn table(dir: &Path, name: &str) -> Result<Vec<Vec<String>>, String> {
    let path = dir.join(name);
    let text = std::fs::read_to_string(&path)
        .map_err(|e| format!("cannot read {}: {e}; name the folder with --facts", path.display()))?;
    Ok(text.lines().skip(1).map(|l| l.split('\t').map(str::to_owned).collect()).collect())
}
