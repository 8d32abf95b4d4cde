//! One function for each kind of entry of a spec file.

use super::Entries;
use super::limits;
use crate::ir::Status;
use crate::model::*;
use crate::quantity;
use crate::schema;
use crate::source::{At, Pos, Report};
use crate::yaml::{Kind, Node};

pub(super) fn at(node: &Node) -> At<String> {
    At::new(node.text().unwrap_or_default().to_owned(), node.pos)
}

pub(super) fn part(path: &str, node: &Node, report: &mut Report) -> Option<Part> {
    let mut e = Entries::new(node, "a module file", schema::MODULE, report)?;
    let module = e.need("module");
    let title = e.need("title");
    let doc = e.text("doc");
    let mut commands = Vec::new();
    for (key, value) in e.map("commands") {
        commands.extend(super::commands::command(key, value, e.report));
    }
    let mut endpoints = Vec::new();
    for (key, value) in e.map("endpoints") {
        endpoints.extend(endpoint(key, value, e.report));
    }
    let types = type_defs(&mut e);
    Some(Part {
        path: path.to_owned(),
        pos: node.pos,
        module: module?,
        title: title?,
        doc,
        commands,
        endpoints,
        types,
    })
}

fn type_defs(e: &mut Entries<'_, '_>) -> Vec<TypeDef> {
    let mut types = Vec::new();
    for (key, value) in e.map("types") {
        types.extend(type_def(key, value, e.report));
    }
    types
}

fn endpoint(key: &Node, node: &Node, report: &mut Report) -> Option<Endpoint> {
    let whole = key.text().unwrap_or_default();
    let (path, query) = whole.split_once('?').unwrap_or((whole, ""));
    let mut fixed = Vec::new();
    for pair in query.split('&').filter(|p| !p.is_empty()) {
        match pair.split_once('=') {
            Some((k, v)) if !k.is_empty() && !v.is_empty() => fixed.push((k.to_owned(), v.to_owned())),
            _ => {
                let message = format!("`{pair}` in the path's query is not `name=value`");
                report.error("path", key.pos, message, "write `/cgi-bin/ticket/get?type=agent_config`");
            }
        }
    }
    let mut e = Entries::new(node, format!("endpoint {whole}"), schema::ENDPOINT, report)?;
    let title = e.need("title");
    e.need("method");
    let method = e.word("method", &[("GET", Method::Get), ("POST", Method::Post)]);
    let auth = e.auth();
    let name = e.text("name");
    let modes = e.modes();
    let source = sources(&mut e);
    let status = status(&mut e);
    let doc = e.text("doc");
    let grants = e.words("grants");
    let permission = e.text("permission");
    let rate = rates(&mut e);
    let repeat = e.boolean("repeat");
    let errors = error_texts(&mut e);
    let query = e.get("query").and_then(|n| body(n, "query", e.report));
    let request = e.get("request").and_then(|n| body(n, "request", e.report));
    let response = e.get("response").and_then(|n| body(n, "response", e.report));
    let paging = e.get("paging").and_then(|n| paging(n, e.report));
    let departures = departures(&mut e);
    Some(Endpoint {
        path: At::new(path.to_owned(), key.pos),
        fixed,
        title: title?,
        name,
        method: method?,
        auth: auth?,
        modes,
        source,
        status,
        doc,
        grants,
        permission,
        rate,
        repeat,
        errors,
        query,
        request,
        response,
        paging,
        departures,
        draft: draft(&mut e),
    })
}

/// `code: text` lines.
pub(super) fn error_texts(e: &mut Entries<'_, '_>) -> Vec<(At<i64>, At<String>)> {
    let mut errors = Vec::new();
    for (code, text) in e.map("errors") {
        match code.text().and_then(|t| t.parse().ok()) {
            Some(n) => {
                let words = text.text().unwrap_or_default().trim().to_owned();
                errors.push((At::new(n, code.pos), At::new(words, text.pos)));
            }
            None => {
                let message = format!("`{}` is no error code", code.text().unwrap_or_default());
                e.report.error("error-code", code.pos, message, "write the number: `60111: …`");
            }
        }
    }
    errors
}

