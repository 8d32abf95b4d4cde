//! The client in each form: what it costs to generate, to check and to keep.
//!
//! Each form is a package of its own in one workspace outside the checkout: the client's runtime as it stands, and the generated
//! code in that form. Dependencies are the same ones, and built before anything is measured.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use toml_edit::{Array, DocumentMut, value};
use wecom_codegen::emit::{self, Features};

use super::form::Form;
use super::{cost, lines_below, megabytes};
use crate::manifest::absolute_paths;
use crate::{Outcome, files};

/// The workspace of all forms.
pub(crate) struct Work {
    pub(super) spec: PathBuf,
    pub(super) dir: PathBuf,
    pub(super) target: PathBuf,
    /// Whether the spec is another one than the committed, so that names are not those that hand-written code knows.
    imported: bool,
    /// Which form, and what writing it cost.
    made: Vec<(Form, cost::Cost)>,
}

impl Work {
    /// Adds a package of this name to the workspace, once.
    pub(super) fn member(&self, name: &str) -> Result<(), String> {
        let path = self.dir.join("Cargo.toml");
        let mut manifest = document(&path)?;
        let members = manifest["workspace"]["members"].as_array_mut();
        let members = members.ok_or(format!("{} has no list `members` of its workspace", path.display()))?;
        if !members.iter().any(|m| m.as_str() == Some(name)) {
            members.push(name);
        }
        files::write(&path, &manifest.to_string())
    }

    /// The forms that are compared.
    pub(super) fn forms(&self) -> impl Iterator<Item = Form> {
        self.made.iter().map(|(form, _)| *form)
    }
}

/// The package of a form: the client's own name for the client's own form.
pub(super) fn package(form: Form) -> String {
    match form {
        Form::Tables => "wecom-client".into(),
        other => format!("wecom-client-{}", other.word()),
    }
}

/// Writes the workspace of these forms.
pub(crate) fn prepare(spec: &Path, place: &Path, forms: &[Form]) -> Result<Work, String> {
    let root = files::root();
    let dir = place.join("work");
    if dir.exists() {
        fs::remove_dir_all(&dir).map_err(|e| format!("cannot clear {}: {e}", dir.display()))?;
    }
    let mut members = Array::new();
    forms.iter().for_each(|form| members.push(form.word()));
    let mut manifest = document(&root.join("Cargo.toml"))?;
    manifest["workspace"]["members"] = value(members);
    manifest.remove("profile");
    // The client can describe the API by the generator.
    absolute_paths(&mut manifest, &root);
    files::write(&dir.join("Cargo.toml"), &manifest.to_string())?;
    files::write(&dir.join("Cargo.lock"), &read(&root.join("Cargo.lock"))?)?;

    let spec = fs::canonicalize(spec).map_err(|e| format!("cannot read {}: {e}", spec.display()))?;
    let own = std::env::current_exe().map_err(|e| format!("cannot find this program: {e}"))?;
    let mut made = Vec::new();
    for form in forms {
        let into = dir.join(form.word());
        copy(&root.join("wecom/src"), &into.join("src"), &root.join(emit::ROOT))?;
        let mut manifest = document(&root.join("wecom/Cargo.toml"))?;
        for key in ["dev-dependencies", "example", "test", "bench"] {
            manifest.remove(key);
        }
        manifest["package"]["name"] = value(package(*form));
        manifest["lib"]["name"] = value(package(*form).replace('-', "_"));
        manifest["package"]["publish"] = value(false);
        manifest["package"].as_table_mut().map(|t| t.remove("readme"));
        // All forms see the same dependencies, whether they need them or not.
        let mut derive = Array::new();
        derive.push("derive");
        manifest["dependencies"]["serde"]["features"] = value(derive);
        files::write(&into.join("Cargo.toml"), &manifest.to_string())?;
        let command = [own.display().to_string(), "bench".into()].into_iter().chain(
            ["--emit", form.word(), "--spec"].map(str::to_owned).into_iter().chain([
                spec.display().to_string(),
                "--into".into(),
                into.display().to_string(),
            ]),
        );
        let cost = cost::of(&command.collect::<Vec<_>>(), &root, &[])?;
        eprintln!("{}: written in {:.1} s", form.word(), cost.wall);
        made.push((*form, cost));
    }
    let imported = fs::canonicalize(root.join("spec")).map_or(true, |own| own != spec);
    Ok(Work { spec, dir, target: place.join("build"), imported, made })
}

/// Writes a spec's code and features into a package.
pub(super) fn write_form(spec: &Path, form: Form, into: &Path) -> Result<Outcome, String> {
    let loaded = wecom_codegen::load(files::spec_files(spec)?);
    if !loaded.is_sound() {
        return Err(format!("{} has errors: `cargo xtask lint` lists them", spec.display()));
    }
    for (path, text) in form.library(&loaded.api)? {
        files::write(&into.join(path.strip_prefix("wecom/").unwrap_or(&path)), &text)?;
    }
    let manifest = into.join("Cargo.toml");
    let features = Features::of(&loaded.api);
    // The committed spec's modules may not be among those of this one.
    let old = read(&manifest)?;
    let known: Vec<&str> = loaded.api.modules.iter().map(|m| m.feature()).collect();
    let own: DocumentMut = old.parse().map_err(|e| format!("{}: {e}", manifest.display()))?;
    let gone = own["features"]["full"].as_array().into_iter().flatten().filter_map(|v| v.as_str());
    let gone: Vec<String> = gone
        .filter(|f| !known.contains(f) && !files::root().join(format!("wecom/src/{f}.rs")).exists())
        .filter(|f| files::root().join(format!("{}/{f}.rs", emit::ROOT)).exists())
        .map(str::to_owned)
        .collect();
    files::write(&manifest, &emit::merge_features(&old, &features, &gone)?)?;
    Ok(Outcome::Well)
}

