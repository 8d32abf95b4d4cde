//! Where the two sides come from: git objects, folders, the working tree. No checkout is touched.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use wecom_codegen::diff::Version;
use wecom_codegen::source::{Rendered, Severity, SourceFile};
use wecom_codegen::{Loaded, load, migrate, schema};

use crate::files;

/// One side.
pub(crate) struct Side {
    /// As the user named it.
    pub(crate) name: String,
    /// Its spec, as far as it could be read.
    pub(crate) loaded: Loaded,
    /// The version of the workspace there.
    pub(crate) version: Option<Version>,
    /// What does not lint.
    pub(crate) warnings: Vec<String>,
}

/// Reads a side by its name.
pub(crate) fn read(name: &str) -> Result<Side, String> {
    let root = files::root();
    if name.is_empty() {
        return Err(
            "the name of a side is empty: give a revision, a tag, a folder or `.` for the working tree"
                .into(),
        );
    }
    let path = if name == "." { root.clone() } else { PathBuf::from(name) };
    // No revision begins so; for a folder that is called like a revision there is `./name`.
    let said_folder = name.starts_with(['.', '/']);
    let commit = if said_folder { Ok(None) } else { commit(&root, name) };
    match commit {
        Ok(Some(commit)) => revision(&root, name, &commit),
        _ if path.is_dir() => folder(name, &path),
        Ok(None) => Err(unknown(&root, name)),
        Err(why) => Err(why),
    }
}

fn folder(name: &str, path: &Path) -> Result<Side, String> {
    let spec = if path.join("spec").is_dir() { path.join("spec") } else { path.to_owned() };
    let list = files::spec_files_so_far(&spec).map_err(|e| format!("the folder `{name}`: {e}"))?;
    if list.is_empty() {
        return Err(format!(
            "the folder `{name}` has no spec: there are no .yaml files in {}",
            spec.display()
        ));
    }
    let manifest = fs::read_to_string(path.join("Cargo.toml")).ok();
    side(name, list, manifest.as_deref(), || {
        let same = |p: &Path| fs::read(p).ok();
        same(&spec.join("README.md")) == same(&files::root().join("spec/README.md"))
    })
}

fn revision(root: &Path, name: &str, commit: &str) -> Result<Side, String> {
    let listed = git(root, &["ls-tree", "-r", "-z", "--name-only", commit, "--", "spec"])?
        .map_err(|why| format!("git cannot list the files of `{name}`: {why}"))?;
    let paths: Vec<String> = listed
        .split('\0')
        .filter(|p| p.ends_with(".yaml") || p.ends_with(".yml"))
        .map(str::to_owned)
        .collect();
    if paths.is_empty() {
        return Err(format!(
            "`{name}` ({}) has no spec: there are no .yaml files under spec/ in it",
            &commit[..commit.len().min(10)]
        ));
    }
    let texts = blobs(root, commit, &paths)?;
    let list = paths
        .iter()
        .zip(texts)
        .map(|(p, text)| SourceFile { path: p.strip_prefix("spec/").unwrap_or(p).to_owned(), text })
        .collect();
    let show = |path: &str| git(root, &["show", &format!("{commit}:{path}")]).ok()?.ok();
    side(name, list, show("Cargo.toml").as_deref(), || {
        show("spec/README.md") == fs::read_to_string(root.join("spec/README.md")).ok()
    })
}

