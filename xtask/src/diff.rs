//! `diff` and `changelog`: what changed in the API between two states of the spec.

mod changelog;
mod source;

use std::collections::BTreeMap;
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use wecom_codegen::diff::{self, Class, render, rules};

use crate::{Outcome, files};

pub use changelog::{Changelog, changelog};

pub(crate) use changelog::run_check as run_changelog_check;
pub(crate) use source::version;

/// What stands below the options.
const HELP: &str = "\
Classes, one for callers of the Rust crate, one for callers of the HTTP API (the wire):
  major  code that compiled may not, a request that was accepted may be refused, an answer may be misread
  minor  nothing must be done, something new can be
  patch  nothing to do
  none   this side does not see the change

Exits 0, or 1 when --deny finds something, or 2 when a side cannot be read.

Examples:
  cargo xtask diff main                            the working tree against a branch
  cargo xtask diff v0.1.0 v0.2.0 --all             two releases, nothing folded
  cargo xtask diff v0.1.0 --format html --out report.html
  cargo xtask diff main --deny major --allow known-breaks.txt";

#[derive(Args)]
#[command(after_help = HELP)]
pub struct Diff {
    /// The older side: a revision, a tag, a folder, or `.` for the working tree
    #[arg(required_unless_present_any = ["explain", "schema"])]
    base: Option<String>,
    /// The newer side
    #[arg(default_value = ".")]
    head: String,
    /// text for a terminal, markdown for a pull request, json for programs, html for a browser
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write to a file rather than to the terminal
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Exit 1 when a change of this class or a higher one, for Rust or on the wire, is not on the allow-list
    #[arg(long, value_name = "CLASS", value_parser = ["patch", "minor", "major"])]
    deny: Option<String>,
    /// File of the changes that --deny accepts, one per line: the id of the change (`--format json` shows it) and the reason
    #[arg(long, value_name = "FILE")]
    allow: Option<PathBuf>,
    /// List changed texts, old and new
    #[arg(long)]
    docs: bool,
    /// List everything in the text format: all changes, and the fields of new endpoints and types
    #[arg(long)]
    all: bool,
    /// Colours of the text format; `auto`: on a terminal, unless NO_COLOR is set
    #[arg(long, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    color: Colour,
    /// Wrap the lines of the text format at this column [default: the terminal's width; no breaks into a file or a pipe]
    #[arg(long, value_name = "COLUMNS")]
    width: Option<usize>,
    /// Explain a code, with an example and what callers have to do; `all` for all codes
    #[arg(long, value_name = "CODE", exclusive = true)]
    explain: Option<String>,
    /// Print the JSON Schema of `--format json`
    #[arg(long, exclusive = true)]
    schema: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Markdown,
    Json,
    Html,
}

#[derive(Clone, Copy, ValueEnum)]
enum Colour {
    Auto,
    Always,
    Never,
}

impl Diff {
    /// How the text format is written.
    fn look(&self) -> render::Look {
        let terminal = self.out.is_none() && std::io::stdout().is_terminal();
        let colour = match self.color {
            Colour::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
            Colour::Always => true,
            Colour::Never => false,
        };
        let own = || terminal_size::terminal_size().filter(|_| terminal).map(|(w, _)| usize::from(w.0));
        render::Look { colour, all: self.all, width: self.width.or_else(own) }
    }
}

pub fn diff(args: &Diff) -> Result<Outcome, String> {
    if let Some(code) = &args.explain {
        return explain(code);
    }
    if args.schema {
        files::print(render::SCHEMA)?;
        return Ok(Outcome::Well);
    }
    let Some(base) = &args.base else {
        return Err("name the older state: a revision, a tag, a folder or `.` for the working tree".into());
    };
    let (old, new) = (source::read(base)?, source::read(&args.head)?);
    let found = diff::diff(&old.loaded.api, &new.loaded.api);
    let allowed = args.allow.as_deref().map_or(Ok(BTreeMap::new()), allow_list)?;
    let mut warnings: Vec<String> = old.warnings.iter().chain(&new.warnings).cloned().collect();
    let stale: Vec<&String> =
        allowed.keys().filter(|id| !found.changes.iter().any(|c| c.id() == **id)).collect();
    warnings.extend(
        stale
            .iter()
            .map(|id| format!("the allow-list names `{id}`, but there is no such change: remove the line")),
    );
    let report = render::Report {
        base: &old.name,
        head: &new.name,
        diff: &found,
        version: old.version,
        warnings: &warnings,
        docs: args.docs,
        allowed: &allowed,
    };
    let text = match args.format {
        Format::Text => render::text(&report, args.look()),
        Format::Markdown => render::markdown(&report),
        Format::Json => {
            serde_json::to_string_pretty(&render::json(&report)).map_err(|e| e.to_string())? + "\n"
        }
        Format::Html => render::html(&report),
    };
    match &args.out {
        Some(path) => {
            files::write(path, &text)?;
            say!("wrote {}: {} changes, {} texts", path.display(), found.real().count(), found.docs());
        }
        None => files::print(&text)?,
    }
    Ok(gate(args, &found, &allowed))
}

/// Whether `--deny` found something.
fn gate(args: &Diff, found: &diff::Diff, allowed: &BTreeMap<String, String>) -> Outcome {
    let Some(least) = args.deny.as_ref().and_then(|w| Class::ALL.iter().find(|c| c.word() == w)) else {
        return Outcome::Well;
    };
    let denied: Vec<_> =
        found.changes.iter().filter(|c| c.class() >= *least && !allowed.contains_key(&c.id())).collect();
    if denied.is_empty() {
        return Outcome::Well;
    }
    // The report may go to a machine: the verdict stands beside it.
    eprintln!("denied: {} changes are {} or higher and not on the allow-list:", denied.len(), least.word());
    for c in denied.iter().take(10) {
        eprintln!("  {}", c.id());
    }
    if denied.len() > 10 {
        eprintln!("  … {} more", denied.len() - 10);
    }
    Outcome::Found
}

/// `<id> <reason>` a line; `#` begins a comment line.
fn allow_list(path: &Path) -> Result<BTreeMap<String, String>, String> {
    let text = fs::read_to_string(path)
        .map_err(|e| format!("cannot read the allow-list {}: {e}", path.display()))?;
    let mut out = BTreeMap::new();
    for (n, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match line.split_once(char::is_whitespace) {
            Some((id, reason)) => {
                out.insert(id.to_owned(), reason.trim().to_owned());
            }
            None => {
                return Err(format!(
                    "{}:{}: `{line}` has no reason; write it after the id and a space",
                    path.display(),
                    n + 1
                ));
            }
        }
    }
    Ok(out)
}

fn explain(code: &str) -> Result<Outcome, String> {
    if code == "all" {
        let all: Vec<String> = rules::RULES.iter().map(render::explain).collect();
        files::print(&all.join("\n"))?;
        return Ok(Outcome::Well);
    }
    match rules::rule(code) {
        Some(rule) => {
            files::print(&render::explain(rule))?;
            Ok(Outcome::Well)
        }
        None => {
            let codes: Vec<&str> = rules::RULES.iter().map(|r| r.code).collect();
            Err(format!("there is no code `{code}`; {}", wecom_codegen::schema::propose(code, &codes)))
        }
    }
}
