//! A robot in URL mode over real HTTP, with the sandbox in WeCom's place.

use std::net::Ipv4Addr;
use std::time::Duration;

use axum::Router;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use wecom::Transport;
use wecom::aibot::{MarkdownText, PassiveStream};
use wecom::callback::Crypto;
use wecom::callback::axum::{Callbacks, Reply, Work};
use wecom::callback::robot::{Received, Streams, respond};
use wecom::events::robot::RobotEvent;
use wecom_sandbox::{RobotPushed, Sandbox};

#[allow(dead_code)]
#[path = "../examples/robot_callback.rs"]
mod example;

const EVERY: Duration = Duration::from_millis(20);

fn crypto() -> Crypto {
    Crypto::new(Sandbox::CALLBACK_TOKEN, Sandbox::CALLBACK_AES_KEY, [""]).expect("valid")
}

async fn start() -> (Sandbox, Transport) {
    let sandbox = Sandbox::start().await.expect("sandbox");
    let transport = Transport::builder().base_url(sandbox.base_url()).build().expect("builds");
    (sandbox, transport)
}

/// Serves until the test ends. Gives the robot's address.
async fn serve(app: Router) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}/robot")
}

fn event(kind: &str, more: Value) -> Value {
    let mut body = json!({"create_time": 1, "chattype": "single", "from": {"userid": "ann"}, "msgtype": "event",
        "event": {"eventtype": kind}});
    body["event"].as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    body
}

/// Nothing speaks against any of them.
#[track_caller]
fn sound(pushed: &[RobotPushed]) {
    for one in pushed {
        assert!(one.status == 200 && one.wrong.is_empty(), "{one:#?}");
    }
}

#[tokio::test]
async fn the_example_greets_answers_word_by_word_and_changes_its_card() {
    let (sandbox, transport) = start().await;
    let url = serve(example::app(crypto(), &transport, &Work::default())).await;
    let (text, proof) = sandbox.verify_url(&url, "").await.expect("answers");
    assert_eq!((proof.status, proof.body), (200, text));

    let greeted = sandbox.push_robot(&url, event("enter_chat", json!({}))).await.expect("answers");
    sound(std::slice::from_ref(&greeted));
    let card = greeted.reply.expect("a greeting");
    assert_eq!(card["template_card"]["card_type"], "button_interaction");

    let task = &card["template_card"]["task_id"];
    let click = json!({"template_card_event": {"card_type": "button_interaction", "event_key": "how", "task_id": task}});
    let clicked = sandbox.push_robot(&url, event("template_card_event", click)).await.expect("answers");
    sound(std::slice::from_ref(&clicked));
    let update = clicked.reply.expect("an update");
    assert_eq!(update["template_card"]["main_title"]["title"], "已选择：how");

    let answers = sandbox.ask_robot(&url, "ann", "在吗", EVERY).await.expect("answers");
    sound(&answers);
    assert!(answers.len() > 3, "{answers:#?}");
    let contents: Vec<&str> = answers.iter().map(|a| a.content().expect("a stream")).collect();
    assert_eq!((contents[0], contents[contents.len() - 1]), ("", "您问的是：在吗"));
    for pair in contents.windows(2) {
        assert!(pair[1].starts_with(pair[0]), "it only grows: {pair:?}");
    }
    // What it has no reply to is answered with nothing.
    let feedback = json!({"feedback_event": {"id": "f", "type": 1}});
    let liked = sandbox.push_robot(&url, event("feedback_event", feedback)).await.expect("answers");
    assert_eq!((liked.status, liked.reply), (200, None));
}

