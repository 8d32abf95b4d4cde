//! Fields of an endpoint → their entries of the spec: types, presence, limits, enumerations, unions.

use crate::docs::infer::types::{Inferred, infer};
use crate::docs::infer::unions::{Payload, Union};
use crate::docs::infer::words::Presence;
use crate::docs::infer::{labels, unions, words};
use crate::docs::model::{Assumption, Field};
use crate::docs::read::text::prose;
use crate::docs::rules::{self, Rule};
use crate::docs::write::node;
use crate::docs::write::node::{is_empty, map, plain, set, text};
use crate::names;
use crate::yaml::{Kind, Node};

/// Where a field stands.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Side {
    /// Sent.
    Request,
    /// Received.
    Answer,
}

/// Collects what is assumed while an entry is written.
pub(crate) struct Writer<'a> {
    pub(super) notes: &'a mut Vec<Assumption>,
    /// Named types of objects that hold themselves.
    pub(super) types: Node,
    /// What their names begin with; empty where none may be named.
    prefix: String,
    /// The fields around the one that is written, with the name of their type, if it has one.
    around: Vec<Option<String>>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(notes: &'a mut Vec<Assumption>, prefix: String) -> Self {
        Writer { notes, types: map(), prefix, around: vec![] }
    }
}

impl Writer<'_> {
    pub(super) fn note(&mut self, rule: &'static Rule, line: u32, what: String) {
        self.notes.push(Assumption { rule, line, what });
    }

    /// Fields and union of an object, into its entry. `element`: it is an element of a list.
    pub(super) fn object(
        &mut self,
        fields: &[Field],
        side: Side,
        depth: usize,
        element: bool,
        out: &mut Node,
    ) {
        let chosen = unions::union(fields, element).and_then(|u| Some((variant_names(&u, fields)?, u)));
        let mut node = map();
        let mut taken: Vec<String> = Vec::new();
        for f in fields {
            if chosen.as_ref().is_some_and(|(_, u)| u.takes(&f.name)) {
                continue;
            }
            let entry = self.unique(f, side, depth + 1, &mut taken);
            set(&mut node, &f.name, entry);
        }
        let has_fields = !is_empty(&node);
        if has_fields {
            set(out, "fields", node);
        }
        if let Some((names, u)) = chosen {
            let field =
                ["content", "payload", "variant", "body"].iter().find(|n| !taken.iter().any(|t| t == **n));
            if let Some(rule) = u.rule {
                let line = fields.iter().find(|f| u.takes(&f.name)).map_or(0, |f| f.line);
                let what = match u.tag.as_slice() {
                    [] => "the key that is there chooses between variants".to_owned(),
                    tag => format!("`{}` chooses between variants", tag.join(".")),
                };
                self.note(rule, line, what);
            }
            set(
                out,
                "union",
                self.union(&u, &names, fields, side, depth, field.filter(|_| has_fields).copied()),
            );
        }
    }

    /// A field whose Rust name differs from those that are taken.
    fn unique(&mut self, f: &Field, side: Side, depth: usize, taken: &mut Vec<String>) -> Node {
        let mut entry = self.field(f, side, depth);
        let rust = names::field_name(&f.name);
        match rust {
            Some(name) if !taken.contains(&name) => taken.push(name),
            _ => {
                let base = rust.unwrap_or_else(|| "field".into());
                let name = (2..)
                    .map(|n| format!("{}_{n}", base.trim_end_matches('_')))
                    .find(|n| !taken.contains(n))
                    .unwrap_or(base);
                self.note(&rules::FIELD_NAME, f.line, format!("`{}` takes the Rust name `{name}`", f.name));
                set(&mut entry, "rust", plain(&name));
                taken.push(name);
            }
        }
        entry
    }

    fn union(
        &mut self,
        u: &Union,
        names: &[Option<String>],
        fields: &[Field],
        side: Side,
        depth: usize,
        field: Option<&str>,
    ) -> Node {
        let mut out = map();
        if let Some(field) = field {
            set(&mut out, "field", plain(field));
        }
        if !u.tag.is_empty() {
            set(&mut out, "tag", text(u.tag.join(".")));
        }
        if u.numeric {
            set(&mut out, "tag_type", plain("i32"));
        }
        let holder = match &u.payload {
            Payload::Sibling => None,
            Payload::Flat => {
                set(&mut out, "payload", plain("flat"));
                None
            }
            Payload::Under(key) => {
                set(&mut out, "payload", text(key));
                fields.iter().find(|f| f.name == *key)
            }
        };
        let among = holder.map_or(fields, |h| h.children.as_slice());
        // The payload's object goes into the variants: it has no type of its own.
        self.around.extend(holder.map(|_| None));
        let mut variants = map();
        for (v, name) in u.variants.iter().zip(names) {
            let mut mine: Vec<Field> = among.iter().filter(|f| v.keys.contains(&f.name)).cloned().collect();
            if u.rule == Some(&rules::UNION_BY_CELLS) {
                // `view类型必须` made it this variant's: here it is always there.
                mine.iter_mut().for_each(|f| f.required = Some("是".into()));
            }
            let mut entry = map();
            if let Some(name) = name {
                set(&mut entry, "variant", plain(name));
            }
            let value = v.values.first().cloned().unwrap_or_default();
            match (&u.payload, mine.as_slice()) {
                (Payload::Sibling, [one]) => self.sibling(one, &value, side, depth + 1, &mut entry),
                (_, []) => {}
                (_, list) => {
                    let (mut inner, mut taken) = (map(), vec![]);
                    for f in list {
                        let field = self.unique(f, side, depth + 2, &mut taken);
                        set(&mut inner, &f.name, field);
                    }
                    set(&mut entry, "fields", inner);
                }
            }
            if v.values.len() > 1 {
                let more = v.values[1..].iter().map(|v| if u.numeric { plain(v) } else { text(v) });
                set(&mut entry, "also", node::list(more.collect()));
            }
            let label = prose(&v.label).replace('\n', " ").replace('`', "");
            if entry.get("doc").is_none() && !label.is_empty() {
                set(&mut entry, "doc", text(label));
            }
            set(&mut variants, &value, entry);
        }
        if holder.is_some() {
            self.around.pop();
        }
        set(&mut out, "variants", variants);
        out
    }

    /// A variant that stands under a key of its own.
    fn sibling(&mut self, f: &Field, value: &str, side: Side, depth: usize, out: &mut Node) {
        if f.name != value {
            set(out, "key", text(&f.name));
        }
        let entry = self.field(f, side, depth);
        for key in ["type", "doc", "fields", "union"] {
            let Some(node) = entry.get(key) else { continue };
            if !(key == "type" && node.text() == Some("object")) {
                set(out, key, node.clone());
            }
        }
        if let Some(doc) = entry.get("doc").and_then(Node::text) {
            set(out, "doc", text(doc.replace('\n', " ")));
        }
    }

    pub(super) fn field(&mut self, f: &Field, side: Side, depth: usize) -> Node {
        let mut t = infer(f);
        let mut out = map();
        let (outer, name) = (self.outer(f, &t), self.name(f, &t));
        if let Some(rule) = t.guess.filter(|_| outer.is_none()) {
            self.note(rule, f.line, format!("`{}` was taken for `{}`", f.name, t.text()));
        }
        if depth > 20 && t.base == "object" {
            self.note(
                &rules::TOO_DEEP,
                f.line,
                format!("`{}` lies too deep and was taken for free JSON", f.name),
            );
            t.base = "json";
        }
        set(&mut out, "type", plain(outer.as_ref().or(name.as_ref()).map_or_else(|| t.text(), |n| t.of(n))));
        self.around.push(name.clone());
        if let Some(name) = name {
            let mut named = map();
            self.object(&f.children, side, depth, t.lists > 0, &mut named);
            drafts(&mut named);
            set(&mut self.types, &name, named);
        } else if t.map {
            // The keys are data: what they hold stands two levels in.
            self.around.push(None);
            self.map_of(f, side, depth, &mut t, &mut out);
            self.around.pop();
        } else if t.base == "object" {
            self.object(&f.children, side, depth, t.lists > 0, &mut out);
            // Only a union may be left of it, or nothing that can be named.
            if out.get("fields").is_none() && out.get("union").is_none() {
                t.base = "json";
                set(&mut out, "type", plain(t.text()));
            }
        }
        self.around.pop();
        match presence(f, side) {
            Presence::Yes => set(&mut out, "required", plain("true")),
            Presence::No => {}
            Presence::When(words) => {
                let words = prose(&words).replace('\n', " ");
                if !words.is_empty() {
                    set(&mut out, "required_words", text(words));
                }
            }
        }
        details(f, &t, &mut out);
        let doc = prose(&f.desc);
        if !doc.is_empty() {
            set(&mut out, "doc", text(doc));
        }
        out
    }

    /// The name of the type of the object around a field that holds the same, where that got a name.
    fn outer(&self, f: &Field, t: &Inferred) -> Option<String> {
        let at = self.around.len().checked_sub(f.again).filter(|_| f.again > 0 && t.base == "json")?;
        self.around.get(at).cloned().flatten()
    }

    /// The name of the type of an object that something inside it refers to.
    fn name(&self, f: &Field, t: &Inferred) -> Option<String> {
        if self.prefix.is_empty() || t.base != "object" || t.map || !holds_again(&f.children, 1) {
            return None;
        }
        // A type of a union alone stands in other places.
        let chosen = unions::union(&f.children, t.lists > 0);
        if chosen.is_some_and(|u| f.children.iter().all(|c| u.takes(&c.name))) {
            return None;
        }
        let base = format!("{}{}Node", self.prefix, names::type_name(&f.name)?);
        let free = |n: &String| self.types.get(n).is_none() && !self.around.iter().flatten().any(|a| a == n);
        std::iter::once(base.clone()).chain((2..).map(|n| format!("{base}{n}"))).find(free)
    }

    fn map_of(&mut self, f: &Field, side: Side, depth: usize, t: &mut Inferred, out: &mut Node) {
        let kinds: Vec<Inferred> = f.children.iter().map(infer).collect();
        let first = kinds.first().map(Inferred::text).unwrap_or_else(|| "json".into());
        let same = kinds.iter().all(|k| k.text() == first);
        let mut inner = map();
        let element = if same && first == "object" {
            let mut merged: Vec<Field> = Vec::new();
            for child in f.children.iter().flat_map(|c| &c.children) {
                if !merged.iter().any(|m| m.name == child.name) {
                    merged.push(child.clone());
                }
            }
            self.object(&merged, side, depth + 1, false, &mut inner);
            if is_empty(&inner) { "json".into() } else { first }
        } else if same && !first.contains("object") {
            first
        } else {
            "json".to_owned()
        };
        let mut expr = format!("map<{element}>");
        for _ in 0..t.lists {
            expr = format!("list<{expr}>");
        }
        t.base = "json";
        set(out, "type", plain(expr));
        for key in ["fields", "union"] {
            if let Some(node) = inner.get(key) {
                set(out, key, node.clone());
            }
        }
    }
}

