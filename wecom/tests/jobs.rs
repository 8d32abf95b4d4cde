//! Jobs are asked for until they are done, fail, or take too long.

mod common;

use std::time::Duration;

use common::{Reply, Server, errcode, json};
use serde_json::json;
use wecom::jobs::{Polling, Progress};
use wecom::{Client, Error, Method};

const PATH: &str = "/cgi-bin/some/result";

fn quick() -> Polling {
    Polling::new().every(Duration::from_millis(1), Duration::from_millis(2)).limit(Duration::from_secs(20))
}

async fn ask(client: &Client, polling: Polling) -> Result<serde_json::Value, Error> {
    let call = client.raw(Method::Post, PATH, &[], Some(json!({"jobid": "j"}))).repeat(false);
    let progress = |answer: &serde_json::Value| match answer["status"].as_i64() {
        Some(3) => Progress::Done,
        Some(4) => Progress::Failed { code: Some(301), message: "no file, access_token=abcdef".to_owned() },
        _ => Progress::Running,
    };
    polling.until(call, progress).await
}

/// One answer after the other; the last one again and again.
async fn answering(answers: Vec<fn() -> Reply>) -> (Server, Client) {
    let server =
        Server::with_tokens(move |request| answers[(request.number - 1).min(answers.len() - 1)]()).await;
    let client = server.client().build().expect("builds");
    (server, client)
}

fn running() -> Reply {
    json(json!({"errcode": 0, "status": 2}))
}

fn done() -> Reply {
    json(json!({"errcode": 0, "status": 3, "result": "x"}))
}

#[tokio::test]
async fn it_is_asked_until_it_is_done() {
    let busy = || errcode(-1, "system busy");
    let throttled = || errcode(45009, "too many");
    let (server, client) = answering(vec![running, busy, running, throttled, running, done]).await;
    assert_eq!(ask(&client, quick()).await.expect("done")["result"], "x");
    assert_eq!(server.requests(PATH).len(), 6);
}

#[tokio::test]
async fn a_failed_job_is_an_error_with_its_own_code() {
    let failed = || json(json!({"errcode": 0, "status": 4}));
    let (server, client) = answering(vec![running, failed, done]).await;
    let error = ask(&client, quick()).await.expect_err("fails");
    let Error::Job(job) = &error else { panic!("{error:?}") };
    assert_eq!((job.code(), job.is_unfinished(), job.endpoint()), (Some(301), false, PATH));
    assert_eq!(job.message(), "no file, access_token=***");
    assert_eq!(error.to_string(), format!("{PATH}: the job failed, errcode 301: no file, access_token=***"));
    // The job's code is not that of a call.
    assert_eq!((error.code(), error.endpoint()), (None, Some(PATH)));
    assert_eq!(server.requests(PATH).len(), 2);
}

#[tokio::test]
async fn it_is_given_up_after_the_limit() {
    let (server, client) = answering(vec![running]).await;
    let error = ask(&client, quick().limit(Duration::ZERO)).await.expect_err("is not done");
    assert!(matches!(&error, Error::Job(job) if job.is_unfinished() && job.code().is_none()), "{error:?}");
    assert_eq!(server.requests(PATH).len(), 1, "it is asked once in any case");
    assert!(error.to_string().contains("ask again later"), "{error}");
    // A wait that no clock can express is longer than any limit.
    let seldom = quick().every(Duration::MAX, Duration::MAX);
    let error = ask(&client, seldom).await.expect_err("is not done");
    assert!(matches!(&error, Error::Job(job) if job.is_unfinished()), "{error:?}");
    let (_server, client) = answering(vec![|| errcode(-1, "system busy")]).await;
    let error = ask(&client, quick().limit(Duration::ZERO)).await.expect_err("is not known");
    assert_eq!(error.code(), Some(-1), "why it is not known says more");
}

#[tokio::test]
async fn a_refusal_ends_it() {
    let (server, client) = answering(vec![running, || errcode(40088, "no such job"), done]).await;
    assert_eq!(ask(&client, quick()).await.expect_err("refused").code(), Some(40088));
    assert_eq!(server.requests(PATH).len(), 2);
}