/// `draft: true`, and where.
pub(super) fn draft(e: &mut Entries<'_, '_>) -> Option<Pos> {
    let pos = e.get("draft")?.pos;
    e.boolean("draft").filter(|d| *d).map(|_| pos)
}

pub(super) fn status(e: &mut Entries<'_, '_>) -> Status {
    let known = [("current", Status::Current), ("retired", Status::Retired), ("seen_live", Status::SeenLive)];
    e.word("status", &known).map_or(Status::Current, |s| s.value)
}

pub(super) fn sources(e: &mut Entries<'_, '_>) -> Vec<Source> {
    let mut out = Vec::new();
    for node in e.list("source") {
        let Some(mut s) = Entries::new(node, "a source", schema::SOURCE, e.report) else { continue };
        if s.get("page").is_none() {
            s.need("page");
            continue;
        }
        let Some(page) = s.integer("page") else { continue };
        let doc_id = s.integer("doc_id").map(|d| d.value);
        out.push(Source { page, doc_id, updated: s.text("updated"), digest: s.string("digest") });
    }
    out
}

pub(super) fn rates(e: &mut Entries<'_, '_>) -> Vec<Rate> {
    let mut out = Vec::new();
    for node in e.list("rate") {
        let Some(mut r) = Entries::new(node, "a rate", schema::RATE, e.report) else { continue };
        for key in ["calls", "per", "scope"] {
            if r.get(key).is_none() {
                r.need(key);
            }
        }
        let calls = r.integer("calls");
        let pairs = |words: &[&'static str]| words.iter().map(|w| (*w, *w)).collect::<Vec<_>>();
        let per = r.word("per", &pairs(schema::PERIODS));
        let scope = r.word("scope", &pairs(schema::SCOPES));
        let modes = r.modes();
        let doc = r.text("doc");
        if let (Some(calls), Some(per), Some(scope)) = (calls, per, scope) {
            out.push(Rate { calls, per: per.to_string(), scope: scope.to_string(), modes, doc });
        }
    }
    out
}

pub(super) fn departures(e: &mut Entries<'_, '_>) -> Vec<Departure> {
    let mut out = Vec::new();
    for node in e.list("departures") {
        let Some(mut d) = Entries::new(node, "a departure", schema::DEPARTURE, e.report) else { continue };
        let known: Vec<(&str, &str)> = schema::DEPARTURES.iter().map(|c| (*c, *c)).collect();
        let class = d.word("class", &known).map(|c| At::new(c.value.to_owned(), c.pos));
        let fact = d.word("fact", Fact::ALL);
        let (at, page, here, reason) = (d.need("at"), d.need("page"), d.text("here"), d.need("reason"));
        if let (Some(at), Some(page), Some(reason)) = (at, page, reason) {
            out.push(Departure { at, class, fact, page, here, reason });
        }
    }
    out
}

fn body(node: &Node, what: &str, report: &mut Report) -> Option<Body> {
    let mut e = Entries::new(node, format!("`{what}`"), schema::BODY, report)?;
    let known = [
        ("json", BodyKind::Json),
        ("none", BodyKind::None),
        ("empty_json", BodyKind::EmptyJson),
        ("multipart", BodyKind::Multipart),
        ("bytes", BodyKind::Bytes),
    ];
    let kind = e.word("body", &known).unwrap_or(At::new(BodyKind::Json, node.pos));
    let file = e.get("file").and_then(|n| {
        let mut f = Entries::new(n, "`file`", schema::FILE, e.report)?;
        Some(FilePart {
            part: f.need("part")?,
            bytes: limits::whole(&mut f, "bytes", quantity::find("byte")),
            doc: f.text("doc"),
        })
    });
    Some(Body { pos: node.pos, kind, file, object: object(&mut e) })
}

/// `fields`, `union`, `unions` of an entry.
pub(super) fn object(e: &mut Entries<'_, '_>) -> Object {
    let mut out = Object { pos: e.pos(), ..Object::default() };
    for (key, value) in e.map("fields") {
        out.fields.extend(field(key, value, e.report));
    }
    if let Some(node) = e.get("union") {
        out.unions.extend(union(node, e.report));
    }
    for node in e.list("unions") {
        out.unions.extend(union(node, e.report));
    }
    for (word, rule) in ChoiceRule::ALL {
        for group in e.list(word) {
            out.choices.extend(choice(*rule, group, e.report));
        }
    }
    out
}

/// `[touser, toparty, "a+b"]` of `any_of` and its like.
fn choice(rule: ChoiceRule, node: &Node, report: &mut Report) -> Option<Choice> {
    let Kind::Seq(list) = &node.kind else {
        let message = format!("`{}` holds {}, not lists of fields", rule.word(), node.word());
        report.error("wrong-kind", node.pos, message, format!("write `{}: [[a, b]]`", rule.word()));
        return None;
    };
    let names = |n: &Node| -> Vec<At<String>> {
        n.text().unwrap_or_default().split('+').map(|t| At::new(t.trim().to_owned(), n.pos)).collect()
    };
    Some(Choice { rule, pos: node.pos, alternatives: list.iter().map(names).collect() })
}

fn has_object(e: &Entries<'_, '_>) -> bool {
    ["fields", "union", "unions"].iter().any(|k| e.get(k).is_some())
}

pub(super) fn field(key: &Node, node: &Node, report: &mut Report) -> Option<Field> {
    let mut e =
        Entries::new(node, format!("field `{}`", key.text().unwrap_or_default()), schema::FIELD, report)?;
    let ty = if e.get("type").is_some() { e.types("type") } else { e.need("type").and(None) };
    let required_pos = e.get("required").map_or(node.pos, |n| n.pos);
    let required = required(&mut e);
    let ty = ty?;
    let unit = limits::unit(&mut e);
    let base = unit.as_ref().map(|u| u.value);
    let byte = quantity::find("byte");
    let (range, reals) = limits::range(&mut e, &ty.value, base);
    let written = Written {
        range: limits::written(&e, "range"),
        bytes: limits::written(&e, "bytes"),
        default: base.and_then(|_| limits::written(&e, "default")),
    };
    Some(Field {
        wire: at(key),
        required,
        required_pos,
        required_words: e.text("required_words"),
        when: e.condition("when"),
        only: only(&mut e),
        default: limits::default(&mut e, base),
        chars: limits::whole(&mut e, "chars", None),
        bytes: limits::whole(&mut e, "bytes", byte),
        range,
        reals,
        step: limits::step(&mut e, base),
        choices: e.words("choices"),
        items: limits::whole(&mut e, "items", None),
        shapes: e.type_list("shapes"),
        each: limits::each(&mut e, &ty.value, base),
        written,
        unit,
        cut: e.boolean("cut").unwrap_or(false),
        pattern: e.text("pattern"),
        flags: e.boolean("flags").unwrap_or(false),
        values: e.get("values").is_some().then(|| values(&mut e)),
        id_trans: e.boolean("id_trans").unwrap_or(false),
        ttl: limits::ttl(&mut e),
        file: limits::file(&mut e),
        doc: e.text("doc"),
        name: e.text("name"),
        rust: e.text("rust"),
        deprecated: e.deprecated(),
        since: e.string("since"),
        modes: e.modes(),
        by_mode: e.by_mode(),
        example: e.text("example"),
        xml_item: e.text("xml_item"),
        also: e.words("also"),
        object: has_object(&e).then(|| object(&mut e)),
        draft: draft(&mut e),
        ty,
    })
}

/// `true`, or a condition. Words that other languages take for true are neither.
fn required(e: &mut Entries<'_, '_>) -> Required {
    let Some(node) = e.get("required") else { return Required::No };
    match node.text() {
        Some("true") => Required::Yes,
        Some("false") => Required::No,
        Some(text) if is_switch(text) => {
            let message = format!("`required` is `{text}`, which is neither `true` nor a condition");
            let no = matches!(text.to_ascii_lowercase().as_str(), "no" | "n" | "off" | "0" | "false" | "否");
            let help = if no { "remove it: optional is what is not said" } else { "write `required: true`" };
            e.report.error("required", node.pos, message, help);
            Required::No
        }
        _ => e.condition("required").map_or(Required::No, |c| Required::When(c.value)),
    }
}

/// `yes`, `True`, `1`, `是` and their like.
fn is_switch(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "true", "false", "yes", "no", "y", "n", "on", "off", "1", "0", "是", "否", "必填", "required",
        "optional",
    ];
    WORDS.contains(&text.trim().to_ascii_lowercase().as_str())
}

