//! Model → resolved API. Names are given, references followed, presence decided. What stands in the way is reported; the result is
//! used only when nothing was.

mod commands;
pub(crate) mod graph;
mod settle;
mod sides;
mod texts;
mod types;
mod versions;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::ir;
use crate::model::*;
use crate::names;
use crate::source::{At, Pos, Report};

pub use settle::endless;
use texts::{lines, permission, rate, sources};
use types::Types;

/// Resolves a spec. The API is complete only if `report` has no errors afterwards.
pub fn lower(spec: &Spec, report: &mut Report) -> ir::Api {
    let paths = spec.paths();
    let grants = spec.grants.iter().flatten().map(|g| (g.name.value.clone(), g.text.value.clone())).collect();
    let mut types = Types::new(report, &grants);
    for part in &spec.parts {
        types.declare(&names::rust_module(&part.module.value), &part.types);
    }
    for file in &spec.events {
        types.declare(&event_scope(&file.module.value), &file.types);
    }
    let mut modules: BTreeMap<String, ir::Module> = BTreeMap::new();
    let mut stems: HashMap<(String, String), Pos> = HashMap::new();
    let mut order: Vec<&Part> = spec.parts.iter().collect();
    order.sort_by(|a, b| a.path.cmp(&b.path));
    for part in order {
        for (name, lowered) in lower_part(part, &paths, &mut types) {
            if let Some(first) = stems.insert((name.clone(), lowered.stem.clone()), part.pos) {
                let other = &spec.files[first.file as usize].path;
                let (module, stem) = (names::dotted(&name), &lowered.stem);
                types.report.error(
                    "file-name",
                    part.pos,
                    format!("two files of module `{module}` are called `{stem}.yaml`: the other is {other}"),
                    "rename one: the generated file takes its name",
                );
            }
            for module in names::above(&name).chain([name.as_str()]) {
                modules.entry(module.to_owned()).or_insert_with(|| ir::Module {
                    name: module.to_owned(),
                    uses: vec![],
                    parts: vec![],
                });
            }
            if let Some(module) = modules.get_mut(&name) {
                module.parts.push(lowered);
            }
        }
    }
    stems_apart(&mut modules);
    let mut events = Vec::new();
    let mut order: Vec<&EventFile> = spec.events.iter().collect();
    order.sort_by(|a, b| a.path.cmp(&b.path));
    for file in order {
        events.push(lower_events(file, &mut types));
    }
    check_methods(&modules, spec, types.report);
    let mut errors: Vec<ir::ErrorCode> = spec.errors.iter().map(error_code).collect();
    errors.sort_by_key(|e| e.code);
    let commands = std::mem::take(&mut types.commands);
    let mut features: Vec<ir::Feature> = spec.features.iter().flatten().map(feature).collect();
    features.sort_by(|a, b| a.name.cmp(&b.name));
    let modules = modules.into_values().collect();
    let mut api = ir::Api { features, modules, events, commands, types: types.finish(), errors };
    settle::settle(&mut api);
    api
}

fn feature(f: &Feature) -> ir::Feature {
    ir::Feature {
        name: f.name.value.clone(),
        title: f.title.value.clone(),
        english: f.english.value.clone(),
        events: f.events.iter().map(|e| e.value.clone()).collect(),
    }
}

/// A file of a module that is called like a module within it gives its Rust file another name.
fn stems_apart(modules: &mut BTreeMap<String, ir::Module>) {
    let all: BTreeSet<String> = modules.keys().cloned().collect();
    for (name, module) in modules {
        for part in &mut module.parts {
            if all.contains(&format!("{name}::{}", part.stem)) {
                part.stem.push_str("_own");
            }
        }
    }
}

/// The scope of an event file's types.
fn event_scope(module: &str) -> String {
    format!("events::{module}")
}

fn stem_of(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    names::field_name(name.strip_suffix(".yaml").unwrap_or(name)).unwrap_or_else(|| "part".into())
}

fn error_code(e: &ErrorCode) -> ir::ErrorCode {
    ir::ErrorCode {
        code: e.code.value,
        meaning: e.meaning.value.clone(),
        retired: e.retired,
        class: e.class.value.clone(),
        advice: e.advice.as_ref().map_or(String::new(), |a| a.value.clone()),
    }
}

/// What a file gives to its module, and to modules within where its endpoints' paths lead there.
fn lower_part(part: &Part, paths: &names::Paths, types: &mut Types<'_>) -> BTreeMap<String, ir::Part> {
    let own = names::rust_module(&part.module.value);
    types.begin(&own);
    let mut endpoints: Vec<(String, ir::Endpoint)> =
        part.endpoints.iter().filter_map(|e| lower_endpoint(e, paths, types)).collect();
    commands::lower(part, &own, types);
    for def in &part.types {
        types.define(&own, def);
    }
    endpoints.sort_by(|(_, a), (_, b)| (&a.path, &a.fixed).cmp(&(&b.path, &b.fixed)));
    let begin = || ir::Part {
        stem: stem_of(&part.path),
        spec: part.path.clone(),
        title: part.title.value.clone(),
        doc: vec![],
        endpoints: vec![],
        types: vec![],
    };
    let mut out: BTreeMap<String, ir::Part> = BTreeMap::new();
    for id in types.end() {
        let module = types.module(id).unwrap_or(&own).to_owned();
        out.entry(module).or_insert_with(begin).types.push(id);
    }
    for (module, e) in endpoints {
        out.entry(module).or_insert_with(begin).endpoints.push(e);
    }
    // The file's text speaks of its own module; where nothing stands there, of the first that it adds to.
    let holder =
        if out.contains_key(&own) || out.is_empty() { Some(own) } else { out.keys().next().cloned() };
    if let Some(holder) = holder {
        out.entry(holder).or_insert_with(begin).doc = lines(&part.doc);
    }
    out
}

