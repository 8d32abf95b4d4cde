//! What the crate costs a program that uses it: its size, its rebuild, and what each module adds.
//!
//! The program sends one text message. Beside it stands the same program written by hand over the HTTP library and derived serde,
//! with no more than it needs: it fetches a token, sends, looks at the errcode.

use std::fs;

use super::compile::{Work, cargo_in, length, package, without_source};
use super::figures::Figure;
use super::form::Form;
use super::{cost, megabytes, quartiles};
use crate::files;

const WITH: &str = include_str!("program/with.rs.txt");
const WITHOUT: &str = include_str!("program/without.rs.txt");
/// How often each program is rebuilt, by turns.
const TURNS: usize = 7;

/// Both programs, as members of the workspace of forms.
pub(super) fn write(work: &Work) -> Result<(), String> {
    let client = package(Form::Tables);
    let with = format!(
        "wecom = {{ package = \"{client}\", path = \"../{}\", default-features = false, features = [\"message\", \"rustls\"] }}\n",
        Form::Tables.word()
    );
    let without = "reqwest = { workspace = true, features = [\"rustls\", \"json\", \"query\"] }\nserde = { workspace = true, features = [\"derive\"] }\n";
    for (name, text, needs) in [("with", WITH, with.as_str()), ("without", WITHOUT, without)] {
        let dir = work.dir.join(name);
        let manifest = format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[dependencies]\ntokio = {{ workspace = true, features = [\"rt-multi-thread\", \"macros\"] }}\n{needs}"
        );
        files::write(&dir.join("Cargo.toml"), &manifest)?;
        files::write(&dir.join("src/main.rs"), text)?;
        work.member(name)?;
    }
    Ok(())
}

/// Size of the release binaries, with the crate and without.
pub(super) fn sizes(work: &Work) -> Result<Vec<Figure>, String> {
    let mut bytes = [0; 2];
    for (at, name) in ["with", "without"].into_iter().enumerate() {
        eprintln!("a program that sends one message, {name} the crate: release build");
        cargo_in(work, &["build", "--release", "-p", name])?;
        bytes[at] = length(&work.target.join("release").join(name))?;
    }
    Ok(vec![Figure {
        name: "size.program".into(),
        ratio: bytes[1] as f64 / bytes[0] as f64,
        quartiles: None,
        values: Some((bytes[0] as f64 / 1e6, bytes[1] as f64 / 1e6)),
        unit: "MB".into(),
    }])
}

/// The rebuild of both programs after a change of one line of their own.
pub(super) fn rebuilds(work: &Work) -> Result<Vec<Figure>, String> {
    for name in ["with", "without"] {
        eprintln!("a program that sends one message, {name} the crate: debug build");
        cargo_in(work, &["build", "-p", name])?;
    }
    let mut costs = [Vec::new(), Vec::new()];
    for turn in 0..TURNS {
        for (at, (name, text)) in [("with", WITH), ("without", WITHOUT)].into_iter().enumerate() {
            let main = work.dir.join(name).join("src/main.rs");
            files::write(&main, &text.replace("\"hello\"", &format!("\"hello {turn}\"")))?;
            costs[at].push(cargo_in(work, &["build", "-p", name])?);
        }
    }
    let [with, without] = &costs;
    let figure = |name: &str, value: fn(&cost::Cost) -> f64, unit: &str| {
        let ratios = with.iter().zip(without).map(|(ours, theirs)| value(theirs) / value(ours)).collect();
        let (q1, ratio, q3) = quartiles(ratios);
        let middle = |list: &[cost::Cost]| quartiles(list.iter().map(value).collect()).1;
        Figure {
            name: name.into(),
            ratio,
            quartiles: Some((q1, q3)),
            values: Some((middle(with), middle(without))),
            unit: unit.into(),
        }
    };
    Ok(vec![figure("rebuild.cpu", |c| c.cpu, "s"), figure("rebuild.peak", |c| c.peak as f64 / 1024.0, "MB")])
}

/// What each module adds to the library: alone over the bare runtime, debug.
pub(super) fn modules(work: &Work) -> Result<(), String> {
    let client = package(Form::Tables);
    let manifest = fs::read_to_string(work.dir.join(Form::Tables.word()).join("Cargo.toml"))
        .map_err(|e| format!("cannot read the client's manifest: {e}"))?;
    let manifest: toml_edit::DocumentMut =
        manifest.parse().map_err(|e| format!("the client's manifest: {e}"))?;
    let modules = wecom_codegen::load(files::spec_files(&work.spec)?).api.modules;
    let mut modules: Vec<String> = modules.iter().map(|m| m.feature().to_owned()).collect();
    modules.sort();
    modules.dedup();
    modules.retain(|m| manifest["features"].get(m).is_some());
    let rlib = work.target.join("debug").join(format!("lib{}.rlib", client.replace('-', "_")));
    let build = |features: &str| -> Result<(f64, cost::Cost), String> {
        let words = ["build", "-p", &client, "--no-default-features", "--features", features];
        let cost = cargo_in(work, &words)?;
        Ok((length(&rlib)? as f64 / 1e6, cost))
    };
    eprintln!("modules: dependencies first");
    without_source(&work.dir.join(Form::Tables.word()).join("src/lib.rs"), || build("rustls"))?;
    let (bare, cost) = build("rustls")?;
    say!("\n| module | adds to the debug library | of build: CPU | peak |\n|---|---|---|---|");
    say!("| none | {bare:.1} MB | {:.1} s | {} |", cost.cpu, megabytes(cost.peak));
    for module in modules {
        eprintln!("{module}: cargo build");
        let (size, with) = build(&format!("rustls,{module}"))?;
        say!("| {module} | {:.1} MB | {:.1} s | {} |", size - bare, with.cpu, megabytes(with.peak));
    }
    Ok(())
}

/// Memory and time of the whole crate's documentation.
pub(super) fn documentation(work: &Work) -> Result<(), String> {
    let client = package(Form::Tables);
    eprintln!("documentation: dependencies first");
    cargo_in(work, &["check", "-p", &client, "--features", "full"])?;
    let cost = cargo_in(work, &["doc", "--no-deps", "-p", &client, "--features", "full"])?;
    say!(
        "\n| documentation, all features | on the clock | CPU | peak |\n|---|---|---|---|\n| cargo doc --no-deps | {:.1} s | {:.1} s | {} |",
        cost.wall,
        cost.cpu,
        megabytes(cost.peak)
    );
    Ok(())
}
