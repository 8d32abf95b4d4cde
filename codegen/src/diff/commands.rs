//! Frames of long connections.

use std::collections::HashMap;

use super::calls::Call;
use super::change::Class;
use super::parts;
use super::walk::{Note, Spot, Walk};
use crate::ir::{Api, Command, TypeId};

use Class::{Major, Minor, None as Nothing};

impl Walk<'_> {
    pub(super) fn commands(&mut self) {
        let (old, new) = (self.old, self.new);
        fn index(api: &Api) -> HashMap<&str, &Command> {
            api.commands.iter().map(|c| (c.key.as_str(), c)).collect()
        }
        let (before, after) = (index(old), index(new));
        for c in &old.commands {
            match after.get(c.key.as_str()) {
                Some(d) => self.command(c, d),
                None => {
                    self.gone.extend(c.request.into_iter().chain(c.response));
                    let text = format!("the command is gone: {}", c.title);
                    let note = Note {
                        rule: "command-removed",
                        rust: Major,
                        wire: Major,
                        old: &c.title,
                        new: "",
                        text,
                    };
                    self.note(&spot(old, c), note);
                }
            }
        }
        for d in new.commands.iter().filter(|d| !before.contains_key(d.key.as_str())) {
            self.come.extend(d.request.into_iter().chain(d.response));
            let text = format!("new command: {}", d.title);
            let note = Note { rule: "command-added", rust: Minor, wire: Minor, old: "", new: &d.title, text };
            self.note(&spot(new, d), note);
            let sides = [(d.request, "request"), (d.response, "response")];
            let of =
                |(id, at): (Option<TypeId>, &str)| id.map(|id| parts::of(new, id, at)).unwrap_or_default();
            self.unfold(sides.into_iter().flat_map(of).collect());
        }
    }

    fn command(&mut self, a: &Command, b: &Command) {
        let at = &spot(self.new, b);
        let shape = |api: &Api, c: &Command| {
            let name = |id| {
                let t = api.ty(id);
                format!("{}::{}", t.module, t.rust)
            };
            let side = if c.pushed { "server" } else { "client" };
            let events = c.events.as_ref().map(|e| format!("events::{e}"));
            let body: Vec<String> = c.request.map(name).into_iter().chain(events).collect();
            let body = if body.is_empty() { "no body".into() } else { body.join(", ") };
            let answer = c.response.map_or("nothing".to_owned(), name);
            format!("from the {side}, {body}, answered by {answer}")
        };
        let (p, q) = (shape(self.old, a), shape(self.new, b));
        if p != q {
            let text = format!("the command is {q}; before: {p}");
            let wire = if a.pushed == b.pushed && a.events == b.events { Nothing } else { Major };
            self.note(at, Note { rule: "command-changed", rust: Major, wire, old: &p, new: &q, text });
        }
        let name = |c: &Command| format!("{}::{}", c.module, c.rust);
        if p == q {
            // Where its body is a type of another name, nothing else shows its own.
            self.doc(at, "name in Rust", &name(a), &name(b));
        }
        self.modes(&a.modes, &b.modes, "the command", false, at);
        self.call(Call::of_command(a), Call::of_command(b), at);
        for (was, is, step) in [(a.request, b.request, "request"), (a.response, b.response, "response")] {
            match (was, is) {
                (Some(was), Some(is)) => self.pair(was, is, at.at(step)),
                (Some(was), None) => self.gone.push(was),
                (None, Some(is)) => self.come.push(is),
                (None, None) => {}
            }
        }
    }
}

fn spot(api: &Api, c: &Command) -> Spot {
    let item = c.request.map_or(c.rust.clone(), |id| api.ty(id).rust.clone());
    Spot { module: c.module.clone(), endpoint: c.key.clone(), item, ..Spot::default() }
}
