//! Files.

use axum::body::Bytes;
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use super::{Drive, FOLDER, File, Link, PLAIN};
use crate::call::{Call, Flow, Outcome, ok};
use crate::refuse::{Refusal, refuse};
use crate::state::State;

/// Seconds that a link is good.
const LINK_SECONDS: i64 = 2 * 3600;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "file_create" => create,
        "file_info" => info,
        "file_list" => list,
        "file_rename" => rename,
        "file_move" => move_files,
        "file_delete" => delete,
        "file_download" => download,
        "file_share" => share,
        _ => return None,
    })
}

impl File {
    pub(super) fn new(
        name: String,
        space: String,
        father: String,
        kind: i64,
        bytes: Bytes,
        now: i64,
    ) -> Self {
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let (sha, md5) = (hex(&Sha1::digest(&bytes)), hex(&crate::md5::digest(&bytes)));
        File { name, space, father, kind, bytes, sha, md5, created: now, modified: now }
    }

    fn shown(&self, id: &str) -> Value {
        let mut fields = json!({
            "fileid": id, "file_name": self.name, "spaceid": self.space, "fatherid": self.father,
            "file_size": self.bytes.len(), "ctime": self.created, "mtime": self.modified, "file_type": self.kind,
            "file_status": 1, "sha": self.sha, "md5": self.md5,
        });
        if self.kind > PLAIN {
            fields["url"] = json!(url(id));
        }
        fields
    }
}

fn url(id: &str) -> String {
    format!("https://doc.weixin.qq.com/doc/{id}")
}

fn create(state: &mut State, call: &Call<'_>) -> Outcome {
    let (now, id) = (state.now(), format!("f.{}", state.ids.text(24)));
    let (space, father, kind) =
        (call.text("spaceid"), call.text("fatherid"), call.int("file_type").unwrap_or(0));
    let drive = &mut state.corp(call.who)?.drive;
    drive.folder(call, &space, &father)?;
    if call.text("file_name").is_empty() {
        return refuse(640009, "file_name is empty");
    }
    let name = drive.free_name(&father, &call.text("file_name"));
    drive.files.insert(id.clone(), File::new(name, space, father, kind, Bytes::new(), now));
    match kind {
        FOLDER => ok(json!({ "fileid": id })),
        _ => ok(json!({ "fileid": id, "url": url(&id) })),
    }
}

fn info(state: &mut State, call: &Call<'_>) -> Outcome {
    let id = call.text("fileid");
    let file = state.corp(call.who)?.drive.file(call, &id)?;
    ok(json!({ "file_info": file.shown(&id) }))
}

fn list(state: &mut State, call: &Call<'_>) -> Outcome {
    let (space, father) = (call.text("spaceid"), call.text("fatherid"));
    let drive = &mut state.corp(call.who)?.drive;
    drive.folder(call, &space, &father)?;
    let mut all: Vec<(&String, &File)> = drive.files.iter().filter(|(_, f)| f.father == father).collect();
    let sort = call.int("sort_type").unwrap_or(1);
    all.sort_by(|(_, a), (_, b)| match sort {
        3 | 4 => a.bytes.len().cmp(&b.bytes.len()),
        5 | 6 => a.modified.cmp(&b.modified),
        _ => a.name.cmp(&b.name),
    });
    if sort % 2 == 0 {
        all.reverse();
    }
    let size = |name: &str| call.int(name).and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    let (start, limit) = (size("start"), size("limit"));
    let page: Vec<Value> = all.iter().skip(start).take(limit).map(|(id, f)| f.shown(id)).collect();
    let next = start.saturating_add(page.len());
    ok(
        json!({ "has_more": next < all.len() && !page.is_empty(), "next_start": next, "file_list": { "item": page } }),
    )
}

fn rename(state: &mut State, call: &Call<'_>) -> Outcome {
    let (now, id, name) = (state.now(), call.text("fileid"), call.text("new_name"));
    let drive = &mut state.corp(call.who)?.drive;
    if name.is_empty() || name.contains(['/', '\\']) {
        return refuse(640009, format!("the name {name:?}"));
    }
    let father = drive.file(call, &id)?.father.clone();
    let free = drive.free_name(&father, &name);
    let file = drive.file(call, &id)?;
    if file.name != name {
        file.name = free;
    }
    file.modified = now;
    ok(json!({ "file": file.shown(&id) }))
}

