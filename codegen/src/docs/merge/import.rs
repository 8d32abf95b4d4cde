//! Endpoints of the pages → the files of the spec: new entries, and additions to those that are there.
//!
//! What people wrote stays: texts, names, notes, types, departures. Only what is missing is added, marked as a draft; differences are reported.

use std::collections::BTreeMap;

use crate::docs::merge::change::{Imported, apply};
use crate::docs::merge::reviewed::Reviewed;
use crate::docs::merge::tree::{Tree, module_of, trees};
use crate::docs::merge::{compare, errors, events, flatten, resolve_names, share};
use crate::docs::model::{Endpoint, Extracted};
use crate::docs::write::node::{entries, get_mut, map, plain, set, text};
use crate::docs::write::{endpoint, node};
use crate::names;
use crate::source::SourceFile;
use crate::yaml::{Kind, Node};

/// Merges what pages say into the files of a spec; into none of them where one cannot be read.
pub fn import(existing: &[SourceFile], pages: &Extracted, reviewed: &Reviewed) -> Imported {
    let mut out = Imported { failed: pages.stale.clone(), ..Imported::default() };
    let mut trees = match trees(existing) {
        Ok(trees) => trees,
        Err(unread) => return Imported { unread, ..out },
    };
    let types = flatten::types(trees.iter().map(|t| &t.root));
    let paths = paths(&trees, pages);
    for e in &pages.endpoints {
        let Some(due) = paths.place(&e.path) else {
            out.failed.push((e.path.clone(), "the path has no module".into()));
            continue;
        };
        let file = e.pages.first().map_or(String::new(), |p| p.file.clone());
        // What the page said when it was reviewed is not new.
        let read = find(&mut trees, &e.path).map(|there| seen(&e.digests, there.old)).unwrap_or_default();
        let read: Vec<&str> =
            e.pages.iter().filter(|p| read.contains(&p.doc_id)).map(|p| p.file.as_str()).collect();
        let fresh = e.notes.iter().filter(|(f, n)| !n.rule.is_of_page() || !read.contains(&f.as_str()));
        out.notes.extend(fresh.map(|(f, n)| (e.path.clone(), f.clone(), n.clone())));
        let mut notes = Vec::new();
        let mut new = endpoint::entry(e, &mut notes);
        out.notes.extend(notes.into_iter().map(|n| (e.path.clone(), file.clone(), n)));
        match find(&mut trees, &e.path) {
            // Reviewed as it stands: nothing of the page is new.
            Some(Found { old, .. }) if compare::reviewed(&e.digests, old) => {}
            Some(Found { key, old, module, file }) => {
                let changes = compare::changes(old, &new, &module, &types);
                apply((&key, &file), old, &new, changes, reviewed, &mut out);
                let used: Vec<(String, Node)> =
                    named(&new).into_iter().filter(|(n, _)| uses(old, n)).collect();
                if let Some(tree) = trees.iter_mut().find(|t| holds(t, &key)) {
                    add_types(tree, used);
                }
            }
            None => {
                let at = place(&mut trees, &e.path, &due.module, e);
                let types = named(&new);
                node::remove(&mut new, endpoint::TYPES);
                add_types(&mut trees[at], types);
                if let Some(list) = node::entry(&mut trees[at].root, "endpoints") {
                    set(list, &e.path, new);
                    out.added.push(e.path.clone());
                    out.places.insert(e.path.clone(), trees[at].path.clone());
                }
            }
        }
    }
    events::import(&mut trees, pages, &paths, &types, reviewed, &mut out);
    let added = out.added.iter().cloned().collect();
    share::share(&mut trees, &added, &mut out.notes);
    errors::import(&mut trees, &pages.codes, reviewed, &mut out);
    finish(trees, &mut out);
    out
}

/// The pages, by `doc_id`, whose content as it is now an entry has on record.
fn seen(digests: &[(i64, String)], entry: &Node) -> Vec<i64> {
    let read = |(doc, digest): &&(i64, String)| compare::reviewed(&[(*doc, digest.clone())], entry);
    digests.iter().filter(read).map(|(doc, _)| *doc).collect()
}

/// The named types of a new entry.
fn named(entry: &Node) -> Vec<(String, Node)> {
    let list = entry.get(endpoint::TYPES).map(entries).unwrap_or_default();
    list.iter().filter_map(|(k, n)| Some((k.text()?.to_owned(), n.clone()))).collect()
}

/// Whether a type is named anywhere in an entry.
fn uses(node: &Node, name: &str) -> bool {
    match &node.kind {
        Kind::Map(list) => list.iter().any(|(k, v)| {
            let word = |t: &str| t.split(['<', '>']).any(|w| w == name);
            k.text() == Some("type") && v.text().is_some_and(word) || uses(v, name)
        }),
        Kind::Seq(list) => list.iter().any(|n| uses(n, name)),
        Kind::Scalar { .. } => false,
    }
}

fn holds(tree: &Tree, key: &str) -> bool {
    tree.root.get("endpoints").is_some_and(|l| l.get(key).is_some())
}

/// Types that the file lacks.
fn add_types(tree: &mut Tree, types: Vec<(String, Node)>) {
    if types.is_empty() {
        return;
    }
    let Some(list) = node::entry(&mut tree.root, "types") else { return };
    for (name, ty) in types {
        if list.get(&name).is_none() {
            set(list, &name, ty);
        }
    }
}

/// All paths that there will be, without their queries.
fn paths(trees: &[Tree], pages: &Extracted) -> names::Paths {
    let there = trees.iter().filter_map(|t| t.root.get("endpoints")).flat_map(entries);
    let there = there.filter_map(|(key, _)| key.text()?.split('?').next());
    names::Paths::new(there.chain(pages.endpoints.iter().map(|e| e.path.as_str())))
}

