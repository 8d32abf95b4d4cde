//! How fast each form reads sample bodies: one program holds all forms, and takes turns.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use toml_edit::{DocumentMut, value};
use wecom_codegen::ir;

use super::compile::{Work, package};
use super::form::Form;
use crate::files;

/// Writes the program, builds and runs it. It prints the table.
pub(super) fn report(work: &Work, samples: &Path) -> Result<(), String> {
    let loaded = wecom_codegen::load(files::spec_files(&work.spec)?);
    let dir = work.dir.join("decode");
    files::write(
        &dir.join("src/main.rs"),
        &program(&loaded.api, &work.forms().collect::<Vec<_>>(), samples)?,
    )?;
    let forms: Vec<String> = work
        .forms()
        .map(|form| {
            format!(
                "{} = {{ path = \"../{}\", default-features = false, features = [\"full\"] }}",
                package(form),
                form.word()
            )
        })
        .collect();
    let manifest = format!(
        "[package]\nname = \"decode\"\nedition = \"2024\"\n\n[dependencies]\nserde.workspace = true\nserde_json.workspace = true\n{}\n",
        forms.join("\n")
    );
    files::write(&dir.join("Cargo.toml"), &manifest)?;
    let root = work.dir.join("Cargo.toml");
    let text = fs::read_to_string(&root).map_err(|e| format!("cannot read {}: {e}", root.display()))?;
    let mut document: DocumentMut = text.parse().map_err(|e| format!("{}: {e}", root.display()))?;
    let mut members = toml_edit::Array::new();
    work.forms().for_each(|form| members.push(form.word()));
    members.push("decode");
    document["workspace"]["members"] = value(members);
    files::write(&root, &document.to_string())?;

    eprintln!("decode: building all forms into one program");
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let done = std::process::Command::new(cargo)
        .args(["run", "--quiet", "--release", "-p", "decode", "--"])
        .arg(fs::canonicalize(samples).map_err(|e| format!("cannot read {}: {e}", samples.display()))?)
        .current_dir(&work.dir)
        .env("CARGO_TARGET_DIR", &work.target)
        .env("CARGO_INCREMENTAL", "0")
        .status()
        .map_err(|e| format!("cannot run the program that reads the samples: {e}"))?;
    if done.success() { Ok(()) } else { Err("the program that reads the samples failed".into()) }
}

/// A table of samples and of the function that reads each in each form, and what times them.
fn program(api: &ir::Api, forms: &[Form], samples: &Path) -> Result<String, String> {
    let endpoints: BTreeMap<String, (&ir::Module, &ir::Endpoint)> =
        api.endpoints().map(|(m, e)| (e.path.trim_start_matches('/').replace('/', "."), (m, e))).collect();
    let mut rows = String::new();
    for (folder, (module, endpoint)) in &endpoints {
        let Ok(list) = fs::read_dir(samples.join(folder)) else { continue };
        let mut names: Vec<String> =
            list.filter_map(|e| Some(e.ok()?.file_name().to_string_lossy().into_owned())).collect();
        names.sort();
        for name in names.iter().filter(|n| n.ends_with(".json")) {
            let rust = match (name.starts_with("request"), endpoint.response) {
                (true, _) => &endpoint.rust,
                (false, Some(id)) => &api.ty(id).rust,
                (false, None) => continue,
            };
            let reads: Vec<String> = forms
                .iter()
                .map(|form| {
                    let package = package(*form).replace('-', "_");
                    let module = &module.name;
                    format!("read::<{package}::{module}::{rust}>")
                })
                .collect();
            let _ = writeln!(rows, "    ({:?}, [{}]),", format!("{folder}/{name}"), reads.join(", "));
        }
    }
    let words: Vec<&str> = forms.iter().map(|f| f.word()).collect();
    let count = words.len();
    let derive = forms.iter().position(|f| *f == Form::Derive).unwrap_or_default();
    Ok(format!(
        "#![allow(deprecated)]\n\nconst FORMS: [&str; {count}] = {words:?};\nconst YARDSTICK: usize = {derive};\n\nstatic BODIES: &[(&str, [Read; {count}])] = &[\n{rows}];\n\n{TIMER}"
    ))
}

/// The hand-written half of the program.
const TIMER: &str = include_str!("decode/timer.rs.txt");