/// Whether a folder is, or lies within, a file.
fn inside(drive: &Drive, folder: &str, file: &str) -> bool {
    let mut at = folder;
    while at != file {
        match drive.files.get(at) {
            Some(f) => at = &f.father,
            None => return false,
        }
    }
    true
}

fn move_files(state: &mut State, call: &Call<'_>) -> Outcome {
    let (father, ids) = (call.text("fatherid"), call.list("fileid"));
    let drive = &mut state.corp(call.who)?.drive;
    let space = drive.files.get(&father).map_or_else(|| father.clone(), |f| f.space.clone());
    if drive.folder(call, &space, &father).is_err() {
        return refuse(640021, format!("fatherid {father} is no folder"));
    }
    for id in &ids {
        drive.file(call, id)?;
        if inside(drive, &father, id) {
            return refuse(640021, format!("{father} lies within {id}"));
        }
    }
    let mut moved = Vec::new();
    for id in &ids {
        let name = drive.file(call, id)?.name.clone();
        if call.flag("replace") {
            let old =
                drive.files.iter().find(|(other, f)| *other != id && f.father == father && f.name == name);
            if let Some(old) = old.map(|(id, _)| id.clone()) {
                remove(drive, &old);
            }
        }
        let here = drive.file(call, id)?.father == father;
        let free = if here { name } else { drive.free_name(&father, &name) };
        let file = drive.file(call, id)?;
        (file.name, file.father, file.space) = (free, father.clone(), space.clone());
        moved.push(file.shown(id));
        within_follow(drive, id, &space);
    }
    ok(json!({ "file_list": { "item": moved } }))
}

/// What lies in a folder is of the folder's space.
fn within_follow(drive: &mut Drive, folder: &str, space: &str) {
    let children: Vec<String> =
        drive.files.iter().filter(|(_, f)| f.father == folder).map(|(id, _)| id.clone()).collect();
    for id in children {
        if let Some(file) = drive.files.get_mut(&id) {
            space.clone_into(&mut file.space);
        }
        within_follow(drive, &id, space);
    }
}

fn remove(drive: &mut Drive, id: &str) {
    let children: Vec<String> =
        drive.files.iter().filter(|(_, f)| f.father == id).map(|(id, _)| id.clone()).collect();
    drive.files.remove(id);
    drive.deleted.insert(id.to_owned());
    for child in children {
        remove(drive, &child);
    }
}

fn delete(state: &mut State, call: &Call<'_>) -> Outcome {
    let ids = call.list("fileid");
    let drive = &mut state.corp(call.who)?.drive;
    for id in &ids {
        drive.file(call, id)?;
    }
    ids.iter().for_each(|id| remove(drive, id));
    ok(json!({}))
}

fn plain<'d>(drive: &'d mut Drive, call: &Call<'_>) -> Result<&'d mut File, Refusal> {
    match drive.file(call, &call.text("fileid"))? {
        file if file.kind != PLAIN => refuse(640029, "only a plain file can be downloaded"),
        file => Ok(file),
    }
}

/// The link is the sandbox's own; it wants its cookie.
fn download(state: &mut State, call: &Call<'_>) -> Outcome {
    let (end, link, value) = (state.now() + LINK_SECONDS, state.ids.text(32), state.ids.text(32));
    let drive = &mut state.corp(call.who)?.drive;
    plain(drive, call)?;
    let cookie = format!("authcode={value}");
    drive.links.insert(link.clone(), Link { cookie, file: call.text("fileid"), end });
    ok(json!({
        "download_url": format!("{}/sandbox/files/{link}", call.base), "cookie_name": "authcode", "cookie_value": value,
    }))
}

fn share(state: &mut State, call: &Call<'_>) -> Outcome {
    let id = call.text("fileid");
    state.corp(call.who)?.drive.file(call, &id)?;
    ok(json!({ "share_url": format!("https://drive.weixin.qq.com/s?k={id}") }))
}
