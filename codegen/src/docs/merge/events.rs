//! Events of the pages → the files of the spec.

use std::collections::BTreeMap;

use crate::docs::merge::change::Imported;
use crate::docs::merge::flatten::Types;
use crate::docs::merge::reviewed::Reviewed;
use crate::docs::merge::tree::{Tree, is};
use crate::docs::merge::{change, compare};
use crate::docs::model::{Event, Extracted};
use crate::docs::write::event::entry;
use crate::docs::write::node;
use crate::docs::write::node::{entries, get_mut, list, map, plain, remove, set, text};
use crate::names;
use crate::yaml::{Kind, Node};

/// Adds the events that no file has, and to those that are there what they lack. A new one lands beside those of its folder in the tree of pages, or in
/// a file of the module whose endpoints are there.
pub(crate) fn import(
    trees: &mut Vec<Tree>,
    pages: &Extracted,
    paths: &names::Paths,
    types: &Types,
    reviewed: &Reviewed,
    out: &mut Imported,
) {
    let modules = modules(pages, paths);
    let there = trees.len();
    for event in &pages.events {
        let key = event.key();
        if names::type_name(&key).is_none() {
            continue;
        }
        let mut assumed = event.notes.clone();
        let mut new = entry(event, &mut assumed);
        let mut known = false;
        for tree in trees.iter_mut().filter(|t| t.path.starts_with("events/")) {
            let (root, path) = (tree.root.clone(), tree.path.clone());
            let list = get_mut(&mut tree.root, "events").map(|n| &mut n.kind);
            let Some(Kind::Map(list)) = list else { continue };
            for (key, old) in list.iter_mut().filter(|(_, old)| is(event, old)) {
                known = true;
                if compare::reviewed(&event.digests, old) {
                    continue;
                }
                let subject = compare::event_subject(&root, key.text().unwrap_or_default());
                let changes = compare::event_changes(&root, old, &new, types);
                change::apply((&subject, &path), old, &new, changes, reviewed, out);
            }
        }
        if known {
            continue;
        }
        let at = place(trees, event, pages, &modules);
        let file = event.pages.first().map_or(String::new(), |p| p.file.clone());
        let subject = format!("event {key}");
        out.notes.extend(assumed.into_iter().map(|a| (subject.clone(), file.clone(), a)));
        without_common(&trees[at].root, &mut new);
        if let Some(list) = node::entry(&mut trees[at].root, "events")
            && list.get(&key).is_none()
        {
            set(list, &key, new);
            out.places.insert(subject.clone(), trees[at].path.clone());
            out.added.push(subject);
        }
    }
    trees[there..].iter_mut().filter(|t| t.path.starts_with("events/")).for_each(share);
}

/// For each folder of pages: the modules of the endpoints in it, and how many of each.
type Modules = BTreeMap<String, BTreeMap<String, usize>>;

fn modules(pages: &Extracted, paths: &names::Paths) -> Modules {
    let mut out = Modules::new();
    for e in &pages.endpoints {
        let Some(place) = paths.place(&e.path) else { continue };
        let module = place.module.split("::").next().unwrap_or_default();
        for folder in e.pages.iter().flat_map(|p| folders(&p.file)) {
            *out.entry(folder.to_owned()).or_default().entry(module.to_owned()).or_default() += 1;
        }
    }
    out
}

/// The folders around a page, innermost first; those of a whole tree (`001-企业内部开发/002-服务端API`) say nothing of its subject.
fn folders(file: &str) -> impl Iterator<Item = &str> {
    let cuts: Vec<usize> = file.match_indices('/').map(|(at, _)| at).skip(2).collect();
    cuts.into_iter().rev().map(|at| &file[..at])
}

