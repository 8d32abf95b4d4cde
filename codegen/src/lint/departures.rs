//! Departures: each leads somewhere, says what it differs in, and says of the spec what the spec says.

use super::scope::{self, Defs, Found, Scope};
use crate::departure::{ON_PAGE, named, place};
use crate::model::*;
use crate::read::parse_type;
use crate::source::{At, Report};

/// The bodies that a departure's path may begin with.
type Roots<'m> = Vec<(&'static str, &'m Object)>;

/// What an entry is, as far as departures speak of it.
pub(super) struct Entry<'m> {
    /// `/cgi-bin/ticket/get?type=wx_card`, `event app.unsubscribe`, a command's word.
    pub(super) key: String,
    pub(super) departures: &'m [Departure],
    module: &'m str,
    roots: Roots<'m>,
    /// Fields of an event, which have no word before them.
    bare: Option<&'m Object>,
    /// Fields that every event of the file has.
    common: Vec<&'m Field>,
    /// The part of a multipart body that holds the file.
    part: Option<&'m str>,
    title: &'m str,
    auth: Option<String>,
    method: Option<&'static str>,
    modes: &'m [At<Mode>],
    /// A body that is one type as a whole: its own fields are that type's.
    whole: bool,
}

/// All entries of a spec.
pub(super) fn entries(spec: &Spec) -> Vec<Entry<'_>> {
    let mut out = Vec::new();
    for part in &spec.parts {
        let module = part.module.value.as_str();
        for e in &part.endpoints {
            let bodies = [("query", &e.query), ("request", &e.request), ("response", &e.response)];
            let fixed: Vec<String> = e.fixed.iter().map(|(k, v)| format!("{k}={v}")).collect();
            let mark = if fixed.is_empty() { "" } else { "?" };
            out.push(Entry {
                key: format!("{}{mark}{}", e.path.value, fixed.join("&")),
                departures: &e.departures,
                module,
                roots: bodies.into_iter().filter_map(|(w, b)| Some((w, &b.as_ref()?.object))).collect(),
                bare: None,
                common: vec![],
                part: e.request.as_ref().and_then(|b| Some(b.file.as_ref()?.part.value.as_str())),
                title: &e.title.value,
                auth: Some(e.auth.value.word().to_owned()),
                method: Some(if e.method.value == Method::Get { "GET" } else { "POST" }),
                modes: &e.modes,
                whole: false,
            });
        }
        for c in &part.commands {
            let mut roots: Roots<'_> = c.response.iter().map(|o| ("response", o)).collect();
            if let CommandBody::Object(o) = &c.request {
                roots.push(("request", o));
            }
            out.push(Entry {
                key: c.key.value.clone(),
                departures: &c.departures,
                module,
                roots,
                bare: None,
                common: vec![],
                part: None,
                title: &c.title.value,
                auth: None,
                method: None,
                modes: &c.modes,
                whole: matches!(c.request, CommandBody::Whole(_)),
            });
        }
    }
    for file in &spec.events {
        let module = file.module.value.as_str();
        let is_common = |name: &At<String>| file.common.iter().any(|c| c.value == name.value);
        let common: Vec<&Field> =
            file.groups.iter().filter(|(name, _)| is_common(name)).flat_map(|(_, list)| list).collect();
        for e in &file.events {
            out.push(Entry {
                key: format!("event {module}.{}", e.key.value),
                departures: &e.departures,
                module,
                roots: vec![],
                bare: Some(&e.object),
                common: common.clone(),
                part: None,
                title: &e.title.value,
                auth: None,
                method: None,
                modes: &e.modes,
                whole: false,
            });
        }
    }
    out
}

/// All departures of a spec.
pub(super) fn check(spec: &Spec, report: &mut Report) {
    let defs = scope::defs(spec);
    for entry in entries(spec) {
        entry.departures.iter().for_each(|d| departure(d, &entry, &defs, report));
        twice(entry.departures, report);
    }
}

