//! Tokens in files, shared by the processes of one machine.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, sleep};

use super::codec;
use super::store::{BoxFuture, Lease, LeaseGuard, StoreError, StoredToken, TokenKey, TokenStore};
use crate::error::Error;
use crate::value::{Secret, hex};

/// How long a change may wait for another process's. Changes take milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long it waits before it tries again, at first and at the most.
const AGAIN: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(8)];

/// How often a waiter looks whether another process has stored a token or is gone.
const LOOK: Duration = Duration::from_millis(25);

/// How often a standby looks whether the active process is gone.
const WATCH: Duration = Duration::from_millis(250);

/// How long a waiter leaves fetching to another process that is alive but does not come to an end.
const LEASE_PATIENCE: Duration = Duration::from_secs(90);

/// Keeps tokens in files, for the processes of one machine.
///
/// A folder of its own holds one file a token, readable by its owner alone (0600, the folder 0700) where the system
/// knows such rights. The tokens are not encrypted. A file is replaced in one step: a reader sees the old or the new
/// one, whenever a process is killed and whatever the power does. Changes are made under a lock of the system,
/// which a dead process cannot keep; one more for each token lets one process fetch while the others watch the
/// file. A file that cannot be read is taken as no token; where it held what cannot be fetched again (tickets,
/// permanent codes) it is an error that names the file.
///
/// The folder must be on a local disk: locks and atomic renames of network file systems cannot be relied on.
///
/// ```no_run
/// # fn main() -> Result<(), wecom::Error> {
/// let store = wecom::token::FileStore::open("/var/lib/my-service/tokens")?;
/// let client = wecom::Client::builder("ww1", "secret").store(store).build()?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct FileStore {
    folder: Arc<Path>,
}

impl FileStore {
    /// A store in this folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder cannot be made or is no folder, [`Error::Config`] when others than its owner may write in
    /// it: they could put tokens there.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, Error> {
        let folder = folder.into();
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&folder)
            .map_err(|error| Error::io(format!("the token folder {}", folder.display()), error))?;
        let metadata = fs::metadata(&folder)
            .map_err(|error| Error::io(format!("the token folder {}", folder.display()), error))?;
        #[cfg(unix)]
        if std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o022 != 0 {
            let folder = folder.display();
            return Err(Error::config(format!(
                "others may write in the token folder {folder}: `chmod go-w {folder}`, or give a folder of its own"
            )));
        }
        #[cfg(not(unix))]
        drop(metadata);
        Ok(Self { folder: folder.into() })
    }

    fn place(&self, key: &TokenKey) -> Place {
        let digest = Sha256::digest(key.to_string().as_bytes());
        let digest = hex(&digest[..16]);
        Place { folder: Arc::clone(&self.folder), name: format!("{}-{digest}", key.kind), key: key.clone() }
    }
}

/// Where one token is.
#[derive(Clone)]
struct Place {
    folder: Arc<Path>,
    name: String,
    key: TokenKey,
}

impl Place {
    fn path(&self, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", self.name))
    }

    fn failed(&self, what: &str, ending: &str, error: &io::Error) -> StoreError {
        StoreError::new(format!("{what} {}: {error}", self.path(ending).display()))
    }

    /// Without a lock: the file is only ever replaced as a whole.
    fn read(&self) -> Result<Option<StoredToken>, StoreError> {
        let text = match fs::read(self.path("json")) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed("cannot read", "json", &error)),
        };
        let fields: Option<Map<String, Value>> = serde_json::from_slice(&text).ok();
        let fields = fields.unwrap_or_default();
        match codec::read(codec::FIELDS.map(|name| fields.get(name).and_then(Value::as_str))) {
            Some(stored) => Ok(Some(stored)),
            None if codec::is_renewable(&self.key) => {
                tracing::warn!(file = %self.path("json").display(), "no token is in this file; it will be replaced");
                Ok(None)
            }
            None => {
                let path = self.path("json");
                Err(StoreError::new(format!("{} is damaged; restore it or delete it", path.display())))
            }
        }
    }

    /// Whether a file is there that can be read, but holds no token.
    fn is_damaged(&self) -> bool {
        fs::read(self.path("json")).is_ok()
    }

    /// Only under the lock: the temporary file always has the same name, so that those of dead processes do not pile up.
    fn write(&self, new: &StoredToken) -> Result<(), StoreError> {
        let mut fields = Map::new();
        fields.insert("for".to_owned(), self.key.to_string().into());
        for (name, value) in codec::FIELDS.into_iter().zip(codec::write(new)) {
            fields.insert(name.to_owned(), value.into());
        }
        let mut text = Value::Object(fields).to_string();
        text.push('\n');
        let (temporary, target) = (self.path("tmp"), self.path("json"));
        let write = || {
            match fs::remove_file(&temporary) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = private().create_new(true).open(&temporary)?;
            file.write_all(text.as_bytes())?;
            // Before the rename: else a loss of power may leave the new name with nothing in it.
            file.sync_all()?;
            fs::rename(&temporary, &target)?;
            sync_folder(&self.folder)
        };
        write().map_err(|error| self.failed("cannot write", "json", &error))
    }

    fn remove(&self) -> Result<(), StoreError> {
        match fs::remove_file(self.path("json")) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(self.failed("cannot remove", "json", &error))
            }
            _ => Ok(()),
        }
    }

    fn try_lock(&self, ending: &str) -> Result<Option<File>, StoreError> {
        let open = || private().create(true).truncate(false).open(self.path(ending));
        let file = open().map_err(|error| self.failed("cannot open", ending, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(self.failed("cannot lock", ending, &error)),
        }
    }

    /// Makes a change while no other process or thread does; `None` when one is at it. The system gives the lock back when a
    /// process dies.
    fn try_change<T>(
        &self,
        change: impl FnOnce(&Self) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        match self.try_lock("lock")? {
            Some(_lock) => change(self).map(Some),
            None => Ok(None),
        }
    }

    /// The same when it is one's turn.
    async fn change<T: Send + 'static>(
        self,
        change: impl Fn(&Self) -> Result<T, StoreError> + Clone + Send + 'static,
    ) -> Result<T, StoreError> {
        let (started, mut wait) = (Instant::now(), AGAIN[0]);
        loop {
            let (place, change) = (self.clone(), change.clone());
            if let Some(done) = blocking(move || place.try_change(change)).await? {
                return Ok(done);
            }
            if started.elapsed() > PATIENCE {
                let path = self.path("lock");
                return Err(StoreError::new(format!(
                    "{} has been locked by another process for too long",
                    path.display()
                )));
            }
            sleep(wait).await;
            wait = (wait * 2).min(AGAIN[1]);
        }
    }

    /// What another process has done, or the right to fetch.
    fn try_lease(&self, stale: Option<&Secret>) -> Result<Option<Lease>, StoreError> {
        if self.read()?.is_some_and(|stored| Some(&stored.token) != stale) {
            return Ok(Some(Lease::Changed));
        }
        Ok(self.try_lock("fetch")?.map(|lock| Lease::Held(Box::new(Held(Some(lock))))))
    }
}

