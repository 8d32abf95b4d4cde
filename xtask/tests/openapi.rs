//! What others make of the OpenAPI document of the whole spec: a validator, a viewer in headless Chromium, two generators of clients.
//!
//! Each is skipped with a line where its tool is absent; the line says what installs it. Nothing is fetched by the tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let dir = std::env::temp_dir().join(format!("xtask-openapi-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).expect("a folder");
        Folder(dir)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Output of a command that is there and ends well.
fn ask(program: &str, args: &[&str]) -> Option<String> {
    let out = Command::new(program).args(args).output().ok()?;
    out.status.success().then(|| text(&out.stdout).trim().to_owned())
}

/// Whether a tool is there; if not, a line that says what installs it.
fn there(what: &str, found: bool, install: &str) -> bool {
    if !found {
        println!("skipped: no {what} here ({install})");
    }
    found
}

#[track_caller]
fn well(out: &Output, what: &str) {
    assert!(out.status.success(), "{what}: {}{}", text(&out.stdout), text(&out.stderr));
}

/// The document of the checkout's spec.
#[track_caller]
fn document(folder: &Folder, name: &str, args: &[&str]) -> (PathBuf, Value) {
    let path = folder.0.join(name);
    let out = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["openapi", "--out"])
        .arg(&path)
        .args(args)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the checkout"))
        .output()
        .expect("xtask runs");
    well(&out, "xtask openapi");
    let value = serde_json::from_str(&fs::read_to_string(&path).expect("a file")).expect("JSON");
    (path, value)
}

fn operations(document: &Value) -> usize {
    let paths = document["paths"].as_object().expect("paths");
    paths.values().map(|p| p.as_object().map_or(0, |o| o.len())).sum()
}

#[test]
fn a_validator_accepts_both_versions() {
    let found = ask("python3", &["-c", "import openapi_spec_validator"]).is_some();
    if !there("openapi-spec-validator", found, "pip install openapi-spec-validator") {
        return;
    }
    let folder = Folder::new("valid");
    for (name, args) in [
        ("31.json", &[][..]),
        ("30.json", &["--version", "3.0"]),
        ("slim.json", &["--version", "3.0", "--no-forms"]),
    ] {
        let (path, _) = document(&folder, name, args);
        let out = Command::new("python3")
            .args(["-m", "openapi_spec_validator"])
            .arg(&path)
            .output()
            .expect("python3 runs");
        well(&out, name);
    }
    // It does find mistakes: the test would see one.
    let (path, mut broken) = document(&folder, "broken.json", &[]);
    broken["paths"]["/cgi-bin/user/get"]["get"]["responses"] = serde_json::json!({"200": {}});
    fs::write(&path, broken.to_string()).expect("written");
    let out = Command::new("python3")
        .args(["-m", "openapi_spec_validator"])
        .arg(&path)
        .output()
        .expect("python3 runs");
    assert!(!out.status.success(), "a response without a description is refused");
}

/// Runs beside the viewer, and leaves what it saw in the page's title.
const PROBE: &str = r#"
  var errors = [];
  window.addEventListener("error", function (e) { errors.push(String(e.message)); });
  var until = Date.now() + 60000;
  (function look() {
    var count = document.querySelectorAll(".opblock").length;
    var failed = document.querySelectorAll(".errors-wrapper, .loading-container .failed-config").length;
    if ((count < WANTED && Date.now() < until)) { setTimeout(look, 100); return; }
    document.title = "RESULT" + JSON.stringify({ count: count, failed: failed, errors: errors,
      title: (document.querySelector(".info .title") || {}).textContent || "" }) + "END";
  })();
"#;