/// Two entries that say the same of the same place.
fn twice(list: &[Departure], report: &mut Report) {
    for (index, d) in list.iter().enumerate() {
        let same = |o: &&Departure| {
            o.at.value == d.at.value
                && o.page.value == d.page.value
                && o.fact.as_ref().map(|f| f.value) == d.fact.as_ref().map(|f| f.value)
        };
        if let Some(first) = list.iter().take(index).find(same) {
            let message =
                format!("the departure at `{}` stands on line {} already", d.at.value, first.at.pos.line);
            report.error("departure", d.at.pos, message, "keep the better reason, remove the other");
        }
    }
}

impl<'m> Entry<'m> {
    /// What a path without `[]` leads to; `None` where its root is none.
    pub(super) fn find(&self, defs: &Defs<'m>, path: &str) -> Option<Vec<Found<'m>>> {
        if let Some(event) = self.bare {
            let (first, rest) = path.split_once('.').unwrap_or((path, ""));
            let common = self.common.iter().filter(|f| f.wire.value == first && rest.is_empty());
            let mut out: Vec<Found<'m>> = common.map(|f| Found::Field(f)).collect();
            out.extend(self.inside(event, path, defs));
            return Some(out);
        }
        let (root, rest) = path.split_once('.').unwrap_or((path, ""));
        if !["query", "request", "response"].contains(&root) {
            return None;
        }
        let object = self.roots.iter().find(|(w, _)| *w == root).map(|(_, o)| *o);
        Some(match object {
            _ if rest.is_empty() || root == "request" && (self.whole || self.part == Some(rest)) => {
                vec![Found::Anything]
            }
            Some(o) => {
                let mut found = self.inside(o, rest, defs);
                found.retain(|f| !matches!(f, Found::Field(f) if !self.has(f, root)));
                found
            }
            None => vec![],
        })
    }

    /// Whether a field of a shared type is one of this entry, on this side.
    fn has(&self, f: &Field, root: &str) -> bool {
        match f.only.as_ref().map(|o| &o.value) {
            Some(Only::Request) => root != "response",
            Some(Only::Response) => root == "response",
            Some(Only::Paths(paths)) => {
                let path = self.key.split('?').next().unwrap_or_default();
                paths.iter().any(|p| p.value == path || p.value == self.key)
            }
            None => true,
        }
    }

    /// Whether `modes` lists a word.
    pub(super) fn has_mode(&self, word: &str) -> bool {
        self.modes.iter().any(|m| mode_word(m) == word)
    }

    fn inside(&self, o: &'m Object, path: &str, defs: &Defs<'m>) -> Vec<Found<'m>> {
        let scope = Scope { defs, module: self.module, around: vec![], roots: vec![] };
        let mut out = Vec::new();
        scope.all(o, path, 0, &mut out);
        out
    }
}

/// How many departures stand in words, which no tool can compare.
pub fn in_words(spec: &Spec) -> usize {
    let is_words = |d: &&Departure| d.fact.as_ref().is_some_and(|f| f.value == Fact::Words);
    entries(spec).iter().flat_map(|e| e.departures).filter(is_words).count()
}

fn mode_word(mode: &At<Mode>) -> &'static str {
    Mode::ALL.iter().find(|(_, m, _)| *m == mode.value).map_or("", |(word, ..)| *word)
}

/// What holds for every departure.
fn meta(d: &Departure, report: &mut Report) {
    if d.class.is_none() {
        let help = format!("one of: {}", crate::schema::DEPARTURES.join(", "));
        let message =
            format!("the departure at `{}` has no `class`: what kind of mistake is it?", d.at.value);
        report.error("departure", d.at.pos, message, help);
    }
    if ["同上", "同前", "见上"].iter().any(|w| d.reason.value.contains(w))
        || d.reason.value.starts_with("同 ")
    {
        let help = "say the reason itself: entries move, and each is read alone";
        report.error("departure", d.reason.pos, "the reason points at another entry", help);
    }
}

