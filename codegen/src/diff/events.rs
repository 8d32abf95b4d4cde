//! Callback events.

use std::collections::HashMap;

use super::change::Class;
use super::parts;
use super::walk::{Note, Spot, Walk, emitted};
use crate::ir::{Api, Event, EventModule};

use Class::{Major, Minor, None as Nothing, Patch};

fn all(api: &Api) -> impl Iterator<Item = (&EventModule, &Event)> {
    api.events.iter().flat_map(|m| m.events.iter().map(move |e| (m, e)))
}

impl<'a> Walk<'a> {
    pub(super) fn events(&mut self) {
        let (old, new) = (self.old, self.new);
        // Names are unique in a file, not over all of them.
        let key = |(m, e): (&'a EventModule, &'a Event)| (m.name.as_str(), e.key.as_str());
        let index = |api: &'a Api| -> HashMap<(&'a str, &'a str), (&'a EventModule, &'a Event)> {
            all(api).map(|pair| (key(pair), pair)).collect()
        };
        let (before, after) = (index(old), index(new));
        let mut found: Vec<_> = all(new).filter(|pair| !before.contains_key(&key(*pair))).collect();
        for (m, e) in all(old) {
            if let Some((n, f)) = after.get(&key((m, e))) {
                self.event(e, n, f);
                continue;
            }
            // In another file now: its name and what it is recognised by stayed.
            match found.iter().position(|(_, f)| f.key == e.key && f.matches == e.matches) {
                Some(k) => {
                    let (n, f) = found.remove(k);
                    self.event_moved(m, e, n, f);
                }
                None => self.event_removed(m, e),
            }
        }
        for (m, e) in found {
            self.event_added(m, e);
        }
        for m in &old.events {
            let Some(n) = new.events.iter().find(|n| n.name == m.name) else { continue };
            let at = Spot { module: format!("events::{}", m.name), ..Spot::default() };
            self.doc(&at, "title of the module", &m.title, &n.title);
            self.doc(&at, "text of the module", &m.doc.join("\n"), &n.doc.join("\n"));
            if m.transport != n.transport {
                // XML is read from a notice, JSON from its text.
                let rust = if (m.transport == "xml") == (n.transport == "xml") { Nothing } else { Major };
                let text = format!("the events are sent as {}, no longer as {}", n.transport, m.transport);
                let note = Note {
                    rule: "event-transport-changed",
                    rust,
                    wire: Major,
                    old: &m.transport,
                    new: &n.transport,
                    text,
                };
                self.note(&at, note);
            }
        }
    }

    /// Servers send what they sent; only the module of the Rust type is another.
    fn event_moved(&mut self, m: &EventModule, a: &Event, n: &EventModule, b: &Event) {
        let (old, new) = (item(m, a), item(n, b));
        let text = format!("the event's type is `{new}`, no longer `{old}`");
        self.quiet.insert(a.ty);
        self.note(
            &spot(self.new, n, b),
            Note { rule: "event-moved", rust: Major, wire: Nothing, old: &old, new: &new, text },
        );
        self.event(a, n, b);
    }

    fn event_removed(&mut self, m: &EventModule, e: &Event) {
        self.gone.push(e.ty);
        let text = format!("the event is gone: {}", e.title);
        self.note(
            &spot(self.old, m, e),
            Note { rule: "event-removed", rust: Major, wire: Major, old: &e.title, new: "", text },
        );
    }

    fn event_added(&mut self, m: &EventModule, e: &Event) {
        self.come.push(e.ty);
        let text = format!("new event: {}", e.title);
        self.note(
            &spot(self.new, m, e),
            Note { rule: "event-added", rust: Minor, wire: Minor, old: "", new: &e.title, text },
        );
        self.unfold(parts::of(self.new, e.ty, "event"));
    }

    fn event(&mut self, a: &Event, n: &EventModule, b: &Event) {
        let at = &spot(self.new, n, b);
        if a.rust != b.rust {
            let text = format!("the event's type is `{}`, no longer `{}`", b.rust, a.rust);
            self.note(
                at,
                Note { rule: "event-renamed", rust: Major, wire: Nothing, old: &a.rust, new: &b.rust, text },
            );
            self.quiet.insert(a.ty);
        }
        if a.matches != b.matches {
            let show =
                |e: &Event| e.matches.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(" ");
            let text = format!("recognised by {}, no longer by {}", show(b), show(a));
            self.note(
                at,
                Note {
                    rule: "event-match-changed",
                    rust: Patch,
                    wire: Major,
                    old: &show(a),
                    new: &show(b),
                    text,
                },
            );
        }
        if a.reply != b.reply {
            let text = format!("the accepted reply is {}, no longer {}", b.reply, a.reply);
            self.note(
                at,
                Note {
                    rule: "event-reply-changed",
                    rust: Patch,
                    wire: Major,
                    old: &a.reply,
                    new: &b.reply,
                    text,
                },
            );
        }
        self.modes(&a.modes, &b.modes, "the event", false, at);
        self.status(a.status, b.status, at);
        self.pages(&a.source, &b.source, at);
        self.doc(at, "title", &a.title, &b.title);
        self.doc(at, "text", &a.doc.join("\n"), &b.doc.join("\n"));
        self.doc(at, "permission", &a.permission.join("\n"), &b.permission.join("\n"));
        self.same_item(a.ty, b.ty);
        self.pair(a.ty, b.ty, at.at("event"));
    }
}

fn spot(api: &Api, m: &EventModule, e: &Event) -> Spot {
    let module = format!("events::{}", m.name);
    Spot {
        item: item(m, e),
        endpoint: e.key.clone(),
        wire_only: !emitted(api, &module),
        module,
        ..Spot::default()
    }
}

fn item(m: &EventModule, e: &Event) -> String {
    format!("events::{}::{}", m.name, e.rust)
}
