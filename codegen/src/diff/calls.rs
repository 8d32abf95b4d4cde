//! What endpoints and commands of long connections say alike: status, limits of calls, errors, texts.

use super::change::Class;
use super::walk::{Note, Spot, Walk};
use crate::ir::{Command, Endpoint, Mode, Rate, Source, Status};

use Class::{Major, Minor, Patch};

/// What an endpoint or a command says of its calls.
pub(super) struct Call<'a> {
    status: Status,
    /// Repeating is harmless, and what the client does then.
    repeat: (bool, &'static str),
    rate: &'a [Rate],
    errors: &'a [(i64, String)],
    title: &'a str,
    doc: &'a [String],
    permission: &'a [String],
    source: &'a [Source],
}

impl<'a> Call<'a> {
    pub(super) fn of(e: &'a Endpoint) -> Self {
        let does = if e.repeat {
            ": the client repeats on its own"
        } else {
            ": the client does not repeat on its own"
        };
        Call {
            status: e.status,
            repeat: (e.repeat, does),
            rate: &e.rate,
            errors: &e.errors,
            title: &e.title,
            doc: &e.doc,
            permission: &e.permission,
            source: &e.source,
        }
    }

    pub(super) fn of_command(c: &'a Command) -> Self {
        Call {
            status: c.status,
            repeat: (c.repeat, ""),
            rate: &c.rate,
            errors: &c.errors,
            title: &c.title,
            doc: &c.doc,
            permission: &c.permission,
            source: &c.source,
        }
    }
}

impl Walk<'_> {
    pub(super) fn call(&mut self, a: Call<'_>, b: Call<'_>, at: &Spot) {
        self.status(a.status, b.status, at);
        self.repeat(a.repeat, b.repeat, at);
        self.rates(a.rate, b.rate, at);
        self.codes(a.errors, b.errors, at);
        self.doc(at, "title", a.title, b.title);
        self.doc(at, "text", &a.doc.join("\n"), &b.doc.join("\n"));
        self.doc(at, "permission", &a.permission.join("\n"), &b.permission.join("\n"));
        self.pages(a.source, b.source, at);
    }

    pub(super) fn pages(&mut self, a: &[Source], b: &[Source], at: &Spot) {
        let page = |s: &Source| {
            let updated = s.updated.as_ref().map_or(String::new(), |u| format!(" ({u})"));
            format!("{}{updated}", s.page)
        };
        let pages = |list: &[Source]| list.iter().map(page).collect::<Vec<_>>().join(", ");
        self.doc(at, "official pages", &pages(a), &pages(b));
    }

    fn repeat(&mut self, a: (bool, &str), b: (bool, &str), at: &Spot) {
        if a.0 == b.0 {
            return;
        }
        let word = |harmless: bool| if harmless { "harmless" } else { "not harmless" };
        let (old, new) = (word(a.0), word(b.0));
        let text = format!("repeating is {new}{}", b.1);
        self.note(at, Note { rule: "repeat-changed", rust: Patch, wire: Patch, old, new, text });
    }

    pub(super) fn status(&mut self, a: Status, b: Status, at: &Spot) {
        let word = |s: Status| match s {
            Status::Current => "current",
            Status::Retired => "retired",
            Status::SeenLive => "seen_live",
        };
        if a == b {
            return;
        }
        let (rule, class, text) = match b {
            Status::Retired => {
                ("endpoint-retired", Minor, "retired: still answered, but on no official page")
            }
            _ => ("endpoint-status", Patch, "no longer retired"),
        };
        self.note(at, Note { rule, rust: class, wire: class, old: word(a), new: word(b), text: text.into() });
    }

    fn rates(&mut self, a: &[Rate], b: &[Rate], at: &Spot) {
        let show = |r: &Rate| format!("{} calls per {} and {}", r.calls, r.per, r.scope);
        let same =
            |x: &Rate, y: &Rate| (&x.per, &x.scope, &x.modes, &x.doc) == (&y.per, &y.scope, &y.modes, &y.doc);
        let key = |r: &Rate| {
            let modes: Vec<&str> = Mode::ALL.iter().filter(|m| r.modes.contains(&m.1)).map(|m| m.0).collect();
            [&r.per, &r.scope].into_iter().map(String::as_str).chain(modes).collect::<Vec<_>>().join("/")
        };
        // Conditions are words: where only they differ, the limit is the same one.
        let like = |x: &Rate, list: &[Rate]| -> Option<usize> {
            list.iter().position(|y| same(x, y)).or_else(|| {
                list.iter().position(|y| (&x.per, &x.scope, &x.modes) == (&y.per, &y.scope, &y.modes))
            })
        };
        let mut left: Vec<Rate> = b.to_vec();
        for x in a {
            match like(x, &left) {
                Some(k) => {
                    let y = left.remove(k);
                    let at = &at.of(&key(&y));
                    self.doc(at, "condition of a rate", &x.doc, &y.doc);
                    if x.calls != y.calls {
                        let (rule, wire) = if y.calls < x.calls {
                            ("rate-tightened", Major)
                        } else {
                            ("rate-loosened", Minor)
                        };
                        let text = format!("at most {}, {} before", show(&y), x.calls);
                        self.note(at, Note { rule, rust: Patch, wire, old: &show(x), new: &show(&y), text });
                    }
                }
                None => {
                    let text = format!("no longer limited to {}", show(x));
                    self.note(
                        &at.of(&key(x)),
                        Note {
                            rule: "rate-loosened",
                            rust: Patch,
                            wire: Minor,
                            old: &show(x),
                            new: "",
                            text,
                        },
                    );
                }
            }
        }
        for y in left {
            let text = format!("at most {}, no limit before", show(&y));
            self.note(
                &at.of(&key(&y)),
                Note { rule: "rate-tightened", rust: Patch, wire: Major, old: "", new: &show(&y), text },
            );
        }
    }

    fn codes(&mut self, a: &[(i64, String)], b: &[(i64, String)], at: &Spot) {
        for (code, text) in a {
            let code = code.to_string();
            match b.iter().find(|(c, _)| c.to_string() == code) {
                Some((_, other)) => self.doc(at, &format!("text of error {code}"), text, other),
                None => {
                    let text = format!("the error {code} is no longer listed");
                    self.note(
                        &at.at(&code),
                        Note {
                            rule: "endpoint-error-removed",
                            rust: Patch,
                            wire: Patch,
                            old: &code,
                            new: "",
                            text,
                        },
                    );
                }
            }
        }
        for (code, words) in b.iter().filter(|(c, _)| !a.iter().any(|(d, _)| c == d)) {
            let meaning = if words.is_empty() {
                self.new.error(*code).map_or("", |e| e.meaning.as_str())
            } else {
                words
            };
            let text = format!("the endpoint lists the error {code}: {meaning}");
            let code = code.to_string();
            self.note(
                &at.at(&code),
                Note { rule: "endpoint-error-added", rust: Patch, wire: Minor, old: "", new: &code, text },
            );
        }
    }
}
