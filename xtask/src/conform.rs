//! `conform`: sample bodies against the spec.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};
use wecom_codegen::check::{Checker, Finding, Kind, Side, Verdict};
use wecom_codegen::model::Departure;
use wecom_codegen::{departure, ir};

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
    /// List, too, what is explained in the spec's `departures`, and those about samples that none of these shows: where the page lost what they
    /// speak of, they can go
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
    /// Departures about samples that none of these shows: where in the spec, what they say
    unseen: Vec<(String, String)>,
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
        let mut departures: Vec<Explaining<'_>> = loaded
            .spec
            .parts
            .iter()
            .flat_map(|p| &p.endpoints)
            .filter(|e| e.path.value == endpoint.path)
            .flat_map(|e| {
                e.departures.iter().map(|departure| Explaining { departure, seen: false, needed: false })
            })
            .collect();
        tally.covered.insert(endpoint.path.clone());
        samples(&loaded.api, endpoint, &folder, &mut departures, args.all, &mut tally)?;
        for d in departures.iter().filter(|d| d.seen && !d.needed) {
            let at = &d.departure.at;
            let file = loaded.spec.files.get(at.pos.file as usize).map_or("", |f| f.path.as_str());
            let place = format!("spec/{file}:{}:{}", at.pos.line, at.pos.col);
            let page = &d.departure.page.value;
            let text = format!("{}: no sample shows `{page}` at `{}`", endpoint.path, at.value);
            tally.unseen.push((place, text));
        }
    }
    print(&tally, args)
}

/// A departure, and whether the samples of its side show what it says.
struct Explaining<'s> {
    departure: &'s Departure,
    /// There is a sample of its side, and what it says can be seen in one.
    seen: bool,
    needed: bool,
}

impl Explaining<'_> {
    /// Looks at what was found in one sample.
    fn look(&mut self, side: &str, findings: &[Finding]) {
        let of_side = match side {
            "request" => ["request", "query"].iter().any(|w| self.departure.at.value.starts_with(w)),
            _ => self.departure.at.value.starts_with(side),
        };
        self.seen |= of_side && departure::shows_in_samples(self.departure);
        self.needed |= findings.iter().any(|f| departure::explains(self.departure, side, f));
    }
}

fn samples(
    api: &ir::Api,
    endpoint: &ir::Endpoint,
    folder: &Path,
    departures: &mut [Explaining<'_>],
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
        let checker = Checker::new(api, side).merged().patterns(matches);
        let report = match (word, endpoint.post) {
            // Samples of a GET show the parameters of its URL.
            ("request", false) => checker.query(ty, &value),
            _ => checker.report(ty, &value),
        };
        departures.iter_mut().for_each(|d| d.look(word, &report.findings));
        if side == Side::Received {
            // Groups and conditions bind who sends; a departure may still speak of them in an answer.
            let strict = Checker::new(api, Side::Sent).merged().patterns(matches).report(ty, &value);
            departures.iter_mut().for_each(|d| d.look(word, &strict.findings));
        }
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
            if departures.iter().any(|d| departure::explains(d.departure, word, &finding)) {
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

/// An expression that cannot be read refuses nothing; lint has said so.
fn matches(pattern: &str, text: &str) -> bool {
    regex_lite::Regex::new(pattern).map_or(true, |r| r.is_match(text))
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
            "unseen": tally.unseen.iter().map(|(place, text)| json!({"place": place, "text": text})).collect::<Vec<_>>(),
        });
        println!("{}", serde_json::to_string_pretty(&out).map_err(|e| e.to_string())?);
    } else {
        for ((path, file), list) in &tally.findings {
            println!("{path} {file}");
            list.iter().for_each(|text| println!("  {text}"));
        }
        if args.all {
            tally.unseen.iter().for_each(|(place, text)| println!("{place}: {text}"));
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
        println!(
            "{found} findings, {} explained by departures; {} departures speak of what no sample shows",
            tally.explained,
            tally.unseen.len()
        );
    }
    Ok(if found + tally.unreadable.len() > 0 { Outcome::Found } else { Outcome::Well })
}
