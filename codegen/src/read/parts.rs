//! One function for each kind of entry of a spec file.

use super::commands::command;
use super::entries::Entries;
use super::entry::{at, departures, draft, error_texts, rates, sources, status, words};
use super::fields::{field, object, type_defs};
use super::limits;
use crate::model::*;
use crate::quantity;
use crate::schema;
use crate::source::{At, Report};
use crate::yaml::{Kind, Node};

pub(super) fn part(path: &str, node: &Node, report: &mut Report) -> Option<Part> {
    let mut e = Entries::new(node, "a module file", schema::MODULE, report)?;
    let module = e.need("module");
    let title = e.need("title");
    let doc = e.text("doc");
    let mut commands = Vec::new();
    for (key, value) in e.map("commands") {
        commands.extend(command(key, value, e.report));
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
            let message = format!("`{word}` cannot tell events apart");
            e.report.error("unknown-key", k.pos, message, schema::propose(word, schema::DISCRIMINATORS));
        }
        matches.extend(words(k, v, e.report).map(|text| (at(k), text.value)));
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
