//! `openapi`: the spec as OpenAPI.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use wecom_codegen::openapi::{self, Options, Version};

use crate::{Outcome, diff, files};

#[derive(Args)]
pub(crate) struct Openapi {
    /// Only this module, with the types of others that it needs
    #[arg(long, value_name = "MODULE")]
    module: Option<String>,
    /// Write to a file rather than to the terminal
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Of OpenAPI
    #[arg(long, value_parser = ["3.0", "3.1"], default_value = "3.1")]
    version: String,
    /// Leave out endpoints whose request is a form with a file, and list them as `x-left-out`: progenitor reads no
    /// `multipart/form-data`
    #[arg(long)]
    no_forms: bool,
    /// The spec folder
    #[arg(long, value_name = "DIR")]
    spec: Option<PathBuf>,
}

pub(crate) fn openapi(args: &Openapi) -> Result<Outcome, String> {
    let spec = args.spec.clone().unwrap_or_else(|| files::root().join("spec"));
    let loaded = wecom_codegen::load(files::spec_files(&spec)?);
    if !loaded.is_sound() {
        return Err("the spec has errors: run cargo xtask lint".into());
    }
    let names: Vec<&str> = loaded.api.modules.iter().map(|m| m.name.as_str()).collect();
    if let Some(module) = args.module.as_deref().filter(|m| !names.contains(m)) {
        return Err(format!(
            "there is no module `{module}`; {}",
            wecom_codegen::schema::propose(module, &names)
        ));
    }
    let manifest = fs::read_to_string(files::root().join("Cargo.toml")).unwrap_or_default();
    let api_version = diff::version(&manifest).map_or("0.0.0".into(), |v| v.to_string());
    let version = if args.version == "3.0" { Version::V30 } else { Version::V31 };
    let options =
        Options { version, module: args.module.as_deref(), api_version: &api_version, forms: !args.no_forms };
    let document = openapi::openapi(&loaded.api, &options);
    let text = serde_json::to_string_pretty(&document).map_err(|e| e.to_string())? + "\n";
    match &args.out {
        None => files::print(&text)?,
        Some(path) => {
            files::write(path, &text)?;
            let count =
                |pointer: &str| document.pointer(pointer).and_then(|v| v.as_object()).map_or(0, |o| o.len());
            println!(
                "wrote {}: OpenAPI {}, {} paths, {} schemas",
                path.display(),
                args.version,
                count("/paths"),
                count("/components/schemas")
            );
        }
    }
    Ok(Outcome::Well)
}
