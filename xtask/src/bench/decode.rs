//! How fast each form reads and writes, small bodies and large: one program holds all forms, and takes turns.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use wecom_codegen::ir;

use super::compile::{Work, package};
use super::figures::Figure;
use super::form::Form;
use super::running;
use crate::files;

/// Writes the program, builds and runs it.
pub(super) fn report(work: &Work, samples: &Path) -> Result<Vec<Figure>, String> {
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
        "[package]\nname = \"decode\"\nedition = \"2024\"\n\n[dependencies]\nallocation-counter = \"0.8\"\nserde.workspace = true\nserde_json.workspace = true\n{}\n",
        forms.join("\n")
    );
    files::write(&dir.join("Cargo.toml"), &manifest)?;
    work.member("decode")?;

    eprintln!("decode: building all forms into one program");
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let mut command = std::process::Command::new(cargo);
    command
        .args(["run", "--quiet", "--release", "-p", "decode", "--"])
        .arg(fs::canonicalize(samples).map_err(|e| format!("cannot read {}: {e}", samples.display()))?)
        .current_dir(&work.dir)
        .env("CARGO_TARGET_DIR", &work.target)
        .env("CARGO_INCREMENTAL", "0");
    running::figures_of(&mut command, "decode")
}

/// A large body: its name among the figures, the function of [`BODIES`] that makes it, module and type.
type Large = (&'static str, &'static str, &'static str, &'static str);

const READ: &[Large] = &[
    ("user_list", "user_list", "user", "ListResponse"),
    ("get_by_user", "get_by_user", "externalcontact::batch", "GetByUserResponse"),
    ("records", "records", "wedoc::smartsheet", "GetRecordsResponse"),
];
const WRITTEN: &[Large] = &[
    ("user_list", "user_list", "user", "ListResponse"),
    ("add_records", "add_records", "wedoc::smartsheet", "AddRecords"),
];

/// Tables of bodies and of each form's way with them, and what times these.
fn program(api: &ir::Api, forms: &[Form], samples: &Path) -> Result<String, String> {
    let ways = |module: &str, rust: &str, written: bool| -> String {
        let ways = forms.iter().map(|form| {
            let way = if *form == Form::Tables { "tables" } else { "derived" };
            let way = if written { format!("{way}_written") } else { way.to_owned() };
            format!("{way}::<{}::{module}::{rust}>", package(*form).replace('-', "_"))
        });
        ways.collect::<Vec<_>>().join(", ")
    };
    let large = |list: &[Large], written: bool| -> String {
        let rows = list.iter().map(|(name, body, module, rust)| {
            format!("    ({name:?}, {body}, [{}]),\n", ways(module, rust, written))
        });
        rows.collect()
    };
    let endpoints: BTreeMap<String, (&ir::Module, &ir::Endpoint)> =
        api.endpoints().map(|(m, e)| (e.path.trim_start_matches('/').replace('/', "."), (m, e))).collect();
    let (mut read, mut write) = (String::new(), String::new());
    for (folder, (module, endpoint)) in &endpoints {
        let Ok(list) = fs::read_dir(samples.join(folder)) else { continue };
        let mut names: Vec<String> =
            list.filter_map(|e| Some(e.ok()?.file_name().to_string_lossy().into_owned())).collect();
        names.sort();
        for name in names.iter().filter(|n| n.ends_with(".json")) {
            let is_request = name.starts_with("request");
            let rust = match (is_request, endpoint.response) {
                (true, _) => &endpoint.rust,
                (false, Some(id)) => &api.ty(id).rust,
                (false, None) => continue,
            };
            let file = format!("{folder}/{name}");
            let _ = writeln!(read, "    ({file:?}, [{}]),", ways(&module.name, rust, false));
            if is_request {
                let _ = writeln!(write, "    ({file:?}, [{}]),", ways(&module.name, rust, true));
            }
        }
    }
    let words: Vec<&str> = forms.iter().map(|f| f.word()).collect();
    let count = words.len();
    let at = |wanted: Form| forms.iter().position(|form| *form == wanted).unwrap_or_default();
    let (own, derive) = (at(Form::Tables), at(Form::Derive));
    let (read_large, write_large) = (large(READ, false), large(WRITTEN, true));
    Ok(format!(
        "#![allow(deprecated)]\n\n\
         const FORMS: [&str; {count}] = {words:?};\n\
         const OWN: usize = {own};\n\
         const YARDSTICK: usize = {derive};\n\n\
         static READ_LARGE: &[(&str, fn() -> String, [Make; {count}])] = &[\n{read_large}];\n\
         static WRITE_LARGE: &[(&str, fn() -> String, [Make; {count}])] = &[\n{write_large}];\n\
         static READ_SMALL: &[(&str, [Make; {count}])] = &[\n{read}];\n\
         static WRITE_SMALL: &[(&str, [Make; {count}])] = &[\n{write}];\n\n\
         {TIMER}\n{BODIES}"
    ))
}

/// The hand-written half of the program.
const TIMER: &str = include_str!("decode/timer.rs.txt");
/// What makes its large bodies.
const BODIES: &str = include_str!("decode/bodies.rs.txt");
