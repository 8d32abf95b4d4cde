//! The spec's entry of an endpoint against the one that its pages give.

use std::collections::BTreeMap;

use crate::departure;
use crate::docs::merge::flatten::{Flat, Types, class, flatten, one};
use crate::docs::merge::tree::Tree;
use crate::docs::model::Codes;
use crate::docs::write::endpoint;
use crate::docs::write::node::entries;
use crate::model::Fact;
use crate::yaml::{Kind, Node};

/// A difference between page and spec.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// `field-added`, `field-removed`, `retyped`, `required`, `value-added`, `limit`, `code-added`, `code-gone`, `code-back`, `mode-added`,
    /// `method`, `auth`, `departure-over`.
    pub kind: &'static str,
    /// Where: side and path of the field.
    pub at: String,
    /// What the page says.
    pub page: String,
    /// What the spec says.
    pub here: String,
}

/// Whether the spec has reviewed all pages of an entry as they are now.
pub fn reviewed(digests: &[(i64, String)], entry: &Node) -> bool {
    let Some(Kind::Seq(rows)) = entry.get("source").map(|s| &s.kind) else { return false };
    !digests.is_empty()
        && digests.iter().all(|(doc, digest)| {
            rows.iter().any(|r| {
                r.get("doc_id").and_then(Node::text) == Some(doc.to_string().as_str())
                    && r.get("digest").and_then(Node::text) == Some(digest.as_str())
            })
        })
}

/// What the page's entry has that ours has not, and the other way round. Departures are no differences.
pub fn changes(old: &Node, new: &Node, module: &str, types: &Types) -> Vec<Change> {
    let mut out = Vec::new();
    let departures = departures(old, "");
    for key in ["method", "auth"] {
        let (a, b) = (word(old, key), word(new, key));
        if a != b && !departures.iter().any(|d| d.at == key) {
            out.push(Change { kind: key_word(key), at: key.into(), page: b, here: a });
        }
    }
    modes(old, new, &mut out);
    // The page's own named types beside those of the spec.
    let mut more;
    let named = new.get(endpoint::TYPES).map(entries).unwrap_or_default();
    let types = if named.is_empty() {
        types
    } else {
        more = types.clone();
        let named =
            named.iter().filter_map(|(k, n)| Some(((module.to_owned(), k.text()?.to_owned()), n.clone())));
        more.extend(named);
        &more
    };
    let context = Context { module, types, departures: &departures };
    for side in ["query", "request", "response"] {
        let (ours, theirs) = (context.flat(old.get(side), side), context.flat(new.get(side), side));
        context.sides(&ours, &theirs, side != "response", &mut out);
    }
    let have = old.get("errors").map(entries).unwrap_or_default();
    for (code, meaning) in new.get("errors").map(entries).unwrap_or_default() {
        if !have.iter().any(|(c, _)| c.text() == code.text()) {
            let at = format!("errors.{}", code.text().unwrap_or_default());
            if !departures.iter().any(|d| d.at == at || d.at == "errors") {
                out.push(Change {
                    kind: "code-added",
                    at,
                    page: meaning.text().unwrap_or_default().into(),
                    here: String::new(),
                });
            }
        }
    }
    out.sort();
    out
}

/// Without what an entry's key says: `?type=wx_card` is not a missing field.
pub fn beside_key(key: &str, mut changes: Vec<Change>) -> Vec<Change> {
    let fixed = key.split_once('?').map_or("", |(_, query)| query);
    let is_fixed = |at: &str| {
        let name = at.strip_prefix("query.");
        name.is_some_and(|name| fixed.split('&').any(|pair| pair.split('=').next() == Some(name)))
    };
    changes.retain(|c| c.kind != "field-added" || !is_fixed(&c.at));
    changes
}

/// The same for an event: `root` is the file of ours, whose groups of common fields count.
pub fn event_changes(root: &Node, old: &Node, new: &Node, types: &Types) -> Vec<Change> {
    let mut out = Vec::new();
    let departures = departures(old, "event.");
    modes(old, new, &mut out);
    let module = word(root, "module");
    let context = Context { module: &module, types, departures: &departures };
    let mut ours = context.flat(Some(old), "event");
    let common = root.get("groups").map(entries).unwrap_or_default();
    let used: Vec<&str> = match root.get("common").map(|c| &c.kind) {
        Some(Kind::Seq(list)) => list.iter().filter_map(Node::text).collect(),
        _ => vec![],
    };
    for (_, group) in common.iter().filter(|(name, _)| name.text().is_some_and(|n| used.contains(&n))) {
        for (name, field) in entries(group) {
            let at = format!("event.{}", name.text().unwrap_or_default());
            if !ours.contains_key(&at) {
                one(field, &at, &module, types, 0, &mut ours);
            }
        }
    }
    let theirs = context.flat(Some(new), "event");
    // Tables of events do not say what may be absent.
    context.sides(&ours, &theirs, false, &mut out);
    out.sort();
    out
}