/// Whether something inside holds what the object holds that stands `up` levels above these fields.
fn holds_again(fields: &[Field], up: usize) -> bool {
    fields.iter().any(|f| match f.children.is_empty() {
        true => f.again == up,
        false => holds_again(&f.children, up + 1),
    })
}

/// Marks what a named type holds as drafts: it stands apart from its entry, whose mark it would escape.
fn drafts(ty: &mut Node) {
    let mark = |holder: &mut Node| {
        let Some(Kind::Map(fields)) = node::get_mut(holder, "fields").map(|n| &mut n.kind) else { return };
        fields.iter_mut().for_each(|(_, field)| set(field, "draft", plain("true")));
    };
    mark(ty);
    let variants = node::get_mut(ty, "union").and_then(|u| node::get_mut(u, "variants"));
    if let Some(Kind::Map(variants)) = variants.map(|n| &mut n.kind) {
        variants.iter_mut().for_each(|(_, variant)| mark(variant));
    }
}

/// Rust names of the variants: none where the rule's will do. `None` when two would meet.
fn variant_names(u: &Union, fields: &[Field]) -> Option<Vec<Option<String>>> {
    if !u.numeric {
        let mut seen = Vec::new();
        for v in u.variants.iter().filter_map(|v| v.values.first()) {
            let name = names::variant_name(v)?;
            if seen.contains(&name) {
                return None;
            }
            seen.push(name);
        }
        return Some(vec![None; u.variants.len()]);
    }
    let of_key = |v: &unions::Variant| match v.keys.as_slice() {
        [key] if u.payload == Payload::Sibling || fields.iter().any(|f| f.name == *key) => {
            names::type_name(key)
        }
        _ => None,
    };
    let pairs: Vec<(String, String)> = u
        .variants
        .iter()
        .map(|v| {
            let value = v.values.first().cloned().unwrap_or_default();
            let label = labels::name(&v.label).or_else(|| of_key(v)).unwrap_or_default();
            (value, label)
        })
        .collect();
    Some(labels::numbered(&pairs).into_iter().map(Some).collect())
}

