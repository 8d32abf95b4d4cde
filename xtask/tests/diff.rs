//! `diff` and `changelog` as they are called: sides from git and from folders, exit codes, messages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const SPEC: &str = "module: demo\ntitle: 演示\nendpoints:\n  /cgi-bin/demo/make:\n    title: 新建\n    method: POST\n    auth: access_token\n    modes: [internal]\n    source:\n      - {page: 3}\n    request:\n      fields:\n        name:\n          type: string\n          required: true\n          doc: 名称。\n        note:\n          type: string\n          doc: 备注。\n";
const ERRORS: &str = "0:\n  meaning: 成功\n  class: ok\n";
const NOTE: &str = "        note:\n          type: string\n          doc: 备注。\n";

/// A repository of its own, thrown away at the end. `v1` is tagged; `bad` does not lint; `empty` has no spec.
struct Repo(PathBuf);

impl Drop for Repo {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Repo {
    fn new(name: &str) -> Repo {
        let dir = std::env::temp_dir().join(format!("xtask-diff-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        let repo = Repo(dir);
        repo.write("README.md", "x\n");
        repo.git(&["init", "-q", "-b", "main"]);
        repo.commit("empty");
        repo.write("codegen/README.md", "x\n");
        repo.write("Cargo.toml", "[workspace.package]\nversion = \"0.1.0\"\n");
        repo.write("spec/demo/demo.yaml", SPEC);
        repo.write("spec/errors.yaml", ERRORS);
        repo.commit("v1");
        repo.write("spec/demo/other.yaml", "module: demo\ntitel: x\n");
        repo.commit("bad");
        fs::remove_file(repo.0.join("spec/demo/other.yaml")).expect("removed");
        repo
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("a folder");
        fs::write(path, text).expect("written");
    }

    fn git(&self, args: &[&str]) -> String {
        let out = Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"])
            .args(args)
            .current_dir(&self.0)
            .output()
            .expect("git runs");
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).into_owned()
    }

    fn commit(&self, tag: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", tag]);
        self.git(&["tag", tag]);
    }

    fn run(&self, args: &[&str]) -> (i32, String, String) {
        let out: Output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(args)
            .current_dir(&self.0)
            .output()
            .expect("xtask runs");
        let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        (out.status.code().unwrap_or(-1), text(&out.stdout), text(&out.stderr))
    }

    #[track_caller]
    fn fails(&self, args: &[&str], words: &[&str]) {
        let (code, out, err) = self.run(args);
        assert_eq!(code, 2, "{out}{err}");
        for word in words {
            assert!(err.contains(word), "no `{word}` in: {err}");
        }
    }
}

#[test]
fn sides() {
    let repo = Repo::new("sides");
    repo.write("spec/demo/demo.yaml", &SPEC.replace(NOTE, ""));
    let before = repo.git(&["status", "--porcelain"]);
    for args in [&["diff", "v1"][..], &["diff", "v1", "."], &["diff", "v1", "./spec"]] {
        let (code, out, err) = repo.run(args);
        assert_eq!(code, 0, "{err}");
        assert!(out.contains("1 major") && out.contains("the field `note` is gone"), "{out}");
    }
    assert!(repo.run(&["diff", "v1"]).1.contains("0.1.0 → 0.2.0"));
    let (code, out, _) = repo.run(&["diff", ".", "v1"]);
    assert!(code == 0 && out.contains("1 minor"), "{out}");
    assert!(repo.run(&["diff", "v1", "v1"]).1.contains("no changes"));
    assert_eq!(before, repo.git(&["status", "--porcelain"]), "the checkout is as it was");
}

#[test]
fn bad_input() {
    let repo = Repo::new("bad");
    repo.fails(&["diff", "nosuch"], &["`nosuch` is neither a revision nor a folder", "v1"]);
    repo.fails(&["diff", "v1..empty"], &["name both sides: `v1 empty`"]);
    repo.fails(&["diff", "empty"], &["`empty`", "has no spec"]);
    repo.fails(&["diff", "./codegen"], &["has no spec"]);
    repo.fails(&["diff"], &["BASE"]);
    repo.fails(&["diff", "v1", "--format", "pdf"], &["text, markdown, json, html"]);
    repo.fails(&["diff", "--explain", "field-remved"], &["did you mean `field-removed`"]);
    repo.fails(&["changelog", "./spec"], &["Cargo.toml"]);
    // What does not lint is said, and the rest compared.
    let (code, out, err) = repo.run(&["diff", "bad", "."]);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("the spec of `bad` has 2 errors")
            && out.contains("spec/demo/other.yaml:2:1")
            && out.contains("no changes"),
        "{out}"
    );
    // Nothing at all can be read.
    repo.write("old/spec/a.yaml", "openapi: 2\n");
    repo.fails(&["diff", "./old"], &["cannot be read", "spec/a.yaml:1:1"]);
    // Its reference is another, and it names no format.
    repo.write("old/spec/README.md", "# Another form\n");
    repo.fails(&["diff", "./old"], &["cannot be read", "older than format 1"]);
}

#[test]
fn another_format() {
    let repo = Repo::new("format");
    repo.write("old/spec/demo/demo.yaml", SPEC);
    for (number, word) in [("0", "older"), ("3", "newer")] {
        repo.write("old/spec/format.yaml", &format!("format: {number}\n"));
        let said = format!("of format {number}, {word} than format 2");
        repo.fails(&["diff", "./old"], &["`./old` cannot be read", &said, "same spec/format.yaml"]);
        repo.fails(&["changelog", ".", "./old"], &[&said]);
    }
    repo.write("old/spec/format.yaml", "format: 1\n");
    assert_eq!(repo.run(&["diff", "./old"]).0, 0);
    // Not a number is a mistake like others: said, and the rest compared.
    repo.write("old/spec/format.yaml", "format: one\n");
    let (code, out, err) = repo.run(&["diff", "./old"]);
    assert!(code == 0 && out.contains("spec/format.yaml:1:9"), "{out}{err}");
}

#[test]
fn shallow() {
    let repo = Repo::new("shallow");
    let to = Repo(repo.0.with_extension("clone"));
    let _ = fs::remove_dir_all(&to.0);
    let (from, into) = (format!("file://{}", repo.0.display()), to.0.display().to_string());
    repo.git(&["clone", "-q", "--depth", "1", &from, &into]);
    to.fails(&["diff", "HEAD~1"], &["shallow clone", "git fetch --unshallow", "fetch-depth: 0"]);
}

#[test]
fn gate_and_allow_list() {
    let repo = Repo::new("gate");
    repo.write("spec/demo/demo.yaml", &SPEC.replace(NOTE, ""));
    let (code, _, err) = repo.run(&["diff", "v1", "--deny", "major"]);
    assert_eq!(code, 1);
    let id = "field-removed:/cgi-bin/demo/make:request.note";
    assert!(err.contains(id), "{err}");
    repo.write("allow", &format!("# known\n{id} nobody sends it\n"));
    let (code, out, _) = repo.run(&["diff", "v1", "--deny", "major", "--allow", "allow"]);
    assert!(code == 0 && out.contains("allowed: nobody sends it"), "{out}");
    repo.write("allow", &format!("{id}\n"));
    repo.fails(&["diff", "v1", "--allow", "allow"], &["allow:1", "has no reason"]);
    repo.write("allow", "x:y:z once\n");
    assert!(
        repo.run(&["diff", "v1", "--allow", "allow"])
            .1
            .contains("names `x:y:z`, but there is no such change")
    );
}

#[test]
fn formats() {
    let repo = Repo::new("formats");
    repo.write("spec/demo/demo.yaml", &SPEC.replace(NOTE, "").replace("名称。", "名字。"));
    let json: serde_json::Value =
        serde_json::from_str(&repo.run(&["diff", "v1", "--format", "json"]).1).expect("JSON");
    assert_eq!(
        (json["schema"].as_u64(), json["rust"].as_str(), json["counts"]["docs"].as_u64()),
        (Some(1), Some("major"), Some(1))
    );
    assert_eq!(json["changes"][0]["rule"], "field-removed");
    let schema: serde_json::Value =
        serde_json::from_str(&repo.run(&["diff", "--schema"]).1).expect("a schema");
    for key in schema["$defs"]["change"]["required"].as_array().expect("keys") {
        assert!(json["changes"][0].get(key.as_str().unwrap_or_default()).is_some(), "{key}");
    }
    assert!(repo.run(&["diff", "v1", "--docs"]).1.contains("- 名称。"));
    assert!(repo.run(&["diff", "v1", "--format", "markdown"]).1.contains("| **major** |"));
    let (code, out, _) = repo.run(&["diff", "v1", "--format", "html", "--out", "report.html"]);
    assert!(code == 0 && out.starts_with("wrote report.html"), "{out}");
    assert!(fs::read_to_string(repo.0.join("report.html")).expect("a page").contains("</html>"));
    // What the schema says of a change is what a change has.
    let keys = |v: &serde_json::Value| {
        v.as_object().map(|o| o.keys().cloned().collect::<std::collections::BTreeSet<_>>())
    };
    assert_eq!(keys(&schema["$defs"]["change"]["properties"]), keys(&json["changes"][0]));
    assert_eq!(keys(&schema["properties"]), keys(&json));
    assert_eq!(schema["properties"]["schema"]["const"], json["schema"]);
    // Each code that there is has an explanation of its own.
    let all = repo.run(&["diff", "--explain", "all"]).1;
    let codes: Vec<&str> =
        all.lines().filter(|l| !l.starts_with(' ')).filter_map(|l| Some(l.split_once(": ")?.0)).collect();
    assert!(codes.len() > 70, "{codes:?}");
    assert_eq!(
        (all.matches("\n  example   ").count(), all.matches("\n  to do     ").count()),
        (codes.len(), codes.len())
    );
    for code in codes {
        let (exit, one, _) = repo.run(&["diff", "--explain", code]);
        assert!(exit == 0 && all.contains(&one) && one.starts_with(&format!("{code}: ")), "{one}");
    }
}

#[test]
fn changelog_since_a_revision() {
    let repo = Repo::new("changelog");
    repo.write("spec/demo/demo.yaml", &SPEC.replace(NOTE, ""));
    let (code, out, _) = repo.run(&["changelog", "v1", "--check"]);
    assert!(
        code == 1
            && out.contains("0.1.0 must be 0.2.0")
            && out.contains("CHANGELOG.md lacks 1")
            && out.contains("run `cargo xtask changelog --write v1`"),
        "{out}"
    );
    let (code, entry, _) = repo.run(&["changelog", "v1"]);
    assert!(code == 0 && entry.starts_with("## 0.2.0 – unreleased"), "{entry}");
    repo.write("CHANGELOG.md", &format!("# Changelog\n\n{entry}"));
    repo.write("Cargo.toml", "[workspace.package]\nversion = \"0.2.0\"\n");
    let (code, out, _) = repo.run(&["changelog", "v1", "--check"]);
    assert_eq!(code, 0, "{out}");
}

const RELEASED: &str = "# Changelog\n\n## 0.1.0 (2026-12-01)\n\nThe first version.\n";

/// The step of `ci`, as it is called there.
fn step(repo: &Repo) -> (i32, String) {
    let (code, out, err) = repo.run(&["ci", "--only", "changelog"]);
    (code, out + &err)
}

#[test]
fn the_api_changed_since_the_release() {
    let repo = Repo::new("released");
    repo.git(&["tag", "v0.1.0", "v1"]);
    repo.write("CHANGELOG.md", RELEASED);
    let (code, out) = step(&repo);
    assert!(code == 0 && out.contains("no changes since v0.1.0 that belong in CHANGELOG.md"), "{out}");
    repo.write("spec/demo/demo.yaml", &SPEC.replace(NOTE, ""));
    let (code, out) = step(&repo);
    for word in [
        "version: 0.1.0 must be 0.2.0",
        "CHANGELOG.md lacks 1 line ",
        "run `cargo xtask changelog --write`",
        "set version = \"0.2.0\"",
    ] {
        assert!(code == 1 && out.contains(word), "no `{word}` in {out}");
    }
    // What it says mends it, and what people wrote stays.
    assert_eq!(repo.run(&["changelog", "--write"]).0, 0);
    assert!(step(&repo).1.contains("version: 0.1.0 must be 0.2.0"), "the version alone is left");
    repo.write("Cargo.toml", "[workspace.package]\nversion = \"0.2.0\"\n");
    let (code, out) = step(&repo);
    assert!(code == 0 && out.contains("match the changes since v0.1.0"), "{out}");
    let text = fs::read_to_string(repo.0.join("CHANGELOG.md")).expect("a changelog");
    assert!(text.contains("## 0.2.0 – unreleased") && text.ends_with("The first version.\n"), "{text}");
    // The line in another version's section does not count.
    repo.write("CHANGELOG.md", &text.replace("## 0.2.0 – unreleased", "## 0.0.9 (2026-11-01)"));
    assert_eq!(step(&repo).0, 1);
}

#[test]
fn before_the_first_release() {
    let repo = Repo::new("first");
    repo.write("CHANGELOG.md", "# Changelog\n\n## 0.1.0 – unreleased\n\nThe first version: 1 endpoints, 0 callback events, 1 error codes.\n");
    let (code, out) = step(&repo);
    assert!(code == 0 && out.contains("nothing has been released yet"), "{out}");
    let more = SPEC.replace("endpoints:\n", "endpoints:\n  /cgi-bin/demo/get:\n    title: 取\n    method: POST\n    auth: access_token\n    modes: [internal]\n    source:\n      - {page: 4}\n    request:\n      body: empty_json\n");
    repo.write("spec/demo/demo.yaml", &more);
    let (code, out) = step(&repo);
    assert!(
        code == 1
            && out.contains("it says 1 endpoints, but there are 2")
            && out.contains("run `cargo xtask changelog --write`"),
        "{out}"
    );
    assert_eq!(repo.run(&["changelog", "--write"]).0, 0);
    assert_eq!(step(&repo).0, 0);
    let text = fs::read_to_string(repo.0.join("CHANGELOG.md")).expect("a changelog");
    assert!(text.contains("The first version: 2 endpoints, 0 callback events"), "{text}");
    // No changelog at all.
    fs::remove_file(repo.0.join("CHANGELOG.md")).expect("removed");
    assert_eq!(step(&repo).0, 1);
    assert_eq!(repo.run(&["changelog", "--write"]).0, 0);
    assert_eq!(step(&repo).0, 0);
}

#[test]
fn the_release_is_not_in_a_shallow_clone() {
    let repo = Repo::new("shallow-release");
    repo.git(&["tag", "v0.1.0", "v1"]);
    repo.write("CHANGELOG.md", RELEASED);
    repo.commit("next");
    let to = Repo(repo.0.with_extension("clone"));
    let _ = fs::remove_dir_all(&to.0);
    let (from, into) = (format!("file://{}", repo.0.display()), to.0.display().to_string());
    repo.git(&["clone", "-q", "--depth", "1", "--no-tags", &from, &into]);
    to.fails(&["changelog", "--check"], &["0.1.0 was released", "git fetch --depth 1 origin tag v0.1.0"]);
    let (code, out) = step(&to);
    assert!(code == 1 && out.contains("git fetch --depth 1 origin tag v0.1.0"), "{out}");
    to.git(&["fetch", "-q", "--depth", "1", "origin", "tag", "v0.1.0"]);
    let (code, out) = step(&to);
    assert_eq!(code, 0, "{out}");
}

/// What a broken side lacks is not told as gone.
#[test]
fn a_broken_side_writes_no_changelog() {
    let repo = Repo::new("changelog-broken");
    let words = ["neither written nor checked", "spec/demo/other.yaml:2:1"];
    repo.fails(&["changelog", "bad", "v1", "--write"], &words);
    repo.fails(&["changelog", "v1", "bad", "--write"], &words);
    repo.fails(&["changelog", "v1", "bad", "--check"], &words);
    assert!(!repo.0.join("CHANGELOG.md").exists());
}

/// Why a side cannot be read is said as it is.
#[test]
fn the_cause_is_named() {
    let repo = Repo::new("cause");
    fs::create_dir_all(repo.0.join("old/spec")).expect("a folder");
    fs::write(repo.0.join("old/spec/a.yaml"), [0xff]).expect("written");
    repo.fails(&["diff", "./old"], &["a.yaml", "UTF-8"]);
    repo.write("dup/spec/format.yaml", "format: 1\n");
    repo.write("dup/spec/demo/a.yaml", "module: demo\nmodule: more\n");
    repo.fails(&["diff", "./dup"], &["format 1", "spec/demo/a.yaml:2:1", "a second time"]);
    // The commit of the tag is lost.
    let tree = repo.git(&["rev-parse", "v1^{tree}"]);
    let (folder, file) = tree.trim().split_at(2);
    fs::remove_file(repo.0.join(".git/objects").join(folder).join(file)).expect("removed");
    repo.fails(&["diff", "v1"], &["git cannot list the files of `v1`: fatal: not a tree object"]);
}