/// Kinds of development that a page offers and the entry lacks.
fn modes(old: &Node, new: &Node, out: &mut Vec<Change>) {
    let list = |n: &Node| -> Vec<String> {
        match n.get("modes").map(|m| &m.kind) {
            Some(Kind::Seq(list)) => list.iter().filter_map(Node::text).map(str::to_owned).collect(),
            _ => vec![],
        }
    };
    let have = list(old);
    for mode in list(new).into_iter().filter(|m| !have.contains(m)) {
        out.push(Change { kind: "mode-added", at: "modes".into(), page: mode, here: have.join(", ") });
    }
}

/// Where the entry knowingly differs from its page.
struct Departure {
    at: String,
    fact: Option<Fact>,
    page: String,
    here: String,
}

/// The departures of an entry, whose paths stand below `root` in the comparison: an event's have no word of their own before them.
fn departures(entry: &Node, root: &str) -> Vec<Departure> {
    let Some(Kind::Seq(rows)) = entry.get("departures").map(|d| &d.kind) else { return vec![] };
    let rows = rows.iter();
    rows.map(|r| Departure {
        at: format!("{root}{}", departure::place(&word(r, "at")).path.replace("[]", "")),
        fact: Fact::ALL.iter().find(|(w, _)| *w == word(r, "fact")).map(|(_, f)| *f),
        page: word(r, "page"),
        here: word(r, "here"),
    })
    .collect()
}

impl Departure {
    /// The names that the page has for it: beside it, or a path.
    fn named(&self) -> [String; 2] {
        let parent = self.at.rsplit_once('.').map_or("", |p| p.0);
        [format!("{parent}.{}", self.page), self.page.replace("[]", "")]
    }

    /// It speaks of this place: its own, or where the page has what stands here.
    fn is_at(&self, at: &str) -> bool {
        self.at == at || self.fact == Some(Fact::Name) && self.named().iter().any(|n| n == at)
    }

    /// What the page says now, where that is what the spec says: the departure is over. Some facts no comparison of structure sees, and whether
    /// a field is in the table or only in a sample of the page is not distinguished.
    fn over(&self, theirs: &BTreeMap<String, Flat>) -> Option<String> {
        let flat = theirs.get(&self.at);
        let (page, here) = (self.page.as_str(), self.here.as_str());
        match self.fact {
            // Entries of an older form say types.
            Some(Fact::Type) | None => {
                let flat = flat?;
                let agrees = flat.ty == here || flat.class == class(here) && flat.class != class(page);
                agrees.then(|| flat.ty.clone())
            }
            Some(Fact::Required) => {
                let says = if flat?.required? { "required" } else { "optional" };
                (says == here && page != "absent").then(|| says.to_owned())
            }
            Some(Fact::Entry) => match (page, here, flat) {
                ("absent", "listed", Some(flat)) => Some(flat.ty.clone()),
                ("table" | "sample", "absent", None) => {
                    // Where nothing around is there either, the page was not understood.
                    let parent = self.at.rsplit_once('.').map_or("", |p| p.0);
                    let is_known = !parent.contains('.') || theirs.contains_key(parent);
                    is_known.then(|| "no such field".to_owned())
                }
                _ => None,
            },
            Some(Fact::Name) => {
                let flat = flat?;
                let named = self.named().iter().any(|n| theirs.contains_key(n));
                (!named).then(|| flat.ty.clone())
            }
            _ => None,
        }
    }
}

fn key_word(key: &str) -> &'static str {
    if key == "method" { "method" } else { "auth" }
}

fn word(node: &Node, key: &str) -> String {
    node.get(key).and_then(Node::text).unwrap_or_default().to_owned()
}

/// What a comparison needs to know besides the two entries.
struct Context<'c> {
    module: &'c str,
    types: &'c Types,
    departures: &'c [Departure],
}

