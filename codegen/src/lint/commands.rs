//! Rules about frames of long connections.

use std::collections::HashMap;

use super::entry::{doc_text, draft, duplicates, error_codes, rates, sources, texts};
use super::fields;
use crate::model::*;
use crate::names;
use crate::source::{Pos, Report};

pub(super) fn commands(part: &Part, spec: &Spec, codes: &HashMap<i64, bool>, report: &mut Report) {
    let mut seen: HashMap<&str, Pos> = HashMap::new();
    for c in spec.parts.iter().flat_map(|p| &p.commands) {
        // Said once, in the file that comes second.
        if let Some(first) = seen.insert(&c.key.value, c.key.pos)
            && part.commands.iter().any(|own| own.key.pos == c.key.pos)
        {
            let message =
                format!("command `{}` is described twice; the other is on line {}", c.key.value, first.line);
            report.error("duplicate-command", c.key.pos, message, "keep one of them");
        }
    }
    for c in &part.commands {
        command(c, part, spec, codes, report);
    }
}

fn command(c: &Command, part: &Part, spec: &Spec, codes: &HashMap<i64, bool>, report: &mut Report) {
    draft(c.draft, &c.key.value, report);
    if !names::is_field_name(&c.key.value) {
        let message = format!("`{}` is not a command", c.key.value);
        report.error(
            "command",
            c.key.pos,
            message,
            "write the frame's `cmd`: lower case, words joined by `_`",
        );
    }
    if let Some(name) = &c.name
        && names::of_command(&part.module.value, &c.key.value)
            .is_some_and(|by_rule| !names::same_letters(&name.value, &by_rule))
    {
        let message = format!("`{}` is another name than the rule's", name.value);
        report.error("name-override", name.pos, message, "an override may change case and word breaks only");
    }
    if c.modes.is_empty() {
        let help = "add `modes: [internal]`, whichever trees have the page";
        report.error("modes", c.key.pos, "`modes` is missing: who may use it?", help);
    }
    duplicates("modes", c.modes.iter().map(|m| (format!("{:?}", m.value), m.pos)), report);
    if c.source.is_empty() && c.status == Status::Current {
        let help = "add `source: [{page: …, updated: …}]`, or say `status: retired`";
        report.error("source", c.key.pos, "a current command without an official page", help);
    }
    sources(&c.source, report);
    texts(&[&c.doc, &c.permission], report);
    doc_text(&Some(c.title.clone()), report);
    error_codes(&c.errors, codes, report);
    rates(&c.rate, report);
    direction(c, spec, report);
    if let CommandBody::Object(o) = &c.request {
        fields::object(o, report);
    }
    c.response.iter().for_each(|o| fields::object(o, report));
}

/// What the server sends is one of a module's events; what the client sends has a body of its own.
fn direction(c: &Command, spec: &Spec, report: &mut Report) {
    if let Some(module) = &c.events {
        let known: Vec<&str> = spec.events.iter().map(|f| f.module.value.as_str()).collect();
        if !known.contains(&module.value.as_str()) {
            let message = format!("there is no module of events `{}`", module.value);
            report.error("command", module.pos, message, crate::schema::propose(&module.value, &known));
        }
    }
    let body = !matches!(c.request, CommandBody::None) || c.response.is_some();
    if c.pushed && body {
        let help = "remove them; `events` names the module that describes its body";
        report.error("command", c.key.pos, "a command from the server has `request` or `response`", help);
    }
    if c.pushed != c.events.is_some() {
        let (message, help) = match c.pushed {
            true => (
                "a command from the server without `events`",
                "name the module of its bodies: `events: robot`",
            ),
            false => ("a command of the client with `events`", "add `from: server`, or remove `events`"),
        };
        report.error("command", c.key.pos, message, help);
    }
}
