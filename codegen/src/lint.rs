//! The rules of the spec beyond its grammar. Every rule looks at the whole spec and reports all it finds.

mod commands;
mod conditions;
mod departures;
mod entry;
mod features;
mod fields;
mod glossary;
mod keys;
mod modes;
mod patterns;
mod reviewed;
mod scope;
mod texts;
mod words;

use std::collections::{HashMap, HashSet};

use crate::ir;
use crate::model::*;
use crate::names;
use crate::source::{At, Pos, Report};

use entry::{doc_text, draft, duplicates, error_codes, rates, sources, texts};

pub use conditions::in_words;
pub use departures::in_words as departures_in_words;
pub use reviewed::reviewed;

/// Runs all rules over the model.
pub fn lint(spec: &Spec, report: &mut Report) {
    let codes: HashMap<i64, bool> = spec.errors.iter().map(|e| (e.code.value, e.retired)).collect();
    let places = spec.paths();
    let mut paths = HashMap::new();
    for part in &spec.parts {
        module_name(&part.module, report);
        doc_text(&part.doc, report);
        for e in &part.endpoints {
            if let Some((pos, file)) =
                paths.insert((e.path.value.clone(), e.fixed.clone()), (e.path.pos, part.path.clone()))
            {
                let message =
                    format!("{} is described twice; the other is {file}:{}", e.path.value, pos.line);
                report.error("duplicate-path", e.path.pos, message, "keep one of them");
            }
            endpoint(e, &part.module.value, &places, &codes, report);
        }
        commands::commands(part, spec, &codes, report);
        part.types.iter().for_each(|t| type_def(t, report));
    }
    let mut matches: HashMap<Vec<(String, String)>, Pos> = HashMap::new();
    let mut modules: HashMap<&str, &str> = HashMap::new();
    for file in &spec.events {
        let module = &file.module.value;
        identifier(&file.module, names::is_field_name(module), names::field_name(module), report);
        if let Some(other) = modules.insert(&file.module.value, &file.path) {
            let message =
                format!("two event files have the module `{}`: the other is {other}", file.module.value);
            report.error("file-name", file.module.pos, message, "merge the two, or rename one module");
        }
        events(file, &mut matches, report);
        file.types.iter().for_each(|t| type_def(t, report));
    }
    let mut seen: HashMap<i64, Pos> = HashMap::new();
    for e in &spec.errors {
        doc_text(&Some(e.meaning.clone()), report);
        doc_text(&e.advice, report);
        if let Some(first) = seen.insert(e.code.value, e.code.pos) {
            let message = format!("code {} stands twice; the first is on line {}", e.code.value, first.line);
            report.error("duplicate-key", e.code.pos, message, "merge the two");
        }
    }
    unused_types(spec, report);
    conditions::check(spec, report);
    conditions::grants(spec, report);
    departures::check(spec, report);
    keys::sides(spec, report);
    modes::check(spec, report);
    let places = words::Places::of(&spec.files);
    let known: HashSet<&str> =
        spec.parts.iter().flat_map(|p| &p.endpoints).map(|e| e.path.value.as_str()).collect();
    texts::each(spec, &mut |text| {
        words::words(&text, &places, report);
        words::paths(&text, &known, &places, report);
    });
    for doc in spec.parts.iter().map(|p| &p.doc).chain(spec.events.iter().map(|f| &f.doc)) {
        words::limits(doc, &places, report);
    }
    long_files(spec, report);
}

/// A file is about one subject; a long one holds several.
fn long_files(spec: &Spec, report: &mut Report) {
    const MOST: usize = 900;
    let files = spec.parts.iter().map(|p| p.pos).chain(spec.events.iter().map(|f| f.pos));
    for pos in files {
        let lines = spec.files.get(pos.file as usize).map_or(0, |f| f.text.lines().count());
        if lines > MOST {
            let message = format!("the file has {lines} lines, more than {MOST}");
            report.warn("long-file", pos, message, "split it by subject, into files of the same module");
        }
    }
}

/// Rules that need the resolved API.
pub fn lint_api(spec: &Spec, api: &ir::Api, report: &mut Report) {
    features::features(spec, api, report);
    for chain in crate::lower::endless(api) {
        let names: Vec<&str> = chain.iter().map(|id| api.ty(*id).rust.as_str()).collect();
        let first = &api.ty(chain[0]);
        let def = spec
            .parts
            .iter()
            .flat_map(|p| p.types.iter().map(move |t| (p.module.value.as_str(), t)))
            .find(|(m, t)| names::rust_module(m) == first.module && t.name.value == first.rust);
        let pos = def.map_or(Pos::default(), |(_, t)| t.name.pos);
        report.error(
            "circular-type",
            pos,
            format!(
                "{} require each other in a circle: no value of them could be written",
                names.join(" → ")
            ),
            "make one of the fields in the circle optional, or a list",
        );
    }
}

