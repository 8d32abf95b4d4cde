//! Documents as such.

use serde_json::{Value, json};

use super::{Document, SMARTSHEET, Sheet, document};
use crate::call::{Call, Flow, Outcome, object, ok};
use crate::refuse::{Refusal, refuse};
use crate::state::State;

/// Characters of a name; more are cut.
const NAME: usize = 255;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "create_doc" => create,
        "rename_doc" => rename,
        "del_doc" => del,
        "get_doc_base_info" => info,
        "doc_share" => share,
        _ => return None,
    })
}

fn url(id: &str) -> String {
    format!("https://doc.weixin.qq.com/doc/{id}")
}

/// A new smart table has a sheet with one field of text and one view.
fn create(state: &mut State, call: &Call<'_>) -> Outcome {
    let now = state.now();
    let [id, sheet, field, view] = [40, 6, 6, 6].map(|n| state.ids.text(n));
    let kind = call.int("doc_type").unwrap_or(0);
    let corp = state.corp(call.who)?;
    for user in call.list("admin_users") {
        corp.member(&user)?;
    }
    let space = call.text("spaceid");
    if !space.is_empty() {
        corp.drive.folder(call, &space, &call.text("fatherid"))?;
    }
    let mut sheets = Vec::new();
    if kind == SMARTSHEET {
        let mut first = Sheet::new(sheet, "智能表1".into());
        let text = json!({ "field_id": field, "field_title": "文本", "field_type": "FIELD_TYPE_TEXT" });
        let grid = json!({ "view_id": view, "view_title": "表格视图1", "view_type": "VIEW_TYPE_GRID" });
        first.fields.push(object(text));
        first.views.push(object(grid));
        sheets.push(first);
    }
    let name: String = call.text("doc_name").chars().take(NAME).collect();
    let document = Document { agent: call.who.agent, name, kind, created: now, modified: now, sheets };
    corp.documents.0.insert(id.clone(), document);
    ok(json!({ "docid": id, "url": url(&id) }))
}

/// Collect forms have no flow: a call about one is answered from the spec.
fn form(call: &Call<'_>) -> Result<bool, Refusal> {
    let (doc, form) = (call.text("docid"), call.text("formid"));
    match (doc.is_empty(), form.is_empty()) {
        (true, true) | (false, false) => refuse(40058, "one of docid and formid is needed"),
        (doc, _) => Ok(doc),
    }
}

fn rename(state: &mut State, call: &Call<'_>) -> Outcome {
    let now = state.now();
    if !form(call)? {
        let document = document(state, call)?;
        document.name = call.text("new_name").chars().take(NAME).collect();
        document.modified = now;
    }
    ok(json!({}))
}

fn del(state: &mut State, call: &Call<'_>) -> Outcome {
    if !form(call)? {
        document(state, call)?;
        state.corp(call.who)?.documents.0.remove(&call.text("docid"));
    }
    ok(json!({}))
}

fn info(state: &mut State, call: &Call<'_>) -> Outcome {
    let d = document(state, call)?;
    let info: Value = json!({
        "docid": call.text("docid"), "doc_name": d.name, "create_time": d.created, "modify_time": d.modified, "doc_type": d.kind,
    });
    ok(json!({ "doc_base_info": info }))
}

fn share(state: &mut State, call: &Call<'_>) -> Outcome {
    if form(call)? {
        return ok(
            json!({ "share_url": format!("https://doc.weixin.qq.com/forms/{}", call.text("formid")) }),
        );
    }
    document(state, call)?;
    ok(json!({ "share_url": url(&call.text("docid")) }))
}