/// Lines, `codegen` and `cargo check`.
pub(crate) fn report(work: &Work) -> Result<(), String> {
    let mut checks = Vec::new();
    for (form, _) in &work.made {
        eprintln!("{}: cargo check, dependencies first", form.word());
        dependencies(work, *form, &["check"])?;
        let cost = cargo(work, *form, &["check"])?;
        eprintln!(
            "{}: checked in {:.1} s, {:.1} s of CPU, {}",
            form.word(),
            cost.wall,
            cost.cpu,
            megabytes(cost.peak)
        );
        checks.push(cost);
    }
    say!(
        "| form | lines | longest file | codegen | its peak | `cargo check` | CPU | peak | of derive: CPU | peak |"
    );
    say!("|---|---|---|---|---|---|---|---|---|---|");
    let yardstick = work.forms().position(|f| f == Form::Derive).and_then(|at| checks.get(at)).copied();
    let yardstick = yardstick.unwrap_or_default();
    for ((form, made), check) in work.made.iter().zip(&checks) {
        let (lines, longest) = lines_below(&work.dir.join(form.word()).join("src/api"))?;
        say!(
            "| {} | {lines} | {longest} | {:.1} s | {} | {:.1} s | {:.1} s | {} | {:.2} | {:.2} |",
            form.word(),
            made.wall,
            megabytes(made.peak),
            check.wall,
            check.cpu,
            megabytes(check.peak),
            check.cpu / yardstick.cpu,
            check.peak as f64 / yardstick.peak as f64,
        );
    }
    Ok(())
}

/// What the compiled library takes on disk. Each build has a line of its own as soon as it is done: the last ones take long.
pub(super) fn sizes(work: &Work) -> Result<(), String> {
    say!("\n| form | build | rlib | on the clock | CPU | peak |\n|---|---|---|---|---|---|");
    for profile in ["debug", "release"] {
        for form in work.forms() {
            eprintln!("{}: cargo build, {profile}", form.word());
            let words: &[&str] = if profile == "release" { &["build", "--release"] } else { &["build"] };
            dependencies(work, form, words)?;
            let cost = cargo(work, form, words)?;
            let library = format!("lib{}.rlib", package(form).replace('-', "_"));
            let bytes = length(&work.target.join(profile).join(library))?;
            say!(
                "| {} | {profile} | {:.1} MB | {:.1} s | {:.1} s | {} |",
                form.word(),
                bytes as f64 / 1e6,
                cost.wall,
                cost.cpu,
                megabytes(cost.peak)
            );
        }
    }
    Ok(())
}

/// Bytes of a file.
pub(super) fn length(file: &Path) -> Result<u64, String> {
    fs::metadata(file).map(|m| m.len()).map_err(|e| format!("cannot read {}: {e}", file.display()))
}

/// Builds what the package of a form needs, and not the package itself.
pub(super) fn dependencies(work: &Work, form: Form, words: &[&str]) -> Result<(), String> {
    let lib = work.dir.join(form.word()).join("src/lib.rs");
    without_source(&lib, || cargo(work, form, words)).map(drop)
}

/// Runs something while a library is empty, so that no more than its dependencies is built. The source is written back in any case.
pub(super) fn without_source<T>(lib: &Path, run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let text = read(lib)?;
    files::write(lib, "")?;
    let done = run();
    files::write(lib, &text)?;
    done
}

/// `cargo` on the package of a form, with all of its modules.
pub(super) fn cargo(work: &Work, form: Form, words: &[&str]) -> Result<cost::Cost, String> {
    let package = package(form);
    cargo_in(work, &[words, &["--features", "full", "-p", &package]].concat())
}

/// `cargo` in the workspace of all forms.
pub(super) fn cargo_in(work: &Work, words: &[&str]) -> Result<cost::Cost, String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    // What follows `--` is for the program that cargo runs, so `--quiet` cannot stand at the end.
    let [command, words @ ..] = words else { return Err("no command for cargo".into()) };
    let words = [command, &"--quiet"].into_iter().chain(words).map(|word| (*word).to_owned());
    let command: Vec<String> = std::iter::once(cargo).chain(words).collect();
    let mut env = vec![("CARGO_TARGET_DIR", work.target.as_os_str())];
    if work.imported {
        env.push(("RUSTFLAGS", OsStr::new("--cfg wecom_imported")));
    }
    cost::of(&command, &work.dir, &env)
}

fn copy(from: &Path, to: &Path, but: &Path) -> Result<(), String> {
    let fail = |e| format!("cannot copy {}: {e}", from.display());
    fs::create_dir_all(to).map_err(fail)?;
    for entry in fs::read_dir(from).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path == but {
            continue;
        }
        match path.is_dir() {
            true => copy(&path, &target, but)?,
            false => fs::copy(&path, &target).map(drop).map_err(fail)?,
        }
    }
    Ok(())
}

fn document(path: &Path) -> Result<DocumentMut, String> {
    read(path)?.parse().map_err(|e| format!("{}: {e}", path.display()))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()))
}