fn lower_endpoint(
    e: &Endpoint,
    paths: &names::Paths,
    types: &mut Types<'_>,
) -> Option<(String, ir::Endpoint)> {
    let names::Place { module, name } = paths.place(&e.path.value)?; // lint says so
    let rust = endpoint_name(e, name, types.report)?;
    let module = module.as_str();
    let empty = Object::default();
    let query = e.query.as_ref().map_or(&empty, |b| &b.object);
    let request_body = e.request.as_ref().map_or(&empty, |b| &b.object);
    let file = e.request.as_ref().and_then(|b| b.file.as_ref());

    let request = types.add_struct(module, &rust, e.path.pos, |types, owner| {
        let mut out = types.fields(owner, &query.fields, ir::Place::Query);
        out.extend(types.fields(owner, &request_body.fields, ir::Place::Body));
        let unions = types.union_fields(owner, &request_body.unions, &out);
        let choices = types::choices(&[query, request_body]);
        ir::Struct { fields: out, unions, file: file.is_some(), choices }
    });
    types.root(request, true);

    let kind = e.response.as_ref().map_or(BodyKind::Json, |b| b.kind.value);
    let answer = match kind {
        BodyKind::Bytes => ir::ResponseBody::Bytes,
        BodyKind::None => ir::ResponseBody::None,
        _ => ir::ResponseBody::Json,
    };
    let response = (answer == ir::ResponseBody::Json).then(|| {
        let object = e.response.as_ref().map_or(&empty, |b| &b.object);
        let id = types.add_struct(module, &format!("{rust}Response"), e.path.pos, |types, owner| {
            // Names inside an answer follow the endpoint, not its `Response` type, and differ from the request's by the suffix only
            // where both have an inline object of the same field.
            let fields = types.fields(owner, &object.fields, ir::Place::Body);
            let unions = types.union_fields(owner, &object.unions, &fields);
            ir::Struct { fields, unions, file: false, choices: types::choices(&[object]) }
        });
        types.root(id, false);
        id
    });
    let post = e.method.value == Method::Post;
    let body = match e.request.as_ref().map_or(BodyKind::Json, |b| b.kind.value) {
        _ if !post => ir::RequestBody::Query,
        BodyKind::None => ir::RequestBody::None,
        BodyKind::EmptyJson => ir::RequestBody::EmptyJson,
        BodyKind::Multipart => ir::RequestBody::Multipart,
        _ => ir::RequestBody::Json,
    };
    let lowered = ir::Endpoint {
        path: e.path.value.clone(),
        fixed: e.fixed.clone(),
        title: e.title.value.clone(),
        call: names::field_name(&rust)?,
        rust,
        post,
        auth: e.auth.value,
        modes: e.modes.iter().map(|m| m.value).collect(),
        source: sources(&e.source),
        status: e.status,
        repeat: e.repeat.unwrap_or(!post),
        doc: lines(&e.doc),
        permission: permission(&e.permission, &e.grants, types.grants),
        rate: e.rate.iter().map(rate).collect(),
        errors: e.errors.iter().map(|(c, t)| (c.value, t.value.clone())).collect(),
        body,
        request,
        file: file.map(|f| ir::FilePart {
            part: f.part.value.clone(),
            rust: names::field_name(&f.part.value).unwrap_or_else(|| "file".into()),
            bytes: types::limit(&f.bytes),
            doc: lines(&f.doc),
        }),
        answer,
        response,
        paging: e.paging.as_ref().map(paging),
    };
    Some((module.to_owned(), lowered))
}

/// The Rust name of an endpoint, by override or rule.
fn endpoint_name(e: &Endpoint, by_rule: String, report: &mut Report) -> Option<String> {
    let fixed: Option<String> = e.fixed.iter().map(|(_, value)| names::type_name(value)).collect();
    let by_rule = fixed.map(|fixed| by_rule + &fixed);
    let key = At::new(format!("{}{}", e.path.value, query(&e.fixed)), e.path.pos);
    type_name(&e.name, by_rule, &key, report)
}

