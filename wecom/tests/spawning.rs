//! Calls as tasks and beside each other.

mod common;

use std::future::IntoFuture as _;
use std::sync::Arc;

use common::{Server, json};
use serde_json::json;
use tokio::sync::Barrier;
use wecom::exchange::{Exchange, ExchangeError, Request, Response};
use wecom::token::BoxFuture;
use wecom::{Call, Client, Error, Method, RawRequest, Secret};

type Plain = Call<RawRequest<wecom::token::kind::AccessToken>>;

fn of(client: &Client, id: usize) -> Plain {
    client.raw(Method::Get, "/cgi-bin/user/get", &[("userid", &id.to_string())], None)
}

/// Answers nobody before all have asked: calls that waited for each other would wait for ever.
struct Together(Barrier);

impl Exchange for Together {
    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, ExchangeError>> {
        Box::pin(async move {
            self.0.wait().await;
            Ok(Response::json(json!({"userid": request.query("userid")})))
        })
    }
}

fn together(calls: usize) -> Client {
    let client =
        Client::builder_with_tokens("ww1", Secret::from("token")).exchange(Together(Barrier::new(calls)));
    client.build().expect("builds")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_are_spawned() {
    let client = together(16);
    let tasks: Vec<_> = (0..16).map(|id| tokio::spawn(of(&client, id).into_future())).collect();
    // The client is not needed any more.
    drop(client);
    for (id, task) in tasks.into_iter().enumerate() {
        assert_eq!(task.await.expect("no panic").expect("answers")["userid"], id.to_string());
    }
}

#[tokio::test]
async fn calls_are_joined() {
    let client = together(3);
    let [one, two, three] = [1, 2, 3].map(|id| of(&client, id).into_future());
    let (one, two, three) = tokio::try_join!(one, two, three).expect("answer");
    assert_eq!((&one["userid"], &two["userid"], &three["userid"]), (&json!("1"), &json!("2"), &json!("3")));
    let client = together(4);
    let all = futures_util::future::try_join_all((0..4).map(|id| of(&client, id).into_future())).await;
    assert_eq!(all.expect("answer").len(), 4);
}

/// A call is stored, copied and made again.
#[tokio::test]
async fn a_call_is_a_value() {
    let server = Server::with_tokens(|request| json(json!({"errcode": 0, "number": request.number}))).await;
    let client = server.client().build().expect("builds");
    let stored: Arc<Vec<Plain>> = Arc::new(vec![of(&client, 1), of(&client, 2)]);
    let again = Arc::clone(&stored);
    let numbers: Result<Vec<_>, Error> = tokio::spawn(async move {
        let mut numbers = Vec::new();
        for call in again.iter().chain(again.iter()) {
            numbers.push(call.clone().await?["number"].clone());
        }
        Ok(numbers)
    })
    .await
    .expect("no panic");
    assert_eq!(numbers.expect("answer"), [1, 2, 3, 4]);
    assert_eq!(stored.len(), 2);
}
