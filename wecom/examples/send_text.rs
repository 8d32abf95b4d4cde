//! Sends a text from an application to a member, on the real server.
//!
//! ```sh
//! export WECOM_CORP_ID=ww…          # 我的企业 › 企业信息 › 企业 ID
//! export WECOM_SECRET=…             # 应用管理 › the application › Secret
//! export WECOM_AGENT_ID=1000002     # beside it: AgentId
//! export WECOM_TO_USER=zhangsan     # a member's account that may see the application; several with | between them
//! cargo run -p wecom-client --features message --example send_text -- "text to send"
//! ```
//!
//! `WECOM_BASE_URL` sends it to another server, say a gateway or the sandbox.

use std::process::ExitCode;

use wecom::message::Text;
use wecom::{Client, Error};

struct Settings {
    corp_id: String,
    secret: String,
    agent_id: i64,
    to_user: String,
    base_url: Option<String>,
}

impl Settings {
    /// From the environment, or everything that is wrong with it.
    fn read() -> Result<Self, Vec<String>> {
        let mut wrong = Vec::new();
        let mut take = |name: &str, what: &str| {
            let value = std::env::var(name).unwrap_or_default();
            if value.trim().is_empty() {
                wrong.push(format!("{name} is not set: {what}"));
            }
            value
        };
        let corp_id = take("WECOM_CORP_ID", "the corp's id, in the admin console under 我的企业");
        let secret = take("WECOM_SECRET", "the application's secret, under 应用管理");
        let agent_id = take("WECOM_AGENT_ID", "the application's AgentId, beside its secret");
        let to_user = take("WECOM_TO_USER", "the account of the member who shall get the text");
        let base_url = std::env::var("WECOM_BASE_URL").ok().filter(|url| !url.is_empty());
        if !agent_id.is_empty() && agent_id.parse::<i64>().is_err() {
            wrong.push(format!("WECOM_AGENT_ID is no number: {agent_id}"));
        }
        let agent_id = agent_id.parse().unwrap_or_default();
        if wrong.is_empty() { Ok(Self { corp_id, secret, agent_id, to_user, base_url }) } else { Err(wrong) }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let settings = match Settings::read() {
        Ok(settings) => settings,
        Err(wrong) => {
            wrong.iter().for_each(|line| eprintln!("{line}"));
            return ExitCode::from(2);
        }
    };
    let text = std::env::args().nth(1).unwrap_or_else(|| "来自 wecom 的问候".to_owned());
    match send(settings, text).await {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn send(settings: Settings, text: String) -> Result<String, Error> {
    let Settings { corp_id, secret, agent_id, to_user, base_url } = settings;
    let mut client = Client::builder(corp_id, secret).agent(agent_id);
    if let Some(url) = base_url {
        client = client.base_url(url);
    }
    let client = client.build()?;
    let to: Vec<&str> = to_user.split('|').collect();
    let answer = client.message().send(Text::new(text)).agentid(agent_id).touser(to).await?;
    let missed = answer.invaliduser.join(", ");
    let missed = if missed.is_empty() { missed } else { format!("; not to {missed}") };
    Ok(format!("sent to {to_user}, msgid {}{missed}", answer.msgid))
}