/// For its owner to read and write, nobody else.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes a rename last.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// The right to fetch; `None`: without a lock. Closing the file gives it back.
struct Held(Option<File>);

impl LeaseGuard for Held {
    fn release(self: Box<Self>) -> BoxFuture<'static, ()> {
        drop(self.0);
        Box::pin(async {})
    }
}

/// Files block: they are for threads that may.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| {
        Err(StoreError::new("the runtime stopped while a token file was in use".to_owned()))
    })
}

impl TokenStore for FileStore {
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, StoreError>> {
        let place = self.place(key);
        Box::pin(blocking(move || place.read()))
    }

    fn replace<'a>(
        &'a self,
        key: &'a TokenKey,
        seen: Option<&'a StoredToken>,
        new: &'a StoredToken,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        let (place, seen, new) = (self.place(key), seen.cloned(), new.clone());
        Box::pin(place.change(move |place| {
            // A new one takes the place of what is damaged.
            let there =
                place.read().or_else(|error| if place.is_damaged() { Ok(None) } else { Err(error) })?;
            if there != seen {
                return Ok(false);
            }
            place.write(&new).map(|()| true)
        }))
    }

    fn invalidate<'a>(
        &'a self,
        key: &'a TokenKey,
        failed: &'a Secret,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        let (place, failed) = (self.place(key), failed.clone());
        Box::pin(place.change(move |place| {
            if place.read()?.is_none_or(|stored| stored.token != failed) {
                return Ok(false);
            }
            place.remove().map(|()| true)
        }))
    }

    fn corps<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        let (folder, key) = (Arc::clone(&self.folder), key.clone());
        Box::pin(blocking(move || {
            let failed =
                |error: io::Error| StoreError::new(format!("cannot list {}: {error}", folder.display()));
            let mut corps = Vec::new();
            for entry in fs::read_dir(&*folder).map_err(failed)? {
                let path = entry.map_err(failed)?.path();
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                if !name.starts_with(&format!("{}-", key.kind)) || !name.ends_with(".json") {
                    continue;
                }
                let text = match fs::read(&path) {
                    Ok(text) => text,
                    // Removed since.
                    Err(error) if error.kind() == ErrorKind::NotFound => continue,
                    Err(error) => {
                        return Err(StoreError::new(format!("cannot read {}: {error}", path.display())));
                    }
                };
                let fields: Option<Map<String, Value>> = serde_json::from_slice(&text).ok();
                let Some(written) = fields.as_ref().and_then(|fields| fields.get("for")?.as_str()) else {
                    return Err(StoreError::new(format!(
                        "{} is damaged; restore it or delete it",
                        path.display()
                    )));
                };
                corps.extend(key.corp_in(written).map(str::to_owned));
            }
            Ok(corps)
        }))
    }

    fn lease<'a>(
        &'a self,
        key: &'a TokenKey,
        stale: Option<&'a Secret>,
    ) -> BoxFuture<'a, Result<Lease, StoreError>> {
        let (place, stale) = (self.place(key), stale.cloned());
        Box::pin(async move {
            let started = Instant::now();
            loop {
                let (place, stale) = (place.clone(), stale.clone());
                if let Some(lease) = blocking(move || place.try_lease(stale.as_ref())).await? {
                    return Ok(lease);
                }
                if started.elapsed() > LEASE_PATIENCE {
                    tracing::warn!(app = %key.app, "another process has held the lock for fetching too long");
                    return Ok(Lease::Held(Box::new(Held(None))));
                }
                sleep(LOOK).await;
            }
        })
    }

    fn hold<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Box<dyn LeaseGuard>, StoreError>> {
        let place = self.place(key);
        Box::pin(async move {
            loop {
                let place = place.clone();
                if let Some(lock) = blocking(move || place.try_lock("active")).await? {
                    return Ok(Box::new(Held(Some(lock))) as Box<dyn LeaseGuard>);
                }
                sleep(WATCH).await;
            }
        })
    }
}
