//! Files up and down.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use common::{Reply, Server, errcode, json};
use serde_json::{Value, json};
use wecom::{
    Client, Download, Endpoint, EndpointInfo, Error, MediaFile, Method, Payload, TokenKind, TransportKind,
    token::kind,
};

#[derive(Debug, Clone)]
struct MediaUpload(MediaFile);

impl Endpoint for MediaUpload {
    type Auth = kind::AccessToken;
    type Response = Value;
    const INFO: &'static EndpointInfo =
        &EndpointInfo::new(Method::Post, "/cgi-bin/media/upload", TokenKind::AccessToken)
            .page(90253, "上传临时素材");

    fn encode(&self) -> Result<Payload, wecom::wire::Error> {
        Payload::file("media", &self.0).query("type", &"image")?.query("absent", &None::<bool>)
    }
}

#[derive(Debug, Clone)]
struct MediaGet;

impl Endpoint for MediaGet {
    type Auth = kind::AccessToken;
    type Response = Download;
    const INFO: &'static EndpointInfo =
        &EndpointInfo::new(Method::Get, "/cgi-bin/media/get", TokenKind::AccessToken)
            .page(90254, "获取临时素材")
            .repeat(true);

    fn encode(&self) -> Result<Payload, wecom::wire::Error> {
        Payload::none().query("media_id", &"M1")
    }
}