fn module_name(module: &At<String>, report: &mut Report) {
    let right = module.value.split('.').map(names::field_name).collect::<Option<Vec<String>>>();
    identifier(module, names::is_module(&module.value), right.map(|s| s.join(".")), report);
    let first = module.value.split('.').next().unwrap_or_default();
    if names::RUNTIME.contains(&first) {
        let message =
            format!("the module `{first}` has the name of a module or cargo feature of the client's own");
        report.error(
            "reserved-name",
            module.pos,
            message,
            "give the module another name, or rename the client's own and take it off `RUNTIME` in codegen/src/names.rs",
        );
    }
}

/// Words that become a Rust module.
fn identifier(module: &At<String>, is_right: bool, right: Option<String>, report: &mut Report) {
    if !is_right {
        let message = format!("`{}` cannot name a Rust module", module.value);
        let help = match right {
            Some(n) => format!("write `{n}`"),
            None => "lower case, ASCII, no Rust keyword".into(),
        };
        report.error("bad-name", module.pos, message, help);
    }
}

fn endpoint(
    e: &Endpoint,
    module: &str,
    places: &names::Paths,
    codes: &HashMap<i64, bool>,
    report: &mut Report,
) {
    draft(e.draft, &e.path.value, report);
    match places.place(&e.path.value) {
        None => report.error(
            "path",
            e.path.pos,
            format!("`{}` is not a path of the API", e.path.value),
            "write `/cgi-bin/module/function`",
        ),
        Some(due) => {
            if !names::is_within(&due.module, &names::rust_module(module)) {
                let due = names::dotted(&due.module);
                let message = format!("{} belongs to module `{due}`, not `{module}`", e.path.value);
                let help = format!("move it to a file with `module: {due}`");
                report.error("path-module", e.path.pos, message, help);
            }
            if let Some(name) = &e.name
                && e.fixed.is_empty()
                && !names::same_letters(&name.value, &due.name)
            {
                let message = format!("`{}` is another name than the rule's `{}`", name.value, due.name);
                let help = "an override may change case and word breaks only, so that the path still leads to the type";
                report.error("name-override", name.pos, message, help);
            }
        }
    }
    if e.method.value == Method::Get && e.request.is_some() {
        report.error("get-with-body", e.method.pos, "a GET has no `request`", "move its fields to `query`");
    }
    if e.modes.is_empty() {
        report.error(
            "modes",
            e.path.pos,
            "`modes` is missing: who may call it?",
            "add `modes: [internal, third_party, provider]`, whichever trees have the page",
        );
    }
    duplicates("modes", e.modes.iter().map(|m| (format!("{:?}", m.value), m.pos)), report);
    if e.source.is_empty() && e.status == Status::Current {
        let help = "add `source: [{page: …, doc_id: …, updated: …}]`, or say `status: retired`";
        report.error("source", e.path.pos, "a current endpoint without an official page", help);
    }
    sources(&e.source, report);
    texts(&[&e.doc, &e.permission], report);
    error_codes(&e.errors, codes, report);
    rates(&e.rate, report);
    bodies(e, report);
    fields::known_tokens(e, report);
    for body in [&e.query, &e.request, &e.response].into_iter().flatten() {
        fields::object(&body.object, report);
    }
    query_names(e, report);
    paging(e, report);
}

fn bodies(e: &Endpoint, report: &mut Report) {
    use BodyKind::*;
    if let Some(q) = &e.query
        && (q.kind.value != Json || q.file.is_some() || !q.object.unions.is_empty())
    {
        report.error("body-kind", q.pos, "`query` holds `fields` and nothing else", "remove the other keys");
    }
    if let Some(b) = &e.request {
        let fields = !b.object.fields.is_empty() || !b.object.unions.is_empty();
        match b.kind.value {
            Bytes => report.error(
                "body-kind",
                b.kind.pos,
                "a request whose body is bytes",
                "uploads are `body: multipart`",
            ),
            None | EmptyJson if fields => {
                report.error(
                    "body-kind",
                    b.kind.pos,
                    "a body without content has fields",
                    "remove `body`, or the fields",
                );
            }
            Json if !fields => {
                let help = "write `body: none`, `body: empty_json`, or the fields";
                report.error("body-kind", b.pos, "a JSON body without fields", help);
            }
            _ => {}
        }
        match (&b.file, b.kind.value == Multipart) {
            (Some(f), false) => {
                report.error(
                    "multipart",
                    f.part.pos,
                    "`file` in a body that is not multipart",
                    "add `body: multipart`",
                );
            }
            (Option::None, true) => {
                report.error(
                    "multipart",
                    b.pos,
                    "a multipart body without a file",
                    "add `file: {part: media}`",
                );
            }
            _ => {}
        }
    }
    if let Some(b) = &e.response
        && matches!(b.kind.value, Multipart | EmptyJson)
    {
        report.error("body-kind", b.kind.pos, "no answer has such a body", "write `json`, `bytes` or `none`");
    }
}

