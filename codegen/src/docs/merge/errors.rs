//! Error codes of the pages → `errors.yaml`.

use crate::docs::error_codes::class;
use crate::docs::merge::tree::Tree;
use crate::docs::model::{Assumption, Codes};
use crate::docs::rules;
use crate::docs::write::node::{map, plain, set, text};

/// Adds the codes that `errors.yaml` lacks, with a class by wording.
pub(crate) fn import(
    trees: &mut Vec<Tree>,
    codes: &Codes,
    notes: &mut Vec<(String, String, Assumption)>,
) -> Vec<i64> {
    if codes.list.is_empty() {
        return vec![];
    }
    let at = trees.iter().position(|t| t.path == "errors.yaml").unwrap_or_else(|| {
        trees.push(Tree { path: "errors.yaml".into(), head: String::new(), root: map(), old: None });
        trees.len() - 1
    });
    let mut added = Vec::new();
    for code in &codes.list {
        let key = code.code.to_string();
        if trees[at].root.get(&key).is_some() {
            continue;
        }
        let class = class(code.code, &code.meaning);
        let mut entry = map();
        set(&mut entry, "meaning", text(&code.meaning));
        set(&mut entry, "class", plain(class));
        set(&mut trees[at].root, &key, entry);
        let what = format!("code {key} was classed `{class}` by its wording");
        notes.push((
            format!("code {key}"),
            code.place.0.clone(),
            Assumption { rule: &rules::ERROR_CLASS, line: code.place.1, what },
        ));
        added.push(code.code);
    }
    added
}