impl Context<'_> {
    fn flat(&self, body: Option<&Node>, at: &str) -> BTreeMap<String, Flat> {
        let mut out = BTreeMap::new();
        if let Some(body) = body {
            flatten(body, at, self.module, self.types, 0, &mut out);
        }
        out
    }

    fn sides(
        &self,
        ours: &BTreeMap<String, Flat>,
        theirs: &BTreeMap<String, Flat>,
        requiredness: bool,
        out: &mut Vec<Change>,
    ) {
        for d in self.departures {
            let at = d.at.clone();
            // A page that shows nothing of this side was not read, or has no such table.
            let side = at.split('.').next().unwrap_or_default();
            if !theirs.keys().any(|k| k.split('.').next() == Some(side)) {
                continue;
            }
            if let Some(page) = d.over(theirs) {
                let here = ours.get(&at).map_or("", |own| own.ty.as_str());
                out.push(change("departure-over", &at, &page, here));
            }
        }
        for (at, flat) in theirs {
            let departure = self.departures.iter().find(|d| d.is_at(at));
            match (ours.get(at), departure) {
                (None, None) if !self.covered(at, ours) => out.push(change("field-added", at, &flat.ty, "")),
                (None, _) | (Some(_), Some(_)) => {}
                (Some(own), None) => both(at, flat, own, requiredness, out),
            }
        }
        for (at, own) in ours {
            let departed =
                self.departures.iter().any(|d| d.at == *at || at.starts_with(&format!("{}.", d.at)));
            let parent = at.rsplit_once('.').map_or("", |p| p.0);
            let covered = theirs.get(parent).is_none_or(|p| p.class == "any") && parent.contains('.');
            if !theirs.contains_key(at) && !departed && !covered && !own.partial {
                out.push(change("field-removed", at, "", &own.ty));
            }
        }
    }

    /// Whether a field that ours lacks should not be added: below a departure, a free value, or another field that is new.
    fn covered(&self, at: &str, ours: &BTreeMap<String, Flat>) -> bool {
        let parent = at.rsplit_once('.').map_or("", |p| p.0);
        self.departures.iter().any(|d| at.starts_with(&format!("{}.", d.at)))
            || ours.get(parent).is_some_and(|p| p.class == "any")
            || parent.contains('.') && !ours.contains_key(parent)
    }
}

fn change(kind: &'static str, at: &str, page: &str, here: &str) -> Change {
    Change { kind, at: at.to_owned(), page: page.to_owned(), here: here.to_owned() }
}

/// A field that both have.
fn both(at: &str, flat: &Flat, own: &Flat, requiredness: bool, out: &mut Vec<Change>) {
    if flat.class != own.class && flat.class != "any" && own.class != "any" {
        out.push(change("retyped", at, &flat.ty, &own.ty));
    }
    if let (true, Some(page), Some(here)) = (requiredness, flat.required, own.required)
        && page != here
    {
        let says = |required: bool| if required { "required" } else { "optional" };
        out.push(change("required", at, says(page), says(here)));
    }
    // What only one of them states is in the other's text, or was not read.
    for (key, page) in &flat.limits {
        if let Some((_, here)) = own.limits.iter().find(|(k, v)| k == key && !agrees(page, v)) {
            out.push(change("limit", &format!("{at} {key}"), page, here));
        }
    }
    if !own.values.is_empty() {
        for value in flat.values.iter().filter(|v| !own.values.contains(v)) {
            out.push(change("value-added", at, value, ""));
        }
    }
}

/// Whether a limit of the spec says what the page's says: an end that the page leaves open contradicts none.
fn agrees(page: &str, here: &str) -> bool {
    match (page.split_once(".."), here.split_once("..")) {
        (Some((low, high)), Some((from, to))) => {
            (low.is_empty() || low == from) && (high.is_empty() || high == to)
        }
        _ => page == here,
    }
}

pub(crate) fn code_changes(trees: &[Tree], codes: &Codes) -> Vec<Change> {
    let have: BTreeMap<&str, &Node> = trees
        .iter()
        .filter(|t| t.path == CODES)
        .flat_map(|t| entries(&t.root))
        .filter_map(|(k, v)| Some((k.text()?, v)))
        .collect();
    let mut out = Vec::new();
    let retired = |node: &Node| node.get("status").and_then(Node::text) == Some("retired");
    for code in &codes.list {
        let there = have.get(code.code.to_string().as_str());
        if there.is_some_and(|node| retired(node)) {
            out.push(Change {
                kind: "code-back",
                at: code.code.to_string(),
                page: code.meaning.clone(),
                here: "retired".into(),
            });
        }
        if there.is_none() {
            out.push(Change {
                kind: "code-added",
                at: code.code.to_string(),
                page: code.meaning.clone(),
                here: String::new(),
            });
        }
    }
    for (code, node) in have {
        if !retired(node) && !codes.list.iter().any(|c| c.code.to_string() == code) {
            let here = node.get("meaning").and_then(Node::text).unwrap_or_default().to_owned();
            out.push(Change { kind: "code-gone", at: code.to_owned(), page: String::new(), here });
        }
    }
    out
}

/// The name of an event in lists: its file's module and its key.
pub(crate) fn event_subject(root: &Node, key: &str) -> String {
    format!("event {}.{key}", root.get("module").and_then(Node::text).unwrap_or_default())
}

/// The error codes' name where others have their path.
pub const CODES: &str = "errors.yaml";
