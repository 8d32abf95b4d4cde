//! `docs trial`: a fresh import of a whole crawl, measured.

use std::path::{Path, PathBuf};

use clap::Args;

use super::crawl;
use crate::{Outcome, files};

mod fields;
mod special;

#[derive(Args)]
pub(crate) struct Trial {
    /// Folder of the crawl
    #[arg(long, value_name = "DIR")]
    docs: PathBuf,
    /// Folder of the tables to compare with
    #[arg(long, value_name = "DIR")]
    facts: Option<PathBuf>,
    /// Folder of the samples to compare with
    #[arg(long, value_name = "DIR")]
    samples: Option<PathBuf>,
    /// Folder to write the imported spec into
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// List every difference
    #[arg(long)]
    list: bool,
}

pub(crate) fn run(args: &Trial) -> Result<Outcome, String> {
    let shared = files::root().join("../shared");
    let facts = args.facts.clone().unwrap_or_else(|| shared.join("facts"));
    let samples = args.samples.clone().unwrap_or_else(|| shared.join("samples"));
    let start = std::time::Instant::now();
    let crawl = crawl::read(&args.docs)?;
    println!("{} pages, {} unreadable", crawl.pages.len(), crawl.failed.len());
    let endpoints = wecom_codegen::docs::extract::endpoints(&crawl.pages);
    println!("extracted in {:.1} s", start.elapsed().as_secs_f32());
    let rows = table(&facts, "endpoints.tsv")?;
    let want: std::collections::BTreeSet<(String, String)> =
        rows.iter().map(|r| (r[0].clone(), r[1].clone())).collect();
    let found: std::collections::BTreeSet<(String, String)> =
        endpoints.iter().map(|e| (if e.post { "POST" } else { "GET" }.to_owned(), e.path.clone())).collect();
    for w in &want {
        if !found.contains(w) {
            println!("missing {w:?}");
        }
    }
    for f in &found {
        if !want.contains(f) {
            println!("invented {f:?}");
        }
    }
    println!("{} of {}", found.len(), want.len());
    fields::samples(&endpoints, &samples.join("http"), args.list)?;
    fields::types(&endpoints, &table(&facts, "field-types.tsv")?, args.list);
    special::run(&endpoints, &|name| table(&facts, name))?;
    let events = wecom_codegen::docs::events::events(&crawl.pages);
    let codes = wecom_codegen::docs::errors::codes(&crawl.pages, &endpoints);
    special::events(&events, &table(&facts, "events.tsv")?);
    println!("{} error codes", codes.len());
    let start = std::time::Instant::now();
    let imported = wecom_codegen::docs::import::import(&[], &endpoints, &events, &codes);
    println!("imported in {:.1} s: {} files, {} endpoints", start.elapsed().as_secs_f32(), imported.files.len(), imported.added.len());
    let into = args.into.clone().unwrap_or_else(|| std::env::temp_dir().join("wecom-trial"));
    for file in &imported.files {
        files::write(&into.join("spec").join(&file.path), &file.text)?;
    }
    let again = wecom_codegen::docs::import::import(&imported.files, &endpoints, &events, &codes);
    println!("second run: {} files, {} open", again.files.len(), again.open.len());
    for f in again.files.iter().take(3) { println!("{}", f.path); }
    let start = std::time::Instant::now();
    let loaded = wecom_codegen::load(imported.files.clone());
    println!("loaded in {:.1} s", start.elapsed().as_secs_f32());
    let mut rules = std::collections::BTreeMap::new();
    for d in &loaded.diagnostics {
        let e: &mut Vec<String> = rules.entry((format!("{:?}", d.severity), d.rule)).or_default();
        let f = loaded.spec.files.get(d.pos.file as usize).map_or("", |f| f.path.as_str());
        e.push(format!("{f}:{}:{} {}", d.pos.line, d.pos.col, d.message));
    }
    for ((s, r), l) in &rules {
        println!("{s} {r} {}", l.len());
        for x in l.iter().take(5) { println!("    {x}"); }
    }
    let mut kinds = std::collections::BTreeMap::new();
    for (_, _, a) in &imported.notes {
        *kinds.entry(a.kind).or_insert(0) += 1;
    }
    println!("{kinds:?} failed {:?}", imported.failed);
    Ok(Outcome::Well)
}

fn table(dir: &Path, name: &str) -> Result<Vec<Vec<String>>, String> {
    let path = dir.join(name);
    let text = std::fs::read_to_string(&path)
        .map_err(|e| format!("cannot read {}: {e}; name the folder with --facts", path.display()))?;
    Ok(text.lines().skip(1).map(|l| l.split('\t').map(str::to_owned).collect()).collect())
}
