//! Rust items that are gone, new, or go by another name.

use super::change::Class;
use super::walk::{Note, Spot, Walk, emitted};
use crate::ir::{Api, TypeId};
use crate::lower::graph::reach;

impl Walk<'_> {
    /// Called last: what has a change of its own is not told twice.
    pub(super) fn items(&mut self) {
        let (gone, come) = (reach(self.old, &self.gone), reach(self.new, &self.come));
        let spot = |api: &Api, id: TypeId| {
            let t = api.ty(id);
            Spot {
                module: t.module.clone(),
                item: Walk::path(api, id),
                wire_only: !emitted(api, &t.module),
                ..Spot::default()
            }
        };
        for (old, new) in self.renamed.clone() {
            if self.quiet.contains(&old) {
                continue;
            }
            let (a, b) = (Walk::path(self.old, old), Walk::path(self.new, new));
            let text = format!("the type was called `{a}` before");
            let at = spot(self.new, new);
            self.note(
                &at,
                Note { rule: "type-renamed", rust: Class::Major, wire: Class::None, old: &a, new: &b, text },
            );
        }
        let mut lost: Vec<TypeId> = self
            .old_names
            .iter()
            .filter(|(k, id)| {
                !self.new_names.contains_key(*k) && !self.renamed.contains_key(id) && !gone.contains(id)
            })
            .map(|(_, id)| *id)
            .collect();
        lost.sort();
        for id in lost {
            let a = Walk::path(self.old, id);
            let text = "the type is gone".to_owned();
            let at = spot(self.old, id);
            self.note(
                &at,
                Note { rule: "type-removed", rust: Class::Major, wire: Class::None, old: &a, new: "", text },
            );
        }
        let mut found: Vec<TypeId> = self
            .new_names
            .iter()
            .filter(|(k, id)| {
                !self.old_names.contains_key(*k) && !self.named.contains(id) && !come.contains(id)
            })
            .map(|(_, id)| *id)
            .collect();
        found.sort();
        for id in found {
            let b = Walk::path(self.new, id);
            let text = "new type".to_owned();
            let at = spot(self.new, id);
            self.note(
                &at,
                Note { rule: "type-added", rust: Class::Minor, wire: Class::None, old: "", new: &b, text },
            );
        }
    }
}
