//! What is kept from one call for the next one, its URL with the token, is never that of another client, and never one that no longer counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::json;
use wecom::exchange::{Response, stub};
use wecom::message::Text;
use wecom::token::{BoxFuture, MemoryStore, StoreError, StoredToken, TokenKey, TokenStore};
use wecom::{Client, Secret, Transport};

const SEND: &str = "/cgi-bin/message/send";

async fn send(client: &Client) {
    client.message().send(Text::new("x")).touser(["a"]).await.expect("is sent");
}

/// The tokens of all messages, in order.
fn sent(stub: &wecom::exchange::Stub) -> Vec<String> {
    let sent = stub.requests();
    let sent = sent.iter().filter(|request| request.endpoint() == SEND);
    sent.map(|request| request.query("access_token").unwrap_or_default()).collect()
}

#[tokio::test]
async fn each_client_sends_its_own_token() {
    let server = stub(|request| match request.query("corpsecret") {
        Some(secret) => json!({"access_token": format!("token-of-{secret}"), "expires_in": 7200}),
        None => json!({"msgid": "m"}),
    })
    .with_token_requests();
    let transport = Transport::builder().exchange(server.clone()).build().expect("builds");
    // More than there are places for.
    let secrets: Vec<String> = (0..100).map(|number| format!("secret-{number}")).collect();
    let client = |secret: &String| {
        Client::builder("ww1", secret.as_str()).transport(&transport).build().expect("builds")
    };
    let clients: Vec<Client> = secrets.iter().map(client).collect();
    for _ in 0..3 {
        for client in &clients {
            send(client).await;
        }
    }
    let expected: Vec<String> = secrets.iter().map(|secret| format!("token-of-{secret}")).collect();
    assert_eq!(sent(&server), [&expected[..]; 3].concat());
}

#[tokio::test]
async fn what_the_request_has_besides_comes_behind_the_token() {
    let server = stub(|_| json!({"userid": "a", "name": "b"}));
    let client = Client::builder("ww1", "secret").exchange(server.clone()).build().expect("builds");
    for name in ["first", "second"] {
        client.user().get(name).await.expect("is there");
    }
    let urls: Vec<String> = server.requests().iter().map(|request| request.url().to_string()).collect();
    let url = |name| {
        format!("https://qyapi.weixin.qq.com/cgi-bin/user/get?access_token=stub-access-token&userid={name}")
    };
    assert_eq!(urls, [url("first"), url("second")]);
}

/// A store that from some time on cannot be written.
#[derive(Default)]
struct Stuck {
    inner: MemoryStore,
    is_stuck: Arc<AtomicBool>,
}

impl Stuck {
    fn check(&self) -> Result<(), StoreError> {
        match self.is_stuck.load(Ordering::Relaxed) {
            true => Err(StoreError::new("read-only".to_owned())),
            false => Ok(()),
        }
    }
}

impl TokenStore for Stuck {
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, StoreError>> {
        self.inner.get(key)
    }
    fn version(&self) -> Option<u64> {
        self.inner.version()
    }
    fn replace<'a>(
        &'a self,
        key: &'a TokenKey,
        seen: Option<&'a StoredToken>,
        new: &'a StoredToken,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            self.check()?;
            self.inner.replace(key, seen, new).await
        })
    }
    fn invalidate<'a>(
        &'a self,
        key: &'a TokenKey,
        failed: &'a Secret,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move {
            self.check()?;
            self.inner.invalidate(key, failed).await
        })
    }
}

/// The store's number stays the same then, although the token does not count any more.
#[tokio::test]
async fn a_refused_token_that_stays_in_the_store_is_not_sent_again() {
    let (issued, is_expired) = (AtomicUsize::new(0), Arc::new(AtomicBool::new(false)));
    let expired = Arc::clone(&is_expired);
    let server = stub(move |request| match request.endpoint() {
        "/cgi-bin/gettoken" => {
            let number = issued.fetch_add(1, Ordering::Relaxed) + 1;
            Response::json(json!({"access_token": format!("the-token-{number}"), "expires_in": 7200}))
        }
        _ if expired.load(Ordering::Relaxed)
            && request.query("access_token").as_deref() == Some("the-token-1") =>
        {
            Response::refusal(42001, "access_token expired")
        }
        _ => Response::json(json!({"msgid": "m"})),
    })
    .with_token_requests();
    let store = Stuck::default();
    let is_stuck = Arc::clone(&store.is_stuck);
    let client =
        Client::builder("ww1", "secret").exchange(server.clone()).store(store).build().expect("builds");
    send(&client).await;
    send(&client).await;
    is_stuck.store(true, Ordering::Relaxed);
    is_expired.store(true, Ordering::Relaxed);
    send(&client).await;
    send(&client).await;
    let token = |number| format!("the-token-{number}");
    assert_eq!(sent(&server), [token(1), token(1), token(1), token(2), token(2)]);
}
