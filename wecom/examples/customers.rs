//! Customers of a member: a tag for all, and a welcome for who is added.
//!
//! ```sh
//! export WECOM_CORP_ID=ww… WECOM_SECRET=…   # of an application that may use customers (客户联系 › API › 可调用接口的应用)
//! export WECOM_USER=zhangsan
//! cargo run -p wecom-client --features externalcontact,callback --example customers
//! ```

use std::env;
use std::error::Error;
use std::process::ExitCode;

use wecom::Client;
use wecom::events::Event;
use wecom::events::externalcontact::ExternalcontactEvent;
use wecom::externalcontact::{MsgText, NewCorpTag};

#[tokio::main]
async fn main() -> ExitCode {
    if let Err(error) = run().await {
        eprintln!("error: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

async fn run() -> Result<(), Box<dyn Error>> {
    let client = Client::new(env::var("WECOM_CORP_ID")?, env::var("WECOM_SECRET")?)?;
    let tagged = tag_all(&client, &env::var("WECOM_USER")?, "来源", "官网").await?;
    println!("{tagged} customers have the tag");
    Ok(())
}

/// Gives all customers of a member a tag, which is made in a group of tags, and tells how many there are.
pub(crate) async fn tag_all(
    client: &Client,
    userid: &str,
    group: &str,
    tag: &str,
) -> Result<usize, wecom::Error> {
    let made = client.externalcontact().add_corp_tag([NewCorpTag::new(tag)]).group_name(group).await?;
    // The answer has the group with what was made in it.
    let tags: Vec<String> = made.tag_group.tag.into_iter().map(|tag| tag.id).collect();
    let customers = match client.externalcontact().list(userid).await {
        Ok(list) => list.external_userid,
        // 84061: the member has no customers.
        Err(error) if error.is_not_found() || error.code() == Some(84061) => Vec::new(),
        Err(error) => return Err(error),
    };
    for customer in &customers {
        client.externalcontact().mark_tag(userid, customer.as_str()).add_tag(&tags).await?;
    }
    Ok(customers.len())
}

/// For a handler of callbacks: who was added by a member is welcomed. The code is good for 20 seconds and one use; without one the admin
/// console has a welcome of its own. Gives whether one was sent.
#[allow(dead_code, reason = "it is for a service: this program ends before anybody is added")]
pub(crate) async fn welcome(client: &Client, event: Event) -> Result<bool, wecom::Error> {
    let Event::Externalcontact(ExternalcontactEvent::ChangeExternalContactAddExternalContact(added)) = event
    else {
        return Ok(false);
    };
    let Some(code) = added.welcome_code else { return Ok(false) };
    let text = MsgText::new().content("你好，有什么可以帮你的？");
    match client.externalcontact().send_welcome_msg(code).text(text).await {
        Ok(_) => Ok(true),
        // Another application was faster, or the customer has written already.
        Err(error) if error.code() == Some(41051) => Ok(false),
        Err(error) => Err(error),
    }
}
