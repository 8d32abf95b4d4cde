//! `codegen`: the spec's code, compared with what stands on disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use wecom_codegen::emit::{self, Features};
use wecom_codegen::source::Rendered;

use crate::{Outcome, files};

#[derive(Args)]
pub struct Codegen {
    /// Write nothing; list stale, missing and obsolete files, with a short diff
    #[arg(long)]
    check: bool,
    /// The spec folder
    #[arg(long, value_name = "DIR")]
    spec: Option<PathBuf>,
    /// The checkout to write into
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

/// What must change on disk for the code to be what the spec gives.
#[derive(Default)]
pub(crate) struct Changes {
    /// Path → old text (none where missing) and new text.
    write: BTreeMap<String, (Option<String>, String)>,
    /// Left-over files.
    delete: Vec<String>,
    /// All emitted files and their lines.
    files: usize,
    lines: usize,
}

impl Changes {
    pub(crate) fn is_none(&self) -> bool {
        self.write.is_empty() && self.delete.is_empty()
    }

    /// `96 files, 21000 lines`
    pub(crate) fn size(&self) -> String {
        format!("{} files, {} lines", self.files, self.lines)
    }

    pub(crate) fn apply(&self, root: &Path) -> Result<(), String> {
        for (path, (_, new)) in &self.write {
            files::write(&root.join(path), new)?;
        }
        for path in &self.delete {
            let full = root.join(path);
            fs::remove_file(&full).map_err(|e| format!("cannot delete {}: {e}", full.display()))?;
            // A folder that became empty goes too.
            if let Some(dir) = full.parent() {
                let _ = fs::remove_dir(dir);
            }
        }
        Ok(())
    }

