//! A slim copy of the client: its runtime and the touched modules, compiled against dependencies that are built once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use toml_edit::{Array, DocumentMut, value};
use wecom_codegen::emit::{self, Features};
use wecom_codegen::ir::Api;

use super::touched;
use crate::{files, manifest};

/// As `cargo-semver-checks` itself calls rustdoc.
const RUSTDOC: &str = "-Z unstable-options --document-private-items --document-hidden-items --output-format=json --cap-lints=allow";

pub(super) struct Workspace {
    dir: PathBuf,
    /// The client's manifest without what is not copied.
    manifest: String,
    api: Api,
    emitted: BTreeMap<String, String>,
    /// Digest of the compiler and of all that is not generated.
    runtime: u64,
}

impl Workspace {
    /// Copies the checkout's client to `target/agree`.
    pub(super) fn new(root: &Path, api: &Api) -> Result<Workspace, String> {
        let dir = root.join("target/agree");
        let read = |p: &str| fs::read_to_string(root.join(p)).map_err(|e| format!("cannot read {p}: {e}"));
        let parse =
            |text: &str| text.parse::<DocumentMut>().map_err(|e| format!("a manifest of the checkout: {e}"));
        let mut top = parse(&read("Cargo.toml")?)?;
        top["workspace"]["members"] = value(Array::from_iter(["wecom"]));
        // Settings of packages that are not there.
        if let Some(profile) =
            top.get_mut("profile").and_then(|p| p.get_mut("dev")).and_then(|d| d.as_table_mut())
        {
            profile.remove("package");
        }
        manifest::absolute_paths(&mut top, root);
        let mut own = parse(&read("wecom/Cargo.toml")?)?;
        for key in ["dev-dependencies", "example", "test", "bench"] {
            own.remove(key);
        }
        let manifest = own.to_string();
        let _ = fs::remove_dir_all(dir.join("wecom"));
        files::write(&dir.join("Cargo.toml"), &top.to_string())?;
        files::write(&dir.join("Cargo.lock"), &read("Cargo.lock")?)?;
        files::write(&dir.join("wecom/Cargo.toml"), &manifest)?;
        copy(&root.join("wecom/src"), &dir.join("wecom/src"))?;
        let emitted = emit::emit(api);
        for (path, text) in emitted.iter().filter(|(p, _)| p.starts_with(emit::ROOT)) {
            files::write(&dir.join(path), text)?;
        }
        let mut hash = DefaultHasher::new();
        (RUSTDOC, rustc(), &manifest, read("Cargo.lock")?).hash(&mut hash);
        digest(&root.join("wecom/src"), &mut hash)?;
        Ok(Workspace { dir, manifest, api: api.clone(), emitted, runtime: hash.finish() })
    }

    /// Rustdoc's files of the unchanged crate and of the one that `new` gives; none where their code is the same.
    pub(super) fn rustdoc(&self, new: &Api) -> Result<(Option<PathBuf>, Option<PathBuf>), String> {
        let emitted = emit::emit(new);
        let paths = touched(&self.emitted, &emitted);
        if paths.is_empty() {
            return Ok((None, None));
        }
        let own = self.dir.join("wecom/Cargo.toml");
        let base = self.file(&features(&paths, &self.api), &self.emitted);
        if !base.is_file() {
            self.run(&features(&paths, &self.api), &base)?;
        }
        let head = self.file(&features(&paths, new), &emitted);
        if !head.is_file() {
            let kept = |name: &str| new.modules.iter().any(|m| m.name == name);
            let gone: Vec<String> =
                self.api.modules.iter().map(|m| m.name.clone()).filter(|n| !kept(n)).collect();
            self.put(&paths, &emitted)?;
            files::write(&own, &emit::merge_features(&self.manifest, &Features::of(new), &gone)?)?;
            let ran = self.run(&features(&paths, new), &head);
            self.put(&paths, &self.emitted)?;
            files::write(&own, &self.manifest)?;
            ran?;
        }
        Ok((Some(base), Some(head)))
    }

    /// Where rustdoc's file of a crate is kept: its name tells what it was made of.
    fn file(&self, features: &str, emitted: &BTreeMap<String, String>) -> PathBuf {
        let mut hash = DefaultHasher::new();
        let code: Vec<_> = emitted.iter().filter(|(p, _)| p.starts_with(emit::ROOT)).collect();
        (self.runtime, features, code).hash(&mut hash);
        self.dir.join(format!("json/{:016x}.json", hash.finish()))
    }

    fn put(&self, paths: &BTreeSet<String>, from: &BTreeMap<String, String>) -> Result<(), String> {
        for path in paths {
            let full = self.dir.join(path);
            match from.get(path) {
                Some(text) => files::write(&full, text)?,
                None => {
                    fs::remove_file(&full).map_err(|e| format!("cannot delete {}: {e}", full.display()))?
                }
            }
        }
        Ok(())
    }

    fn run(&self, features: &str, to: &Path) -> Result<(), String> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let out = Command::new(cargo)
            .args([
                "rustdoc",
                "--quiet",
                "-p",
                "wecom-client",
                "--lib",
                "--no-default-features",
                "--features",
                features,
            ])
            .args(["--target-dir", "target"])
            .current_dir(&self.dir)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTDOCFLAGS", RUSTDOC)
            .output()
            .map_err(|e| format!("cannot run cargo: {e}"))?;
        if !out.status.success() {
            return Err(format!("rustdoc of {features}: {}", String::from_utf8_lossy(&out.stderr)));
        }
        fs::create_dir_all(self.dir.join("json")).map_err(|e| format!("cannot keep rustdoc's files: {e}"))?;
        fs::rename(self.dir.join("target/doc/wecom.json"), to)
            .map_err(|e| format!("rustdoc of {features} wrote no JSON: {e}"))
    }
}

/// The features that show the touched files, of those that an API has.
fn features(paths: &BTreeSet<String>, api: &Api) -> String {
    let mut out = BTreeSet::new();
    for path in paths {
        let rest = path.strip_prefix(emit::ROOT).unwrap_or(path).trim_start_matches('/');
        let name = rest.split('/').next().unwrap_or(rest).trim_end_matches(".rs");
        match name {
            "events" => {
                out.insert("callback");
            }
            name if api.modules.iter().any(|m| m.name == name) => {
                out.insert(name);
            }
            _ => {}
        }
    }
    out.into_iter().collect::<Vec<_>>().join(",")
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let fail = |e: std::io::Error| format!("cannot copy {}: {e}", from.display());
    fs::create_dir_all(to).map_err(fail)?;
    for entry in fs::read_dir(from).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let into = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &into)?;
        } else {
            fs::copy(&path, &into).map_err(fail)?;
        }
    }
    Ok(())
}

/// The compiler's version, as far as it says one.
fn rustc() -> String {
    let out = Command::new("rustc").arg("-vV").output();
    out.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default()
}

/// Adds the texts of a folder; what is generated is told apart where it is used.
fn digest(dir: &Path, hash: &mut DefaultHasher) -> Result<(), String> {
    let fail = |e: std::io::Error| format!("cannot read {}: {e}", dir.display());
    let mut list: Vec<PathBuf> = fs::read_dir(dir).map_err(fail)?.flatten().map(|e| e.path()).collect();
    list.sort();
    for path in list.iter().filter(|p| !p.ends_with("src/api")) {
        if path.is_dir() {
            digest(path, hash)?;
        } else {
            fs::read(path).map_err(fail)?.hash(hash);
        }
    }
    Ok(())
}