fn departure<'m>(d: &Departure, entry: &Entry<'m>, defs: &Defs<'m>, report: &mut Report) {
    meta(d, report);
    let Some(fact) = &d.fact else {
        let words: Vec<&str> = Fact::ALL.iter().map(|(w, _)| *w).collect();
        let message =
            format!("the departure at `{}` has no `fact`: in what do page and spec differ?", d.at.value);
        return report.error("departure", d.at.pos, message, format!("one of: {}", words.join(", ")));
    };
    let at = place(&d.at.value);
    let path = at.path.replace("[]", "");
    let own = match fact.value {
        Fact::Auth => Some(("auth", entry.auth.clone())),
        Fact::Method => Some(("method", entry.method.map(str::to_owned))),
        Fact::Title => Some(("title", Some(entry.title.to_owned()))),
        Fact::Modes => {
            let modes: Vec<&str> = entry.modes.iter().map(mode_word).collect();
            Some(("modes", Some(modes.join(" "))))
        }
        _ => None,
    };
    if let Some((word, value)) = own {
        if path != word {
            let message = format!("`fact: {word}` speaks of the whole entry");
            return report.error("departure", d.at.pos, message, format!("write `at: {word}`"));
        }
        return same(d, word, value.as_deref(), report);
    }
    if fact.value == Fact::Words && matches!(path.as_str(), "errors" | "paging" | "source" | "path") {
        return in_prose(d, report);
    }
    let Some(found) = entry.find(defs, &path) else {
        let message = format!("`{}` leads nowhere", d.at.value);
        let help = "begin with query, request or response; `errors`, `paging`, `source` and `path` go with `fact: words`";
        return report.error("departure", d.at.pos, message, help);
    };
    against(d, &found, entry, defs, report);
}

/// `here` against what the spec has at `at`, and `page` against what such a fact may be.
fn against<'m>(d: &Departure, found: &[Found<'m>], entry: &Entry<'m>, defs: &Defs<'m>, report: &mut Report) {
    let Some(fact) = d.fact.as_ref().map(|f| f.value) else { return };
    if !both_sides(d, fact, report) {
        return;
    }
    if fact == Fact::Entry {
        return listed(d, found, entry, defs, report);
    }
    if found.is_empty() {
        let message = format!("`{}` leads to no field", d.at.value);
        let help =
            "correct the path; if the page's field was left out on purpose, say `fact: entry, here: absent`";
        return report.error("departure", d.at.pos, message, help);
    }
    let fields: Vec<&Field> = found
        .iter()
        .filter_map(|f| match f {
            Found::Field(f) => Some(*f),
            _ => None,
        })
        .collect();
    let key = |key: &str, of: &dyn Fn(&Field) -> Option<String>, report: &mut Report| {
        let says = nearest(fields.iter().filter_map(|f| of(f)).collect(), d);
        same(d, key, says.as_deref(), report);
    };
    match fact {
        Fact::Type => typed(d, found, report),
        Fact::Required => presence(d, found, &fields, report),
        Fact::Name => renamed(d, &fields, entry, defs, report),
        Fact::Value => value(d, &fields, entry, defs, report),
        Fact::Group => group(d, found, entry, defs, report),
        Fact::Label => labelled(d, &fields, entry, defs, report),
        Fact::Limit => key("limit", &limit, report),
        Fact::Unit => key("unit", &|f| f.unit.as_ref().map(|u| u.value.word.to_owned()), report),
        Fact::Default => {
            let of = |f: &Field| f.written.default.clone().or(f.default.as_ref().map(|d| d.value.clone()));
            key("default", &of, report);
        }
        Fact::When => key("when", &|f| f.when.as_ref().map(|c| c.value.to_string()), report),
        Fact::Words | Fact::Entry | Fact::Auth | Fact::Method | Fact::Title | Fact::Modes => {}
    }
}

