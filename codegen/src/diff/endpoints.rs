//! Endpoints and the catalogue of error codes.

use std::collections::HashMap;

use super::calls::Call;
use super::change::{Class, Part};
use super::parts;
use super::role::Role;
use super::walk::{Note, Spot, Walk};
use crate::ir::{Api, Endpoint, Paging, RequestBody, ResponseBody};

use Class::{Major, Minor, None as Nothing, Patch};

impl<'a> Walk<'a> {
    pub(super) fn endpoints(&mut self) {
        let (old, new) = (self.old, self.new);
        let index = |api: &'a Api| -> HashMap<String, (&'a str, &'a Endpoint)> {
            api.endpoints().map(|(m, e)| (e.key(), (m.name.as_str(), e))).collect()
        };
        let (before, after) = (index(old), index(new));
        let mut lost: Vec<(&'a str, &'a Endpoint)> = Vec::new();
        for (m, e) in old.endpoints() {
            match after.get(&e.key()) {
                Some((n, f)) => self.endpoint(&m.name, e, n, f),
                None => lost.push((&m.name, e)),
            }
        }
        let mut found: Vec<(&'a str, &'a Endpoint)> = new
            .endpoints()
            .filter(|(_, e)| !before.contains_key(&e.key()))
            .map(|(m, e)| (m.name.as_str(), e))
            .collect();
        for (m, e) in lost {
            // The same official page describes it under another path.
            let page = |e: &Endpoint| e.source.first().map(|s| (s.page, s.doc_id));
            let same = |f: &Endpoint| f.title == e.title && page(e).is_some() && page(e) == page(f);
            match found.iter().position(|(_, f)| same(f)) {
                Some(k) => {
                    let (n, f) = found.remove(k);
                    self.endpoint_moved(m, e, n, f);
                }
                None => self.endpoint_removed(m, e),
            }
        }
        for (m, e) in found {
            self.endpoint_added(m, e);
        }
    }

    fn endpoint_moved(&mut self, m: &str, a: &Endpoint, n: &str, b: &Endpoint) {
        let rust = if (m, &a.rust) == (n, &b.rust) { Patch } else { Major };
        let (old, new) = (a.key(), b.key());
        let text = format!("the path was `{old}` before");
        let note = Note { rule: "endpoint-moved", rust, wire: Major, old: &old, new: &new, text };
        self.put(&spot(n, b), note, true);
        self.endpoint(m, a, n, b);
    }

    fn endpoint_removed(&mut self, m: &str, e: &Endpoint) {
        self.gone.push(e.request);
        self.gone.extend(e.response);
        let text = format!("the endpoint is gone: {}", e.title);
        self.note(
            &spot(m, e),
            Note { rule: "endpoint-removed", rust: Major, wire: Major, old: &e.title, new: "", text },
        );
    }

    fn endpoint_added(&mut self, m: &str, e: &Endpoint) {
        self.come.push(e.request);
        self.come.extend(e.response);
        let text = format!("new endpoint: {}", e.title);
        self.note(
            &spot(m, e),
            Note { rule: "endpoint-added", rust: Minor, wire: Minor, old: "", new: &e.title, text },
        );
        let mut list = parts::of(self.new, e.request, "request");
        list.extend(e.file.iter().map(|f| Part {
            path: format!("request.{}", f.part),
            kind: "file".into(),
            required: true,
            text: f.doc.join(" "),
        }));
        list.extend(e.response.iter().flat_map(|id| parts::of(self.new, *id, "response")));
        self.unfold(list);
    }

    fn endpoint(&mut self, m: &str, a: &Endpoint, n: &str, b: &Endpoint) {
        let at = &spot(n, b);
        if (m, &a.rust, &a.call) != (n, &b.rust, &b.call) {
            let (p, q) = (item(m, a), item(n, b));
            let text = format!("the request type is `{q}`, no longer `{p}`, and its method `{}`", b.call);
            self.note(
                at,
                Note { rule: "endpoint-renamed", rust: Major, wire: Nothing, old: &p, new: &q, text },
            );
            self.quiet.insert(a.request);
            self.quiet.extend(a.response);
        }
        if a.auth != b.auth {
            let (p, q) = (a.auth.word(), b.auth.word());
            let text = format!("called with {q}, no longer with {p}");
            self.note(at, Note { rule: "auth-changed", rust: Major, wire: Major, old: p, new: q, text });
        }
        if a.post != b.post {
            let word = |e: &Endpoint| if e.post { "POST" } else { "GET" };
            let text = format!("the method is {}, no longer {}", word(b), word(a));
            self.note(
                at,
                Note { rule: "method-changed", rust: Patch, wire: Major, old: word(a), new: word(b), text },
            );
        }
        self.modes(&a.modes, &b.modes, "the endpoint", false, at);
        self.call(Call::of(a), Call::of(b), at);
        self.paging(a, b, at);
        self.bodies(a, b, at);
        self.same_item(a.request, b.request);
        self.pair(a.request, b.request, at.at("request"));
        if let (Some(x), Some(y)) = (a.response, b.response) {
            self.same_item(x, y);
            self.pair(x, y, at.at("response"));
        }
    }

    fn paging(&mut self, a: &Endpoint, b: &Endpoint, at: &Spot) {
        let show = |p: &Paging| {
            let opt = |name: &str, v: &Option<String>| {
                v.as_ref().map_or(String::new(), |v| format!(", {name} {v}"))
            };
            format!(
                "{} {}, items {}{}{}{}{}",
                if p.offset { "offset" } else { "cursor" },
                p.ask,
                p.items,
                opt("answer", &p.answer),
                opt("more", &p.more),
                opt("end", &p.end),
                opt("limit", &p.limit),
            )
        };
        match (&a.paging, &b.paging) {
            (None, Some(p)) => {
                let text = format!("answers come in pages: {}", show(p));
                self.note(
                    at,
                    Note { rule: "paging-added", rust: Minor, wire: Minor, old: "", new: &show(p), text },
                );
            }
            (Some(p), None) => {
                let text = "answers no longer come in pages".to_owned();
                self.note(
                    at,
                    Note { rule: "paging-removed", rust: Major, wire: Major, old: &show(p), new: "", text },
                );
            }
            (Some(p), Some(q)) if p != q => {
                // The list's elements are what the stream of pages gives.
                let rust = if p.items != q.items { Major } else { Patch };
                let text = format!("pages are requested in another way: {}; before: {}", show(q), show(p));
                self.note(
                    at,
                    Note { rule: "paging-changed", rust, wire: Major, old: &show(p), new: &show(q), text },
                );
            }
            _ => {}
        }
    }

    fn bodies(&mut self, a: &Endpoint, b: &Endpoint, at: &Spot) {
        let request = |e: &Endpoint| match e.body {
            RequestBody::Query => "none, all in the URL",
            RequestBody::Json => "JSON",
            RequestBody::None => "none",
            RequestBody::EmptyJson => "{}",
            RequestBody::Multipart => "multipart",
        };
        // A method that changes says already that the body does.
        if a.body != b.body && a.post == b.post {
            let (p, q) = (request(a), request(b));
            let text = format!("the request's body is {q}, no longer {p}");
            self.note(
                &at.at("request"),
                Note { rule: "body-changed", rust: Patch, wire: Major, old: p, new: q, text },
            );
        }
        let answer = |e: &Endpoint| match e.answer {
            ResponseBody::Json => "JSON",
            ResponseBody::Bytes => "bytes",
            ResponseBody::None => "nothing",
        };
        if a.answer != b.answer {
            let (p, q) = (answer(a), answer(b));
            let text = format!("the answer is {q}, no longer {p}");
            self.gone.extend(a.response);
            self.come.extend(b.response);
            self.note(
                &at.at("response"),
                Note { rule: "answer-changed", rust: Major, wire: Major, old: p, new: q, text },
            );
        }
        let place = at.at("request");
        match (&a.file, &b.file) {
            (None, Some(f)) => {
                let text = format!("requests must have a file, `{}`", f.part);
                self.note(
                    &place,
                    Note { rule: "file-added", rust: Major, wire: Major, old: "", new: &f.part, text },
                );
            }
            (Some(f), None) => {
                let text = format!("requests no longer have a file `{}`", f.part);
                self.note(
                    &place,
                    Note { rule: "file-removed", rust: Major, wire: Major, old: &f.part, new: "", text },
                );
            }
            (Some(f), Some(g)) => {
                if f.part != g.part || f.rust != g.rust {
                    let rust = if f.rust == g.rust { Patch } else { Major };
                    let wire = if f.part == g.part { Nothing } else { Major };
                    let text = format!("the file's form field is `{}`, no longer `{}`", g.part, f.part);
                    self.note(
                        &place,
                        Note { rule: "file-renamed", rust, wire, old: &f.part, new: &g.part, text },
                    );
                }
                let role = Role { sent: true, received: false };
                self.limit("bytes", f.bytes, g.bytes, role, false, &g.part, &place.at(&g.part));
                self.doc(&place, "text of the file", &f.doc.join("\n"), &g.doc.join("\n"));
            }
            (None, None) => {}
        }
    }

    /// The catalogue.
    pub(super) fn errors(&mut self) {
        let (old, new) = (self.old, self.new);
        for a in &old.errors {
            let code = a.code.to_string();
            let at = Spot { item: format!("errcode {code}"), ..Spot::default() };
            let Some(b) = new.error(a.code) else {
                let text = format!("the error code is gone: {}", a.meaning);
                self.note(
                    &at,
                    Note { rule: "error-removed", rust: Patch, wire: Minor, old: &a.class, new: "", text },
                );
                continue;
            };
            if a.class != b.class {
                let text = format!("the class of the error is `{}`, no longer `{}`", b.class, a.class);
                self.note(
                    &at,
                    Note {
                        rule: "error-class-changed",
                        rust: Patch,
                        wire: Minor,
                        old: &a.class,
                        new: &b.class,
                        text,
                    },
                );
            }
            if a.retired != b.retired {
                let (rule, text) = match b.retired {
                    true => ("error-retired", format!("the error {code} left the official list")),
                    false => ("error-current", format!("the error {code} is in the official list again")),
                };
                self.note(&at, Note { rule, rust: Patch, wire: Nothing, old: "", new: "", text });
            }
            self.doc(&at, &format!("meaning of error {code}"), &a.meaning, &b.meaning);
            self.doc(&at, &format!("advice on error {code}"), &a.advice, &b.advice);
        }
        for b in new.errors.iter().filter(|b| old.error(b.code).is_none()) {
            let at = Spot { item: format!("errcode {}", b.code), ..Spot::default() };
            let text = format!("new error code: {}", b.meaning);
            self.note(
                &at,
                Note { rule: "error-added", rust: Patch, wire: Minor, old: "", new: &b.class, text },
            );
        }
    }
}

fn spot(module: &str, e: &Endpoint) -> Spot {
    Spot { module: module.to_owned(), endpoint: e.key(), item: item(module, e), ..Spot::default() }
}

fn item(module: &str, e: &Endpoint) -> String {
    format!("{module}::{}", e.rust)
}
