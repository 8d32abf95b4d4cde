//! Redis servers of every kind, started by a test and killed at its end.
#![allow(dead_code, unreachable_pub)] // each test file uses its part

use std::collections::BTreeSet;
use std::future::Future;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Whether a program is here; said aloud where it is not.
pub fn there_is(program: &str, version: &str, package: &str) -> bool {
    let found = Command::new(program).arg(version).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_err() {
        // Not by a macro: the harness swallows what those print.
        let text = format!("skipped: there is no {program} here (Debian: apt-get install {package})\n");
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
    found.is_ok()
}

pub fn there_is_redis() -> bool {
    there_is("redis-server", "--version", "redis-server")
}

/// A port that nobody listens on. None is given twice by this process: it may be free again before its first user has taken it.
pub fn free_port() -> u16 {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        if given.insert(port) {
            return port;
        }
    }
}

/// A folder that is gone after the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("wecom-nodes-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A server.
pub struct Node {
    pub port: u16,
    folder: Folder,
    child: Child,
}

impl Node {
    /// One with these settings, on a port of its own. Returns when it says that it is ready.
    pub fn start(settings: &[&str]) -> Self {
        Self::of(free_port(), Folder::new(), settings)
    }

    pub fn of(port: u16, folder: Folder, settings: &[&str]) -> Self {
        let mut command = Command::new("redis-server");
        // A sentinel's settings stand in a file, which it writes to.
        if !settings.first().is_some_and(|first| first.ends_with(".conf")) {
            command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""]);
        }
        let mut child = command
            .args(settings)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("redis-server starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let mut told = Vec::new();
        let ready = lines.by_ref().map_while(Result::ok).any(|line| {
            told.push(line.clone());
            line.contains("Ready to accept connections") || line.contains("Sentinel ID")
        });
        assert!(ready, "redis-server {settings:?} does not start: {told:#?}");
        // It stops when nobody reads what it prints.
        std::thread::spawn(move || lines.for_each(drop));
        Self { port, folder, child }
    }

    /// Has it carry out one command, and gives the answer as it came.
    pub fn tell(&self, command: &str) -> String {
        self.try_tell(command).unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    pub fn try_tell(&self, command: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        // Sentinels know no QUIT: the end is what comes back of this.
        const END: &str = "$7\r\nthe-end\r\n";
        write!(stream, "{command}\r\nPING the-end\r\n")?;
        let (mut told, mut piece) = (Vec::new(), [0; 4096]);
        loop {
            let len = stream.read(&mut piece)?;
            told.extend_from_slice(&piece[..len]);
            if let Some(before) = told.strip_suffix(END.as_bytes()) {
                return Ok(String::from_utf8_lossy(before).into_owned());
            }
            if len == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Asks until it is so. The limit only ends a test that has failed.
pub async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let asking = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), asking).await.unwrap_or_else(|_| panic!("never: {what}"));
}

/// An authority, and a certificate for 127.0.0.1 by it, made by `openssl`: `ca.pem`, `cert.pem`, `key.pem`. `None`, said aloud, where
/// there is no such program.
pub fn certificates() -> Option<Folder> {
    if !there_is("openssl", "version", "openssl") {
        return None;
    }
    let folder = Folder::new();
    let run = |line: &str| {
        let done = Command::new("openssl").args(line.split(' ')).current_dir(folder.path()).output();
        let done = done.expect("openssl runs");
        assert!(done.status.success(), "openssl {line}: {}", String::from_utf8_lossy(&done.stderr));
    };
    std::fs::write(
        folder.path().join("leaf.ext"),
        "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n",
    )
    .expect("writes");
    run(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test-authority -keyout ca.key -out ca.pem",
    );
    run(
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=127.0.0.1 -keyout key.pem -out leaf.csr",
    );
    run(
        "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile leaf.ext -out cert.pem",
    );
    Some(folder)
}
