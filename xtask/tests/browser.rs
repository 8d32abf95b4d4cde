//! The report of `diff --format html` in headless Chromium: no console errors, the filter filters, a deep link scrolls, nothing is
//! wider than a phone. Skipped with a line where there is no Chromium (Debian's package `chromium`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Runs in the page after its own script, and leaves what it saw in the document's title.
const PROBE: &str = r#"<script>
(async function () {
  var errors = [];
  window.addEventListener("error", function (e) { errors.push(e.message); });
  var $ = function (id) { return document.getElementById(id); };
  var visible = function () { return Array.from(document.querySelectorAll("article")).filter(function (a) { return a.offsetParent; }).length; };
  var set = function (id, value) { $(id).value = value; $(id).dispatchEvent(new Event("input", { bubbles: true })); };
  var seen = { width: innerWidth, wide: document.documentElement.scrollWidth, all: visible() };
  set("text", "Field_1"); seen.text = visible(); seen.shown = $("shown").textContent; set("text", "");
  set("class", "major"); seen.major = visible(); set("side", "wire"); seen.wire = visible(); set("side", ""); set("class", "");
  set("module", "other"); seen.module = visible();
  $("fold").click(); seen.opened = document.querySelectorAll("details.module[open]").length;
  $("fold").click(); seen.folded = document.querySelectorAll("details.module[open]").length;
  // The link's change is filtered out at this moment: following it must bring it back.
  var links = document.querySelectorAll("a.anchor");
  var last = Array.from(links).filter(function (a) { return a.closest("article").dataset.module === "demo"; }).pop();
  location.hash = last.getAttribute("href");
  await new Promise(function (r) { setTimeout(r, 300); });
  var at = document.querySelector("article:target");
  seen.target = !!at && !!at.offsetParent && at === last.closest("article");
  seen.scroll = scrollY;
  seen.inside = !!at && at.getBoundingClientRect().top >= 0 && at.getBoundingClientRect().top < innerHeight;
  seen.errors = errors;
  document.title = "RESULT" + JSON.stringify(seen) + "END";
})();
</script>"#;

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn spec(dir: &Path, module: &str, fields: usize, kind: &str) {
    let mut text = format!(
        "module: {module}\ntitle: 演示\nendpoints:\n  /cgi-bin/{module}/make:\n    title: 新建\n    method: POST\n    auth: access_token\n    modes: [internal]\n    source:\n      - {{page: 3}}\n    request:\n      fields:\n        id:\n          type: {kind}\n"
    );
    for i in 0..fields {
        text.push_str(&format!("        field_{i}:\n          type: string\n"));
    }
    fs::create_dir_all(dir.join("demo")).expect("a folder");
    fs::write(dir.join(format!("demo/{module}.yaml")), text).expect("written");
    fs::write(dir.join("errors.yaml"), "0:\n  meaning: 成功\n  class: ok\n").expect("written");
}

fn chromium() -> Option<&'static str> {
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok_and(|o| o.status.success()))
}

#[test]
fn report_in_a_browser() {
    let Some(browser) = chromium() else {
        println!("skipped: no chromium here (apt-get install chromium)");
        return;
    };
    let folder = Folder(std::env::temp_dir().join(format!("xtask-browser-{}", std::process::id())));
    let _ = fs::remove_dir_all(&folder.0);
    let (old, new) = (folder.0.join("old"), folder.0.join("new"));
    spec(&old, "demo", 0, "i32");
    spec(&old, "other", 0, "i32");
    spec(&new, "demo", 30, "string");
    spec(&new, "other", 2, "i64");
    let page = folder.0.join("report.html");
    let out = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["diff", "--format", "html", "--out"])
        .args([&page, &old, &new])
        .output()
        .expect("xtask runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let html = fs::read_to_string(&page).expect("a page");
    fs::write(&page, html.replace("</body>", &format!("{PROBE}</body>"))).expect("written");
    for width in [1200, 390] {
        let seen = visit(browser, &page, width, &folder.0);
        assert_eq!(seen["errors"].as_array().map(Vec::len), Some(0), "{seen}");
        assert!(seen["wide"].as_i64() <= seen["width"].as_i64(), "wider than its window: {seen}");
        assert_eq!(seen["all"], 34, "{seen}");
        assert_eq!(seen["text"], 12, "field_1 and field_10 to field_19 of demo, field_1 of other: {seen}");
        // A wider integer breaks who sets the field in Rust, not who sends it.
        assert_eq!((&seen["major"], &seen["wire"]), (&2.into(), &1.into()), "{seen}");
        assert_eq!(seen["module"], 3, "{seen}");
        assert_eq!((&seen["opened"], &seen["folded"]), (&2.into(), &0.into()), "{seen}");
        assert_eq!((&seen["target"], &seen["inside"]), (&true.into(), &true.into()), "{seen}");
        assert!(seen["scroll"].as_f64() > Some(100.0), "the link scrolled: {seen}");
    }
}

fn visit(browser: &str, page: &Path, width: u32, folder: &Path) -> Value {
    let out = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--virtual-time-budget=5000", "--dump-dom"])
        .arg(format!("--window-size={width},800"))
        .arg(format!("--user-data-dir={}", folder.join(format!("profile-{width}")).display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("the browser runs");
    let (dom, log) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(!log.contains("CONSOLE"), "the console is silent: {log}");
    let result = dom.split_once("RESULT").and_then(|(_, rest)| rest.split_once("END")).map(|(json, _)| json);
    let text = result.unwrap_or_else(|| panic!("the probe did not end: {log}"));
    serde_json::from_str(&text.replace("&quot;", "\"")).expect("JSON of the probe")
}
