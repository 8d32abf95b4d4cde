//! `docs serve`: plays the documentation site from a folder of pages, so that `docs pull` and what hangs on it can be tried without it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use clap::Args;
use serde_json::{Value, json};

use crate::Outcome;

#[derive(Args)]
pub struct Serve {
    /// Folder of the pages, as `docs pull` writes it
    #[arg(long, value_name = "DIR")]
    docs: PathBuf,
    /// The port to listen on; 0 for any free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
}

pub(crate) fn run(args: &Serve) -> Result<Outcome, String> {
    let listener = TcpListener::bind(("127.0.0.1", args.port))
        .map_err(|e| format!("cannot listen on port {}: {e}; choose another with --port", args.port))?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let pages = read(&args.docs)?.1;
    say!("serving {} pages on http://{address}; Ctrl-C stops it", pages.len());
    // The folder is read anew for each answer: a page that is edited meanwhile has changed on the site.
    answer(&listener, |path, form| {
        let failed = |why: &str| json!({"result": {"errCode": 1, "message": why}}).to_string();
        match (path, read(&args.docs)) {
            (_, Err(why)) => failed(&why),
            ("/docFetch/categories", Ok((tree, _))) => json!({"data": {"categories": tree}}).to_string(),
            ("/docFetch/fetchCnt", Ok((_, pages))) => {
                match form.strip_prefix("doc_id=").and_then(|id| pages.get(id)) {
                    Some((text, time)) => json!({"data": {"content_md": text, "time": time}}).to_string(),
                    None => failed("there is no such page"),
                }
            }
            _ => failed("the site has no such address"),
        }
    });
    Ok(Outcome::Well)
}

/// Texts and times of the pages, by doc_id.
type Pages = BTreeMap<String, (String, u64)>;

/// The tree as the site lists it, and the pages.
fn read(dir: &Path) -> Result<(Vec<Value>, Pages), String> {
    let mut pages = Pages::new();
    let tree = nodes(dir, &mut pages)?;
    if pages.is_empty() {
        return Err(format!(
            "{} has no pages; use --docs with a folder that `cargo xtask docs pull` wrote",
            dir.display()
        ));
    }
    Ok((tree, pages))
}

/// The nodes of a folder: `001-title.md` is a page, `001-title` holds what lies below it.
fn nodes(dir: &Path, pages: &mut Pages) -> Result<Vec<Value>, String> {
    let fail = |e: std::io::Error| format!("cannot read the folder {}: {e}", dir.display());
    let mut out: BTreeMap<String, Value> = BTreeMap::new();
    for entry in fs::read_dir(dir).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let is_folder = path.is_dir();
        let name = if is_folder { path.file_name() } else { path.file_stem() };
        let name = name.unwrap_or_default().to_string_lossy().into_owned();
        if !is_folder && path.extension().is_none_or(|e| e != "md") {
            continue;
        }
        let node = out.entry(name.clone()).or_insert_with(|| json!({}));
        if is_folder {
            node["children"] = nodes(&path, pages)?.into();
            if node.get("title").is_none() {
                node["title"] = name.split_once('-').map_or(name.as_str(), |n| n.1).into();
            }
            continue;
        }
        let text = fs::read_to_string(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        let Some((front, body)) = text.strip_prefix("---\n").and_then(|t| t.split_once("\n---\n")) else {
            return Err(format!("{} has no front matter between `---` lines", path.display()));
        };
        for line in front.lines() {
            match line.split_once(": ") {
                Some(("title", title)) => node["title"] = title.trim_matches('"').into(),
                Some((key @ ("doc_id" | "category_id"), id)) => node[key] = id.into(),
                _ => {}
            }
        }
        // When the file was last written is what the site says of the page: an edit is a change.
        let time = fs::metadata(&path).and_then(|m| m.modified()).ok();
        let time = time.and_then(|t| t.duration_since(UNIX_EPOCH).ok()).map_or(0, |t| t.as_secs());
        node["time"] = time.into();
        if let Some(id) = node["doc_id"].as_str() {
            pages.insert(id.to_owned(), (body.trim_end_matches('\n').to_owned(), time));
        }
    }
    Ok(out.into_values().collect())
}

/// Answers requests, one a connection, by path and form, until the listener is gone.
pub(super) fn answer(listener: &TcpListener, answers: impl Fn(&str, &str) -> String) {
    for stream in listener.incoming() {
        let Ok(mut stream) = stream else { return };
        // Who connects and says nothing must not hold up the others for ever.
        let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
        if let Some((path, form)) = request(&mut stream) {
            let text = answers(&path, &form);
            // Who has hung up gets no answer.
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
                text.len()
            );
        }
    }
}

/// Path and body of a request.
fn request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut data = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let n = stream.read(&mut buffer).ok()?;
        data.extend_from_slice(&buffer[..n]);
        let text = String::from_utf8_lossy(&data);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|l| {
                let (key, value) = l.split_once(':')?;
                key.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            if n == 0 || body.len() >= length.unwrap_or(0) {
                return Some((head.split(' ').nth(1)?.to_owned(), body.to_owned()));
            }
        }
        if n == 0 || data.len() > 1 << 20 {
            return None;
        }
    }
}