fn only(e: &mut Entries<'_, '_>) -> Option<At<Only>> {
    let node = e.get("only")?;
    if matches!(node.kind, Kind::Seq(_)) {
        return Some(At::new(Only::Paths(e.words("only")), node.pos));
    }
    let text = e.text("only")?;
    let side = match text.value.as_str() {
        "request" => Only::Request,
        "response" => Only::Response,
        other => {
            let message = format!("`only` cannot be `{other}`");
            let help = "write `request`, `response`, or a list of paths: `[/cgi-bin/user/get]`";
            e.report.error("unknown-word", text.pos, message, help);
            return None;
        }
    };
    Some(At::new(side, text.pos))
}

fn values(e: &mut Entries<'_, '_>) -> Vec<Value> {
    let mut out = Vec::new();
    for (key, node) in e.map("values") {
        let what = format!("value `{}`", key.text().unwrap_or_default());
        let Some(mut v) = Entries::new(node, what, schema::VALUE, e.report) else { continue };
        out.push(Value {
            value: at(key),
            name: v.text("name"),
            doc: v.text("doc"),
            deprecated: v.deprecated(),
            since: v.string("since"),
        });
    }
    out
}

fn union(node: &Node, report: &mut Report) -> Option<Union> {
    let mut e = Entries::new(node, "a union", schema::UNION, report)?;
    if e.get("variants").is_none() && e.get("type").is_none() {
        e.need("variants");
    }
    let payload = match e.string("payload").as_deref() {
        None | Some("sibling") => Payload::Sibling,
        Some("flat") => Payload::Flat,
        Some(key) => Payload::Key(key.to_owned()),
    };
    let kinds = [("string", false), ("i32", true), ("i64", true), ("u32", true)];
    let numeric = e.word("tag_type", &kinds).is_some_and(|k| k.value);
    let mut variants = Vec::new();
    for (key, value) in e.map("variants") {
        variants.extend(variant(key, value, e.report));
    }
    Some(Union {
        pos: node.pos,
        ty: e.types("type"),
        name: e.text("name"),
        field: e.text("field"),
        tag: e.text("tag"),
        numeric,
        payload,
        doc: e.text("doc"),
        variants,
    })
}

