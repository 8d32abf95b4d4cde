//! What people looked at: the differences between pages and spec that stand, so that `status` shows only what is new.
//!
//! An entry's `source` holds the digest of its page as last reviewed. Where the digest differs, the page is compared with the entry anew, and what
//! was accepted before (our reading of a sentence, a slip of the reader) must not drown what the page's change brought. `spec/reviewed.tsv`
//! keeps it, one difference a line; `cargo xtask docs accept` writes it.

use std::collections::BTreeSet;

use crate::docs::merge::compare::{CODES, Change};

/// Name of the file in the spec folder.
pub const FILE: &str = "reviewed.tsv";

const HEAD: &str = "# Differences between the official pages and the spec that a person looked at; written by `cargo xtask docs accept`.\n\
                    # subject\tkind\twhere\twhat the page says\n";

/// The accepted differences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reviewed(BTreeSet<Row>);

/// Subject, kind, place, what the page says.
pub(crate) type Row = [String; 4];

impl Reviewed {
    /// Reads the file's text; a line of another shape is an error with its number.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut out = BTreeSet::new();
        for (index, line) in text.lines().enumerate() {
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
            let row = Row::try_from(cells).map_err(|cells| {
                format!(
                    "{FILE}:{}: {} cells, 4 expected; `cargo xtask docs accept` writes it anew",
                    index + 1,
                    cells.len()
                )
            })?;
            out.insert(row);
        }
        Ok(Reviewed(out))
    }

    /// The file's text.
    pub fn text(&self) -> String {
        self.0.iter().fold(HEAD.to_owned(), |text, row| text + &row.join("\t") + "\n")
    }

    /// All rows.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.0.iter()
    }

    /// The list of these rows.
    pub(crate) fn of(rows: impl IntoIterator<Item = Row>) -> Self {
        Reviewed(rows.into_iter().collect())
    }

    /// Whether a difference was accepted.
    pub(crate) fn holds(&self, subject: &str, change: &Change) -> bool {
        self.0.contains(&row(subject, change.kind, &change.at, &change.page))
    }

    /// Whether somebody decided that an entry which only the pages have (`new`), or only the spec (`gone`), stays so.
    pub(crate) fn decided(&self, subject: &str, word: &str) -> bool {
        self.0.contains(&row(subject, "entry", word, ""))
    }

    /// Whether an error-code page stands as it was when last looked at.
    pub(crate) fn same_codes(&self, digest: &(i64, String)) -> bool {
        self.0.contains(&row(CODES, "digest", &digest.0.to_string(), &digest.1))
    }

    /// Whether error codes were ever looked at.
    pub(crate) fn knows_codes(&self) -> bool {
        self.0.iter().any(|r| r[0] == CODES)
    }
}

pub(crate) fn row(subject: &str, kind: &str, at: &str, page: &str) -> Row {
    let cell = |s: &str| s.replace(['\t', '\n', '\r'], " ");
    [cell(subject), cell(kind), cell(at), cell(page)]
}