/// A name in the URL and the body of one request would meet in the Rust struct.
fn query_names(e: &Endpoint, report: &mut Report) {
    let (Some(q), Some(r)) = (&e.query, &e.request) else { return };
    for f in &q.object.fields {
        if r.object.fields.iter().any(|x| x.wire.value == f.wire.value) {
            let message = format!("`{}` stands in `query` and in `request`", f.wire.value);
            report.error("name-collision", f.wire.pos, message, "keep the one that the server reads");
        }
    }
}

fn paging(e: &Endpoint, report: &mut Report) {
    let Some(p) = &e.paging else { return };
    let empty = Object::default();
    let asked = if e.method.value == Method::Get { &e.query } else { &e.request };
    let asked = asked.as_ref().map_or(&empty, |b| &b.object);
    let answered = e.response.as_ref().map_or(&empty, |b| &b.object);
    for (what, name, object) in [
        ("ask", Some(&p.ask), asked),
        ("limit", p.limit.as_ref(), asked),
        ("answer", p.answer.as_ref(), answered),
        ("more", p.more.as_ref(), answered),
        ("end", p.end.as_ref(), answered),
    ] {
        let Some(name) = name else { continue };
        if let Some(field) = object.fields.iter().find(|f| f.wire.value == name.value) {
            paging_type(what, p.answer.is_some(), field, name.pos, report);
        } else {
            let known: Vec<&str> = object.fields.iter().map(|f| f.wire.value.as_str()).collect();
            let message = format!("`paging.{what}` names `{}`, which is not a field there", name.value);
            report.error("paging", name.pos, message, crate::schema::propose(&name.value, &known));
        }
    }
    match fields::find(answered, &p.items.value) {
        Some(f) if matches!(f.ty.value, TypeExpr::List(_)) => {}
        Some(_) => {
            report.error("paging", p.items.pos, "`paging.items` is not a list", "name the list that is paged")
        }
        None => {
            let message =
                format!("`paging.items` names `{}`, which is not a field of the answer", p.items.value);
            let known: Vec<&str> = answered.fields.iter().map(|f| f.wire.value.as_str()).collect();
            report.error("paging", p.items.pos, message, crate::schema::propose(&p.items.value, &known));
        }
    }
    if !p.offset && p.answer.is_none() {
        let help = "add `answer: next_cursor`, or `style: offset`";
        report.error("paging", p.pos, "a cursor that the answer does not give", help);
    }
}

/// Streams of pages are made of texts, numbers and flags.
fn paging_type(what: &str, is_given: bool, field: &Field, pos: Pos, report: &mut Report) {
    use Prim::{Bool, Flag, I32, I64, String, U32, U64};
    let (allowed, words): (&[Prim], _) = match what {
        "more" | "end" => (&[Bool, Flag, I32, I64, U32, U64], "bool, flag or an integer"),
        "ask" if !is_given => (&[I32, I64, U32, U64], "an integer, which counts the elements"),
        _ => (&[String, I32, I64, U32, U64], "string or an integer"),
    };
    let is_allowed = matches!(&field.ty.value, TypeExpr::Prim(prim) if allowed.contains(prim));
    if !is_allowed || field.values.is_some() {
        let message = format!("`paging.{what}` names a `{}`", field.ty.value);
        report.error("paging", pos, message, format!("it must be {words}"));
    }
}

fn type_def(t: &TypeDef, report: &mut Report) {
    if !names::is_type_name(&t.name.value) {
        let message = format!("`{}` cannot name a Rust type", t.name.value);
        let help = match names::type_name(&t.name.value) {
            Some(n) => format!("write `{n}`"),
            None => "PascalCase, ASCII".into(),
        };
        report.error("bad-name", t.name.pos, message, help);
    }
    doc_text(&t.doc, report);
    match &t.kind {
        TypeKind::Object(o) => {
            if o.fields.is_empty() && o.unions.is_empty() {
                let help = "add `fields:`, `union:` or `values:`";
                report.error(
                    "empty-object",
                    t.name.pos,
                    format!("type `{}` holds nothing", t.name.value),
                    help,
                );
            }
            fields::object(o, report);
        }
        TypeKind::Enum { ty, flags, values } => fields::enumeration(ty, *flags, values, t.name.pos, report),
    }
}

