//! The outside yardstick: a client made by progenitor, a well-known generator, from the spec as OpenAPI.
//!
//! It has no endpoint that uploads a file, as progenitor reads no forms, no callbacks and no tokens.

use std::fs;

use super::compile::{Work, cargo, cargo_in, dependencies, without_source};
use super::figures::Figure;
use super::form::Form;
use super::megabytes;
use crate::files;

const MAKE: &str = include_str!("outside/make.rs.txt");

/// `cargo check` of both, dependencies built before.
pub(super) fn report(work: &Work) -> Result<Vec<Figure>, String> {
    let document = work.dir.join("openapi.json");
    let own = std::env::current_exe().map_err(|e| format!("cannot find this program: {e}"))?;
    let done = std::process::Command::new(own)
        .args(["openapi", "--version", "3.0", "--no-forms", "--spec"])
        .arg(&work.spec)
        .arg("--out")
        .arg(&document)
        .current_dir(files::root())
        .status()
        .map_err(|e| format!("cannot write the OpenAPI document: {e}"))?;
    if !done.success() {
        return Err("cannot write the OpenAPI document".into());
    }
    package_of(
        work,
        "outside-make",
        "openapiv3 = \"2\"\nprogenitor = \"0.12\"\nserde_json.workspace = true\nsyn = \"2\"\nprettyplease = \"0.2\"\n",
    )?;
    files::write(&work.dir.join("outside-make/src/main.rs"), MAKE)?;
    package_of(
        work,
        "outside",
        "bytes.workspace = true\nchrono = { version = \"0.4\", features = [\"serde\"] }\nfutures = \"0.3\"\nprogenitor-client = \"0.12\"\nregress = \"0.11\"\nreqwest = { workspace = true, features = [\"json\", \"stream\", \"query\"] }\nserde = { workspace = true, features = [\"derive\"] }\nserde_json.workspace = true\nserde_urlencoded = \"0.7\"\n",
    )?;
    let lib = work.dir.join("outside/src/lib.rs");
    files::write(&lib, "")?;
    eprintln!("progenitor: built, and its client written");
    let (from, to) = (document.display().to_string(), lib.display().to_string());
    let words = ["run", "--release", "-p", "outside-make", "--", from.as_str(), to.as_str()];
    cargo_in(work, &words)?;
    let text = fs::read_to_string(&lib).map_err(|e| format!("cannot read {}: {e}", lib.display()))?;
    let check = || cargo_in(work, &["check", "-p", "outside"]);
    without_source(&lib, check)?;
    eprintln!("progenitor's client: cargo check");
    let theirs = check()?;
    dependencies(work, Form::Tables, &["check"])?;
    let ours = cargo(work, Form::Tables, &["check"])?;
    say!(
        "\nprogenitor's client of {} lines: checked with {:.1} s CPU, {}; ours with {:.1} s CPU, {}",
        text.lines().count(),
        theirs.cpu,
        megabytes(theirs.peak),
        ours.cpu,
        megabytes(ours.peak)
    );
    let figure = |name: &str, ours: f64, theirs: f64, unit: &str| Figure {
        name: name.into(),
        ratio: theirs / ours,
        quartiles: None,
        values: Some((ours, theirs)),
        unit: unit.into(),
    };
    Ok(vec![
        figure("outside.cpu", ours.cpu, theirs.cpu, "s"),
        figure("outside.peak", ours.peak as f64 / 1024.0, theirs.peak as f64 / 1024.0, "MB"),
    ])
}

fn package_of(work: &Work, name: &str, needs: &str) -> Result<(), String> {
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2021\"\npublish = false\n\n[dependencies]\n{needs}"
    );
    files::write(&work.dir.join(name).join("Cargo.toml"), &manifest)?;
    work.member(name)
}