/// `?type=a&key=b`, as it stands behind the path.
fn query(fixed: &[(String, String)]) -> String {
    let pairs: Vec<String> = fixed.iter().map(|(k, v)| format!("{k}={v}")).collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

/// The name that an entry gives, or the rule's. An entry without either is said, as it would be missing from all that is generated.
fn type_name(
    given: &Option<At<String>>,
    by_rule: Option<String>,
    key: &At<String>,
    report: &mut Report,
) -> Option<String> {
    match (given, by_rule) {
        (None, None) => {
            let message = format!("no Rust name can be made of `{}`", key.value);
            report.error("bad-name", key.pos, message, "give it one: `name: …`");
            None
        }
        (Some(name), by_rule) if !names::is_type_name(&name.value) => {
            let message = format!("`{}` cannot name a Rust type", name.value);
            let example = by_rule.map_or(String::new(), |n| format!(": `{n}`"));
            report.error("bad-name", name.pos, message, format!("PascalCase, ASCII{example}"));
            None
        }
        (Some(name), _) => Some(name.value.clone()),
        (None, by_rule) => by_rule,
    }
}

fn paging(p: &Paging) -> ir::Paging {
    let text = |t: &Option<At<String>>| t.as_ref().map(|t| t.value.clone());
    ir::Paging {
        offset: p.offset,
        ask: p.ask.value.clone(),
        answer: text(&p.answer),
        items: p.items.value.clone(),
        more: text(&p.more),
        end: text(&p.end),
        limit: text(&p.limit),
    }
}

fn lower_events(file: &EventFile, types: &mut Types<'_>) -> ir::EventModule {
    let scope = event_scope(&file.module.value);
    types.begin(&scope);
    // The enum over the file's events has a name that no type may take.
    if let Some(name) = names::type_name(&file.module.value) {
        types.reserve(&scope, &format!("{name}Event"), file.module.pos);
    }
    let mut events = Vec::new();
    for e in &file.events {
        let by_rule = names::type_name(&e.key.value);
        let Some(rust) = type_name(&e.name, by_rule, &e.key, types.report) else { continue };
        let ty = types.add_struct(&scope, &rust, e.key.pos, |types, owner| {
            let own: BTreeSet<&str> = e.object.fields.iter().map(|f| f.wire.value.as_str()).collect();
            let mut fields = Vec::new();
            for group in &file.common {
                if let Some((_, list)) = file.groups.iter().find(|(g, _)| g.value == group.value) {
                    let kept = list.iter().filter(|f| !own.contains(f.wire.value.as_str()));
                    fields.extend(types.fields(owner, kept, ir::Place::Body));
                }
            }
            fields.extend(types.fields(owner, &e.object.fields, ir::Place::Body));
            let unions = types.union_fields(owner, &e.object.unions, &fields);
            ir::Struct { fields, unions, file: false, choices: types::choices(&[&e.object]) }
        });
        types.root(ty, false);
        let (reply, reply_type) = match &e.reply {
            None => ("none".to_owned(), None),
            Some(Reply::Word(word)) => (word.clone(), None),
            Some(Reply::Type(expr)) => (expr.value.to_string(), types.sent(expr)),
        };
        events.push(ir::Event {
            key: e.key.value.clone(),
            title: e.title.value.clone(),
            rust,
            matches: e.matches.iter().map(|(k, v)| (k.value.clone(), v.clone())).collect(),
            modes: e.modes.iter().map(|m| m.value).collect(),
            source: sources(&e.source),
            status: e.status,
            doc: lines(&e.doc),
            permission: permission(&e.permission, &e.grants, types.grants),
            reply,
            reply_type,
            ty,
        });
    }
    for def in &file.types {
        types.define(&scope, def);
    }
    ir::EventModule {
        name: file.module.value.clone(),
        spec: file.path.clone(),
        title: file.title.value.clone(),
        doc: lines(&file.doc),
        transport: file.transport.value.clone(),
        events,
        types: types.end(),
    }
}

/// Methods of one handle must differ: those of endpoints, and those that lead to the modules within.
fn check_methods(modules: &BTreeMap<String, ir::Module>, spec: &Spec, report: &mut Report) {
    let mut leads: BTreeSet<(ir::Auth, &str)> = BTreeSet::new();
    for module in modules.values() {
        for e in module.parts.iter().flat_map(|p| &p.endpoints) {
            leads.extend(
                names::above(&module.name).skip(1).chain([module.name.as_str()]).map(|m| (e.auth, m)),
            );
        }
    }
    for module in modules.values() {
        let mut seen: HashMap<(ir::Auth, &str), &str> = HashMap::new();
        for e in module.parts.iter().flat_map(|p| &p.endpoints) {
            let within = format!("{}::{}", module.name, e.call);
            let within =
                leads.get(&(e.auth, within.as_str())).map(|(_, m)| format!("module `{}`", names::dotted(m)));
            let other = seen.insert((e.auth, &e.call), &e.path).map(str::to_owned).or(within);
            if let Some(other) = other {
                let mut all = spec.parts.iter().flat_map(|p| &p.endpoints);
                let pos = all.find(|x| x.path.value == e.path).map_or(Pos::default(), |x| x.path.pos);
                let message = format!("{} and {other} both give the method `{}`", e.path, e.call);
                report.error("name-collision", pos, message, "give one of them a `name`");
            }
        }
    }
}
