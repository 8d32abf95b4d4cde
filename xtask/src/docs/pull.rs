//! `docs pull`: the pages by the site's own interface, into a folder of the crawl's shape.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{Timestamp, tz};
use serde_json::Value;

use crate::{Outcome, files};

/// The site's answer when it asks for a CAPTCHA.
const CAPTCHA: i64 = 500_003;

#[derive(Args)]
pub struct Pull {
    /// Only the pages of this doc_id
    #[arg(long, value_name = "ID")]
    doc: Vec<i64>,
    /// Folder to write the pages into
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The documentation site
    #[arg(long, value_name = "URL", default_value = "https://developer.work.weixin.qq.com")]
    base_url: String,
    /// Most requests per second
    #[arg(long, value_name = "N", default_value_t = 2.0)]
    rate: f64,
}

/// A page's place in the tree of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Leaf {
    category_id: i64,
    doc_id: i64,
    title: String,
    /// The site's mark of the last change.
    time: String,
    /// Path of the file below the folder.
    file: PathBuf,
}

pub(crate) fn run(args: &Pull) -> Result<Outcome, String> {
    if !(args.rate > 0.0 && args.rate <= 100.0) {
        return Err("--rate must be between 0 and 100 requests per second".into());
    }
    let mut site = Site::new(&args.base_url, args.rate);
    let mut leaves = leaves(&site.post("/docFetch/categories", &[])?)?;
    if !args.doc.is_empty() {
        leaves.retain(|l| args.doc.contains(&l.doc_id));
        if leaves.is_empty() {
            return Err("the site lists no page with this doc_id".into());
        }
    }
    let todo: Vec<&Leaf> = leaves.iter().filter(|l| !is_there(&args.out, l)).collect();
    say!("{} pages, {} unchanged", leaves.len(), leaves.len() - todo.len());
    let bar = ProgressBar::new(todo.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {eta} {wide_msg}") {
        bar.set_style(style);
    }
    let mut fetched: HashMap<i64, (String, String)> = HashMap::new();
    for (done, leaf) in todo.iter().enumerate() {
        bar.set_message(leaf.title.clone());
        let (text, time) = match fetched.get(&leaf.doc_id) {
            Some(page) => page.clone(),
            None => {
                let page = site.page(leaf).map_err(|e| {
                    bar.abandon();
                    format!(
                        "{e}\n{done} pages were fetched and are kept; run the same command again to continue"
                    )
                })?;
                fetched.insert(leaf.doc_id, page.clone());
                page
            }
        };
        files::write(&args.out.join(&leaf.file), &render(leaf, &text, &time))?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    say!("{} pages fetched into {}", todo.len(), args.out.display());
    if args.doc.is_empty() {
        let listed: HashSet<PathBuf> = leaves.iter().map(|l| args.out.join(&l.file)).collect();
        for file in left(&args.out, &listed)? {
            fs::remove_file(&file).map_err(|e| format!("cannot remove {}: {e}", file.display()))?;
            say!("no longer on the site: {}", file.strip_prefix(&args.out).unwrap_or(&file).display());
        }
    }
    Ok(Outcome::Well)
}

/// Pages that an earlier run wrote and that the site lists no longer, or elsewhere. What else lies in the folder is left alone.
fn left(dir: &Path, listed: &HashSet<PathBuf>) -> Result<Vec<PathBuf>, String> {
    let fail = |e: std::io::Error| format!("cannot read the folder {}: {e}", dir.display());
    let mut out = Vec::new();
    for entry in fs::read_dir(dir).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.is_dir() {
            out.extend(left(&path, listed)?);
        } else if path.extension().is_some_and(|e| e == "md") && !listed.contains(&path) {
            let text = fs::read_to_string(&path).unwrap_or_default();
            let front = text.strip_prefix("---\n").and_then(|t| t.split_once("\n---\n")).map_or("", |p| p.0);
            let has = |key: &str| front.lines().any(|l| l.starts_with(key));
            // `time` is a mark that only this command writes.
            if has("doc_id: ") && has("time: ") {
                out.push(path);
            }
        }
    }
    Ok(out)
}

/// The site, at its pace.
struct Site {
    agent: ureq::Agent,
    base: String,
    pause: Duration,
    last: Option<Instant>,
}

