//! A token store of one's own: here a table as any database has it, one row a key, changed by "update … where" alone.
//!
//! ```sh
//! cargo run -p wecom-client --example token_store
//! ```

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::Mutex;

use wecom::token::{BoxFuture, StoreError, StoredToken, TokenKey, TokenStore};
use wecom::{Client, Error, Secret};

/// The table. A real one has columns for the fields of [`TokenKey`], which together are its key, and of [`StoredToken`].
#[derive(Debug, Default)]
pub(crate) struct Table(Mutex<HashMap<TokenKey, StoredToken>>);

impl Table {
    /// `update … set … where key = … and …`, or the same with `insert` and `delete`: looks and changes in one step. How many rows it
    /// changed is its outcome.
    fn change(
        &self,
        key: &TokenKey,
        holds: impl FnOnce(Option<&StoredToken>) -> bool,
        new: Option<&StoredToken>,
    ) -> Result<bool, StoreError> {
        // A database that does not answer is such an error as well; the words reach logs.
        let mut rows = self.0.lock().map_err(|_| StoreError::new("the table is locked for good"))?;
        if !holds(rows.get(key)) {
            return Ok(false);
        }
        match new {
            Some(new) => drop(rows.insert(key.clone(), new.clone())),
            None => drop(rows.remove(key)),
        }
        Ok(true)
    }
}

impl TokenStore for Table {
    fn get<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Option<StoredToken>, StoreError>> {
        Box::pin(async move {
            let rows = self.0.lock().map_err(|_| StoreError::new("the table is locked for good"))?;
            Ok(rows.get(key).cloned())
        })
    }

    fn replace<'a>(
        &'a self,
        key: &'a TokenKey,
        seen: Option<&'a StoredToken>,
        new: &'a StoredToken,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move { self.change(key, |row| row == seen, Some(new)) })
    }

    fn invalidate<'a>(
        &'a self,
        key: &'a TokenKey,
        failed: &'a Secret,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(async move { self.change(key, |row| row.is_some_and(|row| row.token == *failed), None) })
    }

    /// `select corp … where kind = … and base = … and app = …`: for `Suite::corps` alone.
    fn corps<'a>(&'a self, key: &'a TokenKey) -> BoxFuture<'a, Result<Vec<String>, StoreError>> {
        Box::pin(async move {
            let rows = self.0.lock().map_err(|_| StoreError::new("the table is locked for good"))?;
            let like = |row: &&TokenKey| (row.kind, &row.base, &row.app) == (key.kind, &key.base, &key.app);
            Ok(rows.keys().filter(like).map(|row| row.corp.clone()).collect())
        })
    }

    // `lease` has a default: every process may fetch. Where several share the table, take a lock with an end there.
}

fn main() -> ExitCode {
    if let Err(error) = run() {
        eprintln!("error: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn run() -> Result<(), Error> {
    let client = Client::builder("ww0123456789abcdef", "the app's secret").store(Table::default()).build()?;
    println!("{client:?} keeps its tokens in the table");
    Ok(())
}
