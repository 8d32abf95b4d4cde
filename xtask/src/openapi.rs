//! `openapi`, `asyncapi`: the spec as OpenAPI, and its commands of long connections as AsyncAPI.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use serde_json::Value;
use wecom_codegen::openapi::{self, Options, Version};
use wecom_codegen::{Loaded, names, schema};

use crate::{Outcome, diff, files};

#[derive(Args)]
pub struct Openapi {
    /// Only this module, with the types of other modules that it uses
    #[arg(long, value_name = "MODULE")]
    module: Option<String>,
    /// Write to a file rather than to the terminal
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Version of OpenAPI
    #[arg(long, value_parser = ["3.0", "3.1"], default_value = "3.1")]
    version: String,
    /// Leave out endpoints that upload a file, and list them as `x-left-out`: progenitor does not support
    /// `multipart/form-data`
    #[arg(long)]
    no_forms: bool,
    /// The spec folder
    #[arg(long, value_name = "DIR")]
    spec: Option<PathBuf>,
}

#[derive(Args)]
pub struct Asyncapi {
    /// Write to a file rather than to the terminal
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The spec folder
    #[arg(long, value_name = "DIR")]
    spec: Option<PathBuf>,
}

fn load(spec: Option<&PathBuf>) -> Result<Loaded, String> {
    let spec = spec.cloned().unwrap_or_else(|| files::root().join("spec"));
    let loaded = wecom_codegen::load(files::spec_files(&spec)?);
    if !loaded.is_sound() {
        return Err("the spec has errors: `cargo xtask lint` lists them".into());
    }
    Ok(loaded)
}

/// The crate's.
fn api_version() -> String {
    let manifest = fs::read_to_string(files::root().join("Cargo.toml")).unwrap_or_default();
    diff::version(&manifest).map_or("0.0.0".into(), |v| v.to_string())
}

/// To the file, if there is one, with a word about it, or to the terminal.
fn put(out: Option<&PathBuf>, document: &Value, kind: &str, counted: &[&str]) -> Result<(), String> {
    let text = serde_json::to_string_pretty(document).map_err(|e| e.to_string())? + "\n";
    let Some(path) = out else { return files::print(&text) };
    files::write(path, &text)?;
    let count = |pointer: &str| document.pointer(pointer).and_then(Value::as_object).map_or(0, |o| o.len());
    let counts: Vec<String> = counted
        .iter()
        .map(|pointer| format!("{} {}", count(pointer), pointer.rsplit('/').next().unwrap_or_default()))
        .collect();
    say!("wrote {}: {kind}, {}", path.display(), counts.join(", "));
    Ok(())
}

pub fn asyncapi(args: &Asyncapi) -> Result<Outcome, String> {
    let loaded = load(args.spec.as_ref())?;
    if loaded.api.commands.is_empty() {
        return Err("the spec has no commands of a long connection".into());
    }
    let document = openapi::asyncapi(&loaded.api, &api_version());
    let counted = ["/operations", "/components/messages", "/components/schemas"];
    put(args.out.as_ref(), &document, "AsyncAPI 3.0", &counted)?;
    Ok(Outcome::Well)
}

/// A module by its name in the spec (`wedoc.smartsheet`, as the tags have it) or in Rust.
fn module(loaded: &Loaded, name: &str) -> Result<String, String> {
    let rust = names::rust_module(name);
    if loaded.api.modules.iter().any(|m| m.name == rust) {
        return Ok(rust);
    }
    let known: Vec<String> = loaded.api.modules.iter().map(|m| names::dotted(&m.name)).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    Err(format!("there is no module `{name}`; {}", schema::propose(&names::dotted(name), &known)))
}

pub fn openapi(args: &Openapi) -> Result<Outcome, String> {
    let loaded = load(args.spec.as_ref())?;
    let module = args.module.as_deref().map(|name| module(&loaded, name)).transpose()?;
    let api_version = api_version();
    let version = if args.version == "3.0" { Version::V30 } else { Version::V31 };
    let options =
        Options { version, module: module.as_deref(), api_version: &api_version, forms: !args.no_forms };
    let document = openapi::openapi(&loaded.api, &options);
    let events: usize = loaded.api.events.iter().map(|m| m.events.len()).sum();
    let without = match version {
        Version::V30 if module.is_none() && events > 0 => {
            format!(" without the {events} events, as webhooks came with 3.1")
        }
        _ => String::new(),
    };
    let kind = format!("OpenAPI {}{without}", args.version);
    put(args.out.as_ref(), &document, &kind, &["/paths", "/components/schemas"])?;
    Ok(Outcome::Well)
}