fn variant(key: &Node, node: &Node, report: &mut Report) -> Option<Variant> {
    let mut e =
        Entries::new(node, format!("variant `{}`", key.text().unwrap_or_default()), schema::VARIANT, report)?;
    Some(Variant {
        tag: at(key),
        variant: e.text("variant"),
        ty: e.types("type"),
        object: has_object(&e).then(|| object(&mut e)),
        name: e.text("name"),
        key: e.text("key"),
        also: e.words("also"),
        doc: e.text("doc"),
        deprecated: e.deprecated(),
        since: e.string("since"),
    })
}

fn type_def(key: &Node, node: &Node, report: &mut Report) -> Option<TypeDef> {
    let name = at(key);
    let mut e = Entries::new(node, format!("type `{}`", name.value), schema::TYPE, report)?;
    let doc = e.text("doc");
    let kind = if e.get("values").is_some() {
        if e.get("type").is_none() {
            e.need("type");
        }
        let ty = e.types("type")?;
        TypeKind::Enum { ty, flags: e.boolean("flags").unwrap_or(false), values: values(&mut e) }
    } else {
        if e.get("type").is_some_and(|t| t.text() != Some("object")) {
            let message = format!("type `{}` has a `type` but no `values`", name.value);
            e.report.error(
                "type",
                e.pos(),
                message,
                "add `values:` for an enumeration, or `fields:` for an object",
            );
        }
        TypeKind::Object(object(&mut e))
    };
    Some(TypeDef { name, doc, kind })
}