/// A folder of the test's own, removed at the end.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("wecom-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("reads");
        entries.map(|entry| entry.expect("reads").file_name().to_string_lossy().into_owned()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn uploads_arrive_whole_however_they_are_given() {
    let folder = Folder::new("upload");
    let path = folder.0.join("图片 一.png");
    let content: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
    std::fs::write(&path, &content).expect("writes");
    // The first answer is busy: the source is opened anew.
    let server = Server::with_tokens(|request| match request.number % 2 {
        1 => errcode(-1, "busy"),
        _ => json(json!({"errcode": 0, "media_id": "M1"})),
    })
    .await;
    let client = server.client().build().expect("builds");
    let streamed = content.clone();
    let sources = [
        MediaFile::from_bytes("图片 一.png", content.clone()),
        MediaFile::from_path(&path),
        MediaFile::from_stream("图片 一.png", content.len() as u64, move || {
            tokio_util::io::ReaderStream::new(std::io::Cursor::new(streamed.clone()))
        }),
    ];
    for upload in sources {
        let reported = Arc::new(AtomicU64::new(0));
        let report = Arc::clone(&reported);
        let upload = upload.with_progress(move |sent, total| {
            assert!(sent <= total);
            report.store(sent, Ordering::Relaxed);
        });
        let answer = client.send(MediaUpload(upload)).await.expect("uploads");
        assert_eq!(answer["media_id"], "M1");
        assert_eq!(reported.load(Ordering::Relaxed), content.len() as u64);
    }
    let requests = server.requests("/cgi-bin/media/upload");
    assert_eq!(requests.len(), 6);
    for request in requests {
        assert_eq!(request.query, "access_token=token-1&type=image");
        assert!(request.head.contains("content-type: multipart/form-data; boundary="), "{}", request.head);
        assert!(!request.head.contains("transfer-encoding"), "{}", request.head);
        let header = "Content-Disposition: form-data; name=\"media\"; filename=\"图片 一.png\"; filelength=200000\r\nContent-Type: image/png\r\n\r\n";
        let at = request
            .body
            .windows(header.len())
            .position(|window| window == header.as_bytes())
            .expect("the part");
        let start = at + header.len();
        assert_eq!(&request.body[start..start + content.len()], &content[..]);
    }
    let error = client
        .send(MediaUpload(MediaFile::from_path(folder.0.join("missing.png"))))
        .await
        .expect_err("no such file");
    assert!(matches!(&error, Error::Transport(e) if e.kind() == TransportKind::Request), "{error:?}");
    assert!(error.to_string().contains("missing.png"), "{error}");
}

fn picture(headers: &str, body: &[u8]) -> Reply {
    Reply::Http(200, headers.to_owned(), body.to_vec())
}

const ATTACHED: &str = "Content-Type: image/png\r\nContent-Disposition: attachment; filename=\"图.png\"\r\n";

#[tokio::test]
async fn downloads_as_bytes_pieces_and_files() {
    let server = Server::with_tokens(|_| picture(ATTACHED, b"0123456789")).await;
    let client = server.client().build().expect("builds");
    let file = client.send(MediaGet).await.expect("gets");
    assert_eq!(
        (file.file_name(), file.content_type(), file.content_length()),
        (Some("图.png"), "image/png", Some(10))
    );
    assert_eq!(&file.bytes().await.expect("reads")[..], b"0123456789");
    let folder = Folder::new("download");
    let path = folder.0.join("saved.png");
    std::fs::write(&path, "old").expect("writes");
    assert_eq!(client.send(MediaGet).await.expect("gets").save(&path).await.expect("saves"), 10);
    assert_eq!(
        (std::fs::read(&path).expect("reads"), folder.names()),
        (b"0123456789".to_vec(), vec!["saved.png".into()])
    );
    client.send(MediaGet).range(0, Some(1)).range(2, Some(5)).await.expect("gets");
    let head = server.requests("/cgi-bin/media/get")[2].head.clone();
    assert!(
        head.contains("range: bytes=2-5\r\n") && !head.contains("bytes=0-1"),
        "the last one counts: {head}"
    );
    assert!(head.contains("accept-encoding: identity\r\n"), "{head}");
    // As long a name as most file systems take.
    let long = folder.0.join(format!("{}.png", "名".repeat(83)));
    assert_eq!(client.send(MediaGet).await.expect("gets").save(&long).await.expect("saves"), 10);
    std::fs::remove_file(&long).expect("removes");
    let small = Client::builder_with_tokens("ww1", wecom::Secret::new("t0ken-9"))
        .base_url(&server.base)
        .max_answer(5);
    let small = small.build().expect("builds");
    let error = small.send(MediaGet).await.expect("gets").bytes().await.expect_err("too large");
    assert!(matches!(&error, Error::Transport(e) if e.kind() == TransportKind::TooLarge), "{error:?}");
}

/// Compressed, an error looks like a file, and a file is another one.
#[tokio::test]
async fn what_comes_compressed_is_no_file() {
    for (coding, is_file) in [("gzip", false), ("br", false), ("identity", true), ("Identity", true)] {
        let headers = format!("Content-Type: image/png\r\nContent-Encoding: {coding}\r\n");
        let server = Server::with_tokens(move |_| picture(&headers, b"\x1f\x8b\x08")).await;
        let client = server.client().build().expect("builds");
        match client.send(MediaGet).repeat(false).await {
            Ok(file) => assert!(is_file && file.content_type() == "image/png", "{coding}"),
            Err(error) => {
                let is_body = matches!(&error, Error::Transport(e) if e.kind() == TransportKind::Body);
                assert!(!is_file && is_body && error.to_string().contains(coding), "{coding}: {error:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_file_that_breaks_off_leaves_nothing_behind() {
    let server = Server::with_tokens(|_| Reply::Truncated(b"{\"a\":".to_vec())).await;
    let folder = Folder::new("broken");
    // What looks like JSON is looked at first; a picture breaks while it is saved.
    let client = server.client().build().expect("builds");
    let error = client.send(MediaGet).repeat(false).await.expect_err("breaks off");
    assert!(matches!(&error, Error::Transport(e) if e.kind() == TransportKind::Body), "{error:?}");
    let server = Server::with_tokens(|_| {
        Reply::Http(
            200,
            "Content-Type: image/png\r\nTransfer-Encoding: chunked\r\nX-Ignored-".into(),
            b"4\r\n0123\r\nzz".to_vec(),
        )
    })
    .await;
    let client = server.client().build().expect("builds");
    let path = folder.0.join("half.png");
    let error = client.send(MediaGet).await.expect("begins").save(&path).await.expect_err("breaks off");
    assert!(matches!(&error, Error::Transport(e) if e.kind() == TransportKind::Body), "{error:?}");
    assert_eq!(folder.names(), Vec::<String>::new());
}

#[tokio::test]
async fn a_part_of_a_file_says_which() {
    let ranged = format!("{ATTACHED}Content-Range: bytes 2-5/10\r\n");
    let server = Server::with_tokens(move |request| match request.head.contains("range: bytes=2-") {
        true => Reply::Http(206, ranged.clone(), b"2345".to_vec()),
        // A server that does not do parts.
        false => picture(ATTACHED, b"0123456789"),
    })
    .await;
    let client = server.client().build().expect("builds");
    for (first, last, range, content) in
        [(2, Some(5), Some("bytes 2-5/10"), &b"2345"[..]), (7, None, None, b"0123456789")]
    {
        let file = client.send(MediaGet).range(first, last).await.expect("gets");
        assert_eq!(file.content_range(), range);
        assert_eq!(&file.bytes().await.expect("reads")[..], content);
    }
    assert!(server.requests("/cgi-bin/media/get")[1].head.contains("range: bytes=7-\r\n"));
}

#[tokio::test]
async fn a_file_that_stops_coming_is_given_up_and_leaves_nothing_behind() {
    let server = Server::with_tokens(|_| Reply::Stall(ATTACHED.into(), b"0123".to_vec())).await;
    let client = server.client().timeout(std::time::Duration::from_millis(100)).build().expect("builds");
    let file = client.send(MediaGet).await.expect("begins");
    let error = file.bytes().await.expect_err("stops");
    assert!(error.is_timeout() && error.to_string().contains("nothing came for 100ms"), "{error}");
    let folder = Folder::new("stalled");
    let path = folder.0.join("half.png");
    let error = client.send(MediaGet).await.expect("begins").save(&path).await.expect_err("stops");
    assert!(error.is_timeout(), "{error}");
    assert_eq!(folder.names(), Vec::<String>::new());
    // Whoever stops waiting leaves nothing behind either.
    let patient = server.client().build().expect("builds");
    let mut save = Box::pin(patient.send(MediaGet).await.expect("begins").save(&path));
    while folder.names().is_empty() {
        tokio::select! {
            biased;
            saved = &mut save => panic!("{saved:?} of a file that does not end"),
            () = tokio::task::yield_now() => {}
        }
    }
    drop(save);
    assert_eq!(folder.names(), Vec::<String>::new());
}

/// What the first bytes say counts, whatever the headers call it.
#[tokio::test]
async fn an_error_in_place_of_a_file_is_an_error() {
    const REFUSAL: &[u8] = br#"{"errcode":40007,"errmsg":"invalid media_id"}"#;
    const PAGE: &[u8] = b"\xef\xbb\xbf\r\n<!DOCTYPE html><html><title>Login</title>";
    const NAMED: &str = "Content-Type: image/jpeg\r\nContent-Disposition: attachment; filename=\"a.jpg\"\r\n";
    let kinds = [
        "application/json",
        "text/plain",
        "image/jpeg",
        "application/octet-stream",
        "video/mp4",
        "audio/amr",
    ];
    let mut headers: Vec<String> = kinds.iter().map(|kind| format!("Content-Type: {kind}\r\n")).collect();
    headers.extend([String::new(), NAMED.to_owned()]);
    type Is = fn(&Error) -> bool;
    let cases: [(&[u8], Is); 7] = [
        (REFUSAL, |error| error.code() == Some(40007)),
        (b" \n {\"errmsg\":\"a\x01\",\"errcode\":40007}", |error| error.code() == Some(40007)),
        (br#"{"errcode":"E1","errmsg":"no"}"#, |error| matches!(error, Error::Decode(_))),
        (br#"{"errcode":0,"errmsg":"ok"}"#, |error| matches!(error, Error::Decode(_))),
        (b"", |error| matches!(error, Error::Decode(_))),
        (PAGE, |error| matches!(error, Error::Http(_))),
        (b"<html><body>no</body>", |error| matches!(error, Error::Http(_))),
    ];
    for headers in &headers {
        for (body, is) in cases {
            // What a name is given to is told by less.
            let named = headers.as_str() == NAMED;
            if named && !(body == REFUSAL || body.starts_with(b"<") || body == PAGE) {
                continue;
            }
            let (headers, shown) = (headers.clone(), headers.clone());
            let server = Server::with_tokens(move |_| picture(&headers, body)).await;
            let error = server.client().build().expect("builds").send(MediaGet).await;
            let body = String::from_utf8_lossy(body);
            let error = error.err().unwrap_or_else(|| panic!("{shown:?}: {body:?} is a file"));
            assert!(is(&error), "{shown:?}: {body:?}: {error:?}");
        }
    }
    let server = Server::with_tokens(|_| Reply::Http(404, String::new(), REFUSAL.to_vec())).await;
    let error = server.client().build().expect("builds").send(MediaGet).await.expect_err("an error");
    assert_eq!(error.code(), Some(40007), "{error:?}");
    // An expired token is replaced, and then the file comes.
    let server = Server::with_tokens(|request| match request.query.contains("token-1") {
        true => picture("Content-Type: image/jpeg\r\n", br#"{"errcode":42001,"errmsg":"expired"}"#),
        false => picture(NAMED, b"\xff\xd8\xff"),
    })
    .await;
    let file = server.client().build().expect("builds").send(MediaGet).await.expect("a file");
    assert_eq!(&file.bytes().await.expect("reads")[..], b"\xff\xd8\xff");
}

/// Members upload JSON, text and pages, too.
#[tokio::test]
async fn files_that_look_like_errors_stay_files() {
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(100_000));
    let named = |name: &str| format!("Content-Disposition: attachment; filename=\"{name}\"\r\n");
    let cases: Vec<(String, Vec<u8>)> = vec![
        (named("a.json"), br#"{"errcode":40007,"errmsg":"invalid media_id"}"#.to_vec()),
        (named("a.JSON"), br#"{"errcode":1}"#.to_vec()),
        (named("a.html"), b"<html></html>".to_vec()),
        (named("table.xls"), b"<html><table></table></html>".to_vec()),
        ("Content-Type: application/json\r\n".into(), br#"{"a":1}"#.to_vec()),
        ("Content-Type: application/json\r\n".into(), large.into_bytes()),
        ("Content-Type: image/svg+xml\r\n".into(), b"<svg></svg>".to_vec()),
        ("Content-Type: text/plain\r\n".into(), b"just text".to_vec()),
        ("Content-Type: text/plain\r\n".into(), b"{ is no JSON".to_vec()),
        (String::new(), b"\x89PNG".to_vec()),
        (named("empty.txt"), Vec::new()),
    ];
    for (headers, body) in cases {
        let (sent, shown) = (body.clone(), headers.clone());
        let server = Server::with_tokens(move |_| picture(&headers, &sent)).await;
        let file = server.client().build().expect("builds").send(MediaGet).await;
        let file = file.unwrap_or_else(|error| panic!("{shown:?}: {error}"));
        assert!(file.bytes().await.expect("reads")[..] == body[..], "{shown:?}");
    }
}
