//! Something around each HTTP request: a header for a gateway, a log, and a count.
//!
//! ```sh
//! cargo run -p wecom-client --features user --example exchange    # against a server made from the spec
//! ```

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use wecom::exchange::{Exchange, ExchangeError, HeaderValue, Request, Response};
use wecom::token::BoxFuture;
use wecom::{Client, Error};
use wecom_sandbox::Sandbox;

/// How often each endpoint was asked, and how often without an answer.
type Counts = Arc<Mutex<BTreeMap<String, (u32, u32)>>>;

/// What stands around the HTTP client.
struct Watched {
    inner: Arc<dyn Exchange>,
    counts: Counts,
}

impl Exchange for Watched {
    fn exchange(&self, mut request: Request) -> BoxFuture<'_, Result<Response, ExchangeError>> {
        Box::pin(async move {
            // Of the URL only this may be shown: the token is in the query.
            let endpoint = request.endpoint().to_owned();
            request.headers_mut().insert("x-gateway-team", HeaderValue::from_static("payroll"));
            let started = Instant::now();
            let outcome = self.inner.exchange(request).await;
            match &outcome {
                Ok(response) => println!("{endpoint}: HTTP {}, {:?}", response.status(), started.elapsed()),
                Err(error) => println!("{endpoint}: {error}"),
            }
            let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            let (asked, failed) = counts.entry(endpoint).or_default();
            *asked += 1;
            *failed += u32::from(outcome.is_err());
            outcome
        })
    }
}

fn client(base_url: &str, counts: &Counts) -> Result<Client, Error> {
    let counts = Arc::clone(counts);
    Client::builder(Sandbox::CORP_ID, Sandbox::SECRET)
        .agent(Sandbox::AGENT_ID)
        .base_url(base_url)
        .wrap(move |inner| Watched { inner, counts: Arc::clone(&counts) })
        .build()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    if let Err(error) = run().await {
        eprintln!("error: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let counts = Counts::default();
    let client = client(sandbox.base_url(), &counts)?;
    let members = client.user().list(1).await?;
    println!("{} members", members.userlist.len());
    if let Err(error) = client.user().get("nobody").await {
        println!("{error}");
    }
    println!("{:?}", counts.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(())
}

#[cfg(test)]
mod tests {
    use wecom_sandbox::Fault;

    use super::*;

    #[tokio::test]
    async fn each_attempt_is_seen() {
        let sandbox = Sandbox::start().await.expect("starts");
        let counts = Counts::default();
        let client = client(sandbox.base_url(), &counts).expect("builds");
        sandbox.fault(Fault::Errcode(-1)).on("/cgi-bin/user/list").times(1);
        client.user().list(1).await.expect("is repeated");
        let counts = counts.lock().expect("no panic");
        assert_eq!(counts["/cgi-bin/gettoken"], (1, 0));
        assert_eq!(counts["/cgi-bin/user/list"], (2, 0));
    }
}
