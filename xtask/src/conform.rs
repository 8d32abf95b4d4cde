//! `conform`: sample bodies against the spec.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};
use wecom_codegen::check::{Checker, Kind, Side, Verdict};
use wecom_codegen::ir;

use crate::{Outcome, files};

#[derive(Args)]
pub(crate) struct Conform {
    /// The samples: DIR/<path with . for />/{request,response}*.json
    dir: PathBuf,
    /// Only paths that begin so
    #[arg(long, value_name = "PREFIX")]
    path: Option<String>,
    /// The spec folder
    #[arg(long, value_name = "DIR")]
    spec: Option<PathBuf>,
    /// List what is explained in the spec's `departures`, too
    #[arg(long)]
    all: bool,
    /// text or json
    #[arg(long, value_parser = ["text", "json"], default_value = "text")]
    format: String,
}

#[derive(Default)]
struct Tally {
    samples: usize,
    other: usize,
    unreadable: Vec<String>,
    fields: usize,
    known: usize,
    agree: usize,
    coerced: usize,
    /// endpoint, file → findings
    findings: BTreeMap<(String, String), Vec<String>>,
    explained: usize,
    covered: std::collections::BTreeSet<String>,
}

/// `conform DIR` as a step of `ci`.
pub(crate) fn run(dir: &Path) -> Result<Outcome, String> {
    conform(&Conform { dir: dir.to_owned(), path: None, spec: None, all: false, format: "text".into() })
}

pub(crate) fn conform(args: &Conform) -> Result<Outcome, String> {
    let spec = args.spec.clone().unwrap_or_else(|| files::root().join("spec"));
    let loaded = wecom_codegen::load(files::spec_files(&spec)?);
    if !loaded.is_sound() {
        return Err("the spec has errors: run cargo xtask lint".into());
    }
    let mut folders: Vec<PathBuf> = fs::read_dir(&args.dir)
        .map_err(|e| format!("cannot read the samples in {}: {e}", args.dir.display()))?
        .filter_map(|e| Some(e.ok()?.path()).filter(|p| p.is_dir()))
        .collect();
    folders.sort();
    let mut tally = Tally::default();
    for folder in folders {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().to_string();
        // Folder names have `.` for `/`: compare in that form, as path segments may hold dots.
        let found: Vec<&ir::Endpoint> = loaded
            .api
            .endpoints()
            .map(|(_, e)| e)
            .filter(|e| e.path.trim_start_matches('/').replace('/', ".") == name)
            .collect();
        let Some(endpoint) = found.first() else {
            tally.other += 1;
            continue;
        };
        if args.path.as_ref().is_some_and(|p| !endpoint.path.starts_with(p.as_str())) {
            continue;
        }
        let departures: Vec<String> = loaded
            .spec
            .parts
            .iter()
            .flat_map(|p| &p.endpoints)
            .filter(|e| e.path.value == endpoint.path)
            .flat_map(|e| e.departures.iter().map(|d| d.at.value.clone()))
            .collect();
        tally.covered.insert(endpoint.path.clone());
        samples(&loaded.api, endpoint, &folder, &departures, args.all, &mut tally)?;
    }
    print(&tally, args)
}

fn samples(
    api: &ir::Api,
    endpoint: &ir::Endpoint,
    folder: &Path,
    departures: &[String],
    all: bool,
    tally: &mut Tally,
) -> Result<(), String> {
    let mut list: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(|e| format!("cannot read {}: {e}", folder.display()))?
        .filter_map(|e| Some(e.ok()?.path()).filter(|p| p.extension().is_some_and(|x| x == "json")))
        .collect();
    list.sort();
    for path in list {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_string();
        let (side, ty, word) = match name.starts_with("request") {
            true => (Side::Sent, Some(endpoint.request), "request"),
            false => (Side::Received, endpoint.response, "response"),
        };
        let Some(ty) = ty else { continue };
        tally.samples += 1;
        let text = fs::read_to_string(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        let value: Value = match serde_json::from_str(&text) {
            Ok(value) => value,
            Err(e) => {
                tally.unreadable.push(format!("{} {name}: {e}", endpoint.path));
                continue;
            }
        };
        let checker = Checker::new(api, side).merged();
        let report = match (word, endpoint.post) {
            // Samples of a GET show the parameters of its URL.
            ("request", false) => checker.query(ty, &value),
            _ => checker.report(ty, &value),
        };
        for field in &report.fields {
            tally.fields += 1;
            tally.known += usize::from(field.verdict != Verdict::Unknown);
            // A length beyond the limit is no disagreement about the type.
            let mistyped = report
                .findings
                .iter()
                .any(|f| f.path == field.path && matches!(f.kind, Kind::WrongType { .. }));
            tally.agree += usize::from(field.verdict != Verdict::Unknown && !mistyped);
            tally.coerced += usize::from(field.verdict == Verdict::Coerced);
        }
        for finding in report.findings {
            // Samples are placeholders: what they lack or how long they are says nothing about the spec.
            let shape = matches!(finding.kind, Kind::UnknownField | Kind::WrongType { .. });
            if !shape {
                continue;
            }
            let at = format!("{word}.{}", finding.plain);
            if departures.iter().any(|d| explains(d, &at)) {
                tally.explained += 1;
                if !all {
                    continue;
                }
            }
            tally.findings.entry((endpoint.path.clone(), name.clone())).or_default().push(finding.text);
        }
    }
    Ok(())
}

/// An entry explains what stands at its own path, elements included, and nothing below; `a.*` what stands in `a`.
fn explains(departure: &str, at: &str) -> bool {
    match departure.strip_suffix(".*") {
        Some(parent) => at
            .rsplit_once('.')
            .is_some_and(|(p, _)| p.trim_end_matches("[]") == parent.trim_end_matches("[]")),
        None => departure == at || at.strip_suffix("[]") == Some(departure),
    }
}

fn print(tally: &Tally, args: &Conform) -> Result<Outcome, String> {
    let found: usize = tally.findings.values().map(Vec::len).sum();
    if args.format == "json" {
        let findings: Vec<Value> = tally
            .findings
            .iter()
            .flat_map(|((path, file), list)| {
                list.iter().map(move |text| json!({"path": path, "file": file, "text": text}))
            })
            .collect();
        let out = json!({
            "endpoints": tally.covered.len(), "samples": tally.samples, "unreadable": tally.unreadable, "fields": tally.fields,
            "known": tally.known, "agree": tally.agree, "coerced": tally.coerced, "explained": tally.explained,
            "findings": findings,
        });
        println!("{}", serde_json::to_string_pretty(&out).map_err(|e| e.to_string())?);
    } else {
        for ((path, file), list) in &tally.findings {
            println!("{path} {file}");
            list.iter().for_each(|text| println!("  {text}"));
        }
        tally.unreadable.iter().for_each(|t| println!("not JSON: {t}"));
        let share = |n: usize| if tally.fields == 0 { 100.0 } else { 100.0 * n as f64 / tally.fields as f64 };
        println!(
            "{} endpoints, {} samples ({} of endpoints not in the spec): {} fields, {} known ({:.1} %), {} agree in type ({:.1} %, {} of them as another scalar)",
            tally.covered.len(),
            tally.samples,
            tally.other,
            tally.fields,
            tally.known,
            share(tally.known),
            tally.agree,
            share(tally.agree),
            tally.coerced,
        );
        println!("{found} findings, {} explained by departures", tally.explained);
    }
    Ok(if found + tally.unreadable.len() > 0 { Outcome::Found } else { Outcome::Well })
}