/// Loads; what does not lint is said and left out.
fn side(
    name: &str,
    list: Vec<SourceFile>,
    manifest: Option<&str>,
    same_format: impl Fn() -> bool,
) -> Result<Side, String> {
    let count = list.len();
    // An older format is read as this one: the facts are the same.
    let list = if migrate::version(&list) == Some(1) { migrated(name, &list)? } else { list };
    let loaded = load(list);
    // What the pages say is no part of the API: an older way of writing it stands in no comparison's way.
    let stops =
        |d: &&wecom_codegen::source::Diagnostic| d.severity == Severity::Error && d.rule != "departure";
    let errors: Vec<_> = loaded.diagnostics.iter().filter(stops).collect();
    let mut warnings = Vec::new();
    if let Some(other) = errors.iter().find(|d| d.rule == "format-version") {
        return Err(format!("`{name}` cannot be read: {}; {}", other.message, other.help));
    }
    if let Some(first) = errors.first() {
        let place = |d: &wecom_codegen::source::Diagnostic| match loaded.spec.files.get(d.pos.file as usize) {
            Some(file) => format!("spec/{}:{}:{}", file.path, d.pos.line, d.pos.col),
            None => "spec".into(),
        };
        let foreign = errors.iter().any(|d| matches!(d.rule, "unknown-key" | "missing-key" | "shape"))
            && !same_format();
        let numbered = loaded.spec.files.iter().any(|f| f.path == schema::FORMAT_FILE);
        let older = match (foreign, numbered) {
            (true, true) => {
                " It uses another version of the spec format: its spec/README.md differs from that of this checkout."
            }
            (true, false) => {
                " It has no spec/format.yaml, so it is older than format 1; spec/README.md of that revision describes its format."
            }
            (false, _) => "",
        };
        if loaded.api.endpoints().count() + loaded.api.events.len() == 0 {
            return Err(format!(
                "the spec of `{name}` cannot be read: {} errors in {count} files, the first at {}: {}.{older}",
                errors.len(),
                place(first),
                first.message
            ));
        }
        warnings.push(format!(
            "the spec of `{name}` has {} errors: this diff lacks what could not be read.{older}",
            errors.len()
        ));
        warnings.extend(
            errors.iter().take(5).map(|d| format!("`{name}` {}: {} [{}]", place(d), d.message, d.rule)),
        );
        if errors.len() > 5 {
            warnings.push(format!("… {} more: `cargo xtask lint --spec` lists them", errors.len() - 5));
        }
    }
    Ok(Side { name: name.to_owned(), version: manifest.and_then(version), loaded, warnings })
}

fn migrated(name: &str, list: &[SourceFile]) -> Result<Vec<SourceFile>, String> {
    migrate::migrate(list).map_err(|found| {
        let lines: Vec<String> = found
            .iter()
            .map(|diagnostic| Rendered { diagnostic, files: list, prefix: "spec/" }.to_string())
            .collect();
        format!("the spec of `{name}` is of format 1 and cannot be read as one:\n{}", lines.join("\n"))
    })
}

/// `version` of `[workspace.package]` or `[package]`.
pub(crate) fn version(manifest: &str) -> Option<Version> {
    let mut within = false;
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            within = matches!(line, "[workspace.package]" | "[package]");
        } else if within && let Some(value) = line.strip_prefix("version") {
            return value.trim_start().strip_prefix('=')?.trim().trim_matches('"').parse().ok();
        }
    }
    None
}

/// The commit that a name stands for, if it is a revision.
fn commit(root: &Path, name: &str) -> Result<Option<String>, String> {
    // What begins with a dash would be an option of git.
    if name.starts_with('-') {
        return Ok(None);
    }
    let args = ["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{commit}}")];
    match git(root, &args)? {
        Ok(found) => Ok(Some(found.trim().to_owned()).filter(|t| !t.is_empty())),
        // Quiet about a name that it does not know; where there is no repository, who asks says so.
        Err(why) if why.is_empty() || why.contains("not a git repository") => Ok(None),
        Err(why) => Err(format!("git cannot tell whether `{name}` is a revision: {why}")),
    }
}