/// Where a new event goes.
fn place(trees: &mut Vec<Tree>, event: &Event, pages: &Extracted, modules: &Modules) -> usize {
    let alike = |e: &Event| e.is_json() == event.is_json() && e.is_suite() == event.is_suite();
    // Beside the events of its folder, where people put them.
    let near = |e: &&Event| {
        let folder = |e: &Event| e.pages.first().and_then(|p| folders(&p.file).next().map(str::to_owned));
        alike(e) && folder(e).is_some() && folder(e) == folder(event)
    };
    let beside = pages.events.iter().filter(near).find_map(|e| {
        trees.iter().position(|t| {
            let list = t.root.get("events").map(entries).unwrap_or_default();
            t.old.is_some() && list.iter().any(|(_, entry)| is(e, entry))
        })
    });
    if let Some(at) = beside {
        return at;
    }
    let found = event.pages.iter().flat_map(|p| folders(&p.file)).find_map(|f| Some((f, modules.get(f)?)));
    let module = found.and_then(|(folder, counts)| {
        let most = counts.iter().max_by_key(|(name, n)| (**n, std::cmp::Reverse(name.len())))?;
        Some((most.0.clone(), folder.rsplit('/').next().unwrap_or_default()))
    });
    let kind = match (event.is_json(), event.is_suite()) {
        (true, _) => "_json",
        (_, true) => "_suite",
        _ => "",
    };
    let (name, title) = match module {
        Some((name, folder)) => {
            (format!("{name}{kind}"), folder.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-'))
        }
        None => (format!("imported{kind}"), "待归类的回调"),
    };
    let path = format!("events/{name}.yaml");
    trees.iter().position(|t| t.path == path).unwrap_or_else(|| {
        let mut root = map();
        set(&mut root, "module", plain(name));
        set(&mut root, "title", text(title));
        set(&mut root, "transport", plain(if event.is_json() { "json" } else { "xml" }));
        trees.push(Tree { path, head: String::new(), root, old: None });
        trees.len() - 1
    })
}

/// Leaves out of a new event what its file says once for all of them.
fn without_common(root: &Node, event: &mut Node) {
    let used: Vec<&str> = match root.get("common").map(|c| &c.kind) {
        Some(Kind::Seq(list)) => list.iter().filter_map(Node::text).collect(),
        _ => return,
    };
    let groups = root.get("groups").map(entries).unwrap_or_default();
    let of_file = groups.iter().filter(|(name, _)| name.text().is_some_and(|n| used.contains(&n)));
    for (name, _) in of_file.flat_map(|(_, group)| entries(group)) {
        drop_field(event, name.text().unwrap_or_default());
    }
}

fn drop_field(event: &mut Node, name: &str) {
    if let Some(fields) = get_mut(event, "fields") {
        remove(fields, name);
        if node::is_empty(fields) {
            remove(event, "fields");
        }
    }
}

/// Puts what all events of a new file begin with (who, to whom, when) into a group of the file.
fn share(tree: &mut Tree) {
    let events: Vec<Node> =
        tree.root.get("events").map(entries).unwrap_or_default().iter().map(|e| e.1.clone()).collect();
    let Some((first, _)) = events.split_first().filter(|(_, rest)| !rest.is_empty()) else { return };
    let word = |field: &Node, key: &str| field.get(key).and_then(Node::text).map(str::to_owned);
    // What each callback has means the same in all of them, whatever words a page finds for it.
    const FRAME: &[&str] = &[
        "ToUserName",
        "FromUserName",
        "CreateTime",
        "SuiteId",
        "AuthCorpId",
        "TimeStamp",
        "AgentID",
        "AgentId",
    ];
    let same = |a: &Node, b: &Node| {
        let plain = a.get("fields").is_none() && b.get("fields").is_none() && a.get("union").is_none();
        plain && ["type", "required"].iter().all(|k| word(a, k) == word(b, k))
    };
    let mut group = map();
    for (name, field) in first.get("fields").map(entries).unwrap_or_default() {
        let Some(name) = name.text() else { continue };
        let own = |e: &Node| e.get("fields").and_then(|f| f.get(name)).cloned();
        let all: Vec<Node> = events.iter().filter_map(own).collect();
        // `Id` is another one in each event.
        let told = all.iter().all(|f| word(f, "doc") == word(field, "doc"));
        if all.len() == events.len() && all.iter().all(|f| same(field, f)) && (told || FRAME.contains(&name))
        {
            set(&mut group, name, general(&all));
        }
    }
    // One field more or less is no frame.
    let names: Vec<String> =
        entries(&group).iter().filter_map(|(n, _)| n.text().map(str::to_owned)).collect();
    if names.len() < 2 {
        return;
    }
    let Some(Kind::Map(list)) = get_mut(&mut tree.root, "events").map(|n| &mut n.kind) else { return };
    for (_, event) in list.iter_mut() {
        for name in &names {
            keep_words(event, name, group.get(name));
            drop_field(event, name);
        }
    }
    let mut groups = map();
    set(&mut groups, "frame", group);
    set(&mut tree.root, "common", list_of("frame"));
    set(&mut tree.root, "groups", groups);
}

/// The field of a frame, in the words that most events have for it, and none that speak of one event.
fn general(all: &[Node]) -> Node {
    let doc = |n: &Node| n.get("doc").and_then(Node::text).unwrap_or_default().to_owned();
    let count = |n: &&Node| (!is_fixed(&doc(n)), all.iter().filter(|o| doc(o) == doc(n)).count());
    let mut field = all.iter().rev().max_by_key(count).cloned().unwrap_or_else(map);
    if is_fixed(&doc(&field)) && all.iter().any(|f| doc(f) != doc(&field)) {
        remove(&mut field, "doc");
    }
    set(&mut field, "draft", plain("true"));
    field
}

fn is_fixed(doc: &str) -> bool {
    doc.contains("固定") || doc.contains("此事件") || doc.contains("此处")
}

/// What an event says of a field of the frame beyond the frame's words, into its own text.
fn keep_words(event: &mut Node, name: &str, frame: Option<&Node>) {
    let doc = |n: &Node| n.get("doc").and_then(Node::text).map(str::to_owned);
    let own = event.get("fields").and_then(|f| f.get(name)).and_then(doc).unwrap_or_default();
    let general = frame.and_then(doc).unwrap_or_default();
    let head = |t: &str| t.chars().filter(|c| c.is_alphanumeric()).take(4).collect::<String>();
    if own.is_empty() || own == general || head(&own) == head(&general) && !is_fixed(&own) {
        return;
    }
    let before = doc(event).map_or(String::new(), |d| format!("{d}\n"));
    set(event, "doc", text(format!("{before}{name}：{}", own.replace('\n', " "))));
}

fn list_of(word: &str) -> Node {
    list(vec![plain(word)])
}
