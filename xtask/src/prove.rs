//! `prove`: does each property's test fail without the property?
//!
//! `wecom/tests/proof/*.txt` holds edits that take a property away. Each is made in a copy of the tree, whose named test must then
//! fail, although the copy still compiles. A rebuild each, so it is no part of `ci`; the last result is committed beside the edits.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use clap::Args;

use crate::{Outcome, files};

const PROOFS: &str = "wecom/tests/proof";
const RESULT: &str = "RESULT.txt";
/// Without some properties a test goes on for ever, which is as good as failing.
const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Args)]
pub struct Prove {
    /// Only properties whose name contains this word; the others keep their last result
    #[arg(long, value_name = "WORD")]
    only: Option<String>,
    /// List the properties and run nothing
    #[arg(long)]
    list: bool,
}

/// A property, and the edit that takes it away.
#[derive(Debug, PartialEq)]
struct Property {
    name: String,
    /// Of the crate `wecom`.
    file: String,
    /// `--lib` or `--test calls`.
    target: String,
    test: String,
    features: String,
    was: String,
    becomes: String,
}

pub fn prove(args: &Prove) -> Result<Outcome, String> {
    let root = files::root();
    let mut properties = all(&root.join(PROOFS))?;
    if let Some(word) = &args.only {
        properties.retain(|p| p.name.contains(word.as_str()));
        if properties.is_empty() {
            return Err(format!(
                "no property's name contains `{word}`; `cargo xtask prove --list` lists them"
            ));
        }
    }
    if args.list {
        properties.iter().for_each(|p| say!("{}: {} {}", p.name, p.target, p.test));
        return Ok(Outcome::Well);
    }
    let copy = Copy::make(&root)?;
    say!("{} properties; their tests are run on the unchanged tree first", properties.len());
    let mut failing: Vec<(String, String)> = Vec::new();
    for property in &properties {
        copy.run(property, false)?;
        match copy.run(property, true)?.0 {
            Ended::Well => {}
            Ended::Failed(why) => {
                failing.push((property.name.clone(), format!("its test fails on the unchanged tree: {why}")))
            }
            Ended::Hung => failing
                .push((property.name.clone(), "its test does not end on the unchanged tree".to_owned())),
        }
    }
    let mut unproven = 0;
    for (number, property) in properties.iter().enumerate() {
        let began = Instant::now();
        let verdict = match failing.iter().find(|(name, _)| *name == property.name) {
            Some((_, why)) => Err(why.clone()),
            None => copy.judge(property)?,
        };
        let line = match &verdict {
            Ok(how) => format!("{}: without it {} {how}", property.name, property.test),
            Err(why) => format!("{}: NOT PROVEN, {} {why}", property.name, property.test),
        };
        say!("[{}/{}] {line} ({:.0} s)", number + 1, properties.len(), began.elapsed().as_secs_f32());
        unproven += usize::from(verdict.is_err());
        // After each: a run that is stopped has not been for nothing.
        record(&root.join(PROOFS), &property.name, line)?;
    }
    say!("{} properties, {} proven", properties.len(), properties.len() - unproven);
    Ok(if unproven == 0 { Outcome::Well } else { Outcome::Found })
}

/// Puts a property's line into the result, in the place of its last one; in the properties' order.
fn record(folder: &Path, name: &str, line: String) -> Result<(), String> {
    let path = folder.join(RESULT);
    let before = fs::read_to_string(&path).unwrap_or_default();
    let mut lines = Vec::new();
    for Property { name: of, .. } in all(folder)? {
        let begin = format!("{of}: ");
        let last = before.lines().find(|line| line.starts_with(&begin)).map(str::to_owned);
        lines.push(match of == name {
            true => line.clone(),
            false => last.unwrap_or_else(|| format!("{of}: not run yet")),
        });
    }
    let proven = lines.iter().filter(|line| line.contains(": without it ")).count();
    let total = format!("{} properties, {proven} proven", lines.len());
    let text = format!("What `cargo xtask prove` found last.\n\n{}\n\n{total}\n", lines.join("\n"));
    files::write(&path, &text)
}

