//! Files: one from the disk, one from memory, with progress; and back again.
//!
//! ```sh
//! export WECOM_CORP_ID=ww… WECOM_SECRET=…
//! cargo run -p wecom-client --features media --example files -- report.pdf
//! ```

use std::env;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use wecom::media::MediaType;
use wecom::{Client, MediaFile};

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
    let path = env::args().nth(1).ok_or("say which file")?;
    let media_id = upload(&client, Path::new(&path)).await?;
    println!("uploaded as {media_id}, for three days");
    let bytes = download(&client, &media_id, Path::new("downloaded")).await?;
    println!("{bytes} bytes in ./downloaded");
    Ok(())
}

/// A file from the disk. It is read while it is sent, so its size costs no memory.
pub(crate) async fn upload(client: &Client, path: &Path) -> Result<String, wecom::Error> {
    let file = MediaFile::from_path(path).with_progress(|sent, all| println!("{sent} of {all} bytes"));
    Ok(client.media().upload(MediaType::File, file).await?.media_id)
}

/// The same from memory, under a name of one's own.
#[allow(dead_code, reason = "another way to do it, which this program does not need")]
pub(crate) async fn upload_text(client: &Client, name: &str, text: &str) -> Result<String, wecom::Error> {
    let file = MediaFile::from_bytes(name, text.to_owned()).with_content_type("text/plain");
    Ok(client.media().upload(MediaType::File, file).await?.media_id)
}

/// To the disk: the file is there whole, or not at all.
pub(crate) async fn download(client: &Client, media_id: &str, to: &Path) -> Result<u64, wecom::Error> {
    client.media().get(media_id).await?.save(to).await
}

/// The first bytes alone; a server that gives no parts sends all of it.
#[allow(dead_code, reason = "another way to do it, which this program does not need")]
pub(crate) async fn beginning(client: &Client, media_id: &str, bytes: u64) -> Result<Vec<u8>, wecom::Error> {
    let file = client.media().get(media_id).range(0, Some(bytes.saturating_sub(1))).await?;
    Ok(file.bytes().await?.to_vec())
}
