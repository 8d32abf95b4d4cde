//! The sandbox on a port of the loopback interface.

use std::process::ExitCode;

use wecom_sandbox::Sandbox;

const HELP: &str = "\
A WeCom server for tests, made from the spec.

Usage: wecom-sandbox [--port N] [--token-seconds N]

  --port N           port on 127.0.0.1; a free one by default
  --token-seconds N  lifetime of tokens; 7200 by default

While it runs: POST /sandbox/faults, GET /sandbox/requests, POST /sandbox/reset. Ctrl-C ends it.";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut builder = Sandbox::builder().log(|call| println!("{:>4} {}", call.number, call.line()));
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let (name, inline) = match arg.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (arg, None),
        };
        let mut number = || inline.clone().or_else(|| args.next()).and_then(|v| v.parse::<i64>().ok());
        builder = match name.as_str() {
            "--help" | "-h" => {
                println!("{HELP}");
                return ExitCode::SUCCESS;
            }
            "--port" => match number().and_then(|n| u16::try_from(n).ok()) {
                Some(port) => builder.port(port),
                None => return usage("--port takes a number from 0 to 65535"),
            },
            "--token-seconds" => match number() {
                Some(seconds) => builder.token_seconds(seconds),
                None => return usage("--token-seconds takes a number"),
            },
            other => return usage(&format!("{other} is not known")),
        };
    }
    let sandbox = match builder.start().await {
        Ok(sandbox) => sandbox,
        Err(error) => {
            eprintln!("wecom-sandbox: {error}");
            return ExitCode::from(2);
        }
    };
    println!("listening on {}", sandbox.base_url());
    println!(
        "  corp           {}  secret {}  agentid {}",
        Sandbox::CORP_ID,
        Sandbox::SECRET,
        Sandbox::AGENT_ID
    );
    println!("  members        {}, {}", Sandbox::USER_ID, Sandbox::OTHER_USER_ID);
    println!("  school         parent {}  student {}", Sandbox::PARENT_USER_ID, Sandbox::STUDENT_USER_ID);
    println!("  suite          {}  secret {}", Sandbox::SUITE_ID, Sandbox::SUITE_SECRET);
    println!("                 ticket {}", Sandbox::SUITE_TICKET);
    println!("  authorised by  {}  permanent_code {}", Sandbox::AUTH_CORP_ID, Sandbox::PERMANENT_CODE);
    println!(
        "  callbacks      token {}  EncodingAESKey {}",
        Sandbox::CALLBACK_TOKEN,
        Sandbox::CALLBACK_AES_KEY
    );
    println!("  provider       {}  secret {}", Sandbox::PROVIDER_CORP_ID, Sandbox::PROVIDER_SECRET);
    println!("  group robot    {}/cgi-bin/webhook/send?key={}", sandbox.base_url(), Sandbox::WEBHOOK_KEY);
    println!("  robot          BotID {}  Secret {}", Sandbox::BOT_ID, Sandbox::BOT_SECRET);
    println!("                 {}", sandbox.socket_url());
    println!("Ctrl-C ends it.");
    match sandbox.until_interrupted().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("wecom-sandbox: {error}");
            ExitCode::from(2)
        }
    }
}

fn usage(text: &str) -> ExitCode {
    eprintln!("wecom-sandbox: {text}\n\n{HELP}");
    ExitCode::from(2)
}
