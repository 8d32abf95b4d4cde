//! `lint` and `fmt`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use wecom_codegen::docs::merge::reviewed;
use wecom_codegen::format::format;
use wecom_codegen::migrate::{migrate, version};
use wecom_codegen::schema;
use wecom_codegen::source::{Rendered, Severity, SourceFile};

use crate::{Outcome, files};

#[derive(Args)]
pub struct Lint {
    /// The spec folder
    #[arg(long, value_name = "DIR")]
    spec: Option<PathBuf>,
    /// text, or json: a list of {rule, severity, file, line, column, message, help}
    #[arg(long, value_parser = ["text", "json"], default_value = "text")]
    format: String,
    /// Fail on warnings, too
    #[arg(long)]
    strict: bool,
}

#[derive(Args)]
pub struct Fmt {
    /// The spec folder
    #[arg(long, value_name = "DIR")]
    spec: Option<PathBuf>,
    /// Write nothing; list the files that are not in canonical form
    #[arg(long)]
    check: bool,
    /// Convert a spec of an older format to the current one
    #[arg(long, conflicts_with = "check")]
    migrate: bool,
}

/// `lint --strict` as a step of `ci`.
pub(crate) fn run_lint(strict: bool) -> Result<Outcome, String> {
    lint(&Lint { spec: None, format: "text".into(), strict })
}

/// `fmt --check` as a step of `ci`.
pub(crate) fn run_fmt_check() -> Result<Outcome, String> {
    fmt(&Fmt { spec: None, check: true, migrate: false })
}

pub fn lint(args: &Lint) -> Result<Outcome, String> {
    let dir = args.spec.clone().unwrap_or_else(|| files::root().join("spec"));
    let list = files::spec_files(&dir)?;
    let mut loaded = wecom_codegen::load(list);
    // The list of accepted differences is no spec file, and is held against the spec all the same.
    let accepted = dir.join(reviewed::FILE);
    if accepted.exists() {
        let text = std::fs::read_to_string(&accepted)
            .map_err(|e| format!("cannot read {}: {e}", accepted.display()))?;
        loaded.diagnostics.extend(wecom_codegen::lint::reviewed(&loaded.spec, &text));
        loaded.spec.files.push(SourceFile { path: reviewed::FILE.into(), text });
    }
    let errors = loaded.diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let warnings = loaded.diagnostics.len() - errors;
    if args.format == "json" {
        let rows: Vec<_> = loaded
            .diagnostics
            .iter()
            .map(|d| {
                json!({
                    "rule": d.rule,
                    "severity": if d.severity == Severity::Error { "error" } else { "warning" },
                    "file": loaded.spec.files.get(d.pos.file as usize).map(|f| f.path.as_str()),
                    "line": d.pos.line,
                    "column": d.pos.col,
                    "message": d.message,
                    "help": d.help,
                })
            })
            .collect();
        say!("{}", serde_json::to_string_pretty(&rows).map_err(|e| e.to_string())?);
    } else {
        let prefix = format!("{}/", dir.strip_prefix(files::root()).unwrap_or(&dir).display());
        for diagnostic in &loaded.diagnostics {
            say!("{}", Rendered { diagnostic, files: &loaded.spec.files, prefix: &prefix });
        }
        let endpoints = loaded.api.endpoints().count();
        let events: usize = loaded.api.events.iter().map(|e| e.events.len()).sum();
        say!(
            "{} files, {endpoints} endpoints, {} types, {events} events, {} error codes: {errors} errors, {warnings} warnings",
            loaded.spec.files.len(),
            loaded.api.types.len(),
            loaded.api.errors.len(),
        );
        match wecom_codegen::lint::in_words(&loaded.spec) {
            0 => {}
            n => say!("{n} conditions are written in words (`required_words`), which no tool can check"),
        }
        match wecom_codegen::lint::departures_in_words(&loaded.spec) {
            0 => {}
            n => say!(
                "{n} departures are in words (`fact: words`): no tool can tell when they no longer apply"
            ),
        }
    }
    Ok(if errors > 0 || (args.strict && warnings > 0) { Outcome::Found } else { Outcome::Well })
}

/// Writes a spec of format 1 in this one. Which format it is of is written last: a run that is cut off can be repeated.
fn migrated(dir: &Path, list: Vec<SourceFile>) -> Result<Vec<SourceFile>, String> {
    let new = migrate(&list).map_err(|found| {
        let lines: Vec<String> = found
            .iter()
            .map(|diagnostic| Rendered { diagnostic, files: &list, prefix: "" }.to_string())
            .collect();
        format!("nothing was written, as facts would be lost:\n{}", lines.join("\n"))
    })?;
    let mut changed: Vec<&SourceFile> =
        list.iter().zip(&new).filter(|(old, new)| old != new).map(|(_, new)| new).collect();
    changed.sort_by_key(|f| f.path == schema::FORMAT_FILE);
    for file in changed {
        files::write(&dir.join(&file.path), &file.text)?;
        say!("migrated {}", file.path);
    }
    Ok(new)
}

pub fn fmt(args: &Fmt) -> Result<Outcome, String> {
    let dir = args.spec.clone().unwrap_or_else(|| files::root().join("spec"));
    let mut list = files::spec_files(&dir)?;
    let old = version(&list);
    if old.is_some_and(|v| v != schema::FORMAT) && !(args.migrate && old == Some(1)) {
        let help = if old == Some(1) {
            "`cargo xtask fmt --migrate` converts it"
        } else {
            "`cargo xtask lint` says what is wrong"
        };
        return Err(format!("the spec is not of format {}: {help}", schema::FORMAT));
    }
    if args.migrate && old == Some(1) {
        list = migrated(&dir, list)?;
    }
    let (mut changed, mut unreadable) = (Vec::new(), Vec::new());
    for file in &list {
        match format(file) {
            None => unreadable.push(&file.path),
            Some(text) if text != file.text => {
                if !args.check {
                    files::write(&dir.join(&file.path), &text)?;
                }
                changed.push(&file.path);
            }
            Some(_) => {}
        }
    }
    for path in &changed {
        say!("{} {path}", if args.check { "not canonical:" } else { "wrote" });
    }
    for path in &unreadable {
        say!("cannot be read: {path} (`cargo xtask lint` says why)");
    }
    say!("{} files, {} {}", list.len(), changed.len(), if args.check { "to write" } else { "written" });
    if args.check && !changed.is_empty() {
        say!("run `cargo xtask fmt` to fix it");
    }
    let found = !unreadable.is_empty() || (args.check && !changed.is_empty());
    Ok(if found { Outcome::Found } else { Outcome::Well })
}
