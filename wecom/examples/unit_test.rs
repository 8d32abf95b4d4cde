//! A unit test of code that calls WeCom: without a server, and without waiting.
//!
//! ```sh
//! cargo test -p wecom-client --features message --example unit_test
//! ```

use std::process::ExitCode;

use wecom::message::{Send, Text};
use wecom::{Client, Error};

/// The code under test: tells the people on duty, and says who was not reached.
async fn alarm(client: &Client, on_duty: &[&str], what: &str) -> Result<Vec<String>, Error> {
    let message = Send::new(Text::new(format!("告警：{what}"))).touser(on_duty.iter().copied());
    match client.send(message).await {
        Ok(sent) => Ok(sent.invaliduser),
        // Nobody of them may see the application.
        Err(error) if error.code() == Some(81013) => Ok(on_duty.iter().map(|id| (*id).to_owned()).collect()),
        Err(error) => Err(error),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    if let Err(error) = run().await {
        eprintln!("error: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

async fn run() -> Result<(), Error> {
    // As the tests below do it.
    let stub = wecom::exchange::stub(|_| serde_json::json!({"invaliduser": "lisi"}));
    let client = Client::builder("ww1", "secret").agent(1000002).exchange(stub.clone()).build()?;
    let missed = alarm(&client, &["zhangsan", "lisi"], "磁盘已满").await?;
    println!("asked: {}", stub.requests()[0].json());
    println!("not reached: {missed:?}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use wecom::TransportKind;
    use wecom::exchange::{ExchangeError, Reply, Response, Stub, stub};

    use super::*;

    /// A client whose messages are answered with this.
    fn answering<R: Reply + Clone + std::marker::Send + Sync + 'static>(answer: R) -> (Client, Stub) {
        let stub = stub(move |request| match request.endpoint() {
            "/cgi-bin/message/send" => answer.clone().reply(),
            other => panic!("nobody should call {other}"),
        });
        let client = Client::builder("ww1", "secret").agent(1000002).exchange(stub.clone());
        (client.build().expect("builds"), stub)
    }

    #[tokio::test]
    async fn the_text_goes_to_those_on_duty() {
        let (client, stub) = answering(json!({"msgid": "m1"}));
        let missed = alarm(&client, &["zhangsan", "lisi"], "磁盘已满").await.expect("is sent");
        assert!(missed.is_empty());
        let sent = stub.requests();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].json()["touser"], "zhangsan|lisi");
        assert_eq!(sent[0].json()["text"]["content"], "告警：磁盘已满");
        assert_eq!(sent[0].json()["agentid"], 1000002);
    }

    #[tokio::test]
    async fn who_is_not_reached_is_said() {
        let (client, _) = answering(json!({"invaliduser": "lisi"}));
        assert_eq!(alarm(&client, &["zhangsan", "lisi"], "x").await.expect("is sent"), ["lisi"]);
        let (client, _) = answering(json!({"errcode": 81013, "errmsg": "all invalid"}));
        assert_eq!(alarm(&client, &["zhangsan"], "x").await.expect("is no failure"), ["zhangsan"]);
    }

    #[tokio::test]
    async fn other_refusals_and_broken_networks_are_errors() {
        let stub = stub(|_| Response::refusal(60020, "not allow to access from your ip"));
        let client = Client::builder("ww1", "secret").exchange(stub).build().expect("builds");
        assert_eq!(alarm(&client, &["a"], "x").await.expect_err("refused").code(), Some(60020));
        let (client, stub) = answering(ExchangeError::new(TransportKind::Broken, "reset by peer"));
        let error = alarm(&client, &["a"], "x").await.expect_err("broken");
        // A message that may have arrived is not sent twice.
        assert!(error.is_answer_lost());
        assert_eq!(stub.requests().len(), 1);
    }
}
