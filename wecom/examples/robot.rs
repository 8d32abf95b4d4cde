//! A robot that answers word by word, as a language model does.
//!
//! ```sh
//! WECOM_BOT_ID=… WECOM_BOT_SECRET=… cargo run --example robot --features robot
//! ```

use std::process::ExitCode;
use std::time::Duration;

use futures_util::{Stream, stream};
use wecom::robot::{Received, Robot, RobotError};

#[tokio::main]
async fn main() -> ExitCode {
    if let Err(error) = run().await {
        eprintln!("error: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let setting = |name: &str| std::env::var(name).map_err(|_| format!("set {name}"));
    let mut builder = Robot::builder(setting("WECOM_BOT_ID")?, setting("WECOM_BOT_SECRET")?).dedup(1000);
    if let Ok(url) = std::env::var("WECOM_BOT_URL") {
        builder = builder.url(url);
    }
    let (robot, mut incoming) = builder.connect()?;
    robot.connected().await?;
    println!("connected");
    while let Some(message) = incoming.next().await {
        // Each message has a task of its own: one that takes long holds nobody up.
        tokio::spawn(async move {
            if let Err(error) = answer(&message).await {
                eprintln!("{}: {error}", message.msgid());
            }
        });
    }
    Err(incoming.reason().into())
}

async fn answer(message: &Received) -> Result<(), RobotError> {
    match (message.event_type(), message.text()) {
        (Some("enter_chat"), _) => message.welcome("你好，有什么可以帮您？").await,
        (None, Some(question)) => message.stream().write_all(words(&question)).await.map(|_| ()),
        _ => Ok(()),
    }
}

/// What stands in for a model: the question, one character after the other.
fn words(question: &str) -> impl Stream<Item = String> + use<> {
    let pieces: Vec<String> = format!("您问的是：{question}").chars().map(String::from).collect();
    stream::unfold(pieces.into_iter(), |mut left| async move {
        tokio::time::sleep(Duration::from_millis(50)).await;
        left.next().map(|piece| (piece, left))
    })
}