impl Site {
    fn new(base: &str, rate: f64) -> Self {
        let config = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(30))).build();
        let pause = Duration::from_secs_f64(1.0 / rate);
        Site { agent: config.into(), base: base.trim_end_matches('/').to_owned(), pause, last: None }
    }

    fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Result<Value, String> {
        if let Some(rest) = self.last.and_then(|l| self.pause.checked_sub(l.elapsed())) {
            std::thread::sleep(rest);
        }
        self.last = Some(Instant::now());
        let url = format!("{}{path}", self.base);
        let mut answer = self
            .agent
            .post(&url)
            .send_form(form.iter().copied())
            .map_err(|e| format!("cannot reach {url}: {e}; see --base-url"))?;
        let text = answer
            .body_mut()
            .read_to_string()
            .map_err(|e| format!("the answer of {url} is incomplete: {e}"))?;
        let value: Value = serde_json::from_str(&text).map_err(|e| {
            format!("{url} did not answer with JSON ({e}); the interface of the site may have changed")
        })?;
        let code = value.pointer("/result/errCode").and_then(Value::as_i64).unwrap_or(0);
        if code == CAPTCHA {
            return Err("the site demands a CAPTCHA (500003): open it in a browser, solve the CAPTCHA, wait a few minutes, then run the same command again".into());
        }
        if code != 0 {
            let word = value.pointer("/result/message").and_then(Value::as_str).unwrap_or("no reason given");
            return Err(format!("{url} answered {code}: {word}"));
        }
        Ok(value)
    }

    /// A page's Markdown and the time of its last change.
    fn page(&mut self, leaf: &Leaf) -> Result<(String, String), String> {
        let value = self.post("/docFetch/fetchCnt", &[("doc_id", &leaf.doc_id.to_string())])?;
        let text = value.pointer("/data/content_md").and_then(Value::as_str);
        let text = text.ok_or_else(|| {
            format!("the site sent no text (`content_md`) for the page {} ({})", leaf.doc_id, leaf.title)
        })?;
        Ok((text.to_owned(), word(&value, "/data/time")))
    }
}

/// A number or a text as text.
fn word(value: &Value, pointer: &str) -> String {
    match value.pointer(pointer) {
        Some(Value::String(s)) => s.clone(),
        Some(Value::Number(n)) => n.to_string(),
        _ => String::new(),
    }
}

/// The leaves of the tree with the files they get: `001-title/002-title.md`.
fn leaves(answer: &Value) -> Result<Vec<Leaf>, String> {
    let data = answer.get("data").unwrap_or(answer);
    let mut out = Vec::new();
    walk(data, Path::new(""), 0, &mut out);
    if out.is_empty() {
        Err("the site lists no pages; its interface may have changed".into())
    } else {
        Ok(out)
    }
}

/// Nodes are objects with a title; their children stand in a list, whatever its key.
fn walk(value: &Value, dir: &Path, depth: usize, out: &mut Vec<Leaf>) {
    let lists: Vec<&Vec<Value>> = match value {
        Value::Array(list) => vec![list],
        Value::Object(map) => map.values().filter_map(Value::as_array).collect(),
        _ => vec![],
    };
    if depth > 32 {
        return;
    }
    for list in lists {
        let nodes = list.iter().filter(|n| n.get("title").is_some());
        for (index, node) in nodes.enumerate() {
            let title = word(node, "/title");
            let name = format!("{:03}-{}", index + 1, file_name(&title));
            let id = |key: &str| word(node, key).parse::<i64>().unwrap_or(0);
            let (category_id, doc_id) = (id("/category_id"), id("/doc_id"));
            if doc_id > 0 {
                let file = dir.join(format!("{name}.md"));
                out.push(Leaf { category_id, doc_id, title, time: word(node, "/time"), file });
            }
            walk(node, &dir.join(name), depth + 1, out);
        }
    }
}

fn file_name(title: &str) -> String {
    let name: String = title
        .trim()
        .chars()
        .map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '_' } else { c })
        .take(60)
        .collect();
    if name.trim_matches('.').is_empty() { "page".into() } else { name }
}

/// Whether the folder holds this page as the site has it now.
fn is_there(out: &Path, leaf: &Leaf) -> bool {
    let Ok(text) = fs::read_to_string(out.join(&leaf.file)) else { return false };
    let front = text.strip_prefix("---\n").and_then(|t| t.split_once("\n---\n")).map_or("", |p| p.0);
    let has = |line: String| front.lines().any(|l| l == line);
    !leaf.time.is_empty() && has(format!("doc_id: {}", leaf.doc_id)) && has(format!("time: {}", leaf.time))
}

fn render(leaf: &Leaf, text: &str, time: &str) -> String {
    let title = leaf.title.replace('\\', "").replace('"', "'").replace(['\n', '\r'], " ");
    let mark = if leaf.time.is_empty() { time } else { &leaf.time };
    let date = date(if time.is_empty() { mark } else { time })
        .map(|d| format!("最后更新：{d}\n\n"))
        .unwrap_or_default();
    let date = if text.contains("最后更新：") { String::new() } else { date };
    format!(
        "---\ntitle: \"{title}\"\ndoc_id: {}\ncategory_id: {}\nsource_url: https://developer.work.weixin.qq.com/document/path/{}\ntime: {mark}\n---\n{date}{text}\n",
        leaf.doc_id, leaf.category_id, leaf.category_id
    )
}

