//! The differences between pages and spec that people have accepted, so that `status` shows only what is new.
//!
//! An entry's `source` holds the digest of its page as last reviewed. Where the digest differs, the page is compared with the entry anew, and what
//! was accepted before (our reading of a sentence, a slip of the reader) must not drown what the page's change brought. `spec/reviewed.tsv`
//! keeps it, one difference a line, with the word that says why it stands; `cargo xtask docs accept` writes it.

use std::collections::BTreeMap;

use crate::docs::merge::compare::{CODES, Change};
use crate::docs::model::Codes;

/// Name of the file in the spec folder.
pub const FILE: &str = "reviewed.tsv";

const HEAD: &str = "# Differences between the official pages and the spec that a person looked at; written by `cargo xtask docs accept`.\n\
                    # subject\tkind\twhere\twhat the page says\twhy it stands\n";

/// Why a difference stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The tool reads the page otherwise than a person does: a table without levels, a wrapper of XML lists, an example for a message.
    Reader,
    /// The spec says more exactly what the page says: a finer type, an object that is required within its variant, a limit with both ends.
    Finer,
    /// Another page says it, or another place of the same page.
    Elsewhere,
    /// Only a sample shows it, or the sample is a placeholder.
    Sample,
    /// The page errs; a departure of the entry says how.
    Page,
    /// The page has it no longer, and callers still meet it.
    Kept,
    /// A page of error codes as it was when somebody looked.
    Seen,
}

impl Why {
    /// All, with their words.
    pub const ALL: &'static [(&'static str, Why)] = &[
        ("reader", Why::Reader),
        ("finer", Why::Finer),
        ("elsewhere", Why::Elsewhere),
        ("sample", Why::Sample),
        ("page", Why::Page),
        ("kept", Why::Kept),
        ("seen", Why::Seen),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Why::ALL.iter().find(|(_, w)| *w == self).map_or("seen", |(word, _)| word)
    }

    /// The reason of a word.
    pub fn of(word: &str) -> Option<Why> {
        Why::ALL.iter().find(|(w, _)| *w == word).map(|(_, why)| *why)
    }
}

/// A difference: subject, kind, where, what the page says.
pub(crate) type Row = [String; 4];

/// The accepted differences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reviewed(BTreeMap<Row, Why>);

impl Reviewed {
    /// Reads the file's text; a line of another shape is an error with its number.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut out = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            let place = format!("{FILE}:{}", index + 1);
            let mut cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
            if cells.len() != 5 {
                return Err(format!(
                    "{place}: the line has {} cells, not 5; `cargo xtask docs accept` writes the file, do not edit it",
                    cells.len()
                ));
            }
            let word = cells.pop().unwrap_or_default();
            let words: Vec<&str> = Why::ALL.iter().map(|(w, _)| *w).collect();
            let why = Why::of(&word).ok_or_else(|| {
                format!(
                    "{place}: `{word}` is not a known reason for a difference; write one of: {}",
                    words.join(", ")
                )
            })?;
            if let Ok(row) = Row::try_from(cells) {
                out.insert(row, why);
            }
        }
        Ok(Reviewed(out))
    }

    /// The file's text.
    pub fn text(&self) -> String {
        self.0
            .iter()
            .fold(HEAD.to_owned(), |text, (row, why)| format!("{text}{}\t{}\n", row.join("\t"), why.word()))
    }

    /// All rows.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.0.keys()
    }

    /// Why a row stands, if it does.
    pub(crate) fn why(&self, row: &Row) -> Option<Why> {
        self.0.get(row).copied()
    }

    pub(crate) fn add(&mut self, row: Row, why: Why) {
        self.0.insert(row, why);
    }

    /// Whether a difference was accepted.
    pub(crate) fn holds(&self, subject: &str, change: &Change) -> bool {
        self.0.contains_key(&row(subject, change.kind, &change.at, &change.page))
    }

    /// Whether somebody decided that an entry which only the pages have (`new`), or only the spec (`gone`), stays so.
    pub(crate) fn decided(&self, subject: &str, word: &str) -> bool {
        self.0.contains_key(&row(subject, "entry", word, ""))
    }

    /// Whether an error-code page stands as it was when last looked at.
    pub(crate) fn same_codes(&self, digest: &(i64, String)) -> bool {
        self.0.contains_key(&row(CODES, "digest", &digest.0.to_string(), &digest.1))
    }

    /// Whether all pages of error codes that were ever looked at are among those that were read: only then a code is on none of them.
    pub(crate) fn all_read(&self, codes: &Codes) -> bool {
        let mut seen = self.0.keys().filter(|r| r[0] == CODES && r[1] == "digest");
        seen.all(|r| codes.digests.iter().any(|(doc, _)| doc.to_string() == r[2]))
    }

    /// Whether a page of error codes was ever looked at.
    pub(crate) fn has_read_codes(&self) -> bool {
        self.0.keys().any(|r| r[0] == CODES && r[1] == "digest")
    }

    /// Whether error codes were ever looked at.
    pub(crate) fn knows_codes(&self) -> bool {
        self.0.keys().any(|r| r[0] == CODES)
    }
}

pub(crate) fn row(subject: &str, kind: &str, at: &str, page: &str) -> Row {
    let cell = |s: &str| s.replace(['\t', '\n', '\r'], " ");
    [cell(subject), cell(kind), cell(at), cell(page)]
}