#[tokio::test]
async fn a_later_reply_goes_to_the_response_url_once_and_within_the_hour() {
    let (sandbox, transport) = start().await;
    let (tell, mut told) = mpsc::unbounded_channel();
    let app = Callbacks::new(crypto()).robot("/robot", &Streams::default(), move |received: Received| {
        let _ = tell.send(received.response_url().cloned().expect("messages have one"));
        std::future::ready(Reply::Accepted)
    });
    let url = serve(app).await;
    let say = async || {
        let answers = sandbox.ask_robot(&url, "ann", "slow question", EVERY).await.expect("answers");
        assert_eq!((answers.len(), &answers[0].reply), (1, &None));
        answers[0].response_url.clone()
    };
    let given = say().await;
    let one = told.recv().await.expect("told");
    assert_eq!(one.expose(), given);
    respond(&transport, &one, MarkdownText::new("**done**")).await.expect("delivered");
    let sent = sandbox.requests_to("/cgi-bin/aibot/response");
    assert_eq!((sent.len(), sent[0].param("response_code")), (1, Some("***")));
    let error = respond(&transport, &one, MarkdownText::new("again")).await.expect_err("used up");
    let shown = format!("{error} {error:?} {one:?}");
    let code = given.rsplit_once('=').expect("a code").1;
    assert!(shown.contains("60140") && !shown.contains(code), "{shown}");
    say().await;
    let late = told.recv().await.expect("told");
    sandbox.advance(Duration::from_secs(3601));
    respond(&transport, &late, MarkdownText::new("late")).await.expect_err("too late");
    for address in ["", "https://qyapi.weixin.qq.com/cgi-bin/aibot/response", "response_code=x"] {
        let error = respond(&transport, &address.into(), MarkdownText::new("x")).await.expect_err("none");
        assert!(error.to_string().contains("response_code="), "{error}");
    }
    assert_eq!(sandbox.requests_to("/cgi-bin/aibot/response").len(), 3, "the others were never sent");
}

/// The sandbox is no use if it takes everything.
#[tokio::test]
async fn the_sandbox_says_what_is_wrong_with_a_reply() {
    let (sandbox, _) = start().await;
    let app = Callbacks::new(crypto()).robot("/robot", &Streams::default(), |received: Received| async move {
        match &received.event {
            RobotEvent::TextMessage(text) => match text.text.content.as_str() {
                "no id" => Reply::Passive(json!({"msgtype": "stream", "stream": {"content": "x"}}).to_string()),
                "no type" => Reply::Passive(json!({"msgtype": "stream"}).to_string()),
                "long" => {
                    let content = "x".repeat(20_481);
                    Reply::Passive(
                        json!({"msgtype": "stream", "stream": {"id": "s", "finish": true, "content": content}})
                            .to_string(),
                    )
                }
                _ => received.reply_markdown("fine").map(Reply::from).expect("a reply"),
            },
            // A stream of another process: answered by hand.
            RobotEvent::StreamRefresh(refresh) => {
                let stream = PassiveStream::new().id(&refresh.stream.id).finish(true).content("by hand");
                received.reply(stream).map(Reply::from).expect("a reply")
            }
            _ => Reply::Passive(json!({"msgtype": "text", "text": {"content": "x"}}).to_string()),
        }
    });
    let url = serve(app).await;
    for (text, expected) in
        [("fine", ""), ("no id", "stream.id"), ("no type", "stream"), ("long", "stream.content")]
    {
        let text = json!({"chattype": "single", "from": {"userid": "ann"}, "msgtype": "text", "text": {"content": text}});
        let pushed = sandbox.push_robot(&url, text).await.expect("answers");
        match expected {
            "" => sound(&[pushed]),
            _ => assert!(pushed.wrong.iter().any(|w| w.contains(expected)), "{expected}: {pushed:#?}"),
        }
    }
    let refresh =
        json!({"chattype": "single", "from": {"userid": "ann"}, "msgtype": "stream", "stream": {"id": "s9"}});
    let pushed = sandbox.push_robot(&url, refresh).await.expect("answers");
    assert_eq!((pushed.content(), pushed.is_open()), (Some("by hand"), false));
    sound(&[pushed]);
    let feedback = event("feedback_event", json!({"feedback_event": {"id": "f", "type": 1}}));
    let pushed = sandbox.push_robot(&url, feedback).await.expect("answers");
    assert_eq!(pushed.wrong, ["feedback_event takes no reply"]);
    // What is not sealed for a robot is no reply at all.
    let plain = serve(Router::new().route("/robot", axum::routing::post(|| async { "success" }))).await;
    let error = sandbox.push_robot(&plain, event("enter_chat", json!({}))).await.expect_err("no reply");
    assert!(error.to_string().contains("not JSON"), "{error}");
}
