//! Pairs of types that stand at the same place, each compared once.

use super::walk::{Spot, Walk, emitted};
use crate::ir::TypeId;

impl Walk<'_> {
    /// Compares all types: those at the same places first, then those of the same name that stand at no common place.
    pub(super) fn types(&mut self) {
        self.drain();
        let rest: Vec<(TypeId, TypeId)> =
            self.old_names.iter().filter_map(|(k, old)| Some((*old, *self.new_names.get(k)?))).collect();
        let mut rest: Vec<_> = rest.into_iter().filter(|p| !self.seen.contains(p)).collect();
        rest.sort();
        for (old, new) in rest {
            let module = self.new.ty(new).module.clone();
            let wire_only = !emitted(self.new, &module);
            self.pair(old, new, Spot { module, wire_only, ..Spot::default() });
            self.drain();
        }
        self.here = None;
    }

    fn drain(&mut self) {
        while let Some((old, new, at)) = self.queue.pop_front() {
            if !self.seen.insert((old, new)) {
                continue;
            }
            self.here = Some(new);
            let mut at = at;
            at.module = self.new.ty(new).module.clone();
            at.item = Walk::path(self.new, new);
            self.kind(old, new, &at);
        }
    }
}
