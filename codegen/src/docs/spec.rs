//! An endpoint as its pages describe it → its entry of the spec, in YAML nodes.

use super::extract::Endpoint;
use super::find::is_fixed;
use super::infer::{Inferred, infer};
use super::node::{is_empty, list, map, plain, set, text};
use super::shape::{Assumption, Field};
use super::text::{has, regex, replace};
use super::words::{self, Presence};
use super::{paging, rates, union};
use crate::ir::{Auth, Mode};
use crate::names;
use crate::yaml::Node;

/// Where a field stands.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Request,
    Answer,
}

/// Collects what is assumed while an entry is written.
pub(crate) struct Writer<'a> {
    notes: &'a mut Vec<Assumption>,
}

/// The entry of an endpoint. Its text is the page's, so it is marked as a draft.
pub fn entry(e: &Endpoint, notes: &mut Vec<Assumption>) -> Node {
    let mut w = Writer { notes };
    let mut out = map();
    set(
        &mut out,
        "title",
        text(if e.title.is_empty() { e.path.clone() } else { prose(&e.title).replace('\n', " ") }),
    );
    set(&mut out, "method", plain(if e.post { "POST" } else { "GET" }));
    set(&mut out, "auth", plain(e.auth.word()));
    set(&mut out, "modes", list(e.modes.iter().map(|m| plain(mode_word(*m))).collect()));
    set(&mut out, "source", sources(e));
    set(&mut out, "draft", plain("true"));
    let doc = prose(&e.doc.join("\n"));
    if !doc.is_empty() {
        set(&mut out, "doc", text(doc));
    }
    let permission = prose(&e.permission.join("\n"));
    if !permission.is_empty() {
        set(&mut out, "permission", text(permission));
    }
    let limits = rates::rates(e.doc.iter().chain(&e.permission).map(String::as_str));
    if !limits.is_empty() {
        set(&mut out, "rate", list(rates::nodes(&limits)));
    }
    if !e.codes.is_empty() {
        let mut codes = map();
        for (code, meaning) in &e.codes {
            set(&mut codes, &code.to_string(), text(prose(meaning).replace('\n', " ")));
        }
        set(&mut out, "errors", codes);
    }
    bodies(e, &mut w, &mut out);
    out
}

/// The fields of something that is received.
pub(crate) fn answer(fields: &[Field], notes: &mut Vec<Assumption>, out: &mut Node) {
    Writer { notes }.object(fields, Side::Answer, 0, out);
}

fn bodies(e: &Endpoint, w: &mut Writer<'_>, out: &mut Node) {
    let (mut query, body) = split(e, w);
    let mut node = map();
    let mut fields = map();
    for f in query.drain(..) {
        // Nested objects cannot stand in a URL: such rows describe something else.
        let mut entry = w.field(&f, Side::Request, 1);
        if entry.get("fields").is_some() || entry.get("union").is_some() {
            entry = map();
            set(&mut entry, "type", plain("string"));
            w.note(
                "query-object",
                f.line,
                format!("`{}` stands in the URL and is described as an object", f.name),
            );
        }
        set(&mut fields, &f.name, entry);
    }
    if !is_empty(&fields) {
        set(&mut node, "fields", fields);
        set(out, "query", node);
    }
    if e.post {
        let mut request = map();
        if let Some(part) = &e.upload {
            upload(part, &body, w, &mut request);
        } else {
            w.object(&body, Side::Request, 0, &mut request);
            if is_empty(&request) {
                set(&mut request, "body", plain(if e.has_body { "empty_json" } else { "none" }));
            }
        }
        set(out, "request", request);
    }
    let answered: Vec<Field> =
        e.response.iter().filter(|f| !matches!(f.name.as_str(), "errcode" | "errmsg")).cloned().collect();
    let mut response = map();
    if e.bytes && answered.iter().all(|f| !f.told) {
        set(&mut response, "body", plain("bytes"));
    } else {
        w.object(&answered, Side::Answer, 0, &mut response);
    }
    let asked: Vec<Field> = if e.post { body } else { e.request.clone() };
    if !is_empty(&response) {
        set(out, "response", response);
    }
    if let Some(p) = paging::paging(&asked, &answered) {
        let fits = |place: &str, name: &str| {
            out.get(place).and_then(|b| b.get("fields")).is_some_and(|f| {
                let mut at = f.get(name.split('.').next().unwrap_or(name));
                for step in name.split('.').skip(1) {
                    at = at.and_then(|n| n.get("fields")).and_then(|f| f.get(step));
                }
                at.is_some()
            })
        };
        let ask = if e.post { "request" } else { "query" };
        let listed = out.get("response").and_then(|r| r.get("fields")).and_then(|f| {
            let mut at = None;
            let mut here = Some(f);
            for step in p.items.split('.') {
                at = here.and_then(|h| h.get(step));
                here = at.and_then(|n| n.get("fields"));
            }
            at.and_then(|n| n.get("type")).and_then(Node::text).map(str::to_owned)
        });
        if fits(ask, &p.ask)
            && p.answer.as_ref().is_none_or(|a| fits("response", a))
            && listed.is_some_and(|t| t.starts_with("list<"))
        {
            let mut node = map();
            set(&mut node, "ask", plain(&p.ask));
            if let Some(answer) = &p.answer {
                set(&mut node, "answer", plain(answer));
            }
            set(&mut node, "items", plain(&p.items));
            for (key, name) in [("more", &p.more), ("end", &p.end), ("limit", &p.limit)] {
                if let Some(name) = name {
                    set(&mut node, key, plain(name));
                }
            }
            if p.offset {
                set(&mut node, "style", plain("offset"));
            }
            set(out, "paging", node);
        }
    }
}

