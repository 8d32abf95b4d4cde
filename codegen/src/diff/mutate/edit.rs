//! What a mutation is, and the pieces that mutations are made of.

use crate::source::SourceFile;

/// A kind of change.
pub struct Mutation {
    /// What it does, in a few words.
    pub name: &'static str,
    /// Everywhere in a file, given by its path and lines.
    pub(super) find: fn(&str, &[&str], &mut Vec<Piece>),
}

/// Lines that go, and lines that come in their place.
pub(super) struct Piece {
    pub(super) at: usize,
    pub(super) take: usize,
    pub(super) put: Vec<String>,
}

/// One place of a mutation.
#[derive(Debug, Clone)]
pub struct Edit {
    file: usize,
    at: usize,
    take: usize,
    put: Vec<String>,
}

impl Mutation {
    /// Where it applies, in file order.
    pub fn places(&self, files: &[SourceFile]) -> Vec<Edit> {
        let mut out = Vec::new();
        for (file, source) in files.iter().enumerate() {
            let lines: Vec<&str> = source.text.lines().collect();
            let mut pieces = Vec::new();
            (self.find)(&source.path, &lines, &mut pieces);
            out.extend(pieces.into_iter().map(|p| Edit { file, at: p.at, take: p.take, put: p.put }));
        }
        out
    }
}

impl Edit {
    /// The changed spec. A file that has nothing left is gone.
    pub fn apply(&self, files: &[SourceFile]) -> Vec<SourceFile> {
        let mut new = files.to_vec();
        if let Some(file) = new.get_mut(self.file) {
            let mut lines: Vec<&str> = file.text.lines().collect();
            let end = (self.at + self.take).min(lines.len());
            lines.splice(self.at.min(end)..end, self.put.iter().map(String::as_str));
            file.text = lines.iter().map(|l| format!("{l}\n")).collect();
        }
        new.retain(|f| !f.text.is_empty());
        new
    }

    /// The length of the file that it changes.
    pub fn size(&self, files: &[SourceFile]) -> usize {
        files.get(self.file).map_or(0, |f| f.text.len())
    }

    /// `message/send.yaml:118`
    pub fn place(&self, files: &[SourceFile]) -> String {
        format!("{}:{}", files.get(self.file).map_or("", |f| f.path.as_str()), self.at + 1)
    }
}

/// The blanks before a line.
pub(super) fn depth(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

pub(super) fn blanks(n: usize) -> String {
    " ".repeat(n)
}

/// How many lines belong to the key in line `at`: itself and what is deeper.
pub(super) fn block(lines: &[&str], at: usize) -> usize {
    let own = depth(lines[at]);
    let inside = lines[at + 1..].iter().take_while(|l| l.is_empty() || depth(l) > own);
    1 + inside.count()
}

/// Replaces the line `at`.
pub(super) fn line(out: &mut Vec<Piece>, at: usize, text: String) {
    out.push(Piece { at, take: 1, put: vec![text] });
}

/// Puts a line after `at`.
pub(super) fn after(out: &mut Vec<Piece>, at: usize, text: String) {
    out.push(Piece { at: at + 1, take: 0, put: vec![text] });
}

/// Takes `take` lines away.
pub(super) fn cut(out: &mut Vec<Piece>, at: usize, take: usize) {
    out.push(Piece { at, take, put: vec![] });
}

/// Each line, with its index.
pub(super) fn each(lines: &[&str], mut see: impl FnMut(usize, &str)) {
    lines.iter().enumerate().for_each(|(i, l)| see(i, l));
}

/// Replaces `from`, a whole line but for its blanks, by `to`.
pub(super) fn swap(lines: &[&str], from: &str, to: &str, out: &mut Vec<Piece>) {
    each(lines, |i, l| {
        if l.trim() == from {
            line(out, i, l.replacen(from, to, 1));
        }
    });
}

/// The number after `key` in a line, one more than it was.
pub(super) fn raised(text: &str, key: &str) -> Option<String> {
    let start = text.find(key)? + key.len();
    let digits: String = text[start..].chars().take_while(char::is_ascii_digit).collect();
    let number: i64 = digits.parse().ok()?;
    Some(format!("{}{}{}", &text[..start], number + 1, &text[start + digits.len()..]))
}

/// Whether a line is an endpoint's key.
pub(super) fn is_endpoint(text: &str) -> bool {
    text.starts_with("  /") && text.ends_with(':')
}

/// Whether a line is a field's key: its type follows.
pub(super) fn is_field(lines: &[&str], at: usize) -> bool {
    let next = lines.get(at + 1).copied().unwrap_or_default();
    lines[at].ends_with(':') && depth(next) == depth(lines[at]) + 2 && next.trim_start().starts_with("type: ")
}

/// Whether a line stands in a block whose key is `key` (`request:`), below an endpoint.
pub(super) fn within(lines: &[&str], at: usize, key: &str) -> bool {
    let mut own = depth(lines[at]);
    for l in lines[..at].iter().rev().filter(|l| !l.is_empty()) {
        if depth(l) < own {
            own = depth(l);
            if l.trim() == key {
                return true;
            }
        }
    }
    false
}
