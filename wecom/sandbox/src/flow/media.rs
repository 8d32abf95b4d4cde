//! Files.

use serde_json::json;

use crate::call::{Call, Flow, Outcome, Reply, Upload, ok};
use crate::refuse::{Refusal, refuse};
use crate::state::{Media, State};

/// What one download gives at most.
const DOWNLOAD: usize = 20 * 1024 * 1024;

pub(super) fn find(name: &str) -> Option<Flow> {
    Some(match name {
        "upload" => upload,
        "upload_attachment" => upload_attachment,
        "uploadimg" => upload_img,
        "get" => get,
        "get/jssdk" => get_voice,
        "upload_by_url" => by_url,
        "get_upload_by_url_result" => by_url_result,
        _ => return None,
    })
}

/// The file that was sent, within the limits of its kind.
pub(super) fn sent(call: &Call<'_>, kind: &str) -> Result<Upload, Refusal> {
    let Some(upload) = call.upload else { return refuse(44001, "no file in the body") };
    let most = match kind {
        "image" | "video" => 10 << 20,
        "voice" => 2 << 20,
        _ => 20 << 20,
    };
    if upload.bytes.len() > most {
        return refuse(45001, format!("{} bytes, a {kind} has {most} at most", upload.bytes.len()));
    }
    Ok(upload.clone())
}

fn media(state: &State, call: &Call<'_>, kind: &str, upload: Upload) -> Media {
    Media {
        kind: kind.to_owned(),
        name: upload.name.unwrap_or_default(),
        content_type: upload.content_type,
        bytes: upload.bytes,
        created: state.now(),
        owner: call.who.corp.clone(),
    }
}

/// Keeps the file under a media_id.
pub(super) fn keep(state: &mut State, call: &Call<'_>, kind: &str) -> Result<(String, i64), Refusal> {
    let media = media(state, call, kind, sent(call, kind)?);
    let created = media.created;
    Ok((state.keep(media), created))
}

pub(super) fn upload(state: &mut State, call: &Call<'_>) -> Outcome {
    let kind = call.text("type");
    let (id, created) = keep(state, call, &kind)?;
    ok(json!({ "type": kind, "media_id": id, "created_at": created.to_string() }))
}

fn upload_attachment(state: &mut State, call: &Call<'_>) -> Outcome {
    let kind = call.text("media_type");
    if call.text("attachment_type") == "2" && kind != "image"
        || kind == "file" && call.text("attachment_type") == "1"
    {
        return refuse(41072, format!("attachment_type {} takes no {kind}", call.text("attachment_type")));
    }
    let (id, created) = keep(state, call, &kind)?;
    ok(json!({ "type": kind, "media_id": id, "created_at": created }))
}

fn upload_img(state: &mut State, call: &Call<'_>) -> Outcome {
    let id = state.ids.text(32);
    let image = media(state, call, "image", sent(call, "image")?);
    state.images.insert(id.clone(), image);
    ok(json!({ "url": format!("{}/sandbox/images/{id}", call.base) }))
}

fn get(state: &mut State, call: &Call<'_>) -> Outcome {
    let media = state.file(&call.who.corp, &call.text("media_id"))?;
    if media.bytes.len() > DOWNLOAD && call.range.is_none() {
        return refuse(830002, "more than 20 MB needs Range");
    }
    Ok(Reply::File(media.clone()))
}

fn get_voice(state: &mut State, call: &Call<'_>) -> Outcome {
    let media = state.file(&call.who.corp, &call.text("media_id"))?;
    Ok(Reply::File(Media { content_type: "voice/speex".into(), ..media.clone() }))
}

/// The job is finished at once; the URL is not fetched, the file holds the URL itself.
fn by_url(state: &mut State, call: &Call<'_>) -> Outcome {
    let upload = Upload {
        part: String::new(),
        name: Some(call.text("filename")),
        content_type: "application/octet-stream".into(),
        bytes: call.text("url").into_bytes().into(),
    };
    let media = media(state, call, &call.text("type"), upload);
    let id = state.keep(media);
    let job = state.ids.text(32);
    state.corp(call.who)?.jobs.insert(job.clone(), id);
    ok(json!({ "jobid": job }))
}

fn by_url_result(state: &mut State, call: &Call<'_>) -> Outcome {
    let Some(id) = state.corp(call.who)?.jobs.get(&call.text("jobid")).cloned() else {
        return refuse(40058, "no jobid like this was given out");
    };
    let created = state.file(&call.who.corp, &id)?.created.to_string();
    ok(json!({
        "status": 2, "detail": { "errcode": 0, "errmsg": "ok", "media_id": id, "created_at": created },
    }))
}