/// An entry that is there.
struct Found<'t> {
    key: String,
    old: &'t mut Node,
    module: String,
    file: String,
}

/// The entry of a path, whatever fixed query its key has, and the module of its file. Paths with several entries are left to people.
fn find<'t>(trees: &'t mut [Tree], path: &str) -> Option<Found<'t>> {
    for tree in trees {
        let (module, file) = (module_of(tree).to_owned(), tree.path.clone());
        let Some(list) = get_mut(&mut tree.root, "endpoints") else { continue };
        let key = entries(list)
            .iter()
            .filter_map(|(k, _)| k.text())
            .find(|k| k.split('?').next() == Some(path))
            .map(str::to_owned);
        if let Some(key) = key {
            return get_mut(list, &key).map(|old| Found { key, old, module, file });
        }
    }
    None
}

/// The file for a new entry: that of the module whose paths are nearest, or a new one; also where the titles there have nothing in common with its
/// own. `module` is the entry's own, `wedoc::smartsheet::content_priv`; a new file is of its first two segments.
fn place(trees: &mut Vec<Tree>, path: &str, module: &str, e: &Endpoint) -> usize {
    let segments: Vec<&str> = module.split("::").take(2).collect();
    let (folder, stem) = (segments[0], segments[segments.len() - 1]);
    let due = format!("{folder}/{stem}.yaml");
    let takes = |t: &Tree| {
        let within = names::is_within(module, &names::rust_module(module_of(t)));
        // A file of this run grows with what comes.
        within && (t.old.is_none() && t.path == due || related(&e.title, &t.root))
    };
    if let Some(at) = trees.iter().position(|t| t.path == due && takes(t)) {
        return at;
    }
    // Beside the entries that share the longest beginning, where people chose another layout.
    let group = path.rsplit_once('/').map_or(path, |(g, _)| g).to_owned() + "/";
    let near = trees.iter().position(|t| {
        t.old.is_some()
            && takes(t)
            && t.root.get("endpoints").is_some_and(|l| {
                entries(l).iter().any(|(k, _)| k.text().is_some_and(|k| k.starts_with(&group)))
            })
    });
    // Beside what came with it into a file of its own.
    let fresh = || {
        trees.iter().position(|t| t.old.is_none() && t.path.starts_with(&format!("{folder}/")) && takes(t))
    };
    if let Some(at) = near.or_else(fresh) {
        return at;
    }
    let mut root = map();
    set(&mut root, "module", plain(segments.join(".")));
    set(&mut root, "title", text(if e.title.is_empty() { segments.join(".") } else { e.title.clone() }));
    // A file of that name may be another module's, or be about something else.
    let free = |p: &String| !trees.iter().any(|t| t.path == *p);
    let last = path.rsplit('/').next().unwrap_or(stem).split('?').next().unwrap_or(stem);
    let path = [due.clone(), format!("{folder}/{last}.yaml")]
        .into_iter()
        .chain((2..).map(|n| format!("{folder}/{stem}_{n}.yaml")))
        .find(free)
        .unwrap_or(due);
    trees.push(Tree { path, head: String::new(), root, old: None });
    trees.len() - 1
}

/// Whether a title shares a word with a file's title or with that of one of its entries; a word is two characters that say more than what is done.
fn related(title: &str, root: &Node) -> bool {
    const COMMON: &[&str] = &[
        "获取", "创建", "新建", "添加", "更新", "修改", "删除", "查询", "设置", "列表", "详情", "信息",
        "接口", "管理", "批量", "数据", "概述",
    ];
    let words = |text: &str| -> Vec<String> {
        let mut rest = text.to_lowercase();
        COMMON.iter().for_each(|word| rest = rest.replace(word, " "));
        let letters: Vec<char> = rest.chars().collect();
        letters
            .windows(2)
            .filter(|w| w.iter().all(|c| c.is_alphanumeric()))
            .map(|w| w.iter().collect())
            .collect()
    };
    let own = words(title);
    let entries = root.get("endpoints").map(entries).unwrap_or_default();
    let titles = entries.iter().map(|(_, n)| n).chain([root]).filter_map(|n| n.get("title")?.text());
    own.is_empty() || titles.map(words).any(|there| there.iter().any(|w| own.contains(w)))
}

/// Gives names where the rule's meet, and keeps the files that changed.
fn finish(mut trees: Vec<Tree>, out: &mut Imported) {
    let write = |trees: &[Tree], failed: &mut Vec<(String, String)>| -> BTreeMap<String, SourceFile> {
        let mut files = BTreeMap::new();
        for t in trees {
            match node::file(&t.path, &t.head, &t.root) {
                Some(file) => {
                    files.insert(t.path.clone(), file);
                }
                None => failed.push((t.path.clone(), "the merged file could not be written as YAML".into())),
            }
        }
        files
    };
    let mut files = write(&trees, &mut out.failed);
    for _ in 0..12 {
        let named = resolve_names::mend(&mut trees, &files, &mut out.notes);
        if named == 0 {
            break;
        }
        files = write(&trees, &mut out.failed);
    }
    for t in &trees {
        if let Some(file) = files.remove(&t.path)
            && t.old.as_deref() != Some(file.text.as_str())
            && (t.old.is_none() || changed(t, &file))
        {
            if t.old.is_none() {
                out.new_files.insert(file.path.clone());
            }
            out.files.push(file);
        }
    }
}

/// Whether more than the form of a file changed: import leaves files alone that it has nothing to add to.
fn changed(tree: &Tree, file: &SourceFile) -> bool {
    let old = SourceFile { path: tree.path.clone(), text: tree.old.clone().unwrap_or_default() };
    crate::format::format(&old).as_deref() != Some(file.text.as_str())
}