/// Whether `here` is there where the fact needs it, and says something else than `page`.
fn both_sides(d: &Departure, fact: Fact, report: &mut Report) -> bool {
    let (pos, message, help) = match (fact.is_plain_here(), &d.here) {
        (true, Some(h)) => {
            let message = format!("`fact: {}` says already what stands here", fact.word());
            (h.pos, message, "remove `here`")
        }
        (false, None) => {
            let message = format!("`fact: {}` without `here`", fact.word());
            (d.at.pos, message, "add what the spec has: `here: …`")
        }
        (false, Some(h)) if h.value == d.page.value => {
            let message = format!("`page` and `here` both say `{}`", h.value);
            (d.page.pos, message, "say what the page has and what stands here, or remove the entry")
        }
        _ => return true,
    };
    report.error("departure", pos, message, help);
    false
}

/// What the spec says. A path through variants of a union may lead to several fields: one that agrees with `here` is enough.
fn nearest(says: Vec<String>, d: &Departure) -> Option<String> {
    let agrees = says.iter().find(|s| d.here.as_ref().is_some_and(|h| h.value == **s));
    agrees.or(says.first()).cloned()
}

/// `fact: type`.
fn typed(d: &Departure, found: &[Found<'_>], report: &mut Report) {
    if let Err(why) = parse_type(&d.page.value) {
        let message = format!("the page's type is not a type expression: {why}");
        report.error("departure", d.page.pos, message, "say it as the format does: `list<string>`");
    }
    // `a[]` speaks of the elements.
    let elements = place(&d.at.value).path.ends_with("[]");
    let element = |t: String| match t.strip_prefix("list<").and_then(|t| t.strip_suffix('>')) {
        Some(inner) if elements => inner.to_owned(),
        _ => t,
    };
    let says = nearest(found.iter().flat_map(type_of).map(element).collect(), d);
    same(d, "type", says.as_deref(), report);
}

/// `fact: required`.
fn presence(d: &Departure, found: &[Found<'_>], fields: &[&Field], report: &mut Report) {
    const KNOWN: &[&str] = &["required", "optional", "conditional", "unsaid", "absent"];
    let page = d.page.value.as_str();
    if !KNOWN.contains(&page) {
        let message = format!("`{page}` does not say whether a field must be there");
        report.error("departure", d.page.pos, message, crate::schema::propose(page, KNOWN));
    }
    let of = |f: &Field| match (&f.required, &f.required_words) {
        (Required::Yes, _) => "required".to_owned(),
        (Required::When(_), _) | (_, Some(_)) => "conditional".to_owned(),
        (Required::No, None) => "optional".to_owned(),
    };
    // What tells the variants of a union apart is always there.
    let tag = found.iter().any(|f| matches!(f, Found::Tag(_))).then(|| "required".to_owned());
    let says = tag.or_else(|| nearest(fields.iter().map(|f| of(f)).collect(), d));
    if says.is_some() || !found.iter().any(|f| matches!(f, Found::Anything)) {
        same(d, "required", says.as_deref(), report);
    }
}

/// `fact: name`: the spec must not have the page's name.
fn renamed<'m>(d: &Departure, fields: &[&Field], entry: &Entry<'m>, defs: &Defs<'m>, report: &mut Report) {
    let other = named(d).replace("[]", "");
    let known = entry.find(defs, &other).unwrap_or_default();
    let also = fields.iter().any(|f| f.also.iter().any(|a| a.value == d.page.value));
    if !known.is_empty() && !also {
        let message = format!("the spec has `{other}` itself");
        report.error("departure", d.page.pos, message, "remove the entry, or the field");
    }
}

/// `fact: label`: what a value is called.
fn labelled(d: &Departure, fields: &[&Field], entry: &Entry<'_>, defs: &Defs<'_>, report: &mut Report) {
    let at = place(&d.at.value);
    let Some(value) = at.value else {
        let help = "write `at: …=4`, the value that is called otherwise";
        return report.error("departure", d.at.pos, "`at` names no value", help);
    };
    let label = fields.iter().flat_map(|f| values(f, entry.module, defs)).find(|(w, _)| w == value);
    same(d, "label", label.as_ref().map(|(_, l)| l.as_str()), report);
}

fn in_prose(d: &Departure, report: &mut Report) {
    if d.here.is_none() {
        report.error(
            "departure",
            d.at.pos,
            "`fact: words` without `here`",
            "add what the spec says: `here: …`",
        );
    }
}

/// `here` is what the spec has.
fn same(d: &Departure, key: &str, spec: Option<&str>, report: &mut Report) {
    let Some(here) = &d.here else {
        let message = format!("`fact: {key}` without `here`");
        return report.error("departure", d.at.pos, message, "add what the spec has: `here: …`");
    };
    if here.value == spec.unwrap_or("none") {
        return;
    }
    let message = match spec {
        Some(spec) => format!("`here` says `{}`, the spec `{spec}`", here.value),
        None => format!("`here` says `{}`, the spec has no `{key}` there", here.value),
    };
    let help = "the entry says what the spec has: correct one of the two, or remove the entry if page and spec agree now";
    report.error("departure", here.pos, message, help);
}

fn type_of(found: &Found<'_>) -> Vec<String> {
    match found {
        Found::Field(f) => vec![f.ty.value.to_string()],
        Found::Tag(u) => vec![u.tag_type.map_or("string", Prim::word).into()],
        Found::Payload(Some(ty)) => vec![ty.to_string()],
        Found::Payload(None) => vec!["object".into()],
        Found::Anything => vec![],
    }
}

/// A field or a value that page and spec do not both have.
fn listed<'m>(d: &Departure, found: &[Found<'m>], entry: &Entry<'m>, defs: &Defs<'m>, report: &mut Report) {
    let page = d.page.value.as_str();
    if !ON_PAGE.contains(&page) {
        let help = crate::schema::propose(page, ON_PAGE);
        report.error("departure", d.page.pos, format!("no page can show a field as `{page}`"), help);
    }
    let Some(here) = &d.here else { return };
    let at = place(&d.at.value);
    let there = match at.value {
        None => !found.is_empty() && !at.all,
        Some(value) => found.iter().any(|f| match f {
            Found::Field(f) => values(f, entry.module, defs).iter().any(|(w, _)| w == value),
            Found::Tag(u) => {
                u.variants.iter().any(|v| v.tag.value == value || v.also.iter().any(|a| a.value == value))
            }
            _ => false,
        }),
    };
    let message = match (here.value.as_str(), there) {
        ("listed", true) | ("absent", false) => return,
        ("listed", false) => format!("`{}` leads to nothing that the spec has", d.at.value),
        ("absent", true) => format!("the spec has `{}`", d.at.value),
        (other, _) => format!("`here` of `fact: entry` cannot be `{other}`"),
    };
    report.error(
        "departure",
        here.pos,
        message,
        "`listed` or `absent`, as the spec has it; or correct the path",
    );
}