#[test]
fn a_viewer_renders_it() {
    let Some(browser) = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|n| ask(n, &["--version"]).is_some())
    else {
        println!("skipped: no chromium here (apt-get install chromium)");
        return;
    };
    let global = ask("npm", &["root", "-g"]).unwrap_or_default();
    let local = std::env::var("NODE_PATH").unwrap_or_default();
    let bundle = [local, global]
        .iter()
        .flat_map(|list| list.split(':'))
        .map(|dir| Path::new(dir).join("swagger-ui-dist/swagger-ui-bundle.js"))
        .find(|file| file.is_file());
    let hint = "npm install -g swagger-ui-dist, or NODE_PATH to where it is";
    let Some(bundle) = bundle else {
        there("swagger-ui-dist", false, hint);
        return;
    };
    for (name, args) in [("31", &[][..]), ("30", &["--version", "3.0"])] {
        let folder = Folder::new(&format!("viewer-{name}"));
        let (_, document) = document(&folder, "wecom.json", args);
        let wanted = operations(&document);
        let spec = document.to_string().replace("</", "<\\/");
        let page = folder.0.join("page.html");
        let html = format!(
            "<!doctype html><meta charset=\"utf-8\"><link rel=\"icon\" href=\"data:,\"><div id=\"ui\"></div><script src=\"file://{}\"></script>\
             <script>{}</script><script>SwaggerUIBundle({{ spec: {spec}, dom_id: \"#ui\", validatorUrl: null }});</script>",
            bundle.display(),
            PROBE.replace("WANTED", &wanted.to_string()),
        );
        fs::write(&page, html).expect("written");
        let out = Command::new(browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--enable-logging=stderr", "--virtual-time-budget=70000", "--dump-dom"])
            .arg(format!("--user-data-dir={}", folder.0.join("profile").display()))
            .arg(format!("file://{}", page.display()))
            .output()
            .expect("the browser runs");
        let (dom, log) = (text(&out.stdout), text(&out.stderr));
        assert!(!log.contains("CONSOLE"), "the console is silent: {log}");
        let seen =
            dom.split_once("RESULT").and_then(|(_, rest)| rest.split_once("END")).map(|(json, _)| json);
        let seen: Value =
            serde_json::from_str(&seen.unwrap_or_else(|| panic!("no result: {log}")).replace("&quot;", "\""))
                .expect("JSON of the probe");
        assert_eq!(
            (seen["count"].as_u64(), seen["failed"].as_u64()),
            (Some(wanted as u64), Some(0)),
            "{seen}"
        );
        assert_eq!(seen["errors"].as_array().map(Vec::len), Some(0), "{seen}");
        assert!(seen["title"].as_str().unwrap_or_default().contains("企业微信"), "{seen}");
    }
}

#[test]
fn openapi_generator_builds_on_it() {
    let tool = "openapi-generator-cli";
    if !there(tool, ask(tool, &["version"]).is_some(), "pip install openapi-generator-cli; it needs java") {
        return;
    }
    let folder = Folder::new("generator");
    let (path, document) = document(&folder, "wecom.json", &["--version", "3.0"]);
    let out = Command::new(tool).args(["validate", "-i"]).arg(&path).output().expect("the generator runs");
    well(&out, "validate");
    let code = folder.0.join("code");
    let out = Command::new(tool)
        .args(["generate", "-g", "typescript-fetch", "-i"])
        .arg(&path)
        .arg("-o")
        .arg(&code)
        .output()
        .expect("the generator runs");
    well(&out, "generate");
    let made: Vec<String> = fs::read_dir(code.join("apis"))
        .or_else(|_| fs::read_dir(code.join("src/apis")))
        .expect("a folder of clients")
        .flatten()
        .map(|e| fs::read_to_string(e.path()).unwrap_or_default())
        .collect();
    let whole = made.join("\n");
    for (path, item) in document["paths"].as_object().expect("paths") {
        assert!(
            whole.contains(&format!("`{path}`")) || whole.contains(&format!("'{path}'")),
            "{path}: {item}"
        );
    }
}

#[test]
fn progenitor_builds_on_it() {
    let found = ask("cargo", &["progenitor", "--version"])
        .or_else(|| ask("cargo", &["progenitor", "--help"]))
        .is_some();
    if !there("cargo-progenitor", found, "cargo install cargo-progenitor --locked") {
        return;
    }
    let folder = Folder::new("progenitor");
    let (path, document) = document(&folder, "wecom.json", &["--version", "3.0", "--no-forms"]);
    let code = folder.0.join("code");
    let out = Command::new("cargo")
        .args(["progenitor", "--name", "made", "--version", "0.1.0", "--input"])
        .arg(&path)
        .arg("--output")
        .arg(&code)
        .output()
        .expect("progenitor runs");
    well(&out, "progenitor");
    let made = fs::read_to_string(code.join("src/lib.rs")).expect("a client");
    for (path, _) in document["paths"].as_object().expect("paths") {
        assert!(made.contains(path.as_str()), "{path}");
    }
}
