//! Error codes of the pages → `errors.yaml`.

use crate::docs::error_codes::class;
use crate::docs::merge::change::Imported;
use crate::docs::merge::compare::{CODES, code_changes};
use crate::docs::merge::reviewed::Reviewed;
use crate::docs::merge::tree::Tree;
use crate::docs::model::{Assumption, Codes};
use crate::docs::rules;
use crate::docs::write::node::{get_mut, map, plain, remove, set, text};

/// Adds the codes that `errors.yaml` lacks, with a class by wording; those that left the pages become retired, and current again when they are back.
pub(crate) fn import(trees: &mut Vec<Tree>, codes: &Codes, reviewed: &Reviewed, out: &mut Imported) {
    if codes.list.is_empty() {
        return;
    }
    let mut changes = code_changes(trees, codes);
    // Pages that were not read say nothing of what is gone.
    let whole = reviewed.has_read_codes() && reviewed.all_read(codes);
    changes.retain(|c| !reviewed.holds(CODES, c) && (whole || c.kind != "code-gone"));
    let at = trees.iter().position(|t| t.path == CODES).unwrap_or_else(|| {
        trees.push(Tree { path: CODES.into(), head: String::new(), root: map(), old: None });
        trees.len() - 1
    });
    let root = &mut trees[at].root;
    for change in changes {
        let key = change.at.clone();
        match change.kind {
            "code-added" => {
                let class = key.parse().map_or("other", |code| class(code, &change.page));
                let mut entry = map();
                set(&mut entry, "meaning", text(&change.page));
                set(&mut entry, "class", plain(class));
                set(root, &key, entry);
                let what = format!("the code {key} was given the class `{class}`, because of its text");
                let place = codes.list.iter().find(|c| c.code.to_string() == key).map(|c| c.place.clone());
                let (file, line) = place.unwrap_or_default();
                let note = Assumption { rule: &rules::ERROR_CLASS, line, what };
                let subject = format!("code {key}");
                out.notes.push((subject.clone(), file, note));
                out.places.insert(subject.clone(), CODES.to_owned());
                out.added.push(subject);
                continue;
            }
            "code-gone" => {
                let Some(entry) = get_mut(root, &key) else { continue };
                set(entry, "status", plain("retired"));
            }
            "code-back" => {
                let Some(entry) = get_mut(root, &key) else { continue };
                remove(entry, "status");
            }
            _ => continue,
        }
        if !out.merged.iter().any(|m| m == CODES) {
            out.merged.push(CODES.to_owned());
            out.places.insert(CODES.to_owned(), CODES.to_owned());
        }
        out.done.push((CODES.to_owned(), change));
    }
}
