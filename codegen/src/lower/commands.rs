//! Frames of long connections.

use super::texts::{lines, permission, rate, sources};
use super::types::{Owner, Types, choices};
use crate::ir::{self, TypeId};
use crate::model::*;
use crate::names;
use crate::source::Pos;

/// The commands of a file; their types are added to the part in hand.
pub(super) fn lower(part: &Part, module: &str, types: &mut Types<'_>) {
    for c in &part.commands {
        let Some(rust) = c
            .name
            .as_ref()
            .map(|n| n.value.clone())
            .or_else(|| names::of_command(&part.module.value, &c.key.value))
        else {
            let message = format!("no Rust name can be made of `{}`", c.key.value);
            types.report.error("bad-name", c.key.pos, message, "give it one: `name: …`");
            continue;
        };
        let request = match &c.request {
            // What is pushed has the bodies of its events.
            CommandBody::None if c.pushed => None,
            CommandBody::None => Some(object(module, &rust, c.key.pos, &Object::default(), types)),
            CommandBody::Whole(expr) => types.sent(expr),
            CommandBody::Object(o) => Some(object(module, &rust, c.key.pos, o, types)),
        };
        if let (Some(id), false) = (request, matches!(c.request, CommandBody::Whole(_))) {
            types.root(id, true);
            types.describe(id, about(c));
        }
        let response = c.response.as_ref().map(|o| {
            let id = object(module, &format!("{rust}Response"), c.key.pos, o, types);
            types.root(id, false);
            types.describe(id, vec![format!("{}的返回。", c.title.value)]);
            id
        });
        types.commands.push(ir::Command {
            module: module.to_owned(),
            key: c.key.value.clone(),
            title: c.title.value.clone(),
            rust,
            pushed: c.pushed,
            modes: c.modes.iter().map(|m| m.value).collect(),
            source: sources(&c.source),
            status: c.status,
            repeat: c.repeat,
            doc: lines(&c.doc),
            permission: permission(&c.permission, &c.grants, types.grants),
            rate: c.rate.iter().map(rate).collect(),
            errors: c.errors.iter().map(|(c, t)| (c.value, t.value.clone())).collect(),
            events: c.events.as_ref().map(|e| e.value.clone()),
            request,
            response,
        });
    }
}

fn object(module: &str, rust: &str, pos: Pos, o: &Object, types: &mut Types<'_>) -> TypeId {
    types.add_struct(module, rust, pos, |types, owner: Owner<'_>| {
        let fields = types.fields(owner, &o.fields, ir::Place::Body);
        let unions = types.union_fields(owner, &o.unions, &fields);
        ir::Struct { fields, unions, file: false, choices: choices(&[o]) }
    })
}

/// Title, word, text.
fn about(c: &Command) -> Vec<String> {
    let mut out = vec![c.title.value.clone(), String::new(), format!("长连接的命令 `{}`。", c.key.value)];
    let doc = lines(&c.doc);
    if !doc.is_empty() {
        out.push(String::new());
        out.extend(doc);
    }
    out
}
