//! An event as its pages describe it → its entry of the spec.

use crate::docs::model::{Assumption, Event};
use crate::docs::read::text;
use crate::docs::write::endpoint;
use crate::docs::write::node::{list, map, mode_word, plain, set, text};
use crate::docs::write::remarks;
use crate::yaml::Node;

pub(crate) fn entry(event: &Event, notes: &mut Vec<Assumption>) -> Node {
    let mut out = map();
    set(&mut out, "title", text(endpoint::title(&event.title)));
    let mut tags = map();
    for (k, v) in &event.matches {
        set(&mut tags, k, text(v));
    }
    set(&mut out, "match", tags);
    set(&mut out, "modes", list(event.modes.iter().map(|m| plain(mode_word(*m))).collect()));
    set(&mut out, "source", endpoint::sources(&event.pages, &event.digests));
    set(&mut out, "draft", plain("true"));
    let doc = text::prose(&event.doc.join("\n"));
    if !doc.is_empty() {
        set(&mut out, "doc", text(doc));
    }
    let permission = text::prose(&event.permission.join("\n"));
    if !permission.is_empty() {
        set(&mut out, "permission", text(permission));
    }
    endpoint::answer(&event.fields, notes, &mut out);
    remarks::of_event(event, notes, &mut out);
    out
}