/// The properties of all files, in the files' order.
fn all(folder: &Path) -> Result<Vec<Property>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "txt") && !path.ends_with(RESULT));
    paths.sort();
    let mut out = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        out.extend(parse(&text).map_err(|error| format!("{}: {error}", path.display()))?);
    }
    Ok(out)
}

/// ```text
/// # what holds
/// file src/retry.rs
/// test --lib retry::tests::name
/// features user,callback
/// <<<<
/// as it stands
/// ====
/// without the property
/// >>>>
/// ```
fn parse(text: &str) -> Result<Vec<Property>, String> {
    let mut out = Vec::new();
    for block in text.split("\n# ").map(|block| block.trim_start_matches("# ")).filter(|b| b.contains("<<<<"))
    {
        let (head, edit) = block.split_once("<<<<\n").ok_or_else(|| format!("no edit: {block}"))?;
        let (was, rest) = edit.split_once("\n====\n").ok_or_else(|| format!("no ====: {head}"))?;
        let (becomes, _) = rest.split_once("\n>>>>").ok_or_else(|| format!("no >>>>: {head}"))?;
        let mut lines = head.lines();
        let name = lines.next().unwrap_or_default().to_owned();
        let said = |word: &str| {
            head.lines().skip(1).find_map(|line| line.strip_prefix(word)).unwrap_or_default().trim()
        };
        let (target, test) = said("test ").rsplit_once(' ').ok_or_else(|| format!("no test: {name}"))?;
        out.push(Property {
            name,
            file: said("file ").to_owned(),
            target: target.to_owned(),
            test: test.to_owned(),
            features: said("features ").to_owned(),
            was: was.to_owned(),
            becomes: becomes.to_owned(),
        });
    }
    Ok(out)
}

/// The copy of the tree in which edits are made, with a target folder of its own: cargo would take what is built there for the
/// tree's.
struct Copy {
    root: PathBuf,
}

impl Copy {
    /// What git knows, and what it would: the working tree as it is.
    fn make(from: &Path) -> Result<Self, String> {
        let root = from.join("target/prove");
        let listed = Command::new("git")
            .args(["ls-files", "--cached", "--others", "--exclude-standard"])
            .current_dir(from)
            .output()
            .map_err(|error| format!("git ls-files: {error}"))?;
        for name in String::from_utf8_lossy(&listed.stdout).lines() {
            let (source, copy) = (from.join(name), root.join(name));
            // What is there already keeps its time, so that cargo need not build it anew.
            if source.is_file() && fs::read(&source).ok() != fs::read(&copy).ok() {
                let made = copy.parent().map_or(Ok(()), fs::create_dir_all);
                made.and_then(|()| fs::copy(&source, &copy).map(drop)).map_err(|e| format!("{name}: {e}"))?;
            }
        }
        Ok(Self { root })
    }

    /// How the test fails without the property, or why that is not proven.
    fn judge(&self, property: &Property) -> Result<Result<String, String>, String> {
        let path = self.root.join("wecom").join(&property.file);
        let whole = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let found = whole.matches(&property.was).count();
        if found != 1 {
            return Ok(Err(format!("was not run: {} holds the text {found} times", property.file)));
        }
        files::write(&path, &whole.replacen(&property.was, &property.becomes, 1))?;
        let outcome = self.without(property);
        files::write(&path, &whole)?;
        outcome
    }

    fn without(&self, property: &Property) -> Result<Result<String, String>, String> {
        if let (Ended::Failed(text), _) = self.run(property, false)? {
            return Ok(Err(format!("was not run: the edit does not compile: {text}")));
        }
        Ok(match self.run(property, true)?.0 {
            Ended::Failed(how) => Ok(format!("fails: {how}")),
            Ended::Hung => Ok("does not come to an end".to_owned()),
            Ended::Well => Err("passes all the same".to_owned()),
        })
    }

