//! The transfer program at a sixteenth of its size: memory must not grow with the file. The only test here that does
//! anything in its process, so that nothing else takes memory meanwhile; the server is a second process.

#[allow(dead_code)] // its `main`
#[path = "../benches/transfer.rs"]
mod transfer;

use std::process::Command;

use transfer::{Folder, Server, peak, print, run, serve};

const SIZE: u64 = 64 * 1024 * 1024;
/// What moving a file may add to the memory that the process held before.
const MOST: u64 = 32 * 1024 * 1024;
const PART: &str = "WECOM_TEST_PART";

/// The second process; without one there is nothing to test here.
#[tokio::test]
async fn server() {
    if std::env::var_os(PART).is_some() {
        serve(SIZE).await.expect("serves");
    }
}

#[tokio::test]
async fn memory_does_not_grow_with_the_file() {
    let mut program = Command::new(std::env::current_exe().expect("this program's path"));
    let server = Server::start(program.args(["--exact", "server", "--nocapture"]).env(PART, "server"));
    let (server, folder) = (server.expect("starts"), Folder::new().expect("a folder"));
    let before = peak();
    let moved = run(&server, SIZE, &folder.0).await.expect("moves");
    print(SIZE, &moved);
    match peak().zip(before) {
        Some((after, before)) => {
            println!("peak memory grew by {} KiB", (after - before) / 1024);
            assert!(after - before < MOST, "peak memory grew by {} bytes", after - before);
        }
        None => println!("skipped: this system does not tell how much memory a process takes"),
    }
}
