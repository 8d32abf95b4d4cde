//! Fields of objects.

use super::change::Class;
use super::guess;
use super::parts;
use super::role::Role;
use super::walk::{Note, Spot, Walk};
use super::wire::{Relation, relation, rust_word, word};
use crate::ir::{Api, Field, Limit, Limits, Mode, Place, Struct, Ty};

use Class::{Major, Minor, None as Nothing, Patch};

impl Walk<'_> {
    pub(super) fn fields(&mut self, old: &Struct, new: &Struct, role: Role, at: &Spot) {
        self.groups(old, new, role, at);
        let mut left: Vec<usize> = Vec::new();
        let mut taken = vec![false; new.fields.len()];
        let mut pairs: Vec<(usize, usize, bool)> = Vec::new();
        for (i, f) in old.fields.iter().enumerate() {
            let free = |taken: &[bool], j: usize| !taken[j];
            let by = |same_place: bool| {
                new.fields.iter().enumerate().position(|(j, g)| {
                    free(&taken, j) && g.wire == f.wire && (!same_place || g.place == f.place)
                })
            };
            match by(true).or_else(|| by(false)) {
                Some(j) => {
                    taken[j] = true;
                    pairs.push((i, j, false));
                }
                None => left.push(i),
            }
        }
        let fresh: Vec<usize> = (0..new.fields.len()).filter(|j| !taken[*j]).collect();
        for (i, j) in guess::fields(self.old, old, &left, self.new, new, &fresh) {
            taken[j] = true;
            left.retain(|x| *x != i);
            pairs.push((i, j, true));
        }
        pairs.sort();
        for i in left {
            self.field_removed(&old.fields[i], at);
        }
        for (j, f) in new.fields.iter().enumerate() {
            if !taken[j] {
                self.field_added(f, role, at);
            }
        }
        self.order(old, new, &pairs, role, at);
        for (i, j, guessed) in pairs {
            let (a, b) = (&old.fields[i], &new.fields[j]);
            if guessed {
                let rust = if a.rust == b.rust { Nothing } else { Major };
                let text = format!("the field `{}` is now called `{}`", a.wire, b.wire);
                let n = Note { rule: "field-renamed", rust, wire: Major, old: &a.wire, new: &b.wire, text };
                self.put(&at.at(&b.wire), n, true);
            } else if a.rust != b.rust {
                let text =
                    format!("the Rust field of `{}` is called `{}`, no longer `{}`", b.wire, b.rust, a.rust);
                let n = Note {
                    rule: "field-rust-name",
                    rust: Major,
                    wire: Nothing,
                    old: &a.rust,
                    new: &b.rust,
                    text,
                };
                self.note(&at.at(&b.wire), n);
            }
            self.field(a, b, role, &at.at(&b.wire));
        }
    }

    fn field_removed(&mut self, f: &Field, at: &Spot) {
        if let Ty::Ref(id) = f.ty.leaf() {
            self.gone.push(*id);
        }
        let old = word(self.old, &f.ty);
        let text = format!("the field `{}` is gone", f.wire);
        let n = Note { rule: "field-removed", rust: Major, wire: Major, old: &old, new: "", text };
        self.note(&at.at(&f.wire), n);
    }

    fn field_added(&mut self, f: &Field, role: Role, at: &Spot) {
        if let Ty::Ref(id) = f.ty.leaf() {
            self.come.push(*id);
        }
        let new = word(self.new, &f.ty);
        let (rule, class, text) = match (f.required, role.sent) {
            (true, true) => {
                ("required-field-added", Major, format!("requests must have the new field `{}`", f.wire))
            }
            (true, false) => ("field-added", Minor, format!("new field `{}`, always there", f.wire)),
            _ => ("field-added", Minor, format!("new field `{}`", f.wire)),
        };
        let at = at.at(&f.wire);
        let parts = parts::field(self.new, f, &at.path);
        let kind = parts.first().map_or("", |p| p.kind.as_str());
        let text = format!("{text}: {kind}");
        self.note(&at, Note { rule, rust: class, wire: class, old: "", new: &new, text });
        self.unfold(parts);
    }

    /// Required fields are the parameters of `new`, in order: two strings that change places compile and do the wrong thing.
    fn order(&mut self, old: &Struct, new: &Struct, pairs: &[(usize, usize, bool)], role: Role, at: &Spot) {
        let kept = |&&(i, j, _): &&(usize, usize, bool)| old.fields[i].required && new.fields[j].required;
        let mut common: Vec<(usize, usize)> = pairs.iter().filter(kept).map(|(i, j, _)| (*i, *j)).collect();
        common.sort();
        if role.sent && common.windows(2).any(|w| w[0].1 > w[1].1) {
            let names = |list: Vec<&str>| list.join(", ");
            let before = names(common.iter().map(|(i, _)| old.fields[*i].rust.as_str()).collect());
            common.sort_by_key(|c| c.1);
            let after = names(common.iter().map(|(_, j)| new.fields[*j].rust.as_str()).collect());
            let text = "the required parameters of `new` are in another order".to_owned();
            let n = Note {
                rule: "constructor-reordered",
                rust: Major,
                wire: Nothing,
                old: &before,
                new: &after,
                text,
            };
            self.note(at, n);
        }
    }

    fn field(&mut self, a: &Field, b: &Field, role: Role, at: &Spot) {
        self.field_type(a, b, role, at);
        self.presence(a, b, role, at);
        if a.place != b.place {
            let word = |p: Place| if p == Place::Body { "body" } else { "URL" };
            let text =
                format!("`{}` is sent in the {}, no longer in the {}", b.wire, word(b.place), word(a.place));
            let (old, new) = (word(a.place), word(b.place));
            self.note(at, Note { rule: "field-moved", rust: Patch, wire: Major, old, new, text });
        }
        if a.xml_item != b.xml_item {
            let show = |x: &Option<String>| x.clone().unwrap_or_default();
            let text = format!(
                "the XML elements of the list `{}` are called `{}`, no longer `{}`",
                b.wire,
                show(&b.xml_item),
                show(&a.xml_item)
            );
            let n = Note {
                rule: "xml-item-changed",
                rust: Patch,
                wire: Major,
                old: &show(&a.xml_item),
                new: &show(&b.xml_item),
                text,
            };
            self.note(at, n);
        }
        self.default(a, b, role, at);
        self.says(a, b, role, at);
        self.limits(&a.limits, &b.limits, role, &b.wire, at);
        self.deprecation(
            "field-deprecated",
            &format!("`{}`", b.wire),
            &a.deprecated,
            &b.deprecated,
            Patch,
            at,
        );
        self.modes(&a.modes, &b.modes, &format!("`{}`", b.wire), true, at);
        let join = |f: &Field| {
            let mut lines = f.doc.clone();
            lines.extend(f.since.iter().map(|s| format!("since {s}")));
            lines.extend(f.example.iter().map(|s| format!("example {s}")));
            lines.join("\n")
        };
        self.doc(at, &format!("text of `{}`", b.wire), &join(a), &join(b));
    }

    fn field_type(&mut self, a: &Field, b: &Field, role: Role, at: &Spot) {
        let same_rust = self.same_rust(&a.ty, &b.ty) && a.boxed == b.boxed;
        let relation = relation(self.old, &a.ty, self.new, &b.ty);
        let (mut old, mut new) = (word(self.old, &a.ty), word(self.new, &b.ty));
        if old == new {
            // The name stayed, what it stands for did not.
            (old, new) = (parts::kind(self.old, &a.ty), parts::kind(self.new, &b.ty));
        }
        let wire = match relation {
            Relation::Same => Nothing,
            Relation::Wider => role.receiving(),
            Relation::Narrower => role.sending(),
            Relation::Other => Major,
        };
        let rust = match (same_rust, wire) {
            (false, _) => Major,
            (true, Nothing) => Nothing,
            _ => Patch,
        };
        if !same_rust || relation != Relation::Same {
            let text = if wire == Nothing {
                let (p, q) = (rust_word(self.old, &a.ty), rust_word(self.new, &b.ty));
                match p == q {
                    true => format!(
                        "the Rust type of `{}` is {}boxed",
                        b.wire,
                        if b.boxed { "" } else { "no longer " }
                    ),
                    false => format!("the Rust type of `{}` is `{q}`, no longer `{p}`", b.wire),
                }
            } else {
                format!("`{}` is {new}, no longer {old}", b.wire)
            };
            self.note(at, Note { rule: "field-retyped", rust, wire, old: &old, new: &new, text });
        }
        if relation != Relation::Other {
            self.inside(&a.ty, &b.ty, at);
        }
        if !same_rust {
            for (ty, list) in [(&a.ty, &mut self.gone), (&b.ty, &mut self.come)] {
                if let Ty::Ref(id) = ty.leaf() {
                    list.push(*id);
                }
            }
        }
    }

    fn presence(&mut self, a: &Field, b: &Field, role: Role, at: &Spot) {
        let option = if a.option != b.option { Major } else { Nothing };
        let word = |f: &Field| if f.required { "required" } else { "optional" };
        match (a.required, b.required) {
            (false, true) => {
                // A setter becomes a parameter of `new`.
                let rust = if role.sent { Major } else { option.max(Patch) };
                let text = format!("`{}` is required", b.wire);
                let n = Note {
                    rule: "field-required",
                    rust,
                    wire: role.sending(),
                    old: word(a),
                    new: word(b),
                    text,
                };
                self.note(at, n);
            }
            (true, false) => {
                let rust = if role.sent { Major } else { option.max(Patch) };
                let text = format!(
                    "`{}` is optional: {}",
                    b.wire,
                    if role.received { "answers may lack it" } else { "requests may leave it out" }
                );
                let n = Note {
                    rule: "field-optional",
                    rust,
                    wire: role.receiving(),
                    old: word(a),
                    new: word(b),
                    text,
                };
                self.note(at, n);
            }
            _ if a.option != b.option => {
                let show = |f: &Field| if f.option { "Option" } else { "plain" };
                let text = format!(
                    "the Rust field of `{}` is {}",
                    b.wire,
                    if b.option { "an `Option`" } else { "no longer an `Option`" }
                );
                self.note(
                    at,
                    Note {
                        rule: "field-option",
                        rust: Major,
                        wire: Nothing,
                        old: show(a),
                        new: show(b),
                        text,
                    },
                );
            }
            _ => {}
        }
        let (old, new) = (a.condition(), b.condition());
        if old != new && !b.required {
            let wire = match (old.is_empty(), role.sent) {
                (true, true) if !a.required => Major,
                (true, false) => Patch,
                _ => Minor,
            };
            let text = match new.as_str() {
                "" => format!("`{}` is no longer required under a condition", b.wire),
                when => format!("`{}` is required under the condition: {when}", b.wire),
            };
            let text = before(text, &old);
            let n = Note { rule: "field-condition", rust: Patch, wire, old: &old, new: &new, text };
            self.note(at, n);
        }
    }

    fn default(&mut self, a: &Field, b: &Field, role: Role, at: &Spot) {
        if a.default == b.default {
            return;
        }
        let show = |d: &Option<String>| d.clone().unwrap_or_default();
        // Who leaves it out gets something else than before; a default that was only written down changes nothing.
        let wire = if role.sent && a.default.is_some() && b.default.is_some() { Major } else { Patch };
        let text = match (&a.default, &b.default) {
            (_, None) => format!("`{}` no longer has a default", b.wire),
            (None, Some(d)) => format!("the default of `{}` is now documented: {d}", b.wire),
            (Some(o), Some(d)) => format!("the default of `{}` is {d}, no longer {o}", b.wire),
        };
        let n = Note {
            rule: "default-changed",
            rust: Patch,
            wire,
            old: &show(&a.default),
            new: &show(&b.default),
            text,
        };
        self.note(at, n);
    }

    fn limits(&mut self, a: &Limits, b: &Limits, role: Role, name: &str, at: &Spot) {
        let list = [
            ("chars", "characters", a.chars, b.chars),
            ("bytes", "bytes", a.bytes, b.bytes),
            ("range", "range", a.range, b.range),
            ("items", "elements", a.items, b.items),
        ];
        for (key, what, x, y) in list {
            self.limit(what, x, y, role, b.cut, name, &at.of(key));
        }
        self.sets(a, b, role, name, &at.of("values"));
        if a.each != b.each {
            let (x, y) = (a.each.clone().unwrap_or_default(), b.each.clone().unwrap_or_default());
            self.limits(&x, &y, role, &format!("{name}[]"), &at.of("each"));
        }
        if a.pattern != b.pattern {
            let show = |p: &Option<String>| p.clone().unwrap_or_default();
            let wire = if b.pattern.is_some() { role.sending() } else { Minor };
            let text = match &b.pattern {
                Some(p) => format!("`{name}` must match `{p}`"),
                None => format!("`{name}` need not match a pattern"),
            };
            let rule = if b.pattern.is_some() { "limit-tightened" } else { "limit-loosened" };
            self.note(
                &at.of("pattern"),
                Note { rule, rust: Patch, wire, old: &show(&a.pattern), new: &show(&b.pattern), text },
            );
        }
        if a.cut != b.cut && !(a.is_empty() || b.is_empty()) {
            let word = |cut: bool| if cut { "cut" } else { "refused" };
            let wire = if b.cut { Minor } else { role.sending() };
            let rule = if b.cut { "limit-loosened" } else { "limit-tightened" };
            let text = format!("`{name}` beyond its limit is {}, no longer {}", word(b.cut), word(a.cut));
            let at = &at.of("cut");
            self.note(at, Note { rule, rust: Patch, wire, old: word(a.cut), new: word(b.cut), text });
        }
    }

    /// Steps, fractions and closed sets of values: tighter where a value that passed may be refused.
    fn sets(&mut self, a: &Limits, b: &Limits, role: Role, name: &str, at: &Spot) {
        let show = |l: &Limits| {
            let step = l.step.map(|s| format!("multiples of {s}"));
            let reals = l.reals.map(|r| format!("range {r}"));
            let list = (!l.choices.is_empty()).then(|| format!("one of {}", l.choices.join(", ")));
            [step, reals, list].into_iter().flatten().collect::<Vec<_>>().join("; ")
        };
        let (old, new) = (show(a), show(b));
        if old == new {
            return;
        }
        let step = match (a.step, b.step) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(x), Some(y)) => y != 0 && x % y != 0,
        };
        let inf = |n: Option<f64>, or: f64| n.unwrap_or(or);
        let reals = match (a.reals, b.reals) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(x), Some(y)) => {
                let (lx, ly) = (inf(x.min, f64::NEG_INFINITY), inf(y.min, f64::NEG_INFINITY));
                let (hx, hy) = (inf(x.max, f64::INFINITY), inf(y.max, f64::INFINITY));
                ly > lx || hy < hx || (ly == lx && y.above && !x.above) || (hy == hx && y.below && !x.below)
            }
        };
        let list = !b.choices.is_empty()
            && (a.choices.is_empty() || a.choices.iter().any(|c| !b.choices.contains(c)));
        let (rule, wire) = match step || reals || list {
            true => ("limit-tightened", role.sending()),
            false => ("limit-loosened", Minor),
        };
        let or = |t: &str| if t.is_empty() { "anything".to_owned() } else { t.to_owned() };
        let text = format!("values of `{name}`: {}, before: {}", or(&new), or(&old));
        self.note(at, Note { rule, rust: Patch, wire, old: &old, new: &new, text });
    }

    /// What a field says beside its type and limits: when it has effect, its unit, how long its value is good, what differs by mode.
    fn says(&mut self, a: &Field, b: &Field, role: Role, at: &Spot) {
        let effect = |f: &Field| f.when.as_ref().map_or(String::new(), |c| c.to_string());
        let (old, new) = (effect(a), effect(b));
        if old != new {
            let text = match new.as_str() {
                "" => format!("`{}` always has an effect", b.wire),
                c => format!("`{}` has an effect only when {c}", b.wire),
            };
            let text = before(text, &old);
            let wire = if old.is_empty() { role.sending() } else { Minor };
            self.note(at, Note { rule: "field-effect", rust: Patch, wire, old: &old, new: &new, text });
        }
        let unit = |f: &Field| f.unit.clone().unwrap_or_default();
        let (old, new) = (unit(a), unit(b));
        if old != new {
            // A unit that was only written down changes nothing.
            let wire = if old.is_empty() || new.is_empty() { Patch } else { Major };
            let text = format!(
                "the unit of `{}` is {}",
                b.wire,
                if new.is_empty() { "not documented" } else { &new }
            );
            let text = before(text, &old);
            self.note(at, Note { rule: "unit-changed", rust: Patch, wire, old: &old, new: &new, text });
        }
        let (old, new) = (a.also.join(", "), b.also.join(", "));
        if old != new {
            let wire = if a.also.iter().all(|n| b.also.contains(n)) { Minor } else { Major };
            let text = match new.as_str() {
                "" => format!("`{}` has no other spelling", b.wire),
                names => format!("`{}` is also read from {names}", b.wire),
            };
            let text = before(text, &old);
            self.note(at, Note { rule: "field-spellings", rust: Patch, wire, old: &old, new: &new, text });
        }
        let ttl = |f: &Field| f.ttl.clone().unwrap_or_default();
        self.doc(at, &format!("how long `{}` is good", b.wire), &ttl(a), &ttl(b));
        let modes = |f: &Field| {
            let one = |(m, t): &(Mode, String)| format!("{}: {t}", m.title());
            f.by_mode.iter().map(one).collect::<Vec<_>>().join("; ")
        };
        self.doc(at, &format!("modes of `{}`", b.wire), &modes(a), &modes(b));
        let file = |f: &Field| f.file.as_ref().map_or(String::new(), |r| format!("{r:?}"));
        self.doc(at, &format!("the file behind `{}`", b.wire), &file(a), &file(b));
        let (old, new) = (shapes(self.old, a), shapes(self.new, b));
        self.doc(at, &format!("shapes of `{}`", b.wire), &old, &new);
        let word = |f: &Field| if f.id_trans { "ids are translated" } else { "" }.to_owned();
        self.doc(at, &format!("ids in `{}`", b.wire), &word(a), &word(b));
    }

    /// Groups of which one or some must be there.
    fn groups(&mut self, old: &Struct, new: &Struct, role: Role, at: &Spot) {
        let show = |c: &crate::ir::Choice| {
            let list: Vec<String> = c.alternatives.iter().map(|a| a.join("+")).collect();
            format!("{} {}", c.rule.word(), list.join(", "))
        };
        for c in new.choices.iter().filter(|c| !old.choices.contains(c)) {
            let new = show(c);
            let text = format!("a request must keep to this rule: {new}");
            self.note(
                at,
                Note { rule: "group-added", rust: Patch, wire: role.sending(), old: "", new: &new, text },
            );
        }
        for c in old.choices.iter().filter(|c| !new.choices.contains(c)) {
            let old = show(c);
            let text = format!("this rule is gone: {old}");
            self.note(at, Note { rule: "group-removed", rust: Patch, wire: Minor, old: &old, new: "", text });
        }
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn limit(
        &mut self,
        what: &str,
        a: Limit,
        b: Limit,
        role: Role,
        cut: bool,
        name: &str,
        at: &Spot,
    ) {
        // Nothing is shorter than empty.
        let plain = |l: Limit| Limit { min: l.min.filter(|m| *m > 0 || what == "range"), ..l };
        let (a, b) = (plain(a), plain(b));
        if a == b {
            return;
        }
        let tighter = b.min.unwrap_or(i64::MIN) > a.min.unwrap_or(i64::MIN)
            || b.max.unwrap_or(i64::MAX) < a.max.unwrap_or(i64::MAX);
        let show = |l: Limit| if l.is_empty() { String::new() } else { format!("{what} {l}") };
        let plain = |l: Limit| if l.is_empty() { "unlimited".to_owned() } else { l.to_string() };
        let (rule, wire) = match tighter {
            true if cut => ("limit-tightened", Minor),
            true => ("limit-tightened", role.sending()),
            false => ("limit-loosened", Minor),
        };
        let text = format!("{what} of `{name}`: {}, before: {}", plain(b), plain(a));
        self.note(at, Note { rule, rust: Patch, wire, old: &show(a), new: &show(b), text });
    }

    /// `rust` is what a deprecation is in Rust: `minor` where the compiler warns.
    pub(super) fn deprecation(
        &mut self,
        rule: &'static str,
        what: &str,
        a: &Option<String>,
        b: &Option<String>,
        rust: Class,
        at: &Spot,
    ) {
        match (a, b) {
            (None, Some(b)) => {
                let text = format!(
                    "{what} is deprecated{}",
                    if b.is_empty() || b == "true" { String::new() } else { format!(": {b}") }
                );
                self.note(at, Note { rule, rust, wire: Minor, old: "", new: b, text });
            }
            (Some(a), None) => {
                let text = format!("{what} is no longer deprecated");
                self.note(at, Note { rule, rust: Patch, wire: Patch, old: a, new: "", text });
            }
            (Some(a), Some(b)) => self.doc(at, &format!("deprecation of {what}"), a, b),
            _ => {}
        }
    }

    /// An empty list of a field means: as the endpoint.
    pub(super) fn modes(&mut self, a: &[Mode], b: &[Mode], what: &str, empty_is_all: bool, at: &Spot) {
        let has = |list: &[Mode], m: Mode| list.contains(&m) || (empty_is_all && list.is_empty());
        let words = |list: &[Mode]| {
            Mode::ALL.iter().filter(|m| has(list, m.1)).map(|m| m.0).collect::<Vec<_>>().join(", ")
        };
        let only = |x: &[Mode], y: &[Mode]| {
            Mode::ALL
                .iter()
                .filter(|m| has(x, m.1) && !has(y, m.1))
                .map(|m| m.0)
                .collect::<Vec<_>>()
                .join(", ")
        };
        let (lost, won) = (only(a, b), only(b, a));
        if !lost.is_empty() {
            let text = format!("{what}: no longer for {lost} applications");
            self.note(
                at,
                Note {
                    rule: "modes-removed",
                    rust: Patch,
                    wire: Major,
                    old: &words(a),
                    new: &words(b),
                    text,
                },
            );
        }
        if !won.is_empty() {
            let text = format!("{what}: now also for {won} applications");
            self.note(
                at,
                Note { rule: "modes-added", rust: Patch, wire: Minor, old: &words(a), new: &words(b), text },
            );
        }
    }
}

/// What free JSON may be.
fn shapes(api: &Api, f: &Field) -> String {
    f.shapes.iter().map(|ty| word(api, ty)).collect::<Vec<_>>().join(", ")
}

/// The text with what was there before, where something was.
fn before(text: String, old: &str) -> String {
    if old.is_empty() { text } else { format!("{text}; before: {old}") }
}
