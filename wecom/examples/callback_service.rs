//! A service that receives callbacks: messages to an application and its events.
//!
//! ```sh
//! export WECOM_CALLBACK_TOKEN=…     # 应用管理 › the application › 接收消息 › API 接收: Token
//! export WECOM_CALLBACK_AES_KEY=…   # beside it: EncodingAESKey
//! export WECOM_RECEIVE_IDS=ww…      # the corp's id; of third-party applications the suite id, several with commas
//! export WECOM_LISTEN=127.0.0.1:8080
//! cargo run -p wecom-client --features axum --example callback_service
//! ```
//!
//! The address to enter in the console is that of the reverse proxy before it, with the path `/callback`.

use std::error::Error;
use std::process::ExitCode;

use axum::Router;
use tokio::net::TcpListener;
use wecom::callback::axum::{Callbacks, Received, Reply, Work};
use wecom::callback::{Article, CallbackError, Crypto};
use wecom::events::Event;
use wecom::events::app::AppEvent;
use wecom::events::contact::ContactEvent;

#[tokio::main]
async fn main() -> ExitCode {
    if let Err(error) = run().await {
        eprintln!("error: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

async fn run() -> Result<(), Box<dyn Error>> {
    let (token, key) = (setting("WECOM_CALLBACK_TOKEN")?, setting("WECOM_CALLBACK_AES_KEY")?);
    let receive_ids = setting("WECOM_RECEIVE_IDS")?;
    let crypto = Crypto::new(token, &key, receive_ids.split(','))?;

    let work = Work::default();
    let app = routes(crypto, &work);

    let listener =
        TcpListener::bind(setting("WECOM_LISTEN").unwrap_or_else(|_| "127.0.0.1:8080".into())).await?;
    println!("listening on http://{}/callback", listener.local_addr()?);
    let interrupted = async {
        // Without interrupts it runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    };
    axum::serve(listener, app).with_graceful_shutdown(interrupted).await?;
    // What has been answered for is brought to its end.
    work.finish().await;
    Ok(())
}

/// The address.
pub(crate) fn routes(crypto: Crypto, work: &Work) -> Router {
    Callbacks::new(crypto).work(work).at("/callback", handle)
}

/// Runs as a task of its own. WeCom is answered when it is done, or after four seconds if it is not: then the reply is
/// lost, but the work goes on. What takes longer answers with a message of its own later.
async fn handle(received: Received) -> Result<Reply, CallbackError> {
    let message = &received.message;
    let reply = match received.event {
        Event::App(AppEvent::MessageText(text)) => message.reply_text(format!("收到：{}", text.content))?,
        // The picture that came, back again.
        Event::App(AppEvent::MessageImage(image)) => message.reply_image(image.media_id)?,
        Event::App(AppEvent::Click(click)) if click.event_key == "news" => {
            let article = Article::new("今日要闻", "https://example.com/news").description("三条");
            message.reply_news([article])?
        }
        // Whoever clicked sees another button on the card from now on.
        Event::App(AppEvent::TemplateCardEvent(_)) => message.reply_button("已处理")?,
        // The members' list has changed; no reply is due.
        Event::Contact(ContactEvent::ChangeContactCreateUser(user)) => {
            println!("{} joined", user.user_id);
            return Ok(Reply::Accepted);
        }
        Event::Unknown(notice) => {
            println!("{}: {:?}", notice.kind(), received.mismatch);
            return Ok(Reply::Accepted);
        }
        event => {
            println!("{event:?}");
            return Ok(Reply::Accepted);
        }
    };
    Ok(reply.into())
}

fn setting(name: &str) -> Result<String, String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty()).ok_or(format!("{name} is not set"))
}
