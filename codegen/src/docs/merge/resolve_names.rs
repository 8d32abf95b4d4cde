//! Names that meet after the rule: found by resolving the spec, mended by `name` entries.

use std::collections::{BTreeMap, HashSet};

use crate::docs::merge::tree::Tree;
use crate::docs::model::Assumption;
use crate::docs::rules;
use crate::docs::write::node;
use crate::docs::write::node::{plain, set};
use crate::names::Paths;
use crate::source::{Pos, Report, SourceFile};
use crate::yaml::{Kind, Node};
use crate::{lower, read, yaml};

/// Adds names where two types meet. Returns how many were added.
pub(crate) fn mend(
    trees: &mut [Tree],
    files: &BTreeMap<String, SourceFile>,
    notes: &mut Vec<(String, String, Assumption)>,
) -> usize {
    let list: Vec<SourceFile> = files.values().cloned().collect();
    let mut report = Report::default();
    let spec = read::read(list.clone(), &mut report);
    let paths = spec.paths();
    let api = lower::lower(&spec, &mut report);
    let mut taken: HashSet<(String, String)> =
        api.types.iter().map(|t| (t.module.clone(), t.rust.clone())).collect();
    let mut wanted: BTreeMap<u32, Vec<(Pos, String)>> = BTreeMap::new();
    for d in &report.diagnostics {
        let Some((module, name)) = d.name.clone() else { continue };
        let reserved = d.rule == "reserved-name";
        let base = match d.rule {
            "reserved-name" => format!("{name}Part"),
            "name-collision" => name,
            _ => "Part".to_owned(),
        };
        let free = std::iter::once(base.clone())
            .filter(|_| reserved)
            .chain((2..10_000).map(|n| format!("{base}{n}")))
            .find(|n| !taken.contains(&(module.clone(), n.clone())));
        if let Some(free) = free {
            taken.insert((module, free.clone()));
            wanted.entry(d.pos.file).or_default().push((d.pos, free));
        }
    }
    let mut done = 0;
    for (index, names) in wanted {
        let Some(file) = list.get(index as usize) else { continue };
        let Some(mut root) = yaml::parse(file, index, &mut Report::default()) else { continue };
        let mut here = 0;
        for (pos, name) in names {
            if name_at(&mut root, pos, &name) || endpoint_at(&mut root, pos, &paths) {
                here += 1;
                let what = format!("two types would have the same Rust name; this one was called `{name}`");
                notes.push((
                    file.path.clone(),
                    file.path.clone(),
                    Assumption { rule: &rules::TYPE_NAME, line: pos.line, what },
                ));
            }
        }
        if here > 0
            && let Some(tree) = trees.iter_mut().find(|t| t.path == file.path)
        {
            tree.root = root;
            done += here;
        }
    }
    done
}

/// An endpoint's name may change its case only: capitals keep it apart from the runtime's.
fn endpoint_at(root: &mut Node, pos: Pos, paths: &Paths) -> bool {
    let Some(Kind::Map(list)) = node::get_mut(root, "endpoints").map(|n| &mut n.kind) else {
        return false;
    };
    for (key, value) in list.iter_mut().filter(|(k, _)| k.pos == pos) {
        let path = key.text().unwrap_or_default();
        if let Some(place) = paths.place(path) {
            set(value, "name", plain(place.name.to_ascii_uppercase()));
            return true;
        }
    }
    false
}

/// Sets `name` in the field, variant or union at a position.
fn name_at(node: &mut Node, pos: Pos, name: &str) -> bool {
    match &mut node.kind {
        Kind::Map(entries) => {
            for (key, value) in entries.iter_mut() {
                let at_key = key.pos == pos
                    && matches!(value.kind, Kind::Map(_))
                    && !key.text().is_some_and(|k| k.starts_with("/cgi-bin/"));
                let at_union = key.text() == Some("union") && value.pos == pos;
                // An override that is itself taken.
                if key.text() == Some("name") && value.pos == pos {
                    *value = plain(name);
                    return true;
                }
                if at_key || at_union {
                    set(value, "name", plain(name));
                    return true;
                }
                if name_at(value, pos, name) {
                    return true;
                }
            }
            false
        }
        Kind::Seq(items) => items.iter_mut().any(|i| name_at(i, pos, name)),
        Kind::Scalar { .. } => false,
    }
}