/// Whether a field is written as one that is always there.
pub fn always(f: &Field, answer: bool) -> bool {
    presence(f, if answer { Side::Answer } else { Side::Request }) == Presence::Yes
}

fn presence(f: &Field, side: Side) -> Presence {
    match (&f.required, side) {
        (cell, Side::Request) => match (cell.as_deref().map_or(Presence::No, words::presence), &f.desc) {
            (Presence::No, desc) => words::condition(desc).map_or(Presence::No, Presence::When),
            // The cell says that there is a condition, the text which.
            (Presence::When(cell), desc)
                if matches!(cell.as_str(), "条件" | "条件必填" | "有条件必填" | "条件必选") =>
            {
                Presence::When(words::condition(desc).unwrap_or(cell))
            }
            (said, _) => said,
        },
        (Some(cell), _) => words::presence(cell),
        (None, Side::Answer) if f.content => Presence::No,
        (None, Side::Answer) if let Some((tag, values)) = f.when.as_ref().filter(|_| !f.common) => {
            Presence::When(format!("{tag} 为 {} 时", values.join("、")))
        }
        // An answer's field is always there unless text or samples say otherwise.
        (None, Side::Answer)
            // An object that only its fields' dotted rows name is told by them.
            if (f.told || f.held.1 > 0 && f.children.iter().any(|c| c.told))
                && !words::may_lack(&f.desc)
                && f.held.0 == f.held.1 =>
        {
            Presence::Yes
        }
        (None, Side::Answer) => Presence::No,
    }
}

