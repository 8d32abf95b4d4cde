//! Files on their way up, at once or in blocks.

use std::collections::BTreeMap;

use axum::body::Bytes;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::{Drive, File, PLAIN};
use crate::call::{Call, Flow, Outcome, ok};
use crate::refuse::{Refusal, refuse};
use crate::state::State;

/// Bytes of all blocks but the last.
const BLOCK: usize = 2 << 20;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "file_upload" => upload,
        "file_upload_init" => init,
        "file_upload_part" => part,
        "file_upload_finish" => finish,
        _ => return None,
    })
}

/// A file that comes in blocks.
#[derive(Debug)]
pub(super) struct Upload {
    agent: i64,
    name: String,
    space: String,
    father: String,
    size: usize,
    /// The last is that of the whole file.
    sha: Vec<String>,
    parts: BTreeMap<usize, Bytes>,
}

/// Where a file goes. The place of a selectedTicket is known to no sandbox.
fn place(drive: &mut Drive, call: &Call<'_>) -> Result<(String, String), Refusal> {
    let (space, father) = (call.text("spaceid"), call.text("fatherid"));
    if space.is_empty() && !call.text("selected_ticket").is_empty() {
        return refuse(640027, "the sandbox gives out no selectedTicket");
    }
    drive.folder(call, &space, &father)?;
    Ok((space, father))
}

fn content(call: &Call<'_>) -> Result<Bytes, Refusal> {
    match STANDARD.decode(call.text("file_base64_content")) {
        Ok(bytes) => Ok(bytes.into()),
        Err(_) => refuse(640022, "file_base64_content is not base64"),
    }
}

fn named(call: &Call<'_>) -> Result<String, Refusal> {
    match call.text("file_name") {
        name if name.is_empty() || name.contains(['/', '\\']) => refuse(640009, format!("the name {name:?}")),
        name => Ok(name),
    }
}

fn upload(state: &mut State, call: &Call<'_>) -> Outcome {
    let (now, id) = (state.now(), format!("f.{}", state.ids.text(24)));
    let drive = &mut state.corp(call.who)?.drive;
    let (name, (space, father)) = (named(call)?, place(drive, call)?);
    let file = File::new(drive.free_name(&father, &name), space, father, PLAIN, content(call)?, now);
    drive.files.insert(id.clone(), file);
    ok(json!({ "fileid": id }))
}

/// A file that the drive has already needs no blocks.
fn init(state: &mut State, call: &Call<'_>) -> Outcome {
    let (now, id, key) = (state.now(), format!("f.{}", state.ids.text(24)), state.ids.text(64));
    let drive = &mut state.corp(call.who)?.drive;
    let (name, (space, father)) = (named(call)?, place(drive, call)?);
    let sha = call.list("block_sha");
    let size = call.int("size").and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    if sha.len() != size.div_ceil(BLOCK) {
        return refuse(
            640039,
            format!("{size} bytes are {} blocks, not {}", size.div_ceil(BLOCK), sha.len()),
        );
    }
    let have = drive.files.values().find(|f| f.bytes.len() == size && sha.last() == Some(&f.sha));
    if let Some(bytes) = have.map(|f| f.bytes.clone()) {
        let file = File::new(drive.free_name(&father, &name), space, father, PLAIN, bytes, now);
        drive.files.insert(id.clone(), file);
        return ok(json!({ "hit_exist": true, "fileid": id }));
    }
    let upload = Upload { agent: call.who.agent, name, space, father, size, sha, parts: BTreeMap::new() };
    drive.uploads.insert(key.clone(), upload);
    ok(json!({ "hit_exist": false, "upload_key": key }))
}

fn begun<'d>(drive: &'d mut Drive, call: &Call<'_>) -> Result<&'d mut Upload, Refusal> {
    let agent = call.who.agent;
    match drive.uploads.get_mut(&call.text("upload_key")).filter(|u| u.agent == agent) {
        Some(upload) => Ok(upload),
        None => refuse(640048, "no upload with this upload_key is open"),
    }
}

fn part(state: &mut State, call: &Call<'_>) -> Outcome {
    let bytes = content(call)?;
    let upload = begun(&mut state.corp(call.who)?.drive, call)?;
    let index = call.int("index").and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let due = match index {
        i if i == 0 || i > upload.sha.len() => {
            return refuse(640027, format!("index {i} of {} blocks", upload.sha.len()));
        }
        i if i == upload.sha.len() => upload.size - (i - 1) * BLOCK,
        _ => BLOCK,
    };
    if bytes.len() != due {
        return refuse(640048, format!("block {index} has {} bytes instead of {due}", bytes.len()));
    }
    upload.parts.insert(index, bytes);
    ok(json!({}))
}

fn finish(state: &mut State, call: &Call<'_>) -> Outcome {
    let (now, id) = (state.now(), format!("f.{}", state.ids.text(24)));
    let drive = &mut state.corp(call.who)?.drive;
    let upload = begun(drive, call)?;
    if upload.parts.len() != upload.sha.len() {
        return refuse(640048, format!("{} of {} blocks came", upload.parts.len(), upload.sha.len()));
    }
    let bytes: Vec<u8> = upload.parts.values().flatten().copied().collect();
    let (name, space, father) = (upload.name.clone(), upload.space.clone(), upload.father.clone());
    let sha = upload.sha.last().cloned().unwrap_or_default();
    let file = File::new(drive.free_name(&father, &name), space, father, PLAIN, bytes.into(), now);
    if file.sha != sha {
        return refuse(640048, format!("the file's sha1 is {}, the last of block_sha is {sha}", file.sha));
    }
    drive.files.insert(id.clone(), file);
    drive.uploads.remove(&call.text("upload_key"));
    ok(json!({ "fileid": id }))
}
