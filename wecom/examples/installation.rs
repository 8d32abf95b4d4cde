//! A third-party application (第三方应用): tickets arrive, a corp installs it, and it calls in that corp's name.
//!
//! ```sh
//! export WECOM_SUITE_ID=ww… WECOM_SUITE_SECRET=…
//! export WECOM_CALLBACK_TOKEN=… WECOM_CALLBACK_AES_KEY=…   # of the address for notices (指令回调)
//! cargo run -p wecom-client --features axum,file-store,links,message,service --example installation
//! ```

use std::env;
use std::error::Error;
use std::process::ExitCode;

use axum::Router;
use tokio::net::TcpListener;
use wecom::Suite;
use wecom::callback::Crypto;
use wecom::callback::axum::{Callbacks, Received, Reply};
use wecom::events::Event;
use wecom::events::third_party::ThirdPartyEvent;
use wecom::links::Install;
use wecom::message::Text;
use wecom::token::FileStore;

#[tokio::main]
async fn main() -> ExitCode {
    if let Err(error) = run().await {
        eprintln!("error: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

async fn run() -> Result<(), Box<dyn Error>> {
    let (id, secret) = (env::var("WECOM_SUITE_ID")?, env::var("WECOM_SUITE_SECRET")?);
    // Tickets and permanent codes are in the store: a restart loses nothing. Several machines take Redis.
    let suite = Suite::builder(id.as_str(), secret).store(FileStore::open("wecom-tokens")?).build()?;
    let crypto = Crypto::new(env::var("WECOM_CALLBACK_TOKEN")?, &env::var("WECOM_CALLBACK_AES_KEY")?, [id])?;
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, notices(suite, crypto)).await?;
    Ok(())
}

/// The address for notices.
pub(crate) fn notices(suite: Suite, crypto: Crypto) -> Router {
    Callbacks::new(crypto).at("/notices", move |received: Received| {
        let suite = suite.clone();
        async move { handle(&suite, received.event).await }
    })
}

async fn handle(suite: &Suite, event: Event) -> Result<Reply, wecom::Error> {
    let Event::ThirdParty(event) = event else { return Ok(Reply::Accepted) };
    match event {
        // Every ten minutes. Without one there are no tokens.
        ThirdPartyEvent::SuiteTicket(push) => {
            suite.set_ticket(push.suite_ticket, push.time_stamp).await?;
        }
        // A corp has installed it: the code is exchanged once for one that lasts.
        ThirdPartyEvent::CreateAuth(installed) => {
            let installed = suite.install(installed.auth_code).await?;
            println!("{} has it now", installed.corp_name);
            // It cannot be fetched again: a real service keeps it elsewhere until the store works.
            if let Some(error) = installed.not_stored {
                return Err(error);
            }
        }
        ThirdPartyEvent::CancelAuth(gone) => {
            suite.forget_permanent_code(&gone.auth_corp_id, gone.time_stamp).await?;
        }
        _ => {}
    }
    Ok(Reply::Accepted)
}

/// The link that an administrator opens to install it.
#[allow(dead_code, reason = "called by what runs beside these routes")]
pub(crate) async fn install_link(suite: &Suite, back_to: &str) -> Result<String, wecom::Error> {
    let code = suite.service().get_pre_auth_code().await?.pre_auth_code;
    Install::new(suite.suite_id(), code, back_to).url()
}

/// A message to a member of a corp that has it installed.
#[allow(dead_code, reason = "called by what runs beside these routes")]
pub(crate) async fn greet(suite: &Suite, corp: &str, agent: i64, user: &str) -> Result<String, wecom::Error> {
    let client = suite.stored_corp(corp)?;
    let sent = client.message().send(Text::new("欢迎使用")).agentid(agent).touser([user]).await?;
    Ok(sent.msgid)
}