/// The request's fields: those of the URL and those of the body, without the token.
fn split(e: &Endpoint, w: &mut Writer<'_>) -> (Vec<Field>, Vec<Field>) {
    let (mut query, mut body) = (Vec::new(), Vec::new());
    for f in &e.request {
        let token = Auth::ALL
            .iter()
            .any(|(word, a)| *word == f.name && *a != Auth::None && (*word != "key" || e.auth == Auth::Key));
        if f.name == e.auth.word() || token && f.told && f.children.is_empty() {
            continue;
        }
        let in_url = e.query.iter().any(|(n, _)| *n == f.name);
        let shown = f.held.1 > 0;
        if !e.post || in_url && !shown { query.push(f.clone()) } else { body.push(f.clone()) }
    }
    for (name, value) in &e.query {
        if !query.iter().any(|f| f.name == *name) && !body.iter().any(|f| f.name == *name) {
            let mut f =
                Field { name: name.clone(), told: true, required: Some("是".into()), ..Field::default() };
            if is_fixed(value) {
                f.desc = format!("固定为{value}");
            }
            w.note(
                "query-without-row",
                e.pages.first().map_or(0, |p| p.line),
                format!("`{name}` stands in the URL alone; a string was assumed"),
            );
            query.push(f);
        }
    }
    (query, body)
}

fn upload(part: &str, body: &[Field], w: &mut Writer<'_>, out: &mut Node) {
    let name = if part.is_empty() { "media" } else { part };
    if part.is_empty() {
        w.note("upload-part", 0, "the form field of the file is not named; `media` was assumed".into());
    }
    set(out, "body", plain("multipart"));
    let mut file = map();
    set(&mut file, "part", plain(name));
    set(out, "file", file);
    // The file's own row and the attributes of its form part are no fields.
    const PARTS: &[&str] = &["filename", "filelength", "content-type", "media", "name"];
    let rest: Vec<Field> = body
        .iter()
        .filter(|f| f.name != name && !PARTS.contains(&f.name.as_str()) && f.told)
        .cloned()
        .collect();
    w.object(&rest, Side::Request, 0, out);
}