/// `yyyy/mm/dd` of seconds since 1970, or of a text that begins with a date.
fn date(time: &str) -> Option<String> {
    let day = match time.parse::<i64>() {
        // No date at all.
        Ok(..=0) => return None,
        // The site lives in UTC+8.
        Ok(seconds) => tz::offset(8).to_datetime(Timestamp::from_second(seconds).ok()?).date(),
        Err(_) => time.chars().take(10).collect::<String>().replace('/', "-").parse().ok()?,
    };
    Some(day.strftime("%Y/%m/%d").to_string())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::docs::site;

    /// Plays the site: answers by path and form; counts the requests.
    fn serve(answers: impl Fn(&str, &str) -> String + Send + 'static) -> (String, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let count = Arc::new(AtomicUsize::new(0));
        let seen = count.clone();
        std::thread::spawn(move || {
            site::answer(&listener, |path, form| {
                seen.fetch_add(1, Ordering::SeqCst);
                answers(path, form)
            });
        });
        (url, count)
    }

    const TREE: &str = r#"{"data":{"categories":[{"title":"企业内部开发","category_id":1,"children":[
        {"title":"甲/乙","category_id":2,"doc_id":20,"time":1700000000},
        {"title":"丙","category_id":3,"doc_id":30,"time":1700000001}]}]}}"#;

    fn folder(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("wecom-pull-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        dir
    }

    fn pull(out: &Path, url: &str) -> Result<Outcome, String> {
        run(&Pull { doc: vec![], out: out.to_owned(), base_url: url.into(), rate: 100.0 })
    }

    #[test]
    fn pages_are_fetched_once_and_again_when_they_change() {
        let tree = Arc::new(Mutex::new(TREE.to_owned()));
        let current = tree.clone();
        let (url, count) = serve(move |path, form| match path {
            "/docFetch/categories" => current.lock().expect("lock").clone(),
            _ => format!(r##"{{"data":{{"content_md":"# text of {form}","title":"x","time":1700000000}}}}"##),
        });
        let out = folder("pages");
        pull(&out, &url).expect("fetched");
        let text = fs::read_to_string(out.join("001-企业内部开发/001-甲_乙.md")).expect("written");
        assert!(
            text.contains("doc_id: 20\ncategory_id: 2\n") && text.contains("text of doc_id=20"),
            "{text}"
        );
        assert!(text.contains("最后更新：2023/11/15"), "{text}");
        assert_eq!(count.load(Ordering::SeqCst), 3);
        pull(&out, &url).expect("again");
        assert_eq!(count.load(Ordering::SeqCst), 4, "unchanged pages are not fetched");
        *tree.lock().expect("lock") = TREE.replace("1700000001", "1700000002");
        pull(&out, &url).expect("changed");
        assert_eq!(count.load(Ordering::SeqCst), 6, "the changed page alone");
        // A page that the site lists no longer goes; what somebody else wrote there stays.
        let (gone, own) = (out.join("001-企业内部开发/002-丙.md"), out.join("001-企业内部开发/notes.md"));
        fs::write(&own, "---\ntitle: ours\n---\n").expect("written");
        let bare = TREE
            .replace(r#"{"title":"丙","category_id":3,"doc_id":30,"time":1700000001}"#, r#"{"title":"丁"}"#);
        *tree.lock().expect("lock") = bare;
        assert!(gone.exists());
        pull(&out, &url).expect("without one");
        assert!(!gone.exists() && own.exists() && out.join("001-企业内部开发/001-甲_乙.md").exists());
        let _ = fs::remove_dir_all(&out);
    }

    #[test]
    fn a_captcha_stops_and_keeps_what_is_there() {
        let (url, _) = serve(|path, form| match (path, form) {
            ("/docFetch/categories", _) => TREE.to_owned(),
            (_, "doc_id=20") => r#"{"data":{"content_md":"a"}}"#.to_owned(),
            _ => r#"{"result":{"errCode":500003}}"#.to_owned(),
        });
        let out = folder("check");
        let Err(error) = pull(&out, &url) else { panic!("it should have stopped") };
        assert!(error.contains("500003") && error.contains("1 pages were fetched"), "{error}");
        assert!(out.join("001-企业内部开发/001-甲_乙.md").exists());
        assert!(!out.join("001-企业内部开发/002-丙.md").exists());
        let _ = fs::remove_dir_all(&out);
    }

    #[test]
    fn dates() {
        for (time, want) in [
            ("1700000000", Some("2023/11/15")),
            // In Beijing the day has begun.
            ("1704038400", Some("2024/01/01")),
            ("0", None),
            ("99999999999999", None),
            ("2024-02-29 10:00:00", Some("2024/02/29")),
            ("2024/02/29", Some("2024/02/29")),
            ("2023-02-29", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(date(time).as_deref(), want, "{time}");
        }
    }

    #[test]
    fn what_is_no_site_says_so() {
        let (url, _) = serve(|_, _| "<html>".to_owned());
        let Err(error) = pull(&folder("none"), &url) else { panic!("it should have failed") };
        assert!(error.contains("did not answer with JSON"), "{error}");
    }
}