    /// One line a file, once they are written.
    pub(crate) fn done(&self) -> Vec<String> {
        let word = |old: &Option<String>| if old.is_some() { "updated" } else { "created" };
        let written = self.write.iter().map(|(path, (old, _))| format!("{} {path}", word(old)));
        written.chain(self.delete.iter().map(|path| format!("deleted {path}"))).collect()
    }
}

/// Loads the spec and compares. Findings that stand in the way are printed; then there is nothing to compare.
pub(crate) fn compare(spec: &Path, root: &Path) -> Result<Option<Changes>, String> {
    let loaded = wecom_codegen::load(files::spec_files(spec)?);
    if !loaded.is_sound() {
        let prefix = format!("{}/", spec.strip_prefix(root).unwrap_or(spec).display());
        for diagnostic in &loaded.diagnostics {
            say!("{}", Rendered { diagnostic, files: &loaded.spec.files, prefix: &prefix });
        }
        say!("nothing was written: fix the spec first ({} findings)", loaded.diagnostics.len());
        return Ok(None);
    }
    let mut emitted = emit::emit(&loaded.api);
    let manifest = root.join("wecom/Cargo.toml");
    let old =
        fs::read_to_string(&manifest).map_err(|e| format!("cannot read {}: {e}", manifest.display()))?;
    let known: Vec<&str> = loaded.api.modules.iter().map(|m| m.name.as_str()).collect();
    let mut on_disk = Vec::new();
    list(&root.join(emit::ROOT), root, &mut on_disk)?;
    list(&root.join(emit::TESTS), root, &mut on_disk)?;
    // A module of the first level that is gone is known by its left-over file.
    let gone: Vec<String> = on_disk
        .iter()
        .filter_map(|p| p.strip_prefix(emit::ROOT)?.strip_prefix('/')?.strip_suffix(".rs"))
        .filter(|m| !m.contains('/') && !["mod", "errors", "events"].contains(m) && !known.contains(m))
        .map(str::to_owned)
        .collect();
    emitted.insert("wecom/Cargo.toml".into(), emit::merge_features(&old, &Features::of(&loaded.api), &gone)?);

    for (path, language) in emit::PAGES {
        // A tree that is written into for a trial has no READMEs.
        let Ok(page) = fs::read_to_string(root.join(path)) else { continue };
        let table = emit::table(&loaded.api, *language);
        let merged = emit::merge_table(&page, &table).map_err(|e| format!("{path}: {e}"))?;
        emitted.insert((*path).to_owned(), merged);
    }

    let mut changes = Changes { files: emitted.len(), ..Changes::default() };
    changes.delete = on_disk.into_iter().filter(|p| !emitted.contains_key(p)).collect();
    for (path, new) in emitted {
        changes.lines += new.lines().count();
        let old = fs::read_to_string(root.join(&path)).ok();
        if old.as_deref() != Some(new.as_str()) {
            changes.write.insert(path, (old, new));
        }
    }
    Ok(Some(changes))
}

fn list(dir: &Path, root: &Path, out: &mut Vec<String>) -> Result<(), String> {
    let Ok(entries) = fs::read_dir(dir) else { return Ok(()) };
    for entry in entries {
        let path = entry.map_err(|e| format!("cannot read {}: {e}", dir.display()))?.path();
        if path.is_dir() {
            list(&path, root, out)?;
        } else {
            out.push(path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/"));
        }
    }
    out.sort();
    Ok(())
}

/// `codegen --check` as a step of `ci`.
pub(crate) fn run_check() -> Result<Outcome, String> {
    codegen(&Codegen { check: true, spec: None, into: None })
}

pub fn codegen(args: &Codegen) -> Result<Outcome, String> {
    let root = args.into.clone().unwrap_or_else(files::root);
    let spec = args.spec.clone().unwrap_or_else(|| files::root().join("spec"));
    let Some(changes) = compare(&spec, &root)? else { return Ok(Outcome::Found) };
    if changes.is_none() {
        say!("up to date: {}", changes.size());
        return Ok(Outcome::Well);
    }
    if !args.check {
        changes.apply(&root)?;
        changes.done().iter().for_each(|line| say!("{line}"));
        say!("{}", changes.size());
        return Ok(Outcome::Well);
    }
    for (path, (old, new)) in &changes.write {
        say!("{} {path}", if old.is_some() { "stale:  " } else { "missing:" });
        if let Some(old) = old {
            files::print(&short_diff(old, new))?;
        }
    }
    for path in &changes.delete {
        say!("left over: {path}");
    }
    say!("run `cargo xtask codegen` to fix it");
    Ok(Outcome::Found)
}

/// The first changed lines of a file. Of a long line the part is shown where it begins to differ from its counterpart.
fn short_diff(old: &str, new: &str) -> String {
    const MOST: usize = 12;
    let diff = similar::TextDiff::from_lines(old, new);
    let mut out = String::new();
    let changed: Vec<_> = diff.iter_all_changes().filter(|c| c.tag() != similar::ChangeTag::Equal).collect();
    let of = |tag| changed.iter().filter(move |c| c.tag() == tag).map(|c| c.value().trim_end());
    let (deleted, added) = (similar::ChangeTag::Delete, similar::ChangeTag::Insert);
    let pairs: std::collections::HashMap<&str, &str> =
        of(deleted).zip(of(added)).flat_map(|(a, b)| [(a, b), (b, a)]).collect();
    for change in changed.iter().take(MOST) {
        let sign = if change.tag() == deleted { '-' } else { '+' };
        let line = change.value().trim_end();
        let same = pairs
            .get(line)
            .map_or(0, |other| line.chars().zip(other.chars()).take_while(|(a, b)| a == b).count());
        out.push_str(&format!("  {sign} {}\n", excerpt(line, same)));
    }
    if changed.len() > MOST {
        out.push_str(&format!("  … {} more lines\n", changed.len() - MOST));
    }
    out
}

/// At most 140 characters of a line, around the one at `at`.
fn excerpt(line: &str, at: usize) -> String {
    const MOST: usize = 140;
    let all = line.chars().count();
    if all <= MOST {
        return line.to_owned();
    }
    let from = at.saturating_sub(MOST / 2).min(all - MOST);
    let part: String = line.chars().skip(from).take(MOST).collect();
    let (before, after) = (if from > 0 { "…" } else { "" }, if from + MOST < all { "…" } else { "" });
    format!("{before}{part}{after} ({all} characters)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_show_where_they_differ() {
        let line = |middle: &str| format!("{}{middle}{}\n", "a".repeat(900), "b".repeat(900));
        let shown = short_diff(&format!("same\n{}", line("X")), &format!("same\n{}", line("Y")));
        for (sign, word) in [("- …", "aX"), ("+ …", "aY")] {
            let found = shown.lines().find(|l| l.trim_start().starts_with(sign)).unwrap_or_default();
            assert!(found.contains(word) && found.chars().count() < 180, "{shown}");
            assert!(found.ends_with("… (1801 characters)"), "{shown}");
        }
        assert_eq!(short_diff("short\n", "other\n"), "  - short\n  + other\n");
    }
}
