//! `ci`: everything that must hold before a change lands.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use clap::Args;

use crate::{Outcome, codegen, conform, diff, files, lint};

#[derive(Args)]
pub struct Ci {
    /// Only steps whose name contains this word
    #[arg(long, value_name = "WORD")]
    only: Option<String>,
    /// Folder with further sample bodies in `samples/http` [default: that of WECOM_MATERIAL]
    #[arg(long, value_name = "DIR")]
    material: Option<PathBuf>,
}

/// Everything but the ways of TLS that need a library of the system or a provider of the program; those are checked alone.
const FULL: &str = "wecom-client/full";

/// A step: its name, and what it runs.
type Step = (&'static str, Box<dyn Fn(&Path) -> Result<Outcome, String>>);

pub fn ci(args: &Ci) -> Result<Outcome, String> {
    let root = files::root();
    let start = Instant::now();
    let mut failed = Vec::new();
    for (name, run) in chosen(steps(args), args.only.as_deref())? {
        say!("\n== {name}");
        let began = Instant::now();
        match run(&root)? {
            Outcome::Well => say!("-- {name}: ok, {:.0} s", began.elapsed().as_secs_f32()),
            Outcome::Found => {
                say!("-- {name}: FAILED, {:.0} s", began.elapsed().as_secs_f32());
                failed.push(name);
            }
        }
    }
    say!();
    if failed.is_empty() {
        say!("all steps passed, {:.0} s", start.elapsed().as_secs_f32());
        Ok(Outcome::Well)
    } else {
        say!("failed: {}", failed.join(", "));
        Ok(Outcome::Found)
    }
}

/// The steps with a word in their name; all without one.
fn chosen(steps: Vec<Step>, word: Option<&str>) -> Result<Vec<Step>, String> {
    let Some(word) = word else { return Ok(steps) };
    let names: Vec<&str> = steps.iter().map(|(name, _)| *name).collect();
    let unknown = format!("no step has `{word}` in its name; the steps are: {}", names.join(", "));
    let chosen: Vec<Step> = steps.into_iter().filter(|(name, _)| name.contains(word)).collect();
    if chosen.is_empty() { Err(unknown) } else { Ok(chosen) }
}

fn steps(args: &Ci) -> Vec<Step> {
    let material = files::material(args.material.as_deref());
    vec![
        ("format", Box::new(|root| cargo(root, &["fmt", "--all", "--check"], &[]))),
        ("spec lint", Box::new(|_| lint::run_lint(true))),
        ("spec form", Box::new(|_| lint::run_fmt_check())),
        ("codegen --check", Box::new(|_| codegen::run_check())),
        ("changelog", Box::new(|_| Ok(diff::run_changelog_check()))),
        ("samples", Box::new(move |_| samples(&material))),
        (
            "clippy",
            Box::new(|root| {
                cargo(
                    root,
                    &["clippy", "--workspace", "--all-targets", "--features", FULL, "--", "-D", "warnings"],
                    &[],
                )
            }),
        ),
        ("features", Box::new(features)),
        (
            "tests",
            Box::new(|root| cargo(root, &["test", "--workspace", "--features", FULL, "--no-fail-fast"], &[])),
        ),
        (
            "docs",
            Box::new(|root| {
                cargo(
                    root,
                    &["doc", "--no-deps", "--workspace", "--features", FULL],
                    &[("RUSTDOCFLAGS", "-D warnings")],
                )
            }),
        ),
        ("packages", Box::new(packages)),
    ]
}

/// The repository's sample bodies against the spec, and those of the official pages where they are at hand.
fn samples(material: &Path) -> Result<Outcome, String> {
    let own = conform::run(None)?;
    let dir = material.join("samples/http");
    if !dir.is_dir() {
        say!(
            "samples of the official pages: skipped, as {} does not exist; set --material or {} to another folder",
            dir.display(),
            files::MATERIAL
        );
        return Ok(own);
    }
    let pages = conform::run(Some(&dir))?;
    Ok(if own == Outcome::Well { pages } else { own })
}

/// The packages as they would be published, each built from what its archive holds. A checkout with changes is packed as it is.
fn packages(root: &Path) -> Result<Outcome, String> {
    if forget_packed() {
        // What was built of them is kept by version too.
        cargo(root, &["clean", "--quiet", "-p", "wecom-codegen"], &[])?;
    }
    cargo(root, &["publish", "--quiet", "--workspace", "--dry-run", "--allow-dirty"], &[])
}

/// Deletes what cargo unpacked of our own packages when they were packed before: it keeps them by version, and would build the next
/// package against the old text. Whether there was something. Only the folders of registries without a host are looked at, which is where such packages lie.
fn forget_packed() -> bool {
    let home = std::env::var_os("CARGO_HOME").map(std::path::PathBuf::from);
    let Some(home) = home.or_else(|| Some(std::env::home_dir()?.join(".cargo"))) else { return false };
    let mut found = false;
    for kind in ["src", "cache"] {
        let registries = std::fs::read_dir(home.join("registry").join(kind)).into_iter().flatten().flatten();
        for registry in registries.filter(|r| r.file_name().to_string_lossy().starts_with('-')) {
            let packed = std::fs::read_dir(registry.path()).into_iter().flatten().flatten();
            for entry in packed.filter(|e| e.file_name().to_string_lossy().starts_with("wecom-")) {
                let path = entry.path();
                found = true;
                // What cannot be deleted is told by the build that follows.
                let _ =
                    if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
            }
        }
    }
    found
}

/// `wecom` without features, and with each of its features alone.
fn features(root: &Path) -> Result<Outcome, String> {
    let check = |features: &str| {
        // clippy, since it can deny warnings without building the dependencies anew.
        let mut args = vec!["clippy", "--quiet", "-p", "wecom-client", "--no-default-features"];
        if !features.is_empty() {
            args.extend(["--features", features]);
        }
        args.extend(["--", "-D", "warnings"]);
        // Each set would keep 100 MB for a next build of the same set, and there are seventy.
        cargo(root, &args, &[("CARGO_INCREMENTAL", "0")])
    };
    let mut names = vec![String::new()];
    names.extend(client_features(root)?);
    let mut outcome = Outcome::Well;
    for name in &names {
        if name == "native-tls" && lacks_openssl() {
            say!("native-tls: skipped, as OpenSSL is not installed (on Debian: libssl-dev and pkg-config)");
            continue;
        }
        if let Outcome::Found = check(name)? {
            say!("fails with {}", if name.is_empty() { "no feature" } else { name });
            outcome = Outcome::Found;
        }
    }
    say!("{} feature sets checked", names.len());
    Ok(outcome)
}

/// Where `native-tls` is built on OpenSSL, and that is not there.
fn lacks_openssl() -> bool {
    let there_is = || {
        let asked = Command::new("pkg-config").args(["--exists", "openssl"]).status();
        asked.is_ok_and(|status| status.success()) || std::env::var_os("OPENSSL_DIR").is_some()
    };
    cfg!(target_os = "linux") && !there_is()
}

/// The features that the client's manifest declares. `full` is left out: the step before checks it with all targets.
fn client_features(root: &Path) -> Result<Vec<String>, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .output()
        .map_err(|e| format!("cannot run cargo metadata: {e}"))?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|e| format!("cargo metadata: {e}\n{}", String::from_utf8_lossy(&output.stderr)))?;
    let features = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|package| package["name"] == "wecom-client")
        .and_then(|package| package["features"].as_object())
        .ok_or("cargo metadata names no package wecom-client with features")?;
    Ok(features.keys().filter(|name| *name != "full").cloned().collect())
}

/// Runs cargo in the checkout; its output goes where ours does.
pub(crate) fn cargo(root: &Path, args: &[&str], env: &[(&str, &str)]) -> Result<Outcome, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(args)
        .envs(env.iter().copied())
        .current_dir(root)
        .status()
        .map_err(|e| format!("cannot run cargo {}: {e}", args.join(" ")))?;
    Ok(if status.success() { Outcome::Well } else { Outcome::Found })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(word: Option<&str>) -> Result<Vec<&'static str>, String> {
        let steps = steps(&Ci { only: None, material: None });
        chosen(steps, word).map(|list| list.iter().map(|(name, _)| *name).collect())
    }

    #[test]
    fn a_word_chooses_steps_and_one_of_none_is_told() {
        let all = names(None).expect("all");
        assert!(all.len() > 8, "{all:?}");
        assert_eq!(names(Some("spec")), Ok(vec!["spec lint", "spec form"]));
        assert_eq!(names(Some("samples")), Ok(vec!["samples"]));
        let why = names(Some("nonsense")).expect_err("no such step");
        assert!(why.contains("`nonsense`") && all.iter().all(|name| why.contains(name)), "{why}");
    }
}
