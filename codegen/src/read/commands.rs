//! Entries of `commands`.

use super::entries::Entries;
use super::entry::{at, departures, draft, error_texts, rates, sources, status};
use super::fields::object;
use crate::model::*;
use crate::schema;
use crate::source::Report;
use crate::yaml::Node;

pub(super) fn command(key: &Node, node: &Node, report: &mut Report) -> Option<Command> {
    let what = format!("command `{}`", key.text().unwrap_or_default());
    let mut e = Entries::new(node, what, schema::COMMAND, report)?;
    let title = e.need("title");
    let pushed = e.word("from", &[("client", false), ("server", true)]).is_some_and(|w| w.value);
    let request = e.get("request").map_or(CommandBody::None, |n| body(n, e.report));
    let response = e.get("response").and_then(|n| {
        let keys = schema::COMMAND_BODY.iter().copied().filter(|k| *k != "type").collect::<Vec<_>>();
        Entries::new(n, "`response`", &keys, e.report).map(|mut b| object(&mut b))
    });
    Some(Command {
        key: at(key),
        title: title?,
        name: e.text("name"),
        pushed,
        modes: e.modes(),
        source: sources(&mut e),
        status: status(&mut e),
        doc: e.text("doc"),
        grants: e.words("grants"),
        permission: e.text("permission"),
        rate: rates(&mut e),
        repeat: e.boolean("repeat").unwrap_or(false),
        errors: error_texts(&mut e),
        events: e.text("events"),
        request,
        response,
        departures: departures(&mut e),
        draft: draft(&mut e),
    })
}

fn body(node: &Node, report: &mut Report) -> CommandBody {
    let Some(mut e) = Entries::new(node, "`request`", schema::COMMAND_BODY, report) else {
        return CommandBody::None;
    };
    match e.get("type").is_some() {
        true => {
            for key in schema::COMMAND_BODY.iter().filter(|k| **k != "type") {
                if let Some(other) = e.get(key) {
                    let message = format!("`request` has `type` and `{key}`");
                    e.report.error("body-kind", other.pos, message, "keep one of them");
                }
            }
            e.types("type").map_or(CommandBody::None, CommandBody::Whole)
        }
        false => CommandBody::Object(object(&mut e)),
    }
}
