//! The project's command line: parses arguments, calls `wecom-codegen`, prints.

mod codegen;
mod conform;
mod files;
mod lint;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Spec, code and checks of the WeCom client", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Spec to code: writes what changed, deletes what is left over
    Codegen(codegen::Codegen),
    /// Check sample bodies against the spec
    Conform(conform::Conform),
    /// Check the spec: every mistake, with file, line, column and what would be right
    Lint(lint::Lint),
    /// Write spec files in their canonical form
    Fmt(lint::Fmt),
}

/// How a command ended: all is well, or it found something.
pub(crate) enum Outcome {
    Well,
    Found,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let ended = match cli.command {
        Command::Codegen(args) => codegen::codegen(&args),
        Command::Conform(args) => conform::conform(&args),
        Command::Lint(args) => lint::lint(&args),
        Command::Fmt(args) => lint::fmt(&args),
    };
    match ended {
        Ok(Outcome::Well) => ExitCode::SUCCESS,
        Ok(Outcome::Found) => ExitCode::from(1),
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(2)
        }
    }
}