fn paging(node: &Node, report: &mut Report) -> Option<Paging> {
    let mut e = Entries::new(node, "`paging`", schema::PAGING, report)?;
    let (ask, items) = (e.need("ask"), e.need("items"));
    let offset = e.word("style", &[("cursor", false), ("offset", true)]).is_some_and(|s| s.value);
    Some(Paging {
        pos: node.pos,
        ask: ask?,
        answer: e.text("answer"),
        items: items?,
        more: e.text("more"),
        end: e.text("end"),
        limit: e.text("limit"),
        offset,
    })
}

pub(super) fn event_file(path: &str, node: &Node, report: &mut Report) -> Option<EventFile> {
    let mut e = Entries::new(node, "an event file", schema::EVENTS, report)?;
    let (module, title) = (e.need("module"), e.need("title"));
    e.need("transport");
    let transport = e.word("transport", &[("xml", "xml"), ("json", "json")]);
    let doc = e.text("doc");
    let common = e.words("common");
    let mut groups = Vec::new();
    for (key, value) in e.map("groups") {
        let mut fields = Vec::new();
        match &value.kind {
            Kind::Map(entries) => {
                for (k, v) in entries {
                    fields.extend(field(k, v, e.report));
                }
            }
            _ => {
                let message = format!("group `{}` is {}", key.text().unwrap_or_default(), value.word());
                e.report.error(
                    "wrong-kind",
                    value.pos,
                    message,
                    "write its fields as `name: {type: …}` lines",
                );
            }
        }
        groups.push((at(key), fields));
    }
    let mut events = Vec::new();
    for (key, value) in e.map("events") {
        events.extend(event(key, value, e.report));
    }
    let types = type_defs(&mut e);
    let transport = transport.map(|t| At::new(t.value.to_owned(), t.pos));
    Some(EventFile {
        path: path.to_owned(),
        pos: node.pos,
        module: module?,
        title: title?,
        doc,
        transport: transport?,
        common,
        groups,
        events,
        types,
    })
}

fn event(key: &Node, node: &Node, report: &mut Report) -> Option<Event> {
    let mut e =
        Entries::new(node, format!("event `{}`", key.text().unwrap_or_default()), schema::EVENT, report)?;
    let title = e.need("title");
    if e.get("match").is_none() {
        e.need("match");
    }
    let mut matches = Vec::new();
    for (k, v) in e.map("match") {
        let word = k.text().unwrap_or_default();
        if !schema::DISCRIMINATORS.contains(&word) {
            let message = format!("`{word}` tells no events apart");
            e.report.error("unknown-key", k.pos, message, schema::propose(word, schema::DISCRIMINATORS));
        }
        matches.push((at(k), v.text().unwrap_or_default().to_owned()));
    }
    Some(Event {
        key: at(key),
        name: e.text("name"),
        matches,
        modes: e.modes(),
        source: sources(&mut e),
        status: status(&mut e),
        doc: e.text("doc"),
        grants: e.words("grants"),
        permission: e.text("permission"),
        reply: reply(&mut e),
        object: object(&mut e),
        departures: departures(&mut e),
        draft: draft(&mut e),
        title: title?,
    })
}

/// A word, or the type that is the reply's body.
fn reply(e: &mut Entries<'_, '_>) -> Option<Reply> {
    let text = e.get("reply").and_then(|n| n.text()).unwrap_or_default();
    if text.contains(|c: char| c == '.' || c.is_ascii_uppercase()) {
        return e.types("reply").map(Reply::Type);
    }
    let known: Vec<(&str, &str)> = schema::REPLIES.iter().map(|w| (*w, *w)).collect();
    e.word("reply", &known).map(|w| Reply::Word(w.value.to_owned()))
}

