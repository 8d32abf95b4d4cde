//! Positions in spec files and the diagnostics that point at them.

use std::fmt;

/// One file of the spec as it was handed in: a path relative to the spec folder, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Path relative to the spec folder, with `/`.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// Columns that a line takes on a screen: wide characters take two.
pub(crate) fn columns(line: &str) -> usize {
    line.chars().map(|c| if c >= '\u{1100}' { 2 } else { 1 }).sum()
}

/// A place in a spec file. Lines and columns count from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pos {
    /// Index of the file in the list that was handed in.
    pub file: u32,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub col: u32,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub pos: Pos,
}

impl<T> At<T> {
    /// Ties a value to its place.
    pub fn new(value: T, pos: Pos) -> Self {
        At { value, pos }
    }
}

impl<T> std::ops::Deref for At<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing may be generated while it stands.
    Error,
    /// Worth mending; generation goes on.
    Warning,
}

/// A finding: what, where, and what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable name of the rule, `unknown-key`.
    pub rule: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// Where.
    pub pos: Pos,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: String,
    /// The Rust module and the name that it is about, where it is about the name of a type.
    pub name: Option<(String, String)>,
}

/// Collects findings; every stage adds to one list, nothing stops at the first.
#[derive(Debug, Default)]
pub struct Report {
    /// What was found so far.
    pub diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// Adds an error.
    pub fn error(
        &mut self,
        rule: &'static str,
        pos: Pos,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(rule, Severity::Error, pos, message, help);
    }

    /// Adds an error about the name of a type.
    pub fn name_error(
        &mut self,
        rule: &'static str,
        pos: Pos,
        name: (&str, &str),
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(rule, Severity::Error, pos, message, help);
        if let Some(last) = self.diagnostics.last_mut() {
            last.name = Some((name.0.to_owned(), name.1.to_owned()));
        }
    }

    /// Adds a warning.
    pub fn warn(
        &mut self,
        rule: &'static str,
        pos: Pos,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.push(rule, Severity::Warning, pos, message, help);
    }

    fn push(
        &mut self,
        rule: &'static str,
        severity: Severity,
        pos: Pos,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let found =
            Diagnostic { rule, severity, pos, message: message.into(), help: help.into(), name: None };
        self.diagnostics.push(found);
    }

    /// Whether something stands in the way of generation.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }

    /// Findings in the order of the files, each once.
    pub fn sorted(mut self) -> Vec<Diagnostic> {
        self.diagnostics
            .sort_by(|a, b| (a.pos, a.rule, a.message.as_str()).cmp(&(b.pos, b.rule, b.message.as_str())));
        self.diagnostics.dedup();
        self.diagnostics
    }
}

/// A finding beside the files it points into: prints `file:line:col`, the line, a caret and the help.
pub struct Rendered<'a> {
    /// The finding.
    pub diagnostic: &'a Diagnostic,
    /// All files.
    pub files: &'a [SourceFile],
    /// What stands before the file's path, `spec/`.
    pub prefix: &'a str,
}

impl fmt::Display for Rendered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let d = self.diagnostic;
        let word = match d.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        writeln!(f, "{word}[{}]: {}", d.rule, d.message)?;
        let Some(file) = self.files.get(d.pos.file as usize) else {
            return writeln!(f, "  help: {}", d.help);
        };
        let gutter = d.pos.line.to_string().len();
        writeln!(f, "{:gutter$}--> {}{}:{}:{}", "", self.prefix, file.path, d.pos.line, d.pos.col)?;
        if let Some(line) = file.text.lines().nth(d.pos.line.saturating_sub(1) as usize) {
            let shown: String = line.chars().take(120).collect();
            writeln!(f, "{} | {shown}", d.pos.line)?;
            // Wide characters take two cells in a terminal: the caret must stand under its word.
            let before: String = shown.chars().take(d.pos.col.saturating_sub(1) as usize).collect();
            let pad = columns(&before);
            writeln!(f, "{:gutter$} | {:pad$}^", "", "")?;
        }
        if !d.help.is_empty() {
            writeln!(f, "{:gutter$} = help: {}", "", d.help)?;
        }
        Ok(())
    }
}
