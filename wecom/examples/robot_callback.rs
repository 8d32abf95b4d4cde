//! A robot in URL mode: it greets, answers word by word, changes the card that was clicked, and sends what comes too late for a
//! stream to the message's `response_url`.
//!
//! ```sh
//! export WECOM_ROBOT_TOKEN=…      # the robot's page in the console, API 模式 › 使用 URL 回调: Token
//! export WECOM_ROBOT_AES_KEY=…    # beside it: EncodingAESKey
//! export WECOM_LISTEN=127.0.0.1:8080
//! cargo run -p wecom-client --features aibot,axum --example robot_callback
//! ```
//!
//! The address to enter there is that of the reverse proxy before it, with the path `/robot`.

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use axum::Router;
use futures_util::{Stream, stream};
use tokio::net::TcpListener;
use wecom::Transport;
use wecom::aibot::{
    Button, ButtonInteraction, CardAction, CardActionType, MainTitle, MarkdownText, TemplateCard, TextNotice,
};
use wecom::callback::axum::{Callbacks, Reply, Work};
use wecom::callback::robot::{Received, Shown, Streams, respond};
use wecom::callback::{CallbackError, Crypto};
use wecom::events::robot::RobotEvent;

#[tokio::main]
async fn main() -> ExitCode {
    if let Err(error) = run().await {
        eprintln!("error: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

async fn run() -> Result<(), Box<dyn Error>> {
    // A corp's own robot has no receive id.
    let crypto = Crypto::new(setting("WECOM_ROBOT_TOKEN")?, &setting("WECOM_ROBOT_AES_KEY")?, [""])?;
    let work = Work::default();
    let app = app(crypto, &Transport::builder().build()?, &work);
    let listener =
        TcpListener::bind(setting("WECOM_LISTEN").unwrap_or_else(|_| "127.0.0.1:8080".into())).await?;
    println!("listening on http://{}/robot", listener.local_addr()?);
    let interrupted = async {
        // Without interrupts it runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    };
    axum::serve(listener, app).with_graceful_shutdown(interrupted).await?;
    work.finish().await;
    Ok(())
}

/// The robot's address.
pub(crate) fn app(crypto: Crypto, transport: &Transport, work: &Work) -> Router {
    let transport = transport.clone();
    // Refreshes are answered by the route: the handler is given messages and events.
    Callbacks::new(crypto).work(work).robot("/robot", &Streams::default(), move |received: Received| {
        let transport = transport.clone();
        async move { handle(received, transport) }
    })
}

fn handle(received: Received, transport: Transport) -> Result<Reply, CallbackError> {
    match &received.event {
        RobotEvent::EnterChat(_) => Ok(received.welcome(greeting())?.into()),
        RobotEvent::TemplateCardEvent(click) => {
            let chosen = &click.event.template_card_event.event_key;
            Ok(received.update_card(thanks(chosen))?.into())
        }
        _ => {
            let Some(question) = received.text().map(str::to_owned) else { return Ok(Reply::Accepted) };
            let later = received.response_url().cloned();
            let stream = received.stream();
            let reply = received.reply(stream.due())?;
            // The answer goes out at once, and the rest is fetched.
            tokio::spawn(async move {
                match (stream.write_all(words(&question)).await, later) {
                    (Ok(Shown::Part { rest }), Some(url)) if !rest.is_empty() => {
                        if let Err(error) = respond(&transport, &url, MarkdownText::new(rest)).await {
                            eprintln!("the rest was not delivered: {error}");
                        }
                    }
                    (Ok(_), _) => {}
                    (Err(error), _) => eprintln!("{error}"),
                }
            });
            Ok(reply.into())
        }
    }
}

fn greeting() -> TemplateCard {
    let buttons = [Button::new("怎样提问", "how"), Button::new("联系人工", "human")];
    TemplateCard::new(ButtonInteraction::new(
        MainTitle::new().title("你好，有什么可以帮您？"),
        buttons,
        "greeting",
    ))
}

fn thanks(chosen: &str) -> TemplateCard {
    let link = CardAction::new(CardActionType::Url).url("https://work.weixin.qq.com");
    TemplateCard::new(TextNotice::new(link).main_title(MainTitle::new().title(format!("已选择：{chosen}"))))
}

/// What stands in for a model: the question, one character after the other.
fn words(question: &str) -> impl Stream<Item = String> + use<> {
    let pieces: Vec<String> = format!("您问的是：{question}").chars().map(String::from).collect();
    stream::unfold(pieces.into_iter(), |mut left| async move {
        tokio::time::sleep(Duration::from_millis(50)).await;
        left.next().map(|piece| (piece, left))
    })
}

fn setting(name: &str) -> Result<String, String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty()).ok_or(format!("{name} is not set"))
}
