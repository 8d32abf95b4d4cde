//! Events of the pages → the files of the spec.

use crate::docs::merge::change::Imported;
use crate::docs::merge::flatten::Types;
use crate::docs::merge::reviewed::Reviewed;
use crate::docs::merge::tree::{Tree, is};
use crate::docs::merge::{change, compare};
use crate::docs::model::Event;
use crate::docs::write::event::entry;
use crate::docs::write::node;
use crate::docs::write::node::{map, plain, set, text};
use crate::names;
use crate::yaml::Kind;

/// Adds the events that no file has, and to those that are there what they lack. New ones land in files of their own, from where a person
/// moves them to where they belong.
pub(crate) fn import(
    trees: &mut Vec<Tree>,
    events: &[Event],
    types: &Types,
    reviewed: &Reviewed,
    out: &mut Imported,
) {
    for event in events {
        let key = event.key();
        if names::type_name(&key).is_none() {
            continue;
        }
        let mut assumed = event.notes.clone();
        let new = entry(event, &mut assumed);
        let mut there = false;
        for tree in trees.iter_mut().filter(|t| t.path.starts_with("events/")) {
            let (root, path) = (tree.root.clone(), tree.path.clone());
            let list = node::get_mut(&mut tree.root, "events").map(|n| &mut n.kind);
            let Some(Kind::Map(list)) = list else { continue };
            for (key, old) in list.iter_mut().filter(|(_, old)| is(event, old)) {
                there = true;
                if compare::reviewed(&event.digests, old) {
                    continue;
                }
                let subject = compare::event_subject(&root, key.text().unwrap_or_default());
                let changes = compare::event_changes(&root, old, &new, types);
                change::apply((&subject, &path), old, &new, changes, reviewed, out);
            }
        }
        if there {
            continue;
        }
        let suite = event.matches.iter().any(|(k, _)| k == "InfoType");
        let path = if suite { "events/imported_suite.yaml" } else { "events/imported.yaml" };
        let at = trees.iter().position(|t| t.path == path).unwrap_or_else(|| {
            let mut root = map();
            set(&mut root, "module", plain(if suite { "imported_suite" } else { "imported" }));
            set(&mut root, "title", text("待归类的回调"));
            set(&mut root, "transport", plain("xml"));
            trees.push(Tree { path: path.into(), head: String::new(), root, old: None });
            trees.len() - 1
        });
        let file = event.pages.first().map_or(String::new(), |p| p.file.clone());
        let subject = format!("event {key}");
        out.notes.extend(assumed.into_iter().map(|a| (subject.clone(), file.clone(), a)));
        if let Some(list) = node::entry(&mut trees[at].root, "events")
            && list.get(&key).is_none()
        {
            set(list, &key, new);
            out.places.insert(subject.clone(), path.to_owned());
            out.added.push(subject);
        }
    }
}
