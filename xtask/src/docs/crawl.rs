//! A crawl of the pages on disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use wecom_codegen::docs::model::Page;
use wecom_codegen::docs::read::page;

/// The pages of a crawl, stale copies left out, and what could not be read.
pub(super) struct Crawl {
    /// By tree and place.
    pub(super) pages: Vec<Page>,
    /// File and reason.
    pub(super) failed: Vec<(String, String)>,
}

/// Reads all pages below a folder.
pub(super) fn read(dir: &Path) -> Result<Crawl, String> {
    let mut files = Vec::new();
    walk(dir, &mut files)?;
    files.sort();
    let (mut list, mut failed) = (Vec::new(), Vec::new());
    for path in &files {
        let name = path.strip_prefix(dir).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let page =
            fs::read_to_string(path).map_err(|e| e.to_string()).and_then(|text| page::read(&name, &text));
        match page {
            Ok(page) => list.push(page),
            Err(reason) => failed.push((name, reason)),
        }
    }
    if list.is_empty() {
        return Err(format!(
            "{} has no pages; use --docs with a folder that `cargo xtask docs pull` wrote",
            dir.display()
        ));
    }
    Ok(Crawl { pages: newest(list), failed })
}

/// One `doc_id` stands once in each tree: of copies at several places the newest counts.
fn newest(list: Vec<Page>) -> Vec<Page> {
    let mut kept: BTreeMap<(String, i64), Page> = BTreeMap::new();
    for page in list {
        let tree = page.file.split('/').next().unwrap_or_default().to_owned();
        let key = (tree, page.doc_id);
        match kept.get(&key) {
            Some(old) if (&old.updated, &page.file) >= (&page.updated, &old.file) => {}
            _ => {
                kept.insert(key, page);
            }
        }
    }
    let mut pages: Vec<Page> = kept.into_values().collect();
    pages.sort_by(|a, b| a.file.cmp(&b.file));
    pages
}

fn walk(dir: &Path, out: &mut Vec<std::path::PathBuf>) -> Result<(), String> {
    let fail =
        |e: std::io::Error| format!("cannot read the folder {}: {e}; name it with --docs", dir.display());
    for entry in fs::read_dir(dir).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.is_dir() {
            walk(&path, out)?;
        } else if path.extension().is_some_and(|e| e == "md") {
            out.push(path);
        }
    }
    Ok(())
}