fn events(file: &EventFile, matches: &mut HashMap<Vec<(String, String)>, Pos>, report: &mut Report) {
    let groups: Vec<&str> = file.groups.iter().map(|(g, _)| g.value.as_str()).collect();
    for name in &file.common {
        if !groups.contains(&name.value.as_str()) {
            let message = format!("there is no group `{}`", name.value);
            report.error("event-group", name.pos, message, crate::schema::propose(&name.value, &groups));
        }
    }
    for (_, list) in &file.groups {
        list.iter().for_each(|f| fields::field(f, report));
    }
    for e in &file.events {
        draft(e.draft, &e.key.value, report);
        texts(&[&e.doc, &e.permission], report);
        sources(&e.source, report);
        fields::object(&e.object, report);
        if e.matches.is_empty() {
            report.error(
                "event-match",
                e.key.pos,
                "nothing tells this event from others",
                "add `match: {…}`",
            );
            continue;
        }
        discriminators(file, e, report);
        let mut key: Vec<(String, String)> =
            e.matches.iter().map(|(k, v)| (k.value.clone(), v.clone())).collect();
        key.sort();
        key.push(("transport".into(), file.transport.value.clone()));
        if let Some(first) = matches.insert(key, e.key.pos) {
            let message = format!("another event has the same `match`: line {}", first.line);
            report.error("event-match", e.key.pos, message, "merge the two, or match on one more field");
        }
    }
}

/// XML tells its events by four elements alone; and what tells an event is no field of it.
fn discriminators(file: &EventFile, e: &Event, report: &mut Report) {
    let xml = file.transport.value == "xml";
    for (key, _) in &e.matches {
        let of_xml = crate::schema::XML_DISCRIMINATORS.contains(&key.value.as_str());
        if xml && !of_xml && crate::schema::DISCRIMINATORS.contains(&key.value.as_str()) {
            let message = format!("`{}` cannot tell XML events apart", key.value);
            let help = format!("one of: {}", crate::schema::XML_DISCRIMINATORS.join(", "));
            report.error("event-match", key.pos, message, help);
        }
        let mut fields = &e.object.fields;
        let mut path = key.value.split('.').peekable();
        while let Some(step) = path.next() {
            let Some(field) = fields.iter().find(|f| f.wire.value == step) else { break };
            if path.peek().is_none() {
                let message = format!("`{}` is told by `match` and listed as a field", key.value);
                report.error("event-match", field.wire.pos, message, "remove the field");
            }
            match &field.object {
                Some(o) => fields = &o.fields,
                None => break,
            }
        }
    }
}

/// Types that nothing refers to are most likely left over.
fn unused_types(spec: &Spec, report: &mut Report) {
    let mut used: HashSet<(String, String)> = HashSet::new();
    let mut note = |module: &str, expr: &TypeExpr| {
        if let TypeExpr::Named { module: other, name } = expr.leaf() {
            used.insert((other.clone().unwrap_or_else(|| module.to_owned()), name.clone()));
        }
    };
    for part in &spec.parts {
        let module = part.module.value.as_str();
        for e in &part.endpoints {
            for body in [&e.query, &e.request, &e.response].into_iter().flatten() {
                fields::each_type(&body.object, &mut |t| note(module, t));
            }
        }
        for c in &part.commands {
            match &c.request {
                CommandBody::Whole(expr) => note(module, &expr.value),
                CommandBody::Object(o) => fields::each_type(o, &mut |t| note(module, t)),
                CommandBody::None => {}
            }
            c.response.iter().for_each(|o| fields::each_type(o, &mut |t| note(module, t)));
        }
        for t in &part.types {
            if let TypeKind::Object(o) = &t.kind {
                fields::each_type(o, &mut |t| note(module, t));
            }
        }
    }
    for file in &spec.events {
        let module = format!("events::{}", file.module.value);
        for (_, list) in &file.groups {
            list.iter().for_each(|f| note(&module, &f.ty.value));
        }
        for e in &file.events {
            fields::each_type(&e.object, &mut |t| note(&module, t));
            if let Some(Reply::Type(expr)) = &e.reply {
                note(&module, &expr.value);
            }
        }
        for t in &file.types {
            if let TypeKind::Object(o) = &t.kind {
                fields::each_type(o, &mut |t| note(&module, t));
            }
        }
    }
    let parts = spec.parts.iter().map(|p| (p.module.value.clone(), &p.types));
    let events = spec.events.iter().map(|f| (format!("events::{}", f.module.value), &f.types));
    for (module, types) in parts.chain(events) {
        for t in types {
            if !used.contains(&(module.clone(), t.name.value.clone())) {
                let message = format!("nothing refers to type `{}`", t.name.value);
                report.warn("unused-type", t.name.pos, message, "remove it, or refer to it");
            }
        }
    }
}
