//! An approval from its form to its end: the template says which controls there are, the request fills them, an event tells of every step.
//!
//! ```sh
//! export WECOM_CORP_ID=ww… WECOM_SECRET=…   # of an application that may use approvals (审批 › API › 可调用接口的应用)
//! export WECOM_TEMPLATE_ID=…                # from the address of the template's page in the admin console
//! export WECOM_USER=zhangsan
//! cargo run -p wecom-client --features oa,callback --example approval
//! ```

use std::env;
use std::error::Error;
use std::process::ExitCode;

use wecom::Client;
use wecom::events::Event;
use wecom::events::oa::{OaEvent, SpStatus};
use wecom::oa::{ApplyData, ApprovalContent, ApprovalValue, ControlType, Lang, LangText, SummaryLine};

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
    let number =
        apply(&client, &env::var("WECOM_TEMPLATE_ID")?, &env::var("WECOM_USER")?, "two days at sea").await?;
    println!("handed in as {number}; {}", state(&client, &number).await?);
    Ok(())
}

/// Hands in an approval with the same text in each of the form's text controls, and gives its number.
pub(crate) async fn apply(
    client: &Client,
    template: &str,
    user: &str,
    text: &str,
) -> Result<String, wecom::Error> {
    let form = client.oa().get_template_detail(template).await?;
    let mut contents = Vec::new();
    for control in form.template_content.controls {
        let property = control.property;
        contents.push(match property.control {
            ControlType::Text => ApprovalContent::new(property.id, ApprovalValue::text(text)),
            ControlType::Textarea => ApprovalContent::new(property.id, ApprovalValue::textarea(text)),
            // Dates, choices, files: each has a value type of its own. Those that must be filled the server asks for.
            _ => continue,
        });
    }
    let summary = SummaryLine::new([LangText::new(text, Lang::ZhCn)]);
    // `true`: approved by whom the template names.
    let handed_in =
        client.oa().apply_event(user, template, true, ApplyData::new(contents), [summary]).await?;
    Ok(handed_in.sp_no)
}

/// Where it stands.
pub(crate) async fn state(client: &Client, number: &str) -> Result<String, wecom::Error> {
    let approval = client.oa().get_approval_detail(number).await?.info;
    Ok(format!("{:?}, {} steps so far", approval.sp_status, approval.sp_record.len()))
}

/// What a callback tells of it: the number once it is approved. In a service it stands where `callback_service.rs` has its handler.
#[allow(dead_code, reason = "it is for a service: this program ends before anybody approves")]
pub(crate) fn approved(event: Event) -> Option<String> {
    match event {
        Event::Oa(OaEvent::SysApprovalChange(change)) => {
            let approval = change.approval_info;
            (approval.sp_status == SpStatus::Approved).then_some(approval.sp_no_str)
        }
        _ => None,
    }
}
