//! What changed between two resolved APIs, for who calls them: in Rust, and over HTTP.
//!
//! The comparison walks both models from their endpoints and events. Texts of the spec are not compared, so its order, its
//! formatting and the division into files are no change; what the generator makes of it is.

mod calls;
mod change;
pub mod changelog;
mod commands;
mod endpoints;
mod events;
mod fields;
mod guess;
mod items;
mod kinds;
mod modules;
pub mod mutate;
mod pairs;
mod parts;
pub mod render;
mod role;
pub mod rules;
mod shared;
mod version;
mod walk;
mod wire;

use std::collections::HashMap;

use crate::ir::Api;

pub use change::{Change, Class, Diff, Part};
pub use version::{Version, next_version};

/// Compares two APIs.
pub fn diff(old: &Api, new: &Api) -> Diff {
    let mut walk = walk::Walk::new(old, new);
    walk.modules();
    walk.endpoints();
    walk.events();
    walk.commands();
    walk.errors();
    walk.types();
    walk.items();
    let mut changes = walk.finish();
    let key = |c: &Change| (std::cmp::Reverse((c.class(), c.rust, c.wire)), c.is_doc());
    changes.sort_by(|a, b| {
        key(a)
            .cmp(&key(b))
            .then_with(|| {
                (&a.module, &a.endpoint, &a.item, &a.path, a.rule).cmp(&(
                    &b.module,
                    &b.endpoint,
                    &b.item,
                    &b.path,
                    b.rule,
                ))
            })
            .then_with(|| (&a.old, &a.new).cmp(&(&b.old, &b.new)))
    });
    changes.dedup();
    number(&mut changes);
    Diff { changes }
}

/// Changes that would have one id get a number, or a line of an allow-list would excuse them all.
fn number(changes: &mut [Change]) {
    let mut met: HashMap<String, usize> = HashMap::new();
    for change in changes {
        let count = met.entry(change.id()).or_default();
        *count += 1;
        if *count > 1 {
            let dot = if change.what.is_empty() { "" } else { "." };
            change.what.push_str(&format!("{dot}{count}"));
        }
    }
}