/// The values of a field's enumeration, inline or named, with their labels.
fn values(f: &Field, module: &str, defs: &Defs<'_>) -> Vec<(String, String)> {
    let list = match (&f.values, scope::named(defs, module, &f.ty.value)) {
        (Some(list), _) => Some(list),
        (None, Some((_, TypeDef { kind: TypeKind::Enum { values, .. }, .. }))) => Some(values),
        _ => None,
    };
    let label = |v: &Value| v.doc.as_ref().map_or(String::new(), |d| d.value.clone());
    list.into_iter().flatten().map(|v| (v.value.value.clone(), label(v))).collect()
}

/// The field must refuse the sample's value, or there is nothing to explain.
fn value(d: &Departure, fields: &[&Field], entry: &Entry<'_>, defs: &Defs<'_>, report: &mut Report) {
    let page = d.page.value.as_str();
    let refuses = |f: &&Field| {
        let known = values(f, entry.module, defs);
        let number = page.parse::<i128>().ok();
        let outside =
            |l: &At<Limit>, n: i128| l.value.min.is_some_and(|m| n < m) || l.value.max.is_some_and(|m| n > m);
        let length = page.chars().count() as i128;
        let textual = f.ty.value.to_string();
        !known.is_empty() && !known.iter().any(|(w, _)| w == page)
            || !f.choices.is_empty() && !f.choices.iter().any(|c| c.value == page)
            || f.pattern.is_some()
            || f.each.as_ref().is_some_and(|e| e.pattern.is_some() || e.chars.is_some() || e.bytes.is_some())
            || f.range.as_ref().is_some_and(|l| number.is_some_and(|n| outside(l, n)))
            || f.chars.as_ref().is_some_and(|l| outside(l, length))
            || f.bytes.as_ref().is_some_and(|l| outside(l, page.len() as i128))
            || textual == "flag" && !matches!(page, "0" | "1")
            || number.is_none()
                && matches!(textual.as_str(), "i32" | "i64" | "u32" | "u64" | "f64" | "unix" | "digits")
    };
    if !fields.iter().any(refuses) {
        let message = format!("nothing at `{}` refuses `{page}`", d.at.value);
        let help = "give the field its limit (`values`, `choices`, `range`, `chars`, `pattern`), or remove the entry";
        report.error("departure", d.page.pos, message, help);
    }
}

