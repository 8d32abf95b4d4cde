//! `changelog`: the entry of `CHANGELOG.md`, and whether it is there. What it should say is decided in `wecom_codegen::diff::changelog`.

use std::fs;

use clap::Args;
use wecom_codegen::diff::changelog::{First, Since, Verdict, released};
use wecom_codegen::diff::diff;

use super::source;
use crate::{Outcome, files};

/// Before the first release nobody has anything to change: then the section of that version says how large the API is.
///
/// Exits 0, or 1 when --check finds something, or 2 when a side cannot be read.
#[derive(Args)]
pub struct Changelog {
    /// The last release: a revision, a tag or a folder [default: the tag of the newest section of CHANGELOG.md with a date]
    base: Option<String>,
    /// The newer side
    #[arg(default_value = ".")]
    head: String,
    /// Only report what is missing: the version that the changes require, and their lines in CHANGELOG.md
    #[arg(long, conflicts_with = "write")]
    check: bool,
    /// Add what is missing to CHANGELOG.md
    #[arg(long)]
    write: bool,
}

/// `changelog --check` as a step of `ci`.
pub(crate) fn run_check() -> Outcome {
    let args = Changelog { base: None, head: ".".into(), check: true, write: false };
    changelog(&args).unwrap_or_else(|message| {
        say!("{message}");
        Outcome::Found
    })
}

pub fn changelog(args: &Changelog) -> Result<Outcome, String> {
    let path = files::root().join("CHANGELOG.md");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let new = source::read(&args.head)?;
    whole(args, &new)?;
    let fix = "cargo xtask changelog --write";
    let base = match (&args.base, released(&text)) {
        (Some(base), _) => base.clone(),
        (None, Some(version)) => {
            let tag = format!("v{version}");
            source::tagged(&tag)
                .map_err(|why| format!("CHANGELOG.md says that {version} was released, but {why}"))?;
            tag
        }
        (None, None) => {
            let version = new.version.ok_or("Cargo.toml has no version")?;
            let first = First { api: &new.loaded.api, version };
            if args.check {
                return Ok(say(&first.check(&text, fix)));
            }
            if !args.write {
                files::print(&first.entry(&text))?;
                return Ok(Outcome::Well);
            }
            let (text, figures) = first.write(&text);
            files::write(&path, &text)?;
            say!("CHANGELOG.md: {figures} figures of {version} corrected");
            return Ok(Outcome::Well);
        }
    };
    let old = source::read(&base)?;
    whole(args, &old)?;
    for warning in old.warnings.iter().chain(&new.warnings) {
        eprintln!("warning: {warning}");
    }
    let before = old.version.ok_or_else(|| format!("`{base}` has no Cargo.toml with a version"))?;
    let found = diff(&old.loaded.api, &new.loaded.api);
    let since = Since { base: &base, head: &new.name, before, now: new.version, diff: &found };
    if args.check {
        let fix = args.base.as_ref().map_or(fix.to_owned(), |base| format!("{fix} {base}"));
        return Ok(say(&since.check(&text, &fix)));
    }
    if !args.write {
        files::print(&since.entry())?;
        return Ok(Outcome::Well);
    }
    let (text, lines) = since.write(&text);
    files::write(&path, &text)?;
    say!("CHANGELOG.md: {lines} lines added to {}", since.version());
    Ok(Outcome::Well)
}

/// What a broken spec lacks would be told as gone, and not be missed later: nothing is written or held against it.
fn whole(args: &Changelog, side: &source::Side) -> Result<(), String> {
    if side.warnings.is_empty() || !(args.write || args.check) {
        return Ok(());
    }
    Err(format!(
        "CHANGELOG.md was neither written nor checked, as a side has errors; fix them, or name a BASE without:\n{}",
        side.warnings.join("\n")
    ))
}

fn say(verdict: &Verdict) -> Outcome {
    verdict.lines.iter().for_each(|l| say!("{l}"));
    if verdict.well { Outcome::Well } else { Outcome::Found }
}