/// Enumeration, default and limits, where they fit the type.
fn details(f: &Field, t: &Inferred, out: &mut Node) {
    let listed = enumeration(f, t, out);
    limits(f, t, listed.is_empty(), out);
    if let Some(d) = words::default(&f.desc).or_else(|| f.required.as_deref().and_then(words::default)) {
        let required = out.get("required").and_then(Node::text) == Some("true");
        if default_fits(&d, t, &listed) && !required && (listed.is_empty() || listed.contains(&d)) {
            set(out, "default", plain(d));
        }
    }
}

fn is_whole(t: &Inferred) -> bool {
    matches!(t.base, "i64" | "u32" | "i32" | "u64")
}

/// The values that text or table list, where they are an enumeration of the field's type. They come back.
fn enumeration(f: &Field, t: &Inferred, out: &mut Node) -> Vec<String> {
    let (whole, words_of) = (is_whole(t), t.base == "string");
    if !(whole || words_of) || t.map || f.name.ends_with("time") {
        return vec![];
    }
    let told = words::values(&f.desc, whole);
    let values = if told.len() < f.values.len() { f.values.clone() } else { told };
    let fits = |v: &str| {
        whole && v.parse::<i64>().is_ok_and(|n| n >= 0 || !matches!(t.base, "u32" | "u64")) || words_of
    };
    let shown = f.seen.iter().all(|s| {
        let s = s.as_str().map_or_else(|| s.to_string(), str::to_owned);
        values.iter().any(|(v, _)| *v == s) || (words_of && s.contains(['|', 'x', 'X', '_']))
    });
    let named: Vec<Option<String>> = if whole {
        labels::numbered(&values).into_iter().map(Some).collect()
    } else {
        values.iter().map(|(v, _)| names::variant_name(v)).collect()
    };
    let unique = named.iter().enumerate().all(|(i, n)| n.is_some() && !named[..i].contains(n));
    let some = (2..=80).contains(&values.len());
    if !(some && unique && values.iter().all(|(v, _)| fits(v)) && (shown || whole)) {
        return vec![];
    }
    let mut node = map();
    for ((value, label), name) in values.iter().zip(named) {
        let mut entry = map();
        if whole {
            set(&mut entry, "name", plain(name.unwrap_or_default()));
        }
        let label = prose(label).replace('\n', " ").replace('`', "");
        if !label.is_empty() {
            set(&mut entry, "doc", text(label));
        }
        set(&mut node, value, entry);
    }
    set(out, "values", node);
    values.into_iter().map(|(value, _)| value).collect()
}

