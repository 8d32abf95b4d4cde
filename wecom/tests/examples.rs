//! The examples, run against the sandbox: what they show works.

#![allow(dead_code)] // their `main`

#[path = "../examples/approval.rs"]
mod approval;
#[path = "../examples/callback_service.rs"]
mod callback_service;
#[path = "../examples/customers.rs"]
mod customers;
#[path = "../examples/files.rs"]
mod files;
#[path = "../examples/installation.rs"]
mod installation;
#[path = "../examples/login.rs"]
mod login;
#[path = "../examples/members.rs"]
mod members;
#[path = "../examples/token_store.rs"]
mod token_store;

mod contract;

use std::sync::Arc;

use axum::Router;
use serde_json::json;
use wecom::callback::Crypto;
use wecom::callback::axum::Work;
use wecom::events::Event;
use wecom::{Client, Suite};
use wecom_sandbox::{ReplyContent, Sandbox};

async fn sandbox() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.expect("starts");
    let client = Client::builder(Sandbox::CORP_ID, Sandbox::SECRET).agent(Sandbox::AGENT_ID);
    let client = client.base_url(sandbox.base_url()).build().expect("builds");
    (sandbox, client)
}

/// Serves and gives the address.
async fn serve(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

fn crypto(receive_id: &str) -> Crypto {
    Crypto::new(Sandbox::CALLBACK_TOKEN, Sandbox::CALLBACK_AES_KEY, [receive_id]).expect("sound keys")
}

/// An event of the sandbox as a handler gets it.
async fn event(push: wecom_sandbox::EventPush<'_>) -> Event {
    let (send, mut receive) = tokio::sync::mpsc::unbounded_channel();
    let app =
        wecom::callback::axum::Callbacks::new(crypto(Sandbox::CORP_ID)).at(
            "/",
            move |received: wecom::callback::axum::Received| {
                let sent = send.send(received.event);
                async move {
                    sent.map(|()| wecom::callback::axum::Reply::Accepted).map_err(|error| error.to_string())
                }
            },
        );
    let url = serve(app).await;
    assert_eq!(push.to(&url).await.expect("arrives").status, 200);
    receive.recv().await.expect("was handled")
}

#[tokio::test]
async fn members_are_listed() {
    let (sandbox, client) = sandbox().await;
    let lines = members::members(&client).await.expect("works");
    assert_eq!(lines.len(), 2, "{lines:?}");
    let due = format!("{}: 张三, departments 1", Sandbox::USER_ID);
    assert!(lines.contains(&due), "{lines:?}");
    assert_eq!(sandbox.requests_to("/cgi-bin/user/get").len(), 2);
}

#[tokio::test]
async fn an_approval_goes_from_form_to_event() {
    let (sandbox, client) = sandbox().await;
    let number =
        approval::apply(&client, Sandbox::TEMPLATE_ID, Sandbox::USER_ID, "出海两天").await.expect("works");
    let state = approval::state(&client, &number).await.expect("is there");
    assert!(state.starts_with("Pending"), "{state}");
    let change = |status: i64| {
        let push = sandbox.push_event("sys_approval_change");
        push.set("ApprovalInfo.SpNoStr", number.as_str()).set("ApprovalInfo.SpStatus", status)
    };
    assert_eq!(approval::approved(event(change(1)).await), None);
    assert_eq!(approval::approved(event(change(2)).await), Some(number.clone()));
}

#[tokio::test]
async fn customers_are_tagged_and_welcomed() {
    let (sandbox, client) = sandbox().await;
    assert_eq!(customers::tag_all(&client, Sandbox::USER_ID, "来源", "官网").await.expect("works"), 1);
    assert_eq!(sandbox.requests_to("/cgi-bin/externalcontact/mark_tag").len(), 1);
    let added = || sandbox.push_event("change_external_contact.add_external_contact");
    // Without a code there is nothing to do.
    assert!(!customers::welcome(&client, event(added()).await).await.expect("works"));
    assert!(
        customers::welcome(&client, event(added().set("WelcomeCode", "CODE")).await).await.expect("works")
    );
    assert_eq!(sandbox.requests_to("/cgi-bin/externalcontact/send_welcome_msg").len(), 1);
    assert!(
        !customers::welcome(&client, event(sandbox.push_event("enter_agent")).await).await.expect("works")
    );
}

#[tokio::test]
async fn an_application_is_installed() {
    let (sandbox, _) = sandbox().await;
    let suite = Suite::builder(Sandbox::SUITE_ID, Sandbox::SUITE_SECRET).base_url(sandbox.base_url());
    let suite = suite.build().expect("builds");
    let url = serve(installation::notices(suite.clone(), crypto(Sandbox::SUITE_ID))).await + "/notices";
    let accepted =
        |pushed: wecom_sandbox::Pushed| assert_eq!((pushed.status, pushed.body.as_str()), (200, "success"));

    accepted(sandbox.push_suite_ticket(&url).await.expect("arrives"));
    let link = installation::install_link(&suite, "https://example.com/back").await.expect("works");
    assert!(link.contains("pre_auth_code=") && link.contains(Sandbox::SUITE_ID), "{link}");
    accepted(
        sandbox
            .push_event("create_auth")
            .set("AuthCode", Sandbox::AUTH_CODE)
            .to(&url)
            .await
            .expect("arrives"),
    );
    let code = suite.permanent_code(Sandbox::AUTH_CORP_ID).await.expect("reads");
    assert!(code.is_some(), "the permanent code is kept");
    let agent = Sandbox::SUITE_AGENT_ID;
    let sent = installation::greet(&suite, Sandbox::AUTH_CORP_ID, agent, Sandbox::USER_ID).await;
    assert!(!sent.expect("works").is_empty());
    let later = wecom::Timestamp::now().get() + 5;
    accepted(sandbox.push_event("cancel_auth").set("TimeStamp", later).to(&url).await.expect("arrives"));
    assert!(suite.permanent_code(Sandbox::AUTH_CORP_ID).await.expect("reads").is_none(), "it is forgotten");
}

#[tokio::test]
async fn a_visitor_logs_in() {
    let (sandbox, client) = sandbox().await;
    let url = serve(login::pages(client.clone(), "https://example.com/login".into())).await + "/login";
    let browser =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("builds");
    let sent_away = browser.get(&url).send().await.expect("answers");
    let to = sent_away.headers()["location"].to_str().expect("a text").to_owned();
    assert!(to.starts_with("https://open.weixin.qq.com/") && to.contains("agentid="), "{to}");
    let code = sandbox.oauth_code(Sandbox::CORP_ID, Sandbox::USER_ID);
    let page = async |code: &str| {
        let answer = browser.get(format!("{url}?code={code}")).send().await.expect("answers");
        (answer.status().as_u16(), answer.text().await.expect("a text"))
    };
    assert_eq!(page(&code).await, (200, format!("member {}", Sandbox::USER_ID)));
    let (status, text) = page(&code).await;
    assert!(status == 502 && text.contains("40029"), "a code is good once: {status} {text}");
}

#[tokio::test]
async fn files_go_and_come_back() {
    let (_sandbox, client) = sandbox().await;
    let folder = std::env::temp_dir().join(format!("wecom-examples-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let (from, to) = (folder.join("a.txt"), folder.join("b.txt"));
    std::fs::write(&from, "a file from the disk").expect("writes");
    let id = files::upload(&client, &from).await.expect("works");
    assert_eq!(files::download(&client, &id, &to).await.expect("works"), 20);
    assert_eq!(std::fs::read_to_string(&to).expect("reads"), "a file from the disk");
    let id = files::upload_text(&client, "note.txt", "from memory").await.expect("works");
    let part = files::beginning(&client, &id, 4).await.expect("works");
    assert!(part.starts_with(b"from"), "{part:?}");
    std::fs::remove_dir_all(&folder).expect("removes");
}

/// Every reply of the service, by what was pushed.
#[tokio::test]
async fn the_service_replies() {
    let (sandbox, _) = sandbox().await;
    let work = Work::default();
    let url = serve(callback_service::routes(crypto(Sandbox::CORP_ID), &work)).await + "/callback";
    let reply = async |push: wecom_sandbox::EventPush<'_>| {
        let pushed = push.to(&url).await.expect("arrives");
        pushed.reply().expect("a reply, or none").map(|reply| reply.content)
    };
    let text = reply(sandbox.push_event("message.text").set("Content", "在吗")).await;
    assert_eq!(text, Some(ReplyContent::Text("收到：在吗".into())));
    let image = reply(sandbox.push_event("message.image").fields(json!({"MediaId": "m1"}))).await;
    assert_eq!(image, Some(ReplyContent::Image("m1".into())));
    let news = reply(sandbox.push_event("click").set("EventKey", "news")).await;
    assert!(matches!(&news, Some(ReplyContent::News(list)) if list.len() == 1), "{news:?}");
    let card = reply(sandbox.push_event("template_card_event")).await;
    assert_eq!(card, Some(ReplyContent::UpdateButton("已处理".into())));
    for quiet in ["change_contact.create_user", "enter_agent"] {
        assert_eq!(reply(sandbox.push_event(quiet)).await, None, "{quiet}");
    }
    work.finish().await;
}

/// The store keeps what every store must, and a client uses it.
#[tokio::test]
async fn the_own_store_keeps_the_contract() {
    let table = Arc::new(token_store::Table::default());
    contract::keeps_the_contract(&*table).await;
    let (sandbox, _) = sandbox().await;
    let client = Client::builder(Sandbox::CORP_ID, Sandbox::SECRET).agent(Sandbox::AGENT_ID);
    let client =
        client.base_url(sandbox.base_url()).store(token_store::Table::default()).build().expect("builds");
    for _ in 0..2 {
        client.user().get(Sandbox::USER_ID).await.expect("works");
    }
    assert_eq!(sandbox.requests_to("/cgi-bin/gettoken").len(), 1, "the second call found the token");
}
