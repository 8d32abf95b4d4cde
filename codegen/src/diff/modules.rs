//! Modules of the crate, and its features.

use super::change::Class;
use super::walk::{Note, Spot, Walk};
use crate::ir::Module;

impl<'a> Walk<'a> {
    /// Modules are features of the crate.
    pub(super) fn modules(&mut self) {
        let find = |list: &'a [Module], name: &str| list.iter().find(|m| m.name == name);
        for m in &self.old.modules {
            let at = Spot { module: m.name.clone(), ..Spot::default() };
            let Some(new) = find(&self.new.modules, &m.name) else {
                let text = format!("the {} gone", kind(&m.name));
                let n = Note {
                    rule: "module-removed",
                    rust: Class::Major,
                    wire: Class::None,
                    old: &m.name,
                    new: "",
                    text,
                };
                self.note(&at, n);
                continue;
            };
            self.texts(m, new, &at);
            for used in m.uses.iter().filter(|u| !new.uses.contains(u)) {
                let text = format!("the feature no longer enables `{used}`");
                let n = Note {
                    rule: "feature-link-removed",
                    rust: Class::Major,
                    wire: Class::None,
                    old: used,
                    new: "",
                    text,
                };
                self.note(&at, n);
            }
        }
        for m in &self.new.modules {
            if find(&self.old.modules, &m.name).is_none() {
                let at = Spot { module: m.name.clone(), ..Spot::default() };
                let text = format!("the {} new", kind(&m.name));
                let n = Note {
                    rule: "module-added",
                    rust: Class::Minor,
                    wire: Class::None,
                    old: "",
                    new: &m.name,
                    text,
                };
                self.note(&at, n);
            }
        }
    }
}

impl Walk<'_> {
    /// Titles and texts of a module's files. How it is divided into files is no change.
    fn texts(&mut self, old: &Module, new: &Module, at: &Spot) {
        let titles = |m: &Module| m.parts.iter().map(|p| p.title.clone()).collect::<Vec<_>>().join("\n");
        let docs = |m: &Module| m.parts.iter().flat_map(|p| p.doc.clone()).collect::<Vec<_>>().join("\n");
        if old.parts.len() == new.parts.len() {
            self.doc(at, "titles of the module", &titles(old), &titles(new));
        }
        self.doc(at, "text of the module", &docs(old), &docs(new));
    }
}

/// A module within another has no cargo feature of its own.
fn kind(name: &str) -> &'static str {
    if name.contains("::") { "module is" } else { "module and its cargo feature are" }
}
