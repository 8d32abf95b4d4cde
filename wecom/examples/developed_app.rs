//! 代开发: an application that a provider builds for single corps, from the corp's administrator who authorises the template to the
//! first call with the corp's application.
//!
//! ```sh
//! cargo run -p wecom-client --features axum,agent,service --example developed_app    # against a server made from the spec
//! ```
//!
//! The provider has one template (its id begins with `dk`), with a callback address. A corp that authorises it gets an application of
//! its own, which works like one that the corp has built itself: its secret is the permanent code that the authorisation gives, and
//! its tokens come from `gettoken`. The template's own ticket and token are needed for that one step alone. When a secret is fetched
//! anew in the provider's console, it is pushed and taken in the same way.

use std::error::Error;
use std::process::ExitCode;

use tokio::net::TcpListener;
use wecom::callback::Crypto;
use wecom::callback::axum::{Callbacks, Received, Reply, Work};
use wecom::events::Event;
use wecom::events::third_party::ThirdPartyEvent::{CancelAuth, CreateAuth, ResetPermanentCode, SuiteTicket};
use wecom::{Secret, Suite};
use wecom_sandbox::{App, Corp, Sandbox};

const TEMPLATE: &str = "dk0123456789abcdef";
const CORP: &str = "ww-customer";
const AGENT: i64 = 1_000_088;

/// What the callback address of the template does.
async fn handle(suite: Suite, received: Received) -> Result<Reply, wecom::Error> {
    match received.event {
        // Every ten minutes.
        Event::ThirdParty(SuiteTicket(push)) => {
            suite.set_ticket(push.suite_ticket, push.time_stamp).await?;
        }
        Event::ThirdParty(CreateAuth(push)) => install(&suite, &push.auth_code).await?,
        Event::ThirdParty(ResetPermanentCode(push)) => install(&suite, &push.auth_code).await?,
        Event::ThirdParty(CancelAuth(push)) => {
            suite.forget_permanent_code(&push.auth_corp_id, push.time_stamp).await?;
        }
        other => println!("not handled: {other:?}"),
    }
    Ok(Reply::Accepted)
}

async fn install(suite: &Suite, auth_code: &Secret) -> Result<(), wecom::Error> {
    let installed = suite.install(auth_code).await?;
    if let Some(error) = installed.not_stored {
        // The code cannot be fetched again: here it would go to another safe place.
        eprintln!("the code of {} is not stored: {error}", installed.corp_id);
    }
    println!("{} ({}) has authorised it", installed.corp_name, installed.corp_id);
    Ok(())
}

/// Serves the callback address; gives the URL.
async fn serve(suite: Suite, crypto: Crypto, work: &Work) -> Result<String, Box<dyn Error>> {
    // The server is answered after 800 ms at the latest, as it wants; the work goes on.
    let callbacks = Callbacks::new(crypto).work(work).answer_within(std::time::Duration::from_millis(800));
    // What ends in an error is pushed again.
    let app = callbacks.at("/callback", move |received| {
        let suite = suite.clone();
        async move { handle(suite, received).await.inspect_err(|error| eprintln!("{error}")) }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/callback", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(url)
}

fn sandbox_suite() -> wecom_sandbox::Suite {
    wecom_sandbox::Suite::new(TEMPLATE, "template-secret")
        .callback(Sandbox::CALLBACK_TOKEN, Sandbox::CALLBACK_AES_KEY)
        .auth_code(Sandbox::AUTH_CODE, CORP, AGENT)
}

/// The whole story; what the corp's application is called at its end.
async fn run() -> Result<String, Box<dyn Error>> {
    let template = sandbox_suite();
    let crypto = Crypto::new(template.callback_token.as_str(), &template.callback_aes_key, [TEMPLATE])?;
    let corp = Corp::new(CORP, "某公司").app(App::new(AGENT, "报表助手", ""));
    let sandbox = Sandbox::builder().corp(corp).suite(template).start().await?;

    let suite = Suite::builder(TEMPLATE, "template-secret").base_url(sandbox.base_url()).build()?;
    let work = Work::default();
    let url = serve(suite.clone(), crypto, &work).await?;

    // WeCom pushes a ticket, and then that a corp has authorised the template.
    let pushed = sandbox.push_suite_ticket_of(TEMPLATE, &url).await?;
    println!("the ticket is answered with HTTP {} {:?}", pushed.status, pushed.body);
    let now = wecom::Timestamp::now();
    let push = format!(
        "<xml><SuiteId>{TEMPLATE}</SuiteId><AuthCode>{}</AuthCode><InfoType>create_auth</InfoType>\
         <TimeStamp>{now}</TimeStamp></xml>",
        Sandbox::AUTH_CODE
    );
    let pushed = sandbox.push_xml(&url, TEMPLATE, &push).await?;
    println!("the authorisation is answered with HTTP {} {:?}", pushed.status, pushed.body);
    // It may have been answered before it was done.
    work.finish().await;

    // From here on, in this process or another one with the same token store:
    let corps = suite.corps().await?;
    println!("{} corps", corps.len());
    let corp = corps.into_iter().next().ok_or("nobody has authorised it")?;
    Ok(corp.agent().get(AGENT).await?.name)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(name) => {
            println!("the application's name: {name}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
#[tokio::test]
async fn from_the_authorisation_to_the_first_call() {
    assert!(!run().await.expect("goes through").is_empty());
}
