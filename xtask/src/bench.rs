//! `bench`: every measurement of BENCH.md, each beside its yardstick in one run.

pub(crate) mod compile;
mod cost;
mod decode;
mod derive;
mod figures;
pub(crate) mod form;
mod generator;
mod outside;
mod program;
mod running;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use figures::Figure;
use form::Form;
use running::Program;

use crate::{Outcome, files};

#[derive(Args)]
pub struct Bench {
    /// What to measure [default: everything]
    #[arg(value_enum)]
    names: Vec<Name>,
    /// Quick check, under three minutes: list figures that are more than a tenth worse than the saved ones. Skips whatever compiles the client
    #[arg(long, conflicts_with_all = ["names", "lenient"])]
    quick: bool,
    /// Save the figures in xtask/bench.tsv, for later runs of --quick
    #[arg(long)]
    keep: bool,
    /// The spec folder
    #[arg(long, value_name = "DIR")]
    spec: Option<PathBuf>,
    /// Compare with derive and lenient fields, too; that takes more time and memory than the other two forms together
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
    /// Does the work of one of the generator's commands: the part of `generator` whose time and memory are measured
    #[arg(long, hide = true, value_enum, requires = "into")]
    stage: Option<generator::Stage>,
    #[arg(long, hide = true, value_name = "DIR")]
    into: Option<PathBuf>,
    #[arg(last = true, hide = true)]
    command: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// Calls, compared with the bare HTTP library: time, processor time, allocations
    Calls,
    /// The look-up of a token
    Tokens,
    /// Callbacks: verified, decrypted, read
    Callbacks,
    /// How fast bodies are read and written, for each form, and with how many allocations
    Decode,
    /// Lines of code, and time and memory of `codegen` and `cargo check`, for each form
    Compile,
    /// Compiled size: the library in each form, a program with the crate and without, what each module adds
    Size,
    /// The rebuild of a program after a change of its own, with the crate and without
    Rebuild,
    /// Seconds and memory of the whole documentation
    Doc,
    /// Time and memory per endpoint of lint, codegen, diff, docs status and docs import, with 100, 800 and 8,000 endpoints
    Generator,
    /// `cargo check` of the client that progenitor generates from our OpenAPI document, for comparison
    Outside,
}

impl Name {
    /// The measuring program of the client, where there is one.
    fn program(self) -> Option<Program> {
        Some(match self {
            Name::Calls => Program { name: "calls", features: "message,rustls" },
            Name::Tokens => Program { name: "tokens", features: "message,rustls" },
            Name::Callbacks => Program { name: "callbacks", features: "callback,message,rustls" },
            _ => return None,
        })
    }
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
    if let (Some(stage), Some(dir)) = (args.stage, &args.into) {
        generator::run(stage, dir)?;
        return Ok(Outcome::Well);
    }
    let names = match (args.quick, args.names.is_empty()) {
        (true, _) => Name::value_variants().iter().copied().filter(|n| n.program().is_some()).collect(),
        (false, true) => Name::value_variants().to_vec(),
        (false, false) => args.names.clone(),
    };
    let mut figures = Vec::new();
    for program in names.iter().filter_map(|n| n.program()) {
        figures.extend(running::run(program, args.quick)?);
    }
    if names.contains(&Name::Generator) {
        generator::report(&spec, &place())?;
    }
    if names.iter().any(|n| n.program().is_none() && *n != Name::Generator) {
        let forms = if args.lenient { Form::ALL } else { FORMS };
        let work = compile::prepare(&spec, &place(), forms)?;
        figures.extend(compiled(args, &names, &work)?);
    }
    files::print(&format!("\n{}", figures::table(&figures)))?;
    let file = files::root().join("xtask/bench.tsv");
    let kept = match std::fs::read_to_string(&file) {
        Ok(text) => figures::kept(&text).map_err(|e| format!("{}: {e}", file.display()))?,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
        Err(e) => return Err(format!("cannot read {}: {e}", file.display())),
    };
    if args.keep {
        files::write(&file, &figures::keep(&kept, &figures))?;
    }
    let fallen = figures::fallen(&kept, &figures);
    fallen.iter().for_each(|line| say!("more than a tenth worse: {line}"));
    if args.quick && fallen.is_empty() {
        say!("no figure is more than a tenth worse");
    }
    Ok(if args.quick && !fallen.is_empty() { Outcome::Found } else { Outcome::Well })
}

/// What needs the workspace of all forms.
fn compiled(args: &Bench, names: &[Name], work: &compile::Work) -> Result<Vec<Figure>, String> {
    let mut figures = Vec::new();
    let wanted = |name| names.contains(&name);
    if wanted(Name::Compile) {
        compile::report(work)?;
    }
    if wanted(Name::Decode) {
        let samples = args.samples.clone().unwrap_or_else(|| files::material(None).join("samples/http"));
        match samples.is_dir() {
            true => figures.extend(decode::report(work, &samples)?),
            false => {
                say!(
                    "decode: skipped, as {} does not exist; name another folder with --samples",
                    samples.display()
                )
            }
        }
    }
    if wanted(Name::Size) || wanted(Name::Rebuild) {
        program::write(work)?;
    }
    if wanted(Name::Size) {
        figures.extend(program::sizes(work)?);
        program::modules(work)?;
        compile::sizes(work)?;
    }
    if wanted(Name::Rebuild) {
        figures.extend(program::rebuilds(work)?);
    }
    if wanted(Name::Doc) {
        program::documentation(work)?;
    }
    if wanted(Name::Outside) {
        figures.extend(outside::report(work)?);
    }
    Ok(figures)
}

/// The client's own form, and the yardstick.
pub(crate) const FORMS: &[Form] = &[Form::Tables, Form::Derive];

/// Where measurements are made, out of the way of the checkout's own builds.
pub(crate) fn place() -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| files::root().join("target"), PathBuf::from);
    target.join("bench")
}

/// The first quartile, the median and the third.
fn quartiles(mut list: Vec<f64>) -> (f64, f64, f64) {
    list.sort_by(f64::total_cmp);
    let at = |part: usize| list.get((list.len() * part / 4).min(list.len().saturating_sub(1))).copied();
    let [q1, median, q3] = [1, 2, 3].map(|part| at(part).unwrap_or(f64::NAN));
    (q1, median, q3)
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
