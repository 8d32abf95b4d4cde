//! Large files up and down, with the memory that it takes: the server is a process of its own, which does not count.
//!
//! ```sh
//! cargo bench -p wecom-client --bench transfer -- 1024    # MiB
//! ```

use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use wecom::media::MediaType;
use wecom::{Client, MediaFile};

type Failure = Box<dyn Error + Send + Sync>;

const MIB: u64 = 1024 * 1024;
/// The memory that 1 GiB may take, this program and all its libraries included.
const MOST: u64 = 64 * MIB;
/// Files are this block over and over: a prime number of bytes, so that no piece of a network's is a whole one.
const BLOCK: usize = 65_521;

fn block() -> Vec<u8> {
    (0..BLOCK).map(|at| (at * 31 % 251) as u8).collect()
}

/// Compares what arrives with what a file should hold.
struct Expected {
    block: Vec<u8>,
    at: u64,
}

impl Expected {
    fn new() -> Self {
        Self { block: block(), at: 0 }
    }

    fn take(&mut self, mut piece: &[u8]) -> Result<(), Failure> {
        while !piece.is_empty() {
            let from = (self.at % BLOCK as u64) as usize;
            let (now, later) = piece.split_at(piece.len().min(BLOCK - from));
            if now != &self.block[from..from + now.len()] {
                return Err(format!("another content near byte {}", self.at).into());
            }
            self.at += now.len() as u64;
            piece = later;
        }
        Ok(())
    }

    fn ends(&self, size: u64) -> Result<(), Failure> {
        if self.at == size {
            Ok(())
        } else {
            Err(format!("{} bytes arrived instead of {size}", self.at).into())
        }
    }
}

/// A file's content, made as it is asked for.
struct Made {
    block: Bytes,
    left: u64,
}

impl Made {
    fn new(size: u64) -> Self {
        Self { block: block().into(), left: size }
    }
}

impl Iterator for Made {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let len = self.left.min(BLOCK as u64);
        self.left -= len;
        (len > 0).then(|| self.block.slice(..len as usize))
    }
}

/// The most memory that this process ever held, in bytes, where the system tells.
pub(crate) fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib * 1024)
}

/// The server's process, ended with this value.
pub(crate) struct Server {
    child: Child,
    base: String,
}

impl Server {
    /// `command` ends up in [`serve`].
    pub(crate) fn start(command: &mut Command) -> Result<Self, Failure> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
        let base = lines.find_map(|line| line.ok()?.split_once("serves ").map(|(_, base)| base.to_owned()));
        Ok(Self { child, base: base.ok_or("the server did not start")? })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Takes uploads and gives downloads of `size` bytes, for ever.
pub(crate) async fn serve(size: u64) -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    writeln!(std::io::stdout(), "serves http://{}", listener.local_addr()?)?;
    loop {
        let (mut stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            if let Err(error) = answer(&mut stream, size).await {
                let body = serde_json::json!({"errcode": 40006, "errmsg": error.to_string()}).to_string();
                let _ = reply(&mut stream, "application/json", body.len() as u64).await;
                let _ = stream.write_all(body.as_bytes()).await;
            }
        });
    }
}

async fn reply(stream: &mut TcpStream, kind: &str, len: u64) -> Result<(), Failure> {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len}\r\nConnection: close\r\n\r\n"
    );
    Ok(stream.write_all(head.as_bytes()).await?)
}

/// Reads on until this stands in the buffer; where it ends.
async fn until(stream: &mut TcpStream, buffer: &mut Vec<u8>, end: &[u8]) -> Result<usize, Failure> {
    loop {
        if let Some(at) = buffer.windows(end.len()).position(|window| window == end) {
            return Ok(at + end.len());
        }
        if stream.read_buf(buffer).await? == 0 {
            return Err("the request broke off".into());
        }
    }
}

async fn answer(stream: &mut TcpStream, size: u64) -> Result<(), Failure> {
    let mut buffer = Vec::new();
    let head = until(stream, &mut buffer, b"\r\n\r\n").await?;
    let line = String::from_utf8_lossy(&buffer[..head]).into_owned();
    let mut text = serde_json::json!({"errcode": 0, "errmsg": "ok"});
    if line.starts_with("GET /cgi-bin/media/get?") {
        reply(stream, "application/octet-stream", size).await?;
        for piece in Made::new(size) {
            stream.write_all(&piece).await?;
        }
        return Ok(());
    } else if line.starts_with("GET /cgi-bin/gettoken?") {
        text["access_token"] = "token".into();
        text["expires_in"] = 7200.into();
    } else {
        buffer.drain(..head);
        // The form's own head, then the file, then the form's end.
        let head = until(stream, &mut buffer, b"\r\n\r\n").await?;
        let mut expected = Expected::new();
        let mut piece = buffer.split_off(head);
        loop {
            let left = usize::try_from(size - expected.at)?;
            expected.take(&piece[..piece.len().min(left)])?;
            if piece.len() > left || (left == 0 && piece.is_empty()) {
                piece.drain(..left);
                break;
            }
            piece.clear();
            piece.reserve(256 * 1024);
            if stream.read_buf(&mut piece).await? == 0 {
                return Err("the upload broke off".into());
            }
        }
        until(stream, &mut piece, b"--\r\n").await?;
        expected.ends(size)?;
        text["media_id"] = "M1".into();
    }
    let body = text.to_string();
    reply(stream, "application/json", body.len() as u64).await?;
    Ok(stream.write_all(body.as_bytes()).await?)
}

