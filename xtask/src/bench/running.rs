//! The measuring programs of the client (`wecom/benches`): built, run, and their figures read.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::figures::{self, Figure};
use crate::files;

/// A program, and what has to be switched on for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Program {
    /// Of the bench target.
    pub(super) name: &'static str,
    pub(super) features: &'static str,
}

/// Rounds of a quick run: the same cases, fewer turns.
const QUICK: &str = "9";

/// Runs it.
pub(super) fn run(program: Program, quick: bool) -> Result<Vec<Figure>, String> {
    let Program { name, features } = program;
    eprintln!("{name}: release build");
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["bench", "--quiet", "-p", "wecom-client", "--no-default-features", "--features", features])
        .args(["--bench", name])
        .current_dir(files::root());
    if quick {
        command.args(["--", QUICK]);
    }
    figures_of(&mut command, name)
}

/// The figures that a program prints. What it prints is shown as it comes.
pub(super) fn figures_of(command: &mut Command, name: &str) -> Result<Vec<Figure>, String> {
    let fail = |e: std::io::Error| format!("cannot run the program {name}: {e}");
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(fail)?;
    let mut printed = String::new();
    for line in child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()) {
        let line = line.map_err(fail)?;
        eprintln!("{line}");
        printed += &line;
        printed.push('\n');
    }
    if !child.wait().map_err(fail)?.success() {
        return Err(format!("the program {name} failed"));
    }
    match figures::parse(&printed)? {
        none if none.is_empty() => Err(format!("the program {name} printed no figure")),
        figures => Ok(figures),
    }
}
