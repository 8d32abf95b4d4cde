//! `bench`: every measurement of BENCH.md, each beside its yardstick in one run.

pub(crate) mod compile;
mod cost;
mod decode;
mod derive;
pub(crate) mod form;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use form::Form;

use crate::{Outcome, files};

#[derive(Args)]
pub struct Bench {
    /// What to measure; everything when absent
    #[arg(value_enum)]
    name: Option<Name>,
    /// The spec folder
    #[arg(long, value_name = "DIR")]
    spec: Option<PathBuf>,
    /// Compares derive with lenient fields too; that takes more time and memory than the other two together
    #[arg(long)]
    lenient: bool,
    /// Sample bodies for `decode`: DIR/<path with . for />/{request,response}*.json
    #[arg(long, value_name = "DIR")]
    samples: Option<PathBuf>,
    /// Runs a command and prints what it cost: how this program measures its children
    #[arg(long, hide = true)]
    child: bool,
    /// Writes the spec's code in a form: the part of `compile` whose memory is measured
    #[arg(long, hide = true, value_name = "FORM")]
    emit: Option<String>,
    #[arg(long, hide = true, value_name = "DIR", requires = "emit")]
    into: Option<PathBuf>,
    #[arg(last = true, hide = true)]
    command: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// Lines, seconds and memory of `codegen` and of `cargo check`, for each form
    Compile,
    /// Size of the compiled library, debug and release, for each form
    Size,
    /// How fast bodies are read and written, for each form, and with how many allocations
    Decode,
}

pub fn bench(args: &Bench) -> Result<Outcome, String> {
    if args.child {
        return cost::child(&args.command);
    }
    let spec = args.spec.clone().unwrap_or_else(|| files::root().join("spec"));
    if let (Some(word), Some(into)) = (&args.emit, &args.into) {
        let form = Form::ALL.iter().find(|f| f.word() == word).ok_or(format!("no form is called {word}"))?;
        return compile::write_form(&spec, *form, into);
    }
    let wanted = |name: Name| args.name.is_none_or(|n| n == name);
    let place = place();
    let work = compile::prepare(&spec, &place, if args.lenient { Form::ALL } else { FORMS })?;
    if wanted(Name::Compile) {
        compile::report(&work)?;
    }
    if wanted(Name::Size) {
        compile::sizes(&work)?;
    }
    if wanted(Name::Decode) {
        let samples = args.samples.clone().unwrap_or_else(|| files::material(None).join("samples/http"));
        match samples.is_dir() {
            true => decode::report(&work, &samples)?,
            false => {
                println!(
                    "decode: skipped, {} is not there; name a folder with --samples or {}",
                    samples.display(),
                    files::MATERIAL
                )
            }
        }
    }
    Ok(Outcome::Well)
}

/// The client's own form, and the yardstick.
pub(crate) const FORMS: &[Form] = &[Form::Tables, Form::Derive];

/// Where measurements are made, out of the way of the checkout's own builds.
pub(crate) fn place() -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| files::root().join("target"), PathBuf::from);
    target.join("bench")
}

/// Kilobytes as a table shows them.
fn megabytes(kilobytes: u64) -> String {
    format!("{} MB", kilobytes / 1024)
}

fn lines_below(dir: &Path) -> Result<(usize, usize), String> {
    let (mut lines, mut longest) = (0, 0);
    let list =
        std::fs::read_dir(dir).map_err(|e| format!("cannot read the folder {}: {e}", dir.display()))?;
    for entry in list {
        let path = entry.map_err(|e| format!("cannot read the folder {}: {e}", dir.display()))?.path();
        let (more, most) = match path.is_dir() {
            true => lines_below(&path)?,
            false => {
                let text = std::fs::read_to_string(&path)
                    .map_err(|e| format!("cannot read {}: {e}", path.display()))?;
                let count = text.lines().count();
                (count, count)
            }
        };
        lines += more;
        longest = longest.max(most);
    }
    Ok((lines, longest))
}