/// Whether the tag of a release is here; if not, why and what to do.
pub(super) fn tagged(tag: &str) -> Result<(), String> {
    let root = files::root();
    if commit(&root, tag)?.is_some() {
        return Ok(());
    }
    match git(&root, &["rev-parse", "--is-shallow-repository"])? {
        Ok(t) if t.trim() == "true" => Err(format!(
            "this shallow clone lacks its tag `{tag}`: run `git fetch --depth 1 origin tag {tag}`, or in a workflow set `fetch-depth: 0`"
        )),
        Ok(_) => Err(format!(
            "there is no tag `{tag}`: run `git fetch --tags`, or tag the commit of the release with `git tag {tag} COMMIT`"
        )),
        Err(_) => Err(format!(
            "{} is not a git repository, so there is nothing to compare with: name a folder as BASE",
            root.display()
        )),
    }
}

fn unknown(root: &Path, name: &str) -> String {
    let plain = format!("`{name}` is neither a revision nor a folder");
    if let Some((a, b)) = name.split_once("..").filter(|(a, _)| !a.is_empty()) {
        return format!("{plain}; for a range, name both sides: `{a} {}`", b.trim_start_matches('.'));
    }
    match git(root, &["rev-parse", "--is-shallow-repository"]) {
        Ok(Ok(t)) if t.trim() == "true" => format!(
            "{plain}. This is a shallow clone, which lacks older history: run `git fetch --unshallow --tags`, or in a workflow set `fetch-depth: 0`"
        ),
        Ok(Ok(_)) => {
            let tags =
                git(root, &["tag", "--sort=-creatordate"]).ok().and_then(Result::ok).unwrap_or_default();
            let names: Vec<&str> = tags.lines().take(5).collect();
            let help = if names.is_empty() {
                "there are no tags yet".to_owned()
            } else {
                format!("the newest tags: {}", names.join(", "))
            };
            format!("{plain}; `git log --oneline` lists revisions, {help}")
        }
        _ => format!("{plain}, and {} is not a git repository", root.display()),
    }
}

/// Output of a git command, or what git says against it.
type Said = Result<String, String>;

fn git(root: &Path, args: &[&str]) -> Result<Said, String> {
    let out = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("cannot run git: {e}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(if out.status.success() { Ok(text(&out.stdout)) } else { Err(text(&out.stderr).trim().to_owned()) })
}

/// The texts of many files of a commit, by one process.
fn blobs(root: &Path, commit: &str, paths: &[String]) -> Result<Vec<String>, String> {
    let fail = |e: std::io::Error| format!("cannot read from git: {e}");
    let mut child = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| format!("cannot run git: {e}"))?;
    let stdin = child.stdin.take();
    let names: String = paths.iter().map(|p| format!("{commit}:{p}\n")).collect();
    // Git answers while it is asked: both pipes must move.
    let writer = std::thread::spawn(move || stdin.map_or(Ok(()), |mut s| s.write_all(names.as_bytes())));
    let out = child.wait_with_output().map_err(fail)?;
    let wrote = writer.join().map_err(|_| "cannot write to git".to_owned())?;
    if !out.status.success() {
        let why = String::from_utf8_lossy(&out.stderr);
        return Err(format!("git cannot read the files of {commit}: {}", why.trim()));
    }
    wrote.map_err(fail)?;
    let mut rest = out.stdout.as_slice();
    let mut texts = Vec::new();
    for path in paths {
        let missing = || {
            format!("git has no {path} at {commit}: a shallow or partial clone? Run `git fetch --unshallow`")
        };
        let end = rest.iter().position(|b| *b == b'\n').ok_or_else(missing)?;
        let head = String::from_utf8_lossy(&rest[..end]).into_owned();
        let size: usize = head.rsplit(' ').next().and_then(|n| n.parse().ok()).ok_or_else(missing)?;
        let body = rest.get(end + 1..end + 1 + size).ok_or_else(missing)?;
        texts.push(String::from_utf8(body.to_vec()).map_err(|_| format!("{path} at {commit} is not UTF-8"))?);
        rest = rest.get(end + 2 + size..).unwrap_or_default();
    }
    Ok(texts)
}
