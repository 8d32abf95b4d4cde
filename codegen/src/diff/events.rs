//! Callback events.

use super::Class;
use super::walk::{Note, Spot, Walk, emitted};
use crate::ir::{Api, Event, EventModule};

use Class::{Major, Minor, None as Nothing, Patch};

fn all(api: &Api) -> impl Iterator<Item = (&EventModule, &Event)> {
    api.events.iter().flat_map(|m| m.events.iter().map(move |e| (m, e)))
}

impl<'a> Walk<'a> {
    pub(super) fn events(&mut self) {
        let (old, new) = (self.old, self.new);
        for (m, e) in all(old) {
            // Names are unique in a file, not over all of them.
            match all(new).find(|(n, f)| n.name == m.name && f.key == e.key) {
                Some((n, f)) => self.event(e, n, f),
                None => {
                    self.gone.push(e.ty);
                    let at = spot(old, m, e);
                    let text = format!("the event {} ({}) is gone", e.key, e.title);
                    self.note(
                        &at,
                        Note {
                            rule: "event-removed",
                            rust: Major,
                            wire: Major,
                            old: &e.title,
                            new: "",
                            text,
                        },
                    );
                }
            }
        }
        for (m, e) in all(new) {
            if !all(old).any(|(n, f)| n.name == m.name && f.key == e.key) {
                self.come.push(e.ty);
                let at = spot(new, m, e);
                let text = format!("the event {} ({}) is new", e.key, e.title);
                self.note(
                    &at,
                    Note { rule: "event-added", rust: Minor, wire: Minor, old: "", new: &e.title, text },
                );
            }
        }
        for m in &old.events {
            let Some(n) = new.events.iter().find(|n| n.name == m.name) else { continue };
            if m.transport != n.transport {
                let at = Spot { module: format!("events::{}", m.name), ..Spot::default() };
                // XML is read from a notice, JSON from its text.
                let rust = if (m.transport == "xml") == (n.transport == "xml") { Nothing } else { Major };
                let text = format!("the events travel as {}, no longer as {}", n.transport, m.transport);
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
            let text = format!("told by {}, no longer by {}", show(b), show(a));
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
        item: format!("{module}::{}", e.rust),
        endpoint: e.key.clone(),
        wire_only: !emitted(api, &module),
        module,
        ..Spot::default()
    }
}