/// The fields that a sample shows together exclude each other in the spec.
fn group<'m>(d: &Departure, found: &[Found<'m>], entry: &Entry<'m>, defs: &Defs<'m>, report: &mut Report) {
    let path = place(&d.at.value).path;
    let objects: Vec<&Object> = match entry.roots.iter().find(|(root, _)| *root == path) {
        Some((_, o)) => vec![o],
        None => found.iter().filter_map(|f| object_of(f, entry.module, defs)).collect(),
    };
    let names: Vec<&str> = d.page.value.split('+').map(str::trim).collect();
    let excluded = |o: &&Object| {
        o.choices.iter().any(|c| {
            let sides = c.alternatives.iter().filter(|a| a.iter().any(|n| names.contains(&n.value.as_str())));
            c.rule != ChoiceRule::AnyOf && sides.count() > 1
        })
    };
    if !objects.iter().any(excluded) {
        let message = format!("no group of `{}` excludes {}", d.at.value, d.page.value);
        let help =
            "`at` is the object, `page` its fields as `a+b`; the object needs `one_of` or `at_most_one`";
        report.error("departure", d.page.pos, message, help);
    }
}

fn object_of<'m>(found: &Found<'m>, module: &str, defs: &Defs<'m>) -> Option<&'m Object> {
    match found {
        Found::Field(f) => f.object.as_ref().or_else(|| match scope::named(defs, module, &f.ty.value)? {
            (_, TypeDef { kind: TypeKind::Object(o), .. }) => Some(o),
            _ => None,
        }),
        _ => None,
    }
}

/// The limits of a field, as the format writes them.
fn limit(f: &Field) -> Option<String> {
    let end = |n: Option<i128>| n.map_or(String::new(), |n| n.to_string());
    let whole = |l: &At<Limit>| match (l.value.min, l.value.max) {
        (Some(a), Some(b)) if a == b => a.to_string(),
        (a, b) => format!("{}..{}", end(a), end(b)),
    };
    if let Some(text) = f.written.range.clone().or(f.written.bytes.clone()) {
        return Some(text);
    }
    if let Some(r) = &f.reals {
        let r = r.value;
        let end = |n: Option<f64>| n.map_or(String::new(), |n| n.to_string());
        let (low, high) = (if r.above { "<" } else { "" }, if r.below { "<" } else { "" });
        return Some(format!("{}{low}..{high}{}", end(r.min), end(r.max)));
    }
    [&f.range, &f.chars, &f.bytes, &f.items].into_iter().flatten().next().map(whole)
}