/// Whether the spec is of the format that this reads; what is no number counts as it, and is reported.
pub(super) fn format(node: &Node, report: &mut Report) -> bool {
    let Some(mut e) = Entries::new(node, schema::FORMAT_FILE, schema::FORMAT_KEYS, report) else {
        return true;
    };
    if e.get("format").is_none() {
        let help = format!("write `format: {}`", schema::FORMAT);
        e.report.error("missing-key", node.pos, "format.yaml lacks `format`", help);
    }
    let Some(found) = e.integer("format") else { return true };
    if found.value == schema::FORMAT {
        return true;
    }
    let age = if found.value < schema::FORMAT { "older" } else { "newer" };
    let message = format!(
        "the spec is of format {}, {age} than format {}, which this reads",
        found.value,
        schema::FORMAT
    );
    let help = match found.value {
        1 => "`cargo xtask fmt --migrate` writes it anew in this format",
        _ => "use the tools of a revision that has the same spec/format.yaml",
    };
    report.error("format-version", found.pos, message, help);
    false
}

/// `name: text` lines of sentences about permission.
pub(super) fn grants(node: &Node, report: &mut Report) -> Vec<Grant> {
    let Kind::Map(entries) = &node.kind else {
        let message = format!("{} is not a mapping", schema::GRANTS_FILE);
        report.error("wrong-kind", node.pos, message, "write `name: text` lines");
        return vec![];
    };
    let mut out = Vec::new();
    for (key, value) in entries {
        match value.text().filter(|t| !t.trim().is_empty()) {
            Some(text) => {
                out.push(Grant { name: at(key), text: At::new(text.trim_end().to_owned(), value.pos) })
            }
            None => {
                let message = format!("`{}` says nothing", key.text().unwrap_or_default());
                report.error("empty-text", value.pos, message, "give it a text, or remove it");
            }
        }
    }
    out
}

/// `feature: {title, english, events}` lines.
pub(super) fn features(node: &Node, report: &mut Report) -> Vec<Feature> {
    let Kind::Map(entries) = &node.kind else {
        let message = format!("{} is not a mapping", schema::MODULES_FILE);
        report.error("wrong-kind", node.pos, message, "write `feature: {title: …, english: …}` lines");
        return vec![];
    };
    let mut out = Vec::new();
    for (key, value) in entries {
        let name = at(key);
        let what = format!("feature {}", name.value);
        let Some(mut e) = Entries::new(value, what, schema::FEATURE, report) else { continue };
        let (title, english, events) = (e.need("title"), e.need("english"), e.words("events"));
        if let (Some(title), Some(english)) = (title, english) {
            out.push(Feature { name, title, english, events });
        }
    }
    out
}

pub(super) fn errors(node: &Node, report: &mut Report) -> Vec<ErrorCode> {
    let mut out = Vec::new();
    let Kind::Map(entries) = &node.kind else {
        report.error(
            "wrong-kind",
            node.pos,
            "errors.yaml is not a mapping",
            "write `40014:` with `meaning`, `class`",
        );
        return out;
    };
    for (key, value) in entries {
        let code = match key.text().and_then(|t| t.parse().ok()) {
            Some(n) => At::new(n, key.pos),
            None => {
                let message = format!("`{}` is no error code", key.text().unwrap_or_default());
                report.error("error-code", key.pos, message, "write the number: `40014:`");
                continue;
            }
        };
        out.extend(error(code, value, report));
    }
    out
}

fn error(code: At<i64>, node: &Node, report: &mut Report) -> Option<ErrorCode> {
    let mut e = Entries::new(node, format!("error {}", code.value), schema::ERROR, report)?;
    let (meaning, advice) = (e.need("meaning"), e.text("advice"));
    e.need("class");
    let known: Vec<(&str, &str)> = schema::CLASSES.iter().map(|c| (*c, *c)).collect();
    let class = e.word("class", &known).map(|c| At::new(c.value.to_owned(), c.pos));
    Some(ErrorCode { code, meaning: meaning?, class: class?, advice })
}
