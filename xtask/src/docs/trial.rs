//! `docs trial`: a fresh import of a whole crawl, measured.

use std::path::{Path, PathBuf};

use clap::Args;

use super::crawl;
use crate::{Outcome, files};

mod fields;

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

pub(crate) fn trial(args: &Trial) -> Result<Outcome, String> {
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
    let mut kinds = std::collections::BTreeMap::new();
    for (_, a) in endpoints.iter().flat_map(|e| &e.notes) {
        *kinds.entry(a.kind).or_insert(0) += 1;
    }
    println!("{kinds:?}");
    if args.list {
        for e in &endpoints {
            for (file, a) in &e.notes {
                println!("note {} {} {file}:{} {}", a.kind, e.path, a.line, a.what);
            }
        }
    }
    Ok(Outcome::Well)
}

fn table(dir: &Path, name: &str) -> Result<Vec<Vec<String>>, String> {
    let path = dir.join(name);
    let text = std::fs::read_to_string(&path)
        .map_err(|e| format!("cannot read {}: {e}; name the folder with --facts", path.display()))?;
    Ok(text.lines().skip(1).map(|l| l.split('\t').map(str::to_owned).collect()).collect())
}