/// Length, range and number of elements. `free`: no enumeration says which values there are.
fn limits(f: &Field, t: &Inferred, free: bool, out: &mut Node) {
    let whole = is_whole(t);
    let limits = words::limits(&f.desc, &f.ty);
    // `取值范围：1 ~ 100` of a list of names counts its elements.
    let elements = if t.lists > 0 && !whole { limits.range.clone() } else { None };
    let textual = matches!(t.base, "string" | "secret") && !t.map;
    if textual && (limits.chars.is_some() || limits.bytes.is_some()) && words::cut(&f.desc) {
        set(out, "cut", plain("true"));
    }
    // On a list they are each element's.
    for (key, limit) in [("chars", limits.chars), ("bytes", limits.bytes)] {
        if let Some(l) = limit.filter(|_| textual) {
            let many = t.lists > 0 || t.pipe;
            if let Some(to) = if many { node::entry(out, "each") } else { Some(&mut *out) } {
                set(to, key, text(l));
            }
        }
    }
    if whole
        && t.lists == 0
        && free
        && let Some(l) = limits.range.filter(|l| in_range(l, t.base))
    {
        set(out, "range", text(l));
    }
    if (t.lists > 0 || t.pipe)
        && let Some(l) = limits.items.or(elements)
    {
        set(out, "items", text(l));
    }
}

/// Whether a default is a value of the type.
fn default_fits(d: &str, t: &Inferred, listed: &[String]) -> bool {
    if t.lists > 0 || t.pipe || t.map {
        return false;
    }
    match t.base {
        "bool" => matches!(d, "true" | "false"),
        "flag" => matches!(d, "0" | "1"),
        "f64" => d.parse::<f64>().is_ok(),
        "i64" | "i32" => d.parse::<i32>().is_ok(),
        "u32" | "u64" => d.parse::<u32>().is_ok(),
        "string" => listed.iter().any(|l| l == d),
        _ => false,
    }
}

fn in_range(limit: &str, base: &str) -> bool {
    let top: i128 = match base {
        "i32" => i32::MAX.into(),
        "u32" => u32::MAX.into(),
        _ => i64::MAX.into(),
    };
    limit.split("..").all(|n| {
        n.is_empty() || n.parse::<i128>().is_ok_and(|n| n <= top && (n >= 0 || !base.starts_with('u')))
    })
}