/// One way of moving a file, and what it took.
#[derive(Debug)]
pub(crate) struct Moved {
    what: &'static str,
    took: Duration,
    /// Of the process since its start.
    peak: Option<u64>,
}

/// Moves `size` bytes in each way there is: up from a file and from a stream, down into a file and as a stream.
pub(crate) async fn run(server: &Server, size: u64, folder: &Path) -> Result<Vec<Moved>, Failure> {
    let client = Client::builder("ww1", "secret").base_url(&server.base).build()?;
    let path = folder.join("up.bin");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path)?);
    Made::new(size).try_for_each(|piece| file.write_all(&piece))?;
    file.flush()?;
    drop(file);
    let mut all = Vec::new();
    let mut done = |what, began: Instant| all.push(Moved { what, took: began.elapsed(), peak: peak() });

    let reported = Arc::new(AtomicU64::new(0));
    for (what, source) in [
        ("up from a file", MediaFile::from_path(&path)),
        (
            "up from a stream",
            MediaFile::from_stream("up.bin", size, move || {
                futures_util::stream::iter(Made::new(size).map(Ok))
            }),
        ),
    ] {
        let (began, seen) = (Instant::now(), Arc::clone(&reported));
        let source = source.with_progress(move |sent, _| seen.store(sent, Ordering::Relaxed));
        let answer = client.media().upload(MediaType::File, source).await?;
        if answer.media_id != "M1" || reported.swap(0, Ordering::Relaxed) != size {
            return Err("the upload did not arrive".into());
        }
        done(what, began);
    }

    let began = Instant::now();
    let path = folder.join("down.bin");
    let len = client.media().get("M1").await?.save(&path).await?;
    done("down into a file", began);
    let mut expected = Expected::new();
    let mut file = BufReader::new(std::fs::File::open(&path)?);
    loop {
        let piece = file.fill_buf()?;
        if piece.is_empty() {
            break;
        }
        expected.take(piece)?;
        let len = piece.len();
        file.consume(len);
    }
    expected.ends(size.max(len))?;

    let began = Instant::now();
    let (mut download, mut expected) = (client.media().get("M1").await?, Expected::new());
    while let Some(piece) = download.chunk().await? {
        expected.take(&piece)?;
    }
    expected.ends(size)?;
    done("down as a stream", began);
    Ok(all)
}

/// Prints the figures.
pub(crate) fn print(size: u64, moved: &[Moved]) {
    let mib = |bytes: u64| bytes as f64 / MIB as f64;
    for Moved { what, took, peak } in moved {
        let seconds = took.as_secs_f64();
        let peak = peak.map_or("not told by this system".to_owned(), |peak| format!("{:.1} MiB", mib(peak)));
        println!(
            "{:.0} MiB {what}: {seconds:.2} s, {:.0} MiB/s; peak memory of the process so far: {peak}",
            mib(size),
            mib(size) / seconds
        );
    }
}

/// A folder that is removed at the end.
pub(crate) struct Folder(pub(crate) std::path::PathBuf);

impl Folder {
    pub(crate) fn new() -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("wecom-transfer-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    // `cargo bench` adds `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let (serves, size) = match &arguments[..] {
        [] => (false, "1024"),
        [size] => (false, &**size),
        [word, size] if word == "serve" => (true, &**size),
        _ => return Err("usage: transfer [MIB]".into()),
    };
    let size = size.parse::<u64>().map_err(|_| format!("usage: transfer [MIB], not {size:?}"))? * MIB;
    if serves {
        return serve(size).await;
    }
    let server =
        Server::start(Command::new(std::env::current_exe()?).args(["serve", &(size / MIB).to_string()]))?;
    let folder = Folder::new()?;
    let moved = run(&server, size, &folder.0).await?;
    print(size, &moved);
    match peak() {
        Some(peak) if peak >= MOST => Err(format!("{peak} bytes of memory, {MOST} are the most").into()),
        _ => Ok(()),
    }
}
