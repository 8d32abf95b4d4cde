//! Files: up, down, in parts.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use common::World;
use serde_json::{Value, json};
use wecom_sandbox::{Body, Sandbox};

async fn upload(world: &World, path: &str, content_type: &str, body: Vec<u8>) -> Value {
    let request = world.http.post(world.url(path)).header("content-type", content_type).body(body);
    serde_json::from_str(&request.send().await.unwrap().text().await.unwrap()).unwrap()
}

/// A form with one file, written by hand so that the header is as wanted.
fn form(disposition: &str, bytes: &[u8]) -> Vec<u8> {
    let mut body =
        format!("--b\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: image/png\r\n\r\n")
            .into_bytes();
    body.extend(bytes);
    body.extend(b"\r\n--b--\r\n");
    body
}

const FORM: &str = "multipart/form-data; boundary=b";
const FILE: &str = "name=\"media\"; filename=\"图片.png\"; filelength=10";

#[tokio::test]
async fn refused() {
    let world = World::app().await;
    let cases = [
        ("/cgi-bin/media/upload?type=image", FORM, form(FILE, b""), 44001),
        ("/cgi-bin/media/upload?type=image", FORM, form(FILE, b"12345"), 40006),
        ("/cgi-bin/media/upload?type=song", FORM, form(FILE, b"1234567890"), 40005),
        ("/cgi-bin/media/upload", FORM, form(FILE, b"1234567890"), 40058),
        ("/cgi-bin/media/upload?type=voice", FORM, form(FILE, &vec![0; (2 << 20) + 1]), 45001),
        ("/cgi-bin/media/upload?type=file", FORM, form(FILE, &vec![0; (20 << 20) + 1]), 45001),
        (
            "/cgi-bin/media/upload?type=image",
            FORM,
            form("name=\"file\"; filename=\"a\"", b"1234567890"),
            44001,
        ),
        ("/cgi-bin/media/upload?type=image", FORM, form("name=\"media\"", b"1234567890"), 44001),
        (
            "/cgi-bin/media/upload?type=image",
            FORM,
            form("name=\"media\"; filename*=utf-8''%E5%9B%BE.png", b"1234567890"),
            44001,
        ),
        ("/cgi-bin/media/upload?type=image", "multipart/form-data", form(FILE, b"1234567890"), 44001),
        ("/cgi-bin/media/upload?type=image", FORM, b"nonsense".to_vec(), 44001),
        (
            "/cgi-bin/media/upload_attachment?media_type=file&attachment_type=2",
            FORM,
            form(FILE, b"1234567890"),
            41072,
        ),
    ];
    for (path, content_type, body, code) in cases {
        let answer = upload(&world, path, content_type, body).await;
        assert_eq!(answer["errcode"], code, "{path}: {answer}");
    }
}

#[tokio::test]
async fn up_and_down() {
    let mut world = World::app().await;
    let answer = upload(&world, "/cgi-bin/media/upload?type=image", FORM, form(FILE, b"0123456789")).await;
    world.conforms("/cgi-bin/media/upload", &answer);
    assert!(answer["created_at"].is_string());
    let id = answer["media_id"].as_str().unwrap().to_owned();
    let calls = world.sandbox.requests_to("/cgi-bin/media/upload");
    match &calls[0].body {
        Body::Parts(parts) => {
            assert_eq!((parts[0].file_name.as_deref(), parts[0].len), (Some("图片.png"), 10));
        }
        other => panic!("{other:?}"),
    }

    let get = format!("/cgi-bin/media/get?media_id={id}");
    let cases = [
        (None, 200, "0123456789", None),
        (Some("bytes=0-3"), 206, "0123", Some("bytes 0-3/10")),
        (Some("bytes=4-"), 206, "456789", Some("bytes 4-9/10")),
        (Some("bytes=-2"), 206, "89", Some("bytes 8-9/10")),
        (Some("bytes=8-99"), 206, "89", Some("bytes 8-9/10")),
    ];
    for (range, status, text, content_range) in cases {
        let mut request = world.http.get(world.url(&get));
        if let Some(range) = range {
            request = request.header("range", range);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{range:?}");
        let header = |name: &str| response.headers().get(name).map(|v| v.as_bytes().to_vec());
        assert_eq!(header("content-range"), content_range.map(|r: &str| r.as_bytes().to_vec()));
        assert_eq!(header("content-disposition").unwrap(), "attachment; filename=\"图片.png\"".as_bytes());
        assert_eq!(header("content-type").unwrap(), b"image/png");
        assert_eq!(response.text().await.unwrap(), text);
    }
    for range in ["bytes=10-", "bytes=5-2", "bytes=x", "lines=1-2"] {
        let response = world.http.get(world.url(&get)).header("range", range).send().await.unwrap();
        assert_eq!(response.headers()["error-code"], "830002", "{range}");
    }

    let image = |id: &str| json!({ "touser": "zhangsan", "msgtype": "image", "agentid": Sandbox::AGENT_ID, "image": { "media_id": id } });
    world.call("POST /cgi-bin/message/send", image(&id), 0, json!({})).await;
    let file = json!({ "touser": "zhangsan", "msgtype": "file", "agentid": Sandbox::AGENT_ID, "file": { "media_id": id } });
    world.call("POST /cgi-bin/message/send", file, 40007, json!({})).await;
    world.call("POST /cgi-bin/batch/syncuser", json!({ "media_id": id }), 0, json!({})).await;
    world.sandbox.advance(std::time::Duration::from_secs(3 * 24 * 3600));
    world.sign_in(Sandbox::SECRET).await;
    world.call("POST /cgi-bin/message/send", image(&id), 40007, json!({})).await;
}

#[tokio::test]
async fn images_and_jobs() {
    let world = World::app().await;
    let answer = upload(&world, "/cgi-bin/media/uploadimg", FORM, form(FILE, b"0123456789")).await;
    let url = answer["url"].as_str().unwrap();
    assert_eq!(world.http.get(url).send().await.unwrap().text().await.unwrap(), "0123456789");

    let attachment = "/cgi-bin/media/upload_attachment?media_type=image&attachment_type=1";
    let answer = upload(&world, attachment, FORM, form(FILE, b"0123456789")).await;
    assert!(answer["created_at"].is_number(), "{answer}");

    let job = json!({ "scene": 1, "type": "file", "filename": "a.txt", "url": "https://example.com/a.txt", "md5": "x" });
    let job = world.call("POST /cgi-bin/media/upload_by_url", job, 0, json!({})).await;
    let path = "POST /cgi-bin/media/get_upload_by_url_result";
    let done = world.call(path, json!({ "jobid": job["jobid"] }), 0, json!({ "status": 2 })).await;
    let get = format!("/cgi-bin/media/get?media_id={}", done["detail"]["media_id"].as_str().unwrap());
    assert_eq!(world.http.get(world.url(&get)).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_robots_files_are_its_own() {
    let mut world = World::with(Sandbox::builder().robot("other")).await;
    world.auth = format!("key={}", Sandbox::WEBHOOK_KEY);
    let answer =
        upload(&world, "/cgi-bin/webhook/upload_media?type=file", FORM, form(FILE, b"0123456789")).await;
    let body = json!({ "msgtype": "file", "file": { "media_id": answer["media_id"] } });
    world.call("POST /cgi-bin/webhook/send", body.clone(), 0, json!({})).await;
    world.auth = "key=other".into();
    world.call("POST /cgi-bin/webhook/send", body, 40007, json!({})).await;
}