/// The jobs of the API, as their pages number their states.
#[cfg(all(
    feature = "batch",
    feature = "chatdata",
    feature = "export",
    feature = "license",
    feature = "media"
))]
#[tokio::test]
async fn jobs_of_the_api() {
    use wecom::exchange::stub;
    use wecom::{batch, chatdata, export, jobs::Job, license, media};

    /// The progress that an answer shows; after two of running ones.
    async fn shows<R: Job<Auth = wecom::token::kind::AccessToken>>(
        request: R,
        run: serde_json::Value,
        end: serde_json::Value,
    ) -> Result<R::Response, Error> {
        let count = std::sync::atomic::AtomicUsize::new(0);
        let stub = stub(move |_| match count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
            0 | 1 => run.clone(),
            _ => end.clone(),
        });
        let client = Client::builder("ww1", "secret").exchange(stub.clone()).build().expect("builds");
        let outcome = client.send(request).poll_with(quick()).await;
        assert_eq!(stub.requests().len(), 3);
        outcome
    }
    let batch = batch::GetResult::new("j");
    shows(batch, json!({"status": 2}), json!({"status": 3})).await.expect("done");
    let export = || export::GetResult::new("j");
    shows(export(), json!({"status": 0}), json!({"status": 2})).await.expect("done");
    shows(export(), json!({"status": 99}), json!({"status": 3})).await.expect_err("failed");
    let media = || media::GetUploadByUrlResult::new("j");
    let end = json!({"status": 2, "detail": {"errcode": 0, "media_id": "m"}});
    let answer = shows(media(), json!({"status": 1}), end).await.expect("done");
    assert_eq!(answer.detail.media_id.as_deref(), Some("m"));
    let end = json!({"status": 3, "detail": {"errcode": 830001, "errmsg": "bad url"}});
    let Err(Error::Job(error)) = shows(media(), json!({"status": 1}), end).await else { panic!("failed") };
    assert_eq!((error.code(), error.message()), (Some(830001), "bad url"));
    let chat = || chatdata::export::GetJobStatus::new("j");
    shows(chat(), json!({"status": 1}), json!({"status": 3, "result_errcode": 0})).await.expect("done");
    let end = json!({"status": 3, "result_errcode": 7, "result_errmsg": "no"});
    let Err(Error::Job(error)) = shows(chat(), json!({"status": 2}), end).await else { panic!("failed") };
    assert_eq!(error.code(), Some(7));
    let answer = serde_json::from_value::<license::NewOrderJobResultResponse>(
        json!({"status": 3, "fail_list": [{"corpid": "w", "errcode": 5, "errmsg": "x"}]}),
    );
    let progress = license::NewOrderJobResult::progress(&answer.expect("reads"));
    assert_eq!(progress, Progress::Failed { code: Some(5), message: "x (1 corps in all)".to_owned() });
}

/// From the request that begins a job to its end.
#[cfg(all(
    feature = "batch",
    feature = "chatdata",
    feature = "export",
    feature = "license",
    feature = "media"
))]
#[tokio::test]
async fn a_job_of_the_sandbox() {
    use wecom::MediaFile;
    use wecom::media::MediaType;
    use wecom_sandbox::Sandbox;

    let sandbox = Sandbox::start().await.expect("starts");
    let client = Client::builder(Sandbox::CORP_ID, Sandbox::SECRET).base_url(sandbox.base_url());
    let client = client.build().expect("builds");
    let file =
        MediaFile::from_bytes("users.csv", &b"\xe5\xa7\x93\xe5\x90\x8d,\xe5\xb8\x90\xe5\x8f\xb7\n"[..]);
    let file = client.media().upload(MediaType::File, file).await.expect("goes up").media_id;
    let job = client.batch().sync_user(file).await.expect("begins").jobid;
    let done = client.batch().get_result(job).poll_until_done().await.expect("done");
    assert_eq!(done.percentage, 100);
    let error = client.batch().get_result("nothing").poll_until_done().await.expect_err("refused");
    assert_eq!(error.code(), Some(40088));
}
