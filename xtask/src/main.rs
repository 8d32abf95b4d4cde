//! The project's command line: what there is. What each command does is in the library beside it.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{Outcome, agree, bench, ci, codegen, conform, demo, diff, docs, lint, openapi, prove};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Spec, code and checks of the WeCom client",
    disable_help_subcommand = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Every measurement of BENCH.md, each beside its yardstick in one run
    Bench(bench::Bench),
    /// Everything that must hold before a change lands
    Ci(ci::Ci),
    /// Regenerate, start the sandbox, run the example client against it
    Demo,
    /// A WeCom server made from the spec, on a port of this machine
    Sandbox(demo::Sandbox),
    /// Spec to code: writes what changed, deletes what is left over
    Codegen(codegen::Codegen),
    /// Check sample bodies against the spec
    Conform(conform::Conform),
    /// Official pages to spec: see what changed, merge it, measure it
    #[command(subcommand)]
    Docs(docs::Docs),
    /// What changed in the API between two revisions or folders, for callers, with the version bump it asks for
    Diff(diff::Diff),
    /// The entry of CHANGELOG.md for the API's changes since a release
    Changelog(diff::Changelog),
    /// Whether the diff agrees with cargo-semver-checks, over single changes of the spec
    Agree(agree::Agree),
    /// Check the spec: every mistake, with file, line, column and what would be right
    Lint(lint::Lint),
    /// The spec as OpenAPI, for tools that read that
    Openapi(openapi::Openapi),
    /// The commands of a robot's long connection as AsyncAPI 3.0
    Asyncapi(openapi::Asyncapi),
    /// Write spec files in their canonical form
    Fmt(lint::Fmt),
    /// Take each property of the runtime away in a copy of the tree: its test must fail then. Takes a rebuild each
    Prove(prove::Prove),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let ended = match cli.command {
        Command::Agree(args) => agree::agree(&args),
        Command::Bench(args) => bench::bench(&args),
        Command::Ci(args) => ci::ci(&args),
        Command::Demo => demo::demo(),
        Command::Sandbox(args) => demo::sandbox(&args),
        Command::Codegen(args) => codegen::codegen(&args),
        Command::Conform(args) => conform::conform(&args),
        Command::Docs(command) => docs::docs(&command),
        Command::Diff(args) => diff::diff(&args),
        Command::Changelog(args) => diff::changelog(&args),
        Command::Lint(args) => lint::lint(&args),
        Command::Openapi(args) => openapi::openapi(&args),
        Command::Asyncapi(args) => openapi::asyncapi(&args),
        Command::Fmt(args) => lint::fmt(&args),
        Command::Prove(args) => prove::prove(&args),
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
