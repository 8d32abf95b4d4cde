//! Everybody whom the application may see: the list page by page, then each member's details.
//!
//! ```sh
//! export WECOM_CORP_ID=ww… WECOM_SECRET=…   # of an application, or of the address book's synchronisation
//! cargo run -p wecom-client --features user --example members
//! ```

use std::env;
use std::error::Error;
use std::process::ExitCode;

use wecom::Client;

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
    for line in members(&client).await? {
        println!("{line}");
    }
    Ok(())
}

/// A line for each member, `zhangsan: 张三, departments 1 and 2`.
pub(crate) async fn members(client: &Client) -> Result<Vec<String>, wecom::Error> {
    let mut lines = Vec::new();
    // The next page is asked for when the one before has been used up.
    let mut ids = client.user().list_id().items();
    let mut last = String::new();
    while let Some(entry) = ids.next().await {
        let Some(userid) = entry?.userid else { continue };
        // A member of several departments stands in the list once for each.
        if userid == last {
            continue;
        }
        match client.user().get(userid.as_str()).await {
            Ok(member) => {
                let departments: Vec<String> = member.department.iter().map(u32::to_string).collect();
                let name = member.name.unwrap_or_default();
                lines.push(format!("{userid}: {name}, departments {}", departments.join(" and ")));
            }
            // Has left since the page was made.
            Err(error) if error.is_not_found() => {}
            Err(error) => return Err(error),
        }
        last = userid;
    }
    Ok(lines)
}
