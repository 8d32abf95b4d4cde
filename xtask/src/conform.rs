//! `conform`: sample bodies against the spec.

mod check;

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::{Outcome, files};
use check::{Sample, check};

/// Samples of our own, in the repository.
const OWN: &str = "spec/samples";

#[derive(Args)]
pub struct Conform {
    /// The samples: DIR/<path with . for />/{request,response}*.json; those of the repository when absent
    dir: Option<PathBuf>,
    /// Only paths with this beginning
    #[arg(long, value_name = "PREFIX")]
    path: Option<String>,
    /// The spec folder
    #[arg(long, value_name = "DIR")]
    spec: Option<PathBuf>,
    /// Also list what the spec's `departures` explain, and departures about samples that no sample shows: if the page no longer has what they
    /// describe, remove them
    #[arg(long)]
    all: bool,
    /// text or json
    #[arg(long, value_parser = ["text", "json"], default_value = "text")]
    format: String,
}

/// `conform DIR` as a step of `ci`; the repository's own samples without `dir`.
pub(crate) fn run(dir: Option<&Path>) -> Result<Outcome, String> {
    let dir = dir.map(Path::to_owned);
    conform(&Conform { dir, path: None, spec: None, all: false, format: "text".into() })
}

pub fn conform(args: &Conform) -> Result<Outcome, String> {
    let root = files::root();
    let spec = args.spec.clone().unwrap_or_else(|| root.join("spec"));
    let dir = args.dir.clone().unwrap_or_else(|| root.join(OWN));
    let loaded = wecom_codegen::load(files::spec_files(&spec)?);
    if !loaded.is_sound() {
        return Err("the spec has errors: `cargo xtask lint` lists them".into());
    }
    let mut tally = check(&loaded, &samples(&dir)?, args.path.as_deref(), args.all);
    if args.path.is_none() && is_same(&dir, &root.join(OWN)) {
        tally.refuse_others();
    }
    if tally.is_empty() && tally.found() == 0 {
        let of = args.path.as_ref().map_or(String::new(), |path| format!(" that begins with `{path}`"));
        return Err(format!(
            "nothing was checked: no sample in {} is of a path of the spec{of}; folders are called like paths, with `.` for `/`",
            dir.display()
        ));
    }
    match args.format.as_str() {
        "json" => {
            say!("{}", serde_json::to_string_pretty(&tally.json()).map_err(|e| e.to_string())?);
        }
        _ => say!("{}", tally.text(args.all)),
    }
    Ok(if tally.found() + tally.unreadable.len() > 0 { Outcome::Found } else { Outcome::Well })
}

fn is_same(a: &Path, b: &Path) -> bool {
    fs::canonicalize(a).is_ok_and(|a| fs::canonicalize(b).is_ok_and(|b| a == b))
}

/// The samples of a folder, by name.
fn samples(dir: &Path) -> Result<Vec<Sample>, String> {
    let list = |dir: &Path| -> Result<Vec<PathBuf>, String> {
        let entries =
            fs::read_dir(dir).map_err(|e| format!("cannot read the samples in {}: {e}", dir.display()))?;
        let mut list: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
        list.sort();
        Ok(list)
    };
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut out = Vec::new();
    for folder in list(dir)?.into_iter().filter(|p| p.is_dir()) {
        let is_json = |path: &PathBuf| path.extension().is_some_and(|e| e == "json");
        let mut files = Vec::new();
        for path in list(&folder)?.into_iter().filter(is_json) {
            let text =
                fs::read_to_string(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
            files.push((name(&path), text));
        }
        out.push(Sample { folder: name(&folder), files });
    }
    Ok(out)
}
