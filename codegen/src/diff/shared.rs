//! Which endpoints, events and commands share a changed type.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Change;
use super::walk::Walk;
use crate::ir::TypeId;
use crate::lower::graph::reach;

impl Walk<'_> {
    /// The changes, each with all that the changed type is part of.
    pub(super) fn finish(mut self) -> Vec<Change> {
        let wanted: BTreeSet<TypeId> = self.within.iter().flatten().copied().collect();
        let api = self.new;
        let endpoints =
            api.endpoints().map(|(_, e)| (e.key(), std::iter::once(e.request).chain(e.response).collect()));
        let events = api.events.iter().flat_map(|m| &m.events).map(|e| (e.key.clone(), vec![e.ty]));
        let commands = api
            .commands
            .iter()
            .map(|c| (c.key.clone(), c.request.into_iter().chain(c.response).collect::<Vec<_>>()));
        let mut users: BTreeMap<TypeId, Vec<String>> = BTreeMap::new();
        for (name, roots) in endpoints.chain(events).chain(commands) {
            for id in reach(api, &roots).intersection(&wanted) {
                users.entry(*id).or_default().push(name.clone());
            }
        }
        for (change, within) in self.out.iter_mut().zip(&self.within) {
            if let Some(list) = within.and_then(|id| users.get(&id))
                && list.len() > 1
            {
                change.shared = list.clone();
            }
        }
        self.out
    }
}
