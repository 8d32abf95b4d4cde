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

use tokio::net::TcpListener;
use wecom::callback::axum::{Callbacks, Received, Reply, Work};
use wecom::callback::{CallbackError, Crypto};
use wecom::events::Event;
use wecom::events::app::AppEvent;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (token, key) = (setting("WECOM_CALLBACK_TOKEN")?, setting("WECOM_CALLBACK_AES_KEY")?);
    let receive_ids = setting("WECOM_RECEIVE_IDS")?;
    let crypto = Crypto::new(token, &key, receive_ids.split(','))?;

    let work = Work::default();
    let app = Callbacks::new(crypto).work(&work).at("/callback", handle);

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

/// Runs as a task of its own. WeCom is answered when it is done, or after four seconds if it is not: then the reply is
/// lost, but the work goes on. What takes longer answers with a message of its own later.
async fn handle(received: Received) -> Result<Reply, CallbackError> {
    match received.event {
        Event::App(AppEvent::MessageText(message)) => {
            println!("{} writes: {}", message.from_user_name, message.content);
            return Ok(received.message.reply_text(format!("收到：{}", message.content))?.into());
        }
        Event::Unknown(notice) => println!("{}: {:?}", notice.kind(), received.mismatch),
        event => println!("{event:?}"),
    }
    Ok(Reply::Accepted)
}

fn setting(name: &str) -> Result<String, String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty()).ok_or(format!("{name} is not set"))
}