    /// Builds the test, or runs it as well.
    fn run(&self, property: &Property, runs: bool) -> Result<(Ended, String), String> {
        let mut command = Command::new(env!("CARGO"));
        command.args(["test", "--quiet", "--package", "wecom-client", "--no-default-features"]);
        command.args(["--features", &property.features]).args(property.target.split(' '));
        match runs {
            true => command.args(["--", "--exact", &property.test, "--test-threads=1"]),
            false => command.arg("--no-run"),
        };
        command.current_dir(&self.root).env_remove("CARGO_TARGET_DIR").env("RUST_BACKTRACE", "0");
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cargo: {error}"))?;
        let readers = [child.stdout.take().map(drain), child.stderr.take().map(drain)];
        let began = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().map_err(|error| format!("cargo: {error}"))? {
                break Some(status);
            }
            // The build's time is not the test's: only what is built already is timed.
            if runs && began.elapsed() > PATIENCE {
                end(&mut child);
                break None;
            }
            std::thread::sleep(Duration::from_millis(50));
        };
        let Some(status) = status else { return Ok((Ended::Hung, "does not come to an end".to_owned())) };
        let text: String = readers.into_iter().flatten().filter_map(|reader| reader.join().ok()).collect();
        if status.success() {
            if runs && !text.contains("1 passed") {
                return Ok((Ended::Failed("there is no such test".to_owned()), text));
            }
            return Ok((Ended::Well, text));
        }
        Ok((Ended::Failed(why(&text)), text))
    }
}

enum Ended {
    Well,
    Failed(String),
    Hung,
}

/// Ends cargo, and where the system has groups of processes the test that it runs, too.
fn end(child: &mut Child) {
    if cfg!(unix) {
        let group = format!("-{}", child.id());
        let _ = Command::new("kill").args(["-s", "KILL", "--", &group]).status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

fn drain(mut from: impl std::io::Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = Vec::new();
        let _ = from.read_to_end(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    })
}

/// The first line of a panic's message, or of a compiler's.
fn why(text: &str) -> String {
    let mut lines = text.lines();
    let line = match lines.find(|line| line.contains("panicked at ")) {
        Some(_) => lines.next().unwrap_or_default(),
        None => text.lines().find(|line| line.starts_with("error")).unwrap_or("no reason was printed"),
    };
    line.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proofs_are_read() {
        let text = "Words.\n\n# one: holds\nfile src/a.rs\ntest --test calls some_test\nfeatures a,b\n<<<<\nx\n  y\n====\nz\n>>>>\n\n\
                    # two\nfile src/b.rs\ntest --lib m::t\n<<<<\nq\n====\n\n>>>>\n";
        let read = parse(text).expect("reads");
        assert_eq!(read.len(), 2);
        let one = &read[0];
        assert_eq!((&*one.name, &*one.target, &*one.test), ("one: holds", "--test calls", "some_test"));
        assert_eq!((&*one.features, &*one.was, &*one.becomes), ("a,b", "x\n  y", "z"));
        assert_eq!((&*read[1].features, &*read[1].becomes), ("", ""));
        assert!(parse("# x\ntest --lib a\n<<<<\n").is_err());
    }

    /// Every edit still has its place: the code may not move on without its proofs.
    #[test]
    fn the_edits_fit_the_code() {
        let root = files::root();
        let mut written = String::new();
        for place in ["tests", "src"] {
            written_below(&root.join("wecom").join(place), &mut written);
        }
        for p in all(&root.join(PROOFS)).expect("reads") {
            let text = fs::read_to_string(root.join("wecom").join(&p.file)).expect(&p.file);
            assert_eq!(text.matches(&p.was).count(), 1, "{}: {} holds the text not once", p.name, p.file);
            let name = p.test.rsplit("::").next().unwrap_or_default();
            let found = written.contains(&format!("fn {name}("));
            assert!(found, "{}: there is no test {}", p.name, p.test);
        }
    }

    /// The text of all hand-written files in a folder.
    fn written_below(folder: &Path, text: &mut String) {
        for entry in fs::read_dir(folder).expect("reads") {
            let path = entry.expect("reads").path();
            if path.is_dir() && !path.ends_with("src/api") && !path.ends_with("tests/generated") {
                written_below(&path, text);
            } else if path.extension().is_some_and(|e| e == "rs") {
                text.push_str(&fs::read_to_string(&path).expect("reads"));
            }
        }
    }
}
