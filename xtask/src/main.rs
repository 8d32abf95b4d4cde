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
    /// Measure what BENCH.md lists, each figure beside the one it is compared with
    Bench(bench::Bench),
    /// Run all checks that must pass before a change is merged
    Ci(ci::Ci),
    /// Generate the code, start the sandbox and run the example client against it
    Demo,
    /// Run the sandbox, a WeCom server made from the spec, on a local port
    Sandbox(demo::Sandbox),
    /// Generate the code from the spec: write changed files, delete obsolete ones
    Codegen(codegen::Codegen),
    /// Check sample bodies against the spec
    Conform(conform::Conform),
    /// Bring the spec up to date with the official pages
    #[command(subcommand)]
    Docs(docs::Docs),
    /// Show what changed in the API between two revisions or folders, and which version bump it requires
    Diff(diff::Diff),
    /// Show or write the entry of CHANGELOG.md for the changes of the API since a release
    Changelog(diff::Changelog),
    /// Compare the diff with cargo-semver-checks, by single changes of the spec
    Agree(agree::Agree),
    /// Check the spec: list every mistake, with its place and how to correct it
    Lint(lint::Lint),
    /// Write the spec as OpenAPI
    Openapi(openapi::Openapi),
    /// Write the commands of a robot's long connection as AsyncAPI 3.0
    Asyncapi(openapi::Asyncapi),
    /// Write spec files in their canonical form
    Fmt(lint::Fmt),
    /// Check that tests notice the loss of each property of the runtime: each is removed in a copy of the tree, and its test must fail
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
