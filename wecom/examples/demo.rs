//! The client at work against the sandbox: an internal app, a school notice, a third-party app, a group robot, a robot that streams its
//! answer over its own connection, and three faults.
//! `cargo xtask demo` runs it; no network but the loopback interface is touched.

use std::error::Error;
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{RawQuery, State};
use axum::{Router, body::Bytes, http::StatusCode, routing::post};
use futures_util::stream;
use tokio::sync::mpsc;
use wecom::aibot::{
    Button as RobotButton, ButtonInteraction as RobotCard, MainTitle, TemplateCard as WelcomeCard,
};
use wecom::callback::{Crypto, Query};
use wecom::events::Event;
use wecom::events::third_party::{SuiteTicket, ThirdPartyEvent};
use wecom::message::{ButtonInteraction, CardButton, CardButtonUpdate, CardTitle, Image, Text};
use wecom::robot::Robot;
use wecom::{Client, MediaFile, Suite, Timestamp, Transport, Webhook};
use wecom_sandbox::{Fault, Sandbox};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The smallest PNG: one pixel.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\0\x05\0\x01\xff\x89\x99=\x1d\0\0\0\0IEND\xaeB`\x82";

/// Prints a step and the requests that went over the wire for it.
struct Show<'a> {
    sandbox: &'a Sandbox,
    shown: AtomicU64,
}

impl Show<'_> {
    fn part(&self, title: &str) {
        println!("\n# {title}");
    }

    fn step(&self, text: &str) {
        println!("{text}");
        let shown = self.shown.load(Ordering::Relaxed);
        for request in self.sandbox.requests().iter().filter(|r| r.number > shown) {
            println!("    {}", request.line());
            self.shown.store(request.number, Ordering::Relaxed);
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    if let Err(error) = run().await {
        eprintln!("error: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

async fn run() -> Result<()> {
    let sandbox = Sandbox::start().await?;
    println!("sandbox on {}", sandbox.base_url());
    let transport = Transport::builder().base_url(sandbox.base_url()).build()?;
    let show = Show { sandbox: &sandbox, shown: AtomicU64::new(0) };

    internal_app(&show, &transport).await?;
    school_notice(&show, &transport).await?;
    third_party_app(&show, &transport).await?;
    group_robot(&show, &transport).await?;
    robot(&show).await?;
    let faulty = faults(&show, &sandbox).await?;

    let (a, b) = (transport.stats(), faulty.stats());
    println!(
        "\n{} calls in {} HTTP requests: {} tokens fetched, {} retry, {} call sent again with a new token",
        a.calls + b.calls,
        a.requests + b.requests,
        a.token_fetches + b.token_fetches,
        a.retries + b.retries,
        a.replays + b.replays
    );
    sandbox.shutdown().await;
    Ok(())
}

async fn internal_app(show: &Show<'_>, transport: &Transport) -> Result<()> {
    show.part("An internal app");
    let app = Client::builder(Sandbox::CORP_ID, Sandbox::SECRET)
        .agent(Sandbox::AGENT_ID)
        .transport(transport)
        .build()?;

    let made = app.department().create("演示部", 1).await?;
    show.step(&format!("department 演示部 created: id {}", made.id));

    app.user()
        .create("wangwu", "王五")
        .mobile("13800000000")
        .department([made.id])
        .position("工程师")
        .await?;
    let read = app.user().get("wangwu").await?;
    show.step(&format!(
        "member {} created and read back: {}, {}",
        read.userid,
        read.name.unwrap_or_default(),
        read.position.unwrap_or_default()
    ));

    let picture = MediaFile::from_bytes("流程图.png", PICTURE);
    let uploaded = app.media().upload(wecom::media::MediaType::Image, picture).await?;
    show.step("picture 流程图.png uploaded");

    let sent = app.message().send(Text::new("你好")).agentid(Sandbox::AGENT_ID).touser(["wangwu"]).await?;
    show.step("text sent to wangwu");

    app.message().send(Image::new(uploaded.media_id)).agentid(Sandbox::AGENT_ID).touser(["wangwu"]).await?;
    show.step("picture sent");

    let card =
        ButtonInteraction::new(CardTitle::new("请审批"), "task-1", [CardButton::new("同意").key("yes")]);
    let with_card = app
        .message()
        .send(wecom::message::TemplateCard::from(card))
        .agentid(Sandbox::AGENT_ID)
        .touser(["wangwu"])
        .await?;
    show.step("button card sent");

    let code = with_card.response_code.ok_or("a button card comes with a response_code")?;
    app.message()
        .update_template_card(Sandbox::AGENT_ID, code, CardButtonUpdate::new("已同意"))
        .userids(["wangwu"])
        .await?;
    show.step("its button made inactive: 已同意");

    app.message().recall(sent.msgid).await?;
    show.step("text recalled");

    #[allow(deprecated)] // Retired, but answered.
    let statistics = app.message().get_statistics().await?;
    for row in &statistics.statistics {
        show.step(&format!("statistics of today: app {} sent {}", row.agentid, row.count));
    }
    show.step(&format!("{} apps in the statistics", statistics.statistics.len()));
    Ok(())
}

async fn school_notice(show: &Show<'_>, transport: &Transport) -> Result<()> {
    show.part("A school notice: some recipients are not known");
    let app = Client::builder(Sandbox::CORP_ID, Sandbox::SECRET)
        .agent(Sandbox::AGENT_ID)
        .transport(transport)
        .build()?;
    let sent = app
        .externalcontact()
        .message()
        .send(Sandbox::AGENT_ID, wecom::externalcontact::message::SchoolText::new("明天春游"))
        .to_parent_userid([Sandbox::PARENT_USER_ID, "nobody_parent"])
        .to_student_userid([Sandbox::STUDENT_USER_ID, "nobody"])
        .await?;
    show.step(&format!(
        "sent to those who are known; not known: parents {:?}, students {:?}",
        sent.invalid_parent_userid, sent.invalid_student_userid
    ));
    Ok(())
}

async fn third_party_app(show: &Show<'_>, transport: &Transport) -> Result<()> {
    show.part("A third-party app: the ticket arrives by callback");
    let suite = Suite::builder(Sandbox::SUITE_ID, Sandbox::SUITE_SECRET).transport(transport).build()?;
    let crypto = Crypto::new(Sandbox::CALLBACK_TOKEN, Sandbox::CALLBACK_AES_KEY, [Sandbox::SUITE_ID])?;

    // The app's own endpoint: verifies, decrypts, hands the event on, answers at once.
    let (tell, mut told) = mpsc::channel(8);
    let app = Router::new().route("/callback", post(receive)).with_state((crypto, tell));
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("http://{}/callback", listener.local_addr()?);
    let server = tokio::spawn(async move { axum::serve(listener, app).await });

    let answered = show.sandbox.push_suite_ticket(&url).await?;
    let Some(Event::ThirdParty(ThirdPartyEvent::SuiteTicket(event))) = told.recv().await else {
        return Err("another event than suite_ticket arrived".into());
    };
    let SuiteTicket { suite_ticket, time_stamp, .. } = *event;
    suite.set_ticket(suite_ticket, Timestamp(time_stamp.0)).await?;
    show.step(&format!("suite_ticket received, verified and decrypted; answered {:?}", answered.body));

    let corp = suite.corp(Sandbox::AUTH_CORP_ID, Sandbox::PERMANENT_CODE)?;
    corp.message()
        .send(Text::new("<a href=\"https://work.weixin.qq.com\">查看详情</a>"))
        .agentid(Sandbox::SUITE_AGENT_ID)
        .touser(["@all"])
        .await?;
    show.step("suite token, then the corp's token, then a text with a link");
    server.abort();
    Ok(())
}

/// Callbacks must be answered within five seconds: the work is for whoever holds the channel's other end.
async fn receive(
    State((crypto, tell)): State<(Crypto, mpsc::Sender<Event>)>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> (StatusCode, &'static str) {
    let opened = Query::parse(&query.unwrap_or_default())
        .and_then(|query| crypto.open(&query, &body))
        .and_then(|message| message.notice())
        .and_then(|notice| Event::read(&notice));
    match opened {
        Ok(event) => match tell.send(event).await {
            Ok(()) => (StatusCode::OK, "success"),
            Err(_) => (StatusCode::SERVICE_UNAVAILABLE, ""),
        },
        Err(error) => {
            eprintln!("a callback was refused: {error}");
            (StatusCode::BAD_REQUEST, "")
        }
    }
}

async fn group_robot(show: &Show<'_>, transport: &Transport) -> Result<()> {
    show.part("A group robot");
    let robot = Webhook::builder(Sandbox::WEBHOOK_KEY).transport(transport).build()?;
    robot.send(wecom::webhook::Send::new(wecom::webhook::Text::new("构建完成"))).await?;
    show.step("message sent to the group");
    Ok(())
}

async fn robot(show: &Show<'_>) -> Result<()> {
    show.part("A robot without a public address: connects itself, greets, streams its answer");
    let (robot, mut incoming) =
        Robot::builder(Sandbox::BOT_ID, Sandbox::BOT_SECRET).url(show.sandbox.socket_url()).connect()?;
    robot.connected().await?;
    show.step("connected and subscribed");

    show.sandbox.push_message(serde_json::json!({
        "create_time": Timestamp::now(), "chattype": "single", "from": {"userid": "wangwu"},
        "msgtype": "event", "event": {"eventtype": "enter_chat"},
    }));
    let entered = incoming.next().await.ok_or("an event")?;
    let card =
        RobotCard::new(MainTitle::new().title("你好"), [RobotButton::new("怎样提问", "how")], "greeting");
    entered.welcome(WelcomeCard::new(card)).await?;
    show.step("wangwu entered the chat and was greeted with a card");

    show.sandbox.say("wangwu", "明天天气如何？");
    let message = incoming.next().await.ok_or("a message")?;
    // In place of a model: a few words at a time.
    let words = ["明天", "**晴**，", "15 到 23 度，", "微风。", "适合", "出游。"];
    let pieces = stream::unfold(words.into_iter(), |mut left| async move {
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        left.next().map(|piece| (piece, left))
    });
    let ended = message.stream().write_all(pieces).await?;
    show.step(&format!("{:?} answered word by word: {ended:?}", message.text().unwrap_or_default()));
    for frame in show.sandbox.socket_frames().iter().filter(|f| f.cmd == "aibot_respond_msg") {
        let stream = &frame.body["stream"];
        let end = if stream["finish"] == true { ", the end" } else { "" };
        println!("    {} {}{end}", frame.cmd, stream["content"].as_str().unwrap_or_default());
    }
    robot.stop();
    Ok(())
}

/// Gives back its transport, for the summary.
async fn faults(show: &Show<'_>, sandbox: &Sandbox) -> Result<Transport> {
    show.part("Faults");
    let transport = Transport::builder().base_url(sandbox.base_url()).build()?;
    let app = Client::builder(Sandbox::CORP_ID, Sandbox::SECRET).transport(&transport).build()?;

    app.user().get(Sandbox::USER_ID).await?;
    sandbox.expire_tokens();
    let before = transport.stats();
    app.user().get(Sandbox::USER_ID).await?;
    let after = transport.stats();
    show.step(&format!(
        "token expired half way: {} refresh, {} call sent again, and it succeeded",
        after.token_fetches - before.token_fetches,
        after.replays - before.replays
    ));

    sandbox.fault(Fault::Errcode(-1)).on("/cgi-bin/department/list").times(1);
    app.department().list().await?;
    show.step(&format!(
        "server busy (-1): {} retry, and it succeeded",
        transport.stats().retries - after.retries
    ));

    let wrong = Client::builder(Sandbox::CORP_ID, "not-the-secret").transport(&transport).build()?;
    let before = transport.stats();
    match wrong.user().get(Sandbox::USER_ID).await {
        Ok(_) => return Err("a wrong secret was accepted".into()),
        Err(error) => {
            let retries = transport.stats().retries - before.retries;
            show.step(&format!("wrong secret, {retries} retries: {error}"));
        }
    }
    Ok(transport)
}
