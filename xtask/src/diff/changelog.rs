//! `changelog`: the entry of `CHANGELOG.md`, and whether it is there.

use std::collections::BTreeMap;
use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use wecom_codegen::diff::{self, Class, next_version, render};

use super::source;
use crate::{Outcome, files};

/// Exits 0, or 1 when --check finds something, or 2 when a side cannot be read.
#[derive(Args)]
pub(crate) struct Changelog {
    /// The last release: a revision, a tag or a folder
    base: String,
    /// The newer side
    #[arg(default_value = ".")]
    head: String,
    /// Print nothing but what is missing: the version that the changes ask for, and their lines in CHANGELOG.md
    #[arg(long)]
    check: bool,
}

pub(crate) fn changelog(args: &Changelog) -> Result<Outcome, String> {
    let (old, new) = (source::read(&args.base)?, source::read(&args.head)?);
    for warning in old.warnings.iter().chain(&new.warnings) {
        eprintln!("warning: {warning}");
    }
    let found = diff::diff(&old.loaded.api, &new.loaded.api);
    let (Some(before), now) = (old.version, new.version) else {
        return Err(format!("`{}` has no Cargo.toml with a version", args.base));
    };
    let needed = next_version(before, found.rust());
    // A version that was raised further already is the one that will be released.
    let version = now.filter(|v| *v >= needed).unwrap_or(needed);
    let allowed = BTreeMap::new();
    let report = render::Report {
        base: &old.name,
        head: &new.name,
        diff: &found,
        version: old.version,
        warnings: &[],
        docs: false,
        allowed: &allowed,
    };
    let entry = render::changelog(&report, &version.to_string(), &today());
    if !args.check {
        print!("{entry}");
        return Ok(Outcome::Well);
    }
    // Texts and behaviour come out with the next release, whenever that is.
    if found.rust().max(found.wire()) < Class::Minor {
        println!("nothing that a changelog must tell since {}", args.base);
        return Ok(Outcome::Well);
    }
    let mut well = true;
    if now.is_some_and(|v| v < needed) {
        println!(
            "version: {} must be {needed} or higher ({} since {} {before})",
            version_word(now),
            found.rust().word(),
            args.base
        );
        println!("mend: version in [workspace.package] of Cargo.toml");
        well = false;
    }
    let path = files::root().join("CHANGELOG.md");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let missing: Vec<&str> =
        entry.lines().filter(|l| l.starts_with("- ") && !text.lines().any(|t| t.trim() == *l)).collect();
    if !missing.is_empty() {
        println!("CHANGELOG.md lacks {} lines:", missing.len());
        missing.iter().take(20).for_each(|l| println!("  {l}"));
        println!("mend: cargo xtask changelog {}", args.base);
        well = false;
    }
    if well {
        println!("version and CHANGELOG.md tell what changed since {}", args.base);
    }
    Ok(if well { Outcome::Well } else { Outcome::Found })
}

fn version_word(v: Option<diff::Version>) -> String {
    v.map_or("the version".into(), |v| v.to_string())
}

/// `yyyy-mm-dd` in UTC.
fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let (mut year, mut day) = (1970u64, seconds / 86_400);
    let leap = |y: u64| (y.is_multiple_of(4) && !y.is_multiple_of(100)) || y.is_multiple_of(400);
    loop {
        let length = if leap(year) { 366 } else { 365 };
        if day < length {
            break;
        }
        day -= length;
        year += 1;
    }
    let february = if leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if day < length {
            break;
        }
        day -= length;
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", day + 1)
}