impl Writer<'_> {
    fn note(&mut self, kind: &'static str, line: u32, what: String) {
        self.notes.push(Assumption { kind, line, what });
    }

    /// Fields and union of an object, into its entry.
    fn object(&mut self, fields: &[Field], side: Side, depth: usize, out: &mut Node) {
        let chosen = union::union(fields).filter(|u| distinct(u.variants.iter().chain(&u.bare)));
        let mut node = map();
        let mut taken: Vec<String> = Vec::new();
        for f in fields {
            if chosen.as_ref().is_some_and(|u| u.tag == f.name || u.variants.contains(&f.name)) {
                continue;
            }
            let mut entry = self.field(f, side, depth + 1);
            let rust = names::field_name(&f.name);
            match rust {
                Some(name) if !taken.contains(&name) => taken.push(name),
                _ => {
                    let base = rust.unwrap_or_else(|| "field".into());
                    let name = (2..)
                        .map(|n| format!("{}_{n}", base.trim_end_matches('_')))
                        .find(|n| !taken.contains(n))
                        .unwrap_or(base);
                    self.note("field-name", f.line, format!("`{}` takes the Rust name `{name}`", f.name));
                    set(&mut entry, "rust", plain(&name));
                    taken.push(name);
                }
            }
            set(&mut node, &f.name, entry);
        }
        let has_fields = !is_empty(&node);
        if has_fields {
            set(out, "fields", node);
        }
        if let Some(u) = chosen {
            let field =
                ["content", "payload", "variant", "body"].iter().find(|n| !taken.iter().any(|t| t == **n));
            set(out, "union", self.union(&u, fields, side, depth, field.filter(|_| has_fields).copied()));
        }
    }

    fn union(
        &mut self,
        u: &union::Union,
        fields: &[Field],
        side: Side,
        depth: usize,
        field: Option<&str>,
    ) -> Node {
        let mut out = map();
        if let Some(field) = field {
            set(&mut out, "field", plain(field));
        }
        set(&mut out, "tag", text(&u.tag));
        let mut variants = map();
        for name in &u.variants {
            let mut v = map();
            if let Some(f) = fields.iter().find(|f| f.name == *name) {
                let doc = prose(&f.desc).replace('\n', " ");
                if !doc.is_empty() {
                    set(&mut v, "doc", text(doc));
                }
                self.object(&f.children, side, depth + 1, &mut v);
            }
            set(&mut variants, name, v);
        }
        for name in &u.bare {
            set(&mut variants, name, map());
        }
        set(&mut out, "variants", variants);
        out
    }

    fn field(&mut self, f: &Field, side: Side, depth: usize) -> Node {
        let mut t = infer(f);
        let mut out = map();
        if let Some(kind) = t.guess {
            self.note(kind, f.line, format!("`{}` was taken for `{}`", f.name, t.text()));
        }
        if depth > 20 && t.base == "object" {
            self.note("too-deep", f.line, format!("`{}` lies too deep and was taken for free JSON", f.name));
            t.base = "json";
        }
        if t.map {
            self.map_of(f, side, depth, &mut t, &mut out);
        } else {
            set(&mut out, "type", plain(t.text()));
            if t.base == "object" {
                self.object(&f.children, side, depth, &mut out);
                // Only a union may be left of it, or nothing that can be named.
                if out.get("fields").is_none() && out.get("union").is_none() {
                    t.base = "json";
                    set(&mut out, "type", plain(t.text()));
                }
            }
        }
        match presence(f, side) {
            Presence::Yes => set(&mut out, "required", plain("true")),
            Presence::No => {}
            Presence::When(words) => {
                let words = prose(&words).replace('\n', " ");
                if !words.is_empty() {
                    set(&mut out, "required", text(words));
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
            self.object(&merged, side, depth + 1, &mut inner);
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

fn distinct<'v>(values: impl Iterator<Item = &'v String>) -> bool {
    let mut seen = Vec::new();
    for v in values {
        match names::variant_name(v) {
            Some(n) if !seen.contains(&n) => seen.push(n),
            _ => return false,
        }
    }
    true
}

fn presence(f: &Field, side: Side) -> Presence {
    match (&f.required, side) {
        (Some(cell), _) => words::presence(cell),
        (None, Side::Request) => Presence::No,
        // An answer's field is always there unless text or samples say otherwise.
        (None, Side::Answer) if f.told && !words::may_lack(&f.desc) && f.held.0 == f.held.1 => Presence::Yes,
        (None, Side::Answer) => Presence::No,
    }
}

/// Enumeration, default and limits, where they fit the type.
fn details(f: &Field, t: &Inferred, out: &mut Node) {
    let whole = matches!(t.base, "i64" | "u32" | "i32" | "u64");
    let words_of = t.base == "string";
    let mut listed: Vec<String> = Vec::new();
    if (whole || words_of) && !t.map && !f.name.ends_with("time") {
        let values = words::values(&f.desc, whole);
        let fits = |v: &str| {
            whole && v.parse::<i64>().is_ok_and(|n| n >= 0 || !matches!(t.base, "u32" | "u64")) || words_of
        };
        let shown = f.seen.iter().all(|s| {
            let s = s.as_str().map_or_else(|| s.to_string(), str::to_owned);
            values.iter().any(|(v, _)| *v == s) || (words_of && s.contains(['|', 'x', 'X', '_']))
        });
        let named: Vec<Option<String>> =
            values
                .iter()
                .map(|(v, _)| {
                    if whole { Some(format!("V{}", v.replace('-', "Minus"))) } else { names::variant_name(v) }
                })
                .collect();
        let unique = named.iter().enumerate().all(|(i, n)| n.is_some() && !named[..i].contains(n));
        if values.len() >= 2
            && values.len() <= 80
            && unique
            && values.iter().all(|(v, _)| fits(v))
            && (shown || whole)
        {
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
                listed.push(value.clone());
            }
            set(out, "values", node);
        }
    }
    let limits = words::limits(&f.desc, &f.ty);
    let textual = matches!(t.base, "string" | "secret") && !t.map;
    if textual && let Some(l) = limits.chars {
        set(out, "chars", text(l));
    }
    if textual && let Some(l) = limits.bytes {
        set(out, "bytes", text(l));
    }
    if whole
        && t.lists == 0
        && listed.is_empty()
        && let Some(l) = limits.range.filter(|l| in_range(l, t.base))
    {
        set(out, "range", text(l));
    }
    if (t.lists > 0 || t.pipe)
        && let Some(l) = limits.items
    {
        set(out, "items", text(l));
    }
    if let Some(d) = words::default(&f.desc).or_else(|| f.required.as_deref().and_then(words::default)) {
        let fits = t.lists == 0
            && !t.pipe
            && !t.map
            && match t.base {
                "bool" => matches!(d.as_str(), "true" | "false"),
                "flag" => matches!(d.as_str(), "0" | "1"),
                "f64" => d.parse::<f64>().is_ok(),
                "i64" | "i32" => d.parse::<i32>().is_ok(),
                "u32" | "u64" => d.parse::<u32>().is_ok(),
                "string" => listed.contains(&d),
                _ => false,
            };
        let required = out.get("required").and_then(Node::text) == Some("true");
        if fits && !required && (listed.is_empty() || listed.contains(&d)) {
            set(out, "default", plain(d));
        }
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

fn sources(e: &Endpoint) -> Node {
    let mut docs: Vec<i64> = Vec::new();
    let mut rows = Vec::new();
    for p in &e.pages {
        if docs.contains(&p.doc_id) {
            continue;
        }
        docs.push(p.doc_id);
        let mut row = map();
        set(&mut row, "page", plain(p.page.to_string()));
        set(&mut row, "doc_id", plain(p.doc_id.to_string()));
        if let Some(updated) = p.updated.as_ref().filter(|u| has(regex!(r"^\d{4}-\d{2}-\d{2}$"), u)) {
            set(&mut row, "updated", plain(updated.clone()));
        }
        if let Some((_, digest)) = e.digests.iter().find(|(d, _)| *d == p.doc_id) {
            set(&mut row, "digest", text(digest.clone()));
        }
        rows.push(row);
    }
    list(rows)
}

/// The word of a mode in the spec.
pub(crate) fn mode_word(mode: Mode) -> &'static str {
    Mode::ALL.iter().find(|m| m.1 == mode).map_or("internal", |m| m.0)
}

/// The page's text without what lint refuses in any text: HTML, headings, links into the site, open code spans.
pub(crate) fn prose(text: &str) -> String {
    let text = replace(regex!(r"</?[A-Za-z!][^<>]*>?"), text, "");
    let text = replace(regex!(r"https?://(?:developer\.)?(?:open\.)?work\.weixin\.qq\.com/\S*"), &text, "");
    let mut text = text
        .replace("</", "")
        .replace("](#", "] (")
        .replace("&#", "& #")
        .replace("!!#", "")
        .replace("work.weixin.qq.com/document", "");
    for furniture in ["请求示例", "参数说明：", "参数说明:"] {
        text = text.replace(furniture, "");
    }
    if text.matches('`').count() % 2 == 1 {
        text = text.replace('`', "");
    }
    let lines: Vec<String> = text
        .lines()
        .map(|l| l.trim().trim_start_matches('#').trim_matches(|c: char| c.is_control()).trim().to_owned())
        .filter(|l| !l.is_empty() && !l.starts_with("```"))
        .collect();
    let out = lines.join("\n");
    if out.matches('`').count() % 2 == 1 { out.replace('`', "") } else { out }
}
