//! Login by OAuth: the page sends the browser to a link, which comes back with a code, which is exchanged for who it is.
//!
//! ```sh
//! export WECOM_CORP_ID=ww… WECOM_SECRET=… WECOM_AGENT_ID=1000002
//! export WECOM_PAGE=https://example.com/login   # its host is a trusted one of the application (可信域名)
//! cargo run -p wecom-client --features auth,links --example login
//! ```

use std::collections::HashMap;
use std::env;
use std::error::Error;
use std::process::ExitCode;

use axum::Router;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use wecom::Client;
use wecom::links::Authorize;

#[tokio::main]
async fn main() -> ExitCode {
    if let Err(error) = run().await {
        eprintln!("error: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

async fn run() -> Result<(), Box<dyn Error>> {
    let agent: i64 = env::var("WECOM_AGENT_ID")?.parse()?;
    let client =
        Client::builder(env::var("WECOM_CORP_ID")?, env::var("WECOM_SECRET")?).agent(agent).build()?;
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, pages(client, env::var("WECOM_PAGE")?)).await?;
    Ok(())
}

/// `/login` leads to WeCom and is where the browser comes back to.
pub(crate) fn pages(client: Client, page: String) -> Router {
    let login =
        move |Query(query): Query<HashMap<String, String>>| login(client.clone(), page.clone(), query);
    Router::new().route("/login", get(login))
}

async fn login(client: Client, page: String, query: HashMap<String, String>) -> Result<Response, Refused> {
    let Some(code) = query.get("code") else {
        // A real service keeps a random `state` in the session and compares it when the browser is back.
        let mut link = Authorize::corp(client.corp_id(), page).state("fromTheSession");
        if let Some(agent) = client.agent_id() {
            link = link.agent(agent);
        }
        return Ok(Redirect::to(&link.url()?).into_response());
    };
    Ok(who(&client, code).await?.into_response())
}

/// An error as a page: its text names no secret.
struct Refused(wecom::Error);

impl From<wecom::Error> for Refused {
    fn from(error: wecom::Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (StatusCode::BAD_GATEWAY, self.0.to_string()).into_response()
    }
}

/// Whose code it is. It is good for five minutes and one use.
pub(crate) async fn who(client: &Client, code: &str) -> Result<String, wecom::Error> {
    let visitor = client.auth().get_user_info(code).await?;
    Ok(match (visitor.userid, visitor.external_userid.or(visitor.openid)) {
        (Some(member), _) => format!("member {member}"),
        (None, Some(other)) => format!("not of this corp: {other}"),
        (None, None) => "nobody".to_owned(),
    })
}
